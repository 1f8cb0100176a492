// SPDX-License-Identifier: MIT
// Rows to stacks. The rows of the open stack lie at the end of a slab of the arena; when it ends they stay
// where they are and the next begins behind them:
//
//     slab | stack 1 | stack 2 | rows of the open one | room |
//
// Rows look much like memory dumps with symbols (dps): there addresses go up by the size of a pointer and
// some have no symbol, and values lie in the symbols beside them. Such lines are taken back.
#include "frames/listing_private.h"

enum { NO_INDEX = UINT32_MAX, NO_COLUMN = 0xFF };

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

void kss_listing_stack_begin(struct kss_listing_reader *r, uint32_t line, uint8_t layout) {
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

struct kss_listed_frame *kss_listing_last_row(struct kss_listing_reader *r) {
    return r->open && r->stack.count > 0 ? &r->rows[r->stack.count - 1] : NULL;
}

// One short column may be kn's number or kf's distance. The header knows; without one a distance is
// what the pointers say, and a number has at least two digits.
static void set_shorts(struct kss_listing_reader *r, const struct kss_listing_columns *c,
                       struct kss_listed_frame *row) {
    const struct kss_listing_header *h = &r->header;
    const struct kss_listed_frame *above = kss_listing_last_row(r);
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
    const struct kss_listed_frame *above = kss_listing_last_row(r);
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

void kss_listing_put_row(struct kss_listing_reader *r, const struct kss_listed_frame *row,
                         uint8_t layout, uint8_t width) {
    if (!r->open)
        kss_listing_stack_begin(r, row->line, layout);
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
void kss_listing_add_row(struct kss_listing_reader *r, struct kss_listing_columns *c,
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
    kss_listing_put_row(r, &row, c->layout, c->width);
    r->rest_open = site->rest_open;
}

// Two addresses and nothing behind them: the words of a dump, if they follow the last row by one
// word. Then that row was no row.
void kss_listing_take_back(struct kss_listing_reader *r, const struct kss_listing_columns *c) {
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
