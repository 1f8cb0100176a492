// SPDX-License-Identifier: MIT
// The parser's ground: tokens with look-ahead, errors and recovery, scopes, nodes; and the loop
// that drives items and statements from the stack of frames instead of the host's.
//
// Depends on lex.h, nt/nt.h (type names) and the other files of parse.h.
#include "script/parse.h"

#include <stdlib.h>
#include <string.h>

// ---- Tokens -------------------------------------------------------------------------------------

void kss_p_advance(struct kss_parser *p) {
    if (p->bad)
        return;
    p->last_end = p->token.end;
    if (p->has_ahead) {
        p->token = p->ahead;
        p->has_ahead = false;
    } else {
        kss_lex(&p->lexer, &p->token);
    }
}

const struct kss_token *kss_p_peek(struct kss_parser *p) {
    if (!p->has_ahead)
        kss_lex(&p->lexer, &p->ahead);
    p->has_ahead = true;
    return &p->ahead;
}

struct kss_p_mark kss_p_mark(const struct kss_parser *p) {
    return (struct kss_p_mark){p->lexer.cursor, p->token, p->ahead, p->has_ahead, p->last_end};
}

void kss_p_return_to(struct kss_parser *p, const struct kss_p_mark *mark) {
    p->lexer.cursor = mark->cursor;
    p->token = mark->token;
    p->ahead = mark->ahead;
    p->has_ahead = mark->has_ahead;
    p->last_end = mark->last_end;
}

bool kss_p_accept_word(struct kss_parser *p, enum kss_known word) {
    if (!kss_p_is_word(p, word))
        return false;
    kss_p_advance(p);
    return true;
}

bool kss_p_need(struct kss_parser *p, enum kss_token_kind kind, const char *what) {
    if (kss_p_accept(p, kind))
        return true;
    kss_p_expected(p, what);
    return false;
}

struct kss_name *kss_p_need_name(struct kss_parser *p, const char *what) {
    struct kss_name *name = p->token.name;
    return kss_p_need(p, KSS_T_NAME, what) ? name : NULL;
}

void kss_p_skip_parens(struct kss_parser *p) {
    uint32_t open = 0;
    do {
        if (kss_p_is(p, KSS_T_LEFT_PAREN))
            open++;
        else if (kss_p_is(p, KSS_T_RIGHT_PAREN))
            open--;
        else if (kss_p_is(p, KSS_T_EOF) || kss_p_is(p, KSS_T_EOL) || kss_p_is(p, KSS_T_HASH) ||
                 kss_p_is(p, KSS_T_BAD) || kss_p_is(p, KSS_T_LEFT_BRACE))
            return;
        kss_p_advance(p);
    } while (open > 0);
}

struct kss_token kss_p_behind_parens(struct kss_parser *p) {
    struct kss_p_mark mark = kss_p_mark(p);
    kss_p_skip_parens(p);
    struct kss_token behind = p->token;
    kss_p_return_to(p, &mark);
    return behind;
}

// ---- Frames -------------------------------------------------------------------------------------

struct kss_p_frame *kss_p_push(struct kss_parser *p, enum kss_nest kind, struct kss_node *node) {
    if (p->frame_count >= KSS_P_DEEPEST) {
        kss_p_complain(p, KSS_E_too_nested, p->token.begin, p->token.end);
        p->lexer.stopped = true; // nothing behind it is read
    }
    KSS_ROOM(p->frames, p->frame_count, p->frame_capacity);
    bool file_level =
        kind == KSS_IN_FILE || (kind == KSS_IN_HASH_IF && p->frames[p->frame_count - 1].file_level);
    struct kss_p_frame *frame = &p->frames[p->frame_count++];
    *frame = (struct kss_p_frame){.kind = (uint8_t)kind, .node = node, .file_level = file_level};
    return frame;
}

void kss_p_push_block(struct kss_parser *p) {
    struct kss_node *block = kss_p_node(p, KSS_N_BLOCK, p->token.begin);
    kss_p_advance(p);
    struct kss_p_frame *frame = kss_p_push(p, KSS_IN_BLOCK, block);
    frame->tail = &block->a;
    frame->scope = true;
    frame->undo = kss_p_scope_open(p);
}

static struct kss_node *pop(struct kss_parser *p) {
    struct kss_p_frame *frame = &p->frames[--p->frame_count];
    if (frame->scope)
        kss_p_scope_close(p, frame->undo);
    frame->node->end = p->last_end;
    return frame->node;
}

// Takes the word that follows a try block, or closes the statement without one. True: its handler's
// block has been pushed.
static bool begin_handler(struct kss_parser *p, struct kss_p_frame *frame) {
    struct kss_node *node = frame->node;
    p->tries--;
    bool except = kss_p_is_word(p, KSS_WORD___except) || kss_p_is_word(p, KSS_WORD_except);
    bool finally = kss_p_is_word(p, KSS_WORD___finally) || kss_p_is_word(p, KSS_WORD_finally);
    if (!except && !finally) {
        const char *word = p->lexer.bytes + node->begin;
        int length = *word == '_' ? 5 : 3;
        kss_p_complain(p, KSS_E_bare_try, node->begin, node->begin + (uint32_t)length, length,
                       word);
        return false;
    }
    kss_p_advance(p);
    if (except)
        node->b = kss_p_parenthesised(p);
    else
        kss_p_add_flags(node, KSS_F_FINALLY);
    if (!kss_p_is(p, KSS_T_LEFT_BRACE)) {
        kss_p_expected(p, "`{`");
        if (p->bad)
            kss_p_recover(p, false);
        return false;
    }
    frame->kind = KSS_IN_HANDLER;
    kss_p_push_block(p);
    return true;
}

static void end_do(struct kss_parser *p, struct kss_node *node) {
    if (!kss_p_accept_word(p, KSS_WORD_while))
        kss_p_expected(p, "`while`");
    else
        node->a = kss_p_parenthesised(p);
    kss_p_need_semicolon(p);
    if (p->bad)
        kss_p_recover(p, false);
}

static void attach(struct kss_p_frame *frame, struct kss_node *node) {
    switch ((enum kss_nest)frame->kind) {
    case KSS_IN_FILE:
    case KSS_IN_BLOCK:
    case KSS_IN_HASH_IF:
        *frame->tail = node;
        frame->tail = &node->next;
        break;
    case KSS_IN_TRY: frame->node->a = node; break;
    case KSS_IN_IF:
    case KSS_IN_LOOP:
    case KSS_IN_DO:
    case KSS_IN_THREAD: frame->node->b = node; break;
    case KSS_IN_ELSE:
    case KSS_IN_HANDLER: frame->node->c = node; break;
    case KSS_IN_FOR:
    case KSS_IN_ROUTINE: frame->node->d = node; break;
    }
}

static bool is_list(const struct kss_p_frame *frame) {
    return frame->kind == KSS_IN_FILE || frame->kind == KSS_IN_BLOCK ||
           frame->kind == KSS_IN_HASH_IF;
}

// What may follow the part that was just attached. True: the statement goes on.
static bool goes_on(struct kss_parser *p, struct kss_p_frame *frame) {
    if (frame->kind == KSS_IN_IF && kss_p_accept_word(p, KSS_WORD_else)) {
        frame->kind = KSS_IN_ELSE;
        return true;
    }
    if (frame->kind == KSS_IN_TRY)
        return begin_handler(p, frame);
    if (frame->kind == KSS_IN_DO)
        end_do(p, frame->node);
    return is_list(frame);
}

// Gives a finished statement or item to what waits for it; that may finish too, and so on.
void kss_p_deliver(struct kss_parser *p, struct kss_node *node) {
    for (;;) {
        struct kss_p_frame *frame = &p->frames[p->frame_count - 1];
        attach(frame, node);
        if (goes_on(p, frame))
            return;
        node = pop(p);
    }
}

// ---- The loop -----------------------------------------------------------------------------------

static bool at_file_level(const struct kss_parser *p) {
    return p->frames[p->frame_count - 1].file_level;
}

static void open_at_end(struct kss_parser *p) {
    if (p->in_extern_c)
        kss_p_complain(p, KSS_E_open_block, p->extern_c, p->extern_c + 1);
    for (unsigned i = p->frame_count; i-- > 0;) { // the innermost
        const struct kss_p_frame *frame = &p->frames[i];
        uint32_t begin = frame->outer != NULL ? frame->outer->begin : frame->node->begin;
        if (frame->kind == KSS_IN_BLOCK && p->lexer.open_quote > begin)
            return; // the string without an end may hold the }
        if (frame->kind == KSS_IN_BLOCK) {
            kss_p_complain(p, KSS_E_open_block, begin, begin + 1);
            return;
        }
        if (frame->kind == KSS_IN_HASH_IF && !frame->split) {
            kss_p_complain(p, KSS_E_open_if, begin, begin + 1);
            return;
        }
    }
}

static void close_block(struct kss_parser *p) {
    kss_p_advance(p);
    kss_p_deliver(p, pop(p));
}

// A } where no block ends.
static void stray_brace(struct kss_parser *p, const struct kss_p_frame *frame) {
    bool inside = frame->kind == KSS_IN_HASH_IF && !at_file_level(p);
    if (p->in_extern_c && at_file_level(p))
        p->in_extern_c = false;
    else if (inside)
        kss_p_complain(p, KSS_E_hash_splits, p->token.begin, p->token.end, 2, "if", "{");
    else
        kss_p_complain(p, KSS_E_stray_brace, p->token.begin, p->token.end);
    kss_p_advance(p);
}

// Statements in a single place (the body of an if) that could not be read count as empty.
static void step_single(struct kss_parser *p) {
    p->first = p->token;
    p->skip_hash = false;
    uint32_t begin = p->token.begin;
    struct kss_node *node = kss_p_statement(p);
    if (p->bad) {
        kss_p_recover(p, false);
        node = kss_p_node(p, KSS_N_EXPR, begin);
        node->end = begin;
    }
    if (node != NULL)
        kss_p_deliver(p, node);
}

// Ends every routine, thread, block and statement around, without reading anything.
static void leave_to_file_level(struct kss_parser *p) {
    while (!at_file_level(p)) {
        const struct kss_p_frame *frame = &p->frames[p->frame_count - 1];
        p->tries -= frame->kind == KSS_IN_TRY;
        p->lost_ifs += frame->kind == KSS_IN_HASH_IF;
        struct kss_node *outer = frame->outer, *node = pop(p);
        attach(&p->frames[p->frame_count - 1], outer != NULL ? outer : node);
    }
}

void kss_p_show_body(struct kss_parser *p, struct kss_diag *diag) {
    if (diag == NULL)
        return;
    const struct kss_node *body = NULL; // the outermost block
    for (unsigned i = p->frame_count; i-- > 0 && !p->frames[i].file_level;)
        if (p->frames[i].kind == KSS_IN_BLOCK)
            body = p->frames[i].node;
    if (body != NULL)
        kss_diag_cause(p->lexer.diags, diag,
                       (struct kss_span){p->lexer.file, body->begin, body->begin + 1},
                       "opened here");
}

static void step_list(struct kss_parser *p) {
    struct kss_p_frame *frame = &p->frames[p->frame_count - 1];
    bool file_level = at_file_level(p);
    if (frame->ended) { // an #if whose #endif came inside a block
        struct kss_node *outer = frame->outer, *node = pop(p);
        kss_p_deliver(p, outer != NULL ? outer : node);
        return;
    }
    p->first = p->token;
    p->skip_hash = false;
    if (kss_p_is(p, KSS_T_RIGHT_BRACE)) {
        if (frame->kind == KSS_IN_BLOCK)
            close_block(p);
        else
            stray_brace(p, frame);
        return;
    }
    if (!file_level && p->token.name != NULL && kss_p_item_begins(p)) {
        bool column_one = kss_p_in_column_one(p);
        if (p->lexer.open_quote <= frame->node->begin) // else the } may be in the string
            kss_p_show_body(
                p, kss_p_complain(p, column_one ? KSS_E_missing_brace : KSS_E_item_in_block,
                                  p->token.begin, p->token.end, kss_p_shown(p->token.name),
                                  p->token.name->text));
        leave_to_file_level(p);
        return;
    }
    uint32_t begin = p->token.begin;
    struct kss_node *node;
    if (kss_p_is(p, KSS_T_HASH))
        node = kss_p_hash_line(p);
    else
        node = file_level ? kss_p_item(p) : kss_p_statement(p);
    if (p->bad) {
        kss_p_recover(p, file_level);
        if (p->token.begin == begin && !kss_p_is(p, KSS_T_EOF) && !kss_p_is(p, KSS_T_RIGHT_BRACE))
            kss_p_advance(p);
        if (kss_p_is_word(p, KSS_WORD_else))
            kss_p_advance(p); // of an if that was skipped
        return;
    }
    if (node != NULL)
        kss_p_deliver(p, node);
}

static void run(struct kss_parser *p) {
    for (;;) {
        if (kss_p_is(p, KSS_T_EOF) && is_list(&p->frames[p->frame_count - 1]))
            break;
        if (is_list(&p->frames[p->frame_count - 1]))
            step_list(p);
        else
            step_single(p);
    }
    p->first = p->token;
    open_at_end(p);
    leave_to_file_level(p);
    while (p->frame_count > 1)
        pop(p);
}

// ---- Beginning and end --------------------------------------------------------------------------

static bool is_before(const struct kss_diag *a, const struct kss_diag *b) {
    return a->has_place && (!b->has_place || a->primary.span.begin < b->primary.span.begin);
}

// Looking ahead may have found a bad byte before the mistake in front of it.
static void sort_by_place(struct kss_diags *diags, uint32_t first) {
    for (uint32_t i = first + 1; i < diags->count; i++) {
        struct kss_diag diag = diags->items[i];
        uint32_t at = i;
        for (; at > first && is_before(&diag, &diags->items[at - 1]); at--)
            diags->items[at] = diags->items[at - 1];
        diags->items[at] = diag;
    }
}

struct kss_tree kss_parse(struct kss_arena *arena, struct kss_sources *sources, uint32_t file,
                          struct kss_diags *diags) {
    uint32_t errors = diags->errors, first = diags->count;
    struct kss_parser p = {.arena = arena, .error_at = UINT32_MAX};
    kss_lexer_init(&p.lexer, arena, sources, file, diags);
    struct kss_node *root = kss_p_node(&p, KSS_N_FILE, 0);
    kss_p_push(&p, KSS_IN_FILE, root)->tail = &root->a;
    kss_p_advance(&p);
    run(&p);
    root->end = sources->files[file].length;
    free(p.frames);
    free(p.undo);
    free(p.structs);
    kss_lexer_free(&p.lexer);
    sort_by_place(diags, first);
    struct kss_skip *skips = KSS_NEW_ARRAY(arena, struct kss_skip, p.skip_count + 1);
    if (p.skip_count > 0)
        memcpy(skips, p.skips, p.skip_count * sizeof *skips);
    free(p.skips);
    return (struct kss_tree){.file = file,
                             .skip_count = p.skip_count,
                             .skips = skips,
                             .root = root,
                             .ok = diags->errors == errors};
}
