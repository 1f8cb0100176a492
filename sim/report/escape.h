// SPDX-License-Identifier: MIT
// Texts in formats that cannot hold every byte. What a format has no place for is shown, never dropped: a byte
// that is not UTF-8 and a control character as \xNN, other characters that are not allowed as \u{FFFE}.
// Depends on base.
#ifndef KSS_REPORT_ESCAPE_H
#define KSS_REPORT_ESCAPE_H

#include "base/text.h"

#include <stdint.h>

// UTF-8 without control characters but tab and line feed (a carriage return before a line feed goes with it).
void kss_text_visible(struct kss_text *out, const char *bytes, size_t length);

// XML 1.0 character data. The attribute form also keeps quotes, tabs and line ends as what they are.
void kss_text_xml(struct kss_text *out, const char *bytes, size_t length);
void kss_text_xml_attribute(struct kss_text *out, const char *bytes, size_t length);

// A YAML scalar in double quotes.
void kss_text_yaml(struct kss_text *out, const char *bytes, size_t length);
// A YAML literal block: everything after "key: ", each line behind [indent] blanks, with the last line end.
void kss_text_yaml_block(struct kss_text *out, const char *bytes, size_t length, unsigned indent);

// The description of a TAP test point: one line in which `#` begins no directive.
void kss_text_tap(struct kss_text *out, const char *bytes, size_t length);

// The character at [bytes] as readers decode UTF-8 (WHATWG Encoding): U+FFFD for as many bytes as could have begun a
// character, one at least. Returns how many bytes it takes.
unsigned kss_text_decode(const char *bytes, size_t length, uint32_t *point);

// A path as a URI reference: percent-encoded; an absolute path gets the scheme "file", "./" at its
// begin is left out.
void kss_text_uri(struct kss_text *out, const char *path);

#endif
