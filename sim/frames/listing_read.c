// SPDX-License-Identifier: MIT
// Lines to stacks. A line is, in this order: the rest of a row that was wrapped; a row; what hangs
// behind a row; column names; a fact; nothing. A stack is open until something says that it ended:
//
//   a prompt, column names, STACK_TEXT, THREAD           ends it
//   a number that does not rise                          ends it, the row begins the next
//   a blank line                                         ends it unless numbers or pointers go on
//   any other text                                       ends it unless the next number follows
//   WARNING:, *** ERROR:, "...", fences                  do not count
//
// Rows look much like memory dumps with symbols (dps): there addresses go up by the size of a pointer and
// some have no symbol. Such lines are taken back.
#include "frames/listing_private.h"

#include <stdlib.h>

enum { NO_INDEX = UINT32_MAX, NO_COLUMN = 0xFF };

const char *kss_listing_keep(struct kss_listing_reader *r, struct kss_view view) {
    return kss_alloc_text(r->arena, view.at, (size_t)(view.end - view.at));
}

// ---- Stacks -----------------------------------------------------------------------------------------

static uint64_t pointer_size(const struct kss_listed_stack *stack) {
    return stack->arch == KSS_ARCH_X86 ? 4 : 8;
}

// Words of memory that somebody picked out of a dump: each value is an address in the symbol beside it,
// where a row's return address is one in the symbol of the next row. Seen by symbols that occur twice
// with different values: value less displacement is the same for both, or the row before has it so.
static bool is_picked(const struct kss_listing_reader *r) {
    enum { SLOTS = 64, ENOUGH = 2 };
    uint32_t last[SLOTS] = {
        0}; // row of a symbol, plus one; by its address, which is the symbol's own
    unsigned own = 0;
    for (uint32_t i = 0; i < r->stack.count; i++) {
        const struct kss_listed_frame *row = &r->rows[i];
        uint32_t *slot = &last[((uintptr_t)row->symbol >> 4) % SLOTS], other = *slot;
        *slot = i + 1;
        if (!row->has_ret || (row->marks & KSS_MARK_NO_SYMBOL) != 0)
            return false;
        if (other == 0 || r->rows[other - 1].symbol != row->symbol)
            continue;
        const struct kss_listed_frame *twin = &r->rows[other - 1];
        if (row->ret - row->offset != twin->ret - twin->offset)
            return false;
        bool next =
            other > 1 && r->rows[i - 1].ret - row->offset == r->rows[other - 2].ret - twin->offset;
        if (next)
            return false;
        own++;
    }
    return own >= ENOUGH;
}

// Whether the rows are words of memory, not frames: one word apart throughout, or picked out.
static bool is_dump(const struct kss_listing_reader *r) {
    enum { FEWEST = 3 };
    uint32_t count = r->stack.count;
    bool next = true;
    if (r->header.known || count < FEWEST || r->stack.layout != KSS_LAYOUT_K)
        return false;
    for (uint32_t i = 0; i < count; i++) {
        const struct kss_listed_frame *row = &r->rows[i];
        if (row->number != UINT32_MAX || row->has_memory || !row->has_sp)
            return false;
        next &= i == 0 || row->sp == r->rows[i - 1].sp + pointer_size(&r->stack);
    }
    return next || is_picked(r);
}

void kss_listing_stack_end(struct kss_listing_reader *r) {
    struct kss_listing *listing = r->listing;
    if (r->open && r->stack.count > 0 && !is_dump(r)) {
        uint32_t index = listing->stack_count;
        r->stack.frames = r->rows;
        r->rows += r->stack.count;
        r->row_room -= r->stack.count;
        KSS_ROOM(listing->stacks, index, r->stack_capacity);
        listing->stacks[index] = r->stack;
        listing->stack_count++;
        r->command = NULL; // it showed this stack
    } else if (r->open && r->thread != NO_INDEX &&
               listing->threads[r->thread].stack == listing->stack_count) {
        listing->threads[r->thread].stack = NO_INDEX;
    }
    r->open = r->warned = r->rest_open = false;
    r->blanks = r->others = 0;
}

static void stack_begin(struct kss_listing_reader *r, uint32_t line, uint8_t layout) {
    r->open = true;
    r->has_pointer = false;
    r->blanks = r->others = 0;
    r->stack = (struct kss_listed_stack){.line = line,
                                         .last_line = line,
                                         .command = r->command,
                                         .layout = layout,
                                         .arch = KSS_ARCH_X64};
    if (r->header.x86 || r->header.x64) {
        r->stack.arch_known = true;
        r->stack.arch = r->header.x86 ? KSS_ARCH_X86 : KSS_ARCH_X64;
    }
    if (r->thread == NO_INDEX || r->listing->threads[r->thread].stack != NO_INDEX)
        return;
    struct kss_listed_thread *thread = &r->listing->threads[r->thread];
    thread->stack = r->listing->stack_count;
    r->stack.base = thread->base;
    r->stack.limit = thread->limit;
    r->stack.init = thread->init;
    r->stack.current = thread->current;
    r->stack.thread = thread->thread;
    r->stack.not_resident = thread->not_resident;
    r->stack.large = thread->large;
    r->stack.state = thread->state;
}

struct kss_listed_thread *kss_listing_thread(struct kss_listing_reader *r, uint32_t line,
                                             bool begin) {
    struct kss_listing *listing = r->listing;
    if (begin || r->thread == NO_INDEX || listing->threads[r->thread].stack != NO_INDEX) {
        kss_listing_stack_end(r);
        r->header = (struct kss_listing_header){0};
        r->thread = listing->thread_count++;
        KSS_ROOM(listing->threads, r->thread, r->thread_capacity);
        listing->threads[r->thread] = (struct kss_listed_thread){.line = line, .stack = NO_INDEX};
    }
    return &listing->threads[r->thread];
}

// ---- Rows -------------------------------------------------------------------------------------------

static struct kss_listed_frame *last_row(struct kss_listing_reader *r) {
    return r->open && r->stack.count > 0 ? &r->rows[r->stack.count - 1] : NULL;
}

// One short column may be kn's number or kf's distance. The header knows; without one a distance is
// what the pointers say, and a number has at least two digits.
static void set_shorts(struct kss_listing_reader *r, const struct kss_listing_columns *c,
                       struct kss_listed_frame *row) {
    const struct kss_listing_header *h = &r->header;
    const struct kss_listed_frame *above = last_row(r);
    unsigned first = 0;
    if (c->memory != NO_COLUMN) {
        row->has_memory = true;
        row->memory = c->values[c->memory];
    }
    if (c->short_count == 0)
        return;
    bool distance = above != NULL && above->has_sp && row->has_sp &&
                    row->sp - above->sp == c->shorts[0].value && above->number == UINT32_MAX;
    bool number =
        c->short_count == 2 || h->number || (!h->memory && !distance && c->shorts[0].digits >= 2);
    if (number && c->shorts[0].digits <= 4)
        row->number = (uint32_t)c->shorts[first++].value;
    if (first < c->short_count && c->memory == NO_COLUMN) {
        row->has_memory = true;
        row->memory = c->shorts[first].value;
    }
}

static void fill_row(struct kss_listing_reader *r, const struct kss_listing_columns *c,
                     struct kss_listed_frame *row) {
    row->line = c->line;
    row->number = UINT32_MAX;
    if (c->pointer != NO_COLUMN && (c->dashes >> c->pointer & 1) == 0) {
        row->has_sp = true;
        row->sp = c->values[c->pointer];
    }
    if (c->ret != NO_COLUMN && (c->dashes >> c->ret & 1) == 0) {
        row->has_ret = true;
        row->ret = c->values[c->ret];
    } else {
        row->marks |= KSS_MARK_RETURN_DASHES;
    }
    row->argument_count = c->argument_count;
    for (unsigned i = 0; i < c->argument_count; i++)
        row->arguments[i] = c->values[c->argument + i];
    if (c->pointer == NO_COLUMN && c->ret == NO_COLUMN)
        row->marks |= KSS_MARK_INLINE;
    set_shorts(r, c, row);
}

// Whether the row belongs to the stack that is open.
static bool goes_on(struct kss_listing_reader *r, const struct kss_listed_frame *row,
                    uint8_t width) {
    enum { LARGEST = 0x20000, FARTHEST = 8 }; // no kernel stack is larger; lines of text between
    const struct kss_listed_frame *above = last_row(r);
    if (above == NULL)
        return r->open;
    bool x86 = r->stack.arch == KSS_ARCH_X86;
    if (width != 0 && r->stack.arch_known && x86 != (width == 8))
        return false;
    if (row->number != UINT32_MAX && above->number != UINT32_MAX) {
        bool next = row->number == above->number + 1;
        return next ? r->others <= FARTHEST : row->number > above->number && r->others == 0;
    }
    if (r->others > 0)
        return false;
    if (r->blanks == 0)
        return true;
    if (r->blanks == r->gap) // the whole text is spaced so
        return true;
    bool counted = row->number != UINT32_MAX || above->number != UINT32_MAX;
    if ((row->marks & KSS_MARK_INLINE) != 0) // it has no pointer that could tell
        return !counted && r->blanks == 1;
    return !counted && row->has_sp && r->has_pointer && row->sp >= r->pointer &&
           row->sp - r->pointer < LARGEST;
}

// A symbol stood beside the words of a dump.
static bool is_dump_line(struct kss_listing_reader *r, const struct kss_listed_frame *row,
                         uint8_t width) {
    if (r->dump_next == 0 || !row->has_sp || row->sp != r->dump_next || r->header.known ||
        row->number != UINT32_MAX || row->argument_count > 0)
        return false;
    r->dump_next += width / 2U;
    return true;
}

// Room for one more row. Rows are most of what is kept, so they are written once, where they stay: a
// stack that outgrows the slab moves to a larger one.
static void make_room(struct kss_listing_reader *r) {
    enum { FIRST = 64, LARGEST = 1 << 17 };
    uint32_t count = r->stack.count;
    if (count < r->row_room)
        return;
    r->slab = r->slab == 0 ? FIRST : r->slab < LARGEST ? r->slab * 2 : r->slab;
    while (r->slab / 2 < count)
        r->slab *= 2;
    struct kss_listed_frame *rows = KSS_NEW_ARRAY(r->arena, struct kss_listed_frame, r->slab);
    if (count > 0)
        memcpy(rows, r->rows, count * sizeof *rows);
    r->rows = rows;
    r->row_room = r->slab;
}

static void put_row(struct kss_listing_reader *r, const struct kss_listed_frame *row,
                    uint8_t layout, uint8_t width) {
    if (!r->open)
        stack_begin(r, row->line, layout);
    if (width != 0 && !r->stack.arch_known) {
        r->stack.arch_known = true;
        r->stack.arch = width == 8 ? KSS_ARCH_X86 : KSS_ARCH_X64;
    }
    if (r->arm64 && r->stack.arch == KSS_ARCH_X64 && r->stack.arch_known)
        r->stack.arch = KSS_ARCH_ARM64;
    if (r->stack.layout == KSS_LAYOUT_UNKNOWN)
        r->stack.layout = layout;
    r->gap = r->stack.count > 0 ? r->blanks : 0;
    make_room(r);
    r->rows[r->stack.count] = *row;
    if (r->warned)
        r->rows[r->stack.count].marks |= KSS_MARK_WARNING;
    r->stack.count++;
    r->stack.last_line = row->line;
    if (row->has_sp)
        r->pointer = row->sp;
    r->has_pointer |= row->has_sp;
    r->blanks = r->others = 0;
}

// The row whose columns and site are known.
static void add_row(struct kss_listing_reader *r, struct kss_listing_columns *c,
                    const struct kss_listing_site *site) {
    struct kss_listed_frame row = {.offset = site->offset, .trap = site->trap};
    fill_row(r, c, &row);
    row.marks |= site->marks;
    if (is_dump_line(r, &row, c->width))
        return;
    if (r->open && !goes_on(r, &row, c->width)) {
        kss_listing_stack_end(r);
        r->header = (struct kss_listing_header){0};
        if (!kss_columns_fit(c, &r->header, false) && (row.marks & KSS_MARK_NO_SYMBOL) == 0)
            return;
    }
    struct kss_listing_symbol symbol = kss_symbol_keep(&r->symbols, site->name, site->module);
    row.symbol = symbol.text;
    row.module = symbol.module;
    put_row(r, &row, c->layout, c->width);
    r->rest_open = site->rest_open;
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
        add_row(r, &r->columns, &site);
}

// Two addresses and nothing behind them: the words of a dump, if they follow the last row by one
// word. Then that row was no row.
static void take_back_dump(struct kss_listing_reader *r, const struct kss_listing_columns *c) {
    uint64_t unit = c->width / 2U, address = c->values[0];
    if (c->count != 2 || c->colons > 0 || c->short_count > 0 || c->dashes != 0)
        return;
    r->dump_next = address + unit;
    if (r->header.known || !r->open || r->blanks + r->others > 0)
        return;
    while (r->stack.count > 0 && r->rows[r->stack.count - 1].sp + unit == address) {
        address = r->rows[--r->stack.count].sp;
        if (r->stack.count == 0)
            kss_listing_stack_end(r);
    }
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
            add_row(r, c, &site);
        return;
    }
    take_back_dump(r, c);
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
            add_row(r, c, &site);
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
    add_row(r, c, &site);
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
    put_row(r, &row, KSS_LAYOUT_NO_POINTER, 0);
    return true;
}

void kss_listing_stacks_begin(struct kss_listing_reader *r, struct kss_view view, uint32_t line,
                              uint8_t width) {
    struct kss_listing_columns c = {.line = line};
    stack_begin(r, line, KSS_LAYOUT_STACKS);
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
    struct kss_listed_frame *row = last_row(r);
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
