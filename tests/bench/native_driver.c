// SPDX-License-Identifier: MIT
// What bench_native measures, from the driver's side.
#include <ntifs.h>

DRIVER_INITIALIZE DriverEntry;
ULONG AskIrql(ULONG Times);
ULONG SetEvents(ULONG Times);
ULONG Nothing(ULONG Value);

ULONG AskIrql(ULONG Times) {
    ULONG sum = 0;
    while (Times-- != 0)
        sum += KeGetCurrentIrql();
    return sum;
}

ULONG SetEvents(ULONG Times) {
    KEVENT event;
    KeInitializeEvent(&event, NotificationEvent, FALSE);
    while (Times-- != 0)
        KeSetEvent(&event, IO_NO_INCREMENT, FALSE);
    return 0;
}

ULONG Nothing(ULONG Value) {
    return Value;
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
    UNREFERENCED_PARAMETER(DriverObject);
    UNREFERENCED_PARAMETER(RegistryPath);
    return STATUS_SUCCESS;
}
