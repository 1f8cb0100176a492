// SPDX-License-Identifier: MIT
// kss help --completion: words for bash, zsh and fish, from the option table.
#include "cli/cli.h"

#include <string.h>

static void words(struct kss_text *out, const char *values) {
    for (; *values != '\0'; values++)
        kss_text_char(out, *values == '|' ? ' ' : *values);
}

static void verbs(struct kss_text *out) {
    for (int i = 0; i < KSS_VERB_COUNT; i++)
        kss_text_format(out, "%s%s", i ? " " : "", kss_verbs[i].name);
}

static void topics(struct kss_text *out) {
    for (unsigned i = 0; kss_list_topic(i) != NULL; i++)
        kss_text_format(out, "%s%s", i ? " " : "", kss_list_topic(i));
}

static void bash(struct kss_text *out) {
    kss_text_str(out,
                 "# Completions of kss for bash, made by kss help --completion bash.\n"
                 "_kss() {\n"
                 "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n"
                 "    local verb=${COMP_WORDS[1]}\n"
                 "    COMPREPLY=()\n"
                 "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
                 "        COMPREPLY=($(compgen -W \"");
    verbs(out);
    kss_text_str(out, "\" -- \"$word\"))\n        return\n    fi\n    case $before in\n");
    for (int i = 0; i < KSS_OPTION_COUNT; i++) {
        const struct kss_option_row *row = &kss_options_table[i];
        if (row->values == NULL)
            continue;
        kss_text_format(out, "    --%s) COMPREPLY=($(compgen -W \"", row->name);
        words(out, row->values);
        kss_text_str(out, "\" -- \"$word\")); return ;;\n");
    }
    kss_text_str(out, "    esac\n    case $verb in\n");
    for (unsigned v = 0; v < KSS_VERB_COUNT; v++) {
        kss_text_format(out, "    %s) local options=\"", kss_verbs[v].name);
        bool first = true;
        for (int i = 0; i < KSS_OPTION_COUNT; i++)
            if (kss_cli_named(&kss_options_table[i], v)) {
                kss_text_format(out, "%s--%s", first ? "" : " ", kss_options_table[i].name);
                first = false;
            }
        kss_text_str(out, "\" ;;\n");
    }
    kss_text_str(
        out, "    esac\n    case $word in\n"
             "    -*) COMPREPLY=($(compgen -W \"$options\" -- \"$word\")); return ;;\n    esac\n"
             "    case $verb in\n    list) COMPREPLY=($(compgen -W \"");
    topics(out);
    kss_text_str(out, "\" -- \"$word\")) ;;\n    help) COMPREPLY=($(compgen -W \"");
    verbs(out);
    kss_text_str(out, "\" -- \"$word\")) ;;\n"
                      "    run | fmt) COMPREPLY=($(compgen -f -- \"$word\")) ;;\n"
                      "    esac\n}\ncomplete -o filenames -F _kss kss\n");
}

// Quotes and brackets mean something in zsh's option descriptions.
static void plain(struct kss_text *out, const char *text) {
    for (; *text != '\0'; text++)
        if (strchr("[]:'\"\\`$", *text) == NULL)
            kss_text_char(out, *text);
}

static void zsh(struct kss_text *out) {
    kss_text_str(out,
                 "#compdef kss\n# Completions of kss for zsh, made by kss help --completion zsh.\n"
                 "_kss() {\n    local -a verbs\n    verbs=(\n");
    for (int i = 0; i < KSS_VERB_COUNT; i++) {
        kss_text_format(out, "        '%s:", kss_verbs[i].name);
        plain(out, kss_verbs[i].summary);
        kss_text_str(out, "'\n");
    }
    kss_text_str(out, "    )\n    if (( CURRENT == 2 )); then\n        _describe verb verbs\n"
                      "        return\n    fi\n    local verb=$words[2]\n"
                      "    shift words\n    (( CURRENT-- ))\n    case $verb in\n");
    for (unsigned v = 0; v < KSS_VERB_COUNT; v++) {
        kss_text_format(out, "    %s) _arguments", kss_verbs[v].name);
        for (int i = 0; i < KSS_OPTION_COUNT; i++) {
            const struct kss_option_row *row = &kss_options_table[i];
            if (!kss_cli_named(row, v))
                continue;
            kss_text_format(out, " \\\n        '--%s%s[", row->name, row->argument ? "=" : "");
            plain(out, row->text);
            kss_text_char(out, ']');
            if (row->values != NULL) {
                kss_text_format(out, ":%s:(", row->argument);
                words(out, row->values);
                kss_text_char(out, ')');
            } else if (row->argument != NULL) {
                kss_text_format(out, ":%s:%s", row->argument,
                                strcmp(row->argument, "FILE") == 0 ? "_files" : " ");
            }
            kss_text_char(out, '\'');
        }
        if (v == KSS_VERB_LIST || v == KSS_VERB_HELP) {
            kss_text_str(out, " \\\n        '*:word:(");
            if (v == KSS_VERB_LIST)
                topics(out);
            else
                verbs(out);
            kss_text_str(out, ")'");
        } else if (v == KSS_VERB_RUN || v == KSS_VERB_FMT || v == KSS_VERB_PICTURE) {
            kss_text_str(out, " \\\n        '*:file:_files'");
        }
        kss_text_str(out, " ;;\n");
    }
    kss_text_str(out, "    esac\n}\n_kss \"$@\"\n");
}

static void fish(struct kss_text *out) {
    kss_text_str(out, "# Completions of kss for fish, made by kss help --completion fish.\n"
                      "complete -c kss -n __fish_use_subcommand -f\n");
    for (unsigned v = 0; v < KSS_VERB_COUNT; v++) {
        kss_text_format(out, "complete -c kss -n __fish_use_subcommand -a %s -d '",
                        kss_verbs[v].name);
        plain(out, kss_verbs[v].summary);
        kss_text_str(out, "'\n");
        for (int i = 0; i < KSS_OPTION_COUNT; i++) {
            const struct kss_option_row *row = &kss_options_table[i];
            if (!kss_cli_named(row, v))
                continue;
            kss_text_format(out, "complete -c kss -n '__fish_seen_subcommand_from %s' -l %s",
                            kss_verbs[v].name, row->name);
            if (row->letter != '\0')
                kss_text_format(out, " -s %c", row->letter);
            if (row->argument != NULL)
                kss_text_str(out, " -r");
            if (row->values != NULL) {
                kss_text_str(out, " -f -a '");
                words(out, row->values);
                kss_text_char(out, '\'');
            }
            kss_text_str(out, " -d '");
            plain(out, row->text);
            kss_text_str(out, "'\n");
        }
    }
    kss_text_str(out, "complete -c kss -n '__fish_seen_subcommand_from list' -f -a '");
    topics(out);
    kss_text_str(out, "'\ncomplete -c kss -n '__fish_seen_subcommand_from help' -f -a '");
    verbs(out);
    kss_text_str(out, "'\n");
}

void kss_help_completion(const char *shell, struct kss_text *out) {
    if (strcmp(shell, "bash") == 0)
        bash(out);
    else if (strcmp(shell, "zsh") == 0)
        zsh(out);
    else
        fish(out);
}
