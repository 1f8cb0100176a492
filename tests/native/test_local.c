// SPDX-License-Identifier: MIT
// Two drivers with the same global names, each with its own.
#include "native/image.h"

#include "check.h"

static int enter(const char *name) {
    int (*entry)(void *, void *) = (int (*)(void *, void *))kss_module_named(name)->entry;
    return entry(NULL, NULL);
}

static void each_driver_has_its_own_globals(void **state) {
    (void)state;
    assert_int_equal(enter("local_one"), 10);
    assert_int_equal(enter("local_two"), 20);
}

static void their_symbols_are_told_apart(void **state) {
    struct kss_symbol symbol;
    (void)state;
    const void *one = kss_symbol_named("local_one", "Common");
    const void *two = kss_symbol_named("local_two", "Common");
    assert_non_null(one);
    assert_non_null(two);
    assert_int_equal(*(const int *)one, 1);
    assert_int_equal(*(const int *)two, 2);
    assert_true(kss_symbol_at(two, &symbol));
    assert_string_equal(symbol.module, "local_two");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_driver_has_its_own_globals),
        cmocka_unit_test(their_symbols_are_told_apart),
    };
    return cmocka_run_group_tests_name("local", tests, NULL, NULL);
}
