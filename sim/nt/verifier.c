// SPDX-License-Identifier: MIT
// The rows of verifier.def as an array.
#include "nt/nt.h"

enum { NONE = KSS_HAZARD_COUNT };
#define KSS_HAZARD_NONE NONE

const struct kss_violation kss_violations[] = {
#define VIOLATION(code, hazard, p2, p3, p4, text) {code, KSS_HAZARD_##hazard, {p2, p3, p4}, text, NULL},
#define LEFT_OUT(code, text, why) {code, NONE, {NULL, NULL, NULL}, text, why},
#include "nt/verifier.def"
#undef VIOLATION
#undef LEFT_OUT
};
const unsigned kss_violation_count = sizeof kss_violations / sizeof *kss_violations;

const struct kss_violation *kss_violation_find(uint64_t code) {
    for (unsigned i = 0; i < kss_violation_count; i++)
        if (kss_violations[i].code == code)
            return &kss_violations[i];
    return NULL;
}
