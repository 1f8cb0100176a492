// SPDX-License-Identifier: MIT
// Does a body move its stack pointer? Unwind data with a frame register only say that it might: gcc has
// one in every function at -O0, for no other purpose than debugging.
//
//   entry   |----------------| return address
//           | pushes, locals |  the prolog's, counted by the unwind data
//   body    |----------------| <- sp stays here, or ...
//           | 32             |  sub rsp, 32 ... add rsp, 32: known, added
//           | 0 or 8         |  and rsp, -16: by the ABI sp was one at the call, so that the frame says which
//           | 0..48          |  and rsp, -64: on top of that at most 48
//           | ?              |  sub rsp, rax: alloca, unknown
//
// The code is read once from the prolog's end, in order. A restore from another register (lea rsp,
// [rbp-8]) is an epilog's when it is followed by a return or jump before any call; else it may be an
// alloca written differently (ARM64: mov sp, x19).
//
// A row has one figure, and a path may end in the function itself or go through any of its calls. What is
// pushed in between is part of the figure where every call is made below it, and where there is none. Else it
// comes on top; no more than what a call pushes anyway (mov's short form at -Oz: push 1; pop rcx) changes no path.
//
// Without a frame register sp must not move behind the prolog, but intrinsics move it (__readeflags: pushfq;
// pop rax). Decoding all code for these few would take longer than all else, so that their bytes are looked
// for first.
//
// Code without unwind data must not move sp at all (Microsoft's pages "x64 exception handling" and "ARM64
// exception handling": leaf functions); hand-written assembly that does has a frame nobody knows.
#include "frames/code_walk.h"

#include <stdlib.h>

#define NO_CALL UINT64_MAX
enum { ALIGNED = 16 }; // sp at a call, by both ABIs

struct body {
    const struct kss_code *code;
    const struct kss_code_range *range;
    uint64_t frame;    // the unwind data's, with the return address
    uint32_t size;     // of the range, less what another one has of it
    int64_t depth;     // below the body's sp
    uint64_t deepest;  // of the known ones
    uint64_t called;   // the least depth that a call is made at; NO_CALL
    uint64_t align;    // the largest power, 0: none
    uint64_t rounded;  // what the sp of the body lacks to a multiple of 16, if it is aligned
    uint64_t align_at; // where
    uint64_t deepest_at, unknown_at;
    bool unknown, restored;
    bool unread;
    bool moves; // anything at all
};

static void unknown(struct body *body, uint64_t at) {
    if (!body->unknown) {
        body->unknown = true;
        body->unknown_at = at;
    }
}

static void move_sp(struct body *body, const struct kss_step *step) {
    enum { HUGE_FRAME = INT32_MAX }; // nothing real is larger, and sums stay in range
    if (step->sp == KSS_SP_STAYS)
        return;
    body->moves = true;
    switch ((enum kss_step_sp)step->sp) {
    case KSS_SP_LOWER:
        if (body->depth < 0 || body->restored || step->amount > HUGE_FRAME ||
            body->depth > HUGE_FRAME) {
            unknown(body, step->at);
            break;
        }
        body->depth += (int64_t)step->amount;
        if ((uint64_t)body->depth > body->deepest) {
            body->deepest = (uint64_t)body->depth;
            body->deepest_at = step->at;
        }
        break;
    case KSS_SP_RAISE:
        if (step->amount > HUGE_FRAME || body->depth < -(int64_t)HUGE_FRAME)
            unknown(body, step->at);
        else
            body->depth -= (int64_t)step->amount;
        break;
    case KSS_SP_RESTORE:
        if (body->restored)
            unknown(body, step->at);
        body->restored = true;
        body->depth = 0;
        break;
    case KSS_SP_ALIGN:
        if (step->amount > HUGE_FRAME) {
            unknown(body, step->at);
            break;
        }
        if (step->amount >= ALIGNED && body->depth % ALIGNED == 0)
            body->rounded = (ALIGNED - body->frame % ALIGNED) % ALIGNED;
        if (step->amount > body->align) {
            body->align = step->amount;
            body->align_at = step->at;
        }
        break;
    default: unknown(body, step->at); break;
    }
}

// Only at its own level does a body leave straight code, else the rest cannot be read in order.
static void leave(struct body *body, const struct kss_step *step) {
    switch ((enum kss_step_flow)step->flow) {
    case KSS_FLOW_CALL:
        if (body->restored || body->depth < 0)
            unknown(body, step->at);
        else if ((uint64_t)body->depth < body->called)
            body->called = (uint64_t)body->depth;
        break;
    case KSS_FLOW_BRANCH:
        if (body->restored || body->depth != 0)
            unknown(body, step->at);
        break;
    case KSS_FLOW_JUMP:
    case KSS_FLOW_END:
        if (body->depth > 0)
            unknown(body, step->at);
        body->depth = 0;
        body->restored = false;
        break;
    default: break;
    }
}

static void read_body(struct body *body, const struct kss_decoder *decoder) {
    const struct kss_code_range *range = body->range;
    const struct kss_code_section *section = kss_code_section_at(body->code, range->address);
    uint64_t begin = section != NULL ? range->address - section->address : 0;
    if (section == NULL || body->size > section->length - begin) {
        body->unread = true;
        return;
    }
    uint64_t reach = 0; // the farthest forward branch
    bool dead = false;  // after a return
    for (uint32_t at = range->body; at < body->size;) {
        if ((range->loose || !range->frame_register) && dead && range->address + at > reach)
            return; // padding or a table, or nobody knows
        struct kss_step step;
        if (!kss_decode(decoder, section->bytes + begin + at, body->size - at, range->address + at,
                        &step)) {
            body->unread = true;
            return;
        }
        move_sp(body, &step);
        leave(body, &step);
        dead = step.flow == KSS_FLOW_END || step.flow == KSS_FLOW_JUMP;
        if ((step.flow == KSS_FLOW_BRANCH || step.flow == KSS_FLOW_JUMP) &&
            step.aim == KSS_AIM_DIRECT && step.target > reach &&
            step.target - range->address < body->size)
            reach = step.target;
        at += step.length;
    }
}

// What the body surely takes below its prolog's sp on every path.
static uint64_t taken(const struct body *body) {
    return body->called == NO_CALL ? body->deepest : body->called;
}

// Whether some path is deeper than that: one that ends here, or goes through another call.
static bool deeper(const struct body *body) {
    enum { RETURN_ADDRESS = 8 }; // that every call pushes: x64 only
    return body->called != NO_CALL && body->deepest > body->called + RETURN_ADDRESS;
}

static void settle(const struct body *body) {
    const struct kss_code *code = body->code;
    struct kss_frames *frames = code->file->frames;
    struct kss_frame_row *row = &frames->rows[body->range->row];
    // Without a frame register what is `at least` is so for another reason, which stays true.
    uint8_t before = body->range->frame_register ? KSS_FRAME_AT_LEAST : KSS_FRAME_EXACT;
    if (row->kind != before || body->unread)
        return;
    row->kind = KSS_FRAME_AT_LEAST;
    if (body->unknown) { // the figure stays the fixed part, as the compilers' own
        row->reason = kss_frames_format(
            frames, "moves its stack pointer by an amount only known at run time (%s)%s",
            kss_code_place(code, body->range, body->unknown_at),
            taken(body) > 0 ? ", and makes room for each call below that" : "");
        return;
    }
    row->bytes += taken(body) + body->rounded;
    if (body->align > ALIGNED) {
        row->reason = kss_frames_format(
            frames, "aligned to %llu on top: at most %llu bytes more (%s)",
            (unsigned long long)body->align, (unsigned long long)(body->align - ALIGNED),
            kss_code_place(code, body->range, body->align_at));
    } else if (deeper(body)) {
        row->reason = kss_frames_format(
            frames,
            "pushes on top where no call is made, or not every one: at most %llu bytes more (%s)",
            (unsigned long long)(body->deepest - body->called),
            kss_code_place(code, body->range, body->deepest_at));
    } else {
        row->kind = KSS_FRAME_EXACT;
        row->reason = NULL;
    }
}

static void check_leaf(const struct body *body) {
    struct kss_frames *frames = body->code->file->frames;
    struct kss_frame_row *row = &frames->rows[body->range->row];
    if (!body->moves || row->origin != KSS_FROM_LEAF)
        return;
    row->kind = KSS_FRAME_UNKNOWN;
    row->bytes = 0;
    row->reason = "moves its stack pointer without unwind data that say how";
}

// A part elsewhere of a function (chained unwind data) whose beginning is settled.
static void settle_part(const struct body *body) {
    struct kss_frames *frames = body->code->file->frames;
    struct kss_frame_row *row = &frames->rows[body->range->row];
    if (row->kind != KSS_FRAME_EXACT || (body->unread && !body->range->frame_register) ||
        (!body->unread && !body->unknown && taken(body) == 0 && !deeper(body) &&
         body->align <= ALIGNED && body->rounded == 0))
        return;
    row->kind = KSS_FRAME_AT_LEAST;
    row->reason = kss_frames_format(frames, "a part of it moves its stack pointer (%s)",
                                    kss_code_place(body->code, body->range, body->range->address));
}

// What lowers sp without a frame register has a byte that is rare in code. That and its neighbours tell pushfq,
// push imm8 or a push, with the pop that follows at once; sub and lea of rsp. Compilers make these of intrinsics
// and at -Oz. What is found is decoded then.
static const bool rare[256] = {[0x29] = true, [0x2B] = true, [0x64] = true, [0x6A] = true,
                               [0x9C] = true, [0x9D] = true, [0xA4] = true, [0xEC] = true};

static bool pops(const uint8_t *at) {
    return (at[0] & 0xF8) == 0x58 || (at[0] == 0x41 && (at[1] & 0xF8) == 0x58);
}

// [before] and [after]: bytes of code on both sides of [at].
static bool suspicious(const uint8_t *at, uint64_t before, uint64_t after) {
    enum { REX_W = 0x48 };
    switch (at[0]) {
    case 0x9C: return after >= 2 && (pops(at + 1) || at[1] == 0x8F); // pushfq; pop
    case 0x6A: return after >= 3 && pops(at + 2);                    // push imm8; pop
    case 0x9D: return before >= 1 && (at[-1] & 0xF8) == 0x50;        // push; popfq
    case 0x29:                                                       // sub rsp, reg
        return before >= 1 && after >= 1 && (at[1] & 0xC7) == 0xC4 && (at[-1] & 0xFB) == REX_W;
    case 0x2B:
        return before >= 1 && after >= 1 && (at[1] & 0xF8) == 0xE0 && (at[-1] & 0xFE) == REX_W;
    case 0xEC: // sub rsp, imm
        return before >= 2 && (at[-1] == 0x81 || at[-1] == 0x83) && at[-2] == REX_W;
    default: // lea rsp, [rsp + n]
        return before >= 2 && after >= 1 && at[-1] == 0x8D && at[-2] == REX_W && at[1] == 0x24;
    }
}

static bool may_move(const struct kss_code *code, const struct body *body) {
    const struct kss_code_section *section = kss_code_section_at(code, body->range->address);
    uint64_t begin = section != NULL ? body->range->address - section->address : 0;
    if (section == NULL || body->size > section->length - begin || body->range->body > body->size)
        return false;
    const uint8_t *bytes = section->bytes + begin;
    for (uint32_t at = body->range->body; at < body->size; at++)
        if (rare[bytes[at]] && suspicious(bytes + at, begin + at, body->size - at - 1))
            return true;
    return false;
}

static void settle_range(const struct kss_code *code, const struct kss_decoder *decoder,
                         uint32_t index, bool part) {
    const struct kss_code_range *range = &code->ranges[index];
    struct body body = {.code = code,
                        .range = range,
                        .frame = code->file->frames->rows[range->row].bytes,
                        .size = range->size,
                        .called = NO_CALL};
    uint8_t origin = code->file->frames->rows[range->row].origin;
    bool leaf = origin == KSS_FROM_LEAF;
    if (range->part != part || (!leaf && origin != KSS_FROM_UNWIND_X64))
        return;
    // A part elsewhere may lie in the range of its function's entry (LLVM's assembler).
    if (index + 1 < code->range_count && range[1].address > range->address &&
        range[1].address - range->address < body.size)
        body.size = (uint32_t)(range[1].address - range->address);
    if (!leaf && !range->frame_register && !may_move(code, &body))
        return;
    read_body(&body, decoder);
    if (leaf)
        check_leaf(&body);
    else if (part)
        settle_part(&body);
    else
        settle(&body);
}

void kss_code_settle(const struct kss_code *code) {
    struct kss_decoder decoder;
    if (!kss_decoder_open(&decoder, code))
        return;
    for (uint32_t i = 0; i < code->range_count; i++)
        settle_range(code, &decoder, i, false);
    for (uint32_t i = 0; i < code->range_count; i++)
        settle_range(code, &decoder, i, true);
    kss_decoder_close(&decoder);
}
