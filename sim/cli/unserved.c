// SPDX-License-Identifier: MIT
// NT routines that the headers declare and no mode serves, with the reason: for kss list and explain.
#include "cli/explain.h"

#include <string.h>

#define REASON(key, why) static const char why_##key[] __attribute__((unused)) = why;
#define UNSERVED(...)
#include "native/unserved.def"
#undef REASON
#undef UNSERVED

static const struct kss_unserved rows[] = {
#define REASON(...)
#define UNSERVED(name, key) {#name, why_##key},
#include "native/unserved.def"
#undef REASON
#undef UNSERVED
};

const struct kss_unserved *kss_unserved_row(unsigned index) {
    return index < sizeof rows / sizeof *rows ? &rows[index] : NULL;
}

const struct kss_unserved *kss_unserved_named(const char *name) {
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strcmp(rows[i].name, name) == 0)
            return &rows[i];
    return NULL;
}
