// SPDX-License-Identifier: MIT
// `--why`: for each wait that blocked, why its stack could leave memory or could not, clause by
// clause:
//
//   WaitMode is UserMode  AND  swapping is enabled for the thread  AND  it waited long enough  AND
//   its priority is below the ceiling  [AND every thread of its process waits so]
//
// Where the swapper looked, its own answer counts (`swap.eligible`); it does not look at waits that
// cannot qualify, and those are judged here by the same clauses.
#include "report/private.h"

#include <string.h>

enum { USER_MODE = 1, ENABLED = 2, LONG_ENOUGH = 4, PRIORITY = 8, PROCESS = 16 };

struct waiter { // one thread on its way through the log
    const struct kss_event *wait, *look, *out;
    bool disabled, disabled_at_wait;
    uint32_t disabled_place;
};

static void line(const struct kss_report *report, bool holds, const char *yes, const char *no) {
    kss_text_format(report->out, "      %s %s", holds ? "yes" : "no ", holds ? yes : no);
}

static uint64_t threshold(const struct kss_config *config) {
    return config->small_memory ? config->profile.outswap_after_small
                                : config->profile.outswap_after;
}

static unsigned clauses_of(const struct kss_report *report, const struct waiter *waiter,
                           uint64_t waited) {
    if (waiter->look != NULL)
        return (unsigned)waiter->look->words[2];
    const struct kss_config *config = &report->log->config;
    unsigned held = waiter->wait->words[1] ? USER_MODE : 0;
    held |= waiter->disabled_at_wait ? 0 : ENABLED;
    held |= waited >= threshold(config) || config->swap == KSS_SWAP_EAGER ? LONG_ENOUGH : 0;
    uint16_t thread = waiter->wait->thread;
    if (thread < report->log->thread_count &&
        report->log->threads[thread].priority < config->profile.swap_priority_ceiling)
        held |= PRIORITY;
    return held;
}

static void heading(const struct kss_report *report, const struct waiter *waiter,
                    const struct kss_event *end) {
    struct kss_text *out = report->out;
    kss_text_str(out, "  ");
    kss_text_time(out, waiter->wait->time);
    kss_text_str(out, ": thread ");
    if (waiter->wait->thread < report->log->thread_count)
        kss_text_str(out, report->log->threads[waiter->wait->thread].name);
    size_t start = out->length;
    kss_text_str(out, " waits for ");
    if (!kss_log_word(report->log, waiter->wait, 0, out)) {
        out->length = start;
        kss_text_str(out, " waits");
    }
    if (waiter->wait->place != 0) {
        kss_text_str(out, " (");
        kss_log_place(report->log, waiter->wait->place, out);
        kss_text_char(out, ')');
    }
    if (end == NULL) {
        kss_text_str(out, ", to the end of the run\n");
        return;
    }
    kss_text_str(out, ", for ");
    kss_text_duration(out, (int64_t)(end->time - waiter->wait->time));
    kss_text_char(out, '\n');
}

static void long_enough(const struct kss_report *report, unsigned held) {
    line(report, held & LONG_ENOUGH, "it waited long enough: ", "it did not wait long enough: ");
    kss_text_duration(report->out, (int64_t)threshold(&report->log->config));
    kss_text_str(report->out, " at a tick of the swapper\n");
}

static void clauses(const struct kss_report *report, const struct waiter *waiter, unsigned held) {
    const struct kss_config *config = &report->log->config;
    struct kss_text *out = report->out;
    line(report, held & USER_MODE, "WaitMode is UserMode\n", "WaitMode is KernelMode\n");
    line(report, held & ENABLED, "swapping is enabled for the thread\n",
         "KeSetKernelStackSwapEnable(FALSE) is in force");
    if (!(held & ENABLED)) {
        kss_text_str(out, waiter->disabled_place ? " since " : "");
        kss_log_place(report->log, waiter->disabled_place, out);
        kss_text_char(out, '\n');
    }
    if (config->swap == KSS_SWAP_EAGER)
        kss_text_str(out, "      yes it need not wait for long (swap eager)\n");
    else
        long_enough(report, held);
    line(report, held & PRIORITY, "its priority is below ", "its priority is not below ");
    kss_text_format(out, "%u\n", config->profile.swap_priority_ceiling);
    if (config->swap_policy == KSS_SWAP_PER_PROCESS && waiter->look != NULL)
        line(report, held & PROCESS, "every thread of its process waits in UserMode\n",
             "not every thread of its process waits in UserMode\n");
}

static void explain(const struct kss_report *report, struct waiter *waiter,
                    const struct kss_event *end) {
    const struct kss_event *last = end != NULL ? end
                                   : report->log->count
                                       ? &report->log->events[report->log->count - 1]
                                       : NULL;
    uint64_t waited = last != NULL ? last->time - waiter->wait->time : 0;
    struct kss_text *out = report->out;
    heading(report, waiter, end);
    clauses(report, waiter, clauses_of(report, waiter, waited));
    if (waiter->out != NULL) {
        kss_text_str(out, "      so its stack left memory at ");
        kss_text_time(out, waiter->out->time);
        kss_text_char(out, '\n');
    } else {
        kss_text_str(out, report->log->config.swap == KSS_SWAP_NEVER
                              ? "      swapping is off: its stack stayed in memory\n"
                              : "      so its stack stayed in memory\n");
    }
    waiter->wait = waiter->look = waiter->out = NULL;
}

static struct waiter *waiter_of(const struct kss_report *report, struct waiter *waiters,
                                uint64_t thread) {
    return thread < report->log->thread_count ? &waiters[thread] : NULL;
}

static void follow(const struct kss_report *report, struct waiter *waiters,
                   const struct kss_event *event, unsigned *seen) {
    bool targeted = event->kind == KSS_EV_ELIGIBLE || event->kind == KSS_EV_OUTSWAP;
    struct waiter *waiter =
        waiter_of(report, waiters, targeted ? event->words[0] : (uint64_t)event->thread);
    if (waiter == NULL)
        return;
    switch (event->kind) {
    case KSS_EV_SWAP_ENABLE:
        waiter->disabled = !event->words[0];
        waiter->disabled_place = event->place;
        break;
    case KSS_EV_WAIT_BLOCK:
        *waiter = (struct waiter){.wait = event,
                                  .disabled = waiter->disabled,
                                  .disabled_at_wait = waiter->disabled,
                                  .disabled_place = waiter->disabled_place};
        break;
    case KSS_EV_ELIGIBLE: waiter->look = event; break;
    case KSS_EV_OUTSWAP: waiter->out = event; break;
    case KSS_EV_WAIT_END:
        if (waiter->wait != NULL) {
            ++*seen;
            explain(report, waiter, event);
        }
        break;
    default: break;
    }
}

void kss_print_why(const struct kss_report *report) {
    static const char *const swaps[] = {"balance-set", "eager", "never"};
    const struct kss_config *config = &report->log->config;
    struct kss_text *out = report->out;
    kss_text_format(out, "\nwhy stacks left memory or stayed (swap %s, policy %s)\n",
                    swaps[config->swap % 3],
                    config->swap_policy == KSS_SWAP_PER_THREAD ? "thread" : "process");
    struct kss_arena arena = {0};
    struct waiter *waiters = KSS_NEW_ARRAY(&arena, struct waiter, report->log->thread_count + 1u);
    unsigned seen = 0;
    for (uint32_t i = 0; i < report->log->count; i++)
        follow(report, waiters, &report->log->events[i], &seen);
    for (uint32_t i = 0; i < report->log->thread_count; i++)
        if (waiters[i].wait != NULL) {
            seen++;
            explain(report, &waiters[i], NULL);
        }
    if (seen == 0)
        kss_text_str(out, "  no wait blocked\n");
    kss_arena_free(&arena);
}
