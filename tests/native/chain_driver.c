// SPDX-License-Identifier: MIT
// Chains of calls whose depth can be known twice: added up by `kss stack` from what the compiler says of each
// function, and read off the paint of a kernel stack. Each chain goes its deepest way, and its last
// function writes the lowest byte of its frame, so that the paint ends where the frame does.
#include <ntddk.h>

DRIVER_INITIALIZE DriverEntry;

#define CHAIN DECLSPEC_NOINLINE __attribute__((noipa))
// The byte that SP points at. It belongs to [room], which has no other use.
#define TOUCH(room) __asm__ volatile("movb $1, (%%rsp)" : "=m"(room))

static CHAIN ULONG Small(ULONG n) {
    UCHAR room[64];
    TOUCH(room);
    return n + 1;
}

static CHAIN ULONG Large(ULONG n) { // more than a page: gcc probes it on the way down
    UCHAR room[8192];
    TOUCH(room);
    return n + 2;
}

static CHAIN ULONG Twelve(ULONG a, ULONG b, ULONG c, ULONG d, ULONG e, ULONG f, ULONG g, ULONG h,
                          ULONG i, ULONG j, ULONG k, ULONG l) {
    return Small(a + b + c + d + e + f + g + h + i + j + k + l) + a * l;
}

static CHAIN double Keeps(double x, double y, ULONG n) { // XMM registers that calls preserve
    double products[3] = {x * y, x + y, x - y};
    ULONG value = Small(n);
    return products[0] * products[1] + products[2] * value;
}

static CHAIN ULONG Deep(ULONG n) {
    volatile UCHAR room[1500];
    room[n % sizeof room] = 1;
    return Small(n) + room[n % sizeof room];
}

static CHAIN ULONG Shallow(ULONG n) {
    volatile UCHAR room[40];
    room[n % sizeof room] = 1;
    return n + room[n % sizeof room];
}

static CHAIN ULONG Walk(ULONG n) {
    volatile UCHAR room[120];
    room[0] = (UCHAR)n;
    return n > 0 ? Walk(n - 1) + room[0] : Small(room[0]);
}

// ---- Roots ------------------------------------------------------------------------------------------

ULONG ChainSmall(ULONG n) {
    return Small(n) + 1;
}

ULONG ChainLarge(ULONG n) {
    return Large(n) + 1;
}

ULONG ChainTwelve(ULONG n) {
    return Twelve(n, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12) + 1;
}

ULONG ChainKeeps(ULONG n) {
    return (ULONG)Keeps(n, n + 1, n) + 1;
}

ULONG ChainBranches(ULONG n) {
    return n == 0 ? Shallow(n) : Deep(n) + Shallow(n);
}

ULONG ChainWalk(ULONG n) { // annotation: depth Walk <= 6
    UNREFERENCED_PARAMETER(n);
    return Walk(5) + 1;
}

// What lies between the stack's base and the frame of a root: the caller's SP is one record above.
ULONG ChainEntry(ULONG n) {
    ULONG_PTR low, high;
    UNREFERENCED_PARAMETER(n);
    IoGetStackLimits(&low, &high);
    return (ULONG)(high - ((ULONG_PTR)__builtin_frame_address(0) + 2 * sizeof(PVOID)));
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
    UNREFERENCED_PARAMETER(DriverObject);
    UNREFERENCED_PARAMETER(RegistryPath);
    return STATUS_SUCCESS;
}
