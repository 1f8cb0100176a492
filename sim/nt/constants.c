// SPDX-License-Identifier: MIT
// The rows of constants.def, status.def and reasons.def as one array of constants. The first two
// runs are sorted by name, the last is short and in the order of its values.
#include "nt/find.h"
#include "nt/nt.h"

#include <string.h>

enum {
    CONSTANTS = 0
#define CONSTANT(...) +1
#include "nt/constants.def"
#undef CONSTANT
    ,
    STATUSES = 0
#define STATUS(...)       +1
#define STATUS_ALIAS(...) +1
#include "nt/status.def"
#undef STATUS
#undef STATUS_ALIAS
    ,
    REASONS = 0
#define REASON(...) +1
#include "nt/reasons.def"
#undef REASON
};

const struct kss_constant kss_constants[] = {
#define CONSTANT(name, value, type) {#name, value, #type},
#include "nt/constants.def"
#undef CONSTANT
#define STATUS(name, value)       {#name, (int32_t)(value), "NTSTATUS"},
#define STATUS_ALIAS(name, value) STATUS(name, value)
#include "nt/status.def"
#undef STATUS
#undef STATUS_ALIAS
#define REASON(value, name) {#name, value, "KWAIT_REASON"},
#include "nt/reasons.def"
#undef REASON
};
const unsigned kss_constant_count = CONSTANTS + STATUSES + REASONS;

const struct kss_constant *kss_constant_find(const char *name, size_t length) {
    const size_t size = sizeof *kss_constants;
    const struct kss_constant *row = kss_row_named(kss_constants, CONSTANTS, size, name, length);
    if (!row)
        row = kss_row_named(kss_constants + CONSTANTS, STATUSES, size, name, length);
    if (row)
        return row;
    const struct kss_constant *reasons = kss_constants + CONSTANTS + STATUSES;
    for (unsigned i = 0; i < REASONS; i++)
        if (kss_name_order(reasons[i].name, name, length) == 0)
            return &reasons[i];
    return NULL;
}

const char *kss_status_name(uint32_t status) {
    switch (status) {
#define STATUS(name, value)                                                                        \
    case value:                                                                                    \
        return #name;
#define STATUS_ALIAS(name, value)
#include "nt/status.def"
#undef STATUS
#undef STATUS_ALIAS
    }
    return NULL;
}

const char *kss_wait_reason_name(unsigned reason) {
    return reason < REASONS ? kss_constants[CONSTANTS + STATUSES + reason].name : NULL;
}

const char *kss_constant_name(const char *type, int64_t value) {
    if (strcmp(type, "NTSTATUS") == 0) // passes over aliases
        return kss_status_name((uint32_t)value);
    for (unsigned i = 0; i < kss_constant_count; i++) {
        const struct kss_constant *row = &kss_constants[i];
        if (row->value == value && strcmp(row->type, type) == 0)
            return row->name;
    }
    return NULL;
}
