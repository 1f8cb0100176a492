// SPDX-License-Identifier: MIT
// kss run --frames: the tables, read before the scenarios. (frames.h and the kernel's records have
// names in common, so this is not part of run.c.)
#include "cli/frames.h"

bool kss_cli_tables(struct kss_cli *cli, struct kss_cli_frames **tables,
                    const struct kss_frames **frames) {
    struct kss_cli_frames *set = NULL;
    bool good = true;
    for (unsigned i = 0; i < cli->given_count; i++) {
        if (cli->given[i].option != KSS_OPTION_FRAMES)
            continue;
        if (set == NULL) {
            set = KSS_NEW(&cli->arena, struct kss_cli_frames);
            *tables = set;
            *frames = &set->frames;
            if (!kss_cli_frames_open(cli, set))
                return false;
        }
        good &= kss_cli_frames_file(set, cli->given[i].value);
    }
    if (set == NULL)
        return true;
    good &= kss_cli_frames_said(set);
    kss_frames_join(&set->frames);
    return good;
}

void kss_cli_tables_close(struct kss_cli_frames *tables) {
    if (tables != NULL)
        kss_cli_frames_close(tables);
}
