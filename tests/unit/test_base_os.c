// SPDX-License-Identifier: MIT
#define _XOPEN_SOURCE     700
#define _FILE_OFFSET_BITS 64

#include "base/os.h"
#include "base/arena.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static struct kss_arena arena;
static char folder[64];

static int set_up(void **state) {
    (void)state;
    strcpy(folder, "/tmp/kss-test-XXXXXX");
    return mkdtemp(folder) == NULL;
}

static int tear_down(void **state) {
    (void)state;
    char **names;
    size_t count;
    if (kss_os_list(&arena, folder, &names, &count) != NULL)
        return 1;
    for (size_t i = 0; i < count; i++) {
        char path[256];
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        if (unlink(path) != 0)
            rmdir(path);
    }
    kss_arena_free(&arena);
    return rmdir(folder);
}

static const char *at(const char *name) {
    static char paths[4][256];
    static unsigned next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

static void file_is(const char *path, const char *expected, size_t expected_length) {
    char *bytes;
    size_t length;
    assert_null(kss_os_read(&arena, path, &bytes, &length));
    assert_int_equal(length, expected_length);
    assert_memory_equal(bytes, expected, length + 1); // with the NUL behind
}

static void writes_and_reads(void **state) {
    (void)state;
    assert_null(kss_os_write(at("a"), "one\0two", 7));
    file_is(at("a"), "one\0two", 7);
    assert_null(kss_os_write(at("a"), "shorter", 3));
    file_is(at("a"), "sho", 3);
    assert_null(kss_os_write(at("a"), NULL, 0));
    file_is(at("a"), "", 0);
    char **names;
    size_t count;
    assert_null(kss_os_list(&arena, folder, &names, &count));
    assert_int_equal(count, 1); // no temporary file is left
}

static void reads_100_MB(void **state) {
    (void)state;
    size_t size = 100u << 20;
    char *large = malloc(size);
    for (size_t i = 0; i < size; i += 4096)
        memset(large + i, (int)(i / 4096 % 251), 4096);
    assert_null(kss_os_write(at("large"), large, size));
    char *bytes;
    size_t length;
    assert_null(kss_os_read(&arena, at("large"), &bytes, &length));
    assert_int_equal(length, size);
    assert_int_equal(memcmp(bytes, large, size), 0);
    assert_int_equal(bytes[size], 0);
    free(large);
}

static void reason_is(const char *reason, const char *expected) {
    assert_non_null(reason);
    assert_string_equal(reason, expected);
}

static void says_why_it_cannot_read(void **state) {
    (void)state;
    char *bytes;
    size_t length;
    reason_is(kss_os_read(&arena, folder, &bytes, &length), "is a directory");
    reason_is(kss_os_read(&arena, at("none"), &bytes, &length), "no such file or directory");
    reason_is(kss_os_read(&arena, "", &bytes, &length), "no such file or directory");
    assert_null(kss_os_write(at("file"), "", 0));
    reason_is(kss_os_read(&arena, at("file/below"), &bytes, &length), "not a directory");
    assert_null(bytes);
    assert_int_equal(length, 0);
    assert_int_equal(truncate(at("file"), (off_t)1 << 31), 0); // sparse
    reason_is(kss_os_read(&arena, at("file"), &bytes, &length), "2 GiB or larger");
}

// A file whose size the host does not tell, and one that is longer than a pipe holds.
static void reads_what_has_no_size(void **state) {
    (void)state;
    char *bytes;
    size_t length;
    assert_null(kss_os_read(&arena, "/dev/null", &bytes, &length));
    assert_int_equal(length, 0);
    assert_int_equal(mkfifo(at("fifo"), 0600), 0);
    enum { SIZE = 300000 };
    pid_t child = fork();
    if (child == 0) {
        FILE *out = fopen(at("fifo"), "w");
        for (int i = 0; i < SIZE; i++)
            fputc('a' + i % 26, out);
        fclose(out);
        _exit(0);
    }
    assert_null(kss_os_read(&arena, at("fifo"), &bytes, &length));
    waitpid(child, NULL, 0);
    assert_int_equal(length, SIZE);
    for (int i = 0; i < SIZE; i++)
        assert_int_equal(bytes[i], 'a' + i % 26);
    assert_int_equal(bytes[SIZE], 0);
}

static void reads_standard_input(void **state) {
    (void)state;
    assert_null(kss_os_write(at("input"), "from stdin", 10));
    int saved = dup(STDIN_FILENO);
    int file = open(at("input"), O_RDONLY);
    dup2(file, STDIN_FILENO);
    char *bytes;
    size_t length;
    const char *reason = kss_os_read(&arena, "-", &bytes, &length);
    dup2(saved, STDIN_FILENO);
    close(saved);
    close(file);
    assert_null(reason);
    assert_string_equal(bytes, "from stdin");
}

static void says_why_it_cannot_write(void **state) {
    (void)state;
    reason_is(kss_os_write(folder, "x", 1), "is a directory");
    reason_is(kss_os_write(at("none/x"), "x", 1), "no such file or directory");
    reason_is(kss_os_write("", "x", 1), "no such file or directory");
}

static void a_failed_write_loses_nothing(void **state) {
    (void)state;
    assert_null(kss_os_write(at("kept"), "old", 3));
    pid_t child = fork();
    if (child == 0) { // a small limit on file sizes stands for a full disk
        execl("/bin/sh", "sh", "-c", "ulimit -f 1; exec \"$0\" \"$1\"", getenv("KSS_TEST_SELF"),
              at("kept"), (char *)NULL);
        _exit(2);
    }
    int status;
    waitpid(child, &status, 0);
    assert_int_equal(WEXITSTATUS(status), 42); // see write_too_much
    file_is(at("kept"), "old", 3);
    char **names;
    size_t count;
    assert_null(kss_os_list(&arena, folder, &names, &count));
    assert_int_equal(count, 1);
}

// The program started again under a limit of 512 bytes a file.
static int write_too_much(const char *path) {
    signal(SIGXFSZ, SIG_IGN);
    char *large = kss_alloc(&arena, 1 << 20);
    const char *reason = kss_os_write(path, large, 1 << 20);
    kss_arena_free(&arena);
    return reason != NULL && strcmp(reason, "file too large") == 0 ? 42 : 43;
}

static void full_disks_and_closed_pipes(void **state) {
    (void)state;
    FILE *full = fopen("/dev/full", "w");
    if (full != NULL) { // Linux has it
        reason_is(kss_os_put(full, "x", 1), "no space left on device");
        fclose(full);
        reason_is(kss_os_write("/dev/full", "x", 1), "no space left on device");
    }
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    FILE *closed = fdopen(ends[1], "w");
    close(ends[0]);
    void (*old)(int) = signal(SIGPIPE, SIG_IGN);
    reason_is(kss_os_put(closed, "x", 1), "the reader closed the pipe");
    fclose(closed);
    signal(SIGPIPE, old);
}

static void keeps_links_and_permissions(void **state) {
    (void)state;
    struct stat status;
    assert_null(kss_os_write(at("real"), "1", 1));
    mode_t mask = umask(0);
    umask(mask);
    assert_int_equal(stat(at("real"), &status), 0);
    assert_int_equal(status.st_mode & 0777, 0666 & ~mask);
    assert_int_equal(chmod(at("real"), 0640), 0);
    assert_int_equal(symlink("real", at("link")), 0);
    assert_null(kss_os_write(at("link"), "2", 1));
    file_is(at("real"), "2", 1);
    assert_int_equal(lstat(at("link"), &status), 0);
    assert_true(S_ISLNK(status.st_mode));
    assert_int_equal(stat(at("real"), &status), 0);
    assert_int_equal(status.st_mode & 0777, 0640);
}

static void lists_sorted(void **state) {
    (void)state;
    static const char *const made[] = {"b", "a", "_", "B", "10", "9", ".hidden"};
    static const char *const sorted[] = {".hidden", "10", "9", "B", "_", "a", "b"};
    enum { COUNT = sizeof made / sizeof *made };
    for (size_t i = 0; i < COUNT; i++)
        assert_null(kss_os_write(at(made[i]), "", 0));
    char **names;
    size_t count;
    assert_null(kss_os_list(&arena, folder, &names, &count));
    assert_int_equal(count, COUNT);
    for (size_t i = 0; i < count; i++)
        assert_string_equal(names[i], sorted[i]);
    reason_is(kss_os_list(&arena, at("a"), &names, &count), "not a directory");
    reason_is(kss_os_list(&arena, at("none"), &names, &count), "no such file or directory");
}

static void kinds(void **state) {
    (void)state;
    assert_int_equal(kss_os_kind(folder), KSS_OS_DIRECTORY);
    assert_int_equal(kss_os_kind(at("none")), KSS_OS_MISSING);
    assert_null(kss_os_write(at("file"), "", 0));
    assert_int_equal(kss_os_kind(at("file")), KSS_OS_FILE);
    assert_int_equal(symlink("nowhere", at("dangling")), 0);
    assert_int_equal(kss_os_kind(at("dangling")), KSS_OS_MISSING);
}

static void no_colours_in_files(void **state) {
    (void)state;
    FILE *file = fopen(at("file"), "w");
    assert_false(kss_os_colours(file));
    fclose(file);
}

static void fatal_exits_with_70(void **state) {
    (void)state;
    pid_t child = fork();
    if (child == 0) {
        int file = open(at("said"), O_CREAT | O_WRONLY, 0600);
        dup2(file, STDERR_FILENO);
        kss_os_fatal("out of memory");
    }
    int status;
    waitpid(child, &status, 0);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 70);
    file_is(at("said"), "kss: out of memory\n", 19);
}

int main(int count, char **arguments) {
    if (count == 2)
        return write_too_much(arguments[1]);
    setenv("KSS_TEST_SELF", arguments[0], 1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(writes_and_reads, set_up, tear_down),
        cmocka_unit_test_setup_teardown(reads_100_MB, set_up, tear_down),
        cmocka_unit_test_setup_teardown(says_why_it_cannot_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(reads_what_has_no_size, set_up, tear_down),
        cmocka_unit_test_setup_teardown(reads_standard_input, set_up, tear_down),
        cmocka_unit_test_setup_teardown(says_why_it_cannot_write, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_failed_write_loses_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(full_disks_and_closed_pipes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(keeps_links_and_permissions, set_up, tear_down),
        cmocka_unit_test_setup_teardown(lists_sorted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(kinds, set_up, tear_down),
        cmocka_unit_test_setup_teardown(no_colours_in_files, set_up, tear_down),
        cmocka_unit_test_setup_teardown(fatal_exits_with_70, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("base/os", tests, NULL, NULL);
}
