// SPDX-License-Identifier: MIT
// What kss explain knows. Depends on base, nt, rules, session; not on the command.
#ifndef KSS_CLI_EXPLAIN_H
#define KSS_CLI_EXPLAIN_H

#include "base/text.h"

#include <stdbool.h>

// Appends what a word means: a finding (KSS2001, stack-object-user-wait), a bug check, a routine, a
// status, a type, a policy, an error of the language; false: nobody knows it.
bool kss_explain_word(const char *word, struct kss_text *out);

// Appends what an error of the language ("KSS0020") means; false: there is none of that number.
bool kss_explain_error(const char *word, struct kss_text *out);

// An NT routine that the headers declare and kss does not serve, and why not.
struct kss_unserved {
    const char *name, *why;
};
const struct kss_unserved *kss_unserved_row(unsigned index); // NULL: there are no more
const struct kss_unserved *kss_unserved_named(const char *name);

#endif
