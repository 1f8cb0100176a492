// SPDX-License-Identifier: MIT
// A wait that would block at DISPATCH_LEVEL, after one of zero that may be made there.
// Its twin: wait-at-dispatch.kss
#include <ntifs.h>

NTSTATUS WaitRaised(VOID);

NTSTATUS WaitRaised(VOID) {
    KEVENT never;
    LARGE_INTEGER due;
    KIRQL old;

    KeInitializeEvent(&never, NotificationEvent, FALSE);
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    due.QuadPart = 0;
    if (KeWaitForSingleObject(&never, Executive, KernelMode, FALSE, &due) != STATUS_TIMEOUT)
        return STATUS_UNSUCCESSFUL;
    due.QuadPart = -10000000LL;
    KeWaitForSingleObject(&never, Executive, KernelMode, FALSE, &due);
    KeLowerIrql(old);
    return STATUS_SUCCESS;
}
