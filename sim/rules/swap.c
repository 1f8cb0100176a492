// SPDX-License-Identifier: MIT
// KeSetKernelStackSwapEnable: KSS2003, KSS2004, KSS2005.
//
//     Old = KeSetKernelStackSwapEnable(FALSE);     the window opens when it returned TRUE
//     ... no UserMode wait in between: KSS2003, the call was needless
//     if (Old) KeSetKernelStackSwapEnable(TRUE);   the window closes
//
// The setting belongs to the thread and the calls may nest: a routine that got FALSE back found
// swapping disabled already and must leave it so. One that enables it all the same takes away what
// its caller asked for: KSS2004. Which call belongs to which is known by the frame that made it; an
// enable from a frame that did not disable (a pair of helpers) is left alone.
//
// A thread that ends inside the window stops the machine with 0x94: KSS2005, told at the call that
// opened it.
#include "rules/find.h"

enum { BALANCE_SWAP = 3 };

// Whether code that was left out could have waited between: in another routine than the one that
// opened the window, whose `...` the reader sees between the calls.
static bool other_code_left_out(struct kss_machine *machine, uint16_t thread) {
    const struct kss_image *image = kss_machine_image(machine);
    uint64_t disabler = kss_memo(machine, KSS_MEMO_DISABLER, thread);
    for (uint32_t i = 0; i < image->code_count; i++)
        if ((image->code[i].flags & KSS_CODE_LEFT_OUT) && i + UINT64_C(1) != disabler)
            return true;
    return false;
}

static void needless(struct kss_machine *machine, const struct kss_event *event, bool ends) {
    struct kss_finding finding;
    uint32_t number;
    struct kss_mark disabled = kss_mark(machine, KSS_MARK_DISABLE, event->thread);
    if (other_code_left_out(machine, event->thread) ||
        !kss_finding_begin(machine, &finding, KSS_HAZARD_swap_disable_needless, disabled.place, 0,
                           &number))
        return;
    struct kss_mark wait = kss_mark(machine, KSS_MARK_WAIT, event->thread);
    kss_text_format(&finding.message,
                    "stack swapping is disabled, but no UserMode wait happens before %s",
                    ends ? "the thread ends" : "it is enabled again");
    kss_text_str(&finding.label, "this call changes nothing in this run");
    if (wait.place != 0)
        kss_finding_cause(
            &finding, wait,
            "this wait is KernelMode: the stack stays in memory whatever the setting");
    kss_finding_cause(&finding, (struct kss_mark){event->place, event->time}, "%s",
                      ends ? "the thread ends here" : "and enabled again here");
    kss_finding_remark(&finding, KSS_REMARK_HELP, "remove %s", ends ? "the call" : "both calls");
    kss_finding_source(&finding);
    kss_finding_emit(machine, &finding);
}

static void enabled_for_the_caller(struct kss_machine *machine, const struct kss_event *event) {
    struct kss_finding finding;
    uint32_t number;
    if (!kss_finding_begin(machine, &finding, KSS_HAZARD_swap_state_not_restored, event->place, 0,
                           &number))
        return;
    kss_text_str(&finding.message,
                 "stack swapping is enabled although it was disabled when this routine began");
    kss_text_str(&finding.label, "the caller relies on a stack that stays in memory");
    kss_finding_cause(&finding, kss_mark(machine, KSS_MARK_DISABLE, event->thread),
                      "swapping is disabled here first");
    kss_finding_cause(&finding, kss_mark(machine, KSS_MARK_DISABLE_AGAIN, event->thread),
                      "this call returns FALSE: it was disabled already");
    kss_finding_remark(&finding, KSS_REMARK_HELP, "enable it only if the saved value was TRUE");
    kss_finding_source(&finding);
    kss_finding_emit(machine, &finding);
}

void kss_rule_swap_enable(struct kss_machine *machine, const struct kss_event *event) {
    if (event->thread == KSS_NONE)
        return;
    bool enable = event->words[0] != 0, previous = event->words[1] != 0;
    uint32_t key;
    const struct kss_frame *frame = kss_see_innermost(machine, &key);
    uint64_t disabler = frame == NULL ? 0 : (uint64_t)frame->routine + 1;
    struct kss_rules_thread record = *kss_rules_thread(machine, event->thread);
    if (!enable && previous) {
        record = (struct kss_rules_thread){.outer = key};
        kss_mark_set(machine, KSS_MARK_DISABLE, event->thread, event);
        kss_memo_set(machine, KSS_MARK_WAIT, event->thread, 0);
        kss_memo_set(machine, KSS_MEMO_DISABLER, event->thread, disabler);
    } else if (!enable) {
        record.inner = key;
        kss_mark_set(machine, KSS_MARK_DISABLE_AGAIN, event->thread, event);
    } else if (!previous) {
        if (record.inner == key && record.outer != key && key != 0)
            enabled_for_the_caller(machine, event);
        else if (!record.user_wait && record.outer != 0)
            needless(machine, event, false);
        record = (struct kss_rules_thread){0};
    }
    *kss_rules_thread(machine, event->thread) = record;
}

// A wait or a delay is asked for; the mode is the second word of one, the first of the other.
void kss_rule_swap_wait(struct kss_machine *machine, const struct kss_event *event) {
    if (event->thread == KSS_NONE)
        return;
    uint32_t used;
    kss_section_const(machine, KSS_S_OBSERVER, &used);
    if (used == 0)
        return; // nobody has disabled swapping yet: no record to look at
    bool user = event->words[event->kind == KSS_EV_WAIT ? 1 : 0] != 0;
    struct kss_rules_thread *record = kss_rules_thread(machine, event->thread);
    if (record->outer == 0)
        return;
    if (user)
        record->user_wait = 1;
    else
        kss_mark_set(machine, KSS_MARK_WAIT, event->thread, event);
}

void kss_rule_swap_bugcheck(struct kss_machine *machine, const struct kss_event *event) {
    enum { KERNEL_STACK_LOCKED_AT_EXIT = 0x94 };
    struct kss_finding finding;
    uint32_t number;
    if (event->words[0] != KERNEL_STACK_LOCKED_AT_EXIT || event->thread == KSS_NONE)
        return;
    struct kss_mark disabled = kss_mark(machine, KSS_MARK_DISABLE, event->thread);
    if (kss_finding_begin(machine, &finding, KSS_HAZARD_swap_disabled_at_exit, disabled.place,
                          event->thread, &number)) {
        kss_text_str(&finding.message, "the thread ends with kernel stack swapping disabled");
        kss_text_str(&finding.label, "disabled here and never enabled again");
        kss_finding_cause(&finding, (struct kss_mark){event->place, event->time},
                          "the thread ends here");
        kss_finding_remark(&finding, KSS_REMARK_HELP,
                           "on every path out, call KeSetKernelStackSwapEnable(TRUE) if the saved "
                           "value was TRUE");
        kss_finding_source(&finding);
        kss_finding_emit(machine, &finding);
    }
    const struct kss_rules_thread *record = kss_rules_thread(machine, event->thread);
    if (record->outer != 0 && !record->user_wait)
        needless(machine, event, true);
}

// A routine the environment called. A thread's own end is KSS2005's.
void kss_rule_swap_balance(struct kss_machine *machine, const struct kss_event *event) {
    const struct kss_image *image = kss_machine_image(machine);
    uint32_t routine = (uint32_t)event->words[0], number;
    struct kss_finding finding;
    if (event->words[1] != BALANCE_SWAP || routine >= image->code_count ||
        (image->code[routine].flags & KSS_CODE_BODY) || event->words[3] != 0)
        return;
    if (!kss_finding_begin(machine, &finding, KSS_HAZARD_swap_state_not_restored, event->place,
                           routine, &number))
        return;
    struct kss_text who = {0};
    kss_text_format(&finding.message, "`%s` returns with stack swapping disabled",
                    kss_say_routine(machine, routine, &who));
    kss_text_str(&finding.label, "it was enabled when the routine was called");
    kss_finding_cause(&finding, kss_mark(machine, KSS_MARK_DISABLE, event->thread),
                      "swapping is disabled here");
    kss_finding_remark(&finding, KSS_REMARK_HELP,
                       "call KeSetKernelStackSwapEnable(TRUE) before returning if the saved value "
                       "was TRUE");
    kss_finding_source(&finding);
    kss_finding_emit(machine, &finding);
    kss_text_free(&who);
}
