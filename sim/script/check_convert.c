// SPDX-License-Identifier: MIT
// Conversions: arrays and routines to pointers, casts, and what may be assigned to what.
//
// Integers convert to each other as in C. Pointers convert to and from PVOID, between integers of
// one size (PUCHAR and PCHAR) and, where the table or the file says PVOID *, between pointers to
// pointers; everything else needs a cast, because a KTIMER given for a KEVENT is what a reader of a
// diagnostic wants to know. A time (30s) goes into 64-bit integers and LARGE_INTEGERs only.
#include "script/check.h"

#include <string.h>

struct kss_expr *kss_expr_new(struct kss_build *b, enum kss_expr_kind kind, struct kss_ctype *type,
                              struct kss_node *node) {
    struct kss_expr *e = KSS_NEW(b->arena, struct kss_expr);
    e->kind = (uint8_t)kind;
    e->type = type;
    e->node = node;
    return e;
}

struct kss_expr *kss_expr_const(struct kss_build *b, struct kss_ctype *type, int64_t value,
                                struct kss_node *node) {
    struct kss_expr *e = kss_expr_new(b, KSS_X_CONST, type, node);
    e->value = kss_canonical(type, value);
    return e;
}

struct kss_expr *kss_expr_error(struct kss_build *b, struct kss_node *node) {
    return kss_expr_new(b, KSS_X_ERROR, &b->error_type, node);
}

bool kss_is_lvalue(const struct kss_expr *e) {
    return e->kind == KSS_X_SLOT || e->kind == KSS_X_LOCAL || e->kind == KSS_X_GLOBAL ||
           e->kind == KSS_X_DEREF;
}

bool kss_is_null(const struct kss_expr *e) {
    return e->kind == KSS_X_CONST && e->value == 0 && !e->type->is_duration;
}

// ---- Addresses ----------------------------------------------------------------------------------
struct kss_expr *kss_expr_part(struct kss_build *b, struct kss_expr *e, int64_t offset,
                               struct kss_ctype *type, struct kss_node *node) {
    struct kss_expr *part;
    if (kss_is_lvalue(e) && e->kind != KSS_X_SLOT) {
        part = kss_expr_new(b, (enum kss_expr_kind)e->kind, type, node);
        *part = *e;
        part->type = type;
        part->node = node;
        part->next = NULL;
        part->value += offset;
    } else { // a struct that is a value: what it evaluates to is its address
        part = kss_expr_new(b, KSS_X_DEREF, type, node);
        part->a = e;
        part->value = offset;
    }
    return part;
}

struct kss_expr *kss_expr_address(struct kss_build *b, struct kss_expr *lvalue) {
    struct kss_expr *e =
        kss_expr_new(b, KSS_X_ADDRESS, kss_type_pointer_to(b, lvalue->type), lvalue->node);
    e->a = lvalue;
    return e;
}

struct kss_expr *kss_expr_deref(struct kss_build *b, struct kss_expr *pointer, int64_t offset,
                                struct kss_ctype *type, struct kss_node *node) {
    while (pointer->kind == KSS_X_BINARY && pointer->op == KSS_OP_ADD &&
           pointer->type->kind == KSS_K_POINTER && pointer->b->kind == KSS_X_CONST) {
        offset += pointer->b->value;
        pointer = pointer->a;
    }
    if (pointer->kind == KSS_X_ADDRESS)
        return kss_expr_part(b, pointer->a, offset, type, node);
    struct kss_expr *e = kss_expr_new(b, KSS_X_DEREF, type, node);
    e->a = pointer;
    e->value = offset;
    return e;
}

struct kss_expr *kss_value(struct kss_build *b, struct kss_expr *e) {
    if (e->type->kind == KSS_K_ARRAY) {
        struct kss_expr *pointer = kss_expr_address(b, e);
        pointer->type = kss_type_pointer_to(b, e->type->target);
        return pointer;
    }
    if (e->type->kind == KSS_K_ROUTINE && e->kind == KSS_X_ROUTINE) {
        struct kss_expr *pointer =
            kss_expr_new(b, KSS_X_ROUTINE, kss_type_pointer_to(b, e->type), e->node);
        pointer->index = e->index;
        return pointer;
    }
    if (e->type->kind == KSS_K_ROUTINE && e->kind == KSS_X_DEREF)
        return e->a; // *pointer to a routine is that pointer again
    return e;
}

// ---- Conversions --------------------------------------------------------------------------------
struct kss_expr *kss_convert(struct kss_build *b, struct kss_expr *e, struct kss_ctype *type) {
    if (e->type == type || e->type->kind == KSS_K_ERROR || type->kind == KSS_K_ERROR)
        return e->type->kind == KSS_K_ERROR || type->kind != KSS_K_ERROR
                   ? e
                   : kss_expr_error(b, e->node);
    struct kss_expr *cast;
    if (e->kind == KSS_X_CONST && kss_is_scalar(type))
        return kss_expr_const(b, type, e->value, e->node);
    if (type->kind == KSS_K_POINTER && e->kind == KSS_X_ADDRESS) {
        cast = kss_expr_new(b, KSS_X_ADDRESS, type, e->node);
        cast->a = e->a;
        return cast;
    }
    cast = kss_expr_new(b, KSS_X_CAST, type, e->node);
    cast->a = e;
    return cast;
}

static bool pointers_fit(const struct kss_ctype *from, const struct kss_ctype *to) {
    from = from->target;
    to = to->target;
    if (from->kind == KSS_K_VOID || to->kind == KSS_K_VOID || kss_type_same(from, to))
        return true;
    if (from->kind == KSS_K_INT && to->kind == KSS_K_INT)
        return from->size == to->size;
    if (from->kind == KSS_K_POINTER && to->kind == KSS_K_POINTER)
        return from->target->kind == KSS_K_VOID || to->target->kind == KSS_K_VOID ||
               pointers_fit(from, to);
    return false;
}

static bool is_large_integer(const struct kss_ctype *type) {
    return type->kind == KSS_K_STRUCT && type->size == 8 && type->nt != NULL &&
           (strcmp(type->nt->name, "LARGE_INTEGER") == 0 ||
            strcmp(type->nt->name, "ULARGE_INTEGER") == 0);
}

struct kss_expr *kss_time_target(struct kss_build *b, struct kss_expr *target,
                                 const struct kss_expr *value) {
    if (!value->type->is_duration || !is_large_integer(target->type))
        return target;
    return kss_expr_part(b, target, 0, kss_type_base(b, KSS_BASE_INT64), target->node);
}

static struct kss_expr *mismatch(struct kss_build *b, struct kss_expr *e, struct kss_ctype *type,
                                 const char *what) {
    struct kss_diag *diag = KSS_SAY(b, e->node, "KSS0112", "%s must be `%s`, not `%s`", what,
                                    kss_type_text(b, type), kss_type_text(b, e->type));
    kss_diag_label(b->diags, diag, "this is `%s`", kss_type_text(b, e->type));
    if (type->kind == KSS_K_POINTER && kss_is_lvalue(e) && kss_type_same(type->target, e->type))
        kss_diag_note(b->diags, diag, "help", "pass its address: `&%s`",
                      kss_source_text(b, e->node));
    else if (e->type->kind == KSS_K_POINTER && kss_type_same(e->type->target, type))
        kss_diag_note(b->diags, diag, "help", "pass what it points to: `*%s`",
                      kss_source_text(b, e->node));
    else if (kss_is_scalar(type) && kss_is_scalar(e->type) && type->kind != e->type->kind)
        kss_diag_note(b->diags, diag, "help", "if that is meant, write a cast: `(%s)%s`",
                      kss_type_text(b, type), kss_source_text(b, e->node));
    return kss_expr_error(b, e->node);
}

static struct kss_expr *time_to_integer(struct kss_build *b, struct kss_expr *e,
                                        struct kss_ctype *type, const char *what) {
    if (type->size == 8)
        return kss_convert(b, e, type);
    struct kss_diag *diag =
        KSS_SAY(b, e->node, "KSS0113", "%s is a plain number, not a time", what);
    kss_diag_label(b->diags, diag, "a time counts 100 ns units and needs 64 bits");
    kss_diag_note(b->diags, diag, "help", "write the number in the unit that is wanted");
    return kss_expr_error(b, e->node);
}

struct kss_expr *kss_check_assign(struct kss_build *b, struct kss_expr *e, struct kss_ctype *type,
                                  const char *what) {
    if (e->type->kind == KSS_K_ERROR || type->kind == KSS_K_ERROR)
        return kss_expr_error(b, e->node);
    if (e->kind == KSS_X_DEVICE)
        e = kss_device_as(b, e, type);
    if (type->kind == KSS_K_INT && e->type->kind == KSS_K_INT) {
        if (e->type->is_duration && !type->is_duration)
            return time_to_integer(b, e, type, what);
        return kss_convert(b, e, type);
    }
    if (type->kind == KSS_K_POINTER) {
        if (e->kind == KSS_X_CONST && e->value == 0 && e->type->kind == KSS_K_INT)
            return kss_expr_const(b, type, 0, e->node);
        struct kss_ctype *shape = kss_type_routine_of(type);
        if (e->kind == KSS_X_ROUTINE && shape != NULL)
            return kss_check_shape(b, e->index, shape, e->node) ? kss_convert(b, e, type)
                                                                : kss_expr_error(b, e->node);
        if (e->type->kind == KSS_K_POINTER && pointers_fit(e->type, type))
            return kss_convert(b, e, type);
    }
    if (type->kind == KSS_K_STRUCT) {
        if (kss_type_same(type, e->type))
            return e;
        if (is_large_integer(type) && e->type->is_duration) {
            struct kss_expr *large =
                kss_expr_new(b, KSS_X_LARGE, kss_type_pointer_to(b, type), e->node);
            large->a = e;
            return kss_expr_part(b, kss_expr_deref(b, large, 0, type, e->node), 0, type, e->node);
        }
    }
    return mismatch(b, e, type, what);
}
