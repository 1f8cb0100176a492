// SPDX-License-Identifier: MIT
// Cancel-safe queues, interlocked and sequenced lists, look-aside lists and device queues, through the
// headers' own macros.
#include "kss/cmocka.h"

enum { MJ_READ = 3, MJ_WRITE = 4 };

void Serve(void), ServeContext(void), UseInterlockedLists(void), UseSequencedList(void),
    UseLookaside(void), UseDeviceQueue(void);

static void lists(void **state) {
    (void)state;
    kss_routine *const uses[] = {UseInterlockedLists, UseSequencedList, UseLookaside,
                                 UseDeviceQueue};
    for (size_t i = 0; i < sizeof uses / sizeof *uses; i++) {
        unsigned app = kss_thread("App", uses[i]);
        kss_run_all();
        assert_int_equal(kss_thread_phase(app), KSS_THREAD_ENDED);
        assert_int_equal((uint32_t)kss_thread_value(app), 0); // the line of the check that failed
    }
    assert_no_leaks();
    assert_clean();
}

static struct kss_io request(unsigned major) {
    static char buffer[4];
    return (struct kss_io){.device = kss_device_object("\\Device\\KssQueue"),
                           .major = major,
                           .input = buffer,
                           .input_length = major == MJ_WRITE ? sizeof buffer : 0,
                           .output = buffer,
                           .output_length = major == MJ_READ ? sizeof buffer : 0};
}

// Two wait, the third is refused; one is cancelled with its thread, one served.
static void queued(void **state) {
    (void)state;
    assert_int_equal(kss_load_driver("queue"), 0);
    struct kss_io first = request(MJ_READ), second = first, third = first;
    unsigned cancelled = kss_io_start("First", &first), served = kss_io_start("Second", &second);
    kss_advance_time(KSS_MS(1));
    assert_int_equal(kss_io("Third", &third), 0x80000011); // STATUS_DEVICE_BUSY
    assert_int_equal(kss_thread_phase(cancelled), KSS_THREAD_WAITING);
    kss_terminate_thread(cancelled);
    kss_run_all();
    assert_int_equal(kss_thread_phase(cancelled), KSS_THREAD_ENDED);
    assert_int_equal(first.status, 0xC0000120); // STATUS_CANCELLED
    kss_dpc(KSS_MS(1), Serve, NULL, NULL, NULL);
    kss_run_all();
    assert_int_equal(kss_thread_phase(served), KSS_THREAD_ENDED);
    assert_int_equal(second.status, 0);
    assert_true(kss_unload_driver("queue"));
    assert_clean();
}

static void by_context(void **state) {
    (void)state;
    assert_int_equal(kss_load_driver("queue"), 0);
    struct kss_io io = request(MJ_WRITE);
    unsigned writer = kss_io_start("Writer", &io);
    kss_dpc(KSS_MS(1), ServeContext, NULL, NULL, NULL);
    kss_run_all();
    assert_int_equal(kss_thread_phase(writer), KSS_THREAD_ENDED);
    assert_int_equal(io.status, 0);
    assert_clean();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(lists, kss_test_setup, kss_test_teardown),
        cmocka_unit_test_setup_teardown(queued, kss_test_setup, kss_test_teardown),
        cmocka_unit_test_setup_teardown(by_context, kss_test_setup, kss_test_teardown),
    };
    return cmocka_run_group_tests_name("queues", tests, NULL, NULL);
}
