// SPDX-License-Identifier: MIT
// A driver with a device stack of its own: attached, opened and asked by name, requests built and
// answered, packets started one by one. Each routine returns the line of the first check that fails,
// 0 for none.
#include <ntifs.h>

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition))                                                                          \
            return __LINE__;                                                                       \
    } while (0)

#define TAG 'katS'

typedef struct _EXTENSION {
    PDEVICE_OBJECT Lower;
    ULONG Opens;
} EXTENSION, *PEXTENSION;

DRIVER_INITIALIZE DriverEntry;

static PDRIVER_OBJECT Driver;
static PDEVICE_OBJECT Bottom;
static UNICODE_STRING Name = RTL_CONSTANT_STRING(L"\\Device\\KssStacked");
static ULONG Completions, Started;
static ULONG Order[3];
static PIRP Waiting[3];

static NTSTATUS Complete(PIRP Irp, NTSTATUS Status, ULONG_PTR Information) {
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = Information;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

// ---- Dispatch routines --------------------------------------------------------------------------
static NTSTATUS NTAPI Open(PDEVICE_OBJECT DeviceObject, PIRP Irp) {
    PEXTENSION extension = DeviceObject->DeviceExtension;

    extension->Opens++;
    if (extension->Lower == NULL)
        return Complete(Irp, STATUS_SUCCESS, 0);
    IoSkipCurrentIrpStackLocation(Irp);
    return IoCallDriver(extension->Lower, Irp);
}

static NTSTATUS NTAPI Control(PDEVICE_OBJECT DeviceObject, PIRP Irp) {
    UNREFERENCED_PARAMETER(DeviceObject);
    return Complete(Irp, STATUS_SUCCESS, 3);
}

static NTSTATUS NTAPI Flush(PDEVICE_OBJECT DeviceObject, PIRP Irp) {
    UNREFERENCED_PARAMETER(DeviceObject);
    return Complete(Irp, STATUS_NO_MEDIA_IN_DEVICE, 0);
}

static NTSTATUS NTAPI Read(PDEVICE_OBJECT DeviceObject, PIRP Irp) {
    ULONG key = IoGetCurrentIrpStackLocation(Irp)->Parameters.Read.Length;

    IoMarkIrpPending(Irp);
    IoStartPacket(DeviceObject, Irp, &key, NULL);
    return STATUS_PENDING;
}

// Answered by what the caller sees: a failure means that the answers about the requestor are wrong.
static NTSTATUS NTAPI Write(PDEVICE_OBJECT DeviceObject, PIRP Irp) {
    ULONG session = 99;

    if (IoGetRequestorProcess(Irp) != IoGetCurrentProcess())
        return Complete(Irp, STATUS_UNSUCCESSFUL, 0);
    if (!NT_SUCCESS(IoGetRequestorSessionId(Irp, &session)) || session != 0)
        return Complete(Irp, STATUS_UNSUCCESSFUL, 0);
    IoMarkIrpPending(Irp);
    Irp->IoStatus.Status = STATUS_NO_MEDIA_IN_DEVICE;
    Irp->IoStatus.Information = 0;
    IoRaiseHardError(Irp, NULL, DeviceObject);
    return STATUS_PENDING;
}

static VOID NTAPI StartIo(PDEVICE_OBJECT DeviceObject, PIRP Irp) {
    UNREFERENCED_PARAMETER(DeviceObject);
    Order[Started] = KeGetCurrentIrql() == DISPATCH_LEVEL && DeviceObject->CurrentIrp == Irp
                         ? IoGetCurrentIrpStackLocation(Irp)->Parameters.Read.Length
                         : 0;
    Waiting[Started++] = Irp;
}

// ---- The stack of devices -----------------------------------------------------------------------
static PDEVICE_OBJECT Another(VOID) {
    PDEVICE_OBJECT device = NULL;

    if (!NT_SUCCESS(IoCreateDevice(Driver, sizeof(EXTENSION), NULL, FILE_DEVICE_UNKNOWN, 0, FALSE,
                                   &device)))
        return NULL;
    device->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    return device;
}

int Devices(VOID) {
    UNICODE_STRING nowhere = RTL_CONSTANT_STRING(L"\\Device\\KssNowhere");
    UNICODE_STRING link = RTL_CONSTANT_STRING(L"\\DosDevices\\KssLow");
    PDEVICE_OBJECT middle = Another(), top = Another(), device = NULL;
    PFILE_OBJECT file = NULL;
    PEXTENSION low, high;

    CHECK(middle != NULL && top != NULL);
    low = middle->DeviceExtension;
    high = top->DeviceExtension;
    CHECK(IoAttachDevice(middle, &nowhere, &low->Lower) == STATUS_OBJECT_NAME_NOT_FOUND);
    CHECK(NT_SUCCESS(IoAttachDevice(middle, &Name, &low->Lower)) && low->Lower == Bottom);
    CHECK(NT_SUCCESS(IoAttachDeviceToDeviceStackSafe(top, Bottom, &high->Lower)));
    CHECK(high->Lower == middle && top->StackSize == 3);
    CHECK(IoGetAttachedDevice(Bottom) == top && IoGetAttachedDevice(top) == top);
    CHECK(IoGetAttachedDeviceReference(middle) == top);
    ObDereferenceObject(top);

    CHECK(NT_SUCCESS(IoCreateUnprotectedSymbolicLink(&link, &Name)));
    CHECK(IoCreateUnprotectedSymbolicLink(&link, &Name) == STATUS_OBJECT_NAME_COLLISION);
    CHECK(NT_SUCCESS(IoGetDeviceObjectPointer(&link, FILE_READ_DATA, &file, &device)));
    CHECK(device == top && high->Opens != 0 && file->DeviceObject == Bottom);
    CHECK(IoGetRelatedDeviceObject(file) == top);
    CHECK(IoGetBaseFileSystemDeviceObject(file) == Bottom);
    ObDereferenceObject(file);
    CHECK(NT_SUCCESS(IoDeleteSymbolicLink(&link)));
    CHECK(IoGetDeviceObjectPointer(&link, FILE_READ_DATA, &file, &device) ==
          STATUS_OBJECT_NAME_NOT_FOUND);

    CHECK(NT_SUCCESS(IoRegisterShutdownNotification(Bottom)));
    CHECK((Bottom->Flags & DO_SHUTDOWN_REGISTERED) != 0);
    IoUnregisterShutdownNotification(Bottom);
    CHECK((Bottom->Flags & DO_SHUTDOWN_REGISTERED) == 0);

    IoDetachDevice(middle);
    IoDeleteDevice(top);
    IoDetachDevice(Bottom);
    CHECK(IoGetAttachedDevice(Bottom) == Bottom);
    IoDeleteDevice(middle);
    return 0;
}

// ---- Requests of the driver's own ---------------------------------------------------------------
static NTSTATUS NTAPI Free(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context) {
    UNREFERENCED_PARAMETER(DeviceObject);
    Completions += Context == &Completions && Irp->IoStatus.Status == STATUS_NO_MEDIA_IN_DEVICE;
    IoFreeIrp(Irp);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

static NTSTATUS NTAPI Stop(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context) {
    UNREFERENCED_PARAMETER(DeviceObject);
    Completions += Context == &Completions && Irp->IoStatus.Information == 3;
    return STATUS_MORE_PROCESSING_REQUIRED;
}

int Built(VOID) {
    IO_STATUS_BLOCK unused;
    PIRP irp = IoBuildAsynchronousFsdRequest(IRP_MJ_FLUSH_BUFFERS, Bottom, NULL, 0, NULL, &unused);

    CHECK(irp != NULL && irp->StackCount == Bottom->StackSize);
    Completions = 0;
    CHECK(NT_SUCCESS(IoSetCompletionRoutineEx(Bottom, irp, Free, &Completions, TRUE, TRUE, TRUE)));
    CHECK(IoCallDriver(Bottom, irp) == STATUS_NO_MEDIA_IN_DEVICE && Completions == 1);

    irp = ExAllocatePoolZero(NonPagedPoolNx, IoSizeOfIrp(1), TAG);
    CHECK(irp != NULL);
    IoInitializeIrp(irp, IoSizeOfIrp(1), 1);
    for (ULONG pass = 0; pass < 2; pass++) {
        CHECK(irp->StackCount == 1 && irp->CurrentLocation == 2);
        CHECK(irp->IoStatus.Information == 0);
        IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_DEVICE_CONTROL;
        IoSetCompletionRoutine(irp, Stop, &Completions, TRUE, TRUE, TRUE);
        CHECK(NT_SUCCESS(IoCallDriver(Bottom, irp)) && Completions == pass + 2);
        IoReuseIrp(irp, STATUS_NOT_SUPPORTED);
        CHECK(irp->IoStatus.Status == STATUS_NOT_SUPPORTED);
    }
    ExFreePoolWithTag(irp, TAG);
    return 0;
}

int HardError(VOID) {
    IO_STATUS_BLOCK iosb;
    KEVENT done;
    PIRP irp;

    KeInitializeEvent(&done, NotificationEvent, FALSE);
    irp = IoBuildSynchronousFsdRequest(IRP_MJ_WRITE, Bottom, NULL, 0, NULL, &done, &iosb);
    CHECK(irp != NULL && IoCallDriver(Bottom, irp) == STATUS_PENDING);
    CHECK(NT_SUCCESS(KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, NULL)));
    CHECK(iosb.Status == STATUS_NO_MEDIA_IN_DEVICE);
    return 0;
}

// ---- Packets ------------------------------------------------------------------------------------
int Packets(VOID) {
    static const ULONG lengths[3] = {5, 9, 7};
    IO_STATUS_BLOCK iosb[3];
    KEVENT done[3];
    KIRQL irql;

    for (ULONG i = 0; i < 3; i++) {
        PIRP irp;

        KeInitializeEvent(&done[i], NotificationEvent, FALSE);
        irp = IoBuildSynchronousFsdRequest(IRP_MJ_READ, Bottom, NULL, lengths[i], NULL, &done[i],
                                           &iosb[i]);
        CHECK(irp != NULL && IoCallDriver(Bottom, irp) == STATUS_PENDING);
        CHECK(Started == 1 && KeGetCurrentIrql() == PASSIVE_LEVEL);
    }
    for (ULONG i = 0; i < 3; i++) {
        KeRaiseIrql(DISPATCH_LEVEL, &irql);
        IoStartNextPacket(Bottom, FALSE);
        KeLowerIrql(irql);
        CHECK(Started == (i < 2 ? i + 2 : 3));
        Complete(Waiting[i], STATUS_SUCCESS, i);
    }
    for (ULONG i = 0; i < 3; i++)
        CHECK(NT_SUCCESS(KeWaitForSingleObject(&done[i], Executive, KernelMode, FALSE, NULL)));
    CHECK(Order[0] == 5 && Order[1] == 7 && Order[2] == 9); // by key behind the first
    CHECK(iosb[0].Information == 0 && iosb[2].Information == 1 && iosb[1].Information == 2);
    CHECK(Bottom->CurrentIrp == NULL && !Bottom->DeviceQueue.Busy);
    return 0;
}

// ---- What macros call ---------------------------------------------------------------------------
static VOID NTAPI LetGo(PVOID Context) {
    LARGE_INTEGER due = {.QuadPart = -50000LL};
    PIO_REMOVE_LOCK lock = Context;

    KeDelayExecutionThread(KernelMode, FALSE, &due);
    Completions = 7;
    IoReleaseRemoveLockEx(lock, lock, sizeof *lock);
    PsTerminateSystemThread(STATUS_SUCCESS);
}

int RemoveLock(VOID) {
    static IO_REMOVE_LOCK lock;
    HANDLE thread;

    IoInitializeRemoveLockEx(&lock, TAG, 0, 0, sizeof lock);
    CHECK(NT_SUCCESS(IoAcquireRemoveLockEx(&lock, &Driver, __FILE__, __LINE__, sizeof lock)));
    CHECK(NT_SUCCESS(IoAcquireRemoveLockEx(&lock, &lock, __FILE__, __LINE__, sizeof lock)));
    CHECK(NT_SUCCESS(
        PsCreateSystemThread(&thread, THREAD_ALL_ACCESS, NULL, NULL, NULL, LetGo, &lock)));
    ZwClose(thread);
    Completions = 0;
    IoReleaseRemoveLockAndWaitEx(&lock, &Driver, sizeof lock);
    CHECK(Completions == 7);
    CHECK(IoAcquireRemoveLockEx(&lock, NULL, __FILE__, __LINE__, sizeof lock) ==
          STATUS_DELETE_PENDING);
    return 0;
}

int Macros(VOID) {
    static EX_PUSH_LOCK push;
    static SLIST_HEADER list;
    static SLIST_ENTRY entries[2];
    PUCHAR plain = ExAllocatePool(NonPagedPoolNx, 24);
    PUCHAR raw = ExAllocatePoolUninitialized(NonPagedPoolNx, 24, TAG);
    ULONG_PTR here = (ULONG_PTR)&plain, initial = (ULONG_PTR)IoGetInitialStack();

    CHECK(plain != NULL && raw != NULL && plain != raw);
    CHECK(ExAllocatePool(NonPagedPoolNx, 0x70000000) == NULL);
    CHECK(ExAllocatePoolUninitialized(NonPagedPoolNx, 0x70000000, TAG) == NULL);
    plain[23] = 1;
    raw[23] = 2;
    CHECK(plain[23] == 1);
    ExFreePool(plain);
    ExFreePool2(raw, TAG, NULL, 0);
    CHECK(here < initial && initial - here < 0x1000);

    ExInitializePushLock(&push);
    KeEnterCriticalRegion();
    ExAcquirePushLockExclusiveEx(&push, 0);
    CHECK(push != 0);
    ExReleasePushLockExclusiveEx(&push, 0);
    CHECK(push == 0);
    ExAcquirePushLockSharedEx(&push, 0);
    CHECK(push != 0);
    ExReleasePushLockSharedEx(&push, 0);
    CHECK(push == 0);
    KeLeaveCriticalRegion();

    InitializeSListHead(&list);
    CHECK(ExpInterlockedPopEntrySList(&list) == NULL);
    CHECK(ExpInterlockedPushEntrySList(&list, &entries[0]) == NULL);
    CHECK(ExpInterlockedPushEntrySList(&list, &entries[1]) == &entries[0]);
    CHECK(ExpInterlockedPopEntrySList(&list) == &entries[1]);
    CHECK(ExpInterlockedFlushSList(&list) == &entries[0] && ExQueryDepthSList(&list) == 0);
    return 0;
}

// ---- File locks asked by a request ---------------------------------------------------------------
int LockedRanges(VOID) {
    FILE_LOCK lock;
    LARGE_INTEGER at = {.QuadPart = 100}, length = {.QuadPart = 50};
    PFILE_OBJECT mine = (PFILE_OBJECT)&at, other = (PFILE_OBJECT)&length;
    IO_STATUS_BLOCK iosb;
    PIO_STACK_LOCATION stack;
    PIRP irp = IoAllocateIrp(1, FALSE);

    CHECK(irp != NULL);
    irp->Tail.Overlay.Thread = PsGetCurrentThread();
    IoSetNextIrpStackLocation(irp);
    stack = IoGetCurrentIrpStackLocation(irp);
    stack->Parameters.Read.Length = 10;
    stack->Parameters.Read.Key = 1;
    stack->Parameters.Read.ByteOffset.QuadPart = 145;
    stack->FileObject = mine;
    FsRtlInitializeFileLock(&lock, NULL, NULL);
    CHECK(FsRtlPrivateLock(&lock, mine, &at, &length, PsGetCurrentProcess(), 1, TRUE, TRUE, &iosb,
                           NULL, NULL, FALSE));
    CHECK(FsRtlCheckLockForReadAccess(&lock, irp) && FsRtlCheckLockForWriteAccess(&lock, irp));
    stack->FileObject = other;
    CHECK(!FsRtlCheckLockForReadAccess(&lock, irp) && !FsRtlCheckLockForWriteAccess(&lock, irp));
    stack->Parameters.Read.ByteOffset.QuadPart = 150; // right behind the range
    CHECK(FsRtlCheckLockForReadAccess(&lock, irp) && FsRtlCheckLockForWriteAccess(&lock, irp));
    CHECK(NT_SUCCESS(FsRtlFastUnlockAll(&lock, mine, PsGetCurrentProcess(), NULL)));

    // A shared lock keeps everybody from writing, the owner too, and nobody from reading.
    CHECK(FsRtlPrivateLock(&lock, mine, &at, &length, PsGetCurrentProcess(), 1, TRUE, FALSE, &iosb,
                           NULL, NULL, FALSE));
    stack->Parameters.Read.ByteOffset.QuadPart = 91;
    CHECK(FsRtlCheckLockForReadAccess(&lock, irp) && !FsRtlCheckLockForWriteAccess(&lock, irp));
    stack->FileObject = mine;
    CHECK(!FsRtlCheckLockForWriteAccess(&lock, irp));
    stack->Parameters.Read.Length = 9; // up to the range
    CHECK(FsRtlCheckLockForWriteAccess(&lock, irp));
    CHECK(NT_SUCCESS(FsRtlFastUnlockAll(&lock, mine, PsGetCurrentProcess(), NULL)));
    FsRtlUninitializeFileLock(&lock);
    irp->Tail.Overlay.Thread = NULL;
    IoFreeIrp(irp);
    return 0;
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);
    Driver = DriverObject;
    DriverObject->MajorFunction[IRP_MJ_CREATE] = Open;
    DriverObject->MajorFunction[IRP_MJ_CLEANUP] = Open;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = Open;
    DriverObject->MajorFunction[IRP_MJ_READ] = Read;
    DriverObject->MajorFunction[IRP_MJ_WRITE] = Write;
    DriverObject->MajorFunction[IRP_MJ_FLUSH_BUFFERS] = Flush;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = Control;
    DriverObject->DriverStartIo = StartIo;
    status = IoCreateDevice(DriverObject, sizeof(EXTENSION), &Name, FILE_DEVICE_UNKNOWN, 0, FALSE,
                            &Bottom);
    if (NT_SUCCESS(status))
        Bottom->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    return status;
}
