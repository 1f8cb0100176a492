// SPDX-License-Identifier: MIT
// What os_*.c share among themselves.
#ifndef KSS_BASE_OS_PRIVATE_H
#define KSS_BASE_OS_PRIVATE_H

#include <stddef.h>

// English for an errno value, the same words on every host.
const char *kss_os_reason(int error);

// Writes everything, however often the host takes only a part. Returns the reason or NULL.
const char *kss_os_write_all(int file, const char *bytes, size_t length);

// Makes [path] (a NUL-terminated name ending in six X, which are replaced) as a new empty file open
// for writing with the permissions a new file gets. Returns its descriptor, -1 with errno set.
int kss_os_make_temporary(char *path);

// Gives an open file the permission bits of [mode].
void kss_os_keep_mode(int file, unsigned mode);

// [path] with symbolic links followed as far as it exists; malloc'd.
char *kss_os_real_path(const char *path);

// Whether [path] names something that a rename must not replace: it exists and is no regular file.
int kss_os_is_special(const char *path);

#endif
