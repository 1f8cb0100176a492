// SPDX-License-Identifier: MIT
// The routines of seh_driver.c, which is compiled as drivers are, and what it asks of the test.
#ifndef KSS_TEST_SEH_DRIVER_H
#define KSS_TEST_SEH_DRIVER_H

// Provided by the test.
void seh_raise(int code);       // raises through the runtime
int seh_fault(int *address);    // stores to it; a bad one raises 0xC0000005 from a signal handler
void seh_log(const char *word); // appends a word

int seh_normal(void);
int seh_raised(void);
int seh_faulted(void);
int seh_value_kept(void);
int seh_value_of_local(void);
int seh_leave(void);
int seh_leave_from_loops(void);
int seh_finally_normal(void);
int seh_finally_raised(void);
int seh_finally_return(void);
int seh_finally_return_order(void);
int seh_finally_changes_result(void);
int seh_finally_return_nested(void);
int seh_finally_goto(void);
int seh_finally_overrides(void);
int seh_finally_raises(void);
int seh_return_in_except(void);
int seh_return_void(void);
int seh_return_struct(void);
int seh_return_under_pressure(void);
int seh_filter_continues(void);
int seh_filter_by_code(void);
int seh_filter_function(void);
int seh_raise_in_except(void);
int seh_raise_in_filter(void);
int seh_continue_execution(void);
int seh_through_calls(void);
int seh_in_loop(void);
int seh_in_branch(void);
int seh_recursion(void);
int seh_code_in_nested(void);
int seh_leave_in_except(void);
int seh_siblings(void);
int seh_many_locals(void);
int seh_unhandled(void);
int seh_bytes(void); // of one __try

#endif
