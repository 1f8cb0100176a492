// SPDX-License-Identifier: MIT
// What closes a run's report: the machine, the STOP line, what never ended, what kss decided.
#include "report/private.h"

#include <string.h>

void kss_print_machine(const struct kss_report *report) {
    const struct kss_profile *profile = &report->log->config.profile;
    struct kss_text *out = report->out;
    kss_ink(report, KSS_INK_BOLD);
    kss_text_str(out, profile->name);
    kss_ink(report, KSS_INK_NONE);
    kss_text_str(out, ": kernel stacks of ");
    kss_text_grouped(out, profile->stack_size);
    kss_text_str(out, " bytes");
    if (profile->page_size > 0 && profile->stack_size % profile->page_size == 0) {
        kss_text_format(out, " (%u pages of ", profile->stack_size / profile->page_size);
        kss_text_grouped(out, profile->page_size);
        kss_text_char(out, ')');
    }
    kss_text_str(out, ", save area ");
    kss_text_hex(out, profile->reserve);
    kss_text_str(out, ", trap frame ");
    kss_text_hex(out, profile->trap_frame);
    static const char *const swaps[] = {"balance-set", "eager", "never"};
    kss_text_format(out, ", swap %s%s\n", swaps[report->log->config.swap % 3],
                    report->log->config.verifier ? ", Driver Verifier" : "");
}

// ---- STOP ---------------------------------------------------------------------------------------

static void parameter(const struct kss_report *report, const struct kss_bugcheck *bugcheck,
                      unsigned index, uint64_t value) {
    const char *meaning = kss_bugcheck_meaning(bugcheck, index, report->digest->bugcheck->words[1]);
    if (meaning == NULL)
        return;
    struct kss_text *out = report->out;
    kss_text_format(out, "    P%u ", index + 1);
    kss_text_hex(out, value);
    kss_text_str(out, "  ");
    kss_text_str(out, meaning);
    uint64_t about = report->digest->bugcheck_more ? report->digest->bugcheck_more->words[3] : 0;
    if (index == 0 && about != 0) {
        kss_text_str(out, ": ");
        kss_text_str(out, kss_log_string(report->log, about));
    }
    kss_text_char(out, '\n');
}

static void where(const struct kss_report *report) {
    const struct kss_event *stop = report->digest->bugcheck;
    const struct kss_event *more = report->digest->bugcheck_more;
    struct kss_text *out = report->out;
    kss_text_str(out, "    at ");
    kss_text_time(out, stop->time);
    if (report->digest->stop_routine < report->log->routine_count) {
        kss_text_str(out, " in ");
        kss_log_symbol(report->log, report->digest->stop_routine, out);
    }
    if (more != NULL && more->words[2] < KSS_NT_COUNT) {
        kss_text_str(out, ", nt!");
        kss_text_str(out, kss_routines[more->words[2]].name);
        kss_text_str(out, " at work");
    }
    const char *irql = kss_irql_name(report->log->config.profile.arch, stop->irql);
    if (irql != NULL) {
        kss_text_str(out, ", ");
        kss_text_str(out, irql);
    } else {
        kss_text_format(out, ", IRQL %u", stop->irql);
    }
    if (stop->place != 0) {
        kss_text_str(out, " (");
        kss_log_place(report->log, stop->place, out);
        kss_text_char(out, ')');
    }
    kss_text_char(out, '\n');
}

void kss_print_stop(const struct kss_report *report) {
    const struct kss_digest *digest = report->digest;
    if (digest->bugcheck == NULL)
        return;
    uint32_t code = (uint32_t)digest->bugcheck->words[0];
    const struct kss_bugcheck *bugcheck = kss_bugcheck_find(code);
    uint64_t values[4] = {digest->bugcheck->words[1], digest->bugcheck->words[2],
                          digest->bugcheck->words[3],
                          digest->bugcheck_more ? digest->bugcheck_more->words[0] : 0};
    struct kss_text *out = report->out;
    kss_ink(report, digest->stop_expected_by ? KSS_INK_BOLD : KSS_INK_RED);
    kss_text_str(out, "*** STOP: 0x");
    kss_text_hex_digits(out, code, 8);
    for (unsigned i = 0; i < 4; i++) {
        kss_text_str(out, i ? ", " : " (");
        kss_text_hex(out, values[i]);
    }
    kss_text_str(out, ") ");
    kss_text_str(out, bugcheck != NULL ? bugcheck->name : "");
    kss_ink(report, KSS_INK_NONE);
    kss_text_str(out, digest->stop_expected_by ? "   (expected)\n" : "\n");
    for (unsigned i = 0; i < 4; i++)
        parameter(report, bugcheck, i, values[i]);
    where(report);
    kss_text_char(out, '\n');
}

// ---- What never ended, what was decided ---------------------------------------------------------

const char *kss_hang_reason(const struct kss_log *log, const struct kss_event *hang) {
    static const char *const why[] = {
        "a loop spins and nothing is due that could end it",
        "a spin lock is waited for that nobody will release",
        "what happens next is not documented; the run cannot go on",
    };
    return hang->words[3] != 0 ? kss_log_string(log, hang->words[3]) : why[hang->words[0] % 3];
}

static void print_hang(const struct kss_report *report) {
    const struct kss_event *hang = report->digest->hang;
    if (hang == NULL)
        return;
    struct kss_text *out = report->out;
    kss_text_str(out, "hang at ");
    kss_text_time(out, hang->time);
    if (hang->words[1] < report->log->routine_count) {
        kss_text_str(out, " in ");
        kss_log_symbol(report->log, hang->words[1], out);
    }
    kss_text_str(out, ": ");
    kss_text_str(out, kss_hang_reason(report->log, hang));
    if (hang->place != 0) {
        kss_text_str(out, " (");
        kss_log_place(report->log, hang->place, out);
        kss_text_char(out, ')');
    }
    kss_text_char(out, '\n');
}

static void print_nevers(const struct kss_report *report) {
    struct kss_text *out = report->out;
    for (uint32_t i = 0; i < report->digest->never_count; i++) {
        const struct kss_event *never = report->digest->nevers[i];
        kss_text_str(out, "waits for ever: thread ");
        kss_log_word(report->log, never, 1, out);
        size_t start = out->length;
        kss_text_str(out, " for ");
        if (!kss_log_object(report->log, never->words[0], true, out))
            out->length = start;
        if (never->place != 0) {
            kss_text_str(out, " (");
            kss_log_place(report->log, never->place, out);
            kss_text_char(out, ')');
        }
        kss_text_char(out, '\n');
    }
}

// "assumed: the code left out in drv!Read signals event"
void kss_print_assumed(const struct kss_report *report, const char *indent) {
    enum { SIGNAL, FRAME };
    struct kss_text *out = report->out;
    for (uint32_t i = 0; i < report->digest->assumed_count; i++) {
        const struct kss_event *assumed = report->digest->assumed[i];
        kss_text_str(out, indent);
        kss_text_str(out, "assumed: ");
        if (assumed->words[0] == SIGNAL) {
            kss_text_str(out, "the code left out in ");
            if (!kss_log_word(report->log, assumed, 2, out))
                kss_text_str(out, "the scenario");
            kss_text_str(out, " signals ");
            kss_log_word(report->log, assumed, 1, out);
        } else {
            kss_text_str(out,
                         assumed->words[0] == FRAME ? "the frame of " : "the start frames of ");
            if (!kss_log_word(report->log, assumed, 2, out))
                kss_log_word(report->log, assumed, 3, out);
        }
        kss_text_str(out, " at ");
        kss_text_time(out, assumed->time);
        kss_text_char(out, '\n');
    }
}

static void print_policies(const struct kss_report *report) {
    struct kss_text *out = report->out;
    for (uint32_t i = 0; i < report->digest->policy_count; i++) {
        uint64_t policy = report->digest->policies[i]->words[0];
        if (policy >= KSS_POLICY_COUNT)
            continue;
        kss_text_str(out, "policy ");
        kss_text_str(out, kss_policies[policy].name);
        kss_text_str(out, ": ");
        kss_text_str(out, kss_policies[policy].choice);
        kss_text_char(out, '\n');
    }
}

static void print_rest(const struct kss_report *report) {
    enum { STEPS = 3 };
    const struct kss_event *rest = report->digest->rest;
    struct kss_text *out = report->out;
    if (rest != NULL && rest->words[0] == STEPS) {
        kss_text_str(out, "given up after ");
        kss_text_grouped(out, rest->words[1]);
        kss_text_str(out, " steps; --max-steps N allows more\n");
    }
    if (rest == NULL)
        kss_text_str(out, "not finished: the run's end is not among these events\n");
    if (report->log->dropped > 0) {
        kss_text_str(out, "left out of this report: ");
        kss_text_grouped(out, report->log->dropped);
        kss_text_str(out, " events; --format jsonl writes them all\n");
    }
}

static void item(struct kss_text *out, bool *first, const char *text) {
    kss_text_str(out, *first ? "not expected: " : ", ");
    kss_text_str(out, text);
    *first = false;
}

void kss_say_unexpected(const struct kss_digest *digest, struct kss_text *out) {
    static const char *const names[] = {"error", "warning", "note"};
    bool first = true;
    if (digest->bugcheck != NULL && digest->stop_expected_by == 0)
        item(out, &first, "the bug check");
    if (digest->hang != NULL && digest->stop_expected_by == 0)
        item(out, &first, "the hang");
    for (unsigned i = 0; digest->verdict != NULL && i < 3; i++) {
        unsigned count = (unsigned)digest->verdict->words[i + 1];
        if (count == 0)
            continue;
        item(out, &first, "");
        kss_text_format(out, "%u %s%s", count, names[i], count == 1 ? "" : "s");
    }
}

static void print_unexpected(const struct kss_report *report) {
    size_t before = report->out->length;
    kss_say_unexpected(report->digest, report->out);
    if (report->out->length > before)
        kss_text_char(report->out, '\n');
}

// The verdict counts what was not expected, but not whether notes count: where nothing else failed, they did.
bool kss_has_unexpected(const struct kss_digest *digest) {
    enum { FAILED = 1, CANNOT_CONTINUE = 2 };
    const struct kss_event *verdict = digest->verdict, *hang = digest->hang;
    if (digest->stop_expected_by == 0 &&
        (digest->bugcheck != NULL || (hang != NULL && hang->words[0] != CANNOT_CONTINUE)))
        return true;
    if (verdict == NULL || verdict->words[0] != FAILED)
        return false;
    if (verdict->words[1] + verdict->words[2] > 0)
        return true;
    for (uint32_t i = 0; i < digest->expect_count; i++)
        if (digest->expects[i]->words[0] == FAILED)
            return false;
    return true;
}

// What nt's own routines take is counted where a listing tells it, and when that is asked for.
static void print_not_counted(const struct kss_report *report) {
    enum { NAMED = 8 };
    const struct kss_digest *digest = report->digest;
    struct kss_text *out = report->out;
    if (!report->log->config.nt_costs) {
        kss_text_str(out,
                     "not counted: stack that nt's own routines take below the calls to them\n");
        return;
    }
    uint64_t calls = 0;
    for (uint32_t i = 0; i < digest->unlisted_count; i++)
        calls += digest->unlisted[i]->words[1];
    if (calls == 0)
        return;
    kss_text_format(out, "not counted: %llu call%s of nt routines without a listed cost: ",
                    (unsigned long long)calls, calls == 1 ? "" : "s");
    for (uint32_t i = 0; i < digest->unlisted_count && i < NAMED; i++)
        kss_text_format(out, "%s%s", i ? ", " : "",
                        kss_routines[digest->unlisted[i]->words[0]].name);
    if (digest->unlisted_count > NAMED)
        kss_text_format(out, " and %u more", (unsigned)(digest->unlisted_count - NAMED));
    kss_text_char(out, '\n');
}

void kss_print_ends(const struct kss_report *report) {
    struct kss_text *out = report->out;
    print_hang(report);
    print_nevers(report);
    kss_print_assumed(report, "");
    print_policies(report);
    print_rest(report);
    if (report->log->frames != NULL)
        kss_text_format(out, "frames: %s\n", report->log->frames);
    kss_print_lower_bound(report);
    print_not_counted(report);
    print_unexpected(report);
}
