// SPDX-License-Identifier: MIT
// The stack swapper: which waiting thread's stack leaves memory, when, and how it comes back.
//
// Eligible: the wait is UserMode, swapping is enabled for the thread, its priority is
// below the ceiling, and at a swapper tick it has waited at least the threshold. Policy `process`
// asks in addition that every thread of its process waits in UserMode and that it is not the System
// process (DVT miscellaneous-checks). All pages of the thread's stacks go together. The first tick
// at which the time clause can hold is computed when the wait begins, so an idle machine has no
// ticks at all.
//
// Sources: DDI KeSetKernelStackSwapEnable; Windows Internals 6th ed. part 2 ch. 10 (15 s, 3 s, 4
// s).
#include "kernel/machine.h"

enum {
    CLAUSE_USER_MODE = 1,
    CLAUSE_ENABLED = 2,
    CLAUSE_TIME = 4,
    CLAUSE_PRIORITY = 8,
    CLAUSE_PROCESS = 16,
    CLAUSES = 31
};

static uint64_t threshold(const struct kss_machine *m) {
    return m->config.small_memory ? m->config.profile.outswap_after_small
                                  : m->config.profile.outswap_after;
}

static bool process_waits(const struct kss_machine *m, uint32_t process) {
    if (process == 0)
        return false;
    for (uint32_t i = 0; i < kss_thread_at_count(m); i++) {
        const struct kss_thread *other = kss_thread_at(m, i);
        if (other->process == process && other->state != KSS_T_ENDED &&
            !(other->state == KSS_T_WAITING && other->wait_mode == 1))
            return false;
    }
    return true;
}

static unsigned clauses(const struct kss_machine *m, uint16_t index, bool time) {
    const struct kss_thread *thread = kss_thread_at(m, index);
    unsigned held = 0;
    if (thread->wait_mode == 1)
        held |= CLAUSE_USER_MODE;
    if (thread->flags & KSS_TF_SWAP_ENABLED)
        held |= CLAUSE_ENABLED;
    if (time)
        held |= CLAUSE_TIME;
    if (thread->priority < m->config.profile.swap_priority_ceiling)
        held |= CLAUSE_PRIORITY;
    if (m->config.swap_policy == KSS_SWAP_PER_THREAD || process_waits(m, thread->process))
        held |= CLAUSE_PROCESS;
    return held;
}

// Locked pages stay (policy locked-pages-stay).
static void pages(struct kss_machine *m, kss_addr low, kss_addr high, bool in) {
    kss_addr page = m->config.profile.page_size, from = low;
    for (kss_addr at = low; !in && at < high; at += page) {
        if (!kss_pages_locked(m, at, 1))
            continue;
        if (from < at)
            m->space->residency(m->space->context, from, at, false);
        from = at + page;
    }
    if (from < high)
        m->space->residency(m->space->context, from, high, in);
}

// Natively the pages really go.
static void host_residency(struct kss_machine *m, uint16_t index, bool in) {
    for (uint32_t i = 0; m->space != NULL && i < kss_stack_at_count(m); i++) {
        const struct kss_stack *stack = kss_stack_at(m, i);
        if (stack->thread == index && stack->kind != KSS_STACK_FREE)
            pages(m, stack->base - stack->size, stack->base, in);
    }
}

static bool any_locked(const struct kss_machine *m, uint16_t index) {
    for (uint32_t i = 0; i < kss_object_ref_count(m); i++) {
        const struct kss_object *mdl = kss_object_ref(m, i);
        uint32_t depth;
        if (mdl->kind != KSS_O_MDL || !(mdl->irql & KSS_MDL_LOCKED))
            continue;
        uint16_t stack = kss_stack_of(m, mdl->context, &depth);
        if (stack != KSS_NONE && kss_stack_at(m, stack)->thread == index)
            return true;
    }
    return false;
}

static void out_swap(struct kss_machine *m, uint16_t index) {
    if (any_locked(m, index))
        kss_policy_used(m, KSS_POLICY_locked_pages_stay);
    kss_thread_at(m, index)->out = 1;
    host_residency(m, index, false);
    kss_thread_cold_at(m, index)->out_since = kss_clock(m)->now;
    uint64_t bytes = 0;
    for (uint32_t i = 0; i < kss_stack_at_count(m); i++)
        if (kss_stack_at(m, i)->thread == index && kss_stack_at(m, i)->kind != KSS_STACK_FREE)
            bytes += kss_stack_at(m, i)->size;
    KSS_EMIT(m, KSS_EV_OUTSWAP, index, bytes,
             kss_clock(m)->now - kss_thread_cold_at(m, index)->wait_began, 0);
}

// A look at a waiting thread, its time clause holding.
void kss_swap_look(struct kss_machine *m, uint16_t index) {
    const struct kss_thread *thread = kss_thread_at(m, index);
    if (thread->state != KSS_T_WAITING || thread->out)
        return;
    unsigned held = clauses(m, index, true);
    bool eligible = held == CLAUSES;
    KSS_EMIT(m, KSS_EV_ELIGIBLE, index, eligible, held, 0);
    if (!eligible) {
        if (held != (CLAUSES & ~CLAUSE_PRIORITY))
            return;
        kss_policy_used(m, KSS_POLICY_swap_priority_ceiling);
        return;
    }
    if (m->config.swap == KSS_SWAP_EAGER && m->port.choose != NULL &&
        m->port.choose(m->port.context, m, KSS_CHOOSE_OUTSWAP, 2) == 1)
        return;
    kss_policy_used(m, KSS_POLICY_swap_per_thread);
    kss_policy_used(m, m->config.swap == KSS_SWAP_EAGER ? KSS_POLICY_swap_eager
                                                        : KSS_POLICY_swap_threshold);
    out_swap(m, index);
}

bool kss_swap_now(struct kss_machine *m, uint16_t index) {
    const struct kss_thread *thread = kss_thread_at(m, index);
    if (thread->state != KSS_T_WAITING || clauses(m, index, true) != CLAUSES)
        return false;
    if (!thread->out)
        out_swap(m, index);
    return true;
}

// 100 ns from now to the first swapper tick at which [waited] more have passed.
static uint64_t until_swapper_tick(const struct kss_machine *m, uint64_t wait) {
    uint64_t period = m->config.profile.swapper_period;
    uint64_t phase = kss_globals(m)->swapper_phase;
    uint64_t over = (phase + wait) % period;
    return over == 0 ? wait : wait + (period - over);
}

static void schedule(struct kss_machine *m, uint16_t index) {
    uint64_t waited = kss_clock(m)->now - kss_thread_cold_at(m, index)->wait_began;
    uint64_t needed = threshold(m);
    uint64_t after = waited < needed ? needed - waited : 0;
    kss_due_insert(m, &(struct kss_due){.kind = KSS_DUE_OUTSWAP, .target = index},
                   until_swapper_tick(m, after), kss_thread_cold_at(m, index)->wait_place);
}

// A thread has begun to wait. Under policy `process` that may complete the condition for its
// companions whose time has passed.
void kss_swap_wait_began(struct kss_machine *m, uint16_t index) {
    const struct kss_thread *thread = kss_thread_at(m, index);
    kss_pages_move(m, index);
    if (m->config.swap == KSS_SWAP_NEVER || thread->wait_mode != 1)
        return;
    if (m->config.swap == KSS_SWAP_EAGER)
        kss_swap_look(m, index);
    else
        schedule(m, index);
    if (m->config.swap_policy != KSS_SWAP_PER_PROCESS)
        return;
    uint32_t process = kss_thread_at(m, index)->process;
    for (uint16_t i = 0; i < kss_thread_at_count(m); i++) {
        const struct kss_thread *other = kss_thread_at(m, i);
        if (i == index || other->process != process || other->state != KSS_T_WAITING ||
            other->out || other->wait_mode != 1 || kss_due_exists(m, KSS_DUE_OUTSWAP, i))
            continue;
        if (m->config.swap == KSS_SWAP_EAGER)
            kss_swap_look(m, i);
        else
            schedule(m, i);
    }
}

void kss_inswap(struct kss_machine *m, uint16_t index) {
    if (!kss_thread_at(m, index)->out)
        return;
    kss_thread_at(m, index)->out = 0;
    host_residency(m, index, true);
    KSS_EMIT(m, KSS_EV_INSWAP, index, kss_clock(m)->now - kss_thread_cold_at(m, index)->out_since,
             0, 0);
}

struct kss_outcome kss_nt_KeSetKernelStackSwapEnable(struct kss_machine *m, struct kss_call *call) {
    bool enable = (call->arguments[0] & 0xFF) != 0;
    uint16_t index = kss_cpu(m)->thread;
    if (index == KSS_NONE)
        return kss_return(1);
    struct kss_thread *thread = kss_thread_at(m, index);
    bool previous = (thread->flags & KSS_TF_SWAP_ENABLED) != 0;
    if (enable)
        thread->flags |= KSS_TF_SWAP_ENABLED;
    else
        thread->flags &= (uint16_t)~KSS_TF_SWAP_ENABLED;
    kss_thread_cold_at(m, index)->swap_place = kss_clock(m)->place;
    KSS_EMIT(m, KSS_EV_SWAP_ENABLE, enable, previous, 0, 0);
    return kss_return(previous);
}
