// SPDX-License-Identifier: MIT
// A file system posts to the overflow thread and waits, as FAT does when its stack runs short.
// Its twin: post-and-wait.kss
#include <ntifs.h>

typedef struct _PACKET {
    LONG Value;
} PACKET, *PPACKET;

VOID Overflow(PVOID Context, PKEVENT Event);
NTSTATUS PostOverflow(VOID);

VOID Overflow(PVOID Context, PKEVENT Event) {
    ((PPACKET)Context)->Value += 1;
    KeSetEvent(Event, 0, FALSE);
}

NTSTATUS PostOverflow(VOID) {
    KEVENT event;
    PACKET packet;

    packet.Value = 6;
    KeInitializeEvent(&event, NotificationEvent, FALSE);
    KeEnterCriticalRegion();
    FsRtlPostStackOverflow(&packet, &event, Overflow);
    KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, NULL);
    KeLeaveCriticalRegion();
    return packet.Value == 7 ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}
