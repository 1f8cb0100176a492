// SPDX-License-Identifier: MIT
// Look-ups by name. The .def files keep their rows in the byte order of names, so a look-up is a
// binary search over the constant rows themselves: about ten comparisons, no state, nothing to
// build. Every row type begins with its name.
#ifndef KSS_NT_FIND_H
#define KSS_NT_FIND_H

#include <stddef.h>

// Compares a row's name with [name, name + length), which may hold any bytes.
static inline int kss_name_order(const char *row, const char *name, size_t length) {
    for (size_t i = 0; i < length; i++) {
        unsigned char a = (unsigned char)row[i], b = (unsigned char)name[i];
        if (a != b)
            return a < b ? -1 : 1;
        if (a == 0)
            return -1; // a NUL inside [name]: never equal
    }
    return row[length] == 0 ? 0 : 1;
}

// The row of that name among [count] sorted rows of [size] bytes, or NULL.
static inline const void *kss_row_named(const void *rows, size_t count, size_t size,
                                        const char *name, size_t length) {
    const char *begin = rows;
    while (count > 0) {
        const char *middle = begin + count / 2 * size;
        int order = kss_name_order(*(const char *const *)(const void *)middle, name, length);
        if (order == 0)
            return middle;
        if (order < 0) {
            begin = middle + size;
            count -= count / 2 + 1;
        } else {
            count /= 2;
        }
    }
    return NULL;
}

#endif
