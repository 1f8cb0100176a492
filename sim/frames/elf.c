// SPDX-License-Identifier: MIT
// Frames of ELF objects and linked files: what clang's .stack_sizes, the call frame information and
// the symbol table say of one place of the code, brought together.
//
//   .symtab         .text+0x40: CopyTail, a function    --+
//   .stack_sizes    .text+0x40: 88                      --+-->  CopyTail: 96 bytes, exact, CFI
//   .eh_frame       .text+0x40: CFA at most rsp + 96    --+
//
// .stack_sizes (clang -fstack-size-section) is a list of addresses, each with a ULEB128 number: the fixed
// part of the frame without the return address. Functions whose stack is dynamic are left out. On x86
// and x64 clang leaves out of it what is pushed for calls; so where CFI follows the stack pointer to the
// end, CFI is right, and a .stack_sizes number alone is a lower bound. ARM pushes nothing for calls.
//
// These are frames of the host's ABI, not of Windows': good for firmware, for kernels of other systems
// and to look at one's own native build, which is why the file gets one warning that says so.
//
// Everything known is collected as sightings of a place and sorted once; no step depends on how
// many names one place has.
//
// Sources: LLVM's "The LLVM Target-Independent Code Generator", emitting function stack size
// information; System V ABI. Numbers were compared with the compilers' .su files.
#include "frames/bytes.h"
#include "frames/cfi.h"
#include "frames/elf_file.h"

#include <inttypes.h>
#include <stdlib.h>

enum sighting_kind { SEEN_SYMBOL, SEEN_SIZE, SEEN_CFI };

struct sighting {
    uint32_t section; // 0 in linked files
    uint64_t offset;  // there an address
    uint32_t order;   // in the file
    uint8_t kind;     // enum sighting_kind
    bool local;       // symbol
    bool part;        // CFI
    uint8_t frame;    // CFI: enum kss_frame_kind
    const char *name, *unit, *reason;
    uint64_t size, bytes;
};

struct reading {
    struct kss_elf elf;
    struct sighting *seen; // malloc'd
    uint32_t count;
    unsigned capacity;
    bool has_sizes, has_cfi;
    uint32_t *code; // linked files: executable sections by address
    uint32_t code_count;
    struct kss_elf_relocation *relocations; // of the section that is being read
    uint32_t relocation_count;
};

static struct sighting *see(struct reading *in, uint32_t section, uint64_t offset,
                            enum sighting_kind kind) {
    KSS_ROOM(in->seen, in->count, in->capacity);
    struct sighting *seen = &in->seen[in->count];
    *seen = (struct sighting){.section = in->elf.object ? section : 0,
                              .offset = offset,
                              .order = in->count++,
                              .kind = (uint8_t)kind};
    return seen;
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
        struct sighting *seen = see(in, symbol.section, code_offset(in, symbol.value), SEEN_SYMBOL);
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
    in->has_sizes = true;
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
        see(in, code, code_offset(in, to), SEEN_SIZE)->bytes = size;
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
    struct sighting *seen = see(in, function->begin.section, function->begin.offset, SEEN_CFI);
    seen->size = function->size;
    seen->bytes = function->bytes;
    seen->frame = (uint8_t)function->kind;
    seen->reason = function->reason;
    seen->part = function->part;
}

static void see_cfi(struct reading *in, uint32_t index, bool debug_frame) {
    const struct kss_elf_section *is = &in->elf.sections[index];
    const uint8_t *bytes = return_address(in) != 0 ? kss_elf_bytes(&in->elf, index) : NULL;
    if (bytes == NULL)
        return;
    in->has_cfi = true;
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

// ---- A place's row ---------------------------------------------------------------------------------------

static int by_place(const void *a, const void *b) {
    const struct sighting *x = a, *y = b;
    if (x->section != y->section)
        return x->section < y->section ? -1 : 1;
    if (x->offset != y->offset)
        return x->offset < y->offset ? -1 : 1;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    return x->order < y->order ? -1 : 1;
}

static void take(struct kss_frame *row, enum kss_frame_origin origin, enum kss_frame_kind kind,
                 uint64_t bytes, const char *reason) {
    row->origin = (uint8_t)origin;
    row->kind = (uint8_t)kind;
    row->bytes = bytes;
    row->reason = reason;
}

// Entries of one place agree; where they do not, the larger is a lower bound.
static void judge_cfi(struct kss_frame *row, const struct sighting *at,
                      const struct sighting *end) {
    bool any = false;
    for (; at < end; at++) {
        if (at->kind != SEEN_CFI)
            continue;
        if (!any || (row->kind == KSS_FRAME_UNKNOWN && at->frame != KSS_FRAME_UNKNOWN)) {
            take(row, KSS_FROM_CFI, at->frame, at->bytes, at->reason);
        } else if (at->frame != KSS_FRAME_UNKNOWN &&
                   (at->frame != row->kind || at->bytes != row->bytes)) {
            row->bytes = at->bytes > row->bytes ? at->bytes : row->bytes;
            row->kind = KSS_FRAME_AT_LEAST;
            row->reason = "entries of call frame information contradict each other";
        }
        row->size = row->size == 0 && at->size <= UINT32_MAX ? (uint32_t)at->size : row->size;
        any = true;
    }
}

// Joins what .stack_sizes says, where CFI is not better.
static void judge_sizes(const struct reading *in, struct kss_frame *row, const struct sighting *at,
                        const struct sighting *end) {
    uint64_t most = 0, least = UINT64_MAX;
    for (; at < end; at++) {
        if (at->kind != SEEN_SIZE)
            continue;
        most = at->bytes > most ? at->bytes : most;
        least = at->bytes < least ? at->bytes : least;
    }
    if (least == UINT64_MAX || row->kind == KSS_FRAME_EXACT)
        return;
    if (most > INT32_MAX) {
        if (row->kind == KSS_FRAME_UNKNOWN)
            take(row, KSS_FROM_STACK_SIZES, KSS_FRAME_UNKNOWN, 0,
                 ".stack_sizes gives it more than any stack has");
        return;
    }
    uint64_t bytes = most + return_address(in);
    if (row->kind == KSS_FRAME_AT_LEAST && row->bytes >= bytes)
        return;
    if (least != most)
        take(row, KSS_FROM_STACK_SIZES, KSS_FRAME_AT_LEAST, bytes,
             "entries of .stack_sizes contradict each other");
    else if (return_address(in) != 0)
        take(row, KSS_FROM_STACK_SIZES, KSS_FRAME_AT_LEAST, bytes,
             ".stack_sizes leaves out arguments that are pushed for calls");
    else
        take(row, KSS_FROM_STACK_SIZES, KSS_FRAME_EXACT, bytes, NULL);
}

static const char *why_unknown(const struct reading *in) {
    if (in->has_sizes)
        return ".stack_sizes leaves it out: its stack is dynamic, or it was built without";
    if (in->has_cfi)
        return "it has no call frame information";
    return "the file has neither .stack_sizes nor call frame information that is read";
}

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
    uint32_t low = 0, high = in->code_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (in->elf.sections[in->code[middle]].address <= offset)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0)
        return 0;
    const struct kss_elf_section *is = &in->elf.sections[in->code[low - 1]];
    return offset - is->address < is->size ? in->code[low - 1] : 0;
}

static void add_row(struct reading *in, struct kss_frame row, const struct sighting *at,
                    const char *symbol) {
    struct kss_frames *frames = in->elf.file->frames;
    if (in->elf.object)
        row.place = kss_frames_format(frames, "%s(%s+0x%" PRIX64 ")", in->elf.file->name,
                                      in->elf.sections[at->section].name, at->offset);
    else
        row.place = kss_frames_format(frames, "%s+0x%" PRIX64, in->elf.file->name, at->offset);
    row.symbol = symbol;
    row.module = in->elf.object ? NULL : in->elf.file->stem;
    row.address = at->offset;
    if (at->kind == SEEN_SYMBOL) {
        row.unit = at->unit;
        row.local = at->local;
        row.size = at->size != 0 && at->size <= UINT32_MAX ? (uint32_t)at->size : row.size;
    }
    kss_frames_add(frames, &row);
}

// One row for each name of a place. Without a name: one, unless it is cold code of another function (whose
// frame it has, and which no one calls) or of the linkage table.
static void add_place(struct reading *in, const struct sighting *from, const struct sighting *end) {
    struct kss_frame row = {.origin = KSS_FROM_NOTHING, .reason = why_unknown(in)};
    judge_cfi(&row, from, end);
    judge_sizes(in, &row, from, end);
    bool named = false;
    for (const struct sighting *at = from; at < end && at->kind == SEEN_SYMBOL; at++)
        if (at->name[0] != '\0') {
            add_row(in, row, at, at->name);
            named = true;
        }
    uint32_t code = named || from->part ? 0 : code_at(in, from->section, from->offset);
    if (code != 0 && strncmp(in->elf.sections[code].name, ".plt", 4) != 0)
        add_row(in, row, from,
                kss_frames_format(in->elf.file->frames, "+0x%" PRIX64, from->offset));
}

bool kss_read_elf(struct kss_frames_file *file) {
    struct reading in = {0};
    if (!kss_elf_open(file, &in.elf))
        return false;
    see_symbols(&in);
    find_code(&in);
    for (uint32_t i = 1; i < in.elf.section_count; i++) {
        const char *name = in.elf.sections[i].name;
        bool sizes = strcmp(name, ".stack_sizes") == 0, eh = strcmp(name, ".eh_frame") == 0;
        if (!sizes && !eh && strcmp(name, ".debug_frame") != 0)
            continue;
        in.relocations = kss_elf_relocations(&in.elf, i, &in.relocation_count);
        if (sizes)
            see_sizes(&in, i);
        else
            see_cfi(&in, i, !eh);
        free(in.relocations);
    }
    if (in.count > 0)
        qsort(in.seen, in.count, sizeof *in.seen, by_place);
    for (uint32_t i = 0, end; i < in.count; i = end) {
        for (end = i + 1; end < in.count && in.seen[end].section == in.seen[i].section &&
                          in.seen[end].offset == in.seen[i].offset;)
            end++;
        add_place(&in, in.seen + i, in.seen + end);
    }
    kss_frames_warn(file, 0,
                    in.count > 0 ? "an ELF file's frames follow the host's ABI, not Windows'"
                                 : "this ELF file has no functions");
    free(in.seen);
    return true;
}
