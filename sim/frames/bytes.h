// SPDX-License-Identifier: MIT
// Reading little-endian numbers out of bytes nobody vouches for.
//
// Two ways. Records of fixed size: ask kss_within once, then read fields by kss_le16 and friends.
// Streams of variable size: a cursor, which never leaves its bytes; a read beyond them gives 0 and sets
// `bad`, so that a reader may read a whole record and ask once. Depends on nothing.
#ifndef KSS_FRAMES_BYTES_H
#define KSS_FRAMES_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

// Do [size] bytes from [offset] on lie within [length]? No sum that could overflow.
static inline bool kss_within(uint64_t length, uint64_t offset, uint64_t size) {
    return offset <= length && size <= length - offset;
}

static inline uint16_t kss_le16(const uint8_t *at) {
    return (uint16_t)(at[0] | at[1] << 8);
}

static inline uint32_t kss_le32(const uint8_t *at) {
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static inline uint64_t kss_le64(const uint8_t *at) {
    return kss_le32(at) | (uint64_t)kss_le32(at + 4) << 32;
}

struct kss_cursor {
    const uint8_t *bytes;
    size_t at, end; // end: the first offset that may not be read
    bool bad;       // a read went beyond it
};

// [size] bytes, NULL (and bad) when there are fewer left.
static inline const uint8_t *kss_take(struct kss_cursor *cursor, uint64_t size) {
    if (cursor->bad || !kss_within(cursor->end, cursor->at, size)) {
        cursor->bad = true;
        return NULL;
    }
    const uint8_t *taken = cursor->bytes + cursor->at;
    cursor->at += (size_t)size;
    return taken;
}

static inline uint8_t kss_take8(struct kss_cursor *cursor) {
    const uint8_t *at = kss_take(cursor, 1);
    return at != NULL ? *at : 0;
}

static inline uint16_t kss_take16(struct kss_cursor *cursor) {
    const uint8_t *at = kss_take(cursor, 2);
    return at != NULL ? kss_le16(at) : 0;
}

static inline uint32_t kss_take32(struct kss_cursor *cursor) {
    const uint8_t *at = kss_take(cursor, 4);
    return at != NULL ? kss_le32(at) : 0;
}

static inline uint64_t kss_take64(struct kss_cursor *cursor) {
    const uint8_t *at = kss_take(cursor, 8);
    return at != NULL ? kss_le64(at) : 0;
}

// LEB128 (DWARF 5, 7.6). Bits beyond 64 that are not mere padding are bad: a number cut short would be
// another number.
static inline uint64_t kss_take_uleb(struct kss_cursor *cursor) {
    uint64_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
        uint8_t byte = kss_take8(cursor);
        uint64_t bits = byte & 0x7F;
        if (cursor->bad || (shift >= 64 ? bits != 0 : bits << shift >> shift != bits) ||
            shift > 630) {
            cursor->bad = true;
            return 0;
        }
        if (shift < 64)
            value |= bits << shift;
        if ((byte & 0x80) == 0)
            return value;
    }
}

static inline int64_t kss_take_sleb(struct kss_cursor *cursor) {
    uint64_t value = 0;
    for (unsigned shift = 0; shift <= 63; shift += 7) {
        uint8_t byte = kss_take8(cursor);
        value |= (uint64_t)(byte & 0x7F) << shift;
        if (cursor->bad)
            return 0;
        if ((byte & 0x80) == 0) {
            if (shift == 63 && byte != 0 && byte != 0x7F)
                break;
            if (shift < 57 && (byte & 0x40) != 0)
                value |= ~UINT64_C(0) << (shift + 7);
            return (int64_t)value;
        }
    }
    cursor->bad = true;
    return 0;
}

// A text that ends in NUL before the end; NULL (and bad) without one.
static inline const char *kss_take_text(struct kss_cursor *cursor) {
    const uint8_t *from = cursor->bytes + cursor->at;
    const uint8_t *nul =
        cursor->bad || cursor->at >= cursor->end ? NULL : memchr(from, 0, cursor->end - cursor->at);
    if (nul == NULL) {
        cursor->bad = true;
        return NULL;
    }
    cursor->at += (size_t)(nul - from) + 1;
    return (const char *)from;
}

#endif
