// SPDX-License-Identifier: MIT
// Calls read from machine code, and what a function's body does to its stack pointer.
//
//   ranges: rows and where their code lies --+
//   sections: bytes ------------------------+--> kss_code_read --> calls of kss_frames, address_taken,
//   fixups: what relocations say -----------+                      rows of kind `at least` settled
//
// x86 and x64 code is decoded by Zydis (code_x86.c; builds without it say so in frames->no_calls), ARM64
// by a decoder of the few instructions that matter (code_arm64.c). code.c is what both share: whose
// code an address is, what a jump means, which function a pointer in a register is.
//
// Addresses here are one flat space. In an image it is the RVA. In an object, whose sections all begin at
// 0, it is the section's number times 2^32 plus the offset: KSS_CODE_ADDRESS.
//
// What becomes of what:
//
//   call F                          a call of F; of the import, when F is only a jump to it
//   call [slot of an import]        a call of the import
//   mov reg, [slot] ... call reg    likewise, when nothing else can be in reg (code.c)
//   call [guard's check]            nothing: it returns at once
//   call reg, call [memory]         KSS_CALL_INDIRECT: also control flow guard's dispatch, whose target is in rax
//   jmp to another function         a tail call: the caller's frame is gone
//   jmp inside the function, also   nothing; its cold part (f.cold, chained unwind data) is the
//     into its cold part            function's own code
//   jmp reg, jmp [memory]           a jump table when the code shows one, else a tail call (code.c)
//   code that cannot be decoded     KSS_CALL_INDIRECT with a reason, and a warning: never fewer calls
//                                   in silence
//
// A call target without a row gets one: in images of x64 and ARM64 that is code without unwind data, which
// by the ABI moves no stack.
//
// Ownership: texts go to the arena of the frames; everything given is only read. Depends on frames.h.
#ifndef KSS_FRAMES_CODE_H
#define KSS_FRAMES_CODE_H

#include "frames/frames.h"

#define KSS_CODE_ADDRESS(section, offset) ((uint64_t)(section) << 32 | (uint32_t)(offset))
#define KSS_CODE_NOWHERE                  UINT64_MAX // an address: not in this file
enum {
    KSS_CODE_NO_ROW = UINT32_MAX,
    KSS_CODE_GUARD = UINT32_MAX - 1 // the slot of control flow guard's check, which returns at once
};

struct kss_code_section {
    uint64_t address; // sorted by it
    const uint8_t *bytes;
    uint32_t length;      // bytes in the file
    uint32_t file_offset; // of them, for diagnostics
    const char *name;     // ".text"; for places in objects
    bool code;            // executable
    bool data;            // holds pointers of the program: not unwind tables, not debug information
};

// A range of a function's code. A row may have several (chained unwind data).
struct kss_code_range {
    uint64_t address;
    uint32_t size;
    uint32_t body; // bytes of its prolog: the frame is there after them
    uint32_t row;
    bool part;   // not the beginning of the function
    bool loose;  // the size reaches to the next symbol: padding or tables may follow the code
    bool framed; // unwind data say that the body has a frame
    bool
        frame_register; // unwind data restore sp from a register: its row is `at least` for that alone
};

enum kss_code_fixup_kind {
    KSS_FIXUP_ADDRESS,  // an address in data or an operand (DIR64, ADDR32NB, HIGHLOW, DIR32)
    KSS_FIXUP_RELATIVE, // an operand relative to the instruction (REL32, BRANCH26)
    KSS_FIXUP_PAGE,     // ARM64: adrp
    KSS_FIXUP_LOW       // ARM64: the 12 low bits, of add or ldr
};

struct kss_code_fixup {
    uint64_t at;     // the field; sorted by it
    uint64_t target; // symbol + addend; KSS_CODE_NOWHERE: not in this file
    uint32_t row;    // of the symbol when it is a function, KSS_CODE_NO_ROW
    uint8_t kind;    // enum kss_code_fixup_kind
    bool import;     // the symbol is the import slot (__imp_F) of [row]
    bool function;   // the symbol is said to be a function
};

struct kss_code_slot { // a slot of an image's import address table
    uint64_t address;  // sorted by it
    uint32_t row;      // or KSS_CODE_GUARD
};

struct kss_code {
    struct kss_frames_file *file;
    enum kss_arch arch; // X86, X64, ARM64
    bool image;
    bool absolute; // image: without base relocations, it is loaded at its base or not at all
    uint64_t base; // image: addresses in code and data count from here
    const struct kss_code_section *sections;
    const struct kss_code_range *ranges;
    const struct kss_code_fixup *fixups;
    const struct kss_code_slot *slots;
    uint32_t section_count, range_count, fixup_count, slot_count;
};

// Whether bodies move sp. Rows with a frame register whose body does not become `exact`; where a body does,
// the row is `at least` and the reason says where (over-alignment, pushes: by how much at most).
void kss_code_settle(const struct kss_code *code);

// Appends the calls of all ranges, marks rows whose address is taken, adds rows for call targets that
// have none.
void kss_code_read(const struct kss_code *code);

// Whether code of [arch] can be read by this build; if not, frames->no_calls is set to the reason.
bool kss_code_readable(struct kss_frames *frames, enum kss_arch arch);

#endif
