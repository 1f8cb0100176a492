// SPDX-License-Identifier: MIT
// WMI data blocks.
// Source: Microsoft Learn "WNODE_HEADER structure"; mingw-w64 wmistr.h.
#ifndef KSS_NT_WMISTR_H
#define KSS_NT_WMISTR_H

#include "ntdef.h"

typedef struct _WNODE_HEADER {
    ULONG BufferSize;
    ULONG ProviderId;
    union {
        ULONG64 HistoricalContext;
        struct {
            ULONG Version;
            ULONG Linkage;
        };
    };
    union {
        ULONG CountLost;
        HANDLE KernelHandle;
        LARGE_INTEGER TimeStamp;
    };
    GUID Guid;
    ULONG ClientContext;
    ULONG Flags;
} WNODE_HEADER, *PWNODE_HEADER;

#define WNODE_FLAG_ALL_DATA              0x00000001
#define WNODE_FLAG_SINGLE_INSTANCE       0x00000002
#define WNODE_FLAG_SINGLE_ITEM           0x00000004
#define WNODE_FLAG_EVENT_ITEM            0x00000008
#define WNODE_FLAG_FIXED_INSTANCE_SIZE   0x00000010
#define WNODE_FLAG_TOO_SMALL             0x00000020
#define WNODE_FLAG_INSTANCES_SAME        0x00000040
#define WNODE_FLAG_STATIC_INSTANCE_NAMES 0x00000080
#define WNODE_FLAG_TRACED_GUID           0x00020000
#define WMIREG_FLAG_EXPENSIVE            0x00000001
#define WMIREG_FLAG_INSTANCE_LIST        0x00000004
#define WMIREG_FLAG_INSTANCE_BASENAME    0x00000008
#define WMIREG_FLAG_INSTANCE_PDO         0x00000020
#define WMIREG_FLAG_EVENT_ONLY_GUID      0x00000040
#define WMIREG_FLAG_REMOVE_GUID          0x00010000
#define WMIREG_FLAG_TRACED_GUID          0x00080000

#endif
