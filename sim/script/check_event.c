// SPDX-License-Identifier: MIT
// What the environment does: `after` and `at` with their events, and the spans that `read`, `write`
// and `signal` name.
#include "script/check.h"

#include <string.h>

void kss_not_yet(struct kss_build *b, struct kss_node *node, const char *what) {
    KSS_SAY(b, node, "KSS0126", "%s: not in this version yet", what);
}

uint32_t kss_find_thread(struct kss_build *b, const char *name, struct kss_node *node) {
    for (uint32_t i = 0; i < b->thread_count; i++)
        if (strcmp(b->threads[i].name, name) == 0)
            return i;
    struct kss_diag *diag = KSS_SAY(b, node, "KSS0109", "unknown thread `%s`", name);
    const char *like = kss_did_you_mean(b, name, KSS_LIKE_THREAD);
    if (like != NULL)
        kss_diag_note(b->diags, diag, "help", "did you mean `%s`?", like);
    return KSS_NO_FRAME;
}

// ---- Spans --------------------------------------------------------------------------------------
static bool range(struct kss_build *b, struct kss_node *span, struct kss_expr **address,
                  struct kss_expr **size) {
    struct kss_ctype *wide = kss_type_base(b, KSS_BASE_INT64);
    struct kss_expr *base = kss_check_value(b, span->a);
    struct kss_expr *low = kss_check_value(b, span->b->a), *high = kss_check_value(b, span->b->b);
    if (base->type->kind == KSS_K_ERROR || low->type->kind == KSS_K_ERROR ||
        high->type->kind == KSS_K_ERROR)
        return false;
    bool fits = base->type->kind == KSS_K_POINTER && low->type->kind == KSS_K_INT &&
                high->type->kind == KSS_K_INT && !low->type->is_duration &&
                !high->type->is_duration;
    if (!fits) {
        KSS_SAY(b, span, "KSS0114", "`[a .. b]` wants an array or pointer and two numbers");
        return false;
    }
    if (low->kind == KSS_X_CONST && high->kind == KSS_X_CONST && low->value > high->value) {
        KSS_SAY(b, span->b, "KSS0128", "the range is empty");
        return false;
    }
    *address = kss_expr_add(b, base, low, KSS_OP_ADD, span);
    if ((*address)->type->kind == KSS_K_ERROR)
        return false;
    int64_t element = base->type->target->size;
    low = kss_convert(b, low, wide);
    high = kss_convert(b, high, wide);
    struct kss_expr *count = kss_expr_operator(b, KSS_OP_SUB, high, low, span);
    count = kss_expr_operator(b, KSS_OP_ADD, count, kss_expr_const(b, wide, 1, span), span);
    *size = kss_expr_operator(b, KSS_OP_MUL, count, kss_expr_const(b, wide, element, span), span);
    return true;
}

// The memory of a whole variable or of what a pointer leads to.
static bool whole(struct kss_build *b, struct kss_node *span, struct kss_expr *e,
                  struct kss_expr **address, struct kss_expr **size) {
    if (e->type->kind == KSS_K_ERROR)
        return false;
    if (!kss_is_lvalue(e) || e->kind == KSS_X_SLOT || !e->type->complete ||
        e->type->kind == KSS_K_VOID) {
        KSS_SAY(b, span, "KSS0115",
                "this must name memory: a variable, `*pointer`, `buffer[0 .. 63]`");
        return false;
    }
    if (e->symbol != NULL)
        e->symbol->exposed = true;
    *address = kss_expr_address(b, e);
    *size = kss_expr_const(b, kss_type_base(b, KSS_BASE_INT64), e->type->size, span);
    return true;
}

bool kss_check_span(struct kss_build *b, struct kss_node *span, struct kss_expr **address,
                    struct kss_expr **size) {
    if (span->b != NULL)
        return range(b, span, address, size);
    return whole(b, span, kss_check(b, span->a), address, size);
}

// The object `signal` means: a variable that is one, or what a pointer leads to.
static struct kss_expr *object_address(struct kss_build *b, struct kss_node *span) {
    struct kss_expr *e = kss_check(b, span->a);
    if (e->type->kind == KSS_K_ERROR)
        return NULL;
    if (span->b == NULL && e->type->kind == KSS_K_POINTER)
        return e;
    if (span->b == NULL && kss_is_lvalue(e) && e->type->kind == KSS_K_STRUCT) {
        if (e->symbol != NULL)
            e->symbol->exposed = true;
        return kss_expr_address(b, e);
    }
    KSS_SAY(b, span, "KSS0112", "`signal` wants an event, not `%s`", kss_type_text(b, e->type));
    return NULL;
}

// ---- Events -------------------------------------------------------------------------------------
static bool interrupt_level(struct kss_build *b, struct kss_node *event,
                            struct kss_promise_plan *plan) {
    const struct kss_profile *profile = &b->config.profile;
    plan->irql = profile->device_irql_min;
    if (event->b == NULL)
        return true;
    int64_t value;
    if (!kss_check_constant(b, event->b, "the IRQL of an interrupt", &value))
        return false;
    if (value <= KSS_DISPATCH_LEVEL || value > profile->high_level) {
        KSS_SAY(b, event->b, "KSS0123", "an interrupt's IRQL is between %u and %u on machine %s",
                KSS_DISPATCH_LEVEL + 1u, profile->high_level, profile->name);
        return false;
    }
    plan->irql = (uint8_t)value;
    return true;
}

static bool check_run(struct kss_build *b, struct kss_node *event, struct kss_promise_plan *plan,
                      struct kss_expr **run) {
    *run = kss_check_run(b, event->a);
    if ((*run)->type->kind == KSS_K_ERROR || (*run)->kind != KSS_X_CALL)
        return false;
    plan->routine = (*run)->index;
    for (struct kss_expr *at = (*run)->a; at != NULL; at = at->next)
        plan->argument_count++;
    return true;
}

// A transfer's memory: what a span names, or what an MDL describes, by `mdl` or `*mdl`.
static bool transfer(struct kss_build *b, struct kss_node *event, struct kss_promise_plan *plan,
                     struct kss_expr **address, struct kss_expr **size) {
    struct kss_node *span = event->a;
    plan->kind = KSS_DUE_DMA;
    plan->irql = event->op == KSS_EVENT_DMA_WRITE ? KSS_DMA_WRITE : 0;
    plan->argument_count = 2;
    if (span->b != NULL)
        return kss_check_span(b, span, address, size);
    struct kss_expr *e = kss_check(b, span->a);
    struct kss_ctype *mdl = kss_type_text_find(b, "MDL", 3);
    if (e->type->kind == KSS_K_ERROR)
        return false;
    if (e->type->kind == KSS_K_POINTER && e->type->target == mdl)
        *address = e;
    else if (e->type == mdl && kss_is_lvalue(e)) {
        if (e->symbol != NULL)
            e->symbol->exposed = true;
        *address = kss_expr_address(b, e);
    } else
        return whole(b, span, e, address, size);
    plan->irql |= KSS_DMA_BY_MDL;
    *size = kss_expr_const(b, kss_type_base(b, KSS_BASE_INT64), 0, span);
    return true;
}

static bool check_apc(struct kss_build *b, struct kss_node *event, struct kss_promise_plan *plan,
                      struct kss_expr **run, enum kss_apc_kind kind) {
    uint32_t thread = kss_find_thread(b, event->name, event);
    plan->kind = KSS_DUE_APC;
    plan->target = (uint16_t)thread;
    plan->irql = (uint8_t)kind;
    if (thread == KSS_NO_FRAME || !check_run(b, event, plan, run))
        return false;
    if (plan->argument_count <= KSS_CALL_ARGUMENTS)
        return true;
    KSS_SAY(b, event->a, "KSS0111", "an APC's routine takes at most %d arguments here",
            KSS_CALL_ARGUMENTS);
    return false;
}

bool kss_check_event(struct kss_build *b, struct kss_node *event, struct kss_promise_plan *plan,
                     struct kss_expr **run, struct kss_expr **address, struct kss_expr **size) {
    *plan = (struct kss_promise_plan){.routine = KSS_NO_FRAME, .target = KSS_NONE};
    *run = *address = *size = NULL;
    switch ((enum kss_event_op)event->op) {
    case KSS_EVENT_DPC: plan->kind = KSS_DUE_DPC; return check_run(b, event, plan, run);
    case KSS_EVENT_INTERRUPT:
        plan->kind = KSS_DUE_INTERRUPT;
        return interrupt_level(b, event, plan) && check_run(b, event, plan, run);
    case KSS_EVENT_SIGNAL:
        plan->kind = KSS_DUE_SIGNAL;
        plan->argument_count = 1;
        *address = object_address(b, event->a);
        return *address != NULL;
    case KSS_EVENT_TERMINATE:
    case KSS_EVENT_ALERT: {
        plan->kind = event->op == KSS_EVENT_ALERT ? KSS_DUE_ALERT : KSS_DUE_TERMINATE;
        uint32_t thread = kss_find_thread(b, event->name, event);
        plan->target = (uint16_t)thread;
        return thread != KSS_NO_FRAME;
    }
    case KSS_EVENT_TRIM: plan->kind = KSS_DUE_TRIM; return true;
    case KSS_EVENT_APC_USER: return check_apc(b, event, plan, run, KSS_APC_USER);
    case KSS_EVENT_APC_KERNEL: return check_apc(b, event, plan, run, KSS_APC_KERNEL);
    case KSS_EVENT_APC_SPECIAL: return check_apc(b, event, plan, run, KSS_APC_SPECIAL);
    case KSS_EVENT_DMA_READ:
    case KSS_EVENT_DMA_WRITE: return transfer(b, event, plan, address, size);
    }
    return false;
}

// ---- at -----------------------------------------------------------------------------------------
static bool constant_time(struct kss_build *b, struct kss_node *node, uint64_t *value) {
    struct kss_expr *e = kss_check_time(b, node);
    if (e->type->kind == KSS_K_ERROR)
        return false;
    if (e->kind != KSS_X_CONST) {
        KSS_SAY(b, node, "KSS0117", "the time of `at` must be a constant");
        return false;
    }
    *value = (uint64_t)e->value;
    return true;
}

static bool constant_argument(struct kss_build *b, struct kss_expr *e, struct kss_initial *out) {
    if (kss_constant_address(e, out))
        return true;
    KSS_SAY(b, e->node, "KSS0117",
            "an argument in an `at` item must be a constant or the address of a global");
    return false;
}

void kss_check_at(struct kss_build *b, struct kss_node *node) {
    struct kss_at_plan plan = {.place = kss_place_of(b, node)};
    struct kss_expr *run, *address, *size;
    uint64_t latest;
    bool ok = constant_time(b, node->a->a, &plan.after);
    latest = plan.after;
    if (ok && node->a->b != NULL) {
        ok = constant_time(b, node->a->b, &latest);
        if (ok && latest < plan.after) {
            KSS_SAY(b, node->a, "KSS0129", "the latest time comes before the earliest");
            ok = false;
        }
    }
    plan.range = latest - plan.after;
    if (!kss_check_event(b, node->b, &plan.what, &run, &address, &size) || !ok)
        return;
    unsigned count = 0;
    for (struct kss_expr *e = run != NULL ? run->a : NULL; e != NULL; e = e->next)
        ok = constant_argument(b, e, &plan.arguments[count++]) && ok;
    if (address != NULL)
        ok = constant_argument(b, address, &plan.arguments[count++]) && ok;
    if (size != NULL)
        ok = constant_argument(b, size, &plan.arguments[count++]) && ok;
    if (!ok)
        return;
    KSS_ROOM(b->ats, b->at_count, b->at_capacity);
    b->ats[b->at_count++] = plan;
}
