// SPDX-License-Identifier: MIT
// A device that works on memory later: where its data goes, and what kss says of it.
#include "kss/cmocka.h"

#include <string.h>

extern unsigned Failed;
extern void *Target;
void LockedRead(void), UnlockedRead(void), UserWaitRead(void), BuiltOnStack(void), LeftLocked(void),
    UnlockedTwice(void), Mdls(void), Adapters(void), DeviceMemory(void), BadBuffer(void);

static void call(void (*routine)(void)) {
    kss_call_thread("App", routine);
    assert_int_equal(Failed, 0);
}

// The thread waits a minute; meanwhile the device is programmed and answers.
static void call_with_device(void (*routine)(void), bool mdl) {
    kss_thread("App", routine);
    kss_advance_time(KSS_S(1));
    assert_non_null(Target);
    if (mdl)
        kss_dma_write_mdl(KSS_S(30), Target, 4, "data");
    else
        kss_dma_write(KSS_S(30), Target, 4, "data");
    kss_run_all();
    assert_int_equal(Failed, 0);
}

static void locked_pages_get_the_data(void **state) {
    (void)state;
    call_with_device(LockedRead, true);
    assert_clean();
}

static void unlocked_pages_do_not(void **state) {
    (void)state;
    call_with_device(UnlockedRead, false);
    assert_hazard("stack-buffer-dma");
}

static void locked_pages_of_an_out_swapped_stack_stay(void **state) {
    (void)state;
    unsigned app = kss_thread("App", UserWaitRead);
    kss_advance_time(KSS_S(1));
    kss_dma_write_mdl(KSS_S(30), Target, 4, "data");
    kss_advance_time(KSS_S(25));
    assert_true(kss_thread_out(app));
    kss_run_all();
    assert_int_equal(Failed, 0);
    assert_clean();
}

static void a_device_reads(void **state) {
    (void)state;
    char seen[5] = "";
    kss_thread("App", LockedRead);
    kss_advance_time(KSS_S(1));
    kss_dma_write_mdl(KSS_S(10), Target, 4, "data");
    kss_dma_read_mdl(KSS_S(20), Target, 4, seen);
    kss_run_all();
    assert_string_equal(seen, "data");
    assert_clean();
}

static void nonpaged_mdl_on_stack(void **state) {
    (void)state;
    call(BuiltOnStack);
    assert_hazard("nonpaged-mdl-on-stack");
}

static void left_locked(void **state) {
    (void)state;
    call(LeftLocked);
    assert_hazard("mdl-left-locked");
}

static void unlocked_twice(void **state) {
    (void)state;
    kss_call_thread("App", UnlockedTwice);
    assert_bugcheck(0x4E);
}

static void mdls(void **state) {
    (void)state;
    call(Mdls);
    assert_no_leaks();
    assert_clean();
}

static void adapters(void **state) {
    (void)state;
    call_with_device(Adapters, false);
    assert_no_leaks();
    assert_clean();
}

static void device_memory(void **state) {
    (void)state;
    call(DeviceMemory);
    assert_clean();
}

static void probing_raises(void **state) {
    (void)state;
    assert_int_equal((uint32_t)kss_call_thread("App", BadBuffer), 0xC0000005);
    assert_clean();
}

static int prepare(void **state) {
    int result = kss_test_setup(state);
    kss_load_driver("dma");
    return result;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, prepare, kss_test_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(locked_pages_get_the_data),
        TEST(unlocked_pages_do_not),
        TEST(locked_pages_of_an_out_swapped_stack_stay),
        TEST(a_device_reads),
        TEST(nonpaged_mdl_on_stack),
        TEST(left_locked),
        TEST(unlocked_twice),
        TEST(mdls),
        TEST(adapters),
        TEST(device_memory),
        TEST(probing_raises),
    };
    return cmocka_run_group_tests_name("dma", tests, NULL, NULL);
}
