// SPDX-License-Identifier: MIT
// The option table and the command line.
#include "cli/cli.h"

#include "base/os.h"
#include "nt/nt.h"

#include <string.h>

// "text|jsonl|...": every format of a report, as a constant expression.
static const char format_names[] =
#define FORMAT(id, name, ...) "|" name
#include "report/formats.def"
    ;
#define KSS_FORMAT_NAMES (format_names + 1)

#define ON(verb) (1u << KSS_VERB_##verb)
#define ON_ALL   ((1u << KSS_VERB_COUNT) - 1)

const struct kss_verb_row kss_verbs[KSS_VERB_COUNT] = {
#define VERB(id, name, operands, summary, text, one, two)                                          \
    {name, operands, summary, text, {one, two}},
#include "cli/options.def"
};

const struct kss_option_row kss_options_table[KSS_OPTION_COUNT] = {
#define OPTION(id, name, letter, argument, values, verbs, text)                                    \
    {name, letter, argument, values, verbs, text},
#include "cli/options.def"
};

bool kss_cli_named(const struct kss_option_row *option, unsigned verb) {
    return (option->verbs >> verb & 1) != 0 && option->text != NULL;
}

const char *kss_cli_value(const struct kss_cli *cli, enum kss_cli_option option) {
    for (unsigned i = cli->given_count; i > 0; i--)
        if (cli->given[i - 1].option == option)
            return cli->given[i - 1].value != NULL ? cli->given[i - 1].value : "";
    return NULL;
}

bool kss_cli_number(const struct kss_cli *cli, enum kss_cli_option option, uint64_t *value) {
    const char *digits = kss_cli_value(cli, option);
    if (digits == NULL)
        return true;
    uint64_t number = 0;
    size_t i = 0;
    for (; digits[i] >= '0' && digits[i] <= '9' && number < UINT64_MAX / 16; i++)
        number = number * 10 + (uint64_t)(digits[i] - '0');
    *value = number;
    if (i > 0 && digits[i] == '\0' && number > 0)
        return true;
    kss_cli_complain("--%s takes a number of at least 1, not %s", kss_options_table[option].name,
                     digits);
    return false;
}

bool kss_cli_machine(struct kss_cli *cli, const struct kss_profile **machine) {
    const char *name = kss_cli_value(cli, KSS_OPTION_MACHINE);
    *machine = name != NULL ? kss_profile_find(name, strlen(name)) : NULL;
    if (name == NULL || *machine != NULL)
        return true;
    const char **names = KSS_NEW_ARRAY(&cli->arena, const char *, kss_profile_count);
    for (unsigned i = 0; i < kss_profile_count; i++)
        names[i] = kss_profiles[i].name;
    kss_cli_unknown("machine", name, names, kss_profile_count);
    return false;
}

bool kss_cli_colours(const struct kss_cli *cli, FILE *stream) {
    const char *when = kss_cli_value(cli, KSS_OPTION_COLOR);
    if (when == NULL || strcmp(when, "auto") == 0)
        return kss_os_colours(stream);
    return strcmp(when, "always") == 0;
}

// ---- One option ---------------------------------------------------------------------------------

static bool takes(const struct kss_cli *cli, unsigned option) {
    return (kss_options_table[option].verbs >> cli->verb & 1) != 0;
}

static bool unknown_option(const struct kss_cli *cli, const char *word, size_t length) {
    const char *names[KSS_OPTION_COUNT];
    size_t count = 0;
    for (unsigned i = 0; i < KSS_OPTION_COUNT; i++)
        if (kss_cli_named(&kss_options_table[i], cli->verb))
            names[count++] = kss_options_table[i].name;
    const char *closest = kss_closest(word, length, names, count);
    kss_cli_complain("unknown option --%.*s for kss %s", (int)length, word,
                     kss_verbs[cli->verb].name);
    if (closest != NULL)
        kss_cli_complain("did you mean --%s?", closest);
    else
        kss_cli_complain("`kss help %s` lists the options", kss_verbs[cli->verb].name);
    return false;
}

static bool one_of(const char *values, const char *word) {
    size_t length = strlen(word);
    for (const char *at = values; at != NULL;) {
        size_t span = strcspn(at, "|");
        if (span == length && memcmp(at, word, length) == 0)
            return true;
        at = at[span] == '|' ? at + span + 1 : NULL;
    }
    return false;
}

static bool accept(struct kss_cli *cli, unsigned option, const char *value) {
    const struct kss_option_row *row = &kss_options_table[option];
    if (row->values != NULL && value != NULL && !one_of(row->values, value)) {
        kss_cli_complain("--%s takes one of %s, not %s", row->name, row->values, value);
        return false;
    }
    cli->given[cli->given_count++] = (struct kss_given){(enum kss_cli_option)option, value};
    return true;
}

static bool long_option(struct kss_cli *cli, const char *word, char **argv, int argc, int *at) {
    size_t length = strcspn(word, "=");
    for (unsigned i = 0; i < KSS_OPTION_COUNT; i++) {
        const struct kss_option_row *row = &kss_options_table[i];
        if (!takes(cli, i) || strlen(row->name) != length || memcmp(row->name, word, length) != 0)
            continue;
        const char *value = word[length] == '=' ? word + length + 1 : NULL;
        if (row->argument == NULL && value != NULL) {
            kss_cli_complain("--%s takes no value", row->name);
            return false;
        }
        if (row->argument != NULL && value == NULL && *at + 1 < argc)
            value = argv[++*at];
        if (row->argument != NULL && value == NULL) {
            kss_cli_complain("--%s needs a value: --%s=%s", row->name, row->name, row->argument);
            return false;
        }
        return accept(cli, i, value);
    }
    return unknown_option(cli, word, length);
}

// -v, -vq, -o FILE, -oFILE
static bool short_options(struct kss_cli *cli, const char *letters, char **argv, int argc,
                          int *at) {
    for (; *letters != '\0'; letters++) {
        unsigned i = 0;
        while (i < KSS_OPTION_COUNT && (kss_options_table[i].letter != *letters || !takes(cli, i)))
            i++;
        if (i == KSS_OPTION_COUNT) {
            kss_cli_complain("unknown option -%c; `kss help %s` lists the options", *letters,
                             kss_verbs[cli->verb].name);
            return false;
        }
        if (kss_options_table[i].argument == NULL) {
            if (!accept(cli, i, NULL))
                return false;
            continue;
        }
        const char *value = letters[1] != '\0' ? letters + 1 : NULL;
        if (value == NULL && *at + 1 < argc)
            value = argv[++*at];
        if (value == NULL) {
            kss_cli_complain("-%c needs a value: -%c %s", *letters, *letters,
                             kss_options_table[i].argument);
            return false;
        }
        return accept(cli, i, value);
    }
    return true;
}

static size_t letters_in(int argc, char **argv) {
    size_t count = 1;
    for (int i = 0; i < argc; i++)
        count += strlen(argv[i]) + 1;
    return count;
}

bool kss_cli_parse(struct kss_cli *cli, int argc, char **argv) {
    cli->given = KSS_NEW_ARRAY(&cli->arena, struct kss_given, letters_in(argc, argv));
    cli->operands = KSS_NEW_ARRAY(&cli->arena, const char *, (size_t)argc + 1);
    bool only_operands = false;
    for (int i = 0; i < argc; i++) {
        const char *word = argv[i];
        if (only_operands || word[0] != '-' || word[1] == '\0')
            cli->operands[cli->operand_count++] = word;
        else if (strcmp(word, "--") == 0)
            only_operands = true;
        else if (word[1] == '-' ? !long_option(cli, word + 2, argv, argc, &i)
                                : !short_options(cli, word + 1, argv, argc, &i))
            return false;
    }
    return true;
}
