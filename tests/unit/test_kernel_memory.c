// SPDX-License-Identifier: MIT
// Memory: who may touch what, when, and what it is called; pool; objects that die.
#include "rig.h"

static void start(struct rig *rig, const char *profile) {
    rig_open(rig, profile, NULL);
    rig_thread(rig, "App", 0, false);
    rig_turn(rig);
}

static struct kss_outcome load(struct rig *rig, kss_addr address) {
    uint8_t byte;
    return kss_read(rig->m, address, &byte, 1, KSS_WHO_DRIVER);
}

static uint32_t stop_code(struct rig *rig) {
    const struct kss_event *stop = rig_last(rig, KSS_EV_BUGCHECK);
    return stop == NULL ? 0 : (uint32_t)stop->words[0];
}

static void null_is_an_exception_at_passive_and_0xd1_at_dispatch(void **state) {
    (void)state;
    struct rig rig;
    start(&rig, "x64");
    assert_int_equal(load(&rig, 0).kind, KSS_OUT_RAISE);
    assert_int_equal(stop_code(&rig), 0);
    RIG_CALL0(&rig, KeRaiseIrqlToDpcLevel);
    assert_int_equal(load(&rig, 8).kind, KSS_OUT_STOP);
    assert_int_equal(stop_code(&rig), 0xD1);
    rig_close(&rig);
}

static void a_bad_system_address_is_0x50(void **state) {
    (void)state;
    struct rig rig;
    start(&rig, "x86");
    assert_int_equal(load(&rig, 0xA0000000).kind, KSS_OUT_STOP);
    assert_int_equal(stop_code(&rig), 0x50);
    rig_close(&rig);
}

static void the_byte_below_the_limit_is_an_ordinary_fault(void **state) {
    (void)state;
    struct rig rig;
    start(&rig, "x86");
    const struct kss_stack *stack = kss_current_stack(rig.m);
    load(&rig, stack->base - stack->size - 1);
    assert_int_equal(stop_code(&rig), 0x50);
    rig_close(&rig);
}

static void pageable_data_pages_in_below_dispatch_only(void **state) {
    (void)state;
    struct rig rig;
    start(&rig, "x64");
    kss_addr paged = kss_global_address(rig.m, 1);
    struct kss_due trim = {.kind = KSS_DUE_TRIM};
    kss_promise(rig.m, &trim, 0, 0, 0);
    RIG_OUTCOME(&rig, KeStallExecutionProcessor, 1);
    rig_turn(&rig);
    assert_int_equal(rig_count(&rig, KSS_EV_TRIM), 1);
    assert_int_equal(load(&rig, paged).kind, KSS_OUT_RETURN);
    RIG_CALL0(&rig, KeRaiseIrqlToDpcLevel);
    assert_int_equal(load(&rig, paged).kind,
                     KSS_OUT_RETURN); // resident by luck: reported, no fault
    assert_int_equal(rig_count(&rig, KSS_EV_TOUCH_PAGED), 1);
    rig_close(&rig);

    start(&rig, "x64");
    kss_promise(rig.m, &trim, 0, 0, 0);
    RIG_OUTCOME(&rig, KeStallExecutionProcessor, 1);
    rig_turn(&rig);
    RIG_CALL0(&rig, KeRaiseIrqlToDpcLevel);
    assert_int_equal(load(&rig, kss_global_address(rig.m, 1) + 3).kind, KSS_OUT_STOP);
    assert_int_equal(stop_code(&rig), 0xD1);
    rig_close(&rig);
}

static void locals_are_bytes_filler_is_not(void **state) {
    (void)state;
    struct rig rig;
    start(&rig, "x64");
    kss_addr local = rig_enter(&rig, 1);
    uint64_t value = UINT64_C(0x1122334455667788);
    assert_int_equal(kss_write(rig.m, local + 0x38, &value, 8, KSS_WHO_DRIVER).kind,
                     KSS_OUT_RETURN);
    assert_int_equal(kss_peek(rig.m, local + 0x38, 8), value);
    assert_non_null(kss_direct(rig.m, local, 0x40, true));
    assert_null(kss_direct(rig.m, local, 0x41, true));
    assert_null(kss_direct(rig.m, local - 8, 8, true));
    assert_int_equal(kss_peek(rig.m, local - 8, 8), 0);
    rig_close(&rig);
}

static void a_dead_frame_is_reported_and_takes_no_writes(void **state) {
    (void)state;
    struct rig rig;
    start(&rig, "x64");
    kss_addr local = rig_enter(&rig, 1);
    RIG_CALL(&rig, KeInitializeEvent, local, 0, 0);
    kss_frame_pop(rig.m);
    assert_int_equal(rig_count(&rig, KSS_EV_OBJECT_DIES), 0); // nobody used it
    RIG_CALL(&rig, KeSetEvent, local, 0, 0);
    assert_int_equal(rig_count(&rig, KSS_EV_TOUCH_DEAD), 1);
    assert_string_equal(rig.texts[rig_last(&rig, KSS_EV_TOUCH_DEAD)->words[3] - 1],
                        "the frame (drv!First, thread App, top-0x548)");
    rig_close(&rig);
}

static void an_object_that_dies_in_use_says_by_whom(void **state) {
    (void)state;
    struct rig rig;
    start(&rig, "x64");
    kss_addr timer = rig_enter(&rig, 1);
    RIG_CALL(&rig, KeInitializeTimer, timer);
    RIG_CALL(&rig, KeSetTimer, timer, (uint64_t)(-SECONDS), 0);
    kss_frame_pop(rig.m);
    assert_int_equal(rig_last(&rig, KSS_EV_OBJECT_DIES)->words[1], 2);
    rig_close(&rig);
}

static void memory_that_is_no_object_is_reported(void **state) {
    (void)state;
    struct rig rig;
    start(&rig, "x64");
    kss_addr event = kss_global_address(rig.m, 0);
    RIG_CALL(&rig, KeSetEvent, event, 0, 0);
    assert_int_equal(rig_count(&rig, KSS_EV_NOT_INITIALIZED), 1);
    RIG_CALL(&rig, KeInitializeEvent, event + 64, 0, 0);
    RIG_CALL(&rig, KeCancelTimer, event + 64);
    assert_int_equal(rig_count(&rig, KSS_EV_WRONG_TYPE), 1);
    rig_close(&rig);
}

static void the_signal_state_is_mirrored_into_memory(void **state) {
    (void)state;
    struct rig rig;
    start(&rig, "x64");
    kss_addr event = kss_global_address(rig.m, 0);
    RIG_CALL(&rig, KeInitializeEvent, event, 1, 0);
    assert_int_equal(kss_peek(rig.m, event, 1), 1);
    assert_int_equal(kss_peek(rig.m, event + 4, 4), 0);
    RIG_CALL(&rig, KeSetEvent, event, 0, 0);
    assert_int_equal(kss_peek(rig.m, event + 4, 4), 1);
    assert_int_equal(kss_peek(rig.m, event + 8, 8), event + 8);
    rig_close(&rig);
}

// ---- Pool ---------------------------------------------------------------------------------------
enum { NONPAGED = 512, PAGED = 1, TAG = 0x5473736B };

static void blocks_are_aligned_and_do_not_cross_pages(void **state) {
    (void)state;
    struct rig rig;
    start(&rig, "x64");
    for (unsigned i = 0; i < 20; i++) {
        uint64_t size = 300u + 17 * i;
        kss_addr block = RIG_CALL(&rig, ExAllocatePoolWithTag, NONPAGED, size, TAG);
        assert_int_equal(block % 16, 0);
        assert_int_equal(block / 4096, (block + size - 1) / 4096);
    }
    assert_int_equal(RIG_CALL(&rig, ExAllocatePoolWithTag, NONPAGED, 5000, TAG) % 4096, 0);
    rig_close(&rig);
}

static void freed_memory_is_known(void **state) {
    (void)state;
    struct rig rig;
    start(&rig, "x64");
    struct kss_text text = {0};
    kss_addr block = RIG_CALL(&rig, ExAllocatePool2, 0x40, 64, TAG);
    assert_string_equal(rig_describe(&rig, block + 16, &text), "pool 'kssT' #1+0x10");
    RIG_CALL(&rig, ExFreePoolWithTag, block, TAG);
    assert_int_equal(load(&rig, block + 1).kind, KSS_OUT_RETURN);
    assert_int_equal(rig_count(&rig, KSS_EV_TOUCH_FREED), 1);
    assert_int_equal(RIG_OUTCOME(&rig, ExFreePool, block).kind, KSS_OUT_STOP);
    assert_int_equal(rig_last(&rig, KSS_EV_BUGCHECK)->words[1], 7);
    kss_text_free(&text);
    rig_close(&rig);
}

static void bad_pool_callers_stop_with_0xc2(void **state) {
    (void)state;
    struct rig rig;
    start(&rig, "x64");
    kss_addr block = RIG_CALL(&rig, ExAllocatePoolWithTag, NONPAGED, 64, TAG);
    RIG_OUTCOME(&rig, ExFreePoolWithTag, block, TAG + 1);
    assert_int_equal(rig_last(&rig, KSS_EV_BUGCHECK)->words[1], 0x0A);
    rig_close(&rig);

    start(&rig, "x64");
    RIG_CALL0(&rig, KeRaiseIrqlToDpcLevel);
    RIG_OUTCOME(&rig, ExAllocatePoolWithTag, PAGED, 64, TAG);
    assert_int_equal(rig_last(&rig, KSS_EV_BUGCHECK)->words[1], 0x08);
    rig_close(&rig);

    start(&rig, "x64");
    RIG_OUTCOME(&rig, ExFreePool, rig_enter(&rig, 1));
    assert_int_equal(rig_last(&rig, KSS_EV_BUGCHECK)->words[1], 0x46);
    rig_close(&rig);
}

static void tiny_pool(struct kss_config *config) {
    config->profile.nonpaged_pool = 100;
}

static void an_exhausted_pool_gives_null(void **state) {
    (void)state;
    struct rig rig;
    rig_open(&rig, "x64", tiny_pool);
    rig_thread(&rig, "App", 0, false);
    rig_turn(&rig);
    kss_addr block = RIG_CALL(&rig, ExAllocatePoolWithTag, NONPAGED, 60, TAG);
    assert_true(block != 0);
    assert_int_equal(RIG_CALL(&rig, ExAllocatePoolWithTag, NONPAGED, 60, TAG), 0);
    RIG_CALL(&rig, ExFreePoolWithTag, block, TAG);
    assert_true(RIG_CALL(&rig, ExAllocatePoolWithTag, NONPAGED, 60, TAG) != 0);
    rig_close(&rig);
}

static void many_frees_stay_cheap_and_known(void **state) {
    (void)state;
    struct rig rig;
    start(&rig, "x64");
    kss_addr block = 0;
    for (unsigned i = 0; i < 5000; i++) {
        rig.event_count = 0;
        block = RIG_CALL(&rig, ExAllocatePoolWithTag, NONPAGED, 48, TAG);
        RIG_CALL(&rig, ExFreePoolWithTag, block, TAG);
    }
    assert_true(kss_region_at_count(rig.m) < 1100);
    load(&rig, block);
    assert_int_equal(rig_count(&rig, KSS_EV_TOUCH_FREED), 1);
    rig_close(&rig);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(null_is_an_exception_at_passive_and_0xd1_at_dispatch),
        cmocka_unit_test(a_bad_system_address_is_0x50),
        cmocka_unit_test(the_byte_below_the_limit_is_an_ordinary_fault),
        cmocka_unit_test(pageable_data_pages_in_below_dispatch_only),
        cmocka_unit_test(locals_are_bytes_filler_is_not),
        cmocka_unit_test(a_dead_frame_is_reported_and_takes_no_writes),
        cmocka_unit_test(an_object_that_dies_in_use_says_by_whom),
        cmocka_unit_test(memory_that_is_no_object_is_reported),
        cmocka_unit_test(the_signal_state_is_mirrored_into_memory),
        cmocka_unit_test(blocks_are_aligned_and_do_not_cross_pages),
        cmocka_unit_test(freed_memory_is_known),
        cmocka_unit_test(bad_pool_callers_stop_with_0xc2),
        cmocka_unit_test(an_exhausted_pool_gives_null),
        cmocka_unit_test(many_frees_stay_cheap_and_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
