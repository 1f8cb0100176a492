// SPDX-License-Identifier: MIT
// The container of COFF objects and PE images: headers, sections, symbols, relocations, and the way
// from an RVA to bytes. What lies in the sections (unwind data, code) is not looked at here.
//
//   object                          image
//   +---------------------+         +---------------------+
//   | file header         |         | MZ ... e_lfanew ----|--+
//   | section headers     |         | "PE\0\0", header  <-|--+
//   | raw data,           |         | optional header:    |
//   | relocations of each |         |   data directories  |
//   | symbols             |         | section headers     |
//   | string table        |         | raw data            |
//   +---------------------+         | symbols, strings    |  (mingw only)
//                                   +---------------------+
//
// kss_coff_open checks once that all tables lie in the file; what has a broken table is refused, so
// that readers can go through them without asking again. A section whose raw data or relocations leave
// the file gets none (file_size or relocation_count 0) and a warning. Names are slices of the file: no
// NUL, no copy.
//
// Format: Microsoft's page "PE Format" (learn.microsoft.com, win32/debug/pe-format).
//
// Ownership: everything points into the file's bytes or belongs to the arena of the frames.
#ifndef KSS_FRAMES_COFF_H
#define KSS_FRAMES_COFF_H

#include "frames/bytes.h"
#include "frames/frames.h"

enum kss_coff_machine {
    KSS_COFF_I386 = 0x14C,
    KSS_COFF_X64 = 0x8664,
    KSS_COFF_ARM64 = 0xAA64,
    KSS_COFF_ARM64EC = 0xA641,
    KSS_COFF_ARM64X = 0xA64E
};

enum kss_coff_section_flag {
    KSS_COFF_CODE = 0x20,
    KSS_COFF_INFO = 0x200,
    KSS_COFF_REMOVE = 0x800,
    KSS_COFF_COMDAT = 0x1000,
    KSS_COFF_MORE_RELOCATIONS = 0x01000000,
    KSS_COFF_EXECUTE = 0x20000000
};

enum kss_coff_storage {
    KSS_COFF_EXTERNAL = 2,
    KSS_COFF_STATIC = 3,
    KSS_COFF_LABEL = 6,
    KSS_COFF_FILE = 103,
    KSS_COFF_WEAK = 105
};

enum kss_coff_directory {
    KSS_COFF_EXPORTS,
    KSS_COFF_IMPORTS,
    KSS_COFF_EXCEPTIONS = 3,
    KSS_COFF_BASE_RELOCATIONS = 5,
    KSS_COFF_DEBUG,
    KSS_COFF_LOAD_CONFIG = 10,
    KSS_COFF_IAT = 12,
    KSS_COFF_DELAY_IMPORTS,
    KSS_COFF_DIRECTORIES = 16
};

struct kss_coff_name { // bytes of the file
    const char *text;
    uint32_t length;
};

struct kss_coff_section {
    struct kss_coff_name name;
    uint32_t address;                             // image: its RVA; object: 0
    uint32_t size;                                // bytes in memory; beyond file_size they are zero
    uint32_t file_offset, file_size;              // raw data
    uint32_t relocation_offset, relocation_count; // objects only
    uint32_t flags;                               // enum kss_coff_section_flag
    bool broken; // its contents or relocations leave the file: told, and left out
};

struct kss_coff_symbol {
    struct kss_coff_name name;
    uint32_t index;    // in the table, where auxiliary records count
    uint32_t value;    // defined: offset in its section
    int32_t section;   // from 1; 0 undefined (or common), -1 absolute, -2 debugging
    uint16_t type;     // 0x20: function
    uint8_t storage;   // enum kss_coff_storage and others
    uint8_t auxiliary; // records that follow
};

struct kss_coff_relocation {
    uint32_t offset; // in its section
    uint32_t symbol; // index of the table; kss_coff_symbol_at says whether there is one
    uint16_t type;
};

struct kss_coff_range { // a data directory
    uint32_t rva, size;
};

struct kss_coff {
    struct kss_frames_file *file;
    uint16_t machine;     // enum kss_coff_machine, or another
    bool image, wide;     // wide: PE32+
    bool fixed;           // image: its base relocations were left out
    bool big;             // object with /bigobj headers
    uint64_t base;        // image: where it wants to be loaded
    uint32_t headers;     // image: bytes of the headers, RVA = file offset there
    uint32_t entry_point; // image: RVA of what the system calls first, 0: none
    struct kss_coff_section *sections;
    uint32_t section_count;
    uint32_t symbol_offset, symbol_count; // records, auxiliary ones too
    uint32_t string_offset, string_size;  // offsets of names count from string_offset
    struct kss_coff_range directories[KSS_COFF_DIRECTORIES];
};

// Is this an image ("MZ"), an object (a known machine, no optional header), an object with /bigobj
// headers? For the detection by bytes.
bool kss_coff_is_image(const uint8_t *bytes, size_t length);
bool kss_coff_is_object(const uint8_t *bytes, size_t length);

// Reads the headers. False: an error was told with its place, nothing in *coff may be used.
bool kss_coff_open(struct kss_frames_file *file, struct kss_coff *coff);

// ---- Sections ------------------------------------------------------------------------------------

// Sections count from 0 here; symbols name them from 1.
bool kss_coff_executable(const struct kss_coff_section *section);
bool kss_coff_named(const struct kss_coff_section *section, const char *name);
// The section's [size] bytes at [offset]; NULL: not all of them are in the file.
const uint8_t *kss_coff_bytes(const struct kss_coff *coff, uint32_t section, uint64_t offset,
                              uint64_t size);
// Image: the section an RVA lies in, UINT32_MAX: none. And [size] bytes at an RVA, NULL: not in one section
// or not in the file. [left], unless NULL: bytes there are from this one on.
uint32_t kss_coff_section_at(const struct kss_coff *coff, uint32_t rva);
const uint8_t *kss_coff_at(const struct kss_coff *coff, uint32_t rva, uint32_t size,
                           uint32_t *left);
// The text at an RVA up to its NUL; false: no NUL in the section.
bool kss_coff_text_at(const struct kss_coff *coff, uint32_t rva, struct kss_coff_name *text);
// Image: offset in the file of an RVA, for messages; the headers' end when it has none.
uint64_t kss_coff_offset_at(const struct kss_coff *coff, uint32_t rva);

// ---- Symbols and relocations ------------------------------------------------------------------------

// The symbol at [index] of the table; false: none there. Go on at index + 1 + auxiliary.
bool kss_coff_symbol_at(const struct kss_coff *coff, uint32_t index,
                        struct kss_coff_symbol *symbol);
// Its first auxiliary record: 18 bytes (20 with /bigobj); NULL: it has none.
const uint8_t *kss_coff_auxiliary(const struct kss_coff *coff,
                                  const struct kss_coff_symbol *symbol);
// The source that a .file symbol names in its auxiliary records, as the compiler was given it; in the
// frames' arena.
const char *kss_coff_file_name(const struct kss_coff *coff, const struct kss_coff_symbol *symbol);
// The source of an object: one is made from one, and LLVM names it behind the functions. "": nobody says.
const char *kss_coff_source(const struct kss_coff *coff);
bool kss_coff_is_function(const struct kss_coff *coff, const struct kss_coff_symbol *symbol);
// Names a section rather than something in it.
bool kss_coff_is_section_symbol(const struct kss_coff *coff, const struct kss_coff_symbol *symbol);

// The relocations of a section by offset, in the arena; compilers write them in this order, else they
// are sorted.
const struct kss_coff_relocation *kss_coff_relocations(const struct kss_coff *coff,
                                                       uint32_t section, uint32_t *count);
// The first of them at or after [offset]; [count]: none.
uint32_t kss_coff_relocation_from(const struct kss_coff_relocation *relocations, uint32_t count,
                                  uint64_t offset);

// ---- What kss_read_object and kss_read_image know of code ---------------------------------------------

// A range of code and the row it belongs to: a function, or a part of one that lies elsewhere. Sorted
// by section and begin, no two alike.
struct kss_coff_function {
    uint32_t row;
    uint32_t section;    // from 0
    uint32_t begin, end; // offsets in the section
    uint32_t body;       // the prolog ends here
    bool frame_register; // x64: unwind data restores rsp from a register, so the body may move rsp
    bool framed;         // unwind data of this very range take stack
    bool leaf;           // has no unwind data: by the ABI it does not move the stack
    bool part;           // not the beginning of the function
    uint32_t entry;      // of the reader of unwind entries
};

struct kss_coff_import { // image: a slot of the import address table
    uint32_t slot;       // RVA
    uint32_t row;
};

struct kss_coff_functions {
    struct kss_coff_function *items;
    uint32_t count;
    struct kss_coff_import *imports; // by slot
    uint32_t import_count;
};

// The function whose range holds [offset] of [section]; NULL: none.
const struct kss_coff_function *kss_coff_function_at(const struct kss_coff_functions *functions,
                                                     uint32_t section, uint32_t offset);
// The row of an import slot, UINT32_MAX: none.
uint32_t kss_coff_import_at(const struct kss_coff_functions *functions, uint32_t slot);

#endif
