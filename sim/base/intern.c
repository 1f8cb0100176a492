// SPDX-License-Identifier: MIT
// Numbers for strings.
#include "base/intern.h"

#include "base/os.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_SLOTS = 64 };

static uint32_t hash_of(const char *bytes, size_t length) {
    uint32_t hash = 2166136261u; // FNV-1a
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (uint8_t)bytes[i]) * 16777619u;
    return hash ^ hash >> 15;
}

// Where [bytes] is, or the free slot where it belongs.
static uint32_t find_slot(const struct kss_intern *intern, const char *bytes, size_t length,
                          uint32_t hash) {
    uint32_t slot = hash & (intern->slot_count - 1);
    for (; intern->slots[slot] != 0; slot = (slot + 1) & (intern->slot_count - 1)) {
        const struct kss_interned *item = &intern->items[intern->slots[slot] - 1];
        if (item->hash == hash && item->length == length &&
            (length == 0 || memcmp(item->bytes, bytes, length) == 0))
            break;
    }
    return slot;
}

static void grow(struct kss_intern *intern) {
    free(intern->slots);
    intern->slot_count = intern->slot_count ? intern->slot_count * 2 : FIRST_SLOTS;
    intern->slots = calloc(intern->slot_count, sizeof *intern->slots);
    if (intern->slots == NULL)
        kss_os_fatal("out of memory");
    for (uint32_t i = 0; i < intern->count; i++) {
        const struct kss_interned *item = &intern->items[i];
        intern->slots[find_slot(intern, item->bytes, item->length, item->hash)] = i + 1;
    }
}

uint32_t kss_intern_add(struct kss_intern *intern, const char *bytes, size_t length) {
    if (intern->count >= intern->slot_count / 2)
        grow(intern);
    uint32_t hash = hash_of(bytes, length);
    uint32_t slot = find_slot(intern, bytes, length, hash);
    if (intern->slots[slot] == 0) {
        KSS_ROOM(intern->items, intern->count, intern->capacity);
        intern->items[intern->count] = (struct kss_interned){bytes, (uint32_t)length, hash};
        intern->slots[slot] = ++intern->count;
    }
    return intern->slots[slot] - 1;
}

uint32_t kss_intern_find(const struct kss_intern *intern, const char *bytes, size_t length) {
    if (intern->slot_count == 0)
        return KSS_NOT_INTERNED;
    uint32_t number = intern->slots[find_slot(intern, bytes, length, hash_of(bytes, length))];
    return number ? number - 1 : KSS_NOT_INTERNED;
}

void kss_intern_free(struct kss_intern *intern) {
    free(intern->items);
    free(intern->slots);
    *intern = (struct kss_intern){.items = NULL};
}
