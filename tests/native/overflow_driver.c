// SPDX-License-Identifier: MIT
// Code that needs more stack than there is, in every place a driver can need it.
#include <ntddk.h>

DRIVER_INITIALIZE DriverEntry;
DECLSPEC_NOINLINE ULONG Recurse(ULONG Level);
DECLSPEC_NOINLINE ULONG Ping(ULONG Level);
DECLSPEC_NOINLINE ULONG Pong(ULONG Level);
DECLSPEC_NOINLINE ULONG BigFrame(ULONG Seed);
NTSTATUS RecurseHere(VOID);
NTSTATUS PingPong(VOID);
NTSTATUS BigFrameLate(BOOLEAN TakeSome);
NTSTATUS InCallout(VOID);
NTSTATUS InACalloutThatFits(VOID);
NTSTATUS Ordinary(VOID);
EXPAND_STACK_CALLOUT RecursingCallout;
EXPAND_STACK_CALLOUT BigFrameCallout;
KDEFERRED_ROUTINE RecursingDpc;
DRIVER_DISPATCH RecursingRead;

ULONG Reached; // what ran behind the frame that does not fit

ULONG Recurse(ULONG Level) {
    volatile UCHAR room[200];

    room[Level % sizeof room] = (UCHAR)Level;
    return Recurse(Level + 1) + room[Level % sizeof room];
}

ULONG Ping(ULONG Level) {
    volatile UCHAR room[64];

    room[Level % sizeof room] = (UCHAR)Level;
    return Pong(Level + 1) + room[Level % sizeof room];
}

ULONG Pong(ULONG Level) {
    volatile UCHAR room[300];

    room[Level % sizeof room] = (UCHAR)Level;
    return Ping(Level + 1) + room[Level % sizeof room];
}

// Only the far end of its frame is touched: a store there alone would miss the guard below the stack.
ULONG BigFrame(ULONG Seed) {
    volatile UCHAR room[20000];

    room[Seed] = (UCHAR)Seed;
    Reached = 1;
    return room[Seed];
}

static volatile ULONG Somewhere = 17; // no compiler knows that most of an array is never used

static DECLSPEC_NOINLINE ULONG TakeFirst(ULONG Seed) {
    volatile UCHAR room[8192];

    room[Somewhere] = 1;
    return BigFrame(Seed) + room[Somewhere + 1];
}

NTSTATUS RecurseHere(VOID) {
    return Recurse(0) == 0 ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}

NTSTATUS PingPong(VOID) {
    return Ping(0) == 0 ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}

// With [TakeSome] the frame of 20,000 bytes comes after one of 8,192.
NTSTATUS BigFrameLate(BOOLEAN TakeSome) {
    ULONG result = TakeSome ? TakeFirst(7) : BigFrame(7);

    return result == 7 ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}

VOID RecursingCallout(PVOID Parameter) {
    *(PULONG)Parameter = Recurse(0);
}

NTSTATUS InCallout(VOID) {
    ULONG result = 0;

    return KeExpandKernelStackAndCallout(RecursingCallout, &result, 0x8000);
}

VOID BigFrameCallout(PVOID Parameter) {
    *(PULONG)Parameter = BigFrame(7);
}

NTSTATUS InACalloutThatFits(VOID) {
    ULONG result = 0;
    NTSTATUS status = KeExpandKernelStackAndCallout(BigFrameCallout, &result, 0x8000);

    return NT_SUCCESS(status) && result == 7 ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}

VOID RecursingDpc(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2) {
    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    Recurse(0);
}

NTSTATUS RecursingRead(PDEVICE_OBJECT DeviceObject, PIRP Irp) {
    UNREFERENCED_PARAMETER(DeviceObject);
    Irp->IoStatus.Information = Recurse(0);
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

NTSTATUS Ordinary(VOID) {
    LARGE_INTEGER second;

    second.QuadPart = -10000000;
    return KeDelayExecutionThread(KernelMode, FALSE, &second);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
    UNREFERENCED_PARAMETER(DriverObject);
    UNREFERENCED_PARAMETER(RegistryPath);
    return STATUS_SUCCESS;
}
