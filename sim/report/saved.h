// SPDX-License-Identifier: MIT
// Saved runs: JSON Lines (docs/events.md) read back, each run into a log that every writer takes, so that a report
// drawn from saved events has the same bytes as the one drawn from the run itself.
//
//     struct kss_saved *saved = kss_saved_open("events.jsonl", bytes, length, &options);
//     struct kss_sheet_entry entry;
//     while (kss_saved_next(saved, &entry))
//         kss_sheet_run(&sheet, &entry);
//     if (!kss_saved_good(saved))
//         ... the diagnostics say where the file is broken: nothing read from it counts
//     kss_saved_close(saved);
//
// Nothing is taken on trust: a line that is not JSON, an event or field this kss does not know, a value out of range,
// a routine, thread, stack, object or place that the stream has not introduced end the reading with an error. A file
// that ends too early is no error, but a warning: its last run has no verdict, so nobody can tell.
//
// Ownership: what an entry points to is valid until the next call. Depends on sheet.h and json.h.
#ifndef KSS_REPORT_SAVED_H
#define KSS_REPORT_SAVED_H

#include "report/sheet.h"
#include "session/keep.h"

struct kss_saved;

struct kss_saved_options {
    bool all_events; // the logs hold every event, not only what reports need
    bool why;        // and what tells why stacks left memory
    // Called for each run when its header has been read, then for every event of it, kept or not. NULL: nobody.
    void (*begin)(void *context, const struct kss_sheet_entry *run);
    void (*event)(void *context, const struct kss_log *log, const struct kss_event *event);
    void *context;
};

// [bytes] stay the caller's and must outlive the result; [name] is how diagnostics call them.
struct kss_saved *kss_saved_open(const char *name, const char *bytes, size_t length,
                                 const struct kss_saved_options *options);
void kss_saved_close(struct kss_saved *saved);

// The next run, or input that did not load. False: there is none, or the file is broken.
bool kss_saved_next(struct kss_saved *saved, struct kss_sheet_entry *entry);

bool kss_saved_good(const struct kss_saved *saved); // no error so far
bool kss_saved_cut(const struct kss_saved *saved);  // the file ends in the middle of something

// What is wrong with the file, with places in it.
const struct kss_diags *kss_saved_diags(const struct kss_saved *saved);
struct kss_sources *kss_saved_sources(struct kss_saved *saved);

#endif
