// SPDX-License-Identifier: MIT
// What is left of a stack: what NT says agrees with where the bytes are, and a driver's guard can be made to
// take its other branch.
#include "kss/cmocka.h"

struct measured {
    uintptr_t remaining, low, high, local;
};

void MeasureHere(void), MeasureDeeper(void), MeasureInCallout(void), MeasureDpc(void),
    CallGuarded(void), CallGuardedThenLarge(void), IgnoreTheGuard(void);

enum { ONE_FRAME = 0x100 }; // of Measure, unoptimised

static uint32_t stack_size(void) {
    return sizeof(void *) == 8 ? 24576 : 12288;
}

static void assert_agrees(const struct measured *m) {
    assert_true(m->low < m->local && m->local < m->high);
    assert_in_range(m->local - m->low, m->remaining > ONE_FRAME ? m->remaining - ONE_FRAME : 0,
                    m->remaining + ONE_FRAME);
}

static void agrees_with_the_bytes(void **state) {
    struct measured shallow = {0}, deep = {0};
    (void)state;
    assert_int_equal(kss_call_thread("App", MeasureHere, &shallow), 0);
    assert_agrees(&shallow);
    assert_int_equal(shallow.high - shallow.low, stack_size());
    assert_int_equal(kss_call_thread("Again", MeasureDeeper, &deep), 0);
    assert_agrees(&deep);
    assert_in_range(shallow.remaining - deep.remaining, 5000, 5000 + 2 * ONE_FRAME);
    assert_clean();
}

static void on_a_segment(void **state) {
    struct measured m = {0};
    (void)state;
    assert_int_equal(kss_call_thread("App", MeasureInCallout, &m), 0);
    assert_agrees(&m);
    assert_true(m.remaining >= 0x8000 - ONE_FRAME); // as much as was asked for
    assert_clean();
}

static void on_the_dpc_stack(void **state) {
    struct measured m = {0};
    (void)state;
    kss_dpc(0, MeasureDpc, &m, NULL, NULL);
    kss_run_all();
    assert_agrees(&m);
    assert_clean();
}

static void guard_takes_its_branch(void **state) {
    uint32_t overflowed = 0;
    struct measured after = {0};
    (void)state;
    kss_leave_stack("GuardedRead", 0x800);
    assert_int_equal(kss_call_thread("App", CallGuarded, &overflowed, &after), 0x103);
    assert_int_equal(overflowed, 1);
    assert_agrees(&after); // it has returned: the limit is back
    assert_int_equal(after.high - after.low, stack_size());
    kss_finish(); // little stack left is worth a warning, but nothing overflowed
    assert_no_hazard("KSS1001");
}

static void guard_does_not(void **state) {
    uint32_t overflowed = 0;
    struct measured after = {0};
    (void)state;
    kss_leave_stack("headroom!GuardedRead", 0x2000);
    assert_int_equal(kss_call_thread("App", CallGuarded, &overflowed, &after), 0);
    assert_int_equal(overflowed, 0);
    assert_agrees(&after);
    assert_no_hazard("KSS1001");
}

static void limit_is_back_without_a_call(void **state) {
    uint32_t overflowed = 0;
    (void)state;
    kss_leave_stack("GuardedRead", 0x800);
    assert_int_equal(kss_call_thread("App", CallGuardedThenLarge, &overflowed), 0x103);
    assert_int_equal(overflowed, 1);
    assert_int_equal(kss_call_thread("Again", CallGuardedThenLarge, &overflowed), 0x103);
    assert_int_equal(overflowed, 2);
    assert_no_hazard("KSS1001");
}

static void guard_without_limit(void **state) {
    uint32_t overflowed = 0;
    struct measured after = {0};
    (void)state;
    kss_leave_stack("GuardedRead", 0x800);
    kss_leave_stack("GuardedRead", UINT32_MAX); // taken back
    assert_int_equal(kss_call_thread("App", CallGuarded, &overflowed, &after), 0);
    assert_int_equal(overflowed, 0);
    assert_clean();
}

// What a guard is for: the same read without it.
static void without_a_guard_it_overflows(void **state) {
    (void)state;
    kss_leave_stack("IgnoreTheGuard", 0x800);
    kss_thread("App", IgnoreTheGuard);
    kss_run_all();
    assert_bugcheck(0x7F);
    assert_hazard_in("KSS1001", "headroom!ReadWithALargeFrame");
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, kss_test_setup, kss_test_teardown)
    const struct CMUnitTest tests[] = {
        TEST(agrees_with_the_bytes),
        TEST(on_a_segment),
        TEST(on_the_dpc_stack),
        TEST(guard_takes_its_branch),
        TEST(guard_does_not),
        TEST(guard_without_limit),
        TEST(limit_is_back_without_a_call),
        TEST(without_a_guard_it_overflows),
    };
    return cmocka_run_group_tests_name("headroom", tests, NULL, NULL);
}
