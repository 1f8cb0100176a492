// SPDX-License-Identifier: MIT
// # lines. #if opens a frame whose list takes items or statements, as those around it do; #else and
// #elif turn to another list, #endif ends it. A branch must hold whole statements: an #else inside a
// block that opened behind the #if is an error, and of its branches the first is read.
//
// Arms that cannot be taken, whatever the machine, are not read at all (lex_skip.c): #if 0, #ifdef of
// a name that neither this file nor a compiler defines, what is joined from these with ! && ||, and
// what follows an arm that is taken for sure. Every other arm must be the language, taken or not.
#include "script/check.h" // kss_is_builtin
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

// ---- Arms that cannot be taken ------------------------------------------------------------------

enum truth { FALSE_, TRUE_, UNCLEAR };

// What a compiler for some machine defines: the machine decides, and it is the checker's.
static bool is_predefined(const char *name) {
    static const char *const names[] = {"_X86_",  "_M_IX86", "_AMD64_",  "_M_AMD64",
                                        "_M_X64", "_ARM_",   "_M_ARM",   "_ARM64_",
                                        "_WIN64", "_WIN32",  "_M_ARM64", "DBG"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

void kss_p_check_undefined(struct kss_parser *p, const struct kss_name *name, uint32_t begin) {
    if ((name->defines & KSS_DEFINE_ENDED) && name->binding == KSS_UNBOUND)
        kss_p_complain(p, KSS_E_undefined, begin, begin + name->length, kss_p_shown(name),
                       name->text);
}

static enum truth is_defined(struct kss_parser *p, struct kss_node *call) {
    if (call->b == NULL || call->b->kind != KSS_N_NAME || call->b->name == NULL)
        return UNCLEAR;
    const char *text = call->b->name;
    const struct kss_name *name = kss_intern(&p->lexer.names, text, (uint32_t)strlen(text));
    kss_lex_find_defines(&p->lexer);
    if ((name->defines & (KSS_DEFINE_ENDED | KSS_DEFINE_MAYBE)) == KSS_DEFINE_ENDED) {
        call->kind = KSS_N_NUMBER; // the checker knows no #undef
        call->name = NULL;
        call->number = 0;
        return FALSE_;
    }
    kss_p_check_undefined(p, name, call->b->begin);
    bool somewhere = p->lexer.defines_unclear || (name->defines & KSS_DEFINE_SOMEWHERE);
    return somewhere || is_predefined(text) ? UNCLEAR : FALSE_;
}

static enum truth truth_of(struct kss_parser *p, struct kss_node *node, unsigned depth) {
    if (node == NULL || depth > KSS_EXPRESSION_DEPTH)
        return UNCLEAR;
    if (node->kind == KSS_N_NUMBER)
        return node->number != 0 ? TRUE_ : FALSE_;
    if (node->kind == KSS_N_CALL && node->a->kind == KSS_N_NAME && node->a->name != NULL &&
        strcmp(node->a->name, "defined") == 0)
        return is_defined(p, node);
    if (node->kind == KSS_N_UNARY && node->op == KSS_OP_NOT) {
        enum truth a = truth_of(p, node->a, depth + 1);
        return a == UNCLEAR ? UNCLEAR : a == TRUE_ ? FALSE_ : TRUE_;
    }
    if (node->kind != KSS_N_BINARY || (node->op != KSS_OP_LOG_AND && node->op != KSS_OP_LOG_OR))
        return UNCLEAR;
    enum truth a = truth_of(p, node->a, depth + 1), b = truth_of(p, node->b, depth + 1);
    enum truth decides = node->op == KSS_OP_LOG_AND ? FALSE_ : TRUE_;
    return a == decides || b == decides ? decides : a == UNCLEAR ? UNCLEAR : b;
}

// The end of an #if, #elif or #else line; with [skip] the arm behind it is passed over.
static void end_arm_line(struct kss_parser *p, bool skip) {
    struct kss_skip passed;
    if (skip && !p->bad && kss_p_is(p, KSS_T_EOL) && !p->has_ahead &&
        kss_lex_skip_arm(&p->lexer, &passed)) {
        KSS_ROOM(p->skips, p->skip_count, p->skip_capacity);
        p->skips[p->skip_count++] = passed;
    }
    end_of_line(p);
}

// ---- #if ----------------------------------------------------------------------------------------

static struct kss_node *condition(struct kss_parser *p, unsigned directive) {
    if (directive == KSS_WORD_ifdef || directive == KSS_WORD_ifndef)
        return defined(p, directive == KSS_WORD_ifndef);
    p->in_condition = true;
    struct kss_node *node = kss_p_constant(p);
    p->in_condition = false;
    return node;
}

// [*taken]: an arm before this one is taken for sure, or then this one.
static struct kss_node *if_line(struct kss_parser *p, uint32_t begin, unsigned directive,
                                bool *taken) {
    struct kss_node *node = kss_p_node(p, KSS_N_IF_LINE, begin);
    node->a = condition(p, directive);
    enum truth truth = p->bad ? UNCLEAR : truth_of(p, node->a, 0);
    end_arm_line(p, *taken || truth == FALSE_);
    *taken |= truth == TRUE_;
    node->end = p->last_end;
    return node;
}

static void begin_if(struct kss_parser *p, uint32_t begin, unsigned directive) {
    uint32_t error_at = p->error_at;
    bool taken = false;
    struct kss_node *node = if_line(p, begin, directive, &taken);
    struct kss_p_frame *frame = kss_p_push(p, KSS_IN_HASH_IF, node);
    frame->taken = taken;
    frame->tail = &node->b;
    frame->split = p->error_at != error_at; // one error per #if is enough
}

static void else_line(struct kss_parser *p, uint32_t begin, unsigned directive) {
    struct kss_p_frame *frame = &p->frames[p->frame_count - 1];
    if (frame->has_else)
        kss_p_complain(p, KSS_E_stray_hash, begin, p->last_end, 4,
                       kss_known_text((enum kss_known)directive));
    if (directive == KSS_WORD_else) {
        end_arm_line(p, frame->taken && !frame->has_else);
        if (!frame->has_else)
            frame->tail = &frame->node->c;
        frame->has_else = true;
        return;
    }
    struct kss_node *node = if_line(p, begin, KSS_WORD_if, &frame->taken);
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

// The body of a #define that is empty or only what declarations are sprinkled with: [name] is then
// such a word itself.
static bool decoration(struct kss_parser *p, struct kss_name *name) {
    struct kss_p_mark mark = kss_p_mark(p);
    unsigned flags = 0;
    for (;;) {
        unsigned flag = kss_p_is_word(p, KSS_WORD_static)     ? KSS_F_STATIC
                        : kss_p_is_word(p, KSS_WORD_extern)   ? KSS_F_EXTERN
                        : kss_p_is_word(p, KSS_WORD_const)    ? KSS_F_CONST
                        : kss_p_is_word(p, KSS_WORD_volatile) ? KSS_F_VOLATILE
                        : kss_p_is_word(p, KSS_WORD_inline) ||
                                kss_p_is_word(p, KSS_WORD___inline) ||
                                kss_p_is_word(p, KSS_WORD___forceinline)
                            ? KSS_F_INLINE
                            : 0;
        flags |= flag;
        if (flag != 0)
            kss_p_advance(p);
        else if (kss_p_at_noise(p))
            flags |= p->token.name->stands_for, kss_p_skip_noise(p);
        else
            break;
    }
    if (!kss_p_is(p, KSS_T_EOL)) {
        kss_p_return_to(p, &mark);
        return false;
    }
    name->properties |= KSS_IS_NOISE;
    name->stands_for = (uint16_t)flags;
    return true;
}

// The name is a macro no more. Nothing is left of it in the tree.
static void undef(struct kss_parser *p) {
    struct kss_name *name = p->token.name;
    if (!kss_p_need(p, KSS_T_NAME, "a name"))
        return;
    bool read = name->defines & KSS_DEFINE_READ;
    if (!read && !is_predefined(name->text))
        return;
    if (read && name->binding != KSS_UNBOUND)
        name->binding = KSS_UNBOUND;
    name->defines |= KSS_DEFINE_ENDED;
    if (innermost_if(p) != NULL)
        name->defines |= KSS_DEFINE_MAYBE;
}

static struct kss_node *define(struct kss_parser *p, uint32_t begin) {
    struct kss_node *node = kss_p_node(p, KSS_N_DEFINE, begin);
    struct kss_name *name = p->token.name;
    uint32_t place = p->token.begin;
    if (!kss_p_need(p, KSS_T_NAME, "a name"))
        return NULL;
    node->name = name->text;
    bool with_parameters = kss_p_is(p, KSS_T_LEFT_PAREN) && p->token.begin == p->last_end;
    if (with_parameters && kss_is_builtin(name->text)) { // pasted from a header: known anyway
        while (!kss_p_is(p, KSS_T_EOL) && !kss_p_is(p, KSS_T_EOF))
            kss_p_advance(p);
        return NULL;
    }
    if (with_parameters) {
        struct kss_diag *diag = kss_p_fail(p, KSS_E_macro_parameters, place, p->token.end);
        kss_p_help(p, diag, "write a routine");
        return NULL;
    }
    name->defines = (uint8_t)((name->defines & ~(KSS_DEFINE_ENDED | KSS_DEFINE_MAYBE)) |
                              KSS_DEFINE_READ | KSS_DEFINE_SOMEWHERE);
    if (name->binding == KSS_UNBOUND && !(name->properties & (KSS_IS_ITEM | KSS_IS_STATEMENT)) &&
        decoration(p, name)) {
        node->end = p->last_end;
        return p->bad ? NULL : node;
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
    struct kss_node *node = NULL;
    if (directive == KSS_WORD_undef)
        undef(p);
    else
        node = directive == KSS_WORD_define ? define(p, begin) : pragma(p, begin);
    end_of_line(p);
    return node;
}
