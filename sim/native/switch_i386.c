// SPDX-License-Identifier: MIT
// The switch for the System V ABI of i386 (stack aligned to 16 at calls, as gcc and clang have it).
// Like switch_x86_64.c; the arguments come on the stack.
#include "native/switch.h"

#if defined __i386__ && !defined KSS_UCONTEXT

#include "native/switch_asm.h"

#include <stddef.h>

_Static_assert(offsetof(struct kss_registers, sp) == 4, "known below");
_Static_assert(offsetof(struct kss_registers, ebx) == 8, "known below");
_Static_assert(offsetof(struct kss_registers, edi) == 20, "known below");
_Static_assert(offsetof(struct kss_registers, mxcsr) == 24, "known below");
_Static_assert(offsetof(struct kss_registers, x87_control) == 28, "known below");

// Entered with the entry routine in ebx and its argument in esi.
void kss_registers_start(void);

__asm__(KSS_ASM_BEGIN(kss_registers_switch) KSS_ASM_LAND
        "movl 4(%esp), %eax\n"
        "movl 8(%esp), %edx\n"
        "movl (%esp), %ecx\n"
        "movl %ecx, 0(%eax)\n"
        "leal 4(%esp), %ecx\n"
        "movl %ecx, 4(%eax)\n"
        "movl %ebx, 8(%eax)\n"
        "movl %ebp, 12(%eax)\n"
        "movl %esi, 16(%eax)\n"
        "movl %edi, 20(%eax)\n"
        "stmxcsr 24(%eax)\n"
        "fnstcw 28(%eax)\n"
        "movl 24(%edx), %ecx\n"
        "xorl 24(%eax), %ecx\n"
        "testl $0xFFFFFFC0, %ecx\n"
        "jne 2f\n"
        "1: movzwl 28(%edx), %ecx\n"
        "cmpw 28(%eax), %cx\n"
        "jne 4f\n"
        "3: movl 0(%edx), %ecx\n"
        "movl 4(%edx), %esp\n"
        ".cfi_remember_state\n"
        ".cfi_def_cfa_offset 0\n"
        ".cfi_register %eip, %ecx\n"
        "movl 8(%edx), %ebx\n"
        "movl 12(%edx), %ebp\n"
        "movl 16(%edx), %esi\n"
        "movl 20(%edx), %edi\n" KSS_ASM_NOTRACK "jmp *%ecx\n"
        ".cfi_restore_state\n"
        "2: ldmxcsr 24(%edx)\n"
        "jmp 1b\n"
        "4: fldcw 28(%edx)\n"
        "jmp 3b\n" KSS_ASM_END(kss_registers_switch));

__asm__(KSS_ASM_BEGIN(kss_registers_start) ".cfi_undefined %eip\n"
                                           "movl %esi, (%esp)\n"
                                           "calll *%ebx\n"
                                           "ud2\n" KSS_ASM_END(kss_registers_start));

void kss_registers_init(struct kss_registers *r, void *low, void *sp, void (*entry)(void *),
                        void *argument) {
    (void)low;
    *r = (struct kss_registers){
        .pc = (void *)kss_registers_start,
        .sp = (void *)(((uintptr_t)sp & ~(uintptr_t)15) - 16), // the argument's slot
        .ebx = (void *)entry,
        .esi = argument,
        .mxcsr = 0x1F80, // as in switch_x86_64.c
        .x87_control = 0x37F,
    };
}

#endif
