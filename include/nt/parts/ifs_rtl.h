// SPDX-License-Identifier: MIT
// Rtl routines of ntifs.h. One that kss does not serve ends the run (sim/native/unserved.def).
//
// Source: Windows Driver Kit documentation (DDI pages); mingw-w64 ddk/ntifs.h.
#ifndef KSS_NT_PARTS_IFS_RTL_H
#define KSS_NT_PARTS_IFS_RTL_H

NTSYSAPI NTSTATUS NTAPI RtlAbsoluteToSelfRelativeSD(
    PSECURITY_DESCRIPTOR AbsoluteSecurityDescriptor,
    PSECURITY_DESCRIPTOR SelfRelativeSecurityDescriptor, PULONG BufferLength);
NTSYSAPI NTSTATUS NTAPI RtlAddAccessAllowedAce(PACL Acl, ULONG AceRevision, ACCESS_MASK AccessMask,
                                               PSID Sid);
NTSYSAPI NTSTATUS NTAPI RtlAddAccessAllowedAceEx(PACL Acl, ULONG AceRevision, ULONG AceFlags,
                                                 ACCESS_MASK AccessMask, PSID Sid);
NTSYSAPI NTSTATUS NTAPI RtlAddAce(PACL Acl, ULONG AceRevision, ULONG StartingAceIndex,
                                  PVOID AceList, ULONG AceListLength);
NTSYSAPI NTSTATUS NTAPI RtlAllocateAndInitializeSid(PSID_IDENTIFIER_AUTHORITY IdentifierAuthority,
                                                    UCHAR SubAuthorityCount, ULONG SubAuthority0,
                                                    ULONG SubAuthority1, ULONG SubAuthority2,
                                                    ULONG SubAuthority3, ULONG SubAuthority4,
                                                    ULONG SubAuthority5, ULONG SubAuthority6,
                                                    ULONG SubAuthority7, PSID *Sid);
NTSYSAPI PVOID NTAPI RtlAllocateHeap(HANDLE HeapHandle, ULONG Flags, SIZE_T Size);
NTSYSAPI NTSTATUS NTAPI RtlAppendStringToString(PSTRING Destination, const STRING *Source);
NTSYSAPI VOID NTAPI RtlCaptureContext(PCONTEXT ContextRecord);
NTSYSAPI USHORT NTAPI RtlCaptureStackBackTrace(ULONG FramesToSkip, ULONG FramesToCapture,
                                               PVOID *BackTrace, PULONG BackTraceHash);
NTSYSAPI LONG NTAPI RtlCompareAltitudes(PCUNICODE_STRING Altitude1, PCUNICODE_STRING Altitude2);
NTSYSAPI SIZE_T NTAPI RtlCompareMemoryUlong(PVOID Source, SIZE_T Length, ULONG Pattern);
NTSYSAPI NTSTATUS NTAPI RtlCompressBuffer(USHORT CompressionFormatAndEngine,
                                          PUCHAR UncompressedBuffer, ULONG UncompressedBufferSize,
                                          PUCHAR CompressedBuffer, ULONG CompressedBufferSize,
                                          ULONG UncompressedChunkSize, PULONG FinalCompressedSize,
                                          PVOID WorkSpace);
NTSYSAPI NTSTATUS NTAPI RtlCompressChunks(PUCHAR UncompressedBuffer, ULONG UncompressedBufferSize,
                                          PUCHAR CompressedBuffer, ULONG CompressedBufferSize,
                                          PCOMPRESSED_DATA_INFO CompressedDataInfo,
                                          ULONG CompressedDataInfoLength, PVOID WorkSpace);
NTSYSAPI VOID NTAPI RtlCopyLuid(PLUID DestinationLuid, PLUID SourceLuid);
NTSYSAPI NTSTATUS NTAPI RtlCopySid(ULONG Length, PSID Destination, PSID Source);
NTSYSAPI NTSTATUS NTAPI RtlCreateAcl(PACL Acl, ULONG AclLength, ULONG AclRevision);
NTSYSAPI PVOID NTAPI RtlCreateHeap(ULONG Flags, PVOID HeapBase, SIZE_T ReserveSize,
                                   SIZE_T CommitSize, PVOID Lock, PRTL_HEAP_PARAMETERS Parameters);
NTSYSAPI NTSTATUS NTAPI RtlCreateSecurityDescriptorRelative(
    PISECURITY_DESCRIPTOR_RELATIVE SecurityDescriptor, ULONG Revision);
NTSYSAPI NTSTATUS NTAPI RtlCreateServiceSid(PUNICODE_STRING ServiceName, PSID ServiceSid,
                                            PULONG ServiceSidLength);
NTSYSAPI NTSTATUS NTAPI RtlCreateSystemVolumeInformationFolder(PCUNICODE_STRING VolumeRootPath);
NTSYSAPI BOOLEAN NTAPI RtlCreateUnicodeString(PUNICODE_STRING DestinationString,
                                              PCWSTR SourceString);
NTSYSAPI NTSTATUS NTAPI RtlCreateVirtualAccountSid(PCUNICODE_STRING Name, ULONG BaseSubAuthority,
                                                   PSID Sid, PULONG SidLength);
NTSYSAPI NTSTATUS NTAPI RtlCustomCPToUnicodeN(PCPTABLEINFO CustomCP, PWCH UnicodeString,
                                              ULONG MaxBytesInUnicodeString,
                                              PULONG BytesInUnicodeString, PCH CustomCPString,
                                              ULONG BytesInCustomCPString);
NTSYSAPI NTSTATUS NTAPI RtlDecompressBuffer(USHORT CompressionFormat, PUCHAR UncompressedBuffer,
                                            ULONG UncompressedBufferSize, PUCHAR CompressedBuffer,
                                            ULONG CompressedBufferSize,
                                            PULONG FinalUncompressedSize);
NTSYSAPI NTSTATUS NTAPI RtlDecompressChunks(PUCHAR UncompressedBuffer, ULONG UncompressedBufferSize,
                                            PUCHAR CompressedBuffer, ULONG CompressedBufferSize,
                                            PUCHAR CompressedTail, ULONG CompressedTailSize,
                                            PCOMPRESSED_DATA_INFO CompressedDataInfo);
NTSYSAPI NTSTATUS NTAPI RtlDecompressFragment(USHORT CompressionFormat, PUCHAR UncompressedFragment,
                                              ULONG UncompressedFragmentSize,
                                              PUCHAR CompressedBuffer, ULONG CompressedBufferSize,
                                              ULONG FragmentOffset, PULONG FinalUncompressedSize,
                                              PVOID WorkSpace);
NTSYSAPI NTSTATUS NTAPI RtlDeleteAce(PACL Acl, ULONG AceIndex);
NTSYSAPI NTSTATUS NTAPI RtlDescribeChunk(USHORT CompressionFormat, PUCHAR *CompressedBuffer,
                                         PUCHAR EndOfCompressedBufferPlus1, PUCHAR *ChunkBuffer,
                                         PULONG ChunkSize);
NTSYSAPI PVOID NTAPI RtlDestroyHeap(PVOID HeapHandle);
NTSYSAPI NTSTATUS NTAPI RtlDowncaseUnicodeString(PUNICODE_STRING UniDest,
                                                 PCUNICODE_STRING UniSource,
                                                 BOOLEAN AllocateDestinationString);
NTSYSAPI NTSTATUS NTAPI RtlDuplicateUnicodeString(ULONG Flags, PCUNICODE_STRING SourceString,
                                                  PUNICODE_STRING DestinationString);
NTSYSAPI BOOLEAN NTAPI RtlEqualPrefixSid(PSID Sid1, PSID Sid2);
NTSYSAPI BOOLEAN NTAPI RtlEqualSid(PSID Sid1, PSID Sid2);
NTSYSAPI PUNICODE_PREFIX_TABLE_ENTRY NTAPI RtlFindUnicodePrefix(PUNICODE_PREFIX_TABLE PrefixTable,
                                                                PUNICODE_STRING FullName,
                                                                ULONG CaseInsensitiveIndex);
NTSYSAPI BOOLEAN NTAPI RtlFreeHeap(PVOID HeapHandle, ULONG Flags, PVOID BaseAddress);
NTSYSAPI VOID NTAPI RtlFreeOemString(POEM_STRING OemString);
NTSYSAPI PVOID NTAPI RtlFreeSid(PSID Sid);
NTSYSAPI NTSTATUS NTAPI RtlGenerate8dot3Name(PCUNICODE_STRING Name, BOOLEAN AllowExtendedCharacters,
                                             PGENERATE_NAME_CONTEXT Context,
                                             PUNICODE_STRING Name8dot3);
NTSYSAPI NTSTATUS NTAPI RtlGetAce(PACL Acl, ULONG AceIndex, PVOID *Ace);
NTSYSAPI NTSTATUS NTAPI RtlGetCompressionWorkSpaceSize(USHORT CompressionFormatAndEngine,
                                                       PULONG CompressBufferWorkSpaceSize,
                                                       PULONG CompressFragmentWorkSpaceSize);
NTSYSAPI NTSTATUS NTAPI RtlGetDaclSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor,
                                                     PBOOLEAN DaclPresent, PACL *Dacl,
                                                     PBOOLEAN DaclDefaulted);
NTSYSAPI NTSTATUS NTAPI RtlGetGroupSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor,
                                                      PSID *Group, PBOOLEAN GroupDefaulted);
NTSYSAPI NTSTATUS NTAPI RtlGetOwnerSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor,
                                                      PSID *Owner, PBOOLEAN OwnerDefaulted);
NTSYSAPI NTSTATUS NTAPI RtlGetSaclSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor,
                                                     PBOOLEAN SaclPresent, PACL *Sacl,
                                                     PBOOLEAN SaclDefaulted);
NTSYSAPI PSID_IDENTIFIER_AUTHORITY NTAPI RtlIdentifierAuthoritySid(PSID Sid);
NTSYSAPI NTSTATUS NTAPI RtlIdnToAscii(ULONG Flags, PCWSTR SourceString, LONG SourceStringLength,
                                      PWSTR DestinationString, PLONG DestinationStringLength);
NTSYSAPI NTSTATUS NTAPI RtlIdnToNameprepUnicode(ULONG Flags, PCWSTR SourceString,
                                                LONG SourceStringLength, PWSTR DestinationString,
                                                PLONG DestinationStringLength);
NTSYSAPI NTSTATUS NTAPI RtlIdnToUnicode(ULONG Flags, PCWSTR SourceString, LONG SourceStringLength,
                                        PWSTR DestinationString, PLONG DestinationStringLength);
NTSYSAPI NTSTATUS NTAPI RtlInitAnsiStringEx(PANSI_STRING DestinationString, PCSZ SourceString);
NTSYSAPI VOID NTAPI RtlInitCodePageTable(PUSHORT TableBase, PCPTABLEINFO CodePageTable);
NTSYSAPI NTSTATUS NTAPI RtlInitUnicodeStringEx(PUNICODE_STRING DestinationString,
                                               PCWSTR SourceString);
NTSYSAPI NTSTATUS NTAPI RtlInitializeSid(PSID Sid, PSID_IDENTIFIER_AUTHORITY IdentifierAuthority,
                                         UCHAR SubAuthorityCount);
NTSYSAPI VOID NTAPI RtlInitializeUnicodePrefix(PUNICODE_PREFIX_TABLE PrefixTable);
NTSYSAPI BOOLEAN NTAPI RtlInsertUnicodePrefix(PUNICODE_PREFIX_TABLE PrefixTable,
                                              PUNICODE_STRING Prefix,
                                              PUNICODE_PREFIX_TABLE_ENTRY PrefixTableEntry);
NTSYSAPI BOOLEAN NTAPI RtlIsNameLegalDOS8Dot3(PCUNICODE_STRING Name, POEM_STRING OemName,
                                              PBOOLEAN NameContainsSpaces);
NTSYSAPI NTSTATUS NTAPI RtlIsNormalizedString(ULONG NormForm, PCWSTR SourceString,
                                              LONG SourceStringLength, PBOOLEAN Normalized);
NTSYSAPI BOOLEAN NTAPI RtlIsValidOemCharacter(PWCHAR Char);
NTSYSAPI ULONG NTAPI RtlLengthRequiredSid(ULONG SubAuthorityCount);
NTSYSAPI ULONG NTAPI RtlLengthSid(PSID Sid);
NTSYSAPI NTSTATUS NTAPI RtlMultiByteToUnicodeN(PWCH UnicodeString, ULONG MaxBytesInUnicodeString,
                                               PULONG BytesInUnicodeString,
                                               const CHAR *MultiByteString,
                                               ULONG BytesInMultiByteString);
NTSYSAPI NTSTATUS NTAPI RtlMultiByteToUnicodeSize(PULONG BytesInUnicodeString,
                                                  const CHAR *MultiByteString,
                                                  ULONG BytesInMultiByteString);
NTSYSAPI PUNICODE_PREFIX_TABLE_ENTRY NTAPI RtlNextUnicodePrefix(PUNICODE_PREFIX_TABLE PrefixTable,
                                                                BOOLEAN Restart);
NTSYSAPI NTSTATUS NTAPI RtlNormalizeString(ULONG NormForm, PCWSTR SourceString,
                                           LONG SourceStringLength, PWSTR DestinationString,
                                           PLONG DestinationStringLength);
NTSYSAPI ULONG NTAPI RtlNtStatusToDosError(NTSTATUS Status);
NTSYSAPI ULONG NTAPI RtlNtStatusToDosErrorNoTeb(NTSTATUS Status);
NTSYSAPI NTSTATUS NTAPI RtlOemStringToCountedUnicodeString(PUNICODE_STRING DestinationString,
                                                           PCOEM_STRING SourceString,
                                                           BOOLEAN AllocateDestinationString);
NTSYSAPI NTSTATUS NTAPI RtlOemStringToUnicodeString(PUNICODE_STRING DestinationString,
                                                    PCOEM_STRING SourceString,
                                                    BOOLEAN AllocateDestinationString);
NTSYSAPI NTSTATUS NTAPI RtlOemToUnicodeN(PWSTR UnicodeString, ULONG MaxBytesInUnicodeString,
                                         PULONG BytesInUnicodeString, PCCH OemString,
                                         ULONG BytesInOemString);
NTSYSAPI ULONG NTAPI RtlRandom(PULONG Seed);
NTSYSAPI ULONG NTAPI RtlRandomEx(PULONG Seed);
NTSYSAPI VOID NTAPI RtlRemoveUnicodePrefix(PUNICODE_PREFIX_TABLE PrefixTable,
                                           PUNICODE_PREFIX_TABLE_ENTRY PrefixTableEntry);
NTSYSAPI NTSTATUS NTAPI RtlReplaceSidInSd(PSECURITY_DESCRIPTOR SecurityDescriptor, PSID OldSid,
                                          PSID NewSid, ULONG *NumChanges);
NTSYSAPI NTSTATUS NTAPI RtlReserveChunk(USHORT CompressionFormat, PUCHAR *CompressedBuffer,
                                        PUCHAR EndOfCompressedBufferPlus1, PUCHAR *ChunkBuffer,
                                        ULONG ChunkSize);
NTSYSAPI VOID NTAPI RtlSecondsSince1970ToTime(ULONG ElapsedSeconds, PLARGE_INTEGER Time);
NTSYSAPI VOID NTAPI RtlSecondsSince1980ToTime(ULONG ElapsedSeconds, PLARGE_INTEGER Time);
NTSYSAPI NTSTATUS NTAPI RtlSelfRelativeToAbsoluteSD(
    PSECURITY_DESCRIPTOR SelfRelativeSecurityDescriptor,
    PSECURITY_DESCRIPTOR AbsoluteSecurityDescriptor, PULONG AbsoluteSecurityDescriptorSize,
    PACL Dacl, PULONG DaclSize, PACL Sacl, PULONG SaclSize, PSID Owner, PULONG OwnerSize,
    PSID PrimaryGroup, PULONG PrimaryGroupSize);
NTSYSAPI NTSTATUS NTAPI RtlSetGroupSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor,
                                                      PSID Group, BOOLEAN GroupDefaulted);
NTSYSAPI NTSTATUS NTAPI RtlSetOwnerSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor,
                                                      PSID Owner, BOOLEAN OwnerDefaulted);
NTSYSAPI NTSTATUS NTAPI RtlSetSaclSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor,
                                                     BOOLEAN SaclPresent, PACL Sacl,
                                                     BOOLEAN SaclDefaulted);
NTSYSAPI PUCHAR NTAPI RtlSubAuthorityCountSid(PSID Sid);
NTSYSAPI PULONG NTAPI RtlSubAuthoritySid(PSID Sid, ULONG SubAuthority);
NTSYSAPI BOOLEAN NTAPI RtlTimeToSecondsSince1970(PLARGE_INTEGER Time, PULONG ElapsedSeconds);
NTSYSAPI BOOLEAN NTAPI RtlTimeToSecondsSince1980(PLARGE_INTEGER Time, PULONG ElapsedSeconds);
NTSYSAPI NTSTATUS NTAPI RtlUTF8ToUnicodeN(PWSTR UnicodeStringDestination,
                                          ULONG UnicodeStringMaxByteCount,
                                          PULONG UnicodeStringActualByteCount,
                                          PCCH UTF8StringSource, ULONG UTF8StringByteCount);
NTSYSAPI NTSTATUS NTAPI RtlUnicodeStringToCountedOemString(POEM_STRING DestinationString,
                                                           PCUNICODE_STRING SourceString,
                                                           BOOLEAN AllocateDestinationString);
NTSYSAPI NTSTATUS NTAPI RtlUnicodeStringToOemString(POEM_STRING DestinationString,
                                                    PCUNICODE_STRING SourceString,
                                                    BOOLEAN AllocateDestinationString);
NTSYSAPI NTSTATUS NTAPI RtlUnicodeToCustomCPN(PCPTABLEINFO CustomCP, PCH CustomCPString,
                                              ULONG MaxBytesInCustomCPString,
                                              PULONG BytesInCustomCPString, PWCH UnicodeString,
                                              ULONG BytesInUnicodeString);
NTSYSAPI NTSTATUS NTAPI RtlUnicodeToMultiByteN(PCHAR MultiByteString,
                                               ULONG MaxBytesInMultiByteString,
                                               PULONG BytesInMultiByteString, PCWCH UnicodeString,
                                               ULONG BytesInUnicodeString);
NTSYSAPI NTSTATUS NTAPI RtlUnicodeToMultiByteSize(PULONG BytesInMultiByteString,
                                                  PCWCH UnicodeString, ULONG BytesInUnicodeString);
NTSYSAPI NTSTATUS NTAPI RtlUnicodeToOemN(PCHAR OemString, ULONG MaxBytesInOemString,
                                         PULONG BytesInOemString, PCWCH UnicodeString,
                                         ULONG BytesInUnicodeString);
NTSYSAPI NTSTATUS NTAPI RtlUnicodeToUTF8N(PCHAR UTF8StringDestination, ULONG UTF8StringMaxByteCount,
                                          PULONG UTF8StringActualByteCount,
                                          PCWCH UnicodeStringSource, ULONG UnicodeStringByteCount);
NTSYSAPI NTSTATUS NTAPI RtlUpcaseUnicodeStringToCountedOemString(POEM_STRING DestinationString,
                                                                 PCUNICODE_STRING SourceString,
                                                                 BOOLEAN AllocateDestinationString);
NTSYSAPI NTSTATUS NTAPI RtlUpcaseUnicodeStringToOemString(POEM_STRING DestinationString,
                                                          PCUNICODE_STRING SourceString,
                                                          BOOLEAN AllocateDestinationString);
NTSYSAPI NTSTATUS NTAPI RtlUpcaseUnicodeToCustomCPN(PCPTABLEINFO CustomCP, PCH CustomCPString,
                                                    ULONG MaxBytesInCustomCPString,
                                                    PULONG BytesInCustomCPString,
                                                    PWCH UnicodeString, ULONG BytesInUnicodeString);
NTSYSAPI NTSTATUS NTAPI RtlUpcaseUnicodeToMultiByteN(PCHAR MultiByteString,
                                                     ULONG MaxBytesInMultiByteString,
                                                     PULONG BytesInMultiByteString,
                                                     PCWCH UnicodeString,
                                                     ULONG BytesInUnicodeString);
NTSYSAPI NTSTATUS NTAPI RtlUpcaseUnicodeToOemN(PCHAR OemString, ULONG MaxBytesInOemString,
                                               PULONG BytesInOemString, PCWCH UnicodeString,
                                               ULONG BytesInUnicodeString);
NTSYSAPI BOOLEAN NTAPI RtlValidSid(PSID Sid);
NTSYSAPI NTSTATUS NTAPI RtlValidateUnicodeString(ULONG Flags, PCUNICODE_STRING String);
NTSYSAPI ULONG NTAPI RtlxOemStringToUnicodeSize(PCOEM_STRING OemString);
NTSYSAPI ULONG NTAPI RtlxUnicodeStringToOemSize(PCUNICODE_STRING UnicodeString);

#endif
