// SPDX-License-Identifier: MIT
// Declarations: declarators, variables, typedefs, routines with their parameters and attributes.
#include "script/parse.h"

// ---- Declarators --------------------------------------------------------------------------------

static void array_lengths(struct kss_parser *p, struct kss_node *declarator) {
    struct kss_p_list list = {0};
    while (kss_p_is(p, KSS_T_LEFT_BRACKET)) {
        struct kss_node *length = kss_p_node(p, KSS_N_LENGTH, p->token.begin);
        kss_p_advance(p);
        if (!kss_p_is(p, KSS_T_RIGHT_BRACKET))
            length->a = kss_p_constant(p);
        kss_p_need(p, KSS_T_RIGHT_BRACKET, "`]`");
        kss_p_append(&list, kss_p_done(p, length));
    }
    declarator->a = list.first;
}

// The number of stars, with the qualifiers among them skipped.
static uint32_t stars(struct kss_parser *p) {
    uint32_t count = 0;
    for (;;) {
        if (kss_p_accept(p, KSS_T_STAR))
            count++;
        else if (kss_p_at_noise(p))
            kss_p_skip_noise(p);
        else if (kss_p_at_annotation(p))
            kss_p_annotation(p);
        else if (!kss_p_accept_word(p, KSS_WORD_const) && !kss_p_accept_word(p, KSS_WORD_volatile))
            return count;
    }
}

static void declarator_tail(struct kss_parser *p, struct kss_node *node) {
    if (kss_p_is(p, KSS_T_LEFT_PAREN) && node->name == NULL)
        kss_p_fail(p, KSS_E_routine_pointer, p->token.begin, p->token.end);
    array_lengths(p, node);
    kss_p_skip_noise(p); // PVOID Context OPTIONAL
}

struct kss_node *kss_p_declarator(struct kss_parser *p, struct kss_name **name) {
    struct kss_node *node = kss_p_node(p, KSS_N_DECLARATOR, p->token.begin);
    uint32_t place = p->last_end;
    *name = NULL;
    node->number = stars(p);
    if (kss_p_is(p, KSS_T_NAME)) {
        *name = p->token.name;
        node->name = p->token.name->text;
        kss_p_advance(p);
    }
    declarator_tail(p, node);
    node = kss_p_done(p, node);
    if (node != NULL && node->end < node->begin) // nothing was there
        node->begin = node->end = place;
    return node;
}

// ---- Parameters ---------------------------------------------------------------------------------

static struct kss_node *parameter(struct kss_parser *p) {
    struct kss_node *node = kss_p_node(p, KSS_N_PARAM, p->token.begin);
    if (kss_p_is(p, KSS_T_HASH)) {
        kss_p_fail(p, KSS_E_hash_here, p->token.begin, p->token.end, "a parameter list");
        p->skip_hash = true;
        return NULL;
    }
    if (kss_p_accept(p, KSS_T_ELLIPSIS)) {
        kss_p_add_flags(node, KSS_F_ELLIPSIS);
        if (!kss_p_is(p, KSS_T_RIGHT_PAREN))
            kss_p_fail(p, KSS_E_ellipsis, node->begin, node->begin + 3);
        return kss_p_done(p, node);
    }
    struct kss_p_specifiers s = {.begin = p->token.begin};
    kss_p_plain_specifiers(p, &s);
    if (s.type == NULL)
        kss_p_expected(p, "a parameter");
    struct kss_name *name;
    node->a = s.type;
    node->extra = s.annotations.first;
    node->b = kss_p_declarator(p, &name);
    if (name != NULL)
        kss_p_declare(p, name, KSS_BOUND, node->b != NULL ? node->b->begin : node->begin);
    return kss_p_done(p, node);
}

// (void)
static bool no_parameters(struct kss_parser *p) {
    bool empty = (kss_p_is_word(p, KSS_WORD_void) || kss_p_is_word(p, KSS_WORD_VOID)) &&
                 kss_p_peek(p)->kind == KSS_T_RIGHT_PAREN;
    if (empty)
        kss_p_advance(p);
    return empty;
}

static void parameters(struct kss_parser *p, struct kss_node *routine) {
    struct kss_p_list list = {0};
    if (!kss_p_need(p, KSS_T_LEFT_PAREN, "`(`"))
        return;
    if (kss_p_is(p, KSS_T_RIGHT_PAREN)) {
        kss_p_add_flags(routine, KSS_F_ANY_PARAMS);
    } else if (!no_parameters(p)) {
        do
            kss_p_append(&list, parameter(p));
        while (kss_p_accept(p, KSS_T_COMMA));
    }
    kss_p_need(p, KSS_T_RIGHT_PAREN, "`,` or `)`");
    if (p->bad)
        kss_p_recover_paren(p); // the body is worth reading
    routine->c = list.first;
}

// ---- Attributes ---------------------------------------------------------------------------------

static struct kss_node *frame_attribute(struct kss_parser *p) {
    struct kss_node *node = kss_p_node(p, KSS_N_ATTR_FRAME, p->token.begin);
    kss_p_advance(p);
    kss_p_need(p, KSS_T_LEFT_PAREN, "`(`");
    node->a = kss_p_constant(p);
    kss_p_need(p, KSS_T_RIGHT_PAREN, "`)`");
    return kss_p_done(p, node);
}

// No C reading is possible here, so the words count even where a name has their spelling.
void kss_p_attributes(struct kss_parser *p, struct kss_p_list *list) {
    for (;;) {
        if (kss_p_is_word(p, KSS_WORD_frame) && kss_p_peek(p)->kind == KSS_T_LEFT_PAREN) {
            kss_p_append(list, frame_attribute(p));
        } else if (kss_p_is_word(p, KSS_WORD_pageable)) {
            struct kss_node *node = kss_p_node(p, KSS_N_ATTR_PAGEABLE, p->token.begin);
            kss_p_advance(p);
            kss_p_append(list, kss_p_done(p, node));
        } else if (kss_p_at_annotation(p)) {
            kss_p_append(list, kss_p_annotation(p));
        } else if (kss_p_at_noise(p)) {
            kss_p_skip_noise(p);
        } else {
            return;
        }
    }
}

// ---- Routines -----------------------------------------------------------------------------------

// Something other than a body follows the parameters.
static void no_body(struct kss_parser *p, const struct kss_node *routine) {
    static const char *const attributes[] = {"frame", "pageable"};
    bool declares =
        kss_p_at_type(p) || (kss_p_is(p, KSS_T_NAME) && kss_p_peek(p)->kind != KSS_T_LEFT_PAREN);
    if (routine->c != NULL && declares && !kss_p_item_begins(p)) {
        struct kss_diag *diag = kss_p_complain(p, KSS_E_old_style, routine->c->begin, p->token.end);
        kss_p_help(p, diag, "write the types inside the parentheses");
        while (!kss_p_is(p, KSS_T_LEFT_BRACE) && !kss_p_is(p, KSS_T_RIGHT_BRACE) &&
               !kss_p_is(p, KSS_T_EOF) && !kss_p_is(p, KSS_T_HASH))
            kss_p_advance(p);
        return;
    }
    if (p->token.first && kss_p_is(p, KSS_T_NAME) && kss_p_item_begins(p)) {
        kss_p_need_semicolon(p);
        return;
    }
    const struct kss_name *name = kss_p_is(p, KSS_T_NAME) ? p->token.name : NULL;
    struct kss_diag *diag = kss_p_expected(p, "`{` or `;`");
    kss_p_did_you_mean(p, diag, name, attributes, 2);
}

struct kss_node *kss_p_routine(struct kss_parser *p, struct kss_node *routine,
                               struct kss_p_list *attributes) {
    uint32_t undo = kss_p_scope_open(p);
    parameters(p, routine);
    kss_p_attributes(p, attributes);
    routine->extra = attributes->first;
    bool prototype = kss_p_accept(p, KSS_T_SEMICOLON);
    if (!prototype && !kss_p_is(p, KSS_T_LEFT_BRACE))
        no_body(p, routine);
    if (!kss_p_is(p, KSS_T_LEFT_BRACE)) {
        kss_p_scope_close(p, undo);
        return kss_p_done(p, routine);
    }
    struct kss_p_frame *frame = kss_p_push(p, KSS_IN_ROUTINE, routine);
    frame->scope = true;
    frame->undo = undo;
    kss_p_push_block(p);
    return NULL;
}

static struct kss_node *routine_declaration(struct kss_parser *p, struct kss_p_specifiers *s,
                                            struct kss_node *symbol, uint32_t star_count,
                                            struct kss_name *name) {
    struct kss_node *routine = kss_p_node(p, KSS_N_ROUTINE, s->begin);
    if (s->flags & KSS_F_TYPEDEF)
        kss_p_fail(p, KSS_E_routine_pointer, p->token.begin, p->token.end);
    kss_p_add_flags(routine, s->flags & (KSS_F_STATIC | KSS_F_EXTERN | KSS_F_INLINE));
    routine->a = s->type;
    routine->number = star_count;
    routine->b = symbol;
    kss_p_declare(p, name, KSS_BOUND, symbol->begin);
    p->routine = name;
    return kss_p_routine(p, routine, &s->annotations);
}

// ---- Variables ----------------------------------------------------------------------------------

static void initialize(struct kss_parser *p, struct kss_node *declarator) {
    if (kss_p_accept(p, KSS_T_ASSIGN))
        declarator->b = kss_p_initializer(p);
    else if (kss_p_is(p, KSS_T_COLON))
        kss_p_fail(p, KSS_E_bit_field, p->token.begin, p->token.end);
    else if (kss_p_is(p, KSS_T_LEFT_PAREN))
        kss_p_show_body(p, kss_p_fail(p, KSS_E_local_routine, p->token.begin, p->token.end));
}

static struct kss_node *variable(struct kss_parser *p, const struct kss_p_specifiers *s) {
    struct kss_name *name;
    struct kss_node *node = kss_p_declarator(p, &name);
    if (name == NULL)
        kss_p_expected(p, "a name");
    if (p->bad)
        return NULL;
    kss_p_declare(p, name, s->flags & KSS_F_TYPEDEF ? KSS_BOUND_TYPE : KSS_BOUND, node->begin);
    initialize(p, node);
    return kss_p_done(p, node);
}

// At file level, behind the specifiers: whether stars, a name and ( follow.
static bool at_routine(struct kss_parser *p) {
    struct kss_p_mark mark = kss_p_mark(p);
    stars(p);
    bool routine = (kss_p_is(p, KSS_T_NAME) || kss_p_is(p, KSS_T_SYMBOL)) &&
                   kss_p_peek(p)->kind == KSS_T_LEFT_PAREN;
    kss_p_return_to(p, &mark);
    return routine;
}

struct kss_node *kss_p_declaration(struct kss_parser *p, bool file_level) {
    struct kss_p_specifiers s = {.begin = p->token.begin};
    kss_p_specifiers(p, &s);
    if (s.type == NULL)
        kss_p_expected(p, "a type");
    if (p->bad)
        return NULL;
    if (file_level && at_routine(p)) {
        uint32_t count = stars(p);
        struct kss_name *name = p->token.name;
        return routine_declaration(p, &s, kss_p_symbol(p), count, name);
    }
    struct kss_node *node = kss_p_node(p, KSS_N_DECL, s.begin);
    struct kss_p_list list = {0};
    kss_p_add_flags(node, s.flags & ~(unsigned)KSS_F_INLINE);
    node->a = s.type;
    if (!kss_p_is(p, KSS_T_SEMICOLON)) {
        do
            kss_p_append(&list, variable(p, &s));
        while (kss_p_accept(p, KSS_T_COMMA));
    }
    node->b = list.first;
    kss_p_need_semicolon(p);
    return kss_p_done(p, node);
}
