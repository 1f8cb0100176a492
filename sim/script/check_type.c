// SPDX-License-Identifier: MIT
// Types of a scenario: C's under the LLP64 model (long has 32 bits, pointers 4 or 8 bytes by
// machine) and NT's from the tables. Those the file defines are check_struct.c's.
#include "script/check.h"

#include "base/bisect.h"

#include <stdlib.h>
#include <string.h>

enum { FEW_MEMBERS = 32 };

// ---- Made types ---------------------------------------------------------------------------------
struct kss_ctype kss_type_integer(const char *name, unsigned size, bool is_signed) {
    return (struct kss_ctype){.kind = KSS_K_INT,
                              .align = (uint8_t)size,
                              .is_signed = is_signed,
                              .complete = true,
                              .size = size,
                              .name = name};
}

void kss_types_init(struct kss_build *b) {
    unsigned pointer = b->pointer;
    b->nt_types = KSS_NEW_ARRAY(b->arena, struct kss_ctype *, kss_type_count + 1);
    b->error_type = (struct kss_ctype){.kind = KSS_K_ERROR, .complete = true, .name = "?"};
    b->base[KSS_BASE_VOID] = (struct kss_ctype){.kind = KSS_K_VOID, .name = "void"};
    b->base[KSS_BASE_CHAR] = kss_type_integer("char", 1, true);
    b->base[KSS_BASE_SCHAR] = kss_type_integer("signed char", 1, true);
    b->base[KSS_BASE_UCHAR] = kss_type_integer("unsigned char", 1, false);
    b->base[KSS_BASE_SHORT] = kss_type_integer("short", 2, true);
    b->base[KSS_BASE_USHORT] = kss_type_integer("unsigned short", 2, false);
    b->base[KSS_BASE_INT] = kss_type_integer("int", 4, true);
    b->base[KSS_BASE_UINT] = kss_type_integer("unsigned int", 4, false);
    b->base[KSS_BASE_LONG] = kss_type_integer("long", 4, true);
    b->base[KSS_BASE_ULONG] = kss_type_integer("unsigned long", 4, false);
    b->base[KSS_BASE_INT64] = kss_type_integer("long long", 8, true);
    b->base[KSS_BASE_UINT64] = kss_type_integer("unsigned long long", 8, false);
    b->base[KSS_BASE_BOOL] = kss_type_integer("_Bool", 1, false);
    b->base[KSS_BASE_BOOL].is_bool = true;
    b->duration_type = kss_type_integer("duration", 8, true);
    b->duration_type.is_duration = true;
    b->size_type = kss_type_integer("SIZE_T", pointer, false);
    b->difference_type = kss_type_integer("LONG_PTR", pointer, true);
    b->wide_type = kss_type_integer("WCHAR", 2, false);
}

struct kss_ctype *kss_type_base(struct kss_build *b, enum kss_base base) {
    return &b->base[base];
}

struct kss_ctype *kss_type_pointer_to(struct kss_build *b, struct kss_ctype *target) {
    if (target->kind == KSS_K_ERROR)
        return target;
    if (target->pointer == NULL) {
        struct kss_ctype *type = KSS_NEW(b->arena, struct kss_ctype);
        *type = (struct kss_ctype){.kind = KSS_K_POINTER,
                                   .align = (uint8_t)b->pointer,
                                   .complete = true,
                                   .size = b->pointer,
                                   .target = target};
        target->pointer = type;
    }
    return target->pointer;
}

struct kss_ctype *kss_type_array_of(struct kss_build *b, struct kss_ctype *element, uint32_t count,
                                    bool complete) {
    struct kss_ctype *type = KSS_NEW(b->arena, struct kss_ctype);
    *type = (struct kss_ctype){.kind = KSS_K_ARRAY,
                               .align = element->align,
                               .complete = complete,
                               .size = element->size * count,
                               .count = count,
                               .target = element};
    return type;
}

// ---- NT's types ---------------------------------------------------------------------------------
static struct kss_ctype scalar_of(const struct kss_build *b, const char *name,
                                  enum kss_scalar scalar) {
    switch (scalar) {
    case KSS_VOID: return (struct kss_ctype){.kind = KSS_K_VOID, .name = name};
    case KSS_I8: return kss_type_integer(name, 1, true);
    case KSS_U8: return kss_type_integer(name, 1, false);
    case KSS_I16: return kss_type_integer(name, 2, true);
    case KSS_U16: return kss_type_integer(name, 2, false);
    case KSS_I32: return kss_type_integer(name, 4, true);
    case KSS_U32: return kss_type_integer(name, 4, false);
    case KSS_I64: return kss_type_integer(name, 8, true);
    case KSS_U64: return kss_type_integer(name, 8, false);
    case KSS_IPTR: return kss_type_integer(name, b->pointer, true);
    case KSS_UPTR: return kss_type_integer(name, b->pointer, false);
    }
    return kss_type_integer(name, 4, true);
}

// Integer aliases keep their own name (NTSTATUS says more than LONG); others are what they name.
static struct kss_ctype *alias_of(struct kss_build *b, const struct kss_type *row) {
    struct kss_ctype *target = kss_type_text_find(b, row->target, strlen(row->target));
    if (target == NULL)
        return &b->error_type;
    if (target->kind != KSS_K_INT)
        return target;
    struct kss_ctype *type = KSS_NEW(b->arena, struct kss_ctype);
    *type = *target;
    type->name = row->name;
    type->pointer = NULL;
    return type;
}

struct kss_ctype *kss_type_row(struct kss_build *b, const struct kss_type *row) {
    struct kss_ctype **slot = &b->nt_types[row - kss_types];
    if (*slot != NULL)
        return *slot;
    unsigned wide = b->pointer == 8;
    struct kss_ctype *type = KSS_NEW(b->arena, struct kss_ctype);
    switch (row->kind) {
    case KSS_TYPE_SCALAR:
        *type = scalar_of(b, row->name, row->scalar);
        type->is_bool = strcmp(row->name, "bool") == 0;
        break;
    case KSS_TYPE_ENUM:
        *type = scalar_of(b, row->name, row->scalar == KSS_VOID ? KSS_I32 : row->scalar);
        type->is_enum = true;
        type->nt = row;
        break;
    case KSS_TYPE_ALIAS: type = alias_of(b, row); break;
    case KSS_TYPE_POINTER: {
        struct kss_ctype *target = kss_type_text_find(b, row->target, strlen(row->target));
        type = kss_type_pointer_to(b, target == NULL ? kss_type_base(b, KSS_BASE_VOID) : target);
        if (strcmp(row->name, "HANDLE") == 0) { // what a device's name means depends on it
            struct kss_ctype *handle = KSS_NEW(b->arena, struct kss_ctype);
            *handle = *type;
            handle->name = row->name;
            handle->pointer = NULL;
            type = handle;
        }
        break;
    }
    case KSS_TYPE_STRUCT:
        *type = (struct kss_ctype){.kind = KSS_K_STRUCT,
                                   .align = row->align[wide] ? row->align[wide] : 1,
                                   .complete = row->size[wide] != 0,
                                   .size = row->size[wide],
                                   .name = row->name,
                                   .nt = row};
        break;
    case KSS_TYPE_ROUTINE:
        *type = (struct kss_ctype){.kind = KSS_K_ROUTINE, .name = row->name, .nt = row};
        break;
    }
    *slot = type;
    return type;
}

struct kss_ctype *kss_type_text_find(struct kss_build *b, const char *text, size_t length) {
    unsigned stars = 0;
    for (; length > 0 && (text[length - 1] == '*' || text[length - 1] == ' '); length--)
        stars += text[length - 1] == '*';
    if (length > 6 && memcmp(text, "const ", 6) == 0) {
        text += 6;
        length -= 6;
    }
    const struct kss_type *row = kss_type_find(text, length);
    struct kss_ctype *type = row != NULL ? kss_type_row(b, row) : NULL;
    if (row == NULL && length == 4 && memcmp(text, "void", 4) == 0)
        type = kss_type_base(b, KSS_BASE_VOID);
    for (; type != NULL && stars > 0; stars--)
        type = kss_type_pointer_to(b, type);
    return type;
}

// "PKDPC Dpc, PVOID Context": the last word of each part is its name, when there are two.
static void routine_parameters(struct kss_build *b, struct kss_ctype *type, const char *text) {
    for (const char *at = text; at != NULL && *at != 0;) {
        const char *end = strchr(at, ',');
        size_t length = end != NULL ? (size_t)(end - at) : strlen(at);
        while (length > 0 && *at == ' ')
            at++, length--;
        size_t cut = length;
        while (cut > 0 && at[cut - 1] != ' ' && at[cut - 1] != '*')
            cut--;
        const char *name = cut > 0 ? kss_alloc_text(b->arena, at + cut, length - cut) : NULL;
        struct kss_ctype *parameter = kss_type_text_find(b, at, cut > 0 ? cut : length);
        bool nothing = length == 4 && (memcmp(at, "VOID", 4) == 0 || memcmp(at, "void", 4) == 0);
        if (length > 0 && !nothing) {
            struct kss_member *members =
                KSS_NEW_ARRAY(b->arena, struct kss_member, type->member_count + 1);
            if (type->member_count > 0)
                memcpy(members, type->members, type->member_count * sizeof *members);
            members[type->member_count++] = (struct kss_member){
                .name = name, .type = parameter != NULL ? parameter : &b->error_type};
            type->members = members;
        }
        at = end != NULL ? end + 1 : NULL;
    }
}

static void struct_members(struct kss_build *b, struct kss_ctype *type) {
    const struct kss_type *row = type->nt;
    unsigned wide = b->pointer == 8;
    type->members = KSS_NEW_ARRAY(b->arena, struct kss_member, row->field_count + 1u);
    for (unsigned i = 0; i < row->field_count; i++) {
        const struct kss_field *field = &row->fields[i];
        struct kss_ctype *of = kss_type_text_find(b, field->type, strlen(field->type));
        if (of == NULL)
            of = &b->error_type;
        if (field->count > 0)
            of = kss_type_array_of(b, of, field->count, true);
        type->members[i] = (struct kss_member){
            .name = kss_unique(b, field->name), .type = of, .offset = field->offset[wide]};
    }
    type->member_count = row->field_count;
}

// Rows are read on first use, so that types may refer to each other in circles.
void kss_type_members(struct kss_build *b, struct kss_ctype *type) {
    const struct kss_type *row = type->nt;
    if (row == NULL || type->members_made)
        return;
    type->members_made = true;
    if (type->kind == KSS_K_STRUCT) {
        struct_members(b, type);
    } else if (type->kind == KSS_K_ROUTINE) {
        type->target = row->target != NULL ? kss_type_text_find(b, row->target, strlen(row->target))
                                           : kss_type_base(b, KSS_BASE_VOID);
        if (type->target == NULL)
            type->target = &b->error_type;
        if (row->parameters != NULL)
            routine_parameters(b, type, row->parameters);
    }
}

// Names of a struct with many members, those of anonymous members among them, in byte order.
struct kss_member_at {
    const char *name;
    const struct kss_member *member;
    uint32_t offset, number; // the first of two equal names is meant
};

static int by_name(const void *a, const void *b) {
    const struct kss_member_at *x = a, *y = b;
    int order = strcmp(x->name, y->name);
    return order != 0 ? order : (x->number > y->number) - (x->number < y->number);
}

static void list_members(struct kss_build *b, struct kss_ctype *type, uint32_t offset,
                         struct kss_ctype *into, unsigned *capacity) {
    kss_type_members(b, type);
    for (uint32_t i = 0; i < type->member_count; i++) {
        const struct kss_member *member = &type->members[i];
        if (member->name == NULL && member->type->kind == KSS_K_STRUCT)
            list_members(b, member->type, offset + member->offset, into, capacity);
        if (member->name == NULL)
            continue;
        KSS_ROOM(into->sorted, into->sorted_count, *capacity);
        into->sorted[into->sorted_count] = (struct kss_member_at){
            member->name, member, offset + member->offset, into->sorted_count};
        into->sorted_count++;
    }
}

static void sort_members(struct kss_build *b, struct kss_ctype *type) {
    unsigned capacity = 0;
    list_members(b, type, 0, type, &capacity);
    struct kss_member_at *kept =
        KSS_NEW_ARRAY(b->arena, struct kss_member_at, type->sorted_count + 1);
    if (type->sorted_count > 0) {
        qsort(type->sorted, type->sorted_count, sizeof *kept, by_name);
        memcpy(kept, type->sorted, type->sorted_count * sizeof *kept);
    }
    free(type->sorted);
    type->sorted = kept;
}

static const struct kss_member *sorted_member(const struct kss_ctype *type, const char *name,
                                              uint32_t *offset) {
    uint32_t low;
    KSS_BISECT(low, type->sorted_count, strcmp(type->sorted[low].name, name) < 0);
    if (low == type->sorted_count || strcmp(type->sorted[low].name, name) != 0)
        return NULL;
    *offset = type->sorted[low].offset;
    return type->sorted[low].member;
}

const struct kss_member *kss_type_member(struct kss_build *b, struct kss_ctype *type,
                                         const char *name, uint32_t *offset) {
    kss_type_members(b, type);
    if (type->member_count > FEW_MEMBERS && type->members_made) {
        if (type->sorted == NULL)
            sort_members(b, type);
        return sorted_member(type, name, offset);
    }
    for (uint32_t i = 0; i < type->member_count; i++) {
        const struct kss_member *member = &type->members[i];
        if (member->name != NULL && (member->name == name || strcmp(member->name, name) == 0)) {
            *offset = member->offset;
            return member;
        }
        if (member->name == NULL && member->type->kind == KSS_K_STRUCT) {
            const struct kss_member *inner = kss_type_member(b, member->type, name, offset);
            if (inner != NULL) {
                *offset += member->offset;
                return inner;
            }
        }
    }
    return NULL;
}

// ---- Asking -------------------------------------------------------------------------------------
// "KEVENT *", "UCHAR[16]".
const char *kss_type_text(struct kss_build *b, const struct kss_ctype *type) {
    struct kss_text stars = {0}, lengths = {0};
    while (type->name == NULL && (type->kind == KSS_K_POINTER || type->kind == KSS_K_ARRAY)) {
        if (type->kind == KSS_K_POINTER)
            kss_text_char(&stars, '*');
        else if (type->complete)
            kss_text_format(&lengths, "[%u]", type->count);
        else
            kss_text_str(&lengths, "[]");
        type = type->target;
    }
    const char *name = type->name != NULL ? type->name : "routine";
    const char *star = stars.length > 0 ? stars.bytes : "";
    if (type->kind == KSS_K_VOID && stars.length > 0) {
        name = "PVOID";
        star++;
    }
    const char *text = kss_format_text(b, "%s%s%s%s", name, star[0] != 0 ? " " : "", star,
                                       lengths.length > 0 ? lengths.bytes : "");
    kss_text_free(&stars);
    kss_text_free(&lengths);
    return text;
}

bool kss_type_same(const struct kss_ctype *a, const struct kss_ctype *b) {
    for (;; a = a->target, b = b->target) {
        if (a == b || a->kind == KSS_K_ERROR || b->kind == KSS_K_ERROR)
            return true;
        if (a->kind != b->kind)
            return false;
        if (a->kind == KSS_K_INT)
            return a->size == b->size && a->is_signed == b->is_signed;
        if (a->kind == KSS_K_ARRAY && a->complete && b->complete && a->count != b->count)
            return false;
        if (a->kind != KSS_K_POINTER && a->kind != KSS_K_ARRAY)
            return a->kind == KSS_K_VOID || a->kind == KSS_K_ROUTINE;
    }
}

bool kss_is_arithmetic(const struct kss_ctype *type) {
    return type->kind == KSS_K_INT;
}

bool kss_is_scalar(const struct kss_ctype *type) {
    return type->kind == KSS_K_INT || type->kind == KSS_K_POINTER;
}

enum kss_width kss_width_of(const struct kss_ctype *type) {
    if (type->size == 8)
        return type->is_signed ? KSS_WIDTH_I64 : KSS_WIDTH_U64;
    return type->is_signed ? KSS_WIDTH_I32 : KSS_WIDTH_U32;
}

int64_t kss_canonical(const struct kss_ctype *type, int64_t value) {
    if (type->is_bool)
        return value != 0;
    switch (type->size) {
    case 1: return type->is_signed ? (int8_t)value : (uint8_t)value;
    case 2: return type->is_signed ? (int16_t)value : (uint16_t)value;
    case 4: return type->is_signed ? (int32_t)value : (int64_t)(uint32_t)value;
    default: return value;
    }
}

struct kss_ctype *kss_type_routine_of(struct kss_ctype *type) {
    if (type->kind == KSS_K_POINTER)
        type = type->target;
    return type->kind == KSS_K_ROUTINE ? type : NULL;
}
