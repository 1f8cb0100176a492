// SPDX-License-Identifier: MIT
// A lower driver raises in its dispatch routine; the driver that called it with IoCallDriver catches.
// Its twin: exception-through-driver.kss
#include <ntifs.h>

typedef struct _EXTENSION {
    PDEVICE_OBJECT Lower;
} EXTENSION, *PEXTENSION;

DRIVER_INITIALIZE DriverEntry;
DRIVER_ADD_DEVICE CatchAdd;
DRIVER_DISPATCH CatchRead;
DRIVER_DISPATCH RaiseRead;

NTSTATUS RaiseRead(PDEVICE_OBJECT DeviceObject, PIRP Irp) {
    KEVENT local;

    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    KeInitializeEvent(&local, NotificationEvent, FALSE);
    __try {
        ExRaiseStatus(STATUS_DEVICE_NOT_READY);
    } __finally {
        DbgPrint("unwinding the lower driver\n");
    }
    return STATUS_SUCCESS;
}

NTSTATUS CatchRead(PDEVICE_OBJECT DeviceObject, PIRP Irp) {
    PEXTENSION extension = DeviceObject->DeviceExtension;
    NTSTATUS status;

    IoSkipCurrentIrpStackLocation(Irp);
    __try {
        status = IoCallDriver(extension->Lower, Irp);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        status = GetExceptionCode();
        Irp->IoStatus.Status = status;
        Irp->IoStatus.Information = 0;
        IoCompleteRequest(Irp, IO_NO_INCREMENT);
    }
    return status;
}

NTSTATUS CatchAdd(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT PhysicalDeviceObject) {
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
    DriverObject->MajorFunction[IRP_MJ_READ] = CatchRead;
    DriverObject->DriverExtension->AddDevice = CatchAdd;
    return STATUS_SUCCESS;
}
