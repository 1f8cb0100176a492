// SPDX-License-Identifier: MIT
// kss import windbg: a debugger listing judged, and the scenario that replays it.
#include "cli/cli.h"

#include "frames/listing.h"

#include <stdlib.h>
#include <string.h>

// Addresses are hexadecimal, as debuggers print them: 0xfffff8800b9c7000, fffff880`0b9c7000.
static bool address(struct kss_cli *cli, enum kss_cli_option option, uint64_t *value) {
    const char *text = kss_cli_value(cli, option);
    const char *name = kss_options_table[option].name;
    if (text == NULL)
        return true;
    const char *at = text[0] == '0' && (text[1] == 'x' || text[1] == 'X') ? text + 2 : text;
    unsigned digits = 0;
    *value = 0;
    for (; *at != '\0'; at++) {
        unsigned digit;
        if (*at == '`' && digits > 0 && at[1] != '\0')
            continue;
        if (*at >= '0' && *at <= '9')
            digit = (unsigned)(*at - '0');
        else if ((*at | 0x20) >= 'a' && (*at | 0x20) <= 'f')
            digit = (unsigned)((*at | 0x20) - 'a') + 10;
        else
            break;
        *value = *value << 4 | digit;
        digits += digits > 0 || digit > 0;
    }
    if (*at == '\0' && digits > 0 && digits <= 16)
        return true;
    kss_cli_complain("--%s=%s: an address is up to 16 hexadecimal digits and not 0, like "
                     "fffff880`0b9c7000",
                     name, text);
    return false;
}

static bool pick(struct kss_cli *cli, uint32_t *stack) {
    const char *text = kss_cli_value(cli, KSS_OPTION_PICK);
    if (text == NULL)
        return true;
    uint32_t value = 0;
    const char *at = text;
    for (; *at >= '0' && *at <= '9' && value < 100000000; at++)
        value = value * 10 + (uint32_t)(*at - '0');
    *stack = value;
    if (*at == '\0' && value > 0)
        return true;
    kss_cli_complain("--pick=%s: stacks are numbered from 1", text);
    return false;
}

static bool read_options(struct kss_cli *cli, struct kss_listing_options *options) {
    if (!kss_cli_machine(cli, &options->machine) ||
        !address(cli, KSS_OPTION_BASE, &options->base) ||
        !address(cli, KSS_OPTION_LOWEST, &options->limit) || !pick(cli, &options->stack))
        return false;
    if (options->base != 0 && options->limit != 0 && options->limit >= options->base) {
        kss_cli_complain("--limit is the lower end of the stack and --base the upper one");
        return false;
    }
    return true;
}

static uint32_t rows_of(const struct kss_listing *listing) {
    uint32_t rows = 0;
    for (uint32_t i = 0; i < listing->stack_count; i++)
        rows += listing->stacks[i].count;
    return rows;
}

// What a user must know before anything is judged; true: there is something to judge.
static bool usable(const struct kss_listing *listing, const struct kss_listing_options *options) {
    if (rows_of(listing) == 0) {
        kss_cli_complain("%s: no stack in this text; what is recognised: the output of k, kb, kv, "
                         "kn, kf, kp, !thread, !stacks, and STACK_TEXT of !analyze -v",
                         listing->name);
        return false;
    }
    if (options->stack > listing->stack_count) {
        kss_cli_complain("--pick=%u: %s has %u stack%s", (unsigned)options->stack, listing->name,
                         (unsigned)listing->stack_count, listing->stack_count == 1 ? "" : "s");
        return false;
    }
    if (options->stack != 0 && listing->stacks[options->stack - 1].count == 0) {
        kss_cli_complain("--pick=%u: that stack has no rows", (unsigned)options->stack);
        return false;
    }
    return true;
}

static bool right_machine(const struct kss_listing *listing,
                          const struct kss_listing_verdict *verdict,
                          const struct kss_listing_options *options) {
    if (options->machine == NULL || verdict->machine == NULL ||
        verdict->machine->arch == options->machine->arch)
        return true;
    kss_cli_complain("--machine=%s: %s is a listing of %s", options->machine->name, listing->name,
                     verdict->machine->arch == KSS_ARCH_X86 ? "x86" : "x64");
    return false;
}

static int write(struct kss_cli *cli, const struct kss_listing *listing,
                 const struct kss_listing_verdict *verdict) {
    const char *format = kss_cli_value(cli, KSS_OPTION_IMPORT_FORMAT);
    const char *path = kss_cli_value(cli, KSS_OPTION_OUTPUT);
    struct kss_text text = {0};
    if (format != NULL && strcmp(format, "text") == 0)
        kss_listing_text(listing, verdict, path == NULL && kss_cli_colours(cli, stdout), &text);
    else if (format != NULL && strcmp(format, "jsonl") == 0)
        kss_listing_jsonl(listing, verdict, &text);
    else
        kss_listing_scenario(listing, verdict, &text);
    bool good = kss_cli_put(cli, &text);
    kss_text_free(&text);
    if (!good)
        return KSS_BAD_INPUT;
    return verdict->answer == KSS_LISTING_CANNOT_TELL ? KSS_CANNOT_TELL : KSS_OK;
}

int kss_cli_import_listing(struct kss_cli *cli) {
    struct kss_listing_options options = {0};
    char *bytes;
    size_t length;
    if (cli->operand_count != 2)
        return kss_cli_complain("import windbg reads one FILE, or - for standard input");
    if (!read_options(cli, &options))
        return KSS_BAD_INPUT;
    const char *name;
    if (!kss_cli_read(cli, cli->operands[1], &name, &bytes, &length))
        return KSS_BAD_INPUT;
    struct kss_listing listing = kss_listing_read(&cli->arena, name, bytes, length);
    if (!usable(&listing, &options))
        return KSS_BAD_INPUT;
    struct kss_listing_verdict verdict = kss_listing_judge(&cli->arena, &listing, &options);
    if (!right_machine(&listing, &verdict, &options))
        return KSS_BAD_INPUT;
    return write(cli, &listing, &verdict);
}
