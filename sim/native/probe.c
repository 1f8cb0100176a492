// SPDX-License-Identifier: MIT
// Copies that fail instead of faulting. The copy is a loop of assembly whose first and last address
// the fault handler knows: a fault in it goes on at the exit that returns false. No state, no jump
// buffer; and no sanitizer looks at it.
#include "native/probe.h"

#include "native/fault.h"
#include "native/sanitize.h"
#include "native/switch_asm.h"

#include <stdint.h>

int kss_probe_copy(void *to, const void *from, size_t size);
extern const char kss_probe_first[], kss_probe_last[], kss_probe_failed[];

#ifdef __APPLE__
#define MARK(x) ".private_extern " KSS_ASM_NAME(x) "\n" KSS_ASM_NAME(x) ":\n"
#else
#define MARK(x) ".globl " KSS_ASM_NAME(x) "\n.hidden " KSS_ASM_NAME(x) "\n" KSS_ASM_NAME(x) ":\n"
#endif

#if defined __x86_64__
__asm__(KSS_ASM_BEGIN(kss_probe_copy) KSS_ASM_LAND "movl $1, %eax\n" MARK(
    kss_probe_first) "1: cmpq $8, %rdx\n"
                     "jb 2f\n"
                     "movq (%rsi), %rcx\n"
                     "movq %rcx, (%rdi)\n"
                     "addq $8, %rsi\n"
                     "addq $8, %rdi\n"
                     "subq $8, %rdx\n"
                     "jmp 1b\n"
                     "2: testq %rdx, %rdx\n"
                     "jz 3f\n"
                     "movb (%rsi), %cl\n"
                     "movb %cl, (%rdi)\n"
                     "incq %rsi\n"
                     "incq %rdi\n"
                     "decq %rdx\n"
                     "jmp 2b\n" MARK(kss_probe_last) "3: ret\n" MARK(
                         kss_probe_failed) "xorl %eax, %eax\n"
                                           "ret\n" KSS_ASM_END(kss_probe_copy));
#elif defined __i386__
__asm__(KSS_ASM_BEGIN(kss_probe_copy) KSS_ASM_LAND
        "pushl %esi\n"
        ".cfi_adjust_cfa_offset 4\n"
        ".cfi_rel_offset %esi, 0\n"
        "pushl %edi\n"
        ".cfi_adjust_cfa_offset 4\n"
        ".cfi_rel_offset %edi, 0\n"
        "movl 12(%esp), %edi\n"
        "movl 16(%esp), %esi\n"
        "movl 20(%esp), %ecx\n"
        "movl $1, %eax\n" MARK(kss_probe_first) "1: cmpl $4, %ecx\n"
                                                "jb 2f\n"
                                                "movl (%esi), %edx\n"
                                                "movl %edx, (%edi)\n"
                                                "addl $4, %esi\n"
                                                "addl $4, %edi\n"
                                                "subl $4, %ecx\n"
                                                "jmp 1b\n"
                                                "2: testl %ecx, %ecx\n"
                                                "jz 3f\n"
                                                "movb (%esi), %dl\n"
                                                "movb %dl, (%edi)\n"
                                                "incl %esi\n"
                                                "incl %edi\n"
                                                "decl %ecx\n"
                                                "jmp 2b\n" MARK(kss_probe_last) "jmp 3f\n" MARK(
                                                    kss_probe_failed) "xorl %eax, %eax\n"
                                                                      "3: popl %edi\n"
                                                                      ".cfi_adjust_cfa_offset -4\n"
                                                                      ".cfi_restore %edi\n"
                                                                      "popl %esi\n"
                                                                      ".cfi_adjust_cfa_offset -4\n"
                                                                      ".cfi_restore %esi\n"
                                                                      "ret\n" KSS_ASM_END(
                                                                          kss_probe_copy));
#elif defined __aarch64__
__asm__(
    KSS_ASM_BEGIN(kss_probe_copy)
#ifdef __ARM_FEATURE_BTI_DEFAULT
        "hint #34\n"
#endif
    MARK(kss_probe_first) "1: cmp x2, #8\n"
                          "b.lo 2f\n"
                          "ldr x3, [x1], #8\n"
                          "str x3, [x0], #8\n"
                          "sub x2, x2, #8\n"
                          "b 1b\n"
                          "2: cbz x2, 3f\n"
                          "ldrb w3, [x1], #1\n"
                          "strb w3, [x0], #1\n"
                          "sub x2, x2, #1\n"
                          "b 2b\n" MARK(kss_probe_last) "3: mov w0, #1\n"
                                                        "ret\n" MARK(
                                                            kss_probe_failed) "mov w0, #0\n"
                                                                              "ret\n" KSS_ASM_END(
                                                                                  kss_probe_copy));
#else
#error "kss does not know how to probe memory on this processor"
#endif

void *kss_probe_fixup(const void *pc) {
    uintptr_t at = (uintptr_t)pc;
    return at >= (uintptr_t)kss_probe_first && at < (uintptr_t)kss_probe_last
               ? (void *)(uintptr_t)kss_probe_failed
               : NULL;
}

bool kss_probe_bytes(void *to, const void *from, size_t size) {
    kss_valgrind_quiet(1);
    bool copied = kss_probe_copy(to, from, size) != 0;
    kss_valgrind_quiet(0);
    return copied;
}

bool kss_probe_read(void *to, const void *from, size_t size) {
    return kss_probe_bytes(to, from, size);
}

bool kss_probe_write(void *to, const void *from, size_t size) {
    return kss_probe_bytes(to, from, size);
}
