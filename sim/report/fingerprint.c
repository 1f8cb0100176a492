// SPDX-License-Identifier: MIT
#include "report/fingerprint.h"

#include "report/escape.h"

#include <stdlib.h>
#include <string.h>

// ---- How often ----------------------------------------------------------------------------------

static struct kss_hash_count *slot_of(const struct kss_hash_counts *counts, uint64_t hash) {
    uint32_t at = (uint32_t)(hash ^ hash >> 32) & (counts->size - 1);
    while (counts->slots[at].count != 0 && counts->slots[at].hash != hash)
        at = (at + 1) & (counts->size - 1);
    return &counts->slots[at];
}

static void make_room(struct kss_hash_counts *counts) {
    struct kss_hash_counts old = *counts;
    unsigned room = 0;
    counts->size = old.size ? old.size * 2 : 64;
    counts->slots = kss_grow(NULL, &room, counts->size, sizeof *counts->slots);
    for (uint32_t i = 0; i < old.size; i++)
        if (old.slots[i].count != 0)
            *slot_of(counts, old.slots[i].hash) = old.slots[i];
    free(old.slots);
}

uint32_t kss_hash_counted(struct kss_hash_counts *counts, uint64_t hash) {
    if (counts->used * 2 >= counts->size)
        make_room(counts);
    struct kss_hash_count *slot = slot_of(counts, hash);
    counts->used += slot->count == 0;
    slot->hash = hash;
    return ++slot->count;
}

void kss_hash_counts_free(struct kss_hash_counts *counts) {
    free(counts->slots);
    *counts = (struct kss_hash_counts){.size = 0};
}

// ---- Lines --------------------------------------------------------------------------------------

enum { BLOCK = 100, FACTOR = 37, END_OF_FILE = 0xFFFF };

// The hash of the last BLOCK characters, and which of them began a line.
struct rolling {
    struct kss_line_hashes *hashes;
    struct kss_hash_counts counts;
    uint64_t hash, first_factor; // FACTOR to the power of BLOCK
    uint16_t window[BLOCK];
    bool begins[BLOCK];
    unsigned at;
    bool line_start, after_cr;
};

static void take(struct rolling *rolling, uint16_t unit, bool begins) {
    unsigned at = rolling->at;
    if (rolling->begins[at]) {
        struct kss_line_hashes *hashes = rolling->hashes;
        KSS_ROOM(hashes->lines, hashes->count, hashes->room);
        hashes->lines[hashes->count++] = (struct kss_hash_count){
            rolling->hash, kss_hash_counted(&rolling->counts, rolling->hash)};
    }
    rolling->hash = rolling->hash * FACTOR + unit - rolling->first_factor * rolling->window[at];
    rolling->window[at] = unit;
    rolling->begins[at] = begins;
    rolling->at = (at + 1) % BLOCK;
}

static void read_unit(struct rolling *rolling, uint16_t unit) {
    bool skipped = unit == ' ' || unit == '\t' || (rolling->after_cr && unit == '\n');
    rolling->after_cr = unit == '\r';
    if (skipped)
        return;
    if (unit == '\r')
        unit = '\n';
    take(rolling, unit, rolling->line_start);
    rolling->line_start = unit == '\n';
}

static void read_character(struct rolling *rolling, uint32_t point) {
    if (point < 0x10000) {
        read_unit(rolling, (uint16_t)point);
        return;
    }
    read_unit(rolling, (uint16_t)(0xD7C0 + (point >> 10)));
    read_unit(rolling, (uint16_t)(0xDC00 + (point & 0x3FF)));
}

void kss_line_hashes_make(struct kss_line_hashes *hashes, const char *bytes, size_t length) {
    struct rolling rolling = {.hashes = hashes, .first_factor = 1, .line_start = true};
    for (unsigned i = 0; i < BLOCK; i++)
        rolling.first_factor *= FACTOR;
    for (size_t i = 0; i < length;) {
        uint32_t point;
        i += kss_text_decode(bytes + i, length - i, &point);
        read_character(&rolling, point);
    }
    read_unit(&rolling, END_OF_FILE);
    for (unsigned i = 0; i < BLOCK; i++)
        take(&rolling, 0, false);
    kss_hash_counts_free(&rolling.counts);
}

void kss_line_hashes_free(struct kss_line_hashes *hashes) {
    free(hashes->lines);
    *hashes = (struct kss_line_hashes){.count = 0};
}

void kss_say_line_hash(const struct kss_line_hashes *hashes, uint32_t line, struct kss_text *out) {
    if (line == 0 || line > hashes->count)
        return;
    const struct kss_hash_count *found = &hashes->lines[line - 1];
    kss_text_format(out, "%llx:%u", (unsigned long long)found->hash, (unsigned)found->count);
}

// ---- Findings -----------------------------------------------------------------------------------

// FNV-1a; a part ends with a byte that no text has.
uint64_t kss_fingerprint_part(uint64_t hash, const char *bytes, size_t length) {
    const uint64_t prime = UINT64_C(0x100000001B3);
    for (size_t i = 0; i < length; i++)
        if (strchr(" \t\r\n", bytes[i]) == NULL || bytes[i] == '\0')
            hash = (hash ^ (uint8_t)bytes[i]) * prime;
    return (hash ^ 0xFF) * prime;
}
