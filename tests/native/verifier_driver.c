// SPDX-License-Identifier: MIT
// Driver code that Driver Verifier objects to, one mistake in each routine; and one without any.
#include <ntddk.h>

DRIVER_INITIALIZE DriverEntry;
KDEFERRED_ROUTINE StallingDpc;
NTSTATUS Mistake(ULONG Which), Correct(VOID);
DECLSPEC_NOINLINE NTSTATUS TouchPaged(VOID);
DECLSPEC_NOINLINE NTSTATUS RaisesInPagedCode(VOID);
DECLSPEC_NOINLINE NTSTATUS CallsLockHelper(VOID);
NTSTATUS WaitOnStack(VOID);

#pragma alloc_text(PAGE, RaisesInPagedCode)
#pragma alloc_text(PAGE, CallsLockHelper)

static KSPIN_LOCK A, B;
static KEVENT Event;
static ULONG Count;

enum {
    ZERO_BYTES,
    PAGED_AT_DISPATCH,
    RAISE_DOWN,
    LOWER_UP,
    RELEASE_AT_PASSIVE,
    LEAVE_WITHOUT_ENTER,
    ACQUIRE_AT_PASSIVE,
    WAIT_AT_DISPATCH,
    EVENT_IN_PAGED_POOL,
    LOCK_TWICE,
    LOCK_ORDER,
    RELEASE_UNACQUIRED,
};

static VOID Both(PKSPIN_LOCK First, PKSPIN_LOCK Second) {
    KIRQL old;
    KeAcquireSpinLock(First, &old);
    KeAcquireSpinLockAtDpcLevel(Second);
    KeReleaseSpinLockFromDpcLevel(Second);
    KeReleaseSpinLock(First, old);
}

NTSTATUS Mistake(ULONG Which) {
    KIRQL old;
    PVOID block;

    KeInitializeSpinLock(&A);
    KeInitializeSpinLock(&B);
    KeInitializeEvent(&Event, NotificationEvent, TRUE);
    switch (Which) {
    case ZERO_BYTES: block = ExAllocatePoolWithTag(NonPagedPoolNx, 0, 'tssk'); break;
    case PAGED_AT_DISPATCH:
        KeRaiseIrql(DISPATCH_LEVEL, &old);
        block = ExAllocatePoolWithTag(PagedPool, 16, 'tssk');
        break;
    case RAISE_DOWN:
        KeRaiseIrql(DISPATCH_LEVEL, &old);
        KeRaiseIrql(APC_LEVEL, &old);
        break;
    case LOWER_UP: KeLowerIrql(DISPATCH_LEVEL); break;
    case RELEASE_AT_PASSIVE: KeReleaseSpinLock(&A, PASSIVE_LEVEL); break;
    case LEAVE_WITHOUT_ENTER: KeLeaveCriticalRegion(); break;
    case ACQUIRE_AT_PASSIVE: KeAcquireSpinLockAtDpcLevel(&A); break;
    case WAIT_AT_DISPATCH:
        KeRaiseIrql(DISPATCH_LEVEL, &old);
        KeWaitForSingleObject(&Event, Executive, KernelMode, FALSE, NULL);
        break;
    case EVENT_IN_PAGED_POOL:
        block = ExAllocatePoolWithTag(PagedPool, sizeof(KEVENT), 'tssk');
        KeInitializeEvent((PRKEVENT)block, NotificationEvent, FALSE);
        break;
    case LOCK_TWICE:
        KeAcquireSpinLock(&A, &old);
        KeAcquireSpinLockAtDpcLevel(&A);
        break;
    case LOCK_ORDER:
        Both(&A, &B);
        Both(&B, &A);
        break;
    case RELEASE_UNACQUIRED:
        KeRaiseIrql(DISPATCH_LEVEL, &old);
        KeReleaseSpinLockFromDpcLevel(&A);
        break;
    default: return STATUS_INVALID_PARAMETER;
    }
    return STATUS_SUCCESS;
}

NTSTATUS WaitOnStack(VOID) {
    KEVENT done;

    KeInitializeEvent(&done, NotificationEvent, TRUE);
    return KeWaitForSingleObject(&done, UserRequest, UserMode, FALSE, NULL);
}

// A block of paged pool, under a spin lock.
NTSTATUS TouchPaged(VOID) {
    KIRQL old;
    volatile ULONG *block = ExAllocatePoolWithTag(PagedPool, sizeof(ULONG), 'tssk');

    if (block == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    KeInitializeSpinLock(&A);
    *block = 1;
    KeAcquireSpinLock(&A, &old);
    *block = 2;
    KeReleaseSpinLock(&A, old);
    ExFreePoolWithTag((PVOID)block, 'tssk');
    return STATUS_SUCCESS;
}

NTSTATUS RaisesInPagedCode(VOID) {
    KIRQL old;

    KeRaiseIrql(DISPATCH_LEVEL, &old);
    Count++;
    KeLowerIrql(old);
    return STATUS_SUCCESS;
}

DECLSPEC_NOINLINE static VOID Increment(VOID) {
    KIRQL old;

    KeAcquireSpinLock(&A, &old);
    Count++;
    KeReleaseSpinLock(&A, old);
}

NTSTATUS CallsLockHelper(VOID) {
    PAGED_CODE();
    KeInitializeSpinLock(&A);
    Increment();
    return STATUS_SUCCESS;
}

VOID StallingDpc(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2) {
    ULONG_PTR turns = (ULONG_PTR)Context;

    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    while (turns-- != 0)
        KeStallExecutionProcessor(50);
}

NTSTATUS Correct(VOID) {
    KIRQL old;
    KEVENT done;
    PVOID block = ExAllocatePoolWithTag(NonPagedPoolNx, 64, 'tssk');

    if (block == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    KeInitializeSpinLock(&A);
    KeInitializeSpinLock(&B);
    KeInitializeEvent(&done, NotificationEvent, TRUE);
    Both(&A, &B);
    Both(&A, &B);
    KeEnterCriticalRegion();
    KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, NULL);
    KeLeaveCriticalRegion();
    KeAcquireSpinLock(&A, &old);
    RtlZeroMemory(block, 64);
    KeReleaseSpinLock(&A, old);
    ExFreePoolWithTag(block, 'tssk');
    return STATUS_SUCCESS;
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
    UNREFERENCED_PARAMETER(DriverObject);
    UNREFERENCED_PARAMETER(RegistryPath);
    return STATUS_SUCCESS;
}
