// SPDX-License-Identifier: MIT
// Names and directives of file-scope assembly, for ELF and Mach-O.
#ifndef KSS_NATIVE_SWITCH_ASM_H
#define KSS_NATIVE_SWITCH_ASM_H

#define KSS_ASM_TEXT_(x) #x
#define KSS_ASM_TEXT(x)  KSS_ASM_TEXT_(x)
#define KSS_ASM_NAME(x)  KSS_ASM_TEXT(__USER_LABEL_PREFIX__) #x

#ifdef __APPLE__
#define KSS_ASM_BEGIN(x)                                                                           \
    ".text\n.p2align 4\n.globl " KSS_ASM_NAME(x) "\n.private_extern " KSS_ASM_NAME(                \
        x) "\n" KSS_ASM_NAME(x) ":\n.cfi_startproc\n"
#define KSS_ASM_END(x) ".cfi_endproc\n"
#else
#define KSS_ASM_BEGIN(x)                                                                           \
    ".text\n.p2align 4\n.globl " KSS_ASM_NAME(x) "\n.hidden " KSS_ASM_NAME(                        \
        x) "\n"                                                                                    \
           ".type " KSS_ASM_NAME(x) ", %function\n" KSS_ASM_NAME(x) ":\n.cfi_startproc\n"
#define KSS_ASM_END(x) ".cfi_endproc\n.size " KSS_ASM_NAME(x) ", . - " KSS_ASM_NAME(x) "\n"
#endif

// With indirect branch tracking, an indirect jump to a return site must say that it means it.
#if defined __CET__ && (__CET__ & 1)
#define KSS_ASM_NOTRACK "notrack "
#ifdef __x86_64__
#define KSS_ASM_LAND "endbr64\n"
#else
#define KSS_ASM_LAND "endbr32\n"
#endif
#else
#define KSS_ASM_NOTRACK ""
#define KSS_ASM_LAND    ""
#endif

#endif
