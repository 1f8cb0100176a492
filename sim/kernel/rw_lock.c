// SPDX-License-Identifier: MIT
// Reader/writer spin locks: EX_SPIN_LOCK, a LONG that the driver sets to zero and no routine
// initialises (DDI ExAcquireSpinLockExclusive). Readers keep each other company; a writer is alone.
// All of it happens at DISPATCH_LEVEL or above, so a processor has a lock once, or reads it several
// times.
#include "kernel/lock.h"

enum { STEP_SPIN = 1, WRITER = -1 };
#define WRITER_BIT UINT32_C(0x80000000)

// Owners are processors. As an owner's number one is as good as another, so it borrows a thread's.
static kss_addr this_cpu(const struct kss_machine *m) {
    return kss_thread_address(m, kss_globals(m)->current_cpu);
}

// The lock at [address]; zeroes that nobody has seen yet are a new one.
static struct kss_outcome use(struct kss_machine *m, struct kss_call *call, uint16_t *object) {
    kss_addr address = call->arguments[0];
    struct kss_outcome outcome;
    if (kss_object_at(m, address) == KSS_NONE) {
        uint64_t value = kss_load(m, address, 4, KSS_WHO_DRIVER, &outcome);
        KSS_TRY(outcome);
        if (value == 0) {
            *object = kss_object_init(m, address, KSS_O_RW_SPINLOCK, 0, 0);
            return kss_return(0);
        }
    }
    return kss_object_use(m, call, address, KSS_O_RW_SPINLOCK, true, object);
}

static void mirror(struct kss_machine *m, uint16_t object) {
    const struct kss_object *lock = kss_object_ref(m, object);
    kss_poke(m, lock->address, 4, lock->signal == WRITER ? WRITER_BIT : (uint32_t)lock->signal);
}

static void taken(struct kss_machine *m, struct kss_call *call, uint16_t object, int32_t signal) {
    kss_object_ref(m, object)->signal = signal;
    uint16_t mine = kss_owner_find(m, object, this_cpu(m));
    if (mine == KSS_NONE)
        kss_owner_add(m, object, this_cpu(m), 1);
    else
        kss_wait_at(m, mine)->key++;
    mirror(m, object);
    kss_object_cold_at(m, object)->queue_place = call->place;
    kss_spin_count(m);
    KSS_EMIT(m, KSS_EV_LOCK, kss_object_number(m, object), 0, call->local[0], 0);
}

static struct kss_outcome take(struct kss_machine *m, struct kss_call *call, bool exclusive) {
    uint16_t object;
    KSS_USE(use(m, call, &object));
    const struct kss_object *lock = kss_object_ref(m, object);
    if (lock->signal == 0 || (!exclusive && lock->signal != WRITER)) {
        taken(m, call, object, exclusive ? WRITER : lock->signal + 1);
        return kss_return(call->local[0]);
    }
    if (kss_owner_find(m, object, this_cpu(m)) != KSS_NONE)
        return kss_spin_for_ever(m, object, call->routine);
    if (call->step == STEP_SPIN)
        return kss_outcome(KSS_OUT_SPIN, 0);
    return kss_suspend(m, call, STEP_SPIN);
}

// local[0]: the IRQL before.
static struct kss_outcome acquire(struct kss_machine *m, struct kss_call *call, bool exclusive,
                                  bool raises) {
    if (call->step == 0) {
        call->local[0] = kss_cpu(m)->irql;
        if (raises)
            kss_raise_to_dispatch(m);
    }
    return take(m, call, exclusive);
}

static struct kss_outcome release(struct kss_machine *m, struct kss_call *call, bool exclusive) {
    uint16_t object;
    KSS_USE(use(m, call, &object));
    uint16_t mine = kss_owner_find(m, object, this_cpu(m));
    if (mine == KSS_NONE) {
        KSS_EMIT(m, KSS_EV_LOCK_NOT_OWNED, kss_object_number(m, object), 0, 0, 0);
        return kss_return(0);
    }
    if (exclusive != (kss_object_ref(m, object)->signal == WRITER))
        kss_lock_misuse(m, object, KSS_MISUSE_WRONG_MODE);
    if (--kss_wait_at(m, mine)->key == 0)
        kss_owner_remove(m, object, mine);
    struct kss_object *lock = kss_object_ref(m, object);
    lock->signal = lock->signal == WRITER ? 0 : lock->signal - 1;
    mirror(m, object);
    kss_spin_uncount(m, kss_spin_holder(m));
    KSS_EMIT(m, KSS_EV_LOCK, kss_object_number(m, object), 1, call->arguments[1] & 0xFF, 0);
    return kss_return(0);
}

static struct kss_outcome release_and_lower(struct kss_machine *m, struct kss_call *call,
                                            bool exclusive) {
    KSS_TRY(release(m, call, exclusive));
    kss_lower_to(m, call->arguments[1] & 0xFF);
    return kss_return(0);
}

// The only reader becomes the writer.
struct kss_outcome kss_nt_ExTryConvertSharedSpinLockExclusive(struct kss_machine *m,
                                                              struct kss_call *call) {
    uint16_t object;
    KSS_USE(use(m, call, &object));
    struct kss_object *lock = kss_object_ref(m, object);
    if (lock->signal == 0 || lock->signal == WRITER) {
        kss_lock_misuse(m, object, KSS_MISUSE_WRONG_MODE);
        return kss_return(0);
    }
    if (lock->signal != 1)
        return kss_return(0);
    lock->signal = WRITER;
    mirror(m, object);
    return kss_return(1);
}

KSS_NT_IS(ExAcquireSpinLockShared, acquire(m, call, false, true))
KSS_NT_IS(ExAcquireSpinLockExclusive, acquire(m, call, true, true))
KSS_NT_IS(ExAcquireSpinLockSharedAtDpcLevel, acquire(m, call, false, false))
KSS_NT_IS(ExAcquireSpinLockExclusiveAtDpcLevel, acquire(m, call, true, false))
KSS_NT_IS(ExReleaseSpinLockShared, release_and_lower(m, call, false))
KSS_NT_IS(ExReleaseSpinLockExclusive, release_and_lower(m, call, true))
KSS_NT_IS(ExReleaseSpinLockSharedFromDpcLevel, release(m, call, false))
KSS_NT_IS(ExReleaseSpinLockExclusiveFromDpcLevel, release(m, call, true))
