// SPDX-License-Identifier: MIT
// What writing and reading JSON Lines share: names of fields, and the machine's fields as a table.
#ifndef KSS_REPORT_JSONL_H
#define KSS_REPORT_JSONL_H

#include "report/sheet.h"

// Behind a field that names a routine or thread which is not the first of its name stands its number:
// "routine":"drv!Read","routine_no":7.
#define KSS_JSONL_NUMBER "_no"

// jsonl.c, for jsonl_header.c
const struct kss_log *kss_jsonl_log(const struct kss_jsonl *jsonl);
void kss_jsonl_routine(const struct kss_jsonl *jsonl, uint32_t routine, struct kss_text *out);
void kss_jsonl_thread(const struct kss_jsonl *jsonl, uint32_t thread, struct kss_text *out);

// Whether a symbol is a row of nt's own in a path, and the value that stands for it.
bool kss_jsonl_is_nt_row(const char *symbol, size_t length, uint64_t *value);

// ---- The machine's fields (machine_fields.c) ----------------------------------------------------

struct kss_machine_field {
    const char *name;
    uint16_t offset, size; // in struct kss_config
    const char *values;    // "a|b|c": it is one of these; NULL: a number
    uint64_t most;         // of a number
};
extern const struct kss_machine_field kss_machine_fields[];
extern const unsigned kss_machine_field_count;

uint64_t kss_machine_field_value(const struct kss_config *config,
                                 const struct kss_machine_field *field);
void kss_machine_field_set(struct kss_config *config, const struct kss_machine_field *field,
                           uint64_t value);

#endif
