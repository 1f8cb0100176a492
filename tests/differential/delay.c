// SPDX-License-Identifier: MIT
// Delays of a thread in both modes, among them one of zero.
// Its twin: delay.kss
#include <ntifs.h>

NTSTATUS Delay(VOID);

NTSTATUS Delay(VOID) {
    LARGE_INTEGER interval;
    NTSTATUS status;

    interval.QuadPart = -20000000LL;
    status = KeDelayExecutionThread(KernelMode, FALSE, &interval);
    if (status != STATUS_SUCCESS)
        return status;
    interval.QuadPart = -300000000LL;
    status = KeDelayExecutionThread(UserMode, TRUE, &interval);
    if (status != STATUS_SUCCESS)
        return status;
    interval.QuadPart = 0;
    return KeDelayExecutionThread(KernelMode, FALSE, &interval);
}
