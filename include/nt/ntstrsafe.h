// SPDX-License-Identifier: MIT
// Safe strings. Copying, appending and measuring are inline, as the WDK has them: the driver's own
// code, on the driver's stack. The printing ones are calls into libkss (sim/native/strsafe.c).
//
// All answer STATUS_SUCCESS; STATUS_BUFFER_OVERFLOW, when the result was cut and ended with a null
// character; STATUS_INVALID_PARAMETER, when the destination has no room or no end.
//
// Source: DDI RtlStringCchCopyW and its neighbours; Microsoft Learn "Using Safe String Functions".
#ifndef KSS_NT_NTSTRSAFE_H
#define KSS_NT_NTSTRSAFE_H
#define _NTSTRSAFE_H_INCLUDED_

#include "wdm.h"

#ifndef NTSTRSAFE_MAX_CCH
#define NTSTRSAFE_MAX_CCH 2147483647
#endif
#define NTSTRSAFE_MAX_LENGTH             (NTSTRSAFE_MAX_CCH - 1)
#define NTSTRSAFE_UNICODE_STRING_MAX_CCH (0xffff / sizeof(WCHAR))
#define STRSAFE_MAX_CCH                  NTSTRSAFE_MAX_CCH
#define STRSAFE_MAX_LENGTH               NTSTRSAFE_MAX_LENGTH

#define STRSAFE_IGNORE_NULLS            0x00000100
#define STRSAFE_FILL_BEHIND_NULL        0x00000200
#define STRSAFE_FILL_ON_FAILURE         0x00000400
#define STRSAFE_NULL_ON_FAILURE         0x00000800
#define STRSAFE_NO_TRUNCATION           0x00001000
#define STRSAFE_FILL_BEHIND             0x00000200
#define STRSAFE_ZERO_LENGTH_ON_FAILURE  0x00000800
#define STRSAFE_FILL_BYTE(x)            ((ULONG)(((x)&0xff) | STRSAFE_FILL_BEHIND_NULL))
#define STRSAFE_FAILURE_BYTE(x)         ((ULONG)(((x)&0xff) | STRSAFE_FILL_ON_FAILURE))
#define STRSAFE_GET_FILL_PATTERN(Flags) ((int)((Flags)&0xff))

typedef CHAR *NTSTRSAFE_PSTR;
typedef const CHAR *NTSTRSAFE_PCSTR;
typedef WCHAR *NTSTRSAFE_PWSTR;
typedef const WCHAR *NTSTRSAFE_PCWSTR;
typedef const WCHAR UNALIGNED *NTSTRSAFE_PCUWSTR;

// ---- Workers, for narrow and wide characters ----------------------------------------------------
// [most] bounds what is read of the source. Rooms are in characters.

#define KSS_NT_STRSAFE_WORKERS(A, C)                                                               \
    KSS_NT_INLINE NTSTATUS kss_nt_length_##A(const C *text, size_t room, size_t *length) {         \
        size_t n = 0;                                                                              \
        if (text == NULL || room > NTSTRSAFE_MAX_CCH)                                              \
            return STATUS_INVALID_PARAMETER;                                                       \
        while (n < room && text[n] != 0)                                                           \
            n++;                                                                                   \
        if (length != NULL)                                                                        \
            *length = n < room ? n : 0;                                                            \
        return n < room ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;                               \
    }                                                                                              \
    KSS_NT_INLINE NTSTATUS kss_nt_copy_##A(C *to, size_t room, const C *from, size_t most,         \
                                           size_t *copied) {                                       \
        size_t n = 0;                                                                              \
        if (room == 0)                                                                             \
            return STATUS_INVALID_PARAMETER;                                                       \
        while (n < room && n < most && from[n] != 0) {                                             \
            to[n] = from[n];                                                                       \
            n++;                                                                                   \
        }                                                                                          \
        NTSTATUS status = n < room ? STATUS_SUCCESS : STATUS_BUFFER_OVERFLOW;                      \
        n -= n == room;                                                                            \
        to[n] = 0;                                                                                 \
        if (copied != NULL)                                                                        \
            *copied = n;                                                                           \
        return status;                                                                             \
    }                                                                                              \
    KSS_NT_INLINE NTSTATUS kss_nt_copy_checked_##A(C *to, size_t room, const C *from,              \
                                                   size_t most) {                                  \
        if (room > NTSTRSAFE_MAX_CCH || (most != (size_t)-1 && most > NTSTRSAFE_MAX_CCH)) {        \
            *to = 0;                                                                               \
            return STATUS_INVALID_PARAMETER;                                                       \
        }                                                                                          \
        return kss_nt_copy_##A(to, room, from, most, NULL);                                        \
    }                                                                                              \
    KSS_NT_INLINE NTSTATUS kss_nt_append_##A(C *to, size_t room, const C *from, size_t most) {     \
        size_t length = 0;                                                                         \
        NTSTATUS status = kss_nt_length_##A(to, room, &length);                                    \
        if (!NT_SUCCESS(status) || (most != (size_t)-1 && most > NTSTRSAFE_MAX_CCH))               \
            return STATUS_INVALID_PARAMETER;                                                       \
        return kss_nt_copy_##A(to + length, room - length, from, most, NULL);                      \
    }                                                                                              \
    /* What the Ex forms add, after [used] characters have been written from [to] on. */           \
    KSS_NT_INLINE NTSTATUS kss_nt_finish_##A(C *to, size_t bytes, size_t used, C **end,            \
                                             size_t *remaining, ULONG flags, NTSTATUS status) {    \
        size_t room = bytes / sizeof(C);                                                           \
        if (NT_SUCCESS(status) && (flags & STRSAFE_FILL_BEHIND_NULL) && room > used + 1)           \
            memset(to + used + 1, STRSAFE_GET_FILL_PATTERN(flags),                                 \
                   bytes - (used + 1) * sizeof(C));                                                \
        if (!NT_SUCCESS(status) && room > 0) {                                                     \
            if (flags & STRSAFE_FILL_ON_FAILURE) {                                                 \
                memset(to, STRSAFE_GET_FILL_PATTERN(flags), bytes);                                \
                used = STRSAFE_GET_FILL_PATTERN(flags) == 0 ? 0 : room - 1;                        \
                to[room - 1] = 0;                                                                  \
            }                                                                                      \
            if (flags & (STRSAFE_NULL_ON_FAILURE | STRSAFE_NO_TRUNCATION)) {                       \
                used = 0;                                                                          \
                *to = 0;                                                                           \
            }                                                                                      \
        }                                                                                          \
        if (end != NULL)                                                                           \
            *end = to == NULL ? NULL : to + used;                                                  \
        if (remaining != NULL)                                                                     \
            *remaining = room - (room != 0 ? used : 0);                                            \
        return status;                                                                             \
    }                                                                                              \
    KSS_NT_INLINE NTSTATUS kss_nt_copy_ex_##A(C *to, size_t bytes, const C *from, size_t most,     \
                                              C **end, size_t *remaining, ULONG flags) {           \
        size_t used = 0, room = bytes / sizeof(C);                                                 \
        NTSTATUS status;                                                                           \
        static const C nothing[1];                                                                 \
        if (from == NULL && (flags & STRSAFE_IGNORE_NULLS))                                        \
            from = nothing;                                                                        \
        if (room > NTSTRSAFE_MAX_CCH || (flags & ~(ULONG)0x1fff) ||                                \
            (to == NULL && (room != 0 || !(flags & STRSAFE_IGNORE_NULLS))))                        \
            return STATUS_INVALID_PARAMETER;                                                       \
        if (room == 0)                                                                             \
            status = *from == 0 || most == 0 ? STATUS_SUCCESS                                      \
                     : to == NULL            ? STATUS_INVALID_PARAMETER                            \
                                             : STATUS_BUFFER_OVERFLOW;                                        \
        else                                                                                       \
            status = kss_nt_copy_##A(to, room, from, most, &used);                                 \
        return kss_nt_finish_##A(to, bytes, used, end, remaining, flags, status);                  \
    }                                                                                              \
    KSS_NT_INLINE NTSTATUS kss_nt_append_ex_##A(C *to, size_t bytes, const C *from, size_t most,   \
                                                C **end, size_t *remaining, ULONG flags) {         \
        size_t length = 0, used = 0, room = bytes / sizeof(C);                                     \
        NTSTATUS status = kss_nt_length_##A(to, room, &length);                                    \
        static const C nothing[1];                                                                 \
        if (from == NULL && (flags & STRSAFE_IGNORE_NULLS))                                        \
            from = nothing;                                                                        \
        if (!NT_SUCCESS(status) || (flags & ~(ULONG)0x1fff))                                       \
            return STATUS_INVALID_PARAMETER;                                                       \
        status = kss_nt_copy_##A(to + length, room - length, from, most, &used);                   \
        if (!NT_SUCCESS(status) && (flags & STRSAFE_NO_TRUNCATION) &&                              \
            !(flags & (STRSAFE_FILL_ON_FAILURE | STRSAFE_NULL_ON_FAILURE))) {                      \
            to[length] = 0;                                                                        \
            return kss_nt_finish_##A(to, bytes, length, end, remaining, 0, status);                \
        }                                                                                          \
        return kss_nt_finish_##A(to, bytes, length + used, end, remaining, flags, status);         \
    }

// ---- The routines -------------------------------------------------------------------------------
// Each in two forms: Cch counts characters, Cb bytes.

#define KSS_NT_STRSAFE_UNIT(unit, A, C, size)                                                      \
    KSS_NT_INLINE NTSTATUS RtlString##unit##Copy##A(C *Dest, size_t Room, const C *Source) {       \
        return kss_nt_copy_checked_##A(Dest, Room / (size), Source, (size_t)-1);                   \
    }                                                                                              \
    KSS_NT_INLINE NTSTATUS RtlString##unit##CopyN##A(C *Dest, size_t Room, const C *Source,        \
                                                     size_t Most) {                                \
        return kss_nt_copy_checked_##A(Dest, Room / (size), Source, Most / (size));                \
    }                                                                                              \
    KSS_NT_INLINE NTSTATUS RtlString##unit##Cat##A(C *Dest, size_t Room, const C *Source) {        \
        return kss_nt_append_##A(Dest, Room / (size), Source, (size_t)-1);                         \
    }                                                                                              \
    KSS_NT_INLINE NTSTATUS RtlString##unit##CatN##A(C *Dest, size_t Room, const C *Source,         \
                                                    size_t Most) {                                 \
        return kss_nt_append_##A(Dest, Room / (size), Source, Most / (size));                      \
    }                                                                                              \
    KSS_NT_INLINE NTSTATUS RtlString##unit##Length##A(const C *Text, size_t Room,                  \
                                                      size_t *Length) {                            \
        NTSTATUS status = kss_nt_length_##A(Text, Room / (size), Length);                          \
        if (Length != NULL)                                                                        \
            *Length = NT_SUCCESS(status) ? *Length * (size) : 0;                                   \
        return status;                                                                             \
    }                                                                                              \
    KSS_NT_INLINE NTSTATUS RtlString##unit##Copy##A##_(C *Dest, size_t Room, const C *Source,      \
                                                       size_t Most, C **End, size_t *Remaining,    \
                                                       ULONG Flags) {                              \
        NTSTATUS status = kss_nt_copy_ex_##A(Dest, Room / (size) * sizeof(C), Source, Most, End,   \
                                             Remaining, Flags);                                    \
        if (Remaining != NULL && status != STATUS_INVALID_PARAMETER)                               \
            *Remaining = *Remaining * (size) + Room % (size);                                      \
        return status;                                                                             \
    }                                                                                              \
    KSS_NT_INLINE NTSTATUS RtlString##unit##Cat##A##_(C *Dest, size_t Room, const C *Source,       \
                                                      size_t Most, C **End, size_t *Remaining,     \
                                                      ULONG Flags) {                               \
        NTSTATUS status = kss_nt_append_ex_##A(Dest, Room / (size) * sizeof(C), Source, Most, End, \
                                               Remaining, Flags);                                  \
        if (Remaining != NULL && status != STATUS_INVALID_PARAMETER)                               \
            *Remaining = *Remaining * (size) + Room % (size);                                      \
        return status;                                                                             \
    }                                                                                              \
    NTSTATUS __cdecl RtlString##unit##Printf##A(C *Dest, size_t Room, const C *Format, ...);       \
    NTSTATUS NTAPI RtlString##unit##VPrintf##A(C *Dest, size_t Room, const C *Format,              \
                                               kss_nt_va_list Arguments);                          \
    NTSTATUS __cdecl RtlString##unit##PrintfEx##A(                                                 \
        C *Dest, size_t Room, C **End, size_t *Remaining, ULONG Flags, const C *Format, ...);      \
    NTSTATUS NTAPI RtlString##unit##VPrintfEx##A(C *Dest, size_t Room, C **End, size_t *Remaining, \
                                                 ULONG Flags, const C *Format,                     \
                                                 kss_nt_va_list Arguments);

KSS_NT_STRSAFE_WORKERS(A, CHAR)
KSS_NT_STRSAFE_WORKERS(W, WCHAR)
KSS_NT_STRSAFE_UNIT(Cch, A, CHAR, 1)
KSS_NT_STRSAFE_UNIT(Cb, A, CHAR, 1)
KSS_NT_STRSAFE_UNIT(Cch, W, WCHAR, 1)
KSS_NT_STRSAFE_UNIT(Cb, W, WCHAR, sizeof(WCHAR))

#define RtlStringCchCopyExA(d, r, s, e, m, f)     RtlStringCchCopyA_(d, r, s, (size_t)-1, e, m, f)
#define RtlStringCchCopyExW(d, r, s, e, m, f)     RtlStringCchCopyW_(d, r, s, (size_t)-1, e, m, f)
#define RtlStringCbCopyExA(d, r, s, e, m, f)      RtlStringCbCopyA_(d, r, s, (size_t)-1, e, m, f)
#define RtlStringCbCopyExW(d, r, s, e, m, f)      RtlStringCbCopyW_(d, r, s, (size_t)-1, e, m, f)
#define RtlStringCchCopyNExA(d, r, s, n, e, m, f) RtlStringCchCopyA_(d, r, s, n, e, m, f)
#define RtlStringCchCopyNExW(d, r, s, n, e, m, f) RtlStringCchCopyW_(d, r, s, n, e, m, f)
#define RtlStringCbCopyNExA(d, r, s, n, e, m, f)  RtlStringCbCopyA_(d, r, s, n, e, m, f)
#define RtlStringCbCopyNExW(d, r, s, n, e, m, f)                                                   \
    RtlStringCbCopyW_(d, r, s, (n) / sizeof(WCHAR), e, m, f)
#define RtlStringCchCatExA(d, r, s, e, m, f)     RtlStringCchCatA_(d, r, s, (size_t)-1, e, m, f)
#define RtlStringCchCatExW(d, r, s, e, m, f)     RtlStringCchCatW_(d, r, s, (size_t)-1, e, m, f)
#define RtlStringCbCatExA(d, r, s, e, m, f)      RtlStringCbCatA_(d, r, s, (size_t)-1, e, m, f)
#define RtlStringCbCatExW(d, r, s, e, m, f)      RtlStringCbCatW_(d, r, s, (size_t)-1, e, m, f)
#define RtlStringCchCatNExA(d, r, s, n, e, m, f) RtlStringCchCatA_(d, r, s, n, e, m, f)
#define RtlStringCchCatNExW(d, r, s, n, e, m, f) RtlStringCchCatW_(d, r, s, n, e, m, f)
#define RtlStringCbCatNExA(d, r, s, n, e, m, f)  RtlStringCbCatA_(d, r, s, n, e, m, f)
#define RtlStringCbCatNExW(d, r, s, n, e, m, f)                                                    \
    RtlStringCbCatW_(d, r, s, (n) / sizeof(WCHAR), e, m, f)

// ---- Counted strings ----------------------------------------------------------------------------
// Results are not ended with a null character.

KSS_NT_INLINE NTSTATUS RtlUnicodeStringValidate(PCUNICODE_STRING String) {
    if (String == NULL || String->Length % sizeof(WCHAR) != 0 ||
        String->MaximumLength % sizeof(WCHAR) != 0 || String->Length > String->MaximumLength ||
        (String->Buffer == NULL && String->MaximumLength != 0))
        return STATUS_INVALID_PARAMETER;
    return STATUS_SUCCESS;
}
#define RtlUnicodeStringValidateEx(String, Flags) RtlUnicodeStringValidate(String)

KSS_NT_INLINE NTSTATUS RtlUnicodeStringInit(PUNICODE_STRING Dest, NTSTRSAFE_PCWSTR Source) {
    size_t n = 0;
    while (Source != NULL && n <= UNICODE_STRING_MAX_CHARS && Source[n] != 0)
        n++;
    if (n >= UNICODE_STRING_MAX_CHARS)
        return STATUS_INVALID_PARAMETER;
    Dest->Buffer = (PWSTR)Source;
    Dest->Length = (USHORT)(n * sizeof(WCHAR));
    Dest->MaximumLength = (USHORT)(Source != NULL ? Dest->Length + sizeof(WCHAR) : 0);
    return STATUS_SUCCESS;
}
#define RtlUnicodeStringInitEx(Dest, Source, Flags) RtlUnicodeStringInit(Dest, Source)

// Writes at most [most] characters of [from] at character [at] of [to].
KSS_NT_INLINE NTSTATUS kss_nt_counted(PUNICODE_STRING to, size_t at, NTSTRSAFE_PCWSTR from,
                                      size_t most, BOOLEAN ended) {
    size_t room = to->MaximumLength / sizeof(WCHAR), n = 0;
    while (n < most && !(ended && from[n] == 0) && at + n < room) {
        to->Buffer[at + n] = from[n];
        n++;
    }
    to->Length = (USHORT)((at + n) * sizeof(WCHAR));
    return n == most || (ended && from[n] == 0) ? STATUS_SUCCESS : STATUS_BUFFER_OVERFLOW;
}
KSS_NT_INLINE NTSTATUS RtlUnicodeStringCchCopyStringN(PUNICODE_STRING Dest, NTSTRSAFE_PCWSTR Source,
                                                      size_t Most) {
    NTSTATUS status = RtlUnicodeStringValidate(Dest);
    return NT_SUCCESS(status) ? kss_nt_counted(Dest, 0, Source, Most, TRUE) : status;
}
KSS_NT_INLINE NTSTATUS RtlUnicodeStringCchCatStringN(PUNICODE_STRING Dest, NTSTRSAFE_PCWSTR Source,
                                                     size_t Most) {
    NTSTATUS status = RtlUnicodeStringValidate(Dest);
    return NT_SUCCESS(status)
               ? kss_nt_counted(Dest, Dest->Length / sizeof(WCHAR), Source, Most, TRUE)
               : status;
}
#define RtlUnicodeStringCopyString(Dest, Source)                                                   \
    RtlUnicodeStringCchCopyStringN(Dest, Source, (size_t)-1)
#define RtlUnicodeStringCatString(Dest, Source)                                                    \
    RtlUnicodeStringCchCatStringN(Dest, Source, (size_t)-1)
#define RtlUnicodeStringCbCopyStringN(Dest, Source, Bytes)                                         \
    RtlUnicodeStringCchCopyStringN(Dest, Source, (Bytes) / sizeof(WCHAR))
#define RtlUnicodeStringCbCatStringN(Dest, Source, Bytes)                                          \
    RtlUnicodeStringCchCatStringN(Dest, Source, (Bytes) / sizeof(WCHAR))

KSS_NT_INLINE NTSTATUS RtlUnicodeStringCopy(PUNICODE_STRING Dest, PCUNICODE_STRING Source) {
    if (!NT_SUCCESS(RtlUnicodeStringValidate(Dest)) ||
        !NT_SUCCESS(RtlUnicodeStringValidate(Source)))
        return STATUS_INVALID_PARAMETER;
    return kss_nt_counted(Dest, 0, Source->Buffer, Source->Length / sizeof(WCHAR), FALSE);
}
KSS_NT_INLINE NTSTATUS RtlUnicodeStringCat(PUNICODE_STRING Dest, PCUNICODE_STRING Source) {
    if (!NT_SUCCESS(RtlUnicodeStringValidate(Dest)) ||
        !NT_SUCCESS(RtlUnicodeStringValidate(Source)))
        return STATUS_INVALID_PARAMETER;
    return kss_nt_counted(Dest, Dest->Length / sizeof(WCHAR), Source->Buffer,
                          Source->Length / sizeof(WCHAR), FALSE);
}
NTSTATUS __cdecl RtlUnicodeStringPrintf(PUNICODE_STRING Dest, NTSTRSAFE_PCWSTR Format, ...);
NTSTATUS NTAPI RtlUnicodeStringVPrintf(PUNICODE_STRING Dest, NTSTRSAFE_PCWSTR Format,
                                       kss_nt_va_list Arguments);
NTSTATUS __cdecl RtlUnicodeStringPrintfEx(PUNICODE_STRING Dest, PUNICODE_STRING Remaining,
                                          ULONG Flags, NTSTRSAFE_PCWSTR Format, ...);

#endif
