// SPDX-License-Identifier: MIT
// ntifs.h: ntddk.h and what file systems and their filters have beside it.
#ifndef KSS_NT_NTIFS_H
#define KSS_NT_NTIFS_H
#define _NTIFS_

#include "ntddk.h"
#include "parts/ifs_names.h"
#include "parts/ifs_enums.h"
#include "parts/ifs_constants.h"
#include "parts/ifs_constants_file.h"
#include "parts/ifs_callbacks.h"
#include "parts/ifs_security_types.h"
#include "parts/ifs_file_types.h"
#include "parts/ifs_types.h"
#include "parts/ifs_rest.h"

#ifdef __cplusplus
extern "C" {
#endif

#include "parts/ifs_cc.h"
#include "parts/ifs_fsrtl.h"
#include "parts/ifs_rtl.h"
#include "parts/ifs_zw.h"
#include "parts/ifs_routines.h"
#include "parts/ifs_more.h"

#ifdef __cplusplus
}
#endif

#endif
