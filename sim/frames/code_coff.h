// SPDX-License-Identifier: MIT
// Calls and stack movement in the code of a COFF object or PE image: code.h over coff.h. For object.c
// and image.c, when their rows are there.
#ifndef KSS_FRAMES_CODE_COFF_H
#define KSS_FRAMES_CODE_COFF_H

#include "frames/coff.h"

// x64: looks whether functions with a frame register move rsp in their body, and whether leaves are
// leaves (kss_code_settle). Reads only the code of these. Without Zydis nothing is changed.
void kss_code_settle_coff(const struct kss_coff *coff, const struct kss_coff_functions *functions);

// All calls (kss_code_read). To be called when frames->want_calls is set.
void kss_code_read_coff(const struct kss_coff *coff, const struct kss_coff_functions *functions);

#endif
