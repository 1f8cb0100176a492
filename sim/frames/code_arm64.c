// SPDX-License-Identifier: MIT
// ARM64 instructions as steps (code_walk.h): branches, what makes addresses, what moves sp; of all others
// only which registers they write. Every instruction is four bytes, so nothing can get out of step.
//
// Encodings: Arm Architecture Reference Manual for A-profile, chapter C4 (the tables by which an
// instruction's class is found) and C6 (the instructions).
#include "frames/code_walk.h"

enum { SP = 31, FP_REGISTERS = 1 << 26, LINK = 30 };

static uint32_t bits(uint32_t word, unsigned high, unsigned low) {
    return word >> low & ((UINT32_C(2) << (high - low)) - 1);
}

// The two's complement number of bits [high] to [low].
static int64_t number(uint32_t word, unsigned high, unsigned low) {
    uint32_t sign = UINT32_C(1) << (high - low);
    return (int64_t)(bits(word, high, low) ^ sign) - sign;
}

static uint64_t near(const struct kss_step *step, int64_t distance) {
    uint32_t low = (uint32_t)step->at + (uint32_t)distance;
    return (step->at & ~(uint64_t)UINT32_MAX) | low;
}

static void sp_by(struct kss_step *step, int64_t amount) {
    step->sp = amount < 0 ? KSS_SP_LOWER : KSS_SP_RAISE;
    step->amount = (uint64_t)(amount < 0 ? -amount : amount);
}

static void writes(struct kss_step *step, uint32_t reg, enum kss_step_write kind) {
    if (reg == SP)
        return;
    step->to = (uint8_t)reg;
    step->write = (uint8_t)kind;
}

static void writes_too(struct kss_step *step, uint32_t reg) {
    if (reg != SP)
        step->others |= UINT32_C(1) << reg;
}

static void direct(struct kss_step *step, enum kss_step_flow flow, int64_t words) {
    step->flow = (uint8_t)flow;
    step->aim = KSS_AIM_DIRECT;
    step->target = near(step, words * 4);
    step->field = step->at;
}

// Branches, exceptions, system instructions.
static void read_branch(uint32_t word, struct kss_step *step) {
    if ((word & 0x7C000000) == 0x14000000) { // b, bl
        direct(step, word >> 31 ? KSS_FLOW_CALL : KSS_FLOW_JUMP, number(word, 25, 0));
    } else if ((word & 0xFF000000) == 0x54000000 || (word & 0x7E000000) == 0x34000000) {
        direct(step, KSS_FLOW_BRANCH, number(word, 23, 5)); // b.cond, cbz, cbnz
    } else if ((word & 0x7E000000) == 0x36000000) {         // tbz, tbnz
        direct(step, KSS_FLOW_BRANCH, number(word, 18, 5));
    } else if ((word & 0xFE000000) == 0xD6000000) { // br, blr, ret, eret, drps; with authentication
        uint32_t kind = bits(word, 23, 21) & 7;
        step->aim = KSS_AIM_REGISTER;
        step->reg = (uint8_t)bits(word, 9, 5);
        step->flow = kind == 0 ? KSS_FLOW_JUMP : kind == 1 ? KSS_FLOW_CALL : KSS_FLOW_END;
    } else if ((word & 0xFFE0001F) == 0xD4200000) { // brk: 0xF000 is a breakpoint, others are ends
        step->nothing = true;
        if (bits(word, 20, 5) != 0xF000)
            step->flow = KSS_FLOW_END;
    } else if ((word & 0xFFF00000) == 0xD5300000) { // mrs
        writes(step, bits(word, 4, 0), KSS_WRITE_OTHER);
    }
}

// The two's power an `and` with this immediate rounds down to, 0: it is no such mask.
static uint64_t alignment(uint32_t word) {
    uint32_t rotate = bits(word, 21, 16), ones = bits(word, 15, 10) + 1;
    bool wide = word >> 31 && word >> 22 & 1;
    return wide && rotate != 0 && ones == rotate && rotate < 64 ? UINT64_C(1) << (64 - rotate) : 0;
}

static void read_immediate(uint32_t word, struct kss_step *step) {
    uint32_t rd = bits(word, 4, 0), rn = bits(word, 9, 5);
    bool flags = word >> 29 & 1;             // adds, subs, ands: 31 is the zero register there
    if ((word & 0x1F000000) == 0x10000000) { // adr, adrp
        int64_t distance = number(word, 23, 5) * 4 + bits(word, 30, 29);
        bool page = word >> 31;
        step->field = step->at;
        step->memory.known = true;
        step->memory.address = near(step, distance);
        if (page)
            step->memory.address = (near(step, distance * 4096)) & ~UINT64_C(0xFFF);
        writes(step, rd, page ? KSS_WRITE_PAGE : KSS_WRITE_ADDRESS);
    } else if ((word & 0x1F800000) == 0x11000000) { // add, sub
        bool minus = word >> 30 & 1;
        int64_t amount = (int64_t)bits(word, 21, 10) << (word >> 22 & 1 ? 12 : 0);
        if (rd == SP && !flags && rn == SP) {
            sp_by(step, minus ? -amount : amount);
        } else if (rd == SP && !flags) {
            step->sp = KSS_SP_RESTORE;
        } else if (rn == SP || minus || flags) {
            writes(step, rd, KSS_WRITE_OTHER);
        } else {
            step->memory.base = (uint8_t)rn;
            step->memory.displacement = amount;
            step->field = step->at;
            writes(step, rd, KSS_WRITE_ADDRESS);
        }
    } else if ((word & 0x1F800000) == 0x12000000 && rd == SP && !flags) { // and, orr, eor to sp
        step->amount = bits(word, 30, 29) == 0 ? alignment(word) : 0;
        step->sp = step->amount != 0 ? KSS_SP_ALIGN : KSS_SP_UNKNOWN;
    } else {
        writes(step, rd, KSS_WRITE_OTHER);
    }
}

static void read_registers(uint32_t word, struct kss_step *step) {
    uint32_t rd = bits(word, 4, 0);
    bool flags = word >> 29 & 1;
    if ((word & 0xFFE0FFE0) == 0xAA0003E0) { // mov xd, xm
        step->from = (uint8_t)bits(word, 20, 16);
        writes(step, rd, step->from == SP ? KSS_WRITE_OTHER : KSS_WRITE_COPY);
    } else if ((word & 0x1FE00000) == 0x0B200000 && rd == SP &&
               !flags) { // sub sp, sp, x15, uxtx #4
        step->sp = KSS_SP_UNKNOWN;
    } else if ((word & 0x7F000000) == 0x0B000000) { // add, shifted or extended
        writes(step, rd, KSS_WRITE_SUM);
    } else {
        writes(step, rd, KSS_WRITE_OTHER);
    }
}

// What a load or store adds to its base register when it writes that back.
static void write_back(struct kss_step *step, uint32_t rn, int64_t amount) {
    if (rn == SP)
        sp_by(step, amount);
    else
        writes_too(step, rn);
}

static void read_pair(uint32_t word, struct kss_step *step) {
    bool load = word >> 22 & 1, vector = (word & FP_REGISTERS) != 0;
    uint32_t size = vector ? UINT32_C(4) << bits(word, 31, 30) : (bits(word, 31, 30) == 2 ? 8 : 4);
    if (!vector && !load && bits(word, 31, 30) == 1)
        size = 16; // stgp
    if (load && !vector) {
        bool stack = bits(word, 9, 5) == SP;
        writes(step, bits(word, 4, 0), stack ? KSS_WRITE_POP : KSS_WRITE_OTHER);
        writes_too(step, bits(word, 14, 10));
    }
    if (word >> 23 & 1) // pre or post
        write_back(step, bits(word, 9, 5), number(word, 21, 15) * size);
}

// One register, the address in its four forms.
static void read_single(uint32_t word, struct kss_step *step) {
    bool vector = (word & FP_REGISTERS) != 0, load = bits(word, 23, 22) != 0 && !vector;
    uint32_t rt = bits(word, 4, 0), rn = bits(word, 9, 5);
    bool pointer = (word & 0xFFC00000) == 0xF9400000 || (word & 0xFFE00000) == 0xF8400000 ||
                   (word & 0xFFE00000) == 0xF8600000;
    uint8_t kind = rn == SP ? KSS_WRITE_POP : KSS_WRITE_OTHER;
    if (word >> 24 & 1) { // unsigned offset
        if (pointer && rn != SP) {
            step->memory.base = (uint8_t)rn;
            step->memory.displacement = (int64_t)bits(word, 21, 10) * 8;
            step->field = step->at;
            kind = KSS_WRITE_LOAD;
        }
    } else if ((word & 0x00200C00) == 0x00200800) { // register offset
        step->memory.base = (uint8_t)rn;
        step->memory.indexed = true;
        step->memory.scale = (uint8_t)(word >> 12 & 1 ? 1 << bits(word, 31, 30) : 1);
        kind = pointer ? KSS_WRITE_LOAD : KSS_WRITE_OTHER;
        if (load && bits(word, 31, 30) < 3)
            step->narrow_load = (uint8_t)(1 << bits(word, 31, 30));
    } else if ((word & 0x00200C00) == 0x00000400 || (word & 0x00200C00) == 0x00000C00) {
        write_back(step, rn, number(word, 20, 12)); // post, pre
    } else if ((word & 0x00200000) != 0) {
        load = !vector; // atomics; ldraa
    }
    if (load)
        writes(step, rt, kind);
}

static void read_memory(uint32_t word, struct kss_step *step) {
    switch (bits(word, 29, 28)) {
    case 2: read_pair(word, step); break;
    case 3: read_single(word, step); break;
    case 1:
        if (bits(word, 25, 24) == 0 && (word & FP_REGISTERS) == 0) { // literal
            step->memory.known = true;
            step->memory.address = near(step, number(word, 23, 5) * 4);
            step->field = step->at;
            writes(step, bits(word, 4, 0), word >> 30 == 1 ? KSS_WRITE_LOAD : KSS_WRITE_OTHER);
        } else if (bits(word, 25, 24) != 0) { // ldapr, stlr of an offset; copies
            writes(step, bits(word, 4, 0), KSS_WRITE_OTHER);
            writes_too(step, bits(word, 9, 5));
            writes_too(step, bits(word, 20, 16));
        }
        break;
    default:
        if (word & FP_REGISTERS) { // ld1, st1 ...
            if (word >> 23 & 1) {
                if (bits(word, 9, 5) == SP)
                    step->sp = KSS_SP_UNKNOWN;
                else
                    writes_too(step, bits(word, 9, 5));
            }
        } else { // exclusive, compare and swap
            writes(step, bits(word, 4, 0), KSS_WRITE_OTHER);
            writes_too(step, bits(word, 14, 10));
            writes_too(step, bits(word, 20, 16));
            if (bits(word, 20, 16) < LINK)
                writes_too(step, bits(word, 20, 16) + 1);
        }
    }
}

static bool decode(const struct kss_decoder *decoder, const uint8_t *bytes, uint32_t length,
                   struct kss_step *step) {
    (void)decoder;
    if (length < 4)
        return false;
    uint32_t word = (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
                    (uint32_t)bytes[3] << 24;
    step->length = 4;
    step->nothing = word == 0xD503201F; // nop
    switch (bits(word, 28, 25)) {
    case 0:
        if (word >> 16 == 0) // udf
            step->flow = KSS_FLOW_END;
        break;
    case 8:
    case 9: read_immediate(word, step); break;
    case 10:
    case 11: read_branch(word, step); break;
    case 5:
    case 13: read_registers(word, step); break;
    case 4:
    case 6:
    case 12:
    case 14: read_memory(word, step); break;
    default: writes(step, bits(word, 4, 0), KSS_WRITE_OTHER); break; // vectors: fmov, umov
    }
    return true;
}

bool kss_arm64_decoder(struct kss_decoder *decoder) {
    decoder->decode = decode;
    decoder->pointer = 8;
    decoder->volatiles = 0x4007FFFF; // x0-x18 and lr (learn.microsoft.com, "ARM64 ABI conventions")
    return true;
}
