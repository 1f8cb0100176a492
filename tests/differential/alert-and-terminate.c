// SPDX-License-Identifier: MIT
// An alertable wait ended by an alert, a KernelMode wait that is not, a UserMode wait ended by termination.
// Its twin: alert-and-terminate.kss
#include <ntifs.h>

static KEVENT Never;

NTSTATUS Alertable(VOID);

NTSTATUS Alertable(VOID) {
    LARGE_INTEGER due;
    NTSTATUS status;

    KeInitializeEvent(&Never, NotificationEvent, FALSE);
    status = KeWaitForSingleObject(&Never, UserRequest, UserMode, TRUE, NULL);
    if (status != STATUS_ALERTED)
        return STATUS_UNSUCCESSFUL;
    due.QuadPart = -50000000LL;
    status = KeWaitForSingleObject(&Never, Executive, KernelMode, FALSE, &due);
    if (status != STATUS_TIMEOUT)
        return STATUS_UNSUCCESSFUL;
    status = KeWaitForSingleObject(&Never, UserRequest, UserMode, FALSE, NULL);
    return status == STATUS_USER_APC ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}
