// SPDX-License-Identifier: MIT
// Initializers: which value goes to which part of a variable.
//
// Braces are matched as in C: a list for an aggregate, elements without braces flow on into the
// parts of the aggregate they begin (brace elision). Structures of the tables have the members of
// anonymous unions as their own; a member that overlaps one already filled is passed over.
#include "script/check.h"

#include <string.h>

struct cursor {
    struct kss_node *node;  // next element
    struct kss_expr *value; // its value, once somebody looked
};

struct filler {
    struct kss_build *b;
    kss_init_store *store;
    bool told;
};

static bool takes_string(const struct kss_ctype *type, const struct kss_node *node) {
    return type->kind == KSS_K_ARRAY && type->target->kind == KSS_K_INT &&
           node->kind == KSS_N_STRING && type->target->size == (node->flags & KSS_F_WIDE ? 2u : 1u);
}

static struct kss_expr *value_of(struct filler *f, struct cursor *at) {
    if (at->value == NULL)
        at->value = kss_check_value(f->b, at->node);
    return at->value;
}

static void next(struct cursor *at) {
    at->node = at->node->next;
    at->value = NULL;
}

static void fill(struct filler *f, struct kss_expr *target, struct cursor *at);

static void too_many(struct filler *f, struct kss_node *node, const struct kss_ctype *type) {
    if (f->told)
        return;
    f->told = true;
    KSS_SAY(f->b, node, "KSS0118", "`%s` has no room for this value", kss_type_text(f->b, type));
}

static void fill_string(struct filler *f, struct kss_expr *target, struct kss_node *node) {
    struct kss_expr *string = kss_string(f->b, node);
    if (string->type->size - target->type->target->size > target->type->size) {
        too_many(f, node, target->type);
        return;
    }
    f->store(f->b, target, string);
}

static void fill_scalar(struct filler *f, struct kss_expr *target, struct cursor *at) {
    if (at->node->kind == KSS_N_INIT_LIST) {
        struct cursor inner = {at->node->a, NULL};
        struct kss_node *list = at->node;
        if (inner.node == NULL) {
            KSS_SAY(f->b, list, "KSS0118", "the braces are empty");
        } else {
            fill(f, target, &inner);
            if (inner.node != NULL)
                too_many(f, inner.node, target->type);
        }
        next(at);
        return;
    }
    struct kss_expr *e = value_of(f, at);
    target = kss_time_target(f->b, target, e);
    e = kss_check_assign(f->b, e, target->type, "the initial value");
    if (e->type->kind != KSS_K_ERROR) {
        kss_goes_to(target, e);
        f->store(f->b, target, e);
    }
    next(at);
}

static void fill_members(struct filler *f, struct kss_expr *target, struct cursor *at) {
    struct kss_build *b = f->b;
    struct kss_ctype *type = target->type;
    if (type->kind == KSS_K_ARRAY) {
        for (uint32_t i = 0; i < type->count && at->node != NULL; i++)
            fill(f,
                 kss_expr_part(b, target, (int64_t)i * type->target->size, type->target, at->node),
                 at);
        return;
    }
    kss_type_members(b, type);
    uint64_t filled = 0;
    for (uint32_t i = 0; i < type->member_count && at->node != NULL; i++) {
        const struct kss_member *member = &type->members[i];
        if (i > 0 && (type->is_union || member->offset < filled))
            continue;
        if (filled < (uint64_t)member->offset + member->type->size)
            filled = (uint64_t)member->offset + member->type->size;
        fill(f, kss_expr_part(b, target, member->offset, member->type, at->node), at);
    }
}

// Fills [target] from the elements at [at]: one, or as many as its parts take.
static void fill(struct filler *f, struct kss_expr *target, struct cursor *at) {
    struct kss_ctype *type = target->type;
    if (type->kind == KSS_K_ERROR) {
        next(at);
        return;
    }
    if (kss_is_scalar(type)) {
        fill_scalar(f, target, at);
        return;
    }
    if (takes_string(type, at->node)) {
        fill_string(f, target, at->node);
        next(at);
        return;
    }
    if (at->node->kind == KSS_N_INIT_LIST) {
        struct cursor inner = {at->node->a, NULL};
        if (inner.node != NULL && inner.node->next == NULL && takes_string(type, inner.node)) {
            fill_string(f, target, inner.node);
        } else {
            fill_members(f, target, &inner);
            if (inner.node != NULL)
                too_many(f, inner.node, type);
        }
        next(at);
        return;
    }
    if (type->kind == KSS_K_STRUCT) {
        struct kss_expr *e = value_of(f, at);
        if (e->type->kind == KSS_K_STRUCT || e->type->is_duration) {
            fill_scalar(f, target, at);
            return;
        }
    }
    struct kss_node *before = at->node;
    fill_members(f, target, at);
    if (at->node == before) { // nothing in it takes a value
        too_many(f, before, type);
        next(at);
    }
}

struct kss_ctype *kss_init_type(struct kss_build *b, struct kss_ctype *type,
                                struct kss_node *initializer) {
    if (type->kind != KSS_K_ARRAY || type->complete)
        return type;
    struct kss_node *string = initializer;
    if (initializer->kind == KSS_N_INIT_LIST && initializer->a != NULL &&
        initializer->a->next == NULL)
        string = initializer->a;
    uint32_t count = 0;
    if (takes_string(type, string)) {
        count = kss_string(b, string)->type->count;
    } else if (initializer->kind == KSS_N_INIT_LIST) {
        for (struct kss_node *at = initializer->a; at != NULL; at = at->next)
            count++;
        // Without inner braces the elements fill rows one after another.
        const struct kss_ctype *row = type->target;
        if (row->kind == KSS_K_ARRAY && initializer->a != NULL &&
            initializer->a->kind != KSS_N_INIT_LIST && !takes_string(row, initializer->a)) {
            uint32_t each = 1;
            for (; row->kind == KSS_K_ARRAY; row = row->target)
                each *= row->count;
            count = (count + each - 1) / each;
        }
    }
    if (count == 0) {
        KSS_SAY(b, initializer, "KSS0118", "the length of the array does not follow from this");
        return &b->error_type;
    }
    if (type->target->size != 0 && count > INT32_MAX / type->target->size) {
        KSS_SAY(b, initializer, "KSS0128", "the array is larger than 2 GB");
        return &b->error_type;
    }
    return kss_type_array_of(b, type->target, count, true);
}

void kss_check_init(struct kss_build *b, struct kss_expr *target, struct kss_node *initializer,
                    kss_init_store *store) {
    struct filler filler = {b, store, false};
    struct cursor at = {initializer, NULL};
    struct kss_node *rest = initializer->next;
    initializer->next = NULL;
    if (target->type->kind == KSS_K_ARRAY && initializer->kind != KSS_N_INIT_LIST &&
        !takes_string(target->type, initializer))
        KSS_SAY(b, initializer, "KSS0118", "an array needs a list in braces");
    else
        fill(&filler, target, &at);
    initializer->next = rest;
}

// ---- Globals ------------------------------------------------------------------------------------
bool kss_constant_address(const struct kss_expr *e, struct kss_initial *out) {
    int64_t addend = 0;
    for (;; e = e->a) {
        bool same = e->kind == KSS_X_CAST && e->type->size >= e->a->type->size;
        bool moved = e->kind == KSS_X_BINARY && e->op == KSS_OP_ADD &&
                     e->type->kind == KSS_K_POINTER && e->b->kind == KSS_X_CONST;
        if (!same && !moved)
            break;
        if (moved)
            addend += e->b->value;
    }
    if (e->kind == KSS_X_CONST) {
        out->kind = KSS_DATUM_BYTES;
        out->addend = addend + e->value;
        return true;
    }
    if (e->kind == KSS_X_ROUTINE) {
        out->kind = KSS_DATUM_CODE;
        out->target = e->index;
        out->addend = addend;
        return true;
    }
    if (e->kind == KSS_X_ADDRESS && e->a->kind == KSS_X_GLOBAL) {
        out->kind = KSS_DATUM_GLOBAL;
        out->target = e->a->index;
        out->addend = addend + e->a->value;
        return true;
    }
    return false;
}

static const struct kss_initial *string_bytes(const struct kss_build *b, uint32_t global) {
    for (uint32_t i = b->initial_count; i-- > 0;)
        if (b->initials[i].global == global)
            return &b->initials[i];
    return NULL;
}

void kss_global_store(struct kss_build *b, struct kss_expr *target, struct kss_expr *value) {
    struct kss_initial initial = {
        .global = target->index, .offset = (uint32_t)target->value, .size = target->type->size};
    if (target->type->kind == KSS_K_ARRAY) {
        const struct kss_initial *string = string_bytes(b, value->index);
        initial.kind = KSS_DATUM_BYTES;
        initial.bytes = string->bytes;
        initial.size = string->size < initial.size ? string->size : initial.size;
    } else {
        if (value->kind == KSS_X_DEREF && value->a->kind == KSS_X_LARGE)
            value = value->a->a;
        if (!kss_constant_address(value, &initial)) {
            KSS_SAY(b, value->node, "KSS0117", "a global's initial value must be a constant");
            return;
        }
        if (initial.kind == KSS_DATUM_BYTES) {
            uint8_t *bytes = kss_alloc(b->arena, 8);
            for (unsigned i = 0; i < 8; i++)
                bytes[i] = (uint8_t)((uint64_t)initial.addend >> (8 * i));
            initial.bytes = bytes;
        }
    }
    KSS_ROOM(b->initials, b->initial_count, b->initial_capacity);
    b->initials[b->initial_count++] = initial;
}
