// SPDX-License-Identifier: MIT
// Who called whom, as a Mermaid flowchart: what dot.c says, in a form that code hosts draw in a README.
#include "report/calls.h"
#include "report/mermaid.h"
#include "report/sheet.h"

#include <stdlib.h>

struct chart {
    const struct kss_log *log;
    struct kss_calls calls;
    bool *shown; // malloc'd: calls, then nodes
    uint32_t more;
    struct kss_text name;
    struct kss_text *out;
};

static void label(struct chart *c) {
    kss_mermaid_text(c->out, c->name.bytes != NULL ? c->name.bytes : "", c->name.length);
    kss_text_clear(&c->name);
}

// Those of an overflowing path first, then the others in their order.
static void choose(struct chart *c) {
    uint32_t room = KSS_MERMAID_CALLS, edges = c->calls.edge_count;
    c->shown = kss_grow(NULL, &(unsigned){0}, (size_t)edges + c->calls.node_count + 1, 1);
    for (int pass = 0; pass < 2; pass++)
        for (uint32_t i = 0; i < edges && room > 0; i++) {
            const struct kss_call_edge *edge = &c->calls.edges[i];
            if (c->shown[i] || edge->overflows != (pass == 0))
                continue;
            c->shown[i] = c->shown[edges + edge->from] = c->shown[edges + edge->to] = true;
            room--;
        }
    for (uint32_t i = 0; i < edges; i++)
        c->more += !c->shown[i];
    for (uint32_t i = 0; i < c->calls.node_count && c->more == 0; i++)
        c->shown[edges + i] = true; // also who calls nobody
}

static void node(struct chart *c, uint32_t i) {
    const struct kss_call_node *at = &c->calls.nodes[i];
    bool root = kss_is_call_root(c->log, at);
    kss_text_format(c->out, "  n%u%s\"", i, root ? "([" : "[");
    kss_say_call_node(c->log, at, &c->name);
    label(c);
    if (at->routine != KSS_NO_FRAME) {
        kss_text_str(c->out, "<br/>");
        kss_text_hex(c->out, at->bytes);
        kss_text_str(c->out, ", deepest ");
        kss_text_hex(c->out, at->deepest);
    }
    kss_text_format(c->out, "\"%s%s\n", root ? "])" : "]", at->overflows ? ":::over" : "");
}

static void edge(struct chart *c, const struct kss_call_edge *at) {
    kss_say_call_edge(at, &c->name);
    kss_text_format(c->out, "  n%u %s", at->from, at->overflows ? "==>" : "-->");
    if (c->name.length > 0) {
        kss_text_str(c->out, "|\"");
        label(c);
        kss_text_str(c->out, "\"|");
    }
    kss_text_format(c->out, " n%u\n", at->to);
}

static void remarks(struct chart *c) {
    if (c->more > 0)
        kss_text_format(c->out, "  more[\"%u more calls\"]\n", c->more);
    if (c->log->dropped > 0) {
        kss_text_str(c->out, "  lost[\"without what ");
        kss_text_grouped(c->out, c->log->dropped);
        kss_text_str(c->out, " more events say\"]\n");
    }
    kss_text_str(c->out, "  classDef over stroke:#c00,stroke-width:3px\n");
}

void kss_write_mermaid_calls_begin(struct kss_sheet *sheet) {
    (void)sheet;
}

void kss_write_mermaid_calls_run(struct kss_sheet *sheet, const struct kss_sheet_entry *entry) {
    kss_mermaid_title(sheet->out, entry->name);
    kss_text_str(sheet->out, "flowchart TD\n");
    if (entry->log == NULL) {
        kss_text_str(sheet->out, "  failed[\"could not be run\"]\n");
        return;
    }
    struct chart c = {.log = entry->log, .out = sheet->out};
    c.calls = kss_calls_of(entry->log, entry->digest);
    choose(&c);
    for (uint32_t i = 0; i < c.calls.node_count; i++)
        if (c.shown[c.calls.edge_count + i])
            node(&c, i);
    for (uint32_t i = 0; i < c.calls.edge_count; i++)
        if (c.shown[i])
            edge(&c, &c.calls.edges[i]);
    remarks(&c);
    free(c.shown);
    kss_calls_free(&c.calls);
    kss_text_free(&c.name);
}

void kss_write_mermaid_calls_end(struct kss_sheet *sheet) {
    (void)sheet;
}
