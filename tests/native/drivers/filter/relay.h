// SPDX-License-Identifier: MIT
// relay: what the filter and its test share.
#ifndef RELAY_H
#define RELAY_H

#include <wdm.h>

#define RELAY_TAG 'yleR'

// Answered by the device below; relay adds what it has seen itself.
#define IOCTL_RELAY_COUNTERS CTL_CODE(FILE_DEVICE_UNKNOWN, 0x810, METHOD_BUFFERED, FILE_ANY_ACCESS)
// Relay's own: writes are kept from now on; kept writes go on.
#define IOCTL_RELAY_PAUSE  CTL_CODE(FILE_DEVICE_UNKNOWN, 0x811, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define IOCTL_RELAY_RESUME CTL_CODE(FILE_DEVICE_UNKNOWN, 0x812, METHOD_BUFFERED, FILE_ANY_ACCESS)

typedef struct _RELAY_COUNTERS {
    ULONG DeviceReads;   // the device's
    ULONG FilteredBytes; // relay's
} RELAY_COUNTERS, *PRELAY_COUNTERS;

typedef struct _RELAY_EXTENSION {
    PDEVICE_OBJECT Self;
    PDEVICE_OBJECT Lower;
    IO_REMOVE_LOCK RemoveLock; // one count for each IRP that is on its way
    KSPIN_LOCK Lock;           // Kept, Paused
    LIST_ENTRY Kept;           // IRPs by Tail.Overlay.ListEntry
    BOOLEAN Paused;
    volatile LONG Bytes;
} RELAY_EXTENSION, *PRELAY_EXTENSION;

#endif
