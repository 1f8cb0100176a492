// SPDX-License-Identifier: MIT
// Locks among themselves: spin locks, what threads own while they wait for nothing, and what threads
// wait for.
//
// Fast and guarded mutexes have one owner, which the object record holds. Resources and push locks may
// have many: a chain of records in section WAIT, so that they move with a snapshot and need no room
// when nobody owns anything.
//
//   kss_object.context - 1 -> | kind KSS_W_OWNER: thread, key (times) | -> next owner
//                             | next_of_thread                        |
//                               |
//                               v  only of an owner that is no thread (ExSetResourceOwnerPointer)
//                             | kind KSS_W_POINTER: 64 bits in the four indices |
//
// A lock that is given back is handed to who waits first: between the release and the waiter's
// turn nobody else gets it.
#ifndef KSS_KERNEL_LOCK_H
#define KSS_KERNEL_LOCK_H

#include "kernel/machine.h"

enum { KSS_W_BLOCK = 1, KSS_W_OWNER, KSS_W_POINTER }; // kss_wait.kind
#define KSS_GUARD_ANY UINT64_MAX // a routine that may leave IRQL and locks as it likes

enum kss_lock_manner { KSS_LOCK_UNUSED, KSS_LOCK_ORDINARY, KSS_LOCK_QUEUED };

// ---- Events -------------------------------------------------------------------------------------
enum kss_own_how { KSS_OWN_ACQUIRE, KSS_OWN_RELEASE, KSS_OWN_WAIT, KSS_OWN_CONVERT };
enum kss_own_mode { KSS_EXCLUSIVE, KSS_SHARED };
enum kss_lock_misuse { // event `lock.misuse`
    KSS_MISUSE_NOT_OWNER,
    KSS_MISUSE_APCS_ENABLED,
    KSS_MISUSE_APCS_ENABLED_EARLY,
    KSS_MISUSE_HANDLE_FREE,
    KSS_MISUSE_HANDLE_IN_USE,
    KSS_MISUSE_MIXED,
    KSS_MISUSE_DELETED_IN_USE,
    KSS_MISUSE_WRONG_MODE,
    KSS_MISUSE_RUNDOWN_COUNT
};
void kss_own_event(struct kss_machine *m, uint16_t object, enum kss_own_how how,
                   enum kss_own_mode mode, unsigned count);
void kss_lock_misuse(struct kss_machine *m, uint16_t object, enum kss_lock_misuse what);
// Whether a lock of that kind is known at [address]: of any other nothing more is said than that.
bool kss_lock_known(const struct kss_machine *m, kss_addr address, enum kss_object_kind kind);

// ---- Spin locks (lock.c) ------------------------------------------------------------------------
// The code at work on this processor acquired a spin lock, or gave back one that [held_by] had.
void kss_spin_count(struct kss_machine *m);
void kss_spin_uncount(struct kss_machine *m, uint64_t held_by);
uint64_t kss_spin_holder(const struct kss_machine *m); // thread + 1 of the code at work, 0: none
// This processor wants what it has itself: it spins for ever.
struct kss_outcome kss_spin_for_ever(struct kss_machine *m, uint16_t object, uint32_t routine);
// Spins as kss_lock_take does, until the lock is free; takes nothing. For what NT does inside one.
struct kss_outcome kss_lock_pass(struct kss_machine *m, struct kss_call *call, kss_addr lock,
                                 uint8_t spin_step);
// As kss_lock_take and kss_lock_release, with the queue handle at [handle].
struct kss_outcome kss_lock_take_queued(struct kss_machine *m, struct kss_call *call, kss_addr lock,
                                        unsigned old_irql, uint8_t spin_step, kss_addr handle);
struct kss_outcome kss_lock_release_queued(struct kss_machine *m, kss_addr lock, kss_addr handle);
// Raises to DISPATCH_LEVEL if the IRQL is below; lowers to [irql] if that is below.
void kss_raise_to_dispatch(struct kss_machine *m);
void kss_lower_to(struct kss_machine *m, unsigned irql);

// ---- Owners (lock_owner.c) ----------------------------------------------------------------------
uint64_t kss_lock_self(const struct kss_machine *m);    // thread + 1, 0: no thread runs
kss_addr kss_lock_self_id(const struct kss_machine *m); // its ERESOURCE_THREAD
// The owner with that id (a thread's address or a pointer), KSS_NONE: it is none.
uint16_t kss_owner_find(struct kss_machine *m, uint16_t object, kss_addr id);
void kss_owner_add(struct kss_machine *m, uint16_t object, kss_addr id, unsigned times);
void kss_owner_remove(struct kss_machine *m, uint16_t object, uint16_t owner);
kss_addr kss_owner_id(const struct kss_machine *m, uint16_t owner);
unsigned kss_owner_count(const struct kss_machine *m, uint16_t object);
void kss_lock_forget(struct kss_machine *m, uint16_t object); // its memory goes
unsigned kss_lock_use(const struct kss_object *object);       // bits of `object.dies`
void kss_thread_owns(struct kss_machine *m, uint64_t self, int by);
// At the end of a thread's or worker's routine: resources it still owns are told.
void kss_locks_left(struct kss_machine *m, const struct kss_frame *frame);

// ---- Waiting (lock_owner.c) ---------------------------------------------------------------------
// The running thread waits for a lock: KernelMode, not alertable, no timeout; so its stack stays. Goes
// on at [step], where kss_lock_waited says RETURN 1: it was given the lock, 0: an APC came, try again.
struct kss_outcome kss_lock_wait(struct kss_machine *m, struct kss_call *call, uint16_t object,
                                 unsigned reason, unsigned want, uint8_t step);
struct kss_outcome kss_lock_waited(struct kss_machine *m, struct kss_call *call);
// The first waiter that wants one of [wants] (bits), its thread; KSS_NONE: nobody.
uint16_t kss_lock_waiter(const struct kss_machine *m, uint16_t object, unsigned wants);
unsigned kss_lock_waiters(const struct kss_machine *m, uint16_t object, unsigned wants);

// wait.c
struct kss_outcome kss_wait_at_dispatch(struct kss_machine *m, struct kss_call *call,
                                        uint16_t object);
struct kss_outcome kss_wait_finish(struct kss_machine *m, const struct kss_call *call,
                                   uint32_t status);
bool kss_wait_may_block(const struct kss_machine *m);

// Normal kernel APCs, or all of them, are kept away from the running thread.
bool kss_normal_apcs_off(const struct kss_machine *m);
bool kss_all_apcs_off(const struct kss_machine *m);

// ---- Lists in driver memory (interlocked.c) -----------------------------------------------------
// SLIST_HEADER in its public layout. Push returns the entry that was first; pop 0 when it is empty.
struct kss_outcome kss_slist_push(struct kss_machine *m, kss_addr header, kss_addr entry,
                                  enum kss_who who);
struct kss_outcome kss_slist_pop(struct kss_machine *m, kss_addr header, enum kss_who who);
struct kss_outcome kss_slist_depth(struct kss_machine *m, kss_addr header, enum kss_who who);
struct kss_outcome kss_slist_init(struct kss_machine *m, kss_addr header, enum kss_who who);

#endif
