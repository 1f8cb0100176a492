// SPDX-License-Identifier: MIT
// Virtual time: what is due, when, and moving the clock there.
//
// Statements take no time. Everything that will happen by itself lies in one list,
// ordered by due time, each entry holding its distance from the one before; entries due at the same
// time stay in the order they were made. Waits and timers expire at the first clock tick at or
// after their due time (KeSetTimer's page: expiration is measured in ticks of the system clock).
//
// A ranged entry ("1s .. 30s") may come late: a run takes it at its low end; through the port's
// choose hook whatever is due next may be let past it until its high end is reached.
#include "kernel/mdl.h"

// 2026-01-01 00:00 UTC in 100 ns since 1601: the wall clock of every run.
#define SYSTEM_TIME_AT_START UINT64_C(134117280000000000)

uint64_t kss_system_time(const struct kss_machine *m) {
    return SYSTEM_TIME_AT_START + kss_clock(m)->now;
}

uint64_t kss_timeout(const struct kss_machine *m, int64_t value, bool *absolute) {
    *absolute = value > 0;
    if (value <= 0)
        return (uint64_t)0 - (uint64_t)value;
    uint64_t now = kss_system_time(m);
    return (uint64_t)value > now ? (uint64_t)value - now : 0;
}

uint64_t kss_until_tick(const struct kss_machine *m, uint64_t after) {
    uint64_t tick = m->config.profile.clock_tick;
    uint64_t phase = kss_globals(m)->tick_phase;
    if (after > UINT64_MAX / 2)
        return UINT64_MAX / 2;
    uint64_t over = (phase + after) % tick;
    return over == 0 ? after : after + (tick - over);
}

void kss_due_insert(struct kss_machine *m, const struct kss_due *due, uint64_t after,
                    uint32_t place) {
    uint32_t count = kss_due_at_count(m), index = 0;
    while (index < count && kss_due_at(m, index)->delta <= after)
        after -= kss_due_at(m, index++)->delta;
    kss_section_insert(m, KSS_S_DUE, index * (uint32_t)sizeof(struct kss_due),
                       sizeof(struct kss_due));
    kss_section_insert(m, KSS_S_DUE_COLD, index * (uint32_t)sizeof(struct kss_due_cold),
                       sizeof(struct kss_due_cold));
    struct kss_due *entry = kss_due_at(m, index);
    *entry = *due;
    entry->delta = after;
    if (index < count)
        kss_due_at(m, index + 1)->delta -= after;
    *kss_due_cold_at(m, index) = (struct kss_due_cold){.place = place};
}

static void due_remove(struct kss_machine *m, uint32_t index) {
    uint64_t delta = kss_due_at(m, index)->delta;
    if (index + 1 < kss_due_at_count(m))
        kss_due_at(m, index + 1)->delta += delta;
    kss_section_remove(m, KSS_S_DUE, index * (uint32_t)sizeof(struct kss_due),
                       sizeof(struct kss_due));
    kss_section_remove(m, KSS_S_DUE_COLD, index * (uint32_t)sizeof(struct kss_due_cold),
                       sizeof(struct kss_due_cold));
}

static uint32_t due_find(const struct kss_machine *m, enum kss_due_kind kind, uint16_t target) {
    uint32_t count = kss_due_at_count(m);
    for (uint32_t i = 0; i < count; i++)
        if (kss_due_at(m, i)->kind == kind && kss_due_at(m, i)->target == target)
            return i;
    return KSS_NO_FRAME;
}

bool kss_due_exists(const struct kss_machine *m, enum kss_due_kind kind, uint16_t target) {
    return due_find(m, kind, target) != KSS_NO_FRAME;
}

bool kss_due_cancel(struct kss_machine *m, enum kss_due_kind kind, uint16_t target) {
    uint32_t index = due_find(m, kind, target);
    if (index == KSS_NO_FRAME)
        return false;
    due_remove(m, index);
    return true;
}

static const uint8_t promise_words[] = {
    [KSS_DUE_DPC] = 0,   [KSS_DUE_INTERRUPT] = 1, [KSS_DUE_SIGNAL] = 2, [KSS_DUE_TERMINATE] = 3,
    [KSS_DUE_ALERT] = 4, [KSS_DUE_TRIM] = 5,      [KSS_DUE_APC] = 6,    [KSS_DUE_DMA] = 7,
};

void kss_promise(struct kss_machine *m, const struct kss_due *what, uint64_t after, uint64_t range,
                 uint32_t place) {
    struct kss_due due = *what;
    if (due.kind == KSS_DUE_DMA && due.argument_count == 2) { // comes back with its frames
        kss_dma_program(m, what, after, range, place);
        return;
    }
    due.range = range;
    kss_due_insert(m, &due, after, place);
    if (kss_wants(m, KSS_EV_PROMISE))
        kss_emit_at(m, KSS_EV_PROMISE, place, promise_words[due.kind], due.routine, after,
                    after + range);
}

// ---- Moving -------------------------------------------------------------------------------------
static uint32_t grown(uint32_t time, uint64_t by) {
    return by > UINT32_MAX - time ? UINT32_MAX : time + (uint32_t)by;
}

// The clock interrupt looks how long a processor has been at DISPATCH_LEVEL or above, in one DPC or ISR
// or in all (DBG bug-check-0x133-dpc-watchdog-violation).
static void check_watchdog(struct kss_machine *m, uint64_t by) {
    uint64_t tick = m->config.profile.clock_tick;
    for (uint32_t i = 0; i < kss_cpu_at_count(m); i++) {
        struct kss_cpu *cpu = kss_cpu_at(m, i);
        bool routine = cpu->in_dpc != 0 || cpu->interrupts != 0;
        cpu->routine_time = routine ? grown(cpu->routine_time, by) : 0;
        cpu->dispatch_time = cpu->irql >= KSS_DISPATCH_LEVEL ? grown(cpu->dispatch_time, by) : 0;
        uint64_t used = cpu->routine_time, all = cpu->dispatch_time;
        uint64_t limit = m->config.dpc_timeout, period = m->config.dpc_watchdog;
        bool one = limit != 0 && used > limit, total = period != 0 && all >= period;
        if (!one && !total)
            continue;
        kss_globals(m)->current_cpu = (uint16_t)i;
        kss_policy_used(m, KSS_POLICY_dpc_watchdog);
        if (one)
            kss_bugcheck(m, 0x133, 0, (used + tick - 1) / tick, (limit + tick - 1) / tick, 0,
                         KSS_NT_COUNT, NULL);
        else
            kss_bugcheck(m, 0x133, 1, (period + tick - 1) / tick, 0, 0, KSS_NT_COUNT, NULL);
        return;
    }
}

// When it will be too long, if nothing changes; UINT64_MAX: never.
static uint64_t until_watchdog(const struct kss_machine *m) {
    uint64_t first = UINT64_MAX;
    for (uint32_t i = 0; i < kss_cpu_at_count(m); i++) {
        const struct kss_cpu *cpu = kss_cpu_at(m, i);
        uint64_t limit = m->config.dpc_timeout, period = m->config.dpc_watchdog;
        if ((cpu->in_dpc != 0 || cpu->interrupts != 0) && limit != 0 &&
            limit + 1 - cpu->routine_time < first)
            first = kss_until_tick(m, limit + 1 - cpu->routine_time);
        if (cpu->irql >= KSS_DISPATCH_LEVEL && period != 0 && period - cpu->dispatch_time < first)
            first = kss_until_tick(m, period - cpu->dispatch_time);
    }
    return first;
}

static void move_clock(struct kss_machine *m, uint64_t by) {
    struct kss_global *global = kss_globals(m);
    kss_clock(m)->now += by;
    global->spins = 0;
    if (by != 0)
        kss_pages_move(m, KSS_NONE);
    global->tick_phase = (global->tick_phase + by) % m->config.profile.clock_tick;
    global->swapper_phase = (global->swapper_phase + by) % m->config.profile.swapper_period;
    if (kss_due_at_count(m) != 0)
        kss_due_at(m, 0)->delta -= by;
    if (by != 0)
        check_watchdog(m, by);
}

// Which entry happens next. A ranged first entry may let the next one past it; entries due at one
// time may happen in any order.
static uint32_t choose_entry(struct kss_machine *m) {
    if (m->port.choose == NULL)
        return 0;
    uint32_t count = kss_due_at_count(m);
    struct kss_due *first = kss_due_at(m, 0);
    if (count > 1 && first->range != 0 && kss_due_at(m, 1)->delta <= first->range &&
        m->port.choose(m->port.context, m, KSS_CHOOSE_LATER, 2) == 1) {
        uint64_t later = kss_due_at(m, 1)->delta; // it becomes due with its successor, behind it
        struct kss_due moved = *first;
        struct kss_due_cold cold = *kss_due_cold_at(m, 0);
        uint64_t delta = first->delta;
        due_remove(m, 0);
        moved.range -= later;
        kss_due_insert(m, &moved, delta + later, cold.place);
        return choose_entry(m);
    }
    uint32_t ties = 1;
    while (ties < count && kss_due_at(m, ties)->delta == 0)
        ties++;
    return ties == 1 ? 0 : m->port.choose(m->port.context, m, KSS_CHOOSE_TIE, ties);
}

static void make_pending(struct kss_machine *m, const struct kss_due *due, uint32_t place) {
    uint32_t offset = kss_section_append(m, KSS_S_PENDING, sizeof(struct kss_pending));
    struct kss_pending *pending = kss_pending_at(m, offset / (uint32_t)sizeof *pending);
    *pending = (struct kss_pending){.routine = due->routine,
                                    .object = KSS_NONE,
                                    .kind = due->kind,
                                    .irql = due->irql,
                                    .argument_count = due->argument_count,
                                    .place = place};
    memcpy(pending->arguments, due->arguments, sizeof pending->arguments);
    if (due->kind == KSS_DUE_DPC)
        KSS_EMIT(m, KSS_EV_DPC_QUEUE, 0, due->routine, 1, due->arguments[0]);
}

static void queue_apc(struct kss_machine *m, const struct kss_due *due) {
    struct kss_apc apc = {.routine = due->routine,
                          .thread = due->target,
                          .object = KSS_NONE,
                          .kind = due->irql, // enum kss_apc_kind
                          .argument_count = due->argument_count};
    memcpy(apc.arguments, due->arguments, sizeof apc.arguments);
    kss_apc_add(m, &apc);
}

static void happen(struct kss_machine *m, const struct kss_due *due, uint32_t place) {
    kss_at(m, place);
    switch (due->kind) {
    case KSS_DUE_TIMEOUT: kss_unwait(m, due->target, STATUS_TIMEOUT); break;
    case KSS_DUE_TIMER: kss_timer_expire(m, due->target); break;
    case KSS_DUE_OUTSWAP: kss_swap_look(m, due->target); break;
    case KSS_DUE_DPC:
    case KSS_DUE_INTERRUPT: make_pending(m, due, place); break;
    case KSS_DUE_SIGNAL:
        kss_environment_signal(m, due->arguments[0], KSS_SIGNAL_ENVIRONMENT);
        break;
    case KSS_DUE_TERMINATE: kss_terminate(m, due->target); break;
    case KSS_DUE_ALERT: kss_alert(m, due->target); break;
    case KSS_DUE_TRIM: kss_trim(m); break;
    case KSS_DUE_DMA: kss_dma_happen(m, due); break;
    case KSS_DUE_APC: queue_apc(m, due); break;
    case KSS_DUE_STALL:
    case KSS_DUE_TICK: break;
    }
}

bool kss_due_before(const struct kss_machine *m, uint64_t time) {
    return kss_due_at_count(m) != 0 && kss_due_at(m, 0)->delta <= time - kss_clock(m)->now;
}

void kss_move_to(struct kss_machine *m, uint64_t time) {
    if (time == UINT64_MAX || time <= kss_clock(m)->now)
        return;
    move_clock(m, time - kss_clock(m)->now);
}

void kss_set_horizon(struct kss_machine *m, uint64_t until) {
    m->has_horizon = true;
    m->horizon = until;
}

bool kss_advance(struct kss_machine *m) {
    if (kss_due_at_count(m) == 0)
        return false;
    uint64_t watchdog = until_watchdog(m);
    if (watchdog < kss_due_at(m, 0)->delta) { // the watchdog comes first
        move_clock(m, watchdog);
        return true;
    }
    uint32_t index = choose_entry(m);
    move_clock(m, kss_due_at(m, 0)->delta);
    if (kss_globals(m)->stopped)
        return true;
    struct kss_due due = *kss_due_at(m, index);
    uint32_t place = kss_due_cold_at(m, index)->place;
    due_remove(m, index);
    happen(m, &due, place);
    return true;
}
