// SPDX-License-Identifier: MIT
// Frame tables in sessions: the public way to them, and which figure a routine gets.
#include "frames_rig.h"

#include "frames/sizes.h"
#include "kss/kss.h"

#include <stdlib.h>

static void open_tables(struct frames_rig *t, const char *rows) {
    struct kss_text text = {0};
    frames_begin(t, NULL);
    kss_text_format(&text, "bytes\tkind\torigin\tmodule\tsymbol\tplace\treason\n%s", rows);
    assert_true(frames_read(t, "table.tsv", kss_alloc_text(&t->arena, text.bytes, text.length)));
    assert_int_equal(t->diags.errors, 0);
    kss_frames_join(&t->frames);
    kss_text_free(&text);
}

static const struct kss_profile *machine(const char *name) {
    return kss_profile_find(name, strlen(name));
}

static bool size_of(const struct frames_rig *t, const char *on, const char *module,
                    const char *name, bool any_module, struct kss_frame_size *size) {
    return kss_frame_size(&t->frames, machine(on), module, name, any_module, size);
}

static void module_decides(void **state) {
    struct frames_rig t;
    struct kss_frame_size size;
    (void)state;
    open_tables(&t, "80\texact\tunwind x64\tfs\tRead\t\t\n"
                    "96\texact\tunwind x64\tdisk\tRead\t\t\n"
                    "48\texact\t.su (gcc)\t\tWrite\t\t\n"
                    "32\texact\tunwind x64\tdisk\tOnly\t\t\n");
    assert_true(size_of(&t, "x64", "fs", "Read", false, &size));
    assert_int_equal(size.bytes, 80);
    assert_true(size.other == UINT32_MAX);
    assert_string_equal(size.from, "unwind x64");
    assert_int_equal(size.origin, KSS_ORIGIN_MEASURED);
    assert_true(size_of(&t, "x64", "fs", "Write", false, &size)); // objects have no module
    assert_int_equal(size.bytes, 48);
    assert_false(size_of(&t, "x64", "fs", "Only", false, &size)); // another driver's
    assert_true(size_of(&t, "x64", "fs", "Only", true, &size));
    assert_int_equal(size.bytes, 32);
    assert_true(size_of(&t, "x64", "other", "Read", true, &size));
    assert_true(size.other != UINT32_MAX);
    frames_end(&t);
}

static void only_what_is_known(void **state) {
    struct frames_rig t;
    struct kss_frame_size size;
    (void)state;
    open_tables(&t, "\tunknown\tunwind x64\tfs\tDark\t\tversion 3\n"
                    "64\tat least\tunwind x64\tfs\tGrows\t\talloca\n"
                    "64\tat least\tunwind x64\tfs\tSilent\t\t\n"
                    "8\texact\tleaf\tfs\tLeaf\t\t\n"
                    "64\texact\tunwind arm64\tfs\tOther\t\t\n");
    assert_false(size_of(&t, "x64", "fs", "Dark", false, &size));
    assert_false(size_of(&t, "x64", "fs", "Nowhere", true, &size));
    assert_true(size_of(&t, "x64", "fs", "Grows", false, &size));
    assert_string_equal(size.at_least, "alloca");
    assert_null(size.foreign);
    assert_true(size_of(&t, "x64", "fs", "Silent", false, &size));
    assert_non_null(size.at_least);
    assert_true(size_of(&t, "x86", "fs", "Grows", false, &size));
    assert_string_equal(size.foreign, "x64");
    assert_true(size_of(&t, "x64", "fs", "Other", false, &size));
    assert_string_equal(size.foreign, "ARM64");
    assert_true(size_of(&t, "x64-xsave", "fs", "Leaf", false, &size));
    assert_null(size.foreign);
    assert_true(size_of(&t, "x86", "fs", "Leaf", false, &size));
    assert_non_null(size.foreign);
    assert_false(kss_frame_size(NULL, machine("x64"), "fs", "Leaf", true, &size));
    frames_end(&t);
}

static uint32_t used(const struct kss_frames *frames, bool at_least) {
    static const char text[] =
        "machine x64;\nroutine mydrv!ReadDispatch() { KeGetCurrentIrql(); }\n"
        "thread App { mydrv!ReadDispatch(); }\n";
    struct kss_options options = {.frames = frames};
    struct kss_session *session = kss_open_text("t.kss", text, sizeof text - 1, &options);
    struct kss_stack_use use;
    assert_int_equal(kss_run(session), KSS_OK);
    assert_true(kss_stack_use(session, "App", &use));
    assert_int_equal(use.at_least, at_least);
    kss_close(session);
    return use.drivers;
}

static void files_of_a_session(void **state) {
    static const char *const paths[] = {"tests/frames/join.tsv", "tests/frames/irp.su"};
    static const char *const missing[] = {"tests/frames/join.tsv", "tests/frames/nowhere.tsv"};
    static const char *const broken[] = {"tests/frames/join.kss"};
    char *problems;
    (void)state;
    struct kss_frames *frames = kss_frame_sizes_open(paths, 2, "x64", &problems);
    assert_non_null(frames);
    assert_string_equal(problems, "");
    free(problems);
    assert_int_equal(used(frames, false), 464); // 456, rounded up
    assert_int_not_equal(used(NULL, false), 464);
    kss_frame_sizes_close(frames);
    assert_null(kss_frame_sizes_open(missing, 2, NULL, &problems));
    assert_non_null(strstr(problems, "tests/frames/nowhere.tsv: "));
    free(problems);
    assert_null(kss_frame_sizes_open(broken, 1, NULL, NULL));
    assert_null(kss_frame_sizes_open(paths, 1, "x46", &problems));
    assert_non_null(strstr(problems, "x46"));
    free(problems);
    kss_frame_sizes_close(NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(module_decides),
        cmocka_unit_test(only_what_is_known),
        cmocka_unit_test(files_of_a_session),
    };
    return cmocka_run_group_tests_name("frame sizes", tests, NULL, NULL);
}
