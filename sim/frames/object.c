// SPDX-License-Identifier: MIT
// COFF objects: of cl and clang for Windows (a section of each kind per function, COMDAT) and of gcc for
// mingw. Their .pdata sections are tables like an image's, with relocations instead of RVAs.
#include "frames/coff_rows.h"

#include "frames/coff_x86.h"

#include <string.h>

// ".pdata", ".pdata$ReadDispatch" (gcc -ffunction-sections), ".pdata.startup" (gcc: of .text.startup).
static bool is_pdata(const struct kss_coff_section *section) {
    static const char name[] = ".pdata";
    size_t length = sizeof name - 1;
    return section->name.length >= length && memcmp(section->name.text, name, length) == 0 &&
           (section->name.length == length || section->name.text[length] == '$' ||
            section->name.text[length] == '.');
}

static bool read_x86(struct kss_coff_reading *reading) {
    struct kss_coff_functions functions;
    kss_coff_x86(&reading->coff, &functions);
    kss_coff_code(reading, &functions);
    return true;
}

static bool read_object(struct kss_coff_reading *reading) {
    const struct kss_coff *coff = &reading->coff;
    if (reading->arch == KSS_ARCH_X86)
        return read_x86(reading);
    kss_coff_symbol_labels(reading);
    for (uint32_t i = 0; i < coff->section_count; i++) {
        if (!is_pdata(&coff->sections[i]))
            continue;
        reading->incomplete |= coff->sections[i].broken;
        if (!coff->sections[i].broken)
            kss_coff_entries(reading, (struct kss_coff_place){i, 0}, coff->sections[i].size);
    }
    kss_coff_rows(reading);
    return true;
}

bool kss_read_object(struct kss_frames_file *file) {
    struct kss_coff_reading reading;
    bool good = kss_coff_reading_begin(&reading, file) && read_object(&reading);
    kss_coff_reading_end(&reading);
    return good;
}
