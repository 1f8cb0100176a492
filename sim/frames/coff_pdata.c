// SPDX-License-Identifier: MIT
// Entries of .pdata, in objects and in images alike. They differ in what a field says: in an image it is
// an RVA, in an object a relocation stands over it and says which place is meant.
#include "frames/coff_rows.h"

#include <inttypes.h>
#include <stdlib.h>

enum {
    X64_ENTRY = 12,
    ARM64_ENTRY = 8,
    MOST_CHAINED = 32, // Windows' unwinder gives up there, too
    X64_ADDR32NB = 3,
    ARM64_ADDR32NB = 2,
    INDIRECT = 1 // x64: the third field is the RVA of another entry
};

bool kss_coff_reading_begin(struct kss_coff_reading *reading, struct kss_frames_file *file) {
    *reading = (struct kss_coff_reading){.file = file, .base = file->name};
    for (const char *at = file->name; *at != '\0'; at++)
        if ((*at == '/' || *at == '\\') && at[1] != '\0')
            reading->base = at + 1;
    if (!kss_coff_open(file, &reading->coff))
        return false;
    switch (reading->coff.machine) {
    case KSS_COFF_X64: reading->arch = KSS_ARCH_X64; break;
    case KSS_COFF_I386: reading->arch = KSS_ARCH_X86; break;
    case KSS_COFF_ARM64: reading->arch = KSS_ARCH_ARM64; break;
    case KSS_COFF_ARM64EC:
    case KSS_COFF_ARM64X:
        return kss_frames_bad(file, 0, "the unwind data of ARM64EC and ARM64X code is not read");
    default:
        return kss_frames_bad(file, 0, "code for machine 0x%X is not read: x64, ARM64 and x86 are",
                              reading->coff.machine);
    }
    reading->relocations =
        calloc((size_t)reading->coff.section_count + 1, sizeof *reading->relocations);
    if (reading->relocations == NULL)
        return kss_frames_bad(file, 0, "no memory for %" PRIu32 " sections",
                              reading->coff.section_count);
    return true;
}

void kss_coff_reading_end(struct kss_coff_reading *reading) {
    free(reading->labels);
    free(reading->entries);
    free(reading->items);
    free(reading->imports);
    free(reading->relocations);
}

// ---- Fields ----------------------------------------------------------------------------------------

enum field { FIELD_PLACE, FIELD_PLAIN, FIELD_BAD };

static enum field relocated(struct kss_coff_reading *reading, struct kss_coff_place at,
                            uint32_t value, struct kss_coff_place *to) {
    struct kss_coff *coff = &reading->coff;
    if (!reading->relocations[at.section].read) {
        reading->relocations[at.section].read = true;
        reading->relocations[at.section].items =
            kss_coff_relocations(coff, at.section, &reading->relocations[at.section].count);
    }
    const struct kss_coff_relocation *items = reading->relocations[at.section].items;
    uint32_t count = reading->relocations[at.section].count;
    uint32_t i = kss_coff_relocation_from(items, count, at.offset);
    struct kss_coff_symbol symbol;
    if (i == count || items[i].offset != at.offset)
        return FIELD_PLAIN;
    uint16_t wanted = reading->arch == KSS_ARCH_X64 ? X64_ADDR32NB : ARM64_ADDR32NB;
    if (items[i].type != wanted || !kss_coff_symbol_at(coff, items[i].symbol, &symbol) ||
        symbol.section <= 0 || (uint32_t)symbol.section > coff->section_count)
        return FIELD_BAD;
    uint64_t offset = (uint64_t)symbol.value + value;
    *to = (struct kss_coff_place){(uint32_t)symbol.section - 1, (uint32_t)offset};
    return offset <= coff->sections[to->section].size ? FIELD_PLACE : FIELD_BAD;
}

static enum field place_of_rva(const struct kss_coff *coff, uint32_t rva,
                               struct kss_coff_place *to) {
    uint32_t section = kss_coff_section_at(coff, rva);
    if (section == UINT32_MAX)
        return FIELD_BAD;
    *to = (struct kss_coff_place){section, rva - coff->sections[section].address};
    return FIELD_PLACE;
}

// What the field of four bytes at [at] points to. FIELD_PLAIN: nothing, it is a number (objects).
static enum field pointer(struct kss_coff_reading *reading, struct kss_coff_place at,
                          struct kss_coff_place *to) {
    const uint8_t *bytes = kss_coff_bytes(&reading->coff, at.section, at.offset, 4);
    if (bytes == NULL)
        return FIELD_BAD;
    return reading->coff.image ? place_of_rva(&reading->coff, kss_le32(bytes), to)
                               : relocated(reading, at, kss_le32(bytes), to);
}

static struct kss_coff_place plus(struct kss_coff_place at, uint32_t bytes) {
    at.offset += bytes;
    return at;
}

// The bytes from [at] to the end of its section.
static const uint8_t *rest(const struct kss_coff *coff, struct kss_coff_place at, size_t *length) {
    const uint8_t *bytes = kss_coff_bytes(coff, at.section, at.offset, 0);
    *length = bytes ? coff->sections[at.section].file_size - at.offset : 0;
    return bytes;
}

// ---- x64 -------------------------------------------------------------------------------------------

static struct kss_unwind unknown(const char *reason) {
    return (struct kss_unwind){.kind = KSS_FRAME_UNKNOWN, .reason = reason, .code = -1};
}

// The unwind data at [info] and, while it is chained, of what it is a part of. The frame of a part is its
// own and that of all it is chained to.
static void follow(struct kss_coff_reading *reading, struct kss_coff_place info,
                   struct kss_coff_entry *entry) {
    uint64_t bytes = 0;
    bool frame_register = false;
    for (unsigned depth = 0; depth <= MOST_CHAINED; depth++) {
        size_t length;
        const uint8_t *data = rest(&reading->coff, info, &length);
        struct kss_unwind unwind = kss_unwind_x64(data, length);
        bytes += unwind.bytes;
        frame_register |= unwind.frame_register;
        if (depth == 0 || unwind.kind == KSS_FRAME_UNKNOWN || unwind.machine_frame)
            entry->unwind = unwind;
        if (unwind.kind == KSS_FRAME_UNKNOWN)
            return;
        if (!unwind.chained) {
            entry->unwind.bytes = bytes;
            entry->unwind.frame_register = frame_register;
            return;
        }
        struct kss_coff_place next = plus(info, unwind.chain);
        entry->part = true;
        if (pointer(reading, next, &entry->primary) != FIELD_PLACE ||
            pointer(reading, plus(next, 8), &info) != FIELD_PLACE)
            break;
    }
    entry->unwind = unknown("the chain of its unwind data leads nowhere");
}

static void unwind_x64(struct kss_coff_reading *reading, struct kss_coff_place at,
                       struct kss_coff_entry *entry) {
    const uint8_t *field = kss_coff_bytes(&reading->coff, at.section, (uint64_t)at.offset + 8, 4);
    struct kss_coff_place info;
    if (field != NULL && reading->coff.image && (kss_le32(field) & INDIRECT)) {
        struct kss_coff_place other;
        entry->part = true;
        if (place_of_rva(&reading->coff, kss_le32(field) - INDIRECT, &other) == FIELD_PLACE &&
            pointer(reading, other, &entry->primary) == FIELD_PLACE &&
            pointer(reading, plus(other, 8), &info) == FIELD_PLACE) {
            follow(reading, info, entry);
            return;
        }
    } else if (pointer(reading, plus(at, 8), &info) == FIELD_PLACE) {
        follow(reading, info, entry);
        return;
    }
    entry->unwind = unknown("its unwind data is nowhere in the file");
}

// The end may be that of the section, which lies in no section.
static bool end_x64(struct kss_coff_reading *reading, struct kss_coff_place at,
                    struct kss_coff_entry *entry) {
    struct kss_coff_place end;
    const uint8_t *fields = kss_coff_bytes(&reading->coff, at.section, at.offset, 8);
    if (reading->coff.image) {
        uint64_t length = (uint64_t)kss_le32(fields + 4) - kss_le32(fields);
        end.offset =
            length <= UINT32_MAX - entry->at.offset ? entry->at.offset + (uint32_t)length : 0;
    } else if (pointer(reading, plus(at, 4), &end) != FIELD_PLACE ||
               end.section != entry->at.section) {
        return false;
    }
    entry->end = end.offset;
    return end.offset > entry->at.offset &&
           end.offset <= reading->coff.sections[entry->at.section].size;
}

// ---- ARM64 -----------------------------------------------------------------------------------------

static bool entry_arm64(struct kss_coff_reading *reading, struct kss_coff_place at,
                        struct kss_coff_entry *entry) {
    const struct kss_coff *coff = &reading->coff;
    const uint8_t *field = kss_coff_bytes(coff, at.section, (uint64_t)at.offset + 4, 4);
    struct kss_coff_place info = {0, 0};
    uint32_t word = kss_le32(field);
    bool packed = (word & 3) != 0;
    if (packed && !coff->image)
        packed = pointer(reading, plus(at, 4), &info) == FIELD_PLAIN;
    if (packed) {
        entry->unwind = kss_unwind_arm64_packed(word);
    } else if (pointer(reading, plus(at, 4), &info) == FIELD_PLACE) {
        size_t length;
        const uint8_t *data = rest(coff, info, &length);
        entry->unwind = kss_unwind_arm64(data, length);
    } else {
        entry->unwind = unknown("its unwind data is nowhere in the file");
    }
    uint32_t left = coff->sections[entry->at.section].size - entry->at.offset;
    if (entry->unwind.length > left)
        return false;
    entry->end = entry->at.offset + entry->unwind.length;
    const uint8_t *code =
        kss_coff_bytes(coff, entry->at.section, entry->at.offset, entry->unwind.length);
    if (code != NULL)
        kss_unwind_arm64_body(&entry->unwind, code, entry->unwind.length);
    else if (entry->unwind.kind != KSS_FRAME_UNKNOWN)
        entry->unwind = unknown("its code is not in the file");
    return true;
}

// ---- Tables ----------------------------------------------------------------------------------------

static bool is_padding(const uint8_t *bytes, uint32_t size) {
    for (uint32_t i = 0; i < size; i++)
        if (bytes[i] != 0)
            return false;
    return true;
}

static bool read_entry(struct kss_coff_reading *reading, struct kss_coff_place at,
                       struct kss_coff_entry *entry) {
    if (pointer(reading, at, &entry->at) != FIELD_PLACE ||
        !kss_coff_executable(&reading->coff.sections[entry->at.section]))
        return false;
    if (reading->arch == KSS_ARCH_ARM64)
        return entry_arm64(reading, at, entry);
    if (!end_x64(reading, at, entry))
        return false;
    unwind_x64(reading, at, entry);
    return true;
}

void kss_coff_entries(struct kss_coff_reading *reading, struct kss_coff_place at, uint32_t size) {
    uint32_t stride = reading->arch == KSS_ARCH_ARM64 ? ARM64_ENTRY : X64_ENTRY;
    const struct kss_coff_section *section = &reading->coff.sections[at.section];
    uint32_t left = section->file_size > at.offset ? section->file_size - at.offset : 0;
    if (size > left) {
        reading->incomplete = true;
        kss_frames_warn(reading->file, (uint64_t)section->file_offset + at.offset,
                        "the unwind entries take %" PRIu32 " bytes, and %" PRIu32
                        " are in the file",
                        size, left);
        size = left - left % stride;
    }
    for (uint32_t done = 0; size - done >= stride; done += stride, at.offset += stride) {
        const uint8_t *bytes = kss_coff_bytes(&reading->coff, at.section, at.offset, stride);
        uint64_t place = (uint64_t)section->file_offset + at.offset;
        if (reading->coff.image && is_padding(bytes, stride))
            continue;
        struct kss_coff_entry entry = {.unwind = {.code = -1}};
        if (!read_entry(reading, at, &entry)) {
            reading->incomplete = true;
            kss_frames_warn(reading->file, place, "an unwind entry names no range of code");
            continue;
        }
        KSS_ROOM(reading->entries, reading->entry_count, reading->entry_capacity);
        reading->entries[reading->entry_count++] = entry;
    }
    if (size % stride != 0) {
        reading->incomplete = true;
        kss_frames_warn(reading->file, (uint64_t)section->file_offset + at.offset,
                        "the unwind entries end with %" PRIu32 " bytes of one", size % stride);
    }
}
