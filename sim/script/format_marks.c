// SPDX-License-Identifier: MIT
// What each token is, from the tree.
//
// Nodes know their first byte and the byte behind their last, parentheses included, so that an
// operator is the token behind its left operand or in front of its right one. The walk keeps its own
// stack: trees may be as deep as memory allows.
#include "script/format.h"

#include <stdlib.h>

struct step {
    const struct kss_node *node;
    uint32_t level; // of the statement it stands in
    bool list;      // its siblings follow
    bool line;      // begins a line
    bool single;    // a block that may stay on one line
};

struct walk {
    struct kss_m_tokens *tokens;
    struct step *steps;
    unsigned count, capacity;
};

// ---- Tokens by place ----------------------------------------------------------------------------

// The first token at or behind [offset].
static uint32_t token_at(const struct kss_m_tokens *tokens, uint32_t offset) {
    uint32_t i = tokens->blocks[offset / 32];
    while (i + 1 < tokens->count && tokens->items[i].begin < offset)
        i++;
    return i;
}

static void mark(struct walk *w, uint32_t index, unsigned marks) {
    if (index < w->tokens->count)
        w->tokens->items[index].marks = (uint16_t)(w->tokens->items[index].marks | marks);
}

static void mark_line(struct walk *w, uint32_t offset, uint32_t level, unsigned marks) {
    uint32_t i = token_at(w->tokens, offset);
    w->tokens->items[i].level = level;
    mark(w, i, marks);
}

// The token in front of the one at [offset].
static uint32_t token_before(const struct kss_m_tokens *tokens, uint32_t offset) {
    uint32_t i = token_at(tokens, offset);
    return i ? i - 1 : 0;
}

static void push(struct walk *w, struct step step) {
    if (step.node == NULL)
        return;
    KSS_ROOM(w->steps, w->count, w->capacity);
    w->steps[w->count++] = step;
}

static void push_child(struct walk *w, const struct kss_node *node, uint32_t level) {
    push(w, (struct step){.node = node, .level = level, .list = true});
}

static void push_lines(struct walk *w, const struct kss_node *list, uint32_t level) {
    push(w, (struct step){.node = list, .level = level, .list = true, .line = true});
}

// ---- Braces -------------------------------------------------------------------------------------

static bool has_newline(const struct kss_m_tokens *tokens, uint32_t begin, uint32_t end) {
    for (uint32_t i = begin; i < end; i++)
        if (tokens->bytes[i] == '\n')
            return true;
    return false;
}

// Nothing but blanks between two neighbours.
static bool only_blanks(const struct kss_m_tokens *tokens, uint32_t begin, uint32_t end) {
    for (uint32_t i = begin; i < end; i++)
        if (tokens->bytes[i] == '/')
            return false;
    return true;
}

// A block whose one statement or none stands on its line stays there.
static bool stays_on_one_line(const struct kss_m_tokens *tokens, uint32_t open, uint32_t close,
                              const struct kss_node *list) {
    uint32_t begin = tokens->items[open].end, end = tokens->items[close].begin;
    if (list == NULL || list->next != NULL || has_newline(tokens, begin, end))
        return false;
    for (uint32_t i = open; i < close; i++)
        if (!only_blanks(tokens, tokens->items[i].end, tokens->items[i + 1].begin))
            return false;
    switch ((enum kss_node_kind)list->kind) {
    case KSS_N_EXPR:
    case KSS_N_RETURN:
    case KSS_N_AFTER:
    case KSS_N_TOUCH:
    case KSS_N_LEFT_OUT:
    case KSS_N_SETTING: return true;
    default: return false;
    }
}

// { list } with the list's nodes on lines of their own.
static void braces(struct walk *w, uint32_t open, uint32_t close, const struct kss_node *list,
                   uint32_t level, bool single) {
    struct kss_m_token *items = w->tokens->items;
    bool empty = open + 1 == close && only_blanks(w->tokens, items[open].end, items[close].begin);
    single = empty || (single && stays_on_one_line(w->tokens, open, close, list));
    items[open].level = items[close].level = level;
    mark(w, open, KSS_M_OPEN | (single ? KSS_M_INLINE : 0));
    mark(w, close, KSS_M_CLOSE | (single ? KSS_M_INLINE : KSS_M_LINE));
    if (single)
        push_child(w, list, level);
    else
        push_lines(w, list, level + 1);
}

// The same with the braces somewhere in [begin, end), which holds no others.
static void find_braces(struct walk *w, const struct kss_node *node, uint32_t level) {
    uint32_t open = token_at(w->tokens, node->begin);
    while (open < w->tokens->count && w->tokens->items[open].begin < node->end &&
           w->tokens->items[open].kind != KSS_T_LEFT_BRACE)
        open++;
    if (w->tokens->items[open].kind != KSS_T_LEFT_BRACE ||
        w->tokens->items[open].begin >= node->end)
        return;
    uint32_t close = token_before(w->tokens, node->end);
    while (close > open && w->tokens->items[close].kind != KSS_T_RIGHT_BRACE)
        close--;
    braces(w, open, close, node->a, level, true);
}

// ---- Statements ---------------------------------------------------------------------------------

static bool is_empty(const struct kss_node *node) {
    return node->kind == KSS_N_EXPR && node->a == NULL && node->end == node->begin + 1;
}

// The statement that [node] governs.
static void body(struct walk *w, const struct kss_node *node, uint32_t level, bool single) {
    if (node == NULL)
        return;
    bool block = node->kind == KSS_N_BLOCK;
    push(w,
         (struct step){
             .node = node, .level = block ? level : level + 1, .line = !block, .single = single});
}

// A word behind the block or statement [before]: else, while, except, finally.
static void follower(struct walk *w, const struct kss_node *before, uint32_t level) {
    mark_line(w, before->end, level, before->kind == KSS_N_BLOCK ? KSS_M_ATTACH : KSS_M_LINE);
}

static void if_(struct walk *w, const struct kss_node *node, uint32_t level) {
    push_child(w, node->a, level);
    body(w, node->b, level, false);
    if (node->c == NULL)
        return;
    follower(w, node->b, level);
    if (node->c->kind == KSS_N_IF) // else if
        push(w, (struct step){.node = node->c, .level = level});
    else
        body(w, node->c, level, false);
}

static void call_tree(struct walk *w, const struct kss_node *node, uint32_t level) {
    push_child(w, node->extra, level);
    if (node->b == NULL || is_empty(node->b))
        return;
    if (node->b->kind == KSS_N_CALL_TREE) // a chain is not indented
        push(w, (struct step){.node = node->b, .level = level, .line = true});
    else
        body(w, node->b, level, true);
}

// case X: and labels stand one level out; what follows them does not.
static void label(struct walk *w, const struct kss_node *node, uint32_t level) {
    uint32_t outer = level > 0 ? level - 1 : 0;
    mark_line(w, node->begin, outer, KSS_M_LINE);
    if (node->kind == KSS_N_CASE)
        push_child(w, node->a, level);
    uint32_t colon = node->kind == KSS_N_CASE ? token_at(w->tokens, node->a->end)
                                              : token_at(w->tokens, node->begin) + 1;
    mark(w, colon, KSS_M_TIGHT);
    const struct kss_node *b = node->b;
    if (b == NULL)
        return;
    bool block = b->kind == KSS_N_BLOCK;
    push(w, (struct step){.node = b, .level = block ? outer : level, .line = !block});
}

static bool statement(struct walk *w, const struct kss_node *node, uint32_t level) {
    switch ((enum kss_node_kind)node->kind) {
    case KSS_N_IF: if_(w, node, level); return true;
    case KSS_N_WHILE:
    case KSS_N_SWITCH:
    case KSS_N_REPEAT:
        push_child(w, node->a, level);
        body(w, node->b, level, false);
        return true;
    case KSS_N_DO:
        body(w, node->b, level, false);
        follower(w, node->b, level);
        push_child(w, node->a, level);
        return true;
    case KSS_N_FOR:
        push_child(w, node->a, level);
        push_child(w, node->b, level);
        push_child(w, node->c, level);
        body(w, node->d, level, false);
        return true;
    case KSS_N_TRY:
        body(w, node->a, level, false);
        follower(w, node->a, level);
        push_child(w, node->b, level);
        body(w, node->c, level, false);
        return true;
    case KSS_N_CALL_TREE: call_tree(w, node, level); return true;
    case KSS_N_CASE:
    case KSS_N_DEFAULT:
    case KSS_N_LABEL: label(w, node, level); return true;
    default: return false;
    }
}

// ---- Items --------------------------------------------------------------------------------------

static void stars(struct walk *w, uint32_t begin, uint64_t count) {
    for (uint32_t i = token_at(w->tokens, begin); count > 0 && i < w->tokens->count; i++) {
        if (w->tokens->items[i].kind != KSS_T_STAR)
            continue;
        mark(w, i, KSS_M_PREFIX);
        count--;
    }
}

static void routine(struct walk *w, const struct kss_node *node, uint32_t level) {
    uint32_t name = token_at(w->tokens, node->b->begin);
    for (uint32_t i = token_at(w->tokens, node->begin) + 1; i <= name; i++)
        mark(w, i, KSS_M_HEADER);
    if (node->a != NULL)
        stars(w, node->a->end, node->number);
    mark(w, token_at(w->tokens, node->b->end), KSS_M_TIGHT);
    push_child(w, node->a, level);
    push_child(w, node->c, level);
    push_child(w, node->extra, level);
    if (node->d != NULL)
        push(w, (struct step){.node = node->d, .level = level, .single = true});
}

static void thread(struct walk *w, const struct kss_node *node, uint32_t level) {
    if (node->a != NULL)
        mark(w, token_before(w->tokens, node->a->begin), KSS_M_TIGHT);
    push_child(w, node->a, level);
    push(w, (struct step){.node = node->b, .level = level, .single = true});
}

static void structure(struct walk *w, const struct kss_node *node, uint32_t level) {
    if (node->a != NULL)
        braces(w, token_before(w->tokens, node->a->begin), token_before(w->tokens, node->end),
               node->a, level, false);
}

// enum { A, B }: the author's line breaks stay, so these are no lines.
static void enumeration(struct walk *w, const struct kss_node *node, uint32_t level) {
    if (node->a == NULL)
        return;
    mark(w, token_before(w->tokens, node->a->begin), KSS_M_SPACED);
    mark(w, token_before(w->tokens, node->end), KSS_M_SPACED);
    push_child(w, node->a, level);
}

static void event(struct walk *w, const struct kss_node *node, uint32_t level) {
    if (node->b != NULL)
        mark(w, token_before(w->tokens, node->b->begin), KSS_M_TIGHT);
    push_child(w, node->a, level);
    push_child(w, node->b, level);
}

static bool item(struct walk *w, const struct kss_node *node, uint32_t level) {
    switch ((enum kss_node_kind)node->kind) {
    case KSS_N_FILE: push_lines(w, node->a, 0); return true;
    case KSS_N_IF_LINE:
        push_lines(w, node->b, level);
        push_lines(w, node->c, level);
        return true;
    case KSS_N_MACHINE:
    case KSS_N_DRIVER: find_braces(w, node, level); return true;
    case KSS_N_ROUTINE: routine(w, node, level); return true;
    case KSS_N_THREAD: thread(w, node, level); return true;
    case KSS_N_BLOCK:
        braces(w, token_at(w->tokens, node->begin), token_before(w->tokens, node->end), node->a,
               level, false);
        return true;
    case KSS_N_STRUCT: structure(w, node, level); return true;
    case KSS_N_ENUM: enumeration(w, node, level); return true;
    case KSS_N_EVENT: event(w, node, level); return true;
    case KSS_N_DEFINE: // all on # lines
    case KSS_N_PRAGMA: return true;
    default: return false;
    }
}

// ---- Expressions --------------------------------------------------------------------------------

static void expression(struct walk *w, const struct kss_node *node) {
    switch ((enum kss_node_kind)node->kind) {
    case KSS_N_UNARY: mark(w, token_before(w->tokens, node->a->begin), KSS_M_PREFIX); break;
    case KSS_N_POSTFIX: mark(w, token_at(w->tokens, node->a->end), KSS_M_TIGHT); break;
    case KSS_N_BINARY:
    case KSS_N_ASSIGN:
        if (node->op != KSS_OP_COMMA || node->kind == KSS_N_ASSIGN)
            mark(w, token_at(w->tokens, node->a->end), KSS_M_SPACED);
        break;
    case KSS_N_CONDITIONAL:
        mark(w, token_at(w->tokens, node->a->end), KSS_M_SPACED);
        mark(w, token_at(w->tokens, node->b->end), KSS_M_SPACED);
        break;
    case KSS_N_CALL:
    case KSS_N_RUN: mark(w, token_at(w->tokens, node->a->end), KSS_M_TIGHT); break;
    case KSS_N_CAST: mark(w, token_before(w->tokens, node->b->begin), KSS_M_PREFIX); break;
    case KSS_N_DECLARATOR: stars(w, node->begin, node->number); break;
    case KSS_N_ATTR_FRAME: mark(w, token_at(w->tokens, node->begin) + 1, KSS_M_TIGHT); break;
    default: break;
    }
}

// ---- The walk -----------------------------------------------------------------------------------

static bool is_leaf(const struct kss_node *node) {
    switch ((enum kss_node_kind)node->kind) {
    case KSS_N_MODULE:
    case KSS_N_ATTR_PAGEABLE:
    case KSS_N_SAL:
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
    case KSS_N_SYMBOL: return true;
    default: return false;
    }
}

static void visit(struct walk *w, struct step step) {
    const struct kss_node *node = step.node;
    if (step.list)
        push(w, (struct step){
                    .node = node->next, .level = step.level, .list = true, .line = step.line});
    if (step.line)
        mark_line(w, node->begin, step.level, KSS_M_LINE);
    if (is_leaf(node))
        return;
    if (node->kind == KSS_N_BLOCK && step.single) {
        braces(w, token_at(w->tokens, node->begin), token_before(w->tokens, node->end), node->a,
               step.level, true);
        return;
    }
    if (item(w, node, step.level) || statement(w, node, step.level))
        return;
    expression(w, node);
    push_child(w, node->a, step.level);
    push_child(w, node->b, step.level);
    if (node->kind == KSS_N_CONDITIONAL || node->kind == KSS_N_OUTCOME)
        push_child(w, node->c, step.level);
}

// ---- What left no node --------------------------------------------------------------------------

static bool is_text(const struct kss_m_tokens *tokens, uint32_t i, const char *text) {
    const struct kss_m_token *token = &tokens->items[i];
    uint32_t n = 0;
    while (text[n] != '\0' && n < token->end - token->begin &&
           tokens->bytes[token->begin + n] == text[n])
        n++;
    return text[n] == '\0' && token->begin + n == token->end;
}

// extern "C" { }
static void extern_c(struct walk *w, uint32_t i) {
    struct kss_m_tokens *tokens = w->tokens;
    uint32_t depth = 0;
    mark(w, i, KSS_M_LINE);
    mark(w, i + 2, KSS_M_OPEN);
    for (i += 2; i < tokens->count; i++) {
        depth += tokens->items[i].kind == KSS_T_LEFT_BRACE;
        if (tokens->items[i].kind == KSS_T_RIGHT_BRACE && --depth == 0) {
            mark(w, i, KSS_M_CLOSE | KSS_M_LINE);
            return;
        }
    }
}

static void mark_words(struct walk *w) {
    for (uint32_t i = 0; i < w->tokens->count; i++) {
        const struct kss_m_token *token = &w->tokens->items[i];
        if (i + 2 < w->tokens->count && token->kind == KSS_T_KEYWORD &&
            token[1].kind == KSS_T_STRING && token[2].kind == KSS_T_LEFT_BRACE &&
            is_text(w->tokens, i, "extern"))
            extern_c(w, i);
        else if (token->kind == KSS_T_NAME &&
                 (is_text(w->tokens, i, "EXTERN_C_START") || is_text(w->tokens, i, "EXTERN_C_END")))
            mark(w, i, KSS_M_LINE);
    }
}

void kss_m_mark(struct kss_m_tokens *tokens, const struct kss_node *root) {
    struct walk w = {.tokens = tokens};
    mark_words(&w);
    push(&w, (struct step){.node = root});
    while (w.count > 0)
        visit(&w, w.steps[--w.count]);
    free(w.steps);
}
