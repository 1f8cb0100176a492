// SPDX-License-Identifier: MIT
// From bytes to tokens. Private to the front of the scenario language.
//
// Names are interned once per parse: one struct kss_name per spelling, which also holds what the
// parser must know about that spelling at this point (a word of the language? declared in a
// scope?), so that no look-up by text is needed afterwards. AST nodes point to kss_name.text.
//
// Tokens are made on demand, one at a time; the cursor is small and may be copied to look ahead.
// # lines: a directive the parser needs gives KSS_T_HASH, ordinary tokens, then KSS_T_EOL; #include
// and pragmas without a meaning here leave no token. With [whole_hash_lines] (the formatter) each
// # line is one token KSS_T_HASH_LINE.
//
// Bad bytes are reported where they stand and give no token or a harmless one, so that one mistake
// has one message; what was reported once is not reported again when it is read again.
//
// Depends on base.
#ifndef KSS_SCRIPT_LEX_H
#define KSS_SCRIPT_LEX_H

#include "script/ast.h"

#include <stdarg.h>

enum kss_known { // words of the language (words.def)
    KSS_WORD_NONE,
#define WORD(id, spelling, properties) KSS_WORD_##id,
#include "script/words.def"
#undef WORD
    KSS_WORD_COUNT
};

enum { // properties of words
    KSS_IS_KEY = 1,
    KSS_IS_TYPE = 2,
    KSS_IS_NOISE = 4,
    KSS_IS_PARENS = 8,
    KSS_IS_ITEM = 16,
    KSS_IS_STATEMENT = 32,
    KSS_IS_SAL = 64 // an annotation by its form: _In_, _IRQL_requires_max_, __drv_allocatesMem
};

enum {                        // what is known of a name as a macro
    KSS_DEFINE_SOMEWHERE = 1, // some #define of the file names it (kss_lex_find_defines)
    KSS_DEFINE_READ = 2,      // its #define has been read and left a node
    KSS_DEFINE_ENDED = 4,     // an #undef came behind that
    KSS_DEFINE_MAYBE = 8      // that #undef stands under an #if
};

enum kss_binding { KSS_UNBOUND, KSS_BOUND, KSS_BOUND_TYPE };

struct kss_name {
    uint32_t hash, length;
    uint8_t known;        // enum kss_known
    uint8_t properties;   // KSS_IS_*
    uint8_t binding;      // enum kss_binding: what the scopes around the parser declare
    uint8_t well_spelled; // bits 1, 2: resembles no word of a statement, of an item
    uint8_t type;         // whether nt knows a type of that name: 0 not asked yet, 1 no, 2 yes
    uint8_t defines;      // KSS_DEFINE_*: what # lines of this file say of it
    uint16_t stands_for;  // KSS_F_STATIC and the like: the words its #define puts in declarations
    uint32_t declared;    // where it was declared, while bound
    char text[];          // NUL-terminated
};

struct kss_names {
    struct kss_arena *arena;
    struct kss_name_slot *slots; // malloc'd
    uint32_t count, mask;
};

void kss_names_init(struct kss_names *names, struct kss_arena *arena);
void kss_names_free(struct kss_names *names); // the names themselves live in the arena
struct kss_name *kss_intern(struct kss_names *names, const char *text, uint32_t length);
const char *kss_known_text(enum kss_known known);

enum kss_token_kind {
    KSS_T_EOF,
    KSS_T_EOL,       // the end of a # line
    KSS_T_HASH,      // name: the directive
    KSS_T_HASH_LINE, // all of it, without the line's end
    KSS_T_BAD,       // stands for the current token while the parser looks for a place to go on
    KSS_T_NAME,
    KSS_T_KEYWORD, // a C keyword
    KSS_T_SYMBOL,  // mydrv!Read: name and module
    KSS_T_NUMBER,
    KSS_T_DURATION,
    KSS_T_SIZE,
    KSS_T_CHAR,
    KSS_T_STRING,
    // Punctuators, those of binary operators together.
    KSS_T_LEFT_BRACE,
    KSS_T_RIGHT_BRACE,
    KSS_T_LEFT_PAREN,
    KSS_T_RIGHT_PAREN,
    KSS_T_LEFT_BRACKET,
    KSS_T_RIGHT_BRACKET,
    KSS_T_SEMICOLON,
    KSS_T_COLON,
    KSS_T_QUESTION,
    KSS_T_DOT,
    KSS_T_RANGE, // ..
    KSS_T_ELLIPSIS,
    KSS_T_ARROW,
    KSS_T_NOT,
    KSS_T_TILDE,
    KSS_T_INC,
    KSS_T_DEC,
    KSS_T_NUMBER_SIGN, // # inside a line
    KSS_T_COMMA,
    KSS_T_PLUS,
    KSS_T_MINUS,
    KSS_T_STAR,
    KSS_T_SLASH,
    KSS_T_PERCENT,
    KSS_T_SHL,
    KSS_T_SHR,
    KSS_T_AMP,
    KSS_T_PIPE,
    KSS_T_CARET,
    KSS_T_LT,
    KSS_T_LE,
    KSS_T_GT,
    KSS_T_GE,
    KSS_T_EQ,
    KSS_T_NE,
    KSS_T_LOG_AND,
    KSS_T_LOG_OR,
    KSS_T_ASSIGN,
    KSS_T_ADD_ASSIGN, // the compound operators in the order of their binary operators above
    KSS_T_SUB_ASSIGN,
    KSS_T_MUL_ASSIGN,
    KSS_T_DIV_ASSIGN,
    KSS_T_MOD_ASSIGN,
    KSS_T_SHL_ASSIGN,
    KSS_T_SHR_ASSIGN,
    KSS_T_AND_ASSIGN,
    KSS_T_OR_ASSIGN,
    KSS_T_XOR_ASSIGN,
    KSS_T_COUNT
};

struct kss_token {
    uint8_t kind;
    bool first;     // of its line
    uint16_t flags; // KSS_F_* of a number, character or string
    uint32_t begin, end;
    struct kss_name *name; // NAME, KEYWORD, SYMBOL (the routine), HASH
    union {
        uint64_t number;         // NUMBER, DURATION, SIZE, CHAR; HASH_LINE: where raw text begins
        struct kss_name *module; // SYMBOL
    };
};

enum kss_syntax { // parse_errors.def
#define SYNTAX(number, id, severity, message) KSS_E_##id,
#include "script/parse_errors.def"
#undef SYNTAX
    KSS_E_COUNT
};

struct kss_cursor {
    uint32_t at;
    bool first;   // nothing but blanks since the line began
    bool in_hash; // inside a # line
};

struct kss_lexer {
    struct kss_cursor cursor;
    const char *bytes;
    uint32_t length;
    uint32_t reported;   // what the lexer found before this offset has been reported
    bool stopped;        // too many errors: only KSS_T_EOF from now on
    uint32_t open_quote; // 1 + where the last string without an end begins, 0: none
    bool has_nul;        // somewhere in the file
    bool open_end;       // the file ends inside a comment: what is missing there has been reported
    bool whole_hash_lines;
    bool defines_found;           // kss_lex_find_defines has run
    bool defines_unclear;         // a #define line was not understood: any name may be defined
    const struct kss_skip *skips; // with whole_hash_lines: raw text goes with the line before it
    uint32_t skip_count;
    struct kss_names names;
    struct kss_diags *diags;
    uint32_t file;
};

// Starts at the beginning of source [file]; a UTF-8 byte order mark is skipped.
void kss_lexer_init(struct kss_lexer *lexer, struct kss_arena *arena,
                    const struct kss_sources *sources, uint32_t file, struct kss_diags *diags);
void kss_lexer_free(struct kss_lexer *lexer);

// Reads the next token. After the last one KSS_T_EOF for ever.
void kss_lex(struct kss_lexer *lexer, struct kss_token *token);

// At the end of an #if, #elif or #else line whose arm cannot be taken: moves to the # line that ends
// the arm. Nothing in between is a token or a mistake, unclosed comments and NULs aside. False: there
// was nothing but blanks.
bool kss_lex_skip_arm(struct kss_lexer *lexer, struct kss_skip *skip);

// Marks every name that a #define anywhere in the file defines (KSS_DEFINE_SOMEWHERE). Lines inside
// comments and skipped arms count too: such a name is merely not known to be undefined.
void kss_lex_find_defines(struct kss_lexer *lexer);

// The value of one KSS_T_STRING token: appends its bytes to [out], escapes resolved and reported;
// [wide]: as UTF-8 of 16-bit characters.
void kss_lex_string(struct kss_lexer *lexer, const struct kss_token *token, bool wide,
                    struct kss_text *out);

// Adds a diagnostic of parse_errors.def; its format takes the further arguments. After too many
// errors the lexer gives only KSS_T_EOF.
struct kss_diag *kss_syntax(struct kss_lexer *lexer, enum kss_syntax what, uint32_t begin,
                            uint32_t end, ...);
struct kss_diag *kss_syntax_list(struct kss_lexer *lexer, enum kss_syntax what, uint32_t begin,
                                 uint32_t end, va_list arguments);

// The same for what the lexer finds: NULL when it was reported already.
struct kss_diag *kss_lex_report(struct kss_lexer *lexer, enum kss_syntax what, uint32_t begin,
                                uint32_t end, ...);

// Whether [length] bytes at [text] are a SAL annotation by their form.
bool kss_is_sal(const char *text, uint32_t length);

#endif
