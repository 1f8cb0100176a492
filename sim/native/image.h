// SPDX-License-Identifier: MIT
// Driver code in this process: which modules there are, whose an address is, what a routine is called.
//
// Names are deterministic: module, symbol, offset; host addresses never reach a report. Symbols come
// from the ELF .symtab of the program and of the shared objects it uses (static functions and
// variables too), read on first use; elsewhere from dladdr, which sees exported names only.
//
// Call these on a host stack, not on a kernel stack: reading symbols takes room.
#ifndef KSS_NATIVE_IMAGE_H
#define KSS_NATIVE_IMAGE_H

#include "kss/module.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// ---- Modules ------------------------------------------------------------------------------------

// The modules in the order of their names: the first with [after] NULL; NULL behind the last.
const struct kss_module *kss_module_next(const struct kss_module *after);
const struct kss_module *kss_module_named(const char *name);

// The module whose code or variables hold [address]; NULL: none of them.
const struct kss_module *kss_module_of(const void *address);

// Whether [name] was put into a pageable section by #pragma alloc_text.
bool kss_module_pageable(const struct kss_module *module, const char *name);

// Variables of all drivers get the values they had when the program began: between two machines.
// The program's own variables, and those of drivers without a module, are left alone.
void kss_modules_reset(void);

// ---- Symbols ------------------------------------------------------------------------------------

struct kss_symbol {
    const char *module; // a kss_module's name; "driver" for the program; "libc" for libc.so.6
    const char *name;   // NULL: unknown; offset then counts from the start of the module
    uint64_t offset;    // of the address from [start]
    const void *start;  // of the routine or variable; an address for identity, not for output
    size_t size;        // 0: unknown
    bool routine;       // code, not a variable
};

// What lies at [address]. False: not in any object of this process; *out is then cleared.
// Copies of a routine that a compiler split off (Foo.cold, Foo.part.0) bear its name.
bool kss_symbol_at(const void *address, struct kss_symbol *out);

// The address of routine or variable [name] in module [module] ("driver": the program); NULL: there
// is none, or there are several.
const void *kss_symbol_named(const char *module, const char *name);

// ---- Where symbols come from: symbols_elf.c or symbols_dladdr.c -----------------------------------

struct kss_object_symbol {
    const char *object; // "driver", "libc", ...
    const void *base;   // where the object was loaded
    const char *name;   // NULL: none holds the address
    const void *start;
    size_t size;
    bool routine;
};
bool kss_object_symbol_at(const void *address, struct kss_object_symbol *out);

// Calls [visit] with every symbol called [name].
void kss_object_symbols_named(const char *name, void *context,
                              void (*visit)(void *context, const struct kss_object_symbol *));

#endif
