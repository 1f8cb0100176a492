// SPDX-License-Identifier: MIT
// Every row of sim/nt/routines.def that native drivers call has, in the headers, the prototype the
// row tells: result and parameter types, with the convention of NT. Checked by the compiler; a
// difference is a division by zero in the enumerator that has the routine's name.
#include <ntifs.h>

#define OBJECT(type, ...)   type
#define POINTER(type, ...)  type
#define VALUE(type, ...)    type
#define NUMBER(type, ...)   type
#define DURATION(type, ...) type
#define CALLBACK(type, ...) type
#define STRING(type, ...)   type, ... // a format: what it prints follows

// Exports that no header of the WDK declares: drivers bring these prototypes.
VOID NTAPI KeInitializeApc(PKAPC, PKTHREAD, LONG, PKKERNEL_ROUTINE, PKRUNDOWN_ROUTINE,
                           PKNORMAL_ROUTINE, KPROCESSOR_MODE, PVOID);
BOOLEAN NTAPI KeInsertQueueApc(PKAPC, PVOID, PVOID, KPRIORITY);
BOOLEAN NTAPI KeRemoveQueueApc(PKAPC);

// Rows of mode S are macros or inline functions of the headers: scripted code alone calls them.
#define ROUTINE(name, result, low, high, can, modes, header, source, ...)                          \
    ROUTINE_##modes(name, result, __VA_ARGS__)
#define ROUTINE_S(name, ...)
#define ROUTINE_N(name, result, ...) ROUTINE_SN(name, result, __VA_ARGS__)

#define ROUTINE_SN(name, result, ...)                                                              \
    enum {                                                                                         \
        prototype_of_##name =                                                                      \
            1 / __builtin_types_compatible_p(__typeof__(name), result NTAPI(__VA_ARGS__))          \
    };
// The table has no const: this one works on const VOID *.
_Static_assert(__builtin_types_compatible_p(__typeof__(RtlCompareMemory),
                                            SIZE_T NTAPI(const VOID *, const VOID *, SIZE_T)),
               "prototype of RtlCompareMemory");
SIZE_T NTAPI kss_compare_memory(PVOID Source1, PVOID Source2, SIZE_T Length);
#define RtlCompareMemory kss_compare_memory
#undef IoCallDriver // macros for the Iof routines; rows of the table have both names
#undef IoCompleteRequest
#include "nt/routines.def"

int kss_headers_agree_with_routines;
