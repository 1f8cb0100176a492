// SPDX-License-Identifier: MIT
// What names and literals mean. A name is, in this order: what the file declares, a routine of the
// file, a constant of the machine, a constant of NT.
#include "script/compile.h"

#include <string.h>

enum { MOST_EXPANDED = 1 << 20 };

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
bool kss_predefined(const struct kss_build *b, const char *name, int64_t *value) {
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

// NT's object types, as arguments only: *PsThreadType and its like. Values: enum kss_handle_kind.
static struct kss_expr *object_type(struct kss_build *b, struct kss_node *node) {
    static const char *const names[] = {NULL,
                                        "PsThreadType",
                                        "IoFileObjectType",
                                        "ExEventObjectType",
                                        "PsProcessType",
                                        "ExSemaphoreObjectType"};
    struct kss_ctype *type = kss_type_text_find(b, "POBJECT_TYPE*", 13);
    for (unsigned i = 1; type != NULL && i < sizeof names / sizeof *names; i++)
        if (strcmp(node->name, names[i]) == 0)
            return kss_expr_const(b, type, i, node);
    return NULL;
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
    case KSS_Y_DEVICE: return kss_device_value(b, symbol, node);
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

struct kss_expr *kss_check_name(struct kss_build *b, struct kss_node *node) {
    struct kss_symbol *symbol = kss_lookup(b, node->name);
    if (symbol != NULL)
        return of_symbol(b, symbol, node);
    uint32_t routine = kss_find_routine(b, NULL, node->name, false);
    if (routine != KSS_NO_FRAME)
        return routine_value(b, routine, node);
    if (strcmp(node->name, "NULL") == 0)
        return kss_expr_const(b, kss_type_pointer_to(b, kss_type_base(b, KSS_BASE_VOID)), 0, node);
    struct kss_expr *e;
    if (machine_constant(b, node, &e) || (e = nt_constant(b, node)) != NULL ||
        (e = object_type(b, node)) != NULL)
        return e;
    int64_t value;
    if (kss_predefined(b, node->name, &value))
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

struct kss_expr *kss_check_symbol(struct kss_build *b, struct kss_node *node) {
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
struct kss_expr *kss_check_number(struct kss_build *b, struct kss_node *node) {
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
