// SPDX-License-Identifier: MIT
// The text report and its parts: recursion periods, depth tables, headroom, what would fit.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "report/private.h"

#include <kss/kss.h>

#include <string.h>

// ---- Recursion periods --------------------------------------------------------------------------

// What kss_find_repeat must find, by trying every period at every place.
static struct kss_repeat by_trying(const struct kss_digest_row *path, uint32_t count) {
    struct kss_repeat best = {0};
    for (uint32_t period = 1; period < count; period++)
        for (uint32_t i = 0; i + period < count;) {
            uint32_t j = i;
            while (j + period < count && path[j].symbol == path[j + period].symbol &&
                   path[j].bytes == path[j + period].bytes)
                j++;
            uint32_t rows = j - i + period;
            if (j - i >= period && (best.period == 0 || rows > best.rows))
                best = (struct kss_repeat){.first = i, .period = period, .rows = rows};
            i = j + 1;
        }
    return best;
}

static void periods_are_those_of_a_plain_search(void **state) {
    (void)state;
    uint32_t seed = 12345;
    for (int round = 0; round < 20000; round++) {
        struct kss_digest_row path[24] = {{0}};
        seed = seed * 1664525 + 1013904223;
        uint32_t count = seed >> 16 & 15, letters = 1 + (seed >> 24) % 3;
        count += seed >> 28;
        for (uint32_t i = 0; i < count && i < 24; i++) {
            seed = seed * 1664525 + 1013904223;
            path[i].symbol = (seed >> 16) % letters;
            path[i].bytes = 16;
        }
        count = count < 24 ? count : 24;
        struct kss_repeat found = kss_find_repeat(path, count), tried = by_trying(path, count);
        assert_int_equal(found.first, tried.first);
        assert_int_equal(found.period, tried.period);
        assert_int_equal(found.rows, tried.rows);
        assert_int_equal(found.bytes, found.period * 16);
    }
}

static void equal_names_of_other_sizes_do_not_repeat(void **state) {
    (void)state;
    struct kss_digest_row path[] = {
        {.symbol = 1, .bytes = 16}, {.symbol = 1, .bytes = 32}, {.symbol = 1, .bytes = 48}};
    assert_int_equal(kss_find_repeat(path, 3).period, 0);
    assert_int_equal(kss_find_repeat(path, 0).period, 0);
}

static void long_paths_are_quick(void **state) {
    (void)state;
    enum { ROWS = 200000 };
    struct kss_digest_row *path = calloc(ROWS, sizeof *path);
    for (uint32_t i = 0; i < ROWS; i++)
        path[i] = (struct kss_digest_row){.symbol = i % 11, .bytes = 8 + i % 11};
    path[7].symbol = 99;
    struct kss_repeat repeat = kss_find_repeat(path, ROWS);
    assert_int_equal(repeat.first, 8);
    assert_int_equal(repeat.period, 11);
    assert_int_equal(repeat.rows, ROWS - 8);
    free(path);
}

// ---- Reports ------------------------------------------------------------------------------------

static struct kss_session *ran(const char *text, int status) {
    struct kss_session *session = kss_open_text("test.kss", text, strlen(text), NULL);
    if (!kss_loaded(session))
        print_message("%s", kss_diagnostics(session));
    assert_int_equal(kss_run(session), status);
    return session;
}

static void assert_says(struct kss_session *session, bool verbose, const char *const *lines) {
    const char *report = kss_write_text(session, verbose, NULL);
    for (; *lines != NULL; lines++)
        if (strstr(report, *lines) == NULL) {
            print_message("missing: %s\nin:\n%s", *lines, report);
            fail();
        }
}

static unsigned lines_of(const char *text) {
    unsigned count = 0;
    for (; *text != '\0'; text++)
        count += *text == '\n';
    return count;
}

#define NEST(depth)                                                                                \
    "machine x86;\n"                                                                               \
    "routine Nest(ULONG n) frame(1024) { if (n > 1) Nest(n - 1); }\n"                              \
    "thread App { Nest(" depth "); }\n"

static void what_passed_takes_few_lines(void **state) {
    (void)state;
    struct kss_session *session = ran("// One frame.\nmachine x86;\nroutine R() frame(0x40) { }\n"
                                      "thread App { R(); }\nexpect clean;\n",
                                      KSS_OK);
    const char *report = kss_write_text(session, false, NULL);
    assert_true(lines_of(report) <= 4);
    assert_says(session, false,
                (const char *const[]){"PASS  test.kss\n", "One frame.\n",
                                      "x86: thread App used 0x2DC of 0x3000 bytes\n", NULL});
    kss_close(session);
}

static void eleven_frames_fit_with_356_bytes_left(void **state) {
    (void)state;
    struct kss_session *session = ran(NEST("11"), KSS_FAILED); // KSS1002
    assert_says(
        session, false,
        (const char *const[]){
            "warning[KSS1002]", "thread App: used 0x2E9C of 0x3000 bytes\n",
            "0x2E9C    0x400  given     test!Nest\n", "0x29C     0x8C  machine   trap frame\n",
            "0x210    0x210  machine   top-of-stack save area\n",
            "recursion: period 0x400, 1 frame per turn, 11 turns\n",
            "10 more turns of this frame\n", "modules: 0x2C00 of it is theirs: test 0x2C00\n",
            "left: 0x164; 0xD8 under an interrupt; short by 0x660 while an exception", NULL});
    kss_close(session);
}

static void twelve_overflow_and_the_report_says_what_would_fit(void **state) {
    (void)state;
    struct kss_session *session = ran(NEST("12"), KSS_FAILED);
    assert_says(session, false,
                (const char *const[]){
                    "FAIL  test.kss\n", "error[KSS1001]", "*** STOP: 0x0000007F (0x8, ",
                    "UNEXPECTED_KERNEL_MODE_TRAP",
                    "thread App: needed 0x329C of 0x3000 bytes, 0x29C too many; test!Nest crossed",
                    "fits: with at most 11 turns of the recursion\n",
                    "fits: with the locals in pool of test!Nest (",
                    "fits: when test!Nest (depth 0x",
                    "calls on through KeExpandKernelStackAndCallout: up to 0xE800 bytes", NULL});
    kss_close(session);
}

static void failed_expectations_are_told_in_the_language(void **state) {
    (void)state;
    struct kss_session *session = ran("machine x86;\nroutine R() frame(0x40) { }\n"
                                      "thread App { R(); }\n"
                                      "expect bugcheck 0xA in R;\n"
                                      "expect stack App < 0x100;\n",
                                      KSS_FAILED);
    assert_says(session, false,
                (const char *const[]){"FAIL test.kss:4:1\n", "script  expect bugcheck 0xA in R;\n",
                                      "actual  expect clean;\n",
                                      "why     the run ended at 0.000 s with every thread gone\n",
                                      "next    kss run --bless test.kss", "FAIL test.kss:5:1\n",
                                      "actual  expect stack App == 0x2DC;\n", NULL});
    kss_close(session);
}

static void verbose_has_the_event_log_and_the_tables(void **state) {
    (void)state;
    const char *text = "machine x86;\nroutine R() frame(0x40) { DbgPrint(\"hello\"); }\n"
                       "thread App { R(); }\nexpect clean;\n";
    struct kss_options options = {.all_events = true};
    struct kss_session *session = kss_open_text("test.kss", text, strlen(text), &options);
    assert_int_equal(kss_run(session), KSS_OK);
    assert_says(session, true,
                (const char *const[]){
                    "call", " routine test!R, bytes 0x40, used 0x2DC, origin given", "print",
                    "text hello", "test.kss:2:", "thread App: used 0x2DC of 0x3000 bytes\n",
                    "not counted: stack that nt's own routines take", NULL});
    kss_close(session);
}

static void a_stop_line_says_what_its_parameters_mean(void **state) {
    (void)state;
    struct kss_session *session =
        ran("machine x86;\n"
            "routine ReadComplete(PKEVENT done) frame(0x60) {\n"
            "    KeSetEvent(done, IO_NO_INCREMENT, FALSE);\n"
            "}\n"
            "routine mydrv!ReadDispatch() frame(0x148) {\n"
            "    KEVENT done;\n"
            "    KeInitializeEvent(&done, NotificationEvent, FALSE);\n"
            "    after 30s dpc ReadComplete(&done);\n"
            "    KeWaitForSingleObject(&done, UserRequest, UserMode, FALSE, NULL);\n"
            "}\n"
            "thread App { mydrv!ReadDispatch(); }\n",
            KSS_FAILED);
    assert_says(session, false,
                (const char *const[]){
                    "error[KSS2001]", "--> test.kss:9:5", "= next: kss explain KSS2001",
                    "x86: kernel stacks of 12,288 bytes (3 pages of 4,096)",
                    "*** STOP: 0x0000000A (0x", ", 0x2, 0x0, 0x", ") IRQL_NOT_LESS_OR_EQUAL\n",
                    "    P2 0x2  IRQL\n", "address touched: done",
                    "    at 30.000 s in test!ReadComplete, nt!KeSetEvent at work, DISPATCH_LEVEL "
                    "(test.kss:3:5)\n",
                    "DPC stack: used 0x", "policy ", "not expected: the bug check, 1 error\n",
                    NULL});
    kss_close(session);
}

static void a_report_is_a_function_of_the_log(void **state) {
    (void)state;
    struct kss_session *session = ran(NEST("11"), KSS_FAILED);
    size_t length;
    const char *report = kss_write_text(session, true, &length);
    char *first = malloc(length + 1);
    memcpy(first, report, length + 1);
    assert_string_equal(first, kss_write_text(session, true, NULL));
    free(first);
    kss_close(session);
}

static void suites_count_and_name(void **state) {
    (void)state;
    struct kss_text out = {0};
    struct kss_suite_row rows[] = {{"a.kss", KSS_OK},
                                   {"b.kss", KSS_FAILED},
                                   {"c.kss", KSS_CANNOT_TELL},
                                   {"d.kss", KSS_BAD_INPUT}};
    kss_report_suite(rows, 4, false, &out);
    assert_string_equal(out.bytes, "  FAIL    b.kss\n  ERROR   d.kss\n  UNSURE  c.kss\n"
                                   "4 scenarios: 1 passed, 1 failed, 1 with errors, 1 undecided\n");
    kss_text_free(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(periods_are_those_of_a_plain_search),
        cmocka_unit_test(equal_names_of_other_sizes_do_not_repeat),
        cmocka_unit_test(long_paths_are_quick),
        cmocka_unit_test(what_passed_takes_few_lines),
        cmocka_unit_test(eleven_frames_fit_with_356_bytes_left),
        cmocka_unit_test(twelve_overflow_and_the_report_says_what_would_fit),
        cmocka_unit_test(failed_expectations_are_told_in_the_language),
        cmocka_unit_test(verbose_has_the_event_log_and_the_tables),
        cmocka_unit_test(a_stop_line_says_what_its_parameters_mean),
        cmocka_unit_test(a_report_is_a_function_of_the_log),
        cmocka_unit_test(suites_count_and_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
