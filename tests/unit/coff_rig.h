// SPDX-License-Identifier: MIT
// COFF objects and PE images written in a test. An object is described by its sections and symbols; an
// image has .text at RVA 0x1000 and .rdata at RVA 0x2000 and the test pokes what it needs into them.
#ifndef KSS_TESTS_COFF_RIG_H
#define KSS_TESTS_COFF_RIG_H

#include "bytes_rig.h"

#include "frames/bytes.h"

enum {
    COFF_X64 = 0x8664,
    COFF_ARM64 = 0xAA64,
    COFF_I386 = 0x14C,
    COFF_TEXT_FLAGS = 0x60500020,
    COFF_DATA_FLAGS = 0x40300040,
    COFF_FUNCTION = 0x20,
    COFF_NEEDED = 12, // relocations of a section at most
};

struct coff_fix {
    uint32_t at, symbol;
    uint16_t type;
};

struct coff_part {
    const char *name;
    uint32_t flags;
    const uint8_t *data;
    uint32_t length;
    struct coff_fix fixes[COFF_NEEDED];
    uint32_t fix_count;
};

struct coff_name {
    const char *name;
    uint32_t value;
    int section;
    uint16_t type;
    uint8_t storage;
};

static inline void coff_put_name(struct bytes *to, const char *name, struct bytes *strings) {
    size_t length = strlen(name);
    if (length <= 8) {
        put_bytes(to, name, length);
        put_zeros(to, 8 - length);
        return;
    }
    put32(to, 0);
    put32(to, strings->length);
    put_text(strings, name);
}

// Header, section headers, then each section's data and relocations, symbols, strings.
static inline void coff_object(struct bytes *to, unsigned machine, const struct coff_part *parts,
                               uint32_t part_count, const struct coff_name *names,
                               uint32_t name_count) {
    static struct bytes strings;
    uint32_t at = 20 + part_count * 40;
    strings.length = 0;
    put32(&strings, 0);
    to->length = 0;
    put16(to, machine);
    put16(to, part_count);
    put32(to, 0);
    put32(to, 0); // place of the symbols, below
    put32(to, name_count);
    put32(to, 0);
    for (uint32_t i = 0; i < part_count; i++) {
        size_t length = strlen(parts[i].name);
        put_bytes(to, parts[i].name, length);
        put_zeros(to, 8 - length);
        put64(to, 0);
        put32(to, parts[i].length);
        put32(to, at);
        put32(to, at + parts[i].length);
        put32(to, 0);
        put32(to, parts[i].fix_count);
        put32(to, parts[i].flags);
        at += parts[i].length + parts[i].fix_count * 10;
    }
    for (uint32_t i = 0; i < part_count; i++) {
        put_bytes(to, parts[i].data, parts[i].length);
        for (uint32_t j = 0; j < parts[i].fix_count; j++) {
            put32(to, parts[i].fixes[j].at);
            put32(to, parts[i].fixes[j].symbol);
            put16(to, parts[i].fixes[j].type);
        }
    }
    poke32(to, 8, to->length);
    for (uint32_t i = 0; i < name_count; i++) {
        coff_put_name(to, names[i].name, &strings);
        put32(to, names[i].value);
        put16(to, (uint16_t)names[i].section);
        put16(to, names[i].type);
        put8(to, names[i].storage);
        put8(to, 0);
    }
    poke32(&strings, 0, strings.length);
    put_bytes(to, strings.data, strings.length);
}

enum {
    IMAGE_TEXT = 0x200,
    IMAGE_DATA = 0x400,
    IMAGE_END = 0x1000,
    IMAGE_DIRECTORIES = 0x40 + 24 + 112
};

// Where an RVA of the image's .rdata lies in the file.
static inline size_t image_at(uint32_t rva) {
    return rva >= 0x2000 ? rva - 0x2000 + IMAGE_DATA : rva - 0x1000 + IMAGE_TEXT;
}

static inline void image_directory(struct bytes *to, unsigned index, uint32_t rva, uint32_t size) {
    poke32(to, IMAGE_DIRECTORIES + index * 8, rva);
    poke32(to, IMAGE_DIRECTORIES + index * 8 + 4, size);
}

static inline void image_poke(struct bytes *to, uint32_t rva, const void *bytes, size_t length) {
    memcpy(to->data + image_at(rva), bytes, length);
}

static inline void image_section(struct bytes *to, const char *name, uint32_t rva, uint32_t size,
                                 uint32_t at, uint32_t flags) {
    put_bytes(to, name, strlen(name));
    put_zeros(to, 8 - strlen(name));
    put32(to, size);
    put32(to, rva);
    put32(to, size);
    put32(to, at);
    put_zeros(to, 12);
    put32(to, flags);
}

// An empty PE32+ image: .text of 0x200 bytes of int3, .rdata of 0xC00 zeros.
static inline void image_begin(struct bytes *to, unsigned machine) {
    to->length = 0;
    put16(to, 0x5A4D);
    put_zeros(to, 0x3A);
    put32(to, 0x40);
    put_bytes(to, "PE\0\0", 4);
    put16(to, machine);
    put16(to, 2);
    put_zeros(to, 12);
    put16(to, 112 + 16 * 8);
    put16(to, 0x22);
    size_t optional = to->length;
    put16(to, 0x20B);
    put_zeros(to, 112 + 16 * 8 - 2);
    poke32(to, optional + 24, 0x40000000);
    poke32(to, optional + 60, 0x200);
    poke32(to, optional + 108, 16);
    image_section(to, ".text", 0x1000, 0x200, IMAGE_TEXT, COFF_TEXT_FLAGS);
    image_section(to, ".rdata", 0x2000, 0xC00, IMAGE_DATA, COFF_DATA_FLAGS);
    put_zeros(to, IMAGE_TEXT - to->length);
    while (to->length < IMAGE_DATA)
        put8(to, 0xCC);
    put_zeros(to, IMAGE_END - to->length);
}

#endif
