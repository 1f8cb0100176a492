// SPDX-License-Identifier: MIT
// Any and all of four objects with wait blocks on the stack: two events, a semaphore and a timer.
// Its twin: wait-several.kss
#include <ntifs.h>

static KEVENT First, Second;
static KSEMAPHORE Count;
static KTIMER Timer;

NTSTATUS WaitSeveral(VOID);
NTSTATUS Signal(VOID);

NTSTATUS WaitSeveral(VOID) {
    KWAIT_BLOCK blocks[4];
    PVOID objects[4];
    LARGE_INTEGER due;
    NTSTATUS status;

    objects[0] = &First;
    objects[1] = &Second;
    objects[2] = &Count;
    objects[3] = &Timer;
    KeInitializeEvent(&First, SynchronizationEvent, FALSE);
    KeInitializeEvent(&Second, NotificationEvent, FALSE);
    KeInitializeSemaphore(&Count, 0, 2);
    KeInitializeTimerEx(&Timer, SynchronizationTimer);
    due.QuadPart = -20000000LL;
    KeSetTimer(&Timer, due, NULL);
    status =
        KeWaitForMultipleObjects(4, objects, WaitAny, Executive, KernelMode, FALSE, NULL, blocks);
    if (status != STATUS_WAIT_2)
        return STATUS_UNSUCCESSFUL;
    status =
        KeWaitForMultipleObjects(4, objects, WaitAll, Executive, KernelMode, FALSE, NULL, blocks);
    if (status != STATUS_SUCCESS || KeReadStateEvent(&First) != 0)
        return STATUS_UNSUCCESSFUL;
    due.QuadPart = 0;
    return KeWaitForMultipleObjects(2, objects, WaitAll, Executive, KernelMode, FALSE, &due, NULL);
}

NTSTATUS Signal(VOID) {
    KeReleaseSemaphore(&Count, IO_NO_INCREMENT, 2, FALSE);
    KeSetEvent(&Second, IO_NO_INCREMENT, FALSE);
    KeSetEvent(&First, IO_NO_INCREMENT, FALSE);
    return STATUS_SUCCESS;
}
