// SPDX-License-Identifier: MIT
// crunch: a control device that computes checksums in a system thread of its own.
//
// A client's thread comes in by IRP_MJ_DEVICE_CONTROL, describes its job in a structure on its
// kernel stack, queues it and waits for the event inside:
//
//     client's kernel stack                        worker's kernel stack
//     +-----------------------+                    +------------------+
//     | CrunchDeviceControl   |                    | CrunchWorker     |
//     | CrunchRunJob          |   Jobs (list)      |                  |
//     |   job { Link, Done }  | <----------------- |   takes, works,  |
//     | KeWaitForSingleObject | <----------------- |   KeSetEvent     |
//     +-----------------------+                    +------------------+
//
// The worker writes into the client's stack. So that stack must be in memory for as long as the job
// is known to the worker: the wait is a KernelMode wait (DDI KeWaitForSingleObject). Whoever wants
// the client to be killable while it waits needs both CRUNCH_WAIT_MODE=UserMode and
// CRUNCH_PIN_STACK=1, and the code below that takes the job back.
#include "crunch.h"

#ifndef CRUNCH_WAIT_MODE
#define CRUNCH_WAIT_MODE KernelMode
#endif
#ifndef CRUNCH_PIN_STACK
#define CRUNCH_PIN_STACK 0
#endif

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD CrunchUnload;
_Dispatch_type_(IRP_MJ_CREATE) static DRIVER_DISPATCH CrunchCreate;
_Dispatch_type_(IRP_MJ_CLOSE) static DRIVER_DISPATCH CrunchClose;
_Dispatch_type_(IRP_MJ_DEVICE_CONTROL) static DRIVER_DISPATCH CrunchDeviceControl;
static KSTART_ROUTINE CrunchWorker;
static NTSTATUS CrunchMakeTable(_Out_ PULONG *Table);

#ifdef ALLOC_PRAGMA
#pragma alloc_text(INIT, DriverEntry)
#pragma alloc_text(PAGE, CrunchUnload)
#pragma alloc_text(PAGE, CrunchCreate)
#pragma alloc_text(PAGE, CrunchClose)
#pragma alloc_text(PAGE, CrunchDeviceControl)
#pragma alloc_text(PAGE, CrunchMakeTable)
#endif

static NTSTATUS CrunchComplete(_In_ PIRP Irp, _In_ NTSTATUS Status, _In_ ULONG_PTR Information) {
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = Information;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

// ---- Jobs ---------------------------------------------------------------------------------------

// Takes the oldest job, or NULL. From here on the worker alone knows it.
static PCRUNCH_JOB CrunchTakeJob(_Inout_ PCRUNCH_EXTENSION Extension) {
    PCRUNCH_JOB job = NULL;
    KIRQL irql;

    KeAcquireSpinLock(&Extension->Lock, &irql);
    if (!IsListEmpty(&Extension->Jobs)) {
        job = CONTAINING_RECORD(RemoveHeadList(&Extension->Jobs), CRUNCH_JOB, Link);
        InitializeListHead(&job->Link);
    }
    KeReleaseSpinLock(&Extension->Lock, irql);
    return job;
}

// Takes a job back that nobody wants any more. FALSE: the worker has it.
static BOOLEAN CrunchWithdrawJob(_Inout_ PCRUNCH_EXTENSION Extension, _Inout_ PCRUNCH_JOB Job) {
    BOOLEAN queued;
    KIRQL irql;

    KeAcquireSpinLock(&Extension->Lock, &irql);
    queued = !IsListEmpty(&Job->Link);
    if (queued) {
        RemoveEntryList(&Job->Link);
        InitializeListHead(&Job->Link);
    }
    KeReleaseSpinLock(&Extension->Lock, irql);
    return queued;
}

// Not inlined: the job costs stack only while it is needed.
static DECLSPEC_NOINLINE NTSTATUS CrunchRunJob(_Inout_ PCRUNCH_EXTENSION Extension,
                                               _In_reads_bytes_(Length) PVOID Bytes,
                                               _In_ ULONG Length, _Out_ PULONG Checksum) {
    CRUNCH_JOB job;
    NTSTATUS status;
    KIRQL irql;
#if CRUNCH_PIN_STACK
    BOOLEAN swapping = KeSetKernelStackSwapEnable(FALSE); // before anybody else knows the job
#endif

    *Checksum = 0;
    job.Bytes = Bytes;
    job.Length = Length;
    job.Checksum = 0;
    KeInitializeEvent(&job.Done, NotificationEvent, FALSE);
    KeAcquireSpinLock(&Extension->Lock, &irql);
    InsertTailList(&Extension->Jobs, &job.Link);
    KeReleaseSpinLock(&Extension->Lock, irql);
    KeSetEvent(&Extension->Work, IO_NO_INCREMENT, FALSE);

    status = KeWaitForSingleObject(&job.Done, Executive, CRUNCH_WAIT_MODE, FALSE, NULL);
    if (status != STATUS_SUCCESS) { // a UserMode wait: the thread is being terminated
        if (!CrunchWithdrawJob(Extension, &job))
            (VOID) KeWaitForSingleObject(&job.Done, Executive, KernelMode, FALSE, NULL);
        status = STATUS_CANCELLED;
    } else {
        *Checksum = job.Checksum;
    }
#if CRUNCH_PIN_STACK
    if (swapping) // only who has changed it puts it back
        (VOID) KeSetKernelStackSwapEnable(TRUE);
#endif
    return status;
}

static ULONG CrunchChecksum(_In_ const ULONG *Table, _In_reads_bytes_(Length) const UCHAR *Bytes,
                            _In_ ULONG Length) {
    ULONG crc = 0xFFFFFFFF;

    for (ULONG i = 0; i < Length; i++)
        crc = Table[(crc ^ Bytes[i]) & 0xFF] ^ crc >> 8;
    return ~crc;
}

_Use_decl_annotations_ static VOID CrunchWorker(PVOID StartContext) {
    PCRUNCH_EXTENSION extension = StartContext;
    PCRUNCH_JOB job;

    for (;;) {
        (VOID) KeWaitForSingleObject(&extension->Work, Executive, KernelMode, FALSE, NULL);
        while ((job = CrunchTakeJob(extension)) != NULL) {
            job->Checksum = CrunchChecksum(extension->Table, job->Bytes, job->Length);
            KeSetEvent(&job->Done, IO_NO_INCREMENT, FALSE); // the last touch: *job is gone now
        }
        if (extension->Stopping)
            CrunchEndWorker(extension);
    }
}

// ---- Dispatch routines --------------------------------------------------------------------------

_Use_decl_annotations_ static NTSTATUS CrunchCreate(PDEVICE_OBJECT DeviceObject, PIRP Irp) {
    PFILE_OBJECT file = IoGetCurrentIrpStackLocation(Irp)->FileObject;

    UNREFERENCED_PARAMETER(DeviceObject);
    PAGED_CODE();
    file->FsContext = ExAllocatePool2(POOL_FLAG_PAGED, sizeof(CRUNCH_STATISTICS), CRUNCH_TAG);
    return CrunchComplete(
        Irp, file->FsContext == NULL ? STATUS_INSUFFICIENT_RESOURCES : STATUS_SUCCESS, 0);
}

_Use_decl_annotations_ static NTSTATUS CrunchClose(PDEVICE_OBJECT DeviceObject, PIRP Irp) {
    PFILE_OBJECT file = IoGetCurrentIrpStackLocation(Irp)->FileObject;

    UNREFERENCED_PARAMETER(DeviceObject);
    PAGED_CODE();
    ExFreePoolWithTag(file->FsContext, CRUNCH_TAG);
    file->FsContext = NULL;
    return CrunchComplete(Irp, STATUS_SUCCESS, 0);
}

_Use_decl_annotations_ static NTSTATUS CrunchDeviceControl(PDEVICE_OBJECT DeviceObject, PIRP Irp) {
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    ULONG inputLength = stack->Parameters.DeviceIoControl.InputBufferLength;
    ULONG outputLength = stack->Parameters.DeviceIoControl.OutputBufferLength;
    PCRUNCH_STATISTICS statistics = stack->FileObject->FsContext;
    PVOID buffer = Irp->AssociatedIrp.SystemBuffer;
    ULONG checksum;
    NTSTATUS status;

    PAGED_CODE();
    switch (stack->Parameters.DeviceIoControl.IoControlCode) {
    case IOCTL_CRUNCH_CHECKSUM:
        if (inputLength == 0 || inputLength > CRUNCH_MOST_JOB)
            return CrunchComplete(Irp, STATUS_INVALID_PARAMETER, 0);
        if (outputLength < sizeof(ULONG))
            return CrunchComplete(Irp, STATUS_BUFFER_TOO_SMALL, 0);
        status = CrunchRunJob(DeviceObject->DeviceExtension, buffer, inputLength, &checksum);
        if (!NT_SUCCESS(status))
            return CrunchComplete(Irp, status, 0);
        statistics->Jobs++;
        statistics->Bytes += inputLength;
        *(PULONG)buffer = checksum;
        return CrunchComplete(Irp, STATUS_SUCCESS, sizeof(ULONG));
    case IOCTL_CRUNCH_STATISTICS:
        if (outputLength < sizeof *statistics)
            return CrunchComplete(Irp, STATUS_BUFFER_TOO_SMALL, 0);
        RtlCopyMemory(buffer, statistics, sizeof *statistics);
        return CrunchComplete(Irp, STATUS_SUCCESS, sizeof *statistics);
    default: return CrunchComplete(Irp, STATUS_INVALID_DEVICE_REQUEST, 0);
    }
}

// ---- Loading and unloading ----------------------------------------------------------------------

static NTSTATUS CrunchMakeTable(PULONG *Table) {
    PULONG table = ExAllocatePool2(POOL_FLAG_PAGED, 256 * sizeof(ULONG), CRUNCH_TAG);

    PAGED_CODE();
    *Table = table;
    if (table == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    for (ULONG i = 0; i < 256; i++) {
        table[i] = i;
        for (ULONG bit = 0; bit < 8; bit++)
            table[i] = (table[i] & 1 ? 0xEDB88320 : 0) ^ table[i] >> 1;
    }
    return STATUS_SUCCESS;
}

_Use_decl_annotations_ static VOID CrunchUnload(PDRIVER_OBJECT DriverObject) {
    UNICODE_STRING link = RTL_CONSTANT_STRING(L"\\DosDevices\\Crunch");
    PCRUNCH_EXTENSION extension = DriverObject->DeviceObject->DeviceExtension;

    PAGED_CODE();
    CrunchStopWorker(extension);
    IoDeleteSymbolicLink(&link);
    ExFreePoolWithTag(extension->Table, CRUNCH_TAG);
    IoDeleteDevice(DriverObject->DeviceObject);
}

_Use_decl_annotations_ NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject,
                                            PUNICODE_STRING RegistryPath) {
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Crunch");
    UNICODE_STRING link = RTL_CONSTANT_STRING(L"\\DosDevices\\Crunch");
    PCRUNCH_EXTENSION extension;
    PDEVICE_OBJECT device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);
    status = IoCreateDevice(DriverObject, sizeof *extension, &name, FILE_DEVICE_UNKNOWN,
                            FILE_DEVICE_SECURE_OPEN, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;
    extension = device->DeviceExtension;
    KeInitializeSpinLock(&extension->Lock);
    InitializeListHead(&extension->Jobs);
    KeInitializeEvent(&extension->Work, SynchronizationEvent, FALSE);
    DriverObject->MajorFunction[IRP_MJ_CREATE] = CrunchCreate;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = CrunchClose;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = CrunchDeviceControl;
    DriverObject->DriverUnload = CrunchUnload;

    status = CrunchMakeTable(&extension->Table);
    if (!NT_SUCCESS(status))
        goto NoTable;
    status = IoCreateSymbolicLink(&link, &name);
    if (!NT_SUCCESS(status))
        goto NoLink;
    status = CrunchStartWorker(extension, CrunchWorker);
    if (!NT_SUCCESS(status))
        goto NoWorker;
    device->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;

NoWorker:
    IoDeleteSymbolicLink(&link);
NoLink:
    ExFreePoolWithTag(extension->Table, CRUNCH_TAG);
NoTable:
    IoDeleteDevice(device);
    return status;
}
