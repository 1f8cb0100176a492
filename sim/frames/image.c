// SPDX-License-Identifier: MIT
// PE images: drivers, ntoskrnl, libraries, for x64, ARM64 and x86. Unwind entries are the table of the
// exception directory; names come from a COFF symbol table (mingw), exports, and the PDB beside the image.
#include "frames/coff_rows.h"

#include <inttypes.h>

// Of IMAGE_LOAD_CONFIG_DIRECTORY64: what only images with ARM64EC code have.
enum { HYBRID_METADATA = 0xC8 };

// The entries of ARM64EC code are elsewhere, or those of the other architecture: what is read is true, but
// what has no entry may have one there.
static void look_for_hybrid(struct kss_coff_reading *reading) {
    struct kss_coff_range config = reading->coff.directories[KSS_COFF_LOAD_CONFIG];
    const uint8_t *bytes = NULL;
    if (reading->coff.wide && config.size >= HYBRID_METADATA + 8)
        bytes = kss_coff_at(&reading->coff, config.rva, HYBRID_METADATA + 8, NULL);
    if (bytes == NULL || kss_le32(bytes) < HYBRID_METADATA + 8 ||
        kss_le64(bytes + HYBRID_METADATA) == 0)
        return;
    reading->hybrid = true;
    kss_frames_warn(reading->file, kss_coff_offset_at(&reading->coff, config.rva),
                    "the image has ARM64EC code, whose unwind data is not read");
}

static void read_entries(struct kss_coff_reading *reading) {
    struct kss_coff_range table = reading->coff.directories[KSS_COFF_EXCEPTIONS];
    uint32_t section = kss_coff_section_at(&reading->coff, table.rva);
    if (table.size == 0)
        return;
    if (section == UINT32_MAX) {
        reading->incomplete = true;
        kss_frames_warn(reading->file, 0,
                        "the unwind entries at RVA 0x%" PRIX32 " lie in no section", table.rva);
        return;
    }
    uint32_t offset = table.rva - reading->coff.sections[section].address;
    kss_coff_entries(reading, (struct kss_coff_place){section, offset}, table.size);
}

// Where the system begins in an image is a function, also when it has neither a name nor an unwind entry:
// what DriverEntry hands out is found in its code only.
static void label_entry_point(struct kss_coff_reading *reading) {
    const struct kss_coff *coff = &reading->coff;
    uint32_t section = kss_coff_section_at(coff, coff->entry_point);
    if (coff->entry_point == 0 || section == UINT32_MAX ||
        !kss_coff_executable(&coff->sections[section]))
        return;
    struct kss_coff_label label = {
        .at = {section, coff->entry_point - coff->sections[section].address},
        .name = {"", 0},
        .unit = "",
        .rank = KSS_RANK_NAMELESS,
        .function = true,
        .outside = true};
    kss_coff_label(reading, &label);
}

static void read_image(struct kss_coff_reading *reading) {
    const char *stem = reading->file->stem;
    size_t length = 0;
    while (stem[length] != '\0')
        length++;
    reading->module = kss_image_module(reading->file->frames, stem, length);
    for (uint32_t i = 0; i < reading->coff.section_count; i++)
        reading->incomplete |= reading->coff.sections[i].broken;
    kss_coff_symbol_labels(reading);
    kss_image_pdb(reading);
    kss_image_exports(reading);
    kss_image_imports(reading);
    label_entry_point(reading);
    if (reading->arch != KSS_ARCH_X86) {
        look_for_hybrid(reading);
        read_entries(reading);
    }
    kss_coff_rows(reading);
}

bool kss_read_image(struct kss_frames_file *file) {
    struct kss_coff_reading reading;
    bool good = kss_coff_reading_begin(&reading, file);
    if (good)
        read_image(&reading);
    kss_coff_reading_end(&reading);
    return good;
}
