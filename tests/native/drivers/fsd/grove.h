// SPDX-License-Identifier: MIT
// grove: a read-only file system in little. One file lies on its volume, and a tree leads to its pieces.
#ifndef GROVE_H
#define GROVE_H

#include <ntifs.h>

#define GROVE_DEVICE   L"\\Device\\Grove"
#define GROVE_LEVELS   6                                        // of the tree, above the pieces
#define GROVE_PIECE    16                                       // bytes of the file in a piece
#define GROVE_SIZE     (GROVE_PIECE << GROVE_LEVELS)            // of the file
#define GROVE_BYTE(at) ((UCHAR)('a' + (at) / GROVE_PIECE % 26)) // what the file holds

// Input: ULONG, an offset into the file. The way to its piece is damaged from now on.
#define IOCTL_GROVE_DAMAGE                                                                         \
    CTL_CODE(FILE_DEVICE_FILE_SYSTEM, 0x801, METHOD_BUFFERED, FILE_ANY_ACCESS)

// With less left, a read is done by nt's stack overflow thread. What such thresholds are made of is the
// stack that dispatching an exception takes: 0x1240 in listings of Windows 10 on x64. (FAT's are 0xE00 on
// x86 and 0x1000 elsewhere.)
#define GROVE_READ_NEEDS 0x2000
// With less left, the way down the tree goes on on an expanded stack: a level may raise.
#define GROVE_LEVEL_NEEDS 0x1600
#define GROVE_EXPANSION   0x4000

#endif
