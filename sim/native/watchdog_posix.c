// SPDX-License-Identifier: MIT
// The watchdog: a timer of the processor time this thread uses. At every tick, a thread that has not
// fed it since the tick before is handed to the handler, through the same slots as a fault.
//
// Elsewhere than on Linux a timer of the whole process must do; its signal may then reach another
// thread, where it is not counted.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE // SIGEV_THREAD_ID, gettid
#endif
#ifdef __APPLE__
#define _DARWIN_C_SOURCE
#endif

#include "native/fault_private.h"

#include "native/probe.h"

#include <errno.h>
#include <signal.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/syscall.h>
#endif

#if defined __linux__ && !defined sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid // glibc before 2.37
#endif

struct watch {
    kss_fault_handler *handler; // NULL: off
    void *context;
    unsigned seen;
#ifdef __linux__
    timer_t timer;
#endif
    struct sigaction old;
};

static _Thread_local struct watch watch __attribute__((tls_model("initial-exec")));
static _Thread_local volatile unsigned progress __attribute__((tls_model("initial-exec")));

void kss_watchdog_feed(void) {
    progress++;
}

static void on_tick(int signal, siginfo_t *info, void *context) {
    int error = errno;
    (void)info;
    if (watch.handler != NULL && watch.seen == progress) {
        struct kss_fault fault = {.kind = KSS_FAULT_HANG,
                                  .access = KSS_FAULT_UNKNOWN,
                                  .pc = kss_context_pc(context),
                                  .sp = kss_context_sp(context),
                                  .frame = kss_context_frame(context),
                                  .signal = signal};
        if (kss_probe_fixup(fault.pc) == NULL)
            kss_fault_give(&fault, watch.handler, watch.context, context);
    }
    watch.seen = progress;
    errno = error;
}

#ifdef __linux__

static bool start_timer(unsigned milliseconds) {
    struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGVTALRM};
    event.sigev_notify_thread_id = (pid_t)syscall(SYS_gettid);
    if (timer_create(CLOCK_THREAD_CPUTIME_ID, &event, &watch.timer) != 0)
        return false;
    struct timespec every = {.tv_sec = (time_t)(milliseconds / 1000),
                             .tv_nsec = (long)(milliseconds % 1000) * 1000000};
    struct itimerspec value = {.it_interval = every, .it_value = every};
    if (timer_settime(watch.timer, 0, &value, NULL) == 0)
        return true;
    timer_delete(watch.timer);
    return false;
}

static void stop_timer(void) {
    timer_delete(watch.timer);
}

#else

static bool start_timer(unsigned milliseconds) {
    struct timeval every = {.tv_sec = milliseconds / 1000,
                            .tv_usec = (int)(milliseconds % 1000) * 1000};
    struct itimerval value = {.it_interval = every, .it_value = every};
    return setitimer(ITIMER_VIRTUAL, &value, NULL) == 0;
}

static void stop_timer(void) {
    struct itimerval value = {0};
    setitimer(ITIMER_VIRTUAL, &value, NULL);
}

#endif

bool kss_watchdog_start(unsigned milliseconds, kss_fault_handler *handler, void *context) {
    struct sigaction ours = {.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART};
    kss_watchdog_stop();
    ours.sa_sigaction = on_tick;
    kss_fault_blocked(&ours.sa_mask);
    sigaction(SIGVTALRM, &ours, &watch.old);
    watch.context = context;
    watch.seen = progress - 1; // the first tick only looks
    watch.handler = handler;
    if (start_timer(milliseconds == 0 ? 1 : milliseconds))
        return true;
    watch.handler = NULL;
    sigaction(SIGVTALRM, &watch.old, NULL);
    return false;
}

void kss_watchdog_stop(void) {
    if (watch.handler == NULL)
        return;
    stop_timer();
    watch.handler = NULL;
    sigaction(SIGVTALRM, &watch.old, NULL);
}
