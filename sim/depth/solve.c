// SPDX-License-Identifier: MIT
// Depths: components from the callees up; inside a component the sums of depth.h.
//
// For a component S and a set of cut functions (bounded ones, members of S) every other member v has
//
//   within(v)   the greatest depth of a path from v that meets no cut function (it may leave S)
//   way(v)      the greatest cost from v up to the first cut function, itself not counted
//
// which are longest paths over S without the cut, where no cycle is left but those of jumps. Everything is
// linear in the size of S for one set; a constant number of sets is tried.
#include "depth/components.h"

#include <stdlib.h>

enum { SINGLES = 16 }; // cut functions tried alone

struct solver {
    struct kss_solution *solution;
    const struct kss_graph *graph;
    struct kss_components whole, part;
    uint64_t *within, *way;
    uint32_t *within_edge, *way_edge; // KSS_NO_NODE: the path ends here; there is no way
    uint32_t *callers, *next_caller;  // of one component of jumps: edges by callee
    uint32_t *queue, *list;
    bool *entered; // per node: a root, or called from another component
    uint32_t component, scope;
    // What the last set of cut functions came to:
    uint64_t base;
    uint32_t final;
};

static uint64_t cost(const struct solver *s, const struct kss_edge *edge) {
    return edge->tail ? 0 : s->graph->nodes[edge->from].bytes;
}

static bool inside(const struct solver *s, uint32_t node) {
    return s->whole.of[node] == s->component;
}

// ---- A node -------------------------------------------------------------------------------------------

struct best {
    uint64_t value;
    uint32_t edge, to;
};

// Ties go to what stays, then to the callee first in the order of names.
static void offer(struct best *best, uint64_t value, uint32_t edge, uint32_t to) {
    bool tie = value == best->value && best->edge != KSS_NO_NODE && to < best->to;
    if (value > best->value || tie)
        *best = (struct best){value, edge, to};
}

// A node whose callees outside its component, and the ones left before it inside, have depths.
static void solve_simply(struct solver *s, uint32_t node) {
    const struct kss_graph *graph = s->graph;
    struct best best = {graph->nodes[node].bytes, KSS_NO_NODE, KSS_NO_NODE};
    for (uint32_t e = graph->nodes[node].edges; e < kss_followed_end(graph, node); e++) {
        const struct kss_edge *edge = &graph->edges[e];
        if (edge->to == KSS_NO_NODE ||
            (inside(s, edge->to) && s->whole.finished[edge->to] >= s->whole.finished[node]))
            continue;
        offer(&best, kss_sum(cost(s, edge), s->solution->depth[edge->to]), e, edge->to);
    }
    s->solution->depth[node] = best.value;
    s->solution->onward[node] = best.edge;
}

// ---- A component cut ----------------------------------------------------------------------------------

// Both figures of a node, from callees outside the component and from members solved already; members of its
// own part of jumps are left to spread().
static void solve_member(struct solver *s, uint32_t node) {
    const struct kss_graph *graph = s->graph;
    bool cut = s->solution->cut[node];
    struct best within = {graph->nodes[node].bytes, KSS_NO_NODE, KSS_NO_NODE};
    struct best way = {0, KSS_NO_NODE, KSS_NO_NODE};
    for (uint32_t e = graph->nodes[node].edges; e < kss_followed_end(graph, node); e++) {
        const struct kss_edge *edge = &graph->edges[e];
        uint32_t to = edge->to;
        if (to == KSS_NO_NODE)
            continue;
        if (!inside(s, to)) {
            offer(&within, kss_sum(cost(s, edge), s->solution->depth[to]), e, to);
            continue;
        }
        bool way_there = s->solution->cut[to];
        uint64_t rest = 0;
        if (!way_there) {
            if (!cut && s->part.of[to] == s->part.of[node])
                continue;
            offer(&within, kss_sum(cost(s, edge), s->within[to]), e, to);
            way_there = s->way_edge[to] != KSS_NO_NODE;
            rest = s->way[to];
        }
        if (way_there && way.edge == KSS_NO_NODE)
            way = (struct best){kss_sum(cost(s, edge), rest), e, to};
        else if (way_there)
            offer(&way, kss_sum(cost(s, edge), rest), e, to);
    }
    s->within[node] = within.value;
    s->within_edge[node] = within.edge;
    s->way[node] = way.value;
    s->way_edge[node] = way.edge;
}

// Gives every member of a part of jumps the figure of [best]: edges that lead there, found from behind.
static void lead_to(struct solver *s, uint32_t best, uint64_t *values, uint32_t *edges,
                    const uint32_t *members, uint32_t count) {
    uint32_t head = 0, tail = 0;
    for (uint32_t i = 0; i < count; i++)
        s->list[members[i]] = 0;
    s->list[best] = 1;
    for (s->queue[tail++] = best; head < tail; head++) {
        uint32_t to = s->queue[head];
        for (uint32_t e = s->callers[to]; e != KSS_NO_NODE; e = s->next_caller[e]) {
            uint32_t from = s->graph->edges[e].from;
            if (s->list[from])
                continue;
            s->list[from] = 1;
            values[from] = values[best];
            edges[from] = e;
            s->queue[tail++] = from;
        }
    }
}

static void link_callers(struct solver *s, const uint32_t *members, uint32_t count) {
    for (uint32_t i = 0; i < count; i++)
        s->callers[members[i]] = KSS_NO_NODE;
    for (uint32_t i = count; i-- > 0;) {
        uint32_t node = members[i];
        for (uint32_t e = kss_followed_end(s->graph, node); e-- > s->graph->nodes[node].edges;) {
            uint32_t to = s->graph->edges[e].to;
            if (to == KSS_NO_NODE || !inside(s, to) || s->solution->cut[to] ||
                s->part.of[to] != s->part.of[node])
                continue;
            s->next_caller[e] = s->callers[to];
            s->callers[to] = e;
        }
    }
}

static void spread(struct solver *s, const uint32_t *members, uint32_t count) {
    uint32_t deepest = members[0], farthest = KSS_NO_NODE;
    link_callers(s, members, count);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t node = members[i];
        if (s->within[node] > s->within[deepest] ||
            (s->within[node] == s->within[deepest] && node < deepest))
            deepest = node;
        if (s->way_edge[node] == KSS_NO_NODE)
            continue;
        if (farthest == KSS_NO_NODE || s->way[node] > s->way[farthest] ||
            (s->way[node] == s->way[farthest] && node < farthest))
            farthest = node;
    }
    lead_to(s, deepest, s->within, s->within_edge, members, count);
    if (farthest != KSS_NO_NODE)
        lead_to(s, farthest, s->way, s->way_edge, members, count);
}

// Whether going round this part leaves frames behind.
static bool grows(const struct solver *s, const uint32_t *members, uint32_t count) {
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t e = s->graph->nodes[members[i]].edges;
             e < kss_followed_end(s->graph, members[i]); e++) {
            const struct kss_edge *edge = &s->graph->edges[e];
            if (edge->to != KSS_NO_NODE && inside(s, edge->to) && !s->solution->cut[edge->to] &&
                s->part.of[edge->to] == s->part.of[members[i]] && !edge->tail)
                return true;
        }
    return false;
}

// The parts of the component without its cut functions.
static void find_parts(struct solver *s, const uint32_t *members, uint32_t count) {
    uint32_t rest = 0;
    s->scope++;
    for (uint32_t i = 0; i < count; i++)
        if (!s->solution->cut[members[i]]) {
            s->part.scope[members[i]] = s->scope;
            s->list[rest++] = members[i];
        }
    uint32_t *starts = s->queue; // lead_to needs both anew
    memcpy(starts, s->list, rest * sizeof *starts);
    kss_components_find(&s->part, starts, rest, s->scope);
}

static void sum_up(struct solver *s, const uint32_t *cut, uint32_t cut_count) {
    const struct kss_graph *graph = s->graph;
    uint64_t sum = 0, best = 0;
    bool first = true;
    for (uint32_t i = 0; i < cut_count; i++) {
        solve_member(s, cut[i]);
        sum = kss_sum(sum, kss_product(graph->nodes[cut[i]].most, s->way[cut[i]]));
    }
    for (uint32_t i = 0; i < cut_count; i++) {
        uint64_t others = sum == UINT64_MAX ? sum : sum - s->way[cut[i]];
        uint64_t all = kss_sum(others, s->within[cut[i]]);
        if (first || all > best) {
            best = all;
            s->final = cut[i];
        }
        first = false;
    }
    s->base = best;
}

// False: a cycle is left that grows.
static bool solve_cut(struct solver *s, const uint32_t *members, uint32_t count,
                      const uint32_t *cut, uint32_t cut_count) {
    for (uint32_t i = 0; i < cut_count; i++)
        s->solution->cut[cut[i]] = true;
    find_parts(s, members, count);
    bool good = true;
    for (uint32_t p = 0; p < s->part.count && good; p++) {
        const uint32_t *part = &s->part.members[s->part.begin[p]];
        uint32_t size = s->part.begin[p + 1] - s->part.begin[p];
        good = !grows(s, part, size);
        for (uint32_t i = 0; i < size && good; i++)
            solve_member(s, part[i]);
        if (size > 1 && good)
            spread(s, part, size);
    }
    if (good)
        sum_up(s, cut, cut_count);
    return good;
}

static void lift_cut(struct solver *s, const uint32_t *cut, uint32_t cut_count) {
    for (uint32_t i = 0; i < cut_count; i++)
        s->solution->cut[cut[i]] = false;
}

static uint64_t member_depth(const struct solver *s, uint32_t node) {
    if (s->solution->cut[node])
        return s->base;
    uint64_t round = s->way_edge[node] == KSS_NO_NODE ? 0 : kss_sum(s->way[node], s->base);
    return round > s->within[node] ? round : s->within[node];
}

// Of the members at which paths come in; of all, when the component is not reached from anywhere.
static uint64_t deepest_member(const struct solver *s, const uint32_t *members, uint32_t count) {
    uint64_t deepest = 0, of_all = 0;
    bool entered = false;
    for (uint32_t i = 0; i < count; i++) {
        uint64_t depth = member_depth(s, members[i]);
        of_all = depth > of_all ? depth : of_all;
        entered |= s->entered[members[i]];
        if (s->entered[members[i]] && depth > deepest)
            deepest = depth;
    }
    return entered ? deepest : of_all;
}

static void keep_members(struct solver *s, const uint32_t *members, uint32_t count) {
    struct kss_solution *solution = s->solution;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t node = members[i];
        solution->depth[node] = member_depth(s, node);
        solution->onward[node] = s->within_edge[node];
        solution->toward[node] = s->way_edge[node];
        solution->winds[node] = solution->cut[node] || solution->depth[node] > s->within[node];
    }
}

// ---- Cycles -------------------------------------------------------------------------------------------

static const uint32_t *copied(struct solver *s, const uint32_t *nodes, uint32_t count) {
    uint32_t *copy = KSS_NEW_ARRAY(s->solution->arena, uint32_t, (size_t)count + 1);
    memcpy(copy, nodes, count * sizeof *copy);
    return copy;
}

static int by_number(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static struct kss_cycle *add_cycle(struct solver *s, const uint32_t *members, uint32_t count) {
    struct kss_solution *solution = s->solution;
    KSS_ROOM(solution->cycles, solution->cycle_count, solution->cycle_capacity);
    uint32_t *sorted = KSS_NEW_ARRAY(solution->arena, uint32_t, (size_t)count + 1);
    memcpy(sorted, members, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, by_number);
    for (uint32_t i = 0; i < count; i++)
        solution->cycle[members[i]] = solution->cycle_count;
    struct kss_cycle *cycle = &solution->cycles[solution->cycle_count++];
    *cycle = (struct kss_cycle){.members = sorted, .count = count};
    return cycle;
}

// What of the component no bound cuts: those parts are the cycles to tell of.
static void refuse(struct solver *s, const uint32_t *members, uint32_t count, const uint32_t *cut,
                   uint32_t cut_count) {
    for (uint32_t i = 0; i < cut_count; i++)
        s->solution->cut[cut[i]] = true;
    find_parts(s, members, count);
    for (uint32_t p = 0; p < s->part.count; p++) {
        const uint32_t *part = &s->part.members[s->part.begin[p]];
        uint32_t size = s->part.begin[p + 1] - s->part.begin[p];
        if (grows(s, part, size))
            add_cycle(s, part, size);
    }
    lift_cut(s, cut, cut_count);
    for (uint32_t i = 0; i < count; i++)
        solve_simply(s, members[i]);
}

static int by_most(const void *a, const void *b, const struct kss_graph *graph) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    uint64_t p = graph->nodes[x].most, q = graph->nodes[y].most;
    return p != q ? (p < q ? -1 : 1) : x < y ? -1 : x > y;
}

// The SINGLES bounded members with the smallest bounds come first.
static uint32_t bounded_members(struct solver *s, const uint32_t *members, uint32_t count,
                                uint32_t *bounded) {
    uint32_t found = 0;
    for (uint32_t i = 0; i < count; i++)
        if (s->graph->nodes[members[i]].most > 0)
            bounded[found++] = members[i];
    for (uint32_t i = 0; i < found && i < SINGLES; i++)
        for (uint32_t k = i + 1; k < found; k++)
            if (by_most(&bounded[k], &bounded[i], s->graph) < 0) {
                uint32_t other = bounded[i];
                bounded[i] = bounded[k];
                bounded[k] = other;
            }
    return found;
}

// Tries each cut, keeps the smallest sum. Returns how many of [bounded] are cut together (all, or the one
// at *single); 0: none does.
static uint32_t choose_cut(struct solver *s, const uint32_t *members, uint32_t count,
                           const uint32_t *bounded, uint32_t found, uint32_t *single) {
    uint64_t best = 0;
    uint32_t chosen = 0;
    for (uint32_t i = 0; i < found && i < SINGLES; i++) {
        bool good = solve_cut(s, members, count, &bounded[i], 1);
        uint64_t deepest = good ? deepest_member(s, members, count) : 0;
        lift_cut(s, &bounded[i], 1);
        if (good && (chosen == 0 || deepest < best)) {
            best = deepest;
            chosen = 1;
            *single = i;
        }
    }
    if (found > 1) {
        bool good = solve_cut(s, members, count, bounded, found);
        uint64_t deepest = good ? deepest_member(s, members, count) : 0;
        lift_cut(s, bounded, found);
        if (good && (chosen == 0 || deepest < best)) {
            chosen = found;
            *single = 0;
        }
    }
    return chosen;
}

static void solve_component(struct solver *s, const uint32_t *members, uint32_t count) {
    struct kss_arena arena = {0};
    uint32_t *bounded = KSS_NEW_ARRAY(&arena, uint32_t, (size_t)count + 1);
    for (uint32_t i = 0; i < count; i++)
        s->solution->round[members[i]] = true;
    uint32_t single = 0, found = bounded_members(s, members, count, bounded);
    bool jumps = solve_cut(s, members, count, NULL, 0);
    uint32_t cut = jumps ? 0 : choose_cut(s, members, count, bounded, found, &single);
    if (jumps || cut > 0) {
        solve_cut(s, members, count, &bounded[single], cut);
        struct kss_cycle *cycle = add_cycle(s, members, count);
        cycle->bounded = true;
        cycle->jumps = jumps;
        cycle->exact = cut <= 1;
        cycle->cut = copied(s, &bounded[single], cut);
        cycle->cut_count = cut;
        cycle->final = s->final;
        keep_members(s, members, count);
    } else {
        refuse(s, members, count, bounded, found);
    }
    kss_arena_free(&arena);
}

static bool calls_itself(const struct kss_graph *graph, uint32_t node) {
    for (uint32_t e = graph->nodes[node].edges; e < kss_followed_end(graph, node); e++)
        if (graph->edges[e].to == node)
            return true;
    return false;
}

// ---- What is missing ------------------------------------------------------------------------------------

static void gather_lacks(struct solver *s, const uint32_t *members, uint32_t count) {
    struct kss_solution *solution = s->solution;
    uint32_t bits = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t node = members[i], cycle = solution->cycle[node];
        bits |= kss_own_lacks(s->graph, node);
        if (cycle != KSS_NO_CYCLE && !solution->cycles[cycle].bounded)
            bits |= 1u << KSS_LACK_CYCLE;
        else if (cycle != KSS_NO_CYCLE && solution->cycles[cycle].cut_count > 0)
            bits |= 1u << KSS_LACK_ANNOTATED;
        for (uint32_t e = s->graph->nodes[node].edges; e < kss_followed_end(s->graph, node); e++)
            if (s->graph->edges[e].to != KSS_NO_NODE)
                bits |= solution->lacks[s->graph->edges[e].to];
    }
    for (uint32_t i = 0; i < count; i++)
        solution->lacks[members[i]] = bits;
}

// ---- All ----------------------------------------------------------------------------------------------

static struct kss_solution new_solution(const struct kss_graph *graph, struct kss_arena *arena) {
    size_t n = (size_t)graph->count + 1;
    struct kss_solution solution = {
        .graph = graph,
        .arena = arena,
        .depth = KSS_NEW_ARRAY(arena, uint64_t, n),
        .lacks = KSS_NEW_ARRAY(arena, uint32_t, n),
        .cycle = KSS_NEW_ARRAY(arena, uint32_t, n),
        .onward = KSS_NEW_ARRAY(arena, uint32_t, n),
        .toward = KSS_NEW_ARRAY(arena, uint32_t, n),
        .winds = KSS_NEW_ARRAY(arena, bool, n),
        .cut = KSS_NEW_ARRAY(arena, bool, n),
        .round = KSS_NEW_ARRAY(arena, bool, n),
    };
    for (uint32_t i = 0; i < graph->count; i++) {
        solution.cycle[i] = KSS_NO_CYCLE;
        solution.onward[i] = solution.toward[i] = KSS_NO_NODE;
    }
    return solution;
}

static struct solver new_solver(struct kss_solution *solution, struct kss_arena *arena) {
    const struct kss_graph *graph = solution->graph;
    size_t n = (size_t)graph->count + 1;
    return (struct solver){
        .solution = solution,
        .graph = graph,
        .whole = kss_components_new(graph, arena),
        .part = kss_components_new(graph, arena),
        .within = KSS_NEW_ARRAY(arena, uint64_t, n),
        .way = KSS_NEW_ARRAY(arena, uint64_t, n),
        .within_edge = KSS_NEW_ARRAY(arena, uint32_t, n),
        .way_edge = KSS_NEW_ARRAY(arena, uint32_t, n),
        .callers = KSS_NEW_ARRAY(arena, uint32_t, n),
        .next_caller = KSS_NEW_ARRAY(arena, uint32_t, (size_t)graph->edge_count + 1),
        .queue = KSS_NEW_ARRAY(arena, uint32_t, n),
        .list = KSS_NEW_ARRAY(arena, uint32_t, n),
        .entered = KSS_NEW_ARRAY(arena, bool, n),
    };
}

static void find_entered(struct solver *s) {
    const struct kss_graph *graph = s->graph;
    for (uint32_t i = 0; i < graph->root_count; i++)
        s->entered[graph->roots[i].node] = true;
    for (uint32_t i = 0; i < graph->requirement_count; i++)
        s->entered[graph->requirements[i].node] = true;
    for (uint32_t e = 0; e < graph->edge_count; e++) {
        const struct kss_edge *edge = &graph->edges[e];
        if (edge->to != KSS_NO_NODE && s->whole.of[edge->from] != s->whole.of[edge->to])
            s->entered[edge->to] = true;
    }
}

struct kss_solution kss_depth_solve(const struct kss_graph *graph, struct kss_arena *arena) {
    struct kss_arena scratch = {0};
    struct kss_solution solution = new_solution(graph, arena);
    struct solver s = new_solver(&solution, &scratch);
    for (uint32_t i = 0; i < graph->count; i++)
        s.queue[i] = i;
    uint32_t *starts = KSS_NEW_ARRAY(&scratch, uint32_t, (size_t)graph->count + 1);
    memcpy(starts, s.queue, graph->count * sizeof *starts);
    kss_components_find(&s.whole, starts, graph->count, 0);
    find_entered(&s);
    for (uint32_t c = 0; c < s.whole.count; c++) {
        const uint32_t *members = &s.whole.members[s.whole.begin[c]];
        uint32_t count = s.whole.begin[c + 1] - s.whole.begin[c];
        s.component = c;
        if (count == 1 && !calls_itself(graph, members[0]))
            solve_simply(&s, members[0]);
        else
            solve_component(&s, members, count);
        gather_lacks(&s, members, count);
    }
    kss_arena_free(&scratch);
    return solution;
}

void kss_solution_free(struct kss_solution *solution) {
    free(solution->cycles);
    solution->cycles = NULL;
    solution->cycle_count = 0;
}
