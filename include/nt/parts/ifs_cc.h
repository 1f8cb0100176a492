// SPDX-License-Identifier: MIT
// Cc routines (the cache manager). One that kss does not serve ends the run (sim/native/unserved.def).
//
// Source: Windows Driver Kit documentation (DDI pages); mingw-w64 ddk/ntifs.h.
#ifndef KSS_NT_PARTS_IFS_CC_H
#define KSS_NT_PARTS_IFS_CC_H

NTKERNELAPI BOOLEAN NTAPI CcCanIWrite(PFILE_OBJECT FileObject, ULONG BytesToWrite, BOOLEAN Wait,
                                      BOOLEAN Retrying);
NTKERNELAPI VOID NTAPI CcCoherencyFlushAndPurgeCache(PSECTION_OBJECT_POINTERS SectionObjectPointer,
                                                     PLARGE_INTEGER FileOffset, ULONG Length,
                                                     PIO_STATUS_BLOCK IoStatus, ULONG Flags);
NTKERNELAPI BOOLEAN NTAPI CcCopyRead(PFILE_OBJECT FileObject, PLARGE_INTEGER FileOffset,
                                     ULONG Length, BOOLEAN Wait, PVOID Buffer,
                                     PIO_STATUS_BLOCK IoStatus);
NTKERNELAPI BOOLEAN NTAPI CcCopyWrite(PFILE_OBJECT FileObject, PLARGE_INTEGER FileOffset,
                                      ULONG Length, BOOLEAN Wait, PVOID Buffer);
NTKERNELAPI BOOLEAN NTAPI CcCopyWriteWontFlush(PFILE_OBJECT FileObject, PLARGE_INTEGER FileOffset,
                                               ULONG Length);
NTKERNELAPI VOID NTAPI CcDeferWrite(PFILE_OBJECT FileObject, PCC_POST_DEFERRED_WRITE PostRoutine,
                                    PVOID Context1, PVOID Context2, ULONG BytesToWrite,
                                    BOOLEAN Retrying);
NTKERNELAPI VOID NTAPI CcFastCopyRead(PFILE_OBJECT FileObject, ULONG FileOffset, ULONG Length,
                                      ULONG PageCount, PVOID Buffer, PIO_STATUS_BLOCK IoStatus);
NTKERNELAPI VOID NTAPI CcFastCopyWrite(PFILE_OBJECT FileObject, ULONG FileOffset, ULONG Length,
                                       PVOID Buffer);
NTKERNELAPI VOID NTAPI CcFlushCache(PSECTION_OBJECT_POINTERS SectionObjectPointer,
                                    PLARGE_INTEGER FileOffset, ULONG Length,
                                    PIO_STATUS_BLOCK IoStatus);
NTKERNELAPI LARGE_INTEGER NTAPI CcGetDirtyPages(PVOID LogHandle,
                                                PDIRTY_PAGE_ROUTINE DirtyPageRoutine,
                                                PVOID Context1, PVOID Context2);
NTKERNELAPI PFILE_OBJECT NTAPI CcGetFileObjectFromBcb(PVOID Bcb);
NTKERNELAPI PFILE_OBJECT NTAPI
CcGetFileObjectFromSectionPtrs(PSECTION_OBJECT_POINTERS SectionObjectPointer);
NTKERNELAPI PFILE_OBJECT NTAPI
CcGetFileObjectFromSectionPtrsRef(PSECTION_OBJECT_POINTERS SectionObjectPointer);
NTKERNELAPI LARGE_INTEGER NTAPI CcGetFlushedValidData(PSECTION_OBJECT_POINTERS SectionObjectPointer,
                                                      BOOLEAN BcbListHeld);
NTKERNELAPI LARGE_INTEGER NTAPI CcGetLsnForFileObject(PFILE_OBJECT FileObject,
                                                      PLARGE_INTEGER OldestLsn);
NTKERNELAPI VOID NTAPI CcInitializeCacheMap(PFILE_OBJECT FileObject, PCC_FILE_SIZES FileSizes,
                                            BOOLEAN PinAccess, PCACHE_MANAGER_CALLBACKS Callbacks,
                                            PVOID LazyWriteContext);
NTKERNELAPI BOOLEAN NTAPI CcIsThereDirtyData(PVPB Vpb);
NTKERNELAPI BOOLEAN NTAPI CcIsThereDirtyDataEx(PVPB Vpb, PULONG NumberOfDirtyPages);
NTKERNELAPI BOOLEAN NTAPI CcMapData(PFILE_OBJECT FileObject, PLARGE_INTEGER FileOffset,
                                    ULONG Length, ULONG Flags, PVOID *Bcb, PVOID *Buffer);
NTKERNELAPI VOID NTAPI CcMdlRead(PFILE_OBJECT FileObject, PLARGE_INTEGER FileOffset, ULONG Length,
                                 PMDL *MdlChain, PIO_STATUS_BLOCK IoStatus);
NTKERNELAPI VOID NTAPI CcMdlReadComplete(PFILE_OBJECT FileObject, PMDL MdlChain);
NTKERNELAPI VOID NTAPI CcMdlWriteAbort(PFILE_OBJECT FileObject, PMDL MdlChain);
NTKERNELAPI VOID NTAPI CcMdlWriteComplete(PFILE_OBJECT FileObject, PLARGE_INTEGER FileOffset,
                                          PMDL MdlChain);
NTKERNELAPI BOOLEAN NTAPI CcPinMappedData(PFILE_OBJECT FileObject, PLARGE_INTEGER FileOffset,
                                          ULONG Length, ULONG Flags, PVOID *Bcb);
NTKERNELAPI BOOLEAN NTAPI CcPinRead(PFILE_OBJECT FileObject, PLARGE_INTEGER FileOffset,
                                    ULONG Length, ULONG Flags, PVOID *Bcb, PVOID *Buffer);
NTKERNELAPI VOID NTAPI CcPrepareMdlWrite(PFILE_OBJECT FileObject, PLARGE_INTEGER FileOffset,
                                         ULONG Length, PMDL *MdlChain, PIO_STATUS_BLOCK IoStatus);
NTKERNELAPI BOOLEAN NTAPI CcPreparePinWrite(PFILE_OBJECT FileObject, PLARGE_INTEGER FileOffset,
                                            ULONG Length, BOOLEAN Zero, ULONG Flags, PVOID *Bcb,
                                            PVOID *Buffer);
NTKERNELAPI BOOLEAN NTAPI CcPurgeCacheSection(PSECTION_OBJECT_POINTERS SectionObjectPointer,
                                              PLARGE_INTEGER FileOffset, ULONG Length, ULONG Flags);
NTKERNELAPI PVOID NTAPI CcRemapBcb(PVOID Bcb);
NTKERNELAPI VOID NTAPI CcRepinBcb(PVOID Bcb);
NTKERNELAPI VOID NTAPI CcScheduleReadAhead(PFILE_OBJECT FileObject, PLARGE_INTEGER FileOffset,
                                           ULONG Length);
NTKERNELAPI VOID NTAPI CcSetAdditionalCacheAttributes(PFILE_OBJECT FileObject,
                                                      BOOLEAN DisableReadAhead,
                                                      BOOLEAN DisableWriteBehind);
NTKERNELAPI VOID NTAPI CcSetBcbOwnerPointer(PVOID Bcb, PVOID OwnerPointer);
NTKERNELAPI VOID NTAPI CcSetDirtyPageThreshold(PFILE_OBJECT FileObject, ULONG DirtyPageThreshold);
NTKERNELAPI VOID NTAPI CcSetDirtyPinnedData(PVOID BcbVoid, PLARGE_INTEGER Lsn);
NTKERNELAPI VOID NTAPI CcSetFileSizes(PFILE_OBJECT FileObject, PCC_FILE_SIZES FileSizes);
NTKERNELAPI NTSTATUS NTAPI CcSetFileSizesEx(PFILE_OBJECT FileObject, PCC_FILE_SIZES FileSizes);
NTKERNELAPI VOID NTAPI CcSetLogHandleForFile(PFILE_OBJECT FileObject, PVOID LogHandle,
                                             PFLUSH_TO_LSN FlushToLsnRoutine);
NTKERNELAPI VOID NTAPI CcSetParallelFlushFile(PFILE_OBJECT FileObject, BOOLEAN EnableParallelFlush);
NTKERNELAPI VOID NTAPI CcSetReadAheadGranularity(PFILE_OBJECT FileObject, ULONG Granularity);
NTKERNELAPI BOOLEAN NTAPI
CcUninitializeCacheMap(PFILE_OBJECT FileObject, PLARGE_INTEGER TruncateSize,
                       PCACHE_UNINITIALIZE_EVENT UninitializeCompleteEvent);
NTKERNELAPI VOID NTAPI CcUnpinData(PVOID Bcb);
NTKERNELAPI VOID NTAPI CcUnpinDataForThread(PVOID Bcb, ERESOURCE_THREAD ResourceThreadId);
NTKERNELAPI VOID NTAPI CcUnpinRepinnedBcb(PVOID Bcb, BOOLEAN WriteThrough,
                                          PIO_STATUS_BLOCK IoStatus);
NTKERNELAPI NTSTATUS NTAPI CcWaitForCurrentLazyWriterActivity(VOID);
NTKERNELAPI BOOLEAN NTAPI CcZeroData(PFILE_OBJECT FileObject, PLARGE_INTEGER StartOffset,
                                     PLARGE_INTEGER EndOffset, BOOLEAN Wait);

#endif
