// SPDX-License-Identifier: MIT
// Binary files written byte by byte in a test, and read from memory of exactly their size, so that a
// sanitizer sees each byte read beyond the end.
#ifndef KSS_TESTS_BYTES_RIG_H
#define KSS_TESTS_BYTES_RIG_H

#include "frames_rig.h"

#include <stdio.h>
#include <stdlib.h>

enum { BYTES_ROOM = 1 << 16 };

struct bytes {
    uint8_t data[BYTES_ROOM];
    size_t length;
};

static inline void put8(struct bytes *to, unsigned value) {
    assert_true(to->length < BYTES_ROOM);
    to->data[to->length++] = (uint8_t)value;
}

static inline void put(struct bytes *to, uint64_t value, unsigned size) {
    for (unsigned i = 0; i < size; i++)
        put8(to, (unsigned)(value >> 8 * i) & 0xFF);
}

static inline void put16(struct bytes *to, uint64_t value) {
    put(to, value, 2);
}

static inline void put32(struct bytes *to, uint64_t value) {
    put(to, value, 4);
}

static inline void put64(struct bytes *to, uint64_t value) {
    put(to, value, 8);
}

static inline void put_bytes(struct bytes *to, const void *bytes, size_t length) {
    for (size_t i = 0; i < length; i++)
        put8(to, ((const uint8_t *)bytes)[i]);
}

static inline void put_text(struct bytes *to, const char *text) { // with its NUL
    put_bytes(to, text, strlen(text) + 1);
}

static inline void put_zeros(struct bytes *to, size_t count) {
    while (count-- > 0)
        put8(to, 0);
}

static inline void align(struct bytes *to, size_t boundary) {
    while (to->length % boundary != 0)
        put8(to, 0);
}

static inline void poke32(struct bytes *to, size_t at, uint64_t value) {
    for (unsigned i = 0; i < 4; i++)
        to->data[at + i] = (uint8_t)(value >> 8 * i);
}

static inline void poke16(struct bytes *to, size_t at, uint64_t value) {
    to->data[at] = (uint8_t)value;
    to->data[at + 1] = (uint8_t)(value >> 8);
}

// A copy on the heap without a byte to spare; the test frees it after frames_end.
static inline uint8_t *tight(const struct bytes *from, size_t length) {
    uint8_t *copy = malloc(length > 0 ? length : 1);
    assert_non_null(copy);
    memcpy(copy, from->data, length);
    return copy;
}

// Reads the first [length] bytes of [from] into an empty rig.
static inline bool read_bytes(struct frames_rig *rig, const char *name, const struct bytes *from,
                              size_t length, uint8_t **copy) {
    frames_begin(rig, NULL);
    *copy = tight(from, length);
    return kss_frames_read(&rig->frames, name, (const char *)*copy, length);
}

#endif
