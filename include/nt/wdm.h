// SPDX-License-Identifier: MIT
// wdm.h for driver sources that are compiled natively and linked with libkss.
//
//   ntdef.h ntstatus.h bugcodes.h         base types, statuses, bug check codes
//   parts/crt.h                           the C library a driver may use
//   parts/wdm_names .. wdm_info_types     names, enumerations, routine types, structures
//   parts/wdm_ke .. wdm_zw, wdm_more      routines, by prefix
//   parts/interlocked lists memory irp    what the WDK has as macros and inline functions
//   parts/checks.h                        PAGED_CODE, asserts, KdPrint
//   parts/ddk.h                           what ntddk.h has beside these
//
// Structures have the public field layouts of Windows, for the pointer size of the host. Routines
// are plain prototypes: one that kss does not serve ends the run and says why. What belongs to
// a framework (KMDF, NDIS, ...) has a header of its own that says so.
#ifndef KSS_NT_WDM_H
#define KSS_NT_WDM_H
#define _WDMDDK_
#define _WDM_INCLUDED_

#include "ntdef.h"
#include "ntstatus.h"
#include "bugcodes.h"
#include "parts/crt.h"

#include "parts/wdm_names.h"
#include "parts/wdm_enums.h"
#include "parts/wdm_constants.h"
#include "parts/wdm_constants_io.h"
#include "parts/wdm_callbacks.h"
#include "parts/wdm_ke_types.h"
#include "parts/wdm_ex_types.h"
#include "parts/wdm_pnp_types.h"
#include "parts/wdm_io_types.h"
#include "parts/wdm_info_types.h"
#include "parts/wdm_rest.h"

#ifdef __cplusplus
extern "C" {
#endif

#include "parts/wdm_ke.h"
#include "parts/wdm_ex.h"
#include "parts/wdm_mm.h"
#include "parts/wdm_ps.h"
#include "parts/wdm_io.h"
#include "parts/wdm_po.h"
#include "parts/wdm_rtl.h"
#include "parts/wdm_dbg.h"
#include "parts/wdm_zw.h"
#include "parts/wdm_more.h"

#include "parts/interlocked.h"
#include "parts/lists.h"
#include "parts/memory.h"
#include "parts/irp.h"
#include "parts/checks.h"
#include "parts/macros.h"

#ifdef __cplusplus
}
#endif

#include "parts/ddk.h"

#endif
