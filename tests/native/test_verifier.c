// SPDX-License-Identifier: MIT
// Driver Verifier natively: the sub-codes, what Force IRQL Checking takes away, and the options of the
// harness that change policies.
#include "kss/cmocka.h"

void Mistake(void), Correct(void), WaitOnStack(void), TouchPaged(void);
void RaisesInPagedCode(void), CallsLockHelper(void), StallingDpc(void);

static struct kss_verdict verdict_of(kss_routine *routine, unsigned argument) {
    struct kss_verdict verdict;
    kss_thread("App", routine, argument);
    kss_run_all();
    kss_finish();
    kss_verdict(kss_current(), &verdict);
    return verdict;
}

static void each_sub_code(void **state) {
    (void)state;
    static const unsigned codes[] = {0x00, 0x01,  0x30, 0x31,   0x32,   0x3E,
                                     0x40, 0x121, 0xE1, 0x1000, 0x1001, 0x1007};
    for (unsigned i = 0; i < sizeof codes / sizeof *codes; i++) {
        kss_setup(&(struct kss_machine_options){.verifier = true});
        struct kss_verdict verdict = verdict_of(Mistake, i);
        if (verdict.bugcheck != 0xC4 || verdict.parameters[0] != codes[i])
            print_message("mistake %u: %s", i, kss_report(false));
        assert_int_equal(verdict.bugcheck, 0xC4);
        assert_int_equal(verdict.parameters[0], codes[i]);
        assert_true(kss_finding_count(kss_current()) <= 1);
    }
}

static void correct_code_is_silent(void **state) {
    (void)state;
    kss_setup(&(struct kss_machine_options){.verifier = true});
    kss_thread("App", Correct);
    kss_thread("App2", CallsLockHelper);
    kss_run_all();
    assert_clean();
}

static void stack_event_in_a_user_wait(void **state) {
    (void)state;
    kss_setup(&(struct kss_machine_options){.verifier = true});
    struct kss_verdict verdict = verdict_of(WaitOnStack, 0);
    assert_int_equal(verdict.bugcheck, 0xC4);
    assert_int_equal(verdict.parameters[0], 0x123);
    assert_hazard_in("stack-object-user-wait", "verifier!WaitOnStack");
}

static void paged_pool_under_a_lock(void **state) {
    (void)state;
    kss_thread("App", TouchPaged);
    kss_run_all();
    assert_clean(); // it is in memory, and a store natively is not seen
    kss_setup(&(struct kss_machine_options){.verifier = true});
    struct kss_verdict verdict = verdict_of(TouchPaged, 0);
    assert_int_equal(verdict.bugcheck, 0xD1);
    assert_int_equal(verdict.parameters[1], 2);
    assert_int_equal(verdict.parameters[2], 1);
    assert_hazard_in("pageable-data-at-dispatch", "verifier!TouchPaged");
}

static void pageable_code_that_raises(void **state) {
    (void)state;
    unsigned app = kss_thread("App", RaisesInPagedCode);
    kss_run_all();
    assert_int_equal(kss_thread_phase(app), KSS_THREAD_ENDED);
    assert_hazard_in("pageable-code-at-dispatch", "verifier!RaisesInPagedCode");
    kss_setup(&(struct kss_machine_options){.verifier = true});
    struct kss_verdict verdict = verdict_of(RaisesInPagedCode, 0);
    assert_int_equal(verdict.bugcheck, 0xD1);
    assert_int_equal(verdict.parameters[2], 8);
}

static void pageable_code_that_calls_a_helper(void **state) {
    (void)state;
    kss_thread("App", CallsLockHelper);
    kss_run_all();
    assert_clean();
}

static void short_dpc(void **state) {
    (void)state;
    kss_dpc(0, StallingDpc, (void *)2, NULL, NULL);
    kss_run_all();
    assert_clean();
}

static void long_dpc(void **state) {
    (void)state;
    kss_dpc(0, StallingDpc, (void *)3, NULL, NULL);
    kss_run_all();
    assert_hazard("dpc-too-long");
}

static void watchdog(void **state) {
    (void)state;
    kss_setup(&(struct kss_machine_options){.dpc_timeout = KSS_MS(10)});
    kss_dpc(0, StallingDpc, (void *)1000, NULL, NULL);
    kss_run_all();
    assert_bugcheck(0x133);
}

static void watchdog_off(void **state) {
    (void)state;
    kss_setup(&(struct kss_machine_options){.dpc_timeout = UINT64_MAX, .dpc_watchdog = UINT64_MAX});
    kss_dpc(0, StallingDpc, (void *)1000, NULL, NULL);
    assert_true(kss_run_all());
}

static int machine(void **state) {
    (void)state;
    kss_setup(NULL);
    return 0;
}

static int gone(void **state) {
    (void)state;
    kss_teardown();
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_sub_code, machine, gone),
        cmocka_unit_test_setup_teardown(correct_code_is_silent, machine, gone),
        cmocka_unit_test_setup_teardown(stack_event_in_a_user_wait, machine, gone),
        cmocka_unit_test_setup_teardown(paged_pool_under_a_lock, machine, gone),
        cmocka_unit_test_setup_teardown(pageable_code_that_raises, machine, gone),
        cmocka_unit_test_setup_teardown(pageable_code_that_calls_a_helper, machine, gone),
        cmocka_unit_test_setup_teardown(short_dpc, machine, gone),
        cmocka_unit_test_setup_teardown(long_dpc, machine, gone),
        cmocka_unit_test_setup_teardown(watchdog, machine, gone),
        cmocka_unit_test_setup_teardown(watchdog_off, machine, gone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
