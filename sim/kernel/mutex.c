// SPDX-License-Identifier: MIT
// Mutexes: owned by a thread, recursive, and while owned a critical region.
//
//   Header.SignalState   1        0        -1        ...
//                        free     owned    owned twice
//
// DDI KeInitializeMutex, KeReleaseMutex; KRN introduction-to-mutex-objects. Acquired by a KeWaitXxx
// routine (wait.c), released by its owner only, once for each acquisition. A release by another thread, or
// on the other side of DISPATCH_LEVEL than the acquisition, raises STATUS_MUTANT_NOT_OWNED. Owning
// one or more keeps normal kernel APCs away, one step of the count for each mutex. A thread must not
// end, nor return to user mode, while it owns one (thread.c).
//
// A mutant (KeInitializeMutant, what NtCreateMutant makes) is the same object without the critical
// region: when its owner ends it is abandoned, and the next to acquire it is told.
#include "kernel/machine.h"

enum { MUTANT_OBJECT = 2 };

void kss_say_mutex(struct kss_machine *m, uint16_t mutex, enum kss_mutex_how how, uint16_t thread) {
    KSS_EMIT(m, KSS_EV_MUTEX, kss_object_number(m, mutex), how,
             (uint64_t)(int64_t)kss_object_ref(m, mutex)->signal, thread);
}

// ---- Owners -------------------------------------------------------------------------------------
static kss_addr as_owner(uint16_t thread) { // the idle thread is one, too
    return (kss_addr)thread + 1;
}

// The field that says who owns it, and where it is in the owner's list of mutexes.
static void mirror_owner(struct kss_machine *m, const struct kss_object *mutex) {
    enum { MUTANT_LIST_HEAD = 0x308 }; // in a KTHREAD, a convention of the simulator
    bool wide = kss_wide(m);
    unsigned pointer = kss_pointer(m);
    kss_addr thread = mutex->context == 0 ? 0 : mutex->context - 1;
    kss_addr owner = kss_thread_address(m, thread == KSS_NONE ? 0xFFF : (uint16_t)thread);
    kss_addr entry = mutex->address + KSS_OFFSET(KMUTEX, MutantListEntry, wide);
    kss_addr head = mutex->context == 0 ? 0 : owner + MUTANT_LIST_HEAD;
    kss_poke(m, mutex->address + KSS_OFFSET(KMUTEX, OwnerThread, wide), pointer,
             mutex->context == 0 ? 0 : owner);
    kss_poke(m, entry, pointer, head);
    kss_poke(m, entry + pointer, pointer, head);
    kss_poke(m, mutex->address + KSS_OFFSET(KMUTEX, Abandoned, wide), 1,
             (mutex->flags & KSS_OF_ABANDONED) != 0);
}

static void count_owned(struct kss_machine *m, uint16_t index, uint16_t thread, int by) {
    if (thread == KSS_NONE)
        return;
    struct kss_thread *owner = kss_thread_at(m, thread);
    owner->mutexes = (uint16_t)(owner->mutexes + by);
    if (!(kss_object_ref(m, index)->flags & KSS_OF_APCS_ALLOWED))
        kss_count_apcs(m, thread, -by, 0);
}

bool kss_mutex_free_for(const struct kss_object *mutex, uint16_t thread, unsigned irql) {
    bool at_dispatch = irql >= KSS_DISPATCH_LEVEL;
    return mutex->signal > 0 || (mutex->context == as_owner(thread) &&
                                 at_dispatch == ((mutex->flags & KSS_OF_AT_DISPATCH) != 0));
}

bool kss_mutex_take(struct kss_machine *m, uint16_t index, uint16_t thread, unsigned irql) {
    struct kss_object *mutex = kss_object_ref(m, index);
    bool abandoned = (mutex->flags & KSS_OF_ABANDONED) != 0;
    kss_object_signal_state(m, index, mutex->signal - 1);
    mutex = kss_object_ref(m, index);
    if (mutex->signal == 0) {
        mutex->context = as_owner(thread);
        mutex->flags &= (uint8_t) ~(KSS_OF_ABANDONED | KSS_OF_AT_DISPATCH);
        if (irql >= KSS_DISPATCH_LEVEL)
            mutex->flags |= KSS_OF_AT_DISPATCH;
        count_owned(m, index, thread, 1);
        mirror_owner(m, kss_object_ref(m, index));
    }
    kss_say_mutex(m, index, KSS_MUTEX_ACQUIRE, thread);
    return abandoned;
}

void kss_mutex_forget(struct kss_machine *m, uint16_t index) {
    struct kss_object *mutex = kss_object_ref(m, index);
    if (mutex->context != 0 && mutex->context <= kss_thread_at_count(m)) {
        struct kss_thread *owner = kss_thread_at(m, (uint32_t)(mutex->context - 1));
        owner->mutexes = (uint16_t)(owner->mutexes - (owner->mutexes != 0));
    }
    mutex->context = 0;
}

static void let_go(struct kss_machine *m, uint16_t index, uint16_t thread) {
    kss_object_ref(m, index)->context = 0;
    count_owned(m, index, thread, -1);
    const struct kss_object *mutex = kss_object_ref(m, index);
    if (!(mutex->flags & KSS_OF_DEAD))
        mirror_owner(m, mutex);
}

// ---- Ends ---------------------------------------------------------------------------------------
struct kss_held_mutexes kss_mutexes_held(const struct kss_machine *m, uint16_t thread) {
    struct kss_held_mutexes held = {0, KSS_NONE};
    if (kss_thread_at(m, thread)->mutexes == 0)
        return held;
    for (uint32_t i = 0; i < kss_object_ref_count(m); i++) {
        const struct kss_object *object = kss_object_ref(m, i);
        if (object->kind != KSS_O_MUTEX || object->context != as_owner(thread) ||
            object->flags & KSS_OF_APCS_ALLOWED)
            continue;
        if (held.count++ == 0)
            held.first = (uint16_t)i;
    }
    return held;
}

static void abandon(struct kss_machine *m, uint16_t index, uint16_t thread) {
    let_go(m, index, thread);
    kss_object_ref(m, index)->flags |= KSS_OF_ABANDONED;
    mirror_owner(m, kss_object_ref(m, index));
    kss_object_signal_state(m, index, 1);
    kss_say_mutex(m, index, KSS_MUTEX_ABANDON, thread);
    kss_satisfy(m, index);
}

void kss_mutexes_abandon(struct kss_machine *m, uint16_t thread) {
    for (uint32_t i = 0; kss_thread_at(m, thread)->mutexes != 0 && i < kss_object_ref_count(m);
         i++) {
        const struct kss_object *object = kss_object_ref(m, i);
        if (object->kind == KSS_O_MUTEX && object->context == as_owner(thread) &&
            !(object->flags & KSS_OF_DEAD))
            abandon(m, (uint16_t)i, thread);
    }
}

// ---- Routines -----------------------------------------------------------------------------------
static struct kss_outcome initialize(struct kss_machine *m, kss_addr address, bool apcs_allowed,
                                     bool owned) {
    uint32_t size = kss_object_size(m, KSS_O_MUTEX);
    uint8_t nothing[64];
    KSS_TRY(kss_read(m, address, nothing, size, KSS_WHO_DRIVER));
    kss_dispatcher_header(m, address, MUTANT_OBJECT, size, 1);
    kss_poke(m, address + KSS_OFFSET(KMUTEX, ApcDisable, kss_wide(m)), 1, !apcs_allowed);
    uint16_t index =
        kss_object_init(m, address, KSS_O_MUTEX, apcs_allowed ? KSS_OF_APCS_ALLOWED : 0u, 1);
    mirror_owner(m, kss_object_ref(m, index));
    if (owned)
        kss_mutex_take(m, index, kss_cpu(m)->thread, kss_cpu(m)->irql);
    return kss_return(0);
}

struct kss_outcome kss_nt_KeInitializeMutex(struct kss_machine *m, struct kss_call *call) {
    return initialize(m, call->arguments[0], false, false);
}

struct kss_outcome kss_nt_KeInitializeMutant(struct kss_machine *m, struct kss_call *call) {
    return initialize(m, call->arguments[0], true, (call->arguments[1] & 0xFF) != 0);
}

static struct kss_outcome release(struct kss_machine *m, struct kss_call *call, bool abandoned,
                                  bool wait) {
    uint16_t index, thread = kss_cpu(m)->thread;
    KSS_USE(kss_object_use(m, call, call->arguments[0], KSS_O_MUTEX, true, &index));
    const struct kss_object *mutex = kss_object_ref(m, index);
    int32_t previous = mutex->signal;
    bool mine = mutex->signal <= 0 && kss_mutex_free_for(mutex, thread, kss_cpu(m)->irql);
    uint16_t owner = mutex->context == 0 ? (uint16_t)KSS_NONE : (uint16_t)(mutex->context - 1);
    if (abandoned) {
        kss_wait_follows(m, call, wait);
        abandon(m, index, owner);
        return kss_return((uint32_t)previous);
    }
    if (!mine) {
        bool told = (mutex->flags & KSS_OF_ABANDONED) != 0;
        kss_say_mutex(m, index, KSS_MUTEX_NOT_OWNED, owner);
        return kss_outcome(KSS_OUT_RAISE,
                           (uint32_t)(told ? STATUS_ABANDONED : STATUS_MUTANT_NOT_OWNED));
    }
    kss_wait_follows(m, call, wait);
    kss_object_signal_state(m, index, previous + 1);
    if (previous == 0)
        let_go(m, index, thread);
    kss_say_mutex(m, index, KSS_MUTEX_RELEASE, thread);
    if (previous == 0)
        kss_satisfy(m, index);
    return kss_globals(m)->stopped ? kss_stopped() : kss_return((uint32_t)previous);
}

struct kss_outcome kss_nt_KeReleaseMutex(struct kss_machine *m, struct kss_call *call) {
    return release(m, call, false, (call->arguments[1] & 0xFF) != 0);
}

struct kss_outcome kss_nt_KeReleaseMutant(struct kss_machine *m, struct kss_call *call) {
    return release(m, call, (call->arguments[2] & 0xFF) != 0, (call->arguments[3] & 0xFF) != 0);
}

static struct kss_outcome state_of(struct kss_machine *m, struct kss_call *call) {
    uint16_t index;
    KSS_USE(kss_object_use(m, call, call->arguments[0], KSS_O_MUTEX, false, &index));
    return kss_return((uint32_t)kss_object_ref(m, index)->signal);
}

struct kss_outcome kss_nt_KeReadStateMutex(struct kss_machine *m, struct kss_call *call) {
    return state_of(m, call);
}

struct kss_outcome kss_nt_KeReadStateMutant(struct kss_machine *m, struct kss_call *call) {
    return state_of(m, call);
}
