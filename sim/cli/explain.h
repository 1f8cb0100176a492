// SPDX-License-Identifier: MIT
// What kss explain knows beside the vocabularies of NT.
#ifndef KSS_CLI_EXPLAIN_H
#define KSS_CLI_EXPLAIN_H

#include "base/text.h"

#include <stdbool.h>

// Appends what an error of the language ("KSS0020") means; false: there is none of that number.
bool kss_explain_error(const char *word, struct kss_text *out);

#endif
