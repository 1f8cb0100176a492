// SPDX-License-Identifier: MIT
// Testing what a driver does when its stack is short: grove, on as much of it as the test leaves.
#include "grove.h"
#include "kss/cmocka.h"

static PDEVICE_OBJECT mount(const char *driver) {
    assert_int_equal(kss_load_driver(driver), STATUS_SUCCESS);
    PDEVICE_OBJECT device = kss_device_object("Grove");
    assert_non_null(device);
    return device;
}

static NTSTATUS read_at(PDEVICE_OBJECT device, int64_t offset, char *text, uint32_t length) {
    struct kss_io io = {.device = device,
                        .major = IRP_MJ_READ,
                        .output = text,
                        .output_length = length,
                        .offset = offset};

    NTSTATUS status = (NTSTATUS)kss_io("Reader", &io);
    for (uint32_t i = 0; NT_SUCCESS(status) && i < io.information; i++)
        assert_int_equal((UCHAR)text[i], GROVE_BYTE((ULONG)offset + i));
    if (NT_SUCCESS(status))
        assert_int_equal(io.information, length);
    return status;
}

static void damage(PDEVICE_OBJECT device, ULONG offset) {
    struct kss_io io = {.device = device,
                        .major = IRP_MJ_DEVICE_CONTROL,
                        .control = IOCTL_GROVE_DAMAGE,
                        .input = &offset,
                        .input_length = sizeof offset};

    assert_int_equal(kss_io("Vandal", &io), STATUS_SUCCESS);
}

// ---- Room enough --------------------------------------------------------------------------------

static void reads_on_the_callers_stack(void **state) {
    PDEVICE_OBJECT device = mount("grove");
    char text[100];

    (void)state;
    assert_int_equal(read_at(device, 7, text, sizeof text), STATUS_SUCCESS);
    assert_int_equal(kss_calls("FsRtlPostStackOverflow"), 0);
    assert_int_equal(kss_calls("KeExpandKernelStackAndCallout"), 0);
    assert_int_equal(read_at(device, GROVE_SIZE, text, 1), STATUS_END_OF_FILE);
    assert_true(kss_unload_driver("grove"));
    assert_no_leaks();
    assert_clean();
}

// What the tree raises ends the request, and the resource is free again: an exclusive owner gets it.
static void catches_what_a_damaged_volume_raises(void **state) {
    PDEVICE_OBJECT device = mount("grove");
    char text[4];

    (void)state;
    damage(device, 0x40);
    assert_int_equal(read_at(device, 0x40, text, 4), STATUS_FILE_CORRUPT_ERROR);
    assert_int_equal(read_at(device, 0x80, text, 4), STATUS_SUCCESS);
    damage(device, 0x80);
    assert_int_equal(read_at(device, 0x80, text, 4), STATUS_FILE_CORRUPT_ERROR);
    assert_clean();
}

// ---- Little left: (A) ---------------------------------------------------------------------------

static void posts_when_little_is_left(void **state) {
    PDEVICE_OBJECT device = mount("grove");
    char text[40];

    (void)state;
    kss_leave_stack("GroveCommonRead", 0x1C00);
    assert_int_equal(read_at(device, 0, text, sizeof text), STATUS_SUCCESS);
    assert_int_equal(kss_calls("FsRtlPostStackOverflow"), 1);
    assert_clean();
}

// The overflow thread catches for itself: nobody below it could.
static void posted_requests_may_raise(void **state) {
    PDEVICE_OBJECT device = mount("grove");
    char text[4];

    (void)state;
    damage(device, 0);
    kss_leave_stack("GroveCommonRead", 0x1C00);
    assert_int_equal(read_at(device, 0, text, 4), STATUS_FILE_CORRUPT_ERROR);
    assert_int_equal(kss_calls("FsRtlPostStackOverflow"), 1);
    assert_clean();
}

// One word changed: the overflow thread works on a stack that may leave memory.
static void waits_in_the_wrong_mode(void **state) {
    PDEVICE_OBJECT device = mount("grove_user");
    char text[4];

    (void)state;
    kss_leave_stack("GroveCommonRead", 0x1C00);
    read_at(device, 0, text, 4);
    assert_hazard_in("stack-object-user-wait", "grove_user!GrovePostRead");
}

// ---- Little left: (B) ---------------------------------------------------------------------------

static void expands_on_the_way_down(void **state) {
    PDEVICE_OBJECT device = mount("grove");
    char text[40];

    (void)state;
    kss_leave_stack("GroveDescend", 0x1500);
    assert_int_equal(read_at(device, 0x100, text, sizeof text), STATUS_SUCCESS);
    assert_true(kss_calls("KeExpandKernelStackAndCallout") > 0);
    assert_clean();
}

static void exceptions_stop_at_the_callout(void **state) {
    PDEVICE_OBJECT device = mount("grove");
    char text[4];

    (void)state;
    damage(device, 0x100);
    kss_leave_stack("GroveDescend", 0x1500);
    assert_int_equal(read_at(device, 0x100, text, 4), STATUS_FILE_CORRUPT_ERROR);
    assert_true(kss_calls("KeExpandKernelStackAndCallout") > 0);
    assert_clean();
}

static void an_expansion_may_fail(void **state) {
    PDEVICE_OBJECT device = mount("grove");
    char text[4];

    (void)state;
    kss_leave_stack("GroveDescend", 0x1500);
    kss_fail("KeExpandKernelStackAndCallout", 1);
    assert_int_equal(read_at(device, 0, text, 4), STATUS_NO_MEMORY);
    assert_clean();
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, kss_test_setup, kss_test_teardown)
    const struct CMUnitTest tests[] = {
        TEST(reads_on_the_callers_stack),     TEST(catches_what_a_damaged_volume_raises),
        TEST(posts_when_little_is_left),      TEST(posted_requests_may_raise),
        TEST(waits_in_the_wrong_mode),        TEST(expands_on_the_way_down),
        TEST(exceptions_stop_at_the_callout), TEST(an_expansion_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
