// SPDX-License-Identifier: MIT
// The container of a PDB: streams scattered over the blocks of one file. The essay is in msf.c.
#ifndef KSS_FRAMES_MSF_H
#define KSS_FRAMES_MSF_H

#include "frames/frames.h"

struct kss_msf {
    struct kss_frames_file *file;
    uint32_t block_size, block_count, stream_count;
    const uint8_t *directory; // its bytes in one piece: count, sizes, block lists
    uint32_t *lists;          // per stream: where in the directory its block list begins
    bool *taken;              // per stream: was read already
};

// False: no MSF file, or broken; a warning says so.
bool kss_msf_open(struct kss_frames_file *file, struct kss_msf *msf);

// Bytes of a stream; 0 for one that is absent.
uint32_t kss_msf_size(const struct kss_msf *msf, uint32_t stream);

// The bytes of [stream] in one piece, valid as long as the arena. Each stream may be read once: a file
// that names one stream in two roles is broken, and copying it for each would take time without bound.
// NULL: there is no such stream, it was read before, or its blocks are not in the file; a warning says
// so.
const uint8_t *kss_msf_stream(struct kss_msf *msf, uint32_t stream, uint32_t *size);

#endif
