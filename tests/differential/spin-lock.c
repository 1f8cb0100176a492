// SPDX-License-Identifier: MIT
// A thread and a DPC share a counter under a spin lock; a DPC comes due while it is held.
// Its twin: spin-lock.kss
#include <ntifs.h>

static KSPIN_LOCK Lock;
static KDPC Dpc;
static LONG Shared;

KDEFERRED_ROUTINE AddTen;
NTSTATUS AddOne(VOID);

VOID AddTen(PKDPC TheDpc, PVOID Context, PVOID Argument1, PVOID Argument2) {
    UNREFERENCED_PARAMETER(TheDpc);
    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    KeAcquireSpinLockAtDpcLevel(&Lock);
    Shared += 10;
    KeReleaseSpinLockFromDpcLevel(&Lock);
}

NTSTATUS AddOne(VOID) {
    KIRQL old;

    KeInitializeSpinLock(&Lock);
    KeInitializeDpc(&Dpc, AddTen, NULL);
    KeAcquireSpinLock(&Lock, &old);
    KeInsertQueueDpc(&Dpc, NULL, NULL);
    Shared += 1;
    if (Shared != 1)
        return STATUS_UNSUCCESSFUL;
    KeReleaseSpinLock(&Lock, old);
    return Shared == 11 ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}
