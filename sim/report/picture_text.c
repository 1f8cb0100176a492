// SPDX-License-Identifier: MIT
// A picture as text of 80 columns: a map of the pages to scale, then the column, one line a part.
//
//        Base |==--aaaaaa......................................................|   map
//  top-0x1000 |................................................................| 2 pages
//       guard |xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx|
//
//        Base +----------------------------------------------------------------+   column
//   top-0x210 | =    0x210  machine   top-of-stack save area                   |
//   top-0x29C | -     0x8C  machine   trap frame                               |
//             | a    0x148  given     mydrv!ReadDispatch                       |
//   top-0x2B0 |       0x10              done: KEVENT, not signalled            |
//             |     <== touched by mydrv!ReadComplete, nt!KeSetEvent,          |
//             |         at DISPATCH_LEVEL, 30.000 s                            |
//   top-0x3E4 | a                                                              |
//          SP +----------------------------------------------------------------+
//
// What stands at the left is the address of the first byte of what stands beside it, top-0x210 is
// Base - 0x210. A frame that holds something ends with a line of its own.
#include "report/picture_text.h"

#include <string.h>

enum { NAME_AT = 24, WIDTH = GUTTER + CELLS + 4 };

// ---- Lines --------------------------------------------------------------------------------------
static void rule(struct kss_picture_sheet *sheet, const char *label) {
    kss_picture_gutter(sheet, label);
    kss_text_char(sheet->out, '+');
    kss_text_repeat(sheet->out, '-', CELLS);
    kss_text_str(sheet->out, "+\n");
}

static void bytes_cell(struct kss_text *out, uint32_t bytes, const char *origin) {
    struct kss_text cell = {0};
    if (bytes != 0)
        kss_text_hex(&cell, bytes);
    kss_text_format(out, " %7s  %-8s  ", cell.bytes != NULL ? cell.bytes : "", origin);
    kss_text_free(&cell);
}

// ---- The column ---------------------------------------------------------------------------------
// Text of several lines, broken at spaces: all but the first begin with [indent] spaces.
static void put_words(struct kss_picture_sheet *sheet, const char *text, uint32_t indent,
                      uint32_t room, void (*put)(struct kss_picture_sheet *sheet)) {
    for (const char *at = text; *at != '\0';) {
        size_t length = strlen(at), end = 0;
        uint32_t count = 0, point;
        size_t space = 0;
        while (end < length && count < room) {
            unsigned size = kss_utf8(at + end, length - end, &point);
            end += size == 0 ? 1 : size;
            count++;
            if (end < length && at[end] == ' ')
                space = end;
        }
        if (end < length && space > 0)
            end = space;
        kss_text_bytes(&sheet->line, at, end);
        put(sheet);
        at += end;
        while (*at == ' ')
            at++;
        if (*at != '\0')
            kss_text_repeat(&sheet->line, ' ', indent);
    }
}

static void put_mark_line(struct kss_picture_sheet *sheet) {
    struct kss_text line = sheet->line;
    sheet->line = (struct kss_text){0};
    kss_picture_gutter(sheet, "");
    sheet->line = line;
    kss_picture_put_line(sheet, KSS_INK_RED);
}

static void mark_lines(struct kss_picture_sheet *sheet, const struct kss_mark *mark) {
    enum { INDENT = 5 };
    kss_text_repeat(&sheet->line, ' ', INDENT);
    kss_text_str(&sheet->line, "<== ");
    put_words(sheet, mark->text, INDENT + 4, CELLS - INDENT - 4, put_mark_line);
}

static bool item_holds(const struct kss_item *item, uint32_t depth) {
    uint32_t end = item->bytes < item->depth ? item->depth - item->bytes : 0;
    return depth <= item->depth && (item->bytes == 0 ? depth == item->depth : depth > end);
}

static void item_line(struct kss_picture_sheet *sheet, const struct kss_item *item) {
    struct kss_text name = {0};
    kss_text_str(&name, item->name);
    kss_text_str(&name, ": ");
    kss_text_str(&name, item->type);
    if (item->state != NULL) {
        kss_text_str(&name, ", ");
        kss_text_str(&name, item->state);
    }
    kss_picture_gutter_depth(sheet, item->depth);
    kss_text_str(&sheet->line, "  ");
    bytes_cell(&sheet->line, item->bytes, "");
    kss_text_str(&sheet->line, "  ");
    kss_text_shorten(&sheet->line, name.bytes, CELLS - NAME_AT - 2);
    kss_picture_put_line(sheet, item->is_object ? KSS_INK_BOLD : KSS_INK_NONE);
    kss_text_free(&name);
    for (uint32_t i = 0; i < sheet->picture->mark_count; i++)
        if (item_holds(item, sheet->picture->marks[i].depth))
            mark_lines(sheet, &sheet->picture->marks[i]);
}

// Whether a mark lies in the part and in none of its items.
static bool is_loose(const struct kss_picture *picture, const struct kss_part *part,
                     const struct kss_mark *mark) {
    if (mark->depth <= part->from || mark->depth > part->to)
        return false;
    for (uint32_t i = 0; i < part->item_count; i++)
        if (item_holds(&picture->items[part->first_item + i], mark->depth))
            return false;
    return true;
}

// Those at depths in (from, to].
static bool loose_marks(struct kss_picture_sheet *sheet, const struct kss_part *part, uint32_t from,
                        uint32_t to) {
    const struct kss_picture *picture = sheet->picture;
    bool any = false;
    for (uint32_t i = 0; i < picture->mark_count; i++) {
        const struct kss_mark *mark = &picture->marks[i];
        if (mark->depth <= from || mark->depth > to || !is_loose(picture, part, mark))
            continue;
        kss_picture_gutter_depth(sheet, mark->depth);
        kss_picture_put_line(sheet, KSS_INK_NONE);
        mark_lines(sheet, mark);
        any = true;
    }
    return any;
}

static bool has_loose_marks(const struct kss_picture *picture, const struct kss_part *part) {
    for (uint32_t i = 0; i < picture->mark_count; i++)
        if (is_loose(picture, part, &picture->marks[i]))
            return true;
    return false;
}

static void part_words(struct kss_picture_sheet *sheet, const struct kss_part *part) {
    kss_text_format(&sheet->line, " %c", part->letter);
    bytes_cell(&sheet->line, part->to - part->from, part->origin != NULL ? part->origin : "");
    kss_text_shorten(&sheet->line, part->name, CELLS - NAME_AT);
}

// The lower edge of a part whose name stands above; where the limit is crossed, by how much.
static void edge_line(struct kss_picture_sheet *sheet, const struct kss_part *part) {
    const struct kss_picture *picture = sheet->picture;
    kss_picture_gutter_depth(sheet, part->to);
    kss_text_format(&sheet->line, " %c", part->letter);
    if (!kss_part_is_over(picture, part)) {
        kss_picture_put_line(sheet, KSS_INK_NONE);
        return;
    }
    uint32_t from = part->from > picture->bytes ? part->from : picture->bytes;
    bytes_cell(&sheet->line, part->to - from, "");
    kss_text_str(&sheet->line, "of it lie beyond the limit");
    kss_picture_put_line(sheet, KSS_INK_RED);
}

static void part_lines(struct kss_picture_sheet *sheet, const struct kss_part *part) {
    const struct kss_picture *picture = sheet->picture;
    bool over = kss_part_is_over(picture, part), crosses = over && part->from <= picture->bytes;
    if (part->item_count == 0 && !over && !has_loose_marks(picture, part)) {
        kss_picture_gutter_depth(sheet, part->to);
        part_words(sheet, part);
        kss_picture_put_line(sheet, KSS_INK_NONE);
        return;
    }
    kss_picture_gutter(sheet, "");
    part_words(sheet, part);
    kss_picture_put_line(sheet, over ? KSS_INK_RED : KSS_INK_NONE);
    uint32_t from = part->from;
    for (uint32_t i = 0; i < part->item_count; i++) {
        const struct kss_item *item = &picture->items[part->first_item + i];
        loose_marks(sheet, part, from, item->depth);
        from = item->depth;
        if (crosses && item->depth > picture->bytes) {
            rule(sheet, "Limit");
            crosses = false;
        }
        item_line(sheet, item);
    }
    loose_marks(sheet, part, from, part->to);
    if (crosses)
        rule(sheet, "Limit");
    edge_line(sheet, part);
}

// ---- Below SP -----------------------------------------------------------------------------------
// What is said of the free bytes, by depth: the deepest use before, what an interrupt and the dispatch of an
// exception would take, the lower edge.
struct below {
    uint32_t depth, bytes;
    char letter;
    const char *origin, *what;
    bool reserve;
};

static void below_line(struct kss_picture_sheet *sheet, const struct below *row) {
    const struct kss_picture *picture = sheet->picture;
    bool over = row->reserve && row->depth > picture->bytes;
    kss_picture_gutter_depth(sheet, row->depth);
    kss_text_format(&sheet->line, " %c", row->letter);
    bytes_cell(&sheet->line, row->bytes, row->origin);
    kss_text_str(&sheet->line, row->what);
    if (row->reserve) {
        kss_text_str(&sheet->line, over ? ", short by " : ", leaves ");
        kss_text_hex(&sheet->line,
                     over ? row->depth - picture->bytes : picture->bytes - row->depth);
    }
    kss_picture_put_line(sheet, over ? KSS_INK_RED : row->reserve ? KSS_INK_DIM : KSS_INK_NONE);
}

static void add_below(struct below *rows, uint32_t *count, struct below row) {
    uint32_t at = (*count)++;
    for (; at > 0 && rows[at - 1].depth > row.depth; at--)
        rows[at] = rows[at - 1];
    rows[at] = row;
}

static void limit_rule(struct kss_picture_sheet *sheet, const struct kss_picture *picture) {
    bool over = picture->used > picture->bytes, full = picture->used == picture->bytes;
    rule(sheet, over ? "SP" : full ? "SP = Limit" : "Limit");
}

static void free_lines(struct kss_picture_sheet *sheet, const struct kss_part *part) {
    const struct kss_picture *picture = sheet->picture;
    uint32_t used = picture->used, count = 0, from = part->from;
    struct below rows[4] = {{0}};
    add_below(rows, &count,
              (struct below){part->to, part->to - part->from, picture->out ? '/' : '.', "", "free",
                             false});
    if (picture->deepest > used && picture->deepest <= part->to)
        add_below(rows, &count,
                  (struct below){picture->deepest, picture->deepest - used, '.', "",
                                 "was used before", false});
    if (picture->interrupt != 0)
        add_below(rows, &count,
                  (struct below){used + picture->interrupt, picture->interrupt, ':', "machine",
                                 "an interrupt here", true});
    if (picture->exception != 0)
        add_below(rows, &count,
                  (struct below){used + picture->exception, picture->exception, ':', "machine",
                                 "an exception here", true});
    for (uint32_t i = 0; i < count; i++) {
        loose_marks(sheet, part, from, rows[i].depth);
        from = rows[i].depth;
        below_line(sheet, &rows[i]);
        if (rows[i].depth == part->to && !rows[i].reserve)
            limit_rule(sheet, picture);
    }
}

static void column(struct kss_picture_sheet *sheet) {
    const struct kss_picture *picture = sheet->picture;
    rule(sheet, "Base");
    for (uint32_t i = 0; i < picture->part_count; i++) {
        const struct kss_part *part = &picture->parts[i];
        if (part->kind == KSS_PART_GUARD)
            break;
        if (part->kind != KSS_PART_FREE) {
            part_lines(sheet, part);
            continue;
        }
        rule(sheet, "SP");
        free_lines(sheet, part);
    }
    if (picture->used >= picture->bytes)
        limit_rule(sheet, picture);
}

// ---- All of it ----------------------------------------------------------------------------------
static void put_title_line(struct kss_picture_sheet *sheet) {
    kss_text_bytes(sheet->out, sheet->line.bytes, sheet->line.length);
    kss_text_char(sheet->out, '\n');
    kss_text_clear(&sheet->line);
}

static void title(struct kss_picture_sheet *sheet, const char *text, enum kss_ink ink) {
    if (text == NULL)
        return;
    kss_ink(&sheet->ink, ink);
    put_words(sheet, text, 4, WIDTH - 4, put_title_line);
    if (ink != KSS_INK_NONE)
        kss_ink(&sheet->ink, KSS_INK_NONE);
}

static void draw(const struct kss_picture *picture, bool colour, bool first, struct kss_text *out) {
    struct kss_text_options options = {.colour = colour};
    struct kss_picture_sheet sheet = {
        .picture = picture, .ink = {.options = &options, .out = out}, .out = out};
    if (first) {
        title(&sheet, picture->title[0], KSS_INK_BOLD);
        title(&sheet, picture->title[1], KSS_INK_NONE);
        kss_text_char(out, '\n');
    } else {
        kss_picture_gutter(&sheet, "");
        kss_text_repeat(out, ' ', CELLS / 2);
        kss_text_str(out, "|\n");
        kss_picture_gutter(&sheet, "");
        kss_text_repeat(out, ' ', CELLS / 2);
        kss_text_str(out, "v  expanded\n");
    }
    title(&sheet, picture->title[2], KSS_INK_BOLD);
    kss_picture_map(&sheet);
    column(&sheet);
    kss_text_free(&sheet.line);
}

void kss_picture_text(const struct kss_scene *scene, uint32_t stack,
                      const struct kss_picture_options *options, struct kss_text *out) {
    uint32_t chain[KSS_PICTURE_STACKS], omitted;
    uint32_t count = kss_picture_chain(scene, stack, chain, &omitted);
    for (uint32_t i = 0; i < count; i++) {
        struct kss_picture picture;
        kss_picture_make(&picture, scene, chain[i]);
        draw(&picture, options != NULL && options->colour, i == 0, out);
        kss_picture_free(&picture);
    }
    if (omitted != 0)
        kss_text_format(out, "%u more segments lie before these\n", omitted);
}
