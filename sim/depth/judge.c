// SPDX-License-Identifier: MIT
// Depths against limits.
//
//   thread   stack - save area - trap frame (a system thread: its start frames)
//   dpc      the processor's DPC stack
//   isr      x64: the ISR stack. x86, ARM: what the deepest thread or DPC leaves, less the interrupt's frame
//   callout  the bytes that KeExpandKernelStackAndCallout was asked for
//
// A depth above the limit is over, whatever is missing, unless it is only an upper bound. At or below it
// fits when nothing is missing. Everything else cannot tell.
#include "depth/depth.h"

#include <stdarg.h>
#include <stdlib.h>

const char *kss_root_kind_name(enum kss_root_kind kind) {
    static const char *const names[] = {"thread", "dpc", "isr", "callout"};
    return names[kind];
}

const char *kss_depth_verdict_name(enum kss_depth_verdict verdict) {
    static const char *const names[] = {"fits", "over", "cannot-tell"};
    return names[verdict];
}

const char *kss_lack_name(enum kss_lack lack) {
    static const char *const names[] = {
        "unknown-calls", "unresolved-call", "recursion",  "unknown-frame", "external-function",
        "at-least",      "callback",        "listed",     "assumed-frame", "drivers-below",
        "annotation",    "ignored",         "upper-bound"};
    return lack < KSS_LACKS ? names[lack] : "scope";
}

static const char *formatted(struct kss_arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static const char *formatted(struct kss_arena *arena, const char *format, ...) {
    struct kss_text text = {0};
    va_list arguments;
    va_start(arguments, format);
    kss_text_format_list(&text, format, arguments);
    va_end(arguments);
    const char *copy = kss_alloc_text(arena, text.bytes, text.length);
    kss_text_free(&text);
    return copy;
}

// ---- Limits -------------------------------------------------------------------------------------------

struct judging {
    struct kss_judgement *j;
    const struct kss_depth_options *options;
    const struct kss_profile *machine;
};

static void set_limit(struct kss_judged_root *root, uint64_t limit, const char *text) {
    root->has_limit = true;
    root->limit = limit;
    root->limit_text = text;
}

static void thread_limit(struct judging *g, struct kss_judged_root *root) {
    const struct kss_profile *m = g->machine;
    uint32_t top = root->root.system ? m->start_frames : m->trap_frame;
    uint64_t limit = (uint64_t)m->stack_size - m->reserve;
    const char *what = root->root.system ? "start frames" : "trap frame";
    if (m->stack_size < (uint64_t)m->reserve + top)
        root->limit_text = "this machine's stack has no room for its save area";
    else if (top > 0)
        set_limit(root, limit - top,
                  formatted(g->j->arena, "%s: stack 0x%X - save area 0x%X - %s 0x%X", m->name,
                            m->stack_size, m->reserve, what, top));
    else
        set_limit(root, limit,
                  formatted(g->j->arena, "%s: stack 0x%X - save area 0x%X", m->name, m->stack_size,
                            m->reserve));
}

// Where ISRs run on the stack they interrupt: what the deepest root leaves there.
static void interrupted_limit(struct judging *g, struct kss_judged_root *root) {
    const struct kss_judged_root *least = NULL;
    struct kss_judgement *j = g->j;
    uint32_t frame = g->machine->interrupt_reserve;
    for (uint32_t i = 0; i < j->root_count; i++) {
        const struct kss_judged_root *other = &j->roots[i];
        if (other->root.kind == KSS_ROOT_ISR || other->root.kind == KSS_ROOT_CALLOUT ||
            !other->has_limit)
            continue;
        root->lacks |= other->lacks;
        root->upper |= other->upper;
        uint64_t left = other->limit > other->depth ? other->limit - other->depth : 0;
        if (least == NULL || left < (least->limit > least->depth ? least->limit - least->depth : 0))
            least = other;
    }
    if (least == NULL) {
        thread_limit(g, root);
        if (!root->has_limit || root->limit < frame)
            return;
        set_limit(root, root->limit - frame,
                  formatted(j->arena, "%s - interrupt frame 0x%X, on a stack else empty",
                            root->limit_text, frame));
        return;
    }
    uint64_t left = least->limit > least->depth ? least->limit - least->depth : 0;
    set_limit(root, left > frame ? left - frame : 0,
              formatted(j->arena, "what %s leaves, 0x%llX - interrupt frame 0x%X",
                        j->graph->nodes[least->root.node].name, (unsigned long long)left, frame));
}

static void own_stack_limit(struct judging *g, struct kss_judged_root *root, uint32_t bytes,
                            const char *what) {
    set_limit(root, bytes, formatted(g->j->arena, "%s: %s 0x%X", g->machine->name, what, bytes));
}

static void find_limit(struct judging *g, struct kss_judged_root *root) {
    const struct kss_profile *m = g->machine;
    if (root->root.kind == KSS_ROOT_CALLOUT) {
        if (root->root.room > 0)
            set_limit(root, root->root.room, "the bytes its caller asks for");
        else
            root->limit_text = "how many bytes its caller asks for is not known";
    } else if (g->options->has_limit) {
        set_limit(root, g->options->limit, "given");
    } else if (m == NULL) {
        root->limit_text = "no limit: --machine or --limit gives one";
    } else if (m->stack_size == 0) {
        root->limit_text = formatted(
            g->j->arena, "no public figure says how large a stack of %s is: --limit", m->name);
    } else if (root->root.kind == KSS_ROOT_THREAD) {
        thread_limit(g, root);
    } else if (root->root.kind == KSS_ROOT_DPC) {
        own_stack_limit(g, root, m->dpc_stack_size, "DPC stack");
    } else if (m->isr_stack_size > 0) {
        own_stack_limit(g, root, m->isr_stack_size, "ISR stack");
    } else {
        interrupted_limit(g, root);
    }
}

// ---- Verdicts -----------------------------------------------------------------------------------------

static bool is_missing(uint32_t lacks) {
    return (lacks & ((2u << KSS_LACK_MISSING) - 1)) != 0;
}

static enum kss_depth_verdict judge(uint64_t depth, uint64_t limit, uint32_t lacks, bool upper) {
    if (depth > limit)
        return upper ? KSS_DEPTH_CANNOT_TELL : KSS_DEPTH_OVER;
    return is_missing(lacks) ? KSS_DEPTH_CANNOT_TELL : KSS_DEPTH_FITS;
}

static bool is_upper(const struct kss_judgement *j, uint32_t node) {
    const uint32_t bounds = 1u << KSS_LACK_ANNOTATED;
    struct kss_path path;
    if ((j->solution.lacks[node] & bounds) == 0 || j->solution.cycle_count == 0)
        return false;
    kss_depth_path(&j->solution, node, &path);
    bool upper = path.upper;
    kss_path_free(&path);
    return upper;
}

static void judge_root(struct judging *g, struct kss_judged_root *root) {
    find_limit(g, root);
    root->verdict = root->has_limit ? judge(root->depth, root->limit, root->lacks, root->upper)
                                    : KSS_DEPTH_CANNOT_TELL;
}

static int by_node(const void *a, const void *b) {
    const struct kss_root *x = a, *y = b;
    if (x->node != y->node)
        return x->node < y->node ? -1 : 1;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    if (x->system != y->system)
        return x->system ? 1 : -1; // a user thread's limit is the smaller one
    return x->room != y->room ? (x->room < y->room ? -1 : 1) : x->assumed - y->assumed;
}

static void take_roots(struct judging *g) {
    struct kss_graph *graph = g->j->graph;
    if (graph->root_count > 1)
        qsort(graph->roots, graph->root_count, sizeof *graph->roots, by_node);
    g->j->roots = KSS_NEW_ARRAY(g->j->arena, struct kss_judged_root, (size_t)graph->root_count + 1);
    for (uint32_t i = 0; i < graph->root_count; i++) {
        const struct kss_root *root = &graph->roots[i];
        if (i > 0 && root->node == root[-1].node && root->kind == root[-1].kind &&
            root->room == root[-1].room)
            continue;
        g->j->roots[g->j->root_count++] =
            (struct kss_judged_root){.root = *root,
                                     .depth = g->j->solution.depth[root->node],
                                     .lacks = g->j->solution.lacks[root->node],
                                     .upper = is_upper(g->j, root->node)};
    }
}

static void judge_roots(struct judging *g) {
    take_roots(g);
    for (int isr = 0; isr < 2; isr++) // what is left for ISRs depends on the others
        for (uint32_t i = 0; i < g->j->root_count; i++)
            if ((g->j->roots[i].root.kind == KSS_ROOT_ISR) == isr)
                judge_root(g, &g->j->roots[i]);
}

static void judge_requirements(struct judging *g) {
    struct kss_judgement *j = g->j;
    j->requirement_count = j->graph->requirement_count;
    j->requirements =
        KSS_NEW_ARRAY(j->arena, struct kss_judged_requirement, (size_t)j->requirement_count + 1);
    for (uint32_t i = 0; i < j->requirement_count; i++) {
        struct kss_judged_requirement *row = &j->requirements[i];
        row->requirement = j->graph->requirements[i];
        uint32_t node = row->requirement.node;
        row->depth = j->solution.depth[node];
        row->lacks = j->solution.lacks[node];
        row->upper = is_upper(j, node);
        row->verdict = judge(row->depth, row->requirement.limit, row->lacks, row->upper);
    }
}

static void sum_up(struct kss_judgement *j) {
    bool over = false, unknown = j->root_count + j->requirement_count == 0;
    for (uint32_t i = 0; i < j->root_count; i++) {
        over |= j->roots[i].verdict == KSS_DEPTH_OVER;
        unknown |= j->roots[i].verdict == KSS_DEPTH_CANNOT_TELL;
    }
    for (uint32_t i = 0; i < j->requirement_count; i++) {
        over |= j->requirements[i].verdict == KSS_DEPTH_OVER;
        unknown |= j->requirements[i].verdict == KSS_DEPTH_CANNOT_TELL;
    }
    j->verdict = over ? KSS_DEPTH_OVER : unknown ? KSS_DEPTH_CANNOT_TELL : KSS_DEPTH_FITS;
}

// ---- What can be reached --------------------------------------------------------------------------------

static void reach(struct kss_judgement *j, uint32_t from, uint32_t *queue) {
    const struct kss_graph *graph = j->graph;
    uint32_t count = 0;
    if (j->reached[from])
        return;
    j->reached[from] = true;
    for (queue[count++] = from; count > 0;) {
        uint32_t node = queue[--count];
        for (uint32_t e = graph->nodes[node].edges;
             e < kss_edges_end(graph, node) && !graph->nodes[node].ignored; e++) {
            uint32_t to = graph->edges[e].to;
            if (to == KSS_NO_NODE)
                continue;
            j->calls[to]++;
            if (j->first_call[to] == KSS_NO_NODE || e < j->first_call[to])
                j->first_call[to] = e;
            if (j->reached[to])
                continue;
            j->reached[to] = true;
            queue[count++] = to;
        }
    }
}

static void reach_all(struct kss_judgement *j) {
    size_t n = (size_t)j->graph->count + 1;
    struct kss_arena arena = {0};
    uint32_t *queue = KSS_NEW_ARRAY(&arena, uint32_t, n);
    j->reached = KSS_NEW_ARRAY(j->arena, bool, n);
    j->calls = KSS_NEW_ARRAY(j->arena, uint32_t, n);
    j->first_call = KSS_NEW_ARRAY(j->arena, uint32_t, n);
    memset(j->first_call, 0xFF, n * sizeof *j->first_call);
    for (uint32_t i = 0; i < j->root_count; i++)
        reach(j, j->roots[i].root.node, queue);
    for (uint32_t i = 0; i < j->requirement_count; i++)
        reach(j, j->requirements[i].requirement.node, queue);
    kss_arena_free(&arena);
}

struct kss_judgement kss_depth_judge(struct kss_graph *graph, struct kss_arena *arena,
                                     const struct kss_depth_options *options) {
    struct kss_judgement judgement = {.graph = graph, .arena = arena};
    struct judging judging = {&judgement, options, graph->machine};
    judgement.solution = kss_depth_solve(graph, arena);
    judge_roots(&judging);
    judge_requirements(&judging);
    sum_up(&judgement);
    reach_all(&judgement);
    kss_depth_reasons(&judgement, options);
    return judgement;
}

void kss_judgement_free(struct kss_judgement *judgement) {
    kss_solution_free(&judgement->solution);
    free(judgement->reasons);
    judgement->reasons = NULL;
    judgement->reason_count = 0;
}
