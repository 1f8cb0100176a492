// SPDX-License-Identifier: MIT
// Names from outside in other programs' formats. What a scenario or a driver calls its things is copied as text
// and must stay text there: each format says which characters it has a meaning for and what stands for them;
// what no format can show is replaced for all of them. Depends on base/text.h.
#ifndef KSS_REPORT_PLAIN_H
#define KSS_REPORT_PLAIN_H

#include "base/text.h"

// Appends what stands for a character in a format and returns true; false: it stands for itself.
typedef bool kss_escape(uint32_t point, struct kss_text *out);

// Appends a text: control characters as blanks, bytes that are not UTF-8 as U+FFFD, the rest as [escape] says.
void kss_escaped(struct kss_text *out, const char *bytes, size_t length, kss_escape *escape);

#endif
