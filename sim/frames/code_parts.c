// SPDX-License-Identifier: MIT
// The end of reading calls: cold parts go into their functions, then what was recorded becomes calls.
//
// gcc puts what is rarely run elsewhere, as f.cold with unwind data of its own: a part is f's code with
// f's frame. In images without symbols it is code that nobody calls and that jumps back into f. Its row
// goes into f's.
#include "frames/code_calls.h"

#include <stdlib.h>
#include <string.h>

static uint32_t row_of(const struct kss_walk *walk, uint32_t piece) {
    const struct kss_walk_piece *at = &walk->pieces[piece];
    return at->import != KSS_CODE_NO_ROW ? at->import : walk->pieces[at->owner].range.row;
}

// ---- Cold parts -----------------------------------------------------------------------------------------

static bool is_cold_name(const char *part, const char *whole) {
    size_t length = strlen(whole);
    return strncmp(part, whole, length) == 0 && strncmp(part + length, ".cold", 5) == 0;
}

static uint32_t last_owner(const struct kss_walk *walk, uint32_t piece) {
    while (walk->pieces[piece].owner != piece)
        piece = walk->pieces[piece].owner;
    return piece;
}

static void adopt(struct kss_walk *walk, uint32_t part, uint32_t whole) {
    whole = last_owner(walk, whole);
    if (whole == part || walk->pieces[part].owner != part)
        return;
    struct kss_frame_row *to = &walk->frames->rows[walk->pieces[whole].range.row];
    struct kss_frame_row *from = &walk->frames->rows[walk->pieces[part].range.row];
    walk->pieces[part].owner = whole;
    if (to == from)
        return;
    from->merged = true;
    if (to->kind == KSS_FRAME_UNKNOWN)
        return;
    if (from->kind == KSS_FRAME_UNKNOWN && to->kind == KSS_FRAME_EXACT) {
        to->kind = KSS_FRAME_AT_LEAST;
        to->reason = "the frame of its cold part is unknown";
    }
    if (from->kind == KSS_FRAME_UNKNOWN)
        return;
    if (from->bytes > to->bytes)
        to->bytes = from->bytes;
    if (from->kind == KSS_FRAME_AT_LEAST && to->kind == KSS_FRAME_EXACT) {
        to->kind = KSS_FRAME_AT_LEAST;
        to->reason = from->reason;
    }
}

// Jumps tell which piece is a part of which.
void kss_walk_find_parts(struct kss_walk *walk) {
    for (uint32_t i = 0; i < walk->record_count; i++) {
        const struct kss_walk_record *jump = &walk->records[i];
        if (!jump->tail || jump->target == KSS_CODE_NOWHERE)
            continue;
        uint32_t target = jump->to, from = jump->piece;
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
void kss_walk_settle_parts(struct kss_walk *walk) {
    for (uint32_t i = 0; i < walk->count; i++)
        walk->pieces[i].owner = last_owner(walk, i);
}

void kss_walk_write_calls(struct kss_walk *walk) {
    for (uint32_t i = 0; i < walk->count; i++)
        if (walk->pieces[i].import < walk->frames->count &&
            walk->frames->rows[walk->pieces[i].import].external)
            walk->frames->rows[walk->pieces[i].range.row].merged = true;
    for (uint32_t i = 0; i < walk->record_count; i++) {
        const struct kss_walk_record *from = &walk->records[i];
        const struct kss_walk_piece *piece = &walk->pieces[from->piece];
        struct kss_call_row call = {.caller = row_of(walk, from->piece),
                                    .callee = KSS_CALL_INDIRECT,
                                    .why = from->why,
                                    .tail = from->tail};
        if (piece->import != KSS_CODE_NO_ROW)
            continue; // the thunk is gone
        if (from->target != KSS_CODE_NOWHERE)
            call.callee = row_of(walk, from->to);
        else if (from->row != KSS_CODE_NO_ROW)
            call.callee = from->row;
        if (call.tail && call.callee == call.caller && from->target != KSS_CODE_NOWHERE &&
            (walk->pieces[from->to].owner != piece->owner ||
             from->target != walk->pieces[piece->owner].range.address))
            continue; // a part of itself
        if (call.callee == KSS_CODE_GUARD)
            continue;
        call.place = kss_code_place(walk->code, &piece->range, from->at);
        kss_frames_call(walk->frames, &call);
    }
}
