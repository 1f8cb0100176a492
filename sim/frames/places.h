// SPDX-License-Identifier: MIT
// What several tables of one file say of one place of its code, brought together: symbols, stack sizes,
// call frame information. Used where a file has more than one of them: ELF, and COFF for x86.
//
//   symbols         .text+0x40: CopyTail, a function    --+
//   .stack_sizes    .text+0x40: 88                      --+-->  CopyTail: 96 bytes, exact, CFI
//   .eh_frame       .text+0x40: CFA at most rsp + 96    --+
//
// Each is a sighting. They are sorted once, and those of one place are judged together; no step depends
// on how many there are of one place.
#ifndef KSS_FRAMES_PLACES_H
#define KSS_FRAMES_PLACES_H

#include "frames/cfi.h"

enum kss_sighting_kind { KSS_SEEN_SYMBOL, KSS_SEEN_SIZE, KSS_SEEN_CFI };

struct kss_sighting {
    uint32_t section;   // as the container numbers them
    uint64_t offset;    // in it
    uint32_t order;     // of the sightings
    uint8_t kind;       // enum kss_sighting_kind
    bool local;         // symbol
    bool part;          // CFI: cold code of another function
    uint8_t frame;      // CFI: enum kss_frame_kind
    const char *name;   // symbol
    const char *unit;   // symbol: as in kss_frame
    const char *reason; // CFI
    uint64_t size;      // of the code, 0: unknown
    uint64_t bytes;     // size, CFI
};

struct kss_places {
    struct kss_sighting *seen; // malloc'd; kss_places_free
    uint32_t count;
    unsigned capacity;
    bool has_sizes, has_cfi; // such tables were there at all
};

// Appends one; the result is valid until the next.
struct kss_sighting *kss_places_see(struct kss_places *places, uint32_t section, uint64_t offset,
                                    enum kss_sighting_kind kind);
void kss_places_see_cfi(struct kss_places *places, const struct kss_cfi_function *function);

// By place; symbols first, each kind in the order it was seen.
void kss_places_sort(struct kss_places *places);

// Where the sightings of the place of [from] end.
uint32_t kss_places_end(const struct kss_places *places, uint32_t from);

// The figure of the place with the sightings [from, end): kind, bytes, reason, origin, size of the code.
// [return_address]: what the caller's call pushes; stack sizes do not count it.
void kss_places_judge(const struct kss_places *places, uint32_t from, uint32_t end,
                      unsigned return_address, struct kss_frame_row *row);

void kss_places_free(struct kss_places *places);

#endif
