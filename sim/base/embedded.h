// SPDX-License-Identifier: MIT
// Files that the build puts into the library (cmake/embed.cmake): tables sorted by name, whose last entry has
// no name. Depends on nothing.
#ifndef KSS_BASE_EMBEDDED_H
#define KSS_BASE_EMBEDDED_H

#include <stddef.h>

struct kss_embedded {
    const char *name; // of the file, without its folder
    const char *text; // NUL-terminated; it holds no NUL
    size_t length;
    const char *sha256; // of the bytes, in base64
};

// The file of that name, NULL: the table has none.
const struct kss_embedded *kss_embedded_named(const struct kss_embedded *table, const char *name);

#endif
