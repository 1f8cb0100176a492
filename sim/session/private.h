// SPDX-License-Identifier: MIT
// What the files of this folder share. Nobody else includes it.
#ifndef KSS_SESSION_PRIVATE_H
#define KSS_SESSION_PRIVATE_H

#include "rules/rules.h"
#include "session/outcome.h"
#include "session/session.h"

struct kss_session {
    struct kss_arena arena;
    struct kss_options options;
    struct kss_sources sources;
    struct kss_diags diags;
    const struct kss_program *program; // NULL: did not load
    const char *failure;               // why reading failed, NULL
    struct kss_port port;
    struct kss_machine *machine; // NULL: not started
    struct kss_log log;
    bool keep[KSS_EV_COUNT]; // kinds the log records
    bool *followed;          // routines whose calls and returns it records
    kss_session_stream *stream;
    void *stream_context;
    uint64_t steps;
    bool judged;
    struct kss_arena digest_arena;
    struct kss_digest digest;
    uint32_t digest_of; // events it was made of
    uint32_t digest_generation, generation;
    bool digest_made;
    struct kss_text diagnostics, output, words;
};

// judge.c: judges the expectations of a run that has come to its end; emits expect and verdict.
void kss_session_judge(struct kss_session *session);

#endif
