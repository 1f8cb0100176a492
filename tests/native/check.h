// SPDX-License-Identifier: MIT
// CMocka for the tests of the bottom of native mode; or, with KSS_NO_CMOCKA, the few words of it that
// they use, for hosts that have none (musl, cross builds). Then the first failure ends the program.
#ifndef KSS_TESTS_NATIVE_CHECK_H
#define KSS_TESTS_NATIVE_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "native/sanitize.h"

static inline int under_valgrind(void) {
#ifdef KSS_VALGRIND
    return RUNNING_ON_VALGRIND != 0;
#else
    return 0;
#endif
}

#ifndef KSS_NO_CMOCKA

#include <cmocka.h>

#else

struct CMUnitTest {
    const char *name;
    void (*test)(void **state);
};

static inline void check(int true_, const char *words, const char *file, int line) {
    if (!true_) {
        printf("%s:%d: failed: %s\n", file, line, words);
        exit(1);
    }
}

static inline int run_checks(const char *group, const struct CMUnitTest *tests, size_t count) {
    void *state = NULL;
    for (size_t i = 0; i < count; i++)
        tests[i].test(&state);
    printf("%s: %u passed\n", group, (unsigned)count);
    return 0;
}

#define CHECK(e) check((e) != 0, #e, __FILE__, __LINE__)
#define cmocka_unit_test(f)                                                                        \
    { #f, f }
#define assert_true(e)            CHECK(e)
#define assert_false(e)           CHECK(!(e))
#define assert_int_equal(a, b)    CHECK((intmax_t)(a) == (intmax_t)(b))
#define assert_ptr_equal(a, b)    CHECK((const void *)(a) == (const void *)(b))
#define assert_non_null(p)        CHECK((p) != NULL)
#define assert_null(p)            CHECK((p) == NULL)
#define assert_string_equal(a, b) CHECK(strcmp((a), (b)) == 0)
#define cmocka_run_group_tests_name(name, tests, setup, teardown)                                  \
    run_checks(name, tests, sizeof(tests) / sizeof *(tests))

#endif

// Lines of the process's list of mappings: what leaks shows here. 0 where there is no such list, and
// under valgrind, whose own mappings come and go in it.
static inline unsigned mappings(void) {
    if (under_valgrind())
        return 0;
    FILE *list = fopen("/proc/self/maps", "r");
    unsigned lines = 0;
    for (int c; list != NULL && (c = fgetc(list)) != EOF;)
        lines += c == '\n';
    if (list != NULL)
        fclose(list);
    return lines;
}

#endif
