// SPDX-License-Identifier: MIT
// A session's events reduced to what must not depend on who executes the driver: one line each, in order.
//
//     0.000000 App   PASSIVE  nt.call KeWaitForSingleObject
//     30.015625 -    DISPATCH signal done (KEVENT) set previous 0 released 1
//
// Left out are addresses, byte counts, places and numbers of objects: machine code has other frames than
// an interpreted scenario. NT routines that drivers get as inline functions of their headers (rows of
// routines.def for scripts only) are no calls natively and are left out of both. The exit status of a thread
// is its routine's value natively; a scenario's thread has none.
#ifndef KSS_TESTS_DIFFERENTIAL_REDUCE_H
#define KSS_TESTS_DIFFERENTIAL_REDUCE_H

#include "base/text.h"
#include "kss/kss.h"

struct reduce_thread {
    const char *name,
        *routine; // natively the routine is the thread's body, in a scenario the body calls it
};

// [threads]: the program's own, a NULL name at the end. What happens before the first of them does something
// (a driver is loaded) is left out.
void reduce(struct kss_session *session, const struct reduce_thread *threads, struct kss_text *out);

#endif
