// SPDX-License-Identifier: MIT
// Look-aside lists: freed entries wait in a sequenced list for the next allocation (KRN
// using-lookaside-lists). The list's memory is the truth, in the layout of GENERAL_LOOKASIDE; all
// three kinds of lists have it. Entries come from the pool, or from the driver's own routines.
//
// A list keeps four entries at first and up to Depth as the system sees fit; that adjustment is left
// out: four it is. Its entries are pool blocks until the list is deleted.
#include "kernel/io.h"
#include "kernel/lock.h"

#define FIELD(name) KSS_FIELD(GENERAL_LOOKASIDE, name)

enum { PAGED_POOL = 1, RAISE = 16, DEPTH = 4, MAXIMUM_DEPTH = 256, MOST_WORDS = 128 };
enum { EX_RAISE = 1, EX_NO_RAISE = 2 }; // EX_LOOKASIDE_LIST_EX_FLAGS_x
enum { STEP_ALLOCATED = 1, STEP_FREED };

struct making {
    kss_addr list, allocate, release;
    uint32_t type, tag;
    uint64_t size;
};

static struct kss_outcome make(struct kss_machine *m, const struct making *making) {
    uint8_t bytes[MOST_WORDS] = {0};
    kss_addr list = making->list;
    KSS_TRY(kss_write(m, list, bytes, KSS_SIZE(GENERAL_LOOKASIDE, kss_wide(m)), KSS_WHO_DRIVER));
    KSS_TRY(kss_slist_init(m, list, KSS_WHO_DRIVER));
    kss_poke(m, list + FIELD(Depth), 2, DEPTH);
    kss_poke(m, list + FIELD(MaximumDepth), 2, MAXIMUM_DEPTH);
    kss_poke(m, list + FIELD(Type), 4, making->type);
    kss_poke(m, list + FIELD(Tag), 4, making->tag);
    uint64_t least = kss_pointer(m); // an entry must hold a link
    kss_poke(m, list + FIELD(Size), 4, making->size < least ? least : making->size);
    kss_set(m, list + FIELD(Allocate), making->allocate);
    kss_set(m, list + FIELD(Free), making->release);
    return kss_return((uint32_t)STATUS_SUCCESS);
}

static struct kss_outcome initialize(struct kss_machine *m, const struct kss_call *call,
                                     uint32_t pool) {
    const uint64_t *a = call->arguments;
    struct making making = {a[0], a[1], a[2], pool | (uint32_t)a[3], (uint32_t)a[5], a[4]};
    return make(m, &making);
}

static struct kss_outcome initialize_ex(struct kss_machine *m, const struct kss_call *call) {
    const uint64_t *a = call->arguments;
    uint32_t type = (uint32_t)a[3], flags = (uint32_t)a[4];
    if ((flags & ~(uint32_t)(EX_RAISE | EX_NO_RAISE)) != 0 || flags == (EX_RAISE | EX_NO_RAISE))
        return kss_return((uint32_t)STATUS_INVALID_PARAMETER_5);
    struct making making = {a[0],           a[1], a[2], type | (flags & EX_RAISE ? RAISE : 0u),
                            (uint32_t)a[6], a[5]};
    return make(m, &making);
}

static void count_up(struct kss_machine *m, kss_addr field) {
    kss_poke(m, field, 4, kss_peek(m, field, 4) + 1);
}

static struct kss_outcome touch(struct kss_machine *m, kss_addr list) {
    uint8_t bytes[MOST_WORDS];
    return kss_read(m, list, bytes, KSS_SIZE(GENERAL_LOOKASIDE, kss_wide(m)), KSS_WHO_DRIVER);
}

// The driver's routine in [field]; false: the pool serves.
static bool own_routine(struct kss_machine *m, kss_addr field, uint32_t *code,
                        struct kss_outcome *outcome) {
    kss_addr routine = kss_get(m, field);
    *outcome = kss_return(0);
    if (routine == 0)
        return false;
    if (!kss_code_at(m, routine, code))
        *outcome = kss_io_bad_call(m, routine);
    return true;
}

// ---- Allocating ---------------------------------------------------------------------------------
static struct kss_outcome allocated(struct kss_machine *m, kss_addr list, kss_addr entry) {
    if (entry == 0 && kss_peek(m, list + FIELD(Type), 4) & RAISE)
        return kss_outcome(KSS_OUT_RAISE, (uint32_t)STATUS_INSUFFICIENT_RESOURCES);
    return kss_return(entry);
}

static struct kss_outcome allocate(struct kss_machine *m, struct kss_call *call, bool ex) {
    kss_addr list = call->arguments[0];
    uint32_t code;
    struct kss_outcome outcome;
    if (call->step == STEP_ALLOCATED)
        return allocated(m, list, call->result);
    KSS_TRY(touch(m, list));
    count_up(m, list + FIELD(TotalAllocates));
    outcome = kss_slist_pop(m, list, KSS_WHO_DRIVER);
    if (outcome.kind != KSS_OUT_RETURN || outcome.value != 0)
        return outcome;
    count_up(m, list + FIELD(AllocateMisses));
    call->out[0] = kss_peek(m, list + FIELD(Type), 4);
    call->out[1] = kss_peek(m, list + FIELD(Size), 4);
    call->out[2] = kss_peek(m, list + FIELD(Tag), 4);
    call->out[3] = list;
    if (own_routine(m, list + FIELD(Allocate), &code, &outcome)) {
        KSS_TRY(outcome);
        return kss_call_driver(m, call, STEP_ALLOCATED, code, ex ? 4 : 3, KSS_ENTRY_CALLBACK);
    }
    struct kss_call pool = {.arguments = {call->out[0], call->out[1], call->out[2]},
                            .routine = call->routine,
                            .place = call->place};
    outcome = kss_nt_ExAllocatePoolWithTag(m, &pool);
    KSS_TRY(outcome);
    return allocated(m, list, outcome.value);
}

// ---- Freeing ------------------------------------------------------------------------------------
static struct kss_outcome give_back(struct kss_machine *m, struct kss_call *call, kss_addr entry,
                                    bool ex) {
    kss_addr list = call->arguments[0];
    uint32_t code;
    struct kss_outcome outcome;
    call->out[0] = entry;
    call->out[1] = list;
    if (own_routine(m, list + FIELD(Free), &code, &outcome)) {
        KSS_TRY(outcome);
        return kss_call_driver(m, call, STEP_FREED, code, ex ? 2 : 1, KSS_ENTRY_CALLBACK);
    }
    struct kss_call pool = {.arguments = {entry, kss_peek(m, list + FIELD(Tag), 4)},
                            .routine = call->routine,
                            .place = call->place};
    return kss_nt_ExFreePoolWithTag(m, &pool);
}

static struct kss_outcome release(struct kss_machine *m, struct kss_call *call, bool ex) {
    kss_addr list = call->arguments[0];
    if (call->step == STEP_FREED)
        return kss_return(0);
    KSS_TRY(touch(m, list));
    count_up(m, list + FIELD(TotalFrees));
    struct kss_outcome depth = kss_slist_depth(m, list, KSS_WHO_DRIVER);
    KSS_TRY(depth);
    if (depth.value < kss_peek(m, list + FIELD(Depth), 2)) {
        KSS_TRY(kss_slist_push(m, list, call->arguments[1], KSS_WHO_DRIVER));
        return kss_return(0);
    }
    count_up(m, list + FIELD(FreeMisses));
    KSS_TRY(give_back(m, call, call->arguments[1], ex));
    return kss_return(0);
}

// Deleting and flushing: every entry goes back to where it came from.
static struct kss_outcome empty(struct kss_machine *m, struct kss_call *call, bool ex) {
    for (;;) {
        KSS_TRY(touch(m, call->arguments[0]));
        struct kss_outcome entry = kss_slist_pop(m, call->arguments[0], KSS_WHO_DRIVER);
        if (entry.kind != KSS_OUT_RETURN || entry.value == 0)
            return entry;
        KSS_TRY(give_back(m, call, entry.value, ex));
    }
}

KSS_NT_IS(ExInitializeNPagedLookasideList, initialize(m, call, 0))
KSS_NT_IS(ExInitializePagedLookasideList, initialize(m, call, PAGED_POOL))
KSS_NT_IS(ExInitializeLookasideListEx, initialize_ex(m, call))
KSS_NT_IS(ExAllocateFromNPagedLookasideList, allocate(m, call, false))
KSS_NT_IS(ExAllocateFromPagedLookasideList, allocate(m, call, false))
KSS_NT_IS(ExAllocateFromLookasideListEx, allocate(m, call, true))
KSS_NT_IS(ExFreeToNPagedLookasideList, release(m, call, false))
KSS_NT_IS(ExFreeToPagedLookasideList, release(m, call, false))
KSS_NT_IS(ExFreeToLookasideListEx, release(m, call, true))
KSS_NT_IS(ExDeleteNPagedLookasideList, empty(m, call, false))
KSS_NT_IS(ExDeletePagedLookasideList, empty(m, call, false))
KSS_NT_IS(ExDeleteLookasideListEx, empty(m, call, true))
KSS_NT_IS(ExFlushLookasideListEx, empty(m, call, true))
