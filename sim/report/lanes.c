// SPDX-License-Identifier: MIT
#include "report/lanes.h"

#include <stdlib.h>

// The digest has the stacks in the order of their events.
static void meet_stack(struct kss_lanes *lanes, uint64_t number) {
    if (number >= KSS_NONE || lanes->stack_count >= lanes->digest->stack_count)
        return;
    KSS_ROOM(lanes->stacks, number, lanes->stack_room);
    lanes->stacks[number] = ++lanes->stack_count;
}

const struct kss_digest_stack *kss_lane_stack(const struct kss_lanes *lanes, uint64_t number) {
    uint32_t at = number < lanes->stack_room ? lanes->stacks[number] : 0;
    return at != 0 ? &lanes->digest->stacks[at - 1] : NULL;
}

void kss_lanes_free(struct kss_lanes *lanes) {
    free(lanes->stacks);
}

static uint32_t at_work(const struct kss_lanes *lanes, const struct kss_event *event) {
    if (lanes->busy[event->cpu] > 0)
        return KSS_LANE_CPU + event->cpu;
    if (event->thread < lanes->log->thread_count)
        return KSS_LANE_THREAD + event->thread;
    return KSS_LANE_OUTSIDE;
}

uint32_t kss_lane_of(struct kss_lanes *lanes, const struct kss_event *event) {
    uint32_t *busy = &lanes->busy[event->cpu];
    uint32_t lane;
    switch (event->kind) {
    case KSS_EV_DPC_RUN:
    case KSS_EV_INTERRUPT: ++*busy; return KSS_LANE_CPU + event->cpu;
    case KSS_EV_DPC_DONE:
    case KSS_EV_INTERRUPT_DONE:
        lane = KSS_LANE_CPU + event->cpu;
        *busy -= *busy > 0;
        return lane;
    case KSS_EV_STACK: meet_stack(lanes, event->words[3]); return at_work(lanes, event);
    case KSS_EV_SWITCH: *busy = 0; return at_work(lanes, event);
    default: return at_work(lanes, event);
    }
}

uint32_t kss_lane_count(const struct kss_log *log) {
    return KSS_LANE_THREAD + log->thread_count;
}

void kss_say_lane(const struct kss_log *log, uint32_t lane, struct kss_text *out) {
    if (lane == KSS_LANE_OUTSIDE)
        kss_text_str(out, "outside");
    else if (lane < KSS_LANE_THREAD)
        kss_text_format(out, "CPU %u", lane - KSS_LANE_CPU);
    else if (lane - KSS_LANE_THREAD < log->thread_count)
        kss_text_format(out, "thread %s", log->threads[lane - KSS_LANE_THREAD].name);
}
