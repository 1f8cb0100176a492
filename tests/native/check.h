// SPDX-License-Identifier: MIT
// CMocka (plain/cmocka.h where there is none) and what the tests of the bottom of native mode share.
#ifndef KSS_TESTS_NATIVE_CHECK_H
#define KSS_TESTS_NATIVE_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "native/sanitize.h"

static inline int under_valgrind(void) {
#ifdef KSS_VALGRIND
    return RUNNING_ON_VALGRIND != 0;
#else
    return 0;
#endif
}

#include <cmocka.h>

// Lines of the process's list of mappings: what leaks shows here. 0 where there is no such list, and
// under valgrind, whose own mappings come and go in it.
static inline unsigned mappings(void) {
    if (under_valgrind())
        return 0;
    FILE *list = fopen("/proc/self/maps", "r");
    unsigned lines = 0;
    for (int c; list != NULL && (c = fgetc(list)) != EOF;)
        lines += c == '\n';
    if (list != NULL)
        fclose(list);
    return lines;
}

#endif
