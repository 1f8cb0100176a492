// SPDX-License-Identifier: MIT
// In-stack queued spin locks: a spin lock whose waiters stand in a queue of handles, each of which is
// the caller's, on its stack as a rule (KRN queued-spin-locks). The handle is an object from the
// acquisition to the release; a frame that returns in between takes it away from under the lock.
//
// Several waiters of one lock on several processors are served in the order in which the machine's
// round of processors comes to them, which is that of their arrival.
#include "kernel/lock.h"

#define HANDLE(name) KSS_OFFSET(KLOCK_QUEUE_HANDLE, name, kss_wide(m))
#define QUEUE(name)  (HANDLE(LockQueue) + KSS_OFFSET(KSPIN_LOCK_QUEUE, name, kss_wide(m)))

enum { STEP_SPIN = 1 };

static struct kss_outcome enqueue(struct kss_machine *m, struct kss_call *call) {
    kss_addr lock = call->arguments[0], handle = call->arguments[1];
    unsigned pointer = kss_pointer(m);
    KSS_TRY(kss_touch_object(m, handle, kss_object_size(m, KSS_O_LOCK_HANDLE), true));
    uint16_t old = kss_object_at(m, handle);
    if (old != KSS_NONE && kss_object_ref(m, old)->kind == KSS_O_LOCK_HANDLE &&
        kss_object_ref(m, old)->signal != 0) {
        kss_lock_misuse(m, old, KSS_MISUSE_HANDLE_IN_USE);
        kss_object_ref(m, old)->signal = 0;
    }
    kss_poke(m, handle + QUEUE(Next), pointer, 0);
    kss_poke(m, handle + QUEUE(Lock), pointer, lock);
    kss_poke(m, handle + HANDLE(OldIrql), 1, kss_cpu(m)->irql);
    uint16_t object = kss_object_init(m, handle, KSS_O_LOCK_HANDLE, 0, 1);
    kss_object_ref(m, object)->context = lock;
    return kss_return(0);
}

// local[0]: the IRQL to return to.
static struct kss_outcome acquire(struct kss_machine *m, struct kss_call *call, bool raises) {
    if (call->step == 0) {
        call->local[0] = kss_cpu(m)->irql;
        KSS_TRY(enqueue(m, call));
        if (raises)
            kss_raise_to_dispatch(m);
    }
    return kss_lock_take_queued(m, call, call->arguments[0], (unsigned)call->local[0], STEP_SPIN,
                                call->arguments[1]);
}

static struct kss_outcome release(struct kss_machine *m, struct kss_call *call, bool lowers) {
    kss_addr handle = call->arguments[0];
    uint16_t object;
    bool known = kss_lock_known(m, handle, KSS_O_LOCK_HANDLE);
    KSS_USE(kss_object_use(m, call, handle, KSS_O_LOCK_HANDLE, true, &object));
    if (kss_object_ref(m, object)->signal == 0) {
        if (known)
            kss_lock_misuse(m, object, KSS_MISUSE_HANDLE_FREE);
        return kss_return(0);
    }
    kss_addr lock = kss_object_ref(m, object)->context;
    unsigned irql = (unsigned)kss_peek(m, handle + HANDLE(OldIrql), 1);
    KSS_TRY(kss_lock_release_queued(m, lock, handle));
    object = kss_object_at(m, handle);
    if (object != KSS_NONE)
        kss_object_ref(m, object)->signal = 0;
    if (lowers)
        kss_lower_to(m, irql);
    return kss_return(0);
}

KSS_NT_IS(KeAcquireInStackQueuedSpinLock, acquire(m, call, true))
KSS_NT_IS(KeAcquireInStackQueuedSpinLockAtDpcLevel, acquire(m, call, false))
KSS_NT_IS(KeAcquireInStackQueuedSpinLockForDpc, acquire(m, call, true))
KSS_NT_IS(KeReleaseInStackQueuedSpinLock, release(m, call, true))
KSS_NT_IS(KeReleaseInStackQueuedSpinLockFromDpcLevel, release(m, call, false))
KSS_NT_IS(KeReleaseInStackQueuedSpinLockForDpc, release(m, call, true))
