// SPDX-License-Identifier: MIT
// The wide string functions of the C library for native driver code, whose wchar_t has 16 bits: the
// host's own believe in 32. include/nt/parts/crt.h gives drivers the usual names. Case is that of
// ASCII, as in the C locale.
#include <ntifs.h>

size_t NTAPI kss_wcslen(const wchar_t *string) {
    size_t length = 0;
    while (string[length] != 0)
        length++;
    return length;
}

size_t NTAPI kss_wcsnlen(const wchar_t *string, size_t most) {
    size_t length = 0;
    while (length < most && string[length] != 0)
        length++;
    return length;
}

wchar_t *NTAPI kss_wcscpy(wchar_t *to, const wchar_t *from) {
    size_t i = 0;
    do
        to[i] = from[i];
    while (from[i++] != 0);
    return to;
}

wchar_t *NTAPI kss_wcsncpy(wchar_t *to, const wchar_t *from, size_t most) {
    size_t i = 0;
    for (; i < most && from[i] != 0; i++)
        to[i] = from[i];
    for (; i < most; i++)
        to[i] = 0;
    return to;
}

wchar_t *NTAPI kss_wcscat(wchar_t *to, const wchar_t *from) {
    kss_wcscpy(to + kss_wcslen(to), from);
    return to;
}

wchar_t *NTAPI kss_wcsncat(wchar_t *to, const wchar_t *from, size_t most) {
    wchar_t *end = to + kss_wcslen(to);
    size_t i = 0;
    for (; i < most && from[i] != 0; i++)
        end[i] = from[i];
    end[i] = 0;
    return to;
}

wchar_t NTAPI kss_towlower(wchar_t c) {
    return c >= 'A' && c <= 'Z' ? (wchar_t)(c + ('a' - 'A')) : c;
}

wchar_t NTAPI kss_towupper(wchar_t c) {
    return c >= 'a' && c <= 'z' ? (wchar_t)(c - ('a' - 'A')) : c;
}

static int compare(const wchar_t *a, const wchar_t *b, size_t most, BOOLEAN fold) {
    for (size_t i = 0; i < most; i++) {
        wchar_t left = fold ? kss_towlower(a[i]) : a[i];
        wchar_t right = fold ? kss_towlower(b[i]) : b[i];
        if (left != right)
            return left < right ? -1 : 1;
        if (left == 0)
            break;
    }
    return 0;
}

int NTAPI kss_wcscmp(const wchar_t *a, const wchar_t *b) {
    return compare(a, b, (size_t)-1, FALSE);
}

int NTAPI kss_wcsncmp(const wchar_t *a, const wchar_t *b, size_t most) {
    return compare(a, b, most, FALSE);
}

int NTAPI kss_wcsicmp(const wchar_t *a, const wchar_t *b) {
    return compare(a, b, (size_t)-1, TRUE);
}

int NTAPI kss_wcsnicmp(const wchar_t *a, const wchar_t *b, size_t most) {
    return compare(a, b, most, TRUE);
}

wchar_t *NTAPI kss_wcschr(const wchar_t *string, wchar_t wanted) {
    for (; *string != wanted; string++)
        if (*string == 0)
            return NULL;
    return (wchar_t *)(ULONG_PTR)string;
}

wchar_t *NTAPI kss_wcsrchr(const wchar_t *string, wchar_t wanted) {
    for (size_t i = kss_wcslen(string) + 1; i-- > 0;)
        if (string[i] == wanted)
            return (wchar_t *)(ULONG_PTR)(string + i);
    return NULL;
}

wchar_t *NTAPI kss_wcsstr(const wchar_t *string, const wchar_t *wanted) {
    size_t length = kss_wcslen(wanted);
    for (;; string++) {
        if (compare(string, wanted, length, FALSE) == 0)
            return (wchar_t *)(ULONG_PTR)string;
        if (*string == 0)
            return NULL;
    }
}

size_t NTAPI kss_wcsspn(const wchar_t *string, const wchar_t *set) {
    size_t i = 0;
    while (string[i] != 0 && kss_wcschr(set, string[i]) != NULL)
        i++;
    return i;
}

size_t NTAPI kss_wcscspn(const wchar_t *string, const wchar_t *set) {
    size_t i = 0;
    while (string[i] != 0 && kss_wcschr(set, string[i]) == NULL)
        i++;
    return i;
}

wchar_t *NTAPI kss_wcslwr(wchar_t *string) {
    for (size_t i = 0; string[i] != 0; i++)
        string[i] = kss_towlower(string[i]);
    return string;
}

wchar_t *NTAPI kss_wcsupr(wchar_t *string) {
    for (size_t i = 0; string[i] != 0; i++)
        string[i] = kss_towupper(string[i]);
    return string;
}

static int compare_narrow(const char *a, const char *b, size_t most) {
    for (size_t i = 0; i < most; i++) {
        wchar_t left = kss_towlower((UCHAR)a[i]), right = kss_towlower((UCHAR)b[i]);
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
