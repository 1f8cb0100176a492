// SPDX-License-Identifier: MIT
// A routine returns with the pages of its frame locked.
// Its twin: mdl-left-locked.kss
#include <ntifs.h>

static PMDL Mdl;

DECLSPEC_NOINLINE VOID Forget(VOID); // its frame is to be gone when the caller goes on
NTSTATUS LeaveLocked(VOID);

VOID Forget(VOID) {
    UCHAR buffer[64];

    Mdl = IoAllocateMdl(buffer, sizeof(buffer), FALSE, FALSE, NULL);
    MmProbeAndLockPages(Mdl, KernelMode, IoReadAccess);
    KeGetCurrentIrql();
}

NTSTATUS LeaveLocked(VOID) {
    Forget();
    KeGetCurrentIrql();
    return STATUS_SUCCESS;
}
