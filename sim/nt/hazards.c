// SPDX-License-Identifier: MIT
// The rows of hazards.def as an array.
#include "nt/find.h"
#include "nt/nt.h"

const struct kss_hazard kss_hazards[KSS_HAZARD_COUNT] = {
#define HAZARD(number_, c_name, name_, severity_, built_, text_, source_)                          \
    {.number = number_,                                                                            \
     .name = name_,                                                                                \
     .severity = KSS_HAZARD_##severity_,                                                           \
     .text = text_,                                                                                \
     .source = source_,                                                                            \
     .built = (built_)},
#include "nt/hazards.def"
#undef HAZARD
};

// The number in "KSS2001", 0 when [name] is no such thing.
static unsigned number_in(const char *name, size_t length) {
    if (length != 7 || name[0] != 'K' || name[1] != 'S' || name[2] != 'S')
        return 0;
    unsigned number = 0;
    for (size_t i = 3; i < length; i++) {
        if (name[i] < '0' || name[i] > '9')
            return 0;
        number = number * 10 + (unsigned)(name[i] - '0');
    }
    return number;
}

const struct kss_hazard *kss_hazard_named(const char *name, size_t length) {
    unsigned number = number_in(name, length);
    for (unsigned i = 0; i < KSS_HAZARD_COUNT; i++)
        if (number ? kss_hazards[i].number == number
                   : kss_name_order(kss_hazards[i].name, name, length) == 0)
            return &kss_hazards[i];
    return NULL;
}
