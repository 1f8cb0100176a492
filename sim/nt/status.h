// SPDX-License-Identifier: MIT
// The STATUS_ values of status.def for C code, as constants that also serve as case labels.
//
// NTSTATUS is a signed 32-bit integer, so an error such as 0xC0000005 is a negative int here, as it
// is for a driver. Where a status travels as bits (the value of an outcome, the word of an event)
// write (uint32_t)STATUS_TIMEOUT.
#ifndef KSS_NT_STATUS_H
#define KSS_NT_STATUS_H

#include <stdbool.h>
#include <stdint.h>

enum kss_status {
#define STATUS(name, value)       name = (int32_t)(value),
#define STATUS_ALIAS(name, value) name = (int32_t)(value),
#include "nt/status.def"
#undef STATUS
#undef STATUS_ALIAS
};

// NT_SUCCESS: neither a warning nor an error. Waits that time out are a success to it.
static inline bool kss_status_success(uint32_t status) {
    return (int32_t)status >= 0;
}

#endif
