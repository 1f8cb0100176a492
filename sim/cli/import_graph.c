// SPDX-License-Identifier: MIT
// kss import ci|pe: the deepest path of a call graph as a scenario.
#include "cli/stack.h"

// The deepest root alone: reasons that concern other roots are not its reasons.
static void keep_deepest(struct kss_cli_graph *set) {
    struct kss_judgement judgement = kss_depth_judge(&set->graph, &set->cli->arena, &set->options);
    uint32_t found = 0;
    for (uint32_t i = 1; i < judgement.root_count; i++)
        if (judgement.roots[i].depth > judgement.roots[found].depth)
            found = i;
    set->graph.requirement_count = 0;
    if (judgement.root_count > 0) {
        set->graph.roots[0] = judgement.roots[found].root;
        set->graph.root_count = 1;
    }
    kss_judgement_free(&judgement);
}

static int no_machine(const struct kss_cli_graph *set) {
    const struct kss_profile *machine = set->graph.machine;
    if (machine == NULL)
        return kss_cli_complain("the files do not tell the machine: --machine x64 does");
    return kss_cli_complain("no public figure says how large a stack of %s is, so nothing can be "
                            "replayed on one",
                            machine->name);
}

static int write(struct kss_cli_graph *set) {
    struct kss_text text = {0};
    int status = KSS_OK;
    keep_deepest(set);
    struct kss_judgement judgement = kss_depth_judge(&set->graph, &set->cli->arena, &set->options);
    if (set->graph.machine == NULL || set->graph.machine->stack_size == 0) {
        status = no_machine(set);
    } else if (judgement.root_count == 0) {
        status = kss_cli_complain("the files have no function to begin a path with");
    } else {
        kss_depth_scenario(&judgement, 0, &text);
        status = kss_cli_put(set->cli, &text) ? KSS_OK : KSS_BAD_INPUT;
    }
    kss_text_free(&text);
    kss_judgement_free(&judgement);
    return status;
}

int kss_cli_import_graph(struct kss_cli *cli) {
    struct kss_cli_graph set;
    if (cli->operand_count < 2)
        return kss_cli_complain("import needs a FILE behind `%s`",
                                cli->operand_count > 0 ? cli->operands[0] : "ci");
    if (!kss_cli_graph_open(cli, &set))
        return KSS_BAD_INPUT;
    bool good = kss_cli_graph_files(&set, cli->operands + 1, cli->operand_count - 1) &&
                kss_cli_graph_roots(&set);
    good &= kss_cli_graph_said(&set);
    int status = good ? write(&set) : KSS_BAD_INPUT;
    kss_cli_graph_close(&set);
    return status;
}
