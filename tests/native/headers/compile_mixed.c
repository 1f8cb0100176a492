// SPDX-License-Identifier: MIT
// A test's own source sees both worlds: headers of the host's C library and CMocka, and those of NT, in
// either order (LIBC_LAST). It is compiled, never run.
#if defined(LIBC_LAST)
#include <ntifs.h>
#include <ntstrsafe.h>
#endif
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <limits.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#if !defined(LIBC_LAST)
#include <ntifs.h>
#include <ntstrsafe.h>
#endif

int kss_mixed(void);
int kss_mixed(void) {
    WCHAR wide[] = L"abc";
    char text[16];
    ULONG_PTR sum = 0;
    SIZE_T *same = (PSIZE_T)&sum;
    size_t *host = same; // one type
    LARGE_INTEGER large = {.QuadPart = INT64_MIN};
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"abc");
    int count = snprintf(text, sizeof text, "%zu", wcslen(wide));
    memset(&large, 0, sizeof large);
    assert_int_equal(name.Length, 6);
    assert_true(NT_SUCCESS(STATUS_TIMEOUT) && !NT_SUCCESS(STATUS_UNSUCCESSFUL));
    return count + (int)*host + (int)large.LowPart + min(1, 2) + (int)strlen(text);
}
