// SPDX-License-Identifier: MIT
// Spin locks. A processor that acquires a lock it holds waits for itself for ever; one
// that another processor holds is spun on until that one releases it.
#include "kernel/lock.h"

static struct kss_outcome initialize(struct kss_machine *m, kss_addr address) {
    KSS_TRY(kss_store(m, address, kss_pointer(m), 0, KSS_WHO_DRIVER));
    kss_object_init(m, address, KSS_O_SPINLOCK, 0, 0);
    return kss_return(0);
}

struct kss_outcome kss_nt_KeInitializeSpinLock(struct kss_machine *m, struct kss_call *call) {
    return initialize(m, call->arguments[0]);
}

static int32_t me(const struct kss_machine *m) {
    return (int32_t)kss_globals(m)->current_cpu + 1;
}

// Who holds a lock: the code at work on this processor. A DPC or an ISR counts its own locks, not those
// of the thread it interrupted; a thread takes its count along when it leaves the processor.
uint64_t kss_spin_holder(const struct kss_machine *m) {
    const struct kss_cpu *cpu = kss_cpu(m);
    bool thread = cpu->thread != KSS_NONE && cpu->in_dpc == 0 && cpu->interrupts == 0;
    return thread ? 1u + cpu->thread : 0;
}

void kss_spin_count(struct kss_machine *m) {
    kss_cpu(m)->locks_held++;
}

void kss_spin_uncount(struct kss_machine *m, uint64_t held_by) {
    struct kss_cpu *cpu = kss_cpu(m);
    if (held_by == kss_spin_holder(m)) {
        cpu->locks_held = (uint16_t)(cpu->locks_held - (cpu->locks_held != 0));
    } else if (held_by != 0) { // handed over by a thread
        struct kss_thread *thread = kss_thread_at(m, (uint32_t)held_by - 1);
        thread->locks_held = (uint16_t)(thread->locks_held - (thread->locks_held != 0));
    }
}

struct kss_outcome kss_spin_for_ever(struct kss_machine *m, uint16_t object, uint32_t routine) {
    KSS_EMIT(m, KSS_EV_LOCK_RECURSION, kss_object_number(m, object), 0, 0, 0);
    kss_hang(m, KSS_END_HANG, 1, routine);
    return kss_stopped();
}

void kss_raise_to_dispatch(struct kss_machine *m) {
    if (kss_cpu(m)->irql < KSS_DISPATCH_LEVEL)
        kss_set_irql(m, KSS_DISPATCH_LEVEL);
}

void kss_lower_to(struct kss_machine *m, unsigned irql) {
    if (irql <= kss_cpu(m)->irql)
        kss_set_irql(m, irql);
}

// A queued spin lock's bits lead to the handles in its queue, an ordinary one's do not: the two do not
// go together (KRN queued-spin-locks). Once per lock.
static void check_manner(struct kss_machine *m, uint16_t object, enum kss_lock_manner manner) {
    struct kss_object *lock = kss_object_ref(m, object);
    uint64_t before = lock->period;
    lock->period = manner;
    if (before != KSS_LOCK_UNUSED && before != manner)
        kss_lock_misuse(m, object, KSS_MISUSE_MIXED);
}

// RETURN: the lock is free now.
static struct kss_outcome spin(struct kss_machine *m, struct kss_call *call, uint16_t object,
                               uint8_t spin_step) {
    const struct kss_object *lock = kss_object_ref(m, object);
    if (lock->signal == me(m))
        return kss_spin_for_ever(m, object, call->routine);
    if (lock->signal == 0)
        return kss_return(0);
    if (call->step == spin_step)
        return kss_outcome(KSS_OUT_SPIN, 0);
    return kss_suspend(m, call, spin_step);
}

struct kss_outcome kss_lock_pass(struct kss_machine *m, struct kss_call *call, kss_addr address,
                                 uint8_t spin_step) {
    uint16_t object;
    KSS_USE(kss_object_use(m, call, address, KSS_O_SPINLOCK, true, &object));
    return spin(m, call, object, spin_step);
}

// Takes the lock, or spins. The IRQL is at DISPATCH_LEVEL or above already.
static struct kss_outcome take_as(struct kss_machine *m, struct kss_call *call, kss_addr address,
                                  unsigned old_irql, uint8_t spin_step, kss_addr handle) {
    uint16_t object;
    KSS_USE(kss_object_use(m, call, address, KSS_O_SPINLOCK, true, &object));
    KSS_TRY(spin(m, call, object, spin_step));
    check_manner(m, object, handle != 0 ? KSS_LOCK_QUEUED : KSS_LOCK_ORDINARY);
    struct kss_object *lock = kss_object_ref(m, object);
    lock->signal = me(m);
    lock->irql = (uint16_t)old_irql;
    lock->context = kss_spin_holder(m);
    lock->arguments[0] = handle;
    kss_poke(m, lock->address, kss_pointer(m), handle != 0 ? handle : 1);
    kss_object_cold_at(m, object)->queue_place = call->place;
    kss_spin_count(m);
    KSS_EMIT(m, KSS_EV_LOCK, kss_object_number(m, object), 0, old_irql, 0);
    return kss_return(0);
}

struct kss_outcome kss_lock_take(struct kss_machine *m, struct kss_call *call, kss_addr address,
                                 unsigned old_irql, uint8_t spin_step) {
    return take_as(m, call, address, old_irql, spin_step, 0);
}

struct kss_outcome kss_lock_take_queued(struct kss_machine *m, struct kss_call *call,
                                        kss_addr address, unsigned old_irql, uint8_t spin_step,
                                        kss_addr handle) {
    return take_as(m, call, address, old_irql, spin_step, handle);
}

static struct kss_outcome take(struct kss_machine *m, struct kss_call *call, unsigned old_irql) {
    return kss_lock_take(m, call, call->arguments[0], old_irql, 1);
}

static struct kss_outcome release_as(struct kss_machine *m, kss_addr address, kss_addr handle) {
    struct kss_call call = {.arguments = {address}, .routine = m->at_work};
    uint16_t object;
    KSS_USE(kss_object_use(m, &call, address, KSS_O_SPINLOCK, true, &object));
    struct kss_object *lock = kss_object_ref(m, object);
    if (lock->signal != me(m)) {
        KSS_EMIT(m, KSS_EV_LOCK_NOT_OWNED, kss_object_number(m, object), 0, 0, 0);
        return kss_return(0);
    }
    bool mixed = lock->arguments[0] != handle;
    lock->signal = 0;
    lock->arguments[0] = 0;
    kss_poke(m, lock->address, kss_pointer(m), 0);
    unsigned old_irql = lock->irql;
    kss_spin_uncount(m, lock->context);
    if (mixed)
        kss_lock_misuse(m, object, KSS_MISUSE_MIXED);
    KSS_EMIT(m, KSS_EV_LOCK, kss_object_number(m, object), 1, old_irql, 0);
    return kss_return(0);
}

struct kss_outcome kss_lock_release(struct kss_machine *m, kss_addr address) {
    return release_as(m, address, 0);
}

struct kss_outcome kss_lock_release_queued(struct kss_machine *m, kss_addr address,
                                           kss_addr handle) {
    return release_as(m, address, handle);
}

// KeAcquireSpinLock: local[0] is the IRQL before it.
static struct kss_outcome acquire_raising(struct kss_machine *m, struct kss_call *call) {
    if (call->step == 0) {
        call->local[0] = kss_cpu(m)->irql;
        kss_raise_to_dispatch(m);
    }
    KSS_TRY(take(m, call, (unsigned)call->local[0]));
    return kss_return(call->local[0]);
}

struct kss_outcome kss_nt_KeAcquireSpinLock(struct kss_machine *m, struct kss_call *call) {
    struct kss_outcome outcome = acquire_raising(m, call);
    if (outcome.kind != KSS_OUT_RETURN)
        return outcome;
    return kss_store(m, call->arguments[1], 1, outcome.value, KSS_WHO_DRIVER);
}

struct kss_outcome kss_nt_KeAcquireSpinLockRaiseToDpc(struct kss_machine *m,
                                                      struct kss_call *call) {
    return acquire_raising(m, call);
}

struct kss_outcome kss_nt_KeReleaseSpinLock(struct kss_machine *m, struct kss_call *call) {
    KSS_TRY(kss_lock_release(m, call->arguments[0]));
    kss_lower_to(m, call->arguments[1] & 0xFF);
    return kss_return(0);
}

struct kss_outcome kss_nt_KeAcquireSpinLockAtDpcLevel(struct kss_machine *m,
                                                      struct kss_call *call) {
    return take(m, call, kss_cpu(m)->irql);
}

struct kss_outcome kss_nt_KeReleaseSpinLockFromDpcLevel(struct kss_machine *m,
                                                        struct kss_call *call) {
    return kss_lock_release(m, call->arguments[0]);
}

struct kss_outcome kss_nt_KeTryToAcquireSpinLockAtDpcLevel(struct kss_machine *m,
                                                           struct kss_call *call) {
    uint16_t object;
    KSS_USE(kss_object_use(m, call, call->arguments[0], KSS_O_SPINLOCK, true, &object));
    if (kss_object_ref(m, object)->signal != 0)
        return kss_return(0);
    KSS_TRY(take(m, call, kss_cpu(m)->irql));
    return kss_return(1);
}

// Inside a DPC the IRQL is there already; elsewhere these raise as KeAcquireSpinLock does (DDI
// KeAcquireSpinLockForDpc).
struct kss_outcome kss_nt_KeAcquireSpinLockForDpc(struct kss_machine *m, struct kss_call *call) {
    return acquire_raising(m, call);
}

struct kss_outcome kss_nt_KeReleaseSpinLockForDpc(struct kss_machine *m, struct kss_call *call) {
    return kss_nt_KeReleaseSpinLock(m, call);
}

struct kss_outcome kss_nt_KeTestSpinLock(struct kss_machine *m, struct kss_call *call) {
    uint16_t object;
    KSS_USE(kss_object_use(m, call, call->arguments[0], KSS_O_SPINLOCK, false, &object));
    return kss_return(kss_object_ref(m, object)->signal == 0);
}
