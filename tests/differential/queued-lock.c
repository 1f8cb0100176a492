// SPDX-License-Identifier: MIT
// A queued spin lock in a thread and in a DPC that comes due while it is held; its handle is released twice.
// Its twin: queued-lock.kss
#include <ntifs.h>

static KSPIN_LOCK QueuedLock;
static KDPC QueuedDpc;
static LONG QueuedSum;

KDEFERRED_ROUTINE AddTenQueued;
NTSTATUS AddOneQueued(VOID);

VOID AddTenQueued(PKDPC TheDpc, PVOID Context, PVOID Argument1, PVOID Argument2) {
    KLOCK_QUEUE_HANDLE handle;

    UNREFERENCED_PARAMETER(TheDpc);
    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    KeAcquireInStackQueuedSpinLockAtDpcLevel(&QueuedLock, &handle);
    QueuedSum += 10;
    KeReleaseInStackQueuedSpinLockFromDpcLevel(&handle);
}

NTSTATUS AddOneQueued(VOID) {
    KLOCK_QUEUE_HANDLE handle;

    KeInitializeSpinLock(&QueuedLock);
    KeInitializeDpc(&QueuedDpc, AddTenQueued, NULL);
    KeAcquireInStackQueuedSpinLock(&QueuedLock, &handle);
    KeInsertQueueDpc(&QueuedDpc, NULL, NULL);
    QueuedSum += 1;
    if (QueuedSum != 1)
        return STATUS_UNSUCCESSFUL;
    KeReleaseInStackQueuedSpinLock(&handle);
    KeReleaseInStackQueuedSpinLock(&handle);
    return QueuedSum == 11 ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}
