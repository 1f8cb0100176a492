// SPDX-License-Identifier: MIT
// Compiled by kss_add_driver into every driver, with the driver's own flags: tells libkss, before main
// runs, where the driver's code and variables lie. Not a part of libkss.
//
// KSS_DRIVER_NAME is the driver's name as a string, KSS_DRIVER_ID as an identifier, KSS_DRIVER_ENTRY
// its entry point, KSS_DRIVER_MACHINE a string. KSS_DRIVER_PAGEABLE is the file that `kss scan` made.
//
// On ELF the linker makes __start_SECTION and __stop_SECTION for sections whose names are
// identifiers; on Mach-O it is section$start$SEGMENT$SECTION, and names have at most 16 characters. An
// empty section does not exist: the symbols are weak, and an empty range is NULL to NULL.
#include <kss/module.h>
#include <stddef.h>

#define JOIN_(a, b, c) a##b##c
#define JOIN(a, b, c)  JOIN_(a, b, c)
#define TEXT_(a)       #a
#define TEXT(a)        TEXT_(a)

#if defined(__APPLE__)
#define EDGE(name, edge, segment, kind)                                                            \
    extern char name[] __asm("section$" edge "$" segment "$" TEXT(KSS_DRIVER_SHORT) kind)
EDGE(text_begin, "start", "__TEXT", "_t");
EDGE(text_end, "end", "__TEXT", "_t");
EDGE(data_begin, "start", "__DATA", "_d");
EDGE(data_end, "end", "__DATA", "_d");
EDGE(bss_begin, "start", "__DATA", "_b");
EDGE(bss_end, "end", "__DATA", "_b");
#else
#define EDGE(name, edge, kind)                                                                     \
    extern char name[] __asm(edge "kss_" TEXT(KSS_DRIVER_ID) kind) __attribute__((weak))
EDGE(text_begin, "__start_", "_text");
EDGE(text_end, "__stop_", "_text");
EDGE(data_begin, "__start_", "_data");
EDGE(data_end, "__stop_", "_data");
EDGE(bss_begin, "__start_", "_bss");
EDGE(bss_end, "__stop_", "_bss");
#endif

extern void entry(void) __asm(
#if defined(__APPLE__)
    "_"
#endif
    TEXT(KSS_DRIVER_ENTRY));

static const char *const pageable[] = {
#include KSS_DRIVER_PAGEABLE
    NULL};

// Not in .data or .bss of the driver: those go back to what they were.
#if defined(__APPLE__)
__attribute__((section("__DATA,kss_modules")))
#else
__attribute__((section("kss_modules")))
#endif
static struct kss_module module = {
    .name = KSS_DRIVER_NAME,
    .machine = KSS_DRIVER_MACHINE,
    .entry = entry,
    .pageable = pageable,
#if defined(KSS_EXACT_FRAMES)
    .exact_frames = true,
#endif
};

__attribute__((constructor)) static void kss_driver_begin(void) {
    module.text = (struct kss_range){text_begin, text_end};
    module.data = (struct kss_range){data_begin, data_end};
    module.bss = (struct kss_range){bss_begin, bss_end};
    kss_module_register(&module);
}
