// SPDX-License-Identifier: MIT
// A mutex acquired twice, released twice, handed to a thread that waits for it; what its fields say meanwhile.
// Its twin: mutex-recursion.kss
#include <ntifs.h>

static KMUTEX Lock;

NTSTATUS Own(VOID);
NTSTATUS Other(VOID);

NTSTATUS Own(VOID) {
    LARGE_INTEGER second;

    second.QuadPart = -10000000LL;
    KeInitializeMutex(&Lock, 0);
    KeWaitForSingleObject(&Lock, Executive, KernelMode, FALSE, NULL);
    KeWaitForSingleObject(&Lock, Executive, KernelMode, FALSE, NULL);
    if (KeReadStateMutex(&Lock) != -1 || Lock.OwnerThread != KeGetCurrentThread())
        return STATUS_UNSUCCESSFUL;
    if (!KeAreApcsDisabled())
        return STATUS_UNSUCCESSFUL;
    KeDelayExecutionThread(KernelMode, FALSE, &second);
    if (KeReleaseMutex(&Lock, FALSE) != -1)
        return STATUS_UNSUCCESSFUL;
    if (KeReleaseMutex(&Lock, FALSE) != 0)
        return STATUS_UNSUCCESSFUL;
    return KeAreApcsDisabled() ? STATUS_UNSUCCESSFUL : STATUS_SUCCESS;
}

NTSTATUS Other(VOID) {
    NTSTATUS status;

    status = KeWaitForSingleObject(&Lock, Executive, KernelMode, FALSE, NULL);
    KeReleaseMutex(&Lock, FALSE);
    return status;
}
