// SPDX-License-Identifier: MIT
#include "base/text.h"
#include "base/arena.h"
#include "base/os.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void kss_text_free(struct kss_text *text) {
    free(text->bytes);
    *text = (struct kss_text){0};
}

void kss_text_clear(struct kss_text *text) {
    kss_text_cut(text, 0);
}

void kss_text_cut(struct kss_text *text, size_t length) {
    text->length = length;
    if (text->bytes != NULL)
        text->bytes[length] = '\0';
}

void kss_text_grow(struct kss_text *text, size_t extra) {
    size_t capacity = text->capacity ? text->capacity : 256;
    if (extra > SIZE_MAX / 2 - text->length - 1)
        kss_os_fatal("out of memory");
    while (capacity < text->length + extra + 1)
        capacity *= 2;
    char *bigger = realloc(text->bytes, capacity);
    if (bigger == NULL)
        kss_os_fatal("out of memory");
    text->bytes = bigger;
    text->capacity = capacity;
}

void kss_text_char(struct kss_text *text, char c) {
    *kss_text_room(text, 1) = c;
    kss_text_wrote(text, 1);
}

void kss_text_repeat(struct kss_text *text, char c, size_t count) {
    memset(kss_text_room(text, count), c, count);
    kss_text_wrote(text, count);
}

enum { DECIMAL_DIGITS = 20, HEX_DIGITS = 16 };

// Writes the decimal digits of [value] so that they end before [end]; returns their start.
static char *decimal(char *end, uint64_t value) {
    static const char pairs[201] = "00010203040506070809101112131415161718192021222324"
                                   "25262728293031323334353637383940414243444546474849"
                                   "50515253545556575859606162636465666768697071727374"
                                   "75767778798081828384858687888990919293949596979899";
    while (value >= 100) {
        const char *pair = pairs + value % 100 * 2;
        value /= 100;
        *--end = pair[1];
        *--end = pair[0];
    }
    if (value < 10) {
        *--end = (char)('0' + value);
        return end;
    }
    *--end = pairs[value * 2 + 1];
    *--end = pairs[value * 2];
    return end;
}

static unsigned decimal_digits(uint64_t value) {
    unsigned count = 1;
    for (;; count += 4, value /= 10000) {
        if (value < 10)
            return count;
        if (value < 100)
            return count + 1;
        if (value < 1000)
            return count + 2;
        if (value < 10000)
            return count + 3;
    }
}

void kss_text_unsigned(struct kss_text *text, uint64_t value) {
    unsigned digits = decimal_digits(value);
    decimal(kss_text_room(text, digits) + digits, value);
    kss_text_wrote(text, digits);
}

static uint64_t magnitude(int64_t value) {
    return value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
}

void kss_text_signed(struct kss_text *text, int64_t value) {
    if (value < 0)
        kss_text_char(text, '-');
    kss_text_unsigned(text, magnitude(value));
}

void kss_text_hex(struct kss_text *text, uint64_t value) {
    int digits = 1;
    while (digits < HEX_DIGITS && value >> (4 * digits) != 0)
        digits++;
    kss_text_bytes(text, "0x", 2);
    kss_text_hex_digits(text, value, digits);
}

void kss_text_hex_digits(struct kss_text *text, uint64_t value, int digits) {
    char *to = kss_text_room(text, (size_t)digits);
    for (int i = digits - 1; i >= 0; i--, value >>= 4)
        to[i] = "0123456789ABCDEF"[value & 15];
    kss_text_wrote(text, (size_t)digits);
}

void kss_text_grouped(struct kss_text *text, uint64_t value) {
    char digits[DECIMAL_DIGITS];
    const char *end = digits + sizeof digits;
    const char *next = decimal(digits + sizeof digits, value);
    kss_text_char(text, *next++);
    for (; next < end; next++) {
        if ((end - next) % 3 == 0)
            kss_text_char(text, ',');
        kss_text_char(text, *next);
    }
}

// [value] / 10^[places], with at least [least] decimals and no zeros after them.
static void decimals(struct kss_text *text, uint64_t value, int places, int least) {
    uint64_t unit = 1;
    for (int i = 0; i < places; i++)
        unit *= 10;
    kss_text_unsigned(text, value / unit);
    uint64_t rest = value % unit;
    while (places > least && rest % 10 == 0) {
        rest /= 10;
        places--;
    }
    if (places == 0)
        return;
    char *to = kss_text_room(text, (size_t)places + 1);
    *to = '.';
    for (int i = places; i > 0; i--, rest /= 10)
        to[i] = (char)('0' + rest % 10);
    kss_text_wrote(text, (size_t)places + 1);
}

void kss_text_duration(struct kss_text *text, int64_t hundred_ns) {
    uint64_t value = magnitude(hundred_ns);
    if (hundred_ns < 0)
        kss_text_char(text, '-');
    if (value == 0 || value >= 10000000) {
        decimals(text, value, 7, 0);
        kss_text_bytes(text, " s", 2);
    } else if (value >= 10000) {
        decimals(text, value, 4, 0);
        kss_text_bytes(text, " ms", 3);
    } else if (value >= 10) {
        decimals(text, value, 1, 0);
        kss_text_bytes(text, " us", 3);
    } else {
        kss_text_unsigned(text, value * 100);
        kss_text_bytes(text, " ns", 3);
    }
}

void kss_text_time(struct kss_text *text, uint64_t hundred_ns) {
    decimals(text, hundred_ns, 7, 3);
    kss_text_bytes(text, " s", 2);
}

// The bytes of the UTF-8 character at [bytes], 0 when it is none (RFC 3629: no overlong forms, no
// surrogates, nothing above U+10FFFF).
unsigned kss_utf8(const char *bytes, size_t length, uint32_t *point) {
    const unsigned char *at = (const unsigned char *)bytes;
    if (length == 0)
        return 0;
    if (at[0] < 0x80) {
        *point = at[0];
        return 1;
    }
    unsigned count = at[0] >= 0xF0 ? 4 : at[0] >= 0xE0 ? 3 : 2;
    if (at[0] < 0xC2 || at[0] > 0xF4 || count > length)
        return 0;
    uint32_t value = at[0] & (0x7Fu >> count);
    for (unsigned i = 1; i < count; i++) {
        if ((at[i] & 0xC0) != 0x80)
            return 0;
        value = value << 6 | (at[i] & 0x3F);
    }
    if ((count == 3 && (value < 0x800 || (value >= 0xD800 && value <= 0xDFFF))) ||
        (count == 4 && (value < 0x10000 || value > 0x10FFFF)))
        return 0;
    *point = value;
    return count;
}

static bool plain(unsigned char c) {
    return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

// Whether a terminal shows the character and does nothing else. Texts have lines, names are one.
static bool is_shown(uint32_t point, const char *next, const char *end, bool lines) {
    if (point >= 0x20)
        return point < 0x7F || point >= 0xA0;
    return lines &&
           (point == '\n' || point == '\t' || (point == '\r' && next < end && *next == '\n'));
}

static const char *shown(struct kss_arena *arena, const char *bytes, size_t *length, bool lines) {
    struct kss_text text = {0};
    uint32_t point;
    size_t kept = 0; // bytes in front of this are in [text]
    for (size_t i = 0; i < *length;) {
        unsigned count = kss_utf8(bytes + i, *length - i, &point), taken = count > 0 ? count : 1;
        if (count == 0 || !is_shown(point, bytes + i + count, bytes + *length, lines)) {
            kss_text_bytes(&text, bytes + kept, i - kept);
            if (count == 0)
                kss_text_str(&text, "\xEF\xBF\xBD");
            else
                kss_text_format(&text, "\\x%02X", (unsigned)point);
            kept = i + taken;
        }
        i += taken;
    }
    if (kept == 0)
        return bytes;
    kss_text_bytes(&text, bytes + kept, *length - kept);
    const char *copy = kss_alloc_text(arena, text.bytes, text.length);
    *length = text.length;
    kss_text_free(&text);
    return copy;
}

const char *kss_utf8_text(struct kss_arena *arena, const char *bytes, size_t *length) {
    return shown(arena, bytes, length, true);
}

const char *kss_utf8_string(struct kss_arena *arena, const char *string) {
    size_t length = strlen(string);
    return shown(arena, string, &length, false);
}

// Whether each of eight bytes is plain. The classic tricks: (x - 0x01..) & ~x & 0x80.. has a bit
// set if some byte of x is zero; with 0x20 subtracted, if some byte is below 0x20.
static bool plain8(uint64_t bytes) {
    const uint64_t ones = UINT64_C(0x0101010101010101), tops = ones << 7;
    uint64_t quotes = bytes ^ (ones * '"'), backslashes = bytes ^ (ones * '\\');
    uint64_t odd = bytes | (bytes - ones * 0x20) | ((quotes - ones) & ~quotes) |
                   ((backslashes - ones) & ~backslashes);
    return (odd & tops) == 0;
}

// Copies the plain bytes that [bytes] begins with; returns how many.
static size_t json_plain(struct kss_text *text, const char *bytes, size_t length) {
    enum { AT_ONCE = 4096 };
    size_t end = length < AT_ONCE ? length : AT_ONCE, done = 0;
    char *to = kss_text_room(text, end);
    for (uint64_t eight; end - done >= sizeof eight; done += sizeof eight) {
        memcpy(&eight, bytes + done, sizeof eight);
        if (!plain8(eight))
            break;
        memcpy(to + done, &eight, sizeof eight);
    }
    for (; done < end && plain((unsigned char)bytes[done]); done++)
        to[done] = bytes[done];
    kss_text_wrote(text, done);
    return done;
}

// One character that a JSON string cannot hold as it is; returns the bytes it took.
static size_t json_special(struct kss_text *text, const char *bytes, size_t length) {
    unsigned char c = (unsigned char)*bytes;
    uint32_t point;
    unsigned count = c >= 0x80 ? kss_utf8(bytes, length, &point) : 0;
    if (count > 0) {
        kss_text_bytes(text, bytes, count);
        return count;
    }
    switch (c) {
    case '"': kss_text_bytes(text, "\\\"", 2); break;
    case '\\': kss_text_bytes(text, "\\\\", 2); break;
    case '\n': kss_text_bytes(text, "\\n", 2); break;
    case '\r': kss_text_bytes(text, "\\r", 2); break;
    case '\t': kss_text_bytes(text, "\\t", 2); break;
    default:
        if (c >= 0x80) {
            kss_text_bytes(text, "\xEF\xBF\xBD", 3);
        } else {
            kss_text_bytes(text, "\\u", 2);
            kss_text_hex_digits(text, c, 4);
        }
    }
    return 1;
}

void kss_text_json(struct kss_text *text, const char *bytes, size_t length) {
    kss_text_char(text, '"');
    for (size_t i = 0; i < length;) {
        i += json_plain(text, bytes + i, length - i);
        if (i < length && !plain((unsigned char)bytes[i]))
            i += json_special(text, bytes + i, length - i);
    }
    kss_text_char(text, '"');
}

void kss_text_format_list(struct kss_text *text, const char *format, va_list arguments) {
    va_list again;
    va_copy(again, arguments);
    size_t room = text->capacity - text->length;
    int length = vsnprintf(room ? text->bytes + text->length : NULL, room, format, arguments);
    if (length < 0)
        kss_os_fatal("a text could not be formatted");
    if ((size_t)length >= room)
        vsnprintf(kss_text_room(text, (size_t)length), (size_t)length + 1, format, again);
    va_end(again);
    text->length += (size_t)length;
}

void kss_text_format(struct kss_text *text, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    kss_text_format_list(text, format, arguments);
    va_end(arguments);
}

// ---- Characters ---------------------------------------------------------------------------------
static size_t letter_bytes(const char *bytes, size_t length) {
    uint32_t point;
    unsigned size = kss_utf8(bytes, length, &point);
    return size == 0 ? 1 : size;
}

uint32_t kss_text_letters(const char *bytes, size_t length) {
    uint32_t count = 0;
    for (size_t at = 0; at < length; at += letter_bytes(bytes + at, length - at))
        count++;
    return count;
}

void kss_text_shorten(struct kss_text *text, const char *string, uint32_t room) {
    enum { GAP = 2 };
    size_t length = strlen(string);
    uint32_t letters = kss_text_letters(string, length);
    if (letters <= room) {
        kss_text_bytes(text, string, length);
        return;
    }
    uint32_t head = room > GAP ? (room - GAP) / 2 : 0, tail = room > GAP ? room - GAP - head : 0;
    size_t end = 0, start = 0;
    for (uint32_t i = 0; i < letters - tail; i++) {
        end = i == head ? start : end;
        start += letter_bytes(string + start, length - start);
    }
    kss_text_bytes(text, string, end);
    kss_text_repeat(text, '.', room < GAP ? room : GAP);
    kss_text_bytes(text, string + start, length - start);
}
