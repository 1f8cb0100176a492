// SPDX-License-Identifier: MIT
// Testing a control device: crunch, whose IOCTL is answered by a system thread.
//
//     crunch.h crunch.c     the driver: nothing in them knows of kss
//     thread.c              its system thread
//     ../../examples.cmake  how the three are put together, three times
//
// The driver is built as three drivers that differ in the wait of CrunchRunJob: crunch waits in
// KernelMode, crunch_user in UserMode, crunch_pinned in UserMode with its stack kept in memory.
// Each test below is a world of its own: a machine at time 0 with no driver loaded.
#include "crunch.h"
#include "kss/cmocka.h"

#include <limits.h>

// The test may look into driver memory.
static PCRUNCH_EXTENSION extension_of_device(void) {
    PDEVICE_OBJECT device = kss_device_object("\\Device\\Crunch");

    assert_non_null(device);
    return device->DeviceExtension;
}

// Driver code of the test's own: whoever runs it is busy for a while.
static void NTAPI be_busy(PVOID duration, PVOID unused1, PVOID unused2) {
    LARGE_INTEGER while_;

    UNREFERENCED_PARAMETER(unused1);
    UNREFERENCED_PARAMETER(unused2);
    while_.QuadPart = -(LONGLONG)(uintptr_t)duration;
    KeDelayExecutionThread(KernelMode, FALSE, &while_);
}

// The worker has something else to do for [duration]: an APC keeps it from its jobs.
static void slow_worker(uint64_t duration) {
    unsigned worker = kss_thread_named("CrunchWorker");

    assert_int_not_equal(worker, UINT_MAX);
    kss_queue_apc(0, worker, KSS_SPECIAL_APC_MODE, (kss_routine *)(uintptr_t)be_busy,
                  (void *)(uintptr_t)duration, NULL, NULL);
    kss_advance_time(0);
}

// A test's usual beginning: DriverEntry runs in a system thread of its own.
static void load(const char *driver) {
    assert_int_equal(kss_load_driver(driver), STATUS_SUCCESS);
}

static struct kss_io checksum_of(const char *text, ULONG *answer) {
    struct kss_io io = {.path = "\\DosDevices\\Crunch", .major = IRP_MJ_CREATE};

    assert_int_equal(kss_io("Opener", &io), STATUS_SUCCESS);
    io.major = IRP_MJ_DEVICE_CONTROL;
    io.control = IOCTL_CRUNCH_CHECKSUM;
    io.input = (void *)(uintptr_t)text;
    io.input_length = (ULONG)strlen(text);
    io.output = answer;
    io.output_length = sizeof *answer;
    return io;
}

static uint32_t close_handle(struct kss_io *io) {
    io->major = IRP_MJ_CLOSE;
    return kss_io("Closer", io);
}

// ---- What it is for -----------------------------------------------------------------------------

// The check value of CRC-32 is that of "123456789".
static void answers(void **state) {
    ULONG answer = 0;
    CRUNCH_STATISTICS statistics = {0, 0};

    (void)state;
    load("crunch");
    struct kss_io io = checksum_of("123456789", &answer);
    assert_int_equal(kss_io("App", &io), STATUS_SUCCESS);
    assert_int_equal(io.information, sizeof answer);
    assert_int_equal(answer, 0xCBF43926);

    io.control = IOCTL_CRUNCH_STATISTICS;
    io.output = &statistics;
    io.output_length = sizeof statistics;
    assert_int_equal(kss_io("App", &io), STATUS_SUCCESS);
    assert_int_equal(statistics.Jobs, 1);
    assert_int_equal(statistics.Bytes, 9);

    assert_int_equal(close_handle(&io), STATUS_SUCCESS);
    assert_true(kss_unload_driver("crunch"));
    assert_null(kss_device_object("\\Device\\Crunch"));
    assert_null(kss_device_object("\\DosDevices\\Crunch"));
    assert_no_leaks();
    assert_clean();
}

static void refuses(void **state) {
    ULONG answer = 7;

    (void)state;
    load("crunch");
    struct kss_io io = checksum_of("x", &answer);
    io.output_length = 3;
    assert_int_equal(kss_io("Short", &io), (uint32_t)STATUS_BUFFER_TOO_SMALL);
    io.output_length = sizeof answer;
    io.input_length = 0;
    assert_int_equal(kss_io("Nothing", &io), (uint32_t)STATUS_INVALID_PARAMETER);
    io.control = IOCTL_CRUNCH_CHECKSUM + 4 * 16;
    assert_int_equal(kss_io("Unknown", &io), (uint32_t)STATUS_INVALID_DEVICE_REQUEST);
    assert_int_equal(answer, 7);
    assert_int_equal(close_handle(&io), STATUS_SUCCESS);
    kss_unload_driver("crunch"); // or assert_clean would object that the worker waits for ever
    assert_clean();
}

// Jobs wait for a worker that is busy, and are answered in the order in which they came.
static void takes_jobs_in_order(void **state) {
    ULONG first = 0, second = 0;

    (void)state;
    load("crunch");
    struct kss_io one = checksum_of("a", &first), two = checksum_of("b", &second);
    slow_worker(KSS_S(2));
    unsigned app1 = kss_io_start("App1", &one);
    unsigned app2 = kss_io_start("App2", &two);
    kss_advance_time(KSS_S(1));
    assert_int_equal(kss_thread_phase(app1), KSS_THREAD_WAITING);
    assert_int_equal(kss_thread_phase(app2), KSS_THREAD_WAITING);

    PCRUNCH_EXTENSION extension = extension_of_device();
    PCRUNCH_JOB job = CONTAINING_RECORD(extension->Jobs.Flink, CRUNCH_JOB, Link);
    assert_memory_equal(job->Bytes, "a", 1);
    kss_run_all();
    assert_int_equal(one.status, STATUS_SUCCESS);
    assert_int_equal(two.status, STATUS_SUCCESS);
    assert_int_equal(first, 0xE8B7BE43);
    assert_int_equal(second, 0x71BEEFF9);
    assert_true(IsListEmpty(&extension->Jobs));
}

// ---- The stack that must not leave --------------------------------------------------------------

// The worker takes its first job after a minute. A stack in a KernelMode wait stays where it is.
static void kernel_mode_wait_may_be_long(void **state) {
    ULONG answer = 0;

    (void)state;
    load("crunch");
    struct kss_io io = checksum_of("123456789", &answer);
    slow_worker(KSS_S(61));
    unsigned app = kss_io_start("App", &io);
    kss_advance_time(KSS_S(60));
    assert_int_equal(kss_thread_phase(app), KSS_THREAD_WAITING);
    assert_false(kss_thread_out(app));
    assert_false(kss_out_swap(app)); // not even when asked to
    kss_run_all();
    assert_int_equal(answer, 0xCBF43926);
    close_handle(&io);
    kss_unload_driver("crunch");
    assert_clean();
}

// The same with UserMode in the wait, the only difference. After 16 s the stack is out; when the
// worker takes the job, RemoveHeadList touches it, at DISPATCH_LEVEL under the spin lock.
static void user_mode_wait_ends_in_0xD1(void **state) {
    ULONG answer = 0;

    (void)state;
    load("crunch_user");
    struct kss_io io = checksum_of("123456789", &answer);
    slow_worker(KSS_S(61));
    unsigned app = kss_io_start("App", &io);
    kss_advance_time(KSS_S(60));
    assert_true(kss_thread_out(app));
    kss_run_all();
    assert_int_equal(kss_thread_phase(app), KSS_THREAD_STOPPED);
    assert_bugcheck(DRIVER_IRQL_NOT_LESS_OR_EQUAL);
    assert_hazard_in("stack-object-user-wait", "crunch_user!CrunchRunJob");
}

// With a prompt worker nothing happens, on this machine, this time. kss says it all the same.
static void user_mode_wait_is_found_when_it_goes_well(void **state) {
    ULONG answer = 0;

    (void)state;
    load("crunch_user");
    struct kss_io io = checksum_of("123456789", &answer);
    assert_int_equal(kss_io("App", &io), STATUS_SUCCESS);
    assert_int_equal(answer, 0xCBF43926);
    assert_hazard_in("KSS2001", "crunch_user!CrunchRunJob");
}

// UserMode done right: KeSetKernelStackSwapEnable(FALSE) keeps the stack in memory.
static void pinned_stack_stays(void **state) {
    ULONG answer = 0;

    (void)state;
    load("crunch_pinned");
    struct kss_io io = checksum_of("123456789", &answer);
    slow_worker(KSS_S(61));
    unsigned app = kss_io_start("App", &io);
    kss_advance_time(KSS_S(60));
    assert_false(kss_thread_out(app));
    kss_run_all();
    assert_int_equal(answer, 0xCBF43926);
    assert_int_equal(kss_calls("KeSetKernelStackSwapEnable"), 2);
    close_handle(&io);
    kss_unload_driver("crunch_pinned");
    assert_clean();
}

// What UserMode is for: the client can be killed. Its job is taken back before its stack frame
// goes.
static void pinned_client_can_be_killed(void **state) {
    ULONG answer = 0;

    (void)state;
    load("crunch_pinned");
    struct kss_io io = checksum_of("123456789", &answer);
    slow_worker(KSS_S(61));
    unsigned app = kss_io_start("App", &io);
    kss_advance_time(KSS_S(5));
    kss_terminate_thread(app);
    kss_advance_time(KSS_S(1));
    assert_int_equal(kss_thread_phase(app), KSS_THREAD_ENDED);
    assert_int_equal(io.status, (uint32_t)STATUS_CANCELLED);
    assert_int_equal(answer, 0);
    kss_run_all(); // the worker finds nothing, touches nothing
    close_handle(&io);
    kss_unload_driver("crunch_pinned");
    assert_no_leaks();
    assert_clean();
}

// ---- Failures -----------------------------------------------------------------------------------

// All that a client does, as far as it gets. Nothing is asserted: the loop below judges.
static void use_it(void) {
    ULONG answer = 0;
    struct kss_io io = {.path = "\\DosDevices\\Crunch", .major = IRP_MJ_CREATE};

    if (kss_load_driver("crunch") != STATUS_SUCCESS)
        return;
    if (kss_io("Opener", &io) == STATUS_SUCCESS) {
        io.major = IRP_MJ_DEVICE_CONTROL;
        io.control = IOCTL_CRUNCH_CHECKSUM;
        io.input = "123456789";
        io.input_length = 9;
        io.output = &answer;
        io.output_length = sizeof answer;
        kss_io("App", &io);
        close_handle(&io);
    }
    kss_unload_driver("crunch");
}

// Each call of [routine] fails in turn, in a machine of its own, until there is none left to fail.
static unsigned fail_each(const char *routine) {
    for (unsigned nth = 1;; nth++) {
        kss_setup(NULL);
        kss_fail(routine, nth);
        use_it();
        bool failed = kss_calls(routine) >= nth;
        assert_null(kss_device_object("\\Device\\Crunch"));
        assert_null(kss_device_object("\\DosDevices\\Crunch"));
        assert_no_leaks();
        assert_clean();
        if (!failed)
            return nth - 1;
    }
}

static void survives_every_failure(void **state) {
    (void)state;
    assert_int_equal(fail_each("ExAllocatePool2"), 2); // the table, the statistics of a handle
    assert_int_equal(fail_each("IoCreateDevice"), 1);
    assert_int_equal(fail_each("IoCreateSymbolicLink"), 1);
    assert_int_equal(fail_each("PsCreateSystemThread"), 1);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, kss_test_setup, kss_test_teardown)
    const struct CMUnitTest tests[] = {
        TEST(answers),
        TEST(refuses),
        TEST(takes_jobs_in_order),
        TEST(kernel_mode_wait_may_be_long),
        TEST(user_mode_wait_ends_in_0xD1),
        TEST(user_mode_wait_is_found_when_it_goes_well),
        TEST(pinned_stack_stays),
        TEST(pinned_client_can_be_killed),
        TEST(survives_every_failure),
    };
    return cmocka_run_group_tests_name("ioctl", tests, NULL, NULL);
}
