// SPDX-License-Identifier: MIT
// Frame sizes of a Windows build beside what is measured on the host: by name, with what is missing.
#include "kss/cmocka.h"

struct measured { // as headroom_driver.c has it
    uintptr_t remaining, low, high, local;
};

void MeasureHere(void), MeasureDeeper(void), MeasureInCallout(void);

static const char *report_of(kss_routine *routine, const char *frames) {
    static struct measured measured;
    kss_setup(&(struct kss_machine_options){.frames = frames});
    assert_int_equal(kss_call_thread("App", routine, &measured), 0);
    assert_clean();
    return kss_report(true);
}

static void sums_by_name(void **state) {
    (void)state;
    const char *report = report_of(MeasureHere, KSS_TABLE);
    assert_non_null(strstr(report, "  frames by the tables: at least 0xD0 (.su (gcc)), "
                                   "where the host's take 0x"));
    assert_null(strstr(report, "not in them: headroom"));
    assert_non_null(strstr(report, "frames: measured on the host's ABI"));
    assert_null(strstr(report, "used at least")); // what was measured is no lower bound
}

static void names_what_is_missing(void **state) {
    (void)state;
    const char *report = report_of(MeasureDeeper, KSS_TABLE);
    assert_non_null(strstr(report, "  frames by the tables: 0x88 (.su (gcc)), where the host's"));
    assert_non_null(strstr(report, "; not in them: "));
    assert_non_null(strstr(report, "headroom!MeasureDeeper"));
}

static void says_nothing_without_a_table(void **state) {
    (void)state;
    assert_null(strstr(report_of(MeasureHere, NULL), "by the tables"));
}

static void is_in_the_stream(void **state) {
    (void)state;
    size_t length;
    report_of(MeasureHere, KSS_TABLE);
    const char *stream = kss_write_jsonl(kss_current(), &length);
    assert_non_null(strstr(stream, "\"table\":\".su (gcc)\",\"table_bytes\":136"));
    assert_non_null(strstr(stream, "\"table_bytes\":72,\"at_least\":\"dynamic: alloca\""));
}

static int teardown(void **state) {
    (void)state;
    kss_teardown();
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(sums_by_name, teardown),
        cmocka_unit_test_teardown(names_what_is_missing, teardown),
        cmocka_unit_test_teardown(says_nothing_without_a_table, teardown),
        cmocka_unit_test_teardown(is_in_the_stream, teardown),
    };
    return cmocka_run_group_tests_name("tables", tests, NULL, NULL);
}
