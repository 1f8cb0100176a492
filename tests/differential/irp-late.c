// SPDX-License-Identifier: MIT
// The same wait times out, the routine returns, and the request completes into its dead frame.
// Its twin: irp-late.kss
#include <ntifs.h>

typedef struct _EXTENSION {
    PDEVICE_OBJECT Lower;
} EXTENSION, *PEXTENSION;

static KTIMER Timer;
static KDPC Dpc;
static UCHAR Sector[512];

DRIVER_INITIALIZE DriverEntry;
DRIVER_ADD_DEVICE LateAdd;
DRIVER_DISPATCH LateRead;
DRIVER_DISPATCH LateLower;
KDEFERRED_ROUTINE LateAnswer;

VOID LateAnswer(PKDPC TheDpc, PVOID Context, PVOID Argument1, PVOID Argument2) {
    UNREFERENCED_PARAMETER(TheDpc);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    PIRP irp = (PIRP)Context;

    irp->IoStatus.Status = STATUS_SUCCESS;
    irp->IoStatus.Information = 512;
    IoCompleteRequest(irp, IO_DISK_INCREMENT);
}

NTSTATUS LateLower(PDEVICE_OBJECT DeviceObject, PIRP Irp) {
    LARGE_INTEGER due;

    UNREFERENCED_PARAMETER(DeviceObject);
    IoMarkIrpPending(Irp);
    KeInitializeTimer(&Timer);
    KeInitializeDpc(&Dpc, LateAnswer, Irp);
    due.QuadPart = -50000000LL;
    KeSetTimer(&Timer, due, &Dpc);
    return STATUS_PENDING;
}

static DECLSPEC_NOINLINE NTSTATUS LateReadSector(PDEVICE_OBJECT Target) {
    KEVENT done;
    IO_STATUS_BLOCK iosb;
    LARGE_INTEGER offset;
    LARGE_INTEGER second;
    NTSTATUS status;
    PIRP irp;

    offset.QuadPart = 0;
    second.QuadPart = -10000000LL;
    KeInitializeEvent(&done, NotificationEvent, FALSE);
    irp = IoBuildSynchronousFsdRequest(IRP_MJ_READ, Target, Sector, sizeof(Sector), &offset, &done,
                                       &iosb);
    if (irp == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    status = IoCallDriver(Target, irp);
    if (status == STATUS_PENDING) {
        status = KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, &second);
        if (status == STATUS_SUCCESS)
            status = iosb.Status;
    }
    return status;
}

NTSTATUS LateRead(PDEVICE_OBJECT DeviceObject, PIRP Irp) {
    PEXTENSION extension = DeviceObject->DeviceExtension;
    LARGE_INTEGER minute;
    NTSTATUS status = LateReadSector(extension->Lower);

    minute.QuadPart = -600000000LL;
    KeDelayExecutionThread(KernelMode, FALSE, &minute);
    Irp->IoStatus.Status = status == STATUS_TIMEOUT ? STATUS_IO_TIMEOUT : status;
    Irp->IoStatus.Information = 0;
    status = Irp->IoStatus.Status;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status;
}

NTSTATUS LateAdd(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT PhysicalDeviceObject) {
    PDEVICE_OBJECT device;
    PEXTENSION extension;
    NTSTATUS status;

    status = IoCreateDevice(DriverObject, sizeof(EXTENSION), NULL, FILE_DEVICE_UNKNOWN, 0, FALSE,
                            &device);
    if (!NT_SUCCESS(status))
        return status;
    extension = device->DeviceExtension;
    extension->Lower = IoAttachDeviceToDeviceStack(device, PhysicalDeviceObject);
    device->Flags |= extension->Lower->Flags & DO_BUFFERED_IO;
    device->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->MajorFunction[IRP_MJ_READ] = LateRead;
    DriverObject->DriverExtension->AddDevice = LateAdd;
    return STATUS_SUCCESS;
}
