// SPDX-License-Identifier: MIT
// Which pointer a register holds, and whether an indirect jump is a switch's.
//
// A switch's jump stays in the function, any other is a tail call. It is a switch's when the code shows
// the table:
//   - the compiler marked it (notrack), or
//   - the register was made by adding to an entry of a table of 1, 2 or 4 bytes (no function pointer is
//     made so), or
//   - the pointer comes from a table whose first entry leads into this very function;
// or when unwind data say that the frame is still there: nobody leaves a function without giving its frame
// back. Anything else counts as a call that nobody knows: one call too many is seen, one too few is not.
#include "frames/code_calls.h"

#include <stdlib.h>
#include <string.h>

// The import a memory operand is the slot of.
uint32_t kss_walk_operand_import(const struct kss_walk *walk, const struct kss_step *step) {
    const struct kss_code_fixup *fixup = kss_walk_operand_fixup(walk, step);
    if (step->memory.indexed)
        return KSS_CODE_NO_ROW;
    if (fixup != NULL && fixup->import)
        return fixup->row;
    if (fixup != NULL)
        return fixup->target != KSS_CODE_NOWHERE ? kss_walk_slot_row(walk->code, fixup->target)
                                                 : KSS_CODE_NO_ROW;
    if (step->memory.known)
        return kss_walk_slot_row(walk->code, step->memory.address);
    if (step->memory.base < KSS_STEP_REGISTERS) {
        const struct kss_walk_value *base = &walk->values[step->memory.base];
        if (base->kind == KSS_VALUE_PAGE ||
            (base->kind == KSS_VALUE_ADDRESS && base->row == KSS_CODE_NO_ROW))
            return kss_walk_slot_row(walk->code,
                                     base->address + (uint64_t)step->memory.displacement);
    }
    return KSS_CODE_NO_ROW;
}

// ---- Switches -------------------------------------------------------------------------------------------

// Entry [index] of a table of pointers (width 0) or of distances from the table; KSS_CODE_NOWHERE: there
// is none.
static uint64_t table_entry(const struct kss_walk *walk, uint64_t table, uint32_t index,
                            bool pointers) {
    const struct kss_code *code = walk->code;
    uint32_t width = pointers ? walk->decoder.pointer : 4;
    uint64_t at = table + (uint64_t)index * width;
    const struct kss_code_fixup *fixup = kss_walk_fixup_at(code, at);
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
static bool read_table(struct kss_walk *walk, uint64_t table, bool pointers) {
    const struct kss_code_range *range = kss_walk_range(walk);
    if (table == KSS_CODE_NOWHERE)
        return false;
    for (uint32_t i = 0;; i++) {
        if (walk->label_count / 4 > range->size) { // tables over tables: nothing real
            walk->hidden_labels = true;
            return true;
        }
        uint64_t entry = table_entry(walk, table, i, pointers);
        if (entry == KSS_CODE_NOWHERE || !kss_walk_within(range, entry) ||
            entry == range->address) {
            if (i > 0 && kss_walk_within(range, table) && table < walk->table_begin)
                walk->table_begin = table;
            return i > 0;
        }
        // the next table, or code behind this one, is no part of it
        if (kss_walk_within(range, table) && i > 0 &&
            table + (uint64_t)i * 4 >= range->address + range->size)
            return true;
        kss_walk_label(walk, entry);
    }
}

static uint64_t operand_table(const struct kss_walk *walk, const struct kss_step *step) {
    const struct kss_code_fixup *fixup = kss_walk_operand_fixup(walk, step);
    if (fixup != NULL)
        return fixup->target;
    if (step->memory.base < KSS_STEP_REGISTERS) {
        const struct kss_walk_value *base = &walk->values[step->memory.base];
        return base->kind == KSS_VALUE_ADDRESS && base->row == KSS_CODE_NO_ROW
                   ? base->address + (uint64_t)step->memory.displacement
                   : KSS_CODE_NOWHERE;
    }
    return step->memory.known ? step->memory.address : KSS_CODE_NOWHERE;
}

// A switch whose table is not known: all that may be tables of the piece are.
static bool read_any_table(struct kss_walk *walk) {
    bool any = false;
    for (uint32_t i = 0; i < walk->table_count; i++)
        any |= read_table(walk, walk->tables[i], false);
    return any && walk->table_count < KSS_WALK_TABLES;
}

bool kss_walk_is_switch(struct kss_walk *walk, const struct kss_step *step) {
    const struct kss_code_range *range = kss_walk_range(walk);
    const struct kss_walk_value *value =
        step->aim == KSS_AIM_REGISTER && step->reg < KSS_STEP_REGISTERS ? &walk->values[step->reg]
                                                                        : NULL;
    if (value != NULL && value->kind == KSS_VALUE_SUM && (step->no_track || !walk->released)) {
        if (!read_table(walk, value->address, false) && !read_any_table(walk))
            walk->hidden_labels = true;
        return true;
    }
    if (value != NULL && value->kind == KSS_VALUE_ENTRY && read_table(walk, value->address, true))
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

// ---- Registers ------------------------------------------------------------------------------------------

static void set_value(struct kss_walk *walk, unsigned reg, struct kss_walk_value value) {
    struct kss_walk_only *only = &walk->only[reg];
    walk->values[reg] = value;
    if (value.kind == KSS_VALUE_PAGE)
        return;
    if (value.kind != KSS_VALUE_IMPORT && value.kind != KSS_VALUE_ADDRESS)
        only->mixed = true;
    else if (only->kind == KSS_VALUE_UNKNOWN)
        *only = (struct kss_walk_only){value.kind, only->mixed, value.row, value.address};
    else if (only->kind != value.kind || only->row != value.row || only->address != value.address)
        only->mixed = true;
}

void kss_walk_forget(struct kss_walk *walk, uint32_t mask) {
    for (unsigned reg = 0; mask != 0; reg++, mask >>= 1)
        if (mask & 1)
            set_value(walk, reg, (struct kss_walk_value){.kind = KSS_VALUE_UNKNOWN});
}

// A number without a relocation is an address only in an image that has none at all.
static bool may_be_address(const struct kss_walk *walk, uint64_t address) {
    uint32_t piece =
        walk->code->fixup_count == 0 ? kss_walk_piece_at(walk, address) : KSS_CODE_NO_ROW;
    return piece != KSS_CODE_NO_ROW && walk->pieces[piece].range.address == address;
}

// The address an instruction makes, as a value.
struct kss_walk_value kss_walk_made_address(const struct kss_walk *walk,
                                            const struct kss_step *step) {
    const struct kss_code_fixup *fixup = kss_walk_operand_fixup(walk, step);
    struct kss_walk_value value = {
        .kind = KSS_VALUE_ADDRESS, .row = KSS_CODE_NO_ROW, .at = step->at};
    if (fixup != NULL) {
        value.address = fixup->target;
        value.row = fixup->target == KSS_CODE_NOWHERE ? fixup->row : KSS_CODE_NO_ROW;
        if (fixup->import || (fixup->target == KSS_CODE_NOWHERE && fixup->row == KSS_CODE_NO_ROW))
            value.kind = KSS_VALUE_UNKNOWN;
    } else if (step->memory.base < KSS_STEP_REGISTERS) {
        const struct kss_walk_value *base = &walk->values[step->memory.base];
        value.address = base->address + (uint64_t)step->memory.displacement;
        if (base->kind != KSS_VALUE_PAGE)
            value.kind = KSS_VALUE_UNKNOWN;
    } else {
        value.address = step->memory.address;
        if (!step->memory.known || (step->memory.absolute && !may_be_address(walk, value.address)))
            value.kind = KSS_VALUE_UNKNOWN;
    }
    return value;
}

static struct kss_walk_value written(const struct kss_walk *walk, const struct kss_step *step) {
    enum { NEAR = 64 }; // bytes of code between a table's load and the sum
    struct kss_walk_value value = {
        .kind = KSS_VALUE_UNKNOWN, .row = KSS_CODE_NO_ROW, .at = step->at};
    switch ((enum kss_step_write)step->write) {
    case KSS_WRITE_ADDRESS: return kss_walk_made_address(walk, step);
    case KSS_WRITE_PAGE:
        value.kind = KSS_VALUE_PAGE;
        value.address = step->memory.address;
        break;
    case KSS_WRITE_LOAD:
        value.row = kss_walk_operand_import(walk, step);
        if (value.row != KSS_CODE_NO_ROW) {
            value.kind = KSS_VALUE_IMPORT;
        } else if (step->memory.indexed) {
            value.kind = KSS_VALUE_ENTRY;
            value.address = operand_table(walk, step);
        }
        break;
    case KSS_WRITE_COPY: value = walk->values[step->from]; break;
    case KSS_WRITE_SUM:
        if (walk->narrow_at != KSS_CODE_NOWHERE && step->at - walk->narrow_at <= NEAR) {
            value.kind = KSS_VALUE_SUM;
            value.address = walk->narrow_table;
        }
        break;
    default: break;
    }
    return value;
}

static void pop(struct kss_walk *walk, uint32_t mask) {
    walk->restored |= mask;
    for (unsigned reg = 0; mask != 0; reg++, mask >>= 1)
        if (mask & 1)
            walk->values[reg] = (struct kss_walk_value){.kind = KSS_VALUE_UNKNOWN};
}

void kss_walk_write(struct kss_walk *walk, const struct kss_step *step) {
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
    kss_walk_forget(walk, step->others);
}
