// SPDX-License-Identifier: MIT
// What the files of the run-time library share: a way to walk through driver memory that may fault
// at any byte, counted strings, the mapping of characters.
//
// A struct kss_reach makes accesses as driver code (a touch of paged-out memory in RtlCopyString is
// the caller's touch). It remembers the first that did not go well: from then on reads give 0,
// writes do nothing, and kss_reached hands the outcome on. So a routine reads like what it does, and
// looks once, at its end; only loops over lengths that come from memory must ask kss_reaches.
#ifndef KSS_KERNEL_RTL_H
#define KSS_KERNEL_RTL_H

#include "kernel/machine.h"

struct kss_reach {
    struct kss_machine *m;
    struct kss_outcome outcome;
};

static inline struct kss_reach kss_reach(struct kss_machine *m) {
    return (struct kss_reach){m, kss_return(0)};
}
static inline bool kss_reaches(const struct kss_reach *r) {
    return r->outcome.kind == KSS_OUT_RETURN;
}
static inline uint64_t kss_take(struct kss_reach *r, kss_addr address, unsigned size) {
    if (!kss_reaches(r))
        return 0;
    struct kss_outcome outcome;
    uint64_t value = kss_load(r->m, address, size, KSS_WHO_DRIVER, &outcome);
    if (outcome.kind != KSS_OUT_RETURN)
        r->outcome = outcome;
    return outcome.kind == KSS_OUT_RETURN ? value : 0;
}
static inline void kss_give(struct kss_reach *r, kss_addr address, unsigned size, uint64_t value) {
    if (!kss_reaches(r))
        return;
    struct kss_outcome outcome = kss_store(r->m, address, size, value, KSS_WHO_DRIVER);
    if (outcome.kind != KSS_OUT_RETURN)
        r->outcome = outcome;
}
static inline kss_addr kss_take_pointer(struct kss_reach *r, kss_addr address) {
    return kss_take(r, address, kss_pointer(r->m));
}
static inline void kss_give_pointer(struct kss_reach *r, kss_addr address, uint64_t value) {
    kss_give(r, address, kss_pointer(r->m), value);
}
void kss_take_bytes(struct kss_reach *r, kss_addr address, void *bytes, uint32_t size);
void kss_give_bytes(struct kss_reach *r, kss_addr address, const void *bytes, uint32_t size);
// Copies as memmove does.
void kss_reach_copy(struct kss_reach *r, kss_addr to, kss_addr from, uint64_t size);
// RETURN value, or what went wrong.
static inline struct kss_outcome kss_reached(const struct kss_reach *r, uint64_t value) {
    return kss_reaches(r) ? kss_return(value) : r->outcome;
}
static inline struct kss_outcome kss_reached_status(const struct kss_reach *r, int32_t status) {
    return kss_reached(r, (uint32_t)status);
}

// ---- Counted strings: UNICODE_STRING, ANSI_STRING -----------------------------------------------
struct kss_counted {
    uint32_t length, maximum; // bytes
    kss_addr buffer;
};
enum { KSS_COUNTED_MOST = 0xFFFE }; // bytes a UNICODE_STRING can hold
struct kss_counted kss_take_counted(struct kss_reach *r, kss_addr string);
void kss_give_counted(struct kss_reach *r, kss_addr string, const struct kss_counted *counted);
// Bytes before the terminating null character of [unit] bytes, at most KSS_COUNTED_MOST + unit.
uint32_t kss_take_length(struct kss_reach *r, kss_addr text, unsigned unit);
// Memory for a string that RtlFreeUnicodeString and its like free: paged pool. 0: there is none, or
// the request stopped the machine.
kss_addr kss_string_memory(struct kss_reach *r, struct kss_call *call, uint32_t size);

// ---- Characters (rtl_case.c) --------------------------------------------------------------------
uint16_t kss_upcase(uint16_t c);
uint16_t kss_downcase(uint16_t c);
enum kss_code_page { KSS_ANSI /* 1252 */, KSS_OEM /* 437 */ };
uint16_t kss_from_code_page(enum kss_code_page page, uint8_t c);
uint8_t kss_to_code_page(enum kss_code_page page, uint16_t c); // '?' for what it does not have

#endif
