// SPDX-License-Identifier: MIT
// An exception passes __finally blocks and a routine that does not care, and is handled outside of them.
// Its twin: exception-finally.kss
#include <ntifs.h>

static LONG Order;
static KEVENT Passed;

VOID Note(LONG Digit);
VOID Inner(ULONG Kind);
VOID Middle(ULONG Kind);
NTSTATUS Unwinds(VOID);

VOID Note(LONG Digit) {
    Order = Order * 10 + Digit;
    DbgPrint("note %d\n", Digit);
}

VOID Inner(ULONG Kind) {
    PVOID block = ExAllocatePoolWithTag(NonPagedPool, 64, 'hesK');

    __try {
        if (Kind == 0)
            ExRaiseStatus(STATUS_DEVICE_NOT_READY);
        if (Kind == 1)
            ProbeForRead((PVOID)2, 4, 4);
        if (Kind == 2)
            return;
    } __finally {
        Note(AbnormalTermination() ? 2 : 3);
        if (block != NULL)
            ExFreePoolWithTag(block, 'hesK');
    }
}

VOID Middle(ULONG Kind) {
    __try {
        Inner(Kind);
        Note(4);
    } __finally {
        KeSetEvent(&Passed, IO_NO_INCREMENT, FALSE);
    }
}

NTSTATUS Unwinds(VOID) {
    NTSTATUS status = STATUS_SUCCESS;
    ULONG kind;

    KeInitializeEvent(&Passed, NotificationEvent, FALSE);
    for (kind = 0; kind < 4; kind++) {
        __try {
            Middle(kind);
        } __except (GetExceptionCode() == STATUS_DEVICE_NOT_READY ||
                            GetExceptionCode() == STATUS_DATATYPE_MISALIGNMENT
                        ? EXCEPTION_EXECUTE_HANDLER
                        : EXCEPTION_CONTINUE_SEARCH) {
            Note(5);
            status = GetExceptionCode();
        }
    }
    return Order == 25252434 ? status : STATUS_UNSUCCESSFUL;
}
