// SPDX-License-Identifier: MIT
// The hot paths of the contract, inline, for scripted processors: pushing and popping a CALL frame
// when nothing special happens. Each says so when it cannot, and the function of kernel.h decides.
//
// While a processor executes one routine after another on the same stack, it keeps what changes with
// every call in a kss_hot of its own. The machine does not see that: kss_hot_store before anything
// else is asked of the kernel, kss_hot after what may have allocated or changed stacks.
#ifndef KSS_KERNEL_FAST_H
#define KSS_KERNEL_FAST_H

#include "kernel/machine.h"

struct kss_hot {
    struct kss_stack *stack;
    struct kss_stack_cold *cold;
    uint8_t *run;   // the stack's run in BYTES
    uint32_t depth; // as struct kss_stack has it
    uint32_t size;
    uint32_t used, room; // of the run
    uint32_t deepest;    // as struct kss_stack_cold has it
    uint32_t uncaptured; // the deepest depth, if its path was not captured yet
    bool plain;          // no objects lie on the stack
};

static inline struct kss_hot kss_hot(const struct kss_machine *m) {
    uint16_t index = kss_cpu(m)->stack;
    struct kss_stack *stack = kss_stack_at(m, index);
    struct kss_stack_cold *cold = kss_stack_cold_at(m, index);
    return (struct kss_hot){.stack = stack,
                            .cold = cold,
                            .run = kss_bytes(m) + stack->run_offset,
                            .size = stack->size,
                            .room = stack->run_capacity,
                            .depth = stack->depth,
                            .used = stack->run_used,
                            .deepest = cold->deepest,
                            .uncaptured =
                                cold->captured == cold->deepest ? UINT32_MAX : cold->deepest,
                            .plain = stack->objects == 0};
}

static inline void kss_hot_store(const struct kss_hot *hot, const struct kss_frame *top) {
    hot->stack->depth = hot->depth;
    hot->stack->run_used = hot->used;
    hot->stack->top = (uint32_t)((const uint8_t *)top - hot->run);
    hot->cold->deepest = hot->deepest;
}

// As kss_frame_push for KSS_ENTRY_CALL, without events; NULL: use kss_frame_push. [top] is the frame
// at work, [bytes] is below 2 GB, [need] is the new frame's header and run, rounded up to 8.
static inline struct kss_frame *kss_fast_push(struct kss_hot *hot, const struct kss_frame *top,
                                              uint32_t routine, uint32_t bytes, uint32_t need) {
    enum { BLOCK = 32 }; // zeroing goes by blocks; what lies behind the run belongs to nobody
    uint32_t depth = hot->depth + bytes, used = hot->used + need;
    if (depth > hot->size || used > hot->room)
        return NULL;
    uint8_t *at = hot->run + hot->used;
    struct kss_frame *frame = (struct kss_frame *)(void *)at;
    const uint8_t *end = at + need;
    if (used + BLOCK <= hot->room)
        for (; at < end; at += BLOCK)
            memset(at, 0, BLOCK);
    else
        for (; at < end; at += 8)
            memset(at, 0, 8);
    frame->previous = (uint32_t)((const uint8_t *)top - hot->run);
    frame->routine = routine;
    frame->depth = depth;
    frame->bytes = bytes;
    hot->depth = depth;
    hot->used = used;
    if (depth > hot->deepest)
        hot->deepest = hot->uncaptured = depth;
    return frame;
}

// As kss_frame_pop; returns the frame below, NULL: use kss_frame_pop.
static inline struct kss_frame *kss_fast_pop(struct kss_hot *hot, const struct kss_frame *frame) {
    if (!hot->plain || frame->depth == hot->uncaptured)
        return NULL;
    hot->used = (uint32_t)((const uint8_t *)frame - hot->run);
    hot->depth = frame->depth - frame->bytes;
    return (struct kss_frame *)(void *)(hot->run + frame->previous);
}

// ---- Native processors --------------------------------------------------------------------------
// As kss_native_depth; most calls come from where the one before came from.
static inline void kss_fast_depth(struct kss_machine *m, kss_addr sp) {
    uint16_t index = kss_cpu(m)->stack;
    struct kss_stack *stack = kss_stack_at(m, index);
    uint32_t depth = (uint32_t)(stack->base - sp);
    if (depth < stack->depth || depth > kss_stack_cold_at(m, index)->deepest)
        kss_native_depth(m, sp);
    else
        stack->depth = depth;
}

// As kss_must_turn.
static inline bool kss_fast_must_turn(const struct kss_machine *m) {
    const struct kss_section_entry *sections = m->block->sections;
    uint32_t waits =
        sections[KSS_S_PENDING].used | sections[KSS_S_READY].used | sections[KSS_S_APC].used;
    if (waits == 0 && sections[KSS_S_CPU].used == sizeof(struct kss_cpu) &&
        !kss_globals(m)->stopped)
        return false;
    return kss_must_turn(m);
}

#endif
