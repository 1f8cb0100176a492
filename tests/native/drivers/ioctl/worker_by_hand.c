// SPDX-License-Identifier: MIT
// crunch's worker thread where the test makes it: here is noted what is to be started, the test
// does so by kss_system_thread. Takes the place of thread.c.
#include "crunch.h"

NTSTATUS CrunchStartWorker(PCRUNCH_EXTENSION Extension, PKSTART_ROUTINE Start) {
    KeInitializeEvent(&Extension->Gone, NotificationEvent, FALSE);
    Extension->Start = Start;
    return STATUS_SUCCESS;
}

VOID CrunchEndWorker(PCRUNCH_EXTENSION Extension) {
    KeSetEvent(&Extension->Gone, IO_NO_INCREMENT, FALSE);
    (VOID) PsTerminateSystemThread(STATUS_SUCCESS);
    KeBugCheckEx(0xE2, 0, 0, 0, 0); // not reached
}

VOID CrunchStopWorker(PCRUNCH_EXTENSION Extension) {
    InterlockedExchange(&Extension->Stopping, TRUE);
    KeSetEvent(&Extension->Work, IO_NO_INCREMENT, FALSE);
    (VOID) KeWaitForSingleObject(&Extension->Gone, Executive, KernelMode, FALSE, NULL);
}
