// SPDX-License-Identifier: MIT
// card: tells one application at a time when a card is inserted.
#include "driver.h"

typedef struct _CARD_EXTENSION {
    PKEVENT Waiter; // NULL: nobody waits
    ULONG Card;
} CARD_EXTENSION, *PCARD_EXTENSION;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD CardUnload;
_Dispatch_type_(IRP_MJ_DEVICE_CONTROL) static DRIVER_DISPATCH CardDeviceControl;

// The reader has seen a card.
VOID CardInsertedDpc(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2) {
    PCARD_EXTENSION extension = ((PDEVICE_OBJECT)Context)->DeviceExtension;

    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Argument2);
    extension->Card = (ULONG)(ULONG_PTR)Argument1;
    if (extension->Waiter != NULL)
        KeSetEvent(extension->Waiter, IO_NO_INCREMENT, FALSE);
}

static NTSTATUS CardWait(_Inout_ PCARD_EXTENSION Extension, _Out_ PULONG Card) {
    KEVENT inserted;
    NTSTATUS status;

    KeInitializeEvent(&inserted, NotificationEvent, FALSE);
    Extension->Waiter = &inserted;
    // UserMode: whoever waits for a card can be ended.
    status = KeWaitForSingleObject(&inserted, UserRequest, UserMode, FALSE, NULL);
    Extension->Waiter = NULL;
    if (status != STATUS_SUCCESS)
        return STATUS_CANCELLED;
    *Card = Extension->Card;
    return STATUS_SUCCESS;
}

_Use_decl_annotations_ static NTSTATUS CardDeviceControl(PDEVICE_OBJECT DeviceObject, PIRP Irp) {
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    NTSTATUS status = STATUS_INVALID_DEVICE_REQUEST;

    if (stack->Parameters.DeviceIoControl.IoControlCode == IOCTL_CARD_WAIT) {
        status = STATUS_BUFFER_TOO_SMALL;
        if (stack->Parameters.DeviceIoControl.OutputBufferLength >= sizeof(ULONG))
            status = CardWait(DeviceObject->DeviceExtension, Irp->AssociatedIrp.SystemBuffer);
    }
    Irp->IoStatus.Status = status;
    Irp->IoStatus.Information = NT_SUCCESS(status) ? sizeof(ULONG) : 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status;
}

_Use_decl_annotations_ static VOID CardUnload(PDRIVER_OBJECT DriverObject) {
    IoDeleteDevice(DriverObject->DeviceObject);
}

_Use_decl_annotations_ NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject,
                                            PUNICODE_STRING RegistryPath) {
    UNICODE_STRING name = RTL_CONSTANT_STRING(CARD_DEVICE);
    PCARD_EXTENSION extension;
    PDEVICE_OBJECT device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);
    status = IoCreateDevice(DriverObject, sizeof *extension, &name, FILE_DEVICE_UNKNOWN,
                            FILE_DEVICE_SECURE_OPEN, TRUE, &device);
    if (!NT_SUCCESS(status))
        return status;
    extension = device->DeviceExtension;
    extension->Waiter = NULL;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = CardDeviceControl;
    DriverObject->DriverUnload = CardUnload;
    device->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;
}
