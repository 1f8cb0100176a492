// SPDX-License-Identifier: MIT
// kss fmt: the canonical form, in place, as a filter, or as a check.
#include "cli/cli.h"

#include "base/os.h"
#include "script/script.h"

#include <string.h>

static const char *save(const struct kss_input *input, const struct kss_text *formatted,
                        bool same) {
    if (strcmp(input->path, "-") == 0) {
        kss_cli_print(formatted);
        return NULL;
    }
    return same ? NULL : kss_os_write(input->path, formatted->bytes, formatted->length);
}

static int tell_check(const struct kss_input *input, bool same) {
    if (same)
        return KSS_OK;
    struct kss_text text = {0};
    kss_text_format(&text, "would change %s\n", input->name);
    kss_cli_print(&text);
    kss_text_free(&text);
    return KSS_FAILED;
}

static int format_one(const struct kss_cli *cli, const struct kss_input *input, bool check) {
    struct kss_arena arena = {0};
    struct kss_sources sources = {.arena = &arena};
    struct kss_diags diags = {.arena = &arena};
    struct kss_text text = {0};
    char *bytes;
    size_t length;
    int status = KSS_BAD_INPUT;
    const char *reason = kss_os_read(&arena, input->path, &bytes, &length);
    if (reason == NULL) {
        uint32_t file = kss_source_add(&sources, input->name, bytes, length);
        bool good = kss_format(&arena, &sources, file, &diags, &text);
        bool same =
            text.length == length && (length == 0 || memcmp(text.bytes, bytes, length) == 0);
        if (good && check)
            status = tell_check(input, same);
        else if (good && (reason = save(input, &text, same)) == NULL)
            status = KSS_OK;
    }
    if (reason != NULL)
        kss_cli_complain("%s: %s", input->name, reason);
    kss_cli_diagnose(cli, &sources, &diags);
    kss_text_free(&text);
    kss_diags_free(&diags);
    kss_sources_free(&sources);
    kss_arena_free(&arena);
    return status;
}

int kss_cli_fmt(struct kss_cli *cli) {
    struct kss_input *inputs;
    unsigned count;
    if (cli->operand_count == 0)
        return kss_cli_complain("fmt needs a FILE; - filters standard input");
    if (!kss_cli_inputs(cli, &inputs, &count))
        return KSS_BAD_INPUT;
    bool check = kss_cli_value(cli, KSS_OPTION_CHECK) != NULL;
    int status = KSS_OK;
    for (unsigned i = 0; i < count; i++) {
        int one = format_one(cli, &inputs[i], check);
        if (one == KSS_BAD_INPUT || status == KSS_OK)
            status = one;
    }
    return status;
}
