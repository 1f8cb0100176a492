// SPDX-License-Identifier: MIT
// Worst-case depth of large call graphs: 100,000 functions and 400,000 calls, then ten times as many (no
// quadratic behaviour), of four shapes; sorting by name, solving and judging, and the text of the report.
//
//   bench_depth [FUNCTIONS]      default 100000
#include "depth/depth.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double seconds(void) {
    struct timespec now;
    timespec_get(&now, TIME_UTC);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static uint32_t seed = 1;
static uint32_t below(uint32_t limit) {
    seed = seed * 1664525u + 1013904223u;
    return (uint32_t)(((uint64_t)(seed >> 4) * limit) >> 28);
}

enum shape { CHAIN, WIDE, CYCLES, BOUNDED };
static const char *const names[] = {"a chain with shortcuts", "a wide graph without cycles",
                                    "many small cycles", "one cycle, bounded"};

static void functions(struct kss_graph *graph, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        char name[32];
        int length = snprintf(name, sizeof name, "Function%07u", i);
        struct kss_function f = {.symbol = kss_alloc_text(graph->arena, name, (size_t)length),
                                 .module = "drv",
                                 .unit = "",
                                 .kind = KSS_FRAME_EXACT,
                                 .origin = KSS_FROM_CI,
                                 .bytes = 16 * (1 + below(40)),
                                 .candidate = true,
                                 .layer = KSS_NO_NODE};
        kss_graph_node(graph, &f);
    }
}

static void call(struct kss_graph *graph, uint32_t from, uint32_t to) {
    kss_graph_edge(graph, &(struct kss_edge){.from = from, .to = to, .tail = below(16) == 0});
}

static void calls(struct kss_graph *graph, uint32_t count, enum shape shape) {
    for (uint32_t i = 0; i + 1 < count; i++)
        for (unsigned k = 0; k < 4; k++) {
            uint32_t near = count - 1 - i < 64 ? count - 1 - i : 64;
            uint32_t far = i + 1 + below(count - 1 - i);
            switch (shape) {
            case CHAIN:
            case BOUNDED: call(graph, i, k == 0 ? i + 1 : i + 1 + below(near)); break;
            case WIDE: call(graph, i, far); break;
            case CYCLES: call(graph, i, k == 3 && i % 8 > 0 ? i - 1 : far); break;
            }
        }
    if (shape == BOUNDED)
        kss_graph_edge(graph, &(struct kss_edge){.from = count - 1, .to = 0});
}

static double run(uint32_t count, enum shape shape) {
    struct kss_arena arena = {0};
    struct kss_graph graph = {.arena = &arena, .calls_known = true};
    struct kss_depth_options options = {.limit = 12288, .has_limit = true};
    struct kss_text out = {0};
    functions(&graph, count);
    calls(&graph, count, shape);
    double start = seconds();
    kss_graph_sort(&graph);
    kss_graph_link(&graph);
    if (shape == BOUNDED)
        graph.nodes[0].most = 3;
    kss_graph_root(&graph, &(struct kss_root){.node = 0, .kind = KSS_ROOT_THREAD});
    double sorted = seconds();
    struct kss_judgement judgement = kss_depth_judge(&graph, &arena, &options);
    double judged = seconds();
    kss_depth_text(&judgement, false, &out);
    double end = seconds();
    printf("  %s: %u functions, %u calls: sort %.3f s, solve %.3f s, text %.3f s; depth %llu\n",
           names[shape], count, graph.edge_count, sorted - start, judged - sorted, end - judged,
           (unsigned long long)judgement.roots[0].depth);
    kss_text_free(&out);
    kss_judgement_free(&judgement);
    kss_graph_free(&graph);
    kss_arena_free(&arena);
    return end - start;
}

int main(int argc, char **argv) {
    long count = argc > 1 ? strtol(argv[1], NULL, 10) : 100000;
    if (count < 10 || count > 10000000)
        return 2;
    printf("worst-case depth:\n");
    for (unsigned shape = CHAIN; shape <= BOUNDED; shape++) {
        double one = run((uint32_t)count, (enum shape)shape);
        double ten = run((uint32_t)count * 10, (enum shape)shape);
        printf("  -> %.3f s; ten times as many: %.2f s, a factor of %.1f\n", one, ten, ten / one);
    }
    return 0;
}
