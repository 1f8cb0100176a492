// SPDX-License-Identifier: MIT
// The map of a stack's pages, to scale, in text pictures and in the text report of a stack that overflowed or that
// a bug check names something on.
#include "report/picture_text.h"

#include <string.h>

// ---- Lines --------------------------------------------------------------------------------------
void kss_picture_gutter(struct kss_picture_sheet *sheet, const char *label) {
    size_t length = strlen(label);
    kss_text_repeat(sheet->out, ' ', length < GUTTER ? GUTTER - length : 0);
    kss_text_str(sheet->out, label);
    kss_text_char(sheet->out, ' ');
}

void kss_picture_gutter_depth(struct kss_picture_sheet *sheet, uint32_t depth) {
    struct kss_text text = {0};
    kss_text_str(&text, "top-");
    kss_text_hex(&text, depth);
    kss_picture_gutter(sheet, text.bytes);
    kss_text_free(&text);
}

// Ends the line that was gathered: padded, between borders.
void kss_picture_put_line(struct kss_picture_sheet *sheet, enum kss_ink ink) {
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

static void map_row(struct kss_picture_sheet *sheet, uint32_t page) {
    uint32_t bytes = sheet->picture->page, at = page * bytes;
    for (uint32_t i = 0; i < CELLS; i++)
        kss_text_char(&sheet->line, cell_of(sheet->picture, at + i * bytes / CELLS,
                                            at + (i + 1) * bytes / CELLS));
}

// The marks of a page, below it.
static void carets(struct kss_picture_sheet *sheet, uint32_t page) {
    const struct kss_picture *picture = sheet->picture;
    for (uint32_t i = 0; sheet->carets && i < picture->mark_count; i++) {
        uint32_t at = picture->marks[i].depth - 1;
        if (at / picture->page != page)
            continue;
        uint32_t cell = at % picture->page * CELLS / picture->page;
        uint32_t length = kss_text_letters(picture->marks[i].text, strlen(picture->marks[i].text));
        bool left = cell + 2 + length > CELLS;
        kss_picture_gutter(sheet, "");
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
static void pages_row(struct kss_picture_sheet *sheet, char letter, uint32_t page, uint32_t last) {
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
static void guard_rows(struct kss_picture_sheet *sheet) {
    const struct kss_picture *picture = sheet->picture;
    uint32_t first = (picture->bytes + picture->page - 1) / picture->page;
    uint32_t end = first + picture->guard / picture->page;
    for (uint32_t page = first; page < end; page++) {
        uint32_t filled = filled_pages(picture, page);
        kss_picture_gutter(sheet, page == first ? "guard" : "");
        map_row(sheet, page);
        if (filled > 3) {
            pages_row(sheet, sheet->line.bytes[0], page, page + filled - 1);
            page += filled - 1;
        }
        kss_picture_put_line(sheet, KSS_INK_DIM);
    }
}

// Free pages below the first of them are one line.
void kss_picture_map(struct kss_picture_sheet *sheet) {
    const struct kss_picture *picture = sheet->picture;
    uint32_t pages = (picture->bytes + picture->page - 1) / picture->page;
    for (uint32_t page = 0; page < pages; page++) {
        uint32_t last = page;
        while (is_free(picture, page) && last + 1 < pages && is_free(picture, last + 1))
            last++;
        if (page == 0)
            kss_picture_gutter(sheet, "Base");
        else
            kss_picture_gutter_depth(sheet, page * picture->page);
        map_row(sheet, page);
        bool all = last == page;
        if (!all)
            pages_row(sheet, picture->out ? '/' : '.', page, last);
        kss_picture_put_line(sheet, KSS_INK_NONE);
        for (uint32_t marked = page; sheet->carets && marked <= last; marked++)
            carets(sheet, marked);
        page = last;
    }
    guard_rows(sheet);
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
    struct kss_picture_sheet sheet = {
        .picture = &picture, .ink = *report, .out = report->out, .carets = true};
    if (stack->overflowed || picture.mark_count != 0) {
        legend(&picture, report->out);
        kss_picture_map(&sheet);
    }
    kss_text_free(&sheet.line);
    kss_picture_free(&picture);
}
