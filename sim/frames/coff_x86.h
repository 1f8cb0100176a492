// SPDX-License-Identifier: MIT
// Frames of COFF objects for 32-bit x86: from call frame information, since this machine has no unwind
// data. Called by kss_read_object.
#ifndef KSS_FRAMES_COFF_X86_H
#define KSS_FRAMES_COFF_X86_H

#include "frames/coff.h"

// Appends a row for each function of the object, and fills [functions] (in the arena; no imports) for
// who reads the code.
void kss_coff_x86(const struct kss_coff *coff, struct kss_coff_functions *functions);

#endif
