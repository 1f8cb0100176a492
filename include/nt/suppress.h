// SPDX-License-Identifier: MIT
// Names of code-analysis warnings that driver sources switch off; nothing here listens.
#ifndef KSS_NT_SUPPRESS_H
#define KSS_NT_SUPPRESS_H

#define __WARNING_IRQ_SET_TOO_HIGH   28150
#define __WARNING_MODIFYING_MDL      28145
#define __WARNING_OPERAND_ASSIGNMENT 28144

#endif
