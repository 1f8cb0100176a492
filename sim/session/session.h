// SPDX-License-Identifier: MIT
// One run put together: a scenario's program, a machine, the rules, a log, the judge. `kss/kss.h`
// is the public face of the same struct; this header adds what reports and the command need.
//
//   source -> kss_script_load -> program
//                                   | kss_script_run
//   machine -- event --> log (and stream) --> rules -- finding --> log
//                                   |  at the end
//                               digest --> judge -- expect, verdict --> log
//
// Ownership as in kss.h. Depends on base, nt, kernel, rules, script.
#ifndef KSS_SESSION_SESSION_H
#define KSS_SESSION_SESSION_H

#include "kss/kss.h"
#include "script/script.h"
#include "session/digest.h"
#include "session/log.h"

enum { KSS_DEFAULT_STEPS = 100000000, KSS_LOG_LIMIT = 1000000 };

// Like kss_open_text, but [bytes] stay the caller's and must outlive the session.
struct kss_session *kss_session_open(const char *name, const char *bytes, size_t length,
                                     const struct kss_options *options);

// The scenario's name in reports, and why it could not be read (NULL: it could).
const char *kss_session_name(const struct kss_session *session);
const char *kss_session_failure(const struct kss_session *session);
struct kss_sources *kss_session_sources(struct kss_session *session);
const struct kss_diags *kss_session_diags(const struct kss_session *session);
// The machine that runs, NULL before the first step.
const struct kss_machine *kss_session_machine(const struct kss_session *session);

const struct kss_program *kss_session_program(const struct kss_session *session); // NULL: errors
const struct kss_log *kss_session_log(const struct kss_session *session);

// The log's digest as of now; valid until the next event.
const struct kss_digest *kss_session_digest(struct kss_session *session);

// Also records what tells why stacks left memory (before the run begins).
void kss_session_keep_why(struct kss_session *session);

// Every event of every kind, as it happens and whether or not the log keeps it (set before the run
// begins; NULL: none).
typedef void kss_session_stream(void *context, const struct kss_log *log,
                                const struct kss_event *event);
void kss_session_set_stream(struct kss_session *session, kss_session_stream *stream, void *context);

// Hazard number [number] (2001) is not looked for (before the run begins).
void kss_session_without(struct kss_session *session, unsigned number);

// Whether what a finding warns of may end in this bug check.
bool kss_may_end_in(enum kss_hazard_id hazard, uint32_t code);

// Exit status of a run that has ended.
int kss_session_status(const struct kss_session *session);

// Judges one expectation more of a run that has ended: it and the verdict that comes of it are told behind the
// others. NULL: a check that is none of kss's failed, [text] says which.
void kss_session_expect(struct kss_session *session, const struct kss_expectation *expectation,
                        const char *text);

// A buffer that writers may use for a text they return; emptied.
struct kss_text *kss_session_output(struct kss_session *session);

// Appends the scenario's text with its plain `expect` items replaced by what happened. Returns
// NULL, or why it cannot. *changed: whether the text differs.
const char *kss_session_bless(struct kss_session *session, struct kss_text *out, bool *changed);

#endif
