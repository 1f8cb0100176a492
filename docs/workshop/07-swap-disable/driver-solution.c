// SPDX-License-Identifier: MIT
// flash: updates a device's firmware, unless the user loses patience.
#include "driver.h"

DRIVER_INITIALIZE DriverEntry;

// The device has done what the doorbell asked for.
VOID FlashDpc(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2) {
    PFLASH_TRANSFER transfer = ((PFLASH_DEVICE)Context)->Transfer;

    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    transfer->Blocks++;
    KeSetEvent(&transfer->Done, IO_NO_INCREMENT, FALSE);
}

static VOID FlashPrepare(_Inout_ PFLASH_DEVICE Device, _Out_ PFLASH_TRANSFER Transfer) {
    Transfer->Blocks = 0;
    KeInitializeEvent(&Transfer->Done, SynchronizationEvent, FALSE);
    Device->Transfer = Transfer;
}

static NTSTATUS FlashSendBlock(_Inout_ PFLASH_DEVICE Device, _Inout_ PFLASH_TRANSFER Transfer) {
    BOOLEAN swap = KeSetKernelStackSwapEnable(FALSE);
    NTSTATUS status;

    WRITE_REGISTER_ULONG(Device->Doorbell, FLASH_WRITE);
    status = KeWaitForSingleObject(&Transfer->Done, UserRequest, UserMode, FALSE, NULL);
    if (status != STATUS_SUCCESS) {
        // The user has had enough, and the device still has the address: it ends this block.
        (VOID) KeWaitForSingleObject(&Transfer->Done, Executive, KernelMode, FALSE, NULL);
        status = STATUS_CANCELLED;
    }
    if (swap) // else the caller has disabled it, and the caller enables it
        KeSetKernelStackSwapEnable(TRUE);
    return status;
}

NTSTATUS FlashIdentify(PFLASH_DEVICE Device) {
    FLASH_TRANSFER transfer;

    FlashPrepare(Device, &transfer);
    return FlashSendBlock(Device, &transfer);
}

NTSTATUS FlashUpdate(PFLASH_DEVICE Device, ULONG Blocks) {
    NTSTATUS status = STATUS_SUCCESS;
    FLASH_TRANSFER transfer;
    BOOLEAN swap;

    swap = KeSetKernelStackSwapEnable(FALSE);
    FlashPrepare(Device, &transfer);
    while (transfer.Blocks < Blocks && status == STATUS_SUCCESS)
        status = FlashSendBlock(Device, &transfer);
    if (status == STATUS_SUCCESS) {
        WRITE_REGISTER_ULONG(Device->Doorbell, FLASH_CHECK);
        status = KeWaitForSingleObject(&transfer.Done, UserRequest, UserMode, FALSE, NULL);
        if (status != STATUS_SUCCESS) {
            (VOID) KeWaitForSingleObject(&transfer.Done, Executive, KernelMode, FALSE, NULL);
            status = STATUS_CANCELLED;
        }
    }
    if (swap)
        KeSetKernelStackSwapEnable(TRUE);
    return status;
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
    UNREFERENCED_PARAMETER(DriverObject);
    UNREFERENCED_PARAMETER(RegistryPath);
    return STATUS_SUCCESS;
}
