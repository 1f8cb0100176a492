// SPDX-License-Identifier: MIT
// What may leave memory while it is in use, and above all when to be silent (KSS2001, KSS2002).
#include "rules_rig.h"

enum { KERNEL = 0, USER = 1, REASON = 6 };
#define STACK_WAIT KSS_HAZARD_stack_object_user_wait

static kss_addr stack_event(struct rig *rig) {
    kss_addr event = rig_enter(rig, 1);
    RIG_CALL(rig, KeInitializeEvent, event, 0, 0);
    return event;
}

static kss_addr pool_event(struct rig *rig) {
    kss_addr event = kss_global_address(rig->m, 0);
    RIG_CALL(rig, KeInitializeEvent, event, 0, 0);
    return event;
}

static void wait_for(struct rig *rig, kss_addr event, unsigned mode, kss_addr timeout) {
    RIG_OUTCOME(rig, KeWaitForSingleObject, event, REASON, mode, 0, timeout);
}

static void promise_dpc(struct rig *rig, uint64_t argument) {
    struct kss_due due = {
        .kind = KSS_DUE_DPC, .routine = 2, .argument_count = 1, .arguments = {argument}};
    kss_promise(rig->m, &due, 30 * SECONDS, 0, 7);
}

static void a_user_wait_for_a_stack_event_is_an_error(void **state) {
    (void)state;
    struct rig rig;
    rules_open(&rig, NULL);
    kss_at(rig.m, 5);
    kss_addr event = stack_event(&rig);
    kss_at(rig.m, 6);
    wait_for(&rig, event, USER, 0);
    assert_int_equal(rules_found(&rig, STACK_WAIT), 1);
    assert_int_equal(rules_severity(&rig, STACK_WAIT), KSS_HAZARD_ERROR);
    assert_int_equal(rig_last(&rig, KSS_EV_FINDING)->place, 6);
    assert_true(rules_cause(&rig, 1, "initialised here"));
    rig_close(&rig);
}

static void a_kernel_wait_for_it_is_right(void **state) {
    (void)state;
    struct rig rig;
    rules_open(&rig, NULL);
    kss_addr event = stack_event(&rig);
    promise_dpc(&rig, event);
    wait_for(&rig, event, KERNEL, 0);
    assert_int_equal(rules_total(&rig), 0);
    rig_close(&rig);
}

static void a_user_wait_for_a_pool_event_is_right(void **state) {
    (void)state;
    struct rig rig;
    rules_open(&rig, NULL);
    kss_addr event = pool_event(&rig);
    rig_enter(&rig, 1);
    promise_dpc(&rig, event);
    wait_for(&rig, event, USER, 0);
    assert_int_equal(rules_total(&rig), 0);
    rig_close(&rig);
}

static void unless_a_dpc_holds_a_local(void **state) {
    (void)state;
    struct rig rig;
    rules_open(&rig, NULL);
    kss_addr event = pool_event(&rig);
    kss_addr local = rig_enter(&rig, 1);
    promise_dpc(&rig, local + 8);
    wait_for(&rig, event, USER, 0);
    assert_int_equal(rules_found(&rig, STACK_WAIT), 1);
    assert_true(rules_cause(&rig, 1, "DPC `drv!Second`"));
    rig_close(&rig);
}

static void or_a_queued_timer_lies_here(void **state) {
    (void)state;
    struct rig rig;
    rules_open(&rig, NULL);
    kss_addr event = pool_event(&rig);
    kss_addr timer = rig_enter(&rig, 1);
    RIG_CALL(&rig, KeInitializeTimerEx, timer, 0);
    RIG_CALL(&rig, KeSetTimerEx, timer, (uint64_t)(-20 * SECONDS), 0, 0);
    wait_for(&rig, event, USER, 0);
    assert_int_equal(rules_found(&rig, STACK_WAIT), 1);
    assert_true(rules_cause(&rig, 1, "expiry works on it"));
    rig_close(&rig);
}

static void or_a_timers_dpc_points_here(void **state) {
    (void)state;
    struct rig rig;
    rules_open(&rig, NULL);
    kss_addr event = pool_event(&rig);
    kss_addr local = rig_enter(&rig, 1);
    RIG_CALL(&rig, KeInitializeTimerEx, event + 64, 0);
    RIG_CALL(&rig, KeInitializeDpc, event + 128, kss_code_address(rig.m, 2), local);
    RIG_CALL(&rig, KeSetTimerEx, event + 64, (uint64_t)(-20 * SECONDS), 0, event + 128);
    wait_for(&rig, event, USER, 0);
    assert_int_equal(rules_found(&rig, STACK_WAIT), 1);
    assert_true(rules_cause(&rig, 1, "given to a timer"));
    rig_close(&rig);
}

static void a_cancelled_timer_holds_nothing(void **state) {
    (void)state;
    struct rig rig;
    rules_open(&rig, NULL);
    kss_addr event = pool_event(&rig);
    kss_addr timer = rig_enter(&rig, 1);
    RIG_CALL(&rig, KeInitializeTimerEx, timer, 0);
    RIG_CALL(&rig, KeSetTimerEx, timer, (uint64_t)(-20 * SECONDS), 0, 0);
    RIG_CALL(&rig, KeCancelTimer, timer);
    wait_for(&rig, event, USER, 0);
    assert_int_equal(rules_total(&rig), 0);
    rig_close(&rig);
}

static void a_signalled_event_is_a_warning(void **state) {
    (void)state;
    struct rig rig;
    rules_open(&rig, NULL);
    kss_addr event = stack_event(&rig);
    RIG_CALL(&rig, KeSetEvent, event, 0, 0);
    wait_for(&rig, event, KERNEL, 0);
    assert_int_equal(rules_total(&rig), 0);
    wait_for(&rig, event, USER, 0);
    assert_int_equal(rules_severity(&rig, STACK_WAIT), KSS_HAZARD_WARNING);
    assert_int_equal(rules_total(&rig), 1);
    rig_close(&rig);
}

static void a_poll_is_a_warning(void **state) {
    (void)state;
    struct rig rig;
    rules_open(&rig, NULL);
    kss_addr event = stack_event(&rig);
    wait_for(&rig, event, USER, rig_timeout(&rig, 0));
    assert_int_equal(rules_severity(&rig, STACK_WAIT), KSS_HAZARD_WARNING);
    rig_close(&rig);
}

static void with_swapping_disabled_it_is_a_note(void **state) {
    (void)state;
    struct rig rig;
    rules_open(&rig, NULL);
    kss_addr event = stack_event(&rig);
    assert_int_equal(RIG_CALL(&rig, KeSetKernelStackSwapEnable, 0), 1);
    wait_for(&rig, event, USER, 0);
    assert_int_equal(rules_total(&rig), 1);
    assert_int_equal(rules_severity(&rig, STACK_WAIT), KSS_HAZARD_NOTE);
    rig_close(&rig);
}

static void and_silent_about_what_others_hold(void **state) {
    (void)state;
    struct rig rig;
    rules_open(&rig, NULL);
    kss_addr event = pool_event(&rig);
    kss_addr local = rig_enter(&rig, 1);
    promise_dpc(&rig, local);
    RIG_CALL(&rig, KeSetKernelStackSwapEnable, 0);
    wait_for(&rig, event, USER, 0);
    assert_int_equal(rules_total(&rig), 0);
    rig_close(&rig);
}

static void a_loop_says_it_once(void **state) {
    (void)state;
    struct rig rig;
    rules_open(&rig, NULL);
    kss_addr event = stack_event(&rig);
    for (int i = 0; i < 3; i++) {
        kss_at(rig.m, 9);
        wait_for(&rig, event, USER, rig_timeout(&rig, SECONDS));
        rig_turn(&rig);
    }
    assert_int_equal(rules_found(&rig, STACK_WAIT), 1);
    rig_close(&rig);
}

// The flagship: the touch becomes the last cause of the finding that foretold it.
static void the_fault_is_a_cause_of_the_wait(void **state) {
    (void)state;
    struct rig rig;
    rules_open(&rig, NULL);
    kss_addr event = stack_event(&rig);
    promise_dpc(&rig, event);
    wait_for(&rig, event, USER, 0);
    struct kss_turn turn = rig_turn(&rig);
    assert_true(turn.kind == KSS_TURN_CALL && turn.routine == 2);
    assert_int_equal(RIG_OUTCOME(&rig, KeSetEvent, event, 0, 0).kind, KSS_OUT_STOP);
    assert_int_equal(rules_total(&rig), 1);
    assert_true(rules_cause(&rig, 1, "out of memory since"));
    assert_non_null(rig_last(&rig, KSS_EV_BUGCHECK));
    rig_close(&rig);
}

static void memory_nobody_named_is_its_own_finding(void **state) {
    (void)state;
    struct rig rig;
    rules_open(&rig, NULL);
    kss_addr event = stack_event(&rig);
    promise_dpc(&rig, 0);
    wait_for(&rig, event, USER, 0);
    rig_turn(&rig);
    uint32_t one = 1;
    assert_int_equal(kss_write(rig.m, event + 0x30, &one, 4, KSS_WHO_DRIVER).kind, KSS_OUT_STOP);
    assert_int_equal(rules_found(&rig, KSS_HAZARD_outswapped_stack_touched), 1);
    rig_close(&rig);
}

static void paged_data_under_a_lock(void **state) {
    (void)state;
    struct rig rig;
    rules_open(&rig, NULL);
    kss_addr paged = kss_global_address(rig.m, 1), old = kss_global_address(rig.m, 0);
    uint32_t one = 1;
    kss_write(rig.m, paged, &one, 4, KSS_WHO_DRIVER);
    assert_int_equal(rules_total(&rig), 0);
    kss_at(rig.m, 11);
    RIG_CALL(&rig, KeRaiseIrql, 2, old);
    kss_at(rig.m, 12);
    kss_write(rig.m, paged, &one, 4, KSS_WHO_DRIVER);
    assert_int_equal(rules_found(&rig, KSS_HAZARD_pageable_data_at_dispatch), 1);
    assert_true(rules_cause(&rig, 1, "raised here"));
    rig_close(&rig);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_user_wait_for_a_stack_event_is_an_error),
        cmocka_unit_test(a_kernel_wait_for_it_is_right),
        cmocka_unit_test(a_user_wait_for_a_pool_event_is_right),
        cmocka_unit_test(unless_a_dpc_holds_a_local),
        cmocka_unit_test(or_a_queued_timer_lies_here),
        cmocka_unit_test(or_a_timers_dpc_points_here),
        cmocka_unit_test(a_cancelled_timer_holds_nothing),
        cmocka_unit_test(a_signalled_event_is_a_warning),
        cmocka_unit_test(a_poll_is_a_warning),
        cmocka_unit_test(with_swapping_disabled_it_is_a_note),
        cmocka_unit_test(and_silent_about_what_others_hold),
        cmocka_unit_test(a_loop_says_it_once),
        cmocka_unit_test(the_fault_is_a_cause_of_the_wait),
        cmocka_unit_test(memory_nobody_named_is_its_own_finding),
        cmocka_unit_test(paged_data_under_a_lock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
