// SPDX-License-Identifier: MIT
// Spin locks. A processor that acquires a lock it holds waits for itself for ever; one
// that another processor holds is spun on until that one releases it.
#include "kernel/machine.h"

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
static uint64_t holder(const struct kss_machine *m) {
    const struct kss_cpu *cpu = kss_cpu(m);
    bool thread = cpu->thread != KSS_NONE && cpu->in_dpc == 0 && cpu->interrupts == 0;
    return thread ? 1u + cpu->thread : 0;
}

static void count_release(struct kss_machine *m, uint64_t held_by) {
    struct kss_cpu *cpu = kss_cpu(m);
    if (held_by == holder(m)) {
        cpu->locks_held = (uint16_t)(cpu->locks_held - (cpu->locks_held != 0));
    } else if (held_by != 0) { // handed over by a thread
        struct kss_thread *thread = kss_thread_at(m, (uint32_t)held_by - 1);
        thread->locks_held = (uint16_t)(thread->locks_held - (thread->locks_held != 0));
    }
}

// Takes the lock, or spins. The IRQL is at DISPATCH_LEVEL or above already.
struct kss_outcome kss_lock_take(struct kss_machine *m, struct kss_call *call, kss_addr address,
                                 unsigned old_irql, uint8_t spin_step) {
    uint16_t object;
    KSS_USE(kss_object_use(m, call, address, KSS_O_SPINLOCK, true, &object));
    struct kss_object *lock = kss_object_ref(m, object);
    if (lock->signal == me(m)) {
        KSS_EMIT(m, KSS_EV_LOCK_RECURSION, kss_object_number(m, object), 0, 0, 0);
        kss_hang(m, KSS_END_HANG, 1, call->routine);
        return kss_stopped();
    }
    if (lock->signal != 0) {
        if (call->step == spin_step)
            return kss_outcome(KSS_OUT_SPIN, 0);
        return kss_suspend(m, call, spin_step);
    }
    lock->signal = me(m);
    lock->irql = (uint16_t)old_irql;
    lock->context = holder(m);
    kss_poke(m, lock->address, kss_pointer(m), 1);
    kss_object_cold_at(m, object)->queue_place = call->place;
    kss_cpu(m)->locks_held++;
    KSS_EMIT(m, KSS_EV_LOCK, kss_object_number(m, object), 0, old_irql, 0);
    return kss_return(0);
}

static struct kss_outcome take(struct kss_machine *m, struct kss_call *call, unsigned old_irql) {
    return kss_lock_take(m, call, call->arguments[0], old_irql, 1);
}

struct kss_outcome kss_lock_release(struct kss_machine *m, kss_addr address) {
    struct kss_call call = {.arguments = {address}, .routine = m->at_work};
    uint16_t object;
    KSS_USE(kss_object_use(m, &call, address, KSS_O_SPINLOCK, true, &object));
    struct kss_object *lock = kss_object_ref(m, object);
    if (lock->signal != me(m)) {
        KSS_EMIT(m, KSS_EV_LOCK_NOT_OWNED, kss_object_number(m, object), 0, 0, 0);
        return kss_return(0);
    }
    lock->signal = 0;
    kss_poke(m, lock->address, kss_pointer(m), 0);
    unsigned old_irql = lock->irql;
    count_release(m, lock->context);
    KSS_EMIT(m, KSS_EV_LOCK, kss_object_number(m, object), 1, old_irql, 0);
    return kss_return(0);
}

// KeAcquireSpinLock: local[0] is the IRQL before it.
static struct kss_outcome acquire_raising(struct kss_machine *m, struct kss_call *call) {
    if (call->step == 0) {
        call->local[0] = kss_cpu(m)->irql;
        if (kss_cpu(m)->irql < KSS_DISPATCH_LEVEL)
            kss_set_irql(m, KSS_DISPATCH_LEVEL);
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
    unsigned irql = call->arguments[1] & 0xFF;
    if (irql <= kss_cpu(m)->irql)
        kss_set_irql(m, irql);
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
