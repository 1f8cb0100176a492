// SPDX-License-Identifier: MIT
// What the lexer's files share.
#ifndef KSS_SCRIPT_LEX_PRIVATE_H
#define KSS_SCRIPT_LEX_PRIVATE_H

#include "script/lex.h"

enum kss_byte_class {
    KSS_CLASS_BAD,
    KSS_CLASS_BLANK,
    KSS_CLASS_LINE,
    KSS_CLASS_SLASH,      // slash or backslash: a comment, an escaped line end, or an operator
    KSS_CLASS_PUNCTUATOR, // from here on a token begins for sure
    KSS_CLASS_QUOTE,
    KSS_CLASS_NAME, // what a name holds is from here on
    KSS_CLASS_DIGIT
};
extern const uint8_t kss_byte_class[256];

// The name that begins at [text]; nothing at or behind [limit] is read.
struct kss_name *kss_lex_intern(struct kss_names *names, const char *text, const char *limit);

// The number at token->begin.
void kss_lex_number(struct kss_lexer *lexer, struct kss_token *token);

// The characters [begin, end) between '...'.
void kss_lex_character(struct kss_lexer *lexer, struct kss_token *token, uint32_t begin,
                       uint32_t end);

// Reports what must not stand between quotes: NUL, invalid UTF-8, control characters.
void kss_lex_check_text(struct kss_lexer *lexer, uint32_t begin, uint32_t end);
void kss_lex_check_nul(struct kss_lexer *lexer, uint32_t begin, uint32_t end);

// The ends of a comment that begins at [begin] (block) or behind it at [at] (//). An unclosed one is
// reported.
uint32_t kss_lex_line_comment_end(const struct kss_lexer *lexer, uint32_t at);
uint32_t kss_lex_block_comment_end(struct kss_lexer *lexer, uint32_t begin);

// "`$`", "U+2122"
void kss_character_name(char *name, size_t size, uint32_t code);

#endif
