// SPDX-License-Identifier: MIT
// crunch's worker thread: how it is made and ended.
#include "crunch.h"

#ifdef ALLOC_PRAGMA
#pragma alloc_text(PAGE, CrunchStartWorker)
#pragma alloc_text(PAGE, CrunchStopWorker)
#endif

NTSTATUS CrunchStartWorker(PCRUNCH_EXTENSION Extension, PKSTART_ROUTINE Start) {
    OBJECT_ATTRIBUTES attributes;
    HANDLE handle;
    NTSTATUS status;

    PAGED_CODE();
    InitializeObjectAttributes(&attributes, NULL, OBJ_KERNEL_HANDLE, NULL, NULL);
    status =
        PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, &attributes, NULL, NULL, Start, Extension);
    if (!NT_SUCCESS(status))
        return status;
    // A handle of our own to a thread of our own: this cannot fail.
    (VOID) ObReferenceObjectByHandle(handle, THREAD_ALL_ACCESS, *PsThreadType, KernelMode,
                                     &Extension->Thread, NULL);
    ZwClose(handle);
    return STATUS_SUCCESS;
}

VOID CrunchEndWorker(PCRUNCH_EXTENSION Extension) {
    UNREFERENCED_PARAMETER(Extension);
    (VOID) PsTerminateSystemThread(STATUS_SUCCESS);
    KeBugCheckEx(0xE2, 0, 0, 0, 0); // not reached
}

// Waits for the thread itself, not for an event that it sets: an event is set by code of this
// driver, which is about to be unmapped.
VOID CrunchStopWorker(PCRUNCH_EXTENSION Extension) {
    PAGED_CODE();
    InterlockedExchange(&Extension->Stopping, TRUE);
    KeSetEvent(&Extension->Work, IO_NO_INCREMENT, FALSE);
    (VOID) KeWaitForSingleObject(Extension->Thread, Executive, KernelMode, FALSE, NULL);
    ObDereferenceObject(Extension->Thread);
}
