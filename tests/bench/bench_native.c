// SPDX-License-Identifier: MIT
// Native mode: what an NT routine costs driver code, there and back, with all rules on; and machines made,
// run with one thread, judged and freed. Peer: getppid, the host's own cheapest way into a kernel and back,
// and fork with wait for a machine.
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif
#include "kss/harness.h"

#include <stdio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

void AskIrql(void), SetEvents(void), Nothing(void);

enum { CALLS = 1000000, RUNS = 5, MACHINES = 10000, FORKS = 500 };

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static double best_of(double (*run)(void)) {
    double best = run();
    for (int i = 1; i < RUNS; i++) {
        double next = run();
        best = next < best ? next : best;
    }
    return best;
}

static double ask(void) {
    kss_setup(NULL);
    double begin = seconds();
    kss_call_thread("App", AskIrql, CALLS);
    double end = seconds();
    kss_teardown();
    return (end - begin) / CALLS * 1e9;
}

static double set(void) {
    kss_setup(NULL);
    double begin = seconds();
    kss_call_thread("App", SetEvents, CALLS);
    double end = seconds();
    kss_teardown();
    return (end - begin) / CALLS * 1e9;
}

static double system_call(void) {
    double begin = seconds();
    for (int i = 0; i < CALLS; i++)
        (void)getppid();
    return (seconds() - begin) / CALLS * 1e9;
}

static double machines(void) {
    double begin = seconds();
    for (int i = 0; i < MACHINES; i++) {
        kss_setup(NULL);
        kss_call_thread("App", Nothing, 1);
        kss_finish();
        kss_teardown();
    }
    return (seconds() - begin) / MACHINES * 1e6;
}

static double forks(void) {
    double begin = seconds();
    for (int i = 0; i < FORKS; i++) {
        pid_t child = fork();
        if (child == 0)
            _exit(0);
        waitpid(child, NULL, 0);
    }
    return (seconds() - begin) / FORKS * 1e6;
}

int main(void) {
    double peer = best_of(system_call), irql = best_of(ask), event = best_of(set);
    printf("KeGetCurrentIrql, there and back: %.1f ns, %.2f times getppid (%.1f ns)\n", irql,
           irql / peer, peer);
    printf("KeSetEvent without waiters, rules on: %.1f ns, %.2f times getppid\n", event,
           event / peer);
    double machine = best_of(machines), process = best_of(forks);
    printf("machine made, run with one thread, judged, freed: %.1f us, %.0f/s, %.2f times fork and "
           "wait (%.0f us)\n",
           machine, 1e6 / machine, machine / process, process);
    return 0;
}
