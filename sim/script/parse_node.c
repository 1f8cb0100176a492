// SPDX-License-Identifier: MIT
// What the parser keeps: nodes, and what names mean in the scopes around.
#include "script/parse.h"

#include "nt/nt.h"

// ---- Nodes --------------------------------------------------------------------------------------

enum { FIRST_SLAB = 4096, LARGEST_SLAB = 8 * 1024 * 1024 };

void kss_p_new_slab(struct kss_parser *p) {
    p->slab_size = p->slab_size == 0             ? FIRST_SLAB
                   : p->slab_size < LARGEST_SLAB ? p->slab_size * 2
                                                 : LARGEST_SLAB;
    p->slab = kss_alloc(p->arena, p->slab_size);
    p->slab_end = p->slab + p->slab_size;
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
