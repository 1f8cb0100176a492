// SPDX-License-Identifier: MIT
// Lifetime, IRQL, locks, results, space: what is told, and what is left to another rule.
#include "rules_rig.h"

enum { KERNEL = 0, USER = 1 };

static kss_addr global(struct rig *rig, unsigned offset) {
    return kss_global_address(rig->m, 0) + offset;
}

// ---- Lifetime -----------------------------------------------------------------------------------
static void a_queued_timer_outlives_its_frame(void **state) {
    (void)state;
    struct rig rig;
    rules_open(&rig, NULL);
    kss_at(rig.m, 3);
    kss_addr timer = rig_enter(&rig, 1);
    RIG_CALL(&rig, KeInitializeTimerEx, timer, 0);
    kss_at(rig.m, 4);
    RIG_CALL(&rig, KeSetTimerEx, timer, (uint64_t)(-SECONDS), 0, 0);
    kss_at(rig.m, 5);
    kss_frame_pop(rig.m);
    assert_int_equal(rules_found(&rig, KSS_HAZARD_stack_object_outlives_frame), 1);
    assert_int_equal(rig_last(&rig, KSS_EV_FINDING)->place, 5);
    assert_true(rules_cause(&rig, 1, "initialised here"));
    assert_true(rules_cause(&rig, 1, "set here"));
    rig_close(&rig);
}

static void a_late_signal_finds_a_dead_frame(void **state) {
    (void)state;
    struct rig rig;
    rules_open(&rig, NULL);
    kss_at(rig.m, 3);
    kss_addr event = rig_enter(&rig, 1);
    RIG_CALL(&rig, KeInitializeEvent, event, 0, 0);
    kss_at(rig.m, 4);
    RIG_OUTCOME(&rig, KeWaitForSingleObject, event, 0, KERNEL, 0, rig_timeout(&rig, SECONDS));
    assert_int_equal(rig_turn(&rig).value, 0x102);
    kss_frame_pop(rig.m);
    assert_int_equal(rules_total(&rig), 0);
    kss_at(rig.m, 6);
    RIG_OUTCOME(&rig, KeSetEvent, event, 0, 0);
    assert_int_equal(rules_found(&rig, KSS_HAZARD_stack_object_outlives_frame), 1);
    assert_true(rules_cause(&rig, 1, "STATUS_TIMEOUT"));
    kss_at(rig.m, 7);
    RIG_OUTCOME(&rig, KeSetEvent, event, 0, 0);
    assert_int_equal(rules_total(&rig), 1);
    rig_close(&rig);
}

static void a_new_object_in_its_place_is_no_dead_one(void **state) {
    (void)state;
    struct rig rig;
    rules_open(&rig, NULL);
    for (int i = 0; i < 2; i++) {
        kss_addr event = rig_enter(&rig, 1);
        RIG_CALL(&rig, KeInitializeEvent, event, 0, 1);
        RIG_CALL(&rig, KeSetEvent, event, 0, 0);
        kss_frame_pop(rig.m);
    }
    assert_int_equal(rules_total(&rig), 0);
    rig_close(&rig);
}

static void nobody_initialised_it(void **state) {
    (void)state;
    struct rig rig;
    rules_open(&rig, NULL);
    RIG_CALL(&rig, KeSetEvent, global(&rig, 0), 0, 0);
    assert_int_equal(rules_found(&rig, KSS_HAZARD_object_not_initialized), 1);
    rig_close(&rig);
}

// ---- IRQL and locks -----------------------------------------------------------------------------
static void a_wait_too_high_is_told_once(void **state) {
    (void)state;
    struct rig rig;
    rules_open(&rig, NULL);
    RIG_CALL(&rig, KeInitializeEvent, global(&rig, 0), 0, 0);
    kss_at(rig.m, 3);
    RIG_CALL0(&rig, KeRaiseIrqlToDpcLevel);
    kss_at(rig.m, 4);
    RIG_OUTCOME(&rig, KeWaitForSingleObject, global(&rig, 0), 0, KERNEL, 0, 0);
    assert_int_equal(rules_found(&rig, KSS_HAZARD_blocking_wait_at_dispatch), 1);
    assert_int_equal(rules_total(&rig), 1);
    assert_true(rules_cause(&rig, 1, "raised here"));
    rig_close(&rig);
}

static void a_delay_too_high_breaks_its_own_limit(void **state) {
    (void)state;
    struct rig rig;
    rules_open(&rig, NULL);
    kss_at(rig.m, 3);
    RIG_CALL0(&rig, KeRaiseIrqlToDpcLevel);
    kss_at(rig.m, 4);
    RIG_OUTCOME(&rig, KeDelayExecutionThread, KERNEL, 0, rig_timeout(&rig, SECONDS));
    assert_int_equal(rules_found(&rig, KSS_HAZARD_irql_too_high), 1);
    assert_int_equal(rules_total(&rig), 1);
    rig_close(&rig);
}

static void run_dpc(struct rig *rig) {
    struct kss_due due = {.kind = KSS_DUE_DPC, .routine = 2};
    kss_promise(rig->m, &due, 0, 0, 7);
    RIG_OUTCOME(rig, KeDelayExecutionThread, KERNEL, 0, rig_timeout(rig, SECONDS));
    assert_int_equal(rig_turn(rig).kind, KSS_TURN_CALL);
}

static void a_lock_that_is_kept_explains_the_irql(void **state) {
    (void)state;
    struct rig rig;
    rules_open(&rig, NULL);
    RIG_CALL(&rig, KeInitializeSpinLock, global(&rig, 0));
    run_dpc(&rig);
    kss_at(rig.m, 4);
    RIG_CALL(&rig, KeAcquireSpinLockAtDpcLevel, global(&rig, 0));
    kss_returned(rig.m, 0);
    assert_int_equal(rules_found(&rig, KSS_HAZARD_lock_not_released), 1);
    assert_int_equal(rules_total(&rig), 1);
    assert_true(rules_cause(&rig, 1, "acquired here"));
    rig_close(&rig);
}

static void an_irql_that_is_kept(void **state) {
    (void)state;
    struct rig rig;
    rules_open(&rig, NULL);
    run_dpc(&rig);
    RIG_CALL(&rig, KeRaiseIrql, 31, global(&rig, 0));
    kss_returned(rig.m, 0);
    assert_int_equal(rules_found(&rig, KSS_HAZARD_irql_not_restored), 1);
    assert_int_equal(rules_total(&rig), 1);
    rig_close(&rig);
}

static void a_lock_is_not_recursive(void **state) {
    (void)state;
    struct rig rig;
    rules_open(&rig, NULL);
    RIG_CALL(&rig, KeInitializeSpinLock, global(&rig, 0));
    kss_at(rig.m, 3);
    RIG_CALL(&rig, KeAcquireSpinLock, global(&rig, 0), global(&rig, 64));
    kss_at(rig.m, 4);
    RIG_OUTCOME(&rig, KeAcquireSpinLock, global(&rig, 0), global(&rig, 65));
    assert_int_equal(rules_found(&rig, KSS_HAZARD_spin_lock_recursion), 1);
    assert_true(rules_cause(&rig, 1, "acquired here"));
    rig_close(&rig);
}

static void a_positive_time_is_in_1601(void **state) {
    (void)state;
    struct rig rig;
    rules_open(&rig, NULL);
    RIG_OUTCOME(&rig, KeDelayExecutionThread, KERNEL, 0, rig_timeout(&rig, -SECONDS));
    assert_int_equal(rules_found(&rig, KSS_HAZARD_absolute_timeout_suspicious), 1);
    rig_close(&rig);
}

static void an_absolute_time_of_today_is_right(void **state) {
    (void)state;
    struct rig rig;
    rules_open(&rig, NULL);
    RIG_CALL(&rig, KeQuerySystemTime, global(&rig, 0));
    int64_t now;
    kss_read(rig.m, global(&rig, 0), &now, 8, KSS_WHO_DRIVER);
    RIG_OUTCOME(&rig, KeDelayExecutionThread, KERNEL, 0, rig_timeout(&rig, -now - SECONDS));
    assert_int_equal(rules_total(&rig), 0);
    rig_close(&rig);
}

// ---- Space --------------------------------------------------------------------------------------
static void push_until_overflow(struct rig *rig, const uint32_t *turn, unsigned frames) {
    for (unsigned i = 0; i < 200; i++) {
        uint32_t code = turn[i % frames];
        kss_at(rig->m, 50 + code);
        if (!kss_frame_push(rig->m, code, rig_code[code].bytes, 0, KSS_ENTRY_CALL))
            return;
    }
    fail();
}

static void a_path_with_a_period(void **state) {
    (void)state;
    struct rig rig;
    rules_open(&rig, NULL);
    push_until_overflow(&rig, (const uint32_t[]){1, 2, 2, 3}, 4);
    assert_int_equal(rules_found(&rig, KSS_HAZARD_stack_overflow), 1);
    assert_int_equal(rules_found(&rig, KSS_HAZARD_unbounded_recursion), 1);
    const char *message = rules_text(&rig, rig_last(&rig, KSS_EV_FINDING)->words[2]);
    assert_non_null(strstr(message, "turns of 4 frames, 1,024 bytes each"));
    rig_close(&rig);
}

static void a_path_without(void **state) {
    (void)state;
    struct rig rig;
    rules_open(&rig, NULL);
    // The sequence of Thue and Morse: nothing in it stands three times in a row.
    uint32_t path[200];
    for (uint32_t i = 0; i < 200; i++)
        path[i] = 1 + (uint32_t)(__builtin_popcount(i) & 1);
    push_until_overflow(&rig, path, 200);
    assert_int_equal(rules_found(&rig, KSS_HAZARD_stack_overflow), 1);
    assert_int_equal(rules_found(&rig, KSS_HAZARD_unbounded_recursion), 0);
    rig_close(&rig);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_queued_timer_outlives_its_frame),
        cmocka_unit_test(a_late_signal_finds_a_dead_frame),
        cmocka_unit_test(a_new_object_in_its_place_is_no_dead_one),
        cmocka_unit_test(nobody_initialised_it),
        cmocka_unit_test(a_wait_too_high_is_told_once),
        cmocka_unit_test(a_delay_too_high_breaks_its_own_limit),
        cmocka_unit_test(a_lock_that_is_kept_explains_the_irql),
        cmocka_unit_test(an_irql_that_is_kept),
        cmocka_unit_test(a_lock_is_not_recursive),
        cmocka_unit_test(a_positive_time_is_in_1601),
        cmocka_unit_test(an_absolute_time_of_today_is_right),
        cmocka_unit_test(a_path_with_a_period),
        cmocka_unit_test(a_path_without),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
