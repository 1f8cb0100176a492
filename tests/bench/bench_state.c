// SPDX-License-Identifier: MIT
// The state of the flagship when its thread waits (hot bytes; target below 2 KiB), and whole runs of
// it per second: load, run, judge, report as text.
//
//   bench_state [RUNS]      default 20000
#include "kernel/kernel.h"
#include "kss/kss.h"
#include "session/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char flagship[] =
    "machine x86;\n"
    "routine ReadComplete(PKEVENT done) frame(0x60) { KeSetEvent(done, IO_NO_INCREMENT, FALSE); }\n"
    "routine mydrv!ReadDispatch() frame(0x148) {\n"
    "    KEVENT done;\n"
    "    KeInitializeEvent(&done, NotificationEvent, FALSE);\n"
    "    after 30s dpc ReadComplete(&done);\n"
    "    KeWaitForSingleObject(&done, UserRequest, UserMode, FALSE, NULL);\n"
    "}\n"
    "thread App { mydrv!ReadDispatch(); }\n"
    "expect hazard stack-object-user-wait in mydrv!ReadDispatch;\n"
    "expect bugcheck IRQL_NOT_LESS_OR_EQUAL (_, 2, _, _);\n";

static double seconds(void) {
    struct timespec now;
    timespec_get(&now, TIME_UTC);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static size_t largest_hot_part(void) {
    struct kss_session *session =
        kss_open_text("flagship.kss", flagship, sizeof flagship - 1, NULL);
    size_t largest = 0;
    while (kss_step(session, 1)) {
        const struct kss_machine *machine = kss_session_machine(session);
        size_t size = machine == NULL ? 0 : kss_hot_size(machine);
        if (size > largest)
            largest = size;
    }
    kss_close(session);
    return largest;
}

int main(int argc, char **argv) {
    int runs = argc > 1 ? atoi(argv[1]) : 20000;
    double start = seconds();
    for (int i = 0; i < runs; i++) {
        struct kss_session *session =
            kss_open_text("flagship.kss", flagship, sizeof flagship - 1, NULL);
        if (kss_run(session) != KSS_OK)
            return 1;
        kss_close(session);
    }
    double taken = seconds() - start;
    printf("flagship: %zu hot bytes, %.0f runs/s (%.1f us each: load, run, judge)\n",
           largest_hot_part(), runs / taken, taken / runs * 1e6);
    return 0;
}
