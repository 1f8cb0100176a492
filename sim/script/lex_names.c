// SPDX-License-Identifier: MIT
// Interning: an open hash table of names, filled with the words of the language first.
#include "script/lex_private.h"

#include "base/os.h"

#include <stdlib.h>
#include <string.h>

struct kss_name_slot {
    uint32_t hash;
    struct kss_name *name; // NULL: free
};

static const struct {
    const char *text;
    uint8_t properties;
} known_words[KSS_WORD_COUNT] = {
    {"", 0},
#define WORD(id, spelling, properties) {spelling, properties},
#include "script/words.def"
#undef WORD
};

enum { FIRST_SLOTS = 1024 };

// Eight bytes at a time; the last load overlaps the one before, so that nothing outside the name is
// read. Bytes of hash differ between big- and little-endian hosts; nothing depends on their order.
static inline uint64_t load8(const char *text) {
    uint64_t word;
    memcpy(&word, text, sizeof word);
    return word;
}

static inline uint64_t load4(const char *text) {
    uint32_t word;
    memcpy(&word, text, sizeof word);
    return word;
}

// A name of up to eight bytes as one number, different for different names of one length.
static inline uint64_t short_word(const char *text, uint32_t length) {
    if (length >= 4)
        return load4(text) << 32 | load4(text + length - 4);
    if (length == 0)
        return 0;
    return (uint64_t)(uint8_t)text[0] << 16 | (uint64_t)(uint8_t)text[length / 2] << 8 |
           (uint8_t)text[length - 1];
}

static inline uint64_t mix(uint64_t hash, uint64_t word) {
    hash = (hash ^ word) * UINT64_C(0x9E3779B97F4A7C15);
    return hash ^ hash >> 29;
}

static inline uint32_t hash_of(const char *text, uint32_t length) {
    uint64_t hash = length;
    if (length <= 8)
        return (uint32_t)(mix(hash, short_word(text, length)) >> 20);
    for (uint32_t i = 0; i + 8 < length; i += 8)
        hash = mix(hash, load8(text + i));
    return (uint32_t)(mix(hash, load8(text + length - 8)) >> 20);
}

static inline bool same(const char *a, const char *b, uint32_t length) {
    if (length <= 8)
        return short_word(a, length) == short_word(b, length);
    for (uint32_t i = 0; i + 8 < length; i += 8)
        if (load8(a + i) != load8(b + i))
            return false;
    return load8(a + length - 8) == load8(b + length - 8);
}

static struct kss_name_slot *new_slots(size_t count) {
    struct kss_name_slot *slots = calloc(count, sizeof *slots);
    if (slots == NULL)
        kss_os_fatal("out of memory");
    return slots;
}

static void grow(struct kss_names *names) {
    uint32_t mask = names->mask * 2 + 1;
    struct kss_name_slot *slots = new_slots((size_t)mask + 1);
    for (uint32_t i = 0; i <= names->mask; i++) {
        if (names->slots[i].name == NULL)
            continue;
        uint32_t at = names->slots[i].hash & mask;
        while (slots[at].name != NULL)
            at = (at + 1) & mask;
        slots[at] = names->slots[i];
    }
    free(names->slots);
    names->slots = slots;
    names->mask = mask;
}

bool kss_is_sal(const char *text, uint32_t length) {
    static const char *const old[] = {
        "__drv_",    "__in",       "__out",    "__inout",  "__deref",          "__checkReturn",
        "__success", "__reserved", "__bcount", "__ecount", "__nullterminated", "__callback"};
    if (length < 3 || text[0] != '_')
        return false;
    if (text[1] != '_')
        return text[1] >= 'A' && text[1] <= 'Z' && text[length - 1] == '_';
    for (size_t i = 0; i < sizeof old / sizeof *old; i++) {
        size_t size = strlen(old[i]);
        if (length >= size && memcmp(text, old[i], size) == 0)
            return length == size || old[i][size - 1] == '_' || text[size] == '_';
    }
    return false;
}

static struct kss_name *add(struct kss_names *names, uint32_t at, uint32_t hash, const char *text,
                            uint32_t length) {
    struct kss_name *name = kss_alloc(names->arena, sizeof *name + length + 1);
    name->hash = hash;
    name->length = length;
    memcpy(name->text, text, length);
    if (length > 2 && text[0] == '_' && kss_is_sal(text, length))
        name->properties = KSS_IS_SAL;
    if (length > 9 && memcmp(text, "DECLSPEC_", 9) == 0)
        name->properties = KSS_IS_NOISE | KSS_IS_PARENS;
    names->slots[at] = (struct kss_name_slot){hash, name};
    if (++names->count > names->mask / 2)
        grow(names);
    return name;
}

static inline struct kss_name *find(struct kss_names *names, uint32_t hash, const char *text,
                                    uint32_t length) {
    uint32_t at = hash & names->mask;
    for (;; at = (at + 1) & names->mask) {
        const struct kss_name_slot *slot = &names->slots[at];
        if (slot->name == NULL)
            return add(names, at, hash, text, length);
        if (slot->hash == hash && slot->name->length == length &&
            same(slot->name->text, text, length))
            return slot->name;
    }
}

struct kss_name *kss_intern(struct kss_names *names, const char *text, uint32_t length) {
    return find(names, hash_of(text, length), text, length);
}

struct kss_name *kss_lex_intern(struct kss_names *names, const char *text, const char *limit) {
    const char *end = text;
    while (end < limit && kss_byte_class[(uint8_t)*end] >= KSS_CLASS_NAME)
        end++;
    uint32_t length = (uint32_t)(end - text);
    return find(names, hash_of(text, length), text, length);
}

const char *kss_known_text(enum kss_known known) {
    return known_words[known].text;
}

void kss_names_init(struct kss_names *names, struct kss_arena *arena) {
    *names = (struct kss_names){.arena = arena, .mask = FIRST_SLOTS - 1};
    names->slots = new_slots(FIRST_SLOTS);
    for (unsigned i = 1; i < KSS_WORD_COUNT; i++) {
        const char *text = known_words[i].text;
        struct kss_name *name = kss_intern(names, text, (uint32_t)strlen(text));
        name->known = (uint8_t)i;
        name->properties |= known_words[i].properties;
    }
}

void kss_names_free(struct kss_names *names) {
    free(names->slots);
    *names = (struct kss_names){0};
}
