// SPDX-License-Identifier: MIT
// Sizes and offsets of the structures drivers share with NT, as public symbols of Windows show them
// (`dt nt!_IRP` and so on), for 32-bit x86 and for x64. Checked by the compiler, independently of
// sim/nt/types.def: table_types.c compares that table with the headers.
//
// Sources, by structure:
//   TERMINUS  the Terminus project's tables from Microsoft's symbol files, Vista to Windows 10
//             (terminus.rewolf.pl/terminus/structures/...)
//   CHAPPELL  Geoff Chappell, Software Analyst (geoffchappell.com, studies/windows/km)
//   LISTINGS  `dt` listings of a 32-bit kernel in LordNoteworthy's notes on Windows internals, and of
//             a 64-bit one in "Making sense of Device objects & Driver Objects from a dump"
//             (systemdebug.in)
//   DDI       the page of the structure at Microsoft Learn, for the order of public members, with the
//             alignment rules of the Microsoft ABI
#include <ntifs.h>

#if KSS_NT_POINTER_BYTES == 8
#define HERE(x86, x64) (x64)
#else
#define HERE(x86, x64) (x86)
#endif
#define SIZE(type, x86, x64) _Static_assert(sizeof(type) == HERE(x86, x64), "size of " #type);
#define AT(type, x86, x64, field)                                                                  \
    _Static_assert(offsetof(type, field) == HERE(x86, x64), "offset of " #type "." #field);
#define ALIGNED(type, x86, x64)                                                                    \
    _Static_assert(_Alignof(type) == HERE(x86, x64), "alignment of " #type);

// ---- Base types: Microsoft Learn "Windows Data Types" -------------------------------------------

SIZE(CHAR, 1, 1)
SIZE(WCHAR, 2, 2)
SIZE(SHORT, 2, 2)
SIZE(LONG, 4, 4)
SIZE(ULONG, 4, 4)
SIZE(NTSTATUS, 4, 4)
SIZE(LONGLONG, 8, 8)
SIZE(PVOID, 4, 8)
SIZE(ULONG_PTR, 4, 8)
SIZE(SIZE_T, 4, 8)
SIZE(LARGE_INTEGER, 8, 8)
SIZE(BOOLEAN, 1, 1)
SIZE(KIRQL, 1, 1)
SIZE(KSPIN_LOCK, 4, 8)
SIZE(EVENT_TYPE, 4, 4)
SIZE(KWAIT_REASON, 4, 4)
_Static_assert(sizeof(L"ab") == 6, "L\"\" strings have 16-bit characters");
_Static_assert(sizeof L'x' == 2, "wide characters have 16 bits");
_Static_assert('kssT' == 0x6B737354, "pool tags read as MSVC reads them");
_Static_assert((CHAR)-1 < 0, "char is signed");

struct mixed { // 8-byte integers are aligned to 8, on 32-bit x86 too
    CHAR first;
    LONGLONG second;
};
SIZE(struct mixed, 16, 16)

// ---- Dispatcher objects: TERMINUS, CHAPPELL (DISPATCHER_HEADER, KTIMER) -------------------------

SIZE(LIST_ENTRY, 0x08, 0x10)
AT(LIST_ENTRY, 0x04, 0x08, Blink)

SIZE(DISPATCHER_HEADER, 0x10, 0x18)
AT(DISPATCHER_HEADER, 0x00, 0x00, Type)
AT(DISPATCHER_HEADER, 0x02, 0x02, Size)
AT(DISPATCHER_HEADER, 0x03, 0x03, DpcActive)
AT(DISPATCHER_HEADER, 0x04, 0x04, SignalState)
AT(DISPATCHER_HEADER, 0x08, 0x08, WaitListHead)

SIZE(KEVENT, 0x10, 0x18)

SIZE(KSEMAPHORE, 0x14, 0x20)
AT(KSEMAPHORE, 0x10, 0x18, Limit)

SIZE(KMUTANT, 0x20, 0x38)
SIZE(KMUTEX, 0x20, 0x38)
AT(KMUTANT, 0x10, 0x18, MutantListEntry)
AT(KMUTANT, 0x18, 0x28, OwnerThread)
AT(KMUTANT, 0x1C, 0x30, Abandoned)
AT(KMUTANT, 0x1D, 0x31, ApcDisable)

SIZE(KTIMER, 0x28, 0x40)
AT(KTIMER, 0x10, 0x18, DueTime)
AT(KTIMER, 0x18, 0x20, TimerListEntry)
AT(KTIMER, 0x20, 0x30, Dpc)
AT(KTIMER, 0x24, 0x3C, Period)

SIZE(KDPC, 0x20, 0x40)
AT(KDPC, 0x01, 0x01, Importance)
AT(KDPC, 0x02, 0x02, Number)
AT(KDPC, 0x04, 0x08, DpcListEntry)
AT(KDPC, 0x0C, 0x18, DeferredRoutine)
AT(KDPC, 0x10, 0x20, DeferredContext)
AT(KDPC, 0x14, 0x28, SystemArgument1)
AT(KDPC, 0x18, 0x30, SystemArgument2)
AT(KDPC, 0x1C, 0x38, DpcData)

SIZE(KWAIT_BLOCK, 0x18, 0x30)
SIZE(KAPC, 0x30, 0x58)
SIZE(KDEVICE_QUEUE, 0x14, 0x28)
SIZE(FAST_MUTEX, 0x20, 0x38)
SIZE(ERESOURCE, 0x38, 0x68)
SIZE(KLOCK_QUEUE_HANDLE, 0x0C, 0x18)

// ---- Strings, lists: DDI ------------------------------------------------------------------------

SIZE(UNICODE_STRING, 0x08, 0x10)
AT(UNICODE_STRING, 0x02, 0x02, MaximumLength)
AT(UNICODE_STRING, 0x04, 0x08, Buffer)
SIZE(OBJECT_ATTRIBUTES, 0x18, 0x30)
AT(OBJECT_ATTRIBUTES, 0x0C, 0x18, Attributes)
SIZE(SLIST_HEADER, 0x08, 0x10)
SIZE(SLIST_ENTRY, 0x04, 0x10)
SIZE(GUID, 0x10, 0x10)

// ---- I/O: TERMINUS, LISTINGS --------------------------------------------------------------------

SIZE(IO_STATUS_BLOCK, 0x08, 0x10)
AT(IO_STATUS_BLOCK, 0x00, 0x00, Pointer)
AT(IO_STATUS_BLOCK, 0x04, 0x08, Information)

SIZE(MDL, 0x1C, 0x30)
AT(MDL, 0x04, 0x08, Size)
AT(MDL, 0x06, 0x0A, MdlFlags)
AT(MDL, 0x08, 0x10, Process)
AT(MDL, 0x0C, 0x18, MappedSystemVa)
AT(MDL, 0x10, 0x20, StartVa)
AT(MDL, 0x14, 0x28, ByteCount)
AT(MDL, 0x18, 0x2C, ByteOffset)

SIZE(IRP, 0x70, 0xD0)
ALIGNED(IRP, 8, 16)
AT(IRP, 0x02, 0x02, Size)
AT(IRP, 0x04, 0x08, MdlAddress)
AT(IRP, 0x08, 0x10, Flags)
AT(IRP, 0x0C, 0x18, AssociatedIrp.SystemBuffer)
AT(IRP, 0x10, 0x20, ThreadListEntry)
AT(IRP, 0x18, 0x30, IoStatus)
AT(IRP, 0x20, 0x40, RequestorMode)
AT(IRP, 0x21, 0x41, PendingReturned)
AT(IRP, 0x22, 0x42, StackCount)
AT(IRP, 0x23, 0x43, CurrentLocation)
AT(IRP, 0x24, 0x44, Cancel)
AT(IRP, 0x25, 0x45, CancelIrql)
AT(IRP, 0x26, 0x46, ApcEnvironment)
AT(IRP, 0x27, 0x47, AllocationFlags)
AT(IRP, 0x28, 0x48, UserIosb)
AT(IRP, 0x2C, 0x50, UserEvent)
AT(IRP, 0x30, 0x58, Overlay.AllocationSize)
AT(IRP, 0x34, 0x60, Overlay.AsynchronousParameters.UserApcContext)
AT(IRP, 0x38, 0x68, CancelRoutine)
AT(IRP, 0x3C, 0x70, UserBuffer)
AT(IRP, 0x40, 0x78, Tail)
AT(IRP, 0x40, 0x78, Tail.Overlay.DriverContext)
AT(IRP, 0x50, 0x98, Tail.Overlay.Thread)
AT(IRP, 0x54, 0xA0, Tail.Overlay.AuxiliaryBuffer)
AT(IRP, 0x58, 0xA8, Tail.Overlay.ListEntry)
AT(IRP, 0x60, 0xB8, Tail.Overlay.CurrentStackLocation)
AT(IRP, 0x64, 0xC0, Tail.Overlay.OriginalFileObject)

SIZE(IO_STACK_LOCATION, 0x24, 0x48)
ALIGNED(IO_STACK_LOCATION, 4, 8)
AT(IO_STACK_LOCATION, 0x01, 0x01, MinorFunction)
AT(IO_STACK_LOCATION, 0x02, 0x02, Flags)
AT(IO_STACK_LOCATION, 0x03, 0x03, Control)
AT(IO_STACK_LOCATION, 0x04, 0x08, Parameters)
AT(IO_STACK_LOCATION, 0x08, 0x10, Parameters.Create.Options)
AT(IO_STACK_LOCATION, 0x0E, 0x1A, Parameters.Create.ShareAccess)
AT(IO_STACK_LOCATION, 0x08, 0x10, Parameters.Read.Key)
AT(IO_STACK_LOCATION, 0x0C, 0x18, Parameters.Read.ByteOffset)
AT(IO_STACK_LOCATION, 0x0C, 0x18, Parameters.Write.ByteOffset)
AT(IO_STACK_LOCATION, 0x08, 0x10, Parameters.DeviceIoControl.InputBufferLength)
AT(IO_STACK_LOCATION, 0x0C, 0x18, Parameters.DeviceIoControl.IoControlCode)
AT(IO_STACK_LOCATION, 0x10, 0x20, Parameters.DeviceIoControl.Type3InputBuffer)
AT(IO_STACK_LOCATION, 0x0C, 0x18, Parameters.Power.State)
AT(IO_STACK_LOCATION, 0x10, 0x20, Parameters.Others.Argument4)
AT(IO_STACK_LOCATION, 0x14, 0x28, DeviceObject)
AT(IO_STACK_LOCATION, 0x18, 0x30, FileObject)
AT(IO_STACK_LOCATION, 0x1C, 0x38, CompletionRoutine)
AT(IO_STACK_LOCATION, 0x20, 0x40, Context)

SIZE(DEVICE_OBJECT, 0xB8, 0x150)
ALIGNED(DEVICE_OBJECT, 8, 16)
AT(DEVICE_OBJECT, 0x04, 0x04, ReferenceCount)
AT(DEVICE_OBJECT, 0x08, 0x08, DriverObject)
AT(DEVICE_OBJECT, 0x0C, 0x10, NextDevice)
AT(DEVICE_OBJECT, 0x10, 0x18, AttachedDevice)
AT(DEVICE_OBJECT, 0x14, 0x20, CurrentIrp)
AT(DEVICE_OBJECT, 0x18, 0x28, Timer)
AT(DEVICE_OBJECT, 0x1C, 0x30, Flags)
AT(DEVICE_OBJECT, 0x20, 0x34, Characteristics)
AT(DEVICE_OBJECT, 0x24, 0x38, Vpb)
AT(DEVICE_OBJECT, 0x28, 0x40, DeviceExtension)
AT(DEVICE_OBJECT, 0x2C, 0x48, DeviceType)
AT(DEVICE_OBJECT, 0x30, 0x4C, StackSize)
AT(DEVICE_OBJECT, 0x34, 0x50, Queue)
AT(DEVICE_OBJECT, 0x5C, 0x98, AlignmentRequirement)
AT(DEVICE_OBJECT, 0x60, 0xA0, DeviceQueue)
AT(DEVICE_OBJECT, 0x74, 0xC8, Dpc)
AT(DEVICE_OBJECT, 0x94, 0x108, ActiveThreadCount)
AT(DEVICE_OBJECT, 0x98, 0x110, SecurityDescriptor)
AT(DEVICE_OBJECT, 0x9C, 0x118, DeviceLock)
AT(DEVICE_OBJECT, 0xAC, 0x130, SectorSize)
AT(DEVICE_OBJECT, 0xB0, 0x138, DeviceObjectExtension)

SIZE(DRIVER_OBJECT, 0xA8, 0x150)
AT(DRIVER_OBJECT, 0x04, 0x08, DeviceObject)
AT(DRIVER_OBJECT, 0x08, 0x10, Flags)
AT(DRIVER_OBJECT, 0x0C, 0x18, DriverStart)
AT(DRIVER_OBJECT, 0x10, 0x20, DriverSize)
AT(DRIVER_OBJECT, 0x14, 0x28, DriverSection)
AT(DRIVER_OBJECT, 0x18, 0x30, DriverExtension)
AT(DRIVER_OBJECT, 0x1C, 0x38, DriverName)
AT(DRIVER_OBJECT, 0x24, 0x48, HardwareDatabase)
AT(DRIVER_OBJECT, 0x28, 0x50, FastIoDispatch)
AT(DRIVER_OBJECT, 0x2C, 0x58, DriverInit)
AT(DRIVER_OBJECT, 0x30, 0x60, DriverStartIo)
AT(DRIVER_OBJECT, 0x34, 0x68, DriverUnload)
AT(DRIVER_OBJECT, 0x38, 0x70, MajorFunction)

// The public part; symbols show private members behind it.
SIZE(DRIVER_EXTENSION, 0x14, 0x28)
AT(DRIVER_EXTENSION, 0x04, 0x08, AddDevice)
AT(DRIVER_EXTENSION, 0x08, 0x10, Count)
AT(DRIVER_EXTENSION, 0x0C, 0x18, ServiceKeyName)

SIZE(FILE_OBJECT, 0x80, 0xD8)
AT(FILE_OBJECT, 0x04, 0x08, DeviceObject)
AT(FILE_OBJECT, 0x08, 0x10, Vpb)
AT(FILE_OBJECT, 0x0C, 0x18, FsContext)
AT(FILE_OBJECT, 0x10, 0x20, FsContext2)
AT(FILE_OBJECT, 0x14, 0x28, SectionObjectPointer)
AT(FILE_OBJECT, 0x1C, 0x38, FinalStatus)
AT(FILE_OBJECT, 0x20, 0x40, RelatedFileObject)
AT(FILE_OBJECT, 0x25, 0x49, DeletePending)
AT(FILE_OBJECT, 0x2C, 0x50, Flags)
AT(FILE_OBJECT, 0x30, 0x58, FileName)
AT(FILE_OBJECT, 0x38, 0x68, CurrentByteOffset)
AT(FILE_OBJECT, 0x40, 0x70, Waiters)
AT(FILE_OBJECT, 0x4C, 0x80, Lock)
AT(FILE_OBJECT, 0x5C, 0x98, Event)
AT(FILE_OBJECT, 0x6C, 0xB0, CompletionContext)
AT(FILE_OBJECT, 0x70, 0xB8, IrpListLock)
AT(FILE_OBJECT, 0x74, 0xC0, IrpList)
AT(FILE_OBJECT, 0x7C, 0xD0, FileObjectExtension)

SIZE(IO_REMOVE_LOCK, 0x18, 0x20)
SIZE(IO_CSQ, 0x20, 0x40)
SIZE(CM_PARTIAL_RESOURCE_DESCRIPTOR, 0x10, 0x14)
SIZE(LUID_AND_ATTRIBUTES, 0x0C, 0x0C)

int kss_headers_have_public_layouts;
