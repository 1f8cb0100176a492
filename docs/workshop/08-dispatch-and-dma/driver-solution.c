// SPDX-License-Identifier: MIT
// adc: a converter that delivers its samples by DMA.
#include "driver.h"

DRIVER_INITIALIZE DriverEntry;

NTSTATUS AdcStart(PADC_DEVICE Device) {
    Device->History = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(ADC_HISTORY), ADC_TAG);
    return Device->History == NULL ? STATUS_INSUFFICIENT_RESOURCES : STATUS_SUCCESS;
}

VOID AdcStop(PADC_DEVICE Device) {
    ExFreePoolWithTag(Device->History, ADC_TAG);
}

VOID AdcDpc(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2) {
    PADC_DEVICE device = Context;
    PADC_READ read = device->Read;

    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    for (ULONG i = 0; i < ADC_SAMPLES; i++)
        device->History->Sum += read->Samples[i];
    device->History->Reads++;
    KeSetEvent(&read->Done, IO_NO_INCREMENT, FALSE);
}

NTSTATUS AdcRead(PADC_DEVICE Device, PUCHAR Last) {
    PUCHAR samples = ExAllocatePool2(POOL_FLAG_NON_PAGED, ADC_SAMPLES, ADC_TAG);
    ADC_READ read;

    if (samples == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    Device->Mdl = IoAllocateMdl(samples, ADC_SAMPLES, FALSE, FALSE, NULL);
    if (Device->Mdl == NULL) {
        ExFreePoolWithTag(samples, ADC_TAG);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    MmBuildMdlForNonPagedPool(Device->Mdl);
    read.Samples = samples;
    KeInitializeEvent(&read.Done, NotificationEvent, FALSE);
    Device->Read = &read;
    WRITE_REGISTER_ULONG(Device->Doorbell, 1);
    (VOID) KeWaitForSingleObject(&read.Done, Executive, KernelMode, FALSE, NULL);
    IoFreeMdl(Device->Mdl);
    *Last = samples[ADC_SAMPLES - 1];
    ExFreePoolWithTag(samples, ADC_TAG);
    return STATUS_SUCCESS;
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
    UNREFERENCED_PARAMETER(DriverObject);
    UNREFERENCED_PARAMETER(RegistryPath);
    return STATUS_SUCCESS;
}
