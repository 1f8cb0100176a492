// SPDX-License-Identifier: MIT
// The switch for the System V ABI of x86-64. It ends in a jump, not a return: the processor predicts
// a return to go where the call came from, which a switch never does. The control words are loaded
// only when they differ: that is most of the cost.
#include "native/switch.h"

#if defined __x86_64__ && !defined KSS_UCONTEXT

#include "native/switch_asm.h"

#include <stddef.h>

_Static_assert(offsetof(struct kss_registers, pc) == 0, "known below");
_Static_assert(offsetof(struct kss_registers, sp) == 8, "known below");
_Static_assert(offsetof(struct kss_registers, rbx) == 16, "known below");
_Static_assert(offsetof(struct kss_registers, r15) == 56, "known below");
_Static_assert(offsetof(struct kss_registers, mxcsr) == 64, "known below");
_Static_assert(offsetof(struct kss_registers, x87_control) == 68, "known below");

// Entered with the entry routine in rbx and its argument in r12. The outermost frame: no caller.
void kss_registers_start(void);

__asm__(KSS_ASM_BEGIN(kss_registers_switch) KSS_ASM_LAND
        "movq (%rsp), %rcx\n"
        "leaq 8(%rsp), %rdx\n"
        "movq %rcx, 0(%rdi)\n"
        "movq %rdx, 8(%rdi)\n"
        "movq %rbx, 16(%rdi)\n"
        "movq %rbp, 24(%rdi)\n"
        "movq %r12, 32(%rdi)\n"
        "movq %r13, 40(%rdi)\n"
        "movq %r14, 48(%rdi)\n"
        "movq %r15, 56(%rdi)\n"
        "stmxcsr 64(%rdi)\n"
        "fnstcw 68(%rdi)\n"
        "movl 64(%rsi), %eax\n"
        "xorl 64(%rdi), %eax\n"
        "testl $0xFFFFFFC0, %eax\n" // but for the sticky flags, which a call need not preserve
        "jne 2f\n"
        "1: movzwl 68(%rsi), %eax\n"
        "cmpw 68(%rdi), %ax\n"
        "jne 4f\n"
        "3: movq 0(%rsi), %rcx\n"
        "movq 8(%rsi), %rsp\n"
        ".cfi_remember_state\n"
        ".cfi_def_cfa_offset 0\n"
        ".cfi_register %rip, %rcx\n"
        "movq 16(%rsi), %rbx\n"
        "movq 24(%rsi), %rbp\n"
        "movq 32(%rsi), %r12\n"
        "movq 40(%rsi), %r13\n"
        "movq 48(%rsi), %r14\n"
        "movq 56(%rsi), %r15\n" KSS_ASM_NOTRACK "jmp *%rcx\n"
        ".cfi_restore_state\n"
        "2: ldmxcsr 64(%rsi)\n"
        "jmp 1b\n"
        "4: fldcw 68(%rsi)\n"
        "jmp 3b\n" KSS_ASM_END(kss_registers_switch));

__asm__(KSS_ASM_BEGIN(kss_registers_start) ".cfi_undefined %rip\n"
                                           "movq %r12, %rdi\n"
                                           "callq *%rbx\n"
                                           "ud2\n" KSS_ASM_END(kss_registers_start));

void kss_registers_init(struct kss_registers *r, void *low, void *sp, void (*entry)(void *),
                        void *argument) {
    (void)low;
    *r = (struct kss_registers){
        .pc = (void *)kss_registers_start,
        .sp = (void *)((uintptr_t)sp & ~(uintptr_t)15),
        .rbx = (void *)entry,
        .r12 = argument,
        .mxcsr = 0x1F80, // every exception masked, as after reset: so NT starts a thread, too
        .x87_control = 0x37F,
    };
}

#endif
