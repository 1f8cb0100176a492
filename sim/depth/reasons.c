// SPDX-License-Identifier: MIT
// Why a bound may be wrong: one line for each piece that is missing or rests on somebody's word, of all that
// the roots reach; what is missing first, then by name.
#include "depth/depth.h"

#include <stdarg.h>
#include <stdlib.h>

struct reasoning {
    struct kss_judgement *j;
    const struct kss_graph *graph;
    struct kss_text text;
};

static void add(struct reasoning *r, enum kss_lack lack, uint32_t node, const char *place,
                const char *format, ...) __attribute__((format(printf, 5, 6)));

static void add(struct reasoning *r, enum kss_lack lack, uint32_t node, const char *place,
                const char *format, ...) {
    struct kss_judgement *j = r->j;
    va_list arguments;
    kss_text_clear(&r->text);
    va_start(arguments, format);
    kss_text_format_list(&r->text, format, arguments);
    va_end(arguments);
    KSS_ROOM(j->reasons, j->reason_count, j->reason_capacity);
    j->reasons[j->reason_count++] = (struct kss_reason){
        lack, node, place, kss_alloc_text(j->arena, r->text.bytes, r->text.length)};
}

static const char *call_place(const struct reasoning *r, uint32_t node) {
    uint32_t edge = r->j->first_call[node];
    const char *place = edge == KSS_NO_NODE ? NULL : r->graph->edges[edge].place;
    return place != NULL && place[0] != '\0' ? place : NULL;
}

static const char *or_word(const char *text, const char *word) {
    return text != NULL && text[0] != '\0' ? text : word;
}

const char *kss_reason_joint(const struct kss_reason *reason) {
    size_t length = strlen(reason->text);
    bool open = length > 3 && (strcmp(reason->text + length - 3, " at") == 0 ||
                               strcmp(reason->text + length - 3, " is") == 0);
    return open ? " " : ", at ";
}

// ---- Per function -------------------------------------------------------------------------------------

static void unresolved(struct reasoning *r, uint32_t node) {
    for (uint32_t e = r->graph->nodes[node].edges; e < kss_edges_end(r->graph, node); e++)
        if (r->graph->edges[e].to == KSS_NO_NODE)
            add(r, KSS_LACK_UNRESOLVED, node, r->graph->edges[e].place,
                "a call through a pointer, and nobody says to what");
}

static void called(struct reasoning *r, enum kss_lack lack, uint32_t node, const char *what) {
    const char *place = call_place(r, node);
    add(r, lack, node, place, "%s%s", what, place != NULL ? "; called at" : "");
}

static void external(struct reasoning *r, uint32_t node) {
    const struct kss_function *f = &r->graph->nodes[node];
    const char *what = f->nt ? "no public figure of what it takes" : "defined in none of the files";
    const char *place = call_place(r, node);
    if (place == NULL)
        add(r, KSS_LACK_EXTERNAL, node, NULL, "%s", what);
    else if (r->j->calls[node] > 1)
        add(r, KSS_LACK_EXTERNAL, node, place, "%s; called from %u places, one is", what,
            r->j->calls[node]);
    else
        add(r, KSS_LACK_EXTERNAL, node, place, "%s; called at", what);
}

static void no_calls(struct reasoning *r, uint32_t node) {
    const struct kss_function *f = &r->graph->nodes[node];
    if (f->left_out)
        add(r, KSS_LACK_CALLS, node, f->place, "its body leaves code out");
    else if (f->filters)
        add(r, KSS_LACK_CALLS, node, f->place,
            "its exception filter runs on top of whatever raises, which is not in the path");
    else
        add(r, KSS_LACK_CALLS, node, f->place, "what it calls is not known: %s",
            or_word(r->graph->no_calls, "no file with its calls was given"));
}

static void figure(struct reasoning *r, enum kss_lack lack, uint32_t node) {
    const struct kss_function *f = &r->graph->nodes[node];
    switch (lack) {
    case KSS_LACK_FRAME:
        add(r, lack, node, f->place, "its frame is unknown: %s", or_word(f->reason, "nobody says"));
        break;
    case KSS_LACK_AT_LEAST:
        add(r, lack, node, f->place, "takes at least 0x%llX: %s", (unsigned long long)f->bytes,
            or_word(f->reason, "more may come on top"));
        break;
    case KSS_LACK_LISTED:
        add(r, lack, node, NULL, "0x%llX as a listing has it: %s", (unsigned long long)f->bytes,
            or_word(f->reason, "costs.def"));
        break;
    case KSS_LACK_ESTIMATE:
        add(r, lack, node, f->place, "0x%llX assumed from its locals",
            (unsigned long long)f->bytes);
        break;
    default: break;
    }
}

// One line for all that an allowance stands for.
static void allowance(struct reasoning *r, uint32_t node) {
    const struct kss_remark *remark = r->graph->nodes[node].allowance;
    uint32_t count = 0;
    for (uint32_t i = 0; i < r->graph->count; i++) {
        if (r->graph->nodes[i].allowance != remark || !r->j->reached[i])
            continue;
        if (i < node)
            return; // said with the first
        count++;
    }
    add(r, KSS_LACK_ANNOTATED, KSS_NO_NODE, NULL,
        "%s: 0x%llX allowed for each of %u function%s: %s", remark->name.text,
        (unsigned long long)remark->value, count, count == 1 ? "" : "s",
        or_word(remark->why, "nobody says why"));
}

static void annotated(struct reasoning *r, uint32_t node) {
    const struct kss_function *f = &r->graph->nodes[node];
    if (f->allowance != NULL)
        allowance(r, node);
    else if (f->origin == KSS_FROM_ANNOTATION && f->reason != NULL)
        add(r, KSS_LACK_ANNOTATED, node, NULL, "0x%llX by annotation: %s",
            (unsigned long long)f->bytes, f->reason);
    else if (f->origin == KSS_FROM_ANNOTATION)
        add(r, KSS_LACK_ANNOTATED, node, NULL, "0x%llX by annotation",
            (unsigned long long)f->bytes);
    else
        add(r, KSS_LACK_ANNOTATED, node, NULL, "what it calls is by annotation");
}

static void of_node(struct reasoning *r, enum kss_lack lack, uint32_t node) {
    switch (lack) {
    case KSS_LACK_CALLS: no_calls(r, node); break;
    case KSS_LACK_UNRESOLVED: unresolved(r, node); break;
    case KSS_LACK_EXTERNAL: external(r, node); break;
    case KSS_LACK_CALLBACK:
        called(r, lack, node, "may call driver code that it is given, which is not in the path");
        break;
    case KSS_LACK_BELOW:
        called(r, lack, node, "what the drivers below take is not in the path");
        break;
    case KSS_LACK_ANNOTATED: annotated(r, node); break;
    case KSS_LACK_IGNORED:
        add(r, lack, node, NULL, "its calls are not followed: %s",
            or_word(r->graph->nodes[node].why, "by annotation"));
        break;
    default: figure(r, lack, node); break;
    }
}

// ---- Cycles -------------------------------------------------------------------------------------------

static void bounds(struct reasoning *r, const struct kss_cycle *cycle) {
    for (uint32_t i = 0; i < cycle->cut_count; i++)
        add(r, KSS_LACK_ANNOTATED, cycle->cut[i], NULL, "at most %llu activations by annotation",
            (unsigned long long)r->graph->nodes[cycle->cut[i]].most);
}

static void cycles(struct reasoning *r, bool bounded) {
    const struct kss_solution *solution = &r->j->solution;
    for (uint32_t i = 0; i < solution->cycle_count; i++) {
        const struct kss_cycle *cycle = &solution->cycles[i];
        uint32_t first = cycle->members[0];
        if (!r->j->reached[first] || cycle->bounded != bounded)
            continue;
        if (bounded)
            bounds(r, cycle);
        else if (cycle->count == 1)
            add(r, KSS_LACK_CYCLE, first, r->graph->nodes[first].place,
                "calls itself without a bound");
        else
            add(r, KSS_LACK_CYCLE, first, r->graph->nodes[first].place,
                "a cycle of %u functions without a bound", cycle->count);
    }
}

// ---- The whole ----------------------------------------------------------------------------------------

static void of_roots(struct reasoning *r, const struct kss_depth_options *options) {
    bool assumed = false, above = false, upper = false;
    for (uint32_t i = 0; i < r->j->root_count; i++) {
        const struct kss_judged_root *root = &r->j->roots[i];
        assumed |= root->root.assumed;
        above |= root->root.kind == KSS_ROOT_THREAD;
        upper |= root->upper;
    }
    for (uint32_t i = 0; i < r->j->requirement_count; i++)
        upper |= r->j->requirements[i].upper;
    if (upper)
        add(r, KSS_LACK_UPPER, KSS_NO_NODE, NULL,
            "a cycle has several bounds: the figure is an upper bound, and no path may have it");
    if (assumed && r->graph->calls_known)
        add(r, KSS_LACKS, KSS_NO_NODE, NULL,
            "nobody named roots: what nobody calls counts as a thread's");
    if (above && !options->has_limit && !r->graph->scenario)
        add(r, KSS_LACKS, KSS_NO_NODE, NULL,
            "what lies above a thread's root is not counted: the system service, drivers above");
}

static void of_all(struct reasoning *r, const struct kss_depth_options *options) {
    of_roots(r, options);
    if (!r->graph->calls_known)
        add(r, KSS_LACKS, KSS_NO_NODE, NULL, "no calls are known: %s",
            or_word(r->graph->no_calls,
                    "none of the files has any (.ci files and images have them)"));
    if (r->graph->scenario && !r->graph->nt_frames)
        add(r, KSS_LACKS, KSS_NO_NODE, NULL,
            "nt's own frames are not counted, as in a run: nt_costs = on counts them");
    if (r->graph->layers != NULL)
        add(r, KSS_LACKS, KSS_NO_NODE, NULL,
            "completion routines are not in the device stack's path: they run on the stack of "
            "whoever completes");
    if (r->graph->dispatch_assumed)
        add(r, KSS_LACKS, KSS_NO_NODE, NULL,
            "a layer without thread roots: what its own module does not call counts as a dispatch "
            "routine");
}

// Each layer has its own copy of nt's routine that sends requests down; its figure is one.
static bool said_before(const struct reasoning *r, const uint32_t *own, uint32_t node) {
    return node > 0 && (own[node - 1] >> KSS_LACK_LISTED & 1) != 0 &&
           strcmp(r->graph->nodes[node - 1].name, r->graph->nodes[node].name) == 0;
}

void kss_depth_reasons(struct kss_judgement *judgement, const struct kss_depth_options *options) {
    struct reasoning r = {.j = judgement, .graph = judgement->graph};
    struct kss_arena arena = {0};
    uint32_t count = r.graph->count;
    uint32_t *own = KSS_NEW_ARRAY(&arena, uint32_t, (size_t)count + 1);
    for (uint32_t i = 0; i < count; i++)
        own[i] = judgement->reached[i] ? kss_own_lacks(r.graph, i) : 0;
    for (unsigned lack = 0; lack < KSS_LACKS; lack++) {
        if (lack == KSS_LACK_CYCLE || lack == KSS_LACK_ANNOTATED)
            cycles(&r, lack == KSS_LACK_ANNOTATED);
        for (uint32_t i = 0; i < count; i++)
            if ((own[i] >> lack & 1) != 0 && !(lack == KSS_LACK_LISTED && said_before(&r, own, i)))
                of_node(&r, (enum kss_lack)lack, i);
    }
    of_all(&r, options);
    kss_text_free(&r.text);
    kss_arena_free(&arena);
}
