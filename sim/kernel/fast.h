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
// anew. Only the first [zero] bytes of the run are zeroed.
static inline struct kss_frame *kss_fast_push(struct kss_hot *hot, uint32_t routine, uint32_t bytes,
                                              uint32_t run_bytes, uint32_t zero) {
    struct kss_stack *stack = hot->stack;
    uint32_t depth = stack->depth + bytes;
    uint32_t need = (uint32_t)sizeof(struct kss_frame) + ((run_bytes + 7) & ~UINT32_C(7));
    if (depth > stack->size || depth < bytes || need > stack->run_capacity - stack->run_used)
        return NULL;
    uint32_t offset = stack->run_used;
    struct kss_frame *frame = (struct kss_frame *)(void *)(hot->run + offset);
    *frame = (struct kss_frame){.previous = stack->top,
                                .routine = routine,
                                .depth = depth,
                                .bytes = bytes,
                                .entry = KSS_ENTRY_CALL};
    memset(frame + 1, 0, zero);
    stack->top = offset;
    stack->run_used = offset + need;
    stack->depth = depth;
    if (depth > hot->cold->deepest)
        hot->cold->deepest = depth;
    return frame;
}

// As kss_frame_pop; false: use kss_frame_pop, then kss_hot anew.
static inline bool kss_fast_pop(struct kss_hot *hot, const struct kss_frame *frame) {
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
