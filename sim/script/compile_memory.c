// SPDX-License-Identifier: MIT
// Memory in instructions: where an lvalue is, loading and storing it, assignments.
#include "script/compile.h"

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
        if (inside && kss_small(distance))
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
    if (!kss_small(where.more)) {
        int slot = kss_slot_new(b);
        kss_gen_add(b, b->pointer == 8 ? KSS_WIDTH_U64 : KSS_WIDTH_U32, slot, where.at, where.more);
        where.at = slot;
        where.more = 0;
    }
    return where;
}

int kss_gen_address(struct kss_build *b, struct kss_expr *e, int into) {
    if (!kss_is_lvalue(e)) // a struct that is a value
        return kss_gen_value(b, e, into);
    uint32_t before = kss_slot_mark(b);
    if (e->kind == KSS_X_LOCAL) {
        int slot = kss_slot_into(b, into);
        kss_put_imm(b, KSS_I_LOCAL, slot, (int32_t)below_edge(e));
        return slot;
    }
    struct where where = locate(b, e);
    if (where.more == 0 && into == KSS_ANY_SLOT)
        return where.at;
    kss_slot_release(b, before);
    int slot = kss_slot_into(b, into);
    if (where.more == 0)
        kss_put(b, KSS_I_MOV, 0, slot, where.at, 0);
    else
        kss_gen_add(b, b->pointer == 8 ? KSS_WIDTH_U64 : KSS_WIDTH_U32, slot, where.at, where.more);
    return slot;
}

unsigned kss_load_kind(const struct kss_ctype *type) {
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
    int slot = kss_slot_into(b, into);
    if (where.kind == IN_SLOT) {
        kss_put(b, KSS_I_MOV, 0, slot, where.at, 0);
    } else if (where.kind == IN_FRAME) {
        kss_put(b, KSS_I_GET_I8 + kss_load_kind(type), 0, slot, where.at, 0);
    } else {
        uint32_t place = b->body->place;
        kss_set_place(b, node);
        kss_put(b, KSS_I_LOAD_I8 + kss_load_kind(type), 0, slot, where.at, (int)where.more);
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

// ---- Values ---------------------------------------------------------------------------------------
int kss_gen_lvalue(struct kss_build *b, struct kss_expr *e, int into) {
    if (kss_is_aggregate(e->type))
        return kss_gen_address(b, e, into);
    uint32_t before = kss_slot_mark(b);
    struct where where = locate(b, e);
    if (where.kind == IN_MEMORY)
        kss_slot_release(b, before);
    return load(b, where, e->type, e->node, into);
}

int kss_gen_deref(struct kss_build *b, struct kss_expr *e, int x, int into, uint32_t before) {
    struct where where = {IN_MEMORY, x, e->value};
    if (!kss_small(where.more)) {
        int slot = kss_slot_new(b);
        kss_gen_add(b, b->pointer == 8 ? KSS_WIDTH_U64 : KSS_WIDTH_U32, slot, x, where.more);
        where.at = slot;
        where.more = 0;
    }
    if (!kss_is_aggregate(e->type)) {
        kss_slot_release(b, before);
        return load(b, where, e->type, e->node, into);
    }
    if (where.more == 0 && (into == KSS_ANY_SLOT || into == where.at))
        return where.at;
    kss_slot_release(b, before);
    int slot = kss_slot_into(b, into);
    kss_gen_add(b, b->pointer == 8 ? KSS_WIDTH_U64 : KSS_WIDTH_U32, slot, where.at, where.more);
    return slot;
}

// ---- Assignments --------------------------------------------------------------------------------
static bool ends_in_one(const struct kss_expr *e) { // its last instruction alone writes the result
    return e->kind == KSS_X_BINARY || e->kind == KSS_X_NEG || e->kind == KSS_X_COMPL ||
           e->kind == KSS_X_NOT || e->kind == KSS_X_CONST || e->kind == KSS_X_CALL ||
           e->kind == KSS_X_LOCAL;
}

void kss_gen_store(struct kss_build *b, struct kss_expr *target, struct kss_expr *value) {
    uint32_t before = kss_slot_mark(b);
    if (kss_is_aggregate(target->type)) {
        uint32_t size = target->type->size;
        if (value->type->kind == KSS_K_ARRAY && value->type->size < size)
            size = value->type->size; // a string shorter than its array
        int from = kss_is_aggregate(value->type) && kss_is_lvalue(value)
                       ? kss_gen_address(b, value, KSS_ANY_SLOT)
                       : kss_gen_value(b, value, KSS_ANY_SLOT);
        int to = kss_gen_address(b, target, KSS_ANY_SLOT);
        kss_gen_copy(b, to, from, size, target->node);
    } else if (target->kind == KSS_X_SLOT && ends_in_one(value)) {
        kss_gen_value(b, value, (int)target->symbol->index * 8);
    } else {
        int slot = kss_gen_value(b, value, KSS_ANY_SLOT);
        store(b, locate(b, target), target->type, target->node, slot);
    }
    kss_slot_release(b, before);
}

void kss_gen_zero(struct kss_build *b, struct kss_expr *target) {
    uint32_t before = kss_slot_mark(b);
    int to = kss_gen_address(b, target, KSS_ANY_SLOT);
    kss_put(b, KSS_I_ZERO, 0, to, 0, 0);
    kss_put_word(b, target->type->size);
    kss_slot_release(b, before);
}

int kss_gen_assign(struct kss_build *b, struct kss_expr *e, int into, bool wanted) {
    if (kss_is_aggregate(e->type)) {
        kss_gen_store(b, e->a, e->b);
        return wanted ? kss_gen_address(b, e->a, into) : 0;
    }
    if (!wanted) {
        kss_gen_store(b, e->a, e->b);
        return 0;
    }
    int slot = kss_slot_into(b, into);
    uint32_t before = kss_slot_mark(b);
    kss_gen_value(b, e->b, slot);
    store(b, locate(b, e->a), e->a->type, e->a->node, slot);
    kss_slot_release(b, before);
    return slot;
}

int kss_gen_compound(struct kss_build *b, struct kss_expr *e, int into, bool wanted) {
    int result = wanted ? kss_slot_into(b, into) : 0;
    uint32_t before = kss_slot_mark(b);
    struct where where = locate(b, e->a);
    int old = load(b, where, e->a->type, e->a->node, KSS_ANY_SLOT);
    e->c->value = old;
    bool direct = where.kind == IN_SLOT && ends_in_one(e->b);
    int slot = kss_gen_value(b, e->b, direct ? where.at : KSS_ANY_SLOT);
    store(b, where, e->a->type, e->a->node, slot);
    if (wanted)
        kss_put(b, KSS_I_MOV, 0, result, slot, 0);
    kss_slot_release(b, before);
    return result;
}

int kss_gen_step(struct kss_build *b, struct kss_expr *e, int into, bool wanted) {
    int result = wanted ? kss_slot_into(b, into) : 0;
    uint32_t before = kss_slot_mark(b);
    struct where where = locate(b, e->a);
    const struct kss_ctype *type = e->a->type;
    int old = load(b, where, type, e->a->node, KSS_ANY_SLOT);
    if (wanted && e->op != 0)
        kss_put(b, KSS_I_MOV, 0, result, old, 0);
    int slot = where.kind == IN_SLOT ? where.at : kss_slot_new(b);
    if (type->size == 8 || type->size == 4) {
        kss_gen_add(b, kss_width_of(type), slot, old, e->value);
    } else {
        struct kss_expr shape = {.kind = KSS_X_CAST, .type = e->a->type};
        struct kss_expr from = {.type = kss_type_base(b, KSS_BASE_INT)};
        shape.a = &from;
        kss_gen_add(b, KSS_WIDTH_I32, slot, old, e->value);
        kss_gen_cast(b, &shape, slot, slot, kss_slot_mark(b));
    }
    store(b, where, type, e->a->node, slot);
    if (wanted && e->op == 0)
        kss_put(b, KSS_I_MOV, 0, result, slot, 0);
    kss_slot_release(b, before);
    return result;
}
