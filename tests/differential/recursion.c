// SPDX-License-Identifier: MIT
// A routine that calls itself until the kernel stack is used up.
// Its twin: recursion.kss
#include <ntifs.h>

DECLSPEC_NOINLINE ULONG Descend(ULONG Level); // one turn is one frame

ULONG Descend(ULONG Level) {
    volatile UCHAR page[0x200];

    page[Level & 0xFF] = (UCHAR)Level;
    return Descend(Level + 1) + page[Level & 0xFF];
}
