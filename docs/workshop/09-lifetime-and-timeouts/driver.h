// SPDX-License-Identifier: MIT
// sensor: what its files and its test share.
#ifndef SENSOR_H
#define SENSOR_H

#include <ntddk.h>

// One read, on the stack of the thread that waits for it.
typedef struct _SENSOR_REQUEST {
    LIST_ENTRY Link; // in Queue; empty: the DPC has taken it
    KEVENT Done;
    ULONG Value;
} SENSOR_REQUEST, *PSENSOR_REQUEST;

typedef struct _SENSOR_DEVICE {
    KSPIN_LOCK Lock;
    LIST_ENTRY Queue;         // SENSOR_REQUEST, oldest first
    PSENSOR_REQUEST OnTheBus; // its value is being read
    ULONG Register;           // what the bus delivers
    KTIMER BusTimer;          // a transfer takes 60 ms
    KDPC BusDpc;
} SENSOR_DEVICE, *PSENSOR_DEVICE;

VOID SensorInitialize(_Out_ PSENSOR_DEVICE Device);
// Waits half a second at most. STATUS_IO_TIMEOUT: no value.
NTSTATUS SensorRead(_Inout_ PSENSOR_DEVICE Device, _Out_ PULONG Value);

KDEFERRED_ROUTINE SensorDpc; // of the interrupt: a value is there. Context: the PSENSOR_DEVICE

#endif
