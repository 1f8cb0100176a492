// SPDX-License-Identifier: MIT
// A WDM function driver as people write them: annotations, pragmas, PnP, power, remove locks, a
// cancel-safe queue, timer, DPC, interrupt and registers. It is compiled, never run.
#include <wdm.h>
#include <initguid.h>
#include <wdmguid.h>
#include <ntstrsafe.h>
#include <ntintsafe.h>
#include <wdmsec.h>
#include <wmilib.h>
#include <csq.h>

#define TAG               'lpmS'
#define IOCTL_SAMPLE_ECHO CTL_CODE(FILE_DEVICE_UNKNOWN, 0x801, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define IOCTL_SAMPLE_WAIT                                                                          \
    CTL_CODE(FILE_DEVICE_UNKNOWN, 0x802, METHOD_NEITHER, FILE_READ_ACCESS | FILE_WRITE_ACCESS)

// {3E0B3C1A-9D6F-4B2B-8C3E-51B7D7A1F001}
DEFINE_GUID(GUID_DEVINTERFACE_SAMPLE, 0x3e0b3c1a, 0x9d6f, 0x4b2b, 0x8c, 0x3e, 0x51, 0xb7, 0xd7,
            0xa1, 0xf0, 0x01);

typedef struct _REGISTERS {
    ULONG Control;
    ULONG Status;
    ULONG64 Address;
} REGISTERS, *PREGISTERS;

typedef struct _DEVICE_EXTENSION {
    PDEVICE_OBJECT Self, Lower, Pdo;
    UNICODE_STRING InterfaceName;
    IO_REMOVE_LOCK RemoveLock;
    IO_CSQ Queue;
    LIST_ENTRY Pending;
    KSPIN_LOCK QueueLock;
    KTIMER Timer;
    KDPC TimerDpc;
    PKINTERRUPT Interrupt;
    volatile PREGISTERS Registers;
    FAST_MUTEX Mutex;
    NPAGED_LOOKASIDE_LIST Lookaside;
    DEVICE_POWER_STATE PowerState;
    volatile LONG Opens;
    __int64 Bytes;
    unsigned __int64 Errors;
} DEVICE_EXTENSION, *PDEVICE_EXTENSION;

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD SampleUnload;
DRIVER_ADD_DEVICE SampleAddDevice;
_Dispatch_type_(IRP_MJ_CREATE) _Dispatch_type_(IRP_MJ_CLOSE) DRIVER_DISPATCH SampleCreateClose;
_Dispatch_type_(IRP_MJ_DEVICE_CONTROL) DRIVER_DISPATCH SampleControl;
_Dispatch_type_(IRP_MJ_READ) DRIVER_DISPATCH SampleRead;
_Dispatch_type_(IRP_MJ_PNP) DRIVER_DISPATCH SamplePnp;
_Dispatch_type_(IRP_MJ_POWER) DRIVER_DISPATCH SamplePower;
IO_COMPLETION_ROUTINE SampleStarted;
KDEFERRED_ROUTINE SampleTimerDpc;
KSERVICE_ROUTINE SampleIsr;
IO_DPC_ROUTINE SampleDpcForIsr;
IO_WORKITEM_ROUTINE SampleWork;
KSTART_ROUTINE SampleThread;
IO_CSQ_INSERT_IRP SampleInsert;
IO_CSQ_REMOVE_IRP SampleRemove;
IO_CSQ_PEEK_NEXT_IRP SamplePeek;
IO_CSQ_COMPLETE_CANCELED_IRP SampleCanceled;
VOID SampleLock(_In_ PIO_CSQ Csq, _Out_ PKIRQL Irql);
VOID SampleUnlock(_In_ PIO_CSQ Csq, _In_ KIRQL Irql);

#ifdef ALLOC_PRAGMA
#pragma alloc_text(INIT, DriverEntry)
#pragma alloc_text(PAGE, SampleAddDevice)
#pragma alloc_text(PAGE, SamplePnp)
#pragma alloc_text(PAGE, SampleUnload)
#endif

__declspec(align(16)) static UCHAR Buffer[64];
static __declspec(noinline) ULONG Checksum(__in_bcount(Length) PUCHAR Bytes, IN ULONG Length) {
    ULONG sum = 0;
    while (Length--)
        sum = sum * 31 + *Bytes++;
    return sum;
}

FORCEINLINE NTSTATUS Complete(PIRP Irp, NTSTATUS Status, ULONG_PTR Information) {
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = Information;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

__inline PDEVICE_EXTENSION Extension(PDEVICE_OBJECT DeviceObject) {
    return (PDEVICE_EXTENSION)DeviceObject->DeviceExtension;
}

_Use_decl_annotations_ NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject,
                                            PUNICODE_STRING RegistryPath) {
    RTL_OSVERSIONINFOW version = {0};
    UNREFERENCED_PARAMETER(RegistryPath);
    ExInitializeDriverRuntime(DrvRtPoolNxOptIn);
    version.dwOSVersionInfoSize = sizeof version;
    if (!NT_SUCCESS(RtlGetVersion(&version)))
        return STATUS_UNSUCCESSFUL;
    DriverObject->MajorFunction[IRP_MJ_CREATE] = SampleCreateClose;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = SampleCreateClose;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = SampleControl;
    DriverObject->MajorFunction[IRP_MJ_READ] = SampleRead;
    DriverObject->MajorFunction[IRP_MJ_PNP] = SamplePnp;
    DriverObject->MajorFunction[IRP_MJ_POWER] = SamplePower;
    DriverObject->DriverExtension->AddDevice = SampleAddDevice;
    DriverObject->DriverUnload = SampleUnload;
    DbgPrintEx(DPFLTR_IHVDRIVER_ID, DPFLTR_INFO_LEVEL, "sample on %lu.%lu: %wZ\n",
               version.dwMajorVersion, version.dwMinorVersion, RegistryPath);
    return STATUS_SUCCESS;
}

VOID SampleUnload(PDRIVER_OBJECT DriverObject) {
    PAGED_CODE();
    NT_ASSERT(DriverObject->DeviceObject == NULL);
    UNREFERENCED_PARAMETER(DriverObject);
}

NTSTATUS SampleAddDevice(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT Pdo) {
    PDEVICE_OBJECT device;
    PDEVICE_EXTENSION extension;
    DECLARE_CONST_UNICODE_STRING(name, L"\\Device\\Sample");
    NTSTATUS status;
    PAGED_CODE();
    status = IoCreateDeviceSecure(DriverObject, sizeof(DEVICE_EXTENSION), (PUNICODE_STRING)&name,
                                  FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN, FALSE,
                                  &SDDL_DEVOBJ_SYS_ALL_ADM_ALL, &GUID_DEVINTERFACE_SAMPLE, &device);
    if (!NT_SUCCESS(status))
        return status;
    extension = Extension(device);
    RtlZeroMemory(extension, sizeof *extension);
    extension->Self = device;
    extension->Pdo = Pdo;
    IoInitializeRemoveLock(&extension->RemoveLock, TAG, 1, 100);
    InitializeListHead(&extension->Pending);
    KeInitializeSpinLock(&extension->QueueLock);
    IoCsqInitialize(&extension->Queue, SampleInsert, SampleRemove, SamplePeek, SampleLock,
                    SampleUnlock, SampleCanceled);
    ExInitializeFastMutex(&extension->Mutex);
    ExInitializeNPagedLookasideList(&extension->Lookaside, NULL, NULL, 0, 256, TAG, 0);
    KeInitializeTimerEx(&extension->Timer, SynchronizationTimer);
    KeInitializeDpc(&extension->TimerDpc, SampleTimerDpc, extension);
    IoInitializeDpcRequest(device, SampleDpcForIsr);
    status =
        IoRegisterDeviceInterface(Pdo, &GUID_DEVINTERFACE_SAMPLE, NULL, &extension->InterfaceName);
    extension->Lower = IoAttachDeviceToDeviceStack(device, Pdo);
    if (extension->Lower == NULL || !NT_SUCCESS(status)) {
        IoDeleteDevice(device);
        return STATUS_NO_SUCH_DEVICE;
    }
    device->Flags |= DO_BUFFERED_IO | DO_POWER_PAGABLE;
    device->Flags &= ~DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;
}

NTSTATUS SampleCreateClose(PDEVICE_OBJECT DeviceObject, PIRP Irp) {
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    PDEVICE_EXTENSION extension = Extension(DeviceObject);
    if (stack->MajorFunction == IRP_MJ_CREATE)
        InterlockedIncrement(&extension->Opens);
    else
        InterlockedDecrement(&extension->Opens);
    return Complete(Irp, STATUS_SUCCESS, 0);
}

NTSTATUS SampleRead(PDEVICE_OBJECT DeviceObject, PIRP Irp) {
    PDEVICE_EXTENSION extension = Extension(DeviceObject);
    ULONG length = IoGetCurrentIrpStackLocation(Irp)->Parameters.Read.Length, total;
    NTSTATUS status = IoAcquireRemoveLock(&extension->RemoveLock, Irp);
    if (!NT_SUCCESS(status))
        return Complete(Irp, status, 0);
    if (!NT_SUCCESS(RtlULongAdd(length, 16, &total))) {
        IoReleaseRemoveLock(&extension->RemoveLock, Irp);
        return Complete(Irp, STATUS_INTEGER_OVERFLOW, 0);
    }
    IoMarkIrpPending(Irp);
    IoCsqInsertIrp(&extension->Queue, Irp, NULL);
    return STATUS_PENDING;
}

NTSTATUS SampleControl(PDEVICE_OBJECT DeviceObject, PIRP Irp) {
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    PDEVICE_EXTENSION extension = Extension(DeviceObject);
    LARGE_INTEGER timeout;
    KEVENT done;
    HANDLE handle;
    PVOID thread;
    OBJECT_ATTRIBUTES attributes;
    NTSTATUS status = STATUS_INVALID_DEVICE_REQUEST;
    switch (stack->Parameters.DeviceIoControl.IoControlCode) {
    case IOCTL_SAMPLE_ECHO:
        if (stack->Parameters.DeviceIoControl.InputBufferLength < sizeof Buffer)
            return Complete(Irp, STATUS_BUFFER_TOO_SMALL, 0);
        RtlCopyMemory(Buffer, Irp->AssociatedIrp.SystemBuffer, sizeof Buffer);
        extension->Bytes += Checksum(Buffer, sizeof Buffer);
        return Complete(Irp, STATUS_SUCCESS, sizeof Buffer);
    case IOCTL_SAMPLE_WAIT:
        __try {
            ProbeForRead(stack->Parameters.DeviceIoControl.Type3InputBuffer, sizeof(ULONG), 1);
        } __except (EXCEPTION_EXECUTE_HANDLER) {
            return Complete(Irp, GetExceptionCode(), 0);
        }
        KeInitializeEvent(&done, NotificationEvent, FALSE);
        InitializeObjectAttributes(&attributes, NULL, OBJ_KERNEL_HANDLE, NULL, NULL);
        status = PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, &attributes, NULL, NULL,
                                      SampleThread, &done);
        if (!NT_SUCCESS(status))
            break;
        status = ObReferenceObjectByHandle(handle, THREAD_ALL_ACCESS, *PsThreadType, KernelMode,
                                           &thread, NULL);
        ZwClose(handle);
        timeout.QuadPart = -10LL * 1000 * 1000;
        status = KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, &timeout);
        ObDereferenceObject(thread);
        break;
    default: KdPrint(("sample: unknown control %08lx\n", stack->MajorFunction)); break;
    }
    return Complete(Irp, status, 0);
}

VOID SampleThread(PVOID Context) {
    KeSetPriorityThread(KeGetCurrentThread(), LOW_REALTIME_PRIORITY);
    KeSetEvent((PKEVENT)Context, IO_NO_INCREMENT, FALSE);
    PsTerminateSystemThread(STATUS_SUCCESS);
}

NTSTATUS SampleStarted(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context) {
    UNREFERENCED_PARAMETER(DeviceObject);
    if (Irp->PendingReturned)
        KeSetEvent((PKEVENT)Context, IO_NO_INCREMENT, FALSE);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

static NTSTATUS Start(PDEVICE_EXTENSION Extension_, PIRP Irp) {
    PCM_RESOURCE_LIST list =
        IoGetCurrentIrpStackLocation(Irp)->Parameters.StartDevice.AllocatedResourcesTranslated;
    ULONG i;
    for (i = 0; list != NULL && i < list->List[0].PartialResourceList.Count; i++) {
        PCM_PARTIAL_RESOURCE_DESCRIPTOR d =
            &list->List[0].PartialResourceList.PartialDescriptors[i];
        switch (d->Type) {
        case CmResourceTypeMemory:
            Extension_->Registers =
                (PREGISTERS)MmMapIoSpace(d->u.Memory.Start, d->u.Memory.Length, MmNonCached);
            break;
        case CmResourceTypeInterrupt:
            (void)IoConnectInterrupt(
                &Extension_->Interrupt, SampleIsr, Extension_, NULL, d->u.Interrupt.Vector,
                (KIRQL)d->u.Interrupt.Level, (KIRQL)d->u.Interrupt.Level,
                d->Flags & CM_RESOURCE_INTERRUPT_LATCHED ? Latched : LevelSensitive, TRUE,
                d->u.Interrupt.Affinity, FALSE);
            break;
        }
    }
    return IoSetDeviceInterfaceState(&Extension_->InterfaceName, TRUE);
}

NTSTATUS SamplePnp(PDEVICE_OBJECT DeviceObject, PIRP Irp) {
    PDEVICE_EXTENSION extension = Extension(DeviceObject);
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    KEVENT event;
    NTSTATUS status;
    PAGED_CODE();
    status = IoAcquireRemoveLock(&extension->RemoveLock, Irp);
    if (!NT_SUCCESS(status))
        return Complete(Irp, status, 0);
    switch (stack->MinorFunction) {
    case IRP_MN_START_DEVICE:
        KeInitializeEvent(&event, NotificationEvent, FALSE);
        IoCopyCurrentIrpStackLocationToNext(Irp);
        IoSetCompletionRoutine(Irp, SampleStarted, &event, TRUE, TRUE, TRUE);
        status = IoCallDriver(extension->Lower, Irp);
        if (status == STATUS_PENDING) {
            KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, NULL);
            status = Irp->IoStatus.Status;
        }
        if (NT_SUCCESS(status))
            status = Start(extension, Irp);
        IoReleaseRemoveLock(&extension->RemoveLock, Irp);
        return Complete(Irp, status, 0);
    case IRP_MN_QUERY_CAPABILITIES:
        stack->Parameters.DeviceCapabilities.Capabilities->SurpriseRemovalOK = 1;
        break;
    case IRP_MN_REMOVE_DEVICE:
        IoReleaseRemoveLockAndWait(&extension->RemoveLock, Irp);
        IoSkipCurrentIrpStackLocation(Irp);
        status = IoCallDriver(extension->Lower, Irp);
        IoDetachDevice(extension->Lower);
        RtlFreeUnicodeString(&extension->InterfaceName);
        IoDeleteDevice(DeviceObject);
        return status;
    }
    IoSkipCurrentIrpStackLocation(Irp);
    status = IoCallDriver(extension->Lower, Irp);
    IoReleaseRemoveLock(&extension->RemoveLock, Irp);
    return status;
}

NTSTATUS SamplePower(PDEVICE_OBJECT DeviceObject, PIRP Irp) {
    PDEVICE_EXTENSION extension = Extension(DeviceObject);
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    if (stack->MinorFunction == IRP_MN_SET_POWER &&
        stack->Parameters.Power.Type == DevicePowerState)
        extension->PowerState = stack->Parameters.Power.State.DeviceState;
    PoStartNextPowerIrp(Irp);
    IoSkipCurrentIrpStackLocation(Irp);
    return PoCallDriver(extension->Lower, Irp);
}

BOOLEAN SampleIsr(PKINTERRUPT Interrupt, PVOID Context) {
    PDEVICE_EXTENSION extension = (PDEVICE_EXTENSION)Context;
    UNREFERENCED_PARAMETER(Interrupt);
    if ((READ_REGISTER_ULONG(&extension->Registers->Status) & 1) == 0)
        return FALSE;
    WRITE_REGISTER_ULONG(&extension->Registers->Control, 0);
    IoRequestDpc(extension->Self, NULL, extension);
    return TRUE;
}

VOID SampleDpcForIsr(PKDPC Dpc, PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context) {
    PDEVICE_EXTENSION extension = (PDEVICE_EXTENSION)Context;
    PIRP next = IoCsqRemoveNextIrp(&extension->Queue, NULL);
    PIO_WORKITEM item = IoAllocateWorkItem(DeviceObject);
    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Irp);
    if (item != NULL)
        IoQueueWorkItem(item, SampleWork, DelayedWorkQueue, item);
    if (next != NULL) {
        IoReleaseRemoveLock(&extension->RemoveLock, next);
        Complete(next, STATUS_SUCCESS, 0);
    }
}

VOID SampleWork(PDEVICE_OBJECT DeviceObject, PVOID Context) {
    PDEVICE_EXTENSION extension = Extension(DeviceObject);
    WCHAR text[32];
    LARGE_INTEGER due = {.QuadPart = -10000};
    ExAcquireFastMutex(&extension->Mutex);
    (void)RtlStringCbPrintfW(text, sizeof text, L"%I64d:%p", extension->Bytes, Context);
    ExReleaseFastMutex(&extension->Mutex);
    KeSetTimerEx(&extension->Timer, due, 100, &extension->TimerDpc);
    IoFreeWorkItem((PIO_WORKITEM)Context);
}

VOID SampleTimerDpc(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2) {
    PDEVICE_EXTENSION extension = (PDEVICE_EXTENSION)Context;
    PVOID entry = ExAllocateFromNPagedLookasideList(&extension->Lookaside);
    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    ASSERT(KeGetCurrentIrql() == DISPATCH_LEVEL);
    if (entry != NULL)
        ExFreeToNPagedLookasideList(&extension->Lookaside, entry);
    extension->Errors += sizeof(WNODE_HEADER);
}

VOID SampleInsert(PIO_CSQ Csq, PIRP Irp) {
    PDEVICE_EXTENSION extension = CONTAINING_RECORD(Csq, DEVICE_EXTENSION, Queue);
    InsertTailList(&extension->Pending, &Irp->Tail.Overlay.ListEntry);
}

VOID SampleRemove(PIO_CSQ Csq, PIRP Irp) {
    UNREFERENCED_PARAMETER(Csq);
    RemoveEntryList(&Irp->Tail.Overlay.ListEntry);
}

PIRP SamplePeek(PIO_CSQ Csq, PIRP Irp, PVOID Context) {
    PDEVICE_EXTENSION extension = CONTAINING_RECORD(Csq, DEVICE_EXTENSION, Queue);
    PLIST_ENTRY next = Irp ? Irp->Tail.Overlay.ListEntry.Flink : extension->Pending.Flink;
    UNREFERENCED_PARAMETER(Context);
    return next == &extension->Pending ? NULL
                                       : CONTAINING_RECORD(next, IRP, Tail.Overlay.ListEntry);
}

_Acquires_lock_(CONTAINING_RECORD(Csq, DEVICE_EXTENSION, Queue)->QueueLock) VOID
    SampleLock(PIO_CSQ Csq, PKIRQL Irql) {
    KeAcquireSpinLock(&CONTAINING_RECORD(Csq, DEVICE_EXTENSION, Queue)->QueueLock, Irql);
}

VOID SampleUnlock(PIO_CSQ Csq, KIRQL Irql) {
    KeReleaseSpinLock(&CONTAINING_RECORD(Csq, DEVICE_EXTENSION, Queue)->QueueLock, Irql);
}

VOID SampleCanceled(PIO_CSQ Csq, PIRP Irp) {
    UNREFERENCED_PARAMETER(Csq);
    Complete(Irp, STATUS_CANCELLED, 0);
}
