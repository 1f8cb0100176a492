// SPDX-License-Identifier: MIT
// For tests of the scenario language's front: parse a text, write its tree and its diagnostics down.
//
// A tree is written as (kind WORDS a(...) b(...)): the node's op, name, number or text, its flags,
// then the fields that hold nodes; a list stands as one node after the other.
//
//     x = a + 1;      (expr a(assign = a(name x) b(binary + a(name a) b(number 1))))
#ifndef KSS_TESTS_SCRIPT_RIG_H
#define KSS_TESTS_SCRIPT_RIG_H

#include "script/ast.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct script_rig {
    struct kss_arena arena;
    struct kss_sources sources;
    struct kss_diags diags;
    struct kss_tree tree;
    struct kss_text text;
};

static inline void rig_parse_bytes(struct script_rig *rig, const char *bytes, size_t length) {
    *rig = (struct script_rig){0};
    rig->sources.arena = &rig->arena;
    rig->diags.arena = &rig->arena;
    // A copy of exactly that size, so that a sanitizer sees a read beyond its end.
    char *copy = malloc(length ? length : 1);
    assert_non_null(copy);
    memcpy(copy, bytes, length);
    uint32_t file = kss_source_add(&rig->sources, "t.kss", copy, length);
    rig->tree = kss_parse(&rig->arena, &rig->sources, file, &rig->diags);
}

static inline void rig_parse(struct script_rig *rig, const char *source) {
    rig_parse_bytes(rig, source, strlen(source));
}

static inline void rig_free(struct script_rig *rig) {
    free((void *)(uintptr_t)rig->sources.files[0].bytes);
    kss_text_free(&rig->text);
    kss_diags_free(&rig->diags);
    kss_sources_free(&rig->sources);
    kss_arena_free(&rig->arena);
}

// All diagnostics, one a line: "KSS0020 1:5 message | label | help: text".
static inline const char *rig_diags(struct script_rig *rig) {
    struct kss_text *out = &rig->text;
    kss_text_clear(out);
    kss_text_str(out, "");
    for (uint32_t i = 0; i < rig->diags.count; i++) {
        const struct kss_diag *diag = &rig->diags.items[i];
        uint32_t line = 0, column = 0;
        if (diag->has_place)
            kss_source_place(&rig->sources, diag->primary.span.file, diag->primary.span.begin,
                             &line, &column);
        kss_text_format(out, "%s%s %u:%u %s", i ? "\n" : "", diag->code ? diag->code : "-",
                        (unsigned)line, (unsigned)column, diag->message);
        for (unsigned n = 0; n < diag->note_count; n++)
            kss_text_format(out, " | %s: %s", diag->notes[n].kind, diag->notes[n].text);
    }
    return out->length ? out->bytes : "";
}

static const char *const rig_kinds[] = {
    [KSS_N_FILE] = "file",
    [KSS_N_MACHINE] = "machine",
    [KSS_N_SETTING] = "setting",
    [KSS_N_MODULE] = "module",
    [KSS_N_FRAME_OF] = "frame_of",
    [KSS_N_ROUTINE] = "routine",
    [KSS_N_ATTR_FRAME] = "frame",
    [KSS_N_ATTR_PAGEABLE] = "pageable",
    [KSS_N_SAL] = "sal",
    [KSS_N_PARAM] = "param",
    [KSS_N_THREAD] = "thread",
    [KSS_N_DRIVER] = "driver",
    [KSS_N_DEVICE] = "device",
    [KSS_N_AT] = "at",
    [KSS_N_EXPECT] = "expect",
    [KSS_N_PRAGMA] = "pragma",
    [KSS_N_DEFINE] = "define",
    [KSS_N_IF_LINE] = "if_line",
    [KSS_N_WHEN] = "when",
    [KSS_N_EVENT] = "event",
    [KSS_N_RUN] = "run",
    [KSS_N_SPAN] = "span",
    [KSS_N_INDEX_RANGE] = "range",
    [KSS_N_OUTCOME] = "outcome",
    [KSS_N_ANY] = "any",
    [KSS_N_BLOCK] = "block",
    [KSS_N_EXPR] = "expr",
    [KSS_N_LEFT_OUT] = "left_out",
    [KSS_N_IF] = "if",
    [KSS_N_WHILE] = "while",
    [KSS_N_DO] = "do",
    [KSS_N_FOR] = "for",
    [KSS_N_SWITCH] = "switch",
    [KSS_N_CASE] = "case",
    [KSS_N_DEFAULT] = "default",
    [KSS_N_LABEL] = "label",
    [KSS_N_GOTO] = "goto",
    [KSS_N_BREAK] = "break",
    [KSS_N_CONTINUE] = "continue",
    [KSS_N_RETURN] = "return",
    [KSS_N_LEAVE] = "leave",
    [KSS_N_TRY] = "try",
    [KSS_N_REPEAT] = "repeat",
    [KSS_N_CALL_TREE] = "call_tree",
    [KSS_N_AFTER] = "after",
    [KSS_N_TOUCH] = "touch",
    [KSS_N_DECL] = "decl",
    [KSS_N_TYPE] = "type",
    [KSS_N_STRUCT] = "struct",
    [KSS_N_MEMBER] = "member",
    [KSS_N_ENUM] = "enum",
    [KSS_N_ENUMERATOR] = "enumerator",
    [KSS_N_DECLARATOR] = "declarator",
    [KSS_N_LENGTH] = "length",
    [KSS_N_INIT_LIST] = "init",
    [KSS_N_NUMBER] = "number",
    [KSS_N_DURATION] = "duration",
    [KSS_N_SIZE] = "size",
    [KSS_N_CHAR] = "char",
    [KSS_N_STRING] = "string",
    [KSS_N_NAME] = "name",
    [KSS_N_SYMBOL] = "symbol",
    [KSS_N_UNARY] = "unary",
    [KSS_N_POSTFIX] = "postfix",
    [KSS_N_BINARY] = "binary",
    [KSS_N_ASSIGN] = "assign",
    [KSS_N_CONDITIONAL] = "conditional",
    [KSS_N_CALL] = "call",
    [KSS_N_INDEX] = "index",
    [KSS_N_FIELD] = "field",
    [KSS_N_CAST] = "cast",
    [KSS_N_SIZEOF] = "sizeof",
    [KSS_N_TYPE_NAME] = "type_name",
};

static const char *const rig_ops[] = {
    "",   "+",  "-",  "*",  "/", "%", "<<", ">>", "&", "|", "^", "<", "<=", ">",  ">=",
    "==", "!=", "&&", "||", ",", "=", "-",  "+",  "!", "~", "*", "&", "++", "--",
};
static const char *const rig_bases[] = {"name",  "void",   "char",   "schar", "uchar",
                                        "short", "ushort", "int",    "uint",  "long",
                                        "ulong", "int64",  "uint64", "bool"};

static inline void rig_words(struct kss_text *out, const struct kss_node *node) {
    static const char *const events[] = {"dpc",         "interrupt", "apc-user",  "apc-kernel",
                                         "apc-special", "signal",    "terminate", "alert",
                                         "trim",        "dma-read",  "dma-write"};
    static const char *const outcomes[] = {"clean",  "deadlock", "bugcheck", "hazard",
                                           "thread", "stack",    "status"};
    static const char *const quantifiers[] = {"plain", "always", "sometimes", "never"};
    switch (node->kind) {
    case KSS_N_UNARY:
    case KSS_N_POSTFIX:
    case KSS_N_BINARY: kss_text_format(out, " %s", rig_ops[node->op]); break;
    case KSS_N_ASSIGN:
        kss_text_format(out, " %s%s", node->flags & KSS_F_COMPOUND ? rig_ops[node->op] : "", "=");
        break;
    case KSS_N_EVENT: kss_text_format(out, " %s", events[node->op]); break;
    case KSS_N_OUTCOME: kss_text_format(out, " %s", outcomes[node->op]); break;
    case KSS_N_EXPECT: kss_text_format(out, " %s", quantifiers[node->op]); break;
    case KSS_N_TOUCH: kss_text_str(out, node->op ? " write" : " read"); break;
    default: break;
    }
    if (node->kind == KSS_N_SYMBOL && node->text != NULL)
        kss_text_format(out, " %s!%s", node->text, node->name);
    else if (node->name != NULL)
        kss_text_format(out, " %s", node->name);
    switch (node->kind) {
    case KSS_N_NUMBER:
    case KSS_N_DURATION:
    case KSS_N_SIZE: kss_text_char(out, ' '), kss_text_unsigned(out, node->number); break;
    case KSS_N_CHAR: kss_text_char(out, ' '), kss_text_signed(out, (int64_t)node->number); break;
    case KSS_N_STRING:
        kss_text_char(out, ' ');
        kss_text_json(out, node->text, node->length);
        break;
    case KSS_N_ROUTINE:
    case KSS_N_DECLARATOR: kss_text_repeat(out, '*', (size_t)node->number); break;
    case KSS_N_TYPE:
        if (node->number)
            kss_text_format(out, " %s", rig_bases[node->number]);
        break;
    case KSS_N_OUTCOME:
        if (node->number)
            kss_text_format(out, " %s", rig_ops[node->number]);
        if (node->flags & KSS_F_NTH)
            kss_text_format(out, " #%u", (unsigned)node->number2);
        break;
    default: break;
    }
}

static inline void rig_flags(struct kss_text *out, const struct kss_node *node) {
    static const char *const names[] = {
        "static", "extern", "typedef", "const", "volatile", "unsigned", "i64", "hex",
        "wide",   "quoted", "...",     "->",    "",         "union",    "any", "inline"};
    for (unsigned bit = 0; bit < 16; bit++) {
        if (!(node->flags >> bit & 1) || names[bit][0] == '\0')
            continue;
        bool shared = node->kind == KSS_N_TRY || node->kind == KSS_N_OUTCOME;
        const char *name = !shared                       ? names[bit]
                           : (1 << bit) == KSS_F_FINALLY ? "finally"
                           : (1 << bit) == KSS_F_EXITS   ? "exits"
                                                         : "nth";
        kss_text_format(out, " %s", name);
    }
}

// How many of a, b, c, d, extra a kind has (ast.h): 0, 2 or 5.
static inline unsigned rig_fields(const struct kss_node *node, const struct kss_node **fields) {
    switch (node->kind) {
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
    case KSS_N_SYMBOL: return 0;
    case KSS_N_ROUTINE:
    case KSS_N_PARAM:
    case KSS_N_IF_LINE:
    case KSS_N_OUTCOME:
    case KSS_N_IF:
    case KSS_N_FOR:
    case KSS_N_TRY:
    case KSS_N_CALL_TREE:
    case KSS_N_CONDITIONAL:
        fields[2] = node->c;
        fields[3] = node->d;
        fields[4] = node->extra;
        break;
    default: break;
    }
    fields[0] = node->a;
    fields[1] = node->b;
    return 5;
}

static inline void rig_write(struct kss_text *out, const struct kss_node *node) {
    kss_text_format(out, "(%s", rig_kinds[node->kind]);
    rig_words(out, node);
    rig_flags(out, node);
    const struct kss_node *fields[5] = {0};
    for (unsigned i = 0; i < rig_fields(node, fields); i++) {
        if (fields[i] == NULL)
            continue;
        kss_text_format(out, " %s", &"a\0b\0c\0d\0e"[2 * i]);
        for (const struct kss_node *each = fields[i]; each != NULL; each = each->next)
            rig_write(out, each);
    }
    kss_text_char(out, ')');
}

// The items of the file, one after the other.
static inline const char *rig_tree(struct script_rig *rig) {
    kss_text_clear(&rig->text);
    kss_text_str(&rig->text, "");
    for (const struct kss_node *each = rig->tree.root->a; each != NULL; each = each->next)
        rig_write(&rig->text, each);
    return rig->text.length ? rig->text.bytes : "";
}

static inline void expect_tree_(const char *source, const char *tree, const char *file, int line) {
    struct script_rig rig;
    rig_parse(&rig, source);
    _assert_string_equal(rig_diags(&rig), "", file, line);
    _assert_string_equal(rig_tree(&rig), tree, file, line);
    rig_free(&rig);
}
#define expect_tree(source, tree) expect_tree_((source), (tree), __FILE__, __LINE__)

static inline void expect_diags_(const char *source, const char *diags, const char *file,
                                 int line) {
    struct script_rig rig;
    rig_parse(&rig, source);
    _assert_string_equal(rig_diags(&rig), diags, file, line);
    rig_free(&rig);
}
#define expect_diags(source, diags) expect_diags_((source), (diags), __FILE__, __LINE__)

// One statement: the tree of what stands in `routine F() { SOURCE }`, the braces left out.
static inline void expect_statement_(const char *source, const char *tree, const char *file,
                                     int line) {
    struct kss_text text = {0};
    kss_text_format(&text, "routine F() {\n%s\n}\n", source);
    struct script_rig rig;
    rig_parse(&rig, text.bytes);
    _assert_string_equal(rig_diags(&rig), "", file, line);
    kss_text_clear(&rig.text);
    kss_text_str(&rig.text, "");
    for (const struct kss_node *each = rig.tree.root->a->d->a; each != NULL; each = each->next)
        rig_write(&rig.text, each);
    _assert_string_equal(rig.text.length ? rig.text.bytes : "", tree, file, line);
    rig_free(&rig);
    kss_text_free(&text);
}
#define expect_statement(source, tree) expect_statement_((source), (tree), __FILE__, __LINE__)

#endif
