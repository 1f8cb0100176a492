// SPDX-License-Identifier: MIT
// Map control blocks: which sectors of a disk (LBN) hold which sectors of a file (VBN). Runs are kept
// in the order of their VBN, neighbours that continue each other as one; a hole has LBN -1.
//
//   mapping (paged or nonpaged pool, by the block's PoolType), PairCount pairs of 64 bits:
//     | VBN behind run 0 | LBN of run 0 | VBN behind run 1 | LBN of run 1 | ...
//
// A LARGE_MCB is a pointer to its mutex, then the BASE_MCB { MaximumPairCount, PairCount, PoolType,
// Flags, Mapping } (mingw-w64 ddk/ntifs.h). DDI FsRtlAddLargeMcbEntry and its like.
#include "kernel/serve.h"

enum { FIRST_PAIRS = 16, PAIR = 16, TAG = 0x6D4D5346 /* FSMm */ };
static const uint64_t HOLE = UINT64_MAX;

struct mcb {
    kss_addr at, mapping; // of the BASE_MCB
    uint32_t room, count;
    uint16_t pool;
};

static kss_addr base_of(const struct kss_machine *m, kss_addr large) {
    return large + kss_pointer(m);
}

static struct kss_outcome read_mcb(struct kss_machine *m, kss_addr at, struct mcb *mcb) {
    uint64_t room, count, pool, mapping;
    KSS_LOAD(room, at, 4);
    KSS_LOAD(count, at + 4, 4);
    KSS_LOAD(pool, at + 8, 2);
    KSS_LOAD(mapping, at + (kss_wide(m) ? 16 : 12), kss_pointer(m));
    *mcb = (struct mcb){at, mapping, (uint32_t)room, (uint32_t)count, (uint16_t)pool};
    return kss_return(0);
}

static uint64_t end_of(struct kss_machine *m, const struct mcb *mcb, uint32_t i) {
    return kss_peek(m, mcb->mapping + i * PAIR, 8);
}

static uint64_t lbn_of(struct kss_machine *m, const struct mcb *mcb, uint32_t i) {
    return kss_peek(m, mcb->mapping + i * PAIR + 8, 8);
}

static uint64_t start_of(struct kss_machine *m, const struct mcb *mcb, uint32_t i) {
    return i == 0 ? 0 : end_of(m, mcb, i - 1);
}

static uint32_t run_with(struct kss_machine *m, const struct mcb *mcb, uint64_t vbn) {
    uint32_t i = 0;
    while (i < mcb->count && end_of(m, mcb, i) <= vbn)
        i++;
    return i;
}

static void set_count(struct kss_machine *m, struct mcb *mcb, uint32_t count) {
    mcb->count = count;
    kss_poke(m, mcb->at + 4, 4, count);
}

// A pair before run [i]; the mapping grows by doubling. RAISE: the pool is full.
static struct kss_outcome insert(struct kss_machine *m, struct mcb *mcb, uint32_t i, uint64_t end,
                                 uint64_t lbn) {
    if (mcb->count == mcb->room) {
        struct kss_call pool = {.arguments = {mcb->pool, (uint64_t)mcb->room * 2 * PAIR, TAG},
                                .routine = m->at_work};
        struct kss_outcome bigger = kss_nt_FsRtlAllocatePoolWithTag(m, &pool);
        KSS_TRY(bigger);
        for (uint32_t k = 0; k < mcb->count * 2; k++)
            kss_poke(m, bigger.value + k * 8, 8, kss_peek(m, mcb->mapping + k * 8, 8));
        struct kss_call release = {.arguments = {mcb->mapping}, .routine = m->at_work};
        KSS_TRY(kss_nt_ExFreePool(m, &release));
        mcb->mapping = bigger.value;
        mcb->room *= 2;
        kss_poke(m, mcb->at, 4, mcb->room);
        kss_set(m, mcb->at + (kss_wide(m) ? 16 : 12), mcb->mapping);
    }
    for (uint32_t k = mcb->count; k > i; k--) {
        kss_poke(m, mcb->mapping + k * PAIR, 8, end_of(m, mcb, k - 1));
        kss_poke(m, mcb->mapping + k * PAIR + 8, 8, lbn_of(m, mcb, k - 1));
    }
    kss_poke(m, mcb->mapping + i * PAIR, 8, end);
    kss_poke(m, mcb->mapping + i * PAIR + 8, 8, lbn);
    set_count(m, mcb, mcb->count + 1);
    return kss_return(0);
}

static void drop(struct kss_machine *m, struct mcb *mcb, uint32_t i) {
    for (uint32_t k = i; k + 1 < mcb->count; k++) {
        kss_poke(m, mcb->mapping + k * PAIR, 8, end_of(m, mcb, k + 1));
        kss_poke(m, mcb->mapping + k * PAIR + 8, 8, lbn_of(m, mcb, k + 1));
    }
    set_count(m, mcb, mcb->count - 1);
}

// A run boundary at [vbn], inside the mapping or at its end.
static struct kss_outcome cut(struct kss_machine *m, struct mcb *mcb, uint64_t vbn) {
    uint32_t i = run_with(m, mcb, vbn);
    if (i == mcb->count || start_of(m, mcb, i) == vbn)
        return kss_return(0);
    uint64_t lbn = lbn_of(m, mcb, i), start = start_of(m, mcb, i);
    KSS_TRY(insert(m, mcb, i, vbn, lbn));
    if (lbn != HOLE)
        kss_poke(m, mcb->mapping + (i + 1) * PAIR + 8, 8, lbn + (vbn - start));
    return kss_return(0);
}

// Neighbours that continue each other become one; a hole at the end goes.
static void tidy(struct kss_machine *m, struct mcb *mcb) {
    for (uint32_t i = 0; i + 1 < mcb->count;) {
        uint64_t a = lbn_of(m, mcb, i), b = lbn_of(m, mcb, i + 1);
        uint64_t length = end_of(m, mcb, i) - start_of(m, mcb, i);
        if ((a == HOLE && b == HOLE) || (a != HOLE && b != HOLE && a + length == b)) {
            kss_poke(m, mcb->mapping + i * PAIR, 8, end_of(m, mcb, i + 1));
            drop(m, mcb, i + 1);
        } else {
            i++;
        }
    }
    while (mcb->count != 0 && lbn_of(m, mcb, mcb->count - 1) == HOLE)
        set_count(m, mcb, mcb->count - 1);
}

// Makes [vbn, vbn + count) the run [lbn], whatever was there.
static struct kss_outcome put_run(struct kss_machine *m, struct mcb *mcb, uint64_t vbn,
                                  uint64_t lbn, uint64_t count) {
    uint64_t end = mcb->count == 0 ? 0 : end_of(m, mcb, mcb->count - 1);
    if (vbn > end)
        KSS_TRY(insert(m, mcb, mcb->count, vbn, HOLE));
    KSS_TRY(cut(m, mcb, vbn));
    KSS_TRY(cut(m, mcb, vbn + count));
    uint32_t i = run_with(m, mcb, vbn);
    while (i < mcb->count && end_of(m, mcb, i) <= vbn + count)
        drop(m, mcb, i);
    KSS_TRY(insert(m, mcb, i, vbn + count, lbn));
    tidy(m, mcb);
    return kss_return(1);
}

// ---- Making -------------------------------------------------------------------------------------
static struct kss_outcome initialize(struct kss_machine *m, kss_addr at, uint64_t pool) {
    struct kss_call allocate = {.arguments = {pool & 1, FIRST_PAIRS * PAIR, TAG},
                                .routine = m->at_work};
    struct kss_outcome mapping = kss_nt_FsRtlAllocatePoolWithTag(m, &allocate);
    KSS_TRY(mapping);
    KSS_STORE(at, 4, FIRST_PAIRS);
    KSS_STORE(at + 4, 4, 0);
    KSS_STORE(at + 8, 2, pool & 0xFFFF);
    KSS_STORE(at + 10, 2, 0);
    KSS_STORE(at + (kss_wide(m) ? 16 : 12), kss_pointer(m), mapping.value);
    return kss_return(1);
}

static struct kss_outcome uninitialize(struct kss_machine *m, kss_addr at) {
    struct mcb mcb;
    KSS_TRY(read_mcb(m, at, &mcb));
    struct kss_call release = {.arguments = {mcb.mapping}, .routine = m->at_work};
    if (mcb.mapping != 0)
        KSS_TRY(kss_nt_ExFreePool(m, &release));
    KSS_STORE(at + (kss_wide(m) ? 16 : 12), kss_pointer(m), 0);
    KSS_STORE(at + 4, 4, 0);
    return kss_return(0);
}

// ---- Adding, removing ---------------------------------------------------------------------------
static struct kss_outcome add(struct kss_machine *m, kss_addr at, const uint64_t *a) {
    struct mcb mcb;
    KSS_TRY(read_mcb(m, at, &mcb));
    if (a[3] == 0)
        return kss_return(0);
    // A mapping that says something else already is left alone and FALSE returned (DDI).
    for (uint32_t i = run_with(m, &mcb, a[1]); i < mcb.count; i++) {
        uint64_t start = start_of(m, &mcb, i), lbn = lbn_of(m, &mcb, i);
        if (start >= a[1] + a[3])
            break;
        if (lbn != HOLE && lbn - start != a[2] - a[1])
            return kss_return(0);
    }
    return put_run(m, &mcb, a[1], a[2], a[3]);
}

static struct kss_outcome take_away(struct kss_machine *m, kss_addr at, uint64_t vbn,
                                    uint64_t count) {
    struct mcb mcb;
    KSS_TRY(read_mcb(m, at, &mcb));
    uint64_t end = mcb.count == 0 ? 0 : end_of(m, &mcb, mcb.count - 1);
    if (vbn >= end || count == 0)
        return kss_return(1);
    if (count > end - vbn)
        count = end - vbn;
    return put_run(m, &mcb, vbn, HOLE, count);
}

// Everything from [vbn] on moves up by [amount]; the gap is a hole. FALSE: vbn is behind the end.
static struct kss_outcome split(struct kss_machine *m, kss_addr at, uint64_t vbn, uint64_t amount) {
    struct mcb mcb;
    KSS_TRY(read_mcb(m, at, &mcb));
    uint64_t end = mcb.count == 0 ? 0 : end_of(m, &mcb, mcb.count - 1);
    if (vbn >= end)
        return kss_return(0);
    KSS_TRY(cut(m, &mcb, vbn));
    uint32_t i = run_with(m, &mcb, vbn);
    for (uint32_t k = i; k < mcb.count; k++)
        kss_poke(m, mcb.mapping + k * PAIR, 8, end_of(m, &mcb, k) + amount);
    KSS_TRY(insert(m, &mcb, i, vbn + amount, HOLE));
    tidy(m, &mcb);
    return kss_return(1);
}

// ---- Looking up ---------------------------------------------------------------------------------
static struct kss_outcome put_if(struct kss_machine *m, kss_addr to, unsigned size,
                                 uint64_t value) {
    if (to != 0)
        KSS_STORE(to, size, value);
    return kss_return(0);
}

// Mcb, Vbn, Lbn, SectorCountFromLbn, StartingLbn, SectorCountFromStartingLbn, Index
static struct kss_outcome lookup(struct kss_machine *m, kss_addr at, const uint64_t *a) {
    struct mcb mcb;
    KSS_TRY(read_mcb(m, at, &mcb));
    uint32_t i = run_with(m, &mcb, a[1]);
    if (i == mcb.count)
        return kss_return(0);
    uint64_t start = start_of(m, &mcb, i), end = end_of(m, &mcb, i), lbn = lbn_of(m, &mcb, i);
    KSS_TRY(put_if(m, a[2], 8, lbn == HOLE ? HOLE : lbn + (a[1] - start)));
    KSS_TRY(put_if(m, a[3], 8, end - a[1]));
    KSS_TRY(put_if(m, a[4], 8, lbn));
    KSS_TRY(put_if(m, a[5], 8, end - start));
    KSS_TRY(put_if(m, a[6], 4, i));
    return kss_return(1);
}

// Mcb, Vbn, Lbn, Index: of the last sector.
static struct kss_outcome lookup_last(struct kss_machine *m, kss_addr at, const uint64_t *a,
                                      bool index) {
    struct mcb mcb;
    KSS_TRY(read_mcb(m, at, &mcb));
    if (mcb.count == 0)
        return kss_return(0);
    uint32_t i = mcb.count - 1;
    uint64_t start = start_of(m, &mcb, i), last = end_of(m, &mcb, i) - 1, lbn = lbn_of(m, &mcb, i);
    KSS_TRY(put_if(m, a[1], 8, last));
    KSS_TRY(put_if(m, a[2], 8, lbn == HOLE ? HOLE : lbn + (last - start)));
    if (index)
        KSS_TRY(put_if(m, a[3], 4, i));
    return kss_return(1);
}

// Mcb, RunIndex, Vbn, Lbn, SectorCount
static struct kss_outcome next_entry(struct kss_machine *m, kss_addr at, const uint64_t *a) {
    struct mcb mcb;
    uint32_t i = (uint32_t)a[1];
    KSS_TRY(read_mcb(m, at, &mcb));
    if (i >= mcb.count)
        return kss_return(0);
    KSS_TRY(put_if(m, a[2], 8, start_of(m, &mcb, i)));
    KSS_TRY(put_if(m, a[3], 8, lbn_of(m, &mcb, i)));
    KSS_TRY(put_if(m, a[4], 8, end_of(m, &mcb, i) - start_of(m, &mcb, i)));
    return kss_return(1);
}

static struct kss_outcome runs(struct kss_machine *m, kss_addr at) {
    struct mcb mcb;
    KSS_TRY(read_mcb(m, at, &mcb));
    return kss_return(mcb.count);
}

static struct kss_outcome truncate(struct kss_machine *m, kss_addr at, uint64_t vbn) {
    KSS_TRY(take_away(m, at, vbn, UINT64_MAX / 2));
    return kss_return(0);
}

// ---- Both kinds ---------------------------------------------------------------------------------
#define BASE  KSS_A(0)
#define LARGE base_of(m, KSS_A(0))

KSS_NT(FsRtlInitializeBaseMcb) {
    return initialize(m, BASE, KSS_A(1));
}
KSS_NT(FsRtlInitializeBaseMcbEx) {
    return initialize(m, BASE, KSS_A(1));
}
KSS_NT(FsRtlInitializeLargeMcb) {
    KSS_STORE(KSS_A(0), kss_pointer(m), 0); // one routine at a time: nobody waits for the mutex
    return initialize(m, LARGE, KSS_A(1));
}
KSS_NT(FsRtlUninitializeBaseMcb) {
    return uninitialize(m, BASE);
}
KSS_NT(FsRtlUninitializeLargeMcb) {
    return uninitialize(m, LARGE);
}
KSS_NT(FsRtlAddBaseMcbEntry) {
    return add(m, BASE, call->arguments);
}
KSS_NT(FsRtlAddBaseMcbEntryEx) {
    struct kss_outcome added = add(m, BASE, call->arguments);
    KSS_TRY(added);
    return kss_answer(added.value ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL);
}
KSS_NT(FsRtlAddLargeMcbEntry) {
    return add(m, LARGE, call->arguments);
}
KSS_NT(FsRtlRemoveBaseMcbEntry) {
    return take_away(m, BASE, KSS_A(1), KSS_A(2));
}
KSS_NT(FsRtlRemoveLargeMcbEntry) {
    KSS_TRY(take_away(m, LARGE, KSS_A(1), KSS_A(2)));
    return kss_return(0);
}
KSS_NT(FsRtlSplitBaseMcb) {
    return split(m, BASE, KSS_A(1), KSS_A(2));
}
KSS_NT(FsRtlSplitLargeMcb) {
    return split(m, LARGE, KSS_A(1), KSS_A(2));
}
KSS_NT(FsRtlTruncateBaseMcb) {
    return truncate(m, BASE, KSS_A(1));
}
KSS_NT(FsRtlTruncateLargeMcb) {
    return truncate(m, LARGE, KSS_A(1));
}
KSS_NT(FsRtlResetBaseMcb) {
    return truncate(m, BASE, 0);
}
KSS_NT(FsRtlResetLargeMcb) {
    return truncate(m, LARGE, 0);
}
KSS_NT(FsRtlLookupBaseMcbEntry) {
    return lookup(m, BASE, call->arguments);
}
KSS_NT(FsRtlLookupLargeMcbEntry) {
    return lookup(m, LARGE, call->arguments);
}
KSS_NT(FsRtlLookupLastBaseMcbEntry) {
    return lookup_last(m, BASE, call->arguments, false);
}
KSS_NT(FsRtlLookupLastLargeMcbEntry) {
    return lookup_last(m, LARGE, call->arguments, false);
}
KSS_NT(FsRtlLookupLastBaseMcbEntryAndIndex) {
    return lookup_last(m, BASE, call->arguments, true);
}
KSS_NT(FsRtlLookupLastLargeMcbEntryAndIndex) {
    return lookup_last(m, LARGE, call->arguments, true);
}
KSS_NT(FsRtlGetNextBaseMcbEntry) {
    return next_entry(m, BASE, call->arguments);
}
KSS_NT(FsRtlGetNextLargeMcbEntry) {
    return next_entry(m, LARGE, call->arguments);
}
KSS_NT(FsRtlNumberOfRunsInBaseMcb) {
    return runs(m, BASE);
}
KSS_NT(FsRtlNumberOfRunsInLargeMcb) {
    return runs(m, LARGE);
}
