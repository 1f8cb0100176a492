// SPDX-License-Identifier: MIT
// A driver that waits on its own stack, in the mode asked for, while somebody else holds the address.
#include <ntifs.h>

DRIVER_INITIALIZE DriverEntry;
KDEFERRED_ROUTINE SetDone;
KDEFERRED_ROUTINE StoreThere;
NTSTATUS WaitOnStack(KPROCESSOR_MODE Mode, BOOLEAN Pin, ULONG Seconds);
VOID LeaveBehind(VOID);

static KTIMER Timer;
static KDPC Dpc;
PVOID Shared;

VOID SetDone(PKDPC TheDpc, PVOID Context, PVOID Argument1, PVOID Argument2) {
    UNREFERENCED_PARAMETER(TheDpc);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    KeSetEvent((PRKEVENT)Context, IO_NO_INCREMENT, FALSE);
}

// The driver's own code stores into another thread's stack, at DISPATCH_LEVEL.
VOID StoreThere(PKDPC TheDpc, PVOID Context, PVOID Argument1, PVOID Argument2) {
    UNREFERENCED_PARAMETER(TheDpc);
    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    *(volatile ULONG *)Shared = 42;
}

NTSTATUS WaitOnStack(KPROCESSOR_MODE Mode, BOOLEAN Pin, ULONG Seconds) {
    KEVENT done;
    LARGE_INTEGER due;
    BOOLEAN was = FALSE;
    NTSTATUS status;

    KeInitializeEvent(&done, NotificationEvent, FALSE);
    KeInitializeTimer(&Timer);
    KeInitializeDpc(&Dpc, SetDone, &done);
    due.QuadPart = -10000000LL * Seconds;
    KeSetTimer(&Timer, due, &Dpc);
    if (Pin)
        was = KeSetKernelStackSwapEnable(FALSE);
    status = KeWaitForSingleObject(&done, UserRequest, Mode, FALSE, NULL);
    if (Pin && was)
        KeSetKernelStackSwapEnable(TRUE);
    return status;
}

static NTSTATUS NTAPI ShareLocal(KPROCESSOR_MODE Mode) {
    ULONG local = 1;
    KEVENT *done = ExAllocatePoolWithTag(NonPagedPool, sizeof *done, 'tssk');
    NTSTATUS status;

    if (done == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    Shared = &local;
    KeInitializeEvent(done, NotificationEvent, FALSE);
    KeInitializeTimer(&Timer);
    KeInitializeDpc(&Dpc, StoreThere, NULL);
    status = KeWaitForSingleObject(done, UserRequest, Mode, FALSE, NULL);
    ExFreePoolWithTag(done, 'tssk');
    return NT_SUCCESS(status) && local == 42 ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}

NTSTATUS WaitSharing(KPROCESSOR_MODE Mode) {
    return ShareLocal(Mode);
}

// Leaves the address of a local behind when its thread ends.
VOID LeaveBehind(VOID) {
    volatile ULONG local = 1;

    Shared = (PVOID)&local;
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
    UNREFERENCED_PARAMETER(DriverObject);
    UNREFERENCED_PARAMETER(RegistryPath);
    return STATUS_SUCCESS;
}
