// SPDX-License-Identifier: MIT
// Files that kss frames, kss stack and kss run --frames read.
#ifndef KSS_CLI_FRAMES_H
#define KSS_CLI_FRAMES_H

#include "cli/cli.h"
#include "frames/frames.h"

struct kss_cli_frames {
    struct kss_cli *cli;
    const char *path;         // of the file that is being read
    struct kss_frames frames; // in the arena of the command
    struct kss_diags diags;
    struct kss_sources sources;
};

// Begins with --machine and --module. False after saying what is wrong with them.
bool kss_cli_frames_open(struct kss_cli *cli, struct kss_cli_frames *set);
// Reads one file ("-": standard input). False: it gave nothing; why is said here or in the diagnostics.
bool kss_cli_frames_file(struct kss_cli_frames *set, const char *path);
// Prints the diagnostics. False when there was an error among them.
bool kss_cli_frames_said(struct kss_cli_frames *set);
void kss_cli_frames_close(struct kss_cli_frames *set);

#endif
