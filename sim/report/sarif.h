// SPDX-License-Identifier: MIT
// What the files of the SARIF writer share.
//
//   sarif.c         the document: tool, results, artifacts, the invocation
//   sarif_rules.c   the vocabularies as rules
//   sarif_result.c  what one run has to say, result by result
//   sarif_place.c   places as locations
//   sarif_flow.c    the steps that lead to a finding
#ifndef KSS_REPORT_SARIF_H
#define KSS_REPORT_SARIF_H

#include "report/fingerprint.h"
#include "report/json.h"
#include "report/private.h"
#include "report/sheet.h"

// A result of the runs themselves.
enum kss_sarif_rule {
#define RULE(id, ...) KSS_SARIF_##id,
#include "report/sarif_rules.def"
    KSS_SARIF_RULES
};
extern const char *const kss_sarif_rule_names[KSS_SARIF_RULES];

// What lasts as long as the document.
struct kss_sarif {
    struct kss_json json;
    struct kss_json artifacts,
        notifications; // members written aside: they stand behind the results
    struct kss_text artifact_text, notification_text;
    struct kss_hash_counts files; // by name: one that is run twice is one artifact
    int status;
};

// What lasts as long as one entry.
struct kss_sarif_run {
    struct kss_sarif *sarif;
    struct kss_json *json;
    const struct kss_sheet_entry *entry;
    const struct kss_log *log; // NULL: it did not load
    struct kss_sources *sources;
    bool native;                   // no place is in a file
    struct kss_hash_counts counts; // fingerprints given in this file
    struct kss_line_hashes lines;
    bool has_lines;
    struct kss_sarif_story
        *story;           // the run as code flows see it (sarif_flow.c), NULL: not read yet
    struct kss_text text; // for whoever needs one for a moment
};

// A result, before it is written.
struct kss_sarif_result {
    const char *rule, *level, *message;
    bool has_span;
    struct kss_span span;
    uint32_t routine;                         // KSS_NO_FRAME: none
    const struct kss_digest_finding *finding; // NULL: it is none
    const struct kss_event *event;            // of a bug check, a hang or an expectation, NULL
    const struct kss_diag *diag;              // what loading said, NULL
};

// sarif_rules.c
void kss_sarif_rules(struct kss_json *json);
bool kss_sarif_rule_index(const char *rule, uint32_t *index);

// sarif_place.c. A file, under the name of a member; the members of a location: where, in which routine, and what
// is there (NULL: nothing to say).
void kss_sarif_artifact(struct kss_json *json, const char *name, const char *path);
void kss_sarif_location(struct kss_sarif_run *run, const struct kss_span *span, uint32_t routine,
                        const char *message, bool snippet);
uint32_t kss_sarif_line(struct kss_sarif_run *run, const struct kss_span *span); // a region's first
void kss_sarif_message(struct kss_json *json, const char *name, const char *text);
// Line and column from 1, in UTF-16 code units, of an offset.
void kss_utf16_place(struct kss_sources *sources, uint32_t file, uint32_t offset, uint32_t *line,
                     uint32_t *column);

// sarif_flow.c
void kss_sarif_flow(struct kss_sarif_run *run, const struct kss_sarif_result *result);
void kss_sarif_story_free(struct kss_sarif_run *run);

// sarif_result.c
void kss_sarif_results(struct kss_sarif_run *run);

#endif
