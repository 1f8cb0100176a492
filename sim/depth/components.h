// SPDX-License-Identifier: MIT
// Strongly connected components of a part of the graph. Private to sim/depth.
#ifndef KSS_DEPTH_COMPONENTS_H
#define KSS_DEPTH_COMPONENTS_H

#include "depth/depth.h"

struct kss_components {
    const struct kss_graph *graph;
    uint32_t *scope;    // per node: the search it belongs to; a search stays inside its scope
    uint32_t *of;       // per node: its component in the last search that met it
    uint32_t *finished; // per node: when the last search left it
    uint32_t *members;  // of all components, one behind the other, each in the order they were left
    uint32_t *begin;    // per component: its first member; one more entry closes the last
    uint32_t count;
    // While a search is under way:
    uint32_t *number, *low, *cursor, *path, *waiting, *left;
    uint32_t time, path_count, waiting_count, left_count;
};

struct kss_components kss_components_new(const struct kss_graph *graph, struct kss_arena *arena);

// Searches from [starts] in scope [scope]. Components come callees first. What the last search left behind
// is replaced; nodes of other scopes keep theirs.
void kss_components_find(struct kss_components *components, const uint32_t *starts, uint32_t count,
                         uint32_t scope);

// The edges of a node that are followed: none of a node to be ignored.
static inline uint32_t kss_followed_end(const struct kss_graph *graph, uint32_t node) {
    return graph->nodes[node].ignored ? graph->nodes[node].edges : kss_edges_end(graph, node);
}

#endif
