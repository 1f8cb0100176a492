// SPDX-License-Identifier: MIT
// probe: what its files and its test share.
#ifndef PROBE_H
#define PROBE_H

#include <ntddk.h>

#define PROBE_DEVICE L"\\Device\\Probe"
#define PROBE_BLOCK  2048 // bytes of a device's descriptor block
#define PROBE_TAG    'borP'

// Out: a PROBE_IDENTITY.
#define IOCTL_PROBE_IDENTIFY CTL_CODE(FILE_DEVICE_UNKNOWN, 0x801, METHOD_BUFFERED, FILE_READ_ACCESS)

typedef struct _PROBE_IDENTITY {
    ULONG Vendor;
    ULONG Checksum;
} PROBE_IDENTITY, *PPROBE_IDENTITY;

typedef struct _PROBE_EXTENSION {
    KSPIN_LOCK Lock;
    UCHAR Rom[PROBE_BLOCK]; // what the device holds
} PROBE_EXTENSION, *PPROBE_EXTENSION;

#endif
