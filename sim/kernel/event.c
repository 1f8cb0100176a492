// SPDX-License-Identifier: MIT
// Events: KeInitializeEvent and everything that sets or resets one.
//
// The first touch of an event by a routine that signals it is a read of its header (policy
// set-event-reads-first), made as a dispatcher routine makes it: at DISPATCH_LEVEL.
#include "kernel/machine.h"

enum { EVENT_NOTIFICATION = 0, EVENT_SYNCHRONIZATION = 1 };

struct kss_outcome kss_nt_KeInitializeEvent(struct kss_machine *m, struct kss_call *call) {
    kss_addr address = call->arguments[0];
    unsigned type = call->arguments[1] & 1;
    int32_t state = (call->arguments[2] & 0xFF) != 0;
    uint32_t size = kss_object_size(m, KSS_O_EVENT);
    uint8_t nothing[64];
    KSS_TRY(kss_read(m, address, nothing, size, KSS_WHO_DRIVER));
    kss_dispatcher_header(m, address, type, size, state);
    kss_object_init(m, address, KSS_O_EVENT,
                    type == EVENT_SYNCHRONIZATION ? KSS_OF_SYNCHRONIZATION : 0u, state);
    return kss_return(0);
}

static void signal_event(struct kss_machine *m, uint16_t object, enum kss_signal_how how) {
    int32_t previous = kss_object_ref(m, object)->signal;
    kss_object_signal_state(m, object, 1);
    unsigned released = kss_satisfy(m, object);
    if (how == KSS_SIGNAL_PULSE)
        kss_object_signal_state(m, object, 0);
    KSS_EMIT(m, KSS_EV_SIGNAL, kss_object_number(m, object), (uint64_t)(int64_t)previous, how,
             released);
}

static struct kss_outcome signal_by_call(struct kss_machine *m, struct kss_call *call,
                                         enum kss_signal_how how) {
    uint16_t object;
    KSS_USE(kss_object_use(m, call, call->arguments[0], KSS_O_EVENT, false, &object));
    int32_t previous = kss_object_ref(m, object)->signal;
    kss_wait_follows(m, call, (call->arguments[2] & 0xFF) != 0);
    signal_event(m, object, how);
    return kss_globals(m)->stopped ? kss_stopped() : kss_return((uint32_t)previous);
}

struct kss_outcome kss_nt_KeSetEvent(struct kss_machine *m, struct kss_call *call) {
    return signal_by_call(m, call, KSS_SIGNAL_SET);
}

struct kss_outcome kss_nt_KePulseEvent(struct kss_machine *m, struct kss_call *call) {
    return signal_by_call(m, call, KSS_SIGNAL_PULSE);
}

static struct kss_outcome reset(struct kss_machine *m, struct kss_call *call,
                                enum kss_signal_how how) {
    uint16_t object;
    KSS_USE(kss_object_use(m, call, call->arguments[0], KSS_O_EVENT, true, &object));
    int32_t previous = kss_object_ref(m, object)->signal;
    kss_object_signal_state(m, object, 0);
    KSS_EMIT(m, KSS_EV_SIGNAL, kss_object_number(m, object), (uint64_t)(int64_t)previous, how, 0);
    return kss_return((uint32_t)previous);
}

struct kss_outcome kss_nt_KeResetEvent(struct kss_machine *m, struct kss_call *call) {
    return reset(m, call, KSS_SIGNAL_RESET);
}

struct kss_outcome kss_nt_KeClearEvent(struct kss_machine *m, struct kss_call *call) {
    return reset(m, call, KSS_SIGNAL_CLEAR);
}

struct kss_outcome kss_nt_KeReadStateEvent(struct kss_machine *m, struct kss_call *call) {
    uint16_t object;
    KSS_USE(kss_object_use(m, call, call->arguments[0], KSS_O_EVENT, false, &object));
    return kss_return((uint32_t)kss_object_ref(m, object)->signal);
}

void kss_environment_set(struct kss_machine *m, uint16_t object) {
    signal_event(m, object, KSS_SIGNAL_SET);
}

// Somebody outside the scenario calls KeSetEvent at PASSIVE_LEVEL.
void kss_environment_signal(struct kss_machine *m, kss_addr address, enum kss_signal_how how) {
    struct kss_call call = {.arguments = {address}, .routine = KSS_NT_KeSetEvent};
    uint16_t object;
    uint32_t outer = m->at_work;
    m->at_work = KSS_NT_KeSetEvent;
    if (kss_object_use(m, &call, address, KSS_O_EVENT, false, &object).kind == KSS_OUT_RETURN)
        signal_event(m, object, how);
    m->at_work = outer;
}
