// SPDX-License-Identifier: MIT
// Routines of ntddk.h that are newer than the published headers, or macros there.
//
// Source: the DDI page of each name; FsRtlEnterFileSystem: DDI page, "calls KeEnterCriticalRegion".
#ifndef KSS_NT_PARTS_DDK_MORE_H
#define KSS_NT_PARTS_DDK_MORE_H

NTKERNELAPI NTSTATUS NTAPI KeExpandKernelStackAndCalloutEx(PEXPAND_STACK_CALLOUT Callout,
                                                           PVOID Parameter, SIZE_T Size,
                                                           BOOLEAN Wait, PVOID Context);

KSS_NT_INLINE VOID IoInitializeDriverCreateContext(PIO_DRIVER_CREATE_CONTEXT Context) {
    memset(Context, 0, sizeof *Context);
    Context->Size = (CSHORT)sizeof *Context;
}

NTKERNELAPI NTSTATUS NTAPI PsUpdateDiskCounters(PEPROCESS Process, ULONG64 BytesRead,
                                                ULONG64 BytesWritten, ULONG ReadOperationCount,
                                                ULONG WriteOperationCount,
                                                ULONG FlushOperationCount);
NTKERNELAPI BOOLEAN NTAPI PsIsDiskCountersEnabled(VOID);
NTKERNELAPI NTSTATUS NTAPI CmCallbackGetKeyObjectIDEx(PLARGE_INTEGER Cookie, PVOID Object,
                                                      PULONG_PTR ObjectID,
                                                      PCUNICODE_STRING *ObjectName, ULONG Flags);
NTKERNELAPI VOID NTAPI CmCallbackReleaseKeyObjectIDEx(PCUNICODE_STRING ObjectName);

#endif
