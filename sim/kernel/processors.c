// SPDX-License-Identifier: MIT
// Processors, affinity, floating point, precise time: one group, one node, as many processors as the
// machine has.
#include "kernel/serve.h"

enum { ALL_GROUPS = 0xFFFF, CACHE_LINE = 64 };

static uint64_t all_processors(const struct kss_machine *m) {
    uint32_t count = kss_cpu_at_count(m);
    return count >= 64 ? UINT64_MAX : (UINT64_C(1) << count) - 1;
}

static uint64_t affinity_bits(const struct kss_machine *m, uint64_t value) {
    return kss_wide(m) ? value : value & 0xFFFFFFFF;
}

// ---- How many -----------------------------------------------------------------------------------
KSS_NT(KeQueryActiveProcessors) {
    return kss_return(all_processors(m));
}

KSS_NT(KeQueryActiveProcessorCount) {
    if (KSS_A(0) != 0)
        KSS_STORE(KSS_A(0), kss_pointer(m), all_processors(m));
    return kss_return(kss_cpu_at_count(m));
}

static struct kss_outcome count_in_group(const struct kss_machine *m, uint64_t group) {
    group &= 0xFFFF;
    return kss_return(group == 0 || group == ALL_GROUPS ? kss_cpu_at_count(m) : 0);
}

KSS_NT(KeQueryActiveProcessorCountEx) {
    return count_in_group(m, KSS_A(0));
}

KSS_NT(KeQueryMaximumProcessorCountEx) {
    return count_in_group(m, KSS_A(0));
}

KSS_NT(KeQueryMaximumProcessorCount) {
    return kss_return(kss_cpu_at_count(m));
}

KSS_NT(KeQueryActiveGroupCount) {
    return kss_return(1);
}

KSS_NT(KeQueryMaximumGroupCount) {
    return kss_return(1);
}

KSS_NT(KeQueryGroupAffinity) {
    return kss_return((KSS_A(0) & 0xFFFF) == 0 ? all_processors(m) : 0);
}

KSS_NT(KeGetCurrentNodeNumber) {
    return kss_return(0);
}

KSS_NT(KeQueryHighestNodeNumber) {
    return kss_return(0);
}

KSS_NT(KeQueryNodeMaximumProcessorCount) {
    return kss_return((KSS_A(0) & 0xFFFF) == 0 ? kss_cpu_at_count(m) : 0);
}

static struct kss_outcome group_affinity(struct kss_machine *m, kss_addr to, uint64_t mask) {
    KSS_STORE(to + KSS_FIELD(GROUP_AFFINITY, Mask), kss_pointer(m), mask);
    KSS_STORE(to + KSS_FIELD(GROUP_AFFINITY, Group), 2, 0);
    return kss_return(0);
}

KSS_NT(KeQueryNodeActiveAffinity) {
    bool node = (KSS_A(0) & 0xFFFF) == 0;
    if (KSS_A(1) != 0)
        KSS_TRY(group_affinity(m, KSS_A(1), node ? all_processors(m) : 0));
    if (KSS_A(2) != 0)
        KSS_STORE(KSS_A(2), 2, node ? kss_cpu_at_count(m) : 0);
    return kss_return(0);
}

// ---- Which --------------------------------------------------------------------------------------
KSS_NT(KeGetProcessorIndexFromNumber) { // INVALID_PROCESSOR_INDEX where there is none
    uint64_t number;
    KSS_LOAD(number, KSS_A(0), 4); // PROCESSOR_NUMBER { Group, Number, Reserved }
    bool there =
        (number & 0xFFFF) == 0 && (number >> 16 & 0xFF) < kss_cpu_at_count(m) && number >> 24 == 0;
    return kss_return(there ? number >> 16 & 0xFF : UINT32_MAX);
}

KSS_NT(KeGetProcessorNumberFromIndex) {
    uint32_t index = (uint32_t)KSS_A(0);
    if (index >= kss_cpu_at_count(m))
        return kss_answer(STATUS_INVALID_PARAMETER);
    KSS_STORE(KSS_A(1), 4, index << 16);
    return kss_answer(STATUS_SUCCESS);
}

// ---- Affinity of the running thread -------------------------------------------------------------
// The record has the affinity set while it is not the user affinity. A call of the Ex form returns
// what was set before, 0 for none, and its counterpart restores that (DDI).
static uint64_t change_affinity(struct kss_machine *m, uint64_t to) {
    uint16_t thread = kss_cpu(m)->thread;
    if (thread == KSS_NONE)
        return 0;
    uint64_t before = kss_of_thread(m, KSS_R_AFFINITY, thread);
    kss_set_of_thread(m, KSS_R_AFFINITY, thread, affinity_bits(m, to) & all_processors(m));
    return before;
}

KSS_NT(KeSetSystemAffinityThread) {
    change_affinity(m, KSS_A(0));
    return kss_return(0);
}

KSS_NT(KeSetSystemAffinityThreadEx) {
    if ((affinity_bits(m, KSS_A(0)) & all_processors(m)) ==
        0) // no active processor: nothing is done
        return kss_return(0);
    return kss_return(change_affinity(m, KSS_A(0)));
}

KSS_NT(KeRevertToUserAffinityThread) {
    change_affinity(m, 0);
    return kss_return(0);
}

KSS_NT(KeRevertToUserAffinityThreadEx) {
    change_affinity(m, KSS_A(0));
    return kss_return(0);
}

KSS_NT(KeSetSystemGroupAffinityThread) {
    uint64_t mask, group;
    KSS_LOAD(mask, KSS_A(0) + KSS_FIELD(GROUP_AFFINITY, Mask), kss_pointer(m));
    KSS_LOAD(group, KSS_A(0) + KSS_FIELD(GROUP_AFFINITY, Group), 2);
    bool active = group == 0 && (mask & all_processors(m)) != 0;
    uint64_t before = active ? change_affinity(m, mask) : 0;
    if (KSS_A(1) != 0) // all zero: there was none, or nothing was done
        KSS_TRY(group_affinity(m, KSS_A(1), before));
    return kss_return(0);
}

KSS_NT(KeRevertToUserGroupAffinityThread) {
    uint64_t mask;
    KSS_LOAD(mask, KSS_A(0) + KSS_FIELD(GROUP_AFFINITY, Mask), kss_pointer(m));
    change_affinity(m, mask);
    return kss_return(0);
}

// ---- DPC attributes -----------------------------------------------------------------------------
// Where and how soon a DPC runs. With one processor, and a queue that is drained whenever the IRQL
// lets it, they change nothing; the object is looked at all the same.
static struct kss_outcome dpc_attribute(struct kss_machine *m, struct kss_call *call) {
    uint16_t object;
    KSS_USE(kss_object_use(m, call, KSS_A(0), KSS_O_DPC, true, &object));
    return kss_return(0);
}

KSS_NT(KeSetTargetProcessorDpcEx) {
    uint64_t number;
    KSS_LOAD(number, KSS_A(1), 4);
    if ((number & 0xFFFF) != 0 || (number >> 16 & 0xFF) >= kss_cpu_at_count(m) || number >> 24 != 0)
        return kss_answer(STATUS_INVALID_PARAMETER);
    KSS_TRY(dpc_attribute(m, call));
    return kss_answer(STATUS_SUCCESS);
}

// ---- Floating point -----------------------------------------------------------------------------
// The state itself is not modelled; that each save is restored is for the driver to keep.
KSS_NT(KeSaveFloatingPointState) {
    KSS_STORE(KSS_A(0), 4, 0);
    return kss_answer(STATUS_SUCCESS);
}

KSS_NT(KeRestoreFloatingPointState) {
    uint64_t ignored;
    KSS_LOAD(ignored, KSS_A(0), 4);
    (void)ignored;
    return kss_answer(STATUS_SUCCESS);
}

KSS_NT(KeSaveExtendedProcessorState) {
    KSS_STORE(KSS_A(1), 8, KSS_A(0));
    return kss_answer(STATUS_SUCCESS);
}

KSS_NT(KeRestoreExtendedProcessorState) {
    uint64_t ignored;
    KSS_LOAD(ignored, KSS_A(0), 8);
    (void)ignored;
    return kss_return(0);
}

KSS_NT(KeGetRecommendedSharedDataAlignment) {
    return kss_return(CACHE_LINE);
}

KSS_NT(ExIsProcessorFeaturePresent) {
    // PF_COMPARE_EXCHANGE_DOUBLE, MMX, XMMI, RDTSC, PAE, XMMI64; NX on x64; PF_FLOATING_POINT_EMULATED
    // is none. ARM machines: V4 and VFP, NEON (mingw-w64 winnt.h).
    static const uint8_t intel[] = {2, 3, 6, 8, 9, 10, 12, 13, 17};
    static const uint8_t arm[] = {18, 19, 29};
    bool is_intel =
        m->config.profile.arch == KSS_ARCH_X86 || m->config.profile.arch == KSS_ARCH_X64;
    const uint8_t *features = is_intel ? intel : arm;
    for (unsigned i = 0; i < (is_intel ? sizeof intel : sizeof arm); i++)
        if (features[i] == (uint32_t)KSS_A(0))
            return kss_return(1);
    return kss_return(0);
}

// ---- Time ---------------------------------------------------------------------------------------
static uint64_t read_clock(struct kss_machine *m) {
    kss_globals(m)->time_read = 1;
    return kss_clock(m)->now;
}

static struct kss_outcome precise(struct kss_machine *m, kss_addr counter) {
    uint64_t now = read_clock(m);
    if (counter != 0)
        KSS_STORE(counter, 8, now); // the performance counter ticks every 100 ns
    return kss_return(now);
}

KSS_NT(KeQueryInterruptTimePrecise) {
    return precise(m, KSS_A(0));
}

KSS_NT(KeQueryUnbiasedInterruptTimePrecise) { // the machine never sleeps: no bias
    return precise(m, KSS_A(0));
}

KSS_NT(KeQueryUnbiasedInterruptTime) {
    return kss_return(read_clock(m) - kss_globals(m)->tick_phase);
}

// Statements take no time: threads have used none.
KSS_NT(KeQueryRuntimeThread) {
    if (KSS_A(1) != 0)
        KSS_STORE(KSS_A(1), 4, 0);
    return kss_return(0);
}

KSS_NT(KeQueryTotalCycleTimeThread) {
    if (KSS_A(1) != 0)
        KSS_STORE(KSS_A(1), 8, 0);
    return kss_return(0);
}

KSS_NT(KeShouldYieldProcessor) {
    return kss_return(0);
}
