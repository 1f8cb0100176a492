// SPDX-License-Identifier: MIT
// A read in a cancel-safe queue is cancelled by a DPC while it waits there.
// Its twin: csq-cancelled.kss
#include <ntifs.h>

static IO_CSQ Csq;
static KSPIN_LOCK CsqLock;
static LIST_ENTRY CsqList;
static KTIMER CsqTimer;
static KDPC CsqDpc;

DRIVER_DISPATCH QueueRead;
KDEFERRED_ROUTINE CancelQueued;

static VOID CsqInsert(PIO_CSQ Queue, PIRP Irp) {
    UNREFERENCED_PARAMETER(Queue);
    InsertTailList(&CsqList, &Irp->Tail.Overlay.ListEntry);
}

static VOID CsqRemove(PIO_CSQ Queue, PIRP Irp) {
    UNREFERENCED_PARAMETER(Queue);
    RemoveEntryList(&Irp->Tail.Overlay.ListEntry);
}

static PIRP CsqPeek(PIO_CSQ Queue, PIRP Irp, PVOID PeekContext) {
    UNREFERENCED_PARAMETER(Queue);
    UNREFERENCED_PARAMETER(Irp);
    UNREFERENCED_PARAMETER(PeekContext);
    return NULL;
}

static VOID CsqAcquire(PIO_CSQ Queue, PKIRQL Irql) {
    UNREFERENCED_PARAMETER(Queue);
    KeAcquireSpinLock(&CsqLock, Irql);
}

static VOID CsqRelease(PIO_CSQ Queue, KIRQL Irql) {
    UNREFERENCED_PARAMETER(Queue);
    KeReleaseSpinLock(&CsqLock, Irql);
}

static VOID CsqComplete(PIO_CSQ Queue, PIRP Irp) {
    UNREFERENCED_PARAMETER(Queue);
    Irp->IoStatus.Status = STATUS_CANCELLED;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
}

VOID CancelQueued(PKDPC TheDpc, PVOID Context, PVOID Argument1, PVOID Argument2) {
    UNREFERENCED_PARAMETER(TheDpc);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    IoCancelIrp((PIRP)Context);
}

NTSTATUS QueueRead(PDEVICE_OBJECT DeviceObject, PIRP Irp) {
    LARGE_INTEGER due;

    UNREFERENCED_PARAMETER(DeviceObject);
    InitializeListHead(&CsqList);
    KeInitializeSpinLock(&CsqLock);
    KeInitializeTimer(&CsqTimer);
    KeInitializeDpc(&CsqDpc, CancelQueued, Irp);
    IoCsqInitialize(&Csq, CsqInsert, CsqRemove, CsqPeek, CsqAcquire, CsqRelease, CsqComplete);
    IoCsqInsertIrp(&Csq, Irp, NULL);
    due.QuadPart = -10000000LL;
    KeSetTimer(&CsqTimer, due, &CsqDpc);
    return STATUS_PENDING;
}
