// SPDX-License-Identifier: MIT
// Structures from here on are packed to 1, until poppack.h.
#pragma pack(push, 1)
