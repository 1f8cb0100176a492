// SPDX-License-Identifier: MIT
// Depths: sums made by hand, and random graphs against a search of every path.
#include "depth_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static uint64_t depth_of(const struct kss_solution *solution, const struct depth_rig *rig,
                         char letter) {
    return solution->depth[rig->by_letter[letter - 'A']];
}

// What must hold of every path: it begins at the root, each frame is called by the one before, depths add
// up, and the last is the depth of the root.
static void check_path(const struct kss_solution *solution, uint32_t root) {
    const struct kss_graph *graph = solution->graph;
    struct kss_path path;
    kss_depth_path(solution, root, &path);
    assert_true(path.count > 0);
    assert_true(path.upper || path.frames[0].node == root);
    assert_int_equal(path.frames[path.count - 1].depth, solution->depth[root]);
    uint64_t start = 0;
    for (uint32_t i = 0; i < path.count; i++) {
        const struct kss_path_frame *row = &path.frames[i];
        uint64_t bytes = graph->nodes[row->node].bytes;
        if (row->group != KSS_NO_NODE && path.groups[row->group].first == i)
            start += (path.groups[row->group].turns - 1) * path.groups[row->group].bytes;
        assert_int_equal(row->depth, start + bytes);
        if (!row->gone)
            start += bytes;
        if (row->edge != KSS_NO_NODE)
            assert_int_equal(graph->edges[row->edge].to, row->node);
        else
            assert_true(i == 0 || path.upper);
        if (row->edge != KSS_NO_NODE && i > 0 && !path.upper)
            assert_int_equal(graph->edges[row->edge].from, path.frames[i - 1].node);
    }
    kss_path_free(&path);
}

static void check_paths(const struct kss_solution *solution) {
    for (uint32_t i = 0; i < solution->graph->count; i++)
        check_path(solution, i);
}

#define CHECK(functions, calls, letter, expected)                                                  \
    do {                                                                                           \
        struct depth_rig rig;                                                                      \
        rig_begin(&rig, functions, calls);                                                         \
        struct kss_solution solution = kss_depth_solve(&rig.graph, &rig.arena);                    \
        assert_int_equal(depth_of(&solution, &rig, letter), expected);                             \
        check_paths(&solution);                                                                    \
        kss_solution_free(&solution);                                                              \
        rig_end(&rig);                                                                             \
    } while (0)

static void sums_along_paths(void **state) {
    (void)state;
    CHECK("A=100", "", 'A', 100);
    CHECK("A=100 B=50 C=20", "AB BC", 'A', 170);
    CHECK("A=100 B=50 C=20 D=60", "AB BC AD", 'A', 170);
    CHECK("A=100 B=50 C=20 D=80", "AB BC AD", 'A', 180);
    CHECK("A=10 B=1 C=2 D=500", "AB AC BD CD", 'A', 512); // a diamond: the costlier side
    CHECK("A=10 B=?", "AB", 'A', 10);
    CHECK("A=10 B=40*", "AB A?", 'A', 50);
}

static void jumps_take_the_place_of_a_frame(void **state) {
    (void)state;
    CHECK("A=100 B=50", "AB!", 'A', 100);
    CHECK("A=100 B=150", "AB!", 'A', 150);
    CHECK("A=100 B=50 C=70", "AB! BC", 'A', 120);
    CHECK("A=100 B=50 C=40", "AB! BC", 'A', 100);
    CHECK("A=100 B=50 C=70", "AB! AB BC", 'A', 220); // called and jumped to
}

static void jumps_in_a_circle_cost_nothing(void **state) {
    (void)state;
    CHECK("A=10 B=30 C=20", "AB! BC! CA!", 'A', 30);
    CHECK("A=10 B=30 C=20", "AB! BC! CA!", 'C', 30);
    CHECK("A=10 B=30 C=20 D=100", "AB! BC! CA! CD", 'A', 120);
    CHECK("A=10", "AA!", 'A', 10);
    CHECK("A=10 B=5 C=7", "AB BC! CB!", 'A', 17);
}

static void cycles_have_no_depth(void **state) {
    (void)state;
    static const struct {
        const char *functions, *calls, *members;
    } cases[] = {
        {"A=10", "AA", "A"},
        {"A=10 B=20", "AB BA", "AB"},
        {"A=10 B=20 C=30", "AB BC CB", "BC"},
        {"A=10 B=20", "AB BA!", "AB"}, // one call on the circle is enough to grow
        {"A=? B=20", "AB BA", "AB"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct depth_rig rig;
        rig_begin(&rig, cases[i].functions, cases[i].calls);
        struct kss_solution solution = kss_depth_solve(&rig.graph, &rig.arena);
        assert_int_equal(solution.cycle_count, 1);
        assert_false(solution.cycles[0].bounded);
        assert_int_equal(solution.cycles[0].count, strlen(cases[i].members));
        for (uint32_t m = 0; m < solution.cycles[0].count; m++)
            assert_int_equal(solution.cycles[0].members[m],
                             rig.by_letter[cases[i].members[m] - 'A']);
        assert_true(solution.lacks[rig.by_letter[0]] & 1u << KSS_LACK_CYCLE);
        check_paths(&solution);
        kss_solution_free(&solution);
        rig_end(&rig);
    }
}

// ---- Bounds ---------------------------------------------------------------------------------------------

struct bounded_case {
    const char *functions, *calls;
    const char *bounds; // "A4 B2"
    uint64_t depth;     // of A
    bool upper;
};

static void set_bounds(struct depth_rig *rig, const char *bounds) {
    for (const char *at = bounds; *at != '\0'; at += *at == ' ') {
        char *end;
        uint64_t most = strtoull(at + 1, &end, 10);
        rig->graph.nodes[rig->by_letter[*at - 'A']].most = most;
        at = end;
    }
}

static bool is_upper(const struct kss_solution *solution, uint32_t root) {
    struct kss_path path;
    kss_depth_path(solution, root, &path);
    bool upper = path.upper;
    kss_path_free(&path);
    return upper;
}

static void bounds_make_cycles_finite(void **state) {
    (void)state;
    static const struct bounded_case cases[] = {
        {"A=10", "AA", "A4", 40, false},
        {"A=10", "AA", "A1", 10, false},
        {"A=10 B=5", "AA AB", "A3", 35, false},
        {"A=10 B=20", "AB BA", "A3", 90, false},    // A B A B A B
        {"A=10 B=20", "AB BA", "B3", 100, false},   // A B A B A B A
        {"A=10 B=20", "AB BA", "A4 B2", 70, false}, // A B A B A
        {"A=10 B=20", "AB BA", "A2 B2", 60, false}, // A B A B
        {"A=10 B=20 C=1", "AB BA AC CA", "A3", 90, false},
        {"A=1 B=10 C=100", "AB AC BA CA BC", "A2", 222, false},    // A B C A B C
        {"A=10 B=20", "AB BA!", "A3", 50, false},                  // A A A B: the jump leaves no B
        {"A=0 B=10 C=10", "AB AC BB CC BC CB", "B2 C3", 50, true}, // B B C C C
        {"A=1 B=10 C=7", "AB BB AC CC", "B5 C5", 51, false},       // two components
        {"A=10", "AA!", "A9", 10, false},
        {"A=4294967296", "AA", "A4294967295", 4294967296u * (uint64_t)4294967295u, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct depth_rig rig;
        rig_begin(&rig, cases[i].functions, cases[i].calls);
        set_bounds(&rig, cases[i].bounds);
        kss_graph_root(&rig.graph, &(struct kss_root){.node = rig.by_letter[0]});
        struct kss_solution solution = kss_depth_solve(&rig.graph, &rig.arena);
        if (is_upper(&solution, rig.by_letter[0]) != cases[i].upper)
            print_message("case %zu\n", i);
        assert_int_equal(depth_of(&solution, &rig, 'A'), cases[i].depth);
        assert_int_equal(is_upper(&solution, rig.by_letter[0]), cases[i].upper);
        assert_false(solution.lacks[rig.by_letter[0]] & 1u << KSS_LACK_CYCLE);
        check_paths(&solution);
        kss_solution_free(&solution);
        rig_end(&rig);
    }
}

static void bounds_that_do_not_cut_are_not_enough(void **state) {
    (void)state;
    struct depth_rig rig;
    rig_begin(&rig, "A=10 B=20 C=30 D=40", "AB BA BC CD DC DA");
    set_bounds(&rig, "A4");
    struct kss_solution solution = kss_depth_solve(&rig.graph, &rig.arena);
    assert_int_equal(solution.cycle_count, 1); // what A does not cut: C and D
    assert_int_equal(solution.cycles[0].count, 2);
    assert_int_equal(solution.cycles[0].members[0], rig.by_letter[2]);
    assert_true(solution.lacks[rig.by_letter[0]] & 1u << KSS_LACK_CYCLE);
    assert_int_equal(depth_of(&solution, &rig, 'A'), 100); // a path that exists: A B C D
    kss_solution_free(&solution);
    rig_end(&rig);
}

static void sums_stick_at_the_top(void **state) {
    (void)state;
    struct depth_rig rig;
    rig_begin(&rig, "A=10 B=10", "AB BB");
    rig.graph.nodes[1].bytes = UINT64_MAX / 2;
    rig.graph.nodes[1].most = 1000;
    struct kss_solution solution = kss_depth_solve(&rig.graph, &rig.arena);
    assert_true(solution.depth[0] == UINT64_MAX);
    kss_solution_free(&solution);
    rig_end(&rig);
}

// ---- Random graphs --------------------------------------------------------------------------------------

static void random_graph(struct depth_rig *rig, uint32_t nodes, uint32_t edges, bool cycles) {
    rig->arena = (struct kss_arena){0};
    rig->graph = (struct kss_graph){.arena = &rig->arena, .calls_known = true};
    for (uint32_t i = 0; i < nodes; i++) {
        char letter = (char)('A' + i);
        struct kss_function f = {.symbol = kss_alloc_text(&rig->arena, &letter, 1),
                                 .module = "",
                                 .unit = "",
                                 .kind = KSS_FRAME_EXACT,
                                 .bytes = 1 + rig_random(rig, 50),
                                 .layer = KSS_NO_NODE};
        rig->by_letter[i] = kss_graph_node(&rig->graph, &f);
    }
    for (uint32_t i = 0; i < edges; i++) {
        struct kss_edge edge = {.from = rig_random(rig, nodes),
                                .to = rig_random(rig, nodes),
                                .tail = rig_random(rig, 4) == 0};
        if (!cycles && edge.from >= edge.to)
            continue;
        kss_graph_edge(&rig->graph, &edge);
    }
    kss_graph_sort(&rig->graph);
    kss_graph_link(&rig->graph);
}

static void random_graphs_without_cycles(void **state) {
    (void)state;
    struct depth_rig rig = {.seed = 1};
    for (unsigned round = 0; round < 400; round++) {
        random_graph(&rig, 2 + rig_random(&rig, 9), 4 + rig_random(&rig, 30), false);
        struct kss_solution solution = kss_depth_solve(&rig.graph, &rig.arena);
        for (uint32_t i = 0; i < rig.graph.count; i++) {
            struct rig_search search = {.graph = &rig.graph};
            assert_int_equal(solution.depth[i], rig_deepest(&search, i));
        }
        check_paths(&solution);
        kss_solution_free(&solution);
        rig_end(&rig);
    }
}

// Bounds on random functions: never less than the deepest walk, and equal unless the path says that it is an
// upper bound. Where bounds do not cut every circle, the depth is that of a path without any repetition.
static void random_graphs_with_bounds(void **state) {
    (void)state;
    struct depth_rig rig = {.seed = 7};
    unsigned exact = 0, upper = 0, refused = 0;
    for (unsigned round = 0; round < 3000; round++) {
        uint32_t nodes = 2 + rig_random(&rig, 4);
        random_graph(&rig, nodes, 2 + rig_random(&rig, 7), true);
        for (uint32_t i = 0; i < nodes; i++)
            if (rig_random(&rig, 2))
                rig.graph.nodes[i].most = 1 + rig_random(&rig, 2);
        struct kss_solution solution = kss_depth_solve(&rig.graph, &rig.arena);
        for (uint32_t i = 0; i < nodes; i++) {
            struct rig_search search = {.graph = &rig.graph};
            uint64_t deepest = rig_deepest(&search, i);
            if (solution.lacks[i] & 1u << KSS_LACK_CYCLE) {
                refused++;
                continue;
            }
            assert_true(solution.depth[i] >= deepest);
            if (is_upper(&solution, i)) {
                upper++;
            } else {
                assert_int_equal(solution.depth[i], deepest);
                exact++;
            }
        }
        check_paths(&solution);
        kss_solution_free(&solution);
        rig_end(&rig);
    }
    assert_true(exact > 2000 && upper > 20 && refused > 500); // all three were tried
}

// ---- Size -----------------------------------------------------------------------------------------------

static void long_chains_need_no_host_stack(void **state) {
    (void)state;
    enum { LENGTH = 300000 };
    struct depth_rig rig = {0};
    rig.graph = (struct kss_graph){.arena = &rig.arena, .calls_known = true};
    for (uint32_t i = 0; i < LENGTH; i++) {
        char name[16];
        int length = snprintf(name, sizeof name, "f%06u", i);
        struct kss_function f = {.symbol = kss_alloc_text(&rig.arena, name, (size_t)length),
                                 .module = "",
                                 .unit = "",
                                 .kind = KSS_FRAME_EXACT,
                                 .bytes = 16,
                                 .layer = KSS_NO_NODE};
        kss_graph_node(&rig.graph, &f);
        if (i > 0)
            kss_graph_edge(&rig.graph, &(struct kss_edge){.from = i - 1, .to = i});
    }
    kss_graph_edge(&rig.graph, &(struct kss_edge){.from = LENGTH - 1, .to = 0});
    kss_graph_sort(&rig.graph);
    kss_graph_link(&rig.graph);
    rig.graph.nodes[5].most = 3;
    struct kss_solution solution = kss_depth_solve(&rig.graph, &rig.arena);
    assert_int_equal(solution.depth[5], 3ull * 16 * LENGTH);
    assert_int_equal(solution.depth[0], 3ull * 16 * LENGTH + 5 * 16);
    kss_solution_free(&solution);
    rig_end(&rig);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_along_paths),
        cmocka_unit_test(jumps_take_the_place_of_a_frame),
        cmocka_unit_test(jumps_in_a_circle_cost_nothing),
        cmocka_unit_test(cycles_have_no_depth),
        cmocka_unit_test(bounds_make_cycles_finite),
        cmocka_unit_test(bounds_that_do_not_cut_are_not_enough),
        cmocka_unit_test(sums_stick_at_the_top),
        cmocka_unit_test(random_graphs_without_cycles),
        cmocka_unit_test(random_graphs_with_bounds),
        cmocka_unit_test(long_chains_need_no_host_stack),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
