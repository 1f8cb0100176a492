// SPDX-License-Identifier: MIT
// The `kss` command: what its files share. One file per verb; options.def has all verbs and
// options. Results go to standard output, diagnostics to standard error. Exit statuses are enum
// kss_status.
#ifndef KSS_CLI_CLI_H
#define KSS_CLI_CLI_H

#include "base/arena.h"
#include "base/text.h"
#include "kss/kss.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum kss_cli_verb {
#define VERB(id, ...) KSS_VERB_##id,
#include "cli/options.def"
    KSS_VERB_COUNT
};

enum kss_cli_option {
#define OPTION(id, ...) KSS_OPTION_##id,
#include "cli/options.def"
    KSS_OPTION_COUNT
};

struct kss_verb_row {
    const char *name, *operands, *summary, *text, *examples[2];
};
extern const struct kss_verb_row kss_verbs[KSS_VERB_COUNT];

struct kss_option_row {
    const char *name;
    char letter;
    const char *argument, *values;
    uint32_t verbs; // bit per verb
    const char *text;
};
extern const struct kss_option_row kss_options_table[KSS_OPTION_COUNT];
// Whether help and completions name an option for [verb].
bool kss_cli_named(const struct kss_option_row *option, unsigned verb);

struct kss_given { // an option as it was given, in order
    enum kss_cli_option option;
    const char *value;
};

struct kss_cli {
    struct kss_arena arena;
    enum kss_cli_verb verb;
    struct kss_given *given; // in the arena
    unsigned given_count;
    const char **operands;
    unsigned operand_count;
};

// The last value of an option, "" for a flag; NULL: not given.
const char *kss_cli_value(const struct kss_cli *cli, enum kss_cli_option option);

// The last value of an option that takes a number of at least 1; what it was where the option is not given. False
// after saying that it is none.
bool kss_cli_number(const struct kss_cli *cli, enum kss_cli_option option, uint64_t *number);

// Reads the command line behind the verb. Returns false after saying what is wrong with it.
bool kss_cli_parse(struct kss_cli *cli, int argc, char **argv);

// Whether [stream] gets colours, by --color and the terminal.
bool kss_cli_colours(const struct kss_cli *cli, FILE *stream);

// "kss: ..." on standard error; returns KSS_BAD_INPUT.
int kss_cli_complain(const char *format, ...) __attribute__((format(printf, 1, 2)));
// The same for a word that is not one of [names], with the closest of them as help.
int kss_cli_unknown(const char *what, const char *word, const char *const *names, size_t count);

// Writes to standard output or standard error, or ends the process with status 70.
void kss_cli_print(const struct kss_text *text);
void kss_cli_warn(const struct kss_text *text);
// Ends the process with status 70 and "kss: WHAT: REASON".
_Noreturn void kss_cli_fatal(const char *what, const char *reason);

struct kss_input {
    const char *path; // to open
    const char *name; // to show: never absolute
};

// The scenario files that operands name: directories searched for *.kss, in order of their names.
// Returns false after saying which operand is wrong.
bool kss_cli_inputs(struct kss_cli *cli, struct kss_input **inputs, unsigned *count);

// A file's name as output shows it: never absolute. "-" is stdin.
const char *kss_cli_shown(struct kss_cli *cli, const char *path);

// --machine as a profile, NULL when it is not given. False after saying that there is none of that name.
struct kss_profile;
bool kss_cli_machine(struct kss_cli *cli, const struct kss_profile **machine);

// Reads a file ("-": standard input) into the command's arena; [name] is how output shows it. False after
// saying why it cannot.
bool kss_cli_read(struct kss_cli *cli, const char *path, const char **name, char **bytes,
                  size_t *length);

// Prints diagnostics on standard error.
struct kss_sources;
struct kss_diags;
void kss_cli_diagnose(const struct kss_cli *cli, struct kss_sources *sources,
                      const struct kss_diags *diags);

// Writes a result to standard output, or to the file of -o. False after saying why it cannot.
bool kss_cli_put(struct kss_cli *cli, const struct kss_text *text);

// The tables of --frames, closed by kss_cli_tables_close whatever the answer; both NULL without one.
// False after saying what is wrong.
struct kss_cli_frames;
struct kss_frames;
bool kss_cli_tables(struct kss_cli *cli, struct kss_cli_frames **tables,
                    const struct kss_frames **frames);
void kss_cli_tables_close(struct kss_cli_frames *tables); // NULL: nothing happens

typedef int kss_cli_run(struct kss_cli *cli);
kss_cli_run kss_cli_run_verb, kss_cli_report, kss_cli_explain, kss_cli_list, kss_cli_fmt,
    kss_cli_scan, kss_cli_new, kss_cli_frames, kss_cli_stack, kss_cli_import, kss_cli_import_graph,
    kss_cli_import_listing, kss_cli_picture, kss_cli_version, kss_cli_help;

// help.c
void kss_help_short(struct kss_text *out);
void kss_help_verb(enum kss_cli_verb verb, struct kss_text *out);
void kss_help_man(struct kss_text *out);                           // man.c
void kss_help_completion(const char *shell, struct kss_text *out); // completion.c
// list.c: the topics, for completion; NULL behind the last.
const char *kss_list_topic(unsigned index);

#endif
