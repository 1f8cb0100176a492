// SPDX-License-Identifier: MIT
// Structures from here on are packed to 8, until poppack.h.
#pragma pack(push, 8)
