// SPDX-License-Identifier: MIT
// A growing byte buffer that formats numbers by hand: the writer behind every report and event.
//
// Zero-initialise, append, then take [text.bytes, text.length); free with kss_text_free. Contents
// are always NUL-terminated once something was appended. Depends on nothing but arena.h.
#ifndef KSS_BASE_TEXT_H
#define KSS_BASE_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct kss_text {
    char *bytes;
    size_t length, capacity;
};

void kss_text_free(struct kss_text *text);
void kss_text_clear(struct kss_text *text); // keeps the memory
void kss_text_grow(struct kss_text *text, size_t extra);
void kss_text_cut(struct kss_text *text,
                  size_t length); // back to what it was when it had that length

// Makes room for [extra] more bytes and the NUL; returns where they go.
static inline char *kss_text_room(struct kss_text *text, size_t extra) {
    if (text->capacity - text->length <= extra)
        kss_text_grow(text, extra);
    return text->bytes + text->length;
}

// Counts [length] bytes that were written into the room; they may be fewer than were asked for.
static inline void kss_text_wrote(struct kss_text *text, size_t length) {
    text->length += length;
    text->bytes[text->length] = '\0';
}

// These two are inline so that a literal costs a few stores: the event writer lives on that.
static inline void kss_text_bytes(struct kss_text *text, const char *bytes, size_t length) {
    char *to = kss_text_room(text, length);
    if (length > 0)
        memcpy(to, bytes, length);
    kss_text_wrote(text, length);
}
static inline void kss_text_str(struct kss_text *text, const char *string) {
    kss_text_bytes(text, string, strlen(string));
}

void kss_text_char(struct kss_text *text, char c);
void kss_text_repeat(struct kss_text *text, char c, size_t count);
void kss_text_unsigned(struct kss_text *text, uint64_t value);
void kss_text_signed(struct kss_text *text, int64_t value);
void kss_text_hex(struct kss_text *text, uint64_t value);                    // 0x1F4, shortest form
void kss_text_hex_digits(struct kss_text *text, uint64_t value, int digits); // 000001F4, no prefix

// Decimal with thousands separators: 12,288.
void kss_text_grouped(struct kss_text *text, uint64_t value);

// A time or duration in 100 ns units: "0 s", "15.625 ms", "30 s", "1.5 us".
void kss_text_duration(struct kss_text *text, int64_t hundred_ns);

// A point in virtual time as seconds with as many digits as it has, at least three: "30.000 s".
void kss_text_time(struct kss_text *text, uint64_t hundred_ns);

// A JSON string with its quotes; invalid UTF-8 bytes become U+FFFD, control characters \n, \r, \t
// or \u00XX.
void kss_text_json(struct kss_text *text, const char *bytes, size_t length);

// printf for everything that is not hot.
void kss_text_format(struct kss_text *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void kss_text_format_list(struct kss_text *text, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));

// [text] itself when reports can show it and JSON can hold it, else a copy in [arena] that has U+FFFD for each byte
// that is not UTF-8 and \x1B for a control character that does not end a line: none reaches a terminal.
// NUL-terminated if [text] was; *length is adjusted.
struct kss_arena;
const char *kss_utf8_text(struct kss_arena *arena, const char *text, size_t *length);
// The same for a name, which is one line.
const char *kss_utf8_string(struct kss_arena *arena, const char *string);

// How many bytes the UTF-8 character at [bytes] takes (1 to 4) and its code point; 0: not UTF-8.
unsigned kss_utf8(const char *bytes, size_t length, uint32_t *point);

// How many characters a text has; a byte that is not UTF-8 is one.
uint32_t kss_text_letters(const char *bytes, size_t length);

// Appends a string of at most [room] characters; what is longer loses its middle.
void kss_text_shorten(struct kss_text *text, const char *string, uint32_t room);

// The closest of [count] names to [word], for "did you mean"; NULL when none is close enough
// (edit distance above a third of the word's length). A name that differs only in case is always
// close enough and wins. Ties: the first.
const char *kss_closest(const char *word, size_t length, const char *const *names, size_t count);

// Edit distance (insert, delete, replace, swap of neighbours), ignoring ASCII case at half weight;
// stops early and returns a value above [limit] when it is larger. Unit: half edits. Texts longer
// than 255 bytes are only compared for equality: nobody mistypes those.
unsigned kss_edit_distance(const char *a, size_t a_length, const char *b, size_t b_length,
                           unsigned limit);

#endif
