// SPDX-License-Identifier: MIT
// DPCs queued at raised IRQL: one twice, one taken out again.
// Its twin: dpc-queue.kss
#include <ntifs.h>

static KDPC First, Second, Third;
static LONG Order;

KDEFERRED_ROUTINE Count;
NTSTATUS Queue(VOID);

VOID Count(PKDPC TheDpc, PVOID Context, PVOID Argument1, PVOID Argument2) {
    UNREFERENCED_PARAMETER(TheDpc);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    Order = Order * 10 + (LONG)(LONG_PTR)Context;
    KeGetCurrentIrql();
}

NTSTATUS Queue(VOID) {
    KIRQL old;

    KeInitializeDpc(&First, Count, (PVOID)1);
    KeInitializeDpc(&Second, Count, (PVOID)2);
    KeInitializeDpc(&Third, Count, (PVOID)3);
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    if (!KeInsertQueueDpc(&First, NULL, NULL) || KeInsertQueueDpc(&First, NULL, NULL))
        return STATUS_UNSUCCESSFUL;
    KeInsertQueueDpc(&Second, NULL, NULL);
    KeInsertQueueDpc(&Third, NULL, NULL);
    if (!KeRemoveQueueDpc(&Second) || KeRemoveQueueDpc(&Second))
        return STATUS_UNSUCCESSFUL;
    KeLowerIrql(old);
    KeFlushQueuedDpcs();
    return Order == 13 ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}
