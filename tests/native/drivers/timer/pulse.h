// SPDX-License-Identifier: MIT
// pulse: a device that measures one value at a time, and its registers.
#ifndef PULSE_H
#define PULSE_H

#include <wdm.h>

//   offset   register       read                         write
//   0x0      CONTROL        0                            START, RESET
//   0x4      STATUS         READY, FAULT while raised    1 bits are acknowledged
//   0x8      DATA           the value measured           -
#define PULSE_CONTROL 0
#define PULSE_STATUS  1
#define PULSE_DATA    2
#define PULSE_LENGTH  (3 * sizeof(ULONG))

#define PULSE_START 0x1
#define PULSE_RESET 0x2
#define PULSE_READY 0x1
#define PULSE_FAULT 0x2

#define PULSE_PATIENCE 3 // seconds until a measurement counts as lost

typedef struct _PULSE_EXTENSION {
    PULONG Registers;
    KSPIN_LOCK Lock; // Pending, SecondsLeft
    PIRP Pending;    // the one read under way
    ULONG SecondsLeft;
    volatile LONG Latched; // STATUS bits that the ISR has acknowledged and the DPC has not seen
    KDPC Dpc;
    KTIMER Watchdog;
    KDPC WatchdogDpc;
} PULSE_EXTENSION, *PPULSE_EXTENSION;

KSERVICE_ROUTINE PulseInterrupt;
// From IRP_MN_START_DEVICE, with the registers mapped: connects the interrupt, makes the device
// idle.
NTSTATUS PulseStartDevice(_In_ PDEVICE_OBJECT DeviceObject, _In_ PVOID Registers);

#endif
