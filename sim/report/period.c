// SPDX-License-Identifier: MIT
// The recursion period of a path: the smallest period of its longest repeating stretch. Two rows are
// alike when routine (symbol with offset) and size are.
#include "report/private.h"

#include "base/arena.h"

struct kss_repeat kss_find_repeat(const struct kss_digest_row *path, uint32_t count) {
    struct kss_arena arena = {0};
    uint64_t *keys = KSS_NEW_ARRAY(&arena, uint64_t, (size_t)count + 1);
    uint32_t *letters = KSS_NEW_ARRAY(&arena, uint32_t, (size_t)count + 1);
    for (uint32_t i = 0; i < count; i++)
        keys[i] = (uint64_t)path[i].symbol << 32 | path[i].bytes;
    kss_repeat_letters(keys, count, letters);
    struct kss_repeat repeat = kss_repeat_find(letters, count, 2);
    for (uint32_t i = 0; i < repeat.period; i++)
        repeat.bytes += path[repeat.first + i].bytes;
    kss_arena_free(&arena);
    return repeat;
}
