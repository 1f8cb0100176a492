// SPDX-License-Identifier: MIT
// Semaphores, mutexes, waits for several objects, priorities and DPC settings natively: each routine
// once, and the mistakes that kss sees.
#include "kss/cmocka.h"

void Semaphores(void), Mutexes(void), Mutants(void), Several(void), Priorities(void),
    DpcSettings(void), Coalescable(void), UserWaitBlocks(void), TooMany(void), LeaveOwned(void),
    ReleaseUnowned(void), InitializeAgain(void), WaitForIt(void);

struct piece {
    const char *name;
    kss_routine *routine;
};
static const struct piece pieces[] = {
    {"semaphores", Semaphores}, {"mutexes", Mutexes},       {"mutants", Mutants},
    {"several", Several},       {"priorities", Priorities}, {"DPC settings", DpcSettings},
    {"a timer", Coalescable},
};

static void each_routine_does_what_its_page_says(void **state) {
    (void)state;
    for (unsigned i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        unsigned thread = kss_thread(pieces[i].name, pieces[i].routine);
        kss_run_all();
        if (kss_thread_value(thread) != 0)
            fail_msg("%s: line %u of the driver", pieces[i].name,
                     (unsigned)kss_thread_value(thread));
    }
    assert_clean();
}

static void wait_blocks_on_a_stack_that_may_go(void **state) {
    (void)state;
    unsigned thread = kss_thread("App", UserWaitBlocks, 1);
    kss_run_all();
    assert_int_equal(kss_thread_value(thread), 0x102);
    assert_hazard_in("wait-blocks-on-swappable-stack", "waits!UserWaitBlocks");
}

static void four_objects_without_wait_blocks(void **state) {
    (void)state;
    kss_thread("App", TooMany);
    kss_run_all();
    assert_bugcheck(0xC);
    assert_hazard_in("bad-wait-count", "waits!TooMany");
}

static void a_mutex_held_at_the_end(void **state) {
    (void)state;
    kss_thread("App", LeaveOwned);
    kss_run_all();
    assert_bugcheck(0x1);
    assert_hazard("mutex-misuse");
}

static void a_mutex_nobody_owns(void **state) {
    (void)state;
    kss_thread("App", ReleaseUnowned);
    kss_run_all();
    assert_hazard_in("mutex-misuse", "waits!ReleaseUnowned");
}

static void an_event_initialised_while_waited_for(void **state) {
    (void)state;
    kss_thread("Waiter", WaitForIt);
    kss_run_all();
    kss_thread("Other", InitializeAgain);
    kss_run_all();
    assert_hazard_in("object-reinitialized-in-use", "waits!InitializeAgain");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, kss_test_setup, kss_test_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(each_routine_does_what_its_page_says),
        TEST(wait_blocks_on_a_stack_that_may_go),
        TEST(four_objects_without_wait_blocks),
        TEST(a_mutex_held_at_the_end),
        TEST(a_mutex_nobody_owns),
        TEST(an_event_initialised_while_waited_for),
    };
    return cmocka_run_group_tests_name("waits", tests, NULL, NULL);
}
