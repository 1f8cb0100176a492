// SPDX-License-Identifier: MIT
// Interlocked operations and lists.
//
// InterlockedXxx are instructions of the driver's own: they touch memory as the driver does, at its
// IRQL. ExInterlockedXxx take the spin lock they are given, at any IRQL and with interrupts off, so
// nothing comes between; a lock that the caller holds already makes them spin for ever (DDI
// ExInterlockedInsertHeadList). Sequenced lists need no lock: SLIST_HEADER holds the first entry,
// a depth and a sequence number that changes with every push.
//
//   x86 | Next | Depth:16 | Sequence:16 |
//   x64 | Depth:16 Sequence:48 | HeaderType:1 ... NextEntry:60 |   NextEntry without its 4 low bits
#include "kernel/lock.h"

#define DRIVER KSS_WHO_DRIVER

enum exchange { SWAP, ADD, AND, OR, XOR, COMPARE };
enum { OLD, NEW, STEP_SPIN = 1 };

static struct kss_outcome exchange(struct kss_machine *m, kss_addr address, unsigned size,
                                   enum exchange how, uint64_t operand, uint64_t comparand,
                                   int which) {
    struct kss_outcome outcome;
    uint64_t old = kss_load(m, address, size, DRIVER, &outcome);
    KSS_TRY(outcome);
    uint64_t mask = size == 8 ? UINT64_MAX : (UINT64_C(1) << size * 8) - 1, value = old;
    switch (how) {
    case SWAP: value = operand; break;
    case ADD: value = old + operand; break;
    case AND: value = old & operand; break;
    case OR: value = old | operand; break;
    case XOR: value = old ^ operand; break;
    case COMPARE: value = old == (comparand & mask) ? operand : old; break;
    }
    KSS_TRY(kss_store(m, address, size, value & mask, DRIVER));
    return kss_return((which == NEW ? value : old) & mask);
}

static struct kss_outcome bit(struct kss_machine *m, const struct kss_call *call, bool set) {
    int32_t number = (int32_t)(uint32_t)call->arguments[1]; // counted from the first word
    uint64_t mask = UINT64_C(1) << (number & 31);
    kss_addr address = call->arguments[0] + (uint64_t)(int64_t)((number - (number & 31)) / 32 * 4);
    struct kss_outcome outcome =
        exchange(m, address, 4, set ? OR : AND, set ? mask : ~mask, 0, OLD);
    if (outcome.kind == KSS_OUT_RETURN)
        outcome.value = (outcome.value & mask) != 0;
    return outcome;
}

#define A0      call->arguments[0]
#define A1      call->arguments[1]
#define A2      call->arguments[2]
#define POINTER kss_pointer(m)
KSS_NT_IS(InterlockedIncrement, exchange(m, A0, 4, ADD, 1, 0, NEW))
KSS_NT_IS(InterlockedDecrement, exchange(m, A0, 4, ADD, UINT64_MAX, 0, NEW))
KSS_NT_IS(InterlockedIncrement64, exchange(m, A0, 8, ADD, 1, 0, NEW))
KSS_NT_IS(InterlockedDecrement64, exchange(m, A0, 8, ADD, UINT64_MAX, 0, NEW))
KSS_NT_IS(InterlockedAdd, exchange(m, A0, 4, ADD, A1, 0, NEW))
KSS_NT_IS(InterlockedAdd64, exchange(m, A0, 8, ADD, A1, 0, NEW))
KSS_NT_IS(InterlockedExchange, exchange(m, A0, 4, SWAP, A1, 0, OLD))
KSS_NT_IS(InterlockedExchange64, exchange(m, A0, 8, SWAP, A1, 0, OLD))
KSS_NT_IS(InterlockedExchangeAdd, exchange(m, A0, 4, ADD, A1, 0, OLD))
KSS_NT_IS(InterlockedExchangeAdd64, exchange(m, A0, 8, ADD, A1, 0, OLD))
KSS_NT_IS(InterlockedCompareExchange, exchange(m, A0, 4, COMPARE, A1, A2, OLD))
KSS_NT_IS(InterlockedCompareExchange64, exchange(m, A0, 8, COMPARE, A1, A2, OLD))
KSS_NT_IS(InterlockedAnd, exchange(m, A0, 4, AND, A1, 0, OLD))
KSS_NT_IS(InterlockedOr, exchange(m, A0, 4, OR, A1, 0, OLD))
KSS_NT_IS(InterlockedXor, exchange(m, A0, 4, XOR, A1, 0, OLD))
KSS_NT_IS(InterlockedExchangePointer, exchange(m, A0, POINTER, SWAP, A1, 0, OLD))
KSS_NT_IS(InterlockedCompareExchangePointer, exchange(m, A0, POINTER, COMPARE, A1, A2, OLD))
KSS_NT_IS(InterlockedBitTestAndSet, bit(m, call, true))
KSS_NT_IS(InterlockedBitTestAndReset, bit(m, call, false))

// ---- Under a spin lock --------------------------------------------------------------------------
struct kss_outcome kss_nt_ExInterlockedAddUlong(struct kss_machine *m, struct kss_call *call) {
    KSS_TRY(kss_lock_pass(m, call, A2, STEP_SPIN));
    return exchange(m, A0, 4, ADD, A1, 0, OLD);
}

struct kss_outcome kss_nt_ExInterlockedAddLargeInteger(struct kss_machine *m,
                                                       struct kss_call *call) {
    KSS_TRY(kss_lock_pass(m, call, A2, STEP_SPIN));
    return exchange(m, A0, 8, ADD, A1, 0, OLD);
}

// Returns the entry that was there before, 0: the list was empty.
static struct kss_outcome insert(struct kss_machine *m, struct kss_call *call, bool head) {
    KSS_TRY(kss_lock_pass(m, call, A2, STEP_SPIN));
    kss_addr list = A0, entry = A1, neighbour;
    unsigned back = POINTER;
    KSS_LOAD(neighbour, list + (head ? 0 : back), POINTER);
    kss_addr before = head ? list : neighbour, after = head ? neighbour : list;
    KSS_TRY(kss_store(m, entry, back, after, DRIVER));
    KSS_TRY(kss_store(m, entry + back, back, before, DRIVER));
    KSS_TRY(kss_store(m, after + back, back, entry, DRIVER));
    KSS_TRY(kss_store(m, before, back, entry, DRIVER));
    return kss_return(neighbour == list ? 0 : neighbour);
}

static struct kss_outcome remove_head(struct kss_machine *m, struct kss_call *call) {
    KSS_TRY(kss_lock_pass(m, call, A1, STEP_SPIN));
    kss_addr list = A0, entry, next;
    KSS_LOAD(entry, list, POINTER);
    if (entry == list)
        return kss_return(0);
    KSS_LOAD(next, entry, POINTER);
    KSS_TRY(kss_store(m, list, POINTER, next, DRIVER));
    KSS_TRY(kss_store(m, next + POINTER, POINTER, list, DRIVER));
    return kss_return(entry);
}

static struct kss_outcome push_entry(struct kss_machine *m, struct kss_call *call) {
    KSS_TRY(kss_lock_pass(m, call, A2, STEP_SPIN));
    kss_addr first;
    KSS_LOAD(first, A0, POINTER);
    KSS_TRY(kss_store(m, A1, POINTER, first, DRIVER));
    KSS_TRY(kss_store(m, A0, POINTER, A1, DRIVER));
    return kss_return(first);
}

static struct kss_outcome pop_entry(struct kss_machine *m, struct kss_call *call) {
    KSS_TRY(kss_lock_pass(m, call, A1, STEP_SPIN));
    kss_addr first, next;
    KSS_LOAD(first, A0, POINTER);
    if (first == 0)
        return kss_return(0);
    KSS_LOAD(next, first, POINTER);
    KSS_TRY(kss_store(m, A0, POINTER, next, DRIVER));
    return kss_return(first);
}

KSS_NT_IS(ExInterlockedInsertHeadList, insert(m, call, true))
KSS_NT_IS(ExInterlockedInsertTailList, insert(m, call, false))
KSS_NT_IS(ExInterlockedRemoveHeadList, remove_head(m, call))
KSS_NT_IS(ExInterlockedPushEntryList, push_entry(m, call))
KSS_NT_IS(ExInterlockedPopEntryList, pop_entry(m, call))

// ---- Sequenced lists ----------------------------------------------------------------------------
struct slist {
    kss_addr first;
    uint16_t depth;
    uint64_t sequence;
};
enum { HEADER_TYPE = 1, ENTRY_BITS = 0xF, SEQUENCE_SHIFT = 16 };

static struct kss_outcome slist_get(struct kss_machine *m, kss_addr header, enum kss_who who,
                                    struct slist *list) {
    struct kss_outcome outcome;
    uint64_t low = kss_load(m, header, 8, who, &outcome);
    KSS_TRY(outcome);
    if (!kss_wide(m)) {
        *list = (struct slist){low & UINT32_MAX, (uint16_t)(low >> 32), low >> 48};
        return kss_return(0);
    }
    uint64_t high = kss_load(m, header + 8, 8, who, &outcome);
    KSS_TRY(outcome);
    *list = (struct slist){high & ~(uint64_t)ENTRY_BITS, (uint16_t)low, low >> SEQUENCE_SHIFT};
    return kss_return(0);
}

static struct kss_outcome slist_put(struct kss_machine *m, kss_addr header, enum kss_who who,
                                    const struct slist *list) {
    if (!kss_wide(m))
        return kss_store(m, header, 8,
                         list->first | (uint64_t)list->depth << 32 | list->sequence << 48, who);
    KSS_TRY(kss_store(m, header, 8, list->depth | list->sequence << SEQUENCE_SHIFT, who));
    return kss_store(m, header + 8, 8, list->first | HEADER_TYPE, who);
}

// The header on x64 is exchanged in one piece of 16 bytes, which must be aligned.
struct kss_outcome kss_slist_init(struct kss_machine *m, kss_addr header, enum kss_who who) {
    if (kss_wide(m) && header % 16 != 0)
        return kss_outcome(KSS_OUT_RAISE, (uint32_t)STATUS_DATATYPE_MISALIGNMENT);
    struct slist list = {0};
    return slist_put(m, header, who, &list);
}

struct kss_outcome kss_slist_push(struct kss_machine *m, kss_addr header, kss_addr entry,
                                  enum kss_who who) {
    struct slist list;
    KSS_TRY(slist_get(m, header, who, &list));
    kss_addr first = list.first;
    KSS_TRY(kss_store(m, entry, POINTER, first, who));
    list.first = entry;
    list.depth++;
    list.sequence++;
    KSS_TRY(slist_put(m, header, who, &list));
    return kss_return(first);
}

struct kss_outcome kss_slist_pop(struct kss_machine *m, kss_addr header, enum kss_who who) {
    struct kss_outcome outcome;
    struct slist list;
    KSS_TRY(slist_get(m, header, who, &list));
    kss_addr first = list.first;
    if (first == 0)
        return kss_return(0);
    list.first = kss_load(m, first, POINTER, who, &outcome);
    KSS_TRY(outcome);
    list.depth--;
    KSS_TRY(slist_put(m, header, who, &list));
    return kss_return(first);
}

struct kss_outcome kss_slist_depth(struct kss_machine *m, kss_addr header, enum kss_who who) {
    struct slist list;
    KSS_TRY(slist_get(m, header, who, &list));
    return kss_return(list.depth);
}

static struct kss_outcome flush(struct kss_machine *m, kss_addr header) {
    struct slist list;
    KSS_TRY(slist_get(m, header, DRIVER, &list));
    kss_addr first = list.first;
    list.first = 0;
    list.depth = 0;
    KSS_TRY(slist_put(m, header, DRIVER, &list));
    return kss_return(first);
}

KSS_NT_IS(InitializeSListHead, kss_slist_init(m, A0, DRIVER))
KSS_NT_IS(ExInitializeSListHead, kss_slist_init(m, A0, DRIVER))
KSS_NT_IS(InterlockedPushEntrySList, kss_slist_push(m, A0, A1, DRIVER))
KSS_NT_IS(ExInterlockedPushEntrySList, kss_slist_push(m, A0, A1, DRIVER))
KSS_NT_IS(ExpInterlockedPushEntrySList, kss_slist_push(m, A0, A1, DRIVER))
KSS_NT_IS(InterlockedPopEntrySList, kss_slist_pop(m, A0, DRIVER))
KSS_NT_IS(ExInterlockedPopEntrySList, kss_slist_pop(m, A0, DRIVER))
KSS_NT_IS(ExpInterlockedPopEntrySList, kss_slist_pop(m, A0, DRIVER))
KSS_NT_IS(InterlockedFlushSList, flush(m, A0))
KSS_NT_IS(ExInterlockedFlushSList, flush(m, A0))
KSS_NT_IS(ExpInterlockedFlushSList, flush(m, A0))
KSS_NT_IS(QueryDepthSList, kss_slist_depth(m, A0, DRIVER))
KSS_NT_IS(ExQueryDepthSList, kss_slist_depth(m, A0, DRIVER))
