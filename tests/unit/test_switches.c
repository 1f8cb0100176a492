// SPDX-License-Identifier: MIT
// Every switch of a policy changes what happens: a scenario meets one expectation without it and the
// other one with it, and neither the other way round. Every switch that the tables name has its row.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/text.h"
#include "kss/kss.h"
#include "nt/nt.h"

#include <string.h>

// A UserMode wait on the stack, signalled after a while.
#define USER_WAIT(after)                                                                           \
    "VOID Set(PKEVENT done) { KeSetEvent(done, IO_NO_INCREMENT, FALSE); }\n"                       \
    "VOID Wait() {\n"                                                                              \
    "    KEVENT done;\n"                                                                           \
    "    KeInitializeEvent(&done, NotificationEvent, FALSE);\n"                                    \
    "    after " after " dpc Set(&done);\n"                                                        \
    "    KeWaitForSingleObject(&done, UserRequest, UserMode, FALSE, NULL);\n"                      \
    "}\n"                                                                                          \
    "thread App { Wait(); }\n"
#define SURVIVES "expect hazard stack-object-user-wait;"
#define CRASHES  "expect bugcheck 0xA;"

#define ALLOCATES(pool)                                                                            \
    "thread App {\n"                                                                               \
    "    PVOID block = ExAllocatePoolWithTag(" pool ", 4096, 'tCsk');\n"                           \
    "    if (block == NULL) KeBugCheck(0xE2);\n"                                                   \
    "    ExFreePoolWithTag(block, 'tCsk');\n"                                                      \
    "}\n"

static const struct row {
    const char *field, *value; // of `machine { }`
    const char *scenario, *without, *with;
} rows[] = {
    {"outswap_after", "60s", USER_WAIT("30s"), CRASHES, SURVIVES},
    {"small_memory", "on", USER_WAIT("10s"), SURVIVES, CRASHES},
    {"swapper_period", "1s", USER_WAIT("15500ms"), SURVIVES, CRASHES},
    {"swap_priority_ceiling", "8", USER_WAIT("30s"), CRASHES, SURVIVES},
    {"swap_policy", "process",
     USER_WAIT("30s") "thread Other { KeDelayExecutionThread(KernelMode, FALSE, 60s); }\n", CRASHES,
     SURVIVES},
    {"swap", "eager", USER_WAIT("1s"), SURVIVES, CRASHES},
    {"foreign_touch", "page-in",
     "PULONG Shared;\n"
     "VOID Wait() {\n"
     "    ULONG local = 1;\n"
     "    Shared = &local;\n"
     "    KeDelayExecutionThread(UserMode, FALSE, 60s);\n"
     "}\n"
     "thread App { Wait(); }\n"
     "thread Other { KeDelayExecutionThread(KernelMode, FALSE, 30s); *Shared = 2; }\n",
     "expect bugcheck 0x50;", "expect hazard outswapped-stack-touched;"},
    {"max_expansion", "0x4000",
     "VOID Deep(PVOID context) {}\n"
     "thread App { KeExpandKernelStackAndCallout(Deep, NULL, 0x8000); }\n",
     "expect clean;", "expect hazard expansion-misuse;"},
    {"clock_tick", "1ms",
     "thread App {\n"
     "    LARGE_INTEGER before, after;\n"
     "    KeQuerySystemTimePrecise(&before);\n"
     "    KeDelayExecutionThread(KernelMode, FALSE, 1ms);\n"
     "    KeQuerySystemTimePrecise(&after);\n"
     "    if (after.QuadPart - before.QuadPart > 100000) KeBugCheck(0xE2);\n"
     "}\n",
     "expect bugcheck 0xE2;", "expect clean;"},
    {"dpc_timeout", "1s",
     "VOID Dpc() { for (ULONG i = 0; i < 100; i++) KeStallExecutionProcessor(40000); }\n"
     "at 1s dpc Dpc();\nthread App { }\n",
     "expect hazard dpc-too-long;", "expect bugcheck 0x133 (0);"},
    {"dpc_watchdog", "1s",
     "thread App {\n"
     "    KIRQL old;\n"
     "    KeRaiseIrql(DISPATCH_LEVEL, &old);\n"
     "    for (ULONG i = 0; i < 100; i++) KeStallExecutionProcessor(40000);\n"
     "    KeLowerIrql(old);\n"
     "}\n",
     "expect hazard dpc-too-long;", "expect bugcheck 0x133 (1);"},
    {"verifier", "on",
     "KTIMER Timer;\n"
     "VOID Isr() { KeCancelTimer(&Timer); }\n"
     "at 1s interrupt(5) Isr();\n"
     "thread App { KeInitializeTimer(&Timer); }\n",
     "expect hazard irql-too-high;", "expect bugcheck 0xC4 (0xE5);"},
    {"nonpaged_pool", "1024", ALLOCATES("NonPagedPool"), "expect clean;", "expect bugcheck 0xE2;"},
    {"paged_pool", "1024", ALLOCATES("PagedPool"), "expect clean;", "expect bugcheck 0xE2;"},
};
enum { ROWS = sizeof rows / sizeof *rows };

static int run(const struct row *row, bool set, const char *expectation) {
    struct kss_text text = {0};
    kss_text_str(&text, "machine x86 { ");
    if (set)
        kss_text_format(&text, "%s = %s; ", row->field, row->value);
    kss_text_format(&text, "}\n%s%s\n", row->scenario, expectation);
    struct kss_session *session = kss_open_text("switch.kss", text.bytes, text.length, NULL);
    if (!kss_loaded(session))
        print_message("%s", kss_diagnostics(session));
    assert_true(kss_loaded(session));
    int status = kss_run(session);
    kss_close(session);
    kss_text_free(&text);
    return status;
}

static void test_each_switch(void **state) {
    (void)state;
    for (unsigned i = 0; i < ROWS; i++) {
        const struct row *row = &rows[i];
        int got[4] = {run(row, false, row->without), run(row, false, row->with),
                      run(row, true, row->without), run(row, true, row->with)};
        if (got[0] != KSS_OK || got[1] != KSS_FAILED || got[2] != KSS_FAILED || got[3] != KSS_OK)
            print_message("%s = %s: %d %d %d %d\n", row->field, row->value, got[0], got[1], got[2],
                          got[3]);
        assert_int_equal(got[0], KSS_OK);
        assert_int_equal(got[1], KSS_FAILED);
        assert_int_equal(got[2], KSS_FAILED);
        assert_int_equal(got[3], KSS_OK);
    }
}

static void test_all_switches_have_a_row(void **state) {
    (void)state;
    for (unsigned i = 0; i < kss_policy_switch_count; i++) {
        bool found = false;
        for (unsigned k = 0; k < ROWS && !found; k++)
            found = strcmp(rows[k].field, kss_policy_switches[i].field) == 0;
        if (!found)
            print_message("%s has no row\n", kss_policy_switches[i].field);
        assert_true(found);
    }
}

// A policy whose text names a field in backquotes, such as `outswap_after`, has it as its switch.
static bool names(const char *text, const char *field) {
    size_t length = strlen(field);
    for (const char *at = strchr(text, '`'); at != NULL; at = strchr(at + 1, '`'))
        if (strncmp(at + 1, field, length) == 0 && (at[1 + length] == '`' || at[1 + length] == ' '))
            return true;
    return false;
}

static void test_switches_are_told(void **state) {
    (void)state;
    unsigned told = 0;
    for (unsigned i = 0; i < ROWS; i++)
        for (unsigned p = 0; p < KSS_POLICY_COUNT; p++) {
            if (!names(kss_policies[p].choice, rows[i].field))
                continue;
            bool listed = false;
            for (unsigned k = 0; k < kss_policy_switch_count; k++)
                listed |= (unsigned)kss_policy_switches[k].policy == p &&
                          strcmp(kss_policy_switches[k].field, rows[i].field) == 0;
            if (!listed)
                print_message("%s names %s\n", kss_policies[p].name, rows[i].field);
            assert_true(listed);
            told++;
        }
    assert_true(told >= 8);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_switch),
        cmocka_unit_test(test_all_switches_have_a_row),
        cmocka_unit_test(test_switches_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
