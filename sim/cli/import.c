// SPDX-License-Identifier: MIT
// kss import: listings, call graphs and images as scenarios.
#include "cli/cli.h"

int kss_cli_import(struct kss_cli *cli) {
    (void)cli;
    return kss_cli_complain("import: not built yet");
}
