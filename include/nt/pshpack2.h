// SPDX-License-Identifier: MIT
// Structures from here on are packed to 2, until poppack.h.
#pragma pack(push, 2)
