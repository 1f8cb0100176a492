// SPDX-License-Identifier: MIT
// Tests of drivers that check by themselves: FailedLine is the line of the first check that failed.
#ifndef CHECKS_H
#define CHECKS_H

#include "kss/cmocka.h"

#include <stdint.h>

extern uint32_t FailedLine;

#define TEST(name) cmocka_unit_test_setup_teardown(name, kss_test_setup, kss_test_teardown)

// Runs all threads: [thread] ended, its checks held, and nothing is left behind.
static inline void checks_of(unsigned thread) {
    FailedLine = 0;
    kss_run_all();
    assert_int_equal(kss_thread_phase(thread), KSS_THREAD_ENDED);
    assert_int_equal(FailedLine, 0);
    assert_no_leaks();
    assert_clean();
}

// A test that runs a driver routine in a thread of its own.
#define CHECKS(name, routine)                                                                      \
    static void name(void **state) {                                                               \
        (void)state;                                                                               \
        checks_of(kss_thread("App", routine));                                                     \
    }

#endif
