// SPDX-License-Identifier: MIT
// The run-time library from driver code: every check in the driver holds, and nothing is left behind.
#include "kss/cmocka.h"

#include <stdint.h>

#define TEST(name) cmocka_unit_test_setup_teardown(name, kss_test_setup, kss_test_teardown)

void Bitmaps(void), Strings(void), Conversions(void), Numbers(void), Times(void);
extern uint32_t FailedLine;

static void checks(void (*routine)(void)) {
    FailedLine = 0;
    unsigned app = kss_thread("App", routine);
    kss_run_all();
    assert_int_equal(kss_thread_phase(app), KSS_THREAD_ENDED);
    assert_int_equal(FailedLine, 0);
    assert_no_leaks();
    assert_clean();
}

#define CHECKS(name, routine)                                                                      \
    static void name(void **state) {                                                               \
        (void)state;                                                                               \
        checks(routine);                                                                           \
    }
CHECKS(bitmaps, Bitmaps)
CHECKS(strings, Strings)
CHECKS(conversions, Conversions)
CHECKS(numbers, Numbers)
CHECKS(times, Times)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(bitmaps), TEST(strings), TEST(conversions), TEST(numbers), TEST(times),
    };
    return cmocka_run_group_tests_name("rtl", tests, NULL, NULL);
}
