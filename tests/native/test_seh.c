// SPDX-License-Identifier: MIT
// SEH in plain C: every routine of seh_driver.c, called with the runtime's own list, without a machine.
// The word list is the way the routine took; faults arrive as host signals.
#define _GNU_SOURCE // sigaction
#include "native/seh.h"

#include "check.h"
#include "seh_driver.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static char words[4096];

void seh_log(const char *word) {
    if (words[0] != '\0')
        strcat(words, " ");
    strcat(words, word);
}

void seh_raise(int code) {
    char room[300]; // a frame to be forgotten
    memset(room, 1, sizeof room);
    if (!kss_seh_raise(code, (void *)(uintptr_t)&seh_raise))
        fail_msg("no __try statement takes exception %d of %d", code, room[0]);
}

int seh_fault(int *address) {
    *(volatile int *)address = *(volatile int *)address;
    return 1;
}

static void on_fault(int number, siginfo_t *info, void *context) {
    const uintptr_t information[] = {1, (uintptr_t)info->si_addr};
    (void)number;
    (void)context;
    kss_seh_raise_with((int32_t)0xC0000005u, (void *)(uintptr_t)&seh_fault, information, 2);
    abort();
}

struct expected {
    const char *name;
    int (*routine)(void);
    int value;
    const char *words;
};

static const struct expected table[] = {
    {"normal", seh_normal, 2, "body"},
    {"raised", seh_raised, 1, "body handler"},
    {"faulted", seh_faulted, 7, ""},
    {"value_kept", seh_value_kept, 2, "allocate free"},
    {"value_of_local", seh_value_of_local, 2106, ""},
    {"leave", seh_leave, 5, "body normal"},
    {"leave_from_loops", seh_leave_from_loops, 24, ""},
    {"finally_normal", seh_finally_normal, 1, "body normal"},
    {"finally_raised", seh_finally_raised, 1, "body abnormal handler"},
    {"finally_return", seh_finally_return, 11, "body abnormal"},
    {"finally_return_order", seh_finally_return_order, 41, "evaluate finally"},
    {"finally_changes_result", seh_finally_changes_result, 4, "body finally"},
    {"finally_return_nested", seh_finally_return_nested, 21, "inner outer"},
    {"finally_goto", seh_finally_goto, 3, "abnormal abnormal abnormal"},
    {"finally_overrides", seh_finally_overrides, 8, "finally after"},
    {"finally_raises", seh_finally_raises, 2, "finally"},
    {"return_in_except", seh_return_in_except, 6, "abnormal"},
    {"return_void", seh_return_void, 1, "finally late finally"},
    {"return_struct", seh_return_struct, 139, "finally"},
    {"return_under_pressure", seh_return_under_pressure, 1021, "evaluate evaluate finally"},
    {"filter_continues", seh_filter_continues, 1, "inner filter outer filter handler"},
    {"filter_by_code", seh_filter_by_code, 14, ""},
    {"filter_function", seh_filter_function, 1, "handler"},
    {"raise_in_except", seh_raise_in_except, 2, "first second"},
    {"raise_in_filter", seh_raise_in_filter, 31, ""},
    {"continue_execution", seh_continue_execution, 1, ""},
    {"through_calls", seh_through_calls, 1, "even odd even odd handler"},
    {"in_loop", seh_in_loop, 3341000, ""},
    {"in_branch", seh_in_branch, 204, ""},
    {"recursion", seh_recursion, 22, ""},
    {"code_in_nested", seh_code_in_nested, 61, ""},
    {"leave_in_except", seh_leave_in_except, 1, "inner normal"},
    {"siblings", seh_siblings, 113, ""},
    {"many_locals", seh_many_locals, 295, ""},
};

// A second round of all, deeper in the stack, so that nothing depends on what the first left there.
static __attribute__((noinline)) void run_all(unsigned depth) {
    volatile char room[512];
    memset((char *)room, (int)depth, sizeof room);
    if (depth > 0) {
        run_all(depth - 1);
        return;
    }
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        words[0] = '\0';
        int value = table[i].routine();
        if (value != table[i].value || strcmp(words, table[i].words) != 0)
            fail_msg("%s: %d (%s), expected %d (%s)", table[i].name, value, words, table[i].value,
                     table[i].words);
        if (*kss_seh_list() != NULL)
            fail_msg("%s: a __try frame is left on the list", table[i].name);
    }
}

static void every_way_out(void **state) {
    struct sigaction action = {.sa_flags = SA_SIGINFO | SA_NODEFER}, old, old_bus;
    (void)state;
    action.sa_sigaction = on_fault;
    sigaction(SIGSEGV, &action, &old);
    sigaction(SIGBUS, &action, &old_bus);
    for (unsigned depth = 0; depth < 9; depth++)
        run_all(depth);
    sigaction(SIGSEGV, &old, NULL);
    sigaction(SIGBUS, &old_bus, NULL);
}

static void no_statement_is_told(void **state) {
    (void)state;
    assert_false(kss_seh_raise(1, NULL));
}

// An expanded callout without a handler: what lies before the line is out of reach.
static void a_bound_is_not_crossed(void **state) {
    struct kss_seh_frame outer = {.phase = KSS_SEH_BODY}, mark;
    (void)state;
    outer.next = NULL;
    *kss_seh_list() = &outer;
    kss_seh_bound(&mark);
    assert_false(kss_seh_raise(1, NULL));
    words[0] = '\0';
    assert_int_equal(seh_leave(), 5); // statements behind the line work
    kss_seh_unbound(&mark);
    assert_ptr_equal(*kss_seh_list(), &outer);
    assert_int_equal(outer.phase, KSS_SEH_BODY);
    *kss_seh_list() = NULL;
}

// Outside of a machine nobody can bug-check: the process says so and ends with status 70.
static void filters_may_all_decline(void **state) {
    int status = 0;
    (void)state;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        words[0] = '\0';
        fclose(stderr);
        seh_unhandled();
        _exit(0); // came back
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 70);
}

static void bytes_of_a_statement(void **state) {
    (void)state;
#if defined(__x86_64__)
    assert_int_equal(seh_bytes(), 96);
#elif defined(__i386__)
    assert_int_equal(seh_bytes(), 44);
#elif defined(__aarch64__)
    assert_int_equal(seh_bytes(), 200);
#endif
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_way_out),          cmocka_unit_test(no_statement_is_told),
        cmocka_unit_test(a_bound_is_not_crossed), cmocka_unit_test(filters_may_all_decline),
        cmocka_unit_test(bytes_of_a_statement),
    };
    return cmocka_run_group_tests_name("seh", tests, NULL, NULL);
}
