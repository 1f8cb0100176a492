// SPDX-License-Identifier: MIT
// The run-time library, called by a driver.
//
// Each routine checks what the scenario of the same idea in tests/bodies checks.
#include <ntifs.h>

ULONG FailedLine; // of the first check that was false

#define CHECK(expression)                                                                          \
    ((expression) || FailedLine != 0 ? (void)0 : (void)(FailedLine = __LINE__))

// Bitmaps: setting, counting, finding room, runs.
VOID Bitmaps(VOID);
VOID Bitmaps(VOID) {
    ULONG bits[3];
    RTL_BITMAP map;
    RTL_BITMAP_RUN runs[2];
    ULONG at;

    RtlInitializeBitMap(&map, bits, 80);
    RtlClearAllBits(&map);
    CHECK(RtlNumberOfClearBits(&map) == 80 && RtlNumberOfSetBits(&map) == 0);
    RtlSetBits(&map, 4, 30); // 4..33
    CHECK(bits[0] == 0xFFFFFFF0 && bits[1] == 3);
    RtlSetBit(&map, 79);
    RtlClearBit(&map, 10);
    RtlClearBits(&map, 20, 5); // 20..24
    CHECK(RtlNumberOfSetBits(&map) == 30 - 1 - 5 + 1);
    CHECK(RtlTestBit(&map, 79) && RtlCheckBit(&map, 4) && !RtlTestBit(&map, 10));
    CHECK(RtlAreBitsSet(&map, 11, 9) && !RtlAreBitsSet(&map, 10, 2));
    CHECK(RtlAreBitsClear(&map, 34, 45) && !RtlAreBitsClear(&map, 34, 46));
    CHECK(!RtlAreBitsClear(&map, 40, 0) && !RtlAreBitsClear(&map, 79, 2));

    CHECK(RtlFindClearBits(&map, 5, 0) == 20 && RtlFindClearBits(&map, 5, 25) == 34);
    CHECK(RtlFindClearBits(&map, 8, 78) == 34); // once more from the beginning
    CHECK(RtlFindClearBits(&map, 46, 0) == 0xFFFFFFFF);
    CHECK(RtlFindSetBits(&map, 9, 0) == 11);
    CHECK(RtlFindClearBitsAndSet(&map, 5, 0) == 20 && RtlAreBitsSet(&map, 11, 23));
    CHECK(RtlFindSetBitsAndClear(&map, 10, 16) == 16 && RtlAreBitsClear(&map, 16, 10));

    CHECK(RtlFindFirstRunClear(&map, &at) == 4 && at == 0);
    CHECK(RtlFindNextForwardRunClear(&map, 4, &at) == 1 && at == 10);
    CHECK(RtlFindNextForwardRunClear(&map, 79, &at) == 0 && at == 79);
    CHECK(RtlFindLastBackwardRunClear(&map, 12, &at) == 1 && at == 10);
    CHECK(RtlFindLastBackwardRunClear(&map, 79, &at) == 45 && at == 34);
    CHECK(RtlFindLongestRunClear(&map, &at) == 45 && at == 34);
    CHECK(RtlFindClearRuns(&map, runs, 2, FALSE) == 2);
    CHECK(runs[0].StartingIndex == 0 && runs[1].StartingIndex == 10);
    CHECK(RtlFindClearRuns(&map, runs, 2, TRUE) == 2);
    CHECK(runs[0].NumberOfBits == 45 && runs[1].StartingIndex == 16 && runs[1].NumberOfBits == 10);

    RtlSetAllBits(&map);
    CHECK(bits[2] == 0xFFFFFFFF && RtlNumberOfSetBits(&map) == 80);
    CHECK(RtlFindMostSignificantBit(0x8000000000) == 39 && RtlFindLeastSignificantBit(0x18) == 3);
    CHECK(RtlFindMostSignificantBit(0) == -1 && RtlNumberOfSetBitsUlongPtr(0xF00F) == 8);
}

// Counted strings: copying, appending, comparing, case.
VOID Strings(VOID);
VOID Strings(VOID) {
    UNICODE_STRING a, b, path;
    ANSI_STRING narrow, other;
    WCHAR buffer[16];
    CHAR bytes[8];
    ULONG hash, same;

    RtlInitUnicodeString(&a, L"Harddisk\x00C4");
    RtlInitUnicodeString(&b, L"HARDDISK\x00E4");
    CHECK(RtlCompareUnicodeString(&a, &b, TRUE) == 0);
    CHECK(RtlCompareUnicodeString(&a, &b, FALSE) > 0); // 'a' - 'A'
    CHECK(!RtlEqualUnicodeString(&a, &b, FALSE) && RtlEqualUnicodeString(&a, &b, TRUE));
    CHECK(RtlCompareUnicodeStrings(a.Buffer, 4, b.Buffer, 5, TRUE) < 0);
    CHECK(RtlHashUnicodeString(&a, TRUE, HASH_STRING_ALGORITHM_DEFAULT, &hash) == STATUS_SUCCESS);
    CHECK(NT_SUCCESS(RtlHashUnicodeString(&b, TRUE, HASH_STRING_ALGORITHM_X65599, &same)));
    CHECK(hash == same);
    CHECK(RtlHashUnicodeString(&a, TRUE, 7, &hash) == STATUS_INVALID_PARAMETER);
    CHECK(RtlUpcaseUnicodeChar(L'\x0444') == L'\x0424' && RtlDowncaseUnicodeChar(L'Q') == L'q');

    RtlInitEmptyUnicodeString(&path, buffer, sizeof buffer);
    RtlInitUnicodeString(&b, L"\\hard");
    CHECK(NT_SUCCESS(RtlAppendUnicodeStringToString(&path, &b)) && path.Length == 10);
    CHECK(NT_SUCCESS(RtlAppendUnicodeToString(&path, L"disk")) && buffer[9] == 0);
    CHECK(RtlPrefixUnicodeString(&b, &path, FALSE) && !RtlPrefixUnicodeString(&path, &b, TRUE));
    CHECK(RtlAppendUnicodeStringToString(&path, &a) == STATUS_BUFFER_TOO_SMALL);
    CHECK(path.Length == 18);
    CHECK(NT_SUCCESS(RtlUpcaseUnicodeString(&path, &path, FALSE)) && buffer[1] == L'H');
    CHECK(NT_SUCCESS(RtlDowncaseUnicodeString(&path, &path, FALSE)) && buffer[1] == L'h');
    CHECK(RtlValidateUnicodeString(0, &path) == STATUS_SUCCESS);
    path.Length = 3;
    CHECK(RtlValidateUnicodeString(0, &path) == STATUS_INVALID_PARAMETER);
    CHECK(RtlInitUnicodeStringEx(&a, L"x") == STATUS_SUCCESS && a.MaximumLength == 4);

    RtlCopyUnicodeString(&path, &b);
    CHECK(path.Length == 10 && buffer[4] == L'd');

    RtlInitString(&narrow, "disk");
    RtlInitEmptyAnsiString(&other, bytes, sizeof bytes);
    RtlCopyString(&other, &narrow);
    CHECK(other.Length == 4 && RtlEqualString(&other, &narrow, FALSE));
    RtlUpperString(&other, &narrow);
    CHECK(bytes[3] == 'K' && RtlCompareString(&other, &narrow, FALSE) < 0);
    CHECK(RtlCompareString(&other, &narrow, TRUE) == 0 && RtlUpperChar('z') == 'Z');
    CHECK(NT_SUCCESS(RtlAppendStringToString(&other, &narrow)) && other.Length == 8);
    CHECK(RtlAppendStringToString(&other, &narrow) == STATUS_BUFFER_TOO_SMALL);
    CHECK(RtlInitAnsiStringEx(&other, "ab") == STATUS_SUCCESS && other.Length == 2);
}

// Strings that change their width, and their owner.
VOID Conversions(VOID);
VOID Conversions(VOID) {
    UNICODE_STRING wide, copy;
    ANSI_STRING narrow;
    OEM_STRING oem;
    WCHAR buffer[4];
    CHAR bytes[8];
    ULONG size;

    RtlInitAnsiString(&narrow, "caf\xE9 \x80");
    CHECK(RtlAnsiStringToUnicodeSize(&narrow) == 14 && RtlxAnsiStringToUnicodeSize(&narrow) == 14);
    CHECK(NT_SUCCESS(RtlAnsiStringToUnicodeString(&wide, &narrow, TRUE)));
    CHECK(wide.Length == 12 && wide.MaximumLength == 14);
    CHECK(wide.Buffer[3] == 0xE9 && wide.Buffer[5] == 0x20AC && wide.Buffer[6] == 0);
    CHECK(RtlUnicodeStringToAnsiSize(&wide) == 7 && RtlxUnicodeStringToAnsiSize(&wide) == 7);
    CHECK(NT_SUCCESS(RtlUnicodeStringToAnsiString(&narrow, &wide, TRUE)));
    CHECK(narrow.Length == 6 && narrow.Buffer[3] == '\xE9');
    RtlFreeAnsiString(&narrow);
    CHECK(narrow.Buffer == NULL);
    narrow.Buffer = bytes;
    narrow.MaximumLength = 4;
    CHECK(RtlUnicodeStringToAnsiString(&narrow, &wide, FALSE) == STATUS_BUFFER_OVERFLOW);
    CHECK(narrow.Length == 3 && bytes[3] == 0);

    CHECK(RtlxUnicodeStringToOemSize(&wide) == 7);
    CHECK(NT_SUCCESS(RtlUnicodeStringToOemString(&oem, &wide, TRUE)) && oem.Buffer[5] == '?');
    RtlFreeOemString(&oem);
    CHECK(RtlUpcaseUnicodeStringToCountedOemString(&oem, &wide, TRUE) ==
          STATUS_UNMAPPABLE_CHARACTER);
    CHECK(RtlUpcaseUnicodeStringToOemString(&oem, &wide, TRUE) == STATUS_UNMAPPABLE_CHARACTER);
    wide.Length = 8; // without the sign of the Euro
    CHECK(NT_SUCCESS(RtlUpcaseUnicodeStringToCountedOemString(&oem, &wide, TRUE)));
    CHECK(oem.Length == 4 && oem.MaximumLength == 4 && oem.Buffer[3] == '\x90');
    RtlFreeOemString(&oem);
    CHECK(NT_SUCCESS(RtlUnicodeStringToCountedOemString(&oem, &wide, TRUE)));
    CHECK(oem.Buffer[3] == '\x82' && RtlxOemStringToUnicodeSize(&oem) == 10);
    CHECK(NT_SUCCESS(
        RtlDuplicateUnicodeString(RTL_DUPLICATE_UNICODE_STRING_NULL_TERMINATE, &wide, &copy)));
    CHECK(copy.MaximumLength == 10 && RtlEqualUnicodeString(&copy, &wide, FALSE));
    RtlFreeUnicodeString(&wide);
    CHECK(NT_SUCCESS(RtlOemStringToCountedUnicodeString(&wide, &oem, TRUE)));
    CHECK(wide.Length == 8 && wide.MaximumLength == 8 && wide.Buffer[3] == 0xE9);
    RtlFreeUnicodeString(&wide);
    CHECK(NT_SUCCESS(RtlOemStringToUnicodeString(&copy, &oem, FALSE)) && copy.Length == 8);
    RtlFreeOemString(&oem);
    RtlFreeUnicodeString(&copy);
    RtlFreeUnicodeString(&copy); // nothing left to free
    CHECK(RtlCreateUnicodeString(&copy, L"owned") && copy.Length == 10);
    RtlFreeUnicodeString(&copy);

    CHECK(NT_SUCCESS(RtlMultiByteToUnicodeN(buffer, sizeof buffer, &size, "abcdef", 6)) &&
          size == 8);
    CHECK(NT_SUCCESS(RtlMultiByteToUnicodeSize(&size, "abc", 3)) && size == 6);
    CHECK(NT_SUCCESS(RtlUnicodeToMultiByteN(bytes, 8, &size, buffer, 6)) && size == 3 &&
          bytes[2] == 'c');
    CHECK(NT_SUCCESS(RtlUnicodeToMultiByteSize(&size, buffer, 8)) && size == 4);
    CHECK(NT_SUCCESS(RtlUpcaseUnicodeToMultiByteN(bytes, 8, NULL, buffer, 6)) && bytes[2] == 'C');
    CHECK(NT_SUCCESS(RtlOemToUnicodeN(buffer, 8, &size, "\x82", 1)) && size == 2 &&
          buffer[0] == 0xE9);
    CHECK(NT_SUCCESS(RtlUnicodeToOemN(bytes, 8, &size, buffer, 2)) && bytes[0] == '\x82');
    CHECK(NT_SUCCESS(RtlUpcaseUnicodeToOemN(bytes, 8, &size, buffer, 2)) && bytes[0] == '\x90');
    CHECK(NT_SUCCESS(RtlUnicodeToUTF8N(bytes, 8, &size, buffer, 2)) && size == 2 &&
          bytes[1] == '\xA9');
    CHECK(NT_SUCCESS(RtlUTF8ToUnicodeN(buffer, 8, &size, "\xF0\x9F\x98\x80", 4)) && size == 4);
    CHECK(buffer[0] == 0xD83D && buffer[1] == 0xDE00);
    CHECK(RtlUTF8ToUnicodeN(NULL, 0, &size,
                            "a\xFF"
                            "b",
                            3) == STATUS_SOME_NOT_MAPPED &&
          size == 6);
    CHECK(RtlUTF8ToUnicodeN(buffer, 4, &size, "abc", 3) == STATUS_BUFFER_TOO_SMALL && size == 4);
}

// Numbers as text, GUIDs, wide arithmetic, times, versions.
VOID Numbers(VOID);
VOID Numbers(VOID) {
    UNICODE_STRING text;
    WCHAR buffer[12];
    ULONG value, seed = 1;
    GUID guid;
    LARGE_INTEGER wide, other;

    RtlInitEmptyUnicodeString(&text, buffer, sizeof buffer);
    CHECK(NT_SUCCESS(RtlIntegerToUnicodeString(48879, 16, &text)) && text.Length == 8);
    CHECK(buffer[0] == L'B' && buffer[3] == L'F' && buffer[4] == 0);
    CHECK(NT_SUCCESS(RtlUnicodeStringToInteger(&text, 16, &value)) && value == 48879);
    CHECK(RtlInt64ToUnicodeString(123456789012345678, 10, &text) == STATUS_BUFFER_OVERFLOW);
    CHECK(NT_SUCCESS(RtlInt64ToUnicodeString(1234567890, 0, &text)) && text.Length == 20);
    CHECK(NT_SUCCESS(RtlIntPtrToUnicodeString(255, 8, &text)) && text.Length == 6);
    CHECK(RtlIntegerToUnicodeString(1, 3, &text) == STATUS_INVALID_PARAMETER);
    CHECK(NT_SUCCESS(RtlCharToInteger(" -0x1F;", 0, &value)) && value == (ULONG)-31);
    CHECK(NT_SUCCESS(RtlCharToInteger("0b101", 0, &value)) && value == 5);

    RtlInitUnicodeString(&text, L"{12345678-9abc-DEF0-0123-456789ABCDEF}");
    CHECK(NT_SUCCESS(RtlGUIDFromString(&text, &guid)));
    CHECK(guid.Data1 == 0x12345678 && guid.Data3 == 0xDEF0 && guid.Data4[7] == 0xEF);
    CHECK(NT_SUCCESS(RtlStringFromGUID(&guid, &text)) && text.Length == 76 &&
          text.Buffer[10] == L'9');
    CHECK(text.Buffer[11] == L'A' && text.Buffer[38] == 0);
    RtlFreeUnicodeString(&text);
    RtlInitUnicodeString(&text, L"12345678");
    CHECK(RtlGUIDFromString(&text, &guid) == STATUS_INVALID_PARAMETER);

    CHECK(RtlRandom(&seed) == seed && seed < 0x7FFFFFFF && RtlRandomEx(&seed) == seed);
    wide = RtlEnlargedIntegerMultiply(-3, 0x40000000);
    CHECK(wide.QuadPart == -3221225472);
    wide = RtlExtendedIntegerMultiply(wide, -2);
    CHECK(wide.QuadPart == 0x180000000);
    other = RtlConvertUlongToLargeInteger(0xFFFFFFFF);
    wide = RtlLargeIntegerAdd(wide, other);
    wide = RtlLargeIntegerSubtract(wide, RtlConvertLongToLargeInteger(-1));
    CHECK(wide.QuadPart == 0x280000000);
    other = RtlExtendedLargeIntegerDivide(wide, 3, &value);
    CHECK(other.QuadPart == 0x280000000 / 3 && value == 0x280000000 % 3);
    other = RtlLargeIntegerDivide(wide, other, NULL);
    CHECK(other.QuadPart == 3);
    other.QuadPart = 0xD1B71758E219652C; // the magic divisor for 10000
    wide.QuadPart = -123456789;
    wide = RtlExtendedMagicDivide(wide, other, 13);
    CHECK(wide.QuadPart == -12345);
    CHECK(RtlUshortByteSwap(0x1234) == 0x3412 && RtlUlongByteSwap(0x12345678) == 0x78563412);
    CHECK(RtlUlonglongByteSwap(0x1122334455667788) == 0x8877665544332211);
}

// Calendar fields, seconds, versions, and memory by the ULONG.
VOID Times(VOID);
VOID Times(VOID) {
    LARGE_INTEGER time, back;
    TIME_FIELDS fields;
    ULONG seconds, major, minor, build;
    RTL_OSVERSIONINFOEXW version;
    ULONG words[4];
    LUID first = {5, 0}, second;
    ULONGLONG mask = 0;

    time.QuadPart = 0x01D57C0A2E3FA000;
    RtlTimeToTimeFields(&time, &fields);
    CHECK(fields.Year == 2019 && fields.Month == 10 && fields.Day == 6);
    CHECK(fields.Weekday == 0 && fields.Hour < 24 && fields.Milliseconds < 1000);
    CHECK(RtlTimeFieldsToTime(&fields, &back) && (time.QuadPart - back.QuadPart) / 10000 == 0);
    fields.Month = 2;
    fields.Day = 29;
    CHECK(!RtlTimeFieldsToTime(&fields, &back)); // 2019 was no leap year
    fields.Year = 2000;
    CHECK(RtlTimeFieldsToTime(&fields, &back));
    RtlTimeToTimeFields(&back, &fields);
    CHECK(fields.Month == 2 && fields.Day == 29 && fields.Weekday == 2);
    RtlSecondsSince1970ToTime(86400, &time);
    RtlTimeToTimeFields(&time, &fields);
    CHECK(fields.Year == 1970 && fields.Day == 2 && fields.Hour == 0);
    CHECK(RtlTimeToSecondsSince1970(&time, &seconds) && seconds == 86400);
    CHECK(!RtlTimeToSecondsSince1980(&time, &seconds));
    RtlSecondsSince1980ToTime(1, &time);
    CHECK(RtlTimeToSecondsSince1980(&time, &seconds) && seconds == 1);
    ExSystemTimeToLocalTime(&time, &back);
    ExLocalTimeToSystemTime(&back, &back);
    CHECK(back.QuadPart == time.QuadPart);

    version.dwOSVersionInfoSize = sizeof version;
    CHECK(NT_SUCCESS(RtlGetVersion((PRTL_OSVERSIONINFOW)&version)) && version.dwMajorVersion == 10);
    CHECK(!PsGetVersion(&major, &minor, &build, NULL) && build == version.dwBuildNumber);
    mask = VerSetConditionMask(mask, VER_MAJORVERSION, VER_GREATER_EQUAL);
    version.dwMajorVersion = 6;
    CHECK(RtlVerifyVersionInfo(&version, VER_MAJORVERSION, mask) == STATUS_SUCCESS);
    version.dwMajorVersion = 11;
    CHECK(RtlVerifyVersionInfo(&version, VER_MAJORVERSION, mask) == STATUS_REVISION_MISMATCH);
    CHECK(RtlVerifyVersionInfo(&version, VER_MINORVERSION, mask) == STATUS_INVALID_PARAMETER);
    CHECK(RtlIsNtDdiVersionAvailable(NTDDI_WIN7) && !RtlIsNtDdiVersionAvailable(0x0B000000));
    CHECK(RtlIsServicePackVersionInstalled(NTDDI_WIN10) &&
          !RtlIsServicePackVersionInstalled(0x0A000001));
    CHECK(IoIsWdmVersionAvailable(1, 0x20) && !IoIsWdmVersionAvailable(6, 1));

    RtlFillMemoryUlong(words, sizeof words, 0x11223344);
    CHECK(RtlCompareMemoryUlong(words, sizeof words, 0x11223344) == 16);
    RtlFillMemoryUlonglong(words, 8, 0x5566778899AABBCC);
    CHECK(words[0] == 0x99AABBCC && words[2] == 0x11223344);
    CHECK(RtlCompareMemoryUlong(words, sizeof words, 0x99AABBCC) == 4);
    RtlCopyBytes(&words[2], words, 8);
    RtlZeroBytes(words, 4);
    RtlFillBytes(&words[1], 4, 0xAB);
    RtlCopyMemoryNonTemporal(&words[3], &words[1], 4);
    RtlPrefetchMemoryNonTemporal(words, 4);
    CHECK(words[0] == 0 && words[3] == 0xABABABAB && words[2] == 0x99AABBCC);
    RtlCopyLuid(&second, &first);
    CHECK(RtlEqualLuid(&first, &second) && !RtlIsZeroLuid(&second));
}

DRIVER_INITIALIZE DriverEntry;

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
    UNREFERENCED_PARAMETER(DriverObject);
    UNREFERENCED_PARAMETER(RegistryPath);
    return STATUS_SUCCESS;
}
