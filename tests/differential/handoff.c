// SPDX-License-Identifier: MIT
// Two threads of different priority hand a synchronization event to each other.
// Its twin: handoff.kss
#include <ntifs.h>

static KEVENT Ping, Pong;
static LONG Rounds;

NTSTATUS Server(VOID);
NTSTATUS Client(VOID);

NTSTATUS Server(VOID) {
    NTSTATUS status = STATUS_SUCCESS;

    KeInitializeEvent(&Ping, SynchronizationEvent, FALSE);
    KeInitializeEvent(&Pong, SynchronizationEvent, FALSE);
    while (Rounds < 3) {
        status = KeWaitForSingleObject(&Ping, Executive, KernelMode, FALSE, NULL);
        if (status != STATUS_SUCCESS)
            break;
        Rounds += 1;
        KeSetEvent(&Pong, IO_NO_INCREMENT, FALSE);
    }
    return status;
}

NTSTATUS Client(VOID) {
    LARGE_INTEGER second;
    LONG i;

    second.QuadPart = -10000000LL;
    for (i = 0; i < 3; i++) {
        KeSetEvent(&Ping, IO_NO_INCREMENT, FALSE);
        if (KeWaitForSingleObject(&Pong, Executive, KernelMode, FALSE, &second) != STATUS_SUCCESS)
            return STATUS_UNSUCCESSFUL;
    }
    return Rounds == 3 ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}
