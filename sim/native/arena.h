// SPDX-License-Identifier: MIT
// The memory of a native machine: one shared mapping that exists twice.
//
//     view                              alias
//      +--------------------------+      +--------------------------+  offset 0 = nonpaged
//      | nonpaged pool     rw     |      |            rw            |
//      +--------------------------+      +--------------------------+  stacks
//      | stacks                   |      |                          |
//      |   nothing, until         |      |            rw            |
//      |   protect(.., true)      |      |                          |
//      +--------------------------+      +--------------------------+  paged
//      | paged pool        rw     |      |            rw            |
//      +--------------------------+      +--------------------------+  size
//
// Driver code runs on the view. The simulator reads and writes the same bytes through the alias, also
// while the view of a stack is taken away because it is out-swapped: nothing is copied, and nothing
// the driver does can make the simulator fault. Guards are what the caller leaves out between stacks.
//
// (struct kss_arena in base/arena.h is something else: memory for things that are freed at once.)
#ifndef KSS_NATIVE_ARENA_H
#define KSS_NATIVE_ARENA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct kss_host_arena {
    uint8_t *view, *alias;
    size_t size;                    // of each of the two, whole host pages
    size_t nonpaged, stacks, paged; // offsets of the three areas, in this order, at host pages
};

// The host's page size in bytes: 4, 16 or 64 KiB.
size_t kss_host_page(void);

// Maps areas of at least so many bytes, each rounded up to host pages; all bytes are zero. Returns
// false with the reason, static text, in *error. On 32-bit hosts both mappings lie below 2 GiB where
// the host has room there.
bool kss_host_arena_open(struct kss_host_arena *a, size_t nonpaged, size_t stacks, size_t paged,
                         const char **error);

// Unmaps both; a zeroed or closed arena is left alone.
void kss_host_arena_close(struct kss_host_arena *a);

// Gives or takes the view's access to whole host pages within the arena. Contents stay. Returns false
// when [view_address] or [size] is no multiple of the host page, the range is not the arena's, or the
// host refuses (the number of mappings is limited; then nothing has changed).
bool kss_host_arena_protect(struct kss_host_arena *a, uint8_t *view_address, size_t size,
                            bool accessible);

// Whether [address] lies in the view, and the alias of one that does.
static inline bool kss_host_arena_has(const struct kss_host_arena *a, const void *address) {
    return (uintptr_t)address - (uintptr_t)a->view < a->size;
}

static inline uint8_t *kss_host_arena_alias(const struct kss_host_arena *a, const void *address) {
    return a->alias + ((const uint8_t *)address - a->view);
}

#endif
