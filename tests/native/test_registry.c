// SPDX-License-Identifier: MIT
// The registry from driver code.
#include "checks.h"

void Keys(void), Queries(void), ReadParameter(void);

static void run(void (*routine)(void)) {
    checks_of(kss_thread_start(&(struct kss_thread_options){
        .name = "Loader", .routine = (void (*)(void))routine, .system = true}));
}

static void keys(void **state) {
    (void)state;
    run(Keys);
}

static void queries(void **state) {
    (void)state;
    run(Queries);
}

static void a_drivers_own_keys(void **state) {
    (void)state;
    FailedLine = 0;
    assert_int_equal(kss_load_driver("registry"), 0);
    assert_int_equal(FailedLine, 0);
    assert_true(kss_unload_driver("registry"));
    assert_clean();
}

static void what_a_test_puts_there(void **state) {
    (void)state;
    uint32_t value = 42, type = 0, got = 0;
    kss_registry_set("registry\\Parameters", "Depth", 4, &value, sizeof value);
    assert_int_equal(kss_registry_get("\\Registry\\Machine\\SYSTEM\\CurrentControlSet\\Services\\"
                                      "Registry\\parameters",
                                      "depth", &type, &got, sizeof got),
                     4);
    assert_int_equal(type, 4);
    assert_int_equal(got, 42);
    assert_int_equal(kss_registry_get("registry", "Depth", NULL, NULL, 0), -1);
    FailedLine = 0;
    assert_int_equal(kss_load_driver("registry"), 0);
    run(ReadParameter);
    assert_int_equal(kss_registry_get("registry\\Parameters", "Seen", NULL, &got, 4), 4);
    assert_int_equal(got, 43);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(keys),
        TEST(queries),
        TEST(a_drivers_own_keys),
        TEST(what_a_test_puts_there),
    };
    return cmocka_run_group_tests_name("registry", tests, NULL, NULL);
}
