// SPDX-License-Identifier: MIT
// Fingerprints: how a service that is told the same finding again knows it, though lines have moved.
//
// Two kinds. The *line hash* is the one that GitHub's upload action computes for primaryLocationLineHash, so that
// what is uploaded with it and without it agree: a polynomial over the first 100 characters from the line's start
// on, blanks and tabs left out, and which of the equal lines of the file it is. The *finding's own* tells apart
// what one line has several of: the rule, the routine, the line's text and those of its causes, without blanks,
// and which of the equal ones of the file it is.
//
// Neither depends on a line's number, a file's name or a time. Depends on base.
#ifndef KSS_REPORT_FINGERPRINT_H
#define KSS_REPORT_FINGERPRINT_H

#include "base/arena.h"
#include "base/text.h"

#include <stdint.h>

// How often each hash was met.
struct kss_hash_count {
    uint64_t hash;
    uint32_t count;
};
struct kss_hash_counts {
    struct kss_hash_count *slots; // malloc'd, open addressing
    uint32_t size, used;
};
uint32_t kss_hash_counted(struct kss_hash_counts *counts, uint64_t hash); // 1: the first time
void kss_hash_counts_free(struct kss_hash_counts *counts);

// The line hashes of a file, in the order of its lines. Lines end as they do for GitHub: with LF, CR LF or CR.
struct kss_line_hashes {
    struct kss_hash_count *lines; // malloc'd: hash, and which of the equal ones
    uint32_t count;
    unsigned room;
};
void kss_line_hashes_make(struct kss_line_hashes *hashes, const char *bytes, size_t length);
void kss_line_hashes_free(struct kss_line_hashes *hashes);

// Appends "3f2a94c01b7d88e1:1"; nothing for a line that is not there.
void kss_say_line_hash(const struct kss_line_hashes *hashes, uint32_t line, struct kss_text *out);

// A finding's own is made of parts: KSS_FINGERPRINT_START, then each part in turn.
#define KSS_FINGERPRINT_START UINT64_C(0xCBF29CE484222325)
uint64_t kss_fingerprint_part(uint64_t hash, const char *bytes, size_t length);

#endif
