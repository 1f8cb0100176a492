// SPDX-License-Identifier: MIT
// Device control codes.
// Source: Microsoft Learn "Defining I/O Control Codes"; mingw-w64 winioctl.h.
#ifndef KSS_NT_DEVIOCTL_H
#define KSS_NT_DEVIOCTL_H

#include "wdm.h"

// CTL_CODE, METHOD_*, FILE_*_ACCESS and the FILE_DEVICE_ types are in wdm.h.

#endif
