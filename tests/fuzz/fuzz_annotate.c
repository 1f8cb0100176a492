// SPDX-License-Identifier: MIT
// Any bytes as an annotation file: reading ends, every error has a place inside the file, and what was read can
// be applied to a graph, solved and written.
#include "../unit/depth_rig.h"

struct texts {
    struct kss_sources sources;
    struct kss_diags diags;
    struct kss_remarks remarks;
};

static void check_places(const struct kss_diags *diags, size_t size) {
    for (uint32_t i = 0; i < diags->count; i++)
        if (diags->items[i].primary.span.begin > diags->items[i].primary.span.end ||
            diags->items[i].primary.span.end > size)
            abort();
}

static void solve(struct depth_rig *rig, struct texts *t) {
    struct kss_depth_options options = {.limit = 4096, .has_limit = true};
    struct kss_text out = {0};
    kss_graph_annotate(&rig->graph, &t->remarks, &t->diags);
    if (rig->graph.root_count == 0)
        kss_graph_choose_roots(&rig->graph);
    struct kss_judgement j = kss_depth_judge(&rig->graph, &rig->arena, &options);
    kss_remarks_unused(&j.solution, &t->remarks, &t->diags);
    kss_depth_text(&j, false, &out);
    kss_depth_jsonl(&j, &out);
    kss_depth_folded(&j, &out);
    kss_depth_dot(&j, &out);
    kss_text_free(&out);
    kss_judgement_free(&j);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct depth_rig rig;
    struct texts t = {.sources = {0}};
    rig_begin(&rig, "A=100 B=50 C=20* D=30 E=? F=8", "A? AB BC CB CD! DC DE EF FA B?");
    rig.graph.edges[0].place = "irp.c:7:3";
    t.sources.arena = t.diags.arena = &rig.arena;
    uint32_t file = kss_source_add(&t.sources, "a.txt", (const char *)data, size);
    kss_remarks_read(&t.remarks, &rig.arena, &t.sources, file, &t.diags);
    check_places(&t.diags, size);
    solve(&rig, &t);
    check_places(&t.diags, size);
    kss_remarks_free(&t.remarks);
    kss_diags_free(&t.diags);
    kss_sources_free(&t.sources);
    rig_end(&rig);
    return 0;
}
