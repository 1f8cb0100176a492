// SPDX-License-Identifier: MIT
// Typed expressions to instructions.
//
// A value ends up in a slot: a temporary, or the parameter it is. A struct's value is its address.
// Left spines are walked on a list, as in check_expr.c; `into` asks for a certain slot, which is
// written by the last instruction only, so it may be a variable the expression still reads.
#include "script/compile.h"

#include <stdlib.h>

int kss_gen_constant(struct kss_build *b, int64_t value, int into) {
    int slot = kss_slot_into(b, into);
    if (value >= INT32_MIN && value <= INT32_MAX) {
        kss_put_imm(b, KSS_I_SET, slot, (int32_t)value);
    } else {
        kss_put(b, KSS_I_SET64, 0, slot, 0, 0);
        kss_put_word(b, (uint64_t)value);
    }
    return slot;
}

void kss_gen_add(struct kss_build *b, enum kss_width width, int to, int from, int64_t value) {
    static const enum kss_opcode quick[] = {KSS_I_ADDI_I32, KSS_I_ADDI_U32, KSS_I_ADDI_64,
                                            KSS_I_ADDI_64};
    static const enum kss_opcode full[] = {KSS_I_ADD_I32, KSS_I_ADD_U32, KSS_I_ADD_64,
                                           KSS_I_ADD_64};
    if (kss_small(value)) {
        kss_put(b, quick[width], 0, to, from, (int)value);
        return;
    }
    uint32_t before = kss_slot_mark(b);
    int temporary = kss_gen_constant(b, value, KSS_ANY_SLOT);
    kss_put(b, full[width], 0, to, from, temporary);
    kss_slot_release(b, before);
}

// ---- Operators ----------------------------------------------------------------------------------
static enum kss_opcode opcode_of(enum kss_op op, const struct kss_ctype *type) {
    enum kss_width width = kss_width_of(type);
    bool wide = type->size == 8, is_signed = type->is_signed;
    unsigned three = wide ? 2 : width == KSS_WIDTH_U32; // I32, U32, 64
    switch (op) {
    case KSS_OP_ADD: return KSS_I_ADD_I32 + three;
    case KSS_OP_SUB: return KSS_I_SUB_I32 + three;
    case KSS_OP_MUL: return KSS_I_MUL_I32 + three;
    case KSS_OP_DIV: return is_signed ? (wide ? KSS_I_DIV_I64 : KSS_I_DIV_I32) : KSS_I_DIV_U;
    case KSS_OP_MOD: return is_signed ? (wide ? KSS_I_MOD_I64 : KSS_I_MOD_I32) : KSS_I_MOD_U;
    case KSS_OP_SHL: return KSS_I_SHL_I32 + three;
    case KSS_OP_SHR:
        return is_signed ? (wide ? KSS_I_SHR_I64 : KSS_I_SHR_I32)
                         : (wide ? KSS_I_SHR_U64 : KSS_I_SHR_U32);
    case KSS_OP_AND: return KSS_I_AND;
    case KSS_OP_OR: return KSS_I_OR;
    default: return KSS_I_XOR;
    }
}

static bool is_comparison(unsigned op) {
    return op >= KSS_OP_LT && op <= KSS_OP_NE;
}

// Canonical values compare as signed 64-bit numbers unless they are unsigned 64-bit ones.
static bool compares_signed(const struct kss_ctype *type) {
    return type->size < 8 || type->is_signed;
}

static void compare(struct kss_build *b, enum kss_op op, const struct kss_ctype *type, int to,
                    int x, int y) {
    bool is_signed = compares_signed(type);
    enum kss_opcode less = is_signed ? KSS_I_LT_S : KSS_I_LT_U;
    enum kss_opcode less_equal = is_signed ? KSS_I_LE_S : KSS_I_LE_U;
    switch (op) {
    case KSS_OP_EQ: kss_put(b, KSS_I_EQ, 0, to, x, y); break;
    case KSS_OP_NE: kss_put(b, KSS_I_NE, 0, to, x, y); break;
    case KSS_OP_LT: kss_put(b, less, 0, to, x, y); break;
    case KSS_OP_LE: kss_put(b, less_equal, 0, to, x, y); break;
    case KSS_OP_GT: kss_put(b, less, 0, to, y, x); break;
    default: kss_put(b, less_equal, 0, to, y, x); break;
    }
}

static int binary(struct kss_build *b, struct kss_expr *e, int x, int into, uint32_t before) {
    const struct kss_ctype *type = e->a->type;
    bool immediate = e->b->kind == KSS_X_CONST && !is_comparison(e->op);
    int64_t value = immediate ? e->b->value : 0;
    if (immediate && (e->op == KSS_OP_ADD || e->op == KSS_OP_SUB) && kss_small(value) &&
        kss_small(-value)) {
        kss_slot_release(b, before);
        int to = kss_slot_into(b, into);
        kss_gen_add(b, kss_width_of(type), to, x, e->op == KSS_OP_ADD ? value : -value);
        return to;
    }
    if (immediate && e->op == KSS_OP_MUL && type->size == 8 && kss_small(value)) {
        kss_slot_release(b, before);
        int to = kss_slot_into(b, into);
        kss_put(b, KSS_I_MULI_64, 0, to, x, (int)value);
        return to;
    }
    int y = kss_gen_value(b, e->b, KSS_ANY_SLOT);
    kss_slot_release(b, before);
    int to = kss_slot_into(b, into);
    if (is_comparison(e->op)) {
        compare(b, (enum kss_op)e->op, type, to, x, y);
    } else {
        bool divides = e->op == KSS_OP_DIV || e->op == KSS_OP_MOD;
        uint32_t place = b->body->place;
        if (divides)
            kss_set_place(b, e->node);
        kss_put(b, opcode_of((enum kss_op)e->op, type), 0, to, x, y);
        b->body->place = place;
    }
    return to;
}

// Whether every canonical value of [from] is canonical for [to].
static bool fits_as_is(const struct kss_ctype *from, const struct kss_ctype *to) {
    if (to->is_bool)
        return from->is_bool;
    if (to->size == 8)
        return true;
    if (from->size < to->size)
        return !from->is_signed || to->is_signed;
    return from->size == to->size && from->is_signed == to->is_signed;
}

int kss_gen_cast(struct kss_build *b, struct kss_expr *e, int x, int into, uint32_t before) {
    const struct kss_ctype *from = e->a->type, *to = e->type;
    static const enum kss_opcode signed_[] = {KSS_I_TO_I8, KSS_I_TO_I16, KSS_I_TO_I32};
    static const enum kss_opcode unsigned_[] = {KSS_I_TO_U8, KSS_I_TO_U16, KSS_I_TO_U32};
    if (to->kind == KSS_K_VOID || kss_is_aggregate(to) || fits_as_is(from, to)) {
        if (into == KSS_ANY_SLOT || into == x)
            return x;
        kss_put(b, KSS_I_MOV, 0, into, x, 0);
        return into;
    }
    kss_slot_release(b, before);
    int slot = kss_slot_into(b, into);
    unsigned size = to->size == 1 ? 0 : to->size == 2 ? 1 : 2;
    kss_put(b,
            to->is_bool     ? KSS_I_IS_TRUE
            : to->is_signed ? signed_[size]
                            : unsigned_[size],
            0, slot, x, 0);
    return slot;
}

static int negate(struct kss_build *b, struct kss_expr *e, int x, int into, uint32_t before) {
    enum kss_width width = kss_width_of(e->type);
    kss_slot_release(b, before);
    int slot = kss_slot_into(b, into);
    if (e->kind == KSS_X_NOT) {
        kss_put(b, KSS_I_IS_ZERO, 0, slot, x, 0);
    } else if (e->kind == KSS_X_NEG) {
        kss_put(b,
                width == KSS_WIDTH_I32   ? KSS_I_NEG_I32
                : width == KSS_WIDTH_U32 ? KSS_I_NEG_U32
                                         : KSS_I_NEG_64,
                0, slot, x, 0);
    } else {
        kss_put(b, KSS_I_COMPL, 0, slot, x, 0);
        if (width == KSS_WIDTH_U32)
            kss_put(b, KSS_I_TO_U32, 0, slot, slot, 0);
    }
    return slot;
}

// ---- Choices ------------------------------------------------------------------------------------
static int truth(struct kss_build *b, struct kss_expr *e, int into) {
    uint32_t no = kss_label_new(b), end = kss_label_new(b);
    kss_gen_branch(b, e, no, false);
    int slot = kss_slot_into(b, into);
    kss_put_imm(b, KSS_I_SET, slot, 1);
    kss_jump(b, end);
    kss_label_here(b, no);
    kss_put_imm(b, KSS_I_SET, slot, 0);
    kss_label_here(b, end);
    return slot;
}

static int conditional(struct kss_build *b, struct kss_expr *e, int into) {
    uint32_t no = kss_label_new(b), end = kss_label_new(b), before = kss_slot_mark(b);
    bool nothing = e->type->kind == KSS_K_VOID;
    kss_gen_branch(b, e->a, no, false);
    int slot = nothing ? 0 : kss_slot_into(b, into);
    uint32_t inside = kss_slot_mark(b);
    if (nothing)
        kss_gen_effect(b, e->b);
    else
        kss_gen_value(b, e->b, slot);
    kss_slot_release(b, inside);
    kss_jump(b, end);
    kss_label_here(b, no);
    if (nothing)
        kss_gen_effect(b, e->c);
    else
        kss_gen_value(b, e->c, slot);
    kss_slot_release(b, nothing ? before : inside);
    kss_label_here(b, end);
    return slot;
}

static int min_max(struct kss_build *b, struct kss_expr *e, int into) {
    uint32_t before = kss_slot_mark(b), end = kss_label_new(b);
    bool is_signed = compares_signed(e->type);
    int x = kss_slot_new(b), y = kss_slot_new(b);
    kss_gen_value(b, e->a, x);
    kss_gen_value(b, e->b, y);
    enum kss_opcode op = is_signed ? KSS_I_JUMP_LT_S : KSS_I_JUMP_LT_U;
    bool least = e->op == KSS_OP_LT;
    kss_jump_if(b, op, least ? x : y, least ? y : x, end); // x stays
    kss_put(b, KSS_I_MOV, 0, x, y, 0);
    kss_label_here(b, end);
    kss_slot_release(b, before);
    int slot = kss_slot_into(b, into);
    if (slot != x)
        kss_put(b, KSS_I_MOV, 0, slot, x, 0);
    return slot;
}

// ---- Special ones -------------------------------------------------------------------------------
static int large(struct kss_build *b, struct kss_expr *e, int into) {
    bool is_constant = e->a->kind == KSS_X_CONST;
    int slot = kss_slot_into(b, into);
    uint32_t before = kss_slot_mark(b);
    uint32_t object = kss_hidden_object(b, 8, 8, is_constant, is_constant ? e->a->value : 0);
    kss_put_hidden(b, slot, object);
    int value = kss_gen_value(b, e->a, KSS_ANY_SLOT);
    kss_put(b, KSS_I_STORE_64, 0, slot, value, 0);
    kss_slot_release(b, before);
    return slot;
}

static int relative(struct kss_build *b, struct kss_expr *e, int into) {
    uint32_t end = kss_label_new(b), before = kss_slot_mark(b);
    int slot = kss_slot_new(b);
    kss_gen_value(b, e->a, slot);
    kss_jump_if(b, KSS_I_JUMP_LE_I, slot, 0, end);
    kss_put(b, KSS_I_NEG_64, 0, slot, slot, 0);
    kss_label_here(b, end);
    kss_slot_release(b, before);
    into = kss_slot_into(b, into);
    if (into != slot)
        kss_put(b, KSS_I_MOV, 0, into, slot, 0);
    return into;
}

static int assertion(struct kss_build *b, struct kss_expr *e) {
    uint32_t before = kss_slot_mark(b), place = b->body->place;
    int slot = kss_gen_value(b, e->a, KSS_ANY_SLOT);
    kss_set_place(b, e->node);
    kss_put_imm(b, KSS_I_ASSERT, slot, (int32_t)e->index);
    b->body->place = place;
    kss_slot_release(b, before);
    return 0;
}

static int leaf(struct kss_build *b, struct kss_expr *e, int into, bool wanted) {
    switch (e->kind) {
    case KSS_X_CONST: return kss_gen_constant(b, e->value, into);
    case KSS_X_SLOT:
    case KSS_X_LOCAL:
    case KSS_X_GLOBAL: return kss_gen_lvalue(b, e, into);
    case KSS_X_CAPTURE: {
        int slot = kss_slot_into(b, into);
        kss_put_capture(b, slot, e->index);
        return slot;
    }
    case KSS_X_ADDRESS: return kss_gen_address(b, e->a, into);
    case KSS_X_ROUTINE: {
        int slot = kss_slot_into(b, into);
        kss_put_imm(b, KSS_I_CODE, slot, (int32_t)e->index);
        return slot;
    }
    case KSS_X_STAND_IN:
        if (into == KSS_ANY_SLOT || into == (int)e->value)
            return (int)e->value;
        kss_put(b, KSS_I_MOV, 0, into, (int)e->value, 0);
        return into;
    case KSS_X_NOT: // of && and ||
    case KSS_X_LOGIC: return truth(b, e, into);
    case KSS_X_CONDITIONAL: return conditional(b, e, into);
    case KSS_X_ASSIGN: return kss_gen_assign(b, e, into, wanted);
    case KSS_X_COMPOUND: return kss_gen_compound(b, e, into, wanted);
    case KSS_X_STEP: return kss_gen_step(b, e, into, wanted);
    case KSS_X_CALL: return kss_gen_call(b, e, into);
    case KSS_X_NT: return kss_gen_nt(b, e, into);
    case KSS_X_LARGE: return large(b, e, into);
    case KSS_X_RELATIVE: return relative(b, e, into);
    case KSS_X_MINMAX: return min_max(b, e, into);
    case KSS_X_PAGED_CODE: {
        uint32_t place = b->body->place;
        kss_set_place(b, e->node);
        kss_put(b, KSS_I_PAGED_CODE, 0, 0, 0, 0);
        b->body->place = place;
        return 0;
    }
    case KSS_X_EXCEPTION_CODE: {
        int slot = kss_slot_into(b, into);
        kss_put_code(b, slot, e->index);
        return slot;
    }
    case KSS_X_ASSERT: return assertion(b, e);
    case KSS_X_DEVICE: {
        int slot = kss_slot_into(b, into);
        kss_put_imm(b, e->op ? KSS_I_HANDLE : KSS_I_DEVICE, slot, (int32_t)e->index);
        return slot;
    }
    default: return kss_slot_into(b, into); // an error, told already
    }
}

// ---- The walk -----------------------------------------------------------------------------------
static bool on_spine(const struct kss_expr *e) {
    switch (e->kind) {
    case KSS_X_BINARY:
    case KSS_X_CAST:
    case KSS_X_NEG:
    case KSS_X_COMPL:
    case KSS_X_COMMA: return true;
    case KSS_X_NOT: return e->a->kind != KSS_X_LOGIC;
    case KSS_X_DEREF: return true;
    default: return false;
    }
}

static int up(struct kss_build *b, struct kss_expr *e, int x, int into, uint32_t before) {
    switch (e->kind) {
    case KSS_X_BINARY: return binary(b, e, x, into, before);
    case KSS_X_CAST: return kss_gen_cast(b, e, x, into, before);
    case KSS_X_COMMA: kss_slot_release(b, before); return kss_gen_value(b, e->b, into);
    case KSS_X_DEREF: return kss_gen_deref(b, e, x, into, before);
    default: return negate(b, e, x, into, before);
    }
}

static int generate(struct kss_build *b, struct kss_expr *e, int into, bool wanted) {
    struct kss_expr **spine = NULL, *few[16];
    unsigned capacity = 0;
    uint32_t count = 0, before = kss_slot_mark(b);
    for (; on_spine(e); e = e->a) {
        if (count < 16) {
            few[count++] = e;
            continue;
        }
        KSS_ROOM(spine, count, capacity);
        spine[count++] = e;
    }
    int slot = leaf(b, e, count == 0 ? into : KSS_ANY_SLOT, wanted || count > 0);
    while (count > 0) {
        count--;
        e = count < 16 ? few[count] : spine[count];
        slot = up(b, e, slot, count == 0 ? into : KSS_ANY_SLOT, before);
    }
    free(spine);
    return slot;
}

int kss_gen_value(struct kss_build *b, struct kss_expr *e, int into) {
    return generate(b, e, into, true);
}

void kss_gen_effect(struct kss_build *b, struct kss_expr *e) {
    uint32_t before = kss_slot_mark(b);
    while (e->kind == KSS_X_CAST)
        e = e->a;
    generate(b, e, KSS_ANY_SLOT, false);
    kss_slot_release(b, before);
}

// ---- Conditions ---------------------------------------------------------------------------------
static bool quick_compare(struct kss_build *b, struct kss_expr *e, int x, uint32_t label,
                          enum kss_op op) {
    static const enum kss_opcode quick[] = {KSS_I_JUMP_LT_I, KSS_I_JUMP_LE_I, KSS_I_JUMP_GT_I,
                                            KSS_I_JUMP_GE_I, KSS_I_JUMP_EQ_I, KSS_I_JUMP_NE_I};
    bool equality = op == KSS_OP_EQ || op == KSS_OP_NE;
    if (e->b->kind != KSS_X_CONST || !kss_small(e->b->value) ||
        !(equality || compares_signed(e->a->type)))
        return false;
    kss_jump_if(b, quick[op - KSS_OP_LT], x, (int)e->b->value, label);
    return true;
}

static void branch_compare(struct kss_build *b, struct kss_expr *e, uint32_t label, bool sense) {
    static const enum kss_op inverse[] = {KSS_OP_GE, KSS_OP_GT, KSS_OP_LE,
                                          KSS_OP_LT, KSS_OP_NE, KSS_OP_EQ};
    enum kss_op op = sense ? (enum kss_op)e->op : inverse[e->op - KSS_OP_LT];
    int x = kss_gen_value(b, e->a, KSS_ANY_SLOT);
    if (quick_compare(b, e, x, label, op))
        return;
    int y = kss_gen_value(b, e->b, KSS_ANY_SLOT);
    bool is_signed = compares_signed(e->a->type);
    enum kss_opcode less = is_signed ? KSS_I_JUMP_LT_S : KSS_I_JUMP_LT_U;
    enum kss_opcode less_equal = is_signed ? KSS_I_JUMP_LE_S : KSS_I_JUMP_LE_U;
    switch (op) {
    case KSS_OP_EQ: kss_jump_if(b, KSS_I_JUMP_EQ, x, y, label); break;
    case KSS_OP_NE: kss_jump_if(b, KSS_I_JUMP_NE, x, y, label); break;
    case KSS_OP_LT: kss_jump_if(b, less, x, y, label); break;
    case KSS_OP_LE: kss_jump_if(b, less_equal, x, y, label); break;
    case KSS_OP_GT: kss_jump_if(b, less, y, x, label); break;
    default: kss_jump_if(b, less_equal, y, x, label); break;
    }
}

// a && b && c ...: a spine of one operator is a list of conditions.
static void branch_logic(struct kss_build *b, struct kss_expr *e, uint32_t label, bool sense) {
    struct kss_expr **list = NULL;
    unsigned capacity = 0, op = e->op;
    uint32_t count = 0;
    for (; e->kind == KSS_X_LOGIC && e->op == op; e = e->a) {
        KSS_ROOM(list, count, capacity);
        list[count++] = e->b;
    }
    // Leaving early is what && does when false and || when true.
    bool early = op == KSS_OP_LOG_OR;
    uint32_t out = early == sense ? label : kss_label_new(b);
    kss_gen_branch(b, e, out, early);
    while (count > 1)
        kss_gen_branch(b, list[--count], out, early);
    kss_gen_branch(b, list[0], label, sense);
    if (early != sense)
        kss_label_here(b, out);
    free(list);
}

void kss_gen_branch(struct kss_build *b, struct kss_expr *e, uint32_t label, bool sense) {
    uint32_t before = kss_slot_mark(b);
    while (e->kind == KSS_X_NOT) {
        e = e->a;
        sense = !sense;
    }
    if (e->kind == KSS_X_CONST) {
        if ((e->value != 0) == sense)
            kss_jump(b, label);
    } else if (e->kind == KSS_X_LOGIC) {
        branch_logic(b, e, label, sense);
    } else if (e->kind == KSS_X_BINARY && is_comparison(e->op)) {
        branch_compare(b, e, label, sense);
    } else {
        int slot = kss_gen_value(b, e, KSS_ANY_SLOT);
        kss_jump_if(b, sense ? KSS_I_JUMP_1 : KSS_I_JUMP_0, slot, 0, label);
    }
    kss_slot_release(b, before);
}
