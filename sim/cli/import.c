// SPDX-License-Identifier: MIT
// kss import: listings, call graphs and images as scenarios. The first operand says which.
#include "cli/cli.h"

#include <string.h>

// An option that says nothing to this kind of import is a mistake, not a remark.
static bool takes_options(struct kss_cli *cli, bool listing) {
    static const enum kss_cli_option of_listings[] = {KSS_OPTION_IMPORT_FORMAT, KSS_OPTION_LOWEST,
                                                      KSS_OPTION_BASE, KSS_OPTION_PICK};
    static const enum kss_cli_option of_graphs[] = {KSS_OPTION_ANNOTATE};
    const enum kss_cli_option *wrong = listing ? of_graphs : of_listings;
    size_t count =
        listing ? sizeof of_graphs / sizeof *of_graphs : sizeof of_listings / sizeof *of_listings;
    for (size_t i = 0; i < count; i++)
        if (kss_cli_value(cli, wrong[i]) != NULL) {
            kss_cli_complain("--%s is not for import %s", kss_options_table[wrong[i]].name,
                             cli->operands[0]);
            return false;
        }
    return true;
}

int kss_cli_import(struct kss_cli *cli) {
    static const char *const kinds[] = {"windbg", "ci", "pe"};
    const char *kind = cli->operand_count > 0 ? cli->operands[0] : NULL;
    if (kind == NULL)
        return kss_cli_complain("import what? `kss import windbg FILE`, `kss import ci FILE`, "
                                "`kss import pe FILE`");
    bool listing = strcmp(kind, "windbg") == 0;
    if (listing || strcmp(kind, "ci") == 0 || strcmp(kind, "pe") == 0) {
        if (!takes_options(cli, listing))
            return KSS_BAD_INPUT;
        return listing ? kss_cli_import_listing(cli) : kss_cli_import_graph(cli);
    }
    return kss_cli_unknown("kind of import", kind, kinds, sizeof kinds / sizeof *kinds);
}
