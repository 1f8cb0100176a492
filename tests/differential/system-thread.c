// SPDX-License-Identifier: MIT
// A driver starts a system thread, waits for it, and asks what became of it.
// Its twin: system-thread.kss
#include <ntifs.h>

static LONG Ran;

VOID Started(PVOID StartContext);
NTSTATUS RunThread(VOID);

VOID Started(PVOID StartContext) {
    LARGE_INTEGER due;

    due.QuadPart = -1000000LL;
    KeDelayExecutionThread(KernelMode, FALSE, &due);
    *(PLONG)StartContext += KeAreApcsDisabled();
    PsTerminateSystemThread(STATUS_CANCELLED);
}

NTSTATUS RunThread(VOID) {
    OBJECT_ATTRIBUTES attributes;
    HANDLE handle;
    PVOID thread;
    NTSTATUS status;

    InitializeObjectAttributes(&attributes, NULL, OBJ_KERNEL_HANDLE, NULL, NULL);
    status =
        PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, &attributes, NULL, NULL, Started, &Ran);
    if (!NT_SUCCESS(status))
        return status;
    status = ObReferenceObjectByHandle(handle, THREAD_ALL_ACCESS, *PsThreadType, KernelMode,
                                       &thread, NULL);
    ZwClose(handle);
    if (!NT_SUCCESS(status))
        return status;
    KeWaitForSingleObject(thread, Executive, KernelMode, FALSE, NULL);
    ObfDereferenceObject(thread);
    return Ran == 1 ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}
