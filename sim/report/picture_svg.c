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
#include "report/picture_svg.h"

#include <stdlib.h>
#include <string.h>

// ---- Numbers and texts --------------------------------------------------------------------------
void kss_svg_tenths(struct kss_text *out, int32_t value) {
    kss_text_signed(out, value / 10);
    if (value % 10 != 0)
        kss_text_format(out, ".%d", value % 10);
}

// ` name="12.5"` for each of a list of names and numbers, ended by NULL.
static void numbers(struct kss_text *out, const char *const *names, const int32_t *values) {
    for (unsigned i = 0; names[i] != NULL; i++) {
        kss_text_format(out, " %s=\"", names[i]);
        kss_svg_tenths(out, values[i]);
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
void kss_svg_text(struct kss_text *out, const char *class, bool at_end, int32_t x, int32_t y,
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

// ---- The column ---------------------------------------------------------------------------------
static void named(struct kss_svg *d, const struct kss_part *part) {
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

static void fill_pattern(struct kss_svg *d, const char *pattern, int32_t y, int32_t height) {
    static const char *const names[] = {"x", "y", "width", "height", NULL};
    kss_text_str(d->out, "<rect");
    numbers(d->out, names, (int32_t[]){COLUMN, y, BREADTH, height});
    kss_text_format(d->out, " fill=\"url(#kp-%u-%u-%s)\"/>\n", d->step, d->stack, pattern);
}

static void draw_part(struct kss_svg *d, const struct kss_part *part, unsigned *frames) {
    static const char *const classes[] = {
        [KSS_PART_SAVE] = "kp-s", [KSS_PART_TRAP] = "kp-s",   [KSS_PART_FRAME] = "kp-f",
        [KSS_PART_FOLD] = "kp-f", [KSS_PART_HIDDEN] = "kp-h", [KSS_PART_FREE] = "kp-n",
        [KSS_PART_GUARD] = "kp-g"};
    int32_t y = kss_svg_y(d, part->from), end = kss_svg_y(d, part->to);
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
        int32_t limit = kss_svg_y(d, d->picture->bytes);
        rect(d->out, "kp-x", COLUMN, y > limit ? y : limit, BREADTH, end - (y > limit ? y : limit));
        kss_text_str(d->out, "/>\n");
    }
}

static void draw_items(struct kss_svg *d, const struct kss_part *part) {
    for (uint32_t i = 0; i < part->item_count; i++) {
        const struct kss_item *item = &d->picture->items[part->first_item + i];
        int32_t y = kss_svg_y(d, kss_svg_item_end(item)), end = kss_svg_y(d, item->depth);
        rect(d->out, item->is_object ? "kp-i kp-io" : "kp-i", COLUMN + 200, y, BREADTH - 200,
             end - y > 10 ? end - y : 10);
        kss_text_str(d->out, "/>\n");
    }
}

static void draw_reserves(struct kss_svg *d) {
    const struct kss_picture *picture = d->picture;
    const uint32_t reserves[] = {picture->interrupt, picture->exception};
    if (picture->used >= picture->bytes || picture->gone)
        return;
    for (int32_t i = 0; i < 2; i++) {
        int32_t y = kss_svg_y(d, picture->used), end = kss_svg_y(d, picture->used + reserves[i]);
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
static void draw_tick(struct kss_svg *d, const struct tick *tick, int32_t y) {
    struct kss_text text = {0};
    int32_t at = kss_svg_y(d, tick->depth);
    bool named = *tick->name != '\0';
    kss_text_str(&text, tick->name);
    if (tick->depth != 0) {
        kss_text_str(&text, named ? " top-" : "top-");
        kss_text_hex(&text, tick->depth);
    }
    line(d->out, named ? "kp-k" : "kp-p", COLUMN - 60, at, COLUMN + BREADTH, at);
    kss_svg_text(d->out, named ? "kp-t" : "kp-d", true, COLUMN - 100, y, text.bytes,
                 (COLUMN - 100) / LETTER);
    kss_text_free(&text);
}

static int32_t distance(int32_t a, int32_t b) {
    return a < b ? b - a : a - b;
}

// Base, Limit and SP, apart from each other; edges of pages where there is room between them.
static void draw_axis(struct kss_svg *d) {
    const struct kss_picture *picture = d->picture;
    const struct tick ticks[] = {{0, "Base"}, {picture->bytes, "Limit"}, {picture->used, "SP"}};
    int32_t ys[] = {kss_svg_y(d, 0), kss_svg_y(d, picture->bytes), kss_svg_y(d, picture->used)};
    bool over = picture->used > picture->bytes;
    if (over ? ys[2] - ys[1] < LINE : ys[2] - ys[0] < LINE)
        ys[2] = (over ? ys[1] : ys[0]) + LINE;
    else if (!over && ys[1] - ys[2] < LINE)
        ys[2] = ys[1] - LINE;
    for (unsigned i = 0; i < (picture->used == 0 ? 2u : 3u); i++)
        draw_tick(d, &ticks[i], ys[i]);
    for (uint32_t at = picture->page; at < picture->bytes; at += picture->page) {
        int32_t y = kss_svg_y(d, at);
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

static void patterns(struct kss_svg *d) {
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
    kss_svg_tenths(out, WIDTH);
    kss_text_char(out, ' ');
    kss_svg_tenths(out, height);
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

static void titles(struct kss_svg *d) {
    static const char *const classes[] = {"kp-d", "kp-d", "kp-t"};
    int32_t y = MARGIN + LINE / 2;
    for (unsigned i = d->first ? 0 : 2; i < 3; i++) {
        if (d->picture->title[i] == NULL)
            continue;
        kss_svg_text(d->out, classes[i], false, MARGIN, y, d->picture->title[i],
                     (WIDTH - 2 * MARGIN) / LETTER);
        y += LINE;
    }
}

// The guard is drawn as far as something lies in it, and a little beyond.
static void measure(struct kss_svg *d) {
    const struct kss_picture *picture = d->picture;
    uint32_t reserve = picture->gone ? 0 : picture->exception;
    uint32_t deepest = picture->used > picture->bytes ? picture->used : picture->used + reserve;
    d->top = 2 * MARGIN;
    for (unsigned i = d->first ? 0 : 2; i < 3; i++)
        d->top += picture->title[i] != NULL ? LINE : 0;
    d->body = BODY;
    d->bottom = d->top + d->body;
    kss_svg_gather_labels(d);
    int32_t needed = kss_svg_labels_height(d);
    if (needed > d->body)
        d->body = needed;
    int32_t low = kss_svg_y(d, picture->bytes),
            over = kss_svg_y(d, deepest > picture->bytes ? deepest : 0);
    d->bottom = (over > low ? over : low) + 240;
    kss_svg_gather_labels(d);
    for (uint32_t i = 0; i < d->label_count;
         i++) // the guard's own, which ends where the drawing does
        if (d->labels[i].anchor > d->bottom - LINE / 2)
            d->labels[i].anchor = d->bottom - LINE / 2;
    kss_svg_place_labels(d);
}

static void draw(struct kss_svg *d) {
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
    kss_svg_draw_labels(d);
}

// From a stack to the segment that continues it.
static void arrow(struct kss_text *out, int32_t y) {
    kss_text_str(out, "<path class=\"kp-a\" d=\"M");
    kss_svg_tenths(out, COLUMN + BREADTH / 2);
    kss_text_char(out, ' ');
    kss_svg_tenths(out, y - MARGIN);
    kss_text_str(out, "v20m-6-7l6 7l6-7\"/>\n");
}

void kss_picture_svg(const struct kss_scene *scene, uint32_t stack,
                     const struct kss_picture_options *options, struct kss_text *out) {
    struct kss_picture pictures[KSS_PICTURE_STACKS];
    struct kss_svg drawings[KSS_PICTURE_STACKS];
    uint32_t chain[KSS_PICTURE_STACKS], omitted;
    uint32_t count = kss_picture_chain(scene, stack, chain, &omitted);
    int32_t height = 0;
    for (uint32_t i = 0; i < count; i++) {
        kss_picture_make(&pictures[i], scene, chain[i]);
        drawings[i] = (struct kss_svg){.picture = &pictures[i],
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
        kss_svg_tenths(out, height);
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
