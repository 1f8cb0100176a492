// SPDX-License-Identifier: MIT
// What must hold of every text the formatter accepts: the result parses, has the same tokens and the
// same comments in the same order, and formatting it again changes nothing.
#ifndef KSS_TESTS_FORMAT_RIG_H
#define KSS_TESTS_FORMAT_RIG_H

#include "script/lex.h"

#include <string.h>

struct format_text {
    struct kss_arena arena;
    struct kss_sources sources;
    struct kss_diags diags;
};

static inline void format_begin(struct format_text *text, const char *bytes, size_t length) {
    *text = (struct format_text){0};
    text->sources.arena = &text->arena;
    text->diags.arena = &text->arena;
    kss_source_add(&text->sources, "t.kss", bytes, length);
}

static inline void format_end(struct format_text *text) {
    kss_diags_free(&text->diags);
    kss_sources_free(&text->sources);
    kss_arena_free(&text->arena);
}

// Formats [length] bytes at [bytes] into [out]; false: they do not parse.
static inline bool format_bytes(const char *bytes, size_t length, struct kss_text *out) {
    struct format_text text;
    format_begin(&text, bytes, length);
    bool ok = kss_format(&text.arena, &text.sources, 0, &text.diags, out);
    format_end(&text);
    return ok;
}

// Appends every token as its bytes (line ends as \n), a \x01 behind each; with [whole] # lines are
// one token and what lies between tokens follows them, blanks and backslashes left out.
static inline void format_tokens(const char *bytes, size_t length, bool whole,
                                 struct kss_text *out) {
    struct format_text text;
    struct kss_lexer lexer;
    struct kss_token token;
    uint32_t last = length >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    format_begin(&text, bytes, length);
    kss_lexer_init(&lexer, &text.arena, &text.sources, 0, &text.diags);
    lexer.whole_hash_lines = whole;
    do {
        kss_lex(&lexer, &token);
        uint32_t from = whole ? last : token.begin;
        for (uint32_t i = from; i < token.end; i++) {
            char c = bytes[i];
            bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\v' || c == '\f' || c == '\\';
            if (c != '\r' && !(whole && blank))
                kss_text_char(out, c);
        }
        kss_text_format(out, "\x01%u", (unsigned)token.kind);
        last = token.end;
    } while (token.kind != KSS_T_EOF);
    kss_lexer_free(&lexer);
    format_end(&text);
}

static inline bool format_same(const struct kss_text *a, const struct kss_text *b) {
    return a->length == b->length && (a->length == 0 || memcmp(a->bytes, b->bytes, a->length) == 0);
}

// NULL: all of it holds (or the text does not parse); else what does not. [*formatted] is set when
// the text was formatted.
static inline const char *format_problem(const char *bytes, size_t length, bool *formatted) {
    struct kss_text once = {0}, twice = {0}, before = {0}, after = {0};
    const char *problem = NULL;
    *formatted = format_bytes(bytes, length, &once);
    if (*formatted && !format_bytes(once.bytes, once.length, &twice))
        problem = "what was written does not parse";
    else if (*formatted && !format_same(&once, &twice))
        problem = "formatting again changes it";
    for (int whole = 0; *formatted && whole < 2 && problem == NULL; whole++) {
        kss_text_clear(&before);
        kss_text_clear(&after);
        format_tokens(bytes, length, whole, &before);
        format_tokens(once.bytes, once.length, whole, &after);
        if (!format_same(&before, &after))
            problem = whole ? "comments or # lines differ" : "tokens differ";
    }
    kss_text_free(&once);
    kss_text_free(&twice);
    kss_text_free(&before);
    kss_text_free(&after);
    return problem;
}

#endif
