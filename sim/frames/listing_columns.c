// SPDX-License-Identifier: MIT
// The columns of a row, left of the call site:
//
//   [number] [memory] [Child-SP] RetAddr [: a b c d :]   x64: 16 digits, a backtick in the middle or not
//   [number] [memory] ChildEBP RetAddr [a b c]           x86: 8 digits
//   [number] [memory] (Inline Function) --------...
//
// How many addresses there are and where the colons stand tells the layout; a header only decides
// where that is not enough. The counts are strict (x86 has no or three arguments), so that lines joined by
// mistake do not fit.
#include "frames/listing_private.h"

const char *kss_hex_read(const char *at, const char *end, bool prefix, struct kss_hex *hex) {
    enum { MOST = 16, HALF = 8 };
    *hex = (struct kss_hex){0};
    const char *p = at;
    if (prefix && end - p > 2 && p[0] == '0' && (p[1] == 'x' || p[1] == 'X'))
        p += 2;
    const char *digits = p;
    int digit;
    for (; p < end && (digit = kss_hex_digit(*p)) >= 0; p++) {
        if (p - digits == MOST)
            return NULL;
        hex->value = hex->value << 4 | (unsigned)digit;
    }
    hex->digits = (uint8_t)(p - digits);
    if (hex->digits == HALF && end - p > HALF && (*p == '`' || *p == '\'')) {
        const char *q = p + 1;
        uint64_t value = hex->value;
        for (; q < end && q - p <= HALF && (digit = kss_hex_digit(*q)) >= 0; q++)
            value = value << 4 | (unsigned)digit;
        if (q - p == HALF + 1 && (q == end || kss_hex_digit(*q) < 0)) {
            hex->value = value;
            hex->digits = MOST;
            p = q;
        }
    }
    hex->width = hex->digits == HALF || hex->digits == MOST ? hex->digits : 0;
    return hex->digits > 0 ? p : NULL;
}

bool kss_view_hex(struct kss_view *view, struct kss_hex *hex) {
    const char *behind = kss_hex_read(view->at, view->end, true, hex);
    if (behind == NULL)
        return false;
    view->at = behind;
    kss_view_blanks(view);
    return true;
}

// What nearly every column is: eight digits, or eight, a mark and eight. NULL: something else.
static const char *address_at(const char *at, const char *end, struct kss_hex *hex) {
    uint64_t high, low;
    if (end - at < 8 || !kss_hex_eight(kss_eight(at), &high))
        return NULL;
    *hex = (struct kss_hex){.value = high, .digits = 8, .width = 8};
    at += 8;
    if (at < end && (*at == '`' || *at == '\'')) {
        if (end - at < 9 || !kss_hex_eight(kss_eight(at + 1), &low))
            return NULL;
        at += 9;
    } else if (end - at >= 8 && kss_hex_eight(kss_eight(at), &low)) {
        at += 8;
    } else {
        return at == end || kss_hex_digit(*at) < 0 ? at : NULL;
    }
    *hex = (struct kss_hex){.value = high << 32 | low, .digits = 16, .width = 16};
    return at == end || kss_hex_digit(*at) < 0 ? at : NULL;
}

// ---- Taking -----------------------------------------------------------------------------------------

static bool bounded(const char *at, const char *end) {
    return at == end || kss_is_blank(*at) || *at == ':' || *at == '|';
}

static void add_value(struct kss_listing_columns *c, uint64_t value, bool dashes) {
    if (c->count == KSS_COLUMNS) {
        c->bad = true;
        return;
    }
    if (dashes)
        c->dashes |= (uint16_t)(1U << c->count);
    c->values[c->count++] = value;
}

// A distance of just eight digits before 16-digit addresses is a distance.
static void narrow_was_short(struct kss_listing_columns *c) {
    if (c->count == 1 && c->short_count < 2 && c->dashes == 0 && c->colons == 0) {
        c->shorts[c->short_count++] = (struct kss_hex){.value = c->values[0], .digits = 8};
        c->count = 0;
    } else {
        c->bad = true;
    }
}

static void add_address(struct kss_listing_columns *c, const struct kss_hex *hex, const char *at,
                        size_t length) {
    if (c->width == 8 && hex->width == 16)
        narrow_was_short(c);
    else if (c->width == 16 && hex->width == 8)
        c->bad = true;
    c->width = hex->width;
    add_value(c, hex->value, false);
    c->last_length = (uint8_t)(length < KSS_BARE ? length : KSS_BARE);
    c->last = at;
}

// "--------", "--------`--------": what stands where an inlined function has no address.
static const char *dashes_at(const char *at, const char *end) {
    enum { FEWEST = 4 };
    const char *p = at;
    while (p < end && (*p == '-' || *p == '`'))
        p++;
    return p - at >= FEWEST && bounded(p, end) ? p : NULL;
}

// One column at [view]; false: the call site begins there.
static bool take_one(struct kss_listing_columns *c, struct kss_view *view) {
    const char *at = view->at, *behind;
    struct kss_hex hex;
    behind = address_at(at, view->end, &hex);
    if (behind != NULL && bounded(behind, view->end)) {
        add_address(c, &hex, at, (size_t)(behind - at));
        view->at = behind;
    } else if (*at == ':') {
        if (c->colons == 2 || (at + 1 < view->end && at[1] == ':'))
            return false;
        c->colon_at[c->colons++] = c->count;
        view->at++;
    } else if (*at == '|') {
        view->at++;
    } else if (*at == '-') {
        behind = dashes_at(at, view->end);
        if (behind == NULL)
            return false;
        add_value(c, 0, true);
        view->at = behind;
    } else if (*at == '(' && c->count == 0 && kss_view_skip(view, "(Inline")) {
        behind = memchr(view->at, ')', (size_t)(view->end - view->at));
        view->at = behind != NULL ? behind + 1 : view->end;
        c->inlined = true;
    } else {
        behind = kss_hex_digit(*at) < 0 ? NULL : kss_hex_read(at, view->end, false, &hex);
        if (behind == NULL || !bounded(behind, view->end))
            return false;
        if (hex.width != 0)
            add_address(c, &hex, at, (size_t)(behind - at));
        else if (c->count == 0 && c->colons == 0 && c->short_count < 2)
            c->shorts[c->short_count++] = hex;
        else
            return false;
        view->at = behind;
    }
    return true;
}

// One more address of the width that the row has, and a blank behind it: most columns of a listing.
static bool take_another(struct kss_listing_columns *c, struct kss_view *view) {
    const char *at = view->at;
    size_t length = c->width == 16 ? 17 : 8;
    uint64_t high, low = 0;
    if (c->width == 0 || c->count == KSS_COLUMNS || (size_t)(view->end - at) <= length ||
        at[length] != ' ' || !kss_hex_eight(kss_eight(at), &high))
        return false;
    if (c->width == 16 && (at[8] != '`' || !kss_hex_eight(kss_eight(at + 9), &low)))
        return false;
    c->values[c->count++] = c->width == 16 ? high << 32 | low : high;
    c->last = at;
    c->last_length = (uint8_t)length;
    view->at = at + length + 1;
    return true;
}

void kss_columns_take(struct kss_listing_columns *columns, struct kss_view *view) {
    for (;;) {
        kss_view_blanks(view);
        if (view->at == view->end || columns->bad ||
            (!take_another(columns, view) && !take_one(columns, view)))
            return;
    }
}

// ---- Fitting ----------------------------------------------------------------------------------------

// Where the backtick became a blank, an address is two columns; seen by the header, or by a pointer no
// 32-bit stack can have (0xFFFFxxxx lies in what the HAL keeps for itself).
static bool is_halved(const struct kss_listing_columns *c,
                      const struct kss_listing_header *header) {
    if (c->width != 8 || c->dashes != 0 || header->x86 || c->count % 2 != 0)
        return false;
    bool high = c->count >= 4 && c->values[0] >> 16 == 0xFFFF && c->values[2] >> 16 == 0xFFFF;
    return header->x64 || (high && (c->count == 4 || c->colons > 0));
}

static void join_halves(struct kss_listing_columns *c) {
    for (unsigned i = 0; i < c->count / 2U; i++)
        c->values[i] = c->values[2 * i] << 32 | c->values[2 * i + 1];
    c->count /= 2;
    for (unsigned i = 0; i < c->colons; i++)
        c->colon_at[i] /= 2;
    c->width = 16;
}

enum { NONE = 0xFF };

static bool lay_out(struct kss_listing_columns *c, unsigned pointers, unsigned arguments) {
    c->pointer = pointers == 2 ? 0 : NONE;
    c->ret = (uint8_t)(pointers - 1);
    c->argument = (uint8_t)pointers;
    c->argument_count = (uint8_t)arguments;
    c->layout = pointers == 1    ? KSS_LAYOUT_NO_POINTER
                : arguments != 0 ? KSS_LAYOUT_ARGUMENTS
                                 : KSS_LAYOUT_K;
    return true;
}

static bool fits_colons(struct kss_listing_columns *c, unsigned site) {
    unsigned pointers = c->colon_at[0], arguments = c->colon_at[1] - c->colon_at[0];
    if (pointers < 1 || pointers > 2 || arguments < 3 || arguments > 4 ||
        c->count != c->colon_at[1] + site)
        return false;
    return lay_out(c, pointers, arguments);
}

static bool fits_plain(struct kss_listing_columns *c, const struct kss_listing_header *header,
                       unsigned count) {
    bool no_pointer = header->known && !header->pointer;
    unsigned pointers = no_pointer ? 1 : 2;
    if (header->memory && !header->arguments && count == 3 && c->short_count < 2) {
        c->memory = 0; // a distance as long as an address
        lay_out(c, 2, 0);
        c->pointer = 1;
        c->ret = 2;
        return true;
    }
    if (count == pointers)
        return lay_out(c, pointers, 0);
    if (c->width == 8 && count == pointers + 3)
        return lay_out(c, pointers, 3);
    return c->width == 16 && header->arguments && count == pointers + 4 && lay_out(c, pointers, 4);
}

bool kss_columns_fit(struct kss_listing_columns *c, const struct kss_listing_header *header,
                     bool ended) {
    unsigned site = ended ? 1 : 0;
    c->memory = c->pointer = c->ret = c->argument = NONE;
    c->argument_count = 0;
    c->layout = KSS_LAYOUT_UNKNOWN;
    if (c->bad || c->count < site)
        return false;
    if (c->inlined)
        return !ended;
    if (is_halved(c, header))
        join_halves(c);
    if (c->width == 0 || c->count == 0 || (c->dashes & 1) != 0)
        return !ended && c->dashes != 0 && header->known; // no pointer: inlined
    if (ended && (c->dashes >> (c->count - 1) & 1) != 0)
        return false;
    if (c->colons == 2)
        return fits_colons(c, site);
    return c->colons == 0 && (!ended || header->known) && fits_plain(c, header, c->count - site);
}

// ---- Headers ----------------------------------------------------------------------------------------

bool kss_header_read(struct kss_view view, struct kss_listing_header *header) {
    struct kss_listing_header h = {.known = true};
    bool site = false, ret = false;
    while (view.at < view.end) {
        if (*view.at == ':' || *view.at == '|') {
            view.at++;
            kss_view_blanks(&view);
        } else if (kss_view_skip(&view, "#")) {
            h.number = true;
        } else if (kss_view_skip(&view, "Memory")) {
            h.memory = true;
        } else if (kss_view_skip(&view, "ChildEBP")) {
            h.pointer = h.x86 = true;
        } else if (kss_view_skip(&view, "Child-SP")) {
            h.pointer = h.x64 = true;
        } else if (kss_view_skip(&view, "RetAddr")) {
            ret = true;
        } else if (kss_view_skip(&view, "Args to Child")) {
            h.arguments = true;
        } else if (kss_view_skip(&view, "Call Site") || kss_view_skip(&view, "CallSite")) {
            site = true;
        } else {
            return false;
        }
    }
    h.names_only = !ret && !h.pointer && site;
    if (!ret && !h.pointer && !site)
        return false;
    *header = h;
    return true;
}
