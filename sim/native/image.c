// SPDX-License-Identifier: MIT
// The registry of driver modules, and names of addresses.
//
// The list is the only state here: modules add themselves before main, in the linker's order, and are
// kept sorted by name so that nothing depends on that order.
#include "native/image.h"

#include "base/os.h"

#include <stdlib.h>
#include <string.h>

static struct kss_module *modules;

static bool holds(const struct kss_range *range, const void *address) {
    return (uintptr_t)address >= (uintptr_t)range->begin &&
           (uintptr_t)address < (uintptr_t)range->end;
}

static size_t size_of(const struct kss_range *range) {
    return (size_t)((uintptr_t)range->end - (uintptr_t)range->begin);
}

// Word by word, and never by memcpy: AddressSanitizer keeps red zones between variables, which may be
// copied but not by anything it watches.
#if defined(__has_attribute)
#if __has_attribute(no_sanitize)
__attribute__((no_sanitize("address")))
#endif
#endif
static void
copy_unwatched(void *to, const void *from, size_t size) {
    volatile unsigned char *write = to;
    const volatile unsigned char *read = from;
    for (size_t i = 0; i < size; i++)
        write[i] = read != NULL ? read[i] : 0;
}

void kss_module_register(struct kss_module *module) {
    struct kss_module **at = &modules;
    while (*at != NULL && strcmp((*at)->name, module->name) < 0)
        at = &(*at)->next;
    if (*at != NULL && strcmp((*at)->name, module->name) == 0)
        kss_os_fatal("two drivers of one name in this program: give kss_add_driver another one");
    size_t size = size_of(&module->data);
    module->saved = size > 0 ? malloc(size) : NULL;
    if (size > 0 && module->saved == NULL)
        kss_os_fatal("out of memory");
    copy_unwatched(module->saved, module->data.begin, size);
    module->next = *at;
    *at = module;
}

const struct kss_module *kss_module_next(const struct kss_module *after) {
    return after == NULL ? modules : after->next;
}

const struct kss_module *kss_module_named(const char *name) {
    for (const struct kss_module *module = modules; module != NULL; module = module->next)
        if (strcmp(module->name, name) == 0)
            return module;
    return NULL;
}

const struct kss_module *kss_module_of(const void *address) {
    for (const struct kss_module *module = modules; module != NULL; module = module->next)
        if (holds(&module->text, address) || holds(&module->data, address) ||
            holds(&module->bss, address))
            return module;
    return NULL;
}

bool kss_module_pageable(const struct kss_module *module, const char *name) {
    for (const char *const *at = module->pageable; at != NULL && *at != NULL; at++)
        if (strcmp(*at, name) == 0)
            return true;
    return false;
}

void kss_modules_reset(void) {
    for (const struct kss_module *module = modules; module != NULL; module = module->next) {
        copy_unwatched(module->data.begin, module->saved, size_of(&module->data));
        copy_unwatched(module->bss.begin, NULL, size_of(&module->bss));
    }
}

// ---- Symbols ------------------------------------------------------------------------------------

static const void *start_of(const struct kss_module *module, const void *address) {
    if (holds(&module->text, address))
        return module->text.begin;
    return holds(&module->data, address) ? module->data.begin : module->bss.begin;
}

bool kss_symbol_at(const void *address, struct kss_symbol *out) {
    struct kss_object_symbol found = {0};
    const struct kss_module *module = kss_module_of(address);
    *out = (struct kss_symbol){0};
    bool known = kss_object_symbol_at(address, &found);
    if (module == NULL && !known)
        return false;
    out->module = module != NULL ? module->name : found.object;
    out->name = found.name;
    out->size = found.size;
    out->routine =
        found.name != NULL ? found.routine : module != NULL && holds(&module->text, address);
    out->start = found.start;
    if (found.name == NULL)
        out->start = module != NULL ? start_of(module, address) : found.base;
    out->offset = (uintptr_t)address - (uintptr_t)out->start;
    return true;
}

struct search {
    const char *module;
    const void *address;
    unsigned count;
};

static void visit(void *context, const struct kss_object_symbol *symbol) {
    struct search *search = context;
    const struct kss_module *module = kss_module_of(symbol->start);
    if (strcmp(module != NULL ? module->name : symbol->object, search->module) != 0)
        return;
    if (search->count == 0 || symbol->start != search->address)
        search->count++;
    search->address = symbol->start;
}

const void *kss_symbol_named(const char *module, const char *name) {
    struct search search = {.module = module};
    kss_object_symbols_named(name, &search, visit);
    return search.count == 1 ? search.address : NULL;
}
