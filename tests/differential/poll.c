// SPDX-License-Identifier: MIT
// Waits with a timeout of zero on both types of event.
// Its twin: poll.kss
#include <ntifs.h>

NTSTATUS Poll(VOID);

NTSTATUS Poll(VOID) {
    KEVENT sticky, once;
    LARGE_INTEGER zero;
    NTSTATUS status;

    zero.QuadPart = 0;
    KeInitializeEvent(&sticky, NotificationEvent, TRUE);
    KeInitializeEvent(&once, SynchronizationEvent, TRUE);
    status = KeWaitForSingleObject(&sticky, Executive, KernelMode, FALSE, &zero);
    if (status != STATUS_SUCCESS)
        return STATUS_UNSUCCESSFUL;
    status = KeWaitForSingleObject(&sticky, Executive, KernelMode, FALSE, &zero);
    if (status != STATUS_SUCCESS)
        return STATUS_UNSUCCESSFUL;
    status = KeWaitForSingleObject(&once, Executive, KernelMode, FALSE, &zero);
    if (status != STATUS_SUCCESS)
        return STATUS_UNSUCCESSFUL;
    status = KeWaitForSingleObject(&once, Executive, KernelMode, FALSE, &zero);
    if (status != STATUS_TIMEOUT)
        return STATUS_UNSUCCESSFUL;
    if (KeReadStateEvent(&sticky) == 0 || KeReadStateEvent(&once) != 0)
        return STATUS_UNSUCCESSFUL;
    if (KeResetEvent(&sticky) == 0 || KeSetEvent(&once, IO_NO_INCREMENT, FALSE) != 0)
        return STATUS_UNSUCCESSFUL;
    KeClearEvent(&once);
    status = KeWaitForSingleObject(&once, Executive, KernelMode, FALSE, &zero);
    return status == STATUS_TIMEOUT ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}
