// SPDX-License-Identifier: MIT
// Call graphs for tests, written as text, and a search of every path to compare with.
//
//   "A=100 B=50 C=20"     functions: one capital letter each, bytes; B=50* is `at least`, B=? unknown
//   "AB BC! A?"           calls: A calls B, B jumps to C, A calls through a pointer
#ifndef DEPTH_RIG_H
#define DEPTH_RIG_H

#include "depth/depth.h"

#include <ctype.h>
#include <stdlib.h>

struct depth_rig {
    struct kss_arena arena;
    struct kss_graph graph;
    uint32_t by_letter[26];
    uint32_t seed;
};

static inline void rig_functions(struct depth_rig *rig, const char *text) {
    while (*text != '\0') {
        while (*text == ' ')
            text++;
        if (*text == '\0')
            return;
        char letter = *text++;
        struct kss_function f = {.symbol = kss_alloc_text(&rig->arena, &letter, 1),
                                 .module = "",
                                 .unit = "",
                                 .kind = KSS_FRAME_EXACT,
                                 .origin = KSS_FROM_CI,
                                 .layer = KSS_NO_NODE,
                                 .candidate = true};
        text++; // '='
        if (*text == '?') {
            f.kind = KSS_FRAME_UNKNOWN;
            text++;
        } else {
            char *end;
            f.bytes = strtoull(text, &end, 10);
            text = end;
        }
        if (*text == '*') {
            f.kind = KSS_FRAME_AT_LEAST;
            text++;
        }
        rig->by_letter[letter - 'A'] = kss_graph_node(&rig->graph, &f);
    }
}

static inline void rig_calls(struct depth_rig *rig, const char *text) {
    while (*text != '\0') {
        if (!isupper((unsigned char)*text)) {
            text++;
            continue;
        }
        struct kss_edge edge = {.from = rig->by_letter[*text++ - 'A']};
        edge.to = *text == '?' ? KSS_NO_NODE : rig->by_letter[*text - 'A'];
        text++;
        edge.tail = *text == '!';
        kss_graph_edge(&rig->graph, &edge);
    }
}

// Functions come in the order of their letters.
static inline void rig_begin(struct depth_rig *rig, const char *functions, const char *calls) {
    rig->arena = (struct kss_arena){0};
    rig->graph = (struct kss_graph){.arena = &rig->arena, .calls_known = true};
    rig_functions(rig, functions);
    rig_calls(rig, calls);
    kss_graph_sort(&rig->graph);
    kss_graph_link(&rig->graph);
    for (uint32_t i = 0; i < rig->graph.count; i++)
        rig->by_letter[rig->graph.nodes[i].symbol[0] - 'A'] = i;
}

static inline void rig_end(struct depth_rig *rig) {
    kss_graph_free(&rig->graph);
    kss_arena_free(&rig->arena);
}

static inline uint32_t rig_random(struct depth_rig *rig, uint32_t below) {
    rig->seed = rig->seed * 1664525u + 1013904223u;
    return (uint32_t)(((uint64_t)(rig->seed >> 8) * below) >> 24);
}

// ---- Every path -----------------------------------------------------------------------------------------

struct rig_search {
    const struct kss_graph *graph;
    uint64_t used[26];
    bool under_way[26]; // functions without a bound since the last one with a bound: once is enough
    uint64_t steps;
};

// The greatest depth of a walk from [node] on which no bound is broken.
static inline uint64_t rig_deepest(struct rig_search *s, uint32_t node) {
    const struct kss_function *f = &s->graph->nodes[node];
    bool before[26];
    uint64_t best = f->bytes;
    if (f->most > 0 ? s->used[node] == f->most : s->under_way[node])
        return UINT64_MAX; // no such walk
    s->steps++;
    memcpy(before, s->under_way, sizeof before);
    if (f->most > 0)
        memset(s->under_way, 0, sizeof s->under_way);
    s->used[node]++;
    s->under_way[node] = f->most == 0;
    for (uint32_t e = f->edges; e < kss_edges_end(s->graph, node); e++) {
        const struct kss_edge *edge = &s->graph->edges[e];
        if (edge->to == KSS_NO_NODE)
            continue;
        uint64_t rest = rig_deepest(s, edge->to);
        if (rest == UINT64_MAX)
            continue;
        rest += edge->tail ? 0 : f->bytes;
        best = rest > best ? rest : best;
    }
    s->used[node]--;
    memcpy(s->under_way, before, sizeof before);
    return best;
}

#endif
