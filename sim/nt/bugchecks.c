// SPDX-License-Identifier: MIT
// The rows of bugchecks.def as an array.
#include "nt/find.h"
#include "nt/nt.h"

const struct kss_bugcheck kss_bugchecks[] = {
// One more level, so that NO_PARAMETERS counts as four.
#define ROW(code_, name_, p1, p2, p3, p4, text_, source_)                                          \
    {.code = (code_),                                                                              \
     .name = #name_,                                                                               \
     .parameters = {p1, p2, p3, p4},                                                               \
     .text = text_,                                                                                \
     .source = source_},
#define BUGCHECK(code, name, ...) ROW(code, name, __VA_ARGS__)
#include "nt/bugchecks.def"
#undef BUGCHECK
#undef ROW
};
const unsigned kss_bugcheck_count = sizeof kss_bugchecks / sizeof *kss_bugchecks;

const struct kss_bugcheck *kss_bugcheck_find(uint32_t code) {
    unsigned begin = 0, end = kss_bugcheck_count;
    while (begin < end) {
        unsigned middle = begin + (end - begin) / 2;
        if (kss_bugchecks[middle].code == code)
            return &kss_bugchecks[middle];
        if (kss_bugchecks[middle].code < code)
            begin = middle + 1;
        else
            end = middle;
    }
    return NULL;
}

const struct kss_bugcheck *kss_bugcheck_named(const char *name, size_t length) {
    for (unsigned i = 0; i < kss_bugcheck_count; i++)
        if (kss_name_order(kss_bugchecks[i].name, name, length) == 0)
            return &kss_bugchecks[i];
    return NULL;
}
