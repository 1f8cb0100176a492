// SPDX-License-Identifier: MIT
// Judging: what was expected against what happened.
//
// Plain expectations only. `always`, `sometimes` and `never` speak of all schedules: one run does
// not judge them and they leave the status alone.
//
// What an expectation covers is expected, the rest is not:
//
//   hazard H [in R]   every finding of H whose primary place lies in R
//   bugcheck ...      the bug check, and the findings that explain it
//   deadlock          the hang or the endless waits, and KSS7002, KSS5005 (KSS5001 for a lock)
//   thread T waits    KSS7002 of that thread's wait
//
// A finding explains a stop (a bug check or a hang) when it, or one of its causes, was said at the
// statement where the machine stopped and at that time: rules add the touch that stops the machine
// as a cause of the finding that foretold it. Where no finding speaks of that statement, the last
// finding whose hazard may end in that bug check (table below) explains it.
//
// Verdict: failed when an expectation failed, when an ASSERT was false, when an error, a warning
// (with --strict a note), a bug check or a hang was not expected. Otherwise "cannot tell" when the
// step bound was hit or nothing says how to go on, and no expected finding explains that. Otherwise
// ok. Expectations a given-up run might still have met are not judged rather than failed.
#include "session/private.h"

#include <string.h>

enum { HANG_SPIN, HANG_LOCK, HANG_CANNOT_CONTINUE };
enum { REST_DONE, REST_STOPPED, REST_HANG, REST_STEPS, REST_CANNOT_TELL };
enum result { MET, FAILED, NOT_JUDGED };

struct judge {
    struct kss_session *session;
    const struct kss_program *program;
    const struct kss_log *log;
    struct kss_digest digest; // own copy: judging adds events
    bool given_up;            // the run did not come to its end
    unsigned failed;
    bool unsure; // a plain expectation could not be judged
    struct kss_text actual, why;
};

// ---- What explains a stop -----------------------------------------------------------------------

static const struct {
    uint32_t code;
    enum kss_hazard_id hazard;
} may_end_in[] = {
    {0x7F, KSS_HAZARD_stack_overflow},
    {0x7F, KSS_HAZARD_unbounded_recursion},
    {0x1E, KSS_HAZARD_exception_crosses_callout},
    {0x0A, KSS_HAZARD_stack_object_user_wait},
    {0x0A, KSS_HAZARD_outswapped_stack_touched},
    {0x0A, KSS_HAZARD_pageable_data_at_dispatch},
    {0x0A, KSS_HAZARD_stack_object_outlives_frame},
    {0xD1, KSS_HAZARD_stack_object_user_wait},
    {0xD1, KSS_HAZARD_outswapped_stack_touched},
    {0xD1, KSS_HAZARD_pageable_data_at_dispatch},
    {0xD1, KSS_HAZARD_pageable_code_at_dispatch},
    {0x50, KSS_HAZARD_outswapped_stack_touched},
    {0x50, KSS_HAZARD_stack_object_user_wait},
    {0x94, KSS_HAZARD_swap_disabled_at_exit},
    {0x94, KSS_HAZARD_swap_state_not_restored},
    {0xB8, KSS_HAZARD_blocking_wait_at_dispatch},
    {0x4A, KSS_HAZARD_irql_not_restored},
    {0x0F, KSS_HAZARD_spin_lock_recursion},
    {0x44, KSS_HAZARD_irp_completed_twice},
    {0x44, KSS_HAZARD_irp_misused},
    {0x35, KSS_HAZARD_irp_misused},
    {0x0A, KSS_HAZARD_wait_blocks_on_swappable_stack},
    {0x0A, KSS_HAZARD_mutex_misuse},
    {0x4A, KSS_HAZARD_wait_true_misuse},
    {0xD1, KSS_HAZARD_wait_true_misuse},
    {0x0C, KSS_HAZARD_bad_wait_count},
    {0x01, KSS_HAZARD_mutex_misuse},
    {0x4000008A, KSS_HAZARD_mutex_misuse},
    {0x139, KSS_HAZARD_object_reinitialized_in_use},
    {0x133, KSS_HAZARD_dpc_too_long},
};

bool kss_may_end_in(enum kss_hazard_id hazard, uint32_t code) {
    for (unsigned i = 0; i < sizeof may_end_in / sizeof *may_end_in; i++)
        if (may_end_in[i].code == code && may_end_in[i].hazard == hazard)
            return true;
    return false;
}

static bool can_end_in(const struct kss_digest_finding *finding, uint32_t code, uint64_t p1) {
    const struct kss_violation *violation = code == 0xC4 ? kss_violation_find(p1) : NULL;
    if (violation != NULL && violation->hazard == finding->hazard)
        return true;
    return kss_may_end_in(finding->hazard, code);
}

static bool speaks_of(const struct kss_digest_finding *finding, const struct kss_event *stop) {
    if (finding->place == stop->place && finding->time == stop->time)
        return true;
    for (unsigned i = 0; i < finding->cause_count; i++)
        if (finding->causes[i].place == stop->place && finding->causes[i].when == stop->time)
            return true;
    return false;
}

static void mark(struct judge *judge, struct kss_digest_finding *finding, uint32_t by) {
    if (finding->expected_by != 0)
        return;
    finding->expected_by = by;
    kss_emit(judge->session->machine, KSS_EV_EXPECTED, finding->number, by, 0, 0);
}

static void mark_stop(struct judge *judge, uint32_t by) {
    if (judge->digest.stop_expected_by != 0)
        return;
    judge->digest.stop_expected_by = by;
    kss_emit(judge->session->machine, KSS_EV_EXPECTED, 0, by, 0, 0);
}

static void mark_explanations(struct judge *judge, const struct kss_event *stop, uint32_t by) {
    struct kss_digest_finding *last = NULL;
    bool spoken = false;
    for (uint32_t i = 0; i < judge->digest.finding_count; i++) {
        struct kss_digest_finding *finding = &judge->digest.findings[i];
        if (speaks_of(finding, stop)) {
            mark(judge, finding, by);
            spoken |= finding->severity != KSS_NOTE;
        }
        if (stop->kind == KSS_EV_BUGCHECK &&
            can_end_in(finding, (uint32_t)stop->words[0], stop->words[1]))
            last = finding;
    }
    if (!spoken && last != NULL)
        mark(judge, last, by);
}

// ---- Each kind of expectation -------------------------------------------------------------------

static void say_what_happened(struct judge *judge, struct kss_text *out) {
    const struct kss_digest *digest = &judge->digest;
    if (digest->bugcheck != NULL)
        kss_say_bugcheck(judge->log, digest, out);
    else if (kss_is_deadlock(digest))
        kss_text_str(out, "deadlock");
    else if (kss_is_clean(digest, judge->session->options.strict))
        kss_text_str(out, "clean");
    for (uint32_t i = 0; out->length == 0 && i < digest->finding_count; i++)
        if (digest->findings[i].severity != KSS_NOTE || judge->session->options.strict)
            kss_say_hazard(judge->log, &digest->findings[i], out);
}

static void say_end(struct judge *judge, struct kss_text *out) {
    const struct kss_event *rest = judge->digest.rest;
    kss_text_str(out, "the run ended at ");
    kss_text_time(out, rest != NULL ? rest->time : 0);
    if (judge->digest.bugcheck != NULL)
        kss_text_str(out, " with a bug check");
    else if (judge->digest.hang != NULL)
        kss_text_str(out, " with a hang");
    else if (judge->digest.never_count > 0)
        kss_text_str(out, " with threads that wait for ever");
    else
        kss_text_str(out, judge->given_up ? " when it was given up" : " with every thread gone");
}

static enum result judge_clean(struct judge *judge) {
    const struct kss_digest *digest = &judge->digest;
    if (kss_is_clean(digest, judge->session->options.strict))
        return judge->given_up ? NOT_JUDGED : MET;
    say_what_happened(judge, &judge->actual);
    return FAILED;
}

static bool is_endless(const struct judge *judge, const struct kss_digest_finding *finding) {
    if (finding->hazard == KSS_HAZARD_wait_never_satisfied ||
        finding->hazard == KSS_HAZARD_deadlock)
        return true;
    return finding->hazard == KSS_HAZARD_spin_lock_recursion && judge->digest.hang != NULL;
}

static enum result judge_deadlock(struct judge *judge, uint32_t by) {
    if (!kss_is_deadlock(&judge->digest)) {
        if (judge->given_up)
            return NOT_JUDGED;
        say_what_happened(judge, &judge->actual);
        say_end(judge, &judge->why);
        return FAILED;
    }
    for (uint32_t i = 0; i < judge->digest.finding_count; i++)
        if (is_endless(judge, &judge->digest.findings[i]))
            mark(judge, &judge->digest.findings[i], by);
    if (judge->digest.hang != NULL) {
        mark_explanations(judge, judge->digest.hang, by);
        mark_stop(judge, by);
    }
    return MET;
}

static bool parameters_match(const struct judge *judge, const struct kss_expectation *e) {
    const struct kss_event *stop = judge->digest.bugcheck, *more = judge->digest.bugcheck_more;
    for (unsigned i = 0; i < e->pattern_count && i < 4; i++) {
        uint64_t value = i < 3 ? stop->words[i + 1] : more != NULL ? more->words[0] : 0;
        uint64_t wanted = e->patterns[i].value;
        if (judge->log->config.profile.pointer_size == 4) {
            value = (uint32_t)value;
            wanted = (uint32_t)wanted;
        }
        // An NTSTATUS is the same value sign-extended or not.
        bool same = value == wanted || (wanted >> 32 == 0 && wanted >= 0x80000000u &&
                                        value == (uint64_t)(int64_t)(int32_t)(uint32_t)wanted);
        if (!e->patterns[i].any && !same)
            return false;
    }
    return true;
}

static enum result judge_bugcheck(struct judge *judge, const struct kss_expectation *e,
                                  uint32_t by) {
    struct kss_digest *digest = &judge->digest;
    if (digest->bugcheck == NULL) {
        if (judge->given_up)
            return NOT_JUDGED;
        say_what_happened(judge, &judge->actual);
        say_end(judge, &judge->why);
        return FAILED;
    }
    if ((e->has_code && digest->bugcheck->words[0] != e->bugcheck) || !parameters_match(judge, e) ||
        (e->in != KSS_NO_FRAME && !kss_log_same_routine(judge->log, digest->stop_routine, e->in))) {
        kss_say_bugcheck(judge->log, digest, &judge->actual);
        return FAILED;
    }
    mark_stop(judge, by);
    mark_explanations(judge, digest->bugcheck, by);
    return MET;
}

static enum result judge_hazard(struct judge *judge, const struct kss_expectation *e, uint32_t by) {
    const struct kss_digest_finding *elsewhere = NULL;
    bool met = false;
    for (uint32_t i = 0; i < judge->digest.finding_count; i++) {
        struct kss_digest_finding *finding = &judge->digest.findings[i];
        if (finding->hazard != e->hazard)
            continue;
        if (e->in == KSS_NO_FRAME || kss_log_same_routine(judge->log, finding->routine, e->in)) {
            met = true;
            mark(judge, finding, by);
        } else if (elsewhere == NULL) {
            elsewhere = finding;
        }
    }
    if (met)
        return MET;
    if (judge->given_up && elsewhere == NULL)
        return NOT_JUDGED;
    if (elsewhere != NULL)
        kss_say_hazard(judge->log, elsewhere, &judge->actual);
    else
        say_what_happened(judge, &judge->actual);
    if (!kss_hazards[e->hazard].built)
        kss_text_str(&judge->why, "this version has no rule that looks for it");
    return FAILED;
}

static void say_thread(struct judge *judge, uint32_t thread, const struct kss_event *end) {
    if (end == NULL) {
        say_what_happened(judge, &judge->actual);
        say_end(judge, &judge->why);
        return;
    }
    bool waits = end->kind == KSS_EV_NEVER;
    kss_text_format(&judge->actual, "thread %s %s", judge->log->threads[thread].name,
                    waits ? "waits" : "exits");
    if (!waits)
        return;
    kss_text_str(&judge->why, "it waits for ");
    if (!kss_log_word(judge->log, end, 0, &judge->why))
        kss_text_str(&judge->why, "ever");
    if (end->place != 0) {
        kss_text_str(&judge->why, " at ");
        kss_log_place(judge->log, end->place, &judge->why);
    }
}

static enum result judge_thread(struct judge *judge, const struct kss_expectation *e, uint32_t by) {
    const struct kss_event *end = kss_thread_end(&judge->digest, e->thread);
    if (end == NULL && judge->given_up)
        return NOT_JUDGED;
    if (end == NULL || (end->kind == KSS_EV_THREAD_EXIT) != e->exits) {
        say_thread(judge, e->thread, end);
        return FAILED;
    }
    for (uint32_t i = 0; i < judge->digest.finding_count && !e->exits; i++) {
        struct kss_digest_finding *finding = &judge->digest.findings[i];
        if (finding->hazard == KSS_HAZARD_wait_never_satisfied &&
            (finding->thread == e->thread || finding->place == end->place))
            mark(judge, finding, by);
    }
    return MET;
}

// Statuses compare as NTSTATUS: 32 bits, signed; wider values as they are.
static int64_t narrow(uint64_t value) {
    uint32_t high = (uint32_t)(value >> 32);
    return high == 0 || high == UINT32_MAX ? (int64_t)(int32_t)(uint32_t)value : (int64_t)value;
}

static bool holds(int64_t a, enum kss_op relation, int64_t b) {
    switch (relation) {
    case KSS_OP_LT: return a < b;
    case KSS_OP_LE: return a <= b;
    case KSS_OP_GT: return a > b;
    case KSS_OP_GE: return a >= b;
    case KSS_OP_NE: return a != b;
    default: return a == b;
    }
}

// Whether the answer stays when [a] is only a lower bound.
static bool stays(int64_t a, enum kss_op relation, int64_t b) {
    switch (relation) {
    case KSS_OP_LT:
    case KSS_OP_LE: return !holds(a, relation, b);
    case KSS_OP_GT:
    case KSS_OP_GE: return holds(a, relation, b);
    default: return a > b;
    }
}

static enum result judge_stack(struct judge *judge, const struct kss_expectation *e) {
    uint64_t bytes;
    if (!kss_stack_figure(judge->log, &judge->digest, e, &bytes)) {
        kss_text_str(&judge->why, "it never ran");
        return judge->given_up ? NOT_JUDGED : FAILED;
    }
    if (kss_log_lower_bound(judge->log) && !stays((int64_t)bytes, e->relation, (int64_t)e->value)) {
        kss_text_str(&judge->why, "at least ");
        kss_text_hex(&judge->why, bytes);
        kss_text_str(&judge->why, ": a frame may be larger than its table says");
        return NOT_JUDGED;
    }
    if (holds((int64_t)bytes, e->relation, (int64_t)e->value))
        return judge->given_up ? NOT_JUDGED : MET;
    kss_say_subject(judge->log, e, &judge->actual);
    kss_text_str(&judge->actual, " == ");
    kss_text_hex(&judge->actual, bytes);
    return FAILED;
}

static enum result judge_status(struct judge *judge, const struct kss_expectation *e) {
    uint32_t count = 0, looked_at = 0;
    for (uint32_t i = 0; i < judge->log->count; i++) {
        const struct kss_event *event = &judge->log->events[i];
        if (event->kind != KSS_EV_RETURN ||
            !kss_log_same_routine(judge->log, event->words[0], e->in))
            continue;
        count++;
        if (e->nth != 0 && e->nth != count)
            continue;
        looked_at++;
        if (holds(narrow(event->words[2]), e->relation, narrow(e->value)))
            continue;
        kss_say_subject(judge->log, e, &judge->actual);
        kss_text_format(&judge->actual, count > 1 || e->nth ? "#%u == " : " == ", count);
        const char *name = kss_status_name((uint32_t)event->words[2]);
        if (name != NULL)
            kss_text_str(&judge->actual, name);
        else
            kss_text_hex(&judge->actual, event->words[2]);
        return FAILED;
    }
    if (looked_at > 0)
        return judge->given_up && e->nth == 0 ? NOT_JUDGED : MET;
    kss_text_format(&judge->why, count ? "it returned only %u times" : "it never returned", count);
    return judge->given_up ? NOT_JUDGED : FAILED;
}

static enum result judge_one(struct judge *judge, const struct kss_expectation *e, uint32_t by) {
    bool calls = e->what == KSS_OUTCOME_STATUS ||
                 (e->what == KSS_OUTCOME_STACK && e->thread == KSS_NO_FRAME);
    if (calls && judge->log->dropped > 0) {
        kss_text_str(&judge->why, "the run made more events than the log keeps");
        return NOT_JUDGED;
    }
    switch (e->what) {
    case KSS_OUTCOME_CLEAN: return judge_clean(judge);
    case KSS_OUTCOME_DEADLOCK: return judge_deadlock(judge, by);
    case KSS_OUTCOME_BUGCHECK: return judge_bugcheck(judge, e, by);
    case KSS_OUTCOME_HAZARD: return judge_hazard(judge, e, by);
    case KSS_OUTCOME_THREAD: return judge_thread(judge, e, by);
    case KSS_OUTCOME_STACK: return judge_stack(judge, e);
    case KSS_OUTCOME_STATUS: return judge_status(judge, e);
    }
    return NOT_JUDGED;
}

// ---- All of them --------------------------------------------------------------------------------

static void tell(struct judge *judge, enum result result, uint32_t place, const char *text) {
    struct kss_machine *machine = judge->session->machine;
    judge->failed += result == FAILED;
    uint32_t actual = judge->actual.length ? kss_text_id(machine, judge->actual.bytes) : 0;
    uint32_t why = judge->why.length ? kss_text_id(machine, judge->why.bytes) : 0;
    kss_emit_at(machine, KSS_EV_EXPECT, place, result, kss_text_id(machine, text), actual, why);
}

static void judge_expectations(struct judge *judge) {
    for (uint32_t i = 0; i < judge->program->expectation_count; i++) {
        const struct kss_expectation *e = &judge->program->expectations[i];
        kss_text_clear(&judge->actual);
        kss_text_clear(&judge->why);
        enum result result = NOT_JUDGED;
        if (e->quantifier != KSS_PLAIN)
            kss_text_str(&judge->why, "one run does not judge it");
        else
            result = judge_one(judge, e, i + 1);
        if (result == NOT_JUDGED && e->quantifier == KSS_PLAIN) {
            judge->unsure = true;
            if (judge->why.length == 0)
                kss_text_str(&judge->why, "the run did not come to its end");
        }
        tell(judge, result, e->place, e->text);
    }
}

// A false ASSERT is a failed expectation; one that fails in a loop is told once.
static void judge_asserts(struct judge *judge) {
    const struct kss_digest *digest = &judge->digest;
    bool *told = KSS_NEW_ARRAY(&judge->session->digest_arena, bool, judge->log->place_count + 1u);
    struct kss_text text = {0};
    for (uint32_t i = 0; i < digest->assert_count; i++) {
        uint32_t place = digest->asserts[i]->place;
        if (place < judge->log->place_count && told[place])
            continue;
        told[place < judge->log->place_count ? place : 0] = true;
        kss_text_clear(&text);
        kss_text_format(&text, "ASSERT(%s)",
                        kss_log_string(judge->log, digest->asserts[i]->words[0]));
        kss_text_clear(&judge->actual);
        kss_text_clear(&judge->why);
        kss_text_str(&judge->why, "it is false at ");
        kss_text_time(&judge->why, digest->asserts[i]->time);
        tell(judge, FAILED, place, text.bytes);
    }
    kss_text_free(&text);
}

// Which expectation covers a finding that explains the stop, 0: none.
static uint32_t explained_by(const struct judge *judge, const struct kss_event *stop) {
    for (uint32_t i = 0; i < judge->digest.finding_count; i++) {
        const struct kss_digest_finding *finding = &judge->digest.findings[i];
        if (finding->expected_by != 0 && speaks_of(finding, stop))
            return finding->expected_by;
    }
    return 0;
}

static void conclude(struct judge *judge) {
    enum { OK, BAD, CANNOT_TELL };
    struct kss_digest *digest = &judge->digest;
    unsigned counts[3] = {0};
    for (uint32_t i = 0; i < digest->finding_count; i++)
        if (digest->findings[i].expected_by == 0)
            counts[digest->findings[i].severity]++;
    bool bad = judge->failed > 0 || counts[KSS_ERROR] > 0 || counts[KSS_WARNING] > 0 ||
               (judge->session->options.strict && counts[KSS_NOTE] > 0);
    if (digest->bugcheck != NULL && digest->stop_expected_by == 0)
        bad = true;
    bool unsure = judge->given_up || judge->unsure;
    uint32_t by = digest->hang != NULL ? explained_by(judge, digest->hang) : 0;
    if (by != 0)
        mark_stop(judge, by);
    if (digest->hang != NULL && digest->stop_expected_by == 0) {
        if (digest->hang->words[0] == HANG_CANNOT_CONTINUE)
            unsure = true;
        else
            bad = true;
    }
    kss_emit(judge->session->machine, KSS_EV_VERDICT,
             bad      ? BAD
             : unsure ? CANNOT_TELL
                      : OK,
             counts[KSS_ERROR], counts[KSS_WARNING], counts[KSS_NOTE]);
}

static struct judge judge_of(struct kss_session *session) {
    struct judge judge = {.session = session, .program = session->program, .log = &session->log};
    kss_arena_free(&session->digest_arena);
    session->digest_made = false;
    judge.digest = kss_digest_make(&session->digest_arena, &session->log);
    const struct kss_event *rest = judge.digest.rest;
    judge.given_up = rest != NULL && rest->words[0] == REST_STEPS;
    return judge;
}

static void adjourn(struct judge *judge) {
    conclude(judge);
    kss_text_free(&judge->actual);
    kss_text_free(&judge->why);
}

void kss_session_judge(struct kss_session *session) {
    struct judge judge = judge_of(session);
    judge_expectations(&judge);
    judge_asserts(&judge);
    adjourn(&judge);
}

void kss_session_expect(struct kss_session *session, const struct kss_expectation *expectation,
                        const char *text) {
    struct judge judge = judge_of(session);
    for (uint32_t i = 0; i < judge.digest.expect_count; i++) {
        judge.failed += judge.digest.expects[i]->words[0] == FAILED;
        judge.unsure |= judge.digest.expects[i]->words[0] == NOT_JUDGED;
    }
    enum result result = FAILED;
    if (expectation != NULL)
        result = judge_one(&judge, expectation, judge.digest.expect_count + 1);
    else
        kss_text_str(&judge.why, "the test says so");
    judge.unsure |= result == NOT_JUDGED;
    tell(&judge, result, 0, text);
    adjourn(&judge);
}
