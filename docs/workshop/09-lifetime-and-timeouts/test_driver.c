// SPDX-License-Identifier: MIT
// sensor's answers may come in time, too late, never, or just when the time is up.
#include "driver.h"
#include "kss/cmocka.h"

static SENSOR_DEVICE sensor;

static void plug_in(ULONG value) {
    kss_call_thread("PnP", SensorInitialize, &sensor);
    sensor.Register = value;
}

// An interrupt [after] now says that a value is there.
static void interrupt(uint64_t after) {
    kss_dpc(after, (kss_routine *)SensorDpc, &sensor, NULL, NULL);
}

// The application's thread: after the read it goes on with its life, and with its stack.
static NTSTATUS ReadAndRest(PULONG value) {
    NTSTATUS status = SensorRead(&sensor, value);
    LARGE_INTEGER rest = {.QuadPart = -2 * 10000000LL};

    KeDelayExecutionThread(KernelMode, FALSE, &rest);
    return status;
}

static NTSTATUS read_value(const char *thread, ULONG *value) {
    *value = 0;
    return (NTSTATUS)kss_call_thread(thread, ReadAndRest, value);
}

static void in_time(void **state) {
    ULONG value;

    (void)state;
    plug_in(21);
    interrupt(KSS_MS(100));
    assert_int_equal(read_value("App", &value), STATUS_SUCCESS);
    assert_int_equal(value, 21);
    assert_clean();
}

static void never(void **state) {
    ULONG value;

    (void)state;
    plug_in(21);
    NTSTATUS status = read_value("App", &value);
    assert_true(IsListEmpty(&sensor.Queue));
    assert_clean();
    assert_int_equal(status, STATUS_IO_TIMEOUT);
}

static void too_late(void **state) {
    ULONG value, next;

    (void)state;
    plug_in(21);
    interrupt(KSS_S(1));
    NTSTATUS status = read_value("App", &value);
    sensor.Register = 22;
    interrupt(KSS_MS(100));
    NTSTATUS after = read_value("Next", &next);
    assert_clean();
    assert_int_equal(status, STATUS_IO_TIMEOUT);
    assert_int_equal(after, STATUS_SUCCESS);
    assert_int_equal(next, 22);
}

// The interrupt comes at 480 ms, the value at 540: the time is up in between.
static void on_the_bus_when_the_time_is_up(void **state) {
    ULONG value;

    (void)state;
    plug_in(23);
    interrupt(KSS_MS(480));
    NTSTATUS status = read_value("App", &value);
    assert_clean();
    assert_true(status == STATUS_IO_TIMEOUT || (status == STATUS_SUCCESS && value == 23));
    assert_null(sensor.OnTheBus);
    assert_true(kss_time() < KSS_S(3));
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, kss_test_setup, kss_test_teardown)
    const struct CMUnitTest tests[] = {
        TEST(in_time),
        TEST(never),
        TEST(too_late),
        TEST(on_the_bus_when_the_time_is_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
