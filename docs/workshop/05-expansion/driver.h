// SPDX-License-Identifier: MIT
// policy: what its files and its test share.
#ifndef POLICY_H
#define POLICY_H

#include <ntddk.h>

#define POLICY_PATTERN   440 // characters
#define POLICY_SIGNATURE 0x6C6F5052
#define POLICY_NEEDS     0x4000 // bytes of stack that a walk takes at most, an exception included

// A rule in nonpaged memory. The last rule that names a file decides.
typedef struct _POLICY_RULE {
    struct _POLICY_RULE *Next;
    ULONG Signature; // anything but POLICY_SIGNATURE: the policy is damaged
    BOOLEAN Denies;
    WCHAR Pattern[POLICY_PATTERN]; // a name, in any case
} POLICY_RULE, *PPOLICY_RULE;

// STATUS_SUCCESS: the file may be opened. STATUS_ACCESS_DENIED, STATUS_DATA_ERROR, or what kept the rules
// from being asked.
NTSTATUS PolicyCheck(_In_ PPOLICY_RULE Rules, _In_ const WCHAR *Name);

#endif
