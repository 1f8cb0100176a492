// SPDX-License-Identifier: MIT
// kss import: listings, call graphs and images as scenarios. The first operand says which.
#include "cli/cli.h"

#include <string.h>

int kss_cli_import(struct kss_cli *cli) {
    static const char *const kinds[] = {"windbg", "ci", "pe"};
    const char *kind = cli->operand_count > 0 ? cli->operands[0] : NULL;
    if (kind == NULL)
        return kss_cli_complain("import what? `kss import windbg FILE`, `kss import ci FILE`, "
                                "`kss import pe FILE`");
    if (strcmp(kind, "windbg") == 0)
        return kss_cli_import_listing(cli);
    if (strcmp(kind, "ci") == 0 || strcmp(kind, "pe") == 0)
        return kss_cli_import_graph(cli);
    return kss_cli_unknown("kind of import", kind, kinds, sizeof kinds / sizeof *kinds);
}
