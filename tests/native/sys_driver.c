// SPDX-License-Identifier: MIT
// A driver that asks the executive about everything and compares the answers. Each routine returns the
// line of the first check that fails, 0 for none.
#include <ntifs.h>

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition))                                                                          \
            return __LINE__;                                                                       \
    } while (0)

#define TAG 'ssyK'

static PDRIVER_OBJECT Driver;
static PDEVICE_OBJECT Device;
static ULONG Seen, SeenValue;
static PVOID SeenContext;

// ---- Processes and threads ----------------------------------------------------------------------
static VOID NTAPI OnProcess(HANDLE Parent, HANDLE Process, BOOLEAN Create) {
    UNREFERENCED_PARAMETER(Parent), UNREFERENCED_PARAMETER(Process), UNREFERENCED_PARAMETER(Create);
}
static VOID NTAPI OnProcessEx(PEPROCESS Process, HANDLE Id, PPS_CREATE_NOTIFY_INFO Info) {
    UNREFERENCED_PARAMETER(Process), UNREFERENCED_PARAMETER(Id), UNREFERENCED_PARAMETER(Info);
}
static VOID NTAPI OnThread(HANDLE Process, HANDLE Thread, BOOLEAN Create) {
    UNREFERENCED_PARAMETER(Process), UNREFERENCED_PARAMETER(Thread), UNREFERENCED_PARAMETER(Create);
}
static VOID NTAPI OnImage(PUNICODE_STRING Name, HANDLE Process, PIMAGE_INFO Info) {
    UNREFERENCED_PARAMETER(Name), UNREFERENCED_PARAMETER(Process), UNREFERENCED_PARAMETER(Info);
}

int Processes(BOOLEAN System) {
    PETHREAD thread = PsGetCurrentThread(), found;
    PEPROCESS process = PsGetCurrentProcess(), whose;
    ULONG major = 0, minor = 9, build = 0;

    CHECK(PsGetThreadProcess(thread) == process && IoThreadToProcess(thread) == process);
    CHECK(PsGetThreadId(thread) == PsGetCurrentThreadId());
    CHECK(PsGetProcessId(process) == PsGetCurrentProcessId());
    CHECK(PsGetThreadProcessId(thread) == PsGetCurrentProcessId());
    CHECK(PsIsSystemThread(thread) == System && IoIsSystemThread(thread) == System);
    CHECK((PsGetCurrentProcessId() == (HANDLE)4) == System);
    CHECK((process == PsInitialSystemProcess) == System);
    CHECK(!PsIsThreadTerminating(thread) && !KeTestAlertThread(KernelMode));
    CHECK(KeQueryPriorityThread((PKTHREAD)thread) == 8);
    CHECK(NT_SUCCESS(PsLookupThreadByThreadId(PsGetCurrentThreadId(), &found)) && found == thread);
    CHECK(PsLookupThreadByThreadId((HANDLE)7, &found) == STATUS_INVALID_PARAMETER);
    CHECK(NT_SUCCESS(PsLookupProcessByProcessId(PsGetCurrentProcessId(), &whose)));
    CHECK(whose == process);
    CHECK(PsLookupProcessByProcessId((HANDLE)3, &whose) == STATUS_INVALID_CID);
    CHECK(!PsGetVersion(&major, &minor, &build, NULL) && major == 10 && minor == 0 && build != 0);
    CHECK(PsGetProcessCreateTimeQuadPart(process) > 0 && PsGetProcessExitTime().QuadPart == 0);
    CHECK(!PsIsDiskCountersEnabled());
    CHECK(NT_SUCCESS(PsUpdateDiskCounters(process, 1, 2, 3, 4, 5)));
    CHECK(PsSetCreateProcessNotifyRoutine(OnProcess, TRUE) == STATUS_INVALID_PARAMETER);
    CHECK(NT_SUCCESS(PsSetCreateProcessNotifyRoutine(OnProcess, FALSE)));
    CHECK(PsSetCreateProcessNotifyRoutine(OnProcess, FALSE) == STATUS_INVALID_PARAMETER);
    CHECK(NT_SUCCESS(PsSetCreateProcessNotifyRoutine(OnProcess, TRUE)));
    CHECK(NT_SUCCESS(PsSetCreateProcessNotifyRoutineEx(OnProcessEx, FALSE)));
    CHECK(NT_SUCCESS(PsSetCreateProcessNotifyRoutineEx(OnProcessEx, TRUE)));
    CHECK(PsRemoveCreateThreadNotifyRoutine(OnThread) == STATUS_PROCEDURE_NOT_FOUND);
    CHECK(NT_SUCCESS(PsSetCreateThreadNotifyRoutine(OnThread)));
    CHECK(NT_SUCCESS(PsRemoveCreateThreadNotifyRoutine(OnThread)));
    CHECK(NT_SUCCESS(PsSetLoadImageNotifyRoutine(OnImage)));
    CHECK(NT_SUCCESS(PsRemoveLoadImageNotifyRoutine(OnImage)));
    return 0;
}

// ---- Processors ---------------------------------------------------------------------------------
static VOID NTAPI Threaded(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2) {
    UNREFERENCED_PARAMETER(Dpc), UNREFERENCED_PARAMETER(Argument1),
        UNREFERENCED_PARAMETER(Argument2);
    SeenContext = Context;
}

int Processors(VOID) {
    static KDPC dpc;
    KAFFINITY active = 0;
    GROUP_AFFINITY group, before = {.Mask = 7};
    PROCESSOR_NUMBER number = {.Group = 9};
    KFLOATING_SAVE save;
    ULONG64 state[64];
    USHORT count = 0;
    ULONG64 counter = 1, cycles = 0;
    ULONG user = 1;
    KIRQL raised;

    CHECK(KeQueryActiveProcessors() == 1 && KeNumberProcessors == 1);
    CHECK(KeQueryActiveProcessorCount(&active) == 1 && active == 1);
    CHECK(KeQueryActiveProcessorCountEx(0xFFFF) == 1);
    CHECK(KeQueryActiveProcessorCountEx(1) == 0 && KeQueryMaximumProcessorCountEx(0) == 1);
    CHECK(KeQueryMaximumProcessorCount() == 1 && KeQueryActiveGroupCount() == 1);
    CHECK(KeQueryMaximumGroupCount() == 1 && KeQueryGroupAffinity(0) == 1);
    CHECK(KeGetCurrentNodeNumber() == 0 && KeQueryHighestNodeNumber() == 0);
    CHECK(KeQueryNodeMaximumProcessorCount(0) == 1);
    KeQueryNodeActiveAffinity(0, &group, &count);
    CHECK(group.Mask == 1 && group.Group == 0 && count == 1);
    CHECK(NT_SUCCESS(KeGetProcessorNumberFromIndex(0, &number)) && number.Group == 0);
    CHECK(KeGetProcessorIndexFromNumber(&number) == 0);
    number.Number = 5;
    CHECK(KeGetCurrentProcessorNumber() == 0 && KeGetCurrentProcessorNumberEx(&number) == 0);
    CHECK(number.Group == 0 && number.Number == 0);
    CHECK(KeGetProcessorNumberFromIndex(1, &number) == STATUS_INVALID_PARAMETER);
    CHECK(KeSetSystemAffinityThreadEx(1) == 0 && KeSetSystemAffinityThreadEx(1) == 1);
    CHECK(KeSetSystemAffinityThreadEx(2) == 0); // no active processor
    KeRevertToUserAffinityThreadEx(0);
    KeSetSystemAffinityThread(1);
    KeRevertToUserAffinityThread();
    KeSetSystemGroupAffinityThread(&group, &before);
    CHECK(before.Mask == 0);
    KeRevertToUserGroupAffinityThread(&before);
    CHECK(NT_SUCCESS(KeSaveFloatingPointState(&save)));
    CHECK(NT_SUCCESS(KeRestoreFloatingPointState(&save)));
    CHECK(NT_SUCCESS(KeSaveExtendedProcessorState(4, (PXSTATE_SAVE)state)));
    KeRestoreExtendedProcessorState((PXSTATE_SAVE)state);
    CHECK(KeGetRecommendedSharedDataAlignment() == 64);
    CHECK(ExIsProcessorFeaturePresent(10) && !ExIsProcessorFeaturePresent(1000)); // XMMI64
    CHECK(KeQueryInterruptTimePrecise(&counter) == counter);
    CHECK(KeQueryUnbiasedInterruptTimePrecise(&counter) == counter);
    CHECK(KeQueryUnbiasedInterruptTime() <= counter);
    CHECK(KeQueryRuntimeThread(KeGetCurrentThread(), &user) == 0 && user == 0);
    CHECK(KeQueryTotalCycleTimeThread(KeGetCurrentThread(), &cycles) == 0);
    KeRaiseIrql(DISPATCH_LEVEL, &raised);
    CHECK(!KeShouldYieldProcessor());
    KeLowerIrql(raised);
    KeInitializeThreadedDpc(&dpc, Threaded, &dpc);
    KeSetImportanceDpc(&dpc, HighImportance);
    KeSetTargetProcessorDpc(&dpc, 0);
    number = (PROCESSOR_NUMBER){0};
    CHECK(NT_SUCCESS(KeSetTargetProcessorDpcEx(&dpc, &number)));
    CHECK(KeInsertQueueDpc(&dpc, NULL, NULL));
    KeFlushQueuedDpcs();
    CHECK(SeenContext == &dpc);
    return 0;
}

// Ordinary clocks stand at the last tick, precise ones do not.
int Clocks(VOID) {
    LARGE_INTEGER due = {.QuadPart = -200000LL}, frequency, start, end, system, precise, ticks;
    ULONGLONG tick = KeQueryTimeIncrement();

    KeDelayExecutionThread(KernelMode, FALSE, &due);
    CHECK(KeQueryInterruptTime() % tick == 0 && KeQueryInterruptTime() >= 2 * tick);
    start = KeQueryPerformanceCounter(&frequency);
    KeStallExecutionProcessor(30);
    end = KeQueryPerformanceCounter(NULL);
    CHECK(frequency.QuadPart == 10000000 && end.QuadPart - start.QuadPart == 300);
    KeQueryTickCount(&ticks);
    CHECK((ULONGLONG)ticks.QuadPart * tick == KeQueryInterruptTime());
    KeQuerySystemTime(&system);
    KeQuerySystemTimePrecise(&precise);
    CHECK(precise.QuadPart - system.QuadPart == 300);
    return 0;
}

VOID Stop(VOID) {
    KeBugCheck(0xE2);
}

// ---- Pool, memory, debugger, tracing ------------------------------------------------------------
int Memory(VOID) {
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"KeSetEvent"), none = RTL_CONSTANT_STRING(L"KeNone");
    SECTION_OBJECT_POINTERS sections = {0};
    REGHANDLE trace = 0;
    GUID guid = {1};
    BOOLEAN charged = TRUE;
    volatile LONG status = 0;
    PVOID blocks[7];

    blocks[0] = ExAllocatePoolWithQuota(PagedPool, 10);
    blocks[1] = ExAllocatePoolWithQuotaTag(NonPagedPoolNx, 20, TAG);
    blocks[2] = ExAllocatePoolWithTagPriority(NonPagedPoolNx, 30, TAG, NormalPoolPriority);
    blocks[3] = FsRtlAllocatePool(PagedPool, 40);
    blocks[4] = FsRtlAllocatePoolWithQuotaTag(PagedPool, 50, TAG);
    blocks[5] = FsRtlAllocatePoolWithTag(NonPagedPoolNx, 60, TAG);
    blocks[6] = FsRtlAllocatePoolWithQuota(PagedPool, 70);
    for (unsigned i = 0; i < 7; i++)
        CHECK(blocks[i] != NULL);
    CHECK(ExQueryPoolBlockSize(blocks[1], &charged) >= 20 && !charged);
    CHECK(MmIsAddressValid(blocks[1]) && MmIsAddressValid(&guid) && !MmIsAddressValid(NULL));
    CHECK(MmIsNonPagedSystemAddressValid(blocks[1]) && !MmIsNonPagedSystemAddressValid(blocks[0]));
    for (unsigned i = 0; i < 7; i++)
        ExFreePool(blocks[i]);
    blocks[0] = ExAllocatePool3(POOL_FLAG_PAGED, 8, TAG, NULL, 0);
    CHECK(blocks[0] != NULL);
    ExFreePool(blocks[0]);
    __try {
        FsRtlAllocatePoolWithTag(NonPagedPoolNx, 0xF0000000, TAG);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        status = GetExceptionCode();
    }
    CHECK(status == STATUS_INSUFFICIENT_RESOURCES);
    __try {
        DbgBreakPoint();
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        status = GetExceptionCode();
    }
    CHECK(status == STATUS_BREAKPOINT);
    __try {
        DbgBreakPointWithStatus(3);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        status = 1;
    }
    CHECK(status == 1);
    CHECK(MmQuerySystemSize() == MmLargeSystem && !MmIsThisAnNtAsSystem());
    CHECK(MmCanFileBeTruncated(&sections, NULL) && MmFlushImageSection(&sections, MmFlushForWrite));
    CHECK(MmForceSectionClosed(&sections, FALSE) &&
          !MmDoesFileHaveUserWritableReferences(&sections));
    CHECK(!MmIsRecursiveIoFault());
    CHECK(MmGetSystemRoutineAddress(&name) == (PVOID)(ULONG_PTR)KeSetEvent);
    CHECK(MmGetSystemRoutineAddress(&none) == NULL);
    CHECK(KdRefreshDebuggerNotPresent() && KdDebuggerNotPresent && !KdDebuggerEnabled);
    CHECK(KdEnableDebugger() == STATUS_DEBUGGER_INACTIVE);
    CHECK(KdDisableDebugger() == STATUS_DEBUGGER_INACTIVE);
    CHECK(DbgQueryDebugFilterState(DPFLTR_IHVDRIVER_ID, 0) == TRUE);
    CHECK(NT_SUCCESS(DbgSetDebugFilterState(DPFLTR_IHVDRIVER_ID, 0, TRUE)));
    CHECK(NT_SUCCESS(EtwRegister(&guid, NULL, NULL, &trace)) && trace != 0);
    CHECK(!EtwEventEnabled(trace, NULL) && !EtwProviderEnabled(trace, 0, 0));
    CHECK(NT_SUCCESS(EtwWrite(trace, NULL, NULL, 0, NULL)));
    CHECK(NT_SUCCESS(EtwWriteEx(trace, NULL, 0, 0, NULL, NULL, 0, NULL)));
    CHECK(NT_SUCCESS(EtwWriteString(trace, 0, 0, NULL, L"x")));
    CHECK(NT_SUCCESS(EtwWriteTransfer(trace, NULL, NULL, NULL, 0, NULL)));
    CHECK(NT_SUCCESS(EtwUnregister(trace)) && EtwUnregister(trace) == STATUS_INVALID_HANDLE);
    return 0;
}

// ---- Share access, threads' IRPs, requests ------------------------------------------------------
int Requests(VOID) {
    FILE_OBJECT *file = ExAllocatePoolZero(NonPagedPoolNx, 2 * sizeof(FILE_OBJECT), TAG);
    SHARE_ACCESS share;
    ACCESS_MASK access = GENERIC_READ;
    PIRP irp;

    CHECK(file != NULL);
    IoSetShareAccess(FILE_READ_DATA, FILE_SHARE_READ, &file[0], &share);
    CHECK(share.OpenCount == 1 && share.Readers == 1 && share.SharedRead == 1 &&
          file[0].ReadAccess);
    CHECK(IoCheckShareAccess(FILE_WRITE_DATA, FILE_SHARE_READ, &file[1], &share, TRUE) ==
          STATUS_SHARING_VIOLATION);
    CHECK(IoCheckShareAccess(FILE_READ_DATA, 0, &file[1], &share, TRUE) ==
          STATUS_SHARING_VIOLATION);
    CHECK(NT_SUCCESS(IoCheckShareAccess(FILE_READ_DATA, FILE_SHARE_READ, &file[1], &share, FALSE)));
    CHECK(share.OpenCount == 1);
    IoUpdateShareAccess(&file[1], &share);
    CHECK(share.OpenCount == 2 && share.Readers == 2 && share.SharedRead == 2);
    IoRemoveShareAccess(&file[0], &share);
    IoRemoveShareAccess(&file[1], &share);
    CHECK(share.OpenCount == 0 && share.Readers == 0 && share.SharedRead == 0);
    ExFreePoolWithTag(file, TAG);

    CHECK(IoGetTopLevelIrp() == NULL);
    IoSetTopLevelIrp((PIRP)FSRTL_FSP_TOP_LEVEL_IRP);
    CHECK(IoGetTopLevelIrp() == (PIRP)FSRTL_FSP_TOP_LEVEL_IRP);
    IoSetTopLevelIrp(NULL);
    CHECK(IoGetTopLevelIrp() == NULL);
    IoSetDeviceToVerify(PsGetCurrentThread(), Device);
    CHECK(IoGetDeviceToVerify(PsGetCurrentThread()) == Device);
    IoSetDeviceToVerify(PsGetCurrentThread(), NULL);
    CHECK(IoSetThreadHardErrorMode(FALSE) && !IoSetThreadHardErrorMode(TRUE));
    CHECK(!IoRaiseInformationalHardError(STATUS_DISK_FULL, NULL, NULL));
    CHECK(IoIsWdmVersionAvailable(6, 0) && !IoIsWdmVersionAvailable(6, 1));
    CHECK(NT_SUCCESS(IoCheckDesiredAccess(&access, FILE_ALL_ACCESS)) &&
          access == FILE_GENERIC_READ);
    CHECK(IoCheckDesiredAccess(&access, FILE_WRITE_DATA) == STATUS_ACCESS_DENIED);
    CHECK(IoGetTransactionParameterBlock(NULL) == NULL);
    CHECK(!IoIsFileOriginRemote(NULL) && !IoIsFileObjectIgnoringSharing(NULL));
    irp = IoAllocateIrp(1, FALSE);
    CHECK(irp != NULL && IoGetIoPriorityHint(irp) == IoPriorityNormal);
    CHECK(NT_SUCCESS(IoSetIoPriorityHint(irp, IoPriorityLow)));
    CHECK(IoGetIoPriorityHint(irp) == IoPriorityLow);
    CHECK(IoSetIoPriorityHint(irp, (IO_PRIORITY_HINT)9) == STATUS_INVALID_PARAMETER);
    CHECK(IoGetPagingIoPriority(irp) == IoPagingPriorityInvalid);
    CHECK(IoGetRequestorProcessId(irp) == 0);
    irp->Tail.Overlay.Thread = PsGetCurrentThread();
    CHECK(IoGetRequestorProcessId(irp) == (ULONG)(ULONG_PTR)PsGetCurrentProcessId());
    IoSetHardErrorOrVerifyDevice(irp, Device);
    CHECK(IoGetDeviceToVerify(PsGetCurrentThread()) == Device);
    irp->Tail.Overlay.Thread = NULL;
    CHECK(IoIs32bitProcess(NULL) == (sizeof(PVOID) == 4));
    IoFreeIrp(irp);
    return 0;
}

// ---- What drivers leave with the I/O manager ----------------------------------------------------
static VOID NTAPI OnFileSystem(PDEVICE_OBJECT DeviceObject, BOOLEAN Active) {
    Seen++;
    SeenContext = DeviceObject;
    SeenValue = Active;
}
static VOID NTAPI OnSecond(PDEVICE_OBJECT DeviceObject, PVOID Context) {
    SeenValue++;
    SeenContext = DeviceObject == Device ? Context : NULL;
}

int Leaves(VOID) {
    PVOID extension = NULL, other, entry;
    PDEVICE_OBJECT list[4];
    ULONG count = 0;
    KIRQL irql;

    CHECK(NT_SUCCESS(IoAllocateDriverObjectExtension(Driver, &Driver, 16, &extension)));
    CHECK(IoGetDriverObjectExtension(Driver, &Driver) == extension && extension != NULL);
    CHECK(IoAllocateDriverObjectExtension(Driver, &Driver, 16, &other) ==
          STATUS_OBJECT_NAME_COLLISION);
    CHECK(IoGetDriverObjectExtension(Driver, &other) == NULL);
    entry = IoAllocateErrorLogEntry(Device, sizeof(IO_ERROR_LOG_PACKET));
    CHECK(entry != NULL);
    IoWriteErrorLogEntry(entry);
    entry = IoAllocateErrorLogEntry(Device, sizeof(IO_ERROR_LOG_PACKET));
    IoFreeErrorLogEntry(entry);
    IoGetConfigurationInformation()->DiskCount++;
    CHECK(IoGetConfigurationInformation()->DiskCount == 1);
    Seen = 0;
    CHECK(NT_SUCCESS(IoRegisterFsRegistrationChange(Driver, OnFileSystem)));
    CHECK(IoRegisterFsRegistrationChange(Driver, OnFileSystem) == STATUS_DEVICE_ALREADY_ATTACHED);
    IoRegisterFileSystem(Device);
    CHECK(Seen == 1 && SeenContext == Device && SeenValue == TRUE);
    IoUnregisterFileSystem(Device);
    CHECK(Seen == 2 && SeenValue == FALSE);
    IoUnregisterFsRegistrationChange(Driver, OnFileSystem);
    IoAcquireVpbSpinLock(&irql);
    CHECK(KeGetCurrentIrql() == DISPATCH_LEVEL && irql == PASSIVE_LEVEL);
    IoReleaseVpbSpinLock(irql);
    CHECK(KeGetCurrentIrql() == PASSIVE_LEVEL);
    CHECK(NT_SUCCESS(IoInitializeTimer(Device, OnSecond, &count)));
    SeenValue = 0;
    IoStartTimer(Device);
    LARGE_INTEGER due = {.QuadPart = -35000000LL};
    KeDelayExecutionThread(KernelMode, FALSE, &due);
    IoStopTimer(Device);
    CHECK(SeenValue == 3 && SeenContext == &count);
    CHECK(IoGetLowerDeviceObject(Device) == NULL);
    other = IoGetDeviceAttachmentBaseRef(Device);
    CHECK(other == Device);
    ObDereferenceObject(other);
    CHECK(NT_SUCCESS(IoEnumerateDeviceObjectList(Driver, list, sizeof list, &count)) && count == 1);
    CHECK(list[0] == Device);
    ObDereferenceObject(list[0]);
    IoSetStartIoAttributes(Device, FALSE, FALSE);
    CHECK(NT_SUCCESS(IoWMIRegistrationControl(Device, WMIREG_ACTION_REGISTER)));
    CHECK(IoWMIDeviceObjectToProviderId(Device) != 0);
    CHECK(NT_SUCCESS(IoWMIRegistrationControl(Device, WMIREG_ACTION_DEREGISTER)));
    return 0;
}

// ---- Interrupts ---------------------------------------------------------------------------------
static PKINTERRUPT Interrupt;
static KIRQL SeenIrql;

static BOOLEAN NTAPI OnInterrupt(PKINTERRUPT TheInterrupt, PVOID Context) {
    Seen++;
    SeenIrql = KeGetCurrentIrql();
    SeenContext = TheInterrupt == Interrupt ? Context : NULL;
    return TRUE;
}
static BOOLEAN NTAPI Synchronized(PVOID Context) {
    SeenContext = Context;
    SeenIrql = KeGetCurrentIrql();
    return TRUE;
}

int Connect(VOID) {
    IO_CONNECT_INTERRUPT_PARAMETERS p = {.Version = CONNECT_LINE_BASED};
    IO_DISCONNECT_INTERRUPT_PARAMETERS d = {.Version = CONNECT_LINE_BASED};
    PKINTERRUPT line = NULL;
    KIRQL old;

    p.LineBased.PhysicalDeviceObject = Device;
    p.LineBased.InterruptObject = &line;
    p.LineBased.ServiceRoutine = OnInterrupt;
    CHECK(NT_SUCCESS(IoConnectInterruptEx(&p)) && line != NULL);
    d.ConnectionContext.InterruptObject = line;
    IoDisconnectInterruptEx(&d);
    CHECK(IoConnectInterrupt(&Interrupt, OnInterrupt, &Seen, NULL, 0x51, 8, 7, LevelSensitive,
                             FALSE, 1, FALSE) == STATUS_INVALID_PARAMETER);
    CHECK(NT_SUCCESS(IoConnectInterrupt(&Interrupt, OnInterrupt, &Seen, NULL, 0x51, 7, 8,
                                        LevelSensitive, FALSE, 1, FALSE)));
    CHECK(KeSynchronizeExecution(Interrupt, Synchronized, &old));
    CHECK(SeenContext == &old && SeenIrql == 8 && KeGetCurrentIrql() == PASSIVE_LEVEL);
    old = KeAcquireInterruptSpinLock(Interrupt);
    CHECK(old == PASSIVE_LEVEL && KeGetCurrentIrql() == 8);
    KeReleaseInterruptSpinLock(Interrupt, old);
    Seen = 0;
    return 0;
}
int Interrupted(VOID) {
    CHECK(Seen == 1 && SeenContext == &Seen && SeenIrql == 7);
    IoDisconnectInterrupt(Interrupt);
    return 0;
}

// ---- Callback objects, timers -------------------------------------------------------------------
static VOID NTAPI OnNotify(PVOID Context, PVOID Argument1, PVOID Argument2) {
    SeenContext = Context;
    SeenValue += (ULONG)(ULONG_PTR)Argument1 + (ULONG)(ULONG_PTR)Argument2;
}
static VOID NTAPI OnTimer(PEX_TIMER Timer, PVOID Context) {
    UNREFERENCED_PARAMETER(Timer);
    ++*(PULONG)Context;
}

int Callbacks(VOID) {
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Callback\\KssTest");
    OBJECT_ATTRIBUTES attributes;
    PCALLBACK_OBJECT object, again;
    LARGE_INTEGER due = {.QuadPart = -2000000LL};
    PEX_TIMER timer;
    UUID one, two;
    ULONG count = 0;
    PVOID first, second;

    InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE, NULL, NULL);
    CHECK(ExCreateCallback(&object, &attributes, FALSE, TRUE) == STATUS_OBJECT_NAME_NOT_FOUND);
    CHECK(NT_SUCCESS(ExCreateCallback(&object, &attributes, TRUE, TRUE)));
    CHECK(NT_SUCCESS(ExCreateCallback(&again, &attributes, FALSE, TRUE)) && again == object);
    first = ExRegisterCallback(object, OnNotify, &count);
    second = ExRegisterCallback(object, OnNotify, &name);
    CHECK(first != NULL && second != NULL);
    SeenValue = 0;
    ExNotifyCallback(object, (PVOID)3, (PVOID)4);
    CHECK(SeenValue == 14 && SeenContext == &name);
    ExUnregisterCallback(second);
    ExNotifyCallback(object, (PVOID)1, NULL);
    CHECK(SeenValue == 15 && SeenContext == &count);
    ExUnregisterCallback(first);
    ObDereferenceObject(object);

    timer = ExAllocateTimer(OnTimer, &Seen, EX_TIMER_HIGH_RESOLUTION);
    CHECK(timer != NULL);
    Seen = 0;
    CHECK(!ExSetTimer(timer, -100000LL, 500000LL, NULL));
    KeDelayExecutionThread(KernelMode, FALSE, &due);
    CHECK(Seen >= 3 && ExCancelTimer(timer, NULL));
    CHECK(!ExDeleteTimer(timer, TRUE, TRUE, NULL));
    CHECK(NT_SUCCESS(ExUuidCreate(&one)) && NT_SUCCESS(ExUuidCreate(&two)));
    CHECK(RtlCompareMemory(&one, &two, sizeof one) != sizeof one);
    CHECK(ExSetTimerResolution(10000, TRUE) != 0 && !ExVerifySuite(DataCenter));
    return 0;
}

// ---- Power, Plug and Play -----------------------------------------------------------------------
static NTSTATUS NTAPI OnSetting(LPCGUID Setting, PVOID Value, ULONG Length, PVOID Context) {
    UNREFERENCED_PARAMETER(Setting), UNREFERENCED_PARAMETER(Value);
    UNREFERENCED_PARAMETER(Length), UNREFERENCED_PARAMETER(Context);
    return STATUS_SUCCESS;
}
static VOID NTAPI OnPower(PDEVICE_OBJECT DeviceObject, UCHAR Minor, POWER_STATE State,
                          PVOID Context, PIO_STATUS_BLOCK IoStatus) {
    SeenContext = DeviceObject == Device ? Context : NULL;
    Seen = Minor * 100 + (ULONG)State.DeviceState;
    SeenValue = (ULONG)IoStatus->Status;
}
static NTSTATUS NTAPI OnInterface(PVOID Structure, PVOID Context) {
    DEVICE_INTERFACE_CHANGE_NOTIFICATION *change = Structure;
    SeenContext = Context;
    SeenValue = change->Event.Data1;
    Seen = change->SymbolicLinkName->Length;
    return STATUS_SUCCESS;
}

int PowerAndPnp(VOID) {
    static const GUID class = {0x11223344, 1, 2, {3, 4, 5, 6, 7, 8, 9, 10}};
    POWER_STATE state = {.DeviceState = PowerDeviceD3};
    UNICODE_STRING link, none = RTL_CONSTANT_STRING(L"\\??\\none");
    WCHAR text[64];
    PVOID handle, entry;
    PULONG idle;
    PIRP irp;
    PWSTR list;
    ULONG length = 0;

    CHECK(PoSetPowerState(Device, DevicePowerState, state).DeviceState == PowerDeviceUnspecified);
    CHECK(PoSetPowerState(Device, DevicePowerState, state).DeviceState == PowerDeviceD3);
    CHECK(PoRequestPowerIrp(Device, 9, state, NULL, NULL, NULL) == STATUS_INVALID_PARAMETER_2);
    CHECK(PoRequestPowerIrp(Device, IRP_MN_SET_POWER, state, OnPower, &irp, NULL) ==
          STATUS_PENDING);
    CHECK(SeenContext == &irp && Seen == IRP_MN_SET_POWER * 100 + PowerDeviceD3);
    CHECK(SeenValue == (ULONG)STATUS_SUCCESS);
    CHECK(NT_SUCCESS(PoRegisterPowerSettingCallback(Device, &class, OnSetting, NULL, &handle)));
    CHECK(NT_SUCCESS(PoUnregisterPowerSettingCallback(handle)));
    CHECK(PoUnregisterPowerSettingCallback(handle) == STATUS_INVALID_PARAMETER);
    idle = PoRegisterDeviceForIdleDetection(Device, 10, 10, PowerDeviceD3);
    CHECK(idle != NULL);
    PoSetDeviceBusyEx(idle);
    PoStartDeviceBusy(idle);
    PoEndDeviceBusy(idle);
    CHECK(PoRegisterDeviceForIdleDetection(Device, 0, 0, PowerDeviceD3) == NULL);
    handle = PoRegisterSystemState(NULL, ES_SYSTEM_REQUIRED);
    CHECK(handle != NULL);
    PoSetSystemState(ES_SYSTEM_REQUIRED);
    PoUnregisterSystemState(handle);
    CHECK(!PoQueryWatchdogTime(Device, &length));
    CHECK(PoCreatePowerRequest(&handle, NULL, NULL) == STATUS_INVALID_PARAMETER && handle == NULL);
    CHECK(NT_SUCCESS(PoCreatePowerRequest(&handle, Device, NULL)));
    CHECK(PoSetPowerRequest(handle, (POWER_REQUEST_TYPE)99) == STATUS_NOT_SUPPORTED);
    CHECK(PoClearPowerRequest(handle, PowerRequestSystemRequired) == STATUS_INVALID_PARAMETER);
    CHECK(NT_SUCCESS(PoSetPowerRequest(handle, PowerRequestSystemRequired)));
    CHECK(NT_SUCCESS(PoClearPowerRequest(handle, PowerRequestSystemRequired)));
    PoDeletePowerRequest(handle);

    CHECK(NT_SUCCESS(IoRegisterDeviceInterface(Device, &class, NULL, &link)));
    CHECK(NT_SUCCESS(IoRegisterPlugPlayNotification(EventCategoryDeviceInterfaceChange, 0,
                                                    (PVOID)(ULONG_PTR) & class, Driver, OnInterface,
                                                    &link, &entry)));
    SeenContext = NULL;
    CHECK(IoSetDeviceInterfaceState(&none, TRUE) == STATUS_OBJECT_NAME_NOT_FOUND);
    CHECK(NT_SUCCESS(IoSetDeviceInterfaceState(&link, TRUE)));
    CHECK(SeenContext == &link && SeenValue == 0xcb3a4004 && Seen == link.Length);
    CHECK(IoSetDeviceInterfaceState(&link, TRUE) == STATUS_OBJECT_NAME_EXISTS);
    CHECK(NT_SUCCESS(IoGetDeviceInterfaces(&class, NULL, 0, &list)));
    CHECK(list[0] == '\\' && list[link.Length / 2] == 0 && list[link.Length / 2 + 1] == 0);
    ExFreePool(list);
    CHECK(NT_SUCCESS(IoUnregisterPlugPlayNotificationEx(entry)));
    CHECK(NT_SUCCESS(IoRegisterPlugPlayNotification(
        EventCategoryDeviceInterfaceChange, PNPNOTIFY_DEVICE_INTERFACE_INCLUDE_EXISTING_INTERFACES,
        (PVOID)(ULONG_PTR) & class, Driver, OnInterface, &list, &entry)));
    CHECK(SeenContext == &list);
    CHECK(NT_SUCCESS(IoUnregisterPlugPlayNotification(entry)));
    CHECK(NT_SUCCESS(IoSetDeviceInterfaceState(&link, FALSE)));
    ExFreePool(link.Buffer);
    CHECK(IoGetDeviceProperty(Device, DevicePropertyPhysicalDeviceObjectName, 0, NULL, &length) ==
          STATUS_BUFFER_TOO_SMALL);
    CHECK(NT_SUCCESS(IoGetDeviceProperty(Device, DevicePropertyPhysicalDeviceObjectName,
                                         sizeof text, text, &length)));
    CHECK(text[8] == 'K' && length == 2 * sizeof "\\Device\\KssSys");
    IoInvalidateDeviceRelations(Device, BusRelations);
    IoInvalidateDeviceState(Device);
    IoRequestDeviceEject(Device);
    TARGET_DEVICE_CUSTOM_NOTIFICATION change = {.Version = 1, .Size = sizeof change};
    CHECK(NT_SUCCESS(IoReportTargetDeviceChange(Device, &change)));
    CHECK(NT_SUCCESS(IoReportTargetDeviceChangeAsynchronous(Device, &change, NULL, NULL)));
    return 0;
}

// ---- File systems -------------------------------------------------------------------------------
static BOOLEAN In(PCWSTR Expression, PCWSTR Name, BOOLEAN IgnoreCase) {
    UNICODE_STRING expression, name;
    RtlInitUnicodeString(&expression, Expression);
    RtlInitUnicodeString(&name, Name);
    return FsRtlIsNameInExpression(&expression, &name, IgnoreCase, NULL);
}

int Names(VOID) {
    UNICODE_STRING a = RTL_CONSTANT_STRING(L"Alpha"), b = RTL_CONSTANT_STRING(L"aLPHA");
    UNICODE_STRING path = RTL_CONSTANT_STRING(L"\\one\\two\\three"), first, rest;
    ANSI_STRING fat = RTL_CONSTANT_STRING("NAME.EXT"), bad = RTL_CONSTANT_STRING("TOOLONGNAME.EXT");
    ANSI_STRING wild = RTL_CONSTANT_STRING("A*"), deep = RTL_CONSTANT_STRING("x\\y"), head, tail;

    CHECK(FsRtlAreNamesEqual(&a, &b, TRUE, NULL) && !FsRtlAreNamesEqual(&a, &b, FALSE, NULL));
    CHECK(!FsRtlDoesNameContainWildCards(&a) && FsRtlDoesDbcsContainWildCards(&wild));
    CHECK(In(L"*.TXT", L"readme.txt", TRUE) && !In(L"*.TXT", L"readme.text", TRUE));
    CHECK(In(L"A?C", L"ABC", FALSE) && !In(L"A?C", L"AC", FALSE) && In(L"*", L"x.y.z", FALSE));
    CHECK(In(L"<.TXT", L"a.b.TXT", FALSE) && In(L"F>>>", L"FO", FALSE) && In(L"A\"", L"A", FALSE));
    CHECK(FsRtlIsDbcsInExpression(&wild, &wild) && !FsRtlIsDbcsInExpression(&wild, &fat));
    FsRtlDissectName(path, &first, &rest);
    CHECK(first.Length == 6 && first.Buffer == path.Buffer + 1);
    CHECK(rest.Length == 18 && rest.Buffer == path.Buffer + 5);
    FsRtlDissectDbcs(deep, &head, &tail);
    CHECK(head.Length == 1 && tail.Length == 1 && tail.Buffer[0] == 'y');
    CHECK(FsRtlIsFatDbcsLegal(fat, FALSE, FALSE, FALSE) &&
          !FsRtlIsFatDbcsLegal(bad, FALSE, FALSE, FALSE));
    CHECK(FsRtlIsHpfsDbcsLegal(bad, FALSE, FALSE, FALSE) &&
          !FsRtlIsHpfsDbcsLegal(deep, FALSE, FALSE, FALSE));
    CHECK(FsRtlIsAnsiCharacterLegalFat('A', FALSE) && !FsRtlIsAnsiCharacterLegalFat('+', FALSE));
    CHECK(FsRtlIsNtstatusExpected(STATUS_DISK_FULL) &&
          !FsRtlIsNtstatusExpected(STATUS_ACCESS_VIOLATION));
    CHECK(FsRtlNormalizeNtstatus(STATUS_ACCESS_VIOLATION, STATUS_INVALID_PARAMETER) ==
          STATUS_INVALID_PARAMETER);
    CHECK(FsRtlNormalizeNtstatus(STATUS_DISK_FULL, STATUS_INVALID_PARAMETER) == STATUS_DISK_FULL);
    CHECK(!FsRtlIsTotalDeviceFailure(STATUS_CRC_ERROR) &&
          FsRtlIsTotalDeviceFailure(STATUS_NO_SUCH_DEVICE));
    return 0;
}

int Maps(VOID) {
    LARGE_MCB mcb;
    BASE_MCB base;
    LONGLONG vbn, lbn, count, start, whole;
    ULONG index;

    FsRtlInitializeLargeMcb(&mcb, PagedPool);
    CHECK(FsRtlAddLargeMcbEntry(&mcb, 0, 100, 10) && FsRtlAddLargeMcbEntry(&mcb, 10, 110, 5));
    CHECK(FsRtlNumberOfRunsInLargeMcb(&mcb) == 1);
    CHECK(FsRtlAddLargeMcbEntry(&mcb, 20, 300, 4) && FsRtlNumberOfRunsInLargeMcb(&mcb) == 3);
    CHECK(!FsRtlAddLargeMcbEntry(&mcb, 5, 500, 2) && FsRtlAddLargeMcbEntry(&mcb, 5, 105, 2));
    CHECK(FsRtlLookupLargeMcbEntry(&mcb, 12, &lbn, &count, &start, &whole, &index));
    CHECK(lbn == 112 && count == 3 && start == 100 && whole == 15 && index == 0);
    CHECK(FsRtlLookupLargeMcbEntry(&mcb, 16, &lbn, NULL, NULL, NULL, NULL) && lbn == -1);
    CHECK(!FsRtlLookupLargeMcbEntry(&mcb, 24, &lbn, NULL, NULL, NULL, NULL));
    CHECK(FsRtlLookupLastLargeMcbEntry(&mcb, &vbn, &lbn) && vbn == 23 && lbn == 303);
    CHECK(FsRtlLookupLastLargeMcbEntryAndIndex(&mcb, &vbn, &lbn, &index) && index == 2);
    CHECK(FsRtlGetNextLargeMcbEntry(&mcb, 1, &vbn, &lbn, &count));
    CHECK(vbn == 15 && lbn == -1 && count == 5 &&
          !FsRtlGetNextLargeMcbEntry(&mcb, 3, &vbn, &lbn, &count));
    CHECK(FsRtlSplitLargeMcb(&mcb, 20, 10));
    CHECK(FsRtlLookupLastLargeMcbEntry(&mcb, &vbn, &lbn) && vbn == 33 && lbn == 303);
    FsRtlRemoveLargeMcbEntry(&mcb, 4, 2);
    CHECK(FsRtlNumberOfRunsInLargeMcb(&mcb) == 5);
    FsRtlTruncateLargeMcb(&mcb, 8);
    CHECK(FsRtlLookupLastLargeMcbEntry(&mcb, &vbn, &lbn) && vbn == 7 && lbn == 107);
    for (LONGLONG i = 0; i < 40; i++) // the mapping grows
        CHECK(FsRtlAddLargeMcbEntry(&mcb, 100 + 2 * i, 1000 + 5 * i, 1));
    CHECK(FsRtlLookupLargeMcbEntry(&mcb, 178, &lbn, NULL, NULL, NULL, NULL) && lbn == 1195);
    FsRtlResetLargeMcb(&mcb, TRUE);
    CHECK(FsRtlNumberOfRunsInLargeMcb(&mcb) == 0);
    FsRtlUninitializeLargeMcb(&mcb);

    FsRtlInitializeBaseMcb(&base, PagedPool);
    CHECK(FsRtlAddBaseMcbEntry(&base, 0, 7, 3) &&
          NT_SUCCESS(FsRtlAddBaseMcbEntryEx(&base, 3, 50, 3)));
    CHECK(FsRtlNumberOfRunsInBaseMcb(&base) == 2 && FsRtlSplitBaseMcb(&base, 3, 1));
    CHECK(FsRtlLookupBaseMcbEntry(&base, 4, &lbn, NULL, NULL, NULL, NULL) && lbn == 50);
    CHECK(FsRtlLookupLastBaseMcbEntry(&base, &vbn, &lbn) && vbn == 6);
    CHECK(FsRtlLookupLastBaseMcbEntryAndIndex(&base, &vbn, &lbn, &index) && index == 2);
    CHECK(FsRtlGetNextBaseMcbEntry(&base, 0, &vbn, &lbn, &count) && count == 3);
    CHECK(FsRtlRemoveBaseMcbEntry(&base, 0, 1));
    FsRtlTruncateBaseMcb(&base, 2);
    FsRtlResetBaseMcb(&base);
    FsRtlUninitializeBaseMcb(&base);
    CHECK(FsRtlInitializeBaseMcbEx(&base, PagedPool, 0));
    FsRtlUninitializeBaseMcb(&base);
    return 0;
}

static VOID NTAPI FreeContext(PVOID Context) {
    Seen++;
    SeenContext = Context;
}

int Locks(VOID) {
    FILE_LOCK lock;
    FSRTL_ADVANCED_FCB_HEADER header = {.Flags2 = FSRTL_FLAG2_SUPPORTS_FILTER_CONTEXTS};
    FSRTL_PER_STREAM_CONTEXT one = {.OwnerId = &lock, .FreeCallback = FreeContext}, two = one;
    LARGE_INTEGER at = {.QuadPart = 100}, length = {.QuadPart = 50}, beyond = {.QuadPart = 150};
    PEPROCESS process = PsGetCurrentProcess();
    PFILE_OBJECT mine = (PFILE_OBJECT)&at, other = (PFILE_OBJECT)&length;
    FS_FILTER_CALLBACKS callbacks = {.SizeOfFsFilterCallbacks = sizeof callbacks};
    IO_STATUS_BLOCK iosb;
    OPLOCK oplock;

    FsRtlInitializeFileLock(&lock, NULL, NULL);
    CHECK(!FsRtlAreThereCurrentOrInProgressFileLocks(&lock));
    CHECK(FsRtlPrivateLock(&lock, mine, &at, &length, process, 1, TRUE, TRUE, &iosb, NULL, NULL,
                           FALSE));
    CHECK(NT_SUCCESS(iosb.Status) && lock.FastIoIsQuestionable);
    CHECK(FsRtlPrivateLock(&lock, other, &at, &length, process, 1, TRUE, FALSE, &iosb, NULL, NULL,
                           FALSE));
    CHECK(iosb.Status == STATUS_LOCK_NOT_GRANTED);
    CHECK(FsRtlFastCheckLockForRead(&lock, &at, &length, 1, mine, process));
    CHECK(!FsRtlFastCheckLockForRead(&lock, &at, &length, 1, other, process));
    CHECK(FsRtlFastCheckLockForWrite(&lock, &beyond, &length, 1, other, process));
    CHECK(FsRtlFastUnlockSingle(&lock, other, &at, &length, process, 1, NULL, FALSE) ==
          STATUS_RANGE_NOT_LOCKED);
    CHECK(NT_SUCCESS(FsRtlFastUnlockSingle(&lock, mine, &at, &length, process, 1, NULL, FALSE)));
    CHECK(!lock.FastIoIsQuestionable);
    CHECK(FsRtlPrivateLock(&lock, mine, &at, &length, process, 1, TRUE, FALSE, &iosb, NULL, NULL,
                           FALSE));
    CHECK(FsRtlPrivateLock(&lock, other, &at, &length, process, 2, TRUE, FALSE, &iosb, NULL, NULL,
                           FALSE));
    CHECK(NT_SUCCESS(iosb.Status) &&
          !FsRtlFastCheckLockForWrite(&lock, &at, &length, 1, mine, process));
    CHECK(NT_SUCCESS(FsRtlFastUnlockAllByKey(&lock, other, process, 2, NULL)));
    CHECK(NT_SUCCESS(FsRtlFastUnlockAll(&lock, mine, process, NULL)));
    CHECK(!FsRtlAreThereCurrentOrInProgressFileLocks(&lock));
    FsRtlUninitializeFileLock(&lock);

    FsRtlInitializeOplock(&oplock);
    CHECK(FsRtlCheckOplock(&oplock, NULL, NULL, NULL, NULL) == STATUS_SUCCESS);
    CHECK(FsRtlCheckOplockEx(&oplock, NULL, 0, NULL, NULL, NULL) == STATUS_SUCCESS);
    CHECK(FsRtlOplockBreakH(&oplock, NULL, 0, NULL, NULL, NULL) == STATUS_SUCCESS);
    CHECK(FsRtlOplockBreakToNone(&oplock, NULL, NULL, NULL, NULL, NULL) == STATUS_SUCCESS);
    CHECK(FsRtlOplockBreakToNoneEx(&oplock, NULL, 0, NULL, NULL, NULL) == STATUS_SUCCESS);
    CHECK(!FsRtlCurrentBatchOplock(&oplock) && !FsRtlCurrentOplock(&oplock));
    CHECK(!FsRtlCurrentOplockH(&oplock) && FsRtlOplockIsFastIoPossible(&oplock));
    FsRtlUninitializeOplock(&oplock);

    InitializeListHead(&header.FilterContexts);
    CHECK(FsRtlInsertPerStreamContext(NULL, &one) == STATUS_INVALID_DEVICE_REQUEST);
    CHECK(NT_SUCCESS(FsRtlInsertPerStreamContext(&header, &one)));
    CHECK(FsRtlLookupPerStreamContextInternal(&header, &lock, NULL) == &one);
    CHECK(FsRtlLookupPerStreamContextInternal(&header, &oplock, NULL) == NULL);
    CHECK(FsRtlRemovePerStreamContext(&header, &lock, NULL) == &one);
    CHECK(NT_SUCCESS(FsRtlInsertPerStreamContext(&header, &two)));
    CHECK(NT_SUCCESS(FsRtlInsertPerStreamContext(&header, &one)));
    Seen = 0;
    FsRtlTeardownPerStreamContexts(&header);
    CHECK(Seen == 2 && SeenContext == &two && IsListEmpty(&header.FilterContexts));
    CHECK(FsRtlAreVolumeStartupApplicationsComplete() && !FsRtlIsPagingFile(NULL));
    FsRtlUpdateDiskCounters(1, 2);
    FsRtlDismountComplete(Device, STATUS_SUCCESS);
    CHECK(FsRtlQueryMaximumVirtualDiskNestingLevel() == 2);
    CHECK(NT_SUCCESS(FsRtlRegisterFileSystemFilterCallbacks(Driver, &callbacks)));
    return 0;
}

// ---- Security and callbacks ---------------------------------------------------------------------
static NTSTATUS NTAPI OnRegistry(PVOID Context, PVOID Argument1, PVOID Argument2) {
    UNREFERENCED_PARAMETER(Context), UNREFERENCED_PARAMETER(Argument1),
        UNREFERENCED_PARAMETER(Argument2);
    return STATUS_SUCCESS;
}

int Security(VOID) {
    LUID load = {.LowPart = 10}, notify = {.LowPart = 23};
    PRIVILEGE_SET set = {.PrivilegeCount = 1, .Privilege = {{.Luid = {.LowPart = 10}}}};
    GENERIC_MAPPING mapping = {1, 2, 4, 7};
    SECURITY_SUBJECT_CONTEXT subject;
    OB_OPERATION_REGISTRATION operation = {0};
    OB_CALLBACK_REGISTRATION registration = {.Version = OB_FLT_REGISTRATION_VERSION,
                                             .OperationRegistrationCount = 1,
                                             .Altitude = RTL_CONSTANT_STRING(L"320000"),
                                             .OperationRegistration = &operation};
    LARGE_INTEGER cookie, second;
    ACCESS_MASK granted = 0;
    NTSTATUS status = -1;
    ULONG major, minor, length;
    PVOID handle, other;
    struct {
        OBJECT_NAME_INFORMATION name;
        WCHAR text[32];
    } info;

    CHECK(SeSinglePrivilegeCheck(load, KernelMode) && !SeSinglePrivilegeCheck(load, UserMode));
    CHECK(SeSinglePrivilegeCheck(notify, UserMode));
    SeCaptureSubjectContext(&subject);
    SeLockSubjectContext(&subject);
    CHECK(SePrivilegeCheck(&set, &subject, KernelMode) &&
          !SePrivilegeCheck(&set, &subject, UserMode));
    CHECK(SeAccessCheck(NULL, &subject, TRUE, MAXIMUM_ALLOWED, 0, NULL, &mapping, KernelMode,
                        &granted, &status));
    CHECK(granted == 7 && status == STATUS_SUCCESS);
    SeUnlockSubjectContext(&subject);
    SeReleaseSubjectContext(&subject);
    CHECK(ObGetFilterVersion() == OB_FLT_REGISTRATION_VERSION);
    CHECK(NT_SUCCESS(ObRegisterCallbacks(&registration, &handle)));
    CHECK(ObRegisterCallbacks(&registration, &other) == STATUS_FLT_INSTANCE_ALTITUDE_COLLISION);
    ObUnRegisterCallbacks(handle);
    CHECK(NT_SUCCESS(CmRegisterCallback(OnRegistry, NULL, &cookie)));
    CHECK(NT_SUCCESS(
        CmRegisterCallbackEx(OnRegistry, &registration.Altitude, Driver, NULL, &second, NULL)));
    CHECK(cookie.QuadPart != second.QuadPart && NT_SUCCESS(CmUnRegisterCallback(cookie)));
    CHECK(CmUnRegisterCallback(cookie) == STATUS_INVALID_PARAMETER);
    CHECK(NT_SUCCESS(CmUnRegisterCallback(second)));
    CmGetCallbackVersion(&major, &minor);
    CHECK(major == 1 && minor == 1);
    CHECK(ObfReferenceObject(Device) + 1 == ObfReferenceObjectWithTag(Device, TAG));
    ObDereferenceObject(Device);
    ObDereferenceObjectDeferDelete(Device);
    CHECK(NT_SUCCESS(ObReferenceObjectByPointer(Device, 0, NULL, KernelMode)));
    ObfDereferenceObjectWithTag(Device, TAG);
    CHECK(NT_SUCCESS(ObReferenceObjectByPointerWithTag(Device, 0, NULL, KernelMode, TAG)));
    ObDereferenceObjectDeferDeleteWithTag(Device, TAG);
    CHECK(!ObIsKernelHandle((HANDLE)4));
    CHECK(ObQueryNameString(Device, NULL, 0, &length) == STATUS_INFO_LENGTH_MISMATCH);
    CHECK(NT_SUCCESS(ObQueryNameString(Device, &info.name, sizeof info, &length)));
    CHECK(info.name.Name.Length == 28 && info.name.Name.Buffer[8] == 'K');
    return 0;
}

// ---- Associated IRPs ----------------------------------------------------------------------------
// Each read is done in two pieces; the second completes it.
static NTSTATUS NTAPI Read(PDEVICE_OBJECT DeviceObject, PIRP Irp) {
    PIRP piece[2];

    UNREFERENCED_PARAMETER(DeviceObject);
    if (!IoIsOperationSynchronous(Irp))
        return STATUS_UNSUCCESSFUL;
    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = 0;
    IoMarkIrpPending(Irp);
    Irp->AssociatedIrp.IrpCount = 2;
    for (unsigned i = 0; i < 2; i++) {
        piece[i] = IoMakeAssociatedIrp(Irp, 1);
        IoSetNextIrpStackLocation(piece[i]);
    }
    for (unsigned i = 0; i < 2; i++) {
        piece[i]->IoStatus.Status = STATUS_SUCCESS;
        IoCompleteRequest(piece[i], IO_NO_INCREMENT);
    }
    return STATUS_PENDING;
}

static NTSTATUS NTAPI Power(PDEVICE_OBJECT DeviceObject, PIRP Irp) {
    UNREFERENCED_PARAMETER(DeviceObject);
    PoStartNextPowerIrp(Irp);
    Irp->IoStatus.Status = STATUS_SUCCESS;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

static NTSTATUS NTAPI Create(PDEVICE_OBJECT DeviceObject, PIRP Irp) {
    UNREFERENCED_PARAMETER(DeviceObject);
    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

// ---- What is not served -------------------------------------------------------------------------
NTSTATUS Unserved(VOID) {
    CcFlushCache(NULL, NULL, 0, NULL);
    return STATUS_SUCCESS;
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\KssSys");
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);
    Driver = DriverObject;
    DriverObject->MajorFunction[IRP_MJ_CREATE] = DriverObject->MajorFunction[IRP_MJ_CLOSE] = Create;
    DriverObject->MajorFunction[IRP_MJ_READ] = Read;
    DriverObject->MajorFunction[IRP_MJ_POWER] = Power;
    status = IoCreateDevice(DriverObject, 0, &name, FILE_DEVICE_UNKNOWN, 0, FALSE, &Device);
    return status;
}
