// SPDX-License-Identifier: MIT
// Repeating stretches: against a plain search, with more than two turns, and in linear-like time.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/repeat.h"

#include <string.h>

// What kss_repeat_find must find, by trying every period at every place.
static struct kss_repeat by_trying(const uint32_t *letters, uint32_t count, uint32_t turns) {
    struct kss_repeat best = {0};
    for (uint32_t period = 1; period < count; period++)
        for (uint32_t i = 0; i + period < count;) {
            uint32_t j = i;
            while (j + period < count && letters[j] == letters[j + period])
                j++;
            uint32_t rows = j - i + period;
            if (j > i && rows / period >= turns && rows > best.rows)
                best = (struct kss_repeat){.first = i, .period = period, .rows = rows};
            i = j + 1;
        }
    return best;
}

static void stretches_are_those_of_a_plain_search(void **state) {
    (void)state;
    uint32_t seed = 77;
    for (int round = 0; round < 30000; round++) {
        uint32_t letters[40];
        seed = seed * 1664525 + 1013904223;
        uint32_t count = (seed >> 16) % 41, kinds = 1 + (seed >> 24) % 3;
        for (uint32_t i = 0; i < count; i++) {
            seed = seed * 1664525 + 1013904223;
            letters[i] = (seed >> 16) % kinds;
        }
        for (uint32_t turns = 2; turns <= 4; turns++) {
            struct kss_repeat found = kss_repeat_find(letters, count, turns);
            struct kss_repeat tried = by_trying(letters, count, turns);
            assert_int_equal(found.first, tried.first);
            assert_int_equal(found.period, tried.period);
            assert_int_equal(found.rows, tried.rows);
        }
    }
}

static void letters_number_keys_in_their_order(void **state) {
    (void)state;
    const uint64_t keys[] = {UINT64_MAX, 5, UINT64_C(1) << 40, 5, 0};
    uint32_t letters[5];
    kss_repeat_letters(keys, 5, letters);
    const uint32_t expected[] = {3, 1, 2, 1, 0};
    assert_memory_equal(letters, expected, sizeof expected);
}

static void z_tells_how_far_a_row_goes_on_like_its_beginning(void **state) {
    (void)state;
    const uint32_t letters[] = {1, 2, 1, 2, 1, 3};
    uint32_t z[6];
    kss_repeat_z(letters, 6, z);
    const uint32_t expected[] = {6, 0, 3, 0, 1, 0};
    assert_memory_equal(z, expected, sizeof expected);
}

static void a_million_letters_are_quick(void **state) {
    (void)state;
    enum { COUNT = 1000000 };
    uint32_t *letters = calloc(COUNT, sizeof *letters);
    for (uint32_t i = 0; i < COUNT; i++)
        letters[i] = i % 3000;
    letters[1] = 9999;
    struct kss_repeat found = kss_repeat_find(letters, COUNT, 3);
    assert_int_equal(found.first, 2);
    assert_int_equal(found.period, 3000);
    assert_int_equal(found.rows, COUNT - 2);
    free(letters);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stretches_are_those_of_a_plain_search),
        cmocka_unit_test(letters_number_keys_in_their_order),
        cmocka_unit_test(z_tells_how_far_a_row_goes_on_like_its_beginning),
        cmocka_unit_test(a_million_letters_are_quick),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
