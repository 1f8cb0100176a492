// SPDX-License-Identifier: MIT
// pulse_paged: two mistakes that run well on most days, for the test to show what kss says.
#include <wdm.h>

DRIVER_INITIALIZE DriverEntry;
KSERVICE_ROUTINE HastyInterrupt;
NTSTATUS HastyWait(VOID);
NTSTATUS PagedQueue(VOID);
static KDEFERRED_ROUTINE PagedDpc;

#ifdef ALLOC_PRAGMA
#pragma alloc_text(PAGE, PagedDpc) // it came with a block that was copied
#endif

static KEVENT Done;
static KDPC Dpc;

_Use_decl_annotations_ static VOID PagedDpc(PKDPC TheDpc, PVOID DeferredContext,
                                            PVOID SystemArgument1, PVOID SystemArgument2) {
    UNREFERENCED_PARAMETER(TheDpc);
    UNREFERENCED_PARAMETER(DeferredContext);
    UNREFERENCED_PARAMETER(SystemArgument1);
    UNREFERENCED_PARAMETER(SystemArgument2);
    KeSetEvent(&Done, IO_NO_INCREMENT, FALSE);
}

NTSTATUS PagedQueue(VOID) {
    KeInitializeEvent(&Done, NotificationEvent, FALSE);
    KeInitializeDpc(&Dpc, PagedDpc, NULL);
    KeInsertQueueDpc(&Dpc, NULL, NULL);
    return KeWaitForSingleObject(&Done, Executive, KernelMode, FALSE, NULL);
}

_Use_decl_annotations_ BOOLEAN HastyInterrupt(PKINTERRUPT Interrupt, PVOID ServiceContext) {
    UNREFERENCED_PARAMETER(Interrupt);
    UNREFERENCED_PARAMETER(ServiceContext);
    KeSetEvent(&Done, IO_NO_INCREMENT, FALSE); // a DPC's work
    return TRUE;
}

NTSTATUS HastyWait(VOID) {
    KeInitializeEvent(&Done, NotificationEvent, FALSE);
    return KeWaitForSingleObject(&Done, Executive, KernelMode, FALSE, NULL);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
    UNREFERENCED_PARAMETER(DriverObject);
    UNREFERENCED_PARAMETER(RegistryPath);
    return STATUS_SUCCESS;
}
