// SPDX-License-Identifier: MIT
// Calls read from code. A piece of code is read once, in order; what it calls is decided at its end, when
// all of its jumps are known; what a target is, at the end of all pieces, when all functions are known.
//
// A pointer in a register. Compilers load an import once and call it often: mov rbx, [__imp_KeSetEvent];
// call rbx; ... call rbx. Such a call is one of the import if the last write of the register in the order
// of the code was that load, and
//   - nothing else is ever written to the register in this piece (but for an epilog's pop), or
//   - no jump of the piece goes between the load and the call.
// Otherwise it is indirect.
//
// An indirect jump is either a switch's (it stays in the function) or a tail call. It is a switch's when
// the code shows the table:
//   - it is marked by the compiler (notrack), or
//   - the register was made by adding to an entry of a table of 1, 2 or 4 bytes (no function pointer is
//     made so), or
//   - the pointer comes from a table whose first entry leads into this very function;
// or when unwind data say that the frame is still there: nobody leaves a function without giving its frame
// back. Anything else counts as a call that nobody knows: one call too many is seen, one too few is not.
//
// A function whose first instruction jumps through an import slot is a thunk: its row goes into the
// import's (`merged`), all that calls it calls the import. A cold part that is a row of its own (gcc's f.cold;
// in images without symbols code that nobody calls and that jumps back into f) goes into f's row.
#include "frames/code_walk.h"

#include <stdlib.h>
#include <string.h>

enum value_kind { VALUE_UNKNOWN, VALUE_IMPORT, VALUE_ADDRESS, VALUE_PAGE, VALUE_ENTRY, VALUE_SUM };

struct value { // what a register holds
    uint8_t kind;
    uint32_t row;     // IMPORT; ADDRESS: the function's where the address is not in this file
    uint64_t address; // ADDRESS, PAGE; ENTRY, SUM: of the table, KSS_CODE_NOWHERE: unknown
    uint64_t at;      // where it was loaded
};

struct only {     // all that a register gets in a piece
    uint8_t kind; // enum value_kind of the one thing it gets; UNKNOWN: nothing yet
    bool mixed;
    uint32_t row;
    uint64_t address;
};

struct piece { // a range, or code found by a call of it
    struct kss_code_range range;
    uint32_t import; // a thunk: of which import
    uint32_t owner;  // a cold part: of which piece, else itself
    bool called;     // or its address is taken
};

struct record {          // a call, or a jump to elsewhere
    uint64_t at, target; // target: KSS_CODE_NOWHERE: the row
    uint64_t load;       // of the register
    const char *why;     // indirect for this reason
    uint32_t piece, row; // row: KSS_CODE_NO_ROW: indirect
    uint8_t reg;         // called through it
    bool tail;
};

struct walk {
    const struct kss_code *code;
    struct kss_frames *frames;
    struct kss_decoder decoder;
    struct piece *pieces; // [0, known) sorted by address, then those found
    uint32_t count, known;
    unsigned capacity;
    uint32_t *found; // hash table over pieces [known, count): index + 1, 0: free
    uint32_t found_size;
    struct record *records;
    uint32_t record_count;
    unsigned record_capacity;
    uint64_t *labels; // of the piece at work: where its jumps go
    uint32_t label_count;
    unsigned label_capacity;
    // The piece at work.
    uint32_t piece;
    const struct kss_code_section *section;
    uint64_t end;         // of its bytes
    uint64_t reach;       // the farthest label
    uint64_t table_begin; // a table in the code behind: where the code surely ends
    uint32_t fixup;       // the first at or after the instruction
    uint32_t first_record;
    uint32_t restored;                // registers popped since the last jump: an epilog's?
    uint64_t narrow_at, narrow_table; // the last load from a table of distances
    bool hidden_labels;               // a switch whose table was not read
    bool released;                    // the frame has just been given back
    bool moves;                       // the stack pointer
    // What is spent on found code.
    uint64_t spent, budget;
    bool exhausted;
    struct value values[KSS_STEP_REGISTERS];
    struct only only[KSS_STEP_REGISTERS];
};

// ---- Pieces by address ------------------------------------------------------------------------------

static int by_address(const void *left, const void *right) {
    const struct piece *a = left, *b = right;
    if (a->range.address != b->range.address)
        return a->range.address < b->range.address ? -1 : 1;
    if (a->range.row != b->range.row)
        return a->range.row < b->range.row ? -1 : 1;
    return 0;
}

// How many of the known pieces begin at or before [address].
static uint32_t begun(const struct walk *walk, uint64_t address) {
    uint32_t low = 0, high = walk->known;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (walk->pieces[middle].range.address <= address)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static uint32_t hash_of(uint64_t address) {
    return (uint32_t)((address * UINT64_C(0x9E3779B97F4A7C15)) >> 32);
}

static uint32_t *found_place(const struct walk *walk, uint64_t address) {
    uint32_t mask = walk->found_size - 1, at = hash_of(address) & mask;
    while (walk->found[at] != 0 && walk->pieces[walk->found[at] - 1].range.address != address)
        at = (at + 1) & mask;
    return &walk->found[at];
}

static void grow_found(struct walk *walk) {
    free(walk->found);
    unsigned size = 0;
    walk->found_size = walk->found_size == 0 ? 64 : walk->found_size * 2;
    walk->found = kss_grow(NULL, &size, walk->found_size, sizeof *walk->found);
    for (uint32_t i = walk->known; i < walk->count; i++)
        *found_place(walk, walk->pieces[i].range.address) = i + 1;
}

static bool within(const struct kss_code_range *range, uint64_t address) {
    return address - range->address < range->size;
}

// The piece that holds [address], KSS_CODE_NO_ROW: none is known to. Of several that begin at one address
// the first. In a range that reaches to the next symbol only its beginning is sure to be the function.
static uint32_t piece_at(const struct walk *walk, uint64_t address) {
    uint32_t index = begun(walk, address);
    if (index > 0) {
        index--;
        while (index > 0 &&
               walk->pieces[index - 1].range.address == walk->pieces[index].range.address)
            index--;
        const struct kss_code_range *range = &walk->pieces[index].range;
        if (range->address == address || (within(range, address) && !range->loose))
            return index;
    }
    uint32_t found = walk->found_size > 0 ? *found_place(walk, address) : 0;
    return found != 0 ? found - 1 : KSS_CODE_NO_ROW;
}

static bool is_code(const struct walk *walk, uint64_t address) {
    const struct kss_code_section *section = kss_code_section_at(walk->code, address);
    return section != NULL && section->code;
}

// ---- Slots and fixups ---------------------------------------------------------------------------------

static uint32_t slot_row(const struct kss_code *code, uint64_t address) {
    uint32_t low = 0, high = code->slot_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (code->slots[middle].address < address)
            low = middle + 1;
        else
            high = middle;
    }
    return low < code->slot_count && code->slots[low].address == address ? code->slots[low].row
                                                                         : KSS_CODE_NO_ROW;
}

// How many fixups lie before [address].
static uint32_t fixups_before(const struct kss_code *code, uint64_t address) {
    uint32_t low = 0, high = code->fixup_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (code->fixups[middle].at < address)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static const struct kss_code_fixup *fixup_at(const struct kss_code *code, uint64_t address) {
    uint32_t index = fixups_before(code, address);
    return index < code->fixup_count && code->fixups[index].at == address ? &code->fixups[index]
                                                                          : NULL;
}

// The fixup of an operand of the instruction at work.
static const struct kss_code_fixup *operand_fixup(const struct walk *walk,
                                                  const struct kss_step *step) {
    if (step->field == 0 && step->at != 0)
        return NULL;
    for (uint32_t i = walk->fixup;
         i < walk->code->fixup_count && walk->code->fixups[i].at < step->at + step->length; i++)
        if (walk->code->fixups[i].at == step->field)
            return &walk->code->fixups[i];
    return NULL;
}

// ---- Thunks ---------------------------------------------------------------------------------------------

// A function that only jumps through an import slot: jmp [slot], or adrp x16; ldr x16, [x16]; br x16.
// The import's row, KSS_CODE_NO_ROW: no such thing.
static uint32_t thunk_of(const struct walk *walk, const struct kss_code_range *range) {
    const struct kss_code_section *section = kss_code_section_at(walk->code, range->address);
    if (range->part || walk->code->slot_count == 0 || section == NULL)
        return KSS_CODE_NO_ROW;
    uint64_t offset = range->address - section->address;
    uint64_t address = 0;
    enum { INSTRUCTIONS = 3 };
    for (int i = 0; i < INSTRUCTIONS && offset < section->length; i++) {
        struct kss_step step;
        if (!kss_decode(&walk->decoder, section->bytes + offset,
                        (uint32_t)(section->length - offset), section->address + offset, &step))
            break;
        if (step.flow == KSS_FLOW_JUMP && step.aim == KSS_AIM_MEMORY && step.memory.known &&
            !step.memory.indexed)
            return slot_row(walk->code, step.memory.address);
        if (step.flow == KSS_FLOW_JUMP && step.aim == KSS_AIM_REGISTER && step.reg == 16)
            return slot_row(walk->code, address);
        if (walk->code->arch != KSS_ARCH_ARM64 || step.to != 16)
            break;
        if (step.write == KSS_WRITE_PAGE)
            address = step.memory.address;
        else if (step.write == KSS_WRITE_LOAD || step.write == KSS_WRITE_ADDRESS)
            address += (uint64_t)step.memory.displacement;
        offset += step.length;
    }
    return KSS_CODE_NO_ROW;
}

// ---- Code nobody names ---------------------------------------------------------------------------------

// A row for code that something calls and nobody names.
static uint32_t find_row(struct walk *walk, const struct kss_code_range *range) {
    const struct kss_code *code = walk->code;
    const struct kss_frame *caller = &walk->frames->rows[walk->pieces[walk->piece].range.row];
    struct kss_frame row = {.module = caller->module,
                            .unit = code->image ? "" : caller->unit,
                            .address = range->address & UINT32_MAX,
                            .kind = KSS_FRAME_EXACT,
                            .origin = KSS_FROM_LEAF,
                            .bytes = code->arch == KSS_ARCH_X64 ? 8 : 0,
                            .local = true};
    if (code->arch == KSS_ARCH_X86) {
        row.kind = KSS_FRAME_UNKNOWN;
        row.origin = KSS_FROM_NOTHING;
        row.reason = "x86 code has no unwind data";
    }
    unsigned long long offset = range->address & UINT32_MAX;
    const struct kss_code_section *section = kss_code_section_at(code, range->address);
    row.symbol = code->image ? kss_frames_format(walk->frames, "+0x%llX", offset)
                             : kss_frames_format(walk->frames, "%s+0x%llX", section->name, offset);
    return kss_frames_add(walk->frames, &row);
}

// The piece of a call's target; made when it is none so far.
static uint32_t find_piece(struct walk *walk, uint64_t address) {
    uint32_t index = piece_at(walk, address);
    if (index != KSS_CODE_NO_ROW)
        return index;
    const struct kss_code_section *section = kss_code_section_at(walk->code, address);
    uint64_t end = section->address + section->length;
    uint32_t next = begun(walk, address);
    if (next < walk->known && walk->pieces[next].range.address < end)
        end = walk->pieces[next].range.address;
    struct piece piece = {
        .range = {.address = address, .size = (uint32_t)(end - address), .loose = true},
        .owner = walk->count};
    piece.range.row = find_row(walk, &piece.range);
    piece.import = thunk_of(walk, &piece.range);
    KSS_ROOM(walk->pieces, walk->count, walk->capacity);
    walk->pieces[walk->count++] = piece;
    if ((walk->count - walk->known) * 2 > walk->found_size)
        grow_found(walk);
    else
        *found_place(walk, address) = walk->count;
    walk->frames->rows[piece.range.row].place = kss_code_place(walk->code, &piece.range, address);
    return walk->count - 1;
}

// ---- What a piece calls ---------------------------------------------------------------------------------

static struct record *record(struct walk *walk, uint64_t at, bool tail) {
    KSS_ROOM(walk->records, walk->record_count, walk->record_capacity);
    struct record *to = &walk->records[walk->record_count++];
    *to = (struct record){.at = at,
                          .target = KSS_CODE_NOWHERE,
                          .piece = walk->piece,
                          .row = KSS_CODE_NO_ROW,
                          .reg = KSS_STEP_NO_REGISTER,
                          .tail = tail};
    return to;
}

static const struct kss_code_range *range_at_work(const struct walk *walk) {
    return &walk->pieces[walk->piece].range;
}

static void add_label(struct walk *walk, uint64_t address) {
    KSS_ROOM(walk->labels, walk->label_count, walk->label_capacity);
    walk->labels[walk->label_count++] = address;
    if (address > walk->reach)
        walk->reach = address;
}

// Somebody holds a pointer to the function that begins at [address], if one does.
static void taken(struct walk *walk, uint64_t address) {
    uint32_t index = piece_at(walk, address);
    if (index == KSS_CODE_NO_ROW) {
        // In a piece of unknown end it may be a label; where nothing is known it is a function.
        uint32_t before = begun(walk, address);
        if (!is_code(walk, address) || !walk->code->image ||
            (before > 0 && within(&walk->pieces[before - 1].range, address)))
            return;
        index = find_piece(walk, address);
    }
    struct piece *piece = &walk->pieces[index];
    if (piece->range.address != address || piece->range.part)
        return;
    piece->called = true;
    walk->frames->rows[piece->import < walk->frames->count ? piece->import : piece->range.row]
        .address_taken = true;
}

static void taken_by(struct walk *walk, const struct kss_code_fixup *fixup) {
    if (fixup->import)
        return;
    if (fixup->target != KSS_CODE_NOWHERE)
        taken(walk, fixup->target);
    else if (fixup->row < walk->frames->count && fixup->function)
        walk->frames->rows[fixup->row].address_taken = true;
}

// Where a direct call or jump goes: into *to.
static void aim_direct(const struct walk *walk, const struct kss_step *step, struct record *to) {
    const struct kss_code_fixup *fixup = operand_fixup(walk, step);
    to->target = fixup != NULL ? fixup->target : step->target;
    if (fixup != NULL && fixup->target == KSS_CODE_NOWHERE) {
        to->row = fixup->row;
        if (fixup->row == KSS_CODE_NO_ROW || fixup->import)
            to->why = "the target has no symbol that is code";
    } else if (!is_code(walk, to->target)) {
        to->target = KSS_CODE_NOWHERE;
        to->why = "the target is no code of this file";
    }
    if (to->why != NULL)
        to->row = KSS_CODE_NO_ROW;
}

// The import a memory operand is the slot of.
static uint32_t operand_import(const struct walk *walk, const struct kss_step *step) {
    const struct kss_code_fixup *fixup = operand_fixup(walk, step);
    if (step->memory.indexed)
        return KSS_CODE_NO_ROW;
    if (fixup != NULL && fixup->import)
        return fixup->row;
    if (fixup != NULL)
        return fixup->target != KSS_CODE_NOWHERE ? slot_row(walk->code, fixup->target)
                                                 : KSS_CODE_NO_ROW;
    if (step->memory.known)
        return slot_row(walk->code, step->memory.address);
    if (step->memory.base < KSS_STEP_REGISTERS) {
        const struct value *base = &walk->values[step->memory.base];
        if (base->kind == VALUE_PAGE ||
            (base->kind == VALUE_ADDRESS && base->row == KSS_CODE_NO_ROW))
            return slot_row(walk->code, base->address + (uint64_t)step->memory.displacement);
    }
    return KSS_CODE_NO_ROW;
}

static void aim_register(const struct walk *walk, const struct kss_step *step, struct record *to) {
    if (step->reg >= KSS_STEP_REGISTERS)
        return;
    const struct value *value = &walk->values[step->reg];
    bool address = value->kind == VALUE_ADDRESS && value->row == KSS_CODE_NO_ROW;
    if (value->kind != VALUE_IMPORT && value->kind != VALUE_ADDRESS)
        return;
    if (address && !is_code(walk, value->address))
        return;
    to->row = value->row;
    to->target = address ? value->address : KSS_CODE_NOWHERE;
    to->reg = step->reg;
    to->load = value->at;
}

static void read_call(struct walk *walk, const struct kss_step *step) {
    struct record *to = record(walk, step->at, false);
    if (step->aim == KSS_AIM_DIRECT) {
        aim_direct(walk, step, to);
        if (to->target == step->at + step->length) // call; pop: where am I?
            walk->record_count--;
    } else if (step->aim == KSS_AIM_MEMORY) {
        to->row = operand_import(walk, step);
    } else if (step->aim == KSS_AIM_REGISTER) {
        aim_register(walk, step, to);
    }
}

static void read_jump(struct walk *walk, const struct kss_step *step) {
    struct record to = {.row = KSS_CODE_NO_ROW};
    aim_direct(walk, step, &to);
    const struct kss_code_range *range = range_at_work(walk);
    if (to.target != KSS_CODE_NOWHERE && within(range, to.target) &&
        (to.target != range->address || !walk->released)) {
        add_label(walk, to.target);
        return;
    }
    struct record *jump = record(walk, step->at, true);
    jump->target = to.target;
    jump->row = to.row;
    jump->why = to.why;
}

// ---- Switches -------------------------------------------------------------------------------------------

// Entry [index] of a table of pointers (width 0) or of distances from the table; KSS_CODE_NOWHERE: there
// is none.
static uint64_t table_entry(const struct walk *walk, uint64_t table, uint32_t index,
                            bool pointers) {
    const struct kss_code *code = walk->code;
    uint32_t width = pointers ? walk->decoder.pointer : 4;
    uint64_t at = table + (uint64_t)index * width;
    const struct kss_code_fixup *fixup = fixup_at(code, at);
    if (fixup != NULL) {
        if (fixup->target == KSS_CODE_NOWHERE || pointers != (fixup->kind == KSS_FIXUP_ADDRESS))
            return KSS_CODE_NOWHERE;
        // a field relative to its own end, of which the table's beginning was to be subtracted
        return pointers ? fixup->target : fixup->target - (at - table) - 4;
    }
    const struct kss_code_section *section = kss_code_section_at(code, at);
    if (section == NULL || section->length - (at - section->address) < width ||
        (pointers && !code->image))
        return KSS_CODE_NOWHERE;
    const uint8_t *bytes = section->bytes + (at - section->address);
    uint64_t value = 0;
    for (uint32_t i = 0; i < width; i++)
        value |= (uint64_t)bytes[i] << (8 * i);
    if (pointers)
        return value - code->base;
    return (table & ~(uint64_t)UINT32_MAX) | (uint32_t)(table + value);
}

// Whether the first entry leads into the piece at work; then all that do are labels.
static bool read_table(struct walk *walk, uint64_t table, bool pointers) {
    const struct kss_code_range *range = range_at_work(walk);
    if (table == KSS_CODE_NOWHERE)
        return false;
    for (uint32_t i = 0;; i++) {
        if (walk->label_count / 4 > range->size) { // tables over tables: nothing real
            walk->hidden_labels = true;
            return true;
        }
        uint64_t entry = table_entry(walk, table, i, pointers);
        if (entry == KSS_CODE_NOWHERE || !within(range, entry) || entry == range->address) {
            if (i > 0 && within(range, table) && table < walk->table_begin)
                walk->table_begin = table;
            return i > 0;
        }
        // the next table, or code behind this one, is no part of it
        if (within(range, table) && i > 0 &&
            table + (uint64_t)i * 4 >= range->address + range->size)
            return true;
        add_label(walk, entry);
    }
}

static uint64_t operand_table(const struct walk *walk, const struct kss_step *step) {
    const struct kss_code_fixup *fixup = operand_fixup(walk, step);
    if (fixup != NULL)
        return fixup->target;
    if (step->memory.base < KSS_STEP_REGISTERS) {
        const struct value *base = &walk->values[step->memory.base];
        return base->kind == VALUE_ADDRESS && base->row == KSS_CODE_NO_ROW
                   ? base->address + (uint64_t)step->memory.displacement
                   : KSS_CODE_NOWHERE;
    }
    return step->memory.known ? step->memory.address : KSS_CODE_NOWHERE;
}

static bool is_switch(struct walk *walk, const struct kss_step *step) {
    const struct kss_code_range *range = range_at_work(walk);
    const struct value *value = step->aim == KSS_AIM_REGISTER && step->reg < KSS_STEP_REGISTERS
                                    ? &walk->values[step->reg]
                                    : NULL;
    if (value != NULL && value->kind == VALUE_SUM && (step->no_track || !walk->released)) {
        if (!read_table(walk, value->address, false))
            walk->hidden_labels = true;
        return true;
    }
    if (value != NULL && value->kind == VALUE_ENTRY && read_table(walk, value->address, true))
        return true;
    if (step->aim == KSS_AIM_MEMORY && step->memory.indexed &&
        read_table(walk, operand_table(walk, step), true))
        return true;
    if (step->no_track || (range->framed && step->at - range->address >= range->body &&
                           !walk->released && step->aim != KSS_AIM_FAR)) {
        walk->hidden_labels = true;
        return true;
    }
    return false;
}

static void read_indirect_jump(struct walk *walk, const struct kss_step *step) {
    uint32_t import = step->aim == KSS_AIM_MEMORY ? operand_import(walk, step) : KSS_CODE_NO_ROW;
    if (import == KSS_CODE_NO_ROW && is_switch(walk, step))
        return;
    struct record *to = record(walk, step->at, true);
    to->row = import;
    if (step->aim == KSS_AIM_REGISTER)
        aim_register(walk, step, to);
}

// ---- Registers ------------------------------------------------------------------------------------------

static void set_value(struct walk *walk, unsigned reg, struct value value) {
    struct only *only = &walk->only[reg];
    walk->values[reg] = value;
    if (value.kind == VALUE_PAGE)
        return;
    if (value.kind != VALUE_IMPORT && value.kind != VALUE_ADDRESS)
        only->mixed = true;
    else if (only->kind == VALUE_UNKNOWN)
        *only = (struct only){value.kind, only->mixed, value.row, value.address};
    else if (only->kind != value.kind || only->row != value.row || only->address != value.address)
        only->mixed = true;
}

static void forget(struct walk *walk, uint32_t mask) {
    for (unsigned reg = 0; mask != 0; reg++, mask >>= 1)
        if (mask & 1)
            set_value(walk, reg, (struct value){.kind = VALUE_UNKNOWN});
}

// A number without a relocation is an address only in an image that has none at all.
static bool may_be_address(const struct walk *walk, uint64_t address) {
    uint32_t piece = walk->code->fixup_count == 0 ? piece_at(walk, address) : KSS_CODE_NO_ROW;
    return piece != KSS_CODE_NO_ROW && walk->pieces[piece].range.address == address;
}

// The address an instruction makes, as a value.
static struct value made_address(const struct walk *walk, const struct kss_step *step) {
    const struct kss_code_fixup *fixup = operand_fixup(walk, step);
    struct value value = {.kind = VALUE_ADDRESS, .row = KSS_CODE_NO_ROW, .at = step->at};
    if (fixup != NULL) {
        value.address = fixup->target;
        value.row = fixup->target == KSS_CODE_NOWHERE ? fixup->row : KSS_CODE_NO_ROW;
        if (fixup->import || (fixup->target == KSS_CODE_NOWHERE && fixup->row == KSS_CODE_NO_ROW))
            value.kind = VALUE_UNKNOWN;
    } else if (step->memory.base < KSS_STEP_REGISTERS) {
        const struct value *base = &walk->values[step->memory.base];
        value.address = base->address + (uint64_t)step->memory.displacement;
        if (base->kind != VALUE_PAGE)
            value.kind = VALUE_UNKNOWN;
    } else {
        value.address = step->memory.address;
        if (!step->memory.known || (step->memory.absolute && !may_be_address(walk, value.address)))
            value.kind = VALUE_UNKNOWN;
    }
    return value;
}

static struct value written(const struct walk *walk, const struct kss_step *step) {
    enum { NEAR = 64 }; // bytes of code between a table's load and the sum
    struct value value = {.kind = VALUE_UNKNOWN, .row = KSS_CODE_NO_ROW, .at = step->at};
    switch ((enum kss_step_write)step->write) {
    case KSS_WRITE_ADDRESS: return made_address(walk, step);
    case KSS_WRITE_PAGE:
        value.kind = VALUE_PAGE;
        value.address = step->memory.address;
        break;
    case KSS_WRITE_LOAD:
        value.row = operand_import(walk, step);
        if (value.row != KSS_CODE_NO_ROW) {
            value.kind = VALUE_IMPORT;
        } else if (step->memory.indexed) {
            value.kind = VALUE_ENTRY;
            value.address = operand_table(walk, step);
        }
        break;
    case KSS_WRITE_COPY: value = walk->values[step->from]; break;
    case KSS_WRITE_SUM:
        if (walk->narrow_at != KSS_CODE_NOWHERE && step->at - walk->narrow_at <= NEAR) {
            value.kind = VALUE_SUM;
            value.address = walk->narrow_table;
        }
        break;
    default: break;
    }
    return value;
}

static void pop(struct walk *walk, uint32_t mask) {
    walk->restored |= mask;
    for (unsigned reg = 0; mask != 0; reg++, mask >>= 1)
        if (mask & 1)
            walk->values[reg] = (struct value){.kind = VALUE_UNKNOWN};
}

static void read_write(struct walk *walk, const struct kss_step *step) {
    if (step->narrow_load != 0) {
        walk->narrow_at = step->at;
        walk->narrow_table = step->narrow_load == 4 ? operand_table(walk, step) : KSS_CODE_NOWHERE;
    }
    if (step->write == KSS_WRITE_POP) {
        pop(walk, step->others | UINT32_C(1) << step->to);
        return;
    }
    if (step->write != KSS_WRITE_NOTHING)
        set_value(walk, step->to, written(walk, step));
    forget(walk, step->others);
}

// ---- One piece ------------------------------------------------------------------------------------------

// Pops that an end or a jump out follows were an epilog's; others may have brought anything.
static void judge_pops(struct walk *walk, const struct kss_step *step, uint32_t records_before) {
    bool leaves = step->flow == KSS_FLOW_END ||
                  (step->flow == KSS_FLOW_JUMP && walk->record_count > records_before);
    for (unsigned reg = 0; reg < KSS_STEP_REGISTERS && !leaves && walk->restored != 0; reg++)
        if (walk->restored >> reg & 1)
            walk->only[reg].mixed = true;
    walk->restored = 0;
}

static void read_flow(struct walk *walk, const struct kss_step *step) {
    uint32_t records_before = walk->record_count;
    switch ((enum kss_step_flow)step->flow) {
    case KSS_FLOW_CALL:
        read_call(walk, step);
        forget(walk, walk->decoder.volatiles);
        break;
    case KSS_FLOW_JUMP:
    case KSS_FLOW_BRANCH:
        if (step->aim == KSS_AIM_DIRECT)
            read_jump(walk, step);
        else
            read_indirect_jump(walk, step);
        break;
    default: break;
    }
    judge_pops(walk, step, records_before);
    walk->released = false;
}

static void read_step(struct walk *walk, const struct kss_step *step) {
    const struct kss_code *code = walk->code;
    while (walk->fixup < code->fixup_count && code->fixups[walk->fixup].at < step->at)
        walk->fixup++;
    bool direct = step->flow != KSS_FLOW_ON && step->aim == KSS_AIM_DIRECT;
    for (uint32_t i = walk->fixup;
         i < code->fixup_count && code->fixups[i].at < step->at + step->length; i++)
        if (!direct && code->fixups[i].kind != KSS_FIXUP_PAGE)
            taken_by(walk, &code->fixups[i]);
    if (step->flow != KSS_FLOW_ON) {
        read_flow(walk, step);
        return;
    }
    if (step->write == KSS_WRITE_ADDRESS && operand_fixup(walk, step) == NULL) {
        struct value value = made_address(walk, step);
        if (value.kind == VALUE_ADDRESS && value.address != KSS_CODE_NOWHERE)
            taken(walk, value.address);
    }
    read_write(walk, step);
    if (step->sp != KSS_SP_STAYS)
        walk->released = step->sp == KSS_SP_RAISE || step->sp == KSS_SP_RESTORE;
}

static void unread(struct walk *walk, uint64_t at) {
    const struct kss_code_section *section = walk->section;
    struct record *to = record(walk, at, false);
    to->why = "code that cannot be read: the calls behind it are not known";
    uint64_t offset = section != NULL ? at - section->address + section->file_offset : 0;
    kss_frames_warn(walk->code->file, offset,
                    "`%s`: code at %s cannot be read; the rest is left out",
                    walk->frames->rows[range_at_work(walk)->row].symbol,
                    kss_code_place(walk->code, range_at_work(walk), at));
}

// What is known of code without unwind data at its end.
static void finish_found(struct walk *walk, uint64_t end) {
    const struct kss_code_range *range = range_at_work(walk);
    struct kss_frame *row = &walk->frames->rows[range->row];
    row->size = (uint32_t)(end - range->address);
    if (walk->moves && row->kind == KSS_FRAME_EXACT) {
        row->kind = KSS_FRAME_UNKNOWN;
        row->origin = KSS_FROM_NOTHING;
        row->bytes = 0;
        row->reason = "moves its stack pointer without unwind data that say how";
    }
}

static void begin_piece(struct walk *walk, uint32_t index) {
    const struct kss_code_range *range = &walk->pieces[index].range;
    walk->piece = index;
    walk->section = kss_code_section_at(walk->code, range->address);
    walk->label_count = 0;
    walk->reach = range->address;
    walk->table_begin = KSS_CODE_NOWHERE;
    walk->fixup = fixups_before(walk->code, range->address);
    walk->first_record = walk->record_count;
    walk->restored = 0;
    walk->narrow_at = KSS_CODE_NOWHERE;
    walk->hidden_labels = walk->released = walk->moves = false;
    memset(walk->values, 0, sizeof walk->values);
    memset(walk->only, 0, sizeof walk->only);
}

static int by_value(const void *left, const void *right) {
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return a < b ? -1 : a > b;
}

// Whether some jump of the piece goes behind [from], up to [to].
static bool label_between(const struct walk *walk, uint64_t from, uint64_t to) {
    uint32_t low = 0, high = walk->label_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (walk->labels[middle] <= from)
            low = middle + 1;
        else
            high = middle;
    }
    return walk->hidden_labels || (low < walk->label_count && walk->labels[low] <= to);
}

// Calls through registers whose content is not certain become indirect.
static void judge_registers(struct walk *walk) {
    bool sorted = false;
    for (uint32_t i = walk->first_record; i < walk->record_count; i++) {
        struct record *call = &walk->records[i];
        if (call->reg == KSS_STEP_NO_REGISTER || !walk->only[call->reg].mixed)
            continue;
        if (!sorted && walk->label_count > 1)
            qsort(walk->labels, walk->label_count, sizeof *walk->labels, by_value);
        sorted = true;
        if (label_between(walk, call->load, call->at)) {
            call->row = KSS_CODE_NO_ROW;
            call->target = KSS_CODE_NOWHERE;
        }
    }
}

// Where the code of a piece ends: at the latest where the next one begins.
static uint64_t end_of(const struct walk *walk, uint32_t index) {
    const struct kss_code_range *range = &walk->pieces[index].range;
    uint64_t end = range->address + range->size;
    if (index + 1 < walk->known && walk->pieces[index + 1].range.address < end)
        end = walk->pieces[index + 1].range.address;
    return end;
}

// Two rows of one address, or a function that runs on into the next: a jump that needs no instruction.
static void run_on(struct walk *walk, uint64_t at) {
    if (is_code(walk, at))
        record(walk, at, true)->target = at;
}

// Reads instructions up to [end]; returns where it stopped. *whole: there was nothing that could not be
// read. *last: the last instruction.
static uint64_t read_steps(struct walk *walk, uint64_t end, bool *whole, struct kss_step *last) {
    const struct kss_code_range range = *range_at_work(walk);
    bool dead = false, found = walk->piece >= walk->known;
    uint64_t at = range.address;
    while (at < end) {
        bool behind = dead && at > walk->reach;
        if (behind &&
            (at >= walk->table_begin || (range.loose && (found || !walk->hidden_labels)))) {
            *whole = !(found && walk->hidden_labels);
            return at; // padding, a table, or code of somebody else
        }
        if (!kss_decode(&walk->decoder, walk->section->bytes + (at - walk->section->address),
                        (uint32_t)(end - at), at, last)) {
            *whole = behind && range.loose;
            return at;
        }
        read_step(walk, last);
        walk->moves |= last->sp != KSS_SP_STAYS;
        dead = last->flow == KSS_FLOW_JUMP || last->flow == KSS_FLOW_END;
        at += last->length;
    }
    *whole = true;
    if (dead)
        last->flow = KSS_FLOW_END;
    return at;
}

static void walk_piece(struct walk *walk, uint32_t index) {
    begin_piece(walk, index);
    const struct kss_code_range range = *range_at_work(walk);
    uint64_t end = end_of(walk, index), at = range.address;
    if (walk->exhausted) {
        record(walk, at, false)->why = "code that was not read";
        return;
    }
    if (end == at && range.size > 0) {
        run_on(walk, at);
        return;
    }
    bool whole = false;
    struct kss_step last = {.flow = KSS_FLOW_END};
    if (walk->section != NULL) {
        uint64_t bytes_end = walk->section->address + walk->section->length;
        at = read_steps(walk, end < bytes_end ? end : bytes_end, &whole, &last);
        whole = whole && (end <= bytes_end || at < bytes_end || range.loose);
    }
    bool cut = end < range.address + range.size;
    if (whole && at == end && last.flow != KSS_FLOW_END && (cut || last.flow != KSS_FLOW_CALL))
        run_on(walk, end);
    if (!whole)
        unread(walk, at);
    judge_registers(walk);
    if (index >= walk->known)
        finish_found(walk, at);
}

// ---- All pieces -----------------------------------------------------------------------------------------

static void open_pieces(struct walk *walk) {
    const struct kss_code *code = walk->code;
    walk->known = walk->count = code->range_count;
    walk->pieces = kss_grow(NULL, &walk->capacity, (size_t)walk->count + 1, sizeof *walk->pieces);
    for (uint32_t i = 0; i < walk->count; i++)
        walk->pieces[i].range = code->ranges[i];
    qsort(walk->pieces, walk->count, sizeof *walk->pieces, by_address);
    for (uint32_t i = 0; i < code->section_count; i++)
        walk->budget += code->sections[i].length;
    for (uint32_t i = 0; i < walk->count; i++) {
        walk->pieces[i].owner = i;
        walk->pieces[i].import = thunk_of(walk, &walk->pieces[i].range);
    }
}

static uint32_t row_of(const struct walk *walk, uint32_t piece) {
    const struct piece *at = &walk->pieces[piece];
    return at->import != KSS_CODE_NO_ROW ? at->import : walk->pieces[at->owner].range.row;
}

// Found code ends where it ends, so pieces may overlap; in a file made to do so they would be read over and
// over. Nothing real comes near this bound.
static void spend(struct walk *walk) {
    const struct kss_code_range *range = range_at_work(walk);
    enum { TIMES = 16 };
    walk->spent += walk->frames->rows[range->row].size;
    if (walk->spent > walk->budget * TIMES && !walk->exhausted) {
        walk->exhausted = true;
        kss_frames_warn(walk->code->file, 0,
                        "pieces of code overlap too much; what is called in the rest is not read");
    }
}

// Makes pieces of all targets and reads those that are new, until there are none.
static void close_targets(struct walk *walk) {
    uint32_t piece = 0, done = 0;
    do {
        for (; piece < walk->count; piece++) {
            walk_piece(walk, piece);
            if (piece >= walk->known)
                spend(walk);
        }
        for (; done < walk->record_count; done++) {
            struct record *call = &walk->records[done];
            if (call->target == KSS_CODE_NOWHERE)
                continue;
            walk->piece = call->piece;
            uint32_t target = find_piece(walk, walk->records[done].target);
            walk->pieces[target].called |= !walk->records[done].tail;
        }
    } while (piece < walk->count);
}

// ---- Cold parts -----------------------------------------------------------------------------------------

static bool is_cold_name(const char *part, const char *whole) {
    size_t length = strlen(whole);
    return strncmp(part, whole, length) == 0 && strncmp(part + length, ".cold", 5) == 0;
}

static uint32_t last_owner(const struct walk *walk, uint32_t piece) {
    while (walk->pieces[piece].owner != piece)
        piece = walk->pieces[piece].owner;
    return piece;
}

static void adopt(struct walk *walk, uint32_t part, uint32_t whole) {
    whole = last_owner(walk, whole);
    if (whole == part || walk->pieces[part].owner != part)
        return;
    struct kss_frame *to = &walk->frames->rows[walk->pieces[whole].range.row];
    struct kss_frame *from = &walk->frames->rows[walk->pieces[part].range.row];
    walk->pieces[part].owner = whole;
    if (to == from)
        return;
    from->merged = true;
    if (from->kind == KSS_FRAME_UNKNOWN || to->kind == KSS_FRAME_UNKNOWN)
        return;
    if (from->bytes > to->bytes)
        to->bytes = from->bytes;
    if (from->kind == KSS_FRAME_AT_LEAST && to->kind == KSS_FRAME_EXACT) {
        to->kind = KSS_FRAME_AT_LEAST;
        to->reason = from->reason;
    }
}

// Jumps tell which piece is a part of which.
static void find_parts(struct walk *walk) {
    for (uint32_t i = 0; i < walk->record_count; i++) {
        const struct record *jump = &walk->records[i];
        if (!jump->tail || jump->target == KSS_CODE_NOWHERE)
            continue;
        uint32_t target = piece_at(walk, jump->target), from = jump->piece;
        const char *to_name = walk->frames->rows[walk->pieces[target].range.row].symbol;
        const char *from_name = walk->frames->rows[walk->pieces[from].range.row].symbol;
        if (is_cold_name(to_name, from_name))
            adopt(walk, target, from);
        else if (jump->target != walk->pieces[target].range.address && from_name[0] == '+' &&
                 !walk->pieces[from].called && from != target)
            adopt(walk, from, target);
    }
}

// Compresses owners to one step.
static void settle_parts(struct walk *walk) {
    for (uint32_t i = 0; i < walk->count; i++)
        walk->pieces[i].owner = last_owner(walk, i);
}

static void write_calls(struct walk *walk) {
    for (uint32_t i = 0; i < walk->count; i++)
        if (walk->pieces[i].import < walk->frames->count &&
            walk->frames->rows[walk->pieces[i].import].external)
            walk->frames->rows[walk->pieces[i].range.row].merged = true;
    for (uint32_t i = 0; i < walk->record_count; i++) {
        const struct record *from = &walk->records[i];
        const struct piece *piece = &walk->pieces[from->piece];
        struct kss_call call = {.caller = row_of(walk, from->piece),
                                .callee = KSS_CALL_INDIRECT,
                                .why = from->why,
                                .tail = from->tail};
        if (piece->import != KSS_CODE_NO_ROW)
            continue; // the thunk is gone
        if (from->target != KSS_CODE_NOWHERE)
            call.callee = row_of(walk, piece_at(walk, from->target));
        else if (from->row != KSS_CODE_NO_ROW)
            call.callee = from->row;
        if (call.tail && call.callee == call.caller && from->target != KSS_CODE_NOWHERE &&
            (walk->pieces[piece_at(walk, from->target)].owner != piece->owner ||
             from->target != walk->pieces[piece->owner].range.address))
            continue; // a part of itself
        if (call.callee == KSS_CODE_GUARD)
            continue;
        call.place = kss_code_place(walk->code, &piece->range, from->at);
        kss_frames_call(walk->frames, &call);
    }
}

void kss_code_read(const struct kss_code *code) {
    struct walk walk = {.code = code, .frames = code->file->frames};
    if (!kss_code_readable(walk.frames, code->arch) || !kss_decoder_open(&walk.decoder, code))
        return;
    open_pieces(&walk);
    for (uint32_t i = 0; i < code->fixup_count && walk.count > 0; i++) {
        const struct kss_code_section *section = kss_code_section_at(code, code->fixups[i].at);
        if (section != NULL && section->data && !section->code)
            taken_by(&walk, &code->fixups[i]);
    }
    close_targets(&walk);
    find_parts(&walk);
    settle_parts(&walk);
    write_calls(&walk);
    walk.frames->calls_known = true;
    free(walk.pieces);
    free(walk.found);
    free(walk.records);
    free(walk.labels);
    kss_decoder_close(&walk.decoder);
}
