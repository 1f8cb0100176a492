// SPDX-License-Identifier: MIT
// libkss: load a kernel-stack scenario, run it, read what happened.
//
//     struct kss_session *session = kss_open_file("outswap.kss", NULL);
//     if (!kss_loaded(session))
//         fputs(kss_diagnostics(session), stderr);
//     int status = kss_run(session); // 0: every expectation met, nothing unexpected
//     struct kss_verdict verdict;
//     kss_verdict(session, &verdict);
//     kss_close(session);
//
// A session is one scenario on one simulated machine. Sessions share nothing; use each from one
// host thread at a time.
//
// Ownership: the session owns all it hands out. Strings and structures read from it are valid until
// the next call that runs, steps, rewinds, restarts or closes it; texts made on request
// (kss_event_at's words, the reports) until the next such request. Snapshots are the caller's.
//
// Units: stack figures are bytes, times are 100 ns of virtual time since the run began, lines and
// columns count from 1 (columns in bytes), 0 means "no place". The same input gives the same
// answers on every platform. Host memory running out ends the process with exit status 70.
#ifndef KSS_KSS_H
#define KSS_KSS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { KSS_SCHEMA = 1 };       // of the event stream, docs/events.md
const char *kss_version(void); // "0.1.0"

// What kss_run returns and the `kss` command exits with.
enum kss_status {
    KSS_OK = 0,          // expectations met, no error or warning that was not expected
    KSS_FAILED = 1,      // an expectation failed, or an unexpected bug check, error or warning
    KSS_BAD_INPUT = 2,   // the scenario or an option has errors: kss_diagnostics
    KSS_CANNOT_TELL = 3, // the step bound was hit, or the documents do not say how to go on
    KSS_INTERNAL = 70
};

// Frame sizes by symbol, from files that `kss frames` reads: .su, .ci, objects, images, its own tables
// (docs/frames.md). A scenario's frame(N) stands; tables fill what would be assumed. Natively they stand
// beside what was measured (kss/harness.h).
struct kss_frames;
// Reads [count] files. [machine] is whose code they hold ("x64"), where they do not tell it; NULL: nobody
// says. Returns NULL when one cannot be read or has errors. *problems, if not NULL, gets the errors and
// warnings, or "": the caller frees it.
struct kss_frames *kss_frame_sizes_open(const char *const *paths, size_t count, const char *machine,
                                        char **problems);
void kss_frame_sizes_close(struct kss_frames *frames); // NULL: nothing happens

struct kss_options {
    const char *machine; // profile used instead of the scenario's ("x64"); NULL: the scenario's
    const char *swap;    // "balance-set", "eager" or "never"; NULL: the scenario's
    uint64_t max_steps;  // instructions before the run is given up; 0: 100,000,000
    // Frame sizes for routines that the scenario gives none (kss_frame_sizes_open); NULL: they are
    // assumed. Must outlive the session.
    const struct kss_frames *frames;
    bool strict;     // notes count as warnings
    bool all_events; // record every kind of event, not only those that reports need
    // Which of [count] (at least 2) possibilities happens where NT leaves it open. [what] is
    // "thread" (among equals ready), "later" (a ranged event: 0 now, 1 after what is due next),
    // "tie" (several events due now), "outswap" (0 now, 1 not yet), "pool" or "cpu". A plain run
    // takes 0; larger answers than count - 1 count as 0. NULL: a plain run.
    unsigned (*choose)(void *context, const char *what, unsigned count);
    void *choose_context;
};

struct kss_session;

// Loads a scenario from a file ("-": standard input), or from [length] bytes under a name for
// diagnostics. [options] may be NULL and is copied, its strings too. Never returns NULL: when
// reading or checking failed kss_loaded says false and the rest answers as for an empty run.
struct kss_session *kss_open_file(const char *path, const struct kss_options *options);
struct kss_session *kss_open_text(const char *name, const char *bytes, size_t length,
                                  const struct kss_options *options);
void kss_close(struct kss_session *session);

bool kss_loaded(const struct kss_session *session);
const char *kss_diagnostics(struct kss_session *session); // errors and warnings of loading, or ""

// ---- Running -----------------------------------------------------------------------------------

// Runs to the end, judges the expectations and returns the exit status (enum kss_status).
int kss_run(struct kss_session *session);

// Executes at most [steps] more instructions; false when the run has come to its end (it is then
// judged as by kss_run).
bool kss_step(struct kss_session *session, uint64_t steps);

void kss_restart(struct kss_session *session); // back to time 0, on a new machine

// A copy of all that decides the future, and how much was recorded. Rewinding makes everything go
// on exactly as it did from there; a snapshot can be rewound to any number of times, into the
// session it was taken from.
struct kss_snapshot;
struct kss_snapshot *kss_snapshot(struct kss_session *session);
void kss_rewind(struct kss_session *session, const struct kss_snapshot *snapshot);
void kss_snapshot_free(struct kss_snapshot *snapshot);

// ---- Events ------------------------------------------------------------------------------------

struct kss_event_info {
    uint64_t time;
    uint32_t sequence;  // ascending; kinds that are not recorded leave gaps
    const char *kind;   // "wait.begin"
    const char *thread; // running thread, NULL: none
    unsigned irql;
    uint32_t line, column;
    unsigned word_count;
    struct {
        const char *name; // "timeout"
        uint64_t value;
        const char *text; // the value as reports print it
    } words[4];
};
size_t kss_event_count(const struct kss_session *session);
bool kss_event_at(struct kss_session *session, size_t index, struct kss_event_info *event);

// ---- Findings ----------------------------------------------------------------------------------

struct kss_finding_info {
    const char *id, *name; // "KSS2001", "stack-object-user-wait"
    const char *severity;  // "note", "warning", "error"
    const char *message, *label;
    const char *routine; // "mydrv!ReadDispatch"; NULL outside of routines
    uint32_t line, column;
    uint64_t time;
    bool expected; // an `expect` item covers it
    size_t cause_count;
};
struct kss_cause_info {
    const char *message;
    uint64_t time;
    uint32_t line, column;
};
size_t kss_finding_count(struct kss_session *session);
bool kss_finding_at(struct kss_session *session, size_t index, struct kss_finding_info *finding);
bool kss_cause_at(struct kss_session *session, size_t finding, size_t index,
                  struct kss_cause_info *cause); // in time order

// ---- Verdict -----------------------------------------------------------------------------------

struct kss_verdict {
    int status;      // enum kss_status
    const char *end; // "running", "done", "bugcheck", "hang", "steps", "cannot-tell"
    uint64_t time, steps;
    bool bugchecked;
    uint32_t bugcheck; // 0x0000000A
    const char *bugcheck_name;
    uint64_t parameters[4];
    const char *bugcheck_routine;     // innermost driver routine, NULL: none
    unsigned met, failed, not_judged; // expectations
    unsigned errors, warnings, notes; // findings that were not expected
};
void kss_verdict(struct kss_session *session, struct kss_verdict *verdict);

struct kss_stack_use {
    uint32_t size; // Base - Limit
    uint32_t used; // Base - SP at the deepest point, reserve and trap frame included
    uint32_t left;
    uint32_t drivers;    // what driver routines take of it
    const char *routine; // innermost at the deepest point, NULL: none
    bool at_least;       // a frame may be larger than its table says: figures are lower bounds
};
// The deepest use of a thread's stack (of the deepest segment, when the stack was expanded).
// Figures exist once the run has ended. False: no such thread.
bool kss_stack_use(struct kss_session *session, const char *thread, struct kss_stack_use *use);

// ---- Writers -----------------------------------------------------------------------------------

// A report in a format that `kss report` prints ("sarif", "junit", "html", ...), NUL-terminated. Formats
// that show a run step by step show the events that were recorded: with kss_options.all_events, all of
// them. NULL: there is no format of that name.
const char *kss_write_format(struct kss_session *session, const char *format, size_t *length);
// The recorded events as JSON Lines (docs/events.md), and the text report of `kss run` (with its
// tables and event log when [verbose]).
const char *kss_write_jsonl(struct kss_session *session, size_t *length);
const char *kss_write_text(struct kss_session *session, bool verbose, size_t *length);

#ifdef __cplusplus
}
#endif
#endif
