// SPDX-License-Identifier: MIT
// Labels and entries to rows; coff_rows.h has the picture. Both are put in the order of their places once
// (a radix sort: images have a hundred thousand), then walked side by side.
#include "frames/coff_rows.h"

#include "frames/code.h"
#include "frames/code_coff.h"

#include <stdlib.h>
#include <string.h>

enum { FUNCTION_NAME = 0x20, DIGIT_BITS = 11, DIGITS = 1 << DIGIT_BITS, RETURN_ADDRESS_X64 = 8 };

// ---- Order -----------------------------------------------------------------------------------------

struct keyed {
    uint64_t key; // section and offset
    uint32_t index;
};

static uint64_t key_of(struct kss_coff_place at) {
    return (uint64_t)at.section << 32 | at.offset;
}

static void sort_digit(const struct keyed *from, struct keyed *to, uint32_t count, unsigned shift) {
    uint32_t starts[DIGITS] = {0};
    for (uint32_t i = 0; i < count; i++)
        starts[from[i].key >> shift & (DIGITS - 1)]++;
    for (uint32_t digit = 0, at = 0; digit < DIGITS; digit++) {
        uint32_t here = starts[digit];
        starts[digit] = at;
        at += here;
    }
    for (uint32_t i = 0; i < count; i++)
        to[starts[from[i].key >> shift & (DIGITS - 1)]++] = from[i];
}

// Sorts by key, stable. Only digits in which keys differ cost a pass. Returns where the result lies.
static struct keyed *sort_keys(struct keyed *keys, struct keyed *spare, uint32_t count) {
    uint64_t differ = 0;
    bool sorted = true;
    for (uint32_t i = 1; i < count; i++) {
        differ |= keys[i].key ^ keys[0].key;
        sorted &= keys[i - 1].key <= keys[i].key;
    }
    for (unsigned shift = 0; !sorted && shift < 64; shift += DIGIT_BITS) {
        if ((differ >> shift & (DIGITS - 1)) == 0)
            continue;
        sort_digit(keys, spare, count, shift);
        struct keyed *other = keys;
        keys = spare;
        spare = other;
    }
    return keys;
}

// The order of [count] records of [size] bytes that begin with their place, in [arena].
static const struct keyed *order(struct kss_arena *arena, const void *items, size_t size,
                                 uint32_t count) {
    struct keyed *keys = KSS_NEW_ARRAY(arena, struct keyed, (size_t)count + 1);
    struct keyed *spare = KSS_NEW_ARRAY(arena, struct keyed, (size_t)count + 1);
    for (uint32_t i = 0; i < count; i++) {
        const struct kss_coff_place *at = (const void *)((const char *)items + (size_t)i * size);
        keys[i] = (struct keyed){key_of(*at), i};
    }
    return sort_keys(keys, spare, count);
}

// ---- Labels ----------------------------------------------------------------------------------------

void kss_coff_label(struct kss_coff_reading *reading, const struct kss_coff_label *label) {
    KSS_ROOM(reading->labels, reading->label_count, reading->label_capacity);
    reading->labels[reading->label_count++] = *label;
}

// Section symbols in all their forms are no names of functions: with the section's record behind them, or
// in images one for each object that went in.
static bool names_code(const struct kss_coff_reading *reading,
                       const struct kss_coff_symbol *symbol) {
    const struct kss_coff *coff = &reading->coff;
    if (symbol->section <= 0 || (uint32_t)symbol->section > coff->section_count ||
        symbol->name.length == 0)
        return false;
    const struct kss_coff_section *section = &coff->sections[symbol->section - 1];
    if (!kss_coff_executable(section) || symbol->value >= section->size)
        return false;
    bool typed = (symbol->type & 0x30) == FUNCTION_NAME;
    return typed || (symbol->name.text[0] != '.' && !kss_coff_is_section_symbol(coff, symbol));
}

void kss_coff_symbol_labels(struct kss_coff_reading *reading) {
    const struct kss_coff *coff = &reading->coff;
    const char *source = coff->image ? "" : kss_coff_source(coff);
    struct kss_coff_symbol symbol;
    for (uint32_t i = 0; kss_coff_symbol_at(coff, i, &symbol); i += 1u + symbol.auxiliary) {
        if (symbol.storage == KSS_COFF_FILE)
            source = kss_coff_file_name(coff, &symbol);
        if (symbol.storage != KSS_COFF_EXTERNAL && symbol.storage != KSS_COFF_STATIC &&
            symbol.storage != KSS_COFF_LABEL && symbol.storage != KSS_COFF_WEAK)
            continue;
        if (!names_code(reading, &symbol))
            continue;
        bool function = kss_coff_is_function(coff, &symbol);
        bool local = symbol.storage == KSS_COFF_STATIC || symbol.storage == KSS_COFF_LABEL;
        struct kss_coff_label label = {.at = {(uint32_t)symbol.section - 1, symbol.value},
                                       .name = symbol.name,
                                       .function = function,
                                       .local = local,
                                       .unit = local ? source : "",
                                       .outside = !local && !reading->coff.image};
        label.rank = function ? (local ? KSS_RANK_STATIC : KSS_RANK_EXTERNAL)
                     : symbol.storage == KSS_COFF_LABEL ? KSS_RANK_LABEL
                                                        : KSS_RANK_UNTYPED;
        kss_coff_label(reading, &label);
    }
}

static bool better(const struct kss_coff_label *a, const struct kss_coff_label *b) {
    if (a->rank != b->rank)
        return a->rank < b->rank;
    uint32_t shorter = a->name.length < b->name.length ? a->name.length : b->name.length;
    int order_of_names = memcmp(a->name.text, b->name.text, shorter);
    return order_of_names ? order_of_names < 0 : a->name.length < b->name.length;
}

// ---- Rows ------------------------------------------------------------------------------------------

struct walk {
    struct kss_coff_reading *reading;
    struct kss_arena arena;
    const struct keyed *labels, *entries;
    uint32_t label, entry;         // next
    struct kss_coff_place covered; // up to here there is an entry
    bool outside;                  // a label of the place at work says so
    bool begins;                   // the image begins at the place at work
};

// "mydrv.sys+0x1040", "read.obj:.text+0x40". By hand: an image has a hundred thousand.
static const char *place_text(const struct kss_coff_reading *reading, struct kss_coff_place at) {
    const struct kss_coff_section *section = &reading->coff.sections[at.section];
    size_t base = strlen(reading->base), name = reading->coff.image ? 0 : section->name.length;
    char *text = kss_alloc(reading->file->frames->arena, base + name + 13), *to = text + base;
    memcpy(text, reading->base, base);
    if (!reading->coff.image) {
        *to++ = ':';
        memcpy(to, section->name.text, name);
        to += name;
    }
    uint32_t number = at.offset + section->address;
    unsigned shift = 28;
    while (shift > 0 && number >> shift == 0)
        shift -= 4;
    memcpy(to, "+0x", 3);
    to += 3;
    for (;; shift -= 4) {
        *to++ = "0123456789ABCDEF"[number >> shift & 15];
        if (shift == 0)
            break;
    }
    return text;
}

// The label's text: where it ends in a NUL of the file it is used as it is.
static const char *label_text(const struct kss_coff_reading *reading,
                              const struct kss_coff_label *label) {
    struct kss_frames *frames = reading->file->frames;
    const char *text = label->name.text[label->name.length] == '\0'
                           ? label->name.text
                           : kss_frames_text(frames, label->name.text, label->name.length);
    return label->pdb ? text : kss_frames_undecorate(frames, text, reading->arch);
}

static struct kss_frame_row row_of(const struct kss_coff_reading *reading, struct kss_coff_place at,
                                   uint32_t end, const struct kss_coff_label *label) {
    struct kss_frame_row row = {.module = reading->module,
                                .place = place_text(reading, at),
                                .address = (uint64_t)reading->coff.sections[at.section].address +
                                           at.offset,
                                .size = end - at.offset};
    bool named = label != NULL && label->rank != KSS_RANK_NAMELESS;
    row.symbol = named ? label_text(reading, label) : strrchr(row.place, '+');
    row.unit = named ? label->unit : reading->base; // without a name: this file's own
    row.local = !named || label->local;
    return row;
}

// The labels of one place: the next ones. *end: behind them. NULL: none is there.
static const struct kss_coff_label *best_label(struct walk *walk, struct kss_coff_place at,
                                               uint32_t *end) {
    const struct kss_coff_reading *reading = walk->reading;
    const struct kss_coff_label *best = NULL;
    uint32_t i = walk->label;
    walk->begins = reading->coff.entry_point != 0 &&
                   reading->coff.entry_point ==
                       reading->coff.sections[at.section].address + (uint64_t)at.offset;
    walk->outside = walk->begins;
    for (; i < reading->label_count && walk->labels[i].key == key_of(at); i++) {
        const struct kss_coff_label *label = &reading->labels[walk->labels[i].index];
        walk->outside |= label->outside;
        if (best == NULL || better(label, best))
            best = label;
    }
    *end = i;
    return best;
}

static void set_figure(const struct kss_coff_reading *reading, const struct kss_unwind *unwind,
                       struct kss_frame_row *row) {
    bool x64 = reading->arch == KSS_ARCH_X64;
    row->kind = (uint8_t)unwind->kind;
    row->origin = x64 ? KSS_FROM_UNWIND_X64 : KSS_FROM_UNWIND_ARM64;
    row->bytes = unwind->bytes + (x64 && !unwind->machine_frame ? RETURN_ADDRESS_X64 : 0);
    row->reason = kss_unwind_reason(reading->file->frames, unwind);
    if (row->kind == KSS_FRAME_EXACT && unwind->machine_frame) {
        row->kind = KSS_FRAME_AT_LEAST;
        row->reason = "entered by an interrupt: the processor aligns the stack before it pushes";
    } else if (row->kind == KSS_FRAME_EXACT && x64 && unwind->frame_register) {
        row->kind = KSS_FRAME_AT_LEAST;
        row->reason = "frame pointer: the body may move rsp";
    }
    if (row->kind == KSS_FRAME_UNKNOWN)
        row->bytes = 0;
}

// A part has a frame at least as large as its function's when the part allocates, too: the larger is what a
// call can take. What is not known of a part is not known of the function.
static void add_figure(const struct kss_coff_reading *reading, uint32_t row,
                       const struct kss_unwind *unwind) {
    struct kss_frame_row part = {0}, *to = &reading->file->frames->rows[row];
    set_figure(reading, unwind, &part);
    if (part.kind < to->kind) {
        to->kind = part.kind;
        to->reason = part.reason;
    }
    to->bytes = to->kind == KSS_FRAME_UNKNOWN ? 0 : part.bytes > to->bytes ? part.bytes : to->bytes;
}

static struct kss_coff_function *add_item(struct kss_coff_reading *reading, uint32_t row,
                                          struct kss_coff_place at, uint32_t end) {
    KSS_ROOM(reading->items, reading->item_count, reading->item_capacity);
    struct kss_coff_function *item = &reading->items[reading->item_count++];
    *item = (struct kss_coff_function){
        .row = row, .section = at.section, .begin = at.offset, .end = end, .body = at.offset};
    return item;
}

// Fragments of ARM64 functions that follow their host without a gap are part of it.
static uint32_t host_of(const struct kss_coff_reading *reading,
                        const struct kss_coff_entry *entry) {
    if (!entry->unwind.fragment || reading->item_count == 0)
        return UINT32_MAX;
    const struct kss_coff_function *before = &reading->items[reading->item_count - 1];
    return before->section == entry->at.section && before->end == entry->at.offset && !before->leaf
               ? before->row
               : UINT32_MAX;
}

static void take_entry(struct walk *walk) {
    struct kss_coff_reading *reading = walk->reading;
    const struct kss_coff_entry *entry = &reading->entries[walk->entries[walk->entry++].index];
    uint32_t row = host_of(reading, entry);
    bool part = entry->part || row != UINT32_MAX;
    const struct kss_coff_label *label = best_label(walk, entry->at, &walk->label);
    const struct kss_coff_function *before =
        reading->item_count ? &reading->items[reading->item_count - 1] : NULL;
    if (before && before->section == entry->at.section && before->begin == entry->at.offset) {
        kss_frames_warn(reading->file,
                        reading->coff.sections[entry->at.section].file_offset +
                            (uint64_t)entry->at.offset,
                        "a second unwind entry for the same code is not used");
        return;
    }
    if (row != UINT32_MAX) {
        add_figure(reading, row, &entry->unwind);
    } else if (!entry->part) {
        struct kss_frame_row frame = row_of(reading, entry->at, entry->end, label);
        frame.outside = walk->outside;
        frame.entry = walk->begins;
        set_figure(reading, &entry->unwind, &frame);
        row = kss_frames_add(reading->file->frames, &frame);
    }
    struct kss_coff_function *item = add_item(reading, row, entry->at, entry->end);
    item->part = part;
    item->frame_register = reading->arch == KSS_ARCH_X64 && entry->unwind.frame_register &&
                           !entry->unwind.machine_frame;
    item->framed = entry->unwind.kind != KSS_FRAME_UNKNOWN && entry->unwind.bytes > 0;
    item->entry = walk->entries[walk->entry - 1].index;
    uint32_t prolog = entry->unwind.prolog, length = entry->end - entry->at.offset;
    item->body += prolog < length ? prolog : length;
    if (walk->covered.section != entry->at.section || walk->covered.offset < entry->end)
        walk->covered = (struct kss_coff_place){entry->at.section, entry->end};
}

// Where a function without an entry ends at the latest: at the next name of a function, the next entry, or
// with its section. Each label is passed over once, since the walk goes on from the name found.
static uint32_t end_of_leaf(const struct walk *walk, struct kss_coff_place at, uint32_t label) {
    const struct kss_coff_reading *reading = walk->reading;
    uint64_t limit =
        key_of((struct kss_coff_place){at.section, reading->coff.sections[at.section].size});
    if (walk->entry < reading->entry_count && walk->entries[walk->entry].key < limit)
        limit = walk->entries[walk->entry].key;
    for (; label < reading->label_count && walk->labels[label].key < limit; label++)
        if (reading->labels[walk->labels[label].index].function)
            return (uint32_t)walk->labels[label].key;
    return (uint32_t)limit;
}

static void leaf_figure(const struct kss_coff_reading *reading, const struct kss_coff_label *label,
                        struct kss_coff_place at, struct kss_frame_row *row) {
    row->origin = KSS_FROM_LEAF;
    row->kind = KSS_FRAME_UNKNOWN;
    if (reading->arch == KSS_ARCH_X86) {
        bool told = label->pdb != NULL && label->pdb->has_frame;
        row->origin = told ? KSS_FROM_PDB : KSS_FROM_NOTHING;
        row->kind = told ? KSS_FRAME_AT_LEAST : KSS_FRAME_UNKNOWN;
        row->bytes = told ? label->pdb->frame : 0;
        row->reason = told ? label->pdb->reason : "x86 images have no unwind data";
        return;
    }
    if (reading->hybrid) {
        row->reason = "no unwind entry; that of ARM64EC code is not read";
        return;
    }
    if (reading->incomplete) {
        row->reason = "no unwind entry, but some entries of the file cannot be read";
        return;
    }
    const uint8_t *code = kss_coff_bytes(&reading->coff, at.section, at.offset, row->size);
    if (code == NULL) {
        row->reason = "its code is not in the file";
    } else if (reading->entry_count == 0 && reading->arch == KSS_ARCH_X64 &&
               !kss_code_readable(reading->file->frames, reading->arch)) {
        row->reason = "the file has no unwind data at all, and this build reads no x64 code";
    } else if (reading->arch == KSS_ARCH_ARM64 && !kss_unwind_arm64_still(code, row->size)) {
        row->reason = "no unwind entry, and the code takes stack";
    } else {
        row->kind = KSS_FRAME_EXACT;
        row->bytes = reading->arch == KSS_ARCH_X64 ? RETURN_ADDRESS_X64 : 0;
    }
}

static void take_label(struct walk *walk) {
    struct kss_coff_reading *reading = walk->reading;
    uint32_t next;
    struct kss_coff_place at = reading->labels[walk->labels[walk->label].index].at;
    const struct kss_coff_label *label = best_label(walk, at, &next);
    bool covered = walk->covered.section == at.section && at.offset < walk->covered.offset;
    if (label->function && !covered) {
        uint32_t end = end_of_leaf(walk, at, next);
        struct kss_frame_row row = row_of(reading, at, end, label);
        row.outside = walk->outside;
        row.entry = walk->begins;
        if (label->pdb != NULL && label->pdb->size > 0 && label->pdb->size < row.size)
            row.size = label->pdb->size;
        leaf_figure(reading, label, at, &row);
        struct kss_coff_function *item = add_item(
            reading, kss_frames_add(reading->file->frames, &row), at, at.offset + row.size);
        item->leaf = true;
    }
    walk->label = next;
}

// A part's primary is looked up when all functions are there; one that is not gets a row for its part.
static void join_parts(struct kss_coff_reading *reading) {
    struct kss_coff_functions functions = {.items = reading->items, .count = reading->item_count};
    for (uint32_t i = 0; i < reading->item_count; i++) {
        struct kss_coff_function *item = &reading->items[i];
        if (item->row != UINT32_MAX)
            continue;
        const struct kss_coff_entry *entry = &reading->entries[item->entry];
        const struct kss_coff_function *primary =
            kss_coff_function_at(&functions, entry->primary.section, entry->primary.offset);
        if (primary != NULL && primary->begin == entry->primary.offset && !primary->part &&
            entry->unwind.kind != KSS_FRAME_UNKNOWN) {
            item->row = primary->row;
            add_figure(reading, item->row, &entry->unwind);
            continue;
        }
        struct kss_frame_row row = row_of(reading, entry->at, entry->end, NULL);
        set_figure(reading, &entry->unwind, &row);
        if (row.kind != KSS_FRAME_UNKNOWN) {
            row.kind = KSS_FRAME_UNKNOWN;
            row.bytes = 0;
            row.reason = "the function that this is a part of has no unwind entry";
        }
        item->row = kss_frames_add(reading->file->frames, &row);
        item->part = false;
    }
}

void kss_coff_rows(struct kss_coff_reading *reading) {
    struct walk walk = {.reading = reading, .covered = {UINT32_MAX, 0}};
    walk.labels =
        order(&walk.arena, reading->labels, sizeof *reading->labels, reading->label_count);
    walk.entries =
        order(&walk.arena, reading->entries, sizeof *reading->entries, reading->entry_count);
    while (walk.entry < reading->entry_count || walk.label < reading->label_count) {
        bool labels = walk.label < reading->label_count;
        if (walk.entry < reading->entry_count &&
            (!labels || walk.entries[walk.entry].key <= walk.labels[walk.label].key))
            take_entry(&walk);
        else
            take_label(&walk);
    }
    kss_arena_free(&walk.arena);
    join_parts(reading);
    struct kss_coff_functions functions = {reading->items, reading->item_count, reading->imports,
                                           reading->import_count};
    kss_coff_code(reading, &functions);
}

// On ARM64 what moves sp was looked for when the entries were read.
void kss_coff_code(struct kss_coff_reading *reading, const struct kss_coff_functions *functions) {
    if (reading->arch != KSS_ARCH_ARM64)
        kss_code_settle_coff(&reading->coff, functions);
    if (reading->file->frames->want_calls)
        kss_code_read_coff(&reading->coff, functions);
}
