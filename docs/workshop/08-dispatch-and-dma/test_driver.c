// SPDX-License-Identifier: MIT
// adc's samples must arrive where they are looked for, and its DPC must find what it touches.
#include "driver.h"
#include "kss/cmocka.h"

static ULONG doorbell; // an address; nobody touches it
static ADC_DEVICE device;

// The device: the samples come after 300 ms, the interrupt's DPC right behind them.
static void ring(void *context, size_t offset, unsigned width, uint64_t value) {
    UCHAR samples[ADC_SAMPLES];

    (void)context, (void)offset, (void)width, (void)value;
    memset(samples, 3, sizeof samples);
    kss_dma_write_mdl(KSS_MS(300), device.Mdl, sizeof samples, samples);
    kss_dpc(KSS_MS(301), (kss_routine *)AdcDpc, &device, NULL, NULL);
}

static void plug_in(void) {
    struct kss_registers registers = {.base = &doorbell, .size = sizeof doorbell, .write = ring};

    device = (ADC_DEVICE){.Doorbell = &doorbell};
    kss_add_registers(&registers);
    assert_int_equal(kss_call_thread("PnP", AdcStart, &device), STATUS_SUCCESS);
}

static void reads(void **state) {
    UCHAR last = 0;

    (void)state;
    plug_in();
    uintptr_t status = kss_call_thread("App", AdcRead, &device, &last);
    ULONG sum = device.History->Sum;
    kss_call_thread("PnP", AdcStop, &device);
    assert_clean();
    assert_int_equal(status, STATUS_SUCCESS);
    assert_int_equal(last, 3);
    assert_int_equal(sum, 3 * ADC_SAMPLES);
    assert_no_leaks();
}

static void reads_when_memory_is_short(void **state) {
    UCHAR last = 0;

    (void)state;
    plug_in();
    kss_trim_memory(KSS_MS(100));
    uintptr_t status = kss_call_thread("App", AdcRead, &device, &last);
    assert_clean();
    assert_int_equal(status, STATUS_SUCCESS);
    assert_int_equal(device.History->Reads, 1);
}

static void survives_without_an_mdl(void **state) {
    UCHAR last = 0;

    (void)state;
    plug_in();
    kss_fail("IoAllocateMdl", 1);
    uintptr_t status = kss_call_thread("App", AdcRead, &device, &last);
    kss_call_thread("PnP", AdcStop, &device);
    assert_clean();
    assert_int_equal((uint32_t)status, (uint32_t)STATUS_INSUFFICIENT_RESOURCES);
    assert_no_leaks();
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, kss_test_setup, kss_test_teardown)
    const struct CMUnitTest tests[] = {
        TEST(reads),
        TEST(reads_when_memory_is_short),
        TEST(survives_without_an_mdl),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
