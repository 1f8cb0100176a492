// SPDX-License-Identifier: MIT
// What the parser makes of a scenario file: a tree of uniform nodes in an arena.
//
// Every node has a kind, a span (bytes [begin, end) of its file), up to four children [a b c d], a
// sibling link [next] for lists, and a name or a number. The table below says which fields a kind
// uses; "list" means a chain through next; "?" means may be NULL. The parser interns names: equal
// names are equal pointers within one parse, so they can be compared with ==.
//
// The parser checks grammar only; names, types, units and meanings are the checker's (check.c).
//
// How deep a tree can be. Walk these without recursion, they may be millions of levels deep:
//   lists          through next;
//   statements     through the body, block and label fields (100,000 nested blocks, `else if`
//   chains
//                  through IF.c, `#elif` chains through IF_LINE.c, `case` after `case` through b);
//   struct types   STRUCT.a -> MEMBER.a -> TYPE.a -> STRUCT ...;
//   left spines    of expressions: BINARY.a, INDEX.a, FIELD.a, CALL.a, POSTFIX.a. `a + b + c + ...`
//                  of a million terms is a million BINARY nodes, each the a of the next.
// Every other way down an expression (right operands, arguments, casts, unary operators,
// conditionals, assignments, nested initializer lists) is at most KSS_EXPRESSION_DEPTH deep.
//
// Parentheses leave no node; the span of an expression includes the parentheses around it.
// After errors every list still holds whole nodes only: a node whose required child could not be
// read is not in the tree.
#ifndef KSS_SCRIPT_AST_H
#define KSS_SCRIPT_AST_H

#include "base/diag.h"

enum { KSS_EXPRESSION_DEPTH = 256 };

enum kss_node_kind {
    KSS_N_NONE,

    // ---- file level -----------------------------------------------------------------------------
    KSS_N_FILE,     // a: list of items
    KSS_N_MACHINE,  // name: profile ("x64-xsave" is one name), NULL: `machine { ... }`;
                    // a: list of KSS_N_SETTING?
    KSS_N_SETTING,  // name; a: value expression (also used in thread attributes; a? there). A value
                    // of hyphenated words (balance-set, page-in) is one KSS_N_NAME unless its first
                    // word was declared or #defined
    KSS_N_MODULE,   // name
    KSS_N_FRAME_OF, // a: symbol; b: size expression            frame mydrv!Read = 0x148;
    KSS_N_ROUTINE,  // a: return TYPE (NULL when `routine`); number: '*' after it; b: SYMBOL;
                    // c: list of KSS_N_PARAM; d: KSS_N_BLOCK? (NULL: a prototype); attributes in
                    // `extra` list (KSS_N_ATTR_FRAME a: size, KSS_N_ATTR_PAGEABLE, KSS_N_SAL), in
                    // source order, those before the name included;
                    // flags KSS_F_STATIC, _EXTERN, _INLINE; KSS_F_ANY_PARAMS: written `()`; with
                    // `(void)` c is NULL and the flag is not set
    KSS_N_ATTR_FRAME,
    KSS_N_ATTR_PAGEABLE,
    KSS_N_SAL,     // name: _IRQL_requires_max_ ...; a: KSS_N_STRING with the raw text in parens?
    KSS_N_PARAM,   // a: TYPE; b: DECLARATOR (name NULL: unnamed); extra: SAL list;
                   // flags KSS_F_ELLIPSIS for "..." (a, b NULL)
    KSS_N_THREAD,  // name; a: list of KSS_N_SETTING?; b: KSS_N_BLOCK
    KSS_N_DRIVER,  // name; a: list of KSS_N_SETTING whose a is a KSS_N_NAME or KSS_N_SYMBOL
    KSS_N_DEVICE,  // name; a: list of KSS_N_NAME (drivers, top first)
    KSS_N_AT,      // a: KSS_N_WHEN; b: KSS_N_EVENT             at 30s dpc F(&x);
    KSS_N_EXPECT,  // a: KSS_N_OUTCOME; op: enum kss_quantifier
    KSS_N_PRAGMA,  // name: "alloc_text", "data_seg", "code_seg", "const_seg", "bss_seg"; a: list of
                   // KSS_N_NAME / KSS_N_STRING? (empty parentheses); other pragmas and #include
                   // lines leave no node. File level and blocks
    KSS_N_DEFINE,  // name; a: constant expression?   #define N 12    File level and blocks
    KSS_N_IF_LINE, // a: condition expression; b: list of items then; c: list of items else
                   // (#if / #ifdef / #elif / #else; at file level and, with statements, in blocks).
                   // #elif: c is one nested KSS_N_IF_LINE. defined X, defined(X), #ifdef X are a
                   // KSS_N_CALL of the name `defined` with the NAME X; #ifndef X is ! of it

    // ---- events and expectations ----------------------------------------------------------------
    KSS_N_WHEN,  // a: earliest; b: latest?                    30s .. 60s
    KSS_N_EVENT, // op: enum kss_event_op; a: KSS_N_RUN (dpc, interrupt, apc), KSS_N_SPAN (signal,
                 // dma) or NULL; b: IRQL const? (interrupt); name: thread name (apc, terminate,
                 // alert)
    KSS_N_RUN,   // a: SYMBOL; b: list of argument expressions; flags KSS_F_ELLIPSIS as for CALL
    KSS_N_SPAN,  // a: unary expression; b: KSS_N_INDEX_RANGE? (then a is what is indexed: buf)
    KSS_N_INDEX_RANGE, // a, b: bounds of the last index             buf[0 .. 63]
    KSS_N_OUTCOME,     // op: enum kss_outcome_op; name: thread, hazard or bug check name; a: const
                       // (bug check code) or right-hand side of the relation; b: list of patterns
                       // (KSS_N_ANY or expression); c: SYMBOL of `in`, or of stack/status;
                       // number: relop token for stack/status (enum kss_op); flags KSS_F_EXITS,
                       // KSS_F_NTH with number2 = n for R#n. Hazard names are one name with dashes;
                       // a bug check is a name, or a constant in a, or neither (any bug check)
    KSS_N_ANY,         // the pattern _

    // ---- statements -----------------------------------------------------------------------------
    KSS_N_BLOCK,    // a: list of statements
    KSS_N_EXPR,     // a: expression?  (NULL: empty statement, or _Analysis_assume_(...);)
    KSS_N_LEFT_OUT, // ... as a statement
    KSS_N_IF,       // a: condition; b: then; c: else?
    KSS_N_WHILE,    // a: condition; b: body
    KSS_N_DO,       // a: condition; b: body
    KSS_N_FOR,      // a: init? (DECL or EXPR); b: condition?; c: step?; d: body
    KSS_N_SWITCH,   // a: value; b: body
    KSS_N_CASE,     // a: constant; b: statement after the label?
    KSS_N_DEFAULT,  // b: statement after the label?
    KSS_N_LABEL,    // name; b: statement after the label?
    KSS_N_GOTO,     // name
    KSS_N_BREAK,
    KSS_N_CONTINUE,
    KSS_N_RETURN,    // a: value?
    KSS_N_LEAVE,     // __leave
    KSS_N_TRY,       // a: block; b: filter? (except); c: handler or finally block;
                     // flags KSS_F_FINALLY
    KSS_N_REPEAT,    // a: count; b: body
    KSS_N_CALL_TREE, // call SYMBOL attrs stmt   a: SYMBOL; b: statement; extra: attribute list
    KSS_N_AFTER,     // a: KSS_N_WHEN; b: KSS_N_EVENT
    KSS_N_TOUCH,     // op: 0 read, 1 write; a: KSS_N_SPAN
    KSS_N_DECL,      // a: TYPE; b: list of KSS_N_DECLARATOR; flags KSS_F_TYPEDEF, _STATIC, _EXTERN,
                     // _CONST, _VOLATILE; a declaration that only defines a struct has b == NULL.
                     // `DRIVER_INITIALIZE DriverEntry;` is a DECL too

    // ---- types ----------------------------------------------------------------------------------
    KSS_N_TYPE,   // name: type name ("KEVENT") or NULL with a: STRUCT or ENUM; number: base words
                  // as enum kss_base when written in C words (unsigned long), else KSS_BASE_NAME;
                  // flags _CONST, _VOLATILE of the type itself
    KSS_N_STRUCT, // name: tag?; a: list of KSS_N_MEMBER? (NULL: reference); flags KSS_F_UNION
    KSS_N_MEMBER, // a: TYPE; b: list of DECLARATOR (NULL: anonymous struct/union member)
    KSS_N_ENUM,   // name: tag?; a: list of KSS_N_ENUMERATOR?
    KSS_N_ENUMERATOR, // name; a: value?
    KSS_N_DECLARATOR, // name?; number: count of '*'; a: list of array lengths (KSS_N_LENGTH,
                      // outermost first); b: initializer? (expression or KSS_N_INIT_LIST); span:
                      // `*name[3] = x`
    KSS_N_LENGTH,     // a: constant?  (NULL: [])
    KSS_N_INIT_LIST,  // a: list

    // ---- expressions (op: enum kss_op) ----------------------------------------------------------
    KSS_N_NUMBER,   // number; flags KSS_F_UNSIGNED, KSS_F_LONG_LONG, KSS_F_HEX (hex or octal: such
                    // constants may be unsigned by value, decimal ones may not)
    KSS_N_DURATION, // number: 100 ns units (a value below 100 ns is an error)
    KSS_N_SIZE,     // number: bytes (12K, 1M)
    KSS_N_CHAR,    // number: value of 1 to 4 characters, as MSVC packs them ('abcd' big-endian), an
                   // int; one character above 0x7F is negative (sign-extended to 64 bits); flags
                   // KSS_F_WIDE for L'x', never negative
    KSS_N_STRING,  // text/length: contents with escapes resolved, adjacent strings joined, and
                   // __FUNCTION__ replaced; NUL-terminated beyond length. flags KSS_F_WIDE: text is
                   // UTF-8 (\x escapes too), lone surrogates as three bytes
    KSS_N_NAME,    // name
    KSS_N_SYMBOL,  // name: routine; text: module (interned) or NULL; or a quoted symbol (flags
                   // KSS_F_QUOTED, name = all of it)       mydrv!ReadDispatch   "ql2300+0x69416"
    KSS_N_UNARY,   // op; a          - + ! ~ * & ++x --x
    KSS_N_POSTFIX, // op; a          x++ x--
    KSS_N_BINARY,  // op; a, b       also && || and ,
    KSS_N_ASSIGN,  // op: KSS_OP_ASSIGN or the compound operator's binary op (flags KSS_F_COMPOUND)
    KSS_N_CONDITIONAL, // a ? b : c
    KSS_N_CALL,   // a: callee (NAME, SYMBOL, ...); b: list of arguments; flags KSS_F_ELLIPSIS: last
                  // is ...   KdPrint((x, y)) and KdPrintEx((x, y)) have the arguments x, y.
                  // An argument may be a type (CONTAINING_RECORD, va_arg): a bare name stays a
                  // NAME whatever it means, anything longer (struct S, PVOID *) is a TYPE_NAME
    KSS_N_INDEX,  // a[b]
    KSS_N_FIELD,  // a . name;  flags KSS_F_ARROW for ->
    KSS_N_CAST,   // a: TYPE_NAME; b
    KSS_N_SIZEOF, // a: TYPE_NAME or expression. sizeof(X) with X neither declared nor an NT type is
                  // a NAME
    KSS_N_TYPE_NAME, // a: TYPE; b: DECLARATOR without name
};

enum kss_op {
    KSS_OP_NONE,
    KSS_OP_ADD,
    KSS_OP_SUB,
    KSS_OP_MUL,
    KSS_OP_DIV,
    KSS_OP_MOD,
    KSS_OP_SHL,
    KSS_OP_SHR,
    KSS_OP_AND,
    KSS_OP_OR,
    KSS_OP_XOR,
    KSS_OP_LT,
    KSS_OP_LE,
    KSS_OP_GT,
    KSS_OP_GE,
    KSS_OP_EQ,
    KSS_OP_NE,
    KSS_OP_LOG_AND,
    KSS_OP_LOG_OR,
    KSS_OP_COMMA,
    KSS_OP_ASSIGN,
    KSS_OP_NEG,
    KSS_OP_PLUS,
    KSS_OP_NOT,
    KSS_OP_COMPL,
    KSS_OP_DEREF,
    KSS_OP_ADDRESS,
    KSS_OP_INC,
    KSS_OP_DEC
};

enum kss_event_op {
    KSS_EVENT_DPC,
    KSS_EVENT_INTERRUPT,
    KSS_EVENT_APC_USER,
    KSS_EVENT_APC_KERNEL,
    KSS_EVENT_APC_SPECIAL,
    KSS_EVENT_SIGNAL,
    KSS_EVENT_TERMINATE,
    KSS_EVENT_ALERT,
    KSS_EVENT_TRIM,
    KSS_EVENT_DMA_READ,
    KSS_EVENT_DMA_WRITE
};

enum kss_quantifier { KSS_PLAIN, KSS_ALWAYS, KSS_SOMETIMES, KSS_NEVER };

enum kss_outcome_op {
    KSS_OUTCOME_CLEAN,
    KSS_OUTCOME_DEADLOCK,
    KSS_OUTCOME_BUGCHECK,
    KSS_OUTCOME_HAZARD,
    KSS_OUTCOME_THREAD,
    KSS_OUTCOME_STACK,
    KSS_OUTCOME_STATUS
};

enum kss_base {
    KSS_BASE_NAME,
    KSS_BASE_VOID,
    KSS_BASE_CHAR,
    KSS_BASE_SCHAR,
    KSS_BASE_UCHAR,
    KSS_BASE_SHORT,
    KSS_BASE_USHORT,
    KSS_BASE_INT,
    KSS_BASE_UINT,
    KSS_BASE_LONG,
    KSS_BASE_ULONG,
    KSS_BASE_INT64,
    KSS_BASE_UINT64,
    KSS_BASE_BOOL
};

enum {
    // Which of these a kind uses is said above; the last three share bits with those of numbers.
    KSS_F_STATIC = 1,
    KSS_F_EXTERN = 2,
    KSS_F_TYPEDEF = 4,
    KSS_F_CONST = 8,
    KSS_F_VOLATILE = 16,
    KSS_F_UNSIGNED = 32,
    KSS_F_LONG_LONG = 64,
    KSS_F_HEX = 128,
    KSS_F_WIDE = 256,
    KSS_F_QUOTED = 512,
    KSS_F_ELLIPSIS = 1024,
    KSS_F_ARROW = 2048,
    KSS_F_COMPOUND = 4096,
    KSS_F_UNION = 8192,
    KSS_F_ANY_PARAMS = 16384,
    KSS_F_INLINE = 32768,
    KSS_F_FINALLY = 32,
    KSS_F_EXITS = 64,
    KSS_F_NTH = 128
};

// The parser makes only the part of a node that its kind uses: leaves end behind [number], kinds
// without c, d and extra behind [b]. That halves the memory of a file, about seven
// times its size for dense code. So never copy a node, and never read a child the table above does
// not give the kind; builds with AddressSanitizer catch it. [name], [next] and [number] are there in
// every node, NULL or 0 when the kind has no use for them.
struct kss_node {
    uint8_t kind, op;
    uint16_t flags;
    uint32_t begin, end;
    union {
        uint32_t length; // of text
        uint32_t number2;
    };
    const char *name; // interned; NULL: none
    struct kss_node *next;
    union {
        uint64_t number;
        const char *text; // STRING: bytes (may hold NULs); SYMBOL: module
    };
    struct kss_node *a, *b;
    struct kss_node *c, *d, *extra;
};

struct kss_skip { // raw text between # lines: an arm that cannot be taken
    uint32_t begin, end;
};

struct kss_tree {
    uint32_t file;
    uint32_t skip_count;
    const struct kss_skip *skips; // in the order of the file
    struct kss_node *root;        // KSS_N_FILE, also after errors (what could be read)
    bool ok;                      // no errors
};

// Parses source [file]. All errors found (up to diags->limit) are added to [diags]; codes KSS0001
// to KSS0099 (parse_errors.def lists them). Depth of nesting is bounded: statements and types
// 4,000,000 levels, expressions 256; beyond that an error with a place. NUL bytes, invalid UTF-8 in
// code, and unterminated comments, strings and `#if` are errors with a place.
struct kss_tree kss_parse(struct kss_arena *arena, struct kss_sources *sources, uint32_t file,
                          struct kss_diags *diags);

// `kss fmt`: rewrites a file that parses without errors in the canonical form: four blanks, one
// statement a line, comments, number spelling, SAL and # lines kept. Idempotent; the tokens are the
// same. Returns false (with diagnostics) when it does not parse.
bool kss_format(struct kss_arena *arena, struct kss_sources *sources, uint32_t file,
                struct kss_diags *diags, struct kss_text *out);

#endif
