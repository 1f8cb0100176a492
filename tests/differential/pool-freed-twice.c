// SPDX-License-Identifier: MIT
// Pool allocated, freed, freed again; another block is never freed.
// Its twin: pool-freed-twice.kss
#include <ntifs.h>

NTSTATUS FreeTwice(VOID);

NTSTATUS FreeTwice(VOID) {
    PULONG kept = ExAllocatePoolWithTag(PagedPool, 64, 'tssk');
    PULONG block = ExAllocatePoolWithTag(NonPagedPool, 128, 'tssk');

    if (kept == NULL || block == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    kept[0] = 1;
    block[31] = kept[0];
    ExFreePoolWithTag(block, 'tssk');
    ExFreePoolWithTag(block, 'tssk');
    return STATUS_SUCCESS;
}
