// SPDX-License-Identifier: MIT
// Driver routines by host address. A routine gets its index when the kernel first meets it: as a
// callback, as the caller of an NT routine, or on a path. Names come from the program's symbols.
// Arrays that have become too small are kept until the end, because callers hold pointers to rows.
#include "native/private.h"

#include "base/os.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM = 256 };

// Both tables are twice as large as what they hold, and that is a power of two.
static uint32_t slot_of(const void *address, uint32_t room) {
    uint64_t mixed = (uint64_t)(uintptr_t)address * UINT64_C(0x9E3779B97F4A7C15);
    return (uint32_t)(mixed >> 40) & (room * 2 - 1);
}

// Puts [number], not 0, where a search for [address] that finds nothing else ends.
static void enter(uint32_t *table, uint32_t room, const void *address, uint32_t number) {
    uint32_t slot = slot_of(address, room);
    while (table[slot] != 0)
        slot = (slot + 1) & (room * 2 - 1);
    table[slot] = number;
}

static void keep_old(struct kss_native *n, void *array) {
    if (array == NULL)
        return;
    n->old = realloc(n->old, (n->old_count + 1u) * sizeof *n->old);
    if (n->old == NULL)
        kss_os_fatal("out of memory");
    n->old[n->old_count++] = array;
}

static void grow(struct kss_native *n) {
    uint32_t room = n->code_room == 0 ? FIRST_ROOM : n->code_room * 2;
    struct kss_code *code = calloc(room, sizeof *code);
    struct kss_native_routine *routines = calloc(room, sizeof *routines);
    uint32_t *table = calloc(room * 2u, sizeof *table);
    if (code == NULL || routines == NULL || table == NULL)
        kss_os_fatal("out of memory");
    uint32_t count = n->image->code_count;
    if (count != 0) {
        memcpy(code, n->code, count * sizeof *code);
        memcpy(routines, n->routines, count * sizeof *routines);
    }
    keep_old(n, n->code);
    keep_old(n, n->routines);
    free(n->table);
    n->code = code;
    n->routines = routines;
    n->table = table;
    n->code_room = room;
    n->image->code = code;
    for (uint32_t i = 0; i < count; i++)
        if (!(code[i].flags & KSS_CODE_BODY))
            enter(table, room, (const void *)(uintptr_t)routines[i].address, i + 1);
}

static uint32_t add(struct kss_native *n, void (*address)(void)) {
    if (n->image->code_count == n->code_room)
        grow(n);
    uint32_t index = n->image->code_count++;
    const struct kss_module *module = kss_module_of((const void *)(uintptr_t)address);
    n->routines[index] = (struct kss_native_routine){
        .address = address, .ms_abi = module != NULL && module->exact_frames};
    n->code[index] = (struct kss_code){.origin = KSS_ORIGIN_MEASURED};
    return index;
}

// "+0x1234": where it lies in its module.
static const char *nameless(struct kss_native *n, const struct kss_symbol *symbol) {
    char *name = malloc(24);
    if (name == NULL)
        kss_os_fatal("out of memory");
    snprintf(name, 24, "+0x%" PRIX64, symbol->offset);
    keep_old(n, name);
    return name;
}

// ---- Places -----------------------------------------------------------------------------------------
static void grow_sites(struct kss_native *n) {
    n->site_room = n->site_room == 0 ? FIRST_ROOM : n->site_room * 2;
    n->sites = realloc(n->sites, n->site_room * sizeof *n->sites);
    free(n->site_table);
    n->site_table = calloc(n->site_room * 2u, sizeof *n->site_table);
    if (n->sites == NULL || n->site_table == NULL)
        kss_os_fatal("out of memory");
    for (uint32_t i = 0; i < n->site_count; i++)
        enter(n->site_table, n->site_room, n->sites[i].pc, i + 1);
}

// The site of [pc], 0: there is none.
static uint32_t find_site(const struct kss_native *n, const void *pc) {
    if (n->site_room != 0)
        for (uint32_t slot = slot_of(pc, n->site_room); n->site_table[slot] != 0;
             slot = (slot + 1) & (n->site_room * 2 - 1))
            if (n->sites[n->site_table[slot] - 1].pc == pc)
                return n->site_table[slot];
    return 0;
}

static uint32_t add_site(struct kss_native *n, const struct kss_native_site *site) {
    if (n->site_count == n->site_room)
        grow_sites(n);
    n->sites[n->site_count++] = *site;
    enter(n->site_table, n->site_room, site->pc, n->site_count);
    return n->site_count;
}

// ---- Routines ----------------------------------------------------------------------------------------
uint32_t kss_native_code(struct kss_native *n, void (*routine)(void)) {
    const void *address = (const void *)(uintptr_t)routine;
    if (n->code_room != 0)
        for (uint32_t slot = slot_of(address, n->code_room); n->table[slot] != 0;
             slot = (slot + 1) & (n->code_room * 2 - 1))
            if (n->routines[n->table[slot] - 1].address == routine)
                return n->table[slot] - 1;
    uint32_t index = add(n, routine);
    struct kss_symbol symbol;
    const struct kss_module *module = kss_module_of(address);
    if (!kss_symbol_at(address, &symbol))
        symbol = (struct kss_symbol){.module = "driver"};
    n->code[index].module = symbol.module;
    n->code[index].name = symbol.name != NULL ? symbol.name : nameless(n, &symbol);
    if (module != NULL && symbol.name != NULL && kss_module_pageable(module, symbol.name))
        n->code[index].flags |= KSS_CODE_PAGEABLE;
    enter(n->table, n->code_room, address, index + 1);
    n->code[index].place =
        add_site(n, &(struct kss_native_site){.pc = address, .code = index, .nt = KSS_NT_COUNT});
    return index;
}

uint32_t kss_native_body(struct kss_native *n, const char *name, void (*routine)(void),
                         const uint64_t *arguments, unsigned count, unsigned returns) {
    uint32_t index = add(n, routine);
    n->code[index].module = "";
    n->code[index].name = name;
    n->code[index].flags = KSS_CODE_BODY;
    struct kss_native_routine *body = &n->routines[index];
    memcpy(body->arguments, arguments, count * sizeof *arguments);
    body->argument_count = (uint8_t)count;
    body->returns = (uint8_t)returns;
    return index;
}

// Entry points, and what carries driver code, are nt's part of a stack.
static bool ours(const struct kss_symbol *symbol) {
    return symbol->name != NULL && kss_module_named(symbol->module) == NULL &&
           (strncmp(symbol->name, "kss_", 4) == 0 ||
            kss_routine_find(symbol->name, strlen(symbol->name)) != NULL);
}

bool kss_native_body_returned(const struct kss_native *n, uint32_t body) {
    return n->routines[body].returned;
}

uint64_t kss_native_body_value(const struct kss_native *n, uint32_t body) {
    return n->routines[body].value;
}

uint32_t kss_native_caller(struct kss_native *n, const void *pc) {
    if (pc == NULL)
        return KSS_NO_FRAME;
    if (pc == n->seen_pc)
        return n->seen_code;
    struct kss_symbol symbol;
    uint32_t code = KSS_NO_FRAME;
    // A return address may lie just behind a routine that ends in the call.
    if (kss_symbol_at((const char *)pc - 1, &symbol) && symbol.start != NULL && !ours(&symbol))
        code = kss_native_code(n, (void (*)(void))(uintptr_t)symbol.start);
    n->seen_pc = pc;
    n->seen_code = code;
    return code;
}

uint32_t kss_native_call_from(struct kss_native *n, const struct kss_native_call *call) {
    return kss_native_caller(n, call->pc);
}

uint32_t kss_native_place(struct kss_native *n, const void *pc, uint32_t nt) {
    if (pc == NULL)
        return 0;
    uint32_t place = find_site(n, pc);
    if (place != 0)
        return place;
    struct kss_native_site site = {.pc = pc, .code = kss_native_caller(n, pc), .nt = nt};
    if (site.code != KSS_NO_FRAME)
        site.offset = (uint32_t)((uintptr_t)pc - (uintptr_t)n->routines[site.code].address);
    return add_site(n, &site);
}

uint32_t kss_native_site_count(const struct kss_native *n) {
    return n->site_count;
}

const struct kss_native_site *kss_native_site_at(const struct kss_native *n, uint32_t place) {
    return &n->sites[place - 1];
}

void kss_native_code_free(struct kss_native *n) {
    for (uint32_t i = 0; i < n->old_count; i++)
        free(n->old[i]);
    free(n->old);
    free(n->sites);
    free(n->site_table);
    free(n->code);
    free(n->routines);
    free(n->table);
}
