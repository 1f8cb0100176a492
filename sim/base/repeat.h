// SPDX-License-Identifier: MIT
// The longest stretch of a row of letters that repeats: what recursion looks like in a call stack.
//
//     x y | a b c a b c a b c a | z        first 2, period 3, rows 10: three complete turns
//
// Depends on arena.h.
#ifndef KSS_BASE_REPEAT_H
#define KSS_BASE_REPEAT_H

#include <stdint.h>

struct kss_repeat {
    uint32_t first;  // index of its first letter
    uint32_t period; // letters of a turn, 0: nothing repeats
    uint32_t rows;   // letters it covers
    uint64_t bytes;  // of one turn: left at 0 for those whose letters have a size
};

// The stretch of [letters] that covers most and holds at least [turns] (2 or more) complete turns of
// its period; among equals the one with the smallest period, then the first. O(n log n). Letters
// are any numbers but UINT32_MAX.
struct kss_repeat kss_repeat_find(const uint32_t *letters, uint32_t count, uint32_t turns);

// z[i]: how long [letters] from i on go on like their own beginning; z[0] is count. Linear.
void kss_repeat_z(const uint32_t *letters, uint32_t count, uint32_t *z);

// Numbers [count] keys from 0 on, equal keys alike, in the order of the keys: letters for the search.
void kss_repeat_letters(const uint64_t *keys, uint32_t count, uint32_t *letters);

#endif
