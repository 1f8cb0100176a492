// SPDX-License-Identifier: MIT
// Whose work an event is. A run is drawn in lanes: one for what comes from outside of all code (clock, devices,
// the swapper), one for each processor, one for each thread. A DPC or an ISR is its processor's work, whichever
// thread it came on top of; everything else that runs is a thread's.
//
//     struct kss_lanes lanes = {.log = log, .digest = digest};
//     for each event
//         uint32_t lane = kss_lane_of(&lanes, event);
//     kss_lanes_free(&lanes);
//
// A function of the log. Depends on digest.h.
#ifndef KSS_REPORT_LANES_H
#define KSS_REPORT_LANES_H

#include "session/digest.h"

// Lanes are numbers: KSS_LANE_OUTSIDE, then processors, then threads.
enum { KSS_LANE_OUTSIDE, KSS_LANE_CPU, KSS_LANE_CPUS = 256, KSS_LANE_THREAD = 257 };

struct kss_lanes {
    const struct kss_log *log;
    const struct kss_digest *digest;
    uint32_t busy[KSS_LANE_CPUS]; // DPCs and ISRs at work on a processor, on top of each other
    uint32_t *stacks;             // malloc'd: a stack's number -> its place in the digest + 1
    unsigned stack_room;
    uint32_t stack_count; // those met so far
};

// The lane of the next event; events are given in their order.
uint32_t kss_lane_of(struct kss_lanes *lanes, const struct kss_event *event);

// The stack that has a number now (a number may be given again when its stack is gone), NULL: none.
const struct kss_digest_stack *kss_lane_stack(const struct kss_lanes *lanes, uint64_t number);

void kss_lanes_free(struct kss_lanes *lanes);

// One more than the largest lane of a log.
uint32_t kss_lane_count(const struct kss_log *log);

// Appends "thread App", "CPU 0", "outside".
void kss_say_lane(const struct kss_log *log, uint32_t lane, struct kss_text *out);

#endif
