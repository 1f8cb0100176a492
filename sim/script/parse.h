// SPDX-License-Identifier: MIT
// What the parser's files share: parse.c (tokens, the loop), parse_recover.c (errors), parse_node.c
// (nodes, scopes), parse_item.c, parse_hash.c, parse_statement.c, parse_declare.c, parse_type.c,
// parse_expression.c, parse_expect.c. Private to them.
//
// Nesting. Whatever may nest without bound keeps its state on a stack in the heap: items, blocks
// and statements on [frames], struct types on [structs]. Expressions recurse, at most
// KSS_EXPRESSION_DEPTH levels deep.
//
// Errors. kss_p_fail reports and makes the parser *bad*: the current token becomes KSS_T_BAD, which
// nothing accepts, so every parse function returns by itself, without further messages. The loop
// over statements or items then calls kss_p_recover, which puts the token back and skips to a place
// where a statement or item may begin. Functions that return a node return NULL when bad.
//
// Scopes. A name is unbound, bound to a variable or the like, or bound to a type (lex.h); what a
// scope binds is undone when it closes. Scenario words count only while unbound.
#ifndef KSS_SCRIPT_PARSE_H
#define KSS_SCRIPT_PARSE_H

#include "script/lex.h"

#include <stddef.h>

#if defined(__SANITIZE_ADDRESS__)
#define KSS_P_POISON
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define KSS_P_POISON
#endif
#endif
#ifdef KSS_P_POISON
#include <sanitizer/asan_interface.h>
#endif

enum { KSS_P_DEEPEST = 4000000 }; // levels of blocks: half a gigabyte of frames and nodes

enum kss_nest {
    KSS_IN_FILE,
    KSS_IN_ROUTINE, // waits for the body of a routine
    KSS_IN_THREAD,
    KSS_IN_BLOCK,
    KSS_IN_HASH_IF, // a list of items or statements between # lines
    KSS_IN_IF,      // waits for a statement, as all that follow
    KSS_IN_ELSE,
    KSS_IN_LOOP, // and other statements that end with a statement, kept in b
    KSS_IN_FOR,
    KSS_IN_DO,
    KSS_IN_TRY,
    KSS_IN_HANDLER
};

struct kss_p_frame { // one level of nesting
    uint8_t kind;    // enum kss_nest
    bool has_else;   // KSS_IN_HASH_IF
    bool split; // KSS_IN_HASH_IF: its #else or #endif came inside a block, or its line is wrong
    bool ended; // then: its #endif was seen
    bool taken; // KSS_IN_HASH_IF: an arm that is taken for sure was read: the others are not
    bool scope; // closes a scope when it ends
    bool file_level; // a list of items
    uint32_t undo;   // height of the undo stack when that scope opened
    struct kss_node *node;
    struct kss_node *outer; // KSS_IN_HASH_IF: the node of #if when [node] is an #elif's
    struct kss_node **tail; // where the next of a list goes
};

struct kss_p_undo {
    struct kss_name *name;
    uint8_t binding;
    uint32_t declared;
};

struct kss_p_struct_frame {
    struct kss_node *node, *member; // a STRUCT whose members are being read; the member around it
    struct kss_node **tail;
};

struct kss_parser {
    struct kss_lexer lexer;
    struct kss_token token, ahead;
    bool has_ahead;
    bool bad;
    struct kss_token bad_token; // the current token when the parser became bad
    uint32_t last_end;          // where the last token taken ends
    uint32_t error_at;          // the place of the last error
    struct kss_token first;     // what the current item, statement or member began with
    unsigned braces;            // that the current statement or item opened and recovery must close
    uint32_t depth;             // of the expression
    uint32_t tries;             // try blocks around
    bool file_error;            // the end of the file has been complained about
    bool in_when;               // (X) before `dpc` is no cast
    bool in_condition;          // of #if: `defined X`
    bool skip_hash;             // recovery passes over # lines
    bool at_item;               // the parser became bad at an item: recovery stays there
    bool gave_up;               // too deep: structures inside the expression are not gone on with
    bool in_extern_c;
    uint32_t extern_c; // where the { of extern "C" { } stands
    uint32_t lost_ifs; // #if lines whose frames were dropped after an error
    const struct kss_name *routine;

    struct kss_arena *arena;
    char *slab, *slab_end;
    size_t slab_size;
    struct kss_p_frame *frames;
    unsigned frame_count, frame_capacity;
    struct kss_p_undo *undo;
    unsigned undo_count, undo_capacity;
    unsigned scopes;        // open ones; 0: file level
    struct kss_skip *skips; // arms passed over
    unsigned skip_count, skip_capacity;
    struct kss_p_struct_frame *structs;
    unsigned struct_count, struct_capacity;
};

// ---- Tokens -------------------------------------------------------------------------------------

struct kss_p_mark { // a place to return to
    struct kss_cursor cursor;
    struct kss_token token, ahead;
    bool has_ahead;
    uint32_t last_end;
};
struct kss_p_mark kss_p_mark(const struct kss_parser *p);
void kss_p_return_to(struct kss_parser *p, const struct kss_p_mark *mark);

void kss_p_advance(struct kss_parser *p);
const struct kss_token *kss_p_peek(struct kss_parser *p); // the token behind the current one

static inline bool kss_p_is(const struct kss_parser *p, enum kss_token_kind kind) {
    return p->token.kind == kind;
}
// The current token is that word, keyword or name alike.
static inline bool kss_p_is_word(const struct kss_parser *p, enum kss_known word) {
    return (p->token.kind == KSS_T_NAME || p->token.kind == KSS_T_KEYWORD) &&
           p->token.name->known == (uint8_t)word;
}
static inline bool kss_p_accept(struct kss_parser *p, enum kss_token_kind kind) {
    if (!kss_p_is(p, kind))
        return false;
    kss_p_advance(p);
    return true;
}
bool kss_p_accept_word(struct kss_parser *p, enum kss_known word);

// Takes a token of that kind or fails: "expected `)`, found `;`". [what] is text with its quotes.
bool kss_p_need(struct kss_parser *p, enum kss_token_kind kind, const char *what);
// Takes a name or fails.
struct kss_name *kss_p_need_name(struct kss_parser *p, const char *what);
static inline const char *kss_p_text(const struct kss_name *name) {
    return name != NULL ? name->text : NULL;
}
// The ; behind a statement or item. A missing one at a line's end does not make the parser bad.
void kss_p_need_semicolon(struct kss_parser *p);
// With the current token a (: the token behind its partner.
struct kss_token kss_p_behind_parens(struct kss_parser *p);
void kss_p_skip_parens(
    struct kss_parser *p); // with the current token a (: both and what is between

// ---- Errors -------------------------------------------------------------------------------------

// Reports and makes the parser bad. NULL: it was bad, or this is part of a mistake reported before.
struct kss_diag *kss_p_fail(struct kss_parser *p, enum kss_syntax what, uint32_t begin,
                            uint32_t end, ...);
// The same without becoming bad.
struct kss_diag *kss_p_complain(struct kss_parser *p, enum kss_syntax what, uint32_t begin,
                                uint32_t end, ...);
struct kss_diag *kss_p_expected(struct kss_parser *p,
                                const char *what); // fails at the current token
void kss_p_help(struct kss_parser *p, struct kss_diag *diag, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void kss_p_did_you_mean(struct kss_parser *p, struct kss_diag *diag, const struct kss_name *name,
                        const char *const *words, size_t count);
int kss_p_shown(const struct kss_name *name); // its length, cut for a message

// Adds where the body of the routine or thread around was opened.
void kss_p_show_body(struct kss_parser *p, struct kss_diag *diag);
bool kss_p_in_column_one(const struct kss_parser *p);
void kss_p_recover(struct kss_parser *p, bool file_level);
// Recovery inside ( ... ): goes on behind the ) when there is one soon.
void kss_p_recover_paren(struct kss_parser *p);
void kss_p_recover_line(struct kss_parser *p); // skips to the end of a # line and takes it

// ---- Names --------------------------------------------------------------------------------------

void kss_p_declare(struct kss_parser *p, struct kss_name *name, enum kss_binding binding,
                   uint32_t place);
uint32_t kss_p_scope_open(struct kss_parser *p);
void kss_p_scope_close(struct kss_parser *p, uint32_t undo);
bool kss_p_is_type(struct kss_name *name); // bound to a type, or unbound and a type of NT
// The current token is an unbound scenario word of these properties.
static inline bool kss_p_is_scenario(const struct kss_parser *p, unsigned properties) {
    return kss_p_is(p, KSS_T_NAME) && (p->token.name->properties & properties) &&
           p->token.name->binding == KSS_UNBOUND;
}

// ---- Nodes --------------------------------------------------------------------------------------

// How much of a node its kind has (ast.h).
static inline size_t kss_p_node_bytes(enum kss_node_kind kind) {
    switch (kind) {
    case KSS_N_MODULE:
    case KSS_N_ATTR_PAGEABLE:
    case KSS_N_ANY:
    case KSS_N_LEFT_OUT:
    case KSS_N_GOTO:
    case KSS_N_BREAK:
    case KSS_N_CONTINUE:
    case KSS_N_LEAVE:
    case KSS_N_NUMBER:
    case KSS_N_DURATION:
    case KSS_N_SIZE:
    case KSS_N_CHAR:
    case KSS_N_STRING:
    case KSS_N_NAME:
    case KSS_N_SYMBOL: return offsetof(struct kss_node, a);
    case KSS_N_ROUTINE:
    case KSS_N_PARAM:
    case KSS_N_IF_LINE:
    case KSS_N_OUTCOME:
    case KSS_N_IF:
    case KSS_N_FOR:
    case KSS_N_TRY:
    case KSS_N_CALL_TREE:
    case KSS_N_CONDITIONAL: return sizeof(struct kss_node);
    default: return offsetof(struct kss_node, c);
    }
}

void kss_p_new_slab(struct kss_parser *p);

static inline struct kss_node *kss_p_node(struct kss_parser *p, enum kss_node_kind kind,
                                          uint32_t begin) {
    size_t bytes = kss_p_node_bytes(kind); // known when this is compiled
    if ((size_t)(p->slab_end - p->slab) < sizeof(struct kss_node))
        kss_p_new_slab(p);
    struct kss_node *node = (struct kss_node *)(void *)p->slab;
#ifdef KSS_P_POISON
    ASAN_POISON_MEMORY_REGION(p->slab + bytes, sizeof(struct kss_node) - bytes);
    bytes = sizeof(struct kss_node);
#endif
    p->slab += bytes;
    node->kind = (uint8_t)kind;
    node->begin = begin;
    return node;
}

static inline void kss_p_add_flags(struct kss_node *node, unsigned flags) {
    node->flags = (uint16_t)(node->flags | flags);
}
// [node] with its end where the last token ended; NULL when the parser is bad.
static inline struct kss_node *kss_p_done(const struct kss_parser *p, struct kss_node *node) {
    if (p->bad || node == NULL)
        return NULL;
    node->end = p->last_end;
    return node;
}

struct kss_p_list { // builds a chain
    struct kss_node *first, **tail;
};
static inline void kss_p_append(struct kss_p_list *list, struct kss_node *node) {
    if (node == NULL)
        return;
    if (list->first == NULL)
        list->first = node;
    else
        *list->tail = node;
    list->tail = &node->next;
}

// ---- Expressions (parse_expression.c) -----------------------------------------------------------

struct kss_node *kss_p_expression(struct kss_parser *p); // with commas
struct kss_node *kss_p_assignment(struct kss_parser *p); // one argument or initializer
struct kss_node *kss_p_constant(struct kss_parser *p);   // neither comma nor assignment
struct kss_node *kss_p_shift(struct kss_parser *p);      // operators that bind as << or closer
struct kss_node *kss_p_unary(struct kss_parser *p);
struct kss_node *kss_p_number(struct kss_parser *p); // only a number
// A postfix expression whose last index may be a range, given in *range.
struct kss_node *kss_p_postfix_range(struct kss_parser *p, struct kss_node **range);
struct kss_node *kss_p_initializer(struct kss_parser *p);
struct kss_node *kss_p_arguments(struct kss_parser *p, struct kss_node *call); // behind (, takes )
struct kss_node *kss_p_string(struct kss_parser *p);
struct kss_node *kss_p_symbol(struct kss_parser *p); // qname or string

// ---- Declarations (parse_declare.c, parse_type.c) -----------------------------------------------

struct kss_p_specifiers {
    uint32_t begin;
    unsigned flags;
    struct kss_node *type; // NULL: there was none
    struct kss_p_list annotations;
};
bool kss_p_at_type(struct kss_parser *p); // the current token begins a type for sure
void kss_p_specifiers(struct kss_parser *p, struct kss_p_specifiers *specifiers);
// The same without static, extern and typedef: of parameters, members, casts.
void kss_p_plain_specifiers(struct kss_parser *p, struct kss_p_specifiers *specifiers);
struct kss_node *kss_p_type_name(struct kss_parser *p);
// Stars, a name or none, array lengths.
struct kss_node *kss_p_declarator(struct kss_parser *p, struct kss_name **name);
// Takes the words that say nothing here, OPTIONAL and the like.
void kss_p_skip_noise(struct kss_parser *p);
bool kss_p_at_noise(const struct kss_parser *p);
struct kss_node *kss_p_annotation(struct kss_parser *p); // SAL
bool kss_p_at_annotation(const struct kss_parser *p);

// A declaration to its ;. At file level it may be a routine: a prototype is returned, of a
// definition the frames are pushed.
struct kss_node *kss_p_declaration(struct kss_parser *p, bool file_level);
// A routine behind its name.
struct kss_node *kss_p_routine(struct kss_parser *p, struct kss_node *routine,
                               struct kss_p_list *attributes);
// frame(N), pageable, annotations
void kss_p_attributes(struct kss_parser *p, struct kss_p_list *list);

// ---- Items and statements -----------------------------------------------------------------------

struct kss_node *kss_p_item(struct kss_parser *p); // NULL: it was pushed, skipped or bad
bool kss_p_item_begins(struct kss_parser *p);      // an item that cannot be a statement
// A # line. Returns a finished node, or NULL when it opened, changed or closed a KSS_IN_HASH_IF.
struct kss_node *kss_p_hash_line(struct kss_parser *p);
// Objects to a macro that is used behind its #undef.
void kss_p_check_undefined(struct kss_parser *p, const struct kss_name *name, uint32_t begin);
// Reads one statement or begins one: then a frame was pushed and NULL returned.
struct kss_node *kss_p_statement(struct kss_parser *p);
// ( expression ) of a statement. Recovers by itself; what could not be read is the number 0.
struct kss_node *kss_p_parenthesised(struct kss_parser *p);
void kss_p_deliver(struct kss_parser *p, struct kss_node *node); // to the innermost frame
struct kss_p_frame *kss_p_push(struct kss_parser *p, enum kss_nest kind, struct kss_node *node);
void kss_p_push_block(struct kss_parser *p); // at {
const char *kss_p_misspelled(struct kss_name *name, bool file_level);

// name-name-name without blanks, C keywords allowed behind the first: freed-while-in-use.
struct kss_name *kss_p_hyphenated(struct kss_parser *p, const char *what);

// ---- Events and expectations (parse_expect.c) ---------------------------------------------------

struct kss_node *kss_p_when(struct kss_parser *p);
struct kss_node *kss_p_event(struct kss_parser *p);
struct kss_node *kss_p_span(struct kss_parser *p);
struct kss_node *kss_p_expect(struct kss_parser *p); // without its ;

#endif
