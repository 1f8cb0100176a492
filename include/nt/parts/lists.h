// SPDX-License-Identifier: MIT
// Doubly and singly linked lists.
//
// RemoveEntryList and the insertions check that the neighbours agree, as newer Windows does; a
// broken list is a fast fail there and KERNEL_SECURITY_CHECK_FAILURE (0x139, 3) here.
//
// Source: DDI InitializeListHead and its neighbours; Microsoft Learn "Singly and Doubly Linked Lists".
#ifndef KSS_NT_PARTS_LISTS_H
#define KSS_NT_PARTS_LISTS_H

#define FAST_FAIL_LEGACY_GS_VIOLATION     0
#define FAST_FAIL_CORRUPT_LIST_ENTRY      3
#define FAST_FAIL_INCORRECT_STACK         4
#define FAST_FAIL_INVALID_ARG             5
#define FAST_FAIL_STACK_COOKIE_INIT       6
#define FAST_FAIL_FATAL_APP_EXIT          7
#define FAST_FAIL_RANGE_CHECK_FAILURE     8
#define FAST_FAIL_INVALID_REFERENCE_COUNT 14

#define KSS_NT_KERNEL_SECURITY_CHECK_FAILURE 0x139
#define RtlFailFast(Code)                                                                          \
    KeBugCheckEx(KSS_NT_KERNEL_SECURITY_CHECK_FAILURE, (ULONG_PTR)(Code), 0, 0, 0)
#define RtlFatalListEntryError(p1, p2, p3) RtlFailFast(FAST_FAIL_CORRUPT_LIST_ENTRY)
#define __fastfail(Code)                   RtlFailFast(Code)

#define RTL_STATIC_LIST_HEAD(x) LIST_ENTRY x = {&x, &x}

KSS_NT_INLINE VOID InitializeListHead(PLIST_ENTRY ListHead) {
    ListHead->Flink = ListHead->Blink = ListHead;
}

KSS_NT_INLINE BOOLEAN IsListEmpty(const LIST_ENTRY *ListHead) {
    return ListHead->Flink == ListHead;
}

KSS_NT_INLINE BOOLEAN RemoveEntryList(PLIST_ENTRY Entry) {
    PLIST_ENTRY next = Entry->Flink, previous = Entry->Blink;
    if (next->Blink != Entry || previous->Flink != Entry)
        RtlFailFast(FAST_FAIL_CORRUPT_LIST_ENTRY);
    previous->Flink = next;
    next->Blink = previous;
    return next == previous;
}

KSS_NT_INLINE PLIST_ENTRY RemoveHeadList(PLIST_ENTRY ListHead) {
    PLIST_ENTRY entry = ListHead->Flink, next = entry->Flink;
    if (entry->Blink != ListHead || next->Blink != entry)
        RtlFailFast(FAST_FAIL_CORRUPT_LIST_ENTRY);
    ListHead->Flink = next;
    next->Blink = ListHead;
    return entry;
}

KSS_NT_INLINE PLIST_ENTRY RemoveTailList(PLIST_ENTRY ListHead) {
    PLIST_ENTRY entry = ListHead->Blink, previous = entry->Blink;
    if (entry->Flink != ListHead || previous->Flink != entry)
        RtlFailFast(FAST_FAIL_CORRUPT_LIST_ENTRY);
    ListHead->Blink = previous;
    previous->Flink = ListHead;
    return entry;
}

KSS_NT_INLINE VOID InsertHeadList(PLIST_ENTRY ListHead, PLIST_ENTRY Entry) {
    PLIST_ENTRY next = ListHead->Flink;
    if (next->Blink != ListHead)
        RtlFailFast(FAST_FAIL_CORRUPT_LIST_ENTRY);
    Entry->Flink = next;
    Entry->Blink = ListHead;
    next->Blink = Entry;
    ListHead->Flink = Entry;
}

KSS_NT_INLINE VOID InsertTailList(PLIST_ENTRY ListHead, PLIST_ENTRY Entry) {
    PLIST_ENTRY previous = ListHead->Blink;
    if (previous->Flink != ListHead)
        RtlFailFast(FAST_FAIL_CORRUPT_LIST_ENTRY);
    Entry->Flink = ListHead;
    Entry->Blink = previous;
    previous->Flink = Entry;
    ListHead->Blink = Entry;
}

KSS_NT_INLINE VOID AppendTailList(PLIST_ENTRY ListHead, PLIST_ENTRY ListToAppend) {
    PLIST_ENTRY end = ListHead->Blink;
    ListHead->Blink->Flink = ListToAppend;
    ListHead->Blink = ListToAppend->Blink;
    ListToAppend->Blink->Flink = ListHead;
    ListToAppend->Blink = end;
}

KSS_NT_INLINE PSINGLE_LIST_ENTRY PopEntryList(PSINGLE_LIST_ENTRY ListHead) {
    PSINGLE_LIST_ENTRY first = ListHead->Next;
    if (first != NULL)
        ListHead->Next = first->Next;
    return first;
}

KSS_NT_INLINE VOID PushEntryList(PSINGLE_LIST_ENTRY ListHead, PSINGLE_LIST_ENTRY Entry) {
    Entry->Next = ListHead->Next;
    ListHead->Next = Entry;
}

// Sequenced lists: their routines are NT's.
#if KSS_NT_POINTER_BYTES == 8
#define QueryDepthSList(Head) ((USHORT)((Head)->HeaderX64.Depth))
#else
#define QueryDepthSList(Head) ((USHORT)((Head)->Depth))
#endif
#define ExQueryDepthSList(Head) QueryDepthSList(Head)

#endif
