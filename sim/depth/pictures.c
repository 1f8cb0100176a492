// SPDX-License-Identifier: MIT
// The deepest paths for other programs' pictures: folded stacks (flamegraph.pl, speedscope) and Graphviz.
//
// Folded: a line for each frame of a path, the frames around it before it, its own bytes behind it. The
// width of a frame in the picture is then what it and all below it take. A frame that repeats is one
// frame with the bytes of all turns.
//
//   DispatchRead 456
//   DispatchRead;CopyTail 96
#include "depth/depth.h"

// A path's lines are together as long as the square of its length: beyond this many frames the outer ones
// are one.
enum { FOLDED = 2000 };

// ---- Folded -------------------------------------------------------------------------------------------

static void folded_name(struct kss_text *out, const char *name) {
    for (; *name != '\0'; name++)
        kss_text_char(out, *name == ';' ? ':' : (unsigned char)*name < ' ' ? '_' : *name);
}

static void folded_line(struct kss_text *out, const struct kss_text *stack, uint64_t bytes) {
    kss_text_bytes(out, stack->bytes, stack->length);
    kss_text_char(out, ' ');
    kss_text_unsigned(out, bytes);
    kss_text_char(out, '\n');
}

static void folded_path(const struct kss_judgement *j, uint32_t root, struct kss_text *out) {
    struct kss_path path;
    struct kss_text stack = {0};
    kss_depth_path(&j->solution, root, &path);
    uint32_t merged = path.count > FOLDED ? path.count - FOLDED : 0;
    uint64_t sum = 0;
    for (uint32_t i = 0; i < path.count; i++) {
        const struct kss_path_frame *row = &path.frames[i];
        const struct kss_function *f = &j->graph->nodes[row->node];
        uint64_t turns = row->group == KSS_NO_NODE ? 1 : path.groups[row->group].turns;
        uint64_t bytes = row->gone ? 0 : kss_product(f->bytes, turns);
        sum = kss_sum(sum, bytes);
        if (i + 1 < merged || (row->gone && i + 1 != merged))
            continue;
        kss_text_str(&stack, stack.length > 0 ? ";" : "");
        folded_name(&stack, i + 1 == merged ? j->graph->nodes[root].name : f->name);
        if (i + 1 == merged)
            kss_text_format(&stack, " and %u frames below", merged - 1);
        folded_line(out, &stack, i + 1 == merged ? sum : bytes);
    }
    kss_text_free(&stack);
    kss_path_free(&path);
}

void kss_depth_folded(const struct kss_judgement *judgement, struct kss_text *out) {
    for (uint32_t i = 0; i < judgement->root_count; i++)
        folded_path(judgement, judgement->roots[i].root.node, out);
}

// ---- Graphviz -----------------------------------------------------------------------------------------

static void label(struct kss_text *out, const char *name) {
    for (; *name != '\0'; name++) {
        if (*name == '"' || *name == '\\')
            kss_text_char(out, '\\');
        kss_text_char(out, (unsigned char)*name < ' ' ? ' ' : *name);
    }
}

static void dot_node(const struct kss_judgement *j, uint32_t node, struct kss_text *out) {
    const struct kss_function *f = &j->graph->nodes[node];
    kss_text_format(out, "  n%u [label=\"", node);
    label(out, f->name);
    kss_text_str(out, "\\n");
    if (f->kind == KSS_FRAME_UNKNOWN)
        kss_text_char(out, '?');
    else
        kss_text_hex(out, f->bytes);
    kss_text_str(out, f->kind == KSS_FRAME_AT_LEAST ? " or more, depth " : ", depth ");
    kss_text_hex(out, j->solution.depth[node]);
    kss_text_str(out, "\"");
    uint32_t cycle = j->solution.cycle[node];
    if (cycle != KSS_NO_CYCLE && !j->solution.cycles[cycle].bounded)
        kss_text_str(out, ", color=red");
    kss_text_str(out, f->external ? ", style=dashed];\n" : "];\n");
}

static void dot_edge(const struct kss_edge *edge, bool deepest, struct kss_text *out) {
    kss_text_format(out, "  n%u -> ", edge->from);
    if (edge->to == KSS_NO_NODE)
        kss_text_format(out, "u%u [style=dashed", edge->from);
    else
        kss_text_format(out, "n%u [style=%s", edge->to,
                        deepest          ? "bold"
                        : edge->indirect ? "dashed"
                        : edge->tail     ? "dotted"
                                         : "solid");
    kss_text_str(out, deepest ? ", penwidth=3];\n" : "];\n");
}

static void mark_paths(const struct kss_judgement *j, bool *deepest) {
    for (uint32_t i = 0; i < j->root_count; i++) {
        struct kss_path path;
        kss_depth_path(&j->solution, j->roots[i].root.node, &path);
        for (uint32_t k = 0; k < path.count; k++)
            if (path.frames[k].edge != KSS_NO_NODE)
                deepest[path.frames[k].edge] = true;
        kss_path_free(&path);
    }
}

// Calls of one function from several places are one edge.
static void dot_edges(const struct kss_judgement *j, uint32_t node, const bool *deepest,
                      uint32_t *told, struct kss_text *out) {
    const struct kss_graph *graph = j->graph;
    uint32_t end =
        graph->nodes[node].ignored ? graph->nodes[node].edges : kss_edges_end(graph, node);
    bool open = false;
    for (int pass = 0; pass < 2; pass++) // those of the deepest path first
        for (uint32_t e = graph->nodes[node].edges; e < end; e++) {
            const struct kss_edge *edge = &graph->edges[e];
            if (deepest[e] != (pass == 0))
                continue;
            if (edge->to == KSS_NO_NODE ? open : told[edge->to] == node + 1)
                continue;
            if (edge->to != KSS_NO_NODE)
                told[edge->to] = node + 1;
            else
                kss_text_format(out, "  u%u [label=\"?\", shape=circle];\n", node);
            open |= edge->to == KSS_NO_NODE;
            dot_edge(edge, deepest[e], out);
        }
}

void kss_depth_dot(const struct kss_judgement *judgement, struct kss_text *out) {
    const struct kss_graph *graph = judgement->graph;
    struct kss_arena arena = {0};
    bool *deepest = KSS_NEW_ARRAY(&arena, bool, (size_t)graph->edge_count + 1);
    uint32_t *told = KSS_NEW_ARRAY(&arena, uint32_t, (size_t)graph->count + 1);
    mark_paths(judgement, deepest);
    kss_text_str(out, "digraph stack {\n  node [shape=box, fontname=\"monospace\"];\n");
    for (uint32_t i = 0; i < graph->count; i++)
        if (judgement->reached[i])
            dot_node(judgement, i, out);
    for (uint32_t i = 0; i < graph->count; i++)
        if (judgement->reached[i])
            dot_edges(judgement, i, deepest, told, out);
    kss_text_str(out, "}\n");
    kss_arena_free(&arena);
}
