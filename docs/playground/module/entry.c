// SPDX-License-Identifier: MIT
// libkss as a page holds it: no main, no files. The host (page/module.js) writes texts into memory that it asks
// for, and reads answers back:
//
//     session = open(name, bytes, length, machine, swap, strict, max_steps)
//     while (advance(session, steps)) ...          a page stays able to stop the run between the calls
//     outcome(session, reply)                      JSON (module.h)
//     write(session, "jsonl", reply)               a report
//     close(session)
//
// Whoever calls owns what `room` and `reply` gave and gives it back to `release` and `release_reply`. A reply's
// bytes are valid until the next call that gets it, or that has its session.
#include "cli/explain.h"
#include "module.h"

#include <stdlib.h>

#define EXPORT(name) __attribute__((export_name(name)))

// The host reads the first two words.
struct reply {
    const char *bytes;
    size_t length;
    struct kss_text text; // of answers that are no session's
};

EXPORT("room") void *room(size_t size);
EXPORT("release") void release(void *memory);
EXPORT("reply") struct reply *reply(void);
EXPORT("release_reply") void release_reply(struct reply *reply);
EXPORT("open")
struct kss_session *open_text(const char *name, const char *bytes, size_t length,
                              const char *machine, const char *swap, bool strict, double max_steps);
EXPORT("advance") bool advance(struct kss_session *session, uint32_t steps);
EXPORT("outcome") void outcome(struct kss_session *session, struct reply *reply);
EXPORT("write")
bool write_format(struct kss_session *session, const char *format, struct reply *reply);
EXPORT("write_text")
void write_text(struct kss_session *session, bool verbose, struct reply *reply);
EXPORT("close") void close_session(struct kss_session *session);
EXPORT("format")
bool format(const char *name, const char *bytes, size_t length, struct reply *reply);
EXPORT("explain") bool explain(const char *word, struct reply *reply);
EXPORT("vocabulary") void vocabulary(struct reply *reply);

// ---- Memory -------------------------------------------------------------------------------------

void *room(size_t size) {
    return malloc(size);
}

void release(void *memory) {
    free(memory);
}

struct reply *reply(void) {
    return calloc(1, sizeof(struct reply));
}

void release_reply(struct reply *reply) {
    kss_text_free(&reply->text);
    free(reply);
}

static void answer_text(struct reply *reply) {
    reply->bytes = reply->text.length > 0 ? reply->text.bytes : "";
    reply->length = reply->text.length;
}

// ---- A session ----------------------------------------------------------------------------------

static const char *given(const char *option) {
    return option[0] != '\0' ? option : NULL;
}

// Empty options are the scenario's own; [max_steps] 0 is the library's bound. Every event is recorded: pages
// show runs step by step.
struct kss_session *open_text(const char *name, const char *bytes, size_t length,
                              const char *machine, const char *swap, bool strict,
                              double max_steps) {
    const struct kss_options options = {.machine = given(machine),
                                        .swap = given(swap),
                                        .strict = strict,
                                        .max_steps = (uint64_t)max_steps,
                                        .all_events = true};
    return kss_open_text(name, bytes, length, &options);
}

bool advance(struct kss_session *session, uint32_t steps) {
    return kss_step(session, steps);
}

void outcome(struct kss_session *session, struct reply *reply) {
    kss_text_clear(&reply->text);
    kss_module_outcome(session, &reply->text);
    answer_text(reply);
}

bool write_format(struct kss_session *session, const char *format, struct reply *reply) {
    reply->bytes = kss_write_format(session, format, &reply->length);
    return reply->bytes != NULL;
}

void write_text(struct kss_session *session, bool verbose, struct reply *reply) {
    reply->bytes = kss_write_text(session, verbose, &reply->length);
}

void close_session(struct kss_session *session) {
    kss_close(session);
}

// ---- Texts --------------------------------------------------------------------------------------

// The scenario in its canonical form; false: it has errors, and the answer is their marks.
bool format(const char *name, const char *bytes, size_t length, struct reply *reply) {
    struct kss_arena arena = {0};
    struct kss_sources sources = {.arena = &arena};
    struct kss_diags diags = {.arena = &arena};
    kss_text_clear(&reply->text);
    uint32_t file = kss_source_add(&sources, name, bytes, length);
    bool good = kss_format(&arena, &sources, file, &diags, &reply->text);
    if (!good) {
        struct kss_json json = {.out = &reply->text};
        kss_text_clear(&reply->text);
        kss_json_open_flat(&json, NULL, '[');
        kss_module_diags(&sources, &diags, &json);
        kss_json_close(&json);
    }
    answer_text(reply);
    kss_diags_free(&diags);
    kss_sources_free(&sources);
    kss_arena_free(&arena);
    return good;
}

bool explain(const char *word, struct reply *reply) {
    kss_text_clear(&reply->text);
    bool known = kss_explain_word(word, &reply->text);
    answer_text(reply);
    return known;
}

void vocabulary(struct reply *reply) {
    kss_text_clear(&reply->text);
    kss_module_vocabulary(&reply->text);
    answer_text(reply);
}
