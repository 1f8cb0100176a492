// SPDX-License-Identifier: MIT
// A file system's habits: stack guard and overflow worker, expansion, SEH, resources, MDLs, share access,
// registry, process notifications, callbacks. It is compiled, never run.
#include <ntifs.h>
#include <ntstrsafe.h>
#include <ntdddisk.h>

#define OVERFLOW_THRESHOLD 0xE00
#define TAG                ((ULONG)'sFmS')

typedef struct _FCB {
    FSRTL_ADVANCED_FCB_HEADER Header;
    SECTION_OBJECT_POINTERS Sections;
    SHARE_ACCESS ShareAccess;
    ERESOURCE Resource;
    ERESOURCE PagingIoResource;
    FAST_MUTEX HeaderMutex;
    OPLOCK Oplock;
    PFILE_LOCK Lock;
    UNICODE_STRING Name;
} FCB, *PFCB;

typedef struct _WORK {
    KEVENT Event;
    PIRP Irp;
    NTSTATUS Status;
    WORK_QUEUE_ITEM Item;
} WORK, *PWORK;

static LARGE_INTEGER Cookie;
static PVOID ObHandle;

static VOID NTAPI OverflowRead(PVOID Context, PKEVENT Event) {
    PWORK work = (PWORK)Context;
    work->Status = STATUS_SUCCESS;
    KeSetEvent(Event, 0, FALSE);
}

static VOID NTAPI Expanded(PVOID Parameter) {
    ((PWORK)Parameter)->Status = STATUS_SUCCESS;
}

static LONG Filter(NTSTATUS Code) {
    return FsRtlIsNtstatusExpected(Code) ? EXCEPTION_EXECUTE_HANDLER : EXCEPTION_CONTINUE_SEARCH;
}

NTSTATUS FsRead(PDEVICE_OBJECT DeviceObject, PIRP Irp) {
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    PFCB fcb = (PFCB)stack->FileObject->FsContext;
    WORK work = {.Irp = Irp};
    ULONG_PTR low, high;
    PVOID buffer;
    NTSTATUS volatile status = STATUS_SUCCESS;
    UNREFERENCED_PARAMETER(DeviceObject);
    FsRtlEnterFileSystem();
    IoGetStackLimits(&low, &high);
    if (IoGetRemainingStackSize() < OVERFLOW_THRESHOLD) {
        KeInitializeEvent(&work.Event, NotificationEvent, FALSE);
        FsRtlPostStackOverflow(&work, &work.Event, OverflowRead);
        KeWaitForSingleObject(&work.Event, Executive, KernelMode, FALSE, NULL);
    } else if (NT_SUCCESS(KeExpandKernelStackAndCalloutEx(Expanded, &work, MAXIMUM_EXPANSION_SIZE,
                                                          FALSE, NULL))) {
        status = work.Status;
    }
    __try {
        if (!ExAcquireResourceSharedLite(&fcb->Resource, TRUE))
            ExRaiseStatus(STATUS_CANT_WAIT);
        __try {
            buffer = MmGetSystemAddressForMdlSafe(Irp->MdlAddress,
                                                  NormalPagePriority | MdlMappingNoExecute);
            if (buffer == NULL)
                __leave;
            if (!CcCopyReadEx(stack->FileObject, &stack->Parameters.Read.ByteOffset,
                              stack->Parameters.Read.Length, TRUE, buffer, &Irp->IoStatus,
                              Irp->Tail.Overlay.Thread))
                status = STATUS_CANT_WAIT;
        } __finally {
            if (AbnormalTermination())
                KdPrint(("read of %wZ ended early\n", &fcb->Name));
            ExReleaseResourceLite(&fcb->Resource);
        }
    } __except (Filter(GetExceptionCode())) {
        status = GetExceptionCode();
    }
    FsRtlExitFileSystem();
    return status;
}

NTSTATUS FsCreate(PIRP Irp, PFCB Fcb) {
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    ACCESS_MASK access = stack->Parameters.Create.SecurityContext->DesiredAccess;
    NTSTATUS status = IoCheckShareAccess(access, stack->Parameters.Create.ShareAccess,
                                         stack->FileObject, &Fcb->ShareAccess, TRUE);
    if (NT_SUCCESS(status) && (stack->Parameters.Create.Options >> 24) == FILE_OVERWRITE)
        status = FsRtlCheckOplock(&Fcb->Oplock, Irp, NULL, NULL, NULL);
    ExInitializeFastMutex(&Fcb->HeaderMutex);
    FsRtlSetupAdvancedHeader(&Fcb->Header, &Fcb->HeaderMutex);
    Fcb->Header.Resource = &Fcb->Resource;
    Fcb->Header.PagingIoResource = &Fcb->PagingIoResource;
    return status;
}

NTSTATUS LockBuffer(PVOID Buffer, ULONG Length, PMDL *Result) {
    PMDL mdl = IoAllocateMdl(Buffer, Length, FALSE, FALSE, NULL);
    if (mdl == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    __try {
        MmProbeAndLockPages(mdl, ExGetPreviousMode(), IoWriteAccess);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        IoFreeMdl(mdl);
        return GetExceptionCode();
    }
    ASSERT(MmGetMdlByteCount(mdl) == Length && MmGetMdlVirtualAddress(mdl) == Buffer);
    ASSERT(ADDRESS_AND_SIZE_TO_SPAN_PAGES(Buffer, Length) <= BYTES_TO_PAGES(Length) + 1);
    *Result = mdl;
    return STATUS_SUCCESS;
}

NTSTATUS ReadSetting(PUNICODE_STRING Path, PULONG Value) {
    OBJECT_ATTRIBUTES attributes;
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"Threshold");
    UCHAR room[sizeof(KEY_VALUE_PARTIAL_INFORMATION) + sizeof(ULONG)];
    PKEY_VALUE_PARTIAL_INFORMATION info = (PKEY_VALUE_PARTIAL_INFORMATION)(PVOID)room;
    HANDLE key;
    ULONG length;
    NTSTATUS status;
    InitializeObjectAttributes(&attributes, Path, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, NULL,
                               NULL);
    status = ZwOpenKey(&key, KEY_READ, &attributes);
    if (!NT_SUCCESS(status))
        return status;
    status = ZwQueryValueKey(key, &name, KeyValuePartialInformation, info, sizeof room, &length);
    if (NT_SUCCESS(status) && info->Type == REG_DWORD && info->DataLength == sizeof(ULONG))
        RtlCopyMemory(Value, info->Data, sizeof(ULONG));
    ZwClose(key);
    return status;
}

static NTSTATUS NTAPI OnRegistry(PVOID Context, PVOID Class, PVOID Information) {
    UNREFERENCED_PARAMETER(Context);
    if ((REG_NOTIFY_CLASS)(ULONG_PTR)Class == RegNtPreSetValueKey)
        return ((PREG_SET_VALUE_KEY_INFORMATION)Information)->DataSize > 4096 ? STATUS_ACCESS_DENIED
                                                                              : STATUS_SUCCESS;
    return STATUS_SUCCESS;
}

static OB_PREOP_CALLBACK_STATUS NTAPI OnOpen(PVOID Context, POB_PRE_OPERATION_INFORMATION Info) {
    UNREFERENCED_PARAMETER(Context);
    if (!Info->KernelHandle)
        Info->Parameters->CreateHandleInformation.DesiredAccess &= ~(ACCESS_MASK)DELETE;
    return OB_PREOP_SUCCESS;
}

static VOID NTAPI OnProcess(PEPROCESS Process, HANDLE Id, PPS_CREATE_NOTIFY_INFO Info) {
    UNREFERENCED_PARAMETER(Process);
    if (Info != NULL && Info->ImageFileName != NULL)
        DbgPrint("process %p: %wZ\n", Id, Info->ImageFileName);
}

NTSTATUS Register(PDRIVER_OBJECT DriverObject) {
    UNICODE_STRING altitude = RTL_CONSTANT_STRING(L"370000");
    OB_OPERATION_REGISTRATION operation = {PsProcessType, OB_OPERATION_HANDLE_CREATE, OnOpen, NULL};
    OB_CALLBACK_REGISTRATION registration = {OB_FLT_REGISTRATION_VERSION, 1,
                                             RTL_CONSTANT_STRING(L"370000"), NULL, &operation};
    NTSTATUS status =
        CmRegisterCallbackEx(OnRegistry, &altitude, DriverObject, NULL, &Cookie, NULL);
    if (NT_SUCCESS(status))
        status = ObRegisterCallbacks(&registration, &ObHandle);
    if (NT_SUCCESS(status))
        status = PsSetCreateProcessNotifyRoutineEx(OnProcess, FALSE);
    return status;
}

ULONG Walk(PVOID Buffer) {
    PFILE_BOTH_DIR_INFORMATION entry = (PFILE_BOTH_DIR_INFORMATION)Buffer;
    UNICODE_STRING name;
    ULONG count = 0;
    for (;; entry = (PFILE_BOTH_DIR_INFORMATION)((PUCHAR)entry + entry->NextEntryOffset)) {
        name.Length = name.MaximumLength = (USHORT)entry->FileNameLength;
        name.Buffer = entry->FileName;
        count += (entry->FileAttributes & FILE_ATTRIBUTE_DIRECTORY) == 0 && name.Length != 0;
        if (entry->NextEntryOffset == 0)
            return count;
    }
}

NTSTATUS Geometry(PDEVICE_OBJECT Target, PDISK_GEOMETRY Result) {
    KEVENT event;
    IO_STATUS_BLOCK iosb;
    PIRP irp;
    NTSTATUS status;
    KeInitializeEvent(&event, NotificationEvent, FALSE);
    irp = IoBuildDeviceIoControlRequest(IOCTL_DISK_GET_DRIVE_GEOMETRY, Target, NULL, 0, Result,
                                        sizeof *Result, FALSE, &event, &iosb);
    if (irp == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    status = IoCallDriver(Target, irp);
    if (status == STATUS_PENDING) {
        KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, NULL);
        status = iosb.Status;
    }
    return status;
}

PVOID Allocate(SIZE_T Length) {
    PVOID a = ExAllocatePool2(POOL_FLAG_PAGED | POOL_FLAG_USE_QUOTA, Length, TAG);
    PVOID b = ExAllocatePoolZero(NonPagedPoolNx, Length, TAG);
    PVOID c = ExAllocatePoolWithTag(PagedPool | POOL_COLD_ALLOCATION, Length, TAG);
    if (a != NULL)
        ExFreePoolWithTag(a, TAG);
    if (b != NULL)
        ExFreePool(b);
    return InterlockedCompareExchangePointer(&ObHandle, c, NULL);
}
