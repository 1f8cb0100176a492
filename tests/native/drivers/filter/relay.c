// SPDX-License-Identifier: MIT
// relay: an upper filter that decodes what is read, adds to an answer, and can hold writes back.
//
// Four ways through a filter, one for each kind of request:
//
//   create, close   RelayPass     the stack location is skipped: the driver below sees ours
//   read            RelayRead     copied, with a completion routine that works on the data, in
//                                 whatever thread and at whatever IRQL the IRP is completed
//   device control  RelayAsk      copied, sent, waited for: the completion routine only sets an
//                                 event on our stack, and the IRP is ours again afterwards
//   write           RelayWrite    skipped; while paused kept in a list, with a cancel routine
//
// Each takes the remove lock first and gives it back when relay has no more business with the IRP:
// IRP_MN_REMOVE_DEVICE waits for all of them.
#include "relay.h"

DRIVER_INITIALIZE DriverEntry;
static DRIVER_ADD_DEVICE RelayAddDevice;
static DRIVER_UNLOAD RelayUnload;
_Dispatch_type_(IRP_MJ_CREATE) _Dispatch_type_(IRP_MJ_CLOSE) static DRIVER_DISPATCH RelayPass;
_Dispatch_type_(IRP_MJ_READ) static DRIVER_DISPATCH RelayRead;
_Dispatch_type_(IRP_MJ_WRITE) static DRIVER_DISPATCH RelayWrite;
_Dispatch_type_(IRP_MJ_DEVICE_CONTROL) static DRIVER_DISPATCH RelayControl;
_Dispatch_type_(IRP_MJ_PNP) static DRIVER_DISPATCH RelayPnp;
static IO_COMPLETION_ROUTINE RelayReadDone;
static IO_COMPLETION_ROUTINE RelayAsked;
static DRIVER_CANCEL RelayCancelWrite;

#ifdef ALLOC_PRAGMA
#pragma alloc_text(INIT, DriverEntry)
#pragma alloc_text(PAGE, RelayAddDevice)
#pragma alloc_text(PAGE, RelayUnload)
#pragma alloc_text(PAGE, RelayControl)
#pragma alloc_text(PAGE, RelayPnp)
#endif

static NTSTATUS RelayComplete(_In_ PIRP Irp, _In_ NTSTATUS Status) {
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

// ---- Skipped ------------------------------------------------------------------------------------

static NTSTATUS RelayForward(_In_ PRELAY_EXTENSION Extension, _In_ PIRP Irp) {
    NTSTATUS status;

    IoSkipCurrentIrpStackLocation(Irp);
    status = IoCallDriver(Extension->Lower, Irp);
    IoReleaseRemoveLock(&Extension->RemoveLock, Irp);
    return status;
}

_Use_decl_annotations_ static NTSTATUS RelayPass(PDEVICE_OBJECT DeviceObject, PIRP Irp) {
    PRELAY_EXTENSION extension = DeviceObject->DeviceExtension;
    NTSTATUS status = IoAcquireRemoveLock(&extension->RemoveLock, Irp);

    if (!NT_SUCCESS(status))
        return RelayComplete(Irp, status);
    return RelayForward(extension, Irp);
}

// ---- Read: a completion routine -----------------------------------------------------------------

_Use_decl_annotations_ static NTSTATUS RelayReadDone(PDEVICE_OBJECT DeviceObject, PIRP Irp,
                                                     PVOID Context) {
    PRELAY_EXTENSION extension = Context;
    PUCHAR bytes = Irp->AssociatedIrp.SystemBuffer;

    UNREFERENCED_PARAMETER(DeviceObject);
    if (Irp->PendingReturned) // the driver below has pended it: so have we
        IoMarkIrpPending(Irp);
    if (NT_SUCCESS(Irp->IoStatus.Status)) {
        for (ULONG_PTR i = 0; i < Irp->IoStatus.Information; i++)
            bytes[i] ^= 0x5A;
        InterlockedExchangeAdd(&extension->Bytes, (LONG)Irp->IoStatus.Information);
    }
    IoReleaseRemoveLock(&extension->RemoveLock, Irp);
    return STATUS_CONTINUE_COMPLETION;
}

_Use_decl_annotations_ static NTSTATUS RelayRead(PDEVICE_OBJECT DeviceObject, PIRP Irp) {
    PRELAY_EXTENSION extension = DeviceObject->DeviceExtension;
    NTSTATUS status = IoAcquireRemoveLock(&extension->RemoveLock, Irp);

    if (!NT_SUCCESS(status))
        return RelayComplete(Irp, status);
    IoCopyCurrentIrpStackLocationToNext(Irp);
    IoSetCompletionRoutine(Irp, RelayReadDone, extension, TRUE, TRUE, TRUE);
    return IoCallDriver(extension->Lower, Irp);
}

// ---- Device control: waited for -----------------------------------------------------------------

// Takes the IRP away from the I/O manager: it stays ours until IoCompleteRequest is called again.
_Use_decl_annotations_ static NTSTATUS RelayAsked(PDEVICE_OBJECT DeviceObject, PIRP Irp,
                                                  PVOID Context) {
    UNREFERENCED_PARAMETER(DeviceObject);
    if (Irp->PendingReturned) // else nobody waits
        KeSetEvent((PRKEVENT)Context, IO_NO_INCREMENT, FALSE);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

static NTSTATUS RelayAsk(_In_ PRELAY_EXTENSION Extension, _In_ PIRP Irp) {
    KEVENT answered;
    NTSTATUS status;

    KeInitializeEvent(&answered, NotificationEvent, FALSE);
    IoCopyCurrentIrpStackLocationToNext(Irp);
    IoSetCompletionRoutine(Irp, RelayAsked, &answered, TRUE, TRUE, TRUE);
    status = IoCallDriver(Extension->Lower, Irp);
    if (status == STATUS_PENDING) {
        // KernelMode: the event lies here, and whoever completes the IRP sets it.
        (VOID) KeWaitForSingleObject(&answered, Executive, KernelMode, FALSE, NULL);
        status = Irp->IoStatus.Status;
    }
    return status;
}

static NTSTATUS RelayCounters(_In_ PRELAY_EXTENSION Extension, _In_ PIRP Irp) {
    NTSTATUS status = RelayAsk(Extension, Irp);
    PRELAY_COUNTERS counters = Irp->AssociatedIrp.SystemBuffer;

    if (NT_SUCCESS(status) && Irp->IoStatus.Information == sizeof *counters)
        counters->FilteredBytes = (ULONG)Extension->Bytes;
    IoReleaseRemoveLock(&Extension->RemoveLock, Irp);
    IoCompleteRequest(Irp, IO_NO_INCREMENT); // with the status and length of the driver below
    return status;
}

// ---- Write: kept --------------------------------------------------------------------------------

// The cancel spin lock is held. The IRP is in Kept, or RelayResume has just taken it out and found
// that its cancel routine was gone; only then nobody else completes it.
_Use_decl_annotations_ static VOID RelayCancelWrite(PDEVICE_OBJECT DeviceObject, PIRP Irp) {
    PRELAY_EXTENSION extension = DeviceObject->DeviceExtension;
    KIRQL irql;

    IoReleaseCancelSpinLock(Irp->CancelIrql);
    KeAcquireSpinLock(&extension->Lock, &irql);
    RemoveEntryList(&Irp->Tail.Overlay.ListEntry);
    KeReleaseSpinLock(&extension->Lock, irql);
    RelayComplete(Irp, STATUS_CANCELLED);
    IoReleaseRemoveLock(&extension->RemoveLock, Irp);
}

_Use_decl_annotations_ static NTSTATUS RelayWrite(PDEVICE_OBJECT DeviceObject, PIRP Irp) {
    PRELAY_EXTENSION extension = DeviceObject->DeviceExtension;
    NTSTATUS status = IoAcquireRemoveLock(&extension->RemoveLock, Irp);
    KIRQL irql;

    if (!NT_SUCCESS(status))
        return RelayComplete(Irp, status);
    KeAcquireSpinLock(&extension->Lock, &irql);
    if (!extension->Paused) {
        KeReleaseSpinLock(&extension->Lock, irql);
        return RelayForward(extension, Irp);
    }
    (VOID) IoSetCancelRoutine(Irp, RelayCancelWrite);
    if (Irp->Cancel && IoSetCancelRoutine(Irp, NULL) != NULL) { // cancelled before we were ready
        KeReleaseSpinLock(&extension->Lock, irql);
        status = RelayComplete(Irp, STATUS_CANCELLED);
        IoReleaseRemoveLock(&extension->RemoveLock, Irp);
        return status;
    }
    IoMarkIrpPending(Irp);
    InsertTailList(&extension->Kept, &Irp->Tail.Overlay.ListEntry);
    KeReleaseSpinLock(&extension->Lock, irql);
    return STATUS_PENDING;
}

// The oldest kept write, no longer cancellable, or NULL. A write whose cancel routine is on its way
// is left to that: it goes back as a list of its own, so that RemoveEntryList there does no harm.
static PIRP RelayTakeWrite(_In_ PRELAY_EXTENSION Extension) {
    PIRP irp = NULL;
    KIRQL irql;

    KeAcquireSpinLock(&Extension->Lock, &irql);
    while (irp == NULL && !IsListEmpty(&Extension->Kept)) {
        PLIST_ENTRY entry = RemoveHeadList(&Extension->Kept);
        irp = CONTAINING_RECORD(entry, IRP, Tail.Overlay.ListEntry);
        if (IoSetCancelRoutine(irp, NULL) == NULL) {
            InitializeListHead(entry);
            irp = NULL;
        }
    }
    KeReleaseSpinLock(&Extension->Lock, irql);
    return irp;
}

static VOID RelaySetPaused(_In_ PRELAY_EXTENSION Extension, _In_ BOOLEAN Paused) {
    KIRQL irql;
    PIRP irp;

    KeAcquireSpinLock(&Extension->Lock, &irql);
    Extension->Paused = Paused;
    KeReleaseSpinLock(&Extension->Lock, irql);
    while (!Paused && (irp = RelayTakeWrite(Extension)) != NULL) {
        // Copied, not skipped: our location bears the mark of an IRP that we have pended.
        IoCopyCurrentIrpStackLocationToNext(irp);
        (VOID) IoCallDriver(Extension->Lower, irp);
        IoReleaseRemoveLock(&Extension->RemoveLock, irp);
    }
}

_Use_decl_annotations_ static NTSTATUS RelayControl(PDEVICE_OBJECT DeviceObject, PIRP Irp) {
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    PRELAY_EXTENSION extension = DeviceObject->DeviceExtension;
    NTSTATUS status = IoAcquireRemoveLock(&extension->RemoveLock, Irp);
    ULONG code = stack->Parameters.DeviceIoControl.IoControlCode;

    PAGED_CODE();
    if (!NT_SUCCESS(status))
        return RelayComplete(Irp, status);
    switch (code) {
    case IOCTL_RELAY_COUNTERS: return RelayCounters(extension, Irp);
    case IOCTL_RELAY_PAUSE:
    case IOCTL_RELAY_RESUME:
        RelaySetPaused(extension, code == IOCTL_RELAY_PAUSE);
        status = RelayComplete(Irp, STATUS_SUCCESS);
        IoReleaseRemoveLock(&extension->RemoveLock, Irp);
        return status;
    default: return RelayForward(extension, Irp);
    }
}

// ---- Attaching and removing ---------------------------------------------------------------------

_Use_decl_annotations_ static NTSTATUS RelayPnp(PDEVICE_OBJECT DeviceObject, PIRP Irp) {
    PRELAY_EXTENSION extension = DeviceObject->DeviceExtension;
    NTSTATUS status = IoAcquireRemoveLock(&extension->RemoveLock, Irp);

    PAGED_CODE();
    if (!NT_SUCCESS(status))
        return RelayComplete(Irp, status);
    if (IoGetCurrentIrpStackLocation(Irp)->MinorFunction != IRP_MN_REMOVE_DEVICE)
        return RelayForward(extension, Irp);
    RelaySetPaused(extension, FALSE);
    IoReleaseRemoveLockAndWait(&extension->RemoveLock, Irp);
    IoSkipCurrentIrpStackLocation(Irp);
    status = IoCallDriver(extension->Lower, Irp);
    IoDetachDevice(extension->Lower);
    IoDeleteDevice(DeviceObject);
    return status;
}

_Use_decl_annotations_ static NTSTATUS RelayAddDevice(PDRIVER_OBJECT DriverObject,
                                                      PDEVICE_OBJECT PhysicalDeviceObject) {
    PRELAY_EXTENSION extension;
    PDEVICE_OBJECT device;
    NTSTATUS status;

    PAGED_CODE();
    status = IoCreateDevice(DriverObject, sizeof *extension, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE,
                            &device);
    if (!NT_SUCCESS(status))
        return status;
    extension = device->DeviceExtension;
    extension->Self = device;
    IoInitializeRemoveLock(&extension->RemoveLock, RELAY_TAG, 0, 0);
    KeInitializeSpinLock(&extension->Lock);
    InitializeListHead(&extension->Kept);
    extension->Lower = IoAttachDeviceToDeviceStack(device, PhysicalDeviceObject);
    if (extension->Lower == NULL) {
        IoDeleteDevice(device);
        return STATUS_NO_SUCH_DEVICE;
    }
    device->Flags |= extension->Lower->Flags & (DO_BUFFERED_IO | DO_DIRECT_IO | DO_POWER_PAGABLE);
    device->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;
}

_Use_decl_annotations_ static VOID RelayUnload(PDRIVER_OBJECT DriverObject) {
    UNREFERENCED_PARAMETER(DriverObject);
    PAGED_CODE();
    NT_ASSERT(DriverObject->DeviceObject == NULL);
}

_Use_decl_annotations_ NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject,
                                            PUNICODE_STRING RegistryPath) {
    UNREFERENCED_PARAMETER(RegistryPath);
    for (ULONG i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
        DriverObject->MajorFunction[i] = RelayPass;
    DriverObject->MajorFunction[IRP_MJ_READ] = RelayRead;
    DriverObject->MajorFunction[IRP_MJ_WRITE] = RelayWrite;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = RelayControl;
    DriverObject->MajorFunction[IRP_MJ_PNP] = RelayPnp;
    DriverObject->DriverExtension->AddDevice = RelayAddDevice;
    DriverObject->DriverUnload = RelayUnload;
    return STATUS_SUCCESS;
}
