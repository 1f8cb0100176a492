// SPDX-License-Identifier: MIT
// Statuses nobody reads and waits nobody ends: KSS7001, KSS7002.
//
// KSS7001 is about what happened, not about style: the wait did return STATUS_TIMEOUT,
// STATUS_ALERTED or STATUS_USER_APC, all of which NT_SUCCESS holds for, and the code went on as if
// the object had been signalled. A wait that can only succeed may be cast to VOID.
#include "rules/find.h"

enum { STATUS_TIMEOUT_BITS = 0x102 };

static uint64_t object_key(uint16_t thread, uint64_t index) {
    return (uint64_t)thread << 8 | index;
}

void kss_rule_remember_objects(struct kss_machine *machine, const struct kss_event *event) {
    kss_memo_set(machine, KSS_MEMO_WAIT_OBJECTS, event->thread, event->words[0]);
    kss_memo_set(machine, KSS_MEMO_WAIT_SEEN, event->thread, 0);
}

void kss_rule_remember_wait(struct kss_machine *machine, const struct kss_event *event) {
    kss_memo_set(machine, KSS_MEMO_POLLED, event->thread, event->words[3] == 0);
    uint64_t seen = kss_memo(machine, KSS_MEMO_WAIT_SEEN, event->thread);
    uint16_t object = kss_object_numbered(machine, (uint32_t)event->words[0]);
    if (seen >= kss_memo(machine, KSS_MEMO_WAIT_OBJECTS, event->thread))
        return;
    kss_memo_set(machine, KSS_MEMO_WAIT_ADDRESS, object_key(event->thread, seen),
                 object == KSS_NONE ? 0 : see_object(machine, object)->address);
    kss_memo_set(machine, KSS_MEMO_WAIT_SEEN, event->thread, seen + 1);
}

static void waited_for_several(struct kss_machine *machine, const struct kss_event *event) {
    uint64_t count = kss_memo(machine, KSS_MEMO_WAIT_SEEN, event->thread);
    for (uint64_t i = 0; i < count; i++) {
        kss_addr address = kss_memo(machine, KSS_MEMO_WAIT_ADDRESS, object_key(event->thread, i));
        uint32_t depth;
        if (address == 0 || kss_stack_of(machine, address, &depth) == KSS_NONE)
            continue;
        kss_mark_set(machine, KSS_MARK_WAITED, address, event);
        kss_memo_set(machine, KSS_MEMO_STATUS, address, (uint32_t)event->words[1]);
    }
    kss_memo_set(machine, KSS_MEMO_WAIT_OBJECTS, event->thread, 0);
}

void kss_rule_remember_wait_end(struct kss_machine *machine, const struct kss_event *event) {
    uint16_t object = kss_object_numbered(machine, (uint32_t)event->words[0]);
    kss_mark_set(machine, KSS_MARK_WAIT_ENDED, event->thread, event);
    if (kss_memo(machine, KSS_MEMO_WAIT_OBJECTS, event->thread) != 0) {
        waited_for_several(machine, event);
        return;
    }
    if (object == KSS_NONE || see_object(machine, object)->stack == KSS_NONE)
        return;
    kss_addr address = see_object(machine, object)->address;
    kss_mark_set(machine, KSS_MARK_WAITED, address, event);
    kss_memo_set(machine, KSS_MEMO_STATUS, address, (uint32_t)event->words[1]);
}

void kss_rule_status_dropped(struct kss_machine *machine, const struct kss_event *event) {
    struct kss_finding finding;
    uint32_t number;
    if (event->words[0] != KSS_NT_KeWaitForSingleObject &&
        event->words[0] != KSS_NT_KeWaitForMultipleObjects &&
        event->words[0] != KSS_NT_KeWaitForMutexObject &&
        event->words[0] != KSS_NT_KeDelayExecutionThread)
        return;
    if (event->words[1] == STATUS_TIMEOUT_BITS &&
        kss_memo(machine, KSS_MEMO_POLLED, event->thread) != 0)
        return; // draining an event by a poll: either answer is fine
    if (!kss_finding_begin(machine, &finding, KSS_HAZARD_wait_status_ignored, event->place,
                           (uint32_t)event->words[1], &number))
        return;
    struct kss_text status = {0};
    kss_text_format(&finding.message, "`%s` returned %s and %s", kss_routines[event->words[0]].name,
                    kss_say_status(event->words[1], &status),
                    event->words[2] ? "only NT_SUCCESS was asked, which holds for it"
                                    : "nobody looks at it");
    kss_text_str(&finding.label, "goes on as if the wait had been satisfied");
    struct kss_mark ended = kss_mark(machine, KSS_MARK_WAIT_ENDED, event->thread);
    if (ended.place != 0 && ended.place != event->place)
        kss_finding_cause(&finding, ended, "the wait ended here");
    kss_finding_remark(&finding, KSS_REMARK_HELP, "compare the status with STATUS_SUCCESS");
    kss_finding_source(&finding);
    kss_finding_emit(machine, &finding);
    kss_text_free(&status);
}

// An object was initialised anew meanwhile: KSS3002 has said so.
static bool was_forgotten(struct kss_machine *machine, uint16_t thread) {
    for (uint16_t b = see_thread(machine, thread)->wait_blocks; b != KSS_NONE;
         b = see_wait(machine, b)->next_of_thread)
        if (see_wait(machine, b)->object == KSS_NONE)
            return true;
    return false;
}

static unsigned objects_of(struct kss_machine *machine, uint16_t thread) {
    unsigned count = 0;
    for (uint16_t b = see_thread(machine, thread)->wait_blocks; b != KSS_NONE;
         b = see_wait(machine, b)->next_of_thread)
        count++;
    return count;
}

// Who owns the mutex that is waited for, and since where.
static void cause_of_owner(struct kss_machine *machine, struct kss_finding *finding,
                           uint16_t object) {
    struct kss_object mutex = *see_object(machine, object);
    struct kss_mark mark = kss_mark(machine, KSS_MARK_MUTEX, mutex.address);
    if (mutex.kind == KSS_O_MUTEX && mutex.context != 0 && mark.place != 0)
        kss_finding_cause(finding, mark, "its owner acquired it here");
}

// The mutex [thread] waits for is owned by a thread that waits as well: *owner. Of several objects the
// first is looked at.
static bool waits_for_owner(struct kss_machine *machine, uint16_t thread, uint16_t *owner) {
    uint16_t object = see_thread(machine, thread)->waiting_on;
    if (object == KSS_NONE || see_object(machine, object)->kind != KSS_O_MUTEX)
        return false;
    kss_addr context = see_object(machine, object)->context;
    if (context == 0 || context > see_thread_count(machine))
        return false;
    *owner = (uint16_t)(context - 1);
    return see_thread(machine, *owner)->state == KSS_T_WAITING;
}

// The one who waits for something else than another's mutex, at the end of the chain of owners, is
// told, and the others are causes of that. A circle has no end.
static bool owner_explains(struct kss_machine *machine, uint16_t thread) {
    uint16_t at = thread;
    for (uint32_t steps = 0; steps < see_thread_count(machine); steps++)
        if (!waits_for_owner(machine, at, &at))
            return at != thread;
    return false;
}

static bool owns(struct kss_machine *machine, uint16_t thread, uint16_t object) {
    enum { MOST = 16 };
    uint16_t owners[MOST];
    unsigned kind = object == KSS_NONE ? KSS_O_FREE : see_object(machine, object)->kind;
    if (!kss_is_lock(kind) && kind != KSS_O_MUTEX)
        return false;
    unsigned count = kss_lock_owners(machine, object, owners, MOST);
    for (unsigned i = 0; i < count; i++)
        if (owners[i] == thread)
            return true;
    return false;
}

// Who waits meanwhile for what the thread owns: perhaps the one who was to end its wait.
static void causes_of_waiters(struct kss_machine *machine, struct kss_finding *finding,
                              uint16_t thread) {
    bool worker = false;
    for (uint32_t i = 0; i < see_thread_count(machine); i++) {
        struct kss_thread waiter = *see_thread(machine, i);
        if (waiter.state != KSS_T_WAITING || i == thread ||
            !owns(machine, thread, waiter.waiting_on))
            continue;
        const struct kss_thread_cold *cold = see_thread_cold(machine, i);
        struct kss_mark mark = {cold->wait_place, cold->wait_began};
        struct kss_text what = {0};
        kss_addr address = see_object(machine, waiter.waiting_on)->address;
        kss_finding_cause(finding, mark, "%s waits here for %s, which it owns",
                          waiter.worker != 0 ? "a worker routine" : "another thread",
                          kss_say_address(machine, address, &what));
        kss_text_free(&what);
        worker |= waiter.worker != 0;
    }
    if (worker)
        kss_finding_remark(finding, KSS_REMARK_HELP,
                           "hold nothing that the work item needs while you wait for it");
}

void kss_rule_wait_never(struct kss_machine *machine, const struct kss_event *event) {
    if (owner_explains(machine, (uint16_t)event->words[1]))
        return;
    struct kss_finding finding;
    uint16_t target = (uint16_t)event->words[1];
    uint16_t object = kss_object_numbered(machine, (uint32_t)event->words[0]);
    uint32_t number, place = see_thread_cold(machine, target)->wait_place;
    if (kss_irp_explains_wait(machine, target, object) ||
        kss_deadlock_explains_wait(machine, target, object) || was_forgotten(machine, target))
        return;
    if (!kss_finding_begin(machine, &finding, KSS_HAZARD_wait_never_satisfied, place, target,
                           &number))
        return;
    struct kss_text what = {0};
    if (object != KSS_NONE) {
        kss_addr address = see_object(machine, object)->address;
        unsigned more = objects_of(machine, target) - 1;
        kss_say_address(machine, address, &what);
        if (more != 0 && more < 64)
            kss_text_format(&finding.message, "the wait for %s and %u more never ends", what.bytes,
                            more);
        else
            kss_text_format(&finding.message, "the wait for %s never ends", what.bytes);
        kss_cause_of_object(machine, &finding, address);
        cause_of_owner(machine, &finding, object);
    } else {
        kss_text_str(&finding.message, "the wait never ends");
    }
    causes_of_waiters(machine, &finding, target);
    kss_text_str(&finding.label, "still waiting when nothing can happen any more");
    kss_finding_source(&finding);
    kss_finding_emit(machine, &finding);
    kss_text_free(&what);
}
