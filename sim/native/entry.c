// SPDX-License-Identifier: MIT
// The NT entry points that native driver code links to. Each is made from its row of routines.def:
// the arguments are put into an array and the fiber is left (kss_native_enter). What the routine does
// is the kernel's, the same function that scenarios use.
//
// The prototypes come from include/nt, the definitions from the table: a row that says something else
// than the header does not compile.
#include "native/native.h"

#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <ntifs.h>

#undef IoCallDriver // drivers call IofCallDriver by that name; the rows have both
#undef IoCompleteRequest

// entry_ms.c makes them once more, for callers with exact frames.
#ifndef KSS_ENTRY
#define KSS_ENTRY(name)          name
#define KSS_VA_START(list, last) va_start(list, last)
#define KSS_VA_END(list)         va_end(list)
#endif

// Exports that no header of the WDK declares: drivers that use them bring prototypes of their own, with an
// enumeration of theirs for Environment.
VOID NTAPI KSS_ENTRY(KeInitializeApc)(PKAPC Apc, PKTHREAD Thread, LONG Environment,
                                      PKKERNEL_ROUTINE KernelRoutine,
                                      PKRUNDOWN_ROUTINE RundownRoutine,
                                      PKNORMAL_ROUTINE NormalRoutine, KPROCESSOR_MODE ApcMode,
                                      PVOID NormalContext);
BOOLEAN NTAPI KSS_ENTRY(KeInsertQueueApc)(PKAPC Apc, PVOID SystemArgument1, PVOID SystemArgument2,
                                          KPRIORITY Increment);
BOOLEAN NTAPI KSS_ENTRY(KeRemoveQueueApc)(PKAPC Apc);

// ---- Arguments ------------------------------------------------------------------------------------
// Row parameters become (TYPE, Name); NOTHING becomes (VOID, ).
#define OBJECT(type, name, ...)   (type, name)
#define POINTER(type, name, ...)  (type, name)
#define VALUE(type, name, ...)    (type, name)
#define NUMBER(type, name, ...)   (type, name)
#define DURATION(type, name, ...) (type, name)
#undef CALLBACK
#define CALLBACK(type, name, ...) (type, name)
#define STRING(type, name, ...)   (type, name)
#define KSS_FIRST_OBJECT          OBJECT
#define KSS_FIRST_POINTER         POINTER
#define KSS_FIRST_VALUE           VALUE
#define KSS_FIRST_NUMBER          NUMBER
#define KSS_FIRST_DURATION        DURATION
#define KSS_FIRST_CALLBACK        CALLBACK
#define KSS_FIRST_STRING          STRING
#define KSS_FIRST_NOTHING         (VOID, )

// KSS_IS(prefix, token, a, b): b where prefix_token is defined as `~, b`, else a.
#define KSS_SECOND(a, b, ...) b
#define KSS_CHOOSE(...)       KSS_SECOND(__VA_ARGS__)

#define KSS_DECLARE(type, name) type name
#define KSS_PUT(type, name)     KSS_PUT_(type, name)
#define KSS_PUT_(type, name)    KSS_CHOOSE(KSS_TAKE_##type, KSS_PUT_BITS, ~)(name)
#define KSS_TAKE_void           ~, KSS_PUT_ZERO // VOID is a macro
#define KSS_PUT_ZERO(name)      0
#define KSS_PUT_BITS(name)      kss_bits(&name, sizeof name)

#define KSS_MAP_1(m, a)                                      m a
#define KSS_MAP_2(m, a, ...)                                 m a, KSS_MAP_1(m, __VA_ARGS__)
#define KSS_MAP_3(m, a, ...)                                 m a, KSS_MAP_2(m, __VA_ARGS__)
#define KSS_MAP_4(m, a, ...)                                 m a, KSS_MAP_3(m, __VA_ARGS__)
#define KSS_MAP_5(m, a, ...)                                 m a, KSS_MAP_4(m, __VA_ARGS__)
#define KSS_MAP_6(m, a, ...)                                 m a, KSS_MAP_5(m, __VA_ARGS__)
#define KSS_MAP_7(m, a, ...)                                 m a, KSS_MAP_6(m, __VA_ARGS__)
#define KSS_MAP_8(m, a, ...)                                 m a, KSS_MAP_7(m, __VA_ARGS__)
#define KSS_MAP_9(m, a, ...)                                 m a, KSS_MAP_8(m, __VA_ARGS__)
#define KSS_MAP_10(m, a, ...)                                m a, KSS_MAP_9(m, __VA_ARGS__)
#define KSS_MAP_11(m, a, ...)                                m a, KSS_MAP_10(m, __VA_ARGS__)
#define KSS_MAP_12(m, a, ...)                                m a, KSS_MAP_11(m, __VA_ARGS__)
#define KSS_PICK(a, b, c, d, e, f, g, h, i, j, k, l, n, ...) KSS_MAP_##n
#define KSS_MAP(m, ...)                                                                            \
    KSS_PICK(__VA_ARGS__, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0)(m, __VA_ARGS__)

// An argument as the kernel takes it: its bytes, zero-extended.
static inline uint64_t kss_bits(const void *bytes, size_t size) {
    uint64_t value = 0;
    memcpy(&value, bytes, size);
    return value;
}

// ---- Leaving the stack ------------------------------------------------------------------------------
#define KSS_ENTER(id, array, number)                                                               \
    struct kss_native_call call_ = {.arguments = (array),                                          \
                                    .routine = (id),                                               \
                                    .count = (number),                                             \
                                    .frame = __builtin_frame_address(0),                           \
                                    .sp = __builtin_dwarf_cfa(),                                   \
                                    .pc = __builtin_return_address(0)};                            \
    uint64_t value_ = kss_native_enter(&call_)

#define KSS_RESULT(type)                                                                           \
    type result_;                                                                                  \
    memcpy(&result_, &value_, sizeof result_);                                                     \
    return result_

#define KSS_RETURN(type)    KSS_RETURN_(type)
#define KSS_RETURN_(type)   KSS_CHOOSE(KSS_GIVE_##type, KSS_RESULT, ~)(type)
#define KSS_GIVE_void       ~, KSS_NO_RESULT
#define KSS_NO_RESULT(type) (void)value_

// Written out below: a variable part, no return, a const the table does not have, a structure by value.
#define KSS_OWN_DbgPrint                  ~, KSS_SKIP
#define KSS_OWN_DbgPrintEx                ~, KSS_SKIP
#define KSS_OWN_ExRaiseAccessViolation    ~, KSS_SKIP
#define KSS_OWN_ExRaiseStatus             ~, KSS_SKIP
#define KSS_OWN_FsRtlDissectDbcs          ~, KSS_SKIP
#define KSS_OWN_FsRtlDissectName          ~, KSS_SKIP
#define KSS_OWN_FsRtlIsFatDbcsLegal       ~, KSS_SKIP
#define KSS_OWN_FsRtlIsHpfsDbcsLegal      ~, KSS_SKIP
#define KSS_OWN_KeBugCheck                ~, KSS_SKIP
#define KSS_OWN_KeBugCheckEx              ~, KSS_SKIP
#define KSS_OWN_MmGetSystemRoutineAddress ~, KSS_SKIP
#define KSS_OWN_RtlCompareMemory          ~, KSS_SKIP
// The headers have these as inline functions, as the WDK's do.
#define KSS_OWN_ExAllocatePoolUninitialized ~, KSS_SKIP
#define KSS_OWN_ExAllocatePoolZero          ~, KSS_SKIP
#define KSS_SKIP(...)
#define KSS_BIND_S(...)
#define KSS_BIND_SN(name, result, ...)                                                             \
    KSS_CHOOSE(KSS_OWN_##name, KSS_BODY, ~)(name, result, __VA_ARGS__)
#define KSS_BIND_N KSS_BIND_SN

#define KSS_BODY(name, result, ...)                                                                \
    result NTAPI KSS_ENTRY(name)(KSS_MAP(KSS_DECLARE, __VA_ARGS__)) {                              \
        uint64_t arguments_[] = {KSS_MAP(KSS_PUT, __VA_ARGS__)};                                   \
        KSS_ENTER(KSS_NT_##name, arguments_, sizeof arguments_ / sizeof *arguments_);              \
        KSS_RETURN(result);                                                                        \
    }
#define ROUTINE(name, result, low, high, can, modes, header, source, ...)                          \
    KSS_BIND_##modes(name, result, KSS_FIRST_##__VA_ARGS__)
#include "nt/routines.def"
#undef ROUTINE

// ---- No return ------------------------------------------------------------------------------------
#define KSS_LEAVE(name, ...)                                                                       \
    uint64_t arguments[] = {__VA_ARGS__};                                                          \
    KSS_ENTER(KSS_NT_##name, arguments, sizeof arguments / sizeof *arguments);                     \
    (void)value_;                                                                                  \
    __builtin_unreachable()

VOID NTAPI KSS_ENTRY(ExRaiseStatus)(NTSTATUS Status) {
    KSS_LEAVE(ExRaiseStatus, (ULONG)Status);
}

VOID NTAPI KSS_ENTRY(ExRaiseAccessViolation)(VOID) {
    KSS_LEAVE(ExRaiseAccessViolation, 0);
}

VOID NTAPI KSS_ENTRY(KeBugCheck)(ULONG BugCheckCode) {
    KSS_LEAVE(KeBugCheck, BugCheckCode);
}

VOID NTAPI KSS_ENTRY(KeBugCheckEx)(ULONG BugCheckCode, ULONG_PTR BugCheckParameter1,
                                   ULONG_PTR BugCheckParameter2, ULONG_PTR BugCheckParameter3,
                                   ULONG_PTR BugCheckParameter4) {
    KSS_LEAVE(KeBugCheckEx, BugCheckCode, BugCheckParameter1, BugCheckParameter2,
              BugCheckParameter3, BugCheckParameter4);
}

SIZE_T NTAPI KSS_ENTRY(RtlCompareMemory)(const VOID *Source1, const VOID *Source2, SIZE_T Length) {
    uint64_t arguments[] = {(uintptr_t)Source1, (uintptr_t)Source2, Length};
    KSS_ENTER(KSS_NT_RtlCompareMemory, arguments, 3);
    return (SIZE_T)value_;
}

// ---- Strings by value: the kernel gets the buffer in their place, and the length at the end -----------
VOID NTAPI KSS_ENTRY(FsRtlDissectDbcs)(ANSI_STRING Name, PANSI_STRING FirstPart,
                                       PANSI_STRING RemainingPart) {
    uint64_t arguments[] = {(uintptr_t)Name.Buffer, (uintptr_t)FirstPart, (uintptr_t)RemainingPart,
                            Name.Length};
    KSS_ENTER(KSS_NT_FsRtlDissectDbcs, arguments, 4);
    (void)value_;
}

VOID NTAPI KSS_ENTRY(FsRtlDissectName)(UNICODE_STRING Name, PUNICODE_STRING FirstPart,
                                       PUNICODE_STRING RemainingPart) {
    uint64_t arguments[] = {(uintptr_t)Name.Buffer, (uintptr_t)FirstPart, (uintptr_t)RemainingPart,
                            Name.Length};
    KSS_ENTER(KSS_NT_FsRtlDissectName, arguments, 4);
    (void)value_;
}

BOOLEAN NTAPI KSS_ENTRY(FsRtlIsFatDbcsLegal)(ANSI_STRING DbcsName, BOOLEAN WildCardsPermissible,
                                             BOOLEAN PathNamePermissible,
                                             BOOLEAN LeadingBackslashPermissible) {
    uint64_t arguments[] = {(uintptr_t)DbcsName.Buffer, WildCardsPermissible, PathNamePermissible,
                            LeadingBackslashPermissible, DbcsName.Length};
    KSS_ENTER(KSS_NT_FsRtlIsFatDbcsLegal, arguments, 5);
    return (BOOLEAN)value_;
}

BOOLEAN NTAPI KSS_ENTRY(FsRtlIsHpfsDbcsLegal)(ANSI_STRING DbcsName, BOOLEAN WildCardsPermissible,
                                              BOOLEAN PathNamePermissible,
                                              BOOLEAN LeadingBackslashPermissible) {
    uint64_t arguments[] = {(uintptr_t)DbcsName.Buffer, WildCardsPermissible, PathNamePermissible,
                            LeadingBackslashPermissible, DbcsName.Length};
    KSS_ENTER(KSS_NT_FsRtlIsHpfsDbcsLegal, arguments, 5);
    return (BOOLEAN)value_;
}

// ---- DbgPrint -----------------------------------------------------------------------------------------
// The arguments are taken off as the format says how wide they are; the kernel prints.
static unsigned take(uint64_t *arguments, unsigned count, const char *format, kss_nt_va_list list) {
    for (; *format != 0 && count < KSS_PARAMETERS; format++) {
        if (*format != '%' || *++format == '%')
            continue;
        bool wide = false;
        for (; *format != 0 && strchr("-+ #0123456789.*hwlI", *format) != NULL; format++) {
            if (*format == '*' && count < KSS_PARAMETERS)
                arguments[count++] = va_arg(list, unsigned);
            wide |= (*format == 'l' && format[1] == 'l') ||
                    (*format == 'I' && format[1] == '6' && format[2] == '4');
        }
        if (*format == 0 || count == KSS_PARAMETERS)
            break;
        if (wide)
            arguments[count++] = va_arg(list, uint64_t);
        else
            arguments[count++] = va_arg(list, uintptr_t);
    }
    return count;
}

ULONG NTAPI KSS_ENTRY(DbgPrint)(PCSTR Format, ...) {
    uint64_t arguments[KSS_PARAMETERS] = {(uint64_t)(uintptr_t)Format};
    kss_nt_va_list list;
    KSS_VA_START(list, Format);
    unsigned count = take(arguments, 1, Format, list);
    KSS_VA_END(list);
    KSS_ENTER(KSS_NT_DbgPrint, arguments, count);
    return (ULONG)value_;
}

ULONG NTAPI KSS_ENTRY(DbgPrintEx)(ULONG ComponentId, ULONG Level, PCSTR Format, ...) {
    uint64_t arguments[KSS_PARAMETERS] = {ComponentId, Level, (uint64_t)(uintptr_t)Format};
    kss_nt_va_list list;
    KSS_VA_START(list, Format);
    unsigned count = take(arguments, 3, Format, list);
    KSS_VA_END(list);
    KSS_ENTER(KSS_NT_DbgPrintEx, arguments, count);
    return (ULONG)value_;
}

// ---- Addresses by name ----------------------------------------------------------------------------------
// The kernel finds the row; rows of mode S are not exported here, as macros are not by Windows.
#define KSS_INLINE_ExAllocatePoolUninitialized ~, NULL
#define KSS_INLINE_ExAllocatePoolZero          ~, NULL
#define KSS_ADDRESS_S(name)                    NULL
#define KSS_ADDRESS_N(name)                    KSS_CHOOSE(KSS_INLINE_##name, (PVOID)(ULONG_PTR)KSS_ENTRY(name), ~)
#define KSS_ADDRESS_SN(name)                   KSS_ADDRESS_N(name)

PVOID NTAPI KSS_ENTRY(MmGetSystemRoutineAddress)(PUNICODE_STRING SystemRoutineName) {
    static PVOID const addresses[] = {
#define ROUTINE(name, result, low, high, can, modes, ...) KSS_ADDRESS_##modes(name),
#include "nt/routines.def"
#undef ROUTINE
    };
    uint64_t arguments[] = {(uintptr_t)SystemRoutineName};
    KSS_ENTER(KSS_NT_MmGetSystemRoutineAddress, arguments, 1);
    return value_ == 0 ? NULL : addresses[value_ - 1];
}
// ---- DMA_OPERATIONS -----------------------------------------------------------------------------------
// Drivers reach these through their adapter.
#define KSS_NUMBER(argument) kss_bits(&(argument), sizeof(argument))
#define KSS_SERVE(name, ...)                                                                       \
    uint64_t arguments_[] = {__VA_ARGS__};                                                         \
    KSS_ENTER(KSS_NT_##name, arguments_, sizeof arguments_ / sizeof *arguments_)

static void NTAPI kss_dma_put(PDMA_ADAPTER Adapter) {
    KSS_SERVE(PutDmaAdapter, KSS_NUMBER(Adapter));
    (void)value_;
}

static PVOID NTAPI kss_dma_allocate(PDMA_ADAPTER Adapter, ULONG Length, PPHYSICAL_ADDRESS Address,
                                    BOOLEAN Cached) {
    KSS_SERVE(AllocateCommonBuffer, KSS_NUMBER(Adapter), Length, KSS_NUMBER(Address), Cached);
    return (PVOID)(uintptr_t)value_;
}

static void NTAPI kss_dma_free(PDMA_ADAPTER Adapter, ULONG Length, PHYSICAL_ADDRESS Address,
                               PVOID Buffer, BOOLEAN Cached) {
    KSS_SERVE(FreeCommonBuffer, KSS_NUMBER(Adapter), Length, KSS_NUMBER(Address),
              KSS_NUMBER(Buffer), Cached);
    (void)value_;
}

static NTSTATUS NTAPI kss_dma_channel(PDMA_ADAPTER Adapter, PDEVICE_OBJECT Device, ULONG Registers,
                                      PDRIVER_CONTROL Routine, PVOID Context) {
    KSS_SERVE(AllocateAdapterChannel, KSS_NUMBER(Adapter), KSS_NUMBER(Device), Registers,
              KSS_NUMBER(Routine), KSS_NUMBER(Context));
    return (NTSTATUS)value_;
}

static BOOLEAN NTAPI kss_dma_flush(PDMA_ADAPTER Adapter, PMDL Mdl, PVOID Base, PVOID Va,
                                   ULONG Length, BOOLEAN Write) {
    KSS_SERVE(FlushAdapterBuffers, KSS_NUMBER(Adapter), KSS_NUMBER(Mdl), KSS_NUMBER(Base),
              KSS_NUMBER(Va), Length, Write);
    return (BOOLEAN)value_;
}

static void NTAPI kss_dma_free_channel(PDMA_ADAPTER Adapter) {
    KSS_SERVE(FreeAdapterChannel, KSS_NUMBER(Adapter));
    (void)value_;
}

static void NTAPI kss_dma_free_registers(PDMA_ADAPTER Adapter, PVOID Base, ULONG Registers) {
    KSS_SERVE(FreeMapRegisters, KSS_NUMBER(Adapter), KSS_NUMBER(Base), Registers);
    (void)value_;
}

static PHYSICAL_ADDRESS NTAPI kss_dma_map(PDMA_ADAPTER Adapter, PMDL Mdl, PVOID Base, PVOID Va,
                                          PULONG Length, BOOLEAN Write) {
    KSS_SERVE(MapTransfer, KSS_NUMBER(Adapter), KSS_NUMBER(Mdl), KSS_NUMBER(Base), KSS_NUMBER(Va),
              KSS_NUMBER(Length), Write);
    PHYSICAL_ADDRESS address;
    address.QuadPart = (LONGLONG)value_;
    return address;
}

static ULONG NTAPI kss_dma_alignment(PDMA_ADAPTER Adapter) {
    KSS_SERVE(GetDmaAlignment, KSS_NUMBER(Adapter));
    return (ULONG)value_;
}

static ULONG NTAPI kss_dma_counter(PDMA_ADAPTER Adapter) {
    KSS_SERVE(ReadDmaCounter, KSS_NUMBER(Adapter));
    return (ULONG)value_;
}

static NTSTATUS NTAPI kss_dma_get_list(PDMA_ADAPTER Adapter, PDEVICE_OBJECT Device, PMDL Mdl,
                                       PVOID Va, ULONG Length, PDRIVER_LIST_CONTROL Routine,
                                       PVOID Context, BOOLEAN Write) {
    KSS_SERVE(GetScatterGatherList, KSS_NUMBER(Adapter), KSS_NUMBER(Device), KSS_NUMBER(Mdl),
              KSS_NUMBER(Va), Length, KSS_NUMBER(Routine), KSS_NUMBER(Context), Write);
    return (NTSTATUS)value_;
}

static void NTAPI kss_dma_put_list(PDMA_ADAPTER Adapter, PSCATTER_GATHER_LIST List, BOOLEAN Write) {
    KSS_SERVE(PutScatterGatherList, KSS_NUMBER(Adapter), KSS_NUMBER(List), Write);
    (void)value_;
}

// Of version 1: what later versions add is not there, as Size says.
extern const DMA_OPERATIONS KSS_ENTRY(kss_dma_operations);
const DMA_OPERATIONS KSS_ENTRY(kss_dma_operations) = {
    .Size = offsetof(DMA_OPERATIONS, CalculateScatterGatherList),
    .PutDmaAdapter = kss_dma_put,
    .AllocateCommonBuffer = kss_dma_allocate,
    .FreeCommonBuffer = kss_dma_free,
    .AllocateAdapterChannel = kss_dma_channel,
    .FlushAdapterBuffers = kss_dma_flush,
    .FreeAdapterChannel = kss_dma_free_channel,
    .FreeMapRegisters = kss_dma_free_registers,
    .MapTransfer = kss_dma_map,
    .GetDmaAlignment = kss_dma_alignment,
    .ReadDmaCounter = kss_dma_counter,
    .GetScatterGatherList = kss_dma_get_list,
    .PutScatterGatherList = kss_dma_put_list};
