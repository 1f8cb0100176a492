// SPDX-License-Identifier: MIT
// What the parser keeps: nodes, and what names mean in the scopes around.
#include "script/parse.h"

#include "nt/nt.h"

#include <stddef.h>

#if defined(__SANITIZE_ADDRESS__)
#define POISON 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define POISON 1
#endif
#endif
#ifdef POISON
#include <sanitizer/asan_interface.h>
#endif

// ---- Nodes --------------------------------------------------------------------------------------

enum {
    FIRST_SLAB = 4096,
    LARGEST_SLAB = 1024 * 1024,
    LEAF = offsetof(struct kss_node, a),
    PAIR = offsetof(struct kss_node, c),
    WHOLE = sizeof(struct kss_node),
};

// The bytes a node of each kind has; 0: PAIR.
static const uint8_t node_bytes[KSS_N_TYPE_NAME + 1] = {
    [KSS_N_MODULE] = LEAF,   [KSS_N_ATTR_PAGEABLE] = LEAF, [KSS_N_ANY] = LEAF,
    [KSS_N_LEFT_OUT] = LEAF, [KSS_N_GOTO] = LEAF,          [KSS_N_BREAK] = LEAF,
    [KSS_N_CONTINUE] = LEAF, [KSS_N_LEAVE] = LEAF,         [KSS_N_NUMBER] = LEAF,
    [KSS_N_DURATION] = LEAF, [KSS_N_SIZE] = LEAF,          [KSS_N_CHAR] = LEAF,
    [KSS_N_STRING] = LEAF,   [KSS_N_NAME] = LEAF,          [KSS_N_SYMBOL] = LEAF,
    [KSS_N_ROUTINE] = WHOLE, [KSS_N_PARAM] = WHOLE,        [KSS_N_IF_LINE] = WHOLE,
    [KSS_N_OUTCOME] = WHOLE, [KSS_N_IF] = WHOLE,           [KSS_N_FOR] = WHOLE,
    [KSS_N_TRY] = WHOLE,     [KSS_N_CALL_TREE] = WHOLE,    [KSS_N_CONDITIONAL] = WHOLE,
};

static void new_slab(struct kss_parser *p) {
    p->slab_size = p->slab_size == 0             ? FIRST_SLAB
                   : p->slab_size < LARGEST_SLAB ? p->slab_size * 2
                                                 : LARGEST_SLAB;
    p->slab = kss_alloc(p->arena, p->slab_size);
    p->slab_end = p->slab + p->slab_size;
}

struct kss_node *kss_p_node(struct kss_parser *p, enum kss_node_kind kind, uint32_t begin) {
    size_t bytes = node_bytes[kind] ? node_bytes[kind] : PAIR;
    if ((size_t)(p->slab_end - p->slab) < WHOLE)
        new_slab(p);
    struct kss_node *node = (struct kss_node *)(void *)p->slab;
#ifdef POISON
    ASAN_POISON_MEMORY_REGION(p->slab + bytes, WHOLE - bytes);
    bytes = WHOLE;
#endif
    p->slab += bytes;
    node->kind = (uint8_t)kind;
    node->begin = begin;
    return node;
}

struct kss_node *kss_p_done(struct kss_parser *p, struct kss_node *node) {
    if (p->bad || node == NULL)
        return NULL;
    node->end = p->last_end;
    return node;
}

// ---- Names --------------------------------------------------------------------------------------

void kss_p_declare(struct kss_parser *p, struct kss_name *name, enum kss_binding binding,
                   uint32_t place) {
    if (name == NULL)
        return;
    if (p->scopes > 0) {
        KSS_ROOM(p->undo, p->undo_count, p->undo_capacity);
        p->undo[p->undo_count++] = (struct kss_p_undo){name, name->binding, name->declared};
    }
    name->binding = (uint8_t)binding;
    name->declared = place;
}

uint32_t kss_p_scope_open(struct kss_parser *p) {
    p->scopes++;
    return p->undo_count;
}

void kss_p_scope_close(struct kss_parser *p, uint32_t undo) {
    while (p->undo_count > undo) {
        const struct kss_p_undo *last = &p->undo[--p->undo_count];
        last->name->binding = last->binding;
        last->name->declared = last->declared;
    }
    p->scopes--;
}

bool kss_p_is_type(struct kss_name *name) {
    if (name->binding != KSS_UNBOUND)
        return name->binding == KSS_BOUND_TYPE;
    if (name->type == 0)
        name->type = kss_type_find(name->text, name->length) != NULL ? 2 : 1;
    return name->type == 2;
}

bool kss_p_is_scenario(const struct kss_parser *p, unsigned properties) {
    return kss_p_is(p, KSS_T_NAME) && (p->token.name->properties & properties) &&
           p->token.name->binding == KSS_UNBOUND;
}
