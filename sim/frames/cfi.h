// SPDX-License-Identifier: MIT
// DWARF call frame information: what one call takes, told by how far the canonical frame address gets
// away from the stack pointer. The essay is in cfi.c.
//
// For readers of containers (object.c for i386 COFF, elf.c): the section's bytes with relocations
// described, and how to name what it covers.
#ifndef KSS_FRAMES_CFI_H
#define KSS_FRAMES_CFI_H

#include "frames/frames.h"

struct kss_cfi_section {
    const uint8_t *bytes;
    size_t length;
    uint64_t offset;  // of the section in its file, for places
    uint64_t address; // where the section is loaded; 0 in objects
    bool debug_frame; // .debug_frame, else .eh_frame
    enum kss_arch
        arch; // KSS_ARCH_X86 or KSS_ARCH_X64: numbers of the registers, size of an address
    // Objects: the address a relocation puts at [offset] of this section. [addend] is what the section
    // holds there. Gives a value that the container understands (section and offset packed) in *target.
    // NULL: the file is linked, its addresses stand as they are.
    bool (*relocate)(void *context, uint64_t offset, uint64_t addend, uint64_t *target);
    void *context;
};

struct kss_cfi_function { // one FDE
    uint64_t begin;       // address, or what relocate gave
    uint64_t size;        // bytes of its code
    uint64_t bytes;       // of one call, return address included; meaningless when unknown
    enum kss_frame_kind kind;
    const char *reason; // NULL when exact
    uint64_t offset;    // of the FDE in the file
};

// Calls [each] for every function the section describes, in the section's order. An FDE that is not
// understood comes as `unknown` with the reason; a section that cannot be followed any further gives a
// warning and ends there. False: the section is broken from its first entry on.
bool kss_cfi_read(struct kss_frames_file *file, const struct kss_cfi_section *section,
                  void (*each)(void *context, const struct kss_cfi_function *function),
                  void *context);

#endif
