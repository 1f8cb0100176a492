// SPDX-License-Identifier: MIT
// Counted strings: UNICODE_STRING and ANSI_STRING { Length, MaximumLength, Buffer }, in bytes:
// initialising, copying, appending, comparing. A routine works on strings of characters of one width,
// [unit]. How characters compare without regard to case: rtl_case.c.
#include "kernel/rtl.h"

// ---- Reaching into driver memory ----------------------------------------------------------------
void kss_take_bytes(struct kss_reach *r, kss_addr address, void *bytes, uint32_t size) {
    if (size == 0)
        return;
    memset(bytes, 0, size);
    if (!kss_reaches(r))
        return;
    struct kss_outcome outcome = kss_read(r->m, address, bytes, size, KSS_WHO_DRIVER);
    if (outcome.kind != KSS_OUT_RETURN)
        r->outcome = outcome;
}

void kss_give_bytes(struct kss_reach *r, kss_addr address, const void *bytes, uint32_t size) {
    if (!kss_reaches(r) || size == 0)
        return;
    struct kss_outcome outcome = kss_write(r->m, address, bytes, size, KSS_WHO_DRIVER);
    if (outcome.kind != KSS_OUT_RETURN)
        r->outcome = outcome;
}

void kss_reach_copy(struct kss_reach *r, kss_addr to, kss_addr from, uint64_t size) {
    uint8_t bytes[256];
    bool down = to > from && to - from < size; // overlapping upwards: from the end
    for (uint64_t done = 0; done < size && kss_reaches(r);) {
        uint32_t step = size - done < sizeof bytes ? (uint32_t)(size - done) : sizeof bytes;
        uint64_t at = down ? size - done - step : done;
        kss_take_bytes(r, from + at, bytes, step);
        kss_give_bytes(r, to + at, bytes, step);
        done += step;
    }
}

static unsigned buffer_offset(const struct kss_machine *m) {
    return kss_wide(m) ? 8 : 4;
}

struct kss_counted kss_take_counted(struct kss_reach *r, kss_addr string) {
    struct kss_counted counted;
    counted.length = (uint32_t)kss_take(r, string, 2);
    counted.maximum = (uint32_t)kss_take(r, string + 2, 2);
    counted.buffer = kss_take_pointer(r, string + buffer_offset(r->m));
    return counted;
}

void kss_give_counted(struct kss_reach *r, kss_addr string, const struct kss_counted *counted) {
    kss_give(r, string, 2, counted->length);
    kss_give(r, string + 2, 2, counted->maximum);
    kss_give_pointer(r, string + buffer_offset(r->m), counted->buffer);
}

uint32_t kss_take_length(struct kss_reach *r, kss_addr text, unsigned unit) {
    uint32_t length = 0;
    while (kss_reaches(r) && length <= KSS_COUNTED_MOST && kss_take(r, text + length, unit) != 0)
        length += unit;
    return length;
}

// ---- Initialising -------------------------------------------------------------------------------
enum { CLIP, REFUSE }; // what is done about a text that is too long

static struct kss_outcome init(struct kss_machine *m, const struct kss_call *call, unsigned unit,
                               int too_long) {
    struct kss_reach r = kss_reach(m);
    struct kss_counted string = {.buffer = call->arguments[1]};
    if (string.buffer != 0) {
        string.length = kss_take_length(&r, string.buffer, unit);
        if (string.length > KSS_COUNTED_MOST - unit) {
            if (too_long == REFUSE)
                return kss_reached_status(&r, STATUS_NAME_TOO_LONG);
            string.length = KSS_COUNTED_MOST - unit;
        }
        string.maximum = string.length + unit;
    }
    kss_give_counted(&r, call->arguments[0], &string);
    return kss_reached_status(&r, STATUS_SUCCESS);
}

struct kss_outcome kss_nt_RtlInitUnicodeString(struct kss_machine *m, struct kss_call *call) {
    return init(m, call, 2, CLIP);
}

struct kss_outcome kss_nt_RtlInitAnsiString(struct kss_machine *m, struct kss_call *call) {
    return init(m, call, 1, CLIP);
}

struct kss_outcome kss_nt_RtlInitString(struct kss_machine *m, struct kss_call *call) {
    return init(m, call, 1, CLIP);
}

struct kss_outcome kss_nt_RtlInitUnicodeStringEx(struct kss_machine *m, struct kss_call *call) {
    return init(m, call, 2, REFUSE);
}

struct kss_outcome kss_nt_RtlInitAnsiStringEx(struct kss_machine *m, struct kss_call *call) {
    return init(m, call, 1, REFUSE);
}

static struct kss_outcome init_empty(struct kss_machine *m, const struct kss_call *call) {
    struct kss_reach r = kss_reach(m);
    struct kss_counted string = {0, (uint16_t)call->arguments[2], call->arguments[1]};
    kss_give_counted(&r, call->arguments[0], &string);
    return kss_reached(&r, 0);
}

struct kss_outcome kss_nt_RtlInitEmptyUnicodeString(struct kss_machine *m, struct kss_call *call) {
    return init_empty(m, call);
}

struct kss_outcome kss_nt_RtlInitEmptyAnsiString(struct kss_machine *m, struct kss_call *call) {
    return init_empty(m, call);
}

// ---- Copying and appending ----------------------------------------------------------------------
static struct kss_outcome copy(struct kss_machine *m, const struct kss_call *call, unsigned unit) {
    struct kss_reach r = kss_reach(m);
    struct kss_counted to = kss_take_counted(&r, call->arguments[0]), from = {0};
    if (call->arguments[1] != 0)
        from = kss_take_counted(&r, call->arguments[1]);
    to.length = from.length < to.maximum ? from.length : to.maximum;
    kss_reach_copy(&r, to.buffer, from.buffer, to.length);
    if (unit == 2 && to.length + unit <= to.maximum)
        kss_give(&r, to.buffer + to.length, unit, 0);
    kss_give_counted(&r, call->arguments[0], &to);
    return kss_reached(&r, 0);
}

struct kss_outcome kss_nt_RtlCopyUnicodeString(struct kss_machine *m, struct kss_call *call) {
    return copy(m, call, 2);
}

struct kss_outcome kss_nt_RtlCopyString(struct kss_machine *m, struct kss_call *call) {
    return copy(m, call, 1);
}

static struct kss_outcome append(struct kss_reach *r, kss_addr string, kss_addr from,
                                 uint32_t length, unsigned unit) {
    struct kss_counted to = kss_take_counted(r, string);
    if (kss_reaches(r) && to.length + length > to.maximum)
        return kss_reached_status(r, STATUS_BUFFER_TOO_SMALL);
    kss_reach_copy(r, to.buffer + to.length, from, length);
    to.length += length;
    if (unit == 2 && to.length + unit <= to.maximum)
        kss_give(r, to.buffer + to.length, unit, 0);
    kss_give_counted(r, string, &to);
    return kss_reached_status(r, STATUS_SUCCESS);
}

struct kss_outcome kss_nt_RtlAppendUnicodeToString(struct kss_machine *m, struct kss_call *call) {
    struct kss_reach r = kss_reach(m);
    uint32_t length = call->arguments[1] == 0 ? 0 : kss_take_length(&r, call->arguments[1], 2);
    return append(&r, call->arguments[0], call->arguments[1], length, 2);
}

static struct kss_outcome append_string(struct kss_machine *m, const struct kss_call *call,
                                        unsigned unit) {
    struct kss_reach r = kss_reach(m);
    struct kss_counted from = kss_take_counted(&r, call->arguments[1]);
    return append(&r, call->arguments[0], from.buffer, from.length, unit);
}

struct kss_outcome kss_nt_RtlAppendUnicodeStringToString(struct kss_machine *m,
                                                         struct kss_call *call) {
    return append_string(m, call, 2);
}

struct kss_outcome kss_nt_RtlAppendStringToString(struct kss_machine *m, struct kss_call *call) {
    return append_string(m, call, 1);
}

// ---- Comparing ----------------------------------------------------------------------------------
static uint16_t folded(uint64_t c, unsigned unit) {
    if (unit == 2)
        return kss_upcase((uint16_t)c);
    return kss_to_code_page(KSS_ANSI, kss_upcase(kss_from_code_page(KSS_ANSI, (uint8_t)c)));
}

// The difference at the first character that differs; 0: the first [length] bytes are the same.
static int32_t difference(struct kss_reach *r, kss_addr a, kss_addr b, uint64_t length,
                          unsigned unit, bool fold) {
    for (uint64_t i = 0; i + unit <= length && kss_reaches(r); i += unit) {
        uint64_t left = kss_take(r, a + i, unit), right = kss_take(r, b + i, unit);
        if (fold && left != right) {
            left = folded(left, unit);
            right = folded(right, unit);
        }
        if (left != right)
            return (int32_t)left - (int32_t)right;
    }
    return 0;
}

static int32_t compare(struct kss_reach *r, const struct kss_call *call, unsigned unit) {
    struct kss_counted a = kss_take_counted(r, call->arguments[0]);
    struct kss_counted b = kss_take_counted(r, call->arguments[1]);
    uint32_t common = a.length < b.length ? a.length : b.length;
    int32_t differ =
        difference(r, a.buffer, b.buffer, common, unit, (call->arguments[2] & 0xFF) != 0);
    return differ != 0 ? differ : (int32_t)a.length - (int32_t)b.length;
}

struct kss_outcome kss_nt_RtlCompareUnicodeString(struct kss_machine *m, struct kss_call *call) {
    struct kss_reach r = kss_reach(m);
    int32_t order = compare(&r, call, 2);
    return kss_reached(&r, (uint32_t)order);
}

struct kss_outcome kss_nt_RtlCompareString(struct kss_machine *m, struct kss_call *call) {
    struct kss_reach r = kss_reach(m);
    int32_t order = compare(&r, call, 1);
    return kss_reached(&r, (uint32_t)order);
}

// Lengths are in characters.
struct kss_outcome kss_nt_RtlCompareUnicodeStrings(struct kss_machine *m, struct kss_call *call) {
    const uint64_t *a = call->arguments;
    struct kss_reach r = kss_reach(m);
    uint64_t common = a[1] < a[3] ? a[1] : a[3];
    int32_t differ = difference(&r, a[0], a[2], common * 2, 2, (a[4] & 0xFF) != 0);
    if (differ == 0)
        differ = a[1] < a[3] ? -1 : a[1] > a[3];
    return kss_reached(&r, (uint32_t)differ);
}

struct kss_outcome kss_nt_RtlEqualUnicodeString(struct kss_machine *m, struct kss_call *call) {
    struct kss_reach r = kss_reach(m);
    bool same = compare(&r, call, 2) == 0;
    return kss_reached(&r, same);
}

struct kss_outcome kss_nt_RtlEqualString(struct kss_machine *m, struct kss_call *call) {
    struct kss_reach r = kss_reach(m);
    bool same = compare(&r, call, 1) == 0;
    return kss_reached(&r, same);
}

// Whether the first string begins the second.
struct kss_outcome kss_nt_RtlPrefixUnicodeString(struct kss_machine *m, struct kss_call *call) {
    struct kss_reach r = kss_reach(m);
    struct kss_counted a = kss_take_counted(&r, call->arguments[0]);
    struct kss_counted b = kss_take_counted(&r, call->arguments[1]);
    bool is = a.length <= b.length && difference(&r, a.buffer, b.buffer, a.length, 2,
                                                 (call->arguments[2] & 0xFF) != 0) == 0;
    return kss_reached(&r, is);
}

// The hash of algorithm X65599, which is the default one: h = h * 65599 + character. Others are
// refused (DDI RtlHashUnicodeString).
struct kss_outcome kss_nt_RtlHashUnicodeString(struct kss_machine *m, struct kss_call *call) {
    struct kss_reach r = kss_reach(m);
    bool fold = (call->arguments[1] & 0xFF) != 0;
    if (call->arguments[0] == 0 || call->arguments[3] == 0 || (uint32_t)call->arguments[2] > 1)
        return kss_return((uint32_t)STATUS_INVALID_PARAMETER);
    struct kss_counted s = kss_take_counted(&r, call->arguments[0]);
    uint32_t hash = 0;
    for (uint32_t i = 0; i + 2 <= s.length && kss_reaches(&r); i += 2) {
        uint16_t c = (uint16_t)kss_take(&r, s.buffer + i, 2);
        hash = hash * 65599 + (fold ? kss_upcase(c) : c);
    }
    kss_give(&r, call->arguments[3], 4, hash);
    return kss_reached_status(&r, STATUS_SUCCESS);
}

// Even lengths, no more than there is room for, and a buffer when there is room.
struct kss_outcome kss_nt_RtlValidateUnicodeString(struct kss_machine *m, struct kss_call *call) {
    struct kss_reach r = kss_reach(m);
    if (call->arguments[0] != 0 || call->arguments[1] == 0)
        return kss_return(
            (uint32_t)(call->arguments[0] != 0 ? STATUS_INVALID_PARAMETER : STATUS_SUCCESS));
    struct kss_counted s = kss_take_counted(&r, call->arguments[1]);
    bool good = s.length % 2 == 0 && s.maximum % 2 == 0 && s.length <= s.maximum &&
                (s.buffer != 0 || s.maximum == 0);
    return kss_reached_status(&r, good ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER);
}
