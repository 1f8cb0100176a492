// SPDX-License-Identifier: MIT
// Structures from here on are packed to 4, until poppack.h.
#pragma pack(push, 4)
