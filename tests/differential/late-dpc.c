// SPDX-License-Identifier: MIT
// A wait times out, its routine returns, and the timer's DPC sets the event of the dead frame.
// Its twin: late-dpc.kss
#include <ntifs.h>

static KTIMER Timer;
static KDPC Dpc;

KDEFERRED_ROUTINE LateDone;
DECLSPEC_NOINLINE NTSTATUS WaitTenSeconds(VOID); // its frame is to be gone when GoOn waits
NTSTATUS GoOn(VOID);

VOID LateDone(PKDPC TheDpc, PVOID Context, PVOID Argument1, PVOID Argument2) {
    UNREFERENCED_PARAMETER(TheDpc);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    KeSetEvent((PRKEVENT)Context, IO_NO_INCREMENT, FALSE);
}

NTSTATUS WaitTenSeconds(VOID) {
    KEVENT done;
    LARGE_INTEGER due;

    KeInitializeEvent(&done, NotificationEvent, FALSE);
    KeInitializeTimer(&Timer);
    KeInitializeDpc(&Dpc, LateDone, &done);
    due.QuadPart = -300000000LL;
    KeSetTimer(&Timer, due, &Dpc);
    due.QuadPart = -100000000LL;
    return KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, &due);
}

NTSTATUS GoOn(VOID) {
    LARGE_INTEGER minute;
    NTSTATUS status = WaitTenSeconds();

    minute.QuadPart = -600000000LL;
    KeDelayExecutionThread(KernelMode, FALSE, &minute);
    return status;
}
