// SPDX-License-Identifier: MIT
// What the files of the text report share, and others of its figures.
#ifndef KSS_REPORT_PRIVATE_H
#define KSS_REPORT_PRIVATE_H

#include "report/report.h"

#include "base/repeat.h"
#include "kss/kss.h"
#include "session/outcome.h"

struct kss_report {
    const struct kss_log *log;
    const struct kss_digest *digest;
    const struct kss_text_options *options;
    struct kss_text *out;
};

enum kss_ink {
    KSS_INK_NONE,
    KSS_INK_RED,
    KSS_INK_GREEN,
    KSS_INK_YELLOW,
    KSS_INK_BOLD,
    KSS_INK_DIM
};
void kss_ink(const struct kss_report *report, enum kss_ink ink);

// findings.c
void kss_print_findings(const struct kss_report *report, bool in_full);
void kss_print_expectations(const struct kss_report *report);
void kss_print_failed(const struct kss_report *report, const struct kss_event *event);
bool kss_is_assertion(const char *expectation); // an ASSERT of the driver's, judged like one

// verdict.c
void kss_print_machine(const struct kss_report *report);
void kss_print_stop(const struct kss_report *report);
void kss_print_ends(const struct kss_report *report);
void kss_print_assumed(const struct kss_report *report, const char *indent);
const char *kss_hang_reason(const struct kss_log *log, const struct kss_event *hang);
// Whether something failed that no expectation speaks of, and "not expected: the bug check, 1 error".
bool kss_has_unexpected(const struct kss_digest *digest);
void kss_say_unexpected(const struct kss_digest *digest, struct kss_text *out);

// depth.c
void kss_print_stack(const struct kss_report *report, const struct kss_digest_stack *stack);
void kss_print_stacks_briefly(const struct kss_report *report);

// What lies between Base and the first frame of a stack at its deepest.
struct kss_stack_top {
    uint32_t save_area, rest;
    const char *rest_name; // "trap frame"
};
struct kss_stack_top kss_top_of(const struct kss_log *log, const struct kss_digest_stack *stack);

// tables.c: figures of frame tables. The table behind a row's symbol; whose figures are lower bounds;
// natively, what the tables say of a path.
void kss_print_row_table(const struct kss_report *report, const struct kss_digest_row *row);
void kss_print_lower_bound(const struct kss_report *report);
void kss_print_table_sum(const struct kss_report *report, const struct kss_digest_stack *stack);

// fit.c: what would make an overflowing path fit.
void kss_print_fit(const struct kss_report *report, const struct kss_digest_stack *stack);

// why.c, eventlog.c
void kss_print_why(const struct kss_report *report);
void kss_print_event_log(const struct kss_report *report);

// period.c: the longest stretch of a path that repeats, and the bytes of one turn.
struct kss_repeat kss_find_repeat(const struct kss_digest_row *path, uint32_t count);

#endif
