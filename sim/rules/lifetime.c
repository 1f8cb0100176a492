// SPDX-License-Identifier: MIT
// Objects used before they exist and after: KSS3001 to KSS3004.
//
// A kernel object in a frame dies when the routine returns. What still refers to it then works on
// stack memory that soon holds something else. KSS3001 is told at the return when the kernel itself
// still holds the object (a wait, the timer queue, a DPC queue), and at the first touch when the
// holder is known only by what it does: a completion that arrives after the wait timed out. Later
// touches of the same object are causes of that finding.
//
// A frame that returned has no names any more, so what each object was is remembered by address
// when it is initialised. Memory that was freed while somebody still uses it is KSS3003: told when an
// object in it is still held, and at the first touch of a freed block.
#include "rules/find.h"

enum {
    USED_BY_WAIT = KSS_USE_WAIT,
    USED_BY_TIMER_QUEUE = KSS_USE_TIMER_QUEUE,
    USED_BY_DPC_QUEUE = KSS_USE_DPC_QUEUE,
    USED_AS_LOCK = KSS_USE_LOCK,
    USED_BY_IRP = KSS_USE_IRP,
    USED_BY_DEVICE = KSS_USE_DMA,
    USED_BY_WORK_QUEUE = KSS_USE_WORK_QUEUE,
    USED_BY_APC_QUEUE = KSS_USE_APC_QUEUE,
    USED_BY_SYSTEM_LIST = KSS_USE_SYSTEM_LIST
};
enum { LARGEST_OBJECT = 0x70 };

static void cause_of_wait(struct kss_machine *machine, struct kss_finding *finding,
                          kss_addr address) {
    struct kss_mark mark = kss_mark(machine, KSS_MARK_WAITED, address);
    if (mark.place == 0)
        return;
    struct kss_text status = {0};
    kss_finding_cause(finding, mark, "the wait for it returned %s here",
                      kss_say_status(kss_memo(machine, KSS_MEMO_STATUS, address), &status));
    kss_text_free(&status);
}

static const char *user_of(uint64_t used_by) {
    if (used_by & USED_BY_TIMER_QUEUE)
        return "is in the timer queue";
    if (used_by & USED_BY_DPC_QUEUE)
        return "is in a DPC queue";
    if (used_by & USED_BY_WORK_QUEUE)
        return "is in a work queue";
    if (used_by & USED_BY_APC_QUEUE)
        return "is in a thread's APC queue";
    if (used_by & USED_BY_WAIT)
        return "a thread waits for it";
    if (used_by & USED_AS_LOCK)
        return "is held as a lock";
    if (used_by & USED_BY_DEVICE)
        return "describes what a device is still to transfer";
    return "is in the system's list of resources";
}

// A routine that returns with a lock held has been told so: KSS5002.
static bool lock_was_told(struct kss_machine *machine, uint16_t index) {
    struct kss_object object = *see_object(machine, index);
    return kss_memo(machine, KSS_MEMO_LOCK_TOLD,
                    object.kind == KSS_O_LOCK_HANDLE ? object.context : object.address) != 0;
}

// ---- KSS3003 ------------------------------------------------------------------------------------
void kss_rule_remember_free(struct kss_machine *machine, const struct kss_event *event) {
    kss_mark_set(machine, KSS_MARK_FREED, event->words[0], event);
}

static void freed_remarks(struct kss_finding *finding, const char *help) {
    kss_finding_remark(finding, KSS_REMARK_HELP, "%s", help);
    kss_finding_source(finding);
}

static void freed_in_use(struct kss_machine *machine, const struct kss_event *event,
                         kss_addr address) {
    struct kss_finding finding;
    uint32_t number;
    struct kss_text what = {0};
    kss_say_address(machine, address, &what);
    if (kss_memo(machine, KSS_MEMO_FREE_TIME, event->place) == event->time + 1) {
        number = (uint32_t)kss_memo(machine, KSS_MEMO_FREE_TOLD, event->place);
        kss_finding_late_cause(machine, number, event->place, "so is %s, which is in use, too",
                               what.bytes);
        kss_text_free(&what);
        return; // one free, one finding
    }
    if (!kss_finding_begin(machine, &finding, KSS_HAZARD_freed_while_in_use, event->place,
                           kss_mark(machine, KSS_MARK_INIT, address).place, &number)) {
        kss_text_free(&what);
        return;
    }
    kss_memo_set(machine, KSS_MEMO_FREE_TOLD, event->place, number);
    kss_memo_set(machine, KSS_MEMO_FREE_TIME, event->place, event->time + 1);
    if (event->words[1] & USED_BY_WAIT)
        kss_text_format(&finding.message, "%s is freed while a thread waits for it", what.bytes);
    else if (event->words[1] & USED_BY_IRP)
        kss_text_format(&finding.message, "%s is freed while an IRP under way reports to it",
                        what.bytes);
    else
        kss_text_format(&finding.message, "%s is freed while it %s", what.bytes,
                        user_of(event->words[1]));
    kss_text_str(&finding.label, "whoever still holds it works on freed memory");
    kss_cause_of_object(machine, &finding, address);
    struct kss_mark queued = kss_mark(machine, KSS_MARK_QUEUE, address);
    if (queued.place != 0)
        kss_finding_cause(&finding, queued, "set or queued here");
    freed_remarks(&finding,
                  event->words[1] & USED_BY_SYSTEM_LIST ? "call ExDeleteResourceLite before freeing"
                  : event->words[1] & USED_BY_DEVICE
                      ? "free the MDL when the device has finished"
                      : "cancel the timer, flush its DPC and end the waits before freeing");
    kss_finding_emit(machine, &finding);
    kss_text_free(&what);
}

// The start of the freed block that [address] lies in.
static kss_addr block_of(struct kss_machine *machine, kss_addr address) {
    uint32_t used;
    const struct kss_region *regions = kss_section_const(machine, KSS_S_REGION, &used);
    for (uint32_t i = 0; i < used / sizeof *regions; i++)
        if (address >= regions[i].address && address - regions[i].address < regions[i].size)
            return regions[i].address;
    return address;
}

void kss_rule_touch_freed(struct kss_machine *machine, const struct kss_event *event) {
    struct kss_finding finding;
    uint32_t number;
    struct kss_mark freed = kss_mark(machine, KSS_MARK_FREED, block_of(machine, event->words[0]));
    if (!kss_finding_begin(machine, &finding, KSS_HAZARD_freed_while_in_use, event->place,
                           freed.place, &number))
        return;
    struct kss_text what = {0};
    kss_text_format(&finding.message, "%s is %s", kss_say_address(machine, event->words[0], &what),
                    event->words[1] ? "written" : "read");
    kss_text_str(&finding.label, "this memory was freed and may be somebody else's");
    if (freed.place != 0)
        kss_finding_cause(&finding, freed, "freed here");
    freed_remarks(&finding, "free the block when nobody uses it any more");
    kss_finding_emit(machine, &finding);
    kss_text_free(&what);
}

static const char *fix_of(uint64_t used_by) {
    if (used_by & USED_BY_TIMER_QUEUE)
        return "cancel the timer and flush its DPC before returning, or take the timer from "
               "nonpaged pool";
    if (used_by & USED_BY_DPC_QUEUE)
        return "call KeFlushQueuedDpcs before returning, or take the DPC from nonpaged pool";
    if (used_by & USED_BY_WORK_QUEUE)
        return "wait until the worker routine has run, or take the work item from nonpaged pool";
    if (used_by & USED_BY_APC_QUEUE)
        return "remove the APC from its queue before returning, or take it from nonpaged pool";
    if (used_by & USED_BY_DEVICE)
        return "return when the device has finished, or take the MDL from IoAllocateMdl";
    if (used_by & USED_BY_IRP)
        return "cancel the IRP, then wait without a timeout until it is completed";
    if (used_by & USED_BY_SYSTEM_LIST)
        return "call ExDeleteResourceLite before its memory goes";
    return "return only when nobody uses the object any more, or take it from nonpaged pool";
}

// ---- KSS3001 ------------------------------------------------------------------------------------
// What a frame takes with it when it ends too early is one mistake.
static uint64_t death_key(const struct kss_event *event) {
    return (event->words[2] & 0xFFFFFF) << 24 | (event->place & 0xFFFFFF);
}

static uint32_t died_with(struct kss_machine *machine, const struct kss_event *event) {
    if (kss_memo(machine, KSS_MEMO_DEATH_TIME, death_key(event)) != event->time + 1)
        return 0;
    return (uint32_t)kss_memo(machine, KSS_MEMO_DEATH, death_key(event));
}

void kss_rule_object_dies(struct kss_machine *machine, const struct kss_event *event) {
    uint16_t index = kss_object_numbered(machine, (uint32_t)event->words[0]);
    if (index == KSS_NONE)
        return;
    kss_addr address = see_object(machine, index)->address;
    uint64_t used_by = event->words[1];
    if (see_object(machine, index)->stack == KSS_NONE) {
        freed_in_use(machine, event, address);
        return;
    }
    struct kss_finding finding;
    uint32_t number, subject = kss_mark(machine, KSS_MARK_INIT, address).place;
    if (used_by & USED_AS_LOCK && lock_was_told(machine, index))
        return;
    if (used_by == 0 || (used_by == USED_BY_IRP && kss_irp_was_denied(machine)))
        return; // KSS8002 or 8003 will say whose fault it is
    number = died_with(machine, event);
    if (number != 0) {
        struct kss_text what = {0};
        kss_finding_late_cause(machine, number, event->place, "so does %s",
                               kss_say_dead(machine, address, &what));
        kss_text_free(&what);
    } else if (kss_finding_begin(machine, &finding, KSS_HAZARD_stack_object_outlives_frame,
                                 event->place, subject, &number)) {
        struct kss_text what = {0}, who = {0};
        kss_say_dead(machine, address, &what);
        kss_say_routine(machine, (uint32_t)event->words[2], &who);
        kss_text_format(&finding.message, "%s goes out of scope while it %s", what.bytes,
                        user_of(used_by));
        if (used_by == USED_BY_WAIT || used_by & USED_BY_IRP) {
            kss_text_clear(&finding.message);
            kss_text_format(&finding.message, "%s goes out of scope while %s", what.bytes,
                            used_by & USED_BY_IRP ? "an IRP under way reports to it"
                                                  : "a thread waits for it");
        }
        kss_text_format(&finding.label, "the frame of `%s` ends here", who.bytes);
        kss_cause_of_object(machine, &finding, address);
        struct kss_mark queued = kss_mark(machine, KSS_MARK_QUEUE, address);
        if ((used_by & ~(unsigned)(USED_BY_WAIT | USED_BY_IRP)) && queued.place)
            kss_finding_cause(&finding, queued, "%s here",
                              used_by & USED_BY_TIMER_QUEUE ? "set"
                              : used_by & USED_AS_LOCK      ? "acquired"
                                                            : "queued");
        cause_of_wait(machine, &finding, address);
        kss_finding_remark(&finding, KSS_REMARK_HELP, "%s", fix_of(used_by));
        kss_finding_source(&finding);
        kss_finding_emit(machine, &finding);
        kss_memo_set(machine, KSS_MEMO_DEATH, death_key(event), number);
        kss_memo_set(machine, KSS_MEMO_DEATH_TIME, death_key(event), event->time + 1);
        kss_text_free(&what);
        kss_text_free(&who);
    }
    kss_memo_set(machine, KSS_MEMO_DIED, address, number);
    if (see_object(machine, index)->kind == KSS_O_LOCK_HANDLE)
        kss_memo_set(machine, KSS_MEMO_LOCK_TOLD, see_object(machine, index)->context, number);
}

// The dead object that [address] is in; KSS_NONE: none is known.
static uint16_t dead_object(struct kss_machine *machine, kss_addr address) {
    uint16_t best = KSS_NONE;
    for (uint32_t i = 0; i < see_object_count(machine); i++) {
        const struct kss_object *object = see_object(machine, i);
        if (object->kind == KSS_O_FREE || !(object->flags & KSS_OF_DEAD) ||
            object->address > address || address - object->address >= LARGEST_OBJECT)
            continue;
        if (best == KSS_NONE || object->address > see_object(machine, best)->address)
            best = (uint16_t)i;
    }
    return best;
}

static void touched_local(struct kss_machine *machine, struct kss_finding *finding,
                          const struct kss_event *event) {
    struct kss_text where = {0};
    kss_describe(machine, event->words[0], &where);
    kss_text_format(&finding->message, "a local of a routine that has returned is %s",
                    event->words[2] ? "written" : "read");
    kss_finding_remark(finding, KSS_REMARK_NOTE, "the address is %s", where.bytes);
    kss_text_free(&where);
}

static void touched_object(struct kss_machine *machine, struct kss_finding *finding,
                           const struct kss_event *event, uint16_t object) {
    struct kss_text what = {0}, who = {0};
    kss_addr address = see_object(machine, object)->address;
    kss_say_dead(machine, address, &what);
    kss_say_routine(machine, see_object_cold(machine, object)->routine, &who);
    kss_text_format(&finding->message, "%s is %s after `%s` returned", what.bytes,
                    event->words[2] ? "written" : "read", who.bytes);
    kss_cause_of_object(machine, finding, address);
    cause_of_wait(machine, finding, address);
    kss_text_free(&what);
    kss_text_free(&who);
}

static uint32_t touched(struct kss_machine *machine, const struct kss_event *event,
                        uint16_t object) {
    struct kss_finding finding;
    uint32_t number;
    uint32_t subject = object == KSS_NONE ? 0 : see_object_cold(machine, object)->place;
    if (!kss_finding_begin(machine, &finding, KSS_HAZARD_stack_object_outlives_frame, event->place,
                           subject, &number))
        return number;
    if (object == KSS_NONE)
        touched_local(machine, &finding, event);
    else
        touched_object(machine, &finding, event, object);
    kss_text_str(&finding.label, "this is stack memory of a frame that is gone");
    kss_finding_remark(&finding, KSS_REMARK_HELP,
                       "after a wait that failed, cancel the request and wait until it is done, or "
                       "keep what it uses in nonpaged pool");
    kss_finding_source(&finding);
    return kss_finding_emit(machine, &finding);
}

void kss_rule_touch_dead(struct kss_machine *machine, const struct kss_event *event) {
    uint16_t object = dead_object(machine, event->words[0]);
    kss_addr address = object == KSS_NONE ? 0 : see_object(machine, object)->address;
    uint32_t known = address ? (uint32_t)kss_memo(machine, KSS_MEMO_DIED, address) : 0;
    uint32_t depth, key;
    uint16_t stack = kss_stack_of(machine, event->words[0], &depth);
    kss_see_innermost(machine, &key);
    uint64_t toucher = (uint64_t)stack << 32 | key;
    if (known == 0)
        known = kss_irp_told_of_completed(machine); // whose caller did not wait for it
    if (known == 0 && object == KSS_NONE)
        known = (uint32_t)kss_memo(machine, KSS_MEMO_DEAD_TOUCH, toucher);
    if (known == 0) {
        known = touched(machine, event, object);
        kss_memo_set(machine, KSS_MEMO_DEAD_TOUCH, toucher, known);
        if (address != 0)
            kss_memo_set(machine, KSS_MEMO_DIED, address, known);
        kss_memo_set(machine, KSS_MEMO_TOUCHED, (uint64_t)known << 24 | event->place, 1);
        return;
    }
    // The first touch from a place is worth a line; the rest repeat it.
    uint64_t said = (uint64_t)known << 24 | event->place;
    if (kss_memo(machine, KSS_MEMO_TOUCHED, said) != 0)
        return;
    kss_memo_set(machine, KSS_MEMO_TOUCHED, said, 1);
    if (object == KSS_NONE) {
        kss_finding_late_cause(machine, known, event->place, "more of that stack is %s here",
                               event->words[2] ? "written" : "read");
        return;
    }
    struct kss_text what = {0};
    bool queued_here = kss_mark(machine, KSS_MARK_QUEUE, address).place == event->place;
    kss_finding_late_cause(
        machine, known, event->place,
        queued_here ? "%s is %s when what was queued here comes due" : "%s is %s here",
        kss_say_dead(machine, address, &what), event->words[2] ? "written" : "read");
    kss_text_free(&what);
}

// ---- KSS3002 ------------------------------------------------------------------------------------
// The lists that held the object lead to memory that no longer leads back.
void kss_rule_object_again(struct kss_machine *machine, const struct kss_event *event) {
    uint16_t index = kss_object_numbered(machine, (uint32_t)event->words[0]);
    struct kss_finding finding;
    uint32_t number;
    if (event->words[1] == 0 || index == KSS_NONE)
        return;
    kss_addr address = see_object(machine, index)->address;
    if (!kss_finding_begin(machine, &finding, KSS_HAZARD_object_reinitialized_in_use, event->place,
                           kss_mark(machine, KSS_MARK_INIT, address).place, &number))
        return;
    struct kss_text what = {0};
    kss_say_address(machine, address, &what);
    if (event->words[1] & USED_BY_WAIT)
        kss_text_format(&finding.message, "%s is initialised again while a thread waits for it",
                        what.bytes);
    else if (event->words[1] & USED_BY_IRP)
        kss_text_format(&finding.message,
                        "%s is initialised again while an IRP under way is to signal it",
                        what.bytes);
    else
        kss_text_format(&finding.message, "%s is initialised again while it %s", what.bytes,
                        user_of(event->words[1]));
    kss_text_str(&finding.label, event->words[1] & USED_BY_WAIT
                                     ? "no signal finds the waiter any more"
                                     : "the lists it is in lead to an object that is in none");
    kss_cause_of_object(machine, &finding, address);
    struct kss_mark queued = kss_mark(machine, KSS_MARK_QUEUE, address);
    if (event->words[1] & (USED_BY_TIMER_QUEUE | USED_BY_DPC_QUEUE) && queued.place != 0)
        kss_finding_cause(&finding, queued, "set or queued here");
    for (uint32_t i = 0; i < see_thread_count(machine); i++) {
        const struct kss_thread_cold *cold = see_thread_cold(machine, i);
        if (see_thread(machine, i)->state == KSS_T_WAITING &&
            see_thread(machine, i)->waiting_on == index)
            kss_finding_cause(&finding, (struct kss_mark){cold->wait_place, cold->wait_began},
                              "a thread waits here");
    }
    kss_finding_remark(
        &finding, KSS_REMARK_HELP,
        "initialise it once; to use it again, reset the event (KeClearEvent), cancel "
        "the timer, or end the wait first");
    kss_finding_source(&finding);
    kss_finding_emit(machine, &finding);
    kss_text_free(&what);
}

// ---- KSS3004 ------------------------------------------------------------------------------------
static void not_initialized(struct kss_machine *machine, const struct kss_event *event,
                            const char *holds, kss_addr other) {
    struct kss_finding finding;
    uint32_t number;
    if (!kss_finding_begin(machine, &finding, KSS_HAZARD_object_not_initialized, event->place,
                           (uint32_t)event->words[1], &number))
        return;
    struct kss_text what = {0};
    kss_say_address(machine, event->words[0], &what);
    kss_text_format(&finding.message, "`%s` is given %s, which %s",
                    kss_routines[event->words[1]].name, what.bytes, holds);
    if (other == 0)
        kss_text_str(&finding.label, "not initialised");
    else
        kss_cause_of_object(machine, &finding, other);
    kss_finding_remark(&finding, KSS_REMARK_HELP, "initialise the object before its first use");
    kss_finding_source(&finding);
    kss_finding_emit(machine, &finding);
    kss_text_free(&what);
}

void kss_rule_unknown_object(struct kss_machine *machine, const struct kss_event *event) {
    not_initialized(machine, event, "holds no initialised object", 0);
}

void kss_rule_wrong_type(struct kss_machine *machine, const struct kss_event *event) {
    not_initialized(machine, event, "holds an object of another kind", event->words[0]);
}
