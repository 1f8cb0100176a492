// SPDX-License-Identifier: MIT
// Wait TRUE: KeSetEvent, KePulseEvent, KeReleaseSemaphore and KeReleaseMutex can be told that a
// KeWaitXxx routine follows at once.
//
// They then return with the IRQL still raised, and the wait restores it. Until it comes the thread
// carries KSS_TF_WAIT_NEXT and the IRQL to go back to. Where TRUE is allowed differs: each page has
// its own IRQL, and the pages of KeSetEvent and KePulseEvent warn of pageable code, which can be out of
// memory between the two calls. What is said here is one event per mistake; the mark stays until a
// wait comes, as it does on Windows, however late.
#include "kernel/machine.h"

enum what { WHAT_BEGIN, WHAT_IRQL, WHAT_PAGEABLE, WHAT_OTHER_CALL, WHAT_RETURNED };

static const struct rule {
    uint16_t routine;
    uint8_t irql_max;
    bool not_pageable;
} rules[] = {
    {KSS_NT_KeSetEvent, KSS_APC_LEVEL, true}, // DDI KeSetEvent
    {KSS_NT_KePulseEvent, KSS_DISPATCH_LEVEL, true},
    {KSS_NT_KeReleaseSemaphore, KSS_PASSIVE_LEVEL, false}, // DDI KeReleaseSemaphore
    {KSS_NT_KeReleaseMutex, KSS_DISPATCH_LEVEL, false},
};

static bool in_thread(const struct kss_cpu *cpu) {
    return cpu->thread != KSS_NONE && !cpu->in_dpc && !cpu->interrupts;
}

void kss_wait_follows(struct kss_machine *m, const struct kss_call *call, bool wait) {
    if (!wait)
        return;
    uint32_t routine = kss_innermost(m);
    unsigned irql = kss_cpu(m)->irql;
    bool pageable = routine != KSS_NO_FRAME && m->image->code[routine].flags & KSS_CODE_PAGEABLE;
    KSS_EMIT(m, KSS_EV_WAIT_TRUE, call->routine, WHAT_BEGIN, KSS_NT_COUNT, routine);
    for (unsigned i = 0; i < sizeof rules / sizeof *rules; i++) {
        if (rules[i].routine != call->routine)
            continue;
        if (irql > rules[i].irql_max && irql <= kss_routines[call->routine].irql_max)
            KSS_EMIT(m, KSS_EV_WAIT_TRUE, call->routine, WHAT_IRQL, KSS_NT_COUNT, routine);
        else if (rules[i].not_pageable && pageable)
            KSS_EMIT(m, KSS_EV_WAIT_TRUE, call->routine, WHAT_PAGEABLE, KSS_NT_COUNT, routine);
    }
    struct kss_cpu *cpu = kss_cpu(m);
    if (!in_thread(cpu) || cpu->irql > KSS_DISPATCH_LEVEL)
        return;
    struct kss_thread *thread = kss_thread_at(m, cpu->thread);
    if (!(thread->flags & KSS_TF_WAIT_NEXT))
        thread->wait_irql = cpu->irql;
    thread->flags |= KSS_TF_WAIT_NEXT;
    cpu->irql = KSS_DISPATCH_LEVEL;
}

static bool expected(const struct kss_machine *m) {
    const struct kss_cpu *cpu = kss_cpu(m);
    return in_thread(cpu) && (kss_thread_at(m, cpu->thread)->flags &
                              (KSS_TF_WAIT_NEXT | KSS_TF_WAIT_TOLD)) == KSS_TF_WAIT_NEXT;
}

static void tell(struct kss_machine *m, enum what what, uint32_t routine) {
    kss_thread_at(m, kss_cpu(m)->thread)->flags |= KSS_TF_WAIT_TOLD;
    KSS_EMIT(m, KSS_EV_WAIT_TRUE, KSS_NT_COUNT, what, routine, kss_innermost(m));
}

// Macros and inline functions of the headers are no calls.
void kss_wait_next_call(struct kss_machine *m, enum kss_routine_id routine) {
    if (!expected(m) || routine == KSS_NT_KeWaitForSingleObject ||
        routine == KSS_NT_KeWaitForMultipleObjects || routine == KSS_NT_KeWaitForMutexObject ||
        !(kss_routines[routine].modes & KSS_MODE_NATIVE))
        return;
    tell(m, WHAT_OTHER_CALL, routine);
}

void kss_wait_next_return(struct kss_machine *m) {
    if (expected(m))
        tell(m, WHAT_RETURNED, KSS_NT_COUNT);
}

void kss_take_wait_next(struct kss_machine *m) {
    struct kss_cpu *cpu = kss_cpu(m);
    if (!in_thread(cpu))
        return;
    struct kss_thread *thread = kss_thread_at(m, cpu->thread);
    if (thread->flags & KSS_TF_WAIT_NEXT) {
        thread->flags &= (uint16_t) ~(KSS_TF_WAIT_NEXT | KSS_TF_WAIT_TOLD);
        cpu->irql = thread->wait_irql;
    }
}
