// SPDX-License-Identifier: MIT
// Fields of JSON objects: each is followed by a comma, which the end of the object takes back.
#ifndef KSS_PLAYGROUND_JSON_H
#define KSS_PLAYGROUND_JSON_H

#include "base/text.h"

// Opens an object or an array ('{' or '['), under [name] where it is a field (NULL: it is none).
void kss_json_open(struct kss_text *out, const char *name, char bracket);
void kss_json_close(struct kss_text *out, char bracket); // '}' or ']'

void kss_json_text(struct kss_text *out, const char *name, const char *value); // NULL: left out
void kss_json_number(struct kss_text *out, const char *name, uint64_t value);
void kss_json_bool(struct kss_text *out, const char *name, bool value);

#endif
