// SPDX-License-Identifier: MIT
// A periodic timer whose DPC counts, and a thread that waits for it and cancels it.
// Its twin: timer-dpc.kss
#include <ntifs.h>

static KTIMER Timer;
static KDPC Dpc;
static LONG Ticks;

KDEFERRED_ROUTINE Tick;
NTSTATUS CountTicks(VOID);

VOID Tick(PKDPC TheDpc, PVOID Context, PVOID Argument1, PVOID Argument2) {
    UNREFERENCED_PARAMETER(TheDpc);
    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    Ticks += 1;
    KeQueryTimeIncrement();
}

NTSTATUS CountTicks(VOID) {
    LARGE_INTEGER due;

    KeInitializeTimerEx(&Timer, SynchronizationTimer);
    KeInitializeDpc(&Dpc, Tick, NULL);
    due.QuadPart = -1000000LL;
    KeSetTimerEx(&Timer, due, 250, &Dpc);
    while (Ticks < 3)
        KeWaitForSingleObject(&Timer, Executive, KernelMode, FALSE, NULL);
    if (!KeCancelTimer(&Timer))
        return STATUS_UNSUCCESSFUL;
    if (KeReadStateTimer(&Timer) || KeCancelTimer(&Timer))
        return STATUS_UNSUCCESSFUL;
    return STATUS_SUCCESS;
}
