// SPDX-License-Identifier: MIT
// NT routines that call driver code: expanded callouts, dispatch and completion routines, cancel
// routines, and what a thread is made to call first.
//
// The kernel never calls. The routine at work leaves its record in the run of the stack, behind a
// frame that costs nothing, and the driver routine's frame is pushed on top of it, marked fresh:
//
//     | ... the caller's frames                              |
//     | KSS_ENTRY_NT   struct kss_call: arguments, step, out |  goes on at its step
//     | KSS_ENTRY_x    the driver routine, fresh             |  starts with call.out at the next turn
//
// When the routine returns, its value is put into the record's result; the next turn resumes it.
#include "kernel/machine.h"

#include <assert.h>

void kss_call_fresh(struct kss_machine *m, uint16_t from, uint64_t guard) {
    struct kss_frame *frame = kss_top_frame(m);
    frame->extra |= KSS_FRAME_FRESH;
    frame->from_stack = from;
    frame->from_irql = kss_cpu(m)->irql;
    frame->guard = guard;
}

struct kss_outcome kss_call_driver(struct kss_machine *m, struct kss_call *call, uint8_t step,
                                   uint32_t routine, unsigned count, enum kss_entry entry) {
    uint64_t guard = kss_guard(m);
    call->out_count = (uint8_t)count;
    struct kss_outcome outcome = kss_suspend(m, call, step);
    if (outcome.kind == KSS_OUT_STOP)
        return outcome;
    const struct kss_code *code = &m->image->code[routine];
    if (!kss_frame_push(m, routine, code->bytes, code->run_bytes, entry))
        return kss_stopped();
    kss_call_fresh(m, kss_cpu(m)->stack, guard);
    return outcome;
}

// The arguments lie in the record of the routine that asked for the call.
void kss_start_fresh(struct kss_machine *m, struct kss_turn *turn) {
    struct kss_frame *frame = kss_top_frame(m);
    frame->extra &= (uint8_t)~KSS_FRAME_FRESH;
    const struct kss_stack *asker = kss_stack_at(m, frame->from_stack);
    uint32_t at = frame->from_stack == kss_cpu(m)->stack ? frame->previous : asker->top;
    struct kss_call call;
    memcpy(&call, kss_frame_run(kss_frame_at(m, asker, at)), sizeof call);
    *turn = (struct kss_turn){.kind = KSS_TURN_CALL,
                              .routine = frame->routine,
                              .entry = (enum kss_entry)frame->entry,
                              .argument_count = call.out_count};
    memcpy(turn->arguments, call.out, call.out_count * sizeof *call.out);
}

void kss_call_returned(struct kss_machine *m, const struct kss_frame *frame, uint64_t value) {
    struct kss_frame *record = kss_top_frame(m);
    assert(frame->from_stack == kss_cpu(m)->stack && record->entry == KSS_ENTRY_NT);
    (void)frame;
    memcpy(kss_frame_run(record) + offsetof(struct kss_call, result), &value, sizeof value);
    memcpy(kss_frame_run(record) + offsetof(struct kss_call, back), &kss_clock(m)->place,
           sizeof(uint32_t));
}

// ---- Threads that begin with a call -------------------------------------------------------------
// A record of no NT routine, on the thread's stack from the beginning, holds the arguments.
uint16_t kss_thread_add_call(struct kss_machine *m, const char *name, uint32_t routine,
                             const uint64_t *arguments, unsigned count, int priority,
                             const char *process, bool system, bool gui, uint32_t place) {
    assert(count <= KSS_CALL_ARGUMENTS);
    uint16_t index = kss_thread_add(m, name, routine, priority, process, system, gui, place);
    struct kss_call call = {.routine = KSS_NT_COUNT, .place = place, .out_count = (uint8_t)count};
    memcpy(call.out, arguments, count * sizeof *arguments);
    uint16_t stack = kss_cpu(m)->stack;
    kss_cpu(m)->stack = kss_thread_at(m, index)->stack;
    kss_suspend(m, &call, 0);
    kss_cpu(m)->stack = stack;
    return index;
}

bool kss_start_call(struct kss_machine *m, struct kss_turn *turn) {
    uint32_t routine = kss_thread_at(m, kss_cpu(m)->thread)->body;
    const struct kss_code *code = &m->image->code[routine];
    struct kss_call call;
    memcpy(&call, kss_frame_run(kss_top_frame(m)), sizeof call);
    kss_frame_pop(m);
    kss_at(m, call.place);
    if (!kss_frame_push(m, routine, code->bytes, code->run_bytes, KSS_ENTRY_THREAD))
        return false;
    struct kss_frame *frame = kss_top_frame(m);
    frame->from_stack = KSS_NONE;
    frame->guard = kss_guard(m);
    *turn = (struct kss_turn){.kind = KSS_TURN_CALL,
                              .routine = routine,
                              .entry = KSS_ENTRY_THREAD,
                              .argument_count = call.out_count};
    memcpy(turn->arguments, call.out, call.out_count * sizeof *call.out);
    return true;
}
