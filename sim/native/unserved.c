// SPDX-License-Identifier: MIT
// Entry points of the NT routines that kss does not serve (unserved.def). None returns: the run ends
// with the routine's name, the caller and the reason, where a link error would have told only that
// the name occurs.
//
// They are defined by symbol name alone, since no argument is looked at, and weak: a routine that
// gets a row in routines.def wins over what is left of it here.
#include "base/os.h"
#include "kernel/fast.h"
#include "native/native.h"

#include <stdio.h>

#define REASON(key, why) static const char why_##key[] __attribute__((unused)) = why;
#define UNSERVED(...)
#include "native/unserved.def"
#undef REASON
#undef UNSERVED

static void end_run(void *argument) {
    const char *const *words = argument; // the name, the reason
    uint32_t routine;
    char text[256];
    struct kss_machine *m = kss_native_machine(&routine);
    snprintf(text, sizeof text, "%s cannot be served: %s", words[0], words[1]);
    if (m == NULL)
        kss_os_fatal(text);
    kss_cannot_continue(m, text);
}

__attribute__((noreturn, noinline)) static void unserved(const char *name, const char *why,
                                                         void *frame, void *sp, void *pc) {
    const char *words[2] = {name, why};
    kss_native_host(end_run, words, frame, sp, pc);
    kss_os_fatal("a run that had ended went on");
}

#define TEXT_(a) #a
#define TEXT(a)  TEXT_(a)
#define ENTRY(name, symbol, why)                                                                   \
    __attribute__((weak, noreturn)) void kss_unserved_##symbol(void) __asm(                        \
        TEXT(__USER_LABEL_PREFIX__) TEXT(symbol));                                                 \
    void kss_unserved_##symbol(void) {                                                             \
        unserved(name, why, __builtin_frame_address(0), __builtin_dwarf_cfa(),                     \
                 __builtin_return_address(0));                                                     \
    }

#define REASON(...)
#define UNSERVED(name, key) ENTRY(#name, name, why_##key)
#include "native/unserved.def"
#undef UNSERVED
#if defined(__x86_64__) // entry_ms.c
#define UNSERVED(name, key) ENTRY(#name, kss_ms_##name, why_##key)
#include "native/unserved.def"
#undef UNSERVED
#endif
