// SPDX-License-Identifier: MIT
// flash must keep its transfer in memory for as long as the device knows it, and must leave the thread's
// setting as it was on every way out.
#include "driver.h"
#include "kss/cmocka.h"

static ULONG doorbell; // an address; nobody touches it
static FLASH_DEVICE device;

// The device: a block takes 20 s, the check at the end 30 s.
static void ring(void *context, size_t offset, unsigned width, uint64_t value) {
    (void)context, (void)offset, (void)width;
    kss_dpc(value == FLASH_CHECK ? KSS_S(30) : KSS_S(20), (kss_routine *)FlashDpc, &device, NULL,
            NULL);
}

static void plug_in(void) {
    struct kss_registers registers = {.base = &doorbell, .size = sizeof doorbell, .write = ring};

    device = (FLASH_DEVICE){.Doorbell = &doorbell};
    kss_add_registers(&registers);
}

static void identifies(void **state) {
    (void)state;
    plug_in();
    assert_int_equal(kss_call_thread("App", FlashIdentify, &device), STATUS_SUCCESS);
    assert_clean();
}

static void updates(void **state) {
    (void)state;
    plug_in();
    uintptr_t status = kss_call_thread("App", FlashUpdate, &device, 3);
    assert_clean();
    assert_int_equal(status, STATUS_SUCCESS);
    assert_true(kss_time() >= KSS_S(90));
    assert_int_equal(kss_calls("ExAllocatePool2") + kss_calls("ExAllocatePoolWithTag"), 0);
}

static void ends_when_the_user_does(void **state) {
    (void)state;
    for (unsigned seconds = 10; seconds <= 70; seconds += 20) { // the last one is in the check
        kss_setup(NULL);
        plug_in();
        unsigned app = kss_thread("App", FlashUpdate, &device, 3);
        kss_advance_time(KSS_S(seconds));
        kss_terminate_thread(app);
        kss_run_all();
        assert_clean();
        assert_int_equal(kss_thread_phase(app), KSS_THREAD_ENDED);
        assert_int_equal((NTSTATUS)kss_thread_value(app), STATUS_CANCELLED);
    }
}

// One routine less around it: here nobody else puts the setting back.
static void identifying_may_be_ended_too(void **state) {
    (void)state;
    plug_in();
    unsigned app = kss_thread("App", FlashIdentify, &device);
    kss_advance_time(KSS_S(10));
    kss_terminate_thread(app);
    kss_run_all();
    assert_clean();
    assert_int_equal((NTSTATUS)kss_thread_value(app), STATUS_CANCELLED);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, kss_test_setup, kss_test_teardown)
    const struct CMUnitTest tests[] = {
        TEST(identifies),
        TEST(updates),
        TEST(ends_when_the_user_does),
        TEST(identifying_may_be_ended_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
