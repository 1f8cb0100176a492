// SPDX-License-Identifier: MIT
// Operators: what they take, what type they give, as in C under LLP64. Times add to times, multiply
// by numbers and compare with each other; pointers move by elements.
#include "script/check.h"

static const char *const spelling[] = {
    [KSS_OP_ADD] = "+",      [KSS_OP_SUB] = "-",     [KSS_OP_MUL] = "*",   [KSS_OP_DIV] = "/",
    [KSS_OP_MOD] = "%",      [KSS_OP_SHL] = "<<",    [KSS_OP_SHR] = ">>",  [KSS_OP_AND] = "&",
    [KSS_OP_OR] = "|",       [KSS_OP_XOR] = "^",     [KSS_OP_LT] = "<",    [KSS_OP_LE] = "<=",
    [KSS_OP_GT] = ">",       [KSS_OP_GE] = ">=",     [KSS_OP_EQ] = "==",   [KSS_OP_NE] = "!=",
    [KSS_OP_LOG_AND] = "&&", [KSS_OP_LOG_OR] = "||", [KSS_OP_COMMA] = ",", [KSS_OP_ASSIGN] = "=",
    [KSS_OP_NEG] = "-",      [KSS_OP_PLUS] = "+",    [KSS_OP_NOT] = "!",   [KSS_OP_COMPL] = "~",
    [KSS_OP_DEREF] = "*",    [KSS_OP_ADDRESS] = "&", [KSS_OP_INC] = "++",  [KSS_OP_DEC] = "--",
};

static bool failed(const struct kss_expr *e) {
    return e->type->kind == KSS_K_ERROR;
}

static struct kss_ctype *int_type(struct kss_build *b) {
    return kss_type_base(b, KSS_BASE_INT);
}

static bool is_comparison(enum kss_op op) {
    return op >= KSS_OP_LT && op <= KSS_OP_NE;
}

static struct kss_ctype *promoted(struct kss_build *b, struct kss_ctype *type) {
    return type->size < 4 || type->is_bool ? int_type(b) : type;
}

static struct kss_ctype *common(struct kss_build *b, struct kss_ctype *x, struct kss_ctype *y) {
    x = promoted(b, x);
    y = promoted(b, y);
    if (x->size != y->size)
        return x->size > y->size ? x : y;
    if (x->is_signed != y->is_signed)
        return x->is_signed ? y : x;
    return x->is_enum || x->is_duration ? y : x;
}

static struct kss_expr *misfit(struct kss_build *b, struct kss_node *node, enum kss_op op,
                               const struct kss_expr *x, const struct kss_expr *y) {
    if (y == NULL)
        KSS_SAY(b, node, "KSS0114", "`%s` does not take a `%s`", spelling[op],
                kss_type_text(b, x->type));
    else
        KSS_SAY(b, node, "KSS0114", "`%s` does not take a `%s` and a `%s`", spelling[op],
                kss_type_text(b, x->type), kss_type_text(b, y->type));
    return kss_expr_error(b, node);
}

static struct kss_expr *binary(struct kss_build *b, enum kss_op op, struct kss_ctype *type,
                               struct kss_expr *x, struct kss_expr *y, struct kss_node *node) {
    int64_t value;
    if (x->kind == KSS_X_CONST && y->kind == KSS_X_CONST &&
        kss_fold(op, x->type, x->value, y->value, &value))
        return kss_expr_const(b, type, value, node);
    struct kss_expr *e = kss_expr_new(b, KSS_X_BINARY, type, node);
    e->op = (uint8_t)op;
    e->a = x;
    e->b = y;
    return e;
}

// ---- Pointers -----------------------------------------------------------------------------------
struct kss_expr *kss_expr_add(struct kss_build *b, struct kss_expr *pointer, struct kss_expr *index,
                              enum kss_op op, struct kss_node *node) {
    struct kss_ctype *element = pointer->type->target;
    if (!element->complete || element->size == 0) {
        KSS_SAY(b, node, "KSS0114",
                "a `%s` cannot be moved: the size of what it points to is unknown",
                kss_type_text(b, pointer->type));
        return kss_expr_error(b, node);
    }
    struct kss_expr *distance = kss_convert(b, index, &b->difference_type);
    struct kss_expr *size = kss_expr_const(b, &b->difference_type, element->size, node);
    if (element->size != 1)
        distance = binary(b, KSS_OP_MUL, &b->difference_type, distance, size, node);
    if (distance->kind == KSS_X_CONST) {
        if (op == KSS_OP_SUB)
            distance = kss_expr_const(b, &b->difference_type,
                                      (int64_t)(0 - (uint64_t)distance->value), node);
        op = KSS_OP_ADD;
        if (pointer->kind == KSS_X_CONST)
            return kss_expr_const(b, pointer->type, pointer->value + distance->value, node);
    }
    struct kss_expr *e = kss_expr_new(b, KSS_X_BINARY, pointer->type, node);
    e->op = (uint8_t)op;
    e->a = pointer;
    e->b = distance;
    return e;
}

static struct kss_expr *pointer_difference(struct kss_build *b, struct kss_expr *x,
                                           struct kss_expr *y, struct kss_node *node) {
    const struct kss_ctype *element = x->type->target;
    if (!kss_type_same(x->type, y->type) || !element->complete || element->size == 0)
        return misfit(b, node, KSS_OP_SUB, x, y);
    struct kss_ctype *type = &b->difference_type;
    struct kss_expr *bytes =
        binary(b, KSS_OP_SUB, type, kss_convert(b, x, type), kss_convert(b, y, type), node);
    return binary(b, KSS_OP_DIV, type, bytes, kss_expr_const(b, type, element->size, node), node);
}

// Two pointers meet as the type of the one that says more; a constant 0 takes the other's type.
static struct kss_ctype *meet(struct kss_expr *x, struct kss_expr *y) {
    if (x->type->kind != KSS_K_POINTER)
        return kss_is_null(x) ? y->type : NULL;
    if (y->type->kind != KSS_K_POINTER)
        return kss_is_null(y) ? x->type : NULL;
    if (x->type->target->kind == KSS_K_VOID)
        return y->type;
    if (y->type->target->kind == KSS_K_VOID || kss_type_same(x->type, y->type))
        return x->type;
    const struct kss_ctype *p = x->type->target, *q = y->type->target;
    bool integers = p->kind == KSS_K_INT && q->kind == KSS_K_INT && p->size == q->size;
    return integers ? x->type : NULL;
}

static struct kss_expr *pointer_operator(struct kss_build *b, enum kss_op op, struct kss_expr *x,
                                         struct kss_expr *y, struct kss_node *node) {
    bool left = x->type->kind == KSS_K_POINTER, right = y->type->kind == KSS_K_POINTER;
    if (op == KSS_OP_ADD && left && y->type->kind == KSS_K_INT && !y->type->is_duration)
        return kss_expr_add(b, x, y, op, node);
    if (op == KSS_OP_ADD && right && x->type->kind == KSS_K_INT && !x->type->is_duration)
        return kss_expr_add(b, y, x, op, node);
    if (op == KSS_OP_SUB && left && y->type->kind == KSS_K_INT && !y->type->is_duration)
        return kss_expr_add(b, x, y, op, node);
    if (op == KSS_OP_SUB && left && right)
        return pointer_difference(b, x, y, node);
    struct kss_ctype *type = is_comparison(op) ? meet(x, y) : NULL;
    if (type == NULL) {
        struct kss_expr *result = misfit(b, node, op, x, y);
        return result;
    }
    return binary(b, op, int_type(b), kss_convert(b, x, type), kss_convert(b, y, type), node);
}

// ---- Times --------------------------------------------------------------------------------------
static struct kss_expr *time_operator(struct kss_build *b, enum kss_op op, struct kss_expr *x,
                                      struct kss_expr *y, struct kss_node *node) {
    bool left = x->type->is_duration, right = y->type->is_duration;
    struct kss_ctype *time = &b->duration_type, *number = kss_type_base(b, KSS_BASE_INT64);
    struct kss_ctype *type = NULL;
    if (op == KSS_OP_ADD || op == KSS_OP_SUB || op == KSS_OP_MOD)
        type = (left && right) || kss_is_null(x) || kss_is_null(y) ? time : NULL;
    else if (op == KSS_OP_MUL)
        type = left != right ? time : NULL;
    else if (op == KSS_OP_DIV)
        type = left && right ? number : left ? time : NULL;
    else if (is_comparison(op))
        type = x->type->size == 8 && y->type->size == 8 ? int_type(b)
               : kss_is_null(x) || kss_is_null(y)       ? int_type(b)
                                                        : NULL;
    if (type == NULL) {
        struct kss_diag *diag = KSS_SAY(
            b, node, "KSS0113", "`%s` does not take a time and a plain number", spelling[op]);
        kss_diag_label(b->diags, diag, left && right ? "both are times" : "one of them is a time");
        if (!(left && right))
            kss_diag_note(b->diags, diag, "help", "give the number a unit: `10ms`, `30s`");
        return kss_expr_error(b, node);
    }
    return binary(b, op, type, kss_convert(b, x, time), kss_convert(b, y, time), node);
}

// ---- Binary -------------------------------------------------------------------------------------
static struct kss_expr *logic(struct kss_build *b, enum kss_op op, struct kss_expr *x,
                              struct kss_expr *y, struct kss_node *node) {
    if (!kss_is_scalar(x->type) || !kss_is_scalar(y->type))
        return misfit(b, node, op, x, y);
    bool all = op == KSS_OP_LOG_AND;
    if (x->kind == KSS_X_CONST && (x->value != 0) != all)
        return kss_expr_const(b, int_type(b), !all, node);
    if (x->kind == KSS_X_CONST && y->kind == KSS_X_CONST)
        return kss_expr_const(b, int_type(b), y->value != 0, node);
    struct kss_expr *e = kss_expr_new(b, KSS_X_LOGIC, int_type(b), node);
    e->op = (uint8_t)op;
    e->a = x;
    e->b = y;
    return e;
}

struct kss_expr *kss_expr_operator(struct kss_build *b, enum kss_op op, struct kss_expr *x,
                                   struct kss_expr *y, struct kss_node *node) {
    x = kss_value(b, x);
    y = kss_value(b, y);
    if (op == KSS_OP_COMMA) {
        if (failed(x) || failed(y))
            return kss_expr_error(b, node);
        struct kss_expr *e = kss_expr_new(b, KSS_X_COMMA, y->type, node);
        kss_unread(x);
        e->a = x;
        e->b = y;
        return e;
    }
    if (failed(x) || failed(y))
        return kss_expr_error(b, node);
    if (op == KSS_OP_LOG_AND || op == KSS_OP_LOG_OR)
        return logic(b, op, x, y, node);
    if (!kss_is_scalar(x->type) || !kss_is_scalar(y->type))
        return misfit(b, node, op, x, y);
    if (x->type->kind == KSS_K_POINTER || y->type->kind == KSS_K_POINTER)
        return pointer_operator(b, op, x, y, node);
    if ((x->type->is_duration || y->type->is_duration) && op != KSS_OP_SHL && op != KSS_OP_SHR)
        return time_operator(b, op, x, y, node);
    if (op == KSS_OP_SHL || op == KSS_OP_SHR) {
        struct kss_ctype *type = promoted(b, x->type);
        return binary(b, op, type, kss_convert(b, x, type), kss_convert(b, y, int_type(b)), node);
    }
    struct kss_ctype *type = common(b, x->type, y->type);
    return binary(b, op, is_comparison(op) ? int_type(b) : type, kss_convert(b, x, type),
                  kss_convert(b, y, type), node);
}

// ---- Unary --------------------------------------------------------------------------------------
static struct kss_expr *arithmetic_unary(struct kss_build *b, enum kss_op op, struct kss_expr *x,
                                         struct kss_node *node) {
    if (x->type->kind != KSS_K_INT || (op == KSS_OP_COMPL && x->type->is_duration))
        return misfit(b, node, op, x, NULL);
    struct kss_ctype *type = promoted(b, x->type);
    x = kss_convert(b, x, type);
    if (op == KSS_OP_PLUS)
        return kss_is_lvalue(x) ? kss_expr_cast(b, x, type, node) : x;
    if (x->kind == KSS_X_CONST) {
        uint64_t value = (uint64_t)x->value;
        return kss_expr_const(b, type, (int64_t)(op == KSS_OP_NEG ? 0 - value : ~value), node);
    }
    struct kss_expr *e = kss_expr_new(b, op == KSS_OP_NEG ? KSS_X_NEG : KSS_X_COMPL, type, node);
    e->a = x;
    return e;
}

static struct kss_expr *address_of(struct kss_build *b, struct kss_expr *x, struct kss_node *node) {
    if (x->kind == KSS_X_ROUTINE)
        return kss_value(b, x);
    if (!kss_is_lvalue(x) || x->kind == KSS_X_SLOT) {
        struct kss_diag *diag = KSS_SAY(b, node, "KSS0115", "`&` needs a variable or other memory");
        kss_diag_label(b->diags, diag, "this is a value without an address");
        return kss_expr_error(b, node);
    }
    if (x->symbol != NULL)
        x->symbol->exposed = true;
    struct kss_expr *e = kss_expr_address(b, x);
    e->node = node;
    return e;
}

static struct kss_expr *dereference(struct kss_build *b, struct kss_expr *x,
                                    struct kss_node *node) {
    x = kss_value(b, x);
    if (x->type->kind != KSS_K_POINTER || x->type->target->kind == KSS_K_VOID)
        return misfit(b, node, KSS_OP_DEREF, x, NULL);
    if (x->kind == KSS_X_ROUTINE) {
        x->type = x->type->target;
        return x;
    }
    const struct kss_ctype *target = x->type->target;
    bool object_type = x->kind == KSS_X_CONST && target->kind == KSS_K_POINTER &&
                       target->target->name != NULL &&
                       strcmp(target->target->name, "OBJECT_TYPE") == 0;
    if (object_type) // *PsThreadType: what it is is known, where it lies is not
        return kss_expr_const(b, x->type->target, x->value, node);
    return kss_expr_deref(b, x, 0, x->type->target, node);
}

struct kss_expr *kss_expr_step(struct kss_build *b, struct kss_expr *x, enum kss_op op, bool old,
                               struct kss_node *node) {
    if (failed(x))
        return x;
    if (!kss_is_lvalue(x) || !kss_is_scalar(x->type)) {
        KSS_SAY(b, node, "KSS0115", "`%s` needs a variable", spelling[op]);
        return kss_expr_error(b, node);
    }
    int64_t by = 1;
    if (x->type->kind == KSS_K_POINTER) {
        by = x->type->target->size;
        if (!x->type->target->complete || by == 0)
            return misfit(b, node, op, x, NULL);
    }
    struct kss_expr *e = kss_expr_new(b, KSS_X_STEP, x->type, node);
    e->a = x;
    e->value = op == KSS_OP_INC ? by : -by;
    e->op = old;
    return e;
}

struct kss_expr *kss_expr_unary(struct kss_build *b, enum kss_op op, struct kss_expr *x,
                                struct kss_node *node) {
    if (failed(x))
        return x;
    if (op == KSS_OP_ADDRESS)
        return address_of(b, x, node);
    if (op == KSS_OP_DEREF)
        return dereference(b, x, node);
    if (op == KSS_OP_INC || op == KSS_OP_DEC)
        return kss_expr_step(b, x, op, false, node);
    x = kss_value(b, x);
    if (op != KSS_OP_NOT)
        return arithmetic_unary(b, op, x, node);
    if (!kss_is_scalar(x->type))
        return misfit(b, node, op, x, NULL);
    if (x->kind == KSS_X_CONST)
        return kss_expr_const(b, int_type(b), x->value == 0, node);
    struct kss_expr *e = kss_expr_new(b, KSS_X_NOT, int_type(b), node);
    e->a = x;
    return e;
}

struct kss_expr *kss_expr_cast(struct kss_build *b, struct kss_expr *x, struct kss_ctype *type,
                               struct kss_node *node) {
    if (failed(x) || type->kind == KSS_K_ERROR)
        return kss_expr_error(b, node);
    x = kss_value(b, x);
    if (x->kind == KSS_X_DEVICE)
        x = kss_device_as(b, x, type);
    bool fits = type->kind == KSS_K_VOID || (kss_is_scalar(type) && kss_is_scalar(x->type)) ||
                (type->kind == KSS_K_STRUCT && kss_type_same(type, x->type));
    if (!fits) {
        KSS_SAY(b, node, "KSS0112", "a `%s` cannot be cast to `%s`", kss_type_text(b, x->type),
                kss_type_text(b, type));
        return kss_expr_error(b, node);
    }
    if (x->kind == KSS_X_CONST || x->kind == KSS_X_ADDRESS || type->kind == KSS_K_STRUCT) {
        struct kss_expr *e = type->kind == KSS_K_VOID ? x : kss_convert(b, x, type);
        if (type->kind != KSS_K_VOID && (e->kind == KSS_X_CONST || e->kind == KSS_X_ADDRESS))
            return e;
    }
    struct kss_expr *e = kss_expr_new(b, KSS_X_CAST, type, node);
    e->a = x;
    return e;
}

// ---- Assignment ---------------------------------------------------------------------------------
static bool assignable(struct kss_build *b, struct kss_expr *target) {
    if (failed(target))
        return false;
    if (kss_is_lvalue(target) && target->type->kind != KSS_K_ARRAY &&
        target->type->kind != KSS_K_ROUTINE && target->type->kind != KSS_K_VOID)
        return true;
    struct kss_diag *diag =
        KSS_SAY(b, target->node, "KSS0115", "the left side of `=` cannot be assigned");
    kss_diag_label(b->diags, diag, "this is `%s`", kss_type_text(b, target->type));
    return false;
}

// Remembers which variable a wait's status goes to, for KSS7001. Returns the variable.
struct kss_symbol *kss_goes_to(const struct kss_expr *target, struct kss_expr *value) {
    bool whole = (target->kind == KSS_X_LOCAL || target->kind == KSS_X_SLOT) &&
                 target->value == 0 && target->symbol != NULL && kss_is_scalar(target->type);
    if (!whole)
        return NULL;
    while (value->kind == KSS_X_CAST)
        value = value->a;
    if (value->kind == KSS_X_NT)
        value->symbol = target->symbol;
    return target->symbol;
}

struct kss_expr *kss_expr_assign(struct kss_build *b, struct kss_expr *target,
                                 struct kss_expr *value, struct kss_node *node) {
    if (!assignable(b, target))
        return kss_expr_error(b, node);
    value = kss_value(b, value);
    target = kss_time_target(b, target, value);
    value = kss_check_assign(b, value, target->type, "the value");
    if (failed(value))
        return value;
    struct kss_expr *e = kss_expr_new(b, KSS_X_ASSIGN, target->type, node);
    e->a = target;
    e->b = value;
    e->symbol = kss_goes_to(target, value);
    return e;
}

struct kss_expr *kss_expr_compound(struct kss_build *b, enum kss_op op, struct kss_expr *target,
                                   struct kss_expr *value, struct kss_node *node) {
    value = kss_value(b, value);
    if (!assignable(b, target) || failed(value))
        return kss_expr_error(b, node);
    if (!kss_is_scalar(target->type))
        return misfit(b, node, op, target, value);
    struct kss_expr *old = kss_expr_new(b, KSS_X_STAND_IN, target->type, target->node);
    struct kss_expr *result = kss_expr_operator(b, op, old, value, node);
    if (!failed(result))
        result = kss_check_assign(b, result, target->type, "the result");
    if (failed(result))
        return result;
    struct kss_expr *e = kss_expr_new(b, KSS_X_COMPOUND, target->type, node);
    e->a = target;
    e->b = result;
    e->c = old;
    return e;
}

struct kss_expr *kss_expr_conditional(struct kss_build *b, struct kss_expr *condition,
                                      struct kss_expr *x, struct kss_expr *y,
                                      struct kss_node *node) {
    x = kss_value(b, x);
    y = kss_value(b, y);
    if (failed(condition) || failed(x) || failed(y))
        return kss_expr_error(b, node);
    struct kss_ctype *type = NULL;
    if (x->type->kind == KSS_K_INT && y->type->kind == KSS_K_INT) {
        bool time = x->type->is_duration || y->type->is_duration;
        type = time ? &b->duration_type : common(b, x->type, y->type);
    } else if (x->type->kind == KSS_K_POINTER || y->type->kind == KSS_K_POINTER) {
        type = meet(x, y);
    } else if (kss_type_same(x->type, y->type)) {
        type = x->type;
    }
    if (type == NULL) {
        KSS_SAY(b, node, "KSS0114", "`?:` chooses between a `%s` and a `%s`",
                kss_type_text(b, x->type), kss_type_text(b, y->type));
        return kss_expr_error(b, node);
    }
    x = kss_convert(b, x, type);
    y = kss_convert(b, y, type);
    if (condition->kind == KSS_X_CONST && x->kind == KSS_X_CONST && y->kind == KSS_X_CONST)
        return condition->value != 0 ? x : y;
    struct kss_expr *e = kss_expr_new(b, KSS_X_CONDITIONAL, type, node);
    e->a = condition;
    e->b = x;
    e->c = y;
    return e;
}
