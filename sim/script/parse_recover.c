// SPDX-License-Identifier: MIT
// Mistakes: saying each once, and finding a place to go on behind it.
//
// One mistake gives one message. A parser that became bad says no more until it has recovered; an
// error at a place where the lexer objected before, or where the last error stood, is swallowed; so
// is what is missing at the end of a file when skipping ran into that end.
#include "script/parse.h"

#include <stdarg.h>

// ---- Errors -------------------------------------------------------------------------------------

// Whether a mistake at [begin] is part of one reported before.
static bool known_mistake(struct kss_parser *p, uint32_t begin) {
    bool bad_bytes = p->lexer.reported > p->first.begin && p->lexer.reported <= begin + 1;
    if (p->bad || p->lexer.stopped || bad_bytes || begin == p->error_at)
        return true;
    bool at_end = kss_p_is(p, KSS_T_EOF);
    if (at_end && (p->file_error || p->lexer.open_end))
        return true;
    p->file_error |= at_end;
    p->error_at = begin;
    return false;
}

static void become_bad(struct kss_parser *p) {
    if (p->bad)
        return;
    p->bad = true;
    p->bad_token = p->token;
    p->token.kind = KSS_T_BAD;
}

static struct kss_diag *report(struct kss_parser *p, enum kss_syntax what, uint32_t begin,
                               uint32_t end, va_list arguments) {
    return known_mistake(p, begin) ? NULL : kss_syntax_list(&p->lexer, what, begin, end, arguments);
}

struct kss_diag *kss_p_fail(struct kss_parser *p, enum kss_syntax what, uint32_t begin,
                            uint32_t end, ...) {
    va_list arguments;
    va_start(arguments, end);
    struct kss_diag *diag = report(p, what, begin, end, arguments);
    va_end(arguments);
    become_bad(p);
    return diag;
}

struct kss_diag *kss_p_complain(struct kss_parser *p, enum kss_syntax what, uint32_t begin,
                                uint32_t end, ...) {
    va_list arguments;
    va_start(arguments, end);
    struct kss_diag *diag = report(p, what, begin, end, arguments);
    va_end(arguments);
    return diag;
}

static void found_text(const struct kss_parser *p, struct kss_text *text) {
    const struct kss_token *token = &p->token;
    uint32_t length = token->end - token->begin;
    switch (token->kind) {
    case KSS_T_EOF: kss_text_str(text, "the end of the file"); return;
    case KSS_T_EOL: kss_text_str(text, "the end of the line"); return;
    case KSS_T_HASH: kss_text_str(text, "a # line"); return;
    case KSS_T_STRING: kss_text_str(text, "a string"); return;
    default: break;
    }
    if (length > 60)
        length = 57;
    kss_text_char(text, '`');
    for (uint32_t i = 0; i < length; i++) { // a spliced line may lie inside
        char c = p->lexer.bytes[token->begin + i];
        kss_text_char(text, (uint8_t)c < ' ' ? ' ' : c);
    }
    kss_text_str(text, length < token->end - token->begin ? "...`" : "`");
}

struct kss_diag *kss_p_expected(struct kss_parser *p, const char *what) {
    if (p->bad)
        return NULL;
    struct kss_text found = {0};
    found_text(p, &found);
    struct kss_diag *diag =
        kss_p_fail(p, KSS_E_expected, p->token.begin, p->token.end, what, found.bytes);
    kss_text_free(&found);
    return diag;
}

void kss_p_help(struct kss_parser *p, struct kss_diag *diag, const char *format, ...) {
    if (diag == NULL)
        return;
    struct kss_text text = {0};
    va_list arguments;
    va_start(arguments, format);
    kss_text_format_list(&text, format, arguments);
    va_end(arguments);
    kss_diag_note(p->lexer.diags, diag, "help", "%s", text.bytes);
    kss_text_free(&text);
}

void kss_p_did_you_mean(struct kss_parser *p, struct kss_diag *diag, const struct kss_name *name,
                        const char *const *words, size_t count) {
    if (diag == NULL || name == NULL)
        return;
    const char *word = kss_closest(name->text, name->length, words, count);
    if (word != NULL)
        kss_p_help(p, diag, "did you mean `%s`?", word);
}

int kss_p_shown(const struct kss_name *name) {
    return name->length < 60 ? (int)name->length : 60;
}

static void explain_first(struct kss_parser *p, struct kss_diag *diag) {
    if (diag == NULL || p->first.kind != KSS_T_NAME)
        return;
    const struct kss_name *name = p->first.name;
    if (name->binding != KSS_UNBOUND && (name->properties & (KSS_IS_ITEM | KSS_IS_STATEMENT)))
        kss_p_help(p, diag, "`%s` is declared as a name here, so it is not a scenario word",
                   name->text);
}

void kss_p_need_semicolon(struct kss_parser *p) {
    if (kss_p_accept(p, KSS_T_SEMICOLON) || p->bad)
        return;
    bool line_ends = p->token.first || kss_p_is(p, KSS_T_RIGHT_BRACE) || kss_p_is(p, KSS_T_EOF) ||
                     kss_p_is(p, KSS_T_HASH);
    const char *word = p->first.kind == KSS_T_NAME ? kss_p_misspelled(p->first.name, false) : NULL;
    struct kss_diag *diag;
    if (word != NULL) {
        diag = kss_p_fail(p, KSS_E_unknown_word, p->first.begin, p->first.end,
                          kss_p_shown(p->first.name), p->first.name->text);
        kss_p_help(p, diag, "did you mean `%s`?", word);
        return;
    }
    if (line_ends) {
        struct kss_text found = {0};
        found_text(p, &found);
        diag = kss_p_complain(p, KSS_E_expected, p->last_end, p->last_end, "`;`", found.bytes);
        kss_text_free(&found);
    } else {
        diag = kss_p_expected(p, "`;`");
    }
    explain_first(p, diag);
}

// ---- Recovery -----------------------------------------------------------------------------------

static bool at_hash(const struct kss_parser *p, enum kss_known first, enum kss_known second,
                    enum kss_known third) {
    if (!kss_p_is(p, KSS_T_HASH))
        return false;
    unsigned known = p->token.name->known;
    return known == first || known == second || known == third;
}

// Passes over one # line, or over all from #if to its #endif.
static void skip_hash_group(struct kss_parser *p) {
    uint32_t open = 0;
    do {
        open += at_hash(p, KSS_WORD_if, KSS_WORD_ifdef, KSS_WORD_ifndef);
        open -= open > 0 && at_hash(p, KSS_WORD_endif, KSS_WORD_endif, KSS_WORD_endif);
        kss_p_advance(p);
    } while (open > 0 && !kss_p_is(p, KSS_T_EOF));
    while (!kss_p_is(p, KSS_T_EOL) && !kss_p_is(p, KSS_T_EOF))
        kss_p_advance(p);
    kss_p_accept(p, KSS_T_EOL);
}

static bool starts_statement(const struct kss_parser *p) {
    if (!p->token.first || !kss_p_is(p, KSS_T_KEYWORD))
        return false;
    switch ((enum kss_known)p->token.name->known) {
    case KSS_WORD_break:
    case KSS_WORD_case:
    case KSS_WORD_continue:
    case KSS_WORD_default:
    case KSS_WORD_do:
    case KSS_WORD_for:
    case KSS_WORD_goto:
    case KSS_WORD_if:
    case KSS_WORD_return:
    case KSS_WORD_switch:
    case KSS_WORD_while:
    case KSS_WORD___try: return true;
    default: return false;
    }
}

bool kss_p_in_column_one(const struct kss_parser *p) {
    return p->token.begin == 0 || p->lexer.bytes[p->token.begin - 1] == '\n';
}

static void un_bad(struct kss_parser *p) {
    p->bad = p->gave_up = false;
    p->token = p->bad_token;
}

void kss_p_recover(struct kss_parser *p, bool file_level) {
    un_bad(p);
    bool stay = p->at_item;
    unsigned open = p->braces;
    p->at_item = false;
    p->braces = 0;
    for (bool moved = false;; moved = true) {
        if (stay)
            return;
        if (kss_p_is(p, KSS_T_EOF)) {
            p->file_error = true; // whatever is missing there may be what was skipped
            return;
        }
        if (kss_p_is(p, KSS_T_HASH)) {
            if (!p->skip_hash && open == 0)
                return;
            skip_hash_group(p);
            continue;
        }
        if (kss_p_is(p, KSS_T_LEFT_BRACE))
            open++;
        if (kss_p_is(p, KSS_T_RIGHT_BRACE) && open == 0 && !file_level)
            return;
        if (kss_p_is(p, KSS_T_RIGHT_BRACE) && open > 0 && --open == 0) {
            kss_p_advance(p);
            if (kss_p_is(p, KSS_T_RIGHT_PAREN) || kss_p_is(p, KSS_T_RIGHT_BRACKET) ||
                kss_p_is(p, KSS_T_COMMA))
                continue;
            kss_p_accept(p, KSS_T_SEMICOLON);
            return;
        }
        if (open == 0 && kss_p_accept(p, KSS_T_SEMICOLON))
            return;
        if (open == 0 && !file_level && moved && starts_statement(p))
            return;
        if (moved && kss_p_in_column_one(p) &&
            (kss_p_item_begins(p) ||
             (file_level && open == 0 && kss_p_is_scenario(p, KSS_IS_ITEM))))
            return;
        kss_p_advance(p);
    }
}

void kss_p_recover_paren(struct kss_parser *p) {
    un_bad(p);
    uint32_t open = 0;
    for (;;) {
        switch (p->token.kind) {
        case KSS_T_LEFT_PAREN: open++; break;
        case KSS_T_RIGHT_PAREN:
            if (open-- == 0) {
                kss_p_advance(p);
                return;
            }
            break;
        case KSS_T_HASH:
            if (!p->skip_hash)
                return;
            skip_hash_group(p);
            continue;
        case KSS_T_EOF: p->file_error = true; return;
        case KSS_T_LEFT_BRACE:
        case KSS_T_RIGHT_BRACE:
        case KSS_T_EOL: return;
        default:
            if (starts_statement(p))
                return;
        }
        kss_p_advance(p);
    }
}

void kss_p_recover_line(struct kss_parser *p) {
    if (p->bad)
        un_bad(p);
    while (!kss_p_is(p, KSS_T_EOL) && !kss_p_is(p, KSS_T_EOF))
        kss_p_advance(p);
    kss_p_accept(p, KSS_T_EOL);
}
