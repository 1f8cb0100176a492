// SPDX-License-Identifier: MIT
// Expressions: a tree of the parser becomes a typed tree.
//
// The left spine of an expression (a + b + c + ..., p->next->next->..., x[0][1]) may be a million
// nodes long and is walked on a list; everything else is at most KSS_EXPRESSION_DEPTH deep and walked
// by recursion. Names mean, in this order: what the file declares, routines of the file, constants of
// the machine, constants of NT.
#include "script/check.h"

#include <stdlib.h>
#include <string.h>

enum { DEEPEST = 4 * KSS_EXPRESSION_DEPTH, SMALL_SPINE = 24, MOST_EXPANDED = 1 << 20 };

static struct kss_ctype *int_type(struct kss_build *b) {
    return kss_type_base(b, KSS_BASE_INT);
}

// ---- Names --------------------------------------------------------------------------------------
struct kss_expr *kss_variable_of(struct kss_build *b, struct kss_symbol *symbol,
                                 struct kss_node *node) {
    struct kss_expr *e;
    if (symbol->kind == KSS_Y_GLOBAL) {
        e = kss_expr_new(b, KSS_X_GLOBAL, symbol->type, node);
        e->index = symbol->index;
    } else if (symbol->body != b->body) {
        struct kss_expr *address =
            kss_expr_new(b, KSS_X_CAPTURE, kss_type_pointer_to(b, symbol->type), node);
        address->index = kss_capture_index(b, symbol);
        symbol->exposed = true;
        return kss_expr_part(b, kss_expr_deref(b, address, 0, symbol->type, node), 0, symbol->type,
                             node);
    } else if (symbol->kind == KSS_Y_LOCAL || symbol->homed) {
        e = kss_expr_new(b, KSS_X_LOCAL, symbol->type, node);
    } else {
        e = kss_expr_new(b, KSS_X_SLOT, symbol->type, node);
        if (symbol->by_address) {
            e->type = kss_type_pointer_to(b, symbol->type);
            e->symbol = symbol;
            return kss_expr_deref(b, e, 0, symbol->type, node);
        }
    }
    e->symbol = symbol;
    symbol->reads++;
    return e;
}

struct profile_constant {
    const char *name;
    size_t offset;
};

static bool machine_constant(struct kss_build *b, struct kss_node *node, struct kss_expr **e) {
    static const struct profile_constant table[] = {
        {"KERNEL_STACK_SIZE", offsetof(struct kss_profile, stack_size)},
        {"KERNEL_LARGE_STACK_SIZE", offsetof(struct kss_profile, large_stack_size)},
        {"MAXIMUM_EXPANSION_SIZE", offsetof(struct kss_profile, max_expansion)},
        {"PAGE_SIZE", offsetof(struct kss_profile, page_size)},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        if (strcmp(node->name, table[i].name) != 0)
            continue;
        uint32_t value;
        memcpy(&value, (const char *)&b->config.profile + table[i].offset, sizeof value);
        *e = kss_expr_const(b, int_type(b), value, node);
        return true;
    }
    unsigned irql;
    if (kss_irql_find(b->arch, node->name, strlen(node->name), &irql)) {
        struct kss_ctype *type = kss_type_text_find(b, "KIRQL", 5);
        *e = kss_expr_const(b, type != NULL ? type : int_type(b), (int64_t)irql, node);
        return true;
    }
    return false;
}

// What a compiler for this machine predefines; `#if DBG` is a checked build.
static bool predefined(const struct kss_build *b, const char *name, int64_t *value) {
    static const struct {
        const char *name;
        uint8_t arches;
    } table[] = {{"_X86_", 1},    {"_M_IX86", 1}, {"_AMD64_", 2}, {"_M_AMD64", 2},
                 {"_M_X64", 2},   {"_ARM_", 4},   {"_M_ARM", 4},  {"_ARM64_", 8},
                 {"_M_ARM64", 8}, {"_WIN64", 10}, {"_WIN32", 15}, {"DBG", 15}};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (strcmp(name, table[i].name) == 0 && (table[i].arches >> b->arch & 1)) {
            *value = strcmp(name, "_M_IX86") == 0 ? 600 : 1;
            return true;
        }
    return false;
}

static struct kss_expr *nt_constant(struct kss_build *b, struct kss_node *node) {
    const struct kss_constant *row = kss_constant_find(node->name, strlen(node->name));
    if (row == NULL)
        return NULL;
    struct kss_ctype *type = kss_type_text_find(b, row->type, strlen(row->type));
    if (type == NULL || !kss_is_scalar(type))
        type = row->value > INT32_MAX || row->value < INT32_MIN ? kss_type_base(b, KSS_BASE_INT64)
                                                                : int_type(b);
    return kss_expr_const(b, type, row->value, node);
}

static struct kss_expr *unknown_name(struct kss_build *b, struct kss_node *node) {
    if (!kss_unknown_once(b, node->name))
        return kss_expr_error(b, node);
    if (kss_routine_find(node->name, strlen(node->name)) != NULL || kss_is_builtin(node->name)) {
        KSS_SAY(b, node, "KSS0102", "`%s` can be called, but has no value here", node->name);
        return kss_expr_error(b, node);
    }
    struct kss_diag *diag = KSS_SAY(b, node, "KSS0102", "unknown name `%s`", node->name);
    const char *like =
        kss_did_you_mean(b, node->name, KSS_LIKE_VARIABLE | KSS_LIKE_ROUTINE | KSS_LIKE_CONSTANT);
    if (like != NULL)
        kss_diag_note(b->diags, diag, "help", "did you mean `%s`?", like);
    return kss_expr_error(b, node);
}

static struct kss_expr *copy_of(struct kss_build *b, const struct kss_expr *e) {
    struct kss_expr *copy = KSS_NEW(b->arena, struct kss_expr);
    *copy = *e;
    return copy;
}

// A constant value is kept while no name comes or goes: #defines of #defines double at each step.
static struct kss_expr *expand(struct kss_build *b, struct kss_symbol *symbol,
                               struct kss_node *node) {
    if (symbol->node->a == NULL || symbol->busy) {
        KSS_SAY(b, node, "KSS0117",
                symbol->busy ? "`%s` is defined by itself" : "`%s` is defined without a value",
                node->name);
        return kss_expr_error(b, node);
    }
    struct kss_node *body = symbol->node->a;
    if (symbol->kept != NULL && symbol->kept_names == b->newest &&
        symbol->kept_routines == b->code_count && symbol->kept_in_condition == b->in_condition)
        return copy_of(b, symbol->kept);
    uint64_t before = b->expanding == 0 ? 0 : b->expanded;
    b->expanded = before + (body->end - body->begin);
    if (b->expanded > MOST_EXPANDED) {
        if (before <= MOST_EXPANDED)
            KSS_SAY(b, node, "KSS0128", "`%s` and what uses it expand to more than %d bytes",
                    node->name, MOST_EXPANDED);
        return kss_expr_error(b, node);
    }
    symbol->busy = true;
    b->expanding++;
    struct kss_expr *e = kss_check(b, body);
    b->expanding--;
    symbol->busy = false;
    if (e->kind == KSS_X_CONST || e->kind == KSS_X_ERROR) {
        symbol->kept = copy_of(b, e);
        symbol->kept_names = b->newest;
        symbol->kept_routines = b->code_count;
        symbol->kept_in_condition = b->in_condition;
    }
    return e;
}

static struct kss_expr *of_symbol(struct kss_build *b, struct kss_symbol *symbol,
                                  struct kss_node *node) {
    switch (symbol->kind) {
    case KSS_Y_CONSTANT: return kss_expr_const(b, symbol->type, symbol->value, node);
    case KSS_Y_DEFINE: return expand(b, symbol, node);
    case KSS_Y_TYPE:
        KSS_SAY(b, node, "KSS0102", "`%s` is a type, not a value", node->name);
        return kss_expr_error(b, node);
    default: break;
    }
    if (symbol->type->kind == KSS_K_ERROR)
        return kss_expr_error(b, node);
    return kss_variable_of(b, symbol, node);
}

static struct kss_expr *routine_value(struct kss_build *b, uint32_t index, struct kss_node *node) {
    struct kss_expr *e = kss_expr_new(b, KSS_X_ROUTINE, b->infos[index].type, node);
    e->index = index;
    return e;
}

static struct kss_expr *check_name(struct kss_build *b, struct kss_node *node) {
    struct kss_symbol *symbol = kss_lookup(b, node->name);
    if (symbol != NULL)
        return of_symbol(b, symbol, node);
    uint32_t routine = kss_find_routine(b, NULL, node->name, false);
    if (routine != KSS_NO_FRAME)
        return routine_value(b, routine, node);
    if (strcmp(node->name, "NULL") == 0)
        return kss_expr_const(b, kss_type_pointer_to(b, kss_type_base(b, KSS_BASE_VOID)), 0, node);
    struct kss_expr *e;
    if (machine_constant(b, node, &e) || (e = nt_constant(b, node)) != NULL)
        return e;
    int64_t value;
    if (predefined(b, node->name, &value))
        return kss_expr_const(b, int_type(b), value, node);
    if (b->in_condition)
        return kss_expr_const(b, int_type(b), 0, node);
    if (strcmp(node->name, "NOTHING") == 0) { // if (x) { NOTHING; }
        e = kss_expr_new(b, KSS_X_CAST, kss_type_base(b, KSS_BASE_VOID), node);
        e->a = kss_expr_const(b, int_type(b), 0, node);
        return e;
    }
    return unknown_name(b, node);
}

static struct kss_expr *check_symbol(struct kss_build *b, struct kss_node *node) {
    const char *module, *name;
    kss_symbol_parts(b, node, &module, &name);
    uint32_t routine = kss_find_routine(b, module, name, false);
    if (routine != KSS_NO_FRAME)
        return routine_value(b, routine, node);
    if (kss_unknown_once(b, name)) {
        struct kss_diag *diag =
            KSS_SAY(b, node, "KSS0101", "unknown routine `%s`", kss_source_text(b, node));
        const char *like = kss_did_you_mean(b, name, KSS_LIKE_ROUTINE);
        if (like != NULL)
            kss_diag_note(b->diags, diag, "help", "did you mean `%s`?", like);
    }
    return kss_expr_error(b, node);
}

// ---- Literals -----------------------------------------------------------------------------------
static struct kss_expr *number(struct kss_build *b, struct kss_node *node) {
    uint64_t value = node->number;
    bool is_unsigned = node->flags & KSS_F_UNSIGNED, wide = node->flags & KSS_F_LONG_LONG;
    bool may_be_unsigned = is_unsigned || (node->flags & KSS_F_HEX) != 0;
    enum kss_base base;
    if (!wide && !is_unsigned && value <= INT32_MAX)
        base = KSS_BASE_INT;
    else if (!wide && may_be_unsigned && value <= UINT32_MAX)
        base = KSS_BASE_UINT;
    else if (!is_unsigned && value <= INT64_MAX)
        base = KSS_BASE_INT64;
    else
        base = KSS_BASE_UINT64;
    return kss_expr_const(b, kss_type_base(b, base), (int64_t)value, node);
}

// UTF-8 (lone surrogates as three bytes) as UTF-16; malformed bytes stand for themselves.
static uint32_t wide_text(const char *text, uint32_t length, uint8_t *out) {
    uint32_t units = 0;
    for (uint32_t i = 0; i < length;) {
        uint8_t first = (uint8_t)text[i];
        unsigned more = first < 0xC0 ? 0 : first < 0xE0 ? 1 : first < 0xF0 ? 2 : 3;
        if (i + more >= length)
            more = 0;
        uint32_t code = more == 0 ? first : first & (0x3Fu >> more);
        for (unsigned k = 1; k <= more; k++)
            code = code << 6 | ((uint8_t)text[i + k] & 0x3F);
        i += more + 1;
        uint32_t pair[2] = {code, 0};
        if (code > 0xFFFF) {
            pair[0] = 0xD800 + ((code - 0x10000) >> 10);
            pair[1] = 0xDC00 + ((code - 0x10000) & 0x3FF);
        }
        for (unsigned k = 0; k < (code > 0xFFFF ? 2u : 1u); k++, units++) {
            out[units * 2] = (uint8_t)pair[k];
            out[units * 2 + 1] = (uint8_t)(pair[k] >> 8);
        }
    }
    return units;
}

// A literal is a global of the image; equal ones are the same, as with /GF.
struct kss_expr *kss_string(struct kss_build *b, struct kss_node *node) {
    bool wide = node->flags & KSS_F_WIDE;
    uint8_t *bytes = kss_alloc(b->arena, (size_t)node->length * 2 + 2);
    uint32_t count = node->length;
    if (wide)
        count = wide_text(node->text, node->length, bytes);
    else
        memcpy(bytes, node->text, node->length);
    struct kss_ctype *element = wide ? &b->wide_type : kss_type_base(b, KSS_BASE_CHAR);
    struct kss_ctype *type = kss_type_array_of(b, element, count + 1, true);
    char *key = kss_alloc(b->arena, type->size + 2u);
    key[0] = wide ? 'L' : 'S';
    memcpy(key + 1, bytes, type->size);
    const char *unique = kss_unique_bytes(b, key, type->size + 1u);
    uint32_t global = (uint32_t)(uintptr_t)kss_map_get(&b->strings, unique);
    if (global == 0) {
        global = kss_add_global(b, "`string'", type, node) + 1;
        b->globals[global - 1].pageable = false;
        KSS_ROOM(b->initials, b->initial_count, b->initial_capacity);
        b->initials[b->initial_count++] = (struct kss_initial){
            .kind = KSS_DATUM_BYTES, .global = global - 1, .size = type->size, .bytes = bytes};
        kss_map_put(&b->strings, unique, (void *)(uintptr_t)global);
    }
    struct kss_expr *e = kss_expr_new(b, KSS_X_GLOBAL, type, node);
    e->index = global - 1;
    return e;
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
    bool known = name != NULL &&
                 (predefined(b, name, &value) ||
                  (kss_lookup(b, name) != NULL && kss_lookup(b, name)->kind == KSS_Y_DEFINE));
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
    case KSS_N_NUMBER: return number(b, node);
    case KSS_N_SIZE:
        return kss_expr_const(
            b, node->number <= INT32_MAX ? int_type(b) : kss_type_base(b, KSS_BASE_INT64),
            (int64_t)node->number, node);
    case KSS_N_DURATION: return kss_expr_const(b, &b->duration_type, (int64_t)node->number, node);
    case KSS_N_CHAR:
        return kss_expr_const(b, node->flags & KSS_F_WIDE ? &b->wide_type : int_type(b),
                              (int64_t)node->number, node);
    case KSS_N_STRING: return kss_string(b, node);
    case KSS_N_NAME: return check_name(b, node);
    case KSS_N_SYMBOL: return check_symbol(b, node);
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
    while (count > 0)
        e = up(b, spine[--count], e);
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
