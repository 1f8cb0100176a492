// SPDX-License-Identifier: MIT
// Memory, list, string and interlocked helpers, and DbgPrint, on simulated memory.
#include "rig.h"

static struct rig rig;
static kss_addr base;

static int open_rig(void **state) {
    (void)state;
    rig_open(&rig, "x64", NULL);
    rig_thread(&rig, "App", 0, false);
    rig_turn(&rig);
    base = kss_global_address(rig.m, 0);
    return 0;
}

static int close_rig(void **state) {
    (void)state;
    rig_close(&rig);
    return 0;
}

static void put(kss_addr at, const void *bytes, uint32_t size) {
    assert_int_equal(kss_write(rig.m, at, bytes, size, KSS_WHO_DRIVER).kind, KSS_OUT_RETURN);
}

static void copying_and_filling(void **state) {
    (void)state;
    RIG_CALL(&rig, RtlFillMemory, base, 16, 0xAB);
    assert_int_equal(kss_peek(rig.m, base + 15, 1), 0xAB);
    RIG_CALL(&rig, RtlZeroMemory, base + 4, 4);
    assert_int_equal(kss_peek(rig.m, base, 8), UINT64_C(0x00000000ABABABAB));
    put(base, "0123456789", 10);
    RIG_CALL(&rig, RtlMoveMemory, base + 2, base, 10);
    char moved[13] = {0};
    kss_read(rig.m, base, moved, 12, KSS_WHO_DRIVER);
    assert_string_equal(moved, "010123456789");
    assert_int_equal(RIG_CALL(&rig, RtlCompareMemory, base, base + 2, 10), 2);
    assert_int_equal(RIG_CALL(&rig, RtlEqualMemory, base, base, 10), 1);
}

static void a_copy_into_null_raises(void **state) {
    (void)state;
    assert_int_equal(RIG_OUTCOME(&rig, RtlCopyMemory, 0, base, 4).kind, KSS_OUT_RAISE);
}

static void doubly_linked_lists(void **state) {
    (void)state;
    kss_addr head = base, a = base + 16, b = base + 32, c = base + 48;
    RIG_CALL(&rig, InitializeListHead, head);
    assert_int_equal(RIG_CALL(&rig, IsListEmpty, head), 1);
    RIG_CALL(&rig, InsertTailList, head, b);
    RIG_CALL(&rig, InsertTailList, head, c);
    RIG_CALL(&rig, InsertHeadList, head, a);
    assert_int_equal(RIG_CALL(&rig, RemoveHeadList, head), a);
    assert_int_equal(RIG_CALL(&rig, RemoveTailList, head), c);
    assert_int_equal(RIG_CALL(&rig, IsListEmpty, head), 0);
    assert_int_equal(RIG_CALL(&rig, RemoveEntryList, b), 1);
    assert_int_equal(RIG_CALL(&rig, IsListEmpty, head), 1);
}

// Each routine looks at the neighbours before it changes them; a list of a dead frame's entry has none.
static void a_damaged_list_is_0x139(void **state) {
    (void)state;
    kss_addr head = base, entry = base + 16;
    for (unsigned i = 0; i < 5; i++) {
        struct kss_outcome outcome;
        if (i > 0) {
            rig_close(&rig);
            open_rig(state);
        }
        RIG_CALL(&rig, InitializeListHead, head);
        RIG_CALL(&rig, InsertTailList, head, entry);
        RIG_CALL(&rig, InitializeListHead, entry); // the head still points at it
        switch (i) {
        case 0: outcome = RIG_OUTCOME(&rig, RemoveHeadList, head); break;
        case 1: outcome = RIG_OUTCOME(&rig, RemoveTailList, head); break;
        case 2: outcome = RIG_OUTCOME(&rig, InsertHeadList, head, base + 32); break;
        case 3: outcome = RIG_OUTCOME(&rig, InsertTailList, head, base + 32); break;
        default:
            RIG_CALL(&rig, RtlCopyMemory, base + 32, head, 16); // an entry that nobody points at
            outcome = RIG_OUTCOME(&rig, RemoveEntryList, base + 32);
            break;
        }
        assert_int_equal(outcome.kind, KSS_OUT_STOP);
        const struct kss_event *stop = rig_last(&rig, KSS_EV_BUGCHECK);
        assert_non_null(stop);
        assert_int_equal(stop->words[0], 0x139);
        assert_int_equal(stop->words[1], 3);
        assert_int_equal(kss_peek(rig.m, head, 8), entry); // nothing was changed
    }
}

static void singly_linked_lists(void **state) {
    (void)state;
    kss_addr head = base, a = base + 16, b = base + 24;
    RIG_CALL(&rig, RtlZeroMemory, base, 64);
    RIG_CALL(&rig, PushEntryList, head, a);
    RIG_CALL(&rig, PushEntryList, head, b);
    assert_int_equal(RIG_CALL(&rig, PopEntryList, head), b);
    assert_int_equal(RIG_CALL(&rig, PopEntryList, head), a);
    assert_int_equal(RIG_CALL(&rig, PopEntryList, head), 0);
}

static void interlocked_operations(void **state) {
    (void)state;
    RIG_CALL(&rig, RtlZeroMemory, base, 16);
    assert_int_equal(RIG_CALL(&rig, InterlockedDecrement, base), 0xFFFFFFFF);
    assert_int_equal(kss_peek(rig.m, base + 4, 4), 0);
    assert_int_equal(RIG_CALL(&rig, InterlockedIncrement, base), 0);
    assert_int_equal(RIG_CALL(&rig, InterlockedExchangeAdd, base, 5), 0);
    assert_int_equal(RIG_CALL(&rig, InterlockedCompareExchange, base, 9, 5), 5);
    assert_int_equal(RIG_CALL(&rig, InterlockedCompareExchange, base, 1, 5), 9);
    assert_int_equal(RIG_CALL(&rig, InterlockedOr, base, 6), 9);
    assert_int_equal(RIG_CALL(&rig, InterlockedAnd, base, 3), 15);
    assert_int_equal(RIG_CALL(&rig, InterlockedExchangePointer, base, base), 3);
    assert_int_equal(kss_peek(rig.m, base, 8), base);
}

static void counted_strings(void **state) {
    (void)state;
    static const uint16_t text[] = {'A', 'b', 'c', 0};
    kss_addr wide = base + 64, string = base, copy = base + 16, buffer = base + 128;
    put(wide, text, sizeof text);
    RIG_CALL(&rig, RtlInitUnicodeString, string, wide);
    assert_int_equal(kss_peek(rig.m, string, 4), 6 | 8 << 16);
    uint64_t empty[2] = {(uint64_t)12 << 16, buffer};
    put(copy, empty, 16);
    RIG_CALL(&rig, RtlCopyUnicodeString, copy, string);
    assert_int_equal(RIG_CALL(&rig, RtlCompareUnicodeString, string, copy, 0), 0);
    assert_int_equal(RIG_CALL(&rig, RtlAppendUnicodeToString, copy, wide), 0);
    assert_int_equal(kss_peek(rig.m, copy, 2), 12);
    assert_int_equal(RIG_CALL(&rig, RtlAppendUnicodeToString, copy, wide), 0xC0000023);
    assert_int_equal(RIG_CALL(&rig, RtlEqualUnicodeString, string, copy, 1), 0);
}

struct print_row {
    const char *format;
    uint64_t a, b, c;
    const char *expected;
};
static const struct print_row prints[] = {
    {"plain 100%%", 0, 0, 0, "plain 100%"},
    {"%d %u %i", (uint64_t)-5, (uint64_t)-1, 7, "-5 4294967295 7"},
    {"%x %X %#x", 0xBEEF, 0xBEEF, 0x1F, "beef BEEF 0x1f"},
    {"%08x|%8x|%-8x|", 0xAB, 0xAB, 0xAB, "000000ab|      ab|ab      |"},
    {"%p", 0x1234, 0, 0, "0000000000001234"},
    {"%I64d %lld %I64x", (uint64_t)-7, (uint64_t)-8, UINT64_C(0x123456789A), "-7 -8 123456789a"},
    {"%c%c %lu", 'o', 'k', 42, "ok 42"},
    {"%05d %+d %.3d", (uint64_t)-42, 7, 5, "-0042 +7 005"},
    {"%hd %hhu", 0x1FFFF, 0x1FF, 0, "-1 255"},
    {"%*d", 6, 42, 0, "    42"},
    {"%s", 0, 0, 0, "(null)"},
    {"%q", 0, 0, 0, "%q"},
};

static void dbgprint_formats(void **state) {
    (void)state;
    for (unsigned i = 0; i < sizeof prints / sizeof *prints; i++) {
        put(base, prints[i].format, (uint32_t)strlen(prints[i].format) + 1);
        RIG_CALL(&rig, DbgPrint, base, prints[i].a, prints[i].b, prints[i].c);
        assert_string_equal(rig.texts[rig.text_count - 1], prints[i].expected);
    }
    static const uint16_t wide[] = {'w', 'i', 'd', 'e', 0};
    put(base + 64, wide, sizeof wide);
    put(base + 96, "narrow", 7);
    RIG_CALL(&rig, RtlInitUnicodeString, base + 112, base + 64);
    put(base, "%s %S %wZ %.3s", 15);
    RIG_CALL(&rig, DbgPrint, base, base + 96, base + 64, base + 112, base + 96);
    assert_string_equal(rig.texts[rig.text_count - 1], "narrow wide wide nar");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(copying_and_filling, open_rig, close_rig),
        cmocka_unit_test_setup_teardown(a_copy_into_null_raises, open_rig, close_rig),
        cmocka_unit_test_setup_teardown(doubly_linked_lists, open_rig, close_rig),
        cmocka_unit_test_setup_teardown(a_damaged_list_is_0x139, open_rig, close_rig),
        cmocka_unit_test_setup_teardown(singly_linked_lists, open_rig, close_rig),
        cmocka_unit_test_setup_teardown(interlocked_operations, open_rig, close_rig),
        cmocka_unit_test_setup_teardown(counted_strings, open_rig, close_rig),
        cmocka_unit_test_setup_teardown(dbgprint_formats, open_rig, close_rig),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
