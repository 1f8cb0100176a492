// SPDX-License-Identifier: MIT
// kss explain KSS0020: what the errors of the language mean.
#include "cli/explain.h"

#include "script/errors.h"

#include <stdlib.h>
#include <string.h>

bool kss_explain_error(const char *word, struct kss_text *out) {
    if (strlen(word) != 7 || (word[0] != 'K' && word[0] != 'k') || word[3] != '0')
        return false;
    char *end;
    unsigned long number = strtoul(word + 3, &end, 10);
    if (*end != '\0')
        return false;
    for (unsigned i = 0; i < kss_language_error_count; i++) {
        const struct kss_language_error *error = &kss_language_errors[i];
        if (error->number != number)
            continue;
        kss_text_format(out, "KSS%04u, of the language\n  %-10s ", error->number, "means");
        kss_language_error_text(error, out);
        if (error->help != NULL)
            kss_text_format(out, "\n  %-10s %s", "help", error->help);
        kss_text_str(out, "\n  source     docs/language.md\n");
        return true;
    }
    return false;
}
