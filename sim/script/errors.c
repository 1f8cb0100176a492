// SPDX-License-Identifier: MIT
#include "script/errors.h"

#include <string.h>

const struct kss_language_error kss_language_errors[] = {
#define SYNTAX(number, id, severity, message) {number, KSS_##severity, message, NULL},
#include "script/parse_errors.def"
#undef SYNTAX
#define MEANING(number, text, help) {number, KSS_ERROR, text, help},
#include "script/check_errors.def"
#undef MEANING
};
const unsigned kss_language_error_count = sizeof kss_language_errors / sizeof *kss_language_errors;

// `%.*s` becomes `...`.
void kss_language_error_text(const struct kss_language_error *error, struct kss_text *out) {
    for (const char *at = error->text; *at != '\0'; at++) {
        if (*at != '%') {
            kss_text_char(out, *at);
            continue;
        }
        at += strcspn(at, "sdux");
        kss_text_str(out, "...");
    }
}
