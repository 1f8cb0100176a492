// SPDX-License-Identifier: MIT
// Statements. Those that hold statements push a frame and return; kss_p_deliver finishes them.
#include "script/parse.h"

// ---- Headers ------------------------------------------------------------------------------------

static struct kss_node *zero(struct kss_parser *p) {
    struct kss_node *node = kss_p_node(p, KSS_N_NUMBER, p->token.begin);
    node->end = p->token.begin;
    return node;
}

struct kss_node *kss_p_parenthesised(struct kss_parser *p) {
    if (p->bad)
        return NULL;
    struct kss_node *node = NULL;
    if (kss_p_need(p, KSS_T_LEFT_PAREN, "`(`")) {
        node = kss_p_expression(p);
        kss_p_need(p, KSS_T_RIGHT_PAREN, "`)`");
    }
    if (p->bad)
        kss_p_recover_paren(p);
    return node != NULL ? node : zero(p);
}

static struct kss_node *waits(struct kss_parser *p, enum kss_nest kind, struct kss_node *node) {
    if (!p->bad)
        kss_p_push(p, kind, node);
    return NULL;
}

static struct kss_node *begin(struct kss_parser *p, enum kss_node_kind kind) {
    struct kss_node *node = kss_p_node(p, kind, p->token.begin);
    kss_p_advance(p);
    return node;
}

static struct kss_node *headed(struct kss_parser *p, enum kss_node_kind kind, enum kss_nest nest) {
    struct kss_node *node = begin(p, kind);
    node->a = kss_p_parenthesised(p);
    return waits(p, nest, node);
}

static struct kss_node *simple(struct kss_parser *p, enum kss_node_kind kind) {
    struct kss_node *node = begin(p, kind);
    kss_p_need_semicolon(p);
    return kss_p_done(p, node);
}

// ---- Labels -------------------------------------------------------------------------------------

// The statement behind a label, if there is one: not before }, nor before a # line, which could
// hold any number of statements.
static struct kss_node *labelled(struct kss_parser *p, struct kss_node *node) {
    if (kss_p_is(p, KSS_T_RIGHT_BRACE) || kss_p_is(p, KSS_T_HASH) || kss_p_is(p, KSS_T_EOF))
        return kss_p_done(p, node);
    return waits(p, KSS_IN_LOOP, node);
}

static struct kss_node *case_(struct kss_parser *p) {
    struct kss_node *node = begin(p, KSS_N_CASE);
    node->a = kss_p_constant(p);
    kss_p_need(p, KSS_T_COLON, "`:`");
    return labelled(p, node);
}

static struct kss_node *default_(struct kss_parser *p) {
    struct kss_node *node = begin(p, KSS_N_DEFAULT);
    kss_p_need(p, KSS_T_COLON, "`:`");
    return labelled(p, node);
}

static struct kss_node *label(struct kss_parser *p) {
    struct kss_node *node = kss_p_node(p, KSS_N_LABEL, p->token.begin);
    node->name = p->token.name->text;
    kss_p_advance(p);
    kss_p_advance(p);
    return labelled(p, node);
}

// ---- Keywords -----------------------------------------------------------------------------------

static bool starts_declaration(struct kss_parser *p);

static struct kss_node *for_(struct kss_parser *p) {
    struct kss_node *node = begin(p, KSS_N_FOR);
    uint32_t undo = kss_p_scope_open(p);
    kss_p_need(p, KSS_T_LEFT_PAREN, "`(`");
    if (kss_p_is(p, KSS_T_SEMICOLON)) {
        kss_p_advance(p);
    } else if (starts_declaration(p)) {
        node->a = kss_p_declaration(p, false);
    } else if (!p->bad) {
        node->a = kss_p_node(p, KSS_N_EXPR, p->token.begin);
        node->a->a = kss_p_expression(p);
        node->a = kss_p_done(p, node->a);
        kss_p_need(p, KSS_T_SEMICOLON, "`;`");
    }
    if (!kss_p_is(p, KSS_T_SEMICOLON))
        node->b = kss_p_expression(p);
    kss_p_need(p, KSS_T_SEMICOLON, "`;`");
    if (!kss_p_is(p, KSS_T_RIGHT_PAREN))
        node->c = kss_p_expression(p);
    kss_p_need(p, KSS_T_RIGHT_PAREN, "`)`");
    if (p->bad)
        kss_p_recover_paren(p);
    struct kss_p_frame *frame = kss_p_push(p, KSS_IN_FOR, node);
    frame->scope = true;
    frame->undo = undo;
    return NULL;
}

static struct kss_node *goto_(struct kss_parser *p) {
    struct kss_node *node = begin(p, KSS_N_GOTO);
    struct kss_name *name = kss_p_need_name(p, "a label");
    node->name = name != NULL ? name->text : NULL;
    kss_p_need_semicolon(p);
    return kss_p_done(p, node);
}

static struct kss_node *return_(struct kss_parser *p) {
    struct kss_node *node = begin(p, KSS_N_RETURN);
    if (!kss_p_is(p, KSS_T_SEMICOLON) && !kss_p_is(p, KSS_T_RIGHT_BRACE))
        node->a = kss_p_expression(p);
    kss_p_need_semicolon(p);
    return kss_p_done(p, node);
}

static struct kss_node *try_(struct kss_parser *p) {
    struct kss_node *node = begin(p, KSS_N_TRY);
    if (!kss_p_is(p, KSS_T_LEFT_BRACE)) {
        kss_p_expected(p, "`{`");
        return NULL;
    }
    p->tries++;
    kss_p_push(p, KSS_IN_TRY, node);
    kss_p_push_block(p);
    return NULL;
}

static struct kss_node *stray_handler(struct kss_parser *p) {
    kss_p_fail(p, KSS_E_stray_handler, p->token.begin, p->token.end, kss_p_shown(p->token.name),
               p->token.name->text);
    return NULL;
}

// `else` that no `if` waits for: said once, then its statement is read for itself.
static struct kss_node *stray_else(struct kss_parser *p) {
    kss_p_complain(p, KSS_E_stray_else, p->token.begin, p->token.end);
    kss_p_advance(p);
    p->first = p->token;
    return kss_p_is_word(p, KSS_WORD_else) ? NULL : kss_p_statement(p);
}

static struct kss_node *expression_statement(struct kss_parser *p) {
    struct kss_node *node = kss_p_node(p, KSS_N_EXPR, p->token.begin);
    node->a = kss_p_expression(p);
    kss_p_need_semicolon(p);
    return kss_p_done(p, node);
}

static struct kss_node *keyword_statement(struct kss_parser *p) {
    switch ((enum kss_known)p->token.name->known) {
    case KSS_WORD_if: return headed(p, KSS_N_IF, KSS_IN_IF);
    case KSS_WORD_while: return headed(p, KSS_N_WHILE, KSS_IN_LOOP);
    case KSS_WORD_switch: return headed(p, KSS_N_SWITCH, KSS_IN_LOOP);
    case KSS_WORD_do: return waits(p, KSS_IN_DO, begin(p, KSS_N_DO));
    case KSS_WORD_for: return for_(p);
    case KSS_WORD_case: return case_(p);
    case KSS_WORD_default: return default_(p);
    case KSS_WORD_goto: return goto_(p);
    case KSS_WORD_break: return simple(p, KSS_N_BREAK);
    case KSS_WORD_continue: return simple(p, KSS_N_CONTINUE);
    case KSS_WORD_return: return return_(p);
    case KSS_WORD___leave: return simple(p, KSS_N_LEAVE);
    case KSS_WORD___try: return try_(p);
    case KSS_WORD___except:
    case KSS_WORD___finally: return stray_handler(p);
    case KSS_WORD_else: return stray_else(p);
    default: break;
    }
    if (p->token.name->properties & KSS_IS_TYPE)
        return kss_p_declaration(p, false);
    return expression_statement(p);
}

// ---- Scenario statements ------------------------------------------------------------------------

static struct kss_node *call_tree(struct kss_parser *p) {
    struct kss_node *node = begin(p, KSS_N_CALL_TREE);
    struct kss_p_list attributes = {0};
    node->a = kss_p_symbol(p);
    kss_p_attributes(p, &attributes);
    node->extra = attributes.first;
    return waits(p, KSS_IN_LOOP, node);
}

static struct kss_node *after(struct kss_parser *p) {
    struct kss_node *node = begin(p, KSS_N_AFTER);
    node->a = kss_p_when(p);
    node->b = kss_p_event(p);
    kss_p_need_semicolon(p);
    return kss_p_done(p, node);
}

static struct kss_node *touch(struct kss_parser *p, bool write) {
    struct kss_node *node = begin(p, KSS_N_TOUCH);
    node->op = write;
    node->a = kss_p_span(p);
    kss_p_need_semicolon(p);
    return kss_p_done(p, node);
}

static struct kss_node *scenario_statement(struct kss_parser *p) {
    switch ((enum kss_known)p->token.name->known) {
    case KSS_WORD_repeat: return headed(p, KSS_N_REPEAT, KSS_IN_LOOP);
    case KSS_WORD_call: return call_tree(p);
    case KSS_WORD_after: return after(p);
    case KSS_WORD_try: return try_(p);
    case KSS_WORD_leave: return simple(p, KSS_N_LEAVE);
    default: return touch(p, p->token.name->known == KSS_WORD_write);
    }
}

static bool starts_operand(unsigned kind) {
    switch ((enum kss_token_kind)kind) {
    case KSS_T_NAME:
    case KSS_T_SYMBOL:
    case KSS_T_NUMBER:
    case KSS_T_DURATION:
    case KSS_T_SIZE:
    case KSS_T_CHAR: return true;
    default: return false;
    }
}

// repeat (n) BODY: the token behind the parentheses begins a statement and continues no expression.
static bool starts_body(struct kss_token token) {
    return starts_operand(token.kind) || token.kind == KSS_T_KEYWORD ||
           token.kind == KSS_T_LEFT_BRACE || token.kind == KSS_T_ELLIPSIS;
}

// At an unbound scenario word: whether what follows leaves no reading in C.
static bool no_c_reading(struct kss_parser *p) {
    unsigned next = kss_p_peek(p)->kind;
    bool paren = next == KSS_T_LEFT_PAREN;
    struct kss_token behind = {0};
    if (paren) {
        struct kss_p_mark mark = kss_p_mark(p);
        kss_p_advance(p);
        behind = kss_p_behind_parens(p);
        kss_p_return_to(p, &mark);
    }
    switch ((enum kss_known)p->token.name->known) {
    case KSS_WORD_repeat: return paren ? starts_body(behind) : starts_operand(next);
    case KSS_WORD_call: return next == KSS_T_NAME || next == KSS_T_SYMBOL || next == KSS_T_STRING;
    case KSS_WORD_after:
        return paren ? behind.kind == KSS_T_NAME || behind.kind == KSS_T_RANGE
                     : starts_operand(next);
    case KSS_WORD_try: return next == KSS_T_LEFT_BRACE;
    case KSS_WORD_leave: return next == KSS_T_SEMICOLON && p->tries > 0;
    default: // read, write
        return paren ? starts_operand(behind.kind)
                     : starts_operand(next) || next == KSS_T_STAR || next == KSS_T_AMP;
    }
}

// ---- Statements that begin with a name ----------------------------------------------------------

// X * ... with X unknown: X *p; X *p = ...; X *p, ...; X *p[...]
static bool declares_pointer(struct kss_parser *p) {
    struct kss_p_mark mark = kss_p_mark(p);
    bool capitals = true;
    for (uint32_t i = 0; i < p->token.name->length; i++)
        capitals &= !(p->token.name->text[i] >= 'a' && p->token.name->text[i] <= 'z');
    kss_p_advance(p);
    while (kss_p_accept(p, KSS_T_STAR))
        continue;
    bool name = kss_p_accept(p, KSS_T_NAME);
    bool ends = kss_p_is(p, KSS_T_SEMICOLON) || kss_p_is(p, KSS_T_ASSIGN) ||
                kss_p_is(p, KSS_T_COMMA) || kss_p_is(p, KSS_T_LEFT_BRACKET);
    kss_p_return_to(p, &mark);
    return capitals && name && ends;
}

// Whether the current token, which no scenario word claims, begins a declaration.
static bool starts_declaration(struct kss_parser *p) {
    if (kss_p_is(p, KSS_T_KEYWORD))
        return p->token.name->properties & KSS_IS_TYPE;
    if (!kss_p_is(p, KSS_T_NAME) || p->token.name->binding == KSS_BOUND)
        return false;
    const struct kss_token *next = kss_p_peek(p);
    bool type = kss_p_at_type(p);
    if (next->kind == KSS_T_NAME)
        return true;
    if (next->kind == KSS_T_KEYWORD)
        return next->name->properties & (KSS_IS_TYPE | KSS_IS_NOISE);
    if (next->kind == KSS_T_STAR)
        return type || declares_pointer(p);
    if (next->kind == KSS_T_SEMICOLON || next->kind == KSS_T_LEFT_PAREN)
        return kss_p_at_annotation(p) || kss_p_at_noise(p) ||
               (type && p->token.name->binding == KSS_BOUND_TYPE);
    return type && p->token.name->binding == KSS_BOUND_TYPE;
}

// _Analysis_assume_(x); and other annotations that stand as a statement say nothing.
static bool annotation_statement(struct kss_parser *p) {
    bool assume = kss_p_is_word(p, KSS_WORD__Analysis_assume_) ||
                  kss_p_is_word(p, KSS_WORD___analysis_assume);
    if ((!kss_p_at_annotation(p) && !assume) || p->token.name->binding != KSS_UNBOUND ||
        kss_p_peek(p)->kind != KSS_T_LEFT_PAREN)
        return false;
    struct kss_p_mark mark = kss_p_mark(p);
    kss_p_advance(p);
    unsigned behind = kss_p_behind_parens(p).kind;
    kss_p_return_to(p, &mark);
    return behind == KSS_T_SEMICOLON || assume;
}

static struct kss_node *skipped_statement(struct kss_parser *p) {
    struct kss_node *node = begin(p, KSS_N_EXPR);
    kss_p_skip_parens(p);
    kss_p_need_semicolon(p);
    return kss_p_done(p, node);
}

static struct kss_node *declaration_statement(struct kss_parser *p) {
    struct kss_name *name = p->token.name;
    const char *word = kss_p_is(p, KSS_T_NAME) && !kss_p_at_type(p) // an unknown type
                           ? kss_p_misspelled(name, false)
                           : NULL;
    if (word == NULL)
        return kss_p_declaration(p, false);
    struct kss_diag *diag = kss_p_fail(p, KSS_E_unknown_word, p->token.begin, p->token.end,
                                       kss_p_shown(name), name->text);
    kss_p_help(p, diag, "did you mean `%s`?", word);
    return NULL;
}

static struct kss_node *name_statement(struct kss_parser *p) {
    bool empty = (p->token.name->defines & KSS_DEFINE_READ) && kss_p_at_noise(p);
    if (empty && kss_p_peek(p)->kind == KSS_T_SEMICOLON) { // #define EMPTY
        struct kss_node *node = kss_p_node(p, KSS_N_EXPR, p->token.begin);
        kss_p_advance(p);
        kss_p_advance(p);
        return kss_p_done(p, node);
    }
    if (kss_p_peek(p)->kind == KSS_T_COLON)
        return label(p);
    if (kss_p_is_scenario(p, KSS_IS_STATEMENT) && no_c_reading(p))
        return scenario_statement(p);
    if (annotation_statement(p))
        return skipped_statement(p);
    if (starts_declaration(p))
        return declaration_statement(p);
    return expression_statement(p);
}

struct kss_node *kss_p_statement(struct kss_parser *p) {
    switch ((enum kss_token_kind)p->token.kind) {
    case KSS_T_LEFT_BRACE: kss_p_push_block(p); return NULL;
    case KSS_T_SEMICOLON: return kss_p_done(p, begin(p, KSS_N_EXPR));
    case KSS_T_ELLIPSIS: {
        struct kss_node *node = begin(p, KSS_N_LEFT_OUT);
        kss_p_accept(p, KSS_T_SEMICOLON);
        return kss_p_done(p, node);
    }
    case KSS_T_KEYWORD: return keyword_statement(p);
    case KSS_T_NAME: return name_statement(p);
    case KSS_T_HASH: {
        struct kss_diag *diag = kss_p_fail(p, KSS_E_hash_here, p->token.begin, p->token.end,
                                           "a statement without braces");
        kss_p_help(p, diag, "put `{` before it and `}` behind what it governs");
        return NULL;
    }
    case KSS_T_RIGHT_BRACE:
    case KSS_T_EOF: kss_p_expected(p, "a statement"); return NULL;
    default: return expression_statement(p);
    }
}
