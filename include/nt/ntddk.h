// SPDX-License-Identifier: MIT
// ntddk.h: the routines and types of legacy drivers. All of it is in wdm.h, see parts/ddk.h.
#ifndef KSS_NT_NTDDK_H
#define KSS_NT_NTDDK_H
#define _NTDDK_

#include "wdm.h"

#endif
