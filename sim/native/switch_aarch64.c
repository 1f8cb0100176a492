// SPDX-License-Identifier: MIT
// The switch for the AArch64 procedure call standard (Linux and Apple). Where branch target
// identification is on, the jump is a return: only that may go to a place without a landing pad.
// Return addresses are kept as they come; pointer authentication signs and checks within one frame,
// which is on the same stack with the same SP before and after.
#include "native/switch.h"

#if defined __aarch64__ && !defined KSS_UCONTEXT

#include "native/switch_asm.h"

#include <stddef.h>

_Static_assert(offsetof(struct kss_registers, sp) == 8, "known below");
_Static_assert(offsetof(struct kss_registers, x19) == 16, "known below");
_Static_assert(offsetof(struct kss_registers, fpcr) == 104, "known below");
_Static_assert(offsetof(struct kss_registers, d8) == 112, "known below");

#ifdef __ARM_FEATURE_BTI_DEFAULT
#define JUMP "ret\n"
#define LAND "hint #34\n" // bti c
#else
#define JUMP "br x30\n"
#define LAND ""
#endif

// Entered with the entry routine in x19 and its argument in x20.
void kss_registers_start(void);

__asm__(KSS_ASM_BEGIN(kss_registers_switch) LAND
        "mov x9, sp\n"
        "mrs x10, fpcr\n"
        "stp x30, x9, [x0]\n"
        "stp x19, x20, [x0, #16]\n"
        "stp x21, x22, [x0, #32]\n"
        "stp x23, x24, [x0, #48]\n"
        "stp x25, x26, [x0, #64]\n"
        "stp x27, x28, [x0, #80]\n"
        "stp x29, x10, [x0, #96]\n"
        "stp d8, d9, [x0, #112]\n"
        "stp d10, d11, [x0, #128]\n"
        "stp d12, d13, [x0, #144]\n"
        "stp d14, d15, [x0, #160]\n"
        "ldp x30, x9, [x1]\n"
        "ldp x29, x11, [x1, #96]\n"
        "mov sp, x9\n"
        "ldp x19, x20, [x1, #16]\n"
        "ldp x21, x22, [x1, #32]\n"
        "ldp x23, x24, [x1, #48]\n"
        "ldp x25, x26, [x1, #64]\n"
        "ldp x27, x28, [x1, #80]\n"
        "ldp d8, d9, [x1, #112]\n"
        "ldp d10, d11, [x1, #128]\n"
        "ldp d12, d13, [x1, #144]\n"
        "ldp d14, d15, [x1, #160]\n"
        "cmp x10, x11\n"
        "b.ne 1f\n" JUMP "1: msr fpcr, x11\n" JUMP KSS_ASM_END(kss_registers_switch));

__asm__(KSS_ASM_BEGIN(kss_registers_start) ".cfi_undefined x30\n"
#ifdef __ARM_FEATURE_BTI_DEFAULT
                                           "hint #38\n" // bti jc
#endif
                                           "mov x0, x20\n"
                                           "blr x19\n"
                                           "brk #0x1\n" KSS_ASM_END(kss_registers_start));

void kss_registers_init(struct kss_registers *r, void *low, void *sp, void (*entry)(void *),
                        void *argument) {
    (void)low;
    *r = (struct kss_registers){
        .pc = (void *)kss_registers_start,
        .sp = (void *)((uintptr_t)sp & ~(uintptr_t)15),
        .x19 = {(void *)entry, argument},
    };
}

#endif
