// SPDX-License-Identifier: MIT
// Calls: routines of the file, NT routines by their rows, routine pointers.
//
// What a row knows decides the messages: a KTIMER for a KEVENT, a time where milliseconds are
// counted, KernelMode where a wait reason stands, a routine of the wrong shape. A plain time given
// for a time to wait becomes a relative LARGE_INTEGER.
#include "script/check.h"

#include <string.h>

static bool failed(const struct kss_expr *e) {
    return e->type->kind == KSS_K_ERROR;
}

static void append(struct kss_expr ***end, struct kss_expr *e) {
    e->next = NULL;
    **end = e;
    *end = &e->next;
}

static uint32_t length_of(const struct kss_node *list) {
    uint32_t count = 0;
    for (; list != NULL; list = list->next)
        count++;
    return count;
}

// ---- Prototypes ---------------------------------------------------------------------------------
const char *kss_prototype(struct kss_build *b, const struct kss_routine *row) {
    struct kss_text text = {0};
    kss_text_format(&text, "%s %s(", row->result, row->name);
    for (unsigned i = 0; i < row->parameter_count; i++)
        kss_text_format(&text, "%s%s %s", i > 0 ? ", " : "", row->parameters[i].type,
                        row->parameters[i].name);
    kss_text_str(&text, row->can & KSS_VARIADIC ? ", ...)" : ")");
    const char *copy = kss_alloc_text(b->arena, text.bytes, text.length);
    kss_text_free(&text);
    return copy;
}

static const char *shape_text(struct kss_build *b, const struct kss_ctype *type) {
    struct kss_text text = {0};
    kss_text_format(&text, "%s (", kss_type_text(b, type->target));
    for (uint32_t i = 0; i < type->member_count; i++)
        kss_text_format(&text, "%s%s", i > 0 ? ", " : "", kss_type_text(b, type->members[i].type));
    kss_text_str(&text, type->any_parameters ? "...)" : type->member_count == 0 ? "void)" : ")");
    const char *copy = kss_alloc_text(b->arena, text.bytes, text.length);
    kss_text_free(&text);
    return copy;
}

static bool parameter_fits(const struct kss_ctype *have, const struct kss_ctype *want) {
    if (have->kind == KSS_K_POINTER && want->kind == KSS_K_POINTER) {
        have = have->target;
        want = want->target;
        return have->kind == KSS_K_VOID || want->kind == KSS_K_VOID || kss_type_same(have, want);
    }
    if (have->kind == KSS_K_INT && want->kind == KSS_K_INT)
        return have->size == want->size;
    return kss_type_same(have, want);
}

bool kss_check_shape(struct kss_build *b, uint32_t index, struct kss_ctype *shape,
                     struct kss_node *node) {
    const struct kss_routine_info *info = &b->infos[index];
    struct kss_ctype *have = info->type;
    kss_type_members(b, shape);
    if (have == shape || have->kind == KSS_K_ERROR)
        return true;
    bool fits = shape->any_parameters || have->member_count == shape->member_count;
    for (uint32_t i = 0; fits && i < shape->member_count && i < have->member_count; i++)
        fits = parameter_fits(have->members[i].type, shape->members[i].type);
    bool nothing = have->target->kind == KSS_K_VOID,
         wants_nothing = shape->target->kind == KSS_K_VOID;
    if (!info->lenient && nothing != wants_nothing)
        fits = false;
    if (fits)
        return true;
    struct kss_diag *diag =
        KSS_SAY(b, node, "KSS0124", "`%s` does not have the shape that is wanted%s%s", info->name,
                shape->name != NULL ? ": " : "", shape->name != NULL ? shape->name : "");
    kss_diag_label(b->diags, diag, "wanted: %s", shape_text(b, shape));
    if (info->node != NULL)
        kss_diag_cause(b->diags, diag, kss_span_of(b, info->node), "it is: %s",
                       shape_text(b, have));
    return false;
}

static void wrong_count(struct kss_build *b, struct kss_node *node, const char *name,
                        uint32_t wanted, uint32_t given, const char *prototype) {
    struct kss_diag *diag = KSS_SAY(b, node, "KSS0111", "`%s` takes %u argument%s, not %u", name,
                                    wanted, wanted == 1 ? "" : "s", given);
    kss_diag_label(b->diags, diag, "%s", prototype);
}

// ---- Routines of the file -----------------------------------------------------------------------
// Arguments for a routine type, appended to [end]; missing ones behind `...` are 0.
static bool typed_arguments(struct kss_build *b, struct kss_ctype *type, const char *name,
                            struct kss_node *call, struct kss_node *list, struct kss_expr **end) {
    kss_type_members(b, type);
    uint32_t given = length_of(list), wanted = type->member_count;
    bool rest = call->flags & KSS_F_ELLIPSIS;
    if (!type->any_parameters && (given > wanted || (given < wanted && !rest))) {
        wrong_count(b, call, name, wanted, given, shape_text(b, type));
        return false;
    }
    bool ok = true;
    uint32_t i = 0;
    for (; list != NULL; list = list->next, i++) {
        struct kss_expr *e = kss_check_value(b, list);
        struct kss_ctype *to = i < wanted ? type->members[i].type : e->type;
        e = kss_check_assign(b, e, to, kss_format_text(b, "argument %u of `%s`", i + 1, name));
        ok = ok && !failed(e);
        struct kss_expr *copy = kss_expr_new(b, KSS_X_ERROR, e->type, e->node);
        *copy = *e;
        append(&end, copy);
    }
    for (; i < wanted; i++) {
        if (type->members[i].type->kind == KSS_K_STRUCT) {
            KSS_SAY(b, call, "KSS0111", "`...` cannot stand for a struct");
            return false;
        }
        append(&end, kss_expr_const(b, type->members[i].type, 0, call));
    }
    return ok;
}

// Io..., Ke...: an exported routine of NT, by its look.
static bool looks_like_nt(const char *name) {
    static const char *const prefixes[] = {"Io",  "Ke",  "Ex", "Mm", "Zw", "Nt", "Ob", "Ps",
                                           "Rtl", "Hal", "Fs", "Cc", "Se", "Po", "Wmi"};
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        size_t length = strlen(prefixes[i]);
        if (strncmp(name, prefixes[i], length) == 0 && name[length] >= 'A' && name[length] <= 'Z')
            return true;
    }
    return false;
}

static void needs_a_body(struct kss_build *b, struct kss_diag *diag, const char *name) {
    if (!kss_is_seen(b) || !looks_like_nt(name))
        return;
    if (kss_routine_find(name, strlen(name)) != NULL)
        kss_diag_note(b->diags, diag, "help",
                      "NT's routine is known without a prototype: leave it out");
    else
        kss_diag_note(b->diags, diag, "help",
                      "it is not in this version; give it a body in the scenario, for example "
                      "`NTSTATUS %s(PVOID d, PVOID i) { return STATUS_SUCCESS; }`",
                      name);
}

static struct kss_expr *call_driver(struct kss_build *b, uint32_t index, struct kss_node *node,
                                    struct kss_node *list) {
    struct kss_routine_info *info = &b->infos[index];
    if (info->type->kind == KSS_K_ERROR)
        return kss_expr_error(b, node);
    if (!info->defined) {
        if (kss_unknown_once(b, info->name)) {
            struct kss_diag *diag =
                KSS_SAY(b, node, "KSS0125", "`%s` is declared, but has no body", info->name);
            kss_diag_cause(b->diags, diag, kss_span_of(b, info->node), "declared here");
            needs_a_body(b, diag, info->name);
        }
        return kss_expr_error(b, node);
    }
    struct kss_expr *e = kss_expr_new(b, KSS_X_CALL, info->type->target, node);
    e->index = index;
    if (!typed_arguments(b, info->type, info->name, node, list, &e->a))
        return kss_expr_error(b, node);
    return e;
}

struct kss_expr *kss_check_indirect(struct kss_build *b, struct kss_expr *callee,
                                    struct kss_node *node) {
    callee = kss_value(b, callee);
    if (failed(callee))
        return callee;
    if (callee->kind == KSS_X_ROUTINE)
        return call_driver(b, callee->index, node, node->b);
    struct kss_ctype *type = kss_type_routine_of(callee->type);
    if (type == NULL) {
        KSS_SAY(b, node->a, "KSS0114", "a `%s` cannot be called", kss_type_text(b, callee->type));
        return kss_expr_error(b, node);
    }
    kss_type_members(b, type);
    struct kss_expr *e = kss_expr_new(b, KSS_X_CALL, type->target, node);
    e->index = KSS_NO_FRAME;
    e->b = callee;
    if (!typed_arguments(b, type, kss_source_text(b, node->a), node, node->b, &e->a))
        return kss_expr_error(b, node);
    return e;
}

// ---- NT routines --------------------------------------------------------------------------------
static struct kss_ctype *parameter_type(struct kss_build *b, const struct kss_parameter *p) {
    struct kss_ctype *type = kss_type_text_find(b, p->type, strlen(p->type));
    return type != NULL ? type : &b->error_type;
}

static bool closed_type(const struct kss_ctype *type) {
    return (type->is_enum && type->nt != NULL) ||
           (type->name != NULL &&
            (strcmp(type->name, "KPROCESSOR_MODE") == 0 || strcmp(type->name, "BOOLEAN") == 0));
}

// "`KernelMode` or `UserMode`", when there are few.
static const char *choices(struct kss_build *b, const char *type) {
    const char *names[4];
    unsigned count = 0;
    for (unsigned i = 0; i < kss_constant_count; i++) {
        if (strcmp(kss_constants[i].type, type) != 0 ||
            strcmp(kss_constants[i].name, "MaximumMode") == 0)
            continue;
        if (count == 4)
            return NULL;
        names[count++] = kss_constants[i].name;
    }
    if (count == 0)
        return NULL;
    struct kss_text text = {0};
    for (unsigned i = 0; i < count; i++)
        kss_text_format(&text, "%s`%s`", i == 0 ? "" : i + 1 == count ? " or " : ", ", names[i]);
    const char *copy = kss_alloc_text(b->arena, text.bytes, text.length);
    kss_text_free(&text);
    return copy;
}

static bool name_known(struct kss_build *b, const struct kss_node *node) {
    size_t length = strlen(node->name);
    unsigned irql;
    return kss_lookup(b, node->name) != NULL || kss_constant_find(node->name, length) != NULL ||
           kss_irql_find(b->arch, node->name, length, &irql) ||
           kss_find_routine(b, NULL, node->name, false) != KSS_NO_FRAME ||
           kss_routine_find(node->name, length) != NULL || strcmp(node->name, "NULL") == 0 ||
           strstr("KERNEL_STACK_SIZE KERNEL_LARGE_STACK_SIZE MAXIMUM_EXPANSION_SIZE PAGE_SIZE",
                  node->name) != NULL;
}

// A misspelt enumerator: says which there are.
static bool unknown_constant(struct kss_build *b, const struct kss_parameter *p,
                             struct kss_ctype *type, struct kss_node *node) {
    if (node->kind != KSS_N_NAME || !closed_type(type) || name_known(b, node))
        return false;
    if (!kss_unknown_once(b, node->name))
        return true;
    struct kss_diag *diag = KSS_SAY(b, node, "KSS0104", "unknown %s `%s`", p->type, node->name);
    const char *list = choices(b, p->type);
    if (list != NULL)
        kss_diag_label(b->diags, diag, "expected %s", list);
    const char **names = KSS_NEW_ARRAY(b->arena, const char *, kss_constant_count);
    size_t count = 0;
    for (unsigned i = 0; i < kss_constant_count; i++)
        if (strcmp(kss_constants[i].type, p->type) == 0)
            names[count++] = kss_constants[i].name;
    const char *like = kss_like(node->name, names, count);
    if (like == NULL)
        like = kss_did_you_mean(b, node->name, KSS_LIKE_VARIABLE | KSS_LIKE_CONSTANT);
    if (like != NULL)
        kss_diag_note(b->diags, diag, "help", "did you mean `%s`?", like);
    return true;
}

static struct kss_expr *time_in_units(struct kss_build *b, const struct kss_parameter *p,
                                      struct kss_expr *e, unsigned number, const char *routine) {
    bool ms = p->unit == KSS_UNIT_MS;
    struct kss_diag *diag = KSS_SAY(b, e->node, "KSS0113", "argument %u of `%s` counts %s", number,
                                    routine, ms ? "milliseconds" : "microseconds");
    kss_diag_label(b->diags, diag, "this is a time, in units of 100 ns");
    int64_t unit = ms ? 10000 : 10;
    if (e->kind == KSS_X_CONST && e->value % unit == 0)
        kss_diag_note(b->diags, diag, "help", "write the plain number: `%lld`",
                      (long long)(e->value / unit));
    else
        kss_diag_note(b->diags, diag, "help", "write a plain number of %s",
                      ms ? "milliseconds" : "microseconds");
    return kss_expr_error(b, e->node);
}

// A plain time is relative: its LARGE_INTEGER is negative.
static struct kss_expr *relative(struct kss_build *b, struct kss_expr *e) {
    if (e->kind == KSS_X_CONST)
        return kss_expr_const(b, &b->duration_type, e->value > 0 ? -e->value : e->value, e->node);
    struct kss_expr *negative = kss_expr_new(b, KSS_X_RELATIVE, &b->duration_type, e->node);
    negative->a = e;
    return negative;
}

static struct kss_expr *time_argument(struct kss_build *b, struct kss_expr *e,
                                      struct kss_ctype *type, const char *what) {
    struct kss_ctype *quad = kss_type_base(b, KSS_BASE_INT64);
    if (e->type->is_duration && type->kind == KSS_K_POINTER) {
        struct kss_expr *large = kss_expr_new(b, KSS_X_LARGE, type, e->node);
        large->a = relative(b, e);
        return large;
    }
    if (e->type->is_duration)
        return kss_convert(b, relative(b, e), quad);
    bool number = e->kind == KSS_X_CONST && e->type->kind == KSS_K_INT && !kss_is_null(e);
    if (number) {
        struct kss_diag *diag =
            KSS_SAY(b, e->node, "KSS0113", "%s is a time and needs a unit", what);
        kss_diag_note(b->diags, diag, "help", "for example `%lldms`", (long long)e->value);
        return kss_expr_error(b, e->node);
    }
    e = kss_check_assign(b, e, type, what);
    if (type->kind == KSS_K_STRUCT && !failed(e))
        return kss_expr_part(b, e, 0, quad, e->node);
    return e;
}

static struct kss_expr *nt_argument(struct kss_build *b, const struct kss_routine *row,
                                    unsigned index, struct kss_node *node) {
    const struct kss_parameter *p = &row->parameters[index];
    struct kss_ctype *type = parameter_type(b, p);
    if (unknown_constant(b, p, type, node))
        return kss_expr_error(b, node);
    struct kss_expr *e = kss_check_value(b, node);
    if (failed(e))
        return e;
    const char *what = kss_format_text(b, "argument %u of `%s`", index + 1, row->name);
    if (p->class_ == KSS_CLASS_DURATION)
        return time_argument(b, e, type, what);
    if (e->type->is_duration && (p->unit == KSS_UNIT_MS || p->unit == KSS_UNIT_US))
        return time_in_units(b, p, e, index + 1, row->name);
    if (e->kind == KSS_X_CONST && closed_type(type) && closed_type(e->type) &&
        strcmp(type->name, e->type->name) != 0) {
        struct kss_diag *diag = KSS_SAY(b, node, "KSS0112", "%s must be a `%s`, not a `%s`", what,
                                        type->name, e->type->name);
        const char *list = choices(b, p->type);
        if (list != NULL)
            kss_diag_label(b->diags, diag, "expected %s", list);
        return kss_expr_error(b, node);
    }
    e = kss_check_assign(b, e, type, what);
    if (type->kind == KSS_K_STRUCT && !failed(e))
        e = kss_expr_part(b, e, 0, kss_type_base(b, KSS_BASE_INT64), e->node);
    return e;
}

static struct kss_expr *fallback(struct kss_build *b, const struct kss_parameter *p,
                                 struct kss_node *node) {
    struct kss_ctype *type = parameter_type(b, p);
    if (!kss_is_scalar(type))
        type = kss_type_base(b, KSS_BASE_INT64);
    if (p->fallback == NULL)
        return kss_expr_const(b, type, 0, node);
    size_t length = strlen(p->fallback);
    const struct kss_constant *constant = kss_constant_find(p->fallback, length);
    unsigned irql = 0;
    if (constant == NULL && !kss_irql_find(b->arch, p->fallback, length, &irql))
        for (const char *at = p->fallback; *at >= '0' && *at <= '9'; at++)
            irql = irql * 10 + (unsigned)(*at - '0');
    return kss_expr_const(b, type, constant != NULL ? constant->value : (int64_t)irql, node);
}

// Behind the parameters of a row: what `...` of a variadic routine takes.
static struct kss_expr *loose_argument(struct kss_build *b, struct kss_node *node) {
    struct kss_expr *e = kss_check_value(b, node);
    if (failed(e))
        return e;
    if (!kss_is_scalar(e->type)) {
        KSS_SAY(b, node, "KSS0112", "a `%s` cannot be printed", kss_type_text(b, e->type));
        return kss_expr_error(b, node);
    }
    bool is_small = e->type->kind == KSS_K_INT && (e->type->size < 4 || e->type->is_bool);
    return is_small ? kss_convert(b, e, kss_type_base(b, KSS_BASE_INT)) : e;
}

struct kss_expr *kss_call_nt(struct kss_build *b, const struct kss_routine *row,
                             struct kss_node *node) {
    uint32_t given = length_of(node->b), wanted = row->parameter_count;
    bool variadic = row->can & KSS_VARIADIC, rest = node->flags & KSS_F_ELLIPSIS;
    if (!(row->modes & KSS_MODE_SCRIPT)) {
        struct kss_diag *diag =
            KSS_SAY(b, node, "KSS0126", "`%s` is for native drivers only", row->name);
        kss_diag_note(
            b->diags, diag, "help",
            "scenarios have no place for what it takes; a routine of the scenario that has "
            "its name stands for it");
        return kss_expr_error(b, node);
    }
    if ((given > wanted && !variadic) || (given < wanted && !rest)) {
        wrong_count(b, node, row->name, wanted, given, kss_prototype(b, row));
        return kss_expr_error(b, node);
    }
    if (given > KSS_PARAMETERS) {
        KSS_SAY(b, node, "KSS0111", "`%s` takes at most %d arguments here, not %u", row->name,
                KSS_PARAMETERS, given);
        return kss_expr_error(b, node);
    }
    struct kss_ctype *result = kss_type_text_find(b, row->result, strlen(row->result));
    struct kss_expr *e = kss_expr_new(b, KSS_X_NT, result != NULL ? result : &b->error_type, node);
    e->index = (uint32_t)(row - kss_routines);
    struct kss_expr **end = &e->a;
    bool ok = result != NULL;
    unsigned i = 0;
    for (struct kss_node *argument = node->b; argument != NULL; argument = argument->next, i++) {
        struct kss_expr *one =
            i < wanted ? nt_argument(b, row, i, argument) : loose_argument(b, argument);
        struct kss_expr *copy = kss_expr_new(b, KSS_X_ERROR, one->type, one->node);
        *copy = *one;
        append(&end, copy);
        ok = ok && !failed(one);
    }
    for (; i < wanted; i++)
        append(&end, fallback(b, &row->parameters[i], node));
    return ok ? e : kss_expr_error(b, node);
}

// ---- Which of them ------------------------------------------------------------------------------
static struct kss_expr *unknown_routine(struct kss_build *b, struct kss_node *node) {
    const char *name = node->a->name;
    if (strcmp(name, "alloca") == 0 || strcmp(name, "_alloca") == 0) {
        struct kss_diag *diag = KSS_SAY(b, node->a, "KSS0101", "`%s` is not in the language", name);
        kss_diag_note(b->diags, diag, "help", "declare an array of the largest size");
        return kss_expr_error(b, node);
    }
    if (kss_unknown_once(b, name)) {
        struct kss_diag *diag = KSS_SAY(b, node->a, "KSS0101", "unknown routine `%s`", name);
        const char *like = kss_did_you_mean(b, node->a->name, KSS_LIKE_ROUTINE | KSS_LIKE_NT);
        if (like != NULL)
            kss_diag_note(b->diags, diag, "help", "did you mean `%s`?", like);
        else
            needs_a_body(b, diag, node->a->name);
    }
    return kss_expr_error(b, node);
}

struct kss_expr *kss_check_call(struct kss_build *b, struct kss_node *node) {
    struct kss_node *callee = node->a;
    if (callee->kind == KSS_N_SYMBOL)
        return kss_check_indirect(b, kss_check(b, callee), node);
    for (unsigned i = 0; i < KSS_EXPRESSION_DEPTH; i++) { // #define Alloc ExAllocatePoolWithTag
        struct kss_symbol *symbol = kss_lookup(b, callee->name);
        if (symbol == NULL)
            break;
        bool alias = symbol->kind == KSS_Y_DEFINE && symbol->node->a != NULL &&
                     symbol->node->a->kind == KSS_N_NAME;
        if (!alias)
            return kss_check_indirect(b, kss_check(b, callee), node);
        callee = symbol->node->a;
    }
    uint32_t routine = kss_find_routine(b, NULL, callee->name, false);
    if (routine != KSS_NO_FRAME)
        return call_driver(b, routine, node, node->b);
    struct kss_expr *e = kss_check_builtin(b, callee->name, node);
    if (e != NULL)
        return e;
    const struct kss_routine *row = kss_routine_find(callee->name, strlen(callee->name));
    return row != NULL ? kss_call_nt(b, row, node) : unknown_routine(b, node);
}

struct kss_expr *kss_check_run(struct kss_build *b, struct kss_node *run) {
    const char *module, *name;
    kss_symbol_parts(b, run->a, &module, &name);
    uint32_t routine = kss_find_routine(b, module, name, false);
    if (routine == KSS_NO_FRAME) {
        if (kss_unknown_once(b, name)) {
            struct kss_diag *diag =
                KSS_SAY(b, run->a, "KSS0101", "unknown routine `%s`", kss_source_text(b, run->a));
            const char *like = kss_did_you_mean(b, name, KSS_LIKE_ROUTINE);
            if (like != NULL)
                kss_diag_note(b->diags, diag, "help", "did you mean `%s`?", like);
        }
        return kss_expr_error(b, run);
    }
    struct kss_expr *e = call_driver(b, routine, run, run->b);
    uint32_t count = 0;
    for (struct kss_expr *at = failed(e) ? NULL : e->a; at != NULL; at = at->next, count++)
        if (!kss_is_scalar(at->type)) {
            KSS_SAY(b, at->node, "KSS0112",
                    "a struct cannot be kept for a routine that runs later");
            return kss_expr_error(b, run);
        }
    if (count > KSS_ARGUMENTS) {
        KSS_SAY(b, run, "KSS0111", "a routine that runs later takes at most %d arguments",
                KSS_ARGUMENTS);
        return kss_expr_error(b, run);
    }
    return e;
}
