// SPDX-License-Identifier: MIT
#include "json.h"

static void name_of(struct kss_text *out, const char *name) {
    if (name == NULL)
        return;
    kss_text_json(out, name, strlen(name));
    kss_text_char(out, ':');
}

void kss_json_open(struct kss_text *out, const char *name, char bracket) {
    name_of(out, name);
    kss_text_char(out, bracket);
}

void kss_json_close(struct kss_text *out, char bracket) {
    if (out->bytes[out->length - 1] == ',')
        out->bytes[--out->length] = '\0';
    kss_text_char(out, bracket);
    kss_text_char(out, ',');
}

void kss_json_text(struct kss_text *out, const char *name, const char *value) {
    if (value == NULL)
        return;
    name_of(out, name);
    kss_text_json(out, value, strlen(value));
    kss_text_char(out, ',');
}

void kss_json_number(struct kss_text *out, const char *name, uint64_t value) {
    name_of(out, name);
    kss_text_unsigned(out, value);
    kss_text_char(out, ',');
}

void kss_json_bool(struct kss_text *out, const char *name, bool value) {
    name_of(out, name);
    kss_text_str(out, value ? "true," : "false,");
}
