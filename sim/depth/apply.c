// SPDX-License-Identifier: MIT
// What annotations mean for a graph. A file may be for several builds of a driver, so what matches nothing
// is a warning; what may mean several functions is an error, since either choice could be wrong.
#include "depth/depth.h"

#include <stdlib.h>

struct applying {
    struct kss_graph *graph;
    struct kss_remarks *remarks;
    struct kss_diags *diags;
    bool *resolved; // per edge: an annotation has said where it leads
};

// ---- Names --------------------------------------------------------------------------------------------

static uint32_t find(struct applying *a, const struct kss_name *name) {
    bool several;
    uint32_t node = kss_graph_find(a->graph, name->text, &several);
    if (node != KSS_NO_NODE)
        return node;
    if (several) {
        struct kss_diag *diag = kss_diag_add(a->diags, KSS_ERROR, NULL, name->span,
                                             "`%s` is the name of several functions", name->text);
        kss_diag_note(a->diags, diag, "help",
                      "put the module or the file before it, as in mydrv!F or irp.c:F");
        return KSS_NO_NODE;
    }
    bool ask = a->diags->others < (a->diags->limit ? a->diags->limit : 20); // each costs a search
    struct kss_diag *diag = kss_diag_add(a->diags, KSS_WARNING, NULL, name->span,
                                         "no function is called `%s`", name->text);
    const char *closest = ask ? kss_graph_closest(a->graph, name->text) : NULL;
    if (closest != NULL)
        kss_diag_note(a->diags, diag, "help", "did you mean `%s`?", closest);
    return KSS_NO_NODE;
}

// ---- Places -------------------------------------------------------------------------------------------

static bool same_letter(char a, char b) {
    char x = (char)(a >= 'A' && a <= 'Z' ? a + 32 : a);
    char y = (char)(b >= 'A' && b <= 'Z' ? b + 32 : b);
    return x == y || (x == '/' && y == '\\') || (x == '\\' && y == '/');
}

static bool same_bytes(const char *a, const char *b, size_t length) {
    for (size_t i = 0; i < length; i++)
        if (!same_letter(a[i], b[i]))
            return false;
    return true;
}

static size_t number_at_end(const char *place, size_t end) {
    size_t begin = end;
    while (begin > 0 && place[begin - 1] >= '0' && place[begin - 1] <= '9')
        begin--;
    return begin > 0 && begin < end && place[begin - 1] == ':' ? begin - 1 : end;
}

// Whether [wanted] names [place] or an end of it, [length] bytes long: whole path components, or the line
// alone.
static bool names_end(const char *place, size_t length, const char *wanted) {
    size_t own = strlen(wanted);
    if (own > length || !same_bytes(place + length - own, wanted, own))
        return false;
    char before = length > own ? place[length - own - 1] : '/';
    return before == '/' || before == '\\' || before == ':';
}

// "src/irp.c:97:14" is named by itself, "irp.c:97:14", "irp.c:97" and "97".
static bool names_place(const char *place, const char *wanted) {
    size_t length = strlen(place), line = number_at_end(place, length);
    bool only_line = wanted[strspn(wanted, "0123456789")] == '\0';
    if (!only_line && names_end(place, length, wanted))
        return true;
    if (line == length)
        return false;
    if (number_at_end(place, line) == line) // there is no column
        line = length;
    return names_end(place, line, wanted);
}

// ---- Items --------------------------------------------------------------------------------------------

static void apply_root(struct applying *a, struct kss_remark *remark, uint32_t node) {
    if (a->graph->nodes[node].external)
        kss_diag_add(a->diags, KSS_WARNING, NULL, remark->name.span,
                     "`%s` is defined in none of the files", remark->name.text);
    else
        kss_graph_root(a->graph, &(struct kss_root){.node = node, .kind = remark->root});
}

static void apply_frame(struct applying *a, struct kss_remark *remark, uint32_t index) {
    struct kss_function *node = &a->graph->nodes[index];
    node->bytes = remark->value;
    node->kind = KSS_FRAME_EXACT;
    node->origin = KSS_FROM_ANNOTATION;
    node->figure = KSS_ORIGIN_GIVEN;
    node->reason = remark->why;
    node->annotated = true;
}

static bool is_pattern(const struct kss_remark *remark) {
    size_t length = strlen(remark->name.text);
    return remark->kind == KSS_REMARK_FRAME && length > 0 && remark->name.text[length - 1] == '*';
}

// An allowance for what is defined elsewhere and nobody has a figure of. The first that matches counts.
static void apply_allowance(struct applying *a, struct kss_remark *remark) {
    size_t length = strlen(remark->name.text) - 1;
    for (uint32_t i = 0; i < a->graph->count; i++) {
        struct kss_function *node = &a->graph->nodes[i];
        if (!node->external || node->kind != KSS_FRAME_UNKNOWN ||
            strncmp(node->name, remark->name.text, length) != 0)
            continue;
        apply_frame(a, remark, i);
        node->allowance = remark;
        remark->used = true;
    }
    if (!remark->used)
        kss_diag_add(a->diags, KSS_WARNING, NULL, remark->name.span,
                     "no function without a figure that is defined elsewhere matches `%s`",
                     remark->name.text);
}

static void apply_require(struct applying *a, struct kss_remark *remark, uint32_t node) {
    struct kss_graph *graph = a->graph;
    KSS_ROOM(graph->requirements, graph->requirement_count, graph->requirement_capacity);
    graph->requirements[graph->requirement_count++] =
        (struct kss_requirement){node, remark->value, remark};
}

static void add_targets(struct applying *a, const struct kss_remark *remark, uint32_t from,
                        const char *place, bool tail) {
    for (uint32_t i = 0; i < remark->target_count; i++) {
        bool several;
        uint32_t to = kss_graph_find(a->graph, remark->targets[i].text, &several);
        if (to == KSS_NO_NODE)
            continue; // said once, by check_targets
        struct kss_edge edge = {
            .from = from, .to = to, .place = place, .tail = tail, .indirect = true};
        kss_graph_edge(a->graph, &edge);
    }
}

// False: a target is not there, so where the calls lead stays unknown.
static bool check_targets(struct applying *a, const struct kss_remark *remark) {
    bool good = true;
    for (uint32_t i = 0; i < remark->target_count; i++)
        good &= find(a, &remark->targets[i]) != KSS_NO_NODE;
    return good;
}

static void no_such_call(struct applying *a, const struct kss_remark *remark, uint32_t index,
                         uint32_t edges_end) {
    const struct kss_function *node = &a->graph->nodes[index];
    struct kss_name at = remark->from.text != NULL ? remark->from : remark->name;
    struct kss_diag *diag =
        remark->from.text != NULL
            ? kss_diag_add(a->diags, KSS_WARNING, NULL, at.span,
                           "`%s` has no call through a pointer there", remark->name.text)
            : kss_diag_add(a->diags, KSS_WARNING, NULL, at.span,
                           "`%s` has no call through a pointer left to say this of",
                           remark->name.text);
    for (uint32_t e = node->edges, told = 0; e < edges_end && told < 4; e++)
        if (a->graph->edges[e].to == KSS_NO_NODE && a->graph->edges[e].place != NULL) {
            kss_diag_note(a->diags, diag, "note", "it has one at %s", a->graph->edges[e].place);
            told++;
        }
}

// A function defined elsewhere may be said to call something: what its caller hands it.
static void apply_calls(struct applying *a, struct kss_remark *remark, uint32_t index,
                        uint32_t edges_end) {
    struct kss_function *node = &a->graph->nodes[index];
    bool used = false, good = check_targets(a, remark);
    for (uint32_t e = node->edges; e < edges_end; e++) {
        struct kss_edge *edge = &a->graph->edges[e];
        if (edge->to != KSS_NO_NODE || (remark->from.text == NULL && a->resolved[e]))
            continue;
        if (remark->from.text != NULL &&
            (edge->place == NULL || !names_place(edge->place, remark->from.text)))
            continue;
        used = true;
        if (!good)
            continue;
        a->resolved[e] = true;
        node->annotated = true;
        add_targets(a, remark, index, edge->place, edge->tail);
    }
    if (!used && remark->from.text == NULL && (node->external || node->no_calls)) {
        used = true;
        if (good) {
            node->annotated = true;
            node->callback = node->sends = node->no_calls = false;
            add_targets(a, remark, index, NULL, false);
        }
    }
    if (!used)
        no_such_call(a, remark, index, edges_end);
    remark->used = used;
}

static void apply(struct applying *a, struct kss_remark *remark) {
    if (remark->kind == KSS_REMARK_CALLS || is_pattern(remark))
        return;
    uint32_t node = find(a, &remark->name);
    if (node == KSS_NO_NODE)
        return;
    remark->used = true;
    switch (remark->kind) {
    case KSS_REMARK_ROOT: apply_root(a, remark, node); break;
    case KSS_REMARK_DEPTH: a->graph->nodes[node].most = remark->value; break;
    case KSS_REMARK_FRAME: apply_frame(a, remark, node); break;
    case KSS_REMARK_REQUIRE: apply_require(a, remark, node); break;
    case KSS_REMARK_IGNORE:
        a->graph->nodes[node].ignored = true;
        a->graph->nodes[node].why = remark->why;
        break;
    case KSS_REMARK_CALLS: break;
    }
}

// Items that name a place come before those for all the rest.
static void apply_all_calls(struct applying *a, bool with_place, uint32_t edge_count) {
    for (uint32_t i = 0; i < a->remarks->count; i++) {
        struct kss_remark *remark = &a->remarks->items[i];
        if (remark->kind != KSS_REMARK_CALLS || (remark->from.text != NULL) != with_place)
            continue;
        uint32_t node = find(a, &remark->name);
        if (node == KSS_NO_NODE)
            continue;
        uint32_t end = node + 1 < a->graph->count ? a->graph->nodes[node + 1].edges : edge_count;
        apply_calls(a, remark, node, end);
    }
}

static void drop_resolved(struct applying *a, uint32_t edge_count) {
    struct kss_graph *graph = a->graph;
    uint32_t kept = 0;
    for (uint32_t e = 0; e < graph->edge_count; e++)
        if (e >= edge_count || !a->resolved[e])
            graph->edges[kept++] = graph->edges[e];
    graph->edge_count = kept;
}

void kss_graph_annotate(struct kss_graph *graph, struct kss_remarks *remarks,
                        struct kss_diags *diags) {
    struct kss_arena arena = {0};
    uint32_t edges = graph->edge_count;
    struct applying a = {graph, remarks, diags, KSS_NEW_ARRAY(&arena, bool, (size_t)edges + 1)};
    for (uint32_t i = 0; i < remarks->count; i++)
        apply(&a, &remarks->items[i]);
    for (uint32_t i = 0; i < remarks->count; i++)
        if (is_pattern(&remarks->items[i]))
            apply_allowance(&a, &remarks->items[i]);
    apply_all_calls(&a, true, edges);
    apply_all_calls(&a, false, edges);
    drop_resolved(&a, edges);
    kss_graph_link(graph);
    kss_arena_free(&arena);
}

void kss_remarks_unused(const struct kss_solution *solution, const struct kss_remarks *remarks,
                        struct kss_diags *diags) {
    for (uint32_t i = 0; i < remarks->count; i++) {
        const struct kss_remark *remark = &remarks->items[i];
        if (remark->kind != KSS_REMARK_DEPTH || !remark->used)
            continue;
        uint32_t node = kss_graph_find(solution->graph, remark->name.text, NULL);
        uint32_t cycle = node == KSS_NO_NODE ? KSS_NO_CYCLE : solution->cycle[node];
        if (node != KSS_NO_NODE && !solution->round[node])
            kss_diag_add(diags, KSS_WARNING, NULL, remark->name.span,
                         "`%s` is on no cycle: its bound is not needed", remark->name.text);
        else if (cycle != KSS_NO_CYCLE && solution->cycles[cycle].jumps)
            kss_diag_add(diags, KSS_WARNING, NULL, remark->name.span,
                         "`%s` is on a cycle of jumps only: its bound is not needed",
                         remark->name.text);
    }
}
