// SPDX-License-Identifier: MIT
// Binary search over anything that is sorted.
#ifndef KSS_BASE_BISECT_H
#define KSS_BASE_BISECT_H

#include <stdint.h>

// Sets [at], a uint32_t, to the first index below [count] for which [before], an expression of [at], does
// not hold; it must hold for all indices in front of that one and for none behind. [count] when it holds
// for all.
#define KSS_BISECT(at, count, before)                                                              \
    do {                                                                                           \
        uint32_t kss_low = 0, kss_high = (count);                                                  \
        while (kss_low < kss_high) {                                                               \
            (at) = kss_low + (kss_high - kss_low) / 2;                                             \
            if (before)                                                                            \
                kss_low = (at) + 1;                                                                \
            else                                                                                   \
                kss_high = (at);                                                                   \
        }                                                                                          \
        (at) = kss_low;                                                                            \
    } while (0)

#endif
