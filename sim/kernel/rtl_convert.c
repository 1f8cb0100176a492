// SPDX-License-Identifier: MIT
// Strings that change: width (ANSI, OEM, UTF-8 and Unicode), case, owner. Strings nt allocates come
// from paged pool with the tag Strg, and the RtlFree routines give them back.
//
// A conversion is described by what it reads and writes; the routines are rows of such descriptions.
// Sources: the DDI pages of the names. With a buffer of the caller's that is too small the narrow
// results are cut and the wide ones left alone, both with STATUS_BUFFER_OVERFLOW (ReactOS
// sdk/lib/rtl/unicode.c).
#include "kernel/rtl.h"

enum { STRING_TAG = 0x67727453 /* Strg */, PAGED_POOL = 1, NOT_A_CHARACTER = 0xFFFD };
enum case_map { AS_IS, UPPER, LOWER };

struct conversion {
    uint8_t from, to; // bytes of a character
    uint8_t page;     // of the narrow side: enum kss_code_page
    uint8_t map;      // enum case_map
    bool counted;     // no terminating null character
    bool strict;      // what the code page does not have is an error
};

// ---- Memory of strings --------------------------------------------------------------------------
kss_addr kss_string_memory(struct kss_reach *r, struct kss_call *call, uint32_t size) {
    if (!kss_reaches(r))
        return 0;
    struct kss_call pool = {.arguments = {PAGED_POOL, size, STRING_TAG}, .routine = call->routine};
    struct kss_outcome outcome = kss_nt_ExAllocatePoolWithTag(r->m, &pool);
    if (outcome.kind != KSS_OUT_RETURN)
        r->outcome = outcome;
    return outcome.kind == KSS_OUT_RETURN ? outcome.value : 0;
}

static void give_back(struct kss_reach *r, struct kss_call *call, kss_addr buffer) {
    struct kss_call pool = {.arguments = {buffer}, .routine = call->routine};
    struct kss_outcome outcome = kss_nt_ExFreePool(r->m, &pool);
    if (outcome.kind != KSS_OUT_RETURN)
        r->outcome = outcome;
}

static struct kss_outcome free_string(struct kss_machine *m, struct kss_call *call) {
    struct kss_reach r = kss_reach(m);
    struct kss_counted string = kss_take_counted(&r, call->arguments[0]), none = {0};
    if (kss_reaches(&r) && string.buffer != 0) {
        give_back(&r, call, string.buffer);
        kss_give_counted(&r, call->arguments[0], &none);
    }
    return kss_reached(&r, 0);
}

struct kss_outcome kss_nt_RtlFreeUnicodeString(struct kss_machine *m, struct kss_call *call) {
    return free_string(m, call);
}

struct kss_outcome kss_nt_RtlFreeAnsiString(struct kss_machine *m, struct kss_call *call) {
    return free_string(m, call);
}

struct kss_outcome kss_nt_RtlFreeOemString(struct kss_machine *m, struct kss_call *call) {
    return free_string(m, call);
}

// ---- Characters ---------------------------------------------------------------------------------
static uint16_t mapped(uint16_t c, unsigned map) {
    return map == UPPER ? kss_upcase(c) : map == LOWER ? kss_downcase(c) : c;
}

// Converts [count] characters; *lost: some are not in the code page.
static void convert(struct kss_reach *r, const struct conversion *how, kss_addr to, kss_addr from,
                    uint32_t count, bool *lost) {
    enum kss_code_page page = (enum kss_code_page)how->page;
    for (uint32_t i = 0; i < count && kss_reaches(r); i++) {
        uint64_t raw = kss_take(r, from + (uint64_t)i * how->from, how->from);
        uint16_t c = how->from == 2 ? (uint16_t)raw : kss_from_code_page(page, (uint8_t)raw);
        c = mapped(c, how->map);
        uint16_t out = how->to == 2 ? c : kss_to_code_page(page, c);
        *lost |= how->to == 1 && out == '?' && c != '?';
        kss_give(r, to + (uint64_t)i * how->to, how->to, out);
    }
}

// Dest, Source, whether nt allocates.
static struct kss_outcome convert_string(struct kss_machine *m, struct kss_call *call,
                                         struct conversion how) {
    struct kss_reach r = kss_reach(m);
    struct kss_counted from = kss_take_counted(&r, call->arguments[1]);
    struct kss_counted to = kss_take_counted(&r, call->arguments[0]);
    uint32_t count = from.length / how.from, end = how.counted ? 0 : how.to, status = 0;
    uint32_t size = count * how.to + end;
    bool allocate = (call->arguments[2] & 0xFF) != 0, lost = false;
    if (size > KSS_COUNTED_MOST + 1u)
        return kss_reached_status(&r, STATUS_INVALID_PARAMETER_2);
    if (allocate) {
        to.maximum = size;
        to.buffer = size == 0 ? 0 : kss_string_memory(&r, call, size);
        if (kss_reaches(&r) && size != 0 && to.buffer == 0)
            return kss_return((uint32_t)STATUS_NO_MEMORY);
    } else if (size > to.maximum) {
        status = (uint32_t)STATUS_BUFFER_OVERFLOW;
        if (how.to == 2 || to.maximum < how.to)
            return kss_reached(&r, status);
        count = (to.maximum - end) / how.to;
    }
    to.length = count * how.to;
    convert(&r, &how, to.buffer, from.buffer, count, &lost);
    if (end != 0)
        kss_give(&r, to.buffer + to.length, how.to, 0);
    if (how.strict && lost && kss_reaches(&r)) {
        if (allocate)
            give_back(&r, call, to.buffer);
        return kss_reached_status(&r, STATUS_UNMAPPABLE_CHARACTER);
    }
    kss_give_counted(&r, call->arguments[0], &to);
    return kss_reached(&r, status);
}

#define CONVERT_STRING(name, ...)                                                                  \
    struct kss_outcome kss_nt_##name(struct kss_machine *m, struct kss_call *call) {               \
        return convert_string(m, call, (struct conversion){__VA_ARGS__});                          \
    }
CONVERT_STRING(RtlAnsiStringToUnicodeString, 1, 2, KSS_ANSI, AS_IS, false, false)
CONVERT_STRING(RtlUnicodeStringToAnsiString, 2, 1, KSS_ANSI, AS_IS, false, false)
CONVERT_STRING(RtlOemStringToUnicodeString, 1, 2, KSS_OEM, AS_IS, false, false)
CONVERT_STRING(RtlOemStringToCountedUnicodeString, 1, 2, KSS_OEM, AS_IS, true, false)
CONVERT_STRING(RtlUnicodeStringToOemString, 2, 1, KSS_OEM, AS_IS, false, false)
CONVERT_STRING(RtlUnicodeStringToCountedOemString, 2, 1, KSS_OEM, AS_IS, true, true)
CONVERT_STRING(RtlUpcaseUnicodeStringToOemString, 2, 1, KSS_OEM, UPPER, false, true)
CONVERT_STRING(RtlUpcaseUnicodeStringToCountedOemString, 2, 1, KSS_OEM, UPPER, true, true)
CONVERT_STRING(RtlUpcaseUnicodeString, 2, 2, KSS_ANSI, UPPER, true, false)
CONVERT_STRING(RtlDowncaseUnicodeString, 2, 2, KSS_ANSI, LOWER, true, false)

// ---- Buffers: To, its room, bytes written, From, its bytes ----------------------------------------
static struct kss_outcome convert_buffer(struct kss_machine *m, struct kss_call *call,
                                         struct conversion how) {
    struct kss_reach r = kss_reach(m);
    uint32_t count = (uint32_t)call->arguments[4] / how.from;
    uint32_t room = (uint32_t)call->arguments[1] / how.to;
    bool lost = false;
    if (count > room)
        count = room;
    convert(&r, &how, call->arguments[0], call->arguments[3], count, &lost);
    if (call->arguments[2] != 0)
        kss_give(&r, call->arguments[2], 4, count * how.to);
    return kss_reached_status(&r, STATUS_SUCCESS);
}

#define CONVERT_BUFFER(name, ...)                                                                  \
    struct kss_outcome kss_nt_##name(struct kss_machine *m, struct kss_call *call) {               \
        return convert_buffer(m, call, (struct conversion){__VA_ARGS__});                          \
    }
CONVERT_BUFFER(RtlMultiByteToUnicodeN, 1, 2, KSS_ANSI, AS_IS, true, false)
CONVERT_BUFFER(RtlUnicodeToMultiByteN, 2, 1, KSS_ANSI, AS_IS, true, false)
CONVERT_BUFFER(RtlUpcaseUnicodeToMultiByteN, 2, 1, KSS_ANSI, UPPER, true, false)
CONVERT_BUFFER(RtlOemToUnicodeN, 1, 2, KSS_OEM, AS_IS, true, false)
CONVERT_BUFFER(RtlUnicodeToOemN, 2, 1, KSS_OEM, AS_IS, true, false)
CONVERT_BUFFER(RtlUpcaseUnicodeToOemN, 2, 1, KSS_OEM, UPPER, true, false)

// ---- Sizes --------------------------------------------------------------------------------------
struct kss_outcome kss_nt_RtlMultiByteToUnicodeSize(struct kss_machine *m, struct kss_call *call) {
    struct kss_reach r = kss_reach(m);
    kss_give(&r, call->arguments[0], 4, (uint32_t)call->arguments[2] * 2);
    return kss_reached_status(&r, STATUS_SUCCESS);
}

struct kss_outcome kss_nt_RtlUnicodeToMultiByteSize(struct kss_machine *m, struct kss_call *call) {
    struct kss_reach r = kss_reach(m);
    kss_give(&r, call->arguments[0], 4, (uint32_t)call->arguments[2] / 2);
    return kss_reached_status(&r, STATUS_SUCCESS);
}

// Bytes of the converted string with its null character.
static struct kss_outcome size_of(struct kss_machine *m, struct kss_call *call, bool to_unicode) {
    struct kss_reach r = kss_reach(m);
    uint64_t length = kss_take(&r, call->arguments[0], 2);
    return kss_reached(&r, to_unicode ? (length + 1) * 2 : (length + 2) / 2);
}

#define SIZE(name, to_unicode)                                                                     \
    struct kss_outcome kss_nt_##name(struct kss_machine *m, struct kss_call *call) {               \
        return size_of(m, call, to_unicode);                                                       \
    }
SIZE(RtlAnsiStringToUnicodeSize, true)
SIZE(RtlxAnsiStringToUnicodeSize, true)
SIZE(RtlxOemStringToUnicodeSize, true)
SIZE(RtlUnicodeStringToAnsiSize, false)
SIZE(RtlxUnicodeStringToAnsiSize, false)
SIZE(RtlxUnicodeStringToOemSize, false)

// ---- Case of characters and narrow strings --------------------------------------------------------
static uint8_t narrow_upper(uint8_t c) {
    return kss_to_code_page(KSS_ANSI, kss_upcase(kss_from_code_page(KSS_ANSI, c)));
}

struct kss_outcome kss_nt_RtlUpcaseUnicodeChar(struct kss_machine *m, struct kss_call *call) {
    (void)m;
    return kss_return(kss_upcase((uint16_t)call->arguments[0]));
}

struct kss_outcome kss_nt_RtlDowncaseUnicodeChar(struct kss_machine *m, struct kss_call *call) {
    (void)m;
    return kss_return(kss_downcase((uint16_t)call->arguments[0]));
}

struct kss_outcome kss_nt_RtlUpperChar(struct kss_machine *m, struct kss_call *call) {
    (void)m;
    return kss_return(narrow_upper((uint8_t)call->arguments[0]));
}

struct kss_outcome kss_nt_RtlUpperString(struct kss_machine *m, struct kss_call *call) {
    struct kss_reach r = kss_reach(m);
    struct kss_counted to = kss_take_counted(&r, call->arguments[0]);
    struct kss_counted from = kss_take_counted(&r, call->arguments[1]);
    to.length = from.length < to.maximum ? from.length : to.maximum;
    for (uint32_t i = 0; i < to.length && kss_reaches(&r); i++)
        kss_give(&r, to.buffer + i, 1, narrow_upper((uint8_t)kss_take(&r, from.buffer + i, 1)));
    kss_give_counted(&r, call->arguments[0], &to);
    return kss_reached(&r, 0);
}

// ---- Copies in memory of nt's ---------------------------------------------------------------------
// [flags]: 1 a null character behind it, 2 memory even for an empty string.
struct kss_outcome kss_nt_RtlDuplicateUnicodeString(struct kss_machine *m, struct kss_call *call) {
    struct kss_reach r = kss_reach(m);
    uint64_t flags = call->arguments[0];
    struct kss_counted from = {0}, to = {0};
    if (call->arguments[2] == 0 || flags > 3 || flags == 2)
        return kss_return((uint32_t)STATUS_INVALID_PARAMETER);
    if (call->arguments[1] != 0)
        from = kss_take_counted(&r, call->arguments[1]);
    to.length = from.length;
    to.maximum = from.length + (flags & 1 ? 2u : 0u);
    if (to.maximum > KSS_COUNTED_MOST)
        return kss_reached_status(&r, STATUS_NAME_TOO_LONG);
    if (from.length == 0 && !(flags & 2))
        to.maximum = 0;
    if (to.maximum != 0) {
        to.buffer = kss_string_memory(&r, call, to.maximum);
        if (kss_reaches(&r) && to.buffer == 0)
            return kss_return((uint32_t)STATUS_NO_MEMORY);
        kss_reach_copy(&r, to.buffer, from.buffer, to.length);
        if (to.maximum > to.length)
            kss_give(&r, to.buffer + to.length, 2, 0);
    }
    kss_give_counted(&r, call->arguments[2], &to);
    return kss_reached_status(&r, STATUS_SUCCESS);
}

struct kss_outcome kss_nt_RtlCreateUnicodeString(struct kss_machine *m, struct kss_call *call) {
    struct kss_reach r = kss_reach(m);
    struct kss_counted to = {.length = kss_take_length(&r, call->arguments[1], 2)};
    to.maximum = to.length + 2;
    if (to.maximum > KSS_COUNTED_MOST)
        return kss_reached(&r, false);
    to.buffer = kss_string_memory(&r, call, to.maximum);
    if (kss_reaches(&r) && to.buffer == 0)
        return kss_return(false);
    kss_reach_copy(&r, to.buffer, call->arguments[1], to.maximum);
    kss_give_counted(&r, call->arguments[0], &to);
    return kss_reached(&r, true);
}

// ---- UTF-8 --------------------------------------------------------------------------------------
// Both ways through code points. Without a destination only the size is told; what does not fit is
// left out with STATUS_BUFFER_TOO_SMALL; what is no character becomes U+FFFD with
// STATUS_SOME_NOT_MAPPED (DDI RtlUTF8ToUnicodeN).
struct utf {
    struct kss_reach r;
    kss_addr from, to;
    uint32_t left;  // bytes not read
    uint32_t room;  // bytes of [to]
    uint32_t count; // bytes written or counted
    bool bad, full;
};

static uint32_t utf8_next(struct utf *u) {
    static const uint32_t least[4] = {0, 0x80, 0x800, 0x10000};
    uint32_t c = (uint32_t)kss_take(&u->r, u->from++, 1);
    u->left--;
    unsigned more = c < 0x80 ? 0 : c >> 5 == 6 ? 1 : c >> 4 == 14 ? 2 : c >> 3 == 30 ? 3 : 9;
    if (more == 0)
        return c;
    if (more == 9) {
        u->bad = true;
        return NOT_A_CHARACTER;
    }
    c &= 0x3Fu >> more;
    for (unsigned i = 0; i < more; i++) {
        uint32_t next = u->left != 0 ? (uint32_t)kss_take(&u->r, u->from, 1) : 0;
        if (next >> 6 != 2) {
            u->bad = true;
            return NOT_A_CHARACTER;
        }
        u->from++;
        u->left--;
        c = c << 6 | (next & 0x3F);
    }
    if (c < least[more] || c > 0x10FFFF || c >> 11 == 0x1B) {
        u->bad = true;
        return NOT_A_CHARACTER;
    }
    return c;
}

static uint32_t utf16_next(struct utf *u) {
    uint32_t c = (uint32_t)kss_take(&u->r, u->from, 2);
    u->from += 2;
    u->left -= 2;
    if (c >> 11 != 0x1B)
        return c;
    uint32_t low = u->left >= 2 ? (uint32_t)kss_take(&u->r, u->from, 2) : 0;
    if (c >> 10 != 0x36 || low >> 10 != 0x37) {
        u->bad = true;
        return NOT_A_CHARACTER;
    }
    u->from += 2;
    u->left -= 2;
    return 0x10000 + ((c & 0x3FF) << 10 | (low & 0x3FF));
}

// [count] units of [unit] bytes that make one character.
static void utf_put(struct utf *u, const uint32_t *units, unsigned count, unsigned unit) {
    if (u->to != 0 && u->count + count * unit > u->room)
        u->full = true;
    if (u->full)
        return;
    for (unsigned i = 0; i < count; i++, u->count += unit)
        if (u->to != 0)
            kss_give(&u->r, u->to + u->count, unit, units[i]);
}

static void utf16_put(struct utf *u, uint32_t c) {
    uint32_t units[2] = {c};
    if (c >= 0x10000) {
        units[0] = 0xD800 | (c - 0x10000) >> 10;
        units[1] = 0xDC00 | (c & 0x3FF);
    }
    utf_put(u, units, c >= 0x10000 ? 2 : 1, 2);
}

static void utf8_put(struct utf *u, uint32_t c) {
    uint32_t units[4];
    unsigned count = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (unsigned i = count; i-- > 1; c >>= 6)
        units[i] = 0x80 | (c & 0x3F);
    units[0] = count == 1 ? c : (0xF00u >> count & 0xFF) | c;
    utf_put(u, units, count, 1);
}

static struct kss_outcome utf(struct kss_machine *m, struct kss_call *call, bool to_unicode) {
    const uint64_t *a = call->arguments;
    struct utf u = {.r = kss_reach(m),
                    .from = a[3],
                    .to = a[0],
                    .left = (uint32_t)a[4],
                    .room = (uint32_t)a[1]};
    if (a[3] == 0 || (a[0] == 0 && a[2] == 0) || (!to_unicode && u.left % 2 != 0))
        return kss_return((uint32_t)STATUS_INVALID_PARAMETER);
    while (u.left != 0 && !u.full && kss_reaches(&u.r)) {
        if (to_unicode)
            utf16_put(&u, utf8_next(&u));
        else
            utf8_put(&u, utf16_next(&u));
    }
    if (a[2] != 0)
        kss_give(&u.r, a[2], 4, u.count);
    return kss_reached_status(&u.r, u.full  ? STATUS_BUFFER_TOO_SMALL
                                    : u.bad ? STATUS_SOME_NOT_MAPPED
                                            : STATUS_SUCCESS);
}

struct kss_outcome kss_nt_RtlUTF8ToUnicodeN(struct kss_machine *m, struct kss_call *call) {
    return utf(m, call, true);
}

struct kss_outcome kss_nt_RtlUnicodeToUTF8N(struct kss_machine *m, struct kss_call *call) {
    return utf(m, call, false);
}
