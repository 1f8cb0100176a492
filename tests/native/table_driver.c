// SPDX-License-Identifier: MIT
// Generic tables, splay links, security descriptors, with a driver's own compare, allocate and free routines.
//
// Each routine checks what the scenario of the same idea in tests/bodies checks.
#include <ntifs.h>

ULONG FailedLine; // of the first check that was false

#define CHECK(expression)                                                                          \
    ((expression) || FailedLine != 0 ? (void)0 : (void)(FailedLine = __LINE__))

// Generic tables: both kinds, with the driver's own compare, allocate and free routines.
struct ENTRY {
    ULONG Key;
    ULONG Value;
};
ULONG Live;

RTL_GENERIC_COMPARE_RESULTS Compare(PRTL_GENERIC_TABLE Table, PVOID First, PVOID Second) {
    ULONG a = ((struct ENTRY *)First)->Key, b = ((struct ENTRY *)Second)->Key;

    if (a < b)
        return GenericLessThan;
    return a > b ? GenericGreaterThan : GenericEqual;
}

PVOID Allocate(PRTL_GENERIC_TABLE Table, CLONG Size) {
    Live++;
    return ExAllocatePoolWithTag(NonPagedPool, Size, 'elbT');
}

VOID Free(PRTL_GENERIC_TABLE Table, PVOID Buffer) {
    Live--;
    ExFreePoolWithTag(Buffer, 'elbT');
}

VOID SplayTables(VOID);
VOID SplayTables(VOID) {
    RTL_GENERIC_TABLE table;
    struct ENTRY entry, *found;
    BOOLEAN isNew;
    PVOID key, node;
    TABLE_SEARCH_RESULT result;
    ULONG i, last;

    RtlInitializeGenericTable(&table, Compare, Allocate, Free, NULL);
    CHECK(RtlIsGenericTableEmpty(&table));
    CHECK(RtlEnumerateGenericTable(&table, TRUE) == NULL);
    for (i = 0; i < 20; i++) {
        entry.Key = i * 7 % 20;
        entry.Value = i;
        found = RtlInsertElementGenericTable(&table, &entry, sizeof entry, &isNew);
        CHECK(found != NULL && isNew && found->Value == i);
    }
    found = RtlInsertElementGenericTable(&table, &entry, sizeof entry, &isNew);
    CHECK(!isNew && found->Value == 19 && Live == 20);
    CHECK(RtlNumberGenericTableElements(&table) == 20);
    found = RtlGetElementGenericTable(&table, 3);
    CHECK(found->Value == 3); // in the order of insertion
    found = RtlGetElementGenericTable(&table, 4);
    CHECK(found->Value == 4 && RtlGetElementGenericTable(&table, 20) == NULL);
    for (found = RtlEnumerateGenericTable(&table, TRUE), i = 0; found != NULL;
         found = RtlEnumerateGenericTable(&table, FALSE), i++)
        CHECK(found->Key == i);
    CHECK(i == 20);
    for (i = 0; i < 20; i += 2) {
        entry.Key = i;
        CHECK(RtlDeleteElementGenericTable(&table, &entry));
    }
    CHECK(!RtlDeleteElementGenericTable(&table, &entry) && Live == 10);
    key = NULL;
    last = 0;
    while ((found = RtlEnumerateGenericTableWithoutSplaying(&table, &key)) != NULL) {
        CHECK(found->Key > last && found->Key % 2 == 1);
        last = found->Key;
    }
    CHECK(last == 19);
    entry.Key = 6;
    CHECK(RtlLookupElementGenericTable(&table, &entry) == NULL);
    CHECK(RtlLookupElementGenericTableFull(&table, &entry, &node, &result) == NULL);
    CHECK(result == TableInsertAsLeft || result == TableInsertAsRight);
    found = RtlInsertElementGenericTableFull(&table, &entry, sizeof entry, &isNew, node, result);
    CHECK(isNew && found == RtlLookupElementGenericTable(&table, &entry));
    for (i = 0; i < 20; i++) {
        entry.Key = i;
        CHECK(RtlDeleteElementGenericTable(&table, &entry) == (i % 2 == 1 || i == 6));
    }
    CHECK(RtlIsGenericTableEmpty(&table) && Live == 0);
}

// Balanced tables: elements in order, depths that stay small.

RTL_GENERIC_COMPARE_RESULTS CompareAvl(PRTL_AVL_TABLE Table, PVOID First, PVOID Second) {
    ULONG a = ((struct ENTRY *)First)->Key, b = ((struct ENTRY *)Second)->Key;

    if (a < b)
        return GenericLessThan;
    return a > b ? GenericGreaterThan : GenericEqual;
}

PVOID AllocateAvl(PRTL_AVL_TABLE Table, CLONG Size) {
    Live++;
    return ExAllocatePoolWithTag(NonPagedPool, Size, 'elbT');
}

VOID FreeAvl(PRTL_AVL_TABLE Table, PVOID Buffer) {
    Live--;
    ExFreePoolWithTag(Buffer, 'elbT');
}

VOID BalancedTables(VOID);
VOID BalancedTables(VOID) {
    RTL_AVL_TABLE table;
    struct ENTRY entry, *found;
    BOOLEAN isNew;
    PVOID key, node;
    TABLE_SEARCH_RESULT result;
    ULONG i, last;

    RtlInitializeGenericTableAvl(&table, CompareAvl, AllocateAvl, FreeAvl, NULL);
    CHECK(RtlIsGenericTableEmptyAvl(&table));
    CHECK(RtlEnumerateGenericTableAvl(&table, TRUE) == NULL);
    for (i = 0; i < 20; i++) {
        entry.Key = i * 7 % 20;
        entry.Value = i;
        found = RtlInsertElementGenericTableAvl(&table, &entry, sizeof entry, &isNew);
        CHECK(found != NULL && isNew && found->Value == i);
    }
    found = RtlInsertElementGenericTableAvl(&table, &entry, sizeof entry, &isNew);
    CHECK(!isNew && found->Value == 19 && Live == 20);
    CHECK(RtlNumberGenericTableElementsAvl(&table) == 20 && table.DepthOfTree == 5);
    found = RtlGetElementGenericTableAvl(&table, 3);
    CHECK(found->Key == 3); // in its own order
    found = RtlGetElementGenericTableAvl(&table, 4);
    CHECK(found->Key == 4 && RtlGetElementGenericTableAvl(&table, 20) == NULL);
    for (found = RtlEnumerateGenericTableAvl(&table, TRUE), i = 0; found != NULL;
         found = RtlEnumerateGenericTableAvl(&table, FALSE), i++)
        CHECK(found->Key == i);
    CHECK(i == 20);
    for (i = 0; i < 20; i += 2) {
        entry.Key = i;
        CHECK(RtlDeleteElementGenericTableAvl(&table, &entry));
    }
    CHECK(!RtlDeleteElementGenericTableAvl(&table, &entry) && Live == 10);
    key = NULL;
    last = 0;
    while ((found = RtlEnumerateGenericTableWithoutSplayingAvl(&table, &key)) != NULL) {
        CHECK(found->Key > last && found->Key % 2 == 1);
        last = found->Key;
    }
    CHECK(last == 19);
    entry.Key = 6;
    CHECK(RtlLookupElementGenericTableAvl(&table, &entry) == NULL);
    CHECK(RtlLookupElementGenericTableFullAvl(&table, &entry, &node, &result) == NULL);
    CHECK(result == TableInsertAsLeft || result == TableInsertAsRight);
    found = RtlInsertElementGenericTableFullAvl(&table, &entry, sizeof entry, &isNew, node, result);
    CHECK(isNew && found == RtlLookupElementGenericTableAvl(&table, &entry));
    for (i = 0; i < 20; i++) {
        entry.Key = i;
        CHECK(RtlDeleteElementGenericTableAvl(&table, &entry) == (i % 2 == 1 || i == 6));
    }
    CHECK(RtlIsGenericTableEmptyAvl(&table) && Live == 0);
}

// Splay links in a driver's own structures.
#define NODES 7

VOID SplayLinks(VOID);
VOID SplayLinks(VOID) {
    RTL_SPLAY_LINKS node[NODES];
    PRTL_SPLAY_LINKS root, at;
    ULONG i;

    for (i = 0; i < NODES; i++)
        RtlInitializeSplayLinks(&node[i]);
    CHECK(RtlIsRoot(&node[3]) && RtlParent(&node[3]) == &node[3]);
    RtlInsertAsLeftChild(&node[3], &node[1]);
    RtlInsertAsRightChild(&node[3], &node[5]);
    RtlInsertAsLeftChild(&node[1], &node[0]);
    RtlInsertAsRightChild(&node[1], &node[2]);
    RtlInsertAsLeftChild(&node[5], &node[4]);
    RtlInsertAsRightChild(&node[5], &node[6]);
    CHECK(RtlIsLeftChild(&node[4]) && RtlIsRightChild(&node[2]) && !RtlIsRoot(&node[0]));
    CHECK(RtlSubtreePredecessor(&node[3]) == &node[2] && RtlSubtreeSuccessor(&node[3]) == &node[4]);
    CHECK(RtlSubtreeSuccessor(&node[2]) == NULL && RtlRealSuccessor(&node[2]) == &node[3]);
    CHECK(RtlRealPredecessor(&node[4]) == &node[3] && RtlRealPredecessor(&node[0]) == NULL);
    root = RtlSplay(&node[0]);
    CHECK(root == &node[0] && RtlIsRoot(root) && RtlLeftChild(root) == NULL);
    for (i = 0, at = root; at != NULL; at = RtlRealSuccessor(at), i++)
        CHECK(at == &node[i]);
    CHECK(i == NODES);
    root = RtlDelete(&node[3]);
    CHECK(RtlIsRoot(root));
    RtlDeleteNoSplay(root, &root);
    CHECK(RtlIsRoot(root));
    for (i = 0, at = root; RtlLeftChild(at) != NULL;)
        at = RtlLeftChild(at);
    for (; at != NULL; at = RtlRealSuccessor(at))
        i++;
    CHECK(i == NODES - 2 && RtlRightChild(root) != &node[3]);
}

// SIDs, access control lists, security descriptors.
VOID Security(VOID);
VOID Security(VOID) {
    SID_IDENTIFIER_AUTHORITY nt = {{0, 0, 0, 0, 0, 5}};
    ULONG sid[4], copy[4], list[16], count = 9;
    PACL acl = (PACL)list, found;
    SECURITY_DESCRIPTOR descriptor;
    PACCESS_ALLOWED_ACE ace;
    BOOLEAN present, defaulted;
    PVOID frames[2];
    PSID owner;

    CHECK(RtlLengthRequiredSid(2) == 16);
    CHECK(NT_SUCCESS(RtlInitializeSid(sid, &nt, 2)) &&
          RtlInitializeSid(sid, &nt, 16) == STATUS_INVALID_PARAMETER);
    *RtlSubAuthoritySid(sid, 0) = 32;
    *RtlSubAuthoritySid(sid, 1) = 544;
    CHECK(RtlLengthSid(sid) == 16 && RtlValidSid(sid) && *RtlSubAuthorityCountSid(sid) == 2);
    CHECK(RtlIdentifierAuthoritySid(sid)->Value[5] == 5);
    CHECK(RtlCopySid(12, copy, sid) == STATUS_BUFFER_TOO_SMALL &&
          NT_SUCCESS(RtlCopySid(16, copy, sid)));
    CHECK(RtlEqualSid(sid, copy));
    copy[3]++;
    CHECK(!RtlEqualSid(sid, copy));

    CHECK(RtlCreateAcl(acl, 4, ACL_REVISION) == STATUS_BUFFER_TOO_SMALL);
    CHECK(NT_SUCCESS(RtlCreateAcl(acl, sizeof list, ACL_REVISION)));
    CHECK(NT_SUCCESS(RtlAddAccessAllowedAce(acl, ACL_REVISION, 0x1F01FF, sid)));
    CHECK(NT_SUCCESS(RtlAddAccessAllowedAce(acl, ACL_REVISION, 1, copy)));
    CHECK(RtlAddAccessAllowedAce(acl, ACL_REVISION, 1, copy) == STATUS_ALLOTTED_SPACE_EXCEEDED);
    CHECK(NT_SUCCESS(RtlGetAce(acl, 1, (PVOID *)&ace)) && ace->Mask == 1 &&
          ace->Header.AceSize == 24);
    CHECK(RtlEqualSid(&ace->SidStart, copy) && acl->AceCount == 2);
    CHECK(RtlGetAce(acl, 2, (PVOID *)&ace) == STATUS_INVALID_PARAMETER);

    CHECK(NT_SUCCESS(RtlCreateSecurityDescriptor(&descriptor, SECURITY_DESCRIPTOR_REVISION)));
    CHECK(NT_SUCCESS(RtlGetDaclSecurityDescriptor(&descriptor, &present, &found, &defaulted)) &&
          !present);
    CHECK(NT_SUCCESS(RtlSetDaclSecurityDescriptor(&descriptor, TRUE, acl, FALSE)));
    CHECK(NT_SUCCESS(RtlGetDaclSecurityDescriptor(&descriptor, &present, &found, &defaulted)));
    CHECK(present && found == acl && !defaulted && (descriptor.Control & SE_DACL_PRESENT));
    CHECK(NT_SUCCESS(RtlSetOwnerSecurityDescriptor(&descriptor, sid, TRUE)));
    CHECK(NT_SUCCESS(RtlGetOwnerSecurityDescriptor(&descriptor, &owner, &defaulted)) &&
          owner == sid && defaulted);
    CHECK(NT_SUCCESS(RtlSetGroupSecurityDescriptor(&descriptor, copy, FALSE)));
    CHECK(NT_SUCCESS(RtlGetGroupSecurityDescriptor(&descriptor, &owner, &defaulted)) &&
          owner == copy);
    CHECK(RtlLengthSecurityDescriptor(&descriptor) == sizeof descriptor + 16 + 16 + sizeof list);
    CHECK(RtlValidSecurityDescriptor(&descriptor));
    sid[0] = 0;
    CHECK(!RtlValidSecurityDescriptor(&descriptor));
    CHECK(RtlCaptureStackBackTrace(0, 2, frames, &count) == 0 && count == 0);
    CHECK(RtlWalkFrameChain(frames, 2, 0) == 0);
}

DRIVER_INITIALIZE DriverEntry;

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
    UNREFERENCED_PARAMETER(DriverObject);
    UNREFERENCED_PARAMETER(RegistryPath);
    return STATUS_SUCCESS;
}
