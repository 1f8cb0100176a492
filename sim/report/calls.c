// SPDX-License-Identifier: MIT
#include "report/calls.h"

#include <stdlib.h>

enum { NOBODY = UINT32_MAX };

// What is open in a lane: a node, or (node NOBODY) an NT routine.
struct open {
    uint32_t node, nt;
};

struct lane {
    struct open *open;
    uint32_t count;
    unsigned room;
};

struct gathering {
    struct kss_calls calls;
    struct kss_lanes lanes;
    const struct kss_log *log;
    struct lane *open;  // malloc'd, by lane
    uint32_t *routines; // malloc'd: a routine's node + 1
    uint32_t *roots;    // malloc'd: a root's node + 1
    uint32_t *first;    // malloc'd: a node's first edge + 1
    uint32_t *next;     // malloc'd: an edge's next of the same caller + 1
    unsigned first_room, next_room;
};

// ---- Nodes and edges ------------------------------------------------------------------------------

static uint32_t node(struct gathering *g, uint32_t *known, uint32_t routine, uint32_t root) {
    if (*known != 0)
        return *known - 1;
    KSS_ROOM(g->calls.nodes, g->calls.node_count, g->calls.node_room);
    g->calls.nodes[g->calls.node_count] = (struct kss_call_node){.routine = routine, .root = root};
    *known = ++g->calls.node_count;
    return *known - 1;
}

static uint32_t routine_node(struct gathering *g, uint64_t routine) {
    if (routine >= g->log->routine_count)
        return NOBODY;
    uint32_t same = g->log->routines[routine].same;
    return node(g, &g->routines[same], same, 0);
}

static uint32_t root_node(struct gathering *g, uint32_t root) {
    return node(g, &g->roots[root], KSS_NO_FRAME, root);
}

static struct kss_call_edge *edge(struct gathering *g, uint32_t from, uint32_t to) {
    KSS_ROOM(g->first, from, g->first_room);
    for (uint32_t at = g->first[from]; at != 0; at = g->next[at - 1])
        if (g->calls.edges[at - 1].to == to)
            return &g->calls.edges[at - 1];
    uint32_t index = g->calls.edge_count;
    KSS_ROOM(g->calls.edges, index, g->calls.edge_room);
    KSS_ROOM(g->next, index, g->next_room);
    g->calls.edges[index] = (struct kss_call_edge){.from = from, .to = to, .nt = KSS_NT_COUNT};
    g->next[index] = g->first[from];
    g->first[from] = ++g->calls.edge_count;
    return &g->calls.edges[index];
}

// ---- What is open in a lane -----------------------------------------------------------------------

static void push(struct lane *lane, uint32_t of, uint32_t nt) {
    KSS_ROOM(lane->open, lane->count, lane->room);
    lane->open[lane->count++] = (struct open){of, nt};
}

// The innermost that is the same, counted from 1; 0: there is none.
static uint32_t find(const struct lane *lane, uint32_t of, uint32_t nt) {
    uint32_t at = lane->count;
    while (at > 0 && (lane->open[at - 1].node != of || lane->open[at - 1].nt != nt))
        at--;
    return at;
}

// It, and all that is in it.
static void pop(struct lane *lane, uint32_t of, uint32_t nt) {
    uint32_t at = find(lane, of, nt);
    if (at > 0)
        lane->count = at - 1;
}

// All that is in it: an exception was handled there.
static void pop_above(struct lane *lane, uint32_t of) {
    uint32_t at = find(lane, of, KSS_NT_COUNT);
    if (at > 0)
        lane->count = at;
}

static void enter(struct gathering *g, struct lane *lane, uint32_t to) {
    uint32_t at = lane->count, nt = KSS_NT_COUNT;
    while (at > 0 && lane->open[at - 1].node == NOBODY)
        nt = lane->open[--at].nt;
    if (at > 0) {
        struct kss_call_edge *made = edge(g, lane->open[at - 1].node, to);
        if (made->calls++ == 0)
            made->nt = nt;
    }
    push(lane, to, KSS_NT_COUNT);
}

static uint32_t larger(uint32_t a, uint32_t b) {
    return a > b ? a : b;
}

// A thread's body is itself what the system calls; anything else needs a root.
static void enter_routine(struct gathering *g, uint32_t number, const struct kss_event *event) {
    struct lane *lane = &g->open[number];
    uint32_t to = routine_node(g, event->words[0]);
    if (to == NOBODY)
        return;
    if (lane->count == 0 && !kss_is_call_root(g->log, &g->calls.nodes[to]) &&
        number >= KSS_LANE_THREAD)
        push(lane, root_node(g, KSS_ROOT_THREAD + number - KSS_LANE_THREAD), KSS_NT_COUNT);
    enter(g, lane, to);
    struct kss_call_node *entered = &g->calls.nodes[to];
    entered->calls++;
    entered->bytes = larger(entered->bytes, (uint32_t)event->words[1]);
    entered->deepest = larger(entered->deepest, (uint32_t)event->words[2]);
}

static void enter_root(struct gathering *g, struct lane *lane, uint32_t root) {
    push(lane, root_node(g, root), KSS_NT_COUNT);
}

static void gather(struct gathering *g, const struct kss_event *event) {
    uint32_t number = kss_lane_of(&g->lanes, event);
    struct lane *lane = &g->open[number];
    switch (event->kind) {
    case KSS_EV_CALL: enter_routine(g, number, event); return;
    case KSS_EV_RETURN:
    case KSS_EV_UNWIND: pop(lane, routine_node(g, event->words[0]), KSS_NT_COUNT); return;
    case KSS_EV_HANDLER: pop_above(lane, routine_node(g, event->words[1])); return;
    case KSS_EV_NT_CALL: push(lane, NOBODY, (uint32_t)event->words[0]); return;
    case KSS_EV_NT_RETURN: pop(lane, NOBODY, (uint32_t)event->words[0]); return;
    case KSS_EV_DPC_RUN: enter_root(g, lane, KSS_ROOT_DPC); return;
    case KSS_EV_INTERRUPT: enter_root(g, lane, KSS_ROOT_ISR); return;
    case KSS_EV_APC_RUN: enter_root(g, lane, KSS_ROOT_APC); return;
    case KSS_EV_WORK_RUN: enter_root(g, lane, KSS_ROOT_WORK); return;
    case KSS_EV_DPC_DONE: pop(lane, root_node(g, KSS_ROOT_DPC), KSS_NT_COUNT); return;
    case KSS_EV_INTERRUPT_DONE: pop(lane, root_node(g, KSS_ROOT_ISR), KSS_NT_COUNT); return;
    case KSS_EV_APC_DONE: pop(lane, root_node(g, KSS_ROOT_APC), KSS_NT_COUNT); return;
    case KSS_EV_WORK_DONE: pop(lane, root_node(g, KSS_ROOT_WORK), KSS_NT_COUNT); return;
    case KSS_EV_THREAD_EXIT:
        if (event->words[0] < g->log->thread_count)
            g->open[KSS_LANE_THREAD + event->words[0]].count = 0;
        return;
    default: return;
    }
}

// ---- Deepest paths --------------------------------------------------------------------------------

// Of a stack that overflowed, whose last frame did not fit and so was never entered; natively of every stack,
// since calls from one C function to another leave no event.
static void add_path(struct gathering *g, const struct kss_digest_stack *stack) {
    uint32_t inner = NOBODY;
    for (uint32_t i = 0; i < stack->path_count; i++) {
        uint32_t at = stack->path[i].routine;
        if (at >= g->log->routine_count)
            continue;
        uint32_t outer = routine_node(g, at);
        struct kss_call_node *on_path = &g->calls.nodes[outer];
        on_path->overflows |= stack->overflowed;
        on_path->bytes = larger(on_path->bytes, stack->path[i].bytes);
        on_path->deepest = larger(on_path->deepest, stack->path[i].depth);
        if (inner != NOBODY)
            edge(g, outer, inner)->overflows |= stack->overflowed;
        inner = outer;
    }
}

struct kss_calls kss_calls_of(const struct kss_log *log, const struct kss_digest *digest) {
    struct gathering g = {.log = log, .lanes = {.log = log, .digest = digest}};
    uint32_t lane_count = kss_lane_count(log);
    unsigned room[3] = {0};
    g.open = kss_grow(NULL, &room[0], lane_count, sizeof *g.open);
    g.routines = kss_grow(NULL, &room[1], log->routine_count + 1u, sizeof *g.routines);
    g.roots = kss_grow(NULL, &room[2], KSS_ROOT_THREAD + log->thread_count, sizeof *g.roots);
    for (uint32_t i = 0; i < log->count; i++)
        gather(&g, &log->events[i]);
    for (uint32_t i = 0; i < digest->stack_count; i++)
        if (digest->stacks[i].overflowed || log->frames != NULL)
            add_path(&g, &digest->stacks[i]);
    for (uint32_t i = 0; i < lane_count; i++)
        free(g.open[i].open);
    free(g.open);
    free(g.routines);
    free(g.roots);
    free(g.first);
    free(g.next);
    kss_lanes_free(&g.lanes);
    return g.calls;
}

void kss_calls_free(struct kss_calls *calls) {
    free(calls->nodes);
    free(calls->edges);
    *calls = (struct kss_calls){0};
}

bool kss_is_call_root(const struct kss_log *log, const struct kss_call_node *at) {
    return at->routine == KSS_NO_FRAME || (log->routines[at->routine].flags & KSS_CODE_BODY) != 0;
}

void kss_say_call_node(const struct kss_log *log, const struct kss_call_node *at,
                       struct kss_text *out) {
    static const char *const roots[] = {"DPC", "ISR", "APC", "work item"};
    if (at->routine != KSS_NO_FRAME && kss_is_call_root(log, at))
        kss_text_str(out, "thread ");
    if (at->routine != KSS_NO_FRAME)
        kss_log_symbol(log, at->routine, out);
    else if (at->root < KSS_ROOT_THREAD)
        kss_text_str(out, roots[at->root]);
    else
        kss_say_lane(log, KSS_LANE_THREAD + at->root - KSS_ROOT_THREAD, out);
}

void kss_say_call_edge(const struct kss_call_edge *of, struct kss_text *out) {
    size_t begin = out->length;
    if (of->calls > 1) {
        kss_text_grouped(out, of->calls);
        kss_text_str(out, " calls");
    }
    if (of->nt < KSS_NT_COUNT)
        kss_text_format(out, "%sby %s", out->length > begin ? " " : "", kss_routines[of->nt].name);
}
