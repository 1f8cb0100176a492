// SPDX-License-Identifier: MIT
// Fibers on top of the bare switch, and what the sanitizers must hear about them.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE // pthread_getattr_np
#endif

#include "native/fiber.h"

#include "native/fault.h"
#include "native/sanitize.h"

#include <string.h>

enum { RED_ZONE = 128 }; // bytes below SP that interrupted code may be using (x86-64 System V)

#ifdef KSS_SANITIZE_SWITCH

#include <pthread.h>

static void find_host_stack(struct kss_fiber *f) {
#ifdef __APPLE__
    f->size = pthread_get_stacksize_np(pthread_self());
    f->low = (char *)pthread_get_stackaddr_np(pthread_self()) - f->size;
#else
    pthread_attr_t attributes;
    if (pthread_getattr_np(pthread_self(), &attributes) != 0)
        return;
    pthread_attr_getstack(&attributes, &f->low, &f->size);
    pthread_attr_destroy(&attributes);
#endif
}

static void leave(struct kss_fiber *from, struct kss_fiber *to, bool from_dies) {
    to->ended = from_dies ? from : NULL;
    kss_asan_leave(from_dies ? NULL : &from->fake_stack, to->low, to->size);
    kss_tsan_switch(to->tsan);
}

static void arrive(struct kss_fiber *f) {
    kss_asan_arrive(f->fake_stack);
    if (f->ended != NULL) {
        kss_tsan_forget(f->ended->tsan);
        f->ended->tsan = NULL;
        f->ended = NULL;
    }
}

static void first_turn(void *fiber) {
    struct kss_fiber *f = fiber;
    arrive(f);
    f->entry(f->argument);
}

static void prepare(struct kss_fiber *f, void *sp, void (*entry)(void *), void *argument) {
    f->entry = entry;
    f->argument = argument;
    kss_registers_init(&f->registers, f->low, sp, first_turn, f);
}

#else

static void prepare(struct kss_fiber *f, void *sp, void (*entry)(void *), void *argument) {
    kss_registers_init(&f->registers, f->low, sp, entry, argument);
}

#endif

__attribute__((noinline)) void kss_fiber_init(struct kss_fiber *f, void *low, size_t size,
                                              void *top, void (*entry)(void *), void *argument) {
    if (f->valgrind != 0 && (f->low != low || f->size != size))
        kss_fiber_drop(f);
    if (f->valgrind == 0)
        f->valgrind = kss_valgrind_stack(low, (char *)low + size);
    f->low = low;
    f->size = size;
    f->fake_stack = NULL;
    f->ended = NULL;
    if (f->tsan == NULL)
        f->tsan = kss_tsan_fiber();
    kss_asan_clean(low, (size_t)((char *)top - (char *)low));
    prepare(f, top, entry, argument);
}

__attribute__((noinline)) void kss_fiber_host(struct kss_fiber *f) {
    memset(f, 0, sizeof *f);
#ifdef KSS_SANITIZE_SWITCH
    find_host_stack(f);
#endif
    f->tsan = kss_tsan_current();
}

// The fault handler that the fiber may be in is never resumed.
__attribute__((noinline)) static void ends(void) {
    kss_fault_forget(__builtin_frame_address(0));
}

__attribute__((noinline)) void kss_fiber_switch(struct kss_fiber *from, struct kss_fiber *to,
                                                bool from_dies) {
    if (from_dies)
        ends();
#ifdef KSS_SANITIZE_SWITCH
    leave(from, to, from_dies);
    kss_registers_switch(&from->registers, &to->registers);
    arrive(from);
#else
    kss_registers_switch(&from->registers, &to->registers);
#endif
}

void *kss_fiber_sp(const struct kss_fiber *f) {
    return f->registers.sp;
}

__attribute__((noinline)) void kss_fiber_redirect(struct kss_fiber *f, void *sp,
                                                  void (*entry)(void *), void *argument) {
    kss_fault_forget(f->registers.sp);
    kss_asan_clean(f->low, (size_t)((char *)sp - (char *)f->low));
    prepare(f, (char *)sp - RED_ZONE, entry, argument);
}

void kss_fiber_drop(struct kss_fiber *f) {
    kss_fault_forget(f->registers.sp);
    kss_valgrind_stack_gone(f->valgrind);
    kss_tsan_forget(f->tsan);
    f->valgrind = 0;
    f->tsan = NULL;
}
