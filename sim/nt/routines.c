// SPDX-License-Identifier: MIT
// The rows of routines.def as an array.
#include "nt/find.h"
#include "nt/nt.h"

#define PARAMETER(class, type_, name_, ...)                                                        \
    { .name = #name_, .type = #type_, .class_ = KSS_CLASS_##class, __VA_ARGS__ }
#define OBJECT(type, name, ...)      PARAMETER(OBJECT, type, name, .resident = true, __VA_ARGS__)
#define POINTER(type, name, ...)     PARAMETER(POINTER, type, name, __VA_ARGS__)
#define VALUE(type, name, otherwise) PARAMETER(VALUE, type, name, .fallback = #otherwise)
#define NUMBER(type, name, ...)      PARAMETER(VALUE, type, name, __VA_ARGS__)
#define DURATION(type, name, ...)                                                                  \
    PARAMETER(DURATION, type, name, .unit = KSS_UNIT_100NS, __VA_ARGS__)
#define CALLBACK(type, name, ...) PARAMETER(ROUTINE, type, name, __VA_ARGS__)
#define STRING(type, name, ...)   PARAMETER(STRING, type, name, __VA_ARGS__)

// How many parameters a row has: the sentinel lets the list be empty.
#define COUNT(...)                                                                                 \
    (sizeof((const struct kss_parameter[]){{.name = ""}, __VA_ARGS__}) /                           \
         sizeof(struct kss_parameter) -                                                            \
     1)

const struct kss_routine kss_routines[KSS_NT_COUNT] = {
#define ROUTINE(name_, result_, min, max, can_, modes_, header_, source_, ...)                     \
    {.name = #name_,                                                                               \
     .result = #result_,                                                                           \
     .parameters = {__VA_ARGS__},                                                                  \
     .parameter_count = COUNT(__VA_ARGS__),                                                        \
     .irql_min = (min),                                                                            \
     .irql_max = (max),                                                                            \
     .can = (can_),                                                                                \
     .modes = (modes_),                                                                            \
     .header = header_,                                                                            \
     .source = source_},
#include "nt/routines.def"
#undef ROUTINE
};

const struct kss_routine *kss_routine_find(const char *name, size_t length) {
    return kss_row_named(kss_routines, KSS_NT_COUNT, sizeof *kss_routines, name, length);
}
