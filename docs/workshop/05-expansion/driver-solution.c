// SPDX-License-Identifier: MIT
// policy: asks its rules whether a file may be opened, on a stack that is long enough for them.
#include "driver.h"

typedef struct _POLICY_QUERY {
    PPOLICY_RULE Rules;
    const WCHAR *Name;
    NTSTATUS Status;
} POLICY_QUERY, *PPOLICY_QUERY;

DRIVER_INITIALIZE DriverEntry;
static EXPAND_STACK_CALLOUT PolicyCallout;

static NTSTATUS PolicyWalk(_In_ PPOLICY_RULE Rule, _In_ const WCHAR *Name, _In_ NTSTATUS SoFar) {
    WCHAR pattern[POLICY_PATTERN]; // in upper case

    if (Rule == NULL)
        return SoFar;
    if (Rule->Signature != POLICY_SIGNATURE)
        ExRaiseStatus(STATUS_DATA_ERROR);
    for (ULONG i = 0; i < POLICY_PATTERN; i++)
        pattern[i] = RtlUpcaseUnicodeChar(Rule->Pattern[i]);
    if (wcscmp(pattern, Name) == 0)
        SoFar = Rule->Denies ? STATUS_ACCESS_DENIED : STATUS_SUCCESS;
    return PolicyWalk(Rule->Next, Name, SoFar);
}

static VOID PolicyCallout(PVOID Parameter) {
    PPOLICY_QUERY query = Parameter;

    __try { // no exception may leave a callout
        query->Status = PolicyWalk(query->Rules, query->Name, STATUS_SUCCESS);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        query->Status = GetExceptionCode();
    }
}

NTSTATUS PolicyCheck(PPOLICY_RULE Rules, const WCHAR *Name) {
    POLICY_QUERY query = {Rules, Name, STATUS_ACCESS_DENIED};
    NTSTATUS status;

    status = KeExpandKernelStackAndCallout(PolicyCallout, &query, POLICY_NEEDS);
    return NT_SUCCESS(status) ? query.Status : status; // no callout: nobody has allowed anything
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
    UNREFERENCED_PARAMETER(DriverObject);
    UNREFERENCED_PARAMETER(RegistryPath);
    return STATUS_SUCCESS;
}
