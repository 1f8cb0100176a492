// SPDX-License-Identifier: MIT
// quota's count must be right, and must take the same stack however deep the directories are.
#include "driver.h"
#include "kss/cmocka.h"

enum { DEEPEST = 2000 };

static QUOTA_NODE nodes[2 * DEEPEST + 1];

static PQUOTA_NODE add(PQUOTA_NODE parent, ULONG bytes, unsigned *used) {
    PQUOTA_NODE node = &nodes[(*used)++];

    *node = (QUOTA_NODE){parent, NULL, parent->FirstChild, bytes, {'a'}};
    parent->FirstChild = node;
    return node;
}

// A chain of [depth] directories of 100 bytes, each with a sibling of 1 byte that comes first.
static PQUOTA_NODE tree(unsigned depth) {
    unsigned used = 1;
    PQUOTA_NODE node = &nodes[0];

    nodes[0] = (QUOTA_NODE){NULL, NULL, NULL, 7, {0}};
    for (unsigned i = 0; i < depth; i++) {
        PQUOTA_NODE next = add(node, 100, &used);
        add(node, 1, &used);
        node = next;
    }
    return &nodes[0];
}

static NTSTATUS check(PQUOTA_NODE top, ULONG limit) {
    return (NTSTATUS)kss_call_thread("App", QuotaCheck, top, limit);
}

static void counts(void **state) {
    PQUOTA_NODE top = tree(3);

    (void)state;
    assert_int_equal(check(top, 310), STATUS_SUCCESS);
    assert_int_equal(check(top, 309), STATUS_DISK_FULL);
    assert_clean();
}

// A directory below the root: its own siblings are none of its business.
static void counts_below_a_directory(void **state) {
    PQUOTA_NODE top = tree(3)->FirstChild->Sibling;

    (void)state;
    assert_int_equal(top->Bytes, 100);
    assert_int_equal(check(top, 302), STATUS_SUCCESS);
    assert_int_equal(check(top, 301), STATUS_DISK_FULL);
    assert_clean();
}

static void leaves_recycle_bins_out(void **state) {
    PQUOTA_NODE top = tree(3), bin = top->FirstChild->Sibling->FirstChild->Sibling;

    (void)state;
    for (unsigned i = 0; "$Recycle.Bin"[i] != 0; i++)
        bin->Name[i] = (WCHAR) "$Recycle.Bin"[i];
    assert_int_equal(check(top, 109), STATUS_SUCCESS);
    assert_int_equal(check(top, 108), STATUS_DISK_FULL);
    assert_clean();
}

static void takes_the_same_stack_100_deep(void **state) {
    (void)state;
    assert_int_equal(check(tree(100), 10107), STATUS_SUCCESS);
    assert_driver_stack_at_most("App", 0x280);
}

static void survives_2000_deep(void **state) {
    (void)state;
    NTSTATUS status = check(tree(DEEPEST), 202007);
    assert_clean();
    assert_int_equal(status, STATUS_SUCCESS);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, kss_test_setup, kss_test_teardown)
    const struct CMUnitTest tests[] = {
        TEST(counts),
        TEST(counts_below_a_directory),
        TEST(leaves_recycle_bins_out),
        TEST(takes_the_same_stack_100_deep),
        TEST(survives_2000_deep),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
