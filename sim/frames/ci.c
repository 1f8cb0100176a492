// SPDX-License-Identifier: MIT
// Call graphs as gcc writes them (-fcallgraph-info=su,da): VCG, one graph a compiled file.
//
//   graph: { title: "irp.c"
//   node: { title: "Read" label: "Read\nirp.c:88:9\n456 bytes (static)\n0 dynamic objects" }
//   node: { title: "__indirect_call" label: "Indirect Call Placeholder" shape : ellipse }
//   edge: { sourcename: "Read" targetname: "__indirect_call" label: "irp.c:97:14" }
//   edge: { sourcename: "Read" targetname: "irp.c:CopyTail" label: "irp.c:101:3" }
//   node: { title: "irp.c:CopyTail" label: "CopyTail\nirp.c:140:6\n96 bytes (dynamic)\n1 dynamic objects\n tail irp.c:143:8" }
//   }
//
// `\n` in a label is the two characters. A title with the unit before a colon is a function of that file
// only. An ellipse is declared and not defined here. All pointer calls of a file share one node, so the
// place of the edge is what tells them apart. A node may follow the edges that name it: titles are
// numbered as they appear, and become rows when their node is read.
#include "frames/frames.h"

#include "base/intern.h"

#include <stdlib.h>
#include <string.h>

struct word { // of the file: a name, a quoted text without its quotes, or one mark
    const char *begin, *end;
    char kind; // 'w', '"', the mark itself, 0: the end
};

struct edge {
    uint32_t from, to; // titles
    const char *place;
};

struct ci {
    struct kss_frames_file *file;
    struct kss_frames *frames;
    const char *at, *end;
    struct word word; // the one looked at
    uint32_t source;
    const char *unit;
    struct kss_intern titles;
    uint32_t *rows; // by title, malloc'd: row + 1, 0: no node yet
    unsigned row_capacity;
    struct edge *edges; // malloc'd
    uint32_t edge_count;
    unsigned edge_capacity;
    uint32_t indirect; // title of the placeholder
};

// ---- Words ------------------------------------------------------------------------------------------

static bool is_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static void next(struct ci *ci) {
    while (ci->at < ci->end &&
           (*ci->at == ' ' || *ci->at == '\t' || *ci->at == '\n' || *ci->at == '\r'))
        ci->at++;
    struct word *word = &ci->word;
    word->begin = word->end = ci->at;
    word->kind = 0;
    if (ci->at == ci->end)
        return;
    word->kind = *ci->at++;
    if (word->kind == '"') {
        word->begin = ci->at;
        while (ci->at < ci->end && *ci->at != '"')
            ci->at += *ci->at == '\\' && ci->end - ci->at > 1 ? 2 : 1;
        word->end = ci->at;
        word->kind = ci->at < ci->end ? '"' : '?'; // '?': never closed
        ci->at += ci->at < ci->end;
    } else if (is_name(word->kind)) {
        while (ci->at < ci->end && is_name(*ci->at))
            ci->at++;
        word->end = ci->at;
        word->kind = 'w';
    } else {
        word->end = ci->at;
    }
}

static bool is(const struct word *word, const char *text) {
    return word->kind == 'w' && (size_t)(word->end - word->begin) == strlen(text) &&
           memcmp(word->begin, text, strlen(text)) == 0;
}

static struct kss_span span_of(const struct ci *ci, const struct word *word) {
    const char *bytes = (const char *)ci->file->bytes;
    return (struct kss_span){ci->source, (uint32_t)(word->begin - bytes),
                             (uint32_t)(word->end - bytes)};
}

static bool bad(struct ci *ci, const char *words) {
    if (ci->word.kind == '?')
        words = "this text is never closed: the file was cut";
    kss_diag_add(ci->frames->diags, KSS_ERROR, NULL, span_of(ci, &ci->word), "%s", words);
    return false;
}

static bool expect(struct ci *ci, char kind, const char *words) {
    if (ci->word.kind != kind)
        return bad(ci, words);
    next(ci);
    return true;
}

// `word :` -- the colon may stand apart.
static bool attribute(struct ci *ci, struct word *name) {
    *name = ci->word;
    if (name->kind != 'w')
        return bad(ci, "expected an attribute or }");
    next(ci);
    return expect(ci, ':', "expected : behind the attribute");
}

// ---- Nodes ------------------------------------------------------------------------------------------

static uint32_t title(struct ci *ci, const struct word *text) {
    uint32_t number = kss_intern_add(&ci->titles, text->begin, (size_t)(text->end - text->begin));
    KSS_ROOM(ci->rows, number, ci->row_capacity);
    return number;
}

// The part of a label up to the next \n, which is skipped.
static struct word part(const char **at, const char *end) {
    struct word word = {*at, end, '"'};
    for (const char *look = *at; look + 1 < end; look++)
        if (look[0] == '\\' && look[1] == 'n') {
            word.end = look;
            *at = look + 2;
            return word;
        }
    *at = end;
    return word;
}

static const char *keep(struct ci *ci, const struct word *word) {
    return kss_frames_text(ci->frames, word->begin, (size_t)(word->end - word->begin));
}

// "456 bytes (static)": false when the part is something else.
static bool read_bytes(struct kss_frame_row *row, const struct word *word) {
    const char *at = word->begin;
    uint64_t bytes = 0;
    for (; at < word->end && *at >= '0' && *at <= '9' && at - word->begin < 18; at++)
        bytes = bytes * 10 + (uint64_t)(*at - '0');
    static const char middle[] = " bytes (";
    size_t rest = (size_t)(word->end - at), length = sizeof middle - 1;
    if (at == word->begin || rest < length + 1 || memcmp(at, middle, length) != 0 ||
        word->end[-1] != ')')
        return false;
    at += length;
    rest -= length + 1;
    row->bytes = bytes;
    row->kind = KSS_FRAME_EXACT;
    if (rest == 7 && memcmp(at, "dynamic", 7) == 0) {
        row->kind = KSS_FRAME_AT_LEAST;
    } else if (!(rest == 6 && memcmp(at, "static", 6) == 0) &&
               !(rest == 15 && memcmp(at, "dynamic,bounded", 15) == 0)) {
        row->kind = KSS_FRAME_UNKNOWN;
        row->reason = "the .ci node has a qualifier that is not known";
    }
    return true;
}

// What follows the bytes: "1 dynamic objects", then " name place" each.
static void read_dynamic(struct ci *ci, struct kss_frame_row *row, const char *at,
                         const char *end) {
    if (row->kind != KSS_FRAME_AT_LEAST)
        return;
    struct kss_text text = {0};
    kss_text_str(&text, "dynamic: alloca or an array of variable length comes on top");
    part(&at, end);
    for (unsigned count = 0; at < end; count++) {
        struct word object = part(&at, end);
        const char *place = object.end;
        while (place > object.begin && place[-1] != ' ')
            place--;
        kss_text_str(&text, count ? ", " : " (");
        kss_text_bytes(&text, place, (size_t)(object.end - place));
        if (at == end)
            kss_text_char(&text, ')');
    }
    row->reason = kss_frames_text(ci->frames, text.bytes, text.length);
    kss_text_free(&text);
}

static void name_row(struct ci *ci, struct kss_frame_row *row, const struct word *id) {
    struct word symbol = *id;
    size_t unit = strlen(ci->unit);
    size_t length = (size_t)(id->end - id->begin);
    if (length > unit + 1 && unit > 0 && memcmp(id->begin, ci->unit, unit) == 0 &&
        id->begin[unit] == ':') {
        symbol.begin += unit + 1;
        row->local = true;
    }
    row->symbol = keep(ci, &symbol);
    row->unit = ci->unit;
}

static bool add_node(struct ci *ci, const struct word *id, const struct word *label, bool ellipse) {
    uint32_t number = title(ci, id);
    if (number == ci->indirect)
        return true;
    if (ci->rows[number] != 0) {
        ci->word = *id;
        return bad(ci, "a second node of this title");
    }
    struct kss_frame_row row = {
        .origin = KSS_FROM_CI, .external = ellipse, .calls_known = !ellipse};
    name_row(ci, &row, id);
    const char *at = label->begin;
    part(&at, label->end); // the name, as people read it
    struct word place = part(&at, label->end);
    if (place.begin < place.end)
        row.place = keep(ci, &place);
    struct word bytes = part(&at, label->end);
    if (ellipse) {
        row.origin = KSS_FROM_NOTHING;
        row.unit = "";
    } else if (!read_bytes(&row, &bytes)) {
        row.reason = "the .ci has no bytes for it: compile with -fcallgraph-info=su";
    } else {
        read_dynamic(ci, &row, at, label->end);
    }
    ci->rows[number] = kss_frames_add(ci->frames, &row) + 1;
    return true;
}

static bool read_node(struct ci *ci) {
    struct word id = {0}, label = {0}, name;
    bool ellipse = false;
    while (ci->word.kind != '}') {
        if (!attribute(ci, &name))
            return false;
        if (is(&name, "title"))
            id = ci->word;
        else if (is(&name, "label"))
            label = ci->word;
        ellipse |= is(&name, "shape") && is(&ci->word, "ellipse");
        bool text = is(&name, "title") || is(&name, "label");
        if (ci->word.kind != '"' && (text || ci->word.kind != 'w'))
            return bad(ci, text ? "expected a text in quotes" : "expected a value");
        next(ci);
    }
    if (id.kind == 0 || label.kind == 0)
        return bad(ci, "this node has no title or no label");
    return add_node(ci, &id, &label, ellipse);
}

// ---- Edges ------------------------------------------------------------------------------------------

static bool read_edge(struct ci *ci) {
    struct word from = {0}, to = {0}, label = {0}, name;
    while (ci->word.kind != '}') {
        if (!attribute(ci, &name))
            return false;
        if (ci->word.kind != '"')
            return bad(ci, "expected a text in quotes");
        if (is(&name, "sourcename"))
            from = ci->word;
        else if (is(&name, "targetname"))
            to = ci->word;
        else if (is(&name, "label"))
            label = ci->word;
        next(ci);
    }
    if (from.kind == 0 || to.kind == 0)
        return bad(ci, "this edge has no sourcename or no targetname");
    uint32_t first = title(ci, &from), second = title(ci, &to);
    KSS_ROOM(ci->edges, ci->edge_count, ci->edge_capacity);
    ci->edges[ci->edge_count++] = (struct edge){
        first, second, label.kind != 0 && label.end > label.begin ? keep(ci, &label) : NULL};
    return true;
}

// A node that no line describes is a function that is defined elsewhere.
static uint32_t row_of(struct ci *ci, uint32_t number) {
    if (ci->rows[number] == 0) {
        const struct kss_interned *text = &ci->titles.items[number];
        struct word id = {text->bytes, text->bytes + text->length, '"'};
        struct kss_frame_row row = {.origin = KSS_FROM_NOTHING, .external = true};
        name_row(ci, &row, &id);
        ci->rows[number] = kss_frames_add(ci->frames, &row) + 1;
    }
    return ci->rows[number] - 1;
}

static void add_calls(struct ci *ci) {
    for (uint32_t i = 0; i < ci->edge_count; i++) {
        const struct edge *edge = &ci->edges[i];
        if (edge->from == ci->indirect)
            continue;
        struct kss_call_row call = {.caller = row_of(ci, edge->from), .place = edge->place};
        call.callee = edge->to == ci->indirect ? KSS_CALL_INDIRECT : row_of(ci, edge->to);
        kss_frames_call(ci->frames, &call);
    }
    ci->frames->calls_known = true;
}

// ---- The graph --------------------------------------------------------------------------------------

static bool read_items(struct ci *ci) {
    while (ci->word.kind != '}') {
        struct word name;
        if (ci->word.kind == 0)
            return bad(ci, "the graph is not closed: the file was cut");
        if (!attribute(ci, &name))
            return false;
        bool node = is(&name, "node");
        if (!node && !is(&name, "edge")) {
            ci->word = name;
            return bad(ci, "expected node or edge");
        }
        if (!expect(ci, '{', "expected {") || !(node ? read_node(ci) : read_edge(ci)) ||
            !expect(ci, '}', "expected }"))
            return false;
    }
    next(ci);
    return true;
}

static bool read_graph(struct ci *ci) {
    struct word name;
    if (!attribute(ci, &name) || !expect(ci, '{', "expected {") || !attribute(ci, &name))
        return false;
    if (!is(&name, "title") || ci->word.kind != '"')
        return bad(ci, "expected the graph's title");
    ci->unit = keep(ci, &ci->word);
    next(ci);
    return read_items(ci);
}

bool kss_is_ci(const struct kss_frames_file *file) {
    struct ci ci = {.at = (const char *)file->bytes};
    ci.end = ci.at + file->length;
    next(&ci);
    if (!is(&ci.word, "graph"))
        return false;
    next(&ci);
    return ci.word.kind == ':';
}

bool kss_read_ci(struct kss_frames_file *file) {
    static const char indirect[] = "__indirect_call";
    struct ci ci = {.file = file, .frames = file->frames, .at = (const char *)file->bytes};
    ci.end = ci.at + file->length;
    ci.source = kss_source_add(file->frames->sources, file->name, ci.at, file->length);
    ci.indirect = title(&ci, &(struct word){indirect, indirect + sizeof indirect - 1, '"'});
    next(&ci);
    bool good = true;
    while (good && ci.word.kind != 0) { // a file may hold several: they were concatenated
        good = read_graph(&ci);
        add_calls(&ci);
        ci.edge_count = 0;
    }
    free(ci.rows);
    free(ci.edges);
    kss_intern_free(&ci.titles);
    return good;
}
