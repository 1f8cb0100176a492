// SPDX-License-Identifier: MIT
// Integer arithmetic that reports overflow: STATUS_INTEGER_OVERFLOW, and the largest value.
// Source: Microsoft Learn "Safe integer functions"; DDI names of ntintsafe.h.
#ifndef KSS_NT_NTINTSAFE_H
#define KSS_NT_NTINTSAFE_H

#include "ntdef.h"
#include "ntstatus.h"

#define KSS_NT_SAFE(Name, type, largest)                                                           \
    KSS_NT_INLINE NTSTATUS Rtl##Name##Add(type a, type b, type *sum) {                             \
        if (!__builtin_add_overflow(a, b, sum))                                                    \
            return STATUS_SUCCESS;                                                                 \
        *sum = (largest);                                                                          \
        return STATUS_INTEGER_OVERFLOW;                                                            \
    }                                                                                              \
    KSS_NT_INLINE NTSTATUS Rtl##Name##Sub(type a, type b, type *difference) {                      \
        if (!__builtin_sub_overflow(a, b, difference))                                             \
            return STATUS_SUCCESS;                                                                 \
        *difference = (largest);                                                                   \
        return STATUS_INTEGER_OVERFLOW;                                                            \
    }                                                                                              \
    KSS_NT_INLINE NTSTATUS Rtl##Name##Mult(type a, type b, type *product) {                        \
        if (!__builtin_mul_overflow(a, b, product))                                                \
            return STATUS_SUCCESS;                                                                 \
        *product = (largest);                                                                      \
        return STATUS_INTEGER_OVERFLOW;                                                            \
    }
// The value does not fit [to] when it does not come back.
#define KSS_NT_CONVERT(Name, from, to, largest)                                                    \
    KSS_NT_INLINE NTSTATUS Rtl##Name(from value, to *result) {                                     \
        if (!__builtin_add_overflow(value, (from)0, result))                                       \
            return STATUS_SUCCESS;                                                                 \
        *result = (largest);                                                                       \
        return STATUS_INTEGER_OVERFLOW;                                                            \
    }

#define INT8_ERROR      (-1)
#define USHORT_ERROR    ((USHORT)0xffff)
#define ULONG_ERROR     ((ULONG)0xffffffff)
#define LONG_ERROR      (-1)
#define ULONGLONG_ERROR ((ULONGLONG)-1)
#define SIZET_ERROR     ((SIZE_T)-1)

KSS_NT_SAFE(UInt8, UINT8, 0xff)
KSS_NT_SAFE(UShort, USHORT, USHORT_ERROR)
KSS_NT_SAFE(UInt, UINT, ULONG_ERROR)
KSS_NT_SAFE(ULong, ULONG, ULONG_ERROR)
KSS_NT_SAFE(ULongLong, ULONGLONG, ULONGLONG_ERROR)
KSS_NT_SAFE(ULongPtr, ULONG_PTR, (ULONG_PTR)-1)
KSS_NT_SAFE(SizeT, SIZE_T, SIZET_ERROR)
KSS_NT_SAFE(SIZET, SIZE_T, SIZET_ERROR)
KSS_NT_SAFE(Int, INT, -1)
KSS_NT_SAFE(Long, LONG, LONG_ERROR)
KSS_NT_SAFE(LongLong, LONGLONG, -1)
KSS_NT_CONVERT(IntToUInt, INT, UINT, ULONG_ERROR)
KSS_NT_CONVERT(LongToULong, LONG, ULONG, ULONG_ERROR)
KSS_NT_CONVERT(LongToUShort, LONG, USHORT, USHORT_ERROR)
KSS_NT_CONVERT(ULongToUShort, ULONG, USHORT, USHORT_ERROR)
KSS_NT_CONVERT(ULongToLong, ULONG, LONG, LONG_ERROR)
KSS_NT_CONVERT(ULongToUChar, ULONG, UCHAR, 0xff)
KSS_NT_CONVERT(LongLongToULong, LONGLONG, ULONG, ULONG_ERROR)
KSS_NT_CONVERT(LongLongToLong, LONGLONG, LONG, LONG_ERROR)
KSS_NT_CONVERT(LongLongToULongLong, LONGLONG, ULONGLONG, ULONGLONG_ERROR)
KSS_NT_CONVERT(ULongLongToULong, ULONGLONG, ULONG, ULONG_ERROR)
KSS_NT_CONVERT(ULongLongToUShort, ULONGLONG, USHORT, USHORT_ERROR)
KSS_NT_CONVERT(ULongLongToSizeT, ULONGLONG, SIZE_T, SIZET_ERROR)
KSS_NT_CONVERT(SizeTToULong, SIZE_T, ULONG, ULONG_ERROR)
KSS_NT_CONVERT(SizeTToUInt32, SIZE_T, UINT32, ULONG_ERROR)
KSS_NT_CONVERT(SizeTToUShort, SIZE_T, USHORT, USHORT_ERROR)
KSS_NT_CONVERT(ULongPtrToULong, ULONG_PTR, ULONG, ULONG_ERROR)

#endif
