// SPDX-License-Identifier: MIT
// Native twins of incidents: the mistake is told, its cure is not. Depths here are the host compiler's, so
// what is compared is who overflows and at which load, not bytes. Then exceptions that leave DriverEntry,
// DriverUnload, a DPC, a work item and an APC: the bug check that Windows has for each, and the process
// goes on.
#include "kss/cmocka.h"

#define TRAP             0x7Fu
#define UNSUCCESSFUL     0xC0000001u
#define ACCESS_VIOLATION 0xC0000005u
#define SYSTEM_CALL      (sizeof(void *) == 8 ? 0x3Bu : 0x8Eu)

void WalkRecursively(void), WalkList(void), ReceiveDpc(void), ReceivePooledDpc(void),
    FilterThatFaults(void), FilterThatLooksFirst(void), SendCommand(void), RaisingDpc(void),
    QueueRaisingWork(void), RaisingApc(void), Sleep(void);
extern uint32_t RaiseInEntry, Scanned, Freed;

static void directory_walker(void **state) {
    (void)state;
    kss_system_thread("Scanner", WalkRecursively);
    assert_false(kss_run_all());
    assert_bugcheck(TRAP);
    assert_hazard_in("KSS1001", "incidents!Directory");
    assert_hazard_in("KSS1004", "incidents!Directory");
    assert_in_range(Scanned, 12, 64); // levels of at least 0x180 bytes in 24,576 or 12,288
}

static void directory_walker_fixed(void **state) {
    (void)state;
    assert_int_equal(kss_call_thread("Scanner", WalkList, 128), 0);
    assert_int_equal(Scanned, 128);
    assert_int_equal(kss_leak_count(), 0);
    assert_clean();
}

// The same DPC with few tunnels fits, with many it does not.
static void buffer_in_a_dpc(void **state) {
    struct kss_verdict verdict;
    (void)state;
    kss_dpc(KSS_MS(1), ReceiveDpc, (void *)(uintptr_t)0, NULL, NULL);
    assert_true(kss_run_all());
    kss_dpc(KSS_MS(1), ReceiveDpc, (void *)(uintptr_t)40, NULL, NULL);
    assert_false(kss_run_all());
    assert_bugcheck(TRAP);
    kss_verdict(kss_current(), &verdict);
    assert_int_equal(verdict.parameters[0], 8);
    assert_hazard("KSS1001");
}

static void buffer_in_a_dpc_fixed(void **state) {
    (void)state;
    kss_dpc(KSS_MS(1), ReceivePooledDpc, (void *)(uintptr_t)3, NULL, NULL);
    assert_true(kss_run_all());
    assert_int_equal(kss_leak_count(), 0);
    assert_clean();
}

static void common_buffer_freed_by_completion(void **state) {
    (void)state;
    assert_int_equal(kss_call_thread("Port", SendCommand, 0), 0);
    assert_int_equal(Freed, 1);
    assert_hazard("KSS4001");
}

static void common_buffer_freed_by_completion_fixed(void **state) {
    (void)state;
    assert_int_equal(kss_call_thread("Port", SendCommand, 1), 0);
    assert_int_equal(Freed, 1);
    assert_clean();
}

// Natively a filter runs after the frames inside are gone, so turns do not pile up; the process must
// not follow the driver into them.
static void filter_that_faults(void **state) {
    (void)state;
    kss_thread("App", FilterThatFaults, NULL);
    assert_false(kss_run_all());
    assert_bugcheck(SYSTEM_CALL);
    assert_non_null(strstr(kss_report(true), "incidents!FilterThatFaults"));
}

static void filter_that_faults_fixed(void **state) {
    (void)state;
    assert_int_equal(kss_call_thread("App", FilterThatLooksFirst, NULL), ACCESS_VIOLATION);
    assert_clean();
}

// ---- Nobody handles it ---------------------------------------------------------------------------
// P1 of 0x1E and 0x7E is the status as a signed number as wide as a pointer (DBG bug-check-0x7e).
static void assert_raised(uint32_t code, uint32_t status) {
    struct kss_verdict verdict;
    assert_bugcheck(code);
    kss_verdict(kss_current(), &verdict);
    assert_int_equal((uint32_t)verdict.parameters[0], status);
}

static void out_of_driver_entry(void **state) {
    (void)state;
    RaiseInEntry = 1;
    kss_load_driver("incidents");
    assert_raised(0x7E, UNSUCCESSFUL);
}

static void fault_out_of_driver_entry(void **state) {
    (void)state;
    RaiseInEntry = 2;
    kss_load_driver("incidents");
    assert_raised(0x7E, ACCESS_VIOLATION);
}

static void out_of_driver_unload(void **state) {
    (void)state;
    assert_int_equal(kss_load_driver("incidents"), 0);
    kss_unload_driver("incidents");
    assert_raised(0x7E, UNSUCCESSFUL);
}

static void out_of_a_dpc(void **state) {
    (void)state;
    kss_dpc(KSS_MS(1), RaisingDpc, NULL, NULL, NULL);
    assert_false(kss_run_all());
    assert_raised(0x1E, UNSUCCESSFUL);
}

static void out_of_a_work_item(void **state) {
    (void)state;
    kss_thread("App", QueueRaisingWork);
    assert_false(kss_run_all());
    assert_raised(0x7E, UNSUCCESSFUL);
}

static void out_of_an_apc(void **state) {
    static const enum kss_apc_mode modes[] = {KSS_KERNEL_APC_MODE, KSS_SPECIAL_APC_MODE};
    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        kss_setup(NULL);
        unsigned thread = kss_system_thread("Sleeper", Sleep);
        kss_queue_apc(KSS_MS(20), thread, modes[i], RaisingApc, NULL, NULL, NULL);
        assert_false(kss_run_all());
        assert_raised(0x7E, UNSUCCESSFUL); // on the stack of a system thread
    }
}

// ---- The cures, where everything is out at once ----------------------------------------------------
static struct kss_machine_options hard = {.swap = "eager", .verifier = true};

static void window(void **state) {
    uintptr_t most = 128;
    (void)state;
    kss_thread_start(&(struct kss_thread_options){.name = "Window",
                                                  .routine = (kss_routine *)WalkList,
                                                  .arguments = &most,
                                                  .argument_count = 1,
                                                  .gui = true});
    assert_true(kss_run_all());
    assert_int_equal(Scanned, 128);
    assert_clean();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, kss_test_setup, kss_test_teardown)
#define HARD(name)                                                                                 \
    cmocka_unit_test_prestate_setup_teardown(name, kss_test_setup, kss_test_teardown, &hard)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(directory_walker),
        TEST(directory_walker_fixed),
        HARD(directory_walker_fixed),
        TEST(buffer_in_a_dpc),
        TEST(buffer_in_a_dpc_fixed),
        HARD(buffer_in_a_dpc_fixed),
        TEST(common_buffer_freed_by_completion),
        TEST(common_buffer_freed_by_completion_fixed),
        HARD(common_buffer_freed_by_completion_fixed),
        TEST(filter_that_faults),
        TEST(filter_that_faults_fixed),
        HARD(filter_that_faults_fixed),
        TEST(out_of_driver_entry),
        TEST(fault_out_of_driver_entry),
        TEST(out_of_driver_unload),
        TEST(out_of_a_dpc),
        TEST(out_of_a_work_item),
        TEST(out_of_an_apc),
        TEST(window),
        HARD(window),
    };
    return cmocka_run_group_tests_name("incidents", tests, NULL, NULL);
}
