// SPDX-License-Identifier: MIT
// The jumps of SEH, in assembly: setjmp and longjmp of a __try statement, without a signal mask, a
// mangled pointer or a check of the direction, and as small as the calling convention allows.
//
//   kss_seh_set(frame)    keeps the registers a call preserves and where it returns to; returns 0.
//                         gcc's __builtin_setjmp fills the first three words and expects nothing of the
//                         others
//   kss_seh_jump(frame)   makes that call return again, with 1
//   kss_seh_exit(frame)   the cleanup of a frame. Its body was left by return or goto if the phase is
//                         still BODY (1): exchanges the registers kept with those of now, so that
//                         kss_seh_jump makes *this* call return, and goes into the second round
//
// Offsets are those of struct kss_seh_frame: asserted below.
#include "nt/kss_seh.h"

#include <stddef.h>

#if defined(KSS_SEH_WORDS)

_Static_assert(KSS_SEH_BODY == 1 && KSS_SEH_RETURNING == 2, "known to the assembly");
#if defined(__LP64__)
_Static_assert(offsetof(struct kss_seh_frame, phase) == 28, "known to the assembly");
_Static_assert(offsetof(struct kss_seh_frame, words) == 32, "known to the assembly");
#else
_Static_assert(offsetof(struct kss_seh_frame, phase) == 16, "known to the assembly");
_Static_assert(offsetof(struct kss_seh_frame, words) == 20, "known to the assembly");
#endif

#if defined(__APPLE__)
#define BEGIN(name) ".globl _" name "\n.p2align 4\n_" name ":\n.cfi_startproc\n"
#define END(name)   ".cfi_endproc\n"
#elif defined(__aarch64__)
#define BEGIN(name)                                                                                \
    ".globl " name "\n.type " name ", %function\n.p2align 4\n" name ":\n.cfi_startproc\n"
#define END(name) ".cfi_endproc\n.size " name ", .-" name "\n"
#else
#define BEGIN(name)                                                                                \
    ".globl " name "\n.type " name ", @function\n.p2align 4\n" name ":\n.cfi_startproc\n"
#define END(name) ".cfi_endproc\n.size " name ", .-" name "\n"
#endif

#if defined(__x86_64__)
// clang-format off
__asm__(".text\n"
    BEGIN("kss_seh_set")
    "mov (%rsp), %rcx\n lea 8(%rsp), %rax\n"
    "mov %rbp, 32(%rdi)\n mov %rcx, 40(%rdi)\n mov %rax, 48(%rdi)\n mov %rbx, 56(%rdi)\n"
    "mov %r12, 64(%rdi)\n mov %r13, 72(%rdi)\n mov %r14, 80(%rdi)\n mov %r15, 88(%rdi)\n"
    "xor %eax, %eax\n ret\n"
    END("kss_seh_set")
    BEGIN("kss_seh_jump")
    "mov 32(%rdi), %rbp\n mov 48(%rdi), %rsp\n mov 56(%rdi), %rbx\n"
    "mov 64(%rdi), %r12\n mov 72(%rdi), %r13\n mov 80(%rdi), %r14\n mov 88(%rdi), %r15\n"
    "mov $1, %eax\n jmp *40(%rdi)\n"
    END("kss_seh_jump")
    BEGIN("kss_ms_seh_exit") // exact frames: the argument is in rcx
    "xchg %rcx, %rdi\n cmpl $1, 28(%rdi)\n je 1f\n xchg %rcx, %rdi\n ret\n"
    END("kss_ms_seh_exit")
    BEGIN("kss_seh_exit")
    "cmpl $1, 28(%rdi)\n je 1f\n ret\n"
    "1: movl $2, 28(%rdi)\n pop %rcx\n"
    "xchg %rbp, 32(%rdi)\n xchg %rcx, 40(%rdi)\n xchg %rsp, 48(%rdi)\n xchg %rbx, 56(%rdi)\n"
    "xchg %r12, 64(%rdi)\n xchg %r13, 72(%rdi)\n xchg %r14, 80(%rdi)\n xchg %r15, 88(%rdi)\n"
    "mov $1, %eax\n jmp *%rcx\n"
    END("kss_seh_exit"));
// clang-format on

// Thin Microsoft faces of the rest: what they must preserve costs their own frames, not the driver's.
#define MS __attribute__((ms_abi))
MS int kss_ms_seh_step(struct kss_seh_frame *frame);
MS int kss_ms_seh_filtering(struct kss_seh_frame *frame);
MS int kss_ms_seh_filter(struct kss_seh_frame *frame, int answer);
MS _Noreturn void kss_ms_seh_leave(struct kss_seh_frame *frame);
MS int kss_ms_seh_code(struct kss_seh_frame *frame);
MS int kss_ms_seh_abnormal(struct kss_seh_frame *frame);
MS void *kss_ms_seh_information(struct kss_seh_frame *frame);

MS int kss_ms_seh_step(struct kss_seh_frame *frame) {
    return kss_seh_step(frame);
}
MS int kss_ms_seh_filtering(struct kss_seh_frame *frame) {
    return kss_seh_filtering(frame);
}
MS int kss_ms_seh_filter(struct kss_seh_frame *frame, int answer) {
    return kss_seh_filter(frame, answer);
}
MS _Noreturn void kss_ms_seh_leave(struct kss_seh_frame *frame) {
    kss_seh_leave(frame);
}
MS int kss_ms_seh_code(struct kss_seh_frame *frame) {
    return kss_seh_code(frame);
}
MS int kss_ms_seh_abnormal(struct kss_seh_frame *frame) {
    return kss_seh_abnormal(frame);
}
MS void *kss_ms_seh_information(struct kss_seh_frame *frame) {
    return kss_seh_information(frame);
}

#elif defined(__i386__)
// clang-format off
__asm__(".text\n"
    BEGIN("kss_seh_set")
    "mov 4(%esp), %ecx\n mov (%esp), %edx\n lea 4(%esp), %eax\n"
    "mov %ebp, 20(%ecx)\n mov %edx, 24(%ecx)\n mov %eax, 28(%ecx)\n"
    "mov %ebx, 32(%ecx)\n mov %esi, 36(%ecx)\n mov %edi, 40(%ecx)\n"
    "xor %eax, %eax\n ret\n"
    END("kss_seh_set")
    BEGIN("kss_seh_jump")
    "mov 4(%esp), %ecx\n"
    "mov 20(%ecx), %ebp\n mov 28(%ecx), %esp\n"
    "mov 32(%ecx), %ebx\n mov 36(%ecx), %esi\n mov 40(%ecx), %edi\n"
    "mov $1, %eax\n jmp *24(%ecx)\n"
    END("kss_seh_jump")
    BEGIN("kss_seh_exit")
    "mov 4(%esp), %ecx\n cmpl $1, 16(%ecx)\n je 1f\n ret\n"
    "1: movl $2, 16(%ecx)\n pop %edx\n"
    "xchg %ebp, 20(%ecx)\n xchg %edx, 24(%ecx)\n xchg %esp, 28(%ecx)\n"
    "xchg %ebx, 32(%ecx)\n xchg %esi, 36(%ecx)\n xchg %edi, 40(%ecx)\n"
    "mov $1, %eax\n jmp *%edx\n"
    END("kss_seh_exit"));
// clang-format on

#elif defined(__aarch64__)
// clang-format off
__asm__(".text\n"
    BEGIN("kss_seh_set")
    "mov x9, sp\n stp x29, x30, [x0, #32]\n stp x9, x19, [x0, #48]\n"
    "stp x20, x21, [x0, #64]\n stp x22, x23, [x0, #80]\n stp x24, x25, [x0, #96]\n"
    "stp x26, x27, [x0, #112]\n stp x28, xzr, [x0, #128]\n"
    "stp d8, d9, [x0, #136]\n stp d10, d11, [x0, #152]\n stp d12, d13, [x0, #168]\n"
    "stp d14, d15, [x0, #184]\n mov w0, #0\n ret\n"
    END("kss_seh_set")
    BEGIN("kss_seh_jump")
    "ldp x29, x30, [x0, #32]\n ldp x9, x19, [x0, #48]\n mov sp, x9\n"
    "ldp x20, x21, [x0, #64]\n ldp x22, x23, [x0, #80]\n ldp x24, x25, [x0, #96]\n"
    "ldp x26, x27, [x0, #112]\n ldr x28, [x0, #128]\n"
    "ldp d8, d9, [x0, #136]\n ldp d10, d11, [x0, #152]\n ldp d12, d13, [x0, #168]\n"
    "ldp d14, d15, [x0, #184]\n mov w0, #1\n ret\n"
    END("kss_seh_jump"));

#define SWAP(a, b, at)                                                                             \
    "ldp x9, x10, [x0, #" at "]\n stp " a ", " b ", [x0, #" at "]\n mov " a ", x9\n mov " b ", x10\n"
#define SWAP_D(a, b, at)                                                                           \
    "ldp d16, d17, [x0, #" at "]\n stp " a ", " b ", [x0, #" at "]\n"                              \
    "fmov " a ", d16\n fmov " b ", d17\n"
__asm__(".text\n"
    BEGIN("kss_seh_exit")
    "ldr w9, [x0, #28]\n cmp w9, #1\n b.eq 1f\n ret\n"
    "1: mov w9, #2\n str w9, [x0, #28]\n mov x11, sp\n"
    SWAP("x29", "x30", "32") SWAP("x11", "x19", "48") "mov sp, x11\n"
    SWAP("x20", "x21", "64") SWAP("x22", "x23", "80") SWAP("x24", "x25", "96")
    SWAP("x26", "x27", "112") "ldr x9, [x0, #128]\n str x28, [x0, #128]\n mov x28, x9\n"
    SWAP_D("d8", "d9", "136") SWAP_D("d10", "d11", "152") SWAP_D("d12", "d13", "168")
    SWAP_D("d14", "d15", "184")
    "mov w0, #1\n ret\n"
    END("kss_seh_exit"));
// clang-format on
#endif

#endif
