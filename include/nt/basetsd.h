// SPDX-License-Identifier: MIT
// Types: ntdef.h has them.
#ifndef KSS_NT_BASETSD_H
#define KSS_NT_BASETSD_H

#include "ntdef.h"

#endif
