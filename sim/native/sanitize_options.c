// SPDX-License-Identifier: MIT
// Defaults for AddressSanitizer, in a file of their own: a program that defines
// __asan_default_options itself keeps its own, ASAN_OPTIONS in the environment is stronger than both.
// Clang links its runtime, with an empty weak definition, before everything else, so there these are
// not seen and the environment must say it (needed from clang 15 on, which changed its default).
#include "native/sanitize.h"

#ifdef KSS_ASAN

const char *__asan_default_options(void);

__attribute__((weak, visibility("default"))) const char *__asan_default_options(void) {
    return "detect_stack_use_after_return=0:handle_segv=0:handle_sigbus=0:use_sigaltstack=0";
}

const char *kss_sanitize_trouble(void) {
    return __asan_get_current_fake_stack() == NULL ? NULL
                                                   : "AddressSanitizer keeps locals off the "
                                                     "stacks: set detect_stack_use_after_return=0";
}

#else

const char *kss_sanitize_trouble(void) {
    return NULL;
}

#endif
