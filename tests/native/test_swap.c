// SPDX-License-Identifier: MIT
// Out-swap is real: a waiting thread's stack leaves the host's memory map, and whoever touches it is
// told what Windows would have said.
#include "kss/cmocka.h"

#include <string.h>

enum { KERNEL_MODE, USER_MODE };

void WaitOnStack(void), WaitSharing(void), SetDone(void), StoreThere(void), LeaveBehind(void);

static void user_wait_signalled_late(void **state) {
    (void)state;
    unsigned app = kss_thread("App", WaitOnStack, USER_MODE, false, 30);
    kss_run_all();
    assert_int_equal(kss_thread_phase(app), KSS_THREAD_STOPPED);
    assert_bugcheck(0xA);
    assert_hazard_in("stack-object-user-wait", "swap!WaitOnStack");
}

static void user_wait_signalled_early(void **state) {
    (void)state;
    unsigned app = kss_thread("App", WaitOnStack, USER_MODE, false, 5);
    kss_run_all();
    assert_int_equal(kss_thread_phase(app), KSS_THREAD_ENDED);
    assert_hazard("stack-object-user-wait"); // this time it went well
}

// No file holds the place: SARIF names the instruction, TAP and JUnit have no line.
static void reports_without_files(void **state) {
    (void)state;
    kss_thread("App", WaitOnStack, USER_MODE, false, 30);
    kss_run_all();
    const char *sarif = kss_write_format(kss_current(), "sarif", NULL);
    assert_non_null(strstr(sarif, "\"ruleId\": \"KSS2001\""));
    assert_non_null(strstr(sarif, "\"fullyQualifiedName\": \"swap!WaitOnStack+0x"));
    assert_null(strstr(sarif, "  KeWaitForSingleObject\""));
    assert_null(strstr(sarif, "physicalLocation"));
    assert_null(strstr(sarif, "primaryLocationLineHash"));
    assert_non_null(strstr(sarif, "\"artifacts\": []"));
    const char *tap = kss_write_format(kss_current(), "tap", NULL);
    assert_non_null(strstr(tap, "not ok 1 - native: nothing unexpected\n"));
    assert_non_null(strstr(kss_write_format(kss_current(), "junit", NULL), " failures=\"1\""));
}

static void kernel_wait_is_fine(void **state) {
    (void)state;
    unsigned app = kss_thread("App", WaitOnStack, KERNEL_MODE, false, 300);
    kss_advance_time(KSS_S(100));
    assert_int_equal(kss_thread_phase(app), KSS_THREAD_WAITING);
    assert_false(kss_thread_out(app));
    assert_false(kss_out_swap(app));
    kss_run_all();
    assert_int_equal(kss_thread_phase(app), KSS_THREAD_ENDED);
    assert_int_equal(kss_thread_value(app), 0);
    assert_clean();
}

static void swapping_disabled_is_fine(void **state) {
    (void)state;
    unsigned app = kss_thread("App", WaitOnStack, USER_MODE, true, 300);
    kss_advance_time(KSS_S(100));
    assert_false(kss_thread_out(app));
    kss_run_all();
    assert_int_equal(kss_thread_value(app), 0);
    assert_clean();
}

static void store_at_dispatch(void **state) {
    (void)state;
    unsigned app = kss_thread("App", WaitSharing, USER_MODE);
    kss_advance_time(KSS_S(1));
    assert_true(kss_out_swap(app));
    kss_dpc(KSS_S(1), StoreThere, NULL, NULL, NULL);
    kss_run_all();
    assert_bugcheck(0xD1);
}

// The stack of a thread that has ended: the store is found out, and the run goes on after it.
static void store_into_an_ended_thread(void **state) {
    (void)state;
    unsigned app = kss_thread("App", LeaveBehind);
    kss_thread("Other", StoreThere, 0, 0, 0, 0);
    kss_thread("Third", StoreThere, 0, 0, 0, 0);
    assert_true(kss_run_all());
    assert_int_equal(kss_thread_phase(app), KSS_THREAD_ENDED);
    assert_hazard_in("stack-object-outlives-frame", "swap!StoreThere");
}

static void store_while_resident(void **state) {
    (void)state;
    unsigned app = kss_thread("App", WaitSharing, KERNEL_MODE);
    kss_advance_time(KSS_S(1));
    assert_false(kss_out_swap(app));
    kss_dpc(KSS_S(1), StoreThere, NULL, NULL, NULL);
    kss_run_all();
    assert_int_equal(kss_thread_phase(app), KSS_THREAD_WAITING); // nobody signals it
}

// Each option changes what becomes of the same wait.
static void options_that_change_policies(void **state) {
    (void)state;
    static const struct {
        struct kss_machine_options options;
        unsigned seconds; // until the event is signalled
        bool crashes;
    } rows[] = {
        {.seconds = 30, .crashes = true},
        {{.outswap_after = KSS_S(60)}, 30, false},
        {{.small_memory = true}, 10, true},
        {.seconds = 10, .crashes = false},
        {{.swapper_period = KSS_S(20)}, 18, false},
        {.seconds = 18, .crashes = true},
        {{.swap_priority_ceiling = 8}, 30, false},
        {{.swap = "never"}, 30, false},
        {{.swap = "eager"}, 1, true},
        {{.swap_per_process = true}, 30, true}, // it is alone in its process
    };
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        kss_setup(&rows[i].options);
        kss_thread("App", WaitOnStack, USER_MODE, false, rows[i].seconds);
        bool ran = kss_run_all();
        if (ran == rows[i].crashes)
            print_message("row %u\n", i);
        assert_int_equal(ran, !rows[i].crashes);
    }
}

static void process_policy_asks_for_all_threads(void **state) {
    (void)state;
    kss_setup(&(struct kss_machine_options){.swap_per_process = true});
    unsigned app = kss_thread("App", WaitOnStack, USER_MODE, true, 300);
    unsigned other = kss_thread("Other", WaitSharing, KERNEL_MODE);
    unsigned third = kss_thread("Third", WaitSharing, USER_MODE);
    kss_advance_time(KSS_S(100));
    assert_false(kss_thread_out(app));
    assert_false(kss_thread_out(other));
    assert_false(kss_thread_out(third));
    assert_false(kss_out_swap(third));
}

// A native run is drawn like any other.
static void is_drawn(void **state) {
    (void)state;
    static const struct {
        const char *format, *words;
    } rows[] = {
        {"perfetto", "\"name\":\"STOP 0x0000000A IRQL_NOT_LESS_OR_EQUAL\""},
        {"perfetto", "\"name\":\"swap!SetDone\",\"cat\":\"driver\""},
        {"perfetto", "\"name\":\"waits for "},
        {"folded",
         ";swap!WaitOnStack "}, // how many of nt's own frames are around it is the compiler's
        {"csv", ",DPC stack,call,swap!SetDone,"},
        {"dot", "[label=\"swap!WaitOnStack\\n0x"},
        {"mermaid", ": stack leaves memory\n"},
        {"mermaid-calls", "([\"thread App<br/>"},
    };
    kss_setup(&(struct kss_machine_options){.all_events = true});
    kss_thread("App", WaitOnStack, USER_MODE, false, 30);
    kss_run_all();
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *text = kss_write_format(kss_current(), rows[i].format, NULL);
        if (strstr(text, rows[i].words) == NULL)
            print_message("no %s in %s\n", rows[i].words, text);
        assert_non_null(strstr(text, rows[i].words));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(user_wait_signalled_late, kss_test_setup,
                                        kss_test_teardown),
        cmocka_unit_test_setup_teardown(reports_without_files, kss_test_setup, kss_test_teardown),
        cmocka_unit_test_setup_teardown(user_wait_signalled_early, kss_test_setup,
                                        kss_test_teardown),
        cmocka_unit_test_setup_teardown(kernel_wait_is_fine, kss_test_setup, kss_test_teardown),
        cmocka_unit_test_setup_teardown(swapping_disabled_is_fine, kss_test_setup,
                                        kss_test_teardown),
        cmocka_unit_test_setup_teardown(store_at_dispatch, kss_test_setup, kss_test_teardown),
        cmocka_unit_test_setup_teardown(store_into_an_ended_thread, kss_test_setup,
                                        kss_test_teardown),
        cmocka_unit_test_setup_teardown(store_while_resident, kss_test_setup, kss_test_teardown),
        cmocka_unit_test_setup_teardown(options_that_change_policies, kss_test_setup,
                                        kss_test_teardown),
        cmocka_unit_test_setup_teardown(process_policy_asks_for_all_threads, kss_test_setup,
                                        kss_test_teardown),
        cmocka_unit_test_setup_teardown(is_drawn, kss_test_setup, kss_test_teardown),
    };
    return cmocka_run_group_tests_name("out-swap", tests, NULL, NULL);
}
