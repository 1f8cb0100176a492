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
#include "report/picture_private.h"
#include "report/private.h"

#include <string.h>

enum { CELLS = 64, GUTTER = 12, NAME_AT = 24, WIDTH = GUTTER + CELLS + 4 };

struct sheet {
    const struct kss_picture *picture;
    struct kss_report ink; // for colours
    struct kss_text *out;
    struct kss_text line;
    bool carets; // marks stand below the map
};

// ---- Lines --------------------------------------------------------------------------------------
static void gutter(struct sheet *sheet, const char *label) {
    size_t length = strlen(label);
    kss_text_repeat(sheet->out, ' ', length < GUTTER ? GUTTER - length : 0);
    kss_text_str(sheet->out, label);
    kss_text_char(sheet->out, ' ');
}

static void gutter_depth(struct sheet *sheet, uint32_t depth) {
    struct kss_text text = {0};
    kss_text_str(&text, "top-");
    kss_text_hex(&text, depth);
    gutter(sheet, text.bytes);
    kss_text_free(&text);
}

static void rule(struct sheet *sheet, const char *label) {
    gutter(sheet, label);
    kss_text_char(sheet->out, '+');
    kss_text_repeat(sheet->out, '-', CELLS);
    kss_text_str(sheet->out, "+\n");
}

// Ends the line that was gathered: padded, between borders.
static void put_line(struct sheet *sheet, enum kss_ink ink) {
    uint32_t length =
        kss_text_letters(sheet->line.bytes ? sheet->line.bytes : "", sheet->line.length);
    const char *border = sheet->picture->out ? "/" : "|";
    kss_text_str(sheet->out, border);
    kss_ink(&sheet->ink, ink);
    kss_text_bytes(sheet->out, sheet->line.bytes, sheet->line.length);
    kss_text_repeat(sheet->out, ' ', length < CELLS ? CELLS - length : 0);
    if (ink != KSS_INK_NONE)
        kss_ink(&sheet->ink, KSS_INK_NONE);
    kss_text_str(sheet->out, border);
    kss_text_char(sheet->out, '\n');
    kss_text_clear(&sheet->line);
}

static void bytes_cell(struct kss_text *out, uint32_t bytes, const char *origin) {
    struct kss_text cell = {0};
    if (bytes != 0)
        kss_text_hex(&cell, bytes);
    kss_text_format(out, " %7s  %-8s  ", cell.bytes != NULL ? cell.bytes : "", origin);
    kss_text_free(&cell);
}

// ---- The map ------------------------------------------------------------------------------------
static char cell_of(const struct kss_picture *picture, uint32_t from, uint32_t to) {
    uint32_t most = 0;
    char letter = ' ';
    for (uint32_t i = 0; i < picture->part_count; i++) {
        const struct kss_part *part = &picture->parts[i];
        uint32_t low = part->from > from ? part->from : from, high = part->to < to ? part->to : to;
        if (low >= high || high - low <= most)
            continue;
        most = high - low;
        letter = part->letter;
        if (part->kind == KSS_PART_FREE)
            letter = picture->out ? '/' : '.';
        else if (part->kind == KSS_PART_GUARD)
            letter = 'x';
    }
    return letter;
}

static void map_row(struct sheet *sheet, uint32_t page) {
    uint32_t bytes = sheet->picture->page, at = page * bytes;
    for (uint32_t i = 0; i < CELLS; i++)
        kss_text_char(&sheet->line, cell_of(sheet->picture, at + i * bytes / CELLS,
                                            at + (i + 1) * bytes / CELLS));
}

// The marks of a page, below it.
static void carets(struct sheet *sheet, uint32_t page) {
    const struct kss_picture *picture = sheet->picture;
    for (uint32_t i = 0; sheet->carets && i < picture->mark_count; i++) {
        uint32_t at = picture->marks[i].depth - 1;
        if (at / picture->page != page)
            continue;
        uint32_t cell = at % picture->page * CELLS / picture->page;
        uint32_t length = kss_text_letters(picture->marks[i].text, strlen(picture->marks[i].text));
        bool left = cell + 2 + length > CELLS;
        gutter(sheet, "");
        if (left && length + 1 <= cell) {
            kss_text_repeat(sheet->out, ' ', cell - length);
            kss_text_str(sheet->out, picture->marks[i].text);
            kss_text_str(sheet->out, " ^\n");
            continue;
        }
        kss_text_repeat(sheet->out, ' ', cell + 1);
        kss_text_str(sheet->out, "^ ");
        kss_text_shorten(sheet->out, picture->marks[i].text,
                         CELLS - cell > 20 ? CELLS - cell - 1 : 20);
        kss_text_char(sheet->out, '\n');
    }
}

static bool is_free(const struct kss_picture *picture, uint32_t page) {
    return page * picture->page >= picture->used && (page + 1) * picture->page <= picture->bytes;
}

// Pages from [page] to [last] as one line that counts them.
static void pages_row(struct sheet *sheet, char letter, uint32_t page, uint32_t last) {
    kss_text_clear(&sheet->line);
    kss_text_repeat(&sheet->line, letter, 26);
    kss_text_format(&sheet->line, " %u pages ", last + 1 - page);
    kss_text_repeat(&sheet->line, letter, CELLS - (uint32_t)sheet->line.length);
}

// How many pages from [page] on a frame beyond the limit fills: all that lie in its part.
static uint32_t filled_pages(const struct kss_picture *picture, uint32_t page) {
    uint64_t from = (uint64_t)page * picture->page;
    for (uint32_t i = 0; i < picture->part_count; i++) {
        const struct kss_part *part = &picture->parts[i];
        if (part->kind != KSS_PART_GUARD && part->from <= from && part->to > from)
            return (uint32_t)((part->to - from) / picture->page);
    }
    return 0;
}

// The guard as far as something lies in it. More than three pages that one frame fills are one line.
static void guard_rows(struct sheet *sheet) {
    const struct kss_picture *picture = sheet->picture;
    uint32_t first = (picture->bytes + picture->page - 1) / picture->page;
    uint32_t end = first + picture->guard / picture->page;
    for (uint32_t page = first; page < end; page++) {
        uint32_t filled = filled_pages(picture, page);
        gutter(sheet, page == first ? "guard" : "");
        map_row(sheet, page);
        if (filled > 3) {
            pages_row(sheet, sheet->line.bytes[0], page, page + filled - 1);
            page += filled - 1;
        }
        put_line(sheet, KSS_INK_DIM);
    }
}

// Free pages below the first of them are one line.
static void map(struct sheet *sheet) {
    const struct kss_picture *picture = sheet->picture;
    uint32_t pages = (picture->bytes + picture->page - 1) / picture->page;
    for (uint32_t page = 0; page < pages; page++) {
        uint32_t last = page;
        while (is_free(picture, page) && last + 1 < pages && is_free(picture, last + 1))
            last++;
        if (page == 0)
            gutter(sheet, "Base");
        else
            gutter_depth(sheet, page * picture->page);
        map_row(sheet, page);
        bool all = last == page;
        if (!all)
            pages_row(sheet, picture->out ? '/' : '.', page, last);
        put_line(sheet, KSS_INK_NONE);
        for (uint32_t marked = page; sheet->carets && marked <= last; marked++)
            carets(sheet, marked);
        page = last;
    }
    guard_rows(sheet);
}

// ---- The column ---------------------------------------------------------------------------------
// Text of several lines, broken at spaces: all but the first begin with [indent] spaces.
static void put_words(struct sheet *sheet, const char *text, uint32_t indent, uint32_t room,
                      void (*put)(struct sheet *sheet)) {
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

static void put_mark_line(struct sheet *sheet) {
    struct kss_text line = sheet->line;
    sheet->line = (struct kss_text){0};
    gutter(sheet, "");
    sheet->line = line;
    put_line(sheet, KSS_INK_RED);
}

static void mark_lines(struct sheet *sheet, const struct kss_mark *mark) {
    enum { INDENT = 5 };
    kss_text_repeat(&sheet->line, ' ', INDENT);
    kss_text_str(&sheet->line, "<== ");
    put_words(sheet, mark->text, INDENT + 4, CELLS - INDENT - 4, put_mark_line);
}

static bool item_holds(const struct kss_item *item, uint32_t depth) {
    uint32_t end = item->bytes < item->depth ? item->depth - item->bytes : 0;
    return depth <= item->depth && (item->bytes == 0 ? depth == item->depth : depth > end);
}

static void item_line(struct sheet *sheet, const struct kss_item *item) {
    struct kss_text name = {0};
    kss_text_str(&name, item->name);
    kss_text_str(&name, ": ");
    kss_text_str(&name, item->type);
    if (item->state != NULL) {
        kss_text_str(&name, ", ");
        kss_text_str(&name, item->state);
    }
    gutter_depth(sheet, item->depth);
    kss_text_str(&sheet->line, "  ");
    bytes_cell(&sheet->line, item->bytes, "");
    kss_text_str(&sheet->line, "  ");
    kss_text_shorten(&sheet->line, name.bytes, CELLS - NAME_AT - 2);
    put_line(sheet, item->is_object ? KSS_INK_BOLD : KSS_INK_NONE);
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
static bool loose_marks(struct sheet *sheet, const struct kss_part *part, uint32_t from,
                        uint32_t to) {
    const struct kss_picture *picture = sheet->picture;
    bool any = false;
    for (uint32_t i = 0; i < picture->mark_count; i++) {
        const struct kss_mark *mark = &picture->marks[i];
        if (mark->depth <= from || mark->depth > to || !is_loose(picture, part, mark))
            continue;
        gutter_depth(sheet, mark->depth);
        put_line(sheet, KSS_INK_NONE);
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

static void part_words(struct sheet *sheet, const struct kss_part *part) {
    kss_text_format(&sheet->line, " %c", part->letter);
    bytes_cell(&sheet->line, part->to - part->from, part->origin != NULL ? part->origin : "");
    kss_text_shorten(&sheet->line, part->name, CELLS - NAME_AT);
}

// The lower edge of a part whose name stands above; where the limit is crossed, by how much.
static void edge_line(struct sheet *sheet, const struct kss_part *part) {
    const struct kss_picture *picture = sheet->picture;
    gutter_depth(sheet, part->to);
    kss_text_format(&sheet->line, " %c", part->letter);
    if (!kss_part_is_over(picture, part)) {
        put_line(sheet, KSS_INK_NONE);
        return;
    }
    uint32_t from = part->from > picture->bytes ? part->from : picture->bytes;
    bytes_cell(&sheet->line, part->to - from, "");
    kss_text_str(&sheet->line, "of it lie beyond the limit");
    put_line(sheet, KSS_INK_RED);
}

static void part_lines(struct sheet *sheet, const struct kss_part *part) {
    const struct kss_picture *picture = sheet->picture;
    bool over = kss_part_is_over(picture, part), crosses = over && part->from <= picture->bytes;
    if (part->item_count == 0 && !over && !has_loose_marks(picture, part)) {
        gutter_depth(sheet, part->to);
        part_words(sheet, part);
        put_line(sheet, KSS_INK_NONE);
        return;
    }
    gutter(sheet, "");
    part_words(sheet, part);
    put_line(sheet, over ? KSS_INK_RED : KSS_INK_NONE);
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

static void below_line(struct sheet *sheet, const struct below *row) {
    const struct kss_picture *picture = sheet->picture;
    bool over = row->reserve && row->depth > picture->bytes;
    gutter_depth(sheet, row->depth);
    kss_text_format(&sheet->line, " %c", row->letter);
    bytes_cell(&sheet->line, row->bytes, row->origin);
    kss_text_str(&sheet->line, row->what);
    if (row->reserve) {
        kss_text_str(&sheet->line, over ? ", short by " : ", leaves ");
        kss_text_hex(&sheet->line,
                     over ? row->depth - picture->bytes : picture->bytes - row->depth);
    }
    put_line(sheet, over ? KSS_INK_RED : row->reserve ? KSS_INK_DIM : KSS_INK_NONE);
}

static void add_below(struct below *rows, uint32_t *count, struct below row) {
    uint32_t at = (*count)++;
    for (; at > 0 && rows[at - 1].depth > row.depth; at--)
        rows[at] = rows[at - 1];
    rows[at] = row;
}

static void limit_rule(struct sheet *sheet, const struct kss_picture *picture) {
    bool over = picture->used > picture->bytes, full = picture->used == picture->bytes;
    rule(sheet, over ? "SP" : full ? "SP = Limit" : "Limit");
}

static void free_lines(struct sheet *sheet, const struct kss_part *part) {
    const struct kss_picture *picture = sheet->picture;
    uint32_t used = picture->used, count = 0, from = part->from;
    struct below rows[4];
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

static void column(struct sheet *sheet) {
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
static void put_title_line(struct sheet *sheet) {
    kss_text_bytes(sheet->out, sheet->line.bytes, sheet->line.length);
    kss_text_char(sheet->out, '\n');
    kss_text_clear(&sheet->line);
}

static void title(struct sheet *sheet, const char *text, enum kss_ink ink) {
    if (text == NULL)
        return;
    kss_ink(&sheet->ink, ink);
    put_words(sheet, text, 4, WIDTH - 4, put_title_line);
    if (ink != KSS_INK_NONE)
        kss_ink(&sheet->ink, KSS_INK_NONE);
}

static void draw(const struct kss_picture *picture, bool colour, bool first, struct kss_text *out) {
    struct kss_text_options options = {.colour = colour};
    struct sheet sheet = {.picture = picture, .ink = {.options = &options, .out = out}, .out = out};
    if (first) {
        title(&sheet, picture->title[0], KSS_INK_BOLD);
        title(&sheet, picture->title[1], KSS_INK_NONE);
        kss_text_char(out, '\n');
    } else {
        gutter(&sheet, "");
        kss_text_repeat(out, ' ', CELLS / 2);
        kss_text_str(out, "|\n");
        gutter(&sheet, "");
        kss_text_repeat(out, ' ', CELLS / 2);
        kss_text_str(out, "v  expanded\n");
    }
    title(&sheet, picture->title[2], KSS_INK_BOLD);
    map(&sheet);
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

// ---- In the text report -------------------------------------------------------------------------
// Whether the thread's stacks were out of memory when the run ended.
static bool is_out(const struct kss_log *log, uint16_t thread) {
    for (uint32_t i = log->count; i > 0 && thread != KSS_NONE; i--) {
        const struct kss_event *e = &log->events[i - 1];
        if ((e->kind == KSS_EV_OUTSWAP || e->kind == KSS_EV_INSWAP) && e->words[0] == thread)
            return e->kind == KSS_EV_OUTSWAP;
    }
    return false;
}

// Whether a later thread's stack lies at the same addresses: what is there at the end is that one's.
static bool reused(const struct kss_digest *digest, const struct kss_digest_stack *stack) {
    for (const struct kss_digest_stack *next = stack + 1;
         next < digest->stacks + digest->stack_count; next++)
        if (next->base == stack->base)
            return true;
    return false;
}

// What a bug check names by its first parameter, where that lies on the stack.
static void mark_stop(struct kss_picture *picture, const struct kss_digest *digest) {
    const struct kss_event *stop = digest->bugcheck, *more = digest->bugcheck_more;
    if (stop == NULL || more == NULL || more->words[3] == 0 || stop->words[1] >= picture->base ||
        picture->base - stop->words[1] > picture->bytes)
        return;
    KSS_ROOM(picture->marks, picture->mark_count, picture->mark_room);
    struct kss_text text = {0};
    kss_text_str(&text, "P1: ");
    kss_text_str(&text, kss_log_string(picture->log, more->words[3]));
    picture->marks[picture->mark_count++] =
        (struct kss_mark){(uint32_t)(picture->base - stop->words[1]),
                          kss_alloc_text(&picture->arena, text.bytes, text.length)};
    kss_text_free(&text);
}

// Two signs in turn show where a frame ends.
static void plain_letters(struct kss_picture *picture) {
    unsigned frames = 0;
    for (uint32_t i = 0; i < picture->part_count; i++)
        if (picture->parts[i].kind == KSS_PART_FRAME)
            picture->parts[i].letter = frames++ % 2 == 0 ? '#' : '+';
}

static void legend(const struct kss_picture *picture, struct kss_text *out) {
    const char *const signs[] = {[KSS_PART_SAVE] = "= save area",
                                 [KSS_PART_TRAP] = "- below it",
                                 [KSS_PART_FRAME] = "# + frames",
                                 [KSS_PART_FOLD] = "* more turns",
                                 [KSS_PART_HIDDEN] = "? not known",
                                 [KSS_PART_FREE] = picture->out ? "/ out of memory" : ". free"};
    bool has[KSS_PART_GUARD + 1] = {false};
    kss_text_format(out, "  its pages, %u bytes a character", picture->page / CELLS);
    for (uint32_t i = 0; i < picture->part_count; i++)
        has[picture->parts[i].kind] = true;
    const char *between = ": ";
    for (unsigned i = 0; i < KSS_PART_GUARD; i++) {
        if (!has[i])
            continue;
        kss_text_str(out, between);
        kss_text_str(out, signs[i]);
        between = ", ";
    }
    kss_text_char(out, '\n');
}

void kss_print_map(const struct kss_report *report, const struct kss_digest_stack *stack) {
    struct kss_picture picture;
    if (stack->path_count == 0 || stack->bytes == 0)
        return;
    kss_picture_make_worst(&picture, report->log, stack);
    picture.out = is_out(report->log, stack->thread);
    if (!reused(report->digest, stack))
        mark_stop(&picture, report->digest);
    plain_letters(&picture);
    struct sheet sheet = {.picture = &picture, .ink = *report, .out = report->out, .carets = true};
    if (stack->overflowed || picture.mark_count != 0) {
        legend(&picture, report->out);
        map(&sheet);
    }
    kss_text_free(&sheet.line);
    kss_picture_free(&picture);
}
