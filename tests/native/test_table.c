// SPDX-License-Identifier: MIT
// Generic tables from driver code: every check in the driver holds, and nothing is left behind.
#include "kss/cmocka.h"

#include <stdint.h>

#define TEST(name) cmocka_unit_test_setup_teardown(name, kss_test_setup, kss_test_teardown)

void SplayTables(void), BalancedTables(void), SplayLinks(void), Security(void);
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
CHECKS(splay_tables, SplayTables)
CHECKS(balanced_tables, BalancedTables)
CHECKS(splay_links, SplayLinks)
CHECKS(security, Security)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(splay_tables),
        TEST(balanced_tables),
        TEST(splay_links),
        TEST(security),
    };
    return cmocka_run_group_tests_name("table", tests, NULL, NULL);
}
