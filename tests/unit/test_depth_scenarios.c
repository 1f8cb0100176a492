// SPDX-License-Identifier: MIT
// Every scenario of the repository, run and analysed: no stack of a run is deeper than the worst case that its
// call graph gives for the routine at its bottom, as far down the path as that routine's calls go.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "corpus.h"
#include "depth/depth.h"
#include "session/session.h"

#include <kss/kss.h>

#include <string.h>

struct counts {
    unsigned stacks, complete, met, frames, followed, deeper;
};

struct analysed {
    struct kss_arena arena;
    struct kss_graph graph;
    struct kss_solution solution;
    uint32_t *node_of; // per code index
    bool *reached, *callout;
    uint32_t *queue;
};

static void analyse(struct analysed *a, struct kss_session *session) {
    const struct kss_program *program = kss_session_program(session);
    *a = (struct analysed){.arena = {0}};
    a->graph.arena = &a->arena;
    kss_graph_from_program(&a->graph, kss_session_sources(session), program);
    a->solution = kss_depth_solve(&a->graph, &a->arena);
    a->node_of = KSS_NEW_ARRAY(&a->arena, uint32_t, program->image.code_count + 1u);
    a->reached = KSS_NEW_ARRAY(&a->arena, bool, a->graph.count + 1u);
    a->callout = KSS_NEW_ARRAY(&a->arena, bool, a->graph.count + 1u);
    for (uint32_t i = 0; i < a->graph.root_count; i++)
        a->callout[a->graph.roots[i].node] |= a->graph.roots[i].kind == KSS_ROOT_CALLOUT;
    a->queue = KSS_NEW_ARRAY(&a->arena, uint32_t, a->graph.count + 1u);
    for (uint32_t i = 0; i < a->graph.count; i++)
        if (!a->graph.nodes[i].external)
            a->node_of[a->graph.nodes[i].origin_index] = i;
}

static void finish(struct analysed *a) {
    kss_solution_free(&a->solution);
    kss_graph_free(&a->graph);
    kss_arena_free(&a->arena);
}

static void reach(struct analysed *a, uint32_t from) {
    uint32_t count = 0;
    memset(a->reached, 0, a->graph.count);
    a->reached[from] = true;
    for (a->queue[count++] = from; count > 0;) {
        uint32_t node = a->queue[--count];
        for (uint32_t e = a->graph.nodes[node].edges; e < kss_edges_end(&a->graph, node); e++) {
            uint32_t to = a->graph.edges[e].to;
            if (to == KSS_NO_NODE || a->reached[to])
                continue;
            a->reached[to] = true;
            a->queue[count++] = to;
        }
    }
}

// Driver frames from the outermost in, up to the first that something else brought: an interrupt, an APC, the
// callout of an expansion.
static void check_stack(struct analysed *a, const struct kss_program *program,
                        const struct kss_digest_stack *stack, struct counts *counts) {
    uint32_t code_count = program->image.code_count, root = KSS_NO_NODE;
    uint64_t sum = 0;
    bool followed = true;
    for (uint32_t i = stack->path_count; i-- > 0;) {
        uint32_t routine = stack->path[i].routine;
        if (routine >= code_count)
            continue;
        uint32_t node = a->node_of[routine];
        if (root == KSS_NO_NODE) {
            root = node;
            reach(a, root);
        }
        followed &= a->reached[node] && !(a->callout[node] && i + 1 < stack->path_count && sum > 0);
        counts->frames++;
        counts->followed += followed;
        if (followed)
            sum += stack->path[i].bytes;
    }
    if (root == KSS_NO_NODE)
        return;
    counts->stacks++;
    uint32_t missing = a->solution.lacks[root] & ((2u << KSS_LACK_MISSING) - 1);
    if (missing & ~(1u << KSS_LACK_EXTERNAL))
        return;
    counts->complete++;
    counts->met += sum == a->solution.depth[root];
    if (sum > a->solution.depth[root])
        print_message("%s: %s: %llu in the run, %llu at worst\n", program->name,
                      a->graph.nodes[root].name, (unsigned long long)sum,
                      (unsigned long long)a->solution.depth[root]);
    counts->deeper += sum > a->solution.depth[root];
}

static void check_file(const char *path, struct counts *counts) {
    struct kss_session *session = kss_open_file(path, NULL);
    if (kss_session_program(session) != NULL) {
        struct analysed a;
        kss_run(session);
        analyse(&a, session);
        const struct kss_digest *digest = kss_session_digest(session);
        for (uint32_t i = 0; i < digest->stack_count; i++)
            check_stack(&a, kss_session_program(session), &digest->stacks[i], counts);
        finish(&a);
    }
    kss_close(session);
}

static void no_run_is_deeper_than_the_worst_case(void **state) {
    (void)state;
    static const char *const folders[] = {"scenarios", "tests/model", "tests/verifier"};
    struct counts counts = {0};
    for (size_t f = 0; f < sizeof folders / sizeof *folders; f++) {
        struct kss_arena arena = {0};
        struct corpus corpus = corpus_of(&arena, folders[f]);
        for (unsigned i = 0; i < corpus.count; i++)
            check_file(corpus.paths[i], &counts);
        kss_arena_free(&arena);
    }
    print_message("%u stacks, %u with a bound, %u reach it; %u of %u frames followed\n",
                  counts.stacks, counts.complete, counts.met, counts.followed, counts.frames);
    assert_int_equal(counts.deeper, 0);
    assert_true(counts.complete > counts.stacks * 3 / 4);
    assert_true(counts.met > counts.complete / 2);
    assert_true(counts.followed > counts.frames / 3);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(no_run_is_deeper_than_the_worst_case)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
