// SPDX-License-Identifier: MIT
// Fibers: nanoseconds of one switch, beside a bare call and the C library's swapcontext; an out-swap
// and in-swap of one stack, beside the bare pair of mprotect calls; one fault taken up and answered;
// entering and leaving the fault handler. Ratios are of this run.
//
//   bench_fiber [MILLIONS]      default 20 (switches)
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "native/arena.h"
#include "native/fault.h"
#include "native/fiber.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#ifdef __GLIBC__
#include <ucontext.h>
#endif

enum { STACK = 24 * 1024, GUARD = 64 * 1024, SWAPS = 100000 };

static double seconds(void) {
    struct timespec now;
    timespec_get(&now, TIME_UTC);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static struct kss_fiber host, fiber;
static struct kss_host_arena arena;
static uint8_t *stack;

static void answers(void *argument) {
    (void)argument;
    for (;;)
        kss_fiber_switch(&fiber, &host, false);
}

static double fiber_switch(long count) {
    kss_fiber_host(&host);
    kss_fiber_init(&fiber, stack, STACK, stack + STACK, answers, NULL);
    double start = seconds();
    for (long i = 0; i < count; i += 2)
        kss_fiber_switch(&host, &fiber, false);
    double taken = seconds() - start;
    kss_fiber_drop(&fiber);
    return taken / (double)count * 1e9;
}

__attribute__((noinline)) static void nothing(void *argument) {
    __asm__ volatile("" : : "r"(argument) : "memory");
}

static double bare_call(long count) {
    void (*volatile call)(void *) = nothing;
    double start = seconds();
    for (long i = 0; i < count; i++)
        call(NULL);
    return (seconds() - start) / (double)count * 1e9;
}

#ifdef __GLIBC__
static ucontext_t outer, inner;

static void answers_by_context(void) {
    for (;;)
        swapcontext(&inner, &outer);
}

static double context_switch(long count) {
    getcontext(&inner);
    inner.uc_stack.ss_sp = stack;
    inner.uc_stack.ss_size = STACK;
    makecontext(&inner, answers_by_context, 0);
    double start = seconds();
    for (long i = 0; i < count; i += 2)
        swapcontext(&outer, &inner);
    return (seconds() - start) / (double)count * 1e9;
}
#endif

static double swap_by_arena(void) {
    double start = seconds();
    for (int i = 0; i < SWAPS; i++) {
        kss_host_arena_protect(&arena, stack, STACK, false);
        kss_host_arena_protect(&arena, stack, STACK, true);
    }
    return (seconds() - start) / SWAPS * 1e6;
}

static double swap_by_mprotect(void) {
    double start = seconds();
    for (int i = 0; i < SWAPS; i++) {
        mprotect(stack, STACK, PROT_NONE);
        mprotect(stack, STACK, PROT_READ | PROT_WRITE);
    }
    return (seconds() - start) / SWAPS * 1e6;
}

static enum kss_fault_answer lets_in(void *context, const struct kss_fault *fault) {
    (void)context, (void)fault;
    kss_host_arena_protect(&arena, stack, STACK, true);
    return KSS_FAULT_RESUME;
}

static double fault_and_resume(void) {
    kss_fault_enter(lets_in, NULL);
    double start = seconds();
    for (int i = 0; i < SWAPS; i++) {
        kss_host_arena_protect(&arena, stack, STACK, false);
        *(volatile uint8_t *)stack = 1;
    }
    double taken = seconds() - start;
    kss_fault_leave();
    return taken / SWAPS * 1e6;
}

static double enter_and_leave(void) {
    double start = seconds();
    for (int i = 0; i < SWAPS; i++) {
        kss_fault_enter(lets_in, NULL);
        kss_fault_leave();
    }
    return (seconds() - start) / SWAPS * 1e6;
}

int main(int argc, char **argv) {
    long count = (argc > 1 ? atol(argv[1]) : 20) * 1000000;
    const char *error = NULL;
    if (!kss_host_arena_open(&arena, 65536, 2 * GUARD + STACK, 65536, &error)) {
        fprintf(stderr, "%s\n", error);
        return 1;
    }
    size_t page = kss_host_page(), size = (STACK + page - 1) / page * page;
    stack = arena.view + arena.stacks + GUARD;
    kss_host_arena_protect(&arena, stack, size, true);
    double one = fiber_switch(count), call = bare_call(count);
    printf("fiber switch: %.2f ns; bare call: %.2f ns (%.1f calls)\n", one, call, one / call);
#ifdef __GLIBC__
    double context = context_switch(count / 20);
    printf("swapcontext: %.1f ns (%.1f switches)\n", context, context / one);
#endif
    double by_arena = swap_by_arena(), bare = swap_by_mprotect();
    printf("out-swap and in-swap: %.2f us; bare mprotect pair: %.2f us (ratio %.2f)\n", by_arena,
           bare, by_arena / bare);
    printf("out-swap, fault, in-swap, resume: %.2f us\n", fault_and_resume());
    printf("enter and leave the fault handler: %.2f us\n", enter_and_leave());
    kss_host_arena_close(&arena);
    return 0;
}
