// SPDX-License-Identifier: MIT
// Routines and threads: parameters find their places, bodies are compiled, results checked.
#include "script/compile.h"

#include <stdlib.h>

// ---- Parameters ---------------------------------------------------------------------------------
// Names whose address the body takes, or that an inline call tree in it uses: parameters of such
// names live in memory. The walk takes whole nodes off a list; order does not matter.
struct scan_item {
    const struct kss_node *node;
    bool in_tree;
};

struct scan {
    struct scan_item *items;
    uint32_t count;
    unsigned capacity;
};

static void scan_add(struct scan *scan, const struct kss_node *node, bool in_tree) {
    if (node == NULL)
        return;
    KSS_ROOM(scan->items, scan->count, scan->capacity);
    scan->items[scan->count++] = (struct scan_item){node, in_tree};
}

static const struct kss_node *base_of(const struct kss_node *node) {
    while (node != NULL && ((node->kind == KSS_N_FIELD && !(node->flags & KSS_F_ARROW)) ||
                            node->kind == KSS_N_INDEX))
        node = node->a;
    return node;
}

// How many of a, b, c, d a node of this kind has (ast.h).
static unsigned children(unsigned kind) {
    switch (kind) {
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
    case KSS_N_IF_LINE:
    case KSS_N_IF:
    case KSS_N_FOR:
    case KSS_N_TRY:
    case KSS_N_CALL_TREE:
    case KSS_N_CONDITIONAL: return 4;
    default: return 2;
    }
}

static void addressed_names(const struct kss_node *block, struct kss_pointer_map *names) {
    struct scan scan = {0};
    scan_add(&scan, block, false);
    while (scan.count > 0) {
        struct scan_item item = scan.items[--scan.count];
        const struct kss_node *node = item.node, *base = NULL;
        bool in_tree = item.in_tree || node->kind == KSS_N_CALL_TREE;
        if (node->kind == KSS_N_UNARY && node->op == KSS_OP_ADDRESS)
            base = base_of(node->a);
        else if (node->kind == KSS_N_SPAN)
            base = base_of(node->a);
        else if (node->kind == KSS_N_NAME && in_tree)
            base = node;
        if (base != NULL && base->kind == KSS_N_NAME)
            kss_map_put(names, base->name, (void *)(uintptr_t)1);
        scan_add(&scan, node->next, item.in_tree);
        unsigned count = children(node->kind);
        if (count >= 2) {
            scan_add(&scan, node->a, in_tree);
            scan_add(&scan, node->b, in_tree || node->kind == KSS_N_TRY); // a filter
        }
        if (count == 4) {
            in_tree |= node->kind == KSS_N_TRY && (node->flags & KSS_F_FINALLY);
            scan_add(&scan, node->c, in_tree);
            scan_add(&scan, node->d, in_tree);
        }
    }
    free(scan.items);
}

static void parameter(struct kss_build *b, struct kss_node *node, struct kss_ctype *type,
                      uint32_t index, bool addressed) {
    struct kss_body *body = b->body;
    if (b->arch == KSS_ARCH_X86)
        body->parameter_bytes += (type->size + 3) / 4 * 4;
    if (node->b == NULL || node->b->name == NULL)
        return;
    struct kss_symbol *symbol = kss_declare(b, KSS_Y_PARAMETER, node->b->name, node->b, b->block);
    symbol->type = type;
    symbol->index = index;
    symbol->by_address = kss_passed_by_address(b, type);
    symbol->homed = !symbol->by_address && (addressed || type->kind == KSS_K_STRUCT);
    if (!symbol->homed || type->kind == KSS_K_ERROR)
        return;
    uint32_t size = (type->size + b->pointer - 1) / b->pointer * b->pointer;
    symbol->offset =
        kss_local_room(b, size, type->align < b->pointer ? b->pointer : type->align, node);
    if (b->arch == KSS_ARCH_X86) // it is where the caller pushed it
        body->parameter_bytes -= size;
    if (b->arch == KSS_ARCH_X64)
        body->home_bytes += size;
    kss_local_named(b, symbol);
    struct kss_expr *slot = kss_expr_new(b, KSS_X_STAND_IN, type, node);
    slot->value = (int64_t)index * 8;
    struct kss_expr *home = kss_expr_new(b, KSS_X_LOCAL, type, node);
    home->symbol = symbol;
    kss_gen_store(b, home, slot);
}

static void parameters(struct kss_build *b, struct kss_node *node, const struct kss_ctype *type) {
    struct kss_body *body = b->body;
    struct kss_pointer_map names = {0};
    uint32_t index = type->target->kind == KSS_K_STRUCT, i = 0;
    if (node->c != NULL)
        addressed_names(node->d, &names);
    body->slot = (type->member_count + index) * 8;
    body->slot_top = body->slot;
    if (b->arch == KSS_ARCH_X86 && kss_returned_by_address(b, type->target))
        body->parameter_bytes += b->pointer; // the hidden pointer is pushed, too
    for (struct kss_node *at = node->c; at != NULL && i < type->member_count; at = at->next, i++) {
        bool addressed =
            at->b != NULL && at->b->name != NULL && kss_map_get(&names, at->b->name) != NULL;
        parameter(b, at, type->members[i].type, index + i, addressed);
    }
    kss_map_free(&names);
    b->entries[body->code].parameters = (uint16_t)(type->member_count + index);
    b->codes[body->code].parameter_count = (uint16_t)type->member_count;
}

// A routine with a result that never returns one, and comes to its end.
static void check_result(struct kss_build *b, const struct kss_routine_info *info) {
    const struct kss_body *body = b->body;
    if (body->returns || body->lenient || body->result->kind == KSS_K_VOID ||
        body->result->kind == KSS_K_ERROR || (b->codes[body->code].flags & KSS_CODE_LEFT_OUT))
        return;
    const struct kss_instruction *last = body->count > 0 ? &body->items[body->count - 1] : NULL;
    bool leaves =
        last != NULL &&
        (last->op == KSS_I_RETURN || last->op == KSS_I_RETURN_0 || last->op == KSS_I_JUMP ||
         (last->op == KSS_I_NT && (kss_routines[last->b].can & KSS_NO_RETURN)));
    if (!leaves)
        KSS_SAY(b, info->node, "KSS0120", "`%s` must return a `%s`", info->name,
                kss_type_text(b, body->result));
}

void kss_compile_routine(struct kss_build *b, uint32_t code) {
    const struct kss_routine_info info = b->infos[code];
    struct kss_node *node = info.definition;
    if (info.type->kind == KSS_K_ERROR)
        return;
    if (info.role != NULL)
        kss_check_shape(b, code, info.role, info.node);
    b->module = info.module;
    b->block = b->newest;
    struct kss_body *body = kss_body_begin(b, code, info.node);
    kss_set_place(b, info.node);
    body->result = info.type->target;
    body->lenient = info.lenient;
    body->given = kss_check_frame(b, node->extra, info.module, info.name, &body->given_bytes,
                                  &body->given_node);
    if (info.pageable) {
        b->codes[code].flags |= KSS_CODE_PAGEABLE;
        kss_put(b, KSS_I_PAGEABLE, 0, 0, 0, 0);
    }
    b->entries[code].result_size = (uint8_t)(kss_is_scalar(body->result) ? body->result->size : 0);
    parameters(b, node, info.type);
    kss_compile_block(b, node->d);
    kss_check_labels(b);
    check_result(b, &info);
    kss_body_end(b);
    b->block = NULL;
}

uint32_t kss_add_body(struct kss_build *b, struct kss_node *thread) {
    uint32_t code = kss_add_routine(b, "", thread->name, true, thread);
    b->codes[code].flags = KSS_CODE_BODY;
    b->codes[code].place = kss_place_of(b, kss_name_in(b, thread, thread->name));
    b->codes[code].extent = kss_place_of(b, thread);
    return code;
}

void kss_compile_thread(struct kss_build *b, uint32_t thread) {
    struct kss_node *node = b->thread_nodes[thread];
    b->block = b->newest;
    struct kss_body *body = kss_body_begin(b, b->threads[thread].body, node);
    body->result = kss_type_base(b, KSS_BASE_VOID);
    kss_set_place(b, node);
    kss_compile_block(b, node->b);
    kss_check_labels(b);
    kss_body_end(b);
    b->block = NULL;
}
