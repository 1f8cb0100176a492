// SPDX-License-Identifier: MIT
// pulse: a read starts a measurement and pends; the device interrupts when it has a value.
//
//   PASSIVE_LEVEL    PulseRead            Pending = Irp, START; the watchdog ticks
//   DIRQL            PulseInterrupt       is it ours? acknowledge, latch, queue the DPC
//   DISPATCH_LEVEL   PulseDpc             takes the IRP, reads DATA, completes
//                    PulseWatchdog        takes it when three seconds are over
//                    PulseCancel          takes it when its caller does not want it any more
//
// Who takes the IRP completes it, and taking is one step: under Lock, with the cancel routine
// removed. If IoSetCancelRoutine finds none, PulseCancel is on its way and the IRP is left to it.
// The ISR runs above DISPATCH_LEVEL, where Lock may not be taken: Latched is all it shares, by
// interlocked operations.
#include "pulse.h"

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD PulseUnload;
_Dispatch_type_(IRP_MJ_CREATE) _Dispatch_type_(IRP_MJ_CLOSE) static DRIVER_DISPATCH PulseOpenClose;
_Dispatch_type_(IRP_MJ_READ) static DRIVER_DISPATCH PulseRead;
static KDEFERRED_ROUTINE PulseDpc;
static KDEFERRED_ROUTINE PulseWatchdog;
static DRIVER_CANCEL PulseCancel;

#ifdef ALLOC_PRAGMA
#pragma alloc_text(INIT, DriverEntry)
#pragma alloc_text(PAGE, PulseUnload)
#pragma alloc_text(PAGE, PulseOpenClose)
#pragma alloc_text(PAGE, PulseStartDevice)
#endif

static NTSTATUS PulseComplete(_In_ PIRP Irp, _In_ NTSTATUS Status, _In_ ULONG_PTR Information,
                              _In_ CCHAR Boost) {
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = Information;
    IoCompleteRequest(Irp, Boost);
    return Status;
}

// ---- Taking the IRP -----------------------------------------------------------------------------

// With Lock held: the pending IRP, now the caller's alone, or NULL.
_Requires_lock_held_(Extension->Lock) static PIRP PulseTake(_Inout_ PPULSE_EXTENSION Extension) {
    PIRP irp = Extension->Pending;

    if (irp == NULL || IoSetCancelRoutine(irp, NULL) == NULL)
        return NULL;
    Extension->Pending = NULL;
    KeCancelTimer(&Extension->Watchdog);
    return irp;
}

_Use_decl_annotations_ static VOID PulseCancel(PDEVICE_OBJECT DeviceObject, PIRP Irp) {
    PPULSE_EXTENSION extension = DeviceObject->DeviceExtension;
    KIRQL irql;

    IoReleaseCancelSpinLock(Irp->CancelIrql);
    KeAcquireSpinLock(&extension->Lock, &irql);
    extension->Pending = NULL; // nobody else does so once the cancel routine is gone
    KeCancelTimer(&extension->Watchdog);
    WRITE_REGISTER_ULONG(extension->Registers + PULSE_CONTROL, PULSE_RESET);
    KeReleaseSpinLock(&extension->Lock, irql);
    PulseComplete(Irp, STATUS_CANCELLED, 0, IO_NO_INCREMENT);
}

// ---- Reading ------------------------------------------------------------------------------------

_Use_decl_annotations_ static NTSTATUS PulseRead(PDEVICE_OBJECT DeviceObject, PIRP Irp) {
    PPULSE_EXTENSION extension = DeviceObject->DeviceExtension;
    LARGE_INTEGER second;
    NTSTATUS status = STATUS_PENDING;
    KIRQL irql;

    if (IoGetCurrentIrpStackLocation(Irp)->Parameters.Read.Length < sizeof(ULONG))
        return PulseComplete(Irp, STATUS_BUFFER_TOO_SMALL, 0, IO_NO_INCREMENT);
    KeAcquireSpinLock(&extension->Lock, &irql);
    if (extension->Registers == NULL) {
        status = STATUS_DEVICE_NOT_READY;
    } else if (extension->Pending != NULL) {
        status = STATUS_DEVICE_BUSY;
    } else {
        (VOID) IoSetCancelRoutine(Irp, PulseCancel);
        if (Irp->Cancel && IoSetCancelRoutine(Irp, NULL) != NULL) {
            status = STATUS_CANCELLED;
        } else {
            IoMarkIrpPending(Irp);
            extension->Pending = Irp;
            extension->SecondsLeft = PULSE_PATIENCE;
            second.QuadPart = -10000000;
            KeSetTimerEx(&extension->Watchdog, second, 1000, &extension->WatchdogDpc);
            WRITE_REGISTER_ULONG(extension->Registers + PULSE_CONTROL, PULSE_START);
        }
    }
    KeReleaseSpinLock(&extension->Lock, irql);
    return status == STATUS_PENDING ? status : PulseComplete(Irp, status, 0, IO_NO_INCREMENT);
}

_Use_decl_annotations_ BOOLEAN PulseInterrupt(PKINTERRUPT Interrupt, PVOID ServiceContext) {
    PPULSE_EXTENSION extension = ServiceContext;
    ULONG status = READ_REGISTER_ULONG(extension->Registers + PULSE_STATUS);

    UNREFERENCED_PARAMETER(Interrupt);
    if ((status & (PULSE_READY | PULSE_FAULT)) == 0)
        return FALSE; // the line is shared: somebody else's
    WRITE_REGISTER_ULONG(extension->Registers + PULSE_STATUS, status);
    InterlockedOr(&extension->Latched, (LONG)status);
    KeInsertQueueDpc(&extension->Dpc, NULL, NULL);
    return TRUE;
}

_Use_decl_annotations_ static VOID PulseDpc(PKDPC Dpc, PVOID DeferredContext, PVOID SystemArgument1,
                                            PVOID SystemArgument2) {
    PPULSE_EXTENSION extension = DeferredContext;
    ULONG latched = (ULONG)InterlockedExchange(&extension->Latched, 0);
    PIRP irp;

    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(SystemArgument1);
    UNREFERENCED_PARAMETER(SystemArgument2);
    KeAcquireSpinLockAtDpcLevel(&extension->Lock);
    irp = PulseTake(extension);
    if (irp != NULL && !(latched & PULSE_FAULT))
        *(PULONG)irp->AssociatedIrp.SystemBuffer =
            READ_REGISTER_ULONG(extension->Registers + PULSE_DATA);
    KeReleaseSpinLockFromDpcLevel(&extension->Lock);
    if (irp == NULL)
        return; // too late
    if (latched & PULSE_FAULT)
        PulseComplete(irp, STATUS_DEVICE_DATA_ERROR, 0, IO_NO_INCREMENT);
    else
        PulseComplete(irp, STATUS_SUCCESS, sizeof(ULONG), IO_NO_INCREMENT);
}

_Use_decl_annotations_ static VOID PulseWatchdog(PKDPC Dpc, PVOID DeferredContext,
                                                 PVOID SystemArgument1, PVOID SystemArgument2) {
    PPULSE_EXTENSION extension = DeferredContext;
    PIRP irp = NULL;

    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(SystemArgument1);
    UNREFERENCED_PARAMETER(SystemArgument2);
    KeAcquireSpinLockAtDpcLevel(&extension->Lock);
    if (extension->Pending != NULL && --extension->SecondsLeft == 0) {
        irp = PulseTake(extension);
        WRITE_REGISTER_ULONG(extension->Registers + PULSE_CONTROL, PULSE_RESET);
    }
    KeReleaseSpinLockFromDpcLevel(&extension->Lock);
    if (irp != NULL)
        PulseComplete(irp, STATUS_IO_TIMEOUT, 0, IO_NO_INCREMENT);
}

// ---- Loading and unloading ----------------------------------------------------------------------

_Use_decl_annotations_ static NTSTATUS PulseOpenClose(PDEVICE_OBJECT DeviceObject, PIRP Irp) {
    UNREFERENCED_PARAMETER(DeviceObject);
    PAGED_CODE();
    return PulseComplete(Irp, STATUS_SUCCESS, 0, IO_NO_INCREMENT);
}

NTSTATUS PulseStartDevice(PDEVICE_OBJECT DeviceObject, PVOID Registers) {
    PPULSE_EXTENSION extension = DeviceObject->DeviceExtension;

    PAGED_CODE();
    extension->Registers = Registers;
    WRITE_REGISTER_ULONG(extension->Registers + PULSE_CONTROL, PULSE_RESET);
    return STATUS_SUCCESS;
}

// All handles are closed and the interrupt is disconnected: nobody queues DPCs any more. One may
// still be queued, and its KDPC goes with the device.
_Use_decl_annotations_ static VOID PulseUnload(PDRIVER_OBJECT DriverObject) {
    PPULSE_EXTENSION extension = DriverObject->DeviceObject->DeviceExtension;

    PAGED_CODE();
    KeCancelTimer(&extension->Watchdog);
    KeFlushQueuedDpcs();
    IoDeleteDevice(DriverObject->DeviceObject);
}

_Use_decl_annotations_ NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject,
                                            PUNICODE_STRING RegistryPath) {
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Pulse0");
    PPULSE_EXTENSION extension;
    PDEVICE_OBJECT device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);
    status = IoCreateDevice(DriverObject, sizeof *extension, &name, FILE_DEVICE_UNKNOWN,
                            FILE_DEVICE_SECURE_OPEN, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;
    extension = device->DeviceExtension; // zeroed by IoCreateDevice
    KeInitializeSpinLock(&extension->Lock);
    KeInitializeDpc(&extension->Dpc, PulseDpc, extension);
    KeInitializeTimerEx(&extension->Watchdog, NotificationTimer);
    KeInitializeDpc(&extension->WatchdogDpc, PulseWatchdog, extension);
    DriverObject->MajorFunction[IRP_MJ_CREATE] = PulseOpenClose;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = PulseOpenClose;
    DriverObject->MajorFunction[IRP_MJ_READ] = PulseRead;
    DriverObject->DriverUnload = PulseUnload;
    device->Flags |= DO_BUFFERED_IO;
    device->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;
}
