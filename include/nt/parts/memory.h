// SPDX-License-Identifier: MIT
// Memory, pages, MDLs, large integers: what the WDK has as macros and inline functions.
//
// Copying and filling are the driver's own code: memcpy and its neighbours, on the driver's stack.
// A touch of paged-out memory in them is the driver's touch.
//
// Source: DDI pages of the names; Microsoft Learn "Using MDLs".
#ifndef KSS_NT_PARTS_MEMORY_H
#define KSS_NT_PARTS_MEMORY_H

#define RtlCopyMemory(Destination, Source, Length)  memcpy((Destination), (Source), (Length))
#define RtlMoveMemory(Destination, Source, Length)  memmove((Destination), (Source), (Length))
#define RtlFillMemory(Destination, Length, Fill)    memset((Destination), (Fill), (Length))
#define RtlZeroMemory(Destination, Length)          memset((Destination), 0, (Length))
#define RtlEqualMemory(Destination, Source, Length) (!memcmp((Destination), (Source), (Length)))
#define RtlCopyBytes                                RtlCopyMemory
#define RtlZeroBytes                                RtlZeroMemory
#define RtlFillBytes                                RtlFillMemory
#define RtlCopyVolatileMemory(To, From, Length)     memcpy((void *)(To), (const void *)(From), (Length))
#define RtlCopyMemoryNonTemporal                    RtlCopyMemory

KSS_NT_INLINE PVOID RtlSecureZeroMemory(PVOID Memory, SIZE_T Length) {
    volatile char *byte = (volatile char *)Memory;
    while (Length--)
        *byte++ = 0;
    return Memory;
}

#define RtlUshortByteSwap(x)    __builtin_bswap16((USHORT)(x))
#define RtlUlongByteSwap(x)     __builtin_bswap32((ULONG)(x))
#define RtlUlonglongByteSwap(x) __builtin_bswap64((ULONGLONG)(x))
#define _byteswap_ushort        __builtin_bswap16
#define _byteswap_ulong         __builtin_bswap32
#define _byteswap_uint64        __builtin_bswap64

#define RtlStoreUshort(Address, Value)    memcpy((Address), &(USHORT){(USHORT)(Value)}, 2)
#define RtlStoreUlong(Address, Value)     memcpy((Address), &(ULONG){(ULONG)(Value)}, 4)
#define RtlStoreUlonglong(Address, Value) memcpy((Address), &(ULONGLONG){(ULONGLONG)(Value)}, 8)
#define RtlRetrieveUshort(To, From)       memcpy((To), (From), 2)
#define RtlRetrieveUlong(To, From)        memcpy((To), (From), 4)

KSS_NT_INLINE LUID RtlConvertLongToLuid(LONG Value) {
    LUID luid = {(ULONG)Value, Value < 0 ? -1 : 0};
    return luid;
}
KSS_NT_INLINE LUID RtlConvertUlongToLuid(ULONG Value) {
    LUID luid = {Value, 0};
    return luid;
}
#define RtlEqualLuid(L1, L2)                                                                       \
    (((L1)->LowPart == (L2)->LowPart) && ((L1)->HighPart == (L2)->HighPart))
#define RtlIsZeroLuid(L1) ((BOOLEAN)(((L1)->LowPart | (ULONG)(L1)->HighPart) == 0))

KSS_NT_INLINE LARGE_INTEGER RtlConvertLongToLargeInteger(LONG Value) {
    LARGE_INTEGER large;
    large.QuadPart = Value;
    return large;
}
KSS_NT_INLINE LARGE_INTEGER RtlConvertUlongToLargeInteger(ULONG Value) {
    LARGE_INTEGER large;
    large.QuadPart = Value;
    return large;
}
KSS_NT_INLINE ULONG RtlEnlargedUnsignedDivide(ULARGE_INTEGER Dividend, ULONG Divisor,
                                              PULONG Remainder) {
    if (Remainder)
        *Remainder = (ULONG)(Dividend.QuadPart % Divisor);
    return (ULONG)(Dividend.QuadPart / Divisor);
}
KSS_NT_INLINE LARGE_INTEGER RtlEnlargedIntegerMultiply(LONG Multiplicand, LONG Multiplier) {
    LARGE_INTEGER product;
    product.QuadPart = (LONGLONG)Multiplicand * Multiplier;
    return product;
}
KSS_NT_INLINE LARGE_INTEGER RtlExtendedIntegerMultiply(LARGE_INTEGER Multiplicand,
                                                       LONG Multiplier) {
    Multiplicand.QuadPart *= Multiplier;
    return Multiplicand;
}
KSS_NT_INLINE LARGE_INTEGER RtlLargeIntegerAdd(LARGE_INTEGER A, LARGE_INTEGER B) {
    A.QuadPart += B.QuadPart;
    return A;
}
KSS_NT_INLINE LARGE_INTEGER RtlLargeIntegerSubtract(LARGE_INTEGER A, LARGE_INTEGER B) {
    A.QuadPart -= B.QuadPart;
    return A;
}
#define RtlLargeIntegerEqualTo(X, Y)      ((X).QuadPart == (Y).QuadPart)
#define RtlLargeIntegerNotEqualTo(X, Y)   ((X).QuadPart != (Y).QuadPart)
#define RtlLargeIntegerGreaterThan(X, Y)  ((X).QuadPart > (Y).QuadPart)
#define RtlLargeIntegerLessThan(X, Y)     ((X).QuadPart < (Y).QuadPart)
#define RtlLargeIntegerEqualToZero(X)     ((X).QuadPart == 0)
#define RtlLargeIntegerGreaterThanZero(X) ((X).QuadPart > 0)
#define RtlLargeIntegerLessThanZero(X)    ((X).QuadPart < 0)

#define RtlOffsetToPointer(Base, Offset)  ((PCHAR)((PCHAR)(Base) + (ULONG_PTR)(Offset)))
#define RtlPointerToOffset(Base, Pointer) ((ULONG)((PCHAR)(Pointer) - (PCHAR)(Base)))

// ---- Strings ------------------------------------------------------------------------------------

KSS_NT_INLINE VOID RtlInitEmptyUnicodeString(PUNICODE_STRING String, PWCHAR Buffer,
                                             USHORT BufferSize) {
    String->Length = 0;
    String->MaximumLength = BufferSize;
    String->Buffer = Buffer;
}
KSS_NT_INLINE VOID RtlInitEmptyAnsiString(PANSI_STRING String, PCHAR Buffer, USHORT BufferSize) {
    String->Length = 0;
    String->MaximumLength = BufferSize;
    String->Buffer = Buffer;
}
// The code pages here have one byte a character.
#define NLS_MB_CODE_PAGE_TAG     FALSE
#define NLS_MB_OEM_CODE_PAGE_TAG FALSE
#define RtlUnicodeStringToAnsiSize(String)                                                         \
    ((ULONG)(NLS_MB_CODE_PAGE_TAG ? RtlxUnicodeStringToAnsiSize(String)                            \
                                  : ((String)->Length + sizeof(UNICODE_NULL)) / sizeof(WCHAR)))
#define RtlAnsiStringToUnicodeSize(String)                                                         \
    ((ULONG)(NLS_MB_CODE_PAGE_TAG ? RtlxAnsiStringToUnicodeSize(String)                            \
                                  : ((String)->Length + sizeof(ANSI_NULL)) * sizeof(WCHAR)))
#define RtlIntPtrToUnicodeString(Value, Base, String)                                              \
    RtlInt64ToUnicodeString((ULONGLONG)(Value), Base, String)

// ---- Pages --------------------------------------------------------------------------------------

#define PAGE_SIZE  0x1000
#define PAGE_SHIFT 12L

#define BYTE_OFFSET(Va)      ((ULONG)((ULONG_PTR)(Va) & (PAGE_SIZE - 1)))
#define PAGE_ALIGN(Va)       ((PVOID)((ULONG_PTR)(Va) & ~(ULONG_PTR)(PAGE_SIZE - 1)))
#define ROUND_TO_PAGES(Size) (((ULONG_PTR)(Size) + PAGE_SIZE - 1) & ~(ULONG_PTR)(PAGE_SIZE - 1))
#define BYTES_TO_PAGES(Size) (((Size) >> PAGE_SHIFT) + (((Size) & (PAGE_SIZE - 1)) != 0))
#define ADDRESS_AND_SIZE_TO_SPAN_PAGES(Va, Size)                                                   \
    ((ULONG)((BYTE_OFFSET(Va) + ((SIZE_T)(Size)) + (PAGE_SIZE - 1)) >> PAGE_SHIFT))
#define COMPUTE_PAGES_SPANNED(Va, Size) ADDRESS_AND_SIZE_TO_SPAN_PAGES(Va, Size)

#define ALIGN_DOWN_BY(length, alignment) ((ULONG_PTR)(length) & ~((ULONG_PTR)(alignment)-1))
#define ALIGN_UP_BY(length, alignment)                                                             \
    (ALIGN_DOWN_BY(((ULONG_PTR)(length) + (alignment)-1), alignment))
#define ALIGN_DOWN_POINTER_BY(address, alignment) ((PVOID)ALIGN_DOWN_BY(address, alignment))
#define ALIGN_UP_POINTER_BY(address, alignment)   ((PVOID)ALIGN_UP_BY(address, alignment))
#define ALIGN_DOWN(length, type)                  ALIGN_DOWN_BY(length, sizeof(type))
#define ALIGN_UP(length, type)                    ALIGN_UP_BY(length, sizeof(type))
#define ALIGN_DOWN_POINTER(address, type)         ALIGN_DOWN_POINTER_BY(address, sizeof(type))
#define ALIGN_UP_POINTER(address, type)           ALIGN_UP_POINTER_BY(address, sizeof(type))
#define IS_ALIGNED(address, alignment)            ((((ULONG_PTR)(address)) & ((ULONG_PTR)(alignment)-1)) == 0)

// ---- MDLs ---------------------------------------------------------------------------------------

#define MmGetMdlByteCount(Mdl)      ((Mdl)->ByteCount)
#define MmGetMdlByteOffset(Mdl)     ((Mdl)->ByteOffset)
#define MmGetMdlBaseVa(Mdl)         ((Mdl)->StartVa)
#define MmGetMdlPfnArray(Mdl)       ((PPFN_NUMBER)((Mdl) + 1))
#define MmGetMdlVirtualAddress(Mdl) ((PVOID)((PUCHAR)((Mdl)->StartVa) + (Mdl)->ByteOffset))
#define MmInitializeMdl(MemoryDescriptorList, BaseVa, Length)                                      \
    {                                                                                              \
        (MemoryDescriptorList)->Next = NULL;                                                       \
        (MemoryDescriptorList)->Size =                                                             \
            (CSHORT)(sizeof(MDL) +                                                                 \
                     (sizeof(PFN_NUMBER) * ADDRESS_AND_SIZE_TO_SPAN_PAGES((BaseVa), (Length))));   \
        (MemoryDescriptorList)->MdlFlags = 0;                                                      \
        (MemoryDescriptorList)->StartVa = PAGE_ALIGN(BaseVa);                                      \
        (MemoryDescriptorList)->ByteOffset = BYTE_OFFSET(BaseVa);                                  \
        (MemoryDescriptorList)->ByteCount = (ULONG)(Length);                                       \
    }
#define MmPrepareMdlForReuse(Mdl)                                                                  \
    do {                                                                                           \
        if (((Mdl)->MdlFlags & MDL_PARTIAL_HAS_BEEN_MAPPED) != 0)                                  \
            MmUnmapLockedPages((Mdl)->MappedSystemVa, (Mdl));                                      \
    } while (0)

KSS_NT_INLINE PVOID MmGetSystemAddressForMdlSafe(PMDL Mdl, ULONG Priority) {
    if (Mdl->MdlFlags & (MDL_MAPPED_TO_SYSTEM_VA | MDL_SOURCE_IS_NONPAGED_POOL))
        return Mdl->MappedSystemVa;
    return MmMapLockedPagesSpecifyCache(Mdl, KernelMode, MmCached, NULL, FALSE, Priority);
}
#define MmGetSystemAddressForMdl(Mdl)     MmGetSystemAddressForMdlSafe(Mdl, HighPagePriority)
#define MmLockPagableCodeSection(Address) MmLockPagableDataSection(Address)
#define MmGetProcedureAddress(Address)    (Address)

#endif
