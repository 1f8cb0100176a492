// SPDX-License-Identifier: MIT
// A brute-force search of all schedules through the choose hook, with nothing but kss/kss.h: the
// flagship scenario with a device that answers after 1 s to 30 s both survives and bug-checks.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include <kss/kss.h>

#include <string.h>

static const char scenario[] =
    "machine x86;\n"
    "routine ReadComplete(PKEVENT done) frame(0x60) {\n"
    "    KeSetEvent(done, IO_NO_INCREMENT, FALSE);\n"
    "}\n"
    "routine mydrv!ReadDispatch() frame(0x148) {\n"
    "    KEVENT done;\n"
    "    KeInitializeEvent(&done, NotificationEvent, FALSE);\n"
    "    after 1s .. 30s dpc ReadComplete(&done);\n"
    "    KeWaitForSingleObject(&done, UserRequest, UserMode, FALSE, NULL);\n"
    "}\n"
    "thread App { mydrv!ReadDispatch(); }\n";

// The choices of one run: the first [fixed] are replayed, the rest are 0 and noted with their
// width.
struct path {
    unsigned choices[64], widths[64], fixed, length;
};

static unsigned choose(void *context, const char *what, unsigned count) {
    struct path *path = context;
    (void)what;
    assert_true(path->length < 64);
    if (path->length >= path->fixed)
        path->choices[path->length] = 0;
    path->widths[path->length] = count;
    return path->choices[path->length++];
}

// The next path in depth-first order: the last choice that has another possibility takes it.
static bool next_path(struct path *path) {
    while (path->length > 0 &&
           path->choices[path->length - 1] + 1 >= path->widths[path->length - 1])
        path->length--;
    if (path->length == 0)
        return false;
    path->choices[path->length - 1]++;
    path->fixed = path->length;
    path->length = 0;
    return true;
}

static void search_finds_both_outcomes(void **state) {
    (void)state;
    struct path path = {.fixed = 0};
    struct kss_options options = {.choose = choose, .choose_context = &path};
    struct kss_session *session =
        kss_open_text("search.kss", scenario, sizeof scenario - 1, &options);
    unsigned runs = 0, stopped = 0, survived = 0;
    do {
        kss_restart(session);
        kss_run(session);
        struct kss_verdict verdict;
        kss_verdict(session, &verdict);
        stopped += verdict.bugchecked && verdict.bugcheck == 0xA;
        survived += !verdict.bugchecked;
        runs++;
    } while (next_path(&path) && runs < 10000);
    kss_close(session);
    assert_true(runs > 1);
    assert_true(runs < 10000);
    assert_int_equal(stopped + survived, runs);
    assert_true(stopped > 0);
    assert_true(survived > 0);
}

// Answers that are no possibility count as 0: the plain run.
static unsigned too_large(void *context, const char *what, unsigned count) {
    ++*(unsigned *)context;
    assert_true(strcmp(what, "thread") == 0 || strcmp(what, "later") == 0 ||
                strcmp(what, "tie") == 0 || strcmp(what, "outswap") == 0);
    return count + 7;
}

static void invalid_answers_are_a_plain_run(void **state) {
    (void)state;
    unsigned asked = 0;
    struct kss_options options = {.choose = too_large, .choose_context = &asked};
    struct kss_session *hooked =
        kss_open_text("search.kss", scenario, sizeof scenario - 1, &options);
    struct kss_session *plain = kss_open_text("search.kss", scenario, sizeof scenario - 1, NULL);
    kss_run(hooked);
    kss_run(plain);
    size_t a, b;
    const char *one = kss_write_jsonl(hooked, &a);
    const char *two = kss_write_jsonl(plain, &b);
    assert_true(asked > 0);
    assert_int_equal(a, b);
    assert_memory_equal(one, two, a);
    kss_close(hooked);
    kss_close(plain);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(search_finds_both_outcomes),
        cmocka_unit_test(invalid_answers_are_a_plain_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
