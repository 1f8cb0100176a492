// SPDX-License-Identifier: MIT
// kss help.
#include "cli/cli.h"

#include <string.h>

static const char statuses[] =
    "Exit status: 0 all as expected; 1 an expectation failed, or a bug check, error or warning "
    "was\n"
    "not expected; 2 wrong usage or input; 3 cannot tell; 70 internal error.\n";

void kss_help_short(struct kss_text *out) {
    kss_text_str(out, "kss replays scenarios of Windows kernel-stack behaviour and says what goes "
                      "wrong, and why.\n\n");
    for (int i = 0; i < KSS_VERB_COUNT; i++) {
        const struct kss_verb_row *verb = &kss_verbs[i];
        size_t start = out->length;
        kss_text_format(out, "  kss %s %s", verb->name, verb->operands);
        size_t width = out->length - start;
        kss_text_repeat(out, ' ', width < 38 ? 38 - width : 1);
        kss_text_format(out, " %s\n", verb->summary);
    }
    kss_text_format(out, "\nExamples:\n  %s\n  %s\n\n", kss_verbs[KSS_VERB_RUN].examples[0],
                    kss_verbs[KSS_VERB_EXPLAIN].examples[0]);
    kss_text_str(out, statuses);
}

enum { LINE = 92 };

// Appends [text] from [column] on, broken between words; further lines begin at [indent].
static void wrap(struct kss_text *out, const char *text, size_t column, size_t indent) {
    for (const char *word = text; *word != '\0';) {
        size_t length = strcspn(word, " ");
        if (column > indent && column + length + 1 > LINE) {
            kss_text_char(out, '\n');
            kss_text_repeat(out, ' ', indent);
            column = indent;
        } else if (word != text) {
            kss_text_char(out, ' ');
            column++;
        }
        kss_text_bytes(out, word, length);
        column += length;
        word += length + (word[length] == ' ');
    }
    kss_text_char(out, '\n');
}

static void print_option(const struct kss_option_row *option, struct kss_text *out) {
    enum { WIDTH = 29 };
    size_t start = out->length;
    if (option->letter != '\0')
        kss_text_format(out, "  -%c, --%s", option->letter, option->name);
    else
        kss_text_format(out, "      --%s", option->name);
    if (option->argument != NULL)
        kss_text_format(out, "=%s", option->argument);
    size_t width = out->length - start;
    kss_text_repeat(out, ' ', width < WIDTH ? WIDTH - width : 1);
    wrap(out, option->text, WIDTH, WIDTH);
}

void kss_help_verb(enum kss_cli_verb verb, struct kss_text *out) {
    const struct kss_verb_row *row = &kss_verbs[verb];
    kss_text_format(out, "kss %s%s%s: %s\n", row->name, row->operands[0] ? " " : "", row->operands,
                    row->summary);
    if (row->text[0] != '\0')
        wrap(out, row->text, 0, 0);
    kss_text_str(out, "\nExamples:\n");
    for (int i = 0; i < 2 && row->examples[i] != NULL; i++)
        kss_text_format(out, "  %s\n", row->examples[i]);
    kss_text_str(out, "\nOptions:\n");
    for (int i = 0; i < KSS_OPTION_COUNT; i++)
        if (kss_cli_named(&kss_options_table[i], verb))
            print_option(&kss_options_table[i], out);
    if (verb == KSS_VERB_RUN) {
        kss_text_char(out, '\n');
        kss_text_str(out, statuses);
    }
}

static int help_of(struct kss_cli *cli, struct kss_text *out) {
    const char *names[KSS_VERB_COUNT];
    for (int i = 0; i < KSS_VERB_COUNT; i++) {
        names[i] = kss_verbs[i].name;
        if (strcmp(names[i], cli->operands[0]) == 0) {
            kss_help_verb((enum kss_cli_verb)i, out);
            return KSS_OK;
        }
    }
    return kss_cli_unknown("verb", cli->operands[0], names, KSS_VERB_COUNT);
}

int kss_cli_help(struct kss_cli *cli) {
    struct kss_text text = {0};
    int status = KSS_OK;
    const char *shell = kss_cli_value(cli, KSS_OPTION_COMPLETION);
    if (cli->operand_count > 1)
        status = kss_cli_complain("help takes one VERB");
    else if (kss_cli_value(cli, KSS_OPTION_MAN) != NULL)
        kss_help_man(&text);
    else if (shell != NULL)
        kss_help_completion(shell, &text);
    else if (cli->operand_count == 1)
        status = help_of(cli, &text);
    else
        kss_help_short(&text);
    kss_cli_print(&text);
    kss_text_free(&text);
    return status;
}
