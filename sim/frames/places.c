// SPDX-License-Identifier: MIT
// Sightings of places, drawn in places.h.
//
// Which figure stands? CFI where it follows the stack pointer to the end: it counts what is pushed for
// calls. .stack_sizes has the fixed part alone; on x86 and x64 clang leaves out of it what is pushed for
// calls, so that there it is a lower bound. ARM pushes nothing for calls.
#include "frames/places.h"

#include <stdlib.h>

struct kss_sighting *kss_places_see(struct kss_places *places, uint32_t section, uint64_t offset,
                                    enum kss_sighting_kind kind) {
    KSS_ROOM(places->seen, places->count, places->capacity);
    struct kss_sighting *seen = &places->seen[places->count];
    *seen = (struct kss_sighting){.section = section,
                                  .offset = offset,
                                  .order = places->count++,
                                  .kind = (uint8_t)kind,
                                  .name = "",
                                  .unit = ""};
    return seen;
}

void kss_places_see_cfi(struct kss_places *places, const struct kss_cfi_function *function) {
    struct kss_sighting *seen =
        kss_places_see(places, function->begin.section, function->begin.offset, KSS_SEEN_CFI);
    seen->size = function->size;
    seen->bytes = function->bytes;
    seen->frame = (uint8_t)function->kind;
    seen->reason = function->reason;
    seen->part = function->part;
}

static int by_place(const void *a, const void *b) {
    const struct kss_sighting *x = a, *y = b;
    if (x->section != y->section)
        return x->section < y->section ? -1 : 1;
    if (x->offset != y->offset)
        return x->offset < y->offset ? -1 : 1;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    return x->order < y->order ? -1 : 1;
}

void kss_places_sort(struct kss_places *places) {
    if (places->count > 0)
        qsort(places->seen, places->count, sizeof *places->seen, by_place);
}

uint32_t kss_places_end(const struct kss_places *places, uint32_t from) {
    const struct kss_sighting *seen = places->seen;
    uint32_t end = from + 1;
    while (end < places->count && seen[end].section == seen[from].section &&
           seen[end].offset == seen[from].offset)
        end++;
    return end;
}

void kss_places_free(struct kss_places *places) {
    free(places->seen);
    *places = (struct kss_places){0};
}

static void take(struct kss_frame_row *row, enum kss_frame_origin origin, enum kss_frame_kind kind,
                 uint64_t bytes, const char *reason) {
    row->origin = (uint8_t)origin;
    row->kind = (uint8_t)kind;
    row->bytes = bytes;
    row->reason = reason;
}

// Entries of one place agree; where they do not, the larger is a lower bound.
static void judge_cfi(struct kss_frame_row *row, const struct kss_sighting *at,
                      const struct kss_sighting *end) {
    bool any = false;
    for (; at < end; at++) {
        if (at->kind != KSS_SEEN_CFI)
            continue;
        if (!any || (row->kind == KSS_FRAME_UNKNOWN && at->frame != KSS_FRAME_UNKNOWN)) {
            take(row, KSS_FROM_CFI, at->frame, at->bytes, at->reason);
        } else if (at->frame != KSS_FRAME_UNKNOWN &&
                   (at->frame != row->kind || at->bytes != row->bytes)) {
            row->bytes = at->bytes > row->bytes ? at->bytes : row->bytes;
            row->kind = KSS_FRAME_AT_LEAST;
            row->reason = "entries of call frame information contradict each other";
        }
        row->size = row->size == 0 && at->size <= UINT32_MAX ? (uint32_t)at->size : row->size;
        any = true;
    }
}

// Joins what .stack_sizes says, where CFI is not better.
static void judge_sizes(unsigned return_address, struct kss_frame_row *row,
                        const struct kss_sighting *at, const struct kss_sighting *end) {
    uint64_t most = 0, least = UINT64_MAX;
    for (; at < end; at++) {
        if (at->kind != KSS_SEEN_SIZE)
            continue;
        most = at->bytes > most ? at->bytes : most;
        least = at->bytes < least ? at->bytes : least;
    }
    if (least == UINT64_MAX || row->kind == KSS_FRAME_EXACT)
        return;
    if (most > INT32_MAX) {
        if (row->kind == KSS_FRAME_UNKNOWN)
            take(row, KSS_FROM_STACK_SIZES, KSS_FRAME_UNKNOWN, 0,
                 ".stack_sizes gives it more than any stack has");
        return;
    }
    uint64_t bytes = most + return_address;
    if (row->kind == KSS_FRAME_AT_LEAST && row->bytes >= bytes)
        return;
    if (least != most)
        take(row, KSS_FROM_STACK_SIZES, KSS_FRAME_AT_LEAST, bytes,
             "entries of .stack_sizes contradict each other");
    else if (return_address != 0)
        take(row, KSS_FROM_STACK_SIZES, KSS_FRAME_AT_LEAST, bytes,
             ".stack_sizes leaves out arguments that are pushed for calls");
    else
        take(row, KSS_FROM_STACK_SIZES, KSS_FRAME_EXACT, bytes, NULL);
}

static const char *why_unknown(const struct kss_places *places) {
    if (places->has_sizes)
        return ".stack_sizes leaves it out: its stack is dynamic, or it was built without";
    if (places->has_cfi)
        return "it has no call frame information";
    return "the file has neither .stack_sizes nor call frame information that is read";
}

void kss_places_judge(const struct kss_places *places, uint32_t from, uint32_t end,
                      unsigned return_address, struct kss_frame_row *row) {
    take(row, KSS_FROM_NOTHING, KSS_FRAME_UNKNOWN, 0, why_unknown(places));
    judge_cfi(row, places->seen + from, places->seen + end);
    judge_sizes(return_address, row, places->seen + from, places->seen + end);
}
