// SPDX-License-Identifier: MIT
// An expanded callout that waits: where the room suffices, and on a segment of its own.
// Its twin: expansion.kss
#include <ntifs.h>

static KEVENT Ready;

EXPAND_STACK_CALLOUT WaitInside;
NTSTATUS ExpandAndWait(SIZE_T Size);
NTSTATUS Expand(VOID);

VOID WaitInside(PVOID Parameter) {
    LARGE_INTEGER due;

    due.QuadPart = -10000000LL;
    *(PNTSTATUS)Parameter = KeWaitForSingleObject(&Ready, Executive, KernelMode, FALSE, &due);
}

NTSTATUS ExpandAndWait(SIZE_T Size) {
    NTSTATUS inside = STATUS_UNSUCCESSFUL;
    NTSTATUS status = KeExpandKernelStackAndCallout(WaitInside, &inside, Size);

    return NT_SUCCESS(status) ? inside : status;
}

NTSTATUS Expand(VOID) {
    NTSTATUS status;

    KeInitializeEvent(&Ready, NotificationEvent, FALSE);
    status = ExpandAndWait(0x1000);
    if (status != STATUS_TIMEOUT)
        return STATUS_UNSUCCESSFUL;
    status = ExpandAndWait(0x8000);
    if (status != STATUS_TIMEOUT)
        return STATUS_UNSUCCESSFUL;
    KeSetEvent(&Ready, IO_NO_INCREMENT, FALSE);
    return ExpandAndWait(0x8000);
}
