// SPDX-License-Identifier: MIT
// APCs, worker threads, system threads and handles in native driver code.
#include "kss/cmocka.h"

#include <limits.h>

void UseApcs(void), UseWork(void), UseOverflow(void), UseThreads(void), UseEvents(void),
    LeaveRegion(void), QueueTwice(void), FreeQueued(void), EndWorker(void), PostBadly(void),
    AlertableWait(void), LongWait(void), Count(void);
extern uint32_t Counted, CountIrql;

enum { STATUS_USER_APC = 0xC0 };

static void comes_true(kss_routine *routine, void *argument) {
    unsigned app = kss_thread("App", routine, argument);
    kss_run_all();
    assert_int_equal(kss_thread_phase(app), KSS_THREAD_ENDED);
    assert_int_equal(kss_thread_value(app), 0);
    assert_clean();
}

static void apc_objects(void **state) {
    (void)state;
    comes_true(UseApcs, NULL);
}

static void work_items(void **state) {
    (void)state;
    comes_true(UseWork, kss_make_device("work0", NULL, 0));
    assert_int_not_equal(kss_thread_named("Worker 1"), UINT_MAX);
    assert_int_equal(kss_thread_named("Worker 4"), UINT_MAX);
}

static void overflow_items(void **state) {
    (void)state;
    comes_true(UseOverflow, NULL);
    assert_int_not_equal(kss_thread_named("Overflow worker"), UINT_MAX);
}

static void system_threads(void **state) {
    (void)state;
    comes_true(UseThreads, NULL);
}

static void events_by_handle(void **state) {
    (void)state;
    comes_true(UseEvents, NULL);
}

// A kernel APC inside of a wait, which then goes on.
static void apc_of_the_harness(void **state) {
    (void)state;
    Counted = 0;
    unsigned app = kss_thread("App", AlertableWait);
    kss_queue_apc(KSS_MS(10), app, KSS_SPECIAL_APC_MODE, Count, (void *)1, NULL, NULL);
    kss_advance_time(KSS_MS(20));
    assert_int_equal(Counted, 1);
    assert_int_equal(CountIrql, 1);
    kss_queue_apc(KSS_MS(10), app, KSS_KERNEL_APC_MODE, Count, (void *)2, NULL, NULL);
    kss_queue_apc(KSS_MS(10), app, KSS_USER_APC_MODE, Count, (void *)4, NULL, NULL);
    kss_advance_time(KSS_MS(20));
    assert_int_equal(Counted, 3); // a KernelMode wait lets no user APC in
    assert_int_equal(CountIrql, 0);
    assert_int_equal(kss_thread_phase(app), KSS_THREAD_WAITING);
    kss_alert_thread(app);
    kss_run_all();
    assert_int_equal(kss_thread_value(app), 0x101);
    assert_clean();
}

static void user_apc_of_the_harness(void **state) {
    (void)state;
    Counted = 0;
    unsigned app = kss_thread("App", LongWait);
    kss_queue_apc(KSS_MS(10), app, KSS_USER_APC_MODE, Count, (void *)4, NULL, NULL);
    kss_advance_time(KSS_MS(20));
    assert_int_equal(kss_thread_phase(app), KSS_THREAD_ENDED);
    assert_int_equal(kss_thread_value(app), STATUS_USER_APC);
    assert_int_equal(Counted, 4);
    assert_clean();
}

static void stops(kss_routine *routine, void *argument, uint32_t code, const char *hazard,
                  const char *where) {
    kss_thread("App", routine, argument);
    kss_run_all();
    assert_bugcheck(code);
    assert_hazard_in(hazard, where);
}

static void region_left(void **state) {
    (void)state;
    stops(LeaveRegion, NULL, 0x1, "apc-count-unbalanced", "thread!LeaveRegion");
}

static void queued_twice(void **state) {
    (void)state;
    stops(QueueTwice, NULL, 0xE4, "work-item-misuse", "thread!QueueTwice");
}

static void freed_while_queued(void **state) {
    (void)state;
    stops(FreeQueued, kss_make_device("work0", NULL, 0), 0xE4, "work-item-misuse",
          "thread!FreeQueued");
}

static void worker_ended(void **state) {
    (void)state;
    stops(EndWorker, NULL, 0xE9, "work-item-misuse", "thread!TerminatingWork");
}

static void posted_badly(void **state) {
    (void)state;
    kss_thread("App", PostBadly);
    kss_run_all();
    assert_hazard_in("overflow-post-misuse", "thread!PostBadly");
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, kss_test_setup, kss_test_teardown)
    const struct CMUnitTest tests[] = {
        TEST(apc_objects),
        TEST(work_items),
        TEST(overflow_items),
        TEST(system_threads),
        TEST(events_by_handle),
        TEST(apc_of_the_harness),
        TEST(user_apc_of_the_harness),
        TEST(region_left),
        TEST(queued_twice),
        TEST(freed_while_queued),
        TEST(worker_ended),
        TEST(posted_badly),
    };
    return cmocka_run_group_tests_name("threads", tests, NULL, NULL);
}
