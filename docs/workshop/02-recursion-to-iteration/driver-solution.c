// SPDX-License-Identifier: MIT
// quota: counts what lies below a directory.
#include "driver.h"

DRIVER_INITIALIZE DriverEntry;
static ULONG QuotaCount(_In_ PQUOTA_NODE Top);

#ifdef ALLOC_PRAGMA
#pragma alloc_text(INIT, DriverEntry)
#pragma alloc_text(PAGE, QuotaCheck)
#pragma alloc_text(PAGE, QuotaCount)
#endif

static DECLSPEC_NOINLINE BOOLEAN QuotaIsRecycleBin(_In_ PQUOTA_NODE Node) {
    WCHAR name[QUOTA_NAME]; // in upper case

    for (ULONG i = 0; i < QUOTA_NAME; i++)
        name[i] = RtlUpcaseUnicodeChar(Node->Name[i]);
    return wcscmp(name, L"$RECYCLE.BIN") == 0;
}

// Down to the first child, then to the next sibling of the nearest ancestor that has one: the way back is
// in the nodes, so it need not be on the stack.
static ULONG QuotaCount(PQUOTA_NODE Top) {
    PQUOTA_NODE node = Top;
    ULONG bytes = 0;

    PAGED_CODE();
    for (;;) {
        BOOLEAN counts = !QuotaIsRecycleBin(node);
        if (counts)
            bytes += node->Bytes;
        if (counts && node->FirstChild != NULL) {
            node = node->FirstChild;
            continue;
        }
        while (node != Top && node->Sibling == NULL)
            node = node->Parent;
        if (node == Top)
            return bytes;
        node = node->Sibling;
    }
}

NTSTATUS QuotaCheck(PQUOTA_NODE Top, ULONG Limit) {
    PAGED_CODE();
    return QuotaCount(Top) > Limit ? STATUS_DISK_FULL : STATUS_SUCCESS;
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
    UNREFERENCED_PARAMETER(DriverObject);
    UNREFERENCED_PARAMETER(RegistryPath);
    return STATUS_SUCCESS;
}
