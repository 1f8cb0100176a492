// SPDX-License-Identifier: MIT
// Between the parts of the reader of debugger listings.
//
//   bytes --listing_text.c--> lines: UTF-8, no tags or entities
//   line  --listing_prefix.c--> without quote marks, log prefixes, prompt
//   line  --listing_columns.c--> what stands left of the call site; a line that ends before the site
//                                stays open and the next line goes on with it
//   site  --listing_site.c--> symbol, displacement, marks
//   line  --listing_facts.c--> what is no row: threads, registers, bug checks, versions
//   rows  --listing_rows.c--> stacks
//   all of it line by line    listing_read.c
//
// A line is looked at once, whatever its length; only rows, texts of facts and each symbol once are
// copied. Private to listing_*.c.
#ifndef KSS_FRAMES_LISTING_PRIVATE_H
#define KSS_FRAMES_LISTING_PRIVATE_H

#include "frames/listing.h"

// ---- Text (listing_text.c) ----------------------------------------------------------------------------

struct kss_view { // a piece of text that is somebody else's
    const char *at, *end;
};

struct kss_listing_line {
    struct kss_view text; // without prefixes and blanks at both ends
    uint32_t number;
    bool prompt; // a debugger prompt stood before the text
    bool blank;  // nothing, a fence of Markdown, quote marks only
};

struct kss_listing_lines {
    const char *at, *end;   // what was not read yet
    const char *feed;       // the next LF, or the end; NULL: not looked for
    const char *carriage;   // the next CR, or the end; NULL: not looked for
    uint32_t number;        // of the line last read
    struct kss_view pieces; // of the line: what was not handed out yet
    bool cleaned;           // they may hold an LF
    struct kss_text clean;
    char *converted; // from UTF-16; NULL
};

// Takes prefixes and blanks off a line's text; says whether a prompt was there and anything is left
// (listing_prefix.c).
void kss_listing_strip(struct kss_listing_line *line);

void kss_listing_lines_begin(struct kss_listing_lines *lines, const char *bytes, size_t length);
bool kss_listing_lines_next(struct kss_listing_lines *lines, struct kss_listing_line *line);
void kss_listing_lines_end(struct kss_listing_lines *lines);

static inline bool kss_is_blank(char c) {
    return c == ' ' || c == '\t';
}
static inline void kss_view_blanks(struct kss_view *view) {
    while (view->at < view->end && kss_is_blank(*view->at))
        view->at++;
}
static inline char kss_lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}
static inline bool kss_is_name(char c) {
    char small = kss_lower(c);
    return (c >= '0' && c <= '9') || (small >= 'a' && small <= 'z') || c == '_' || c == '$';
}
static inline int kss_hex_digit(char c) { // -1: none
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}
// Eight bytes, the first lowest.
static inline uint64_t kss_eight(const char *at) {
    const unsigned char *p = (const unsigned char *)at;
    return (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 | (uint64_t)p[3] << 24 |
           (uint64_t)p[4] << 32 | (uint64_t)p[5] << 40 | (uint64_t)p[6] << 48 |
           (uint64_t)p[7] << 56;
}
// Whether all of [eight] bytes are hex digits; their value. All eight at once: addresses are most of
// what a listing holds.
static inline bool kss_hex_eight(uint64_t eight, uint64_t *value) {
    const uint64_t ones = UINT64_C(0x0101010101010101), tops = ones << 7;
    uint64_t low = eight | ones * 0x20; // letters small; digits have that bit
    uint64_t digit = (low + ones * (0x80 - '0')) & ~(low + ones * (0x7F - '9'));
    uint64_t letter = (low + ones * (0x80 - 'a')) & ~(low + ones * (0x7F - 'f'));
    bool printed = ((eight | eight >> 1) & ones * 0x20) == ones * 0x20;
    if ((eight & tops) != 0 || !printed || ((digit | letter) & tops) != tops)
        return false;
    uint64_t v = (low & ones * 0x0F) + (low >> 6 & ones) * 9;
    v = (v & UINT64_C(0x000F000F000F000F)) << 4 | (v >> 8 & UINT64_C(0x000F000F000F000F));
    v = (v & UINT64_C(0x000000FF000000FF)) << 8 | (v >> 16 & UINT64_C(0x000000FF000000FF));
    *value = (v & 0xFFFF) << 16 | (v >> 32 & 0xFFFF);
    return true;
}
// Skips [word] and the blanks behind it; false, and nothing skipped, when the text does not begin so.
bool kss_view_skip(struct kss_view *view, const char *word);
// The same in whatever case; [word] in lower case.
bool kss_view_skip_any_case(struct kss_view *view, const char *word);
// First place of [text] in the view, NULL: none.
const char *kss_view_find(struct kss_view view, const char *text);

// ---- Columns (listing_columns.c) ----------------------------------------------------------------------

struct kss_hex { // a number as it is written
    uint64_t value;
    uint8_t digits; // without the mark in the middle
    uint8_t width;  // 8 or 16: written as an address of that many digits; 0: as no address
};
// Reads hex digits at [at], an "0x" before them only if [prefix]; returns what is behind them, NULL: no
// number, or one of more than 16 digits.
const char *kss_hex_read(const char *at, const char *end, bool prefix, struct kss_hex *hex);
// The number the view begins with, however it is written ("0x7F", "fffff880`0b9c7000"); skips it.
bool kss_view_hex(struct kss_view *view, struct kss_hex *hex);

enum { KSS_COLUMNS = 13, KSS_BARE = 24 }; // most columns; most bytes of an address

struct kss_listing_header { // a line of column names
    bool known, number, memory, pointer, arguments, names_only;
    bool x86, x64;
};

struct kss_listing_columns { // of one row, over as many lines as it takes
    uint32_t line;
    struct kss_hex shorts[2]; // before the first address: number, memory
    uint8_t short_count;
    uint64_t values[KSS_COLUMNS];
    uint16_t dashes; // bit per value: dashes stand there
    uint8_t count;
    uint8_t width; // 8, 16; 0: not an address yet, but dashes
    uint8_t colons, colon_at[2];
    bool inlined, bad;
    const char *last; // the last address as written, in its line: it may turn out to be the site
    uint8_t last_length;
    // What it comes to (kss_columns_fit):
    uint8_t layout, pointer, ret, argument, argument_count; // indices, 0xFF: none
    uint8_t memory;
};

// Reads columns from [view] on, which is left where the call site begins (empty: the line ended).
void kss_columns_take(struct kss_listing_columns *columns, struct kss_view *view);
// Whether the columns are those of a row. [ended]: there is no site, so the last of them must be it.
bool kss_columns_fit(struct kss_listing_columns *columns, const struct kss_listing_header *header,
                     bool ended);
// Whether the line is one of column names.
bool kss_header_read(struct kss_view view, struct kss_listing_header *header);

// ---- Call sites (listing_site.c) -----------------------------------------------------------------------

struct kss_listing_site {
    struct kss_view name; // without displacement and parameters
    struct kss_view rest; // behind it: notes, source, what a person added
    size_t module;        // bytes of the name before '!', or all of them
    uint64_t offset, trap;
    uint8_t marks;
    bool open;      // goes on in the next line
    bool rest_open; // the rest does
};

enum kss_site_trust {
    KSS_SITE_STRICT, // nothing else says that this is a row
    KSS_SITE_LOOSE,  // the columns do
};
bool kss_site_read(struct kss_view view, enum kss_site_trust trust, struct kss_listing_site *site);
// Notes behind a symbol: marks and the trap frame.
void kss_site_notes(struct kss_view rest, uint8_t *marks, uint64_t *trap);
// Whether a line can only be what was cut off a row: "(FPO: ...", "[d:\x.c @ 1]", "+0x12".
bool kss_site_is_rest(struct kss_view view);

struct kss_listing_symbol {
    const char *text, *module;
};
struct kss_listing_symbols { // every symbol once
    struct kss_arena *arena;
    struct kss_symbol_slot *slots;
    uint32_t count, capacity; // capacity: power of two
};
struct kss_listing_symbol kss_symbol_keep(struct kss_listing_symbols *symbols, struct kss_view name,
                                          size_t module);
void kss_symbols_free(struct kss_listing_symbols *symbols);

// ---- The reader (listing_read.c, listing_rows.c) ------------------------------------------------------------------------

enum kss_listing_command { // what a prompt or a keyword said last
    KSS_COMMAND_OTHER,
    KSS_COMMAND_TSS,
    KSS_COMMAND_TRAP,
    KSS_COMMAND_MEMORY, // dps, dd, ...: what follows looks like rows and is none
};

struct kss_listing_reader {
    struct kss_arena *arena;
    struct kss_listing *listing;
    struct kss_listing_symbols symbols;
    struct kss_listing_header header; // of the stack that is read or comes next
    const char *command;
    enum kss_listing_command said;
    bool arm64; // a version line says so

    // The stack that is read: its rows so far.
    bool open, warned;
    struct kss_listed_stack stack;
    struct kss_listed_frame *rows; // in a slab of the arena, where they stay
    uint32_t row_room, slab;       // rows the slab has room for from there on; rows of the slab
    uint32_t blanks, others;       // lines since its last row
    uint32_t gap;                  // blank lines before its last row
    uint64_t pointer; // of its last row that has one (has_pointer): inlined rows have none
    bool has_pointer;
    bool rest_open; // the last row's notes go on in the next line

    // A row that goes on in the next line: before its site (has_columns), or in it (has_site).
    bool has_columns, has_site;
    struct kss_listing_columns columns;
    char last[KSS_BARE]; // theirs, when their line is gone
    struct kss_text site;
    uint32_t site_lines;

    uint64_t dump_next; // address the next line of a memory dump would have; 0: none

    unsigned stack_capacity, trap_capacity, thread_capacity;
    uint32_t thread;   // index of the thread whose facts are read; UINT32_MAX: none
    bool trap_open;    // the last line was one of registers
    bool banner_open;  // a banner whose parameters are in the next line
    uint8_t parameter; // where .bugcheck's Arguments go on
    struct kss_listed_number trap_frame; // said before the registers it holds
};

// The stack that is open: begins, ends, its last row (NULL: none is open).
void kss_listing_stack_begin(struct kss_listing_reader *reader, uint32_t line, uint8_t layout);
void kss_listing_stack_end(struct kss_listing_reader *reader);
struct kss_listed_frame *kss_listing_last_row(struct kss_listing_reader *reader);
// A row whose columns and site are known, on the open stack or the next; one that is complete, on the open
// stack; two addresses and nothing behind them, words of memory, after which the last row may be none.
void kss_listing_add_row(struct kss_listing_reader *reader, struct kss_listing_columns *columns,
                         const struct kss_listing_site *site);
void kss_listing_put_row(struct kss_listing_reader *reader, const struct kss_listed_frame *row,
                         uint8_t layout, uint8_t width);
void kss_listing_take_back(struct kss_listing_reader *reader,
                           const struct kss_listing_columns *columns);
struct kss_listed_thread *kss_listing_thread(struct kss_listing_reader *reader, uint32_t line,
                                             bool begin);
// A thread of !stacks whose innermost function is [view].
void kss_listing_stacks_begin(struct kss_listing_reader *reader, struct kss_view view,
                              uint32_t line, uint8_t width);
const char *kss_listing_keep(struct kss_listing_reader *reader, struct kss_view view);

// ---- Facts (listing_facts.c) ----------------------------------------------------------------------------

// Reads a line that is no row. True: the rows of a stack may go on behind it.
bool kss_listing_fact(struct kss_listing_reader *reader, const struct kss_listing_line *line);

#endif
