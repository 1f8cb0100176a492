// SPDX-License-Identifier: MIT
// ntddk.h: wdm.h and what legacy drivers have beside it.
#ifndef KSS_NT_NTDDK_H
#define KSS_NT_NTDDK_H
#define _NTDDK_

#include "wdm.h"
#include "parts/ddk_names.h"
#include "parts/ddk_enums.h"
#include "parts/ddk_constants.h"
#include "parts/ddk_callbacks.h"
#include "parts/ddk_types.h"

#ifdef __cplusplus
extern "C" {
#endif

#include "parts/ddk_routines.h"
#include "parts/ddk_more.h"

#ifdef __cplusplus
}
#endif

#endif
