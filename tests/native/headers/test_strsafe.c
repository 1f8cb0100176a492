// SPDX-License-Identifier: MIT
// The safe strings and the printing routines, against what the documentation says of each.
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <ntifs.h>
#include <ntstrsafe.h>

static void expect_text(const char *wanted, const char *format, ...) {
    char text[128];
    va_list arguments;
    va_start(arguments, format);
    assert_int_equal(RtlStringCchVPrintfA(text, sizeof text, format, arguments), STATUS_SUCCESS);
    va_end(arguments);
    assert_string_equal(text, wanted);
}

static void conversions(void **state) {
    (void)state;
    LONG minus = -5;
    ULONGLONG wide = 0x123456789ABCDEF0;
    expect_text("-5 -5 4294967291", "%d %ld %lu", minus, minus, minus);
    expect_text("123456789abcdef0 1311768467463790320", "%I64x %I64u", wide, wide);
    expect_text("123456789ABCDEF0", "%llX", wide);
    expect_text("[   42][42   ][00042]", "[%5d][%-5d][%05d]", 42, 42, 42);
    expect_text("0x2a 0X2A 052 0", "%#x %#X %#o %#x", 42, 42, 42, 0);
    expect_text("+1 -1  1", "%+d %+d % d", 1, -1, 1);
    expect_text("007", "%.3d", 7);
    expect_text("-01", "%.2d", -1);
    expect_text("-2147483648", "%d", (LONG)0x80000000);
    expect_text("-9223372036854775808", "%I64d", MINLONGLONG);
    expect_text("f0 def0", "%hhx %hx", 0xDEF0, 0xDEF0);
    expect_text("100%", "%d%%", 100);
    expect_text("  x|x  ", "%3c|%-3c", 'x', 'x');
    expect_text("4 8", "%*d%*d", 1, 4, 2, 8);
    expect_text("7   |", "%*d|", -4, 7);
#if defined(_WIN64)
    expect_text("0000000000001234", "%p", (PVOID)0x1234);
    expect_text("1234", "%Ix", (ULONG_PTR)0x1234);
#else
    expect_text("00001234", "%p", (PVOID)0x1234);
#endif
}

static void strings(void **state) {
    (void)state;
    UNICODE_STRING wide = RTL_CONSTANT_STRING(L"\\Device\\Two");
    ANSI_STRING narrow = RTL_CONSTANT_STRING("ansi");
    UNICODE_STRING empty = {0};
    expect_text("one", "%s", "one");
    expect_text("wide wide wide wide", "%S %ws %ls %C%S", L"wide", L"wide", L"wide", L'w', L"ide");
    expect_text("narrow", "%hs", "narrow");
    expect_text("(null) (null)", "%s %wZ", (char *)NULL, (PVOID)NULL);
    expect_text("\\Device\\Two ansi [(null)]", "%wZ %Z [%wZ]", &wide, &narrow, &empty);
    expect_text("on [   on]", "%.2s [%5.2s]", "one", "one");
    expect_text("a?b", "%ws",
                L"a\x20AC"
                L"b");
}

static void wide_forms(void **state) {
    (void)state;
    WCHAR text[32];
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"name");
    assert_int_equal(
        RtlStringCchPrintfW(text, 32, L"%s-%S-%wZ-%08x-%hs", L"w", "n", &name, 0xBEEF, "h"),
        STATUS_SUCCESS);
    assert_int_equal(wcscmp(text, L"w-n-name-0000beef-h"), 0);
    assert_int_equal(RtlStringCbPrintfW(text, 6, L"%d", 12345), STATUS_BUFFER_OVERFLOW);
    assert_int_equal(wcscmp(text, L"12"), 0);
}

static void truncation(void **state) {
    (void)state;
    char text[8];
    assert_int_equal(RtlStringCchPrintfA(text, 4, "%d", 123), STATUS_SUCCESS);
    assert_string_equal(text, "123");
    assert_int_equal(RtlStringCchPrintfA(text, 4, "%d", 1234), STATUS_BUFFER_OVERFLOW);
    assert_string_equal(text, "123");
    assert_int_equal(RtlStringCchPrintfA(text, 0, "%d", 1), STATUS_INVALID_PARAMETER);
    assert_int_equal(_snprintf(text, 4, "%d", 1234), 4); // full, no null character
    assert_memory_equal(text, "1234", 4);
    assert_int_equal(_snprintf(text, 4, "%d", 12345), -1);
    assert_int_equal(_snprintf(text, 4, "%d", 1), 1);
    assert_string_equal(text, "1");
}

static void copies(void **state) {
    (void)state;
    char text[8] = "";
    char *end = NULL;
    size_t left = 0, length = 0;
    assert_int_equal(RtlStringCchCopyA(text, 8, "seven!!"), STATUS_SUCCESS);
    assert_int_equal(RtlStringCchCopyA(text, 8, "eight..."), STATUS_BUFFER_OVERFLOW);
    assert_string_equal(text, "eight..");
    assert_int_equal(RtlStringCchCopyA(text, 0, ""), STATUS_INVALID_PARAMETER);
    assert_int_equal(RtlStringCchCopyNA(text, 8, "abcdef", 3), STATUS_SUCCESS);
    assert_string_equal(text, "abc");
    assert_int_equal(RtlStringCchCatA(text, 8, "defg"), STATUS_SUCCESS);
    assert_int_equal(RtlStringCchCatA(text, 8, "h"), STATUS_BUFFER_OVERFLOW);
    assert_string_equal(text, "abcdefg");
    assert_int_equal(RtlStringCchCatNA(text, 4, "h", 1), STATUS_INVALID_PARAMETER); // no end in 4
    assert_int_equal(RtlStringCchLengthA(text, 8, &length), STATUS_SUCCESS);
    assert_int_equal(length, 7);
    assert_int_equal(RtlStringCchLengthA(text, 7, &length), STATUS_INVALID_PARAMETER);
    assert_int_equal(RtlStringCchCopyExA(text, 8, "abc", &end, &left, 0), STATUS_SUCCESS);
    assert_ptr_equal(end, text + 3);
    assert_int_equal(left, 5);
    assert_int_equal(RtlStringCchCopyExA(text, 4, "abcdef", &end, &left, STRSAFE_NO_TRUNCATION),
                     STATUS_BUFFER_OVERFLOW);
    assert_string_equal(text, "");
    assert_int_equal(left, 4);
    assert_int_equal(RtlStringCchPrintfExA(text, 8, &end, &left, 0, "%d", 42), STATUS_SUCCESS);
    assert_ptr_equal(end, text + 2);
    assert_int_equal(left, 6);
}

static void bytes(void **state) {
    (void)state;
    WCHAR text[4], *end = NULL;
    size_t left = 0, length = 0;
    assert_int_equal(RtlStringCbCopyW(text, sizeof text, L"abc"), STATUS_SUCCESS);
    assert_int_equal(RtlStringCbCopyW(text, sizeof text, L"abcd"), STATUS_BUFFER_OVERFLOW);
    assert_int_equal(wcscmp(text, L"abc"), 0);
    assert_int_equal(RtlStringCbLengthW(text, sizeof text, &length), STATUS_SUCCESS);
    assert_int_equal(length, 6);
    assert_int_equal(RtlStringCbCopyExW(text, sizeof text, L"a", &end, &left, 0), STATUS_SUCCESS);
    assert_ptr_equal(end, text + 1);
    assert_int_equal(left, 6);
    assert_int_equal(RtlStringCbCopyNW(text, sizeof text, L"abcdef", 4), STATUS_SUCCESS);
    assert_int_equal(wcscmp(text, L"ab"), 0);
}

static void counted(void **state) {
    (void)state;
    WCHAR buffer[8];
    UNICODE_STRING to = {0, sizeof buffer, buffer}, from = RTL_CONSTANT_STRING(L"from");
    assert_int_equal(RtlUnicodeStringPrintf(&to, L"%d%wZ", 7, &from), STATUS_SUCCESS);
    assert_int_equal(to.Length, 10);
    assert_int_equal(RtlUnicodeStringCat(&to, &from), STATUS_BUFFER_OVERFLOW);
    assert_int_equal(to.Length, 16);
    assert_memory_equal(buffer, L"7fromfro", 16);
    assert_int_equal(RtlUnicodeStringCopyString(&to, L"xyz"), STATUS_SUCCESS);
    assert_int_equal(to.Length, 6);
    assert_int_equal(RtlUnicodeStringCatString(&to, L"12"), STATUS_SUCCESS);
    assert_memory_equal(buffer, L"xyz12", 10);
    assert_int_equal(RtlUnicodeStringPrintf(&to, L"%s", L"123456789"), STATUS_BUFFER_OVERFLOW);
    assert_memory_equal(buffer, L"12345678", 16);
    to.Length = 17;
    assert_int_equal(RtlUnicodeStringCopy(&to, &from), STATUS_INVALID_PARAMETER);
    assert_int_equal(RtlUnicodeStringInit(&to, L"init"), STATUS_SUCCESS);
    assert_int_equal(to.Length, 8);
    assert_int_equal(to.MaximumLength, 10);
}

static void wide_library(void **state) {
    (void)state;
    WCHAR text[16];
    assert_int_equal(sizeof(WCHAR), 2);
    assert_int_equal(wcslen(L"six..."), 6);
    assert_int_equal(wcsnlen(L"six...", 3), 3);
    wcscpy(text, L"one");
    wcscat(text, L"two");
    assert_int_equal(wcscmp(text, L"onetwo"), 0);
    assert_true(wcscmp(L"a", L"b") < 0);
    assert_int_equal(wcsncmp(L"abc", L"abd", 2), 0);
    assert_int_equal(_wcsicmp(L"MiXed", L"mIxED"), 0);
    assert_int_equal(_wcsnicmp(L"ABx", L"aby", 2), 0);
    assert_ptr_equal(wcschr(text, L't'), text + 3);
    assert_ptr_equal(wcsrchr(text, L'o'), text + 5);
    assert_ptr_equal(wcsstr(text, L"two"), text + 3);
    assert_null(wcsstr(text, L"three"));
    assert_int_equal(wcscspn(text, L"tx"), 3);
    assert_int_equal(wcsspn(text, L"eno"), 3);
    wcsncpy(text, L"ab", 4);
    assert_memory_equal(text, L"ab\0\0", 8);
    assert_int_equal(wcscmp(_wcsupr(text), L"AB"), 0);
    assert_int_equal(_stricmp("Ab", "aB"), 0);
    assert_true(_strnicmp("Abc", "abd", 3) < 0);
}

#if defined(__x86_64__)
// What code compiled for exact frames calls.
#define MS __attribute__((ms_abi))
MS int kss_ms_kss_snprintf(char *to, size_t size, const char *format, ...);
MS NTSTATUS kss_ms_RtlStringCchPrintfW(WCHAR *to, size_t room, const WCHAR *format, ...);
MS int kss_ms_kss_vsnprintf(char *to, size_t size, const char *format, __builtin_ms_va_list list);

static MS int through_list(char *to, size_t size, const char *format, ...) {
    __builtin_ms_va_list list;
    __builtin_ms_va_start(list, format);
    int count = kss_ms_kss_vsnprintf(to, size, format, list);
    __builtin_ms_va_end(list);
    return count;
}

static void microsoft_convention(void **state) {
    (void)state;
    char text[64];
    WCHAR wide[64];
    assert_int_equal(
        kss_ms_kss_snprintf(text, 64, "%d %s %I64x %c %u", -1, "two", 0x3ULL << 40, 'c', 5), 22);
    assert_string_equal(text, "-1 two 30000000000 c 5");
    assert_int_equal(through_list(text, 64, "%d%d%d%d%d%d%d%d", 1, 2, 3, 4, 5, 6, 7, 8), 8);
    assert_string_equal(text, "12345678");
    assert_int_equal(kss_ms_RtlStringCchPrintfW(wide, 64, L"%s+%S", L"w", "n"), STATUS_SUCCESS);
    assert_int_equal(wcscmp(wide, L"w+n"), 0);
}
#endif

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conversions),
        cmocka_unit_test(strings),
        cmocka_unit_test(wide_forms),
        cmocka_unit_test(truncation),
        cmocka_unit_test(copies),
        cmocka_unit_test(bytes),
        cmocka_unit_test(counted),
        cmocka_unit_test(wide_library),
#if defined(__x86_64__)
        cmocka_unit_test(microsoft_convention),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
