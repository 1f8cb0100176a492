// SPDX-License-Identifier: MIT
// Formatted printing into buffers for native driver code (_snprintf, RtlStringCchPrintfW,
// RtlUnicodeStringPrintf, ...) and the wide string functions of the C library, which on the host
// believe that wchar_t has 32 bits.
//
//     % flags width .precision size conversion
//       - + space # 0      h 16 bits, hh 8; l 32 (LONG); ll I64 64; I z t j pointer size; w wide
//       d i u o x X p c C s S Z n %%
//
// %s and %c are of the function's own width, %S and %C of the other; h and l or w decide. %Z is a
// counted narrow string, %wZ a UNICODE_STRING. A narrow result shows wide characters outside ASCII
// as '?'. There is no floating point, as in the kernel: %f and its like print as they stand.
//
// It runs on the driver's stack, as the part of it that is inline in the WDK does; frames are small
// and hold no buffer longer than a number's digits. Sources: Microsoft Learn "Format specification
// syntax: printf and wprintf functions", DDI RtlStringCchPrintfW.
#include <ntifs.h>
#include <ntstrsafe.h>

// ---- Arguments ----------------------------------------------------------------------------------
// Of the host's convention, or (exact frames) of Microsoft's, where each has a slot of 8 bytes.
struct arguments {
    const ULONG64 *slot; // NULL: the host's
    va_list host;
};

static int next_int(struct arguments *a) {
    return a->slot != NULL ? (int)*a->slot++ : va_arg(a->host, int);
}

static ULONG64 next_long(struct arguments *a) {
    return a->slot != NULL ? *a->slot++ : va_arg(a->host, ULONG64);
}

static void *next_pointer(struct arguments *a) {
    return a->slot != NULL ? (void *)(ULONG_PTR)*a->slot++ : va_arg(a->host, void *);
}

// ---- Output -------------------------------------------------------------------------------------

struct sink {
    void *to;
    size_t room, count; // characters; count goes on beyond room
    BOOLEAN wide;
};

static void put(struct sink *out, unsigned c) {
    if (out->count < out->room) {
        if (out->wide)
            ((WCHAR *)out->to)[out->count] = (WCHAR)c;
        else
            ((CHAR *)out->to)[out->count] = (CHAR)c;
    }
    out->count++;
}

static unsigned get(const void *text, BOOLEAN wide, size_t index) {
    return wide ? ((const WCHAR *)text)[index] : (UCHAR)((const CHAR *)text)[index];
}

struct spec {
    BOOLEAN left, zero, sign, space, alternate;
    BOOLEAN narrow, broad; // h; l or w before a string or character
    unsigned width, size;  // size: bytes of an integer
    int precision;         // -1: none
};

static void pad(struct sink *out, const struct spec *spec, size_t length, BOOLEAN before) {
    if (before != spec->left)
        for (size_t i = length; i < spec->width; i++)
            put(out, ' ');
}

static void put_text(struct sink *out, const struct spec *spec, const void *text, BOOLEAN wide,
                     size_t limit) {
    size_t length = 0;
    if (text == NULL) {
        text = "(null)";
        wide = FALSE;
        limit = 6;
    }
    if (spec->precision >= 0 && (size_t)spec->precision < limit)
        limit = (size_t)spec->precision;
    while (length < limit && get(text, wide, length) != 0)
        length++;
    pad(out, spec, length, TRUE);
    for (size_t i = 0; i < length; i++) {
        unsigned c = get(text, wide, i);
        put(out, wide && !out->wide && c >= 0x80 ? '?' : c);
    }
    pad(out, spec, length, FALSE);
}

static void put_number(struct sink *out, const struct spec *spec, ULONG64 value, char conversion) {
    char digits[24]; // 64 bits in octal are 22
    unsigned count = 0, base = conversion == 'o' ? 8 : 10, zeros = 0, before = 0;
    const char *letters = conversion == 'x' ? "0123456789abcdef" : "0123456789ABCDEF";
    BOOLEAN is_signed = conversion == 'd' || conversion == 'i', minus = FALSE;
    int precision = conversion == 'p' ? (int)sizeof(PVOID) * 2 : spec->precision;
    if (conversion == 'x' || conversion == 'X' || conversion == 'p')
        base = 16;
    if (spec->size < 8)
        value &= ((ULONG64)1 << 8 * spec->size) - 1;
    if (is_signed && (value >> (8 * spec->size - 1) & 1) != 0) {
        minus = TRUE;
        value = 0 - value;
        if (spec->size < 8)
            value &= ((ULONG64)1 << 8 * spec->size) - 1;
    }
    BOOLEAN hexadecimal = spec->alternate && base == 16 && (value != 0 || conversion == 'p');
    for (; value != 0; value /= base)
        digits[count++] = letters[value % base];
    if (count == 0 && precision != 0)
        digits[count++] = '0';
    if (spec->alternate && base == 8 && (count == 0 || digits[count - 1] != '0'))
        digits[count++] = '0';
    before = minus || ((spec->sign || spec->space) && is_signed) ? 1U : 0U;
    before += hexadecimal ? 2U : 0U;
    if (precision > (int)count)
        zeros = (unsigned)precision - count;
    else if (spec->zero && !spec->left && precision < 0 && spec->width > before + count)
        zeros = spec->width - before - count;
    size_t length = before + zeros + count;
    pad(out, spec, length, TRUE);
    if (minus)
        put(out, '-');
    else if (is_signed && (spec->sign || spec->space))
        put(out, spec->sign ? '+' : ' ');
    if (hexadecimal) {
        put(out, '0');
        put(out, conversion == 'x' ? 'x' : 'X');
    }
    for (unsigned i = 0; i < zeros; i++)
        put(out, '0');
    while (count > 0)
        put(out, (unsigned)digits[--count]);
    pad(out, spec, length, FALSE);
}

// ---- The format ---------------------------------------------------------------------------------

// Reads flags, width, precision and size from format[at] on; answers where the conversion stands.
static size_t parse(const void *format, BOOLEAN wide, size_t at, struct spec *spec,
                    struct arguments *arguments) {
    enum { LONGEST = 1 << 16 };
    unsigned c;
    *spec = (struct spec){.size = 4, .precision = -1};
    for (;; at++) {
        c = get(format, wide, at);
        if (c == '-')
            spec->left = TRUE;
        else if (c == '0')
            spec->zero = TRUE;
        else if (c == '+')
            spec->sign = TRUE;
        else if (c == ' ')
            spec->space = TRUE;
        else if (c == '#')
            spec->alternate = TRUE;
        else
            break;
    }
    int width = 0, *number = &width;
    for (;; at++) {
        c = get(format, wide, at);
        if (c == '*') {
            *number = next_int(arguments);
        } else if (c == '.') {
            spec->precision = 0;
            number = &spec->precision;
        } else if (c >= '0' && c <= '9') {
            *number = *number < LONGEST ? *number * 10 + (int)(c - '0') : LONGEST;
        } else {
            break;
        }
    }
    if (width < 0) {
        spec->left = TRUE;
        width = -width;
    }
    spec->width = (unsigned)(width < LONGEST ? width : LONGEST);
    for (;; at++) {
        c = get(format, wide, at);
        if (c == 'h') {
            spec->narrow = TRUE;
            spec->size = spec->size == 2 ? 1 : 2;
        } else if (c == 'w') {
            spec->broad = TRUE;
        } else if (c == 'l') {
            spec->broad = TRUE;
            if (get(format, wide, at + 1) == 'l') {
                spec->size = 8;
                at++;
            }
        } else if (c == 'I') {
            unsigned tens = get(format, wide, at + 1);
            unsigned ones = tens != 0 ? get(format, wide, at + 2) : 0;
            BOOLEAN bits = (tens == '6' && ones == '4') || (tens == '3' && ones == '2');
            spec->size = !bits ? sizeof(PVOID) : tens == '6' ? 8 : 4;
            at += bits ? 2 : 0;
        } else if (c == 'z' || c == 't' || c == 'j') {
            spec->size = c == 'j' ? 8 : sizeof(PVOID);
        } else {
            return at;
        }
    }
}

static void put_counted(struct sink *out, const struct spec *spec, const void *string) {
    if (string == NULL) {
        put_text(out, spec, NULL, FALSE, 0);
    } else if (spec->broad) {
        const UNICODE_STRING *wide = string;
        put_text(out, spec, wide->Buffer, TRUE, wide->Length / sizeof(WCHAR));
    } else {
        const ANSI_STRING *narrow = string;
        put_text(out, spec, narrow->Buffer, FALSE, narrow->Length);
    }
}

static void put_argument(struct sink *out, struct spec *spec, unsigned conversion,
                         struct arguments *arguments) {
    BOOLEAN wide = (conversion == 'S' || conversion == 'C') != out->wide;
    wide = spec->narrow ? FALSE : spec->broad ? TRUE : wide;
    switch (conversion) {
    case 'd':
    case 'i':
    case 'u':
    case 'o':
    case 'x':
    case 'X': {
        ULONG64 value = spec->size == 8 ? next_long(arguments) : (ULONG64)next_int(arguments);
        put_number(out, spec, value, (char)conversion);
        return;
    }
    case 'p':
        spec->size = sizeof(PVOID);
        put_number(out, spec, (ULONG_PTR)next_pointer(arguments), 'p');
        return;
    case 'c':
    case 'C': {
        int value = next_int(arguments);
        unsigned c = wide ? (WCHAR)value : (UCHAR)value;
        pad(out, spec, 1, TRUE);
        put(out, wide && !out->wide && c >= 0x80 ? '?' : c);
        pad(out, spec, 1, FALSE);
        return;
    }
    case 's':
    case 'S': put_text(out, spec, next_pointer(arguments), wide, (size_t)-1); return;
    case 'Z': put_counted(out, spec, next_pointer(arguments)); return;
    default: // floating point takes an argument, anything else does not
        if (conversion >= 'a' && conversion <= 'g')
            (void)(arguments->slot != NULL ? (double)next_long(arguments)
                                           : va_arg(arguments->host, double));
        put(out, '%');
        put(out, conversion);
    }
}

// Prints all of [format]: at most out->room characters are stored, out->count says how many it has.
static void print(struct sink *out, const void *format, struct arguments *arguments) {
    unsigned c;
    for (size_t at = 0; (c = get(format, out->wide, at)) != 0; at++) {
        if (c != '%') {
            put(out, c);
            continue;
        }
        struct spec spec;
        at = parse(format, out->wide, at + 1, &spec, arguments);
        c = get(format, out->wide, at);
        if (c == 0)
            return;
        if (c == '%')
            put(out, c);
        else
            put_argument(out, &spec, c, arguments);
    }
}

// _snprintf: no null character when the result fills the room, -1 when it does not fit.
static int print_raw(void *to, size_t room, BOOLEAN wide, const void *format,
                     struct arguments *arguments) {
    struct sink out = {to, room, 0, wide};
    print(&out, format, arguments);
    int count = out.count > room ? -1 : (int)out.count;
    if (out.count < room)
        put(&out, 0);
    return count;
}

// RtlStringCchPrintf: cut and ended with a null character when it does not fit.
static NTSTATUS print_safely(void *to, size_t room, BOOLEAN wide, const void *format,
                             struct arguments *arguments, size_t *used) {
    *used = 0;
    if (room == 0)
        return STATUS_INVALID_PARAMETER;
    struct sink out = {to, room - 1, 0, wide};
    if (room <= NTSTRSAFE_MAX_CCH)
        print(&out, format, arguments);
    NTSTATUS status = room > NTSTRSAFE_MAX_CCH ? STATUS_INVALID_PARAMETER
                      : out.count > out.room   ? STATUS_BUFFER_OVERFLOW
                                               : STATUS_SUCCESS;
    *used = out.count < out.room ? out.count : out.room;
    out.count = *used;
    out.room = room;
    put(&out, 0);
    return status;
}

static NTSTATUS print_counted(PUNICODE_STRING to, NTSTRSAFE_PCWSTR format,
                              struct arguments *arguments) {
    NTSTATUS status = RtlUnicodeStringValidate(to);
    if (!NT_SUCCESS(status))
        return status;
    struct sink out = {to->Buffer, to->MaximumLength / sizeof(WCHAR), 0, TRUE};
    print(&out, format, arguments);
    size_t used = out.count < out.room ? out.count : out.room;
    to->Length = (USHORT)(used * sizeof(WCHAR));
    return out.count > out.room ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}

static NTSTATUS print_counted_ex(PUNICODE_STRING to, PUNICODE_STRING remaining, ULONG flags,
                                 NTSTRSAFE_PCWSTR format, struct arguments *arguments) {
    if (flags & ~(ULONG)0x1fff)
        return STATUS_INVALID_PARAMETER;
    NTSTATUS status = print_counted(to, format, arguments);
    if (status == STATUS_BUFFER_OVERFLOW &&
        (flags & (STRSAFE_NO_TRUNCATION | STRSAFE_ZERO_LENGTH_ON_FAILURE)))
        to->Length = 0;
    if (status == STATUS_SUCCESS && (flags & STRSAFE_FILL_BEHIND))
        memset((PUCHAR)to->Buffer + to->Length, STRSAFE_GET_FILL_PATTERN(flags),
               (size_t)(to->MaximumLength - to->Length));
    if (remaining != NULL && status != STATUS_INVALID_PARAMETER) {
        remaining->Length = 0;
        remaining->MaximumLength = (USHORT)(to->MaximumLength - to->Length);
        remaining->Buffer = to->Buffer + to->Length / sizeof(WCHAR);
    }
    return status;
}

// ---- Entry points -------------------------------------------------------------------------------
// Each twice: for code of the host's convention, and as kss_ms_NAME for code compiled for exact frames,
// which the driver's object then calls instead of NAME. A list begins where the last named parameter
// ends.
//
// RAW(...) and the like have the body, with [list] in it; VARIADIC makes functions that end with `...`,
// LIST those that take a va_list.

#define HOST_LIST(arguments)                                                                       \
    struct arguments list = {.slot = NULL};                                                        \
    va_copy(list.host, arguments)

#if defined(__x86_64__)
#define MS_ABI     __attribute__((ms_abi))
#define MS(code)   code
#define MS_LIST(a) struct arguments list = {.slot = (const ULONG64 *)(const void *)(a)}
#else
#define MS(code)
#endif

#define UNWRAP(...) __VA_ARGS__
#define VARIADIC(result, name, parameters, last, body)                                             \
    result NTAPI name(UNWRAP parameters, ...) {                                                    \
        va_list arguments;                                                                         \
        va_start(arguments, last);                                                                 \
        HOST_LIST(arguments);                                                                      \
        result value = body;                                                                       \
        va_end(list.host);                                                                         \
        va_end(arguments);                                                                         \
        return value;                                                                              \
    }                                                                                              \
    MS(MS_ABI result kss_ms_##name(UNWRAP parameters, ...);                                        \
       MS_ABI result kss_ms_##name(UNWRAP parameters, ...) {                                       \
           __builtin_ms_va_list arguments;                                                         \
           __builtin_ms_va_start(arguments, last);                                                 \
           MS_LIST(arguments);                                                                     \
           result value = body;                                                                    \
           __builtin_ms_va_end(arguments);                                                         \
           return value;                                                                           \
       })
#define LIST(result, name, parameters, body)                                                       \
    result NTAPI name(UNWRAP parameters, kss_nt_va_list arguments) {                               \
        HOST_LIST(arguments);                                                                      \
        result value = body;                                                                       \
        va_end(list.host);                                                                         \
        return value;                                                                              \
    }                                                                                              \
    MS(MS_ABI result kss_ms_##name(UNWRAP parameters, __builtin_ms_va_list arguments);             \
       MS_ABI result kss_ms_##name(UNWRAP parameters, __builtin_ms_va_list arguments) {            \
           MS_LIST(arguments);                                                                     \
           return body;                                                                            \
       })

VARIADIC(int, kss_snprintf, (char *to, size_t size, const char *format), format,
         print_raw(to, size, FALSE, format, &list))
LIST(int, kss_vsnprintf, (char *to, size_t size, const char *format),
     print_raw(to, size, FALSE, format, &list))
VARIADIC(int, kss_snwprintf, (WCHAR * to, size_t size, const WCHAR *format), format,
         print_raw(to, size, TRUE, format, &list))
LIST(int, kss_vsnwprintf, (WCHAR * to, size_t size, const WCHAR *format),
     print_raw(to, size, TRUE, format, &list))

#define SAFE(C, wide, unit) print_safely(Dest, Room / (unit), wide, Format, &list, &(size_t){0})
#define SAFE_EX(A, C, wide, unit)                                                                  \
    safely_ex_##A(Dest, Room / (unit) * sizeof(C), End, Remaining, Flags, Format, &list, unit,     \
                  Room % (unit))
#define SAFE_EX_WORKER(A, C, wide)                                                                 \
    static NTSTATUS safely_ex_##A(C *to, size_t bytes, C **end, size_t *remaining, ULONG flags,    \
                                  const C *format, struct arguments *arguments, size_t unit,       \
                                  size_t odd) {                                                    \
        size_t used = 0;                                                                           \
        static const C nothing[1];                                                                 \
        if (format == NULL && (flags & STRSAFE_IGNORE_NULLS))                                      \
            format = nothing;                                                                      \
        if (flags & ~(ULONG)0x1fff)                                                                \
            return STATUS_INVALID_PARAMETER;                                                       \
        NTSTATUS status = print_safely(to, bytes / sizeof(C), wide, format, arguments, &used);     \
        if (status == STATUS_INVALID_PARAMETER)                                                    \
            return status;                                                                         \
        status = kss_nt_finish_##A(to, bytes, used, end, remaining, flags, status);                \
        if (remaining != NULL)                                                                     \
            *remaining = *remaining * unit + odd;                                                  \
        return status;                                                                             \
    }
SAFE_EX_WORKER(A, CHAR, FALSE)
SAFE_EX_WORKER(W, WCHAR, TRUE)

#define SAFE_FAMILY(prefix, A, C, wide, unit)                                                      \
    VARIADIC(NTSTATUS, prefix##Printf##A, (C * Dest, size_t Room, const C *Format), Format,        \
             SAFE(C, wide, unit))                                                                  \
    LIST(NTSTATUS, prefix##VPrintf##A, (C * Dest, size_t Room, const C *Format),                   \
         SAFE(C, wide, unit))                                                                      \
    VARIADIC(NTSTATUS, prefix##PrintfEx##A,                                                        \
             (C * Dest, size_t Room, C * *End, size_t * Remaining, ULONG Flags, const C *Format),  \
             Format, SAFE_EX(A, C, wide, unit))                                                    \
    LIST(NTSTATUS, prefix##VPrintfEx##A,                                                           \
         (C * Dest, size_t Room, C * *End, size_t * Remaining, ULONG Flags, const C *Format),      \
         SAFE_EX(A, C, wide, unit))
SAFE_FAMILY(RtlStringCch, A, CHAR, FALSE, 1)
SAFE_FAMILY(RtlStringCb, A, CHAR, FALSE, 1)
SAFE_FAMILY(RtlStringCch, W, WCHAR, TRUE, 1)
SAFE_FAMILY(RtlStringCb, W, WCHAR, TRUE, sizeof(WCHAR))

VARIADIC(NTSTATUS, RtlUnicodeStringPrintf, (PUNICODE_STRING Dest, NTSTRSAFE_PCWSTR Format), Format,
         print_counted(Dest, Format, &list))
LIST(NTSTATUS, RtlUnicodeStringVPrintf, (PUNICODE_STRING Dest, NTSTRSAFE_PCWSTR Format),
     print_counted(Dest, Format, &list))
VARIADIC(NTSTATUS, RtlUnicodeStringPrintfEx,
         (PUNICODE_STRING Dest, PUNICODE_STRING Remaining, ULONG Flags, NTSTRSAFE_PCWSTR Format),
         Format, print_counted_ex(Dest, Remaining, Flags, Format, &list))
