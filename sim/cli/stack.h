// SPDX-License-Identifier: MIT
// Call graphs that kss stack and kss import make from what operands name.
#ifndef KSS_CLI_STACK_H
#define KSS_CLI_STACK_H

#include "cli/cli.h"
#include "depth/depth.h"

struct kss_cli_graph {
    struct kss_cli *cli;
    struct kss_graph graph;
    struct kss_sources sources;
    struct kss_diags diags;
    struct kss_remarks remarks;
    const char *const *layers; // --device: modules, top first
    uint32_t layer_count;
    struct kss_depth_options options;
};

// Begins with --machine, --limit, --device. False after saying what is wrong with them.
bool kss_cli_graph_open(struct kss_cli *cli, struct kss_cli_graph *set);
void kss_cli_graph_close(struct kss_cli_graph *set);

// Reads the files; false after saying what is wrong.
bool kss_cli_graph_files(struct kss_cli_graph *set, const char *const *paths, unsigned count);
// A scenario instead.
bool kss_cli_graph_scenario(struct kss_cli_graph *set, const char *path);

// Applies --annotate, --roots and --device, or finds roots.
bool kss_cli_graph_roots(struct kss_cli_graph *set);

// Prints what was found wrong so far; false when there was an error.
bool kss_cli_graph_said(struct kss_cli_graph *set);

#endif
