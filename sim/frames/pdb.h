// SPDX-License-Identifier: MIT
// Function names, and on 32-bit x86 what little a PDB says of frames. The essay is in pdb.c.
//
// The reader of an image calls this with the file that lies beside it:
//
//     struct kss_pdb pdb;
//     if (kss_pdb_publics(&file_of_the_pdb, rsds_guid, rsds_age, &pdb))
//         kss_pdb_at(&pdb, rva) ...
//
// A PDB that is broken or of another build gives a warning (not an error: the image is still readable)
// and no names. Symbols and texts belong to the arena of the kss_frames or lie in the PDB's bytes, which
// live as long.
#ifndef KSS_FRAMES_PDB_H
#define KSS_FRAMES_PDB_H

#include "frames/frames.h"

struct kss_pdb_symbol { // a function
    const char *name;   // undecorated on x86; elsewhere as the linker knows it
    const char *unit; // "irp.obj": where it was compiled, for functions of that file only; else ""
    uint32_t rva;     // where it begins
    uint32_t size;    // bytes of its code, 0: unknown
    uint32_t frame;   // x86, with has_frame: at least these bytes, return address included
    bool has_frame;
    bool local;         // known in its unit only
    const char *reason; // with has_frame: what may come on top of `frame`
};

struct kss_pdb {
    struct kss_pdb_symbol *symbols; // by rva, then: known everywhere first, then by name
    uint32_t count;
    uint16_t machine; // COFF's number: 0x8664, 0xAA64, 0x14C
};

// Is this the beginning of a PDB (of MSF version 7.00)?
bool kss_pdb_is(const uint8_t *bytes, size_t length);

// Reads the names of [file], the PDB of the image whose CodeView record has [guid] (the 16 bytes as
// they stand in it) and [age]. False: not its PDB, or broken; a warning in the diagnostics says so.
bool kss_pdb_publics(struct kss_frames_file *file, const uint8_t guid[16], uint32_t age,
                     struct kss_pdb *pdb);

// The first symbol that begins at [rva] exactly, NULL: none. The next ones follow it in `symbols`
// as long as they have the same rva (identical functions that the linker made one).
const struct kss_pdb_symbol *kss_pdb_at(const struct kss_pdb *pdb, uint32_t rva);

// A PDB given by itself: rows of its functions, for x86 only. Elsewhere a PDB knows no frames: an error.
kss_frames_reader kss_read_pdb;

#endif
