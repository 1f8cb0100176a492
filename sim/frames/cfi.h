// SPDX-License-Identifier: MIT
// DWARF call frame information: what one call takes, told by how far the canonical frame address gets
// away from the stack pointer. The essay is in cfi.c.
//
// For readers of containers (COFF objects for i386, ELF): they have the section's bytes and know what
// its relocations mean.
#ifndef KSS_FRAMES_CFI_H
#define KSS_FRAMES_CFI_H

#include "frames/frames.h"

struct kss_cfi_address {
    uint32_t section; // as the container numbers them; 0 in linked files
    uint64_t offset;  // in the section; in linked files the address
};

struct kss_cfi_section {
    const uint8_t *bytes;
    size_t length;
    uint64_t offset;  // of the section in its file, for places
    uint64_t address; // linked: where the section is loaded
    bool debug_frame; // .debug_frame, else .eh_frame
    bool wide;        // addresses of 8 bytes (x64), else 4 (x86)
    // Objects: where the address points whose relocation stands at [offset] of this section. [field] is
    // what the section holds there, sign-extended; [relative]: counted from the field's own place. False:
    // no relocation there, or none that is understood. NULL: the file is linked and has none.
    bool (*relocate)(void *context, uint64_t offset, int64_t field, bool relative,
                     struct kss_cfi_address *to);
    void *context;
};

struct kss_cfi_function { // one FDE
    struct kss_cfi_address begin;
    uint64_t size;   // bytes of its code
    uint64_t bytes;  // of one call, return address included; meaningless when unknown
    uint64_t offset; // of the FDE in the file
    enum kss_frame_kind kind;
    const char *reason; // NULL when exact
    bool part;          // begins with a frame already there: cold code of another function
};

// Calls [each] for every function the section describes, in the section's order. One that is not
// understood comes as `unknown` with the reason; a section that cannot be followed any further gives a
// warning and ends there.
void kss_cfi_read(struct kss_frames_file *file, const struct kss_cfi_section *section,
                  void (*each)(void *context, const struct kss_cfi_function *function),
                  void *context);

#endif
