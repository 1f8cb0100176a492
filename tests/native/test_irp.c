// SPDX-License-Identifier: MIT
// A driver loaded, its device opened, read, controlled, closed, the driver unloaded.
#include "kss/cmocka.h"

enum { MJ_CREATE = 0, MJ_CLOSE = 2, MJ_READ = 3, MJ_DEVICE_CONTROL = 14, IOCTL_ADD = 0x222004 };

static void opens_reads_and_closes(void **state) {
    (void)state;
    char buffer[16] = "";
    assert_int_equal(kss_load_driver("irp"), 0);
    struct kss_io io = {.path = "\\DosDevices\\KssIrp", .major = MJ_CREATE};
    assert_int_equal(kss_io("App", &io), 0);
    assert_non_null(io.handle);
    io.major = MJ_READ;
    io.output = buffer;
    io.output_length = 4;
    unsigned reader = kss_io_start("Reader", &io);
    kss_advance_time(KSS_MS(10));
    assert_int_equal(kss_thread_phase(reader), KSS_THREAD_WAITING);
    kss_run_all();
    assert_int_equal(kss_thread_phase(reader), KSS_THREAD_ENDED);
    assert_int_equal(io.status, 0);
    assert_int_equal(io.information, 4);
    assert_string_equal(buffer, "rrrr");
    io.major = MJ_CLOSE;
    assert_int_equal(kss_io("Closer", &io), 0);
    assert_true(kss_unload_driver("irp"));
    assert_null(kss_device_object("KssIrp"));
    assert_no_leaks();
    assert_clean();
}

static void adds(void **state) {
    (void)state;
    uint32_t in[2] = {40, 2}, out = 0;
    assert_int_equal(kss_load_driver("irp"), 0);
    struct kss_io io = {.device = kss_device_object("\\Device\\KssIrp"),
                        .major = MJ_DEVICE_CONTROL,
                        .control = IOCTL_ADD,
                        .input = in,
                        .input_length = sizeof in,
                        .output = &out,
                        .output_length = sizeof out};
    assert_int_equal(kss_io("App", &io), 0);
    assert_int_equal(out, 42);
    io.input_length = 4;
    assert_int_equal(kss_io("App", &io), 0xC0000023); // STATUS_BUFFER_TOO_SMALL
    io.control = 0;
    assert_int_equal(kss_io("App", &io), 0xC0000010); // STATUS_INVALID_DEVICE_REQUEST
    assert_int_equal(kss_calls("IofCompleteRequest"), 3);
    assert_clean();
}

static void loads_without_memory(void **state) {
    (void)state;
    kss_fail("IoCreateDevice", 1);
    assert_int_equal(kss_load_driver("irp"), 0xC000009A); // STATUS_INSUFFICIENT_RESOURCES
    assert_no_leaks();
    assert_clean();
}

static void variables_begin_anew(void **state) {
    (void)state;
    for (int i = 0; i < 3; i++) {
        kss_setup(NULL);
        assert_int_equal(kss_load_driver("irp"), 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(opens_reads_and_closes, kss_test_setup, kss_test_teardown),
        cmocka_unit_test_setup_teardown(adds, kss_test_setup, kss_test_teardown),
        cmocka_unit_test_setup_teardown(loads_without_memory, kss_test_setup, kss_test_teardown),
        cmocka_unit_test_setup_teardown(variables_begin_anew, kss_test_setup, kss_test_teardown),
    };
    return cmocka_run_group_tests_name("irps", tests, NULL, NULL);
}
