// SPDX-License-Identifier: MIT
// IRQLs and absolute times: KSS4001, KSS4002, KSS4003, KSS4004, KSS4007.
//
// A wait that is asked for above its documented IRQL and would block is one mistake: KSS4001 if the
// routine's own limit is exceeded, else KSS4002. A spin lock that is still held explains the IRQL
// it raised, and a fast mutex: KSS5002 speaks, not KSS4003.
#include "rules/find.h"

enum { BALANCE_IRQL = 0 };

// ---- Where the IRQL was raised ------------------------------------------------------------------
void kss_rule_remember_irql(struct kss_machine *machine, const struct kss_event *event) {
    if (event->words[0] < KSS_DISPATCH_LEVEL && event->words[1] >= KSS_DISPATCH_LEVEL)
        kss_mark_set(machine, KSS_MARK_RAISE, event->cpu, event);
    kss_memo_set(machine, KSS_MEMO_LOW_TOLD, event->cpu, 0);
    if (event->words[1] < KSS_DISPATCH_LEVEL || event->words[0] < KSS_DISPATCH_LEVEL) {
        kss_memo_set(machine, KSS_MEMO_RAISE_TOLD, event->cpu, 0);
        kss_memo_set(machine, KSS_MEMO_CALL_TOLD, event->cpu, 0);
    }
    if (event->words[1] < KSS_DISPATCH_LEVEL && event->thread != KSS_NONE)
        kss_memo_set(machine, KSS_MEMO_LEFT_RAISED, event->thread, 0);
}

void kss_cause_of_irql(struct kss_machine *machine, struct kss_finding *finding,
                       const struct kss_event *event) {
    const struct kss_cpu *cpu = see_cpu(machine, event->cpu);
    struct kss_text irql = {0};
    kss_say_irql(machine, event->irql, &irql);
    if (cpu->in_dpc)
        kss_finding_remark(finding, KSS_REMARK_NOTE, "a DPC routine runs at DISPATCH_LEVEL");
    else if (cpu->interrupts)
        kss_finding_remark(finding, KSS_REMARK_NOTE, "an ISR runs at %s", irql.bytes);
    else if (event->irql >= KSS_DISPATCH_LEVEL) {
        struct kss_mark mark = kss_mark(machine, KSS_MARK_RAISE, event->cpu);
        if (mark.place != 0)
            kss_finding_cause(finding, mark, "the IRQL is raised here");
    }
    kss_text_free(&irql);
}

// ---- KSS4001 ------------------------------------------------------------------------------------
// A release lowers the IRQL, so a second one comes too low: that is told of the lock (KSS5002, KSS5008).
static bool released_already(const struct kss_machine *machine, const struct kss_event *event) {
    uint16_t object = kss_object_numbered(machine, (uint32_t)event->words[3]);
    switch (event->words[0]) {
    case KSS_NT_ExReleaseFastMutex:
    case KSS_NT_KeReleaseSpinLock:
    case KSS_NT_KeReleaseInStackQueuedSpinLock:
        return event->irql < event->words[1] && object != KSS_NONE &&
               see_object(machine, object)->signal == 0;
    default: return false;
    }
}

// The IRQL that a thread runs at is raised, and a finding has said whose fault that is: a lock that is
// kept, or a routine that did not restore it.
static uint32_t raise_told(struct kss_machine *machine, const struct kss_event *event) {
    const struct kss_cpu *cpu = see_cpu(machine, event->cpu);
    if (cpu->in_dpc || cpu->interrupts || event->irql < KSS_DISPATCH_LEVEL)
        return 0;
    uint32_t told = (uint32_t)kss_memo(machine, KSS_MEMO_RAISE_TOLD, event->cpu);
    return told != 0 ? told : kss_locks_told(machine, event->cpu);
}

// Remembers that finding [number] speaks of a call under the raised IRQL, or the locks held.
static void call_told(struct kss_machine *machine, const struct kss_event *event, uint32_t number) {
    const struct kss_cpu *cpu = see_cpu(machine, event->cpu);
    if (cpu->in_dpc || cpu->interrupts || event->irql < KSS_DISPATCH_LEVEL)
        return;
    kss_memo_set(machine, KSS_MEMO_CALL_TOLD, event->cpu, number);
    kss_locks_tell(machine, event->cpu, number);
}

// What a frame does at an IRQL that is too low is one mistake until the IRQL changes.
static uint32_t low_told(struct kss_machine *machine, const struct kss_event *event) {
    uint32_t key;
    kss_see_innermost(machine, &key);
    return kss_memo(machine, KSS_MEMO_LOW_FRAME, event->cpu) == key
               ? (uint32_t)kss_memo(machine, KSS_MEMO_LOW_TOLD, event->cpu)
               : 0;
}

static void tell_low(struct kss_machine *machine, const struct kss_event *event, uint32_t number) {
    uint32_t key;
    kss_see_innermost(machine, &key);
    kss_memo_set(machine, KSS_MEMO_LOW_FRAME, event->cpu, key);
    kss_memo_set(machine, KSS_MEMO_LOW_TOLD, event->cpu, number);
}

void kss_rule_irql(struct kss_machine *machine, const struct kss_event *event) {
    const struct kss_routine *routine = &kss_routines[event->words[0]];
    unsigned min = (unsigned)event->words[1], max = (unsigned)event->words[2];
    struct kss_finding finding;
    uint32_t number;
    kss_mark_set(machine, KSS_MARK_IRQL_RULE, event->cpu, event);
    if (kss_left_raised(machine, event) || released_already(machine, event))
        return;
    uint32_t told = event->irql < min ? low_told(machine, event) : raise_told(machine, event);
    if (told != 0) {
        kss_finding_follows(machine, told, event->place, "`%s` is called at this IRQL",
                            routine->name);
        return;
    }
    if (!kss_finding_begin(machine, &finding, KSS_HAZARD_irql_too_high, event->place,
                           (uint32_t)event->words[0], &number))
        return;
    struct kss_text at = {0}, limit = {0};
    bool low = event->irql < min;
    kss_say_irql(machine, event->irql, &at);
    kss_say_irql(machine, low ? min : max, &limit);
    kss_text_format(&finding.message, "`%s` is called at %s", routine->name, at.bytes);
    kss_text_format(&finding.label,
                    min == max ? "it must be called at %s"
                    : low      ? "it must be called at %s or above"
                               : "it must be called at %s or below",
                    limit.bytes);
    kss_cause_of_irql(machine, &finding, event);
    if (!low)
        kss_finding_remark(&finding, KSS_REMARK_HELP, "%s",
                           see_cpu(machine, event->cpu)->interrupts
                               ? "queue a DPC and call it there"
                               : "call it at a lower IRQL: before raising, after lowering, or from "
                                 "a work item");
    kss_finding_remark(&finding, KSS_REMARK_SOURCE, "%s", routine->source);
    number = kss_finding_emit(machine, &finding);
    if (low)
        tell_low(machine, event, number);
    else
        call_told(machine, event, number);
    kss_text_free(&at);
    kss_text_free(&limit);
}

// ---- KSS4002 ------------------------------------------------------------------------------------
void kss_rule_wait_at_dispatch(struct kss_machine *machine, const struct kss_event *event) {
    struct kss_mark last = kss_mark(machine, KSS_MARK_IRQL_RULE, event->cpu);
    struct kss_finding finding;
    uint32_t number;
    if (kss_left_raised(machine, event) ||
        (last.place == event->place && last.place != 0 && last.time == event->time))
        return;
    uint32_t told = raise_told(machine, event);
    if (told != 0) {
        kss_finding_follows(machine, told, event->place, "`%s` cannot block at this IRQL",
                            kss_routines[event->words[0]].name);
        return;
    }
    if (!kss_finding_begin(machine, &finding, KSS_HAZARD_blocking_wait_at_dispatch, event->place, 0,
                           &number))
        return;
    struct kss_text at = {0};
    kss_text_format(&finding.message, "`%s` %s at %s%s", kss_routines[event->words[0]].name,
                    event->words[3] ? "would block" : "may block",
                    kss_say_irql(machine, event->irql, &at), event->words[2] ? ", in a DPC" : "");
    kss_text_str(&finding.label, event->words[3]
                                     ? "no thread can be switched away from at this IRQL"
                                     : "signalled this time; else nothing could run until it is");
    kss_cause_of_irql(machine, &finding, event);
    kss_finding_remark(&finding, KSS_REMARK_HELP,
                       "poll with a zero timeout, or wait below DISPATCH_LEVEL in a thread or a "
                       "work item");
    kss_finding_source(&finding);
    call_told(machine, event, kss_finding_emit(machine, &finding));
    kss_text_free(&at);
}

// ---- KSS4003 ------------------------------------------------------------------------------------
void kss_rule_irql_balance(struct kss_machine *machine, const struct kss_event *event) {
    unsigned before = (unsigned)event->words[2], after = (unsigned)event->words[3];
    struct kss_finding finding;
    uint32_t number, routine = (uint32_t)event->words[0];
    if (event->words[1] != BALANCE_IRQL || kss_left_raised(machine, event) ||
        (after > before && see_cpu(machine, event->cpu)->locks_held != 0) ||
        (after > before && after == KSS_APC_LEVEL && event->thread != KSS_NONE &&
         see_thread(machine, event->thread)->owned != 0))
        return;
    uint32_t told =
        after > before ? (uint32_t)kss_memo(machine, KSS_MEMO_RAISE_TOLD, event->cpu) : 0;
    if (told == 0 && after > before)
        told = (uint32_t)kss_memo(machine, KSS_MEMO_CALL_TOLD, event->cpu);
    if (told != 0) {
        kss_finding_follows(machine, told, event->place, "the IRQL is still raised at this return");
        return;
    }
    if (!kss_finding_begin(machine, &finding, KSS_HAZARD_irql_not_restored, event->place, routine,
                           &number))
        return;
    struct kss_text who = {0}, was = {0}, is = {0};
    kss_say_irql(machine, before, &was);
    kss_say_irql(machine, after, &is);
    kss_text_format(&finding.message, "`%s` was called at %s and returns at %s",
                    kss_say_routine(machine, routine, &who), was.bytes, is.bytes);
    kss_text_str(&finding.label, "the IRQL is not what it was");
    struct kss_mark raised = kss_mark(machine, KSS_MARK_RAISE, event->cpu);
    if (after > before && after >= KSS_DISPATCH_LEVEL && raised.place != 0)
        kss_finding_cause(&finding, raised, "the IRQL is raised here");
    kss_finding_remark(&finding, KSS_REMARK_HELP,
                       "on every path out, call KeLowerIrql with the IRQL that was saved");
    kss_finding_source(&finding);
    number = kss_finding_emit(machine, &finding);
    if (after > before && after >= KSS_DISPATCH_LEVEL)
        kss_memo_set(machine, KSS_MEMO_RAISE_TOLD, event->cpu, number);
    kss_text_free(&who);
    kss_text_free(&was);
    kss_text_free(&is);
}

// ---- KSS4004 ------------------------------------------------------------------------------------
// One raise of the IRQL is one mistake for each pageable routine that runs under it; where a pageable
// routine raised it, the raise is the mistake, and what is called under it needs no telling.
static bool paged_told(struct kss_machine *machine, const struct kss_event *event,
                       bool *raised_here) {
    const struct kss_cpu *cpu = see_cpu(machine, event->cpu);
    struct kss_mark raise = {0};
    if (!cpu->in_dpc && !cpu->interrupts)
        raise = kss_mark(machine, KSS_MARK_RAISE, event->cpu);
    *raised_here = raise.place != 0 && raise.place == event->place && raise.time == event->time;
    uint64_t key = (event->words[0] & 0xFFFFFF) << 24 | (raise.place & 0xFFFFFF);
    if ((raise.place != 0 && kss_memo(machine, KSS_MEMO_PAGED_RAISE, raise.place) != 0) ||
        kss_memo(machine, KSS_MEMO_PAGED_TOLD, key) != 0)
        return true;
    kss_memo_set(machine, KSS_MEMO_PAGED_TOLD, key, 1);
    return false;
}

void kss_rule_paged_code(struct kss_machine *machine, const struct kss_event *event) {
    struct kss_finding finding;
    uint32_t number, routine = (uint32_t)event->words[0];
    bool raised_here;
    if (event->thread != KSS_NONE && see_thread(machine, event->thread)->flags & KSS_TF_WAIT_NEXT)
        return; // KeSetEvent(.., TRUE) left the IRQL raised: KSS4005
    if (kss_left_raised(machine, event) || paged_told(machine, event, &raised_here) ||
        !kss_finding_begin(machine, &finding, KSS_HAZARD_pageable_code_at_dispatch, event->place,
                           routine, &number))
        return;
    const struct kss_image *image = kss_machine_image(machine);
    struct kss_text who = {0}, at = {0};
    bool pageable = routine < image->code_count && (image->code[routine].flags & KSS_CODE_PAGEABLE);
    kss_text_format(&finding.message, "%s`%s` runs at %s", pageable ? "pageable " : "",
                    kss_say_routine(machine, routine, &who),
                    kss_say_irql(machine, event->irql, &at));
    kss_text_str(&finding.label, event->words[1] ? "PAGED_CODE says it must not"
                                 : raised_here   ? "raises the IRQL and goes on in pageable code"
                                                 : "if its page is out, this stops the system");
    if (!raised_here)
        kss_cause_of_irql(machine, &finding, event);
    kss_finding_remark(&finding, KSS_REMARK_HELP, "%s",
                       raised_here ? "put what runs at the raised IRQL into a routine of its own, "
                                     "in nonpaged code, and see that it is not inlined"
                                   : "keep the routine in nonpaged code, or call it below "
                                     "DISPATCH_LEVEL only");
    kss_finding_source(&finding);
    number = kss_finding_emit(machine, &finding);
    if (raised_here)
        kss_memo_set(machine, KSS_MEMO_PAGED_RAISE, event->place, number);
    kss_text_free(&who);
    kss_text_free(&at);
}

// ---- KSS4007 ------------------------------------------------------------------------------------
void kss_rule_absolute(struct kss_machine *machine, const struct kss_event *event) {
    // 109,207 days from 1601-01-01 to 1900-01-01.
    const uint64_t year_1900 = UINT64_C(109207) * 24 * 3600 * 10000000;
    struct kss_finding finding;
    uint32_t number;
    if (event->words[1] >= year_1900 ||
        !kss_finding_begin(machine, &finding, KSS_HAZARD_absolute_timeout_suspicious, event->place,
                           0, &number))
        return;
    struct kss_text value = {0};
    kss_say_duration((int64_t)event->words[1], &value);
    kss_text_format(&finding.message, "`%s` is given a positive time: %s after the year 1601 began",
                    kss_routines[event->words[0]].name, value.bytes);
    kss_text_str(&finding.label, "long past: it expires at once");
    kss_finding_remark(&finding, KSS_REMARK_HELP, "for %s from now the value must be negative",
                       value.bytes);
    kss_finding_source(&finding);
    kss_finding_emit(machine, &finding);
    kss_text_free(&value);
}
