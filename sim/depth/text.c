// SPDX-License-Identifier: MIT
// The report for people: each root with its limit and the deepest path in the columns of the debugger's
// `kf`, innermost first; cycles with their calls; the reasons why the figures may be wrong.
//
//     Depth   Memory  Kind      Origin        Call Site
//     0x3E8     0x60  exact     .ci           CopyTail  irp.c:140:6
//       ...      ...                          3 more turns of these 2 frames
//
// A path is long where there are many roots; beyond SHOWN of them only the deepest have theirs printed, and the
// others are a line each.
#include "depth/depth.h"

#include <stdlib.h>

enum { SHOWN = 16 };

struct writing {
    const struct kss_judgement *j;
    const struct kss_graph *graph;
    struct kss_text *out;
    bool colour;
};

static void bold(const struct writing *w, bool on) {
    if (w->colour)
        kss_text_str(w->out, on ? "\033[1m" : "\033[0m");
}

static void cell(struct kss_text *out, uint64_t value, const char *word) {
    struct kss_text text = {0};
    if (word != NULL)
        kss_text_str(&text, word);
    else
        kss_text_hex(&text, value);
    if (text.length < 8)
        kss_text_repeat(out, ' ', 8 - text.length);
    kss_text_bytes(out, text.bytes, text.length);
    kss_text_char(out, ' ');
    kss_text_free(&text);
}

static const char *origin_of(const struct writing *w, const struct kss_function *f) {
    if (w->graph->scenario && f->origin == KSS_FROM_SCENARIO)
        return kss_origin_name((enum kss_origin)f->figure);
    return kss_frame_origin_name((enum kss_frame_origin)f->origin);
}

// ---- A path -------------------------------------------------------------------------------------------

// Bodies of threads and nt's routines that are not counted take nothing: kss run leaves them out, too.
static void frame_row(const struct writing *w, const struct kss_path_frame *row) {
    const struct kss_function *f = &w->graph->nodes[row->node];
    if (w->graph->scenario && f->bytes == 0 && f->kind == KSS_FRAME_EXACT)
        return;
    const char *kind = kss_function_kind_name(f);
    kss_text_str(w->out, "  ");
    cell(w->out, row->depth, row->gone ? "-" : NULL);
    cell(w->out, f->bytes, f->kind == KSS_FRAME_UNKNOWN ? "?" : NULL);
    kss_text_format(w->out, " %-8s  %-12s  %s", kind, origin_of(w, f), f->name);
    if (f->place != NULL)
        kss_text_format(w->out, "  %s", f->place);
    kss_text_str(w->out, row->gone ? "  (a tail call: its frame is gone)\n" : "\n");
}

static void turns_row(const struct writing *w, const struct kss_path_group *group) {
    if (group->turns < 2)
        return;
    kss_text_format(w->out, "  %8s %8s  %-8s  %-12s  %llu more turn%s of ", "...", "...", "", "",
                    (unsigned long long)(group->turns - 1), group->turns == 2 ? "" : "s");
    if (group->count == 1)
        kss_text_str(w->out, "this frame, ");
    else
        kss_text_format(w->out, "these %u frames, ", group->count);
    kss_text_hex(w->out, group->bytes);
    kss_text_str(w->out, " each\n");
}

static void path_rows(const struct writing *w, uint32_t root) {
    struct kss_path path;
    kss_depth_path(&w->j->solution, root, &path);
    kss_text_format(w->out, "  %8s %8s  %-8s  %-12s  %s\n", "Depth", "Memory", "Kind", "Origin",
                    "Call Site");
    for (uint32_t i = path.count; i-- > 0;) {
        const struct kss_path_frame *row = &path.frames[i];
        frame_row(w, row);
        if (row->group != KSS_NO_NODE && path.groups[row->group].first == i)
            turns_row(w, &path.groups[row->group]);
    }
    kss_path_free(&path);
}

// ---- A root -------------------------------------------------------------------------------------------

static void figure(const struct writing *w, uint64_t depth, uint32_t lacks, bool upper) {
    bool missing = (lacks & ((2u << KSS_LACK_MISSING) - 1)) != 0;
    if (missing && upper)
        kss_text_str(w->out, "about ");
    else
        kss_text_str(w->out, missing ? "at least " : upper ? "at most " : "");
    kss_text_hex(w->out, depth);
}

static void lacking(const struct writing *w, uint32_t lacks) {
    bool first = true;
    for (unsigned lack = 0; lack <= KSS_LACK_MISSING; lack++)
        if (lacks >> lack & 1) {
            kss_text_format(w->out, "%s%s", first ? ": " : ", ",
                            kss_lack_name((enum kss_lack)lack));
            first = false;
        }
}

static void answer(const struct writing *w, const struct kss_judged_root *root) {
    switch (root->verdict) {
    case KSS_DEPTH_FITS:
        kss_text_str(w->out, root->lacks >> KSS_LACK_BELOW & 1 ? "; fits, without the drivers below"
                                                               : "; fits");
        break;
    case KSS_DEPTH_OVER:
        kss_text_str(w->out, "; over by ");
        kss_text_hex(w->out, root->depth - root->limit);
        break;
    case KSS_DEPTH_CANNOT_TELL:
        kss_text_str(w->out, "; cannot tell");
        lacking(w, root->lacks);
        break;
    }
}

static void root_line(const struct writing *w, const struct kss_judged_root *root) {
    bold(w, true);
    kss_text_str(w->out, w->graph->nodes[root->root.node].name);
    bold(w, false);
    kss_text_format(w->out, " (%s%s): ", root->root.system ? "system " : "",
                    kss_root_kind_name(root->root.kind));
    figure(w, root->depth, root->lacks, root->upper);
    if (root->has_limit) {
        kss_text_str(w->out, " of ");
        kss_text_hex(w->out, root->limit);
    }
    kss_text_str(w->out, " bytes");
    answer(w, root);
    kss_text_char(w->out, '\n');
}

static void left_with(const struct writing *w, uint64_t left, uint64_t reserve, const char *what) {
    kss_text_str(w->out, reserve > left ? "; short by " : "; ");
    kss_text_hex(w->out, reserve > left ? reserve - left : left - reserve);
    kss_text_str(w->out, what);
}

// What remains, and again with what an interrupt and an exception take at that point.
static void headroom(const struct writing *w, const struct kss_judged_root *root) {
    const struct kss_profile *m = w->graph->machine;
    if (!root->has_limit || root->depth > root->limit)
        return;
    uint64_t left = root->limit - root->depth;
    kss_text_str(w->out, "  left: ");
    kss_text_hex(w->out, left);
    if (m == NULL || root->root.kind == KSS_ROOT_CALLOUT) {
        kss_text_char(w->out, '\n');
        return;
    }
    if (m->interrupt_reserve > 0 && root->root.kind != KSS_ROOT_ISR)
        left_with(w, left, m->interrupt_reserve, " under an interrupt");
    if (m->exception_reserve > 0)
        left_with(w, left, m->exception_reserve, " while an exception is dispatched");
    kss_text_char(w->out, '\n');
    bool interrupt = root->root.kind != KSS_ROOT_ISR && m->interrupt_reserve > left;
    if (interrupt || m->exception_reserve > left)
        kss_text_format(w->out, "  warning: no room %s\n",
                        interrupt ? "for an interrupt" : "for exception dispatch");
}

static void root_block(const struct writing *w, const struct kss_judged_root *root, bool path) {
    root_line(w, root);
    if (!path)
        return;
    kss_text_format(w->out, "  limit: %s\n", root->limit_text);
    path_rows(w, root->root.node);
    headroom(w, root);
    kss_text_char(w->out, '\n');
}

struct rank {
    uint64_t depth;
    uint32_t index;
};

static int by_depth(const void *a, const void *b) {
    const struct rank *x = a, *y = b;
    if (x->depth != y->depth)
        return x->depth > y->depth ? -1 : 1;
    return x->index < y->index ? -1 : x->index > y->index;
}

// The roots whose paths are printed: all, or the deepest ones.
static bool *shown(const struct writing *w, struct kss_arena *arena) {
    uint32_t count = w->j->root_count;
    bool *shows = KSS_NEW_ARRAY(arena, bool, (size_t)count + 1);
    struct rank *ranks = KSS_NEW_ARRAY(arena, struct rank, (size_t)count + 1);
    for (uint32_t i = 0; i < count; i++)
        ranks[i] = (struct rank){w->j->roots[i].depth, i};
    qsort(ranks, count, sizeof *ranks, by_depth);
    for (uint32_t i = 0; i < count && i < SHOWN; i++)
        shows[ranks[i].index] = true;
    return shows;
}

static void roots(const struct writing *w) {
    struct kss_arena arena = {0};
    bool *shows = shown(w, &arena);
    uint32_t hidden = 0;
    for (uint32_t i = 0; i < w->j->root_count; i++)
        if (shows[i])
            root_block(w, &w->j->roots[i], true);
        else
            hidden++;
    if (hidden > 0)
        kss_text_format(w->out, "%u more roots; --roots NAME shows the path of one\n", hidden);
    for (uint32_t i = 0; i < w->j->root_count; i++)
        if (!shows[i])
            root_block(w, &w->j->roots[i], false);
    if (hidden > 0)
        kss_text_char(w->out, '\n');
    kss_arena_free(&arena);
}

// ---- The rest -----------------------------------------------------------------------------------------

static void requirements(const struct writing *w) {
    for (uint32_t i = 0; i < w->j->requirement_count; i++) {
        const struct kss_judged_requirement *row = &w->j->requirements[i];
        kss_text_format(w->out,
                        "require path(%s) <= ", w->graph->nodes[row->requirement.node].name);
        kss_text_hex(w->out, row->requirement.limit);
        kss_text_str(w->out, ": ");
        figure(w, row->depth, row->lacks, row->upper);
        switch (row->verdict) {
        case KSS_DEPTH_FITS: kss_text_str(w->out, ", met"); break;
        case KSS_DEPTH_OVER: kss_text_str(w->out, ", not met"); break;
        case KSS_DEPTH_CANNOT_TELL:
            kss_text_str(w->out, ", cannot tell");
            lacking(w, row->lacks);
            break;
        }
        kss_text_char(w->out, '\n');
    }
    if (w->j->requirement_count > 0)
        kss_text_char(w->out, '\n');
}

static void inner_calls(const struct writing *w, const struct kss_cycle *cycle, uint32_t number) {
    for (uint32_t m = 0; m < cycle->count; m++) {
        uint32_t node = cycle->members[m];
        if (w->graph->nodes[node].ignored)
            continue;
        for (uint32_t e = w->graph->nodes[node].edges; e < kss_edges_end(w->graph, node); e++) {
            const struct kss_edge *edge = &w->graph->edges[e];
            if (edge->to == KSS_NO_NODE || w->j->solution.cycle[edge->to] != number)
                continue;
            kss_text_str(w->out, "  ");
            kss_text_str(w->out, w->graph->nodes[node].name);
            kss_text_str(w->out, edge->tail ? " jumps to " : " calls ");
            kss_text_str(w->out, w->graph->nodes[edge->to].name);
            if (edge->place != NULL) {
                kss_text_str(w->out, "  ");
                kss_text_str(w->out, edge->place);
            }
            kss_text_char(w->out, '\n');
        }
    }
}

static void cycles(const struct writing *w) {
    for (uint32_t i = 0; i < w->j->solution.cycle_count; i++) {
        const struct kss_cycle *cycle = &w->j->solution.cycles[i];
        if (!w->j->reached[cycle->members[0]])
            continue;
        kss_text_format(w->out, "recursion of %u function%s, ", cycle->count,
                        cycle->count == 1 ? "" : "s");
        if (cycle->jumps)
            kss_text_str(w->out, "jumps only: no frame stays\n");
        else if (!cycle->bounded)
            kss_text_str(w->out, "without a bound\n");
        else
            kss_text_format(w->out, "bounded by annotation\n");
        inner_calls(w, cycle, i);
        kss_text_char(w->out, '\n');
    }
}

static void reasons(const struct writing *w) {
    bold(w, true);
    kss_text_str(w->out, "why this may be wrong:");
    bold(w, false);
    kss_text_str(w->out, w->j->reason_count == 0 ? " no reason known\n" : "\n");
    for (uint32_t i = 0; i < w->j->reason_count; i++) {
        const struct kss_reason *reason = &w->j->reasons[i];
        kss_text_format(w->out, "  %-17s ", kss_lack_name(reason->lack));
        if (reason->node != KSS_NO_NODE)
            kss_text_format(w->out, "%s: ", w->graph->nodes[reason->node].name);
        kss_text_str(w->out, reason->text);
        if (reason->place != NULL)
            kss_text_format(w->out, "%s%s", kss_reason_joint(reason), reason->place);
        kss_text_char(w->out, '\n');
    }
}

void kss_depth_text(const struct kss_judgement *judgement, bool colour, struct kss_text *out) {
    static const char *const words[] = {"fits", "over", "cannot tell"};
    struct writing w = {judgement, judgement->graph, out, colour};
    if (w.graph->layers != NULL)
        kss_text_format(out, "device stack: %s\n\n", w.graph->layers);
    roots(&w);
    requirements(&w);
    cycles(&w);
    reasons(&w);
    kss_text_format(out, "verdict: %s\n", words[judgement->verdict]);
}
