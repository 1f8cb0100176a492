// SPDX-License-Identifier: MIT
// kss: a verb, its options, its operands.
#include "cli/cli.h"

#include "base/os.h"

#include <string.h>
#if !defined(__wasi__)
#include <signal.h>
#endif

// ---- The verb -----------------------------------------------------------------------------------

static kss_cli_run *const runs[KSS_VERB_COUNT] = {
    [KSS_VERB_RUN] = kss_cli_run_verb,    [KSS_VERB_REPORT] = kss_cli_report,
    [KSS_VERB_EXPLAIN] = kss_cli_explain, [KSS_VERB_LIST] = kss_cli_list,
    [KSS_VERB_FMT] = kss_cli_fmt,         [KSS_VERB_SCAN] = kss_cli_scan,
    [KSS_VERB_NEW] = kss_cli_new,         [KSS_VERB_FRAMES] = kss_cli_frames,
    [KSS_VERB_STACK] = kss_cli_stack,     [KSS_VERB_IMPORT] = kss_cli_import,
    [KSS_VERB_PICTURE] = kss_cli_picture, [KSS_VERB_VERSION] = kss_cli_version,
    [KSS_VERB_HELP] = kss_cli_help,
};

static int find_verb(const char *word) {
    if (strcmp(word, "--version") == 0)
        return KSS_VERB_VERSION;
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
        return KSS_VERB_HELP;
    for (int i = 0; i < KSS_VERB_COUNT; i++)
        if (strcmp(word, kss_verbs[i].name) == 0)
            return i;
    return -1;
}

static int unknown_verb(const char *word) {
    const char *names[KSS_VERB_COUNT];
    for (int i = 0; i < KSS_VERB_COUNT; i++)
        names[i] = kss_verbs[i].name;
    if (kss_os_kind(word) != KSS_OS_MISSING)
        return kss_cli_complain("unknown verb `%s`; did you mean `kss run %s`?", word, word);
    int status = kss_cli_unknown("verb", word, names, KSS_VERB_COUNT);
    kss_cli_complain("`kss help` lists the verbs");
    return status;
}

static int run_verb(struct kss_cli *cli, int argc, char **argv) {
    if (!kss_cli_parse(cli, argc, argv))
        return KSS_BAD_INPUT;
    if (kss_cli_value(cli, KSS_OPTION_HELP) == NULL)
        return runs[cli->verb](cli);
    struct kss_text text = {0};
    kss_help_verb(cli->verb, &text);
    kss_cli_print(&text);
    kss_text_free(&text);
    return KSS_OK;
}

int main(int argc, char **argv) {
#if defined(SIGPIPE)
    signal(SIGPIPE, SIG_IGN); // a closed pipe is a write that fails: status 70 and a message
#endif
    if (argc < 2) {
        struct kss_text text = {0};
        kss_help_short(&text);
        kss_cli_print(&text);
        kss_text_free(&text);
        return KSS_OK;
    }
    struct kss_cli cli = {.given = NULL};
    int verb = find_verb(argv[1]);
    int status = KSS_BAD_INPUT;
    if (verb < 0) {
        status = unknown_verb(argv[1]);
    } else {
        cli.verb = (enum kss_cli_verb)verb;
        status = run_verb(&cli, argc - 2, argv + 2);
    }
    kss_arena_free(&cli.arena);
    return status;
}
