// SPDX-License-Identifier: MIT
// Po and Tm routines of wdm.h. One that kss does not serve ends the run (sim/native/unserved.def).
//
// Source: Windows Driver Kit documentation (DDI pages); mingw-w64 ddk/wdm.h.
#ifndef KSS_NT_PARTS_WDM_PO_H
#define KSS_NT_PARTS_WDM_PO_H

NTKERNELAPI NTSTATUS NTAPI PoCallDriver(struct _DEVICE_OBJECT *DeviceObject, struct _IRP *Irp);
NTKERNELAPI NTSTATUS NTAPI PoClearPowerRequest(PVOID PowerRequest, POWER_REQUEST_TYPE Type);
NTKERNELAPI NTSTATUS NTAPI PoCreatePowerRequest(PVOID *PowerRequest, PDEVICE_OBJECT DeviceObject,
                                                PCOUNTED_REASON_CONTEXT Context);
NTKERNELAPI VOID NTAPI PoDeletePowerRequest(PVOID PowerRequest);
NTKERNELAPI VOID NTAPI PoEndDeviceBusy(PULONG IdlePointer);
NTKERNELAPI BOOLEAN NTAPI PoGetSystemWake(struct _IRP *Irp);
NTKERNELAPI BOOLEAN NTAPI PoQueryWatchdogTime(PDEVICE_OBJECT Pdo, PULONG SecondsRemaining);
NTKERNELAPI PULONG NTAPI PoRegisterDeviceForIdleDetection(struct _DEVICE_OBJECT *DeviceObject,
                                                          ULONG ConservationIdleTime,
                                                          ULONG PerformanceIdleTime,
                                                          DEVICE_POWER_STATE State);
NTKERNELAPI NTSTATUS NTAPI PoRegisterPowerSettingCallback(PDEVICE_OBJECT DeviceObject,
                                                          LPCGUID SettingGuid,
                                                          PPOWER_SETTING_CALLBACK Callback,
                                                          PVOID Context, PVOID *Handle);
NTKERNELAPI PVOID NTAPI PoRegisterSystemState(PVOID StateHandle, EXECUTION_STATE Flags);
NTKERNELAPI NTSTATUS NTAPI PoRequestPowerIrp(struct _DEVICE_OBJECT *DeviceObject,
                                             UCHAR MinorFunction, POWER_STATE PowerState,
                                             PREQUEST_POWER_COMPLETE CompletionFunction,
                                             PVOID Context, struct _IRP **Irp);
NTKERNELAPI NTSTATUS NTAPI PoRequestShutdownEvent(PVOID *Event);
NTKERNELAPI VOID NTAPI PoSetDeviceBusyEx(PULONG IdlePointer);
NTKERNELAPI NTSTATUS NTAPI PoSetPowerRequest(PVOID PowerRequest, POWER_REQUEST_TYPE Type);
NTKERNELAPI POWER_STATE NTAPI PoSetPowerState(struct _DEVICE_OBJECT *DeviceObject,
                                              POWER_STATE_TYPE Type, POWER_STATE State);
NTKERNELAPI VOID NTAPI PoSetSystemState(EXECUTION_STATE Flags);
NTKERNELAPI VOID NTAPI PoSetSystemWake(struct _IRP *Irp);
NTKERNELAPI VOID NTAPI PoStartDeviceBusy(PULONG IdlePointer);
NTKERNELAPI VOID NTAPI PoStartNextPowerIrp(struct _IRP *Irp);
NTKERNELAPI NTSTATUS NTAPI PoUnregisterPowerSettingCallback(PVOID Handle);
NTKERNELAPI VOID NTAPI PoUnregisterSystemState(PVOID StateHandle);

#endif
