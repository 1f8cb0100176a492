// SPDX-License-Identifier: MIT
// What the writers of listings share.
#ifndef KSS_FRAMES_LISTING_WRITE_H
#define KSS_FRAMES_LISTING_WRITE_H

#include "frames/listing_judge.h"

const char *kss_listing_answer_name(enum kss_listing_answer answer); // as in the verdict record
const char *kss_bound_source_name(enum kss_bound_source source);

// "rosempio!DsmWriteEvent+0x3e3f3", as debuggers print it.
void kss_listing_symbol(const struct kss_listed_frame *frame, struct kss_text *out);
// "0x60F0 (24,816) bytes"
void kss_listing_bytes(uint64_t bytes, struct kss_text *out);
// Text of others in a line of ours: what is no printable ASCII becomes '?'.
void kss_listing_line(const char *text, struct kss_text *out);

#endif
