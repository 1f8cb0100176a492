// SPDX-License-Identifier: MIT
// What people do to a listing before somebody reads it, undone line by line:
//
//   UTF-16, byte-order marks, CR and LF in any mixture        the whole text, once
//   &lt; &#96; <br> <b> \` no-break spaces, typographic quotes   a line that has such bytes
//   "> > ", "| ", "[12:34:56] ", "0: kd> ", "```"              listing_prefix.c
//
// A tag that breaks lines (<br>, <p>, <tr>) makes several lines with one number. C++ templates look
// like tags: only names of HTML and of the debugger's own markup count, and not right behind a name.
#include "frames/listing_private.h"
#include "base/os.h"

#include <stdlib.h>

bool kss_view_skip(struct kss_view *view, const char *word) {
    size_t length = strlen(word);
    if ((size_t)(view->end - view->at) < length || memcmp(view->at, word, length) != 0)
        return false;
    view->at += length;
    kss_view_blanks(view);
    return true;
}

bool kss_view_skip_any_case(struct kss_view *view, const char *word) {
    size_t length = strlen(word);
    if ((size_t)(view->end - view->at) < length)
        return false;
    for (size_t i = 0; i < length; i++)
        if (kss_lower(view->at[i]) != word[i])
            return false;
    view->at += length;
    kss_view_blanks(view);
    return true;
}

const char *kss_view_find(struct kss_view view, const char *text) {
    size_t length = strlen(text);
    for (const char *at = view.at; (size_t)(view.end - at) >= length; at++) {
        at = memchr(at, text[0], (size_t)(view.end - at) - length + 1);
        if (at == NULL)
            return NULL;
        if (memcmp(at, text, length) == 0)
            return at;
    }
    return NULL;
}

// ---- Encodings --------------------------------------------------------------------------------------

static void put_utf8(struct kss_text *text, uint32_t point) {
    char bytes[4];
    size_t length = 0;
    if (point < 0x80) {
        bytes[length++] = (char)point;
    } else if (point < 0x800) {
        bytes[length++] = (char)(0xC0 | point >> 6);
    } else if (point < 0x10000) {
        bytes[length++] = (char)(0xE0 | point >> 12);
        bytes[length++] = (char)(0x80 | (point >> 6 & 0x3F));
    } else {
        bytes[length++] = (char)(0xF0 | point >> 18);
        bytes[length++] = (char)(0x80 | (point >> 12 & 0x3F));
        bytes[length++] = (char)(0x80 | (point >> 6 & 0x3F));
    }
    if (point >= 0x80)
        bytes[length++] = (char)(0x80 | (point & 0x3F));
    kss_text_bytes(text, bytes, length);
}

enum encoding { BYTES, UTF16_LE, UTF16_BE };

// Without a mark: text is mostly ASCII, so every other byte is zero.
static enum encoding encoding_of(const uint8_t *bytes, size_t length) {
    enum { LOOK = 4096 };
    if (length >= 2 && bytes[0] == 0xFF && bytes[1] == 0xFE)
        return UTF16_LE;
    if (length >= 2 && bytes[0] == 0xFE && bytes[1] == 0xFF)
        return UTF16_BE;
    size_t pairs = (length < LOOK ? length : LOOK) / 2, zero[2] = {0, 0};
    for (size_t i = 0; i < pairs; i++) {
        zero[0] += bytes[2 * i] == 0;
        zero[1] += bytes[2 * i + 1] == 0;
    }
    if (zero[1] > pairs / 2 && zero[0] <= pairs / 16)
        return UTF16_LE;
    if (zero[0] > pairs / 2 && zero[1] <= pairs / 16)
        return UTF16_BE;
    return BYTES;
}

static void from_utf16(struct kss_text *text, const uint8_t *bytes, size_t length, bool big) {
    unsigned low = big ? 1 : 0;
    kss_text_room(text, length / 2);
    for (size_t i = 0; i + 1 < length; i += 2) {
        uint32_t unit = (uint32_t)bytes[i + low] | (uint32_t)bytes[i + 1 - low] << 8;
        if ((unit & 0xFC00) == 0xD800 && i + 3 < length) {
            uint32_t next = (uint32_t)bytes[i + 2 + low] | (uint32_t)bytes[i + 3 - low] << 8;
            if ((next & 0xFC00) == 0xDC00) {
                unit = 0x10000 + ((unit & 0x3FF) << 10) + (next & 0x3FF);
                i += 2;
            }
        }
        put_utf8(text, unit >= 0xD800 && unit < 0xE000 ? 0xFFFD : unit);
    }
}

void kss_listing_lines_begin(struct kss_listing_lines *lines, const char *bytes, size_t length) {
    *lines = (struct kss_listing_lines){0};
    enum encoding encoding = encoding_of((const uint8_t *)bytes, length);
    if (encoding != BYTES) {
        struct kss_text text = {0};
        from_utf16(&text, (const uint8_t *)bytes, length, encoding == UTF16_BE);
        lines->converted = text.bytes;
        bytes = text.bytes;
        length = text.length;
    }
    if (length >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0) {
        bytes += 3;
        length -= 3;
    }
    lines->at = bytes;
    lines->end = length > 0 ? bytes + length : bytes;
}

void kss_listing_lines_end(struct kss_listing_lines *lines) {
    kss_text_free(&lines->clean);
    free(lines->converted);
}

// ---- Markup -----------------------------------------------------------------------------------------

enum tag { NO_TAG, TAG_MARK, TAG_BREAK };

static enum tag tag_of(const char *name, size_t length) {
    static const char *const breaks[] = {"br", "p",  "div", "tr", "li", "pre",
                                         "hr", "h1", "h2",  "h3", "h4", "table"};
    static const char *const marks[] = {
        "a",    "b",   "i",    "u",    "s",          "td",     "th",    "ul",
        "ol",   "em",  "tt",   "wbr",  "code",       "span",   "font",  "col",
        "dd",   "dt",  "link", "exec", "samp",       "kbd",    "body",  "html",
        "head", "del", "ins",  "dl",   "blockquote", "strong", "tbody", "altlink"};
    char small[12];
    if (length == 0 || length >= sizeof small)
        return NO_TAG;
    for (size_t i = 0; i < length; i++)
        small[i] = kss_lower(name[i]);
    small[length] = '\0';
    for (size_t i = 0; i < sizeof breaks / sizeof *breaks; i++)
        if (breaks[i][0] == small[0] && strcmp(small, breaks[i]) == 0)
            return TAG_BREAK;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (marks[i][0] == small[0] && strcmp(small, marks[i]) == 0)
            return TAG_MARK;
    return NO_TAG;
}

// A tag at '<', its end in *behind. [before]: the character to the left of it. Attributes are looked for
// over a short stretch only: where no '>' is near, it is no tag.
static enum tag tag_at(const char *at, const char *end, char before, const char **behind) {
    enum { NEAR = 512 };
    const char *name = at + 1;
    bool closes = name < end && *name == '/';
    name += closes;
    const char *p = name;
    while (p < end && kss_is_name(*p))
        p++;
    enum tag tag = tag_of(name, (size_t)(p - name));
    if (tag == NO_TAG || p == end || (*p != '>' && *p != '/' && !kss_is_blank(*p)))
        return NO_TAG;
    const char *far = end - p > NEAR ? p + NEAR : end;
    p = memchr(p, '>', (size_t)(far - p));
    if (p == NULL)
        return NO_TAG;
    bool scope = end - p > 2 && p[1] == ':' && p[2] == ':'; // Queue<b>::Get
    bool displaced = end - p > 2 && p[1] == '+' && p[2] == '0';
    if (!closes && (scope || displaced || (tag == TAG_MARK && kss_is_name(before))))
        return NO_TAG;
    *behind = p + 1;
    return tag;
}

struct entity {
    const char *name;
    uint32_t point;
};

// The character an entity stands for, 0: none; *behind it. "&amp;lt;" is an entity that was escaped
// again, so what follows "&amp;" is tried too.
static uint32_t entity_at(const char *at, const char *end, const char **behind) {
    static const struct entity entities[] = {{"lt;", '<'},    {"gt;", '>'},    {"quot;", '"'},
                                             {"apos;", '\''}, {"nbsp;", 0xA0}, {"grave;", '`'},
                                             {"excl;", '!'},  {"plus;", '+'},  {"lowbar;", '_'},
                                             {"num;", '#'},   {"colon;", ':'}};
    const char *p = at + 1;
    while (end - p >= 4 && memcmp(p, "amp;", 4) == 0)
        p += 4;
    for (size_t i = 0; i < sizeof entities / sizeof *entities; i++) {
        size_t length = strlen(entities[i].name);
        if ((size_t)(end - p) >= length && memcmp(p, entities[i].name, length) == 0) {
            *behind = p + length;
            return entities[i].point;
        }
    }
    if (p < end && *p == '#') {
        const char *digits = p + 1;
        bool hex = digits < end && kss_lower(*digits) == 'x';
        digits += hex;
        uint32_t point = 0;
        const char *q = digits;
        for (; q < end && q - digits < 7; q++) {
            int digit = kss_hex_digit(*q);
            if (digit < 0 || (!hex && digit > 9))
                break;
            point = point * (hex ? 16 : 10) + (uint32_t)digit;
        }
        bool valid = point > 0 && point < 0x110000 && (point < 0xD800 || point > 0xDFFF);
        if (q > digits && q < end && *q == ';' && valid) {
            *behind = q + 1;
            return point;
        }
    }
    if (p > at + 1) {
        *behind = p;
        return '&';
    }
    return 0;
}

// One character of the text, as a debugger would have written it.
static void put_point(struct kss_text *clean, uint32_t point) {
    bool space = point == 0xA0 || point == 0x3000 || point == 0x202F || point == 0x205F ||
                 (point >= 0x2000 && point <= 0x200A) || point < 0x20 || point == 0x7F;
    bool nothing =
        point == 0xFEFF || point == 0xAD || point == 0x2060 || (point >= 0x200B && point <= 0x200F);
    if (nothing)
        return;
    if (space)
        kss_text_char(clean, ' ');
    else if (point == 0x2018 || point == 0x201B || point == 0xB4 || point == 0x2032)
        kss_text_char(clean, '`');
    else if (point == 0x2019)
        kss_text_char(clean, '\'');
    else if (point == 0xD7) // what blogs make of the x in 0x0
        kss_text_char(clean, 'x');
    else if (point >= 0x2010 && point <= 0x2015)
        kss_text_char(clean, '-');
    else
        put_utf8(clean, point);
}

// Where the next byte is that cannot stay as it is.
static const char *next_odd(const char *at, const char *end) {
    const uint64_t ones = UINT64_C(0x0101010101010101), tops = ones << 7;
    for (; end - at >= 8; at += 8) {
        uint64_t eight;
        memcpy(&eight, at, 8);
        uint64_t less = eight ^ ones * '<', and = eight ^ ones * '&', slash = eight ^ ones * '\\';
        uint64_t odd = eight | (less - ones) | (and-ones) | (slash - ones) | (eight - ones * 32);
        if ((odd & tops) != 0)
            break;
    }
    for (; at < end; at++) {
        unsigned char c = (unsigned char)*at;
        if (c >= 0x80 || c < 32 || c == '<' || c == '&' || c == '\\')
            break;
    }
    return at;
}

static bool is_escape(const char *at, const char *end) {
    return at + 1 < end && at[1] != '\0' && strchr("`_*!<>#+-[]()|~", at[1]) != NULL;
}

// One odd byte or what it begins; returns what is behind it.
static const char *clean_at(struct kss_text *clean, const char *at, const char *begin,
                            const char *end) {
    const char *behind = at + 1;
    uint32_t point = 0;
    if (*at == '<') {
        char before = at > begin ? at[-1] : ' ';
        enum tag tag = tag_at(at, end, before, &behind);
        if (tag == NO_TAG)
            kss_text_char(clean, '<');
        else if (tag == TAG_BREAK)
            kss_text_char(clean, '\n');
    } else if (*at == '&') {
        point = entity_at(at, end, &behind);
        if (point != 0)
            put_point(clean, point);
        else
            kss_text_char(clean, '&');
    } else if (*at == '\\') { // Markdown's escape, or a path
        if (is_escape(at, end))
            kss_text_char(clean, *behind++);
        else
            kss_text_char(clean, '\\');
    } else if ((unsigned char)*at < 0x80) {
        kss_text_char(clean, ' ');
    } else {
        unsigned length = kss_utf8(at, (size_t)(end - at), &point);
        put_point(clean, length > 0 ? point : 0xFFFD);
        behind = at + (length > 0 ? length : 1);
    }
    return behind;
}

// The first byte that must not stay: paths and templates have odd bytes that may.
static const char *first_to_clean(struct kss_view raw) {
    const char *odd = next_odd(raw.at, raw.end), *behind;
    while (odd < raw.end) {
        char before = odd > raw.at ? odd[-1] : ' ';
        bool stays = *odd == '\\'  ? !is_escape(odd, raw.end)
                     : *odd == '<' ? tag_at(odd, raw.end, before, &behind) == NO_TAG
                                   : false;
        if (!stays)
            break;
        odd = next_odd(odd + 1, raw.end);
    }
    return odd;
}

// The line without what it should not hold: the bytes themselves when there is nothing of the kind.
static struct kss_view cleaned(struct kss_text *clean, struct kss_view raw) {
    const char *odd = first_to_clean(raw);
    if (odd == raw.end)
        return raw;
    kss_text_clear(clean);
    const char *from = raw.at;
    while (odd < raw.end) {
        kss_text_bytes(clean, from, (size_t)(odd - from));
        from = clean_at(clean, odd, raw.at, raw.end);
        odd = next_odd(from, raw.end);
    }
    kss_text_bytes(clean, from, (size_t)(odd - from));
    return (struct kss_view){clean->bytes, clean->bytes + clean->length};
}

// ---- Lines ------------------------------------------------------------------------------------------

// The next line of the text as it stands; CR, LF, CR LF and CR CR LF end lines.
static bool next_raw(struct kss_listing_lines *lines, struct kss_view *raw) {
    enum { MOST_CARRIAGES = 3 }; // before an LF; of more, the first ends a line of its own
    if (lines->at >= lines->end)
        return false;
    size_t length = (size_t)(lines->end - lines->at);
    if (lines->feed == NULL ||
        lines->feed < lines->at) { // looked for once, however many CR precede
        const char *feed = memchr(lines->at, '\n', length);
        lines->feed = feed != NULL ? feed : lines->end;
    }
    const char *end = lines->feed;
    const char *next = end < lines->end ? end + 1 : lines->end;
    if (lines->carriage == NULL || lines->carriage < lines->at) {
        const char *found = memchr(lines->at, '\r', length);
        lines->carriage = found != NULL ? found : lines->end;
    }
    const char *carriage = lines->carriage;
    if (carriage < end) {
        const char *p = carriage;
        while (p < end && *p == '\r' && p - carriage < MOST_CARRIAGES)
            p++;
        if (p < end || end == lines->end)
            next = carriage + 1; // a lone one ends a line
        end = carriage;
    }
    *raw = (struct kss_view){lines->at, end};
    lines->at = next;
    lines->number++;
    return true;
}

bool kss_listing_lines_next(struct kss_listing_lines *lines, struct kss_listing_line *line) {
    struct kss_view *pieces = &lines->pieces;
    if (pieces->at == pieces->end) {
        struct kss_view raw;
        if (!next_raw(lines, &raw))
            return false;
        *pieces = cleaned(&lines->clean, raw);
        lines->cleaned = pieces->at != raw.at;
    }
    *line = (struct kss_listing_line){.text = *pieces, .number = lines->number};
    size_t left = (size_t)(pieces->end - pieces->at);
    const char *cut = lines->cleaned && left > 0 ? memchr(pieces->at, '\n', left) : NULL;
    if (cut != NULL)
        line->text.end = cut;
    pieces->at = cut != NULL ? cut + 1 : pieces->end;
    kss_listing_strip(line);
    return true;
}
