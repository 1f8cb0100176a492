// SPDX-License-Identifier: MIT
// Devices with a security descriptor.
// Source: DDI IoCreateDeviceSecure (WdmlibIoCreateDeviceSecure); mingw-w64 ddk/wdmsec.h.
#ifndef KSS_NT_WDMSEC_H
#define KSS_NT_WDMSEC_H

#include "wdm.h"

NTSTATUS NTAPI IoCreateDeviceSecure(PDRIVER_OBJECT DriverObject, ULONG DeviceExtensionSize,
                                    PUNICODE_STRING DeviceName, DEVICE_TYPE DeviceType,
                                    ULONG DeviceCharacteristics, BOOLEAN Exclusive,
                                    PCUNICODE_STRING DefaultSDDLString, LPCGUID DeviceClassGuid,
                                    PDEVICE_OBJECT *DeviceObject);
NTSTATUS NTAPI WdmlibRtlInitUnicodeStringEx(PUNICODE_STRING DestinationString, PCWSTR SourceString);

// Security descriptors as strings. They are the driver's data: kss keeps them, it judges no access.
#define KSS_NT_SDDL(name, text)                                                                    \
    static const UNICODE_STRING name __attribute__((unused)) = RTL_CONSTANT_STRING(text)
KSS_NT_SDDL(SDDL_DEVOBJ_KERNEL_ONLY, L"D:P");
KSS_NT_SDDL(SDDL_DEVOBJ_SYS_ALL, L"D:P(A;;GA;;;SY)");
KSS_NT_SDDL(SDDL_DEVOBJ_INF_SUPPLIED, L"D:P(A;;GA;;;SY)");
KSS_NT_SDDL(SDDL_DEVOBJ_SYS_ALL_ADM_ALL, L"D:P(A;;GA;;;SY)(A;;GA;;;BA)");
KSS_NT_SDDL(SDDL_DEVOBJ_SYS_ALL_ADM_RX, L"D:P(A;;GA;;;SY)(A;;GRGX;;;BA)");
KSS_NT_SDDL(SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_R, L"D:P(A;;GA;;;SY)(A;;GRGWGX;;;BA)(A;;GR;;;WD)");
KSS_NT_SDDL(SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_R_RES_R,
            L"D:P(A;;GA;;;SY)(A;;GRGWGX;;;BA)(A;;GR;;;WD)(A;;GR;;;RC)");
KSS_NT_SDDL(SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_RW_RES_R,
            L"D:P(A;;GA;;;SY)(A;;GRGWGX;;;BA)(A;;GRGW;;;WD)(A;;GR;;;RC)");
KSS_NT_SDDL(SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_RWX_RES_RWX,
            L"D:P(A;;GA;;;SY)(A;;GRGWGX;;;BA)(A;;GRGWGX;;;WD)(A;;GRGWGX;;;RC)");

#endif
