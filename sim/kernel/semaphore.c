// SPDX-License-Identifier: MIT
// Semaphores: a count between 0 and a limit. A wait takes one, a release gives some back.
//
// DDI KeReleaseSemaphore: going beyond the limit leaves the count as it was and raises
// STATUS_SEMAPHORE_LIMIT_EXCEEDED; so does an adjustment that is negative.
#include "kernel/machine.h"

enum { SEMAPHORE_OBJECT = 5 };

struct kss_outcome kss_nt_KeInitializeSemaphore(struct kss_machine *m, struct kss_call *call) {
    kss_addr address = call->arguments[0];
    int32_t count = (int32_t)call->arguments[1], limit = (int32_t)call->arguments[2];
    uint32_t size = kss_object_size(m, KSS_O_SEMAPHORE);
    uint8_t nothing[64];
    KSS_TRY(kss_read(m, address, nothing, size, KSS_WHO_DRIVER));
    kss_dispatcher_header(m, address, SEMAPHORE_OBJECT, size, count);
    kss_poke(m, address + KSS_OFFSET(KSEMAPHORE, Limit, kss_wide(m)), 4, (uint32_t)limit);
    uint16_t index = kss_object_init(m, address, KSS_O_SEMAPHORE, 0, count);
    kss_object_ref(m, index)->period = (uint32_t)limit;
    return kss_return(0);
}

struct kss_outcome kss_nt_KeReleaseSemaphore(struct kss_machine *m, struct kss_call *call) {
    uint16_t index;
    KSS_USE(kss_object_use(m, call, call->arguments[0], KSS_O_SEMAPHORE, true, &index));
    int32_t previous = kss_object_ref(m, index)->signal;
    int32_t limit = (int32_t)(uint32_t)kss_object_ref(m, index)->period;
    int64_t now = (int64_t)previous + (int32_t)call->arguments[2];
    uint64_t before = (uint64_t)(int64_t)previous;
    if (now > limit || now < previous) {
        KSS_EMIT(m, KSS_EV_SIGNAL, kss_object_number(m, index), before, KSS_SIGNAL_LIMIT, 0);
        return kss_outcome(KSS_OUT_RAISE, (uint32_t)STATUS_SEMAPHORE_LIMIT_EXCEEDED);
    }
    kss_wait_follows(m, call, (call->arguments[3] & 0xFF) != 0);
    kss_object_signal_state(m, index, (int32_t)now);
    unsigned released = kss_satisfy(m, index);
    KSS_EMIT(m, KSS_EV_SIGNAL, kss_object_number(m, index), before, KSS_SIGNAL_RELEASE, released);
    return kss_globals(m)->stopped ? kss_stopped() : kss_return((uint32_t)previous);
}

struct kss_outcome kss_nt_KeReadStateSemaphore(struct kss_machine *m, struct kss_call *call) {
    uint16_t index;
    KSS_USE(kss_object_use(m, call, call->arguments[0], KSS_O_SEMAPHORE, false, &index));
    return kss_return((uint32_t)kss_object_ref(m, index)->signal);
}
