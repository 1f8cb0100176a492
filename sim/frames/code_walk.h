// SPDX-License-Identifier: MIT
// Between code.c and the two decoders, and nobody else: one decoded instruction, as far as calls and the
// stack pointer are concerned. A decoder is a function from bytes to this; it knows neither rows nor
// calls.
#ifndef KSS_FRAMES_CODE_WALK_H
#define KSS_FRAMES_CODE_WALK_H

#include "frames/code.h"

enum { KSS_STEP_REGISTERS = 32, KSS_STEP_NO_REGISTER = 255 };

enum kss_step_flow {
    KSS_FLOW_ON,
    KSS_FLOW_CALL,
    KSS_FLOW_JUMP,
    KSS_FLOW_BRANCH, // conditional jump: the next instruction may run, too
    KSS_FLOW_END     // return, trap: what follows is reached by a jump
};

enum kss_step_aim { // where a call or jump goes
    KSS_AIM_DIRECT, // operand: [address], or the fixup of [field]
    KSS_AIM_REGISTER,
    KSS_AIM_MEMORY, // the pointer at the memory operand
    KSS_AIM_FAR     // another segment
};

enum kss_step_sp { // what becomes of the stack pointer
    KSS_SP_STAYS,
    KSS_SP_LOWER,   // by [amount]
    KSS_SP_RAISE,   // by [amount]
    KSS_SP_RESTORE, // from another register and a constant
    KSS_SP_ALIGN,   // rounded down to a multiple of [amount]
    KSS_SP_UNKNOWN
};

enum kss_step_write { // what a general register gets, as far as a pointer to code may come of it
    KSS_WRITE_NOTHING,
    KSS_WRITE_ADDRESS, // the address of the memory operand, or the fixup's
    KSS_WRITE_PAGE,    // adrp: a page; only of use with what is added
    KSS_WRITE_LOAD,    // the pointer at the memory operand
    KSS_WRITE_COPY,    // [from]
    KSS_WRITE_SUM, // something added: an entry of a table of distances, when one was just loaded
    KSS_WRITE_POP, // from the stack: an epilog's restore, or something spilled
    KSS_WRITE_OTHER
};

struct kss_step {
    uint64_t at;
    uint8_t length;
    uint8_t flow; // enum kss_step_flow
    uint8_t aim;  // enum kss_step_aim; with CALL, JUMP, BRANCH
    uint8_t reg;  // AIM_REGISTER
    bool
        nothing; // nop, or a trap that only fills: compilers put one behind a call that never returns
    bool no_track;     // a jump marked as one that is not checked: compilers mark jump tables so
    uint64_t target;   // AIM_DIRECT without fixup
    uint64_t field;    // where a fixup of the target or memory operand would be; 0: nowhere
    struct {           // memory operand
        bool known;    // [address] is where it begins but for index * scale
        bool absolute; // a number as it stands: an address if a relocation says so
        bool indexed;  // has an index
        uint8_t base, scale; // base: KSS_STEP_NO_REGISTER: none; scale: 1 without an index
        int64_t displacement;
        uint64_t address; // known
    } memory;
    uint8_t sp; // enum kss_step_sp
    uint64_t amount;
    uint8_t write, to, from; // enum kss_step_write, registers
    uint32_t others;         // further registers written: mask
    uint8_t narrow_load;     // bytes of indexed load of at most four: an entry of a jump table?
};

// One kind of processor. [decode] reads the instruction at the beginning of [bytes] into a step that has
// `at` and no registers yet; false: there is none.
struct kss_decoder {
    void *state;
    bool (*decode)(const struct kss_decoder *decoder, const uint8_t *bytes, uint32_t length,
                   struct kss_step *step);
    uint64_t base;      // of the image
    uint32_t volatiles; // registers a call may change: mask
    uint8_t pointer;    // bytes of one
};

// Makes the decoder for an architecture, malloc'd where it needs memory; false: this build has none.
bool kss_decoder_open(struct kss_decoder *decoder, const struct kss_code *code);
void kss_decoder_close(struct kss_decoder *decoder);
bool kss_decode(const struct kss_decoder *decoder, const uint8_t *bytes, uint32_t length,
                uint64_t at, struct kss_step *step);

bool kss_x86_readable(void); // built with Zydis
bool kss_x86_decoder(struct kss_decoder *decoder, enum kss_arch arch);
bool kss_arm64_decoder(struct kss_decoder *decoder);

// The section that holds [address], NULL: none.
const struct kss_code_section *kss_code_section_at(const struct kss_code *code, uint64_t address);
// "mydrv.sys+0x10C2", "read.obj:Read+0x1F": where in the range of a row an address lies.
const char *kss_code_place(const struct kss_code *code, const struct kss_code_range *range,
                           uint64_t address);

#endif
