// SPDX-License-Identifier: MIT
#include "report/json.h"

#include <assert.h>

static void line(struct kss_json *json) {
    kss_text_char(json->out, '\n');
    kss_text_repeat(json->out, ' ', json->depth);
}

// What stands before a value.
static void begin(struct kss_json *json, const char *name) {
    if (json->depth > 0) {
        if (json->filled[json->depth - 1])
            kss_text_char(json->out, ',');
        if (json->flat == 0)
            line(json);
        else if (json->filled[json->depth - 1])
            kss_text_char(json->out, ' ');
        json->filled[json->depth - 1] = true;
    }
    if (name == NULL)
        return;
    kss_text_json(json->out, name, strlen(name));
    kss_text_str(json->out, ": ");
}

void kss_json_open(struct kss_json *json, const char *name, char bracket) {
    assert(json->depth < KSS_JSON_DEPTH);
    begin(json, name);
    kss_text_char(json->out, bracket);
    json->closers[json->depth] = bracket == '{' ? '}' : ']';
    json->filled[json->depth++] = false;
}

void kss_json_open_flat(struct kss_json *json, const char *name, char bracket) {
    kss_json_open(json, name, bracket);
    if (json->flat == 0)
        json->flat = json->depth;
}

void kss_json_close(struct kss_json *json) {
    bool filled = json->filled[json->depth - 1];
    bool flat = json->flat != 0;
    if (json->flat == json->depth)
        json->flat = 0;
    json->depth--;
    if (filled && !flat)
        line(json);
    kss_text_char(json->out, json->closers[json->depth]);
    if (json->depth == 0)
        kss_text_char(json->out, '\n');
}

void kss_json_text(struct kss_json *json, const char *name, const char *bytes, size_t length) {
    begin(json, name);
    kss_text_json(json->out, length > 0 ? bytes : "", length);
}

void kss_json_string(struct kss_json *json, const char *name, const char *value) {
    kss_json_text(json, name, value, strlen(value));
}

void kss_json_number(struct kss_json *json, const char *name, uint64_t value) {
    begin(json, name);
    kss_text_unsigned(json->out, value);
}

void kss_json_bool(struct kss_json *json, const char *name, bool value) {
    begin(json, name);
    kss_text_str(json->out, value ? "true" : "false");
}

void kss_json_members(struct kss_json *json, const struct kss_text *members) {
    if (members->length == 0)
        return;
    kss_text_bytes(json->out, members->bytes, members->length);
    json->filled[json->depth - 1] = true;
}
