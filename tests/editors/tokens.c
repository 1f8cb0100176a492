// SPDX-License-Identifier: MIT
// What the tokens of scenarios are, as the lexer and the parser of kss see them: the truth that editors' grammars are
// compared with. One JSON line a file: {"file":NAME,"tokens":[[BEGIN,END,"class"],...]}, in bytes.
//
//   comment string number keyword name symbol     what the lexer says
//   word setting hazard                           where the parser took a name as such: the tree knows
//   type routine constant builtin annotation      names that NT's tables hold, or of an annotation's form
//   directive                                     # and the word behind it
//   unread                                        what leaves no token: #include lines, arms passed over
//
// Files that do not parse are left out, with a line on stderr.
#include "base/os.h"
#include "nt/nt.h"
#include "script/check.h"
#include "script/lex_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum class { NONE, WORD_, SETTING, HAZARD, CLASSES };

struct file {
    const char *bytes;
    uint32_t length;
    uint8_t *taken; // an enum class for each byte where the parser took a name as such
    struct kss_lexer lexer;
    struct kss_text *out;
    bool any;
};

// ---- What the tree knows ------------------------------------------------------------------------

static bool in_name(const struct file *f, uint32_t at) {
    return at < f->length && kss_byte_class[(uint8_t)f->bytes[at]] >= KSS_CLASS_NAME;
}

// Where the token behind [at] begins.
static uint32_t next_token(const struct file *f, uint32_t at) {
    struct kss_lexer lexer = f->lexer;
    struct kss_token token;
    lexer.cursor = (struct kss_cursor){.at = at};
    kss_lex(&lexer, &token);
    return token.begin;
}

static uint32_t name_end(const struct file *f, uint32_t at) {
    while (in_name(f, at))
        at++;
    return at;
}

// The name at [at] is of [class]; returns where the next token begins.
static uint32_t take(struct file *f, uint32_t at, enum class class) {
    if (at < f->length)
        f->taken[at] = (uint8_t) class;
    return next_token(f, name_end(f, at));
}

static void settings(struct file *f, const struct kss_node *list) {
    for (; list != NULL; list = list->next)
        take(f, list->begin, SETTING);
}

static void event(struct file *f, const struct kss_node *node) {
    uint32_t at = take(f, node->begin, WORD_);
    switch ((enum kss_event_op)node->op) {
    case KSS_EVENT_APC_USER:
    case KSS_EVENT_APC_KERNEL:
    case KSS_EVENT_APC_SPECIAL:
    case KSS_EVENT_DMA_READ:
    case KSS_EVENT_DMA_WRITE: take(f, at, WORD_); break;
    default: break;
    }
}

// `in` stands in front of the symbol: the last name that ends before it.
static void in(struct file *f, const struct kss_node *node) {
    for (uint32_t at = node->begin, next; at < node->c->begin; at = next) {
        next = next_token(f, in_name(f, at) ? name_end(f, at) : at + 1);
        if (next == node->c->begin)
            take(f, at, WORD_);
    }
}

// stack-object-user-wait: every word of it.
static void hazard(struct file *f, uint32_t at) {
    take(f, at, HAZARD);
    for (at = name_end(f, at); f->bytes[at] == '-' && in_name(f, at + 1); at = name_end(f, at + 1))
        take(f, at + 1, HAZARD);
}

static void outcome(struct file *f, const struct kss_node *node) {
    uint32_t at = take(f, node->begin, WORD_);
    switch ((enum kss_outcome_op)node->op) {
    case KSS_OUTCOME_THREAD: take(f, next_token(f, name_end(f, at)), WORD_); break;
    case KSS_OUTCOME_HAZARD: hazard(f, at); break;
    default: break;
    }
    for (const struct kss_node *each = node->op == KSS_OUTCOME_BUGCHECK ? node->b : NULL;
         each != NULL; each = each->next)
        if (each->kind == KSS_N_ANY)
            take(f, each->begin, WORD_);
    if (node->c != NULL && node->op != KSS_OUTCOME_STACK && node->op != KSS_OUTCOME_STATUS)
        in(f, node);
}

static void expect(struct file *f, const struct kss_node *node) {
    uint32_t at = take(f, node->begin, WORD_);
    if (node->op != KSS_PLAIN)
        take(f, at, WORD_);
    outcome(f, node->a);
}

static void attributes(struct file *f, const struct kss_node *list) {
    for (; list != NULL; list = list->next)
        if (list->kind != KSS_N_SAL)
            take(f, list->begin, WORD_);
}

static void nodes(struct file *f, const struct kss_node *list);

static void try_(struct file *f, const struct kss_node *node) {
    if (f->bytes[node->begin] == 't') { // except and finally count with try alone; __try is C's
        take(f, node->begin, WORD_);
    }
    uint32_t handler = next_token(f, node->a->end);
    if (f->bytes[handler] != '_')
        take(f, handler, WORD_);
    nodes(f, node->a);
    nodes(f, node->c);
}

static bool item(struct file *f, const struct kss_node *node) {
    switch ((enum kss_node_kind)node->kind) {
    case KSS_N_FILE: nodes(f, node->a); return true;
    case KSS_N_MACHINE:
    case KSS_N_DRIVER:
        take(f, node->begin, WORD_);
        settings(f, node->a);
        return true;
    case KSS_N_THREAD:
        take(f, node->begin, WORD_);
        settings(f, node->a);
        nodes(f, node->b);
        return true;
    case KSS_N_MODULE:
    case KSS_N_FRAME_OF:
    case KSS_N_DEVICE: take(f, node->begin, WORD_); return true;
    case KSS_N_ROUTINE:
        if (node->a == NULL && next_token(f, name_end(f, node->begin)) == node->b->begin)
            take(f, node->begin, WORD_);
        attributes(f, node->extra);
        nodes(f, node->d);
        return true;
    case KSS_N_EXPECT: expect(f, node); return true;
    default: return false;
    }
}

static void node(struct file *f, const struct kss_node *node) {
    if (item(f, node))
        return;
    switch ((enum kss_node_kind)node->kind) {
    case KSS_N_AT:
    case KSS_N_AFTER:
        take(f, node->begin, WORD_);
        event(f, node->b);
        break;
    case KSS_N_TOUCH: take(f, node->begin, WORD_); break;
    case KSS_N_REPEAT:
        take(f, node->begin, WORD_);
        nodes(f, node->b);
        break;
    case KSS_N_CALL_TREE:
        take(f, node->begin, WORD_);
        attributes(f, node->extra);
        nodes(f, node->b);
        break;
    case KSS_N_TRY: try_(f, node); break;
    case KSS_N_LEAVE:
        if (f->bytes[node->begin] != '_')
            take(f, node->begin, WORD_);
        break;
    case KSS_N_BLOCK: nodes(f, node->a); break;
    case KSS_N_WHILE:
    case KSS_N_DO:
    case KSS_N_SWITCH:
    case KSS_N_CASE:
    case KSS_N_DEFAULT:
    case KSS_N_LABEL: nodes(f, node->b); break;
    case KSS_N_IF:
    case KSS_N_IF_LINE:
        nodes(f, node->b);
        nodes(f, node->c);
        break;
    case KSS_N_FOR: nodes(f, node->d); break;
    default: break; // declarations and expressions hold no scenario word
    }
}

static void nodes(struct file *f, const struct kss_node *list) {
    for (; list != NULL; list = list->next)
        node(f, list);
}

// ---- What the lexer says ------------------------------------------------------------------------

static void put(struct file *f, uint32_t begin, uint32_t end, const char *class) {
    kss_text_format(f->out, "%s[%u,%u,\"%s\"]", f->any ? "," : "", begin, end, class);
    f->any = true;
}

static bool is_constant(const struct kss_name *name) {
    unsigned irql;
    for (unsigned arch = KSS_ARCH_X86; arch <= KSS_ARCH_ARM64; arch++)
        if (kss_irql_find((enum kss_arch)arch, name->text, name->length, &irql))
            return true;
    return kss_constant_find(name->text, name->length) != NULL ||
           kss_bugcheck_named(name->text, name->length) != NULL;
}

static const char *name_class(const struct file *f, const struct kss_token *token) {
    static const char *const taken[CLASSES] = {NULL, "word", "setting", "hazard"};
    const struct kss_name *name = token->name;
    if (f->taken[token->begin] != NONE)
        return taken[f->taken[token->begin]];
    if (token->kind == KSS_T_KEYWORD)
        return "keyword";
    if (name->properties & (KSS_IS_SAL | KSS_IS_NOISE))
        return "annotation";
    if (name->text[0] != '_' && kss_type_find(name->text, name->length) != NULL) // no struct tags
        return "type";
    if (kss_routine_find(name->text, name->length) != NULL)
        return "routine";
    if (kss_is_builtin(name->text))
        return "builtin";
    return is_constant(name) ? "constant" : "name";
}

static void put_token(struct file *f, const struct kss_token *token) {
    switch ((enum kss_token_kind)token->kind) {
    case KSS_T_NAME:
    case KSS_T_KEYWORD: put(f, token->begin, token->end, name_class(f, token)); break;
    case KSS_T_SYMBOL: put(f, token->begin, token->end, "symbol"); break;
    case KSS_T_HASH: put(f, token->begin, token->end, "directive"); break;
    case KSS_T_NUMBER:
    case KSS_T_DURATION:
    case KSS_T_SIZE: put(f, token->begin, token->end, "number"); break;
    case KSS_T_CHAR:
    case KSS_T_STRING: put(f, token->begin, token->end, "string"); break;
    default: break;
    }
}

// What lies between two tokens: blanks, ends of lines, comments, # lines that left no token.
static void put_gap(struct file *f, uint32_t at, uint32_t end) {
    while (at < end) {
        uint32_t begin = at;
        if (f->bytes[at] == '/') {
            bool line = f->bytes[at + 1] == '/';
            at = line ? kss_lex_line_comment_end(&f->lexer, at)
                      : kss_lex_block_comment_end(&f->lexer, at);
            put(f, begin, at, "comment");
        } else if (f->bytes[at] == '#') {
            while (at < end && f->bytes[at] != '\n')
                at++;
            put(f, begin, at, "unread");
        } else {
            at++;
        }
    }
}

static void put_tokens(struct file *f, const struct kss_tree *tree) {
    const struct kss_skip *skip = tree->skips, *last = skip + tree->skip_count;
    struct kss_token token;
    uint32_t end = f->lexer.cursor.at;
    do {
        if (skip < last && next_token(f, end) >= skip->begin && end <= skip->begin) {
            put_gap(f, end, skip->begin);
            put(f, skip->begin, skip->end, "unread");
            f->lexer.cursor = (struct kss_cursor){.at = skip->end, .first = true};
            end = skip->end;
            skip++;
        }
        kss_lex(&f->lexer, &token);
        put_gap(f, end, token.begin);
        put_token(f, &token);
        end = token.end;
    } while (token.kind != KSS_T_EOF);
}

static bool put_file(const char *path, struct kss_text *out) {
    struct kss_arena arena = {0};
    struct kss_sources sources = {.arena = &arena};
    struct kss_diags diags = {.arena = &arena};
    char *bytes;
    size_t length;
    const char *reason = kss_os_read(&arena, path, &bytes, &length);
    if (reason != NULL) {
        fprintf(stderr, "%s: %s\n", path, reason);
        return false;
    }
    uint32_t file = kss_source_add(&sources, path, bytes, length);
    struct kss_tree tree = kss_parse(&arena, &sources, file, &diags);
    if (tree.ok) {
        struct file f = {.bytes = bytes, .length = (uint32_t)length, .out = out};
        f.taken = kss_alloc(&arena, length + 1);
        memset(f.taken, NONE, length + 1);
        kss_lexer_init(&f.lexer, &arena, &sources, file, &diags);
        nodes(&f, tree.root);
        kss_text_str(out, "{\"file\":");
        kss_text_json(out, path, strlen(path));
        kss_text_str(out, ",\"tokens\":[");
        put_tokens(&f, &tree);
        kss_text_str(out, "]}\n");
        kss_lexer_free(&f.lexer);
    } else {
        fprintf(stderr, "%s: not a scenario\n", path);
    }
    kss_diags_free(&diags);
    kss_sources_free(&sources);
    kss_arena_free(&arena);
    return true;
}

int main(int argc, char **argv) {
    struct kss_text out = {0};
    bool ok = argc > 1;
    for (int i = 1; i < argc; i++)
        ok &= put_file(argv[i], &out);
    if (out.length > 0)
        fwrite(out.bytes, 1, out.length, stdout);
    kss_text_free(&out);
    return ok ? 0 : 2;
}
