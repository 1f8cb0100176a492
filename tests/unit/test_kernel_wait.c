// SPDX-License-Identifier: MIT
// Waits: what ends them, with which status, at which time; the swapper beside them.
#include "rig.h"

enum { KERNEL = 0, USER = 1, REASON = 6 };

static void start(struct rig *rig, void (*change)(struct kss_config *)) {
    rig_open(rig, "x86", change);
    rig_thread(rig, "App", 0, false);
    rig_turn(rig);
}

static struct kss_outcome wait_for(struct rig *rig, kss_addr event, unsigned mode, bool alertable,
                                   kss_addr timeout) {
    return RIG_OUTCOME(rig, KeWaitForSingleObject, event, REASON, mode, alertable, timeout);
}

static kss_addr event_in_pool(struct rig *rig, unsigned type, bool set) {
    kss_addr event = kss_global_address(rig->m, 0);
    RIG_CALL(rig, KeInitializeEvent, event, type, set);
    return event;
}

static void promise(struct rig *rig, unsigned kind, uint64_t argument, uint16_t target,
                    uint64_t after, uint64_t range) {
    struct kss_due due = {.kind = (uint8_t)kind, .target = target, .arguments = {argument}};
    kss_promise(rig->m, &due, after, range, 0);
}

static void a_signalled_event_ends_the_wait_at_once(void **state) {
    (void)state;
    struct rig rig;
    start(&rig, NULL);
    kss_addr notification = event_in_pool(&rig, 0, true);
    assert_int_equal(wait_for(&rig, notification, KERNEL, false, 0).kind, KSS_OUT_RETURN);
    assert_int_equal(RIG_CALL(&rig, KeReadStateEvent, notification), 1);
    kss_addr synchronization = notification + 64;
    RIG_CALL(&rig, KeInitializeEvent, synchronization, 1, 1);
    wait_for(&rig, synchronization, KERNEL, false, 0);
    assert_int_equal(RIG_CALL(&rig, KeReadStateEvent, synchronization), 0);
    rig_close(&rig);
}

static void a_zero_timeout_polls(void **state) {
    (void)state;
    struct rig rig;
    start(&rig, NULL);
    kss_addr event = event_in_pool(&rig, 0, false);
    struct kss_outcome outcome = wait_for(&rig, event, KERNEL, false, rig_timeout(&rig, 0));
    assert_true(outcome.kind == KSS_OUT_RETURN && outcome.value == 0x102);
    RIG_CALL0(&rig, KeRaiseIrqlToDpcLevel);
    outcome = wait_for(&rig, event, KERNEL, false, rig_timeout(&rig, 0));
    assert_true(outcome.kind == KSS_OUT_RETURN && outcome.value == 0x102);
    rig_close(&rig);
}

static void a_timeout_comes_at_the_first_tick_at_or_after(void **state) {
    (void)state;
    struct rig rig;
    start(&rig, NULL);
    kss_addr event = event_in_pool(&rig, 0, false);
    assert_int_equal(wait_for(&rig, event, KERNEL, false, rig_timeout(&rig, 156251)).kind,
                     KSS_OUT_TURN);
    struct kss_turn turn = rig_turn(&rig);
    assert_true(turn.kind == KSS_TURN_RUN && turn.has_value && turn.value == 0x102);
    assert_int_equal(kss_now(rig.m), 2 * 156250);
    rig_close(&rig);
}

static void a_delay_that_expires_is_success(void **state) {
    (void)state;
    struct rig rig;
    start(&rig, NULL);
    assert_int_equal(
        RIG_OUTCOME(&rig, KeDelayExecutionThread, KERNEL, 0, rig_timeout(&rig, SECONDS)).kind,
        KSS_OUT_TURN);
    struct kss_turn turn = rig_turn(&rig);
    assert_true(turn.has_value && turn.value == 0);
    assert_int_equal(kss_now(rig.m), SECONDS);
    rig_close(&rig);
}

struct matrix_row {
    unsigned mode;
    bool alertable;
    unsigned what;
    uint32_t status; // 0x102: not ended by it
};
static const struct matrix_row matrix[] = {
    {USER, true, KSS_DUE_ALERT, 0x101},    {USER, true, KSS_DUE_TERMINATE, 0xC0},
    {USER, false, KSS_DUE_ALERT, 0x102},   {USER, false, KSS_DUE_TERMINATE, 0xC0},
    {KERNEL, true, KSS_DUE_ALERT, 0x101},  {KERNEL, true, KSS_DUE_TERMINATE, 0x102},
    {KERNEL, false, KSS_DUE_ALERT, 0x102}, {KERNEL, false, KSS_DUE_TERMINATE, 0x102},
};

static void alerts_and_termination_follow_the_matrix(void **state) {
    (void)state;
    for (unsigned i = 0; i < sizeof matrix / sizeof *matrix; i++) {
        struct rig rig;
        start(&rig, NULL);
        kss_addr event = event_in_pool(&rig, 0, false);
        promise(&rig, matrix[i].what, 0, 0, SECONDS, 0);
        wait_for(&rig, event, matrix[i].mode, matrix[i].alertable, rig_timeout(&rig, 2 * SECONDS));
        struct kss_turn turn = rig_turn(&rig);
        assert_true(turn.has_value);
        assert_int_equal(turn.value, matrix[i].status);
        assert_int_equal(kss_now(rig.m), (matrix[i].status == 0x102 ? 2 : 1) * SECONDS);
        rig_close(&rig);
    }
}

static void an_alert_that_came_before_ends_the_next_alertable_wait(void **state) {
    (void)state;
    struct rig rig;
    start(&rig, NULL);
    kss_addr event = event_in_pool(&rig, 0, false);
    promise(&rig, KSS_DUE_ALERT, 0, 0, SECONDS, 0);
    wait_for(&rig, event, KERNEL, false, rig_timeout(&rig, 2 * SECONDS));
    assert_int_equal(rig_turn(&rig).value, 0x102);
    assert_int_equal(wait_for(&rig, event, KERNEL, true, 0).value, 0x101);
    rig_close(&rig);
}

static void a_synchronization_event_releases_one_a_notification_event_all(void **state) {
    (void)state;
    for (unsigned type = 0; type < 2; type++) {
        struct rig rig;
        rig_open(&rig, "x64", NULL);
        rig_thread(&rig, "App", 0, false);
        rig_thread(&rig, "Other", 4, false);
        rig_turn(&rig);
        kss_addr event = event_in_pool(&rig, type, false);
        wait_for(&rig, event, KERNEL, false, 0);
        assert_int_equal(rig_turn(&rig).kind, KSS_TURN_CALL); // the other thread
        wait_for(&rig, event, KERNEL, false, 0);
        promise(&rig, KSS_DUE_SIGNAL, event, 0, SECONDS, 0);
        assert_true(rig_turn(&rig).has_value);
        assert_int_equal(rig_last(&rig, KSS_EV_SIGNAL)->words[3], type == 0 ? 2 : 1);
        rig_close(&rig);
    }
}

static void a_blocking_wait_at_dispatch_cannot_continue(void **state) {
    (void)state;
    struct rig rig;
    start(&rig, NULL);
    kss_addr event = event_in_pool(&rig, 0, false);
    RIG_CALL0(&rig, KeRaiseIrqlToDpcLevel);
    assert_int_equal(wait_for(&rig, event, KERNEL, false, 0).kind, KSS_OUT_STOP);
    assert_int_equal(kss_ended(rig.m), KSS_END_CANNOT_CONTINUE);
    assert_int_equal(rig_count(&rig, KSS_EV_BLOCK_AT_DISPATCH), 1);
    rig_close(&rig);
}

static void set_with_wait_true_is_followed_by_a_wait_at_the_old_irql(void **state) {
    (void)state;
    struct rig rig;
    start(&rig, NULL);
    kss_addr event = event_in_pool(&rig, 1, false);
    RIG_CALL(&rig, KeSetEvent, event, 0, 1);
    assert_int_equal(kss_current_irql(rig.m), 2);
    assert_int_equal(wait_for(&rig, event, KERNEL, false, 0).kind, KSS_OUT_RETURN);
    assert_int_equal(kss_current_irql(rig.m), 0);
    rig_close(&rig);
}

// ---- The swapper --------------------------------------------------------------------------------
static void swap_never(struct kss_config *config) {
    config->swap = KSS_SWAP_NEVER;
}
static void swap_eager(struct kss_config *config) {
    config->swap = KSS_SWAP_EAGER;
}
static void small(struct kss_config *config) {
    config->small_memory = true;
}
static void per_process(struct kss_config *config) {
    config->swap_policy = KSS_SWAP_PER_PROCESS;
}

static void wait_long(struct rig *rig, unsigned mode) {
    kss_addr event = event_in_pool(rig, 0, false);
    promise(rig, KSS_DUE_SIGNAL, event, 0, 60 * SECONDS, 0);
    wait_for(rig, event, mode, false, 0);
    rig_turn(rig);
}

static void only_a_long_user_mode_wait_is_out_swapped(void **state) {
    (void)state;
    static const struct {
        unsigned mode;
        void (*change)(struct kss_config *);
        uint64_t at; // 0: never
    } rows[] = {{USER, NULL, 16 * SECONDS},
                {KERNEL, NULL, 0},
                {USER, swap_never, 0},
                {USER, swap_eager, 1},
                {KERNEL, swap_eager, 0},
                {USER, small, 4 * SECONDS},
                {USER, per_process, 16 * SECONDS}};
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct rig rig;
        start(&rig, rows[i].change);
        wait_long(&rig, rows[i].mode);
        const struct kss_event *out = rig_last(&rig, KSS_EV_OUTSWAP);
        assert_int_equal(out != NULL, rows[i].at != 0);
        if (out != NULL) {
            assert_int_equal(out->time, rows[i].at == 1 ? 0 : rows[i].at);
            assert_int_equal(out->words[1], 12288);
            assert_int_equal(rig_count(&rig, KSS_EV_INSWAP), 1);
        }
        rig_close(&rig);
    }
}

static void swapping_disabled_or_high_priority_stays(void **state) {
    (void)state;
    struct rig rig;
    start(&rig, NULL);
    assert_int_equal(RIG_CALL(&rig, KeSetKernelStackSwapEnable, 0), 1);
    assert_int_equal(RIG_CALL(&rig, KeSetKernelStackSwapEnable, 0), 0);
    wait_long(&rig, USER);
    assert_int_equal(rig_count(&rig, KSS_EV_OUTSWAP), 0);
    assert_int_equal(rig_last(&rig, KSS_EV_ELIGIBLE)->words[2], 31 & ~2);
    rig_close(&rig);

    rig_open(&rig, "x86", NULL);
    kss_thread_add(rig.m, "App", 0, 25, NULL, false, false, 0);
    rig_turn(&rig);
    wait_long(&rig, USER);
    assert_int_equal(rig_count(&rig, KSS_EV_OUTSWAP), 0);
    assert_int_equal(rig_last(&rig, KSS_EV_ELIGIBLE)->words[2], 31 & ~8);
    rig_close(&rig);
}

static void per_process_waits_for_the_companions(void **state) {
    (void)state;
    struct rig rig;
    rig_open(&rig, "x86", per_process);
    rig_thread(&rig, "App", 0, false);
    rig_thread(&rig, "Other", 4, false);
    rig_turn(&rig);
    kss_addr event = event_in_pool(&rig, 0, false);
    promise(&rig, KSS_DUE_SIGNAL, event, 0, 60 * SECONDS, 0);
    wait_for(&rig, event, USER, false, 0);
    rig_turn(&rig); // the other: 20 s in KernelMode, then UserMode
    RIG_OUTCOME(&rig, KeDelayExecutionThread, KERNEL, 0, rig_timeout(&rig, 20 * SECONDS));
    rig_turn(&rig);
    assert_int_equal(rig_count(&rig, KSS_EV_OUTSWAP), 0);
    wait_for(&rig, event, USER, false, 0);
    rig_turn(&rig);
    assert_int_equal(rig_count(&rig, KSS_EV_OUTSWAP), 2);
    rig_close(&rig);
}

static void setting_an_event_on_an_out_swapped_stack_is_0xa(void **state) {
    (void)state;
    struct rig rig;
    start(&rig, NULL);
    kss_addr event = rig_enter(&rig, 1);
    RIG_CALL(&rig, KeInitializeEvent, event, 0, 0);
    promise(&rig, KSS_DUE_SIGNAL, event, 0, 30 * SECONDS, 0);
    wait_for(&rig, event, USER, false, 0);
    assert_int_equal(rig_turn(&rig).kind, KSS_TURN_END);
    const struct kss_event *stop = rig_last(&rig, KSS_EV_BUGCHECK);
    assert_int_equal(stop->words[0], 0xA);
    assert_int_equal(stop->words[1], event);
    assert_int_equal(stop->words[2], 2);
    assert_int_equal(stop->words[3], 0);
    assert_int_equal(stop->time, 30 * SECONDS);
    rig_close(&rig);
}

// ---- Time ---------------------------------------------------------------------------------------
static void a_ranged_event_can_let_the_out_swap_past(void **state) {
    (void)state;
    for (unsigned late = 0; late < 2; late++) {
        struct rig rig;
        start(&rig, NULL);
        rig.m->port.choose = rig_choose;
        rig.choices[0] = late;
        rig.choice_count = 1;
        kss_addr event = rig_enter(&rig, 1);
        RIG_CALL(&rig, KeInitializeEvent, event, 0, 0);
        promise(&rig, KSS_DUE_SIGNAL, event, 0, SECONDS, 29 * SECONDS);
        wait_for(&rig, event, USER, false, 0);
        struct kss_turn turn = rig_turn(&rig);
        assert_int_equal(turn.kind, late ? KSS_TURN_END : KSS_TURN_RUN);
        assert_int_equal(kss_now(rig.m), late ? 16 * SECONDS : SECONDS);
        rig_close(&rig);
    }
}

static void events_due_together_come_in_the_order_they_were_made(void **state) {
    (void)state;
    struct rig rig;
    start(&rig, NULL);
    kss_addr event = event_in_pool(&rig, 0, false);
    promise(&rig, KSS_DUE_TRIM, 0, 0, 2 * SECONDS, 0);
    promise(&rig, KSS_DUE_SIGNAL, event, 0, 3 * SECONDS, 0);
    promise(&rig, KSS_DUE_ALERT, 0, 0, 2 * SECONDS, 0);
    promise(&rig, KSS_DUE_TRIM, 0, 0, 1 * SECONDS, 0);
    rig.event_count = 0;
    wait_for(&rig, event, KERNEL, false, 0);
    rig_turn(&rig);
    static const struct {
        unsigned kind;
        uint64_t time;
    } expected[] = {{KSS_EV_TRIM, SECONDS},
                    {KSS_EV_TRIM, 2 * SECONDS},
                    {KSS_EV_ALERT, 2 * SECONDS},
                    {KSS_EV_SIGNAL, 3 * SECONDS}};
    unsigned found = 0;
    for (unsigned i = 0; i < rig.event_count; i++)
        if (found < 4 && rig.events[i].kind == expected[found].kind) {
            assert_int_equal(rig.events[i].time, expected[found].time);
            found++;
        }
    assert_int_equal(found, 4);
    rig_close(&rig);
}

static void a_wait_nothing_ends_is_reported(void **state) {
    (void)state;
    struct rig rig;
    start(&rig, NULL);
    wait_for(&rig, event_in_pool(&rig, 0, false), KERNEL, false, 0);
    assert_int_equal(rig_turn(&rig).kind, KSS_TURN_END);
    kss_machine_finish(rig.m);
    assert_int_equal(rig_count(&rig, KSS_EV_NEVER), 1);
    assert_int_equal(rig_last(&rig, KSS_EV_REST)->words[0], 0);
    rig_close(&rig);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_signalled_event_ends_the_wait_at_once),
        cmocka_unit_test(a_zero_timeout_polls),
        cmocka_unit_test(a_timeout_comes_at_the_first_tick_at_or_after),
        cmocka_unit_test(a_delay_that_expires_is_success),
        cmocka_unit_test(alerts_and_termination_follow_the_matrix),
        cmocka_unit_test(an_alert_that_came_before_ends_the_next_alertable_wait),
        cmocka_unit_test(a_synchronization_event_releases_one_a_notification_event_all),
        cmocka_unit_test(a_blocking_wait_at_dispatch_cannot_continue),
        cmocka_unit_test(set_with_wait_true_is_followed_by_a_wait_at_the_old_irql),
        cmocka_unit_test(only_a_long_user_mode_wait_is_out_swapped),
        cmocka_unit_test(swapping_disabled_or_high_priority_stays),
        cmocka_unit_test(per_process_waits_for_the_companions),
        cmocka_unit_test(setting_an_event_on_an_out_swapped_stack_is_0xa),
        cmocka_unit_test(a_ranged_event_can_let_the_out_swap_past),
        cmocka_unit_test(events_due_together_come_in_the_order_they_were_made),
        cmocka_unit_test(a_wait_nothing_ends_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
