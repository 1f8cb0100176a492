// SPDX-License-Identifier: MIT
// A fast mutex is wanted by two threads, then by its owner once more.
// Its twin: fast-mutex.kss
#include <ntifs.h>

static FAST_MUTEX Mutex;
static LONG Rounds;

NTSTATUS KeepMutex(VOID);
NTSTATUS WantMutex(VOID);

NTSTATUS KeepMutex(VOID) {
    LARGE_INTEGER second;

    second.QuadPart = -10000000LL;
    ExInitializeFastMutex(&Mutex);
    ExAcquireFastMutex(&Mutex);
    KeDelayExecutionThread(KernelMode, FALSE, &second);
    Rounds += 1;
    ExReleaseFastMutex(&Mutex);
    ExAcquireFastMutex(&Mutex);
    ExReleaseFastMutex(&Mutex);
    return Rounds == 2 ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}

NTSTATUS WantMutex(VOID) {
    ExAcquireFastMutex(&Mutex);
    Rounds += 1;
    ExReleaseFastMutex(&Mutex);
    ExAcquireFastMutex(&Mutex);
    ExAcquireFastMutex(&Mutex);
    return STATUS_SUCCESS;
}
