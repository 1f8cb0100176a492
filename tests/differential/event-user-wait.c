// SPDX-License-Identifier: MIT
// A stack event waited for in UserMode: the stack leaves memory, then a DPC sets the event.
// Its twin: event-user-wait.kss
#include <ntifs.h>

static KTIMER Timer;
static KDPC Dpc;

KDEFERRED_ROUTINE UserDone;
NTSTATUS UserWait(VOID);

VOID UserDone(PKDPC TheDpc, PVOID Context, PVOID Argument1, PVOID Argument2) {
    UNREFERENCED_PARAMETER(TheDpc);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    KeSetEvent((PRKEVENT)Context, IO_NO_INCREMENT, FALSE);
}

NTSTATUS UserWait(VOID) {
    KEVENT done;
    LARGE_INTEGER due;

    KeInitializeEvent(&done, NotificationEvent, FALSE);
    KeInitializeTimer(&Timer);
    KeInitializeDpc(&Dpc, UserDone, &done);
    due.QuadPart = -300000000LL;
    KeSetTimer(&Timer, due, &Dpc);
    return KeWaitForSingleObject(&done, UserRequest, UserMode, FALSE, NULL);
}
