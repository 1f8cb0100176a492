// SPDX-License-Identifier: MIT
// Frame tables and call graphs from the outside world: what one call of a function takes on the stack,
// who says so, and whom it calls.
//
//   .su  .ci  ELF  COFF  PE  PDB  kss frames' own tables
//     \    \    |    |    |    |    /
//      kss_frames_read: rows (functions) and calls between them
//          |                     |
//      kss frames, --frames      kss stack (sim/depth), kss import
//
// A figure is never guessed. A row is `exact`, `at least` (the fixed part is known and a reason says
// what may come on top) or `unknown` (with the reason); the origin says which reader it is from. Bytes are
// those of one call: saved registers, locals, outgoing arguments, and the return address where the
// machine pushes one (8 on x64, 4 on x86, none on ARM).
//
// Ownership: rows, calls and all their texts belong to the arena of the kss_frames; the two arrays are
// malloc'd and kss_frames_free frees them. Depends on base and nt.
#ifndef KSS_FRAMES_FRAMES_H
#define KSS_FRAMES_FRAMES_H

#include "base/arena.h"
#include "base/diag.h"
#include "nt/nt.h"

enum kss_frame_kind { KSS_FRAME_UNKNOWN, KSS_FRAME_AT_LEAST, KSS_FRAME_EXACT };
const char *kss_frame_kind_name(enum kss_frame_kind kind); // "unknown", "at least", "exact"

enum kss_frame_origin {
    KSS_FROM_NOTHING,  // declared elsewhere, no reader has its frame
    KSS_FROM_SU_GCC,   // .su with columns: return address counted
    KSS_FROM_SU_CLANG, // .su without columns: not counted by the compiler
    KSS_FROM_CI,
    KSS_FROM_STACK_SIZES, // ELF section .stack_sizes
    KSS_FROM_UNWIND_X64,
    KSS_FROM_UNWIND_ARM64,
    KSS_FROM_CFI,      // DWARF call frame information
    KSS_FROM_PDB,      // x86 only: S_FRAMEPROC of a PDB's module streams
    KSS_FROM_LEAF,     // code without unwind data: by the ABI it moves no stack
    KSS_FROM_TABLE,    // a table without an origin of its own
    KSS_FROM_SCENARIO, // sim/depth: a routine of a .kss file
    KSS_FROM_COSTS,    // sim/depth: costs.def
    KSS_FROM_ANNOTATION,
    KSS_FROM_LISTING, // sim/frames/listing.h: distances of a debugger listing
    KSS_FRAME_ORIGINS
};
const char *kss_frame_origin_name(enum kss_frame_origin origin); // ".su (gcc)", "unwind x64", ...
// As it is printed in verdicts of runs: .su and unwind data are measured on a build.
enum kss_origin kss_frame_origin_kind(enum kss_frame_origin origin);

struct kss_frame_row {  // a function
    const char *symbol; // undecorated ("ReadDispatch"); without a name "+0x1040", its RVA
    const char *module; // file stem of an image, --module, or "" (objects, .su, .ci)
    const char *unit;   // the file whose own it is (static functions, objects); else ""
    const char *place;  // "irp.c:88:9" or "mydrv.sys+0x1040"; NULL: nobody says
    const char *reason; // why `at least` or `unknown`; NULL when exact
    uint64_t bytes;     // meaningless when unknown
    uint64_t address;   // RVA in its file; 0 where there is no code
    uint32_t size;      // bytes of its code, 0: unknown
    uint32_t file;      // which kss_frames_read it is from, from 0
    uint8_t kind;       // enum kss_frame_kind
    uint8_t origin;     // enum kss_frame_origin
    bool local;         // known in its unit only
    bool external;      // called here, defined elsewhere: no frame of its own
    bool imported;      // external, through the import table (its module is that of the import)
    bool outside;       // others may call it: exported, the entry point, global in an object
    bool entry;         // an image begins with it
    bool address_taken; // may be called through a pointer: its address is in data or loaded
    bool calls_known;   // its calls are among the calls, also when it has none
    bool merged;        // folded into another row by kss_frames_join
};

enum { KSS_CALL_INDIRECT = UINT32_MAX };

struct kss_call_row {
    uint32_t caller, callee; // rows; KSS_CALL_INDIRECT: through a pointer, nobody knows whither
    const char *place;       // "irp.c:97:14", "mydrv.sys+0x10C2"; NULL: nobody says
    uint32_t file;           // which kss_frames_read it is from
    const char *why;         // indirect: why it is not known; NULL: it goes through a pointer
    bool tail;               // a jump: the caller's frame is gone by then
};

struct kss_frames {
    struct kss_arena *arena;
    struct kss_diags *diags;
    struct kss_sources *sources;
    const struct kss_profile *machine; // --machine: NULL where it was not said
    const char *module;                // --module: for rows whose file does not tell; NULL: ""
    struct kss_frame_row *rows;
    struct kss_call_row *calls;
    uint32_t count, call_count;
    unsigned capacity, call_capacity;
    uint32_t *by_symbol; // kss_frames_find's: rows in order of their symbols, malloc'd
    uint32_t by_symbol_count;
    uint32_t file;    // files read
    bool want_calls;  // code is searched for calls (kss stack); tables of frames need none
    bool calls_known; // some reader delivered calls
    const char
        *no_calls; // why code was not looked at for calls ("kss was built without Zydis"); NULL
    bool host_abi_told; // elf.c: that its frames are not Windows' was said
    // Reads [path], asked for what lies beside an image (its PDB). The bytes belong to the arena. Returns
    // NULL, or why there is nothing. NULL: nothing beside is looked at.
    const char *(*beside)(void *context, const char *path, char **bytes, size_t *length);
    void *beside_context;
};

// Reads one file, whatever it is: told by its bytes, not by its name. Rows and calls are appended. What
// is wrong goes to [diags] with the place (a line, or an offset from the file's beginning). False: this
// is no file of a kind that is known, or it is broken so that nothing of it can be used; an error says
// so. A file of which only parts are broken gives rows of kind `unknown` with the reason, and warnings.
// [name] is for diagnostics and for the stem; [bytes] must live as long as the arena.
bool kss_frames_read(struct kss_frames *frames, const char *name, const char *bytes, size_t length);
void kss_frames_free(struct kss_frames *frames);

// What one file needs while it is read.
struct kss_frames_file {
    struct kss_frames *frames;
    const char *name; // as given
    const char *stem; // "mydrv" of "build/mydrv.sys"
    const uint8_t *bytes;
    size_t length;
};

// The readers: one per format, each in the file of its name (su.c, ci.c, elf.c, object.c (COFF), image.c
// (PE32+), pdb.c, frame_table.c, archive.c).
typedef bool kss_frames_reader(struct kss_frames_file *file);
kss_frames_reader kss_read_su, kss_read_ci, kss_read_elf, kss_read_object, kss_read_image,
    kss_read_frame_table, kss_read_archive;
// Whether a text file is of that kind (what begins with a number of its own is told in frames.c).
bool kss_is_su(const struct kss_frames_file *file);
bool kss_is_ci(const struct kss_frames_file *file);
bool kss_is_frame_table(const struct kss_frames_file *file);

// ---- For readers ---------------------------------------------------------------------------------

// Appends a row; what is not given is zero (NULL texts become "" where they cannot be NULL), texts must
// live as long as the arena; `file` is filled in. Returns its index.
uint32_t kss_frames_add(struct kss_frames *frames, const struct kss_frame_row *row);
void kss_frames_call(struct kss_frames *frames, const struct kss_call_row *call);
// A copy of [length] bytes of [text] in the arena, and a formatted one.
const char *kss_frames_text(struct kss_frames *frames, const char *text, size_t length);
const char *kss_frames_format(struct kss_frames *frames, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
// "name+0x1F4: message": error (returns false, for `return`) and warning about a binary file.
bool kss_frames_bad(struct kss_frames_file *file, uint64_t offset, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void kss_frames_warn(struct kss_frames_file *file, uint64_t offset, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
// A C symbol of a 32-bit x86 object without its decoration: _f, _f@8 (stdcall), @f@8 (fastcall) -> f.
const char *kss_frames_undecorate(struct kss_frames *frames, const char *symbol,
                                  enum kss_arch arch);

// ---- Joining -------------------------------------------------------------------------------------

// Makes one row of what several files say of one function (an object's row and the same function's
// .su line; an external row and its definition elsewhere), and points calls at it. Local functions are
// only joined within their unit. Where two exact figures differ the larger stands, as `at least` with a
// reason that names both. Rows that went into another stay in the array, `merged`.
void kss_frames_join(struct kss_frames *frames);

// The row of a symbol ("mydrv!Read", "Read", "nt!KeSetEvent"), UINT32_MAX: none. *ambiguous: several
// modules or units have one of that name and the symbol does not say which (may be NULL).
uint32_t kss_frames_find(const struct kss_frames *frames, const char *symbol, size_t length,
                         bool *ambiguous);
// The same; *second: another row that it may as well be, UINT32_MAX: none.
uint32_t kss_frames_find_two(const struct kss_frames *frames, const char *symbol, size_t length,
                             uint32_t *second);

// ---- Writing (frame_table.c) ------------------------------------------------------------------------

enum kss_frames_format { KSS_FRAMES_TEXT, KSS_FRAMES_JSONL, KSS_FRAMES_TSV };
// The table, in the order of the rows. TSV can be read again.
void kss_frames_write(const struct kss_frames *frames, enum kss_frames_format format,
                      struct kss_text *out);

#endif
