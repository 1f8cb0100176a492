// SPDX-License-Identifier: MIT
// Reports: functions of a log (and its digest, which is a function of the log). Nothing here looks
// at a machine, so a report can be drawn again from saved events. Texts are appended to what the
// caller owns. Depends on base, nt, session.
#ifndef KSS_REPORT_REPORT_H
#define KSS_REPORT_REPORT_H

#include "session/digest.h"
#include "session/log.h"

struct kss_text_options {
    bool colour;
    bool verbose; // every table, every finding in full, and the event log
    bool full;    // the same without the event log
    bool quiet;   // nothing about what passed
    bool why;     // swap eligibility clause by clause
};

// The text report of one run: passed in a few lines, failed with all that explains it.
void kss_report_text(const struct kss_log *log, const struct kss_digest *digest,
                     const struct kss_text_options *options, struct kss_text *out);

// ---- JSON Lines ---------------------------------------------------------------------------------

// The writer's memory: pieces of lines made once (names, places), so that an event is copied
// together.
struct kss_jsonl;

// [log] may grow while the writer is used, threads and places as well; the rest of its header may not change.
struct kss_jsonl *kss_jsonl_new(const struct kss_log *log);
void kss_jsonl_free(struct kss_jsonl *jsonl);

// Rows of a path that are nobody's routine: what stands for KSS_PATH_EXCEPTION and KSS_PATH_FAULT.
#define KSS_ROW_EXCEPTION "nt!(exception dispatch)"
#define KSS_ROW_FAULT     "nt!(page fault)"

// What a frame is called: its routine, or what of nt's it is. And what lies between a thread's save area and
// its first frame.
#define KSS_ROW_SAVE "top-of-stack save area"
void kss_report_frame(const struct kss_log *log, uint32_t routine, enum kss_origin origin,
                      struct kss_text *out);
const char *kss_report_start(const struct kss_log *log, uint64_t thread);

// The first line of a run; of an input that did not load, the only one. What loading said is in [entry].
struct kss_sheet_entry;
void kss_jsonl_header(const struct kss_jsonl *jsonl, const struct kss_sheet_entry *entry,
                      struct kss_text *out);
// The JSON Schema of a line (docs/events.schema.json).
void kss_jsonl_schema(struct kss_text *out);
void kss_jsonl_unread(const struct kss_sheet_entry *entry, struct kss_text *out);
void kss_jsonl_event(struct kss_jsonl *jsonl, const struct kss_event *event, struct kss_text *out);

// ---- A suite of runs ----------------------------------------------------------------------------

struct kss_suite_row {
    const char *name;
    int status; // enum kss_status
};

void kss_report_suite(const struct kss_suite_row *rows, uint32_t count, bool colour,
                      struct kss_text *out);

#endif
