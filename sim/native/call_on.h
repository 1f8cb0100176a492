// SPDX-License-Identifier: MIT
// A call on another stack and back: half the price of two fiber switches, because calls and returns
// stay paired. For work that does not suspend.
#ifndef KSS_NATIVE_CALL_ON_H
#define KSS_NATIVE_CALL_ON_H

#include "native/sanitize.h"

// Sanitizers must be told of every change of stacks, and ucontext builds have no assembly.
#if !defined KSS_UCONTEXT && !defined KSS_SANITIZE_SWITCH &&                                       \
    (defined __x86_64__ || defined __i386__ || defined __aarch64__)
#define KSS_CALL_ON 1
// Calls work(argument) with the stack pointer at [top], a multiple of 16, and returns what it returns.
int kss_call_on(void *top, int (*work)(void *argument), void *argument);
#endif

#endif
