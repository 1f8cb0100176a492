// SPDX-License-Identifier: MIT
// An IRP is completed in the dispatch routine and once more by a DPC.
// Its twin: irp-completed-twice.kss
#include <ntifs.h>

DRIVER_DISPATCH TwiceRead;

NTSTATUS TwiceRead(PDEVICE_OBJECT DeviceObject, PIRP Irp) {
    UNREFERENCED_PARAMETER(DeviceObject);
    Irp->IoStatus.Status = STATUS_END_OF_FILE;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_END_OF_FILE;
}
