// SPDX-License-Identifier: MIT
// CMocka assertions about a machine. Include after (or instead of) cmocka.h:
//
//     static void reads(void **state) {
//         uint32_t status = (uint32_t)kss_call_thread("App", ReadDispatch, device, irp);
//         assert_int_equal(status, STATUS_SUCCESS);
//         assert_clean();
//     }
//     cmocka_unit_test_setup_teardown(reads, kss_test_setup, kss_test_teardown)
//
// An assertion that fails prints the machine's report and fails the test at its own file and line. They
// end the run (kss_finish) and belong into the test, never into code that runs on a driver's stack: a
// failing CMocka assertion jumps, and must not jump between stacks.
#ifndef KSS_CMOCKA_H
#define KSS_CMOCKA_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kss/harness.h"

#include <string.h>

// Fixtures: a machine with default options, or with those *state points to.
static inline int kss_test_setup(void **state) {
    kss_setup((const struct kss_machine_options *)*state);
    return 0;
}

static inline int kss_test_teardown(void **state) {
    (void)state;
    kss_teardown();
    return 0;
}

static inline void kss_failed_(const char *file, int line) {
    kss_assertion_failed(file, line);
    const char *at = kss_report(false);
    while (*at != 0) { // line by line: CMocka prints at most 1,023 bytes at once
        int length = (int)strcspn(at, "\n");
        print_error("%.*s\n", length, at);
        at += length + (at[length] != 0);
    }
    _fail(file, line);
}

// The machine ended in bug check [code]. assert_bugcheck_with compares P1 to P4 as well.
#define assert_bugcheck(code) kss_assert_bugcheck_((code), __FILE__, __LINE__)
static inline void kss_assert_bugcheck_(uint32_t code, const char *file, int line) {
    struct kss_verdict verdict;
    kss_finish();
    kss_verdict(kss_current(), &verdict);
    if (verdict.bugchecked && verdict.bugcheck == code) {
        kss_expected_bugcheck(code);
        return;
    }
    if (verdict.bugchecked)
        print_error("bug check 0x%X was expected, it was 0x%X\n", (unsigned)code,
                    (unsigned)verdict.bugcheck);
    else
        print_error("bug check 0x%X was expected, there was none\n", (unsigned)code);
    kss_failed_(file, line);
}

// No bug check, no hang, no wait without end, no error and no warning.
#define assert_clean() kss_assert_clean_(__FILE__, __LINE__)
static inline void kss_assert_clean_(const char *file, int line) {
    if (kss_finish() != KSS_OK)
        kss_failed_(file, line);
}

// A finding by name ("stack-object-user-wait") or number ("KSS2001"); assert_no_hazard: none of it.
static inline const struct kss_finding_info *kss_finding_named_(const char *name,
                                                                struct kss_finding_info *info) {
    struct kss_session *session;
    kss_finish();
    session = kss_current();
    for (size_t i = 0; i < kss_finding_count(session); i++)
        if (kss_finding_at(session, i, info) &&
            (strcmp(info->name, name) == 0 || strcmp(info->id, name) == 0))
            return info;
    return NULL;
}

#define assert_hazard(name) kss_assert_hazard_((name), NULL, __FILE__, __LINE__)
// The same, said of a routine: "mydrv!ReadDispatch".
#define assert_hazard_in(name, routine) kss_assert_hazard_((name), (routine), __FILE__, __LINE__)
static inline void kss_assert_hazard_(const char *name, const char *routine, const char *file,
                                      int line) {
    struct kss_finding_info info;
    if (kss_finding_named_(name, &info) == NULL) {
        print_error("hazard %s was expected and not found\n", name);
        kss_failed_(file, line);
    } else if (routine != NULL && (info.routine == NULL || strcmp(info.routine, routine) != 0)) {
        print_error("hazard %s was expected in %s, it was found in %s\n", name, routine,
                    info.routine ? info.routine : "no routine");
        kss_failed_(file, line);
    } else {
        kss_expected_hazard(name, routine);
    }
}

#define assert_no_hazard(name) kss_assert_no_hazard_((name), __FILE__, __LINE__)
static inline void kss_assert_no_hazard_(const char *name, const char *file, int line) {
    struct kss_finding_info info;
    if (kss_finding_named_(name, &info) == NULL)
        return;
    print_error("hazard %s was not expected: %s\n", name, info.message);
    kss_failed_(file, line);
}

// The deepest use of a thread's stack (Base - SP, reserve and trap frame included), and what driver
// code took of it. Host frames: figures differ between compilers and builds.
#define assert_stack_used_at_most(thread, bytes)                                                   \
    kss_assert_stack_((thread), (bytes), false, __FILE__, __LINE__)
#define assert_driver_stack_at_most(thread, bytes)                                                 \
    kss_assert_stack_((thread), (bytes), true, __FILE__, __LINE__)
static inline void kss_assert_stack_(const char *thread, uint32_t bytes, bool drivers,
                                     const char *file, int line) {
    struct kss_stack_use use;
    kss_finish();
    if (!kss_stack_use(kss_current(), thread, &use)) {
        print_error("there is no thread %s\n", thread);
        kss_failed_(file, line);
    } else if ((drivers ? use.drivers : use.used) > bytes) {
        print_error("thread %s uses 0x%X bytes of stack, at most 0x%X were allowed\n", thread,
                    (unsigned)(drivers ? use.drivers : use.used), (unsigned)bytes);
        kss_failed_(file, line);
    }
}

// All pool that driver code allocated was freed.
#define assert_no_leaks() kss_assert_no_leaks_(__FILE__, __LINE__)
static inline void kss_assert_no_leaks_(const char *file, int line) {
    if (kss_leak_count() == 0)
        return;
    print_error("pool that was not freed:\n%s", kss_leaks());
    _fail(file, line);
}

#endif
