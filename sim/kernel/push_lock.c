// SPDX-License-Identifier: MIT
// Push locks: shared or exclusive, one pointer wide, not recursive in any mode, taken with normal
// kernel APCs disabled (DDI ExAcquirePushLockExclusive, ExInitializePushLock). Waiters are served in
// their order; those who want it shared go in together.
#include "kernel/lock.h"

enum { WR_PUSH_LOCK = 28, STEP_WAITED = 1, IS_SHARED = 1, IS_EXCLUSIVE = -1 };
enum { BIT_LOCKED = 1, BIT_WAITERS = 2, SHARE_UNIT = 16 };

static void mirror(struct kss_machine *m, uint16_t object) {
    const struct kss_object *lock = kss_object_ref(m, object);
    uint64_t value = lock->signal == 0 ? 0 : BIT_LOCKED;
    if (lock->signal == IS_SHARED)
        value |= (uint64_t)kss_owner_count(m, object) * SHARE_UNIT;
    if (lock->waiters != KSS_NONE)
        value |= BIT_WAITERS;
    kss_poke(m, lock->address, kss_pointer(m), value);
}

struct kss_outcome kss_nt_ExInitializePushLock(struct kss_machine *m, struct kss_call *call) {
    KSS_TRY(kss_store(m, call->arguments[0], kss_pointer(m), 0, KSS_WHO_DRIVER));
    kss_object_init(m, call->arguments[0], KSS_O_PUSH_LOCK, 0, 0);
    return kss_return(0);
}

static void give(struct kss_machine *m, uint16_t object, uint16_t thread, enum kss_own_mode mode) {
    kss_object_ref(m, object)->signal = mode == KSS_SHARED ? IS_SHARED : IS_EXCLUSIVE;
    kss_owner_add(m, object, kss_thread_address(m, thread), 1);
    kss_thread_owns(m, thread + 1u, 1);
}

static struct kss_outcome given(struct kss_machine *m, struct kss_call *call, uint16_t object,
                                enum kss_own_mode mode) {
    kss_object_cold_at(m, object)->queue_place = call->place;
    mirror(m, object);
    kss_own_event(m, object, KSS_OWN_ACQUIRE, mode, 1);
    return kss_return(0);
}

static struct kss_outcome acquire(struct kss_machine *m, struct kss_call *call,
                                  enum kss_own_mode mode) {
    uint16_t object, thread = kss_cpu(m)->thread;
    if (call->step == STEP_WAITED) {
        struct kss_outcome waited = kss_lock_waited(m, call);
        object = kss_object_at(m, call->arguments[0]);
        if (object == KSS_NONE)
            return kss_return(0);
        if (waited.value != 0)
            return given(m, call, object, mode);
    }
    KSS_USE(kss_object_use(m, call, call->arguments[0], KSS_O_PUSH_LOCK, true, &object));
    if (call->step == 0 && !kss_normal_apcs_off(m))
        kss_lock_misuse(m, object, KSS_MISUSE_APCS_ENABLED);
    const struct kss_object *lock = kss_object_ref(m, object);
    bool mine = kss_owner_find(m, object, kss_lock_self_id(m)) != KSS_NONE;
    bool joins = mode == KSS_SHARED && lock->signal == IS_SHARED && lock->waiters == KSS_NONE;
    if (thread != KSS_NONE && !mine && (lock->signal == 0 || joins)) {
        give(m, object, thread, mode);
        return given(m, call, object, mode);
    }
    if (mine && call->step == 0)
        KSS_EMIT(m, KSS_EV_LOCK_RECURSION, kss_object_number(m, object), 0, 0, 0);
    struct kss_outcome outcome = kss_lock_wait(m, call, object, WR_PUSH_LOCK, mode, STEP_WAITED);
    if (outcome.kind != KSS_OUT_STOP)
        mirror(m, object);
    return outcome;
}

static void serve(struct kss_machine *m, uint16_t object) {
    while (kss_object_ref(m, object)->waiters != KSS_NONE) {
        uint16_t block = kss_object_ref(m, object)->waiters;
        struct kss_wait first = *kss_wait_at(m, block);
        bool shared = first.key == KSS_SHARED;
        if (kss_object_ref(m, object)->signal != 0 &&
            !(shared && kss_object_ref(m, object)->signal == IS_SHARED))
            return;
        kss_unwait(m, first.thread, STATUS_SUCCESS);
        give(m, object, first.thread, shared ? KSS_SHARED : KSS_EXCLUSIVE);
    }
}

static struct kss_outcome release(struct kss_machine *m, struct kss_call *call,
                                  enum kss_own_mode mode) {
    uint16_t object;
    bool known = kss_lock_known(m, call->arguments[0], KSS_O_PUSH_LOCK);
    KSS_USE(kss_object_use(m, call, call->arguments[0], KSS_O_PUSH_LOCK, true, &object));
    uint16_t mine = kss_owner_find(m, object, kss_lock_self_id(m));
    if (mine == KSS_NONE) {
        if (known)
            kss_lock_misuse(m, object, KSS_MISUSE_NOT_OWNER);
        return kss_return(0);
    }
    if ((mode == KSS_SHARED) != (kss_object_ref(m, object)->signal == IS_SHARED))
        kss_lock_misuse(m, object, KSS_MISUSE_WRONG_MODE);
    kss_owner_remove(m, object, mine);
    kss_thread_owns(m, kss_lock_self(m), -1);
    if (kss_object_ref(m, object)->context == 0) {
        kss_object_ref(m, object)->signal = 0;
        serve(m, object);
    }
    mirror(m, object);
    kss_own_event(m, object, KSS_OWN_RELEASE, mode, 0);
    return kss_return(0);
}

KSS_NT_IS(ExAcquirePushLockExclusive, acquire(m, call, KSS_EXCLUSIVE))
KSS_NT_IS(ExAcquirePushLockExclusiveEx, acquire(m, call, KSS_EXCLUSIVE))
KSS_NT_IS(ExAcquirePushLockShared, acquire(m, call, KSS_SHARED))
KSS_NT_IS(ExAcquirePushLockSharedEx, acquire(m, call, KSS_SHARED))
KSS_NT_IS(ExReleasePushLockExclusive, release(m, call, KSS_EXCLUSIVE))
KSS_NT_IS(ExReleasePushLockExclusiveEx, release(m, call, KSS_EXCLUSIVE))
KSS_NT_IS(ExReleasePushLockShared, release(m, call, KSS_SHARED))
KSS_NT_IS(ExReleasePushLockSharedEx, release(m, call, KSS_SHARED))
