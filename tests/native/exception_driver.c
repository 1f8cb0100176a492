// SPDX-License-Identifier: MIT
// Exceptions in a driver: raised by NT routines, caught here, there, below, or by nobody.
#include <ntifs.h>

#define STATUS_MINE ((NTSTATUS)0xE0001234)

DRIVER_INITIALIZE DriverEntry;
DRIVER_ADD_DEVICE AddUpper;
DRIVER_DISPATCH UpperRead;
DRIVER_DISPATCH UpperReadUnguarded;
DRIVER_DISPATCH LowerRead;
EXPAND_STACK_CALLOUT RaisingCallout;
EXPAND_STACK_CALLOUT CatchingCallout;
DECLSPEC_NOINLINE VOID RaiseBelow(NTSTATUS Status, ULONG Levels);
NTSTATUS CaughtHere(NTSTATUS Status);
NTSTATUS CaughtInCaller(NTSTATUS Status, ULONG Levels);
NTSTATUS NotCaught(NTSTATUS Status);
NTSTATUS ContinueSearch(VOID);
NTSTATUS CaughtAfterWait(VOID);
NTSTATUS RaiseInCallout(VOID);
NTSTATUS CatchInCallout(VOID);
NTSTATUS AccessViolation(VOID);
NTSTATUS ProbeRead(PVOID Address, SIZE_T Length, ULONG Alignment);
NTSTATUS ProbeWrite(PVOID Address, SIZE_T Length, ULONG Alignment);
NTSTATUS ProbePool(VOID);
NTSTATUS ProbeOwnStack(VOID);
NTSTATUS Finally(ULONG Way, PULONG Log);
NTSTATUS NestedFinally(PULONG Log);

static PDEVICE_OBJECT Lower;

// ---- Raised, and caught ----------------------------------------------------------------------------
NTSTATUS CaughtHere(NTSTATUS Status) {
    NTSTATUS caught = STATUS_SUCCESS;

    __try {
        ExRaiseStatus(Status);
    } __except (GetExceptionCode() == Status ? EXCEPTION_EXECUTE_HANDLER
                                             : EXCEPTION_CONTINUE_SEARCH) {
        caught = GetExceptionCode();
    }
    return caught;
}

VOID RaiseBelow(NTSTATUS Status, ULONG Levels) {
    volatile UCHAR room[64];

    room[0] = 0;
    if (Levels == 0)
        ExRaiseStatus(Status);
    RaiseBelow(Status, Levels - 1);
    room[1] = room[0];
}

NTSTATUS CaughtInCaller(NTSTATUS Status, ULONG Levels) {
    __try {
        RaiseBelow(Status, Levels);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        return GetExceptionCode();
    }
    return STATUS_SUCCESS;
}

NTSTATUS NotCaught(NTSTATUS Status) {
    RaiseBelow(Status, 3);
    return STATUS_SUCCESS;
}

NTSTATUS ContinueSearch(VOID) {
    __try {
        RaiseBelow(STATUS_MINE, 1);
    } __except (GetExceptionCode() == STATUS_ACCESS_VIOLATION ? EXCEPTION_EXECUTE_HANDLER
                                                              : EXCEPTION_CONTINUE_SEARCH) {
        return STATUS_UNSUCCESSFUL;
    }
    return STATUS_SUCCESS;
}

// The frame of a __try lives through a wait, while other threads raise and catch.
NTSTATUS CaughtAfterWait(VOID) {
    LARGE_INTEGER due;
    NTSTATUS status = STATUS_SUCCESS;

    due.QuadPart = -10000;
    __try {
        KeDelayExecutionThread(KernelMode, FALSE, &due);
        if (CaughtHere(STATUS_INVALID_PARAMETER) != STATUS_INVALID_PARAMETER)
            return STATUS_UNSUCCESSFUL;
        KeDelayExecutionThread(KernelMode, FALSE, &due);
        ExRaiseStatus(STATUS_MINE);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        status = GetExceptionCode();
    }
    return status;
}

NTSTATUS AccessViolation(VOID) {
    __try {
        ExRaiseAccessViolation();
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        return GetExceptionCode();
    }
    return STATUS_SUCCESS;
}

// ---- Between drivers ---------------------------------------------------------------------------------
NTSTATUS LowerRead(PDEVICE_OBJECT DeviceObject, PIRP Irp) {
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    RaiseBelow(STATUS_MINE, 2);
    return STATUS_SUCCESS;
}

NTSTATUS UpperRead(PDEVICE_OBJECT DeviceObject, PIRP Irp) {
    NTSTATUS status;

    UNREFERENCED_PARAMETER(DeviceObject);
    __try {
        IoSkipCurrentIrpStackLocation(Irp);
        return IoCallDriver(Lower, Irp);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        status = GetExceptionCode();
    }
    // The lower driver has not completed it. Its location is the one in use.
    Irp->IoStatus.Status = status;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status;
}

NTSTATUS UpperReadUnguarded(PDEVICE_OBJECT DeviceObject, PIRP Irp) {
    UNREFERENCED_PARAMETER(DeviceObject);
    IoSkipCurrentIrpStackLocation(Irp);
    return IoCallDriver(Lower, Irp);
}

// ---- Callouts ------------------------------------------------------------------------------------------
VOID RaisingCallout(PVOID Parameter) {
    UNREFERENCED_PARAMETER(Parameter);
    ExRaiseStatus(STATUS_MINE);
}

NTSTATUS RaiseInCallout(VOID) {
    __try {
        return KeExpandKernelStackAndCallout(RaisingCallout, NULL, 0x8000);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        return GetExceptionCode();
    }
}

VOID CatchingCallout(PVOID Parameter) {
    *(PNTSTATUS)Parameter = CaughtHere(STATUS_MINE);
}

NTSTATUS CatchInCallout(VOID) {
    NTSTATUS caught = STATUS_SUCCESS;
    NTSTATUS status = KeExpandKernelStackAndCallout(CatchingCallout, &caught, 0x8000);

    return NT_SUCCESS(status) ? caught : status;
}

// ---- Probes --------------------------------------------------------------------------------------------
NTSTATUS ProbeRead(PVOID Address, SIZE_T Length, ULONG Alignment) {
    __try {
        ProbeForRead(Address, Length, Alignment);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        return GetExceptionCode();
    }
    return STATUS_SUCCESS;
}

NTSTATUS ProbeWrite(PVOID Address, SIZE_T Length, ULONG Alignment) {
    __try {
        ProbeForWrite(Address, Length, Alignment);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        return GetExceptionCode();
    }
    return STATUS_SUCCESS;
}

NTSTATUS ProbePool(VOID) {
    PVOID block = ExAllocatePoolWithTag(NonPagedPool, 64, 'tssk');
    NTSTATUS status;

    if (block == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    status = ProbeRead(block, 64, 1);
    ExFreePoolWithTag(block, 'tssk');
    return status;
}

NTSTATUS ProbeOwnStack(VOID) {
    UCHAR local[16];

    return ProbeWrite(local, sizeof local, 1);
}

// ---- Every way out ---------------------------------------------------------------------------------------
enum { FALL_OFF, LEAVE, RETURN, GOTO, RAISE };

NTSTATUS Finally(ULONG Way, PULONG Log) {
    NTSTATUS status = STATUS_SUCCESS;

    __try {
        __try {
            if (Way == LEAVE)
                __leave;
            if (Way == RETURN)
                return STATUS_PENDING;
            if (Way == GOTO)
                goto Out;
            if (Way == RAISE)
                ExRaiseStatus(STATUS_MINE);
            status = STATUS_ALERTED;
        } __finally {
            *Log = *Log * 10 + (AbnormalTermination() ? 2 : 1);
        }
        *Log = *Log * 10 + 3;
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        *Log = *Log * 10 + 4;
        status = GetExceptionCode();
    }
    return status;
Out:
    *Log = *Log * 10 + 5;
    return STATUS_TIMEOUT;
}

NTSTATUS NestedFinally(PULONG Log) {
    __try {
        __try {
            __try {
                RaiseBelow(STATUS_MINE, 2);
            } __finally {
                *Log = *Log * 10 + 1;
            }
        } __finally {
            *Log = *Log * 10 + (AbnormalTermination() ? 2 : 9);
        }
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        *Log = *Log * 10 + 3;
    }
    return STATUS_SUCCESS;
}

// ---- Loading -----------------------------------------------------------------------------------------------
NTSTATUS AddUpper(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT PhysicalDeviceObject) {
    PDEVICE_OBJECT device;
    NTSTATUS status = IoCreateDevice(DriverObject, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);

    if (!NT_SUCCESS(status))
        return status;
    Lower = IoAttachDeviceToDeviceStack(device, PhysicalDeviceObject);
    device->Flags |= Lower->Flags & DO_BUFFERED_IO;
    device->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->MajorFunction[IRP_MJ_READ] = UpperRead;
    DriverObject->MajorFunction[IRP_MJ_WRITE] = UpperReadUnguarded;
    DriverObject->DriverExtension->AddDevice = AddUpper;
    return STATUS_SUCCESS;
}
