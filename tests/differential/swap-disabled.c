// SPDX-License-Identifier: MIT
// Swapping disabled around a UserMode wait of half a minute: the stack stays.
// Its twin: swap-disabled.kss
#include <ntifs.h>

static KTIMER Timer;
static KDPC Dpc;

KDEFERRED_ROUTINE PinnedDone;
NTSTATUS PinnedWait(VOID);

VOID PinnedDone(PKDPC TheDpc, PVOID Context, PVOID Argument1, PVOID Argument2) {
    UNREFERENCED_PARAMETER(TheDpc);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    KeSetEvent((PRKEVENT)Context, IO_NO_INCREMENT, FALSE);
}

NTSTATUS PinnedWait(VOID) {
    KEVENT done;
    LARGE_INTEGER due;
    NTSTATUS status;
    BOOLEAN was;

    KeInitializeEvent(&done, SynchronizationEvent, FALSE);
    KeInitializeTimer(&Timer);
    KeInitializeDpc(&Dpc, PinnedDone, &done);
    due.QuadPart = -300000000LL;
    KeSetTimer(&Timer, due, &Dpc);
    was = KeSetKernelStackSwapEnable(FALSE);
    status = KeWaitForSingleObject(&done, UserRequest, UserMode, FALSE, NULL);
    if (was)
        KeSetKernelStackSwapEnable(TRUE);
    return status;
}
