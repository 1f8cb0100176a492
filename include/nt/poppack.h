// SPDX-License-Identifier: MIT
// Ends what pshpack1.h, ... began.
#pragma pack(pop)
