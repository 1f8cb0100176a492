// SPDX-License-Identifier: MIT
// Which events a log holds. A machine can tell far more than a report needs: a log holds what every report is
// drawn from, what was asked for besides, and the calls that expectations of the scenario speak of. Sessions
// fill logs by it, and so does whoever reads saved events back: the same events give the same reports.
//
// Ownership: `followed` belongs to whoever made it. Depends on log.h.
#ifndef KSS_SESSION_KEEP_H
#define KSS_SESSION_KEEP_H

#include "session/log.h"

struct kss_keep {
    bool kinds[KSS_EV_COUNT];
    bool device_calls;    // `irp.return`, too: an expectation speaks of a device stack
    const bool *followed; // routines whose calls and returns are kept, too; NULL: none
};

void kss_keep_basics(struct kss_keep *keep); // what every report needs
void kss_keep_why(struct kss_keep *keep);    // what tells why stacks left memory
void kss_keep_all(struct kss_keep *keep);

bool kss_keeps(const struct kss_keep *keep, const struct kss_log *log,
               const struct kss_event *event);

#endif
