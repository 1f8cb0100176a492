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
    bool streamed;        // written while the run goes on, not from its log
    struct kss_text text; // what has not been written yet
    struct kss_text_options options;
    struct kss_sheet sheet;
};

struct kss_outputs {
    struct kss_cli *cli;
    struct kss_output items[KSS_OUTPUTS];
    unsigned count;
    bool all_events; // one of them draws runs step by step
};

// Reads --format and -o; without any, text goes to standard output. False after saying what is wrong.
bool kss_outputs_read(struct kss_outputs *outputs, struct kss_cli *cli,
                      const struct kss_text_options *options);

// Opens them for [runs] runs: no output may be one of [inputs] (paths) or another output. False after saying
// which.
bool kss_outputs_open(struct kss_outputs *outputs, const char *const *inputs, unsigned input_count,
                      unsigned runs);

// Adds a run to every output that is not streamed.
void kss_outputs_run(struct kss_outputs *outputs, const struct kss_sheet_entry *entry);

// Writes what an output has gathered, or ends the process with status 70.
void kss_output_flush(struct kss_output *output);

// Ends the documents and closes the files.
void kss_outputs_close(struct kss_outputs *outputs);

#endif
