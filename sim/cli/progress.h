// SPDX-License-Identifier: MIT
// How far a long command is: one line on standard error that is written over and over, and erased before anything
// else is printed and at the end. Only where standard error is a terminal. The host's clock says when it is written,
// never what.
#ifndef KSS_CLI_PROGRESS_H
#define KSS_CLI_PROGRESS_H

#include "cli/cli.h"

struct kss_progress {
    bool on;      // there is a terminal and nobody wants quiet
    bool shown;   // the line is on the screen
    bool shared;  // with the results: standard output is a terminal, too
    uint64_t due; // host time in ms at which it is written again
    unsigned total;
};

// Begins with [total] inputs to come.
void kss_progress_start(struct kss_progress *progress, const struct kss_cli *cli, unsigned total);

// Input [number] (from 1) is at work, [steps] of it are done; shows it when it is time.
void kss_progress_at(struct kss_progress *progress, unsigned number, const char *name,
                     uint64_t steps);

// Takes the line off the screen: _clear for what is printed on standard error, _pause for results.
void kss_progress_clear(struct kss_progress *progress);
void kss_progress_pause(struct kss_progress *progress);

#endif
