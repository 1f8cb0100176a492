// SPDX-License-Identifier: MIT
// "Did you mean": the distance between two names in half edits.
//
// The usual table: cell (i, j) is the cost of turning the first i bytes of a into the first j bytes
// of b. A cell needs the row above, the cell to its left and, for two neighbours swapped, the row
// above that, so three rows are kept. An edit costs two half edits, a letter in the wrong case one.
#include "base/text.h"

#include <limits.h>
#include <string.h>

enum { EDIT = 2, CASE = 1, LONGEST = 255 };

static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static unsigned replace_cost(char a, char b) {
    return a == b ? 0 : lower(a) == lower(b) ? CASE : EDIT;
}

static unsigned least(unsigned a, unsigned b) {
    return a < b ? a : b;
}

static unsigned above(unsigned limit) {
    return limit < UINT_MAX ? limit + 1 : limit;
}

unsigned kss_edit_distance(const char *a, size_t a_length, const char *b, size_t b_length,
                           unsigned limit) {
    if (a_length == b_length && (a_length == 0 || memcmp(a, b, a_length) == 0))
        return 0;
    if (a_length > LONGEST || b_length > LONGEST)
        return above(limit);
    size_t difference = a_length > b_length ? a_length - b_length : b_length - a_length;
    if (difference * EDIT > limit)
        return above(limit);

    unsigned rows[3][LONGEST + 1];
    unsigned *before = rows[0], *up = rows[1], *row = rows[2];
    unsigned best_up = 0; // of the row above; with the row's own it bounds all that follow
    for (size_t j = 0; j <= b_length; j++)
        up[j] = (unsigned)j * EDIT;
    for (size_t i = 1; i <= a_length; i++) {
        unsigned best = row[0] = (unsigned)i * EDIT;
        for (size_t j = 1; j <= b_length; j++) {
            unsigned cost = up[j - 1] + replace_cost(a[i - 1], b[j - 1]);
            cost = least(cost, least(up[j], row[j - 1]) + EDIT);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                cost = least(cost, before[j - 2] + EDIT);
            row[j] = cost;
            best = least(best, cost);
        }
        if (best > limit && best_up > limit)
            return above(limit);
        best_up = best;
        unsigned *oldest = before;
        before = up;
        up = row;
        row = oldest;
    }
    return up[b_length];
}

static bool same_but_case(const char *a, const char *b, size_t length) {
    for (size_t i = 0; i < length; i++)
        if (b[i] == '\0' || lower(a[i]) != lower(b[i]))
            return false;
    return b[length] == '\0';
}

const char *kss_closest(const char *word, size_t length, const char *const *names, size_t count) {
    const char *closest = NULL;
    bool same = false;
    unsigned limit = (unsigned)(length < LONGEST ? length : LONGEST) * EDIT / 3;
    for (size_t i = 0; i < count; i++) {
        bool only_case = !same && same_but_case(word, names[i], length);
        unsigned distance = kss_edit_distance(word, length, names[i], strlen(names[i]), limit);
        if (distance > limit && !only_case)
            continue;
        closest = names[i];
        if (distance == 0)
            break;
        same = same || only_case;
        limit = same ? 0 : distance - 1; // only a closer one counts from now on
    }
    return closest;
}
