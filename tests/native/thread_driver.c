// SPDX-License-Identifier: MIT
// A driver that gives work away: to APCs, to worker threads, to a system thread of its own. Each routine
// returns 0 when what it asked for came true, or the number of the step that did not.
#include <ntifs.h>

DRIVER_INITIALIZE DriverEntry;
VOID NTAPI KeInitializeApc(PKAPC Apc, PKTHREAD Thread, LONG Environment,
                           PKKERNEL_ROUTINE KernelRoutine, PKRUNDOWN_ROUTINE RundownRoutine,
                           PKNORMAL_ROUTINE NormalRoutine, KPROCESSOR_MODE ApcMode,
                           PVOID NormalContext);
BOOLEAN NTAPI KeInsertQueueApc(PKAPC Apc, PVOID SystemArgument1, PVOID SystemArgument2,
                               KPRIORITY Increment);
BOOLEAN NTAPI KeRemoveQueueApc(PKAPC Apc);

#define CHECK(step, truth)                                                                         \
    do {                                                                                           \
        if (!(truth))                                                                              \
            return (step);                                                                         \
    } while (0)

ULONG UseApcs(VOID), UseWork(PDEVICE_OBJECT Device), UseOverflow(VOID), UseThreads(VOID),
    UseEvents(VOID), LeaveRegion(VOID), QueueTwice(VOID), FreeQueued(PDEVICE_OBJECT Device),
    EndWorker(VOID), PostBadly(VOID), AlertableWait(VOID), LongWait(VOID);
VOID Count(PVOID By, PVOID Unused1, PVOID Unused2);

ULONG Counted, CountIrql;

VOID Count(PVOID By, PVOID Unused1, PVOID Unused2) {
    UNREFERENCED_PARAMETER(Unused1);
    UNREFERENCED_PARAMETER(Unused2);
    Counted += (ULONG)(ULONG_PTR)By;
    CountIrql = KeGetCurrentIrql();
}

// ---- APCs -----------------------------------------------------------------------------------------
static KAPC Apc;
static ULONG Order;

static VOID NTAPI Kernel(PKAPC TheApc, PKNORMAL_ROUTINE *Routine, PVOID *Context, PVOID *Argument1,
                         PVOID *Argument2) {
    UNREFERENCED_PARAMETER(Routine);
    UNREFERENCED_PARAMETER(Argument2);
    if (KeGetCurrentIrql() == APC_LEVEL && TheApc == &Apc && *Context == &Order)
        Order = 1;
    *Argument1 = &Counted;
}

static VOID NTAPI Normal(PVOID Context, PVOID Argument1, PVOID Argument2) {
    UNREFERENCED_PARAMETER(Context);
    if (Order == 1 && Argument1 == &Counted && Argument2 == &Apc &&
        KeGetCurrentIrql() == PASSIVE_LEVEL)
        Order = 2;
}

ULONG UseApcs(VOID) {
    Order = 0;
    KeInitializeApc(&Apc, KeGetCurrentThread(), 0, Kernel, NULL, Normal, KernelMode, &Order);
    KeEnterCriticalRegion();
    CHECK(1, KeInsertQueueApc(&Apc, NULL, &Apc, 0));
    CHECK(2, !KeInsertQueueApc(&Apc, NULL, &Apc, 0) && Apc.Inserted && Order == 0);
    CHECK(3, KeRemoveQueueApc(&Apc) && !KeRemoveQueueApc(&Apc));
    CHECK(4, KeInsertQueueApc(&Apc, NULL, &Apc, 0));
    KeLeaveCriticalRegion();
    CHECK(5, Order == 2);
    return 0;
}

ULONG AlertableWait(VOID) {
    KEVENT never;

    KeInitializeEvent(&never, NotificationEvent, FALSE);
    return (ULONG)KeWaitForSingleObject(&never, UserRequest, KernelMode, TRUE, NULL);
}

ULONG LongWait(VOID) {
    LARGE_INTEGER second;

    second.QuadPart = -10000000LL;
    return (ULONG)KeDelayExecutionThread(UserMode, TRUE, &second);
}

ULONG LeaveRegion(VOID) {
    KeLeaveCriticalRegion();
    return 0;
}

// ---- Work -----------------------------------------------------------------------------------------
static KEVENT Worked;
static ULONG Ran;

static VOID NTAPI Work(PDEVICE_OBJECT Device, PVOID Context) {
    UNREFERENCED_PARAMETER(Device);
    Ran += KeGetCurrentIrql() == PASSIVE_LEVEL && PsIsSystemThread(PsGetCurrentThread());
    if (Context != NULL)
        IoFreeWorkItem((PIO_WORKITEM)Context);
    KeSetEvent(&Worked, IO_NO_INCREMENT, FALSE);
}

static VOID NTAPI WorkEx(PVOID IoObject, PVOID Context, PIO_WORKITEM Item) {
    UNREFERENCED_PARAMETER(IoObject);
    Ran += Context == (PVOID)Item;
    KeSetEvent(&Worked, IO_NO_INCREMENT, FALSE);
}

static VOID NTAPI ExWork(PVOID Parameter) {
    Ran += Parameter == (PVOID)&Ran;
    KeSetEvent(&Worked, IO_NO_INCREMENT, FALSE);
}

static VOID NTAPI TerminatingWork(PVOID Parameter) {
    UNREFERENCED_PARAMETER(Parameter);
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static VOID wait(VOID) {
    KeWaitForSingleObject(&Worked, Executive, KernelMode, FALSE, NULL);
}

static WORK_QUEUE_ITEM ExItem;

ULONG UseWork(PDEVICE_OBJECT Device) {
    PIO_WORKITEM item = IoAllocateWorkItem(Device);
    PIO_WORKITEM own = ExAllocatePoolWithTag(NonPagedPool, IoSizeofWorkItem(), 'kroW');

    Ran = 0;
    KeInitializeEvent(&Worked, SynchronizationEvent, FALSE);
    CHECK(1, item != NULL && own != NULL);
    IoQueueWorkItem(item, Work, DelayedWorkQueue, item);
    wait();
    CHECK(2, Ran == 1);
    IoInitializeWorkItem(Device, own);
    IoQueueWorkItemEx(own, WorkEx, CriticalWorkQueue, own);
    wait();
    IoUninitializeWorkItem(own);
    ExFreePoolWithTag(own, 'kroW');
    CHECK(3, Ran == 2);
    ExInitializeWorkItem(&ExItem, ExWork, &Ran);
    ExQueueWorkItem(&ExItem, HyperCriticalWorkQueue);
    wait();
    CHECK(4, Ran == 3);
    return 0;
}

ULONG QueueTwice(VOID) {
    ExInitializeWorkItem(&ExItem, ExWork, &Ran);
    ExQueueWorkItem(&ExItem, BackgroundWorkQueue);
    ExQueueWorkItem(&ExItem, BackgroundWorkQueue);
    return 0;
}

ULONG FreeQueued(PDEVICE_OBJECT Device) {
    PIO_WORKITEM item = IoAllocateWorkItem(Device);

    IoQueueWorkItem(item, Work, BackgroundWorkQueue, NULL);
    IoFreeWorkItem(item);
    return 0;
}

ULONG EndWorker(VOID) {
    ExInitializeWorkItem(&ExItem, TerminatingWork, NULL);
    ExQueueWorkItem(&ExItem, DelayedWorkQueue);
    return 0;
}

// ---- Stack overflow ---------------------------------------------------------------------------------
static VOID NTAPI Overflow(PVOID Context, PKEVENT Event) {
    *(PULONG)Context += 1;
    KeSetEvent(Event, IO_NO_INCREMENT, FALSE);
}

ULONG UseOverflow(VOID) {
    KEVENT event;
    ULONG value = 0;

    FsRtlEnterFileSystem();
    KeInitializeEvent(&event, NotificationEvent, FALSE);
    FsRtlPostStackOverflow(&value, &event, Overflow);
    KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, NULL);
    CHECK(1, value == 1);
    KeInitializeEvent(&event, NotificationEvent, FALSE);
    FsRtlPostPagingFileStackOverflow(&value, &event, Overflow);
    KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, NULL);
    CHECK(2, value == 2);
    FsRtlExitFileSystem();
    return 0;
}

ULONG PostBadly(VOID) {
    KEVENT event;
    ULONG value = 0;

    KeInitializeEvent(&event, SynchronizationEvent, FALSE);
    FsRtlPostStackOverflow(&value, &event, Overflow);
    KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, NULL);
    return 0;
}

// ---- Threads ----------------------------------------------------------------------------------------
static VOID NTAPI Started(PVOID Context) {
    *(PULONG)Context = KeAreApcsDisabled() && IoIsSystemThread(PsGetCurrentThread());
    PsTerminateSystemThread(STATUS_SUCCESS);
}

ULONG UseThreads(VOID) {
    CLIENT_ID id;
    HANDLE handle;
    PVOID thread;
    PETHREAD again;
    ULONG value = 0;

    CHECK(1, PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, NULL, NULL, &id, Started, &value) ==
                 STATUS_SUCCESS);
    CHECK(2, ObReferenceObjectByHandle(handle, SYNCHRONIZE, *ExEventObjectType, KernelMode, &thread,
                                       NULL) == STATUS_OBJECT_TYPE_MISMATCH);
    CHECK(3, ObReferenceObjectByHandle(handle, SYNCHRONIZE, *PsThreadType, KernelMode, &thread,
                                       NULL) == STATUS_SUCCESS);
    CHECK(4, PsGetThreadId((PETHREAD)thread) == id.UniqueThread);
    CHECK(5, PsLookupThreadByThreadId(id.UniqueThread, &again) == STATUS_SUCCESS);
    CHECK(6, (PVOID)again == thread && !PsIsThreadTerminating(again));
    ObDereferenceObject(again);
    CHECK(7, ObReferenceObjectByPointer(thread, SYNCHRONIZE, *PsThreadType, KernelMode) ==
                 STATUS_SUCCESS);
    ObDereferenceObject(thread);
    CHECK(8, ZwWaitForSingleObject(handle, FALSE, NULL) == STATUS_SUCCESS);
    CHECK(9, value == 1 && PsIsThreadTerminating((PETHREAD)thread));
    CHECK(10, ZwClose(handle) == STATUS_SUCCESS && ZwClose(handle) == STATUS_INVALID_HANDLE);
    ObDereferenceObject(thread);
    return 0;
}

ULONG UseEvents(VOID) {
    HANDLE handle;
    LONG previous = 7;

    CHECK(1, ZwCreateEvent(&handle, EVENT_ALL_ACCESS, NULL, SynchronizationEvent, FALSE) ==
                 STATUS_SUCCESS);
    CHECK(2, ZwSetEvent(handle, &previous) == STATUS_SUCCESS && previous == 0);
    CHECK(3, ZwWaitForSingleObject(handle, FALSE, NULL) == STATUS_SUCCESS);
    CHECK(4, ZwResetEvent(handle, &previous) == STATUS_SUCCESS && previous == 0);
    CHECK(5, ZwClearEvent(handle) == STATUS_SUCCESS && ZwClose(handle) == STATUS_SUCCESS);
    CHECK(6, ZwSetEvent(handle, NULL) == STATUS_INVALID_HANDLE);
    return 0;
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
    UNREFERENCED_PARAMETER(DriverObject);
    UNREFERENCED_PARAMETER(RegistryPath);
    return STATUS_SUCCESS;
}
