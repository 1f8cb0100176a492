// SPDX-License-Identifier: MIT
// quota: counts what lies below a directory.
#include "driver.h"

DRIVER_INITIALIZE DriverEntry;
static ULONG QuotaCount(_In_ PQUOTA_NODE Node);

#ifdef ALLOC_PRAGMA
#pragma alloc_text(INIT, DriverEntry)
#pragma alloc_text(PAGE, QuotaCheck)
#pragma alloc_text(PAGE, QuotaCount)
#endif

static ULONG QuotaCount(PQUOTA_NODE Node) {
    WCHAR name[QUOTA_NAME]; // in upper case
    ULONG bytes = Node->Bytes;

    PAGED_CODE();
    for (ULONG i = 0; i < QUOTA_NAME; i++)
        name[i] = RtlUpcaseUnicodeChar(Node->Name[i]);
    if (wcscmp(name, L"$RECYCLE.BIN") == 0)
        return 0;
    for (PQUOTA_NODE child = Node->FirstChild; child != NULL; child = child->Sibling)
        bytes += QuotaCount(child);
    return bytes;
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
