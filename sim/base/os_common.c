// SPDX-License-Identifier: MIT
// The part of os.h that POSIX hosts and WASI share.
#define _POSIX_C_SOURCE   200809L
#define _FILE_OFFSET_BITS 64

#include "base/os.h"
#include "base/arena.h"
#include "base/os_private.h"
#include "base/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHUNK = 64 * 1024 };

const char *kss_os_reason(int error) {
    switch (error) {
    case ENOENT: return "no such file or directory";
    case ENOTDIR: return "not a directory";
    case EACCES:
    case EPERM: return "permission denied";
    case EISDIR: return "is a directory";
    case EROFS: return "read-only file system";
    case ENOSPC: return "no space left on device";
    case EFBIG: return "file too large";
    case EPIPE: return "the reader closed the pipe";
    case EIO: return "input or output error";
    case EMFILE:
    case ENFILE: return "too many open files";
    case ENAMETOOLONG: return "file name too long";
    case ELOOP: return "too many symbolic links";
    case ENOMEM: return "out of memory";
    case EBADF: return "not open";
    case EAGAIN: return "no data yet";
    case EXDEV: return "on another file system";
    case ETXTBSY:
    case EBUSY: return "in use";
    default: return strerror(error);
    }
}

enum kss_os_kind kss_os_kind(const char *path) {
    struct stat status;
    if (stat(path, &status) != 0)
        return KSS_OS_MISSING;
    return S_ISDIR(status.st_mode) ? KSS_OS_DIRECTORY : KSS_OS_FILE;
}

int kss_os_is_special(const char *path) {
    struct stat status;
    return stat(path, &status) == 0 && !S_ISREG(status.st_mode);
}

// ---- Reading ------------------------------------------------------------------------------------

static const char too_large[] = "2 GiB or larger";

// Reads up to [size] bytes; fewer only at the end of the file.
static const char *read_some(int file, char *bytes, size_t size, size_t *length) {
    *length = 0;
    while (*length < size) {
        ssize_t got = read(file, bytes + *length, size - *length);
        if (got == 0)
            return NULL;
        if (got > 0)
            *length += (size_t)got;
        else if (errno != EINTR)
            return kss_os_reason(errno);
    }
    return NULL;
}

// A file of known size, read straight into the arena.
static const char *read_sized(struct kss_arena *arena, int file, size_t size, char **bytes,
                              size_t *length) {
    *bytes = kss_alloc(arena, size + 1);
    return read_some(file, *bytes, size, length);
}

// A pipe, a terminal or a file that does not tell its size.
static const char *read_stream(struct kss_arena *arena, int file, char **bytes, size_t *length) {
    char *buffer = NULL;
    unsigned capacity = 0;
    const char *reason;
    size_t got;
    *length = 0;
    do {
        if (*length + CHUNK > INT32_MAX) {
            free(buffer);
            return too_large;
        }
        KSS_ROOM(buffer, *length + CHUNK, capacity);
        reason = read_some(file, buffer + *length, CHUNK, &got);
        *length += got;
    } while (reason == NULL && got == CHUNK);
    if (reason == NULL)
        *bytes = kss_alloc_text(arena, buffer, *length);
    free(buffer);
    return reason;
}

static const char *read_open(struct kss_arena *arena, int file, char **bytes, size_t *length) {
    struct stat status;
    if (fstat(file, &status) != 0)
        return kss_os_reason(errno);
    if (S_ISDIR(status.st_mode))
        return kss_os_reason(EISDIR);
    if (!S_ISREG(status.st_mode) || status.st_size <= 0)
        return read_stream(arena, file, bytes, length);
    if (status.st_size >= INT32_MAX)
        return too_large;
    return read_sized(arena, file, (size_t)status.st_size, bytes, length);
}

const char *kss_os_read(struct kss_arena *arena, const char *path, char **bytes, size_t *length) {
    *bytes = NULL;
    *length = 0;
    if (strcmp(path, "-") == 0)
        return read_stream(arena, STDIN_FILENO, bytes, length);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return kss_os_reason(errno);
    const char *reason = read_open(arena, file, bytes, length);
    close(file);
    return reason;
}

// ---- Writing ------------------------------------------------------------------------------------

const char *kss_os_put(FILE *stream, const char *bytes, size_t length) {
    errno = 0;
    if (fwrite(bytes, 1, length, stream) == length && fflush(stream) == 0)
        return NULL;
    return kss_os_reason(errno ? errno : EIO);
}

const char *kss_os_write_all(int file, const char *bytes, size_t length) {
    while (length > 0) {
        ssize_t wrote = write(file, bytes, length);
        if (wrote < 0 && errno != EINTR)
            return kss_os_reason(errno);
        if (wrote > 0) {
            bytes += wrote;
            length -= (size_t)wrote;
        }
    }
    return NULL;
}

static const char *close_after(int file, const char *reason) {
    if (close(file) != 0 && reason == NULL && errno != EINTR)
        return kss_os_reason(errno);
    return reason;
}

static const char *write_through(const char *path, const char *bytes, size_t length) {
    int file = open(path, O_WRONLY | O_CLOEXEC);
    if (file < 0)
        return kss_os_reason(errno);
    return close_after(file, kss_os_write_all(file, bytes, length));
}

static const char *write_beside(const char *path, char *temporary, const char *bytes,
                                size_t length) {
    int file = kss_os_make_temporary(temporary);
    if (file < 0)
        return kss_os_reason(errno);
    struct stat status;
    const char *reason = kss_os_write_all(file, bytes, length);
    if (reason == NULL && stat(path, &status) == 0)
        kss_os_keep_mode(file, (unsigned)status.st_mode);
    reason = close_after(file, reason);
    if (reason == NULL && rename(temporary, path) != 0)
        reason = kss_os_reason(errno);
    if (reason != NULL)
        unlink(temporary);
    return reason;
}

const char *kss_os_write(const char *path, const char *bytes, size_t length) {
    if (strcmp(path, "-") == 0)
        return kss_os_put(stdout, bytes, length);
    if (kss_os_is_special(path))
        return write_through(path, bytes, length);
    char *target = kss_os_real_path(path);
    struct kss_text temporary = {0};
    kss_text_str(&temporary, target);
    kss_text_str(&temporary, ".XXXXXX");
    const char *reason = write_beside(target, temporary.bytes, bytes, length);
    kss_text_free(&temporary);
    free(target);
    return reason;
}

// ---- Directories --------------------------------------------------------------------------------

static int by_bytes(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static const char *read_names(struct kss_arena *arena, DIR *directory, char ***names,
                              size_t *count) {
    char **found = NULL;
    unsigned capacity = 0;
    const struct dirent *entry;
    for (errno = 0; (entry = readdir(directory)) != NULL; errno = 0) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        KSS_ROOM(found, *count, capacity);
        found[(*count)++] = kss_alloc_text(arena, entry->d_name, strlen(entry->d_name));
    }
    const char *reason = errno ? kss_os_reason(errno) : NULL;
    *names = KSS_NEW_ARRAY(arena, char *, *count);
    if (*count > 0) {
        memcpy(*names, found, *count * sizeof *found);
        qsort(*names, *count, sizeof **names, by_bytes);
    }
    free(found);
    return reason;
}

const char *kss_os_list(struct kss_arena *arena, const char *path, char ***names, size_t *count) {
    *names = NULL;
    *count = 0;
    DIR *directory = opendir(path);
    if (directory == NULL)
        return kss_os_reason(errno);
    const char *reason = read_names(arena, directory, names, count);
    closedir(directory);
    return reason;
}

const char *kss_os_resolve(struct kss_arena *arena, const char *path) {
    char *real = kss_os_real_path(path);
    char *copy = kss_alloc_text(arena, real, strlen(real));
    free(real);
    return copy;
}
