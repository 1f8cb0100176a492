// SPDX-License-Identifier: MIT
// The guard below every kernel stack: who crosses it is told 0x7F with the path, within its own test, and
// the process goes on.
#include "kss/cmocka.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { MJ_READ = 3, TRAP = 0x7F, DOUBLE_FAULT = 8 };

void RecurseHere(void), PingPong(void), BigFrameLate(void), InCallout(void),
    InACalloutThatFits(void), RecursingDpc(void), RecursingRead(void), Ordinary(void);
extern uint32_t Reached;

static void assert_overflow_in(const char *routine) {
    struct kss_verdict verdict;
    assert_bugcheck(TRAP);
    kss_verdict(kss_current(), &verdict);
    assert_int_equal(verdict.parameters[0], DOUBLE_FAULT);
    assert_string_equal(verdict.bugcheck_routine, routine);
    assert_hazard_in("KSS1001", routine);
}

static void assert_report_names(const char *words) {
    if (strstr(kss_report(true), words) != NULL)
        return;
    print_error("the report does not say `%s`:\n", words);
    kss_failed_(__FILE__, __LINE__);
}

static void recursion(void **state) {
    (void)state;
    unsigned app = kss_thread("App", RecurseHere);
    assert_false(kss_run_all());
    assert_int_equal(kss_thread_phase(app), KSS_THREAD_STOPPED);
    assert_overflow_in("overflow!Recurse");
    assert_hazard_in("KSS1004", "overflow!Recurse");
    assert_report_names("overflow!RecurseHere");
}

static void recursion_of_two(void **state) {
    struct kss_finding_info info;
    (void)state;
    kss_thread("App", PingPong);
    kss_run_all();
    assert_bugcheck(TRAP);
    assert_hazard("KSS1001");
    assert_non_null(kss_finding_named_("KSS1004", &info));
    assert_non_null(strstr(info.message, "turns of 2 frames"));
    assert_report_names("overflow!Ping");
    assert_report_names("overflow!Pong");
}

// 20,000 bytes in one frame where less is left: each page is probed before the frame is used.
static void big_frame(void **state) {
    (void)state;
    kss_thread("App", BigFrameLate, sizeof(void *) == 8); // 12 KiB on x86: too little as it is
    kss_run_all();
    assert_overflow_in("overflow!BigFrame");
    assert_no_hazard("KSS1004");
    assert_int_equal(Reached, 0);
}

static void big_frame_in_little_stack(void **state) {
    (void)state;
    kss_setup(&(struct kss_machine_options){.stack = 8192});
    kss_thread("App", BigFrameLate, false);
    kss_run_all();
    assert_overflow_in("overflow!BigFrame");
    assert_int_equal(Reached, 0);
}

#define LARGE (sizeof(void *) == 8 ? "of 0x12000 bytes" : "of 0xF000 bytes")

// The same on the large stack of a GUI thread: it grows page by page, as far as its reservation goes.
static void large_stack_grows(void **state) {
    uintptr_t take_some = sizeof(void *) == 8;
    (void)state;
    kss_thread_start(&(struct kss_thread_options){.name = "Window",
                                                  .routine = (kss_routine *)BigFrameLate,
                                                  .arguments = &take_some,
                                                  .argument_count = 1,
                                                  .gui = true});
    kss_run_all();
    assert_int_equal(kss_finish(), KSS_OK);
    assert_int_equal(Reached, 1); // on an ordinary stack the frame does not fit: big_frame
}

static void large_stack_ends(void **state) {
    (void)state;
    kss_thread_start(&(struct kss_thread_options){
        .name = "Window", .routine = (kss_routine *)RecurseHere, .gui = true});
    kss_run_all();
    assert_overflow_in("overflow!Recurse");
    assert_report_names(LARGE);
}

static void big_frame_fits(void **state) {
    (void)state;
    kss_setup(&(struct kss_machine_options){.stack = 0x8000});
    assert_int_equal(kss_call_thread("App", BigFrameLate, false), 0);
    assert_int_equal(Reached, 1);
    assert_clean();
}

static void in_a_callout(void **state) {
    (void)state;
    kss_thread("App", InCallout);
    kss_run_all();
    assert_overflow_in("overflow!Recurse");
    assert_report_names("overflow!RecursingCallout");
}

static void big_frame_in_a_callout(void **state) {
    (void)state;
    assert_int_equal(kss_call_thread("App", InACalloutThatFits), 0);
    assert_clean();
}

static void in_a_dpc(void **state) {
    (void)state;
    kss_dpc(KSS_MS(5), RecursingDpc, NULL, NULL, NULL);
    kss_run_all();
    assert_overflow_in("overflow!Recurse");
    assert_report_names("overflow!RecursingDpc");
}

static void in_a_dispatch_routine(void **state) {
    static char buffer[16];
    (void)state;
    struct kss_io io = {
        .device = kss_make_device("disk0", &(struct kss_dispatch){MJ_READ, RecursingRead}, 1),
        .major = MJ_READ,
        .output = buffer,
        .output_length = sizeof buffer};
    assert_int_equal(kss_io("App", &io), 0x103);
    assert_overflow_in("overflow!Recurse");
    assert_report_names("overflow!RecursingRead");
}

// ---- A thousand ----------------------------------------------------------------------------------
#ifdef __linux__
static size_t count_maps(void) {
    FILE *file = fopen("/proc/self/maps", "r");
    size_t lines = 0;
    assert_non_null(file);
    for (int c; (c = getc(file)) != EOF;)
        lines += c == '\n';
    fclose(file);
    return lines;
}

static size_t resident_bytes(void) {
    FILE *file = fopen("/proc/self/statm", "r");
    unsigned long size = 0, resident = 0;
    assert_non_null(file);
    assert_int_equal(fscanf(file, "%lu %lu", &size, &resident), 2);
    fclose(file);
    return resident * (size_t)sysconf(_SC_PAGESIZE);
}
#else
static size_t count_maps(void) {
    return 0;
}
static size_t resident_bytes(void) {
    return 0;
}
#endif

static void one_overflow(void) {
    struct kss_verdict verdict;
    struct kss_finding_info info;
    kss_setup(NULL);
    kss_thread("App", RecurseHere);
    kss_run_all();
    assert_int_equal(kss_status(), KSS_FAILED);
    kss_verdict(kss_current(), &verdict);
    assert_true(verdict.bugchecked);
    assert_int_equal(verdict.bugcheck, TRAP);
    assert_non_null(kss_finding_named_("KSS1001", &info));
    assert_string_equal(info.routine, "overflow!Recurse");
    kss_teardown();
}

// AddressSanitizer keeps what was freed for a while.
#if defined(__SANITIZE_ADDRESS__)
enum { SANITIZED = 1 };
#elif defined(__has_feature)
enum { SANITIZED = __has_feature(address_sanitizer) };
#else
enum { SANITIZED = 0 };
#endif

#ifdef KSS_EMULATED
enum { EMULATED = 1 };
#else
enum { EMULATED = 0 };
#endif

static void a_thousand_in_a_row(void **state) {
    enum { WARM = 50, COUNT = SANITIZED ? 100 : 1000, MEGABYTE = 1 << 20 };
    (void)state;
    for (unsigned i = 0; i < WARM; i++)
        one_overflow();
    size_t maps = count_maps(), resident = resident_bytes();
    for (unsigned i = 0; i < COUNT; i++)
        one_overflow();
    if (SANITIZED)
        return;
    assert_in_range(count_maps(), 0, maps + 2);
    if (!EMULATED) // an emulator's own memory would be measured
        assert_in_range(resident_bytes(), 0, resident + 2 * MEGABYTE); // 2 KiB each would be seen
}

static void next_test_is_ordinary(void **state) {
    (void)state;
    assert_int_equal(Reached, 0); // variables have their initial values again
    assert_int_equal(kss_call_thread("App", Ordinary), 0);
    assert_int_equal(kss_time(), KSS_S(1));
    assert_clean();
}

#define TEST(name)                                                                                 \
    cmocka_unit_test_setup_teardown(name, kss_test_setup, kss_test_teardown),                      \
        cmocka_unit_test_setup_teardown(next_test_is_ordinary, kss_test_setup, kss_test_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(recursion),
        TEST(recursion_of_two),
        TEST(big_frame),
        TEST(big_frame_fits),
        TEST(large_stack_grows),
        TEST(large_stack_ends),
        TEST(big_frame_in_little_stack),
        TEST(in_a_callout),
        TEST(in_a_dpc),
        TEST(big_frame_in_a_callout),
        TEST(in_a_dispatch_routine),
        TEST(a_thousand_in_a_row),
    };
    return cmocka_run_group_tests_name("overflow", tests, NULL, NULL);
}
