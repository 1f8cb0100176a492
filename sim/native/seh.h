// SPDX-License-Identifier: MIT
// Exceptions of native driver code: what the processor does with the __try frames that
// include/nt/kss_seh.h makes.
//
// Every activation of driver code (a fiber's run from NT's call to its return) has a list of its own,
// so no exception can leave the routine that NT called: an expanded callout, a dispatch routine, a DPC.
// Where one list serves several of them, kss_seh_bound marks the line.
//
// Everything here runs on the driver's own stack and jumps within it, never between stacks.
#ifndef KSS_NATIVE_SEH_H
#define KSS_NATIVE_SEH_H

#include "nt/kss_seh.h"

#include <stdbool.h>
#include <stdint.h>

// The innermost __try frame of the driver code at work, NULL in it for none. Weak here (one list per
// host thread, for programs without a machine); the native processor has its own.
struct kss_seh_frame **kss_seh_list(void);
// That of the host thread: of driver code that a test calls on its own stack.
struct kss_seh_frame **kss_seh_host_list(void);

// Raises [code] in the driver code at work: unwinds to the innermost __try statement and goes on there,
// running __finally blocks and asking filters from the inside out. Comes back (false) only when the
// activation has no __try statement at work.
bool kss_seh_raise(int32_t code, void *address);
// The same with what EXCEPTION_RECORD.ExceptionInformation shall hold: at most 15.
bool kss_seh_raise_with(int32_t code, void *address, const uintptr_t *information, unsigned count);

// Called when an exception has left the last __try statement: filters declined, __finally blocks ran.
// Must not return. Weak here (the process ends); the native processor has its own, which bug-checks.
_Noreturn void kss_seh_unhandled(int32_t code, void *address);

// What lies before [mark] in the list is out of reach until kss_seh_unbound. [mark] is the caller's.
void kss_seh_bound(struct kss_seh_frame *mark);
void kss_seh_unbound(struct kss_seh_frame *mark);

#endif
