// SPDX-License-Identifier: MIT
// What only a POSIX host has: temporary files, permissions, links, terminals.
#ifndef __wasi__
#define _POSIX_C_SOURCE   200809L
#define _XOPEN_SOURCE     700
#define _FILE_OFFSET_BITS 64
#define _DEFAULT_SOURCE   // madvise
#endif

#include "base/os.h"
#include "base/os_private.h"

#ifndef __wasi__

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

int kss_os_make_temporary(char *path) {
    int file = mkstemp(path);
    if (file >= 0) { // mkstemp's files are private; a new file gets what the user's mask leaves
        mode_t mask = umask(0);
        umask(mask);
        fchmod(file, 0666 & ~mask);
    }
    return file;
}

void kss_os_keep_mode(int file, unsigned mode) {
    fchmod(file, (mode_t)(mode & 07777));
}

char *kss_os_real_path(const char *path) {
    char *real = realpath(path, NULL);
    if (real == NULL)
        real = strdup(path);
    if (real == NULL)
        kss_os_fatal("out of memory");
    return real;
}

bool kss_os_terminal(FILE *stream) {
    const char *term = getenv("TERM");
    return term != NULL && strcmp(term, "dumb") != 0 && isatty(fileno(stream)) == 1;
}

bool kss_os_colours(FILE *stream) {
    const char *no_color = getenv("NO_COLOR");
    return (no_color == NULL || no_color[0] == '\0') && kss_os_terminal(stream);
}

uint64_t kss_os_milliseconds(void) {
    struct timespec now;
    if (clock_gettime(CLOCK_MONOTONIC, &now) != 0)
        return 0;
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

const char *kss_os_program(void) {
    extern const char *__progname; // of every C library of POSIX hosts
    return __progname != NULL && __progname[0] != '\0' ? __progname : "program";
}

void kss_os_will_fill(void *memory, size_t size) {
#ifdef MADV_HUGEPAGE
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t begin = ((uintptr_t)memory + page - 1) / page * page;
    uintptr_t end = ((uintptr_t)memory + size) / page * page;
    if (end > begin)
        madvise((void *)begin, end - begin, MADV_HUGEPAGE);
#else
    (void)memory;
    (void)size;
#endif
}

#endif
