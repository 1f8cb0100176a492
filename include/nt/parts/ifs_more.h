// SPDX-License-Identifier: MIT
// Routines of ntifs.h that are newer than the published headers, or macros there.
//
// Source: the DDI page of each name; KeTestAlertThread: an export without a page, ReactOS
// ntoskrnl/ke/thrdobj.c.
#ifndef KSS_NT_PARTS_IFS_MORE_H
#define KSS_NT_PARTS_IFS_MORE_H

NTKERNELAPI BOOLEAN NTAPI KeTestAlertThread(KPROCESSOR_MODE AlertMode);

#define FsRtlEnterFileSystem() KeEnterCriticalRegion()
#define FsRtlExitFileSystem()  KeLeaveCriticalRegion()

NTKERNELAPI BOOLEAN NTAPI CcCopyReadEx(PFILE_OBJECT FileObject, PLARGE_INTEGER FileOffset,
                                       ULONG Length, BOOLEAN Wait, PVOID Buffer,
                                       PIO_STATUS_BLOCK IoStatus, PETHREAD IoIssuerThread);
NTKERNELAPI BOOLEAN NTAPI CcCopyWriteEx(PFILE_OBJECT FileObject, PLARGE_INTEGER FileOffset,
                                        ULONG Length, BOOLEAN Wait, PVOID Buffer,
                                        PETHREAD IoIssuerThread);
NTKERNELAPI VOID NTAPI CcSetAdditionalCacheAttributesEx(PFILE_OBJECT FileObject, ULONG Flags);
#define CcIsFileCached(FileObject)                                                                 \
    ((FileObject)->SectionObjectPointer != NULL &&                                                 \
     ((PSECTION_OBJECT_POINTERS)(FileObject)->SectionObjectPointer)->SharedCacheMap != NULL)
#define CcGetFileSizePointer(FileObject)                                                           \
    ((PLARGE_INTEGER)((PVOID) &                                                                    \
                      ((PFSRTL_COMMON_FCB_HEADER)(FileObject)->FsContext)->AllocationSize) +       \
     1)

#define FsRtlAreThereCurrentFileLocks(FileLock) ((FileLock)->FastIoIsQuestionable)
#define FsRtlSetupAdvancedHeader(Header, Mutex)                                                    \
    {                                                                                              \
        (Header)->Flags |= FSRTL_FLAG_ADVANCED_HEADER;                                             \
        (Header)->Flags2 |= FSRTL_FLAG2_SUPPORTS_FILTER_CONTEXTS;                                  \
        InitializeListHead(&(Header)->FilterContexts);                                             \
        if ((Mutex) != NULL)                                                                       \
            (Header)->FastMutex = (Mutex);                                                         \
    }
NTKERNELAPI NTSTATUS NTAPI FsRtlDismountComplete(PDEVICE_OBJECT DeviceObject,
                                                 NTSTATUS DismountStatus);
NTKERNELAPI VOID NTAPI FsRtlUpdateDiskCounters(ULONG64 BytesRead, ULONG64 BytesWritten);
NTKERNELAPI BOOLEAN NTAPI FsRtlCheckLockForOplockRequest(PFILE_LOCK FileLock,
                                                         PLARGE_INTEGER AllocationSize);
NTKERNELAPI BOOLEAN NTAPI FsRtlAreThereWaitingFileLocks(PFILE_LOCK FileLock);

#define FSRTL_FAT_LEGAL      0x01
#define FSRTL_HPFS_LEGAL     0x02
#define FSRTL_NTFS_LEGAL     0x04
#define FSRTL_WILD_CHARACTER 0x08
#define FsRtlTestAnsiCharacter(C, DefaultRet, WildOk, Flags)                                       \
    (((SCHAR)(C) < 0) ? (DefaultRet)                                                               \
                      : ((FsRtlLegalAnsiCharacterArray[(UCHAR)(C)] &                               \
                          ((Flags) | ((WildOk) ? FSRTL_WILD_CHARACTER : 0))) != 0))
#define FsRtlIsAnsiCharacterLegalFat(C, WildOk)                                                    \
    FsRtlTestAnsiCharacter((C), TRUE, (WildOk), FSRTL_FAT_LEGAL)
#define FsRtlIsAnsiCharacterLegalHpfs(C, WildOk)                                                   \
    FsRtlTestAnsiCharacter((C), TRUE, (WildOk), FSRTL_HPFS_LEGAL)
#define FsRtlIsLeadDbcsCharacter(DbcsChar) ((void)(DbcsChar), FALSE) // see NLS_MB_CODE_PAGE_TAG
#define FsRtlFastLock(FileLock, FileObject, Offset, Length, Process, Key, FailNow, Exclusive,      \
                      Iosb, Context, Already)                                                      \
    FsRtlPrivateLock(FileLock, FileObject, Offset, Length, Process, Key, FailNow, Exclusive, Iosb, \
                     NULL, Context, Already)

#define RtlOemStringToCountedUnicodeSize(String)                                                   \
    ((ULONG)(RtlOemStringToUnicodeSize(String) - sizeof(UNICODE_NULL)))
#define RtlOemStringToUnicodeSize(String)                                                          \
    (NLS_MB_OEM_CODE_PAGE_TAG ? RtlxOemStringToUnicodeSize(String)                                 \
                              : ((String)->Length + sizeof(ANSI_NULL)) * sizeof(WCHAR))

#define FlagOn(Flags, Flag)        ((Flags) & (Flag))
#define BooleanFlagOn(Flags, Flag) ((BOOLEAN)(((Flags) & (Flag)) != 0))
#define SetFlag(Flags, Flag)       ((Flags) |= (Flag))
#define ClearFlag(Flags, Flag)     ((Flags) &= ~(Flag))

#define DOS_STAR (L'<')
#define DOS_QM   (L'>')
#define DOS_DOT  (L'"')
#define FsRtlIsUnicodeCharacterWild(C)                                                             \
    ((C) == L'*' || (C) == L'?' || (C) == DOS_STAR || (C) == DOS_QM || (C) == DOS_DOT)

#define IoIsFileOpenedExclusively(FileObject)                                                      \
    ((BOOLEAN) !((FileObject)->SharedRead || (FileObject)->SharedWrite ||                          \
                 (FileObject)->SharedDelete))
#define FsRtlCompleteRequest(Irp, FinalStatus)                                                     \
    {                                                                                              \
        (Irp)->IoStatus.Status = (FinalStatus);                                                    \
        IoCompleteRequest((Irp), IO_DISK_INCREMENT);                                               \
    }
#define CcReadAhead(FileObject, Offset, Length)                                                    \
    {                                                                                              \
        if ((Length) >= 256)                                                                       \
            CcScheduleReadAhead((FileObject), (Offset), (Length));                                 \
    }
#define SeLengthSid(Sid)                                                                           \
    (8 + (4 * ((SID *)(Sid))->SubAuthorityCount)) // SID_REVISION, count, authority; sub-authorities
#define SeStopImpersonatingClient() PsRevertToSelf()
#define SeQuerySubjectContextToken(SubjectContext)                                                 \
    (ARGUMENT_PRESENT(((PSECURITY_SUBJECT_CONTEXT)(SubjectContext))->ClientToken)                  \
         ? ((PSECURITY_SUBJECT_CONTEXT)(SubjectContext))->ClientToken                              \
         : ((PSECURITY_SUBJECT_CONTEXT)(SubjectContext))->PrimaryToken)

#define FsRtlSupportsPerStreamContexts(FileObject)                                                 \
    (((PFSRTL_COMMON_FCB_HEADER)(FileObject)->FsContext) != NULL &&                                \
     FlagOn(((PFSRTL_COMMON_FCB_HEADER)(FileObject)->FsContext)->Flags2,                           \
            FSRTL_FLAG2_SUPPORTS_FILTER_CONTEXTS))
#define FsRtlGetPerStreamContextPointer(FileObject)                                                \
    ((PFSRTL_ADVANCED_FCB_HEADER)(FileObject)->FsContext)
#define FsRtlInitPerStreamContext(Context, Owner, Instance, Callback)                              \
    ((Context)->OwnerId = (Owner), (Context)->InstanceId = (Instance),                             \
     (Context)->FreeCallback = (Callback))
#define IsReparseTagMicrosoft(Tag)      (((Tag)&0x80000000U) != 0)
#define IsReparseTagNameSurrogate(Tag)  (((Tag)&0x20000000U) != 0)
#define REPARSE_DATA_BUFFER_HEADER_SIZE FIELD_OFFSET(REPARSE_DATA_BUFFER, GenericReparseBuffer)
#define REPARSE_GUID_DATA_BUFFER_HEADER_SIZE                                                       \
    FIELD_OFFSET(REPARSE_GUID_DATA_BUFFER, GenericReparseBuffer)

// Splay links.
#define RtlInitializeSplayLinks(Links)                                                             \
    {                                                                                              \
        PRTL_SPLAY_LINKS kss_links = (PRTL_SPLAY_LINKS)(Links);                                    \
        kss_links->Parent = kss_links;                                                             \
        kss_links->LeftChild = kss_links->RightChild = NULL;                                       \
    }
#define RtlParent(Links)       ((PRTL_SPLAY_LINKS)(Links)->Parent)
#define RtlLeftChild(Links)    ((PRTL_SPLAY_LINKS)(Links)->LeftChild)
#define RtlRightChild(Links)   ((PRTL_SPLAY_LINKS)(Links)->RightChild)
#define RtlIsRoot(Links)       (RtlParent(Links) == (PRTL_SPLAY_LINKS)(Links))
#define RtlIsLeftChild(Links)  (RtlLeftChild(RtlParent(Links)) == (PRTL_SPLAY_LINKS)(Links))
#define RtlIsRightChild(Links) (RtlRightChild(RtlParent(Links)) == (PRTL_SPLAY_LINKS)(Links))
#define RtlInsertAsLeftChild(ParentLinks, ChildLinks)                                              \
    {                                                                                              \
        PRTL_SPLAY_LINKS kss_parent = (PRTL_SPLAY_LINKS)(ParentLinks);                             \
        PRTL_SPLAY_LINKS kss_child = (PRTL_SPLAY_LINKS)(ChildLinks);                               \
        kss_parent->LeftChild = kss_child;                                                         \
        kss_child->Parent = kss_parent;                                                            \
    }
#define RtlInsertAsRightChild(ParentLinks, ChildLinks)                                             \
    {                                                                                              \
        PRTL_SPLAY_LINKS kss_parent = (PRTL_SPLAY_LINKS)(ParentLinks);                             \
        PRTL_SPLAY_LINKS kss_child = (PRTL_SPLAY_LINKS)(ChildLinks);                               \
        kss_parent->RightChild = kss_child;                                                        \
        kss_child->Parent = kss_parent;                                                            \
    }

#endif
