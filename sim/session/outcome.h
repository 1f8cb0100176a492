// SPDX-License-Identifier: MIT
// What happened in a run, in the language of expectations. Depends on digest.h.
#ifndef KSS_SESSION_OUTCOME_H
#define KSS_SESSION_OUTCOME_H

#include "script/script.h"
#include "session/digest.h"

// Appends "hazard large-frame in drv!Read", "bugcheck IRQL_NOT_LESS_OR_EQUAL (_, 2, 0, _) in
// drv!Isr".
void kss_say_hazard(const struct kss_log *log, const struct kss_digest_finding *finding,
                    struct kss_text *out);
void kss_say_bugcheck(const struct kss_log *log, const struct kss_digest *digest,
                      struct kss_text *out);
// `stack R == 0x1A4` and the like; nth 0: no #n.
void kss_say_subject(const struct kss_log *log, const struct kss_expectation *expectation,
                     struct kss_text *out);
bool kss_is_clean(const struct kss_digest *digest, bool strict);
bool kss_is_deadlock(const struct kss_digest *digest);
// How a thread ended: an event thread.exit or wait.never, NULL for neither.
const struct kss_event *kss_thread_end(const struct kss_digest *digest, uint64_t thread);
// Deepest use a `stack S` expectation speaks of; false: S never ran.
bool kss_stack_figure(const struct kss_log *log, const struct kss_digest *digest,
                      const struct kss_expectation *expectation, uint64_t *bytes);

#endif
