// SPDX-License-Identifier: MIT
// The executive's answers, as sys_driver.c compares them: each routine gives the line of the first
// check that fails.
#include "kss/cmocka.h"

void Processes(void), Processors(void), Clocks(void), Stop(void), Memory(void), Requests(void),
    Leaves(void), Connect(void), Interrupted(void), Callbacks(void), PowerAndPnp(void), Names(void),
    Maps(void), Locks(void), Security(void), Unserved(void);

enum { MJ_CREATE = 0, MJ_READ = 3 };

static void asks(kss_routine *routine, bool system, uintptr_t argument) {
    struct kss_thread_options options = {.name = "Sys",
                                         .routine = routine,
                                         .arguments = &argument,
                                         .argument_count = 1,
                                         .system = system};
    if (kss_driver_object_of("sys") == NULL)
        assert_int_equal(kss_load_driver("sys"), 0);
    unsigned thread = kss_thread_start(&options);
    kss_run_all();
    if (kss_thread_value(thread) != 0)
        print_message("sys_driver.c:%d fails\n", (int)kss_thread_value(thread));
    assert_int_equal(kss_thread_phase(thread), KSS_THREAD_ENDED);
    assert_int_equal(kss_thread_value(thread), 0);
}

static void processes(void **state) {
    (void)state;
    asks(Processes, true, 1);
    assert_clean();
}

static void processes_of_users(void **state) {
    (void)state;
    asks(Processes, false, 0);
    assert_clean();
}

#define ASKS(name, routine)                                                                        \
    static void name(void **state) {                                                               \
        (void)state;                                                                               \
        asks(routine, true, 0);                                                                    \
        assert_no_leaks();                                                                         \
        assert_clean();                                                                            \
    }
ASKS(processors, Processors)
ASKS(clocks, Clocks)
ASKS(memory, Memory)
ASKS(requests, Requests)
ASKS(leaves, Leaves)
ASKS(callbacks, Callbacks)
ASKS(power_and_pnp, PowerAndPnp)
ASKS(names, Names)
ASKS(maps, Maps)
ASKS(locks, Locks)
ASKS(security, Security)

static void a_connected_interrupt_runs_its_isr(void **state) {
    (void)state;
    asks(Connect, true, 0);
    assert_false(kss_interrupt_line(0, 0x52));
    assert_true(kss_interrupt_line(KSS_MS(1), 0x51));
    kss_run_all();
    asks(Interrupted, true, 0);
    assert_false(kss_interrupt_line(0, 0x51));
    assert_clean();
}

static void associated_irps_complete_their_master(void **state) {
    (void)state;
    char byte;
    assert_int_equal(kss_load_driver("sys"), 0);
    struct kss_io io = {.device = kss_device_object("KssSys"),
                        .major = MJ_READ,
                        .output = &byte,
                        .output_length = 1};
    assert_int_equal(kss_io("App", &io), 0);
    assert_clean();
}

static void a_bug_check_of_the_driver_stops_it(void **state) {
    (void)state;
    kss_system_thread("Sys", Stop);
    assert_false(kss_run_all());
    assert_bugcheck(0xE2);
}

static void what_is_not_served_says_so(void **state) {
    (void)state;
    unsigned thread = kss_system_thread("Sys", Unserved);
    assert_false(kss_run_all());
    assert_int_equal(kss_thread_phase(thread), KSS_THREAD_STOPPED);
    assert_int_equal(kss_finish(), 3);
    assert_non_null(strstr(kss_report(false), "CcFlushCache cannot be served: there is no cache"));
    assert_non_null(strstr(kss_report(false), "sys!Unserved"));
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, kss_test_setup, kss_test_teardown)
    const struct CMUnitTest tests[] = {
        TEST(processes),
        TEST(processes_of_users),
        TEST(processors),
        TEST(clocks),
        TEST(a_bug_check_of_the_driver_stops_it),
        TEST(memory),
        TEST(requests),
        TEST(leaves),
        TEST(callbacks),
        TEST(power_and_pnp),
        TEST(names),
        TEST(maps),
        TEST(locks),
        TEST(security),
        TEST(a_connected_interrupt_runs_its_isr),
        TEST(associated_irps_complete_their_master),
        TEST(what_is_not_served_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
