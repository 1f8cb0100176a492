// SPDX-License-Identifier: MIT
// A log read once: what a person asks of a run, gathered from its events. A function of the log and
// nothing else, so the judge, every report and `kss.h` agree.
//
// Ownership: everything lives in the arena given, texts in the log. Depends on log.h.
#ifndef KSS_SESSION_DIGEST_H
#define KSS_SESSION_DIGEST_H

#include "base/diag.h"
#include "session/log.h"

struct kss_digest_cause {
    const char *message;
    uint64_t when;
    uint32_t order, place;
};

struct kss_digest_remark {
    const char *kind, *text; // "help", "note", "source", "next"
};

struct kss_digest_finding {
    uint32_t number; // from 1, in the order of the events
    enum kss_hazard_id hazard;
    enum kss_severity severity;
    uint64_t time;
    uint16_t thread; // KSS_NONE: none
    uint32_t place;
    uint32_t routine; // that holds the place, KSS_NO_FRAME: none
    const char *message, *label;
    struct kss_digest_cause *causes; // by time, then order
    unsigned cause_count;
    struct kss_digest_remark *remarks;
    unsigned remark_count;
    uint32_t expected_by; // number of an expectation, 0: nobody expected it
    uint32_t again;       // later findings that say the same of the same place
    uint32_t same_as;     // number of the first such finding, 0: this is it
};

struct kss_digest_row {
    uint32_t routine, depth, bytes; // routine KSS_NO_FRAME: nt's own
    uint32_t symbol;                // equal for routines of one name
    enum kss_origin origin;
};

struct kss_digest_stack {
    uint16_t id, thread; // thread KSS_NONE: a processor's
    uint8_t kind;        // values of the `stack` event
    uint64_t base;
    uint32_t bytes, used, left;
    bool ended; // used and left are known
    bool overflowed;
    uint32_t over, crossing;     // bytes below the limit; routine
    struct kss_digest_row *path; // innermost first
    uint32_t path_count;
};

struct kss_digest {
    struct kss_digest_finding *findings;
    uint32_t finding_count;
    struct kss_digest_stack *stacks; // in order of creation
    uint32_t stack_count;
    const struct kss_event *bugcheck, *bugcheck_more; // NULL: none
    uint32_t stop_expected_by;                        // the bug check or the hang
    uint32_t stop_routine; // innermost driver routine at the bug check, KSS_NO_FRAME: none
    const struct kss_event *hang, *rest, *verdict; // NULL: none
    const struct kss_event **nevers, **policies, **assumed, **expects, **asserts, **exits;
    uint32_t never_count, policy_count, assumed_count, expect_count, assert_count, exit_count;
    const struct kss_event **unlisted; // NT routines whose own stack was not counted
    uint32_t unlisted_count;
    uint32_t isr_bytes; // largest frame an interrupt service routine took
    // Per routine: the driver whose dispatch routine it was, NULL: none. NULL: no driver at all.
    const char **drivers;
};

struct kss_digest kss_digest_make(struct kss_arena *arena, const struct kss_log *log);

// devices.c: fills in `drivers`. And the bytes a device stack's drivers used together; false: it was
// never entered, or its calls were not recorded.
void kss_digest_drivers(struct kss_arena *arena, const struct kss_log *log,
                        struct kss_digest *digest);
bool kss_device_figure(const struct kss_log *log, uint32_t device, uint64_t *bytes);

// What names a thing: "thread App", "DPC stack", "stack expansion of thread App".
void kss_digest_stack_name(const struct kss_log *log, const struct kss_digest_stack *stack,
                           struct kss_text *out);

// The stack of that number, NULL: none.
const struct kss_digest_stack *kss_digest_stack_numbered(const struct kss_digest *digest,
                                                         uint64_t number);

// The stack, the deepest among a thread's, NULL: none.
const struct kss_digest_stack *kss_digest_thread_stack(const struct kss_digest *digest,
                                                       uint16_t thread);

#endif
