// SPDX-License-Identifier: MIT
// Interlocked operations as compiler built-ins, sequentially consistent as Windows documents them.
// The variants that name an ordering (Acquire, Release, NoFence) are as strong.
//
// Source: DDI InterlockedIncrement and its neighbours; Microsoft Learn "Compiler intrinsics".
#ifndef KSS_NT_PARTS_INTERLOCKED_H
#define KSS_NT_PARTS_INTERLOCKED_H

#define KSS_NT_INTERLOCKED(suffix, type)                                                           \
    KSS_NT_INLINE type InterlockedExchange##suffix(type volatile *Target, type Value) {            \
        return __atomic_exchange_n(Target, Value, __ATOMIC_SEQ_CST);                               \
    }                                                                                              \
    KSS_NT_INLINE type InterlockedExchangeAdd##suffix(type volatile *Addend, type Value) {         \
        return __atomic_fetch_add(Addend, Value, __ATOMIC_SEQ_CST);                                \
    }                                                                                              \
    KSS_NT_INLINE type InterlockedCompareExchange##suffix(type volatile *Destination,              \
                                                          type ExChange, type Comperand) {         \
        __atomic_compare_exchange_n(Destination, &Comperand, ExChange, 0, __ATOMIC_SEQ_CST,        \
                                    __ATOMIC_SEQ_CST);                                             \
        return Comperand;                                                                          \
    }                                                                                              \
    KSS_NT_INLINE type InterlockedAnd##suffix(type volatile *Destination, type Value) {            \
        return __atomic_fetch_and(Destination, Value, __ATOMIC_SEQ_CST);                           \
    }                                                                                              \
    KSS_NT_INLINE type InterlockedOr##suffix(type volatile *Destination, type Value) {             \
        return __atomic_fetch_or(Destination, Value, __ATOMIC_SEQ_CST);                            \
    }                                                                                              \
    KSS_NT_INLINE type InterlockedXor##suffix(type volatile *Destination, type Value) {            \
        return __atomic_fetch_xor(Destination, Value, __ATOMIC_SEQ_CST);                           \
    }

#define KSS_NT_INTERLOCKED_COUNT(suffix, type)                                                     \
    KSS_NT_INLINE type InterlockedIncrement##suffix(type volatile *Addend) {                       \
        return __atomic_add_fetch(Addend, 1, __ATOMIC_SEQ_CST);                                    \
    }                                                                                              \
    KSS_NT_INLINE type InterlockedDecrement##suffix(type volatile *Addend) {                       \
        return __atomic_sub_fetch(Addend, 1, __ATOMIC_SEQ_CST);                                    \
    }                                                                                              \
    KSS_NT_INLINE type InterlockedAdd##suffix(type volatile *Addend, type Value) {                 \
        return __atomic_add_fetch(Addend, Value, __ATOMIC_SEQ_CST);                                \
    }

KSS_NT_INTERLOCKED(, LONG)
KSS_NT_INTERLOCKED(8, CHAR)
KSS_NT_INTERLOCKED(16, SHORT)
KSS_NT_INTERLOCKED(64, LONG64)
KSS_NT_INTERLOCKED_COUNT(, LONG)
KSS_NT_INTERLOCKED_COUNT(16, SHORT)
KSS_NT_INTERLOCKED_COUNT(64, LONG64)

KSS_NT_INLINE PVOID InterlockedExchangePointer(PVOID volatile *Target, PVOID Value) {
    return __atomic_exchange_n(Target, Value, __ATOMIC_SEQ_CST);
}
KSS_NT_INLINE PVOID InterlockedCompareExchangePointer(PVOID volatile *Destination, PVOID Exchange,
                                                      PVOID Comperand) {
    __atomic_compare_exchange_n(Destination, &Comperand, Exchange, 0, __ATOMIC_SEQ_CST,
                                __ATOMIC_SEQ_CST);
    return Comperand;
}

// They are macros over intrinsics in the WDK, which take any pointer to a pointer.
#define InterlockedExchangePointer(Target, Value)                                                  \
    InterlockedExchangePointer((PVOID volatile *)(Target), (PVOID)(Value))
#define InterlockedCompareExchangePointer(Destination, Exchange, Comperand)                        \
    InterlockedCompareExchangePointer((PVOID volatile *)(Destination), (PVOID)(Exchange),          \
                                      (PVOID)(Comperand))

KSS_NT_INLINE BOOLEAN InterlockedBitTestAndSet(LONG volatile *Base, LONG Bit) {
    ULONG mask = 1U << (Bit & 31);
    return (InterlockedOr(Base + (Bit >> 5), (LONG)mask) & (LONG)mask) != 0;
}
KSS_NT_INLINE BOOLEAN InterlockedBitTestAndReset(LONG volatile *Base, LONG Bit) {
    ULONG mask = 1U << (Bit & 31);
    return (InterlockedAnd(Base + (Bit >> 5), (LONG)~mask) & (LONG)mask) != 0;
}

#define InterlockedIncrementAcquire              InterlockedIncrement
#define InterlockedIncrementRelease              InterlockedIncrement
#define InterlockedIncrementNoFence              InterlockedIncrement
#define InterlockedDecrementAcquire              InterlockedDecrement
#define InterlockedDecrementRelease              InterlockedDecrement
#define InterlockedDecrementNoFence              InterlockedDecrement
#define InterlockedExchangeAcquire               InterlockedExchange
#define InterlockedExchangeNoFence               InterlockedExchange
#define InterlockedExchangeNoFence64             InterlockedExchange64
#define InterlockedExchangeAddNoFence            InterlockedExchangeAdd
#define InterlockedCompareExchangeAcquire        InterlockedCompareExchange
#define InterlockedCompareExchangeRelease        InterlockedCompareExchange
#define InterlockedCompareExchangeNoFence        InterlockedCompareExchange
#define InterlockedCompareExchangeNoFence64      InterlockedCompareExchange64
#define InterlockedAndAcquire                    InterlockedAnd
#define InterlockedAndRelease                    InterlockedAnd
#define InterlockedAndNoFence                    InterlockedAnd
#define InterlockedOrAcquire                     InterlockedOr
#define InterlockedOrRelease                     InterlockedOr
#define InterlockedOrNoFence                     InterlockedOr
#define InterlockedExchangePointerNoFence        InterlockedExchangePointer
#define InterlockedExchangePointerAcquire        InterlockedExchangePointer
#define InterlockedCompareExchangePointerNoFence InterlockedCompareExchangePointer
#define InterlockedCompareExchangePointerAcquire InterlockedCompareExchangePointer
#define InterlockedCompareExchangePointerRelease InterlockedCompareExchangePointer

#define InterlockedIncrementSizeT(p)                                                               \
    ((SIZE_T)__atomic_add_fetch((SIZE_T volatile *)(p), 1, __ATOMIC_SEQ_CST))
#define InterlockedDecrementSizeT(p)                                                               \
    ((SIZE_T)__atomic_sub_fetch((SIZE_T volatile *)(p), 1, __ATOMIC_SEQ_CST))
#define InterlockedExchangeAddSizeT(p, n)                                                          \
    ((SIZE_T)__atomic_fetch_add((SIZE_T volatile *)(p), (SIZE_T)(n), __ATOMIC_SEQ_CST))

#define _InterlockedIncrement         InterlockedIncrement
#define _InterlockedDecrement         InterlockedDecrement
#define _InterlockedExchange          InterlockedExchange
#define _InterlockedExchangeAdd       InterlockedExchangeAdd
#define _InterlockedCompareExchange   InterlockedCompareExchange
#define _InterlockedCompareExchange64 InterlockedCompareExchange64
#define _InterlockedAnd               InterlockedAnd
#define _InterlockedOr                InterlockedOr
#define _InterlockedXor               InterlockedXor
#define _InterlockedIncrement64       InterlockedIncrement64
#define _InterlockedDecrement64       InterlockedDecrement64

#define RtlInterlockedSetBits(Flags, Flag)              InterlockedOr((PLONG)(Flags), (LONG)(Flag))
#define RtlInterlockedAndBits(Flags, Flag)              InterlockedAnd((PLONG)(Flags), (LONG)(Flag))
#define RtlInterlockedClearBits(Flags, Flag)            InterlockedAnd((PLONG)(Flags), (LONG) ~(Flag))
#define RtlInterlockedXorBits(Flags, Flag)              InterlockedXor((PLONG)(Flags), (LONG)(Flag))
#define RtlInterlockedSetBitsDiscardReturn(Flags, Flag) ((void)RtlInterlockedSetBits(Flags, Flag))
#define RtlInterlockedAndBitsDiscardReturn(Flags, Flag) ((void)RtlInterlockedAndBits(Flags, Flag))
#define RtlInterlockedClearBitsDiscardReturn(Flags, Flag)                                          \
    ((void)RtlInterlockedClearBits(Flags, Flag))

#define ExInterlockedIncrementLong(Addend, Lock)        InterlockedIncrement(Addend)
#define ExInterlockedDecrementLong(Addend, Lock)        InterlockedDecrement(Addend)
#define ExInterlockedExchangeUlong(Target, Value, Lock) InterlockedExchange((PLONG)(Target), Value)
#define ExInterlockedAddLargeStatistic(Addend, Increment)                                          \
    ((void)InterlockedExchangeAdd64(&(Addend)->QuadPart, (LONGLONG)(Increment)))
#define ExInterlockedCompareExchange64(Destination, Exchange, Comperand, Lock)                     \
    InterlockedCompareExchange64(Destination, *(Exchange), *(Comperand))

#define KeMemoryBarrier()             __atomic_thread_fence(__ATOMIC_SEQ_CST)
#define KeMemoryBarrierWithoutFence() __atomic_signal_fence(__ATOMIC_SEQ_CST)
#define MemoryBarrier()               __atomic_thread_fence(__ATOMIC_SEQ_CST)
#define _ReadWriteBarrier()           __atomic_signal_fence(__ATOMIC_SEQ_CST)
#define _ReadBarrier()                __atomic_signal_fence(__ATOMIC_SEQ_CST)
#define _WriteBarrier()               __atomic_signal_fence(__ATOMIC_SEQ_CST)

#define ReadAcquire(p)            __atomic_load_n(p, __ATOMIC_ACQUIRE)
#define ReadNoFence(p)            __atomic_load_n(p, __ATOMIC_RELAXED)
#define ReadAcquire64(p)          __atomic_load_n(p, __ATOMIC_ACQUIRE)
#define ReadNoFence64(p)          __atomic_load_n(p, __ATOMIC_RELAXED)
#define ReadULongAcquire(p)       __atomic_load_n(p, __ATOMIC_ACQUIRE)
#define ReadULongNoFence(p)       __atomic_load_n(p, __ATOMIC_RELAXED)
#define ReadPointerAcquire(p)     __atomic_load_n(p, __ATOMIC_ACQUIRE)
#define ReadPointerNoFence(p)     __atomic_load_n(p, __ATOMIC_RELAXED)
#define WriteRelease(p, v)        __atomic_store_n(p, v, __ATOMIC_RELEASE)
#define WriteNoFence(p, v)        __atomic_store_n(p, v, __ATOMIC_RELAXED)
#define WriteRelease64(p, v)      __atomic_store_n(p, v, __ATOMIC_RELEASE)
#define WriteNoFence64(p, v)      __atomic_store_n(p, v, __ATOMIC_RELAXED)
#define WriteULongRelease(p, v)   __atomic_store_n(p, v, __ATOMIC_RELEASE)
#define WriteULongNoFence(p, v)   __atomic_store_n(p, v, __ATOMIC_RELAXED)
#define WritePointerRelease(p, v) __atomic_store_n(p, v, __ATOMIC_RELEASE)
#define WritePointerNoFence(p, v) __atomic_store_n(p, v, __ATOMIC_RELAXED)

#if defined(__x86_64__) || defined(__i386__)
#define YieldProcessor() __builtin_ia32_pause()
#else
#define YieldProcessor() __atomic_signal_fence(__ATOMIC_SEQ_CST)
#endif

#endif
