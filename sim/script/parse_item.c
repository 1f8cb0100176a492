// SPDX-License-Identifier: MIT
// Items: what stands at file level.
//
// A scenario word begins an item while no name in scope has that spelling; everything else is a
// declaration or a routine of C.
#include "script/parse.h"

#include <string.h>

// ---- Words that belong together -----------------------------------------------------------------

struct kss_name *kss_p_hyphenated(struct kss_parser *p, const char *what) {
    uint32_t begin = p->token.begin;
    struct kss_name *name = kss_p_need_name(p, what);
    while (name != NULL && kss_p_is(p, KSS_T_MINUS) && p->token.begin == p->last_end) {
        const struct kss_token *next = kss_p_peek(p);
        if ((next->kind != KSS_T_NAME && next->kind != KSS_T_KEYWORD) ||
            next->begin != p->token.end)
            break;
        kss_p_advance(p);
        kss_p_advance(p);
        name = kss_intern(&p->lexer.names, p->lexer.bytes + begin, p->last_end - begin);
    }
    return name;
}

// ---- Settings -----------------------------------------------------------------------------------

// balance-set is one name, unless the first of its words means something.
static struct kss_node *setting_value(struct kss_parser *p) {
    const struct kss_token *next = kss_p_is(p, KSS_T_NAME) ? kss_p_peek(p) : NULL;
    bool word = next != NULL && next->kind == KSS_T_MINUS && next->begin == p->token.end &&
                p->token.name->binding == KSS_UNBOUND;
    if (!word)
        return kss_p_constant(p);
    struct kss_node *node = kss_p_node(p, KSS_N_NAME, p->token.begin);
    node->name = kss_p_text(kss_p_hyphenated(p, "a value"));
    return kss_p_done(p, node);
}

static struct kss_node *setting(struct kss_parser *p, bool needs_value) {
    struct kss_node *node = kss_p_node(p, KSS_N_SETTING, p->token.begin);
    node->name = kss_p_text(kss_p_need_name(p, "the name of a setting"));
    if (kss_p_accept(p, KSS_T_ASSIGN))
        node->a = setting_value(p);
    else if (needs_value)
        kss_p_expected(p, "`=`");
    return kss_p_done(p, node);
}

static struct kss_node *machine(struct kss_parser *p) {
    struct kss_node *node = kss_p_node(p, KSS_N_MACHINE, p->token.begin);
    kss_p_advance(p);
    if (!kss_p_is(p, KSS_T_LEFT_BRACE))
        node->name = kss_p_text(kss_p_hyphenated(p, "the name of a machine"));
    if (!kss_p_accept(p, KSS_T_LEFT_BRACE)) {
        kss_p_need_semicolon(p);
        return kss_p_done(p, node);
    }
    struct kss_p_list list = {0};
    p->braces++;
    while (!kss_p_is(p, KSS_T_RIGHT_BRACE) && !p->bad) {
        p->first = p->token;
        kss_p_append(&list, setting(p, true));
        kss_p_need_semicolon(p);
    }
    if (kss_p_need(p, KSS_T_RIGHT_BRACE, "`}`"))
        p->braces--;
    kss_p_accept(p, KSS_T_SEMICOLON);
    node->a = list.first;
    return kss_p_done(p, node);
}

// ---- The small ones -----------------------------------------------------------------------------

static struct kss_node *module(struct kss_parser *p) {
    struct kss_node *node = kss_p_node(p, KSS_N_MODULE, p->token.begin);
    kss_p_advance(p);
    node->name = kss_p_text(kss_p_need_name(p, "the name of a module"));
    kss_p_need_semicolon(p);
    return kss_p_done(p, node);
}

static struct kss_node *frame_of(struct kss_parser *p) {
    struct kss_node *node = kss_p_node(p, KSS_N_FRAME_OF, p->token.begin);
    kss_p_advance(p);
    node->a = kss_p_symbol(p);
    kss_p_need(p, KSS_T_ASSIGN, "`=`");
    node->b = kss_p_constant(p);
    kss_p_need_semicolon(p);
    return kss_p_done(p, node);
}

static struct kss_node *driver(struct kss_parser *p) {
    struct kss_node *node = kss_p_node(p, KSS_N_DRIVER, p->token.begin);
    struct kss_p_list list = {0};
    kss_p_advance(p);
    node->name = kss_p_text(kss_p_need_name(p, "the name of a driver"));
    if (kss_p_need(p, KSS_T_LEFT_BRACE, "`{`"))
        p->braces++;
    while (!kss_p_is(p, KSS_T_RIGHT_BRACE) && !p->bad) {
        struct kss_node *entry = kss_p_node(p, KSS_N_SETTING, p->token.begin);
        p->first = p->token;
        entry->name = kss_p_text(kss_p_need_name(p, "`}` or a name such as `IRP_MJ_READ`"));
        kss_p_need(p, KSS_T_COLON, "`:`");
        if (kss_p_is(p, KSS_T_SYMBOL)) {
            entry->a = kss_p_symbol(p);
        } else {
            entry->a = kss_p_node(p, KSS_N_NAME, p->token.begin);
            entry->a->name = kss_p_text(kss_p_need_name(p, "the name of a routine"));
            entry->a = kss_p_done(p, entry->a);
        }
        kss_p_append(&list, kss_p_done(p, entry));
        kss_p_need_semicolon(p);
    }
    if (kss_p_need(p, KSS_T_RIGHT_BRACE, "`}`"))
        p->braces--;
    node->a = list.first;
    return kss_p_done(p, node);
}

static struct kss_node *device(struct kss_parser *p) {
    struct kss_node *node = kss_p_node(p, KSS_N_DEVICE, p->token.begin);
    struct kss_p_list list = {0};
    kss_p_advance(p);
    node->name = kss_p_text(kss_p_need_name(p, "the name of a device"));
    kss_p_need(p, KSS_T_ASSIGN, "`=`");
    do {
        struct kss_node *name = kss_p_node(p, KSS_N_NAME, p->token.begin);
        name->name = kss_p_text(kss_p_need_name(p, "the name of a driver"));
        kss_p_append(&list, kss_p_done(p, name));
    } while (kss_p_accept(p, KSS_T_SLASH));
    kss_p_need_semicolon(p);
    node->a = list.first;
    return kss_p_done(p, node);
}

static struct kss_node *at(struct kss_parser *p) {
    struct kss_node *node = kss_p_node(p, KSS_N_AT, p->token.begin);
    kss_p_advance(p);
    node->a = kss_p_when(p);
    node->b = kss_p_event(p);
    kss_p_need_semicolon(p);
    return kss_p_done(p, node);
}

static struct kss_node *expect(struct kss_parser *p) {
    struct kss_node *node = kss_p_expect(p);
    kss_p_need_semicolon(p);
    return kss_p_done(p, node);
}

// ---- Threads and routines -----------------------------------------------------------------------

static struct kss_node *thread(struct kss_parser *p) {
    struct kss_node *node = kss_p_node(p, KSS_N_THREAD, p->token.begin);
    struct kss_p_list list = {0};
    kss_p_advance(p);
    p->routine = kss_p_need_name(p, "the name of a thread");
    node->name = kss_p_text(p->routine);
    if (kss_p_accept(p, KSS_T_LEFT_PAREN)) {
        do
            kss_p_append(&list, setting(p, false));
        while (kss_p_accept(p, KSS_T_COMMA));
        kss_p_need(p, KSS_T_RIGHT_PAREN, "`,` or `)`");
        if (p->bad)
            kss_p_recover_paren(p);
    }
    node->a = list.first;
    if (!kss_p_is(p, KSS_T_LEFT_BRACE)) {
        kss_p_expected(p, "`{`");
        return NULL;
    }
    kss_p_push(p, KSS_IN_THREAD, node);
    kss_p_push_block(p);
    return NULL;
}

// `routine NTSTATUS F(`: the words in front of the name are in the way.
static bool has_result_type(struct kss_parser *p) {
    if (kss_p_is(p, KSS_T_KEYWORD))
        return p->token.name->properties & KSS_IS_TYPE;
    unsigned next = kss_p_is(p, KSS_T_NAME) ? kss_p_peek(p)->kind : KSS_T_EOF;
    return next == KSS_T_NAME || next == KSS_T_SYMBOL || next == KSS_T_STAR;
}

static struct kss_node *routine(struct kss_parser *p) {
    struct kss_node *node = kss_p_node(p, KSS_N_ROUTINE, p->token.begin);
    struct kss_p_list attributes = {0};
    kss_p_advance(p);
    if (has_result_type(p)) {
        struct kss_diag *diag = kss_p_complain(p, KSS_E_routine_type, p->token.begin, p->token.end);
        kss_p_help(p, diag, "leave out `routine`, or the type");
        while (!kss_p_is(p, KSS_T_EOF) && kss_p_peek(p)->kind != KSS_T_LEFT_PAREN &&
               !kss_p_is(p, KSS_T_SEMICOLON) && !kss_p_is(p, KSS_T_LEFT_BRACE))
            kss_p_advance(p);
    }
    struct kss_name *name = kss_p_is(p, KSS_T_STRING) ? NULL : p->token.name;
    node->b = kss_p_symbol(p);
    if (p->bad)
        return NULL;
    if (name != NULL)
        kss_p_declare(p, name, KSS_BOUND, node->b->begin);
    p->routine = name;
    return kss_p_routine(p, node, &attributes);
}

// ---- Which item ---------------------------------------------------------------------------------

// Words that begin an item and, with what follows, cannot be a statement or a declaration.
bool kss_p_item_begins(struct kss_parser *p) {
    if (!kss_p_is_scenario(p, KSS_IS_ITEM))
        return false;
    unsigned known = p->token.name->known;
    if (known != KSS_WORD_routine && known != KSS_WORD_thread && known != KSS_WORD_driver &&
        known != KSS_WORD_machine && known != KSS_WORD_expect)
        return false;
    struct kss_p_mark mark = kss_p_mark(p);
    kss_p_advance(p);
    bool named = kss_p_is(p, KSS_T_NAME) || kss_p_is(p, KSS_T_SYMBOL);
    unsigned second = kss_p_is(p, KSS_T_NAME) ? p->token.name->known : KSS_WORD_NONE;
    kss_p_advance(p);
    bool brace = kss_p_is(p, KSS_T_LEFT_BRACE), paren = kss_p_is(p, KSS_T_LEFT_PAREN);
    kss_p_return_to(p, &mark);
    if (known == KSS_WORD_expect)
        return second == KSS_WORD_thread ||
               (second >= KSS_WORD_always && second <= KSS_WORD_status);
    if (known == KSS_WORD_routine)
        return named && paren;
    return named && (brace || (paren && known == KSS_WORD_thread));
}

static const char *const item_words[] = {
    "machine", "module", "frame", "routine", "thread", "driver", "device", "at",   "expect",
    "struct",  "union",  "enum",  "typedef", "static", "extern", "const",  "void", "unsigned",
};
static const char *const statement_words[] = {
    "repeat", "call",   "after",   "read",     "write",    "try",    "if",       "else",
    "while",  "for",    "do",      "switch",   "case",     "return", "goto",     "break",
    "static", "struct", "default", "continue", "unsigned", "const",  "volatile",
};

// The word [name] was most likely meant to be. Names nobody declared that look like macros or types
// (no small letter) are left alone.
const char *kss_p_misspelled(struct kss_name *name, bool file_level) {
    uint8_t bit = file_level ? 2 : 1;
    if (name->binding != KSS_UNBOUND || name->known != KSS_WORD_NONE || (name->well_spelled & bit))
        return NULL;
    bool small = false;
    for (uint32_t i = 0; i < name->length && !small; i++)
        small = name->text[i] >= 'a' && name->text[i] <= 'z';
    const char *word = NULL;
    if (small && file_level)
        word = kss_closest(name->text, name->length, item_words,
                           sizeof item_words / sizeof *item_words);
    else if (small)
        word = kss_closest(name->text, name->length, statement_words,
                           sizeof statement_words / sizeof *statement_words);
    if (word == NULL)
        name->well_spelled |= bit;
    return word;
}

static void unknown_item(struct kss_parser *p) {
    struct kss_name *name = p->token.name;
    const char *word = kss_p_misspelled(name, true);
    unsigned next = kss_p_peek(p)->kind;
    if (word != NULL) {
        struct kss_diag *diag = kss_p_fail(p, KSS_E_unknown_word, p->token.begin, p->token.end,
                                           kss_p_shown(name), name->text);
        kss_p_help(p, diag, "did you mean `%s`?", word);
    } else if (next == KSS_T_LEFT_PAREN || next == KSS_T_ASSIGN || next == KSS_T_COLON ||
               next == KSS_T_DOT || next == KSS_T_ARROW || next == KSS_T_LEFT_BRACKET) {
        kss_p_fail(p, KSS_E_statement_at_file_level, p->token.begin, p->token.end);
    } else {
        kss_p_expected(p, "an item");
    }
}

static void word_taken(struct kss_parser *p) {
    const struct kss_name *name = p->token.name;
    struct kss_diag *diag = kss_p_fail(p, KSS_E_word_taken, p->token.begin, p->token.end,
                                       kss_p_shown(name), name->text);
    struct kss_span span = {p->lexer.file, name->declared, name->declared + name->length};
    if (diag != NULL)
        kss_diag_cause(p->lexer.diags, diag, span, "declared here");
}

static struct kss_node *name_item(struct kss_parser *p) {
    struct kss_name *name = p->token.name;
    if (kss_p_at_type(p))
        return kss_p_declaration(p, true);
    if (name->binding == KSS_BOUND && (name->properties & KSS_IS_ITEM)) {
        word_taken(p);
        return NULL;
    }
    unsigned next = kss_p_peek(p)->kind;
    bool declares =
        next == KSS_T_NAME || next == KSS_T_SYMBOL || next == KSS_T_STAR ||
        (next == KSS_T_KEYWORD && (p->ahead.name->properties & (KSS_IS_TYPE | KSS_IS_NOISE)));
    if (!declares || name->binding == KSS_BOUND || kss_p_misspelled(name, true) != NULL) {
        unknown_item(p);
        return NULL;
    }
    return kss_p_declaration(p, true);
}

static struct kss_node *scenario_item(struct kss_parser *p) {
    switch ((enum kss_known)p->token.name->known) {
    case KSS_WORD_machine: return machine(p);
    case KSS_WORD_module: return module(p);
    case KSS_WORD_frame: return frame_of(p);
    case KSS_WORD_routine: return routine(p);
    case KSS_WORD_thread: return thread(p);
    case KSS_WORD_driver: return driver(p);
    case KSS_WORD_device: return device(p);
    case KSS_WORD_at: return at(p);
    default: return expect(p);
    }
}

// extern "C" {
static bool begin_extern_c(struct kss_parser *p) {
    if (!kss_p_is_word(p, KSS_WORD_extern) || kss_p_peek(p)->kind != KSS_T_STRING)
        return false;
    struct kss_p_mark mark = kss_p_mark(p);
    kss_p_advance(p);
    kss_p_advance(p);
    uint32_t begin = p->token.begin;
    if (p->in_extern_c || !kss_p_accept(p, KSS_T_LEFT_BRACE)) {
        kss_p_return_to(p, &mark);
        return false;
    }
    p->in_extern_c = true;
    p->extern_c = begin;
    return true;
}

static struct kss_node *keyword_item(struct kss_parser *p) {
    if (begin_extern_c(p))
        return NULL;
    if (p->token.name->properties & (KSS_IS_TYPE | KSS_IS_NOISE))
        return kss_p_declaration(p, true);
    if (kss_p_is_word(p, KSS_WORD___asm) || kss_p_is_word(p, KSS_WORD__asm))
        kss_p_fail(p, KSS_E_assembly, p->token.begin, p->token.end);
    else
        kss_p_fail(p, KSS_E_statement_at_file_level, p->token.begin, p->token.end);
    return NULL;
}

struct kss_node *kss_p_item(struct kss_parser *p) {
    if (kss_p_is_scenario(p, KSS_IS_ITEM))
        return scenario_item(p);
    switch ((enum kss_token_kind)p->token.kind) {
    case KSS_T_KEYWORD: return keyword_item(p);
    case KSS_T_NAME:
        if (p->token.name->known == KSS_WORD_EXTERN_C_START ||
            p->token.name->known == KSS_WORD_EXTERN_C_END) {
            kss_p_advance(p);
            return NULL;
        }
        return name_item(p);
    case KSS_T_SEMICOLON: kss_p_advance(p); return NULL;
    case KSS_T_SYMBOL: {
        struct kss_diag *diag = kss_p_expected(p, "an item");
        kss_p_help(p, diag, "a routine is written `routine %s!%s(...)`", p->bad_token.module->text,
                   p->bad_token.name->text);
        return NULL;
    }
    default: kss_p_expected(p, "an item"); return NULL;
    }
}
