// SPDX-License-Identifier: MIT
// Frames of COFF objects for x86.
//
// mingw's gcc and clang describe them in .eh_frame or .debug_frame as everywhere else. Microsoft's
// compiler and clang for its target write neither: their functions are unknown here, and what a PDB
// says of them is all there is.
//
// Format: Microsoft's page "PE Format", relocations of Intel 386 processors.
#include "frames/coff_x86.h"

#include "frames/places.h"

#include <inttypes.h>

enum { DIR32 = 0x06, SECREL = 0x0B, REL32 = 0x14 };

struct reading {
    const struct kss_coff *coff;
    struct kss_places places;
    const struct kss_coff_relocation *relocations; // of the section that is being read
    uint32_t relocation_count;
};

static void see_symbols(struct reading *in) {
    const struct kss_coff *coff = in->coff;
    struct kss_frames *frames = coff->file->frames;
    const char *source = kss_coff_source(coff);
    struct kss_coff_symbol symbol;
    for (uint32_t i = 0; kss_coff_symbol_at(coff, i, &symbol); i += 1u + symbol.auxiliary) {
        if (!kss_coff_is_function(coff, &symbol))
            continue;
        struct kss_sighting *seen = kss_places_see(&in->places, (uint32_t)symbol.section - 1,
                                                   symbol.value, KSS_SEEN_SYMBOL);
        const char *name = kss_frames_text(frames, symbol.name.text, symbol.name.length);
        seen->name = kss_frames_undecorate(frames, name, KSS_ARCH_X86);
        seen->local = symbol.storage == KSS_COFF_STATIC;
        seen->unit = !seen->local ? "" : source[0] != '\0' ? source : coff->file->name;
    }
}

// A field that counts from itself is corrected by the linker as a call's would be: from its end.
static bool relocate(void *context, uint64_t offset, int64_t field, bool relative,
                     struct kss_cfi_address *to) {
    struct reading *in = context;
    struct kss_coff_symbol symbol;
    uint32_t at = kss_coff_relocation_from(in->relocations, in->relocation_count, offset);
    if (at == in->relocation_count || in->relocations[at].offset != offset ||
        !kss_coff_symbol_at(in->coff, in->relocations[at].symbol, &symbol) || symbol.section <= 0)
        return false;
    uint16_t type = in->relocations[at].type;
    if (relative ? type != REL32 : type != DIR32 && type != SECREL)
        return false;
    to->section = (uint32_t)symbol.section - 1;
    to->offset = (uint32_t)(symbol.value + (uint64_t)field - (relative ? 4 : 0));
    return to->section < in->coff->section_count;
}

static void see_function(void *context, const struct kss_cfi_function *function) {
    struct reading *in = context;
    kss_places_see_cfi(&in->places, function);
}

static void see_cfi(struct reading *in, uint32_t index, bool debug_frame) {
    const struct kss_coff_section *is = &in->coff->sections[index];
    const uint8_t *bytes = kss_coff_bytes(in->coff, index, 0, is->file_size);
    if (bytes == NULL || is->broken)
        return;
    in->places.has_cfi = true;
    in->relocations = kss_coff_relocations(in->coff, index, &in->relocation_count);
    struct kss_cfi_section section = {.bytes = bytes,
                                      .length = is->file_size,
                                      .offset = is->file_offset,
                                      .debug_frame = debug_frame,
                                      .relocate = relocate,
                                      .context = in};
    kss_cfi_read(in->coff->file, &section, see_function, in);
}

static uint32_t add_row(const struct kss_coff *coff, struct kss_frame_row row,
                        const struct kss_sighting *at) {
    struct kss_frames *frames = coff->file->frames;
    const struct kss_coff_name *section = &coff->sections[at->section].name;
    row.symbol =
        at->name[0] != '\0' ? at->name : kss_frames_format(frames, "+0x%" PRIX64, at->offset);
    row.unit = at->unit;
    row.local = at->local;
    row.address = at->offset;
    row.place = kss_frames_format(frames, "%s:%.*s+0x%" PRIX64, coff->file->name,
                                  (int)section->length, section->text, at->offset);
    return kss_frames_add(frames, &row);
}

static bool is_code(const struct kss_coff *coff, const struct kss_sighting *at) {
    const struct kss_coff_section *section = &coff->sections[at->section];
    return kss_coff_executable(section) && at->offset < section->size;
}

// The rows of a place; *function is about the first. False: no row, since what has no name there is cold
// code of another function, or no code.
static bool add_place(struct reading *in, uint32_t from, uint32_t end,
                      struct kss_coff_function *function) {
    const struct kss_sighting *seen = in->places.seen;
    struct kss_frame_row row = {0};
    kss_places_judge(&in->places, from, end, 4, &row);
    if (!in->places.has_cfi)
        row.reason = "no call frame information, and x86 has no unwind data";
    bool named = seen[from].kind == KSS_SEEN_SYMBOL;
    if (!named && (seen[from].part || !is_code(in->coff, &seen[from])))
        return false;
    *function = (struct kss_coff_function){.section = seen[from].section,
                                           .begin = (uint32_t)seen[from].offset,
                                           .end = (uint32_t)seen[from].offset + row.size,
                                           .body = (uint32_t)seen[from].offset};
    function->row = add_row(in->coff, row, &seen[from]);
    for (uint32_t i = from + 1; i < end && seen[i].kind == KSS_SEEN_SYMBOL; i++)
        add_row(in->coff, row, &seen[i]);
    function->part = seen[end - 1].kind == KSS_SEEN_CFI && seen[end - 1].part;
    return true;
}

// A function whose size nobody says ends where the next begins, or its section. None leaves its section.
static void set_ends(const struct kss_coff *coff, struct kss_coff_functions *functions) {
    for (uint32_t i = 0; i < functions->count; i++) {
        struct kss_coff_function *at = &functions->items[i];
        uint32_t limit = coff->sections[at->section].size;
        if (i + 1 < functions->count && at[1].section == at->section && at[1].begin < limit)
            limit = at[1].begin;
        if (at->end <= at->begin || at->end > limit)
            at->end = limit > at->begin ? limit : at->begin;
    }
}

void kss_coff_x86(const struct kss_coff *coff, struct kss_coff_functions *functions) {
    struct reading in = {.coff = coff};
    see_symbols(&in);
    for (uint32_t i = 0; i < coff->section_count; i++) {
        bool eh = kss_coff_named(&coff->sections[i], ".eh_frame");
        if (eh || kss_coff_named(&coff->sections[i], ".debug_frame"))
            see_cfi(&in, i, !eh);
    }
    kss_places_sort(&in.places);
    *functions = (struct kss_coff_functions){
        .items =
            KSS_NEW_ARRAY(coff->file->frames->arena, struct kss_coff_function, in.places.count)};
    for (uint32_t i = 0, end; i < in.places.count; i = end) {
        end = kss_places_end(&in.places, i);
        if (add_place(&in, i, end, &functions->items[functions->count]))
            functions->count++;
    }
    set_ends(coff, functions);
    kss_places_free(&in.places);
}
