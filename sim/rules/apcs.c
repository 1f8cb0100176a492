// SPDX-License-Identifier: MIT
// APC disable counts, work items and stack overflow items: KSS5003, KSS3005, KSS1007.
//
// Entering a critical or guarded region and leaving it may be done by different routines, so balance
// is asked for only where the system called, and when a region is left that nobody entered. Held
// mutexes count as well, but those are other rules' matter: regions entered by name are counted
// here, and only an imbalance of theirs is told.
#include "rules/find.h"

enum { BALANCE_APC = 2, ENTER_CRITICAL = 0, LEAVE_CRITICAL, ENTER_GUARDED, LEAVE_GUARDED };
enum { BIAS = 1 << 20 };

static int net_of(struct kss_machine *machine, uint16_t thread) {
    uint64_t value = kss_memo(machine, KSS_MEMO_REGIONS, thread);
    return value == 0 ? 0 : (int)value - BIAS;
}

static void help_5003(struct kss_finding *finding) {
    kss_finding_remark(finding, KSS_REMARK_HELP,
                       "leave each region once on every path out, in the routine or helper pair "
                       "that entered it");
    kss_finding_source(finding);
}

static void left_without_entering(struct kss_machine *machine, const struct kss_event *event) {
    struct kss_finding finding;
    uint32_t number;
    uint32_t told = (uint32_t)kss_memo(machine, KSS_MEMO_REGION_TOLD, event->thread);
    kss_memo_set(machine, KSS_MEMO_APC_TOLD, event->thread, 1);
    if (told != 0) { // a lock was acquired outside the region it needs
        kss_memo_set(machine, KSS_MEMO_REGION_TOLD, event->thread, 0);
        kss_finding_follows(machine, told, event->place,
                            "the region that is left here was not entered");
        return;
    }
    if (!kss_finding_begin(machine, &finding, KSS_HAZARD_apc_count_unbalanced, event->place,
                           event->thread, &number))
        return;
    bool guarded = event->words[0] == LEAVE_GUARDED;
    kss_text_format(&finding.message, "a %s region is left that was not entered",
                    guarded ? "guarded" : "critical");
    kss_text_str(&finding.label, "enables APCs that somebody else disabled, or none at all");
    help_5003(&finding);
    kss_finding_remark(&finding, KSS_REMARK_SOURCE, "DBG bug-check-0xc4 subcode 0x3E");
    kss_finding_emit(machine, &finding);
}

void kss_rule_apc_count(struct kss_machine *machine, const struct kss_event *event) {
    if (event->thread == KSS_NONE)
        return;
    bool enters = event->words[0] == ENTER_CRITICAL || event->words[0] == ENTER_GUARDED;
    int net = net_of(machine, event->thread) + (enters ? 1 : -1);
    kss_memo_set(machine, KSS_MEMO_REGIONS, event->thread, (uint64_t)net + BIAS);
    if (enters) {
        kss_mark_set(machine, KSS_MARK_REGION, event->thread, event);
        kss_memo_set(machine, KSS_MEMO_APC_TOLD, event->thread, 0);
        kss_memo_set(machine, KSS_MEMO_REGION_TOLD, event->thread, 0);
        return;
    }
    const struct kss_thread *thread = see_thread(machine, event->thread);
    bool guarded = event->words[0] == LEAVE_GUARDED;
    int limit = guarded ? 0 : thread->apc_at_start - thread->mutexes;
    int now = guarded ? thread->special_apc_disable : thread->kernel_apc_disable;
    if (now > limit)
        left_without_entering(machine, event);
}

// The routine the system called, or the thread, leaves with regions of its own open or closed once
// too often. The same leak is seen again at each routine further out.
static void unbalanced(struct kss_machine *machine, const struct kss_event *event,
                       const char *what) {
    struct kss_finding finding;
    uint32_t number;
    if (kss_memo(machine, KSS_MEMO_APC_TOLD, event->thread) != 0 ||
        net_of(machine, event->thread) == 0)
        return;
    kss_memo_set(machine, KSS_MEMO_APC_TOLD, event->thread, 1);
    if (!kss_finding_begin(machine, &finding, KSS_HAZARD_apc_count_unbalanced, event->place,
                           event->thread, &number))
        return;
    bool open = net_of(machine, event->thread) > 0;
    kss_text_format(&finding.message, "%s with APCs %s", what,
                    open ? "still disabled" : "enabled once too often");
    kss_text_str(&finding.label, open ? "a region that was entered is not left"
                                      : "a region that the caller entered is left");
    struct kss_mark mark = kss_mark(machine, KSS_MARK_REGION, event->thread);
    if (mark.place != 0)
        kss_finding_cause(&finding, mark, "the region is entered here");
    help_5003(&finding);
    kss_finding_emit(machine, &finding);
}

void kss_rule_apc_balance(struct kss_machine *machine, const struct kss_event *event) {
    if (event->words[1] != BALANCE_APC || event->thread == KSS_NONE)
        return;
    struct kss_text who = {0}, what = {0};
    kss_text_format(&what, "`%s` returns",
                    kss_say_routine(machine, (uint32_t)event->words[0], &who));
    unbalanced(machine, event, what.bytes);
    kss_text_free(&who);
    kss_text_free(&what);
}

// An APC that is still queued when its thread ends: 0x20 with the APC, or nothing, as parameter 1 and
// the count it began with.
static void apc_pending_at_exit(struct kss_machine *machine, const struct kss_event *event) {
    struct kss_finding finding;
    uint32_t number;
    if (!kss_finding_begin(machine, &finding, KSS_HAZARD_apc_count_unbalanced, event->place,
                           event->thread, &number))
        return;
    kss_text_str(&finding.message, "the thread ends with a kernel APC still queued to it");
    kss_text_str(&finding.label, "it can never be delivered");
    kss_finding_remark(&finding, KSS_REMARK_HELP,
                       "a thread that gets normal kernel APCs must let them in before it ends");
    kss_finding_source(&finding);
    kss_finding_emit(machine, &finding);
}

// ---- KSS3005 ------------------------------------------------------------------------------------
static void worker_ended(struct kss_machine *machine, const struct kss_event *event) {
    struct kss_finding finding;
    uint32_t number;
    if (!kss_finding_begin(machine, &finding, KSS_HAZARD_work_item_misuse, event->place, 0,
                           &number))
        return;
    kss_text_str(&finding.message, "a worker routine ends the system worker thread it runs in");
    kss_text_str(&finding.label, "the thread is not the driver's");
    kss_finding_remark(&finding, KSS_REMARK_HELP, "return from the routine instead");
    kss_finding_remark(&finding, KSS_REMARK_SOURCE,
                       "DBG bug-check-0xe9--active-ex-worker-thread-termination");
    kss_finding_emit(machine, &finding);
}

void kss_rule_work_misuse(struct kss_machine *machine, const struct kss_event *event) {
    enum { TWICE, FREED, QUEUE };
    struct kss_finding finding;
    uint32_t number;
    uint16_t object = kss_object_numbered(machine, (uint32_t)event->words[0]);
    if (object == KSS_NONE || !kss_finding_begin(machine, &finding, KSS_HAZARD_work_item_misuse,
                                                 event->place, (uint32_t)event->words[0], &number))
        return;
    struct kss_text what = {0};
    kss_addr address = see_object(machine, object)->address;
    kss_say_address(machine, address, &what);
    struct kss_mark queued = kss_mark(machine, KSS_MARK_QUEUE, address);
    if (event->words[1] == TWICE || event->words[1] == FREED) {
        kss_text_format(&finding.message, "%s is %s while it is in a work queue", what.bytes,
                        event->words[1] == TWICE ? "queued" : "freed");
        kss_text_str(&finding.label, event->words[1] == TWICE
                                         ? "the list it is in already would be damaged"
                                         : "a worker thread has still to run it");
        if (queued.place != 0)
            kss_finding_cause(&finding, queued, "queued here");
    } else {
        kss_text_format(&finding.message, "%s is queued %s", what.bytes,
                        event->words[1] == QUEUE ? "to a queue that does not exist"
                                                 : "without a routine to run");
        kss_text_str(&finding.label, "the worker could do nothing with it");
    }
    kss_finding_remark(&finding, KSS_REMARK_HELP,
                       "queue or free a work item again once its routine has begun to run, and "
                       "remember in a variable whether it is queued");
    kss_finding_source(&finding);
    kss_finding_emit(machine, &finding);
    kss_text_free(&what);
}

// ---- Ends ---------------------------------------------------------------------------------------
void kss_rule_apc_bugcheck(struct kss_machine *machine, const struct kss_event *event) {
    enum { APC_INDEX_MISMATCH = 1, APC_PENDING_DURING_EXIT = 0x20, WORKER_TERMINATION = 0xE9 };
    if (event->thread == KSS_NONE)
        return;
    if (event->words[0] == WORKER_TERMINATION)
        worker_ended(machine, event);
    if (event->words[0] != APC_INDEX_MISMATCH && event->words[0] != APC_PENDING_DURING_EXIT)
        return;
    const struct kss_thread *thread = see_thread(machine, event->thread);
    bool balanced = thread->kernel_apc_disable == thread->apc_at_start - thread->mutexes &&
                    thread->special_apc_disable == 0;
    if (event->words[0] == APC_PENDING_DURING_EXIT && balanced)
        apc_pending_at_exit(machine, event);
    else
        unbalanced(machine, event,
                   event->words[0] == APC_INDEX_MISMATCH ? "the system call returns"
                                                         : "the thread ends");
}

// ---- KSS1007 ------------------------------------------------------------------------------------
void kss_rule_post(struct kss_machine *machine, const struct kss_event *event) {
    struct kss_finding finding;
    uint32_t number;
    uint16_t object = kss_object_numbered(machine, (uint32_t)event->words[0]);
    if (object == KSS_NONE || !kss_finding_begin(machine, &finding, KSS_HAZARD_overflow_post_misuse,
                                                 event->place, (uint32_t)event->words[0], &number))
        return;
    struct kss_text what = {0};
    kss_addr address = see_object(machine, object)->address;
    kss_text_format(&finding.message, "`%s` is given %s, which %s",
                    kss_routines[event->words[2]].name, kss_say_address(machine, address, &what),
                    event->words[1] ? "is signalled already" : "is a synchronization event");
    kss_text_str(&finding.label, event->words[1] ? "the wait for the overflow thread would not wait"
                                                 : "it must be a notification event");
    kss_cause_of_object(machine, &finding, address);
    kss_finding_remark(&finding, KSS_REMARK_HELP,
                       "KeInitializeEvent(&event, NotificationEvent, FALSE) for each post");
    kss_finding_source(&finding);
    kss_finding_emit(machine, &finding);
    kss_text_free(&what);
}
