// SPDX-License-Identifier: MIT
// Names of Windows versions, and the one a driver is compiled for unless its build says another:
// declarations here do not depend on it, but driver sources ask.
// Source: Microsoft Learn "Using the Windows Headers"; mingw-w64 sdkddkver.h.
#ifndef KSS_NT_SDKDDKVER_H
#define KSS_NT_SDKDDKVER_H

#define NTDDI_WIN2K               0x05000000
#define NTDDI_WIN2KSP1            0x05000100
#define NTDDI_WIN2KSP2            0x05000200
#define NTDDI_WIN2KSP3            0x05000300
#define NTDDI_WIN2KSP4            0x05000400
#define NTDDI_WINXP               0x05010000
#define NTDDI_WINXPSP1            0x05010100
#define NTDDI_WINXPSP2            0x05010200
#define NTDDI_WINXPSP3            0x05010300
#define NTDDI_WINXPSP4            0x05010400
#define NTDDI_WS03                0x05020000
#define NTDDI_WS03SP1             0x05020100
#define NTDDI_LONGHORN            0x06000000
#define NTDDI_VISTA               0x06000000
#define NTDDI_WIN6                0x06000000
#define NTDDI_VISTASP1            0x06000100
#define NTDDI_WIN6SP1             0x06000100
#define NTDDI_WS08                0x06000100
#define NTDDI_WIN6SP2             0x06000200
#define NTDDI_WIN6SP3             0x06000300
#define NTDDI_WIN6SP4             0x06000400
#define NTDDI_WIN7                0x06010000
#define NTDDI_WIN8                0x06020000
#define NTDDI_WINBLUE             0x06030000
#define NTDDI_WIN10               0x0A000000
#define NTDDI_WINTHRESHOLD        0x0A000000
#define NTDDI_WIN10_TH2           0x0A000001
#define NTDDI_WIN10_RS1           0x0A000002
#define NTDDI_WIN10_RS2           0x0A000003
#define NTDDI_WIN10_RS3           0x0A000004
#define NTDDI_WIN10_RS4           0x0A000005
#define NTDDI_WIN10_RS5           0x0A000006
#define NTDDI_WIN10_19H1          0x0A000007
#define NTDDI_WIN10_VB            0x0A000008
#define NTDDI_WIN10_MN            0x0A000009
#define NTDDI_WIN10_FE            0x0A00000A
#define NTDDI_WIN10_CO            0x0A00000B
#define NTDDI_WIN10_NI            0x0A00000C
#define NTDDI_WIN10_CU            0x0A00000D
#define NTDDI_WIN11_ZN            0x0A00000E
#define NTDDI_WIN11_GA            0x0A00000F
#define NTDDI_WIN11_GE            0x0A000010
#define _WIN32_WINNT_NT4          0x0400
#define _WIN32_WINNT_WIN2K        0x0500
#define _WIN32_WINNT_WINXP        0x0501
#define _WIN32_WINNT_WS03         0x0502
#define _WIN32_WINNT_LONGHORN     0x0600
#define _WIN32_WINNT_VISTA        0x0600
#define _WIN32_WINNT_WIN6         0x0600
#define _WIN32_WINNT_WS08         0x0600
#define _WIN32_WINNT_WIN7         0x0601
#define _WIN32_WINNT_WIN8         0x0602
#define _WIN32_WINNT_WINBLUE      0x0603
#define _WIN32_WINNT_WIN10        0x0A00
#define _WIN32_WINNT_WINTHRESHOLD 0x0A00

#define OSVERSION_MASK  0xFFFF0000U
#define SPVERSION_MASK  0x0000FF00
#define SUBVERSION_MASK 0x000000FF
#define OSVER(Version)  ((Version)&OSVERSION_MASK)
#define SPVER(Version)  (((Version)&SPVERSION_MASK) >> 8)
#define SUBVER(Version) ((Version)&SUBVERSION_MASK)

#ifndef _WIN32_WINNT
#define _WIN32_WINNT _WIN32_WINNT_WIN10
#endif
#ifndef WINVER
#define WINVER _WIN32_WINNT
#endif
#ifndef NTDDI_VERSION
#define NTDDI_VERSION NTDDI_WIN10_VB
#endif

#endif
