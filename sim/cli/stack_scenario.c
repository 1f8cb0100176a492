// SPDX-License-Identifier: MIT
// kss stack on a scenario: its compiled instructions are the call graph. Apart from stack.c because a
// frame of the kernel and a frame of a table are both struct kss_frame.
#include "cli/stack.h"

#include "base/os.h"
#include "script/script.h"

bool kss_cli_graph_scenario(struct kss_cli_graph *set, const char *path) {
    struct kss_arena *arena = &set->cli->arena;
    struct kss_script_options options = {.machine = kss_cli_value(set->cli, KSS_OPTION_MACHINE),
                                         .swap = -1};
    char *bytes;
    size_t length;
    const char *name = kss_cli_shown(set->cli, path);
    const char *reason = kss_os_read(arena, path, &bytes, &length);
    if (reason != NULL) {
        kss_cli_complain("%s: %s", name, reason);
        return false;
    }
    uint32_t file = kss_source_add(&set->sources, name, bytes, length);
    const struct kss_program *program =
        kss_script_load(arena, &set->sources, file, &options, &set->diags);
    if (program == NULL)
        return false;
    kss_graph_from_program(&set->graph, &set->sources, program);
    return true;
}
