// SPDX-License-Identifier: MIT
// The state of reading calls, between code_calls.c (the walk), code_pieces.c (whose code an address is),
// code_pointers.c (what a register holds, switches) and code_parts.c (cold parts, the end). Private to
// these.
#ifndef KSS_FRAMES_CODE_CALLS_H
#define KSS_FRAMES_CODE_CALLS_H

#include "frames/code_walk.h"

enum kss_walk_value_kind {
    KSS_VALUE_UNKNOWN,
    KSS_VALUE_IMPORT,
    KSS_VALUE_ADDRESS,
    KSS_VALUE_PAGE,
    KSS_VALUE_ENTRY,
    KSS_VALUE_SUM
};

struct kss_walk_value { // what a register holds
    uint8_t kind;
    uint32_t row;     // IMPORT; ADDRESS: the function's where the address is not in this file
    uint64_t address; // ADDRESS, PAGE; ENTRY, SUM: of the table, KSS_CODE_NOWHERE: unknown
    uint64_t at;      // where it was loaded
};

struct kss_walk_only { // all that a register gets in a piece
    uint8_t kind;      // enum kss_walk_value_kind of the one thing it gets; UNKNOWN: nothing yet
    bool mixed;
    uint32_t row;
    uint64_t address;
};

struct kss_walk_piece { // a range, or code found by a call of it
    struct kss_code_range range;
    uint32_t import; // a thunk: of which import
    uint32_t owner;  // a cold part: of which piece, else itself
    bool called;     // or its address is taken
    bool cut;        // another piece begins before its end
};

struct kss_walk_record { // a call, or a jump to elsewhere
    uint64_t at, target; // target: KSS_CODE_NOWHERE: the row
    uint64_t load;       // of the register
    const char *why;     // indirect for this reason
    uint32_t piece, row; // row: KSS_CODE_NO_ROW: indirect
    uint32_t to;         // the piece of the target, known at the end
    uint8_t reg;         // called through it
    bool tail;
};

enum { KSS_WALK_TABLES = 16 };

struct kss_walk {
    const struct kss_code *code;
    struct kss_frames *frames;
    struct kss_decoder decoder;
    struct kss_walk_piece *pieces; // [0, known) sorted by address, then those found
    uint32_t count, known;
    unsigned capacity;
    uint32_t *found; // hash table over pieces [known, count): index + 1, 0: free
    uint32_t found_size;
    struct kss_walk_record *records;
    uint32_t record_count;
    unsigned record_capacity;
    uint64_t *labels; // of the piece at work: where its jumps go
    uint32_t label_count;
    unsigned label_capacity;
    // The piece at work.
    uint32_t piece;
    const struct kss_code_section *section;
    uint64_t reach;                   // the farthest label
    uint64_t table_begin;             // a table in the code behind: where the code surely ends
    uint64_t tables[KSS_WALK_TABLES]; // addresses in the piece that it makes: tables, maybe
    uint32_t table_count;
    uint32_t fixup; // the first at or after the instruction
    uint32_t first_record;
    uint32_t restored;                // registers popped since the last jump: an epilog's?
    uint64_t narrow_at, narrow_table; // the last load from a table of distances
    bool hidden_labels;               // a switch whose table was not read
    bool released;                    // the frame has just been given back
    bool moves;                       // the stack pointer
    // What is spent on found code.
    uint64_t spent, budget;
    bool exhausted;
    struct kss_walk_value values[KSS_STEP_REGISTERS];
    struct kss_walk_only only[KSS_STEP_REGISTERS];
};

static inline const struct kss_code_range *kss_walk_range(const struct kss_walk *walk) {
    return &walk->pieces[walk->piece].range;
}

static inline void kss_walk_label(struct kss_walk *walk, uint64_t address) {
    KSS_ROOM(walk->labels, walk->label_count, walk->label_capacity);
    walk->labels[walk->label_count++] = address;
    if (address > walk->reach)
        walk->reach = address;
}

// ---- code_pieces.c ---------------------------------------------------------------------------------------

void kss_walk_open_pieces(struct kss_walk *walk);
static inline bool kss_walk_within(const struct kss_code_range *range, uint64_t address) {
    return address - range->address < range->size;
}
// The piece that holds [address], KSS_CODE_NO_ROW: none is known to.
uint32_t kss_walk_piece_at(const struct kss_walk *walk, uint64_t address);
// The same for an address in code; where there is no piece, one is made with a row of its own.
uint32_t kss_walk_find_piece(struct kss_walk *walk, uint64_t address);
// The same for a jump, which may go into the middle of a piece.
uint32_t kss_walk_jump_piece(struct kss_walk *walk, uint64_t address);
bool kss_walk_is_code(const struct kss_walk *walk, uint64_t address);
uint32_t kss_walk_slot_row(const struct kss_code *code, uint64_t address);
// How many fixups lie before [address]; the one at it; that of an operand of the instruction at work.
uint32_t kss_walk_fixups_before(const struct kss_code *code, uint64_t address);
const struct kss_code_fixup *kss_walk_fixup_at(const struct kss_code *code, uint64_t address);
const struct kss_code_fixup *kss_walk_operand_fixup(const struct kss_walk *walk,
                                                    const struct kss_step *step);
// Somebody holds a pointer to the function that begins at [address], if one does.
void kss_walk_taken(struct kss_walk *walk, uint64_t address);
void kss_walk_taken_by(struct kss_walk *walk, const struct kss_code_fixup *fixup);

// ---- code_pointers.c -------------------------------------------------------------------------------------

// The import whose slot a memory operand is, KSS_CODE_NO_ROW: it is none.
uint32_t kss_walk_operand_import(const struct kss_walk *walk, const struct kss_step *step);
// The address an instruction makes, as a value.
struct kss_walk_value kss_walk_made_address(const struct kss_walk *walk,
                                            const struct kss_step *step);
void kss_walk_write(struct kss_walk *walk, const struct kss_step *step);
void kss_walk_forget(struct kss_walk *walk, uint32_t mask);
// Whether an indirect jump is a switch's; if so its cases are labels now, as far as they can be read.
bool kss_walk_is_switch(struct kss_walk *walk, const struct kss_step *step);

// ---- code_parts.c ----------------------------------------------------------------------------------------

void kss_walk_find_parts(struct kss_walk *walk);
void kss_walk_settle_parts(struct kss_walk *walk);
void kss_walk_write_calls(struct kss_walk *walk);

#endif
