// SPDX-License-Identifier: MIT
// The test of another project's driver: its routines on kernel stacks, its mistakes found.
#include <kss/harness.h>

#include <stdio.h>

void ReadWithTimeout(void), CopyFrom(void);

static int failures;

static void check(int good, const char *what) {
    if (!good)
        printf("%s: no\n%s", what, kss_report(false));
    failures += !good;
}

int main(void) {
    unsigned source = 41, value = 0, thread;

    kss_setup(NULL);
    thread = kss_thread("App", ReadWithTimeout, 30);
    kss_run_all();
    check(kss_thread_phase(thread) == KSS_THREAD_STOPPED, "KeSetEvent met a stack out of memory");
    check(kss_status() == KSS_FAILED, "kss says so");

    kss_setup(NULL); // Calls is 0 again
    thread = kss_thread("App", CopyFrom, &source, &value);
    kss_run_all();
    check(kss_thread_value(thread) == 0 && value == 41, "a good address is read");
    thread = kss_thread("App", CopyFrom, 0, &value);
    kss_run_all();
    check((unsigned)kss_thread_value(thread) == 0xC0000005, "a bad one is an exception");
    check(kss_status() == KSS_OK, "which is fine");
    kss_teardown();
    return failures != 0;
}
