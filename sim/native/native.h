// SPDX-License-Identifier: MIT
// The native processor: driver code compiled for the host runs on fibers whose stacks are exactly as
// large as the machine's kernel stacks, under the same kernel as scenarios.
//
//   host thread (scheduler)                     fibers, one per activation of driver code
//   -----------------------                     -----------------------------------------
//   kss_turn: CALL routine  ----- switch ---->  routine(arguments) on the stack named
//   kss_nt_call(KeSetEvent) <---- switch -----  KeSetEvent(...)          (an entry point, entry.c)
//      RETURN value         ----- switch ---->  ... goes on
//   kss_turn: RUN           ----- switch ---->  (another fiber, or the same)
//   kss_returned(value)     <---- switch -----  return value;
//   kss_native_fault        <---- switch -----  a host fault, inside the signal handler
//
// All simulator code runs on the host thread's own stack. An NT call costs the driver's stack only
// what the entry point needs to leave it, and that is not counted. A routine that the kernel wants
// called on a stack that is in use (a dispatch routine under IoCallDriver, an ISR on x86) runs in an
// activation of its own, exactly below the stack pointer of the code it interrupts or serves; what
// the entry point had stored there is kept aside meanwhile.
//
// A kss_native belongs to one host thread while it runs. Depends on base, nt, kernel.
#ifndef KSS_NATIVE_NATIVE_H
#define KSS_NATIVE_NATIVE_H

#include "kernel/kernel.h"

struct kss_native;

// Makes room for a machine of [config] (whose pointers must be as wide as the host's) and fills
// [image], which it goes on to change as it meets driver routines. NULL: the host refused, *error
// says why. Free with kss_native_free, after its machine.
struct kss_native *kss_native_new(const struct kss_config *config, struct kss_image *image,
                                  const char **error);
void kss_native_free(struct kss_native *native);
// To be put into the machine's port.
const struct kss_space *kss_native_space(const struct kss_native *native);
// The machine made with that port.
void kss_native_attach(struct kss_native *native, struct kss_machine *machine);

// A driver routine as the kernel knows it: interned by its address.
uint32_t kss_native_code(struct kss_native *native, void (*routine)(void));
// A thread's body: [routine] with [count] arguments (at most 8), named as the thread. [returns] says
// what its value means: 0 nothing, else the bytes of the status or value it returns (4, 8).
uint32_t kss_native_body(struct kss_native *native, const char *name, void (*routine)(void),
                         const uint64_t *arguments, unsigned count, unsigned returns);

// Whether it has returned (a system thread may end otherwise), and what; 0 while it has not.
bool kss_native_body_returned(const struct kss_native *native, uint32_t body);
uint64_t kss_native_body_value(const struct kss_native *native, uint32_t body);

// Places of events are instructions of driver code. Place numbers begin at 1.
struct kss_native_site {
    const void *pc;
    uint32_t code;   // the routine it lies in, KSS_NO_FRAME: unknown
    uint32_t offset; // bytes from the routine's start
    uint32_t nt;     // the NT routine called there, KSS_NT_COUNT: none
};
uint32_t kss_native_site_count(const struct kss_native *native);
const struct kss_native_site *kss_native_site_at(const struct kss_native *native, uint32_t place);

// Runs until nothing can happen up to and including time [until], or the machine has ended.
// [watchdog] ms of host time without an NT call end it as a hang; 0: no watchdog.
void kss_native_run(struct kss_native *native, uint64_t until, unsigned watchdog);

// Of the driver code at work: its routine and machine; NULL: none runs.
struct kss_machine *kss_native_machine(uint32_t *routine);

// ---- Controls -----------------------------------------------------------------------------------

// An NT routine is about to be called from driver code. Answering true gives *value instead of
// calling it (failure injection, counting).
struct kss_native_call;
typedef bool kss_native_hook(void *context, const struct kss_native_call *call, uint64_t *value);
void kss_native_set_hook(struct kss_native *native, kss_native_hook *hook, void *context);

// From inside routine [name] ("ReadDispatch" or "mydrv!ReadDispatch") on only [bytes] of its stack
// are left: StackLimit moves up while it runs. UINT32_MAX takes that back.
void kss_native_leave(struct kss_native *native, const char *name, uint32_t bytes);

// ---- For entry points -----------------------------------------------------------------------------

// Driver code on the fiber at work calls NT. [frame]: the caller's frame pointer record, [sp] its
// stack pointer at the call, [pc] where it will return to.
struct kss_native_call {
    const uint64_t *arguments;
    uint32_t routine; // enum kss_routine_id
    uint32_t count;
    void *frame, *sp, *pc;
};
uint64_t kss_native_enter(const struct kss_native_call *call);
// The driver routine a call came from, by its code index; KSS_NO_FRAME: unknown.
uint32_t kss_native_call_from(struct kss_native *native, const struct kss_native_call *call);

// Calls work(argument) on the host thread's own stack, from driver code or from outside.
void kss_native_host(void (*work)(void *argument), void *argument, void *frame, void *sp, void *pc);

// Sets the exported variables that depend on the machine: data.c.
void kss_native_export(void *system_process, unsigned processors);

// True while driver code runs on a fiber of this host thread.
bool kss_native_inside(void);

#endif
