// SPDX-License-Identifier: MIT
// Sizes and offsets of the structures of types.def as constants of the compiler:
//
//   KSS_SIZE32_KEVENT            KSS_SIZE64_KEVENT
//   KSS_ALIGN32_KEVENT           KSS_ALIGN64_KEVENT
//   KSS_OFF32_KDPC_DpcData       KSS_OFF64_KDPC_DpcData
//
// and for a machine known only at run time KSS_SIZE(KEVENT, wide), KSS_OFFSET(KDPC, DpcData, wide)
// where [wide] is true on 64-bit machines.
#ifndef KSS_NT_LAYOUT_H
#define KSS_NT_LAYOUT_H

enum kss_layout {
#define SCALAR(...)
#define ALIAS(...)
#define POINTER(...)
#define ENUM(...)
#define CALLBACK(...)
#define OPAQUE(name, size32, align32, size64, align64, ...)                                        \
    KSS_SIZE32_##name = size32, KSS_SIZE64_##name = size64, KSS_ALIGN32_##name = align32,          \
    KSS_ALIGN64_##name = align64,
#define STRUCT(name, size32, align32, size64, align64, source, ...)                                \
    OPAQUE(name, size32, align32, size64, align64) __VA_ARGS__,
#define FIELD(of, type, name, offset32, offset64)                                                  \
    KSS_OFF32_##of##_##name = offset32, KSS_OFF64_##of##_##name = offset64
#define ARRAY(of, type, name, offset32, offset64, count) FIELD(of, type, name, offset32, offset64)
#include "nt/types.def"
#undef SCALAR
#undef ALIAS
#undef POINTER
#undef ENUM
#undef CALLBACK
#undef OPAQUE
#undef STRUCT
#undef FIELD
#undef ARRAY

// The fields of a dispatcher object's header, seen from the object.
#define HEADER(object)                                                                             \
    KSS_OFF32_##object##_SignalState =                                                             \
        KSS_OFF32_##object##_Header + KSS_OFF32_DISPATCHER_HEADER_SignalState,                     \
    KSS_OFF64_##object##_SignalState =                                                             \
        KSS_OFF64_##object##_Header + KSS_OFF64_DISPATCHER_HEADER_SignalState,                     \
    KSS_OFF32_##object##_WaitListHead =                                                            \
        KSS_OFF32_##object##_Header + KSS_OFF32_DISPATCHER_HEADER_WaitListHead,                    \
    KSS_OFF64_##object##_WaitListHead =                                                            \
        KSS_OFF64_##object##_Header + KSS_OFF64_DISPATCHER_HEADER_WaitListHead,
    HEADER(KEVENT) HEADER(KSEMAPHORE) HEADER(KMUTEX) HEADER(KTIMER)
#undef HEADER

    // Scalars the kernel stores into driver memory.
    KSS_SIZE32_KSPIN_LOCK = 4,
    KSS_SIZE64_KSPIN_LOCK = 8
};

#define KSS_SIZE(type, wide)  ((unsigned)((wide) ? KSS_SIZE64_##type : KSS_SIZE32_##type))
#define KSS_ALIGN(type, wide) ((unsigned)((wide) ? KSS_ALIGN64_##type : KSS_ALIGN32_##type))
#define KSS_OFFSET(type, field, wide)                                                              \
    ((unsigned)((wide) ? KSS_OFF64_##type##_##field : KSS_OFF32_##type##_##field))

#endif
