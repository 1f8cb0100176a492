// SPDX-License-Identifier: MIT
// probe: reads the descriptor block of its device and says who it is.
#include "driver.h"

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD ProbeUnload;
_Dispatch_type_(IRP_MJ_DEVICE_CONTROL) static DRIVER_DISPATCH ProbeDeviceControl;

#ifdef ALLOC_PRAGMA
#pragma alloc_text(INIT, DriverEntry)
#pragma alloc_text(PAGE, ProbeUnload)
#endif

// The bus wants its lock held while the block is copied.
static VOID ProbeReadBlock(_In_ PPROBE_EXTENSION Extension,
                           _Out_writes_bytes_(PROBE_BLOCK) PUCHAR Block) {
    KIRQL irql;

    KeAcquireSpinLock(&Extension->Lock, &irql);
    RtlCopyMemory(Block, Extension->Rom, PROBE_BLOCK);
    KeReleaseSpinLock(&Extension->Lock, irql);
}

static NTSTATUS ProbeIdentify(_In_ PPROBE_EXTENSION Extension, _Out_ PPROBE_IDENTITY Identity) {
    PUCHAR block = ExAllocatePool2(POOL_FLAG_NON_PAGED, PROBE_BLOCK, PROBE_TAG);
    NTSTATUS status = STATUS_SUCCESS;

    if (block == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    ProbeReadBlock(Extension, block);
    RtlCopyMemory(&Identity->Vendor, block, sizeof Identity->Vendor);
    Identity->Checksum = 0;
    for (ULONG i = 0; i < PROBE_BLOCK; i++)
        Identity->Checksum += block[i];
    if (Identity->Vendor == 0)
        status = STATUS_DEVICE_NOT_READY;
    ExFreePoolWithTag(block, PROBE_TAG);
    return status;
}

_Use_decl_annotations_ static NTSTATUS ProbeDeviceControl(PDEVICE_OBJECT DeviceObject, PIRP Irp) {
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    NTSTATUS status = STATUS_INVALID_DEVICE_REQUEST;

    if (stack->Parameters.DeviceIoControl.IoControlCode == IOCTL_PROBE_IDENTIFY) {
        status = STATUS_BUFFER_TOO_SMALL;
        if (stack->Parameters.DeviceIoControl.OutputBufferLength >= sizeof(PROBE_IDENTITY))
            status = ProbeIdentify(DeviceObject->DeviceExtension, Irp->AssociatedIrp.SystemBuffer);
    }
    Irp->IoStatus.Status = status;
    Irp->IoStatus.Information = NT_SUCCESS(status) ? sizeof(PROBE_IDENTITY) : 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status;
}

_Use_decl_annotations_ static VOID ProbeUnload(PDRIVER_OBJECT DriverObject) {
    PAGED_CODE();
    IoDeleteDevice(DriverObject->DeviceObject);
}

_Use_decl_annotations_ NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject,
                                            PUNICODE_STRING RegistryPath) {
    UNICODE_STRING name = RTL_CONSTANT_STRING(PROBE_DEVICE);
    PPROBE_EXTENSION extension;
    PDEVICE_OBJECT device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);
    status = IoCreateDevice(DriverObject, sizeof *extension, &name, FILE_DEVICE_UNKNOWN,
                            FILE_DEVICE_SECURE_OPEN, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;
    extension = device->DeviceExtension;
    KeInitializeSpinLock(&extension->Lock);
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = ProbeDeviceControl;
    DriverObject->DriverUnload = ProbeUnload;
    device->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;
}
