// SPDX-License-Identifier: MIT
// IRQL, DPCs, timers, interrupts and spin locks: what runs when, and on which stack.
#include "rig.h"

static void start(struct rig *rig, const char *profile) {
    rig_open(rig, profile, NULL);
    rig_thread(rig, "App", 0, false);
    rig_turn(rig);
}

static kss_addr dpc_object(struct rig *rig, uint32_t routine, unsigned slot) {
    kss_addr dpc = kss_global_address(rig->m, 0) + 64u * slot;
    RIG_CALL(rig, KeInitializeDpc, dpc, kss_code_address(rig->m, routine), 0x77);
    return dpc;
}

static void raising_and_lowering(void **state) {
    (void)state;
    struct rig rig;
    start(&rig, "x64");
    kss_addr old = kss_global_address(rig.m, 0);
    RIG_CALL(&rig, KeRaiseIrql, 2, old);
    assert_int_equal(kss_peek(rig.m, old, 1), 0);
    assert_int_equal(RIG_CALL0(&rig, KeGetCurrentIrql), 2);
    RIG_CALL(&rig, KeLowerIrql, 0);
    assert_int_equal(RIG_CALL0(&rig, KeGetCurrentIrql), 0);
    assert_int_equal(rig_count(&rig, KSS_EV_IRQL), 2);
    RIG_CALL(&rig, KeRaiseIrql, 3, old);
    assert_int_equal(RIG_OUTCOME(&rig, KeRaiseIrql, 2, old).kind, KSS_OUT_STOP);
    assert_int_equal(rig_last(&rig, KSS_EV_BUGCHECK)->words[0], 0x9);
    rig_close(&rig);
}

static void a_dpc_waits_for_the_irql_to_drop_and_runs_on_its_own_stack(void **state) {
    (void)state;
    struct rig rig;
    start(&rig, "x64");
    kss_addr dpc = dpc_object(&rig, 2, 0);
    RIG_CALL0(&rig, KeRaiseIrqlToDpcLevel);
    assert_int_equal(RIG_CALL(&rig, KeInsertQueueDpc, dpc, 1, 2), 1);
    assert_int_equal(RIG_CALL(&rig, KeInsertQueueDpc, dpc, 3, 4), 0);
    assert_false(kss_must_turn(rig.m));
    RIG_CALL(&rig, KeLowerIrql, 0);
    assert_true(kss_must_turn(rig.m));
    struct kss_turn turn = rig_turn(&rig);
    assert_int_equal(turn.kind, KSS_TURN_CALL);
    assert_int_equal(turn.entry, KSS_ENTRY_DPC);
    assert_int_equal(turn.argument_count, 4);
    assert_int_equal(turn.arguments[0], dpc);
    assert_int_equal(turn.arguments[1], 0x77);
    assert_int_equal(turn.arguments[2], 1);
    assert_int_equal(turn.arguments[3], 2);
    assert_int_equal(kss_current_stack(rig.m)->kind, KSS_STACK_DPC);
    assert_int_equal(RIG_CALL0(&rig, IoGetRemainingStackSize), 0x6000 - 0x100);
    assert_int_equal(kss_current_irql(rig.m), 2);
    kss_returned(rig.m, 0);
    assert_int_equal(rig_turn(&rig).kind, KSS_TURN_RUN);
    assert_int_equal(kss_current_irql(rig.m), 0);
    assert_int_equal(kss_current_stack(rig.m)->kind, KSS_STACK_THREAD);
    rig_close(&rig);
}

static void dpcs_run_first_in_first_out_and_can_be_removed(void **state) {
    (void)state;
    struct rig rig;
    start(&rig, "x64");
    kss_addr a = dpc_object(&rig, 1, 0), b = dpc_object(&rig, 2, 1), c = dpc_object(&rig, 3, 2);
    RIG_CALL0(&rig, KeRaiseIrqlToDpcLevel);
    RIG_CALL(&rig, KeInsertQueueDpc, a, 0, 0);
    RIG_CALL(&rig, KeInsertQueueDpc, b, 0, 0);
    RIG_CALL(&rig, KeInsertQueueDpc, c, 0, 0);
    assert_int_equal(RIG_CALL(&rig, KeRemoveQueueDpc, b), 1);
    assert_int_equal(RIG_CALL(&rig, KeRemoveQueueDpc, b), 0);
    RIG_CALL(&rig, KeLowerIrql, 0);
    assert_int_equal(rig_turn(&rig).routine, 1);
    kss_returned(rig.m, 0);
    assert_int_equal(rig_turn(&rig).routine, 3);
    rig_close(&rig);
}

static void waiting_in_a_dpc_is_0xb8(void **state) {
    (void)state;
    struct rig rig;
    start(&rig, "x64");
    kss_addr dpc = dpc_object(&rig, 2, 0), event = dpc + 128;
    RIG_CALL(&rig, KeInitializeEvent, event, 0, 0);
    RIG_CALL(&rig, KeInsertQueueDpc, dpc, 0, 0);
    rig_turn(&rig);
    assert_int_equal(RIG_OUTCOME(&rig, KeWaitForSingleObject, event, 0, 0, 0, 0).kind,
                     KSS_OUT_STOP);
    assert_int_equal(rig_last(&rig, KSS_EV_BUGCHECK)->words[0], 0xB8);
    rig_close(&rig);
}

static void a_dpc_that_changes_the_apc_count_is_0xc7(void **state) {
    (void)state;
    struct rig rig;
    start(&rig, "x64");
    RIG_CALL(&rig, KeInsertQueueDpc, dpc_object(&rig, 2, 0), 0, 0);
    rig_turn(&rig);
    RIG_CALL0(&rig, KeEnterCriticalRegion);
    kss_returned(rig.m, 0);
    assert_int_equal(rig_last(&rig, KSS_EV_BUGCHECK)->words[0], 0xC7);
    assert_int_equal(rig_last(&rig, KSS_EV_BUGCHECK)->words[1], 4);
    rig_close(&rig);
}

static void an_isr_runs_on_the_interrupted_stack_on_x86_and_its_own_on_x64(void **state) {
    (void)state;
    for (int wide = 0; wide < 2; wide++) {
        struct rig rig;
        start(&rig, wide ? "x64" : "x86");
        uint32_t depth = kss_current_stack(rig.m)->depth;
        struct kss_due due = {.kind = KSS_DUE_INTERRUPT, .irql = 5, .routine = 2};
        kss_promise(rig.m, &due, 100, 0, 0);
        assert_int_equal(RIG_OUTCOME(&rig, KeStallExecutionProcessor, 50).kind, KSS_OUT_TURN);
        struct kss_turn turn = rig_turn(&rig);
        assert_int_equal(turn.entry, KSS_ENTRY_ISR);
        assert_int_equal(kss_now(rig.m), 100);
        assert_int_equal(kss_current_irql(rig.m), 5);
        assert_int_equal(kss_current_stack(rig.m)->kind, wide ? KSS_STACK_ISR : KSS_STACK_THREAD);
        if (!wide)
            assert_int_equal(kss_current_stack(rig.m)->depth, depth + 0x8C + 0x100);
        kss_returned(rig.m, 0);
        turn = rig_turn(&rig);
        assert_true(turn.kind == KSS_TURN_RUN && turn.has_value);
        assert_int_equal(kss_now(rig.m), 500);
        assert_int_equal(kss_current_stack(rig.m)->depth, depth);
        assert_int_equal(kss_current_irql(rig.m), 0);
        rig_close(&rig);
    }
}

static void a_higher_interrupt_nests_a_lower_one_waits(void **state) {
    (void)state;
    struct rig rig;
    start(&rig, "x64");
    struct kss_due due = {.kind = KSS_DUE_INTERRUPT, .irql = 5, .routine = 1};
    kss_promise(rig.m, &due, 100, 0, 0);
    due.irql = 4;
    due.routine = 2;
    kss_promise(rig.m, &due, 200, 0, 0);
    due.irql = 7;
    due.routine = 3;
    kss_promise(rig.m, &due, 200, 0, 0);
    RIG_OUTCOME(&rig, KeStallExecutionProcessor, 50);
    assert_int_equal(rig_turn(&rig).routine, 1);
    assert_int_equal(RIG_OUTCOME(&rig, KeStallExecutionProcessor, 50).kind, KSS_OUT_TURN);
    assert_int_equal(rig_turn(&rig).routine, 3);
    kss_returned(rig.m, 0);
    assert_true(rig_turn(&rig).has_value); // the first ISR's stall ends
    kss_returned(rig.m, 0);
    assert_int_equal(rig_turn(&rig).routine, 2);
    rig_close(&rig);
}

// ---- Timers -------------------------------------------------------------------------------------
static void a_timer_signals_and_queues_its_dpc(void **state) {
    (void)state;
    struct rig rig;
    start(&rig, "x64");
    kss_addr dpc = dpc_object(&rig, 2, 0), timer = dpc + 64;
    RIG_CALL(&rig, KeInitializeTimer, timer);
    assert_int_equal(RIG_CALL(&rig, KeSetTimer, timer, (uint64_t)(-SECONDS), dpc), 0);
    assert_int_equal(RIG_CALL(&rig, KeSetTimer, timer, (uint64_t)(-2 * SECONDS), dpc), 1);
    assert_int_equal(RIG_OUTCOME(&rig, KeWaitForSingleObject, timer, 0, 0, 0, 0).kind,
                     KSS_OUT_TURN);
    struct kss_turn turn = rig_turn(&rig);
    assert_int_equal(turn.entry, KSS_ENTRY_DPC);
    assert_int_equal(kss_now(rig.m), 2 * SECONDS);
    kss_returned(rig.m, 0);
    turn = rig_turn(&rig);
    assert_true(turn.has_value && turn.value == 0);
    assert_int_equal(RIG_CALL(&rig, KeReadStateTimer, timer), 1);
    assert_int_equal(RIG_CALL(&rig, KeCancelTimer, timer), 0);
    rig_close(&rig);
}

static void a_periodic_timer_comes_again_until_cancelled(void **state) {
    (void)state;
    struct rig rig;
    start(&rig, "x64");
    kss_addr timer = kss_global_address(rig.m, 0);
    RIG_CALL(&rig, KeInitializeTimerEx, timer, 1);
    RIG_CALL(&rig, KeSetTimerEx, timer, (uint64_t)(-SECONDS), 500, 0);
    for (int i = 0; i < 3; i++) {
        RIG_OUTCOME(&rig, KeWaitForSingleObject, timer, 0, 0, 0, 0);
        assert_true(rig_turn(&rig).has_value);
        assert_int_equal(kss_now(rig.m), SECONDS + i * SECONDS / 2);
    }
    assert_int_equal(RIG_CALL(&rig, KeCancelTimer, timer), 1);
    assert_int_equal(kss_due_at_count(rig.m), 0);
    rig_close(&rig);
}

// ---- Spin locks ---------------------------------------------------------------------------------
static void a_spin_lock_raises_and_restores(void **state) {
    (void)state;
    struct rig rig;
    start(&rig, "x64");
    kss_addr lock = kss_global_address(rig.m, 0), old = lock + 16;
    RIG_CALL(&rig, KeInitializeSpinLock, lock);
    RIG_CALL(&rig, KeAcquireSpinLock, lock, old);
    assert_int_equal(kss_current_irql(rig.m), 2);
    assert_int_equal(kss_peek(rig.m, old, 1), 0);
    assert_int_equal(RIG_CALL(&rig, KeTryToAcquireSpinLockAtDpcLevel, lock), 0);
    RIG_CALL(&rig, KeReleaseSpinLock, lock, 0);
    assert_int_equal(kss_current_irql(rig.m), 0);
    rig_close(&rig);
}

static void acquiring_a_held_spin_lock_again_hangs(void **state) {
    (void)state;
    struct rig rig;
    start(&rig, "x64");
    kss_addr lock = kss_global_address(rig.m, 0), old = lock + 16;
    RIG_CALL(&rig, KeInitializeSpinLock, lock);
    RIG_CALL(&rig, KeAcquireSpinLock, lock, old);
    assert_int_equal(RIG_OUTCOME(&rig, KeAcquireSpinLockAtDpcLevel, lock).kind, KSS_OUT_STOP);
    assert_int_equal(kss_ended(rig.m), KSS_END_HANG);
    assert_int_equal(rig_count(&rig, KSS_EV_LOCK_RECURSION), 1);
    rig_close(&rig);
}

static void two(struct kss_config *config) {
    config->profile.processors = 2;
}

static void a_lock_held_by_another_processor_is_spun_on(void **state) {
    (void)state;
    struct rig rig;
    rig_open(&rig, "x64", two);
    rig_thread(&rig, "App", 0, false);
    rig_thread(&rig, "Other", 4, false);
    kss_addr lock = kss_global_address(rig.m, 0), old = lock + 16;
    assert_int_equal(rig_turn(&rig).routine, 0);
    uint16_t first = kss_globals(rig.m)->current_cpu;
    RIG_CALL(&rig, KeInitializeSpinLock, lock);
    RIG_CALL(&rig, KeAcquireSpinLock, lock, old);
    assert_int_equal(rig_turn(&rig).routine, 4);
    assert_true(kss_globals(rig.m)->current_cpu != first);
    assert_int_equal(RIG_OUTCOME(&rig, KeAcquireSpinLock, lock, old + 1).kind, KSS_OUT_TURN);
    assert_int_equal(rig_turn(&rig).kind, KSS_TURN_RUN);
    assert_int_equal(kss_globals(rig.m)->current_cpu, first);
    RIG_CALL(&rig, KeReleaseSpinLock, lock, 0);
    struct kss_turn turn = rig_turn(&rig);
    assert_true(turn.has_value);
    assert_true(kss_globals(rig.m)->current_cpu != first);
    assert_int_equal(kss_current_irql(rig.m), 2);
    rig_close(&rig);
}

static void the_irql_rule_of_a_row_is_checked(void **state) {
    (void)state;
    struct rig rig;
    start(&rig, "x64");
    kss_addr event = kss_global_address(rig.m, 0);
    RIG_CALL(&rig, KeInitializeEvent, event, 0, 0);
    assert_int_equal(rig_count(&rig, KSS_EV_IRQL_RULE), 0);
    RIG_CALL(&rig, KeRaiseIrql, 5, event + 64);
    RIG_CALL(&rig, KeSetEvent, event, 0, 0);
    const struct kss_event *rule = rig_last(&rig, KSS_EV_IRQL_RULE);
    assert_non_null(rule);
    assert_int_equal(rule->words[0], KSS_NT_KeSetEvent);
    assert_int_equal(rule->words[2], 2);
    assert_int_equal(rule->irql, 5);
    rig_close(&rig);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(raising_and_lowering),
        cmocka_unit_test(a_dpc_waits_for_the_irql_to_drop_and_runs_on_its_own_stack),
        cmocka_unit_test(dpcs_run_first_in_first_out_and_can_be_removed),
        cmocka_unit_test(waiting_in_a_dpc_is_0xb8),
        cmocka_unit_test(a_dpc_that_changes_the_apc_count_is_0xc7),
        cmocka_unit_test(an_isr_runs_on_the_interrupted_stack_on_x86_and_its_own_on_x64),
        cmocka_unit_test(a_higher_interrupt_nests_a_lower_one_waits),
        cmocka_unit_test(a_timer_signals_and_queues_its_dpc),
        cmocka_unit_test(a_periodic_timer_comes_again_until_cancelled),
        cmocka_unit_test(a_spin_lock_raises_and_restores),
        cmocka_unit_test(acquiring_a_held_spin_lock_again_hangs),
        cmocka_unit_test(a_lock_held_by_another_processor_is_spun_on),
        cmocka_unit_test(the_irql_rule_of_a_row_is_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
