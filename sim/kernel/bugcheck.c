// SPDX-License-Identifier: MIT
// How a machine ends: bug checks, hangs, unhandled exceptions.
//
// Addresses of nt's own code are a convention of the simulator (one slot per routine above a base
// per machine), so that parameters are the same on every platform and in every run.
#include "kernel/machine.h"

static void stop(struct kss_machine *m, enum kss_end end) {
    if (kss_globals(m)->stopped == KSS_END_RUNNING)
        kss_globals(m)->stopped = (uint8_t)end;
}

kss_addr kss_nt_address(const struct kss_machine *m, uint32_t nt) {
    kss_addr base = kss_wide(m) ? UINT64_C(0xFFFFF80001C00000) : UINT64_C(0x80400000);
    return base + nt * UINT64_C(0x100);
}

kss_addr kss_thread_address(const struct kss_machine *m, uint16_t thread) {
    return m->layout.threads + thread * UINT64_C(0x1000);
}

uint16_t kss_thread_with_address(const struct kss_machine *m, kss_addr address) {
    kss_addr base = kss_thread_address(m, 0), size = kss_thread_address(m, 1) - base;
    if (address < base || (address - base) % size != 0 ||
        (address - base) / size >= kss_thread_at_count(m))
        return KSS_NONE;
    return (uint16_t)((address - base) / size);
}

void kss_bugcheck_in(struct kss_machine *m, uint32_t routine, uint32_t code, const uint64_t p[4],
                     uint32_t nt, const char *about) {
    if (kss_globals(m)->stopped != KSS_END_RUNNING)
        return;
    KSS_EMIT(m, KSS_EV_BUGCHECK, code, p[0], p[1], p[2]);
    if (kss_wants(m, KSS_EV_BUGCHECK_MORE))
        kss_emit(m, KSS_EV_BUGCHECK_MORE, p[3], routine, nt, about ? kss_text_id(m, about) : 0);
    stop(m, KSS_END_BUGCHECK);
}

void kss_bugcheck(struct kss_machine *m, uint32_t code, uint64_t p1, uint64_t p2, uint64_t p3,
                  uint64_t p4, uint32_t nt, const char *about) {
    kss_bugcheck_in(m, kss_innermost(m), code, (const uint64_t[4]){p1, p2, p3, p4}, nt, about);
}

void kss_hang(struct kss_machine *m, enum kss_end end, unsigned why, uint32_t nt) {
    if (kss_globals(m)->stopped != KSS_END_RUNNING)
        return;
    KSS_EMIT(m, KSS_EV_HANG, why, kss_innermost(m), nt, 0);
    stop(m, end);
}

void kss_cannot_continue(struct kss_machine *m, const char *what) {
    if (kss_globals(m)->stopped != KSS_END_RUNNING)
        return;
    if (kss_wants(m, KSS_EV_HANG))
        kss_emit(m, KSS_EV_HANG, 2, kss_innermost(m), KSS_NT_COUNT, kss_text_id(m, what));
    stop(m, KSS_END_CANNOT_CONTINUE);
}

void kss_machine_done(struct kss_machine *m) {
    stop(m, KSS_END_DONE);
}

void kss_end_steps(struct kss_machine *m) {
    stop(m, KSS_END_STEPS);
}

bool kss_unwind_entry(struct kss_machine *m) {
    const struct kss_frame *frame = kss_top_frame(m);
    if (frame == NULL || (frame->entry != KSS_ENTRY_DISPATCH &&
                          frame->entry != KSS_ENTRY_COMPLETION && frame->entry != KSS_ENTRY_CANCEL))
        return false;
    kss_frame_pop(m);
    const struct kss_frame *nt = kss_top_frame(m);
    if (nt == NULL || nt->entry != KSS_ENTRY_NT)
        return false;
    bool has_caller = nt->previous != KSS_NO_FRAME;
    if (has_caller)
        kss_frame_pop(m);
    return has_caller;
}

// Who must handle an exception decides which bug check it becomes when nobody does:
// a DPC, an ISR or an expanded callout 0x1E; a system thread 0x7E; a system call 0x3B on x64 and
// 0x8E elsewhere. DBG bug-check-0x1e, -0x7e, -0x3b, -0x8e.
void kss_unhandled(struct kss_machine *m, uint32_t status, kss_addr address, uint64_t p0,
                   uint64_t p1) {
    const struct kss_cpu *cpu = kss_cpu(m);
    kss_addr ip = kss_nt_address(m, 0);
    uint32_t routine = kss_innermost(m);
    if (routine != KSS_NO_FRAME)
        ip = kss_code_address(m, routine);
    if (address == 0)
        address = ip;
    uint64_t code = status;
    if (kss_wide(m))
        code = (uint64_t)(int64_t)(int32_t)status;
    bool elsewhere =
        cpu->stack == KSS_NONE || cpu->thread == KSS_NONE || cpu->in_dpc || cpu->interrupts != 0;
    for (uint16_t s = elsewhere ? KSS_NONE : cpu->stack; s != KSS_NONE && !elsewhere;) {
        const struct kss_stack *stack = kss_stack_at(m, s);
        for (uint32_t at = stack->top; at != KSS_NO_FRAME && !elsewhere;) {
            const struct kss_frame *frame = kss_frame_at(m, stack, at);
            elsewhere = frame->entry == KSS_ENTRY_CALLOUT;
            at = frame->previous;
        }
        s = stack->below;
    }
    if (elsewhere)
        kss_bugcheck(m, 0x1E, code, address, p0, p1, KSS_NT_COUNT, NULL);
    else if (kss_thread_at(m, cpu->thread)->flags & KSS_TF_SYSTEM)
        kss_bugcheck(m, 0x7E, code, address, 0, 0, KSS_NT_COUNT, NULL);
    else // the 0x3B page shows the code as 32 bits, the others sign-extended
        kss_bugcheck(m, m->config.profile.arch == KSS_ARCH_X64 ? 0x3B : 0x8E, status, address, 0, 0,
                     KSS_NT_COUNT, NULL);
}
