// SPDX-License-Identifier: MIT
// Everything kss asks of the host. os_common.c with os_posix.c or os_wasi.c implements it; nobody
// else includes a POSIX header. Functions that fail return a plain English reason in static memory
// ("no such file or directory"), NULL for success; the usual reasons read the same on every host.
#ifndef KSS_BASE_OS_H
#define KSS_BASE_OS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct kss_arena;

enum kss_os_kind { KSS_OS_MISSING, KSS_OS_FILE, KSS_OS_DIRECTORY };

// What [path] is; symbolic links are followed.
enum kss_os_kind kss_os_kind(const char *path);

// [path] without links and dots where the host can tell, in [arena]: equal for the same file.
const char *kss_os_resolve(struct kss_arena *arena, const char *path);

// Reads the whole of [path] ("-": standard input) into [arena]; *bytes is NUL-terminated beyond
// *length. Directories and anything of 2 GiB or more are refused. Returns the reason, or NULL.
const char *kss_os_read(struct kss_arena *arena, const char *path, char **bytes, size_t *length);

// Writes [length] bytes to [path] ("-": standard output), replacing it by rename so that a failed
// write loses nothing; what exists and is no file (a pipe, a device) is written to directly. A
// symbolic link keeps pointing where it did. Returns the reason it could not, or NULL.
const char *kss_os_write(const char *path, const char *bytes, size_t length);

// Appends to an already open stream and flushes it; returns the reason it could not, or NULL (a
// full disk and, where the host ignores SIGPIPE, a closed pipe are noticed).
const char *kss_os_put(FILE *stream, const char *bytes, size_t length);

// The names in directory [path], sorted by byte value, without "." and "..", in [arena].
const char *kss_os_list(struct kss_arena *arena, const char *path, char ***names, size_t *count);

// Whether [stream] is a terminal that shows colours: a tty, NO_COLOR unset or empty, TERM not dumb.
bool kss_os_colours(FILE *stream);

// Whether [stream] is a terminal that moves its cursor: a tty, TERM not dumb.
bool kss_os_terminal(FILE *stream);

// Host time in milliseconds from some moment on; never goes back. For deciding when to show something, never
// what: nothing that is printed depends on it.
uint64_t kss_os_milliseconds(void);

// The name of the program that runs, without its folder.
const char *kss_os_program(void);

// A hint that the [size] bytes at [memory], fresh from the heap, will be written from one end to the
// other: large pages are worth their while. May do nothing.
void kss_os_will_fill(void *memory, size_t size);

// Prints "kss: REASON" on standard error and exits with status 70.
_Noreturn void kss_os_fatal(const char *reason);

#endif
