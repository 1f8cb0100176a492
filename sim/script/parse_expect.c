// SPDX-License-Identifier: MIT
// When, what happens, what is touched, and what is expected of a run.
#include "script/parse.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

// ---- Events -------------------------------------------------------------------------------------

struct kss_node *kss_p_when(struct kss_parser *p) {
    struct kss_node *node = kss_p_node(p, KSS_N_WHEN, p->token.begin);
    p->in_when = true;
    node->a = kss_p_unary(p);
    if (kss_p_accept(p, KSS_T_RANGE))
        node->b = kss_p_unary(p);
    p->in_when = false;
    return kss_p_done(p, node);
}

struct kss_node *kss_p_span(struct kss_parser *p) {
    struct kss_node *node = kss_p_node(p, KSS_N_SPAN, p->token.begin);
    bool plain = kss_p_is(p, KSS_T_NAME) || kss_p_is(p, KSS_T_SYMBOL);
    struct kss_node *range = NULL;
    node->a = plain ? kss_p_postfix_range(p, &range) : kss_p_unary(p);
    node->b = range;
    return kss_p_done(p, node);
}

static struct kss_node *run(struct kss_parser *p) {
    struct kss_node *node = kss_p_node(p, KSS_N_RUN, p->token.begin);
    node->a = kss_p_symbol(p);
    if (!kss_p_need(p, KSS_T_LEFT_PAREN, "`(`"))
        return NULL;
    kss_p_arguments(p, node);
    return kss_p_done(p, node);
}

static void interrupt(struct kss_parser *p, struct kss_node *node) {
    node->op = KSS_EVENT_INTERRUPT;
    if (kss_p_accept(p, KSS_T_LEFT_PAREN)) {
        node->b = kss_p_constant(p);
        kss_p_need(p, KSS_T_RIGHT_PAREN, "`)`");
    }
    node->a = run(p);
}

static void apc(struct kss_parser *p, struct kss_node *node) {
    static const char *const modes[] = {"user", "kernel", "special"};
    const struct kss_name *word = kss_p_is(p, KSS_T_NAME) ? p->token.name : NULL;
    if (kss_p_accept_word(p, KSS_WORD_user))
        node->op = KSS_EVENT_APC_USER;
    else if (kss_p_accept_word(p, KSS_WORD_kernel))
        node->op = KSS_EVENT_APC_KERNEL;
    else if (kss_p_accept_word(p, KSS_WORD_special))
        node->op = KSS_EVENT_APC_SPECIAL;
    else
        kss_p_did_you_mean(p, kss_p_expected(p, "`user`, `kernel` or `special`"), word, modes, 3);
    node->name = kss_p_text(kss_p_need_name(p, "the name of a thread"));
    node->a = run(p);
}

static void dma(struct kss_parser *p, struct kss_node *node) {
    if (kss_p_accept_word(p, KSS_WORD_read))
        node->op = KSS_EVENT_DMA_READ;
    else if (kss_p_accept_word(p, KSS_WORD_write))
        node->op = KSS_EVENT_DMA_WRITE;
    else
        kss_p_expected(p, "`read` or `write`");
    node->a = kss_p_span(p);
}

static void of_thread(struct kss_parser *p, struct kss_node *node, enum kss_event_op op) {
    node->op = (uint8_t)op;
    node->name = kss_p_text(kss_p_need_name(p, "the name of a thread"));
}

static void no_event(struct kss_parser *p) {
    static const char *const words[] = {"dpc",       "interrupt", "apc",  "signal",
                                        "terminate", "alert",     "trim", "dma"};
    const struct kss_name *word = kss_p_is(p, KSS_T_NAME) ? p->token.name : NULL;
    kss_p_did_you_mean(p, kss_p_expected(p, "an event (`dpc`, `interrupt`, `signal`, ...)"), word,
                       words, COUNT(words));
}

struct kss_node *kss_p_event(struct kss_parser *p) {
    struct kss_node *node = kss_p_node(p, KSS_N_EVENT, p->token.begin);
    enum kss_known word =
        kss_p_is(p, KSS_T_NAME) ? (enum kss_known)p->token.name->known : KSS_WORD_NONE;
    if (word < KSS_WORD_dpc || word > KSS_WORD_dma || word == KSS_WORD_user ||
        word == KSS_WORD_kernel || word == KSS_WORD_special) {
        no_event(p);
        return NULL;
    }
    kss_p_advance(p);
    switch (word) {
    case KSS_WORD_dpc:
        node->op = KSS_EVENT_DPC;
        node->a = run(p);
        break;
    case KSS_WORD_interrupt: interrupt(p, node); break;
    case KSS_WORD_apc: apc(p, node); break;
    case KSS_WORD_signal:
        node->op = KSS_EVENT_SIGNAL;
        node->a = kss_p_span(p);
        break;
    case KSS_WORD_terminate: of_thread(p, node, KSS_EVENT_TERMINATE); break;
    case KSS_WORD_alert: of_thread(p, node, KSS_EVENT_ALERT); break;
    case KSS_WORD_trim: node->op = KSS_EVENT_TRIM; break;
    default: dma(p, node); break;
    }
    return kss_p_done(p, node);
}

// ---- Expectations -------------------------------------------------------------------------------

static struct kss_node *pattern(struct kss_parser *p) {
    if (!kss_p_is_word(p, KSS_WORD_underscore))
        return kss_p_constant(p);
    struct kss_node *node = kss_p_node(p, KSS_N_ANY, p->token.begin);
    kss_p_advance(p);
    return kss_p_done(p, node);
}

static void in_symbol(struct kss_parser *p, struct kss_node *node) {
    if (kss_p_accept_word(p, KSS_WORD_in))
        node->c = kss_p_symbol(p);
}

static void bugcheck(struct kss_parser *p, struct kss_node *node) {
    node->op = KSS_OUTCOME_BUGCHECK;
    if (kss_p_is(p, KSS_T_NUMBER)) {
        node->a = kss_p_number(p);
    } else if (kss_p_is(p, KSS_T_NAME) && !kss_p_is_word(p, KSS_WORD_in)) {
        node->name = p->token.name->text;
        kss_p_advance(p);
    }
    if (kss_p_accept(p, KSS_T_LEFT_PAREN)) {
        struct kss_p_list list = {0};
        do
            kss_p_append(&list, pattern(p));
        while (kss_p_accept(p, KSS_T_COMMA));
        kss_p_need(p, KSS_T_RIGHT_PAREN, "`,` or `)`");
        node->b = list.first;
    }
    in_symbol(p, node);
}

static void hazard(struct kss_parser *p, struct kss_node *node) {
    node->op = KSS_OUTCOME_HAZARD;
    node->name = kss_p_text(kss_p_hyphenated(p, "the name of a hazard"));
    in_symbol(p, node);
}

static void thread(struct kss_parser *p, struct kss_node *node) {
    static const char *const words[] = {"exits", "waits"};
    node->op = KSS_OUTCOME_THREAD;
    node->name = kss_p_text(kss_p_need_name(p, "the name of a thread"));
    const struct kss_name *word = kss_p_is(p, KSS_T_NAME) ? p->token.name : NULL;
    if (kss_p_accept_word(p, KSS_WORD_exits))
        kss_p_add_flags(node, KSS_F_EXITS);
    else if (!kss_p_accept_word(p, KSS_WORD_waits))
        kss_p_did_you_mean(p, kss_p_expected(p, "`exits` or `waits`"), word, words, COUNT(words));
}

static enum kss_op relation(const struct kss_parser *p) {
    switch ((enum kss_token_kind)p->token.kind) {
    case KSS_T_LT: return KSS_OP_LT;
    case KSS_T_LE: return KSS_OP_LE;
    case KSS_T_GT: return KSS_OP_GT;
    case KSS_T_GE: return KSS_OP_GE;
    case KSS_T_EQ: return KSS_OP_EQ;
    case KSS_T_NE: return KSS_OP_NE;
    default: return KSS_OP_NONE;
    }
}

static void nth(struct kss_parser *p, struct kss_node *node) {
    kss_p_add_flags(node, KSS_F_NTH);
    kss_p_advance(p);
    if (kss_p_is(p, KSS_T_NUMBER) && (p->token.number == 0 || p->token.number > UINT32_MAX))
        kss_p_expected(p, "which return, from 1 on");
    node->number2 = (uint32_t)p->token.number;
    kss_p_need(p, KSS_T_NUMBER, "a number");
}

static void compared(struct kss_parser *p, struct kss_node *node, enum kss_outcome_op op) {
    node->op = (uint8_t)op;
    node->c = kss_p_symbol(p);
    if (op == KSS_OUTCOME_STATUS && kss_p_is(p, KSS_T_NUMBER_SIGN))
        nth(p, node);
    node->number = relation(p);
    if (node->number == KSS_OP_NONE)
        kss_p_expected(p, "`<`, `<=`, `>`, `>=`, `==` or `!=`");
    kss_p_advance(p);
    node->a = kss_p_shift(p);
}

static void no_outcome(struct kss_parser *p) {
    static const char *const words[] = {"clean", "deadlock", "bugcheck", "hazard",    "thread",
                                        "stack", "status",   "always",   "sometimes", "never"};
    const struct kss_name *word = kss_p_is(p, KSS_T_NAME) ? p->token.name : NULL;
    kss_p_did_you_mean(p, kss_p_expected(p, "an outcome (`clean`, `bugcheck`, `hazard`, ...)"),
                       word, words, COUNT(words));
}

static struct kss_node *outcome(struct kss_parser *p) {
    struct kss_node *node = kss_p_node(p, KSS_N_OUTCOME, p->token.begin);
    enum kss_known word =
        kss_p_is(p, KSS_T_NAME) ? (enum kss_known)p->token.name->known : KSS_WORD_NONE;
    if (word == KSS_WORD_NONE ||
        (word != KSS_WORD_thread && (word < KSS_WORD_clean || word > KSS_WORD_status))) {
        no_outcome(p);
        return NULL;
    }
    kss_p_advance(p);
    switch (word) {
    case KSS_WORD_clean: node->op = KSS_OUTCOME_CLEAN; break;
    case KSS_WORD_deadlock: node->op = KSS_OUTCOME_DEADLOCK; break;
    case KSS_WORD_bugcheck: bugcheck(p, node); break;
    case KSS_WORD_hazard: hazard(p, node); break;
    case KSS_WORD_thread: thread(p, node); break;
    case KSS_WORD_stack: compared(p, node, KSS_OUTCOME_STACK); break;
    default: compared(p, node, KSS_OUTCOME_STATUS); break;
    }
    return kss_p_done(p, node);
}

struct kss_node *kss_p_expect(struct kss_parser *p) {
    struct kss_node *node = kss_p_node(p, KSS_N_EXPECT, p->token.begin);
    kss_p_advance(p);
    if (kss_p_accept_word(p, KSS_WORD_always))
        node->op = KSS_ALWAYS;
    else if (kss_p_accept_word(p, KSS_WORD_sometimes))
        node->op = KSS_SOMETIMES;
    else if (kss_p_accept_word(p, KSS_WORD_never))
        node->op = KSS_NEVER;
    node->a = outcome(p);
    return kss_p_done(p, node);
}
