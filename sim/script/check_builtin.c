// SPDX-License-Identifier: MIT
// The macros of the NT headers that drivers are full of: NT_SUCCESS, CONTAINING_RECORD, ASSERT,
// PAGED_CODE and their like. Each is one row and one function.
#include "script/compile.h"

#include <string.h>

typedef struct kss_expr *builtin(struct kss_build *b, struct kss_node *node, unsigned variant);

static struct kss_expr *nothing(struct kss_build *b, struct kss_node *node) {
    struct kss_expr *e = kss_expr_new(b, KSS_X_CAST, kss_type_base(b, KSS_BASE_VOID), node);
    e->a = kss_expr_const(b, kss_type_base(b, KSS_BASE_INT), 0, node);
    return e;
}

// ---- Statuses -----------------------------------------------------------------------------------
static struct kss_expr *status_value(struct kss_build *b, struct kss_node *node) {
    struct kss_expr *e = kss_check_value(b, node);
    if (e->type->kind == KSS_K_ERROR || e->type->kind == KSS_K_INT)
        return e;
    KSS_SAY(b, node, "KSS0112", "this must be a status, not `%s`", kss_type_text(b, e->type));
    return kss_expr_error(b, node);
}

// A status that met nothing but NT_SUCCESS was not looked at closely: KSS7001 wants to know.
static void met_success(struct kss_expr *e) {
    while (e->kind == KSS_X_CAST)
        e = e->a;
    bool variable = e->kind == KSS_X_LOCAL || e->kind == KSS_X_SLOT || e->kind == KSS_X_ASSIGN;
    if (variable && e->symbol != NULL && e->symbol->reads > 0) {
        e->symbol->reads--;
        e->symbol->success_reads++;
    } else if (e->kind == KSS_X_NT) {
        e->success_only = true;
    }
}

static struct kss_expr *nt_success(struct kss_build *b, struct kss_node *node, unsigned variant) {
    struct kss_ctype *wide = kss_type_base(b, KSS_BASE_LONG);
    struct kss_expr *e = status_value(b, node->b);
    (void)variant;
    met_success(e);
    return kss_expr_operator(b, KSS_OP_GE, kss_expr_cast(b, e, wide, node),
                             kss_expr_const(b, wide, 0, node), node);
}

static struct kss_expr *nt_severity(struct kss_build *b, struct kss_node *node, unsigned variant) {
    struct kss_ctype *word = kss_type_base(b, KSS_BASE_ULONG);
    struct kss_expr *e = kss_expr_cast(b, status_value(b, node->b), word, node);
    e = kss_expr_operator(b, KSS_OP_SHR, e, kss_expr_const(b, word, 30, node), node);
    return kss_expr_operator(b, KSS_OP_EQ, e, kss_expr_const(b, word, (int64_t)variant, node),
                             node);
}

// ---- Offsets ------------------------------------------------------------------------------------
// Where a member designator (Field, A.B, A.B[2]) lies in [type].
static struct kss_ctype *designated(struct kss_build *b, struct kss_ctype *type,
                                    struct kss_node *node, uint64_t *offset) {
    struct kss_ctype *of = type;
    int64_t index = 0;
    uint32_t inside = 0;
    if (node->kind == KSS_N_FIELD || node->kind == KSS_N_INDEX) {
        if (++b->depth > KSS_EXPRESSION_DEPTH) {
            KSS_SAY(b, node, "KSS0128", "expressions are nested too deeply");
            of = &b->error_type;
        } else {
            of = designated(b, type, node->a, offset);
        }
        b->depth--;
    } else if (node->kind != KSS_N_NAME) {
        KSS_SAY(b, node, "KSS0105", "the name of a field is wanted here");
        return &b->error_type;
    }
    if (of->kind == KSS_K_ERROR)
        return of;
    if (node->kind == KSS_N_INDEX) {
        bool ok = of->kind == KSS_K_ARRAY &&
                  kss_check_constant(b, node->b, "an index in a field's offset", &index);
        if (of->kind != KSS_K_ARRAY)
            KSS_SAY(b, node, "KSS0114", "`[]` does not take a `%s`", kss_type_text(b, of));
        *offset += (uint64_t)index * (ok ? of->target->size : 0);
        return ok ? of->target : &b->error_type;
    }
    const struct kss_member *member =
        of->kind == KSS_K_STRUCT ? kss_type_member(b, of, node->name, &inside) : NULL;
    if (member == NULL) {
        struct kss_diag *diag =
            KSS_SAY(b, node, "KSS0105", "`%s` has no field `%s`", kss_type_text(b, of), node->name);
        const char **names = KSS_NEW_ARRAY(b->arena, const char *, of->member_count + 1);
        size_t count = 0;
        for (uint32_t i = 0; i < of->member_count; i++)
            if (of->members[i].name != NULL)
                names[count++] = of->members[i].name;
        const char *like = kss_like(node->name, names, count);
        if (like != NULL)
            kss_diag_note(b->diags, diag, "help", "did you mean `%s`?", like);
        return &b->error_type;
    }
    *offset += inside;
    return member->type;
}

static struct kss_expr *containing_record(struct kss_build *b, struct kss_node *node,
                                          unsigned variant) {
    struct kss_node *address = node->b, *type = address->next;
    (void)variant;
    struct kss_expr *e = kss_check_value(b, address);
    struct kss_ctype *record = kss_type_name(b, type);
    uint64_t offset = 0;
    if (record->kind == KSS_K_ERROR || e->type->kind == KSS_K_ERROR)
        return kss_expr_error(b, node);
    if (designated(b, record, type->next, &offset)->kind == KSS_K_ERROR)
        return kss_expr_error(b, node);
    if (e->type->kind != KSS_K_POINTER) {
        KSS_SAY(b, address, "KSS0112", "this must be the address of the field, not `%s`",
                kss_type_text(b, e->type));
        return kss_expr_error(b, node);
    }
    struct kss_ctype *bytes = kss_type_pointer_to(b, kss_type_base(b, KSS_BASE_CHAR));
    e = kss_expr_add(b, kss_convert(b, e, bytes),
                     kss_expr_const(b, kss_type_base(b, KSS_BASE_INT64), (int64_t)offset, node),
                     KSS_OP_SUB, node);
    return kss_expr_cast(b, e, kss_type_pointer_to(b, record), node);
}

static struct kss_expr *field_offset(struct kss_build *b, struct kss_node *node, unsigned variant) {
    uint64_t offset = 0;
    struct kss_ctype *record = kss_type_name(b, node->b);
    if (record->kind == KSS_K_ERROR)
        return kss_expr_error(b, node);
    struct kss_ctype *field = designated(b, record, node->b->next, &offset);
    if (field->kind == KSS_K_ERROR)
        return kss_expr_error(b, node);
    if (variant == 0)
        return kss_expr_const(b, kss_type_base(b, KSS_BASE_LONG), (int64_t)offset, node);
    if (variant == 3) // through the field
        return kss_expr_const(b, &b->size_type, (int64_t)(offset + field->size), node);
    return kss_expr_const(b, &b->size_type, variant == 1 ? (int64_t)offset : (int64_t)field->size,
                          node);
}

static struct kss_expr *array_size(struct kss_build *b, struct kss_node *node, unsigned variant) {
    struct kss_expr *e = kss_check(b, node->b);
    (void)variant;
    if (e->type->kind == KSS_K_ERROR)
        return e;
    if (e->symbol != NULL && e->symbol->reads > 0)
        e->symbol->reads--;
    if (e->type->kind != KSS_K_ARRAY || !e->type->complete) {
        KSS_SAY(b, node->b, "KSS0112", "this must be an array, not `%s`",
                kss_type_text(b, e->type));
        return kss_expr_error(b, node);
    }
    return kss_expr_const(b, &b->size_type, e->type->count, node);
}

// ---- Checks -------------------------------------------------------------------------------------
static struct kss_expr *assertion(struct kss_build *b, struct kss_node *node, unsigned variant) {
    struct kss_node *condition = variant == 1 ? node->b->next : node->b;
    struct kss_expr *value = kss_check_condition(b, condition);
    if (value->type->kind == KSS_K_ERROR)
        return value;
    struct kss_expr *e = kss_expr_new(b, KSS_X_ASSERT, kss_type_base(b, KSS_BASE_VOID), node);
    e->a = value;
    e->index = b->text_count;
    KSS_ROOM(b->texts, b->text_count, b->text_capacity);
    b->texts[b->text_count++] = variant == 1 && node->b->kind == KSS_N_STRING
                                    ? node->b->text
                                    : kss_source_text(b, condition);
    return e;
}

static struct kss_expr *constant_assertion(struct kss_build *b, struct kss_node *node,
                                           unsigned variant) {
    int64_t value;
    (void)variant;
    if (kss_check_constant(b, node->b, "what C_ASSERT checks", &value) && value == 0)
        KSS_SAY(b, node, "KSS0117", "C_ASSERT is false on machine %s", b->config.profile.name);
    return nothing(b, node);
}

static struct kss_expr *paged_code(struct kss_build *b, struct kss_node *node, unsigned variant) {
    (void)variant;
    return kss_expr_new(b, KSS_X_PAGED_CODE, kss_type_base(b, KSS_BASE_VOID), node);
}

// UNREFERENCED_PARAMETER, barriers, KdBreakPoint: no code; arguments are looked at all the same.
static struct kss_expr *no_code(struct kss_build *b, struct kss_node *node, unsigned variant) {
    (void)variant;
    if (node->b != NULL && kss_check(b, node->b)->type->kind == KSS_K_ERROR)
        return kss_expr_error(b, node);
    return nothing(b, node);
}

// ---- Values -------------------------------------------------------------------------------------
static struct kss_expr *min_max(struct kss_build *b, struct kss_node *node, unsigned variant) {
    enum kss_op op = variant == 0 ? KSS_OP_LT : KSS_OP_GT;
    struct kss_expr *x = kss_check_value(b, node->b), *y = kss_check_value(b, node->b->next);
    struct kss_expr *test = kss_expr_operator(b, op, x, y, node);
    if (test->type->kind == KSS_K_ERROR)
        return test;
    if (test->kind == KSS_X_CONST)
        return test->value != 0 ? x : y;
    struct kss_expr *e = kss_expr_new(b, KSS_X_MINMAX, test->a->type, node);
    e->op = (uint8_t)op;
    e->a = test->a;
    e->b = test->b;
    return e;
}

// FlagOn, BooleanFlagOn, SetFlag, ClearFlag of the file-system headers.
static struct kss_expr *flags(struct kss_build *b, struct kss_node *node, unsigned variant) {
    struct kss_expr *x = kss_check(b, node->b), *y = kss_check_value(b, node->b->next);
    if (variant == 0)
        return kss_expr_operator(b, KSS_OP_AND, x, y, node);
    if (variant == 1) {
        struct kss_expr *e = kss_expr_operator(b, KSS_OP_AND, x, y, node);
        struct kss_ctype *boolean = kss_type_text_find(b, "BOOLEAN", 7);
        if (e->type->kind == KSS_K_ERROR || boolean == NULL)
            return e;
        e = kss_expr_operator(b, KSS_OP_NE, e, kss_expr_const(b, e->type, 0, node), node);
        return kss_expr_cast(b, e, boolean, node);
    }
    if (variant == 3)
        y = kss_expr_unary(b, KSS_OP_COMPL, y, node);
    return kss_expr_compound(b, variant == 2 ? KSS_OP_OR : KSS_OP_AND, x, y, node);
}

// (size + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1), or divided by PAGE_SIZE.
static struct kss_expr *pages(struct kss_build *b, struct kss_node *node, unsigned variant) {
    struct kss_ctype *type = &b->size_type;
    int64_t page = b->config.profile.page_size;
    struct kss_expr *e = kss_expr_cast(b, kss_check(b, node->b), type, node);
    e = kss_expr_operator(b, KSS_OP_ADD, e, kss_expr_const(b, type, page - 1, node), node);
    if (variant == 0)
        return kss_expr_operator(b, KSS_OP_AND, e, kss_expr_const(b, type, -page, node), node);
    return kss_expr_operator(b, KSS_OP_DIV, e, kss_expr_const(b, type, page, node), node);
}

// Va - Va % PAGE_SIZE, Va % PAGE_SIZE.
static struct kss_expr *page_of(struct kss_build *b, struct kss_node *node, unsigned variant) {
    struct kss_ctype *type = &b->size_type;
    int64_t page = b->config.profile.page_size;
    struct kss_expr *e = kss_expr_cast(b, kss_check(b, node->b), type, node);
    if (variant == 1)
        return kss_expr_cast(
            b, kss_expr_operator(b, KSS_OP_AND, e, kss_expr_const(b, type, page - 1, node), node),
            kss_type_base(b, KSS_BASE_ULONG), node);
    e = kss_expr_operator(b, KSS_OP_AND, e, kss_expr_const(b, type, -page, node), node);
    return kss_expr_cast(b, e, kss_type_pointer_to(b, kss_type_base(b, KSS_BASE_VOID)), node);
}

// PtrToUlong and its like.
static struct kss_expr *cast_to(struct kss_build *b, struct kss_node *node, unsigned variant) {
    static const char *const types[] = {"ULONG", "LONG", "PVOID", "ULONG_PTR"};
    struct kss_ctype *type = kss_type_text_find(b, types[variant], strlen(types[variant]));
    return kss_expr_cast(b, kss_check(b, node->b), type != NULL ? type : &b->error_type, node);
}

static struct kss_expr *argument_present(struct kss_build *b, struct kss_node *node,
                                         unsigned variant) {
    (void)variant;
    struct kss_expr *e = kss_expr_unary(b, KSS_OP_NOT, kss_check(b, node->b), node);
    return kss_expr_unary(b, KSS_OP_NOT, e, node);
}

// (PCHAR)Ptr + Inc, as a PVOID.
static struct kss_expr *add_to_pointer(struct kss_build *b, struct kss_node *node,
                                       unsigned variant) {
    (void)variant;
    struct kss_ctype *bytes = kss_type_pointer_to(b, kss_type_base(b, KSS_BASE_CHAR));
    struct kss_expr *e = kss_expr_cast(b, kss_check(b, node->b), bytes, node);
    e = kss_expr_operator(b, KSS_OP_ADD, e, kss_check_value(b, node->b->next), node);
    return kss_expr_cast(b, e, kss_type_pointer_to(b, kss_type_base(b, KSS_BASE_VOID)), node);
}

// A product of 64 bits.
static struct kss_expr *wide_product(struct kss_build *b, struct kss_node *node, unsigned variant) {
    struct kss_ctype *type = kss_type_base(b, variant == 0 ? KSS_BASE_INT64 : KSS_BASE_UINT64);
    struct kss_ctype *narrow = kss_type_base(b, variant == 0 ? KSS_BASE_LONG : KSS_BASE_ULONG);
    struct kss_expr *x = kss_expr_cast(b, kss_check(b, node->b), narrow, node);
    struct kss_expr *y = kss_expr_cast(b, kss_check(b, node->b->next), narrow, node);
    return kss_expr_operator(b, KSS_OP_MUL, kss_expr_cast(b, x, type, node),
                             kss_expr_cast(b, y, type, node), node);
}

// HIWORD and its like: an unsigned part of a value.
static struct kss_expr *part_of(struct kss_build *b, struct kss_node *node, unsigned variant) {
    static const struct {
        enum kss_base base;
        uint8_t shift;
    } parts[] = {
        {KSS_BASE_USHORT, 0}, {KSS_BASE_USHORT, 16}, {KSS_BASE_UCHAR, 0}, {KSS_BASE_UCHAR, 8}};
    struct kss_expr *e = kss_expr_cast(b, kss_check(b, node->b), &b->size_type, node);
    e = kss_expr_operator(b, KSS_OP_SHR, e,
                          kss_expr_const(b, &b->size_type, parts[variant].shift, node), node);
    return kss_expr_cast(b, e, kss_type_base(b, parts[variant].base), node);
}

// CTL_CODE: device type << 16 | access << 14 | function << 2 | method.
static struct kss_expr *control_code(struct kss_build *b, struct kss_node *node, unsigned variant) {
    static const uint8_t shifts[] = {16, 2, 0, 14};
    struct kss_ctype *word = kss_type_base(b, KSS_BASE_ULONG);
    struct kss_expr *code = kss_expr_const(b, word, 0, node);
    struct kss_node *at = node->b;
    (void)variant;
    for (unsigned i = 0; i < sizeof shifts; i++, at = at->next) {
        struct kss_expr *e = kss_expr_cast(b, kss_check(b, at), word, node);
        e = kss_expr_operator(b, KSS_OP_SHL, e, kss_expr_const(b, word, shifts[i], node), node);
        code = kss_expr_operator(b, KSS_OP_OR, code, e, node);
    }
    return code;
}

// One assignment of InitializeObjectAttributes; [value] NULL: 0.
static struct kss_expr *attribute(struct kss_build *b, struct kss_node *node,
                                  struct kss_ctype *type, const char *field,
                                  struct kss_expr *value) {
    uint32_t offset = 0;
    struct kss_expr *to = kss_check_value(b, node->b);
    const struct kss_member *member = kss_type_member(b, type, kss_unique(b, field), &offset);
    if (to->type->kind == KSS_K_ERROR || member == NULL)
        return kss_expr_error(b, node);
    if (value == NULL)
        value = kss_expr_const(b, member->type, 0, node);
    struct kss_expr *target = kss_expr_deref(b, to, offset, member->type, node);
    return kss_expr_assign(b, target, value, node);
}

// InitializeObjectAttributes(p, n, a, r, s), field by field as the header does.
static struct kss_expr *object_attributes(struct kss_build *b, struct kss_node *node,
                                          unsigned variant) {
    static const char *const fields[] = {"ObjectName", "Attributes", "RootDirectory",
                                         "SecurityDescriptor"};
    struct kss_ctype *type = kss_type_text_find(b, "OBJECT_ATTRIBUTES", 17);
    struct kss_node *at = node->b;
    (void)variant;
    struct kss_expr *to = kss_check_value(b, at);
    to = kss_check_assign(b, to, kss_type_pointer_to(b, type), "argument 1");
    if (to->type->kind == KSS_K_ERROR)
        return kss_expr_error(b, node);
    struct kss_expr *size = kss_expr_const(b, &b->size_type, type->size, node);
    struct kss_expr *all = attribute(b, node, type, "Length", size);
    for (unsigned i = 0; i < sizeof fields / sizeof *fields; i++) {
        at = at->next;
        struct kss_expr *one = attribute(b, node, type, fields[i], kss_check_value(b, at));
        all = kss_expr_operator(b, KSS_OP_COMMA, all, one, node);
    }
    struct kss_expr *last = attribute(b, node, type, "SecurityQualityOfService", NULL);
    all = kss_expr_operator(b, KSS_OP_COMMA, all, last, node);
    return kss_expr_cast(b, all, kss_type_base(b, KSS_BASE_VOID), node);
}

// memset takes the byte before the length, RtlFillMemory behind it.
static struct kss_expr *fill(struct kss_build *b, struct kss_node *node, unsigned variant) {
    const struct kss_routine *row = kss_routine_find("RtlFillMemory", 13);
    (void)variant;
    if (row == NULL)
        return NULL;
    struct kss_node *to = node->b, *value = to->next, *length = value->next, *rest = length->next;
    to->next = length;
    length->next = value;
    value->next = rest;
    struct kss_expr *call = kss_call_nt(b, row, node);
    to->next = value; // the tree as it was
    value->next = length;
    length->next = rest;
    return call;
}

static struct kss_expr *no_order(struct kss_build *b, struct kss_node *node, unsigned variant) {
    (void)variant;
    struct kss_diag *diag = KSS_SAY(b, node, "KSS0126", "`memcmp`: not in this version yet");
    kss_diag_note(b->diags, diag, "help",
                  "use `RtlEqualMemory`, or `RtlCompareMemory`, which counts the equal bytes");
    return kss_expr_error(b, node);
}

static struct kss_expr *under_other_name(struct kss_build *b, struct kss_node *node,
                                         unsigned variant) {
    static const char *const names[] = {"DbgPrint", "DbgPrintEx", "RtlCopyMemory", "RtlZeroMemory",
                                        "RtlMoveMemory"};
    const struct kss_routine *row = kss_routine_find(names[variant], strlen(names[variant]));
    if (row == NULL)
        return NULL;
    struct kss_expr *e = kss_call_nt(b, row, node);
    if (e->kind == KSS_X_NT && variant < 2)
        e->type = kss_type_base(b, KSS_BASE_VOID);
    return e;
}

// ---- Exceptions ---------------------------------------------------------------------------------
// What a filter, a handler and a __finally block ask (compile_seh.c): a funclet's first slots.
static struct kss_expr *of_exception(struct kss_build *b, struct kss_node *node, unsigned variant) {
    static const char *const places[] = {"an exception filter or its `__except` block",
                                         "an exception filter", "a `__finally` block"};
    static const char *const types[] = {"ULONG", "PEXCEPTION_POINTERS", "BOOLEAN"};
    const struct kss_body *body = b->body;
    enum kss_funclet_kind wanted = variant == 2 ? KSS_FUNCLET_FINALLY : KSS_FUNCLET_FILTER;
    struct kss_ctype *type = kss_type_text_find(b, types[variant], strlen(types[variant]));
    if (body != NULL && variant == 0 && body->handler_now != 0) {
        struct kss_expr *e = kss_expr_new(b, KSS_X_EXCEPTION_CODE, type, node);
        e->index = body->handler_now;
        return e;
    }
    if (body == NULL || body->funclet != wanted) {
        KSS_SAY(b, node, "KSS0119", "`%s` belongs into %s", node->a->name, places[variant]);
        return kss_expr_error(b, node);
    }
    struct kss_expr *e = kss_expr_new(b, KSS_X_STAND_IN, type, node);
    e->value = variant == 0 ? 8 : 0;
    return e;
}

// ---- The table ----------------------------------------------------------------------------------
enum { ANY = -1 };
static const struct {
    const char *name;
    builtin *check;
    uint8_t variant;
    int8_t arguments;
} table[] = {
    {"NT_SUCCESS", nt_success, 0, 1},
    {"NT_INFORMATION", nt_severity, 1, 1},
    {"NT_WARNING", nt_severity, 2, 1},
    {"NT_ERROR", nt_severity, 3, 1},
    {"CONTAINING_RECORD", containing_record, 0, 3},
    {"FIELD_OFFSET", field_offset, 0, 2},
    {"UFIELD_OFFSET", field_offset, 1, 2},
    {"offsetof", field_offset, 1, 2},
    {"RTL_FIELD_SIZE", field_offset, 2, 2},
    {"FIELD_SIZE", field_offset, 2, 2},
    {"RTL_SIZEOF_THROUGH_FIELD", field_offset, 3, 2},
    {"ARRAYSIZE", array_size, 0, 1},
    {"RTL_NUMBER_OF", array_size, 0, 1},
    {"UNREFERENCED_PARAMETER", no_code, 0, 1},
    {"DBG_UNREFERENCED_PARAMETER", no_code, 0, 1},
    {"DBG_UNREFERENCED_LOCAL_VARIABLE", no_code, 0, 1},
    {"PAGED_CODE", paged_code, 0, 0},
    {"PAGED_CODE_LOCKED", no_code, 0, 0},
    {"ASSERT", assertion, 0, 1},
    {"NT_ASSERT", assertion, 0, 1},
    {"NT_VERIFY", assertion, 0, 1},
    {"NT_FRE_ASSERT", assertion, 0, 1},
    {"ASSERTMSG", assertion, 1, 2},
    {"NT_ASSERTMSG", assertion, 1, 2},
    {"C_ASSERT", constant_assertion, 0, 1},
    {"min", min_max, 0, 2},
    {"max", min_max, 1, 2},
    {"FlagOn", flags, 0, 2},
    {"BooleanFlagOn", flags, 1, 2},
    {"SetFlag", flags, 2, 2},
    {"ClearFlag", flags, 3, 2},
    {"ROUND_TO_PAGES", pages, 0, 1},
    {"BYTES_TO_PAGES", pages, 1, 1},
    {"PAGE_ALIGN", page_of, 0, 1},
    {"BYTE_OFFSET", page_of, 1, 1},
    {"ARGUMENT_PRESENT", argument_present, 0, 1},
    {"Add2Ptr", add_to_pointer, 0, 2},
    {"PtrToUlong", cast_to, 0, 1},
    {"PtrToLong", cast_to, 1, 1},
    {"HandleToUlong", cast_to, 0, 1},
    {"HandleToULong", cast_to, 0, 1},
    {"HandleToLong", cast_to, 1, 1},
    {"ULongToPtr", cast_to, 2, 1},
    {"UlongToPtr", cast_to, 2, 1},
    {"LongToPtr", cast_to, 2, 1},
    {"UlongToHandle", cast_to, 2, 1},
    {"ULongToHandle", cast_to, 2, 1},
    {"LongToHandle", cast_to, 2, 1},
    {"LOWORD", part_of, 0, 1},
    {"HIWORD", part_of, 1, 1},
    {"LOBYTE", part_of, 2, 1},
    {"HIBYTE", part_of, 3, 1},
    {"CTL_CODE", control_code, 0, 4},
    {"InitializeObjectAttributes", object_attributes, 0, 5},
    {"Int32x32To64", wide_product, 0, 2},
    {"UInt32x32To64", wide_product, 1, 2},
    {"YieldProcessor", no_code, 0, 0},
    {"KeMemoryBarrier", no_code, 0, 0},
    {"MemoryBarrier", no_code, 0, 0},
    {"KdPrint", under_other_name, 0, ANY},
    {"KdPrintEx", under_other_name, 1, ANY},
    {"RtlCopyBytes", under_other_name, 2, ANY},
    {"RtlZeroBytes", under_other_name, 3, ANY},
    {"memcpy", under_other_name, 2, ANY},
    {"memmove", under_other_name, 4, ANY},
    {"memset", fill, 0, 3},
    {"memcmp", no_order, 0, 3},
    {"GetExceptionCode", of_exception, 0, 0},
    {"_exception_code", of_exception, 0, 0},
    {"exception_code", of_exception, 0, 0},
    {"GetExceptionInformation", of_exception, 1, 0},
    {"_exception_info", of_exception, 1, 0},
    {"exception_info", of_exception, 1, 0},
    {"AbnormalTermination", of_exception, 2, 0},
    {"_abnormal_termination", of_exception, 2, 0},
    {"abnormal_termination", of_exception, 2, 0},
};
enum { COUNT = sizeof table / sizeof table[0] };

static int find(const char *name) {
    for (int i = 0; i < COUNT; i++)
        if (strcmp(table[i].name, name) == 0)
            return i;
    return -1;
}

bool kss_is_builtin(const char *name) {
    return find(name) >= 0;
}

const char *kss_builtin_name(unsigned index) {
    return index < COUNT ? table[index].name : NULL;
}

struct kss_expr *kss_check_builtin(struct kss_build *b, const char *name, struct kss_node *node) {
    int index = find(name);
    if (index < 0)
        return NULL;
    int given = 0;
    for (const struct kss_node *at = node->b; at != NULL && given <= 8; at = at->next)
        given++;
    int wanted = table[index].arguments;
    if (wanted != ANY && (given != wanted || (node->flags & KSS_F_ELLIPSIS))) {
        KSS_SAY(b, node, "KSS0111", "`%s` takes %d argument%s, not %d", name, wanted,
                wanted == 1 ? "" : "s", given);
        return kss_expr_error(b, node);
    }
    return table[index].check(b, node, table[index].variant);
}
