// SPDX-License-Identifier: MIT
// Names in and beside an image: what it exports, what it imports, what its PDB calls its functions.
//
// Format: Microsoft's page "PE Format": .edata, .idata, the debug directory and its CodeView entry.
#include "frames/coff_rows.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    EXPORT_DIRECTORY = 40,
    IMPORT_DESCRIPTOR = 20,
    DELAY_DESCRIPTOR = 32,
    DEBUG_ENTRY = 28,
    DEBUG_CODEVIEW = 2,
    RSDS_HEADER = 24,
    ORDINAL_MASK = 0xFFFF
};

static uint64_t file_place(const struct kss_coff_reading *reading, uint32_t rva) {
    return kss_coff_offset_at(&reading->coff, rva);
}

// ---- Exports ---------------------------------------------------------------------------------------

// A function when it is in code and no forwarder: those name another module within the directory.
static void add_export(struct kss_coff_reading *reading, uint32_t rva,
                       const struct kss_coff_name *name) {
    const struct kss_coff *coff = &reading->coff;
    struct kss_coff_range directory = coff->directories[KSS_COFF_EXPORTS];
    uint32_t section = kss_coff_section_at(coff, rva);
    bool forwarder = rva >= directory.rva && rva - directory.rva < directory.size;
    if (section == UINT32_MAX || forwarder || !kss_coff_executable(&coff->sections[section]))
        return;
    struct kss_coff_label label = {.at = {section, rva - coff->sections[section].address},
                                   .name = *name,
                                   .unit = "",
                                   .rank = KSS_RANK_EXPORT,
                                   .function = true,
                                   .outside = true};
    kss_coff_label(reading, &label);
}

static const uint8_t *table(const struct kss_coff *coff, uint32_t rva, uint32_t count,
                            uint32_t size) {
    return count <= UINT32_MAX / size ? kss_coff_at(coff, rva, count * size, NULL) : NULL;
}

void kss_image_exports(struct kss_coff_reading *reading) {
    const struct kss_coff *coff = &reading->coff;
    struct kss_coff_range range = coff->directories[KSS_COFF_EXPORTS];
    if (range.size == 0)
        return;
    const uint8_t *directory = kss_coff_at(coff, range.rva, EXPORT_DIRECTORY, NULL);
    if (directory == NULL) {
        kss_frames_warn(reading->file, file_place(reading, range.rva),
                        "the export directory is not in the file");
        return;
    }
    uint32_t count = kss_le32(directory + 20), named = kss_le32(directory + 24);
    const uint8_t *functions = table(coff, kss_le32(directory + 28), count, 4);
    const uint8_t *names = table(coff, kss_le32(directory + 32), named, 4);
    const uint8_t *ordinals = table(coff, kss_le32(directory + 36), named, 2);
    if (named > 0 && (functions == NULL || names == NULL || ordinals == NULL)) {
        kss_frames_warn(reading->file, file_place(reading, range.rva),
                        "the tables of %" PRIu32 " exports are not in the file", named);
        return;
    }
    for (uint32_t i = 0; i < named; i++) {
        struct kss_coff_name name;
        uint16_t index = kss_le16(ordinals + (size_t)i * 2);
        if (index < count && kss_coff_text_at(coff, kss_le32(names + (size_t)i * 4), &name))
            add_export(reading, kss_le32(functions + (size_t)index * 4), &name);
    }
}

// ---- Imports ---------------------------------------------------------------------------------------

static bool same_letters(const char *text, size_t length, const char *word) {
    for (size_t i = 0; i < length; i++) {
        char c = text[i] >= 'A' && text[i] <= 'Z' ? (char)(text[i] - 'A' + 'a') : text[i];
        if (word[i] != c || word[i] == '\0')
            return false;
    }
    return word[length] == '\0';
}

const char *kss_image_module(struct kss_frames *frames, const char *name, size_t length) {
    static const char *const kernels[] = {"ntoskrnl", "ntkrnlmp", "ntkrnlpa", "ntkrpamp"};
    const char *dot = memchr(name, '.', length);
    if (dot != NULL && dot > name)
        length = (size_t)(dot - name);
    for (size_t i = 0; i < sizeof kernels / sizeof *kernels; i++)
        if (same_letters(name, length, kernels[i]))
            return "nt";
    return same_letters(name, length, "hal") ? "hal" : kss_frames_text(frames, name, length);
}

static void add_import(struct kss_coff_reading *reading, const char *module, const char *symbol,
                       uint32_t slot) {
    struct kss_frame_row row = {.symbol = symbol,
                                .module = module,
                                .address = slot,
                                .external = true,
                                .imported = true,
                                .reason = "imported"};
    uint32_t index = kss_frames_add(reading->file->frames, &row);
    KSS_ROOM(reading->imports, reading->import_count, reading->import_capacity);
    reading->imports[reading->import_count++] = (struct kss_coff_import){slot, index};
}

// An array of names or ordinals, beside it that of the slots. *budget: entries that the file has room for;
// directories whose tables overlap would name more.
static bool add_imports(struct kss_coff_reading *reading, const char *module, uint32_t names,
                        uint32_t slots, uint64_t *budget) {
    const struct kss_coff *coff = &reading->coff;
    uint32_t size = coff->wide ? 8 : 4, left = 0;
    const uint8_t *entry = kss_coff_at(coff, names, size, &left);
    for (; entry != NULL && left >= size; entry += size, left -= size, slots += size) {
        uint64_t value = coff->wide ? kss_le64(entry) : kss_le32(entry);
        struct kss_coff_name name;
        if (value == 0)
            return true;
        if ((*budget)-- == 0)
            return false;
        if (value >> (size * 8 - 1))
            add_import(
                reading, module,
                kss_frames_format(reading->file->frames, "#%u", (unsigned)(value & ORDINAL_MASK)),
                slots);
        else if (value <= UINT32_MAX - 2 && kss_coff_text_at(coff, (uint32_t)value + 2, &name))
            add_import(reading, module,
                       kss_frames_undecorate(reading->file->frames, name.text, reading->arch),
                       slots);
        else
            return false;
    }
    return false;
}

// Import descriptors (names, .., .., DLL, slots) or delay-load descriptors (attributes, DLL, .., slots,
// names), up to one without a DLL.
static bool read_descriptors(struct kss_coff_reading *reading, struct kss_coff_range range,
                             bool delayed, uint64_t *budget) {
    const struct kss_coff *coff = &reading->coff;
    uint32_t stride = delayed ? DELAY_DESCRIPTOR : IMPORT_DESCRIPTOR, left = 0;
    const uint8_t *at = kss_coff_at(coff, range.rva, stride, &left);
    for (; at != NULL && left >= stride; at += stride, left -= stride) {
        uint32_t dll = kss_le32(at + (delayed ? 4 : 12));
        uint32_t slots = kss_le32(at + (delayed ? 12 : 16));
        uint32_t names = kss_le32(at + (delayed ? 16 : 0));
        struct kss_coff_name name;
        if (dll == 0)
            return true;
        if (delayed && kss_le32(at) == 0) // of old linkers: addresses instead of RVAs
            return false;
        if (!kss_coff_text_at(coff, dll, &name) || name.length == 0)
            return false;
        const char *module = kss_image_module(reading->file->frames, name.text, name.length);
        if (!add_imports(reading, module, names ? names : slots, slots, budget))
            return false;
    }
    return false;
}

static int by_slot(const void *a, const void *b) {
    const struct kss_coff_import *x = a, *y = b;
    if (x->slot != y->slot)
        return x->slot < y->slot ? -1 : 1;
    return x->row < y->row ? -1 : x->row > y->row;
}

void kss_image_imports(struct kss_coff_reading *reading) {
    static const enum kss_coff_directory directories[] = {KSS_COFF_IMPORTS, KSS_COFF_DELAY_IMPORTS};
    uint64_t budget = reading->file->length / (reading->coff.wide ? 8 : 4);
    for (size_t i = 0; i < 2; i++) {
        struct kss_coff_range range = reading->coff.directories[directories[i]];
        if (range.size > 0 && !read_descriptors(reading, range, i == 1, &budget))
            kss_frames_warn(reading->file, file_place(reading, range.rva),
                            "the imports cannot be read to their end");
    }
    if (reading->import_count > 1)
        qsort(reading->imports, reading->import_count, sizeof *reading->imports, by_slot);
}

// ---- PDB -------------------------------------------------------------------------------------------

// The debug directory's CodeView entry: "RSDS", GUID, age, path of the PDB where it was built.
static const uint8_t *find_rsds(const struct kss_coff_reading *reading,
                                struct kss_coff_name *path) {
    const struct kss_coff *coff = &reading->coff;
    struct kss_coff_range range = coff->directories[KSS_COFF_DEBUG];
    const uint8_t *entry = range.size ? kss_coff_at(coff, range.rva, range.size, NULL) : NULL;
    for (uint32_t at = 0; entry != NULL && range.size - at >= DEBUG_ENTRY; at += DEBUG_ENTRY) {
        uint32_t size = kss_le32(entry + at + 16), rva = kss_le32(entry + at + 20);
        if (kss_le32(entry + at + 12) != DEBUG_CODEVIEW || size <= RSDS_HEADER)
            continue;
        const uint8_t *record = kss_coff_at(coff, rva, size, NULL);
        if (record != NULL && memcmp(record, "RSDS", 4) == 0 &&
            kss_coff_text_at(coff, rva + RSDS_HEADER, path))
            return record;
    }
    return NULL;
}

// The PDB's name in the image's folder.
static const char *path_beside(const struct kss_coff_reading *reading,
                               const struct kss_coff_name *path) {
    const char *name = path->text;
    for (uint32_t i = 0; i < path->length; i++)
        if (path->text[i] == '/' || path->text[i] == '\\' || path->text[i] == ':')
            name = path->text + i + 1;
    return kss_frames_format(reading->file->frames, "%.*s%s",
                             (int)(reading->base - reading->file->name), reading->file->name, name);
}

static void add_pdb_labels(struct kss_coff_reading *reading, const struct kss_pdb *pdb) {
    const struct kss_coff *coff = &reading->coff;
    for (uint32_t i = 0; i < pdb->count; i++) {
        const struct kss_pdb_symbol *symbol = &pdb->symbols[i];
        uint32_t section = kss_coff_section_at(coff, symbol->rva);
        if (section == UINT32_MAX || !kss_coff_executable(&coff->sections[section]))
            continue;
        struct kss_coff_label label = {
            .at = {section, symbol->rva - coff->sections[section].address},
            .name = {symbol->name, (uint32_t)strlen(symbol->name)},
            .unit = symbol->unit,
            .pdb = symbol,
            .rank = KSS_RANK_PDB,
            .function = true,
            .local = symbol->local};
        kss_coff_label(reading, &label);
    }
}

void kss_image_pdb(struct kss_coff_reading *reading) {
    struct kss_frames *frames = reading->file->frames;
    struct kss_coff_name path;
    const uint8_t *record = frames->beside ? find_rsds(reading, &path) : NULL;
    if (record == NULL)
        return;
    char *bytes = NULL;
    size_t length = 0;
    const char *name = path_beside(reading, &path);
    if (frames->beside(frames->beside_context, name, &bytes, &length) != NULL)
        return;
    struct kss_frames_file file = {frames, name, reading->file->stem, (const uint8_t *)bytes,
                                   length};
    struct kss_pdb pdb;
    if (kss_pdb_publics(&file, record + 4, kss_le32(record + 20), &pdb))
        add_pdb_labels(reading, &pdb);
}
