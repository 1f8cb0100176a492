// SPDX-License-Identifier: MIT
// What frame tables say of one function, for those who run it: the scenario compiler and native
// sessions. frames.h has the tables; here is one answer, without their types.
//
// Ownership: texts are the tables'. Depends on base and nt.
#ifndef KSS_FRAMES_SIZES_H
#define KSS_FRAMES_SIZES_H

#include "base/text.h"
#include "nt/nt.h"

struct kss_frames;

struct kss_frame_size {
    uint64_t bytes;         // of one call, return address included
    enum kss_origin origin; // as verdicts print it
    const char *from;       // who says so: "unwind x64"
    const char *at_least;   // why they may be more; NULL: they are exact
    const char *foreign;    // whose code that is ("x64"), when not the machine's; NULL
    uint32_t row, other;    // of the tables; other: as good a match, UINT32_MAX: none
};

// What [frames] (joined; may be NULL) say of module!name on [machine]. With [any_module] the one
// function of that name of whatever module will do, when the module has none. False: nothing is said, or
// only that it is unknown. When `other` is a row, nobody can tell which of the two is meant.
bool kss_frame_size(const struct kss_frames *frames, const struct kss_profile *machine,
                    const char *module, const char *name, bool any_module,
                    struct kss_frame_size *size);

// Appends what a row is called: "mydrv!Read (mydrv.sys+0x1040)".
void kss_frame_size_name(const struct kss_frames *frames, uint32_t row, struct kss_text *out);

#endif
