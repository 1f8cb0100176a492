// SPDX-License-Identifier: MIT
// The arena on a POSIX host: a nameless shared file, mapped twice.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE // memfd_create, MAP_NORESERVE
#endif
#define _FILE_OFFSET_BITS 64
#ifdef __APPLE__
#define _DARWIN_C_SOURCE
#endif

#include "native/arena.h"

#include "native/sanitize.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

size_t kss_host_page(void) {
    long page = sysconf(_SC_PAGESIZE);
    return page > 0 ? (size_t)page : 4096;
}

static int file_in_folder(void) {
    char path[] = "/tmp/kss-XXXXXX";
    int file = mkstemp(path);
    if (file >= 0)
        unlink(path);
    return file;
}

#ifdef __linux__

static int nameless_file(void) {
    int file = memfd_create("kss", MFD_CLOEXEC);
    return file >= 0 ? file : file_in_folder();
}

#else

// A shared-memory name that nobody else has, for as long as it takes to open it.
static int nameless_file(void) {
    for (unsigned i = 0; i < 100; i++) {
        char name[] = "/kss-0000000000";
        unsigned long number = (unsigned long)getpid() * 100 + i;
        for (size_t digit = sizeof name - 2; name[digit] != '-'; digit--, number /= 10)
            name[digit] = (char)('0' + number % 10);
        int file = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
        if (file >= 0) {
            shm_unlink(name);
            return file;
        }
        if (errno != EEXIST)
            break;
    }
    return file_in_folder();
}

#endif

#ifndef MAP_NORESERVE
#define MAP_NORESERVE 0
#endif

#if UINTPTR_MAX == UINT32_MAX

// System addresses of a 32-bit NT machine have the top bit set, and pool and stacks are told from
// them by it nowhere; but signed arithmetic on pointers in old driver code is kinder below.
static void *map(size_t size, int access, int file) {
    enum { FIRST = 0x10000000, LAST = 0x70000000, STEP = 0x4000000 };
    for (uintptr_t hint = FIRST; hint < LAST; hint += STEP) {
        void *at = mmap((void *)hint, size, access, MAP_SHARED | MAP_NORESERVE, file, 0);
        if (at == MAP_FAILED)
            return NULL;
        if ((uintptr_t)at + size <= INT32_MAX)
            return at;
        munmap(at, size);
    }
    void *at = mmap(NULL, size, access, MAP_SHARED | MAP_NORESERVE, file, 0);
    return at == MAP_FAILED ? NULL : at;
}

#else

static void *map(size_t size, int access, int file) {
    void *at = mmap(NULL, size, access, MAP_SHARED | MAP_NORESERVE, file, 0);
    return at == MAP_FAILED ? NULL : at;
}

#endif

// Lays the areas out; false when the sum does not fit an address space.
static bool lay_out(struct kss_host_arena *a, size_t nonpaged, size_t stacks, size_t paged) {
    size_t page = kss_host_page(), limit = SIZE_MAX / 8;
    if (nonpaged > limit || stacks > limit || paged > limit)
        return false;
    a->nonpaged = 0;
    a->stacks = (nonpaged + page - 1) / page * page;
    a->paged = a->stacks + (stacks + page - 1) / page * page;
    a->size = a->paged + (paged + page - 1) / page * page;
    return a->size > 0;
}

static void unmap(uint8_t *at, size_t size) {
    if (at == NULL)
        return;
    kss_asan_clean(at, size); // whoever is mapped here next must not find old red zones
    munmap(at, size);
}

void kss_host_arena_close(struct kss_host_arena *a) {
    unmap(a->view, a->size);
    unmap(a->alias, a->size);
    *a = (struct kss_host_arena){0};
}

static const char *map_twice(struct kss_host_arena *a, int file) {
    size_t stacks = a->paged - a->stacks;
    if (ftruncate(file, (off_t)a->size) != 0)
        return "the host does not give the shared memory of a native machine";
    a->alias = map(a->size, PROT_READ | PROT_WRITE, file);
    a->view = map(a->size, PROT_READ | PROT_WRITE, file);
    if (a->alias == NULL || a->view == NULL)
        return "the host has no address space for the memory of a native machine";
    kss_asan_clean(a->alias, a->size);
    kss_asan_clean(a->view, a->size);
    if (stacks > 0 && !kss_host_arena_protect(a, a->view + a->stacks, stacks, false))
        return "the host does not protect the stacks of a native machine";
    return NULL;
}

bool kss_host_arena_open(struct kss_host_arena *a, size_t nonpaged, size_t stacks, size_t paged,
                         const char **error) {
    *a = (struct kss_host_arena){0};
    if (!lay_out(a, nonpaged, stacks, paged)) {
        *error = "the memory of a native machine must be larger than nothing and fit the host";
        return false;
    }
    int file = nameless_file();
    if (file < 0) {
        *error = "the host gives no shared memory (memfd_create, shm_open, /tmp)";
        return false;
    }
    const char *reason = map_twice(a, file);
    close(file);
    if (reason != NULL) {
        kss_host_arena_close(a);
        *error = reason;
        return false;
    }
    return true;
}

bool kss_host_arena_protect(struct kss_host_arena *a, uint8_t *view_address, size_t size,
                            bool accessible) {
    size_t page = kss_host_page(), offset = (size_t)(view_address - a->view);
    if (offset > a->size || size > a->size - offset || offset % page != 0 || size % page != 0)
        return false;
    if (mprotect(view_address, size, accessible ? PROT_READ | PROT_WRITE : PROT_NONE) != 0)
        return false;
    if (!accessible)
        kss_valgrind_ours(view_address, size);
    return true;
}
