// SPDX-License-Identifier: MIT
// Timers: one-shot and periodic, with a DPC or to be waited for.
//
// DDI KeSetTimerEx: setting a queued timer cancels it first, with its DPC; the timer is
// unsignalled; a positive due time is absolute; the period is in milliseconds. KeCancelTimer: TRUE
// if it was still queued, for a periodic timer always.
#include "kernel/machine.h"

enum { TIMER_NOTIFICATION_OBJECT = 8, TIMER_SYNCHRONIZATION_OBJECT = 9, MS = 10000 };

static struct kss_outcome initialize(struct kss_machine *m, kss_addr address, unsigned type) {
    uint32_t size = kss_object_size(m, KSS_O_TIMER);
    uint8_t nothing[64];
    KSS_TRY(kss_read(m, address, nothing, size, KSS_WHO_DRIVER));
    kss_dispatcher_header(m, address,
                          type ? TIMER_SYNCHRONIZATION_OBJECT : TIMER_NOTIFICATION_OBJECT, size, 0);
    uint16_t old = kss_object_at(m, address);
    bool queued = old != KSS_NONE && kss_object_ref(m, old)->kind == KSS_O_TIMER &&
                  kss_object_ref(m, old)->flags & KSS_OF_QUEUED;
    uint16_t index =
        kss_object_init(m, address, KSS_O_TIMER, type ? KSS_OF_SYNCHRONIZATION : 0u, 0);
    if (queued) // the timer queue still holds the old one: its entry now leads to garbage
        kss_due_cancel(m, KSS_DUE_TIMER, old);
    kss_object_signal_state(m, index, 0);
    return kss_return(0);
}

struct kss_outcome kss_nt_KeInitializeTimer(struct kss_machine *m, struct kss_call *call) {
    return initialize(m, call->arguments[0], 0);
}

struct kss_outcome kss_nt_KeInitializeTimerEx(struct kss_machine *m, struct kss_call *call) {
    return initialize(m, call->arguments[0], call->arguments[1] & 1);
}

static bool cancel(struct kss_machine *m, uint16_t index) {
    struct kss_object *timer = kss_object_ref(m, index);
    bool queued = (timer->flags & KSS_OF_QUEUED) != 0;
    timer->flags &= (uint8_t)~KSS_OF_QUEUED;
    if (queued)
        kss_due_cancel(m, KSS_DUE_TIMER, index);
    return queued;
}

static struct kss_outcome set(struct kss_machine *m, struct kss_call *call, int64_t due,
                              int32_t period, kss_addr dpc) {
    uint16_t index, dpc_index = KSS_NONE;
    KSS_USE(kss_object_use(m, call, call->arguments[0], KSS_O_TIMER, true, &index));
    if (dpc != 0) {
        KSS_USE(kss_object_use(m, call, dpc, KSS_O_DPC, false, &dpc_index));
        index = kss_object_at(m, call->arguments[0]);
    }
    bool was_queued = cancel(m, index);
    bool absolute;
    uint64_t after = kss_timeout(m, due, &absolute);
    if (absolute)
        KSS_EMIT(m, KSS_EV_ABSOLUTE, call->routine, due, (uint64_t)due - kss_system_time(m), 0);
    kss_object_signal_state(m, index, 0);
    struct kss_object *timer = kss_object_ref(m, index);
    timer->dpc = dpc;
    timer->period = period > 0 ? (uint64_t)period * MS : 0;
    timer->flags |= KSS_OF_QUEUED;
    kss_object_cold_at(m, index)->queue_place = kss_clock(m)->place;
    KSS_EMIT(m, KSS_EV_TIMER_SET, kss_object_number(m, index), after,
             period > 0 ? (uint64_t)period * MS : 0, kss_object_number(m, dpc_index));
    if (after == 0) // due already: it expires as it is inserted
        kss_timer_expire(m, index);
    else
        kss_due_insert(m, &(struct kss_due){.kind = KSS_DUE_TIMER, .target = index},
                       kss_until_tick(m, after), kss_clock(m)->place);
    return kss_globals(m)->stopped ? kss_stopped() : kss_return(was_queued);
}

struct kss_outcome kss_nt_KeSetTimer(struct kss_machine *m, struct kss_call *call) {
    return set(m, call, (int64_t)call->arguments[1], 0, call->arguments[2]);
}

struct kss_outcome kss_nt_KeSetTimerEx(struct kss_machine *m, struct kss_call *call) {
    return set(m, call, (int64_t)call->arguments[1], (int32_t)call->arguments[2],
               call->arguments[3]);
}

// How long it may be put off to join other timers makes no difference here: it expires when it is due.
struct kss_outcome kss_nt_KeSetCoalescableTimer(struct kss_machine *m, struct kss_call *call) {
    return set(m, call, (int64_t)call->arguments[1], (int32_t)call->arguments[2],
               call->arguments[4]);
}

struct kss_outcome kss_nt_KeCancelTimer(struct kss_machine *m, struct kss_call *call) {
    uint16_t index;
    KSS_USE(kss_object_use(m, call, call->arguments[0], KSS_O_TIMER, true, &index));
    bool was_queued = cancel(m, index);
    KSS_EMIT(m, KSS_EV_TIMER_CANCEL, kss_object_number(m, index), was_queued, 0, 0);
    return kss_return(was_queued);
}

struct kss_outcome kss_nt_KeReadStateTimer(struct kss_machine *m, struct kss_call *call) {
    uint16_t index;
    KSS_USE(kss_object_use(m, call, call->arguments[0], KSS_O_TIMER, false, &index));
    return kss_return(kss_object_ref(m, index)->signal > 0);
}

// The clock interrupt found the timer due: its memory is touched at DISPATCH_LEVEL.
void kss_timer_expire(struct kss_machine *m, uint16_t index) {
    struct kss_object *timer = kss_object_ref(m, index);
    if (timer->kind != KSS_O_TIMER || timer->flags & KSS_OF_DEAD) {
        if (timer->flags & KSS_OF_DEAD) {
            struct kss_call call = {.arguments = {timer->address}, .routine = KSS_NT_KeSetTimer};
            uint16_t dead;
            kss_object_use(m, &call, timer->address, KSS_O_TIMER, true, &dead);
        }
        return;
    }
    if (kss_touch_object(m, timer->address, kss_object_size(m, KSS_O_TIMER), true).kind !=
        KSS_OUT_RETURN)
        return;
    timer = kss_object_ref(m, index);
    int32_t previous = timer->signal;
    uint64_t period = timer->period;
    kss_addr dpc = timer->dpc;
    uint32_t place = kss_object_cold_at(m, index)->queue_place;
    timer->flags &= (uint8_t)~KSS_OF_QUEUED;
    if (period != 0) {
        timer->flags |= KSS_OF_QUEUED;
        kss_due_insert(m, &(struct kss_due){.kind = KSS_DUE_TIMER, .target = index},
                       kss_until_tick(m, period), place);
    }
    kss_object_signal_state(m, index, 1);
    unsigned released = kss_satisfy(m, index);
    KSS_EMIT(m, KSS_EV_SIGNAL, kss_object_number(m, index), (uint64_t)(int64_t)previous,
             KSS_SIGNAL_TIMER, released);
    uint16_t object = dpc == 0 ? (uint16_t)KSS_NONE : kss_object_at(m, dpc);
    if (object == KSS_NONE) {
        if (dpc != 0) { // the DPC object died before its timer came
            struct kss_call call = {.arguments = {dpc}, .routine = KSS_NT_KeInsertQueueDpc};
            uint16_t dead;
            kss_object_use(m, &call, dpc, KSS_O_DPC, true, &dead);
        }
        return;
    }
    if (kss_touch_object(m, dpc, kss_object_size(m, KSS_O_DPC), true).kind == KSS_OUT_RETURN)
        kss_dpc_queue(m, object, place);
}
