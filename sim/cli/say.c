// SPDX-License-Identifier: MIT
// The command's voice: results to standard output, complaints to standard error.
#include "cli/cli.h"

#include "base/diag.h"
#include "base/os.h"

#include <stdarg.h>
#include <string.h>

static void put(FILE *stream, const struct kss_text *text) {
    if (text->length == 0)
        return;
    const char *reason = kss_os_put(stream, text->bytes, text->length);
    if (reason != NULL)
        kss_cli_fatal(stream == stdout ? "standard output" : "standard error", reason);
}

void kss_cli_fatal(const char *what, const char *reason) {
    struct kss_text text = {0};
    kss_text_format(&text, "%s: %s", what, reason);
    kss_os_fatal(text.bytes);
}

void kss_cli_print(const struct kss_text *text) {
    put(stdout, text);
}

void kss_cli_warn(const struct kss_text *text) {
    put(stderr, text);
}

int kss_cli_complain(const char *format, ...) {
    struct kss_text text = {0};
    va_list arguments;
    va_start(arguments, format);
    kss_text_str(&text, "kss: ");
    kss_text_format_list(&text, format, arguments);
    kss_text_char(&text, '\n');
    va_end(arguments);
    kss_cli_warn(&text);
    kss_text_free(&text);
    return KSS_BAD_INPUT;
}

int kss_cli_unknown(const char *what, const char *word, const char *const *names, size_t count) {
    const char *closest = kss_closest(word, strlen(word), names, count);
    if (closest != NULL)
        return kss_cli_complain("unknown %s `%s`; did you mean `%s`?", what, word, closest);
    return kss_cli_complain("unknown %s `%s`", what, word);
}

bool kss_cli_put(struct kss_cli *cli, const struct kss_text *text) {
    const char *path = kss_cli_value(cli, KSS_OPTION_OUTPUT);
    if (path == NULL || strcmp(path, "-") == 0) {
        kss_cli_print(text);
        return true;
    }
    const char *bytes = text->bytes != NULL ? text->bytes : "";
    const char *reason = kss_os_write(path, bytes, text->length);
    if (reason != NULL)
        kss_cli_complain("%s: %s", path, reason);
    return reason == NULL;
}

bool kss_cli_read(struct kss_cli *cli, const char *path, const char **name, char **bytes,
                  size_t *length) {
    *name = kss_cli_shown(cli, path);
    const char *reason = kss_os_read(&cli->arena, path, bytes, length);
    if (reason != NULL)
        kss_cli_complain("%s: %s", *name, reason);
    return reason == NULL;
}

void kss_cli_diagnose(const struct kss_cli *cli, struct kss_sources *sources,
                      const struct kss_diags *diags) {
    struct kss_text text = {0};
    bool colour = kss_cli_colours(cli, stderr);
    for (uint32_t i = 0; i < diags->count; i++)
        kss_diag_print(&text, sources, &diags->items[i], colour);
    kss_cli_warn(&text);
    kss_text_free(&text);
}
