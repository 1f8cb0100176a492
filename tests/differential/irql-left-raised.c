// SPDX-License-Identifier: MIT
// A system call comes back to user mode at DISPATCH_LEVEL.
// Its twin: irql-left-raised.kss
#include <ntifs.h>

NTSTATUS LeaveRaised(VOID);

NTSTATUS LeaveRaised(VOID) {
    KIRQL old = KeRaiseIrqlToDpcLevel();

    KeLowerIrql(old);
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    return KeGetCurrentIrql() == DISPATCH_LEVEL ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}
