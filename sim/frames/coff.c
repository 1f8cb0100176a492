// SPDX-License-Identifier: MIT
// Headers of COFF objects and PE images; coff.h has the drawing. Numbers are read byte by byte, and every
// offset is compared in 64 bits with what is left of the file.
#include "frames/coff.h"

#include "base/bisect.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    RELOCATIONS_STRIPPED = 1, // of an image's characteristics
    FILE_HEADER = 20,
    BIG_HEADER = 56,
    SECTION_HEADER = 40,
    SYMBOL = 18,
    BIG_SYMBOL = 20,
    SHORT_NAME = 8,
    LONGEST_NAME = 4096, // of a symbol; more is taken for a broken string table
    FUNCTION_TYPE = 0x20,
    E_LFANEW = 0x3C,
    PE32 = 0x10B,
    PE32_PLUS = 0x20B
};

// What marks an object of cl /bigobj, in the place where others have the class of their own data.
static const uint8_t big_class[16] = {0xC7, 0xA1, 0xBA, 0xD1, 0xEE, 0xBA, 0xA9, 0x4B,
                                      0xAF, 0x20, 0xFA, 0xF6, 0x6A, 0xA4, 0xDC, 0xB8};

static bool is_anonymous(const uint8_t *bytes, size_t length) {
    return length >= 6 && kss_le16(bytes) == 0 && kss_le16(bytes + 2) == 0xFFFF;
}

bool kss_coff_is_image(const uint8_t *bytes, size_t length) {
    return length >= 2 && bytes[0] == 'M' && bytes[1] == 'Z';
}

bool kss_coff_is_object(const uint8_t *bytes, size_t length) {
    if (is_anonymous(bytes, length))
        return true;
    if (length < FILE_HEADER || kss_le16(bytes + 16) != 0)
        return false;
    switch (kss_le16(bytes)) {
    case KSS_COFF_I386:
    case KSS_COFF_X64:
    case KSS_COFF_ARM64:
    case KSS_COFF_ARM64EC:
    case KSS_COFF_ARM64X: return true;
    default: return false;
    }
}

// ---- Names -----------------------------------------------------------------------------------------

static struct kss_coff_name short_name(const uint8_t *bytes) {
    const uint8_t *end = memchr(bytes, 0, SHORT_NAME);
    return (struct kss_coff_name){(const char *)bytes,
                                  end ? (uint32_t)(end - bytes) : (uint32_t)SHORT_NAME};
}

// A name of the string table; length 0 when it is not one.
static struct kss_coff_name long_name(const struct kss_coff *coff, uint32_t offset) {
    struct kss_coff_name name = {"", 0};
    if (offset < 4 || offset >= coff->string_size)
        return name;
    const uint8_t *bytes = coff->file->bytes + coff->string_offset + offset;
    uint32_t left = coff->string_size - offset;
    const uint8_t *end = memchr(bytes, 0, left < LONGEST_NAME ? left : LONGEST_NAME);
    if (end != NULL)
        name = (struct kss_coff_name){(const char *)bytes, (uint32_t)(end - bytes)};
    return name;
}

static int base64_digit(uint8_t c) {
    return c >= 'A' && c <= 'Z'   ? c - 'A'
           : c >= 'a' && c <= 'z' ? c - 'a' + 26
           : c >= '0' && c <= '9' ? c - '0' + 52
           : c == '+'             ? 62
           : c == '/'             ? 63
                                  : -1;
}

// "/123" is an offset in the string table in decimal digits, "//AAAAAB" one of six base 64 digits.
static struct kss_coff_name section_name(const struct kss_coff *coff, const uint8_t *bytes) {
    struct kss_coff_name plain = short_name(bytes);
    uint64_t offset = 0;
    if (plain.length < 2 || bytes[0] != '/')
        return plain;
    bool wide = bytes[1] == '/';
    for (uint32_t i = wide ? 2 : 1; i < plain.length; i++) {
        int digit = base64_digit(bytes[i]);
        if (!wide)
            digit = bytes[i] >= '0' && bytes[i] <= '9' ? bytes[i] - '0' : -1;
        if (digit < 0)
            return plain;
        offset = offset * (wide ? 64 : 10) + (uint64_t)digit;
    }
    struct kss_coff_name name = long_name(coff, offset <= UINT32_MAX ? (uint32_t)offset : 0);
    return name.length > 0 ? name : plain;
}

// ---- Tables ----------------------------------------------------------------------------------------

static bool read_strings(struct kss_coff *coff) {
    struct kss_frames_file *file = coff->file;
    uint64_t size = (uint64_t)coff->symbol_count * (coff->big ? BIG_SYMBOL : SYMBOL);
    if (coff->symbol_offset == 0 || coff->symbol_count == 0) {
        coff->symbol_offset = coff->symbol_count = 0;
        return true;
    }
    if (!kss_within(file->length, coff->symbol_offset, size))
        return kss_frames_bad(file, coff->symbol_offset,
                              "the symbol table of %" PRIu32 " records leaves the file",
                              coff->symbol_count);
    uint64_t strings = coff->symbol_offset + size;
    if (strings > UINT32_MAX || !kss_within(file->length, strings, 4))
        return true; // a symbol table at the end of the file: there are no long names
    coff->string_offset = (uint32_t)strings;
    coff->string_size = kss_le32(file->bytes + strings);
    if (!kss_within(file->length, strings, coff->string_size)) {
        kss_frames_warn(file, strings, "the string table of %" PRIu32 " bytes leaves the file",
                        coff->string_size);
        coff->string_size = (uint32_t)(file->length - strings);
    }
    return true;
}

// More than 65,535 relocations: the first one's address is their number, itself included.
static void read_relocations(struct kss_coff *coff, struct kss_coff_section *section,
                             uint64_t place) {
    struct kss_frames_file *file = coff->file;
    if (coff->image || section->relocation_count == 0) {
        section->relocation_count = 0; // of images: only debuggers ever looked at them
        return;
    }
    if ((section->flags & KSS_COFF_MORE_RELOCATIONS) && section->relocation_count == 0xFFFF &&
        kss_within(file->length, section->relocation_offset, 10)) {
        section->relocation_count = kss_le32(file->bytes + section->relocation_offset);
        section->relocation_offset += 10;
        if (section->relocation_count > 0)
            section->relocation_count--;
    }
    if (!kss_within(file->length, section->relocation_offset,
                    (uint64_t)section->relocation_count * 10)) {
        kss_frames_warn(file, place, "the %" PRIu32 " relocations of section %.*s leave the file",
                        section->relocation_count, (int)section->name.length, section->name.text);
        section->relocation_count = 0;
        section->broken = true;
    }
}

static void read_section(struct kss_coff *coff, uint64_t place, struct kss_coff_section *section) {
    const uint8_t *header = coff->file->bytes + place;
    uint32_t virtual_size = kss_le32(header + 8), raw = kss_le32(header + 16);
    *section = (struct kss_coff_section){.name = section_name(coff, header),
                                         .address = coff->image ? kss_le32(header + 12) : 0,
                                         .size = coff->image && virtual_size ? virtual_size : raw,
                                         .file_offset = kss_le32(header + 20),
                                         .file_size = raw,
                                         .relocation_offset = kss_le32(header + 24),
                                         .relocation_count = kss_le16(header + 32),
                                         .flags = kss_le32(header + 36)};
    if (section->file_size > section->size) // filled up to the alignment of the file
        section->file_size = section->size;
    if (section->file_offset == 0) // uninitialised data: objects state its size as raw data
        section->file_size = 0;
    if (!kss_within(coff->file->length, section->file_offset, section->file_size)) {
        kss_frames_warn(coff->file, place, "the contents of section %.*s leave the file",
                        (int)section->name.length, section->name.text);
        section->file_size = 0;
        section->broken = true;
    }
    read_relocations(coff, section, place);
}

static bool read_sections(struct kss_coff *coff, uint64_t offset) {
    struct kss_frames_file *file = coff->file;
    if (!kss_within(file->length, offset, (uint64_t)coff->section_count * SECTION_HEADER))
        return kss_frames_bad(file, offset, "the headers of %" PRIu32 " sections leave the file",
                              coff->section_count);
    coff->sections =
        KSS_NEW_ARRAY(file->frames->arena, struct kss_coff_section, coff->section_count);
    uint64_t end = coff->headers, contents = 0;
    for (uint32_t i = 0; i < coff->section_count; i++) {
        uint64_t place = offset + (uint64_t)i * SECTION_HEADER;
        struct kss_coff_section *section = &coff->sections[i];
        read_section(coff, place, section);
        // Sections that share bytes would make more work and rows than the file is long.
        contents += section->file_size + (uint64_t)section->relocation_count * 10;
        if (contents > file->length)
            return kss_frames_bad(file, place, "the contents of section %.*s and others overlap",
                                  (int)section->name.length, section->name.text);
        if (!coff->image)
            continue;
        if (section->address < end || (uint64_t)section->address + section->size > UINT32_MAX)
            return kss_frames_bad(file, place, "section %.*s overlaps what lies before it",
                                  (int)section->name.length, section->name.text);
        end = (uint64_t)section->address + section->size;
    }
    return true;
}

// ---- Headers ---------------------------------------------------------------------------------------

static bool open_big(struct kss_coff *coff) {
    struct kss_frames_file *file = coff->file;
    const uint8_t *header = file->bytes;
    uint16_t version = kss_le16(header + 4);
    if (version == 0)
        return kss_frames_bad(file, 0, "an import of a library, not an object with code");
    if (file->length < BIG_HEADER)
        return kss_frames_bad(file, 0, "the header of %d bytes leaves the file", BIG_HEADER);
    if (version < 2 || memcmp(header + 12, big_class, sizeof big_class) != 0)
        return kss_frames_bad(file, 0,
                              "an object for link-time code generation (cl /GL): there is no code "
                              "in it yet");
    coff->big = true;
    coff->machine = kss_le16(header + 6);
    coff->section_count = kss_le32(header + 44);
    coff->symbol_offset = kss_le32(header + 48);
    coff->symbol_count = kss_le32(header + 52);
    return read_strings(coff) && read_sections(coff, BIG_HEADER);
}

static bool read_optional(struct kss_coff *coff, uint64_t offset, uint32_t size) {
    struct kss_frames_file *file = coff->file;
    if (!kss_within(file->length, offset, size) || size < 2)
        return kss_frames_bad(file, offset, "the optional header leaves the file");
    const uint8_t *header = file->bytes + offset;
    uint16_t magic = kss_le16(header);
    if (magic != PE32 && magic != PE32_PLUS)
        return kss_frames_bad(file, offset, "optional header 0x%X is neither PE32 nor PE32+",
                              magic);
    coff->wide = magic == PE32_PLUS;
    uint32_t fixed = coff->wide ? 112 : 96;
    if (size < fixed)
        return kss_frames_bad(file, offset, "the optional header is too short: %" PRIu32 " bytes",
                              size);
    coff->base = coff->wide ? kss_le64(header + 24) : kss_le32(header + 28);
    coff->headers = kss_le32(header + 60);
    coff->entry_point = kss_le32(header + 16);
    uint32_t count = kss_le32(header + fixed - 4);
    for (uint32_t i = 0; i < count && i < KSS_COFF_DIRECTORIES && fixed + 8 * i + 8 <= size; i++)
        coff->directories[i] = (struct kss_coff_range){kss_le32(header + fixed + 8 * i),
                                                       kss_le32(header + fixed + 8 * i + 4)};
    return true;
}

static bool open_image(struct kss_coff *coff) {
    struct kss_frames_file *file = coff->file;
    coff->image = true;
    if (file->length < E_LFANEW + 4)
        return kss_frames_bad(file, 0, "the MZ header leaves the file");
    uint32_t at = kss_le32(file->bytes + E_LFANEW);
    if (!kss_within(file->length, at, 4 + FILE_HEADER))
        return kss_frames_bad(file, E_LFANEW, "the PE header at 0x%" PRIX32 " leaves the file", at);
    if (memcmp(file->bytes + at, "PE\0\0", 4) != 0)
        return kss_frames_bad(file, at, "no PE signature: a program for DOS or 16-bit Windows");
    const uint8_t *header = file->bytes + at + 4;
    uint64_t optional = (uint64_t)at + 4 + FILE_HEADER;
    coff->machine = kss_le16(header);
    coff->section_count = kss_le16(header + 2);
    coff->fixed = coff->image && (kss_le16(header + 18) & RELOCATIONS_STRIPPED);
    coff->symbol_offset = kss_le32(header + 8);
    coff->symbol_count = kss_le32(header + 12);
    if (!read_optional(coff, optional, kss_le16(header + 16)))
        return false;
    if (!kss_within(file->length, coff->symbol_offset, (uint64_t)coff->symbol_count * SYMBOL)) {
        kss_frames_warn(file, (uint64_t)at + 12, "the symbol table leaves the file: not read");
        coff->symbol_count = 0; // an image is complete without it
    }
    return read_strings(coff) && read_sections(coff, optional + kss_le16(header + 16));
}

bool kss_coff_open(struct kss_frames_file *file, struct kss_coff *coff) {
    *coff = (struct kss_coff){.file = file};
    if (kss_coff_is_image(file->bytes, file->length))
        return open_image(coff);
    if (is_anonymous(file->bytes, file->length))
        return open_big(coff);
    if (file->length < FILE_HEADER)
        return kss_frames_bad(file, 0, "the header of %d bytes leaves the file", FILE_HEADER);
    const uint8_t *header = file->bytes;
    coff->machine = kss_le16(header);
    coff->section_count = kss_le16(header + 2);
    coff->fixed = coff->image && (kss_le16(header + 18) & RELOCATIONS_STRIPPED);
    coff->symbol_offset = kss_le32(header + 8);
    coff->symbol_count = kss_le32(header + 12);
    return read_strings(coff) && read_sections(coff, FILE_HEADER + (uint64_t)kss_le16(header + 16));
}

// ---- Sections --------------------------------------------------------------------------------------

bool kss_coff_executable(const struct kss_coff_section *section) {
    return (section->flags & (KSS_COFF_CODE | KSS_COFF_EXECUTE)) != 0;
}

bool kss_coff_named(const struct kss_coff_section *section, const char *name) {
    size_t length = strlen(name);
    return section->name.length == length && memcmp(section->name.text, name, length) == 0;
}

const uint8_t *kss_coff_bytes(const struct kss_coff *coff, uint32_t section, uint64_t offset,
                              uint64_t size) {
    if (section >= coff->section_count ||
        !kss_within(coff->sections[section].file_size, offset, size))
        return NULL;
    return coff->file->bytes + coff->sections[section].file_offset + offset;
}

uint32_t kss_coff_section_at(const struct kss_coff *coff, uint32_t rva) {
    uint32_t low;
    KSS_BISECT(low, coff->section_count, coff->sections[low].address <= rva);
    if (low == 0 || rva - coff->sections[low - 1].address >= coff->sections[low - 1].size)
        return UINT32_MAX;
    return low - 1;
}

const uint8_t *kss_coff_at(const struct kss_coff *coff, uint32_t rva, uint32_t size,
                           uint32_t *left) {
    uint32_t section = kss_coff_section_at(coff, rva);
    if (section == UINT32_MAX)
        return NULL;
    uint32_t offset = rva - coff->sections[section].address;
    const uint8_t *bytes = kss_coff_bytes(coff, section, offset, size);
    if (bytes != NULL && left != NULL)
        *left = coff->sections[section].file_size - offset;
    return bytes;
}

bool kss_coff_text_at(const struct kss_coff *coff, uint32_t rva, struct kss_coff_name *text) {
    uint32_t left = 0;
    const uint8_t *bytes = kss_coff_at(coff, rva, 1, &left);
    const uint8_t *end = bytes ? memchr(bytes, 0, left < LONGEST_NAME ? left : LONGEST_NAME) : NULL;
    if (end == NULL)
        return false;
    *text = (struct kss_coff_name){(const char *)bytes, (uint32_t)(end - bytes)};
    return true;
}

uint64_t kss_coff_offset_at(const struct kss_coff *coff, uint32_t rva) {
    uint32_t section = kss_coff_section_at(coff, rva);
    if (section == UINT32_MAX)
        return coff->headers;
    return (uint64_t)coff->sections[section].file_offset + (rva - coff->sections[section].address);
}

// ---- Symbols and relocations -----------------------------------------------------------------------

bool kss_coff_symbol_at(const struct kss_coff *coff, uint32_t index,
                        struct kss_coff_symbol *symbol) {
    if (index >= coff->symbol_count)
        return false;
    uint32_t size = coff->big ? BIG_SYMBOL : SYMBOL;
    const uint8_t *record =
        coff->file->bytes + coff->symbol_offset + (size_t)index * size; // checked by read_strings
    const uint8_t *rest = record + (coff->big ? 16 : 14);
    symbol->name =
        kss_le32(record) == 0 ? long_name(coff, kss_le32(record + 4)) : short_name(record);
    symbol->index = index;
    symbol->value = kss_le32(record + 8);
    symbol->section = coff->big ? (int32_t)kss_le32(record + 12) : (int16_t)kss_le16(record + 12);
    symbol->type = kss_le16(rest);
    symbol->storage = rest[2];
    symbol->auxiliary = rest[3];
    return true;
}

const uint8_t *kss_coff_auxiliary(const struct kss_coff *coff,
                                  const struct kss_coff_symbol *symbol) {
    if (symbol->auxiliary == 0 || coff->symbol_count - symbol->index <= symbol->auxiliary)
        return NULL;
    uint32_t size = coff->big ? BIG_SYMBOL : SYMBOL;
    return coff->file->bytes + coff->symbol_offset + ((size_t)symbol->index + 1) * size;
}

static const struct kss_coff_section *section_of(const struct kss_coff *coff,
                                                 const struct kss_coff_symbol *symbol) {
    if (symbol->section <= 0 || (uint32_t)symbol->section > coff->section_count)
        return NULL;
    return &coff->sections[symbol->section - 1];
}

const char *kss_coff_file_name(const struct kss_coff *coff, const struct kss_coff_symbol *symbol) {
    const uint8_t *name = kss_coff_auxiliary(coff, symbol);
    if (name == NULL)
        return "";
    size_t most = (size_t)symbol->auxiliary * (coff->big ? 20 : 18);
    const uint8_t *end = memchr(name, 0, most);
    return kss_frames_text(coff->file->frames, (const char *)name,
                           end ? (size_t)(end - name) : most);
}

const char *kss_coff_source(const struct kss_coff *coff) {
    struct kss_coff_symbol symbol;
    for (uint32_t i = 0; kss_coff_symbol_at(coff, i, &symbol); i += 1u + symbol.auxiliary)
        if (symbol.storage == KSS_COFF_FILE)
            return kss_coff_file_name(coff, &symbol);
    return "";
}

bool kss_coff_is_function(const struct kss_coff *coff, const struct kss_coff_symbol *symbol) {
    const struct kss_coff_section *section = section_of(coff, symbol);
    return section != NULL && kss_coff_executable(section) &&
           (symbol->type & 0x30) == FUNCTION_TYPE && symbol->value < section->size &&
           (symbol->storage == KSS_COFF_EXTERNAL || symbol->storage == KSS_COFF_STATIC ||
            symbol->storage == KSS_COFF_WEAK);
}

bool kss_coff_is_section_symbol(const struct kss_coff *coff, const struct kss_coff_symbol *symbol) {
    const struct kss_coff_section *section = section_of(coff, symbol);
    return section != NULL && symbol->storage == KSS_COFF_STATIC && symbol->value == 0 &&
           symbol->type == 0 && symbol->auxiliary > 0;
}

static int by_offset(const void *a, const void *b) {
    const struct kss_coff_relocation *x = a, *y = b;
    if (x->offset != y->offset)
        return x->offset < y->offset ? -1 : 1;
    if (x->type != y->type)
        return x->type < y->type ? -1 : 1;
    return (x->symbol > y->symbol) - (x->symbol < y->symbol);
}

const struct kss_coff_relocation *kss_coff_relocations(const struct kss_coff *coff,
                                                       uint32_t section, uint32_t *count) {
    *count = section < coff->section_count ? coff->sections[section].relocation_count : 0;
    if (*count == 0)
        return NULL;
    const uint8_t *record = coff->file->bytes + coff->sections[section].relocation_offset;
    struct kss_coff_relocation *relocations =
        KSS_NEW_ARRAY(coff->file->frames->arena, struct kss_coff_relocation, *count);
    bool sorted = true;
    for (uint32_t i = 0; i < *count; i++, record += 10) {
        relocations[i] = (struct kss_coff_relocation){kss_le32(record), kss_le32(record + 4),
                                                      kss_le16(record + 8)};
        sorted &= i == 0 || relocations[i - 1].offset <= relocations[i].offset;
    }
    if (!sorted)
        qsort(relocations, *count, sizeof *relocations, by_offset);
    return relocations;
}

uint32_t kss_coff_relocation_from(const struct kss_coff_relocation *relocations, uint32_t count,
                                  uint64_t offset) {
    uint32_t low;
    KSS_BISECT(low, count, relocations[low].offset < offset);
    return low;
}

// ---- Functions -------------------------------------------------------------------------------------

const struct kss_coff_function *kss_coff_function_at(const struct kss_coff_functions *functions,
                                                     uint32_t section, uint32_t offset) {
    uint32_t low;
    KSS_BISECT(
        low, functions->count,
        functions->items[low].section < section ||
            (functions->items[low].section == section && functions->items[low].begin <= offset));
    if (low == 0)
        return NULL;
    const struct kss_coff_function *found = &functions->items[low - 1];
    return found->section == section && offset < found->end ? found : NULL;
}

uint32_t kss_coff_import_at(const struct kss_coff_functions *functions, uint32_t slot) {
    uint32_t low;
    KSS_BISECT(low, functions->import_count, functions->imports[low].slot < slot);
    return low < functions->import_count && functions->imports[low].slot == slot
               ? functions->imports[low].row
               : UINT32_MAX;
}
