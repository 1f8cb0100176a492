// SPDX-License-Identifier: MIT
// GUIDs. DEFINE_GUID declares one, and defines it in the file that included initguid.h before.
#ifndef KSS_NT_GUIDDEF_H
#define KSS_NT_GUIDDEF_H

#ifndef KSS_NT_NTDEF_H
#include "ntdef.h"
#endif

#ifndef GUID_DEFINED
#define GUID_DEFINED
typedef struct _GUID {
    ULONG Data1;
    USHORT Data2;
    USHORT Data3;
    UCHAR Data4[8];
} GUID, *PGUID, *LPGUID, CLSID, IID, FMTID;
typedef const GUID *LPCGUID, *REFGUID, *REFIID, *REFCLSID;
typedef GUID UUID;
#endif

#define IsEqualGUID(a, b)       (__builtin_memcmp((a), (b), sizeof(GUID)) == 0)
#define InlineIsEqualGUID(a, b) IsEqualGUID(a, b)
#define IsEqualIID(a, b)        IsEqualGUID(a, b)
#define IsEqualCLSID(a, b)      IsEqualGUID(a, b)

#endif

// May be seen several times: once without initguid.h, once with.
#undef DEFINE_GUID
#ifdef INITGUID
#define DEFINE_GUID(name, l, w1, w2, b1, b2, b3, b4, b5, b6, b7, b8)                               \
    extern const GUID name;                                                                        \
    DECLSPEC_SELECTANY const GUID name = {l, w1, w2, {b1, b2, b3, b4, b5, b6, b7, b8}}
#else
#define DEFINE_GUID(name, l, w1, w2, b1, b2, b3, b4, b5, b6, b7, b8) extern const GUID name
#endif
