// SPDX-License-Identifier: MIT
// Who called whom, for Graphviz: one digraph, a cluster for each run, a box for each driver routine with the bytes
// of its frame and the deepest use of a stack when it was entered. Ellipses are what the system calls; red is the
// path on which a stack overflowed.
#include "report/calls.h"
#include "report/plain.h"
#include "report/sheet.h"

struct graph {
    const struct kss_log *log;
    struct kss_calls calls;
    uint32_t run;
    struct kss_text name;
    struct kss_text *out;
};

// Graphviz reads \N and the like in labels, and entities as HTML does.
static bool escape(uint32_t point, struct kss_text *out) {
    switch (point) {
    case '"': kss_text_str(out, "\\\""); return true;
    case '\\': kss_text_str(out, "\\\\"); return true;
    case '&': kss_text_str(out, "&amp;"); return true;
    default: return false;
    }
}

static void name(struct graph *g) {
    kss_escaped(g->out, g->name.bytes != NULL ? g->name.bytes : "", g->name.length, escape);
    kss_text_clear(&g->name);
}

static void node(struct graph *g, uint32_t i) {
    const struct kss_call_node *at = &g->calls.nodes[i];
    kss_text_format(g->out, "    r%un%u [label=\"", g->run, i);
    kss_say_call_node(g->log, at, &g->name);
    name(g);
    if (at->routine != KSS_NO_FRAME) {
        kss_text_str(g->out, "\\n");
        kss_text_hex(g->out, at->bytes);
        kss_text_str(g->out, ", deepest ");
        kss_text_hex(g->out, at->deepest);
    }
    kss_text_str(g->out, kss_is_call_root(g->log, at) ? "\", shape=ellipse" : "\"");
    kss_text_str(g->out, at->overflows ? ", color=red, penwidth=2];\n" : "];\n");
}

static void edge(struct graph *g, const struct kss_call_edge *at) {
    kss_text_format(g->out, "    r%un%u -> r%un%u", g->run, at->from, g->run, at->to);
    kss_say_call_edge(at, &g->name);
    bool said = g->name.length > 0;
    kss_text_str(g->out, said ? " [label=\"" : at->overflows ? " [" : "");
    name(g);
    kss_text_str(g->out, said && at->overflows ? "\", " : said ? "\"]" : "");
    kss_text_str(g->out, at->overflows ? "color=red, penwidth=3];\n" : ";\n");
}

static void cluster(struct graph *g, const struct kss_sheet_entry *entry) {
    kss_text_format(g->out, "  subgraph cluster_%u {\n    label=\"", g->run);
    kss_text_str(&g->name, entry->name);
    name(g);
    if (entry->log == NULL)
        kss_text_str(g->out, "\\ncould not be run");
    if (entry->log != NULL && entry->log->dropped > 0) {
        kss_text_str(g->out, "\\nwithout what ");
        kss_text_grouped(g->out, entry->log->dropped);
        kss_text_str(g->out, " more events say");
    }
    kss_text_str(g->out, "\";\n");
    for (uint32_t i = 0; i < g->calls.node_count; i++)
        node(g, i);
    for (uint32_t i = 0; i < g->calls.edge_count; i++)
        edge(g, &g->calls.edges[i]);
    kss_text_str(g->out, "  }\n");
}

void kss_write_dot_begin(struct kss_sheet *sheet) {
    kss_text_str(sheet->out, "digraph calls {\n  node [shape=box, fontname=\"monospace\"];\n"
                             "  edge [fontname=\"monospace\"];\n");
}

void kss_write_dot_run(struct kss_sheet *sheet, const struct kss_sheet_entry *entry) {
    struct graph g = {.log = entry->log, .run = sheet->count + 1, .out = sheet->out};
    if (entry->log != NULL)
        g.calls = kss_calls_of(entry->log, entry->digest);
    cluster(&g, entry);
    kss_calls_free(&g.calls);
    kss_text_free(&g.name);
}

void kss_write_dot_end(struct kss_sheet *sheet) {
    kss_text_str(sheet->out, "}\n");
}
