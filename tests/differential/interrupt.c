// SPDX-License-Identifier: MIT
// An interrupt queues a DPC, the DPC sets the event that a thread waits for.
// Its twin: interrupt.kss
#include <ntifs.h>

static KEVENT Arrived;
static KDPC IsrDpc;
static LONG Interrupts;

KDEFERRED_ROUTINE DpcForIsr;
BOOLEAN Isr(PVOID Interrupt, PVOID Context);
NTSTATUS WaitForInterrupts(VOID);

BOOLEAN Isr(PVOID Interrupt, PVOID Context) {
    UNREFERENCED_PARAMETER(Interrupt);
    UNREFERENCED_PARAMETER(Context);
    Interrupts += 1;
    KeInsertQueueDpc(&IsrDpc, NULL, NULL);
    return TRUE;
}

VOID DpcForIsr(PKDPC TheDpc, PVOID Context, PVOID Argument1, PVOID Argument2) {
    UNREFERENCED_PARAMETER(TheDpc);
    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    KeSetEvent(&Arrived, IO_NO_INCREMENT, FALSE);
}

NTSTATUS WaitForInterrupts(VOID) {
    KeInitializeDpc(&IsrDpc, DpcForIsr, NULL);
    KeInitializeEvent(&Arrived, SynchronizationEvent, FALSE);
    while (Interrupts < 2)
        KeWaitForSingleObject(&Arrived, Executive, KernelMode, FALSE, NULL);
    return STATUS_SUCCESS;
}
