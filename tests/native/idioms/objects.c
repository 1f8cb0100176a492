// SPDX-License-Identifier: MIT
// Dispatcher objects, mutexes, resources, lists, workers and buffers, each as its page has it.
#include "idioms.h"

#define TAG 'mdiI'

static KEVENT Event;
static ULONG Count;

static VOID WaitForEvent(VOID) {
    KeWaitForSingleObject(&Event, Executive, KernelMode, FALSE, NULL);
}

// ---- Semaphores, mutexes, several objects ---------------------------------------------------------

static KDEFERRED_ROUTINE Produce;
static VOID Produce(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2) {
    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    KeReleaseSemaphore((PKSEMAPHORE)Context, IO_NO_INCREMENT, 2, FALSE);
}

NTSTATUS StackSemaphore(VOID) {
    KSEMAPHORE work;

    KeInitializeSemaphore(&work, 1, 3);
    IdiomAfter(20000, Produce, &work);
    for (ULONG i = 0; i < 3; i++)
        KeWaitForSingleObject(&work, Executive, KernelMode, FALSE, NULL);
    return KeReadStateSemaphore(&work) == 0 ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}

NTSTATUS MutexTwice(VOID) {
    static KMUTEX mutex;

    KeInitializeMutex(&mutex, 0);
    KeWaitForMutexObject(&mutex, Executive, KernelMode, FALSE, NULL);
    KeWaitForSingleObject(&mutex, Executive, KernelMode, FALSE, NULL);
    KeReleaseMutex(&mutex, FALSE);
    return KeReleaseMutex(&mutex, FALSE) == 0 ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}

NTSTATUS AnyOfThree(VOID) {
    KEVENT events[3];
    PVOID objects[3] = {&events[0], &events[1], &events[2]};

    for (ULONG i = 0; i < 3; i++)
        KeInitializeEvent(&events[i], NotificationEvent, FALSE);
    IdiomAfter(30000, IdiomSetEvent, &events[1]);
    return KeWaitForMultipleObjects(3, objects, WaitAny, Executive, KernelMode, FALSE, NULL,
                                    NULL) == STATUS_WAIT_1
               ? STATUS_SUCCESS
               : STATUS_UNSUCCESSFUL;
}

// In a KernelMode wait the wait blocks may lie on the stack.
NTSTATUS FiveWithStackBlocks(VOID) {
    KWAIT_BLOCK blocks[5];
    KEVENT events[5];
    PVOID objects[5];

    for (ULONG i = 0; i < 5; i++) {
        KeInitializeEvent(&events[i], NotificationEvent, i < 4);
        objects[i] = &events[i];
    }
    IdiomAfter(30000, IdiomSetEvent, &events[4]);
    return KeWaitForMultipleObjects(5, objects, WaitAll, Executive, KernelMode, FALSE, NULL,
                                    blocks);
}

// In a UserMode wait the array of pointers may, and what they point to may not.
NTSTATUS PointersInAUserWait(VOID) {
    static KEVENT events[2];
    PVOID objects[2] = {&events[0], &events[1]};

    KeInitializeEvent(&events[0], NotificationEvent, FALSE);
    KeInitializeEvent(&events[1], NotificationEvent, FALSE);
    IdiomAfter(30000, IdiomSetEvent, &events[0]);
    return KeWaitForMultipleObjects(2, objects, WaitAny, UserRequest, UserMode, FALSE, NULL, NULL);
}

NTSTATUS SetAndWaitInOne(VOID) {
    KEVENT done;

    KeInitializeEvent(&Event, NotificationEvent, FALSE);
    KeInitializeEvent(&done, NotificationEvent, FALSE);
    IdiomAfter(1000, IdiomSetEvent, &done);
    KeSetEvent(&Event, IO_NO_INCREMENT, TRUE);
    return KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, NULL);
}

// ---- Mutexes that are no dispatcher objects, resources --------------------------------------------

NTSTATUS FastMutexAroundAWait(VOID) {
    static FAST_MUTEX mutex;

    ExInitializeFastMutex(&mutex);
    KeInitializeEvent(&Event, NotificationEvent, FALSE);
    ExAcquireFastMutex(&mutex);
    IdiomAfter(20000, IdiomSetEvent, &Event);
    WaitForEvent();
    ExReleaseFastMutex(&mutex);
    return KeGetCurrentIrql() == PASSIVE_LEVEL ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}

NTSTATUS GuardedMutex(VOID) {
    static KGUARDED_MUTEX mutex;

    KeInitializeGuardedMutex(&mutex);
    for (ULONG i = 0; i < 2; i++) {
        KeAcquireGuardedMutex(&mutex);
        Count++;
        KeReleaseGuardedMutex(&mutex);
    }
    return KeAreAllApcsDisabled() ? STATUS_UNSUCCESSFUL : STATUS_SUCCESS;
}

NTSTATUS ResourceTwice(VOID) {
    static ERESOURCE resource;
    BOOLEAN exclusive;

    ExInitializeResourceLite(&resource);
    KeEnterCriticalRegion();
    ExAcquireResourceExclusiveLite(&resource, TRUE);
    ExAcquireResourceSharedLite(&resource, TRUE);
    exclusive = ExIsResourceAcquiredExclusiveLite(&resource);
    ExReleaseResourceLite(&resource);
    ExConvertExclusiveToSharedLite(&resource);
    ExReleaseResourceLite(&resource);
    KeLeaveCriticalRegion();
    ExDeleteResourceLite(&resource);
    return exclusive ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}

NTSTATUS InStackQueuedLock(VOID) {
    static KSPIN_LOCK lock;
    KLOCK_QUEUE_HANDLE handle;

    KeInitializeSpinLock(&lock);
    KeAcquireInStackQueuedSpinLock(&lock, &handle);
    Count++;
    KeReleaseInStackQueuedSpinLock(&handle);
    return KeGetCurrentIrql() == PASSIVE_LEVEL ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}

// ---- Lists ------------------------------------------------------------------------------------------

typedef struct _ENTRY {
    union {
        LIST_ENTRY Link;
        SLIST_ENTRY Single;
    };
    ULONG Number;
} ENTRY, *PENTRY;

NTSTATUS InterlockedList(VOID) {
    static KSPIN_LOCK lock;
    static LIST_ENTRY list;
    ENTRY entries[3];
    ULONG sum = 0;

    KeInitializeSpinLock(&lock);
    InitializeListHead(&list);
    for (ULONG i = 0; i < 3; i++) {
        entries[i].Number = i + 1;
        ExInterlockedInsertTailList(&list, &entries[i].Link, &lock);
    }
    for (PLIST_ENTRY link; (link = ExInterlockedRemoveHeadList(&list, &lock)) != NULL;)
        sum += CONTAINING_RECORD(link, ENTRY, Link)->Number;
    return sum == 6 ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}

NTSTATUS Lookaside(VOID) {
    static NPAGED_LOOKASIDE_LIST list;
    PENTRY first, second;

    ExInitializeNPagedLookasideList(&list, NULL, NULL, 0, sizeof(ENTRY), TAG, 0);
    first = ExAllocateFromNPagedLookasideList(&list);
    if (first != NULL)
        ExFreeToNPagedLookasideList(&list, first);
    second = ExAllocateFromNPagedLookasideList(&list);
    if (second != NULL)
        ExFreeToNPagedLookasideList(&list, second);
    ExDeleteNPagedLookasideList(&list);
    return first != NULL && second != NULL ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}

NTSTATUS Rundown(VOID) {
    static EX_RUNDOWN_REF rundown;
    BOOLEAN before, after;

    ExInitializeRundownProtection(&rundown);
    before = ExAcquireRundownProtection(&rundown);
    if (before)
        ExReleaseRundownProtection(&rundown);
    ExWaitForRundownProtectionRelease(&rundown);
    after = ExAcquireRundownProtection(&rundown);
    return before && !after ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}

// ---- Other threads ----------------------------------------------------------------------------------

static KSTART_ROUTINE Serve;
static VOID Serve(PVOID Context) {
    WaitForEvent();
    *(PULONG)Context += 5;
    PsTerminateSystemThread(STATUS_SUCCESS);
}

NTSTATUS SystemThread(VOID) {
    ULONG answer = 0;
    HANDLE handle;
    PVOID thread;
    NTSTATUS status;

    KeInitializeEvent(&Event, NotificationEvent, FALSE);
    status = PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, NULL, NULL, NULL, Serve, &answer);
    if (!NT_SUCCESS(status))
        return status;
    status = ObReferenceObjectByHandle(handle, THREAD_ALL_ACCESS, *PsThreadType, KernelMode,
                                       &thread, NULL);
    ZwClose(handle);
    if (!NT_SUCCESS(status))
        return status;
    KeSetEvent(&Event, IO_NO_INCREMENT, FALSE);
    KeWaitForSingleObject(thread, Executive, KernelMode, FALSE, NULL);
    ObDereferenceObject(thread);
    return answer == 5 ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}

static WORKER_THREAD_ROUTINE Work;
static VOID Work(PVOID Parameter) {
    *(PULONG)Parameter = 8;
    KeSetEvent(&Event, IO_NO_INCREMENT, FALSE);
}

NTSTATUS QueuedWork(VOID) {
    static WORK_QUEUE_ITEM item;
    ULONG answer = 0;

    KeInitializeEvent(&Event, NotificationEvent, FALSE);
    ExInitializeWorkItem(&item, Work, &answer);
    ExQueueWorkItem(&item, DelayedWorkQueue);
    WaitForEvent();
    return answer == 8 ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}

static FSRTL_STACK_OVERFLOW_ROUTINE Overflow;
static VOID Overflow(PVOID Context, PKEVENT Done) {
    *(PULONG)Context = 9;
    KeSetEvent(Done, IO_NO_INCREMENT, FALSE);
}

NTSTATUS PostedAndWaitedFor(VOID) {
    ULONG answer = 0;
    KEVENT done;

    KeInitializeEvent(&done, NotificationEvent, FALSE);
    FsRtlPostStackOverflow(&answer, &done, Overflow);
    KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, NULL);
    return answer == 9 ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}

// ---- Buffers ----------------------------------------------------------------------------------------

NTSTATUS LockedStackBuffer(VOID) {
    UCHAR buffer[64];
    PMDL mdl = IoAllocateMdl(buffer, sizeof buffer, FALSE, FALSE, NULL);
    NTSTATUS status = STATUS_SUCCESS;

    if (mdl == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    __try {
        MmProbeAndLockPages(mdl, KernelMode, IoWriteAccess);
        MmUnlockPages(mdl);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        status = GetExceptionCode();
    }
    IoFreeMdl(mdl);
    return status;
}

NTSTATUS NonPagedPoolMdl(VOID) {
    PUCHAR buffer = ExAllocatePool2(POOL_FLAG_NON_PAGED, 100, TAG);
    PMDL mdl;
    NTSTATUS status = STATUS_INSUFFICIENT_RESOURCES;

    if (buffer == NULL)
        return status;
    mdl = IoAllocateMdl(buffer, 100, FALSE, FALSE, NULL);
    if (mdl != NULL) {
        MmBuildMdlForNonPagedPool(mdl);
        status = MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority) == buffer
                     ? STATUS_SUCCESS
                     : STATUS_UNSUCCESSFUL;
        IoFreeMdl(mdl);
    }
    ExFreePoolWithTag(buffer, TAG);
    return status;
}
