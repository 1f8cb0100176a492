// SPDX-License-Identifier: MIT
// Who am I, what time is it, stop: the small questions and the deliberate ends.
#include "kernel/machine.h"

// ---- Identity -----------------------------------------------------------------------------------
static struct kss_outcome thread_pointer(const struct kss_machine *m) {
    uint16_t thread = kss_cpu(m)->thread; // an idle processor runs its idle thread
    return kss_return(kss_thread_address(m, thread == KSS_NONE ? 0xFFF : thread));
}

struct kss_outcome kss_nt_KeGetCurrentThread(struct kss_machine *m, struct kss_call *call) {
    (void)call;
    return thread_pointer(m);
}

struct kss_outcome kss_nt_PsGetCurrentThread(struct kss_machine *m, struct kss_call *call) {
    (void)call;
    return thread_pointer(m);
}

struct kss_outcome kss_nt_PsGetCurrentThreadId(struct kss_machine *m, struct kss_call *call) {
    (void)call;
    uint16_t thread = kss_cpu(m)->thread;
    return kss_return(thread == KSS_NONE ? 0 : kss_thread_id(thread));
}

static struct kss_outcome process_of(const struct kss_machine *m, uint16_t thread) {
    uint32_t process = thread == KSS_NONE ? 0 : kss_thread_at(m, thread)->process;
    uint16_t first = 0; // the process's first thread stands for it
    while (process != 0 && kss_thread_at(m, first)->process != process)
        first++;
    return kss_return(kss_thread_address(m, 0x800) + (process == 0 ? 0 : (first + 1u) * 0x400u));
}

static struct kss_outcome process_pointer(const struct kss_machine *m) {
    return process_of(m, kss_cpu(m)->thread);
}

// The process of the thread that asked; NULL for an IRP without one.
struct kss_outcome kss_nt_IoGetRequestorProcess(struct kss_machine *m, struct kss_call *call) {
    struct kss_outcome outcome;
    unsigned offset =
        KSS_OFFSET(IRP, Tail, kss_wide(m)) + KSS_OFFSET(IRP_Tail_Overlay, Thread, kss_wide(m));
    kss_addr address =
        kss_load(m, call->arguments[0] + offset, kss_pointer(m), KSS_WHO_DRIVER, &outcome);
    KSS_TRY(outcome);
    uint16_t thread = kss_thread_with_address(m, address);
    return thread == KSS_NONE ? kss_return(0) : process_of(m, thread);
}

struct kss_outcome kss_nt_PsGetCurrentProcess(struct kss_machine *m, struct kss_call *call) {
    (void)call;
    return process_pointer(m);
}

struct kss_outcome kss_nt_IoGetCurrentProcess(struct kss_machine *m, struct kss_call *call) {
    (void)call;
    return process_pointer(m);
}

struct kss_outcome kss_nt_KeGetCurrentProcessorNumber(struct kss_machine *m,
                                                      struct kss_call *call) {
    (void)call;
    return kss_return(kss_globals(m)->current_cpu);
}

struct kss_outcome kss_nt_KeGetCurrentProcessorNumberEx(struct kss_machine *m,
                                                        struct kss_call *call) {
    uint16_t number = kss_globals(m)->current_cpu;
    if (call->arguments[0] != 0) // PROCESSOR_NUMBER { Group, Number, Reserved }
        KSS_TRY(kss_store(m, call->arguments[0], 4, (uint64_t)number << 16, KSS_WHO_DRIVER));
    return kss_return(number);
}

struct kss_outcome kss_nt_ExGetPreviousMode(struct kss_machine *m, struct kss_call *call) {
    (void)call;
    uint16_t thread = kss_cpu(m)->thread;
    return kss_return(thread != KSS_NONE && !(kss_thread_at(m, thread)->flags & KSS_TF_SYSTEM));
}

struct kss_outcome kss_nt_MmIsAddressValid(struct kss_machine *m, struct kss_call *call) {
    kss_addr address = call->arguments[0];
    uint32_t depth;
    uint16_t stack = kss_stack_of(m, address, &depth);
    if (stack != KSS_NONE) {
        const struct kss_stack *s = kss_stack_at(m, stack);
        return kss_return(s->thread == KSS_NONE || !kss_thread_at(m, s->thread)->out);
    }
    uint32_t region = kss_region_find(m, address);
    return kss_return(region != KSS_NO_FRAME &&
                      kss_region_at(m, region)->kind != KSS_REGION_FREED &&
                      !kss_region_at(m, region)->out);
}

// ---- Time ---------------------------------------------------------------------------------------
static struct kss_outcome give_time(struct kss_machine *m, kss_addr to, uint64_t value) {
    kss_globals(m)->time_read = 1;
    return kss_store(m, to, 8, value, KSS_WHO_DRIVER);
}

struct kss_outcome kss_nt_KeQuerySystemTime(struct kss_machine *m, struct kss_call *call) {
    uint64_t phase = kss_globals(m)->tick_phase; // the time of the last clock tick
    return give_time(m, call->arguments[0], kss_system_time(m) - phase);
}

struct kss_outcome kss_nt_KeQuerySystemTimePrecise(struct kss_machine *m, struct kss_call *call) {
    return give_time(m, call->arguments[0], kss_system_time(m));
}

struct kss_outcome kss_nt_KeQueryInterruptTime(struct kss_machine *m, struct kss_call *call) {
    (void)call;
    kss_globals(m)->time_read = 1;
    return kss_return(kss_clock(m)->now - kss_globals(m)->tick_phase);
}

struct kss_outcome kss_nt_KeQueryTickCount(struct kss_machine *m, struct kss_call *call) {
    return give_time(m, call->arguments[0], kss_clock(m)->now / m->config.profile.clock_tick);
}

struct kss_outcome kss_nt_KeQueryTimeIncrement(struct kss_machine *m, struct kss_call *call) {
    (void)call;
    return kss_return(m->config.profile.clock_tick);
}

struct kss_outcome kss_nt_KeQueryPerformanceCounter(struct kss_machine *m, struct kss_call *call) {
    if (call->arguments[0] != 0)
        KSS_TRY(kss_store(m, call->arguments[0], 8, 10000000, KSS_WHO_DRIVER));
    kss_globals(m)->time_read = 1;
    return kss_return(kss_clock(m)->now);
}

// Busy waiting: the processor stays where it is; interrupts and DPCs run if the IRQL lets them.
struct kss_outcome kss_nt_KeStallExecutionProcessor(struct kss_machine *m, struct kss_call *call) {
    const struct kss_cpu *cpu = kss_cpu(m);
    if (call->step == 0) {
        // One stall per stack and interrupt level can be under way.
        call->local[0] = (uint64_t)(cpu->stack << 3 | (cpu->interrupts & 7));
        KSS_EMIT(m, KSS_EV_STALL, (call->arguments[0] & 0xFFFFFFFF) * 10, 0, 0, 0);
        kss_due_insert(m,
                       &(struct kss_due){.kind = KSS_DUE_STALL, .target = (uint16_t)call->local[0]},
                       (call->arguments[0] & 0xFFFFFFFF) * 10, kss_clock(m)->place);
        return kss_suspend(m, call, 1);
    }
    if (kss_due_exists(m, KSS_DUE_STALL, (uint16_t)call->local[0]))
        return kss_outcome(KSS_OUT_SPIN, 0);
    return kss_return(0);
}

// ---- Ends ---------------------------------------------------------------------------------------
struct kss_outcome kss_nt_KeBugCheckEx(struct kss_machine *m, struct kss_call *call) {
    const uint64_t *p = call->arguments;
    kss_bugcheck(m, (uint32_t)p[0], p[1], p[2], p[3], p[4], KSS_NT_KeBugCheckEx, NULL);
    return kss_stopped();
}

struct kss_outcome kss_nt_KeBugCheck(struct kss_machine *m, struct kss_call *call) {
    kss_bugcheck(m, (uint32_t)call->arguments[0], 0, 0, 0, 0, KSS_NT_KeBugCheck, NULL);
    return kss_stopped();
}

struct kss_outcome kss_nt_ExRaiseStatus(struct kss_machine *m, struct kss_call *call) {
    (void)m;
    return kss_outcome(KSS_OUT_RAISE, call->arguments[0] & 0xFFFFFFFF);
}

struct kss_outcome kss_nt_ExRaiseAccessViolation(struct kss_machine *m, struct kss_call *call) {
    (void)m;
    (void)call;
    return kss_outcome(KSS_OUT_RAISE, (uint32_t)STATUS_ACCESS_VIOLATION);
}
