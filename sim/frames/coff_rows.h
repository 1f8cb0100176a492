// SPDX-License-Identifier: MIT
// From .pdata and names to rows: what the readers of objects and of images share.
//
//   COFF symbols, exports, PDB --> labels  --+
//                                            +--> sorted by place, walked together --> rows, functions
//   .pdata and its unwind data --> entries --+
//
// An entry gives a function its frame and size, a label at its beginning gives it a name. A label of a
// function that no entry covers is a leaf: Microsoft's compiler and clang write no entry for a function
// that leaves the stack and the registers it must save alone.
#ifndef KSS_FRAMES_COFF_ROWS_H
#define KSS_FRAMES_COFF_ROWS_H

#include "frames/coff.h"
#include "frames/pdb.h"
#include "frames/unwind.h"

struct kss_coff_place {
    uint32_t section, offset;
};

enum kss_coff_rank { // which of several names of one place is taken; then by name
    KSS_RANK_EXTERNAL,
    KSS_RANK_STATIC,
    KSS_RANK_PDB,
    KSS_RANK_EXPORT,
    KSS_RANK_UNTYPED,
    KSS_RANK_LABEL,
    KSS_RANK_NAMELESS // something begins there, and nobody names it
};

struct kss_coff_label { // a name of a place
    struct kss_coff_place at;
    struct kss_coff_name name;
    const char *unit;                 // of local ones; else ""
    const struct kss_pdb_symbol *pdb; // where it is from the PDB
    uint8_t rank;                     // enum kss_coff_rank
    bool function, local;
    bool outside; // others may call it: exported, or global in an object
};

struct kss_coff_entry { // of .pdata
    struct kss_coff_place at, primary;
    uint32_t end;
    bool part; // of the function that begins at `primary`
    struct kss_unwind unwind;
};

struct kss_coff_reading {
    struct kss_frames_file *file;
    struct kss_coff coff;
    enum kss_arch arch;
    const char *module; // of the rows
    const char *base;   // the file's name without its folder, for places
    bool hybrid;        // has ARM64EC code, whose unwind data is not read
    bool incomplete;    // entries could not be read: what has none may still have a frame
    struct kss_coff_label *labels; // malloc'd, as the next two
    struct kss_coff_entry *entries;
    struct kss_coff_function *items;
    uint32_t label_count, entry_count, item_count;
    unsigned label_capacity, entry_capacity, item_capacity;
    struct kss_coff_import *imports; // malloc'd
    uint32_t import_count;
    unsigned import_capacity;
    struct { // objects: per section, read when first asked for
        const struct kss_coff_relocation *items;
        uint32_t count;
        bool read;
    } * relocations;
};

// Opens the file and knows its architecture. False: an error was told. kss_coff_reading_end in any case.
bool kss_coff_reading_begin(struct kss_coff_reading *reading, struct kss_frames_file *file);
void kss_coff_reading_end(struct kss_coff_reading *reading);

// Appends labels for the symbols of the COFF table that are in code.
void kss_coff_symbol_labels(struct kss_coff_reading *reading);
// Appends one label.
void kss_coff_label(struct kss_coff_reading *reading, const struct kss_coff_label *label);

// Appends an entry for each of the table of [size] bytes at [at].
void kss_coff_entries(struct kss_coff_reading *reading, struct kss_coff_place at, uint32_t size);

// The rows of labels and entries, then kss_coff_code of what is known of their code.
void kss_coff_rows(struct kss_coff_reading *reading);

// Looks into the code of functions: settles what unwind data leave open, reads calls if they are wanted.
void kss_coff_code(struct kss_coff_reading *reading, const struct kss_coff_functions *functions);

// ---- Images only (image_names.c) -----------------------------------------------------------------------

void kss_image_exports(struct kss_coff_reading *reading);
void kss_image_imports(struct kss_coff_reading *reading);
void kss_image_pdb(struct kss_coff_reading *reading);
// "ntoskrnl.exe" -> "nt", "HAL.dll" -> "hal", "CLASSPNP.SYS" -> "CLASSPNP": as debuggers call it.
const char *kss_image_module(struct kss_frames *frames, const char *name, size_t length);

#endif
