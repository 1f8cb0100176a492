// SPDX-License-Identifier: MIT
// Waits asked for wrongly, and mutexes: KSS4005, KSS4006, KSS5004.
//
// KSS4005 is about Wait TRUE (kernel/wait_next.c says when). A call that was made with it and is not
// followed by a wait leaves the IRQL raised; everything that is wrong because of that raised IRQL is this
// one mistake, so the rules about IRQLs ask kss_left_raised and stay silent.
//
// KSS5004 speaks at the wait, at the release, or where the owner ends. A UserMode wait for a mutex is
// this finding and not KSS2001, wherever the mutex lies: a mutex is waited for in KernelMode.
#include "rules/find.h"

// ---- KSS4006 ------------------------------------------------------------------------------------
void kss_rule_wait_count(struct kss_machine *machine, const struct kss_event *event) {
    enum { WITHOUT_ARRAY = 3 };
    struct kss_finding finding;
    uint32_t number;
    bool array = event->words[2] != WITHOUT_ARRAY;
    if (!kss_finding_begin(machine, &finding, KSS_HAZARD_bad_wait_count, event->place, 0, &number))
        return;
    kss_text_format(&finding.message, "a wait for %llu objects%s",
                    (unsigned long long)event->words[1],
                    array ? "" : " without an array of wait blocks");
    kss_text_format(&finding.label, "at most %s (%llu)%s",
                    array ? "MAXIMUM_WAIT_OBJECTS" : "THREAD_WAIT_OBJECTS",
                    (unsigned long long)event->words[2], array ? "" : " without one");
    kss_finding_remark(&finding, KSS_REMARK_HELP, "%s",
                       array ? "wait for fewer objects: let several of them signal one event"
                             : "pass an array of Count KWAIT_BLOCKs in nonpaged memory");
    kss_finding_source(&finding);
    kss_finding_emit(machine, &finding);
}

// ---- KSS4005 ------------------------------------------------------------------------------------
enum what { WHAT_BEGIN, WHAT_IRQL, WHAT_PAGEABLE, WHAT_OTHER_CALL, WHAT_RETURNED };

bool kss_left_raised(struct kss_machine *machine, const struct kss_event *event) {
    const struct kss_cpu *cpu = see_cpu(machine, event->cpu);
    return event->thread != KSS_NONE && !cpu->in_dpc && !cpu->interrupts &&
           kss_memo(machine, KSS_MEMO_LEFT_RAISED, event->thread) != 0;
}

void kss_rule_wait_came(struct kss_machine *machine, const struct kss_event *event) {
    kss_memo_set(machine, KSS_MEMO_LEFT_RAISED, event->thread, 0);
}

// Where it must be called with FALSE.
static void wrong_place(struct kss_machine *machine, const struct kss_event *event) {
    struct kss_finding finding;
    uint32_t number;
    const char *name = kss_routines[event->words[0]].name;
    if (!kss_finding_begin(machine, &finding, KSS_HAZARD_wait_true_misuse, event->place,
                           (uint32_t)event->words[1], &number))
        return;
    struct kss_text text = {0};
    if (event->words[1] == WHAT_IRQL) {
        bool passive = event->words[0] == KSS_NT_KeReleaseSemaphore;
        kss_text_format(&finding.message, "`%s` is called with Wait TRUE at %s", name,
                        kss_say_irql(machine, event->irql, &text));
        kss_text_format(&finding.label, "with TRUE it must be called at %s",
                        passive ? "PASSIVE_LEVEL" : "APC_LEVEL or below");
        kss_cause_of_irql(machine, &finding, event);
    } else {
        kss_memo_set(machine, KSS_MEMO_LEFT_RAISED, event->thread, 1); // until the wait comes
        kss_text_format(&finding.message, "`%s` is called with Wait TRUE from pageable `%s`", name,
                        kss_say_routine(machine, (uint32_t)event->words[3], &text));
        kss_text_str(&finding.label,
                     "returns at DISPATCH_LEVEL: fatal if the page with the wait is out");
    }
    kss_finding_remark(&finding, KSS_REMARK_HELP, "pass FALSE");
    kss_finding_source(&finding);
    kss_finding_emit(machine, &finding);
    kss_text_free(&text);
}

static void no_wait(struct kss_machine *machine, const struct kss_event *event) {
    struct kss_finding finding;
    uint32_t number;
    struct kss_mark begin = kss_mark(machine, KSS_MARK_WAIT_TRUE, event->thread);
    const char *name = kss_routines[kss_memo(machine, KSS_MEMO_WAIT_TRUE, event->thread)].name;
    kss_memo_set(machine, KSS_MEMO_LEFT_RAISED, event->thread, 1);
    if (!kss_finding_begin(machine, &finding, KSS_HAZARD_wait_true_misuse, event->place,
                           begin.place, &number))
        return;
    if (event->words[1] == WHAT_OTHER_CALL)
        kss_text_format(&finding.message, "`%s` is called where a wait must follow `%s`",
                        kss_routines[event->words[2]].name, name);
    else
        kss_text_format(&finding.message, "the driver returns where a wait must follow `%s`", name);
    kss_text_str(&finding.label, "the IRQL is still raised here");
    kss_finding_cause(&finding, begin, "called with Wait TRUE here");
    kss_finding_remark(&finding, KSS_REMARK_HELP,
                       "pass FALSE, or call KeWaitForSingleObject, KeWaitForMutexObject or "
                       "KeWaitForMultipleObjects at once");
    kss_finding_source(&finding);
    kss_finding_emit(machine, &finding);
}

void kss_rule_wait_true(struct kss_machine *machine, const struct kss_event *event) {
    switch (event->words[1]) {
    case WHAT_BEGIN:
        kss_mark_set(machine, KSS_MARK_WAIT_TRUE, event->thread, event);
        kss_memo_set(machine, KSS_MEMO_WAIT_TRUE, event->thread, event->words[0]);
        break;
    case WHAT_OTHER_CALL:
    case WHAT_RETURNED: no_wait(machine, event); break;
    default: wrong_place(machine, event); break;
    }
}

// ---- KSS5004 ------------------------------------------------------------------------------------
enum how { HOW_ACQUIRE, HOW_RELEASE, HOW_NOT_OWNED, HOW_LIMIT, HOW_AT_EXIT, HOW_AT_RETURN };

void kss_rule_mutex_wait(struct kss_machine *machine, const struct kss_event *event) {
    uint16_t object = kss_object_numbered(machine, (uint32_t)event->words[0]);
    struct kss_finding finding;
    uint32_t number;
    bool wrong = event->words[1] != 0 && object != KSS_NONE &&
                 see_object(machine, object)->kind == KSS_O_MUTEX;
    if (!wrong) {
        if (kss_memo(machine, KSS_MEMO_WAIT_SEEN, event->thread) <= 1 ||
            kss_memo(machine, KSS_MEMO_WAIT_OBJECTS, event->thread) == 0)
            kss_memo_set(machine, KSS_MEMO_MUTEX_WAIT, event->thread, 0);
        return;
    }
    kss_addr address = see_object(machine, object)->address;
    if (kss_finding_begin(machine, &finding, KSS_HAZARD_mutex_misuse, event->place, 0, &number)) {
        struct kss_text what = {0};
        kss_text_format(&finding.message, "UserMode wait for the mutex %s",
                        kss_say_address(machine, address, &what));
        kss_text_str(&finding.label, "a mutex must be waited for in KernelMode");
        kss_cause_of_object(machine, &finding, address);
        kss_finding_remark(&finding, KSS_REMARK_HELP, "pass KernelMode");
        kss_finding_remark(&finding, KSS_REMARK_SOURCE,
                           "DDI KeWaitForSingleObject; DDI KeWaitForMultipleObjects");
        kss_finding_emit(machine, &finding);
        kss_text_free(&what);
    }
    kss_memo_set(machine, KSS_MEMO_MUTEX_WAIT, event->thread, number);
}

static void not_owned(const struct kss_event *event, struct kss_finding *finding,
                      const char *what) {
    uint16_t owner = (uint16_t)event->words[3];
    if (owner == KSS_NONE)
        kss_text_format(&finding->message, "the mutex %s is released and nobody owns it", what);
    else if (owner == event->thread)
        kss_text_format(&finding->message,
                        "the mutex %s is released on the other side of DISPATCH_LEVEL than it was "
                        "acquired",
                        what);
    else
        kss_text_format(&finding->message,
                        "the mutex %s is released by a thread that does not own it", what);
    kss_text_str(&finding->label, "raises STATUS_MUTANT_NOT_OWNED");
    kss_finding_remark(finding, KSS_REMARK_HELP,
                       "release it where it was acquired, once for each acquisition; to signal "
                       "another thread use an event or a semaphore");
}

static void held(const struct kss_event *event, struct kss_finding *finding, const char *what) {
    bool at_return = event->words[1] == HOW_AT_RETURN;
    kss_text_format(&finding->message, "the thread %s while it owns the mutex %s",
                    at_return ? "returns to user mode" : "ends", what);
    kss_text_str(&finding->label, at_return ? "with normal kernel APCs still disabled"
                                            : "nobody can release it any more");
    kss_finding_remark(finding, KSS_REMARK_HELP,
                       "call KeReleaseMutex once for each acquisition, on every path out");
}

void kss_rule_mutex(struct kss_machine *machine, const struct kss_event *event) {
    uint16_t object = kss_object_numbered(machine, (uint32_t)event->words[0]);
    struct kss_finding finding;
    uint32_t number;
    if (object == KSS_NONE)
        return;
    kss_addr address = see_object(machine, object)->address;
    if (event->words[1] == HOW_ACQUIRE && event->words[2] == 0)
        kss_mark_set(machine, KSS_MARK_MUTEX, address, event);
    if (event->words[1] != HOW_NOT_OWNED && event->words[1] != HOW_AT_EXIT &&
        event->words[1] != HOW_AT_RETURN)
        return;
    if (!kss_finding_begin(machine, &finding, KSS_HAZARD_mutex_misuse, event->place,
                           (uint32_t)event->words[0], &number))
        return;
    struct kss_text what = {0};
    kss_say_address(machine, address, &what);
    if (event->words[1] == HOW_NOT_OWNED)
        not_owned(event, &finding, what.bytes);
    else
        held(event, &finding, what.bytes);
    struct kss_mark acquired = kss_mark(machine, KSS_MARK_MUTEX, address);
    if (acquired.place != 0 && see_object(machine, object)->context != 0)
        kss_finding_cause(&finding, acquired, "it was acquired here");
    else
        kss_cause_of_object(machine, &finding, address);
    kss_finding_source(&finding);
    kss_finding_emit(machine, &finding);
    kss_text_free(&what);
}
