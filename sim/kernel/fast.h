// SPDX-License-Identifier: MIT
// The hot paths of the contract, inline, for scripted processors: pushing and popping a CALL frame
// when nothing special happens. Each falls back to the function of kernel.h, which decides the
// rest.
#ifndef KSS_KERNEL_FAST_H
#define KSS_KERNEL_FAST_H

#include "kernel/machine.h"

// The current stack's record, kept by a processor while it executes one routine after another on
// the same stack. Valid until something allocates, or another stack becomes current.
struct kss_hot {
    struct kss_stack *stack;
    struct kss_stack_cold *cold;
    uint8_t *run; // the stack's run in BYTES
};

static inline struct kss_hot kss_hot(const struct kss_machine *m) {
    uint16_t index = kss_cpu(m)->stack;
    struct kss_hot hot = {kss_stack_at(m, index), kss_stack_cold_at(m, index), NULL};
    hot.run = kss_bytes(m) + hot.stack->run_offset;
    return hot;
}

// As kss_frame_push for KSS_ENTRY_CALL, without events; NULL: use kss_frame_push, then kss_hot
// anew. [bytes] is below 2 GB; [need] is the frame's header and run, rounded up to 8. Zeroes the run,
// and up to KSS_FAST_SLACK bytes behind it that belong to nobody.
enum { KSS_FAST_SLACK = 32 };
static inline struct kss_frame *kss_fast_push(const struct kss_hot *hot, uint32_t routine,
                                              uint32_t bytes, uint32_t need) {
    struct kss_stack *stack = hot->stack;
    uint32_t depth = stack->depth + bytes, offset = stack->run_used, used = offset + need;
    if (depth > stack->size || used + KSS_FAST_SLACK > stack->run_capacity)
        return NULL;
    uint8_t *at = hot->run + offset;
    struct kss_frame *frame = (struct kss_frame *)(void *)at;
    for (const uint8_t *end = at + need; at < end; at += KSS_FAST_SLACK)
        memset(at, 0, KSS_FAST_SLACK);
    frame->previous = stack->top;
    frame->routine = routine;
    frame->depth = depth;
    frame->bytes = bytes;
    stack->top = offset;
    stack->run_used = used;
    stack->depth = depth;
    if (depth > hot->cold->deepest)
        hot->cold->deepest = depth;
    return frame;
}

// As kss_frame_pop; false: use kss_frame_pop, then kss_hot anew.
static inline bool kss_fast_pop(const struct kss_hot *hot, const struct kss_frame *frame) {
    struct kss_stack *stack = hot->stack;
    if (stack->objects != 0 ||
        (frame->depth == hot->cold->deepest && hot->cold->captured != frame->depth))
        return false;
    stack->run_used = stack->top;
    stack->depth = frame->depth - frame->bytes;
    stack->top = frame->previous;
    return true;
}

#endif
