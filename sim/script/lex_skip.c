// SPDX-License-Identifier: MIT
// Arms of #if that cannot be taken. As in C their text need not be the language's at all: only
// comments, quotes and # lines are looked at, to find the line that ends the arm.
//
// Which arms these are the parser decides (parse_hash.c); a name counts as undefined when no #define
// of the file names it, so all #define lines are looked up first, once, when somebody asks.
#include "script/lex_private.h"

#include <string.h>

static char byte_at(const struct kss_lexer *lexer, uint32_t at) {
    return at < lexer->length ? lexer->bytes[at] : '\0';
}

static bool is_blank(const struct kss_lexer *lexer, uint32_t at) {
    return at < lexer->length && kss_byte_class[(uint8_t)lexer->bytes[at]] == KSS_CLASS_BLANK;
}

static uint32_t skip_blanks(const struct kss_lexer *lexer, uint32_t at) {
    while (is_blank(lexer, at))
        at++;
    return at;
}

// The word at [at]; NULL: there is none.
static struct kss_name *word_at(struct kss_lexer *lexer, uint32_t at) {
    if (at >= lexer->length || kss_byte_class[(uint8_t)lexer->bytes[at]] != KSS_CLASS_NAME)
        return NULL;
    return kss_lex_intern(&lexer->names, lexer->bytes + at, lexer->bytes + lexer->length);
}

// The length of a line end escaped by a backslash at [at].
static uint32_t spliced(const struct kss_lexer *lexer, uint32_t at) {
    if (byte_at(lexer, at) != '\\')
        return 0;
    if (byte_at(lexer, at + 1) == '\n')
        return 2;
    return byte_at(lexer, at + 1) == '\r' && byte_at(lexer, at + 2) == '\n' ? 3 : 0;
}

// Behind the quoted text at [at]; a quote without a partner on its line is just a byte.
static uint32_t quoted_end(const struct kss_lexer *lexer, uint32_t at) {
    char mark = lexer->bytes[at];
    for (uint32_t i = at + 1; i < lexer->length && lexer->bytes[i] != '\n'; i++) {
        if (lexer->bytes[i] == mark)
            return i + 1;
        if (lexer->bytes[i] == '\\')
            i += spliced(lexer, i) ? spliced(lexer, i) - 1 : 1;
    }
    return at + 1;
}

// Behind what begins at [at]: a comment, a quotation, an escaped line end or one byte.
static uint32_t piece_end(struct kss_lexer *lexer, uint32_t at) {
    char c = lexer->bytes[at], next = byte_at(lexer, at + 1);
    if (c == '/' && next == '/')
        return kss_lex_line_comment_end(lexer, at + 2);
    if (c == '/' && next == '*')
        return kss_lex_block_comment_end(lexer, at);
    if (c == '"' || c == '\'')
        return quoted_end(lexer, at);
    return at + (spliced(lexer, at) ? spliced(lexer, at) : 1);
}

// Counts the # line at [at] in *open. True: it ends the arm.
static bool ends_arm(struct kss_lexer *lexer, uint32_t at, uint32_t *open) {
    const struct kss_name *name = word_at(lexer, skip_blanks(lexer, at + 1));
    switch (name != NULL ? (enum kss_known)name->known : KSS_WORD_NONE) {
    case KSS_WORD_if:
    case KSS_WORD_ifdef:
    case KSS_WORD_ifndef: ++*open; return false;
    case KSS_WORD_elif:
    case KSS_WORD_else: return *open == 0;
    case KSS_WORD_endif: return (*open)-- == 0;
    default: return false;
    }
}

bool kss_lex_skip_arm(struct kss_lexer *lexer, struct kss_skip *skip) {
    uint32_t begin = lexer->cursor.at, at = begin, open = 0;
    bool first = false, text = false;
    *skip = (struct kss_skip){begin, begin};
    while (at < lexer->length) {
        char c = lexer->bytes[at];
        if (c == '#' && first && ends_arm(lexer, at, &open))
            break;
        uint32_t end = piece_end(lexer, at);
        if (c == '\n') {
            first = true;
            if (text)
                skip->end = lexer->bytes[at - 1] == '\r' ? at - 1 : at;
            text = false;
        } else if (!is_blank(lexer, at) && c != '\r') {
            bool comment = c == '/' && end > at + 1;
            first = first && comment;
            text = true;
        }
        at = end;
    }
    kss_lex_check_nul(lexer, begin, at);
    lexer->cursor = (struct kss_cursor){.at = at, .first = true};
    return skip->end > begin;
}

// Whether the # at [at] stands in a // comment that begins its line.
static bool commented_out(const struct kss_lexer *lexer, uint32_t at) {
    uint32_t begin = at;
    while (begin > 0 && lexer->bytes[begin - 1] != '\n')
        begin--;
    begin = skip_blanks(lexer, begin);
    if (byte_at(lexer, begin) != '/' || byte_at(lexer, begin + 1) != '/')
        return false;
    for (uint32_t i = begin; i + 1 < at; i++) // which a block comment may hold and end
        if (lexer->bytes[i] == '*' && lexer->bytes[i + 1] == '/')
            return false;
    return true;
}

void kss_lex_find_defines(struct kss_lexer *lexer) {
    uint32_t at = 0;
    if (lexer->defines_found)
        return;
    lexer->defines_found = true;
    while (at < lexer->length) {
        const char *sign = memchr(lexer->bytes + at, '#', lexer->length - at);
        if (sign == NULL)
            return;
        uint32_t hash = (uint32_t)(sign - lexer->bytes);
        at = skip_blanks(lexer, hash + 1);
        const struct kss_name *directive = word_at(lexer, at);
        if (directive == NULL || directive->known != KSS_WORD_define || commented_out(lexer, hash))
            continue;
        at = skip_blanks(lexer, at + directive->length);
        struct kss_name *name = word_at(lexer, at);
        if (name != NULL)
            name->defines |= KSS_DEFINE_SOMEWHERE;
        else
            lexer->defines_unclear = true; // a comment or an escaped line end comes first
    }
}
