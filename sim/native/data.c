// SPDX-License-Identifier: MIT
// The variables that NT exports to drivers. Weak, so that a file that has more to say of one defines
// it. What differs between machines is set when one begins to run (kss_native_export).
#include "native/native.h"

#include <ntifs.h>

#define EXPORT __attribute__((weak))

EXPORT BOOLEAN KdDebuggerEnabled = FALSE;
EXPORT BOOLEAN KdDebuggerNotPresent = TRUE;
EXPORT BOOLEAN Mm64BitPhysicalAddress = TRUE;
EXPORT volatile CCHAR KeNumberProcessors = 1;
EXPORT PVOID MmBadPointer = NULL;
#if defined(_WIN64)
EXPORT PVOID MmHighestUserAddress = (PVOID)0x00007FFFFFFEFFFF;
EXPORT PVOID MmSystemRangeStart = (PVOID)0xFFFF800000000000;
EXPORT ULONG64 MmUserProbeAddress = 0x00007FFFFFFF0000;
#else
EXPORT PVOID MmHighestUserAddress = (PVOID)0x7FFEFFFF;
EXPORT PVOID MmSystemRangeStart = (PVOID)0x80000000;
EXPORT ULONG64 MmUserProbeAddress = 0x7FFF0000;
#endif
EXPORT PEPROCESS PsInitialSystemProcess = NULL;

// ---- Object types -------------------------------------------------------------------------------
// What one points to begins with a mark and the kind of object (enum kss_handle_kind), which is how the
// kernel knows it again (kernel/handle.c).
struct kss_object_type {
    unsigned mark, kind;
};

enum { MARK = 0x4B53534F };

#define TYPE(name, number)                                                                         \
    static struct kss_object_type type_##name = {MARK, number};                                    \
    static POBJECT_TYPE pointer_##name = (POBJECT_TYPE)&type_##name;                               \
    POBJECT_TYPE *name = &pointer_##name

TYPE(PsThreadType, 1);
TYPE(IoFileObjectType, 2);
TYPE(ExEventObjectType, 3);
TYPE(PsProcessType, 4);
TYPE(ExSemaphoreObjectType, 5);
TYPE(SeTokenObjectType, 6);

// ---- Counters that nothing counts ---------------------------------------------------------------
EXPORT KSPIN_LOCK IoStatisticsLock;
EXPORT ULONG IoReadOperationCount, IoWriteOperationCount, IoOtherOperationCount;
EXPORT LARGE_INTEGER IoReadTransferCount, IoWriteTransferCount, IoOtherTransferCount;
EXPORT ULONG CcFastMdlReadWait;

// ---- Legal characters ---------------------------------------------------------------------------
// FSRTL_FAT_LEGAL 1, HPFS 2, NTFS 4, WILD 8, OLE 0x10 for each character below 128 (DDI
// FsRtlIsAnsiCharacterLegalFat and its like): FAT excludes control characters, wild cards and
// " * + , / : ; < = > ? [ \ ] |, HPFS and NTFS allow + , ; = [ ], OLE also ' and . and no space.
#define WILD(c)  ((c) == '*' || (c) == '?' || (c) == '<' || (c) == '>' || (c) == '"')
#define NEVER(c) ((c) < 0x20 || WILD(c) || (c) == '/' || (c) == ':' || (c) == '\\' || (c) == '|')
#define FAT_ONLY(c)                                                                                \
    ((c) == '+' || (c) == ',' || (c) == ';' || (c) == '=' || (c) == '[' || (c) == ']')
#define FLAGS(c)                                                                                   \
    (UCHAR)((NEVER(c) || FAT_ONLY(c) ? 0 : 1) | (NEVER(c) ? 0 : 6) | (WILD(c) ? 8 : 0) |           \
            (NEVER(c) || (c) == ' ' || (c) == '.' ? 0 : 0x10))
#define ROW(c)                                                                                     \
    FLAGS(c), FLAGS((c) + 1), FLAGS((c) + 2), FLAGS((c) + 3), FLAGS((c) + 4), FLAGS((c) + 5),      \
        FLAGS((c) + 6), FLAGS((c) + 7)
static const UCHAR legal[128] = {ROW(0),  ROW(8),   ROW(16),  ROW(24), ROW(32), ROW(40),
                                 ROW(48), ROW(56),  ROW(64),  ROW(72), ROW(80), ROW(88),
                                 ROW(96), ROW(104), ROW(112), ROW(120)};
EXPORT const UCHAR *const FsRtlLegalAnsiCharacterArray = legal;

void kss_native_export(void *system_process, unsigned processors) {
    PsInitialSystemProcess = (PEPROCESS)system_process;
    KeNumberProcessors = (CCHAR)processors;
}
