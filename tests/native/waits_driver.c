// SPDX-License-Identifier: MIT
// A driver that uses every routine of semaphores, mutexes, waits for several objects, priorities and
// DPC settings; each routine here says what went wrong by its line.
#include <ntifs.h>

DRIVER_INITIALIZE DriverEntry;
NTSTATUS Semaphores(VOID);
NTSTATUS Mutexes(VOID);
NTSTATUS Mutants(VOID);
NTSTATUS Several(VOID);
NTSTATUS Priorities(VOID);
NTSTATUS DpcSettings(VOID);
NTSTATUS Coalescable(VOID);
NTSTATUS UserWaitBlocks(ULONG Seconds);
NTSTATUS TooMany(VOID);
NTSTATUS LeaveOwned(VOID);
NTSTATUS ReleaseUnowned(VOID);
NTSTATUS InitializeAgain(VOID);
NTSTATUS WaitForIt(VOID);

#define CHECK(condition)                                                                           \
    if (!(condition))                                                                              \
    return __LINE__

static KEVENT Events[4];
static KMUTEX Lock;
static KDPC LowDpc, HighDpc, ThreadedDpc;
static LONG Order;

NTSTATUS Semaphores(VOID) {
    KSEMAPHORE semaphore;

    KeInitializeSemaphore(&semaphore, 2, 5);
    CHECK(semaphore.Limit == 5 && semaphore.Header.SignalState == 2);
    CHECK(KeWaitForSingleObject(&semaphore, Executive, KernelMode, FALSE, NULL) == 0);
    CHECK(KeReadStateSemaphore(&semaphore) == 1);
    CHECK(KeReleaseSemaphore(&semaphore, IO_NO_INCREMENT, 3, FALSE) == 1);
    CHECK(KeReadStateSemaphore(&semaphore) == 4);
    return STATUS_SUCCESS;
}

NTSTATUS Mutexes(VOID) {
    KeInitializeMutex(&Lock, 0);
    CHECK(KeReadStateMutex(&Lock) == 1);
    CHECK(KeWaitForMutexObject(&Lock, Executive, KernelMode, FALSE, NULL) == 0);
    CHECK(Lock.OwnerThread == KeGetCurrentThread() && KeAreApcsDisabled());
    CHECK(KeWaitForSingleObject(&Lock, Executive, KernelMode, FALSE, NULL) == 0);
    CHECK(KeReadStateMutex(&Lock) == -1);
    CHECK(KeReleaseMutex(&Lock, FALSE) == -1);
    CHECK(KeReleaseMutex(&Lock, FALSE) == 0);
    CHECK(!KeAreApcsDisabled() && Lock.OwnerThread == NULL);
    return STATUS_SUCCESS;
}

NTSTATUS Mutants(VOID) {
    static KMUTANT mutant;

    KeInitializeMutant(&mutant, TRUE);
    CHECK(KeReadStateMutant(&mutant) == 0 && !KeAreApcsDisabled());
    CHECK(KeReleaseMutant(&mutant, IO_NO_INCREMENT, TRUE, FALSE) == 0);
    CHECK(mutant.Abandoned);
    CHECK(KeWaitForSingleObject(&mutant, Executive, KernelMode, FALSE, NULL) == STATUS_ABANDONED);
    CHECK(KeReleaseMutant(&mutant, IO_NO_INCREMENT, FALSE, FALSE) == 0);
    return STATUS_SUCCESS;
}

static VOID InitializeEvents(VOID) {
    ULONG i;

    for (i = 0; i < 4; i++)
        KeInitializeEvent(&Events[i], SynchronizationEvent, FALSE);
}

NTSTATUS Several(VOID) {
    PVOID objects[4] = {&Events[0], &Events[1], &Events[2], &Events[3]};
    KWAIT_BLOCK blocks[4];
    LARGE_INTEGER second;

    second.QuadPart = -10000000LL;
    InitializeEvents();
    KeSetEvent(&Events[3], IO_NO_INCREMENT, FALSE);
    CHECK(KeWaitForMultipleObjects(4, objects, WaitAny, Executive, KernelMode, FALSE, NULL,
                                   blocks) == STATUS_WAIT_3);
    CHECK(KeReadStateEvent(&Events[3]) == 0);
    KeSetEvent(&Events[0], IO_NO_INCREMENT, FALSE);
    CHECK(KeWaitForMultipleObjects(2, objects, WaitAll, Executive, KernelMode, FALSE, &second,
                                   NULL) == STATUS_TIMEOUT);
    KeSetEvent(&Events[1], IO_NO_INCREMENT, FALSE);
    CHECK(KeWaitForMultipleObjects(2, objects, WaitAll, Executive, KernelMode, FALSE, &second,
                                   NULL) == STATUS_SUCCESS);
    return STATUS_SUCCESS;
}

NTSTATUS Priorities(VOID) {
    PRKTHREAD thread = KeGetCurrentThread();

    CHECK(KeQueryPriorityThread(thread) == 8);
    CHECK(KeSetPriorityThread(thread, LOW_REALTIME_PRIORITY) == 8);
    CHECK(KeQueryPriorityThread(thread) == LOW_REALTIME_PRIORITY);
    CHECK(KeSetPriorityThread(thread, 8) == LOW_REALTIME_PRIORITY);
    CHECK(KeSetBasePriorityThread(thread, 3) == 0);
    CHECK(KeQueryPriorityThread(thread) == 11);
    return STATUS_SUCCESS;
}

static KDEFERRED_ROUTINE InOrder;

static VOID InOrder(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2) {
    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    if (Order == (LONG)(LONG_PTR)Context)
        Order += 1;
}

NTSTATUS DpcSettings(VOID) {
    KIRQL irql;

    Order = 0;
    KeInitializeDpc(&LowDpc, InOrder, (PVOID)1);
    KeInitializeThreadedDpc(&ThreadedDpc, InOrder, (PVOID)2);
    KeInitializeDpc(&HighDpc, InOrder, (PVOID)0);
    KeSetImportanceDpc(&HighDpc, HighImportance);
    KeSetTargetProcessorDpc(&HighDpc, 0);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    KeInsertQueueDpc(&LowDpc, NULL, NULL);
    KeInsertQueueDpc(&ThreadedDpc, NULL, NULL);
    KeInsertQueueDpc(&HighDpc, NULL, NULL);
    KeLowerIrql(irql);
    CHECK(Order == 3);
    return STATUS_SUCCESS;
}

NTSTATUS Coalescable(VOID) {
    static KTIMER timer;
    LARGE_INTEGER due;

    due.QuadPart = -10000000LL;
    KeInitializeTimer(&timer);
    CHECK(!KeSetCoalescableTimer(&timer, due, 0, 50, NULL));
    CHECK(KeSetCoalescableTimer(&timer, due, 0, 50, NULL));
    CHECK(KeWaitForSingleObject(&timer, Executive, KernelMode, FALSE, NULL) == 0);
    return STATUS_SUCCESS;
}

// ---- Mistakes -----------------------------------------------------------------------------------
NTSTATUS UserWaitBlocks(ULONG Seconds) {
    PVOID objects[4] = {&Events[0], &Events[1], &Events[2], &Events[3]};
    KWAIT_BLOCK blocks[4];
    LARGE_INTEGER timeout;

    timeout.QuadPart = -10000000LL * Seconds;
    InitializeEvents();
    return KeWaitForMultipleObjects(4, objects, WaitAny, UserRequest, UserMode, FALSE, &timeout,
                                    blocks);
}

NTSTATUS TooMany(VOID) {
    PVOID objects[4] = {&Events[0], &Events[1], &Events[2], &Events[3]};

    InitializeEvents();
    return KeWaitForMultipleObjects(4, objects, WaitAny, Executive, KernelMode, FALSE, NULL, NULL);
}

NTSTATUS LeaveOwned(VOID) {
    KeInitializeMutex(&Lock, 0);
    return KeWaitForSingleObject(&Lock, Executive, KernelMode, FALSE, NULL);
}

NTSTATUS ReleaseUnowned(VOID) {
    KeInitializeMutex(&Lock, 0);
    return KeReleaseMutex(&Lock, FALSE);
}

NTSTATUS InitializeAgain(VOID) {
    KeInitializeEvent(&Events[0], NotificationEvent, FALSE);
    return STATUS_SUCCESS;
}

NTSTATUS WaitForIt(VOID) {
    InitializeEvents();
    return KeWaitForSingleObject(&Events[0], Executive, KernelMode, FALSE, NULL);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
    UNREFERENCED_PARAMETER(DriverObject);
    UNREFERENCED_PARAMETER(RegistryPath);
    return STATUS_SUCCESS;
}
