// SPDX-License-Identifier: MIT
// Frames of ELF objects and linked files, from clang's .stack_sizes and the call frame information.
//
// .stack_sizes (clang -fstack-size-section) is a list of addresses, each with a ULEB128 number: the fixed
// part of the frame without the return address. Functions whose stack is dynamic are left out.
//
// These are frames of the host's ABI, not of Windows': good for firmware, for kernels of other systems
// and to look at one's own native build, which is why one warning says so.
//
// Sources: LLVM's "The LLVM Target-Independent Code Generator", emitting function stack size
// information; System V ABI. Numbers were compared with the compilers' .su files.
#include "frames/bytes.h"
#include "frames/elf_file.h"
#include "frames/places.h"

#include "base/bisect.h"

#include <inttypes.h>
#include <stdlib.h>

struct reading {
    struct kss_elf elf;
    struct kss_places places;
    uint32_t *code; // linked files: executable sections by address
    uint32_t code_count;
    struct kss_elf_relocation *relocations; // of the section that is being read
    uint32_t relocation_count;
    bool lto; // has code that is not compiled yet
};

// Linked files have addresses, which say it all: their places are in section 0.
static struct kss_sighting *see(struct reading *in, uint32_t section, uint64_t offset,
                                enum kss_sighting_kind kind) {
    return kss_places_see(&in->places, in->elf.object ? section : 0, offset, kind);
}

// What the caller's call instruction pushes.
static unsigned return_address(const struct reading *in) {
    return in->elf.machine == KSS_ELF_386 ? 4 : in->elf.machine == KSS_ELF_X86_64 ? 8 : 0;
}

// The lowest bit of an ARM function's address says which instruction set it is in.
static uint64_t code_offset(const struct reading *in, uint64_t offset) {
    return in->elf.machine == KSS_ELF_ARM ? offset & ~UINT64_C(1) : offset;
}

// ---- Symbols ---------------------------------------------------------------------------------------------

static void see_symbols(struct reading *in) {
    const char *source = "";
    for (uint32_t i = 1; i < in->elf.symbol_count; i++) {
        struct kss_elf_symbol symbol;
        if (!kss_elf_symbol(&in->elf, i, &symbol))
            break;
        if (symbol.type == KSS_ELF_SOURCE)
            source = symbol.name;
        if (symbol.type != KSS_ELF_FUNCTION || symbol.section == 0)
            continue;
        struct kss_sighting *seen =
            see(in, symbol.section, code_offset(in, symbol.value), KSS_SEEN_SYMBOL);
        seen->name = symbol.name;
        seen->size = symbol.size;
        seen->local = symbol.local;
        seen->unit = !symbol.local ? "" : in->elf.object ? in->elf.file->name : source;
    }
}

// ---- .stack_sizes ----------------------------------------------------------------------------------------

static void see_sizes(struct reading *in, uint32_t section) {
    const uint8_t *bytes = kss_elf_bytes(&in->elf, section);
    if (bytes == NULL)
        return;
    struct kss_cursor from = {.bytes = bytes, .end = (size_t)in->elf.sections[section].size};
    in->places.has_sizes = true;
    while (from.at < from.end) {
        uint64_t at = from.at, to, size;
        uint32_t code = 0;
        to = in->elf.wide ? kss_take64(&from) : kss_take32(&from);
        size = kss_take_uleb(&from);
        if (from.bad) {
            kss_frames_warn(in->elf.file, in->elf.sections[section].offset + at,
                            ".stack_sizes ends within an entry");
            return;
        }
        if (in->elf.object && !kss_elf_target(&in->elf, in->relocations, in->relocation_count, at,
                                              (int64_t)to, &code, &to))
            continue; // of a function that is not in this file
        see(in, code, code_offset(in, to), KSS_SEEN_SIZE)->bytes = size;
    }
}

// ---- CFI -------------------------------------------------------------------------------------------------

static bool relocate(void *context, uint64_t offset, int64_t field, bool relative,
                     struct kss_cfi_address *to) {
    struct reading *in = context;
    (void)relative; // S + A either way: P is the field's own place
    return kss_elf_target(&in->elf, in->relocations, in->relocation_count, offset, field,
                          &to->section, &to->offset);
}

static void see_function(void *context, const struct kss_cfi_function *function) {
    struct reading *in = context;
    kss_places_see_cfi(&in->places, function);
}

static void see_cfi(struct reading *in, uint32_t index, bool debug_frame) {
    const struct kss_elf_section *is = &in->elf.sections[index];
    const uint8_t *bytes = return_address(in) != 0 ? kss_elf_bytes(&in->elf, index) : NULL;
    if (bytes == NULL)
        return;
    in->places.has_cfi = true;
    struct kss_cfi_section section = {.bytes = bytes,
                                      .length = (size_t)is->size,
                                      .offset = is->offset,
                                      .address = is->address,
                                      .debug_frame = debug_frame,
                                      .wide = in->elf.wide,
                                      .relocate = in->elf.object ? relocate : NULL,
                                      .context = in};
    kss_cfi_read(in->elf.file, &section, see_function, in);
}

// ---- Rows ---------------------------------------------------------------------------------------

static int by_address(const void *a, const void *b) {
    const struct kss_elf_section *const *x = a, *const *y = b;
    if ((*x)->address != (*y)->address)
        return (*x)->address < (*y)->address ? -1 : 1;
    return (*x > *y) - (*x < *y); // of one array
}

// Executable sections, for places without a symbol.
static void find_code(struct reading *in) {
    const struct kss_elf_section **code = KSS_NEW_ARRAY(
        in->elf.file->frames->arena, const struct kss_elf_section *, in->elf.section_count + 1u);
    for (uint32_t i = 1; i < in->elf.section_count; i++)
        if ((in->elf.sections[i].flags & KSS_ELF_EXECUTE) != 0)
            code[in->code_count++] = &in->elf.sections[i];
    qsort(code, in->code_count, sizeof *code, by_address);
    in->code = KSS_NEW_ARRAY(in->elf.file->frames->arena, uint32_t, in->code_count + 1u);
    for (uint32_t i = 0; i < in->code_count; i++)
        in->code[i] = (uint32_t)(code[i] - in->elf.sections);
}

// The executable section of a place, 0: none.
static uint32_t code_at(const struct reading *in, uint32_t section, uint64_t offset) {
    if (in->elf.object)
        return (in->elf.sections[section].flags & KSS_ELF_EXECUTE) != 0 &&
                       offset < in->elf.sections[section].size
                   ? section
                   : 0;
    uint32_t low;
    KSS_BISECT(low, in->code_count, in->elf.sections[in->code[low]].address <= offset);
    if (low == 0)
        return 0;
    const struct kss_elf_section *is = &in->elf.sections[in->code[low - 1]];
    return offset - is->address < is->size ? in->code[low - 1] : 0;
}

static void add_row(struct reading *in, struct kss_frame_row row, const struct kss_sighting *at,
                    const char *symbol) {
    struct kss_frames *frames = in->elf.file->frames;
    if (in->elf.object)
        row.place = kss_frames_format(frames, "%s:%s+0x%" PRIX64, in->elf.file->name,
                                      in->elf.sections[at->section].name, at->offset);
    else
        row.place = kss_frames_format(frames, "%s+0x%" PRIX64, in->elf.file->name, at->offset);
    row.symbol = symbol;
    row.module = in->elf.object ? NULL : in->elf.file->stem;
    row.address = at->offset;
    if (at->kind == KSS_SEEN_SYMBOL) {
        row.unit = at->unit;
        row.local = at->local;
        row.size = at->size != 0 && at->size <= UINT32_MAX ? (uint32_t)at->size : row.size;
    }
    kss_frames_add(frames, &row);
}

// One row for each name of a place. Without a name: one, unless it is cold code of another function (whose
// frame it has, and which no one calls) or of the linkage table.
static void add_place(struct reading *in, uint32_t from, uint32_t end) {
    const struct kss_sighting *seen = in->places.seen;
    struct kss_frame_row row = {0};
    bool named = false;
    kss_places_judge(&in->places, from, end, return_address(in), &row);
    for (uint32_t i = from; i < end && seen[i].kind == KSS_SEEN_SYMBOL; i++)
        if (seen[i].name[0] != '\0') {
            add_row(in, row, &seen[i], seen[i].name);
            named = true;
        }
    uint32_t code =
        named || seen[from].part ? 0 : code_at(in, seen[from].section, seen[from].offset);
    if (code != 0 && strncmp(in->elf.sections[code].name, ".plt", 4) != 0)
        add_row(in, row, &seen[from],
                kss_frames_format(in->elf.file->frames, "+0x%" PRIX64, seen[from].offset));
}

static void read_tables(struct reading *in) {
    see_symbols(in);
    find_code(in);
    for (uint32_t i = 1; i < in->elf.section_count; i++) {
        const char *name = in->elf.sections[i].name;
        in->lto |= strncmp(name, ".gnu.lto_", 9) == 0;
        bool sizes = strcmp(name, ".stack_sizes") == 0, eh = strcmp(name, ".eh_frame") == 0;
        if (!sizes && !eh && strcmp(name, ".debug_frame") != 0)
            continue;
        in->relocations = kss_elf_relocations(&in->elf, i, &in->relocation_count);
        if (sizes)
            see_sizes(in, i);
        else
            see_cfi(in, i, !eh);
        free(in->relocations);
    }
    kss_places_sort(&in->places);
}

bool kss_read_elf(struct kss_frames_file *file) {
    struct reading in = {0};
    if (!kss_elf_open(file, &in.elf))
        return false;
    read_tables(&in);
    for (uint32_t i = 0, end; i < in.places.count; i = end) {
        end = kss_places_end(&in.places, i);
        add_place(&in, i, end);
    }
    if (in.places.count > 0 && !file->frames->host_abi_told)
        kss_frames_warn(file, 0, "frames of ELF files follow the host's ABI, not Windows'");
    if (in.places.count == 0 && in.lto)
        kss_frames_warn(file, 0,
                        "code of link-time optimisation has no frames before it is linked");
    file->frames->host_abi_told |= in.places.count > 0;
    kss_places_free(&in.places);
    return true;
}
