// SPDX-License-Identifier: MIT
// Frames, the limit, the deepest path, expansion.
#include "rig.h"

static void a_user_thread_starts_below_reserve_and_trap_frame(void **state) {
    (void)state;
    struct rig rig;
    rig_open(&rig, "x86", NULL);
    rig_thread(&rig, "App", 0, false);
    assert_int_equal(rig_turn(&rig).kind, KSS_TURN_CALL);
    assert_int_equal(kss_current_stack(rig.m)->depth, 0x210 + 0x8C);
    assert_int_equal(RIG_CALL0(&rig, IoGetRemainingStackSize), 12288 - 0x210 - 0x8C);
    rig_close(&rig);
}

static void a_system_thread_has_start_frames_instead(void **state) {
    (void)state;
    struct rig rig;
    rig_open(&rig, "x64", NULL);
    rig_thread(&rig, "App", 0, true);
    rig_turn(&rig);
    assert_int_equal(kss_current_stack(rig.m)->depth, 0x370 + 0x80);
    rig_close(&rig);
}

static void frames_fit_to_the_last_byte_and_no_further(void **state) {
    (void)state;
    struct rig rig;
    rig_open(&rig, "x86", NULL);
    rig_thread(&rig, "App", 0, false);
    rig_turn(&rig);
    uint32_t left = 12288 - 0x210 - 0x8C;
    assert_true(kss_frame_push(rig.m, 1, left, 0, KSS_ENTRY_CALL));
    assert_int_equal(kss_current_stack(rig.m)->depth, 12288);
    assert_int_equal(kss_ended(rig.m), KSS_END_RUNNING);
    assert_false(kss_frame_push(rig.m, 2, 4, 0, KSS_ENTRY_CALL));
    assert_int_equal(kss_ended(rig.m), KSS_END_BUGCHECK);
    const struct kss_event *stop = rig_last(&rig, KSS_EV_BUGCHECK);
    assert_int_equal(stop->words[0], 0x7F);
    assert_int_equal(stop->words[1], 8);
    const struct kss_event *over = rig_last(&rig, KSS_EV_OVERFLOW);
    assert_int_equal(over->words[1], 12292);
    assert_int_equal(over->words[2], 4);
    assert_int_equal(over->words[3], 2);
    rig_close(&rig);
}

static void a_huge_frame_overflows_without_wrapping(void **state) {
    (void)state;
    struct rig rig;
    rig_open(&rig, "x64", NULL);
    rig_thread(&rig, "App", 0, false);
    rig_turn(&rig);
    assert_false(kss_frame_push(rig.m, 1, UINT32_MAX, 0, KSS_ENTRY_CALL));
    assert_int_equal(rig_last(&rig, KSS_EV_OVERFLOW)->words[2],
                     (uint64_t)UINT32_MAX + 0x370 + 0x190 - 24576);
    rig_close(&rig);
}

static void the_deepest_path_is_the_turning_point(void **state) {
    (void)state;
    struct rig rig;
    rig_open(&rig, "x64", NULL);
    rig_thread(&rig, "App", 0, true);
    rig_turn(&rig);
    rig_enter(&rig, 1);
    rig_enter(&rig, 2);
    rig_enter(&rig, 3);
    kss_frame_pop(rig.m);
    kss_frame_pop(rig.m);
    rig_enter(&rig, 3);
    kss_frame_pop(rig.m);
    kss_frame_pop(rig.m);
    kss_returned(rig.m, 0);
    while (rig_turn(&rig).kind != KSS_TURN_END) {
    }
    kss_machine_finish(rig.m);
    const struct kss_event *deepest = rig_last(&rig, KSS_EV_DEEPEST);
    assert_non_null(deepest);
    assert_int_equal(deepest->words[1], 0x370 + 0x80 + 3 * 0x100);
    unsigned at = (unsigned)(deepest - rig.events);
    static const uint32_t path[] = {3, 2, 1, 0};
    for (unsigned i = 0; i < 4; i++) {
        assert_int_equal(rig.events[at + 1 + i].kind, KSS_EV_PATH);
        assert_int_equal(rig.events[at + 1 + i].words[0], path[i]);
    }
    rig_close(&rig);
}

static void runs_move_and_keep_their_bytes(void **state) {
    (void)state;
    struct rig rig;
    rig_open(&rig, "x86", NULL);
    rig_thread(&rig, "App", 0, false);
    rig_thread(&rig, "Other", 4, false);
    rig_turn(&rig);
    kss_addr first = rig_enter(&rig, 1);
    assert_int_equal(kss_write(rig.m, first, "0123456789", 10, KSS_WHO_DRIVER).kind,
                     KSS_OUT_RETURN);
    for (int i = 0; i < 300; i++)
        assert_true(kss_frame_push(rig.m, 1, 16, 400, KSS_ENTRY_CALL));
    char bytes[10];
    assert_int_equal(kss_read(rig.m, first, bytes, 10, KSS_WHO_DRIVER).kind, KSS_OUT_RETURN);
    assert_memory_equal(bytes, "0123456789", 10);
    rig_close(&rig);
}

// ---- Expansion ----------------------------------------------------------------------------------
static struct kss_outcome expand(struct rig *rig, uint64_t size, bool wait) {
    return RIG_OUTCOME(rig, KeExpandKernelStackAndCalloutEx, kss_code_address(rig->m, 2), 0x1234,
                       size, wait, 0);
}

static void a_callout_that_fits_stays_on_the_stack(void **state) {
    (void)state;
    struct rig rig;
    rig_open(&rig, "x64", NULL);
    rig_thread(&rig, "App", 0, false);
    rig_turn(&rig);
    rig_enter(&rig, 1);
    uint32_t before = kss_current_stack(rig.m)->depth;
    assert_int_equal(expand(&rig, 0x2000, true).kind, KSS_OUT_TURN);
    struct kss_turn turn = rig_turn(&rig);
    assert_int_equal(turn.kind, KSS_TURN_CALL);
    assert_int_equal(turn.routine, 2);
    assert_int_equal(turn.argument_count, 1);
    assert_int_equal(turn.arguments[0], 0x1234);
    assert_int_equal(kss_current_stack(rig.m)->kind, KSS_STACK_THREAD);
    assert_int_equal(kss_current_stack(rig.m)->depth, before + 0x100);
    kss_returned(rig.m, 0);
    turn = rig_turn(&rig);
    assert_true(turn.kind == KSS_TURN_RUN && turn.has_value && turn.value == 0);
    assert_int_equal(kss_current_stack(rig.m)->depth, before);
    rig_close(&rig);
}

static void a_callout_that_does_not_fit_gets_a_segment_and_true_limits(void **state) {
    (void)state;
    struct rig rig;
    rig_open(&rig, "x64", NULL);
    rig_thread(&rig, "App", 0, false);
    rig_turn(&rig);
    kss_addr out = kss_global_address(rig.m, 0);
    RIG_CALL(&rig, IoGetStackLimits, out, out + 8);
    uint64_t outer = kss_peek(rig.m, out, 8);
    assert_int_equal(expand(&rig, 0x6000, true).kind, KSS_OUT_TURN);
    assert_int_equal(rig_turn(&rig).kind, KSS_TURN_CALL);
    assert_int_equal(kss_current_stack(rig.m)->kind, KSS_STACK_CALLOUT);
    RIG_CALL(&rig, IoGetStackLimits, out, out + 8);
    assert_int_equal(kss_peek(rig.m, out + 8, 8) - kss_peek(rig.m, out, 8), 0x12000);
    assert_true(kss_peek(rig.m, out, 8) != outer);
    assert_int_equal(RIG_CALL0(&rig, IoGetRemainingStackSize), 0x12000 - 0x100);
    // nested, inside the segment
    assert_int_equal(expand(&rig, 0x11800, true).kind, KSS_OUT_TURN);
    assert_int_equal(rig_turn(&rig).kind, KSS_TURN_CALL);
    kss_returned(rig.m, 0);
    assert_true(rig_turn(&rig).has_value);
    kss_returned(rig.m, 0);
    assert_true(rig_turn(&rig).has_value);
    assert_int_equal(kss_current_stack(rig.m)->kind, KSS_STACK_THREAD);
    rig_close(&rig);
}

static void refused_expansions_say_why(void **state) {
    (void)state;
    struct rig rig;
    rig_open(&rig, "x64", NULL);
    rig_thread(&rig, "App", 0, false);
    rig_turn(&rig);
    struct kss_outcome outcome = expand(&rig, 71680 + 1, true);
    assert_int_equal(outcome.kind, KSS_OUT_RETURN);
    assert_int_equal(outcome.value, 0xC00000F1);
    RIG_CALL0(&rig, KeRaiseIrqlToDpcLevel);
    outcome = expand(&rig, 0x1000, true);
    assert_int_equal(outcome.value, 0xC00000F2);
    assert_int_equal(rig_count(&rig, KSS_EV_EXPAND), 2);
    rig_close(&rig);
}

static void nesting_ends_in_status_stack_overflow(void **state) {
    (void)state;
    struct rig rig;
    rig_open(&rig, "x64", NULL);
    rig_thread(&rig, "App", 0, false);
    rig_turn(&rig);
    struct kss_outcome outcome;
    unsigned segments = 0;
    while ((outcome = expand(&rig, 0x11800, true)).kind == KSS_OUT_TURN) {
        segments += rig_last(&rig, KSS_EV_EXPAND)->words[0] == 2;
        rig.event_count = 0;
        rig_turn(&rig);
    }
    assert_int_equal(outcome.value, 0xC00000FD);
    assert_int_equal(segments, 15); // 16 * 71680 bytes hold 15 segments of 73728
    rig_close(&rig);
}

static void ending_the_thread_inside_a_callout_is_0x107(void **state) {
    (void)state;
    struct rig rig;
    rig_open(&rig, "x64", NULL);
    rig_thread(&rig, "App", 0, true);
    rig_turn(&rig);
    expand(&rig, 0x6000, true);
    rig_turn(&rig);
    assert_int_equal(RIG_OUTCOME(&rig, PsTerminateSystemThread, 0).kind, KSS_OUT_STOP);
    assert_int_equal(rig_last(&rig, KSS_EV_BUGCHECK)->words[0], 0x107);
    rig_close(&rig);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_user_thread_starts_below_reserve_and_trap_frame),
        cmocka_unit_test(a_system_thread_has_start_frames_instead),
        cmocka_unit_test(frames_fit_to_the_last_byte_and_no_further),
        cmocka_unit_test(a_huge_frame_overflows_without_wrapping),
        cmocka_unit_test(the_deepest_path_is_the_turning_point),
        cmocka_unit_test(runs_move_and_keep_their_bytes),
        cmocka_unit_test(a_callout_that_fits_stays_on_the_stack),
        cmocka_unit_test(a_callout_that_does_not_fit_gets_a_segment_and_true_limits),
        cmocka_unit_test(refused_expansions_say_why),
        cmocka_unit_test(nesting_ends_in_status_stack_overflow),
        cmocka_unit_test(ending_the_thread_inside_a_callout_is_0x107),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
