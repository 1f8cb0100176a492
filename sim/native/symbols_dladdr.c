// SPDX-License-Identifier: MIT
// Names of addresses by dladdr, where objects are not ELF: exported symbols only. Never run on macOS.
#if !defined(__ELF__)

#include "native/image.h"

#include <dlfcn.h>
#include <stdint.h>
#include <string.h>

static const char *object_name(const Dl_info *info, const Dl_info *program) {
    if (info->dli_fbase == program->dli_fbase)
        return "driver";
    const char *slash = info->dli_fname != NULL ? strrchr(info->dli_fname, '/') : NULL;
    return slash != NULL ? slash + 1 : "?";
}

// In which object this library lies is the best guess at which is the program.
static void of_program(Dl_info *info) {
    if (dladdr((const void *)(uintptr_t)&kss_object_symbol_at, info) == 0)
        memset(info, 0, sizeof *info);
}

bool kss_object_symbol_at(const void *address, struct kss_object_symbol *out) {
    Dl_info info, program;
    *out = (struct kss_object_symbol){0};
    if (dladdr(address, &info) == 0)
        return false;
    of_program(&program);
    out->object = object_name(&info, &program);
    out->base = info.dli_fbase;
    out->name = info.dli_sname;
    out->start = info.dli_saddr;
    out->routine = info.dli_sname != NULL;
    return true;
}

void kss_object_symbols_named(const char *name, void *context,
                              void (*visit)(void *context, const struct kss_object_symbol *)) {
    struct kss_object_symbol symbol;
    void *address = dlsym(RTLD_DEFAULT, name);
    if (address != NULL && kss_object_symbol_at(address, &symbol))
        visit(context, &symbol);
}

#endif
