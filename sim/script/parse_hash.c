// SPDX-License-Identifier: MIT
// # lines. #if opens a frame whose list takes items or statements, as those around it do; #else and
// #elif turn to another list, #endif ends it. A branch must hold whole statements: an #else inside a
// block that opened behind the #if is an error, and of its branches the first is read.
#include "script/parse.h"

#include <string.h>

static struct kss_node *defined(struct kss_parser *p, bool negated) {
    struct kss_node *call = kss_p_node(p, KSS_N_CALL, p->token.begin);
    call->a = kss_p_node(p, KSS_N_NAME, p->token.begin);
    call->a->end = p->token.begin;
    call->a->name = kss_intern(&p->lexer.names, "defined", 7)->text;
    call->b = kss_p_node(p, KSS_N_NAME, p->token.begin);
    call->b->end = p->token.end;
    if (kss_p_is(p, KSS_T_NAME) || kss_p_is(p, KSS_T_KEYWORD))
        call->b->name = p->token.name->text;
    else
        kss_p_expected(p, "a name");
    kss_p_advance(p);
    call = kss_p_done(p, call);
    if (!negated || call == NULL)
        return call;
    struct kss_node *negation = kss_p_node(p, KSS_N_UNARY, call->begin);
    negation->op = KSS_OP_NOT;
    negation->a = call;
    return kss_p_done(p, negation);
}

static void end_of_line(struct kss_parser *p) {
    if (!p->bad && !kss_p_is(p, KSS_T_EOL))
        kss_p_expected(p, "the end of the line");
    kss_p_recover_line(p);
}

static struct kss_node *condition(struct kss_parser *p, unsigned directive) {
    if (directive == KSS_WORD_ifdef || directive == KSS_WORD_ifndef)
        return defined(p, directive == KSS_WORD_ifndef);
    p->in_condition = true;
    struct kss_node *node = kss_p_constant(p);
    p->in_condition = false;
    return node;
}

static struct kss_node *if_line(struct kss_parser *p, uint32_t begin, unsigned directive) {
    struct kss_node *node = kss_p_node(p, KSS_N_IF_LINE, begin);
    node->a = condition(p, directive);
    end_of_line(p);
    node->end = p->last_end;
    return node;
}

static void begin_if(struct kss_parser *p, uint32_t begin, unsigned directive) {
    uint32_t error_at = p->error_at;
    struct kss_node *node = if_line(p, begin, directive);
    struct kss_p_frame *frame = kss_p_push(p, KSS_IN_HASH_IF, node);
    frame->tail = &node->b;
    frame->split = p->error_at != error_at; // one error per #if is enough
}

static void else_line(struct kss_parser *p, uint32_t begin, unsigned directive) {
    struct kss_p_frame *frame = &p->frames[p->frame_count - 1];
    if (frame->has_else)
        kss_p_complain(p, KSS_E_stray_hash, begin, p->last_end, 4,
                       kss_known_text((enum kss_known)directive));
    if (directive == KSS_WORD_else) {
        end_of_line(p);
        if (!frame->has_else)
            frame->tail = &frame->node->c;
        frame->has_else = true;
        return;
    }
    struct kss_node *node = if_line(p, begin, KSS_WORD_if);
    if (frame->has_else)
        return;
    if (frame->outer == NULL)
        frame->outer = frame->node;
    frame->node->c = node;
    frame->node = node;
    frame->tail = &node->b;
}

static void end_if(struct kss_parser *p) {
    struct kss_p_frame *frame = &p->frames[--p->frame_count];
    struct kss_node *node = frame->outer != NULL ? frame->outer : frame->node;
    uint32_t end = p->last_end;
    end_of_line(p);
    for (struct kss_node *each = node; each != frame->node; each = each->c)
        each->end = end; // up to the innermost #elif
    frame->node->end = end;
    kss_p_deliver(p, node);
}

static bool is_directive(const struct kss_parser *p, enum kss_known first, enum kss_known last) {
    return kss_p_is(p, KSS_T_HASH) && p->token.name->known >= (uint8_t)first &&
           p->token.name->known <= (uint8_t)last;
}

// Behind an #else or #elif that splits a block: to the line's #endif, so that one branch remains.
static void skip_other_branches(struct kss_parser *p) {
    for (uint32_t open = 1; open > 0 && !kss_p_is(p, KSS_T_EOF);) {
        open += is_directive(p, KSS_WORD_ifdef, KSS_WORD_ifndef) ||
                is_directive(p, KSS_WORD_if, KSS_WORD_if);
        open -= is_directive(p, KSS_WORD_endif, KSS_WORD_endif);
        kss_p_advance(p);
    }
}

static struct kss_p_frame *innermost_if(struct kss_parser *p) {
    for (unsigned i = p->frame_count; i-- > 0;)
        if (p->frames[i].kind == KSS_IN_HASH_IF && !p->frames[i].ended)
            return &p->frames[i];
    return NULL;
}

// #elif, #else, #endif
static void go_on_if(struct kss_parser *p, uint32_t begin, unsigned directive) {
    const struct kss_p_frame *frame = &p->frames[p->frame_count - 1];
    const char *text = kss_known_text((enum kss_known)directive);
    if (frame->kind == KSS_IN_HASH_IF && !frame->ended) {
        if (directive == KSS_WORD_endif)
            end_if(p);
        else
            else_line(p, begin, directive);
        return;
    }
    struct kss_p_frame *around = innermost_if(p);
    if (p->lost_ifs > 0) {
        p->lost_ifs -= directive == KSS_WORD_endif;
    } else if (around != NULL) {
        if (!around->split)
            kss_p_complain(p, KSS_E_hash_splits, begin, p->last_end, (int)strlen(text), text, "}");
        around->split = around->ended = true;
        if (directive != KSS_WORD_endif)
            skip_other_branches(p);
    } else {
        kss_p_complain(p, KSS_E_stray_hash, begin, p->last_end, (int)strlen(text), text);
    }
    kss_p_recover_line(p);
}

static struct kss_node *define(struct kss_parser *p, uint32_t begin) {
    struct kss_node *node = kss_p_node(p, KSS_N_DEFINE, begin);
    struct kss_name *name = p->token.name;
    uint32_t place = p->token.begin;
    if (!kss_p_need(p, KSS_T_NAME, "a name"))
        return NULL;
    node->name = name->text;
    if (kss_p_is(p, KSS_T_LEFT_PAREN) && p->token.begin == p->last_end) {
        struct kss_diag *diag = kss_p_fail(p, KSS_E_macro_parameters, place, p->token.end);
        kss_p_help(p, diag, "write a routine");
        return NULL;
    }
    bool type =
        kss_p_is(p, KSS_T_NAME) && kss_p_is_type(p->token.name) && kss_p_peek(p)->kind == KSS_T_EOL;
    if (!kss_p_is(p, KSS_T_EOL))
        node->a = kss_p_constant(p);
    node->end = p->last_end;
    // The name counts to the end of the file, whatever scope the line stands in.
    name->binding = type ? KSS_BOUND_TYPE : KSS_BOUND;
    name->declared = place;
    return p->bad ? NULL : node;
}

static struct kss_node *pragma_argument(struct kss_parser *p) {
    if (kss_p_is(p, KSS_T_STRING))
        return kss_p_string(p);
    struct kss_node *node = kss_p_node(p, KSS_N_NAME, p->token.begin);
    node->name = kss_p_text(kss_p_need_name(p, "a name"));
    return kss_p_done(p, node);
}

static struct kss_node *pragma(struct kss_parser *p, uint32_t begin) {
    struct kss_node *node = kss_p_node(p, KSS_N_PRAGMA, begin);
    struct kss_p_list list = {0};
    node->name = kss_p_text(kss_p_need_name(p, "the name of a pragma"));
    kss_p_need(p, KSS_T_LEFT_PAREN, "`(`");
    if (!kss_p_is(p, KSS_T_RIGHT_PAREN)) {
        do
            kss_p_append(&list, pragma_argument(p));
        while (kss_p_accept(p, KSS_T_COMMA));
    }
    kss_p_need(p, KSS_T_RIGHT_PAREN, "`,` or `)`");
    node->a = list.first;
    return kss_p_done(p, node);
}

struct kss_node *kss_p_hash_line(struct kss_parser *p) {
    uint32_t begin = p->token.begin;
    unsigned directive = p->token.name->known;
    kss_p_advance(p);
    switch ((enum kss_known)directive) {
    case KSS_WORD_if:
    case KSS_WORD_ifdef:
    case KSS_WORD_ifndef: begin_if(p, begin, directive); return NULL;
    case KSS_WORD_elif:
    case KSS_WORD_else:
    case KSS_WORD_endif: go_on_if(p, begin, directive); return NULL;
    default: break;
    }
    struct kss_node *node = directive == KSS_WORD_define ? define(p, begin) : pragma(p, begin);
    end_of_line(p);
    return node;
}
