// SPDX-License-Identifier: MIT
// Other routines of ntifs.h. One that kss does not serve ends the run (sim/native/unserved.def).
//
// Source: Windows Driver Kit documentation (DDI pages); mingw-w64 ddk/ntifs.h.
#ifndef KSS_NT_PARTS_IFS_ROUTINES_H
#define KSS_NT_PARTS_IFS_ROUTINES_H

NTKERNELAPI VOID NTAPI ExAdjustLookasideDepth(VOID);
NTKERNELAPI VOID NTAPI ExDisableResourceBoostLite(PERESOURCE Resource);
NTKERNELAPI SIZE_T NTAPI ExQueryPoolBlockSize(PVOID PoolBlock, PBOOLEAN QuotaCharged);
NTKERNELAPI VOID NTAPI IoAcquireVpbSpinLock(PKIRQL Irql);
NTKERNELAPI NTSTATUS NTAPI IoCheckDesiredAccess(PACCESS_MASK DesiredAccess,
                                                ACCESS_MASK GrantedAccess);
NTKERNELAPI NTSTATUS NTAPI IoCheckEaBufferValidity(PFILE_FULL_EA_INFORMATION EaBuffer,
                                                   ULONG EaLength, PULONG ErrorOffset);
NTKERNELAPI NTSTATUS NTAPI IoCheckFunctionAccess(ACCESS_MASK GrantedAccess, UCHAR MajorFunction,
                                                 UCHAR MinorFunction, ULONG IoControlCode,
                                                 PVOID Argument1, PVOID Argument2);
NTKERNELAPI NTSTATUS NTAPI IoCheckQuerySetFileInformation(
    FILE_INFORMATION_CLASS FileInformationClass, ULONG Length, BOOLEAN SetOperation);
NTKERNELAPI NTSTATUS NTAPI IoCheckQuerySetVolumeInformation(FS_INFORMATION_CLASS FsInformationClass,
                                                            ULONG Length, BOOLEAN SetOperation);
NTKERNELAPI NTSTATUS NTAPI IoCheckQuotaBufferValidity(PFILE_QUOTA_INFORMATION QuotaBuffer,
                                                      ULONG QuotaLength, PULONG ErrorOffset);
NTKERNELAPI PFILE_OBJECT NTAPI IoCreateStreamFileObject(PFILE_OBJECT FileObject,
                                                        PDEVICE_OBJECT DeviceObject);
NTKERNELAPI PFILE_OBJECT NTAPI IoCreateStreamFileObjectEx(PFILE_OBJECT FileObject,
                                                          PDEVICE_OBJECT DeviceObject,
                                                          PHANDLE FileObjectHandle);
NTKERNELAPI PFILE_OBJECT NTAPI IoCreateStreamFileObjectLite(PFILE_OBJECT FileObject,
                                                            PDEVICE_OBJECT DeviceObject);
NTKERNELAPI NTSTATUS NTAPI IoEnumerateDeviceObjectList(PDRIVER_OBJECT DriverObject,
                                                       PDEVICE_OBJECT *DeviceObjectList,
                                                       ULONG DeviceObjectListSize,
                                                       PULONG ActualNumberDeviceObjects);
NTKERNELAPI NTSTATUS NTAPI IoEnumerateRegisteredFiltersList(PDRIVER_OBJECT *DriverObjectList,
                                                            ULONG DriverObjectListSize,
                                                            PULONG ActualNumberDriverObjects);
NTKERNELAPI BOOLEAN NTAPI IoFastQueryNetworkAttributes(POBJECT_ATTRIBUTES ObjectAttributes,
                                                       ACCESS_MASK DesiredAccess, ULONG OpenOptions,
                                                       PIO_STATUS_BLOCK IoStatus,
                                                       PFILE_NETWORK_OPEN_INFORMATION Buffer);
NTKERNELAPI PDEVICE_OBJECT NTAPI IoGetBaseFileSystemDeviceObject(PFILE_OBJECT FileObject);
NTKERNELAPI PCONFIGURATION_INFORMATION NTAPI IoGetConfigurationInformation(VOID);
NTKERNELAPI PDEVICE_OBJECT NTAPI IoGetDeviceAttachmentBaseRef(PDEVICE_OBJECT DeviceObject);
NTKERNELAPI NTSTATUS NTAPI IoGetDiskDeviceObject(PDEVICE_OBJECT FileSystemDeviceObject,
                                                 PDEVICE_OBJECT *DiskDeviceObject);
NTKERNELAPI PDEVICE_OBJECT NTAPI IoGetLowerDeviceObject(PDEVICE_OBJECT DeviceObject);
NTKERNELAPI PEPROCESS NTAPI IoGetRequestorProcess(PIRP Irp);
NTKERNELAPI ULONG NTAPI IoGetRequestorProcessId(PIRP Irp);
NTKERNELAPI NTSTATUS NTAPI IoGetRequestorSessionId(PIRP Irp, PULONG pSessionId);
NTKERNELAPI PIRP NTAPI IoGetTopLevelIrp(VOID);
NTKERNELAPI BOOLEAN NTAPI IoIsOperationSynchronous(PIRP Irp);
NTKERNELAPI BOOLEAN NTAPI IoIsSystemThread(PETHREAD Thread);
NTKERNELAPI BOOLEAN NTAPI IoIsValidNameGraftingBuffer(PIRP Irp, PREPARSE_DATA_BUFFER ReparseBuffer);
NTKERNELAPI NTSTATUS NTAPI IoPageRead(PFILE_OBJECT FileObject, PMDL Mdl, PLARGE_INTEGER Offset,
                                      PKEVENT Event, PIO_STATUS_BLOCK IoStatusBlock);
NTKERNELAPI NTSTATUS NTAPI
IoQueryFileDosDeviceName(PFILE_OBJECT FileObject, POBJECT_NAME_INFORMATION *ObjectNameInformation);
NTKERNELAPI NTSTATUS NTAPI IoQueryFileInformation(PFILE_OBJECT FileObject,
                                                  FILE_INFORMATION_CLASS FileInformationClass,
                                                  ULONG Length, PVOID FileInformation,
                                                  PULONG ReturnedLength);
NTKERNELAPI NTSTATUS NTAPI IoQueryVolumeInformation(PFILE_OBJECT FileObject,
                                                    FS_INFORMATION_CLASS FsInformationClass,
                                                    ULONG Length, PVOID FsInformation,
                                                    PULONG ReturnedLength);
NTKERNELAPI VOID NTAPI IoQueueThreadIrp(PIRP Irp);
NTKERNELAPI VOID NTAPI IoRegisterFileSystem(PDEVICE_OBJECT DeviceObject);
NTKERNELAPI NTSTATUS NTAPI IoRegisterFsRegistrationChange(
    PDRIVER_OBJECT DriverObject, PDRIVER_FS_NOTIFICATION DriverNotificationRoutine);
NTKERNELAPI NTSTATUS NTAPI IoRegisterFsRegistrationChangeMountAware(
    PDRIVER_OBJECT DriverObject, PDRIVER_FS_NOTIFICATION DriverNotificationRoutine,
    BOOLEAN SynchronizeWithMounts);
NTKERNELAPI VOID NTAPI IoReleaseVpbSpinLock(KIRQL Irql);
NTKERNELAPI NTSTATUS NTAPI IoReplaceFileObjectName(PFILE_OBJECT FileObject, PWSTR NewFileName,
                                                   USHORT FileNameLength);
NTKERNELAPI VOID NTAPI IoSetDeviceToVerify(PETHREAD Thread, PDEVICE_OBJECT DeviceObject);
NTKERNELAPI NTSTATUS NTAPI IoSetInformation(PFILE_OBJECT FileObject,
                                            FILE_INFORMATION_CLASS FileInformationClass,
                                            ULONG Length, PVOID FileInformation);
NTKERNELAPI VOID NTAPI IoSetTopLevelIrp(PIRP Irp);
NTKERNELAPI NTSTATUS NTAPI IoSynchronousPageWrite(PFILE_OBJECT FileObject, PMDL Mdl,
                                                  PLARGE_INTEGER FileOffset, PKEVENT Event,
                                                  PIO_STATUS_BLOCK IoStatusBlock);
NTKERNELAPI PEPROCESS NTAPI IoThreadToProcess(PETHREAD Thread);
NTKERNELAPI VOID NTAPI IoUnregisterFileSystem(PDEVICE_OBJECT DeviceObject);
NTKERNELAPI VOID NTAPI IoUnregisterFsRegistrationChange(
    PDRIVER_OBJECT DriverObject, PDRIVER_FS_NOTIFICATION DriverNotificationRoutine);
NTKERNELAPI NTSTATUS NTAPI IoVerifyVolume(PDEVICE_OBJECT DeviceObject, BOOLEAN AllowRawMount);
NTKERNELAPI KIRQL NTAPI KeAcquireQueuedSpinLock(KSPIN_LOCK_QUEUE_NUMBER Number);
NTKERNELAPI KIRQL NTAPI KeAcquireSpinLockRaiseToSynch(PKSPIN_LOCK SpinLock);
NTKERNELAPI VOID NTAPI KeAttachProcess(PKPROCESS Process);
NTKERNELAPI VOID NTAPI KeDetachProcess(VOID);
NTKERNELAPI ULONG NTAPI KeGetProcessorIndexFromNumber(PPROCESSOR_NUMBER ProcNumber);
NTKERNELAPI NTSTATUS NTAPI KeGetProcessorNumberFromIndex(ULONG ProcIndex,
                                                         PPROCESSOR_NUMBER ProcNumber);
NTKERNELAPI VOID NTAPI KeInitializeMutant(PRKMUTANT Mutant, BOOLEAN InitialOwner);
NTKERNELAPI VOID NTAPI KeInitializeQueue(PRKQUEUE Queue, ULONG Count);
NTKERNELAPI LONG NTAPI KeInsertHeadQueue(PRKQUEUE Queue, PLIST_ENTRY Entry);
NTKERNELAPI LONG NTAPI KeInsertQueue(PRKQUEUE Queue, PLIST_ENTRY Entry);
NTKERNELAPI VOID NTAPI KeQueryOwnerMutant(PKMUTANT Mutant, PCLIENT_ID ClientId);
NTKERNELAPI LONG NTAPI KeReadStateMutant(PRKMUTANT Mutant);
NTKERNELAPI LONG NTAPI KeReadStateQueue(PRKQUEUE Queue);
NTKERNELAPI LONG NTAPI KeReleaseMutant(PRKMUTANT Mutant, KPRIORITY Increment, BOOLEAN Abandoned,
                                       BOOLEAN Wait);
NTKERNELAPI VOID NTAPI KeReleaseQueuedSpinLock(KSPIN_LOCK_QUEUE_NUMBER Number, KIRQL OldIrql);
NTKERNELAPI PLIST_ENTRY NTAPI KeRemoveQueue(PRKQUEUE Queue, KPROCESSOR_MODE WaitMode,
                                            PLARGE_INTEGER Timeout);
NTKERNELAPI ULONG NTAPI KeRemoveQueueEx(PKQUEUE Queue, KPROCESSOR_MODE WaitMode, BOOLEAN Alertable,
                                        PLARGE_INTEGER Timeout, PLIST_ENTRY *EntryArray,
                                        ULONG Count);
NTKERNELAPI PLIST_ENTRY NTAPI KeRundownQueue(PRKQUEUE Queue);
NTKERNELAPI UCHAR NTAPI KeSetIdealProcessorThread(PKTHREAD Thread, UCHAR Processor);
NTKERNELAPI BOOLEAN NTAPI KeSetKernelStackSwapEnable(BOOLEAN Enable);
NTKERNELAPI VOID NTAPI KeStackAttachProcess(PKPROCESS Process, PKAPC_STATE ApcState);
NTKERNELAPI LOGICAL NTAPI KeTryToAcquireQueuedSpinLock(KSPIN_LOCK_QUEUE_NUMBER Number,
                                                       PKIRQL OldIrql);
NTKERNELAPI VOID NTAPI KeUnstackDetachProcess(PKAPC_STATE ApcState);
NTKERNELAPI BOOLEAN NTAPI MmCanFileBeTruncated(PSECTION_OBJECT_POINTERS SectionObjectPointer,
                                               PLARGE_INTEGER NewFileSize);
NTKERNELAPI ULONG NTAPI
MmDoesFileHaveUserWritableReferences(PSECTION_OBJECT_POINTERS SectionPointer);
NTKERNELAPI BOOLEAN NTAPI MmFlushImageSection(PSECTION_OBJECT_POINTERS SectionObjectPointer,
                                              MMFLUSH_TYPE FlushType);
NTKERNELAPI BOOLEAN NTAPI MmForceSectionClosed(PSECTION_OBJECT_POINTERS SectionObjectPointer,
                                               BOOLEAN DelayClose);
NTKERNELAPI BOOLEAN NTAPI MmIsRecursiveIoFault(VOID);
NTKERNELAPI NTSTATUS NTAPI MmPrefetchPages(ULONG NumberOfLists, PREAD_LIST *ReadLists);
NTKERNELAPI BOOLEAN NTAPI MmSetAddressRangeModified(PVOID Address, SIZE_T Length);
NTKERNELAPI NTSTATUS NTAPI ObCreateObject(KPROCESSOR_MODE ObjectAttributesAccessMode,
                                          POBJECT_TYPE ObjectType,
                                          POBJECT_ATTRIBUTES ObjectAttributes,
                                          KPROCESSOR_MODE AccessMode, PVOID ParseContext,
                                          ULONG ObjectSize, ULONG PagedPoolCharge,
                                          ULONG NonPagedPoolCharge, PVOID *Object);
NTKERNELAPI ULONG NTAPI ObGetObjectPointerCount(PVOID Object);
NTKERNELAPI NTSTATUS NTAPI ObInsertObject(PVOID Object, PACCESS_STATE PassedAccessState,
                                          ACCESS_MASK DesiredAccess, ULONG ObjectPointerBias,
                                          PVOID *NewObject, PHANDLE Handle);
NTKERNELAPI BOOLEAN NTAPI ObIsKernelHandle(HANDLE Handle);
NTKERNELAPI VOID NTAPI ObMakeTemporaryObject(PVOID Object);
NTKERNELAPI NTSTATUS NTAPI ObOpenObjectByPointer(PVOID Object, ULONG HandleAttributes,
                                                 PACCESS_STATE PassedAccessState,
                                                 ACCESS_MASK DesiredAccess, POBJECT_TYPE ObjectType,
                                                 KPROCESSOR_MODE AccessMode, PHANDLE Handle);
NTKERNELAPI NTSTATUS NTAPI ObOpenObjectByPointerWithTag(PVOID Object, ULONG HandleAttributes,
                                                        PACCESS_STATE PassedAccessState,
                                                        ACCESS_MASK DesiredAccess,
                                                        POBJECT_TYPE ObjectType,
                                                        KPROCESSOR_MODE AccessMode, ULONG Tag,
                                                        PHANDLE Handle);
NTKERNELAPI NTSTATUS NTAPI ObQueryNameString(PVOID Object, POBJECT_NAME_INFORMATION ObjectNameInfo,
                                             ULONG Length, PULONG ReturnLength);
NTKERNELAPI NTSTATUS NTAPI ObQueryObjectAuditingByHandle(HANDLE Handle, PBOOLEAN GenerateOnClose);
NTKERNELAPI NTSTATUS NTAPI ObReferenceObjectByName(PUNICODE_STRING ObjectName, ULONG Attributes,
                                                   PACCESS_STATE PassedAccessState,
                                                   ACCESS_MASK DesiredAccess,
                                                   POBJECT_TYPE ObjectType,
                                                   KPROCESSOR_MODE AccessMode, PVOID ParseContext,
                                                   PVOID *Object);
NTKERNELAPI PPREFIX_TABLE_ENTRY NTAPI PfxFindPrefix(PPREFIX_TABLE PrefixTable, PSTRING FullName);
NTKERNELAPI VOID NTAPI PfxInitialize(PPREFIX_TABLE PrefixTable);
NTKERNELAPI BOOLEAN NTAPI PfxInsertPrefix(PPREFIX_TABLE PrefixTable, PSTRING Prefix,
                                          PPREFIX_TABLE_ENTRY PrefixTableEntry);
NTKERNELAPI VOID NTAPI PfxRemovePrefix(PPREFIX_TABLE PrefixTable,
                                       PPREFIX_TABLE_ENTRY PrefixTableEntry);
NTKERNELAPI NTSTATUS NTAPI PoQueueShutdownWorkItem(PWORK_QUEUE_ITEM WorkItem);
NTKERNELAPI NTSTATUS NTAPI PsAssignImpersonationToken(PETHREAD Thread, HANDLE Token);
NTKERNELAPI VOID NTAPI PsChargePoolQuota(PEPROCESS Process, POOL_TYPE PoolType, ULONG_PTR Amount);
NTKERNELAPI NTSTATUS NTAPI PsChargeProcessPoolQuota(PEPROCESS Process, POOL_TYPE PoolType,
                                                    ULONG_PTR Amount);
NTKERNELAPI VOID NTAPI PsDereferenceImpersonationToken(PACCESS_TOKEN ImpersonationToken);
NTKERNELAPI VOID NTAPI PsDereferencePrimaryToken(PACCESS_TOKEN PrimaryToken);
NTKERNELAPI BOOLEAN NTAPI PsDisableImpersonation(PETHREAD Thread,
                                                 PSE_IMPERSONATION_STATE ImpersonationState);
NTKERNELAPI LARGE_INTEGER NTAPI PsGetProcessExitTime(VOID);
NTKERNELAPI NTSTATUS NTAPI PsImpersonateClient(PETHREAD Thread, PACCESS_TOKEN Token,
                                               BOOLEAN CopyOnOpen, BOOLEAN EffectiveOnly,
                                               SECURITY_IMPERSONATION_LEVEL ImpersonationLevel);
NTKERNELAPI BOOLEAN NTAPI PsIsSystemThread(PETHREAD Thread);
NTKERNELAPI BOOLEAN NTAPI PsIsThreadTerminating(PETHREAD Thread);
NTKERNELAPI NTSTATUS NTAPI PsLookupProcessByProcessId(HANDLE ProcessId, PEPROCESS *Process);
NTKERNELAPI NTSTATUS NTAPI PsLookupProcessThreadByCid(PCLIENT_ID Cid, PEPROCESS *Process,
                                                      PETHREAD *Thread);
NTKERNELAPI NTSTATUS NTAPI PsLookupThreadByThreadId(HANDLE UniqueThreadId, PETHREAD *Thread);
NTKERNELAPI PACCESS_TOKEN NTAPI
PsReferenceImpersonationToken(PETHREAD Thread, PBOOLEAN CopyOnOpen, PBOOLEAN EffectiveOnly,
                              PSECURITY_IMPERSONATION_LEVEL ImpersonationLevel);
NTKERNELAPI HANDLE NTAPI PsReferencePrimaryToken(PEPROCESS Process);
NTKERNELAPI VOID NTAPI PsRestoreImpersonation(PETHREAD Thread,
                                              PSE_IMPERSONATION_STATE ImpersonationState);
NTKERNELAPI VOID NTAPI PsReturnPoolQuota(PEPROCESS Process, POOL_TYPE PoolType, ULONG_PTR Amount);
NTKERNELAPI VOID NTAPI PsRevertToSelf(VOID);
NTKERNELAPI BOOLEAN NTAPI SeAccessCheckFromState(
    PSECURITY_DESCRIPTOR SecurityDescriptor, PTOKEN_ACCESS_INFORMATION PrimaryTokenInformation,
    PTOKEN_ACCESS_INFORMATION ClientTokenInformation, ACCESS_MASK DesiredAccess,
    ACCESS_MASK PreviouslyGrantedAccess, PPRIVILEGE_SET *Privileges,
    PGENERIC_MAPPING GenericMapping, KPROCESSOR_MODE AccessMode, PACCESS_MASK GrantedAccess,
    PNTSTATUS AccessStatus);
NTKERNELAPI NTSTATUS NTAPI SeAppendPrivileges(PACCESS_STATE AccessState, PPRIVILEGE_SET Privileges);
NTKERNELAPI VOID NTAPI SeAuditHardLinkCreation(PUNICODE_STRING FileName, PUNICODE_STRING LinkName,
                                               BOOLEAN bSuccess);
NTKERNELAPI VOID NTAPI SeAuditHardLinkCreationWithTransaction(PUNICODE_STRING FileName,
                                                              PUNICODE_STRING LinkName,
                                                              BOOLEAN bSuccess,
                                                              GUID *TransactionId);
NTKERNELAPI VOID NTAPI SeAuditTransactionStateChange(GUID *TransactionId, GUID *ResourceManagerId,
                                                     ULONG NewTransactionState);
NTKERNELAPI BOOLEAN NTAPI SeAuditingAnyFileEventsWithContext(
    PSECURITY_DESCRIPTOR SecurityDescriptor, PSECURITY_SUBJECT_CONTEXT SubjectSecurityContext);
NTKERNELAPI BOOLEAN NTAPI SeAuditingFileEvents(BOOLEAN AccessGranted,
                                               PSECURITY_DESCRIPTOR SecurityDescriptor);
NTKERNELAPI BOOLEAN NTAPI
SeAuditingFileEventsWithContext(BOOLEAN AccessGranted, PSECURITY_DESCRIPTOR SecurityDescriptor,
                                PSECURITY_SUBJECT_CONTEXT SubjectSecurityContext);
NTKERNELAPI BOOLEAN NTAPI
SeAuditingFileOrGlobalEvents(BOOLEAN AccessGranted, PSECURITY_DESCRIPTOR SecurityDescriptor,
                             PSECURITY_SUBJECT_CONTEXT SubjectSecurityContext);
NTKERNELAPI BOOLEAN NTAPI SeAuditingHardLinkEvents(BOOLEAN AccessGranted,
                                                   PSECURITY_DESCRIPTOR SecurityDescriptor);
NTKERNELAPI BOOLEAN NTAPI
SeAuditingHardLinkEventsWithContext(BOOLEAN AccessGranted, PSECURITY_DESCRIPTOR SecurityDescriptor,
                                    PSECURITY_SUBJECT_CONTEXT SubjectSecurityContext);
NTKERNELAPI NTSTATUS NTAPI SeCreateClientSecurity(PETHREAD ClientThread,
                                                  PSECURITY_QUALITY_OF_SERVICE ClientSecurityQos,
                                                  BOOLEAN RemoteSession,
                                                  PSECURITY_CLIENT_CONTEXT ClientContext);
NTKERNELAPI NTSTATUS NTAPI SeCreateClientSecurityFromSubjectContext(
    PSECURITY_SUBJECT_CONTEXT SubjectContext, PSECURITY_QUALITY_OF_SERVICE ClientSecurityQos,
    BOOLEAN ServerIsRemote, PSECURITY_CLIENT_CONTEXT ClientContext);
NTKERNELAPI VOID NTAPI SeDeleteObjectAuditAlarm(PVOID Object, HANDLE Handle);
NTKERNELAPI VOID NTAPI SeDeleteObjectAuditAlarmWithTransaction(PVOID Object, HANDLE Handle,
                                                               GUID *TransactionId);
NTKERNELAPI VOID NTAPI SeExamineGlobalSacl(PUNICODE_STRING ObjectType, PACCESS_TOKEN Token,
                                           ACCESS_MASK DesiredAccess, BOOLEAN AccessGranted,
                                           PBOOLEAN GenerateAudit, PBOOLEAN GenerateAlarm);
NTKERNELAPI VOID NTAPI SeExamineSacl(PACL Sacl, PACCESS_TOKEN Token, ACCESS_MASK DesiredAccess,
                                     BOOLEAN AccessGranted, PBOOLEAN GenerateAudit,
                                     PBOOLEAN GenerateAlarm);
NTKERNELAPI NTSTATUS NTAPI SeFilterToken(PACCESS_TOKEN ExistingToken, ULONG Flags,
                                         PTOKEN_GROUPS SidsToDisable,
                                         PTOKEN_PRIVILEGES PrivilegesToDelete,
                                         PTOKEN_GROUPS RestrictedSids,
                                         PACCESS_TOKEN *FilteredToken);
NTKERNELAPI VOID NTAPI SeFreePrivileges(PPRIVILEGE_SET Privileges);
NTKERNELAPI VOID NTAPI SeImpersonateClient(PSECURITY_CLIENT_CONTEXT ClientContext,
                                           PETHREAD ServerThread);
NTKERNELAPI NTSTATUS NTAPI SeImpersonateClientEx(PSECURITY_CLIENT_CONTEXT ClientContext,
                                                 PETHREAD ServerThread);
NTKERNELAPI NTSTATUS NTAPI SeLocateProcessImageName(PEPROCESS Process,
                                                    PUNICODE_STRING *pImageFileName);
NTKERNELAPI NTSTATUS NTAPI SeMarkLogonSessionForTerminationNotification(PLUID LogonId);
NTKERNELAPI VOID NTAPI SeMaximumAuditMaskFromGlobalSacl(PUNICODE_STRING ObjectTypeName,
                                                        ACCESS_MASK GrantedAccess,
                                                        PACCESS_TOKEN Token,
                                                        PACCESS_MASK AuditMask);
NTKERNELAPI VOID NTAPI SeOpenObjectAuditAlarm(PUNICODE_STRING ObjectTypeName, PVOID Object,
                                              PUNICODE_STRING AbsoluteObjectName,
                                              PSECURITY_DESCRIPTOR SecurityDescriptor,
                                              PACCESS_STATE AccessState, BOOLEAN ObjectCreated,
                                              BOOLEAN AccessGranted, KPROCESSOR_MODE AccessMode,
                                              PBOOLEAN GenerateOnClose);
NTKERNELAPI VOID NTAPI SeOpenObjectAuditAlarmWithTransaction(
    PUNICODE_STRING ObjectTypeName, PVOID Object, PUNICODE_STRING AbsoluteObjectName,
    PSECURITY_DESCRIPTOR SecurityDescriptor, PACCESS_STATE AccessState, BOOLEAN ObjectCreated,
    BOOLEAN AccessGranted, KPROCESSOR_MODE AccessMode, GUID *TransactionId,
    PBOOLEAN GenerateOnClose);
NTKERNELAPI VOID NTAPI SeOpenObjectForDeleteAuditAlarm(
    PUNICODE_STRING ObjectTypeName, PVOID Object, PUNICODE_STRING AbsoluteObjectName,
    PSECURITY_DESCRIPTOR SecurityDescriptor, PACCESS_STATE AccessState, BOOLEAN ObjectCreated,
    BOOLEAN AccessGranted, KPROCESSOR_MODE AccessMode, PBOOLEAN GenerateOnClose);
NTKERNELAPI VOID NTAPI SeOpenObjectForDeleteAuditAlarmWithTransaction(
    PUNICODE_STRING ObjectTypeName, PVOID Object, PUNICODE_STRING AbsoluteObjectName,
    PSECURITY_DESCRIPTOR SecurityDescriptor, PACCESS_STATE AccessState, BOOLEAN ObjectCreated,
    BOOLEAN AccessGranted, KPROCESSOR_MODE AccessMode, GUID *TransactionId,
    PBOOLEAN GenerateOnClose);
NTKERNELAPI BOOLEAN NTAPI SePrivilegeCheck(PPRIVILEGE_SET RequiredPrivileges,
                                           PSECURITY_SUBJECT_CONTEXT SubjectContext,
                                           KPROCESSOR_MODE AccessMode);
NTKERNELAPI NTSTATUS NTAPI SeQueryAuthenticationIdToken(PACCESS_TOKEN Token,
                                                        PLUID AuthenticationId);
NTKERNELAPI NTSTATUS NTAPI SeQueryInformationToken(PACCESS_TOKEN Token,
                                                   TOKEN_INFORMATION_CLASS TokenInformationClass,
                                                   PVOID *TokenInformation);
NTKERNELAPI NTSTATUS NTAPI SeQuerySecurityDescriptorInfo(
    PSECURITY_INFORMATION SecurityInformation, PSECURITY_DESCRIPTOR SecurityDescriptor,
    PULONG Length, PSECURITY_DESCRIPTOR *ObjectsSecurityDescriptor);
NTKERNELAPI NTSTATUS NTAPI SeQuerySessionIdToken(PACCESS_TOKEN Token, PULONG SessionId);
NTKERNELAPI VOID NTAPI SeQueryTokenIntegrity(PACCESS_TOKEN Token, PSID_AND_ATTRIBUTES IntegritySA);
NTKERNELAPI NTSTATUS NTAPI
SeRegisterLogonSessionTerminatedRoutine(PSE_LOGON_SESSION_TERMINATED_ROUTINE CallbackRoutine);
NTKERNELAPI VOID NTAPI SeReleaseSubjectContext(PSECURITY_SUBJECT_CONTEXT SubjectContext);
NTKERNELAPI NTSTATUS NTAPI SeReportSecurityEventWithSubCategory(
    ULONG Flags, PUNICODE_STRING SourceName, PSID UserSid, PSE_ADT_PARAMETER_ARRAY AuditParameters,
    ULONG AuditSubcategoryId);
NTKERNELAPI VOID NTAPI SeSetAccessStateGenericMapping(PACCESS_STATE AccessState,
                                                      PGENERIC_MAPPING GenericMapping);
NTKERNELAPI NTSTATUS NTAPI SeSetSecurityDescriptorInfo(
    PVOID Object, PSECURITY_INFORMATION SecurityInformation,
    PSECURITY_DESCRIPTOR SecurityDescriptor, PSECURITY_DESCRIPTOR *ObjectsSecurityDescriptor,
    POOL_TYPE PoolType, PGENERIC_MAPPING GenericMapping);
NTKERNELAPI NTSTATUS NTAPI SeSetSecurityDescriptorInfoEx(
    PVOID Object, PSECURITY_INFORMATION SecurityInformation,
    PSECURITY_DESCRIPTOR ModificationDescriptor, PSECURITY_DESCRIPTOR *ObjectsSecurityDescriptor,
    ULONG AutoInheritFlags, POOL_TYPE PoolType, PGENERIC_MAPPING GenericMapping);
NTKERNELAPI NTSTATUS NTAPI SeSetSessionIdToken(PACCESS_TOKEN Token, ULONG SessionId);
NTKERNELAPI BOOLEAN NTAPI SeTokenIsAdmin(PACCESS_TOKEN Token);
NTKERNELAPI BOOLEAN NTAPI SeTokenIsRestricted(PACCESS_TOKEN Token);
NTKERNELAPI BOOLEAN NTAPI SeTokenIsWriteRestricted(PACCESS_TOKEN Token);
NTKERNELAPI TOKEN_TYPE NTAPI SeTokenType(PACCESS_TOKEN Token);
NTKERNELAPI NTSTATUS NTAPI
SeUnregisterLogonSessionTerminatedRoutine(PSE_LOGON_SESSION_TERMINATED_ROUTINE CallbackRoutine);
extern NTKERNELAPI ULONG CcFastMdlReadWait;
extern NTKERNELAPI const UCHAR *const FsRtlLegalAnsiCharacterArray;
extern NTKERNELAPI ULONG IoOtherOperationCount;
extern NTKERNELAPI LARGE_INTEGER IoOtherTransferCount;
extern NTKERNELAPI ULONG IoReadOperationCount;
extern NTKERNELAPI LARGE_INTEGER IoReadTransferCount;
extern NTKERNELAPI KSPIN_LOCK IoStatisticsLock;
extern NTKERNELAPI ULONG IoWriteOperationCount;
extern NTKERNELAPI LARGE_INTEGER IoWriteTransferCount;
extern NTKERNELAPI PSE_EXPORTS SeExports;
extern NTKERNELAPI PACL SePublicDefaultDacl;
extern NTKERNELAPI PACL SeSystemDefaultDacl;

#endif
