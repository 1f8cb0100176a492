// SPDX-License-Identifier: MIT
// The headers and the tables of sim/nt tell the same: sizes, alignments and offsets of types.def,
// values of constants.def, status.def, reasons.def and bugchecks.def. Everything is checked by the
// compiler; a wrong row is a division by zero in the enumerator that has its name.
//
// Rows for this host's pointer size; the 32-bit build of this file checks the others.
#include <ntifs.h>
#include <stdbool.h>
#include <stdint.h>

// Unnamed types of named members, as types.def calls them.
#define MEMBER(type, member, ...) typedef __typeof__(((type *)0)->__VA_ARGS__) type##_##member;
MEMBER(DEVICE_OBJECT, Queue, Queue)
MEMBER(IO_STACK_LOCATION, Parameters, Parameters)
MEMBER(IO_STACK_LOCATION, Create, Parameters.Create)
MEMBER(IO_STACK_LOCATION, DeviceIoControl, Parameters.DeviceIoControl)
MEMBER(IO_STACK_LOCATION, FileSystemControl, Parameters.FileSystemControl)
MEMBER(IO_STACK_LOCATION, Others, Parameters.Others)
MEMBER(IO_STACK_LOCATION, Power, Parameters.Power)
MEMBER(IO_STACK_LOCATION, QueryDeviceRelations, Parameters.QueryDeviceRelations)
MEMBER(IO_STACK_LOCATION, QueryDirectory, Parameters.QueryDirectory)
MEMBER(IO_STACK_LOCATION, QueryFile, Parameters.QueryFile)
MEMBER(IO_STACK_LOCATION, QueryId, Parameters.QueryId)
MEMBER(IO_STACK_LOCATION, Read, Parameters.Read)
MEMBER(IO_STACK_LOCATION, SetFile, Parameters.SetFile)
MEMBER(IO_STACK_LOCATION, StartDevice, Parameters.StartDevice)
MEMBER(IO_STACK_LOCATION, WMI, Parameters.WMI)
MEMBER(IO_STACK_LOCATION, Write, Parameters.Write)
MEMBER(IRP, AssociatedIrp, AssociatedIrp)
MEMBER(IRP, Overlay, Overlay)
MEMBER(IRP, Overlay_AsynchronousParameters, Overlay.AsynchronousParameters)
MEMBER(IRP, Tail, Tail)
MEMBER(IRP, Tail_Overlay, Tail.Overlay)
MEMBER(LARGE_INTEGER, u, u)
MEMBER(ULARGE_INTEGER, u, u)

#if KSS_NT_POINTER_BYTES == 8
#define HERE(narrow, wide) (wide)
#else
#define HERE(narrow, wide) (narrow)
#endif
#define TRUTH(claim) 1 / ((claim) ? 1 : 0)

// ---- Structures ---------------------------------------------------------------------------------

#define STRUCT(name, size32, align32, size64, align64, source, ...)                                \
    enum check_##name{size_of_##name = TRUTH(sizeof(name) == HERE(size32, size64)),                \
                      alignment_of_##name = TRUTH(_Alignof(name) == HERE(align32, align64)),       \
                      __VA_ARGS__};
#define FIELD(of, type, name, offset32, offset64)                                                  \
    of##_##name##_is_at = TRUTH(offsetof(of, name) == HERE(offset32, offset64)),                   \
    of##_##name##_is_sized = TRUTH(sizeof(((of *)0)->name) == sizeof(type))
#define ARRAY(of, type, name, offset32, offset64, count)                                           \
    of##_##name##_is_at = TRUTH(offsetof(of, name) == HERE(offset32, offset64)),                   \
    of##_##name##_is_sized = TRUTH(sizeof(((of *)0)->name) == (count) * sizeof(type))

// Opaque rows give a size or 0: of those only pointers are used.
#define OPAQUE(name, size32, align32, size64, align64, source)                                     \
    OPAQUE_##size64(name, size32, align32, align64)
#define OPAQUE_0(...)
#define OPAQUE_SIZED(name, size32, align32, size64, align64)                                       \
    enum check_##name{size_of_##name = TRUTH(sizeof(name) == HERE(size32, size64)),                \
                      alignment_of_##name = TRUTH(_Alignof(name) == HERE(align32, align64))};
#define OPAQUE_16(name, size32, align32, align64)  OPAQUE_SIZED(name, size32, align32, 16, align64)
#define OPAQUE_64(name, size32, align32, align64)  OPAQUE_SIZED(name, size32, align32, 64, align64)
#define OPAQUE_96(name, size32, align32, align64)  OPAQUE_SIZED(name, size32, align32, 96, align64)
#define OPAQUE_128(name, size32, align32, align64) OPAQUE_SIZED(name, size32, align32, 128, align64)

// ---- Scalars, names, pointers, enumerations, routines -------------------------------------------

#define INTEGER(name, bytes, negative)                                                             \
    enum check_##name{size_of_##name = TRUTH(sizeof(name) == (bytes)),                             \
                      sign_of_##name = TRUTH(((name)-1 < (name)1) == (negative))};
#define SCALAR(name, kind) SCALAR_##kind(name)
#ifdef KSS_HOST_WCHAR_IS_WIDE
typedef WCHAR wide_char; // musl's own wchar_t is not what driver code gets
#define wchar_t wide_char
#endif
#define SCALAR_VOID(name)
#define SCALAR_I8(name)   INTEGER(name, 1, 1)
#define SCALAR_U8(name)   INTEGER(name, 1, 0)
#define SCALAR_I16(name)  INTEGER(name, 2, 1)
#define SCALAR_U16(name)  INTEGER(name, 2, 0)
#define SCALAR_I32(name)  INTEGER(name, 4, 1)
#define SCALAR_U32(name)  INTEGER(name, 4, 0)
#define SCALAR_I64(name)  INTEGER(name, 8, 1)
#define SCALAR_U64(name)  INTEGER(name, 8, 0)
#define SCALAR_IPTR(name) INTEGER(name, KSS_NT_POINTER_BYTES, 1)
#define SCALAR_UPTR(name) INTEGER(name, KSS_NT_POINTER_BYTES, 0)
#define ALIAS(name, target)                                                                        \
    enum check_##name{size_of_##name = TRUTH(sizeof(name) == sizeof(target))};
#define POINTER(name, target)                                                                      \
    enum check_##name{size_of_##name = TRUTH(sizeof(name) == sizeof(PVOID))};
#define ENUM(name) enum check_##name{size_of_##name = TRUTH(sizeof(name) == 4)};
#undef CALLBACK
#define CALLBACK(name, result, parameters)                                                         \
    enum check_##name{size_of_##name = TRUTH(sizeof(name *) == sizeof(PVOID))};
#undef bool // a row of the table
typedef _Bool bool;
#include "nt/types.def"

// ---- Constants ----------------------------------------------------------------------------------

#define CONSTANT(name, value, type) enum { value_of_##name = TRUTH((type)(name) == (type)(value)) };
#undef true
#undef false
#define true 1
#define false 0
#include "nt/constants.def"

#define STATUS(name, value)       enum { value_of_##name = TRUTH((ULONG)(name) == (value)) };
#define STATUS_ALIAS(name, value) enum { value_of_##name = TRUTH((ULONG)(name) == (value)) };
#include "nt/status.def"

#define REASON(value, name, ...) enum { reason_of_##name = TRUTH((name) == (value)) };
#include "nt/reasons.def"

#define BUGCHECK(code, name, ...) enum { code_of_##name = TRUTH((name) == (code)) };
#undef DBG
#include "nt/bugchecks.def"

int kss_headers_agree_with_tables;
