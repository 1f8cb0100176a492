// SPDX-License-Identifier: MIT
// KePulseEvent releases who waits and leaves the event as it was.
// Its twin: pulse.kss
#include <ntifs.h>

static KEVENT Pulsed;

NTSTATUS WaitForPulse(VOID);
NTSTATUS Pulse(VOID);

NTSTATUS WaitForPulse(VOID) {
    LARGE_INTEGER second;
    NTSTATUS status;

    second.QuadPart = -10000000LL;
    KeInitializeEvent(&Pulsed, NotificationEvent, FALSE);
    status = KeWaitForSingleObject(&Pulsed, Executive, KernelMode, FALSE, NULL);
    if (status != STATUS_SUCCESS)
        return status;
    KeEnterGuardedRegion();
    status = KeWaitForSingleObject(&Pulsed, Executive, KernelMode, FALSE, &second);
    KeLeaveGuardedRegion();
    return status == STATUS_TIMEOUT ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}

NTSTATUS Pulse(VOID) {
    if (KePulseEvent(&Pulsed, IO_NO_INCREMENT, FALSE) != 0)
        return STATUS_UNSUCCESSFUL;
    return KeReadStateEvent(&Pulsed) == 0 ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}
