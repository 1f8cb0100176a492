// SPDX-License-Identifier: MIT
// What the files of this folder share. Nobody else includes it.
#ifndef KSS_SESSION_PRIVATE_H
#define KSS_SESSION_PRIVATE_H

#include "rules/rules.h"
#include "session/keep.h"
#include "session/outcome.h"
#include "session/session.h"

struct kss_session {
    struct kss_arena arena;
    struct kss_options options;
    struct kss_sources sources;
    struct kss_diags diags;
    const struct kss_program *program; // NULL: did not load
    const char *name;                  // in reports
    const char *failure;               // why reading failed, NULL
    struct kss_port port;
    struct kss_machine *machine; // NULL: not started
    struct kss_log log;
    struct kss_keep keep; // what the log records
    kss_session_stream *stream;
    void *stream_context;
    uint64_t steps;
    uint16_t without; // number of a hazard that is not looked for
    bool judged;
    struct kss_arena digest_arena;
    struct kss_digest digest;
    uint32_t digest_of; // events it was made of
    uint32_t digest_generation, generation;
    bool digest_made;
    struct kss_text diagnostics, output, words;
    struct kss_session_native *native; // NULL: scripted
    void (*native_free)(struct kss_session_native *native);
};

// session.c, for native.c too: a session without a program; what reports need is recorded; the
// machine and its rules; the log's header from the program as it is now.
struct kss_session *kss_session_new(const struct kss_options *options);
void kss_session_prepare(struct kss_session *session);
void kss_session_start(struct kss_session *session, const struct kss_space *space);
void kss_session_fill_header(struct kss_session *session);

// judge.c: judges the expectations of a run that has come to its end; emits expect and verdict.
void kss_session_judge(struct kss_session *session);

#endif
