// SPDX-License-Identifier: MIT
// kss version.
#include "cli/cli.h"

int kss_cli_version(struct kss_cli *cli) {
    if (cli->operand_count > 0)
        return kss_cli_complain("version takes no operands");
    struct kss_text text = {0};
    kss_text_format(&text, "kss %s, event schema %d\n", kss_version(), KSS_SCHEMA);
    kss_cli_print(&text);
    kss_text_free(&text);
    return KSS_OK;
}
