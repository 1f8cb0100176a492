// SPDX-License-Identifier: MIT
// Paged pool is locked, mapped, split and unlocked while a device writes to a global.
// Its twin: mdl-transfer.kss
#include <ntifs.h>

UCHAR Data[64];

NTSTATUS Transfer(VOID);

NTSTATUS Transfer(VOID) {
    PUCHAR paged = (PUCHAR)ExAllocatePoolWithTag(PagedPool, 8192, 0x6E617254);
    PMDL mdl = IoAllocateMdl(paged, 8192, FALSE, FALSE, NULL);
    PMDL part = IoAllocateMdl(paged, 4096, FALSE, FALSE, NULL);
    PVOID mapped;
    LARGE_INTEGER interval;

    MmProbeAndLockPages(mdl, KernelMode, IoModifyAccess);
    IoBuildPartialMdl(mdl, part, paged + 4096, 64);
    mapped =
        MmMapLockedPagesSpecifyCache(mdl, KernelMode, MmCached, NULL, FALSE, NormalPagePriority);
    interval.QuadPart = -200000LL;
    KeDelayExecutionThread(KernelMode, FALSE, &interval);
    MmUnmapLockedPages(mapped, mdl);
    IoFreeMdl(part);
    MmUnlockPages(mdl);
    IoFreeMdl(mdl);
    ExFreePoolWithTag(paged, 0x6E617254);
    return Data[0] == 0xDA && Data[63] == 0xDA ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}
