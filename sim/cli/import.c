// SPDX-License-Identifier: MIT
// kss import: listings, call graphs and images as scenarios.
#include "cli/cli.h"

#include <string.h>

int kss_cli_import(struct kss_cli *cli) {
    const char *kind = cli->operand_count > 0 ? cli->operands[0] : "";
    if (strcmp(kind, "ci") == 0 || strcmp(kind, "pe") == 0)
        return kss_cli_import_graph(cli);
    return kss_cli_complain("import: not built yet");
}
