// SPDX-License-Identifier: MIT
// The scenarios in README.md and docs/*.md run: every block fenced as ```kss, and of the C blocks
// those that hold `expect` items. With expectations a scenario must meet them; without, it must
// load and come to an end.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/os.h"
#include "base/text.h"
#include "kss/kss.h"

#include <string.h>

struct counts {
    unsigned files, blocks;
};

static bool has_expect(const char *bytes, size_t length) {
    for (size_t i = 0; i + 7 < length; i++)
        if ((i == 0 || bytes[i - 1] == '\n') && memcmp(bytes + i, "expect ", 7) == 0)
            return true;
    return false;
}

static void run_block(const char *path, unsigned line, const char *bytes, size_t length) {
    struct kss_session *session = kss_open_text(path, bytes, length, NULL);
    int status = kss_run(session);
    bool good =
        has_expect(bytes, length) ? status == KSS_OK : status == KSS_OK || status == KSS_FAILED;
    if (!good) {
        print_message("%s: the block at line %u ends with status %d\n%s%s", path, line, status,
                      kss_diagnostics(session), kss_write_text(session, false, NULL));
        fail();
    }
    kss_close(session);
}

static const char *line_end(const char *at) {
    const char *end = strchr(at, '\n');
    return end != NULL ? end + 1 : at + strlen(at);
}

static void run_file(const char *path, struct counts *counts) {
    struct kss_arena arena = {0};
    char *bytes;
    size_t length;
    assert_null(kss_os_read(&arena, path, &bytes, &length));
    counts->files++;
    unsigned line = 1;
    for (const char *at = bytes; *at != '\0'; line++) {
        bool scenario = strncmp(at, "```kss\n", 7) == 0;
        bool c = strncmp(at, "```c\n", 5) == 0;
        at = line_end(at);
        if (!scenario && !c)
            continue;
        const char *start = at;
        unsigned first = line + 1;
        for (; *at != '\0' && strncmp(at, "```", 3) != 0; line++)
            at = line_end(at);
        if (scenario || has_expect(start, (size_t)(at - start))) {
            run_block(path, first, start, (size_t)(at - start));
            counts->blocks++;
        }
        at = line_end(at);
        line++;
    }
    kss_arena_free(&arena);
}

static void examples_in_the_docs_run(void **state) {
    (void)state;
    struct kss_arena arena = {0};
    struct counts counts = {0, 0};
    char **names;
    size_t count;
    run_file("README.md", &counts);
    assert_int_equal(counts.blocks, 1);
    assert_null(kss_os_list(&arena, "docs", &names, &count));
    for (size_t i = 0; i < count; i++) {
        size_t length = strlen(names[i]);
        if (length < 4 || strcmp(names[i] + length - 3, ".md") != 0)
            continue;
        struct kss_text path = {0};
        kss_text_format(&path, "docs/%s", names[i]);
        run_file(path.bytes, &counts);
        kss_text_free(&path);
    }
    print_message("%u scenarios in %u files\n", counts.blocks, counts.files);
    kss_arena_free(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(examples_in_the_docs_run)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
