// SPDX-License-Identifier: MIT
// Locks used by real driver code: each in all of its ways, between threads, and wrongly.
#include "kss/cmocka.h"

void UseMutexes(void), UseResource(void), UseSpinLocks(void), UseSharedSpinLock(void),
    UsePushLock(void), UseRundown(void), Write(void), Read(void), TakeBoth(void), Keep(void),
    ReleaseStrange(void), HoldRundown(void), TakePushLock(void), LoseHandle(void),
    ReleaseForOwner(void), CountQueued(void), InitializeLocks(void);

// The value is the line of the first check that failed.
static void every_way(void **state) {
    (void)state;
    kss_routine *const uses[] = {UseMutexes,        UseResource, UseSpinLocks,
                                 UseSharedSpinLock, UsePushLock, UseRundown};
    for (size_t i = 0; i < sizeof uses / sizeof *uses; i++) {
        unsigned app = kss_thread("App", uses[i]);
        kss_run_all();
        assert_int_equal(kss_thread_phase(app), KSS_THREAD_ENDED);
        assert_int_equal((uint32_t)kss_thread_value(app), 0);
    }
    kss_dpc(KSS_MS(1), CountQueued, NULL, NULL, NULL);
    kss_run_all();
    assert_int_equal(kss_calls("KeAcquireInStackQueuedSpinLockForDpc"), 1);
    assert_clean();
}

static void released_by_a_dpc(void **state) {
    (void)state;
    unsigned writer = kss_thread("Writer", Write), reader = kss_thread("Reader", Read);
    kss_dpc(KSS_S(2), ReleaseForOwner, NULL, NULL, NULL);
    kss_run_all();
    assert_int_equal((uint32_t)kss_thread_value(writer), 0);
    assert_int_equal((uint32_t)kss_thread_value(reader), 0);
    assert_hazard("lock-not-released"); // the writer ended and still owned it
}

static void deadlock(void **state) {
    (void)state;
    unsigned one = kss_thread("One", TakeBoth, false), two = kss_thread("Two", TakeBoth, true);
    kss_run_all();
    assert_int_equal(kss_thread_phase(one), KSS_THREAD_WAITING);
    assert_int_equal(kss_thread_phase(two), KSS_THREAD_WAITING);
    assert_hazard_in("deadlock", "lock!TakeBoth");
}

static void kept(void **state) {
    (void)state;
    kss_thread("App", Keep);
    kss_run_all();
    assert_hazard("lock-not-released");
}

static void released_by_a_stranger(void **state) {
    (void)state;
    kss_thread("App", ReleaseStrange);
    kss_run_all();
    assert_bugcheck(0xE3);
    assert_hazard_in("lock-misuse", "lock!ReleaseStrange");
}

static void handle_lost(void **state) {
    (void)state;
    kss_thread("App", LoseHandle);
    kss_run_all();
    assert_hazard("lock-not-released");
}

static void waiters(void **state) {
    (void)state;
    kss_thread("Zero", InitializeLocks);
    kss_run_all();
    kss_thread("A", TakePushLock, false);
    kss_thread("B", TakePushLock, true);
    unsigned last = kss_thread("C", TakePushLock, false);
    kss_thread("D", HoldRundown);
    kss_advance_time(KSS_MS(50));
    assert_int_equal(kss_thread_phase(last), KSS_THREAD_WAITING);
    kss_run_all();
    assert_int_equal(kss_thread_phase(last), KSS_THREAD_ENDED);
    // The resource stays in the system's list: its memory is the driver's image.
    assert_clean();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_way, kss_test_setup, kss_test_teardown),
        cmocka_unit_test_setup_teardown(released_by_a_dpc, kss_test_setup, kss_test_teardown),
        cmocka_unit_test_setup_teardown(deadlock, kss_test_setup, kss_test_teardown),
        cmocka_unit_test_setup_teardown(kept, kss_test_setup, kss_test_teardown),
        cmocka_unit_test_setup_teardown(released_by_a_stranger, kss_test_setup, kss_test_teardown),
        cmocka_unit_test_setup_teardown(handle_lost, kss_test_setup, kss_test_teardown),
        cmocka_unit_test_setup_teardown(waiters, kss_test_setup, kss_test_teardown),
    };
    return cmocka_run_group_tests_name("locks", tests, NULL, NULL);
}
