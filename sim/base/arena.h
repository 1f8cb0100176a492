// SPDX-License-Identifier: MIT
// Bump allocation: everything a scenario owns is freed at once.
//
// Ownership: whoever creates an arena frees it with kss_arena_free; nothing in it is freed singly.
// kss_alloc never returns NULL: when the host has no memory left, kss_os_fatal ends the process
// with exit status 70. Depends on nothing but os.h.
#ifndef KSS_BASE_ARENA_H
#define KSS_BASE_ARENA_H

#include <stddef.h>

struct kss_arena_block;

struct kss_arena {
    struct kss_arena_block *blocks; // newest first
    char *next, *end;               // free room in the newest block
    size_t total;                   // bytes taken from the host
};

// [size] bytes, zeroed, 16-byte aligned; valid until kss_arena_free.
void *kss_alloc(struct kss_arena *arena, size_t size);

// A NUL-terminated copy of [length] bytes of [text].
char *kss_alloc_text(struct kss_arena *arena, const char *text, size_t length);

// Frees everything; the arena is empty and can be used again. A zeroed struct is an empty arena.
void kss_arena_free(struct kss_arena *arena);

#define KSS_NEW(arena, type)              ((type *)kss_alloc((arena), sizeof(type)))
#define KSS_NEW_ARRAY(arena, type, count) ((type *)kss_alloc((arena), sizeof(type) * (count)))

// Grows a malloc'd array so that index [count] is valid. [items] and [capacity] are lvalues.
#define KSS_ROOM(items, count, capacity)                                                           \
    ((void)((count) < (capacity) ||                                                                \
            ((items) = kss_grow((items), &(capacity), (size_t)(count) + 1, sizeof *(items)))))

// Reallocates [items] to at least [wanted] entries of [size] bytes, doubling; [capacity] (uint32_t)
// is updated; new entries are zeroed. Never NULL.
void *kss_grow(void *items, unsigned *capacity, size_t wanted, size_t size);

#endif
