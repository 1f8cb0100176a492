// SPDX-License-Identifier: MIT
// What may lie on the stack in which wait: every kind of object, single and among several, in both
// modes. The table is the documents': objects on the stack only in KernelMode waits, the array of pointers in
// any, the wait blocks only in KernelMode.
#include "rules_rig.h"

enum { KERNEL = 0, USER = 1, ALL = 0, ANY = 1 };
enum what { EVENT, SEMAPHORE, TIMER, MUTEX, POINTERS, TIMEOUT, BLOCKS, SPIN_LOCK, ROWS, TRANSFER };

struct place { // the stack has 0x40 bytes of locals; the rest lies in nonpaged memory
    kss_addr stack, global;
};

static kss_addr make(struct rig *rig, enum what what, kss_addr address) {
    switch (what) {
    case SEMAPHORE: RIG_CALL(rig, KeInitializeSemaphore, address, 0, 1); break;
    case TIMER: RIG_CALL(rig, KeInitializeTimer, address); break;
    case MUTEX: RIG_CALL(rig, KeInitializeMutant, address, 0); break;
    default: RIG_CALL(rig, KeInitializeEvent, address, 0, 0); break;
    }
    return address;
}

static void wait_with(struct rig *rig, enum what what, unsigned mode, bool many) {
    kss_addr stack = rig_enter(rig, 1), global = kss_global_address(rig->m, 0);
    bool object = what <= MUTEX;
    kss_addr waited = make(rig, what, object ? stack : global);
    if (what == MUTEX) // somebody else's, so that the wait blocks
        kss_object_ref(rig->m, kss_object_at(rig->m, waited))->signal = 0;
    kss_addr timeout = rig_timeout(rig, SECONDS);
    if (what == TIMEOUT)
        kss_poke(rig->m, timeout = stack, 8, (uint64_t)-SECONDS);
    if (what == SPIN_LOCK)
        RIG_CALL(rig, KeInitializeSpinLock, stack);
    if (what == TRANSFER) { // a device was given the bytes, and their pages are not locked
        struct kss_due due = {.kind = KSS_DUE_DMA,
                              .irql = KSS_DMA_WRITE,
                              .arguments = {stack, 16},
                              .argument_count = 2};
        kss_promise(rig->m, &due, 20 * SECONDS, 0, 0);
    }
    kss_addr pointers = what == POINTERS ? stack : global + 0x80;
    kss_addr blocks = what == BLOCKS ? stack : global + 0x90;
    for (unsigned i = 0; i < 2; i++)
        kss_poke(rig->m, pointers + i * 4ull, 4, waited);
    if (many || what == POINTERS || what == BLOCKS)
        RIG_OUTCOME(rig, KeWaitForMultipleObjects, 2, pointers, ANY, 6, mode, 0, timeout, blocks);
    else
        RIG_OUTCOME(rig, KeWaitForSingleObject, waited, 6, mode, 0, timeout);
    assert_int_equal(rig_count(rig, KSS_EV_WAIT_BLOCK), 1);
}

static void each_kind_of_stack_object_in_each_mode(void **state) {
    (void)state;
    static const struct {
        enum what what;
        int finding; // of a UserMode wait; -1: none
    } rows[ROWS] = {
        {EVENT, KSS_HAZARD_stack_object_user_wait},
        {SEMAPHORE, KSS_HAZARD_stack_object_user_wait},
        {TIMER, KSS_HAZARD_stack_object_user_wait},
        {MUTEX, KSS_HAZARD_mutex_misuse},
        {POINTERS, -1},
        {TIMEOUT, -1},
        {BLOCKS, KSS_HAZARD_wait_blocks_on_swappable_stack},
        {SPIN_LOCK, -1},
    };
    for (unsigned i = 0; i < ROWS; i++)
        for (unsigned mode = KERNEL; mode <= USER; mode++)
            for (unsigned many = 0; many < 2; many++) {
                struct rig rig;
                rules_open(&rig, NULL);
                wait_with(&rig, rows[i].what, mode, many);
                bool found = mode == USER && rows[i].finding >= 0;
                assert_int_equal(rules_total(&rig), found);
                if (found)
                    assert_int_equal(rules_found(&rig, (enum kss_hazard_id)rows[i].finding), 1);
                rig_close(&rig);
            }
}

// Its pages may change frames in any wait; in a UserMode wait they may leave memory as well.
static void a_transfer_is_told_apart(void **state) {
    (void)state;
    for (unsigned mode = KERNEL; mode <= USER; mode++) {
        struct rig rig;
        rules_open(&rig, NULL);
        wait_with(&rig, TRANSFER, mode, false);
        assert_int_equal(rules_found(&rig, KSS_HAZARD_stack_buffer_dma), 1);
        assert_int_equal(rules_found(&rig, KSS_HAZARD_stack_object_user_wait), mode == USER);
        assert_int_equal(rules_total(&rig), mode == USER ? 2 : 1);
        rig_close(&rig);
    }
}

static void with_swapping_disabled_only_a_note_remains(void **state) {
    (void)state;
    for (unsigned i = EVENT; i < ROWS; i++) {
        if (i == MUTEX) // a UserMode wait for one is wrong in any case
            continue;
        struct rig rig;
        rules_open(&rig, NULL);
        RIG_CALL(&rig, KeSetKernelStackSwapEnable, 0);
        wait_with(&rig, (enum what)i, USER, false);
        assert_int_equal(rules_total(&rig), i <= TIMER);
        if (i <= TIMER)
            assert_int_equal(rules_severity(&rig, KSS_HAZARD_stack_object_user_wait),
                             KSS_HAZARD_NOTE);
        rig_close(&rig);
    }
}

static void all_objects_of_a_wait_are_causes_of_one_finding(void **state) {
    (void)state;
    struct rig rig;
    rules_open(&rig, NULL);
    kss_addr stack = rig_enter(&rig, 1), global = kss_global_address(rig.m, 0);
    for (unsigned i = 0; i < 2; i++) {
        kss_at(rig.m, 10 + i);
        RIG_CALL(&rig, KeInitializeEvent, stack + i * 0x10, 0, 0);
        kss_poke(rig.m, global + i * 4ull, 4, stack + i * 0x10);
    }
    RIG_OUTCOME(&rig, KeWaitForMultipleObjects, 2, global, ALL, 6, USER, 0, 0, stack);
    assert_int_equal(rules_total(&rig), 1);
    assert_int_equal(rules_found(&rig, KSS_HAZARD_stack_object_user_wait), 1);
    assert_true(rules_cause(&rig, 1, "wait blocks"));
    assert_true(rig_count(&rig, KSS_EV_FINDING_CAUSE) >= 3);
    rig_close(&rig);
}

static void a_forgotten_waiter_is_told_once(void **state) {
    (void)state;
    struct rig rig;
    rules_open(&rig, NULL);
    rig_thread(&rig, "Other", 4, false);
    kss_addr event = kss_global_address(rig.m, 0);
    RIG_CALL(&rig, KeInitializeEvent, event, 0, 0);
    RIG_OUTCOME(&rig, KeWaitForSingleObject, event, 0, KERNEL, 0, 0);
    rig_turn(&rig);
    RIG_CALL(&rig, KeInitializeEvent, event, 0, 0);
    RIG_CALL(&rig, KeSetEvent, event, 0, 0);
    assert_int_equal(rig_last(&rig, KSS_EV_SIGNAL)->words[3], 0); // nobody is found
    kss_returned(rig.m, 0);
    while (rig_turn(&rig).kind != KSS_TURN_END)
        ;
    kss_machine_finish(rig.m);
    assert_int_equal(rules_found(&rig, KSS_HAZARD_object_reinitialized_in_use), 1);
    assert_int_equal(rules_found(&rig, KSS_HAZARD_wait_never_satisfied), 0);
    rig_close(&rig);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_of_stack_object_in_each_mode),
        cmocka_unit_test(a_transfer_is_told_apart),
        cmocka_unit_test(with_swapping_disabled_only_a_note_remains),
        cmocka_unit_test(all_objects_of_a_wait_are_causes_of_one_finding),
        cmocka_unit_test(a_forgotten_waiter_is_told_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
