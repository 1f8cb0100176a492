// SPDX-License-Identifier: MIT
// The formats of CI systems: texts they cannot hold, columns, fingerprints.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "report/escape.h"
#include "report/sarif.h"

#include <kss/kss.h>

#include <string.h>

typedef void writer(struct kss_text *out, const char *bytes, size_t length);

static void writes(writer *write, const char *bytes, size_t length, const char *expected) {
    struct kss_text text = {0};
    write(&text, bytes, length);
    assert_string_equal(text.length > 0 ? text.bytes : "", expected);
    assert_int_equal(text.length, strlen(expected));
    kss_text_free(&text);
}
#define WRITES(write, bytes, expected) writes(write, bytes, sizeof(bytes) - 1, expected)

// ---- Texts ---------------------------------------------------------------------------------------

static void what_cannot_be_shown_is_visible(void **state) {
    (void)state;
    WRITES(kss_text_visible, "", "");
    WRITES(kss_text_visible, "tab\tline\n", "tab\tline\n");
    WRITES(kss_text_visible, "a\0b\x1B[0m", "a\\x00b\\x1B[0m");
    WRITES(kss_text_visible, "\x7F\xC2\x85", "\\x7F\\x85");
    WRITES(kss_text_visible, "ends\r\nso\rnot\r", "ends\nso\\x0Dnot\\x0D");
    WRITES(kss_text_visible, "\xFF\xC3\xA9\xC3", "\\xFF\xC3\xA9\\xC3");
    WRITES(kss_text_visible, "\xEF\xBF\xBE\xEF\xBB\xBF\xE2\x80\xA8", "\\u{FFFE}\\u{FEFF}\\u{2028}");
    WRITES(kss_text_visible, "\xF0\x9F\x98\x80", "\xF0\x9F\x98\x80");
}

static void xml_holds_markup_as_text(void **state) {
    (void)state;
    WRITES(kss_text_xml, "a <b> & ]]> \"c\"\n", "a &lt;b&gt; &amp; ]]&gt; \"c\"\n");
    WRITES(kss_text_xml, "\x01\xFF", "\\x01\\xFF");
    WRITES(kss_text_xml_attribute, "a \"<\n\t>\" 'b'", "a &#34;&lt;&#10;&#9;&gt;&#34; 'b'");
}

static void block(struct kss_text *out, const char *bytes, size_t length) {
    kss_text_yaml_block(out, bytes, length, 4);
}

static void yaml_scalars(void **state) {
    (void)state;
    WRITES(kss_text_yaml, "a: \"b\" # c\\", "\"a: \\\"b\\\" # c\\\\\"");
    WRITES(kss_text_yaml, "", "\"\"");
    WRITES(kss_text_yaml, "\x01\n", "\"\\\\x01\\n\"");
    WRITES(block, "one\n\n  two: \x02", "|\n    one\n    \n      two: \\x02\n");
    WRITES(block, "one\n", "|\n    one\n");
    WRITES(block, " begins with a blank", "\" begins with a blank\"\n");
    WRITES(block, "", "\"\"\n");
}

static void tap_descriptions(void **state) {
    (void)state;
    WRITES(kss_text_tap, "R#2 == 1 # TODO \\", "R\\#2 == 1 \\# TODO \\\\");
    WRITES(kss_text_tap, "two\nlines", "two lines");
}

static void uri(struct kss_text *out, const char *bytes, size_t length) {
    (void)length;
    kss_text_uri(out, bytes);
}

static void paths_as_uris(void **state) {
    (void)state;
    WRITES(uri, "scenarios/a-1_b.~.kss", "scenarios/a-1_b.~.kss");
    WRITES(uri, "a b/100%#?.kss", "a%20b/100%25%23%3F.kss");
    WRITES(uri, "././a/../b.kss", "a/../b.kss");
    WRITES(uri, "c:d.kss", "c%3Ad.kss");
    WRITES(uri, "c:/d e.kss", "file:///c:/d%20e.kss");
    WRITES(uri, "/home/x.kss", "file:///home/x.kss");
    WRITES(uri, "\xC3\xA4\xFF.kss", "%C3%A4%FF.kss");
}

static void decodes(const char *bytes, size_t length, unsigned taken, uint32_t expected) {
    uint32_t point = 0;
    assert_int_equal(kss_text_decode(bytes, length, &point), taken);
    assert_int_equal(point, expected);
}

// As the WHATWG's Encoding standard has it: what began well is one replacement character.
static void broken_characters(void **state) {
    (void)state;
    decodes("a", 1, 1, 'a');
    decodes("\xF0\x9F\x98\x80", 4, 4, 0x1F600);
    decodes("\xF0\x9F\x98", 3, 3, 0xFFFD);
    decodes("\xF0\x9F\x98z", 4, 3, 0xFFFD);
    decodes("\xF0\x80\x80\x80", 4, 1, 0xFFFD);
    decodes("\xED\xA0\x80", 3, 1, 0xFFFD);
    decodes("\xE0\x9F\x80", 3, 1, 0xFFFD);
    decodes("\xF4\x90\x80\x80", 4, 1, 0xFFFD);
    decodes("\xC3", 1, 1, 0xFFFD);
    decodes("\x80\x80", 2, 1, 0xFFFD);
    decodes("\xFF", 1, 1, 0xFFFD);
}

// ---- Columns --------------------------------------------------------------------------------------

static void column_is(const char *bytes, uint32_t offset, uint32_t line, uint32_t column) {
    struct kss_arena arena = {0};
    struct kss_sources sources = {.arena = &arena};
    uint32_t file = kss_source_add(&sources, "a.kss", bytes, strlen(bytes)), found, at;
    kss_utf16_place(&sources, file, offset, &found, &at);
    assert_int_equal(found, line);
    assert_int_equal(at, column);
    kss_sources_free(&sources);
    kss_arena_free(&arena);
}

static void columns_count_utf16_units(void **state) {
    (void)state;
    column_is("abc\ndef", 5, 2, 2);
    column_is("\xC3\xA9x", 2, 1, 2);         // two bytes, one unit
    column_is("\xF0\x9F\x98\x80x", 4, 1, 3); // four bytes, two units
    column_is("\xE2\x82\xACx", 3, 1, 2);
    column_is("\xFF\xFFx", 2, 1, 3);
    column_is("\xEF\xBB\xBFx", 3, 1, 1); // a byte order mark is no part of the text
    column_is("\xEF\xBB\xBFx", 0, 1, 1);
    column_is("a\n\xEF\xBB\xBFx", 5, 2, 2); // elsewhere it is a character
    column_is("ab\r\nc", 3, 1, 3);          // line ends are behind the text
}

// ---- Line hashes ----------------------------------------------------------------------------------

static void hashes_are(const char *bytes, const char *const *expected, uint32_t count) {
    struct kss_line_hashes hashes = {0};
    struct kss_text text = {0};
    kss_line_hashes_make(&hashes, bytes, strlen(bytes));
    assert_int_equal(hashes.count, count);
    for (uint32_t i = 0; i < count; i++) {
        kss_text_clear(&text);
        kss_say_line_hash(&hashes, i + 1, &text);
        assert_string_equal(text.bytes, expected[i]);
    }
    kss_text_clear(&text);
    kss_say_line_hash(&hashes, 0, &text);
    kss_say_line_hash(&hashes, count + 1, &text);
    assert_int_equal(text.length, 0);
    kss_text_free(&text);
    kss_line_hashes_free(&hashes);
}
#define HASHES(bytes, ...)                                                                         \
    do {                                                                                           \
        static const char *const expected[] = {__VA_ARGS__};                                       \
        hashes_are(bytes, expected, sizeof expected / sizeof *expected);                           \
    } while (0)

// The values that GitHub's upload action has for these texts (github/codeql-action, its tests).
static void line_hashes_are_githubs(void **state) {
    (void)state;
    HASHES("", "c129715d7a2bc9a3:1");
    HASHES(" a\nb\n  \t\tc\n d", "271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1",
           "a23a3dc5e078b07b:1");
    HASHES(" hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End\n", "e9496ae3ebfced30:1",
           "fb7c023a8b9ccb3f:1", "ce8ba1a563dcdaca:1", "e20e36e16fcb0cc8:1", "b3edc88f2938467e:1",
           "c8e28b0b4002a3a0:1", "c129715d7a2bc9a3:1");
    HASHES(" hello; \t\r\nworld!!!\r\n\r\n\r  \t\tGreetings\n End\r\n", "e9496ae3ebfced30:1",
           "fb7c023a8b9ccb3f:1", "ce8ba1a563dcdaca:1", "e20e36e16fcb0cc8:1", "b3edc88f2938467e:1",
           "c8e28b0b4002a3a0:1", "c129715d7a2bc9a3:1");
#define LOREM "Lorem ipsum dolor sit amet.\n"
    HASHES(LOREM LOREM LOREM LOREM LOREM LOREM LOREM LOREM LOREM LOREM, "a7f2ff13bc495cf2:1",
           "a7f2ff13bc495cf2:2", "a7f2ff13bc495cf2:3", "a7f2ff13bc495cf2:4", "a7f2ff13bc495cf2:5",
           "a7f2ff13bc495cf2:6", "a7f2ff1481e87703:1", "a9cf91f7bbf1862b:1", "55ec222b86bcae53:1",
           "cc97dc7b1d7d8f7b:1", "c129715d7a2bc9a3:1");
}

// ---- Fingerprints of findings ---------------------------------------------------------------------

#define DONE "routine Done(PKEVENT done) { KeSetEvent(done, IO_NO_INCREMENT, FALSE); }\n"
#define READ(name, timeout, statement)                                                             \
    "routine mydrv!" name "() {\n"                                                                 \
    "    KEVENT done;\n"                                                                           \
    "    KeInitializeEvent(&done, NotificationEvent, FALSE);\n"                                    \
    "    after " timeout " dpc Done(&done);\n"                                                     \
    "    " statement "\n"                                                                          \
    "}\n"
#define WAIT "KeWaitForSingleObject(&done, UserRequest, UserMode, FALSE, NULL);"
#define ONE  "thread App { mydrv!Read(); }\n"
#define BOTH "thread App { mydrv!Read(); mydrv!Write(); }\n"

enum { PRINTS = 8, PRINT = 24 };

// The fingerprints of a scenario's results; returns how many.
static unsigned fingerprints(const char *scenario, char prints[PRINTS][PRINT]) {
    static const char key[] = "\"kssFinding/v1\": \"";
    struct kss_session *session = kss_open_text("test.kss", scenario, strlen(scenario), NULL);
    kss_run(session);
    const char *at = kss_write_format(session, "sarif", NULL);
    unsigned count = 0;
    while ((at = strstr(at, key)) != NULL) {
        at += sizeof key - 1;
        assert_true(count < PRINTS && strcspn(at, "\"") < PRINT);
        memcpy(prints[count], at, strcspn(at, "\""));
        prints[count++][strcspn(at, "\"")] = '\0';
    }
    kss_close(session);
    return count;
}

static void same_after(const char *before, const char *after) {
    char a[PRINTS][PRINT], b[PRINTS][PRINT];
    assert_int_equal(fingerprints(before, a), 1);
    assert_int_equal(fingerprints(after, b), 1);
    assert_string_equal(a[0], b[0]);
}

static void fingerprints_stay(void **state) {
    (void)state;
    const char *before = DONE READ("Read", "1s", WAIT) ONE;
    same_after(before, "// one\n// two\n\n" DONE "\n\n" READ("Read", "1s", WAIT) "\n" ONE);
    same_after(before, DONE READ("Read", "1s", "    " WAIT "   ") ONE); // indented
    same_after(before, ONE READ("Read", "1s", WAIT) DONE);              // moved
    same_after(before, DONE READ("Read", "1s", WAIT) ONE "expect thread App exits;\n");
    same_after(before, "machine x64;\n" DONE READ("Read", "1s", WAIT) ONE);
}

static void other_findings_have_others(void **state) {
    (void)state;
    char a[PRINTS][PRINT], b[PRINTS][PRINT];
    assert_int_equal(fingerprints(DONE READ("Read", "1s", WAIT) ONE, a), 1);
    assert_int_equal(fingerprints(DONE READ("Read", "1s", WAIT) READ("Write", "1s", WAIT) BOTH, b),
                     2);
    assert_string_equal(a[0], b[0]);
    assert_string_not_equal(b[0], b[1]); // another routine with the same lines
    assert_int_equal(fingerprints(DONE READ("Read", "2s", WAIT) ONE, b), 1);
    assert_string_not_equal(a[0], b[0]); // another line among its causes
}

// Two findings that read alike in everything are told apart by their order.
static void equal_findings_are_numbered(void **state) {
    (void)state;
    char prints[PRINTS][PRINT];
    unsigned count = fingerprints("thread T { ASSERT(1 == 2); }\n"
                                  "expect hazard large-frame;\nexpect hazard large-frame;\n",
                                  prints);
    assert_int_equal(count, 3);
    assert_memory_equal(prints[0], prints[1], 17);
    assert_string_equal(prints[0] + 16, ":1");
    assert_string_equal(prints[1] + 16, ":2");
    assert_string_not_equal(prints[1], prints[2]);
}

// ---- Documents ------------------------------------------------------------------------------------

static void library_writes_them(void **state) {
    (void)state;
    static const char *const formats[] = {"sarif", "junit", "tap"};
    static const char *const words[] = {"\"ruleId\": \"KSS2001\"", "type=\"unexpected\"",
                                        "kind: \"unexpected\""};
    struct kss_session *session = kss_open_text("a.kss", DONE READ("Read", "1s", WAIT) ONE,
                                                strlen(DONE READ("Read", "1s", WAIT) ONE), NULL);
    assert_int_equal(kss_run(session), KSS_FAILED);
    for (unsigned i = 0; i < 3; i++) {
        size_t length = 0;
        const char *text = kss_write_format(session, formats[i], &length);
        assert_int_equal(strlen(text), length);
        assert_non_null(strstr(text, words[i]));
    }
    // Without all events the steps are what reports keep: the causes in any case.
    const char *text = kss_write_format(session, "sarif", NULL);
    assert_non_null(strstr(text, "0.000 s: `done` is initialised here\"}}, \"properties\""));
    kss_close(session);
}

static void text_never_is_a_link(void **state) {
    (void)state;
    struct kss_text text = {0};
    struct kss_json json = {.out = &text};
    kss_sarif_message(&json, NULL, "Walk[1] is [text](https://example.com)");
    kss_sarif_message(&json, NULL, "Walk[1]");
    assert_string_equal(text.bytes,
                        "{\"text\": \"Walk\\\\[1\\\\] is \\\\[text\\\\](https://example.com)\"}\n"
                        "{\"text\": \"Walk[1]\"}\n");
    kss_text_free(&text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_cannot_be_shown_is_visible),
        cmocka_unit_test(xml_holds_markup_as_text),
        cmocka_unit_test(yaml_scalars),
        cmocka_unit_test(tap_descriptions),
        cmocka_unit_test(paths_as_uris),
        cmocka_unit_test(broken_characters),
        cmocka_unit_test(columns_count_utf16_units),
        cmocka_unit_test(line_hashes_are_githubs),
        cmocka_unit_test(fingerprints_stay),
        cmocka_unit_test(other_findings_have_others),
        cmocka_unit_test(equal_findings_are_numbered),
        cmocka_unit_test(library_writes_them),
        cmocka_unit_test(text_never_is_a_link),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
