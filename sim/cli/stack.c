// SPDX-License-Identifier: MIT
// kss stack: the worst-case depth of a call graph.
#include "cli/cli.h"

int kss_cli_stack(struct kss_cli *cli) {
    (void)cli;
    return kss_cli_complain("stack: not built yet");
}
