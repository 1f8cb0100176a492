// SPDX-License-Identifier: MIT
#include "base/source.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct kss_arena arena;
static struct kss_sources sources;

static int set_up(void **state) {
    (void)state;
    sources.arena = &arena;
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    kss_sources_free(&sources);
    kss_arena_free(&arena);
    return 0;
}

static uint32_t add(const char *bytes) {
    return kss_source_add(&sources, "a.kss", bytes, strlen(bytes));
}

static void place_is(uint32_t file, uint32_t offset, uint32_t line, uint32_t column) {
    uint32_t found_line = 0, found_column = 0;
    kss_source_place(&sources, file, offset, &found_line, &found_column);
    assert_int_equal(found_line, line);
    assert_int_equal(found_column, column);
}

static void line_is(uint32_t file, uint32_t line, const char *expected) {
    uint32_t length = 12345;
    const char *bytes = kss_source_line(&sources, file, line, &length);
    assert_int_equal(length, strlen(expected));
    assert_memory_equal(bytes, expected, length);
}

static void places(void **state) {
    (void)state;
    uint32_t file = add("ab\n\ncd");
    place_is(file, 0, 1, 1);
    place_is(file, 1, 1, 2);
    place_is(file, 2, 1, 3); // the line end belongs to its line
    place_is(file, 3, 2, 1);
    place_is(file, 4, 3, 1);
    place_is(file, 6, 3, 3);  // the end
    place_is(file, 99, 3, 3); // beyond it
}

static void lines(void **state) {
    (void)state;
    uint32_t file = add("ab\r\n\r\n\rx\ncd\n");
    line_is(file, 1, "ab");
    line_is(file, 2, "");
    line_is(file, 3, "\rx"); // a lone CR ends no line
    line_is(file, 4, "cd");
    line_is(file, 5, "");
    line_is(file, 6, "");
    line_is(file, 0, "");
}

static void an_empty_file_has_one_line(void **state) {
    (void)state;
    uint32_t file = add("");
    place_is(file, 0, 1, 1);
    line_is(file, 1, "");
}

static void bytes_may_hold_nul(void **state) {
    (void)state;
    uint32_t file = kss_source_add(&sources, "nul.kss", "a\0b\nc", 5);
    place_is(file, 4, 2, 1);
    uint32_t length;
    kss_source_line(&sources, file, 1, &length);
    assert_int_equal(length, 3);
}

static void names_are_copied(void **state) {
    (void)state;
    char name[] = "first.kss";
    uint32_t first = kss_source_add(&sources, name, "x", 1);
    name[0] = 'X';
    for (int i = 0; i < 100; i++)
        add("y");
    assert_int_equal(sources.count, 101);
    assert_string_equal(sources.files[first].name, "first.kss");
}

// Every offset of a text with many lines, against counting from the start.
static void agrees_with_counting(void **state) {
    (void)state;
    char bytes[2000];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = i * i % 11 < 3 ? '\n' : 'x';
    uint32_t file = kss_source_add(&sources, "many.kss", bytes, sizeof bytes);
    uint32_t line = 1, column = 1;
    for (uint32_t i = 0; i < sizeof bytes; i++) {
        place_is(file, i, line, column);
        column++;
        if (bytes[i] == '\n') {
            line++;
            column = 1;
        }
    }
    assert_true(line > 400);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(places, set_up, tear_down),
        cmocka_unit_test_setup_teardown(lines, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_empty_file_has_one_line, set_up, tear_down),
        cmocka_unit_test_setup_teardown(bytes_may_hold_nul, set_up, tear_down),
        cmocka_unit_test_setup_teardown(names_are_copied, set_up, tear_down),
        cmocka_unit_test_setup_teardown(agrees_with_counting, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("base/source", tests, NULL, NULL);
}
