// SPDX-License-Identifier: MIT
// The longest repeating stretch, by halving (Main and Lorentz 1984).
//
// A stretch with period p is a run of letters i for which letter[i] and letter[i + p] are alike; it
// repeats when it holds at least two turns. It lies in the left half, in the right half, or crosses the
// middle, and what crosses the middle is measured for every period at once with the Z function,
// which tells for each position how long a string goes on like its own beginning.
//
//        u (left half)        |        v (right half)
//     . . . a b c a b c a b c | a b c a b x . .
//           ^ Z of u reversed | ^ Z of v
#include "base/repeat.h"

#include "base/arena.h"

#include <stdbool.h>
#include <stdlib.h>

struct search {
    const uint32_t *letters;
    uint32_t *joined, *z_right, *z_left, *z_cross_left, *z_cross_right;
    uint32_t turns; // that count
    struct kss_repeat best;
};

void kss_repeat_z(const uint32_t *s, uint32_t n, uint32_t *z) {
    uint32_t left = 0, right = 0;
    for (uint32_t i = 1; i < n; i++) {
        uint32_t k = i < right ? (z[i - left] < right - i ? z[i - left] : right - i) : 0;
        while (i + k < n && s[k] == s[i + k])
            k++;
        z[i] = k;
        if (i + k > right) {
            left = i;
            right = i + k;
        }
    }
    if (n > 0)
        z[0] = n;
}

static void consider(struct search *search, uint32_t first, uint32_t pairs, uint32_t period) {
    uint32_t rows = pairs + period;
    if (rows / period < search->turns)
        return;
    struct kss_repeat *best = &search->best;
    bool better = best->period == 0 || rows > best->rows ||
                  (rows == best->rows &&
                   (period < best->period || (period == best->period && first < best->first)));
    if (better)
        *best = (struct kss_repeat){.first = first, .period = period, .rows = rows};
}

static void put(uint32_t *to, const uint32_t *from, uint32_t count, bool reversed) {
    for (uint32_t i = 0; i < count; i++)
        to[i] = from[reversed ? count - 1 - i : i];
}

// Stretches of [low, high) that cross [middle].
static void cross(struct search *search, uint32_t low, uint32_t middle, uint32_t high) {
    const uint32_t *u = search->letters + low, *v = search->letters + middle;
    uint32_t nu = middle - low, nv = high - middle;
    kss_repeat_z(v, nv, search->z_right); // v against v + p
    put(search->joined, u, nu, true);
    search->joined[nu] = UINT32_MAX;
    put(search->joined + nu + 1, v, nv, true);
    kss_repeat_z(search->joined, nu + 1 + nv, search->z_cross_left); // u's end against v[..p]'s end
    kss_repeat_z(search->joined, nu, search->z_left);                // u's end against itself - p
    put(search->joined, v, nv, false);
    search->joined[nv] = UINT32_MAX;
    put(search->joined + nv + 1, u, nu, false);
    kss_repeat_z(search->joined, nv + 1 + nu, search->z_cross_right); // v against u[nu - p..]
    for (uint32_t p = 1; p <= nv; p++) { // pairs next to the middle, on both sides
        uint32_t right = p < nv ? search->z_right[p] : 0;
        uint32_t left = search->z_cross_left[nu + 1 + nv - p];
        if (left == p && p < nu)
            left += search->z_left[p];
        consider(search, middle - left, left + right, p);
    }
    for (uint32_t p = 1; p <= nu; p++) { // pairs whose right partner is next to the middle
        uint32_t left = p < nu ? search->z_left[p] : 0;
        uint32_t right = search->z_cross_right[nv + 1 + nu - p];
        if (right == p && p < nv)
            right += search->z_right[p];
        consider(search, middle - p - left, left + right, p);
    }
}

static void halve(struct search *search, uint32_t low, uint32_t high) {
    if (high - low < 2)
        return;
    uint32_t middle = low + (high - low) / 2;
    halve(search, low, middle); // depth: log2 of the rows
    halve(search, middle, high);
    cross(search, low, middle, high);
}

struct kss_repeat kss_repeat_find(const uint32_t *letters, uint32_t count, uint32_t turns) {
    struct kss_arena arena = {0};
    struct search search = {.letters = letters, .turns = turns < 2 ? 2 : turns};
    uint32_t **rooms[] = {&search.joined, &search.z_right, &search.z_left, &search.z_cross_left,
                          &search.z_cross_right};
    for (unsigned i = 0; i < sizeof rooms / sizeof *rooms; i++)
        *rooms[i] = KSS_NEW_ARRAY(&arena, uint32_t, (size_t)count + 2);
    halve(&search, 0, count);
    kss_arena_free(&arena);
    return search.best;
}

// ---- Letters ------------------------------------------------------------------------------------
struct keyed {
    uint64_t key;
    uint32_t row;
};

static int by_key(const void *a, const void *b) {
    const struct keyed *x = a, *y = b;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return x->row < y->row ? -1 : 1;
}

void kss_repeat_letters(const uint64_t *keys, uint32_t count, uint32_t *letters) {
    struct kss_arena arena = {0};
    struct keyed *keyed = KSS_NEW_ARRAY(&arena, struct keyed, (size_t)count + 1);
    for (uint32_t i = 0; i < count; i++)
        keyed[i] = (struct keyed){keys[i], i};
    qsort(keyed, count, sizeof *keyed, by_key);
    uint32_t letter = 0;
    for (uint32_t i = 0; i < count; i++) {
        letter += i > 0 && keyed[i].key != keyed[i - 1].key;
        letters[keyed[i].row] = letter;
    }
    kss_arena_free(&arena);
}
