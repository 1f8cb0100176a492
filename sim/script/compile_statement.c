// SPDX-License-Identifier: MIT
// Statements to instructions, without recursion: a scenario may nest them 100,000 deep.
//
// What is open lies on a stack: lists with the statement that comes next, loops, switches, the
// branches of an `if`, inline call trees. begin() handles a statement or opens it; proceed() goes on
// with the innermost open one. A call tree is a routine of its own, compiled in the middle of the one
// around it; what it uses of that one's variables is handed over as addresses (captures).
#include "script/compile.h"

#include <stdlib.h>
#include <string.h>

enum open_kind {
    OPEN_LIST,
    OPEN_IF,
    OPEN_ELSE,
    OPEN_LOOP,
    OPEN_REPEAT,
    OPEN_SWITCH,
    OPEN_TREE,
    OPEN_TRY,
    OPEN_EXCEPT,
    OPEN_FINALLY
};

// Where a jump out of a statement goes, and the __try statement at work there.
struct target {
    uint32_t label; // KSS_NOWHERE: none
    uint32_t scope;
};

struct open {
    enum open_kind kind;
    bool scope;            // LIST, LOOP: names end with it
    bool single;           // LIST: one statement only
    struct kss_node *node; // LIST: next statement; else the statement
    struct kss_symbol *newest, *block;
    uint32_t top, test, end; // labels
    uint32_t next;           // LOOP: where `continue` goes
    uint32_t slot, counter;  // REPEAT
    struct target old_break, old_continue, old_leave;
    uint32_t scope_number, old_handler, region; // TRY, EXCEPT, FINALLY; region: SWITCH
    uint32_t cases, table;                      // SWITCH
    struct kss_ctype *type;
    struct kss_node *default_node;
    uint32_t old_switch;
};

struct label_case {
    int64_t value;
    uint32_t pc;
    struct kss_node *node;
};

struct walk {
    struct kss_build *b;
    struct open *open;
    uint32_t depth;
    unsigned capacity;
    struct target break_to, continue_to, leave_to;
    uint32_t in_switch;       // index of the innermost open switch, KSS_NOWHERE: none
    struct label_case *cases; // of open switches, outermost first
    uint32_t case_count;
    unsigned case_capacity;
};

static struct open *push(struct walk *w, enum open_kind kind, struct kss_node *node) {
    KSS_ROOM(w->open, w->depth, w->capacity);
    struct open *open = &w->open[w->depth++];
    *open = (struct open){.kind = kind,
                          .node = node,
                          .newest = w->b->newest,
                          .block = w->b->block,
                          .old_break = w->break_to,
                          .old_continue = w->continue_to,
                          .old_leave = w->leave_to,
                          .region = w->b->body->region_now,
                          .old_switch = w->in_switch};
    return open;
}

static void open_list(struct walk *w, struct kss_node *list, bool scope) {
    struct open *open = push(w, OPEN_LIST, list);
    open->scope = scope;
    if (scope)
        w->b->block = w->b->newest;
}

static void open_one(struct walk *w, struct kss_node *statement) {
    push(w, OPEN_LIST, statement)->single = true;
}

static void close_scope(struct walk *w, const struct open *open) {
    kss_scope_end(w->b, open->newest);
    w->b->block = open->block;
}

static struct target here(const struct walk *w, uint32_t label) {
    return (struct target){label, w->b->body->try_now};
}

// In a new body.
static void jump_nowhere(struct walk *w) {
    struct target nowhere = {KSS_NOWHERE, 0};
    w->break_to = w->continue_to = w->leave_to = nowhere;
    w->in_switch = KSS_NOWHERE;
}

// ---- Simple statements --------------------------------------------------------------------------
static void expression(struct kss_build *b, struct kss_node *node) {
    struct kss_expr *e = kss_check(b, node);
    if (e->type->kind == KSS_K_ERROR)
        return;
    kss_unread(e);
    kss_gen_effect(b, e);
}

static bool out_of_finally(struct kss_build *b, struct kss_node *node, const char *what) {
    if (b->body->funclet != KSS_FUNCLET_FINALLY)
        return false;
    KSS_SAY(b, node, "KSS0119", "a `__finally` block cannot be left by `%s`", what);
    return true;
}

static void put_return(struct kss_build *b, enum kss_opcode op, int slot) {
    kss_put_leaving(b, b->body->try_now, 0, true);
    kss_put(b, op, 0, slot, 0, 0);
}

static void return_(struct kss_build *b, struct kss_node *node) {
    struct kss_body *body = b->body;
    if (out_of_finally(b, node, "return"))
        return;
    bool nothing = body->result->kind == KSS_K_VOID;
    if (node->a == NULL) {
        if (!nothing && !body->lenient && body->result->kind != KSS_K_ERROR)
            KSS_SAY(b, node, "KSS0120", "a `%s` must be returned", kss_type_text(b, body->result));
        put_return(b, KSS_I_RETURN_0, 0);
        return;
    }
    body->returns = true;
    struct kss_expr *e = kss_check_value(b, node->a);
    if (e->type->kind == KSS_K_ERROR)
        return;
    if (nothing) {
        if (e->type->kind == KSS_K_VOID) { // return F(); where both have no value
            kss_gen_effect(b, e);
            put_return(b, KSS_I_RETURN_0, 0);
            return;
        }
        KSS_SAY(b, node->a, "KSS0120", "no value can be returned here");
        return;
    }
    e = kss_check_assign(b, e, body->result, "the value returned");
    if (e->type->kind == KSS_K_ERROR)
        return;
    uint32_t before = body->slot;
    int slot = kss_gen_value(b, e, KSS_ANY_SLOT);
    if (body->result->kind ==
        KSS_K_STRUCT) { // the caller's room: its address is the first argument
        kss_put(b, KSS_I_COPY, 0, 0, slot, 0);
        kss_put_word(b, body->result->size);
        put_return(b, KSS_I_RETURN_0, 0);
    } else {
        put_return(b, KSS_I_RETURN, slot);
    }
    body->slot = before;
}

static uint32_t label_named(struct kss_build *b, struct kss_node *node) {
    struct kss_body *body = b->body;
    uint32_t index = (uint32_t)(uintptr_t)kss_map_get(&body->label_map, node->name);
    if (index == 0) {
        index = kss_label_new(b) + 1;
        body->labels[index - 1].node = node;
        kss_map_put(&body->label_map, node->name, (void *)(uintptr_t)index);
    }
    return index - 1;
}

// `case 3:` and `name:` without the statement behind them.
static struct kss_node *head_of(struct kss_build *b, const struct kss_node *node) {
    uint32_t end = node->kind == KSS_N_CASE      ? node->a->end
                   : node->kind == KSS_N_DEFAULT ? node->begin + 7
                                                 : node->begin + (uint32_t)strlen(node->name);
    return kss_bytes_node(b, node->begin, end);
}

static void define_label(struct kss_build *b, struct kss_node *node) {
    uint32_t index = label_named(b, node);
    struct kss_jump_label *label = &b->body->labels[index];
    if (label->at != KSS_NOWHERE) {
        struct kss_diag *diag = KSS_SAY(b, head_of(b, node), "KSS0110",
                                        "the label `%s` stands twice in one routine", node->name);
        kss_diag_cause(b->diags, diag, kss_span_of(b, label->node), "the first one is here");
        return;
    }
    label->node = head_of(b, node);
    label->region = b->body->region_now;
    kss_label_here(b, index);
}

static void goto_(struct kss_build *b, struct kss_node *node) {
    uint32_t index = label_named(b, node);
    if (b->body->labels[index].at != KSS_NOWHERE) {
        b->body->loops++;
        kss_back_edge(b);
        b->body->loops--;
    }
    kss_put_goto(b, node, index);
}

void kss_check_labels(struct kss_build *b) {
    const struct kss_body *body = b->body;
    kss_check_gotos(b);
    for (uint32_t i = 0; i < body->label_count; i++) {
        const struct kss_jump_label *label = &body->labels[i];
        if (label->at == KSS_NOWHERE && label->node != NULL &&
            !out_of_finally(b, label->node, "goto"))
            KSS_SAY(b, label->node, "KSS0119", "there is no label `%s` in this routine",
                    label->node->name);
    }
}

static void touch(struct kss_build *b, struct kss_node *node) {
    struct kss_expr *address, *size;
    if (!kss_check_span(b, node->a, &address, &size))
        return;
    uint32_t before = b->body->slot;
    int at = kss_gen_value(b, address, KSS_ANY_SLOT);
    int bytes = kss_gen_value(b, size, KSS_ANY_SLOT);
    kss_put(b, KSS_I_TOUCH, node->op, at, bytes, 0);
    b->body->slot = before;
}

static void after(struct kss_build *b, struct kss_node *node) {
    struct kss_promise_plan plan;
    struct kss_expr *run, *address, *size;
    struct kss_expr *low = kss_check_time(b, node->a->a);
    struct kss_expr *high = node->a->b != NULL ? kss_check_time(b, node->a->b) : low;
    bool times = low->type->kind != KSS_K_ERROR && high->type->kind != KSS_K_ERROR;
    if (times && low->kind == KSS_X_CONST && high->kind == KSS_X_CONST &&
        high->value < low->value) {
        KSS_SAY(b, node->a, "KSS0129", "the latest time comes before the earliest");
        times = false;
    }
    if (!kss_check_event(b, node->b, &plan, &run, &address, &size) || !times)
        return;
    uint32_t before = b->body->slot;
    int first = kss_slot_new(b), second = kss_slot_new(b);
    for (unsigned i = 0; i < plan.argument_count; i++)
        kss_slot_new(b);
    kss_gen_value(b, low, first);
    if (high == low)
        kss_put(b, KSS_I_MOV, 0, second, first, 0);
    else
        kss_gen_value(b, high, second);
    int slot = second + 8;
    for (struct kss_expr *e = run != NULL ? run->a : NULL; e != NULL; e = e->next, slot += 8)
        kss_gen_value(b, e, slot);
    if (address != NULL)
        kss_gen_value(b, address, slot);
    if (size != NULL)
        kss_gen_value(b, size, slot + 8);
    kss_put_imm(b, KSS_I_PROMISE, first, (int32_t)b->promise_count);
    KSS_ROOM(b->promises, b->promise_count, b->promise_capacity);
    b->promises[b->promise_count++] = plan;
    b->body->slot = before;
}

// ---- Loops --------------------------------------------------------------------------------------
static void open_loop(struct walk *w, struct kss_node *node, struct kss_node *body_) {
    struct kss_build *b = w->b;
    struct open *open = push(w, OPEN_LOOP, node);
    uint32_t top = kss_label_new(b), test = kss_label_new(b), end = kss_label_new(b);
    uint32_t next = kss_label_new(b);
    open->top = top;
    open->test = test;
    open->end = end;
    open->next = next;
    if (node->kind == KSS_N_FOR && node->a != NULL && node->a->kind == KSS_N_DECL) {
        open->scope = true;
        b->block = b->newest;
        kss_check_declaration(b, node->a);
    } else if (node->kind == KSS_N_FOR && node->a != NULL) {
        kss_set_place(b, node->a);
        expression(b, node->a->kind == KSS_N_EXPR ? node->a->a : node->a);
    }
    if (node->kind != KSS_N_DO)
        kss_jump(b, test);
    kss_label_here(b, top);
    w->break_to = here(w, end);
    w->continue_to = here(w, next);
    b->body->loops++;
    open_one(w, body_);
}

static void close_loop(struct walk *w, struct open open) {
    struct kss_build *b = w->b;
    struct kss_node *node = open.node;
    struct kss_node *condition = node->kind == KSS_N_FOR ? node->b : node->a;
    kss_label_here(b, open.next);
    if (node->kind == KSS_N_FOR && node->c != NULL) {
        kss_set_place(b, node->c);
        expression(b, node->c);
    }
    kss_set_place(b, condition != NULL ? condition : node);
    kss_back_edge(b);
    kss_label_here(b, open.test);
    if (condition == NULL) {
        kss_jump(b, open.top);
    } else {
        struct kss_expr *e = kss_check_condition(b, condition);
        if (e->type->kind != KSS_K_ERROR)
            kss_gen_branch(b, e, open.top, true);
    }
    kss_label_here(b, open.end);
    b->body->loops--;
    if (open.scope)
        close_scope(w, &open);
}

static void open_repeat(struct walk *w, struct kss_node *node) {
    struct kss_build *b = w->b;
    struct kss_expr *e = kss_check_value(b, node->a);
    struct open *open = push(w, OPEN_REPEAT, node);
    open->slot = b->body->slot;
    int counter = kss_slot_new(b);
    open->counter = (uint32_t)counter;
    uint32_t top = kss_label_new(b), test = kss_label_new(b), end = kss_label_new(b);
    uint32_t next = kss_label_new(b);
    open->top = top;
    open->test = test;
    open->end = end;
    open->next = next;
    if (e->type->kind == KSS_K_INT && !e->type->is_duration)
        kss_gen_value(b, kss_convert(b, e, kss_type_base(b, KSS_BASE_INT64)), counter);
    else if (e->type->kind != KSS_K_ERROR)
        KSS_SAY(b, node->a, "KSS0114", "`repeat` counts with a number, not a `%s`",
                kss_type_text(b, e->type));
    kss_jump(b, test);
    kss_label_here(b, top);
    w->break_to = here(w, end);
    w->continue_to = here(w, next);
    b->body->loops++;
    open_one(w, node->b);
}

static void close_repeat(struct walk *w, struct open open) {
    struct kss_build *b = w->b;
    int counter = (int)open.counter;
    kss_label_here(b, open.next);
    kss_set_place(b, open.node->a);
    kss_put(b, KSS_I_ADDI_64, 0, counter, counter, -1);
    kss_back_edge(b);
    kss_label_here(b, open.test);
    kss_jump_if(b, KSS_I_JUMP_GT_I, counter, 0, open.top);
    kss_label_here(b, open.end);
    b->body->loops--;
    b->body->slot = open.slot;
}

// ---- switch -------------------------------------------------------------------------------------
static void open_switch(struct walk *w, struct kss_node *node) {
    struct kss_build *b = w->b;
    struct kss_expr *e = kss_check_value(b, node->a);
    if (e->type->kind != KSS_K_INT && e->type->kind != KSS_K_ERROR) {
        KSS_SAY(b, node->a, "KSS0114", "`switch` wants a number, not a `%s`",
                kss_type_text(b, e->type));
        e = kss_expr_error(b, node->a);
    }
    struct open *open = push(w, OPEN_SWITCH, node);
    open->end = kss_label_new(b);
    open->cases = w->case_count;
    open->table = b->switch_count;
    KSS_ROOM(b->switches, b->switch_count, b->switch_capacity);
    b->switches[b->switch_count++] = (struct kss_switch){0};
    w->in_switch = w->depth - 1;
    w->break_to = here(w, open->end);
    struct kss_ctype *type = e->type;
    if (type->kind == KSS_K_INT && type->size < 4)
        type = kss_type_base(b, KSS_BASE_INT);
    open->type = type;
    uint32_t before = b->body->slot;
    if (type->kind != KSS_K_ERROR) {
        int slot = kss_gen_value(b, kss_convert(b, e, type), KSS_ANY_SLOT);
        kss_put_imm(b, KSS_I_SWITCH, slot, (int32_t)open->table);
    }
    b->body->slot = before;
    open_one(w, node->b);
}

static void case_(struct walk *w, struct kss_node *node) {
    struct kss_build *b = w->b;
    if (w->in_switch == KSS_NOWHERE) {
        KSS_SAY(b, head_of(b, node), "KSS0119", "`%s` outside a switch",
                node->kind == KSS_N_CASE ? "case" : "default");
        return;
    }
    struct open *open = &w->open[w->in_switch];
    if (open->region != b->body->region_now)
        KSS_SAY(b, head_of(b, node), "KSS0119", "`%s` would jump into a `__try` statement",
                node->kind == KSS_N_CASE ? "case" : "default");
    uint32_t pc = b->body->count;
    if (node->kind == KSS_N_DEFAULT) {
        if (open->default_node != NULL) {
            struct kss_diag *diag =
                KSS_SAY(b, head_of(b, node), "KSS0110", "a switch has one `default`");
            kss_diag_cause(b->diags, diag, kss_span_of(b, head_of(b, open->default_node)),
                           "the first one is here");
            return;
        }
        open->default_node = node;
        b->switches[open->table].other = pc;
        return;
    }
    int64_t value;
    if (!kss_check_constant(b, node->a, "a case", &value) || open->type->kind == KSS_K_ERROR)
        return;
    KSS_ROOM(w->cases, w->case_count, w->case_capacity);
    w->cases[w->case_count++] = (struct label_case){kss_canonical(open->type, value), pc, node};
}

static int by_value(const void *x, const void *y) {
    const struct label_case *p = x, *q = y;
    if (p->value != q->value)
        return p->value < q->value ? -1 : 1;
    return p->node->begin < q->node->begin ? -1 : p->node->begin > q->node->begin;
}

static void close_switch(struct walk *w, struct open open) {
    struct kss_build *b = w->b;
    uint32_t count = w->case_count - open.cases;
    struct label_case *list = count > 0 ? w->cases + open.cases : NULL;
    if (count > 1)
        qsort(list, count, sizeof *list, by_value);
    struct kss_case *cases = KSS_NEW_ARRAY(b->arena, struct kss_case, count + 1);
    for (uint32_t i = 0; i < count; i++) {
        cases[i] = (struct kss_case){list[i].value, list[i].pc};
        if (i == 0 || list[i].value != list[i - 1].value)
            continue;
        struct kss_diag *diag = KSS_SAY(b, head_of(b, list[i].node), "KSS0110",
                                        "the case %lld stands twice", (long long)list[i].value);
        kss_diag_cause(b->diags, diag, kss_span_of(b, head_of(b, list[i - 1].node)),
                       "the first one is here");
    }
    w->case_count = open.cases;
    kss_label_here(b, open.end);
    struct kss_switch *table = &b->switches[open.table];
    table->cases = cases;
    table->count = count;
    if (open.default_node == NULL)
        table->other = b->body->count;
    struct kss_body *body = b->body;
    KSS_ROOM(body->switches, body->switch_count, body->switch_capacity);
    body->switches[body->switch_count++] = open.table;
}

// ---- Inline call trees --------------------------------------------------------------------------
static void open_tree(struct walk *w, struct kss_node *node) {
    struct kss_build *b = w->b;
    const char *module, *name;
    kss_symbol_parts(b, node->a, &module, &name);
    if (module == NULL)
        module = b->module;
    uint32_t code = kss_add_routine(b, module, name, true, node->a);
    b->codes[code].extent = kss_place_of(b, node);
    push(w, OPEN_TREE, node);
    struct kss_body *body = kss_body_begin(b, code, node->a);
    body->result = kss_type_base(b, KSS_BASE_VOID);
    body->given =
        kss_check_frame(b, node->extra, module, name, &body->given_bytes, &body->given_node);
    kss_set_place(b, node->a);
    for (struct kss_node *at = node->extra; at != NULL; at = at->next)
        if (at->kind == KSS_N_ATTR_PAGEABLE && !b->infos[code].pageable) {
            b->infos[code].pageable = true;
            b->codes[code].flags |= KSS_CODE_PAGEABLE;
            kss_put(b, KSS_I_PAGEABLE, 0, 0, 0, 0);
        }
    jump_nowhere(w);
    b->block = b->newest;
    open_one(w, node->b);
}

static void capture_argument(struct kss_build *b, struct kss_symbol *symbol, int slot) {
    if (symbol->body != b->body)
        kss_put_capture(b, slot, kss_capture_index(b, symbol));
    else if (symbol->by_address)
        kss_put(b, KSS_I_MOV, 0, slot, (int)symbol->index * 8, 0);
    else
        kss_put_imm(b, KSS_I_LOCAL, slot, (int32_t)symbol->offset);
}

static void close_tree(struct walk *w, struct open open) {
    struct kss_build *b = w->b;
    struct kss_body *body = b->body;
    uint32_t count = body->capture_count, code = body->code;
    struct kss_symbol **captures = KSS_NEW_ARRAY(b->arena, struct kss_symbol *, (size_t)count + 1);
    if (count > 0)
        memcpy(captures, body->captures, count * sizeof *captures);
    kss_check_labels(b);
    kss_body_end(b);
    b->block = open.block;
    uint32_t before = b->body->slot;
    int first = kss_slot_new(b);
    for (uint32_t i = 1; i < count; i++)
        kss_slot_new(b);
    for (uint32_t i = 0; i < count; i++)
        capture_argument(b, captures[i], first + (int)i * 8);
    kss_set_place(b, open.node->a);
    kss_put_imm(b, KSS_I_CALL_TREE, first, (int32_t)code);
    b->body->slot = before;
}

// ---- The walk -----------------------------------------------------------------------------------
static void open_if(struct walk *w, struct kss_node *node) {
    struct kss_build *b = w->b;
    struct open *open = push(w, OPEN_IF, node);
    open->test = kss_label_new(b);
    open->end = kss_label_new(b);
    uint32_t no = open->test;
    kss_set_place(b, node->a);
    struct kss_expr *e = kss_check_condition(b, node->a);
    if (e->type->kind != KSS_K_ERROR)
        kss_gen_branch(b, e, no, false);
    open_one(w, node->b);
}

static void jump_out(struct walk *w, struct kss_node *node) {
    static const char *const outside[] = {"`break` outside a loop or switch",
                                          "`continue` outside a loop",
                                          "`__leave` outside a `__try` block"};
    static const char *const words[] = {"break", "continue", "__leave"};
    struct kss_build *b = w->b;
    unsigned which = node->kind == KSS_N_BREAK ? 0 : node->kind == KSS_N_CONTINUE ? 1 : 2;
    struct target to = which == 0 ? w->break_to : which == 1 ? w->continue_to : w->leave_to;
    if (to.label == KSS_NOWHERE) {
        if (!out_of_finally(b, node, words[which]))
            KSS_SAY(b, node, "KSS0119", "%s", outside[which]);
        return;
    }
    kss_put_leaving(b, b->body->try_now, to.scope, false);
    kss_jump(b, to.label);
}

// ---- __try --------------------------------------------------------------------------------------
static void open_try(struct walk *w, struct kss_node *node) {
    struct kss_build *b = w->b;
    struct open *open = push(w, OPEN_TRY, node);
    open->test = kss_label_new(b); // where `__leave` goes
    open->end = kss_label_new(b);
    open->old_handler = b->body->handler_now;
    open->scope_number = kss_try_begin(b, node);
    w->leave_to = here(w, open->test);
    open_one(w, node->a);
}

// The block has ended: the handler's begins.
static void open_handler(struct walk *w, struct open *open) {
    struct kss_build *b = w->b;
    struct kss_node *node = open->node;
    w->leave_to = open->old_leave;
    kss_label_here(b, open->test);
    kss_set_place(b, node);
    kss_try_end(b, open->scope_number);
    if (node->flags & KSS_F_FINALLY) {
        open->kind = OPEN_FINALLY;
        kss_put_finally(b, open->scope_number, false);
        kss_finally_begin(b, open->scope_number, node);
        jump_nowhere(w);
        b->block = b->newest;
    } else {
        open->kind = OPEN_EXCEPT;
        kss_jump(b, open->end);
        kss_compile_filter(b, open->scope_number, node);
        b->body->scopes[open->scope_number - 1].handler = b->body->count;
        b->body->handler_now = open->scope_number;
        kss_region_begin(b);
    }
    open_one(w, node->c);
}

static void close_except(struct walk *w, const struct open *open) {
    kss_region_end(w->b);
    w->b->body->handler_now = open->old_handler;
    kss_label_here(w->b, open->end);
}

static void close_finally(struct walk *w, const struct open *open) {
    struct kss_build *b = w->b;
    kss_check_labels(b);
    kss_finally_end(b, open->scope_number);
    b->block = open->block;
}

// Handles a statement or opens it.
static void begin(struct walk *w, struct kss_node *node) {
    struct kss_build *b = w->b;
    for (; node != NULL; node = node->b) { // labels stand before their statement
        kss_set_place(b, node);
        if (node->kind == KSS_N_LABEL)
            define_label(b, node);
        else if (node->kind == KSS_N_CASE || node->kind == KSS_N_DEFAULT)
            case_(w, node);
        else
            break;
    }
    if (node == NULL)
        return;
    switch (node->kind) {
    case KSS_N_BLOCK: open_list(w, node->a, true); break;
    case KSS_N_EXPR:
        if (node->a != NULL)
            expression(b, node->a);
        break;
    case KSS_N_LEFT_OUT: b->codes[b->body->code].flags |= KSS_CODE_LEFT_OUT; break;
    case KSS_N_IF: open_if(w, node); break;
    case KSS_N_WHILE:
    case KSS_N_DO: open_loop(w, node, node->b); break;
    case KSS_N_FOR: open_loop(w, node, node->d); break;
    case KSS_N_SWITCH: open_switch(w, node); break;
    case KSS_N_GOTO: goto_(b, node); break;
    case KSS_N_BREAK:
    case KSS_N_CONTINUE:
    case KSS_N_LEAVE: jump_out(w, node); break;
    case KSS_N_RETURN: return_(b, node); break;
    case KSS_N_TRY: open_try(w, node); break;
    case KSS_N_REPEAT: open_repeat(w, node); break;
    case KSS_N_CALL_TREE: open_tree(w, node); break;
    case KSS_N_AFTER: after(b, node); break;
    case KSS_N_TOUCH: touch(b, node); break;
    case KSS_N_DECL: kss_check_declaration(b, node); break;
    case KSS_N_DEFINE: kss_check_define(b, node); break;
    case KSS_N_PRAGMA: kss_check_pragma(b, node); break;
    case KSS_N_IF_LINE:
        for (; node != NULL && node->kind == KSS_N_IF_LINE; node = node->c)
            if (kss_condition_holds(b, node->a)) {
                node = node->b;
                break;
            }
        open_list(w, node, false);
        break;
    default: KSS_SAY(b, node, "KSS0126", "this statement is not in this version yet"); break;
    }
}

// The innermost open statement has nothing open inside any more: its next part.
static void proceed(struct walk *w) {
    struct open *top = &w->open[w->depth - 1];
    if (top->kind == OPEN_LIST && top->node != NULL) {
        struct kss_node *node = top->node;
        top->node = top->single ? NULL : node->next;
        begin(w, node);
        return;
    }
    struct open open = *top;
    if (open.kind == OPEN_IF && open.node->c != NULL) {
        top->kind = OPEN_ELSE;
        kss_jump(w->b, open.end);
        kss_label_here(w->b, open.test);
        open_one(w, open.node->c);
        return;
    }
    if (open.kind == OPEN_TRY) {
        open_handler(w, top);
        return;
    }
    w->depth--;
    w->break_to = open.old_break;
    w->continue_to = open.old_continue;
    w->leave_to = open.old_leave;
    w->in_switch = open.old_switch;
    switch (open.kind) {
    case OPEN_LIST:
        if (open.scope)
            close_scope(w, &open);
        break;
    case OPEN_IF: kss_label_here(w->b, open.test); break;
    case OPEN_ELSE: kss_label_here(w->b, open.end); break;
    case OPEN_LOOP: close_loop(w, open); break;
    case OPEN_REPEAT: close_repeat(w, open); break;
    case OPEN_SWITCH: close_switch(w, open); break;
    case OPEN_TREE: close_tree(w, open); break;
    case OPEN_EXCEPT: close_except(w, &open); break;
    case OPEN_FINALLY: close_finally(w, &open); break;
    case OPEN_TRY: break;
    }
}

void kss_compile_block(struct kss_build *b, struct kss_node *block) {
    struct walk w = {.b = b};
    jump_nowhere(&w);
    open_list(&w, block->a, false);
    while (w.depth > 0)
        proceed(&w);
    free(w.open);
    free(w.cases);
}
