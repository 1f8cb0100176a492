// SPDX-License-Identifier: MIT
// Driver code that faults: each fault becomes the bug check, exception or finding that Windows has for it,
// within its own test. After each one an ordinary test runs in the same process.
#include "kss/cmocka.h"

enum { KERNEL_MODE, USER_MODE };

void ReadNullDpc(void), DivideDpc(void), CopyThereDpc(void), ReadPagedDpc(void), ReadNull(void),
    ReadNullRaised(void), ReadAt(void), ReadNullGuarded(void), SetDeadEvent(void),
    SetFreedEvent(void), Privileged(void), Divide(void), DivideGuarded(void), Illegal(void),
    WaitWithBuffer(void), CopyThere(void), AllocatePaged(void), ReadPaged(void), Spin(void),
    Ordinary(void);

// An unhandled exception of a system call: 0x3B on x64, 0x8E on x86.
#define SYSTEM_CALL (sizeof(void *) == 8 ? 0x3Bu : 0x8Eu)

static void assert_parameter(unsigned index, uint64_t value) {
    struct kss_verdict verdict;
    kss_verdict(kss_current(), &verdict);
    assert_int_equal(verdict.parameters[index], value);
}

static void assert_bugcheck_in(uint32_t code, const char *routine) {
    struct kss_verdict verdict;
    assert_bugcheck(code);
    kss_verdict(kss_current(), &verdict);
    assert_non_null(verdict.bugcheck_routine);
    assert_string_equal(verdict.bugcheck_routine, routine);
}

// ---- Pointers ----------------------------------------------------------------------------------
static void null_in_a_system_call(void **state) {
    (void)state;
    kss_thread("App", ReadNull);
    assert_false(kss_run_all());
    assert_bugcheck_in(SYSTEM_CALL, "fault!ReadNull");
    assert_parameter(0, 0xC0000005);
}

static void null_in_a_system_thread(void **state) {
    (void)state;
    kss_system_thread("Worker", ReadNull);
    kss_run_all();
    assert_bugcheck_in(0x7E, "fault!ReadNull");
}

static void null_at_dispatch(void **state) {
    (void)state;
    kss_thread("App", ReadNullRaised);
    kss_run_all();
    assert_bugcheck_in(0xD1, "fault!ReadAt");
    assert_parameter(0, 0);
    assert_parameter(1, 2); // IRQL
    assert_parameter(2, 0); // a read
}

static void null_in_a_dpc(void **state) {
    (void)state;
    kss_dpc(0, ReadNullDpc, NULL, NULL, NULL);
    kss_run_all();
    assert_bugcheck_in(0xD1, "fault!ReadAt");
}

static void null_guarded(void **state) {
    (void)state;
    assert_int_equal(kss_call_thread("App", ReadNullGuarded), 0xC0000005);
    assert_clean();
}

static void bad_system_address(void **state) {
    uintptr_t address = sizeof(void *) == 8 ? (uintptr_t)0xFFFFC12345678000 : 0xFFFFF000;
    (void)state;
    kss_thread("App", ReadAt, address);
    kss_run_all();
    assert_bugcheck_in(0x50, "fault!ReadAt");
}

static void stray_user_address(void **state) {
    (void)state;
    kss_thread("App", ReadAt, 0x41414);
    kss_run_all();
    assert_bugcheck_in(SYSTEM_CALL, "fault!ReadAt");
}

static void event_of_a_dead_frame(void **state) {
    (void)state;
    kss_thread("App", SetDeadEvent);
    kss_run_all();
    assert_hazard_in("KSS3001", "fault!SetDeadEvent");
}

static void event_in_freed_pool(void **state) {
    (void)state;
    kss_thread("App", SetFreedEvent);
    kss_run_all();
    assert_hazard("KSS3003");
}

// ---- Instructions --------------------------------------------------------------------------------
static void privileged(void **state) {
#if defined(__x86_64__) || defined(__i386__)
    for (unsigned which = 0; which < 2; which++) {
        struct kss_verdict verdict;
        kss_setup(NULL);
        kss_thread("App", Privileged, which);
        assert_false(kss_run_all());
        assert_int_equal(kss_status(), KSS_CANNOT_TELL);
        kss_verdict(kss_current(), &verdict);
        assert_string_equal(verdict.end, "cannot-tell");
        assert_non_null(strstr(kss_report(false), "fault!Privileged"));
    }
#endif
    (void)state;
}

static void division(void **state) {
#if defined(__x86_64__) || defined(__i386__)
    (void)state;
    kss_thread("App", Divide);
    kss_run_all();
    assert_bugcheck_in(SYSTEM_CALL, "fault!Divide");
    assert_parameter(0, 0xC0000094);
#else
    (void)state; // the processor does not trap
#endif
}

static void division_in_a_dpc(void **state) {
#if defined(__x86_64__) || defined(__i386__)
    (void)state;
    kss_dpc(0, DivideDpc, NULL, NULL, NULL);
    kss_run_all();
    assert_bugcheck_in(0x1E, "fault!Divide");
#else
    (void)state;
#endif
}

static void division_guarded(void **state) {
    (void)state;
    assert_int_equal(kss_call_thread("App", DivideGuarded, 8), 125);
#if defined(__x86_64__) || defined(__i386__)
    assert_int_equal(kss_call_thread("Again", DivideGuarded, 0), 0xC0000094);
#endif
    assert_clean();
}

static void illegal(void **state) {
    (void)state;
    kss_thread("App", Illegal);
    kss_run_all();
    assert_bugcheck_in(SYSTEM_CALL, "fault!Illegal");
    assert_parameter(0, 0xC000001D);
}

static void endless_loop(void **state) {
    struct kss_verdict verdict;
    (void)state;
    kss_setup(&(struct kss_machine_options){.watchdog = 200});
    kss_thread("App", Spin);
    assert_false(kss_run_all());
    assert_int_equal(kss_status(), KSS_FAILED);
    kss_verdict(kss_current(), &verdict);
    assert_string_equal(verdict.end, "hang");
    assert_non_null(strstr(kss_report(false), "fault!Spin"));
}

// ---- Stacks that are out ---------------------------------------------------------------------------
static void out_swap_a_waiter(void) {
    unsigned app = kss_thread("App", WaitWithBuffer, USER_MODE);
    kss_advance_time(KSS_S(1));
    assert_true(kss_out_swap(app));
}

static void copy_at_dispatch(void **state) {
    (void)state;
    out_swap_a_waiter();
    kss_dpc(0, CopyThereDpc, NULL, NULL, NULL);
    kss_run_all();
    assert_bugcheck_in(0xD1, "fault!CopyThere");
    assert_parameter(1, 2); // IRQL
    assert_parameter(2, 1); // a write
}

static void copy_at_passive(void **state) {
    (void)state;
    out_swap_a_waiter();
    kss_thread("Other", CopyThere);
    kss_run_all();
    assert_bugcheck_in(0x50, "fault!CopyThere");
    assert_hazard("KSS2002");
}

static void copy_at_passive_pages_in(void **state) {
    (void)state;
    kss_setup(&(struct kss_machine_options){.page_in_foreign = true});
    out_swap_a_waiter();
    kss_thread("Other", CopyThere);
    kss_run_all();
    assert_int_equal(kss_thread_value(0), 42); // the very bytes, after the fault
    assert_int_equal(kss_thread_value(1), 0);
}

static void copy_into_a_resident_stack(void **state) {
    (void)state;
    unsigned app = kss_thread("App", WaitWithBuffer, KERNEL_MODE);
    kss_advance_time(KSS_S(1));
    assert_false(kss_out_swap(app));
    kss_dpc(0, CopyThereDpc, NULL, NULL, NULL);
    kss_run_all();
    assert_int_equal(kss_thread_value(app), 42);
    assert_clean();
}

// ---- Pageable memory -------------------------------------------------------------------------------
static void paged_at_dispatch(void **state) {
    (void)state;
    assert_int_equal(kss_call_thread("App", AllocatePaged), 0);
    kss_trim_memory(0);
    kss_dpc(KSS_MS(1), ReadPagedDpc, NULL, NULL, NULL);
    kss_run_all();
    assert_bugcheck_in(0xD1, "fault!ReadPaged");
    assert_parameter(1, 2);
    assert_hazard("KSS2006");
}

static void paged_at_passive(void **state) {
    (void)state;
    assert_int_equal(kss_call_thread("App", AllocatePaged), 0);
    kss_trim_memory(0);
    kss_advance_time(KSS_MS(1));
    assert_int_equal(kss_call_thread("Again", ReadPaged), 0x12345);
    assert_int_equal(kss_leak_count(), 1);
    assert_clean();
}

static void next_test_is_ordinary(void **state) {
    (void)state;
    assert_int_equal(kss_call_thread("App", Ordinary), 0);
    assert_int_equal(kss_time(), KSS_S(1));
    assert_clean();
}

#define TEST(name)                                                                                 \
    cmocka_unit_test_setup_teardown(name, kss_test_setup, kss_test_teardown),                      \
        cmocka_unit_test_setup_teardown(next_test_is_ordinary, kss_test_setup, kss_test_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(null_in_a_system_call),
        TEST(null_in_a_system_thread),
        TEST(null_at_dispatch),
        TEST(null_in_a_dpc),
        TEST(null_guarded),
        TEST(bad_system_address),
        TEST(stray_user_address),
        TEST(event_of_a_dead_frame),
        TEST(event_in_freed_pool),
        TEST(privileged),
        TEST(division),
        TEST(division_in_a_dpc),
        TEST(division_guarded),
        TEST(illegal),
        TEST(endless_loop),
        TEST(copy_at_dispatch),
        TEST(copy_at_passive),
        TEST(copy_at_passive_pages_in),
        TEST(copy_into_a_resident_stack),
        TEST(paged_at_dispatch),
        TEST(paged_at_passive),
    };
    return cmocka_run_group_tests_name("faults", tests, NULL, NULL);
}
