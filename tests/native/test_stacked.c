// SPDX-License-Identifier: MIT
// Device stacks, requests and packets, as stacked_driver.c compares them: each routine gives the line
// of the first check that fails.
#include "kss/cmocka.h"

void Devices(void), Built(void), HardError(void), Packets(void), RemoveLock(void), Macros(void),
    LockedRanges(void);

static void asks(kss_routine *routine) {
    assert_int_equal(kss_load_driver("stacked"), 0);
    unsigned thread = kss_system_thread("Stacked", routine);
    kss_run_all();
    if (kss_thread_value(thread) != 0)
        print_message("stacked_driver.c:%d fails\n", (int)kss_thread_value(thread));
    assert_int_equal(kss_thread_phase(thread), KSS_THREAD_ENDED);
    assert_int_equal(kss_thread_value(thread), 0);
    assert_no_leaks();
    assert_clean();
}

#define ASKS(name, routine)                                                                        \
    static void name(void **state) {                                                               \
        (void)state;                                                                               \
        asks(routine);                                                                             \
    }
ASKS(devices, Devices)
ASKS(built_requests, Built)
ASKS(a_hard_error_nobody_answers, HardError)
ASKS(packets, Packets)
ASKS(remove_lock, RemoveLock)
ASKS(what_macros_call, Macros)
ASKS(file_locks_asked_by_a_request, LockedRanges)

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, kss_test_setup, kss_test_teardown)
    const struct CMUnitTest tests[] = {
        TEST(devices),
        TEST(built_requests),
        TEST(a_hard_error_nobody_answers),
        TEST(packets),
        TEST(remove_lock),
        TEST(what_macros_call),
        TEST(file_locks_asked_by_a_request),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
