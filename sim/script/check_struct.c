// SPDX-License-Identifier: MIT
// Types a file writes: structs and unions laid out as MSVC does (every member at its natural
// alignment, the whole padded to its widest member), enums, declarators.
#include "script/check.h"

#include <stdlib.h>
#include <string.h>

enum { DEPTH = 200, LARGEST = 0x7FFFFFFF, POINTERS = 64 };

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
    *type = kss_type_integer(node->name != NULL ? node->name : "enum", 4, true);
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
