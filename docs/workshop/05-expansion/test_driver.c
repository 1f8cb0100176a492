// SPDX-License-Identifier: MIT
// policy's answer must be the rules' answer, however little stack is left where it is asked.
#include "driver.h"
#include "kss/cmocka.h"

enum { RULES = 12 };

static POLICY_RULE rules[RULES];
static WCHAR name[] = L"SECRET.TXT";

// Twelve rules, of which the last but one names the file.
static PPOLICY_RULE policy(BOOLEAN denies) {
    for (unsigned i = 0; i < RULES; i++)
        rules[i] = (POLICY_RULE){.Next = i + 1 < RULES ? &rules[i + 1] : NULL,
                                 .Signature = POLICY_SIGNATURE,
                                 .Denies = TRUE,
                                 .Pattern = {'o', 't', 'h', 'e', 'r'}};
    for (unsigned i = 0; "Secret.txt"[i] != 0; i++)
        rules[RULES - 2].Pattern[i] = (WCHAR) "Secret.txt"[i];
    rules[RULES - 2].Denies = denies;
    return rules;
}

// Asked where other filters have left 0x2000 bytes: the rules take more.
static NTSTATUS check(PPOLICY_RULE first) {
    kss_leave_stack("PolicyCheck", 0x2000);
    return (NTSTATUS)kss_call_thread("App", PolicyCheck, first, name);
}

static void allows(void **state) {
    (void)state;
    NTSTATUS status = check(policy(FALSE));
    assert_clean();
    assert_int_equal(status, STATUS_SUCCESS);
}

static void denies(void **state) {
    (void)state;
    NTSTATUS status = check(policy(TRUE));
    assert_clean();
    assert_int_equal(status, STATUS_ACCESS_DENIED);
}

static void a_damaged_policy_is_a_status(void **state) {
    PPOLICY_RULE first = policy(FALSE);

    (void)state;
    rules[RULES - 1].Signature = 0;
    NTSTATUS status = check(first);
    assert_clean();
    assert_int_equal(status, STATUS_DATA_ERROR);
}

// No memory for a segment: whatever is said then, it is not that the file may be opened.
static void an_expansion_may_fail(void **state) {
    PPOLICY_RULE first = policy(TRUE);

    (void)state;
    kss_fail("KeExpandKernelStackAndCallout", 1);
    NTSTATUS status = check(first);
    assert_clean();
    assert_false(NT_SUCCESS(status));
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, kss_test_setup, kss_test_teardown)
    const struct CMUnitTest tests[] = {
        TEST(allows),
        TEST(denies),
        TEST(a_damaged_policy_is_a_status),
        TEST(an_expansion_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
