// SPDX-License-Identifier: MIT
// What kernel drivers use of the C run-time library. The memory and narrow string functions are the
// host's. The wide ones are our own, under their usual names: the host's believe that wchar_t has
// 32 bits. sim/native/strsafe.c has them.
#ifndef KSS_NT_PARTS_CRT_H
#define KSS_NT_PARTS_CRT_H

// In parentheses: the host's string.h, included before, may have macros of these names.
#define KSS_NT_CRT(type, name, ...) type(name)(__VA_ARGS__)

KSS_NT_CRT(void *, memcpy, void *, const void *, size_t);
KSS_NT_CRT(void *, memmove, void *, const void *, size_t);
KSS_NT_CRT(void *, memset, void *, int, size_t);
KSS_NT_CRT(int, memcmp, const void *, const void *, size_t);
KSS_NT_CRT(void *, memchr, const void *, int, size_t);
KSS_NT_CRT(size_t, strlen, const char *);
KSS_NT_CRT(char *, strcpy, char *, const char *);
KSS_NT_CRT(char *, strncpy, char *, const char *, size_t);
KSS_NT_CRT(char *, strcat, char *, const char *);
KSS_NT_CRT(char *, strncat, char *, const char *, size_t);
KSS_NT_CRT(int, strcmp, const char *, const char *);
KSS_NT_CRT(int, strncmp, const char *, const char *, size_t);
KSS_NT_CRT(char *, strchr, const char *, int);
KSS_NT_CRT(char *, strrchr, const char *, int);
KSS_NT_CRT(char *, strstr, const char *, const char *);

#if defined(_WIN32) // the compiler is one for Windows: they are the kernel's
#define kss_wcslen     wcslen
#define kss_wcsnlen    wcsnlen
#define kss_wcscpy     wcscpy
#define kss_wcsncpy    wcsncpy
#define kss_wcscat     wcscat
#define kss_wcsncat    wcsncat
#define kss_wcscmp     wcscmp
#define kss_wcsncmp    wcsncmp
#define kss_wcschr     wcschr
#define kss_wcsrchr    wcsrchr
#define kss_wcsstr     wcsstr
#define kss_wcsspn     wcsspn
#define kss_wcscspn    wcscspn
#define kss_wcsicmp    _wcsicmp
#define kss_wcsnicmp   _wcsnicmp
#define kss_wcslwr     _wcslwr
#define kss_wcsupr     _wcsupr
#define kss_stricmp    _stricmp
#define kss_strnicmp   _strnicmp
#define kss_snprintf   _snprintf
#define kss_vsnprintf  _vsnprintf
#define kss_snwprintf  _snwprintf
#define kss_vsnwprintf _vsnwprintf
#define kss_towlower   towlower
#define kss_towupper   towupper
#endif

size_t __cdecl kss_wcslen(const WCHAR *string);
size_t __cdecl kss_wcsnlen(const WCHAR *string, size_t most);
WCHAR *__cdecl kss_wcscpy(WCHAR *to, const WCHAR *from);
WCHAR *__cdecl kss_wcsncpy(WCHAR *to, const WCHAR *from, size_t most);
WCHAR *__cdecl kss_wcscat(WCHAR *to, const WCHAR *from);
WCHAR *__cdecl kss_wcsncat(WCHAR *to, const WCHAR *from, size_t most);
int __cdecl kss_wcscmp(const WCHAR *a, const WCHAR *b);
int __cdecl kss_wcsncmp(const WCHAR *a, const WCHAR *b, size_t most);
int __cdecl kss_wcsicmp(const WCHAR *a, const WCHAR *b);
int __cdecl kss_wcsnicmp(const WCHAR *a, const WCHAR *b, size_t most);
WCHAR *__cdecl kss_wcschr(const WCHAR *string, WCHAR wanted);
WCHAR *__cdecl kss_wcsrchr(const WCHAR *string, WCHAR wanted);
WCHAR *__cdecl kss_wcsstr(const WCHAR *string, const WCHAR *wanted);
size_t __cdecl kss_wcsspn(const WCHAR *string, const WCHAR *set);
size_t __cdecl kss_wcscspn(const WCHAR *string, const WCHAR *set);
WCHAR *__cdecl kss_wcslwr(WCHAR *string);
WCHAR *__cdecl kss_wcsupr(WCHAR *string);
int __cdecl kss_stricmp(const char *a, const char *b);
int __cdecl kss_strnicmp(const char *a, const char *b, size_t most);
WCHAR __cdecl kss_towlower(WCHAR c);
WCHAR __cdecl kss_towupper(WCHAR c);
int __cdecl kss_snprintf(char *to, size_t size, const char *format, ...);
int __cdecl kss_vsnprintf(char *to, size_t size, const char *format, kss_nt_va_list arguments);
int __cdecl kss_snwprintf(WCHAR *to, size_t size, const WCHAR *format, ...);
int __cdecl kss_vsnwprintf(WCHAR *to, size_t size, const WCHAR *format, kss_nt_va_list arguments);

#if !defined(_WIN32)
#define wcslen      kss_wcslen
#define wcsnlen     kss_wcsnlen
#define wcscpy      kss_wcscpy
#define wcsncpy     kss_wcsncpy
#define wcscat      kss_wcscat
#define wcsncat     kss_wcsncat
#define wcscmp      kss_wcscmp
#define wcsncmp     kss_wcsncmp
#define wcschr      kss_wcschr
#define wcsrchr     kss_wcsrchr
#define wcsstr      kss_wcsstr
#define wcsspn      kss_wcsspn
#define wcscspn     kss_wcscspn
#define _wcsicmp    kss_wcsicmp
#define _wcsnicmp   kss_wcsnicmp
#define _wcslwr     kss_wcslwr
#define _wcsupr     kss_wcsupr
#define _stricmp    kss_stricmp
#define _strnicmp   kss_strnicmp
#define _snprintf   kss_snprintf
#define _vsnprintf  kss_vsnprintf
#define _snwprintf  kss_snwprintf
#define _vsnwprintf kss_vsnwprintf
#endif

#ifndef __cplusplus
#ifndef _countof
#define _countof(array) (sizeof(array) / sizeof((array)[0]))
#endif
#endif

#endif
