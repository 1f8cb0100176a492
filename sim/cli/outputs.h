// SPDX-License-Identifier: MIT
// What a verb writes: --format begins an output, -o says where the last one goes. Shared by the verbs that
// report runs.
#ifndef KSS_CLI_OUTPUTS_H
#define KSS_CLI_OUTPUTS_H

#include "cli/cli.h"
#include "report/sheet.h"

enum { KSS_OUTPUTS = 16, KSS_OUTPUT_CHUNK = 64 * 1024 };

struct kss_output {
    enum kss_format format;
    const char *path; // NULL: standard output
    FILE *stream;
    struct kss_text text; // what has not been written yet
    struct kss_text_options options;
    struct kss_sheet sheet;
};

struct kss_outputs {
    struct kss_cli *cli;
    struct kss_output items[KSS_OUTPUTS];
    unsigned count;
    bool begun;      // the documents are
    bool all_events; // one of them draws runs step by step
    struct kss_jsonl
        *jsonl; // of the run under way, one writer for all that are streamed; NULL: none is
};

// Reads --format and -o; without any, text goes to standard output. False after saying what is wrong.
bool kss_outputs_read(struct kss_outputs *outputs, struct kss_cli *cli,
                      const struct kss_text_options *options);

// No output may be one of [inputs] (paths) or another output. False after saying which is. Begins the documents.
bool kss_outputs_check(struct kss_outputs *outputs, const char *const *inputs,
                       unsigned input_count);

// Whether every format shows [runs] runs; false after saying which does not.
bool kss_outputs_fit(const struct kss_outputs *outputs, unsigned runs);

// Opens the files. What was gathered before stays in memory until then. False after saying which cannot be.
bool kss_outputs_start(struct kss_outputs *outputs);

// JSON Lines are written as the events happen, all of them: a log keeps what reports need. Begins the stream
// of a run whose header is known; false: nobody wants one. kss_outputs_event is a kss_session_stream.
bool kss_outputs_stream(struct kss_outputs *outputs, const struct kss_sheet_entry *entry);
void kss_outputs_event(void *context, const struct kss_log *log, const struct kss_event *event);

// Adds a run to every output, and ends its stream.
void kss_outputs_run(struct kss_outputs *outputs, const struct kss_sheet_entry *entry);

// Writes what an output has gathered once it is started, or ends the process with status 70.
void kss_output_flush(struct kss_output *output);

// Ends the documents and closes the files; documents that were not started are dropped.
void kss_outputs_close(struct kss_outputs *outputs);

#endif
