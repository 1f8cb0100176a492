// SPDX-License-Identifier: MIT
// Numbers: as text and back, GUIDs as text, wide arithmetic, byte order, pseudo-random numbers.
// Sources: the DDI pages of the names; the arithmetic without a page: mingw-w64 ddk/ntddk.h and
// ReactOS sdk/lib/rtl/largeint.c.
#include "kernel/rtl.h"

// ---- Text of a number ---------------------------------------------------------------------------
static struct kss_outcome to_text(struct kss_machine *m, uint64_t value, uint64_t base,
                                  kss_addr string) {
    static const char digits[] = "0123456789ABCDEF";
    struct kss_reach r = kss_reach(m);
    char text[64];
    unsigned at = sizeof text;
    base = base == 0 ? 10 : base;
    if (base != 2 && base != 8 && base != 10 && base != 16)
        return kss_return((uint32_t)STATUS_INVALID_PARAMETER);
    do {
        text[--at] = digits[value % base];
        value /= base;
    } while (value != 0);
    struct kss_counted to = kss_take_counted(&r, string);
    to.length = 2 * ((uint32_t)sizeof text - at);
    if (to.length + 2 > to.maximum)
        return kss_reached_status(&r, STATUS_BUFFER_OVERFLOW);
    for (unsigned i = 0; i < to.length / 2; i++)
        kss_give(&r, to.buffer + 2 * i, 2, (uint8_t)text[at + i]);
    kss_give(&r, to.buffer + to.length, 2, 0);
    kss_give_counted(&r, string, &to);
    return kss_reached_status(&r, STATUS_SUCCESS);
}

struct kss_outcome kss_nt_RtlIntegerToUnicodeString(struct kss_machine *m, struct kss_call *call) {
    return to_text(m, (uint32_t)call->arguments[0], (uint32_t)call->arguments[1],
                   call->arguments[2]);
}

struct kss_outcome kss_nt_RtlInt64ToUnicodeString(struct kss_machine *m, struct kss_call *call) {
    return to_text(m, call->arguments[0], (uint32_t)call->arguments[1], call->arguments[2]);
}

struct kss_outcome kss_nt_RtlIntPtrToUnicodeString(struct kss_machine *m, struct kss_call *call) {
    return to_text(m, call->arguments[0], (uint32_t)call->arguments[1], call->arguments[2]);
}

// ---- Number of a text ---------------------------------------------------------------------------
static int digit(uint64_t c) {
    if (c >= '0' && c <= '9')
        return (int)c - '0';
    if (c >= 'a' && c <= 'f')
        return (int)c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? (int)c - 'A' + 10 : 99;
}

struct source {
    struct kss_reach r;
    kss_addr at, end;
    unsigned unit;
};

static uint64_t peek(struct source *s) { // 0: the end
    return s->at + s->unit <= s->end ? kss_take(&s->r, s->at, s->unit) : 0;
}

static uint32_t base_of_prefix(struct source *s) {
    if (peek(s) != '0')
        return 10;
    s->at += s->unit;
    uint64_t c = peek(s);
    uint32_t base = c == 'x' ? 16 : c == 'o' ? 8 : c == 'b' ? 2 : 10;
    if (base != 10)
        s->at += s->unit;
    return base;
}

// White space, a sign, with base 0 a prefix 0x, 0o or 0b; then digits, as many as there are. Numbers
// too large lose their upper bits.
static struct kss_outcome from_text(struct source *s, uint32_t base, kss_addr where) {
    uint32_t value = 0;
    uint64_t c;
    while ((c = peek(s)) != 0 && c <= ' ')
        s->at += s->unit;
    bool negative = c == '-';
    if (c == '-' || c == '+')
        s->at += s->unit;
    if (base == 0)
        base = base_of_prefix(s);
    if (base != 2 && base != 8 && base != 10 && base != 16)
        return kss_reached_status(&s->r, STATUS_INVALID_PARAMETER);
    for (int d; (d = digit(peek(s))) < (int)base; s->at += s->unit)
        value = value * base + (uint32_t)d;
    kss_give(&s->r, where, 4, negative ? 0 - value : value);
    return kss_reached_status(&s->r, STATUS_SUCCESS);
}

struct kss_outcome kss_nt_RtlUnicodeStringToInteger(struct kss_machine *m, struct kss_call *call) {
    struct source s = {.r = kss_reach(m), .unit = 2};
    struct kss_counted string = kss_take_counted(&s.r, call->arguments[0]);
    s.at = string.buffer;
    s.end = string.buffer + string.length;
    return from_text(&s, (uint32_t)call->arguments[1], call->arguments[2]);
}

struct kss_outcome kss_nt_RtlCharToInteger(struct kss_machine *m, struct kss_call *call) {
    struct source s = {kss_reach(m), call->arguments[0], UINT64_MAX, 1};
    return from_text(&s, (uint32_t)call->arguments[1], call->arguments[2]);
}

// ---- GUIDs --------------------------------------------------------------------------------------
// {aaaaaaaa-bbbb-cccc-ddee-ffffffffffff}: which byte of the GUID each pair of digits is.
static const char guid_form[] = "{########-####-####-####-############}";
static const uint8_t guid_byte[16] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};
enum { GUID_CHARACTERS = sizeof guid_form - 1 };

struct kss_outcome kss_nt_RtlStringFromGUID(struct kss_machine *m, struct kss_call *call) {
    static const char digits[] = "0123456789ABCDEF";
    struct kss_reach r = kss_reach(m);
    uint8_t guid[16];
    kss_take_bytes(&r, call->arguments[0], guid, sizeof guid);
    struct kss_counted to = {2 * GUID_CHARACTERS, 2 * GUID_CHARACTERS + 2, 0};
    to.buffer = kss_string_memory(&r, call, to.maximum);
    if (kss_reaches(&r) && to.buffer == 0)
        return kss_return((uint32_t)STATUS_NO_MEMORY);
    for (unsigned i = 0, half = 0; i <= GUID_CHARACTERS; i++) {
        unsigned c = (uint8_t)guid_form[i];
        if (c == '#') {
            uint8_t byte = guid[guid_byte[half / 2]];
            c = (uint8_t)digits[half % 2 == 0 ? byte >> 4 : byte & 15];
            half++;
        }
        kss_give(&r, to.buffer + 2 * i, 2, c);
    }
    kss_give_counted(&r, call->arguments[1], &to);
    return kss_reached_status(&r, STATUS_SUCCESS);
}

struct kss_outcome kss_nt_RtlGUIDFromString(struct kss_machine *m, struct kss_call *call) {
    struct kss_reach r = kss_reach(m);
    uint8_t guid[16] = {0};
    struct kss_counted from = kss_take_counted(&r, call->arguments[0]);
    if (kss_reaches(&r) && from.length != 2 * GUID_CHARACTERS)
        return kss_return((uint32_t)STATUS_INVALID_PARAMETER);
    for (unsigned i = 0, half = 0; i < GUID_CHARACTERS && kss_reaches(&r); i++) {
        uint64_t c = kss_take(&r, from.buffer + 2 * i, 2);
        if (guid_form[i] == '#' ? digit(c) > 15 : c != (uint8_t)guid_form[i])
            return kss_reached_status(&r, STATUS_INVALID_PARAMETER);
        if (guid_form[i] != '#')
            continue;
        uint8_t *byte = &guid[guid_byte[half++ / 2]];
        *byte = (uint8_t)(*byte << 4 | digit(c));
    }
    kss_give_bytes(&r, call->arguments[1], guid, sizeof guid);
    return kss_reached_status(&r, STATUS_SUCCESS);
}

// ---- Wide arithmetic ----------------------------------------------------------------------------
static uint64_t high_product(uint64_t a, uint64_t b) {
    uint64_t al = (uint32_t)a, ah = a >> 32, bl = (uint32_t)b, bh = b >> 32;
    uint64_t middle = ah * bl + (al * bl >> 32), low = al * bh + (uint32_t)middle;
    return ah * bh + (middle >> 32) + (low >> 32);
}

// The upper half of dividend * magic, shifted; the sign is the dividend's.
struct kss_outcome kss_nt_RtlExtendedMagicDivide(struct kss_machine *m, struct kss_call *call) {
    (void)m;
    uint64_t value = call->arguments[0];
    bool negative = value >> 63;
    unsigned shift = (unsigned)call->arguments[2] & 63;
    value = high_product(negative ? 0 - value : value, call->arguments[1]) >> shift;
    return kss_return(negative ? 0 - value : value);
}

// Division of unsigned numbers; by zero it raises, as the instruction does.
static struct kss_outcome divide(struct kss_machine *m, uint64_t dividend, uint64_t divisor,
                                 kss_addr remainder, unsigned size) {
    struct kss_reach r = kss_reach(m);
    if (divisor == 0)
        return kss_outcome(KSS_OUT_RAISE, (uint32_t)STATUS_INTEGER_DIVIDE_BY_ZERO);
    if (remainder != 0)
        kss_give(&r, remainder, size, dividend % divisor);
    return kss_reached(&r, dividend / divisor);
}

struct kss_outcome kss_nt_RtlExtendedLargeIntegerDivide(struct kss_machine *m,
                                                        struct kss_call *call) {
    return divide(m, call->arguments[0], (uint32_t)call->arguments[1], call->arguments[2], 4);
}

struct kss_outcome kss_nt_RtlLargeIntegerDivide(struct kss_machine *m, struct kss_call *call) {
    return divide(m, call->arguments[0], call->arguments[1], call->arguments[2], 8);
}

struct kss_outcome kss_nt_RtlEnlargedUnsignedDivide(struct kss_machine *m, struct kss_call *call) {
    struct kss_outcome quotient =
        divide(m, call->arguments[0], (uint32_t)call->arguments[1], call->arguments[2], 4);
    if (quotient.kind == KSS_OUT_RETURN)
        quotient.value = (uint32_t)quotient.value;
    return quotient;
}

static uint64_t extended(uint64_t value) { // a LONG
    return (uint64_t)(int64_t)(int32_t)(uint32_t)value;
}

struct kss_outcome kss_nt_RtlEnlargedIntegerMultiply(struct kss_machine *m, struct kss_call *call) {
    (void)m;
    return kss_return(extended(call->arguments[0]) * extended(call->arguments[1]));
}

struct kss_outcome kss_nt_RtlExtendedIntegerMultiply(struct kss_machine *m, struct kss_call *call) {
    (void)m;
    return kss_return(call->arguments[0] * extended(call->arguments[1]));
}

struct kss_outcome kss_nt_RtlLargeIntegerAdd(struct kss_machine *m, struct kss_call *call) {
    (void)m;
    return kss_return(call->arguments[0] + call->arguments[1]);
}

struct kss_outcome kss_nt_RtlLargeIntegerSubtract(struct kss_machine *m, struct kss_call *call) {
    (void)m;
    return kss_return(call->arguments[0] - call->arguments[1]);
}

struct kss_outcome kss_nt_RtlConvertLongToLargeInteger(struct kss_machine *m,
                                                       struct kss_call *call) {
    (void)m;
    return kss_return(extended(call->arguments[0]));
}

struct kss_outcome kss_nt_RtlConvertUlongToLargeInteger(struct kss_machine *m,
                                                        struct kss_call *call) {
    (void)m;
    return kss_return((uint32_t)call->arguments[0]);
}

// ---- Byte order -----------------------------------------------------------------------------------
static uint64_t swapped(uint64_t value, unsigned size) {
    uint64_t other = 0;
    for (unsigned i = 0; i < size; i++)
        other = other << 8 | (value >> 8 * i & 0xFF);
    return other;
}

struct kss_outcome kss_nt_RtlUshortByteSwap(struct kss_machine *m, struct kss_call *call) {
    (void)m;
    return kss_return(swapped(call->arguments[0], 2));
}

struct kss_outcome kss_nt_RtlUlongByteSwap(struct kss_machine *m, struct kss_call *call) {
    (void)m;
    return kss_return(swapped(call->arguments[0], 4));
}

struct kss_outcome kss_nt_RtlUlonglongByteSwap(struct kss_machine *m, struct kss_call *call) {
    (void)m;
    return kss_return(swapped(call->arguments[0], 8));
}

// ---- Pseudo-random numbers ------------------------------------------------------------------------
// The generator that DDI RtlUniform describes: the next value is the seed and the result. NT's
// RtlRandom shuffles such values through a table of its own; here it does not.
static struct kss_outcome random_next(struct kss_machine *m, const struct kss_call *call) {
    struct kss_reach r = kss_reach(m);
    uint64_t seed = kss_take(&r, call->arguments[0], 4);
    seed = (seed * 0x7FFFFFED + 0x7FFFFFC3) % 0x7FFFFFFF;
    kss_give(&r, call->arguments[0], 4, seed);
    return kss_reached(&r, seed);
}

struct kss_outcome kss_nt_RtlRandom(struct kss_machine *m, struct kss_call *call) {
    return random_next(m, call);
}

struct kss_outcome kss_nt_RtlRandomEx(struct kss_machine *m, struct kss_call *call) {
    return random_next(m, call);
}
