// SPDX-License-Identifier: MIT
// Fast mutexes and guarded mutexes: one layout, one owner, no recursion. They differ in how they keep
// APCs away from the owner: a fast mutex raises to APC_LEVEL, a guarded mutex enters a guarded region
// (KRN fast-mutexes-and-guarded-mutexes). The unsafe variants leave that to the caller, who must have
// done it.
//
// Count is 1 when free, 0 when owned and one less for each waiter (mingw-w64 ddk/wdm.h, ReactOS
// ntoskrnl/ex/fmutex.c). A release hands the mutex to who waits first.
#include "kernel/lock.h"

#define FIELD(name) KSS_OFFSET(FAST_MUTEX, name, kss_wide(m))

struct manner {
    enum kss_object_kind kind;
    uint8_t reason;    // of the wait
    bool raises, safe; // to APC_LEVEL; keeps APCs away itself
};
enum { WR_FAST_MUTEX = 34, WR_GUARDED_MUTEX = 35, STEP_WAITED = 1 };
static const struct manner fast = {KSS_O_FAST_MUTEX, WR_FAST_MUTEX, true, true};
static const struct manner fast_unsafe = {KSS_O_FAST_MUTEX, WR_FAST_MUTEX, true, false};
static const struct manner guarded = {KSS_O_GUARDED_MUTEX, WR_GUARDED_MUTEX, false, true};
static const struct manner guarded_unsafe = {KSS_O_GUARDED_MUTEX, WR_GUARDED_MUTEX, false, false};

static void mirror(struct kss_machine *m, uint16_t object) {
    const struct kss_object *mutex = kss_object_ref(m, object);
    int32_t owner = mutex->signal;
    int32_t count = (owner == 0) - (int32_t)kss_lock_waiters(m, object, 1);
    kss_addr thread = 0, address = mutex->address;
    if (owner != 0 && owner <= KSS_NONE)
        thread = kss_thread_address(m, (uint16_t)(owner - 1));
    kss_poke(m, address + FIELD(Count), 4, (uint32_t)count);
    kss_poke(m, address + FIELD(Owner), kss_pointer(m), thread);
}

static struct kss_outcome initialize(struct kss_machine *m, kss_addr address,
                                     enum kss_object_kind kind) {
    uint8_t bytes[KSS_SIZE64_FAST_MUTEX] = {1};
    KSS_TRY(kss_write(m, address, bytes, kss_object_size(m, kind), KSS_WHO_DRIVER));
    kss_object_init(m, address, kind, 0, 0);
    return kss_return(0);
}

static bool apcs_are_off(const struct kss_machine *m, const struct manner *manner) {
    return manner->raises ? kss_normal_apcs_off(m) : kss_all_apcs_off(m);
}

// What keeps APCs away while the mutex is owned. local[0]: the IRQL to return to.
static void keep_apcs_away(struct kss_machine *m, struct kss_call *call,
                           const struct manner *manner) {
    call->local[0] = kss_cpu(m)->irql;
    if (!manner->safe)
        return;
    if (manner->raises && kss_cpu(m)->irql < KSS_APC_LEVEL)
        kss_set_irql(m, KSS_APC_LEVEL);
    if (!manner->raises && kss_cpu(m)->thread != KSS_NONE)
        kss_count_apcs(m, kss_cpu(m)->thread, 0, -1);
}

static void let_apcs_in(struct kss_machine *m, const struct manner *manner, unsigned irql) {
    if (!manner->safe)
        return;
    if (manner->raises && irql < kss_cpu(m)->irql)
        kss_set_irql(m, irql);
    if (!manner->raises && kss_cpu(m)->thread != KSS_NONE)
        kss_count_apcs(m, kss_cpu(m)->thread, 0, 1);
}

static struct kss_outcome owned(struct kss_machine *m, struct kss_call *call, uint16_t object) {
    struct kss_object *mutex = kss_object_ref(m, object);
    mutex->irql = (uint16_t)call->local[0];
    kss_poke(m, mutex->address + FIELD(OldIrql), 4, call->local[0]);
    kss_object_cold_at(m, object)->queue_place = call->place;
    kss_own_event(m, object, KSS_OWN_ACQUIRE, KSS_EXCLUSIVE, 1);
    return kss_return(1);
}

static void own(struct kss_machine *m, uint16_t object, uint64_t self) {
    kss_object_ref(m, object)->signal = (int32_t)(self == 0 ? KSS_NONE + 1u : self);
    kss_thread_owns(m, self, 1);
    mirror(m, object);
}

static struct kss_outcome acquire(struct kss_machine *m, struct kss_call *call,
                                  const struct manner *manner, bool wait) {
    uint16_t object;
    uint64_t self = kss_lock_self(m);
    if (call->step == STEP_WAITED) {
        kss_lock_waited(m, call); // no APC gets through
        object = kss_object_at(m, call->arguments[0]);
        return object == KSS_NONE ? kss_return(1) : owned(m, call, object);
    }
    KSS_USE(kss_object_use(m, call, call->arguments[0], manner->kind, true, &object));
    if (!manner->safe && !apcs_are_off(m, manner))
        kss_lock_misuse(m, object, KSS_MISUSE_APCS_ENABLED);
    keep_apcs_away(m, call, manner);
    if (kss_object_ref(m, object)->signal == 0) {
        own(m, object, self);
        return owned(m, call, object);
    }
    if (!wait) {
        let_apcs_in(m, manner, (unsigned)call->local[0]);
        return kss_return(0);
    }
    if (self != 0 && kss_object_ref(m, object)->signal == (int32_t)self)
        KSS_EMIT(m, KSS_EV_LOCK_RECURSION, kss_object_number(m, object), 0, 0, 0);
    kss_addr contention = call->arguments[0] + FIELD(Contention);
    kss_poke(m, contention, 4, kss_peek(m, contention, 4) + 1);
    struct kss_outcome outcome =
        kss_lock_wait(m, call, object, manner->reason, KSS_EXCLUSIVE, STEP_WAITED);
    if (outcome.kind != KSS_OUT_STOP)
        mirror(m, object);
    return outcome;
}

static struct kss_outcome acquire_void(struct kss_machine *m, struct kss_call *call,
                                       const struct manner *manner) {
    KSS_TRY(acquire(m, call, manner, true));
    return kss_return(0);
}

static struct kss_outcome release(struct kss_machine *m, struct kss_call *call,
                                  const struct manner *manner) {
    uint16_t object;
    uint64_t self = kss_lock_self(m);
    bool known = kss_lock_known(m, call->arguments[0], manner->kind);
    KSS_USE(kss_object_use(m, call, call->arguments[0], manner->kind, true, &object));
    struct kss_object *mutex = kss_object_ref(m, object);
    unsigned irql = mutex->irql;
    if (mutex->signal == 0 || (self != 0 && mutex->signal != (int32_t)self)) {
        if (known)
            kss_lock_misuse(m, object, KSS_MISUSE_NOT_OWNER);
        return kss_return(0);
    }
    mutex->signal = 0;
    kss_thread_owns(m, self, -1);
    uint16_t next = kss_lock_waiter(m, object, 1);
    if (next != KSS_NONE) {
        kss_unwait(m, next, STATUS_SUCCESS);
        own(m, object, next + 1u);
    }
    mirror(m, object);
    kss_own_event(m, object, KSS_OWN_RELEASE, KSS_EXCLUSIVE, 0);
    let_apcs_in(m, manner, irql);
    return kss_return(0);
}

KSS_NT_IS(ExInitializeFastMutex, initialize(m, call->arguments[0], KSS_O_FAST_MUTEX))
KSS_NT_IS(ExAcquireFastMutex, acquire_void(m, call, &fast))
KSS_NT_IS(ExTryToAcquireFastMutex, acquire(m, call, &fast, false))
KSS_NT_IS(ExReleaseFastMutex, release(m, call, &fast))
KSS_NT_IS(ExAcquireFastMutexUnsafe, acquire_void(m, call, &fast_unsafe))
KSS_NT_IS(ExReleaseFastMutexUnsafe, release(m, call, &fast_unsafe))
KSS_NT_IS(KeInitializeGuardedMutex, initialize(m, call->arguments[0], KSS_O_GUARDED_MUTEX))
KSS_NT_IS(KeAcquireGuardedMutex, acquire_void(m, call, &guarded))
KSS_NT_IS(KeTryToAcquireGuardedMutex, acquire(m, call, &guarded, false))
KSS_NT_IS(KeReleaseGuardedMutex, release(m, call, &guarded))
KSS_NT_IS(KeAcquireGuardedMutexUnsafe, acquire_void(m, call, &guarded_unsafe))
KSS_NT_IS(KeReleaseGuardedMutexUnsafe, release(m, call, &guarded_unsafe))
