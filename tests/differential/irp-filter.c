// SPDX-License-Identifier: MIT
// A filter sends the read down, its completion routine takes the IRP back, and it completes it itself.
// Its twin: irp-filter.kss
#include <ntifs.h>

typedef struct _EXTENSION {
    PDEVICE_OBJECT Lower;
} EXTENSION, *PEXTENSION;

static KTIMER Timer;
static KDPC Dpc;

DRIVER_INITIALIZE DriverEntry;
DRIVER_ADD_DEVICE FilterAdd;
DRIVER_DISPATCH FilterRead;
DRIVER_DISPATCH LowerRead;
IO_COMPLETION_ROUTINE TakeBack;
KDEFERRED_ROUTINE LowerDone;

VOID LowerDone(PKDPC TheDpc, PVOID Context, PVOID Argument1, PVOID Argument2) {
    UNREFERENCED_PARAMETER(TheDpc);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    PIRP irp = (PIRP)Context;

    irp->IoStatus.Status = STATUS_SUCCESS;
    irp->IoStatus.Information = 8;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
}

NTSTATUS LowerRead(PDEVICE_OBJECT DeviceObject, PIRP Irp) {
    LARGE_INTEGER due;

    UNREFERENCED_PARAMETER(DeviceObject);
    IoMarkIrpPending(Irp);
    KeInitializeTimer(&Timer);
    KeInitializeDpc(&Dpc, LowerDone, Irp);
    due.QuadPart = -200000LL;
    KeSetTimer(&Timer, due, &Dpc);
    return STATUS_PENDING;
}

NTSTATUS TakeBack(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context) {
    UNREFERENCED_PARAMETER(DeviceObject);
    if (Irp->PendingReturned)
        KeSetEvent((PRKEVENT)Context, IO_NO_INCREMENT, FALSE);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

NTSTATUS FilterRead(PDEVICE_OBJECT DeviceObject, PIRP Irp) {
    PEXTENSION extension = DeviceObject->DeviceExtension;
    KEVENT done;
    NTSTATUS status;

    KeInitializeEvent(&done, NotificationEvent, FALSE);
    IoCopyCurrentIrpStackLocationToNext(Irp);
    IoSetCompletionRoutine(Irp, TakeBack, &done, TRUE, TRUE, TRUE);
    status = IoCallDriver(extension->Lower, Irp);
    if (status == STATUS_PENDING) {
        KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, NULL);
        status = Irp->IoStatus.Status;
    }
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status;
}

NTSTATUS FilterAdd(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT PhysicalDeviceObject) {
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
    DriverObject->MajorFunction[IRP_MJ_READ] = FilterRead;
    DriverObject->DriverExtension->AddDevice = FilterAdd;
    return STATUS_SUCCESS;
}
