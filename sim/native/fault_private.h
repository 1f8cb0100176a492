// SPDX-License-Identifier: MIT
// Between the files of the fault handler.
#ifndef KSS_NATIVE_FAULT_PRIVATE_H
#define KSS_NATIVE_FAULT_PRIVATE_H

#include "native/fault.h"

#include <signal.h>
#include <stdint.h>

// ---- fault_context.c: the interrupted registers, per host -------------------------------------------

void *kss_context_pc(const void *context);
void *kss_context_sp(const void *context);
void *kss_context_frame(const void *context);
void *kss_context_link(const void *context);
void kss_context_set_pc(void *context, void *pc);
const sigset_t *kss_context_mask(const void *context);

// Describes what [signal] is about; false: nothing that an instruction did.
bool kss_context_describe(struct kss_fault *fault, int signal, const siginfo_t *info,
                          const void *context);

// ---- fault_posix.c ----------------------------------------------------------------------------------

// Calls [handler] on a slot of this thread; called on an alternate stack, from a signal handler whose
// mask is kss_fault_blocked. PASS as well when this thread has not entered.
enum kss_fault_answer kss_fault_give(const struct kss_fault *fault, kss_fault_handler *handler,
                                     void *handler_context, const void *context);

// Every signal but those an instruction raises.
void kss_fault_blocked(sigset_t *set);

#endif
