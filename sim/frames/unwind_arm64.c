// SPDX-License-Identifier: MIT
// Unwind data of ARM64: packed words, .xdata records, and the code behind the prolog. The rules are in
// unwind.h.
#include "frames/unwind.h"
#include "frames/coff.h"

enum { END = 0xE4, END_C = 0xE5, MOST_INTEGERS = 10 };

static struct kss_unwind unknown(const char *reason, int code) {
    return (struct kss_unwind){.kind = KSS_FRAME_UNKNOWN, .reason = reason, .code = code};
}

static uint32_t bits(uint32_t word, unsigned from, unsigned count) {
    return word >> from & ((1u << count) - 1);
}

// ---- Packed ----------------------------------------------------------------------------------------

// Bytes and instructions of the prolog that a packed word stands for (the page's "Packed unwind data":
// saves of x19.., lr, d8.., the homes of x0-x7, then the locals with or without a frame record).
struct shape {
    uint32_t saved, instructions;
};

static struct shape packed_shape(uint32_t word) {
    uint32_t doubles = bits(word, 13, 3), integers = bits(word, 16, 4), cr = bits(word, 21, 2);
    bool homes = bits(word, 20, 1) != 0;
    uint32_t frame = bits(word, 23, 9) * 16;
    uint32_t registers = integers + (cr == 1);
    struct shape shape = {0, (cr == 2) + (registers + 1) / 2 + (homes ? 4u : 0)};
    if (cr == 1 && integers == 1) // x19 and lr have no pre-indexed form: sub sp comes first
        shape.instructions++;
    if (doubles > 0) {
        registers += doubles + 1;
        shape.instructions += (doubles + 2) / 2;
    }
    shape.saved = (registers * 8 + (homes ? 64u : 0) + 15) & ~15u;
    uint32_t locals = frame >= shape.saved ? frame - shape.saved : 0;
    if (cr >= 2)
        shape.instructions += locals <= 512 ? 2 : 3; // stp or sub and stp, mov x29
    else if (locals > 0)
        shape.instructions++;
    if (locals > 4080)
        shape.instructions++;
    return shape;
}

struct kss_unwind kss_unwind_arm64_packed(uint32_t word) {
    uint32_t flag = word & 3, cr = bits(word, 21, 2), frame = bits(word, 23, 9) * 16;
    struct kss_unwind unwind = {.kind = KSS_FRAME_EXACT, .code = -1};
    if (flag != 1 && flag != 2)
        return unknown("packed unwind data has a reserved flag", (int)flag);
    struct shape shape = packed_shape(word);
    if (bits(word, 16, 4) > MOST_INTEGERS || frame < shape.saved + (cr >= 2 ? 16u : 0))
        return unknown("packed unwind data contradicts itself", -1);
    unwind.bytes = frame;
    unwind.length = bits(word, 2, 11) * 4;
    unwind.fragment = flag == 2;
    unwind.prolog = flag == 2 ? 0 : shape.instructions * 4;
    unwind.frame_register = cr >= 2;
    return unwind;
}

// ---- .xdata ----------------------------------------------------------------------------------------

// Bytes of a code, itself included; 0: reserved or not understood.
static uint32_t length_of(uint8_t code) {
    if (code < 0xC0)
        return 1;
    if (code <= 0xDF)
        return 2;
    switch (code) {
    case 0xE0: return 4; // alloc_l
    case 0xE2: return 2; // add_fp
    case 0xE7: return 3; // save_any_reg, save_zreg, save_preg
    case 0xE1:           // set_fp
    case 0xE3:           // nop
    case END:
    case END_C:
    case 0xE6:           // save_next
    case 0xEC:           // clear_unwound_to_call
    case 0xFC: return 1; // pac_sign_lr
    default: return 0;   // trap_frame, machine_frame, context, ec_context: of assembly only
    }
}

// What a code takes; its operands are there. The forms named _x store with a pre-indexed address and so
// take the room they store into. save_any_reg: the page leaves out that its offset too counts from 1, as
// in all other pre-indexed forms; the unwinder of .NET and LLVM's writer agree on it.
static uint64_t taken_by(const uint8_t *code) {
    uint8_t first = code[0], second = code[first >= 0xC0 ? 1 : 0];
    if (first < 0x20) // alloc_s
        return (uint64_t)first * 16;
    if (first < 0x40) // save_r19r20_x
        return (uint64_t)(first & 31) * 8;
    if (first < 0x80) // save_fplr
        return 0;
    if (first < 0xC0) // save_fplr_x
        return (uint64_t)(first & 63) * 8 + 8;
    if (first < 0xC8) // alloc_m
        return ((uint64_t)(first & 7) << 8 | second) * 16;
    if ((first & 0xFC) == 0xCC || (first & 0xFE) == 0xDA) // save_regp_x, save_fregp_x
        return (uint64_t)(second & 63) * 8 + 8;
    if ((first & 0xFE) == 0xD4 || first == 0xDE) // save_reg_x, save_freg_x
        return (uint64_t)(second & 31) * 8 + 8;
    if (first == 0xE0) // alloc_l
        return ((uint64_t)code[1] << 16 | (uint64_t)code[2] << 8 | code[3]) * 16;
    if (first == 0xE7 && (code[2] & 0xC0) != 0xC0 && (second & 0x20)) // save_any_reg, pre-indexed
        return (uint64_t)(code[2] & 63) * 16 + 16;
    return 0;
}

static struct kss_unwind walk(const uint8_t *codes, uint32_t count) {
    struct kss_unwind unwind = {.kind = KSS_FRAME_EXACT, .code = -1};
    bool prolog = true, last = false;
    for (uint32_t i = 0, length; i < count; i += length) {
        const uint8_t *code = codes + i;
        length = length_of(*code);
        if (length == 0 || (*code == 0xE7 && i + 1 < count && (code[1] & 0x80)))
            return unknown("unwind code is not understood", *code);
        if (length > count - i)
            return unknown("unwind code has no room for its operand", *code);
        if (*code == END)
            return unwind;
        if (*code == END_C) { // what follows is the prolog of the part this one belongs to
            unwind.fragment = i == 0;
            prolog = false;
            continue;
        }
        uint64_t taken = taken_by(code);
        if (!last && *code != 0xE3) {
            bool allocation = *code < 0x20 || (*code & 0xF8) == 0xC0 || *code == 0xE0;
            unwind.last = taken;
            unwind.last_allocates = allocation;
            last = true;
        }
        if (*code == 0xDF) { // alloc_z: so many vectors, whose length is the processor's
            unwind.kind = KSS_FRAME_AT_LEAST;
            unwind.reason = "scalable vectors on top, as long as the processor has them";
        }
        unwind.frame_register |= *code == 0xE1 || *code == 0xE2;
        unwind.bytes += taken;
        unwind.prolog += prolog ? 4 : 0;
    }
    return unknown("unwind codes do not end", -1);
}

struct kss_unwind kss_unwind_arm64(const uint8_t *xdata, size_t length) {
    if (length < 4)
        return unknown("unwind data leaves its section", -1);
    uint32_t word = kss_le32(xdata);
    uint32_t epilogs = bits(word, 22, 5), words = bits(word, 27, 5), at = 4;
    if (bits(word, 18, 2) != 0)
        return unknown("unwind data is of a version not understood", (int)bits(word, 18, 2));
    if (epilogs == 0 && words == 0) {
        if (length < 8)
            return unknown("unwind data leaves its section", -1);
        epilogs = bits(kss_le32(xdata + 4), 0, 16);
        words = bits(kss_le32(xdata + 4), 16, 8);
        at = 8;
    }
    if (bits(word, 21, 1) == 0) // else the one epilog's codes are among the others
        at += epilogs * 4;
    if (!kss_within(length, at, (uint64_t)words * 4))
        return unknown("unwind data leaves its section", -1);
    struct kss_unwind unwind = walk(xdata + at, words * 4);
    unwind.length = bits(word, 0, 18) * 4;
    return unwind;
}

// ---- Code ------------------------------------------------------------------------------------------
//
// What takes stack behind a prolog, by the encodings of the Arm Architecture Reference Manual:
//
//     sub sp, sp, #n            D1...3FF   (and with a register: CB2.63FF)
//     sub sp, xN, xM            CB2..0.F   with sp as the result and xN not the frame pointer
//     mov sp, xN, add sp, xN, # 91....1F   what alloca ends with; from sp or x29 it gives back
//     and sp, xN, #mask         92....1F   alignment
//     stp ..., [sp, #-n]!, str, ldp, ldr   pre-indexed, downwards

enum movement { STILL, TAKES, ALIGNS };

enum { SP = 31, FP = 29 };

static enum movement movement_of(uint32_t word) {
    uint32_t to = word & 31, from = bits(word, 5, 5);
    if (to == SP && (word & 0xFF800000) == 0xD1000000) // sub immediate
        return from == FP ? STILL : TAKES;
    if (to == SP && (word & 0xFFE00000) == 0xCB200000) // sub extended register
        return TAKES;
    if (to == SP && (word & 0xFF800000) == 0x91000000) // add immediate, mov
        return from == FP || from == SP ? STILL : TAKES;
    if (to == SP && (word & 0xFFE00000) == 0x8B200000) // add extended register
        return from == FP || from == SP ? STILL : TAKES;
    if (to == SP && (word & 0xFF800000) == 0x92000000) // and immediate
        return ALIGNS;
    if (from == SP && (word & 0x3B800000) == 0x29800000 && bits(word, 21, 1)) // stp, ldp
        return TAKES;
    if (from == SP && (word & 0x3B200C00) == 0x38000C00 && bits(word, 20, 1)) // str, ldr
        return TAKES;
    return STILL;
}

// The alignment that `and sp, xN, #mask` asks for, 0: its mask is not of that form. The mask of N:immr:imms
// is imms + 1 ones turned right by immr, so that n ones on top are immr == imms + 1.
static uint64_t alignment_of(uint32_t word) {
    uint32_t n = bits(word, 22, 1), turned = bits(word, 16, 6), ones = bits(word, 10, 6) + 1;
    return n == 1 && turned == ones && ones < 64 ? 1ull << (64 - ones) : 0;
}

// With `sub xN, sp, #size` before it the size of an aligned frame, else 0.
static uint64_t aligned_size(const uint8_t *code, size_t at) {
    if (at < 4)
        return 0;
    uint32_t word = kss_le32(code + at), before = kss_le32(code + at - 4);
    if ((before & 0xFF800000) != 0xD1000000 || bits(before, 5, 5) != SP ||
        (before & 31) != bits(word, 5, 5))
        return 0;
    return (uint64_t)bits(before, 10, 12) << (bits(before, 22, 1) ? 12 : 0);
}

static void at_least(struct kss_unwind *unwind, const char *reason) {
    unwind->kind = KSS_FRAME_AT_LEAST;
    unwind->reason = reason;
    unwind->code = -1;
    unwind->alignment = 0;
}

static void align(struct kss_unwind *unwind, const uint8_t *code, size_t at) {
    uint64_t size = aligned_size(code, at), alignment = alignment_of(kss_le32(code + at));
    if (unwind->last_allocates && size > unwind->last)
        unwind->bytes += size - unwind->last;
    unwind->last_allocates = false;
    at_least(unwind, "the stack pointer is aligned on top");
    unwind->alignment = alignment;
}

void kss_unwind_arm64_body(struct kss_unwind *unwind, const uint8_t *code, size_t length) {
    if (unwind->kind == KSS_FRAME_UNKNOWN)
        return;
    for (size_t at = 0; at + 4 <= length; at += 4) {
        enum movement movement = movement_of(kss_le32(code + at));
        if (movement == ALIGNS)
            align(unwind, code, at);
        if (movement == TAKES && at >= unwind->prolog) {
            at_least(unwind, "the body takes stack of a size that is not known (alloca)");
            return;
        }
    }
}

bool kss_unwind_arm64_still(const uint8_t *code, size_t length) {
    for (size_t at = 0; at + 4 <= length; at += 4)
        if (movement_of(kss_le32(code + at)) != STILL)
            return false;
    return true;
}
