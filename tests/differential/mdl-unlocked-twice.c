// SPDX-License-Identifier: MIT
// Pages are unlocked once more than they were locked.
// Its twin: mdl-unlocked-twice.kss
#include <ntifs.h>

NTSTATUS UnlockTwice(VOID);

NTSTATUS UnlockTwice(VOID) {
    PVOID pool = ExAllocatePoolWithTag(NonPagedPoolNx, 64, 0x6E617254);
    PMDL mdl = IoAllocateMdl(pool, 64, FALSE, FALSE, NULL);

    MmProbeAndLockPages(mdl, KernelMode, IoReadAccess);
    MmUnlockPages(mdl);
    MmUnlockPages(mdl);
    return STATUS_SUCCESS;
}
