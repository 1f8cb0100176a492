// SPDX-License-Identifier: MIT
// Annotation files: what good ones say, where bad ones are wrong, what they do to a graph.
#include "depth_rig.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct file {
    struct kss_arena arena;
    struct kss_sources sources;
    struct kss_diags diags;
    struct kss_remarks remarks;
};

static void read_file(struct file *file, const char *text, size_t length) {
    *file = (struct file){.arena = {0}};
    file->sources.arena = file->diags.arena = &file->arena;
    uint32_t index = kss_source_add(&file->sources, "a.txt", text, length);
    kss_remarks_read(&file->remarks, &file->arena, &file->sources, index, &file->diags);
}

static void read_text(struct file *file, const char *text) {
    read_file(file, text, strlen(text));
}

static void close_file(struct file *file) {
    kss_remarks_free(&file->remarks);
    kss_diags_free(&file->diags);
    kss_sources_free(&file->sources);
    kss_arena_free(&file->arena);
}

// ---- Reading --------------------------------------------------------------------------------------------

static void every_item(void **state) {
    (void)state;
    struct file f;
    read_text(
        &f, "\xEF\xBB\xBF// what runs where\n"
            "root thread DispatchRead,\n"
            "            mydrv!DispatchWrite; root dpc TimerDpc\n"
            "root isr \"odd name\"\r\n"
            "calls Read from src/irp.c:97:14 = {\n    CacheRead, // the usual\n    PageRead,\n};\n"
            "calls Read from mydrv.sys+0x10C2 = {} /* none */ ; calls Read = {X}\n"
            "depth Walk <= 4;\n"
            "frame memcpy = 0x20 \"measured\"; frame f = 12\n"
            "require path(DispatchRead) <= 12K - 2K - 1;\n"
            "require path(my-driver!F) <= 12K-2K\n"
            "ignore DebugDump \"not in the free build\"");
    assert_int_equal(f.diags.count, 0);
    assert_int_equal(f.remarks.count, 13);
    const struct kss_remark *r = f.remarks.items;
    assert_int_equal(r[0].kind, KSS_REMARK_ROOT);
    assert_string_equal(r[0].name.text, "DispatchRead");
    assert_string_equal(r[1].name.text, "mydrv!DispatchWrite");
    assert_int_equal(r[1].root, KSS_ROOT_THREAD);
    assert_int_equal(r[2].root, KSS_ROOT_DPC);
    assert_int_equal(r[3].root, KSS_ROOT_ISR);
    assert_string_equal(r[3].name.text, "odd name");
    assert_int_equal(r[4].kind, KSS_REMARK_CALLS);
    assert_string_equal(r[4].from.text, "src/irp.c:97:14");
    assert_int_equal(r[4].target_count, 2);
    assert_string_equal(r[4].targets[1].text, "PageRead");
    assert_string_equal(r[5].from.text, "mydrv.sys+0x10C2");
    assert_int_equal(r[5].target_count, 0);
    assert_null(r[6].from.text);
    assert_int_equal(r[7].value, 4);
    assert_int_equal(r[8].value, 0x20);
    assert_string_equal(r[8].why, "measured");
    assert_null(r[9].why);
    assert_int_equal(r[10].value, 12 * 1024 - 2 * 1024 - 1);
    assert_string_equal(r[11].name.text, "my-driver!F");
    assert_int_equal(r[11].value, 10 * 1024);
    assert_string_equal(r[12].why, "not in the free build");
    close_file(&f);
}

static void mistakes_have_a_place_each(void **state) {
    (void)state;
    static const struct {
        const char *text;
        uint32_t begin; // of the first error
        uint32_t errors, items;
        const char *message;
    } cases[] = {
        {"rot thread A", 0, 1, 0, "expected root, calls, depth, frame, require or ignore"},
        {"root tread A", 5, 1, 0, "expected `thread`, `dpc` or `isr`"},
        {"root thread", 11, 1, 0, "expected a function before the item ends"},
        {"root thread A B", 14, 1, 0, "expected `;` or the end of the line"},
        {"root thread A; bad; root dpc B", 15, 1, 2,
         "expected root, calls, depth, frame, require or ignore"},
        {"calls A form p = {}", 8, 1, 0, "expected `from` or `=`"},
        {"calls A = B", 10, 1, 0, "expected `{`"},
        {"calls A = {B C}", 13, 1, 0, "expected `,` or `}`"},
        {"calls A = {B,\nC D\n}\nroot dpc E", 16, 1, 1, "expected `,` or `}`"},
        {"calls A = {B", 12, 1, 0, "expected `,` or `}` before the item ends"},
        {"depth A < 4", 8, 1, 0, "expected `<=`"},
        {"depth A <= 0", 11, 1, 0, "a function that runs is at least once on its path"},
        {"depth A <= x", 11, 1, 0, "expected a number: 320, 0x140, 12K, below 4 GiB"},
        {"frame A = 99999999999", 10, 1, 0, "expected a number: 320, 0x140, 12K, below 4 GiB"},
        {"frame A = 4G", 10, 1, 0, "expected a number: 320, 0x140, 12K, below 4 GiB"},
        {"frame A = 0x", 10, 1, 0, "expected a number: 320, 0x140, 12K, below 4 GiB"},
        {"require A <= 1", 8, 1, 0, "expected `path`"},
        {"require path A <= 1", 13, 1, 0, "expected `(`"},
        {"require path(A) <= 1K - 2K", 19, 1, 0, "this is less than nothing"},
        {"ignore \"\"", 7, 1, 0, "expected a function"},
        {"ignore A \"why\nroot dpc B", 9, 1, 2, "this text has no closing quote"},
        {"/* never", 0, 1, 0, "this comment does not end"},
        {"bad\nworse\nroot isr A", 0, 2, 1,
         "expected root, calls, depth, frame, require or ignore"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct file f;
        read_text(&f, cases[i].text);
        assert_true(f.diags.count > 0);
        assert_string_equal(f.diags.items[0].message, cases[i].message);
        assert_int_equal(f.diags.items[0].primary.span.begin, cases[i].begin);
        assert_int_equal(f.diags.errors, cases[i].errors);
        assert_int_equal(f.remarks.count, cases[i].items);
        close_file(&f);
    }
}

static void mistyped_words_are_guessed(void **state) {
    (void)state;
    struct file f;
    read_text(&f, "requre path(A) <= 1\nroot thred A");
    assert_int_equal(f.diags.count, 2);
    assert_string_equal(f.diags.items[0].notes[0].text, "did you mean `require`?");
    assert_string_equal(f.diags.items[1].notes[0].text, "did you mean `thread`?");
    close_file(&f);
}

static void any_bytes_end(void **state) {
    (void)state;
    uint32_t seed = 3;
    static const char pieces[][12] = {"root ",   "thread ", "calls ", "from ", "{",  "}",
                                      "= ",      "<=",      "\n",     ";",     "A ", "\"",
                                      "0x10 ",   "/*",      "*/",     "//",    ",",  "irp.c:9:1 ",
                                      "require", "path(",   ")",      "-",     "\0", "\xFF"};
    for (unsigned round = 0; round < 2000; round++) {
        char text[256];
        size_t length = 0;
        while (length < 200) {
            seed = seed * 1664525u + 1013904223u;
            const char *piece = pieces[(seed >> 16) % (sizeof pieces / sizeof *pieces)];
            size_t size = piece[0] ? strlen(piece) : 1;
            memcpy(text + length, piece, size);
            length += size;
        }
        struct file f;
        read_file(&f, text, length);
        for (uint32_t i = 0; i < f.diags.count; i++)
            assert_true(f.diags.items[i].primary.span.begin <= f.diags.items[i].primary.span.end &&
                        f.diags.items[i].primary.span.end <= length);
        close_file(&f);
    }
}

// ---- Applying -------------------------------------------------------------------------------------------

// A calls through pointers at two places, B at one; C and D are called by nobody.
static void begin_graph(struct depth_rig *rig) {
    rig_begin(rig, "A=100 B=50 C=20 D=30 E=?", "A? A? B? CC");
    static const char *const places[] = {"src/irp.c:97:14", "src/irp.c:99:3", "mydrv.sys+0x10C2"};
    for (uint32_t e = 0; e < 3; e++)
        rig->graph.edges[e].place = places[e];
}

static void apply(struct depth_rig *rig, struct file *f, const char *text) {
    begin_graph(rig);
    read_text(f, text);
    assert_int_equal(f->diags.errors, 0);
    kss_graph_annotate(&rig->graph, &f->remarks, &f->diags);
}

static void finish(struct depth_rig *rig, struct file *f) {
    close_file(f);
    rig_end(rig);
}

static uint64_t depth_of_a(struct depth_rig *rig, uint32_t *lacks) {
    struct kss_solution solution = kss_depth_solve(&rig->graph, &rig->arena);
    uint64_t depth = solution.depth[rig->by_letter[0]];
    *lacks = solution.lacks[rig->by_letter[0]];
    kss_solution_free(&solution);
    return depth;
}

static void pointers_lead_where_they_say(void **state) {
    (void)state;
    static const struct {
        const char *text;
        uint64_t depth;
        bool unresolved;
    } cases[] = {
        {"", 100, true},
        {"calls A = {D}", 130, false},
        {"calls A from src/irp.c:97:14 = {D}", 130, true},
        {"calls A from irp.c:97:14 = {D}; calls A = {}", 130, false},
        {"calls A from irp.c:97 = {D}; calls A from 99 = {B}; calls B = {}", 150, false},
        {"calls A from irp.c:97:14 = {}; calls A from 99 = {}", 100, false},
        {"calls A = {B}; calls B from MyDrv.sys+0x10c2 = {D}", 180, false},
        {"calls A from rp.c:97:14 = {D}", 100, true},
        {"calls A from 9 = {D}", 100, true},
        {"calls A = {Nobody}", 100, true},
        {"calls A = {D, Nobody}", 100, true},
        {"calls A from 97 = {D}; calls A from 97 = {B}; calls B = {}; calls A = {}", 150, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct depth_rig rig;
        struct file f;
        uint32_t lacks;
        apply(&rig, &f, cases[i].text);
        assert_int_equal(depth_of_a(&rig, &lacks), cases[i].depth);
        assert_int_equal((lacks >> KSS_LACK_UNRESOLVED & 1) != 0, cases[i].unresolved);
        finish(&rig, &f);
    }
}

static void what_matches_nothing_is_a_warning(void **state) {
    (void)state;
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"root thread Z", "no function is called `Z`"},
        {"depth Walk <= 3", "no function is called `Walk`"},
        {"calls C = {D}", "`C` has no call through a pointer left to say this of"},
        {"calls A from irp.c:98 = {D}", "`A` has no call through a pointer there"},
        {"calls A = {Q}", "no function is called `Q`"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct depth_rig rig;
        struct file f;
        apply(&rig, &f, cases[i].text);
        assert_int_equal(f.diags.errors, 0);
        assert_int_equal(f.diags.count, 1);
        assert_string_equal(f.diags.items[0].message, cases[i].message);
        finish(&rig, &f);
    }
}

static void frames_bounds_roots_and_limits(void **state) {
    (void)state;
    struct depth_rig rig;
    struct file f;
    apply(&rig, &f,
          "root isr B; root thread A\nframe E = 0x40 \"measured\"\ndepth C <= 3; depth D <= 2\n"
          "calls A = {C}; calls B = {}\nrequire path(A) <= 150; require path(E) <= 0x40");
    assert_int_equal(f.diags.count, 0);
    struct kss_depth_options options = {.limit = 1000, .has_limit = true};
    struct kss_judgement j = kss_depth_judge(&rig.graph, &rig.arena, &options);
    assert_int_equal(j.root_count, 2);
    assert_int_equal(j.roots[0].depth, 160); // A and three of C
    assert_int_equal(j.roots[0].verdict, KSS_DEPTH_FITS);
    assert_int_equal(j.roots[1].root.kind, KSS_ROOT_ISR);
    assert_int_equal(j.requirements[0].verdict, KSS_DEPTH_OVER);
    assert_int_equal(j.requirements[1].verdict, KSS_DEPTH_FITS);
    assert_int_equal(j.verdict, KSS_DEPTH_OVER);
    kss_remarks_unused(&j.solution, &f.remarks, &f.diags);
    assert_int_equal(f.diags.count, 1);
    assert_string_equal(f.diags.items[0].message, "`D` is on no cycle: its bound is not needed");
    kss_judgement_free(&j);
    finish(&rig, &f);
}

static void names_of_several_are_refused(void **state) {
    (void)state;
    struct kss_arena arena = {0};
    struct kss_graph graph = {.arena = &arena, .calls_known = true};
    struct kss_function twin = {
        .symbol = "Copy", .module = "", .unit = "src/a.c", .layer = KSS_NO_NODE};
    kss_graph_node(&graph, &twin);
    twin.unit = "b.c";
    kss_graph_node(&graph, &twin);
    twin.unit = "";
    twin.module = "drv";
    kss_graph_node(&graph, &twin);
    kss_graph_sort(&graph);
    kss_graph_link(&graph);
    bool several;
    assert_int_equal(kss_graph_find(&graph, "Copy", &several), KSS_NO_NODE);
    assert_true(several);
    assert_string_equal(graph.nodes[kss_graph_find(&graph, "a.c:Copy", NULL)].name, "src/a.c:Copy");
    assert_string_equal(graph.nodes[kss_graph_find(&graph, "drv!Copy", NULL)].name, "drv!Copy");
    assert_int_equal(kss_graph_find(&graph, "c:Copy", &several), KSS_NO_NODE);
    assert_false(several);
    struct file f;
    read_text(&f, "depth Copy <= 2");
    kss_graph_annotate(&graph, &f.remarks, &f.diags);
    assert_int_equal(f.diags.errors, 1);
    close_file(&f);
    kss_graph_free(&graph);
    kss_arena_free(&arena);
}

// What has no name goes by the one that the report prints.
static void printed_names_are_understood(void **state) {
    (void)state;
    struct kss_arena arena = {0};
    struct kss_graph graph = {.arena = &arena, .calls_known = true};
    struct kss_function node = {
        .symbol = "+0x1040", .module = "mydrv", .unit = "", .layer = KSS_NO_NODE};
    kss_graph_node(&graph, &node);
    node.module = "low";
    kss_graph_node(&graph, &node);
    kss_graph_sort(&graph);
    kss_graph_link(&graph);
    bool several;
    for (uint32_t i = 0; i < graph.count; i++)
        assert_int_equal(kss_graph_find(&graph, graph.nodes[i].name, NULL), i);
    assert_int_equal(kss_graph_find(&graph, "+0x1040", &several), KSS_NO_NODE);
    assert_true(several);
    assert_int_equal(kss_graph_find(&graph, "drv+0x1040", &several), KSS_NO_NODE);
    assert_false(several);
    kss_graph_free(&graph);
    kss_arena_free(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(printed_names_are_understood),
        cmocka_unit_test(every_item),
        cmocka_unit_test(mistakes_have_a_place_each),
        cmocka_unit_test(mistyped_words_are_guessed),
        cmocka_unit_test(any_bytes_end),
        cmocka_unit_test(pointers_lead_where_they_say),
        cmocka_unit_test(what_matches_nothing_is_a_warning),
        cmocka_unit_test(frames_bounds_roots_and_limits),
        cmocka_unit_test(names_of_several_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
