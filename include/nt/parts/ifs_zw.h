// SPDX-License-Identifier: MIT
// Zw and Nt routines of ntifs.h. One that kss does not serve ends the run (sim/native/unserved.def).
//
// Source: Windows Driver Kit documentation (DDI pages); mingw-w64 ddk/ntifs.h.
#ifndef KSS_NT_PARTS_IFS_ZW_H
#define KSS_NT_PARTS_IFS_ZW_H

NTSYSAPI NTSTATUS NTAPI NtAccessCheckAndAuditAlarm(
    PUNICODE_STRING SubsystemName, PVOID HandleId, PUNICODE_STRING ObjectTypeName,
    PUNICODE_STRING ObjectName, PSECURITY_DESCRIPTOR SecurityDescriptor, ACCESS_MASK DesiredAccess,
    PGENERIC_MAPPING GenericMapping, BOOLEAN ObjectCreation, PACCESS_MASK GrantedAccess,
    PNTSTATUS AccessStatus, PBOOLEAN GenerateOnClose);
NTSYSAPI NTSTATUS NTAPI NtAccessCheckByTypeAndAuditAlarm(
    PUNICODE_STRING SubsystemName, PVOID HandleId, PUNICODE_STRING ObjectTypeName,
    PUNICODE_STRING ObjectName, PSECURITY_DESCRIPTOR SecurityDescriptor, PSID PrincipalSelfSid,
    ACCESS_MASK DesiredAccess, AUDIT_EVENT_TYPE AuditType, ULONG Flags,
    POBJECT_TYPE_LIST ObjectTypeList, ULONG ObjectTypeLength, PGENERIC_MAPPING GenericMapping,
    BOOLEAN ObjectCreation, PACCESS_MASK GrantedAccess, PNTSTATUS AccessStatus,
    PBOOLEAN GenerateOnClose);
NTSYSAPI NTSTATUS NTAPI NtAccessCheckByTypeResultListAndAuditAlarm(
    PUNICODE_STRING SubsystemName, PVOID HandleId, PUNICODE_STRING ObjectTypeName,
    PUNICODE_STRING ObjectName, PSECURITY_DESCRIPTOR SecurityDescriptor, PSID PrincipalSelfSid,
    ACCESS_MASK DesiredAccess, AUDIT_EVENT_TYPE AuditType, ULONG Flags,
    POBJECT_TYPE_LIST ObjectTypeList, ULONG ObjectTypeLength, PGENERIC_MAPPING GenericMapping,
    BOOLEAN ObjectCreation, PACCESS_MASK GrantedAccess, PNTSTATUS AccessStatus,
    PBOOLEAN GenerateOnClose);
NTSYSAPI NTSTATUS NTAPI NtAccessCheckByTypeResultListAndAuditAlarmByHandle(
    PUNICODE_STRING SubsystemName, PVOID HandleId, HANDLE ClientToken,
    PUNICODE_STRING ObjectTypeName, PUNICODE_STRING ObjectName,
    PSECURITY_DESCRIPTOR SecurityDescriptor, PSID PrincipalSelfSid, ACCESS_MASK DesiredAccess,
    AUDIT_EVENT_TYPE AuditType, ULONG Flags, POBJECT_TYPE_LIST ObjectTypeList,
    ULONG ObjectTypeLength, PGENERIC_MAPPING GenericMapping, BOOLEAN ObjectCreation,
    PACCESS_MASK GrantedAccess, PNTSTATUS AccessStatus, PBOOLEAN GenerateOnClose);
NTSYSAPI NTSTATUS NTAPI NtAdjustGroupsToken(HANDLE TokenHandle, BOOLEAN ResetToDefault,
                                            PTOKEN_GROUPS NewState, ULONG BufferLength,
                                            PTOKEN_GROUPS PreviousState, PULONG ReturnLength);
NTSYSAPI NTSTATUS NTAPI NtAdjustPrivilegesToken(HANDLE TokenHandle, BOOLEAN DisableAllPrivileges,
                                                PTOKEN_PRIVILEGES NewState, ULONG BufferLength,
                                                PTOKEN_PRIVILEGES PreviousState,
                                                PULONG ReturnLength);
NTSYSAPI NTSTATUS NTAPI NtAllocateVirtualMemory(HANDLE ProcessHandle, PVOID *BaseAddress,
                                                ULONG_PTR ZeroBits, PSIZE_T RegionSize,
                                                ULONG AllocationType, ULONG Protect);
NTSYSAPI NTSTATUS NTAPI NtClose(HANDLE Handle);
NTSYSAPI NTSTATUS NTAPI NtCloseObjectAuditAlarm(PUNICODE_STRING SubsystemName, PVOID HandleId,
                                                BOOLEAN GenerateOnClose);
NTSYSAPI NTSTATUS NTAPI NtCreateFile(PHANDLE FileHandle, ACCESS_MASK DesiredAccess,
                                     POBJECT_ATTRIBUTES ObjectAttributes,
                                     PIO_STATUS_BLOCK IoStatusBlock, PLARGE_INTEGER AllocationSize,
                                     ULONG FileAttributes, ULONG ShareAccess,
                                     ULONG CreateDisposition, ULONG CreateOptions, PVOID EaBuffer,
                                     ULONG EaLength);
NTSYSAPI NTSTATUS NTAPI NtCreateSection(PHANDLE SectionHandle, ACCESS_MASK DesiredAccess,
                                        POBJECT_ATTRIBUTES ObjectAttributes,
                                        PLARGE_INTEGER MaximumSize, ULONG SectionPageProtection,
                                        ULONG AllocationAttributes, HANDLE FileHandle);
NTSYSAPI NTSTATUS NTAPI NtDeleteObjectAuditAlarm(PUNICODE_STRING SubsystemName, PVOID HandleId,
                                                 BOOLEAN GenerateOnClose);
NTSYSAPI NTSTATUS NTAPI NtDeviceIoControlFile(HANDLE FileHandle, HANDLE Event,
                                              PIO_APC_ROUTINE ApcRoutine, PVOID ApcContext,
                                              PIO_STATUS_BLOCK IoStatusBlock, ULONG IoControlCode,
                                              PVOID InputBuffer, ULONG InputBufferLength,
                                              PVOID OutputBuffer, ULONG OutputBufferLength);
NTSYSAPI NTSTATUS NTAPI NtDuplicateToken(HANDLE ExistingTokenHandle, ACCESS_MASK DesiredAccess,
                                         POBJECT_ATTRIBUTES ObjectAttributes, BOOLEAN EffectiveOnly,
                                         TOKEN_TYPE TokenType, PHANDLE NewTokenHandle);
NTSYSAPI NTSTATUS NTAPI NtFilterToken(HANDLE ExistingTokenHandle, ULONG Flags,
                                      PTOKEN_GROUPS SidsToDisable,
                                      PTOKEN_PRIVILEGES PrivilegesToDelete,
                                      PTOKEN_GROUPS RestrictedSids, PHANDLE NewTokenHandle);
NTSYSAPI NTSTATUS NTAPI NtFreeVirtualMemory(HANDLE ProcessHandle, PVOID *BaseAddress,
                                            PSIZE_T RegionSize, ULONG FreeType);
NTSYSAPI NTSTATUS NTAPI NtFsControlFile(HANDLE FileHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine,
                                        PVOID ApcContext, PIO_STATUS_BLOCK IoStatusBlock,
                                        ULONG FsControlCode, PVOID InputBuffer,
                                        ULONG InputBufferLength, PVOID OutputBuffer,
                                        ULONG OutputBufferLength);
NTSYSAPI NTSTATUS NTAPI NtImpersonateAnonymousToken(HANDLE ThreadHandle);
NTSYSAPI NTSTATUS NTAPI NtLockFile(HANDLE FileHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine,
                                   PVOID ApcContext, PIO_STATUS_BLOCK IoStatusBlock,
                                   PLARGE_INTEGER ByteOffset, PLARGE_INTEGER Length, ULONG Key,
                                   BOOLEAN FailImmediately, BOOLEAN ExclusiveLock);
NTSYSAPI NTSTATUS NTAPI NtOpenFile(PHANDLE FileHandle, ACCESS_MASK DesiredAccess,
                                   POBJECT_ATTRIBUTES ObjectAttributes,
                                   PIO_STATUS_BLOCK IoStatusBlock, ULONG ShareAccess,
                                   ULONG OpenOptions);
NTSYSAPI NTSTATUS NTAPI NtOpenJobObjectToken(HANDLE JobHandle, ACCESS_MASK DesiredAccess,
                                             PHANDLE TokenHandle);
NTSYSAPI NTSTATUS NTAPI NtOpenObjectAuditAlarm(
    PUNICODE_STRING SubsystemName, PVOID HandleId, PUNICODE_STRING ObjectTypeName,
    PUNICODE_STRING ObjectName, PSECURITY_DESCRIPTOR SecurityDescriptor, HANDLE ClientToken,
    ACCESS_MASK DesiredAccess, ACCESS_MASK GrantedAccess, PPRIVILEGE_SET Privileges,
    BOOLEAN ObjectCreation, BOOLEAN AccessGranted, PBOOLEAN GenerateOnClose);
NTSYSAPI NTSTATUS NTAPI NtOpenProcessToken(HANDLE ProcessHandle, ACCESS_MASK DesiredAccess,
                                           PHANDLE TokenHandle);
NTSYSAPI NTSTATUS NTAPI NtOpenProcessTokenEx(HANDLE ProcessHandle, ACCESS_MASK DesiredAccess,
                                             ULONG HandleAttributes, PHANDLE TokenHandle);
NTSYSAPI NTSTATUS NTAPI NtOpenThreadToken(HANDLE ThreadHandle, ACCESS_MASK DesiredAccess,
                                          BOOLEAN OpenAsSelf, PHANDLE TokenHandle);
NTSYSAPI NTSTATUS NTAPI NtOpenThreadTokenEx(HANDLE ThreadHandle, ACCESS_MASK DesiredAccess,
                                            BOOLEAN OpenAsSelf, ULONG HandleAttributes,
                                            PHANDLE TokenHandle);
NTSYSAPI NTSTATUS NTAPI NtPrivilegeCheck(HANDLE ClientToken, PPRIVILEGE_SET RequiredPrivileges,
                                         PBOOLEAN Result);
NTSYSAPI NTSTATUS NTAPI NtPrivilegeObjectAuditAlarm(PUNICODE_STRING SubsystemName, PVOID HandleId,
                                                    HANDLE ClientToken, ACCESS_MASK DesiredAccess,
                                                    PPRIVILEGE_SET Privileges,
                                                    BOOLEAN AccessGranted);
NTSYSAPI NTSTATUS NTAPI NtPrivilegedServiceAuditAlarm(PUNICODE_STRING SubsystemName,
                                                      PUNICODE_STRING ServiceName,
                                                      HANDLE ClientToken, PPRIVILEGE_SET Privileges,
                                                      BOOLEAN AccessGranted);
NTSYSAPI NTSTATUS NTAPI NtQueryDirectoryFile(HANDLE FileHandle, HANDLE Event,
                                             PIO_APC_ROUTINE ApcRoutine, PVOID ApcContext,
                                             PIO_STATUS_BLOCK IoStatusBlock, PVOID FileInformation,
                                             ULONG Length,
                                             FILE_INFORMATION_CLASS FileInformationClass,
                                             BOOLEAN ReturnSingleEntry, PUNICODE_STRING FileName,
                                             BOOLEAN RestartScan);
NTSYSAPI NTSTATUS NTAPI NtQueryInformationFile(HANDLE FileHandle, PIO_STATUS_BLOCK IoStatusBlock,
                                               PVOID FileInformation, ULONG Length,
                                               FILE_INFORMATION_CLASS FileInformationClass);
NTSYSAPI NTSTATUS NTAPI NtQueryInformationToken(HANDLE TokenHandle,
                                                TOKEN_INFORMATION_CLASS TokenInformationClass,
                                                PVOID TokenInformation,
                                                ULONG TokenInformationLength, PULONG ReturnLength);
NTSYSAPI NTSTATUS NTAPI NtQueryObject(HANDLE Handle,
                                      OBJECT_INFORMATION_CLASS ObjectInformationClass,
                                      PVOID ObjectInformation, ULONG ObjectInformationLength,
                                      PULONG ReturnLength);
NTSYSAPI NTSTATUS NTAPI NtQueryQuotaInformationFile(HANDLE FileHandle,
                                                    PIO_STATUS_BLOCK IoStatusBlock, PVOID Buffer,
                                                    ULONG Length, BOOLEAN ReturnSingleEntry,
                                                    PVOID SidList, ULONG SidListLength,
                                                    PSID StartSid, BOOLEAN RestartScan);
NTSYSAPI NTSTATUS NTAPI NtQuerySecurityObject(HANDLE Handle,
                                              SECURITY_INFORMATION SecurityInformation,
                                              PSECURITY_DESCRIPTOR SecurityDescriptor, ULONG Length,
                                              PULONG LengthNeeded);
NTSYSAPI NTSTATUS NTAPI NtQueryVolumeInformationFile(HANDLE FileHandle,
                                                     PIO_STATUS_BLOCK IoStatusBlock,
                                                     PVOID FsInformation, ULONG Length,
                                                     FS_INFORMATION_CLASS FsInformationClass);
NTSYSAPI NTSTATUS NTAPI NtReadFile(HANDLE FileHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine,
                                   PVOID ApcContext, PIO_STATUS_BLOCK IoStatusBlock, PVOID Buffer,
                                   ULONG Length, PLARGE_INTEGER ByteOffset, PULONG Key);
NTSYSAPI NTSTATUS NTAPI NtSetInformationFile(HANDLE FileHandle, PIO_STATUS_BLOCK IoStatusBlock,
                                             PVOID FileInformation, ULONG Length,
                                             FILE_INFORMATION_CLASS FileInformationClass);
NTSYSAPI NTSTATUS NTAPI NtSetInformationThread(HANDLE ThreadHandle,
                                               THREADINFOCLASS ThreadInformationClass,
                                               PVOID ThreadInformation,
                                               ULONG ThreadInformationLength);
NTSYSAPI NTSTATUS NTAPI NtSetInformationToken(HANDLE TokenHandle,
                                              TOKEN_INFORMATION_CLASS TokenInformationClass,
                                              PVOID TokenInformation, ULONG TokenInformationLength);
NTSYSAPI NTSTATUS NTAPI NtSetQuotaInformationFile(HANDLE FileHandle, PIO_STATUS_BLOCK IoStatusBlock,
                                                  PVOID Buffer, ULONG Length);
NTSYSAPI NTSTATUS NTAPI NtSetSecurityObject(HANDLE Handle, SECURITY_INFORMATION SecurityInformation,
                                            PSECURITY_DESCRIPTOR SecurityDescriptor);
NTSYSAPI NTSTATUS NTAPI NtSetVolumeInformationFile(HANDLE FileHandle,
                                                   PIO_STATUS_BLOCK IoStatusBlock,
                                                   PVOID FsInformation, ULONG Length,
                                                   FS_INFORMATION_CLASS FsInformationClass);
NTSYSAPI NTSTATUS NTAPI NtUnlockFile(HANDLE FileHandle, PIO_STATUS_BLOCK IoStatusBlock,
                                     PLARGE_INTEGER ByteOffset, PLARGE_INTEGER Length, ULONG Key);
NTSYSAPI NTSTATUS NTAPI NtWriteFile(HANDLE FileHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine,
                                    PVOID ApcContext, PIO_STATUS_BLOCK IoStatusBlock, PVOID Buffer,
                                    ULONG Length, PLARGE_INTEGER ByteOffset, PULONG Key);
NTSYSAPI NTSTATUS NTAPI ZwAccessCheckAndAuditAlarm(
    PUNICODE_STRING SubsystemName, PVOID HandleId, PUNICODE_STRING ObjectTypeName,
    PUNICODE_STRING ObjectName, PSECURITY_DESCRIPTOR SecurityDescriptor, ACCESS_MASK DesiredAccess,
    PGENERIC_MAPPING GenericMapping, BOOLEAN ObjectCreation, PACCESS_MASK GrantedAccess,
    PBOOLEAN AccessStatus, PBOOLEAN GenerateOnClose);
NTSYSAPI NTSTATUS NTAPI ZwAdjustPrivilegesToken(HANDLE TokenHandle, BOOLEAN DisableAllPrivileges,
                                                PTOKEN_PRIVILEGES NewState, ULONG BufferLength,
                                                PTOKEN_PRIVILEGES PreviousState,
                                                PULONG ReturnLength);
NTSYSAPI NTSTATUS NTAPI ZwAlertThread(HANDLE ThreadHandle);
NTSYSAPI NTSTATUS NTAPI ZwAllocateVirtualMemory(HANDLE ProcessHandle, PVOID *BaseAddress,
                                                ULONG_PTR ZeroBits, PSIZE_T RegionSize,
                                                ULONG AllocationType, ULONG Protect);
NTSYSAPI NTSTATUS NTAPI ZwCancelIoFile(HANDLE FileHandle, PIO_STATUS_BLOCK IoStatusBlock);
NTSYSAPI NTSTATUS NTAPI ZwClearEvent(HANDLE EventHandle);
NTSYSAPI NTSTATUS NTAPI ZwCloseObjectAuditAlarm(PUNICODE_STRING SubsystemName, PVOID HandleId,
                                                BOOLEAN GenerateOnClose);
NTSYSAPI NTSTATUS NTAPI ZwCreateEvent(PHANDLE EventHandle, ACCESS_MASK DesiredAccess,
                                      POBJECT_ATTRIBUTES ObjectAttributes, EVENT_TYPE EventType,
                                      BOOLEAN InitialState);
NTSYSAPI NTSTATUS NTAPI ZwCreateSymbolicLinkObject(PHANDLE SymbolicLinkHandle,
                                                   ACCESS_MASK DesiredAccess,
                                                   POBJECT_ATTRIBUTES ObjectAttributes,
                                                   PUNICODE_STRING TargetName);
NTSYSAPI NTSTATUS NTAPI ZwDeleteFile(POBJECT_ATTRIBUTES ObjectAttributes);
NTSYSAPI NTSTATUS NTAPI ZwDuplicateObject(HANDLE SourceProcessHandle, HANDLE SourceHandle,
                                          HANDLE TargetProcessHandle, PHANDLE TargetHandle,
                                          ACCESS_MASK DesiredAccess, ULONG HandleAttributes,
                                          ULONG Options);
NTSYSAPI NTSTATUS NTAPI ZwDuplicateToken(HANDLE ExistingTokenHandle, ACCESS_MASK DesiredAccess,
                                         POBJECT_ATTRIBUTES ObjectAttributes, BOOLEAN EffectiveOnly,
                                         TOKEN_TYPE TokenType, PHANDLE NewTokenHandle);
NTSYSAPI NTSTATUS NTAPI ZwFlushBuffersFile(HANDLE FileHandle, PIO_STATUS_BLOCK IoStatusBlock);
NTSYSAPI NTSTATUS NTAPI ZwFlushInstructionCache(HANDLE ProcessHandle, PVOID BaseAddress,
                                                ULONG FlushSize);
NTSYSAPI NTSTATUS NTAPI ZwFlushVirtualMemory(HANDLE ProcessHandle, PVOID *BaseAddress,
                                             PSIZE_T RegionSize, PIO_STATUS_BLOCK IoStatusBlock);
NTSYSAPI NTSTATUS NTAPI ZwFreeVirtualMemory(HANDLE ProcessHandle, PVOID *BaseAddress,
                                            PSIZE_T RegionSize, ULONG FreeType);
NTSYSAPI NTSTATUS NTAPI ZwFsControlFile(HANDLE FileHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine,
                                        PVOID ApcContext, PIO_STATUS_BLOCK IoStatusBlock,
                                        ULONG FsControlCode, PVOID InputBuffer,
                                        ULONG InputBufferLength, PVOID OutputBuffer,
                                        ULONG OutputBufferLength);
NTSYSAPI NTSTATUS NTAPI ZwInitiatePowerAction(POWER_ACTION SystemAction,
                                              SYSTEM_POWER_STATE MinSystemState, ULONG Flags,
                                              BOOLEAN Asynchronous);
NTSYSAPI NTSTATUS NTAPI ZwLoadKey(POBJECT_ATTRIBUTES KeyObjectAttributes,
                                  POBJECT_ATTRIBUTES FileObjectAttributes);
NTSYSAPI NTSTATUS NTAPI ZwLockFile(HANDLE FileHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine,
                                   PVOID ApcContext, PIO_STATUS_BLOCK IoStatusBlock,
                                   PLARGE_INTEGER ByteOffset, PLARGE_INTEGER Length, ULONG Key,
                                   BOOLEAN FailImmediately, BOOLEAN ExclusiveLock);
NTSYSAPI NTSTATUS NTAPI ZwNotifyChangeKey(HANDLE KeyHandle, HANDLE EventHandle,
                                          PIO_APC_ROUTINE ApcRoutine, PVOID ApcContext,
                                          PIO_STATUS_BLOCK IoStatusBlock, ULONG NotifyFilter,
                                          BOOLEAN WatchSubtree, PVOID Buffer, ULONG BufferLength,
                                          BOOLEAN Asynchronous);
NTSYSAPI NTSTATUS NTAPI ZwOpenDirectoryObject(PHANDLE DirectoryHandle, ACCESS_MASK DesiredAccess,
                                              POBJECT_ATTRIBUTES ObjectAttributes);
NTSYSAPI NTSTATUS NTAPI ZwOpenProcessToken(HANDLE ProcessHandle, ACCESS_MASK DesiredAccess,
                                           PHANDLE TokenHandle);
NTSYSAPI NTSTATUS NTAPI ZwOpenProcessTokenEx(HANDLE ProcessHandle, ACCESS_MASK DesiredAccess,
                                             ULONG HandleAttributes, PHANDLE TokenHandle);
NTSYSAPI NTSTATUS NTAPI ZwOpenThread(PHANDLE ThreadHandle, ACCESS_MASK DesiredAccess,
                                     POBJECT_ATTRIBUTES ObjectAttributes, PCLIENT_ID ClientId);
NTSYSAPI NTSTATUS NTAPI ZwOpenThreadToken(HANDLE ThreadHandle, ACCESS_MASK DesiredAccess,
                                          BOOLEAN OpenAsSelf, PHANDLE TokenHandle);
NTSYSAPI NTSTATUS NTAPI ZwOpenThreadTokenEx(HANDLE ThreadHandle, ACCESS_MASK DesiredAccess,
                                            BOOLEAN OpenAsSelf, ULONG HandleAttributes,
                                            PHANDLE TokenHandle);
NTSYSAPI NTSTATUS NTAPI ZwPulseEvent(HANDLE EventHandle, PLONG PreviousState);
NTSYSAPI NTSTATUS NTAPI ZwQueryDefaultLocale(BOOLEAN ThreadOrSystem, PLCID Locale);
NTSYSAPI NTSTATUS NTAPI ZwQueryDirectoryFile(HANDLE FileHandle, HANDLE Event,
                                             PIO_APC_ROUTINE ApcRoutine, PVOID ApcContext,
                                             PIO_STATUS_BLOCK IoStatusBlock, PVOID FileInformation,
                                             ULONG Length,
                                             FILE_INFORMATION_CLASS FileInformationClass,
                                             BOOLEAN ReturnSingleEntry, PUNICODE_STRING FileName,
                                             BOOLEAN RestartScan);
NTSYSAPI NTSTATUS NTAPI ZwQueryDirectoryObject(HANDLE DirectoryHandle, PVOID Buffer, ULONG Length,
                                               BOOLEAN ReturnSingleEntry, BOOLEAN RestartScan,
                                               PULONG Context, PULONG ReturnLength);
NTSYSAPI NTSTATUS NTAPI ZwQueryEaFile(HANDLE FileHandle, PIO_STATUS_BLOCK IoStatusBlock,
                                      PVOID Buffer, ULONG Length, BOOLEAN ReturnSingleEntry,
                                      PVOID EaList, ULONG EaListLength, PULONG EaIndex,
                                      BOOLEAN RestartScan);
NTSYSAPI NTSTATUS NTAPI ZwQueryInformationProcess(HANDLE ProcessHandle,
                                                  PROCESSINFOCLASS ProcessInformationClass,
                                                  PVOID ProcessInformation,
                                                  ULONG ProcessInformationLength,
                                                  PULONG ReturnLength);
NTSYSAPI NTSTATUS NTAPI ZwQueryInformationToken(HANDLE TokenHandle,
                                                TOKEN_INFORMATION_CLASS TokenInformationClass,
                                                PVOID TokenInformation, ULONG Length,
                                                PULONG ResultLength);
NTSYSAPI NTSTATUS NTAPI ZwQueryObject(HANDLE Handle,
                                      OBJECT_INFORMATION_CLASS ObjectInformationClass,
                                      PVOID ObjectInformation, ULONG ObjectInformationLength,
                                      PULONG ReturnLength);
NTSYSAPI NTSTATUS NTAPI ZwQueryQuotaInformationFile(HANDLE FileHandle,
                                                    PIO_STATUS_BLOCK IoStatusBlock, PVOID Buffer,
                                                    ULONG Length, BOOLEAN ReturnSingleEntry,
                                                    PVOID SidList, ULONG SidListLength,
                                                    PSID StartSid, BOOLEAN RestartScan);
NTSYSAPI NTSTATUS NTAPI ZwQuerySecurityObject(HANDLE FileHandle,
                                              SECURITY_INFORMATION SecurityInformation,
                                              PSECURITY_DESCRIPTOR SecurityDescriptor, ULONG Length,
                                              PULONG ResultLength);
NTSYSAPI NTSTATUS NTAPI ZwReplaceKey(POBJECT_ATTRIBUTES NewFileObjectAttributes, HANDLE KeyHandle,
                                     POBJECT_ATTRIBUTES OldFileObjectAttributes);
NTSYSAPI NTSTATUS NTAPI ZwResetEvent(HANDLE EventHandle, PLONG PreviousState);
NTSYSAPI NTSTATUS NTAPI ZwRestoreKey(HANDLE KeyHandle, HANDLE FileHandle, ULONG Flags);
NTSYSAPI NTSTATUS NTAPI ZwSaveKey(HANDLE KeyHandle, HANDLE FileHandle);
NTSYSAPI NTSTATUS NTAPI ZwSetDefaultLocale(BOOLEAN ThreadOrSystem, LCID Locale);
NTSYSAPI NTSTATUS NTAPI ZwSetDefaultUILanguage(LANGID LanguageId);
NTSYSAPI NTSTATUS NTAPI ZwSetEaFile(HANDLE FileHandle, PIO_STATUS_BLOCK IoStatusBlock, PVOID Buffer,
                                    ULONG Length);
NTSYSAPI NTSTATUS NTAPI ZwSetEvent(HANDLE EventHandle, PLONG PreviousState);
NTSYSAPI NTSTATUS NTAPI ZwSetInformationProcess(HANDLE ProcessHandle,
                                                PROCESSINFOCLASS ProcessInformationClass,
                                                PVOID ProcessInformation,
                                                ULONG ProcessInformationLength);
NTSYSAPI NTSTATUS NTAPI ZwSetInformationToken(HANDLE TokenHandle,
                                              TOKEN_INFORMATION_CLASS TokenInformationClass,
                                              PVOID TokenInformation, ULONG TokenInformationLength);
NTSYSAPI NTSTATUS NTAPI ZwSetQuotaInformationFile(HANDLE FileHandle, PIO_STATUS_BLOCK IoStatusBlock,
                                                  PVOID Buffer, ULONG Length);
NTSYSAPI NTSTATUS NTAPI ZwSetSecurityObject(HANDLE Handle, SECURITY_INFORMATION SecurityInformation,
                                            PSECURITY_DESCRIPTOR SecurityDescriptor);
NTSYSAPI NTSTATUS NTAPI ZwSetSystemTime(PLARGE_INTEGER NewTime, PLARGE_INTEGER OldTime);
NTSYSAPI NTSTATUS NTAPI ZwSetVolumeInformationFile(HANDLE FileHandle,
                                                   PIO_STATUS_BLOCK IoStatusBlock,
                                                   PVOID FsInformation, ULONG Length,
                                                   FS_INFORMATION_CLASS FsInformationClass);
NTSYSAPI NTSTATUS NTAPI ZwUnloadKey(POBJECT_ATTRIBUTES KeyObjectAttributes);
NTSYSAPI NTSTATUS NTAPI ZwUnlockFile(HANDLE FileHandle, PIO_STATUS_BLOCK IoStatusBlock,
                                     PLARGE_INTEGER ByteOffset, PLARGE_INTEGER Length, ULONG Key);
NTSYSAPI NTSTATUS NTAPI ZwWaitForMultipleObjects(ULONG HandleCount, PHANDLE Handles,
                                                 WAIT_TYPE WaitType, BOOLEAN Alertable,
                                                 PLARGE_INTEGER Timeout);
NTSYSAPI NTSTATUS NTAPI ZwWaitForSingleObject(HANDLE Handle, BOOLEAN Alertable,
                                              PLARGE_INTEGER Timeout);
NTSYSAPI NTSTATUS NTAPI ZwYieldExecution(VOID);

#endif
