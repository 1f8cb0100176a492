// SPDX-License-Identifier: MIT
// Enough of two instruction sets to say what a fault was about: which privileged instruction, or which
// memory operand at which address. From the opcode maps of Intel's manual volume 2, appendix A, and
// the encoding index of the Arm ARM, section C4. Depends on nothing of the host.
#include "native/fault_decode.h"

#include <string.h>

// ---- x86 ------------------------------------------------------------------------------------------

struct decoder {
    const uint8_t *code;
    size_t size, at;
    unsigned bits, map; // map: 1 one-byte opcodes, 2 after 0F, 3 after 0F 38, 4 after 0F 3A
    const uint64_t *registers;
    uint64_t pc;
    uint8_t opcode, modrm, rex; // rex: its WRXB bits, wherever they come from
    bool bad, short_operand, short_address, segment_base, repeat_f3, repeat_f2, evex;
    struct kss_instruction *out;
};

static uint8_t next(struct decoder *d) {
    if (d->at >= d->size) {
        d->bad = true;
        return 0;
    }
    return d->code[d->at++];
}

static int64_t displacement(struct decoder *d, unsigned bytes) {
    uint64_t value = 0;
    for (unsigned i = 0; i < bytes; i++)
        value |= (uint64_t)next(d) << 8 * i;
    return bytes == 1 ? (int8_t)value : bytes == 4 ? (int32_t)value : (int16_t)value;
}

static void prefixes(struct decoder *d) {
    for (;;) {
        uint8_t byte = next(d);
        switch (byte) {
        case 0x66: d->short_operand = true; continue;
        case 0x67: d->short_address = true; continue;
        case 0xF2: d->repeat_f2 = true; continue;
        case 0xF3: d->repeat_f3 = true; continue;
        case 0x64:
        case 0x65: d->segment_base = true; continue;
        case 0x26:
        case 0x2E:
        case 0x36:
        case 0x3E:
        case 0xF0: continue;
        default: break;
        }
        if (d->bits == 64 && (byte & 0xF0) == 0x40) {
            d->rex = byte & 0xF;
            byte = next(d);
        }
        d->opcode = byte;
        d->map = 1;
        return;
    }
}

// VEX (C4, C5) and EVEX (62) give the map and the extension bits inverted.
static void vector_prefix(struct decoder *d) {
    if (d->opcode == 0xC5) {
        d->rex = (uint8_t)(~next(d) >> 5 & 4);
        d->map = 2;
    } else {
        uint8_t first = next(d);
        d->evex = d->opcode == 0x62;
        d->rex = (uint8_t)(~first >> 5 & 7);
        d->map = 1U + (first & 7);
        next(d);
        if (d->evex)
            next(d);
    }
    d->opcode = next(d);
}

static void opcode(struct decoder *d) {
    prefixes(d);
    bool vector = d->opcode == 0xC4 || d->opcode == 0xC5 || d->opcode == 0x62;
    if (vector && (d->bits == 64 || (d->at < d->size && d->code[d->at] >= 0xC0))) {
        vector_prefix(d);
    } else if (d->opcode == 0x0F) {
        d->map = 2;
        d->opcode = next(d);
        if (d->opcode == 0x38 || d->opcode == 0x3A) {
            d->map = d->opcode == 0x38 ? 3 : 4;
            d->opcode = next(d);
        }
    }
}

static bool has_modrm(const struct decoder *d) {
    uint8_t op = d->opcode;
    if (d->map == 2)
        return !(op == 0x05 || op == 0x06 || (op >= 0x08 && op <= 0x0B) ||
                 (op >= 0x30 && op <= 0x37) || op == 0x77 || (op & 0xF0) == 0x80 ||
                 (op >= 0xA0 && op <= 0xA2) || (op >= 0xA8 && op <= 0xAA) || op >= 0xFF ||
                 op == 0x07 || (op >= 0xC8 && op <= 0xCF));
    if (d->map != 1)
        return true;
    return (op < 0x40 && (op & 7) < 4) || op == 0x63 || op == 0x69 || op == 0x6B ||
           (op & 0xF0) == 0x80 || op == 0xC0 || op == 0xC1 || op == 0xC6 || op == 0xC7 ||
           (op & 0xFC) == 0xD0 || (op & 0xF8) == 0xD8 || op == 0xF6 || op == 0xF7 || op >= 0xFE;
}

static uint64_t narrow(const struct decoder *d, uint64_t address) {
    return d->bits == 32 || d->short_address ? (uint32_t)address : address;
}

static void set_address(struct decoder *d, uint64_t address) {
    d->out->has_address = !d->bad && !d->segment_base && !(d->bits == 32 && d->short_address);
    d->out->address = narrow(d, address);
}

static uint64_t scaled_index(struct decoder *d, unsigned mod, bool *no_base) {
    unsigned sib = next(d), base = sib & 7, index = (sib >> 3 & 7) | (d->rex & 2U) << 2;
    uint64_t address = index == 4 ? 0 : d->registers[index] << (sib >> 6);
    *no_base = base == 5 && mod == 0;
    if (!*no_base)
        address += d->registers[base | (d->rex & 1U) << 3];
    return address;
}

// Reads ModRM and what belongs to it; sets the address if it names memory.
static void operand(struct decoder *d) {
    d->modrm = next(d);
    unsigned mod = d->modrm >> 6, rm = d->modrm & 7;
    bool no_base = false, relative = false;
    uint64_t address = 0;
    if (mod == 3)
        return;
    if (rm == 4)
        address = scaled_index(d, mod, &no_base);
    else if (rm == 5 && mod == 0)
        no_base = true, relative = d->bits == 64;
    else
        address = d->registers[rm | (d->rex & 1U) << 3];
    if (mod == 1)
        address += (uint64_t)displacement(d, 1);
    else if (mod == 2 || no_base)
        address += (uint64_t)displacement(d, 4);
    set_address(d, address + (relative ? d->pc + d->at : 0));
    if (relative || (d->evex && mod == 1))
        d->out->has_address = false; // an immediate may follow; a scaled displacement
}

// ---- Which of them write --------------------------------------------------------------------------

static bool writes_one_byte(uint8_t op, unsigned reg) {
    if (op < 0x40)
        return (op & 7) < 2 && (op & 0x38) != 0x38;
    switch (op) {
    case 0x80:
    case 0x81:
    case 0x83: return reg != 7;
    case 0x86:
    case 0x87:
    case 0x88:
    case 0x89:
    case 0x8C:
    case 0x8F:
    case 0xC0:
    case 0xC1:
    case 0xC6:
    case 0xC7:
    case 0xD0:
    case 0xD1:
    case 0xD2:
    case 0xD3: return true;
    case 0xF6:
    case 0xF7: return reg == 2 || reg == 3;
    case 0xFE:
    case 0xFF: return reg < 2;
    default: return false;
    }
}

static bool writes_two_byte(const struct decoder *d, unsigned reg) {
    uint8_t op = d->opcode;
    switch (op) {
    case 0x11:
    case 0x13:
    case 0x17:
    case 0x29:
    case 0x2B:
    case 0x7F:
    case 0xA4:
    case 0xA5:
    case 0xAB:
    case 0xAC:
    case 0xAD:
    case 0xB0:
    case 0xB1:
    case 0xB3:
    case 0xBB:
    case 0xC0:
    case 0xC1:
    case 0xC3:
    case 0xC7:
    case 0xD6:
    case 0xE7: return true;
    case 0x7E: return !d->repeat_f3;
    case 0xBA: return reg > 4;
    default: return (op & 0xF0) == 0x90; // setcc
    }
}

static enum kss_fault_access direction(const struct decoder *d) {
    unsigned reg = d->modrm >> 3 & 7;
    bool writes;
    if (d->map == 1 && (d->opcode & 0xF8) == 0xD8)
        return KSS_FAULT_UNKNOWN; // x87
    if (d->map == 1)
        writes = writes_one_byte(d->opcode, reg);
    else if (d->map == 2)
        writes = writes_two_byte(d, reg);
    else
        writes = d->map == 3 ? (d->opcode & 0xFE) == 0xF0 && (d->opcode & 1) && !d->repeat_f2
                             : d->opcode >= 0x14 && d->opcode <= 0x17;
    return writes ? KSS_FAULT_WRITE : KSS_FAULT_READ;
}

// ---- Privileged instructions ------------------------------------------------------------------------

static const char *privileged_one_byte(const struct decoder *d) {
    switch (d->opcode) {
    case 0xF4: return "hlt";
    case 0xFA: return "cli";
    case 0xFB: return "sti";
    case 0x6C:
    case 0x6D:
    case 0xE4:
    case 0xE5:
    case 0xEC:
    case 0xED: return "in";
    case 0x6E:
    case 0x6F:
    case 0xE6:
    case 0xE7:
    case 0xEE:
    case 0xEF: return "out";
    default: return NULL;
    }
}

static const char *descriptor_table(unsigned modrm) {
    static const char *const by_memory[8] = {"sgdt", "sidt", "lgdt", "lidt",
                                             "smsw", NULL,   "lmsw", "invlpg"};
    switch (modrm) {
    case 0xCA: return "clac";
    case 0xCB: return "stac";
    case 0xD1: return "xsetbv";
    case 0xF8: return "swapgs";
    default: break;
    }
    if (modrm >= 0xC0)
        return (modrm >> 3 & 7) == 6 ? "lmsw" : (modrm >> 3 & 7) == 4 ? "smsw" : NULL;
    return by_memory[modrm >> 3 & 7];
}

static const char *privileged_two_byte(const struct decoder *d) {
    switch (d->opcode) {
    case 0x00: return (d->modrm >> 3 & 7) == 2 ? "lldt" : (d->modrm >> 3 & 7) == 3 ? "ltr" : NULL;
    case 0x01: return descriptor_table(d->modrm);
    case 0x06: return "clts";
    case 0x07: return "sysret";
    case 0x08: return "invd";
    case 0x09: return "wbinvd";
    case 0x20:
    case 0x22: return "mov cr";
    case 0x21:
    case 0x23: return "mov dr";
    case 0x30: return "wrmsr";
    case 0x32: return "rdmsr";
    case 0x33: return "rdpmc";
    case 0x35: return "sysexit";
    default: return NULL;
    }
}

static bool interrupt(struct decoder *d) {
    if (d->opcode == 0xF1) {
        *d->out = (struct kss_instruction){.kind = KSS_FAULT_BREAKPOINT, .name = "int 1"};
        return true;
    }
    if (d->opcode != 0xCD)
        return false;
    uint8_t number = next(d);
    enum kss_fault_kind kind = number == 0x29 || number == 0x2C   ? KSS_FAULT_ASSERT
                               : number == 0x2D || number == 0x03 ? KSS_FAULT_BREAKPOINT
                                                                  : KSS_FAULT_ILLEGAL;
    *d->out = (struct kss_instruction){
        .kind = kind,
        .name = number == 0x29   ? "int 29h"
                : number == 0x2C ? "int 2Ch"
                : number == 0x2D ? "int 2Dh"
                : number == 0x03 ? "int 3"
                                 : "int",
    };
    return true;
}

// ---- Operands that no ModRM names ---------------------------------------------------------------------

static bool non_canonical(const struct decoder *d, uint64_t address) {
    return d->bits == 64 && (uint64_t)((int64_t)(address << 16) >> 16) != address;
}

static void string_operand(struct decoder *d) {
    uint64_t source = d->registers[6], target = d->registers[7];
    uint8_t op = d->opcode & 0xFE;
    bool reads_source = op == 0xA4 || op == 0xA6 || op == 0xAC;
    bool use_source = reads_source && (op == 0xAC || non_canonical(d, source));
    set_address(d, use_source ? source : target);
    d->out->access = !use_source && (op == 0xA4 || op == 0xAA) ? KSS_FAULT_WRITE : KSS_FAULT_READ;
}

static void implied_operand(struct decoder *d) {
    uint8_t op = d->opcode;
    uint64_t word = d->bits / 8, sp = d->registers[4];
    if (d->map != 1)
        return;
    if ((op >= 0xA4 && op <= 0xA7) || (op >= 0xAA && op <= 0xAF)) {
        string_operand(d);
    } else if (op >= 0xA0 && op <= 0xA3) {
        uint64_t address = 0;
        for (unsigned i = 0; i < (d->bits == 64 && !d->short_address ? 8U : 4U); i++)
            address |= (uint64_t)next(d) << 8 * i;
        set_address(d, address);
        d->out->access = op >= 0xA2 ? KSS_FAULT_WRITE : KSS_FAULT_READ;
    } else if ((op & 0xF8) == 0x50 || op == 0x68 || op == 0x6A || op == 0xE8 || op == 0x9C) {
        set_address(d, sp - word);
        d->out->access = KSS_FAULT_WRITE;
    } else if ((op & 0xF8) == 0x58 || op == 0xC3 || op == 0xC2 || op == 0x9D) {
        set_address(d, sp);
        d->out->access = KSS_FAULT_READ;
    } else if (op == 0xC9) {
        set_address(d, d->registers[5]);
        d->out->access = KSS_FAULT_READ;
    }
}

void kss_decode_x86(struct kss_instruction *out, const uint8_t *code, size_t size, unsigned bits,
                    const uint64_t registers[16], uint64_t pc) {
    struct decoder d = {
        .code = code, .size = size, .bits = bits, .registers = registers, .pc = pc, .out = out};
    *out = (struct kss_instruction){.kind = KSS_FAULT_ACCESS, .access = KSS_FAULT_UNKNOWN};
    opcode(&d);
    if (d.map == 1 && interrupt(&d)) {
        out->length = d.bad ? 0 : (unsigned)d.at;
        return;
    }
    if (has_modrm(&d)) {
        operand(&d);
        out->access = out->has_address ? direction(&d) : KSS_FAULT_UNKNOWN;
    } else {
        implied_operand(&d);
    }
    const char *name = d.map == 1   ? privileged_one_byte(&d)
                       : d.map == 2 ? privileged_two_byte(&d)
                                    : NULL;
    if (d.map == 1 && d.opcode >= 0xE4 && d.opcode <= 0xE7)
        next(&d); // the port
    if (name != NULL && !d.bad)
        *out = (struct kss_instruction){
            .kind = KSS_FAULT_PRIVILEGED, .name = name, .length = (unsigned)d.at};
}

// ---- A64 ------------------------------------------------------------------------------------------

static bool store_a64(uint32_t w) {
    unsigned form = w >> 27 & 7, opc = w >> 22 & 3;
    bool vector = w >> 26 & 1, loads = w >> 22 & 1;
    switch (form) {
    case 1: // exclusive, ordered, compare and swap; vector structures
        if (!vector && (w >> 21 & 1) && (w >> 23 & 1) && (w & 0x7C00) == 0x7C00)
            return true; // CAS both loads and stores
        return !loads;
    case 5: return !loads; // pairs
    case 7:
        if (!vector && (w >> 24 & 1) == 0 && (w >> 21 & 1) && (w >> 10 & 3) == 0)
            return (w >> 12 & 0xF) != 0xC; // atomic operations; LDAPR only loads
        return opc == 0 || (vector && opc == 2);
    default: return false; // literals
    }
}

void kss_decode_a64(struct kss_instruction *out, uint32_t word) {
    *out = (struct kss_instruction){.kind = KSS_FAULT_ACCESS, .access = KSS_FAULT_UNKNOWN};
    uint32_t immediate = word >> 5 & 0xFFFF;
    struct kss_instruction exception = {.length = 4};
    if ((word & 0xFFE0001F) == 0xD4200000) { // brk; numbers of Windows' __break codes
        exception.kind =
            immediate == 0xF003 || immediate == 0xF001 ? KSS_FAULT_ASSERT : KSS_FAULT_BREAKPOINT;
        exception.name = immediate == 0xF003   ? "brk #0xF003"
                         : immediate == 0xF001 ? "brk #0xF001"
                                               : "brk";
        *out = exception;
    } else if ((word & 0xFFE0001C) == 0xD4000000 && (word & 3) > 1) {
        exception.kind = KSS_FAULT_PRIVILEGED;
        exception.name = (word & 3) == 2 ? "hvc" : "smc";
        *out = exception;
    } else if ((word & 0xFFFFFFE0) == 0xD50B7420) { // dc zva
        out->access = KSS_FAULT_WRITE;
    } else if ((word & 0xFFC00000) == 0xD5000000) {
        exception.kind = KSS_FAULT_PRIVILEGED;
        exception.name = (word >> 19 & 3) == 1 ? "sys" : word >> 21 & 1 ? "mrs" : "msr";
        *out = exception;
    } else if (word == 0xD69F03E0) {
        exception.kind = KSS_FAULT_PRIVILEGED;
        exception.name = "eret";
        *out = exception;
    } else if ((word & 0x0A000000) == 0x08000000) {
        out->access = store_a64(word) ? KSS_FAULT_WRITE : KSS_FAULT_READ;
    }
}
