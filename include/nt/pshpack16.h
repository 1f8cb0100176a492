// SPDX-License-Identifier: MIT
// Structures from here on are packed to 16, until poppack.h.
#pragma pack(push, 16)
