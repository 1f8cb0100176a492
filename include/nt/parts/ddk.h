// SPDX-License-Identifier: MIT
// What ntddk.h adds to wdm.h. wdm.h includes it, because the line between the two has moved with every
// version of the WDK, and a driver should not meet an old one.
#ifndef KSS_NT_PARTS_DDK_H
#define KSS_NT_PARTS_DDK_H

#include "ddk_names.h"
#include "ddk_enums.h"
#include "ddk_constants.h"
#include "ddk_callbacks.h"
#include "ddk_types.h"
#include "ddk_rest.h"

#ifdef __cplusplus
extern "C" {
#endif

#include "ddk_routines.h"
#include "ddk_more.h"

#ifdef __cplusplus
}
#endif

#endif
