// SPDX-License-Identifier: MIT
// Verdicts: which limit a root has, what makes it fit, over, or not to be told; roots that nobody named; layers.
#include "depth_rig.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct kss_profile *machine(const char *name) {
    return kss_profile_find(name, strlen(name));
}

static void add_root(struct depth_rig *rig, char letter, enum kss_root_kind kind) {
    kss_graph_root(&rig->graph,
                   &(struct kss_root){.node = rig->by_letter[letter - 'A'], .kind = kind});
}

// ---- Verdicts -------------------------------------------------------------------------------------------

static void what_is_missing_decides(void **state) {
    (void)state;
    static const struct {
        const char *functions, *calls;
        const char *bounds;
        uint64_t limit;
        enum kss_depth_verdict verdict;
    } cases[] = {
        {"A=100 B=50", "AB", "", 150, KSS_DEPTH_FITS},
        {"A=100 B=50", "AB", "", 149, KSS_DEPTH_OVER},
        {"A=100 B=50", "AB A?", "", 150, KSS_DEPTH_CANNOT_TELL},
        {"A=100 B=50", "AB A?", "", 149, KSS_DEPTH_OVER}, // whatever is missing
        {"A=100 B=50*", "AB", "", 150, KSS_DEPTH_CANNOT_TELL},
        {"A=100 B=?", "AB", "", 150, KSS_DEPTH_CANNOT_TELL},
        {"A=100 B=?", "AB", "", 99, KSS_DEPTH_OVER},
        {"A=100 B=50 C=?", "AB", "", 150, KSS_DEPTH_FITS}, // C is not reached
        {"A=100", "AA", "", 1000, KSS_DEPTH_CANNOT_TELL},
        {"A=100", "AA", "", 50, KSS_DEPTH_OVER},
        {"A=100", "AA", "A3", 300, KSS_DEPTH_FITS},
        {"A=100", "AA", "A3", 299, KSS_DEPTH_OVER},
        {"A=0 B=10 C=10", "AB AC BB CC BC CB", "B2 C3", 50, KSS_DEPTH_FITS},
        // Only an upper bound is above the limit.
        {"A=0 B=10 C=10", "AB AC BB CC BC CB", "B2 C3", 49, KSS_DEPTH_CANNOT_TELL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct depth_rig rig;
        rig_begin(&rig, cases[i].functions, cases[i].calls);
        for (const char *at = cases[i].bounds; *at != '\0'; at += at[2] == ' ' ? 3 : 2)
            rig.graph.nodes[rig.by_letter[*at - 'A']].most = (uint64_t)(at[1] - '0');
        add_root(&rig, 'A', KSS_ROOT_THREAD);
        struct kss_depth_options options = {.limit = cases[i].limit, .has_limit = true};
        struct kss_judgement j = kss_depth_judge(&rig.graph, &rig.arena, &options);
        assert_int_equal(j.roots[0].verdict, cases[i].verdict);
        assert_int_equal(j.verdict, cases[i].verdict);
        kss_judgement_free(&j);
        rig_end(&rig);
    }
}

static uint64_t limit_of(const char *name, enum kss_root_kind kind, bool *has) {
    struct depth_rig rig;
    rig_begin(&rig, "A=256", "");
    rig.graph.machine = name == NULL ? NULL : machine(name);
    add_root(&rig, 'A', kind);
    struct kss_depth_options options = {0};
    struct kss_judgement j = kss_depth_judge(&rig.graph, &rig.arena, &options);
    uint64_t limit = j.roots[0].limit;
    *has = j.roots[0].has_limit;
    assert_int_equal(j.verdict, *has ? KSS_DEPTH_FITS : KSS_DEPTH_CANNOT_TELL);
    assert_non_null(j.roots[0].limit_text);
    kss_judgement_free(&j);
    rig_end(&rig);
    return limit;
}

static void limits_of_machines(void **state) {
    (void)state;
    bool has;
    assert_int_equal(limit_of("x86", KSS_ROOT_THREAD, &has), 0x3000 - 0x210 - 0x8C);
    assert_int_equal(limit_of("x64", KSS_ROOT_THREAD, &has), 0x6000 - 0x370 - 0x190);
    assert_int_equal(limit_of("x64-xsave", KSS_ROOT_THREAD, &has), 0x7000 - 0xA50 - 0x190);
    assert_int_equal(limit_of("x64", KSS_ROOT_DPC, &has), 0x6000);
    assert_int_equal(limit_of("x64", KSS_ROOT_ISR, &has), 0x6000);
    assert_int_equal(limit_of("x86", KSS_ROOT_ISR, &has), 0x3000 - 0x210 - 0x8C - 0x8C);
    limit_of("arm64", KSS_ROOT_THREAD, &has);
    assert_false(has);
    limit_of(NULL, KSS_ROOT_THREAD, &has);
    assert_false(has);
    limit_of("x64", KSS_ROOT_CALLOUT, &has);
    assert_false(has);
}

// On x86 an ISR comes on top of whatever it interrupts: what cannot be told of that cannot be told of it.
static void isrs_of_x86_get_what_is_left(void **state) {
    (void)state;
    for (int unknown = 0; unknown < 2; unknown++) {
        struct depth_rig rig;
        rig_begin(&rig, "A=10000 B=200 C=100", unknown ? "A?" : "");
        rig.graph.machine = machine("x86");
        add_root(&rig, 'A', KSS_ROOT_THREAD);
        add_root(&rig, 'B', KSS_ROOT_ISR);
        add_root(&rig, 'C', KSS_ROOT_DPC);
        struct kss_depth_options options = {0};
        struct kss_judgement j = kss_depth_judge(&rig.graph, &rig.arena, &options);
        assert_int_equal(j.roots[1].limit, 0x3000 - 0x210 - 0x8C - 10000 - 0x8C);
        assert_int_equal(j.roots[1].verdict, unknown ? KSS_DEPTH_CANNOT_TELL : KSS_DEPTH_FITS);
        kss_judgement_free(&j);
        rig_end(&rig);
    }
}

static void the_same_root_counts_once(void **state) {
    (void)state;
    struct depth_rig rig;
    rig_begin(&rig, "A=10 B=20", "");
    add_root(&rig, 'B', KSS_ROOT_THREAD);
    add_root(&rig, 'A', KSS_ROOT_DPC);
    add_root(&rig, 'B', KSS_ROOT_THREAD);
    add_root(&rig, 'B', KSS_ROOT_DPC);
    struct kss_depth_options options = {.limit = 100, .has_limit = true};
    struct kss_judgement j = kss_depth_judge(&rig.graph, &rig.arena, &options);
    assert_int_equal(j.root_count, 3);
    kss_judgement_free(&j);
    rig_end(&rig);
}

// ---- Roots ----------------------------------------------------------------------------------------------

static void expect_roots(const char *functions, const char *calls, const char *candidates,
                         const char *expected) {
    struct depth_rig rig;
    char found[32] = "";
    rig_begin(&rig, functions, calls);
    for (uint32_t i = 0; i < rig.graph.count; i++)
        rig.graph.nodes[i].candidate = strchr(candidates, rig.graph.nodes[i].symbol[0]) != NULL;
    kss_graph_choose_roots(&rig.graph);
    for (uint32_t i = 0; i < rig.graph.root_count; i++)
        strcat(found, rig.graph.nodes[rig.graph.roots[i].node].symbol);
    assert_string_equal(found, expected);
    rig_end(&rig);
}

static void roots_are_what_nobody_calls(void **state) {
    (void)state;
    expect_roots("A=1 B=1 C=1", "AB", "ABC", "AC");
    expect_roots("A=1 B=1 C=1", "AB BA BC", "ABC", "A"); // a circle that nobody enters
    expect_roots("A=1 B=1 C=1", "AB BA BC", "BC", "B");
    expect_roots("A=1 B=1 C=1", "AB BC", "C", "C"); // A is dead code as far as anyone can see
    expect_roots("A=1 B=1", "AB", "", "A");         // no candidates at all: everything is
    expect_roots("A=1", "AA", "A", "A");
}

static void without_calls_the_largest_frame_counts(void **state) {
    (void)state;
    struct depth_rig rig;
    rig_begin(&rig, "A=10 B=30 C=20", "");
    rig.graph.calls_known = false;
    kss_graph_choose_roots(&rig.graph);
    assert_int_equal(rig.graph.root_count, 1);
    assert_int_equal(rig.graph.roots[0].node, rig.by_letter[1]);
    rig_end(&rig);
}

// ---- Layers ---------------------------------------------------------------------------------------------

static uint32_t add(struct kss_graph *graph, const char *module, const char *symbol, uint64_t bytes,
                    uint32_t layer) {
    bool external = layer == KSS_NO_NODE;
    struct kss_function f = {.symbol = symbol,
                             .module = module,
                             .unit = "",
                             .bytes = bytes,
                             .kind = KSS_FRAME_EXACT,
                             .layer = layer,
                             .external = external,
                             .nt = external,
                             .sends = external,
                             .candidate = !external};
    return kss_graph_node(graph, &f);
}

static void call(struct kss_graph *graph, uint32_t from, uint32_t to) {
    kss_graph_edge(graph, &(struct kss_edge){.from = from, .to = to});
}

// Each layer's IofCallDriver leads to the next one's routines, and only there.
static void layers_call_the_next_one_only(void **state) {
    (void)state;
    struct kss_arena arena = {0};
    struct kss_graph graph = {.arena = &arena, .calls_known = true};
    uint32_t sends = add(&graph, "nt", "IofCallDriver", 4, KSS_NO_NODE);
    uint32_t top = add(&graph, "top", "Read", 100, 0);
    uint32_t middle = add(&graph, "mid", "Read", 200, 1), other = add(&graph, "mid", "Flush", 9, 1);
    uint32_t low = add(&graph, "low", "Read", 400, 2);
    uint32_t load = add(&graph, "mid", "GsDriverEntry", 5000, 1); // no request calls it
    graph.nodes[load].entry = true;
    call(&graph, top, sends);
    call(&graph, middle, sends);
    call(&graph, other, sends);
    call(&graph, low, sends);
    kss_graph_sort(&graph);
    kss_graph_link(&graph);
    kss_graph_stack_layers(&graph, 3);
    assert_int_equal(graph.root_count, 1);
    struct kss_depth_options options = {.limit = 1000, .has_limit = true};
    struct kss_judgement j = kss_depth_judge(&graph, &arena, &options);
    assert_string_equal(graph.nodes[j.roots[0].root.node].name, "top!Read");
    assert_int_equal(j.roots[0].depth, 100 + 4 + 200 + 4 + 400 + 4);
    assert_true(j.roots[0].lacks & 1u << KSS_LACK_BELOW); // what low sends leads out
    assert_int_equal(j.solution.cycle_count, 0);
    kss_judgement_free(&j);
    kss_graph_free(&graph);
    kss_arena_free(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_missing_decides),
        cmocka_unit_test(limits_of_machines),
        cmocka_unit_test(isrs_of_x86_get_what_is_left),
        cmocka_unit_test(the_same_root_counts_once),
        cmocka_unit_test(roots_are_what_nobody_calls),
        cmocka_unit_test(without_calls_the_largest_frame_counts),
        cmocka_unit_test(layers_call_the_next_one_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
