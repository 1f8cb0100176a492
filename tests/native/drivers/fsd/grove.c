// SPDX-License-Identifier: MIT
// grove: what a file system does about its stack. A read comes in at the bottom of whatever called the
// file system, and nobody knows how much is left:
//
//     GroveFsdRead           enters the file system, catches what is raised below
//       GroveCommonRead      little left: posts the request to the overflow thread and waits (A)
//         GroveFind          down the tree, a call for each level
//           GroveDescend     little left: goes on on an expanded stack (B)
//
// (A) The packet and the event lie on the stack that waits, and the overflow thread works on both: so
//     the wait is a KernelMode wait (DDI FsRtlPostStackOverflow).
// (B) An expanded callout must handle its own exceptions (DDI KeExpandKernelStackAndCallout): it catches
//     what the levels below raise, and GroveDescend raises it again on the other side.
#include "grove.h"

#ifndef GROVE_WAIT_MODE
#define GROVE_WAIT_MODE KernelMode
#endif

#define GROVE_SIGNATURE 0x65765247 // "Grve"
#define GROVE_TAG       'vorG'

typedef struct _GROVE_NODE {
    ULONG Signature;
    ULONG Middle; // first offset of the right side
    struct _GROVE_NODE *Left, *Right;
    UCHAR Bytes[GROVE_PIECE]; // of a piece
} GROVE_NODE, *PGROVE_NODE;

typedef struct _GROVE_EXTENSION {
    ERESOURCE Resource; // shared: reads; exclusive: damages
    PGROVE_NODE Root;
} GROVE_EXTENSION, *PGROVE_EXTENSION;

typedef struct _GROVE_OVERFLOW { // on the stack of the thread that waits
    PGROVE_EXTENSION Extension;
    PIRP Irp;
    NTSTATUS Status;
} GROVE_OVERFLOW, *PGROVE_OVERFLOW;

typedef struct _GROVE_DESCENT {
    PGROVE_NODE Node;
    ULONG Offset;
    PGROVE_NODE Piece;
    NTSTATUS Status;
} GROVE_DESCENT, *PGROVE_DESCENT;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD GroveUnload;
static DRIVER_DISPATCH GroveOpenClose, GroveFsdRead, GroveDeviceControl;
static FSRTL_STACK_OVERFLOW_ROUTINE GroveOverflowRead;
static EXPAND_STACK_CALLOUT GroveDescendCallout;
static NTSTATUS GroveCommonRead(PGROVE_EXTENSION Extension, PIRP Irp);
static PGROVE_NODE GroveFind(PGROVE_NODE Node, ULONG Offset);

static NTSTATUS GroveComplete(PIRP Irp, NTSTATUS Status, ULONG_PTR Information) {
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = Information;
    IoCompleteRequest(Irp, IO_DISK_INCREMENT);
    return Status;
}

// ---- The tree -----------------------------------------------------------------------------------

static VOID GroveFell(PGROVE_NODE Node) {
    if (Node == NULL)
        return;
    GroveFell(Node->Left);
    GroveFell(Node->Right);
    ExFreePoolWithTag(Node, GROVE_TAG);
}

static PGROVE_NODE GrovePlant(ULONG Offset, ULONG Levels) {
    PGROVE_NODE node = ExAllocatePool2(POOL_FLAG_PAGED, sizeof(GROVE_NODE), GROVE_TAG);

    if (node == NULL)
        return NULL;
    node->Signature = GROVE_SIGNATURE;
    if (Levels == 0) {
        for (ULONG i = 0; i < GROVE_PIECE; i++)
            node->Bytes[i] = GROVE_BYTE(Offset + i);
        return node;
    }
    node->Middle = Offset + (GROVE_PIECE << (Levels - 1));
    node->Left = GrovePlant(Offset, Levels - 1);
    node->Right = GrovePlant(node->Middle, Levels - 1);
    if (node->Left == NULL || node->Right == NULL) {
        GroveFell(node);
        return NULL;
    }
    return node;
}

static VOID GroveDescendCallout(PVOID Parameter) {
    PGROVE_DESCENT descent = Parameter;

    __try {
        descent->Piece = GroveFind(descent->Node, descent->Offset);
        descent->Status = STATUS_SUCCESS;
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        descent->Status = GetExceptionCode();
    }
}

// Not inlined: the test leaves it little stack, by its name.
static DECLSPEC_NOINLINE PGROVE_NODE GroveDescend(PGROVE_NODE Node, ULONG Offset) {
    GROVE_DESCENT descent = {Node, Offset, NULL, STATUS_SUCCESS};
    NTSTATUS status;

    if (IoGetRemainingStackSize() >= GROVE_LEVEL_NEEDS)
        return GroveFind(Node, Offset);
    status = KeExpandKernelStackAndCallout(GroveDescendCallout, &descent, GROVE_EXPANSION);
    if (!NT_SUCCESS(status))
        ExRaiseStatus(status);
    if (!NT_SUCCESS(descent.Status))
        ExRaiseStatus(descent.Status);
    return descent.Piece;
}

static PGROVE_NODE GroveFind(PGROVE_NODE Node, ULONG Offset) {
    if (Node->Signature != GROVE_SIGNATURE)
        ExRaiseStatus(STATUS_FILE_CORRUPT_ERROR);
    if (Node->Left == NULL)
        return Node;
    return GroveDescend(Offset < Node->Middle ? Node->Left : Node->Right, Offset);
}

// ---- Reading ------------------------------------------------------------------------------------

static ULONG GroveCopy(PGROVE_EXTENSION Extension, PUCHAR Buffer, ULONG Offset, ULONG Length) {
    ULONG done = 0;

    if (Offset >= GROVE_SIZE)
        return 0;
    if (Length > GROVE_SIZE - Offset)
        Length = GROVE_SIZE - Offset;
    while (done < Length) {
        PGROVE_NODE piece = GroveFind(Extension->Root, Offset + done);
        ULONG in = (Offset + done) % GROVE_PIECE;
        ULONG part = GROVE_PIECE - in < Length - done ? GROVE_PIECE - in : Length - done;

        RtlCopyMemory(Buffer + done, piece->Bytes + in, part);
        done += part;
    }
    return done;
}

static VOID GroveOverflowRead(PVOID Context, PKEVENT Event) {
    PGROVE_OVERFLOW packet = Context;

    __try {
        packet->Status = GroveCommonRead(packet->Extension, packet->Irp);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        packet->Status = GroveComplete(packet->Irp, GetExceptionCode(), 0);
    }
    KeSetEvent(Event, IO_NO_INCREMENT, FALSE);
}

// Raises what FsRtlPostStackOverflow raises when there is no pool for it. Not inlined: what it needs once in
// a while would lie in every read's frame.
static DECLSPEC_NOINLINE NTSTATUS GrovePostRead(PGROVE_EXTENSION Extension, PIRP Irp) {
    GROVE_OVERFLOW packet = {Extension, Irp, STATUS_SUCCESS};
    KEVENT done;

    KeInitializeEvent(&done, NotificationEvent, FALSE);
    FsRtlPostStackOverflow(&packet, &done, GroveOverflowRead);
    KeWaitForSingleObject(&done, Executive, GROVE_WAIT_MODE, FALSE, NULL);
    return packet.Status;
}

static NTSTATUS GroveCommonRead(PGROVE_EXTENSION Extension, PIRP Irp) {
    PIO_STACK_LOCATION location = IoGetCurrentIrpStackLocation(Irp);
    ULONG length = 0;

    if (IoGetRemainingStackSize() < GROVE_READ_NEEDS)
        return GrovePostRead(Extension, Irp);
    ExAcquireResourceSharedLite(&Extension->Resource, TRUE);
    __try {
        length = GroveCopy(Extension, Irp->AssociatedIrp.SystemBuffer,
                           (ULONG)location->Parameters.Read.ByteOffset.QuadPart,
                           location->Parameters.Read.Length);
    } __finally {
        ExReleaseResourceLite(&Extension->Resource);
    }
    return GroveComplete(Irp, length == 0 ? STATUS_END_OF_FILE : STATUS_SUCCESS, length);
}

// A status that file systems expect ends the request; anything else is a defect and goes on.
static LONG GroveFilter(NTSTATUS Status) {
    return FsRtlIsNtstatusExpected(Status) ? EXCEPTION_EXECUTE_HANDLER : EXCEPTION_CONTINUE_SEARCH;
}

static NTSTATUS GroveFsdRead(PDEVICE_OBJECT DeviceObject, PIRP Irp) {
    BOOLEAN topLevel = IoGetTopLevelIrp() == NULL;
    NTSTATUS status;

    FsRtlEnterFileSystem();
    if (topLevel)
        IoSetTopLevelIrp(Irp);
    __try {
        status = GroveCommonRead(DeviceObject->DeviceExtension, Irp);
    } __except (GroveFilter(GetExceptionCode())) {
        status = GroveComplete(Irp, GetExceptionCode(), 0);
    }
    if (topLevel)
        IoSetTopLevelIrp(NULL);
    FsRtlExitFileSystem();
    return status;
}

// ---- The rest -----------------------------------------------------------------------------------

static NTSTATUS GroveOpenClose(PDEVICE_OBJECT DeviceObject, PIRP Irp) {
    UNREFERENCED_PARAMETER(DeviceObject);
    return GroveComplete(Irp, STATUS_SUCCESS, 0);
}

static NTSTATUS GroveDeviceControl(PDEVICE_OBJECT DeviceObject, PIRP Irp) {
    PGROVE_EXTENSION extension = DeviceObject->DeviceExtension;
    PIO_STACK_LOCATION location = IoGetCurrentIrpStackLocation(Irp);
    PGROVE_NODE node = extension->Root;
    ULONG offset;

    if (location->Parameters.DeviceIoControl.IoControlCode != IOCTL_GROVE_DAMAGE ||
        location->Parameters.DeviceIoControl.InputBufferLength != sizeof offset)
        return GroveComplete(Irp, STATUS_INVALID_DEVICE_REQUEST, 0);
    offset = *(PULONG)Irp->AssociatedIrp.SystemBuffer;
    KeEnterCriticalRegion();
    ExAcquireResourceExclusiveLite(&extension->Resource, TRUE);
    while (node->Left != NULL)
        node = offset < node->Middle ? node->Left : node->Right;
    node->Signature = 0;
    ExReleaseResourceLite(&extension->Resource);
    KeLeaveCriticalRegion();
    return GroveComplete(Irp, STATUS_SUCCESS, 0);
}

static VOID GroveUnload(PDRIVER_OBJECT DriverObject) {
    PGROVE_EXTENSION extension = DriverObject->DeviceObject->DeviceExtension;

    GroveFell(extension->Root);
    ExDeleteResourceLite(&extension->Resource);
    IoDeleteDevice(DriverObject->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
    UNICODE_STRING name;
    PDEVICE_OBJECT device;
    PGROVE_EXTENSION extension;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);
    RtlInitUnicodeString(&name, GROVE_DEVICE);
    status = IoCreateDevice(DriverObject, sizeof(GROVE_EXTENSION), &name, FILE_DEVICE_FILE_SYSTEM,
                            0, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;
    extension = device->DeviceExtension;
    extension->Root = GrovePlant(0, GROVE_LEVELS);
    if (extension->Root == NULL) {
        IoDeleteDevice(device);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    ExInitializeResourceLite(&extension->Resource);
    device->Flags |= DO_BUFFERED_IO;
    DriverObject->MajorFunction[IRP_MJ_CREATE] = GroveOpenClose;
    DriverObject->MajorFunction[IRP_MJ_CLEANUP] = GroveOpenClose;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = GroveOpenClose;
    DriverObject->MajorFunction[IRP_MJ_READ] = GroveFsdRead;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = GroveDeviceControl;
    DriverObject->DriverUnload = GroveUnload;
    return STATUS_SUCCESS;
}
