// SPDX-License-Identifier: MIT
// The test of another project's driver: its routines on kernel stacks, its mistakes found.
#include <kss/cmocka.h>

void ReadWithTimeout(void), CopyFrom(void); // called through kss: the prototypes do not matter

// The timer's DPC comes after 30 s. By then the stack with the event has left memory.
static void a_late_answer_is_a_bug_check(void **state) {
    (void)state;
    unsigned app = kss_thread("App", ReadWithTimeout, 30);
    kss_advance_time(KSS_S(20));
    assert_true(kss_thread_out(app));
    kss_run_all();
    assert_int_equal(kss_thread_phase(app), KSS_THREAD_STOPPED);
    assert_bugcheck(0xA);
}

// After 5 s it goes well. The mistake is found all the same.
static void a_quick_answer_hides_nothing(void **state) {
    (void)state;
    assert_int_equal(kss_call_thread("App", ReadWithTimeout, 5), 0);
    assert_hazard_in("stack-object-user-wait", "mydrv!ReadWithTimeout");
}

static void bad_addresses_are_exceptions(void **state) {
    uint32_t source = 41, value = 0;

    (void)state;
    assert_int_equal(kss_call_thread("App", CopyFrom, &source, &value), 0);
    assert_int_equal(value, 41); // Calls is 0: each test has a machine of its own
    assert_int_equal((uint32_t)kss_call_thread("App", CopyFrom, 0, &value), 0xC0000005);
    assert_clean();
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, kss_test_setup, kss_test_teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_late_answer_is_a_bug_check),
        TEST(a_quick_answer_hides_nothing),
        TEST(bad_addresses_are_exceptions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
