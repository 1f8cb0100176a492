// SPDX-License-Identifier: MIT
// KeSetKernelStackSwapEnable: needless, not restored, still disabled at exit (KSS2003 to 2005); and
// what the rules remember survives a snapshot.
#include "rules_rig.h"

enum { KERNEL = 0, USER = 1 };

static void disable(struct rig *rig, bool was) {
    assert_int_equal(RIG_CALL(rig, KeSetKernelStackSwapEnable, 0), was);
}

static void enable(struct rig *rig) {
    RIG_CALL(rig, KeSetKernelStackSwapEnable, 1);
}

static void sleep_in(struct rig *rig, unsigned mode) {
    RIG_OUTCOME(rig, KeDelayExecutionThread, mode, 0, rig_timeout(rig, SECONDS));
    assert_true(rig_turn(rig).has_value);
}

static void a_kernel_wait_needs_it_not(void **state) {
    (void)state;
    struct rig rig;
    rules_open(&rig, NULL);
    rig_enter(&rig, 1);
    kss_at(rig.m, 3);
    disable(&rig, true);
    kss_at(rig.m, 4);
    sleep_in(&rig, KERNEL);
    kss_at(rig.m, 5);
    enable(&rig);
    assert_int_equal(rules_found(&rig, KSS_HAZARD_swap_disable_needless), 1);
    assert_int_equal(rules_severity(&rig, KSS_HAZARD_swap_disable_needless), KSS_HAZARD_NOTE);
    assert_int_equal(rig_last(&rig, KSS_EV_FINDING)->place, 3);
    assert_true(rules_cause(&rig, 1, "this wait is KernelMode"));
    rig_close(&rig);
}

static void a_user_wait_does(void **state) {
    (void)state;
    struct rig rig;
    rules_open(&rig, NULL);
    rig_enter(&rig, 1);
    disable(&rig, true);
    sleep_in(&rig, USER);
    enable(&rig);
    assert_int_equal(rules_total(&rig), 0);
    rig_close(&rig);
}

static void an_inner_enable_is_flagged(void **state) {
    (void)state;
    struct rig rig;
    rules_open(&rig, NULL);
    rig_enter(&rig, 1);
    disable(&rig, true);
    rig_enter(&rig, 2);
    disable(&rig, false);
    enable(&rig);
    assert_int_equal(rules_found(&rig, KSS_HAZARD_swap_state_not_restored), 1);
    assert_int_equal(rules_total(&rig), 1);
    rig_close(&rig);
}

static void an_inner_disable_that_leaves_it_is_right(void **state) {
    (void)state;
    struct rig rig;
    rules_open(&rig, NULL);
    rig_enter(&rig, 1);
    disable(&rig, true);
    rig_enter(&rig, 2);
    disable(&rig, false);
    sleep_in(&rig, USER);
    kss_frame_pop(rig.m);
    enable(&rig);
    assert_int_equal(rules_total(&rig), 0);
    rig_close(&rig);
}

static void an_end_inside_the_window(void **state) {
    (void)state;
    struct rig rig;
    rules_open(&rig, NULL);
    kss_at(rig.m, 8);
    disable(&rig, true);
    sleep_in(&rig, USER);
    kss_at(rig.m, 9);
    kss_returned(rig.m, 0);
    rig_turn(&rig);
    assert_int_equal(rig_last(&rig, KSS_EV_BUGCHECK)->words[0], 0x94);
    assert_int_equal(rules_found(&rig, KSS_HAZARD_swap_disabled_at_exit), 1);
    assert_int_equal(rig_last(&rig, KSS_EV_FINDING)->place, 8);
    rig_close(&rig);
}

// Many places: the table grows, and nothing is forgotten or said twice.
static void what_is_remembered_survives_growth_and_snapshots(void **state) {
    (void)state;
    struct rig rig;
    rules_open(&rig, NULL);
    rig_enter(&rig, 1);
    for (uint32_t place = 100; place < 140; place++) {
        kss_at(rig.m, place);
        disable(&rig, true);
        enable(&rig);
        rig.event_count = 0;
    }
    size_t size;
    const void *now = kss_state(rig.m, &size);
    void *copy = malloc(size);
    memcpy(copy, now, size);
    kss_at(rig.m, 200);
    disable(&rig, true);
    enable(&rig);
    assert_int_equal(rules_total(&rig), 1);
    kss_restore(rig.m, copy, size);
    rig.event_count = 0;
    for (uint32_t place = 100; place < 140; place++) {
        kss_at(rig.m, place);
        disable(&rig, true);
        enable(&rig);
    }
    assert_int_equal(rules_total(&rig), 0);
    kss_at(rig.m, 200);
    disable(&rig, true);
    enable(&rig);
    assert_int_equal(rules_total(&rig), 1);
    free(copy);
    rig_close(&rig);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_kernel_wait_needs_it_not),
        cmocka_unit_test(a_user_wait_does),
        cmocka_unit_test(an_inner_enable_is_flagged),
        cmocka_unit_test(an_inner_disable_that_leaves_it_is_right),
        cmocka_unit_test(an_end_inside_the_window),
        cmocka_unit_test(what_is_remembered_survives_growth_and_snapshots),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
