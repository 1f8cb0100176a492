// SPDX-License-Identifier: MIT
// What the two Mermaid diagrams share. Pages draw them in the reader's browser, so they are bounded, and what is
// left out is said in the diagram. Depends on plain.h and report.h.
#ifndef KSS_REPORT_MERMAID_H
#define KSS_REPORT_MERMAID_H

#include "report/plain.h"
#include "report/report.h"

enum {
    KSS_MERMAID_MESSAGES = 100, // of a sequence diagram: the first and the last half of them
    KSS_MERMAID_CALLS = 200,    // of a flowchart
    KSS_MERMAID_NAME = 80       // characters of a text; a longer one ends in "..."
};

// Appends a text so that it is text in a diagram: characters that mean something there as entities (#35;).
void kss_mermaid_text(struct kss_text *out, const char *bytes, size_t length);

// What stands for a run of which there is no log.
void kss_mermaid_title(struct kss_text *out, const char *name);

#endif
