// SPDX-License-Identifier: MIT
// What wasi-libc has instead: no permissions, no terminals, no mkstemp. Only the directories that
// the embedder opened in advance can be seen.
#include "base/os.h"
#include "base/os_private.h"

#ifdef __wasi__

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

int kss_os_make_temporary(char *path) {
    char *digits = path + strlen(path) - 6;
    for (unsigned attempt = 0; attempt < 1000000; attempt++) {
        unsigned number = attempt;
        for (int i = 5; i >= 0; i--, number /= 10)
            digits[i] = (char)('0' + number % 10);
        int file = open(path, O_WRONLY | O_CREAT | O_EXCL, 0666);
        if (file >= 0 || errno != EEXIST)
            return file;
    }
    return -1;
}

void kss_os_keep_mode(int file, unsigned mode) {
    (void)file;
    (void)mode;
}

char *kss_os_real_path(const char *path) {
    char *copy = strdup(path);
    if (copy == NULL)
        kss_os_fatal("out of memory");
    return copy;
}

bool kss_os_terminal(FILE *stream) {
    (void)stream;
    return false;
}

uint64_t kss_os_milliseconds(void) {
    return 0;
}

bool kss_os_colours(FILE *stream) {
    (void)stream;
    return false;
}

const char *kss_os_program(void) {
    return "program";
}

void kss_os_will_fill(void *memory, size_t size) {
    (void)memory;
    (void)size;
}

#endif
