// SPDX-License-Identifier: MIT
// Places of saved events: line, column and length become a span of the source's text, equal spans one place.
#include "report/saved_private.h"

#include <stdlib.h>

static uint32_t hash_span(struct kss_span span) {
    uint64_t key = (uint64_t)span.begin << 32 | span.end;
    key *= UINT64_C(0x9E3779B97F4A7C15);
    return (uint32_t)(key >> 32);
}

// The slot of a span, or the free one where it belongs.
static uint32_t *slot_of(const struct kss_saved_places *places, struct kss_span span) {
    uint32_t at = hash_span(span) & (places->slot_count - 1);
    while (places->slots[at] != 0 && (places->spans[places->slots[at]].begin != span.begin ||
                                      places->spans[places->slots[at]].end != span.end))
        at = (at + 1) & (places->slot_count - 1);
    return &places->slots[at];
}

static void grow(struct kss_saved_places *places) {
    unsigned capacity = 0;
    free(places->slots);
    places->slot_count = places->slot_count ? places->slot_count * 2 : 256;
    places->slots = kss_grow(NULL, &capacity, places->slot_count, sizeof *places->slots);
    for (uint32_t i = 1; i < places->count; i++)
        *slot_of(places, places->spans[i]) = i;
}

uint32_t kss_saved_add_place(struct kss_saved_run *run, struct kss_span span) {
    struct kss_saved_places *places = &run->places;
    if (places->count == 0) { // place 0: none
        KSS_ROOM(places->spans, 0, places->capacity);
        places->count = 1;
    }
    if (places->count * 2 >= places->slot_count)
        grow(places);
    uint32_t *slot = slot_of(places, span);
    if (*slot == 0 && !places->fixed) {
        KSS_ROOM(places->spans, places->count, places->capacity);
        places->spans[places->count] = span;
        *slot = places->count++;
    }
    run->log.places = places->spans;
    run->log.place_count = places->count;
    return *slot;
}

void kss_saved_fix_places(struct kss_saved_run *run) {
    const struct kss_source *source = &run->sources.files[0];
    uint32_t length;
    for (uint32_t line = 1;; line++) {
        const char *bytes = kss_source_line(&run->sources, 0, line, &length);
        uint32_t begin = (uint32_t)(bytes - source->bytes);
        if (begin == source->length)
            break;
        kss_saved_add_place(run, (struct kss_span){.begin = begin, .end = begin + length});
    }
    run->places.fixed = true;
}

// A line, column and length name bytes of the text, or none.
static bool inside(struct kss_sources *sources, uint64_t line, uint64_t column, uint64_t length,
                   struct kss_span *span) {
    const struct kss_source *source = &sources->files[0];
    uint32_t ignored, back_line, back_column;
    const char *bytes = kss_source_line(sources, 0, (uint32_t)line, &ignored);
    uint64_t begin = (uint64_t)(bytes - source->bytes) + column - 1;
    if (column == 0 || begin + length > source->length)
        return false;
    *span = (struct kss_span){.begin = (uint32_t)begin, .end = (uint32_t)(begin + length)};
    kss_source_place(sources, 0, span->begin, &back_line, &back_column);
    return back_line == line && back_column == column;
}

bool kss_saved_span(struct kss_fields *fields, struct kss_span *span) {
    if (kss_parsed_member(fields->object, "line") == NULL)
        return false; // a column or a length alone is a field nobody takes
    uint64_t line = kss_field_number(fields, "line", UINT32_MAX);
    uint64_t column = kss_field_number(fields, "col", UINT32_MAX);
    uint64_t length = kss_field_number(fields, "len", UINT32_MAX);
    struct kss_sources *sources = &fields->saved->run.sources;
    if (fields->saved->failed)
        return false;
    if (sources->count > 0 && inside(sources, line, column, length, span))
        return true;
    kss_fields_fail(fields, "line", "this place is not in the source's text");
    return false;
}

uint32_t kss_saved_place(struct kss_fields *fields) {
    struct kss_span span;
    if (fields->saved->failed || !kss_saved_span(fields, &span))
        return 0;
    uint32_t place = kss_saved_add_place(&fields->saved->run, span);
    if (place == 0)
        kss_fields_fail(fields, "line", "this place is not a line of the source's text");
    return place;
}
