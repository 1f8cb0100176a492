// SPDX-License-Identifier: MIT
// Every kind of lock, acquired and released in each of its ways; and some ways that are wrong.
#include <ntifs.h>

DRIVER_INITIALIZE DriverEntry;
ULONG UseMutexes(VOID), UseResource(VOID), UseSpinLocks(VOID), UseSharedSpinLock(VOID);
ULONG UsePushLock(VOID), UseRundown(VOID);
NTSTATUS Write(VOID), Read(VOID), TakeBoth(BOOLEAN Backward), Keep(VOID), ReleaseStrange(VOID);
NTSTATUS HoldRundown(VOID), TakePushLock(BOOLEAN Exclusive), LoseHandle(VOID);
VOID InitializeLocks(VOID);
KDEFERRED_ROUTINE ReleaseForOwner, CountQueued;

static FAST_MUTEX Fast, Other;
static KGUARDED_MUTEX Guarded;
static ERESOURCE Resource;
static KSPIN_LOCK Spin;
static EX_SPIN_LOCK Shared;
static EX_PUSH_LOCK Push;
static EX_RUNDOWN_REF Rundown;
static ERESOURCE_THREAD Owner;
static ULONG Value;
static BOOLEAN Listed; // Resource is initialised

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition))                                                                          \
            return __LINE__;                                                                       \
    } while (0)

VOID InitializeLocks(VOID) {
    ExInitializeFastMutex(&Fast);
    ExInitializeFastMutex(&Other);
    KeInitializeGuardedMutex(&Guarded);
    if (Listed)
        ExDeleteResourceLite(&Resource);
    ExInitializeResourceLite(&Resource);
    Listed = TRUE;
    KeInitializeSpinLock(&Spin);
    ExInitializePushLock(&Push);
    ExInitializeRundownProtection(&Rundown);
}

ULONG UseMutexes(VOID) {
    InitializeLocks();
    ExAcquireFastMutex(&Fast);
    CHECK(KeGetCurrentIrql() == APC_LEVEL && Fast.Owner == KeGetCurrentThread() && Fast.Count == 0);
    CHECK(!ExTryToAcquireFastMutex(&Fast));
    ExReleaseFastMutex(&Fast);
    CHECK(KeGetCurrentIrql() == PASSIVE_LEVEL && Fast.Count == 1);
    CHECK(ExTryToAcquireFastMutex(&Fast));
    ExReleaseFastMutex(&Fast);
    KeEnterCriticalRegion();
    ExAcquireFastMutexUnsafe(&Fast);
    ExReleaseFastMutexUnsafe(&Fast);
    KeLeaveCriticalRegion();
    KeAcquireGuardedMutex(&Guarded);
    CHECK(KeAreAllApcsDisabled() && !KeTryToAcquireGuardedMutex(&Guarded));
    KeReleaseGuardedMutex(&Guarded);
    CHECK(!KeAreAllApcsDisabled() && KeTryToAcquireGuardedMutex(&Guarded));
    KeReleaseGuardedMutex(&Guarded);
    KeEnterGuardedRegion();
    KeAcquireGuardedMutexUnsafe(&Guarded);
    KeReleaseGuardedMutexUnsafe(&Guarded);
    KeLeaveGuardedRegion();
    return 0;
}

ULONG UseResource(VOID) {
    PVOID pointer = (PVOID)((ULONG_PTR)&Value | 3);

    InitializeLocks();
    CHECK(NT_SUCCESS(ExReinitializeResourceLite(&Resource)));
    KeEnterCriticalRegion();
    CHECK(ExAcquireResourceSharedLite(&Resource, TRUE));
    CHECK(ExAcquireSharedStarveExclusive(&Resource, FALSE));
    CHECK(ExAcquireSharedWaitForExclusive(&Resource, FALSE));
    CHECK(ExIsResourceAcquiredSharedLite(&Resource) == 3 && Resource.ActiveCount == 1);
    CHECK(!ExAcquireResourceExclusiveLite(&Resource, FALSE));
    CHECK(ExGetExclusiveWaiterCount(&Resource) == 0 && ExGetSharedWaiterCount(&Resource) == 0);
    ExReleaseResourceLite(&Resource);
    ExReleaseResourceForThreadLite(&Resource, ExGetCurrentResourceThread());
    ExSetResourceOwnerPointer(&Resource, pointer);
    CHECK(ExIsResourceAcquiredLite(&Resource) == 0);
    ExReleaseResourceForThreadLite(&Resource, (ERESOURCE_THREAD)pointer);
    CHECK(ExAcquireResourceExclusiveLite(&Resource, TRUE));
    ExSetResourceOwnerPointerEx(&Resource, pointer, 0);
    ExReleaseResourceForThreadLite(&Resource, (ERESOURCE_THREAD)pointer);
    CHECK(ExAcquireResourceExclusiveLite(&Resource, TRUE));
    CHECK(ExIsResourceAcquiredExclusiveLite(&Resource));
    CHECK(FlagOn(Resource.Flag, 0x80));
    ExConvertExclusiveToSharedLite(&Resource);
    CHECK(!ExIsResourceAcquiredExclusiveLite(&Resource));
    ExReleaseResourceLite(&Resource);
    KeLeaveCriticalRegion();
    ExEnterCriticalRegionAndAcquireResourceShared(&Resource);
    ExReleaseResourceAndLeaveCriticalRegion(&Resource);
    ExEnterCriticalRegionAndAcquireResourceExclusive(&Resource);
    ExReleaseResourceAndLeaveCriticalRegion(&Resource);
    ExEnterCriticalRegionAndAcquireSharedWaitForExclusive(&Resource);
    ExReleaseResourceAndLeaveCriticalRegion(&Resource);
    CHECK(!KeAreApcsDisabled());
    Listed = FALSE;
    return (ULONG)ExDeleteResourceLite(&Resource);
}

VOID CountQueued(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2) {
    KLOCK_QUEUE_HANDLE handle;

    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    KeAcquireInStackQueuedSpinLockForDpc(&Spin, &handle);
    Value += 1;
    KeReleaseInStackQueuedSpinLockForDpc(&handle);
}

ULONG UseSpinLocks(VOID) {
    KLOCK_QUEUE_HANDLE outer, inner;
    KSPIN_LOCK second, plain;
    KIRQL old;

    InitializeLocks();
    KeInitializeSpinLock(&second);
    KeInitializeSpinLock(&plain);
    KeAcquireInStackQueuedSpinLock(&Spin, &outer);
    CHECK(KeGetCurrentIrql() == DISPATCH_LEVEL && !KeTestSpinLock(&Spin));
    KeAcquireInStackQueuedSpinLockAtDpcLevel(&second, &inner);
    KeReleaseInStackQueuedSpinLockFromDpcLevel(&inner);
    KeReleaseInStackQueuedSpinLock(&outer);
    CHECK(KeGetCurrentIrql() == PASSIVE_LEVEL && KeTestSpinLock(&Spin));
    old = KeAcquireSpinLockForDpc(&plain);
    KeReleaseSpinLockForDpc(&plain, old);
    CHECK(KeGetCurrentIrql() == PASSIVE_LEVEL);
    old = KeAcquireSpinLockRaiseToDpc(&plain);
    CHECK(old == PASSIVE_LEVEL && !KeTryToAcquireSpinLockAtDpcLevel(&plain));
    KeReleaseSpinLockFromDpcLevel(&plain);
    CHECK(KeTryToAcquireSpinLockAtDpcLevel(&plain));
    KeReleaseSpinLock(&plain, old);
    CHECK(KeGetCurrentIrql() == PASSIVE_LEVEL && KeTestSpinLock(&plain));
    return 0;
}

NTSTATUS LoseHandle(VOID) {
    KLOCK_QUEUE_HANDLE handle;

    InitializeLocks();
    KeAcquireInStackQueuedSpinLock(&Spin, &handle);
    return STATUS_SUCCESS;
}

ULONG UseSharedSpinLock(VOID) {
    KIRQL old = ExAcquireSpinLockShared(&Shared);

    ExAcquireSpinLockSharedAtDpcLevel(&Shared);
    CHECK(Shared == 2 && !ExTryConvertSharedSpinLockExclusive(&Shared));
    ExReleaseSpinLockSharedFromDpcLevel(&Shared);
    CHECK(ExTryConvertSharedSpinLockExclusive(&Shared));
    ExReleaseSpinLockExclusive(&Shared, old);
    old = ExAcquireSpinLockExclusive(&Shared);
    ExReleaseSpinLockExclusiveFromDpcLevel(&Shared);
    ExAcquireSpinLockExclusiveAtDpcLevel(&Shared);
    ExReleaseSpinLockExclusive(&Shared, old);
    old = ExAcquireSpinLockShared(&Shared);
    ExReleaseSpinLockShared(&Shared, old);
    CHECK(Shared == 0 && KeGetCurrentIrql() == PASSIVE_LEVEL);
    return 0;
}

ULONG UsePushLock(VOID) {
    InitializeLocks();
    KeEnterCriticalRegion();
    ExAcquirePushLockExclusive(&Push);
    CHECK(Push != 0);
    ExReleasePushLockExclusive(&Push);
    ExAcquirePushLockShared(&Push);
    ExReleasePushLockShared(&Push);
    CHECK(Push == 0);
    KeLeaveCriticalRegion();
    return 0;
}

ULONG UseRundown(VOID) {
    InitializeLocks();
    CHECK(ExAcquireRundownProtection(&Rundown));
    CHECK(ExAcquireRundownProtectionEx(&Rundown, 3));
    ExReleaseRundownProtectionEx(&Rundown, 3);
    ExReleaseRundownProtection(&Rundown);
    ExWaitForRundownProtectionRelease(&Rundown);
    CHECK(!ExAcquireRundownProtection(&Rundown));
    ExRundownCompleted(&Rundown);
    ExReInitializeRundownProtection(&Rundown);
    CHECK(Rundown.Count == 0);
    return 0;
}

// ---- More threads than one ----------------------------------------------------------------------
static VOID Sleep(ULONG Milliseconds) {
    LARGE_INTEGER interval;

    interval.QuadPart = -10000LL * Milliseconds;
    KeDelayExecutionThread(KernelMode, FALSE, &interval);
}

NTSTATUS Write(VOID) {
    InitializeLocks();
    KeEnterCriticalRegion();
    ExAcquireResourceExclusiveLite(&Resource, TRUE);
    Owner = ExGetCurrentResourceThread();
    Sleep(1000);
    Value += 1;
    KeLeaveCriticalRegion();
    return ExGetSharedWaiterCount(&Resource) == 1 ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}

NTSTATUS Read(VOID) {
    Sleep(100);
    ExEnterCriticalRegionAndAcquireResourceShared(&Resource);
    ExReleaseResourceAndLeaveCriticalRegion(&Resource);
    ExDeleteResourceLite(&Resource);
    return Value == 1 ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}

VOID ReleaseForOwner(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2) {
    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    ExReleaseResourceForThreadLite(&Resource, Owner);
}

NTSTATUS TakeBoth(BOOLEAN Backward) {
    if (!Backward)
        InitializeLocks();
    ExAcquireFastMutex(Backward ? &Other : &Fast);
    Sleep(100);
    ExAcquireFastMutex(Backward ? &Fast : &Other);
    ExReleaseFastMutex(Backward ? &Fast : &Other);
    ExReleaseFastMutex(Backward ? &Other : &Fast);
    return STATUS_SUCCESS;
}

NTSTATUS Keep(VOID) {
    InitializeLocks();
    KeAcquireGuardedMutex(&Guarded);
    return STATUS_SUCCESS;
}

NTSTATUS ReleaseStrange(VOID) {
    InitializeLocks();
    KeEnterCriticalRegion();
    ExReleaseResourceLite(&Resource);
    KeLeaveCriticalRegion();
    return STATUS_SUCCESS;
}

NTSTATUS HoldRundown(VOID) {
    if (!ExAcquireRundownProtection(&Rundown))
        return STATUS_DELETE_PENDING;
    Sleep(1000);
    ExReleaseRundownProtection(&Rundown);
    return STATUS_SUCCESS;
}

NTSTATUS TakePushLock(BOOLEAN Exclusive) {
    KeEnterCriticalRegion();
    if (Exclusive)
        ExAcquirePushLockExclusive(&Push);
    else
        ExAcquirePushLockShared(&Push);
    Sleep(100);
    if (Exclusive)
        ExReleasePushLockExclusive(&Push);
    else
        ExReleasePushLockShared(&Push);
    KeLeaveCriticalRegion();
    return STATUS_SUCCESS;
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
    UNREFERENCED_PARAMETER(DriverObject);
    UNREFERENCED_PARAMETER(RegistryPath);
    return STATUS_SUCCESS;
}
