// SPDX-License-Identifier: MIT
// A resource goes from a writer to a reader, and is left to its thread's end.
// Its twin: resource.kss
#include <ntifs.h>

static ERESOURCE Resource;
static LONG Value;

NTSTATUS WriteValue(VOID);
NTSTATUS ReadValue(VOID);

NTSTATUS WriteValue(VOID) {
    LARGE_INTEGER second;

    second.QuadPart = -10000000LL;
    ExInitializeResourceLite(&Resource);
    KeEnterCriticalRegion();
    ExAcquireResourceExclusiveLite(&Resource, TRUE);
    ExAcquireResourceSharedLite(&Resource, TRUE);
    KeDelayExecutionThread(KernelMode, FALSE, &second);
    Value = 42;
    ExReleaseResourceLite(&Resource);
    ExConvertExclusiveToSharedLite(&Resource);
    KeDelayExecutionThread(KernelMode, FALSE, &second);
    ExReleaseResourceLite(&Resource);
    KeLeaveCriticalRegion();
    return STATUS_SUCCESS;
}

NTSTATUS ReadValue(VOID) {
    ExEnterCriticalRegionAndAcquireResourceShared(&Resource);
    ExReleaseResourceAndLeaveCriticalRegion(&Resource);
    ExAcquireResourceSharedLite(&Resource, TRUE);
    return Value == 42 ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}
