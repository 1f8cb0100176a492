// SPDX-License-Identifier: MIT
// probe must answer as it does now, on little stack, and must have a plan for an empty pool.
#include "driver.h"
#include "kss/cmocka.h"

static PPROBE_EXTENSION load(struct kss_io *io, PPROBE_IDENTITY answer) {
    assert_int_equal(kss_load_driver(DRIVER), STATUS_SUCCESS);
    PDEVICE_OBJECT device = kss_device_object("\\Device\\Probe");
    assert_non_null(device);
    *io = (struct kss_io){.device = device,
                          .major = IRP_MJ_DEVICE_CONTROL,
                          .control = IOCTL_PROBE_IDENTIFY,
                          .output = answer,
                          .output_length = sizeof *answer};
    PPROBE_EXTENSION extension = device->DeviceExtension;
    extension->Rom[0] = 0x86;
    extension->Rom[PROBE_BLOCK - 1] = 7;
    return extension;
}

static void answers(void **state) {
    PROBE_IDENTITY answer = {0, 0};
    struct kss_io io;

    (void)state;
    load(&io, &answer);
    assert_int_equal(kss_io("App", &io), STATUS_SUCCESS);
    assert_int_equal(io.information, sizeof answer);
    assert_int_equal(answer.Vendor, 0x86);
    assert_int_equal(answer.Checksum, 0x8D);
    assert_true(kss_unload_driver(DRIVER));
    assert_no_leaks();
    assert_clean();
}

static void takes_little_stack(void **state) {
    PROBE_IDENTITY answer;
    struct kss_io io;

    (void)state;
    load(&io, &answer);
    assert_int_equal(kss_io("App", &io), STATUS_SUCCESS);
    assert_driver_stack_at_most("App", 0x300);
}

static void gives_back_what_it_takes(void **state) {
    PROBE_IDENTITY answer;
    struct kss_io io;
    PPROBE_EXTENSION extension = load(&io, &answer);

    (void)state;
    extension->Rom[0] = 0; // nobody's device
    assert_int_equal(kss_io("App", &io), (uint32_t)STATUS_DEVICE_NOT_READY);
    extension->Rom[0] = 0x86;
    assert_int_equal(kss_io("App", &io), STATUS_SUCCESS);
    assert_true(kss_unload_driver(DRIVER));
    assert_no_leaks();
    assert_clean();
}

// The first allocation that the request makes fails. A buffer that is allocated when the driver starts is an
// answer as well: then the request cannot fail.
static void survives_an_empty_pool(void **state) {
    static const char *const routines[] = {"ExAllocatePool2", "ExAllocatePoolWithTag"};
    PROBE_IDENTITY answer;
    struct kss_io io;

    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        kss_setup(NULL);
        load(&io, &answer);
        kss_fail(routines[i], 1);
        uint64_t before = kss_calls(routines[i]);
        uint32_t status = kss_io("App", &io);
        bool asked = kss_calls(routines[i]) > before;
        assert_int_equal(status, asked ? (uint32_t)STATUS_INSUFFICIENT_RESOURCES : STATUS_SUCCESS);
        assert_clean();
    }
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, kss_test_setup, kss_test_teardown)
    const struct CMUnitTest tests[] = {
        TEST(answers),
        TEST(takes_little_stack),
        TEST(gives_back_what_it_takes),
        TEST(survives_an_empty_pool),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
