// SPDX-License-Identifier: MIT
// Priorities of threads: 0 to 31, the highest that is ready runs. Those from 16 on are real-time.
//
// DDI KeSetBasePriorityThread: relative to the base priority of the thread's process, which is that of
// a normal process here, and never across the border to the real-time priorities. Priorities are
// not boosted and do not decay.
#include "kernel/machine.h"

enum { LOWEST = 1, NORMAL = 8, LOW_REALTIME = 16, HIGHEST = 31 };

// The thread of the first argument; KSS_NONE: it is none, and has been said so.
static uint16_t target_of(struct kss_machine *m, const struct kss_call *call) {
    uint16_t thread = kss_thread_with_address(m, call->arguments[0]);
    if (thread == KSS_NONE)
        kss_object_unknown(m, call, call->arguments[0]);
    return thread;
}

static int between(int low, int value, int high) {
    return value < low ? low : value > high ? high : value;
}

struct kss_outcome kss_nt_KeSetPriorityThread(struct kss_machine *m, struct kss_call *call) {
    uint16_t index = target_of(m, call);
    if (index == KSS_NONE)
        return kss_return(0);
    struct kss_thread *thread = kss_thread_at(m, index);
    int old = thread->priority;
    thread->priority = (int8_t)between(LOWEST, (int32_t)call->arguments[1], HIGHEST);
    return kss_return((uint32_t)old);
}

struct kss_outcome kss_nt_KeQueryPriorityThread(struct kss_machine *m, struct kss_call *call) {
    uint16_t index = target_of(m, call);
    int priority = index == KSS_NONE ? 0 : kss_thread_at(m, index)->priority;
    return kss_return((uint32_t)priority);
}

struct kss_outcome kss_nt_KeSetBasePriorityThread(struct kss_machine *m, struct kss_call *call) {
    uint16_t index = target_of(m, call);
    if (index == KSS_NONE)
        return kss_return(0);
    struct kss_thread *thread = kss_thread_at(m, index);
    int old = thread->priority, base = old >= LOW_REALTIME ? 24 : NORMAL;
    int increment = between(-HIGHEST, (int32_t)call->arguments[1], HIGHEST);
    bool real_time = base >= LOW_REALTIME;
    thread->priority = (int8_t)between(real_time ? LOW_REALTIME : LOWEST, base + increment,
                                       real_time ? HIGHEST : LOW_REALTIME - 1);
    return kss_return((uint32_t)(old - base));
}
