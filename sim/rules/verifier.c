// SPDX-License-Identifier: MIT
// What Driver Verifier found, told as the finding it is. The bug check is the kernel's (verifier.c
// there); most of its reasons have been told already when it comes, at the same statement, because the
// rules look at the same call. This one speaks where they would have looked later than Verifier does, and
// of what only Verifier sees. Both use the same subject, so that nothing is told twice.
#include "rules/find.h"

static void words(struct kss_machine *machine, struct kss_finding *finding,
                  const struct kss_event *event, const struct kss_violation *row) {
    uint32_t nt = (uint32_t)event->words[1];
    struct kss_text what = {0};
    if (nt < KSS_NT_COUNT)
        kss_text_format(&finding->message, "`%s`: the driver %s", kss_routines[nt].name, row->text);
    else
        kss_text_format(&finding->message, "the driver %s", row->text);
    if (event->words[2] != 0)
        kss_text_format(&finding->label, "%s", kss_say_address(machine, event->words[2], &what));
    kss_text_free(&what);
}

// The pair of locks that closes the circle: where the other one was acquired.
static void locks(struct kss_machine *machine, struct kss_finding *finding,
                  const struct kss_event *event) {
    struct kss_text what = {0};
    uint32_t used;
    const struct kss_verified *records = kss_section_const(machine, KSS_S_VERIFIER, &used);
    uint32_t count = used / (uint32_t)sizeof *records;
    for (uint32_t i = 0; i < count; i++) {
        records = kss_section_const(machine, KSS_S_VERIFIER, &used);
        if (records[i].kind != 1 || records[i].lock == event->words[2])
            continue;
        struct kss_mark mark = kss_mark(machine, KSS_MARK_QUEUE, records[i].lock);
        if (mark.place != 0)
            kss_finding_cause(finding, mark, "%s is acquired here",
                              kss_say_address(machine, records[i].lock, &what));
    }
    kss_text_free(&what);
    kss_finding_remark(finding, KSS_REMARK_NOTE,
                       "the locks have been acquired in the other order before");
    kss_finding_remark(finding, KSS_REMARK_HELP, "acquire locks in one order everywhere");
}

static enum kss_hazard_id hazard_of(struct kss_machine *machine, const struct kss_event *event,
                                    const struct kss_violation *row) {
    uint16_t object = kss_object_at(machine, event->words[2]);
    bool spin = object != KSS_NONE && see_object(machine, object)->kind == KSS_O_SPINLOCK;
    if (row->code == 0x1000 && !spin)
        return KSS_HAZARD_deadlock;
    return (enum kss_hazard_id)row->hazard;
}

// Rules that look at the same call have spoken.
static bool told(enum kss_hazard_id hazard, uint32_t code) {
    return hazard == KSS_HAZARD_irql_not_restored ||
           hazard == KSS_HAZARD_blocking_wait_at_dispatch ||
           hazard == KSS_HAZARD_spin_lock_recursion || code == 0x120 || code == 0xC5 ||
           code == 0xFB;
}

static uint32_t subject_of(enum kss_hazard_id hazard, const struct kss_event *event) {
    return hazard == KSS_HAZARD_irql_too_high || event->words[2] == 0
               ? (uint32_t)event->words[1]
               : (uint32_t)(event->words[2] >> 4);
}

void kss_rule_verifier(struct kss_machine *machine, const struct kss_event *event) {
    const struct kss_violation *row = kss_violation_find(event->words[0]);
    if (row == NULL || row->hazard == KSS_HAZARD_COUNT)
        return;
    enum kss_hazard_id hazard = hazard_of(machine, event, row);
    uint16_t object = kss_object_at(machine, event->words[2]);
    if (told(hazard, row->code))
        return;
    if (hazard == KSS_HAZARD_stack_object_user_wait) {
        kss_tell_user_wait(machine, event, event->words[2]);
        return;
    }
    if ((row->code == 0x1007 || row->code == 0x100A) && object != KSS_NONE &&
        see_object(machine, object)->kind == KSS_O_SPINLOCK)
        return; // KSS5002 has spoken
    struct kss_finding finding;
    uint32_t number;
    if (!kss_finding_begin(machine, &finding, hazard, event->place, subject_of(hazard, event),
                           &number))
        return;
    words(machine, &finding, event, row);
    if (hazard == KSS_HAZARD_irql_too_high)
        kss_cause_of_irql(machine, &finding, event);
    else if (row->code == 0x1001)
        locks(machine, &finding, event);
    kss_finding_remark(&finding, KSS_REMARK_SOURCE,
                       "DBG bug-check-0xc4--driver-verifier-detected-violation subcode 0x%X",
                       (unsigned)row->code);
    kss_finding_emit(machine, &finding);
}
