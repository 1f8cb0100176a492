// SPDX-License-Identifier: MIT
// A device whose reads wait in a cancel-safe queue; and interlocked lists, sequenced lists, look-aside
// lists and device queues, each used once in each way.
#include <csq.h>
#include <ntddk.h>

typedef struct _DEVICE_EXTENSION {
    IO_CSQ Csq;
    KSPIN_LOCK Lock;
    LIST_ENTRY Queue;
    IO_CSQ_IRP_CONTEXT Context;
    ULONG Limit;
} DEVICE_EXTENSION, *PDEVICE_EXTENSION;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD Unload;
_Dispatch_type_(IRP_MJ_READ) static DRIVER_DISPATCH Read;
_Dispatch_type_(IRP_MJ_WRITE) static DRIVER_DISPATCH Write;
KDEFERRED_ROUTINE Serve, ServeContext;
ULONG UseInterlockedLists(VOID), UseSequencedList(VOID), UseLookaside(VOID), UseDeviceQueue(VOID);

static PDEVICE_EXTENSION Device;
static ULONG Allocated, Freed;

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition))                                                                          \
            return __LINE__;                                                                       \
    } while (0)

// ---- The queue ----------------------------------------------------------------------------------
static IO_CSQ_INSERT_IRP_EX InsertIrp;
static IO_CSQ_INSERT_IRP InsertSimple;
static IO_CSQ_REMOVE_IRP RemoveIrp;
static IO_CSQ_PEEK_NEXT_IRP PeekNextIrp;
static IO_CSQ_ACQUIRE_LOCK AcquireLock;
static IO_CSQ_RELEASE_LOCK ReleaseLock;
static IO_CSQ_COMPLETE_CANCELED_IRP CompleteCanceledIrp;

static PDEVICE_EXTENSION Of(PIO_CSQ Csq) {
    return CONTAINING_RECORD(Csq, DEVICE_EXTENSION, Csq);
}

static NTSTATUS InsertIrp(PIO_CSQ Csq, PIRP Irp, PVOID InsertContext) {
    UNREFERENCED_PARAMETER(InsertContext);
    if (Of(Csq)->Limit == 0)
        return STATUS_DEVICE_BUSY;
    Of(Csq)->Limit -= 1;
    InsertTailList(&Of(Csq)->Queue, &Irp->Tail.Overlay.ListEntry);
    return STATUS_SUCCESS;
}

static VOID InsertSimple(PIO_CSQ Csq, PIRP Irp) {
    InsertTailList(&Of(Csq)->Queue, &Irp->Tail.Overlay.ListEntry);
}

static VOID RemoveIrp(PIO_CSQ Csq, PIRP Irp) {
    Of(Csq)->Limit += 1;
    RemoveEntryList(&Irp->Tail.Overlay.ListEntry);
}

static PIRP PeekNextIrp(PIO_CSQ Csq, PIRP Irp, PVOID PeekContext) {
    PLIST_ENTRY head = &Of(Csq)->Queue;
    PLIST_ENTRY next = Irp == NULL ? head->Flink : Irp->Tail.Overlay.ListEntry.Flink;

    UNREFERENCED_PARAMETER(PeekContext);
    return next == head ? NULL : CONTAINING_RECORD(next, IRP, Tail.Overlay.ListEntry);
}

static VOID AcquireLock(PIO_CSQ Csq, PKIRQL Irql) {
    KeAcquireSpinLock(&Of(Csq)->Lock, Irql);
}

static VOID ReleaseLock(PIO_CSQ Csq, KIRQL Irql) {
    KeReleaseSpinLock(&Of(Csq)->Lock, Irql);
}

static NTSTATUS Complete(PIRP Irp, NTSTATUS Status) {
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

static VOID CompleteCanceledIrp(PIO_CSQ Csq, PIRP Irp) {
    UNREFERENCED_PARAMETER(Csq);
    Complete(Irp, STATUS_CANCELLED);
}

static NTSTATUS Read(PDEVICE_OBJECT DeviceObject, PIRP Irp) {
    PDEVICE_EXTENSION extension = DeviceObject->DeviceExtension;
    NTSTATUS status = IoCsqInsertIrpEx(&extension->Csq, Irp, NULL, extension);

    return NT_SUCCESS(status) ? STATUS_PENDING : Complete(Irp, status);
}

// With a context, by which exactly this IRP is taken out.
static NTSTATUS Write(PDEVICE_OBJECT DeviceObject, PIRP Irp) {
    PDEVICE_EXTENSION extension = DeviceObject->DeviceExtension;

    IoCsqInitialize(&extension->Csq, InsertSimple, RemoveIrp, PeekNextIrp, AcquireLock, ReleaseLock,
                    CompleteCanceledIrp);
    IoCsqInsertIrp(&extension->Csq, Irp, &extension->Context);
    return STATUS_PENDING;
}

VOID Serve(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2) {
    PIRP irp = IoCsqRemoveNextIrp(&Device->Csq, NULL);

    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    if (irp != NULL)
        Complete(irp, STATUS_SUCCESS);
}

VOID ServeContext(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2) {
    PIRP irp = IoCsqRemoveIrp(&Device->Csq, &Device->Context);

    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    if (irp != NULL && IoCsqRemoveIrp(&Device->Csq, &Device->Context) == NULL)
        Complete(irp, STATUS_SUCCESS);
}

// ---- Lists --------------------------------------------------------------------------------------
ULONG UseInterlockedLists(VOID) {
    LIST_ENTRY head, a, b;
    SINGLE_LIST_ENTRY list = {NULL}, first, second;
    KSPIN_LOCK lock;
    ULONG count = 1;
    LARGE_INTEGER large, step;

    KeInitializeSpinLock(&lock);
    InitializeListHead(&head);
    CHECK(ExInterlockedInsertTailList(&head, &a, &lock) == NULL);
    CHECK(ExInterlockedInsertHeadList(&head, &b, &lock) == &a);
    CHECK(ExInterlockedRemoveHeadList(&head, &lock) == &b);
    CHECK(ExInterlockedRemoveHeadList(&head, &lock) == &a);
    CHECK(ExInterlockedRemoveHeadList(&head, &lock) == NULL);
    CHECK(ExInterlockedPushEntryList(&list, &first, &lock) == NULL);
    CHECK(ExInterlockedPushEntryList(&list, &second, &lock) == &first);
    CHECK(ExInterlockedPopEntryList(&list, &lock) == &second);
    CHECK(ExInterlockedPopEntryList(&list, &lock) == &first);
    CHECK(ExInterlockedAddUlong(&count, 4, &lock) == 1 && count == 5);
    large.QuadPart = 0x100000000LL;
    step.QuadPart = -1;
    CHECK(ExInterlockedAddLargeInteger(&large, step, &lock).QuadPart == 0x100000000LL);
    CHECK(large.QuadPart == 0xFFFFFFFFLL);
    return 0;
}

static SLIST_HEADER Sequenced;
static SLIST_ENTRY Entries[2];

ULONG UseSequencedList(VOID) {
    InitializeSListHead(&Sequenced);
    CHECK(InterlockedPushEntrySList(&Sequenced, &Entries[0]) == NULL);
    CHECK(ExInterlockedPushEntrySList(&Sequenced, &Entries[1], NULL) == &Entries[0]);
    CHECK(QueryDepthSList(&Sequenced) == 2 && ExQueryDepthSList(&Sequenced) == 2);
    CHECK(InterlockedPopEntrySList(&Sequenced) == &Entries[1]);
    CHECK(ExInterlockedFlushSList(&Sequenced) == &Entries[0]);
    CHECK(InterlockedPopEntrySList(&Sequenced) == NULL);
    return 0;
}

static PVOID NTAPI AllocateEntry(POOL_TYPE PoolType, SIZE_T Size, ULONG Tag,
                                 PLOOKASIDE_LIST_EX Lookaside) {
    UNREFERENCED_PARAMETER(Lookaside);
    Allocated += 1;
    return ExAllocatePoolWithTag(PoolType, Size, Tag);
}

static VOID NTAPI FreeEntry(PVOID Buffer, PLOOKASIDE_LIST_EX Lookaside) {
    UNREFERENCED_PARAMETER(Lookaside);
    Freed += 1;
    ExFreePool(Buffer);
}

static NPAGED_LOOKASIDE_LIST NonPaged;
static PAGED_LOOKASIDE_LIST Paged;
static LOOKASIDE_LIST_EX Extended;

ULONG UseLookaside(VOID) {
    PVOID entries[6], entry;
    ULONG i;

    ExInitializeNPagedLookasideList(&NonPaged, NULL, NULL, 0, 64, 'nLsk', 0);
    for (i = 0; i < 6; i++)
        CHECK((entries[i] = ExAllocateFromNPagedLookasideList(&NonPaged)) != NULL);
    for (i = 0; i < 6; i++)
        ExFreeToNPagedLookasideList(&NonPaged, entries[i]);
    CHECK(NonPaged.L.TotalAllocates == 6 && NonPaged.L.AllocateMisses == 6);
    CHECK(NonPaged.L.TotalFrees == 6 && NonPaged.L.FreeMisses == 2);
    CHECK(ExAllocateFromNPagedLookasideList(&NonPaged) == entries[3]);
    ExFreeToNPagedLookasideList(&NonPaged, entries[3]);
    ExDeleteNPagedLookasideList(&NonPaged);
    ExInitializePagedLookasideList(&Paged, NULL, NULL, 0, 64, 'pLsk', 0);
    CHECK((entry = ExAllocateFromPagedLookasideList(&Paged)) != NULL);
    ExFreeToPagedLookasideList(&Paged, entry);
    ExDeletePagedLookasideList(&Paged);
    CHECK(ExInitializeLookasideListEx(&Extended, AllocateEntry, FreeEntry, NonPagedPool, 3, 8,
                                      'eLsk', 0) == STATUS_INVALID_PARAMETER_5);
    CHECK(ExInitializeLookasideListEx(&Extended, AllocateEntry, FreeEntry, NonPagedPool, 0, 8,
                                      'eLsk', 0) == STATUS_SUCCESS);
    CHECK((entry = ExAllocateFromLookasideListEx(&Extended)) != NULL && Allocated == 1);
    ExFreeToLookasideListEx(&Extended, entry);
    ExFlushLookasideListEx(&Extended);
    CHECK(Freed == 1);
    CHECK((entry = ExAllocateFromLookasideListEx(&Extended)) != NULL && Allocated == 2);
    ExFreeToLookasideListEx(&Extended, entry);
    ExDeleteLookasideListEx(&Extended);
    CHECK(Freed == 2);
    return 0;
}

ULONG UseDeviceQueue(VOID) {
    KDEVICE_QUEUE queue;
    KDEVICE_QUEUE_ENTRY entries[4];
    KIRQL old;

    KeInitializeDeviceQueue(&queue);
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    CHECK(!KeInsertDeviceQueue(&queue, &entries[0]));
    CHECK(KeInsertByKeyDeviceQueue(&queue, &entries[1], 30));
    CHECK(KeInsertByKeyDeviceQueue(&queue, &entries[2], 10));
    CHECK(KeInsertDeviceQueue(&queue, &entries[3]));
    CHECK(KeRemoveByKeyDeviceQueue(&queue, 20) == &entries[1]);
    CHECK(KeRemoveEntryDeviceQueue(&queue, &entries[3]));
    CHECK(KeRemoveByKeyDeviceQueueIfBusy(&queue, 0) == &entries[2]);
    CHECK(KeRemoveDeviceQueue(&queue) == NULL && !queue.Busy);
    CHECK(KeRemoveByKeyDeviceQueueIfBusy(&queue, 0) == NULL);
    KeLowerIrql(old);
    return 0;
}

// ---- The driver ---------------------------------------------------------------------------------
static VOID Unload(PDRIVER_OBJECT DriverObject) {
    IoDeleteDevice(DriverObject->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\KssQueue");
    PDEVICE_OBJECT device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);
    status =
        IoCreateDevice(DriverObject, sizeof *Device, &name, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;
    Device = device->DeviceExtension;
    KeInitializeSpinLock(&Device->Lock);
    InitializeListHead(&Device->Queue);
    Device->Limit = 2;
    DriverObject->MajorFunction[IRP_MJ_READ] = Read;
    DriverObject->MajorFunction[IRP_MJ_WRITE] = Write;
    DriverObject->DriverUnload = Unload;
    return IoCsqInitializeEx(&Device->Csq, InsertIrp, RemoveIrp, PeekNextIrp, AcquireLock,
                             ReleaseLock, CompleteCanceledIrp);
}
