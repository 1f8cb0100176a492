// SPDX-License-Identifier: MIT
// A driver's own source: nothing here knows of kss.
#include <ntddk.h>

DRIVER_INITIALIZE DriverEntry;
NTSTATUS ReadWithTimeout(ULONG Seconds);
NTSTATUS CopyFrom(const ULONG *Source, PULONG Value);

#ifdef ALLOC_PRAGMA
#pragma alloc_text(PAGE, CopyFrom)
#endif

static ULONG Calls;
static KTIMER Timer;
static KDPC Dpc;

static VOID ReadDone(PKDPC TheDpc, PVOID Context, PVOID Argument1, PVOID Argument2) {
    UNREFERENCED_PARAMETER(TheDpc);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    KeSetEvent((PRKEVENT)Context, IO_NO_INCREMENT, FALSE);
}

// Its event lies on its stack, which may leave memory during a UserMode wait.
NTSTATUS ReadWithTimeout(ULONG Seconds) {
    KEVENT done;
    LARGE_INTEGER due;

    Calls++;
    KeInitializeEvent(&done, NotificationEvent, FALSE);
    KeInitializeTimer(&Timer);
    KeInitializeDpc(&Dpc, ReadDone, &done);
    due.QuadPart = -10000000LL * Seconds;
    KeSetTimer(&Timer, due, &Dpc);
    return KeWaitForSingleObject(&done, UserRequest, UserMode, FALSE, NULL);
}

NTSTATUS CopyFrom(const ULONG *Source, PULONG Value) {
    NTSTATUS status = STATUS_SUCCESS;
    __try {
        *Value = *(const volatile ULONG *)Source + Calls;
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        status = GetExceptionCode();
    }
    return status;
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
    UNREFERENCED_PARAMETER(DriverObject);
    UNREFERENCED_PARAMETER(RegistryPath);
    return STATUS_SUCCESS;
}
