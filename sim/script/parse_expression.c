// SPDX-License-Identifier: MIT
// Expressions: C's operators by precedence climbing.
//
// Chains to the left (a + b + c, a, b, c, p->q->r, f(x)(y)) are loops; everything else that nests
// recurses and is counted: at KSS_EXPRESSION_DEPTH the parser says so once and gives the expression
// up. Parentheses count too, though they leave no node: they widen the span of what they hold.
#include "script/parse.h"

#include <string.h>

enum { LOWEST = 1, SHIFTS = 8 };

static const struct {
    uint8_t precedence, op;
} binary[KSS_T_COUNT] = {
    [KSS_T_LOG_OR] = {1, KSS_OP_LOG_OR}, [KSS_T_LOG_AND] = {2, KSS_OP_LOG_AND},
    [KSS_T_PIPE] = {3, KSS_OP_OR},       [KSS_T_CARET] = {4, KSS_OP_XOR},
    [KSS_T_AMP] = {5, KSS_OP_AND},       [KSS_T_EQ] = {6, KSS_OP_EQ},
    [KSS_T_NE] = {6, KSS_OP_NE},         [KSS_T_LT] = {7, KSS_OP_LT},
    [KSS_T_LE] = {7, KSS_OP_LE},         [KSS_T_GT] = {7, KSS_OP_GT},
    [KSS_T_GE] = {7, KSS_OP_GE},         [KSS_T_SHL] = {SHIFTS, KSS_OP_SHL},
    [KSS_T_SHR] = {SHIFTS, KSS_OP_SHR},  [KSS_T_PLUS] = {9, KSS_OP_ADD},
    [KSS_T_MINUS] = {9, KSS_OP_SUB},     [KSS_T_STAR] = {10, KSS_OP_MUL},
    [KSS_T_SLASH] = {10, KSS_OP_DIV},    [KSS_T_PERCENT] = {10, KSS_OP_MOD},
};

static const uint8_t assignments[KSS_T_COUNT] = {
    [KSS_T_ASSIGN] = KSS_OP_ASSIGN,  [KSS_T_ADD_ASSIGN] = KSS_OP_ADD,
    [KSS_T_SUB_ASSIGN] = KSS_OP_SUB, [KSS_T_MUL_ASSIGN] = KSS_OP_MUL,
    [KSS_T_DIV_ASSIGN] = KSS_OP_DIV, [KSS_T_MOD_ASSIGN] = KSS_OP_MOD,
    [KSS_T_SHL_ASSIGN] = KSS_OP_SHL, [KSS_T_SHR_ASSIGN] = KSS_OP_SHR,
    [KSS_T_AND_ASSIGN] = KSS_OP_AND, [KSS_T_OR_ASSIGN] = KSS_OP_OR,
    [KSS_T_XOR_ASSIGN] = KSS_OP_XOR,
};

static const uint8_t prefixes[KSS_T_COUNT] = {
    [KSS_T_MINUS] = KSS_OP_NEG,   [KSS_T_PLUS] = KSS_OP_PLUS,  [KSS_T_NOT] = KSS_OP_NOT,
    [KSS_T_TILDE] = KSS_OP_COMPL, [KSS_T_STAR] = KSS_OP_DEREF, [KSS_T_AMP] = KSS_OP_ADDRESS,
    [KSS_T_INC] = KSS_OP_INC,     [KSS_T_DEC] = KSS_OP_DEC,
};

static bool deeper(struct kss_parser *p) {
    if (++p->depth <= KSS_EXPRESSION_DEPTH)
        return true;
    kss_p_fail(p, KSS_E_too_deep, p->token.begin, p->token.end);
    p->gave_up = true;
    return false;
}

// What stands where an operand should.
static struct kss_node *no_operand(struct kss_parser *p) {
    if (kss_p_is(p, KSS_T_HASH)) {
        kss_p_fail(p, KSS_E_hash_here, p->token.begin, p->token.end, "an expression");
        p->skip_hash = true;
    } else if (kss_p_is_word(p, KSS_WORD___asm) || kss_p_is_word(p, KSS_WORD__asm)) {
        kss_p_fail(p, KSS_E_assembly, p->token.begin, p->token.end);
    } else if (kss_p_is(p, KSS_T_ELLIPSIS)) {
        kss_p_fail(p, KSS_E_ellipsis, p->token.begin, p->token.end);
    } else {
        kss_p_expected(p, "an expression");
    }
    return NULL;
}

static struct kss_node *leaf(struct kss_parser *p, enum kss_node_kind kind) {
    struct kss_node *node = kss_p_node(p, kind, p->token.begin);
    node->end = p->token.end;
    return node;
}

// ---- Strings and symbols ------------------------------------------------------------------------

static bool at_string(const struct kss_parser *p) {
    return kss_p_is(p, KSS_T_STRING) ||
           (kss_p_is(p, KSS_T_NAME) && p->token.name->known == KSS_WORD___FUNCTION__);
}

// Whether one of the strings that follow each other is wide: then all are.
static bool any_wide(struct kss_parser *p) {
    bool wide = p->token.flags & KSS_F_WIDE;
    if (wide || kss_p_peek(p)->kind != KSS_T_STRING)
        return wide;
    struct kss_p_mark mark = kss_p_mark(p);
    for (; at_string(p) && !wide; kss_p_advance(p))
        wide = kss_p_is(p, KSS_T_STRING) && (p->token.flags & KSS_F_WIDE);
    kss_p_return_to(p, &mark);
    return wide;
}

struct kss_node *kss_p_string(struct kss_parser *p) {
    struct kss_node *node = leaf(p, KSS_N_STRING);
    struct kss_text text = {0};
    bool wide = any_wide(p);
    while (at_string(p)) {
        if (kss_p_is(p, KSS_T_STRING))
            kss_lex_string(&p->lexer, &p->token, wide, &text);
        else if (p->routine != NULL)
            kss_text_bytes(&text, p->routine->text, p->routine->length);
        kss_p_advance(p);
    }
    kss_p_add_flags(node, wide ? KSS_F_WIDE : 0);
    node->text = text.length ? kss_alloc_text(p->arena, text.bytes, text.length) : "";
    node->length = (uint32_t)text.length;
    kss_text_free(&text);
    return kss_p_done(p, node);
}

static struct kss_node *symbol_node(struct kss_parser *p) {
    struct kss_node *node = leaf(p, KSS_N_SYMBOL);
    node->name = p->token.name->text;
    if (kss_p_is(p, KSS_T_SYMBOL)) {
        node->text = p->token.module->text;
        node->length = p->token.module->length;
    }
    kss_p_advance(p);
    return node;
}

struct kss_node *kss_p_symbol(struct kss_parser *p) {
    if (kss_p_is(p, KSS_T_NAME) || kss_p_is(p, KSS_T_SYMBOL))
        return symbol_node(p);
    if (!kss_p_is(p, KSS_T_STRING)) {
        kss_p_expected(p, "the name of a routine");
        return NULL;
    }
    struct kss_node *node = leaf(p, KSS_N_SYMBOL);
    struct kss_text text = {0};
    kss_lex_string(&p->lexer, &p->token, false, &text);
    node->name =
        kss_intern(&p->lexer.names, text.length ? text.bytes : "", (uint32_t)text.length)->text;
    kss_p_add_flags(node, KSS_F_QUOTED);
    kss_text_free(&text);
    kss_p_advance(p);
    return node;
}

// ---- Primary expressions ------------------------------------------------------------------------

static struct kss_node *number_node(struct kss_parser *p, enum kss_node_kind kind) {
    struct kss_node *node = leaf(p, kind);
    node->number = p->token.number;
    node->flags = p->token.flags;
    kss_p_advance(p);
    return node;
}

struct kss_node *kss_p_number(struct kss_parser *p) {
    switch ((enum kss_token_kind)p->token.kind) {
    case KSS_T_NUMBER: return number_node(p, KSS_N_NUMBER);
    case KSS_T_DURATION: return number_node(p, KSS_N_DURATION);
    case KSS_T_SIZE: return number_node(p, KSS_N_SIZE);
    case KSS_T_CHAR: return number_node(p, KSS_N_CHAR);
    default: return no_operand(p);
    }
}

static struct kss_node *name_node(struct kss_parser *p) {
    if (at_string(p))
        return kss_p_string(p);
    struct kss_node *node = leaf(p, KSS_N_NAME);
    node->name = p->token.name->text;
    if (p->token.name->defines & KSS_DEFINE_ENDED)
        kss_p_check_undefined(p, p->token.name, node->begin);
    kss_p_advance(p);
    return node;
}

// `defined X`, `defined(X)` in #if: a call.
static struct kss_node *defined_node(struct kss_parser *p) {
    struct kss_node *call = leaf(p, KSS_N_CALL);
    call->a = name_node(p);
    bool parens = kss_p_accept(p, KSS_T_LEFT_PAREN);
    if (kss_p_is(p, KSS_T_NAME) || kss_p_is(p, KSS_T_KEYWORD)) {
        call->b = leaf(p, KSS_N_NAME);
        call->b->name = p->token.name->text;
        kss_p_advance(p);
    } else {
        kss_p_expected(p, "a name");
    }
    if (parens)
        kss_p_need(p, KSS_T_RIGHT_PAREN, "`)`");
    return kss_p_done(p, call);
}

static struct kss_node *primary(struct kss_parser *p) {
    switch ((enum kss_token_kind)p->token.kind) {
    case KSS_T_NAME:
        if (p->in_condition && p->token.name->known == KSS_WORD_defined)
            return defined_node(p);
        return name_node(p);
    case KSS_T_SYMBOL: return symbol_node(p);
    case KSS_T_STRING: return kss_p_string(p);
    default: return kss_p_number(p);
    }
}

// ---- Casts --------------------------------------------------------------------------------------

static bool is_event_word(const struct kss_name *name) {
    return name->known >= KSS_WORD_dpc && name->known <= KSS_WORD_dma;
}

// (X) or (X *) with X neither declared nor known: whether what follows leaves no other reading than
// a cast.
static bool only_a_cast(struct kss_parser *p) {
    struct kss_p_mark mark = kss_p_mark(p);
    kss_p_advance(p);
    kss_p_advance(p);
    bool stars = kss_p_is(p, KSS_T_STAR), cast = false;
    while (kss_p_accept(p, KSS_T_STAR))
        continue;
    if (kss_p_accept(p, KSS_T_RIGHT_PAREN)) {
        switch ((enum kss_token_kind)p->token.kind) {
        case KSS_T_NAME: cast = !(p->in_when && is_event_word(p->token.name)); break;
        case KSS_T_KEYWORD: cast = p->token.name->known == KSS_WORD_sizeof; break;
        case KSS_T_SYMBOL:
        case KSS_T_NUMBER:
        case KSS_T_DURATION:
        case KSS_T_SIZE:
        case KSS_T_CHAR:
        case KSS_T_STRING:
        case KSS_T_TILDE:
        case KSS_T_NOT: cast = true; break;
        default: cast = stars;
        }
    }
    kss_p_return_to(p, &mark);
    return cast;
}

// At a (: whether a type follows.
static bool is_cast(struct kss_parser *p) {
    const struct kss_token *next = kss_p_peek(p);
    if (next->kind == KSS_T_KEYWORD)
        return next->name->properties & (KSS_IS_TYPE | KSS_IS_NOISE);
    if (next->kind != KSS_T_NAME || next->name->binding == KSS_BOUND)
        return false;
    if (next->name->properties & KSS_IS_NOISE)
        return true;
    return kss_p_is_type(next->name) || only_a_cast(p);
}

static struct kss_node *cast(struct kss_parser *p) {
    struct kss_node *node = kss_p_node(p, KSS_N_CAST, p->token.begin);
    kss_p_advance(p);
    node->a = kss_p_type_name(p);
    kss_p_need(p, KSS_T_RIGHT_PAREN, "`)`");
    if (kss_p_is(p, KSS_T_LEFT_BRACE))
        kss_p_fail(p, KSS_E_compound_literal, node->begin, p->token.end);
    node->b = kss_p_unary(p);
    return kss_p_done(p, node);
}

static struct kss_node *parentheses(struct kss_parser *p) {
    uint32_t begin = p->token.begin;
    kss_p_advance(p);
    struct kss_node *node = deeper(p) ? kss_p_expression(p) : NULL;
    p->depth--;
    kss_p_need(p, KSS_T_RIGHT_PAREN, "`)`");
    if (p->bad || node == NULL)
        return NULL;
    node->begin = begin;
    node->end = p->last_end;
    return node;
}

// ---- Postfix expressions ------------------------------------------------------------------------

// A type as an argument: more than a bare name, which stays a name.
static bool at_type_argument(struct kss_parser *p) {
    if (kss_p_is(p, KSS_T_KEYWORD))
        return p->token.name->properties & KSS_IS_TYPE;
    if (!kss_p_is(p, KSS_T_NAME) || p->token.name->binding == KSS_BOUND ||
        kss_p_peek(p)->kind != KSS_T_STAR)
        return false;
    struct kss_p_mark mark = kss_p_mark(p);
    kss_p_advance(p);
    while (kss_p_accept(p, KSS_T_STAR))
        continue;
    bool type = kss_p_is(p, KSS_T_COMMA) || kss_p_is(p, KSS_T_RIGHT_PAREN);
    kss_p_return_to(p, &mark);
    return type;
}

struct kss_node *kss_p_arguments(struct kss_parser *p, struct kss_node *call) {
    struct kss_p_list list = {0};
    while (!kss_p_is(p, KSS_T_RIGHT_PAREN) && !p->bad) {
        if (kss_p_is(p, KSS_T_ELLIPSIS)) {
            uint32_t begin = p->token.begin;
            kss_p_add_flags(call, KSS_F_ELLIPSIS);
            kss_p_advance(p);
            if (!kss_p_is(p, KSS_T_RIGHT_PAREN))
                kss_p_fail(p, KSS_E_ellipsis, begin, begin + 3);
            break;
        }
        kss_p_append(&list, at_type_argument(p) ? kss_p_type_name(p) : kss_p_assignment(p));
        if (!kss_p_accept(p, KSS_T_COMMA))
            break;
        if (kss_p_is(p, KSS_T_RIGHT_PAREN))
            no_operand(p);
    }
    call->b = list.first;
    kss_p_need(p, KSS_T_RIGHT_PAREN, "`,` or `)`");
    return kss_p_done(p, call);
}

static bool is_kdprint(const struct kss_node *callee, const struct kss_parser *p,
                       const struct kss_name *name) {
    return callee->kind == KSS_N_NAME && name != NULL && name->binding == KSS_UNBOUND &&
           (name->known == KSS_WORD_KdPrint || name->known == KSS_WORD_KdPrintEx) &&
           kss_p_is(p, KSS_T_LEFT_PAREN);
}

static struct kss_node *call(struct kss_parser *p, struct kss_node *callee,
                             const struct kss_name *name) {
    struct kss_node *node = kss_p_node(p, KSS_N_CALL, callee->begin);
    node->a = callee;
    kss_p_advance(p);
    if (deeper(p)) {
        bool twice = is_kdprint(callee, p, name);
        if (twice)
            kss_p_advance(p);
        kss_p_arguments(p, node);
        if (twice)
            kss_p_need(p, KSS_T_RIGHT_PAREN, "`)`");
    }
    p->depth--;
    return kss_p_done(p, node);
}

// a[b]; with [range] also a[b .. c], which is given there: then a is returned.
static struct kss_node *index_(struct kss_parser *p, struct kss_node *left,
                               struct kss_node **range) {
    struct kss_node *node = kss_p_node(p, KSS_N_INDEX, left->begin);
    uint32_t bracket = p->token.begin;
    kss_p_advance(p);
    node->a = left;
    node->b = deeper(p) ? kss_p_expression(p) : NULL;
    p->depth--;
    if (kss_p_is(p, KSS_T_RANGE)) {
        if (range == NULL)
            kss_p_fail(p, KSS_E_range, p->token.begin, p->token.end);
        kss_p_advance(p);
        node->kind = KSS_N_INDEX_RANGE;
        node->begin = bracket;
        node->a = node->b;
        node->b = kss_p_expression(p);
    }
    kss_p_need(p, KSS_T_RIGHT_BRACKET, "`]`");
    if (kss_p_done(p, node) == NULL || node->kind == KSS_N_INDEX || range == NULL)
        return kss_p_done(p, node);
    *range = node;
    return left;
}

static struct kss_node *field(struct kss_parser *p, struct kss_node *left) {
    struct kss_node *node = kss_p_node(p, KSS_N_FIELD, left->begin);
    kss_p_add_flags(node, kss_p_is(p, KSS_T_ARROW) ? KSS_F_ARROW : 0);
    node->a = left;
    kss_p_advance(p);
    struct kss_name *name = kss_p_need_name(p, "the name of a field");
    node->name = name != NULL ? name->text : NULL;
    return kss_p_done(p, node);
}

static struct kss_node *step(struct kss_parser *p, struct kss_node *left) {
    struct kss_node *node = kss_p_node(p, KSS_N_POSTFIX, left->begin);
    node->op = kss_p_is(p, KSS_T_INC) ? KSS_OP_INC : KSS_OP_DEC;
    node->a = left;
    kss_p_advance(p);
    return kss_p_done(p, node);
}

struct kss_node *kss_p_postfix_range(struct kss_parser *p, struct kss_node **range) {
    const struct kss_name *name = kss_p_is(p, KSS_T_NAME) ? p->token.name : NULL;
    struct kss_node *left = kss_p_is(p, KSS_T_LEFT_PAREN) ? parentheses(p) : primary(p);
    while (left != NULL) {
        switch ((enum kss_token_kind)p->token.kind) {
        case KSS_T_LEFT_PAREN: left = call(p, left, name); break;
        case KSS_T_LEFT_BRACKET: left = index_(p, left, range); break;
        case KSS_T_DOT:
        case KSS_T_ARROW: left = field(p, left); break;
        case KSS_T_INC:
        case KSS_T_DEC: left = step(p, left); break;
        default: return left;
        }
        name = NULL;
        if (range != NULL && *range != NULL)
            break;
    }
    return left;
}

// ---- Unary expressions --------------------------------------------------------------------------

// At the ( of sizeof (: whether a type follows.
static bool is_sizeof_type(struct kss_parser *p) {
    const struct kss_token *next = kss_p_peek(p);
    if (next->kind == KSS_T_KEYWORD)
        return next->name->properties & (KSS_IS_TYPE | KSS_IS_NOISE);
    if (next->kind != KSS_T_NAME || next->name->binding == KSS_BOUND)
        return false;
    if (kss_p_is_type(next->name) || (next->name->properties & KSS_IS_NOISE))
        return true;
    struct kss_p_mark mark = kss_p_mark(p);
    kss_p_advance(p);
    bool type = at_type_argument(p); // X * before )
    kss_p_return_to(p, &mark);
    return type;
}

static struct kss_node *sizeof_(struct kss_parser *p) {
    struct kss_node *node = kss_p_node(p, KSS_N_SIZEOF, p->token.begin);
    kss_p_advance(p);
    if (kss_p_is(p, KSS_T_LEFT_PAREN) && is_sizeof_type(p)) {
        kss_p_advance(p);
        node->a = kss_p_type_name(p);
        kss_p_need(p, KSS_T_RIGHT_PAREN, "`)`");
    } else {
        node->a = kss_p_unary(p);
    }
    return kss_p_done(p, node);
}

static struct kss_node *prefix(struct kss_parser *p) {
    struct kss_node *node = kss_p_node(p, KSS_N_UNARY, p->token.begin);
    node->op = prefixes[p->token.kind];
    kss_p_advance(p);
    node->a = kss_p_unary(p);
    return kss_p_done(p, node);
}

struct kss_node *kss_p_unary(struct kss_parser *p) {
    struct kss_node *(*form)(struct kss_parser *) = NULL;
    if (kss_p_is(p, KSS_T_LEFT_PAREN) && is_cast(p))
        form = cast;
    else if (kss_p_is_word(p, KSS_WORD_sizeof))
        form = sizeof_;
    else if (prefixes[p->token.kind])
        form = prefix;
    if (form == NULL)
        return kss_p_postfix_range(p, NULL);
    struct kss_node *node = deeper(p) ? form(p) : NULL;
    p->depth--;
    return node;
}

// ---- Binary expressions -------------------------------------------------------------------------

// Goes on behind [left] with operators that bind at least as tightly as [least].
static struct kss_node *climb(struct kss_parser *p, struct kss_node *left, unsigned least) {
    while (left != NULL && binary[p->token.kind].precedence >= least) {
        unsigned precedence = binary[p->token.kind].precedence;
        struct kss_node *node = kss_p_node(p, KSS_N_BINARY, left->begin);
        node->op = binary[p->token.kind].op;
        kss_p_advance(p);
        node->a = left;
        node->b = kss_p_unary(p);
        if (binary[p->token.kind].precedence > precedence) {
            node->b = deeper(p) ? climb(p, node->b, precedence + 1) : NULL;
            p->depth--;
        }
        left = kss_p_done(p, node);
    }
    return left;
}

struct kss_node *kss_p_shift(struct kss_parser *p) {
    return climb(p, kss_p_unary(p), SHIFTS);
}

static struct kss_node *conditional(struct kss_parser *p, struct kss_node *condition) {
    struct kss_node *node = kss_p_node(p, KSS_N_CONDITIONAL, condition->begin);
    node->a = condition;
    kss_p_advance(p);
    if (deeper(p)) {
        node->b = kss_p_expression(p);
        kss_p_need(p, KSS_T_COLON, "`:`");
        node->c = kss_p_constant(p);
    }
    p->depth--;
    return kss_p_done(p, node);
}

struct kss_node *kss_p_constant(struct kss_parser *p) {
    struct kss_node *left = climb(p, kss_p_unary(p), LOWEST);
    return left != NULL && kss_p_is(p, KSS_T_QUESTION) ? conditional(p, left) : left;
}

// a = b = c: each assignment is the right operand of the one before.
struct kss_node *kss_p_assignment(struct kss_parser *p) {
    struct kss_node *first = NULL, **place = &first;
    uint32_t depth = p->depth, count = 0;
    for (bool more = true; more && !p->bad;) {
        struct kss_node *left = kss_p_constant(p);
        more = left != NULL && assignments[p->token.kind] != KSS_OP_NONE;
        *place = left;
        if (!more)
            break;
        struct kss_node *node = kss_p_node(p, KSS_N_ASSIGN, left->begin);
        node->op = assignments[p->token.kind];
        kss_p_add_flags(node, kss_p_is(p, KSS_T_ASSIGN) ? 0 : KSS_F_COMPOUND);
        kss_p_advance(p);
        node->a = left;
        *place = node;
        place = &node->b;
        if (count++ > 0)
            deeper(p);
    }
    p->depth = depth;
    if (p->bad)
        return NULL;
    for (struct kss_node *node = first; count > 0; node = node->b, count--)
        node->end = p->last_end;
    return first;
}

struct kss_node *kss_p_expression(struct kss_parser *p) {
    struct kss_node *left = kss_p_assignment(p);
    while (left != NULL && kss_p_is(p, KSS_T_COMMA)) {
        struct kss_node *node = kss_p_node(p, KSS_N_BINARY, left->begin);
        node->op = KSS_OP_COMMA;
        kss_p_advance(p);
        node->a = left;
        node->b = kss_p_assignment(p);
        left = kss_p_done(p, node);
    }
    return left;
}

// ---- Initializers -------------------------------------------------------------------------------

struct kss_node *kss_p_initializer(struct kss_parser *p) {
    if (!kss_p_is(p, KSS_T_LEFT_BRACE))
        return kss_p_assignment(p);
    struct kss_node *node = kss_p_node(p, KSS_N_INIT_LIST, p->token.begin);
    struct kss_p_list list = {0};
    kss_p_advance(p);
    p->braces += !p->bad;
    deeper(p);
    while (!kss_p_is(p, KSS_T_RIGHT_BRACE) && !p->bad) {
        if (kss_p_is(p, KSS_T_DOT) || kss_p_is(p, KSS_T_LEFT_BRACKET))
            kss_p_fail(p, KSS_E_designator, p->token.begin, p->token.end);
        kss_p_append(&list, kss_p_initializer(p));
        if (!kss_p_accept(p, KSS_T_COMMA))
            break;
    }
    p->depth--;
    node->a = list.first;
    if (kss_p_need(p, KSS_T_RIGHT_BRACE, "`,` or `}`"))
        p->braces--;
    return kss_p_done(p, node);
}
