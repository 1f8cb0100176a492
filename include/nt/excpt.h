// SPDX-License-Identifier: MIT
// Structured exceptions: ntdef.h brings them.
#ifndef KSS_NT_EXCPT_H
#define KSS_NT_EXCPT_H

#include "ntdef.h"

#endif
