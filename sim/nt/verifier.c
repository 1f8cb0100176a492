// SPDX-License-Identifier: MIT
// The rows of verifier.def as an array.
#include "nt/nt.h"

enum { NONE = KSS_HAZARD_COUNT };
#define KSS_HAZARD_NONE NONE

const struct kss_violation kss_violations[] = {
#define VIOLATION(code, hazard, p2, p3, p4, text)                                                  \
    {code, KSS_HAZARD_##hazard, {p2, p3, p4}, text, NULL},
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

const char *kss_bugcheck_meaning(const struct kss_bugcheck *bugcheck, unsigned index, uint64_t p1) {
    enum { VERIFIER = 0xC4 };
    if (bugcheck == NULL)
        return NULL;
    const struct kss_violation *row = kss_violation_find(p1);
    if (bugcheck->code != VERIFIER || row == NULL)
        return bugcheck->parameters[index];
    return index == 0 ? row->text : row->parameters[index - 1];
}
