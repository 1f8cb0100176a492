// SPDX-License-Identifier: MIT
// Look-ups by name over the tables of sim/nt: every row is found, neighbours of a name are not, and
// what look-ups rely on (order, uniqueness) holds.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "nt/nt.h"

#include <stdio.h>
#include <string.h>

static size_t length(const char *text) {
    return strlen(text);
}

// Names that are in no table: empty, cut short, too long, other case, with a NUL behind or inside.
static const struct {
    const char *name;
    size_t length;
} strangers[] = {
    {"", 0},
    {"K", 1},
    {"KeSetEven", 9},
    {"KeSetEventX", 11},
    {"kesetevent", 10},
    {"KEVEN", 5},
    {"KEVENT ", 7},
    {"KEVENT\0", 7},
    {"KE\0ENT", 6},
    {"zzz", 3},
    {"\xff\xfe", 2},
    {"__KEVENT", 8},
    {"_", 1},
    {"_PVOID", 6},
    {"_ULONG", 6},
    {"STATUS_", 7},
    {"STATUS_TIMEOUT\0\0\0", 17},
    {"UserReques", 10},
    {"UserRequestx", 12},
};
enum { STRANGERS = sizeof strangers / sizeof *strangers };

static void test_routines(void **state) {
    (void)state;
    for (unsigned i = 0; i < KSS_NT_COUNT; i++) {
        const char *name = kss_routines[i].name;
        assert_ptr_equal(kss_routine_find(name, length(name)), &kss_routines[i]);
        if (i > 0)
            assert_true(strcmp(kss_routines[i - 1].name, name) < 0);
    }
    for (unsigned i = 0; i < STRANGERS; i++)
        assert_null(kss_routine_find(strangers[i].name, strangers[i].length));
    assert_ptr_equal(kss_routine_find("KeSetEvent(", 10), &kss_routines[KSS_NT_KeSetEvent]);
}

static void test_types(void **state) {
    (void)state;
    for (unsigned i = 0; i < kss_type_count; i++) {
        const char *name = kss_types[i].name;
        assert_ptr_equal(kss_type_find(name, length(name)), &kss_types[i]);
        if (i > 0)
            assert_true(strcmp(kss_types[i - 1].name, name) < 0);
    }
    for (unsigned i = 0; i < STRANGERS; i++)
        assert_null(kss_type_find(strangers[i].name, strangers[i].length));
    assert_ptr_equal(kss_type_find("_KEVENT", 7), kss_type_find("KEVENT", 6));
    assert_ptr_equal(kss_type_find("_KMUTANT", 8), kss_type_find("KMUTANT", 7));
    assert_ptr_equal(kss_type_find("_POOL_TYPE", 10), kss_type_find("POOL_TYPE", 9));
}

static void test_constants(void **state) {
    (void)state;
    for (unsigned i = 0; i < kss_constant_count; i++) {
        const char *name = kss_constants[i].name;
        assert_ptr_equal(kss_constant_find(name, length(name)), &kss_constants[i]); // so: unique
    }
    for (unsigned i = 0; i < STRANGERS; i++)
        assert_null(kss_constant_find(strangers[i].name, strangers[i].length));
    assert_string_equal(kss_constant_find("UserRequest", 11)->type, "KWAIT_REASON");
    assert_int_equal(kss_constant_find("STATUS_ACCESS_VIOLATION", 23)->value, -1073741819);
    assert_int_equal(kss_constant_find("MAXULONG", 8)->value, 4294967295);
    assert_int_equal(kss_constant_find("POOL_FLAG_SPECIAL_POOL", 22)->value, 0x100000000);
}

static void test_no_name_is_both_type_and_constant_or_routine(void **state) {
    (void)state;
    for (unsigned i = 0; i < kss_constant_count; i++) {
        const char *name = kss_constants[i].name;
        assert_null(kss_type_find(name, length(name)));
        assert_null(kss_routine_find(name, length(name)));
        for (unsigned arch = KSS_ARCH_X86; arch <= KSS_ARCH_ARM64; arch++) {
            unsigned irql = 0;
            assert_false(kss_irql_find((enum kss_arch)arch, name, length(name), &irql));
        }
    }
    for (unsigned i = 0; i < KSS_NT_COUNT; i++)
        assert_null(kss_type_find(kss_routines[i].name, length(kss_routines[i].name)));
}

static void test_statuses(void **state) {
    (void)state;
    unsigned statuses = 0;
    for (unsigned i = 0; i < kss_constant_count; i++) {
        if (strcmp(kss_constants[i].type, "NTSTATUS") != 0)
            continue;
        statuses++;
        const char *printed = kss_status_name((uint32_t)kss_constants[i].value);
        assert_non_null(printed); // the name itself, or the one of which it is an alias
        assert_int_equal(kss_constant_find(printed, length(printed))->value,
                         kss_constants[i].value);
    }
    assert_true(statuses > 150);
    assert_string_equal(kss_status_name(0), "STATUS_SUCCESS");
    assert_string_equal(kss_status_name(0x80), "STATUS_ABANDONED");
    assert_string_equal(kss_status_name(0x102), "STATUS_TIMEOUT");
    assert_string_equal(kss_status_name(0xC0000005), "STATUS_ACCESS_VIOLATION");
    assert_string_equal(kss_status_name(0xC0000409), "STATUS_STACK_BUFFER_OVERRUN");
    assert_null(kss_status_name(0xDEADBEEF));
    assert_string_equal(kss_constant_name("NTSTATUS", -1073741819), "STATUS_ACCESS_VIOLATION");
    assert_string_equal(kss_constant_name("NTSTATUS", 0), "STATUS_SUCCESS");
}

static void test_constant_names(void **state) {
    (void)state;
    assert_string_equal(kss_constant_name("KPROCESSOR_MODE", 1), "UserMode");
    assert_string_equal(kss_constant_name("POOL_TYPE", 0), "NonPagedPool");
    assert_string_equal(kss_constant_name("POOL_TYPE", 512), "NonPagedPoolNx");
    assert_string_equal(kss_constant_name("KPRIORITY", 0), "IO_NO_INCREMENT");
    assert_string_equal(kss_constant_name("EVENT_TYPE", 1), "SynchronizationEvent");
    assert_string_equal(kss_constant_name("BOOLEAN", 1), "TRUE");
    assert_null(kss_constant_name("BOOLEAN", 2));
    assert_null(kss_constant_name("KEVENT", 0));
}

static void test_wait_reasons(void **state) {
    (void)state;
    assert_string_equal(kss_wait_reason_name(0), "Executive");
    assert_string_equal(kss_wait_reason_name(6), "UserRequest");
    assert_string_equal(kss_wait_reason_name(13), "WrUserRequest");
    assert_string_equal(kss_wait_reason_name(25), "WrCalloutStack");
    assert_string_equal(kss_wait_reason_name(39), "WrPhysicalFault");
    assert_null(kss_wait_reason_name(40));
    for (unsigned i = 0; i < 40; i++) {
        const char *name = kss_wait_reason_name(i);
        assert_int_equal(kss_constant_find(name, length(name))->value, i);
    }
}

static void test_bugchecks(void **state) {
    (void)state;
    for (unsigned i = 0; i < kss_bugcheck_count; i++) {
        const struct kss_bugcheck *row = &kss_bugchecks[i];
        assert_ptr_equal(kss_bugcheck_find(row->code), row);
        assert_ptr_equal(kss_bugcheck_named(row->name, length(row->name)), row);
        if (i > 0)
            assert_true(kss_bugchecks[i - 1].code < row->code);
    }
    assert_null(kss_bugcheck_find(0));
    assert_null(kss_bugcheck_find(0xB));
    assert_null(kss_bugcheck_find(0xFFFFFFFF));
    assert_null(kss_bugcheck_named("IRQL_NOT_LESS_OR_EQUA", 21));
    assert_string_equal(kss_bugcheck_find(0xA)->name, "IRQL_NOT_LESS_OR_EQUAL");
    assert_string_equal(kss_bugcheck_find(0x4000008A)->name, "THREAD_TERMINATE_HELD_MUTEX");
}

static void test_hazards(void **state) {
    (void)state;
    for (unsigned i = 0; i < KSS_HAZARD_COUNT; i++) {
        const struct kss_hazard *row = &kss_hazards[i];
        assert_ptr_equal(kss_hazard_named(row->name, length(row->name)), row);
        char number[8];
        assert_int_equal(snprintf(number, sizeof number, "KSS%04u", (unsigned)row->number), 7);
        assert_ptr_equal(kss_hazard_named(number, 7), row);
        if (i > 0)
            assert_true(kss_hazards[i - 1].number < row->number);
    }
    assert_null(kss_hazard_named("KSS0000", 7));
    assert_null(kss_hazard_named("KSS9999", 7));
    assert_null(kss_hazard_named("KSS20010", 8));
    assert_null(kss_hazard_named("KSS200x", 7));
    assert_null(kss_hazard_named("stack_overflow", 14));
    assert_null(kss_hazard_named("", 0));
    assert_int_equal(kss_hazards[KSS_HAZARD_stack_object_user_wait].number, 2001);
}

static void test_irqls(void **state) {
    (void)state;
    static const struct {
        enum kss_arch arch;
        const char *name;
        unsigned level;
    } levels[] = {
        {KSS_ARCH_X86, "PASSIVE_LEVEL", 0},  {KSS_ARCH_X86, "APC_LEVEL", 1},
        {KSS_ARCH_X86, "DISPATCH_LEVEL", 2}, {KSS_ARCH_X86, "PROFILE_LEVEL", 27},
        {KSS_ARCH_X86, "IPI_LEVEL", 29},     {KSS_ARCH_X86, "POWER_LEVEL", 30},
        {KSS_ARCH_X86, "HIGH_LEVEL", 31},    {KSS_ARCH_X64, "CLOCK_LEVEL", 13},
        {KSS_ARCH_X64, "IPI_LEVEL", 14},     {KSS_ARCH_X64, "HIGH_LEVEL", 15},
        {KSS_ARCH_ARM, "HIGH_LEVEL", 15},    {KSS_ARCH_ARM64, "DISPATCH_LEVEL", 2},
    };
    for (unsigned i = 0; i < sizeof levels / sizeof *levels; i++) {
        unsigned irql = 99;
        assert_true(kss_irql_find(levels[i].arch, levels[i].name, length(levels[i].name), &irql));
        assert_int_equal(irql, levels[i].level);
        assert_string_equal(kss_irql_name(levels[i].arch, levels[i].level), levels[i].name);
    }
    unsigned irql = 99;
    assert_true(kss_irql_find(KSS_ARCH_X64, "PROFILE_LEVEL", 13, &irql)); // not the name printed
    assert_int_equal(irql, 15);
    assert_false(kss_irql_find(KSS_ARCH_X64, "CLOCK2_LEVEL", 12, &irql));
    assert_false(kss_irql_find(KSS_ARCH_X86, "DISPATCH", 8, &irql));
    assert_null(kss_irql_name(KSS_ARCH_X86, 10));
    assert_null(kss_irql_name(KSS_ARCH_X64, 31));
}

static void test_profiles(void **state) {
    (void)state;
    for (unsigned i = 0; i < kss_profile_count; i++) {
        const char *name = kss_profiles[i].name;
        assert_ptr_equal(kss_profile_find(name, length(name)), &kss_profiles[i]);
    }
    assert_int_equal(kss_profile_count, 5);
    assert_string_equal(kss_profiles[0].name, "x86"); // the default machine
    assert_null(kss_profile_find("x6", 2));
    assert_null(kss_profile_find("x64_xsave", 9));
    assert_string_equal(kss_profile_find("x64-xsave", 3)->name, "x64");
}

static void test_origins(void **state) {
    (void)state;
    assert_string_equal(kss_origin_name(KSS_ORIGIN_UNKNOWN), "unknown");
    assert_string_equal(kss_origin_name(KSS_ORIGIN_ASSUMED), "assumed");
    assert_string_equal(kss_origin_name(KSS_ORIGIN_GIVEN), "given");
    assert_string_equal(kss_origin_name(KSS_ORIGIN_LISTED), "listed");
    assert_string_equal(kss_origin_name(KSS_ORIGIN_MEASURED), "measured");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_routines),
        cmocka_unit_test(test_types),
        cmocka_unit_test(test_constants),
        cmocka_unit_test(test_no_name_is_both_type_and_constant_or_routine),
        cmocka_unit_test(test_statuses),
        cmocka_unit_test(test_constant_names),
        cmocka_unit_test(test_wait_reasons),
        cmocka_unit_test(test_bugchecks),
        cmocka_unit_test(test_hazards),
        cmocka_unit_test(test_irqls),
        cmocka_unit_test(test_profiles),
        cmocka_unit_test(test_origins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
