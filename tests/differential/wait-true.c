// SPDX-License-Identifier: MIT
// Wait TRUE of a mutex and of a semaphore, each followed by a wait; then one that nothing follows.
// Its twin: wait-true.kss
#include <ntifs.h>

static KMUTEX Lock;
static KSEMAPHORE Count;

NTSTATUS ReleaseAndWait(VOID);

NTSTATUS ReleaseAndWait(VOID) {
    PVOID objects[2];
    NTSTATUS status;

    objects[0] = &Lock;
    objects[1] = &Count;
    KeInitializeMutex(&Lock, 0);
    KeInitializeSemaphore(&Count, 0, 2);
    KeWaitForSingleObject(&Lock, Executive, KernelMode, FALSE, NULL);
    KeReleaseMutex(&Lock, TRUE);
    KeWaitForSingleObject(&Lock, Executive, KernelMode, FALSE, NULL);
    KeReleaseSemaphore(&Count, IO_NO_INCREMENT, 1, TRUE);
    status =
        KeWaitForMultipleObjects(2, objects, WaitAll, Executive, KernelMode, FALSE, NULL, NULL);
    if (status != STATUS_SUCCESS || KeReleaseMutex(&Lock, FALSE) != -1)
        return STATUS_UNSUCCESSFUL;
    KeReleaseMutex(&Lock, FALSE);
    KeReleaseSemaphore(&Count, IO_NO_INCREMENT, 1, TRUE);
    return KeReadStateSemaphore(&Count);
}
