// SPDX-License-Identifier: MIT
// A picture as SVG: the column to scale, every name beside it.
//
//     title: step, who is at work, the stack
//     |- axis -|- column -|- leaders -|- labels ---------------------------|
//     Base      +--------+
//               |////////| ----------   0x210  top-of-stack save area
//     SP        +--------+ ---.
//               |        |     `-----   0x148  mydrv!ReadDispatch
//     Limit     +--------+
//               |xxxxxxxx|
//
// Depths are bytes times the scale, so nothing in the column is larger or smaller than it is. Labels stand as
// near to their part as those around them let them; a column with many labels is drawn longer. Letters
// are of a fixed width that is given with each text, so that no font makes texts meet.
#include "report/escape.h"
#include "report/picture_private.h"

#include <stdlib.h>
#include <string.h>

// Everything is in tenths of a pixel: integers print alike everywhere.
enum {
    WIDTH = 7800,
    MARGIN = 120,
    AXIS = 1400,   // right edge of the addresses
    COLUMN = 1500, // left edge
    BREADTH = 1500,
    LABELS = 3560, // left edge
    LETTER = 72,   // width of a letter
    LINE = 180,    // height of a line
    BODY = 4200,   // least height of the column
    SIZE_ROOM = 9, // letters of a size
    LABEL_ROOM = (WIDTH - MARGIN - LABELS) / LETTER
};

enum ink { INK_PLAIN, INK_DIM, INK_OBJECT, INK_MARK };
static const char *const inks[] = {"kp-t", "kp-d", "kp-o", "kp-m"};

struct label {
    int32_t anchor, y, height; // of the part's middle; of the first line's middle; of all lines
    uint32_t order;
    enum ink ink;
    uint32_t bytes; // 0: no size
    bool indented;
    const char *text;
    char note[48]; // behind the text
};

struct drawing {
    const struct kss_picture *picture;
    struct kss_text *out;
    struct label *labels; // malloc'd
    uint32_t label_count;
    unsigned label_room;
    int32_t top, body,
        bottom; // of the column: upper edge, height of [0, bytes), lower edge with the guard
    uint32_t step, stack; // for names of patterns
    bool first;           // of the stacks in one picture
};

// ---- Numbers and texts --------------------------------------------------------------------------
static void tenths(struct kss_text *out, int32_t value) {
    kss_text_signed(out, value / 10);
    if (value % 10 != 0)
        kss_text_format(out, ".%d", value % 10);
}

// ` name="12.5"` for each of a list of names and numbers, ended by NULL.
static void numbers(struct kss_text *out, const char *const *names, const int32_t *values) {
    for (unsigned i = 0; names[i] != NULL; i++) {
        kss_text_format(out, " %s=\"", names[i]);
        tenths(out, values[i]);
        kss_text_char(out, '"');
    }
}

static void rect(struct kss_text *out, const char *class, int32_t x, int32_t y, int32_t width,
                 int32_t height) {
    static const char *const names[] = {"x", "y", "width", "height", NULL};
    kss_text_format(out, "<rect class=\"%s\"", class);
    numbers(out, names, (int32_t[]){x, y, width, height});
}

static void line(struct kss_text *out, const char *class, int32_t x1, int32_t y1, int32_t x2,
                 int32_t y2) {
    static const char *const names[] = {"x1", "y1", "x2", "y2", NULL};
    kss_text_format(out, "<line class=\"%s\"", class);
    numbers(out, names, (int32_t[]){x1, y1, x2, y2});
    kss_text_str(out, "/>\n");
}

// A text of at most [room] letters at [x]; what is longer loses its middle and is told in full on hovering.
static void text_at(struct kss_text *out, const char *class, bool at_end, int32_t x, int32_t y,
                    const char *text, uint32_t room) {
    static const char *const names[] = {"x", "y", "textLength", NULL};
    struct kss_text short_one = {0};
    kss_text_shorten(&short_one, text, room);
    if (short_one.length == 0)
        return;
    kss_text_format(out, "<text class=\"%s\"", class);
    numbers(
        out, names,
        (int32_t[]){x, y + 42,
                    (int32_t)kss_text_letters(short_one.bytes, strlen(short_one.bytes)) * LETTER});
    kss_text_str(out, at_end ? " text-anchor=\"end\">" : ">");
    if (strcmp(short_one.bytes, text) != 0) {
        kss_text_str(out, "<title>");
        kss_text_xml(out, text, strlen(text));
        kss_text_str(out, "</title>");
    }
    kss_text_xml(out, short_one.bytes, short_one.length);
    kss_text_str(out, "</text>\n");
    kss_text_free(&short_one);
}

// ---- Depths -------------------------------------------------------------------------------------
static int32_t y_of(const struct drawing *d, uint32_t depth) {
    return d->top + (int32_t)((uint64_t)depth * (uint64_t)d->body / d->picture->bytes);
}

// ---- Labels -------------------------------------------------------------------------------------
static struct label *add_label(struct drawing *d, uint32_t depth_from, uint32_t depth_to,
                               uint32_t bytes, const char *text, enum ink ink) {
    KSS_ROOM(d->labels, d->label_count, d->label_room);
    struct label *label = &d->labels[d->label_count];
    *label = (struct label){.anchor = (y_of(d, depth_from) + y_of(d, depth_to)) / 2,
                            .height = LINE,
                            .order = d->label_count++,
                            .ink = ink,
                            .bytes = bytes,
                            .text = text};
    return label;
}

static void note(struct label *label, const char *text) {
    size_t length = strlen(text);
    if (length >= sizeof label->note)
        length = sizeof label->note - 1;
    memcpy(label->note, text, length);
}

static void note_left(struct label *label, const struct kss_picture *picture, uint32_t bytes) {
    uint32_t left = picture->bytes - picture->used;
    struct kss_text text = {0};
    kss_text_str(&text, bytes > left ? "short by " : "leaves ");
    kss_text_hex(&text, bytes > left ? bytes - left : left - bytes);
    note(label, text.bytes);
    kss_text_free(&text);
}

static uint32_t item_end(const struct kss_item *item) {
    return item->bytes < item->depth ? item->depth - item->bytes : item->depth;
}

static int32_t item_middle(const struct drawing *d, const struct kss_item *item) {
    return (y_of(d, item_end(item)) + y_of(d, item->depth)) / 2;
}

static void label_part(struct drawing *d, const struct kss_part *part) {
    const struct kss_picture *picture = d->picture;
    struct label *label = add_label(d, part->from, part->to, part->to - part->from, part->name,
                                    kss_part_is_over(picture, part) ? INK_MARK : INK_PLAIN);
    if (part->item_count != 0) { // above what lies in it
        int32_t first = item_middle(d, &picture->items[part->first_item]);
        if (first < label->anchor)
            label->anchor = first;
    }
    if (part->kind == KSS_PART_FREE || part->kind == KSS_PART_GUARD ||
        part->kind == KSS_PART_HIDDEN)
        label->ink = INK_DIM;
    if (part->kind == KSS_PART_GUARD)
        label->bytes = 0;
    if (part->origin != NULL)
        note(label, part->origin);
    if (part->kind == KSS_PART_FREE && picture->out)
        note(label, "not in memory");
    if (kss_part_is_over(picture, part))
        note(label, "crosses the limit");
}

static void label_items(struct drawing *d, const struct kss_part *part) {
    for (uint32_t i = 0; i < part->item_count; i++) {
        const struct kss_item *item = &d->picture->items[part->first_item + i];
        struct kss_text text = {0};
        kss_text_format(&text, "%s: %s", item->name, item->type);
        struct label *label =
            add_label(d, item_end(item), item->depth, item->bytes,
                      kss_alloc_text(&((struct kss_picture *)(uintptr_t)d->picture)->arena,
                                     text.bytes, text.length),
                      item->is_object ? INK_OBJECT : INK_DIM);
        label->indented = true;
        if (item->state != NULL)
            note(label, item->state);
        kss_text_free(&text);
    }
}

static void label_marks(struct drawing *d) {
    for (uint32_t i = 0; i < d->picture->mark_count; i++) {
        const struct kss_mark *mark = &d->picture->marks[i];
        struct label *label = add_label(d, mark->depth, mark->depth, 0, mark->text, INK_MARK);
        label->height =
            LINE * (int32_t)((kss_text_letters(mark->text, strlen(mark->text)) + LABEL_ROOM - 1) /
                             LABEL_ROOM);
    }
}

static void label_reserves(struct drawing *d) {
    const struct kss_picture *picture = d->picture;
    const struct {
        uint32_t bytes;
        const char *text;
    } reserves[] = {{picture->interrupt, "an interrupt here"},
                    {picture->exception, "an exception here"}};
    if (picture->used >= picture->bytes || picture->gone)
        return;
    for (unsigned i = 0; i < 2; i++) {
        uint32_t bytes = reserves[i].bytes, end = picture->used + bytes;
        if (bytes == 0)
            continue;
        struct label *label = add_label(d, end, end, bytes, reserves[i].text,
                                        end > picture->bytes ? INK_MARK : INK_DIM);
        note_left(label, picture, bytes);
    }
    if (picture->deepest > picture->used && picture->deepest <= picture->bytes)
        add_label(d, picture->deepest, picture->deepest, picture->deepest, "was used before",
                  INK_DIM);
}

static int by_anchor(const void *a, const void *b) {
    const struct label *x = a, *y = b;
    if (x->anchor != y->anchor)
        return x->anchor < y->anchor ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

static int32_t labels_height(const struct drawing *d) {
    int32_t sum = 0;
    for (uint32_t i = 0; i < d->label_count; i++)
        sum += d->labels[i].height;
    return sum;
}

// Each as near to its anchor as its neighbours allow: down first, then up from the lower edge.
static void place_labels(struct drawing *d) {
    int32_t next = d->top, limit = d->bottom;
    qsort(d->labels, d->label_count, sizeof *d->labels, by_anchor);
    for (uint32_t i = 0; i < d->label_count; i++) {
        struct label *label = &d->labels[i];
        label->y = label->anchor - LINE / 2 > next ? label->anchor - LINE / 2 : next;
        next = label->y + label->height;
    }
    for (uint32_t i = d->label_count; i-- > 0;) {
        struct label *label = &d->labels[i];
        if (label->y + label->height > limit)
            label->y = limit - label->height;
        limit = label->y;
    }
}

static void leader(struct drawing *d, const struct label *label) {
    int32_t from = COLUMN + BREADTH, y = label->y + LINE / 2;
    kss_text_format(d->out, "<path class=\"%s\" d=\"M", label->ink == INK_MARK ? "kp-ml" : "kp-l");
    tenths(d->out, from);
    kss_text_char(d->out, ' ');
    tenths(d->out, label->anchor);
    kss_text_str(d->out, "h10L");
    tenths(d->out, LABELS - 180);
    kss_text_char(d->out, ' ');
    tenths(d->out, y);
    kss_text_str(d->out, "h10\"/>\n");
}

// Long texts of marks take several lines, broken at spaces.
static void mark_text(struct drawing *d, const struct label *label) {
    const char *at = label->text;
    for (int32_t y = label->y + LINE / 2; *at != '\0'; y += LINE) {
        size_t length = strlen(at), end = length;
        if (kss_text_letters(at, strlen(at)) > LABEL_ROOM) {
            end = LABEL_ROOM;
            while (end > 0 && at[end] != ' ')
                end--;
            if (end == 0)
                end = length;
        }
        struct kss_text piece = {0};
        kss_text_bytes(&piece, at, end);
        text_at(d->out, inks[label->ink], false, LABELS, y, piece.bytes, LABEL_ROOM);
        kss_text_free(&piece);
        at += end;
        while (*at == ' ')
            at++;
    }
}

static void draw_label(struct drawing *d, const struct label *label) {
    int32_t y = label->y + LINE / 2, x = LABELS + (SIZE_ROOM + (label->indented ? 2 : 0)) * LETTER;
    uint32_t room = LABEL_ROOM - SIZE_ROOM - (label->indented ? 2 : 0);
    uint32_t note_room =
        *label->note != '\0' ? kss_text_letters(label->note, strlen(label->note)) + 2 : 0;
    leader(d, label);
    if (label->height > LINE || label->text[0] == '\0' ||
        (label->ink == INK_MARK && label->bytes == 0)) {
        mark_text(d, label);
        return;
    }
    if (label->bytes != 0) {
        struct kss_text size = {0};
        kss_text_hex(&size, label->bytes);
        text_at(d->out, "kp-d", true, LABELS + (SIZE_ROOM - 1) * LETTER, y, size.bytes, SIZE_ROOM);
        kss_text_free(&size);
    }
    text_at(d->out, inks[label->ink], false, x, y, label->text, room - note_room);
    if (note_room != 0)
        text_at(d->out, label->ink == INK_MARK ? "kp-m" : "kp-d", true, WIDTH - MARGIN, y,
                label->note, note_room);
}

// ---- The column ---------------------------------------------------------------------------------
static void named(struct drawing *d, const struct kss_part *part) {
    kss_text_str(d->out, "><title>");
    kss_text_xml(d->out, part->name, strlen(part->name));
    kss_text_str(d->out, ", ");
    kss_text_hex(d->out, part->to - part->from);
    kss_text_str(d->out, " bytes, top-");
    kss_text_hex(d->out, part->from);
    kss_text_str(d->out, " to top-");
    kss_text_hex(d->out, part->to);
    kss_text_str(d->out, "</title></rect>\n");
}

static void fill_pattern(struct drawing *d, const char *pattern, int32_t y, int32_t height) {
    static const char *const names[] = {"x", "y", "width", "height", NULL};
    kss_text_str(d->out, "<rect");
    numbers(d->out, names, (int32_t[]){COLUMN, y, BREADTH, height});
    kss_text_format(d->out, " fill=\"url(#kp-%u-%u-%s)\"/>\n", d->step, d->stack, pattern);
}

static void draw_part(struct drawing *d, const struct kss_part *part, unsigned *frames) {
    static const char *const classes[] = {
        [KSS_PART_SAVE] = "kp-s", [KSS_PART_TRAP] = "kp-s",   [KSS_PART_FRAME] = "kp-f",
        [KSS_PART_FOLD] = "kp-f", [KSS_PART_HIDDEN] = "kp-h", [KSS_PART_FREE] = "kp-n",
        [KSS_PART_GUARD] = "kp-g"};
    int32_t y = y_of(d, part->from), end = y_of(d, part->to);
    const char *class = classes[part->kind];
    if (part->kind == KSS_PART_GUARD)
        end = d->bottom;
    if (part->kind == KSS_PART_FRAME && (*frames)++ % 2 == 1)
        class = "kp-f2";
    rect(d->out, class, COLUMN, y, BREADTH, end - y);
    named(d, part);
    if (part->kind == KSS_PART_FOLD)
        fill_pattern(d, "fold", y, end - y);
    else if (part->kind == KSS_PART_GUARD)
        fill_pattern(d, "guard", y, end - y);
    else if (kss_part_is_over(d->picture, part)) {
        int32_t limit = y_of(d, d->picture->bytes);
        rect(d->out, "kp-x", COLUMN, y > limit ? y : limit, BREADTH, end - (y > limit ? y : limit));
        kss_text_str(d->out, "/>\n");
    }
}

static void draw_items(struct drawing *d, const struct kss_part *part) {
    for (uint32_t i = 0; i < part->item_count; i++) {
        const struct kss_item *item = &d->picture->items[part->first_item + i];
        int32_t y = y_of(d, item_end(item)), end = y_of(d, item->depth);
        rect(d->out, item->is_object ? "kp-i kp-io" : "kp-i", COLUMN + 200, y, BREADTH - 200,
             end - y > 10 ? end - y : 10);
        kss_text_str(d->out, "/>\n");
    }
}

static void draw_reserves(struct drawing *d) {
    const struct kss_picture *picture = d->picture;
    const uint32_t reserves[] = {picture->interrupt, picture->exception};
    if (picture->used >= picture->bytes || picture->gone)
        return;
    for (int32_t i = 0; i < 2; i++) {
        int32_t y = y_of(d, picture->used), end = y_of(d, picture->used + reserves[i]);
        if (reserves[i] == 0)
            continue;
        if (end > d->bottom)
            end = d->bottom;
        rect(d->out, "kp-r", COLUMN + 150 + i * 650, y, 550, end - y);
        kss_text_str(d->out, "/>\n");
    }
}

// ---- The axis -----------------------------------------------------------------------------------
struct tick {
    uint32_t depth;
    const char *name;
};

// [y] is where its words stand.
static void draw_tick(struct drawing *d, const struct tick *tick, int32_t y) {
    struct kss_text text = {0};
    int32_t at = y_of(d, tick->depth);
    bool named = *tick->name != '\0';
    kss_text_str(&text, tick->name);
    if (tick->depth != 0) {
        kss_text_str(&text, named ? " top-" : "top-");
        kss_text_hex(&text, tick->depth);
    }
    line(d->out, named ? "kp-k" : "kp-p", COLUMN - 60, at, COLUMN + BREADTH, at);
    text_at(d->out, named ? "kp-t" : "kp-d", true, COLUMN - 100, y, text.bytes,
            (COLUMN - 100) / LETTER);
    kss_text_free(&text);
}

static int32_t distance(int32_t a, int32_t b) {
    return a < b ? b - a : a - b;
}

// Base, Limit and SP, apart from each other; edges of pages where there is room between them.
static void draw_axis(struct drawing *d) {
    const struct kss_picture *picture = d->picture;
    const struct tick ticks[] = {{0, "Base"}, {picture->bytes, "Limit"}, {picture->used, "SP"}};
    int32_t ys[] = {y_of(d, 0), y_of(d, picture->bytes), y_of(d, picture->used)};
    bool over = picture->used > picture->bytes;
    if (over ? ys[2] - ys[1] < LINE : ys[2] - ys[0] < LINE)
        ys[2] = (over ? ys[1] : ys[0]) + LINE;
    else if (!over && ys[1] - ys[2] < LINE)
        ys[2] = ys[1] - LINE;
    for (unsigned i = 0; i < (picture->used == 0 ? 2u : 3u); i++)
        draw_tick(d, &ticks[i], ys[i]);
    for (uint32_t at = picture->page; at < picture->bytes; at += picture->page) {
        int32_t y = y_of(d, at);
        bool room = true;
        for (unsigned i = 0; i < 3; i++)
            room &= distance(y, ys[i]) >= LINE;
        if (room)
            draw_tick(d, &(struct tick){at, ""}, y);
        else
            line(d->out, "kp-p", COLUMN, y, COLUMN + BREADTH, y);
    }
}

// ---- All of it ----------------------------------------------------------------------------------
void kss_picture_css(struct kss_text *out) {
    kss_text_str(
        out,
        ".kp{font:12px ui-monospace,Menlo,Consolas,\"DejaVu Sans Mono\",monospace;"
        "--bg:#fff;--t:#1b1f24;--d:#57606a;--m:#b3261e;--o:#0550ae;--f:#9cc7f0;--f2:#c5def7;"
        "--s:#d5d9de;--g:#57606a;--x:#f1998e}\n"
        "@media (prefers-color-scheme:dark){.kp{--bg:#0d1117;--t:#e6edf3;--d:#9aa4af;--m:#ff8a80;"
        "--o:#79c0ff;--f:#1f4f82;--f2:#163a61;--s:#3a424c;--g:#6e7681;--x:#8e2b22}}\n"
        ".kp-bg{fill:var(--bg)}.kp text{fill:var(--t)}.kp .kp-d{fill:var(--d)}"
        ".kp .kp-m{fill:var(--m);font-weight:600}.kp .kp-o{fill:var(--o);font-weight:600}"
        ".kp-f{fill:var(--f)}.kp-f2{fill:var(--f2)}.kp-s{fill:var(--s)}"
        ".kp-h{fill:var(--s);fill-opacity:.5}.kp-n,.kp-g{fill:none}.kp-x{fill:var(--x)}"
        ".kp-e{fill:none;stroke:var(--t);stroke-width:1.2}"
        ".kp-k{stroke:var(--t);stroke-width:1.2}"
        ".kp-p{stroke:var(--d);stroke-width:.8;stroke-dasharray:3 3}"
        ".kp-l,.kp-ml{fill:none;stroke:var(--d);stroke-width:.6}"
        ".kp-ml{stroke:var(--m);stroke-width:1.4}"
        ".kp-i{fill:var(--bg);fill-opacity:.45;stroke:var(--d);stroke-width:.6}"
        ".kp-io{stroke:var(--o);stroke-width:1.4}"
        ".kp-r{fill:none;stroke:var(--d);stroke-width:1;stroke-dasharray:4 2}"
        ".kp-a{fill:none;stroke:var(--o);stroke-width:2}"
        ".kp-hl{stroke:var(--t);stroke-width:1}.kp-gl{stroke:var(--g);stroke-width:1.2}\n");
}

static void patterns(struct drawing *d) {
    static const struct {
        const char *name, *lines, *class;
        unsigned size;
    } rows[] = {{"out", "M-1 9L9 -1M-1 1L1 -1M7 9L9 7", "kp-hl", 8},
                {"guard", "M0 0L6 6M0 6L6 0", "kp-gl", 6},
                {"fold", "M0 2H6", "kp-hl", 6}};
    kss_text_str(d->out, "<defs>\n");
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++)
        kss_text_format(d->out,
                        "<pattern id=\"kp-%u-%u-%s\" width=\"%u\" height=\"%u\" "
                        "patternUnits=\"userSpaceOnUse\"><path class=\"%s\" d=\"%s\" "
                        "opacity=\".5\"/></pattern>\n",
                        d->step, d->stack, rows[i].name, rows[i].size, rows[i].size, rows[i].class,
                        rows[i].lines);
    kss_text_str(d->out, "</defs>\n");
}

static void described(struct kss_text *out, const char *element, const char *text) {
    kss_text_format(out, "<%s>", element);
    kss_text_xml(out, text, strlen(text));
    kss_text_format(out, "</%s>\n", element);
}

static void opening(const struct kss_picture *picture, int32_t height, bool embedded,
                    struct kss_text *out) {
    kss_text_str(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"kp\" role=\"img\" "
                      "viewBox=\"0 0 ");
    tenths(out, WIDTH);
    kss_text_char(out, ' ');
    tenths(out, height);
    kss_text_str(out, "\">\n");
    described(out, "title", picture->title[2]);
    described(out, "desc", picture->title[0]);
    if (!embedded) {
        kss_text_str(out, "<style>\n");
        kss_picture_css(out);
        kss_text_str(out, "</style>\n");
    }
    rect(out, "kp-bg", 0, 0, WIDTH, height);
    kss_text_str(out, "/>\n");
}

static void titles(struct drawing *d) {
    static const char *const classes[] = {"kp-d", "kp-d", "kp-t"};
    int32_t y = MARGIN + LINE / 2;
    for (unsigned i = d->first ? 0 : 2; i < 3; i++) {
        if (d->picture->title[i] == NULL)
            continue;
        text_at(d->out, classes[i], false, MARGIN, y, d->picture->title[i],
                (WIDTH - 2 * MARGIN) / LETTER);
        y += LINE;
    }
}

static void gather_labels(struct drawing *d) {
    const struct kss_picture *picture = d->picture;
    d->label_count = 0;
    for (uint32_t i = 0; i < picture->part_count; i++) {
        label_part(d, &picture->parts[i]);
        label_items(d, &picture->parts[i]);
    }
    label_reserves(d);
    label_marks(d);
}

// The guard is drawn as far as something lies in it, and a little beyond.
static void measure(struct drawing *d) {
    const struct kss_picture *picture = d->picture;
    uint32_t reserve = picture->gone ? 0 : picture->exception;
    uint32_t deepest = picture->used > picture->bytes ? picture->used : picture->used + reserve;
    d->top = 2 * MARGIN;
    for (unsigned i = d->first ? 0 : 2; i < 3; i++)
        d->top += picture->title[i] != NULL ? LINE : 0;
    d->body = BODY;
    d->bottom = d->top + d->body;
    gather_labels(d);
    int32_t needed = labels_height(d);
    if (needed > d->body)
        d->body = needed;
    int32_t low = y_of(d, picture->bytes), over = y_of(d, deepest > picture->bytes ? deepest : 0);
    d->bottom = (over > low ? over : low) + 240;
    gather_labels(d);
    for (uint32_t i = 0; i < d->label_count;
         i++) // the guard's own, which ends where the drawing does
        if (d->labels[i].anchor > d->bottom - LINE / 2)
            d->labels[i].anchor = d->bottom - LINE / 2;
    place_labels(d);
}

static void draw(struct drawing *d) {
    const struct kss_picture *picture = d->picture;
    unsigned frames = 0;
    patterns(d);
    titles(d);
    for (uint32_t i = 0; i < picture->part_count; i++)
        draw_part(d, &picture->parts[i], &frames);
    for (uint32_t i = 0; i < picture->part_count; i++)
        draw_items(d, &picture->parts[i]);
    if (picture->out)
        fill_pattern(d, "out", d->top, d->body);
    draw_reserves(d);
    rect(d->out, "kp-e", COLUMN, d->top, BREADTH, d->body);
    kss_text_str(d->out, "/>\n");
    draw_axis(d);
    for (uint32_t i = 0; i < d->label_count; i++)
        draw_label(d, &d->labels[i]);
}

// From a stack to the segment that continues it.
static void arrow(struct kss_text *out, int32_t y) {
    kss_text_str(out, "<path class=\"kp-a\" d=\"M");
    tenths(out, COLUMN + BREADTH / 2);
    kss_text_char(out, ' ');
    tenths(out, y - MARGIN);
    kss_text_str(out, "v20m-6-7l6 7l6-7\"/>\n");
}

void kss_picture_svg(const struct kss_scene *scene, uint32_t stack,
                     const struct kss_picture_options *options, struct kss_text *out) {
    struct kss_picture pictures[KSS_PICTURE_STACKS];
    struct drawing drawings[KSS_PICTURE_STACKS];
    uint32_t chain[KSS_PICTURE_STACKS], omitted;
    uint32_t count = kss_picture_chain(scene, stack, chain, &omitted);
    int32_t height = 0;
    for (uint32_t i = 0; i < count; i++) {
        kss_picture_make(&pictures[i], scene, chain[i]);
        drawings[i] = (struct drawing){.picture = &pictures[i],
                                       .out = out,
                                       .step = kss_scene_now(scene),
                                       .stack = chain[i],
                                       .first = i == 0};
        measure(&drawings[i]);
        height += drawings[i].bottom + MARGIN;
    }
    if (count != 0)
        opening(&pictures[count - 1], height, options != NULL && options->embedded, out);
    height = 0;
    for (uint32_t i = 0; i < count; i++) {
        kss_text_str(out, "<g transform=\"translate(0 ");
        tenths(out, height);
        kss_text_str(out, ")\">\n");
        draw(&drawings[i]);
        kss_text_str(out, "</g>\n");
        height += drawings[i].bottom + MARGIN;
        if (i + 1 < count)
            arrow(out, height);
        free(drawings[i].labels);
        kss_picture_free(&pictures[i]);
    }
    kss_text_str(out, count != 0 ? "</svg>\n" : "");
}
