// SPDX-License-Identifier: MIT
// A JSON document written from top to bottom: commas, line ends and indentation look after themselves.
//
//     struct kss_json json = {.out = &text};
//     kss_json_open(&json, NULL, '{');
//     kss_json_string(&json, "name", "kss");
//     kss_json_open_flat(&json, "sizes", '['); // in one line, with all it holds
//     kss_json_number(&json, NULL, 12288);
//     kss_json_close(&json);
//     kss_json_close(&json);                   // {"name": "kss", "sizes": [12288]}, in lines
//
// A member of an object has a name, one of an array has none (NULL). The text may be taken away between two
// calls. Depends on base.
#ifndef KSS_REPORT_JSON_H
#define KSS_REPORT_JSON_H

#include "base/text.h"

enum { KSS_JSON_DEPTH = 32 };

struct kss_json {
    struct kss_text *out;
    unsigned depth, flat; // flat: depth from which on everything is in one line, 0: nowhere
    char closers[KSS_JSON_DEPTH];
    bool filled[KSS_JSON_DEPTH];
};

void kss_json_open(struct kss_json *json, const char *name, char bracket); // '{' or '['
void kss_json_open_flat(struct kss_json *json, const char *name, char bracket);
void kss_json_close(struct kss_json *json);

void kss_json_string(struct kss_json *json, const char *name, const char *value);
void kss_json_text(struct kss_json *json, const char *name, const char *bytes, size_t length);
void kss_json_number(struct kss_json *json, const char *name, uint64_t value);
void kss_json_bool(struct kss_json *json, const char *name, bool value);
// Members that were written before, as they are.
void kss_json_members(struct kss_json *json, const struct kss_text *members);

#endif
