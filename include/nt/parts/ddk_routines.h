// SPDX-License-Identifier: MIT
// Routines of ntddk.h. One that kss does not serve ends the run (sim/native/unserved.def).
//
// Source: Windows Driver Kit documentation (DDI pages); mingw-w64 ddk/ntddk.h.
#ifndef KSS_NT_PARTS_DDK_ROUTINES_H
#define KSS_NT_PARTS_DDK_ROUTINES_H

NTKERNELAPI ULONG NTAPI DbgPrompt(PCCH Prompt, PCH Response, ULONG MaximumResponseLength);
NTKERNELAPI NTSTATUS NTAPI ExExtendZone(PZONE_HEADER Zone, PVOID Segment, ULONG SegmentSize);
NTKERNELAPI NTSTATUS NTAPI ExInitializeZone(PZONE_HEADER Zone, ULONG BlockSize,
                                            PVOID InitialSegment, ULONG InitialSegmentSize);
NTKERNELAPI NTSTATUS NTAPI ExInterlockedExtendZone(PZONE_HEADER Zone, PVOID Segment,
                                                   ULONG SegmentSize, PKSPIN_LOCK Lock);
DECLSPEC_NORETURN NTKERNELAPI VOID NTAPI ExRaiseAccessViolation(VOID);
DECLSPEC_NORETURN NTKERNELAPI VOID NTAPI ExRaiseDatatypeMisalignment(VOID);
NTKERNELAPI NTSTATUS NTAPI ExUuidCreate(UUID *Uuid);
NTHALAPI VOID NTAPI
HalAcquireDisplayOwnership(PHAL_RESET_DISPLAY_PARAMETERS ResetDisplayParameters);
NTHALAPI PVOID NTAPI HalAllocateCrashDumpRegisters(PADAPTER_OBJECT AdapterObject,
                                                   PULONG NumberOfMapRegisters);
NTHALAPI NTSTATUS NTAPI HalAllocateHardwareCounters(PGROUP_AFFINITY GroupAffinty, ULONG GroupCount,
                                                    PPHYSICAL_COUNTER_RESOURCE_LIST ResourceList,
                                                    PHANDLE CounterSetHandle);
NTHALAPI VOID NTAPI HalBugCheckSystem(PWHEA_ERROR_SOURCE_DESCRIPTOR ErrorSource,
                                      PWHEA_ERROR_RECORD ErrorRecord);
NTHALAPI VOID NTAPI HalExamineMBR(PDEVICE_OBJECT DeviceObject, ULONG SectorSize,
                                  ULONG MBRTypeIdentifier, PVOID *Buffer);
NTHALAPI NTSTATUS NTAPI HalFreeHardwareCounters(HANDLE CounterSetHandle);
NTHALAPI PADAPTER_OBJECT NTAPI HalGetAdapter(PDEVICE_DESCRIPTION DeviceDescription,
                                             PULONG NumberOfMapRegisters);
NTHALAPI ULONG NTAPI HalGetBusDataByOffset(BUS_DATA_TYPE BusDataType, ULONG BusNumber,
                                           ULONG SlotNumber, PVOID Buffer, ULONG Offset,
                                           ULONG Length);
NTHALAPI NTSTATUS NTAPI HalGetScatterGatherList(PADAPTER_OBJECT DmaAdapter,
                                                PDEVICE_OBJECT DeviceObject, PMDL Mdl,
                                                PVOID CurrentVa, ULONG Length,
                                                PDRIVER_LIST_CONTROL ExecutionRoutine,
                                                PVOID Context, BOOLEAN WriteToDevice);
NTHALAPI VOID NTAPI HalPutDmaAdapter(PADAPTER_OBJECT DmaAdapter);
NTHALAPI VOID NTAPI HalPutScatterGatherList(PADAPTER_OBJECT DmaAdapter,
                                            PSCATTER_GATHER_LIST ScatterGather,
                                            BOOLEAN WriteToDevice);
NTHALAPI ULONG NTAPI HalSetBusDataByOffset(BUS_DATA_TYPE BusDataType, ULONG BusNumber,
                                           ULONG SlotNumber, PVOID Buffer, ULONG Offset,
                                           ULONG Length);
NTHALAPI BOOLEAN NTAPI HalTranslateBusAddress(INTERFACE_TYPE InterfaceType, ULONG BusNumber,
                                              PHYSICAL_ADDRESS BusAddress, PULONG AddressSpace,
                                              PPHYSICAL_ADDRESS TranslatedAddress);
NTKERNELAPI VOID NTAPI IoAllocateController(PCONTROLLER_OBJECT ControllerObject,
                                            PDEVICE_OBJECT DeviceObject,
                                            PDRIVER_CONTROL ExecutionRoutine, PVOID Context);
NTKERNELAPI NTSTATUS NTAPI IoAssignResources(PUNICODE_STRING RegistryPath,
                                             PUNICODE_STRING DriverClassName,
                                             PDRIVER_OBJECT DriverObject,
                                             PDEVICE_OBJECT DeviceObject,
                                             PIO_RESOURCE_REQUIREMENTS_LIST RequestedResources,
                                             PCM_RESOURCE_LIST *AllocatedResources);
NTKERNELAPI NTSTATUS NTAPI IoAttachDeviceByPointer(PDEVICE_OBJECT SourceDevice,
                                                   PDEVICE_OBJECT TargetDevice);
NTKERNELAPI NTSTATUS NTAPI IoAttachDeviceToDeviceStackSafe(PDEVICE_OBJECT SourceDevice,
                                                           PDEVICE_OBJECT TargetDevice,
                                                           PDEVICE_OBJECT *AttachedToDeviceObject);
NTKERNELAPI VOID NTAPI IoCancelFileOpen(PDEVICE_OBJECT DeviceObject, PFILE_OBJECT FileObject);
NTKERNELAPI VOID NTAPI IoClearIrpExtraCreateParameter(PIRP Irp);
NTKERNELAPI PCONTROLLER_OBJECT NTAPI IoCreateController(ULONG Size);
NTKERNELAPI NTSTATUS NTAPI IoCreateFileEx(PHANDLE FileHandle, ACCESS_MASK DesiredAccess,
                                          POBJECT_ATTRIBUTES ObjectAttributes,
                                          PIO_STATUS_BLOCK IoStatusBlock,
                                          PLARGE_INTEGER AllocationSize, ULONG FileAttributes,
                                          ULONG ShareAccess, ULONG Disposition, ULONG CreateOptions,
                                          PVOID EaBuffer, ULONG EaLength,
                                          CREATE_FILE_TYPE CreateFileType, PVOID InternalParameters,
                                          ULONG Options, PIO_DRIVER_CREATE_CONTEXT DriverContext);
NTKERNELAPI NTSTATUS NTAPI IoCreateFileSpecifyDeviceObjectHint(
    PHANDLE FileHandle, ACCESS_MASK DesiredAccess, POBJECT_ATTRIBUTES ObjectAttributes,
    PIO_STATUS_BLOCK IoStatusBlock, PLARGE_INTEGER AllocationSize, ULONG FileAttributes,
    ULONG ShareAccess, ULONG Disposition, ULONG CreateOptions, PVOID EaBuffer, ULONG EaLength,
    CREATE_FILE_TYPE CreateFileType, PVOID InternalParameters, ULONG Options, PVOID DeviceObject);
NTKERNELAPI VOID NTAPI IoDeleteController(PCONTROLLER_OBJECT ControllerObject);
NTKERNELAPI VOID NTAPI IoFreeController(PCONTROLLER_OBJECT ControllerObject);
NTKERNELAPI PDEVICE_OBJECT NTAPI IoGetDeviceToVerify(PETHREAD Thread);
NTKERNELAPI PGENERIC_MAPPING NTAPI IoGetFileObjectGenericMapping(VOID);
NTKERNELAPI NTSTATUS NTAPI IoGetIrpExtraCreateParameter(PIRP Irp,
                                                        struct _ECP_LIST **ExtraCreateParameter);
NTKERNELAPI IO_PAGING_PRIORITY NTAPI IoGetPagingIoPriority(PIRP Irp);
NTKERNELAPI PTXN_PARAMETER_BLOCK NTAPI IoGetTransactionParameterBlock(PFILE_OBJECT FileObject);
NTKERNELAPI BOOLEAN NTAPI IoIsFileObjectIgnoringSharing(PFILE_OBJECT FileObject);
NTKERNELAPI BOOLEAN NTAPI IoIsFileOriginRemote(PFILE_OBJECT FileObject);
NTKERNELAPI PIRP NTAPI IoMakeAssociatedIrp(PIRP Irp, CCHAR StackSize);
NTKERNELAPI NTSTATUS NTAPI IoQueryDeviceDescription(
    PINTERFACE_TYPE BusType, PULONG BusNumber, PCONFIGURATION_TYPE ControllerType,
    PULONG ControllerNumber, PCONFIGURATION_TYPE PeripheralType, PULONG PeripheralNumber,
    PIO_QUERY_DEVICE_ROUTINE CalloutRoutine, PVOID Context);
NTKERNELAPI VOID NTAPI IoRaiseHardError(PIRP Irp, PVPB Vpb, PDEVICE_OBJECT RealDeviceObject);
NTKERNELAPI BOOLEAN NTAPI IoRaiseInformationalHardError(NTSTATUS ErrorStatus,
                                                        PUNICODE_STRING String, PKTHREAD Thread);
NTKERNELAPI VOID NTAPI IoRegisterBootDriverReinitialization(
    PDRIVER_OBJECT DriverObject, PDRIVER_REINITIALIZE DriverReinitializationRoutine, PVOID Context);
NTKERNELAPI VOID NTAPI IoRegisterDriverReinitialization(
    PDRIVER_OBJECT DriverObject, PDRIVER_REINITIALIZE DriverReinitializationRoutine, PVOID Context);
NTKERNELAPI NTSTATUS NTAPI IoReportDetectedDevice(
    PDRIVER_OBJECT DriverObject, INTERFACE_TYPE LegacyBusType, ULONG BusNumber, ULONG SlotNumber,
    PCM_RESOURCE_LIST ResourceList, PIO_RESOURCE_REQUIREMENTS_LIST ResourceRequirements,
    BOOLEAN ResourceAssigned, PDEVICE_OBJECT *DeviceObject);
NTKERNELAPI NTSTATUS NTAPI IoReportResourceForDetection(
    PDRIVER_OBJECT DriverObject, PCM_RESOURCE_LIST DriverList, ULONG DriverListSize,
    PDEVICE_OBJECT DeviceObject, PCM_RESOURCE_LIST DeviceList, ULONG DeviceListSize,
    PBOOLEAN ConflictDetected);
NTKERNELAPI NTSTATUS NTAPI IoReportResourceUsage(
    PUNICODE_STRING DriverClassName, PDRIVER_OBJECT DriverObject, PCM_RESOURCE_LIST DriverList,
    ULONG DriverListSize, PDEVICE_OBJECT DeviceObject, PCM_RESOURCE_LIST DeviceList,
    ULONG DeviceListSize, BOOLEAN OverrideConflict, PBOOLEAN ConflictDetected);
NTKERNELAPI NTSTATUS NTAPI IoSetFileObjectIgnoreSharing(PFILE_OBJECT FileObject);
NTKERNELAPI NTSTATUS NTAPI IoSetFileOrigin(PFILE_OBJECT FileObject, BOOLEAN Remote);
NTKERNELAPI VOID NTAPI IoSetHardErrorOrVerifyDevice(PIRP Irp, PDEVICE_OBJECT DeviceObject);
NTKERNELAPI NTSTATUS NTAPI IoSetIrpExtraCreateParameter(PIRP Irp,
                                                        struct _ECP_LIST *ExtraCreateParameter);
NTKERNELAPI NTSTATUS NTAPI IoSetPartitionInformation(PDEVICE_OBJECT DeviceObject, ULONG SectorSize,
                                                     ULONG PartitionNumber, ULONG PartitionType);
NTKERNELAPI NTSTATUS NTAPI IoSetSystemPartition(PUNICODE_STRING VolumeNameString);
NTKERNELAPI BOOLEAN NTAPI IoSetThreadHardErrorMode(BOOLEAN EnableHardErrors);
NTKERNELAPI BOOLEAN NTAPI IoTranslateBusAddress(INTERFACE_TYPE InterfaceType, ULONG BusNumber,
                                                PHYSICAL_ADDRESS BusAddress, PULONG AddressSpace,
                                                PPHYSICAL_ADDRESS TranslatedAddress);
NTKERNELAPI NTSTATUS NTAPI IoVerifyPartitionTable(PDEVICE_OBJECT DeviceObject, BOOLEAN FixErrors);
NTKERNELAPI NTSTATUS NTAPI IoVolumeDeviceToDosName(PVOID VolumeDeviceObject,
                                                   PUNICODE_STRING DosName);
DECLSPEC_NORETURN NTKERNELAPI VOID NTAPI KeBugCheck(ULONG BugCheckCode);
NTKERNELAPI VOID NTAPI KeEnterCriticalRegion(VOID);
NTKERNELAPI NTSTATUS NTAPI KeExpandKernelStackAndCallout(PEXPAND_STACK_CALLOUT Callout,
                                                         PVOID Parameter, SIZE_T Size);
NTKERNELAPI USHORT NTAPI KeGetCurrentNodeNumber(VOID);
NTKERNELAPI BOOLEAN NTAPI KeInvalidateAllCaches(VOID);
NTKERNELAPI VOID NTAPI KeInvalidateRangeAllCaches(PVOID BaseAddress, ULONG Length);
NTKERNELAPI VOID NTAPI KeLeaveCriticalRegion(VOID);
NTKERNELAPI LONG NTAPI KePulseEvent(PRKEVENT Event, KPRIORITY Increment, BOOLEAN Wait);
NTKERNELAPI USHORT NTAPI KeQueryActiveGroupCount(VOID);
NTKERNELAPI ULONG NTAPI KeQueryActiveProcessorCount(PKAFFINITY ActiveProcessors);
NTKERNELAPI ULONG NTAPI KeQueryActiveProcessorCountEx(USHORT GroupNumber);
NTKERNELAPI KAFFINITY NTAPI KeQueryActiveProcessors(VOID);
NTKERNELAPI KAFFINITY NTAPI KeQueryGroupAffinity(USHORT GroupNumber);
NTKERNELAPI NTSTATUS NTAPI KeQueryHardwareCounterConfiguration(PHARDWARE_COUNTER CounterArray,
                                                               ULONG MaximumCount, PULONG Count);
NTKERNELAPI USHORT NTAPI KeQueryHighestNodeNumber(VOID);
NTKERNELAPI NTSTATUS NTAPI KeQueryLogicalProcessorRelationship(
    PPROCESSOR_NUMBER ProcessorNumber, LOGICAL_PROCESSOR_RELATIONSHIP RelationshipType,
    PSYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX Information, PULONG Length);
NTKERNELAPI USHORT NTAPI KeQueryMaximumGroupCount(VOID);
NTKERNELAPI ULONG NTAPI KeQueryMaximumProcessorCount(VOID);
NTKERNELAPI ULONG NTAPI KeQueryMaximumProcessorCountEx(USHORT GroupNumber);
NTKERNELAPI VOID NTAPI KeQueryNodeActiveAffinity(USHORT NodeNumber, PGROUP_AFFINITY Affinity,
                                                 PUSHORT Count);
NTKERNELAPI USHORT NTAPI KeQueryNodeMaximumProcessorCount(USHORT NodeNumber);
NTKERNELAPI LONG NTAPI KeSetBasePriorityThread(PRKTHREAD Thread, LONG Increment);
NTKERNELAPI NTSTATUS NTAPI KeSetHardwareCounterConfiguration(PHARDWARE_COUNTER CounterArray,
                                                             ULONG Count);
NTKERNELAPI VOID NTAPI KeSetImportanceDpc(PRKDPC Dpc, KDPC_IMPORTANCE Importance);
NTKERNELAPI VOID NTAPI KeSetTargetProcessorDpc(PRKDPC Dpc, CCHAR Number);
NTKERNELAPI NTSTATUS NTAPI MmAddPhysicalMemory(PPHYSICAL_ADDRESS StartAddress,
                                               PLARGE_INTEGER NumberOfBytes);
NTKERNELAPI PVOID NTAPI MmAllocateContiguousMemory(SIZE_T NumberOfBytes,
                                                   PHYSICAL_ADDRESS HighestAcceptableAddress);
NTKERNELAPI PVOID NTAPI MmAllocateContiguousMemorySpecifyCache(
    SIZE_T NumberOfBytes, PHYSICAL_ADDRESS LowestAcceptableAddress,
    PHYSICAL_ADDRESS HighestAcceptableAddress, PHYSICAL_ADDRESS BoundaryAddressMultiple,
    MEMORY_CACHING_TYPE CacheType);
NTKERNELAPI PVOID NTAPI MmAllocateContiguousMemorySpecifyCacheNode(
    SIZE_T NumberOfBytes, PHYSICAL_ADDRESS LowestAcceptableAddress,
    PHYSICAL_ADDRESS HighestAcceptableAddress, PHYSICAL_ADDRESS BoundaryAddressMultiple,
    MEMORY_CACHING_TYPE CacheType, NODE_REQUIREMENT PreferredNode);
NTKERNELAPI PVOID NTAPI MmAllocateNonCachedMemory(SIZE_T NumberOfBytes);
NTKERNELAPI NTSTATUS NTAPI MmCreateMirror(VOID);
NTKERNELAPI VOID NTAPI MmFreeContiguousMemory(PVOID BaseAddress);
NTKERNELAPI VOID NTAPI MmFreeContiguousMemorySpecifyCache(PVOID BaseAddress, SIZE_T NumberOfBytes,
                                                          MEMORY_CACHING_TYPE CacheType);
NTKERNELAPI VOID NTAPI MmFreeNonCachedMemory(PVOID BaseAddress, SIZE_T NumberOfBytes);
NTKERNELAPI PHYSICAL_ADDRESS NTAPI MmGetPhysicalAddress(PVOID BaseAddress);
NTKERNELAPI PPHYSICAL_MEMORY_RANGE NTAPI MmGetPhysicalMemoryRanges(VOID);
NTKERNELAPI PVOID NTAPI MmGetVirtualForPhysical(PHYSICAL_ADDRESS PhysicalAddress);
NTKERNELAPI BOOLEAN NTAPI MmIsAddressValid(PVOID VirtualAddress);
NTKERNELAPI BOOLEAN NTAPI MmIsNonPagedSystemAddressValid(PVOID VirtualAddress);
NTKERNELAPI BOOLEAN NTAPI MmIsThisAnNtAsSystem(VOID);
NTKERNELAPI VOID NTAPI MmLockPagableSectionByHandle(PVOID ImageSectionHandle);
NTKERNELAPI NTSTATUS NTAPI MmMapUserAddressesToPage(PVOID BaseAddress, SIZE_T NumberOfBytes,
                                                    PVOID PageAddress);
NTKERNELAPI PVOID NTAPI MmMapVideoDisplay(PHYSICAL_ADDRESS PhysicalAddress, SIZE_T NumberOfBytes,
                                          MEMORY_CACHING_TYPE CacheType);
NTKERNELAPI NTSTATUS NTAPI MmMapViewInSessionSpace(PVOID Section, PVOID *MappedBase,
                                                   PSIZE_T ViewSize);
NTKERNELAPI NTSTATUS NTAPI MmMapViewInSystemSpace(PVOID Section, PVOID *MappedBase,
                                                  PSIZE_T ViewSize);
NTKERNELAPI NTSTATUS NTAPI MmRemovePhysicalMemory(PPHYSICAL_ADDRESS StartAddress,
                                                  PLARGE_INTEGER NumberOfBytes);
NTKERNELAPI NTSTATUS NTAPI MmRotatePhysicalView(PVOID VirtualAddress, PSIZE_T NumberOfBytes,
                                                PMDLX NewMdl, MM_ROTATE_DIRECTION Direction,
                                                PMM_ROTATE_COPY_CALLBACK_FUNCTION CopyFunction,
                                                PVOID Context);
NTKERNELAPI HANDLE NTAPI MmSecureVirtualMemory(PVOID Address, SIZE_T Size, ULONG ProbeMode);
NTKERNELAPI VOID NTAPI MmUnmapVideoDisplay(PVOID BaseAddress, SIZE_T NumberOfBytes);
NTKERNELAPI NTSTATUS NTAPI MmUnmapViewInSessionSpace(PVOID MappedBase);
NTKERNELAPI NTSTATUS NTAPI MmUnmapViewInSystemSpace(PVOID MappedBase);
NTKERNELAPI VOID NTAPI MmUnsecureVirtualMemory(HANDLE SecureHandle);
NTSYSAPI NTSTATUS NTAPI NtOpenProcess(PHANDLE ProcessHandle, ACCESS_MASK DesiredAccess,
                                      POBJECT_ATTRIBUTES ObjectAttributes, PCLIENT_ID ClientId);
NTSYSAPI NTSTATUS NTAPI NtQueryInformationProcess(HANDLE ProcessHandle,
                                                  PROCESSINFOCLASS ProcessInformationClass,
                                                  PVOID ProcessInformation,
                                                  ULONG ProcessInformationLength,
                                                  PULONG ReturnLength);
NTKERNELAPI HANDLE NTAPI PsGetCurrentProcessId(VOID);
NTKERNELAPI HANDLE NTAPI PsGetCurrentThreadId(VOID);
NTKERNELAPI LONGLONG NTAPI PsGetProcessCreateTimeQuadPart(PEPROCESS Process);
NTKERNELAPI HANDLE NTAPI PsGetProcessId(PEPROCESS Process);
NTKERNELAPI HANDLE NTAPI PsGetThreadId(PETHREAD Thread);
NTKERNELAPI HANDLE NTAPI PsGetThreadProcessId(PETHREAD Thread);
NTKERNELAPI BOOLEAN NTAPI PsGetVersion(PULONG MajorVersion, PULONG MinorVersion, PULONG BuildNumber,
                                       PUNICODE_STRING CSDVersion);
NTKERNELAPI BOOLEAN NTAPI PsIsCurrentThreadPrefetching(VOID);
NTKERNELAPI NTSTATUS NTAPI
PsRemoveCreateThreadNotifyRoutine(PCREATE_THREAD_NOTIFY_ROUTINE NotifyRoutine);
NTKERNELAPI NTSTATUS NTAPI PsRemoveLoadImageNotifyRoutine(PLOAD_IMAGE_NOTIFY_ROUTINE NotifyRoutine);
NTKERNELAPI NTSTATUS NTAPI
PsSetCreateProcessNotifyRoutine(PCREATE_PROCESS_NOTIFY_ROUTINE NotifyRoutine, BOOLEAN Remove);
NTKERNELAPI NTSTATUS NTAPI
PsSetCreateProcessNotifyRoutineEx(PCREATE_PROCESS_NOTIFY_ROUTINE_EX NotifyRoutine, BOOLEAN Remove);
NTKERNELAPI NTSTATUS NTAPI
PsSetCreateThreadNotifyRoutine(PCREATE_THREAD_NOTIFY_ROUTINE NotifyRoutine);
NTKERNELAPI BOOLEAN NTAPI PsSetCurrentThreadPrefetching(BOOLEAN Prefetching);
NTKERNELAPI NTSTATUS NTAPI PsSetLoadImageNotifyRoutine(PLOAD_IMAGE_NOTIFY_ROUTINE NotifyRoutine);
NTSYSAPI NTSTATUS NTAPI RtlCharToInteger(PCSZ String, ULONG Base, PULONG Value);
NTSYSAPI LONG NTAPI RtlCompareString(const STRING *String1, const STRING *String2,
                                     BOOLEAN CaseInSensitive);
NTSYSAPI BOOLEAN NTAPI RtlContractHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable);
NTSYSAPI VOID NTAPI RtlCopyString(PSTRING DestinationString, const STRING *SourceString);
NTSYSAPI BOOLEAN NTAPI RtlCreateHashTable(PRTL_DYNAMIC_HASH_TABLE *HashTable, ULONG Shift,
                                          ULONG Flags);
NTSYSAPI PRTL_SPLAY_LINKS NTAPI RtlDelete(PRTL_SPLAY_LINKS Links);
NTSYSAPI BOOLEAN NTAPI RtlDeleteElementGenericTable(PRTL_GENERIC_TABLE Table, PVOID Buffer);
NTSYSAPI BOOLEAN NTAPI RtlDeleteElementGenericTableAvl(PRTL_AVL_TABLE Table, PVOID Buffer);
NTSYSAPI VOID NTAPI RtlDeleteHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable);
NTSYSAPI VOID NTAPI RtlDeleteNoSplay(PRTL_SPLAY_LINKS Links, PRTL_SPLAY_LINKS *Root);
NTSYSAPI VOID NTAPI RtlEndEnumerationHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable,
                                               PRTL_DYNAMIC_HASH_TABLE_ENUMERATOR Enumerator);
NTSYSAPI VOID NTAPI RtlEndWeakEnumerationHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable,
                                                   PRTL_DYNAMIC_HASH_TABLE_ENUMERATOR Enumerator);
NTSYSAPI PRTL_DYNAMIC_HASH_TABLE_ENTRY NTAPI RtlEnumerateEntryHashTable(
    PRTL_DYNAMIC_HASH_TABLE HashTable, PRTL_DYNAMIC_HASH_TABLE_ENUMERATOR Enumerator);
NTSYSAPI PVOID NTAPI RtlEnumerateGenericTable(PRTL_GENERIC_TABLE Table, BOOLEAN Restart);
NTSYSAPI PVOID NTAPI RtlEnumerateGenericTableAvl(PRTL_AVL_TABLE Table, BOOLEAN Restart);
NTSYSAPI PVOID NTAPI RtlEnumerateGenericTableLikeADirectory(PRTL_AVL_TABLE Table,
                                                            PRTL_AVL_MATCH_FUNCTION MatchFunction,
                                                            PVOID MatchData, ULONG NextFlag,
                                                            PVOID *RestartKey, PULONG DeleteCount,
                                                            PVOID Buffer);
NTSYSAPI PVOID NTAPI RtlEnumerateGenericTableWithoutSplaying(PRTL_GENERIC_TABLE Table,
                                                             PVOID *RestartKey);
NTSYSAPI PVOID NTAPI RtlEnumerateGenericTableWithoutSplayingAvl(PRTL_AVL_TABLE Table,
                                                                PVOID *RestartKey);
NTSYSAPI BOOLEAN NTAPI RtlEqualString(const STRING *String1, const STRING *String2,
                                      BOOLEAN CaseInSensitive);
NTSYSAPI BOOLEAN NTAPI RtlExpandHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable);
NTSYSAPI PVOID NTAPI RtlGetElementGenericTable(PRTL_GENERIC_TABLE Table, ULONG I);
NTSYSAPI PVOID NTAPI RtlGetElementGenericTableAvl(PRTL_AVL_TABLE Table, ULONG I);
NTSYSAPI PRTL_DYNAMIC_HASH_TABLE_ENTRY NTAPI RtlGetNextEntryHashTable(
    PRTL_DYNAMIC_HASH_TABLE HashTable, PRTL_DYNAMIC_HASH_TABLE_CONTEXT Context);
NTSYSAPI BOOLEAN NTAPI RtlGetProductInfo(ULONG OSMajorVersion, ULONG OSMinorVersion,
                                         ULONG SpMajorVersion, ULONG SpMinorVersion,
                                         PULONG ReturnedProductType);
NTSYSAPI NTSTATUS NTAPI RtlGetVersion(PRTL_OSVERSIONINFOW lpVersionInformation);
NTSYSAPI BOOLEAN NTAPI RtlInitEnumerationHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable,
                                                   PRTL_DYNAMIC_HASH_TABLE_ENUMERATOR Enumerator);
NTSYSAPI BOOLEAN NTAPI RtlInitWeakEnumerationHashTable(
    PRTL_DYNAMIC_HASH_TABLE HashTable, PRTL_DYNAMIC_HASH_TABLE_ENUMERATOR Enumerator);
NTSYSAPI VOID NTAPI RtlInitializeGenericTable(PRTL_GENERIC_TABLE Table,
                                              PRTL_GENERIC_COMPARE_ROUTINE CompareRoutine,
                                              PRTL_GENERIC_ALLOCATE_ROUTINE AllocateRoutine,
                                              PRTL_GENERIC_FREE_ROUTINE FreeRoutine,
                                              PVOID TableContext);
NTSYSAPI VOID NTAPI RtlInitializeGenericTableAvl(PRTL_AVL_TABLE Table,
                                                 PRTL_AVL_COMPARE_ROUTINE CompareRoutine,
                                                 PRTL_AVL_ALLOCATE_ROUTINE AllocateRoutine,
                                                 PRTL_AVL_FREE_ROUTINE FreeRoutine,
                                                 PVOID TableContext);
NTSYSAPI PVOID NTAPI RtlInsertElementGenericTable(PRTL_GENERIC_TABLE Table, PVOID Buffer,
                                                  CLONG BufferSize, PBOOLEAN NewElement);
NTSYSAPI PVOID NTAPI RtlInsertElementGenericTableAvl(PRTL_AVL_TABLE Table, PVOID Buffer,
                                                     CLONG BufferSize, PBOOLEAN NewElement);
NTSYSAPI PVOID NTAPI RtlInsertElementGenericTableFull(PRTL_GENERIC_TABLE Table, PVOID Buffer,
                                                      CLONG BufferSize, PBOOLEAN NewElement,
                                                      PVOID NodeOrParent,
                                                      TABLE_SEARCH_RESULT SearchResult);
NTSYSAPI PVOID NTAPI RtlInsertElementGenericTableFullAvl(PRTL_AVL_TABLE Table, PVOID Buffer,
                                                         CLONG BufferSize, PBOOLEAN NewElement,
                                                         PVOID NodeOrParent,
                                                         TABLE_SEARCH_RESULT SearchResult);
NTSYSAPI BOOLEAN NTAPI RtlInsertEntryHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable,
                                               PRTL_DYNAMIC_HASH_TABLE_ENTRY Entry,
                                               ULONG_PTR Signature,
                                               PRTL_DYNAMIC_HASH_TABLE_CONTEXT Context);
NTSYSAPI BOOLEAN NTAPI RtlIsGenericTableEmpty(PRTL_GENERIC_TABLE Table);
NTSYSAPI BOOLEAN NTAPI RtlIsGenericTableEmptyAvl(PRTL_AVL_TABLE Table);
NTSYSAPI PVOID NTAPI RtlLookupElementGenericTable(PRTL_GENERIC_TABLE Table, PVOID Buffer);
NTSYSAPI PVOID NTAPI RtlLookupElementGenericTableAvl(PRTL_AVL_TABLE Table, PVOID Buffer);
NTSYSAPI PVOID NTAPI RtlLookupElementGenericTableFull(PRTL_GENERIC_TABLE Table, PVOID Buffer,
                                                      PVOID *NodeOrParent,
                                                      TABLE_SEARCH_RESULT *SearchResult);
NTSYSAPI PVOID NTAPI RtlLookupElementGenericTableFullAvl(PRTL_AVL_TABLE Table, PVOID Buffer,
                                                         PVOID *NodeOrParent,
                                                         TABLE_SEARCH_RESULT *SearchResult);
NTSYSAPI PRTL_DYNAMIC_HASH_TABLE_ENTRY NTAPI
RtlLookupEntryHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable, ULONG_PTR Signature,
                        PRTL_DYNAMIC_HASH_TABLE_CONTEXT Context);
NTSYSAPI PVOID NTAPI RtlLookupFirstMatchingElementGenericTableAvl(PRTL_AVL_TABLE Table,
                                                                  PVOID Buffer, PVOID *RestartKey);
NTSYSAPI VOID NTAPI RtlMapGenericMask(PACCESS_MASK AccessMask, PGENERIC_MAPPING GenericMapping);
NTSYSAPI ULONG NTAPI RtlNumberGenericTableElements(PRTL_GENERIC_TABLE Table);
NTSYSAPI ULONG NTAPI RtlNumberGenericTableElementsAvl(PRTL_AVL_TABLE Table);
NTSYSAPI BOOLEAN NTAPI RtlPrefixUnicodeString(PCUNICODE_STRING String1, PCUNICODE_STRING String2,
                                              BOOLEAN CaseInSensitive);
NTSYSAPI PRTL_SPLAY_LINKS NTAPI RtlRealPredecessor(PRTL_SPLAY_LINKS Links);
NTSYSAPI PRTL_SPLAY_LINKS NTAPI RtlRealSuccessor(PRTL_SPLAY_LINKS Links);
NTSYSAPI BOOLEAN NTAPI RtlRemoveEntryHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable,
                                               PRTL_DYNAMIC_HASH_TABLE_ENTRY Entry,
                                               PRTL_DYNAMIC_HASH_TABLE_CONTEXT Context);
NTSYSAPI NTSTATUS NTAPI RtlRunOnceBeginInitialize(PRTL_RUN_ONCE RunOnce, ULONG Flags,
                                                  PVOID *Context);
NTSYSAPI NTSTATUS NTAPI RtlRunOnceComplete(PRTL_RUN_ONCE RunOnce, ULONG Flags, PVOID Context);
NTSYSAPI NTSTATUS NTAPI RtlRunOnceExecuteOnce(PRTL_RUN_ONCE RunOnce, PRTL_RUN_ONCE_INIT_FN InitFn,
                                              PVOID Parameter, PVOID *Context);
NTSYSAPI VOID NTAPI RtlRunOnceInitialize(PRTL_RUN_ONCE RunOnce);
NTSYSAPI PRTL_SPLAY_LINKS NTAPI RtlSplay(PRTL_SPLAY_LINKS Links);
NTSYSAPI PRTL_SPLAY_LINKS NTAPI RtlSubtreePredecessor(PRTL_SPLAY_LINKS Links);
NTSYSAPI PRTL_SPLAY_LINKS NTAPI RtlSubtreeSuccessor(PRTL_SPLAY_LINKS Links);
NTSYSAPI NTSTATUS NTAPI RtlUpcaseUnicodeString(PUNICODE_STRING DestinationString,
                                               PCUNICODE_STRING SourceString,
                                               BOOLEAN AllocateDestinationString);
NTSYSAPI CHAR NTAPI RtlUpperChar(CHAR Character);
NTSYSAPI VOID NTAPI RtlUpperString(PSTRING DestinationString, const STRING *SourceString);
NTSYSAPI NTSTATUS NTAPI RtlVerifyVersionInfo(PRTL_OSVERSIONINFOEXW VersionInfo, ULONG TypeMask,
                                             ULONGLONG ConditionMask);
NTSYSAPI NTSTATUS NTAPI RtlVolumeDeviceToDosName(PVOID VolumeDeviceObject, PUNICODE_STRING DosName);
NTSYSAPI ULONG NTAPI RtlWalkFrameChain(PVOID *Callers, ULONG Count, ULONG Flags);
NTSYSAPI PRTL_DYNAMIC_HASH_TABLE_ENTRY NTAPI RtlWeaklyEnumerateEntryHashTable(
    PRTL_DYNAMIC_HASH_TABLE HashTable, PRTL_DYNAMIC_HASH_TABLE_ENUMERATOR Enumerator);
NTKERNELAPI BOOLEAN NTAPI SeSinglePrivilegeCheck(LUID PrivilegeValue, KPROCESSOR_MODE PreviousMode);
NTKERNELAPI ULONGLONG NTAPI VerSetConditionMask(ULONGLONG ConditionMask, ULONG TypeMask,
                                                UCHAR Condition);
NTSYSAPI NTSTATUS NTAPI ZwAllocateLocallyUniqueId(PLUID Luid);
NTSYSAPI NTSTATUS NTAPI ZwCancelTimer(HANDLE TimerHandle, PBOOLEAN CurrentState);
NTSYSAPI NTSTATUS NTAPI ZwCreateTimer(PHANDLE TimerHandle, ACCESS_MASK DesiredAccess,
                                      POBJECT_ATTRIBUTES ObjectAttributes, TIMER_TYPE TimerType);
NTSYSAPI NTSTATUS NTAPI ZwDeviceIoControlFile(HANDLE FileHandle, HANDLE Event,
                                              PIO_APC_ROUTINE ApcRoutine, PVOID ApcContext,
                                              PIO_STATUS_BLOCK IoStatusBlock, ULONG IoControlCode,
                                              PVOID InputBuffer, ULONG InputBufferLength,
                                              PVOID OutputBuffer, ULONG OutputBufferLength);
NTSYSAPI NTSTATUS NTAPI ZwDisplayString(PUNICODE_STRING String);
NTSYSAPI NTSTATUS NTAPI ZwOpenProcess(PHANDLE ProcessHandle, ACCESS_MASK DesiredAccess,
                                      POBJECT_ATTRIBUTES ObjectAttributes, PCLIENT_ID ClientId);
NTSYSAPI NTSTATUS NTAPI ZwOpenTimer(PHANDLE TimerHandle, ACCESS_MASK DesiredAccess,
                                    POBJECT_ATTRIBUTES ObjectAttributes);
NTSYSAPI NTSTATUS NTAPI ZwPowerInformation(POWER_INFORMATION_LEVEL PowerInformationLevel,
                                           PVOID InputBuffer, ULONG InputBufferLength,
                                           PVOID OutputBuffer, ULONG OutputBufferLength);
NTSYSAPI NTSTATUS NTAPI ZwQueryVolumeInformationFile(HANDLE FileHandle,
                                                     PIO_STATUS_BLOCK IoStatusBlock,
                                                     PVOID FsInformation, ULONG Length,
                                                     FS_INFORMATION_CLASS FsInformationClass);
NTSYSAPI NTSTATUS NTAPI ZwSetInformationThread(HANDLE ThreadHandle,
                                               THREADINFOCLASS ThreadInformationClass,
                                               PVOID ThreadInformation,
                                               ULONG ThreadInformationLength);
NTSYSAPI NTSTATUS NTAPI ZwSetTimer(HANDLE TimerHandle, PLARGE_INTEGER DueTime,
                                   PTIMER_APC_ROUTINE TimerApcRoutine, PVOID TimerContext,
                                   BOOLEAN ResumeTimer, LONG Period, PBOOLEAN PreviousState);
NTSYSAPI NTSTATUS NTAPI ZwSetTimerEx(HANDLE TimerHandle,
                                     TIMER_SET_INFORMATION_CLASS TimerSetInformationClass,
                                     PVOID TimerSetInformation, ULONG TimerSetInformationLength);
NTSYSAPI NTSTATUS NTAPI ZwTerminateProcess(HANDLE ProcessHandle, NTSTATUS ExitStatus);
extern NTKERNELAPI volatile CCHAR KeNumberProcessors;
extern NTKERNELAPI PVOID MmHighestUserAddress;
extern NTKERNELAPI PVOID MmSystemRangeStart;
extern NTKERNELAPI ULONG64 MmUserProbeAddress;
extern NTKERNELAPI PEPROCESS PsInitialSystemProcess;

#endif
