// SPDX-License-Identifier: MIT
// KeSetEvent with Wait TRUE and the wait that follows; a thread of higher priority is woken.
// Its twin: set-and-wait.kss
#include <ntifs.h>

static KEVENT Request, Reply;

NTSTATUS Serve(VOID);
NTSTATUS Ask(VOID);

NTSTATUS Serve(VOID) {
    NTSTATUS status;

    KeInitializeEvent(&Request, SynchronizationEvent, FALSE);
    KeInitializeEvent(&Reply, NotificationEvent, FALSE);
    status = KeWaitForSingleObject(&Request, Executive, KernelMode, FALSE, NULL);
    KeSetEvent(&Reply, IO_NO_INCREMENT, FALSE);
    return status;
}

NTSTATUS Ask(VOID) {
    KeSetEvent(&Request, IO_NO_INCREMENT, TRUE);
    return KeWaitForSingleObject(&Reply, Executive, KernelMode, FALSE, NULL);
}
