// SPDX-License-Identifier: MIT
// Routines that are macros or register accesses on some machines and functions here, and routines
// newer than the published headers this folder was checked against.
//
// The IRQL changes only in calls that the compiler cannot see through: a store before KeLowerIrql
// stays before it.
//
// Source: the DDI page of each name.
#ifndef KSS_NT_PARTS_WDM_MORE_H
#define KSS_NT_PARTS_WDM_MORE_H

// ---- IRQLs --------------------------------------------------------------------------------------

#define PASSIVE_LEVEL  0
#define LOW_LEVEL      0
#define APC_LEVEL      1
#define DISPATCH_LEVEL 2
#define CMCI_LEVEL     5
#if defined(_X86_)
#define PROFILE_LEVEL 27
#define CLOCK1_LEVEL  28
#define CLOCK2_LEVEL  28
#define CLOCK_LEVEL   28
#define IPI_LEVEL     29
#define POWER_LEVEL   30
#define HIGH_LEVEL    31
#else
#define CLOCK_LEVEL   13
#define IPI_LEVEL     14
#define DRS_LEVEL     14
#define POWER_LEVEL   14
#define PROFILE_LEVEL 15
#define HIGH_LEVEL    15
#endif

// Kernel stacks, of the machine the driver is compiled for. What it runs on is the machine's profile.
#if defined(_X86_)
#define KERNEL_STACK_SIZE       12288
#define KERNEL_LARGE_STACK_SIZE 61440
#else
#define KERNEL_STACK_SIZE       0x6000
#define KERNEL_LARGE_STACK_SIZE 0x12000
#endif
#define MAXIMUM_EXPANSION_SIZE (KERNEL_LARGE_STACK_SIZE - (PAGE_SIZE / 2))

#define OB_FLT_REGISTRATION_VERSION_0100 0x0100
#define OB_FLT_REGISTRATION_VERSION      OB_FLT_REGISTRATION_VERSION_0100
#define MdlMappingNoWrite                0x80000000
#define MdlMappingNoExecute              0x40000000
#define MdlMappingWithGuardPtes          0x20000000

// `#ifdef ALLOC_PRAGMA` surrounds #pragma alloc_text in driver sources.
#define ALLOC_PRAGMA      1
#define ALLOC_DATA_PRAGMA 1

// ---- Ke -----------------------------------------------------------------------------------------

NTKERNELAPI KIRQL NTAPI KeGetCurrentIrql(VOID);
NTKERNELAPI VOID NTAPI KeRaiseIrql(KIRQL NewIrql, PKIRQL OldIrql);
NTKERNELAPI KIRQL NTAPI KeRaiseIrqlToDpcLevel(VOID);
NTKERNELAPI KIRQL NTAPI KeRaiseIrqlToSynchLevel(VOID);
NTKERNELAPI VOID NTAPI KeLowerIrql(KIRQL NewIrql);
#define KfRaiseIrql(NewIrql) kss_nt_raise_irql(NewIrql)
#define KfLowerIrql(NewIrql) KeLowerIrql(NewIrql)
KSS_NT_INLINE KIRQL kss_nt_raise_irql(KIRQL NewIrql) {
    KIRQL old;
    KeRaiseIrql(NewIrql, &old);
    return old;
}

NTKERNELAPI VOID NTAPI KeInitializeSpinLock(PKSPIN_LOCK SpinLock);
NTKERNELAPI VOID NTAPI KeAcquireSpinLock(PKSPIN_LOCK SpinLock, PKIRQL OldIrql);
NTKERNELAPI PKTHREAD NTAPI KeGetCurrentThread(VOID);
NTKERNELAPI ULONG NTAPI KeGetCurrentProcessorNumber(VOID);
NTKERNELAPI ULONG NTAPI KeGetCurrentProcessorNumberEx(PPROCESSOR_NUMBER ProcNumber);
NTKERNELAPI ULONG NTAPI KeGetCurrentProcessorIndex(VOID);
NTKERNELAPI VOID NTAPI KeQuerySystemTime(PLARGE_INTEGER CurrentTime);
NTKERNELAPI VOID NTAPI KeQuerySystemTimePrecise(PLARGE_INTEGER CurrentTime);
NTKERNELAPI VOID NTAPI KeQueryTickCount(PLARGE_INTEGER CurrentCount);
NTKERNELAPI ULONGLONG NTAPI KeQueryInterruptTime(VOID);
NTKERNELAPI ULONG64 NTAPI KeQueryInterruptTimePrecise(PULONG64 QpcTimeStamp);
NTKERNELAPI ULONGLONG NTAPI KeQueryUnbiasedInterruptTimePrecise(PULONG64 QpcTimeStamp);
NTKERNELAPI NTSTATUS NTAPI KeSaveFloatingPointState(PKFLOATING_SAVE FloatSave);
NTKERNELAPI NTSTATUS NTAPI KeRestoreFloatingPointState(PKFLOATING_SAVE FloatSave);
NTKERNELAPI VOID NTAPI KeEnterGuardedRegion(VOID);
NTKERNELAPI VOID NTAPI KeLeaveGuardedRegion(VOID);
NTKERNELAPI BOOLEAN NTAPI KeAreApcsDisabled(VOID);
NTKERNELAPI BOOLEAN NTAPI KeShouldYieldProcessor(VOID);
NTKERNELAPI VOID NTAPI KeFlushIoBuffers(PMDL Mdl, BOOLEAN ReadOperation, BOOLEAN DmaOperation);
#define KeWaitForMutexObject                       KeWaitForSingleObject
#define KeInitializeCallbackRecord(CallbackRecord) ((CallbackRecord)->State = 0)
#define KeTestSpinLock(SpinLock)                   (*(volatile KSPIN_LOCK *)(SpinLock) == 0)
#define DbgRaiseAssertionFailure()                 DbgBreakPoint()

// ---- Ex -----------------------------------------------------------------------------------------

typedef ULONG64 POOL_FLAGS;
typedef enum POOL_EXTENDED_PARAMETER_TYPE {
    PoolExtendedParameterInvalidType = 0,
    PoolExtendedParameterPriority,
    PoolExtendedParameterSecurePool,
    PoolExtendedParameterNumaNode,
    PoolExtendedParameterMax
} POOL_EXTENDED_PARAMETER_TYPE;
typedef struct _POOL_EXTENDED_PARAMS_SECURE_POOL {
    HANDLE SecurePoolHandle;
    PVOID Buffer;
    ULONG_PTR Cookie;
    ULONG SecurePoolFlags;
} POOL_EXTENDED_PARAMS_SECURE_POOL;
typedef struct _POOL_EXTENDED_PARAMETER {
    struct {
        ULONG64 Type : 8;
        ULONG64 Optional : 1;
        ULONG64 Reserved : 55;
    };
    union {
        ULONG64 Reserved2;
        PVOID Reserved3;
        EX_POOL_PRIORITY Priority;
        POOL_EXTENDED_PARAMS_SECURE_POOL *SecurePoolParams;
        ULONG PreferredNode;
    };
} POOL_EXTENDED_PARAMETER, *PPOOL_EXTENDED_PARAMETER;
typedef const POOL_EXTENDED_PARAMETER *PCPOOL_EXTENDED_PARAMETER;

#define POOL_FLAG_USE_QUOTA         0x0000000000000001ULL
#define POOL_FLAG_UNINITIALIZED     0x0000000000000002ULL
#define POOL_FLAG_SESSION           0x0000000000000004ULL
#define POOL_FLAG_CACHE_ALIGNED     0x0000000000000008ULL
#define POOL_FLAG_RESERVED1         0x0000000000000010ULL
#define POOL_FLAG_RAISE_ON_FAILURE  0x0000000000000020ULL
#define POOL_FLAG_NON_PAGED         0x0000000000000040ULL
#define POOL_FLAG_NON_PAGED_EXECUTE 0x0000000000000080ULL
#define POOL_FLAG_PAGED             0x0000000000000100ULL
#define POOL_FLAG_RESERVED2         0x0000000000000200ULL
#define POOL_FLAG_RESERVED3         0x0000000000000400ULL
#define POOL_FLAG_SPECIAL_POOL      0x0000000100000000ULL
#define POOL_NX_ALLOCATION          512
#define POOL_ZERO_ALLOCATION        1024

NTKERNELAPI PVOID NTAPI ExAllocatePool2(POOL_FLAGS Flags, SIZE_T NumberOfBytes, ULONG Tag);
NTKERNELAPI PVOID NTAPI ExAllocatePool3(POOL_FLAGS Flags, SIZE_T NumberOfBytes, ULONG Tag,
                                        PCPOOL_EXTENDED_PARAMETER ExtendedParameters,
                                        ULONG ExtendedParametersCount);
NTKERNELAPI VOID NTAPI ExFreePool2(PVOID P, ULONG Tag, PCPOOL_EXTENDED_PARAMETER ExtendedParameters,
                                   ULONG ExtendedParametersCount);

#define DrvRtPoolNxOptIn                 0x00000001
#define ExInitializeDriverRuntime(Flags) ((void)(Flags))

// The zeroing forms of older allocations: the WDK has them inline, over the routines they name.
KSS_NT_INLINE PVOID ExAllocatePoolZero(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag) {
    PVOID memory = ExAllocatePoolWithTag(PoolType, NumberOfBytes, Tag);
    if (memory != NULL)
        memset(memory, 0, NumberOfBytes);
    return memory;
}
KSS_NT_INLINE PVOID ExAllocatePoolUninitialized(POOL_TYPE PoolType, SIZE_T NumberOfBytes,
                                                ULONG Tag) {
    return ExAllocatePoolWithTag(PoolType, NumberOfBytes, Tag);
}
KSS_NT_INLINE PVOID ExAllocatePoolQuotaZero(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag) {
    PVOID memory = ExAllocatePoolWithQuotaTag(PoolType, NumberOfBytes, Tag);
    if (memory != NULL)
        memset(memory, 0, NumberOfBytes);
    return memory;
}
KSS_NT_INLINE PVOID ExAllocatePoolQuotaUninitialized(POOL_TYPE PoolType, SIZE_T NumberOfBytes,
                                                     ULONG Tag) {
    return ExAllocatePoolWithQuotaTag(PoolType, NumberOfBytes, Tag);
}

NTKERNELAPI KIRQL NTAPI ExAcquireSpinLockExclusive(PEX_SPIN_LOCK SpinLock);
NTKERNELAPI KIRQL NTAPI ExAcquireSpinLockShared(PEX_SPIN_LOCK SpinLock);
NTKERNELAPI VOID NTAPI ExAcquireSpinLockExclusiveAtDpcLevel(PEX_SPIN_LOCK SpinLock);
NTKERNELAPI VOID NTAPI ExAcquireSpinLockSharedAtDpcLevel(PEX_SPIN_LOCK SpinLock);
NTKERNELAPI VOID NTAPI ExReleaseSpinLockExclusive(PEX_SPIN_LOCK SpinLock, KIRQL OldIrql);
NTKERNELAPI VOID NTAPI ExReleaseSpinLockShared(PEX_SPIN_LOCK SpinLock, KIRQL OldIrql);
NTKERNELAPI VOID NTAPI ExReleaseSpinLockExclusiveFromDpcLevel(PEX_SPIN_LOCK SpinLock);
NTKERNELAPI VOID NTAPI ExReleaseSpinLockSharedFromDpcLevel(PEX_SPIN_LOCK SpinLock);
NTKERNELAPI LOGICAL NTAPI ExTryConvertSharedSpinLockExclusive(PEX_SPIN_LOCK SpinLock);

NTKERNELAPI VOID NTAPI ExInitializePushLock(PEX_PUSH_LOCK PushLock);
NTKERNELAPI VOID NTAPI ExAcquirePushLockExclusiveEx(PEX_PUSH_LOCK PushLock, ULONG Flags);
NTKERNELAPI VOID NTAPI ExAcquirePushLockSharedEx(PEX_PUSH_LOCK PushLock, ULONG Flags);
NTKERNELAPI VOID NTAPI ExReleasePushLockExclusiveEx(PEX_PUSH_LOCK PushLock, ULONG Flags);
NTKERNELAPI VOID NTAPI ExReleasePushLockSharedEx(PEX_PUSH_LOCK PushLock, ULONG Flags);
#define EX_DEFAULT_PUSH_LOCK_FLAGS    0
#define ExAcquirePushLockExclusive(l) ExAcquirePushLockExclusiveEx(l, EX_DEFAULT_PUSH_LOCK_FLAGS)
#define ExAcquirePushLockShared(l)    ExAcquirePushLockSharedEx(l, EX_DEFAULT_PUSH_LOCK_FLAGS)
#define ExReleasePushLockExclusive(l) ExReleasePushLockExclusiveEx(l, EX_DEFAULT_PUSH_LOCK_FLAGS)
#define ExReleasePushLockShared(l)    ExReleasePushLockSharedEx(l, EX_DEFAULT_PUSH_LOCK_FLAGS)

NTKERNELAPI VOID NTAPI ExInitializeFastMutex(PFAST_MUTEX FastMutex);
NTKERNELAPI VOID NTAPI InitializeSListHead(PSLIST_HEADER SListHead);
#define ExInitializeSListHead(Head)                    InitializeSListHead(Head)
#define ExInterlockedPopEntrySList(Head, Lock)         ExpInterlockedPopEntrySList(Head)
#define ExInterlockedPushEntrySList(Head, Entry, Lock) ExpInterlockedPushEntrySList(Head, Entry)
#define ExInterlockedFlushSList(Head)                  ExpInterlockedFlushSList(Head)
#define InterlockedPopEntrySList(Head)                 ExpInterlockedPopEntrySList(Head)
#define InterlockedPushEntrySList(Head, Entry)         ExpInterlockedPushEntrySList(Head, Entry)
#define InterlockedFlushSList(Head)                    ExpInterlockedFlushSList(Head)

#define ExGetCurrentResourceThread() ((ERESOURCE_THREAD)PsGetCurrentThread())
#define ExReleaseResource(R)         ExReleaseResourceLite(R)
#define ExInitializeWorkItem(Item, Routine, Context)                                               \
    {                                                                                              \
        (Item)->WorkerRoutine = (Routine);                                                         \
        (Item)->Parameter = (Context);                                                             \
        (Item)->List.Flink = NULL;                                                                 \
    }

typedef PVOID NTAPI ALLOCATE_FUNCTION(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag);
typedef VOID NTAPI FREE_FUNCTION(PVOID Buffer);
typedef PVOID NTAPI ALLOCATE_FUNCTION_EX(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag,
                                         PLOOKASIDE_LIST_EX Lookaside);
typedef VOID NTAPI FREE_FUNCTION_EX(PVOID Buffer, PLOOKASIDE_LIST_EX Lookaside);

// Look-aside lists. Filling one again and growing its depth is NT's business.
NTKERNELAPI PVOID NTAPI ExAllocateFromNPagedLookasideList(PNPAGED_LOOKASIDE_LIST Lookaside);
NTKERNELAPI VOID NTAPI ExFreeToNPagedLookasideList(PNPAGED_LOOKASIDE_LIST Lookaside, PVOID Entry);
NTKERNELAPI PVOID NTAPI ExAllocateFromPagedLookasideList(PPAGED_LOOKASIDE_LIST Lookaside);
NTKERNELAPI VOID NTAPI ExFreeToPagedLookasideList(PPAGED_LOOKASIDE_LIST Lookaside, PVOID Entry);
NTKERNELAPI PVOID NTAPI ExAllocateFromLookasideListEx(PLOOKASIDE_LIST_EX Lookaside);
NTKERNELAPI VOID NTAPI ExFreeToLookasideListEx(PLOOKASIDE_LIST_EX Lookaside, PVOID Entry);
NTKERNELAPI ULONG NTAPI ExInterlockedAddUlong(PULONG Addend, ULONG Increment, PKSPIN_LOCK Lock);
NTKERNELAPI LARGE_INTEGER NTAPI ExInterlockedAddLargeInteger(PLARGE_INTEGER Addend,
                                                             LARGE_INTEGER Increment,
                                                             PKSPIN_LOCK Lock);

#define EX_TIMER_UNLIMITED_TOLERANCE ((LONGLONG)-1)
KSS_NT_INLINE VOID ExInitializeSetTimerParameters(PEXT_SET_PARAMETERS Parameters) {
    memset(Parameters, 0, sizeof *Parameters);
    Parameters->NoWakeTolerance = EX_TIMER_UNLIMITED_TOLERANCE;
}
KSS_NT_INLINE VOID ExInitializeDeleteTimerParameters(PEXT_DELETE_PARAMETERS Parameters) {
    memset(Parameters, 0, sizeof *Parameters);
}

// ---- Ps, Ob -------------------------------------------------------------------------------------

NTKERNELAPI PEPROCESS NTAPI PsGetCurrentProcess(VOID);
NTKERNELAPI PETHREAD NTAPI PsGetCurrentThread(VOID);
NTKERNELAPI PEPROCESS NTAPI PsGetThreadProcess(PETHREAD Thread);

#define ObReferenceObject(Object)             ObfReferenceObject(Object)
#define ObReferenceObjectWithTag(Object, T)   ObfReferenceObjectWithTag(Object, T)
#define ObDereferenceObject(Object)           ObfDereferenceObject(Object)
#define ObDereferenceObjectWithTag(Object, T) ObfDereferenceObjectWithTag(Object, T)

#define NtCurrentProcess() ((HANDLE)(LONG_PTR)-1)
#define ZwCurrentProcess() NtCurrentProcess()
#define NtCurrentThread()  ((HANDLE)(LONG_PTR)-2)
#define ZwCurrentThread()  NtCurrentThread()

// ---- Io, Mm, Po ---------------------------------------------------------------------------------

typedef enum _DRIVER_REGKEY_TYPE {
    DriverRegKeyParameters,
    DriverRegKeyPersistentState,
    DriverRegKeySharedPersistentState
} DRIVER_REGKEY_TYPE;

NTKERNELAPI NTSTATUS NTAPI IoCallDriver(PDEVICE_OBJECT DeviceObject, PIRP Irp);
NTKERNELAPI VOID NTAPI IoCompleteRequest(PIRP Irp, CCHAR PriorityBoost);
NTKERNELAPI ULONG_PTR NTAPI IoGetRemainingStackSize(VOID);
NTKERNELAPI NTSTATUS NTAPI IoOpenDriverRegistryKey(PDRIVER_OBJECT DriverObject,
                                                   DRIVER_REGKEY_TYPE RegKeyType,
                                                   ACCESS_MASK DesiredAccess, ULONG Flags,
                                                   PHANDLE DriverRegKey);
NTKERNELAPI NTSTATUS NTAPI IoSetDeviceInterfacePropertyData(PUNICODE_STRING SymbolicLinkName,
                                                            const DEVPROPKEY *PropertyKey,
                                                            LCID Lcid, ULONG Flags,
                                                            DEVPROPTYPE Type, ULONG Size,
                                                            PVOID Data);
NTKERNELAPI NTSTATUS NTAPI IoGetActivityIdIrp(PIRP Irp, LPGUID Guid);
NTKERNELAPI NTSTATUS NTAPI IoSetActivityIdIrp(PIRP Irp, LPCGUID Guid);
NTKERNELAPI NTSTATUS NTAPI IoVolumeDeviceToGuid(PVOID VolumeDeviceObject, GUID *Guid);
NTKERNELAPI NTSTATUS NTAPI IoVolumeDeviceToGuidPath(PVOID VolumeDeviceObject,
                                                    PUNICODE_STRING GuidPath);
NTKERNELAPI PVOID NTAPI MmMapIoSpaceEx(PHYSICAL_ADDRESS PhysicalAddress, SIZE_T NumberOfBytes,
                                       ULONG Protect);

#define PoSetDeviceBusy(IdlePointer) ((void)(*(IdlePointer) = 0))

// Cancel-safe queues.
typedef VOID NTAPI IO_CSQ_INSERT_IRP(struct _IO_CSQ *Csq, PIRP Irp);
typedef VOID NTAPI IO_CSQ_REMOVE_IRP(struct _IO_CSQ *Csq, PIRP Irp);
typedef PIRP NTAPI IO_CSQ_PEEK_NEXT_IRP(struct _IO_CSQ *Csq, PIRP Irp, PVOID PeekContext);
typedef VOID NTAPI IO_CSQ_ACQUIRE_LOCK(struct _IO_CSQ *Csq, PKIRQL Irql);
typedef VOID NTAPI IO_CSQ_RELEASE_LOCK(struct _IO_CSQ *Csq, KIRQL Irql);
typedef VOID NTAPI IO_CSQ_COMPLETE_CANCELED_IRP(struct _IO_CSQ *Csq, PIRP Irp);
NTKERNELAPI NTSTATUS NTAPI IoCsqInitialize(PIO_CSQ Csq, PIO_CSQ_INSERT_IRP CsqInsertIrp,
                                           PIO_CSQ_REMOVE_IRP CsqRemoveIrp,
                                           PIO_CSQ_PEEK_NEXT_IRP CsqPeekNextIrp,
                                           PIO_CSQ_ACQUIRE_LOCK CsqAcquireLock,
                                           PIO_CSQ_RELEASE_LOCK CsqReleaseLock,
                                           PIO_CSQ_COMPLETE_CANCELED_IRP CsqCompleteCanceledIrp);
typedef NTSTATUS NTAPI IO_CSQ_INSERT_IRP_EX(struct _IO_CSQ *Csq, PIRP Irp, PVOID InsertContext);
typedef IO_CSQ_INSERT_IRP_EX *PIO_CSQ_INSERT_IRP_EX;
NTKERNELAPI NTSTATUS NTAPI IoCsqInitializeEx(PIO_CSQ Csq, PIO_CSQ_INSERT_IRP_EX CsqInsertIrp,
                                             PIO_CSQ_REMOVE_IRP CsqRemoveIrp,
                                             PIO_CSQ_PEEK_NEXT_IRP CsqPeekNextIrp,
                                             PIO_CSQ_ACQUIRE_LOCK CsqAcquireLock,
                                             PIO_CSQ_RELEASE_LOCK CsqReleaseLock,
                                             PIO_CSQ_COMPLETE_CANCELED_IRP CsqCompleteCanceledIrp);
NTKERNELAPI VOID NTAPI IoCsqInsertIrp(PIO_CSQ Csq, PIRP Irp, PIO_CSQ_IRP_CONTEXT Context);
NTKERNELAPI NTSTATUS NTAPI IoCsqInsertIrpEx(PIO_CSQ Csq, PIRP Irp, PIO_CSQ_IRP_CONTEXT Context,
                                            PVOID InsertContext);
NTKERNELAPI PIRP NTAPI IoCsqRemoveNextIrp(PIO_CSQ Csq, PVOID PeekContext);
NTKERNELAPI PIRP NTAPI IoCsqRemoveIrp(PIO_CSQ Csq, PIO_CSQ_IRP_CONTEXT Context);

typedef struct _IO_PRIORITY_INFO {
    ULONG Size;
    ULONG ThreadPriority;
    ULONG PagePriority;
    IO_PRIORITY_HINT IoPriority;
} IO_PRIORITY_INFO, *PIO_PRIORITY_INFO;
KSS_NT_INLINE VOID IoInitializePriorityInfo(PIO_PRIORITY_INFO PriorityInfo) {
    PriorityInfo->Size = sizeof *PriorityInfo;
    PriorityInfo->ThreadPriority = 0xFFFF;
    PriorityInfo->IoPriority = IoPriorityNormal;
    PriorityInfo->PagePriority = 0;
}
NTKERNELAPI NTSTATUS NTAPI IoRetrievePriorityInfo(PIRP Irp, PFILE_OBJECT FileObject,
                                                  PETHREAD Thread, PIO_PRIORITY_INFO PriorityInfo);

// ---- WMI, Rtl -----------------------------------------------------------------------------------

typedef VOID NTAPI KSS_NT_WMI_CALLBACK(PVOID Wnode, PVOID Context);
NTKERNELAPI NTSTATUS NTAPI WmiOpenBlock(GUID *Guid, ULONG DesiredAccess, PVOID *Object);
NTKERNELAPI NTSTATUS NTAPI WmiSetNotificationCallback(PVOID Object, KSS_NT_WMI_CALLBACK *Callback,
                                                      PVOID Context);
NTSYSAPI BOOLEAN NTAPI RtlIsNtDdiVersionAvailable(ULONG Version);
NTSYSAPI BOOLEAN NTAPI RtlIsServicePackVersionInstalled(ULONG Version);
NTSYSAPI LARGE_INTEGER NTAPI RtlExtendedMagicDivide(LARGE_INTEGER Dividend,
                                                    LARGE_INTEGER MagicDivisor, CCHAR ShiftCount);
NTSYSAPI LARGE_INTEGER NTAPI RtlExtendedLargeIntegerDivide(LARGE_INTEGER Dividend, ULONG Divisor,
                                                           PULONG Remainder);
NTSYSAPI LARGE_INTEGER NTAPI RtlLargeIntegerDivide(LARGE_INTEGER Dividend, LARGE_INTEGER Divisor,
                                                   PLARGE_INTEGER Remainder);
NTSYSAPI VOID NTAPI RtlFillMemoryUlong(PVOID Destination, SIZE_T Length, ULONG Pattern);
NTSYSAPI VOID NTAPI RtlFillMemoryUlonglong(PVOID Destination, SIZE_T Length, ULONGLONG Pattern);

KSS_NT_INLINE BOOLEAN RtlCheckBit(PRTL_BITMAP BitMapHeader, ULONG BitPosition) {
    return (BitMapHeader->Buffer[BitPosition / 32] >> (BitPosition % 32)) & 1;
}

// ---- Registers and ports ------------------------------------------------------------------------
// Calls, so that a test can stand in for the device.

#define KSS_NT_REGISTER(width, type)                                                               \
    NTKERNELAPI type NTAPI READ_REGISTER_##width(volatile type *Register);                         \
    NTKERNELAPI VOID NTAPI WRITE_REGISTER_##width(volatile type *Register, type Value);            \
    NTKERNELAPI VOID NTAPI READ_REGISTER_BUFFER_##width(volatile type *Register, type *Buffer,     \
                                                        ULONG Count);                              \
    NTKERNELAPI VOID NTAPI WRITE_REGISTER_BUFFER_##width(volatile type *Register, type *Buffer,    \
                                                         ULONG Count);
#define KSS_NT_PORT(width, type)                                                                   \
    NTKERNELAPI type NTAPI READ_PORT_##width(type *Port);                                          \
    NTKERNELAPI VOID NTAPI WRITE_PORT_##width(type *Port, type Value);                             \
    NTKERNELAPI VOID NTAPI READ_PORT_BUFFER_##width(type *Port, type *Buffer, ULONG Count);        \
    NTKERNELAPI VOID NTAPI WRITE_PORT_BUFFER_##width(type *Port, type *Buffer, ULONG Count);
KSS_NT_REGISTER(UCHAR, UCHAR)
KSS_NT_REGISTER(USHORT, USHORT)
KSS_NT_REGISTER(ULONG, ULONG)
KSS_NT_REGISTER(ULONG64, ULONG64)
KSS_NT_PORT(UCHAR, UCHAR)
KSS_NT_PORT(USHORT, USHORT)
KSS_NT_PORT(ULONG, ULONG)

// ---- Prints -------------------------------------------------------------------------------------

#include "../dpfilter.h"

#define DPFLTR_ERROR_LEVEL   0
#define DPFLTR_WARNING_LEVEL 1
#define DPFLTR_TRACE_LEVEL   2
#define DPFLTR_INFO_LEVEL    3
#define DPFLTR_MASK          0x80000000

#endif
