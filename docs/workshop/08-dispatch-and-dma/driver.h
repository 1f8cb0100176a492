// SPDX-License-Identifier: MIT
// adc: what its files and its test share.
#ifndef ADC_H
#define ADC_H

#include <ntddk.h>

#define ADC_SAMPLES 64
#define ADC_TAG     'cdaK'

typedef struct _ADC_READ { // on the stack of the thread that waits, in KernelMode
    PUCHAR Samples;
    KEVENT Done;
} ADC_READ, *PADC_READ;

typedef struct _ADC_HISTORY {
    ULONG Reads;
    ULONG Sum;
} ADC_HISTORY, *PADC_HISTORY;

typedef struct _ADC_DEVICE {
    PULONG Doorbell; // a register: a write starts a conversion
    PMDL Mdl;        // where the device puts the samples
    PADC_READ Read;  // under way
    PADC_HISTORY History;
} ADC_DEVICE, *PADC_DEVICE;

NTSTATUS AdcStart(_Inout_ PADC_DEVICE Device);
VOID AdcStop(_Inout_ PADC_DEVICE Device);
NTSTATUS AdcRead(_Inout_ PADC_DEVICE Device, _Out_ PUCHAR Last); // of the samples

KDEFERRED_ROUTINE AdcDpc; // the samples are there. Context: the PADC_DEVICE

#endif
