// SPDX-License-Identifier: MIT
// The switch by the C library's ucontext functions (build option KSS_UCONTEXT): slower by a factor of
// forty, because they set the signal mask at every switch, but without assembly. musl has none.
#if defined __APPLE__ && !defined _XOPEN_SOURCE
#define _XOPEN_SOURCE 700
#endif
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "native/switch.h"

#ifdef KSS_UCONTEXT

#include <stdlib.h>

// glibc's i386 functions leave the SSE control word alone.
#if defined __i386__ && defined __linux__
static uint32_t get_mxcsr(void) {
    uint32_t value;
    __asm__ volatile("stmxcsr %0" : "=m"(value));
    return value;
}

static void set_mxcsr(uint32_t value) {
    __asm__ volatile("ldmxcsr %0" : : "m"(value));
}
#else
static uint32_t get_mxcsr(void) {
    return 0;
}

static void set_mxcsr(uint32_t value) {
    (void)value;
}
#endif

// makecontext passes ints: the pointer goes in two halves.
static void start(unsigned high, unsigned low) {
    struct kss_registers *r = (struct kss_registers *)(uintptr_t)((uint64_t)high << 32 | low);
    set_mxcsr(0x1F80); // as in switch_x86_64.c
    r->entry(r->argument);
    abort();
}

void kss_registers_init(struct kss_registers *r, void *low, void *sp, void (*entry)(void *),
                        void *argument) {
    uint64_t self = (uint64_t)(uintptr_t)r;
    uintptr_t top = (uintptr_t)sp & ~(uintptr_t)15;
    getcontext(&r->context);
    r->context.uc_stack.ss_sp = low;
    r->context.uc_stack.ss_size = top - (uintptr_t)low;
    r->context.uc_link = NULL;
    r->sp = (void *)top;
    r->entry = entry;
    r->argument = argument;
    makecontext(&r->context, (void (*)(void))start, 2, (unsigned)(self >> 32), (unsigned)self);
}

void kss_registers_switch(struct kss_registers *from, const struct kss_registers *to) {
    from->sp = __builtin_frame_address(0);
    uint32_t mxcsr = get_mxcsr();
    swapcontext(&from->context, &to->context);
    set_mxcsr(mxcsr);
}

#endif
