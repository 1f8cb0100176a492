// SPDX-License-Identifier: MIT
// Tarjan's algorithm without recursion: a chain of a hundred thousand calls needs room in an array, not on
// the host's stack.
//
//   path     nodes being searched, each with a cursor among its edges
//   waiting  nodes seen whose component is not complete yet
//
// low[v] is the least number that v reaches with at most one edge back. Where it is v's own, everything
// waiting above v is v's component. Numbers begin anew with each search; 0 is "not seen".
#include "depth/components.h"

static uint32_t *numbers(struct kss_arena *arena, uint32_t count) {
    return KSS_NEW_ARRAY(arena, uint32_t, (size_t)count + 1);
}

struct kss_components kss_components_new(const struct kss_graph *graph, struct kss_arena *arena) {
    uint32_t n = graph->count;
    return (struct kss_components){
        .graph = graph,
        .scope = numbers(arena, n),
        .of = numbers(arena, n),
        .finished = numbers(arena, n),
        .members = numbers(arena, n),
        .begin = numbers(arena, n),
        .number = numbers(arena, n),
        .low = numbers(arena, n),
        .cursor = numbers(arena, n),
        .path = numbers(arena, n),
        .waiting = numbers(arena, n),
        .left = numbers(arena, n),
    };
}

static void enter(struct kss_components *c, uint32_t node) {
    c->number[node] = c->low[node] = ++c->time;
    c->cursor[node] = c->graph->nodes[node].edges;
    c->of[node] = UINT32_MAX;
    c->path[c->path_count++] = node;
    c->waiting[c->waiting_count++] = node;
}

static void leave(struct kss_components *c, uint32_t node) {
    c->finished[node] = c->left_count;
    c->left[c->left_count++] = node;
    c->path_count--;
    if (c->path_count > 0) {
        uint32_t above = c->path[c->path_count - 1];
        if (c->low[node] < c->low[above])
            c->low[above] = c->low[node];
    }
    if (c->low[node] != c->number[node])
        return;
    uint32_t member;
    do {
        member = c->waiting[--c->waiting_count];
        c->of[member] = c->count;
        c->begin[c->count + 1]++; // sizes first; places when the search is over
    } while (member != node);
    c->count++;
}

static void search(struct kss_components *c, uint32_t scope) {
    while (c->path_count > 0) {
        uint32_t node = c->path[c->path_count - 1];
        uint32_t end = kss_followed_end(c->graph, node);
        uint32_t down = KSS_NO_NODE;
        while (c->cursor[node] < end && down == KSS_NO_NODE) {
            uint32_t to = c->graph->edges[c->cursor[node]++].to;
            if (to == KSS_NO_NODE || c->scope[to] != scope)
                continue;
            if (c->number[to] == 0)
                down = to;
            else if (c->of[to] == UINT32_MAX && c->number[to] < c->low[node])
                c->low[node] = c->number[to];
        }
        if (down != KSS_NO_NODE)
            enter(c, down);
        else
            leave(c, node);
    }
}

// Members behind their component, in the order they were left: a counting sort.
static void collect(struct kss_components *c) {
    for (uint32_t i = 0; i < c->count; i++)
        c->begin[i + 1] += c->begin[i];
    for (uint32_t i = c->left_count; i-- > 0;) {
        uint32_t component = c->of[c->left[i]];
        c->members[--c->begin[component + 1]] = c->left[i];
    }
    for (uint32_t i = 0; i < c->count; i++) // they have moved to the beginnings
        c->begin[i] = c->begin[i + 1];
    c->begin[c->count] = c->left_count;
}

void kss_components_find(struct kss_components *c, const uint32_t *starts, uint32_t count,
                         uint32_t scope) {
    for (uint32_t i = 0; i <= count; i++)
        c->begin[i] = 0;
    for (uint32_t i = 0; i < count; i++)
        c->number[starts[i]] = 0;
    c->count = c->time = c->left_count = 0;
    for (uint32_t i = 0; i < count; i++)
        if (c->number[starts[i]] == 0) {
            enter(c, starts[i]);
            search(c, scope);
        }
    collect(c);
}
