// SPDX-License-Identifier: MIT
// Special kernel APCs, as far as the I/O manager needs them: the second stage of a threaded IRP
// runs in the thread that asked, at APC_LEVEL, before whatever that thread does next. A waiting
// thread is taken out of its wait for it, its stack brought in first when it is out, and waits on.
//
// They are kept away by an IRQL of APC_LEVEL or above (a fast mutex is one way to get there) and by
// a guarded region; a critical region only keeps normal kernel APCs away (KRN disabling-apcs).
#include "kernel/io.h"

static enum kss_apc_block blocked(const struct kss_machine *m, uint16_t index) {
    const struct kss_thread *thread = kss_thread_at(m, index);
    unsigned irql = thread->wait_irql;
    if (thread->state == KSS_T_RUNNING) {
        const struct kss_cpu *cpu = kss_cpu_at(m, thread->cpu);
        irql = cpu->in_dpc || cpu->interrupts ? KSS_PASSIVE_LEVEL : cpu->irql;
    }
    if (irql >= KSS_APC_LEVEL)
        return KSS_APC_IRQL;
    return thread->special_apc_disable != 0 ? KSS_APC_GUARDED : KSS_APC_FREE;
}

void kss_apc_queue(struct kss_machine *m, uint16_t thread, uint16_t irp) {
    uint32_t offset = kss_section_append(m, KSS_S_APC, sizeof(struct kss_apc));
    *kss_apc_at(m, offset / (uint32_t)sizeof(struct kss_apc)) =
        (struct kss_apc){.thread = thread, .object = irp, .place = kss_clock(m)->place};
    enum kss_apc_block why = blocked(m, thread);
    KSS_EMIT(m, KSS_EV_APC, kss_object_number(m, irp), thread, why, 0);
    if (why == KSS_APC_FREE && kss_thread_at(m, thread)->state == KSS_T_WAITING)
        kss_wait_interrupt(m, thread);
}

static uint32_t first_of(const struct kss_machine *m, uint16_t thread) {
    for (uint32_t i = 0; i < kss_apc_at_count(m); i++)
        if (kss_apc_at(m, i)->thread == thread)
            return i;
    return KSS_NO_FRAME;
}

bool kss_apc_due(const struct kss_machine *m) {
    const struct kss_cpu *cpu = kss_cpu(m);
    if (kss_apc_at_count(m) == 0 || cpu->thread == KSS_NONE || cpu->in_dpc || cpu->interrupts ||
        cpu->irql >= KSS_APC_LEVEL || kss_thread_at(m, cpu->thread)->special_apc_disable != 0)
        return false;
    return first_of(m, cpu->thread) != KSS_NO_FRAME;
}

static void take_out(struct kss_machine *m, uint32_t index) {
    kss_section_remove(m, KSS_S_APC, index * (uint32_t)sizeof(struct kss_apc),
                       sizeof(struct kss_apc));
}

void kss_apc_deliver(struct kss_machine *m) {
    uint32_t index = first_of(m, kss_cpu(m)->thread);
    struct kss_apc apc = *kss_apc_at(m, index);
    take_out(m, index);
    uint32_t place = kss_clock(m)->place, outer = m->at_work;
    uint8_t irql = kss_cpu(m)->irql;
    kss_at(m, apc.place);
    m->at_work = KSS_NT_IofCompleteRequest;
    kss_cpu(m)->irql = KSS_APC_LEVEL;
    kss_irp_finish(m, apc.object);
    kss_cpu(m)->irql = irql;
    m->at_work = outer;
    kss_at(m, place);
}

void kss_apc_forget(struct kss_machine *m, uint16_t object) {
    for (uint32_t i = kss_apc_at_count(m); i-- > 0;)
        if (kss_apc_at(m, i)->object == object)
            take_out(m, i);
}

void kss_apc_left(struct kss_machine *m) {
    for (uint32_t i = 0; i < kss_apc_at_count(m); i++) {
        struct kss_apc apc = *kss_apc_at(m, i);
        if (kss_thread_at(m, apc.thread)->state == KSS_T_WAITING)
            kss_emit_at(m, KSS_EV_APC_LEFT, kss_thread_cold_at(m, apc.thread)->wait_place,
                        kss_object_number(m, apc.object), apc.thread, blocked(m, apc.thread), 0);
    }
}
