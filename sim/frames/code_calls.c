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
#include "frames/bytes.h"
#include "frames/code_calls.h"

#include "base/bisect.h"

#include <stdlib.h>
#include <string.h>

static struct kss_walk_record *record(struct kss_walk *walk, uint64_t at, bool tail) {
    KSS_ROOM(walk->records, walk->record_count, walk->record_capacity);
    struct kss_walk_record *to = &walk->records[walk->record_count++];
    *to = (struct kss_walk_record){.at = at,
                                   .target = KSS_CODE_NOWHERE,
                                   .piece = walk->piece,
                                   .row = KSS_CODE_NO_ROW,
                                   .reg = KSS_STEP_NO_REGISTER,
                                   .tail = tail};
    return to;
}

// Where a direct call or jump goes: into *to.
static void aim_direct(const struct kss_walk *walk, const struct kss_step *step,
                       struct kss_walk_record *to) {
    const struct kss_code_fixup *fixup = kss_walk_operand_fixup(walk, step);
    to->target = fixup != NULL ? fixup->target : step->target;
    if (fixup != NULL && fixup->target == KSS_CODE_NOWHERE) {
        to->row = fixup->row;
        if (fixup->row == KSS_CODE_NO_ROW || fixup->import)
            to->why = "the target has no symbol that is code";
    } else if (!kss_walk_is_code(walk, to->target)) {
        to->target = KSS_CODE_NOWHERE;
        to->why = "the target is no code of this file";
    }
    if (to->why != NULL)
        to->row = KSS_CODE_NO_ROW;
}

static void aim_register(const struct kss_walk *walk, const struct kss_step *step,
                         struct kss_walk_record *to) {
    if (step->reg >= KSS_STEP_REGISTERS)
        return;
    const struct kss_walk_value *value = &walk->values[step->reg];
    bool address = value->kind == KSS_VALUE_ADDRESS && value->row == KSS_CODE_NO_ROW;
    if (value->kind != KSS_VALUE_IMPORT && value->kind != KSS_VALUE_ADDRESS)
        return;
    if (address && !kss_walk_is_code(walk, value->address))
        return;
    to->row = value->row;
    to->target = address ? value->address : KSS_CODE_NOWHERE;
    to->reg = step->reg;
    to->load = value->at;
}

static void read_call(struct kss_walk *walk, const struct kss_step *step) {
    struct kss_walk_record *to = record(walk, step->at, false);
    if (step->aim == KSS_AIM_DIRECT) {
        aim_direct(walk, step, to);
        if (to->target == step->at + step->length) // call; pop: where am I?
            walk->record_count--;
    } else if (step->aim == KSS_AIM_MEMORY) {
        to->row = kss_walk_operand_import(walk, step);
    } else if (step->aim == KSS_AIM_REGISTER) {
        aim_register(walk, step, to);
    }
}

static void read_jump(struct kss_walk *walk, const struct kss_step *step) {
    struct kss_walk_record to = {.row = KSS_CODE_NO_ROW};
    aim_direct(walk, step, &to);
    const struct kss_code_range *range = kss_walk_range(walk);
    if (to.target != KSS_CODE_NOWHERE && kss_walk_within(range, to.target) &&
        (to.target != range->address || !walk->released)) {
        kss_walk_label(walk, to.target);
        return;
    }
    struct kss_walk_record *jump = record(walk, step->at, true);
    jump->target = to.target;
    jump->row = to.row;
    jump->why = to.why;
}

static void read_indirect_jump(struct kss_walk *walk, const struct kss_step *step) {
    uint32_t import =
        step->aim == KSS_AIM_MEMORY ? kss_walk_operand_import(walk, step) : KSS_CODE_NO_ROW;
    if (import == KSS_CODE_NO_ROW && kss_walk_is_switch(walk, step))
        return;
    struct kss_walk_record *to = record(walk, step->at, true);
    to->row = import;
    if (step->aim == KSS_AIM_REGISTER)
        aim_register(walk, step, to);
}

// ---- One piece ------------------------------------------------------------------------------------------

// Pops that an end or a jump out follows were an epilog's; others may have brought anything.
static void judge_pops(struct kss_walk *walk, const struct kss_step *step,
                       uint32_t records_before) {
    bool leaves = step->flow == KSS_FLOW_END ||
                  (step->flow == KSS_FLOW_JUMP && walk->record_count > records_before);
    for (unsigned reg = 0; reg < KSS_STEP_REGISTERS && !leaves && walk->restored != 0; reg++)
        if (walk->restored >> reg & 1)
            walk->only[reg].mixed = true;
    walk->restored = 0;
}

static void read_flow(struct kss_walk *walk, const struct kss_step *step) {
    uint32_t records_before = walk->record_count;
    switch ((enum kss_step_flow)step->flow) {
    case KSS_FLOW_CALL:
        read_call(walk, step);
        kss_walk_forget(walk, walk->decoder.volatiles);
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

static void note_table(struct kss_walk *walk, uint64_t address) {
    const struct kss_code_range *range = kss_walk_range(walk);
    if (kss_walk_within(range, address) && address != range->address &&
        walk->table_count < KSS_WALK_TABLES)
        walk->tables[walk->table_count++] = address;
}

static void read_step(struct kss_walk *walk, const struct kss_step *step) {
    const struct kss_code *code = walk->code;
    while (walk->fixup < code->fixup_count && code->fixups[walk->fixup].at < step->at)
        walk->fixup++;
    bool direct = step->flow != KSS_FLOW_ON && step->aim == KSS_AIM_DIRECT;
    for (uint32_t i = walk->fixup;
         i < code->fixup_count && code->fixups[i].at < step->at + step->length; i++)
        if (!direct && code->fixups[i].kind != KSS_FIXUP_PAGE)
            kss_walk_taken_by(walk, &code->fixups[i]);
    if (step->flow != KSS_FLOW_ON) {
        read_flow(walk, step);
        return;
    }
    if (step->write == KSS_WRITE_ADDRESS && kss_walk_operand_fixup(walk, step) == NULL) {
        struct kss_walk_value value = kss_walk_made_address(walk, step);
        if (value.kind == KSS_VALUE_ADDRESS && value.address != KSS_CODE_NOWHERE) {
            kss_walk_taken(walk, value.address);
            note_table(walk, value.address);
        }
    }
    kss_walk_write(walk, step);
    if (step->sp != KSS_SP_STAYS)
        walk->released = step->sp == KSS_SP_RAISE || step->sp == KSS_SP_RESTORE;
}

static void unread(struct kss_walk *walk, uint64_t at) {
    const struct kss_code_section *section = walk->section;
    struct kss_walk_record *to = record(walk, at, false);
    to->why = "code that cannot be read: the calls behind it are not known";
    uint64_t offset = section != NULL ? at - section->address + section->file_offset : 0;
    kss_frames_warn(walk->code->file, offset,
                    "`%s`: code at %s cannot be read; the rest is left out",
                    walk->frames->rows[kss_walk_range(walk)->row].symbol,
                    kss_code_place(walk->code, kss_walk_range(walk), at));
}

// What is known of code without unwind data at its end.
static void finish_found(struct kss_walk *walk, uint64_t end) {
    const struct kss_code_range *range = kss_walk_range(walk);
    struct kss_frame_row *row = &walk->frames->rows[range->row];
    row->size = (uint32_t)(end - range->address);
    if (walk->moves && row->kind == KSS_FRAME_EXACT) {
        row->kind = KSS_FRAME_UNKNOWN;
        row->origin = KSS_FROM_NOTHING;
        row->bytes = 0;
        row->reason = "moves its stack pointer without unwind data that say how";
    }
}

static void begin_piece(struct kss_walk *walk, uint32_t index) {
    const struct kss_code_range *range = &walk->pieces[index].range;
    walk->piece = index;
    walk->section = kss_code_section_at(walk->code, range->address);
    walk->label_count = 0;
    walk->reach = range->address;
    walk->table_begin = KSS_CODE_NOWHERE;
    walk->fixup = kss_walk_fixups_before(walk->code, range->address);
    walk->first_record = walk->record_count;
    walk->restored = walk->table_count = 0;
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
static bool label_between(const struct kss_walk *walk, uint64_t from, uint64_t to) {
    uint32_t low;
    KSS_BISECT(low, walk->label_count, walk->labels[low] <= from);
    return walk->hidden_labels || (low < walk->label_count && walk->labels[low] <= to);
}

// Calls through registers whose content is not certain become indirect.
static void judge_registers(struct kss_walk *walk) {
    bool sorted = false;
    for (uint32_t i = walk->first_record; i < walk->record_count; i++) {
        struct kss_walk_record *call = &walk->records[i];
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

// Two rows of one address, or a function that runs on into the next: a jump that needs no instruction.
static void run_on(struct kss_walk *walk, uint64_t at) {
    if (kss_walk_is_code(walk, at))
        record(walk, at, true)->target = at;
}

// Reads instructions up to [end]; returns where it stopped. *whole: there was nothing that could not be
// read. *last: what the last instruction that does something does.
static uint64_t read_steps(struct kss_walk *walk, uint64_t end, bool *whole, uint8_t *last) {
    const struct kss_code_range range = *kss_walk_range(walk);
    bool dead = false, found = walk->piece >= walk->known;
    uint64_t at = range.address;
    *last = KSS_FLOW_END;
    while (at < end) {
        struct kss_step step;
        bool behind = dead && at > walk->reach;
        if (at >= walk->table_begin || (behind && range.loose && (found || !walk->hidden_labels))) {
            *whole = !(found && walk->hidden_labels);
            return at; // a table, padding, or code of somebody else
        }
        if (!kss_decode(&walk->decoder, walk->section->bytes + (at - walk->section->address),
                        (uint32_t)(end - at), at, &step)) {
            *whole = behind && range.loose;
            return at;
        }
        read_step(walk, &step);
        walk->moves |= step.sp != KSS_SP_STAYS;
        // Dead code stays dead (padding) until a jump goes there.
        dead =
            step.flow == KSS_FLOW_JUMP || step.flow == KSS_FLOW_END || (dead && at > walk->reach);
        if (!step.nothing)
            *last = dead ? KSS_FLOW_END : step.flow;
        at += step.length;
    }
    *whole = true;
    return at;
}

static void walk_piece(struct kss_walk *walk, uint32_t index) {
    begin_piece(walk, index);
    const struct kss_code_range range = *kss_walk_range(walk);
    uint64_t end = range.address + range.size, at = range.address;
    if (walk->exhausted) {
        record(walk, at, false)->why = "code that was not read";
        return;
    }
    if (index > 0 && index < walk->known &&
        walk->pieces[index - 1].range.address == range.address) {
        run_on(walk, at);
        return;
    }
    bool whole = false;
    uint8_t last = KSS_FLOW_END;
    if (walk->section != NULL) {
        uint64_t bytes_end = walk->section->address + walk->section->length;
        at = read_steps(walk, end < bytes_end ? end : bytes_end, &whole, &last);
        whole = whole && (end <= bytes_end || at < bytes_end || range.loose);
    }
    bool cut = walk->pieces[index].cut;
    if (whole && at == end && last != KSS_FLOW_END && (cut || last != KSS_FLOW_CALL))
        run_on(walk, end);
    if (!whole)
        unread(walk, at);
    judge_registers(walk);
    if (index >= walk->known)
        finish_found(walk, at);
}

// ---- All pieces -----------------------------------------------------------------------------------------

// Found code ends where it ends, so pieces may overlap; in a file made to do so they would be read over and
// over. Nothing real comes near this bound.
static void spend(struct kss_walk *walk) {
    const struct kss_code_range *range = kss_walk_range(walk);
    enum { TIMES = 16 };
    walk->spent += walk->frames->rows[range->row].size;
    if (walk->spent > walk->budget * TIMES && !walk->exhausted) {
        walk->exhausted = true;
        kss_frames_warn(walk->code->file, 0,
                        "pieces of code overlap too much; what is called in the rest is not read");
    }
}

// Makes pieces of all targets and reads those that are new, until there are none.
static void close_targets(struct kss_walk *walk) {
    uint32_t piece = 0, done = 0;
    do {
        for (; piece < walk->count; piece++) {
            walk_piece(walk, piece);
            if (piece >= walk->known)
                spend(walk);
        }
        for (; done < walk->record_count; done++) {
            struct kss_walk_record *call = &walk->records[done];
            if (call->target == KSS_CODE_NOWHERE)
                continue;
            walk->piece = call->piece;
            uint64_t target = call->target;
            bool tail = call->tail;
            uint32_t to =
                tail ? kss_walk_jump_piece(walk, target) : kss_walk_find_piece(walk, target);
            walk->records[done].to = to;
            walk->pieces[to].called |= !tail;
        }
    } while (piece < walk->count);
}

// A function without calls is known to have none.
static void mark_read(struct kss_walk *walk) {
    for (uint32_t i = 0; i < walk->count; i++) {
        uint32_t row = walk->pieces[i].range.row;
        if (row < walk->frames->count && !walk->frames->rows[row].external)
            walk->frames->rows[row].calls_known = true;
    }
}

// Pointers in data: where relocations say so; without any, whatever is the address of a function.
static void read_data(struct kss_walk *walk) {
    const struct kss_code *code = walk->code;
    for (uint32_t i = 0; i < code->fixup_count; i++) {
        const struct kss_code_section *section = kss_code_section_at(code, code->fixups[i].at);
        if (section != NULL && section->data && !section->code)
            kss_walk_taken_by(walk, &code->fixups[i]);
    }
    uint32_t pointer = walk->decoder.pointer;
    for (uint32_t i = 0; code->absolute && i < code->section_count; i++) {
        const struct kss_code_section *section = &code->sections[i];
        for (uint32_t at = 0; section->data && section->length - at >= pointer; at += pointer) {
            uint64_t value =
                pointer == 8 ? kss_le64(section->bytes + at) : kss_le32(section->bytes + at);
            if (value > code->base && kss_walk_is_code(walk, value - code->base))
                kss_walk_taken(walk, value - code->base);
        }
    }
}

void kss_code_read(const struct kss_code *code) {
    struct kss_walk walk = {.code = code, .frames = code->file->frames};
    if (!kss_code_readable(walk.frames, code->arch) || !kss_decoder_open(&walk.decoder, code))
        return;
    kss_walk_open_pieces(&walk);
    if (walk.count > 0)
        read_data(&walk);
    close_targets(&walk);
    kss_walk_find_parts(&walk);
    kss_walk_settle_parts(&walk);
    kss_walk_write_calls(&walk);
    mark_read(&walk);
    walk.frames->calls_known = true;
    free(walk.pieces);
    free(walk.found);
    free(walk.records);
    free(walk.labels);
    kss_decoder_close(&walk.decoder);
}
