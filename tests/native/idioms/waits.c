// SPDX-License-Identifier: MIT
// Waits on what lies on the stack, in KernelMode; UserMode waits with nothing on the stack that others
// use. Sources: DDI KeWaitForSingleObject, KeInitializeEvent, KeSetKernelStackSwapEnable.
#include "idioms.h"

#define TAG 'mdiI'

// ---- A device that answers later ------------------------------------------------------------------

static KTIMER Timer;
static KDPC Dpc;

VOID IdiomAfter(LONG ms, PKDEFERRED_ROUTINE routine, PVOID context) {
    LARGE_INTEGER due;

    KeInitializeTimer(&Timer);
    KeInitializeDpc(&Dpc, routine, context);
    due.QuadPart = -10000LL * ms;
    KeSetTimer(&Timer, due, &Dpc);
}

VOID IdiomSetEvent(PKDPC TheDpc, PVOID Context, PVOID Argument1, PVOID Argument2) {
    UNREFERENCED_PARAMETER(TheDpc);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    KeSetEvent((PKEVENT)Context, IO_NO_INCREMENT, FALSE);
}

// ---- Events on the stack ----------------------------------------------------------------------------

NTSTATUS StackEvent(VOID) {
    KEVENT done;

    KeInitializeEvent(&done, NotificationEvent, FALSE);
    IdiomAfter(30000, IdiomSetEvent, &done);
    return KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, NULL);
}

NTSTATUS StackEventCastToVoid(VOID) {
    KEVENT done;

    KeInitializeEvent(&done, NotificationEvent, FALSE);
    IdiomAfter(30000, IdiomSetEvent, &done);
    (VOID) KeWaitForSingleObject(&done, UserRequest, KernelMode, FALSE, NULL);
    return STATUS_SUCCESS;
}

NTSTATUS StackEventByPointer(VOID) {
    KEVENT done;
    PKEVENT event = &done;

    KeInitializeEvent(event, NotificationEvent, FALSE);
    IdiomAfter(30000, IdiomSetEvent, event);
    return KeWaitForSingleObject(event, Executive, KernelMode, FALSE, NULL);
}

NTSTATUS StackEventInStructure(VOID) {
    struct {
        ULONG Length;
        KEVENT Done;
        UCHAR Bytes[16];
    } request = {16};

    KeInitializeEvent(&request.Done, NotificationEvent, FALSE);
    IdiomAfter(30000, IdiomSetEvent, &request.Done);
    return KeWaitForSingleObject(&request.Done, Executive, KernelMode, FALSE, NULL);
}

NTSTATUS StackEventInArray(VOID) {
    KEVENT events[3];

    for (ULONG i = 0; i < 3; i++)
        KeInitializeEvent(&events[i], SynchronizationEvent, FALSE);
    for (ULONG i = 0; i < 3; i++) {
        IdiomAfter(100, IdiomSetEvent, &events[i]);
        KeWaitForSingleObject(&events[i], Executive, KernelMode, FALSE, NULL);
    }
    return STATUS_SUCCESS;
}

static NTSTATUS WaitFor(PKEVENT event) {
    return KeWaitForSingleObject(event, Executive, KernelMode, FALSE, NULL);
}

NTSTATUS StackEventInCallersFrame(VOID) {
    KEVENT done;

    KeInitializeEvent(&done, NotificationEvent, FALSE);
    IdiomAfter(20000, IdiomSetEvent, &done);
    return WaitFor(&done);
}

NTSTATUS StackEventUsedAgain(VOID) {
    KEVENT done;

    KeInitializeEvent(&done, NotificationEvent, FALSE);
    for (ULONG i = 0; i < 4; i++) {
        KeClearEvent(&done);
        IdiomAfter(50, IdiomSetEvent, &done);
        KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, NULL);
    }
    return STATUS_SUCCESS;
}

// Signalled already: even a UserMode wait does not block.
NTSTATUS StackEventSignalledBefore(VOID) {
    KEVENT done;

    KeInitializeEvent(&done, NotificationEvent, FALSE);
    KeSetEvent(&done, IO_NO_INCREMENT, FALSE);
    return KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, NULL);
}

NTSTATUS StackEventOfSynchronization(VOID) {
    KEVENT done;

    KeInitializeEvent(&done, SynchronizationEvent, FALSE);
    IdiomAfter(30000, IdiomSetEvent, &done);
    KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, NULL);
    return KeReadStateEvent(&done) == 0 ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}

// ---- UserMode waits -----------------------------------------------------------------------------------

NTSTATUS PoolEventUserWait(VOID) {
    PKEVENT done = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(KEVENT), TAG);
    NTSTATUS status;

    if (done == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    KeInitializeEvent(done, NotificationEvent, FALSE);
    IdiomAfter(30000, IdiomSetEvent, done);
    status = KeWaitForSingleObject(done, UserRequest, UserMode, FALSE, NULL);
    if (status == STATUS_SUCCESS)
        ExFreePoolWithTag(done, TAG);
    return status;
}

static KEVENT Global;

NTSTATUS PrivateLocalsUserWait(VOID) {
    UCHAR bytes[64];
    PVOID pointers[2] = {&Global, &Global};
    NTSTATUS status;

    RtlFillMemory(bytes, sizeof bytes, 7);
    KeInitializeEvent(&Global, NotificationEvent, FALSE);
    IdiomAfter(30000, IdiomSetEvent, &Global);
    status = KeWaitForSingleObject(pointers[1], UserRequest, UserMode, FALSE, NULL);
    return status == STATUS_SUCCESS && bytes[63] == 7 ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}

NTSTATUS TimeoutOnTheStack(VOID) {
    LARGE_INTEGER timeout;
    NTSTATUS status;

    KeInitializeEvent(&Global, NotificationEvent, FALSE);
    timeout.QuadPart = -10000LL * 25000;
    status = KeWaitForSingleObject(&Global, UserRequest, UserMode, FALSE, &timeout);
    return status == STATUS_TIMEOUT ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}

NTSTATUS TimeoutHandled(VOID) {
    KEVENT done;
    LARGE_INTEGER timeout;
    NTSTATUS status;

    KeInitializeEvent(&done, NotificationEvent, FALSE);
    IdiomAfter(5000, IdiomSetEvent, &done);
    timeout.QuadPart = -10000LL * 1000;
    status = KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, &timeout);
    if (status == STATUS_TIMEOUT && KeCancelTimer(&Timer))
        return STATUS_SUCCESS;
    return STATUS_UNSUCCESSFUL;
}

NTSTATUS DelayInUserMode(VOID) {
    LARGE_INTEGER interval;
    ULONG local = 5;

    interval.QuadPart = -10000LL * 40000;
    KeDelayExecutionThread(UserMode, FALSE, &interval);
    return local == 5 ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}

static KDEFERRED_ROUTINE Fill;
static VOID Fill(PKDPC TheDpc, PVOID Context, PVOID Argument1, PVOID Argument2) {
    UNREFERENCED_PARAMETER(TheDpc);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    *(PULONG)Context = 42;
}

NTSTATUS DpcRanBeforeTheWait(VOID) {
    volatile ULONG answer = 0;
    LARGE_INTEGER interval;

    IdiomAfter(100, Fill, (PVOID)&answer);
    interval.QuadPart = -10000LL * 500;
    KeDelayExecutionThread(KernelMode, FALSE, &interval);
    interval.QuadPart = -10000LL * 30000;
    KeDelayExecutionThread(UserMode, FALSE, &interval);
    return answer == 42 ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}

// ---- Polls --------------------------------------------------------------------------------------------

NTSTATUS PollAtDispatch(VOID) {
    LARGE_INTEGER now;
    NTSTATUS first, second;
    KIRQL old;

    KeInitializeEvent(&Global, SynchronizationEvent, TRUE);
    now.QuadPart = 0;
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    first = KeWaitForSingleObject(&Global, Executive, KernelMode, FALSE, &now);
    second = KeWaitForSingleObject(&Global, Executive, KernelMode, FALSE, &now);
    KeLowerIrql(old);
    return first == STATUS_SUCCESS && second == STATUS_TIMEOUT ? STATUS_SUCCESS
                                                               : STATUS_UNSUCCESSFUL;
}

// ---- Timers and DPCs on the stack ---------------------------------------------------------------------

NTSTATUS StackTimerCancelled(VOID) {
    KTIMER timer;
    LARGE_INTEGER due;

    KeInitializeTimer(&timer);
    due.QuadPart = -10000LL * 60000;
    KeSetTimer(&timer, due, NULL);
    return KeCancelTimer(&timer) ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}

NTSTATUS StackTimerExpired(VOID) {
    KTIMER timer;
    LARGE_INTEGER due;

    KeInitializeTimerEx(&timer, SynchronizationTimer);
    due.QuadPart = -10000LL * 20000;
    KeSetTimer(&timer, due, NULL);
    return KeWaitForSingleObject(&timer, Executive, KernelMode, FALSE, NULL);
}

NTSTATUS StackDpcFlushed(VOID) {
    volatile ULONG answer = 0;
    KDPC dpc;

    KeInitializeDpc(&dpc, Fill, (PVOID)&answer);
    KeInsertQueueDpc(&dpc, NULL, NULL);
    KeFlushQueuedDpcs();
    return answer == 42 ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}

NTSTATUS PeriodicTimer(VOID) {
    LARGE_INTEGER due;

    KeInitializeEvent(&Global, SynchronizationEvent, FALSE);
    KeInitializeTimerEx(&Timer, NotificationTimer);
    KeInitializeDpc(&Dpc, IdiomSetEvent, &Global);
    due.QuadPart = -10000LL * 100;
    KeSetTimerEx(&Timer, due, 100, &Dpc);
    for (ULONG i = 0; i < 3; i++)
        KeWaitForSingleObject(&Global, Executive, KernelMode, FALSE, NULL);
    KeCancelTimer(&Timer);
    KeFlushQueuedDpcs();
    return STATUS_SUCCESS;
}

// ---- Stack swapping disabled ----------------------------------------------------------------------------

NTSTATUS SwapDisabledForAWait(VOID) {
    KEVENT done;
    BOOLEAN old = KeSetKernelStackSwapEnable(FALSE);
    NTSTATUS status;

    KeInitializeEvent(&done, NotificationEvent, FALSE);
    IdiomAfter(30000, IdiomSetEvent, &done);
    status = KeWaitForSingleObject(&done, UserRequest, UserMode, FALSE, NULL);
    if (old)
        KeSetKernelStackSwapEnable(TRUE);
    return status;
}

static BOOLEAN Pin(VOID) {
    return KeSetKernelStackSwapEnable(FALSE);
}

static VOID Unpin(BOOLEAN old) {
    if (old)
        KeSetKernelStackSwapEnable(TRUE);
}

NTSTATUS SwapHelpers(VOID) {
    LARGE_INTEGER interval;
    BOOLEAN old = Pin();

    interval.QuadPart = -10000LL * 20000;
    KeDelayExecutionThread(UserMode, FALSE, &interval);
    Unpin(old);
    return STATUS_SUCCESS;
}

NTSTATUS SwapWasDisabledAlready(VOID) {
    BOOLEAN outer = Pin();
    NTSTATUS status = SwapDisabledForAWait();

    Unpin(outer);
    return status;
}
