// SPDX-License-Identifier: MIT
// The bare switch below fiber.h: what each architecture saves, and two operations on it. Known to
// switch_*.c, fiber_ucontext.c, fiber.c and the fault handler, which moves to a second stack with it.
#ifndef KSS_NATIVE_SWITCH_H
#define KSS_NATIVE_SWITCH_H

#include <stdint.h>

#ifdef KSS_UCONTEXT
#ifdef __APPLE__
#include <sys/ucontext.h>
#endif
#include <ucontext.h>

struct kss_registers {
    ucontext_t context;
    void *sp; // near enough: in the frame that called swapcontext
    void (*entry)(void *);
    void *argument;
};

#elif defined __x86_64__

struct kss_registers { // offsets are known to switch_x86_64.c
    void *pc, *sp;
    void *rbx, *rbp, *r12, *r13, *r14, *r15;
    uint32_t mxcsr;
    uint16_t x87_control, unused;
};

#elif defined __i386__

struct kss_registers { // offsets are known to switch_i386.c
    void *pc, *sp;
    void *ebx, *ebp, *esi, *edi;
    uint32_t mxcsr;
    uint16_t x87_control, unused;
};

#elif defined __aarch64__

struct kss_registers { // offsets are known to switch_aarch64.c
    void *pc, *sp;
    void *x19[11]; // x19 to x29
    uint64_t fpcr;
    uint64_t d8[8]; // d8 to d15
};

#else
#error "kss knows to switch stacks on x86-64, i386 and aarch64; elsewhere define KSS_UCONTEXT"
#endif

// Registers whose first turn calls entry(argument) with the stack pointer at [sp] rounded down to 16,
// less the return address. [low] is the lowest address of that stack.
void kss_registers_init(struct kss_registers *r, void *low, void *sp, void (*entry)(void *),
                        void *argument);

// Stores what runs in [from] and goes on with [to].
void kss_registers_switch(struct kss_registers *from, const struct kss_registers *to);

#endif
