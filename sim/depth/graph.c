// SPDX-License-Identifier: MIT
// The call graph: nodes in the order of their names, so that an index decides every tie; edges behind
// their callers, in the order they came.
#include "depth/depth.h"

#include "base/bisect.h"

#include <stdlib.h>

uint32_t kss_graph_node(struct kss_graph *graph, const struct kss_function *node) {
    KSS_ROOM(graph->nodes, graph->count, graph->capacity);
    graph->nodes[graph->count] = *node;
    return graph->count++;
}

void kss_graph_edge(struct kss_graph *graph, const struct kss_edge *edge) {
    KSS_ROOM(graph->edges, graph->edge_count, graph->edge_capacity);
    graph->edges[graph->edge_count++] = *edge;
}

void kss_graph_root(struct kss_graph *graph, const struct kss_root *root) {
    KSS_ROOM(graph->roots, graph->root_count, graph->root_capacity);
    graph->roots[graph->root_count++] = *root;
}

void kss_graph_free(struct kss_graph *graph) {
    free(graph->nodes);
    free(graph->edges);
    free(graph->roots);
    free(graph->requirements);
    free(graph->by_symbol);
    *graph = (struct kss_graph){0};
}

bool kss_sends_down(const char *symbol) {
    return strcmp(symbol, "IofCallDriver") == 0 || strcmp(symbol, "IoCallDriver") == 0;
}

// ---- Order --------------------------------------------------------------------------------------------

struct key {
    const struct kss_function *node;
    uint32_t index;
};

static int by_symbol(const struct kss_function *a, const struct kss_function *b) {
    int order = strcmp(a->symbol, b->symbol);
    return order ? order : strcmp(a->module, b->module);
}

static int by_bare_symbol(const void *a, const void *b) {
    const struct key *x = a, *y = b;
    int order = by_symbol(x->node, y->node);
    if (order == 0)
        order = strcmp(x->node->unit, y->node->unit);
    return order ? order : x->index < y->index ? -1 : x->index > y->index;
}

static int by_name(const void *a, const void *b) {
    const struct key *x = a, *y = b;
    int order = strcmp(x->node->name, y->node->name);
    if (order == 0)
        order = strcmp(x->node->unit, y->node->unit);
    return order ? order : x->index < y->index ? -1 : x->index > y->index;
}

static struct key *keys(const struct kss_graph *graph, int compare(const void *, const void *)) {
    unsigned capacity = 0;
    struct key *sorted = kss_grow(NULL, &capacity, (size_t)graph->count + 1, sizeof *sorted);
    for (uint32_t i = 0; i < graph->count; i++)
        sorted[i] = (struct key){&graph->nodes[i], i};
    qsort(sorted, graph->count, sizeof *sorted, compare);
    return sorted;
}

static const char *joined(struct kss_arena *arena, const char *before, const char *between,
                          const char *after) {
    struct kss_text text = {0};
    kss_text_str(&text, before);
    kss_text_str(&text, between);
    kss_text_str(&text, after);
    const char *name = kss_alloc_text(arena, text.bytes, text.length);
    kss_text_free(&text);
    return name;
}

// "mydrv!Read"; where one module has several of that name and the unit tells them apart, "irp.c:Read".
static void name_nodes(struct kss_graph *graph) {
    struct key *sorted = keys(graph, by_bare_symbol);
    for (uint32_t i = 0; i < graph->count; i++) {
        struct kss_function *node = &graph->nodes[sorted[i].index];
        bool twin = (i > 0 && by_symbol(node, sorted[i - 1].node) == 0) ||
                    (i + 1 < graph->count && by_symbol(node, sorted[i + 1].node) == 0);
        const char *bare = node->symbol;
        if (twin && node->unit[0] != '\0')
            bare = joined(graph->arena, node->unit, ":", bare);
        node->name = node->module[0]
                         ? joined(graph->arena, node->module, bare[0] == '+' ? "" : "!", bare)
                         : bare;
    }
    free(sorted);
}

static void move_nodes(struct kss_graph *graph, const struct key *sorted) {
    unsigned capacity = 0, places = 0;
    struct kss_function *nodes = kss_grow(NULL, &capacity, (size_t)graph->count + 1, sizeof *nodes);
    uint32_t *now = kss_grow(NULL, &places, (size_t)graph->count + 1, sizeof *now);
    for (uint32_t i = 0; i < graph->count; i++) {
        nodes[i] = *sorted[i].node;
        now[sorted[i].index] = i;
    }
    for (uint32_t i = 0; i < graph->edge_count; i++) {
        struct kss_edge *edge = &graph->edges[i];
        edge->from = now[edge->from];
        edge->to = edge->to == KSS_NO_NODE ? KSS_NO_NODE : now[edge->to];
    }
    for (uint32_t i = 0; i < graph->root_count; i++)
        graph->roots[i].node = now[graph->roots[i].node];
    for (uint32_t i = 0; i < graph->requirement_count; i++)
        graph->requirements[i].node = now[graph->requirements[i].node];
    free(now);
    free(graph->nodes);
    graph->nodes = nodes;
    graph->capacity = capacity;
}

void kss_graph_sort(struct kss_graph *graph) {
    name_nodes(graph);
    struct key *sorted = keys(graph, by_name);
    move_nodes(graph, sorted);
    free(sorted);
    sorted = keys(graph, by_bare_symbol);
    unsigned capacity = 0;
    free(graph->by_symbol);
    graph->by_symbol =
        kss_grow(NULL, &capacity, (size_t)graph->count + 1, sizeof *graph->by_symbol);
    for (uint32_t i = 0; i < graph->count; i++)
        graph->by_symbol[i] = sorted[i].index;
    free(sorted);
}

// A counting sort: stable and linear.
void kss_graph_link(struct kss_graph *graph) {
    unsigned capacity = 0;
    struct kss_edge *edges =
        kss_grow(NULL, &capacity, (size_t)graph->edge_count + 1, sizeof *edges);
    for (uint32_t i = 0; i < graph->count; i++)
        graph->nodes[i].edges = 0;
    for (uint32_t i = 0; i < graph->edge_count; i++)
        graph->nodes[graph->edges[i].from].edges++;
    uint32_t sum = 0;
    for (uint32_t i = 0; i < graph->count; i++) {
        sum += graph->nodes[i].edges;
        graph->nodes[i].edges = sum;
    }
    for (uint32_t i = graph->edge_count; i-- > 0;)
        edges[--graph->nodes[graph->edges[i].from].edges] = graph->edges[i];
    free(graph->edges);
    graph->edges = edges;
    graph->edge_capacity = capacity;
}

// ---- Names ----------------------------------------------------------------------------------------------

// How the bare symbol of a node compares with [symbol, symbol + length).
static int bare_order(const struct kss_graph *graph, uint32_t at, const char *symbol,
                      size_t length) {
    const char *own = graph->nodes[graph->by_symbol[at]].symbol;
    int order = strncmp(own, symbol, length);
    return order ? order : own[length] != '\0';
}

static uint32_t first_of(const struct kss_graph *graph, const char *symbol, size_t length) {
    uint32_t low;
    KSS_BISECT(low, graph->count, bare_order(graph, low, symbol, length) < 0);
    return low;
}

static bool same(const char *text, const char *bytes, size_t length) {
    return strncmp(text, bytes, length) == 0 && text[length] == '\0';
}

// "irp.c" and "src/irp.c" name the unit "src/irp.c".
static bool unit_matches(const char *unit, const char *bytes, size_t length) {
    size_t own = strlen(unit);
    if (length > own || memcmp(unit + own - length, bytes, length) != 0)
        return false;
    return length == own || unit[own - length - 1] == '/' || unit[own - length - 1] == '\\';
}

struct wanted { // the parts of "module!unit:symbol"
    const char *module, *unit, *symbol;
    size_t module_length, unit_length, length;
    bool has_module, has_unit;
};

static struct wanted parts(const char *symbol, bool with_unit) {
    struct wanted wanted = {.symbol = symbol};
    const char *mark = strchr(symbol, '!');
    if (mark != NULL && mark > symbol) {
        wanted.has_module = true;
        wanted.module = symbol;
        wanted.module_length = (size_t)(mark - symbol);
        wanted.symbol = mark + 1;
    }
    const char *colon = with_unit ? strrchr(wanted.symbol, ':') : NULL;
    if (colon != NULL && colon > wanted.symbol) {
        wanted.has_unit = true;
        wanted.unit = wanted.symbol;
        wanted.unit_length = (size_t)(colon - wanted.symbol);
        wanted.symbol = colon + 1;
    }
    wanted.length = strlen(wanted.symbol);
    return wanted;
}

// "mydrv+0x1040", as functions without a name are printed: module and symbol.
static bool nameless_parts(const char *symbol, struct wanted *wanted) {
    const char *plus = strstr(symbol, "+0x");
    if (plus == NULL || plus == symbol || strchr(symbol, '!') != NULL)
        return false;
    *wanted = (struct wanted){.module = symbol,
                              .module_length = (size_t)(plus - symbol),
                              .has_module = true,
                              .symbol = plus,
                              .length = strlen(plus)};
    return true;
}

static uint32_t look_up(const struct kss_graph *graph, const struct wanted *wanted, bool *several) {
    uint32_t found = KSS_NO_NODE;
    uint32_t at = first_of(graph, wanted->symbol, wanted->length);
    for (; at < graph->count && bare_order(graph, at, wanted->symbol, wanted->length) == 0; at++) {
        const struct kss_function *node = &graph->nodes[graph->by_symbol[at]];
        if (wanted->has_module && !same(node->module, wanted->module, wanted->module_length))
            continue;
        if (wanted->has_unit && !unit_matches(node->unit, wanted->unit, wanted->unit_length))
            continue;
        if (found != KSS_NO_NODE) {
            *several = true;
            return KSS_NO_NODE;
        }
        found = graph->by_symbol[at];
    }
    return found;
}

uint32_t kss_graph_find(const struct kss_graph *graph, const char *symbol, bool *several) {
    bool more = false;
    struct wanted wanted = parts(symbol, false);
    uint32_t found = look_up(graph, &wanted, &more);
    if (found == KSS_NO_NODE && !more) {
        wanted = parts(symbol, true);
        if (wanted.has_unit)
            found = look_up(graph, &wanted, &more);
    }
    if (found == KSS_NO_NODE && !more && nameless_parts(symbol, &wanted))
        found = look_up(graph, &wanted, &more);
    if (several != NULL)
        *several = more;
    return found;
}

const char *kss_graph_closest(const struct kss_graph *graph, const char *symbol) {
    bool module = strchr(symbol, '!') != NULL;
    const char **names = malloc(((size_t)graph->count + 1) * sizeof *names);
    if (names == NULL)
        return NULL;
    for (uint32_t i = 0; i < graph->count; i++)
        names[i] = module ? graph->nodes[i].name : graph->nodes[i].symbol;
    const char *closest = kss_closest(symbol, strlen(symbol), names, graph->count);
    free(names);
    return closest;
}
