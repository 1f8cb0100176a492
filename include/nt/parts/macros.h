// SPDX-License-Identifier: MIT
// Function-like macros of wdm.h and ntddk.h that fit nowhere else, and constants made of types.
//
// Source: DDI pages of the names; mingw-w64 ddk/wdm.h, ddk/ntddk.h.
#ifndef KSS_NT_PARTS_MACROS_H
#define KSS_NT_PARTS_MACROS_H

#if !defined(NOMINMAX) && !defined(__cplusplus)
#ifndef min
#define min(a, b) (((a) < (b)) ? (a) : (b))
#endif
#ifndef max
#define max(a, b) (((a) > (b)) ? (a) : (b))
#endif
#endif

// What a dispatcher object is, by its Type: 0 and 1 events, 2 mutex, 5 semaphore, 8 and 9 timers
// (KOBJECTS in the public symbols).
#define ASSERT_EVENT(object)                                                                       \
    NT_ASSERT((object)->Header.Type == NotificationEvent ||                                        \
              (object)->Header.Type == SynchronizationEvent)
#define ASSERT_SEMAPHORE(object) NT_ASSERT((object)->Header.Type == 5)
#define ASSERT_MUTANT(object)    NT_ASSERT((object)->Header.Type == 2)
#define ASSERT_TIMER(object)     NT_ASSERT((object)->Header.Type == 8 || (object)->Header.Type == 9)

#define SECURITY_MAX_IMPERSONATION_LEVEL SecurityDelegation
#define SECURITY_MIN_IMPERSONATION_LEVEL SecurityAnonymous
#define DEFAULT_IMPERSONATION_LEVEL      SecurityImpersonation
#define SECURITY_DYNAMIC_TRACKING        (TRUE)
#define SECURITY_STATIC_TRACKING         (FALSE)
#define VALID_IMPERSONATION_LEVEL(Level)                                                           \
    (((Level) >= SECURITY_MIN_IMPERSONATION_LEVEL) && ((Level) <= SECURITY_MAX_IMPERSONATION_LEVEL))

#define MDL_MAPPING_FLAGS                                                                          \
    (MDL_MAPPED_TO_SYSTEM_VA | MDL_PAGES_LOCKED | MDL_SOURCE_IS_NONPAGED_POOL |                    \
     MDL_PARTIAL_HAS_BEEN_MAPPED | MDL_PARENT_MAPPED_SYSTEM_VA | MDL_IO_SPACE)
#define MAXIMUM_VOLUME_LABEL_LENGTH (32 * sizeof(WCHAR))
#define ERROR_LOG_MAXIMUM_SIZE      240
#define OBJ_NAME_PATH_SEPARATOR     ((WCHAR)L'\\')

#define IoForwardAndCatchIrp IoForwardIrpSynchronously

#define PCI_CONFIGURATION_TYPE(PciData)                                                            \
    (((PPCI_COMMON_CONFIG)(PciData))->HeaderType & ~PCI_MULTIFUNCTION)
#define PCI_MULTIFUNCTION_DEVICE(PciData)                                                          \
    ((((PPCI_COMMON_CONFIG)(PciData))->HeaderType & PCI_MULTIFUNCTION) != 0)

#define RtlLargeIntegerGreaterThanOrEqualTo(X, Y) ((X).QuadPart >= (Y).QuadPart)
#define RtlLargeIntegerLessThanOrEqualTo(X, Y)    ((X).QuadPart <= (Y).QuadPart)
#define RtlLargeIntegerGreaterOrEqualToZero(X)    ((X).QuadPart >= 0)
#define RtlLargeIntegerLessOrEqualToZero(X)       ((X).QuadPart <= 0)
#define RtlLargeIntegerNotEqualToZero(X)          ((X).QuadPart != 0)

// Older names.
#define ExAcquireResourceExclusive          ExAcquireResourceExclusiveLite
#define ExAcquireResourceShared             ExAcquireResourceSharedLite
#define ExConvertExclusiveToShared          ExConvertExclusiveToSharedLite
#define ExDeleteResource                    ExDeleteResourceLite
#define ExInitializeResource                ExInitializeResourceLite
#define ExIsResourceAcquiredExclusive       ExIsResourceAcquiredExclusiveLite
#define ExIsResourceAcquiredShared          ExIsResourceAcquiredSharedLite
#define ExIsResourceAcquired                ExIsResourceAcquiredSharedLite
#define ExIsResourceAcquiredLite            ExIsResourceAcquiredSharedLite
#define ExReleaseResourceForThread          ExReleaseResourceForThreadLite
#define ExAcquireSpinLock(Lock, OldIrql)    KeAcquireSpinLock((Lock), (OldIrql))
#define ExReleaseSpinLock(Lock, OldIrql)    KeReleaseSpinLock((Lock), (OldIrql))
#define ExAcquireSpinLockAtDpcLevel(Lock)   KeAcquireSpinLockAtDpcLevel(Lock)
#define ExReleaseSpinLockFromDpcLevel(Lock) KeReleaseSpinLockFromDpcLevel(Lock)

#define MAKELANGID(p, s)    ((((USHORT)(s)) << 10) | (USHORT)(p))
#define PRIMARYLANGID(lgid) ((USHORT)(lgid)&0x3ff)
#define SUBLANGID(lgid)     ((USHORT)(lgid) >> 10)
#define DECLARE_HANDLE(name)                                                                       \
    typedef struct name##__ {                                                                      \
        int unused;                                                                                \
    } * name
#define VER_SET_CONDITION(Mask, Type, Condition)                                                   \
    ((Mask) = VerSetConditionMask((Mask), (Type), (Condition)))

#endif
