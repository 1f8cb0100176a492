// SPDX-License-Identifier: MIT
// `driver` and `device` items, and what a device's name means in an expression.
//
// A device's name stands for its stack: where a HANDLE is wanted it is an open handle, everywhere
// else the address of the device object at its top. It is a value, not a variable. Driver names
// live in a space of their own; they may repeat names of routines, modules and variables.
#include "script/compile.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_DRIVERS = 1000, MOST_DEVICES = 1000, DEEPEST_STACK = 100 };

// ---- Names --------------------------------------------------------------------------------------
static struct kss_node *name_of(struct kss_build *b, struct kss_node *item) {
    uint32_t behind = item->begin + 6; // `driver`, `device`
    return kss_name_in(b, kss_bytes_node(b, behind, item->end), item->name);
}

static bool named_twice(struct kss_build *b, struct kss_node *node, struct kss_node *const *nodes,
                        uint32_t count, const char *what) {
    for (uint32_t i = 0; i < count; i++) {
        if (nodes[i]->name != node->name)
            continue;
        struct kss_diag *diag =
            KSS_SAY(b, name_of(b, node), "KSS0110", "two %s are named `%s`", what, node->name);
        kss_diag_cause(b->diags, diag, kss_span_of(b, name_of(b, nodes[i])),
                       "the first one is here");
        return true;
    }
    return false;
}

void kss_declare_driver(struct kss_build *b, struct kss_node *node) {
    if (named_twice(b, node, b->driver_nodes, b->driver_count, "drivers"))
        return;
    if (b->driver_count == MOST_DRIVERS) {
        KSS_SAY(b, node, "KSS0128", "more than %d drivers", MOST_DRIVERS);
        return;
    }
    KSS_ROOM(b->drivers, b->driver_count, b->driver_capacity);
    KSS_ROOM(b->driver_nodes, b->driver_count, b->driver_node_capacity);
    struct kss_script_driver *driver = &b->drivers[b->driver_count];
    *driver = (struct kss_script_driver){.name = node->name,
                                         .entry = KSS_NO_FRAME,
                                         .add = KSS_NO_FRAME,
                                         .unload = KSS_NO_FRAME,
                                         .start_io = KSS_NO_FRAME,
                                         .lower = KSS_NO_FRAME,
                                         .io = KSS_NO_FRAME,
                                         .place = kss_place_of(b, name_of(b, node))};
    for (unsigned i = 0; i < KSS_MAJORS; i++)
        driver->major[i] = KSS_NO_FRAME;
    b->driver_nodes[b->driver_count++] = node;
}

void kss_declare_device(struct kss_build *b, struct kss_node *node) {
    if (b->device_count == MOST_DEVICES) {
        KSS_SAY(b, node, "KSS0128", "more than %d devices", MOST_DEVICES);
        return;
    }
    struct kss_node *name = name_of(b, node);
    struct kss_symbol *symbol = kss_declare(b, KSS_Y_DEVICE, node->name, name, b->block);
    struct kss_ctype *type = kss_type_text_find(b, "PDEVICE_OBJECT", 14);
    symbol->type = type != NULL ? type : &b->error_type;
    symbol->index = b->device_count;
    KSS_ROOM(b->devices, b->device_count, b->device_capacity);
    KSS_ROOM(b->device_nodes, b->device_count, b->device_node_capacity);
    b->devices[b->device_count] =
        (struct kss_script_device){.name = node->name, .place = kss_place_of(b, name)};
    b->device_nodes[b->device_count++] = node;
}

// ---- Routines of a driver -----------------------------------------------------------------------
// A routine named in driver D is D!name when there is one, else any of that name.
static uint32_t routine_of(struct kss_build *b, const struct kss_script_driver *driver,
                           struct kss_node *node, const char *shape) {
    const char *module = NULL, *name = node->name;
    uint32_t routine;
    if (node->kind == KSS_N_SYMBOL) {
        kss_symbol_parts(b, node, &module, &name);
        routine = kss_find_routine(b, module, name, false);
    } else {
        routine = kss_find_routine(b, driver->name, name, false);
        if (routine == KSS_NO_FRAME)
            routine = kss_find_routine(b, NULL, name, false);
    }
    if (routine == KSS_NO_FRAME) {
        struct kss_diag *diag =
            KSS_SAY(b, node, "KSS0101", "unknown routine `%s`", kss_source_text(b, node));
        const char *like = kss_did_you_mean(b, name, KSS_LIKE_ROUTINE);
        if (like != NULL)
            kss_diag_note(b->diags, diag, "help", "did you mean `%s`?", like);
        return KSS_NO_FRAME;
    }
    const struct kss_routine_info *info = &b->infos[routine];
    struct kss_ctype *type = kss_type_text_find(b, shape, strlen(shape));
    if (!info->defined) {
        struct kss_diag *diag =
            KSS_SAY(b, node, "KSS0125", "`%s` is declared, but has no body", info->name);
        kss_diag_cause(b->diags, diag, kss_span_of(b, info->node), "declared here");
        return KSS_NO_FRAME;
    }
    if (type == NULL || !kss_check_shape(b, routine, type, node))
        return KSS_NO_FRAME;
    return routine;
}

static bool major_of(const char *name, uint32_t *major) {
    const struct kss_constant *row = kss_constant_find(name, strlen(name));
    if (row == NULL || strncmp(name, "IRP_MJ_", 7) != 0 || row->value < 0 ||
        row->value >= KSS_MAJORS || strcmp(name, "IRP_MJ_MAXIMUM_FUNCTION") == 0)
        return false;
    *major = (uint32_t)row->value;
    return true;
}

static void unknown_setting(struct kss_build *b, struct kss_node *at) {
    const char *names[64] = {"entry", "add", "unload", "startio", "extension", "lower", "io"};
    size_t count = 7;
    uint32_t major;
    for (unsigned i = 0; i < kss_constant_count && count < 64; i++)
        if (major_of(kss_constants[i].name, &major))
            names[count++] = kss_constants[i].name;
    struct kss_diag *diag =
        KSS_SAY(b, kss_name_in(b, at, at->name), "KSS0106", "a driver has no `%s`", at->name);
    const char *like = kss_like(at->name, names, count);
    if (like != NULL)
        kss_diag_note(b->diags, diag, "help", "did you mean `%s`?", like);
    else
        kss_diag_note(b->diags, diag, "help",
                      "it has IRP_MJ_ codes, entry, add, unload, startio, extension, lower, io");
}

// ---- Settings -----------------------------------------------------------------------------------
static void check_io(struct kss_build *b, struct kss_script_driver *driver, struct kss_node *at) {
    static const struct {
        const char *name;
        uint32_t flags;
    } table[] = {{"buffered", 4}, {"direct", 16}, {"neither", 0}}; // DO_BUFFERED_IO, DO_DIRECT_IO
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (at->a->name != NULL && strcmp(at->a->name, table[i].name) == 0) {
            driver->io = table[i].flags;
            return;
        }
    KSS_SAY(b, at->a, "KSS0123", "`io` is `buffered`, `direct` or `neither`");
}

static struct kss_ctype *check_extension(struct kss_build *b, struct kss_script_driver *driver,
                                         struct kss_node *node) {
    const struct kss_symbol *symbol = node->name != NULL ? kss_lookup(b, node->name) : NULL;
    if (symbol == NULL && node->name != NULL)
        symbol = kss_lookup_tag(b, node->name);
    bool is_type = symbol != NULL && (symbol->kind == KSS_Y_TYPE || symbol->kind == KSS_Y_TAG);
    struct kss_ctype *type = is_type ? symbol->type
                             : node->name != NULL && symbol == NULL
                                 ? kss_type_text_find(b, node->name, strlen(node->name))
                                 : NULL;
    if (type == NULL) {
        struct kss_diag *diag =
            KSS_SAY(b, node, "KSS0103", "unknown type `%s`", kss_source_text(b, node));
        const char *like =
            node->name != NULL ? kss_did_you_mean(b, node->name, KSS_LIKE_TYPE) : NULL;
        if (like != NULL)
            kss_diag_note(b->diags, diag, "help", "did you mean `%s`?", like);
        return NULL;
    }
    if (type->kind == KSS_K_ERROR)
        return NULL;
    if (type->kind != KSS_K_STRUCT || !type->complete || type->size > UINT16_MAX) {
        KSS_SAY(b, node, "KSS0116", "a device extension is a structure of at most %d bytes",
                UINT16_MAX);
        return NULL;
    }
    driver->extension = type->size;
    return type;
}

static void check_lower(struct kss_build *b, struct kss_script_driver *driver,
                        struct kss_node *node, struct kss_ctype *extension, bool given) {
    if (extension == NULL) {
        if (!given)
            KSS_SAY(b, node, "KSS0123",
                    "`lower` names a field of the device extension: `extension` is missing");
        return;
    }
    uint32_t offset = 0;
    const struct kss_member *member =
        node->name != NULL ? kss_type_member(b, extension, node->name, &offset) : NULL;
    if (member == NULL) {
        struct kss_diag *diag = KSS_SAY(b, node, "KSS0105", "`%s` has no field `%s`",
                                        kss_type_text(b, extension), kss_source_text(b, node));
        const char *names[64];
        size_t count = 0;
        kss_type_members(b, extension);
        for (uint32_t i = 0; i < extension->member_count && count < 64; i++)
            if (extension->members[i].name != NULL)
                names[count++] = extension->members[i].name;
        const char *like = node->name != NULL ? kss_like(node->name, names, count) : NULL;
        if (like != NULL)
            kss_diag_note(b->diags, diag, "help", "did you mean `%s`?", like);
        return;
    }
    struct kss_ctype *device = kss_type_text_find(b, "PDEVICE_OBJECT", 14);
    if (member->type->kind != KSS_K_ERROR && device != NULL &&
        !kss_type_same(member->type, device)) {
        KSS_SAY(b, node, "KSS0112", "the field `%s` must be `PDEVICE_OBJECT`, not `%s`", node->name,
                kss_type_text(b, member->type));
        return;
    }
    driver->lower = offset;
}

static void check_entry(struct kss_build *b, struct kss_script_driver *driver,
                        struct kss_node *at) {
    uint32_t major;
    if (major_of(at->name, &major))
        driver->major[major] = routine_of(b, driver, at->a, "DRIVER_DISPATCH");
    else if (strcmp(at->name, "entry") == 0)
        driver->entry = routine_of(b, driver, at->a, "DRIVER_INITIALIZE");
    else if (strcmp(at->name, "add") == 0)
        driver->add = routine_of(b, driver, at->a, "DRIVER_ADD_DEVICE");
    else if (strcmp(at->name, "unload") == 0)
        driver->unload = routine_of(b, driver, at->a, "DRIVER_UNLOAD");
    else if (strcmp(at->name, "startio") == 0)
        driver->start_io = routine_of(b, driver, at->a, "DRIVER_STARTIO");
    else if (strcmp(at->name, "io") == 0)
        check_io(b, driver, at);
    else if (strcmp(at->name, "extension") != 0 && strcmp(at->name, "lower") != 0)
        unknown_setting(b, at);
}

static void check_driver(struct kss_build *b, uint32_t index) {
    struct kss_pointer_map seen = {0};
    struct kss_node *extension = NULL, *lower = NULL;
    for (struct kss_node *at = b->driver_nodes[index]->a; at != NULL; at = at->next) {
        struct kss_node *first = kss_map_get(&seen, at->name);
        if (first != NULL) {
            struct kss_diag *diag = KSS_SAY(b, at, "KSS0110", "`%s` is given twice", at->name);
            kss_diag_cause(b->diags, diag, kss_span_of(b, first), "the first one is here");
            continue;
        }
        kss_map_put(&seen, at->name, at);
        if (strcmp(at->name, "extension") == 0)
            extension = at;
        else if (strcmp(at->name, "lower") == 0)
            lower = at;
        check_entry(b, &b->drivers[index], at);
    }
    struct kss_ctype *type =
        extension != NULL ? check_extension(b, &b->drivers[index], extension->a) : NULL;
    if (lower != NULL)
        check_lower(b, &b->drivers[index], lower->a, type, extension != NULL);
    kss_map_free(&seen);
}

// ---- Devices ------------------------------------------------------------------------------------
static bool driver_index(struct kss_build *b, struct kss_node *node, uint32_t *index) {
    for (*index = 0; *index < b->driver_count; ++*index)
        if (b->driver_nodes[*index]->name == node->name)
            return true;
    const char **names = KSS_NEW_ARRAY(b->arena, const char *, b->driver_count + 1u);
    for (uint32_t i = 0; i < b->driver_count; i++)
        names[i] = b->drivers[i].name;
    struct kss_diag *diag = KSS_SAY(b, node, "KSS0109", "unknown driver `%s`", node->name);
    const char *like = kss_like(node->name, names, b->driver_count);
    if (like != NULL)
        kss_diag_note(b->diags, diag, "help", "did you mean `%s`?", like);
    return false;
}

static void check_device(struct kss_build *b, uint32_t device) {
    uint32_t count = 0;
    for (struct kss_node *at = b->device_nodes[device]->a; at != NULL; at = at->next)
        count++;
    if (count > DEEPEST_STACK) {
        KSS_SAY(b, b->device_nodes[device], "KSS0128", "more than %d drivers in one device",
                DEEPEST_STACK);
        return;
    }
    for (uint32_t i = 0; i < b->thread_count; i++)
        if (strcmp(b->threads[i].name, b->devices[device].name) == 0)
            KSS_SAY(b, name_of(b, b->device_nodes[device]), "KSS0110",
                    "a thread is named `%s`, too: `expect stack` could mean both",
                    b->devices[device].name);
    uint32_t *drivers = KSS_NEW_ARRAY(b->arena, uint32_t, count + 1u), made = 0;
    for (struct kss_node *at = b->device_nodes[device]->a; at != NULL; at = at->next)
        if (driver_index(b, at, &drivers[made]))
            made++;
    b->devices[device].drivers = drivers;
    b->devices[device].driver_count = made;
}

// Addresses that are known only when a machine runs have a global of kss's own (device.c).
static void make_table(struct kss_build *b) {
    uint32_t words = b->device_count * 2 + b->driver_count * 2;
    bool paged = b->paged_data;
    const char *module = b->module;
    b->paged_data = false;
    b->module = "kss";
    struct kss_ctype *word = kss_type_base(b, KSS_BASE_UINT64);
    struct kss_node *node = b->device_count > 0 ? b->device_nodes[0] : b->driver_nodes[0];
    b->device_table = kss_add_global(b, "devices", kss_type_array_of(b, word, words, true), node);
    b->paged_data = paged;
    b->module = module;
}

static void add_loader(struct kss_build *b) {
    struct kss_node *node = NULL;
    for (uint32_t i = 0; i < b->driver_count && node == NULL; i++)
        if (b->drivers[i].entry != KSS_NO_FRAME || b->drivers[i].add != KSS_NO_FRAME)
            node = name_of(b, b->driver_nodes[i]);
    if (node == NULL)
        return;
    KSS_ROOM(b->threads, b->thread_count, b->thread_capacity);
    KSS_ROOM(b->thread_nodes, b->thread_count, b->thread_node_capacity);
    uint32_t code = kss_add_routine(b, "", "driver loader", true, node);
    b->codes[code].flags = KSS_CODE_BODY;
    b->threads[b->thread_count] = (struct kss_script_thread){.name = "driver loader",
                                                             .priority = 8,
                                                             .system = true,
                                                             .loader = true,
                                                             .body = code,
                                                             .place = kss_place_of(b, node)};
    b->thread_nodes[b->thread_count++] = node;
}

void kss_check_devices(struct kss_build *b) {
    for (uint32_t i = 0; i < b->driver_count; i++)
        check_driver(b, i);
    for (uint32_t i = 0; i < b->device_count; i++)
        check_device(b, i);
    if (b->driver_count + b->device_count == 0)
        return;
    make_table(b);
    add_loader(b);
}

// ---- The loader's code --------------------------------------------------------------------------
static void load_step(struct kss_build *b, enum kss_opcode op, uint32_t driver, uint32_t device,
                      const struct kss_node *node) {
    uint32_t before = kss_slot_mark(b);
    int slot = kss_slot_new(b);
    kss_slot_new(b); // the second argument
    kss_set_place(b, node);
    kss_put(b, op, 0, slot, (int)driver, (int)device);
    kss_put(b, KSS_I_LOADED, op == KSS_I_ADD_DEVICE, slot, (int)driver, (int)device);
    kss_slot_release(b, before);
}

// DriverEntry of all drivers in the order of the file, then the devices from the bottom up.
void kss_compile_loader(struct kss_build *b) {
    if (b->thread_count == 0 || !b->threads[b->thread_count - 1].loader)
        return;
    b->block = b->newest;
    struct kss_body *body = kss_body_begin(b, b->threads[b->thread_count - 1].body,
                                           b->thread_nodes[b->thread_count - 1]);
    body->result = kss_type_base(b, KSS_BASE_VOID);
    for (uint32_t i = 0; i < b->driver_count; i++)
        if (b->drivers[i].entry != KSS_NO_FRAME)
            load_step(b, KSS_I_LOAD_DRIVER, i, 0, name_of(b, b->driver_nodes[i]));
    for (uint32_t i = 0; i < b->device_count; i++)
        for (uint32_t level = b->devices[i].driver_count; level-- > 0;)
            load_step(b, KSS_I_ADD_DEVICE, b->devices[i].drivers[level], i,
                      name_of(b, b->device_nodes[i]));
    kss_body_end(b);
    b->block = NULL;
}

// ---- Values -------------------------------------------------------------------------------------
struct kss_expr *kss_device_value(struct kss_build *b, struct kss_symbol *symbol,
                                  struct kss_node *node) {
    if (symbol->type->kind == KSS_K_ERROR)
        return kss_expr_error(b, node);
    struct kss_expr *e = kss_expr_new(b, KSS_X_DEVICE, symbol->type, node);
    e->index = symbol->index;
    return e;
}

struct kss_expr *kss_device_as(struct kss_build *b, struct kss_expr *e,
                               const struct kss_ctype *type) {
    if (type->name == NULL || type->kind != KSS_K_POINTER || strcmp(type->name, "HANDLE") != 0)
        return e;
    struct kss_expr *handle = kss_expr_new(b, KSS_X_DEVICE, e->type, e->node);
    handle->index = e->index;
    handle->op = 1;
    return handle;
}
