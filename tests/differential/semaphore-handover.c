// SPDX-License-Identifier: MIT
// A producer releases a semaphore in steps of two, a consumer of higher priority takes one by one; a wait
// that nobody satisfies times out.
// Its twin: semaphore-handover.kss
#include <ntifs.h>

static KSEMAPHORE Items;
static LONG Taken;

NTSTATUS Consume(VOID);
NTSTATUS Produce(VOID);

NTSTATUS Consume(VOID) {
    LARGE_INTEGER second;
    NTSTATUS status;

    second.QuadPart = -10000000LL;
    KeInitializeSemaphore(&Items, 1, 4);
    do {
        status = KeWaitForSingleObject(&Items, Executive, KernelMode, FALSE, &second);
        if (status == STATUS_SUCCESS)
            Taken += 1;
    } while (status == STATUS_SUCCESS);
    return status == STATUS_TIMEOUT ? KeReadStateSemaphore(&Items) : STATUS_UNSUCCESSFUL;
}

NTSTATUS Produce(VOID) {
    LONG before = 0;

    before += KeReleaseSemaphore(&Items, IO_NO_INCREMENT, 2, FALSE);
    before += KeReleaseSemaphore(&Items, IO_NO_INCREMENT, 2, FALSE);
    return Taken == 5 ? before : STATUS_UNSUCCESSFUL;
}
