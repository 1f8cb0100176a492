// SPDX-License-Identifier: MIT
// A read is marked pending and completed by a timer's DPC.
// Its twin: irp-pended.kss
#include <ntifs.h>

static KTIMER Timer;
static KDPC Dpc;

DRIVER_DISPATCH PendRead;
KDEFERRED_ROUTINE AnswerRead;

VOID AnswerRead(PKDPC TheDpc, PVOID Context, PVOID Argument1, PVOID Argument2) {
    UNREFERENCED_PARAMETER(TheDpc);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    PIRP irp = (PIRP)Context;

    irp->IoStatus.Status = STATUS_SUCCESS;
    irp->IoStatus.Information = 16;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
}

NTSTATUS PendRead(PDEVICE_OBJECT DeviceObject, PIRP Irp) {
    LARGE_INTEGER due;

    UNREFERENCED_PARAMETER(DeviceObject);
    IoMarkIrpPending(Irp);
    KeInitializeTimer(&Timer);
    KeInitializeDpc(&Dpc, AnswerRead, Irp);
    due.QuadPart = -500000LL;
    KeSetTimer(&Timer, due, &Dpc);
    return STATUS_PENDING;
}
