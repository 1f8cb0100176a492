// SPDX-License-Identifier: MIT
// Headers, sections, symbols and relocations of ELF files. The format is drawn in elf_file.h.
#include "frames/elf_file.h"

#include "base/bisect.h"

#include "frames/bytes.h"

#include <inttypes.h>
#include <stdlib.h>

enum { ET_REL = 1, ET_EXEC = 2, ET_DYN = 3 };
enum { SHN_RESERVED = 0xFF00, SHN_EXTENDED = 0xFFFF };

// ---- Headers ---------------------------------------------------------------------------------------------

static bool is_read(const struct kss_elf *elf) {
    switch (elf->machine) {
    case KSS_ELF_386:
    case KSS_ELF_ARM: return !elf->wide;
    case KSS_ELF_X86_64:
    case KSS_ELF_AARCH64: return elf->wide;
    default: return false;
    }
}

static bool read_identity(struct kss_frames_file *file, struct kss_elf *elf) {
    enum { CLASS32 = 1, CLASS64 = 2, LITTLE = 1, BIG = 2 };
    *elf = (struct kss_elf){.file = file};
    if (file->length < 52 || memcmp(file->bytes, "\177ELF", 4) != 0)
        return kss_frames_bad(file, file->length, "an ELF file ends within its header");
    uint8_t class = file->bytes[4], data = file->bytes[5];
    if (class != CLASS32 && class != CLASS64)
        return kss_frames_bad(file, 4, "ELF class %u is not known", class);
    if (data != LITTLE)
        return kss_frames_bad(file, 5,
                              data == BIG ? "big-endian ELF files are not read"
                                          : "the byte order of this ELF file is not known");
    elf->wide = class == CLASS64;
    if (elf->wide && file->length < 64)
        return kss_frames_bad(file, file->length, "an ELF file ends within its header");
    uint16_t type = kss_le16(file->bytes + 16);
    elf->machine = kss_le16(file->bytes + 18);
    elf->object = type == ET_REL;
    if (type != ET_REL && type != ET_EXEC && type != ET_DYN)
        return kss_frames_bad(file, 16, "an ELF file of type %u has no functions to read", type);
    if (!is_read(elf))
        return kss_frames_bad(file, 18,
                              "ELF files of machine %u with %d-bit addresses are not read",
                              elf->machine, elf->wide ? 64 : 32);
    return true;
}

static struct kss_elf_section section_at(const struct kss_elf *elf, const uint8_t *at) {
    if (elf->wide)
        return (struct kss_elf_section){.type = kss_le32(at + 4),
                                        .flags = kss_le64(at + 8),
                                        .address = kss_le64(at + 16),
                                        .offset = kss_le64(at + 24),
                                        .size = kss_le64(at + 32),
                                        .link = kss_le32(at + 40),
                                        .info = kss_le32(at + 44)};
    return (struct kss_elf_section){.type = kss_le32(at + 4),
                                    .flags = kss_le32(at + 8),
                                    .address = kss_le32(at + 12),
                                    .offset = kss_le32(at + 16),
                                    .size = kss_le32(at + 20),
                                    .link = kss_le32(at + 24),
                                    .info = kss_le32(at + 28)};
}

// A text of a string table; "" where it leaves it, or is longer than any symbol (names may share their
// bytes: without a bound a small file could name as many megabytes as it likes).
static const char *text_at(const struct kss_elf *elf, uint32_t table, uint32_t offset) {
    if (table == 0 || table >= elf->section_count)
        return "";
    const struct kss_elf_section *section = &elf->sections[table];
    if (section->type == KSS_ELF_NOBITS || offset >= section->size ||
        !kss_within(elf->file->length, section->offset, section->size))
        return "";
    enum { LONGEST = 65536 };
    const uint8_t *text = elf->file->bytes + section->offset + offset;
    uint64_t left = section->size - offset;
    return memchr(text, 0, left < LONGEST ? (size_t)left : LONGEST) != NULL ? (const char *)text
                                                                            : "";
}

static bool read_sections(struct kss_elf *elf) {
    struct kss_frames_file *file = elf->file;
    const uint8_t *header = file->bytes;
    uint64_t offset = elf->wide ? kss_le64(header + 40) : kss_le32(header + 32);
    const uint8_t *fields = header + (elf->wide ? 58 : 46);
    uint32_t each = kss_le16(fields), names = kss_le16(fields + 4);
    uint64_t count = kss_le16(fields + 2);
    uint32_t least = elf->wide ? 64 : 40;
    if (offset == 0)
        return kss_frames_bad(file, 0, "this ELF file has no section headers");
    if (each < least || !kss_within(file->length, offset, each))
        return kss_frames_bad(file, offset, "the section headers are not in the file");
    struct kss_elf_section first = section_at(elf, header + offset);
    count = count == 0 ? first.size : count; // more than 65,279
    names = names == SHN_EXTENDED ? first.link : names;
    if (count > (file->length - offset) / each)
        return kss_frames_bad(file, offset, "%" PRIu64 " section headers do not fit in the file",
                              count);
    elf->section_count = (uint32_t)count;
    elf->sections = KSS_NEW_ARRAY(file->frames->arena, struct kss_elf_section, elf->section_count);
    for (uint32_t i = 0; i < elf->section_count; i++)
        elf->sections[i] = section_at(elf, header + offset + (size_t)i * each);
    for (uint32_t i = 0; i < elf->section_count; i++)
        elf->sections[i].name = text_at(elf, names, kss_le32(header + offset + (size_t)i * each));
    return true;
}

static uint32_t symbol_size(const struct kss_elf *elf) {
    return elf->wide ? 24 : 16;
}

// The full table where there is one, else that of dynamic linking.
static void find_symbols(struct kss_elf *elf) {
    for (uint32_t i = 1; i < elf->section_count; i++) {
        uint32_t type = elf->sections[i].type;
        if (type == KSS_ELF_SYMTAB || (type == KSS_ELF_DYNSYM && elf->symbols == 0))
            elf->symbols = i;
        if (type == KSS_ELF_SYMTAB)
            break;
    }
    if (elf->symbols == 0 || kss_elf_bytes(elf, elf->symbols) == NULL)
        return;
    uint64_t count = elf->sections[elf->symbols].size / symbol_size(elf);
    elf->symbol_count = count < UINT32_MAX ? (uint32_t)count : UINT32_MAX;
    for (uint32_t i = 1; i < elf->section_count; i++)
        if (elf->sections[i].type == KSS_ELF_SYMTAB_SHNDX &&
            elf->sections[i].link == elf->symbols) {
            elf->extended = kss_elf_bytes(elf, i);
            elf->extended_count = elf->sections[i].size / 4;
            break;
        }
}

// Backwards, so that the chains go forwards.
static void chain_relocations(struct kss_elf *elf) {
    for (uint32_t i = elf->section_count; i-- > 1;) {
        struct kss_elf_section *is = &elf->sections[i];
        if ((is->type != KSS_ELF_RELA && is->type != KSS_ELF_REL) || is->link != elf->symbols ||
            is->info == 0 || is->info >= elf->section_count)
            continue;
        is->next = elf->sections[is->info].relocated_by;
        elf->sections[is->info].relocated_by = i;
    }
}

bool kss_elf_open(struct kss_frames_file *file, struct kss_elf *elf) {
    if (!read_identity(file, elf) || !read_sections(elf))
        return false;
    find_symbols(elf);
    chain_relocations(elf);
    return true;
}

const uint8_t *kss_elf_bytes(const struct kss_elf *elf, uint32_t section) {
    const struct kss_elf_section *is = &elf->sections[section];
    if (is->type == KSS_ELF_NOBITS)
        return NULL;
    if ((is->flags & KSS_ELF_COMPRESSED) != 0) {
        kss_frames_warn(elf->file, is->offset, "section %s is compressed: it is not read",
                        is->name);
        return NULL;
    }
    if (!kss_within(elf->file->length, is->offset, is->size)) {
        kss_frames_warn(elf->file, is->offset, "section %s is not in the file: it may be cut short",
                        is->name);
        return NULL;
    }
    return elf->file->bytes + is->offset;
}

// ---- Symbols ---------------------------------------------------------------------------------------------

static uint32_t section_of(const struct kss_elf *elf, uint32_t index, uint16_t section) {
    if (section == SHN_EXTENDED && elf->extended != NULL && index < elf->extended_count)
        return kss_le32(elf->extended + (size_t)index * 4);
    return section < SHN_RESERVED ? section : 0;
}

bool kss_elf_symbol(const struct kss_elf *elf, uint32_t index, struct kss_elf_symbol *symbol) {
    if (index >= elf->symbol_count)
        return false;
    const struct kss_elf_section *table = &elf->sections[elf->symbols];
    const uint8_t *at = elf->file->bytes + table->offset + (size_t)index * symbol_size(elf);
    uint8_t info = at[elf->wide ? 4 : 12];
    *symbol = (struct kss_elf_symbol){
        .name = text_at(elf, table->link, kss_le32(at)),
        .section = section_of(elf, index, kss_le16(at + (elf->wide ? 6 : 14))),
        .value = elf->wide ? kss_le64(at + 8) : kss_le32(at + 4),
        .size = elf->wide ? kss_le64(at + 16) : kss_le32(at + 8),
        .type = info & 15,
        .local = info >> 4 == 0};
    if (symbol->section >= elf->section_count)
        symbol->section = 0;
    return true;
}

// ---- Relocations -----------------------------------------------------------------------------------------

static struct kss_elf_relocation relocation_at(const struct kss_elf *elf, const uint8_t *at,
                                               bool has_addend) {
    struct kss_elf_relocation is = {.has_addend = has_addend};
    if (elf->wide) {
        uint64_t info = kss_le64(at + 8);
        is.offset = kss_le64(at);
        is.symbol = (uint32_t)(info >> 32);
        is.type = (uint32_t)info;
        is.addend = has_addend ? (int64_t)kss_le64(at + 16) : 0;
    } else {
        uint32_t info = kss_le32(at + 4);
        is.offset = kss_le32(at);
        is.symbol = info >> 8;
        is.type = info & 255;
        is.addend = has_addend ? (int32_t)kss_le32(at + 8) : 0;
    }
    return is;
}

static int by_offset(const void *a, const void *b) {
    const struct kss_elf_relocation *x = a, *y = b;
    if (x->offset != y->offset)
        return x->offset < y->offset ? -1 : 1;
    return x->type != y->type ? (x->type < y->type ? -1 : 1)
                              : (x->symbol > y->symbol) - (x->symbol < y->symbol);
}

struct kss_elf_relocation *kss_elf_relocations(const struct kss_elf *elf, uint32_t section,
                                               uint32_t *count) {
    struct kss_elf_relocation *all = NULL;
    unsigned capacity = 0;
    bool sorted = true;
    *count = 0;
    for (uint32_t i = elf->sections[section].relocated_by; i != 0; i = elf->sections[i].next) {
        const struct kss_elf_section *is = &elf->sections[i];
        bool has_addend = is->type == KSS_ELF_RELA;
        const uint8_t *bytes = kss_elf_bytes(elf, i);
        uint32_t each = elf->wide ? 16 : 8;
        each += !has_addend ? 0 : elf->wide ? 8 : 4;
        for (uint64_t at = 0; bytes != NULL && is->size - at >= each; at += each) {
            KSS_ROOM(all, *count, capacity);
            all[*count] = relocation_at(elf, bytes + at, has_addend);
            sorted = sorted && (*count == 0 || all[*count - 1].offset <= all[*count].offset);
            (*count)++;
        }
    }
    if (!sorted)
        qsort(all, *count, sizeof *all, by_offset);
    return all;
}

// Kinds that hold an address, or the way to it from where they stand.
static bool is_address(const struct kss_elf *elf, uint32_t type) {
    switch (elf->machine) {
    case KSS_ELF_386: return type == 1 || type == 2;         // R_386_32, PC32
    case KSS_ELF_ARM: return type == 2 || type == 3;         // R_ARM_ABS32, REL32
    case KSS_ELF_AARCH64: return type >= 257 && type <= 262; // R_AARCH64_ABS64 ... PREL16
    default:                                                 // R_X86_64_64, PC32, 32, 32S, PC64
        return type == 1 || type == 2 || type == 10 || type == 11 || type == 24;
    }
}

bool kss_elf_target(const struct kss_elf *elf, const struct kss_elf_relocation *relocations,
                    uint32_t count, uint64_t offset, int64_t field, uint32_t *section,
                    uint64_t *value) {
    uint32_t low;
    KSS_BISECT(low, count, relocations[low].offset < offset);
    struct kss_elf_symbol symbol;
    if (low == count || relocations[low].offset != offset ||
        !is_address(elf, relocations[low].type) ||
        !kss_elf_symbol(elf, relocations[low].symbol, &symbol) || symbol.section == 0)
        return false;
    int64_t addend = relocations[low].has_addend ? relocations[low].addend : field;
    *section = symbol.section;
    *value = symbol.value + (uint64_t)addend;
    if (!elf->wide)
        *value &= UINT32_MAX;
    return true;
}
