// SPDX-License-Identifier: MIT
// Cancel-safe queues: part of wdm.h since Windows XP.
#ifndef KSS_NT_CSQ_H
#define KSS_NT_CSQ_H

#include "wdm.h"

#endif
