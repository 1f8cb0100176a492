// SPDX-License-Identifier: MIT
// Time at a raised IRQL: KSS4008.
//
// Nothing else runs on a processor while a DPC or ISR works. Microsoft's guidance is 100 microseconds for a
// DPC and 25 for an ISR (KRN guidelines-for-writing-dpc-routines; DBG bug-check-0x133); the watchdog's own
// limits are thousands of times higher, so a driver that is merely slow is never caught by it. Statements
// take no time here: what counts is what a routine stalls for and what it spins for.
//
// KeStallExecutionProcessor asks for at most 50 microseconds at a time, wherever it is called. Below
// DISPATCH_LEVEL a longer stall hurts its own thread most, so that is a note.
#include "rules/find.h"

enum { US = 10, STALL = 50 * US, DPC = 100 * US, ISR = 25 * US };

// An ISR interrupts a DPC, which goes on afterwards: each has its own account.
static uint64_t account(struct kss_machine *machine, const struct kss_event *event) {
    return event->cpu | (see_cpu(machine, event->cpu)->interrupts != 0 ? 0x100u : 0u);
}

void kss_rule_routine_begins(struct kss_machine *machine, const struct kss_event *event) {
    uint64_t of = account(machine, event);
    kss_mark_set(machine, KSS_MARK_ROUTINE, of, event);
    kss_memo_set(machine, KSS_MEMO_BUSY, of, 0);
    kss_memo_set(machine, KSS_MEMO_BUSY_TOLD, of, 0);
}

static void remarks(struct kss_finding *finding) {
    kss_finding_remark(finding, KSS_REMARK_HELP,
                       "wait for the device with a timer or its interrupt, or from a work item");
    kss_finding_source(finding);
}

// The DPC or ISR on the event's processor has spent [time] more.
static void spend(struct kss_machine *machine, const struct kss_event *event, uint64_t time) {
    bool dpc = see_cpu(machine, event->cpu)->interrupts == 0;
    uint64_t of = account(machine, event), limit = dpc ? DPC : ISR;
    uint64_t spent = kss_memo(machine, KSS_MEMO_BUSY, of) + time;
    struct kss_finding finding;
    uint32_t number;
    kss_memo_set(machine, KSS_MEMO_BUSY, of, spent);
    if (spent <= limit || kss_memo(machine, KSS_MEMO_BUSY_TOLD, of) != 0)
        return;
    kss_memo_set(machine, KSS_MEMO_BUSY_TOLD, of, 1);
    if (!kss_finding_begin(machine, &finding, KSS_HAZARD_dpc_too_long, event->place, 1, &number))
        return;
    struct kss_text much = {0}, most = {0};
    kss_text_format(&finding.message, "%s has kept the processor busy for %s",
                    dpc ? "a DPC routine" : "an ISR", kss_say_duration((int64_t)spent, &much));
    kss_text_format(&finding.label, "%s should be done within %s", dpc ? "a DPC" : "an ISR",
                    kss_say_duration((int64_t)limit, &most));
    struct kss_mark began = kss_mark(machine, KSS_MARK_ROUTINE, of);
    if (began.place != 0)
        kss_finding_cause(&finding, began, "queued or promised here");
    remarks(&finding);
    kss_finding_emit(machine, &finding);
    kss_text_free(&much);
    kss_text_free(&most);
}

static bool in_routine(struct kss_machine *machine, const struct kss_event *event) {
    const struct kss_cpu *cpu = see_cpu(machine, event->cpu);
    return cpu->in_dpc != 0 || cpu->interrupts != 0;
}

void kss_rule_stall(struct kss_machine *machine, const struct kss_event *event) {
    uint64_t time = event->words[0];
    struct kss_finding finding;
    uint32_t number;
    if (in_routine(machine, event)) {
        spend(machine, event, time);
        if (kss_memo(machine, KSS_MEMO_BUSY_TOLD, account(machine, event)) != 0)
            return;
    }
    if (time <= STALL ||
        !kss_finding_begin(machine, &finding, KSS_HAZARD_dpc_too_long, event->place, 0, &number))
        return;
    struct kss_text text = {0};
    if (event->irql < KSS_DISPATCH_LEVEL)
        finding.severity = KSS_HAZARD_NOTE;
    kss_text_format(&finding.message, "the processor is stalled for %s",
                    kss_say_duration((int64_t)time, &text));
    kss_text_str(&finding.label, "KeStallExecutionProcessor is for at most 50 us");
    kss_cause_of_irql(machine, &finding, event);
    remarks(&finding);
    kss_finding_emit(machine, &finding);
    kss_text_free(&text);
}

void kss_rule_spin(struct kss_machine *machine, const struct kss_event *event) {
    if (in_routine(machine, event))
        spend(machine, event, event->words[1]);
}
