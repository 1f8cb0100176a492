// SPDX-License-Identifier: MIT
// A worker thread runs a work item that lies on the stack of the thread that waits for it.
// Its twin: work-item.kss
#include <ntifs.h>

static LONG Ran;

typedef struct _JOB {
    WORK_QUEUE_ITEM Item;
    KEVENT Done;
} JOB, *PJOB;

VOID Work(PVOID Context);
NTSTATUS RunWork(VOID);

VOID Work(PVOID Context) {
    PJOB job = (PJOB)Context;

    Ran += KeGetCurrentIrql() == PASSIVE_LEVEL;
    KeSetEvent(&job->Done, IO_NO_INCREMENT, FALSE);
}

NTSTATUS RunWork(VOID) {
    JOB job;
    LONG i;

    for (i = 0; i < 2; i++) {
        KeInitializeEvent(&job.Done, NotificationEvent, FALSE);
        ExInitializeWorkItem(&job.Item, Work, &job);
        ExQueueWorkItem(&job.Item, BackgroundWorkQueue);
        KeWaitForSingleObject(&job.Done, Executive, KernelMode, FALSE, NULL);
    }
    return Ran == 2 ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}
