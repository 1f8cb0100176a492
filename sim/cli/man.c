// SPDX-License-Identifier: MIT
// kss help --man: the man page, in mdoc, from the option table.
#include "cli/cli.h"

#include <string.h>

// Text in mdoc: a line that begins with a dot or quote, and backslashes, need escapes; each
// sentence begins a line.
static void say(struct kss_text *out, const char *text) {
    bool start = true;
    for (; *text != '\0'; text++) {
        if (start && (*text == '.' || *text == '\''))
            kss_text_str(out, "\\&");
        start = false;
        if (*text == '\\') {
            kss_text_str(out, "\\e");
        } else if (text[0] == '.' && text[1] == ' ' && text[2] >= 'A' && text[2] <= 'Z') {
            kss_text_str(out, ".\n");
            text++;
            start = true;
        } else {
            kss_text_char(out, *text);
        }
    }
    kss_text_char(out, '\n');
}

static void option(const struct kss_option_row *row, struct kss_text *out) {
    kss_text_str(out, ".It ");
    if (row->letter != '\0')
        kss_text_format(out, "Fl %c , ", row->letter);
    kss_text_format(out, "Fl Fl %s", row->name);
    if (row->argument != NULL)
        kss_text_format(out, " Ns = Ns Ar %s", row->argument);
    kss_text_char(out, '\n');
    say(out, row->text);
}

static void verb(unsigned id, struct kss_text *out) {
    const struct kss_verb_row *row = &kss_verbs[id];
    kss_text_format(out, ".Ss kss %s %s\n", row->name, row->operands);
    kss_text_format(out, "%c", row->summary[0] - 'a' + 'A');
    say(out, row->summary + 1);
    out->length--; // the sentence ends here
    kss_text_str(out, ".\n");
    if (row->text[0] != '\0')
        say(out, row->text);
    kss_text_str(out, ".Bl -tag -width Ds\n");
    for (int i = 0; i < KSS_OPTION_COUNT; i++)
        if (kss_cli_named(&kss_options_table[i], id))
            option(&kss_options_table[i], out);
    kss_text_str(out, ".El\n");
}

void kss_help_man(struct kss_text *out) {
    kss_text_str(out, ".\\\" Made by kss help --man.\n.Dd $Mdocdate$\n.Dt KSS 1\n.Os\n.Sh NAME\n"
                      ".Nm kss\n.Nd simulate Windows kernel stacks\n.Sh SYNOPSIS\n");
    for (int i = 0; i < KSS_VERB_COUNT; i++)
        kss_text_format(out, ".Nm kss\n.Cm %s\n.Op Ar option ...\n%s%s%s", kss_verbs[i].name,
                        kss_verbs[i].operands[0] ? ".Ar " : "", kss_verbs[i].operands,
                        kss_verbs[i].operands[0] ? "\n" : "");
    kss_text_str(
        out, ".Sh DESCRIPTION\n"
             ".Nm\n"
             "is a small NT kernel in user mode: it replays scenarios of driver code on simulated\n"
             "kernel stacks and reports overflows, stacks that leave memory while something still\n"
             "points into them, broken IRQL rules, and bug checks with their parameters.\n");
    for (unsigned i = 0; i < KSS_VERB_COUNT; i++)
        verb(i, out);
    kss_text_str(
        out,
        ".Sh ENVIRONMENT\n.Bl -tag -width Ds\n.It Ev NO_COLOR\n"
        "When set and not empty, no colours unless asked for with\n"
        ".Fl Fl color Ns = Ns Cm always .\n.El\n"
        ".Sh EXIT STATUS\n.Bl -tag -width Ds\n"
        ".It 0\nEvery expectation was met and nothing unexpected happened.\n"
        ".It 1\nAn expectation failed, or a bug check, an error or a warning was not expected.\n"
        ".It 2\nThe command line or a scenario has errors.\n"
        ".It 3\nIt cannot be told: a bound was hit, or the documents do not say how to go on.\n"
        ".It 70\nAn internal error, or the output could not be written.\n.El\n"
        ".Sh EXAMPLES\n");
    for (int i = 0; i < KSS_VERB_COUNT; i++)
        for (int e = 0; e < 2 && kss_verbs[i].examples[e] != NULL; e++)
            kss_text_format(out, ".Dl %s\n", kss_verbs[i].examples[e]);
}
