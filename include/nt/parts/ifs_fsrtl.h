// SPDX-License-Identifier: MIT
// FsRtl routines. One that kss does not serve ends the run (sim/native/unserved.def).
//
// Source: Windows Driver Kit documentation (DDI pages); mingw-w64 ddk/ntifs.h.
#ifndef KSS_NT_PARTS_IFS_FSRTL_H
#define KSS_NT_PARTS_IFS_FSRTL_H

NTKERNELAPI VOID NTAPI FsRtlAcknowledgeEcp(PVOID EcpContext);
NTKERNELAPI VOID NTAPI FsRtlAcquireFileExclusive(PFILE_OBJECT FileObject);
NTKERNELAPI BOOLEAN NTAPI FsRtlAddBaseMcbEntry(PBASE_MCB Mcb, LONGLONG Vbn, LONGLONG Lbn,
                                               LONGLONG SectorCount);
NTKERNELAPI NTSTATUS NTAPI FsRtlAddBaseMcbEntryEx(PBASE_MCB Mcb, LONGLONG Vbn, LONGLONG Lbn,
                                                  LONGLONG SectorCount);
NTKERNELAPI BOOLEAN NTAPI FsRtlAddLargeMcbEntry(PLARGE_MCB Mcb, LONGLONG Vbn, LONGLONG Lbn,
                                                LONGLONG SectorCount);
NTKERNELAPI BOOLEAN NTAPI FsRtlAddMcbEntry(PMCB Mcb, VBN Vbn, LBN Lbn, ULONG SectorCount);
NTKERNELAPI VOID NTAPI FsRtlAddToTunnelCache(PTUNNEL Cache, ULONGLONG DirectoryKey,
                                             PUNICODE_STRING ShortName, PUNICODE_STRING LongName,
                                             BOOLEAN KeyByShortName, ULONG DataLength, PVOID Data);
NTKERNELAPI NTSTATUS NTAPI FsRtlAllocateExtraCreateParameter(
    LPCGUID EcpType, ULONG SizeOfContext, FSRTL_ALLOCATE_ECP_FLAGS Flags,
    PFSRTL_EXTRA_CREATE_PARAMETER_CLEANUP_CALLBACK CleanupCallback, ULONG PoolTag,
    PVOID *EcpContext);
NTKERNELAPI NTSTATUS NTAPI FsRtlAllocateExtraCreateParameterFromLookasideList(
    LPCGUID EcpType, ULONG SizeOfContext, FSRTL_ALLOCATE_ECP_FLAGS Flags,
    PFSRTL_EXTRA_CREATE_PARAMETER_CLEANUP_CALLBACK CleanupCallback, PVOID LookasideList,
    PVOID *EcpContext);
NTKERNELAPI NTSTATUS NTAPI FsRtlAllocateExtraCreateParameterList(FSRTL_ALLOCATE_ECPLIST_FLAGS Flags,
                                                                 PECP_LIST *EcpList);
NTKERNELAPI PFILE_LOCK NTAPI FsRtlAllocateFileLock(
    PCOMPLETE_LOCK_IRP_ROUTINE CompleteLockIrpRoutine, PUNLOCK_ROUTINE UnlockRoutine);
NTKERNELAPI PVOID NTAPI FsRtlAllocatePool(POOL_TYPE PoolType, ULONG NumberOfBytes);
NTKERNELAPI PVOID NTAPI FsRtlAllocatePoolWithQuota(POOL_TYPE PoolType, ULONG NumberOfBytes);
NTKERNELAPI PVOID NTAPI FsRtlAllocatePoolWithQuotaTag(POOL_TYPE PoolType, ULONG NumberOfBytes,
                                                      ULONG Tag);
NTKERNELAPI PVOID NTAPI FsRtlAllocatePoolWithTag(POOL_TYPE PoolType, ULONG NumberOfBytes,
                                                 ULONG Tag);
NTKERNELAPI PERESOURCE NTAPI FsRtlAllocateResource(VOID);
NTKERNELAPI BOOLEAN NTAPI FsRtlAreNamesEqual(PCUNICODE_STRING Name1, PCUNICODE_STRING Name2,
                                             BOOLEAN IgnoreCase, PCWCH UpcaseTable);
NTKERNELAPI BOOLEAN NTAPI FsRtlAreThereCurrentOrInProgressFileLocks(PFILE_LOCK FileLock);
NTKERNELAPI BOOLEAN NTAPI FsRtlAreVolumeStartupApplicationsComplete(VOID);
NTKERNELAPI NTSTATUS NTAPI FsRtlBalanceReads(PDEVICE_OBJECT TargetDevice);
NTKERNELAPI NTSTATUS NTAPI FsRtlCancellableWaitForMultipleObjects(ULONG Count, PVOID *ObjectArray,
                                                                  WAIT_TYPE WaitType,
                                                                  PLARGE_INTEGER Timeout,
                                                                  PKWAIT_BLOCK WaitBlockArray,
                                                                  PIRP Irp);
NTKERNELAPI NTSTATUS NTAPI FsRtlCancellableWaitForSingleObject(PVOID Object, PLARGE_INTEGER Timeout,
                                                               PIRP Irp);
NTKERNELAPI NTSTATUS NTAPI FsRtlChangeBackingFileObject(PFILE_OBJECT CurrentFileObject,
                                                        PFILE_OBJECT NewFileObject,
                                                        FSRTL_CHANGE_BACKING_TYPE ChangeBackingType,
                                                        ULONG Flags);
NTKERNELAPI BOOLEAN NTAPI FsRtlCheckLockForReadAccess(PFILE_LOCK FileLock, PIRP Irp);
NTKERNELAPI BOOLEAN NTAPI FsRtlCheckLockForWriteAccess(PFILE_LOCK FileLock, PIRP Irp);
NTKERNELAPI NTSTATUS NTAPI FsRtlCheckOplock(POPLOCK Oplock, PIRP Irp, PVOID Context,
                                            POPLOCK_WAIT_COMPLETE_ROUTINE CompletionRoutine,
                                            POPLOCK_FS_PREPOST_IRP PostIrpRoutine);
NTKERNELAPI NTSTATUS NTAPI FsRtlCheckOplockEx(POPLOCK Oplock, PIRP Irp, ULONG Flags, PVOID Context,
                                              POPLOCK_WAIT_COMPLETE_ROUTINE CompletionRoutine,
                                              POPLOCK_FS_PREPOST_IRP PostIrpRoutine);
NTKERNELAPI BOOLEAN NTAPI FsRtlCopyRead(PFILE_OBJECT FileObject, PLARGE_INTEGER FileOffset,
                                        ULONG Length, BOOLEAN Wait, ULONG LockKey, PVOID Buffer,
                                        PIO_STATUS_BLOCK IoStatus, PDEVICE_OBJECT DeviceObject);
NTKERNELAPI BOOLEAN NTAPI FsRtlCopyWrite(PFILE_OBJECT FileObject, PLARGE_INTEGER FileOffset,
                                         ULONG Length, BOOLEAN Wait, ULONG LockKey, PVOID Buffer,
                                         PIO_STATUS_BLOCK IoStatus, PDEVICE_OBJECT DeviceObject);
NTKERNELAPI NTSTATUS NTAPI FsRtlCreateSectionForDataScan(
    PHANDLE SectionHandle, PVOID *SectionObject, PLARGE_INTEGER SectionFileSize,
    PFILE_OBJECT FileObject, ACCESS_MASK DesiredAccess, POBJECT_ATTRIBUTES ObjectAttributes,
    PLARGE_INTEGER MaximumSize, ULONG SectionPageProtection, ULONG AllocationAttributes,
    ULONG Flags);
NTKERNELAPI BOOLEAN NTAPI FsRtlCurrentBatchOplock(POPLOCK Oplock);
NTKERNELAPI BOOLEAN NTAPI FsRtlCurrentOplock(POPLOCK Oplock);
NTKERNELAPI BOOLEAN NTAPI FsRtlCurrentOplockH(POPLOCK Oplock);
NTKERNELAPI VOID NTAPI
FsRtlDeleteExtraCreateParameterLookasideList(PVOID Lookaside, FSRTL_ECP_LOOKASIDE_FLAGS Flags);
NTKERNELAPI VOID NTAPI FsRtlDeleteKeyFromTunnelCache(PTUNNEL Cache, ULONGLONG DirectoryKey);
NTKERNELAPI VOID NTAPI FsRtlDeleteTunnelCache(PTUNNEL Cache);
NTKERNELAPI VOID NTAPI FsRtlDeregisterUncProvider(HANDLE Handle);
NTKERNELAPI VOID NTAPI FsRtlDissectDbcs(ANSI_STRING Name, PANSI_STRING FirstPart,
                                        PANSI_STRING RemainingPart);
NTKERNELAPI VOID NTAPI FsRtlDissectName(UNICODE_STRING Name, PUNICODE_STRING FirstPart,
                                        PUNICODE_STRING RemainingPart);
NTKERNELAPI BOOLEAN NTAPI FsRtlDoesDbcsContainWildCards(PANSI_STRING Name);
NTKERNELAPI BOOLEAN NTAPI FsRtlDoesNameContainWildCards(PUNICODE_STRING Name);
NTKERNELAPI BOOLEAN NTAPI FsRtlFastCheckLockForRead(PFILE_LOCK FileLock, PLARGE_INTEGER FileOffset,
                                                    PLARGE_INTEGER Length, ULONG Key,
                                                    PFILE_OBJECT FileObject, PVOID Process);
NTKERNELAPI BOOLEAN NTAPI FsRtlFastCheckLockForWrite(PFILE_LOCK FileLock, PLARGE_INTEGER FileOffset,
                                                     PLARGE_INTEGER Length, ULONG Key,
                                                     PFILE_OBJECT FileObject, PVOID Process);
NTKERNELAPI NTSTATUS NTAPI FsRtlFastUnlockAll(PFILE_LOCK FileLock, PFILE_OBJECT FileObject,
                                              PEPROCESS Process, PVOID Context);
NTKERNELAPI NTSTATUS NTAPI FsRtlFastUnlockAllByKey(PFILE_LOCK FileLock, PFILE_OBJECT FileObject,
                                                   PEPROCESS Process, ULONG Key, PVOID Context);
NTKERNELAPI NTSTATUS NTAPI FsRtlFastUnlockSingle(PFILE_LOCK FileLock, PFILE_OBJECT FileObject,
                                                 PLARGE_INTEGER FileOffset, PLARGE_INTEGER Length,
                                                 PEPROCESS Process, ULONG Key, PVOID Context,
                                                 BOOLEAN AlreadySynchronized);
NTKERNELAPI NTSTATUS NTAPI FsRtlFindExtraCreateParameter(PECP_LIST EcpList, LPCGUID EcpType,
                                                         PVOID *EcpContext, ULONG *EcpContextSize);
NTKERNELAPI BOOLEAN NTAPI FsRtlFindInTunnelCache(PTUNNEL Cache, ULONGLONG DirectoryKey,
                                                 PUNICODE_STRING Name, PUNICODE_STRING ShortName,
                                                 PUNICODE_STRING LongName, PULONG DataLength,
                                                 PVOID Data);
NTKERNELAPI VOID NTAPI FsRtlFreeExtraCreateParameter(PVOID EcpContext);
NTKERNELAPI VOID NTAPI FsRtlFreeExtraCreateParameterList(PECP_LIST EcpList);
NTKERNELAPI VOID NTAPI FsRtlFreeFileLock(PFILE_LOCK FileLock);
NTKERNELAPI NTSTATUS NTAPI FsRtlGetEcpListFromIrp(PIRP Irp, PECP_LIST *EcpList);
NTKERNELAPI NTSTATUS NTAPI FsRtlGetFileSize(PFILE_OBJECT FileObject, PLARGE_INTEGER FileSize);
NTKERNELAPI BOOLEAN NTAPI FsRtlGetNextBaseMcbEntry(PBASE_MCB Mcb, ULONG RunIndex, PLONGLONG Vbn,
                                                   PLONGLONG Lbn, PLONGLONG SectorCount);
NTKERNELAPI NTSTATUS NTAPI FsRtlGetNextExtraCreateParameter(PECP_LIST EcpList,
                                                            PVOID CurrentEcpContext,
                                                            LPGUID NextEcpType,
                                                            PVOID *NextEcpContext,
                                                            ULONG *NextEcpContextSize);
NTKERNELAPI PFILE_LOCK_INFO NTAPI FsRtlGetNextFileLock(PFILE_LOCK FileLock, BOOLEAN Restart);
NTKERNELAPI BOOLEAN NTAPI FsRtlGetNextLargeMcbEntry(PLARGE_MCB Mcb, ULONG RunIndex, PLONGLONG Vbn,
                                                    PLONGLONG Lbn, PLONGLONG SectorCount);
NTKERNELAPI BOOLEAN NTAPI FsRtlGetNextMcbEntry(PMCB Mcb, ULONG RunIndex, PVBN Vbn, PLBN Lbn,
                                               PULONG SectorCount);
NTKERNELAPI NTSTATUS NTAPI FsRtlGetVirtualDiskNestingLevel(PDEVICE_OBJECT DeviceObject,
                                                           PULONG NestingLevel,
                                                           PULONG NestingFlags);
NTKERNELAPI VOID NTAPI FsRtlIncrementCcFastMdlReadWait(VOID);
NTKERNELAPI VOID NTAPI FsRtlIncrementCcFastReadNoWait(VOID);
NTKERNELAPI VOID NTAPI FsRtlIncrementCcFastReadNotPossible(VOID);
NTKERNELAPI VOID NTAPI FsRtlIncrementCcFastReadResourceMiss(VOID);
NTKERNELAPI VOID NTAPI FsRtlIncrementCcFastReadWait(VOID);
NTKERNELAPI VOID NTAPI FsRtlInitExtraCreateParameterLookasideList(PVOID Lookaside,
                                                                  FSRTL_ECP_LOOKASIDE_FLAGS Flags,
                                                                  SIZE_T Size, ULONG Tag);
NTKERNELAPI VOID NTAPI FsRtlInitializeBaseMcb(PBASE_MCB Mcb, POOL_TYPE PoolType);
NTKERNELAPI BOOLEAN NTAPI FsRtlInitializeBaseMcbEx(PBASE_MCB Mcb, POOL_TYPE PoolType, USHORT Flags);
NTKERNELAPI VOID NTAPI FsRtlInitializeExtraCreateParameter(
    PECP_HEADER Ecp, ULONG EcpFlags, PFSRTL_EXTRA_CREATE_PARAMETER_CLEANUP_CALLBACK CleanupCallback,
    ULONG TotalSize, LPCGUID EcpType, PVOID ListAllocatedFrom);
NTKERNELAPI NTSTATUS NTAPI FsRtlInitializeExtraCreateParameterList(PECP_LIST EcpList);
NTKERNELAPI VOID NTAPI FsRtlInitializeFileLock(PFILE_LOCK FileLock,
                                               PCOMPLETE_LOCK_IRP_ROUTINE CompleteLockIrpRoutine,
                                               PUNLOCK_ROUTINE UnlockRoutine);
NTKERNELAPI VOID NTAPI FsRtlInitializeLargeMcb(PLARGE_MCB Mcb, POOL_TYPE PoolType);
NTKERNELAPI VOID NTAPI FsRtlInitializeMcb(PMCB Mcb, POOL_TYPE PoolType);
NTKERNELAPI VOID NTAPI FsRtlInitializeOplock(POPLOCK Oplock);
NTKERNELAPI VOID NTAPI FsRtlInitializeTunnelCache(PTUNNEL Cache);
NTKERNELAPI NTSTATUS NTAPI FsRtlInsertExtraCreateParameter(PECP_LIST EcpList, PVOID EcpContext);
NTKERNELAPI NTSTATUS NTAPI FsRtlInsertPerFileContext(PVOID *PerFileContextPointer,
                                                     PFSRTL_PER_FILE_CONTEXT Ptr);
NTKERNELAPI NTSTATUS NTAPI FsRtlInsertPerFileObjectContext(PFILE_OBJECT FileObject,
                                                           PFSRTL_PER_FILEOBJECT_CONTEXT Ptr);
NTKERNELAPI NTSTATUS NTAPI FsRtlInsertPerStreamContext(PFSRTL_ADVANCED_FCB_HEADER PerStreamContext,
                                                       PFSRTL_PER_STREAM_CONTEXT Ptr);
NTKERNELAPI BOOLEAN NTAPI FsRtlIsDbcsInExpression(PANSI_STRING Expression, PANSI_STRING Name);
NTKERNELAPI BOOLEAN NTAPI FsRtlIsEcpAcknowledged(PVOID EcpContext);
NTKERNELAPI BOOLEAN NTAPI FsRtlIsEcpFromUserMode(PVOID EcpContext);
NTKERNELAPI BOOLEAN NTAPI FsRtlIsFatDbcsLegal(ANSI_STRING DbcsName, BOOLEAN WildCardsPermissible,
                                              BOOLEAN PathNamePermissible,
                                              BOOLEAN LeadingBackslashPermissible);
NTKERNELAPI BOOLEAN NTAPI FsRtlIsHpfsDbcsLegal(ANSI_STRING DbcsName, BOOLEAN WildCardsPermissible,
                                               BOOLEAN PathNamePermissible,
                                               BOOLEAN LeadingBackslashPermissible);
NTKERNELAPI BOOLEAN NTAPI FsRtlIsNameInExpression(PUNICODE_STRING Expression, PUNICODE_STRING Name,
                                                  BOOLEAN IgnoreCase, PWCHAR UpcaseTable);
NTKERNELAPI BOOLEAN NTAPI FsRtlIsNtstatusExpected(NTSTATUS Ntstatus);
NTKERNELAPI LOGICAL NTAPI FsRtlIsPagingFile(PFILE_OBJECT FileObject);
NTKERNELAPI BOOLEAN NTAPI FsRtlIsTotalDeviceFailure(NTSTATUS Status);
NTKERNELAPI NTSTATUS NTAPI FsRtlLogCcFlushError(PUNICODE_STRING FileName,
                                                PDEVICE_OBJECT DeviceObject,
                                                PSECTION_OBJECT_POINTERS SectionObjectPointer,
                                                NTSTATUS FlushError, ULONG Flags);
NTKERNELAPI BOOLEAN NTAPI FsRtlLookupBaseMcbEntry(PBASE_MCB Mcb, LONGLONG Vbn, PLONGLONG Lbn,
                                                  PLONGLONG SectorCountFromLbn,
                                                  PLONGLONG StartingLbn,
                                                  PLONGLONG SectorCountFromStartingLbn,
                                                  PULONG Index);
NTKERNELAPI BOOLEAN NTAPI FsRtlLookupLargeMcbEntry(PLARGE_MCB Mcb, LONGLONG Vbn, PLONGLONG Lbn,
                                                   PLONGLONG SectorCountFromLbn,
                                                   PLONGLONG StartingLbn,
                                                   PLONGLONG SectorCountFromStartingLbn,
                                                   PULONG Index);
NTKERNELAPI BOOLEAN NTAPI FsRtlLookupLastBaseMcbEntry(PBASE_MCB Mcb, PLONGLONG Vbn, PLONGLONG Lbn);
NTKERNELAPI BOOLEAN NTAPI FsRtlLookupLastBaseMcbEntryAndIndex(PBASE_MCB OpaqueMcb,
                                                              PLONGLONG LargeVbn,
                                                              PLONGLONG LargeLbn, PULONG Index);
NTKERNELAPI BOOLEAN NTAPI FsRtlLookupLastLargeMcbEntry(PLARGE_MCB Mcb, PLONGLONG Vbn,
                                                       PLONGLONG Lbn);
NTKERNELAPI BOOLEAN NTAPI FsRtlLookupLastLargeMcbEntryAndIndex(PLARGE_MCB OpaqueMcb,
                                                               PLONGLONG LargeVbn,
                                                               PLONGLONG LargeLbn, PULONG Index);
NTKERNELAPI BOOLEAN NTAPI FsRtlLookupLastMcbEntry(PMCB Mcb, PVBN Vbn, PLBN Lbn);
NTKERNELAPI BOOLEAN NTAPI FsRtlLookupMcbEntry(PMCB Mcb, VBN Vbn, PLBN Lbn, PULONG SectorCount,
                                              PULONG Index);
NTKERNELAPI PFSRTL_PER_FILE_CONTEXT NTAPI FsRtlLookupPerFileContext(PVOID *PerFileContextPointer,
                                                                    PVOID OwnerId,
                                                                    PVOID InstanceId);
NTKERNELAPI PFSRTL_PER_FILEOBJECT_CONTEXT NTAPI
FsRtlLookupPerFileObjectContext(PFILE_OBJECT FileObject, PVOID OwnerId, PVOID InstanceId);
NTKERNELAPI PFSRTL_PER_STREAM_CONTEXT NTAPI FsRtlLookupPerStreamContextInternal(
    PFSRTL_ADVANCED_FCB_HEADER StreamContext, PVOID OwnerId, PVOID InstanceId);
NTKERNELAPI BOOLEAN NTAPI FsRtlMdlReadComplete(PFILE_OBJECT FileObject, PMDL MdlChain);
NTKERNELAPI BOOLEAN NTAPI FsRtlMdlReadCompleteDev(PFILE_OBJECT FileObject, PMDL MdlChain,
                                                  PDEVICE_OBJECT DeviceObject);
NTKERNELAPI BOOLEAN NTAPI FsRtlMdlReadDev(PFILE_OBJECT FileObject, PLARGE_INTEGER FileOffset,
                                          ULONG Length, ULONG LockKey, PMDL *MdlChain,
                                          PIO_STATUS_BLOCK IoStatus, PDEVICE_OBJECT DeviceObject);
NTKERNELAPI BOOLEAN NTAPI FsRtlMdlWriteComplete(PFILE_OBJECT FileObject, PLARGE_INTEGER FileOffset,
                                                PMDL MdlChain);
NTKERNELAPI BOOLEAN NTAPI FsRtlMdlWriteCompleteDev(PFILE_OBJECT FileObject,
                                                   PLARGE_INTEGER FileOffset, PMDL MdlChain,
                                                   PDEVICE_OBJECT DeviceObject);
NTKERNELAPI NTSTATUS NTAPI FsRtlMupGetProviderIdFromName(PUNICODE_STRING pProviderName,
                                                         PULONG32 pProviderId);
NTKERNELAPI NTSTATUS NTAPI FsRtlMupGetProviderInfoFromFileObject(PFILE_OBJECT pFileObject,
                                                                 ULONG Level, PVOID pBuffer,
                                                                 PULONG pBufferSize);
NTKERNELAPI NTSTATUS NTAPI FsRtlNormalizeNtstatus(NTSTATUS Exception, NTSTATUS GenericException);
NTKERNELAPI VOID NTAPI FsRtlNotifyChangeDirectory(PNOTIFY_SYNC NotifySync, PVOID FsContext,
                                                  PSTRING FullDirectoryName, PLIST_ENTRY NotifyList,
                                                  BOOLEAN WatchTree, ULONG CompletionFilter,
                                                  PIRP NotifyIrp);
NTKERNELAPI VOID NTAPI FsRtlNotifyCleanup(PNOTIFY_SYNC NotifySync, PLIST_ENTRY NotifyList,
                                          PVOID FsContext);
NTKERNELAPI VOID NTAPI FsRtlNotifyCleanupAll(PNOTIFY_SYNC NotifySync, PLIST_ENTRY NotifyList);
NTKERNELAPI VOID NTAPI FsRtlNotifyFilterChangeDirectory(
    PNOTIFY_SYNC NotifySync, PLIST_ENTRY NotifyList, PVOID FsContext, PSTRING FullDirectoryName,
    BOOLEAN WatchTree, BOOLEAN IgnoreBuffer, ULONG CompletionFilter, PIRP NotifyIrp,
    PCHECK_FOR_TRAVERSE_ACCESS TraverseCallback, PSECURITY_SUBJECT_CONTEXT SubjectContext,
    PFILTER_REPORT_CHANGE FilterCallback);
NTKERNELAPI VOID NTAPI FsRtlNotifyFilterReportChange(PNOTIFY_SYNC NotifySync,
                                                     PLIST_ENTRY NotifyList, PSTRING FullTargetName,
                                                     USHORT TargetNameOffset, PSTRING StreamName,
                                                     PSTRING NormalizedParentName,
                                                     ULONG FilterMatch, ULONG Action,
                                                     PVOID TargetContext, PVOID FilterContext);
NTKERNELAPI VOID NTAPI FsRtlNotifyFullChangeDirectory(
    PNOTIFY_SYNC NotifySync, PLIST_ENTRY NotifyList, PVOID FsContext, PSTRING FullDirectoryName,
    BOOLEAN WatchTree, BOOLEAN IgnoreBuffer, ULONG CompletionFilter, PIRP NotifyIrp,
    PCHECK_FOR_TRAVERSE_ACCESS TraverseCallback, PSECURITY_SUBJECT_CONTEXT SubjectContext);
NTKERNELAPI VOID NTAPI FsRtlNotifyFullReportChange(PNOTIFY_SYNC NotifySync, PLIST_ENTRY NotifyList,
                                                   PSTRING FullTargetName, USHORT TargetNameOffset,
                                                   PSTRING StreamName, PSTRING NormalizedParentName,
                                                   ULONG FilterMatch, ULONG Action,
                                                   PVOID TargetContext);
NTKERNELAPI VOID NTAPI FsRtlNotifyInitializeSync(PNOTIFY_SYNC *NotifySync);
NTKERNELAPI NTSTATUS NTAPI FsRtlNotifyStreamFileObject(
    struct _FILE_OBJECT *StreamFileObject, struct _DEVICE_OBJECT *DeviceObjectHint,
    FS_FILTER_STREAM_FO_NOTIFICATION_TYPE NotificationType, BOOLEAN SafeToRecurse);
NTKERNELAPI VOID NTAPI FsRtlNotifyUninitializeSync(PNOTIFY_SYNC *NotifySync);
NTKERNELAPI NTSTATUS NTAPI FsRtlNotifyVolumeEvent(PFILE_OBJECT FileObject, ULONG EventCode);
NTKERNELAPI NTSTATUS NTAPI FsRtlNotifyVolumeEventEx(PFILE_OBJECT FileObject, ULONG EventCode,
                                                    PTARGET_DEVICE_CUSTOM_NOTIFICATION Event);
NTKERNELAPI ULONG NTAPI FsRtlNumberOfRunsInBaseMcb(PBASE_MCB Mcb);
NTKERNELAPI ULONG NTAPI FsRtlNumberOfRunsInLargeMcb(PLARGE_MCB Mcb);
NTKERNELAPI ULONG NTAPI FsRtlNumberOfRunsInMcb(PMCB Mcb);
NTKERNELAPI NTSTATUS NTAPI FsRtlOplockBreakH(POPLOCK Oplock, PIRP Irp, ULONG Flags, PVOID Context,
                                             POPLOCK_WAIT_COMPLETE_ROUTINE CompletionRoutine,
                                             POPLOCK_FS_PREPOST_IRP PostIrpRoutine);
NTKERNELAPI NTSTATUS NTAPI FsRtlOplockBreakToNone(POPLOCK Oplock, PIO_STACK_LOCATION IrpSp,
                                                  PIRP Irp, PVOID Context,
                                                  POPLOCK_WAIT_COMPLETE_ROUTINE CompletionRoutine,
                                                  POPLOCK_FS_PREPOST_IRP PostIrpRoutine);
NTKERNELAPI NTSTATUS NTAPI FsRtlOplockBreakToNoneEx(POPLOCK Oplock, PIRP Irp, ULONG Flags,
                                                    PVOID Context,
                                                    POPLOCK_WAIT_COMPLETE_ROUTINE CompletionRoutine,
                                                    POPLOCK_FS_PREPOST_IRP PostIrpRoutine);
NTKERNELAPI NTSTATUS NTAPI FsRtlOplockFsctrl(POPLOCK Oplock, PIRP Irp, ULONG OpenCount);
NTKERNELAPI NTSTATUS NTAPI FsRtlOplockFsctrlEx(POPLOCK Oplock, PIRP Irp, ULONG OpenCount,
                                               ULONG Flags);
NTKERNELAPI BOOLEAN NTAPI FsRtlOplockIsFastIoPossible(POPLOCK Oplock);
NTKERNELAPI BOOLEAN NTAPI FsRtlOplockIsSharedRequest(PIRP Irp);
NTKERNELAPI BOOLEAN NTAPI FsRtlOplockKeysEqual(PFILE_OBJECT Fo1, PFILE_OBJECT Fo2);
NTKERNELAPI VOID NTAPI FsRtlPostPagingFileStackOverflow(
    PVOID Context, PKEVENT Event, PFSRTL_STACK_OVERFLOW_ROUTINE StackOverflowRoutine);
NTKERNELAPI VOID NTAPI FsRtlPostStackOverflow(PVOID Context, PKEVENT Event,
                                              PFSRTL_STACK_OVERFLOW_ROUTINE StackOverflowRoutine);
NTKERNELAPI BOOLEAN NTAPI FsRtlPrepareMdlWriteDev(PFILE_OBJECT FileObject,
                                                  PLARGE_INTEGER FileOffset, ULONG Length,
                                                  ULONG LockKey, PMDL *MdlChain,
                                                  PIO_STATUS_BLOCK IoStatus,
                                                  PDEVICE_OBJECT DeviceObject);
NTKERNELAPI BOOLEAN NTAPI FsRtlPrivateLock(PFILE_LOCK FileLock, PFILE_OBJECT FileObject,
                                           PLARGE_INTEGER FileOffset, PLARGE_INTEGER Length,
                                           PEPROCESS Process, ULONG Key, BOOLEAN FailImmediately,
                                           BOOLEAN ExclusiveLock, PIO_STATUS_BLOCK IoStatus,
                                           PIRP Irp, PVOID Context, BOOLEAN AlreadySynchronized);
NTKERNELAPI NTSTATUS NTAPI FsRtlProcessFileLock(PFILE_LOCK FileLock, PIRP Irp, PVOID Context);
NTKERNELAPI ULONG NTAPI FsRtlQueryMaximumVirtualDiskNestingLevel(VOID);
NTKERNELAPI NTSTATUS NTAPI FsRtlRegisterFileSystemFilterCallbacks(
    struct _DRIVER_OBJECT *FilterDriverObject, PFS_FILTER_CALLBACKS Callbacks);
NTKERNELAPI NTSTATUS NTAPI FsRtlRegisterUncProvider(PHANDLE MupHandle,
                                                    PUNICODE_STRING RedirectorDeviceName,
                                                    BOOLEAN MailslotsSupported);
NTKERNELAPI NTSTATUS NTAPI FsRtlRegisterUncProviderEx(PHANDLE MupHandle,
                                                      PUNICODE_STRING RedirDevName,
                                                      PDEVICE_OBJECT DeviceObject, ULONG Flags);
NTKERNELAPI VOID NTAPI FsRtlReleaseFile(PFILE_OBJECT FileObject);
NTKERNELAPI BOOLEAN NTAPI FsRtlRemoveBaseMcbEntry(PBASE_MCB Mcb, LONGLONG Vbn,
                                                  LONGLONG SectorCount);
NTKERNELAPI NTSTATUS NTAPI FsRtlRemoveDotsFromPath(PWSTR OriginalString, USHORT PathLength,
                                                   USHORT *NewLength);
NTKERNELAPI NTSTATUS NTAPI FsRtlRemoveExtraCreateParameter(PECP_LIST EcpList, LPCGUID EcpType,
                                                           PVOID *EcpContext,
                                                           ULONG *EcpContextSize);
NTKERNELAPI VOID NTAPI FsRtlRemoveLargeMcbEntry(PLARGE_MCB Mcb, LONGLONG Vbn, LONGLONG SectorCount);
NTKERNELAPI VOID NTAPI FsRtlRemoveMcbEntry(PMCB Mcb, VBN Vbn, ULONG SectorCount);
NTKERNELAPI PFSRTL_PER_FILE_CONTEXT NTAPI FsRtlRemovePerFileContext(PVOID *PerFileContextPointer,
                                                                    PVOID OwnerId,
                                                                    PVOID InstanceId);
NTKERNELAPI PFSRTL_PER_FILEOBJECT_CONTEXT NTAPI
FsRtlRemovePerFileObjectContext(PFILE_OBJECT FileObject, PVOID OwnerId, PVOID InstanceId);
NTKERNELAPI PFSRTL_PER_STREAM_CONTEXT NTAPI FsRtlRemovePerStreamContext(
    PFSRTL_ADVANCED_FCB_HEADER StreamContext, PVOID OwnerId, PVOID InstanceId);
NTKERNELAPI VOID NTAPI FsRtlResetBaseMcb(PBASE_MCB Mcb);
NTKERNELAPI VOID NTAPI FsRtlResetLargeMcb(PLARGE_MCB Mcb, BOOLEAN SelfSynchronized);
NTKERNELAPI NTSTATUS NTAPI FsRtlSetEcpListIntoIrp(PIRP Irp, PECP_LIST EcpList);
NTKERNELAPI BOOLEAN NTAPI FsRtlSplitBaseMcb(PBASE_MCB Mcb, LONGLONG Vbn, LONGLONG Amount);
NTKERNELAPI BOOLEAN NTAPI FsRtlSplitLargeMcb(PLARGE_MCB Mcb, LONGLONG Vbn, LONGLONG Amount);
NTKERNELAPI VOID NTAPI FsRtlTeardownPerFileContexts(PVOID *PerFileContextPointer);
NTKERNELAPI VOID NTAPI FsRtlTeardownPerStreamContexts(PFSRTL_ADVANCED_FCB_HEADER AdvancedHeader);
NTKERNELAPI VOID NTAPI FsRtlTruncateBaseMcb(PBASE_MCB Mcb, LONGLONG Vbn);
NTKERNELAPI VOID NTAPI FsRtlTruncateLargeMcb(PLARGE_MCB Mcb, LONGLONG Vbn);
NTKERNELAPI VOID NTAPI FsRtlTruncateMcb(PMCB Mcb, VBN Vbn);
NTKERNELAPI VOID NTAPI FsRtlUninitializeBaseMcb(PBASE_MCB Mcb);
NTKERNELAPI VOID NTAPI FsRtlUninitializeFileLock(PFILE_LOCK FileLock);
NTKERNELAPI VOID NTAPI FsRtlUninitializeLargeMcb(PLARGE_MCB Mcb);
NTKERNELAPI VOID NTAPI FsRtlUninitializeMcb(PMCB Mcb);
NTKERNELAPI VOID NTAPI FsRtlUninitializeOplock(POPLOCK Oplock);
NTKERNELAPI NTSTATUS NTAPI FsRtlValidateReparsePointBuffer(ULONG BufferLength,
                                                           PREPARSE_DATA_BUFFER ReparseBuffer);

#endif
