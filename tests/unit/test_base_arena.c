// SPDX-License-Identifier: MIT
#include "base/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void is_zeroed_and_aligned(void **state) {
    (void)state;
    struct kss_arena arena = {0};
    for (size_t size = 0; size < 300; size++) {
        unsigned char *memory = kss_alloc(&arena, size);
        assert_non_null(memory);
        assert_int_equal((uintptr_t)memory % 16, 0);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(memory[i], 0);
        memset(memory, 0xA5, size); // what overlaps it would not be zero
    }
    kss_arena_free(&arena);
    assert_null(arena.blocks);
    assert_int_equal(arena.total, 0);
}

static void large_and_small_live_together(void **state) {
    (void)state;
    struct kss_arena arena = {0};
    char *small = kss_alloc_text(&arena, "small", 5);
    for (size_t size = 65000; size < 66000; size += 7) { // around the size of a block
        char *large = kss_alloc(&arena, size);
        memset(large, 'x', size);
    }
    char *huge = kss_alloc(&arena, 10u << 20);
    huge[(10u << 20) - 1] = 'x';
    char *after = kss_alloc_text(&arena, "after\0it", 8);
    assert_string_equal(small, "small");
    assert_memory_equal(after, "after\0it", 9);
    kss_arena_free(&arena);
    assert_string_equal(kss_alloc_text(&arena, "again", 5), "again");
    kss_arena_free(&arena);
}

struct item {
    uint32_t a, b;
};

static void growing_keeps_and_zeroes(void **state) {
    (void)state;
    struct item *items = NULL;
    unsigned capacity = 0;
    for (uint32_t count = 0; count < 5000; count++) {
        KSS_ROOM(items, count, capacity);
        assert_true(capacity > count);
        assert_int_equal(items[count].a, 0);
        items[count] = (struct item){count, ~count};
    }
    for (uint32_t i = 0; i < 5000; i++)
        assert_int_equal(items[i].b, ~i);
    items = kss_grow(items, &capacity, 100000, sizeof *items);
    assert_true(capacity >= 100000);
    assert_int_equal(items[4999].a, 4999);
    assert_int_equal(items[99999].b, 0);
    free(items);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_zeroed_and_aligned),
        cmocka_unit_test(large_and_small_live_together),
        cmocka_unit_test(growing_keeps_and_zeroes),
    };
    return cmocka_run_group_tests_name("base/arena", tests, NULL, NULL);
}
