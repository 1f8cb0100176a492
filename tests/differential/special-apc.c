// SPDX-License-Identifier: MIT
// A special kernel APC and a normal one come to a thread that waits; the wait goes on.
// Its twin: special-apc.kss
#include <ntifs.h>

VOID NTAPI KeInitializeApc(PKAPC Apc, PKTHREAD Thread, LONG Environment,
                           PKKERNEL_ROUTINE KernelRoutine, PKRUNDOWN_ROUTINE RundownRoutine,
                           PKNORMAL_ROUTINE NormalRoutine, KPROCESSOR_MODE ApcMode,
                           PVOID NormalContext);
BOOLEAN NTAPI KeInsertQueueApc(PKAPC Apc, PVOID SystemArgument1, PVOID SystemArgument2,
                               KPRIORITY Increment);

static KAPC Special, Normal;
static KEVENT Done;
static PKTHREAD Target;
static LONG Order;

VOID OnKernel(PKAPC Apc, PKNORMAL_ROUTINE *Routine, PVOID *Context, PVOID *A1, PVOID *A2);
VOID OnNormal(PVOID Context, PVOID A1, PVOID A2);
NTSTATUS TakeApc(VOID);
NTSTATUS SendApc(VOID);

VOID OnKernel(PKAPC Apc, PKNORMAL_ROUTINE *Routine, PVOID *Context, PVOID *A1, PVOID *A2) {
    UNREFERENCED_PARAMETER(Apc);
    UNREFERENCED_PARAMETER(Routine);
    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(A1);
    if (KeGetCurrentIrql() == APC_LEVEL)
        Order += 1;
    *A2 = &Done;
}

VOID OnNormal(PVOID Context, PVOID A1, PVOID A2) {
    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(A1);
    if (KeGetCurrentIrql() == PASSIVE_LEVEL)
        Order += 2;
    KeSetEvent((PRKEVENT)A2, IO_NO_INCREMENT, FALSE);
}

NTSTATUS TakeApc(VOID) {
    NTSTATUS status;

    Target = KeGetCurrentThread();
    KeInitializeEvent(&Done, NotificationEvent, FALSE);
    status = KeWaitForSingleObject(&Done, Executive, KernelMode, FALSE, NULL);
    return Order == 4 ? status : STATUS_UNSUCCESSFUL;
}

NTSTATUS SendApc(VOID) {
    KeInitializeApc(&Special, Target, 0, OnKernel, NULL, NULL, KernelMode, NULL);
    KeInsertQueueApc(&Special, NULL, NULL, 0);
    KeInitializeApc(&Normal, Target, 0, OnKernel, NULL, OnNormal, KernelMode, &Order);
    KeInsertQueueApc(&Normal, NULL, NULL, 0);
    return STATUS_SUCCESS;
}
