// SPDX-License-Identifier: MIT
// Memory and list helpers. RtlCopyMemory and the like, the list macros and the interlocked
// operations are the driver's own code: they touch memory as the driver does, at its IRQL.
#include "kernel/machine.h"

enum { CHUNK = 256 };

#define DRIVER KSS_WHO_DRIVER

// ---- Memory -------------------------------------------------------------------------------------
static struct kss_outcome fill(struct kss_machine *m, kss_addr to, uint64_t size, uint8_t value) {
    uint8_t bytes[CHUNK];
    memset(bytes, value, sizeof bytes);
    while (size != 0) {
        uint32_t step = size < CHUNK ? (uint32_t)size : CHUNK;
        KSS_TRY(kss_write(m, to, bytes, step, DRIVER));
        to += step;
        size -= step;
    }
    return kss_return(0);
}

struct kss_outcome kss_nt_RtlZeroMemory(struct kss_machine *m, struct kss_call *call) {
    return fill(m, call->arguments[0], call->arguments[1], 0);
}

struct kss_outcome kss_nt_RtlSecureZeroMemory(struct kss_machine *m, struct kss_call *call) {
    KSS_TRY(fill(m, call->arguments[0], call->arguments[1], 0));
    return kss_return(call->arguments[0]);
}

struct kss_outcome kss_nt_RtlFillMemory(struct kss_machine *m, struct kss_call *call) {
    return fill(m, call->arguments[0], call->arguments[1], (uint8_t)call->arguments[2]);
}

static struct kss_outcome copy(struct kss_machine *m, kss_addr to, kss_addr from, uint64_t size) {
    uint8_t bytes[CHUNK];
    bool down = to > from && to - from < size; // overlapping upwards: from the end
    for (uint64_t done = 0; done < size;) {
        uint32_t step = size - done < CHUNK ? (uint32_t)(size - done) : CHUNK;
        uint64_t at = down ? size - done - step : done;
        KSS_TRY(kss_read(m, from + at, bytes, step, DRIVER));
        KSS_TRY(kss_write(m, to + at, bytes, step, DRIVER));
        done += step;
    }
    return kss_return(0);
}

struct kss_outcome kss_nt_RtlCopyMemory(struct kss_machine *m, struct kss_call *call) {
    return copy(m, call->arguments[0], call->arguments[1], call->arguments[2]);
}

struct kss_outcome kss_nt_RtlMoveMemory(struct kss_machine *m, struct kss_call *call) {
    return copy(m, call->arguments[0], call->arguments[1], call->arguments[2]);
}

static struct kss_outcome matching(struct kss_machine *m, kss_addr a, kss_addr b, uint64_t size) {
    for (uint64_t i = 0; i < size; i++) {
        struct kss_outcome outcome;
        uint64_t left = kss_load(m, a + i, 1, DRIVER, &outcome);
        KSS_TRY(outcome);
        uint64_t right = kss_load(m, b + i, 1, DRIVER, &outcome);
        KSS_TRY(outcome);
        if (left != right)
            return kss_return(i);
    }
    return kss_return(size);
}

struct kss_outcome kss_nt_RtlCompareMemory(struct kss_machine *m, struct kss_call *call) {
    return matching(m, call->arguments[0], call->arguments[1], call->arguments[2]);
}

struct kss_outcome kss_nt_RtlEqualMemory(struct kss_machine *m, struct kss_call *call) {
    struct kss_outcome outcome =
        matching(m, call->arguments[0], call->arguments[1], call->arguments[2]);
    if (outcome.kind == KSS_OUT_RETURN)
        outcome.value = outcome.value == call->arguments[2];
    return outcome;
}

struct kss_outcome kss_nt_RtlCopyBytes(struct kss_machine *m, struct kss_call *call) {
    return copy(m, call->arguments[0], call->arguments[1], call->arguments[2]);
}

struct kss_outcome kss_nt_RtlCopyMemoryNonTemporal(struct kss_machine *m, struct kss_call *call) {
    return copy(m, call->arguments[0], call->arguments[1], call->arguments[2]);
}

struct kss_outcome kss_nt_RtlZeroBytes(struct kss_machine *m, struct kss_call *call) {
    return fill(m, call->arguments[0], call->arguments[1], 0);
}

struct kss_outcome kss_nt_RtlFillBytes(struct kss_machine *m, struct kss_call *call) {
    return fill(m, call->arguments[0], call->arguments[1], (uint8_t)call->arguments[2]);
}

// Caches are not modelled.
struct kss_outcome kss_nt_RtlPrefetchMemoryNonTemporal(struct kss_machine *m,
                                                       struct kss_call *call) {
    (void)m;
    (void)call;
    return kss_return(0);
}

// Whole elements only.
static struct kss_outcome fill_with(struct kss_machine *m, const struct kss_call *call,
                                    unsigned size) {
    for (uint64_t i = 0; i + size <= call->arguments[1]; i += size)
        KSS_TRY(kss_store(m, call->arguments[0] + i, size, call->arguments[2], DRIVER));
    return kss_return(0);
}

struct kss_outcome kss_nt_RtlFillMemoryUlong(struct kss_machine *m, struct kss_call *call) {
    return fill_with(m, call, 4);
}

struct kss_outcome kss_nt_RtlFillMemoryUlonglong(struct kss_machine *m, struct kss_call *call) {
    return fill_with(m, call, 8);
}

struct kss_outcome kss_nt_RtlCompareMemoryUlong(struct kss_machine *m, struct kss_call *call) {
    uint64_t i = 0;
    for (; i + 4 <= call->arguments[1]; i += 4) {
        struct kss_outcome outcome;
        uint64_t value = kss_load(m, call->arguments[0] + i, 4, DRIVER, &outcome);
        KSS_TRY(outcome);
        if (value != (uint32_t)call->arguments[2])
            break;
    }
    return kss_return(i);
}

// ---- LUIDs { LowPart, HighPart } ------------------------------------------------------------------
struct kss_outcome kss_nt_RtlCopyLuid(struct kss_machine *m, struct kss_call *call) {
    return copy(m, call->arguments[0], call->arguments[1], 8);
}

struct kss_outcome kss_nt_RtlEqualLuid(struct kss_machine *m, struct kss_call *call) {
    struct kss_outcome same = matching(m, call->arguments[0], call->arguments[1], 8);
    if (same.kind == KSS_OUT_RETURN)
        same.value = same.value == 8;
    return same;
}

struct kss_outcome kss_nt_RtlIsZeroLuid(struct kss_machine *m, struct kss_call *call) {
    struct kss_outcome outcome;
    uint64_t luid = kss_load(m, call->arguments[0], 8, DRIVER, &outcome);
    KSS_TRY(outcome);
    return kss_return(luid == 0);
}

// ---- Lists: LIST_ENTRY { Flink, Blink } ---------------------------------------------------------
static struct kss_outcome link_of(struct kss_machine *m, kss_addr entry, bool back,
                                  kss_addr *value) {
    struct kss_outcome outcome;
    unsigned pointer = kss_pointer(m);
    *value = kss_load(m, entry + (back ? pointer : 0), pointer, DRIVER, &outcome);
    return outcome;
}

static struct kss_outcome set_link(struct kss_machine *m, kss_addr entry, bool back,
                                   kss_addr value) {
    unsigned pointer = kss_pointer(m);
    return kss_store(m, entry + (back ? pointer : 0), pointer, value, DRIVER);
}

struct kss_outcome kss_nt_InitializeListHead(struct kss_machine *m, struct kss_call *call) {
    KSS_TRY(set_link(m, call->arguments[0], true, call->arguments[0]));
    return set_link(m, call->arguments[0], false, call->arguments[0]);
}

struct kss_outcome kss_nt_IsListEmpty(struct kss_machine *m, struct kss_call *call) {
    kss_addr first;
    KSS_TRY(link_of(m, call->arguments[0], false, &first));
    return kss_return(first == call->arguments[0]);
}

// Two neighbours must point at each other: wdm.h's list routines look before they change a link, and
// fail fast where it is not so (DBG bug-check-0x139, parameter 1 = 3). Our own headers do it as well.
static struct kss_outcome neighbours(struct kss_machine *m, const struct kss_call *call,
                                     kss_addr before, kss_addr after) {
    enum { KERNEL_SECURITY_CHECK_FAILURE = 0x139, FAST_FAIL_CORRUPT_LIST_ENTRY = 3 };
    kss_addr next, previous;
    KSS_TRY(link_of(m, after, true, &previous));
    KSS_TRY(link_of(m, before, false, &next));
    if (next == after && previous == before)
        return kss_return(0);
    kss_bugcheck(m, KERNEL_SECURITY_CHECK_FAILURE, FAST_FAIL_CORRUPT_LIST_ENTRY, 0, 0, 0,
                 call->routine, NULL);
    return kss_stopped();
}

static struct kss_outcome insert_between(struct kss_machine *m, const struct kss_call *call,
                                         kss_addr before, kss_addr after) {
    kss_addr entry = call->arguments[1];
    KSS_TRY(neighbours(m, call, before, after));
    KSS_TRY(set_link(m, entry, false, after));
    KSS_TRY(set_link(m, entry, true, before));
    KSS_TRY(set_link(m, after, true, entry));
    return set_link(m, before, false, entry);
}

struct kss_outcome kss_nt_InsertHeadList(struct kss_machine *m, struct kss_call *call) {
    kss_addr first;
    KSS_TRY(link_of(m, call->arguments[0], false, &first));
    return insert_between(m, call, call->arguments[0], first);
}

struct kss_outcome kss_nt_InsertTailList(struct kss_machine *m, struct kss_call *call) {
    kss_addr last;
    KSS_TRY(link_of(m, call->arguments[0], true, &last));
    return insert_between(m, call, last, call->arguments[0]);
}

static struct kss_outcome unlink_entry(struct kss_machine *m, const struct kss_call *call,
                                       kss_addr entry) {
    kss_addr next, previous;
    KSS_TRY(link_of(m, entry, false, &next));
    KSS_TRY(link_of(m, entry, true, &previous));
    KSS_TRY(neighbours(m, call, entry, next));
    KSS_TRY(neighbours(m, call, previous, entry));
    KSS_TRY(set_link(m, previous, false, next));
    KSS_TRY(set_link(m, next, true, previous));
    return kss_return(next == previous);
}

struct kss_outcome kss_nt_RemoveEntryList(struct kss_machine *m, struct kss_call *call) {
    return unlink_entry(m, call, call->arguments[0]);
}

// The head is where the list is entered: a neighbour that does not know it is found before it is
// followed any further.
static struct kss_outcome remove_end(struct kss_machine *m, const struct kss_call *call,
                                     bool tail) {
    kss_addr head = call->arguments[0], entry;
    KSS_TRY(link_of(m, head, tail, &entry));
    KSS_TRY(neighbours(m, call, tail ? entry : head, tail ? head : entry));
    KSS_TRY(unlink_entry(m, call, entry));
    return kss_return(entry);
}

struct kss_outcome kss_nt_RemoveHeadList(struct kss_machine *m, struct kss_call *call) {
    return remove_end(m, call, false);
}

struct kss_outcome kss_nt_RemoveTailList(struct kss_machine *m, struct kss_call *call) {
    return remove_end(m, call, true);
}

// Appends a list without a head of its own: [1] is its first entry.
struct kss_outcome kss_nt_AppendTailList(struct kss_machine *m, struct kss_call *call) {
    kss_addr head = call->arguments[0], first = call->arguments[1], last, end;
    KSS_TRY(link_of(m, head, true, &end));
    KSS_TRY(link_of(m, first, true, &last));
    KSS_TRY(set_link(m, end, false, first));
    KSS_TRY(set_link(m, head, true, last));
    KSS_TRY(set_link(m, last, false, head));
    return set_link(m, first, true, end);
}

struct kss_outcome kss_nt_PushEntryList(struct kss_machine *m, struct kss_call *call) {
    kss_addr first;
    KSS_TRY(link_of(m, call->arguments[0], false, &first));
    KSS_TRY(set_link(m, call->arguments[1], false, first));
    return set_link(m, call->arguments[0], false, call->arguments[1]);
}

struct kss_outcome kss_nt_PopEntryList(struct kss_machine *m, struct kss_call *call) {
    kss_addr first, second;
    KSS_TRY(link_of(m, call->arguments[0], false, &first));
    if (first != 0) {
        KSS_TRY(link_of(m, first, false, &second));
        KSS_TRY(set_link(m, call->arguments[0], false, second));
    }
    return kss_return(first);
}
