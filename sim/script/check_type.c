// SPDX-License-Identifier: MIT
// Types of a scenario: C's under the LLP64 model (long has 32 bits, pointers 4 or 8 bytes by
// machine), NT's from the tables, and those the file defines, laid out as MSVC does: every member at
// its natural alignment, a struct padded to its widest member.
#include "script/check.h"

#include <stdlib.h>
#include <string.h>

enum { DEPTH = 200, LARGEST = 0x7FFFFFFF, POINTERS = 64, FEW_MEMBERS = 32 };

// ---- Made types ---------------------------------------------------------------------------------
static struct kss_ctype integer(const char *name, unsigned size, bool is_signed) {
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
    b->base[KSS_BASE_CHAR] = integer("char", 1, true);
    b->base[KSS_BASE_SCHAR] = integer("signed char", 1, true);
    b->base[KSS_BASE_UCHAR] = integer("unsigned char", 1, false);
    b->base[KSS_BASE_SHORT] = integer("short", 2, true);
    b->base[KSS_BASE_USHORT] = integer("unsigned short", 2, false);
    b->base[KSS_BASE_INT] = integer("int", 4, true);
    b->base[KSS_BASE_UINT] = integer("unsigned int", 4, false);
    b->base[KSS_BASE_LONG] = integer("long", 4, true);
    b->base[KSS_BASE_ULONG] = integer("unsigned long", 4, false);
    b->base[KSS_BASE_INT64] = integer("long long", 8, true);
    b->base[KSS_BASE_UINT64] = integer("unsigned long long", 8, false);
    b->base[KSS_BASE_BOOL] = integer("_Bool", 1, false);
    b->base[KSS_BASE_BOOL].is_bool = true;
    b->duration_type = integer("duration", 8, true);
    b->duration_type.is_duration = true;
    b->size_type = integer("SIZE_T", pointer, false);
    b->difference_type = integer("LONG_PTR", pointer, true);
    b->wide_type = integer("WCHAR", 2, false);
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
    case KSS_I8: return integer(name, 1, true);
    case KSS_U8: return integer(name, 1, false);
    case KSS_I16: return integer(name, 2, true);
    case KSS_U16: return integer(name, 2, false);
    case KSS_I32: return integer(name, 4, true);
    case KSS_U32: return integer(name, 4, false);
    case KSS_I64: return integer(name, 8, true);
    case KSS_U64: return integer(name, 8, false);
    case KSS_IPTR: return integer(name, b->pointer, true);
    case KSS_UPTR: return integer(name, b->pointer, false);
    }
    return integer(name, 4, true);
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
    uint32_t low = 0, high = type->sorted_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (strcmp(type->sorted[middle].name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
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

// ---- Types the file writes ----------------------------------------------------------------------

struct layout {
    struct kss_ctype *type;
    uint64_t size;
    unsigned capacity;
    struct kss_pointer_map names;
};

static void add_member(struct kss_build *b, struct layout *layout, const char *name,
                       struct kss_ctype *of, struct kss_node *node) {
    struct kss_ctype *type = layout->type;
    if (of->kind == KSS_K_ERROR)
        return;
    if (!of->complete || of->kind == KSS_K_VOID || of->kind == KSS_K_ROUTINE) {
        bool open = of->kind == KSS_K_ARRAY;
        KSS_SAY(b, node, "KSS0116",
                open ? "a member array needs a length"
                     : "a member cannot have the incomplete type `%s`",
                kss_type_text(b, of));
        return;
    }
    if (name != NULL && kss_map_get(&layout->names, name) != NULL) {
        struct kss_diag *diag = KSS_SAY(b, node, "KSS0110", "two members are named `%s`", name);
        kss_diag_cause(b->diags, diag, kss_span_of(b, kss_map_get(&layout->names, name)),
                       "the first one is here");
        return;
    }
    if (name != NULL)
        kss_map_put(&layout->names, name, node);
    uint64_t align = of->align ? of->align : 1;
    uint64_t offset = type->is_union ? 0 : (layout->size + align - 1) / align * align;
    uint64_t end = offset + of->size;
    if (end > LARGEST) {
        KSS_SAY(b, node, "KSS0128", "the type is larger than 2 GB");
        return;
    }
    if (layout->type->align < align)
        layout->type->align = (uint8_t)align;
    if (layout->size < end)
        layout->size = end;
    KSS_ROOM(type->members, type->member_count, layout->capacity);
    type->members[type->member_count++] =
        (struct kss_member){.name = name, .type = of, .offset = (uint32_t)offset};
}

static void define_struct(struct kss_build *b, struct kss_ctype *type, struct kss_node *node) {
    struct layout layout = {.type = type};
    type->open = true;
    for (struct kss_node *member = node->a; member != NULL; member = member->next) {
        struct kss_ctype *base = kss_type_of(b, member->a);
        if (member->b == NULL) {
            if (base->kind == KSS_K_STRUCT && base->complete)
                add_member(b, &layout, NULL, base, member);
            else if (base->kind != KSS_K_ERROR && !base->is_enum)
                KSS_SAY(b, member, "KSS0116", "a member needs a name");
            continue;
        }
        for (struct kss_node *one = member->b; one != NULL; one = one->next)
            add_member(b, &layout, one->name, kss_type_declared(b, base, one), one);
    }
    if (type->member_count > 0) {
        struct kss_member *kept = KSS_NEW_ARRAY(b->arena, struct kss_member, type->member_count);
        memcpy(kept, type->members, type->member_count * sizeof *kept);
        free(type->members);
        type->members = kept;
    } else {
        free(type->members);
        type->members = NULL;
    }
    kss_map_free(&layout.names);
    uint64_t align = type->align;
    type->size = (uint32_t)((layout.size + align - 1) / align * align);
    type->open = false;
    type->complete = true;
    type->members_made = true;
}

static struct kss_ctype *new_struct(struct kss_build *b, struct kss_node *node) {
    struct kss_ctype *type = KSS_NEW(b->arena, struct kss_ctype);
    *type = (struct kss_ctype){.kind = KSS_K_STRUCT,
                               .align = 1,
                               .is_union = (node->flags & KSS_F_UNION) != 0,
                               .name = node->name};
    if (node->name == NULL)
        type->name = type->is_union ? "union" : "struct";
    return type;
}

static struct kss_ctype *inside_itself(struct kss_build *b, const struct kss_symbol *tag,
                                       struct kss_node *node) {
    struct kss_diag *diag =
        KSS_SAY(b, node, "KSS0110", "`%s` is defined inside itself", node->name);
    kss_diag_cause(b->diags, diag, kss_span_of(b, tag->node), "the definition around it");
    return &b->error_type;
}

static struct kss_ctype *struct_of(struct kss_build *b, struct kss_node *node) {
    struct kss_symbol *tag = node->name != NULL ? kss_lookup_tag(b, node->name) : NULL;
    bool defines = node->a != NULL;
    if (!defines && tag != NULL)
        return tag->type;
    if (!defines) {
        const struct kss_type *row = kss_type_find(node->name, strlen(node->name));
        if (row != NULL && row->kind == KSS_TYPE_STRUCT)
            return kss_type_row(b, row);
    }
    struct kss_ctype *type;
    bool here = tag != NULL && kss_in_scope(b, tag, b->block);
    if (here && tag->type->open)
        return inside_itself(b, tag, node);
    if (here && tag->type->kind == KSS_K_STRUCT && !tag->type->complete &&
        !tag->type->members_made) {
        type = tag->type;
    } else {
        type = new_struct(b, node);
        if (node->name != NULL)
            kss_declare(b, KSS_Y_TAG, node->name, node, b->block)->type = type;
    }
    if (defines)
        define_struct(b, type, node);
    return type;
}

static struct kss_ctype *enum_of(struct kss_build *b, struct kss_node *node) {
    struct kss_symbol *tag = node->name != NULL ? kss_lookup_tag(b, node->name) : NULL;
    if (node->a == NULL) {
        const struct kss_type *row =
            node->name != NULL ? kss_type_find(node->name, strlen(node->name)) : NULL;
        if (tag != NULL)
            return tag->type;
        if (row != NULL)
            return kss_type_row(b, row);
        KSS_SAY(b, node, "KSS0103", "unknown enum `%s`", node->name == NULL ? "" : node->name);
        return &b->error_type;
    }
    struct kss_ctype *type = KSS_NEW(b->arena, struct kss_ctype);
    *type = integer(node->name != NULL ? node->name : "enum", 4, true);
    type->is_enum = true;
    if (node->name != NULL)
        kss_declare(b, KSS_Y_TAG, node->name, node, b->block)->type = type;
    int64_t next = 0;
    for (struct kss_node *one = node->a; one != NULL; one = one->next) {
        if (one->a != NULL && !kss_check_constant(b, one->a, "the value of an enumerator", &next))
            next = 0;
        struct kss_symbol *symbol = kss_declare(b, KSS_Y_CONSTANT, one->name, one, b->block);
        symbol->type = type;
        symbol->value = kss_canonical(type, next);
        next = symbol->value + 1;
    }
    return type;
}

static struct kss_ctype *unknown_type(struct kss_build *b, struct kss_node *node) {
    if (!kss_unknown_once(b, node->name))
        return &b->error_type;
    struct kss_diag *diag = KSS_SAY(b, node, "KSS0103", "unknown type `%s`", node->name);
    const char *like = kss_did_you_mean(b, node->name, KSS_LIKE_TYPE);
    if (like != NULL)
        kss_diag_note(b->diags, diag, "help", "did you mean `%s`?", like);
    return &b->error_type;
}

static struct kss_ctype *named(struct kss_build *b, struct kss_node *node) {
    const struct kss_symbol *symbol = kss_lookup(b, node->name);
    if (symbol != NULL && symbol->kind == KSS_Y_TYPE)
        return symbol->type;
    if (symbol != NULL && symbol->kind == KSS_Y_DEFINE && symbol->node->a != NULL &&
        symbol->node->a->kind == KSS_N_NAME && symbol->node->a->name != node->name)
        return named(b, symbol->node->a);
    const struct kss_type *row = kss_type_find(node->name, strlen(node->name));
    if (row != NULL)
        return kss_type_row(b, row);
    const struct kss_symbol *tag = kss_lookup_tag(b, node->name);
    if (tag != NULL && symbol == NULL) {
        struct kss_diag *diag = KSS_SAY(b, node, "KSS0103", "unknown type `%s`", node->name);
        kss_diag_note(b->diags, diag, "help", "a tag needs its word: `struct %s`", node->name);
        return &b->error_type;
    }
    return unknown_type(b, node);
}

struct kss_ctype *kss_type_of(struct kss_build *b, struct kss_node *node) {
    if (node->kind == KSS_N_NAME)
        return named(b, node);
    if (b->depth > DEPTH) {
        KSS_SAY(b, node, "KSS0128", "types are nested more than %d deep", DEPTH);
        return &b->error_type;
    }
    b->depth++;
    struct kss_ctype *type;
    if (node->a != NULL && node->a->kind == KSS_N_STRUCT)
        type = struct_of(b, node->a);
    else if (node->a != NULL && node->a->kind == KSS_N_ENUM)
        type = enum_of(b, node->a);
    else if (node->number != KSS_BASE_NAME)
        type = kss_type_base(b, (enum kss_base)node->number);
    else
        type = named(b, node);
    b->depth--;
    return type;
}

// Lengths are outermost first; the element type is made from the innermost.
struct kss_ctype *kss_type_declared(struct kss_build *b, struct kss_ctype *base,
                                    struct kss_node *declarator) {
    struct kss_ctype *type = base;
    if (declarator == NULL)
        return type;
    if (declarator->number > POINTERS) {
        KSS_SAY(b, declarator, "KSS0128", "more than %d pointers to pointers", POINTERS);
        return &b->error_type;
    }
    for (uint64_t i = 0; i < declarator->number; i++)
        type = kss_type_pointer_to(b, type);
    struct kss_node *lengths[POINTERS];
    unsigned count = 0;
    for (struct kss_node *length = declarator->a; length != NULL; length = length->next) {
        if (count == POINTERS) {
            KSS_SAY(b, declarator, "KSS0128", "an array has more than %d dimensions", POINTERS);
            return &b->error_type;
        }
        lengths[count++] = length;
    }
    while (count-- > 0 && type->kind != KSS_K_ERROR) {
        bool open = lengths[count]->a == NULL;
        uint64_t length = 0;
        if (type->kind == KSS_K_VOID || type->kind == KSS_K_ROUTINE || !type->complete) {
            KSS_SAY(b, declarator, "KSS0116", "an array cannot have elements of type `%s`",
                    kss_type_text(b, type));
            return &b->error_type;
        }
        if (open && count > 0) {
            KSS_SAY(b, lengths[count], "KSS0116",
                    "only the first length of an array can be left out");
            return &b->error_type;
        }
        if (!open && !kss_check_count(b, lengths[count]->a, "an array's length", LARGEST, &length))
            return &b->error_type;
        if (!open && length == 0) {
            KSS_SAY(b, lengths[count], "KSS0116", "an array cannot have length 0");
            return &b->error_type;
        }
        if (type->size != 0 && length > LARGEST / type->size) {
            KSS_SAY(b, lengths[count], "KSS0128", "the array is larger than 2 GB");
            return &b->error_type;
        }
        type = kss_type_array_of(b, type, (uint32_t)length, !open);
    }
    return type;
}

struct kss_ctype *kss_type_name(struct kss_build *b, struct kss_node *node) {
    if (node->kind == KSS_N_NAME)
        return named(b, node);
    return kss_type_declared(b, kss_type_of(b, node->a), node->b);
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
