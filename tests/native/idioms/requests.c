// SPDX-License-Identifier: MIT
// Requests: a filter above a device that pends what it gets and answers from a DPC. The routines below
// send to the filter, or are the filter. Sources: DDI IoBuildSynchronousFsdRequest, IoAllocateIrp,
// IoSetCompletionRoutine, IoMarkIrpPending, IoAcquireRemoveLock.
#include "idioms.h"

typedef struct _IDIOM_EXTENSION {
    PDEVICE_OBJECT Lower; // the filter's: NULL for the device itself
    IO_REMOVE_LOCK RemoveLock;
} IDIOM_EXTENSION, *PIDIOM_EXTENSION;

enum { HOW_SKIP, HOW_COPY, HOW_WAIT }; // what the filter does with reads

static PDEVICE_OBJECT Slow, Filter;
static PIRP Pending;
static ULONG How, Milliseconds;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_DISPATCH IdiomOpenClose, IdiomRequest;
static DRIVER_CANCEL IdiomCancel;
static IO_COMPLETION_ROUTINE FilterDone, FilterStop, OwnDone;
static KDEFERRED_ROUTINE SlowIsDone;

static NTSTATUS IdiomComplete(PIRP Irp, NTSTATUS Status, ULONG_PTR Information) {
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = Information;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

// ---- The device -----------------------------------------------------------------------------------

static VOID SlowIsDone(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2) {
    PIRP irp;
    KIRQL irql;

    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    IoAcquireCancelSpinLock(&irql);
    irp = Pending;
    Pending = NULL;
    if (irp != NULL)
        IoSetCancelRoutine(irp, NULL);
    IoReleaseCancelSpinLock(irql);
    if (irp != NULL)
        IdiomComplete(irp, STATUS_SUCCESS, 0);
}

static VOID IdiomCancel(PDEVICE_OBJECT DeviceObject, PIRP Irp) {
    UNREFERENCED_PARAMETER(DeviceObject);
    Pending = NULL;
    IoReleaseCancelSpinLock(Irp->CancelIrql);
    IdiomComplete(Irp, STATUS_CANCELLED, 0);
}

static NTSTATUS SlowRequest(PIRP Irp) {
    IoMarkIrpPending(Irp);
    Pending = Irp;
    IoSetCancelRoutine(Irp, IdiomCancel);
    IdiomAfter((LONG)Milliseconds, SlowIsDone, NULL);
    return STATUS_PENDING;
}

// ---- The filter -------------------------------------------------------------------------------------

static NTSTATUS FilterDone(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context) {
    PIDIOM_EXTENSION extension = Context;

    UNREFERENCED_PARAMETER(DeviceObject);
    if (Irp->PendingReturned)
        IoMarkIrpPending(Irp);
    IoReleaseRemoveLock(&extension->RemoveLock, Irp);
    return STATUS_CONTINUE_COMPLETION;
}

static NTSTATUS FilterStop(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context) {
    UNREFERENCED_PARAMETER(DeviceObject);
    if (Irp->PendingReturned)
        KeSetEvent((PKEVENT)Context, IO_NO_INCREMENT, FALSE);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

static NTSTATUS ForwardSynchronously(PIDIOM_EXTENSION Extension, PIRP Irp) {
    KEVENT done;
    NTSTATUS status;

    KeInitializeEvent(&done, NotificationEvent, FALSE);
    IoCopyCurrentIrpStackLocationToNext(Irp);
    IoSetCompletionRoutine(Irp, FilterStop, &done, TRUE, TRUE, TRUE);
    status = IoCallDriver(Extension->Lower, Irp);
    if (status == STATUS_PENDING) {
        KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, NULL);
        status = Irp->IoStatus.Status;
    }
    return IdiomComplete(Irp, status, Irp->IoStatus.Information);
}

static NTSTATUS FilterRequest(PIDIOM_EXTENSION Extension, PIRP Irp) {
    NTSTATUS status;

    if (How == HOW_SKIP) {
        IoSkipCurrentIrpStackLocation(Irp);
        return IoCallDriver(Extension->Lower, Irp);
    }
    if (How == HOW_WAIT)
        return ForwardSynchronously(Extension, Irp);
    status = IoAcquireRemoveLock(&Extension->RemoveLock, Irp);
    if (!NT_SUCCESS(status))
        return IdiomComplete(Irp, status, 0);
    IoCopyCurrentIrpStackLocationToNext(Irp);
    IoSetCompletionRoutine(Irp, FilterDone, Extension, TRUE, TRUE, TRUE);
    return IoCallDriver(Extension->Lower, Irp);
}

static NTSTATUS IdiomRequest(PDEVICE_OBJECT DeviceObject, PIRP Irp) {
    PIDIOM_EXTENSION extension = DeviceObject->DeviceExtension;

    return extension->Lower == NULL ? SlowRequest(Irp) : FilterRequest(extension, Irp);
}

static NTSTATUS IdiomOpenClose(PDEVICE_OBJECT DeviceObject, PIRP Irp) {
    UNREFERENCED_PARAMETER(DeviceObject);
    return IdiomComplete(Irp, STATUS_SUCCESS, 0);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
    PIDIOM_EXTENSION extension;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->MajorFunction[IRP_MJ_CREATE] = IdiomOpenClose;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = IdiomOpenClose;
    DriverObject->MajorFunction[IRP_MJ_FLUSH_BUFFERS] = IdiomRequest;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = IdiomRequest;
    status = IoCreateDevice(DriverObject, sizeof(IDIOM_EXTENSION), NULL, FILE_DEVICE_UNKNOWN, 0,
                            FALSE, &Slow);
    if (!NT_SUCCESS(status))
        return status;
    status = IoCreateDevice(DriverObject, sizeof(IDIOM_EXTENSION), NULL, FILE_DEVICE_UNKNOWN, 0,
                            FALSE, &Filter);
    if (!NT_SUCCESS(status))
        return status;
    extension = Filter->DeviceExtension;
    IoInitializeRemoveLock(&extension->RemoveLock, 'mdiI', 0, 0);
    extension->Lower = IoAttachDeviceToDeviceStack(Filter, Slow);
    Milliseconds = 30000;
    return extension->Lower == NULL ? STATUS_UNSUCCESSFUL : STATUS_SUCCESS;
}

// ---- Senders ----------------------------------------------------------------------------------------

static NTSTATUS Flush(PDEVICE_OBJECT device) {
    LARGE_INTEGER nowhere = {.QuadPart = 0};
    IO_STATUS_BLOCK block;
    KEVENT done;
    NTSTATUS status;
    PIRP irp;

    KeInitializeEvent(&done, NotificationEvent, FALSE);
    irp = IoBuildSynchronousFsdRequest(IRP_MJ_FLUSH_BUFFERS, device, NULL, 0, &nowhere, &done,
                                       &block);
    if (irp == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    status = IoCallDriver(device, irp);
    if (status == STATUS_PENDING) {
        KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, NULL);
        status = block.Status;
    }
    return status;
}

NTSTATUS SynchronousRequest(VOID) {
    return Flush(Slow);
}

NTSTATUS LayeredCalls(VOID) {
    How = HOW_SKIP;
    return Flush(Filter);
}

NTSTATUS RemoveLock(VOID) {
    PIDIOM_EXTENSION extension = Filter->DeviceExtension;
    NTSTATUS status;

    How = HOW_COPY;
    status = Flush(Filter);
    if (!NT_SUCCESS(status))
        return status;
    status = IoAcquireRemoveLock(&extension->RemoveLock, NULL);
    if (NT_SUCCESS(status))
        IoReleaseRemoveLockAndWait(&extension->RemoveLock, NULL);
    return status;
}

NTSTATUS ForwardAndWait(VOID) {
    How = HOW_WAIT;
    return Flush(Filter);
}

NTSTATUS DeviceControlRequest(VOID) {
    IO_STATUS_BLOCK block;
    KEVENT done;
    NTSTATUS status;
    PIRP irp;

    How = HOW_COPY;
    KeInitializeEvent(&done, NotificationEvent, FALSE);
    irp = IoBuildDeviceIoControlRequest(CTL_CODE(FILE_DEVICE_UNKNOWN, 0x800, METHOD_BUFFERED, 0),
                                        Filter, NULL, 0, NULL, 0, FALSE, &done, &block);
    if (irp == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    status = IoCallDriver(Filter, irp);
    if (status == STATUS_PENDING) {
        KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, NULL);
        status = block.Status;
    }
    return status;
}

static NTSTATUS OwnDone(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context) {
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    KeSetEvent((PKEVENT)Context, IO_NO_INCREMENT, FALSE);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

NTSTATUS OwnIrp(VOID) {
    PIRP irp = IoAllocateIrp(Filter->StackSize, FALSE);
    KEVENT done;
    NTSTATUS status;

    if (irp == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    How = HOW_COPY;
    KeInitializeEvent(&done, NotificationEvent, FALSE);
    IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_FLUSH_BUFFERS;
    IoSetCompletionRoutine(irp, OwnDone, &done, TRUE, TRUE, TRUE);
    IoCallDriver(Filter, irp);
    KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, NULL);
    status = irp->IoStatus.Status;
    IoFreeIrp(irp);
    return status;
}

// The device is slower than the wait: cancelled, and waited for until it is completed.
NTSTATUS RequestCancelledAfterTimeout(VOID) {
    LARGE_INTEGER timeout;
    IO_STATUS_BLOCK block;
    KEVENT done;
    NTSTATUS status;
    PIRP irp;

    How = HOW_SKIP;
    KeInitializeEvent(&done, NotificationEvent, FALSE);
    irp = IoBuildDeviceIoControlRequest(CTL_CODE(FILE_DEVICE_UNKNOWN, 0x800, METHOD_BUFFERED, 0),
                                        Filter, NULL, 0, NULL, 0, FALSE, &done, &block);
    if (irp == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    status = IoCallDriver(Filter, irp);
    if (status == STATUS_PENDING) {
        timeout.QuadPart = -10000LL * 1000;
        status = KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, &timeout);
        if (status == STATUS_TIMEOUT) {
            IoCancelIrp(irp);
            KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, NULL);
        }
        status = block.Status;
    }
    return status == STATUS_CANCELLED ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}
