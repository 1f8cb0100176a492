// SPDX-License-Identifier: MIT
// What a frame's figure is worth and who says it. Apart from frames.h for those who also include the
// kernel's header, where struct kss_frame_row is a frame at work.
#ifndef KSS_FRAMES_ORIGIN_H
#define KSS_FRAMES_ORIGIN_H

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

#endif
