// SPDX-License-Identifier: MIT
// Faults of driver code: caught, described, and given to a handler that may switch to another fiber.
//
// The signal arrives on an alternate stack. From there the handler is called on a second stack next
// to it, and another alternate stack is put in place, so that
//   - the handler may kss_fiber_switch away and never come back: nothing remains blocked or armed
//     wrongly, and no jump goes from one stack to another;
//   - it may also switch away, let other fibers run and fault, and be resumed much later: its frames
//     and the interrupted registers are still there.
//
//     slot   | guard | handler runs here | signal frame, registers of the fault |
//                                         ^------- the alternate stack --------^
//
// A handler that switches away for good says so in one of four ways, each of which makes its slot free
// again: the switch has from_dies; the fiber is redirected, or dropped (fiber.h); kss_fault_forget.
// kss_fault_leave frees what is left.
//
// CMocka sets its own signal handlers around every test. So enter where the run begins and leave where
// it ends, inside the test, not in a fixture.
#ifndef KSS_NATIVE_FAULT_H
#define KSS_NATIVE_FAULT_H

#include <stdbool.h>
#include <stddef.h>

enum kss_fault_kind {
    KSS_FAULT_ACCESS,     // memory that is not there or not so; also a non-canonical address
    KSS_FAULT_PRIVILEGED, // an instruction for the kernel's ring; [instruction] names it
    KSS_FAULT_ILLEGAL,    // no instruction (ud2)
    KSS_FAULT_DIVIDE,     // integer division by zero, or its result does not fit
    KSS_FAULT_BREAKPOINT, // int 3, int 2Dh, brk
    KSS_FAULT_ASSERT,     // int 29h (fast fail), int 2Ch (assertion); brk #0xF003, #0xF001
    KSS_FAULT_HANG        // no fault: the watchdog found the code busy for too long
};

enum kss_fault_access { KSS_FAULT_READ, KSS_FAULT_WRITE, KSS_FAULT_EXECUTE, KSS_FAULT_UNKNOWN };

struct kss_fault {
    enum kss_fault_kind kind;
    enum kss_fault_access access; // ACCESS only
    bool address_known;           // false: the operand could not be told (address is NULL)
    void *address;                // ACCESS only: the first byte that could not be reached
    void *pc, *sp;                // of the instruction; a breakpoint is at its own address, too
    void *frame;                  // the frame pointer register
    void *link;                   // the link register; NULL where there is none
    const char *instruction;      // "hlt", "mov cr", "int 29h"; NULL: nothing special
    unsigned length;              // bytes of the instruction where known, else 0
    int signal;
};

enum kss_fault_answer {
    KSS_FAULT_RESUME, // run the instruction again (a breakpoint: go on behind it; HANG: go on)
    KSS_FAULT_SKIP,   // go on behind the instruction; only where length is not 0, else as PASS
    KSS_FAULT_PASS    // not ours: to the handler that was there before, or the default action
};

// Called with other signals as they were and errno saved. The interrupted code may be anywhere: call
// nothing that driver code may have been in the middle of (malloc, stdio); switch away instead.
typedef enum kss_fault_answer kss_fault_handler(void *context, const struct kss_fault *fault);

// From here to kss_fault_leave, faults of this thread go to [handler]. Nests: the innermost handler
// gets them. Returns false when the host has no memory for the stacks. The alternate stacks of a
// thread are kept until it ends, so that entering costs eight system calls and no mapping.
bool kss_fault_enter(kss_fault_handler *handler, void *context);

// Puts back what kss_fault_enter found: signal handlers and the alternate stack. Call it on the stack
// that entered. After the outermost one, handlers that were switched away from are gone.
void kss_fault_leave(void);

// The fault handler whose frames [sp] lies in is never resumed. Anything else is left alone.
void kss_fault_forget(const void *sp);

// Copies [size] bytes; false when one of them cannot be read or written: then a part may be copied.
// No fault handler is called and no sanitizer complains. Only between enter and leave.
bool kss_probe_read(void *to, const void *from, size_t size);
bool kss_probe_write(void *to, const void *from, size_t size);

// The watchdog: while it is on, [handler] is called with KSS_FAULT_HANG when this thread has used
// between one and two times [milliseconds] of processor time without kss_watchdog_feed. Processor
// time, not time on the wall: a debugger or a busy host does not trip it. The handler may find any code
// interrupted, the simulator's, too: it looks at fault->sp (a driver's stack?) and answers RESUME, or
// switches away. Only between enter and leave; stop it before leave. Returns false when the host has
// no such timer.
bool kss_watchdog_start(unsigned milliseconds, kss_fault_handler *handler, void *context);
void kss_watchdog_stop(void);

// Says that the code made progress: a store.
void kss_watchdog_feed(void);

#endif
