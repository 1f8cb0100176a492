// SPDX-License-Identifier: MIT
// The rows of types.def as arrays: one of fields per structure, one of types.
#include "nt/find.h"
#include "nt/nt.h"

#include <string.h>

// ---- Fields -------------------------------------------------------------------------------------
#define SCALAR(...)
#define ALIAS(...)
#define POINTER(...)
#define ENUM(...)
#define CALLBACK(...)
#define OPAQUE(...)
#define STRUCT(name, size32, align32, size64, align64, source, ...)                                \
    static const struct kss_field fields_##name[] = {__VA_ARGS__};
#define FIELD(of, type, name, offset32, offset64)                                                  \
    { #name, #type, {offset32, offset64 }, 0 }
#define ARRAY(of, type, name, offset32, offset64, count)                                           \
    { #name, #type, {offset32, offset64 }, count }
#include "nt/types.def"
#undef SCALAR
#undef ALIAS
#undef POINTER
#undef ENUM
#undef CALLBACK
#undef OPAQUE
#undef STRUCT
#undef FIELD
#undef ARRAY

// ---- Types --------------------------------------------------------------------------------------
// Bytes of a scalar on 32- and 64-bit machines.
enum {
    SIZE32_VOID = 0,
    SIZE64_VOID = 0,
    SIZE32_I8 = 1,
    SIZE64_I8 = 1,
    SIZE32_U8 = 1,
    SIZE64_U8 = 1,
    SIZE32_I16 = 2,
    SIZE64_I16 = 2,
    SIZE32_U16 = 2,
    SIZE64_U16 = 2,
    SIZE32_I32 = 4,
    SIZE64_I32 = 4,
    SIZE32_U32 = 4,
    SIZE64_U32 = 4,
    SIZE32_I64 = 8,
    SIZE64_I64 = 8,
    SIZE32_U64 = 8,
    SIZE64_U64 = 8,
    SIZE32_IPTR = 4,
    SIZE64_IPTR = 8,
    SIZE32_UPTR = 4,
    SIZE64_UPTR = 8
};

#define HEADERS "mingw-w64 ntdef.h, basetsd.h, ddk/wdm.h"

const struct kss_type kss_types[] = {
#define SCALAR(name_, scalar_)                                                                     \
    {.name = #name_,                                                                               \
     .kind = KSS_TYPE_SCALAR,                                                                      \
     .scalar = KSS_##scalar_,                                                                      \
     .size = {SIZE32_##scalar_, SIZE64_##scalar_},                                                 \
     .align = {SIZE32_##scalar_ + !SIZE32_##scalar_, SIZE64_##scalar_ + !SIZE64_##scalar_},        \
     .source = HEADERS},
#define ALIAS(name_, target_)                                                                      \
    {.name = #name_, .kind = KSS_TYPE_ALIAS, .target = #target_, .source = HEADERS},
#define POINTER(name_, target_)                                                                    \
    {.name = #name_,                                                                               \
     .kind = KSS_TYPE_POINTER,                                                                     \
     .scalar = KSS_UPTR,                                                                           \
     .target = #target_,                                                                           \
     .size = {4, 8},                                                                               \
     .align = {4, 8},                                                                              \
     .source = HEADERS},
#define ENUM(name_)                                                                                \
    {.name = #name_,                                                                               \
     .kind = KSS_TYPE_ENUM,                                                                        \
     .scalar = KSS_I32,                                                                            \
     .size = {4, 4},                                                                               \
     .align = {4, 4},                                                                              \
     .source = HEADERS},
#define CALLBACK(name_, result, parameters_)                                                       \
    {.name = #name_,                                                                               \
     .kind = KSS_TYPE_ROUTINE,                                                                     \
     .target = #result,                                                                            \
     .parameters = parameters_,                                                                    \
     .source = "DDI " #name_},
#define OPAQUE(name_, size32, align32, size64, align64, source_)                                   \
    {.name = #name_,                                                                               \
     .kind = KSS_TYPE_STRUCT,                                                                      \
     .size = {size32, size64},                                                                     \
     .align = {align32, align64},                                                                  \
     .source = source_},
#define STRUCT(name_, size32, align32, size64, align64, source_, ...)                              \
    {.name = #name_,                                                                               \
     .kind = KSS_TYPE_STRUCT,                                                                      \
     .size = {size32, size64},                                                                     \
     .align = {align32, align64},                                                                  \
     .fields = fields_##name_,                                                                     \
     .field_count = sizeof fields_##name_ / sizeof *fields_##name_,                                \
     .source = source_},
#include "nt/types.def"
#undef SCALAR
#undef ALIAS
#undef POINTER
#undef ENUM
#undef CALLBACK
#undef OPAQUE
#undef STRUCT
};
const unsigned kss_type_count = sizeof kss_types / sizeof *kss_types;

static const struct kss_type *find(const char *name, size_t length) {
    return kss_row_named(kss_types, kss_type_count, sizeof *kss_types, name, length);
}

static bool has_tag(const struct kss_type *type) {
    while (type && type->kind == KSS_TYPE_ALIAS)
        type = find(type->target, strlen(type->target));
    return type && (type->kind == KSS_TYPE_STRUCT || type->kind == KSS_TYPE_ENUM);
}

const struct kss_type *kss_type_find(const char *name, size_t length) {
    const struct kss_type *type = find(name, length);
    if (type || length < 2 || name[0] != '_')
        return type;
    type = find(name + 1, length - 1);
    return has_tag(type) ? type : NULL;
}

const struct kss_field *kss_type_field(const struct kss_type *type, const char *name,
                                       size_t length) {
    for (unsigned i = 0; i < type->field_count; i++)
        if (kss_name_order(type->fields[i].name, name, length) == 0)
            return &type->fields[i];
    return NULL;
}
