// SPDX-License-Identifier: MIT
// A sheet: a document about runs in one of the formats of formats.def. Whoever makes one begins it, adds the
// runs in their order and ends it; the text may be taken away whenever control is the caller's, so that a suite
// of any size needs the memory of one run.
//
//     struct kss_sheet sheet = {.format = KSS_FORMAT_SARIF, .out = &text};
//     kss_sheet_begin(&sheet);
//     kss_sheet_run(&sheet, &run);
//     kss_sheet_end(&sheet);
//
// A document is a function of the runs' logs. Depends on report.h.
#ifndef KSS_REPORT_SHEET_H
#define KSS_REPORT_SHEET_H

#include "base/diag.h"
#include "report/report.h"

enum kss_format {
#define FORMAT(id, ...) KSS_FORMAT_##id,
#include "report/formats.def"
    KSS_FORMAT_COUNT
};

// One run, or an input that could not be run.
struct kss_sheet_entry {
    const char *name;          // of its scenario
    int status;                // enum kss_status
    const struct kss_log *log; // NULL: it did not load
    const struct kss_digest *digest;
    // What loading said, with places in [sources]; NULL: nothing
    const struct kss_diags *diags;
    struct kss_sources *sources;
    const char *failure; // why it could not even be read, NULL
};

struct kss_sheet {
    enum kss_format format;
    struct kss_text *out;
    const struct kss_text_options *text; // of the text report; NULL: none
    // the rest is the sheet's own
    struct kss_arena arena;
    struct kss_suite_row *rows; // malloc'd: the runs so far
    uint32_t count;
    unsigned room;
    uint64_t items; // what a writer counts through all runs (test points, ...)
    void *own;      // what else a writer keeps from _begin to _end
};

void kss_sheet_begin(struct kss_sheet *sheet);
void kss_sheet_run(struct kss_sheet *sheet, const struct kss_sheet_entry *entry);
void kss_sheet_end(struct kss_sheet *sheet); // frees what is the sheet's own

struct kss_format_row {
    const char *name;
    void (*begin)(struct kss_sheet *sheet);
    void (*run)(struct kss_sheet *sheet, const struct kss_sheet_entry *entry);
    void (*end)(struct kss_sheet *sheet);
    bool many, all_events;
    const char *what;
};
extern const struct kss_format_row kss_formats[KSS_FORMAT_COUNT];

// The entry of a session as it is now; valid until the session changes.
struct kss_session;
void kss_sheet_entry_of(struct kss_session *session, struct kss_sheet_entry *entry);

int kss_format_named(const char *name); // -1: none

// The exit status of two runs together: what is wrong with the input outweighs what failed, and that outweighs
// what cannot be told.
int kss_worse_status(int a, int b);

// The writers.
#define FORMAT(id, name, writer, ...)                                                              \
    void kss_write_##writer##_begin(struct kss_sheet *sheet);                                      \
    void kss_write_##writer##_run(struct kss_sheet *sheet, const struct kss_sheet_entry *entry);   \
    void kss_write_##writer##_end(struct kss_sheet *sheet);
#include "report/formats.def"

#endif
