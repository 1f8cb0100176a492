// SPDX-License-Identifier: MIT
// What a test harness asks of a run, as points that passed or not: one per expectation, one that nothing
// unexpected happened. A scenario that did not load has one point, which says so. JUnit and TAP are written from
// these.
//
// Every point of a run passes (or is skipped) exactly when kss exits with 0. Depends on sheet.h.
#ifndef KSS_REPORT_POINTS_H
#define KSS_REPORT_POINTS_H

#include "report/sheet.h"

enum kss_point_result {
    KSS_POINT_PASSED,
    KSS_POINT_FAILED,
    KSS_POINT_BROKEN,  // it could not be found out: bad input, a run given up
    KSS_POINT_SKIPPED, // an expectation that one run does not judge
    KSS_POINT_RESULTS
};

struct kss_point {
    enum kss_point_result result;
    const char *name; // "expect clean", unique among the points of a run
    const char *kind; // "expectation", "assertion", "unexpected", "cannot-tell", "input"
    uint32_t line;    // of the scenario, 0: none
    // Why it did not pass, in one line, and what the text report says of it; "" when it passed.
    const char *message, *text;
    const char *wanted,
        *actual; // of an expectation that is not met, where something else happened; NULL
};

struct kss_points {
    struct kss_arena arena;
    struct kss_point *items;
    uint32_t count;
    uint32_t results[KSS_POINT_RESULTS]; // how many of each
};

void kss_points_make(struct kss_points *points, const struct kss_sheet_entry *entry);
void kss_points_free(struct kss_points *points);

// Appends what loading warned of.
void kss_points_warnings(const struct kss_sheet_entry *entry, struct kss_text *out);

#endif
