// SPDX-License-Identifier: MIT
// The deepest path of a function, frame by frame, from what the solution left at each node.
//
// Outside cycles, and inside them once the last cut function is behind, the path follows `onward`. Where it
// enters a component that bounds cut:
//
//   v .toward. f1 | group: f .toward. back to a cut function, n(f) turns | the last one, .onward. out
//
// With one cut function the groups are turns of one cycle and the path exists. With several it is the sum of
// depth.h written down: each piece is there, their order is not.
#include "depth/depth.h"

#include <stdlib.h>

struct walk {
    const struct kss_solution *solution;
    const struct kss_graph *graph;
    struct kss_path *path;
    uint64_t start;   // where the next frame begins
    uint32_t plain;   // cycle that is being left: not gone round again
    uint32_t reached; // edge by which the next frame is reached
};

static void add_frame(struct walk *walk, uint32_t node) {
    struct kss_path *path = walk->path;
    if (walk->reached != KSS_NO_NODE && walk->graph->edges[walk->reached].to != node)
        walk->reached = KSS_NO_NODE; // a piece of a sum: what is before it does not call it
    KSS_ROOM(path->frames, path->count, path->capacity);
    path->frames[path->count++] =
        (struct kss_path_frame){.node = node,
                                .edge = walk->reached,
                                .depth = kss_sum(walk->start, walk->graph->nodes[node].bytes),
                                .group = KSS_NO_NODE};
}

// Goes along an edge; returns where it leads.
static uint32_t follow(struct walk *walk, uint32_t index) {
    const struct kss_edge *edge = &walk->graph->edges[index];
    if (edge->tail)
        walk->path->frames[walk->path->count - 1].gone = true;
    else
        walk->start = kss_sum(walk->start, walk->graph->nodes[edge->from].bytes);
    walk->reached = index;
    return edge->to;
}

// The turns of a cut function: its piece once, standing for all of them.
static void add_group(struct walk *walk, uint32_t cut, uint64_t turns) {
    const struct kss_solution *solution = walk->solution;
    struct kss_path *path = walk->path;
    uint32_t first = path->count, node = cut;
    uint64_t start = walk->start, bytes;
    if (turns == 0 || solution->toward[cut] == KSS_NO_NODE)
        return;
    do {
        add_frame(walk, node);
        node = follow(walk, solution->toward[node]);
    } while (!solution->cut[node]);
    bytes = walk->start - start;
    uint64_t before = kss_product(turns - 1, bytes); // the frames listed are those of the last turn
    for (uint32_t i = first; i < path->count; i++) {
        path->frames[i].depth = kss_sum(path->frames[i].depth, before);
        path->frames[i].group = path->group_count;
    }
    walk->start = kss_sum(walk->start, before);
    KSS_ROOM(path->groups, path->group_count, path->group_capacity);
    path->groups[path->group_count++] =
        (struct kss_path_group){first, path->count - first, turns, bytes};
}

// Returns the cut function that comes last, whose own frame is still to be added.
static uint32_t go_round(struct walk *walk, uint32_t node, const struct kss_cycle *cycle) {
    while (!walk->solution->cut[node]) {
        add_frame(walk, node);
        node = follow(walk, walk->solution->toward[node]);
    }
    for (uint32_t i = 0; i < cycle->cut_count; i++) {
        uint32_t cut = cycle->cut[i];
        add_group(walk, cut, walk->graph->nodes[cut].most - (cut == cycle->final));
    }
    walk->path->upper |= cycle->cut_count > 1;
    return cycle->final;
}

struct bounded { // a frame of a function with a bound
    uint32_t node;
    uint64_t turns;
};

static int by_node(const void *a, const void *b) {
    const struct bounded *x = a, *y = b;
    return x->node < y->node ? -1 : x->node > y->node;
}

// Whether all bounds of functions on the path hold on it, those that were not used to find it, too.
static bool keeps_bounds(const struct walk *walk) {
    const struct kss_path *path = walk->path;
    struct bounded *list = NULL;
    unsigned capacity = 0;
    uint32_t count = 0;
    for (uint32_t i = 0; i < path->count; i++) {
        const struct kss_path_frame *frame = &path->frames[i];
        if (walk->graph->nodes[frame->node].most == 0)
            continue;
        KSS_ROOM(list, count, capacity);
        uint64_t turns = frame->group == KSS_NO_NODE ? 1 : path->groups[frame->group].turns;
        list[count++] = (struct bounded){frame->node, turns};
    }
    if (count > 1)
        qsort(list, count, sizeof *list, by_node);
    bool kept = true;
    uint64_t times = 0;
    for (uint32_t i = 0; i < count; i++) {
        times = i > 0 && list[i - 1].node == list[i].node ? kss_sum(times, list[i].turns)
                                                          : list[i].turns;
        kept &= times <= walk->graph->nodes[list[i].node].most;
    }
    free(list);
    return kept;
}

void kss_depth_path(const struct kss_solution *solution, uint32_t root, struct kss_path *path) {
    struct walk walk = {solution, solution->graph, path, 0, KSS_NO_CYCLE, KSS_NO_NODE};
    *path = (struct kss_path){0};
    for (uint32_t node = root;;) {
        uint32_t number = solution->cycle[node];
        const struct kss_cycle *cycle = number == KSS_NO_CYCLE ? NULL : &solution->cycles[number];
        if (cycle != NULL && cycle->cut_count > 0 && number != walk.plain && solution->winds[node])
            node = go_round(&walk, node, cycle);
        walk.plain = number;
        add_frame(&walk, node);
        if (solution->onward[node] == KSS_NO_NODE)
            break;
        node = follow(&walk, solution->onward[node]);
    }
    path->upper |= !keeps_bounds(&walk);
}

void kss_path_free(struct kss_path *path) {
    free(path->frames);
    free(path->groups);
    *path = (struct kss_path){0};
}
