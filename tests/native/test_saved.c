// SPDX-License-Identifier: MIT
// Saves reports of machines in every format it is told, as DIR/MACHINE.FORMAT; saved.sh draws them again from the
// events. Without arguments it only runs its machines.
#include <kss/cmocka.h>

#include <stdio.h>

void ReadWithTimeout(void), CopyFrom(void);

static char **formats;
static const char *folder;

static void save(const char *machine) {
    char path[4096];
    for (char **format = formats; format != NULL && *format != NULL; format++) {
        snprintf(path, sizeof path, "%s/%s.%s", folder, machine, *format);
        assert_true(kss_save_report(*format, path));
    }
}

static void stops(void **state) {
    (void)state;
    kss_setup(&(struct kss_machine_options){.name = "stops", .all_events = true});
    kss_call_thread("App", ReadWithTimeout, 30);
    assert_bugcheck(0xA);
    assert_int_equal(kss_status(), KSS_FAILED); // saving judges by what was meant, not before
    save("stops");
    kss_teardown();
}

static void finds(void **state) {
    (void)state;
    kss_setup(&(struct kss_machine_options){.name = "finds", .all_events = true});
    assert_int_equal(kss_call_thread("App", ReadWithTimeout, 5), 0);
    assert_hazard_in("stack-object-user-wait", "mydrv!ReadWithTimeout");
    save("finds");
    kss_teardown();
}

// A name that is not UTF-8, threads of one name, a mistake that nobody expects.
static void odd(void **state) {
    uint32_t source = 41, value = 0;
    (void)state;
    kss_setup(&(struct kss_machine_options){.name = "\xE9 <odd> \"\n\"", .all_events = true});
    kss_thread("App", CopyFrom, &source, &value);
    kss_thread("App", ReadWithTimeout, 5);
    kss_run_all();
    assert_int_equal(kss_finish(), KSS_FAILED);
    save("odd");
    kss_teardown();
}

static void fails(void **state) {
    (void)state;
    kss_setup(&(struct kss_machine_options){.name = "fails", .all_events = true});
    kss_assertion_failed("/anywhere/else/test_else.c", 41);
    assert_int_equal(kss_finish(), KSS_OK);
    save("fails");
    if (formats != NULL)
        assert_int_equal(kss_status(), KSS_FAILED);
    kss_teardown();
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(stops), cmocka_unit_test(finds),
                                       cmocka_unit_test(odd), cmocka_unit_test(fails)};
    folder = argc > 1 ? argv[1] : NULL;
    formats = argc > 2 ? argv + 2 : NULL;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
