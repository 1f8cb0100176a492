// SPDX-License-Identifier: MIT
// Numbers for strings: the same bytes give the same number, 0, 1, 2... in the order of their first
// appearance. An open-addressed table; its order never shows. Depends on arena.h.
#ifndef KSS_BASE_INTERN_H
#define KSS_BASE_INTERN_H

#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>

struct kss_interned {
    const char *bytes; // not NUL-terminated: a view of what was given
    uint32_t length, hash;
};

struct kss_intern {             // zeroed: empty
    struct kss_interned *items; // malloc'd, by number
    uint32_t *slots;            // malloc'd: number + 1, 0: free
    uint32_t count, slot_count;
    unsigned capacity;
};

enum { KSS_NOT_INTERNED = UINT32_MAX };

// The number of [bytes], which must live as long as the table; new ones are added.
uint32_t kss_intern_add(struct kss_intern *intern, const char *bytes, size_t length);
// Its number, KSS_NOT_INTERNED: it was never added.
uint32_t kss_intern_find(const struct kss_intern *intern, const char *bytes, size_t length);
void kss_intern_free(struct kss_intern *intern);

#endif
