// SPDX-License-Identifier: MIT
// Tokens. Numbers and characters are in lex_value.c, names in lex_names.c.
#include "script/lex_private.h"

#include <stdlib.h>
#include <string.h>

// Kept out of the common way through kss_lex.
#define RARE __attribute__((noinline))

#define NO KSS_CLASS_BAD
#define SP KSS_CLASS_BLANK
#define NL KSS_CLASS_LINE
#define ID KSS_CLASS_NAME
#define DG KSS_CLASS_DIGIT
#define SL KSS_CLASS_SLASH
#define PU KSS_CLASS_PUNCTUATOR
#define QU KSS_CLASS_QUOTE

// What a byte can begin.
const uint8_t kss_byte_class[256] = {
    NO, NO, NO, NO, NO, NO, NO, NO, NO, SP, NL, SP, SP, SP, NO, NO, // 00: \t \n \v \f \r
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, // 10
    SP, PU, QU, PU, NO, PU, PU, QU, PU, PU, PU, PU, PU, PU, PU, SL, // 20:   ! " # $ % & ' ( ...
    DG, DG, DG, DG, DG, DG, DG, DG, DG, DG, PU, PU, PU, PU, PU, PU, // 30: 0 ... 9 : ; < = > ?
    NO, ID, ID, ID, ID, ID, ID, ID, ID, ID, ID, ID, ID, ID, ID, ID, // 40: @ A ...
    ID, ID, ID, ID, ID, ID, ID, ID, ID, ID, ID, PU, SL, PU, PU, ID, // 50: ... [ \ ] ^ _
    NO, ID, ID, ID, ID, ID, ID, ID, ID, ID, ID, ID, ID, ID, ID, ID, // 60
    ID, ID, ID, ID, ID, ID, ID, ID, ID, ID, ID, PU, PU, PU, PU, NO, // 70: ... { | } ~
};

static unsigned class_at(const struct kss_lexer *lexer, uint32_t at) {
    return at < lexer->length ? kss_byte_class[(uint8_t)lexer->bytes[at]] : NO;
}

// The byte at [at], 0 beyond the end.
static char byte_at(const struct kss_lexer *lexer, uint32_t at) {
    return at < lexer->length ? lexer->bytes[at] : '\0';
}

// The length of a line end escaped by a backslash at [at], 0: there is none.
static uint32_t spliced(const struct kss_lexer *lexer, uint32_t at) {
    if (byte_at(lexer, at) != '\\')
        return 0;
    if (byte_at(lexer, at + 1) == '\n')
        return 2;
    return byte_at(lexer, at + 1) == '\r' && byte_at(lexer, at + 2) == '\n' ? 3 : 0;
}

// ---- Blanks and comments ------------------------------------------------------------------------

void kss_lex_check_nul(struct kss_lexer *lexer, uint32_t begin, uint32_t end) {
    if (!lexer->has_nul)
        return;
    const char *nul = memchr(lexer->bytes + begin, '\0', end - begin);
    if (nul != NULL)
        kss_lex_report(lexer, KSS_E_nul, (uint32_t)(nul - lexer->bytes),
                       (uint32_t)(nul - lexer->bytes) + 1);
}

// A // comment goes on behind a backslash at its line's end, as in C.
uint32_t kss_lex_line_comment_end(const struct kss_lexer *lexer, uint32_t at) {
    for (;;) {
        const char *end = memchr(lexer->bytes + at, '\n', lexer->length - at);
        if (end == NULL)
            return lexer->length;
        uint32_t line_end = (uint32_t)(end - lexer->bytes);
        uint32_t last = line_end > at && end[-1] == '\r' ? line_end - 1 : line_end;
        if (last <= at || lexer->bytes[last - 1] != '\\')
            return line_end;
        at = line_end + 1;
    }
}

uint32_t kss_lex_block_comment_end(struct kss_lexer *lexer, uint32_t begin) {
    uint32_t at = begin + 2;
    while (at < lexer->length) {
        const char *star = memchr(lexer->bytes + at, '*', lexer->length - at);
        if (star == NULL)
            break;
        at = (uint32_t)(star - lexer->bytes) + 1;
        if (byte_at(lexer, at) == '/')
            return at + 1;
    }
    lexer->open_end = true;
    kss_lex_report(lexer, KSS_E_open_comment, begin, begin + 2);
    return lexer->length;
}

// Skips a comment at the cursor; false: there is none.
static bool skip_comment(struct kss_lexer *lexer) {
    uint32_t begin = lexer->cursor.at;
    char next = byte_at(lexer, begin + 1);
    if (next == '/')
        lexer->cursor.at = kss_lex_line_comment_end(lexer, begin + 2);
    else if (next == '*')
        lexer->cursor.at = kss_lex_block_comment_end(lexer, begin);
    else
        return false;
    kss_lex_check_nul(lexer, begin, lexer->cursor.at);
    return true;
}

// ---- Bytes that do not belong -------------------------------------------------------------------

static const struct {
    uint32_t code;
    const char *name, *help;
} look_alikes[] = {
    {0xA0, "a no-break space (U+00A0)", "replace it by a blank"},
    {0xAD, "a soft hyphen (U+00AD)", "remove it"},
    {0x200B, "a zero-width space (U+200B)", "remove it"},
    {0x2013, "an en dash (U+2013)", "write `-`"},
    {0x2014, "an em dash (U+2014)", "write `-`"},
    {0x2018, "a typographic quote (U+2018)", "write `'`"},
    {0x2019, "a typographic quote (U+2019)", "write `'`"},
    {0x201C, "a typographic quote (U+201C)", "write `\"`"},
    {0x201D, "a typographic quote (U+201D)", "write `\"`"},
    {0x2026, "a typographic ellipsis (U+2026)", "write `...`"},
    {0x2192, "an arrow (U+2192)", "write `->`"},
    {0x2212, "a minus sign (U+2212)", "write `-`"},
    {0xFEFF, "a byte order mark (U+FEFF)", "it belongs at the beginning of a file: remove it"},
};

// Reports the character at [begin] and returns the end of the run of such bytes.
static uint32_t bad_bytes(struct kss_lexer *lexer, uint32_t begin) {
    uint32_t code = 1, length = kss_utf8(lexer->bytes + begin, lexer->length - begin, &code);
    uint32_t end = begin + (length ? length : 1);
    while (end < lexer->length && class_at(lexer, end) == NO)
        end++; // what follows is the same mistake
    if (code == 0 && length == 1) {
        kss_lex_report(lexer, KSS_E_nul, begin, begin + 1);
    } else if (length == 0) {
        kss_lex_report(lexer, KSS_E_utf8, begin, begin + 1);
    } else {
        char name[32];
        kss_character_name(name, sizeof name, code);
        const char *text = name, *help = NULL;
        for (size_t i = 0; i < sizeof look_alikes / sizeof *look_alikes; i++)
            if (look_alikes[i].code == code) {
                text = look_alikes[i].name;
                help = look_alikes[i].help;
            }
        struct kss_diag *diag = kss_lex_report(lexer, KSS_E_character, begin, begin + length, text);
        if (diag != NULL && help != NULL)
            kss_diag_note(lexer->diags, diag, "help", "%s", help);
    }
    return end;
}

// ---- # lines ------------------------------------------------------------------------------------

// The end of the # line that [at] lies in: its line feed or the end of the file.
static uint32_t hash_line_end(struct kss_lexer *lexer, uint32_t at) {
    while (at < lexer->length) {
        char c = lexer->bytes[at];
        uint32_t splice = c == '\\' ? spliced(lexer, at) : 0;
        if (c == '\n')
            return at;
        if (splice) {
            at += splice;
        } else if (c == '/' && byte_at(lexer, at + 1) == '*') {
            at = kss_lex_block_comment_end(lexer, at);
        } else if (c == '/' && byte_at(lexer, at + 1) == '/') {
            return kss_lex_line_comment_end(lexer, at + 2);
        } else if (c == '"' || c == '\'') {
            uint32_t close = at + 1;
            while (close < lexer->length && lexer->bytes[close] != c && lexer->bytes[close] != '\n')
                close += lexer->bytes[close] == '\\' && !spliced(lexer, close) ? 2 : 1;
            at = byte_at(lexer, close) == c ? close + 1 : at + 1; // an odd quote is just a byte
        } else {
            at++;
        }
    }
    return lexer->length;
}

static uint32_t skip_blanks(const struct kss_lexer *lexer, uint32_t at) {
    while (class_at(lexer, at) == SP)
        at++;
    return at;
}

static struct kss_name *word_at(struct kss_lexer *lexer, uint32_t at, uint32_t *end) {
    *end = at;
    while (class_at(lexer, *end) == ID || class_at(lexer, *end) == DG)
        ++*end;
    return *end == at ? NULL : kss_intern(&lexer->names, lexer->bytes + at, *end - at);
}

static bool pragma_wanted(struct kss_lexer *lexer, uint32_t begin, uint32_t at) {
    uint32_t end;
    const struct kss_name *name = word_at(lexer, skip_blanks(lexer, at), &end);
    if (name == NULL)
        return false;
    if (name->known == KSS_WORD_pack)
        kss_lex_report(lexer, KSS_E_alignment, begin, end, 12, "#pragma pack");
    return name->known >= KSS_WORD_alloc_text && name->known <= KSS_WORD_bss_seg;
}

static void unknown_directive(struct kss_lexer *lexer, uint32_t begin, uint32_t end,
                              const struct kss_name *name) {
    static const char *const directives[] = {"define", "undef",  "include", "pragma", "if",
                                             "ifdef",  "ifndef", "elif",    "else",   "endif"};
    uint32_t length = name->length < 60 ? name->length : 60;
    struct kss_diag *diag =
        kss_lex_report(lexer, KSS_E_directive, begin, end, (int)length, name->text);
    const char *close =
        kss_closest(name->text, name->length, directives, sizeof directives / sizeof *directives);
    if (diag != NULL && close != NULL && name->known == KSS_WORD_NONE)
        kss_diag_note(lexer->diags, diag, "help", "did you mean `#%s`?", close);
}

// At a # that begins a line: true when it gave a token.
RARE static bool hash_line(struct kss_lexer *lexer, struct kss_token *token) {
    uint32_t begin = lexer->cursor.at, end;
    if (lexer->whole_hash_lines) {
        token->kind = KSS_T_HASH_LINE;
        token->end = hash_line_end(lexer, begin);
        token->number = token->end;
        while (lexer->skip_count > 0 && lexer->skips->begin < begin)
            lexer->skips++, lexer->skip_count--;
        if (lexer->skip_count > 0 && lexer->skips->begin <= token->end)
            token->end = lexer->skips->end;
        lexer->cursor.at = token->end;
        return true;
    }
    struct kss_name *name = word_at(lexer, skip_blanks(lexer, begin + 1), &end);
    bool wanted = false;
    switch (name == NULL ? KSS_WORD_include : (enum kss_known)name->known) {
    case KSS_WORD_define:
    case KSS_WORD_undef:
    case KSS_WORD_if:
    case KSS_WORD_ifdef:
    case KSS_WORD_ifndef:
    case KSS_WORD_elif:
    case KSS_WORD_else:
    case KSS_WORD_endif: wanted = true; break;
    case KSS_WORD_pragma: wanted = pragma_wanted(lexer, begin, end); break;
    case KSS_WORD_include: break;
    default: unknown_directive(lexer, begin, end, name);
    }
    if (!wanted) {
        uint32_t line_end = hash_line_end(lexer, end);
        kss_lex_check_nul(lexer, begin, line_end);
        lexer->cursor.at = line_end;
        return false;
    }
    token->kind = KSS_T_HASH;
    token->name = name;
    token->end = lexer->cursor.at = end;
    lexer->cursor.in_hash = true;
    return true;
}

// ---- Names --------------------------------------------------------------------------------------

// [at] is the ! behind a name: whether the name, the ! and a name behind it are one symbol.
static bool is_symbol(const struct kss_lexer *lexer, uint32_t at) {
    return class_at(lexer, at + 1) == ID;
}

static void lex_name(struct kss_lexer *lexer, struct kss_token *token) {
    const char *text = lexer->bytes + token->begin;
    const char *limit = lexer->bytes + lexer->length;
    token->name = kss_lex_intern(&lexer->names, text, limit);
    token->end = token->begin + token->name->length;
    lexer->cursor.at = token->end;
    token->kind = token->name->properties & KSS_IS_KEY ? KSS_T_KEYWORD : KSS_T_NAME;
    if (byte_at(lexer, token->end) == '!' && token->kind == KSS_T_NAME &&
        is_symbol(lexer, token->end)) {
        token->kind = KSS_T_SYMBOL;
        token->module = token->name;
        token->name = kss_lex_intern(&lexer->names, text + token->module->length + 1, limit);
        token->end += 1 + token->name->length;
        lexer->cursor.at = token->end;
    }
}

// ---- Strings and characters ---------------------------------------------------------------------

// Reads from the quote at [quote] to its partner. An open one ends at the end of its line.
RARE static void lex_quoted(struct kss_lexer *lexer, struct kss_token *token, uint32_t quote) {
    char mark = lexer->bytes[quote];
    uint32_t at = quote + 1;
    bool plain = true, closed = false;
    while (at < lexer->length && !closed) {
        char c = lexer->bytes[at];
        if (c == '\n')
            break;
        plain &= (int8_t)c >= ' ';
        closed = c == mark;
        at +=
            c == '\\' && at + 1 < lexer->length ? (spliced(lexer, at) ? spliced(lexer, at) : 2) : 1;
    }
    if (at > lexer->length)
        at = lexer->length;
    token->kind = mark == '"' ? KSS_T_STRING : KSS_T_CHAR;
    token->number = 0;
    token->end = lexer->cursor.at = at;
    if (!closed) {
        while (token->end > quote + 1 && lexer->bytes[token->end - 1] == '\r')
            token->end--;
        lexer->open_quote = token->begin + 1;
        kss_lex_report(lexer, mark == '"' ? KSS_E_open_string : KSS_E_open_char, token->begin,
                       token->end);
        return;
    }
    if (!plain)
        kss_lex_check_text(lexer, quote + 1, at - 1);
    if (mark == '\'')
        kss_lex_character(lexer, token, quote + 1, at - 1);
}

// ---- Punctuators --------------------------------------------------------------------------------

static void punctuator(struct kss_lexer *lexer, struct kss_token *token, enum kss_token_kind kind,
                       uint32_t length) {
    token->kind = (uint8_t)kind;
    token->end = lexer->cursor.at = token->begin + length;
}

// One, or two when followed by [second], or the one before =.
static void operator_(struct kss_lexer *lexer, struct kss_token *token, enum kss_token_kind one,
                      enum kss_token_kind assign, char second, enum kss_token_kind two) {
    char next = byte_at(lexer, token->begin + 1);
    if (next == '=')
        punctuator(lexer, token, assign, 2);
    else if (next == second && second != '\0')
        punctuator(lexer, token, two, 2);
    else
        punctuator(lexer, token, one, 1);
}

static void lex_angle(struct kss_lexer *lexer, struct kss_token *token, bool less) {
    char mark = less ? '<' : '>';
    if (byte_at(lexer, token->begin + 1) != mark) {
        operator_(lexer, token, less ? KSS_T_LT : KSS_T_GT, less ? KSS_T_LE : KSS_T_GE, '\0', 0);
        return;
    }
    bool assign = byte_at(lexer, token->begin + 2) == '=';
    enum kss_token_kind shift = less ? KSS_T_SHL : KSS_T_SHR;
    enum kss_token_kind both = less ? KSS_T_SHL_ASSIGN : KSS_T_SHR_ASSIGN;
    punctuator(lexer, token, assign ? both : shift, assign ? 3 : 2);
}

static void lex_dot(struct kss_lexer *lexer, struct kss_token *token) {
    char second = byte_at(lexer, token->begin + 1);
    if (second == '.' && byte_at(lexer, token->begin + 2) == '.')
        punctuator(lexer, token, KSS_T_ELLIPSIS, 3);
    else if (second == '.')
        punctuator(lexer, token, KSS_T_RANGE, 2);
    else if (class_at(lexer, token->begin + 1) == DG)
        kss_lex_number(lexer, token);
    else
        punctuator(lexer, token, KSS_T_DOT, 1);
}

RARE static void lex_operator(struct kss_lexer *lexer, struct kss_token *token, char c) {
    switch (c) {
    case '+': operator_(lexer, token, KSS_T_PLUS, KSS_T_ADD_ASSIGN, '+', KSS_T_INC); break;
    case '-':
        if (byte_at(lexer, token->begin + 1) == '>')
            punctuator(lexer, token, KSS_T_ARROW, 2);
        else
            operator_(lexer, token, KSS_T_MINUS, KSS_T_SUB_ASSIGN, '-', KSS_T_DEC);
        break;
    case '*': operator_(lexer, token, KSS_T_STAR, KSS_T_MUL_ASSIGN, '\0', 0); break;
    case '/': operator_(lexer, token, KSS_T_SLASH, KSS_T_DIV_ASSIGN, '\0', 0); break;
    case '%': operator_(lexer, token, KSS_T_PERCENT, KSS_T_MOD_ASSIGN, '\0', 0); break;
    case '&': operator_(lexer, token, KSS_T_AMP, KSS_T_AND_ASSIGN, '&', KSS_T_LOG_AND); break;
    case '|': operator_(lexer, token, KSS_T_PIPE, KSS_T_OR_ASSIGN, '|', KSS_T_LOG_OR); break;
    case '^': operator_(lexer, token, KSS_T_CARET, KSS_T_XOR_ASSIGN, '\0', 0); break;
    case '=': operator_(lexer, token, KSS_T_ASSIGN, KSS_T_EQ, '\0', 0); break;
    case '!': operator_(lexer, token, KSS_T_NOT, KSS_T_NE, '\0', 0); break;
    case '<': lex_angle(lexer, token, true); break;
    case '>': lex_angle(lexer, token, false); break;
    default: lex_dot(lexer, token); break;
    }
}

static void lex_punctuator(struct kss_lexer *lexer, struct kss_token *token) {
    static const uint8_t single[128] = {
        ['{'] = KSS_T_LEFT_BRACE,  ['}'] = KSS_T_RIGHT_BRACE,  ['('] = KSS_T_LEFT_PAREN,
        [')'] = KSS_T_RIGHT_PAREN, ['['] = KSS_T_LEFT_BRACKET, [']'] = KSS_T_RIGHT_BRACKET,
        [';'] = KSS_T_SEMICOLON,   [','] = KSS_T_COMMA,        [':'] = KSS_T_COLON,
        ['?'] = KSS_T_QUESTION,    ['~'] = KSS_T_TILDE,        ['#'] = KSS_T_NUMBER_SIGN,
    };
    char c = lexer->bytes[token->begin];
    if (single[(uint8_t)c])
        punctuator(lexer, token, single[(uint8_t)c], 1);
    else
        lex_operator(lexer, token, c);
}

// ---- Tokens -------------------------------------------------------------------------------------

// The tokens no byte stands for: the end of a # line, the end of the file.
RARE static void lex_end(struct kss_lexer *lexer, struct kss_token *token) {
    struct kss_cursor *cursor = &lexer->cursor;
    *token = (struct kss_token){.kind = KSS_T_EOF, .first = cursor->first};
    token->begin = token->end = cursor->at;
    if (cursor->in_hash)
        token->kind = KSS_T_EOL;
    cursor->in_hash = false;
}

// At something between tokens that is neither blank nor line end. False: it is an operator.
RARE static bool skip_other(struct kss_lexer *lexer) {
    struct kss_cursor *cursor = &lexer->cursor;
    char c = lexer->bytes[cursor->at];
    if (c == '/')
        return skip_comment(lexer);
    uint32_t splice = spliced(lexer, cursor->at);
    cursor->at = splice ? cursor->at + splice : bad_bytes(lexer, cursor->at);
    return true;
}

// Skips what separates tokens. False: at the end of the file or of a # line.
static inline bool skip_to_token(struct kss_lexer *lexer) {
    struct kss_cursor *cursor = &lexer->cursor;
    uint32_t at = cursor->at, length = lexer->length;
    for (; at < length; at++) {
        unsigned class = kss_byte_class[(uint8_t)lexer->bytes[at]];
        if (class == SP)
            continue;
        if (class == NL && !cursor->in_hash) {
            cursor->first = true;
            continue;
        }
        cursor->at = at;
        if (class >= PU)
            return true;
        if (class == NL)
            return false;
        if (!skip_other(lexer))
            return true;
        at = cursor->at - 1;
    }
    cursor->at = at;
    return false;
}

void kss_lex(struct kss_lexer *lexer, struct kss_token *token) {
    struct kss_cursor *cursor = &lexer->cursor;
    for (;;) {
        if (lexer->stopped)
            *cursor = (struct kss_cursor){.at = lexer->length};
        if (!skip_to_token(lexer)) {
            lex_end(lexer, token);
            return;
        }
        token->begin = cursor->at;
        token->flags = 0;
        token->first = cursor->first;
        char c = lexer->bytes[cursor->at];
        if (c == '#' && cursor->first && !cursor->in_hash) {
            cursor->first = false;
            if (hash_line(lexer, token))
                return;
            continue;
        }
        cursor->first = false;
        switch (kss_byte_class[(uint8_t)c]) {
        case ID:
            if (c == 'L' && class_at(lexer, cursor->at + 1) == QU) {
                token->flags = KSS_F_WIDE;
                lex_quoted(lexer, token, token->begin + 1);
                return;
            }
            lex_name(lexer, token);
            return;
        case DG: kss_lex_number(lexer, token); return;
        case QU: lex_quoted(lexer, token, token->begin); return;
        default: lex_punctuator(lexer, token); return;
        }
    }
}

// ---- Beginning ----------------------------------------------------------------------------------

void kss_lexer_init(struct kss_lexer *lexer, struct kss_arena *arena,
                    const struct kss_sources *sources, uint32_t file, struct kss_diags *diags) {
    const struct kss_source *source = &sources->files[file];
    *lexer = (struct kss_lexer){.bytes = source->bytes, .length = source->length, .diags = diags};
    lexer->file = file;
    lexer->cursor.first = true;
    lexer->has_nul = source->length && memchr(source->bytes, '\0', source->length) != NULL;
    kss_names_init(&lexer->names, arena);
    if (lexer->length >= 3 && memcmp(lexer->bytes, "\xEF\xBB\xBF", 3) == 0)
        lexer->cursor.at = 3;
    if (lexer->length >= 2 &&
        (memcmp(lexer->bytes, "\xFF\xFE", 2) == 0 || memcmp(lexer->bytes, "\xFE\xFF", 2) == 0)) {
        kss_lex_report(lexer, KSS_E_utf16, 0, 2);
        lexer->cursor.at = lexer->length;
        lexer->open_end = true;
    }
}

void kss_lexer_free(struct kss_lexer *lexer) {
    kss_names_free(&lexer->names);
}
