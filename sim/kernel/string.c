// SPDX-License-Identifier: MIT
// Counted strings: UNICODE_STRING and ANSI_STRING { Length, MaximumLength, Buffer }, bytes.
// Comparison without regard to case folds ASCII letters only (docs/model-limits.md says so).
#include "kernel/machine.h"

#define DRIVER KSS_WHO_DRIVER

struct counted {
    uint32_t length, maximum;
    kss_addr buffer;
};

static unsigned buffer_offset(const struct kss_machine *m) {
    return kss_wide(m) ? 8 : 4;
}

static struct kss_outcome get(struct kss_machine *m, kss_addr address, struct counted *string) {
    struct kss_outcome outcome;
    string->length = (uint32_t)kss_load(m, address, 2, DRIVER, &outcome);
    KSS_TRY(outcome);
    string->maximum = (uint32_t)kss_load(m, address + 2, 2, DRIVER, &outcome);
    KSS_TRY(outcome);
    string->buffer = kss_load(m, address + buffer_offset(m), kss_pointer(m), DRIVER, &outcome);
    return outcome;
}

static struct kss_outcome put(struct kss_machine *m, kss_addr address,
                              const struct counted *string) {
    KSS_TRY(kss_store(m, address, 2, string->length, DRIVER));
    KSS_TRY(kss_store(m, address + 2, 2, string->maximum, DRIVER));
    return kss_store(m, address + buffer_offset(m), kss_pointer(m), string->buffer, DRIVER);
}

static struct kss_outcome init(struct kss_machine *m, const struct kss_call *call, unsigned unit) {
    struct counted string = {.buffer = call->arguments[1]};
    if (string.buffer != 0) {
        for (;; string.length += unit) {
            struct kss_outcome outcome;
            uint64_t c = kss_load(m, string.buffer + string.length, unit, DRIVER, &outcome);
            KSS_TRY(outcome);
            if (c == 0 || string.length >= 0xFFFE - unit)
                break;
        }
        string.maximum = string.length + unit;
    }
    return put(m, call->arguments[0], &string);
}

struct kss_outcome kss_nt_RtlInitUnicodeString(struct kss_machine *m, struct kss_call *call) {
    return init(m, call, 2);
}

struct kss_outcome kss_nt_RtlInitAnsiString(struct kss_machine *m, struct kss_call *call) {
    return init(m, call, 1);
}

static struct kss_outcome copy_bytes(struct kss_machine *m, kss_addr to, kss_addr from,
                                     uint32_t size) {
    for (uint32_t i = 0; i < size; i++) {
        struct kss_outcome outcome;
        uint64_t byte = kss_load(m, from + i, 1, DRIVER, &outcome);
        KSS_TRY(outcome);
        KSS_TRY(kss_store(m, to + i, 1, byte, DRIVER));
    }
    return kss_return(0);
}

struct kss_outcome kss_nt_RtlCopyUnicodeString(struct kss_machine *m, struct kss_call *call) {
    struct counted to, from = {0};
    KSS_TRY(get(m, call->arguments[0], &to));
    if (call->arguments[1] != 0)
        KSS_TRY(get(m, call->arguments[1], &from));
    to.length = from.length < to.maximum ? from.length : to.maximum;
    KSS_TRY(copy_bytes(m, to.buffer, from.buffer, to.length));
    if (to.length + 2 <= to.maximum)
        KSS_TRY(kss_store(m, to.buffer + to.length, 2, 0, DRIVER));
    return put(m, call->arguments[0], &to);
}

struct kss_outcome kss_nt_RtlAppendUnicodeToString(struct kss_machine *m, struct kss_call *call) {
    struct counted to;
    KSS_TRY(get(m, call->arguments[0], &to));
    uint32_t length = 0;
    while (call->arguments[1] != 0) {
        struct kss_outcome outcome;
        if (kss_load(m, call->arguments[1] + length, 2, DRIVER, &outcome) == 0) {
            KSS_TRY(outcome);
            break;
        }
        length += 2;
        if (length > 0xFFFE)
            break;
    }
    if (to.length + length > to.maximum)
        return kss_return((uint32_t)STATUS_BUFFER_TOO_SMALL);
    KSS_TRY(copy_bytes(m, to.buffer + to.length, call->arguments[1], length));
    to.length += length;
    if (to.length + 2 <= to.maximum)
        KSS_TRY(kss_store(m, to.buffer + to.length, 2, 0, DRIVER));
    KSS_TRY(put(m, call->arguments[0], &to));
    return kss_return((uint32_t)STATUS_SUCCESS);
}

static uint32_t upper(uint64_t c) {
    return (uint32_t)(c >= 'a' && c <= 'z' ? c - 32 : c);
}

static struct kss_outcome compare(struct kss_machine *m, const struct kss_call *call) {
    struct counted a, b;
    KSS_TRY(get(m, call->arguments[0], &a));
    KSS_TRY(get(m, call->arguments[1], &b));
    bool fold = (call->arguments[2] & 0xFF) != 0;
    uint32_t common = a.length < b.length ? a.length : b.length;
    for (uint32_t i = 0; i + 2 <= common; i += 2) {
        struct kss_outcome outcome;
        uint64_t left = kss_load(m, a.buffer + i, 2, DRIVER, &outcome);
        KSS_TRY(outcome);
        uint64_t right = kss_load(m, b.buffer + i, 2, DRIVER, &outcome);
        KSS_TRY(outcome);
        if (fold) {
            left = upper(left);
            right = upper(right);
        }
        if (left != right)
            return kss_return((uint32_t)((int32_t)left - (int32_t)right));
    }
    return kss_return((uint32_t)((int32_t)a.length - (int32_t)b.length));
}

struct kss_outcome kss_nt_RtlCompareUnicodeString(struct kss_machine *m, struct kss_call *call) {
    return compare(m, call);
}

struct kss_outcome kss_nt_RtlEqualUnicodeString(struct kss_machine *m, struct kss_call *call) {
    struct kss_outcome outcome = compare(m, call);
    if (outcome.kind == KSS_OUT_RETURN)
        outcome.value = outcome.value == 0;
    return outcome;
}
