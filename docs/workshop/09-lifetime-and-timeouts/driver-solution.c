// SPDX-License-Identifier: MIT
// sensor: reads a value, and does not wait for ever.
#include "driver.h"

DRIVER_INITIALIZE DriverEntry;
static KDEFERRED_ROUTINE SensorBusDpc;

VOID SensorInitialize(PSENSOR_DEVICE Device) {
    KeInitializeSpinLock(&Device->Lock);
    InitializeListHead(&Device->Queue);
    KeInitializeTimer(&Device->BusTimer);
    KeInitializeDpc(&Device->BusDpc, SensorBusDpc, Device);
    Device->OnTheBus = NULL;
}

// The value has come over the bus.
static VOID SensorBusDpc(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2) {
    PSENSOR_DEVICE device = Context;
    PSENSOR_REQUEST request = device->OnTheBus;

    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    device->OnTheBus = NULL;
    request->Value = device->Register;
    KeSetEvent(&request->Done, IO_NO_INCREMENT, FALSE); // the last touch
}

// The oldest request gets the value; from here on only the DPCs know it.
VOID SensorDpc(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2) {
    PSENSOR_DEVICE device = Context;
    LARGE_INTEGER transfer;
    BOOLEAN start = FALSE;

    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    KeAcquireSpinLockAtDpcLevel(&device->Lock);
    if (!IsListEmpty(&device->Queue) && device->OnTheBus == NULL) {
        device->OnTheBus = CONTAINING_RECORD(RemoveHeadList(&device->Queue), SENSOR_REQUEST, Link);
        InitializeListHead(&device->OnTheBus->Link);
        start = TRUE;
    }
    KeReleaseSpinLockFromDpcLevel(&device->Lock);
    if (start) {
        transfer.QuadPart = -60 * 10000LL;
        KeSetTimer(&device->BusTimer, transfer, &device->BusDpc);
    }
}

// FALSE: the DPC has it already.
static BOOLEAN SensorWithdraw(_Inout_ PSENSOR_DEVICE Device, _Inout_ PSENSOR_REQUEST Request) {
    BOOLEAN queued;
    KIRQL irql;

    KeAcquireSpinLock(&Device->Lock, &irql);
    queued = !IsListEmpty(&Request->Link);
    if (queued) {
        RemoveEntryList(&Request->Link);
        InitializeListHead(&Request->Link);
    }
    KeReleaseSpinLock(&Device->Lock, irql);
    return queued;
}

NTSTATUS SensorRead(PSENSOR_DEVICE Device, PULONG Value) {
    SENSOR_REQUEST request;
    LARGE_INTEGER timeout;
    NTSTATUS status;
    KIRQL irql;

    request.Value = 0;
    KeInitializeEvent(&request.Done, NotificationEvent, FALSE);
    KeAcquireSpinLock(&Device->Lock, &irql);
    InsertTailList(&Device->Queue, &request.Link);
    KeReleaseSpinLock(&Device->Lock, irql);

    timeout.QuadPart = -500 * 10000LL;
    status = KeWaitForSingleObject(&request.Done, Executive, KernelMode, FALSE, &timeout);
    if (status != STATUS_SUCCESS) { // NT_SUCCESS(STATUS_TIMEOUT) is true
        if (SensorWithdraw(Device, &request))
            return STATUS_IO_TIMEOUT;
        // One transfer at most: the request must not go while the bus has it.
        (VOID) KeWaitForSingleObject(&request.Done, Executive, KernelMode, FALSE, NULL);
    }
    *Value = request.Value;
    return STATUS_SUCCESS;
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
    UNREFERENCED_PARAMETER(DriverObject);
    UNREFERENCED_PARAMETER(RegistryPath);
    return STATUS_SUCCESS;
}
