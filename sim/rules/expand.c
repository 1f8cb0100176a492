// SPDX-License-Identifier: MIT
// KeExpandKernelStackAndCallout(Ex): KSS1005, KSS1006.
//
// A call that breaks a documented limit is told at once: a Size above MAXIMUM_EXPANSION_SIZE, Wait
// TRUE at DISPATCH_LEVEL, a Context that is not NULL. Any other refusal (no memory, too many
// expansions) is a result a driver must expect, so it is told only when the status is dropped: the
// callout never ran, and the code after the call goes on as if it had.
#include "rules/find.h"

#include "nt/status.h"

enum { REFUSED = 3 };

static bool expands(uint64_t routine) {
    return routine == KSS_NT_KeExpandKernelStackAndCallout ||
           routine == KSS_NT_KeExpandKernelStackAndCalloutEx;
}

static void misuse(struct kss_machine *machine, const struct kss_event *event, const char *what) {
    struct kss_finding finding;
    uint32_t number;
    struct kss_text status = {0};
    if (kss_finding_begin(machine, &finding, KSS_HAZARD_expansion_misuse, event->place, 0,
                          &number)) {
        kss_text_format(&finding.message, "the stack is not expanded: %s", what);
        kss_text_format(&finding.label, "returns %s; the callout does not run",
                        kss_say_status(event->words[2], &status));
        kss_finding_source(&finding);
        number = kss_finding_emit(machine, &finding);
    }
    kss_memo_set(machine, KSS_MEMO_EXPAND, event->thread, number);
    kss_text_free(&status);
}

void kss_rule_expand(struct kss_machine *machine, const struct kss_event *event) {
    struct kss_text what = {0}, most = {0};
    kss_memo_set(machine, KSS_MEMO_EXPAND, event->thread, 0);
    if (event->words[0] != REFUSED)
        return;
    switch ((uint32_t)event->words[2]) {
    case (uint32_t)STATUS_INVALID_PARAMETER_3:
        kss_text_format(&what, "a Size of %s is more than MAXIMUM_EXPANSION_SIZE, ",
                        kss_say_bytes(event->words[1], &most));
        kss_text_str(&what, kss_say_bytes(see_profile(machine)->max_expansion, &most));
        misuse(machine, event, what.bytes);
        break;
    case (uint32_t)STATUS_INVALID_PARAMETER_4:
        misuse(machine, event, "Wait must be FALSE at DISPATCH_LEVEL");
        break;
    case (uint32_t)STATUS_INVALID_PARAMETER_5:
        misuse(machine, event, "Context must be NULL");
        break;
    default: break;
    }
    kss_text_free(&what);
    kss_text_free(&most);
}

void kss_rule_expand_dropped(struct kss_machine *machine, const struct kss_event *event) {
    struct kss_finding finding;
    uint32_t number;
    if (!expands(event->words[0]))
        return;
    uint32_t known = (uint32_t)kss_memo(machine, KSS_MEMO_EXPAND, event->thread);
    if (known != 0) {
        kss_finding_follows(machine, known, event->place, "the status is not looked at either");
        return;
    }
    if (!kss_finding_begin(machine, &finding, KSS_HAZARD_expansion_misuse, event->place, 1,
                           &number))
        return;
    struct kss_text status = {0};
    kss_text_format(&finding.message, "`%s` returned %s and the status is not looked at",
                    kss_routines[event->words[0]].name, kss_say_status(event->words[1], &status));
    kss_text_str(&finding.label, "the callout did not run");
    kss_finding_remark(&finding, KSS_REMARK_HELP,
                       "test the status; what the callout was to do must be done or refused");
    kss_finding_source(&finding);
    kss_finding_emit(machine, &finding);
    kss_text_free(&status);
}

// ---- KSS1006 ------------------------------------------------------------------------------------
// The callout is the first frame an exception's dispatch sees: a __try statement around the expansion is
// not asked (DDI EXPAND_STACK_CALLOUT).
void kss_rule_callout_exception(struct kss_machine *machine, const struct kss_event *event) {
    enum { AT_CALLOUT = 5 };
    struct kss_finding finding;
    uint32_t number, callout = (uint32_t)event->words[1], beyond = (uint32_t)event->words[3];
    if (event->words[2] != AT_CALLOUT ||
        !kss_finding_begin(machine, &finding, KSS_HAZARD_exception_crosses_callout, event->place, 0,
                           &number))
        return;
    struct kss_text status = {0}, name = {0};
    kss_text_format(&finding.message, "%s leaves the expanded callout `%s`",
                    kss_say_status(event->words[0], &status),
                    kss_say_routine(machine, callout, &name));
    kss_text_str(&finding.label, "raised here; nothing in the callout handles it");
    if (beyond != KSS_NO_FRAME)
        kss_finding_remark(&finding, KSS_REMARK_NOTE,
                           "the __except of `%s` is around the expansion and is not asked",
                           kss_say_routine(machine, beyond, &name));
    kss_finding_remark(&finding, KSS_REMARK_HELP,
                       "handle every exception inside the callout and hand its status back through "
                       "the parameter");
    kss_finding_source(&finding);
    kss_finding_emit(machine, &finding);
    kss_text_free(&status);
    kss_text_free(&name);
}
