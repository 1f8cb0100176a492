// SPDX-License-Identifier: MIT
// Expressions: a tree of the parser becomes a typed tree.
//
// The left spine of an expression (a + b + c + ..., p->next->next->..., x[0][1]) may be a million
// nodes long and is walked on a list; everything else is at most KSS_EXPRESSION_DEPTH deep and walked
// by recursion.
#include "script/check.h"

#include <stdlib.h>
#include <string.h>

enum { DEEPEST = 4 * KSS_EXPRESSION_DEPTH, SMALL_SPINE = 24 };

static struct kss_ctype *int_type(struct kss_build *b) {
    return kss_type_base(b, KSS_BASE_INT);
}

// ---- Fields, elements, sizes --------------------------------------------------------------------
static struct kss_expr *unknown_field(struct kss_build *b, struct kss_ctype *type,
                                      struct kss_node *node) {
    struct kss_diag *diag =
        KSS_SAY(b, node, "KSS0105", "`%s` has no field `%s`", kss_type_text(b, type), node->name);
    if (!kss_is_seen(b))
        return kss_expr_error(b, node);
    const char **names = KSS_NEW_ARRAY(b->arena, const char *, type->member_count + 1);
    size_t count = 0;
    for (uint32_t i = 0; i < type->member_count; i++)
        if (type->members[i].name != NULL)
            names[count++] = type->members[i].name;
    const char *like = kss_like(node->name, names, count);
    if (like != NULL)
        kss_diag_note(b->diags, diag, "help", "did you mean `%s`?", like);
    else if (count == 0)
        kss_diag_note(b->diags, diag, "note", "its fields are not public or not in the tables");
    return kss_expr_error(b, node);
}

static struct kss_expr *field(struct kss_build *b, struct kss_expr *x, struct kss_node *node) {
    if (x->type->kind == KSS_K_ERROR)
        return x;
    bool arrow = node->flags & KSS_F_ARROW;
    if (arrow)
        x = kss_value(b, x);
    struct kss_ctype *type = arrow && x->type->kind == KSS_K_POINTER ? x->type->target : x->type;
    bool fits = type->kind == KSS_K_STRUCT && arrow == (x->type->kind == KSS_K_POINTER);
    if (!fits) {
        struct kss_diag *diag = KSS_SAY(b, node, "KSS0105", "`%s` does not take a `%s`",
                                        arrow ? "->" : ".", kss_type_text(b, x->type));
        if (type->kind == KSS_K_STRUCT && arrow)
            kss_diag_note(b->diags, diag, "help", "it is no pointer: write `.%s`", node->name);
        else if (x->type->kind == KSS_K_POINTER && x->type->target->kind == KSS_K_STRUCT)
            kss_diag_note(b->diags, diag, "help", "it is a pointer: write `->%s`", node->name);
        return kss_expr_error(b, node);
    }
    uint32_t offset;
    const struct kss_member *member = kss_type_member(b, type, node->name, &offset);
    if (member == NULL)
        return unknown_field(b, type, node);
    if (arrow)
        return kss_expr_deref(b, x, offset, member->type, node);
    return kss_expr_part(b, x, offset, member->type, node);
}

static struct kss_expr *element(struct kss_build *b, struct kss_expr *x, struct kss_node *node) {
    struct kss_expr *index = kss_check_value(b, node->b);
    if (x->type->kind == KSS_K_ERROR || index->type->kind == KSS_K_ERROR)
        return kss_expr_error(b, node);
    x = kss_value(b, x);
    if (x->type->kind == KSS_K_INT && index->type->kind == KSS_K_POINTER) {
        struct kss_expr *swap = x;
        x = index;
        index = swap;
    }
    if (x->type->kind != KSS_K_POINTER || index->type->kind != KSS_K_INT ||
        index->type->is_duration) {
        KSS_SAY(b, node, "KSS0114", "`[]` does not take a `%s` and a `%s`",
                kss_type_text(b, x->type), kss_type_text(b, index->type));
        return kss_expr_error(b, node);
    }
    struct kss_expr *pointer = kss_expr_add(b, x, index, KSS_OP_ADD, node);
    if (pointer->type->kind == KSS_K_ERROR)
        return pointer;
    return kss_expr_deref(b, pointer, 0, pointer->type->target, node);
}

static struct kss_expr *size_of(struct kss_build *b, struct kss_node *node) {
    struct kss_node *of = node->a;
    struct kss_ctype *type;
    const struct kss_symbol *symbol = of->kind == KSS_N_NAME ? kss_lookup(b, of->name) : NULL;
    bool names_type = symbol != NULL && symbol->kind == KSS_Y_TYPE;
    if (of->kind == KSS_N_TYPE_NAME || names_type) {
        type = kss_type_name(b, of);
    } else {
        struct kss_expr *e = kss_check(b, of);
        if (e->symbol != NULL && e->symbol->reads > 0)
            e->symbol->reads--;
        type = e->type;
    }
    if (type->kind == KSS_K_ERROR)
        return kss_expr_error(b, node);
    if (!type->complete || type->kind == KSS_K_VOID || type->kind == KSS_K_ROUTINE) {
        KSS_SAY(b, node, "KSS0116", "the size of `%s` is unknown", kss_type_text(b, type));
        return kss_expr_error(b, node);
    }
    return kss_expr_const(b, &b->size_type, type->size, node);
}

// ---- The walk -----------------------------------------------------------------------------------
static struct kss_expr *defined(struct kss_build *b, struct kss_node *node) {
    const char *name = node->b != NULL ? node->b->name : NULL;
    int64_t value;
    bool known =
        name != NULL && (kss_predefined(b, name, &value) || kss_map_get(&b->defines, name) != NULL);
    return kss_expr_const(b, int_type(b), known, node);
}

static struct kss_expr *assignment(struct kss_build *b, struct kss_node *node) {
    struct kss_expr *target = kss_check(b, node->a);
    if (node->flags & KSS_F_COMPOUND)
        return kss_expr_compound(b, (enum kss_op)node->op, target, kss_check_value(b, node->b),
                                 node);
    if (target->symbol != NULL && target->symbol->reads > 0 && node->a->kind == KSS_N_NAME)
        target->symbol->reads--; // it is written, not read
    struct kss_expr *e = kss_expr_assign(b, target, kss_check_value(b, node->b), node);
    if (e->kind == KSS_X_ASSIGN && e->symbol != NULL)
        e->symbol->reads++; // its value may be used: see kss_unread
    return e;
}

void kss_unread(struct kss_expr *e) {
    for (; e->kind == KSS_X_COMMA; e = e->b)
        continue;
    if (e->kind == KSS_X_ASSIGN && e->symbol != NULL && e->symbol->reads > 0)
        e->symbol->reads--;
    if (e->kind == KSS_X_NT)
        e->dropped = true;
}

static struct kss_expr *leaf(struct kss_build *b, struct kss_node *node) {
    switch (node->kind) {
    case KSS_N_NUMBER: return kss_check_number(b, node);
    case KSS_N_SIZE:
        return kss_expr_const(
            b, node->number <= INT32_MAX ? int_type(b) : kss_type_base(b, KSS_BASE_INT64),
            (int64_t)node->number, node);
    case KSS_N_DURATION: return kss_expr_const(b, &b->duration_type, (int64_t)node->number, node);
    case KSS_N_CHAR:
        return kss_expr_const(b, node->flags & KSS_F_WIDE ? &b->wide_type : int_type(b),
                              (int64_t)node->number, node);
    case KSS_N_STRING: return kss_string(b, node);
    case KSS_N_NAME: return kss_check_name(b, node);
    case KSS_N_SYMBOL: return kss_check_symbol(b, node);
    case KSS_N_UNARY: return kss_expr_unary(b, (enum kss_op)node->op, kss_check(b, node->a), node);
    case KSS_N_ASSIGN: return assignment(b, node);
    case KSS_N_CONDITIONAL: {
        struct kss_expr *condition = kss_check_condition(b, node->a);
        struct kss_expr *yes = kss_check(b, node->b);
        return kss_expr_conditional(b, condition, yes, kss_check(b, node->c), node);
    }
    case KSS_N_CALL:
        if (b->in_condition && node->a->kind == KSS_N_NAME && strcmp(node->a->name, "defined") == 0)
            return defined(b, node);
        return kss_check_call(b, node);
    case KSS_N_CAST: {
        struct kss_ctype *type = kss_type_name(b, node->a);
        return kss_expr_cast(b, kss_check(b, node->b), type, node);
    }
    case KSS_N_SIZEOF: return size_of(b, node);
    case KSS_N_TYPE_NAME:
    case KSS_N_TYPE:
        KSS_SAY(b, node, "KSS0102", "a type cannot stand here");
        return kss_expr_error(b, node);
    default:
        KSS_SAY(b, node, "KSS0114", "this is not an expression");
        return kss_expr_error(b, node);
    }
}

// One step up the left spine: [e] is what node->a became.
static struct kss_expr *up(struct kss_build *b, struct kss_node *node, struct kss_expr *e) {
    switch (node->kind) {
    case KSS_N_BINARY:
        return kss_expr_operator(b, (enum kss_op)node->op, e, kss_check(b, node->b), node);
    case KSS_N_INDEX: return element(b, e, node);
    case KSS_N_FIELD: return field(b, e, node);
    case KSS_N_POSTFIX: return kss_expr_step(b, e, (enum kss_op)node->op, true, node);
    default: return kss_check_indirect(b, e, node);
    }
}

// adapter->DmaOperations->MapTransfer(adapter, ...): the routine of that name. NULL: something else.
static struct kss_expr *operation(struct kss_build *b, const struct kss_expr *table,
                                  const struct kss_node *name, struct kss_node *call) {
    if (name->kind != KSS_N_FIELD || call->kind != KSS_N_CALL)
        return NULL;
    const struct kss_ctype *type = table->type;
    if (type->kind == KSS_K_POINTER && name->flags & KSS_F_ARROW)
        type = type->target;
    if (type->kind != KSS_K_STRUCT || type->name == NULL ||
        strcmp(type->name, "DMA_OPERATIONS") != 0)
        return NULL;
    const struct kss_routine *row = kss_routine_find(name->name, strlen(name->name));
    return row == NULL ? NULL : kss_call_nt(b, row, call);
}

static bool on_spine(const struct kss_node *node) {
    switch (node->kind) {
    case KSS_N_BINARY:
    case KSS_N_INDEX:
    case KSS_N_FIELD:
    case KSS_N_POSTFIX: return true;
    case KSS_N_CALL: return node->a->kind != KSS_N_NAME && node->a->kind != KSS_N_SYMBOL;
    default: return false;
    }
}

struct kss_expr *kss_check(struct kss_build *b, struct kss_node *node) {
    if (b->depth >= DEEPEST) {
        KSS_SAY(b, node, "KSS0128", "expressions are nested too deeply");
        return kss_expr_error(b, node);
    }
    b->depth++;
    struct kss_node *few[SMALL_SPINE], **spine = few;
    struct kss_node **many = NULL;
    unsigned capacity = 0;
    uint32_t count = 0;
    for (; on_spine(node); node = node->a) {
        if (count == SMALL_SPINE && many == NULL) {
            many = kss_grow(NULL, &capacity, SMALL_SPINE * 2, sizeof *many);
            memcpy(many, few, sizeof few);
            spine = many;
        }
        if (many != NULL) {
            KSS_ROOM(many, count, capacity);
            spine = many;
        }
        spine[count++] = node;
    }
    struct kss_expr *e = leaf(b, node);
    while (count > 0) {
        struct kss_expr *call =
            count > 1 ? operation(b, e, spine[count - 1], spine[count - 2]) : NULL;
        count -= call != NULL ? 2 : 1;
        e = call != NULL ? call : up(b, spine[count], e);
    }
    free(many);
    b->depth--;
    return e;
}

struct kss_expr *kss_check_value(struct kss_build *b, struct kss_node *node) {
    return kss_value(b, kss_check(b, node));
}

struct kss_expr *kss_check_condition(struct kss_build *b, struct kss_node *node) {
    struct kss_expr *e = kss_check_value(b, node);
    if (e->type->kind == KSS_K_ERROR || kss_is_scalar(e->type))
        return e;
    KSS_SAY(b, node, "KSS0114", "a condition cannot be a `%s`", kss_type_text(b, e->type));
    return kss_expr_error(b, node);
}

// ---- Constants ----------------------------------------------------------------------------------
static void not_constant(struct kss_build *b, const struct kss_expr *e, struct kss_node *node,
                         const char *what) {
    bool divides = e->kind == KSS_X_BINARY && (e->op == KSS_OP_DIV || e->op == KSS_OP_MOD) &&
                   kss_is_null(e->b);
    KSS_SAY(b, node, "KSS0117", divides ? "%s divides by zero" : "%s must be a constant", what);
}

bool kss_check_constant(struct kss_build *b, struct kss_node *node, const char *what,
                        int64_t *value) {
    struct kss_expr *e = kss_check_value(b, node);
    if (e->type->kind == KSS_K_ERROR)
        return false;
    if (e->kind != KSS_X_CONST || e->type->kind != KSS_K_INT) {
        not_constant(b, e, node, what);
        return false;
    }
    *value = e->value;
    return true;
}

bool kss_check_count(struct kss_build *b, struct kss_node *node, const char *what, uint64_t most,
                     uint64_t *value) {
    struct kss_expr *e = kss_check_value(b, node);
    if (e->type->kind == KSS_K_ERROR)
        return false;
    if (e->type->is_duration) {
        KSS_SAY(b, node, "KSS0113", "%s is a number, not a time", what);
        return false;
    }
    if (e->kind != KSS_X_CONST || e->type->kind != KSS_K_INT) {
        not_constant(b, e, node, what);
        return false;
    }
    bool negative = e->type->is_signed && e->value < 0;
    if (negative || (uint64_t)e->value > most) {
        KSS_SAY(b, node, "KSS0128", "%s must be between 0 and %llu", what,
                (unsigned long long)most);
        return false;
    }
    *value = (uint64_t)e->value;
    return true;
}

bool kss_condition_holds(struct kss_build *b, struct kss_node *condition) {
    bool before = b->in_condition;
    int64_t value = 0;
    b->in_condition = true;
    bool ok = kss_check_constant(b, condition, "a condition of #if", &value);
    b->in_condition = before;
    return ok && value != 0;
}

struct kss_expr *kss_check_time(struct kss_build *b, struct kss_node *node) {
    struct kss_expr *e = kss_check_value(b, node);
    if (e->type->kind == KSS_K_ERROR)
        return e;
    if (!e->type->is_duration && !kss_is_null(e)) {
        struct kss_diag *diag = KSS_SAY(b, node, "KSS0129", "a time needs a unit");
        if (e->kind == KSS_X_CONST)
            kss_diag_note(b->diags, diag, "help", "for example `%sms`", kss_source_text(b, node));
        return kss_expr_error(b, node);
    }
    if (e->kind == KSS_X_CONST && e->value < 0) {
        KSS_SAY(b, node, "KSS0129", "a time from now on cannot be negative");
        return kss_expr_error(b, node);
    }
    return kss_convert(b, e, &b->duration_type);
}
