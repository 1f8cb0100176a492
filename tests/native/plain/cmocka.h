// SPDX-License-Identifier: MIT
// The part of CMocka's interface that the native tests use, for hosts where there is no CMocka: musl
// and cross builds. A failing assertion ends its test, the next one runs.
#ifndef KSS_TESTS_PLAIN_CMOCKA_H
#define KSS_TESTS_PLAIN_CMOCKA_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct CMUnitTest {
    const char *name;
    void (*test_func)(void **state);
    int (*setup_func)(void **state);
    int (*teardown_func)(void **state);
    void *initial_state;
};

static jmp_buf plain_failed;

#define print_message printf
#define print_error   printf
#define _fail         plain_fail
#define fail()        plain_fail(__FILE__, __LINE__)
#define fail_msg(...) (printf(__VA_ARGS__), putchar('\n'), plain_fail(__FILE__, __LINE__))
#define skip()        longjmp(plain_failed, 2)

static inline void plain_fail(const char *file, int line) {
    printf("%s:%d: failed\n", file, line);
    longjmp(plain_failed, 1);
}

static inline void plain_check(int holds, const char *words, const char *file, int line) {
    if (holds)
        return;
    printf("%s\n", words);
    plain_fail(file, line);
}

static inline void plain_equal(uint64_t a, uint64_t b, const char *words, const char *file,
                               int line) {
    if (a == b)
        return;
    printf("%s: 0x%llx, 0x%llx\n", words, (unsigned long long)a, (unsigned long long)b);
    plain_fail(file, line);
}

#define PLAIN(condition)                plain_check((condition) != 0, #condition, __FILE__, __LINE__)
#define assert_true(c)                  PLAIN(c)
#define assert_false(c)                 PLAIN(!(c))
#define assert_null(p)                  PLAIN((p) == NULL)
#define assert_non_null(p)              PLAIN((p) != NULL)
#define assert_ptr_equal(a, b)          PLAIN((const void *)(a) == (const void *)(b))
#define assert_string_equal(a, b)       PLAIN(strcmp((a), (b)) == 0)
#define assert_string_not_equal(a, b)   PLAIN(strcmp((a), (b)) != 0)
#define assert_memory_equal(a, b, size) PLAIN(memcmp((a), (b), (size)) == 0)
#define assert_int_equal(a, b)                                                                     \
    plain_equal((uint64_t)(a), (uint64_t)(b), #a " == " #b, __FILE__, __LINE__)
#define assert_int_not_equal(a, b) PLAIN((uint64_t)(a) != (uint64_t)(b))
#define assert_in_range(v, low, high)                                                              \
    PLAIN((uint64_t)(v) >= (uint64_t)(low) && (uint64_t)(v) <= (uint64_t)(high))

#define cmocka_unit_test(f)                                                                        \
    { #f, f, NULL, NULL, NULL }
#define cmocka_unit_test_setup_teardown(f, setup, teardown)                                        \
    { #f, f, setup, teardown, NULL }
#define cmocka_unit_test_teardown(f, teardown)                                                     \
    { #f, f, NULL, teardown, NULL }
#define cmocka_unit_test_prestate_setup_teardown(f, s, t, p)                                       \
    { #f, f, s, t, p }
#define cmocka_run_group_tests_name(group, tests, setup, teardown)                                 \
    plain_run(group, tests, sizeof(tests) / sizeof(tests)[0])
#define cmocka_run_group_tests(tests, setup, teardown)                                             \
    plain_run(#tests, tests, sizeof(tests) / sizeof(tests)[0])

static inline int plain_run(const char *group, const struct CMUnitTest *tests, size_t count) {
    volatile size_t failed = 0;
    for (volatile size_t i = 0; i < count; i++) {
        void *state = tests[i].initial_state;
        int outcome = setjmp(plain_failed);
        if (outcome == 0) {
            if (tests[i].setup_func != NULL)
                tests[i].setup_func(&state);
            tests[i].test_func(&state);
        }
        printf("%s %s\n", outcome == 1 ? "FAILED" : "ok", tests[i].name);
        failed += outcome == 1;
        if (tests[i].teardown_func != NULL)
            tests[i].teardown_func(&state);
    }
    printf("%s: %u tests, %u failed\n", group, (unsigned)count, (unsigned)failed);
    return failed != 0;
}

#endif
