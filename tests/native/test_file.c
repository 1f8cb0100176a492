// SPDX-License-Identifier: MIT
// Files opened by name in real driver code, with the Zw routines and with the Nt ones.
#include "kss/cmocka.h"

void UseZw(void), UseNt(void);

static void uses(kss_routine *routine, bool system) {
    struct kss_thread_options options = {.name = "Client", .routine = routine, .system = system};
    assert_int_equal(kss_load_driver("file"), 0);
    unsigned thread = kss_thread_start(&options);
    kss_run_all();
    if (kss_thread_value(thread) != 0)
        print_message("file_driver.c:%d fails\n", (int)kss_thread_value(thread));
    assert_int_equal(kss_thread_phase(thread), KSS_THREAD_ENDED);
    assert_int_equal(kss_thread_value(thread), 0);
    assert_no_leaks();
    assert_clean();
}

static void with_zw(void **state) {
    (void)state;
    uses(UseZw, true);
}

static void with_nt(void **state) {
    (void)state;
    uses(UseNt, false);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, kss_test_setup, kss_test_teardown)
    const struct CMUnitTest tests[] = {TEST(with_zw), TEST(with_nt)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
