// SPDX-License-Identifier: MIT
// MDLs of every kind, adapters, memory for devices; and stack buffers given to a device well and badly.
#include <ntddk.h>

#define CHECK(x) ((x) ? (void)0 : (void)(Failed = Failed ? Failed : __LINE__))

ULONG Failed; // line of the first CHECK that did not hold
PVOID Target; // what the test's device is to transfer
static ULONG Lists, Channels;
static SCATTER_GATHER_ELEMENT First;

static DRIVER_LIST_CONTROL GotList;
static DRIVER_CONTROL GotChannel;

NTSTATUS LockedRead(VOID);
NTSTATUS UnlockedRead(VOID);
NTSTATUS UserWaitRead(VOID);
NTSTATUS BuiltOnStack(VOID);
NTSTATUS LeftLocked(VOID);
NTSTATUS UnlockedTwice(VOID);
NTSTATUS Mdls(VOID);
NTSTATUS Adapters(VOID);
NTSTATUS DeviceMemory(VOID);
NTSTATUS BadBuffer(VOID);

static VOID Sleep(KPROCESSOR_MODE Mode, LONG Seconds) {
    LARGE_INTEGER interval;

    interval.QuadPart = -10000000LL * Seconds;
    KeDelayExecutionThread(Mode, FALSE, &interval);
}

NTSTATUS LockedRead(VOID) {
    UCHAR buffer[256] = {0};
    PMDL mdl = IoAllocateMdl(buffer, sizeof buffer, FALSE, FALSE, NULL);

    MmProbeAndLockPages(mdl, KernelMode, IoWriteAccess);
    Target = mdl;
    Sleep(KernelMode, 60);
    CHECK(buffer[0] == 'd' && buffer[3] == 'a' && buffer[4] == 0);
    MmUnlockPages(mdl);
    IoFreeMdl(mdl);
    return STATUS_SUCCESS;
}

NTSTATUS UnlockedRead(VOID) {
    UCHAR buffer[256] = {0};
    PUCHAR other = ExAllocatePoolWithTag(NonPagedPoolNx, 64, 'rehO');

    other[0] = 1;
    Target = buffer;
    Sleep(KernelMode, 60);
    CHECK(buffer[0] == 0 && other[0] == 'd'); // somebody else got it
    ExFreePoolWithTag(other, 'rehO');
    return STATUS_SUCCESS;
}

// Locked pages stay when the stack goes.
NTSTATUS UserWaitRead(VOID) {
    UCHAR buffer[256] = {0};
    PMDL mdl = IoAllocateMdl(buffer, sizeof buffer, FALSE, FALSE, NULL);

    MmProbeAndLockPages(mdl, KernelMode, IoWriteAccess);
    Target = mdl;
    Sleep(UserMode, 60);
    CHECK(buffer[0] == 'd');
    MmUnlockPages(mdl);
    IoFreeMdl(mdl);
    return STATUS_SUCCESS;
}

NTSTATUS BuiltOnStack(VOID) {
    UCHAR buffer[64] = {0};
    PMDL mdl = IoAllocateMdl(buffer, sizeof buffer, FALSE, FALSE, NULL);

    MmBuildMdlForNonPagedPool(mdl);
    CHECK(MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority) == buffer);
    IoFreeMdl(mdl);
    return STATUS_SUCCESS;
}

static DECLSPEC_NOINLINE PMDL LockAndForget(VOID) {
    volatile UCHAR buffer[64] = {0};
    PMDL mdl = IoAllocateMdl((PVOID)buffer, sizeof buffer, FALSE, FALSE, NULL);

    MmProbeAndLockPages(mdl, KernelMode, IoWriteAccess);
    buffer[0] = 1; // no tail call
    return mdl;
}

NTSTATUS LeftLocked(VOID) {
    PMDL mdl = LockAndForget();

    KeGetCurrentIrql();
    Sleep(KernelMode, 1);
    CHECK(mdl != NULL);
    return STATUS_SUCCESS;
}

NTSTATUS UnlockedTwice(VOID) {
    UCHAR buffer[64] = {0};
    PMDL mdl = IoAllocateMdl(buffer, sizeof buffer, FALSE, FALSE, NULL);

    MmProbeAndLockPages(mdl, KernelMode, IoReadAccess);
    MmUnlockPages(mdl);
    MmUnlockPages(mdl);
    return STATUS_SUCCESS;
}

NTSTATUS Mdls(VOID) {
    PUCHAR pool = ExAllocatePoolWithTag(NonPagedPoolNx, 3 * PAGE_SIZE, 'looP');
    PUCHAR paged = ExAllocatePoolWithTag(PagedPool, 2 * PAGE_SIZE, 'gaPP');
    PMDL mdl = IoAllocateMdl(pool + 16, 2 * PAGE_SIZE, FALSE, FALSE, NULL);
    PMDL part = IoAllocateMdl(pool, PAGE_SIZE, FALSE, FALSE, NULL);
    UCHAR space[sizeof(MDL) + 4 * sizeof(PFN_NUMBER)];
    PMDL own = (PMDL)space;
    PPFN_NUMBER frames = MmGetMdlPfnArray(mdl);

    CHECK(MmSizeOfMdl(pool + 16, 2 * PAGE_SIZE) == sizeof(MDL) + 3 * sizeof(PFN_NUMBER));
    CHECK(MmGetMdlByteCount(mdl) == 2 * PAGE_SIZE && MmGetMdlByteOffset(mdl) == 16);
    CHECK(MmGetMdlVirtualAddress(mdl) == pool + 16);
    MmBuildMdlForNonPagedPool(mdl);
    CHECK(mdl->MdlFlags & MDL_SOURCE_IS_NONPAGED_POOL);
    CHECK((ULONGLONG)frames[1] << PAGE_SHIFT ==
          (ULONGLONG)MmGetPhysicalAddress(pool + PAGE_SIZE).QuadPart);
    CHECK(MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority) == pool + 16);
    IoBuildPartialMdl(mdl, part, pool + PAGE_SIZE, 64);
    CHECK(part->MdlFlags & MDL_PARTIAL && MmGetMdlByteCount(part) == 64);
    CHECK(MmGetMdlPfnArray(part)[0] == frames[1]);
    MmPrepareMdlForReuse(part);
    IoFreeMdl(part);
    IoFreeMdl(mdl);

    MmInitializeMdl(own, paged, 2 * PAGE_SIZE);
    MmProbeAndLockPages(own, KernelMode, IoModifyAccess);
    CHECK(own->MdlFlags & MDL_PAGES_LOCKED && own->MdlFlags & MDL_WRITE_OPERATION);
    CHECK(MmMapLockedPagesSpecifyCache(own, KernelMode, MmCached, NULL, FALSE,
                                       NormalPagePriority) != NULL);
    CHECK(NT_SUCCESS(MmProtectMdlSystemAddress(own, PAGE_READONLY)));
    MmUnmapLockedPages(own->MappedSystemVa, own);
    CHECK(MmMapLockedPages(own, KernelMode) != NULL);
    KeFlushIoBuffers(own, TRUE, TRUE);
    MmUnlockPages(own);
    CHECK(!(own->MdlFlags & (MDL_PAGES_LOCKED | MDL_MAPPED_TO_SYSTEM_VA)));
    ExFreePoolWithTag(paged, 'gaPP');
    ExFreePoolWithTag(pool, 'looP');
    return STATUS_SUCCESS;
}

static VOID GotList(PDEVICE_OBJECT DeviceObject, PIRP Irp, PSCATTER_GATHER_LIST List,
                    PVOID Context) {
    PDMA_ADAPTER adapter = Context;

    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    CHECK(KeGetCurrentIrql() == DISPATCH_LEVEL && List->NumberOfElements == 1);
    First = List->Elements[0];
    Lists++;
    adapter->DmaOperations->PutScatterGatherList(adapter, List, FALSE);
}

static IO_ALLOCATION_ACTION GotChannel(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Base,
                                       PVOID Context) {
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    *(PVOID *)Context = Base;
    Channels++;
    return DeallocateObjectKeepRegisters;
}

NTSTATUS Adapters(VOID) {
    DEVICE_DESCRIPTION description = {.Version = DEVICE_DESCRIPTION_VERSION,
                                      .Master = TRUE,
                                      .ScatterGather = TRUE,
                                      .MaximumLength = 0x10000};
    ULONG registers, length = 2 * PAGE_SIZE;
    PDMA_ADAPTER adapter = IoGetDmaAdapter(NULL, &description, &registers);
    PDMA_OPERATIONS dma = adapter->DmaOperations;
    PHYSICAL_ADDRESS logical, mapped;
    PUCHAR common = dma->AllocateCommonBuffer(adapter, 512, &logical, TRUE);
    PUCHAR pool = ExAllocatePoolWithTag(NonPagedPoolNx, 2 * PAGE_SIZE, 'looP');
    PMDL mdl = IoAllocateMdl(pool, length, FALSE, FALSE, NULL);
    PVOID base = NULL;
    KIRQL old;

    CHECK(registers == 17 && logical.QuadPart == MmGetPhysicalAddress(common).QuadPart);
    Target = common;
    Sleep(KernelMode, 60);
    CHECK(common[0] == 'd');
    MmBuildMdlForNonPagedPool(mdl);
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    CHECK(NT_SUCCESS(
        dma->GetScatterGatherList(adapter, NULL, mdl, pool, length, GotList, adapter, FALSE)));
    CHECK(NT_SUCCESS(dma->AllocateAdapterChannel(adapter, NULL, 3, GotChannel, &base)));
    mapped = dma->MapTransfer(adapter, mdl, base, pool, &length, FALSE);
    CHECK(mapped.QuadPart == First.Address.QuadPart && length == First.Length);
    CHECK(dma->ReadDmaCounter(adapter) == 0);
    CHECK(dma->FlushAdapterBuffers(adapter, mdl, base, pool, length, FALSE));
    dma->FreeMapRegisters(adapter, base, 3);
    dma->FreeAdapterChannel(adapter);
    KeLowerIrql(old);
    CHECK(Lists == 1 && Channels == 1 && First.Length == 2 * PAGE_SIZE);
    CHECK(dma->GetDmaAlignment(adapter) == 1);
    IoFreeMdl(mdl);
    ExFreePoolWithTag(pool, 'looP');
    dma->FreeCommonBuffer(adapter, 512, logical, common, TRUE);
    dma->PutDmaAdapter(adapter);
    return STATUS_SUCCESS;
}

NTSTATUS DeviceMemory(VOID) {
    PHYSICAL_ADDRESS low = {.QuadPart = 0}, high = {.QuadPart = -1};
    PULONG one = MmAllocateContiguousMemory(100, high);
    PULONG two = MmAllocateContiguousMemorySpecifyCache(PAGE_SIZE + 1, low, high, low, MmCached);
    PULONG three = MmAllocateNonCachedMemory(64);
    PULONG registers, more;
    PMDL pages = MmAllocatePagesForMdl(low, high, low, PAGE_SIZE);
    PMDL pages2 = MmAllocatePagesForMdlEx(low, high, low, 2 * PAGE_SIZE, MmCached, 0);
    PVOID section;

    CHECK(one != NULL && BYTE_OFFSET(one) == 0 && two != NULL && three != NULL);
    CHECK(MmGetPhysicalAddress((PUCHAR)two + PAGE_SIZE).QuadPart ==
          MmGetPhysicalAddress(two).QuadPart + PAGE_SIZE);
    *one = *two = *three = 1;
    MmFreeContiguousMemory(one);
    MmFreeContiguousMemorySpecifyCache(two, PAGE_SIZE + 1, MmCached);
    MmFreeNonCachedMemory(three, 64);
    low.QuadPart = 0xFED00010;
    registers = MmMapIoSpace(low, 64, MmNonCached);
    more = MmMapIoSpaceEx(low, 64, PAGE_READWRITE | PAGE_NOCACHE);
    CHECK(BYTE_OFFSET(registers) == 0x10 && more != NULL);
    *registers = *more = 1;
    MmUnmapIoSpace(registers, 64);
    MmUnmapIoSpace(more, 64);
    CHECK(MmGetMdlByteCount(pages) == PAGE_SIZE);
    *(PULONG)MmGetSystemAddressForMdlSafe(pages, NormalPagePriority) = 1;
    MmFreePagesFromMdl(pages);
    ExFreePool(pages);
    MmFreePagesFromMdl(pages2);
    ExFreePool(pages2);
    section = MmLockPagableDataSection((PVOID)(ULONG_PTR)DeviceMemory);
    MmLockPagableSectionByHandle(section);
    MmUnlockPagableImageSection(section);
    MmUnlockPagableImageSection(section);
    CHECK(MmPageEntireDriver((PVOID)(ULONG_PTR)DeviceMemory) != NULL);
    MmResetDriverPaging((PVOID)(ULONG_PTR)DeviceMemory);
    return STATUS_SUCCESS;
}

// Probing raises; nothing is locked then.
NTSTATUS BadBuffer(VOID) {
    PMDL mdl = IoAllocateMdl((PVOID)(ULONG_PTR)0x1000, 64, FALSE, FALSE, NULL);
    NTSTATUS status = STATUS_SUCCESS;

    __try {
        MmProbeAndLockPages(mdl, UserMode, IoReadAccess);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        status = GetExceptionCode();
    }
    IoFreeMdl(mdl);
    return status;
}

DRIVER_INITIALIZE DriverEntry;
NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
    UNREFERENCED_PARAMETER(DriverObject);
    UNREFERENCED_PARAMETER(RegistryPath);
    return STATUS_SUCCESS;
}
