// SPDX-License-Identifier: MIT
// Does a body move its stack pointer? Unwind data with a frame register only say that it might: gcc has
// one in every function at -O0, for no other purpose than debugging.
//
//   entry   |----------------| return address
//           | pushes, locals |  the prolog's, counted by the unwind data
//   body    |----------------| <- sp stays here, or ...
//           | 32             |  sub rsp, 32 ... add rsp, 32: known, added
//           | 0..48          |  and rsp, -64: sp is a multiple of 16 before, so at most 48
//           | ?              |  sub rsp, rax: alloca, unknown
//
// The code is read once from the prolog's end, in order. A restore from another register (lea rsp,
// [rbp-8]) is an epilog's when it is followed by a return or jump before any call; else it may be an
// alloca written differently (ARM64: mov sp, x19).
//
// Code without unwind data must not move sp at all (Microsoft's pages "x64 exception handling" and "ARM64
// exception handling": leaf functions); hand-written assembly that does has a frame nobody knows.
#include "frames/code_walk.h"

#include <stdlib.h>

struct body {
    const struct kss_code *code;
    const struct kss_code_range *range;
    int64_t depth;     // below the body's sp
    uint64_t deepest;  // of the known ones
    uint64_t align;    // the largest power, 0: none
    uint64_t align_at; // where
    uint64_t unknown_at;
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
        if ((uint64_t)body->depth > body->deepest)
            body->deepest = (uint64_t)body->depth;
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
        } else if (step->amount > body->align) {
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
    if (section == NULL || range->size > section->length - begin) {
        body->unread = true;
        return;
    }
    uint64_t reach = 0; // the farthest forward branch
    bool dead = false;  // after a return
    for (uint32_t at = range->body; at < range->size;) {
        if (range->loose && dead && range->address + at > reach)
            return; // padding or a table, or nobody knows
        struct kss_step step;
        if (!kss_decode(decoder, section->bytes + begin + at, range->size - at, range->address + at,
                        &step)) {
            body->unread = true;
            return;
        }
        move_sp(body, &step);
        leave(body, &step);
        dead = step.flow == KSS_FLOW_END || step.flow == KSS_FLOW_JUMP;
        if ((step.flow == KSS_FLOW_BRANCH || step.flow == KSS_FLOW_JUMP) &&
            step.aim == KSS_AIM_DIRECT && step.target > reach &&
            step.target - range->address < range->size)
            reach = step.target;
        at += step.length;
    }
}

// The row of a body with a frame register.
static void settle(const struct body *body) {
    const struct kss_code *code = body->code;
    struct kss_frames *frames = code->file->frames;
    struct kss_frame_row *row = &frames->rows[body->range->row];
    enum { ALIGNED = 16 }; // sp in the body, by both ABIs
    if (row->kind != KSS_FRAME_AT_LEAST || body->unread)
        return;
    row->bytes += body->deepest;
    if (body->unknown) {
        row->reason = kss_frames_format(
            frames, "moves its stack pointer by an amount only known at run time (%s)",
            kss_code_place(code, body->range, body->unknown_at));
    } else if (body->align > ALIGNED) {
        row->reason = kss_frames_format(
            frames, "aligned to %llu on top: at most %llu bytes more (%s)",
            (unsigned long long)body->align, (unsigned long long)(body->align - ALIGNED),
            kss_code_place(code, body->range, body->align_at));
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
    enum { ALIGNED = 16 };
    if (row->kind != KSS_FRAME_EXACT ||
        (!body->unread && !body->unknown && body->deepest == 0 && body->align <= ALIGNED))
        return;
    row->kind = KSS_FRAME_AT_LEAST;
    row->reason = kss_frames_format(frames, "a part of it moves its stack pointer (%s)",
                                    kss_code_place(body->code, body->range, body->range->address));
}

static void settle_range(const struct kss_code *code, const struct kss_decoder *decoder,
                         const struct kss_code_range *range, bool part) {
    struct body body = {.code = code, .range = range};
    bool leaf = code->file->frames->rows[range->row].origin == KSS_FROM_LEAF;
    if (range->part != part || (!leaf && !range->frame_register))
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
        settle_range(code, &decoder, &code->ranges[i], false);
    for (uint32_t i = 0; i < code->range_count; i++)
        settle_range(code, &decoder, &code->ranges[i], true);
    kss_decoder_close(&decoder);
}
