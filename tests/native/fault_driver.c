// SPDX-License-Identifier: MIT
// Driver code that goes wrong, one way in each routine.
#include <ntddk.h>

DRIVER_INITIALIZE DriverEntry;
KDEFERRED_ROUTINE ReadNullDpc;
KDEFERRED_ROUTINE DivideDpc;
KDEFERRED_ROUTINE CopyThereDpc;
KDEFERRED_ROUTINE ReadPagedDpc;
DECLSPEC_NOINLINE NTSTATUS ReadNull(VOID);
DECLSPEC_NOINLINE NTSTATUS ReadNullRaised(VOID);
DECLSPEC_NOINLINE NTSTATUS ReadAt(ULONG_PTR Address);
NTSTATUS ReadNullGuarded(VOID);
DECLSPEC_NOINLINE NTSTATUS SetDeadEvent(VOID);
NTSTATUS SetFreedEvent(VOID);
NTSTATUS Privileged(ULONG Which);
DECLSPEC_NOINLINE NTSTATUS Divide(VOID);
NTSTATUS DivideGuarded(LONG Divisor);
DECLSPEC_NOINLINE NTSTATUS Illegal(VOID);
NTSTATUS WaitWithBuffer(KPROCESSOR_MODE Mode);
DECLSPEC_NOINLINE NTSTATUS CopyThere(VOID);
NTSTATUS AllocatePaged(VOID);
DECLSPEC_NOINLINE NTSTATUS ReadPaged(VOID);
NTSTATUS Spin(VOID);
NTSTATUS Ordinary(VOID);

PUCHAR Shared;       // a buffer on the stack of a thread that waits
PULONG Paged;        // a block of paged pool
volatile LONG Turns; // of the endless loop
static volatile LONG Zero;

#define DELIBERATE __attribute__((no_sanitize("undefined"))) // the sanitizer is not asked

#define UNUSED_DPC                                                                                 \
    UNREFERENCED_PARAMETER(Dpc);                                                                   \
    UNREFERENCED_PARAMETER(Context);                                                               \
    UNREFERENCED_PARAMETER(Argument1);                                                             \
    UNREFERENCED_PARAMETER(Argument2)

// ---- Pointers ----------------------------------------------------------------------------------
DELIBERATE NTSTATUS ReadAt(ULONG_PTR Address) {
    return *(volatile LONG *)Address;
}

DELIBERATE NTSTATUS ReadNull(VOID) {
    return *(volatile LONG *)(ULONG_PTR)0;
}

NTSTATUS ReadNullRaised(VOID) {
    KIRQL old;
    NTSTATUS status;

    KeRaiseIrql(DISPATCH_LEVEL, &old);
    status = ReadAt(0);
    KeLowerIrql(old);
    return status;
}

VOID ReadNullDpc(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2) {
    UNUSED_DPC;
    ReadAt(0);
}

NTSTATUS ReadNullGuarded(VOID) {
    NTSTATUS status = STATUS_SUCCESS;

    __try {
        status = ReadAt(0);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        status = GetExceptionCode();
    }
    return status;
}

static DECLSPEC_NOINLINE PKEVENT EventOfAFrame(VOID) {
    KEVENT event;
    PKEVENT volatile leaked = &event;

    KeInitializeEvent(&event, NotificationEvent, FALSE);
    return leaked;
}

NTSTATUS SetDeadEvent(VOID) {
    PKEVENT event = EventOfAFrame();

    KeSetEvent(event, IO_NO_INCREMENT, FALSE);
    return STATUS_SUCCESS;
}

NTSTATUS SetFreedEvent(VOID) {
    PKEVENT volatile event = ExAllocatePoolWithTag(NonPagedPool, sizeof(KEVENT), 'tssk');

    if (event == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    KeInitializeEvent(event, NotificationEvent, FALSE);
    ExFreePoolWithTag((PVOID)event, 'tssk');
    KeSetEvent(event, IO_NO_INCREMENT, FALSE);
    return STATUS_SUCCESS;
}

// ---- Instructions --------------------------------------------------------------------------------
NTSTATUS Privileged(ULONG Which) {
#if defined(__x86_64__) || defined(__i386__)
    if (Which == 0)
        __asm__ volatile("cli");
    else
        __asm__ volatile("hlt");
#endif
    return Which == 0 ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}

DELIBERATE NTSTATUS Divide(VOID) {
    return (NTSTATUS)(1000 / Zero);
}

VOID DivideDpc(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2) {
    UNUSED_DPC;
    Turns = Divide();
}

DELIBERATE NTSTATUS DivideGuarded(LONG Divisor) {
    volatile LONG result = 0;
    NTSTATUS status = STATUS_SUCCESS;

    __try {
        result = 1000 / Divisor;
    } __except (GetExceptionCode() == STATUS_INTEGER_DIVIDE_BY_ZERO ? EXCEPTION_EXECUTE_HANDLER
                                                                    : EXCEPTION_CONTINUE_SEARCH) {
        status = GetExceptionCode();
    }
    return NT_SUCCESS(status) ? result : status;
}

NTSTATUS Illegal(VOID) {
#if defined(__x86_64__) || defined(__i386__)
    __asm__ volatile("ud2");
#elif defined(__aarch64__)
    __asm__ volatile("udf #0");
#endif
    return STATUS_SUCCESS;
}

NTSTATUS Spin(VOID) {
    for (;;)
        Turns += 1;
}

// ---- Stacks that are out ---------------------------------------------------------------------------
NTSTATUS WaitWithBuffer(KPROCESSOR_MODE Mode) {
    UCHAR buffer[64];
    LARGE_INTEGER minute;

    Shared = buffer;
    RtlZeroMemory(buffer, sizeof buffer);
    minute.QuadPart = -600000000LL;
    KeDelayExecutionThread(Mode, FALSE, &minute);
    return buffer[5];
}

NTSTATUS CopyThere(VOID) {
    UCHAR bytes[64];

    RtlFillMemory(bytes, sizeof bytes, 42);
    RtlCopyMemory(Shared, bytes, sizeof bytes);
    return STATUS_SUCCESS;
}

VOID CopyThereDpc(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2) {
    UNUSED_DPC;
    CopyThere();
}

// ---- Pageable memory -------------------------------------------------------------------------------
NTSTATUS AllocatePaged(VOID) {
    Paged = ExAllocatePoolWithTag(PagedPool, 4096, 'tssk');
    if (Paged == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    Paged[7] = 0x12345;
    return STATUS_SUCCESS;
}

NTSTATUS ReadPaged(VOID) {
    return (NTSTATUS)((volatile ULONG *)Paged)[7];
}

VOID ReadPagedDpc(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2) {
    UNUSED_DPC;
    ReadPaged();
}

NTSTATUS Ordinary(VOID) {
    LARGE_INTEGER second;

    second.QuadPart = -10000000;
    return KeDelayExecutionThread(KernelMode, FALSE, &second);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
    UNREFERENCED_PARAMETER(DriverObject);
    UNREFERENCED_PARAMETER(RegistryPath);
    return STATUS_SUCCESS;
}
