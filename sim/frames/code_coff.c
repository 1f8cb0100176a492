// SPDX-License-Identifier: MIT
// The code of a COFF object or PE image as kss_code: sections, ranges and what relocations say.
//
//   object   section i at i * 2^32; relocations of code and data sections name symbols; external symbols
//            become external rows, __imp_F an imported one
//   image    section at its RVA; import slots are given, base relocations say where addresses lie
//
// Relocation types and where the addend is: Microsoft's page "PE Format", type indicators.
#include "frames/code_coff.h"

#include "frames/code.h"

#include <stdlib.h>
#include <string.h>

struct source {
    const struct kss_coff *coff;
    const struct kss_coff_functions *functions;
    struct kss_frames *frames;
    struct kss_code code;
    uint32_t *rows; // objects: by symbol index, row + 1
    struct kss_code_fixup *fixups;
    uint32_t fixup_count;
    unsigned fixup_capacity;
};

static enum kss_arch arch_of(const struct kss_coff *coff) {
    switch (coff->machine) {
    case KSS_COFF_I386: return KSS_ARCH_X86;
    case KSS_COFF_X64: return KSS_ARCH_X64;
    case KSS_COFF_ARM64: return KSS_ARCH_ARM64;
    default: return KSS_ARCH_ARM;
    }
}

// ---- Sections and ranges ------------------------------------------------------------------------------

static bool begins(const struct kss_coff_section *section, const char *name) {
    size_t length = strlen(name);
    return section->name.length >= length && memcmp(section->name.text, name, length) == 0;
}

// Unwind tables, debug information and lists for the linker hold addresses that nobody calls.
static bool holds_pointers(const struct kss_coff_section *section) {
    static const char *const others[] = {
        ".pdata", ".xdata",  ".debug",  ".drectve",   ".eh_frame", ".reloc", ".idata",
        ".edata", ".rsrc",   ".sxdata", ".gfids",     ".giats",    ".gljmp", ".gehcont",
        ".llvm",  ".voltbl", ".chks64", ".rdata$zzz", ".stab"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (begins(section, others[i]))
            return false;
    return (section->flags & (KSS_COFF_INFO | KSS_COFF_REMOVE)) == 0;
}

static uint64_t address_in(const struct kss_coff *coff, uint32_t section, uint32_t offset) {
    return coff->image ? (uint64_t)coff->sections[section].address + offset
                       : KSS_CODE_ADDRESS(section, offset);
}

static int section_order(const void *left, const void *right) {
    const struct kss_code_section *a = left, *b = right;
    return a->address < b->address ? -1 : a->address > b->address;
}

static void give_sections(struct source *from) {
    const struct kss_coff *coff = from->coff;
    struct kss_code_section *sections = KSS_NEW_ARRAY(from->frames->arena, struct kss_code_section,
                                                      (size_t)coff->section_count + 1);
    uint32_t count = 0;
    for (uint32_t i = 0; i < coff->section_count; i++) {
        const struct kss_coff_section *section = &coff->sections[i];
        uint32_t length = section->file_size;
        if (coff->image && section->size != 0 && section->size < length)
            length = section->size; // the file's padding
        const uint8_t *bytes = kss_coff_bytes(coff, i, 0, length);
        if (bytes == NULL || length == 0)
            continue;
        sections[count++] = (struct kss_code_section){
            .address = address_in(coff, i, 0),
            .bytes = bytes,
            .length = length,
            .file_offset = section->file_offset,
            .name = kss_frames_text(from->frames, section->name.text, section->name.length),
            .code = kss_coff_executable(section),
            .data = !kss_coff_executable(section) && holds_pointers(section)};
    }
    if (count > 1)
        qsort(sections, count, sizeof *sections, section_order);
    from->code.sections = sections;
    from->code.section_count = count;
}

static void give_ranges(struct source *from) {
    const struct kss_coff_functions *functions = from->functions;
    struct kss_code_range *ranges =
        KSS_NEW_ARRAY(from->frames->arena, struct kss_code_range, (size_t)functions->count + 1);
    for (uint32_t i = 0; i < functions->count; i++) {
        const struct kss_coff_function *function = &functions->items[i];
        const struct kss_frame_row *row = &from->frames->rows[function->row];
        bool unwound = row->origin == KSS_FROM_UNWIND_X64 || row->origin == KSS_FROM_UNWIND_ARM64;
        ranges[i] = (struct kss_code_range){
            .address = address_in(from->coff, function->section, function->begin),
            .size = function->end - function->begin,
            .body = function->body - function->begin,
            .row = function->row,
            .part = function->part,
            .loose = !unwound,
            .framed = function->framed,
            .frame_register = function->frame_register};
    }
    from->code.ranges = ranges;
    from->code.range_count = functions->count;
}

static void open_source(struct source *from, const struct kss_coff *coff,
                        const struct kss_coff_functions *functions) {
    *from = (struct source){.coff = coff,
                            .functions = functions,
                            .frames = coff->file->frames,
                            .code = {.file = coff->file,
                                     .arch = arch_of(coff),
                                     .image = coff->image,
                                     .absolute = coff->fixed,
                                     .base = coff->image ? coff->base : 0}};
    give_sections(from);
    give_ranges(from);
}

// ---- Relocations of objects -----------------------------------------------------------------------------

// How a field holds its addend and what its fixup is.
struct form {
    uint8_t kind;   // enum kss_code_fixup_kind
    uint8_t addend; // enum addend_form
};
enum addend_form {
    ADDEND_NONE,
    ADDEND_32,
    ADDEND_64,
    ADDEND_B26,
    ADDEND_B19,
    ADDEND_B14,
    ADDEND_ADR,
    ADDEND_ADD,
    ADDEND_LDR
};

static bool form_of(uint16_t machine, uint16_t type, struct form *form) {
    static const struct {
        uint16_t machine, first, last;
        struct form form;
    } forms[] = {
        {KSS_COFF_X64, 1, 1, {KSS_FIXUP_ADDRESS, ADDEND_64}},     // ADDR64
        {KSS_COFF_X64, 2, 3, {KSS_FIXUP_ADDRESS, ADDEND_32}},     // ADDR32, ADDR32NB
        {KSS_COFF_X64, 4, 9, {KSS_FIXUP_RELATIVE, ADDEND_32}},    // REL32, REL32_1 ... _5
        {KSS_COFF_I386, 6, 7, {KSS_FIXUP_ADDRESS, ADDEND_32}},    // DIR32, DIR32NB
        {KSS_COFF_I386, 20, 20, {KSS_FIXUP_RELATIVE, ADDEND_32}}, // REL32
        {KSS_COFF_ARM64, 1, 2, {KSS_FIXUP_ADDRESS, ADDEND_32}},   // ADDR32, ADDR32NB
        {KSS_COFF_ARM64, 3, 3, {KSS_FIXUP_RELATIVE, ADDEND_B26}},
        {KSS_COFF_ARM64, 4, 4, {KSS_FIXUP_PAGE, ADDEND_ADR}},
        {KSS_COFF_ARM64, 5, 5, {KSS_FIXUP_RELATIVE, ADDEND_ADR}},
        {KSS_COFF_ARM64, 6, 6, {KSS_FIXUP_LOW, ADDEND_ADD}},
        {KSS_COFF_ARM64, 7, 7, {KSS_FIXUP_LOW, ADDEND_LDR}},
        {KSS_COFF_ARM64, 14, 14, {KSS_FIXUP_ADDRESS, ADDEND_64}}, // ADDR64
        {KSS_COFF_ARM64, 15, 15, {KSS_FIXUP_RELATIVE, ADDEND_B19}},
        {KSS_COFF_ARM64, 16, 16, {KSS_FIXUP_RELATIVE, ADDEND_B14}},
        {KSS_COFF_ARM64, 17, 17, {KSS_FIXUP_RELATIVE, ADDEND_32}}, // REL32
    };
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (forms[i].machine == machine && type >= forms[i].first && type <= forms[i].last) {
            *form = forms[i].form;
            return true;
        }
    return false;
}

// [low] bits of the field from bit [shift] on, with their sign, times [scale].
static uint64_t part_of(uint32_t word, unsigned shift, unsigned low, unsigned scale) {
    uint32_t value = word >> shift & ((UINT32_C(1) << low) - 1), sign = UINT32_C(1) << (low - 1);
    return (uint64_t)((int64_t)(value ^ sign) - sign) * scale;
}

static uint64_t addend_of(enum addend_form form, const uint8_t *field) {
    uint32_t word = kss_le32(field);
    switch (form) {
    case ADDEND_32: return (uint64_t)(int64_t)(int32_t)word;
    case ADDEND_64: return kss_le64(field);
    case ADDEND_B26: return part_of(word, 0, 26, 4);
    case ADDEND_B19: return part_of(word, 5, 19, 4);
    case ADDEND_B14: return part_of(word, 5, 14, 4);
    case ADDEND_ADR: return part_of((word >> 5 & 0x7FFFF) << 2 | (word >> 29 & 3), 0, 21, 1);
    case ADDEND_ADD: return word >> 10 & 0xFFF;
    case ADDEND_LDR: return (uint64_t)(word >> 10 & 0xFFF) << (word >> 30);
    default: return 0;
    }
}

static const char *symbol_text(struct source *from, const struct kss_coff_symbol *symbol,
                               uint32_t skip) {
    const char *text =
        kss_frames_text(from->frames, symbol->name.text + skip, symbol->name.length - skip);
    return kss_frames_undecorate(from->frames, text, from->code.arch);
}

static bool named(const struct kss_coff_symbol *symbol, const char *name) {
    return symbol->name.length == strlen(name) &&
           memcmp(symbol->name.text, name, symbol->name.length) == 0;
}

static bool is_guard_check(const struct kss_coff_symbol *symbol) {
    return named(symbol, "__guard_check_icall_fptr") || named(symbol, "___guard_check_icall_fptr");
}

enum { IMP = 6 }; // characters of __imp_

static bool is_slot(const struct kss_coff_symbol *symbol) {
    return symbol->name.length > IMP && memcmp(symbol->name.text, "__imp_", IMP) == 0;
}

// The row of a symbol that is defined elsewhere; made at its first use.
static uint32_t external_row(struct source *from, const struct kss_coff_symbol *symbol) {
    uint32_t *known = &from->rows[symbol->index];
    if (*known == 0) {
        bool slot = is_slot(symbol);
        struct kss_frame_row row = {.symbol = symbol_text(from, symbol, slot ? IMP : 0),
                                    .reason = "defined elsewhere",
                                    .external = true,
                                    .imported = slot};
        *known = kss_frames_add(from->frames, &row) + 1;
    }
    return *known - 1;
}

static void give_relocation(struct source *from, const struct kss_code_section *section,
                            const struct kss_coff_relocation *relocation) {
    struct form form;
    struct kss_coff_symbol symbol;
    if (!form_of(from->coff->machine, relocation->type, &form) ||
        !kss_within(section->length, relocation->offset, form.addend == ADDEND_64 ? 8 : 4) ||
        !kss_coff_symbol_at(from->coff, relocation->symbol, &symbol))
        return;
    struct kss_code_fixup fixup = {.at = section->address + relocation->offset,
                                   .target = KSS_CODE_NOWHERE,
                                   .row = KSS_CODE_NO_ROW,
                                   .kind = form.kind,
                                   .function = kss_coff_is_function(from->coff, &symbol)};
    uint64_t addend = addend_of(form.addend, section->bytes + relocation->offset);
    if (symbol.section > 0 && (uint32_t)symbol.section <= from->coff->section_count) {
        fixup.target = KSS_CODE_ADDRESS(symbol.section - 1, symbol.value + addend);
    } else if (symbol.section == 0 && is_guard_check(&symbol)) {
        fixup.row = KSS_CODE_GUARD;
        fixup.import = true;
    } else if (symbol.section == 0 && (section->code || fixup.function)) {
        fixup.import = is_slot(&symbol);
        fixup.row = external_row(from, &symbol);
    }
    KSS_ROOM(from->fixups, from->fixup_count, from->fixup_capacity);
    from->fixups[from->fixup_count++] = fixup;
}

static void give_relocations(struct source *from) {
    const struct kss_coff *coff = from->coff;
    unsigned capacity = 0;
    from->rows = kss_grow(NULL, &capacity, (size_t)coff->symbol_count + 1, sizeof *from->rows);
    for (uint32_t i = 0; i < from->code.section_count; i++) {
        const struct kss_code_section *section = &from->code.sections[i];
        if (!section->code && !section->data)
            continue;
        uint32_t count;
        const struct kss_coff_relocation *relocations =
            kss_coff_relocations(coff, (uint32_t)(section->address >> 32), &count);
        for (uint32_t k = 0; k < count; k++)
            give_relocation(from, section, &relocations[k]);
    }
    free(from->rows);
}

// ---- Base relocations of images -------------------------------------------------------------------------

static int fixup_order(const void *left, const void *right) {
    const struct kss_code_fixup *a = left, *b = right;
    if (a->at != b->at)
        return a->at < b->at ? -1 : 1;
    return a->target < b->target ? -1 : a->target > b->target;
}

static void give_base_relocation(struct source *from, uint32_t rva, unsigned type) {
    enum { HIGHLOW = 3, DIR64 = 10 };
    uint32_t size = type == DIR64 ? 8 : 4;
    if (type != DIR64 && type != HIGHLOW)
        return;
    const uint8_t *bytes = kss_coff_at(from->coff, rva, size, NULL);
    if (bytes == NULL)
        return;
    uint64_t value = type == DIR64 ? kss_le64(bytes) : kss_le32(bytes);
    KSS_ROOM(from->fixups, from->fixup_count, from->fixup_capacity);
    from->fixups[from->fixup_count++] = (struct kss_code_fixup){
        .at = rva,
        .target = value >= from->coff->base ? value - from->coff->base : KSS_CODE_NOWHERE,
        .row = KSS_CODE_NO_ROW,
        .kind = KSS_FIXUP_ADDRESS};
}

// Blocks: page RVA, bytes of the block, then 16-bit entries: type : 4 | offset in the page : 12.
static void give_base_relocations(struct source *from) {
    struct kss_coff_range table = from->coff->directories[KSS_COFF_BASE_RELOCATIONS];
    const uint8_t *bytes =
        table.size > 0 ? kss_coff_at(from->coff, table.rva, table.size, NULL) : NULL;
    if (bytes == NULL) {
        if (table.size > 0)
            kss_frames_warn(from->coff->file, kss_coff_offset_at(from->coff, table.rva),
                            "the base relocations are not all in the file");
        return;
    }
    enum { HEAD = 8 };
    for (uint32_t at = 0; table.size - at >= HEAD;) {
        uint32_t page = kss_le32(bytes + at), size = kss_le32(bytes + at + 4);
        if (size < HEAD || size > table.size - at) {
            if (page != 0 || size != 0) // zeros at the end are padding
                kss_frames_warn(from->coff->file, kss_coff_offset_at(from->coff, table.rva) + at,
                                "a block of base relocations has an invalid size");
            break;
        }
        for (uint32_t k = HEAD; size - k >= 2; k += 2) {
            unsigned entry = kss_le16(bytes + at + k);
            if (page <= UINT32_MAX - 0xFFF)
                give_base_relocation(from, page + (entry & 0xFFF), entry >> 12);
        }
        at += size;
    }
    if (from->fixup_count > 1)
        qsort(from->fixups, from->fixup_count, sizeof *from->fixups, fixup_order);
}

// The RVA of the slot that holds control flow guard's check function; 0: none. Load configuration
// directory: GuardCFCheckFunctionPointer.
static uint64_t guard_slot(const struct kss_coff *coff) {
    struct kss_coff_range config = coff->directories[KSS_COFF_LOAD_CONFIG];
    uint32_t offset = coff->wide ? 0x70 : 0x48, size = coff->wide ? 8 : 4;
    const uint8_t *head = config.rva != 0 ? kss_coff_at(coff, config.rva, 4, NULL) : NULL;
    if (head == NULL || kss_le32(head) < offset + size)
        return 0;
    const uint8_t *bytes = kss_coff_at(coff, config.rva, offset + size, NULL);
    if (bytes == NULL)
        return 0;
    uint64_t value = coff->wide ? kss_le64(bytes + offset) : kss_le32(bytes + offset);
    return value > coff->base ? value - coff->base : 0;
}

static int slot_order(const void *left, const void *right) {
    const struct kss_code_slot *a = left, *b = right;
    if (a->address != b->address)
        return a->address < b->address ? -1 : 1;
    return a->row < b->row ? -1 : a->row > b->row;
}

static void give_slots(struct source *from) {
    uint32_t count = from->functions->import_count;
    struct kss_code_slot *slots =
        KSS_NEW_ARRAY(from->frames->arena, struct kss_code_slot, (size_t)count + 1);
    for (uint32_t i = 0; i < count; i++)
        slots[i] = (struct kss_code_slot){from->functions->imports[i].slot,
                                          from->functions->imports[i].row};
    uint64_t guard = guard_slot(from->coff);
    if (guard != 0)
        slots[count++] = (struct kss_code_slot){guard, KSS_CODE_GUARD};
    if (count > 1)
        qsort(slots, count, sizeof *slots, slot_order);
    from->code.slots = slots;
    from->code.slot_count = count;
}

// ---- For object.c and image.c ---------------------------------------------------------------------------

void kss_code_settle_coff(const struct kss_coff *coff, const struct kss_coff_functions *functions) {
    struct source from;
    // ARM64: unwind.h looks at the body itself. x86 has no unwind data to settle.
    if (coff->machine != KSS_COFF_X64)
        return;
    open_source(&from, coff, functions);
    kss_code_settle(&from.code);
}

void kss_code_read_coff(const struct kss_coff *coff, const struct kss_coff_functions *functions) {
    struct source from;
    if (!kss_code_readable(coff->file->frames, arch_of(coff)))
        return;
    open_source(&from, coff, functions);
    if (coff->image) {
        give_slots(&from);
        give_base_relocations(&from);
    } else {
        give_relocations(&from);
    }
    from.code.fixups = from.fixups;
    from.code.fixup_count = from.fixup_count;
    kss_code_read(&from.code);
    free(from.fixups);
}
