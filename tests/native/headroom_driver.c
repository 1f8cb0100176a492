// SPDX-License-Identifier: MIT
// A driver that asks how much stack is left, and one that does something about it.
#include <ntddk.h>

// Less than this and the work goes to a thread of its own, as file systems do.
#define LEAST_STACK 0xE00

typedef struct _MEASURED { // as test_headroom.c has it
    ULONG_PTR Remaining, Low, High, Local;
} MEASURED, *PMEASURED;

DRIVER_INITIALIZE DriverEntry;
DECLSPEC_NOINLINE VOID Measure(PMEASURED Measured);
DECLSPEC_NOINLINE NTSTATUS GuardedRead(PULONG Overflowed);
NTSTATUS MeasureHere(PMEASURED Measured);
NTSTATUS MeasureDeeper(PMEASURED Measured);
NTSTATUS MeasureInCallout(PMEASURED Measured);
NTSTATUS CallGuarded(PULONG Overflowed, PMEASURED After);
NTSTATUS CallGuardedThenLarge(PULONG Overflowed);
NTSTATUS IgnoreTheGuard(VOID);
EXPAND_STACK_CALLOUT MeasureCallout;
KDEFERRED_ROUTINE MeasureDpc;

static volatile ULONG Somewhere = 17; // no compiler knows that most of an array is never used

VOID Measure(PMEASURED Measured) {
    ULONG local = 0;

    Measured->Remaining = IoGetRemainingStackSize();
    IoGetStackLimits(&Measured->Low, &Measured->High);
    Measured->Local = (ULONG_PTR)&local;
}

NTSTATUS MeasureHere(PMEASURED Measured) {
    Measure(Measured);
    return STATUS_SUCCESS;
}

static DECLSPEC_NOINLINE UCHAR TakeStack(PMEASURED Measured) {
    volatile UCHAR room[5000];

    room[Somewhere] = 3;
    Measure(Measured);
    return room[Somewhere];
}

NTSTATUS MeasureDeeper(PMEASURED Measured) {
    return TakeStack(Measured) == 3 ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}

VOID MeasureCallout(PVOID Parameter) {
    Measure(Parameter);
}

NTSTATUS MeasureInCallout(PMEASURED Measured) {
    return KeExpandKernelStackAndCallout(MeasureCallout, Measured, 0x8000);
}

VOID MeasureDpc(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2) {
    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    Measure(Context);
}

static DECLSPEC_NOINLINE UCHAR ReadWithALargeFrame(VOID) {
    volatile UCHAR room[0xC00];

    room[Somewhere] = 9;
    (VOID) KeGetCurrentIrql();
    return room[Somewhere];
}

static DECLSPEC_NOINLINE UCHAR LargeFrameAlone(VOID) {
    volatile UCHAR room[0x1400];

    room[Somewhere] = 4;
    return room[Somewhere];
}

NTSTATUS GuardedRead(PULONG Overflowed) {
    if (IoGetRemainingStackSize() < LEAST_STACK) {
        *Overflowed += 1;
        return STATUS_PENDING;
    }
    return ReadWithALargeFrame() == 9 ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}

NTSTATUS CallGuarded(PULONG Overflowed, PMEASURED After) {
    NTSTATUS status = GuardedRead(Overflowed);

    Measure(After);
    return status;
}

// After the guarded routine has returned its caller has all of the stack again, also without a call to NT.
NTSTATUS CallGuardedThenLarge(PULONG Overflowed) {
    NTSTATUS status = GuardedRead(Overflowed);

    return LargeFrameAlone() == 4 ? status : STATUS_UNSUCCESSFUL;
}

NTSTATUS IgnoreTheGuard(VOID) {
    (VOID) IoGetRemainingStackSize();
    return ReadWithALargeFrame() == 9 ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
    UNREFERENCED_PARAMETER(DriverObject);
    UNREFERENCED_PARAMETER(RegistryPath);
    return STATUS_SUCCESS;
}
