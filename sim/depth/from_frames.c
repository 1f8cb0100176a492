// SPDX-License-Identifier: MIT
// A call graph from frame tables: a node for each function, an edge for each call.
//
// Functions that are called and defined nowhere get nt's bytes where costs.def has a row; the others stay
// without a figure. What the layers of a device stack send down is joined when annotations have named
// roots (kss_graph_stack_layers).
#include "depth/depth.h"

#include "frames/frames.h"

#include <stdlib.h>

// Figures of costs.def are per kind of machine: "x64" is every x64 profile.
const struct kss_cost *kss_depth_cost(const struct kss_profile *machine, const char *routine) {
    for (unsigned i = 0; machine != NULL && i < kss_cost_count; i++) {
        const struct kss_cost *cost = &kss_costs[i];
        if (strcmp(cost->routine, routine) != 0)
            continue;
        const struct kss_profile *profile = kss_profile_find(cost->machine, strlen(cost->machine));
        if (profile != NULL && profile->arch == machine->arch)
            return cost;
    }
    return NULL;
}

// The probe of a large frame works on the bytes that its caller is about to take, a page at least: nothing
// comes on top.
static bool is_probe(const char *symbol) {
    static const char *const names[] = {"__chkstk", "___chkstk_ms", "_chkstk", "__chkstk_ms",
                                        "__alloca_probe"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(symbol, names[i]) == 0)
            return true;
    return false;
}

static bool same_name(const char *a, const char *lower) {
    for (; *a != '\0' && *lower != '\0'; a++, lower++)
        if ((*a >= 'A' && *a <= 'Z' ? *a + ('a' - 'A') : *a) != *lower)
            return false;
    return *a == *lower;
}

// Imports have the module's name as the linker wrote it.
static bool of_nt(const char *module) {
    static const char *const names[] = {"", "nt", "ntoskrnl", "ntoskrnl.exe", "hal", "hal.dll"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (same_name(module, names[i]))
            return true;
    return false;
}

static void describe_external(const struct kss_graph *graph, struct kss_function *node) {
    const struct kss_routine *routine =
        of_nt(node->module) ? kss_routine_find(node->symbol, strlen(node->symbol)) : NULL;
    if (is_probe(node->symbol)) {
        node->kind = KSS_FRAME_EXACT;
        node->origin = KSS_FROM_LEAF;
        return;
    }
    const struct kss_cost *cost =
        of_nt(node->module) ? kss_depth_cost(graph->machine, node->symbol) : NULL;
    node->sends = of_nt(node->module) && kss_sends_down(node->symbol);
    node->nt = routine != NULL || cost != NULL || node->sends;
    node->callback = routine != NULL && (routine->can & KSS_CAN_CALL) != 0;
    if (node->nt)
        node->module = "nt";
    if (cost == NULL)
        return;
    node->bytes = cost->bytes;
    node->kind = KSS_FRAME_EXACT;
    node->origin = KSS_FROM_COSTS;
    node->figure = (uint8_t)cost->origin;
    node->reason = cost->source;
}

static uint32_t layer_of(const char *module, const char *const *layers, uint32_t count) {
    for (uint32_t i = 0; i < count; i++)
        if (strcmp(module, layers[i]) == 0)
            return i;
    return KSS_NO_NODE;
}

// Whether somebody outside may call it. Where only the compiler's graph is known, addresses are not.
static bool is_candidate(const struct kss_frame_row *row) {
    return !row->external && (row->address_taken || row->outside || row->size == 0 ||
                              strcmp(row->symbol, "DriverEntry") == 0);
}

static uint32_t add_row(struct kss_graph *graph, const struct kss_frames *frames, uint32_t index,
                        const char *const *layers, uint32_t layer_count) {
    const struct kss_frame_row *row = &frames->rows[index];
    struct kss_function node = {
        .symbol = row->symbol,
        .module = row->module,
        .unit = row->unit,
        .place = row->place,
        .reason = row->reason,
        .bytes = row->kind == KSS_FRAME_UNKNOWN ? 0 : row->bytes,
        .kind = row->kind,
        .origin = row->origin,
        .figure = (uint8_t)kss_frame_origin_kind((enum kss_frame_origin)row->origin),
        .external = row->external,
        .no_calls = !row->external && !row->calls_known,
        .candidate = is_candidate(row),
        .entry = row->entry,
        .layer = row->external ? KSS_NO_NODE : layer_of(row->module, layers, layer_count),
        .origin_index = index,
    };
    if (row->external)
        describe_external(graph, &node);
    return kss_graph_node(graph, &node);
}

void kss_graph_from_frames(struct kss_graph *graph, const struct kss_frames *frames,
                           const char *const *layers, uint32_t layer_count) {
    struct kss_arena arena = {0};
    uint32_t *node_of = KSS_NEW_ARRAY(&arena, uint32_t, (size_t)frames->count + 1);
    for (uint32_t i = 0; i < frames->count; i++)
        node_of[i] =
            frames->rows[i].merged ? KSS_NO_NODE : add_row(graph, frames, i, layers, layer_count);
    for (uint32_t i = 0; i < frames->call_count; i++) {
        const struct kss_call_row *call = &frames->calls[i];
        if (node_of[call->caller] == KSS_NO_NODE)
            continue; // went into a row whose calls another file tells
        struct kss_edge edge = {.from = node_of[call->caller],
                                .to = call->callee == KSS_CALL_INDIRECT ? KSS_NO_NODE
                                                                        : node_of[call->callee],
                                .place = call->place,
                                .tail = call->tail};
        kss_graph_edge(graph, &edge);
    }
    graph->calls_known = frames->calls_known;
    graph->no_calls = frames->no_calls;
    kss_graph_sort(graph);
    kss_graph_link(graph);
    kss_arena_free(&arena);
}
