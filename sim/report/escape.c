// SPDX-License-Identifier: MIT
#include "report/escape.h"

// What every format here can hold as it is: XML 1.0's characters without the controls that YAML calls not
// printable, and without the line and paragraph separators, which some readers take for line ends.
static bool shown_as_is(uint32_t point) {
    if (point < 0x20 || (point >= 0x7F && point < 0xA0))
        return point == '\t' || point == '\n';
    return point != 0x2028 && point != 0x2029 && point != 0xFEFF && point != 0xFFFE &&
           point != 0xFFFF;
}

void kss_text_visible(struct kss_text *out, const char *bytes, size_t length) {
    for (size_t i = 0; i < length;) {
        uint32_t point;
        unsigned count = kss_utf8(bytes + i, length - i, &point);
        if (count == 0 || point < 0x100) {
            unsigned char byte = (unsigned char)(count == 0 ? (unsigned char)bytes[i] : point);
            if (count != 0 && shown_as_is(point))
                kss_text_bytes(out, bytes + i, count);
            else if (byte != '\r' || i + 1 == length || bytes[i + 1] != '\n')
                kss_text_format(out, "\\x%02X", byte);
        } else if (shown_as_is(point)) {
            kss_text_bytes(out, bytes + i, count);
        } else {
            kss_text_format(out, "\\u{%04X}", (unsigned)point);
        }
        i += count ? count : 1;
    }
}

unsigned kss_text_decode(const char *bytes, size_t length, uint32_t *point) {
    unsigned count = kss_utf8(bytes, length, point);
    if (count != 0)
        return count;
    unsigned char lead = (unsigned char)bytes[0];
    unsigned wanted = lead < 0xC2 || lead > 0xF4 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    unsigned low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    unsigned high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    *point = 0xFFFD;
    for (count = 1; count < wanted && count < length; count++, low = 0x80, high = 0xBF)
        if ((unsigned char)bytes[count] < low || (unsigned char)bytes[count] > high)
            break;
    return count;
}

// ---- XML ----------------------------------------------------------------------------------------

static void xml(struct kss_text *out, const char *bytes, size_t length, bool attribute) {
    struct kss_text text = {0};
    kss_text_visible(&text, bytes, length);
    for (size_t i = 0; i < text.length; i++) {
        char c = text.bytes[i];
        if (c == '&')
            kss_text_str(out, "&amp;");
        else if (c == '<')
            kss_text_str(out, "&lt;");
        else if (c == '>')
            kss_text_str(out, "&gt;");
        else if (attribute && (c == '"' || c == '\t' || c == '\n'))
            kss_text_format(out, "&#%d;", c);
        else
            kss_text_char(out, c);
    }
    kss_text_free(&text);
}

void kss_text_xml(struct kss_text *out, const char *bytes, size_t length) {
    xml(out, bytes, length, false);
}

void kss_text_xml_attribute(struct kss_text *out, const char *bytes, size_t length) {
    xml(out, bytes, length, true);
}

// ---- YAML and TAP -------------------------------------------------------------------------------

void kss_text_yaml(struct kss_text *out, const char *bytes, size_t length) {
    struct kss_text text = {0};
    kss_text_visible(&text, bytes, length);
    kss_text_json(out, text.length > 0 ? text.bytes : "", text.length);
    kss_text_free(&text);
}

static void indented_lines(struct kss_text *out, const struct kss_text *text, unsigned indent) {
    for (size_t i = 0; i < text->length;) {
        const char *line = text->bytes + i;
        const char *end = memchr(line, '\n', text->length - i);
        size_t length = end != NULL ? (size_t)(end - line) : text->length - i;
        kss_text_repeat(out, ' ',
                        indent); // of empty lines too: prove takes a shorter one for the end
        kss_text_bytes(out, line, length);
        kss_text_char(out, '\n');
        i += length + 1;
    }
}

// A block's indentation is told by its first line, which therefore must not begin with a blank.
void kss_text_yaml_block(struct kss_text *out, const char *bytes, size_t length, unsigned indent) {
    struct kss_text text = {0};
    kss_text_visible(&text, bytes, length);
    if (text.length == 0 || strchr(" \t\n", text.bytes[0]) != NULL) {
        kss_text_json(out, text.length > 0 ? text.bytes : "", text.length);
        kss_text_char(out, '\n');
    } else {
        kss_text_str(out, "|\n");
        indented_lines(out, &text, indent);
    }
    kss_text_free(&text);
}

void kss_text_tap(struct kss_text *out, const char *bytes, size_t length) {
    struct kss_text text = {0};
    kss_text_visible(&text, bytes, length);
    for (size_t i = 0; i < text.length; i++) {
        char c = text.bytes[i];
        if (c == '#' || c == '\\')
            kss_text_char(out, '\\');
        kss_text_char(out, c == '\n' || c == '\t' ? ' ' : c);
    }
    kss_text_free(&text);
}

// ---- URIs ---------------------------------------------------------------------------------------

static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// A colon would make what stands before it a scheme, so it is not kept.
static bool kept_in_path(char c) {
    return is_letter(c) || (c >= '0' && c <= '9') || (c != '\0' && strchr("-._~/", c) != NULL);
}

void kss_text_uri(struct kss_text *out, const char *path) {
    while (path[0] == '.' && path[1] == '/')
        path += 2;
    if (is_letter(path[0]) && path[1] == ':' && path[2] == '/') {
        kss_text_format(out, "file:///%c:", path[0]);
        path += 2;
    } else if (path[0] == '/') {
        kss_text_str(out, "file://");
    }
    for (; *path != '\0'; path++) {
        if (kept_in_path(*path))
            kss_text_char(out, *path);
        else
            kss_text_format(out, "%%%02X", (unsigned char)*path);
    }
}
