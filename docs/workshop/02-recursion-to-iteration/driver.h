// SPDX-License-Identifier: MIT
// quota: what its files and its test share.
#ifndef QUOTA_H
#define QUOTA_H

#include <ntddk.h>

#define QUOTA_NAME 64 // characters of a name, the null character included

// A directory as the driver caches it. The cache is filled elsewhere.
typedef struct _QUOTA_NODE {
    struct _QUOTA_NODE *Parent; // NULL: the volume's root
    struct _QUOTA_NODE *FirstChild;
    struct _QUOTA_NODE *Sibling;
    ULONG Bytes; // of the files in it
    WCHAR Name[QUOTA_NAME];
} QUOTA_NODE, *PQUOTA_NODE;

// Counts the bytes below [Top], itself included, without recycle bins and what is in them.
// STATUS_DISK_FULL: more than [Limit].
NTSTATUS QuotaCheck(_In_ PQUOTA_NODE Top, _In_ ULONG Limit);

#endif
