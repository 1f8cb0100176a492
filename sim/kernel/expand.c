// SPDX-License-Identifier: MIT
// Asking about the stack, and asking for more: IoGetStackLimits and friends,
// KeExpandKernelStackAndCallout(Ex).
//
// Order of attempts (DDI KeExpandKernelStackAndCalloutEx): enough room already; else the current
// stack grows if it can; else a new segment of KERNEL_LARGE_STACK_SIZE, linked below the current
// one. The callout runs at its caller's IRQL, in its thread, and returns to the asking routine.
#include "kernel/machine.h"

enum { EXPAND_FITS, EXPAND_GROWN, EXPAND_SEGMENT, EXPAND_REFUSED, SEGMENT_LIMIT = 16 };

static struct kss_outcome refuse(struct kss_machine *m, const struct kss_call *call,
                                 uint32_t status) {
    uint32_t routine;
    if (!kss_code_at(m, call->arguments[0], &routine))
        routine = KSS_NO_FRAME;
    KSS_EMIT(m, KSS_EV_EXPAND, EXPAND_REFUSED, call->arguments[2], status, routine);
    return kss_return(status);
}

// Bytes of all segments the thread's current stack stands on.
static uint64_t segments_in_use(const struct kss_machine *m, uint16_t index) {
    uint64_t bytes = 0;
    while (index != KSS_NONE) {
        const struct kss_stack *stack = kss_stack_at(m, index);
        if (stack->kind == KSS_STACK_CALLOUT)
            bytes += stack->size;
        index = stack->below;
    }
    return bytes;
}

static struct kss_outcome start(struct kss_machine *m, struct kss_call *call, uint32_t routine,
                                unsigned how) {
    uint16_t from = kss_cpu(m)->stack;
    call->out[0] = call->arguments[1];
    call->out_count = 1;
    call->local[0] = routine;
    KSS_EMIT(m, KSS_EV_EXPAND, how, call->arguments[2], STATUS_SUCCESS, routine);
    struct kss_outcome outcome = kss_suspend(m, call, 1);
    if (how == EXPAND_SEGMENT) {
        uint16_t segment = kss_stack_new(m, KSS_STACK_CALLOUT, m->config.profile.large_stack_size,
                                         kss_stack_at(m, from)->thread, 0);
        kss_stack_at(m, segment)->below = from;
        kss_cpu(m)->stack = segment;
        if (kss_stack_at(m, from)->thread != KSS_NONE)
            kss_thread_at(m, kss_stack_at(m, from)->thread)->stack = segment;
    }
    const struct kss_code *code = &m->image->code[routine];
    uint64_t guard = kss_guard(m);
    if (!kss_frame_push(m, routine, code->bytes, code->run_bytes, KSS_ENTRY_CALLOUT))
        return kss_stopped();
    kss_call_fresh(m, from, guard);
    return outcome;
}

static struct kss_outcome expand(struct kss_machine *m, struct kss_call *call) {
    if (call->step == 1) {
        KSS_EMIT(m, KSS_EV_EXPAND_DONE, call->local[0], 0, 0, 0);
        return kss_return((uint32_t)STATUS_SUCCESS);
    }
    uint64_t size = call->arguments[2];
    uint32_t routine;
    if (size > m->config.profile.max_expansion)
        return refuse(m, call, (uint32_t)STATUS_INVALID_PARAMETER_3);
    if (call->routine == KSS_NT_KeExpandKernelStackAndCalloutEx && call->arguments[3] & 0xFF &&
        kss_cpu(m)->irql >= KSS_DISPATCH_LEVEL)
        return refuse(m, call, (uint32_t)STATUS_INVALID_PARAMETER_4);
    if (!kss_code_at(m, call->arguments[0], &routine)) {
        kss_bugcheck(m, 0x50, call->arguments[0], 8, call->arguments[0], 0, call->routine, NULL);
        return kss_stopped();
    }
    const struct kss_stack *stack = kss_current_stack(m);
    uint64_t own = kss_nt_cost(m, call->routine); // Size bytes are the callout's
    if (stack->size - stack->depth >= size + own) {
        kss_policy_used(m, KSS_POLICY_expand_room);
        return start(m, call, routine, EXPAND_FITS);
    }
    uint16_t index = kss_cpu(m)->stack;
    if (kss_stack_most(m, stack) > stack->size &&
        kss_stack_grow(m, index, (uint64_t)stack->depth + size))
        return start(m, call, routine, EXPAND_GROWN);
    uint64_t limit = (uint64_t)m->config.profile.max_expansion * SEGMENT_LIMIT;
    if (segments_in_use(m, kss_cpu(m)->stack) + m->config.profile.large_stack_size > limit) {
        kss_policy_used(m, KSS_POLICY_expand_limit);
        return refuse(m, call, (uint32_t)STATUS_STACK_OVERFLOW);
    }
    if (m->config.fail_pool && m->port.choose != NULL &&
        m->port.choose(m->port.context, m, KSS_CHOOSE_POOL, 2) == 1)
        return refuse(m, call, (uint32_t)STATUS_NO_MEMORY);
    return start(m, call, routine, EXPAND_SEGMENT);
}

struct kss_outcome kss_nt_KeExpandKernelStackAndCallout(struct kss_machine *m,
                                                        struct kss_call *call) {
    return expand(m, call);
}

struct kss_outcome kss_nt_KeExpandKernelStackAndCalloutEx(struct kss_machine *m,
                                                          struct kss_call *call) {
    return expand(m, call);
}

// ---- Questions ----------------------------------------------------------------------------------
struct kss_outcome kss_nt_IoGetStackLimits(struct kss_machine *m, struct kss_call *call) {
    const struct kss_stack *stack = kss_current_stack(m);
    kss_addr high = stack->base, low = stack->base - stack->size;
    KSS_TRY(kss_store(m, call->arguments[0], kss_pointer(m), low, KSS_WHO_DRIVER));
    return kss_store(m, call->arguments[1], kss_pointer(m), high, KSS_WHO_DRIVER);
}

struct kss_outcome kss_nt_IoGetRemainingStackSize(struct kss_machine *m, struct kss_call *call) {
    (void)call;
    const struct kss_stack *stack = kss_current_stack(m);
    return kss_return(stack->size - stack->depth);
}

struct kss_outcome kss_nt_IoGetInitialStack(struct kss_machine *m, struct kss_call *call) {
    (void)call;
    uint16_t thread = kss_cpu(m)->thread;
    const struct kss_stack *stack = thread == KSS_NONE
                                        ? kss_current_stack(m)
                                        : kss_stack_at(m, kss_thread_at(m, thread)->first_stack);
    return kss_return(stack->base - m->config.profile.reserve);
}

// Whether the region lies whole in stack [s] or a segment it stands on.
static bool within(const struct kss_machine *m, uint16_t s, kss_addr low, uint64_t size) {
    while (s != KSS_NONE) {
        const struct kss_stack *stack = kss_stack_at(m, s);
        if (low >= stack->base - stack->size && low <= stack->base && size <= stack->base - low)
            return true;
        s = stack->below;
    }
    return false;
}

struct kss_outcome kss_nt_IoWithinStackLimits(struct kss_machine *m, struct kss_call *call) {
    const struct kss_cpu *cpu = kss_cpu(m);
    uint16_t own =
        cpu->thread == KSS_NONE ? (uint16_t)KSS_NONE : kss_thread_at(m, cpu->thread)->stack;
    kss_addr low = call->arguments[0];
    uint64_t size = call->arguments[1];
    return kss_return(within(m, cpu->stack, low, size) || within(m, own, low, size));
}
