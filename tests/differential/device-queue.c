// SPDX-License-Identifier: MIT
// A device queue takes entries by key and gives them back.
// Its twin: device-queue.kss
#include <ntifs.h>

static KDEVICE_QUEUE DeviceQueue;
static KDEVICE_QUEUE_ENTRY QueueEntries[3];

NTSTATUS QueueThree(VOID);

NTSTATUS QueueThree(VOID) {
    NTSTATUS status = STATUS_UNSUCCESSFUL;
    KIRQL old;

    KeInitializeDeviceQueue(&DeviceQueue);
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    if (!KeInsertDeviceQueue(&DeviceQueue, &QueueEntries[0]) &&
        KeInsertByKeyDeviceQueue(&DeviceQueue, &QueueEntries[1], 7) &&
        KeInsertByKeyDeviceQueue(&DeviceQueue, &QueueEntries[2], 3) &&
        KeRemoveDeviceQueue(&DeviceQueue) == &QueueEntries[2] &&
        KeRemoveEntryDeviceQueue(&DeviceQueue, &QueueEntries[1]) &&
        KeRemoveDeviceQueue(&DeviceQueue) == NULL)
        status = STATUS_SUCCESS;
    KeLowerIrql(old);
    KeRemoveDeviceQueue(&DeviceQueue);
    return status;
}
