// SPDX-License-Identifier: MIT
#include "base/arena.h"
#include "base/os.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct kss_arena_block {
    struct kss_arena_block *older;
    size_t pad; // keeps the payload 16-byte aligned on 32-bit hosts too
};

enum { BLOCK = 64 * 1024, ALIGN = 16, HEADER = 32, LARGE = 4 * 1024 * 1024 };
_Static_assert(sizeof(struct kss_arena_block) <= HEADER, "the block header has its room");

static void add_block(struct kss_arena *arena, size_t size) {
    size_t bytes = size > BLOCK - HEADER ? size + HEADER + ALIGN : BLOCK;
    struct kss_arena_block *block = calloc(1, bytes);
    if (block == NULL)
        kss_os_fatal("out of memory");
    if (bytes >= LARGE)
        kss_os_will_fill(block, bytes);
    block->older = arena->blocks;
    arena->blocks = block;
    uintptr_t start = ((uintptr_t)block + HEADER + ALIGN - 1) & ~(uintptr_t)(ALIGN - 1);
    arena->next = (char *)start;
    arena->end = (char *)block + bytes;
    arena->total += bytes;
}

void *kss_alloc(struct kss_arena *arena, size_t size) {
    if (size > SIZE_MAX / 2)
        kss_os_fatal("out of memory");
    size = (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    if (arena->blocks == NULL || (size_t)(arena->end - arena->next) < size)
        add_block(arena, size);
    void *memory = arena->next;
    arena->next += size;
    return memory;
}

char *kss_alloc_text(struct kss_arena *arena, const char *text, size_t length) {
    char *copy = kss_alloc(arena, length + 1);
    memcpy(copy, text, length);
    return copy;
}

void kss_arena_free(struct kss_arena *arena) {
    struct kss_arena_block *block = arena->blocks;
    while (block != NULL) {
        struct kss_arena_block *older = block->older;
        free(block);
        block = older;
    }
    *arena = (struct kss_arena){0};
}

void *kss_grow(void *items, unsigned *capacity, size_t wanted, size_t size) {
    size_t count = *capacity ? *capacity : 8;
    while (count < wanted)
        count *= 2;
    if (count > UINT32_MAX || count > SIZE_MAX / size)
        kss_os_fatal("out of memory");
    void *bigger = realloc(items, count * size);
    if (bigger == NULL)
        kss_os_fatal("out of memory");
    memset((char *)bigger + *capacity * size, 0, (count - *capacity) * size);
    *capacity = (unsigned)count;
    return bigger;
}
