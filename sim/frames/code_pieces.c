// SPDX-License-Identifier: MIT
// Which piece of code an address lies in, what a slot or a fixup names. Known pieces are in order of their
// addresses; those found on the way come behind, with a hash table over them.
//
// A function whose first instruction jumps through an import slot is a thunk: its row goes into the
// import's (`merged`), all that calls it calls the import.
#include "frames/code_calls.h"

#include "base/bisect.h"

#include <stdlib.h>
#include <string.h>

// ---- Pieces by address ------------------------------------------------------------------------------

static int by_address(const void *left, const void *right) {
    const struct kss_walk_piece *a = left, *b = right;
    if (a->range.address != b->range.address)
        return a->range.address < b->range.address ? -1 : 1;
    if (a->range.row != b->range.row)
        return a->range.row < b->range.row ? -1 : 1;
    return 0;
}

// How many of the known pieces begin at or before [address].
static uint32_t begun(const struct kss_walk *walk, uint64_t address) {
    uint32_t low;
    KSS_BISECT(low, walk->known, walk->pieces[low].range.address <= address);
    return low;
}

static uint32_t hash_of(uint64_t address) {
    return (uint32_t)((address * UINT64_C(0x9E3779B97F4A7C15)) >> 32);
}

static uint32_t *found_place(const struct kss_walk *walk, uint64_t address) {
    uint32_t mask = walk->found_size - 1, at = hash_of(address) & mask;
    while (walk->found[at] != 0 && walk->pieces[walk->found[at] - 1].range.address != address)
        at = (at + 1) & mask;
    return &walk->found[at];
}

static void grow_found(struct kss_walk *walk) {
    free(walk->found);
    unsigned size = 0;
    walk->found_size = walk->found_size == 0 ? 64 : walk->found_size * 2;
    walk->found = kss_grow(NULL, &size, walk->found_size, sizeof *walk->found);
    for (uint32_t i = walk->known; i < walk->count; i++)
        *found_place(walk, walk->pieces[i].range.address) = i + 1;
}

// The piece that holds [address], KSS_CODE_NO_ROW: none is known to. Of several that begin at one address
// the first. In a range that reaches to the next symbol only its beginning is sure to be the function.
uint32_t kss_walk_piece_at(const struct kss_walk *walk, uint64_t address) {
    uint32_t index = begun(walk, address);
    if (index > 0) {
        index--;
        while (index > 0 &&
               walk->pieces[index - 1].range.address == walk->pieces[index].range.address)
            index--;
        const struct kss_code_range *range = &walk->pieces[index].range;
        if (range->address == address || (kss_walk_within(range, address) && !range->loose))
            return index;
    }
    uint32_t found = walk->found_size > 0 ? *found_place(walk, address) : 0;
    return found != 0 ? found - 1 : KSS_CODE_NO_ROW;
}

bool kss_walk_is_code(const struct kss_walk *walk, uint64_t address) {
    const struct kss_code_section *section = kss_code_section_at(walk->code, address);
    return section != NULL && section->code;
}

// ---- Slots and fixups ---------------------------------------------------------------------------------

uint32_t kss_walk_slot_row(const struct kss_code *code, uint64_t address) {
    uint32_t low;
    KSS_BISECT(low, code->slot_count, code->slots[low].address < address);
    return low < code->slot_count && code->slots[low].address == address ? code->slots[low].row
                                                                         : KSS_CODE_NO_ROW;
}

// How many fixups lie before [address].
uint32_t kss_walk_fixups_before(const struct kss_code *code, uint64_t address) {
    uint32_t low;
    KSS_BISECT(low, code->fixup_count, code->fixups[low].at < address);
    return low;
}

const struct kss_code_fixup *kss_walk_fixup_at(const struct kss_code *code, uint64_t address) {
    uint32_t index = kss_walk_fixups_before(code, address);
    return index < code->fixup_count && code->fixups[index].at == address ? &code->fixups[index]
                                                                          : NULL;
}

// The fixup of an operand of the instruction at work.
const struct kss_code_fixup *kss_walk_operand_fixup(const struct kss_walk *walk,
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
static uint32_t thunk_of(const struct kss_walk *walk, const struct kss_code_range *range) {
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
            return kss_walk_slot_row(walk->code, step.memory.address);
        if (step.flow == KSS_FLOW_JUMP && step.aim == KSS_AIM_REGISTER && step.reg == 16)
            return kss_walk_slot_row(walk->code, address);
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
static uint32_t find_row(struct kss_walk *walk, const struct kss_code_range *range) {
    const struct kss_code *code = walk->code;
    const struct kss_frame_row *caller = &walk->frames->rows[walk->pieces[walk->piece].range.row];
    struct kss_frame_row row = {.module = caller->module,
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
uint32_t kss_walk_find_piece(struct kss_walk *walk, uint64_t address) {
    uint32_t index = kss_walk_piece_at(walk, address);
    if (index != KSS_CODE_NO_ROW)
        return index;
    const struct kss_code_section *section = kss_code_section_at(walk->code, address);
    uint64_t end = section->address + section->length;
    uint32_t next = begun(walk, address);
    if (next < walk->known && walk->pieces[next].range.address < end)
        end = walk->pieces[next].range.address;
    struct kss_walk_piece piece = {
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

uint32_t kss_walk_jump_piece(struct kss_walk *walk, uint64_t address) {
    uint32_t index = kss_walk_piece_at(walk, address), before = begun(walk, address);
    if (index != KSS_CODE_NO_ROW)
        return index;
    if (before > 0 && kss_walk_within(&walk->pieces[before - 1].range, address))
        return before - 1;
    return kss_walk_find_piece(walk, address);
}

// ---- Addresses that are taken ---------------------------------------------------------------------------

// Somebody holds a pointer to the function that begins at [address], if one does.
void kss_walk_taken(struct kss_walk *walk, uint64_t address) {
    uint32_t index = kss_walk_piece_at(walk, address);
    if (index == KSS_CODE_NO_ROW) {
        // In a piece of unknown end it may be a label; where nothing is known it is a function.
        uint32_t before = begun(walk, address);
        if (!kss_walk_is_code(walk, address) || !walk->code->image ||
            (before > 0 && kss_walk_within(&walk->pieces[before - 1].range, address)))
            return;
        index = kss_walk_find_piece(walk, address);
    }
    struct kss_walk_piece *piece = &walk->pieces[index];
    if (piece->range.address != address || piece->range.part)
        return;
    piece->called = true;
    walk->frames->rows[piece->import < walk->frames->count ? piece->import : piece->range.row]
        .address_taken = true;
}

void kss_walk_taken_by(struct kss_walk *walk, const struct kss_code_fixup *fixup) {
    if (fixup->import)
        return;
    if (fixup->target != KSS_CODE_NOWHERE)
        kss_walk_taken(walk, fixup->target);
    else if (fixup->row < walk->frames->count && fixup->function)
        walk->frames->rows[fixup->row].address_taken = true;
}

// ---- All of them ----------------------------------------------------------------------------------------

// A piece ends at the latest where the next one begins.
static void cut_pieces(struct kss_walk *walk) {
    for (uint32_t i = walk->known, next = i; i-- > 0;) {
        struct kss_walk_piece *piece = &walk->pieces[i];
        if (next < walk->known &&
            walk->pieces[next].range.address - piece->range.address < piece->range.size) {
            piece->range.size = (uint32_t)(walk->pieces[next].range.address - piece->range.address);
            piece->cut = true;
        }
        if (i == 0 || walk->pieces[i - 1].range.address != piece->range.address)
            next = i;
    }
}

static void order_pieces(struct kss_walk *walk) {
    walk->known = walk->count;
    qsort(walk->pieces, walk->count, sizeof *walk->pieces, by_address);
    cut_pieces(walk);
    for (uint32_t i = 0; i < walk->count; i++) {
        walk->pieces[i].owner = i;
        walk->pieces[i].import = thunk_of(walk, &walk->pieces[i].range);
    }
}

// Makes pieces of what is called directly from anywhere in a range, its end or not.
static void sweep(struct kss_walk *walk, struct kss_code_range range) {
    const struct kss_code_section *section = kss_code_section_at(walk->code, range.address);
    uint64_t at = range.address, end = range.address + range.size;
    if (section == NULL)
        return;
    if (end > section->address + section->length)
        end = section->address + section->length;
    while (at < end) {
        struct kss_step step;
        if (!kss_decode(&walk->decoder, section->bytes + (at - section->address),
                        (uint32_t)(end - at), at, &step)) {
            at++;
            continue;
        }
        at += step.length;
        if (step.flow == KSS_FLOW_CALL && step.aim == KSS_AIM_DIRECT && step.target != at &&
            kss_walk_is_code(walk, step.target))
            kss_walk_find_piece(walk, step.target);
    }
}

// x86 images have no unwind data that say where functions begin and end; one with nothing but exports
// has many functions behind each. What is called is where others begin, before anything is read.
static void find_beginnings(struct kss_walk *walk) {
    for (uint32_t i = 0; i < walk->known; i++) {
        walk->piece = i;
        if (walk->pieces[i].range.loose)
            sweep(walk, walk->pieces[i].range);
    }
    free(walk->found);
    walk->found = NULL;
    walk->found_size = 0;
    order_pieces(walk);
}

void kss_walk_open_pieces(struct kss_walk *walk) {
    const struct kss_code *code = walk->code;
    walk->count = code->range_count;
    walk->pieces = kss_grow(NULL, &walk->capacity, (size_t)walk->count + 1, sizeof *walk->pieces);
    for (uint32_t i = 0; i < walk->count; i++)
        walk->pieces[i].range = code->ranges[i];
    for (uint32_t i = 0; i < code->section_count; i++)
        walk->budget += code->sections[i].length;
    order_pieces(walk);
    if (code->image && code->arch == KSS_ARCH_X86)
        find_beginnings(walk);
}
