// SPDX-License-Identifier: MIT
// Threads: order, priority, exits and their checks; the state block and its snapshots.
#include "rig.h"

static void start(struct rig *rig, bool system) {
    rig_open(rig, "x86", NULL);
    rig_thread(rig, "App", 0, system);
    rig_turn(rig);
}

static uint32_t stop_code(struct rig *rig) {
    const struct kss_event *stop = rig_last(rig, KSS_EV_BUGCHECK);
    return stop == NULL ? 0 : (uint32_t)stop->words[0];
}

static void threads_run_in_order_of_priority_then_creation(void **state) {
    (void)state;
    struct rig rig;
    rig_open(&rig, "x86", NULL);
    kss_thread_add(rig.m, "a", 0, 8, NULL, false, false, 0);
    kss_thread_add(rig.m, "b", 0, 8, NULL, false, false, 0);
    kss_thread_add(rig.m, "c", 4, 12, NULL, false, false, 0);
    static const uint16_t order[] = {2, 0, 1};
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(rig_turn(&rig).kind, KSS_TURN_CALL);
        assert_int_equal(kss_current_thread(rig.m), order[i]);
        kss_returned(rig.m, 0);
    }
    assert_int_equal(rig_turn(&rig).kind, KSS_TURN_END);
    assert_int_equal(kss_ended(rig.m), KSS_END_DONE);
    assert_int_equal(rig_count(&rig, KSS_EV_THREAD_EXIT), 3);
    rig_close(&rig);
}

static void a_woken_thread_of_higher_priority_takes_over_at_the_boundary(void **state) {
    (void)state;
    struct rig rig;
    rig_open(&rig, "x86", NULL);
    kss_thread_add(rig.m, "high", 0, 12, NULL, false, false, 0);
    kss_thread_add(rig.m, "low", 4, 8, NULL, false, false, 0);
    rig_turn(&rig);
    kss_addr event = kss_global_address(rig.m, 0);
    RIG_CALL(&rig, KeInitializeEvent, event, 1, 0);
    RIG_OUTCOME(&rig, KeWaitForSingleObject, event, 0, 0, 0, 0);
    assert_int_equal(rig_turn(&rig).routine, 4);
    RIG_CALL(&rig, KeSetEvent, event, 0, 0);
    assert_true(kss_must_turn(rig.m));
    assert_true(rig_turn(&rig).has_value);
    assert_int_equal(kss_current_thread(rig.m), 0);
    kss_returned(rig.m, 0);
    assert_int_equal(rig_turn(&rig).kind, KSS_TURN_RUN);
    assert_int_equal(kss_current_thread(rig.m), 1);
    rig_close(&rig);
}

static void exit_checks_come_in_their_order(void **state) {
    (void)state;
    struct rig rig;
    start(&rig, true); // both faults: the APC count is found first
    RIG_CALL0(&rig, KeEnterCriticalRegion);
    RIG_CALL(&rig, KeSetKernelStackSwapEnable, 0);
    kss_returned(rig.m, 0);
    assert_int_equal(stop_code(&rig), 0x20);
    assert_int_equal(rig_last(&rig, KSS_EV_BUGCHECK)->words[2], 0xFFFF);
    rig_close(&rig);

    start(&rig, true);
    RIG_CALL(&rig, KeSetKernelStackSwapEnable, 0);
    assert_int_equal(RIG_OUTCOME(&rig, PsTerminateSystemThread, 0).kind, KSS_OUT_STOP);
    assert_int_equal(stop_code(&rig), 0x94);
    rig_close(&rig);
}

static void returning_to_user_mode_is_checked(void **state) {
    (void)state;
    struct rig rig;
    start(&rig, false);
    RIG_CALL0(&rig, KeRaiseIrqlToDpcLevel);
    kss_returned(rig.m, 0);
    assert_int_equal(stop_code(&rig), 0x4A);
    assert_int_equal(rig_last(&rig, KSS_EV_BALANCE)->words[1], 0);
    rig_close(&rig);

    start(&rig, false);
    RIG_CALL0(&rig, KeEnterGuardedRegion);
    kss_returned(rig.m, 0);
    assert_int_equal(stop_code(&rig), 0x1);
    assert_int_equal(rig_last(&rig, KSS_EV_BUGCHECK)->words[3], 0xFFFF0000);
    rig_close(&rig);
}

static void a_user_thread_may_not_terminate_as_a_system_thread(void **state) {
    (void)state;
    struct rig rig;
    start(&rig, false);
    assert_int_equal(RIG_CALL(&rig, PsTerminateSystemThread, 0), 0xC000000D);
    rig_close(&rig);
}

static void unhandled_exceptions_depend_on_who_runs(void **state) {
    (void)state;
    static const struct {
        const char *profile;
        bool system;
        uint32_t code;
    } rows[] = {{"x86", false, 0x8E}, {"x64", false, 0x3B}, {"x64", true, 0x7E}};
    for (unsigned i = 0; i < 3; i++) {
        struct rig rig;
        rig_open(&rig, rows[i].profile, NULL);
        rig_thread(&rig, "App", 0, rows[i].system);
        rig_turn(&rig);
        kss_unhandled(rig.m, 0xC0000005, 0, 0, 0);
        assert_int_equal(stop_code(&rig), rows[i].code);
        rig_close(&rig);
    }
}

static void a_spinning_loop_moves_the_clock_or_hangs(void **state) {
    (void)state;
    struct rig rig;
    start(&rig, false);
    struct kss_due due = {.kind = KSS_DUE_TRIM};
    kss_promise(rig.m, &due, SECONDS, 0, 0);
    kss_spin(rig.m);
    assert_int_equal(kss_now(rig.m), SECONDS);
    kss_spin(rig.m);
    assert_int_equal(kss_ended(rig.m), KSS_END_HANG);
    rig_close(&rig);
}

// ---- The block ----------------------------------------------------------------------------------
static void restoring_a_snapshot_goes_on_the_same_way(void **state) {
    (void)state;
    struct rig rig;
    start(&rig, false);
    kss_addr event = rig_enter(&rig, 1);
    RIG_CALL(&rig, KeInitializeEvent, event, 0, 0);
    struct kss_due due = {.kind = KSS_DUE_SIGNAL, .arguments = {event}};
    kss_promise(rig.m, &due, 30 * SECONDS, 0, 0);
    RIG_OUTCOME(&rig, KeWaitForSingleObject, event, 6, 1, 0, 0);
    size_t size;
    const void *now = kss_state(rig.m, &size);
    void *copy = malloc(size);
    memcpy(copy, now, size);
    uint64_t hash = kss_hot_hash(rig.m);
    assert_int_equal(rig_turn(&rig).kind, KSS_TURN_END);
    unsigned first = rig.event_count;
    assert_true(kss_hot_hash(rig.m) != hash);
    kss_restore(rig.m, copy, size);
    assert_int_equal(kss_hot_hash(rig.m), hash);
    assert_int_equal(kss_ended(rig.m), KSS_END_RUNNING);
    assert_int_equal(rig_turn(&rig).kind, KSS_TURN_END);
    unsigned again = rig.event_count - first;
    for (unsigned i = 0; i < again; i++) {
        const struct kss_event *one = &rig.events[first - again + i], *two = &rig.events[first + i];
        assert_int_equal(one->kind, two->kind);
        assert_int_equal(one->sequence, two->sequence);
        assert_int_equal(one->time, two->time);
        assert_memory_equal(one->words, two->words, 16);
    }
    assert_int_equal(stop_code(&rig), 0xA);
    free(copy);
    rig_close(&rig);
}

static void the_hot_part_is_small(void **state) {
    (void)state;
    struct rig rig;
    start(&rig, false);
    kss_addr event = rig_enter(&rig, 1);
    RIG_CALL(&rig, KeInitializeEvent, event, 0, 0);
    RIG_OUTCOME(&rig, KeWaitForSingleObject, event, 6, 1, 0, 0);
    assert_true(kss_hot_size(rig.m) < 2048);
    rig_close(&rig);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_run_in_order_of_priority_then_creation),
        cmocka_unit_test(a_woken_thread_of_higher_priority_takes_over_at_the_boundary),
        cmocka_unit_test(exit_checks_come_in_their_order),
        cmocka_unit_test(returning_to_user_mode_is_checked),
        cmocka_unit_test(a_user_thread_may_not_terminate_as_a_system_thread),
        cmocka_unit_test(unhandled_exceptions_depend_on_who_runs),
        cmocka_unit_test(a_spinning_loop_moves_the_clock_or_hangs),
        cmocka_unit_test(restoring_a_snapshot_goes_on_the_same_way),
        cmocka_unit_test(the_hot_part_is_small),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
