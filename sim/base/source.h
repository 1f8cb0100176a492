// SPDX-License-Identifier: MIT
// Source files and places in them. A place is a file and a byte range; lines and columns are worked
// out only when somebody prints one. Depends on arena.h.
#ifndef KSS_BASE_SOURCE_H
#define KSS_BASE_SOURCE_H

#include "base/arena.h"

#include <stdint.h>

// Bytes [begin, end) of source file [file] (index into kss_sources). begin == end: between bytes.
struct kss_span {
    uint32_t file, begin, end;
};

struct kss_source {
    const char *name; // as the user gave it, '/' separated, relative where it was relative
    const char *bytes;
    uint32_t length;
    uint32_t *lines; // offset of each line's first byte; made on first use
    uint32_t line_count;
};

struct kss_sources {
    struct kss_arena *arena;
    struct kss_source *files; // malloc'd
    uint32_t count;
    unsigned capacity;
};

// Adds a file whose bytes live at least as long as the sources. Returns its index.
uint32_t kss_source_add(struct kss_sources *sources, const char *name, const char *bytes,
                        size_t length);

// The file has other bytes now, which live as long as the sources or until changed again.
void kss_source_change(struct kss_sources *sources, uint32_t file, const char *bytes,
                       size_t length);

void kss_sources_free(struct kss_sources *sources);

// Line and column (both from 1; the column counts bytes) of [offset].
void kss_source_place(struct kss_sources *sources, uint32_t file, uint32_t offset, uint32_t *line,
                      uint32_t *column);

// The bytes of line [line] (from 1) without its line end.
const char *kss_source_line(struct kss_sources *sources, uint32_t file, uint32_t line,
                            uint32_t *length);

#endif
