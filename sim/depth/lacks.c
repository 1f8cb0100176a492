// SPDX-License-Identifier: MIT
// What a function's own figure and calls lack, and what the figure is worth.
#include "depth/depth.h"

static uint32_t figure_lacks(const struct kss_function *node) {
    uint32_t bits = 0;
    if (node->kind == KSS_FRAME_UNKNOWN)
        bits |= 1u << (node->external ? KSS_LACK_EXTERNAL : KSS_LACK_FRAME);
    if (node->kind == KSS_FRAME_AT_LEAST)
        bits |= 1u << KSS_LACK_AT_LEAST;
    if (node->origin == KSS_FROM_COSTS)
        bits |= 1u << KSS_LACK_LISTED;
    if (node->figure == KSS_ORIGIN_ASSUMED && node->bytes > 0)
        bits |= 1u << KSS_LACK_ESTIMATE;
    if (node->annotated)
        bits |= 1u << KSS_LACK_ANNOTATED;
    if (node->ignored)
        bits |= 1u << KSS_LACK_IGNORED;
    return bits;
}

uint32_t kss_own_lacks(const struct kss_graph *graph, uint32_t index) {
    const struct kss_function *node = &graph->nodes[index];
    uint32_t bits = figure_lacks(node), end = kss_edges_end(graph, index);
    if (node->ignored)
        return bits;
    if (node->left_out || node->filters || (node->no_calls && node->edges == end))
        bits |= 1u << KSS_LACK_CALLS;
    if (node->edges == end && node->sends)
        bits |= 1u << KSS_LACK_BELOW;
    else if (node->edges == end && node->callback)
        bits |= 1u << KSS_LACK_CALLBACK;
    for (uint32_t e = node->edges; e < end; e++)
        if (graph->edges[e].to == KSS_NO_NODE)
            bits |= 1u << KSS_LACK_UNRESOLVED;
    return bits;
}

const char *kss_function_kind_name(const struct kss_function *function) {
    if (function->kind == KSS_FRAME_EXACT && function->origin == KSS_FROM_COSTS)
        return "listed";
    if (function->kind == KSS_FRAME_EXACT && function->origin == KSS_FROM_ANNOTATION)
        return "given";
    return kss_frame_kind_name((enum kss_frame_kind)function->kind);
}
