// SPDX-License-Identifier: MIT
// Zw, Nt and Cm routines of wdm.h. One that kss does not serve ends the run (sim/native/unserved.def).
//
// Source: Windows Driver Kit documentation (DDI pages); mingw-w64 ddk/wdm.h.
#ifndef KSS_NT_PARTS_WDM_ZW_H
#define KSS_NT_PARTS_WDM_ZW_H

NTKERNELAPI NTSTATUS NTAPI CmCallbackGetKeyObjectID(PLARGE_INTEGER Cookie, PVOID Object,
                                                    PULONG_PTR ObjectID,
                                                    PCUNICODE_STRING *ObjectName);
NTKERNELAPI PVOID NTAPI CmGetBoundTransaction(PLARGE_INTEGER Cookie, PVOID Object);
NTKERNELAPI VOID NTAPI CmGetCallbackVersion(PULONG Major, PULONG Minor);
NTKERNELAPI NTSTATUS NTAPI CmRegisterCallback(PEX_CALLBACK_FUNCTION Function, PVOID Context,
                                              PLARGE_INTEGER Cookie);
NTKERNELAPI NTSTATUS NTAPI CmRegisterCallbackEx(PEX_CALLBACK_FUNCTION Function,
                                                PCUNICODE_STRING Altitude, PVOID Driver,
                                                PVOID Context, PLARGE_INTEGER Cookie,
                                                PVOID Reserved);
NTKERNELAPI NTSTATUS NTAPI CmSetCallbackObjectContext(PVOID Object, PLARGE_INTEGER Cookie,
                                                      PVOID NewContext, PVOID *OldContext);
NTKERNELAPI NTSTATUS NTAPI CmUnRegisterCallback(LARGE_INTEGER Cookie);
NTSYSAPI NTSTATUS NTAPI NtCommitComplete(HANDLE EnlistmentHandle, PLARGE_INTEGER TmVirtualClock);
NTSYSAPI NTSTATUS NTAPI NtCommitEnlistment(HANDLE EnlistmentHandle, PLARGE_INTEGER TmVirtualClock);
NTSYSAPI NTSTATUS NTAPI NtCommitTransaction(HANDLE TransactionHandle, BOOLEAN Wait);
NTSYSAPI NTSTATUS NTAPI NtCreateEnlistment(PHANDLE EnlistmentHandle, ACCESS_MASK DesiredAccess,
                                           HANDLE ResourceManagerHandle, HANDLE TransactionHandle,
                                           POBJECT_ATTRIBUTES ObjectAttributes, ULONG CreateOptions,
                                           NOTIFICATION_MASK NotificationMask, PVOID EnlistmentKey);
NTSYSAPI NTSTATUS NTAPI NtCreateResourceManager(PHANDLE ResourceManagerHandle,
                                                ACCESS_MASK DesiredAccess, HANDLE TmHandle,
                                                LPGUID RmGuid, POBJECT_ATTRIBUTES ObjectAttributes,
                                                ULONG CreateOptions, PUNICODE_STRING Description);
NTSYSAPI NTSTATUS NTAPI NtCreateTransaction(PHANDLE TransactionHandle, ACCESS_MASK DesiredAccess,
                                            POBJECT_ATTRIBUTES ObjectAttributes, LPGUID Uow,
                                            HANDLE TmHandle, ULONG CreateOptions,
                                            ULONG IsolationLevel, ULONG IsolationFlags,
                                            PLARGE_INTEGER Timeout, PUNICODE_STRING Description);
NTSYSAPI NTSTATUS NTAPI NtCreateTransactionManager(PHANDLE TmHandle, ACCESS_MASK DesiredAccess,
                                                   POBJECT_ATTRIBUTES ObjectAttributes,
                                                   PUNICODE_STRING LogFileName, ULONG CreateOptions,
                                                   ULONG CommitStrength);
NTSYSAPI NTSTATUS NTAPI NtEnumerateTransactionObject(HANDLE RootObjectHandle,
                                                     KTMOBJECT_TYPE QueryType,
                                                     PKTMOBJECT_CURSOR ObjectCursor,
                                                     ULONG ObjectCursorLength, PULONG ReturnLength);
NTSYSAPI NTSTATUS NTAPI NtGetNotificationResourceManager(
    HANDLE ResourceManagerHandle, PTRANSACTION_NOTIFICATION TransactionNotification,
    ULONG NotificationLength, PLARGE_INTEGER Timeout, PULONG ReturnLength, ULONG Asynchronous,
    ULONG_PTR AsynchronousContext);
NTSYSAPI NTSTATUS NTAPI NtOpenEnlistment(PHANDLE EnlistmentHandle, ACCESS_MASK DesiredAccess,
                                         HANDLE ResourceManagerHandle, LPGUID EnlistmentGuid,
                                         POBJECT_ATTRIBUTES ObjectAttributes);
NTSYSAPI NTSTATUS NTAPI NtOpenResourceManager(PHANDLE ResourceManagerHandle,
                                              ACCESS_MASK DesiredAccess, HANDLE TmHandle,
                                              LPGUID ResourceManagerGuid,
                                              POBJECT_ATTRIBUTES ObjectAttributes);
NTSYSAPI NTSTATUS NTAPI NtOpenTransaction(PHANDLE TransactionHandle, ACCESS_MASK DesiredAccess,
                                          POBJECT_ATTRIBUTES ObjectAttributes, LPGUID Uow,
                                          HANDLE TmHandle);
NTSYSAPI NTSTATUS NTAPI NtOpenTransactionManager(PHANDLE TmHandle, ACCESS_MASK DesiredAccess,
                                                 POBJECT_ATTRIBUTES ObjectAttributes,
                                                 PUNICODE_STRING LogFileName, LPGUID TmIdentity,
                                                 ULONG OpenOptions);
NTSYSAPI NTSTATUS NTAPI NtPrePrepareComplete(HANDLE EnlistmentHandle,
                                             PLARGE_INTEGER TmVirtualClock);
NTSYSAPI NTSTATUS NTAPI NtPrePrepareEnlistment(HANDLE EnlistmentHandle,
                                               PLARGE_INTEGER TmVirtualClock);
NTSYSAPI NTSTATUS NTAPI NtPrepareComplete(HANDLE EnlistmentHandle, PLARGE_INTEGER TmVirtualClock);
NTSYSAPI NTSTATUS NTAPI NtPrepareEnlistment(HANDLE EnlistmentHandle, PLARGE_INTEGER TmVirtualClock);
NTSYSAPI NTSTATUS NTAPI NtPropagationComplete(HANDLE ResourceManagerHandle, ULONG RequestCookie,
                                              ULONG BufferLength, PVOID Buffer);
NTSYSAPI NTSTATUS NTAPI NtPropagationFailed(HANDLE ResourceManagerHandle, ULONG RequestCookie,
                                            NTSTATUS PropStatus);
NTSYSAPI NTSTATUS NTAPI NtQueryInformationEnlistment(
    HANDLE EnlistmentHandle, ENLISTMENT_INFORMATION_CLASS EnlistmentInformationClass,
    PVOID EnlistmentInformation, ULONG EnlistmentInformationLength, PULONG ReturnLength);
NTSYSAPI NTSTATUS NTAPI NtQueryInformationResourceManager(
    HANDLE ResourceManagerHandle, RESOURCEMANAGER_INFORMATION_CLASS ResourceManagerInformationClass,
    PVOID ResourceManagerInformation, ULONG ResourceManagerInformationLength, PULONG ReturnLength);
NTSYSAPI NTSTATUS NTAPI NtQueryInformationTransaction(
    HANDLE TransactionHandle, TRANSACTION_INFORMATION_CLASS TransactionInformationClass,
    PVOID TransactionInformation, ULONG TransactionInformationLength, PULONG ReturnLength);
NTSYSAPI NTSTATUS NTAPI NtQueryInformationTransactionManager(
    HANDLE TransactionManagerHandle,
    TRANSACTIONMANAGER_INFORMATION_CLASS TransactionManagerInformationClass,
    PVOID TransactionManagerInformation, ULONG TransactionManagerInformationLength,
    PULONG ReturnLength);
NTSYSAPI NTSTATUS NTAPI NtReadOnlyEnlistment(HANDLE EnlistmentHandle,
                                             PLARGE_INTEGER TmVirtualClock);
NTSYSAPI NTSTATUS NTAPI NtRecoverEnlistment(HANDLE EnlistmentHandle, PVOID EnlistmentKey);
NTSYSAPI NTSTATUS NTAPI NtRecoverResourceManager(HANDLE ResourceManagerHandle);
NTSYSAPI NTSTATUS NTAPI NtRecoverTransactionManager(HANDLE TransactionManagerHandle);
NTSYSAPI NTSTATUS NTAPI NtRegisterProtocolAddressInformation(HANDLE ResourceManager,
                                                             PCRM_PROTOCOL_ID ProtocolId,
                                                             ULONG ProtocolInformationSize,
                                                             PVOID ProtocolInformation,
                                                             ULONG CreateOptions);
NTSYSAPI NTSTATUS NTAPI NtRenameTransactionManager(PUNICODE_STRING LogFileName,
                                                   LPGUID ExistingTransactionManagerGuid);
NTSYSAPI NTSTATUS NTAPI NtRollbackComplete(HANDLE EnlistmentHandle, PLARGE_INTEGER TmVirtualClock);
NTSYSAPI NTSTATUS NTAPI NtRollbackEnlistment(HANDLE EnlistmentHandle,
                                             PLARGE_INTEGER TmVirtualClock);
NTSYSAPI NTSTATUS NTAPI NtRollbackTransaction(HANDLE TransactionHandle, BOOLEAN Wait);
NTSYSAPI NTSTATUS NTAPI NtRollforwardTransactionManager(HANDLE TransactionManagerHandle,
                                                        PLARGE_INTEGER TmVirtualClock);
NTSYSAPI NTSTATUS NTAPI NtSetInformationEnlistment(
    HANDLE EnlistmentHandle, ENLISTMENT_INFORMATION_CLASS EnlistmentInformationClass,
    PVOID EnlistmentInformation, ULONG EnlistmentInformationLength);
NTSYSAPI NTSTATUS NTAPI NtSetInformationResourceManager(
    HANDLE ResourceManagerHandle, RESOURCEMANAGER_INFORMATION_CLASS ResourceManagerInformationClass,
    PVOID ResourceManagerInformation, ULONG ResourceManagerInformationLength);
NTSYSAPI NTSTATUS NTAPI NtSetInformationTransaction(
    HANDLE TransactionHandle, TRANSACTION_INFORMATION_CLASS TransactionInformationClass,
    PVOID TransactionInformation, ULONG TransactionInformationLength);
NTSYSAPI NTSTATUS NTAPI NtSetInformationTransactionManager(
    HANDLE TmHandle, TRANSACTIONMANAGER_INFORMATION_CLASS TransactionManagerInformationClass,
    PVOID TransactionManagerInformation, ULONG TransactionManagerInformationLength);
NTSYSAPI NTSTATUS NTAPI NtSinglePhaseReject(HANDLE EnlistmentHandle, PLARGE_INTEGER TmVirtualClock);
NTSYSAPI NTSTATUS NTAPI ZwClose(HANDLE Handle);
NTSYSAPI NTSTATUS NTAPI ZwCommitComplete(HANDLE EnlistmentHandle, PLARGE_INTEGER TmVirtualClock);
NTSYSAPI NTSTATUS NTAPI ZwCommitEnlistment(HANDLE EnlistmentHandle, PLARGE_INTEGER TmVirtualClock);
NTSYSAPI NTSTATUS NTAPI ZwCommitTransaction(HANDLE TransactionHandle, BOOLEAN Wait);
NTSYSAPI NTSTATUS NTAPI ZwCreateDirectoryObject(PHANDLE DirectoryHandle, ACCESS_MASK DesiredAccess,
                                                POBJECT_ATTRIBUTES ObjectAttributes);
NTSYSAPI NTSTATUS NTAPI ZwCreateEnlistment(PHANDLE EnlistmentHandle, ACCESS_MASK DesiredAccess,
                                           HANDLE ResourceManagerHandle, HANDLE TransactionHandle,
                                           POBJECT_ATTRIBUTES ObjectAttributes, ULONG CreateOptions,
                                           NOTIFICATION_MASK NotificationMask, PVOID EnlistmentKey);
NTSYSAPI NTSTATUS NTAPI ZwCreateFile(PHANDLE FileHandle, ACCESS_MASK DesiredAccess,
                                     POBJECT_ATTRIBUTES ObjectAttributes,
                                     PIO_STATUS_BLOCK IoStatusBlock, PLARGE_INTEGER AllocationSize,
                                     ULONG FileAttributes, ULONG ShareAccess,
                                     ULONG CreateDisposition, ULONG CreateOptions, PVOID EaBuffer,
                                     ULONG EaLength);
NTSYSAPI NTSTATUS NTAPI ZwCreateKey(PHANDLE KeyHandle, ACCESS_MASK DesiredAccess,
                                    POBJECT_ATTRIBUTES ObjectAttributes, ULONG TitleIndex,
                                    PUNICODE_STRING Class, ULONG CreateOptions, PULONG Disposition);
NTSYSAPI NTSTATUS NTAPI ZwCreateKeyTransacted(PHANDLE KeyHandle, ACCESS_MASK DesiredAccess,
                                              POBJECT_ATTRIBUTES ObjectAttributes, ULONG TitleIndex,
                                              PUNICODE_STRING Class, ULONG CreateOptions,
                                              HANDLE TransactionHandle, PULONG Disposition);
NTSYSAPI NTSTATUS NTAPI ZwCreateResourceManager(PHANDLE ResourceManagerHandle,
                                                ACCESS_MASK DesiredAccess, HANDLE TmHandle,
                                                LPGUID ResourceManagerGuid,
                                                POBJECT_ATTRIBUTES ObjectAttributes,
                                                ULONG CreateOptions, PUNICODE_STRING Description);
NTSYSAPI NTSTATUS NTAPI ZwCreateSection(PHANDLE SectionHandle, ACCESS_MASK DesiredAccess,
                                        POBJECT_ATTRIBUTES ObjectAttributes,
                                        PLARGE_INTEGER MaximumSize, ULONG SectionPageProtection,
                                        ULONG AllocationAttributes, HANDLE FileHandle);
NTSYSAPI NTSTATUS NTAPI ZwCreateTransaction(PHANDLE TransactionHandle, ACCESS_MASK DesiredAccess,
                                            POBJECT_ATTRIBUTES ObjectAttributes, LPGUID Uow,
                                            HANDLE TmHandle, ULONG CreateOptions,
                                            ULONG IsolationLevel, ULONG IsolationFlags,
                                            PLARGE_INTEGER Timeout, PUNICODE_STRING Description);
NTSYSAPI NTSTATUS NTAPI ZwCreateTransactionManager(PHANDLE TmHandle, ACCESS_MASK DesiredAccess,
                                                   POBJECT_ATTRIBUTES ObjectAttributes,
                                                   PUNICODE_STRING LogFileName, ULONG CreateOptions,
                                                   ULONG CommitStrength);
NTSYSAPI NTSTATUS NTAPI ZwDeleteKey(HANDLE KeyHandle);
NTSYSAPI NTSTATUS NTAPI ZwDeleteValueKey(HANDLE KeyHandle, PUNICODE_STRING ValueName);
NTSYSAPI NTSTATUS NTAPI ZwEnumerateKey(HANDLE KeyHandle, ULONG Index,
                                       KEY_INFORMATION_CLASS KeyInformationClass,
                                       PVOID KeyInformation, ULONG Length, PULONG ResultLength);
NTSYSAPI NTSTATUS NTAPI ZwEnumerateTransactionObject(HANDLE RootObjectHandle,
                                                     KTMOBJECT_TYPE QueryType,
                                                     PKTMOBJECT_CURSOR ObjectCursor,
                                                     ULONG ObjectCursorLength, PULONG ReturnLength);
NTSYSAPI NTSTATUS NTAPI ZwEnumerateValueKey(HANDLE KeyHandle, ULONG Index,
                                            KEY_VALUE_INFORMATION_CLASS KeyValueInformationClass,
                                            PVOID KeyValueInformation, ULONG Length,
                                            PULONG ResultLength);
NTSYSAPI NTSTATUS NTAPI ZwFlushKey(HANDLE KeyHandle);
NTSYSAPI NTSTATUS NTAPI ZwGetNotificationResourceManager(
    HANDLE ResourceManagerHandle, PTRANSACTION_NOTIFICATION TransactionNotification,
    ULONG NotificationLength, PLARGE_INTEGER Timeout, PULONG ReturnLength, ULONG Asynchronous,
    ULONG_PTR AsynchronousContext);
NTSYSAPI NTSTATUS NTAPI ZwLoadDriver(PUNICODE_STRING DriverServiceName);
NTSYSAPI NTSTATUS NTAPI ZwMakeTemporaryObject(HANDLE Handle);
NTSYSAPI NTSTATUS NTAPI ZwMapViewOfSection(HANDLE SectionHandle, HANDLE ProcessHandle,
                                           PVOID *BaseAddress, ULONG_PTR ZeroBits,
                                           SIZE_T CommitSize, PLARGE_INTEGER SectionOffset,
                                           PSIZE_T ViewSize, SECTION_INHERIT InheritDisposition,
                                           ULONG AllocationType, ULONG Protect);
NTSYSAPI NTSTATUS NTAPI ZwNotifyChangeMultipleKeys(HANDLE MasterKeyHandle, ULONG Count,
                                                   OBJECT_ATTRIBUTES *SubordinateObjects,
                                                   HANDLE Event, PIO_APC_ROUTINE ApcRoutine,
                                                   PVOID ApcContext, PIO_STATUS_BLOCK IoStatusBlock,
                                                   ULONG CompletionFilter, BOOLEAN WatchTree,
                                                   PVOID Buffer, ULONG BufferSize,
                                                   BOOLEAN Asynchronous);
NTSYSAPI NTSTATUS NTAPI ZwOpenEnlistment(PHANDLE EnlistmentHandle, ACCESS_MASK DesiredAccess,
                                         HANDLE RmHandle, LPGUID EnlistmentGuid,
                                         POBJECT_ATTRIBUTES ObjectAttributes);
NTSYSAPI NTSTATUS NTAPI ZwOpenEvent(PHANDLE EventHandle, ACCESS_MASK DesiredAccess,
                                    POBJECT_ATTRIBUTES ObjectAttributes);
NTSYSAPI NTSTATUS NTAPI ZwOpenFile(PHANDLE FileHandle, ACCESS_MASK DesiredAccess,
                                   POBJECT_ATTRIBUTES ObjectAttributes,
                                   PIO_STATUS_BLOCK IoStatusBlock, ULONG ShareAccess,
                                   ULONG OpenOptions);
NTSYSAPI NTSTATUS NTAPI ZwOpenKey(PHANDLE KeyHandle, ACCESS_MASK DesiredAccess,
                                  POBJECT_ATTRIBUTES ObjectAttributes);
NTSYSAPI NTSTATUS NTAPI ZwOpenKeyEx(PHANDLE KeyHandle, ACCESS_MASK DesiredAccess,
                                    POBJECT_ATTRIBUTES ObjectAttributes, ULONG OpenOptions);
NTSYSAPI NTSTATUS NTAPI ZwOpenKeyTransacted(PHANDLE KeyHandle, ACCESS_MASK DesiredAccess,
                                            POBJECT_ATTRIBUTES ObjectAttributes,
                                            HANDLE TransactionHandle);
NTSYSAPI NTSTATUS NTAPI ZwOpenKeyTransactedEx(PHANDLE KeyHandle, ACCESS_MASK DesiredAccess,
                                              POBJECT_ATTRIBUTES ObjectAttributes,
                                              ULONG OpenOptions, HANDLE TransactionHandle);
NTSYSAPI NTSTATUS NTAPI ZwOpenResourceManager(PHANDLE ResourceManagerHandle,
                                              ACCESS_MASK DesiredAccess, HANDLE TmHandle,
                                              LPGUID ResourceManagerGuid,
                                              POBJECT_ATTRIBUTES ObjectAttributes);
NTSYSAPI NTSTATUS NTAPI ZwOpenSection(PHANDLE SectionHandle, ACCESS_MASK DesiredAccess,
                                      POBJECT_ATTRIBUTES ObjectAttributes);
NTSYSAPI NTSTATUS NTAPI ZwOpenSymbolicLinkObject(PHANDLE LinkHandle, ACCESS_MASK DesiredAccess,
                                                 POBJECT_ATTRIBUTES ObjectAttributes);
NTSYSAPI NTSTATUS NTAPI ZwOpenTransaction(PHANDLE TransactionHandle, ACCESS_MASK DesiredAccess,
                                          POBJECT_ATTRIBUTES ObjectAttributes, LPGUID Uow,
                                          HANDLE TmHandle);
NTSYSAPI NTSTATUS NTAPI ZwOpenTransactionManager(PHANDLE TmHandle, ACCESS_MASK DesiredAccess,
                                                 POBJECT_ATTRIBUTES ObjectAttributes,
                                                 PUNICODE_STRING LogFileName, LPGUID TmIdentity,
                                                 ULONG OpenOptions);
NTSYSAPI NTSTATUS NTAPI ZwPrePrepareComplete(HANDLE EnlistmentHandle,
                                             PLARGE_INTEGER TmVirtualClock);
NTSYSAPI NTSTATUS NTAPI ZwPrePrepareEnlistment(HANDLE EnlistmentHandle,
                                               PLARGE_INTEGER TmVirtualClock);
NTSYSAPI NTSTATUS NTAPI ZwPrepareComplete(HANDLE EnlistmentHandle, PLARGE_INTEGER TmVirtualClock);
NTSYSAPI NTSTATUS NTAPI ZwPrepareEnlistment(HANDLE EnlistmentHandle, PLARGE_INTEGER TmVirtualClock);
NTSYSAPI NTSTATUS NTAPI ZwQueryFullAttributesFile(POBJECT_ATTRIBUTES ObjectAttributes,
                                                  PFILE_NETWORK_OPEN_INFORMATION FileInformation);
NTSYSAPI NTSTATUS NTAPI ZwQueryInformationEnlistment(
    HANDLE EnlistmentHandle, ENLISTMENT_INFORMATION_CLASS EnlistmentInformationClass,
    PVOID EnlistmentInformation, ULONG EnlistmentInformationLength, PULONG ReturnLength);
NTSYSAPI NTSTATUS NTAPI ZwQueryInformationFile(HANDLE FileHandle, PIO_STATUS_BLOCK IoStatusBlock,
                                               PVOID FileInformation, ULONG Length,
                                               FILE_INFORMATION_CLASS FileInformationClass);
NTSYSAPI NTSTATUS NTAPI ZwQueryInformationResourceManager(
    HANDLE ResourceManagerHandle, RESOURCEMANAGER_INFORMATION_CLASS ResourceManagerInformationClass,
    PVOID ResourceManagerInformation, ULONG ResourceManagerInformationLength, PULONG ReturnLength);
NTSYSAPI NTSTATUS NTAPI ZwQueryInformationTransaction(
    HANDLE TransactionHandle, TRANSACTION_INFORMATION_CLASS TransactionInformationClass,
    PVOID TransactionInformation, ULONG TransactionInformationLength, PULONG ReturnLength);
NTSYSAPI NTSTATUS NTAPI ZwQueryInformationTransactionManager(
    HANDLE TransactionManagerHandle,
    TRANSACTIONMANAGER_INFORMATION_CLASS TransactionManagerInformationClass,
    PVOID TransactionManagerInformation, ULONG TransactionManagerInformationLength,
    PULONG ReturnLength);
NTSYSAPI NTSTATUS NTAPI ZwQueryKey(HANDLE KeyHandle, KEY_INFORMATION_CLASS KeyInformationClass,
                                   PVOID KeyInformation, ULONG Length, PULONG ResultLength);
NTSYSAPI NTSTATUS NTAPI ZwQueryMultipleValueKey(HANDLE KeyHandle, PKEY_VALUE_ENTRY ValueEntries,
                                                ULONG EntryCount, PVOID ValueBuffer,
                                                PULONG BufferLength, PULONG RequiredBufferLength);
NTSYSAPI NTSTATUS NTAPI ZwQuerySymbolicLinkObject(HANDLE LinkHandle, PUNICODE_STRING LinkTarget,
                                                  PULONG ReturnedLength);
NTSYSAPI NTSTATUS NTAPI ZwQueryValueKey(HANDLE KeyHandle, PUNICODE_STRING ValueName,
                                        KEY_VALUE_INFORMATION_CLASS KeyValueInformationClass,
                                        PVOID KeyValueInformation, ULONG Length,
                                        PULONG ResultLength);
NTSYSAPI NTSTATUS NTAPI ZwReadFile(HANDLE FileHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine,
                                   PVOID ApcContext, PIO_STATUS_BLOCK IoStatusBlock, PVOID Buffer,
                                   ULONG Length, PLARGE_INTEGER ByteOffset, PULONG Key);
NTSYSAPI NTSTATUS NTAPI ZwReadOnlyEnlistment(HANDLE EnlistmentHandle,
                                             PLARGE_INTEGER TmVirtualClock);
NTSYSAPI NTSTATUS NTAPI ZwRecoverEnlistment(HANDLE EnlistmentHandle, PVOID EnlistmentKey);
NTSYSAPI NTSTATUS NTAPI ZwRecoverResourceManager(HANDLE ResourceManagerHandle);
NTSYSAPI NTSTATUS NTAPI ZwRecoverTransactionManager(HANDLE TransactionManagerHandle);
NTSYSAPI NTSTATUS NTAPI ZwRenameKey(HANDLE KeyHandle, PUNICODE_STRING NewName);
NTSYSAPI NTSTATUS NTAPI ZwRollbackComplete(HANDLE EnlistmentHandle, PLARGE_INTEGER TmVirtualClock);
NTSYSAPI NTSTATUS NTAPI ZwRollbackEnlistment(HANDLE EnlistmentHandle,
                                             PLARGE_INTEGER TmVirtualClock);
NTSYSAPI NTSTATUS NTAPI ZwRollbackTransaction(HANDLE TransactionHandle, BOOLEAN Wait);
NTSYSAPI NTSTATUS NTAPI ZwRollforwardTransactionManager(HANDLE TransactionManagerHandle,
                                                        PLARGE_INTEGER TmVirtualClock);
NTSYSAPI NTSTATUS NTAPI ZwSetInformationEnlistment(
    HANDLE EnlistmentHandle, ENLISTMENT_INFORMATION_CLASS EnlistmentInformationClass,
    PVOID EnlistmentInformation, ULONG EnlistmentInformationLength);
NTSYSAPI NTSTATUS NTAPI ZwSetInformationFile(HANDLE FileHandle, PIO_STATUS_BLOCK IoStatusBlock,
                                             PVOID FileInformation, ULONG Length,
                                             FILE_INFORMATION_CLASS FileInformationClass);
NTSYSAPI NTSTATUS NTAPI ZwSetInformationKey(HANDLE KeyHandle,
                                            KEY_SET_INFORMATION_CLASS KeySetInformationClass,
                                            PVOID KeySetInformation, ULONG KeySetInformationLength);
NTSYSAPI NTSTATUS NTAPI ZwSetInformationResourceManager(
    HANDLE ResourceManagerHandle, RESOURCEMANAGER_INFORMATION_CLASS ResourceManagerInformationClass,
    PVOID ResourceManagerInformation, ULONG ResourceManagerInformationLength);
NTSYSAPI NTSTATUS NTAPI ZwSetInformationTransaction(
    HANDLE TransactionHandle, TRANSACTION_INFORMATION_CLASS TransactionInformationClass,
    PVOID TransactionInformation, ULONG TransactionInformationLength);
NTSYSAPI NTSTATUS NTAPI ZwSetInformationTransactionManager(
    HANDLE TmHandle, TRANSACTIONMANAGER_INFORMATION_CLASS TransactionManagerInformationClass,
    PVOID TransactionManagerInformation, ULONG TransactionManagerInformationLength);
NTSYSAPI NTSTATUS NTAPI ZwSetValueKey(HANDLE KeyHandle, PUNICODE_STRING ValueName, ULONG TitleIndex,
                                      ULONG Type, PVOID Data, ULONG DataSize);
NTSYSAPI NTSTATUS NTAPI ZwSinglePhaseReject(HANDLE EnlistmentHandle, PLARGE_INTEGER TmVirtualClock);
NTSYSAPI NTSTATUS NTAPI ZwUnloadDriver(PUNICODE_STRING DriverServiceName);
NTSYSAPI NTSTATUS NTAPI ZwUnmapViewOfSection(HANDLE ProcessHandle, PVOID BaseAddress);
NTSYSAPI NTSTATUS NTAPI ZwWriteFile(HANDLE FileHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine,
                                    PVOID ApcContext, PIO_STATUS_BLOCK IoStatusBlock, PVOID Buffer,
                                    ULONG Length, PLARGE_INTEGER ByteOffset, PULONG Key);

#endif
