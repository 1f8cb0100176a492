// SPDX-License-Identifier: MIT
// Text files of frames: .su, .ci, our own tables; what is broken in them; joining.
#include "frames_rig.h"

// ---- .su ----------------------------------------------------------------------------------------------

static void gcc_lines(void **state) {
    struct frames_rig rig;
    (void)state;
    frames_begin(&rig, NULL);
    assert_true(frames_read(&rig, "irp.su",
                            "irp.c:88:9:Read_Dispatch\t456\tstatic\n"
                            "irp.c:140:6:Read_CopyTail\t96\tdynamic,bounded\r\n"
                            "irp.c:201:6:Read_Format\t48\tdynamic\n"
                            "\n"
                            "C:\\src\\k.cpp:7:66:T k::S::g(T) [with T = long int]\t16\tstatic\n"
                            "new.c:1:2:later\t_Zlater\t32\tstatic"));
    assert_int_equal(rig.frames.count, 5);
    frames_expect(&rig, "Read_Dispatch", 456, KSS_FRAME_EXACT);
    frames_expect(&rig, "Read_CopyTail", 96, KSS_FRAME_EXACT);
    frames_expect(&rig, "Read_Format", 48, KSS_FRAME_AT_LEAST);
    frames_expect(&rig, "T k::S::g(T) [with T = long int]", 16, KSS_FRAME_EXACT);
    frames_expect(&rig, "later", 32, KSS_FRAME_EXACT);
    assert_string_equal(frames_row(&rig, "Read_Dispatch")->place, "irp.c:88:9");
    assert_string_equal(frames_row(&rig, "Read_Dispatch")->unit, "irp.c");
    assert_string_equal(rig.frames.rows[3].place, "C:\\src\\k.cpp:7:66");
    assert_string_equal(rig.frames.rows[3].unit, "C:\\src\\k.cpp");
    assert_int_equal(rig.diags.count, 0);
    frames_end(&rig);
}

// clang's figure has no return address; only a machine says what it is worth.
static void clang_lines(void **state) {
    static const char text[] = "irp.c:88:Read\t448\tstatic\nirp.c:99:Var\t24\tdynamic\n";
    static const struct {
        const char *machine;
        uint64_t bytes, dynamic;
        enum kss_frame_kind kind;
    } cases[] = {
        {NULL, 448, 24, KSS_FRAME_AT_LEAST},     {"x64", 456, 32, KSS_FRAME_EXACT},
        {"x64-xsave", 456, 32, KSS_FRAME_EXACT}, {"x86", 452, 28, KSS_FRAME_AT_LEAST},
        {"arm64", 448, 24, KSS_FRAME_EXACT},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct frames_rig rig;
        frames_begin(&rig, cases[i].machine);
        assert_true(frames_read(&rig, "irp.su", text));
        frames_expect(&rig, "Read", cases[i].bytes, cases[i].kind);
        frames_expect(&rig, "Var", cases[i].dynamic, KSS_FRAME_AT_LEAST);
        assert_string_equal(frames_row(&rig, "Read")->place, "irp.c:88");
        frames_end(&rig);
    }
}

static void empty_su(void **state) {
    struct frames_rig rig;
    (void)state;
    frames_begin(&rig, NULL);
    assert_true(frames_read(&rig, "nothing.su", ""));
    assert_int_equal(rig.frames.count + rig.diags.count, 0);
    frames_end(&rig);
}

// ---- .ci ----------------------------------------------------------------------------------------------

static const char graph[] =
    "graph: { title: \"irp.c\"\n"
    "edge: { sourcename: \"Read\" targetname: \"irp.c:CopyTail\" label: \"irp.c:101:3\" }\n"
    "node: { title: \"Read\" label: \"Read\\nirp.c:88:9\\n456 bytes (static)\\n0 dynamic objects\" "
    "}\n"
    "node: { title: \"__indirect_call\" label: \"Indirect Call Placeholder\" shape : ellipse }\n"
    "edge: { sourcename: \"Read\" targetname: \"__indirect_call\" label: \"irp.c:97:14\" }\n"
    "edge: { sourcename: \"Read\" targetname: \"KeSetEvent\" label: \"irp.c:98:3\" }\n"
    "node: { title: \"KeSetEvent\" label: \"KeSetEvent\\nwdm.h:9:1\" shape : ellipse }\n"
    "node: { title: \"irp.c:CopyTail\" label: \"CopyTail\\nirp.c:140:6\\n96 bytes (dynamic)\\n2 "
    "dynamic objects"
    "\\n tail irp.c:143:8\\n (null) irp.c:144:2\" }\n"
    "node: { title: \"plain\" label: \"plain\\nirp.c:9:1\" }\n"
    "}\n";

static void ci_graph(void **state) {
    struct frames_rig rig;
    (void)state;
    frames_begin(&rig, NULL);
    assert_true(frames_read(&rig, "irp.ci", graph));
    frames_expect(&rig, "Read", 456, KSS_FRAME_EXACT);
    frames_expect(&rig, "CopyTail", 96, KSS_FRAME_AT_LEAST);
    frames_expect(&rig, "plain", 0, KSS_FRAME_UNKNOWN);
    assert_string_equal(frames_row(&rig, "CopyTail")->reason,
                        "dynamic: alloca or an array of variable length comes on top "
                        "(irp.c:143:8, irp.c:144:2)");
    assert_true(frames_row(&rig, "CopyTail")->local);
    assert_false(frames_row(&rig, "Read")->local);
    assert_true(frames_row(&rig, "KeSetEvent")->external);
    assert_int_equal(rig.frames.call_count, 3);
    assert_true(rig.frames.calls_known);
    assert_string_equal(rig.frames.rows[rig.frames.calls[0].callee].symbol, "CopyTail");
    assert_int_equal(rig.frames.calls[1].callee, KSS_CALL_INDIRECT);
    assert_string_equal(rig.frames.calls[1].place, "irp.c:97:14");
    assert_string_equal(rig.frames.rows[rig.frames.calls[2].callee].symbol, "KeSetEvent");
    frames_end(&rig);
}

// ---- Broken texts ---------------------------------------------------------------------------------------

// What must be said, where, and how many rows may be left, none of them with a figure that is not in
// the text.
static const struct {
    const char *text, *said;
    uint32_t rows, figures;
} broken[] = {
    {"a.c:1:1:f\tx\tstatic\n", "a.c:1:1:f", 1, 0},
    {"a.c:1:1:f\t\tstatic\n", "no number of bytes", 1, 0},
    {"a.c:1:1:f\t-8\tstatic\n", "no number of bytes", 1, 0},
    {"a.c:1:1:f\t12 \tstatic\n", "no number of bytes", 1, 0},
    {"a.c:1:1:f\t99999999999999999999\tstatic\n", "no number of bytes", 1, 0},
    {"a.c:1:1:f\t12\tSTATIC\n", "neither static", 1, 0},
    {"a.c:1:1:f\t12\t\n", "neither static", 1, 0},
    {"a.c:1:1:f\t12\tdynamic,unbounded\n", "neither static", 1, 0},
    {"a.c:1:1:f\t12\tstatic\na.c:2:1:g\t1", ".su:2:1", 1, 1},
    {"a.c:1:1:f\t12\tstatic\nnothing\n", ".su:2:1", 1, 1},
    {"a.c:1:1:f\t12\tstatic\n\ta\tb\n", ".su:2:1", 1, 1},
    {"a.c:1:1:f\t12\tstatic\na.c:x:g\t1\tstatic\n", ".su:2:1", 1, 1},
    {"nothing\n", "none of the kinds", 0, 0},
    {"a.c:1:1:f\n", "none of the kinds", 0, 0},
    {"a.c:1:1:\t8\tstatic\n", "none of the kinds", 0, 0},
    {"\tstatic", "none of the kinds", 0, 0},
    {"graph: { title: \"a.c\"\n", "cut", 0, 0},
    {"graph: { title: \"a.c\"\nnode: { title: \"f\" label: \"f\\na.c:1:1\\n8 bytes (static)\" }\n",
     ".su:3:1", 1, 1},
    {"graph: {", "expected an attribute", 0, 0},
    {"graph: { title }", "expected :", 0, 0},
    {"graph: { title: }", "title", 0, 0},
    {"graph: { title: \"a.c\" knot: { } }", "expected node or edge", 0, 0},
    {"graph: { title: \"a.c\" node: }", "expected {", 0, 0},
    {"graph: { title: \"a.c\" node: { } }", "no title", 0, 0},
    {"graph: { title: \"a.c\" node: { title: \"f\" } }", "no label", 0, 0},
    {"graph: { title: \"a.c\" node: { title: f label: \"f\" } }", "text in quotes", 0, 0},
    {"graph: { title: \"a.c\" node: { title: \"f\" label: \"f } }", "never closed", 0, 0},
    {"graph: { title: \"a.c\" edge: { sourcename: \"f\" } }", "no targetname", 0, 0},
    {"graph: { title: \"a.c\" edge: { targetname: \"f\" } }", "no sourcename", 0, 0},
    {"graph: { title: \"a.c\" edge: { sourcename: 5 } }", "text in quotes", 0, 0},
    {"graph: { title: \"a.c\" edge { } }", "expected :", 0, 0},
    {"graph: { title: \"a.c\" node: { title: \"f\" label: \"f\\n\\n8 bytes (static)\" } node: { "
     "title: \"f\" "
     "label: \"f\" } }",
     "second node", 1, 1},
    {"graph: { title: \"a.c\" } trailing", "expected :", 0, 0},
    {"bytes\tkind\torigin\tmodule\tsymbol\tplace\treason\n1\texact\tleaf\tm\ts\tp\n",
     "seven fields", 0, 0},
    {"bytes\tkind\torigin\tmodule\tsymbol\tplace\treason\n1\texactly\tleaf\tm\ts\tp\t\n", "kind", 0,
     0},
    {"bytes\tkind\torigin\tmodule\tsymbol\tplace\treason\n\texact\tleaf\tm\ts\tp\t\n", "no number",
     0, 0},
    {"bytes\tkind\torigin\tmodule\tsymbol\tplace\treason\n1x\texact\tleaf\tm\ts\tp\t\n",
     "no number", 0, 0},
    {"bytes\tkind\torigin\tmodule\tsymbol\tplace\treason\n1\texact\tleaf\tm\t\tp\t\n",
     "symbol is missing", 0, 0},
};

static void broken_texts(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        struct frames_rig rig;
        uint32_t figures = 0;
        frames_begin(&rig, NULL);
        frames_read(&rig, "broken.su", broken[i].text);
        const char *said = frames_said(&rig);
        if (strstr(said, broken[i].said) == NULL)
            fail_msg("%s: said %s", broken[i].text, said);
        for (uint32_t k = 0; k < rig.frames.count; k++)
            figures += rig.frames.rows[k].kind != KSS_FRAME_UNKNOWN;
        if (rig.frames.count != broken[i].rows || figures != broken[i].figures)
            fail_msg("%s: %u rows, %u figures", broken[i].text, rig.frames.count, figures);
        frames_end(&rig);
    }
}

// A qualifier that is not known in a .ci is no warning: the node is a row that says why.
static void unknown_qualifier(void **state) {
    struct frames_rig rig;
    (void)state;
    frames_begin(&rig, NULL);
    assert_true(frames_read(&rig, "a.ci",
                            "graph: { title: \"a.c\" node: { title: \"f\" label: "
                            "\"f\\na.c:1:1\\n8 bytes (odd)\" colour: red } }"));
    frames_expect(&rig, "f", 0, KSS_FRAME_UNKNOWN);
    frames_end(&rig);
}

// ---- Tables -----------------------------------------------------------------------------------------------

static void tables_are_read_again(void **state) {
    struct frames_rig rig, again;
    struct kss_text first = {0}, second = {0};
    (void)state;
    frames_begin(&rig, NULL);
    rig.frames.module = "my\\drv";
    assert_true(frames_read(&rig, "irp.su",
                            "irp.c:88:9:Read\t456\tstatic\nirp.c:9:Old\t8\tdynamic\n"
                            "irp.c:1:1:odd\t1\todd\n"));
    kss_frames_write(&rig.frames, KSS_FRAMES_TSV, &first);
    frames_begin(&again, NULL);
    assert_true(frames_read(&again, "irp.tsv", first.bytes));
    kss_frames_write(&again.frames, KSS_FRAMES_TSV, &second);
    assert_string_equal(first.bytes, second.bytes);
    assert_string_equal(again.frames.rows[0].module, "my\\drv");
    assert_int_equal(again.diags.count, 0);
    kss_text_free(&first);
    kss_text_free(&second);
    frames_end(&rig);
    frames_end(&again);
}

// Whoever shows a lower bound says why it is one.
static void bounds_without_a_reason(void **state) {
    struct frames_rig rig;
    (void)state;
    frames_begin(&rig, NULL);
    assert_true(frames_read(&rig, "t.tsv",
                            "bytes\tkind\torigin\tmodule\tsymbol\tplace\treason\n"
                            "8\tat least\ttable\tm\tf\t\t\n\tunknown\ttable\tm\tg\t\t\n"
                            "8\texact\ttable\tm\th\t\tmeasured\n"));
    frames_expect(&rig, "f", 8, KSS_FRAME_AT_LEAST);
    frames_expect(&rig, "g", 0, KSS_FRAME_UNKNOWN);
    frames_expect(&rig, "h", 8, KSS_FRAME_EXACT);
    frames_end(&rig);
}

// ---- Joining ----------------------------------------------------------------------------------------------

static uint32_t left(const struct frames_rig *rig) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < rig->frames.count; i++)
        count += !rig->frames.rows[i].merged;
    return count;
}

static void one_function_of_two_files(void **state) {
    struct frames_rig rig;
    (void)state;
    frames_begin(&rig, NULL);
    frames_read(&rig, "irp.su",
                "irp.c:88:9:Read\t456\tstatic\nirp.c:140:6:CopyTail\t112\tstatic\n");
    frames_read(&rig, "irp.ci", graph);
    kss_frames_join(&rig.frames);
    assert_int_equal(left(&rig), 4);
    frames_expect(&rig, "Read", 456, KSS_FRAME_EXACT);
    frames_expect(&rig, "CopyTail", 112, KSS_FRAME_EXACT); // the .ci: at least 96
    assert_true(frames_row(&rig, "CopyTail")->local);
    assert_ptr_equal(&rig.frames.rows[rig.frames.calls[0].callee], frames_row(&rig, "CopyTail"));
    frames_end(&rig);
}

static void figures_that_differ(void **state) {
    struct frames_rig rig;
    (void)state;
    frames_begin(&rig, NULL);
    frames_read(&rig, "debug.su", "irp.c:88:9:Read\t456\tstatic\n");
    frames_read(&rig, "release.su", "irp.c:88:9:Read\t400\tstatic\n");
    kss_frames_join(&rig.frames);
    frames_expect(&rig, "Read", 456, KSS_FRAME_AT_LEAST);
    assert_non_null(strstr(frames_row(&rig, "Read")->reason, "400"));
    frames_end(&rig);
}

static void two_functions_of_one_name(void **state) {
    struct frames_rig rig;
    bool ambiguous;
    (void)state;
    frames_begin(&rig, NULL);
    frames_read(&rig, "a.su", "a.c:1:1:helper\t16\tstatic\n");
    frames_read(&rig, "b.su", "b.c:1:1:helper\t32\tstatic\n");
    frames_read(&rig, "c.ci",
                "graph: { title: \"c.c\" edge: { sourcename: \"top\" targetname: \"helper\" label: "
                "\"c.c:2:2\" } }");
    kss_frames_join(&rig.frames);
    assert_int_equal(left(&rig), 4); // the call cannot tell which
    assert_true(rig.frames.rows[rig.frames.calls[0].callee].external);
    assert_int_not_equal(kss_frames_find(&rig.frames, "helper", 6, &ambiguous), UINT32_MAX);
    assert_true(ambiguous);
    assert_int_equal(kss_frames_find(&rig.frames, "help", 4, &ambiguous), UINT32_MAX);
    frames_end(&rig);
}

static void found_in_another_file(void **state) {
    struct frames_rig rig;
    bool ambiguous;
    (void)state;
    frames_begin(&rig, NULL);
    frames_read(
        &rig, "a.ci",
        "graph: { title: \"a.c\" edge: { sourcename: \"top\" targetname: \"deep\" label: "
        "\"a.c:2:2\" } edge: { sourcename: \"top\" targetname: \"memcpy\" label: \"a.c:3:2\" } }");
    frames_read(
        &rig, "b.ci",
        "graph: { title: \"b.c\" node: { title: \"deep\" label: \"deep\\nb.c:1:1\\n64 bytes "
        "(static)\" } edge: { sourcename: \"deep\" targetname: \"memcpy\" label: \"b.c:3:2\" } }");
    kss_frames_join(&rig.frames);
    assert_int_equal(left(&rig), 3);
    assert_int_equal(rig.frames.rows[rig.frames.calls[0].callee].bytes, 64);
    assert_int_equal(rig.frames.calls[1].callee, rig.frames.calls[2].callee);
    assert_int_not_equal(kss_frames_find(&rig.frames, "mydrv!deep", 10, &ambiguous), UINT32_MAX);
    assert_false(ambiguous);
    frames_end(&rig);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gcc_lines),
        cmocka_unit_test(clang_lines),
        cmocka_unit_test(empty_su),
        cmocka_unit_test(ci_graph),
        cmocka_unit_test(broken_texts),
        cmocka_unit_test(unknown_qualifier),
        cmocka_unit_test(tables_are_read_again),
        cmocka_unit_test(bounds_without_a_reason),
        cmocka_unit_test(one_function_of_two_files),
        cmocka_unit_test(figures_that_differ),
        cmocka_unit_test(two_functions_of_one_name),
        cmocka_unit_test(found_in_another_file),
    };
    return cmocka_run_group_tests_name("frames, text", tests, NULL, NULL);
}
