// SPDX-License-Identifier: MIT
// Lines to rows. A line is, in this order: the rest of a row that was wrapped; a row; what hangs
// behind a row; column names; a fact; nothing. A stack is open until something says that it ended:
//
//   a prompt, column names, STACK_TEXT, THREAD           ends it
//   a number that does not rise                          ends it, the row begins the next
//   a blank line                                         ends it unless numbers or pointers go on
//   any other text                                       ends it unless the next number follows
//   WARNING:, *** ERROR:, "...", fences                  do not count
#include "frames/listing_private.h"

#include <stdlib.h>

enum { NO_INDEX = UINT32_MAX };

const char *kss_listing_keep(struct kss_listing_reader *r, struct kss_view view) {
    return kss_alloc_text(r->arena, view.at, (size_t)(view.end - view.at));
}

// ---- Rows over several lines ------------------------------------------------------------------------

// The row in r->columns and r->site, whatever it has become.
static void flush_site(struct kss_listing_reader *r) {
    struct kss_listing_site site;
    if (!r->has_site)
        return;
    r->has_site = false;
    struct kss_view view = {r->site.bytes, r->site.bytes + r->site.length};
    if (kss_site_read(view, KSS_SITE_LOOSE, &site))
        kss_listing_add_row(r, &r->columns, &site);
}

// Columns without a site: the last may be the site ("S R deadbeef"), or it was no row.
static void flush_columns(struct kss_listing_reader *r) {
    struct kss_listing_columns *c = &r->columns;
    struct kss_listing_site site = {0};
    if (!r->has_columns)
        return;
    r->has_columns = false;
    if (kss_columns_fit(c, &r->header, true)) {
        struct kss_view view = {c->last, c->last + c->last_length};
        if (kss_site_read(view, KSS_SITE_LOOSE, &site))
            kss_listing_add_row(r, c, &site);
        return;
    }
    kss_listing_take_back(r, c);
    r->others++;
}

// Whether more columns could make a row of these.
static bool may_go_on(const struct kss_listing_reader *r, const struct kss_listing_columns *c) {
    bool context = r->header.known || (r->open && r->others + r->blanks == 0);
    if (c->bad)
        return false;
    if (c->inlined)
        return context;
    if (c->width == 0 || (c->count < 2 && !context))
        return false;
    if (c->colons > 0)
        return c->colon_at[0] <= 4 && c->count <= 12;
    return c->count <= (c->width == 8 || r->header.arguments ? 6 : 3);
}

// The columns outlive their line.
static void keep_columns(struct kss_listing_reader *r, const struct kss_listing_columns *c) {
    if (c->last_length > 0)
        memmove(r->last, c->last, c->last_length);
    r->columns = *c;
    r->columns.last = r->last;
}

// Columns were read up to [view]: a row, the beginning of one (then they are kept), or neither.
static bool take_columns(struct kss_listing_reader *r, struct kss_listing_columns *c,
                         struct kss_view view) {
    struct kss_listing_site site;
    if (view.at == view.end) {
        struct kss_view last = {c->last, c->last + c->last_length};
        if (c->colons == 2 && kss_columns_fit(c, &r->header, true) &&
            kss_site_read(last, KSS_SITE_LOOSE, &site)) {
            kss_listing_add_row(r, c, &site);
            return true;
        }
        if (!may_go_on(r, c))
            return false;
        keep_columns(r, c);
        r->has_columns = true;
        return true;
    }
    bool sure = c->colons == 2 || (r->header.known && r->blanks + r->others == 0);
    if (!kss_columns_fit(c, &r->header, false) ||
        !kss_site_read(view, sure ? KSS_SITE_LOOSE : KSS_SITE_STRICT, &site))
        return false;
    if (site.open) {
        keep_columns(r, c);
        r->has_site = true;
        r->site_lines = 0;
        kss_text_clear(&r->site);
        kss_text_bytes(&r->site, view.at, (size_t)(view.end - view.at));
        return true;
    }
    kss_listing_add_row(r, c, &site);
    return true;
}

// The line goes on with the columns of the one before.
static bool continue_columns(struct kss_listing_reader *r, const struct kss_listing_line *line) {
    if (!r->has_columns)
        return false;
    struct kss_listing_columns c = r->columns;
    struct kss_view view = line->text;
    kss_columns_take(&c, &view);
    r->has_columns = false;
    if (take_columns(r, &c, view))
        return true;
    r->has_columns = true;
    return false;
}

// The line goes on inside a call site that was not closed.
static bool continue_site(struct kss_listing_reader *r, const struct kss_listing_line *line) {
    enum { MOST_LINES = 64 }; // parameters of kP, one a line
    struct kss_listing_site site;
    if (!r->has_site || ++r->site_lines > MOST_LINES)
        return false;
    struct kss_view view = line->text;
    kss_text_char(&r->site, ' ');
    kss_text_bytes(&r->site, view.at, (size_t)(view.end - view.at));
    bool may_close = memchr(view.at, ')', (size_t)(view.end - view.at)) != NULL ||
                     memchr(view.at, '>', (size_t)(view.end - view.at)) != NULL ||
                     memchr(view.at, '\'', (size_t)(view.end - view.at)) != NULL;
    struct kss_view whole = {r->site.bytes, r->site.bytes + r->site.length};
    if (may_close && kss_site_read(whole, KSS_SITE_LOOSE, &site) && !site.open)
        flush_site(r);
    return true;
}

// ---- Lines ------------------------------------------------------------------------------------------

// A row of names only: kc, and the rows of !stacks behind a thread's first.
static bool take_name(struct kss_listing_reader *r, const struct kss_listing_columns *c,
                      struct kss_view view) {
    struct kss_listing_site site;
    bool listed = r->open && r->stack.layout == KSS_LAYOUT_STACKS && c->short_count == 0;
    if ((!r->header.names_only && !listed) || r->blanks + r->others > 0 || c->short_count > 1 ||
        !kss_site_read(view, KSS_SITE_STRICT, &site) || site.open)
        return false;
    struct kss_listed_frame row = {.line = c->line,
                                   .number = UINT32_MAX,
                                   .offset = site.offset,
                                   .trap = site.trap,
                                   .marks = (uint8_t)(site.marks | KSS_MARK_RETURN_DASHES)};
    if (c->short_count == 1 && c->shorts[0].digits <= 4)
        row.number = (uint32_t)c->shorts[0].value;
    struct kss_listing_symbol symbol = kss_symbol_keep(&r->symbols, site.name, site.module);
    row.symbol = symbol.text;
    row.module = symbol.module;
    kss_listing_put_row(r, &row, KSS_LAYOUT_NO_POINTER, 0);
    return true;
}

void kss_listing_stacks_begin(struct kss_listing_reader *r, struct kss_view view, uint32_t line,
                              uint8_t width) {
    struct kss_listing_columns c = {.line = line};
    kss_listing_stack_begin(r, line, KSS_LAYOUT_STACKS);
    r->stack.arch_known = true;
    r->stack.arch = width == 8 ? KSS_ARCH_X86 : r->arm64 ? KSS_ARCH_ARM64 : KSS_ARCH_X64;
    if (!take_name(r, &c, view))
        kss_listing_stack_end(r);
}

static bool take_row(struct kss_listing_reader *r, const struct kss_listing_line *line) {
    struct kss_listing_columns c;
    struct kss_view view = line->text;
    bool names = r->header.names_only || (r->open && r->stack.layout == KSS_LAYOUT_STACKS);
    bool number = kss_hex_digit(*view.at) >= 0 || *view.at == '(' || *view.at == '-';
    if ((!number && !names) || (r->said == KSS_COMMAND_MEMORY && !r->header.known))
        return false;
    memset(&c, 0, sizeof c);
    c.line = line->number;
    c.last = line->text.at;
    kss_columns_take(&c, &view);
    if (c.count == 0 && !c.inlined)
        return names && view.at < view.end && take_name(r, &c, view);
    if (!r->has_columns && !r->has_site)
        return take_columns(r, &c, view);
    // A row of its own ends one that waits for its rest; first see whether it is one.
    struct kss_listing_site site;
    struct kss_listing_columns probe = c;
    bool row = view.at == view.end ? may_go_on(r, &probe)
                                   : kss_columns_fit(&probe, &r->header, false) &&
                                         kss_site_read(view, KSS_SITE_LOOSE, &site);
    if (!row)
        return false;
    flush_columns(r);
    flush_site(r);
    return take_columns(r, &c, view);
}

// What hangs behind the last row: notes and paths that were wrapped, a displacement.
static bool take_rest(struct kss_listing_reader *r, const struct kss_listing_line *line) {
    struct kss_listed_frame *row = kss_listing_last_row(r);
    if (row == NULL || r->blanks + r->others > 0)
        return false;
    bool rest = kss_site_is_rest(line->text);
    if (!rest && !r->rest_open)
        return false;
    struct kss_view view = line->text;
    struct kss_hex hex;
    if (row->offset == 0 && kss_view_skip(&view, "+") && kss_view_hex(&view, &hex))
        row->offset = hex.value;
    kss_site_notes(view, &row->marks, &row->trap);
    if ((row->marks & KSS_MARK_TRAP_FRAME) != 0 && row->trap == 0) { // "(TrapFrame @" was cut there
        kss_view_skip(&view, "@");
        if (kss_view_hex(&view, &hex) && hex.width != 0)
            row->trap = hex.value;
    }
    char last = line->text.end[-1];
    r->rest_open = r->rest_open && last != ')' && last != ']';
    return true;
}

// ".trap fffff880009b9e70": the registers that follow are of that frame.
static void take_trap_command(struct kss_listing_reader *r, struct kss_view behind, uint32_t line) {
    struct kss_hex hex;
    kss_view_blanks(&behind);
    r->said = KSS_COMMAND_TRAP;
    if (kss_view_hex(&behind, &hex) && hex.digits >= 8)
        r->trap_frame = (struct kss_listed_number){.value = hex.value, .line = line};
}

// What was typed behind a prompt: the last command of the line counts.
static void take_command(struct kss_listing_reader *r, struct kss_view view, uint32_t line) {
    r->command = NULL;
    r->said = KSS_COMMAND_OTHER;
    r->trap_frame = (struct kss_listed_number){0};
    while (view.at < view.end) {
        const char *cut = memchr(view.at, ';', (size_t)(view.end - view.at));
        struct kss_view one = {view.at, cut != NULL ? cut : view.end};
        view.at = cut != NULL ? cut + 1 : view.end;
        kss_view_blanks(&one);
        const char *word = one.at;
        while (one.at < one.end && !kss_is_blank(*one.at))
            one.at++;
        struct kss_view name = {word, one.at};
        size_t length = (size_t)(name.end - name.at);
        if (length == 0 || length > 32)
            continue;
        if (*word == 'k' || *word == '!')
            r->command = kss_listing_keep(r, name);
        else if (kss_view_skip(&name, ".tss"))
            r->said = KSS_COMMAND_TSS;
        else if (kss_view_skip(&name, ".trap") || kss_view_skip(&name, ".cxr"))
            take_trap_command(r, one, line);
        else if (*word == 'd' && length >= 2 && length <= 3 && strchr("pqdscwbua", word[1]) != NULL)
            r->said = KSS_COMMAND_MEMORY;
    }
}

static void flush(struct kss_listing_reader *r) {
    flush_columns(r);
    flush_site(r);
}

static void take_text(struct kss_listing_reader *r, const struct kss_listing_line *line) {
    struct kss_listing_header header;
    if (continue_columns(r, line) || take_row(r, line) || continue_site(r, line))
        return;
    flush(r);
    if (take_rest(r, line))
        return;
    r->rest_open = false;
    if (kss_header_read(line->text, &header)) {
        kss_listing_stack_end(r);
        r->header = header;
        return;
    }
    if (!kss_listing_fact(r, line))
        r->others++;
}

// A blank line between two parameters of kP, in a text that is spaced throughout.
static bool between_parameters(struct kss_listing_reader *r) {
    size_t length = r->site.length;
    while (r->has_site && length > 0 && kss_is_blank(r->site.bytes[length - 1]))
        length--;
    return r->has_site && length > 0 && strchr("(,", r->site.bytes[length - 1]) != NULL;
}

static void take_line(struct kss_listing_reader *r, const struct kss_listing_line *line) {
    if (line->prompt) {
        flush(r);
        kss_listing_stack_end(r);
        r->header = (struct kss_listing_header){0};
        r->thread = NO_INDEX;
        r->trap_open = r->banner_open = false;
        r->dump_next = 0;
        take_command(r, line->text, line->number);
        if (line->blank || r->command != NULL || r->said != KSS_COMMAND_OTHER)
            return;
    }
    if (line->blank && between_parameters(r))
        return;
    if (line->blank) {
        flush(r);
        r->blanks++;
        r->rest_open = r->trap_open = false;
        return;
    }
    take_text(r, line);
}

static void finish(struct kss_listing_reader *r) {
    struct kss_listing *listing = r->listing;
#define KEEP(items, count, type)                                                                   \
    do {                                                                                           \
        type *kept = KSS_NEW_ARRAY(r->arena, type, listing->count);                                \
        if (listing->count > 0)                                                                    \
            memcpy(kept, listing->items, listing->count * sizeof *kept);                           \
        free(listing->items);                                                                      \
        listing->items = kept;                                                                     \
    } while (0)
    KEEP(stacks, stack_count, struct kss_listed_stack);
    KEEP(traps, trap_count, struct kss_listed_trap);
    KEEP(threads, thread_count, struct kss_listed_thread);
#undef KEEP
    kss_text_free(&r->site);
    kss_symbols_free(&r->symbols);
}

struct kss_listing kss_listing_read(struct kss_arena *arena, const char *name, const char *bytes,
                                    size_t length) {
    struct kss_listing listing = {.name = name};
    struct kss_listing_reader r = {
        .arena = arena, .listing = &listing, .symbols = {.arena = arena}, .thread = NO_INDEX};
    struct kss_listing_lines lines;
    struct kss_listing_line line;
    kss_listing_lines_begin(&lines, bytes, length);
    while (kss_listing_lines_next(&lines, &line))
        take_line(&r, &line);
    flush(&r);
    kss_listing_stack_end(&r);
    listing.line_count = lines.number;
    kss_listing_lines_end(&lines);
    finish(&r);
    return listing;
}
