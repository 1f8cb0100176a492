// SPDX-License-Identifier: MIT
// The same as JSON Lines, for programs: {"type":"root"}, its path as {"type":"frame"} from the root down,
// {"type":"require"}, {"type":"cycle"}, {"type":"reason"}, and the verdict as the last line.
#include "depth/depth.h"

struct writing {
    const struct kss_judgement *j;
    const struct kss_graph *graph;
    struct kss_text *out;
};

static void text_field(struct kss_text *out, const char *name, const char *value) {
    kss_text_format(out, ",\"%s\":", name);
    if (value == NULL)
        kss_text_str(out, "null");
    else
        kss_text_json(out, value, strlen(value));
}

static void number_field(struct kss_text *out, const char *name, uint64_t value) {
    kss_text_format(out, ",\"%s\":", name);
    kss_text_unsigned(out, value);
}

static void flag_field(struct kss_text *out, const char *name, bool value) {
    kss_text_format(out, ",\"%s\":%s", name, value ? "true" : "false");
}

static void lacks_field(struct kss_text *out, uint32_t lacks) {
    const char *comma = "";
    kss_text_str(out, ",\"lacks\":[");
    for (unsigned lack = 0; lack < KSS_LACKS; lack++)
        if (lacks >> lack & 1) {
            kss_text_format(out, "%s\"%s\"", comma, kss_lack_name((enum kss_lack)lack));
            comma = ",";
        }
    kss_text_char(out, ']');
}

// How far the figure can be trusted: exact is a sum of exact frames.
static const char *bound_word(uint32_t lacks, bool upper) {
    const uint32_t soft = 1u << KSS_LACK_LISTED | 1u << KSS_LACK_ESTIMATE |
                          1u << KSS_LACK_CALLBACK | 1u << KSS_LACK_BELOW | 1u << KSS_LACK_IGNORED;
    bool missing = (lacks & ((2u << KSS_LACK_MISSING) - 1)) != 0;
    if (missing)
        return upper ? "unknown" : "at-least";
    return (lacks & soft) != 0 ? "estimate" : upper ? "at-most" : "exact";
}

static void frame_line(const struct writing *w, const struct kss_path *path, uint32_t index) {
    const struct kss_path_frame *row = &path->frames[index];
    const struct kss_function *f = &w->graph->nodes[row->node];
    struct kss_text *out = w->out;
    kss_text_str(out, "{\"type\":\"frame\"");
    text_field(out, "symbol", f->name);
    if (f->kind == KSS_FRAME_UNKNOWN)
        kss_text_str(out, ",\"bytes\":null");
    else
        number_field(out, "bytes", f->bytes);
    text_field(out, "kind", kss_function_kind_name(f));
    text_field(out, "origin", kss_frame_origin_name((enum kss_frame_origin)f->origin));
    text_field(out, "place", f->place);
    text_field(out, "called_at",
               row->edge == KSS_NO_NODE ? NULL : w->graph->edges[row->edge].place);
    number_field(out, "depth", row->depth);
    flag_field(out, "gone", row->gone);
    bool first = row->group != KSS_NO_NODE && path->groups[row->group].first == index;
    if (first) {
        number_field(out, "turns", path->groups[row->group].turns);
        number_field(out, "turn_frames", path->groups[row->group].count);
        number_field(out, "turn_bytes", path->groups[row->group].bytes);
    }
    kss_text_str(out, "}\n");
}

static void root_lines(const struct writing *w, const struct kss_judged_root *root) {
    struct kss_text *out = w->out;
    struct kss_path path;
    kss_text_str(out, "{\"type\":\"root\"");
    text_field(out, "symbol", w->graph->nodes[root->root.node].name);
    text_field(out, "kind", kss_root_kind_name(root->root.kind));
    flag_field(out, "system", root->root.system);
    flag_field(out, "assumed", root->root.assumed);
    number_field(out, "depth", root->depth);
    text_field(out, "bound", bound_word(root->lacks, root->upper));
    if (root->has_limit)
        number_field(out, "limit", root->limit);
    else
        kss_text_str(out, ",\"limit\":null");
    text_field(out, "limit_from", root->limit_text);
    if (w->graph->machine != NULL && root->root.kind != KSS_ROOT_CALLOUT) {
        number_field(out, "interrupt_reserve", w->graph->machine->interrupt_reserve);
        number_field(out, "exception_reserve", w->graph->machine->exception_reserve);
    }
    text_field(out, "verdict", kss_depth_verdict_name(root->verdict));
    lacks_field(out, root->lacks);
    kss_text_str(out, "}\n");
    kss_depth_path(&w->j->solution, root->root.node, &path);
    for (uint32_t i = 0; i < path.count; i++)
        frame_line(w, &path, i);
    kss_path_free(&path);
}

static void requirement_line(const struct writing *w, const struct kss_judged_requirement *row) {
    struct kss_text *out = w->out;
    kss_text_str(out, "{\"type\":\"require\"");
    text_field(out, "symbol", w->graph->nodes[row->requirement.node].name);
    number_field(out, "depth", row->depth);
    text_field(out, "bound", bound_word(row->lacks, row->upper));
    number_field(out, "limit", row->requirement.limit);
    text_field(out, "verdict", kss_depth_verdict_name(row->verdict));
    lacks_field(out, row->lacks);
    kss_text_str(out, "}\n");
}

static void cycle_line(const struct writing *w, uint32_t number) {
    const struct kss_cycle *cycle = &w->j->solution.cycles[number];
    struct kss_text *out = w->out;
    kss_text_str(out, "{\"type\":\"cycle\"");
    flag_field(out, "bounded", cycle->bounded);
    flag_field(out, "jumps_only", cycle->jumps);
    kss_text_str(out, ",\"members\":[");
    for (uint32_t i = 0; i < cycle->count; i++) {
        const char *name = w->graph->nodes[cycle->members[i]].name;
        kss_text_str(out, i ? "," : "");
        kss_text_json(out, name, strlen(name));
    }
    kss_text_str(out, "],\"calls\":[");
    const char *comma = "";
    for (uint32_t i = 0; i < cycle->count; i++) {
        uint32_t node = cycle->members[i];
        for (uint32_t e = w->graph->nodes[node].edges; e < kss_edges_end(w->graph, node); e++) {
            const struct kss_edge *edge = &w->graph->edges[e];
            if (edge->to == KSS_NO_NODE || w->j->solution.cycle[edge->to] != number)
                continue;
            kss_text_format(out, "%s{\"from\":", comma);
            kss_text_json(out, w->graph->nodes[node].name, strlen(w->graph->nodes[node].name));
            text_field(out, "to", w->graph->nodes[edge->to].name);
            text_field(out, "place", edge->place);
            kss_text_char(out, '}');
            comma = ",";
        }
    }
    kss_text_str(out, "]}\n");
}

static void reason_line(const struct writing *w, const struct kss_reason *reason) {
    struct kss_text *out = w->out;
    kss_text_str(out, "{\"type\":\"reason\"");
    text_field(out, "lack", kss_lack_name(reason->lack));
    text_field(out, "symbol",
               reason->node == KSS_NO_NODE ? NULL : w->graph->nodes[reason->node].name);
    text_field(out, "place", reason->place);
    text_field(out, "text", reason->text);
    kss_text_str(out, "}\n");
}

static void verdict_line(const struct writing *w) {
    const struct kss_judged_root *worst = NULL;
    for (uint32_t i = 0; i < w->j->root_count; i++)
        if (worst == NULL || w->j->roots[i].depth > worst->depth)
            worst = &w->j->roots[i];
    kss_text_str(w->out, "{\"type\":\"verdict\"");
    text_field(w->out, "verdict", kss_depth_verdict_name(w->j->verdict));
    text_field(w->out, "machine", w->graph->machine != NULL ? w->graph->machine->name : NULL);
    text_field(w->out, "device", w->graph->layers);
    text_field(w->out, "deepest", worst != NULL ? w->graph->nodes[worst->root.node].name : NULL);
    if (worst != NULL)
        number_field(w->out, "depth", worst->depth);
    number_field(w->out, "roots", w->j->root_count);
    number_field(w->out, "reasons", w->j->reason_count);
    kss_text_str(w->out, "}\n");
}

void kss_depth_jsonl(const struct kss_judgement *judgement, struct kss_text *out) {
    struct writing w = {judgement, judgement->graph, out};
    for (uint32_t i = 0; i < judgement->root_count; i++)
        root_lines(&w, &judgement->roots[i]);
    for (uint32_t i = 0; i < judgement->requirement_count; i++)
        requirement_line(&w, &judgement->requirements[i]);
    for (uint32_t i = 0; i < judgement->solution.cycle_count; i++)
        if (judgement->reached[judgement->solution.cycles[i].members[0]])
            cycle_line(&w, i);
    for (uint32_t i = 0; i < judgement->reason_count; i++)
        reason_line(&w, &judgement->reasons[i]);
    verdict_line(&w);
}
