// SPDX-License-Identifier: MIT
#include "base/text.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static unsigned distance(const char *a, const char *b, unsigned limit) {
    unsigned there = kss_edit_distance(a, strlen(a), b, strlen(b), limit);
    unsigned back = kss_edit_distance(b, strlen(b), a, strlen(a), limit);
    assert_true(there == back || (there > limit && back > limit));
    return there;
}

static void distances_in_half_edits(void **state) {
    (void)state;
    static const struct {
        const char *a, *b;
        unsigned half_edits;
    } cases[] = {{"", "", 0},
                 {"abc", "abc", 0},
                 {"", "abc", 6},
                 {"UsrMode", "UserMode", 2},
                 {"UserMoed", "UserMode", 2},     // neighbours swapped
                 {"usermode", "UserMode", 2},     // two letters in the wrong case
                 {"KeSetEvnet", "KeSetEvent", 2}, // swapped
                 {"kitten", "sitting", 6},
                 {"ca", "abc", 6}, // a swapped pair is not edited again
                 {"A", "b", 2}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(distance(cases[i].a, cases[i].b, UINT_MAX), cases[i].half_edits);
}

// The textbook recursion, without rows or early stops, decides for every pair of short words.
static unsigned slow(const char *a, size_t n, const char *b, size_t m) {
    if (n == 0 || m == 0)
        return (unsigned)(n + m) * 2;
    unsigned change = a[n - 1] == b[m - 1] ? 0 : (a[n - 1] ^ b[m - 1]) == 0x20 ? 1 : 2;
    unsigned best = slow(a, n - 1, b, m - 1) + change;
    unsigned other = slow(a, n - 1, b, m) + 2;
    best = other < best ? other : best;
    other = slow(a, n, b, m - 1) + 2;
    best = other < best ? other : best;
    if (n > 1 && m > 1 && a[n - 1] == b[m - 2] && a[n - 2] == b[m - 1]) {
        other = slow(a, n - 2, b, m - 2) + 2;
        best = other < best ? other : best;
    }
    return best;
}

static void make_word(unsigned number, char word[5]) {
    size_t length = 0;
    for (; number > 0; number = (number - 1) / 3)
        word[length++] = "aAb"[(number - 1) % 3];
    word[length] = '\0';
}

static void distances_agree_with_the_definition(void **state) {
    (void)state;
    for (unsigned i = 0; i <= 120; i++) { // all words of up to four letters out of three
        for (unsigned j = 0; j <= 120; j++) {
            char a[8], b[8];
            make_word(i, a);
            make_word(j, b);
            unsigned expected = slow(a, strlen(a), b, strlen(b));
            assert_int_equal(kss_edit_distance(a, strlen(a), b, strlen(b), UINT_MAX), expected);
            for (unsigned limit = 0; limit < 9; limit++) {
                unsigned limited = kss_edit_distance(a, strlen(a), b, strlen(b), limit);
                if (expected <= limit)
                    assert_int_equal(limited, expected);
                else
                    assert_true(limited > limit);
            }
        }
    }
}

static void long_texts_are_only_compared(void **state) {
    (void)state;
    static char a[100000], b[100000];
    memset(a, 'x', sizeof a);
    memset(b, 'x', sizeof b);
    assert_int_equal(kss_edit_distance(a, sizeof a, b, sizeof b, 10), 0);
    b[500] = 'y';
    assert_true(kss_edit_distance(a, sizeof a, b, sizeof b, 10) > 10);
    assert_int_equal(kss_edit_distance(a, 255, b + 400, 255, 10), 2);
}

static const char *closest(const char *word) {
    static const char *const names[] = {"KernelMode", "UserMode",   "Executive", "UserRequest",
                                        "TRUE",       "FALSE",      "NULL",      "KeSetEvent",
                                        "KeGetEvent", "KeSetEvents"};
    return kss_closest(word, strlen(word), names, sizeof names / sizeof *names);
}

static void finds_the_closest_name(void **state) {
    (void)state;
    assert_string_equal(closest("UsrMode"), "UserMode");
    assert_string_equal(closest("usermode"), "UserMode");
    assert_string_equal(closest("kernelMode"), "KernelMode");
    assert_string_equal(closest("true"), "TRUE"); // only case differs
    assert_string_equal(closest("KeSetEvnt"), "KeSetEvent");
    assert_string_equal(closest("KeWetEvent"), "KeSetEvent"); // as close as KeGetEvent: the first
    assert_string_equal(closest("KeGetEvent"), "KeGetEvent"); // itself, though another is close
}

static void nothing_is_close(void **state) {
    (void)state;
    assert_null(closest("banana"));
    assert_null(closest("N"));
    assert_null(closest(""));
    assert_null(closest("Use")); // five letters short of UserMode
    assert_null(kss_closest("x", 1, NULL, 0));
}

static void a_word_with_a_nul_byte(void **state) {
    (void)state;
    static const char *const names[] = {"TRUE"};
    assert_null(kss_closest("TRUE\0\0\0\0\0\0", 10, names, 1));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(distances_in_half_edits),
        cmocka_unit_test(distances_agree_with_the_definition),
        cmocka_unit_test(long_texts_are_only_compared),
        cmocka_unit_test(finds_the_closest_name),
        cmocka_unit_test(nothing_is_close),
        cmocka_unit_test(a_word_with_a_nul_byte),
    };
    return cmocka_run_group_tests_name("base/closest", tests, NULL, NULL);
}
