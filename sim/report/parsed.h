// SPDX-License-Identifier: MIT
// JSON as a reader of saved events sees it: one line is parsed, its values are looked at, the line is freed.
// Jansson does the parsing; nobody else includes its header. Without it kss_parsed_read refuses every line.
//
// Values belong to the document they were parsed from. Depends on the C library only.
#ifndef KSS_REPORT_PARSED_H
#define KSS_REPORT_PARSED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum kss_parsed_type {
    KSS_PARSED_NULL,
    KSS_PARSED_BOOL,
    KSS_PARSED_INTEGER, // fits 64 bits with a sign
    KSS_PARSED_REAL,
    KSS_PARSED_STRING,
    KSS_PARSED_ARRAY,
    KSS_PARSED_OBJECT
};

struct kss_parsed; // a value

// Why this kss cannot read JSON at all; NULL: it can.
const char *kss_parsed_missing(void);

// The document of [length] bytes. NULL: *why says what is wrong, *at is the offset where that was noticed.
struct kss_parsed *kss_parsed_read(const char *bytes, size_t length, const char **why, size_t *at);
void kss_parsed_free(struct kss_parsed *document);

enum kss_parsed_type kss_parsed_type(const struct kss_parsed *value);
bool kss_parsed_true(const struct kss_parsed *value);
int64_t kss_parsed_integer(const struct kss_parsed *value);
const char *kss_parsed_string(const struct kss_parsed *value, size_t *length); // NUL-terminated

// Of an array or object: how many values; the one at an index, or of a name (NULL: none).
size_t kss_parsed_count(const struct kss_parsed *value);
struct kss_parsed *kss_parsed_item(const struct kss_parsed *array, size_t index);
struct kss_parsed *kss_parsed_member(const struct kss_parsed *object, const char *name);
// The first member for which [known] says false; NULL: all are known.
const char *kss_parsed_stranger(const struct kss_parsed *object,
                                bool (*known)(const void *context, const char *name),
                                const void *context);

// One step from a value to one inside it: a member's name or, without one, an index.
struct kss_parsed_step {
    const struct kss_parsed_step *up; // the step before; NULL: this is the first
    const char *name;
    size_t index;
};

// Where in the text of a document the value at the end of a path begins, a member at its name; the innermost
// value of the path that is there, when it is not.
size_t kss_parsed_place(const char *bytes, size_t length, const struct kss_parsed_step *path);

#endif
