// SPDX-License-Identifier: MIT
// The wide string functions of the C library for native driver code, whose wchar_t has 16 bits: the
// host's own believe in 32. include/nt/parts/crt.h gives drivers the usual names. Case is that of
// ASCII, as in the C locale.
#include <ntifs.h>

size_t NTAPI kss_wcslen(const WCHAR *string) {
    size_t length = 0;
    while (string[length] != 0)
        length++;
    return length;
}

size_t NTAPI kss_wcsnlen(const WCHAR *string, size_t most) {
    size_t length = 0;
    while (length < most && string[length] != 0)
        length++;
    return length;
}

WCHAR *NTAPI kss_wcscpy(WCHAR *to, const WCHAR *from) {
    size_t i = 0;
    do
        to[i] = from[i];
    while (from[i++] != 0);
    return to;
}

WCHAR *NTAPI kss_wcsncpy(WCHAR *to, const WCHAR *from, size_t most) {
    size_t i = 0;
    for (; i < most && from[i] != 0; i++)
        to[i] = from[i];
    for (; i < most; i++)
        to[i] = 0;
    return to;
}

WCHAR *NTAPI kss_wcscat(WCHAR *to, const WCHAR *from) {
    kss_wcscpy(to + kss_wcslen(to), from);
    return to;
}

WCHAR *NTAPI kss_wcsncat(WCHAR *to, const WCHAR *from, size_t most) {
    WCHAR *end = to + kss_wcslen(to);
    size_t i = 0;
    for (; i < most && from[i] != 0; i++)
        end[i] = from[i];
    end[i] = 0;
    return to;
}

WCHAR NTAPI kss_towlower(WCHAR c) {
    return c >= 'A' && c <= 'Z' ? (WCHAR)(c + ('a' - 'A')) : c;
}

WCHAR NTAPI kss_towupper(WCHAR c) {
    return c >= 'a' && c <= 'z' ? (WCHAR)(c - ('a' - 'A')) : c;
}

static int compare(const WCHAR *a, const WCHAR *b, size_t most, BOOLEAN fold) {
    for (size_t i = 0; i < most; i++) {
        WCHAR left = fold ? kss_towlower(a[i]) : a[i];
        WCHAR right = fold ? kss_towlower(b[i]) : b[i];
        if (left != right)
            return left < right ? -1 : 1;
        if (left == 0)
            break;
    }
    return 0;
}

int NTAPI kss_wcscmp(const WCHAR *a, const WCHAR *b) {
    return compare(a, b, (size_t)-1, FALSE);
}

int NTAPI kss_wcsncmp(const WCHAR *a, const WCHAR *b, size_t most) {
    return compare(a, b, most, FALSE);
}

int NTAPI kss_wcsicmp(const WCHAR *a, const WCHAR *b) {
    return compare(a, b, (size_t)-1, TRUE);
}

int NTAPI kss_wcsnicmp(const WCHAR *a, const WCHAR *b, size_t most) {
    return compare(a, b, most, TRUE);
}

WCHAR *NTAPI kss_wcschr(const WCHAR *string, WCHAR wanted) {
    for (; *string != wanted; string++)
        if (*string == 0)
            return NULL;
    return (WCHAR *)(ULONG_PTR)string;
}

WCHAR *NTAPI kss_wcsrchr(const WCHAR *string, WCHAR wanted) {
    for (size_t i = kss_wcslen(string) + 1; i-- > 0;)
        if (string[i] == wanted)
            return (WCHAR *)(ULONG_PTR)(string + i);
    return NULL;
}

WCHAR *NTAPI kss_wcsstr(const WCHAR *string, const WCHAR *wanted) {
    size_t length = kss_wcslen(wanted);
    for (;; string++) {
        if (compare(string, wanted, length, FALSE) == 0)
            return (WCHAR *)(ULONG_PTR)string;
        if (*string == 0)
            return NULL;
    }
}

size_t NTAPI kss_wcsspn(const WCHAR *string, const WCHAR *set) {
    size_t i = 0;
    while (string[i] != 0 && kss_wcschr(set, string[i]) != NULL)
        i++;
    return i;
}

size_t NTAPI kss_wcscspn(const WCHAR *string, const WCHAR *set) {
    size_t i = 0;
    while (string[i] != 0 && kss_wcschr(set, string[i]) == NULL)
        i++;
    return i;
}

WCHAR *NTAPI kss_wcslwr(WCHAR *string) {
    for (size_t i = 0; string[i] != 0; i++)
        string[i] = kss_towlower(string[i]);
    return string;
}

WCHAR *NTAPI kss_wcsupr(WCHAR *string) {
    for (size_t i = 0; string[i] != 0; i++)
        string[i] = kss_towupper(string[i]);
    return string;
}

static int compare_narrow(const char *a, const char *b, size_t most) {
    for (size_t i = 0; i < most; i++) {
        WCHAR left = kss_towlower((UCHAR)a[i]), right = kss_towlower((UCHAR)b[i]);
        if (left != right)
            return left < right ? -1 : 1;
        if (left == 0)
            break;
    }
    return 0;
}

int NTAPI kss_stricmp(const char *a, const char *b) {
    return compare_narrow(a, b, (size_t)-1);
}

int NTAPI kss_strnicmp(const char *a, const char *b, size_t most) {
    return compare_narrow(a, b, most);
}
