// SPDX-License-Identifier: MIT
// Fibers: flows of control on stacks that the caller gives, exactly as large as he says.
//
// A switch stores what a C call must preserve (callee-saved registers, stack pointer, the return
// address, floating-point control) in the fiber's own struct, which lives in memory of whoever owns
// it and never on the fiber's stack. So a fiber that waits costs its stack nothing but the frame of
// the call that switched, and its stack may be made inaccessible while it waits.
//
//     low                                             top        low + size
//      |  free                 | frames of the fiber   |  reserved  |
//      ^ overflow goes on into what lies below         ^ SP at the entry, less what a call pushes
//
// Switching is possible wherever a call is, also inside a fault handler (fault.h). It must not happen
// under CET shadow stacks: a return address is taken up again on another stack. Nothing in here may
// be inlined into its callers: compilers keep the address of thread-local data across calls.
#ifndef KSS_NATIVE_FIBER_H
#define KSS_NATIVE_FIBER_H

#include "native/switch.h"

#include <stdbool.h>
#include <stddef.h>

struct kss_fiber {
    struct kss_registers registers; // while suspended
    void *low;
    size_t size;
    void (*entry)(void *);
    void *argument;
    void *fake_stack;        // AddressSanitizer's, while suspended
    void *tsan;              // ThreadSanitizer's
    struct kss_fiber *ended; // the fiber that ended by switching to this one
    unsigned valgrind;       // its number for the stack, plus one
};

// Makes [f] a fiber whose first turn calls entry(argument) on the stack [low, low + size), with the
// stack pointer at [top] rounded down as the ABI wants, less the return address that the call pushes.
// [entry] must not return: it switches away for the last time with from_dies. [f] is zeroed, or was a
// fiber before and is never switched to again. top <= low + size. Touches the stack only in a ucontext
// build (makecontext writes below top).
void kss_fiber_init(struct kss_fiber *f, void *low, size_t size, void *top, void (*entry)(void *),
                    void *argument);

// Makes [f], zeroed, stand for the thread that calls, on the stack it has. It is suspended by the
// first kss_fiber_switch from it.
void kss_fiber_host(struct kss_fiber *f);

// Suspends [from], which must be what runs now, and goes on with [to]. Returns when somebody switches
// to [from] again; with [from_dies] nobody may, and what the fault handler lent to [from] is free.
void kss_fiber_switch(struct kss_fiber *from, struct kss_fiber *to, bool from_dies);

// The stack pointer of a suspended fiber. One that was suspended inside a fault handler has it on the
// handler's stack; kss_fault.sp says where the fiber itself was.
void *kss_fiber_sp(const struct kss_fiber *f);

// Makes the suspended [f] go on, when switched to, in entry(argument) on its own stack below [sp],
// leaving 128 bytes free for the red zone of what was interrupted. Frames below [sp] are gone; a fault
// handler that [f] was suspended in is abandoned. [sp] lies in the fiber's stack.
void kss_fiber_redirect(struct kss_fiber *f, void *sp, void (*entry)(void *), void *argument);

// [f], suspended or ended, is never switched to again: gives back what the fault handler and the
// sanitizers hold for it. The stack's memory stays its owner's.
void kss_fiber_drop(struct kss_fiber *f);

#endif
