// SPDX-License-Identifier: MIT
// What stands at the end of a row, and every symbol once.
//
//   mydrv!Read(struct _IRP * Irp = 0x8a1c)+0x1a (FPO: [2,0,1]) [d:\drv\read.c @ 88]  <-- here
//   ^name-----^ parameters---------------^offset ^rest: notes, source, what people write behind
//
// A name ends at the first blank, but not inside <...> or `...' and not behind "operator" or "! ??"; kp's
// parameters are not part of it (their values differ from turn to turn of one recursion).
#include "frames/listing_private.h"

#include <stdlib.h>

// What a character is to the walks below. Bit 0: of a word (letters, digits, all beyond ASCII); bit 1: of a
// module's name; bit 2: more than itself inside a name.
enum { O = 0, M = 2, W = 3, S = 4 };
// clang-format off
static const unsigned char kinds[256] = {
    O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O,
    O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O,
    S, O, O, M, W, O, O, S, S, O, O, O, O, M, M, O, // 20:   ! " # $ % & ' ( ) * + , - . /
    W, W, W, W, W, W, W, W, W, W, O, O, S, O, S, O, // 30: 0 ... 9 : ; < = > ?
    M, W, W, W, W, W, W, W, W, W, W, W, W, W, W, W, // 40: @ A ...
    W, W, W, W, W, W, W, W, W, W, W, O, O, O, O, W, // 50: ... Z [ \ ] ^ _
    S, W, W, W, W, W, W, W, W, W, W, W, W, W, W, W, // 60: ` a ...
    W, W, W, W, W, W, W, W, W, W, W, O, O, O, M, O, // 70: ... z { | } ~
    W, W, W, W, W, W, W, W, W, W, W, W, W, W, W, W,
    W, W, W, W, W, W, W, W, W, W, W, W, W, W, W, W,
    W, W, W, W, W, W, W, W, W, W, W, W, W, W, W, W,
    W, W, W, W, W, W, W, W, W, W, W, W, W, W, W, W,
    W, W, W, W, W, W, W, W, W, W, W, W, W, W, W, W,
    W, W, W, W, W, W, W, W, W, W, W, W, W, W, W, W,
    W, W, W, W, W, W, W, W, W, W, W, W, W, W, W, W,
    W, W, W, W, W, W, W, W, W, W, W, W, W, W, W, W,
};
// clang-format on

static bool is_word(char c) {
    return (kinds[(unsigned char)c] & 1) != 0;
}

static bool is_module(char c) {
    return (kinds[(unsigned char)c] & 2) != 0;
}

static bool begins(const char *at, const char *end, const char *text) {
    size_t length = strlen(text);
    return (size_t)(end - at) >= length && memcmp(at, text, length) == 0;
}

// ---- Names ------------------------------------------------------------------------------------------

struct walk {
    const char *at, *end;
    const char *parameters; // where kp's begin; NULL
    unsigned angles, quotes;
    bool open;
};

// Behind "operator": its sign or the first word of its type belongs to the name.
static const char *skip_operator(const char *at, const char *end) {
    if (begins(at, end, "()") || begins(at, end, "[]"))
        return at + 2;
    if (at < end && *at == ' ') {
        for (at++; at < end && (is_word(*at) || *at == ':' || *at == '*');)
            at++;
        return begins(at, end, "[]") ? at + 2 : at;
    }
    while (at < end && *at != '\0' && strchr("<>=!+-*/%&|^~,", *at) != NULL &&
           !begins(at, end, "+0x"))
        at++;
    return at;
}

// From '(' to behind the ')' that closes it; the end when none does.
static const char *skip_parentheses(const char *at, const char *end, bool *closed) {
    unsigned depth = 0;
    for (; at < end; at++) {
        if (*at == '(')
            depth++;
        else if (*at == ')' && --depth == 0)
            break;
    }
    *closed = at < end;
    return at < end ? at + 1 : end;
}

// A character that is more than itself; returns what is behind it, NULL: the name ends here.
static const char *walk_special(struct walk *w, const char *begin) {
    const char *p = w->at;
    bool closed = true;
    if (*p == '`') {
        w->quotes++;
    } else if (*p == '\'') {
        w->quotes -= w->quotes > 0;
    } else if (w->quotes > 0) {
        return p + 1;
    } else if (*p == '<') {
        w->angles++;
    } else if (*p == '>') {
        w->angles -= w->angles > 0 && p[-1] != '-';
    } else if (*p == '(') {
        bool scope = p > begin && (p[-1] == '!' || p[-1] == ':');
        if (w->angles == 0 && !scope && w->parameters == NULL)
            w->parameters = p;
        p = skip_parentheses(p, w->end, &closed) - 1;
        w->open |= !closed;
    } else { // a blank
        bool quoted = p > begin && p[-1] == '!' && begins(p, w->end, " ??");
        if (quoted) {
            p += 3;
            w->open |= p == w->end;
            return p < w->end && *p == ' ' ? p + 1 : p;
        }
        if (w->angles == 0)
            return NULL;
    }
    return p + 1;
}

// Whether "operator" stands left of [at], as a word of its own.
static bool is_operator(const char *begin, const char *at) {
    enum { LENGTH = 8 };
    return at - begin > LENGTH && memcmp(at - LENGTH, "operator", LENGTH) == 0 &&
           !is_word(at[-LENGTH - 1]);
}

// The next character from [at] on that is more than itself: eight at once, for names are long.
static const char *next_special(const char *at, const char *end) {
    const uint64_t ones = UINT64_C(0x0101010101010101), tops = ones << 7;
    for (; end - at >= 8; at += 8) {
        uint64_t eight;
        memcpy(&eight, at, 8);
        // Each is zero where the byte is: a blank or a backtick; an angle; a quote; a parenthesis. A byte
        // above one of those may look like one too: then each is looked at.
        uint64_t blank = (eight & ~(ones * 0x40)) ^ ones * ' ',
                 angle = (eight | ones * 2) ^ ones * '>';
        uint64_t quote = eight ^ ones * '\'', bracket = eight ^ ones * '(';
        uint64_t found = ((blank - ones) & ~blank) | ((angle - ones) & ~angle) |
                         ((quote - ones) & ~quote) | ((bracket - ones) & ~bracket);
        if ((found & tops) != 0)
            break;
    }
    while (at < end && kinds[(unsigned char)*at] != S)
        at++;
    return at;
}

static void walk_name(struct walk *w, const char *begin) {
    while ((w->at = next_special(w->at, w->end)) < w->end) {
        if (w->parameters != NULL && *w->at != '(' && *w->at != '<' && *w->at != '`')
            return;
        const char *next = w->at;
        if (w->quotes == 0 && is_operator(begin, w->at))
            next = skip_operator(w->at, w->end);
        if (next == w->at) // "operator(" of a kind nobody knows is like any other
            next = walk_special(w, begin);
        if (next == NULL)
            return;
        w->at = next;
    }
}

// Takes "+0x1a" off the end of [name].
static bool take_offset(struct kss_view *name, uint64_t *offset) {
    enum { MOST = 16 };
    const char *p = name->end;
    while (p > name->at && name->end - p <= MOST && kss_hex_digit(p[-1]) >= 0)
        p--;
    if (p == name->end || name->end - p > MOST || p - name->at < 3 || p[-1] != 'x' ||
        p[-2] != '0' || p[-3] != '+')
        return false;
    struct kss_hex hex;
    kss_hex_read(p, name->end, false, &hex);
    *offset = hex.value;
    name->end = p - 3;
    return true;
}

// ---- Sites ------------------------------------------------------------------------------------------

void kss_site_notes(struct kss_view rest, uint8_t *marks, uint64_t *trap) {
    if (memchr(rest.at, 'T', (size_t)(rest.end - rest.at)) != NULL) {
        struct kss_hex hex;
        const char *at = kss_view_find(rest, "TrapFrame");
        if (at != NULL) {
            struct kss_view address = {at + 9, rest.end};
            kss_view_blanks(&address);
            *marks |= KSS_MARK_TRAP_FRAME;
            if (kss_view_skip(&address, "@") && kss_view_hex(&address, &hex))
                *trap = hex.value;
        }
        if (kss_view_find(rest, "TaskGate") != NULL)
            *marks |= KSS_MARK_TASK_GATE;
    }
    if (begins(rest.at, rest.end, "(Inline"))
        *marks |= KSS_MARK_INLINE;
}

static bool has_bracket(struct kss_view rest, bool *open) {
    int depth = 0;
    bool any = false;
    for (const char *p = rest.at; p < rest.end; p++) {
        bool opens = *p == '(' || *p == '[', closes = *p == ')' || *p == ']';
        depth += opens - (closes && depth > 0);
        any |= opens;
    }
    *open = depth > 0;
    return any;
}

bool kss_site_is_rest(struct kss_view view) {
    static const char *const beginnings[] = {"(FPO", "(CONV", "(TrapFrame", "(Inline", "(TaskGate",
                                             "+0x",  "@ ",    "TrapFrame",  "CONV:",   "TaskGate"};
    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++)
        if (begins(view.at, view.end, beginnings[i]))
            return true;
    return view.at < view.end && *view.at == '[' && view.end[-1] == ']';
}

// An address where the symbol stands: "0xfffff800`12345678", "0x0", "deadbeef".
static bool is_bare(struct kss_view name) {
    struct kss_hex hex;
    bool prefix = begins(name.at, name.end, "0x");
    return kss_hex_read(name.at, name.end, true, &hex) == name.end && (prefix || hex.width != 0);
}

// "<Unloaded_mydrv.sys>": the module that was there.
static bool is_unloaded(struct kss_view name) {
    return begins(name.at, name.end, "<Unloaded_") && name.end[-1] == '>';
}

static bool is_plausible(const struct kss_listing_site *site, bool displaced, bool loose) {
    struct kss_view name = site->name;
    const char *p = name.at;
    while (p < name.end && is_module(*p))
        p++;
    if (p > name.at && p < name.end && *p == '!')
        return p + 1 < name.end && *name.at != '-' && *name.at != '.';
    if (is_unloaded(name))
        return displaced || loose;
    if (p < name.end && loose)
        while (p < name.end && !kss_is_blank(*p))
            p++;
    return p == name.end && is_word(*name.at) && (displaced || loose);
}

static bool is_displaced(struct kss_listing_site *site, const struct walk *w) {
    struct kss_view tail = site->name;
    bool displaced = take_offset(&tail, &site->offset);
    if (w->parameters != NULL) { // "F(...)+0x1a", or only "F(...)"
        site->name.end = w->parameters;
        return displaced;
    }
    site->name = tail;
    return displaced;
}

bool kss_site_read(struct kss_view view, enum kss_site_trust trust, struct kss_listing_site *site) {
    *site = (struct kss_listing_site){0};
    kss_view_blanks(&view);
    struct walk w = {.at = view.at, .end = view.end};
    walk_name(&w, view.at);
    if (w.at == w.end && (w.angles > 0 || w.quotes > 0) && !w.open) {
        if (view.end[-1] == ',') {
            w.open = true;
        } else { // "operator<" of a kind nobody knows: up to the first blank
            const char *blank = memchr(view.at, ' ', (size_t)(view.end - view.at));
            w.at = blank != NULL ? blank : view.end;
        }
    }
    site->name = (struct kss_view){view.at, w.at};
    site->rest = (struct kss_view){w.at, w.end};
    kss_view_blanks(&site->rest);
    if (site->name.at == site->name.end)
        return false;
    site->open = w.open;
    bool displaced = is_displaced(site, &w);
    if (site->name.at == site->name.end)
        return false;
    if (!displaced && is_bare(site->name))
        site->marks |= KSS_MARK_NO_SYMBOL;
    else if (!is_plausible(site, displaced, trust == KSS_SITE_LOOSE))
        return false;
    size_t length = (size_t)(site->name.end - site->name.at);
    const char *bang = memchr(site->name.at, '!', length);
    site->module = bang != NULL ? (size_t)(bang - site->name.at) : displaced ? length : 0;
    bool source = site->rest.at < site->rest.end && *site->rest.at == '[' && view.end[-1] == ']';
    if (site->rest.at == site->rest.end || source)
        return true;
    if (begins(site->rest.at, site->rest.end, "(DPC @") ||
        begins(site->rest.at, site->rest.end, "(KINTERRUPT "))
        return false; // a timer, an interrupt object
    if (has_bracket(site->rest, &site->rest_open) || kss_site_is_rest(site->rest))
        kss_site_notes(site->rest, &site->marks, &site->trap);
    return true;
}

// ---- Symbols ----------------------------------------------------------------------------------------

struct kss_symbol_slot {
    const char *text, *module;
    uint32_t hash, length;
};

// How far from its place a symbol is looked for; behind that it is copied again. Bad luck with hashes
// costs memory, not time.
enum { FARTHEST = 32 };

static uint32_t hash_of(const char *bytes, size_t length) {
    const uint64_t factor = UINT64_C(0x9E3779B97F4A7C15);
    uint64_t hash = length * factor, word;
    for (; length >= 8; bytes += 8, length -= 8) {
        memcpy(&word, bytes, 8);
        hash = (hash ^ word) * factor;
        hash ^= hash >> 29;
    }
    word = 0;
    memcpy(&word, bytes, length);
    hash = (hash ^ word) * factor;
    return (uint32_t)((hash ^ hash >> 29) * factor >> 32);
}

static void grow(struct kss_listing_symbols *symbols) {
    enum { FIRST = 256 };
    uint32_t capacity = symbols->capacity > 0 ? symbols->capacity * 2 : FIRST;
    unsigned none = 0;
    struct kss_symbol_slot *slots = kss_grow(NULL, &none, capacity, sizeof *slots);
    for (uint32_t i = 0; i < symbols->capacity; i++) {
        if (symbols->slots[i].text == NULL)
            continue;
        uint32_t at = symbols->slots[i].hash, last = at + FARTHEST;
        while (at != last && slots[at & (capacity - 1)].text != NULL)
            at++;
        if (at != last)
            slots[at & (capacity - 1)] = symbols->slots[i];
        else
            symbols->count--;
    }
    free(symbols->slots);
    symbols->slots = slots;
    symbols->capacity = capacity;
}

static struct kss_listing_symbol copy_symbol(struct kss_listing_symbols *symbols,
                                             struct kss_view name, size_t module);

// The module's own name: "mydrv.sys" of "<Unloaded_mydrv.sys>".
static const char *keep_module(struct kss_listing_symbols *symbols, struct kss_view name,
                               size_t module) {
    enum { UNLOADED = 10 };
    struct kss_view own = {name.at, name.at + module};
    if (module == 0)
        return "";
    if (is_unloaded(own))
        own = (struct kss_view){own.at + UNLOADED, own.end - 1};
    return kss_symbol_keep(symbols, own, 0).text;
}

static struct kss_listing_symbol copy_symbol(struct kss_listing_symbols *symbols,
                                             struct kss_view name, size_t module) {
    size_t length = (size_t)(name.end - name.at);
    struct kss_listing_symbol symbol;
    symbol.module = keep_module(symbols, name, module);
    symbol.text = module == length ? symbol.module : NULL;
    if (symbol.text == NULL || strlen(symbol.text) != length)
        symbol.text = kss_alloc_text(symbols->arena, name.at, length);
    return symbol;
}

// A symbol is the same with and without a module: "mydrv" of "mydrv+0x12" has one, the module's own
// name has none. The two are told apart by the length that is hashed and compared.
struct kss_listing_symbol kss_symbol_keep(struct kss_listing_symbols *symbols, struct kss_view name,
                                          size_t module) {
    size_t length = (size_t)(name.end - name.at);
    if (length >= UINT32_MAX / 2)
        return copy_symbol(symbols, name, module);
    if (symbols->count >= symbols->capacity / 2)
        grow(symbols);
    uint32_t key = (uint32_t)length * 2 + (module > 0);
    uint32_t hash = hash_of(name.at, length) + (module > 0), mask = symbols->capacity - 1;
    for (uint32_t i = 0; i < FARTHEST; i++) {
        const struct kss_symbol_slot *slot = &symbols->slots[(hash + i) & mask];
        if (slot->text == NULL)
            break;
        if (slot->hash == hash && slot->length == key && memcmp(slot->text, name.at, length) == 0)
            return (struct kss_listing_symbol){slot->text, slot->module};
    }
    struct kss_listing_symbol symbol = copy_symbol(symbols, name, module);
    mask = symbols->capacity - 1; // the module may have made the table grow
    for (uint32_t i = 0; i < FARTHEST; i++) {
        struct kss_symbol_slot *slot = &symbols->slots[(hash + i) & mask];
        if (slot->text == NULL) {
            *slot = (struct kss_symbol_slot){symbol.text, symbol.module, hash, key};
            symbols->count++;
            break;
        }
    }
    return symbol;
}

void kss_symbols_free(struct kss_listing_symbols *symbols) {
    free(symbols->slots);
    *symbols = (struct kss_listing_symbols){0};
}
