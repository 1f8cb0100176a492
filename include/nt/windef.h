// SPDX-License-Identifier: MIT
// The Win32 base types that headers shared between drivers and programs use.
// Source: mingw-w64 windef.h.
#ifndef KSS_NT_WINDEF_H
#define KSS_NT_WINDEF_H

#include "ntdef.h"

typedef HANDLE *LPHANDLE;
typedef LONG *LPLONG;
typedef BOOL *LPBOOL;
typedef INT *LPINT;
#ifndef MAX_PATH
#define MAX_PATH 260
#endif

#endif
