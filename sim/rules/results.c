// SPDX-License-Identifier: MIT
// Statuses nobody reads and waits nobody ends: KSS7001, KSS7002.
//
// KSS7001 is about what happened, not about style: the wait did return STATUS_TIMEOUT,
// STATUS_ALERTED or STATUS_USER_APC, all of which NT_SUCCESS holds for, and the code went on as if
// the object had been signalled. A wait that can only succeed may be cast to VOID.
#include "rules/find.h"

enum { STATUS_TIMEOUT_BITS = 0x102 };

void kss_rule_remember_wait(struct kss_machine *machine, const struct kss_event *event) {
    kss_memo_set(machine, KSS_MEMO_POLLED, event->thread, event->words[3] == 0);
}

void kss_rule_remember_wait_end(struct kss_machine *machine, const struct kss_event *event) {
    uint16_t object = kss_object_numbered(machine, (uint32_t)event->words[0]);
    kss_mark_set(machine, KSS_MARK_WAIT_ENDED, event->thread, event);
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

void kss_rule_wait_never(struct kss_machine *machine, const struct kss_event *event) {
    struct kss_finding finding;
    uint16_t target = (uint16_t)event->words[1];
    uint16_t object = kss_object_numbered(machine, (uint32_t)event->words[0]);
    uint32_t number, place = see_thread_cold(machine, target)->wait_place;
    if (kss_irp_explains_wait(machine, target, object) ||
        kss_deadlock_explains_wait(machine, target, object))
        return;
    if (!kss_finding_begin(machine, &finding, KSS_HAZARD_wait_never_satisfied, place, target,
                           &number))
        return;
    struct kss_text what = {0};
    if (object != KSS_NONE) {
        kss_addr address = see_object(machine, object)->address;
        kss_text_format(&finding.message, "the wait for %s never ends",
                        kss_say_address(machine, address, &what));
        kss_cause_of_object(machine, &finding, address);
    } else {
        kss_text_str(&finding.message, "the wait never ends");
    }
    kss_text_str(&finding.label, "still waiting when nothing can happen any more");
    kss_finding_source(&finding);
    kss_finding_emit(machine, &finding);
    kss_text_free(&what);
}
