// SPDX-License-Identifier: MIT
// Remove locks: a count that keeps a device from going away. It begins at 1; the remover takes one
// reference and gives two back, and waits when others are left (KRN using-remove-locks).
#include "kernel/io.h"

enum { HOW_INITIALIZE, HOW_ACQUIRE, HOW_RELEASE, HOW_WAIT };

static kss_addr count_at(const struct kss_machine *m, kss_addr lock) {
    return lock + KSS_FIELD(IO_REMOVE_LOCK_COMMON_BLOCK, IoCount);
}

static kss_addr event_at(const struct kss_machine *m, kss_addr lock) {
    return lock + KSS_FIELD(IO_REMOVE_LOCK_COMMON_BLOCK, RemoveEvent);
}

static void say(struct kss_machine *m, kss_addr lock, unsigned how, uint32_t status) {
    KSS_EMIT(m, KSS_EV_REMOVE_LOCK, lock, how, kss_peek(m, count_at(m, lock), 4), status);
}

static struct kss_outcome initialize(struct kss_machine *m, kss_addr lock) {
    struct kss_call event = {.arguments = {event_at(m, lock), 1, 0}, .routine = m->at_work};
    KSS_TRY(kss_store(m, lock, 4, 0, KSS_WHO_DRIVER));
    KSS_TRY(kss_store(m, count_at(m, lock), 4, 1, KSS_WHO_DRIVER));
    KSS_TRY(kss_nt_KeInitializeEvent(m, &event));
    say(m, lock, HOW_INITIALIZE, STATUS_SUCCESS);
    return kss_return(0);
}

static struct kss_outcome add(struct kss_machine *m, kss_addr lock, int32_t by, int32_t *now) {
    struct kss_outcome outcome;
    uint64_t old = kss_load(m, count_at(m, lock), 4, KSS_WHO_DRIVER, &outcome);
    KSS_TRY(outcome);
    *now = (int32_t)(uint32_t)(old + (uint64_t)(int64_t)by);
    return kss_store(m, count_at(m, lock), 4, (uint32_t)*now, KSS_WHO_DRIVER);
}

// The last one out wakes the remover.
static struct kss_outcome drop(struct kss_machine *m, kss_addr lock) {
    int32_t now;
    KSS_TRY(add(m, lock, -1, &now));
    if (now == 0)
        kss_environment_signal(m, event_at(m, lock), KSS_SIGNAL_SET);
    return kss_globals(m)->stopped ? kss_stopped() : kss_return(0);
}

static struct kss_outcome acquire(struct kss_machine *m, kss_addr lock) {
    int32_t now;
    KSS_TRY(add(m, lock, 1, &now));
    if (kss_peek(m, lock, 1) == 0) {
        say(m, lock, HOW_ACQUIRE, STATUS_SUCCESS);
        return kss_return((uint32_t)STATUS_SUCCESS);
    }
    KSS_TRY(drop(m, lock));
    say(m, lock, HOW_ACQUIRE, (uint32_t)STATUS_DELETE_PENDING);
    return kss_return((uint32_t)STATUS_DELETE_PENDING);
}

static struct kss_outcome release(struct kss_machine *m, kss_addr lock) {
    KSS_TRY(drop(m, lock));
    say(m, lock, HOW_RELEASE, STATUS_SUCCESS);
    return kss_return(0);
}

static struct kss_outcome release_and_wait(struct kss_machine *m, struct kss_call *call) {
    kss_addr lock = call->arguments[0];
    if (call->step == 1) {
        KSS_TRY(kss_wait_over(m, call));
        return kss_return(0);
    }
    int32_t now;
    KSS_TRY(kss_store(m, lock, 1, 1, KSS_WHO_DRIVER));
    KSS_TRY(add(m, lock, -1, &now));
    KSS_TRY(add(m, lock, -1, &now));
    say(m, lock, HOW_WAIT, STATUS_SUCCESS);
    if (now > 0)
        KSS_TRY(kss_wait_in(m, call, event_at(m, lock), 0, 1));
    return kss_return(0);
}

KSS_NT_IS(IoInitializeRemoveLock, initialize(m, call->arguments[0]))
KSS_NT_IS(IoInitializeRemoveLockEx, initialize(m, call->arguments[0]))
KSS_NT_IS(IoAcquireRemoveLock, acquire(m, call->arguments[0]))
KSS_NT_IS(IoAcquireRemoveLockEx, acquire(m, call->arguments[0]))
KSS_NT_IS(IoReleaseRemoveLock, release(m, call->arguments[0]))
KSS_NT_IS(IoReleaseRemoveLockEx, release(m, call->arguments[0]))
KSS_NT_IS(IoReleaseRemoveLockAndWait, release_and_wait(m, call))
KSS_NT_IS(IoReleaseRemoveLockAndWaitEx, release_and_wait(m, call))
