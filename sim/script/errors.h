// SPDX-License-Identifier: MIT
// What the language can object to, as a table: KSS0001 ... KSS0099 of the parser, KSS0101 ... of the checker.
// Depends on base.
#ifndef KSS_SCRIPT_ERRORS_H
#define KSS_SCRIPT_ERRORS_H

#include "base/diag.h"

struct kss_language_error {
    unsigned number;
    enum kss_severity severity; // the usual one
    const char *text;           // as the def files have it: may be a printf format
    const char *help;           // NULL: none
};
extern const struct kss_language_error kss_language_errors[];
extern const unsigned kss_language_error_count;

// Appends what an error means; what its message is filled with becomes "...".
void kss_language_error_text(const struct kss_language_error *error, struct kss_text *out);

#endif
