// SPDX-License-Identifier: MIT
// Compiled with EXACT_FRAMES: calls of every shape, and SEH, by the Microsoft convention.
#include <ntddk.h>

DRIVER_INITIALIZE DriverEntry;

// Imports, which the test provides by the host's convention.
ULONG ExactSix(ULONG A, ULONG B, ULONG C, ULONG D, ULONG E, ULONG F);
ULONG ExactTwelve(ULONG A, ULONG B, ULONG C, ULONG D, ULONG E, ULONG F, ULONG G, ULONG H, ULONG I,
                  ULONG J, ULONG K, ULONG L);
VOID ExactRaise(NTSTATUS Status);

static NTSTATUS Guarded(NTSTATUS Status, PULONG Finals) {
    __try {
        __try {
            if (Status == 1)
                return 5;
            ExactRaise(Status);
        } __finally {
            *Finals += AbnormalTermination() ? 10 : 1;
        }
    } __except (GetExceptionCode() == Status) {
        return GetExceptionCode() + 1;
    }
    return 0;
}

ULONG ExactAll(PUCHAR Buffer, SIZE_T Length);
ULONG ExactAll(PUCHAR Buffer, SIZE_T Length) {
    ULONG finals = 0, errors = 0;
    UCHAR copy[64];
    RtlFillMemory(Buffer, Length, 7);
    RtlCopyMemory(copy, Buffer, Length);
    errors += ExactSix(1, 2, 3, 4, 5, 6) != 123456;
    errors += 2 * (ExactTwelve(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12) != 650);
    errors += 4 * (RtlEqualMemory(copy, Buffer, Length) == 0);
    errors += 8 * (Guarded(1, &finals) != 5);
    errors += 16 * (Guarded(40, &finals) != 41);
    errors += 32 * (finals != 20);
    errors += 64 * (copy[Length - 1] != 7);
    return errors;
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
    return DriverObject == NULL ? (NTSTATUS)ExactAll((PUCHAR)RegistryPath, 48) : STATUS_SUCCESS;
}
