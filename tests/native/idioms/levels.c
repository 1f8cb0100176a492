// SPDX-License-Identifier: MIT
// IRQL, spin locks, regions, pageable memory, expansion, exceptions: as documented.
#include "idioms.h"

#define TAG 'mdiI'

static KSPIN_LOCK First, Second;
static ULONG Count;

// ---- IRQL and spin locks ------------------------------------------------------------------------------

NTSTATUS OwnLocalsAtDispatch(VOID) {
    ULONG values[32];
    ULONG sum = 0;
    KIRQL old;

    KeRaiseIrql(DISPATCH_LEVEL, &old);
    for (ULONG i = 0; i < 32; i++)
        values[i] = i;
    for (ULONG i = 0; i < 32; i++)
        sum += values[i];
    KeLowerIrql(old);
    return sum == 496 ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}

// Not inlined: pageable callers must not hold a spin lock in code of their own.
static DECLSPEC_NOINLINE KIRQL Lock(VOID) {
    KIRQL old;

    KeAcquireSpinLock(&First, &old);
    return old;
}

static DECLSPEC_NOINLINE VOID Unlock(KIRQL old) {
    KeReleaseSpinLock(&First, old);
}

NTSTATUS LockHelpers(VOID) {
    KeInitializeSpinLock(&First);
    for (ULONG i = 0; i < 3; i++) {
        KIRQL old = Lock();

        Count++;
        Unlock(old);
    }
    return STATUS_SUCCESS;
}

NTSTATUS NestedSpinLocks(VOID) {
    KIRQL old;

    KeInitializeSpinLock(&First);
    KeInitializeSpinLock(&Second);
    KeAcquireSpinLock(&First, &old);
    KeAcquireSpinLockAtDpcLevel(&Second);
    Count++;
    KeReleaseSpinLockFromDpcLevel(&Second);
    KeReleaseSpinLock(&First, old);
    return KeGetCurrentIrql() == PASSIVE_LEVEL ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}

static KDEFERRED_ROUTINE AddTen;
static VOID AddTen(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2) {
    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    KeAcquireSpinLockAtDpcLevel(&First);
    *(PULONG)Context += 10;
    KeReleaseSpinLockFromDpcLevel(&First);
}

NTSTATUS SpinLockSharedWithDpc(VOID) {
    static KDPC dpc;
    KIRQL old;

    Count = 0;
    KeInitializeSpinLock(&First);
    KeInitializeDpc(&dpc, AddTen, &Count);
    KeAcquireSpinLock(&First, &old);
    KeInsertQueueDpc(&dpc, NULL, NULL);
    Count += 1;
    KeReleaseSpinLock(&First, old);
    KeFlushQueuedDpcs();
    return Count == 11 ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}

// ---- Regions --------------------------------------------------------------------------------------------

NTSTATUS CriticalRegion(VOID) {
    BOOLEAN inside;

    KeEnterCriticalRegion();
    KeEnterCriticalRegion();
    KeLeaveCriticalRegion();
    inside = KeAreApcsDisabled();
    KeLeaveCriticalRegion();
    return inside && !KeAreApcsDisabled() ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}

NTSTATUS GuardedRegion(VOID) {
    BOOLEAN inside;

    KeEnterGuardedRegion();
    inside = KeAreAllApcsDisabled();
    KeLeaveGuardedRegion();
    return inside ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}

// ---- Pageable memory and code -----------------------------------------------------------------------------

NTSTATUS PagedPoolAtPassive(VOID) {
    PULONG numbers = ExAllocatePool2(POOL_FLAG_PAGED, 64 * sizeof(ULONG), TAG);
    LARGE_INTEGER interval;
    NTSTATUS status;

    if (numbers == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    numbers[3] = 9;
    interval.QuadPart = -10000LL * 20000;
    KeDelayExecutionThread(UserMode, FALSE, &interval);
    status = numbers[3] == 9 ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
    ExFreePoolWithTag(numbers, TAG);
    return status;
}

#ifdef ALLOC_PRAGMA
#pragma alloc_text(PAGE, PageableRoutine)
#endif
NTSTATUS PageableRoutine(VOID) {
    PAGED_CODE();
    KeInitializeSpinLock(&First);
    Unlock(Lock()); // the helpers are not pageable
    return STATUS_SUCCESS;
}

// ---- The stack ----------------------------------------------------------------------------------------------

static EXPAND_STACK_CALLOUT Deep, Deeper;
static VOID Deep(PVOID Parameter) {
    UCHAR bytes[512];

    RtlFillMemory(bytes, sizeof bytes, 1);
    *(PULONG)Parameter += bytes[511];
}

NTSTATUS ExpandedCallout(VOID) {
    ULONG ran = 0;
    NTSTATUS status = KeExpandKernelStackAndCallout(Deep, &ran, 0x2000);

    if (!NT_SUCCESS(status))
        return status;
    return ran == 1 ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}

static VOID Deeper(PVOID Parameter) {
    NTSTATUS status = KeExpandKernelStackAndCallout(Deep, Parameter, MAXIMUM_EXPANSION_SIZE);

    if (!NT_SUCCESS(status))
        *(PULONG)Parameter = 99;
}

NTSTATUS NestedCallouts(VOID) {
    ULONG ran = 0;
    NTSTATUS status =
        KeExpandKernelStackAndCalloutEx(Deeper, &ran, MAXIMUM_EXPANSION_SIZE, FALSE, NULL);

    if (!NT_SUCCESS(status))
        return status;
    return ran == 1 ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}

NTSTATUS StackLimitsAsked(VOID) {
    ULONG_PTR low, high, here = (ULONG_PTR)&low;

    IoGetStackLimits(&low, &high);
    return low < here && here < high && IoGetRemainingStackSize() <= here - low + PAGE_SIZE &&
                   IoWithinStackLimits(here, sizeof low)
               ? STATUS_SUCCESS
               : STATUS_UNSUCCESSFUL;
}

static ULONG Sum(ULONG n) {
    return n == 0 ? 0 : n + Sum(n - 1);
}

NTSTATUS BoundedRecursion(VOID) {
    return Sum(20) == 210 ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}

// ---- Exceptions ---------------------------------------------------------------------------------------------

NTSTATUS ProbeUnderTry(VOID) {
    NTSTATUS status = STATUS_SUCCESS;

    __try {
        ProbeForRead((PVOID)3, 8, 4);
        status = STATUS_UNSUCCESSFUL;
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        if (GetExceptionCode() != STATUS_DATATYPE_MISALIGNMENT)
            status = GetExceptionCode();
    }
    return status;
}

NTSTATUS ReleasedInFinally(VOID) {
    NTSTATUS status = STATUS_UNSUCCESSFUL;

    __try {
        KeEnterCriticalRegion();
        __try {
            ExRaiseStatus(STATUS_DATA_ERROR);
        } __finally {
            KeLeaveCriticalRegion();
        }
    } __except (GetExceptionCode() == STATUS_DATA_ERROR ? EXCEPTION_EXECUTE_HANDLER
                                                        : EXCEPTION_CONTINUE_SEARCH) {
        status = KeAreApcsDisabled() ? STATUS_UNSUCCESSFUL : STATUS_SUCCESS;
    }
    return status;
}

// ---- Pool ---------------------------------------------------------------------------------------------------

typedef struct _ITEM {
    LIST_ENTRY Link;
    ULONG Number;
} ITEM, *PITEM;

NTSTATUS PoolList(VOID) {
    LIST_ENTRY list;
    ULONG sum = 0;

    InitializeListHead(&list);
    for (ULONG i = 1; i <= 4; i++) {
        PITEM item = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(ITEM), TAG);

        if (item == NULL)
            break;
        item->Number = i;
        InsertTailList(&list, &item->Link);
    }
    while (!IsListEmpty(&list)) {
        PITEM item = CONTAINING_RECORD(RemoveHeadList(&list), ITEM, Link);

        sum += item->Number;
        ExFreePoolWithTag(item, TAG);
    }
    return sum == 10 ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}
