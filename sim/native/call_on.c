// SPDX-License-Identifier: MIT
#include "native/call_on.h"

#ifdef KSS_CALL_ON

#include "native/switch_asm.h"

#if defined __x86_64__
__asm__(KSS_ASM_BEGIN(kss_call_on) KSS_ASM_LAND "pushq %rbp\n"
                                                ".cfi_def_cfa_offset 16\n"
                                                ".cfi_offset %rbp, -16\n"
                                                "movq %rsp, %rbp\n"
                                                ".cfi_def_cfa_register %rbp\n"
                                                "movq %rdi, %rsp\n"
                                                "movq %rdx, %rdi\n"
                                                "callq *%rsi\n"
                                                "movq %rbp, %rsp\n"
                                                "popq %rbp\n"
                                                ".cfi_def_cfa %rsp, 8\n"
                                                "retq\n" KSS_ASM_END(kss_call_on));
#elif defined __i386__
__asm__(KSS_ASM_BEGIN(kss_call_on) KSS_ASM_LAND "pushl %ebp\n"
                                                ".cfi_def_cfa_offset 8\n"
                                                ".cfi_offset %ebp, -8\n"
                                                "movl %esp, %ebp\n"
                                                ".cfi_def_cfa_register %ebp\n"
                                                "movl 8(%ebp), %esp\n"
                                                "subl $12, %esp\n"
                                                "pushl 16(%ebp)\n"
                                                "calll *12(%ebp)\n"
                                                "movl %ebp, %esp\n"
                                                "popl %ebp\n"
                                                ".cfi_def_cfa %esp, 4\n"
                                                "retl\n" KSS_ASM_END(kss_call_on));
#else
#ifdef __ARM_FEATURE_BTI_DEFAULT
#define LAND "hint #34\n" // bti c
#else
#define LAND ""
#endif
__asm__(KSS_ASM_BEGIN(kss_call_on) LAND "stp x29, x30, [sp, #-16]!\n"
                                        ".cfi_def_cfa_offset 16\n"
                                        ".cfi_offset x29, -16\n"
                                        ".cfi_offset x30, -8\n"
                                        "mov x29, sp\n"
                                        ".cfi_def_cfa_register x29\n"
                                        "mov sp, x0\n"
                                        "mov x0, x2\n"
                                        "blr x1\n"
                                        "mov sp, x29\n"
                                        "ldp x29, x30, [sp], #16\n"
                                        ".cfi_def_cfa sp, 0\n"
                                        "ret\n" KSS_ASM_END(kss_call_on));
#endif

#endif
