// SPDX-License-Identifier: MIT
// Run-down protection: references to something that can be waited away (KRN run-down-protection).
//
//   Count | references ... | 1 bit: run down |   no reference is given any more
//
// ExWaitForRundownProtectionRelease sets the bit and waits until the references are gone. What it
// leaves refuses references until ExReInitializeRundownProtection.
#include "kernel/lock.h"

enum { ACTIVE = 1, UNIT = 2, WR_RUNDOWN = 36, STEP_WAITED = 1 };

static struct kss_outcome write_count(struct kss_machine *m, kss_addr at, uint64_t value) {
    return kss_store(m, at, kss_pointer(m), value, KSS_WHO_DRIVER);
}

static struct kss_outcome initialize(struct kss_machine *m, kss_addr at) {
    KSS_TRY(write_count(m, at, 0));
    kss_object_init(m, at, KSS_O_RUNDOWN, 0, 0);
    return kss_return(0);
}

static struct kss_outcome use(struct kss_machine *m, struct kss_call *call, uint16_t *object) {
    return kss_object_use(m, call, call->arguments[0], KSS_O_RUNDOWN, true, object);
}

static struct kss_outcome acquire(struct kss_machine *m, struct kss_call *call, uint64_t times) {
    uint16_t object;
    uint64_t value;
    KSS_USE(use(m, call, &object));
    KSS_LOAD(value, call->arguments[0], kss_pointer(m));
    if (value & ACTIVE)
        return kss_return(0);
    KSS_TRY(write_count(m, call->arguments[0], value + times * UNIT));
    return kss_return(1);
}

static struct kss_outcome release(struct kss_machine *m, struct kss_call *call, uint64_t times) {
    uint16_t object;
    uint64_t value;
    KSS_USE(use(m, call, &object));
    KSS_LOAD(value, call->arguments[0], kss_pointer(m));
    if (value < times * UNIT) {
        kss_lock_misuse(m, object, KSS_MISUSE_RUNDOWN_COUNT);
        return kss_return(0);
    }
    value -= times * UNIT;
    KSS_TRY(write_count(m, call->arguments[0], value));
    while (value == ACTIVE && kss_object_ref(m, object)->waiters != KSS_NONE)
        kss_unwait(m, kss_wait_at(m, kss_object_ref(m, object)->waiters)->thread, STATUS_SUCCESS);
    return kss_return(0);
}

static struct kss_outcome wait_for_release(struct kss_machine *m, struct kss_call *call) {
    uint16_t object;
    uint64_t value;
    if (call->step == STEP_WAITED && kss_lock_waited(m, call).value != 0)
        return kss_return(0);
    KSS_USE(use(m, call, &object));
    KSS_LOAD(value, call->arguments[0], kss_pointer(m));
    value |= ACTIVE;
    KSS_TRY(write_count(m, call->arguments[0], value));
    if (value == ACTIVE)
        return kss_return(0);
    if (!kss_wait_may_block(m))
        return kss_wait_at_dispatch(m, call, object);
    return kss_block_thread(m, call, object, 0, false, WR_RUNDOWN, false, 0, STEP_WAITED);
}

static struct kss_outcome set(struct kss_machine *m, struct kss_call *call, uint64_t value) {
    uint16_t object;
    KSS_USE(use(m, call, &object));
    return write_count(m, call->arguments[0], value);
}

KSS_NT_IS(ExInitializeRundownProtection, initialize(m, call->arguments[0]))
KSS_NT_IS(ExReInitializeRundownProtection, set(m, call, 0))
KSS_NT_IS(ExAcquireRundownProtection, acquire(m, call, 1))
KSS_NT_IS(ExAcquireRundownProtectionEx, acquire(m, call, (uint32_t)call->arguments[1]))
KSS_NT_IS(ExReleaseRundownProtection, release(m, call, 1))
KSS_NT_IS(ExReleaseRundownProtectionEx, release(m, call, (uint32_t)call->arguments[1]))
KSS_NT_IS(ExWaitForRundownProtectionRelease, wait_for_release(m, call))
KSS_NT_IS(ExRundownCompleted, set(m, call, ACTIVE))
