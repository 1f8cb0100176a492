// SPDX-License-Identifier: MIT
// kss explain: what words mean (explain_word.c), and which was meant by one that nobody knows.
#include "cli/cli.h"
#include "cli/explain.h"

#include "nt/nt.h"

#include <string.h>

static int unknown(struct kss_cli *cli, const char *word) {
    size_t most = (size_t)KSS_HAZARD_COUNT * 2 + kss_bugcheck_count + KSS_NT_COUNT +
                  KSS_POLICY_COUNT + kss_constant_count + kss_type_count;
    const char **names = KSS_NEW_ARRAY(&cli->arena, const char *, most);
    size_t count = 0;
    struct kss_text text = {0};
    for (int i = 0; i < KSS_HAZARD_COUNT; i++) {
        kss_text_clear(&text);
        kss_text_format(&text, "KSS%04u", kss_hazards[i].number);
        names[count++] = kss_alloc_text(&cli->arena, text.bytes, text.length);
        names[count++] = kss_hazards[i].name;
    }
    kss_text_free(&text);
    for (unsigned i = 0; i < kss_bugcheck_count; i++)
        names[count++] = kss_bugchecks[i].name;
    for (int i = 0; i < KSS_NT_COUNT; i++)
        names[count++] = kss_routines[i].name;
    for (int i = 0; i < KSS_POLICY_COUNT; i++)
        names[count++] = kss_policies[i].name;
    for (unsigned i = 0; i < kss_constant_count; i++)
        names[count++] = kss_constants[i].name;
    for (unsigned i = 0; i < kss_type_count; i++)
        names[count++] = kss_types[i].name;
    int status = kss_cli_unknown("name", word, names, count);
    if (kss_closest(word, strlen(word), names, count) == NULL)
        kss_cli_complain("explain knows findings, bug checks (0x7F), routines, statuses, types, "
                         "policies and errors; `kss list` names the topics");
    return status;
}

int kss_cli_explain(struct kss_cli *cli) {
    if (cli->operand_count == 0)
        return kss_cli_complain("explain needs a finding (KSS2001), a bug check (0xA) or a "
                                "routine (KeSetEvent)");
    int status = KSS_OK;
    for (unsigned i = 0; i < cli->operand_count; i++) {
        struct kss_text text = {0};
        if (kss_explain_word(cli->operands[i], &text))
            kss_cli_print(&text);
        else
            status = unknown(cli, cli->operands[i]);
        kss_text_free(&text);
    }
    return status;
}
