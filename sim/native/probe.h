// SPDX-License-Identifier: MIT
// What the fault handler knows of the copies that fail instead of faulting (kss_probe_read).
#ifndef KSS_NATIVE_PROBE_H
#define KSS_NATIVE_PROBE_H

#include <stdbool.h>
#include <stddef.h>

// If [pc] is in the copy loop: where it goes on after a fault, else NULL.
void *kss_probe_fixup(const void *pc);

// The copy without the words to the sanitizers; for the fault handler itself.
bool kss_probe_bytes(void *to, const void *from, size_t size);

#endif
