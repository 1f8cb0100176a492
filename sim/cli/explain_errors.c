// SPDX-License-Identifier: MIT
// kss explain KSS0020: what the errors of the language mean.
#include "cli/explain.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    unsigned number;
    const char *text, *help;
} errors[] = {
#define SYNTAX(number, id, severity, message) {number, message, NULL},
#include "script/parse_errors.def"
#undef SYNTAX
#define MEANING(number, text, help) {number, text, help},
#include "script/check_errors.def"
#undef MEANING
};

// A message without what it is filled with: `%.*s` becomes `...`.
static void plain(const char *message, struct kss_text *out) {
    for (; *message != '\0'; message++) {
        if (*message != '%') {
            kss_text_char(out, *message);
            continue;
        }
        message += strcspn(message, "sdux");
        kss_text_str(out, "...");
    }
}

bool kss_explain_error(const char *word, struct kss_text *out) {
    if (strlen(word) != 7 || (word[0] != 'K' && word[0] != 'k') || word[3] != '0')
        return false;
    char *end;
    unsigned long number = strtoul(word + 3, &end, 10);
    if (*end != '\0')
        return false;
    for (unsigned i = 0; i < sizeof errors / sizeof *errors; i++) {
        if (errors[i].number != number)
            continue;
        kss_text_format(out, "KSS%04u, of the language\n  %-10s ", errors[i].number, "means");
        plain(errors[i].text, out);
        if (errors[i].help != NULL)
            kss_text_format(out, "\n  %-10s %s", "help", errors[i].help);
        kss_text_str(out, "\n  source     docs/language.md\n");
        return true;
    }
    return false;
}
