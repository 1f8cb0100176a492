// SPDX-License-Identifier: MIT
// Component ids of DbgPrintEx that drivers of their own may use, and a few of Windows'.
//
// Source: Microsoft Learn "Reading and Filtering Debugging Messages" (dpfilter.h).
#ifndef KSS_NT_DPFILTER_H
#define KSS_NT_DPFILTER_H

#define DPFLTR_SYSTEM_ID       0
#define DPFLTR_SMSS_ID         1
#define DPFLTR_SETUP_ID        2
#define DPFLTR_NTFS_ID         3
#define DPFLTR_FLTMGR_ID       47
#define DPFLTR_IHVDRIVER_ID    77
#define DPFLTR_IHVVIDEO_ID     78
#define DPFLTR_IHVAUDIO_ID     79
#define DPFLTR_IHVNETWORK_ID   80
#define DPFLTR_IHVSTREAMING_ID 81
#define DPFLTR_IHVBUS_ID       82
#define DPFLTR_STORMINIPORT_ID 90
#define DPFLTR_DEFAULT_ID      101

#endif
