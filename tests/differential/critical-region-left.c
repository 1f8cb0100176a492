// SPDX-License-Identifier: MIT
// A system call returns to user mode inside a critical region.
// Its twin: critical-region-left.kss
#include <ntifs.h>

NTSTATUS EnterAndForget(VOID);

NTSTATUS EnterAndForget(VOID) {
    if (KeAreApcsDisabled())
        return STATUS_UNSUCCESSFUL;
    KeEnterCriticalRegion();
    KeEnterCriticalRegion();
    KeLeaveCriticalRegion();
    return KeAreApcsDisabled() ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}
