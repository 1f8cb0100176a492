// SPDX-License-Identifier: MIT
// Structured exceptions across NT: raised by its routines and by faults, caught in the driver that has a
// handler, never across an expanded callout.
#include "kss/cmocka.h"

#include <limits.h>

enum { MJ_READ = 3, MJ_WRITE = 4 };

#define MINE             0xE0001234u
#define ACCESS_VIOLATION 0xC0000005u
#define MISALIGNMENT     0x80000002u
#define SYSTEM_CALL      (sizeof(void *) == 8 ? 0x3Bu : 0x8Eu)

void CaughtHere(void), CaughtInCaller(void), NotCaught(void), ContinueSearch(void),
    CaughtAfterWait(void), AccessViolation(void), LowerRead(void), RaiseInCallout(void),
    CatchInCallout(void), ProbeRead(void), ProbeWrite(void), ProbePool(void), ProbeOwnStack(void),
    Finally(void), NestedFinally(void);

static void caught_here(void **state) {
    (void)state;
    assert_int_equal(kss_call_thread("App", CaughtHere, MINE), MINE);
    assert_int_equal(kss_call_thread("Again", AccessViolation), ACCESS_VIOLATION);
    assert_clean();
}

static void caught_in_a_caller(void **state) {
    (void)state;
    assert_int_equal(kss_call_thread("App", CaughtInCaller, MINE, 0), MINE);
    assert_int_equal(kss_call_thread("Deep", CaughtInCaller, MINE, 20), MINE);
    assert_clean();
}

static void by_nobody(void **state) {
    struct kss_verdict verdict;
    (void)state;
    kss_thread("App", NotCaught, MINE);
    assert_false(kss_run_all());
    assert_bugcheck(SYSTEM_CALL);
    kss_verdict(kss_current(), &verdict);
    assert_int_equal(verdict.parameters[0], MINE);
}

static void filter_goes_on_searching(void **state) {
    (void)state;
    kss_system_thread("Worker", ContinueSearch);
    kss_run_all();
    assert_bugcheck(0x7E);
}

static void threads_have_handlers_of_their_own(void **state) {
    unsigned threads[4];
    (void)state;
    for (unsigned i = 0; i < 4; i++)
        threads[i] = kss_thread("App", CaughtAfterWait);
    kss_run_all();
    for (unsigned i = 0; i < 4; i++)
        assert_int_equal(kss_thread_value(threads[i]), MINE);
    assert_clean();
}

// ---- Between drivers ---------------------------------------------------------------------------------
static uint32_t request(unsigned major) {
    static char buffer[16];
    void *device = kss_make_device(
        "disk0", (struct kss_dispatch[]){{MJ_READ, LowerRead}, {MJ_WRITE, LowerRead}}, 2);
    assert_int_equal(kss_load_driver("exception"), 0);
    assert_int_equal(kss_add_device("exception", device), 0);
    struct kss_io io = {.device = device,
                        .major = major,
                        .input = buffer,
                        .input_length = sizeof buffer,
                        .output = buffer,
                        .output_length = sizeof buffer};
    return kss_io("App", &io);
}

static void in_the_driver_above(void **state) {
    (void)state;
    assert_int_equal(request(MJ_READ), MINE);
    kss_finish();
    struct kss_verdict verdict;
    kss_verdict(kss_current(), &verdict);
    assert_false(verdict.bugchecked);
}

static void in_no_driver(void **state) {
    (void)state;
    request(MJ_WRITE);
    assert_bugcheck(SYSTEM_CALL);
}

static void not_across_a_callout(void **state) {
    (void)state;
    kss_thread("App", RaiseInCallout);
    kss_run_all();
    assert_bugcheck(0x1E);
    assert_hazard("KSS1006");
}

// What dispatching an exception takes must be there, as it must on Windows (x64 0x1240, x86 0x7C4).
static void dispatch_needs_room(void **state) {
    struct kss_verdict verdict;
    (void)state;
    kss_leave_stack("CaughtHere", 0x700);
    kss_thread("App", CaughtHere, MINE);
    assert_false(kss_run_all());
    assert_bugcheck(0x7F);
    kss_verdict(kss_current(), &verdict);
    assert_int_equal(verdict.parameters[0], 8);
    assert_hazard("KSS1001");
}

static void inside_a_callout(void **state) {
    (void)state;
    assert_int_equal(kss_call_thread("App", CatchInCallout), MINE);
    assert_clean();
}

// ---- Probes --------------------------------------------------------------------------------------------
static void probes(void **state) {
    static char buffer[64] __attribute__((aligned(16)));
    static const struct {
        kss_routine *routine;
        const char *address;
        size_t length;
        uint32_t alignment, status;
    } rows[] = {
        {ProbeRead, buffer, 64, 1, 0},
        {ProbeWrite, buffer, 64, 8, 0},
        {ProbeRead, buffer + 1, 8, 4, MISALIGNMENT},
        {ProbeWrite, buffer + 2, 8, 4, MISALIGNMENT},
        {ProbeRead, buffer + 2, 8, 2, 0},
        {ProbeWrite, NULL, 4, 4, ACCESS_VIOLATION},
        {ProbeRead, NULL, 4, 4, 0}, // it looks at the range alone (DDI ProbeForRead)
        {ProbeRead, NULL, 0, 4, 0},
        {ProbeWrite, (const char *)3, 0, 4, 0},
        {ProbeRead, buffer, SIZE_MAX, 1, ACCESS_VIOLATION},
        {ProbeWrite, (const char *)UINTPTR_MAX - 15, 8, 1, ACCESS_VIOLATION},
        {ProbeWrite, "constant", 4, 1, ACCESS_VIOLATION},
    };
    (void)state;
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint32_t status = (uint32_t)kss_call_thread("App", rows[i].routine, rows[i].address,
                                                    rows[i].length, rows[i].alignment);
        if (status != rows[i].status)
            fail_msg("row %u: 0x%X instead of 0x%X", i, (unsigned)status, (unsigned)rows[i].status);
    }
    assert_int_equal(kss_call_thread("App", ProbePool), ACCESS_VIOLATION);
    assert_int_equal(kss_call_thread("App", ProbeOwnStack), ACCESS_VIOLATION);
    assert_clean();
}

// ---- __finally -----------------------------------------------------------------------------------------
static void every_way_out(void **state) {
    static const struct {
        uint32_t log, status; // 1 or 2: __finally, normal or not; 3 behind it; 4 handler; 5 label
    } ways[] = {{13, 0x101}, {13, 0}, {2, 0x103}, {25, 0x102}, {24, MINE}};
    (void)state;
    for (unsigned way = 0; way < sizeof ways / sizeof *ways; way++) {
        uint32_t log = 0;
        assert_int_equal(kss_call_thread("App", Finally, way, &log), ways[way].status);
        assert_int_equal(log, ways[way].log);
    }
    uint32_t log = 0;
    assert_int_equal(kss_call_thread("Nested", NestedFinally, &log), 0);
    assert_int_equal(log, 123);
    assert_clean();
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, kss_test_setup, kss_test_teardown)
    const struct CMUnitTest tests[] = {
        TEST(caught_here),
        TEST(caught_in_a_caller),
        TEST(by_nobody),
        TEST(filter_goes_on_searching),
        TEST(threads_have_handlers_of_their_own),
        TEST(in_the_driver_above),
        TEST(in_no_driver),
        TEST(not_across_a_callout),
        TEST(dispatch_needs_room),
        TEST(inside_a_callout),
        TEST(probes),
        TEST(every_way_out),
    };
    return cmocka_run_group_tests_name("exceptions", tests, NULL, NULL);
}
