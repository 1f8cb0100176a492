// SPDX-License-Identifier: MIT
// A device that is opened by its name, and a client that does so: once with the Zw routines, once with
// the Nt ones. Each routine returns the line of the first check that fails, 0 for none.
#include <ntifs.h>

#define IOCTL_NEXT CTL_CODE(FILE_DEVICE_UNKNOWN, 0x801, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define OPEN                                                                                       \
    GENERIC_READ | SYNCHRONIZE, &attributes, &iosb, NULL, FILE_ATTRIBUTE_NORMAL, 0, FILE_OPEN,     \
        FILE_SYNCHRONOUS_IO_NONALERT, NULL, 0
#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition))                                                                          \
            return __LINE__;                                                                       \
    } while (0)

DRIVER_INITIALIZE DriverEntry;
int UseZw(VOID), UseNt(VOID);
static DRIVER_DISPATCH Done, Transfer, Control;

static LONG Position;
static ULONG Opened, Closed;

static NTSTATUS Complete(PIRP Irp, ULONG_PTR Information) {
    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = Information;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

static NTSTATUS Done(PDEVICE_OBJECT DeviceObject, PIRP Irp) {
    UNREFERENCED_PARAMETER(DeviceObject);
    if (IoGetCurrentIrpStackLocation(Irp)->MajorFunction == IRP_MJ_CREATE)
        Opened += 1;
    else
        Closed += 1;
    return Complete(Irp, 0);
}

static NTSTATUS Transfer(PDEVICE_OBJECT DeviceObject, PIRP Irp) {
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    PUCHAR data = Irp->AssociatedIrp.SystemBuffer;

    UNREFERENCED_PARAMETER(DeviceObject);
    if (stack->MajorFunction == IRP_MJ_WRITE)
        Position = data[0];
    else
        RtlFillMemory(data, stack->Parameters.Read.Length, (UCHAR)Position);
    return Complete(Irp, stack->Parameters.Read.Length);
}

static NTSTATUS Control(PDEVICE_OBJECT DeviceObject, PIRP Irp) {
    UNREFERENCED_PARAMETER(DeviceObject);
    *(PLONG)Irp->AssociatedIrp.SystemBuffer = ++Position;
    return Complete(Irp, sizeof(LONG));
}

int UseZw(VOID) {
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\KssFile");
    UNICODE_STRING none = RTL_CONSTANT_STRING(L"\\Device\\KssNone");
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK iosb;
    HANDLE file;
    UCHAR bytes[4] = {41};
    LONG next = 0;

    Opened = Closed = 0;
    InitializeObjectAttributes(&attributes, &none, OBJ_KERNEL_HANDLE, NULL, NULL);
    CHECK(ZwCreateFile(&file, OPEN) == STATUS_OBJECT_NAME_NOT_FOUND);
    InitializeObjectAttributes(&attributes, &name, OBJ_KERNEL_HANDLE, NULL, NULL);
    CHECK(ZwCreateFile(&file, OPEN) == STATUS_SUCCESS && Opened == 1);
    CHECK(!ZwWriteFile(file, NULL, NULL, NULL, &iosb, bytes, 1, NULL, NULL));
    CHECK(iosb.Information == 1 && Position == 41);
    CHECK(!ZwDeviceIoControlFile(file, NULL, NULL, NULL, &iosb, IOCTL_NEXT, NULL, 0, &next,
                                 sizeof next));
    CHECK(next == 42 && iosb.Information == sizeof next);
    CHECK(!ZwReadFile(file, NULL, NULL, NULL, &iosb, bytes, sizeof bytes, NULL, NULL));
    CHECK(bytes[0] == 42 && bytes[3] == 42 && iosb.Information == 4);
    CHECK(ZwClose(file) == STATUS_SUCCESS && Closed == 2);
    CHECK(ZwClose(file) == STATUS_INVALID_HANDLE);
    CHECK(ZwReadFile(file, NULL, NULL, NULL, &iosb, bytes, 1, NULL, NULL) == STATUS_INVALID_HANDLE);
    return 0;
}

int UseNt(VOID) {
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\KssFile");
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK iosb;
    HANDLE file;
    UCHAR bytes[4] = {6};
    LONG next = 0;

    Opened = Closed = 0;
    InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE, NULL, NULL);
    CHECK(NtCreateFile(&file, OPEN) == STATUS_SUCCESS && Opened == 1);
    CHECK(!NtWriteFile(file, NULL, NULL, NULL, &iosb, bytes, 1, NULL, NULL) && Position == 6);
    CHECK(!NtDeviceIoControlFile(file, NULL, NULL, NULL, &iosb, IOCTL_NEXT, NULL, 0, &next,
                                 sizeof next));
    CHECK(next == 7);
    CHECK(!NtReadFile(file, NULL, NULL, NULL, &iosb, bytes, sizeof bytes, NULL, NULL));
    CHECK(bytes[0] == 7 && bytes[3] == 7 && iosb.Information == 4);
    CHECK(NtClose(file) == STATUS_SUCCESS && Closed == 2);
    CHECK(NtClose(file) == STATUS_INVALID_HANDLE);
    return 0;
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\KssFile");
    PDEVICE_OBJECT device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->MajorFunction[IRP_MJ_CREATE] = DriverObject->MajorFunction[IRP_MJ_CLOSE] = Done;
    DriverObject->MajorFunction[IRP_MJ_CLEANUP] = Done;
    DriverObject->MajorFunction[IRP_MJ_READ] = DriverObject->MajorFunction[IRP_MJ_WRITE] = Transfer;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = Control;
    status = IoCreateDevice(DriverObject, 0, &name, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;
    device->Flags |= DO_BUFFERED_IO;
    device->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    return status;
}
