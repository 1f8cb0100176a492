// SPDX-License-Identifier: MIT
// The same wait in KernelMode: the stack stays, and half a minute later all is well.
// Its twin: event-kernel-wait.kss
#include <ntifs.h>

static KTIMER Timer;
static KDPC Dpc;

KDEFERRED_ROUTINE KernelDone;
NTSTATUS KernelWait(VOID);

VOID KernelDone(PKDPC TheDpc, PVOID Context, PVOID Argument1, PVOID Argument2) {
    UNREFERENCED_PARAMETER(TheDpc);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    KeSetEvent((PRKEVENT)Context, IO_NO_INCREMENT, FALSE);
}

NTSTATUS KernelWait(VOID) {
    KEVENT done;
    LARGE_INTEGER due;

    KeInitializeEvent(&done, NotificationEvent, FALSE);
    KeInitializeTimer(&Timer);
    KeInitializeDpc(&Dpc, KernelDone, &done);
    due.QuadPart = -300000000LL;
    KeSetTimer(&Timer, due, &Dpc);
    return KeWaitForSingleObject(&done, UserRequest, KernelMode, FALSE, NULL);
}
