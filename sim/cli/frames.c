// SPDX-License-Identifier: MIT
// kss frames: tables of frame sizes.
#include "cli/cli.h"

int kss_cli_frames(struct kss_cli *cli) {
    (void)cli;
    return kss_cli_complain("frames: not built yet");
}
