// SPDX-License-Identifier: MIT
// Public incidents as driver code: scenarios/incidents has their stories. Each comes with its cure. Behind
// them, exceptions that leave the routine the system called.
#include <ntifs.h>

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD Unload;
KDEFERRED_ROUTINE ReceiveDpc, ReceivePooledDpc, CompleteDpc, CompleteLaterDpc, RaisingDpc;
WORKER_THREAD_ROUTINE FreeWorker, RaisingWorker;
DECLSPEC_NOINLINE ULONG Receive(ULONG Tunnels, BOOLEAN Pooled);
DECLSPEC_NOINLINE ULONG Directory(ULONG Level);
NTSTATUS WalkRecursively(VOID);
NTSTATUS WalkList(ULONG Most);
NTSTATUS FilterThatFaults(PULONG Buffer);
NTSTATUS FilterThatLooksFirst(PULONG Buffer);
NTSTATUS SendCommand(BOOLEAN Later);
NTSTATUS QueueRaisingWork(VOID);
NTSTATUS Sleep(VOID);
VOID RaisingApc(PVOID Argument1, PVOID Argument2, PVOID Argument3);

ULONG RaiseInEntry, Scanned, Freed;
static PULONG Name; // what the filter wants to log; not set yet

// ---- A directory walker -----------------------------------------------------------------------------
// Every directory has a $Root in it.
ULONG Directory(ULONG Level) {
    volatile UCHAR entry[0x180];

    entry[Level % sizeof entry] = (UCHAR)Level;
    Scanned++;
    return Directory(Level + 1) + entry[Level % sizeof entry];
}

NTSTATUS WalkRecursively(VOID) {
    return Directory(1) == 0 ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}

typedef struct _VISIT {
    LIST_ENTRY Link;
    ULONG Level;
} VISIT, *PVISIT;

static BOOLEAN Later(PLIST_ENTRY List, ULONG Level, ULONG Most) {
    PVISIT visit;

    if (Level > Most)
        return FALSE;
    visit = ExAllocatePoolWithTag(PagedPool, sizeof(VISIT), 'tsiV');
    if (visit == NULL)
        return FALSE;
    visit->Level = Level;
    InsertTailList(List, &visit->Link);
    return TRUE;
}

NTSTATUS WalkList(ULONG Most) {
    LIST_ENTRY list;

    InitializeListHead(&list);
    Later(&list, 1, Most);
    while (!IsListEmpty(&list)) {
        PVISIT visit = CONTAINING_RECORD(RemoveHeadList(&list), VISIT, Link);

        Scanned++;
        Later(&list, visit->Level + 1, Most);
        ExFreePoolWithTag(visit, 'tsiV');
    }
    return STATUS_SUCCESS;
}

// ---- A buffer in a DPC ------------------------------------------------------------------------------
static DECLSPEC_NOINLINE ULONG Payload(ULONG Seed) {
    volatile UCHAR window[0x800];

    window[Seed] = (UCHAR)Seed;
    KeGetCurrentIrql();
    return window[Seed];
}

static DECLSPEC_NOINLINE ULONG PooledPayload(ULONG Seed) {
    PUCHAR window = ExAllocatePoolWithTag(NonPagedPoolNx, 0x800, 'dniW');
    ULONG result;

    if (window == NULL)
        return 0;
    window[Seed] = (UCHAR)Seed;
    result = window[Seed];
    ExFreePoolWithTag(window, 'dniW');
    return result;
}

ULONG Receive(ULONG Tunnels, BOOLEAN Pooled) {
    volatile UCHAR headers[0x300];

    headers[Tunnels] = 1;
    if (Tunnels != 0)
        return Receive(Tunnels - 1, Pooled) + headers[Tunnels];
    return (Pooled ? PooledPayload(7) : Payload(7)) + headers[0];
}

VOID ReceiveDpc(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2) {
    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    Receive((ULONG)(ULONG_PTR)Context, FALSE);
}

VOID ReceivePooledDpc(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2) {
    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    Receive((ULONG)(ULONG_PTR)Context, TRUE);
}

#define DELIBERATE __attribute__((no_sanitize("undefined"))) // the sanitizer is not asked

// ---- A filter that faults ---------------------------------------------------------------------------
DELIBERATE static LONG LogException(ULONG Code) {
    DbgPrint("%x in %x\n", Code, *Name);
    return EXCEPTION_EXECUTE_HANDLER;
}

static LONG LogIfNamed(ULONG Code) {
    if (Name != NULL)
        DbgPrint("%x in %x\n", Code, *Name);
    return EXCEPTION_EXECUTE_HANDLER;
}

DELIBERATE NTSTATUS FilterThatFaults(PULONG Buffer) {
    __try {
        return (NTSTATUS)*Buffer;
    } __except (LogException(GetExceptionCode())) {
        return GetExceptionCode();
    }
}

DELIBERATE NTSTATUS FilterThatLooksFirst(PULONG Buffer) {
    __try {
        return (NTSTATUS)*Buffer;
    } __except (LogIfNamed(GetExceptionCode())) {
        return GetExceptionCode();
    }
}

// ---- A common buffer freed by a late completion -----------------------------------------------------
typedef struct _COMMAND {
    PDMA_ADAPTER Adapter;
    PVOID Buffer;
    PHYSICAL_ADDRESS Logical;
    WORK_QUEUE_ITEM Item;
    KDPC Dpc;
    KTIMER Timer;
    KEVENT Gone;
} COMMAND, *PCOMMAND;

static VOID FreeBuffer(PCOMMAND Command) {
    Command->Adapter->DmaOperations->FreeCommonBuffer(Command->Adapter, 4096, Command->Logical,
                                                      Command->Buffer, TRUE);
    Freed++;
    KeSetEvent(&Command->Gone, IO_NO_INCREMENT, FALSE);
}

VOID FreeWorker(PVOID Parameter) {
    FreeBuffer(Parameter);
}

VOID CompleteDpc(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2) {
    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    FreeBuffer(Context);
}

VOID CompleteLaterDpc(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2) {
    PCOMMAND command = Context;

    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    ExQueueWorkItem(&command->Item, DelayedWorkQueue);
}

NTSTATUS SendCommand(BOOLEAN Later) {
    DEVICE_DESCRIPTION description = {0};
    PCOMMAND command = ExAllocatePoolWithTag(NonPagedPoolNx, sizeof(COMMAND), 'dnmC');
    LARGE_INTEGER due;
    ULONG registers;

    if (command == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    description.MaximumLength = 4096;
    command->Adapter = IoGetDmaAdapter(NULL, &description, &registers);
    command->Buffer = command->Adapter->DmaOperations->AllocateCommonBuffer(
        command->Adapter, 4096, &command->Logical, TRUE);
    KeInitializeEvent(&command->Gone, NotificationEvent, FALSE);
    ExInitializeWorkItem(&command->Item, FreeWorker, command);
    KeInitializeDpc(&command->Dpc, Later ? CompleteLaterDpc : CompleteDpc, command);
    KeInitializeTimer(&command->Timer);
    due.QuadPart = -150000; // 15 ms
    KeSetTimer(&command->Timer, due, &command->Dpc);
    KeWaitForSingleObject(&command->Gone, Executive, KernelMode, FALSE, NULL);
    command->Adapter->DmaOperations->PutDmaAdapter(command->Adapter);
    ExFreePoolWithTag(command, 'dnmC');
    return STATUS_SUCCESS;
}

// ---- Exceptions that leave what the system called ---------------------------------------------------
VOID RaisingDpc(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2) {
    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    ExRaiseStatus(STATUS_UNSUCCESSFUL);
}

VOID RaisingWorker(PVOID Parameter) {
    UNREFERENCED_PARAMETER(Parameter);
    ExRaiseStatus(STATUS_UNSUCCESSFUL);
}

VOID RaisingApc(PVOID Argument1, PVOID Argument2, PVOID Argument3) {
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    UNREFERENCED_PARAMETER(Argument3);
    ExRaiseStatus(STATUS_UNSUCCESSFUL);
}

static WORK_QUEUE_ITEM Item;

NTSTATUS QueueRaisingWork(VOID) {
    ExInitializeWorkItem(&Item, RaisingWorker, NULL);
    ExQueueWorkItem(&Item, DelayedWorkQueue);
    return STATUS_SUCCESS;
}

// The handler here is not the APC's.
NTSTATUS Sleep(VOID) {
    LARGE_INTEGER second;

    second.QuadPart = -10000000;
    __try {
        return KeDelayExecutionThread(KernelMode, FALSE, &second);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        return GetExceptionCode();
    }
}

VOID Unload(PDRIVER_OBJECT DriverObject) {
    UNREFERENCED_PARAMETER(DriverObject);
    ExRaiseStatus(STATUS_UNSUCCESSFUL);
}

DELIBERATE NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverUnload = Unload;
    if (RaiseInEntry == 1)
        ExRaiseStatus(STATUS_UNSUCCESSFUL);
    if (RaiseInEntry == 2)
        return (NTSTATUS)(*Name);
    return STATUS_SUCCESS;
}
