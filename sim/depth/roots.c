// SPDX-License-Identifier: MIT
// Where paths begin when nobody says so, and what the layers of a device stack call.
//
// Roots are what may be called from outside and is not reached from another root: components are taken
// callers first, and of a component that nobody has reached yet its candidate becomes a root. What has code
// is a candidate when its address is taken or when it is DriverEntry; what is known from a compiler's graph
// alone, always. If nothing is, everything counts.
#include "depth/components.h"

#include <stdlib.h>

struct roots {
    struct kss_graph *graph;
    struct kss_components components;
    bool *reached;
    uint32_t *queue;
    bool all; // every function with a body is a candidate
};

static bool is_candidate(const struct roots *roots, uint32_t node) {
    const struct kss_function *row = &roots->graph->nodes[node];
    return !row->external && (roots->all || row->candidate);
}

static void reach(struct roots *roots, uint32_t from) {
    const struct kss_graph *graph = roots->graph;
    uint32_t count = 0;
    roots->reached[from] = true;
    for (roots->queue[count++] = from; count > 0;) {
        uint32_t node = roots->queue[--count];
        for (uint32_t e = graph->nodes[node].edges; e < kss_edges_end(graph, node); e++) {
            uint32_t to = graph->edges[e].to;
            if (to == KSS_NO_NODE || roots->reached[to])
                continue;
            roots->reached[to] = true;
            roots->queue[count++] = to;
        }
    }
}

// Of a component that is called in a circle, the first whose address is taken, else the first.
static uint32_t choose(const struct roots *roots, const uint32_t *members, uint32_t count) {
    uint32_t chosen = KSS_NO_NODE;
    for (uint32_t i = 0; i < count; i++)
        if (is_candidate(roots, members[i]) && (chosen == KSS_NO_NODE || members[i] < chosen))
            chosen = members[i];
    return chosen;
}

static void choose_all(struct roots *roots) {
    const struct kss_components *c = &roots->components;
    for (uint32_t i = c->count; i-- > 0;) {
        const uint32_t *members = &c->members[c->begin[i]];
        uint32_t root = choose(roots, members, c->begin[i + 1] - c->begin[i]);
        if (root == KSS_NO_NODE || roots->reached[root])
            continue;
        struct kss_root found = {.node = root, .kind = KSS_ROOT_THREAD, .assumed = true};
        kss_graph_root(roots->graph, &found);
        reach(roots, root);
    }
}

// Without calls no path is longer than a function: the largest frame is all that can be said.
static void choose_largest(struct kss_graph *graph) {
    struct kss_root root = {.node = KSS_NO_NODE, .kind = KSS_ROOT_THREAD, .assumed = true};
    for (uint32_t i = 0; i < graph->count; i++)
        if (!graph->nodes[i].external &&
            (root.node == KSS_NO_NODE || graph->nodes[i].bytes > graph->nodes[root.node].bytes))
            root.node = i;
    if (root.node != KSS_NO_NODE)
        kss_graph_root(graph, &root);
}

static int by_node(const void *a, const void *b) {
    const struct kss_root *x = a, *y = b;
    return x->node < y->node ? -1 : x->node > y->node;
}

void kss_graph_choose_roots(struct kss_graph *graph) {
    struct kss_arena arena = {0};
    size_t n = (size_t)graph->count + 1;
    struct roots roots = {.graph = graph,
                          .components = kss_components_new(graph, &arena),
                          .reached = KSS_NEW_ARRAY(&arena, bool, n),
                          .queue = KSS_NEW_ARRAY(&arena, uint32_t, n)};
    uint32_t *starts = KSS_NEW_ARRAY(&arena, uint32_t, n);
    for (uint32_t i = 0; i < graph->count; i++)
        starts[i] = i;
    kss_components_find(&roots.components, starts, graph->count, 0);
    uint32_t given = graph->root_count;
    if (graph->calls_known)
        choose_all(&roots);
    else
        choose_largest(graph);
    roots.all = graph->calls_known && graph->root_count == given;
    if (roots.all)
        choose_all(&roots);
    if (graph->root_count > 1)
        qsort(graph->roots, graph->root_count, sizeof *graph->roots, by_node);
    kss_arena_free(&arena);
}

// ---- Layers -------------------------------------------------------------------------------------------

// Dispatch routines of a layer: the thread roots that were named, else everything whose address is taken and
// that its own module does not call, but for what the image begins with (DriverEntry, GsDriverEntry).
static uint32_t dispatch_routines(struct kss_graph *graph, const bool *called, uint32_t layer,
                                  uint32_t *found) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < graph->root_count; i++) {
        const struct kss_root *root = &graph->roots[i];
        if (root->kind == KSS_ROOT_THREAD && graph->nodes[root->node].layer == layer)
            found[count++] = root->node;
    }
    graph->dispatch_assumed |= count == 0;
    for (uint32_t i = 0, given = count; given == 0 && i < graph->count; i++)
        if (graph->nodes[i].layer == layer && graph->nodes[i].candidate && !called[i] &&
            !graph->nodes[i].entry && strcmp(graph->nodes[i].symbol, "DriverEntry") != 0)
            found[count++] = i;
    return count;
}

static bool *called_nodes(const struct kss_graph *graph, struct kss_arena *arena) {
    bool *called = KSS_NEW_ARRAY(arena, bool, (size_t)graph->count + 1);
    for (uint32_t i = 0; i < graph->edge_count; i++)
        if (graph->edges[i].to != KSS_NO_NODE && graph->edges[i].to != graph->edges[i].from)
            called[graph->edges[i].to] = true;
    return called;
}

// A layer's own IofCallDriver, which leads to the routines of the layer below.
static uint32_t copy_of(struct kss_graph *graph, uint32_t node, uint32_t layer,
                        const uint32_t *targets, uint32_t count) {
    struct kss_function copy = graph->nodes[node];
    copy.layer = layer;
    uint32_t index = kss_graph_node(graph, &copy);
    for (uint32_t i = 0; i < count; i++) {
        struct kss_edge edge = {.from = index, .to = targets[i], .indirect = true};
        kss_graph_edge(graph, &edge);
    }
    return index;
}

static void send_down(struct kss_graph *graph, uint32_t layer, uint32_t node,
                      const uint32_t *targets, uint32_t count, uint32_t edges) {
    uint32_t copy = KSS_NO_NODE;
    for (uint32_t e = 0; e < edges; e++) {
        if (graph->edges[e].to != node || graph->nodes[graph->edges[e].from].layer != layer ||
            graph->nodes[graph->edges[e].from].sends)
            continue;
        if (copy == KSS_NO_NODE)
            copy = copy_of(graph, node, layer, targets, count);
        graph->edges[e].to = copy;
    }
}

// Paths begin in the top layer: the thread roots of the others are reached from there.
static void keep_top_roots(struct kss_graph *graph, const bool *called, uint32_t *found) {
    uint32_t kept = 0, count = dispatch_routines(graph, called, 0, found);
    bool given = false;
    for (uint32_t i = 0; i < graph->root_count; i++) {
        struct kss_root root = graph->roots[i];
        uint32_t layer = graph->nodes[root.node].layer;
        given |= root.kind == KSS_ROOT_THREAD && layer == 0;
        if (root.kind != KSS_ROOT_THREAD || layer == 0 || layer == KSS_NO_NODE)
            graph->roots[kept++] = root;
    }
    graph->root_count = kept;
    for (uint32_t i = 0; i < count && !given; i++) {
        struct kss_root root = {.node = found[i], .kind = KSS_ROOT_THREAD, .assumed = true};
        kss_graph_root(graph, &root);
    }
}

// What the lowest layer sends leads out of the graph.
void kss_graph_stack_layers(struct kss_graph *graph, uint32_t layer_count) {
    struct kss_arena arena = {0};
    uint32_t nodes = graph->count, edges = graph->edge_count;
    uint32_t *targets = KSS_NEW_ARRAY(&arena, uint32_t, (size_t)nodes + 1);
    bool *called = called_nodes(graph, &arena);
    for (uint32_t layer = 0; layer + 1 < layer_count; layer++) {
        uint32_t count = dispatch_routines(graph, called, layer + 1, targets);
        for (uint32_t node = 0; node < nodes; node++)
            if (graph->nodes[node].sends)
                send_down(graph, layer, node, targets, count, edges);
    }
    keep_top_roots(graph, called, targets);
    kss_graph_sort(graph);
    kss_graph_link(graph);
    kss_arena_free(&arena);
}
