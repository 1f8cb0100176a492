// SPDX-License-Identifier: MIT
// A machine: made, asked, told to emit events.
#include "kernel/machine.h"

#include "base/os.h"

#include <stdlib.h>

struct kss_config kss_config_default(const struct kss_profile *profile) {
    // The watchdog's limits in clock ticks, as published dumps show them: see policy dpc-watchdog.
    enum { ROUTINE_TICKS = 0x500, PERIOD_TICKS = 0x1E00 };
    uint64_t tick = profile->clock_tick;
    return (struct kss_config){.profile = *profile,
                               .dpc_timeout = ROUTINE_TICKS * tick,
                               .dpc_watchdog = PERIOD_TICKS * tick};
}

static void add_cpus(struct kss_machine *m) {
    unsigned count = m->config.profile.processors ? m->config.profile.processors : 1;
    kss_section_append(m, KSS_S_CPU, count * (uint32_t)sizeof(struct kss_cpu));
    for (unsigned i = 0; i < count; i++) {
        struct kss_cpu *cpu = kss_cpu_at(m, i);
        cpu->thread = cpu->stack = cpu->dpc_stack = cpu->isr_stack = KSS_NONE;
    }
}

struct kss_machine *kss_machine_new(const struct kss_config *config, const struct kss_image *image,
                                    const struct kss_port *port) {
    struct kss_machine *m = calloc(1, sizeof *m);
    if (m == NULL)
        kss_os_fatal("out of memory");
    m->config = *config;
    m->image = image;
    m->port = *port;
    m->at_work = KSS_NT_COUNT;
    kss_block_new(m);
    kss_section_append(m, KSS_S_GLOBAL, sizeof(struct kss_global));
    kss_section_append(m, KSS_S_CLOCK, sizeof(struct kss_clock));
    add_cpus(m);
    kss_memory_init(m);
    kss_verifier_start(m);
    kss_nt_costs_start(m);
    return m;
}

void kss_machine_free(struct kss_machine *m) {
    if (m == NULL)
        return;
    kss_text_free(&m->scratch);
    kss_verifier_end(m);
    kss_nt_costs_end(m);
    free(m->global_addresses);
    free(m->block);
    free(m);
}

// ---- Events -------------------------------------------------------------------------------------
void kss_want(struct kss_machine *m, enum kss_event_id kind) {
    m->wants[(unsigned)kind / 64] |= UINT64_C(1) << ((unsigned)kind % 64);
}

bool kss_wanted(const struct kss_machine *m, enum kss_event_id kind) {
    return kss_wants(m, kind);
}

void kss_emit_at(struct kss_machine *m, enum kss_event_id kind, uint32_t place, uint64_t a,
                 uint64_t b, uint64_t c, uint64_t d) {
    if (m->port.event == NULL || !kss_wants(m, kind))
        return;
    struct kss_clock *clock = kss_clock(m);
    const struct kss_cpu *cpu = kss_cpu(m);
    struct kss_event event = {
        .time = clock->now,
        .words = {a, b, c, d},
        .sequence = clock->sequence++,
        .place = place,
        .kind = (uint16_t)kind,
        .thread = cpu->thread,
        .cpu = (uint8_t)kss_globals(m)->current_cpu,
        .irql = cpu->irql,
        .stack = cpu->stack == KSS_NONE ? 0 : (uint16_t)kss_stack_cold_at(m, cpu->stack)->number,
    };
    m->port.event(m->port.context, m, &event);
#ifdef KSS_MOVE_ALWAYS
    kss_block_move(m); // whoever keeps a pointer across an event is found out
#endif
}

void kss_emit(struct kss_machine *m, enum kss_event_id kind, uint64_t a, uint64_t b, uint64_t c,
              uint64_t d) {
    kss_emit_at(m, kind, kss_clock(m)->place, a, b, c, d);
}

uint32_t kss_text_id(struct kss_machine *m, const char *text) {
    return m->port.text == NULL ? 0 : m->port.text(m->port.context, text, strlen(text));
}

void kss_policy_used(struct kss_machine *m, enum kss_policy_id policy) {
    struct kss_clock *clock = kss_clock(m);
    if (clock->policies >> policy & 1)
        return;
    clock->policies |= UINT64_C(1) << policy;
    KSS_EMIT(m, KSS_EV_POLICY, policy, 0, 0, 0);
}

void kss_at(struct kss_machine *m, uint32_t place) {
    kss_clock(m)->place = place;
}

// ---- Reading ------------------------------------------------------------------------------------
const struct kss_config *kss_machine_config(const struct kss_machine *m) {
    return &m->config;
}

const struct kss_image *kss_machine_image(const struct kss_machine *m) {
    return m->image;
}

const void *kss_section_const(const struct kss_machine *m, enum kss_section section,
                              uint32_t *used) {
    *used = kss_section_used(m, section);
    return kss_section(m, section);
}

void *kss_observer(struct kss_machine *m, bool hot, uint32_t size) {
    enum kss_section section = hot ? KSS_S_OBSERVER : KSS_S_OBSERVER_COLD;
    uint32_t used = kss_section_used(m, section);
    if (used < size)
        kss_section_append(m, section, size - used);
    return kss_section(m, section);
}

uint64_t kss_now(const struct kss_machine *m) {
    return kss_clock(m)->now;
}

uint16_t kss_current_thread(const struct kss_machine *m) {
    return kss_cpu(m)->thread;
}

unsigned kss_current_irql(const struct kss_machine *m) {
    return kss_cpu(m)->irql;
}

enum kss_end kss_ended(const struct kss_machine *m) {
    return (enum kss_end)kss_globals(m)->stopped;
}

uint32_t kss_innermost(const struct kss_machine *m) {
    uint16_t index = kss_cpu(m)->stack;
    if (m->space != NULL && index != KSS_NONE) {
        uint32_t routine = m->space->innermost(m->space->context);
        if (routine != KSS_NO_FRAME)
            return routine;
    }
    while (index != KSS_NONE) {
        const struct kss_stack *stack = kss_stack_at(m, index);
        uint16_t from = stack->below;
        for (uint32_t at = stack->top; at != KSS_NO_FRAME;) {
            const struct kss_frame *frame = kss_frame_at(m, stack, at);
            at = frame->previous;
            if (frame->entry > KSS_ENTRY_CALLOUT)
                continue;
            if (m->space != NULL || !(m->image->code[frame->routine].flags & KSS_CODE_FUNCLET))
                return frame->routine;
            if (frame->entry != KSS_ENTRY_CALL) // part of the routine whose variables it has
                at = frame->cause;
        }
        index = from;
    }
    return KSS_NO_FRAME;
}
