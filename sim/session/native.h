// SPDX-License-Identifier: MIT
// A session whose driver code is native: the same machine, rules, log, digest and verdict as a
// scenario's, with sim/native as its processor. There are no expectations in it: the test that drives
// it asks afterwards. Its "source text" has one line for each instruction that an event speaks of:
//
//   mydrv!ReadDispatch+0x5C  KeWaitForSingleObject
//
// Depends on base, nt, kernel, rules, native.
#ifndef KSS_SESSION_NATIVE_H
#define KSS_SESSION_NATIVE_H

#include "native/native.h"
#include "session/session.h"

// Opens a session on a machine of [config], named [name] in reports. NULL: the host cannot, *error
// says why (static text). kss_close ends it.
struct kss_session *kss_session_native(const char *name, const struct kss_config *config,
                                       bool all_events, const char **error);
struct kss_native *kss_session_processor(const struct kss_session *session);
struct kss_machine *kss_session_native_machine(struct kss_session *session);

// Frame tables whose figures are shown beside what is measured; they must outlive the session.
void kss_session_set_frames(struct kss_session *session, const struct kss_frames *frames);

// A thread that calls [routine] with [count] arguments (at most 8). [returns]: see kss_native_body.
uint16_t kss_session_thread(struct kss_session *session, const char *name, void (*routine)(void),
                            const uint64_t *arguments, unsigned count, unsigned returns,
                            int priority, const char *process, bool system, bool gui);

// What the thread's routine returned; 0 while it has not ended.
// Its name, whoever made it.
const char *kss_session_thread_name(struct kss_session *session, uint16_t thread);
uint64_t kss_session_thread_value(const struct kss_session *session, uint16_t thread);

// Runs until nothing happens up to time [until] (100 ns since the machine was made).
void kss_session_go(struct kss_session *session, uint64_t until, unsigned watchdog);

// Ends the run: last events, rules, verdict. Done by itself when the machine has stopped.
void kss_session_end(struct kss_session *session);

// Brings the log's header up to date, for reading a run that goes on.
void kss_session_refresh(struct kss_session *session);

#endif
