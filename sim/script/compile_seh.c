// SPDX-License-Identifier: MIT
// __try statements in instructions.
//
// A frame knows which __try statement of its routine is at work by a number in its run, 0 for none: an
// instruction sets it where a __try block begins and ends, as compilers for x86 do. Everything else
// the kernel reads off the routine's table (struct kss_scope) when there is an exception.
//
//     run:  ... temporaries | captures | detectors | number | code of statement 1 | code of 2 | ...
//
// __try and __except blocks are part of the routine. Filters and __finally blocks are funclets: routines of
// their own that work on the variables of the routine they are part of, as inline call trees do. A
// __finally block runs by the FINALLY instruction when control flows or jumps out of its __try block,
// and by the kernel when an exception passes. A funclet costs the stack its own variables only: what
// else it takes is part of the figure for dispatching, or inlined where nothing is raised.
//
// Jumps: out of __try blocks, running what must run; never into one, never out of a __finally block. A
// goto that leaves a __try block forwards goes to a stub behind the routine's code, made when its label
// is known.
#include "script/compile.h"

#include <string.h>

static struct kss_scope *statement(struct kss_build *b, uint32_t number) {
    return &b->body->scopes[number - 1];
}

static void put_number(struct kss_build *b, uint32_t number) {
    uint32_t at = kss_put_imm(b, KSS_I_SET, 0, (int32_t)number);
    kss_fix_later(b, &b->body->try_fixes, at, 0);
}

void kss_put_code(struct kss_build *b, int slot, uint32_t number) {
    uint32_t at = kss_put(b, KSS_I_MOV, 0, slot, 0, 0);
    kss_fix_later(b, &b->body->code_fixes, at, number);
}

// ---- Regions ------------------------------------------------------------------------------------
void kss_region_begin(struct kss_build *b) {
    struct kss_body *body = b->body;
    KSS_ROOM(body->regions, body->region_count, body->region_capacity);
    body->regions[body->region_count++] =
        (struct kss_jump_region){.around = body->region_now, .scope = body->try_now};
    body->region_now = body->region_count;
}

void kss_region_end(struct kss_build *b) {
    struct kss_body *body = b->body;
    body->region_now = body->regions[body->region_now - 1].around;
}

static uint32_t scope_in(const struct kss_body *body, uint32_t region) {
    return region == 0 ? 0 : body->regions[region - 1].scope;
}

static bool encloses(const struct kss_body *body, uint32_t outer, uint32_t inner) {
    while (inner != outer && inner != 0)
        inner = body->regions[inner - 1].around;
    return inner == outer;
}

// ---- Statements ---------------------------------------------------------------------------------
uint32_t kss_try_begin(struct kss_build *b, struct kss_node *node) {
    struct kss_body *body = b->body;
    KSS_ROOM(body->scopes, body->scope_count, body->scope_capacity);
    if (body->scope_count == INT16_MAX && !body->too_long) {
        KSS_SAY(b, node, "KSS0128", "the routine has too many `__try` statements");
        body->too_long = true;
    }
    body->scopes[body->scope_count++] = (struct kss_scope){
        .outer = body->try_now,
        .handler = node->flags & KSS_F_FINALLY ? KSS_HANDLER_NONE : 0, // known later
        .place = kss_place_of(b, node)};
    put_number(b, body->scope_count);
    body->try_now = body->scope_count;
    kss_region_begin(b);
    return body->scope_count;
}

void kss_try_end(struct kss_build *b, uint32_t number) {
    kss_region_end(b);
    b->body->try_now = statement(b, number)->outer;
    put_number(b, b->body->try_now);
}

void kss_put_finally(struct kss_build *b, uint32_t number, bool abnormal) {
    uint32_t before = kss_slot_mark(b);
    kss_put(b, KSS_I_FINALLY, abnormal, kss_slot_new(b), (int)number, 0);
    kss_slot_release(b, before);
}

void kss_put_leaving(struct kss_build *b, uint32_t from, uint32_t to, bool returns) {
    bool moved = false;
    for (; from != to; from = statement(b, from)->outer) {
        bool finally = b->body->scopes[from - 1].handler == KSS_HANDLER_NONE;
        if (finally)
            kss_put_finally(b, from, true);
        moved = !finally;
    }
    if (moved && !returns)
        put_number(b, to);
}

// ---- Funclets -----------------------------------------------------------------------------------
static void funclet_begin(struct kss_build *b, uint32_t number, struct kss_node *node,
                          const char *what, unsigned parameters) {
    uint32_t outer = b->body->code;
    const char *name = kss_format_text(b, "%s$%s$%u", b->codes[outer].name, what, number - 1);
    uint32_t code = kss_add_routine(b, b->codes[outer].module, name, true, node);
    b->codes[code].flags = KSS_CODE_FUNCLET;
    b->entries[code].parameters = (uint16_t)parameters;
    statement(b, number)->funclet = code;
    struct kss_body *body = kss_body_begin(b, code, node);
    body->slot = body->slot_top = parameters * 8;
    kss_set_place(b, node);
}

static struct kss_capture capture_of(struct kss_build *b, struct kss_symbol *symbol) {
    if (symbol->body != b->body)
        return (struct kss_capture){KSS_CAPTURE_CAPTURE, kss_capture_index(b, symbol)};
    if (symbol->by_address)
        return (struct kss_capture){KSS_CAPTURE_SLOT, symbol->index * 8};
    return (struct kss_capture){KSS_CAPTURE_LOCAL, symbol->offset};
}

static void funclet_end(struct kss_build *b) {
    uint32_t count = b->body->capture_count, code = b->body->code;
    struct kss_symbol **symbols = KSS_NEW_ARRAY(b->arena, struct kss_symbol *, (size_t)count + 1);
    if (count > 0)
        memcpy(symbols, b->body->captures, count * sizeof *symbols);
    kss_body_end(b);
    struct kss_capture *captures = KSS_NEW_ARRAY(b->arena, struct kss_capture, (size_t)count + 1);
    for (uint32_t i = 0; i < count; i++)
        captures[i] = capture_of(b, symbols[i]);
    b->funclets[code] = captures;
}

void kss_compile_filter(struct kss_build *b, uint32_t number, struct kss_node *node) {
    funclet_begin(b, number, node->b, "filt", 2);
    struct kss_body *body = b->body;
    body->funclet = KSS_FUNCLET_FILTER;
    body->result = kss_type_base(b, KSS_BASE_LONG);
    b->entries[body->code].result_size = 4;
    struct kss_expr *e = kss_check_value(b, node->b);
    if (e->type->kind != KSS_K_ERROR)
        e = kss_check_assign(b, e, body->result, "the value of an exception filter");
    if (e->type->kind != KSS_K_ERROR)
        kss_put(b, KSS_I_RETURN, 0, kss_gen_value(b, e, KSS_ANY_SLOT), 0, 0);
    funclet_end(b);
}

void kss_finally_begin(struct kss_build *b, uint32_t number, struct kss_node *node) {
    funclet_begin(b, number, node->c, "fin", 1);
    b->body->funclet = KSS_FUNCLET_FINALLY;
    b->body->result = kss_type_base(b, KSS_BASE_VOID);
}

void kss_finally_end(struct kss_build *b, uint32_t number) {
    (void)number;
    funclet_end(b);
}

// ---- goto ---------------------------------------------------------------------------------------
void kss_put_goto(struct kss_build *b, struct kss_node *node, uint32_t label) {
    struct kss_body *body = b->body;
    uint32_t stub = KSS_NOWHERE;
    if (body->try_now != 0)
        stub = kss_label_new(b);
    KSS_ROOM(body->gotos, body->goto_count, body->goto_capacity);
    body->gotos[body->goto_count++] =
        (struct kss_goto){.node = node, .label = label, .region = body->region_now, .stub = stub};
    kss_jump(b, stub == KSS_NOWHERE ? label : stub);
}

void kss_check_gotos(struct kss_build *b) {
    struct kss_body *body = b->body;
    bool stubs = false;
    for (uint32_t i = 0; i < body->goto_count; i++) {
        const struct kss_goto jump = body->gotos[i];
        const struct kss_jump_label *label = &body->labels[jump.label];
        if (label->at == KSS_NOWHERE)
            continue;
        if (!encloses(body, label->region, jump.region)) {
            struct kss_diag *diag =
                KSS_SAY(b, jump.node, "KSS0119", "`goto` would jump into a `__try` statement");
            kss_diag_cause(b->diags, diag, kss_span_of(b, label->node), "the label is here");
            continue;
        }
        if (jump.stub == KSS_NOWHERE)
            continue;
        if (!stubs) // what comes to the end of the body does not fall into the first
            kss_put(b, KSS_I_RETURN_0, 0, 0, 0, 0);
        stubs = true;
        kss_set_place(b, jump.node);
        kss_label_here(b, jump.stub);
        kss_put_leaving(b, scope_in(body, jump.region), scope_in(body, label->region), false);
        kss_jump(b, jump.label);
    }
}

// ---- The end of the body ------------------------------------------------------------------------
uint32_t kss_try_slots(struct kss_build *b, uint32_t at) {
    struct kss_body *body = b->body;
    for (uint32_t fix = body->try_fixes; fix != KSS_NOWHERE; fix = body->fixes[fix].next)
        body->items[body->fixes[fix].at].a = (int16_t)at;
    for (uint32_t fix = body->code_fixes; fix != KSS_NOWHERE; fix = body->fixes[fix].next)
        body->items[body->fixes[fix].at].b = (int16_t)(at + body->fixes[fix].what * 8);
    b->codes[body->code].scope_at = b->codes[body->code].locals_size + at;
    return body->scope_count == 0 ? 0 : (body->scope_count + 1) * 8;
}

void kss_keep_scopes(struct kss_build *b) {
    const struct kss_body *body = b->body;
    struct kss_code *code = &b->codes[body->code];
    if (body->scope_count == 0)
        return;
    struct kss_scope *scopes = KSS_NEW_ARRAY(b->arena, struct kss_scope, body->scope_count);
    for (uint32_t i = 0; i < body->scope_count; i++) {
        scopes[i] = body->scopes[i];
        scopes[i].code = code->scope_at + (i + 1) * 8;
        if (scopes[i].handler != KSS_HANDLER_NONE)
            scopes[i].handler += b->entries[body->code].pc;
    }
    code->scopes = scopes;
    code->scope_count = body->scope_count;
}
