// SPDX-License-Identifier: MIT
// What a PDB knows of functions: names and places, and on x86 the parts of a frame.
//
//   stream 1  info          GUID and signature of the build
//   stream 3  DBI           age, machine, and which streams hold what follows
//        |------------------> symbol records: S_PUB32, what the linker knew (section:offset, name)
//        |------------------> section headers of the image: section:offset -> RVA
//        `--> modules ------> one stream per object: S_GPROC32, S_LPROC32 (name, code size, also of
//                             static functions), each followed by its S_FRAMEPROC
//
// Whose PDB it is: GUID and age stand in the image's debug directory too. The age to compare is that of
// DBI, which the linker writes; that of the info stream also grows when a tool adds sources to a PDB.
// Names of another build would be wrong names, so there is no "nearly".
//
// Frames: on x64 and ARM64 the image's unwind data are exact and S_FRAMEPROC is not what a call costs
// (it leaves out saved registers here, the return address and home space there), so it is not looked at.
// x86 has no unwind data. There S_FRAMEPROC gives the locals and the callee-saved registers; both and the
// return address are a lower bound: arguments pushed for calls and alloca come on top. By the records'
// description `frame size` may be meant to hold the saved registers already; LLVM's does not. Where
// S_COMPILE3 does not name LLVM, only the larger of the two is counted.
//
// An image that was rearranged after linking has address translation tables (OMAP) in its PDB; its
// section:offset are not the image's. That is refused, not guessed.
//
// Sources: "The PDB File Format", "The PDB DBI (Debug Info) Stream", "The PDB Info Stream" and "CodeView
// Symbol Records" in LLVM's documentation.
#include "frames/pdb.h"

#include "base/bisect.h"

#include "frames/bytes.h"
#include "frames/msf.h"

#include <inttypes.h>
#include <stdlib.h>

enum { // symbol records
    S_FRAMEPROC = 0x1012,
    S_THUNK32 = 0x1102,
    S_PUB32 = 0x110E,
    S_LPROC32 = 0x110F,
    S_GPROC32 = 0x1110,
    S_SEPCODE = 0x1132,
    S_COMPILE3 = 0x113C,
    S_LPROC32_ID = 0x1146,
    S_GPROC32_ID = 0x1147,
    S_PROC_ID_END = 0x114F
};

enum {
    NO_STREAM = 0xFFFF,
    PUBLIC_IS_FUNCTION = 2,
    FRAME_HAS_ALLOCA = 1,
    SECTION_SIZE = 40,
    DBI_SIZE = 64,    // of its header
    MODULE_SIZE = 64, // of a module's entry, before its two names
    MACHINE_X86 = 0x14C,
    INFO_VC70 = 20000404, // the first version with a GUID
    DBI_V70 = 19990903,
    DBI_V110 = 20091201
};

// Optional debug header: which stream is what.
enum { DEBUG_OMAP_TO = 3, DEBUG_OMAP_FROM = 4, DEBUG_SECTIONS = 5 };

struct found {                // a symbol while it is collected
    struct kss_pdb_symbol is; // .name of a public as it stands
    bool is_public;
};

struct reading {
    struct kss_frames_file *file;
    struct kss_msf msf;
    const uint8_t *dbi;
    uint32_t dbi_size;
    uint32_t age; // DBI's
    uint16_t machine;
    uint16_t symbols; // stream of symbol records
    uint32_t modules_size, debug_at, debug_size;
    const uint8_t *sections; // headers
    uint32_t section_count;
    struct found *found; // malloc'd
    uint32_t count;
    unsigned capacity;
    uint32_t misplaced; // symbols in sections that are not there
};

bool kss_pdb_is(const uint8_t *bytes, size_t length) {
    static const char magic[] = "Microsoft C/C++ MSF 7.00\r\n\x1a";
    return length >= sizeof magic - 1 && memcmp(bytes, magic, sizeof magic - 1) == 0;
}

static bool broken(const struct reading *in, const char *what) {
    kss_frames_warn(in->file, 0, "the PDB's %s is broken: its names are not used", what);
    return false;
}

// ---- Which build, and where things are ---------------------------------------------------------------

// [guid] NULL: any build.
static bool read_info(struct reading *in, const uint8_t *guid) {
    uint32_t size;
    const uint8_t *info = kss_msf_stream(&in->msf, 1, &size);
    if (info == NULL)
        return false;
    if (size < 28 || kss_le32(info) < INFO_VC70)
        return broken(in, "info stream");
    if (guid == NULL || memcmp(info + 12, guid, 16) == 0)
        return true;
    kss_frames_warn(in->file, 0, "the PDB beside it is of another build (other GUID)");
    return false;
}

// The size of a part of DBI at [field]; part sizes are signed there.
static bool add_part(const struct reading *in, unsigned field, uint64_t *at, uint32_t *size) {
    *size = kss_le32(in->dbi + field);
    if (*size > INT32_MAX || !kss_within(in->dbi_size, *at, *size))
        return false;
    *at += *size;
    return true;
}

static bool read_dbi(struct reading *in) {
    in->dbi = kss_msf_stream(&in->msf, 3, &in->dbi_size);
    if (in->dbi == NULL)
        return false;
    if (in->dbi_size < DBI_SIZE || kss_le32(in->dbi) != UINT32_MAX)
        return broken(in, "DBI stream");
    uint32_t version = kss_le32(in->dbi + 4);
    if (version != DBI_V70 && version != DBI_V110) {
        kss_frames_warn(in->file, 0,
                        "version %" PRIu32 " of the PDB's DBI stream is not known: its names are "
                        "not used",
                        version);
        return false;
    }
    in->age = kss_le32(in->dbi + 8);
    in->symbols = kss_le16(in->dbi + 20);
    in->machine = kss_le16(in->dbi + 58);
    // modules, section contributions, section map, source files, type servers, edit and continue, debug
    // header: in this order, their sizes not quite.
    uint64_t at = DBI_SIZE;
    uint32_t size;
    if (!add_part(in, 24, &at, &in->modules_size) || !add_part(in, 28, &at, &size) ||
        !add_part(in, 32, &at, &size) || !add_part(in, 36, &at, &size) ||
        !add_part(in, 40, &at, &size) || !add_part(in, 52, &at, &size))
        return broken(in, "DBI stream");
    in->debug_at = (uint32_t)at;
    return add_part(in, 48, &at, &in->debug_size) || broken(in, "DBI stream");
}

static uint32_t debug_stream(const struct reading *in, unsigned which) {
    if (in->debug_size / 2 <= which)
        return NO_STREAM;
    return kss_le16(in->dbi + in->debug_at + (size_t)which * 2);
}

static bool read_sections(struct reading *in) {
    for (unsigned which = DEBUG_OMAP_TO; which <= DEBUG_OMAP_FROM; which++) {
        uint32_t omap = debug_stream(in, which);
        if (omap == NO_STREAM || kss_msf_size(&in->msf, omap) == 0)
            continue;
        kss_frames_warn(in->file, 0,
                        "the image was rearranged after linking (OMAP): the PDB's names are not "
                        "used");
        return false;
    }
    uint32_t size, stream = debug_stream(in, DEBUG_SECTIONS);
    if (stream == NO_STREAM) {
        kss_frames_warn(in->file, 0, "the PDB holds no section headers: its names are not used");
        return false;
    }
    in->sections = kss_msf_stream(&in->msf, stream, &size);
    in->section_count = size / SECTION_SIZE;
    return in->sections != NULL;
}

// section:offset -> RVA. A function begins inside its section.
static bool place(struct reading *in, uint16_t section, uint32_t offset, uint32_t *rva) {
    if (section == 0 || section > in->section_count) {
        in->misplaced++;
        return false;
    }
    const uint8_t *header = in->sections + (size_t)(section - 1) * SECTION_SIZE;
    uint32_t size = kss_le32(header + 8), begin = kss_le32(header + 12);
    if (offset >= size || offset > UINT32_MAX - begin) {
        in->misplaced++;
        return false;
    }
    *rva = begin + offset;
    return true;
}

// ---- Symbol records ------------------------------------------------------------------------------------

struct record {
    uint16_t kind;
    struct kss_cursor data; // behind the kind
};

// The next record of [all]; false at the end, and with all->bad where a record is broken.
static bool next_record(struct kss_cursor *all, struct record *record) {
    if (all->at == all->end)
        return false;
    uint16_t length = kss_take16(all);
    const uint8_t *bytes = kss_take(all, length);
    if (bytes == NULL || length < 2) {
        all->bad = true;
        return false;
    }
    record->kind = kss_le16(bytes);
    record->data = (struct kss_cursor){.bytes = bytes, .at = 2, .end = length};
    return true;
}

static void add(struct reading *in, const struct found *found) {
    KSS_ROOM(in->found, in->count, in->capacity);
    in->found[in->count++] = *found;
}

static bool read_publics(struct reading *in) {
    if (in->symbols == NO_STREAM || kss_msf_size(&in->msf, in->symbols) == 0)
        return true; // stripped, or there are none
    uint32_t size;
    const uint8_t *bytes = kss_msf_stream(&in->msf, in->symbols, &size);
    if (bytes == NULL)
        return false;
    struct kss_cursor all = {.bytes = bytes, .end = size};
    struct record record;
    while (next_record(&all, &record)) {
        if (record.kind != S_PUB32)
            continue;
        struct found found = {.is_public = true, .is = {.unit = ""}};
        uint32_t flags = kss_take32(&record.data), offset = kss_take32(&record.data);
        uint16_t section = kss_take16(&record.data);
        const char *name = kss_take_text(&record.data);
        if (record.data.bad)
            return broken(in, "list of public symbols");
        if ((flags & PUBLIC_IS_FUNCTION) == 0 || !place(in, section, offset, &found.is.rva))
            continue;
        found.is.name = in->machine == MACHINE_X86
                            ? kss_frames_undecorate(in->file->frames, name, KSS_ARCH_X86)
                            : name;
        add(in, &found);
    }
    return !all.bad || broken(in, "list of public symbols");
}

// ---- Modules ---------------------------------------------------------------------------------------------

struct module {
    const char *unit; // "irp.obj"
    bool llvm;        // S_COMPILE3 says so
    uint32_t current; // the function S_FRAMEPROC is about; UINT32_MAX: none
};

// The last part of a path, of either system's form.
static const char *base_name(const char *path) {
    const char *base = path;
    for (const char *at = path; *at != '\0'; at++)
        if (*at == '/' || *at == '\\')
            base = at + 1;
    return base;
}

static void read_procedure(struct reading *in, struct module *module, struct record *record) {
    bool local = record->kind == S_LPROC32 || record->kind == S_LPROC32_ID;
    struct kss_cursor *data = &record->data;
    struct found found = {.is = {.local = local, .unit = local ? module->unit : ""}};
    kss_take(data, 12); // parent, end, next
    found.is.size = kss_take32(data);
    kss_take(data, 12); // debug start and end, type
    uint32_t offset = kss_take32(data);
    uint16_t section = kss_take16(data);
    kss_take8(data); // flags
    found.is.name = kss_take_text(data);
    module->current = UINT32_MAX;
    if (data->bad || !place(in, section, offset, &found.is.rva))
        return;
    module->current = in->count;
    add(in, &found);
}

static void read_frame(struct reading *in, struct module *module, struct record *record) {
    uint64_t locals = kss_take32(&record->data);
    kss_take(&record->data, 8); // padding: part of the locals
    uint64_t saved = kss_take32(&record->data);
    kss_take(&record->data, 6); // exception handler
    uint32_t flags = kss_take32(&record->data);
    if (record->data.bad || in->machine != MACHINE_X86 || module->current == UINT32_MAX)
        return;
    uint64_t frame = (module->llvm ? locals + saved : locals > saved ? locals : saved) + 4;
    struct kss_pdb_symbol *symbol = &in->found[module->current].is;
    module->current = UINT32_MAX; // one per function
    if (frame > INT32_MAX)
        return; // no stack is that large: nothing is known
    symbol->has_frame = true;
    symbol->frame = (uint32_t)frame;
    symbol->reason = (flags & FRAME_HAS_ALLOCA) != 0
                         ? "alloca and arguments pushed for calls are not in a PDB's S_FRAMEPROC"
                         : "arguments pushed for calls are not in a PDB's S_FRAMEPROC";
}

static bool contains(const char *text, const char *word) {
    return text != NULL && strstr(text, word) != NULL;
}

static void read_compiler(struct module *module, struct record *record) {
    kss_take(&record->data, 22); // flags, machine, versions of front and back end
    const char *version = kss_take_text(&record->data);
    module->llvm = contains(version, "clang") || contains(version, "LLVM");
}

static bool read_module(struct reading *in, uint32_t stream, uint32_t size, const char *unit) {
    uint32_t length;
    const uint8_t *bytes = kss_msf_stream(&in->msf, stream, &length);
    if (bytes == NULL)
        return false;
    enum { SIGNATURE = 4 };
    if (size > length || size < 4 || kss_le32(bytes) != SIGNATURE)
        return false;
    struct kss_cursor all = {.bytes = bytes, .at = 4, .end = size};
    struct module module = {.unit = unit, .current = UINT32_MAX};
    struct record record;
    while (next_record(&all, &record))
        switch (record.kind) {
        case S_LPROC32:
        case S_GPROC32:
        case S_LPROC32_ID:
        case S_GPROC32_ID: read_procedure(in, &module, &record); break;
        case S_FRAMEPROC: read_frame(in, &module, &record); break;
        case S_COMPILE3: read_compiler(&module, &record); break;
        case S_THUNK32:
        case S_SEPCODE: // has a frame of its own
        case S_PROC_ID_END: module.current = UINT32_MAX; break;
        default: break;
        }
    return !all.bad;
}

// A module that cannot be read costs its names only: those of the others are still right.
static bool read_modules(struct reading *in) {
    struct kss_cursor all = {.bytes = in->dbi + DBI_SIZE, .end = in->modules_size};
    while (all.at < all.end) {
        const uint8_t *entry = kss_take(&all, MODULE_SIZE);
        const char *name = kss_take_text(&all);
        kss_take_text(&all); // the library it came from
        if (all.bad)
            return broken(in, "list of modules");
        all.at = all.at + 3 < all.end ? (all.at + 3) & ~(size_t)3 : all.end;
        uint16_t stream = kss_le16(entry + 34);
        uint32_t size = kss_le32(entry + 36);
        if (stream == NO_STREAM || size == 0)
            continue;
        if (!read_module(in, stream, size, base_name(name)))
            kss_frames_warn(in->file, 0, "symbols of module `%s` in the PDB are broken",
                            base_name(name));
    }
    return true;
}

// ---- One list --------------------------------------------------------------------------------------------

// By place, then name; a public symbol before the procedure of the same name.
static int by_name(const void *a, const void *b) {
    const struct found *x = a, *y = b;
    if (x->is.rva != y->is.rva)
        return x->is.rva < y->is.rva ? -1 : 1;
    int order = strcmp(x->is.name, y->is.name);
    if (order == 0 && x->is_public != y->is_public)
        order = x->is_public ? -1 : 1;
    return order != 0 ? order : strcmp(x->is.unit, y->is.unit);
}

static int in_order(const void *a, const void *b) {
    const struct kss_pdb_symbol *x = a, *y = b;
    if (x->rva != y->rva)
        return x->rva < y->rva ? -1 : 1;
    if (x->local != y->local)
        return x->local ? 1 : -1;
    int order = strcmp(x->name, y->name);
    return order != 0 ? order : strcmp(x->unit, y->unit);
}

// What the records of one place, [from] to [end], say of its code holds for each of its names.
static void share(struct found *from, const struct found *end) {
    const struct kss_pdb_symbol *framed = NULL;
    uint32_t size = 0;
    for (const struct found *at = from; at < end; at++) {
        if (at->is.has_frame && (framed == NULL || at->is.frame < framed->frame))
            framed = &at->is; // code made one must agree; where it does not, the smaller is sure
        if (at->is.size > size)
            size = at->is.size;
    }
    for (struct found *at = from; at < end; at++) {
        at->is.size = size;
        if (framed != NULL && &at->is != framed) {
            at->is.has_frame = true;
            at->is.frame = framed->frame;
            at->is.reason = framed->reason;
        }
    }
}

// The names of one place, without doubles. C++ has its functions twice: mangled as a public symbol and
// plain as a procedure; only the mangled one is also what objects call it.
static uint32_t keep(const struct found *from, const struct found *end, struct kss_pdb_symbol *to) {
    bool mangled = false;
    uint32_t count = 0;
    for (const struct found *at = from; at < end; at++)
        mangled = mangled || (at->is_public && at->is.name[0] == '?');
    for (const struct found *at = from; at < end; at++) {
        if (mangled && !at->is_public)
            continue;
        if (count > 0 && strcmp(to[count - 1].name, at->is.name) == 0 &&
            (!to[count - 1].local || strcmp(to[count - 1].unit, at->is.unit) == 0))
            continue;
        to[count++] = at->is;
    }
    return count;
}

static void settle(struct reading *in, struct kss_pdb *pdb) {
    *pdb = (struct kss_pdb){.machine = in->machine};
    if (in->count == 0)
        return;
    pdb->symbols = KSS_NEW_ARRAY(in->file->frames->arena, struct kss_pdb_symbol, in->count);
    qsort(in->found, in->count, sizeof *in->found, by_name);
    for (uint32_t i = 0, end; i < in->count; i = end) {
        for (end = i + 1; end < in->count && in->found[end].is.rva == in->found[i].is.rva;)
            end++;
        share(in->found + i, in->found + end);
        pdb->count += keep(in->found + i, in->found + end, pdb->symbols + pdb->count);
    }
    qsort(pdb->symbols, pdb->count, sizeof *pdb->symbols, in_order);
}

static bool read_symbols(struct reading *in, struct kss_pdb *pdb) {
    bool read = read_sections(in) && read_publics(in) && read_modules(in);
    if (read && in->misplaced > 0)
        kss_frames_warn(in->file, 0,
                        "%" PRIu32 " function symbols of the PDB lie in no section of the image",
                        in->misplaced);
    if (read)
        settle(in, pdb);
    free(in->found);
    return read;
}

bool kss_pdb_publics(struct kss_frames_file *file, const uint8_t guid[16], uint32_t age,
                     struct kss_pdb *pdb) {
    struct reading in = {.file = file};
    if (!kss_msf_open(file, &in.msf) || !read_info(&in, guid) || !read_dbi(&in))
        return false;
    if (in.age != age) {
        kss_frames_warn(file, 0,
                        "the PDB beside it is of another build (age %" PRIu32 ", the image's is "
                        "%" PRIu32 ")",
                        in.age, age);
        return false;
    }
    return read_symbols(&in, pdb);
}

const struct kss_pdb_symbol *kss_pdb_at(const struct kss_pdb *pdb, uint32_t rva) {
    uint32_t low;
    KSS_BISECT(low, pdb->count, pdb->symbols[low].rva < rva);
    return low < pdb->count && pdb->symbols[low].rva == rva ? &pdb->symbols[low] : NULL;
}

// ---- A PDB alone -------------------------------------------------------------------------------------------

bool kss_read_pdb(struct kss_frames_file *file) {
    struct reading in = {.file = file};
    struct kss_pdb pdb;
    if (!kss_msf_open(file, &in.msf) || !read_info(&in, NULL) || !read_dbi(&in) ||
        !read_symbols(&in, &pdb))
        return kss_frames_bad(file, 0, "nothing in this PDB can be used");
    if (pdb.machine != MACHINE_X86)
        return kss_frames_bad(file, 0,
                              "a PDB has names and no frames; give the image that lies beside it");
    for (uint32_t i = 0; i < pdb.count; i++) {
        const struct kss_pdb_symbol *symbol = &pdb.symbols[i];
        kss_frames_add(
            file->frames,
            &(struct kss_frame_row){
                .symbol = symbol->name,
                .module = file->stem,
                .unit = symbol->unit,
                .place = kss_frames_format(file->frames, "%s+0x%" PRIX32, file->name, symbol->rva),
                .reason = symbol->has_frame ? symbol->reason : "no S_FRAMEPROC in the PDB",
                .bytes = symbol->has_frame ? symbol->frame : 0,
                .address = symbol->rva,
                .size = symbol->size,
                .kind = symbol->has_frame ? KSS_FRAME_AT_LEAST : KSS_FRAME_UNKNOWN,
                .origin = KSS_FROM_PDB,
                .local = symbol->local});
    }
    return true;
}
