// SPDX-License-Identifier: MIT
// A read that nobody answers is cancelled by a DPC; the cancel routine completes it.
// Its twin: irp-cancelled.kss
#include <ntifs.h>

static KTIMER Timer;
static KDPC Dpc;

DRIVER_DISPATCH HangRead;
DRIVER_CANCEL CancelRead;
KDEFERRED_ROUTINE GiveUp;

VOID GiveUp(PKDPC TheDpc, PVOID Context, PVOID Argument1, PVOID Argument2) {
    UNREFERENCED_PARAMETER(TheDpc);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    IoCancelIrp((PIRP)Context);
}

VOID CancelRead(PDEVICE_OBJECT DeviceObject, PIRP Irp) {
    UNREFERENCED_PARAMETER(DeviceObject);
    IoReleaseCancelSpinLock(Irp->CancelIrql);
    Irp->IoStatus.Status = STATUS_CANCELLED;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
}

NTSTATUS HangRead(PDEVICE_OBJECT DeviceObject, PIRP Irp) {
    LARGE_INTEGER due;

    UNREFERENCED_PARAMETER(DeviceObject);
    IoMarkIrpPending(Irp);
    IoSetCancelRoutine(Irp, CancelRead);
    KeInitializeTimer(&Timer);
    KeInitializeDpc(&Dpc, GiveUp, Irp);
    due.QuadPart = -10000000LL;
    KeSetTimer(&Timer, due, &Dpc);
    return STATUS_PENDING;
}
