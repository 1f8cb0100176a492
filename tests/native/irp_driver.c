// SPDX-License-Identifier: MIT
// A small device: buffered IOCTLs answered at once, reads that pend until its timer's DPC completes them.
#include <ntddk.h>

#define IOCTL_ADD CTL_CODE(FILE_DEVICE_UNKNOWN, 0x801, METHOD_BUFFERED, FILE_ANY_ACCESS)

typedef struct _DEVICE_EXTENSION {
    KTIMER Timer;
    KDPC Dpc;
    PIRP Pending;
} DEVICE_EXTENSION, *PDEVICE_EXTENSION;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD Unload;
static KDEFERRED_ROUTINE CompleteRead;
_Dispatch_type_(IRP_MJ_CREATE) static DRIVER_DISPATCH CreateClose;
_Dispatch_type_(IRP_MJ_READ) static DRIVER_DISPATCH Read;
_Dispatch_type_(IRP_MJ_DEVICE_CONTROL) static DRIVER_DISPATCH Control;

static NTSTATUS Complete(PIRP Irp, NTSTATUS Status, ULONG_PTR Information) {
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = Information;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

static NTSTATUS CreateClose(PDEVICE_OBJECT DeviceObject, PIRP Irp) {
    UNREFERENCED_PARAMETER(DeviceObject);
    PAGED_CODE();
    return Complete(Irp, STATUS_SUCCESS, 0);
}

static VOID CompleteRead(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2) {
    PDEVICE_EXTENSION extension = Context;
    PIRP irp = extension->Pending;

    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    extension->Pending = NULL;
    RtlFillMemory(irp->AssociatedIrp.SystemBuffer,
                  IoGetCurrentIrpStackLocation(irp)->Parameters.Read.Length, 'r');
    Complete(irp, STATUS_SUCCESS, IoGetCurrentIrpStackLocation(irp)->Parameters.Read.Length);
}

static NTSTATUS Read(PDEVICE_OBJECT DeviceObject, PIRP Irp) {
    PDEVICE_EXTENSION extension = DeviceObject->DeviceExtension;
    LARGE_INTEGER due;

    IoMarkIrpPending(Irp);
    extension->Pending = Irp;
    due.QuadPart = -10000LL * 50;
    KeSetTimer(&extension->Timer, due, &extension->Dpc);
    return STATUS_PENDING;
}

static NTSTATUS Control(PDEVICE_OBJECT DeviceObject, PIRP Irp) {
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    PULONG words = Irp->AssociatedIrp.SystemBuffer;

    UNREFERENCED_PARAMETER(DeviceObject);
    switch (stack->Parameters.DeviceIoControl.IoControlCode) {
    case IOCTL_ADD:
        if (stack->Parameters.DeviceIoControl.InputBufferLength < 2 * sizeof(ULONG) ||
            stack->Parameters.DeviceIoControl.OutputBufferLength < sizeof(ULONG))
            return Complete(Irp, STATUS_BUFFER_TOO_SMALL, 0);
        words[0] += words[1];
        return Complete(Irp, STATUS_SUCCESS, sizeof(ULONG));
    default: return Complete(Irp, STATUS_INVALID_DEVICE_REQUEST, 0);
    }
}

static VOID Unload(PDRIVER_OBJECT DriverObject) {
    UNICODE_STRING link = RTL_CONSTANT_STRING(L"\\DosDevices\\KssIrp");

    IoDeleteSymbolicLink(&link);
    IoDeleteDevice(DriverObject->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\KssIrp");
    UNICODE_STRING link = RTL_CONSTANT_STRING(L"\\DosDevices\\KssIrp");
    PDEVICE_OBJECT device;
    PDEVICE_EXTENSION extension;
    NTSTATUS status;

    DbgPrint("irp: loading %wZ\n", RegistryPath);
    status = IoCreateDevice(DriverObject, sizeof *extension, &name, FILE_DEVICE_UNKNOWN, 0, FALSE,
                            &device);
    if (!NT_SUCCESS(status))
        return status;
    extension = device->DeviceExtension;
    KeInitializeTimer(&extension->Timer);
    KeInitializeDpc(&extension->Dpc, CompleteRead, extension);
    device->Flags |= DO_BUFFERED_IO;
    DriverObject->MajorFunction[IRP_MJ_CREATE] = CreateClose;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = CreateClose;
    DriverObject->MajorFunction[IRP_MJ_READ] = Read;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = Control;
    DriverObject->DriverUnload = Unload;
    status = IoCreateSymbolicLink(&link, &name);
    if (!NT_SUCCESS(status))
        IoDeleteDevice(device);
    return status;
}
