// SPDX-License-Identifier: MIT
// The values of numbers, durations, sizes, characters and strings; and the lexer's messages.
#include "script/lex_private.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

// ---- Messages -----------------------------------------------------------------------------------

static const struct {
    const char *code;
    enum kss_severity severity;
    const char *message;
} messages[KSS_E_COUNT] = {
#define PADDED(number)                        ((number) < 10 ? "KSS000" #number : "KSS00" #number)
#define SYNTAX(number, id, severity, message) {PADDED(number), KSS_##severity, message},
#include "script/parse_errors.def"
#undef SYNTAX
};

static uint32_t error_limit(const struct kss_diags *diags) {
    return diags->limit ? diags->limit : 20;
}

struct kss_diag *kss_syntax_list(struct kss_lexer *lexer, enum kss_syntax what, uint32_t begin,
                                 uint32_t end, va_list arguments) {
    struct kss_text text = {0};
    kss_text_format_list(&text, messages[what].message, arguments);
    struct kss_span span = {lexer->file, begin, end};
    struct kss_diag *diag = kss_diag_add(lexer->diags, messages[what].severity, messages[what].code,
                                         span, "%s", text.bytes);
    kss_text_free(&text);
    if (lexer->diags->errors > error_limit(lexer->diags))
        lexer->stopped = true;
    return diag;
}

struct kss_diag *kss_syntax(struct kss_lexer *lexer, enum kss_syntax what, uint32_t begin,
                            uint32_t end, ...) {
    va_list arguments;
    va_start(arguments, end);
    struct kss_diag *diag = kss_syntax_list(lexer, what, begin, end, arguments);
    va_end(arguments);
    return diag;
}

struct kss_diag *kss_lex_report(struct kss_lexer *lexer, enum kss_syntax what, uint32_t begin,
                                uint32_t end, ...) {
    if (begin < lexer->reported)
        return NULL;
    lexer->reported = begin + 1;
    va_list arguments;
    va_start(arguments, end);
    struct kss_diag *diag = kss_syntax_list(lexer, what, begin, end, arguments);
    va_end(arguments);
    return diag;
}

// ---- Characters ---------------------------------------------------------------------------------

void kss_character_name(char *name, size_t size, uint32_t code) {
    if (code > ' ' && code < 0x7F)
        snprintf(name, size, "`%c`", (char)code);
    else if (code < 0x20 || code == 0x7F)
        snprintf(name, size, "the control character 0x%02X", (unsigned)code);
    else
        snprintf(name, size, "the character U+%04X", (unsigned)code);
}

void kss_lex_check_text(struct kss_lexer *lexer, uint32_t begin, uint32_t end) {
    while (begin < end) {
        uint32_t code = 0, length = kss_utf8(lexer->bytes + begin, end - begin, &code);
        if (length == 0) {
            kss_lex_report(lexer, KSS_E_utf8, begin, begin + 1);
            return;
        }
        bool blank = code == '\t' || code == '\r' || code == '\n' || code == '\f' || code == '\v';
        if (code == 0) {
            kss_lex_report(lexer, KSS_E_nul, begin, begin + 1);
            return;
        }
        if (code < ' ' && !blank) {
            char name[32];
            kss_character_name(name, sizeof name, code);
            kss_lex_report(lexer, KSS_E_character, begin, begin + 1, name);
            return;
        }
        begin += length;
    }
}

// ---- Escape sequences ---------------------------------------------------------------------------

static int hex_digit(char c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

// Digits of base 8 or 16 at [at], at most [most]; *value stops growing beyond 32 bits.
static uint32_t escape_digits(const struct kss_lexer *lexer, uint32_t at, uint32_t end, int base,
                              uint32_t most, uint64_t *value) {
    uint32_t begin = at;
    *value = 0;
    for (; at < end && at - begin < most; at++) {
        int digit = hex_digit(lexer->bytes[at]);
        if (digit < 0 || digit >= base)
            break;
        if (*value <= UINT32_MAX)
            *value = *value * (unsigned)base + (unsigned)digit;
    }
    return at;
}

static int simple_escape(char c) {
    static const char from[] = "ntr\\'\"?abfv", to[] = "\n\t\r\\'\"?\a\b\f\v";
    const char *found = c ? strchr(from, c) : NULL;
    return found ? to[found - from] : -1;
}

struct escape {
    uint32_t end;
    uint64_t value;
    bool ok;
};

// The escape sequence whose backslash is at [at], inside text that ends at [end].
static struct escape read_escape(const struct kss_lexer *lexer, uint32_t at, uint32_t end) {
    struct escape escape = {at + 2, 0, true};
    char c = at + 1 < end ? lexer->bytes[at + 1] : '\0';
    if (simple_escape(c) >= 0) {
        escape.value = (uint8_t)simple_escape(c);
    } else if (c >= '0' && c <= '7') {
        escape.end = escape_digits(lexer, at + 1, end, 8, 3, &escape.value);
    } else if (c == 'x') {
        escape.end = escape_digits(lexer, at + 2, end, 16, UINT32_MAX, &escape.value);
        escape.ok = escape.end > at + 2;
    } else if (c == 'u') {
        escape.end = escape_digits(lexer, at + 2, end, 16, 4, &escape.value);
        escape.ok = escape.end == at + 6;
    } else {
        escape.ok = false;
        escape.end = at + 2 < end ? at + 2 : end;
    }
    return escape;
}

static uint32_t splice_length(const struct kss_lexer *lexer, uint32_t at, uint32_t end) {
    if (lexer->bytes[at] != '\\' || at + 1 >= end)
        return 0;
    if (lexer->bytes[at + 1] == '\n')
        return 2;
    return lexer->bytes[at + 1] == '\r' && at + 2 < end && lexer->bytes[at + 2] == '\n' ? 3 : 0;
}

static void bad_escape(struct kss_lexer *lexer, uint32_t begin, uint32_t end) {
    uint32_t code = 0, second = begin + 1;
    if (end == begin + 2 && second < lexer->length)
        end = second + kss_utf8(lexer->bytes + second, lexer->length - second, &code);
    kss_syntax(lexer, KSS_E_escape, begin, end, (int)(end - begin), lexer->bytes + begin);
}

// ---- Character constants ------------------------------------------------------------------------

void kss_lex_character(struct kss_lexer *lexer, struct kss_token *token, uint32_t begin,
                       uint32_t end) {
    bool wide = token->flags & KSS_F_WIDE, ok = true;
    uint32_t count = 0;
    uint64_t value = 0;
    for (uint32_t at = begin; at < end; count++) {
        uint64_t one;
        if (lexer->bytes[at] == '\\') {
            struct escape escape = read_escape(lexer, at, end);
            if (!escape.ok && at >= lexer->reported) {
                lexer->reported = at + 1;
                bad_escape(lexer, at, escape.end);
            }
            one = escape.value;
            at = escape.end;
        } else {
            uint32_t code = 0, length = kss_utf8(lexer->bytes + at, end - at, &code);
            one = code;
            at += length ? length : 1;
        }
        ok = ok && one <= (wide ? 0xFFFF : 0xFF);
        value = value << 8 | (one & (wide ? 0xFFFF : 0xFF));
    }
    if (!ok || count == 0 || count > (wide ? 1 : 4)) {
        kss_lex_report(lexer, KSS_E_char_length, token->begin, token->end);
        value = 0;
    }
    if (count == 1 && !wide)
        token->number = (uint64_t)(int64_t)(int8_t)(uint8_t)value;
    else
        token->number = wide ? value : (uint64_t)(int64_t)(int32_t)(uint32_t)value;
}

// ---- Strings ------------------------------------------------------------------------------------

static void append_utf8(struct kss_text *out, uint32_t code) {
    if (code < 0x80) {
        kss_text_char(out, (char)code);
    } else if (code < 0x800) {
        kss_text_char(out, (char)(0xC0 | code >> 6));
        kss_text_char(out, (char)(0x80 | (code & 0x3F)));
    } else {
        kss_text_char(out, (char)(0xE0 | code >> 12));
        kss_text_char(out, (char)(0x80 | (code >> 6 & 0x3F)));
        kss_text_char(out, (char)(0x80 | (code & 0x3F)));
    }
}

void kss_lex_string(struct kss_lexer *lexer, const struct kss_token *token, bool wide,
                    struct kss_text *out) {
    uint32_t at = token->begin + (token->flags & KSS_F_WIDE ? 2 : 1);
    uint32_t end = token->end > at && lexer->bytes[token->end - 1] == '"' ? token->end - 1 : at;
    while (at < end) {
        const char *slash = memchr(lexer->bytes + at, '\\', end - at);
        uint32_t plain = slash ? (uint32_t)(slash - lexer->bytes) : end;
        kss_text_bytes(out, lexer->bytes + at, plain - at);
        at = plain;
        if (at == end)
            return;
        uint32_t splice = splice_length(lexer, at, end);
        if (splice) {
            at += splice;
            continue;
        }
        struct escape escape = read_escape(lexer, at, end);
        if (!escape.ok || escape.value > (wide ? 0xFFFF : 0xFF))
            bad_escape(lexer, at, escape.end);
        else if (wide)
            append_utf8(out, (uint32_t)escape.value);
        else
            kss_text_char(out, (char)escape.value);
        at = escape.end;
    }
}

// ---- Numbers ------------------------------------------------------------------------------------

enum suffix_kind { PLAIN, SIZE, TIME };

// 100 ns per unit; nanoseconds are 0 and divided.
static const struct {
    const char *text;
    enum suffix_kind kind;
    uint32_t scale;
    uint16_t flags;
} suffixes[] = {
    {"K", SIZE, 1024, 0},
    {"M", SIZE, 1024 * 1024, 0},
    {"s", TIME, 10000000, 0},
    {"ms", TIME, 10000, 0},
    {"us", TIME, 10, 0},
    {"ns", TIME, 0, 0},
    {"min", TIME, 600000000, 0},
    {"u", PLAIN, 1, KSS_F_UNSIGNED},
    {"l", PLAIN, 1, 0},
    {"ul", PLAIN, 1, KSS_F_UNSIGNED},
    {"lu", PLAIN, 1, KSS_F_UNSIGNED},
    {"ll", PLAIN, 1, KSS_F_LONG_LONG},
    {"ull", PLAIN, 1, KSS_F_UNSIGNED | KSS_F_LONG_LONG},
    {"llu", PLAIN, 1, KSS_F_UNSIGNED | KSS_F_LONG_LONG},
    {"i64", PLAIN, 1, KSS_F_LONG_LONG},
    {"ui64", PLAIN, 1, KSS_F_UNSIGNED | KSS_F_LONG_LONG},
    {"i32", PLAIN, 1, 0},
    {"ui32", PLAIN, 1, KSS_F_UNSIGNED},
    {"i16", PLAIN, 1, 0},
    {"ui16", PLAIN, 1, KSS_F_UNSIGNED},
    {"i8", PLAIN, 1, 0},
    {"ui8", PLAIN, 1, KSS_F_UNSIGNED},
};
enum { SUFFIXES = sizeof suffixes / sizeof *suffixes };

static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool is_suffix(const char *text, uint32_t length, unsigned index) {
    const char *suffix = suffixes[index].text;
    if (strlen(suffix) != length)
        return false;
    for (uint32_t i = 0; i < length; i++) {
        char c = suffixes[index].kind == PLAIN ? lower(text[i]) : text[i];
        if (c != suffix[i])
            return false;
    }
    return true;
}

static int find_suffix(const char *text, uint32_t length) {
    for (unsigned i = 0; i < SUFFIXES; i++)
        if (is_suffix(text, length, i))
            return (int)i;
    return -1;
}

static int shown(uint32_t begin, uint32_t end) {
    return end - begin < 60 ? (int)(end - begin) : 60;
}

static void number_error(struct kss_lexer *lexer, struct kss_token *token, enum kss_syntax what,
                         const char *help) {
    struct kss_diag *diag =
        kss_lex_report(lexer, what, token->begin, token->end, shown(token->begin, token->end),
                       lexer->bytes + token->begin);
    if (diag != NULL && help != NULL)
        kss_diag_note(lexer->diags, diag, "help", "%s", help);
    token->number = 0;
}

static const char *suffix_help(const char *text, uint32_t length) {
    static const struct {
        const char *wrong, *help;
    } habits[] = {
        {"m", "minutes are `min`, milliseconds `ms`"},
        {"sec", "seconds are `s`"},
        {"secs", "seconds are `s`"},
        {"msec", "milliseconds are `ms`"},
        {"usec", "microseconds are `us`"},
        {"mins", "minutes are `min`"},
        {"S", "seconds are `s`"},
        {"MS", "milliseconds are `ms`"},
        {"k", "KiB are `K`, as in 12K"},
        {"KB", "KiB are `K`, as in 12K"},
        {"MB", "MiB are `M`, as in 1M"},
        {"h", "hours are written in minutes: `min`"},
    };
    for (size_t i = 0; i < sizeof habits / sizeof *habits; i++)
        if (strlen(habits[i].wrong) == length && memcmp(habits[i].wrong, text, length) == 0)
            return habits[i].help;
    return NULL;
}

static void apply_suffix(struct kss_lexer *lexer, struct kss_token *token, int index) {
    uint64_t value = token->number, scale = suffixes[index].scale;
    token->flags |= suffixes[index].flags;
    if (suffixes[index].kind == PLAIN)
        return;
    token->kind = suffixes[index].kind == SIZE ? KSS_T_SIZE : KSS_T_DURATION;
    if (scale == 0) {
        if (value % 100) {
            number_error(lexer, token, KSS_E_too_fine, NULL);
            return;
        }
        scale = 1;
        value /= 100;
    }
    if (value > INT64_MAX / scale)
        number_error(lexer, token, KSS_E_too_big, NULL);
    else
        token->number = value * scale;
}

// Digits of [base] at [at]; *overflow when they do not fit in 64 bits.
static uint32_t digits(const struct kss_lexer *lexer, uint32_t at, unsigned base, uint64_t *value,
                       bool *overflow) {
    uint64_t sum = 0, most = UINT64_MAX / base;
    for (; at < lexer->length; at++) {
        int digit = hex_digit(lexer->bytes[at]);
        if (digit < 0 || (unsigned)digit >= base)
            break;
        *overflow |= sum > most || sum * base > UINT64_MAX - (unsigned)digit;
        sum = sum * base + (unsigned)digit;
    }
    *value = sum;
    return at;
}

static bool name_byte(const struct kss_lexer *lexer, uint32_t at) {
    return at < lexer->length && kss_byte_class[(uint8_t)lexer->bytes[at]] >= KSS_CLASS_NAME;
}

// Takes the rest of what looks like a floating-point number at [at].
static void floating(struct kss_lexer *lexer, struct kss_token *token, uint32_t at) {
    for (; at < lexer->length; at++) {
        char c = lexer->bytes[at];
        bool exponent = (c == '+' || c == '-') && lower(lexer->bytes[at - 1]) == 'e';
        bool dot = c == '.' && !(at + 1 < lexer->length && lexer->bytes[at + 1] == '.');
        if (!name_byte(lexer, at) && !dot && !exponent)
            break;
    }
    token->end = lexer->cursor.at = at;
    char last = lexer->bytes[at - 1];
    bool duration = last == 's' || last == 'n';
    number_error(lexer, token, KSS_E_float,
                 duration ? "write a whole number of a smaller unit: 1500ms" : NULL);
}

// Whether the digits that end at [at] go on as a floating-point number does.
static bool is_floating(const struct kss_lexer *lexer, uint32_t at) {
    char c = at < lexer->length ? lexer->bytes[at] : '\0';
    char next = at + 1 < lexer->length ? lexer->bytes[at + 1] : '\0';
    if (c == '.')
        return next != '.';
    return lower(c) == 'e' && ((next >= '0' && next <= '9') || next == '+' || next == '-');
}

// A number that begins with 0 and has more digits is octal, unless a unit follows.
static void check_octal(struct kss_lexer *lexer, struct kss_token *token, bool *overflow) {
    uint64_t value;
    uint32_t end = digits(lexer, token->begin, 8, &value, overflow);
    token->number = value;
    token->flags |= KSS_F_HEX;
    if (hex_digit(end < lexer->length ? lexer->bytes[end] : ' ') >= 8 && end < token->end)
        number_error(lexer, token, KSS_E_number, "a number that begins with 0 is octal");
}

void kss_lex_number(struct kss_lexer *lexer, struct kss_token *token) {
    const char *bytes = lexer->bytes;
    uint32_t at = token->begin;
    bool overflow = false;
    bool hex = bytes[at] == '0' && at + 1 < lexer->length && lower(bytes[at + 1]) == 'x';
    token->kind = KSS_T_NUMBER;
    token->number = 0;
    uint32_t first = hex ? at + 2 : at;
    uint32_t last = digits(lexer, first, hex ? 16 : 10, &token->number, &overflow);
    if (!hex && is_floating(lexer, last)) {
        floating(lexer, token, last);
        return;
    }
    uint32_t end = last;
    while (name_byte(lexer, end))
        end++;
    token->end = lexer->cursor.at = end;
    if (hex)
        token->flags |= KSS_F_HEX;
    int suffix = end == last ? 0 : find_suffix(bytes + last, end - last);
    bool plain = end == last || (suffix >= 0 && suffixes[suffix].kind == PLAIN);
    if (last == first || suffix < 0 || (hex && !plain)) {
        number_error(lexer, token, KSS_E_number, suffix_help(bytes + last, end - last));
        return;
    }
    if (bytes[at] == '0' && last > at + 1 && !hex && plain)
        check_octal(lexer, token, &overflow);
    if (overflow)
        number_error(lexer, token, KSS_E_too_big, NULL);
    else if (end > last)
        apply_suffix(lexer, token, suffix);
}
