// SPDX-License-Identifier: MIT
// What AddressSanitizer, ThreadSanitizer and valgrind must be told about stacks that are not theirs.
// Without them everything here is empty; valgrind's header is used where it is installed (its
// requests are a few instructions that do nothing outside valgrind).
//
// AddressSanitizer: locals must lie on the stacks, so detect_stack_use_after_return stays off (with
// it a pointer to a local leads to the heap, and no touch of an out-swapped stack is seen);
// sanitize_options.c says so by default, and kss_sanitize_trouble notices when it is on all the same.
//
// valgrind: a program that goes on after a fault needs --vex-iropt-register-updates=
// allregs-at-mem-access (valgrind's manual, section on core options): by default only the stack
// pointer is right at a memory access, and a resumed instruction would use stale registers.
#ifndef KSS_NATIVE_SANITIZE_H
#define KSS_NATIVE_SANITIZE_H

#include <stddef.h>

#if defined __SANITIZE_ADDRESS__
#define KSS_ASAN 1
#endif
#if defined __SANITIZE_THREAD__
#define KSS_TSAN 1
#endif
#if defined __has_feature
#if __has_feature(address_sanitizer)
#undef KSS_ASAN
#define KSS_ASAN 1
#endif
#if __has_feature(thread_sanitizer)
#undef KSS_TSAN
#define KSS_TSAN 1
#endif
#endif

#if defined KSS_ASAN || defined KSS_TSAN
#define KSS_SANITIZE_SWITCH 1
#endif

#if defined __has_include
#if __has_include(<valgrind/memcheck.h>) && !defined KSS_NO_VALGRIND
#define KSS_VALGRIND 1
#endif
#endif

// Why native runs cannot be trusted with the sanitizer options in force, or NULL.
const char *kss_sanitize_trouble(void);

#ifdef KSS_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>

static inline void kss_asan_leave(void **fake_stack, const void *low, size_t size) {
    __sanitizer_start_switch_fiber(fake_stack, low, size);
}

static inline void kss_asan_arrive(void *fake_stack) {
    __sanitizer_finish_switch_fiber(fake_stack, NULL, NULL);
}

static inline void kss_asan_clean(const void *low, size_t size) {
    __asan_unpoison_memory_region(low, size);
}
#else
static inline void kss_asan_leave(void **fake_stack, const void *low, size_t size) {
    (void)fake_stack, (void)low, (void)size;
}

static inline void kss_asan_arrive(void *fake_stack) {
    (void)fake_stack;
}

static inline void kss_asan_clean(const void *low, size_t size) {
    (void)low, (void)size;
}
#endif

#ifdef KSS_TSAN
#include <sanitizer/tsan_interface.h>

static inline void *kss_tsan_fiber(void) {
    return __tsan_create_fiber(0);
}

static inline void *kss_tsan_current(void) {
    return __tsan_get_current_fiber();
}

static inline void kss_tsan_switch(void *fiber) {
    __tsan_switch_to_fiber(fiber, 0);
}

static inline void kss_tsan_forget(void *fiber) {
    if (fiber != NULL)
        __tsan_destroy_fiber(fiber);
}
#else
static inline void *kss_tsan_fiber(void) {
    return NULL;
}

static inline void *kss_tsan_current(void) {
    return NULL;
}

static inline void kss_tsan_switch(void *fiber) {
    (void)fiber;
}

static inline void kss_tsan_forget(void *fiber) {
    (void)fiber;
}
#endif

#ifdef KSS_VALGRIND
#include <valgrind/memcheck.h>

// A fiber begins with its stack pointer at [high], which is the next stack's [low].
static inline unsigned kss_valgrind_stack(void *low, void *high) {
    return RUNNING_ON_VALGRIND ? (unsigned)VALGRIND_STACK_REGISTER((char *)low + 1, high) + 1 : 0;
}

static inline void kss_valgrind_stack_gone(unsigned number) {
    if (number != 0)
        VALGRIND_STACK_DEREGISTER(number - 1);
}

static inline int kss_valgrind_runs(void) {
    return RUNNING_ON_VALGRIND != 0;
}

// No report about [low, low + size): what happens there is judged by the fault handler.
static inline void kss_valgrind_ours(const void *low, size_t size) {
    (void)VALGRIND_MAKE_MEM_DEFINED(low, size);
}

// Before a signal returns to [sp]: valgrind notices the change of stacks only when the stack grows
// next, and takes that growth for the change.
static inline void kss_valgrind_back_to(void *sp) {
    enum { GROWTH = 64 * 1024, RED_ZONE = 128 };
    if (RUNNING_ON_VALGRIND)
        (void)VALGRIND_MAKE_MEM_UNDEFINED((char *)sp - RED_ZONE - GROWTH, GROWTH);
}

static inline void kss_valgrind_quiet(int quiet) {
    if (quiet)
        VALGRIND_DISABLE_ERROR_REPORTING;
    else
        VALGRIND_ENABLE_ERROR_REPORTING;
}
#else
static inline int kss_valgrind_runs(void) {
    return 0;
}

static inline unsigned kss_valgrind_stack(void *low, void *high) {
    (void)low, (void)high;
    return 0;
}

static inline void kss_valgrind_stack_gone(unsigned number) {
    (void)number;
}

static inline void kss_valgrind_ours(const void *low, size_t size) {
    (void)low, (void)size;
}

static inline void kss_valgrind_back_to(void *sp) {
    (void)sp;
}

static inline void kss_valgrind_quiet(int quiet) {
    (void)quiet;
}
#endif

#endif
