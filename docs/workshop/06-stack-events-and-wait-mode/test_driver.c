// SPDX-License-Identifier: MIT
// card's wait must last as long as the user likes, and end when the user does.
#include "driver.h"
#include "kss/cmocka.h"

static struct kss_io wait_for_card(ULONG *card) {
    assert_int_equal(kss_load_driver(DRIVER), STATUS_SUCCESS);
    PDEVICE_OBJECT device = kss_device_object("\\Device\\Card");
    assert_non_null(device);
    return (struct kss_io){.device = device,
                           .major = IRP_MJ_DEVICE_CONTROL,
                           .control = IOCTL_CARD_WAIT,
                           .output = card,
                           .output_length = sizeof *card};
}

// The test is the reader: a card comes in.
static void insert(const struct kss_io *io, uint64_t after, uintptr_t card) {
    kss_dpc(after, (kss_routine *)CardInsertedDpc, io->device, (void *)card, NULL);
}

static void a_card_after_a_second(void **state) {
    ULONG card = 0;
    struct kss_io io = wait_for_card(&card);

    (void)state;
    insert(&io, KSS_S(1), 17);
    kss_io("App", &io);
    assert_clean();
    assert_int_equal(io.status, STATUS_SUCCESS);
    assert_int_equal(card, 17);
}

static void a_card_after_a_minute(void **state) {
    ULONG card = 0;
    struct kss_io io = wait_for_card(&card);

    (void)state;
    insert(&io, KSS_S(60), 17);
    kss_io("App", &io);
    assert_clean();
    assert_int_equal(io.status, STATUS_SUCCESS);
    assert_int_equal(card, 17);
}

static void the_user_may_give_up(void **state) {
    ULONG card = 0;
    struct kss_io io = wait_for_card(&card);

    (void)state;
    unsigned app = kss_io_start("App", &io);
    kss_advance_time(KSS_S(20));
    kss_terminate_thread(app);
    kss_advance_time(KSS_S(1));
    assert_int_equal(kss_thread_phase(app), KSS_THREAD_ENDED);
    assert_int_equal(io.status, (uint32_t)STATUS_CANCELLED);
    insert(&io, KSS_S(10), 18); // for nobody
    kss_run_all();
    assert_clean();
}

static void the_next_wait_wants_a_card_of_its_own(void **state) {
    ULONG card = 0;
    struct kss_io io = wait_for_card(&card);

    (void)state;
    insert(&io, KSS_S(1), 17);
    assert_int_equal(kss_io("App", &io), STATUS_SUCCESS);
    insert(&io, KSS_S(30), 18);
    kss_io("Next", &io);
    assert_clean();
    assert_int_equal(io.status, STATUS_SUCCESS);
    assert_int_equal(card, 18);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, kss_test_setup, kss_test_teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_card_after_a_second),
        TEST(a_card_after_a_minute),
        TEST(the_user_may_give_up),
        TEST(the_next_wait_wants_a_card_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
