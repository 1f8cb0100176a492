// SPDX-License-Identifier: MIT
// A session through kss/kss.h: running, judging, exit statuses, blessing.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "corpus.h"
#include "session/session.h"

#include <kss/kss.h>

#include <string.h>

#define FLAGSHIP(mode)                                                                             \
    "// A user-mode wait lets this stack leave memory.\n"                                          \
    "machine x86;\n"                                                                               \
    "routine ReadComplete(PKEVENT done) frame(0x60) {\n"                                           \
    "    KeSetEvent(done, IO_NO_INCREMENT, FALSE);\n"                                              \
    "}\n"                                                                                          \
    "routine mydrv!ReadDispatch() frame(0x148) {\n"                                                \
    "    KEVENT done;\n"                                                                           \
    "    KeInitializeEvent(&done, NotificationEvent, FALSE);\n"                                    \
    "    after 30s dpc ReadComplete(&done);\n"                                                     \
    "    KeWaitForSingleObject(&done, UserRequest, " mode ", FALSE, NULL);\n"                      \
    "}\n"                                                                                          \
    "thread App { mydrv!ReadDispatch(); }\n"
#define HAZARD "expect hazard stack-object-user-wait in mydrv!ReadDispatch;\n"
#define STOP   "expect bugcheck IRQL_NOT_LESS_OR_EQUAL (_, 2, _, _);\n"

#define SLEEPER                                                                                    \
    "routine Sleep() frame(0x40) {\n"                                                              \
    "    KEVENT never;\n"                                                                          \
    "    KeInitializeEvent(&never, NotificationEvent, FALSE);\n"                                   \
    "    KeWaitForSingleObject(&never, Executive, KernelMode, FALSE, NULL);\n"                     \
    "}\n"                                                                                          \
    "thread App { Sleep(); }\n"

#define STATUSES                                                                                   \
    "NTSTATUS Answer(ULONG n) frame(0x20) {\n"                                                     \
    "    return n == 2 ? STATUS_INVALID_PARAMETER : STATUS_SUCCESS;\n"                             \
    "}\n"                                                                                          \
    "routine Ask() frame(0x30) { Answer(1); Answer(2); Answer(3); }\n"                             \
    "thread App { Ask(); }\n"

static struct kss_session *open_with(const char *text, const struct kss_options *options) {
    struct kss_session *session = kss_open_text("test.kss", text, strlen(text), options);
    if (!kss_loaded(session))
        print_message("%s", kss_diagnostics(session));
    assert_true(kss_loaded(session));
    return session;
}

static int status_of(const char *text) {
    struct kss_session *session = open_with(text, NULL);
    int status = kss_run(session);
    kss_close(session);
    return status;
}

// ---- The flagship -------------------------------------------------------------------------------

static void flagship_meets_its_expectations(void **state) {
    (void)state;
    struct kss_session *session = open_with(FLAGSHIP("UserMode") HAZARD STOP, NULL);
    assert_int_equal(kss_run(session), KSS_OK);
    struct kss_verdict verdict;
    kss_verdict(session, &verdict);
    assert_true(verdict.bugchecked);
    assert_int_equal(verdict.bugcheck, 0xA);
    assert_string_equal(verdict.bugcheck_name, "IRQL_NOT_LESS_OR_EQUAL");
    assert_int_equal(verdict.parameters[1], 2);
    assert_string_equal(verdict.bugcheck_routine, "test!ReadComplete");
    assert_string_equal(verdict.end, "bugcheck");
    assert_int_equal(verdict.time, 300000000);
    assert_int_equal(verdict.met, 2);
    assert_int_equal(verdict.errors, 0);
    struct kss_finding_info finding;
    assert_int_equal(kss_finding_count(session), 1);
    assert_true(kss_finding_at(session, 0, &finding));
    assert_string_equal(finding.id, "KSS2001");
    assert_string_equal(finding.name, "stack-object-user-wait");
    assert_string_equal(finding.severity, "error");
    assert_string_equal(finding.routine, "mydrv!ReadDispatch");
    assert_int_equal(finding.line, 10);
    assert_true(finding.expected);
    assert_true(finding.cause_count >= 2);
    uint64_t before = 0;
    for (size_t i = 0; i < finding.cause_count; i++) {
        struct kss_cause_info cause;
        assert_true(kss_cause_at(session, 0, i, &cause));
        assert_true(cause.time >= before);
        before = cause.time;
    }
    assert_false(kss_finding_at(session, 1, &finding));
    struct kss_stack_use use;
    assert_true(kss_stack_use(session, "App", &use));
    assert_int_equal(use.size, 0x3000);
    assert_int_equal(use.used, 0x210 + 0x8C + 0x148);
    assert_int_equal(use.left, use.size - use.used);
    assert_int_equal(use.drivers, 0x148);
    assert_string_equal(use.routine, "mydrv!ReadDispatch");
    assert_false(kss_stack_use(session, "Nobody", &use));
    kss_close(session);
}

static void what_is_not_expected_fails(void **state) {
    (void)state;
    assert_int_equal(status_of(FLAGSHIP("UserMode")), KSS_FAILED);
    assert_int_equal(status_of(FLAGSHIP("UserMode") HAZARD), KSS_FAILED); // the bug check
    assert_int_equal(status_of(FLAGSHIP("UserMode") "expect clean;\n"), KSS_FAILED);
    assert_int_equal(status_of(FLAGSHIP("KernelMode")), KSS_OK);
    assert_int_equal(status_of(FLAGSHIP("KernelMode") "expect clean;\n"), KSS_OK);
    assert_int_equal(status_of(FLAGSHIP("KernelMode") HAZARD), KSS_FAILED);
    assert_int_equal(status_of(FLAGSHIP("KernelMode") STOP), KSS_FAILED);
}

// The finding that foretold the stop is expected with it: the touch is its cause.
static void a_bug_check_covers_the_finding_that_explains_it(void **state) {
    (void)state;
    assert_int_equal(status_of(FLAGSHIP("UserMode") STOP), KSS_OK);
    assert_int_equal(status_of(FLAGSHIP("UserMode") "expect bugcheck 0xA in ReadComplete;\n"),
                     KSS_OK);
    assert_int_equal(status_of(FLAGSHIP("UserMode") "expect bugcheck;\n"), KSS_OK);
    assert_int_equal(
        status_of(FLAGSHIP("UserMode") "expect bugcheck IRQL_NOT_LESS_OR_EQUAL (_, 3, _, _);\n"),
        KSS_FAILED);
    assert_int_equal(status_of(FLAGSHIP("UserMode") "expect bugcheck 0xD1;\n"), KSS_FAILED);
    assert_int_equal(status_of(FLAGSHIP("UserMode") "expect bugcheck 0xA in mydrv!ReadDispatch;\n"),
                     KSS_FAILED);
}

static void hazards_are_judged_by_routine(void **state) {
    (void)state;
    assert_int_equal(status_of(FLAGSHIP("UserMode") STOP "expect hazard stack-object-user-wait;\n"),
                     KSS_OK);
    assert_int_equal(status_of(FLAGSHIP("UserMode") STOP
                               "expect hazard stack-object-user-wait in ReadComplete;\n"),
                     KSS_FAILED);
}

// ---- Other expectations -------------------------------------------------------------------------

static void waiting_for_ever_can_be_expected(void **state) {
    (void)state;
    assert_int_equal(status_of(SLEEPER), KSS_FAILED); // KSS7002 is a warning
    assert_int_equal(status_of(SLEEPER "expect deadlock;\n"), KSS_OK);
    assert_int_equal(status_of(SLEEPER "expect thread App waits;\n"), KSS_OK);
    assert_int_equal(status_of(SLEEPER "expect thread App exits;\n"), KSS_FAILED);
    assert_int_equal(status_of(SLEEPER "expect hazard wait-never-satisfied in Sleep;\n"), KSS_OK);
    assert_int_equal(status_of(FLAGSHIP("KernelMode") "expect thread App exits;\n"), KSS_OK);
    assert_int_equal(status_of(FLAGSHIP("KernelMode") "expect thread App waits;\n"), KSS_FAILED);
    assert_int_equal(status_of(FLAGSHIP("KernelMode") "expect deadlock;\n"), KSS_FAILED);
}

#define SPINNER                                                                                    \
    "ULONG Flag;\n"                                                                                \
    "routine Look() frame(0x20) { while (Flag == 0) ; }\n"                                         \
    "thread App { Look(); }\n"
#define RECURSION                                                                                  \
    "KSPIN_LOCK Lock;\n"                                                                           \
    "routine Twice() frame(0x20) {\n"                                                              \
    "    KIRQL old;\n"                                                                             \
    "    KeInitializeSpinLock(&Lock);\n"                                                           \
    "    KeAcquireSpinLock(&Lock, &old);\n"                                                        \
    "    KeAcquireSpinLock(&Lock, &old);\n"                                                        \
    "}\n"                                                                                          \
    "thread App { Twice(); }\n"
#define AT_DISPATCH                                                                                \
    "KEVENT Ready;\n"                                                                              \
    "routine Block() frame(0x20) {\n"                                                              \
    "    KIRQL old;\n"                                                                             \
    "    KeInitializeEvent(&Ready, NotificationEvent, FALSE);\n"                                   \
    "    KeRaiseIrql(DISPATCH_LEVEL, &old);\n"                                                     \
    "    KeWaitForSingleObject(&Ready, Executive, KernelMode, FALSE, NULL);\n"                     \
    "}\n"                                                                                          \
    "thread App { Block(); }\n"

static void hangs_can_be_expected(void **state) {
    (void)state;
    assert_int_equal(status_of(SPINNER), KSS_FAILED);
    assert_int_equal(status_of(SPINNER "expect deadlock;\n"), KSS_OK);
    assert_int_equal(status_of(SPINNER "expect clean;\n"), KSS_FAILED);
    assert_int_equal(status_of(RECURSION), KSS_FAILED);
    assert_int_equal(status_of(RECURSION "expect deadlock;\n"), KSS_OK);
    assert_int_equal(status_of(RECURSION "expect hazard spin-lock-recursion in Twice;\n"), KSS_OK);
    assert_int_equal(status_of(AT_DISPATCH), KSS_FAILED); // KSS4002
    assert_int_equal(status_of(AT_DISPATCH "expect hazard blocking-wait-at-dispatch;\n"), KSS_OK);
    assert_int_equal(status_of(AT_DISPATCH "expect deadlock;\n"), KSS_FAILED);
}

static void stacks_are_judged_from_base(void **state) {
    (void)state;
    const char *good[] = {"expect stack App == 0x3E4;\n", "expect stack App < 1K;\n",
                          "expect stack mydrv!ReadDispatch == 0x3E4;\n", "expect stack App != 0;\n",
                          "expect stack App >= 0x3E4;\n"};
    const char *bad[] = {"expect stack App == 0x3E0;\n", "expect stack App > 0x3E4;\n",
                         "expect stack mydrv!ReadDispatch < 0x3E4;\n"};
    char text[2048];
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        strcpy(text, FLAGSHIP("KernelMode"));
        assert_int_equal(status_of(strcat(text, good[i])), KSS_OK);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        strcpy(text, FLAGSHIP("KernelMode"));
        assert_int_equal(status_of(strcat(text, bad[i])), KSS_FAILED);
    }
}

static void statuses_are_judged_by_return(void **state) {
    (void)state;
    assert_int_equal(status_of(STATUSES "expect status Answer#1 == STATUS_SUCCESS;\n"), KSS_OK);
    assert_int_equal(status_of(STATUSES "expect status Answer#2 == STATUS_INVALID_PARAMETER;\n"),
                     KSS_OK);
    assert_int_equal(status_of(STATUSES "expect status Answer#2 < 0;\n"), KSS_OK);
    assert_int_equal(status_of(STATUSES "expect status Answer#4 == STATUS_SUCCESS;\n"), KSS_FAILED);
    assert_int_equal(status_of(STATUSES "expect status Answer == STATUS_SUCCESS;\n"), KSS_FAILED);
    assert_int_equal(status_of(STATUSES "expect status Answer <= 0;\n"), KSS_OK);
}

static void quantified_expectations_are_not_judged(void **state) {
    (void)state;
    struct kss_session *session = open_with(
        FLAGSHIP("KernelMode") "expect always bugcheck;\nexpect sometimes deadlock;\n", NULL);
    assert_int_equal(kss_run(session), KSS_OK);
    struct kss_verdict verdict;
    kss_verdict(session, &verdict);
    assert_int_equal(verdict.not_judged, 2);
    kss_close(session);
}

static void a_false_assert_fails_and_the_run_goes_on(void **state) {
    (void)state;
    struct kss_session *session =
        open_with("routine R() frame(0x20) { for (int i = 0; i < 3; i++) ASSERT(i < 1); }\n"
                  "thread App { R(); }\nexpect thread App exits;\n",
                  NULL);
    assert_int_equal(kss_run(session), KSS_FAILED);
    struct kss_verdict verdict;
    kss_verdict(session, &verdict);
    assert_int_equal(verdict.failed, 1); // told once
    assert_int_equal(verdict.met, 1);
    kss_close(session);
}

static void strict_counts_notes(void **state) {
    (void)state;
    const char *text = "routine Big() frame(0x500) { }\nthread App { Big(); }\n";
    struct kss_options strict = {.strict = true};
    struct kss_session *session = open_with(text, NULL);
    assert_int_equal(kss_run(session), KSS_OK);
    struct kss_verdict verdict;
    kss_verdict(session, &verdict);
    assert_int_equal(verdict.notes, 1);
    kss_close(session);
    session = open_with(text, &strict);
    assert_int_equal(kss_run(session), KSS_FAILED);
    kss_close(session);
}

// ---- Bounds -------------------------------------------------------------------------------------

static void a_bound_that_is_hit_cannot_tell(void **state) {
    (void)state;
    const char *loop = "routine Loop() frame(0x20) { ULONG i = 0; while (TRUE) i++; }\n"
                       "thread App { Loop(); }\n";
    struct kss_options options = {.max_steps = 10000};
    struct kss_session *session = open_with(loop, &options);
    assert_int_equal(kss_run(session), KSS_CANNOT_TELL);
    struct kss_verdict verdict;
    kss_verdict(session, &verdict);
    assert_string_equal(verdict.end, "steps");
    assert_int_equal(verdict.steps, 10000);
    kss_close(session);
}

static void bad_input_runs_nothing(void **state) {
    (void)state;
    struct kss_session *session = kss_open_text("bad.kss", "thread App { Nope(); }", 22, NULL);
    assert_false(kss_loaded(session));
    assert_int_equal(kss_run(session), KSS_BAD_INPUT);
    assert_non_null(strstr(kss_diagnostics(session), "bad.kss:1:14"));
    assert_int_equal(kss_event_count(session), 0);
    assert_false(kss_step(session, 1));
    kss_close(session);
    session = kss_open_file("no/such/file.kss", NULL);
    assert_false(kss_loaded(session));
    assert_true(strlen(kss_diagnostics(session)) > 0);
    kss_close(session);
    struct kss_options options = {.machine = "pdp11"};
    session = kss_open_text("ok.kss", "thread App { }", 14, &options);
    assert_false(kss_loaded(session));
    kss_close(session);
}

static void options_override_the_scenario(void **state) {
    (void)state;
    struct kss_options options = {.machine = "x64", .swap = "never"};
    struct kss_session *session = open_with(FLAGSHIP("UserMode") HAZARD, &options);
    assert_int_equal(kss_run(session), KSS_OK); // nothing leaves memory
    struct kss_stack_use use;
    assert_true(kss_stack_use(session, "App", &use));
    assert_int_equal(use.size, 0x6000);
    kss_close(session);
}

static void steps_and_a_run_give_the_same_events(void **state) {
    (void)state;
    struct kss_options options = {.all_events = true};
    struct kss_session *a = open_with(FLAGSHIP("UserMode") HAZARD STOP, &options);
    struct kss_session *b = open_with(FLAGSHIP("UserMode") HAZARD STOP, &options);
    assert_int_equal(kss_run(a), KSS_OK);
    while (kss_step(b, 1))
        ;
    size_t length_a, length_b;
    const char *text_a = kss_write_jsonl(a, &length_a), *text_b = kss_write_jsonl(b, &length_b);
    assert_int_equal(length_a, length_b);
    assert_memory_equal(text_a, text_b, length_a);
    assert_true(length_a > 1000);
    uint32_t before = 0;
    for (size_t i = 0; i < kss_event_count(a); i++) {
        struct kss_event_info event;
        assert_true(kss_event_at(a, i, &event));
        assert_true(i == 0 || event.sequence > before);
        before = event.sequence;
    }
    kss_close(a);
    kss_close(b);
}

// ---- Bless --------------------------------------------------------------------------------------

static void bless(const char *before, const char *after) {
    const char *text = before;
    struct kss_text out = {0};
    for (int round = 0; round < 2; round++) { // the second changes nothing
        struct kss_session *session = open_with(text, NULL);
        kss_run(session);
        bool changed;
        struct kss_text now = {0};
        assert_null(kss_session_bless(session, &now, &changed));
        assert_string_equal(now.bytes, after);
        assert_int_equal(changed, strcmp(text, after) != 0);
        if (round == 1)
            assert_false(changed);
        kss_close(session);
        kss_text_free(&out);
        out = now;
        text = out.bytes;
    }
    struct kss_session *session = open_with(text, NULL);
    assert_int_equal(kss_run(session), KSS_OK);
    kss_close(session);
    kss_text_free(&out);
}

#define BLESSED HAZARD "expect bugcheck IRQL_NOT_LESS_OR_EQUAL (_, 2, 0, _) in ReadComplete;"

static void bless_replaces_the_items_where_the_first_stood(void **state) {
    (void)state;
    bless(FLAGSHIP("UserMode") "// before\n"
                               "expect clean; // why\n"
                               "// between\n"
                               "  expect thread App exits;\n"
                               "expect always bugcheck;\n"
                               "// after\n",
          FLAGSHIP("UserMode") "// before\n" BLESSED " // why\n"
                               "// between\n"
                               "expect always bugcheck;\n"
                               "// after\n");
}

static void bless_appends_where_there_was_nothing(void **state) {
    (void)state;
    bless(FLAGSHIP("KernelMode"), FLAGSHIP("KernelMode") "\nexpect clean;\n");
    bless("thread App { }", "thread App { }\n\nexpect clean;\n");
}

static void bless_keeps_what_is_true_and_corrects_figures(void **state) {
    (void)state;
    bless(FLAGSHIP("KernelMode") "expect stack App < 0x400;\n"
                                 "expect stack mydrv!ReadDispatch == 1;\n"
                                 "expect thread App waits;\n",
          FLAGSHIP("KernelMode") "expect clean;\n"
                                 "expect stack App < 0x400;\n"
                                 "expect stack mydrv!ReadDispatch == 0x3E4;\n"
                                 "expect thread App exits;\n");
}

static void bless_refuses_what_did_not_end(void **state) {
    (void)state;
    const char *loop = "routine L() frame(0x20) { ULONG i = 0; while (TRUE) i++; }\n"
                       "thread App { L(); }\n";
    struct kss_options options = {.max_steps = 1000};
    struct kss_session *session = open_with(loop, &options);
    kss_run(session);
    bool changed;
    struct kss_text out = {0};
    assert_non_null(kss_session_bless(session, &out, &changed));
    kss_text_free(&out);
    kss_close(session);
}

// Whatever a scenario does, what blessing writes about it is true and stays as it is.
static void every_scenario_can_be_blessed(void **state) {
    (void)state;
    struct kss_arena arena = {0};
    struct corpus corpus = corpus_of(&arena, "scenarios");
    unsigned changes = 0;
    for (unsigned i = 0; i < corpus.count; i++) {
        struct kss_text first = {0}, second = {0};
        bool changed;
        struct kss_session *session = kss_open_file(corpus.paths[i], NULL);
        kss_run(session);
        assert_null(kss_session_bless(session, &first, &changed));
        changes += changed;
        kss_close(session);
        session = kss_open_text(corpus.paths[i], first.bytes, first.length, NULL);
        int status = kss_run(session);
        const char *reason = kss_session_bless(session, &second, &changed);
        if (status != KSS_OK || reason != NULL || changed) {
            print_message("%s blessed is\n%s\n%s\n%s", corpus.paths[i], first.bytes,
                          kss_diagnostics(session), kss_write_text(session, false, NULL));
            fail();
        }
        kss_close(session);
        kss_text_free(&first);
        kss_text_free(&second);
    }
    assert_true(changes > 0);
    kss_arena_free(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flagship_meets_its_expectations),
        cmocka_unit_test(what_is_not_expected_fails),
        cmocka_unit_test(a_bug_check_covers_the_finding_that_explains_it),
        cmocka_unit_test(hazards_are_judged_by_routine),
        cmocka_unit_test(waiting_for_ever_can_be_expected),
        cmocka_unit_test(hangs_can_be_expected),
        cmocka_unit_test(stacks_are_judged_from_base),
        cmocka_unit_test(statuses_are_judged_by_return),
        cmocka_unit_test(quantified_expectations_are_not_judged),
        cmocka_unit_test(a_false_assert_fails_and_the_run_goes_on),
        cmocka_unit_test(strict_counts_notes),
        cmocka_unit_test(a_bound_that_is_hit_cannot_tell),
        cmocka_unit_test(bad_input_runs_nothing),
        cmocka_unit_test(options_override_the_scenario),
        cmocka_unit_test(steps_and_a_run_give_the_same_events),
        cmocka_unit_test(bless_replaces_the_items_where_the_first_stood),
        cmocka_unit_test(bless_appends_where_there_was_nothing),
        cmocka_unit_test(bless_keeps_what_is_true_and_corrects_figures),
        cmocka_unit_test(bless_refuses_what_did_not_end),
        cmocka_unit_test(every_scenario_can_be_blessed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
