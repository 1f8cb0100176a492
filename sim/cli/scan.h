// SPDX-License-Identifier: MIT
// Driver sources as `kss scan` reads them: C as a row of tokens, before any macro is expanded.
#ifndef KSS_CLI_SCAN_H
#define KSS_CLI_SCAN_H

#include "base/arena.h"
#include "base/diag.h"

#include <stdbool.h>
#include <stdint.h>

enum kss_scan_kind { KSS_SCAN_WORD, KSS_SCAN_MARK, KSS_SCAN_OTHER, KSS_SCAN_LINE, KSS_SCAN_END };

struct kss_scan_token {
    uint32_t begin, end; // bytes of the file
    uint8_t kind;        // word, one punctuation mark, literal, whole preprocessor line
    bool out;            // in a branch that is not looked at
};

struct kss_scan {
    struct kss_arena *arena;
    struct kss_diags *diags;
    const char *bytes;
    uint32_t file, length;
    struct kss_scan_token *tokens; // malloc'd; ends with KSS_SCAN_END
    uint32_t count;
    unsigned capacity;
};

// Fills in the tokens. Of `#if` groups all branches stay, unless their braces do not balance: then
// only the first that is not `#if 0`.
void kss_scan_read(struct kss_scan *scan);
// Reports what no macro can make work: break and continue across __try, and `long`.
void kss_scan_check(struct kss_scan *scan);

bool kss_scan_is(const struct kss_scan *scan, const struct kss_scan_token *token, const char *text);
struct kss_span kss_scan_span(const struct kss_scan *scan, const struct kss_scan_token *token);

#endif
