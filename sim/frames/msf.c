// SPDX-License-Identifier: MIT
// MSF 7.00, the multi-stream file a PDB is stored in.
//
// A file system in one file. All of it is blocks of one size (4096 as a rule); a stream is a list of
// block numbers and a size. The list of all streams, the directory, is itself scattered over blocks:
//
//   block 0          superblock: magic, block size, number of blocks, bytes of the directory,
//     |                          block of the directory's map
//     v
//   block M          map: the numbers of the directory's blocks          [ 7 | 12 | ... ]
//                                                                          |    |
//   blocks 7, 12...  directory, read in that order                         v    v
//                      +-------+--------+--------+-----+---------------+---------------+-----
//                      | count | size 0 | size 1 | ... | blocks of 0   | blocks of 1   | ...
//                      +-------+--------+--------+-----+---------------+---------------+-----
//   block n          ceil(size / block size) numbers per stream; size 0xFFFFFFFF: an absent stream
//
// Blocks 1 and 2 of every interval of [block size] blocks hold the map of free blocks, which a reader
// does not need. A stream whose blocks follow each other is used where it lies; others are copied once.
//
// Nothing in the file is trusted. Streams do not share blocks, so all of them together cannot have more
// blocks than the file: this bounds what a small, malicious directory can make us copy.
//
// Source: "The MSF File Format" in LLVM's documentation.
#include "frames/msf.h"

#include "frames/bytes.h"

#include <inttypes.h>
#include <stdio.h>

enum { SUPERBLOCK = 56, ABSENT_SIZE = -1 };

static const char magic[] = "Microsoft C/C++ MSF 7.00\r\n\x1a"
                            "DS\0\0"; // and the NUL of the literal: 32 bytes

// Is there a superblock?
static bool starts(const uint8_t *bytes, size_t length) {
    return length >= SUPERBLOCK && memcmp(bytes, magic, sizeof magic) == 0;
}

// 1 for a size of 1 to the block size.
static uint32_t blocks_of(const struct kss_msf *msf, uint32_t size) {
    return size / msf->block_size + (size % msf->block_size != 0);
}

// Does the run of [size] bytes from the beginning of [block] lie in the file?
static bool block_lies(const struct kss_msf *msf, uint32_t block, uint32_t size) {
    return block > 0 && block < msf->block_count &&
           kss_within(msf->file->length, (uint64_t)block * msf->block_size, size);
}

static uint32_t smaller(uint32_t a, uint32_t b) {
    return a < b ? a : b;
}

// [size] bytes whose blocks are listed at [list] (its length is known to be right). [what] is for the
// warning.
static const uint8_t *gather(const struct kss_msf *msf, const uint8_t *list, uint32_t size,
                             const char *what) {
    uint32_t count = blocks_of(msf, size), first = count > 0 ? kss_le32(list) : 0;
    bool contiguous = true;
    for (uint32_t i = 0, left = size; i < count; i++, left -= smaller(left, msf->block_size)) {
        uint32_t block = kss_le32(list + (size_t)i * 4);
        if (!block_lies(msf, block, smaller(left, msf->block_size))) {
            kss_frames_warn(msf->file, (uint64_t)block * msf->block_size,
                            "%s lies in block %" PRIu32 ", which is not in the file or not for it",
                            what, block);
            return NULL;
        }
        contiguous = contiguous && block - first == i;
    }
    if (contiguous)
        return msf->file->bytes + (size_t)first * msf->block_size;
    uint8_t *copy = kss_alloc(msf->file->frames->arena, size);
    for (uint32_t i = 0, done = 0; i < count; i++, done += msf->block_size)
        memcpy(copy + done,
               msf->file->bytes + (size_t)kss_le32(list + (size_t)i * 4) * msf->block_size,
               smaller(size - done, msf->block_size));
    return copy;
}

// The superblock's numbers, as far as they can be judged alone.
static bool read_superblock(struct kss_msf *msf, uint32_t *directory_size, uint32_t *map) {
    const uint8_t *at = msf->file->bytes;
    msf->block_size = kss_le32(at + 32);
    msf->block_count = kss_le32(at + 40);
    *directory_size = kss_le32(at + 44);
    *map = kss_le32(at + 52);
    uint32_t size = msf->block_size;
    if (size < 512 || size > 32768 || (size & (size - 1)) != 0) {
        kss_frames_warn(msf->file, 32, "the PDB's block size, %" PRIu32 ", is not one of MSF",
                        size);
        return false;
    }
    // Nothing can be in a block beyond the file's end (whose last block may be cut short).
    uint64_t present = msf->file->length / size + (msf->file->length % size != 0);
    if (msf->block_count > present)
        msf->block_count = (uint32_t)present;
    return true;
}

// Where each stream's block list begins.
static bool read_directory(struct kss_msf *msf, uint32_t size) {
    msf->stream_count = size >= 4 ? kss_le32(msf->directory) : 0;
    if (size < 4 || msf->stream_count > (size - 4) / 4)
        return false;
    msf->lists = KSS_NEW_ARRAY(msf->file->frames->arena, uint32_t, msf->stream_count);
    msf->taken = KSS_NEW_ARRAY(msf->file->frames->arena, bool, msf->stream_count);
    uint64_t at = 4 + (uint64_t)msf->stream_count * 4, blocks = 0;
    for (uint32_t i = 0; i < msf->stream_count; i++) {
        uint64_t count = blocks_of(msf, kss_msf_size(msf, i));
        blocks += count;
        if (!kss_within(size, at, count * 4) || blocks > msf->block_count)
            return false;
        msf->lists[i] = (uint32_t)at;
        at += count * 4;
    }
    return true;
}

bool kss_msf_open(struct kss_frames_file *file, struct kss_msf *msf) {
    uint32_t size, map;
    *msf = (struct kss_msf){.file = file};
    if (!starts(file->bytes, file->length)) {
        kss_frames_warn(file, 0, "this is no PDB of MSF version 7.00");
        return false;
    }
    if (!read_superblock(msf, &size, &map))
        return false;
    uint64_t list = (uint64_t)map * msf->block_size;
    if (blocks_of(msf, size) > msf->block_count ||
        !kss_within(file->length, list, (uint64_t)blocks_of(msf, size) * 4)) {
        kss_frames_warn(file, 44, "the PDB's directory is not in the file: it may be cut short");
        return false;
    }
    msf->directory = gather(msf, file->bytes + list, size, "the PDB's directory");
    if (msf->directory == NULL)
        return false;
    if (read_directory(msf, size))
        return true;
    kss_frames_warn(file, list,
                    "the PDB's directory is broken: its streams do not fit in the file");
    return false;
}

uint32_t kss_msf_size(const struct kss_msf *msf, uint32_t stream) {
    if (stream >= msf->stream_count)
        return 0;
    uint32_t size = kss_le32(msf->directory + 4 + (size_t)stream * 4);
    return size == (uint32_t)ABSENT_SIZE ? 0 : size;
}

const uint8_t *kss_msf_stream(struct kss_msf *msf, uint32_t stream, uint32_t *size) {
    *size = kss_msf_size(msf, stream);
    if (*size == 0 || msf->taken[stream]) {
        kss_frames_warn(msf->file, 0,
                        *size == 0 ? "the PDB has no stream %" PRIu32
                                   : "the PDB names its stream %" PRIu32 " for two purposes",
                        stream);
        return NULL;
    }
    msf->taken[stream] = true;
    char what[48];
    snprintf(what, sizeof what, "stream %" PRIu32 " of the PDB", stream);
    return gather(msf, msf->directory + msf->lists[stream], *size, what);
}
