// SPDX-License-Identifier: MIT
#include "base/diag.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct kss_arena arena;
static struct kss_sources sources;
static struct kss_diags diags;
static struct kss_text printed;

static int set_up(void **state) {
    (void)state;
    sources.arena = &arena;
    diags.arena = &arena;
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    kss_diags_free(&diags);
    kss_sources_free(&sources);
    kss_text_free(&printed);
    kss_arena_free(&arena);
    diags.limit = 0;
    return 0;
}

static uint32_t add_file(const char *name, const char *bytes) {
    return kss_source_add(&sources, name, bytes, strlen(bytes));
}

// Where the [nth] occurrence (from 0) of [what] is.
static struct kss_span find_nth(uint32_t file, const char *what, int nth) {
    const char *bytes = sources.files[file].bytes, *at = strstr(bytes, what);
    for (; nth > 0; nth--)
        at = strstr(at + 1, what);
    uint32_t begin = (uint32_t)(at - bytes);
    return (struct kss_span){file, begin, begin + (uint32_t)strlen(what)};
}

static struct kss_span find(uint32_t file, const char *what) {
    return find_nth(file, what, 0);
}

static struct kss_diag *error_at(struct kss_span span) {
    return kss_diag_add(&diags, KSS_ERROR, "KSS0001", span, "wrong");
}

static void prints(const struct kss_diag *diag, const char *expected) {
    kss_text_clear(&printed);
    kss_diag_print(&printed, &sources, diag, false);
    assert_string_equal(printed.bytes, expected);
}

static void one_label(void **state) {
    (void)state;
    uint32_t file =
        add_file("outswap.kss", "\n\n\n\n\n\n\n\n\n"
                                "    KeWaitForSingleObject(&done, UserRequest, UsrMode, "
                                "FALSE, NULL);\n");
    struct kss_diag *diag = kss_diag_add(&diags, KSS_ERROR, "KSS0104", find(file, "UsrMode"),
                                         "unknown wait mode `%s`", "UsrMode");
    kss_diag_label(&diags, diag, "expected `%s` or `%s`", "KernelMode", "UserMode");
    kss_diag_note(&diags, diag, "help", "did you mean `%s`?", "UserMode");
    prints(diag,
           "error[KSS0104]: unknown wait mode `UsrMode`\n"
           "  --> outswap.kss:10:47\n"
           "   |\n"
           "10 |     KeWaitForSingleObject(&done, UserRequest, UsrMode, FALSE, NULL);\n"
           "   |                                               ^^^^^^^ expected `KernelMode` or "
           "`UserMode`\n"
           "   = help: did you mean `UserMode`?\n");
}

static const char sample[] = "routine R() {\n"
                             "    KEVENT done;\n"
                             "\n"
                             "    after 30s dpc C(&done);\n"
                             "    f(a);\n"
                             "    g(b);\n"
                             "    wait(&done,\n"
                             "        FALSE);\n"
                             "}\n";

static void causes_in_source_order(void **state) {
    (void)state;
    uint32_t file = add_file("a.kss", sample);
    struct kss_diag *diag = error_at(find(file, "wait(&done,\n        FALSE)"));
    kss_diag_label(&diags, diag, "leaves memory here");
    kss_diag_cause(&diags, diag, find(file, "done"), "the event");
    kss_diag_cause(&diags, diag, find(file, "C(&done)"), "a DPC gets it");
    prints(diag, "error[KSS0001]: wrong\n"
                 " --> a.kss:7:5\n"
                 "  |\n"
                 "2 |     KEVENT done;\n"
                 "  |            ---- the event\n"
                 "3 |\n"
                 "4 |     after 30s dpc C(&done);\n"
                 "  |                   -------- a DPC gets it\n"
                 "...\n"
                 "7 |     wait(&done,\n"
                 "  |     ^^^^^^^^^^^ leaves memory here\n");
}

static void causes_out_of_order_are_numbered(void **state) {
    (void)state;
    uint32_t file = add_file("a.kss", sample), other = add_file("b.h", "int x;\n");
    struct kss_diag *diag = error_at(find(file, "f(a)"));
    kss_diag_cause(&diags, diag, find(other, "x"), "first");
    kss_diag_cause(&diags, diag, find(file, "g"), "then");
    prints(diag, "error[KSS0001]: wrong\n"
                 " --> a.kss:5:5\n"
                 "  |\n"
                 "5 |     f(a);\n"
                 "  |     ^^^^\n"
                 "6 |     g(b);\n"
                 "  |     - (2) then\n"
                 " ::: b.h:1:5\n"
                 "  |\n"
                 "1 | int x;\n"
                 "  |     - (1) first\n");
}

static void several_labels_on_a_line(void **state) {
    (void)state;
    uint32_t file = add_file("a.kss", "call(one, two, three);\n");
    struct kss_diag *diag = error_at(find(file, "two"));
    kss_diag_label(&diags, diag, "primary");
    kss_diag_cause(&diags, diag, find(file, "call"), "a call");
    kss_diag_cause(&diags, diag, find(file, "one"), "one");
    kss_diag_cause(&diags, diag, find(file, "three"), "three");
    prints(diag, "error[KSS0001]: wrong\n"
                 " --> a.kss:1:11\n"
                 "  |\n"
                 "1 | call(one, two, three);\n"
                 "  | ---- ---  ^^^  ----- three\n"
                 "  | |    |    |\n"
                 "  | |    |    primary\n"
                 "  | |    one\n"
                 "  | a call\n");
}

static void nested_labels(void **state) {
    (void)state;
    uint32_t file = add_file("a.kss", "call(one, two);\n");
    struct kss_diag *diag = error_at(find(file, "one"));
    kss_diag_label(&diags, diag, "inner");
    kss_diag_cause(&diags, diag, find(file, "call(one, two)"), "outer");
    prints(diag, "error[KSS0001]: wrong\n"
                 " --> a.kss:1:6\n"
                 "  |\n"
                 "1 | call(one, two);\n"
                 "  | -----^^^------\n"
                 "  | |    |\n"
                 "  | |    inner\n"
                 "  | outer\n");
}

static void two_labels_at_one_place(void **state) {
    (void)state;
    uint32_t file = add_file("a.kss", "x y\n");
    struct kss_diag *diag = error_at(find(file, "y"));
    kss_diag_label(&diags, diag, "the mistake");
    kss_diag_cause(&diags, diag, find(file, "y"), "then");
    kss_diag_cause(&diags, diag, find(file, "y"), "at last");
    prints(diag, "error[KSS0001]: wrong\n"
                 " --> a.kss:1:3\n"
                 "  |\n"
                 "1 | x y\n"
                 "  |   ^ the mistake\n"
                 "  |   |\n"
                 "  |   then\n"
                 "  |   at last\n");
}

static void tabs_and_control_bytes(void **state) {
    (void)state;
    uint32_t file =
        kss_source_add(&sources, "a\033.kss", "\ta\tbc\td\x01\x00\x7F\033[2J\xFF\xC2\x9B<\r\n", 20);
    struct kss_diag *diag = error_at(find(file, "d"));
    diag->message = "say \033[31m";
    kss_diag_cause(&diags, diag, (struct kss_span){file, 17, 18}, "a\nb\tc\r");
    prints(diag, "error[KSS0001]: say ?[31m\n"
                 " --> a\\x1B.kss:1:7\n"
                 "  |\n"
                 "1 |     a   bc  d????[2J?"
                 "?<\n"
                 "  |             ^         - a b   c?\n");
}

static void characters_of_other_widths(void **state) {
    (void)state;
    // e acute, a wide character, a combining accent, right-to-left override
    uint32_t file = add_file("a.kss", "\xC3\xA9\xE6\xBC\xA2"
                                      "a\xCC\x81\xE2\x80\xAEx\n");
    struct kss_diag *diag = error_at(find(file, "x"));
    prints(diag, "error[KSS0001]: wrong\n"
                 " --> a.kss:1:12\n"
                 "  |\n"
                 "1 | \xC3\xA9\xE6\xBC\xA2"
                 "a\xCC\x81?x\n"
                 "  |      ^\n");
}

static void empty_files_and_ends(void **state) {
    (void)state;
    uint32_t empty = add_file("empty.kss", "");
    prints(error_at((struct kss_span){empty, 0, 0}), "error[KSS0001]: wrong\n"
                                                     " --> empty.kss:1:1\n"
                                                     "  |\n"
                                                     "1 |\n"
                                                     "  | ^\n");
    uint32_t file = add_file("a.kss", "ab\r\ncd");
    prints(error_at((struct kss_span){file, 3, 4}), "error[KSS0001]: wrong\n"
                                                    " --> a.kss:1:3\n"
                                                    "  |\n"
                                                    "1 | ab\n"
                                                    "  |   ^\n");
    prints(error_at((struct kss_span){file, 6, 6}), "error[KSS0001]: wrong\n"
                                                    " --> a.kss:2:3\n"
                                                    "  |\n"
                                                    "2 | cd\n"
                                                    "  |   ^\n");
    prints(error_at((struct kss_span){file, 700, 800}), "error[KSS0001]: wrong\n"
                                                        " --> a.kss:2:3\n"
                                                        "  |\n"
                                                        "2 | cd\n"
                                                        "  |   ^\n");
    prints(error_at((struct kss_span){file, 1, 999}), "error[KSS0001]: wrong\n"
                                                      " --> a.kss:1:2\n"
                                                      "  |\n"
                                                      "1 | ab\n"
                                                      "  |  ^\n");
}

static void without_a_place(void **state) {
    (void)state;
    struct kss_diag diag = {.severity = KSS_WARNING, .message = "nothing to do"};
    diag.notes[diag.note_count].kind = "help";
    diag.notes[diag.note_count++].text = "name a file\nor a folder";
    prints(&diag, "warning: nothing to do\n"
                  "  = help: name a file\n"
                  "          or a folder\n");
    diag.has_place = true;
    diag.primary.span.file = 7; // there is no such file
    diag.severity = KSS_NOTE;
    prints(&diag, "note: nothing to do\n"
                  "  = help: name a file\n"
                  "          or a folder\n");
}

// Lines longer than the window: [printed] must show both marks and stay short.
static void long_lines_are_cut(void **state) {
    (void)state;
    size_t size = 10u << 20;
    char *bytes = kss_alloc(&arena, size + 1);
    memset(bytes, 'x', size);
    memcpy(bytes + 300, "HERE", 4);
    memcpy(bytes + size - 50, "THERE", 5);
    uint32_t file = kss_source_add(&sources, "long.kss", bytes, size);
    struct kss_diag *diag = error_at((struct kss_span){file, 300, 304});
    kss_diag_cause(&diags, diag, (struct kss_span){file, (uint32_t)size - 50, (uint32_t)size - 45},
                   "far away");
    kss_diag_print(&printed, &sources, diag, false);
    assert_true(printed.length < 1000);
    struct kss_text expected = {0};
    kss_text_str(&expected, "error[KSS0001]: wrong\n --> long.kss:1:301\n  |\n1 | ...");
    kss_text_repeat(&expected, 'x', 40);
    kss_text_str(&expected, "HERE");
    kss_text_repeat(&expected, 'x', 116);
    kss_text_str(&expected, "...\n  |    ");
    kss_text_repeat(&expected, ' ', 40);
    kss_text_str(&expected, "^^^^\n1 | ...");
    kss_text_repeat(&expected, 'x', 40);
    kss_text_str(&expected, "THERE");
    kss_text_repeat(&expected, 'x', 45);
    kss_text_str(&expected, "\n  |    ");
    kss_text_repeat(&expected, ' ', 40);
    kss_text_str(&expected, "----- far away\n");
    assert_string_equal(printed.bytes, expected.bytes);
    kss_text_free(&expected);
}

// A span over all of a long line of two-byte characters: the cut falls between characters.
static void cuts_between_characters(void **state) {
    (void)state;
    char bytes[1002] = "x";
    for (size_t i = 1; i < 1001; i += 2)
        memcpy(bytes + i, "\xC3\xA9", 2);
    uint32_t file = kss_source_add(&sources, "a.kss", bytes, 1001);
    kss_diag_print(&printed, &sources, error_at((struct kss_span){file, 400, 1001}), false);
    assert_null(strchr(printed.bytes, '?'));
    assert_non_null(strstr(printed.bytes, "^^^^"));
}

static void a_short_label_at_the_start_of_a_long_line(void **state) {
    (void)state;
    char bytes[1001];
    memset(bytes, 'x', 1000);
    bytes[1000] = '\0';
    uint32_t file = add_file("a.kss", bytes);
    kss_diag_print(&printed, &sources, error_at((struct kss_span){file, 2, 4}), false);
    assert_non_null(strstr(printed.bytes, "\n1 | xxxx"));
    assert_non_null(strstr(printed.bytes, "xxx...\n  |   ^^\n"));
}

static void colours(void **state) {
    (void)state;
    uint32_t file = add_file("a.kss", "x;\n");
    struct kss_diag *diag = error_at(find(file, "x"));
    kss_diag_label(&diags, diag, "here");
    kss_diag_note(&diags, diag, "help", "fix it");
    kss_diag_print(&printed, &sources, diag, true);
    assert_string_equal(printed.bytes, "\033[1;31merror[KSS0001]\033[0m\033[1m: wrong\033[0m\n"
                                       "\033[1;34m -->\033[0m a.kss:1:1\n"
                                       "\033[1;34m  |\033[0m\n"
                                       "\033[1;34m1 |\033[0m x;\n"
                                       "\033[1;34m  |\033[0m \033[1;31m^\033[0m "
                                       "\033[1;31mhere\033[0m\n"
                                       "  \033[1;34m=\033[0m \033[1mhelp\033[0m: fix it\n");
}

static void too_many_errors(void **state) {
    (void)state;
    uint32_t file = add_file("a.kss", "x\n");
    diags.limit = 3;
    for (unsigned i = 0; i < 100; i++) {
        struct kss_diag *diag = kss_diag_add(&diags, KSS_ERROR, NULL, find(file, "x"), "%u", i);
        kss_diag_label(&diags, diag, "label %u", i);
        kss_diag_cause(&diags, diag, find(file, "x"), "cause %u", i);
        kss_diag_note(&diags, diag, "help", "note %u", i);
    }
    assert_int_equal(diags.errors, 100);
    assert_int_equal(diags.count, 4);
    assert_string_equal(diags.items[2].message, "2");
    assert_string_equal(diags.items[2].primary.text, "label 2");
    prints(&diags.items[3], "note: too many errors: only the first 3 are shown\n");
    size_t memory = arena.total;
    for (unsigned i = 0; i < 100000; i++)
        kss_diag_label(&diags, error_at(find(file, "x")), "%099u", i);
    assert_int_equal(arena.total, memory); // what is not kept costs nothing
}

static void warnings_do_not_push_errors_out(void **state) {
    (void)state;
    uint32_t file = add_file("a.kss", "x\n");
    for (unsigned i = 0; i < 50; i++)
        kss_diag_add(&diags, i % 2 ? KSS_WARNING : KSS_NOTE, NULL, find(file, "x"), "%u", i);
    error_at(find(file, "x"));
    assert_int_equal(diags.others, 50);
    assert_int_equal(diags.errors, 1);
    assert_int_equal(diags.count, 22);
    assert_string_equal(diags.items[20].message, "too many warnings: only the first 20 are shown");
    assert_string_equal(diags.items[21].message, "wrong");
}

static void too_many_causes_say_so(void **state) {
    (void)state;
    uint32_t file = add_file("a.kss", "x\n");
    struct kss_diag *diag = error_at(find(file, "x"));
    for (unsigned i = 0; i < 20; i++) {
        kss_diag_cause(&diags, diag, find(file, "x"), "cause %u", i);
        kss_diag_note(&diags, diag, "help", "note %u", i);
    }
    assert_int_equal(diag->cause_count, KSS_DIAG_LABELS);
    assert_int_equal(diag->note_count, KSS_DIAG_NOTES);
    kss_diag_print(&printed, &sources, diag, false);
    assert_non_null(strstr(printed.bytes, "cause 10\n"));
    assert_non_null(strstr(printed.bytes, "in more places that are not shown\n"));
    assert_non_null(strstr(printed.bytes, "= note: more notes were left out\n"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(one_label, set_up, tear_down),
        cmocka_unit_test_setup_teardown(causes_in_source_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(causes_out_of_order_are_numbered, set_up, tear_down),
        cmocka_unit_test_setup_teardown(several_labels_on_a_line, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nested_labels, set_up, tear_down),
        cmocka_unit_test_setup_teardown(two_labels_at_one_place, set_up, tear_down),
        cmocka_unit_test_setup_teardown(tabs_and_control_bytes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(characters_of_other_widths, set_up, tear_down),
        cmocka_unit_test_setup_teardown(empty_files_and_ends, set_up, tear_down),
        cmocka_unit_test_setup_teardown(without_a_place, set_up, tear_down),
        cmocka_unit_test_setup_teardown(long_lines_are_cut, set_up, tear_down),
        cmocka_unit_test_setup_teardown(cuts_between_characters, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_short_label_at_the_start_of_a_long_line, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(colours, set_up, tear_down),
        cmocka_unit_test_setup_teardown(too_many_errors, set_up, tear_down),
        cmocka_unit_test_setup_teardown(warnings_do_not_push_errors_out, set_up, tear_down),
        cmocka_unit_test_setup_teardown(too_many_causes_say_so, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("base/diag", tests, NULL, NULL);
}
