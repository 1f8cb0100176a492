// SPDX-License-Identifier: MIT
// Typed expressions to instructions.
//
// A value ends up in a slot: a temporary, or the parameter it is. A struct's value is its address.
// Left spines are walked on a list, as in check_expr.c; `into` asks for a certain slot, which is
// written by the last instruction only, so it may be a variable the expression still reads.
#include "script/check.h"

#include <stdlib.h>

static bool small(int64_t value) {
    return value >= INT16_MIN && value <= INT16_MAX;
}

static uint32_t mark(const struct kss_build *b) {
    return b->body->slot;
}

static void release(struct kss_build *b, uint32_t to) {
    b->body->slot = to;
}

static int target_slot(struct kss_build *b, int into) {
    return into != KSS_ANY_SLOT ? into : kss_slot_new(b);
}

static bool is_aggregate(const struct kss_ctype *type) {
    return type->kind == KSS_K_STRUCT || type->kind == KSS_K_ARRAY;
}

static int constant(struct kss_build *b, int64_t value, int into) {
    int slot = target_slot(b, into);
    if (value >= INT32_MIN && value <= INT32_MAX) {
        kss_put_imm(b, KSS_I_SET, slot, (int32_t)value);
    } else {
        kss_put(b, KSS_I_SET64, 0, slot, 0, 0);
        kss_put_word(b, (uint64_t)value);
    }
    return slot;
}

static void add_constant(struct kss_build *b, enum kss_width width, int to, int from,
                         int64_t value) {
    static const enum kss_opcode quick[] = {KSS_I_ADDI_I32, KSS_I_ADDI_U32, KSS_I_ADDI_64,
                                            KSS_I_ADDI_64};
    static const enum kss_opcode full[] = {KSS_I_ADD_I32, KSS_I_ADD_U32, KSS_I_ADD_64,
                                           KSS_I_ADD_64};
    if (small(value)) {
        kss_put(b, quick[width], 0, to, from, (int)value);
        return;
    }
    uint32_t before = mark(b);
    int temporary = constant(b, value, KSS_ANY_SLOT);
    kss_put(b, full[width], 0, to, from, temporary);
    release(b, before);
}

// ---- Where an lvalue is -------------------------------------------------------------------------
struct where {
    enum { IN_SLOT, IN_FRAME, IN_MEMORY } kind;
    int at;       // the slot; the distance from the slot base; the slot of the address
    int64_t more; // IN_MEMORY: bytes behind the address
};

static int64_t below_edge(const struct kss_expr *e) { // of a LOCAL's byte
    return (int64_t)e->symbol->offset - e->value;
}

static struct where locate(struct kss_build *b, struct kss_expr *e) {
    struct where where = {IN_MEMORY, 0, 0};
    switch (e->kind) {
    case KSS_X_SLOT: return (struct where){IN_SLOT, (int)e->symbol->index * 8, 0};
    case KSS_X_LOCAL: {
        int64_t distance = (int64_t)b->config.profile.return_address - below_edge(e);
        bool inside = e->value >= 0 && e->value + e->type->size <= e->symbol->type->size;
        if (inside && small(distance))
            return (struct where){IN_FRAME, (int)distance, 0};
        where.at = kss_slot_new(b);
        kss_put_imm(b, KSS_I_LOCAL, where.at, (int32_t)below_edge(e));
        return where;
    }
    case KSS_X_GLOBAL:
        where.at = kss_slot_new(b);
        kss_put_imm(b, KSS_I_GLOBAL, where.at, (int32_t)e->index);
        where.more = e->value;
        break;
    default: // DEREF
        where.at = kss_gen_value(b, e->a, KSS_ANY_SLOT);
        where.more = e->value;
        break;
    }
    if (!small(where.more)) {
        int slot = kss_slot_new(b);
        add_constant(b, b->pointer == 8 ? KSS_WIDTH_U64 : KSS_WIDTH_U32, slot, where.at,
                     where.more);
        where.at = slot;
        where.more = 0;
    }
    return where;
}

static int address_of(struct kss_build *b, struct kss_expr *e, int into) {
    if (!kss_is_lvalue(e)) // a struct that is a value
        return kss_gen_value(b, e, into);
    uint32_t before = mark(b);
    if (e->kind == KSS_X_LOCAL) {
        int slot = target_slot(b, into);
        kss_put_imm(b, KSS_I_LOCAL, slot, (int32_t)below_edge(e));
        return slot;
    }
    struct where where = locate(b, e);
    if (where.more == 0 && into == KSS_ANY_SLOT)
        return where.at;
    release(b, before);
    int slot = target_slot(b, into);
    if (where.more == 0)
        kss_put(b, KSS_I_MOV, 0, slot, where.at, 0);
    else
        add_constant(b, b->pointer == 8 ? KSS_WIDTH_U64 : KSS_WIDTH_U32, slot, where.at,
                     where.more);
    return slot;
}

static unsigned load_of(const struct kss_ctype *type) {
    switch (type->size) {
    case 1: return type->is_signed ? 0 : 1;
    case 2: return type->is_signed ? 2 : 3;
    case 4: return type->is_signed ? 4 : 5;
    default: return 6;
    }
}

static unsigned store_of(const struct kss_ctype *type) {
    return type->size == 1 ? 0 : type->size == 2 ? 1 : type->size == 4 ? 2 : 3;
}

static int load(struct kss_build *b, struct where where, const struct kss_ctype *type,
                const struct kss_node *node, int into) {
    if (where.kind == IN_SLOT && into == KSS_ANY_SLOT)
        return where.at;
    int slot = target_slot(b, into);
    if (where.kind == IN_SLOT) {
        kss_put(b, KSS_I_MOV, 0, slot, where.at, 0);
    } else if (where.kind == IN_FRAME) {
        kss_put(b, KSS_I_GET_I8 + load_of(type), 0, slot, where.at, 0);
    } else {
        uint32_t place = b->body->place;
        kss_set_place(b, node);
        kss_put(b, KSS_I_LOAD_I8 + load_of(type), 0, slot, where.at, (int)where.more);
        b->body->place = place;
    }
    return slot;
}

static void store(struct kss_build *b, struct where where, const struct kss_ctype *type,
                  const struct kss_node *node, int value) {
    if (where.kind == IN_SLOT) {
        if (where.at != value)
            kss_put(b, KSS_I_MOV, 0, where.at, value, 0);
    } else if (where.kind == IN_FRAME) {
        kss_put(b, KSS_I_PUT_8 + store_of(type), 0, where.at, value, 0);
    } else {
        uint32_t place = b->body->place;
        kss_set_place(b, node);
        kss_put(b, KSS_I_STORE_8 + store_of(type), 0, where.at, value, (int)where.more);
        b->body->place = place;
    }
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
    if (immediate && (e->op == KSS_OP_ADD || e->op == KSS_OP_SUB) && small(value) &&
        small(-value)) {
        release(b, before);
        int to = target_slot(b, into);
        add_constant(b, kss_width_of(type), to, x, e->op == KSS_OP_ADD ? value : -value);
        return to;
    }
    if (immediate && e->op == KSS_OP_MUL && type->size == 8 && small(value)) {
        release(b, before);
        int to = target_slot(b, into);
        kss_put(b, KSS_I_MULI_64, 0, to, x, (int)value);
        return to;
    }
    int y = kss_gen_value(b, e->b, KSS_ANY_SLOT);
    release(b, before);
    int to = target_slot(b, into);
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

static int cast(struct kss_build *b, struct kss_expr *e, int x, int into, uint32_t before) {
    const struct kss_ctype *from = e->a->type, *to = e->type;
    static const enum kss_opcode signed_[] = {KSS_I_TO_I8, KSS_I_TO_I16, KSS_I_TO_I32};
    static const enum kss_opcode unsigned_[] = {KSS_I_TO_U8, KSS_I_TO_U16, KSS_I_TO_U32};
    if (to->kind == KSS_K_VOID || is_aggregate(to) || fits_as_is(from, to)) {
        if (into == KSS_ANY_SLOT || into == x)
            return x;
        kss_put(b, KSS_I_MOV, 0, into, x, 0);
        return into;
    }
    release(b, before);
    int slot = target_slot(b, into);
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
    release(b, before);
    int slot = target_slot(b, into);
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
    int slot = target_slot(b, into);
    kss_put_imm(b, KSS_I_SET, slot, 1);
    kss_jump(b, end);
    kss_label_here(b, no);
    kss_put_imm(b, KSS_I_SET, slot, 0);
    kss_label_here(b, end);
    return slot;
}

static int conditional(struct kss_build *b, struct kss_expr *e, int into) {
    uint32_t no = kss_label_new(b), end = kss_label_new(b), before = mark(b);
    bool nothing = e->type->kind == KSS_K_VOID;
    kss_gen_branch(b, e->a, no, false);
    int slot = nothing ? 0 : target_slot(b, into);
    uint32_t inside = mark(b);
    if (nothing)
        kss_gen_effect(b, e->b);
    else
        kss_gen_value(b, e->b, slot);
    release(b, inside);
    kss_jump(b, end);
    kss_label_here(b, no);
    if (nothing)
        kss_gen_effect(b, e->c);
    else
        kss_gen_value(b, e->c, slot);
    release(b, nothing ? before : inside);
    kss_label_here(b, end);
    return slot;
}

static int min_max(struct kss_build *b, struct kss_expr *e, int into) {
    uint32_t before = mark(b), end = kss_label_new(b);
    bool is_signed = compares_signed(e->type);
    int x = kss_slot_new(b), y = kss_slot_new(b);
    kss_gen_value(b, e->a, x);
    kss_gen_value(b, e->b, y);
    enum kss_opcode op = is_signed ? KSS_I_JUMP_LT_S : KSS_I_JUMP_LT_U;
    bool least = e->op == KSS_OP_LT;
    kss_jump_if(b, op, least ? x : y, least ? y : x, end); // x stays
    kss_put(b, KSS_I_MOV, 0, x, y, 0);
    kss_label_here(b, end);
    release(b, before);
    int slot = target_slot(b, into);
    if (slot != x)
        kss_put(b, KSS_I_MOV, 0, slot, x, 0);
    return slot;
}

// ---- Calls --------------------------------------------------------------------------------------
bool kss_passed_by_address(const struct kss_build *b, const struct kss_ctype *type) {
    if (type->kind != KSS_K_STRUCT)
        return false;
    bool registers = type->size == 1 || type->size == 2 || type->size == 4 || type->size == 8;
    return (b->arch == KSS_ARCH_X64 && !registers) ||
           (b->arch == KSS_ARCH_ARM64 && type->size > 16);
}

static void copy(struct kss_build *b, int to, int from, uint32_t size,
                 const struct kss_node *node) {
    uint32_t place = b->body->place;
    kss_set_place(b, node);
    kss_put(b, KSS_I_COPY, 0, to, from, 0);
    kss_put_word(b, size);
    b->body->place = place;
}

static int hidden(struct kss_build *b, const struct kss_ctype *type, int into) {
    int slot = target_slot(b, into);
    kss_put_hidden(b, slot, kss_hidden_object(b, type->size, type->align, false, 0));
    return slot;
}

static void argument(struct kss_build *b, struct kss_expr *e, int slot) {
    uint32_t before = mark(b);
    if (!kss_passed_by_address(b, e->type)) {
        kss_gen_value(b, e, slot);
    } else { // the caller makes the copy
        hidden(b, e->type, slot);
        int from = kss_gen_value(b, e, KSS_ANY_SLOT);
        copy(b, slot, from, e->type->size, e->node);
    }
    release(b, before);
}

static int arguments(struct kss_build *b, struct kss_expr *list, unsigned *count, bool result) {
    unsigned wanted = result;
    for (const struct kss_expr *e = list; e != NULL; e = e->next)
        wanted++;
    int first = kss_slot_new(b);
    for (unsigned i = 1; i < wanted; i++)
        kss_slot_new(b);
    int slot = first + (result ? 8 : 0);
    for (struct kss_expr *e = list; e != NULL; e = e->next, slot += 8)
        argument(b, e, slot);
    *count = wanted;
    return first;
}

static int call(struct kss_build *b, struct kss_expr *e, int into) {
    uint32_t before = mark(b), place = b->body->place;
    bool aggregate = e->type->kind == KSS_K_STRUCT;
    unsigned count;
    int callee = KSS_ANY_SLOT, result = KSS_ANY_SLOT;
    if (aggregate)
        result = hidden(b, e->type, into);
    if (e->index == KSS_NO_FRAME)
        callee = kss_gen_value(b, e->b, KSS_ANY_SLOT);
    uint32_t inside = mark(b);
    int first = arguments(b, e->a, &count, aggregate);
    if (aggregate)
        kss_put(b, KSS_I_MOV, 0, first, result, 0);
    kss_set_place(b, e->node);
    if (callee == KSS_ANY_SLOT)
        kss_put_imm(b, KSS_I_CALL, first, (int32_t)e->index);
    else
        kss_put(b, KSS_I_CALL_AT, count, first, callee, 0);
    b->body->place = place;
    if (aggregate) {
        release(b, inside);
        return result;
    }
    release(b, before);
    if (into == KSS_ANY_SLOT)
        into = kss_slot_new(b);
    if (into != first)
        kss_put(b, KSS_I_MOV, 0, into, first, 0);
    return into;
}

// Waits must be told apart from their time-outs (KSS7001); of a stack expansion it is enough that
// NT_SUCCESS is asked (KSS1005).
static void check_status(struct kss_build *b, struct kss_expr *e, int slot) {
    struct kss_body *body = b->body;
    bool wait = kss_is_wait(e->index), expansion = kss_is_expansion(e->index);
    if (!wait && (!expansion || e->success_only))
        return;
    if (!e->dropped && !e->success_only && e->symbol == NULL)
        return;
    KSS_ROOM(body->checks, body->check_count, body->check_capacity);
    uint32_t at =
        kss_put(b, KSS_I_DROPPED, e->success_only ? KSS_DROPPED_NT_SUCCESS : KSS_DROPPED_UNUSED,
                slot, (int)e->index, 0);
    bool decided = e->dropped || e->success_only;
    body->checks[body->check_count++] =
        (struct kss_status_check){.at = at,
                                  .symbol = decided ? NULL : e->symbol,
                                  .nt_success = e->success_only,
                                  .unused_only = expansion};
}

static int call_nt(struct kss_build *b, struct kss_expr *e, int into) {
    uint32_t before = mark(b), place = b->body->place;
    unsigned count;
    int first = arguments(b, e->a, &count, false);
    kss_set_place(b, e->node);
    kss_put(b, KSS_I_NT, count, first, (int)e->index, 0);
    if (e->type->kind == KSS_K_STRUCT) { // an 8-byte union comes as a number
        int value = first;
        int address = kss_slot_new(b);
        kss_put_hidden(b, address, kss_hidden_object(b, 8, 8, false, 0));
        kss_put(b, KSS_I_STORE_64, 0, address, value, 0);
        b->body->place = place;
        release(b, before);
        into = target_slot(b, into);
        kss_put(b, KSS_I_MOV, 0, into, address, 0);
        return into;
    }
    static const enum kss_opcode narrow[] = {KSS_I_TO_I8,  KSS_I_TO_U8,  KSS_I_TO_I16,
                                             KSS_I_TO_U16, KSS_I_TO_I32, KSS_I_TO_U32};
    bool scalar = kss_is_scalar(e->type) && e->type->size < 8;
    if (scalar && !(e->dropped && !kss_is_wait(e->index) && !kss_is_expansion(e->index)))
        kss_put(b, narrow[load_of(e->type)], 0, first, first, 0);
    check_status(b, e, first);
    b->body->place = place;
    release(b, before);
    if (into == KSS_ANY_SLOT)
        into = kss_slot_new(b);
    if (into != first)
        kss_put(b, KSS_I_MOV, 0, into, first, 0);
    return into;
}

// ---- Assignments --------------------------------------------------------------------------------
static bool ends_in_one(const struct kss_expr *e) { // its last instruction alone writes the result
    return e->kind == KSS_X_BINARY || e->kind == KSS_X_NEG || e->kind == KSS_X_COMPL ||
           e->kind == KSS_X_NOT || e->kind == KSS_X_CONST || e->kind == KSS_X_CALL ||
           e->kind == KSS_X_LOCAL;
}

void kss_gen_store(struct kss_build *b, struct kss_expr *target, struct kss_expr *value) {
    uint32_t before = mark(b);
    if (is_aggregate(target->type)) {
        uint32_t size = target->type->size;
        if (value->type->kind == KSS_K_ARRAY && value->type->size < size)
            size = value->type->size; // a string shorter than its array
        int from = is_aggregate(value->type) && kss_is_lvalue(value)
                       ? address_of(b, value, KSS_ANY_SLOT)
                       : kss_gen_value(b, value, KSS_ANY_SLOT);
        int to = address_of(b, target, KSS_ANY_SLOT);
        copy(b, to, from, size, target->node);
    } else if (target->kind == KSS_X_SLOT && ends_in_one(value)) {
        kss_gen_value(b, value, (int)target->symbol->index * 8);
    } else {
        int slot = kss_gen_value(b, value, KSS_ANY_SLOT);
        store(b, locate(b, target), target->type, target->node, slot);
    }
    release(b, before);
}

void kss_gen_zero(struct kss_build *b, struct kss_expr *target) {
    uint32_t before = mark(b);
    int to = address_of(b, target, KSS_ANY_SLOT);
    kss_put(b, KSS_I_ZERO, 0, to, 0, 0);
    kss_put_word(b, target->type->size);
    release(b, before);
}

static int assign(struct kss_build *b, struct kss_expr *e, int into, bool wanted) {
    if (is_aggregate(e->type)) {
        kss_gen_store(b, e->a, e->b);
        return wanted ? address_of(b, e->a, into) : 0;
    }
    if (!wanted) {
        kss_gen_store(b, e->a, e->b);
        return 0;
    }
    int slot = target_slot(b, into);
    uint32_t before = mark(b);
    kss_gen_value(b, e->b, slot);
    store(b, locate(b, e->a), e->a->type, e->a->node, slot);
    release(b, before);
    return slot;
}

static int compound(struct kss_build *b, struct kss_expr *e, int into, bool wanted) {
    int result = wanted ? target_slot(b, into) : 0;
    uint32_t before = mark(b);
    struct where where = locate(b, e->a);
    int old = load(b, where, e->a->type, e->a->node, KSS_ANY_SLOT);
    e->c->value = old;
    bool direct = where.kind == IN_SLOT && ends_in_one(e->b);
    int slot = kss_gen_value(b, e->b, direct ? where.at : KSS_ANY_SLOT);
    store(b, where, e->a->type, e->a->node, slot);
    if (wanted)
        kss_put(b, KSS_I_MOV, 0, result, slot, 0);
    release(b, before);
    return result;
}

static int step(struct kss_build *b, struct kss_expr *e, int into, bool wanted) {
    int result = wanted ? target_slot(b, into) : 0;
    uint32_t before = mark(b);
    struct where where = locate(b, e->a);
    const struct kss_ctype *type = e->a->type;
    int old = load(b, where, type, e->a->node, KSS_ANY_SLOT);
    if (wanted && e->op != 0)
        kss_put(b, KSS_I_MOV, 0, result, old, 0);
    int slot = where.kind == IN_SLOT ? where.at : kss_slot_new(b);
    if (type->size == 8 || type->size == 4) {
        add_constant(b, kss_width_of(type), slot, old, e->value);
    } else {
        struct kss_expr shape = {.kind = KSS_X_CAST, .type = e->a->type};
        struct kss_expr from = {.type = kss_type_base(b, KSS_BASE_INT)};
        shape.a = &from;
        add_constant(b, KSS_WIDTH_I32, slot, old, e->value);
        cast(b, &shape, slot, slot, mark(b));
    }
    store(b, where, type, e->a->node, slot);
    if (wanted && e->op == 0)
        kss_put(b, KSS_I_MOV, 0, result, slot, 0);
    release(b, before);
    return result;
}

// ---- Special ones -------------------------------------------------------------------------------
static int large(struct kss_build *b, struct kss_expr *e, int into) {
    bool is_constant = e->a->kind == KSS_X_CONST;
    int slot = target_slot(b, into);
    uint32_t before = mark(b);
    uint32_t object = kss_hidden_object(b, 8, 8, is_constant, is_constant ? e->a->value : 0);
    kss_put_hidden(b, slot, object);
    int value = kss_gen_value(b, e->a, KSS_ANY_SLOT);
    kss_put(b, KSS_I_STORE_64, 0, slot, value, 0);
    release(b, before);
    return slot;
}

static int relative(struct kss_build *b, struct kss_expr *e, int into) {
    uint32_t end = kss_label_new(b), before = mark(b);
    int slot = kss_slot_new(b);
    kss_gen_value(b, e->a, slot);
    kss_jump_if(b, KSS_I_JUMP_LE_I, slot, 0, end);
    kss_put(b, KSS_I_NEG_64, 0, slot, slot, 0);
    kss_label_here(b, end);
    release(b, before);
    into = target_slot(b, into);
    if (into != slot)
        kss_put(b, KSS_I_MOV, 0, into, slot, 0);
    return into;
}

static int assertion(struct kss_build *b, struct kss_expr *e) {
    uint32_t before = mark(b), place = b->body->place;
    int slot = kss_gen_value(b, e->a, KSS_ANY_SLOT);
    kss_set_place(b, e->node);
    kss_put_imm(b, KSS_I_ASSERT, slot, (int32_t)e->index);
    b->body->place = place;
    release(b, before);
    return 0;
}

static int leaf(struct kss_build *b, struct kss_expr *e, int into, bool wanted) {
    switch (e->kind) {
    case KSS_X_CONST: return constant(b, e->value, into);
    case KSS_X_SLOT:
    case KSS_X_LOCAL:
    case KSS_X_GLOBAL: {
        if (is_aggregate(e->type))
            return address_of(b, e, into);
        uint32_t before = mark(b);
        struct where where = locate(b, e);
        if (where.kind == IN_MEMORY)
            release(b, before);
        return load(b, where, e->type, e->node, into);
    }
    case KSS_X_CAPTURE: {
        int slot = target_slot(b, into);
        kss_put_capture(b, slot, e->index);
        return slot;
    }
    case KSS_X_ADDRESS: return address_of(b, e->a, into);
    case KSS_X_ROUTINE: {
        int slot = target_slot(b, into);
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
    case KSS_X_ASSIGN: return assign(b, e, into, wanted);
    case KSS_X_COMPOUND: return compound(b, e, into, wanted);
    case KSS_X_STEP: return step(b, e, into, wanted);
    case KSS_X_CALL: return call(b, e, into);
    case KSS_X_NT: return call_nt(b, e, into);
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
    case KSS_X_ASSERT: return assertion(b, e);
    default: return target_slot(b, into); // an error, told already
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
    case KSS_X_CAST: return cast(b, e, x, into, before);
    case KSS_X_COMMA: release(b, before); return kss_gen_value(b, e->b, into);
    case KSS_X_DEREF: {
        struct where where = {IN_MEMORY, x, e->value};
        if (!small(where.more)) {
            int slot = kss_slot_new(b);
            add_constant(b, b->pointer == 8 ? KSS_WIDTH_U64 : KSS_WIDTH_U32, slot, x, where.more);
            where.at = slot;
            where.more = 0;
        }
        if (!is_aggregate(e->type)) {
            release(b, before);
            return load(b, where, e->type, e->node, into);
        }
        if (where.more == 0 && (into == KSS_ANY_SLOT || into == where.at))
            return where.at;
        release(b, before);
        int slot = target_slot(b, into);
        add_constant(b, b->pointer == 8 ? KSS_WIDTH_U64 : KSS_WIDTH_U32, slot, where.at,
                     where.more);
        return slot;
    }
    default: return negate(b, e, x, into, before);
    }
}

static int generate(struct kss_build *b, struct kss_expr *e, int into, bool wanted) {
    struct kss_expr **spine = NULL, *few[16];
    unsigned capacity = 0;
    uint32_t count = 0, before = mark(b);
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
    uint32_t before = mark(b);
    while (e->kind == KSS_X_CAST)
        e = e->a;
    generate(b, e, KSS_ANY_SLOT, false);
    release(b, before);
}

// ---- Conditions ---------------------------------------------------------------------------------
static bool quick_compare(struct kss_build *b, struct kss_expr *e, int x, uint32_t label,
                          enum kss_op op) {
    static const enum kss_opcode quick[] = {KSS_I_JUMP_LT_I, KSS_I_JUMP_LE_I, KSS_I_JUMP_GT_I,
                                            KSS_I_JUMP_GE_I, KSS_I_JUMP_EQ_I, KSS_I_JUMP_NE_I};
    bool equality = op == KSS_OP_EQ || op == KSS_OP_NE;
    if (e->b->kind != KSS_X_CONST || !small(e->b->value) ||
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
    uint32_t before = mark(b);
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
    release(b, before);
}
