// SPDX-License-Identifier: MIT
// The first walk over a file: its names. Types, constants and globals in their order, routines and
// threads so that bodies may use them before they are written. `#if` is decided here; what is left
// goes to the second walk (load.c) as one list.
#include "script/compile.h"

#include <stdlib.h>
#include <string.h>

enum { LARGEST_GLOBALS = 64 << 20, MOST_THREADS = 1000 };

// ---- Globals ------------------------------------------------------------------------------------
uint32_t kss_add_global(struct kss_build *b, const char *name, struct kss_ctype *type,
                        struct kss_node *node) {
    KSS_ROOM(b->globals, b->global_count, b->global_capacity);
    b->global_bytes += type->size;
    if (b->global_bytes > LARGEST_GLOBALS && b->global_bytes - type->size <= LARGEST_GLOBALS)
        KSS_SAY(b, node, "KSS0128", "the globals are larger than 64 MB");
    b->globals[b->global_count] = (struct kss_variable){.module = b->module,
                                                        .name = name,
                                                        .type = kss_type_text(b, type),
                                                        .size = type->size,
                                                        .pageable = b->paged_data,
                                                        .place = kss_place_of(b, node),
                                                        .shape = type};
    return b->global_count++;
}

static void later(struct kss_build *b, struct kss_symbol *symbol, struct kss_node *node) {
    KSS_ROOM(b->pending, b->pending_count, b->pending_capacity);
    b->pending[b->pending_count++] = (struct kss_pending_init){symbol, node};
}

void kss_init_globals(struct kss_build *b) {
    for (uint32_t i = 0; i < b->pending_count; i++) {
        struct kss_symbol *symbol = b->pending[i].symbol;
        struct kss_expr *target =
            kss_expr_new(b, KSS_X_GLOBAL, symbol->type, b->pending[i].initializer);
        target->index = symbol->index;
        kss_check_init(b, target, b->pending[i].initializer, kss_global_store);
    }
    b->pending_count = 0;
}

// ---- Declarations -------------------------------------------------------------------------------
static void declare_type(struct kss_build *b, struct kss_node *one, struct kss_ctype *type) {
    const struct kss_symbol *old = kss_lookup(b, one->name);
    if (old != NULL && old->kind == KSS_Y_TYPE && kss_in_scope(b, old, b->block) &&
        old->type == type)
        return; // C11 allows saying it again
    kss_declare(b, KSS_Y_TYPE, one->name, one, b->block)->type = type;
}

static void declare_global(struct kss_build *b, struct kss_node *decl, struct kss_node *one,
                           struct kss_ctype *type) {
    struct kss_symbol *old = kss_lookup(b, one->name);
    bool again = old != NULL && old->kind == KSS_Y_GLOBAL && b->body == NULL &&
                 kss_type_same(old->type, type);
    if (again && (one->b == NULL || !old->initialized)) { // a tentative definition
        old->initialized |= one->b != NULL;
        if (one->b != NULL)
            later(b, old, one->b);
        return;
    }
    struct kss_symbol *symbol = kss_declare(b, KSS_Y_GLOBAL, one->name, one, b->block);
    symbol->type = type;
    symbol->initialized = one->b != NULL;
    symbol->index = kss_add_global(b, one->name, type, one);
    (void)decl;
    if (one->b != NULL)
        later(b, symbol, one->b);
}

static void declare_local(struct kss_build *b, struct kss_node *one, struct kss_ctype *type) {
    struct kss_symbol *symbol = kss_declare(b, KSS_Y_LOCAL, one->name, one, b->block);
    symbol->type = type;
    symbol->offset = kss_local_room(b, type->size, type->align, one);
    kss_local_named(b, symbol);
    if (one->b == NULL)
        return;
    kss_set_place(b, one);
    struct kss_expr *target = kss_expr_new(b, KSS_X_LOCAL, type, one);
    target->symbol = symbol;
    if (one->b->kind == KSS_N_INIT_LIST || type->kind == KSS_K_ARRAY)
        kss_gen_zero(b, target);
    kss_check_init(b, target, one->b, kss_gen_store);
}

// `KDEFERRED_ROUTINE F;`
static void declare_role(struct kss_build *b, struct kss_node *one, struct kss_ctype *type) {
    kss_type_members(b, type);
    uint32_t index = kss_find_routine(b, b->module, one->name, false);
    if (index == KSS_NO_FRAME) {
        index = kss_add_routine(b, b->module, one->name, false, one);
        b->infos[index].type = type;
    }
    b->infos[index].role = type;
}

static void declare_one(struct kss_build *b, struct kss_node *decl, struct kss_ctype *base,
                        struct kss_node *one) {
    struct kss_ctype *type = kss_type_declared(b, base, one);
    if (decl->flags & KSS_F_TYPEDEF) {
        declare_type(b, one, type);
        return;
    }
    if (type->kind == KSS_K_ROUTINE) {
        declare_role(b, one, type);
        return;
    }
    if (one->b != NULL)
        type = kss_init_type(b, type, one->b);
    bool usable = type->complete && type->kind != KSS_K_VOID;
    if (type->kind != KSS_K_ERROR && !usable) {
        struct kss_diag *diag = KSS_SAY(b, one, "KSS0116", "a variable cannot have the type `%s`",
                                        kss_type_text(b, type));
        kss_diag_label(b->diags, diag,
                       type->kind == KSS_K_ARRAY  ? "its length is missing"
                       : type->kind == KSS_K_VOID ? "it has no values"
                                                  : "its size is unknown");
        type = &b->error_type;
    }
    bool local = b->body != NULL && !(decl->flags & (KSS_F_STATIC | KSS_F_EXTERN));
    if (type->kind == KSS_K_ERROR)
        kss_declare(b, local ? KSS_Y_LOCAL : KSS_Y_GLOBAL, one->name, one, b->block);
    else if (local)
        declare_local(b, one, type);
    else
        declare_global(b, decl, one, type);
}

void kss_check_declaration(struct kss_build *b, struct kss_node *decl) {
    struct kss_ctype *base = kss_type_of(b, decl->a);
    for (struct kss_node *one = decl->b; one != NULL; one = one->next)
        declare_one(b, decl, base, one);
    if (b->body != NULL)
        kss_init_globals(b); // of static locals
}

// A #define holds from here to the end of the file, wherever it stands.
void kss_check_define(struct kss_build *b, struct kss_node *node) {
    const struct kss_symbol *old = kss_map_get(&b->defines, node->name);
    if (old != NULL) {
        bool same = (node->a == NULL) == (old->node->a == NULL) &&
                    (node->a == NULL ||
                     strcmp(kss_source_text(b, node->a), kss_source_text(b, old->node->a)) == 0);
        if (same)
            return;
        struct kss_diag *diag =
            KSS_SAY(b, node, "KSS0110", "`%s` is defined twice, differently", node->name);
        kss_diag_cause(b->diags, diag, kss_span_of(b, old->node), "the first one is here");
        return;
    }
    struct kss_symbol *symbol = KSS_NEW(b->arena, struct kss_symbol);
    *symbol = (struct kss_symbol){.kind = KSS_Y_DEFINE,
                                  .name = node->name,
                                  .node = node,
                                  .type = &b->error_type,
                                  .older = b->newest_define};
    b->newest_define = symbol;
    kss_map_put(&b->defines, node->name, symbol);
}

// ---- Frames -------------------------------------------------------------------------------------
static void declare_frame(struct kss_build *b, struct kss_node *node) {
    struct kss_frame_of frame = {.node = node};
    uint64_t bytes;
    kss_symbol_parts(b, node->a, &frame.module, &frame.name);
    if (frame.module == NULL)
        frame.module = b->module;
    if (!kss_check_count(b, node->b, "a frame's size", UINT32_MAX / 2, &bytes))
        return;
    frame.bytes = (uint32_t)bytes;
    uint32_t known = (uint32_t)(uintptr_t)kss_map_get(&b->frame_names, frame.name);
    for (uint32_t at = known; at != 0; at = b->frames[at - 1].next)
        if (strcmp(b->frames[at - 1].module, frame.module) == 0) {
            struct kss_diag *diag =
                KSS_SAY(b, node->a, "KSS0110", "the frame of `%s` is given twice",
                        kss_source_text(b, node->a));
            kss_diag_cause(b->diags, diag, kss_span_of(b, b->frames[at - 1].node), "here first");
            return;
        }
    frame.next = known;
    KSS_ROOM(b->frames, b->frame_count, b->frame_capacity);
    b->frames[b->frame_count++] = frame;
    kss_map_put(&b->frame_names, frame.name, (void *)(uintptr_t)b->frame_count);
}

// The size of module!name's frame from its attributes or a `frame` item; false: not given.
bool kss_check_frame(struct kss_build *b, struct kss_node *attributes, const char *module,
                     const char *name, uint32_t *bytes, struct kss_node **node) {
    *node = NULL;
    for (struct kss_node *at = attributes; at != NULL; at = at->next) {
        uint64_t value;
        if (at->kind != KSS_N_ATTR_FRAME)
            continue;
        if (*node != NULL)
            KSS_SAY(b, at, "KSS0110", "the frame is given twice");
        else if (kss_check_count(b, at->a, "a frame's size", UINT32_MAX / 2, &value)) {
            *bytes = (uint32_t)value;
            *node = at;
        }
    }
    for (uint32_t at = (uint32_t)(uintptr_t)kss_map_get(&b->frame_names, name); at != 0;
         at = b->frames[at - 1].next) {
        struct kss_frame_of *frame = &b->frames[at - 1];
        if (strcmp(frame->module, module) != 0)
            continue;
        frame->used = true;
        if (*node != NULL) {
            struct kss_diag *diag =
                KSS_SAY(b, *node, "KSS0110", "the frame of `%s` is given twice", name);
            kss_diag_cause(b->diags, diag, kss_span_of(b, frame->node), "and here");
        }
        *bytes = frame->bytes;
        *node = frame->node;
    }
    return *node != NULL;
}

void kss_check_frames_used(struct kss_build *b) {
    for (uint32_t i = 0; i < b->frame_count; i++) {
        if (b->frames[i].used)
            continue;
        struct kss_node *symbol = b->frames[i].node->a;
        struct kss_diag *diag =
            KSS_SAY(b, symbol, "KSS0101", "unknown routine `%s`", kss_source_text(b, symbol));
        const char *like = kss_did_you_mean(b, b->frames[i].name, KSS_LIKE_ROUTINE | KSS_LIKE_TREE);
        if (like != NULL)
            kss_diag_note(b->diags, diag, "help", "did you mean `%s`?", like);
    }
}

// ---- Routines -----------------------------------------------------------------------------------
static struct kss_ctype *parameter_type(struct kss_build *b, struct kss_node *node) {
    struct kss_ctype *type = kss_type_declared(b, kss_type_of(b, node->a), node->b);
    if (type->kind == KSS_K_ARRAY)
        type = kss_type_pointer_to(b, type->target);
    else if (type->kind == KSS_K_ROUTINE)
        type = kss_type_pointer_to(b, type);
    if (type->kind != KSS_K_ERROR && (!type->complete || type->kind == KSS_K_VOID)) {
        KSS_SAY(b, node, "KSS0116", "a parameter cannot have the type `%s`",
                kss_type_text(b, type));
        return &b->error_type;
    }
    return type;
}

static struct kss_ctype *signature(struct kss_build *b, struct kss_node *node) {
    struct kss_ctype *type = KSS_NEW(b->arena, struct kss_ctype);
    *type = (struct kss_ctype){.kind = KSS_K_ROUTINE, .members_made = true};
    if (node->a == NULL) {
        type->target = kss_type_text_find(b, "NTSTATUS", 8);
        if (type->target == NULL)
            type->target = kss_type_base(b, KSS_BASE_LONG);
    } else {
        type->target = kss_type_of(b, node->a);
        for (uint64_t i = 0; i < node->number && i < 64; i++)
            type->target = kss_type_pointer_to(b, type->target);
    }
    uint32_t count = 0;
    for (struct kss_node *at = node->c; at != NULL; at = at->next)
        count++;
    if (count > 1000) {
        KSS_SAY(b, node->b, "KSS0128", "a routine has at most 1000 parameters");
        return &b->error_type;
    }
    type->members = KSS_NEW_ARRAY(b->arena, struct kss_member, count + 1);
    for (struct kss_node *at = node->c; at != NULL; at = at->next) {
        if (at->flags & KSS_F_ELLIPSIS) {
            kss_not_yet(b, at, "routines with a variable number of arguments");
            return &b->error_type;
        }
        type->members[type->member_count++] = (struct kss_member){
            .name = at->b != NULL ? at->b->name : NULL, .type = parameter_type(b, at)};
    }
    // `F()` as a prototype says nothing of its parameters.
    type->any_parameters = node->d == NULL && (node->flags & KSS_F_ANY_PARAMS) != 0;
    return type;
}

static bool same_signature(const struct kss_ctype *x, const struct kss_ctype *y) {
    if (x->kind == KSS_K_ERROR || y->kind == KSS_K_ERROR || x->any_parameters || y->any_parameters)
        return true;
    if (x->member_count != y->member_count || !kss_type_same(x->target, y->target))
        return false;
    for (uint32_t i = 0; i < x->member_count; i++)
        if (!kss_type_same(x->members[i].type, y->members[i].type))
            return false;
    return true;
}

static bool has_attribute(const struct kss_node *list, enum kss_node_kind kind) {
    for (; list != NULL; list = list->next)
        if (list->kind == kind)
            return true;
    return false;
}

static void declare_routine(struct kss_build *b, struct kss_node *node) {
    const char *module, *name;
    kss_symbol_parts(b, node->b, &module, &name);
    if (module == NULL)
        module = b->module;
    struct kss_ctype *type = signature(b, node);
    uint32_t index = kss_find_routine(b, module, name, false);
    if (index != KSS_NO_FRAME && strcmp(b->infos[index].module, module) != 0)
        index = KSS_NO_FRAME;
    if (index == KSS_NO_FRAME) {
        index = kss_add_routine(b, module, name, false, node->b);
        b->infos[index].type = type;
        b->infos[index].lenient = node->a == NULL;
    }
    struct kss_routine_info *info = &b->infos[index];
    info->pageable |= has_attribute(node->extra, KSS_N_ATTR_PAGEABLE);
    bool from_role = info->role != NULL && info->type == info->role;
    bool twice = node->d != NULL && info->defined;
    if (!twice && !from_role && !same_signature(info->type, type)) {
        struct kss_diag *diag = KSS_SAY(b, node->b, "KSS0125",
                                        "`%s` was declared with other parameters or result", name);
        kss_diag_cause(b->diags, diag, kss_span_of(b, info->node), "declared here");
    }
    if (node->d == NULL)
        return;
    if (twice) {
        struct kss_diag *diag =
            KSS_SAY(b, node->b, "KSS0110", "the routine `%s` has two bodies", name);
        kss_diag_label(b->diags, diag, "a second body");
        kss_diag_cause(b->diags, diag, kss_span_of(b, b->infos[index].node),
                       "the first one is here");
        return;
    }
    info->defined = true;
    info->definition = node;
    info->node = node->b;
    info->type = type;
    info->lenient = node->a == NULL;
    b->codes[index].place = kss_place_of(b, node->b);
    b->codes[index].extent = kss_place_of(b, node);
    node->number2 = index;
}

static void declare_thread(struct kss_build *b, struct kss_node *node) {
    struct kss_node *first = kss_map_get(&b->thread_names, node->name);
    if (first != NULL) {
        struct kss_diag *diag = KSS_SAY(b, kss_name_in(b, node, node->name), "KSS0110",
                                        "two threads are named `%s`", node->name);
        kss_diag_cause(b->diags, diag, kss_span_of(b, kss_name_in(b, first, node->name)),
                       "the first one is here");
        return;
    }
    if (b->thread_count == MOST_THREADS) {
        KSS_SAY(b, node, "KSS0128", "more than %d threads", MOST_THREADS);
        return;
    }
    kss_map_put(&b->thread_names, node->name, node);
    KSS_ROOM(b->threads, b->thread_count, b->thread_capacity);
    KSS_ROOM(b->thread_nodes, b->thread_count, b->thread_node_capacity);
    struct kss_script_thread *thread = &b->threads[b->thread_count];
    *thread = (struct kss_script_thread){.name = node->name, .priority = 8};
    kss_check_thread_settings(b, node->a, thread);
    thread->place = kss_place_of(b, kss_name_in(b, node, node->name));
    thread->body = kss_add_body(b, node);
    b->thread_nodes[b->thread_count] = node;
    node->number2 = b->thread_count++;
}

// ---- Lines --------------------------------------------------------------------------------------
static const char *pragma_text(const struct kss_node *argument) {
    return argument == NULL                 ? NULL
           : argument->kind == KSS_N_STRING ? argument->text
                                            : argument->name;
}

void kss_check_pragma(struct kss_build *b, struct kss_node *node) {
    const char *first = pragma_text(node->a);
    bool paged = first != NULL && strncmp(first, "PAGE", 4) == 0;
    if (strcmp(node->name, "data_seg") == 0 || strcmp(node->name, "bss_seg") == 0) {
        b->paged_data = paged;
    } else if (strcmp(node->name, "code_seg") == 0) {
        b->paged_code = paged;
    } else if (strcmp(node->name, "alloc_text") == 0 && paged) {
        for (struct kss_node *at = node->a->next; at != NULL; at = at->next) {
            KSS_ROOM(b->paged, b->paged_count, b->paged_capacity);
            b->paged[b->paged_count++] = at;
        }
    }
}

void kss_apply_pragmas(struct kss_build *b) {
    for (uint32_t i = 0; i < b->paged_count; i++) {
        struct kss_node *node = b->paged[i];
        if (node->name == NULL)
            continue;
        uint32_t index = kss_find_routine(b, NULL, node->name, false);
        if (index != KSS_NO_FRAME) {
            b->infos[index].pageable = true;
            continue;
        }
        struct kss_diag *diag = KSS_SAY(b, node, "KSS0101", "unknown routine `%s`", node->name);
        const char *like = kss_did_you_mean(b, node->name, KSS_LIKE_ROUTINE);
        if (like != NULL)
            kss_diag_note(b->diags, diag, "help", "did you mean `%s`?", like);
    }
}

static void declare_item(struct kss_build *b, struct kss_node *item) {
    switch (item->kind) {
    case KSS_N_MODULE: b->module = kss_unique(b, item->name); break;
    case KSS_N_FRAME_OF: declare_frame(b, item); break;
    case KSS_N_ROUTINE:
        declare_routine(b, item);
        if (b->paged_code && item->d != NULL)
            b->infos[item->number2].pageable = true;
        break;
    case KSS_N_THREAD: declare_thread(b, item); break;
    case KSS_N_DRIVER: kss_declare_driver(b, item); break;
    case KSS_N_DEVICE: kss_declare_device(b, item); break;
    case KSS_N_DECL: kss_check_declaration(b, item); break;
    case KSS_N_DEFINE: kss_check_define(b, item); break;
    case KSS_N_PRAGMA: kss_check_pragma(b, item); break;
    case KSS_N_MACHINE:
        if (item == b->machine)
            kss_check_machine(b, item);
        else if (item->number2 == 0) // not seen by kss_choose_machine
            KSS_SAY(b, item, "KSS0106", "a machine cannot depend on `#if`");
        break;
    default: break;
    }
}

void kss_declare_items(struct kss_build *b, struct kss_node *items) {
    struct kss_node **open = NULL; // where to go on behind each #if
    uint32_t depth = 0;
    unsigned capacity = 0;
    struct kss_node *item = items;
    for (;;) {
        while (item == NULL && depth > 0)
            item = open[--depth];
        if (item == NULL)
            break;
        if (item->kind == KSS_N_IF_LINE) {
            KSS_ROOM(open, depth, capacity);
            open[depth++] = item->next;
            item = kss_condition_holds(b, item->a) ? item->b : item->c;
            continue;
        }
        declare_item(b, item);
        KSS_ROOM(b->items, b->item_count, b->item_capacity);
        b->items[b->item_count++] = (struct kss_item){item, b->module};
        item = item->next;
    }
    free(open);
}
