// SPDX-License-Identifier: MIT
// The one diagnostics printer. Errors are values with a place; kss_diag_print turns a value into
// text and nobody else writes diagnostics. The form is rustc's:
//
//   error[KSS0104]: unknown wait mode `UsrMode`
//     --> outswap.kss:10:47
//      |
//   10 |     KeWaitForSingleObject(&done, UserRequest, UsrMode, FALSE, NULL);
//      |                                               ^^^^^^^ expected `KernelMode` or `UserMode`
//      = help: did you mean `UserMode`?
//
// Messages are lower case, matter of fact, without a full stop; "invalid", never "illegal"; `help`
// only for a fix. Depends on source.h and text.h.
#ifndef KSS_BASE_DIAG_H
#define KSS_BASE_DIAG_H

#include "base/source.h"
#include "base/text.h"

#include <stdbool.h>

enum kss_severity { KSS_NOTE, KSS_WARNING, KSS_ERROR };

enum { KSS_DIAG_LABELS = 12, KSS_DIAG_NOTES = 8 };

struct kss_label {
    struct kss_span span;
    const char *text; // NULL: underline only
};

struct kss_diag {
    enum kss_severity severity;
    const char *code;    // "KSS2001", NULL for none
    const char *message; // all texts live as long as the diagnostic
    bool has_place;
    struct kss_label primary;
    struct kss_label causes[KSS_DIAG_LABELS]; // secondary spans, in time order
    unsigned cause_count;
    struct {
        const char *kind; // "help", "note", "source", "next", ...
        const char *text;
    } notes[KSS_DIAG_NOTES];
    unsigned note_count;
};

// A list that owns its texts; used by the front end to report several errors per file.
struct kss_diags {
    struct kss_arena *arena;
    struct kss_diag *items; // malloc'd
    uint32_t count;
    unsigned capacity;
    uint32_t errors; // all that were added, kept or not
    uint32_t others; // warnings and notes likewise
    uint32_t limit;  // how many of each are kept before "too many ..." is added once; 0: 20
};

// Appends an error at [span]; printf-like message. The result can be given labels, causes, notes
// and is valid until the next call.
struct kss_diag *kss_diag_add(struct kss_diags *diags, enum kss_severity severity, const char *code,
                              struct kss_span span, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

// Beyond KSS_DIAG_LABELS causes or KSS_DIAG_NOTES notes the last entry says that more were left
// out.
void kss_diag_label(struct kss_diags *diags, struct kss_diag *diag, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void kss_diag_cause(struct kss_diags *diags, struct kss_diag *diag, struct kss_span span,
                    const char *format, ...) __attribute__((format(printf, 4, 5)));
void kss_diag_note(struct kss_diags *diags, struct kss_diag *diag, const char *kind,
                   const char *format, ...) __attribute__((format(printf, 4, 5)));
void kss_diags_free(struct kss_diags *diags);

// Appends [diag] to [out]. Tabs in source lines become spaces; control characters are shown as '?';
// long lines are cut around the span; a span over several lines is underlined to the end of its
// first. Causes out of time order on the page are numbered. Ends with one line end. [colour] adds
// ANSI colours.
void kss_diag_print(struct kss_text *out, struct kss_sources *sources, const struct kss_diag *diag,
                    bool colour);

#endif
