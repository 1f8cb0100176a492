// SPDX-License-Identifier: MIT
#include "base/arena.h"
#include "base/text.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct kss_text text;

static int tear_down(void **state) {
    (void)state;
    kss_text_free(&text);
    return 0;
}

// Compares what was written with [expected] and empties the text.
static void is(const char *expected) {
    assert_int_equal(text.length, strlen(expected));
    assert_string_equal(text.bytes, expected);
    kss_text_clear(&text);
}

static void strings(void **state) {
    (void)state;
    kss_text_str(&text, "KeWait");
    kss_text_char(&text, 'F');
    kss_text_bytes(&text, "orSingle", 2);
    kss_text_repeat(&text, '.', 3);
    kss_text_bytes(&text, NULL, 0);
    is("KeWaitFor...");
    kss_text_str(&text, "");
    is("");
}

static void grows_across_capacities(void **state) {
    (void)state;
    for (size_t length = 250; length < 270; length++) { // the first capacity is 256
        struct kss_text small = {0};
        kss_text_repeat(&small, 'x', length);
        assert_int_equal(small.bytes[length], 0);
        kss_text_format(&small, "%s", "tail");
        assert_int_equal(small.length, length + 4);
        assert_string_equal(small.bytes + length, "tail");
        kss_text_free(&small);
    }
    for (int i = 0; i < 100000; i++)
        kss_text_str(&text, "0123456789");
    assert_int_equal(text.length, 1000000);
    assert_memory_equal(text.bytes + 999990, "0123456789", 11);
}

static void room_is_usable(void **state) {
    (void)state;
    memcpy(kss_text_room(&text, 4), "abcd", 5);
    text.length += 4;
    kss_text_char(&text, '!');
    is("abcd!");
}

// Against the C library, at every power of ten and of two and beside them.
static void numbers_agree_with_printf(void **state) {
    (void)state;
    char expected[64];
    uint64_t ten = 1;
    for (int i = 0; i < 84; i++) {
        uint64_t base = i < 64 ? UINT64_C(1) << i : ten;
        ten *= i < 64 ? 1 : 10;
        for (uint64_t value = base - 2; value != base + 3; value++) {
            snprintf(expected, sizeof expected, "%" PRIu64 " %" PRId64 " 0x%" PRIX64, value,
                     (int64_t)value, value);
            kss_text_unsigned(&text, value);
            kss_text_char(&text, ' ');
            kss_text_signed(&text, (int64_t)value);
            kss_text_char(&text, ' ');
            kss_text_hex(&text, value);
            is(expected);
        }
    }
    kss_text_signed(&text, INT64_MIN);
    is("-9223372036854775808");
}

static void hex_digits(void **state) {
    (void)state;
    kss_text_hex_digits(&text, 0x1F4, 8);
    is("000001F4");
    kss_text_hex_digits(&text, 0x12345, 4);
    is("2345");
    kss_text_hex_digits(&text, UINT64_MAX, 16);
    is("FFFFFFFFFFFFFFFF");
    kss_text_hex(&text, 0);
    is("0x0");
}

static void grouped(void **state) {
    (void)state;
    static const struct {
        uint64_t value;
        const char *expected;
    } cases[] = {{0, "0"},
                 {999, "999"},
                 {1000, "1,000"},
                 {12288, "12,288"},
                 {100000, "100,000"},
                 {1234567, "1,234,567"},
                 {UINT64_MAX, "18,446,744,073,709,551,615"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        kss_text_grouped(&text, cases[i].value);
        is(cases[i].expected);
    }
}

static void durations(void **state) {
    (void)state;
    static const struct {
        int64_t value;
        const char *expected;
    } cases[] = {{0, "0 s"},
                 {1, "100 ns"},
                 {9, "900 ns"},
                 {10, "1 us"},
                 {15, "1.5 us"},
                 {9999, "999.9 us"},
                 {10000, "1 ms"},
                 {156250, "15.625 ms"},
                 {9999999, "999.9999 ms"},
                 {10000000, "1 s"},
                 {300000000, "30 s"},
                 {10000001, "1.0000001 s"},
                 {-300000000, "-30 s"},
                 {-5, "-500 ns"},
                 {INT64_MAX, "922337203685.4775807 s"},
                 {INT64_MIN, "-922337203685.4775808 s"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        kss_text_duration(&text, cases[i].value);
        is(cases[i].expected);
    }
}

static void times(void **state) {
    (void)state;
    kss_text_time(&text, 0);
    is("0.000 s");
    kss_text_time(&text, 300000000);
    is("30.000 s");
    kss_text_time(&text, 156250);
    is("0.015625 s");
    kss_text_time(&text, 5000);
    is("0.0005 s");
    kss_text_time(&text, UINT64_MAX);
    is("1844674407370.9551615 s");
}

static void json(const char *bytes, size_t length, const char *expected) {
    kss_text_json(&text, bytes, length);
    is(expected);
}

static void json_strings(void **state) {
    (void)state;
    json("", 0, "\"\"");
    json("plain", 5, "\"plain\"");
    json("a\"b\\c/", 6, "\"a\\\"b\\\\c/\"");
    json("\n\r\t", 3, "\"\\n\\r\\t\"");
    json("\0\x1F\x7F", 3, "\"\\u0000\\u001F\x7F\"");
    json("\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80", 9, "\"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\"");
}

// Every byte at every position: eight bytes at once, single bytes and the change between them.
static void json_finds_every_special_byte(void **state) {
    (void)state;
    for (size_t position = 0; position < 24; position++) {
        for (unsigned c = 0; c < 0x80; c++) {
            char bytes[24], expected[64], escape[8];
            memset(bytes, ' ' + (int)(c + position) % 2, sizeof bytes); // blanks and '!'
            bytes[position] = (char)c;
            snprintf(escape, sizeof escape, "\\u%04X", c);
            const char *shown = c == '"'    ? "\\\""
                                : c == '\\' ? "\\\\"
                                : c == '\n' ? "\\n"
                                : c == '\r' ? "\\r"
                                : c == '\t' ? "\\t"
                                            : escape;
            char itself[2] = {(char)c, '\0'};
            if (c >= 0x20 && c != '"' && c != '\\')
                shown = itself;
            snprintf(expected, sizeof expected, "\"%.*s%s%.*s\"", (int)position, bytes, shown,
                     (int)(sizeof bytes - position - 1), bytes + position + 1);
            json(bytes, sizeof bytes, expected);
        }
    }
}

static void json_of_a_long_text(void **state) {
    (void)state;
    struct kss_text source = {0}, expected = {0};
    kss_text_char(&expected, '"');
    for (unsigned i = 0; i < 10000; i++) {
        kss_text_format(&source, "line %u\n", i);
        kss_text_format(&expected, "line %u\\n", i);
    }
    kss_text_repeat(&source, 'x', 20000); // one run longer than what is copied at once
    kss_text_repeat(&expected, 'x', 20000);
    kss_text_char(&expected, '"');
    json(source.bytes, source.length, expected.bytes);
    kss_text_free(&source);
    kss_text_free(&expected);
}

#define REPLACED "\xEF\xBF\xBD"

static void json_invalid_utf8(void **state) {
    (void)state;
    json("\x80", 1, "\"" REPLACED "\"");
    json("a\xFFz", 3, "\"a" REPLACED "z\"");
    json("\xC3", 1, "\"" REPLACED "\"");                                        // cut
    json("\xC0\xAF", 2, "\"" REPLACED REPLACED "\"");                           // overlong /
    json("\xE0\x80\xAF", 3, "\"" REPLACED REPLACED REPLACED "\"");              // overlong /
    json("\xED\xA0\x80", 3, "\"" REPLACED REPLACED REPLACED "\"");              // a surrogate
    json("\xF4\x90\x80\x80", 4, "\"" REPLACED REPLACED REPLACED REPLACED "\""); // U+110000
    json("\xE2\x82\"", 3, "\"" REPLACED REPLACED "\\\"\"");
}

// Names are one line; texts have lines; neither sends a terminal a control character.
static void control_characters_are_shown(void **state) {
    (void)state;
    struct kss_arena arena = {0};
    const char *plain = "mydrv!R\xC3\xA9"
                        "ad";
    size_t length = strlen("a\tb\r\nc\rd\x1B\ne");
    assert_ptr_equal(kss_utf8_string(&arena, plain), plain);
    assert_string_equal(kss_utf8_string(&arena, "a\x1B[31m\x07\n\x7F\xC2\x9B"
                                                "b\xFF"),
                        "a\\x1B[31m\\x07\\x0A\\x7F\\x9B"
                        "b\xEF\xBF\xBD");
    assert_string_equal(kss_utf8_text(&arena, "a\tb\r\nc\rd\x1B\ne", &length),
                        "a\tb\r\nc\\x0Dd\\x1B\ne");
    assert_int_equal(length, strlen("a\tb\r\nc\\x0Dd\\x1B\ne"));
    kss_arena_free(&arena);
}

static void utf8(void **state) {
    (void)state;
    uint32_t point = 0;
    assert_int_equal(kss_utf8("", 0, &point), 0);
    assert_int_equal(kss_utf8("a", 1, &point), 1);
    assert_int_equal(point, 'a');
    assert_int_equal(kss_utf8("\xF4\x8F\xBF\xBF", 4, &point), 4);
    assert_int_equal(point, 0x10FFFF);
    assert_int_equal(kss_utf8("\xEE\x80\x80", 3, &point), 3);
    assert_int_equal(point, 0xE000);
    assert_int_equal(kss_utf8("\xF5\x80\x80\x80", 4, &point), 0);
}

static void format(void **state) {
    (void)state;
    kss_text_format(&text, "%s has %u bytes, %5.1d", "frame", 96u, 7);
    is("frame has 96 bytes,     7");
    kss_text_format(&text, "%s", "");
    is("");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(strings, tear_down),
        cmocka_unit_test_teardown(grows_across_capacities, tear_down),
        cmocka_unit_test_teardown(room_is_usable, tear_down),
        cmocka_unit_test_teardown(numbers_agree_with_printf, tear_down),
        cmocka_unit_test_teardown(hex_digits, tear_down),
        cmocka_unit_test_teardown(grouped, tear_down),
        cmocka_unit_test_teardown(durations, tear_down),
        cmocka_unit_test_teardown(times, tear_down),
        cmocka_unit_test_teardown(json_strings, tear_down),
        cmocka_unit_test_teardown(json_finds_every_special_byte, tear_down),
        cmocka_unit_test_teardown(json_of_a_long_text, tear_down),
        cmocka_unit_test_teardown(json_invalid_utf8, tear_down),
        cmocka_unit_test_teardown(utf8, tear_down),
        cmocka_unit_test_teardown(control_characters_are_shown, tear_down),
        cmocka_unit_test_teardown(format, tear_down),
    };
    return cmocka_run_group_tests_name("base/text", tests, NULL, NULL);
}
