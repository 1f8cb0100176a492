// SPDX-License-Identifier: MIT
// JSON as a reader of saved events sees it: one line is parsed, its values are looked at, the line is freed.
// Jansson does the parsing; nobody else includes its header. Without it kss_json_parse refuses every line.
//
// Values belong to the document they were parsed from. Depends on the C library only.
#ifndef KSS_REPORT_JSON_H
#define KSS_REPORT_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum kss_json_type {
    KSS_JSON_NULL,
    KSS_JSON_BOOL,
    KSS_JSON_INTEGER, // fits 64 bits with a sign
    KSS_JSON_REAL,
    KSS_JSON_STRING,
    KSS_JSON_ARRAY,
    KSS_JSON_OBJECT
};

struct kss_json; // a value

// Why this kss cannot read JSON at all; NULL: it can.
const char *kss_json_missing(void);

// The document of [length] bytes. NULL: *why says what is wrong, *at is the offset where that was noticed.
struct kss_json *kss_json_parse(const char *bytes, size_t length, const char **why, size_t *at);
void kss_json_free(struct kss_json *document);

enum kss_json_type kss_json_type(const struct kss_json *value);
bool kss_json_true(const struct kss_json *value);
int64_t kss_json_integer(const struct kss_json *value);
const char *kss_json_string(const struct kss_json *value, size_t *length); // NUL-terminated

// Of an array or object: how many values; the one at an index, or of a name (NULL: none).
size_t kss_json_count(const struct kss_json *value);
struct kss_json *kss_json_item(const struct kss_json *array, size_t index);
struct kss_json *kss_json_member(const struct kss_json *object, const char *name);
// The first member for which [known] says false; NULL: all are known.
const char *kss_json_stranger(const struct kss_json *object,
                              bool (*known)(const void *context, const char *name),
                              const void *context);

// One step from a value to one inside it: a member's name or, without one, an index.
struct kss_json_step {
    const struct kss_json_step *up; // the step before; NULL: this is the first
    const char *name;
    size_t index;
};

// Where in the text of a document the value at the end of a path begins, a member at its name; the innermost
// value of the path that is there, when it is not.
size_t kss_json_place(const char *bytes, size_t length, const struct kss_json_step *path);

#endif
