// SPDX-License-Identifier: MIT
// x86 and x64 instructions by Zydis, as steps (code_walk.h). The only file that sees Zydis; a build
// without it has the last few lines.
//
// All operands are decoded, hidden ones too: which registers an instruction writes is a question that
// must not be guessed (mul writes rdx, cpuid writes rbx).
#include "frames/code_walk.h"

#include <stdlib.h>

#ifdef KSS_ZYDIS

#include <Zydis/Zydis.h>

enum { SP = 4 }; // rsp's number

struct x86 {
    ZydisDecoder decoder;
    ZydisMachineMode mode;
    bool wide;
};

struct instruction {
    const struct x86 *x86;
    const struct kss_decoder *decoder;
    ZydisDecodedInstruction decoded;
    ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
    struct kss_step *step;
};

// An address of the flat space that is [distance] from the instruction's end: 32 bits wrap.
static uint64_t relative(const struct kss_step *step, int64_t distance) {
    uint32_t low = (uint32_t)step->at + step->length + (uint32_t)distance;
    return (step->at & ~(uint64_t)UINT32_MAX) | low;
}

// The number of a general register of any width, KSS_STEP_NO_REGISTER for others.
static uint8_t general(const struct x86 *x86, ZydisRegister reg) {
    ZydisRegister whole = ZydisRegisterGetLargestEnclosing(x86->mode, reg);
    ZydisRegister first = x86->wide ? ZYDIS_REGISTER_RAX : ZYDIS_REGISTER_EAX;
    if (whole < first || whole >= first + (x86->wide ? 16 : 8))
        return KSS_STEP_NO_REGISTER;
    return (uint8_t)(whole - first);
}

static void read_memory(struct instruction *in, const ZydisDecodedOperand *operand) {
    struct kss_step *step = in->step;
    const ZydisDecodedOperandMem *mem = &operand->mem;
    step->memory.displacement = mem->disp.value;
    step->memory.indexed = mem->index != ZYDIS_REGISTER_NONE;
    step->memory.scale = step->memory.indexed ? mem->scale : 1;
    if (in->decoded.raw.disp.size >= 32)
        step->field = step->at + in->decoded.raw.disp.offset;
    if (mem->segment == ZYDIS_REGISTER_FS || mem->segment == ZYDIS_REGISTER_GS)
        return;
    if (mem->base == ZYDIS_REGISTER_RIP || mem->base == ZYDIS_REGISTER_EIP) {
        step->memory.known = true;
        step->memory.address = relative(step, mem->disp.value);
    } else if (mem->base == ZYDIS_REGISTER_NONE) {
        uint64_t address = (uint64_t)mem->disp.value;
        if (!in->x86->wide)
            address &= UINT32_MAX;
        step->memory.known = address >= in->decoder->base;
        step->memory.absolute = true;
        step->memory.address = address - in->decoder->base;
    } else {
        step->memory.base = general(in->x86, mem->base);
    }
}

static void read_aim(struct instruction *in) {
    struct kss_step *step = in->step;
    const ZydisDecodedOperand *operand = &in->operands[0];
    step->no_track = (in->decoded.attributes & ZYDIS_ATTRIB_HAS_NOTRACK) != 0;
    switch (operand->type) {
    case ZYDIS_OPERAND_TYPE_IMMEDIATE:
        step->aim = KSS_AIM_DIRECT;
        step->target = relative(step, operand->imm.value.s);
        if (in->decoded.raw.imm[0].size == 32)
            step->field = step->at + in->decoded.raw.imm[0].offset;
        break;
    case ZYDIS_OPERAND_TYPE_REGISTER:
        step->aim = KSS_AIM_REGISTER;
        step->reg = general(in->x86, operand->reg.value);
        break;
    case ZYDIS_OPERAND_TYPE_MEMORY:
        step->aim =
            in->decoded.meta.branch_type == ZYDIS_BRANCH_TYPE_FAR ? KSS_AIM_FAR : KSS_AIM_MEMORY;
        break;
    default: step->aim = KSS_AIM_FAR; break;
    }
}

static void read_flow(struct instruction *in) {
    struct kss_step *step = in->step;
    switch (in->decoded.mnemonic) {
    case ZYDIS_MNEMONIC_UD0:
    case ZYDIS_MNEMONIC_UD1:
    case ZYDIS_MNEMONIC_UD2: step->flow = KSS_FLOW_END; return;
    case ZYDIS_MNEMONIC_INT: // int 29h: fast fail
        if (in->operands[0].imm.value.u == 0x29)
            step->flow = KSS_FLOW_END;
        return;
    default: break;
    }
    switch (in->decoded.meta.category) {
    case ZYDIS_CATEGORY_CALL: step->flow = KSS_FLOW_CALL; break;
    case ZYDIS_CATEGORY_UNCOND_BR: step->flow = KSS_FLOW_JUMP; break;
    case ZYDIS_CATEGORY_COND_BR: step->flow = KSS_FLOW_BRANCH; break;
    case ZYDIS_CATEGORY_RET:
    case ZYDIS_CATEGORY_SYSRET: step->flow = KSS_FLOW_END; return;
    default: return;
    }
    if (step->flow == KSS_FLOW_BRANCH && in->operands[0].type != ZYDIS_OPERAND_TYPE_IMMEDIATE)
        step->flow = KSS_FLOW_ON;
    else
        read_aim(in);
}

// sp += [amount], or -= it.
static void sp_by(struct kss_step *step, int64_t amount) {
    step->sp = amount < 0 ? KSS_SP_LOWER : KSS_SP_RAISE;
    step->amount = amount < 0 ? 0 - (uint64_t)amount : (uint64_t)amount;
}

// An instruction whose first, explicit operand is sp and is written.
static void write_sp(struct instruction *in) {
    struct kss_step *step = in->step;
    const ZydisDecodedOperand *source = &in->operands[1];
    bool constant = source->type == ZYDIS_OPERAND_TYPE_IMMEDIATE;
    step->sp = KSS_SP_UNKNOWN;
    switch (in->decoded.mnemonic) {
    case ZYDIS_MNEMONIC_ADD:
        if (constant)
            sp_by(step, source->imm.value.s);
        break;
    case ZYDIS_MNEMONIC_SUB:
        if (constant && source->imm.value.s != INT64_MIN)
            sp_by(step, -source->imm.value.s);
        break;
    case ZYDIS_MNEMONIC_AND: {
        uint64_t amount = constant ? 0 - (uint64_t)source->imm.value.s : 0;
        if (!in->x86->wide)
            amount &= UINT32_MAX;
        if (amount != 0 && (amount & (amount - 1)) == 0) {
            step->sp = KSS_SP_ALIGN;
            step->amount = amount;
        }
        break;
    }
    case ZYDIS_MNEMONIC_LEA:
        if (source->mem.index != ZYDIS_REGISTER_NONE || source->mem.base == ZYDIS_REGISTER_NONE)
            break;
        if (general(in->x86, source->mem.base) == SP)
            sp_by(step, source->mem.disp.value);
        else
            step->sp = KSS_SP_RESTORE;
        break;
    case ZYDIS_MNEMONIC_MOV:
        if (source->type == ZYDIS_OPERAND_TYPE_REGISTER)
            step->sp = KSS_SP_RESTORE;
        break;
    default: break;
    }
}

static void read_sp(struct instruction *in) {
    struct kss_step *step = in->step;
    switch (in->decoded.meta.category) {
    case ZYDIS_CATEGORY_PUSH:
        sp_by(step, -(int64_t)(in->decoded.operand_width / 8));
        if (in->decoded.mnemonic == ZYDIS_MNEMONIC_PUSHA ||
            in->decoded.mnemonic == ZYDIS_MNEMONIC_PUSHAD)
            step->amount *= 8;
        return;
    case ZYDIS_CATEGORY_POP:
        sp_by(step, in->decoded.operand_width / 8);
        if (in->decoded.mnemonic == ZYDIS_MNEMONIC_POPA ||
            in->decoded.mnemonic == ZYDIS_MNEMONIC_POPAD)
            step->amount *= 8;
        break;
    default: break;
    }
    if (in->decoded.mnemonic == ZYDIS_MNEMONIC_LEAVE)
        step->sp = KSS_SP_RESTORE;
    else if (in->decoded.mnemonic == ZYDIS_MNEMONIC_ENTER)
        step->sp = KSS_SP_UNKNOWN;
    for (unsigned i = 0; i < in->decoded.operand_count_visible; i++) {
        const ZydisDecodedOperand *operand = &in->operands[i];
        if (operand->type != ZYDIS_OPERAND_TYPE_REGISTER ||
            (operand->actions & ZYDIS_OPERAND_ACTION_MASK_WRITE) == 0 ||
            general(in->x86, operand->reg.value) != SP)
            continue;
        if (i == 0 && in->decoded.meta.category != ZYDIS_CATEGORY_POP)
            write_sp(in);
        else
            step->sp = KSS_SP_UNKNOWN;
    }
}

// What the first register that is written gets.
static uint8_t write_kind(struct instruction *in) {
    struct kss_step *step = in->step;
    const ZydisDecodedOperand *source = &in->operands[1];
    bool whole = in->operands[0].size == in->decoder->pointer * 8;
    switch (in->decoded.mnemonic) {
    case ZYDIS_MNEMONIC_LEA:
        if (step->memory.indexed)
            return source->mem.scale == 1 ? KSS_WRITE_SUM : KSS_WRITE_OTHER;
        return step->memory.base == KSS_STEP_NO_REGISTER ? KSS_WRITE_ADDRESS : KSS_WRITE_OTHER;
    case ZYDIS_MNEMONIC_MOV:
        if (!whole)
            return KSS_WRITE_OTHER;
        if (source->type == ZYDIS_OPERAND_TYPE_MEMORY)
            return step->memory.base == SP ? KSS_WRITE_POP : KSS_WRITE_LOAD;
        if (source->type == ZYDIS_OPERAND_TYPE_REGISTER) {
            step->from = general(in->x86, source->reg.value);
            return step->from == KSS_STEP_NO_REGISTER ? KSS_WRITE_OTHER : KSS_WRITE_COPY;
        }
        if (source->type == ZYDIS_OPERAND_TYPE_IMMEDIATE && in->decoded.raw.imm[0].size >= 32) {
            step->field = step->at + in->decoded.raw.imm[0].offset;
            step->memory.known = source->imm.value.u >= in->decoder->base;
            step->memory.absolute = true;
            step->memory.address = source->imm.value.u - in->decoder->base;
            return KSS_WRITE_ADDRESS;
        }
        return KSS_WRITE_OTHER;
    case ZYDIS_MNEMONIC_ADD: return KSS_WRITE_SUM;
    case ZYDIS_MNEMONIC_POP: return KSS_WRITE_POP;
    default: return KSS_WRITE_OTHER;
    }
}

static void read_writes(struct instruction *in) {
    struct kss_step *step = in->step;
    for (unsigned i = 0; i < in->decoded.operand_count; i++) {
        const ZydisDecodedOperand *operand = &in->operands[i];
        if (operand->type != ZYDIS_OPERAND_TYPE_REGISTER ||
            (operand->actions & ZYDIS_OPERAND_ACTION_MASK_WRITE) == 0)
            continue;
        uint8_t reg = general(in->x86, operand->reg.value);
        if (reg == KSS_STEP_NO_REGISTER || reg == SP)
            continue;
        if (i == 0) {
            step->to = reg;
            step->write = write_kind(in);
        } else {
            step->others |= UINT32_C(1) << reg;
        }
    }
    // leave pops rbp
    if (in->decoded.mnemonic == ZYDIS_MNEMONIC_LEAVE)
        step->others |= UINT32_C(1) << (SP + 1);
}

static bool decode(const struct kss_decoder *decoder, const uint8_t *bytes, uint32_t length,
                   struct kss_step *step) {
    struct instruction in; // the operands are many bytes and are not cleared each time
    in.x86 = decoder->state;
    in.decoder = decoder;
    in.step = step;
    ZydisDecoderContext context;
    if (ZYAN_FAILED(ZydisDecoderDecodeInstruction(&in.x86->decoder, &context, bytes, length,
                                                  &in.decoded)) ||
        ZYAN_FAILED(ZydisDecoderDecodeOperands(&in.x86->decoder, &context, &in.decoded, in.operands,
                                               in.decoded.operand_count)))
        return false;
    step->length = in.decoded.length;
    step->nothing = in.decoded.meta.category == ZYDIS_CATEGORY_NOP ||
                    in.decoded.meta.category == ZYDIS_CATEGORY_WIDENOP ||
                    in.decoded.mnemonic == ZYDIS_MNEMONIC_INT3;
    for (unsigned i = 0; i < in.decoded.operand_count_visible; i++) {
        const ZydisDecodedOperand *operand = &in.operands[i];
        if (operand->type != ZYDIS_OPERAND_TYPE_MEMORY)
            continue;
        read_memory(&in, operand);
        if (i > 0 && step->memory.indexed && operand->size <= 32)
            step->narrow_load = (uint8_t)(operand->size / 8);
        break;
    }
    read_flow(&in);
    read_sp(&in);
    if (step->flow == KSS_FLOW_ON)
        read_writes(&in);
    return true;
}

bool kss_x86_decoder(struct kss_decoder *decoder, enum kss_arch arch) {
    struct x86 *x86 = malloc(sizeof *x86);
    if (x86 == NULL)
        return false;
    x86->wide = arch == KSS_ARCH_X64;
    x86->mode = x86->wide ? ZYDIS_MACHINE_MODE_LONG_64 : ZYDIS_MACHINE_MODE_LEGACY_32;
    ZydisDecoderInit(&x86->decoder, x86->mode,
                     x86->wide ? ZYDIS_STACK_WIDTH_64 : ZYDIS_STACK_WIDTH_32);
    decoder->state = x86;
    decoder->decode = decode;
    decoder->pointer = x86->wide ? 8 : 4;
    // rax rcx rdx r8-r11; eax ecx edx (learn.microsoft.com, "x64 calling convention")
    decoder->volatiles = x86->wide ? 0x0F07 : 0x0007;
    return true;
}

#else

bool kss_x86_decoder(struct kss_decoder *decoder, enum kss_arch arch) {
    (void)decoder, (void)arch;
    return false;
}

#endif

bool kss_x86_readable(void) {
#ifdef KSS_ZYDIS
    return true;
#else
    return false;
#endif
}
