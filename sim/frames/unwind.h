// SPDX-License-Identifier: MIT
// Windows unwind data: what a function's prolog took from the stack, as its compiler wrote it down for
// the unwinder. Pure functions: bytes in, a frame out; they know no files and no relocations.
//
// x64 (Microsoft's page "x64 exception handling"). .pdata holds a RUNTIME_FUNCTION per range of code:
// begin, end, unwind info, three RVAs, sorted. The info:
//
//     byte 0   version : 3 | flags : 5        (1, 2 a handler follows; 4 chained)
//     byte 1   bytes of prolog
//     byte 2   slots
//     byte 3   frame register : 4 | its distance from rsp / 16 : 4
//     slots    of 2 bytes: place in the prolog, operation : 4 | info : 4; padded to an even number
//     then     the handler's RVA and data, or the RUNTIME_FUNCTION this one is a part of
//
//     op                slots     bytes of stack
//     0 PUSH_NONVOL     1         8
//     1 ALLOC_LARGE     2, 3      next 16 bits x 8 (info 0), next 32 bits (info 1)
//     2 ALLOC_SMALL     1         info x 8 + 8
//     3 SET_FPREG       1         0
//     4, 5 SAVE_NONVOL  2, 3      0: into what was allocated
//     6 EPILOG          1         0: version 2, where an epilog lies
//     8, 9 SAVE_XMM128  2, 3      0
//     10 PUSH_MACHFRAME 1         40, with an error code (info 1) 48
//
// A call costs the sum and 8 for the return address. With a frame register the sum is the fixed part:
// the unwinder gets rsp from the register, so the body may move it (alloca), and unwind data does not
// say whether it does. That is for a reader of code to find out.
// A chained range is another part of the same function, with the primary's frame at its beginning.
// Version 2 is not documented and public decoders disagree on EPILOG's slots: they are stepped over one
// by one, and the rest must be a prolog, with places that do not rise and end at the last slot, or
// nothing is said. Version 3 and operations 7 and 11-15 are not understood.
//
// ARM64 (Microsoft's page "ARM64 exception handling"). .pdata holds a begin and a word. Its low two
// bits: 1, the word describes a prolog of the usual form, 2, the same of a part without prolog, 0, it is
// the RVA of an .xdata record:
//
//     word     length / 4 : 18 | version : 2 | handler : 1 | one epilog : 1 | epilogs : 5 | words : 5
//     if both counts are 0: epilogs : 16 | words of codes : 8
//     a word per epilog, unless there is one and it is described above
//     codes    of 1 to 4 bytes, the last instruction of the prolog first, up to `end`
//
// Nothing is pushed by a call, so the frame is what the codes take. What is saved in a frame (`x29`
// too, set_fp) takes nothing by itself. Since instructions have one size, whether the body moves sp is
// looked up in the code here: kss_unwind_arm64_body.
// clang 14 writes a wrong size for a frame that it aligns to more than 16 bytes (it masks the size with
// the encoded mask), so there the size is read from the instruction.
#ifndef KSS_FRAMES_UNWIND_H
#define KSS_FRAMES_UNWIND_H

#include "frames/frames.h"

struct kss_unwind {
    uint64_t bytes;           // what the codes take; without x64's return address
    enum kss_frame_kind kind; // unknown with a reason, else exact as far as the codes tell
    const char *reason;       // constant text
    int code;                 // the code the reason is about; -1: none
    uint32_t length;          // ARM64: of the function's code, 0: unknown
    uint32_t prolog;          // bytes of its prolog
    uint64_t last;            // ARM64: what the prolog's last instruction but nops takes
    uint64_t alignment;       // ARM64: the body aligns sp to so many bytes; 0: it does not
    uint32_t chain;           // x64, chained: offset of the RUNTIME_FUNCTION in the info
    bool last_allocates;      // and it does nothing else
    bool chained;             // x64: a part of the function that `chain` names
    bool fragment;            // ARM64: a part without a prolog of its own
    bool frame_register;      // the stack pointer is restored from a register
    bool machine_frame;       // x64: an interrupt or exception pushed this, not a call
};

// The UNWIND_INFO at [info]; [length] bytes are there.
struct kss_unwind kss_unwind_x64(const uint8_t *info, size_t length);
// The second word of an ARM64 .pdata entry with flag 1 or 2, and an .xdata record.
struct kss_unwind kss_unwind_arm64_packed(uint32_t word);
struct kss_unwind kss_unwind_arm64(const uint8_t *xdata, size_t length);

// Looks at an ARM64 function's [length] bytes of code for instructions behind the prolog that take stack,
// and makes *unwind `at least` where there are any.
void kss_unwind_arm64_body(struct kss_unwind *unwind, const uint8_t *code, size_t length);
// Whether code without unwind data takes stack all the same.
bool kss_unwind_arm64_still(const uint8_t *code, size_t length);

// The reason with its code behind it, for a row.
const char *kss_unwind_reason(struct kss_frames *frames, const struct kss_unwind *unwind);

#endif
