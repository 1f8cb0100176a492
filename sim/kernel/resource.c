// SPDX-License-Identifier: MIT
// ERESOURCE: many may read or one may write, with recursion (KRN introduction-to-eresource-routines).
//
//   asked for                  is given at once when                              else waits for
//   exclusive                  free, or the caller owns it exclusive              all owners
//   shared                     free or shared and nobody waits for exclusive      the exclusive ones
//                              access; or the caller owns it in any way
//   shared, starve exclusive   free or shared, whoever waits                      the exclusive owner
//   shared, wait for exclusive as shared, but a caller that owns it shared        the exclusive ones
//                              already waits for exclusive waiters, too
//
// The caller who owns it shared and asks for exclusive access waits for itself. A release lets
// those in who wait; which of them is the policy resource-grant.
//
// Flag bit 0x80, counts and OwnerEntry are mirrored into the public layout.
#include "kernel/lock.h"

#define FIELD(name) KSS_OFFSET(ERESOURCE, name, kss_wide(m))

enum {
    WR_RESOURCE = 27,
    STEP_WAITED = 1,
    OWNED_EXCLUSIVE = 0x80,
    WANTS_EXCLUSIVE = 1 << KSS_EXCLUSIVE,
    WANTS_SHARED = 1 << KSS_SHARED,
    FREE = 0,
    IS_SHARED = 1,
    IS_EXCLUSIVE = -1
};
enum want { EXCLUSIVE, SHARED, STARVE_EXCLUSIVE, WAIT_FOR_EXCLUSIVE };

static unsigned shared_waiters(const struct kss_machine *m, uint16_t object) {
    return kss_lock_waiters(m, object, WANTS_SHARED);
}

static unsigned exclusive_waiters(const struct kss_machine *m, uint16_t object) {
    return kss_lock_waiters(m, object, WANTS_EXCLUSIVE);
}

static void mirror(struct kss_machine *m, uint16_t object) {
    struct kss_object resource = *kss_object_ref(m, object);
    kss_addr at = resource.address, owner = 0;
    unsigned times = 0, pointer = kss_pointer(m);
    if (resource.context != 0) {
        owner = kss_owner_id(m, (uint16_t)(resource.context - 1));
        times = kss_wait_at(m, (uint32_t)resource.context - 1)->key;
    }
    kss_poke(m, at + FIELD(ActiveCount), 2, kss_owner_count(m, object));
    kss_poke(m, at + FIELD(ActiveEntries), 4, kss_owner_count(m, object));
    kss_poke(m, at + FIELD(Flag), 2, resource.signal == IS_EXCLUSIVE ? OWNED_EXCLUSIVE : 0);
    kss_poke(m, at + FIELD(OwnerEntry), pointer, owner);
    kss_poke(m, at + FIELD(OwnerEntry) + pointer, 4, times << 2);
    kss_poke(m, at + FIELD(NumberOfSharedWaiters), 4, shared_waiters(m, object));
    kss_poke(m, at + FIELD(NumberOfExclusiveWaiters), 4, exclusive_waiters(m, object));
}

static struct kss_outcome clear(struct kss_machine *m, kss_addr address) {
    uint8_t bytes[KSS_SIZE64_ERESOURCE] = {0};
    return kss_write(m, address, bytes, kss_object_size(m, KSS_O_RESOURCE), KSS_WHO_DRIVER);
}

struct kss_outcome kss_nt_ExInitializeResourceLite(struct kss_machine *m, struct kss_call *call) {
    KSS_TRY(clear(m, call->arguments[0]));
    kss_object_init(m, call->arguments[0], KSS_O_RESOURCE, 0, FREE);
    return kss_return((uint32_t)STATUS_SUCCESS);
}

static struct kss_outcome use(struct kss_machine *m, struct kss_call *call, uint16_t *object) {
    return kss_object_use(m, call, call->arguments[0], KSS_O_RESOURCE, true, object);
}

static void check_unused(struct kss_machine *m, uint16_t object) {
    const struct kss_object *resource = kss_object_ref(m, object);
    if (resource->signal != FREE || resource->waiters != KSS_NONE)
        kss_lock_misuse(m, object, KSS_MISUSE_DELETED_IN_USE);
}

struct kss_outcome kss_nt_ExReinitializeResourceLite(struct kss_machine *m, struct kss_call *call) {
    uint16_t object;
    KSS_USE(use(m, call, &object));
    check_unused(m, object);
    kss_lock_forget(m, object);
    kss_object_ref(m, object)->signal = FREE;
    KSS_TRY(clear(m, call->arguments[0]));
    return kss_return((uint32_t)STATUS_SUCCESS);
}

// What waits for a deleted resource waits for ever.
struct kss_outcome kss_nt_ExDeleteResourceLite(struct kss_machine *m, struct kss_call *call) {
    uint16_t object;
    KSS_USE(use(m, call, &object));
    check_unused(m, object);
    if (kss_object_ref(m, object)->waiters != KSS_NONE) {
        kss_lock_forget(m, object);
        kss_object_ref(m, object)->signal = FREE;
    } else {
        kss_object_free(m, object);
    }
    return kss_return((uint32_t)STATUS_SUCCESS);
}

// ---- Acquiring ----------------------------------------------------------------------------------
static bool may_have(struct kss_machine *m, uint16_t object, enum want want, uint16_t mine) {
    int32_t mode = kss_object_ref(m, object)->signal;
    bool waited_for = exclusive_waiters(m, object) != 0;
    if (mode == FREE)
        return true;
    if (mode == IS_EXCLUSIVE)
        return mine != KSS_NONE;
    switch (want) {
    case EXCLUSIVE: return false;
    case SHARED: return mine != KSS_NONE || !waited_for;
    case STARVE_EXCLUSIVE: return true;
    case WAIT_FOR_EXCLUSIVE: return !waited_for;
    }
    return false;
}

static void have(struct kss_machine *m, uint16_t object, bool exclusive, kss_addr id) {
    struct kss_object *resource = kss_object_ref(m, object);
    if (resource->signal == FREE)
        resource->signal = exclusive ? IS_EXCLUSIVE : IS_SHARED;
    uint16_t mine = kss_owner_find(m, object, id);
    if (mine == KSS_NONE)
        kss_owner_add(m, object, id, 1);
    else
        kss_wait_at(m, mine)->key++;
}

static struct kss_outcome had(struct kss_machine *m, struct kss_call *call, uint16_t object,
                              enum want want) {
    kss_object_cold_at(m, object)->queue_place = call->place;
    mirror(m, object);
    uint16_t mine = kss_owner_find(m, object, kss_lock_self_id(m));
    kss_own_event(m, object, KSS_OWN_ACQUIRE, want == EXCLUSIVE ? KSS_EXCLUSIVE : KSS_SHARED,
                  mine == KSS_NONE ? 1 : kss_wait_at(m, mine)->key);
    return kss_return(1);
}

static struct kss_outcome acquire(struct kss_machine *m, struct kss_call *call, enum want want,
                                  bool wait) {
    uint16_t object;
    if (call->step == STEP_WAITED) {
        struct kss_outcome given = kss_lock_waited(m, call);
        object = kss_object_at(m, call->arguments[0]);
        if (object == KSS_NONE)
            return kss_return(1);
        if (given.value != 0)
            return had(m, call, object, want);
    }
    KSS_USE(use(m, call, &object));
    if (!kss_normal_apcs_off(m) && call->step == 0) {
        kss_lock_misuse(m, object, KSS_MISUSE_APCS_ENABLED);
        kss_object_ref(m, object)->flags |= KSS_OF_TOLD;
    }
    kss_addr self = kss_lock_self_id(m);
    uint16_t mine = kss_owner_find(m, object, self);
    if (may_have(m, object, want, mine)) {
        have(m, object, want == EXCLUSIVE, self);
        return had(m, call, object, want);
    }
    if (!wait)
        return kss_return(0);
    if (mine != KSS_NONE && call->step == 0)
        KSS_EMIT(m, KSS_EV_LOCK_RECURSION, kss_object_number(m, object), 0, 0, 0);
    kss_addr contention = call->arguments[0] + FIELD(ContentionCount);
    kss_poke(m, contention, 4, kss_peek(m, contention, 4) + 1);
    struct kss_outcome outcome = kss_lock_wait(
        m, call, object, WR_RESOURCE, want == EXCLUSIVE ? KSS_EXCLUSIVE : KSS_SHARED, STEP_WAITED);
    if (outcome.kind != KSS_OUT_STOP)
        mirror(m, object);
    return outcome;
}

// ---- Releasing ----------------------------------------------------------------------------------
static void let_in(struct kss_machine *m, uint16_t object, enum kss_own_mode mode) {
    uint16_t thread = kss_lock_waiter(m, object, 1u << mode);
    kss_unwait(m, thread, STATUS_SUCCESS);
    have(m, object, mode == KSS_EXCLUSIVE, kss_thread_address(m, thread));
}

static void let_shared_in(struct kss_machine *m, uint16_t object) {
    while (shared_waiters(m, object) != 0)
        let_in(m, object, KSS_SHARED);
}

// Nobody owns it any more.
static void freed(struct kss_machine *m, uint16_t object, bool was_exclusive) {
    kss_object_ref(m, object)->signal = FREE;
    if (shared_waiters(m, object) != 0 && exclusive_waiters(m, object) != 0)
        kss_policy_used(m, KSS_POLICY_resource_grant);
    if (was_exclusive || exclusive_waiters(m, object) == 0)
        let_shared_in(m, object);
    if (kss_object_ref(m, object)->signal == FREE && exclusive_waiters(m, object) != 0)
        let_in(m, object, KSS_EXCLUSIVE);
}

// DBG bug-check-0xe3--resource-not-owned.
static struct kss_outcome not_owned(struct kss_machine *m, struct kss_call *call, uint16_t object) {
    kss_lock_misuse(m, object, KSS_MISUSE_NOT_OWNER);
    kss_bugcheck(m, 0xE3, call->arguments[0], kss_lock_self_id(m), 0, 0, call->routine, NULL);
    return kss_stopped();
}

static struct kss_outcome release(struct kss_machine *m, struct kss_call *call, kss_addr id) {
    uint16_t object;
    bool known = kss_lock_known(m, call->arguments[0], KSS_O_RESOURCE);
    KSS_USE(use(m, call, &object));
    uint16_t mine = kss_owner_find(m, object, id);
    if (mine == KSS_NONE)
        return known ? not_owned(m, call, object) : kss_return(0);
    bool exclusive = kss_object_ref(m, object)->signal == IS_EXCLUSIVE;
    bool own = id == kss_lock_self_id(m) && !kss_cpu(m)->in_dpc;
    if (own && !kss_normal_apcs_off(m) && !(kss_object_ref(m, object)->flags & KSS_OF_TOLD))
        kss_lock_misuse(m, object, KSS_MISUSE_APCS_ENABLED_EARLY);
    unsigned left = --kss_wait_at(m, mine)->key;
    if (left == 0)
        kss_owner_remove(m, object, mine);
    if (kss_object_ref(m, object)->context == 0)
        freed(m, object, exclusive);
    mirror(m, object);
    kss_own_event(m, object, KSS_OWN_RELEASE, exclusive ? KSS_EXCLUSIVE : KSS_SHARED, left);
    return kss_return(0);
}

struct kss_outcome kss_nt_ExConvertExclusiveToSharedLite(struct kss_machine *m,
                                                         struct kss_call *call) {
    uint16_t object;
    KSS_USE(use(m, call, &object));
    if (kss_object_ref(m, object)->signal != IS_EXCLUSIVE) {
        kss_lock_misuse(m, object, KSS_MISUSE_WRONG_MODE);
        return kss_return(0);
    }
    kss_object_ref(m, object)->signal = IS_SHARED;
    let_shared_in(m, object);
    mirror(m, object);
    kss_own_event(m, object, KSS_OWN_CONVERT, KSS_SHARED, 1);
    return kss_return(0);
}

// ---- Asking -------------------------------------------------------------------------------------
// How often the calling thread owns it; exclusive ownership counts as shared, too.
static struct kss_outcome acquired(struct kss_machine *m, struct kss_call *call, bool exclusive) {
    uint16_t object;
    KSS_USE(use(m, call, &object));
    uint16_t mine = kss_owner_find(m, object, kss_lock_self_id(m));
    bool is = kss_object_ref(m, object)->signal == IS_EXCLUSIVE;
    if (mine == KSS_NONE || (exclusive && !is))
        return kss_return(0);
    return kss_return(exclusive ? 1 : kss_wait_at(m, mine)->key);
}

static struct kss_outcome waiters(struct kss_machine *m, struct kss_call *call, unsigned wants) {
    uint16_t object;
    KSS_USE(use(m, call, &object));
    return kss_return(kss_lock_waiters(m, object, wants));
}

// The caller's ownership goes over to a pointer; only ExReleaseResourceForThreadLite with it releases.
static struct kss_outcome set_owner(struct kss_machine *m, struct kss_call *call) {
    uint16_t object;
    KSS_USE(use(m, call, &object));
    uint16_t mine = kss_owner_find(m, object, kss_lock_self_id(m));
    if (mine == KSS_NONE)
        return not_owned(m, call, object);
    unsigned times = kss_wait_at(m, mine)->key;
    kss_owner_remove(m, object, mine);
    kss_owner_add(m, object, call->arguments[1], times);
    mirror(m, object);
    return kss_return(0);
}

// ---- With a critical region ---------------------------------------------------------------------
static struct kss_outcome enter_and(struct kss_machine *m, struct kss_call *call, enum want want) {
    if (call->step == 0)
        KSS_TRY(kss_nt_KeEnterCriticalRegion(m, call));
    KSS_TRY(acquire(m, call, want, true));
    return kss_return(0); // the thread's Win32 thread: none has one here
}

static struct kss_outcome release_and_leave(struct kss_machine *m, struct kss_call *call) {
    KSS_TRY(release(m, call, kss_lock_self_id(m)));
    return kss_nt_KeLeaveCriticalRegion(m, call);
}

#define WAIT_ARGUMENT ((call->arguments[1] & 0xFF) != 0)
KSS_NT_IS(ExAcquireResourceExclusiveLite, acquire(m, call, EXCLUSIVE, WAIT_ARGUMENT))
KSS_NT_IS(ExAcquireResourceSharedLite, acquire(m, call, SHARED, WAIT_ARGUMENT))
KSS_NT_IS(ExAcquireSharedStarveExclusive, acquire(m, call, STARVE_EXCLUSIVE, WAIT_ARGUMENT))
KSS_NT_IS(ExAcquireSharedWaitForExclusive, acquire(m, call, WAIT_FOR_EXCLUSIVE, WAIT_ARGUMENT))
KSS_NT_IS(ExEnterCriticalRegionAndAcquireResourceExclusive, enter_and(m, call, EXCLUSIVE))
KSS_NT_IS(ExEnterCriticalRegionAndAcquireResourceShared, enter_and(m, call, SHARED))
KSS_NT_IS(ExEnterCriticalRegionAndAcquireSharedWaitForExclusive,
          enter_and(m, call, WAIT_FOR_EXCLUSIVE))
KSS_NT_IS(ExReleaseResourceLite, release(m, call, kss_lock_self_id(m)))
KSS_NT_IS(ExReleaseResourceForThreadLite, release(m, call, call->arguments[1]))
KSS_NT_IS(ExReleaseResourceAndLeaveCriticalRegion, release_and_leave(m, call))
KSS_NT_IS(ExIsResourceAcquiredExclusiveLite, acquired(m, call, true))
KSS_NT_IS(ExIsResourceAcquiredLite, acquired(m, call, false))
KSS_NT_IS(ExIsResourceAcquiredSharedLite, acquired(m, call, false))
KSS_NT_IS(ExGetExclusiveWaiterCount, waiters(m, call, WANTS_EXCLUSIVE))
KSS_NT_IS(ExGetSharedWaiterCount, waiters(m, call, WANTS_SHARED))
KSS_NT_IS(ExSetResourceOwnerPointer, set_owner(m, call))
KSS_NT_IS(ExSetResourceOwnerPointerEx, set_owner(m, call))
KSS_NT_IS(ExGetCurrentResourceThread, ((void)call, kss_return(kss_lock_self_id(m))))
