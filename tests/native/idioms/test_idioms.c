// SPDX-License-Identifier: MIT
// Correct drivers are met with silence: every idiom on a machine that swaps as Windows does, and on one
// that takes a stack at every legal moment.
#include "idioms.h"
#include "kss/cmocka.h"

struct idiom {
    const char *name;
    NTSTATUS (*routine)(VOID);
};

static const struct idiom idioms[] = {
#define IDIOM(name) {#name, name},
    IDIOMS(IDIOM)
#undef IDIOM
};
enum { IDIOMS_COUNT = sizeof idioms / sizeof *idioms };

static void run(const struct idiom *idiom, const char *swap) {
    struct kss_machine_options options = {.swap = swap};
    kss_setup(&options);
    assert_int_equal(kss_load_driver("idioms"), STATUS_SUCCESS);
    NTSTATUS status = (NTSTATUS)kss_call_thread(idiom->name, idiom->routine);
    if (status != STATUS_SUCCESS)
        print_message("%s returned 0x%08X\n", idiom->name, (unsigned)status);
    assert_int_equal(status, STATUS_SUCCESS);
    assert_clean();
    assert_no_leaks();
    kss_teardown();
}

static void as_windows_swaps(void **state) {
    run(*state, NULL);
}

static void at_every_legal_moment(void **state) {
    run(*state, "eager");
}

// Exceptions and requests are heard of; how many there are is part of what is promised.
static void there_are_enough(void **state) {
    (void)state;
    assert_true(IDIOMS_COUNT >= 60);
}

int main(void) {
    struct CMUnitTest tests[2 * IDIOMS_COUNT + 1] = {
        {.name = "there are enough", .test_func = there_are_enough}};
    for (unsigned i = 0; i < IDIOMS_COUNT; i++)
        for (unsigned eager = 0; eager < 2; eager++)
            tests[1 + 2 * i + eager] =
                (struct CMUnitTest){.name = idioms[i].name,
                                    .test_func = eager ? at_every_legal_moment : as_windows_swaps,
                                    .initial_state = (void *)(uintptr_t)&idioms[i]};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
