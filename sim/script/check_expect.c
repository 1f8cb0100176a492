// SPDX-License-Identifier: MIT
// `expect` items: what they name must exist.
#include "script/check.h"

#include <string.h>

static bool symbol_of(struct kss_build *b, const struct kss_node *symbol, bool threads,
                      struct kss_expectation *out) {
    const char *module, *name;
    kss_symbol_parts(b, symbol, &module, &name);
    if (threads && module == NULL)
        for (uint32_t i = 0; i < b->thread_count; i++)
            if (strcmp(b->threads[i].name, name) == 0) {
                out->thread = i;
                return true;
            }
    if (threads && module == NULL)
        for (uint32_t i = 0; i < b->device_count; i++)
            if (strcmp(b->devices[i].name, name) == 0) {
                out->device = i;
                return true;
            }
    out->in = kss_find_routine(b, module, name, false);
    if (out->in == KSS_NO_FRAME)
        out->in = kss_find_routine(b, module, name, true);
    if (out->in != KSS_NO_FRAME)
        return true;
    struct kss_diag *diag =
        KSS_SAY(b, symbol, "KSS0101", "unknown %s `%s`",
                threads ? "thread, device or routine" : "routine", kss_source_text(b, symbol));
    const char *like = kss_did_you_mean(b, name,
                                        KSS_LIKE_ROUTINE | KSS_LIKE_TREE |
                                            (threads ? KSS_LIKE_THREAD | KSS_LIKE_DEVICE : 0u));
    if (like != NULL)
        kss_diag_note(b->diags, diag, "help", "did you mean `%s`?", like);
    return false;
}

static bool hazard_of(struct kss_build *b, const struct kss_node *node,
                      struct kss_expectation *out) {
    const struct kss_hazard *hazard = kss_hazard_named(node->name, strlen(node->name));
    if (hazard != NULL) {
        out->hazard = (enum kss_hazard_id)(hazard - kss_hazards);
        return true;
    }
    const char *names[KSS_HAZARD_COUNT];
    for (unsigned i = 0; i < KSS_HAZARD_COUNT; i++)
        names[i] = kss_hazards[i].name;
    struct kss_diag *diag = KSS_SAY(b, node, "KSS0107", "unknown hazard `%s`", node->name);
    const char *like = kss_like(node->name, names, KSS_HAZARD_COUNT);
    if (like != NULL)
        kss_diag_note(b->diags, diag, "help", "did you mean `%s`?", like);
    else
        kss_diag_note(b->diags, diag, "help", "`kss list hazards` shows them");
    return false;
}

static bool bugcheck_named(struct kss_build *b, const struct kss_node *node,
                           struct kss_expectation *out) {
    const struct kss_bugcheck *row = kss_bugcheck_named(node->name, strlen(node->name));
    out->has_code = row != NULL;
    if (row != NULL) {
        out->bugcheck = row->code;
        return true;
    }
    const char **names = KSS_NEW_ARRAY(b->arena, const char *, kss_bugcheck_count);
    for (unsigned i = 0; i < kss_bugcheck_count; i++)
        names[i] = kss_bugchecks[i].name;
    struct kss_diag *diag = KSS_SAY(b, node, "KSS0108", "unknown bug check `%s`", node->name);
    const char *like = kss_like(node->name, names, kss_bugcheck_count);
    if (like != NULL)
        kss_diag_note(b->diags, diag, "help", "did you mean `%s`?", like);
    else
        kss_diag_note(b->diags, diag, "help", "`kss list bugchecks` shows them");
    return false;
}

// Parameters are words of the machine: 32-bit ones have no upper half.
static bool pattern_of(struct kss_build *b, struct kss_node *node, struct kss_pattern *out) {
    int64_t value;
    out->any = node->kind == KSS_N_ANY;
    if (out->any)
        return true;
    if (!kss_check_constant(b, node, "a parameter", &value))
        return false;
    out->value = b->pointer == 4 ? (uint32_t)value : (uint64_t)value;
    return true;
}

static bool bugcheck_of(struct kss_build *b, struct kss_node *node, struct kss_expectation *out) {
    int64_t code;
    if (node->name != NULL && !bugcheck_named(b, node, out))
        return false;
    if (node->a != NULL) {
        if (!kss_check_constant(b, node->a, "a bug check code", &code))
            return false;
        out->bugcheck = (uint32_t)code;
        out->has_code = true;
    }
    for (struct kss_node *at = node->b; at != NULL; at = at->next) {
        if (out->pattern_count == 4) {
            KSS_SAY(b, at, "KSS0127", "a bug check has four parameters");
            return false;
        }
        if (!pattern_of(b, at, &out->patterns[out->pattern_count++]))
            return false;
    }
    return true;
}

static bool relation_of(struct kss_build *b, struct kss_node *node, struct kss_expectation *out) {
    int64_t value = 0;
    uint64_t bytes = 0;
    bool stack = out->what == KSS_OUTCOME_STACK;
    if (!symbol_of(b, node->c, stack, out))
        return false;
    if (stack ? !kss_check_count(b, node->a, "a stack's use", UINT32_MAX, &bytes)
              : !kss_check_constant(b, node->a, "a status", &value))
        return false;
    out->relation = (enum kss_op)node->number;
    out->value = stack ? bytes : (uint32_t)value;
    out->nth = node->flags & KSS_F_NTH ? node->number2 : 0;
    return true;
}

// The item's text between `expect` and `;`, on one line.
static const char *item_text(struct kss_build *b, const struct kss_node *node) {
    char *text = (char *)(uintptr_t)kss_source_text(b, node);
    size_t length = strlen(text);
    while (length > 0 && (text[length - 1] == ';' || text[length - 1] == ' '))
        text[--length] = 0;
    if (strncmp(text, "expect ", 7) == 0)
        text += 7;
    return text;
}

void kss_check_expect(struct kss_build *b, struct kss_node *node) {
    struct kss_node *outcome = node->a;
    struct kss_expectation out = {.quantifier = (enum kss_quantifier)node->op,
                                  .what = (enum kss_outcome_op)outcome->op,
                                  .in = KSS_NO_FRAME,
                                  .thread = KSS_NO_FRAME,
                                  .device = KSS_NO_FRAME};
    bool ok = true;
    switch (out.what) {
    case KSS_OUTCOME_CLEAN:
    case KSS_OUTCOME_DEADLOCK: break;
    case KSS_OUTCOME_BUGCHECK: ok = bugcheck_of(b, outcome, &out); break;
    case KSS_OUTCOME_HAZARD: ok = hazard_of(b, outcome, &out); break;
    case KSS_OUTCOME_THREAD:
        out.thread = kss_find_thread(b, outcome->name, outcome);
        out.exits = outcome->flags & KSS_F_EXITS;
        ok = out.thread != KSS_NO_FRAME;
        break;
    case KSS_OUTCOME_STACK:
    case KSS_OUTCOME_STATUS: ok = relation_of(b, outcome, &out); break;
    }
    bool in = out.what == KSS_OUTCOME_BUGCHECK || out.what == KSS_OUTCOME_HAZARD;
    if (in && outcome->c != NULL)
        ok = symbol_of(b, outcome->c, false, &out) && ok;
    if (!ok)
        return;
    out.place = kss_place_of(b, node);
    out.text = item_text(b, node);
    KSS_ROOM(b->expectations, b->expectation_count, b->expectation_capacity);
    b->expectations[b->expectation_count++] = out;
}
